"""Where a round stands, computed from what was received, evaluated, approved and published."""

from datetime import date

import pytest

from models.findings import RefusedError
from tasks.forms.round_records import read_round
from tasks.intake.round_status import RoundStatus, UnitStatus, round_status, status_data
from tasks.publishing.approvals import Numbering, refuse_approval
from tasks.recording.snapshots import newest_snapshot
from tests.tasks.districts import HEADER, YEAR, Districts
from tests.tasks.papers import numbered
from tests.tasks.papers import published as publish_paper

pytestmark = pytest.mark.slow

pytestmark = pytest.mark.slow

TODAY = date(2018, 2, 1)
DEADLINES = "\ndeadlines: {self_assessment: 2018-01-10, appraisal: 2018-01-31, explanation: 2018-02-07}\n"
ROUND_KEYS = {"year", "files", "last_received", "snapshot", "outdated", "late", "decisions", "units"}
DECISION_KEYS = {"notation", "date", "replaces", "folder"}
UNIT_KEYS = {
    *("code", "group", "expected", "stated", "appraised", "surveyed", "surveys", "not_applicable", "state"),
}


@pytest.fixture
def of_two_leaves(districts: Districts) -> Districts:
    """Besides the survey there are two leaves, of which the second is not asked of Dĩ An."""
    districts.rewrite("criteria/huyen-2017.yaml", "max: 65, source: self", "max: 60, source: self")
    districts.rewrite(
        "criteria/huyen-2017.yaml",
        "rule: {kind: points}}",
        "rule: {kind: points}}\n      - {code: '1.2', name: Điểm kiểm tra, max: 5, source: self, rule: {kind: binary}, "
        "not_applicable: {units: [di-an]}}",
    )
    return districts


def state(districts: Districts, today: date = TODAY) -> RoundStatus:
    return round_status(districts.storage, read_round(districts.province, districts.storage, YEAR), today)


def unit(districts: Districts, code: str = "tan-uyen") -> UnitStatus:
    return next(unit for unit in state(districts).units if unit.code == code)


def publish(districts: Districts, numbering: Numbering) -> None:
    out = districts.folder / "var" / "published" / str(numbering.number)
    publish_paper(districts.folder, districts.storage, YEAR, numbering, out)


def test_before_anything_arrives_every_unit_is_missing_and_nothing_is_computed(districts: Districts) -> None:
    status = state(districts)
    assert {unit.state for unit in status.units} == {"chưa gửi"}
    assert sorted(unit.code for unit in status.units) == sorted(districts.province.units)
    assert (status.files, status.last_received, status.snapshot, status.evaluated_at) == (0, None, None, None)
    assert (status.outdated, status.decisions, status.refusals) == (False, (), ())


def test_a_unit_that_answered_a_part_is_incomplete(of_two_leaves: Districts) -> None:
    of_two_leaves.receive(f"{HEADER}tan-uyen,1.1,self,50,,\ndi-an,1.1,self,40,,\n")
    assert (unit(of_two_leaves).state, unit(of_two_leaves).answered, unit(of_two_leaves).expected) == (
        "còn thiếu",
        1,
        2,
    )
    assert unit(of_two_leaves, "bau-bang").state == "chưa gửi"


def test_a_unit_is_complete_with_everything_that_is_asked_of_it(of_two_leaves: Districts) -> None:
    of_two_leaves.receive(f"{HEADER}tan-uyen,1.1,self,50,,\ndi-an,1.1,self,40,,\n")
    of_two_leaves.receive_facts("tan-uyen,1.2,done,1\n")
    assert [(unit(of_two_leaves, code).state, unit(of_two_leaves, code).stated) for code in ("tan-uyen", "di-an")] == [
        ("đủ", 2),
        ("đủ", 1),
    ]


def test_stated_appraised_and_surveyed_are_counted_apart(districts: Districts) -> None:
    districts.receive(f"{HEADER}tan-uyen,1.1,self,50,,\ntan-uyen,1.1,appraisal,48,,\nbau-bang,2.1,survey,30,,\n")
    counted = [unit(districts, code) for code in ("tan-uyen", "bau-bang", "di-an")]
    assert [(one.stated, one.appraised, one.surveyed, one.surveys) for one in counted] == [
        (1, 1, 0, 1),
        (0, 0, 1, 1),
        (0, 0, 0, 1),
    ]


