"""Facts that an appraiser finds (37 of 46) in place of points: from its workbook to versions and explanation."""

import re
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from models.findings import RefusedError
from models.forms.descriptions import FormKind
from models.records.results import Basis
from models.working_days import VIETNAM
from tasks.forms.writing import write_forms
from tasks.intake.appraising import Entered, decide_leaf
from tasks.publishing.evaluating import evaluate_round
from tasks.recording.importing import read_scores
from tasks.recording.versions import current_facts, record_scores
from tasks.scoring.explaining import ExplainedLeaf, explain_newest
from tests.broken_workbooks.forms import cell_of
from tests.tasks.offices import Office

pytestmark = pytest.mark.slow

YEAR, UNIT, AGENCY, CODE = 2025, "stc", "snv", "1.1"
KEY = f"{UNIT}:{CODE}"
SET = """\
id: so-2025
title: Bộ tiêu chí thử
areas:
  - code: "1"
    name: Hồ sơ
    criteria:
      - {code: "1.1", name: Hồ sơ đúng hạn, max: 2, source: self, evidence: none,
         rule: {kind: proportional, numerator: Số hồ sơ đúng hạn, denominator: Tổng số hồ sơ}}
      - {code: "1.3", name: Kiến nghị trả lời đúng hạn, max: 2, source: self, evidence: none,
         rule: {kind: proportional, numerator: Số kiến nghị đã trả lời, denominator: Tổng số kiến nghị}}
      - {code: "1.4", name: Nền nếp, max: 96, source: self, evidence: none, rule: {kind: points}}
"""
FOUND: dict[tuple[str, str], Any] = {
    (KEY, "fact:numerator"): 37,
    (KEY, "fact:denominator"): 46,
    (KEY, "reason"): "Chín hồ sơ trễ hạn theo phần mềm một cửa",
}


