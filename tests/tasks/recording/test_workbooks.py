"""Workbooks become versions: complete statements of their subject, withdrawn where they say no more; both databases."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models.forms.descriptions import FormKind
from models.forms.explanation import AGREES, EXPLAINS
from models.forms.row_keys import Remark
from models.forms.sources import ScoreSource, Stage
from models.province.folder import Province
from models.records.entries import EvidenceEntry, ScoreEntry, WordEntry
from models.records.results import Basis
from models.records.storage import Storage
from models.records.tables import METADATA
from tasks.forms.round_records import read_round
from tasks.recording.versions import (
    current_evidence,
    current_facts,
    current_remarks,
    current_scores,
    current_words,
    record_facts,
    record_scores,
)
from tests.tasks.forms_sent import PLAN, YEAR, form, on, record, sample_province, self_assessment
from tests.tasks.recording.test_versions import fact

SHARE = {"numerator": "9", "denominator": "10"}
DONE = {"date": "2025-01-30"}


@pytest.fixture
def province(tmp_path: Path) -> Province:
    return sample_province(tmp_path / "province")


def facts(storage: Storage, unit: str = "stc") -> dict[str, tuple[str, int]]:
    """Current facts of a unit by component and fact, with their versions."""
    with storage.reading() as session:
        current = current_facts(session, YEAR)
    return {
        f"{entry.component}/{entry.fact}": (entry.value, version) for entry, version in current if entry.unit == unit
    }


def scores(storage: Storage) -> list[tuple[str, str, str, Decimal | None, int]]:
    with storage.reading() as session:
        return [
            (entry.unit, entry.component, entry.source.value, entry.points, version)
            for entry, version in current_scores(session, YEAR)
        ]


def rows(storage: Storage, table: str) -> list[dict[str, Any]]:
    columns = METADATA.tables[table].c
    with storage.reading() as session:
        return [dict(row) for row in session.execute(select(*columns).order_by(columns.id)).mappings()]


def test_a_self_assessment_states_facts_words_documents_and_remarks(storage: Storage, province: Province) -> None:
    said = on("1.1.2", facts=SHARE, evidence=(PLAN,), text="9 trên 10 nhiệm vụ")
    (recorded,) = record(storage, province, first=self_assessment(said, remarks={Remark.PROPOSALS: "Tập huấn"}))
    assert (recorded.number, recorded.newest, recorded.received_before) == (1, 1, None)
    assert facts(storage) == {"1.1.2/numerator": ("9", 1), "1.1.2/denominator": ("10", 1)}
    with storage.reading() as session:
        assert current_words(session, YEAR) == [WordEntry("stc", "1.1.2", Stage.SELF, "", "9 trên 10 nhiệm vụ")]
        assert current_evidence(session, YEAR) == [EvidenceEntry("stc", "1.1.2", Stage.SELF, 0, *PLAN)]
        assert current_remarks(session, YEAR) == {("self_assessment", "stc"): {Remark.PROPOSALS: "Tập huấn"}}
    (receipt,) = rows(storage, "receipt")
    assert (receipt["kind"], receipt["subject"], receipt["file_name"]) == ("self_assessment", "stc", "first.xlsx")


def test_what_a_later_form_leaves_out_no_longer_counts_and_nothing_is_lost(
    storage: Storage, province: Province
) -> None:
    first = self_assessment(on("1.1.1", facts=DONE, evidence=(PLAN, PLAN), text="Đúng hạn"), on("1.1.2", facts=SHARE))
    record(storage, province, first=first)
    before = {table: rows(storage, table) for table in ("fact_version", "evidence_version", "word_version")}
    second = self_assessment(on("1.1.1", evidence=(PLAN,)), on("1.1.2", facts={**SHARE, "numerator": "8"}))
    (recorded,) = record(storage, province, second=second)
    assert (recorded.number, recorded.newest) == (2, 2)
    assert facts(storage) == {"1.1.2/numerator": ("8", 2), "1.1.2/denominator": ("10", 2)}
    with storage.reading() as session:
        assert [entry.place for entry in current_evidence(session, YEAR)] == [0]
        assert current_words(session, YEAR) == []
    for table, earlier in before.items():
        assert rows(storage, table)[: len(earlier)] == earlier
    last = next(row for row in rows(storage, "fact_version") if row["component"] == "1.1.1" and row["version"] == 2)
    assert (last["value"], last["withdrawn"]) == (None, True)


def test_what_was_withdrawn_may_be_said_again(storage: Storage, province: Province) -> None:
    record(storage, province, a=self_assessment(on("1.1.1", facts=DONE)))
    record(storage, province, b=self_assessment(on("1.1.1")))
    assert facts(storage) == {}
    record(storage, province, c=self_assessment(on("1.1.1")), d=self_assessment(on("1.1.1", facts=DONE)))
    assert facts(storage) == {"1.1.1/date": ("2025-01-30", 3)}


def test_a_form_withdraws_only_what_its_own_earlier_version_said(storage: Storage, province: Province) -> None:
    record_facts(storage, YEAR, b"csv", "facts.csv", [fact("5", "numerator", component="1.1.2")])
    record(storage, province, other=self_assessment(on("1.1.1", unit="snv", facts=DONE), unit="snv"))
    record(storage, province, mine=self_assessment(on("1.1.1")))
    assert facts(storage) == {"1.1.2/numerator": ("5", 1)}
    assert facts(storage, "snv") == {"1.1.1/date": ("2025-01-30", 1)}


def test_a_csv_file_after_a_form_counts_and_a_form_without_it_leaves_it(storage: Storage, province: Province) -> None:
    record(storage, province, a=self_assessment(on("1.1.2", facts=SHARE)))
    record_facts(storage, YEAR, b"csv", "facts.csv", [fact("7", "numerator", component="1.1.2")])
    record(storage, province, b=self_assessment(on("1.1.2", facts={"denominator": "10"})))
    assert facts(storage) == {"1.1.2/numerator": ("7", 2), "1.1.2/denominator": ("10", 2)}


def test_the_same_file_twice_changes_nothing_even_within_a_batch(storage: Storage, province: Province) -> None:
    one, two = self_assessment(on("1.1.1", facts=DONE)), self_assessment(on("1.1.2", facts=SHARE))
    record(storage, province, one=one)
    record(storage, province, two=two)
    before = {table.name: rows(storage, table.name) for table in METADATA.sorted_tables if "id" in table.c}
    (again,) = record(storage, province, one=one)
    assert {name: rows(storage, name) for name in before} == before
    assert (again.receipt_id, again.number, again.newest) == (None, 1, 2)
    assert again.received_before is not None


def test_two_versions_in_one_batch_count_in_their_order(storage: Storage, province: Province) -> None:
    first, second = record(
        storage,
        province,
        one=self_assessment(on("1.1.1", facts=DONE)),
        two=self_assessment(on("1.1.2", facts=SHARE)),
    )
    assert (first.number, second.number, first.newest) == (1, 2, 2)
    assert set(facts(storage)) == {"1.1.2/numerator", "1.1.2/denominator"}


def test_a_claim_is_a_score_of_the_unit_with_its_reason_until_it_is_claimed_no_longer(
    storage: Storage, province: Province
) -> None:
    claim = on("1.1.1", facts=DONE, not_applicable=True, text="Không phát sinh")
    record(storage, province, a=self_assessment(claim))
    with storage.reading() as session:
        (score,) = current_scores(session, YEAR)
    assert score.entry == ScoreEntry("stc", "1.1.1", ScoreSource.SELF, None, True, "Không phát sinh")
    assert facts(storage) == {}, "a claim leaves the points empty whatever facts stand beside it"
    assert read_round(province, storage, YEAR).units["stc"].claims_not_applicable("1.1.1")
    record(storage, province, b=self_assessment(on("1.1.1", facts=DONE)))
    assert scores(storage) == []
    assert facts(storage) == {"1.1.1/date": ("2025-01-30", 1)}


def test_a_unit_never_scores_surveys_and_registers_in_its_own_form(storage: Storage, province: Province) -> None:
    stated = (on("2.1", facts={"score": "5"}), on("1.2", facts={"late": "0"}), on("T1", facts={"count": "3"}))
    record(storage, province, a=self_assessment(*stated))
    assert facts(storage) == {}


def test_an_appraisal_gives_points_and_grants_and_an_emptied_row_is_withdrawn(
    storage: Storage, province: Province
) -> None:
    rows_given = (
        on("1.1.1", points="5", text="Chậm 5 ngày"),
        on("1.1.1", unit="snv", not_applicable=True, text="Đồng ý"),
        on("1.1.2"),
    )
    record(storage, province, a=form(FormKind.APPRAISAL, "snv", *rows_given))
    assert scores(storage) == [("snv", "1.1.1", "appraisal", None, 1), ("stc", "1.1.1", "appraisal", Decimal(5), 1)]
    emptied = form(FormKind.APPRAISAL, "snv", on("1.1.1", points="7", text="Sau giải trình"), on("1.1.2"))
    record(storage, province, b=emptied)
    assert scores(storage) == [("stc", "1.1.1", "appraisal", Decimal(7), 2)]


def test_agencies_do_not_withdraw_what_another_one_gave(storage: Storage, province: Province) -> None:
    record(storage, province, a=form(FormKind.APPRAISAL, "snv", on("1.1.1", points="5")))
    record(storage, province, b=form(FormKind.APPRAISAL, "stc", on("1.1.2", points="15")))
    assert len(scores(storage)) == 2


def test_the_council_overrules_and_may_take_its_decision_back(storage: Storage, province: Province) -> None:
    record(storage, province, a=self_assessment(on("1.1.2", facts=SHARE)))
    record(storage, province, b=form(FormKind.APPRAISAL, "snv", on("1.1.2", points="0", text="Thiếu tài liệu")))
    record(storage, province, c=form(FormKind.COUNCIL, "so", on("1.1.2", points="20", text="Chấp nhận một phần")))
    standing = read_round(province, storage, YEAR).units["stc"].standing["1.1.2"]
    assert (standing.points, standing.basis) == (Decimal(20), Basis.COUNCIL)
    record(storage, province, d=form(FormKind.COUNCIL, "so", on("1.1.2")))
    assert read_round(province, storage, YEAR).units["stc"].standing["1.1.2"].basis is Basis.APPRAISAL


def test_an_explanation_answers_and_adds_documents_beside_those_of_the_self_assessment(
    storage: Storage, province: Province
) -> None:
    record(storage, province, a=self_assessment(on("1.1.1", facts=DONE, evidence=(PLAN,), text="Tự chấm")))
    answered = on("1.1.1", answer=EXPLAINS, text="Có công văn", evidence=(PLAN._replace(page="trang 9"),))
    record(storage, province, b=form(FormKind.EXPLANATION, "stc", answered, on("1.1.2", answer=AGREES)))
    with storage.reading() as session:
        words = [(word.component, word.stage, word.answer, word.text) for word in current_words(session, YEAR)]
        documents = [(item.stage, item.page) for item in current_evidence(session, YEAR)]
    assert words == [
        ("1.1.1", Stage.EXPLANATION, EXPLAINS, "Có công văn"),
        ("1.1.1", Stage.SELF, "", "Tự chấm"),
        ("1.1.2", Stage.EXPLANATION, AGREES, ""),
    ]
    assert documents == [(Stage.EXPLANATION, "trang 9"), (Stage.SELF, "trang 3")]
    assert facts(storage) == {"1.1.1/date": ("2025-01-30", 1)}


def test_survey_and_register_state_facts_counts_and_notes(storage: Storage, province: Province) -> None:
    survey = form(FormKind.SURVEY, "so", on("2.1", facts={"score": "4.2"}), on("2.1", unit="snv"))
    register = form(
        FormKind.REGISTER, "so", on("1.2", facts={"late": "2"}), on("T1", facts={"count": "1"}, text="QĐ 5/QĐ-UBND")
    )
    record(storage, province, survey=survey, register=register)
    assert {name: value for name, (value, _) in facts(storage).items()} == {
        "2.1/score": "4.2",
        "1.2/late": "2",
        "T1/count": "1",
    }
    with storage.reading() as session:
        assert current_words(session, YEAR) == [WordEntry("stc", "T1", Stage.REGISTER, "", "QĐ 5/QĐ-UBND")]


def test_a_unit_that_left_the_form_of_its_group_loses_what_that_form_said(storage: Storage, province: Province) -> None:
    both = form(FormKind.SURVEY, "so", on("2.1", facts={"score": "4"}), on("2.1", unit="snv", facts={"score": "3"}))
    record(storage, province, a=both)
    record(storage, province, b=form(FormKind.SURVEY, "so", on("2.1", facts={"score": "4"})))
    assert (set(facts(storage)), facts(storage, "snv")) == ({"2.1/score"}, {})


def test_a_score_imported_by_csv_stays_where_a_form_is_empty(storage: Storage, province: Province) -> None:
    record_scores(storage, YEAR, b"csv", "a.csv", [ScoreEntry("stc", "1.1.1", ScoreSource.APPRAISAL, Decimal(4))])
    record(storage, province, a=form(FormKind.APPRAISAL, "snv", on("1.1.1")))
    assert scores(storage) == [("stc", "1.1.1", "appraisal", Decimal(4), 1)]


def test_text_that_no_database_takes_is_kept_as_far_as_it_can_be(storage: Storage, province: Province) -> None:
    record(storage, province, a=self_assessment(on("1.1.1", text="a\x00b\ud800c")))
    with storage.reading() as session:
        assert [word.text for word in current_words(session, YEAR)] == ["a�b�c"]


def test_a_batch_of_many_units_numbers_every_version(storage: Storage, province: Province) -> None:
    units = ("stc", "snv", "vpub")
    for turn in ("1", "2"):
        said = {unit: on("1.1.2", unit=unit, facts={**SHARE, "numerator": turn}) for unit in units}
        batch = {f"{unit}{turn}": self_assessment(said[unit], unit=unit) for unit in units}
        assert [str(recorded.number) for recorded in record(storage, province, **batch)] == [turn] * 3
    assert [facts(storage, unit)["1.1.2/numerator"] for unit in units] == [("2", 2)] * 3
