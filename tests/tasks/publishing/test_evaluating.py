"""A round computed from what is current, checked and frozen under one hash; the published table comes out again."""

import csv
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import col, select

import tasks.publishing.evaluating
from models.findings import Act, Action, Finding, RefusedError, Severity
from models.province.folder import Province
from models.records.snapshots import Frozen, thawed
from models.records.tables import Snapshot
from tasks.publishing.evaluating import evaluate_round
from tasks.publishing.exporting import results_data
from tasks.recording.snapshots import newest_snapshot
from tasks.scoring.gathering import CurrentFacts, compute, outdated_warnings
from tests.conftest import ROOT
from tests.tasks.districts import HEADER, YEAR, Districts

pytestmark = pytest.mark.slow

GOLDEN = ROOT / "tests" / "golden" / "binh-duong-2017" / "published.csv"
FIGURES = ("appraised_max65", "survey_max35", "total_max100", "index_pct")
MEAN = "78.39"


def hash_of(evaluated: Districts) -> str:
    with evaluated.storage.reading() as session:
        return newest_snapshot(session, YEAR).sha256


def warned(districts: Districts) -> list[Finding]:
    return outdated_warnings(districts.storage, districts.province, YEAR)


def published_table() -> list[tuple[str, ...]]:
    source, *lines = GOLDEN.read_text(encoding="utf-8").splitlines()
    assert source.startswith("# source: https://baubang.binhduong.gov.vn/")
    return [tuple(row[name] for name in ("rank", "unit", *FIGURES)) for row in csv.DictReader(lines)]


def test_every_figure_rank_and_the_mean_are_those_published_for_2017(districts: Districts) -> None:
    frozen = districts.receive().evaluate().frozen
    (group,) = results_data(frozen.results, frozen.sha256, "evaluated")["groups"]
    computed = [
        (
            str(unit["rank"]),
            unit["name"],
            unit["appraised_points"],
            unit["survey_points"],
            unit["points"],
            unit["index"],
        )
        for unit in group["units"]
    ]
    assert computed == published_table()
    assert (group["size"], group["mean"]) == (9, MEAN)


def test_the_published_table_agrees_with_itself() -> None:
    rows = published_table()
    assert all(Decimal(appraised) + Decimal(survey) == Decimal(total) for _, _, appraised, survey, total, index in rows)
    assert str(round(sum(Decimal(row[-1]) for row in rows) / len(rows), 2)) == MEAN


def test_the_same_versions_evaluated_again_are_the_same_snapshot(copied: Districts, evaluated: Districts) -> None:
    again = copied.evaluate()
    assert (again.sha256, again.new) == (hash_of(evaluated), False)
    assert copied.count(Snapshot) == 1


def test_the_order_of_rows_in_the_file_changes_nothing(districts: Districts, evaluated: Districts) -> None:
    source, header, *rows = districts.scores.splitlines(keepends=True)
    permuted = districts.receive("".join([source, header, *reversed(rows)])).evaluate()
    assert (permuted.sha256, permuted.new) == (hash_of(evaluated), True)


def test_scores_in_two_files_give_the_snapshot_of_one_file(districts: Districts, evaluated: Districts) -> None:
    rows = districts.scores.splitlines(keepends=True)[2:]
    districts.receive(HEADER + "".join(rows[:7]), "first.csv")
    districts.receive(HEADER + "".join(rows[7:]), "second.csv")
    assert districts.evaluate().sha256 == hash_of(evaluated)


def test_a_new_version_gives_another_snapshot_and_the_earlier_one_stays(
    copied: Districts, evaluated: Districts
) -> None:
    newer = copied.receive_score("di-an", "1.1", "appraisal", "47.5").evaluate()
    assert newer.new
    assert newer.sha256 == hash_of(copied) != hash_of(evaluated)
    assert copied.count(Snapshot) == 2


def test_a_new_version_with_the_same_points_is_another_snapshot_too(copied: Districts, evaluated: Districts) -> None:
    newer = copied.receive_score("di-an", "1.1", "appraisal", "46.5").evaluate()
    assert newer.sha256 != hash_of(evaluated)
    assert newer.frozen.results == thawed(body_of(evaluated)).results


def test_the_snapshot_evaluated_last_is_the_newest_even_when_it_was_known_before(copied: Districts) -> None:
    first = hash_of(copied)
    copied.rewrite("province.yaml", "place: Bình Dương", "place: Thủ Dầu Một")
    assert copied.evaluate().new
    copied.rewrite("province.yaml", "place: Thủ Dầu Một", "place: Bình Dương")
    assert not copied.evaluate().new
    assert hash_of(copied) == first


def body_of(districts: Districts) -> bytes:
    with districts.storage.reading() as session:
        return newest_snapshot(session, YEAR).body


def test_a_snapshot_thaws_to_the_very_same_bytes(evaluated: Districts) -> None:
    thawed_again = thawed(body_of(evaluated))
    assert thawed_again.body == body_of(evaluated)
    assert thawed_again.sha256 == hash_of(evaluated)