class AppraisalOffice(Office):
    """Its unit has told its figures."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, SET)
        self.tell(f"{UNIT},1.1,numerator,46\n{UNIT},1.1,denominator,46\n")

    def filled(self, cells: dict[tuple[str, str], Any]) -> Path:
        return self.recalculated(FormKind.APPRAISAL, AGENCY, cells)

    def explained(self) -> ExplainedLeaf:
        evaluate_round(self.province, self.storage, YEAR)
        leaves = explain_newest(self.storage, YEAR, UNIT).leaves
        return next(leaf for leaf in leaves if leaf.leaf.code == CODE)

    def facts(self) -> dict[str, str]:
        with self.storage.reading() as session:
            return {fact.entry.fact: fact.entry.value for fact in current_facts(session, YEAR, units=[UNIT])}


def shown(form: Path, column: str) -> object:
    return cell_of(load_workbook(form, data_only=True)["Các sở"], KEY, column).value


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> AppraisalOffice:
    return AppraisalOffice(tmp_path_factory.mktemp("found"))


@pytest.fixture(scope="module")
def form(office: AppraisalOffice) -> Path:
    return office.filled(FOUND)


@pytest.fixture(scope="module")
def explained(office: AppraisalOffice, form: Path) -> ExplainedLeaf:
    report = office.receive(form)
    assert report.outcome == "accepted", report.findings
    assert [finding.what for finding in report.findings if CODE in finding.what] == []
    return office.explained()


def test_the_workbook_reckons_the_points_from_what_the_appraiser_found(form: Path) -> None:
    assert round(Decimal(str(shown(form, "by_facts"))), 4) == Decimal("1.6087")
    assert shown(form, "check") in (None, "")


def test_a_change_by_facts_wants_its_reason_too(tmp_path: Path) -> None:
    office = AppraisalOffice(tmp_path)
    form = office.filled({key: value for key, value in FOUND.items() if key[1] != "reason"})
    assert shown(form, "check")
    report = office.receive(form)
    assert report.outcome == "returned"
    assert any("mà chưa ghi lý do" in finding.what for finding in report.findings)


def test_both_figures_are_kept_as_versions_and_the_rule_gives_the_points(
    office: AppraisalOffice, explained: ExplainedLeaf
) -> None:
    assert office.facts() == {
        "numerator": "46",
        "denominator": "46",
        "appraised:numerator": "37",
        "appraised:denominator": "46",
    }
    assert (explained.points.points, explained.points.basis) == (Decimal("1.61"), Basis.APPRAISAL)
    assert explained.points.self_points == 2


def test_the_explanation_tells_what_was_claimed_and_what_was_found(explained: ExplainedLeaf) -> None:
    assert explained.reason.startswith("Chín hồ sơ trễ hạn theo phần mềm một cửa; ")
    assert explained.reason.endswith(
        "số liệu thẩm định: số hồ sơ đúng hạn 37/46 = 80,4%; cần 100% để đủ điểm, còn thiếu 9; "
        "đơn vị báo cáo: số hồ sơ đúng hạn 46/46 = 100% (2 điểm)"
    )
    steps = {step.source: step.value for step in explained.steps}
    assert steps["Số hồ sơ đúng hạn"] == "46"
    assert steps["Số hồ sơ đúng hạn (thẩm định)"] == "37"


def test_the_next_workbook_shows_what_was_found_and_the_form_without_it_takes_it_back(
    office: AppraisalOffice, explained: ExplainedLeaf
) -> None:
    again = office.filled({})
    assert (shown(again, "fact:numerator"), shown(again, "fact:denominator"), shown(again, "appraised")) == (
        37,
        46,
        None,
    )
    emptied = office.filled({(KEY, "fact:numerator"): None, (KEY, "fact:denominator"): None, (KEY, "reason"): None})
    assert office.receive(emptied).outcome == "accepted"
    assert office.facts() == {"numerator": "46", "denominator": "46"}
    assert office.explained().points.points == 2


def test_points_given_later_by_another_way_stand_without_the_figures(tmp_path: Path) -> None:
    office = AppraisalOffice(tmp_path)
    assert office.receive(office.filled(FOUND)).outcome == "accepted"
    content = f"unit,component,source,points,note\n{UNIT},{CODE},appraisal,1.5,Theo biên bản\n".encode()
    entries, _ = read_scores(content, "diem.csv", office.province, YEAR)
    record_scores(office.storage, YEAR, content, "diem.csv", entries)
    again = office.filled({})
    assert (shown(again, "fact:numerator"), shown(again, "appraised")) == (None, 1.5)
    assert "số liệu thẩm định" not in office.explained().reason
    assert office.receive(again).outcome == "accepted"


@pytest.mark.parametrize(
    ("cells", "what"),
    [
        ({"fact:denominator": None}, "thiếu số liệu thẩm định “Tổng số hồ sơ”"),
        ({"fact:numerator": 47}, "tử số “Số hồ sơ đúng hạn” (47) lớn hơn mẫu số “Tổng số hồ sơ” (46)"),
        ({"appraised": 1}, "điểm nhập 1,00 khác điểm theo số liệu thẩm định 1,608696"),
    ],
)
def test_facts_that_give_no_points_or_others_than_are_typed_are_refused(
    cells: dict[str, Any], what: str, tmp_path: Path
) -> None:
    office = AppraisalOffice(tmp_path)
    report = office.receive(office.filled({**FOUND, **{(KEY, column): value for column, value in cells.items()}}))
    assert report.outcome == "returned"
    assert f"Sở Tài chính, tiêu chí 1.1: {what}" in [finding.what for finding in report.findings]


# --- facts of other kinds of rules, entered at the desk ---------------------------------------------------------------

OF_EVERY_KIND = """\
id: so-2025
title: Bộ tiêu chí thử
areas:
  - code: "1"
    name: Công việc
    criteria:
      - {code: "1.1", name: Ban hành quy chế, max: 10, source: self, evidence: none, rule: {kind: binary}}
      - {code: "1.2", name: Nội dung kế hoạch, max: 10, source: self, evidence: none,
         rule: {kind: checklist, items: [{id: nhan_luc, label: Nhân lực}, {id: kinh_phi, label: Kinh phí}]}}
      - {code: "1.3", name: Mức áp dụng, max: 10, source: self, evidence: none,
         rule: {kind: options, label: Mức áp dụng, options: [
           {id: tinh, label: Toàn tỉnh, points: 10}, {id: noi_bo, label: Nội bộ, points: 4}]}}
      - {code: "1.4", name: Vi phạm kỷ luật, max: 10, source: self, evidence: none,
         rule: {kind: deduction, cases: [{id: canh_cao, label: Số người bị cảnh cáo, points: 3}]}}
      - {code: "1.5", name: Trả lời kiến nghị, max: 10, source: self, evidence: none,
         rule: {kind: within, days: 5, start: Ngày nhận, label: Ngày trả lời, late: [{points: 3, days: 3}]}}
      - {code: "1.6", name: Kiểm tra, max: 50, source: self, evidence: none,
         rule: {kind: by_fact, label: Kế hoạch, cases: [
           {id: own, label: Có kế hoạch riêng, rule: {kind: proportional}},
           {id: no_plan, label: Không có, points: 0}]}}
