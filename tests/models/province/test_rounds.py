"""Deadlines, locks and extensions of a round: who may still send what, and what the folder's check says."""

from datetime import date
from pathlib import Path

import pytest

from models.forms.descriptions import ROUND_KINDS, FormKind
from models.province.folder import load_province
from models.province.rounds import Round
from tests.models.folders import Folder, sample_folder

ROUND_FILE = "rounds/2025.yaml"
LOCKS = "locks: {self_assessment: 2026-01-15, explanation: 2026-02-10}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return sample_folder(tmp_path)


def extended(folder: Folder, units: str, step: str, until: str) -> Folder:
    """The folder with locks and one extension."""
    line = f'  - {{units: [{units}], step: {step}, until: {until}, reason: "Công văn xin gia hạn"}}\n'
    return folder.add(ROUND_FILE, f"{LOCKS}extensions:\n{line}")


def round_in(folder: Folder) -> Round:
    assert folder.errors() == []
    return load_province(folder.path).round_of(2025)


def test_without_locks_nothing_is_ever_locked(folder: Folder) -> None:
    round = round_in(folder)
    assert [round.lock_of(step, "stc") for step in ROUND_KINDS] == [None] * len(ROUND_KINDS)
    assert round.deadline_of(FormKind.SELF_ASSESSMENT, "stc") == date(2026, 1, 10)


def test_an_extension_moves_deadline_and_lock_of_its_units_and_its_step_only(folder: Folder) -> None:
    round = round_in(extended(folder, "stc", "self_assessment", "2026-01-20"))
    own, others = [
        [when(FormKind.SELF_ASSESSMENT, unit) for when in (round.deadline_of, round.lock_of, round.extended_until)]
        for unit in ("stc", "snv")
    ]
    assert own == [date(2026, 1, 20)] * 3
    assert others == [date(2026, 1, 10), date(2026, 1, 15), None]
    assert round.lock_of(FormKind.EXPLANATION, "stc") == date(2026, 2, 10)


def test_an_extension_sets_no_deadline_where_none_was_declared(folder: Folder) -> None:
    round = round_in(extended(folder, "so", "council", "2026-09-30"))
    assert (round.deadline_of(FormKind.COUNCIL, "so"), round.lock_of(FormKind.COUNCIL, "so")) == (None, None)
    assert round.extended_until(FormKind.COUNCIL, "so") == date(2026, 9, 30)


def test_a_lock_before_its_deadline_is_an_error(folder: Folder) -> None:
    folder.add(ROUND_FILE, "locks:\n  self_assessment: 2026-01-09\n")
    line = folder.line_of(ROUND_FILE, "2026-01-09")
    assert folder.errors() == [f"{ROUND_FILE}:{line}: ngày khóa tự đánh giá (09/01/2026) trước hạn gửi (10/01/2026)"]


@pytest.mark.parametrize(
    ("units", "step", "what"),
    [
        ("so-la", "self_assessment", "gia hạn tự đánh giá cho “so-la”, không có trong kỳ đánh giá"),
        ("xa-a", "explanation", "gia hạn giải trình cho “xa-a”, không có trong kỳ đánh giá"),
        ("phuong-c", "appraisal", "gia hạn thẩm định cho “phuong-c”, không có trong kỳ đánh giá"),
        ("stc", "council", "gia hạn Hội đồng cho “stc”, không có trong kỳ đánh giá"),
    ],
)
def test_an_extension_names_who_sends_forms_of_its_step(folder: Folder, units: str, step: str, what: str) -> None:
    extended(folder, units, step, "2026-03-01")
    assert folder.errors() == [f"{ROUND_FILE}:{folder.line_of(ROUND_FILE, 'until')}: {what}"]


def test_units_agencies_and_groups_may_be_given_more_time(folder: Folder) -> None:
    for units, step in (("phuong-c", "explanation"), ("stc", "appraisal"), ("xa", "survey")):
        assert extended(sample_folder(folder.path), units, step, "2026-03-01").errors() == []


def test_an_extension_that_ends_before_the_lock_is_an_error(folder: Folder) -> None:
    extended(folder, "stc", "self_assessment", "2026-01-14")
    assert [error.split(": ", 1)[1] for error in folder.errors()] == [
        "gia hạn đến 14/01/2026, sớm hơn hạn gửi hoặc ngày khóa (15/01/2026)"
    ]


@pytest.mark.parametrize("wrong", ["step: final", "step: monthly", "until: 31/02/2026", 'reason: ""'])
def test_an_extension_with_a_wrong_part_is_an_error_in_its_line(folder: Folder, wrong: str) -> None:
    name = wrong.split(":")[0]
    parts = {"step": "step: self_assessment", "until": "until: 2026-03-01", "reason": "reason: Xin gia hạn"}
    parts[name] = wrong
    folder.add(ROUND_FILE, f"extensions:\n  - {{units: [stc], {', '.join(parts.values())}}}\n")
    (error,) = folder.errors()
    assert error.startswith(f"{ROUND_FILE}:{folder.line_of(ROUND_FILE, 'units: [stc]')}: ")


def test_more_time_for_a_unit_changes_nothing_of_a_result(folder: Folder) -> None:
    before = round_in(folder)
    after = round_in(extended(folder, "stc", "self_assessment", "2026-01-20"))
    assert after != before
    assert after.as_evaluated == before.as_evaluated == before