def test_a_snapshot_holds_a_digest_of_every_units_versions_and_no_trace_of_the_run(evaluated: Districts) -> None:
    frozen = thawed(body_of(evaluated))
    assert sorted(frozen.versions) == sorted(evaluated.province.units)
    assert str(evaluated.folder) not in body_of(evaluated).decode()
    assert "người thử" not in body_of(evaluated).decode()


def test_a_round_for_which_nothing_was_received_is_refused(districts: Districts) -> None:
    with pytest.raises(RefusedError, match="chưa nhận được điểm hay số liệu nào"):
        districts.evaluate()
    assert districts.count(Snapshot) == 0


def test_a_year_without_a_round_is_refused(evaluated: Districts) -> None:
    with pytest.raises(RefusedError, match="2031"):
        evaluate_round(evaluated.province, evaluated.storage, 2031)


def test_a_unit_that_sent_nothing_is_named_in_a_warning(districts: Districts) -> None:
    without = [line for line in districts.scores.splitlines() if not line.startswith("di-an,")]
    evaluation = districts.receive("\n".join(without)).evaluate()
    assert [(finding.file, finding.severity) for finding in evaluation.warnings] == [("di-an", Severity.WARNING)]


Unsound = Callable[..., tuple[Frozen, list[Finding]]]


def computing(**wrong: Any) -> Unsound:
    """The computation with one wrong figure at the best unit of the first group."""

    def tampered(province: Province, year: int, gathered: CurrentFacts) -> tuple[Frozen, list[Finding]]:
        frozen, warnings = compute(province, year, gathered)
        (group,) = frozen.results.groups
        units = (replace(group.units[0], **wrong), *group.units[1:])
        return replace(frozen, results=replace(frozen.results, groups=(replace(group, units=units),))), warnings

    return tampered


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"index": Decimal(101)}, "chỉ số ngoài khoảng 0–100"),
        ({"points": Decimal("84.57")}, "tổng điểm không bằng"),
        ({"rank": 2}, "thứ hạng không theo quy tắc"),
        ({"code": "tan-uyen"}, "đơn vị xuất hiện hai lần"),
    ],
)
def test_results_that_fail_an_expectation_stop_the_round_and_nothing_is_frozen(
    districts: Districts, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, Any], said: str
) -> None:
    districts.receive()
    monkeypatch.setattr(tasks.publishing.evaluating, "compute", computing(**wrong))
    with pytest.raises(RefusedError, match=said):
        districts.evaluate()
    assert districts.count(Snapshot) == 0


def test_nothing_is_outdated_before_the_first_result_and_right_after_it(districts: Districts) -> None:
    districts.receive()
    assert warned(districts) == []
    districts.evaluate()
    assert warned(districts) == []


def later_scores(districts: Districts) -> None:
    districts.receive_score("di-an", "1.1", "appraisal", "47.5")


def another_place_of_issue(districts: Districts) -> None:
    districts.rewrite("province.yaml", "place: Bình Dương", "place: Thủ Dầu Một")


def another_tie_rule(districts: Districts) -> None:
    districts.rewrite("rounds/2017.yaml", "ties: competition", "ties: dense")


def another_criterion_name(districts: Districts) -> None:
    districts.rewrite("criteria/huyen-2017.yaml", "Điểm thẩm định", "Điểm do Hội đồng thẩm định")


def another_unit_name(districts: Districts) -> None:
    districts.rewrite("units.csv", "Huyện Bàu Bàng", "Huyện Bàu Bàng (mới)")


def another_unit(districts: Districts) -> None:
    districts.rewrite("units.csv", "bau-bang,", "moi,Huyện Mới,huyen,\nbau-bang,")


def history_arrives(districts: Districts) -> None:
    districts.receive_history()


@pytest.mark.parametrize(
    "happens",
    [
        later_scores,
        another_place_of_issue,
        another_tie_rule,
        another_criterion_name,
        another_unit_name,
        another_unit,
        history_arrives,
    ],
)
def test_a_result_is_outdated_when_what_it_follows_from_changes_until_it_is_computed_again(
    copied: Districts, happens: Callable[[Districts], None]
) -> None:
    happens(copied)
    (warning,) = warned(copied)
    assert warning.severity is Severity.WARNING
    assert warning.action == Action(Act.EVALUATE, "2017")
    assert copied.evaluate().new
    assert warned(copied) == []


def test_scores_of_another_unit_later_do_not_change_the_digest_of_this_one(copied: Districts) -> None:
    before = thawed(body_of(copied)).versions
    after = copied.receive_score("di-an", "1.1", "appraisal", "47.5").evaluate().frozen.versions
    assert {code for code in before if before[code] != after[code]} == {"di-an"}


def test_every_snapshot_says_through_which_versions_it_saw(copied: Districts) -> None:
    copied.receive_score("di-an", "1.1", "appraisal", "47.5").evaluate()
    with copied.storage.reading() as session:
        seen = session.exec(select(Snapshot.through_score).order_by(col(Snapshot.created_at))).all()
    assert list(seen) == [18, 19]