def test_a_survey_alone_is_not_an_answer_of_the_unit(districts: Districts) -> None:
    districts.receive(f"{HEADER}bau-bang,2.1,survey,30,,\n")
    assert unit(districts, "bau-bang").state == "chưa gửi"


def test_not_applicable_counts_as_answered(of_two_leaves: Districts) -> None:
    of_two_leaves.receive(f"{HEADER}tan-uyen,1.1,appraisal,48,,\ntan-uyen,1.2,appraisal,,1,Không phát sinh\n")
    assert (unit(of_two_leaves).state, unit(of_two_leaves).not_applicable) == ("đủ", 1)


def test_files_are_counted_but_history_is_not_a_file_of_the_round(copied: Districts) -> None:
    copied.receive_history()
    assert state(copied).files == 1
    copied.receive_score("di-an", "1.1", "appraisal", "47")
    status = state(copied)
    assert status.files == 2
    assert status.last_received is not None
    assert status.last_received.tzinfo is not None


def test_a_complete_round_is_evaluated_and_up_to_date(evaluated: Districts) -> None:
    status = state(evaluated)
    with evaluated.storage.reading() as session:
        assert status.snapshot == newest_snapshot(session, YEAR).sha256
    assert {unit.state for unit in status.units} == {"đủ"}
    assert not status.outdated


def test_a_result_is_outdated_when_a_file_arrives_after_it(copied: Districts) -> None:
    copied.receive_score("di-an", "1.1", "appraisal", "47")
    assert state(copied).outdated
    copied.evaluate()
    assert not state(copied).outdated


@pytest.mark.parametrize(
    ("today", "late"),
    [
        (date(2018, 1, 10), []),
        (date(2018, 1, 11), ["tự đánh giá"]),
        (date(2018, 2, 1), ["tự đánh giá", "thẩm định"]),
        (date(2018, 2, 8), ["tự đánh giá", "thẩm định", "giải trình"]),
    ],
)
def test_a_step_is_late_from_the_day_after_its_deadline(districts: Districts, today: date, late: list[str]) -> None:
    path = districts.folder / "rounds" / "2017.yaml"
    path.write_text(path.read_text(encoding="utf-8") + DEADLINES, encoding="utf-8")
    assert [step for step, _ in state(districts, today).late] == late


def test_without_deadlines_nothing_is_late(districts: Districts) -> None:
    assert state(districts, date(2030, 1, 1)).late == ()


def test_decisions_are_listed_with_their_folders_the_oldest_first(copied: Districts) -> None:
    publish(copied, numbered(7, date(2018, 7, 27)))
    copied.receive_score("di-an", "1.1", "council", "47").evaluate()
    publish(copied, numbered(12, date(2018, 9, 3), replaces="07/QĐ-UBND"))
    published = copied.folder / "var" / "published"
    assert state(copied).decisions == (
        ("07/QĐ-UBND", date(2018, 7, 27), "", str(published / "7")),
        ("12/QĐ-UBND", date(2018, 9, 3), "07/QĐ-UBND", str(published / "12")),
    )


def test_refusals_are_listed_with_their_reasons(copied: Districts) -> None:
    with copied.storage.reading() as session:
        snapshot = newest_snapshot(session, YEAR)
    refuse_approval(copied.storage, snapshot, "Chờ giải trình", "prefect")
    status = state(copied)
    assert status.refusals == ((snapshot.sha256, "Chờ giải trình"),)
    assert status.decisions == ()


def test_the_document_for_machines_has_these_keys(copied: Districts) -> None:
    publish(copied, numbered(7, date(2018, 7, 27)))
    document = status_data(state(copied))
    assert set(document) == ROUND_KEYS
    assert [set(decision) for decision in document["decisions"]] == [DECISION_KEYS]
    assert {frozenset(unit) for unit in document["units"]} == {frozenset(UNIT_KEYS)}
    assert (document["decisions"][0]["date"], document["decisions"][0]["replaces"]) == ("2018-07-27", None)


def test_a_year_without_a_round_is_refused(districts: Districts) -> None:
    with pytest.raises(RefusedError, match="2031"):
        read_round(districts.province, districts.storage, 2031)
