"""Extensions granted at the desk or by command: until when a form is taken, and taking them back."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from models.findings import RefusedError
from models.forms.descriptions import FormIdentity, FormKind
from models.province.calendar import form_due
from models.province.folder import Province
from models.province.rounds import Deadlines
from models.records.storage import Storage
from tasks.forms.round_records import read_round
from tasks.intake.owed import owed_in_round
from tasks.mail.reminding import expected_in_rounds
from tasks.recording.extensions import extend, granted_in, standing_in, take_back, with_granted
from tasks.recording.journal import walk_journal
from tests.tasks.forms_sent import YEAR, sample_province

SELF = FormKind.SELF_ASSESSMENT
NOW = datetime(2026, 1, 20, 8, tzinfo=UTC)
DEADLINE, LOCK, UNTIL = date(2026, 1, 12), date(2026, 1, 16), date(2026, 1, 30)
REASON = "Sở Tài chính đề nghị, công văn 45/STC-VP"


@pytest.fixture
def province(tmp_path: Path) -> Province:
    """The small province: self-assessments are due on 12/01/2026 and locked after 16/01/2026."""
    declared = sample_province(tmp_path)
    dated = {"deadlines": Deadlines(self_assessment=DEADLINE), "locks": Deadlines(self_assessment=LOCK)}
    return replace(declared, rounds={YEAR: declared.round_of(YEAR).model_copy(update=dated)})


def grant(storage: Storage, province: Province, *units: str, until: date = UNTIL, reason: str = REASON) -> int:
    return extend(storage, province, YEAR, SELF, units or ("stc",), until, reason, NOW)


def due(storage: Storage, province: Province, unit: str = "stc") -> date | None:
    """The last day of a unit's self-assessment, as everybody who asks for a deadline is told."""
    records = read_round(province, storage, YEAR)
    with storage.reading() as session:
        (form,) = (form for form in owed_in_round(session, records) if (form.kind, form.subject) == (SELF, unit))
    assert form.due
    expected = {one.form.subject: one.due for one in expected_in_rounds(province, storage, NOW.date())}
    identity = FormIdentity(SELF, "", YEAR, unit, ())
    asked = form_due(with_granted(storage, province), identity)
    assert form.due == expected[unit] == asked
    return form.due.last_day


def test_an_extension_moves_the_deadline_and_the_lock_of_its_unit_alone(storage: Storage, province: Province) -> None:
    assert with_granted(storage, province) is province
    assert grant(storage, province) == 1
    assert due(storage, province) == UNTIL
    assert due(storage, province, "snv") == DEADLINE
    extended = with_granted(storage, province).round_of(YEAR)
    assert (extended.lock_of(SELF, "stc"), extended.lock_of(SELF, "snv")) == (UNTIL, LOCK)
    assert extended.as_evaluated == province.round_of(YEAR).as_evaluated, "results do not depend on who may send"


def test_another_day_counts_instead_and_an_earlier_one_too(storage: Storage, province: Province) -> None:
    grant(storage, province, until=date(2026, 2, 27))
    assert grant(storage, province) == 1
    assert due(storage, province) == UNTIL
    assert grant(storage, province) == 0, "the same again is nothing new"


def test_an_extension_is_taken_back_by_a_later_version(storage: Storage, province: Province) -> None:
    grant(storage, province, "stc", "snv")
    take_back(storage, YEAR, SELF, "stc", "nhầm đơn vị", NOW)
    assert (due(storage, province), due(storage, province, "snv")) == (DEADLINE, UNTIL)
    with storage.reading() as session:
        versions = granted_in(session, YEAR)
        assert [(row.subject, row.version, row.until) for row in versions] == [
            ("stc", 2, None),
            ("stc", 1, UNTIL),
            ("snv", 1, UNTIL),
        ]
        assert [row.subject for row in standing_in(versions)] == ["snv"]
        assert {row.recorded_by for row in versions} == {"người thử"}
    with pytest.raises(RefusedError, match="không có gia hạn nào đang có hiệu lực"):
        take_back(storage, YEAR, SELF, "stc", "lần nữa", NOW)
    assert not walk_journal(storage).findings


@pytest.mark.parametrize(
    ("unit", "until", "reason", "said"),
    [
        ("khong-co", UNTIL, REASON, "không gửi Phiếu tự đánh giá trong kỳ này"),
        ("stc", date(2026, 1, 19), REASON, "đã qua"),
        ("stc", UNTIL, "  ", "chưa ghi lý do"),
        ("stc", UNTIL, "x" * 501, "lý do dài quá 500 ký tự"),
    ],
)
def test_what_extends_nothing_or_says_nothing_is_refused(
    storage: Storage, province: Province, unit: str, until: date, reason: str, said: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        grant(storage, province, unit, until=until, reason=reason)
    assert said in str(refused.value.findings[0].what)


def test_a_day_before_the_lock_is_no_extension(storage: Storage, province: Province) -> None:
    with pytest.raises(RefusedError, match="sớm hơn hạn gửi hoặc ngày khóa"):
        extend(storage, province, YEAR, SELF, ("stc",), date(2026, 1, 14), REASON, datetime(2026, 1, 5, tzinfo=UTC))