"""
STATED = {
    "1.1": {"done": "1"},
    "1.2": {"nhan_luc": "1", "kinh_phi": "1"},
    "1.3": {"option": "tinh"},
    "1.4": {"canh_cao": "0"},
    "1.5": {"start": "2025-03-03", "date": "2025-03-05"},
    "1.6": {"case": "own", "numerator": "10", "denominator": "10"},
}
FOUND_AT_DESK: list[tuple[str, dict[str, str], str]] = [
    ("1.1", {"done": "0"}, "0"),
    ("1.2", {"nhan_luc": "1", "kinh_phi": "0"}, "5"),
    ("1.3", {"option": "noi_bo"}, "4"),
    ("1.4", {"canh_cao": "2"}, "4"),
    ("1.5", {"start": "2025-03-03", "date": "2025-03-10"}, "3"),
    ("1.6", {"case": "own", "numerator": "8", "denominator": "10"}, "40"),
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = Office(tmp_path_factory.mktemp("desk"), OF_EVERY_KIND)
    office.tell("".join(f"{UNIT},{code},{fact},{of}\n" for code, facts in STATED.items() for fact, of in facts.items()))
    return office


def found_at_desk(office: Office, code: str, facts: dict[str, str]) -> None:
    decide_leaf(
        province=office.province,
        storage=office.storage,
        year=YEAR,
        form=FormKind.APPRAISAL,
        subject=AGENCY,
        unit=UNIT,
        code=code,
        entered=Entered(None, False, "Theo hồ sơ lưu", facts),
        following=0,
        now=datetime(2026, 1, 20, tzinfo=VIETNAM),
    )


def test_facts_found_give_the_points_of_every_kind_of_rule_and_stand_beside_those_of_the_unit(desk: Office) -> None:
    for code, facts, _ in FOUND_AT_DESK:
        found_at_desk(desk, code, facts)
    evaluate_round(desk.province, desk.storage, YEAR)
    leaves = {leaf.leaf.code: leaf for leaf in explain_newest(desk.storage, YEAR, UNIT).leaves}
    assert {code: str(leaves[code].points.points) for code, *_ in FOUND_AT_DESK} == {
        code: points for code, _, points in FOUND_AT_DESK
    }
    for leaf in leaves.values():
        assert leaf.points.basis is Basis.APPRAISAL
        told = re.fullmatch(r"Theo hồ sơ lưu; số liệu thẩm định: (.+); đơn vị báo cáo: (.+)", leaf.reason)
        assert told, leaf.reason
        assert told[1] != told[2]


def test_the_workbook_says_of_which_leaves_facts_are_entered_at_the_desk_alone(desk: Office, tmp_path: Path) -> None:
    (path,) = write_forms(desk.province, desk.storage, YEAR, FormKind.APPRAISAL, [AGENCY], tmp_path)
    rows = load_workbook(path)["Các sở"].iter_rows(min_row=6, values_only=True)
    told = [str(cell) for row in rows for cell in row if "nhập trên bàn làm việc" in str(cell)]
    assert len(told) == len(STATED)


def test_facts_of_another_rule_are_refused_with_where_they_belong(desk: Office) -> None:
    with pytest.raises(RefusedError) as refused:
        found_at_desk(desk, "1.3", {"numerator": "1"})
    (finding,) = refused.value.findings
    assert "tiêu chí này không chấm theo số liệu thẩm định ở cột ấy" in finding.what
    assert "hoặc nhập số liệu của tiêu chí trên bàn làm việc" in finding.remedy
