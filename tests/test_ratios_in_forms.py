"""What 0 of 0 means and a choice that ends in “%”: from the set through a recalculated form to the points."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from models.forms.descriptions import FormKind
from models.forms.self_assessment import CRITERIA_SHEET, SUMMARY, SUMMARY_SHEET
from models.records.results import Basis
from tasks.intake.receiving import FileReport
from tasks.publishing.evaluating import evaluate_round
from tasks.scoring.explaining import explain_newest
from tests.broken_workbooks.forms import cell_of
from tests.tasks.offices import Office

pytestmark = pytest.mark.slow

YEAR, UNIT = 2025, "stc"
SET = """\
id: so-2025
title: Bộ tiêu chí thử
areas:
  - code: "1"
    name: Hồ sơ
    criteria:
      - code: "1.1"
        name: Tái sử dụng dữ liệu
        max: 2
        source: self
        evidence: none
        rule:
          kind: options
          options:
            - {id: all, label: "Từ 95%", points: 2}
            - {id: most, label: "Dưới 95%", points: 1}
      - {code: "1.2", name: Phản ánh, max: 10, source: self, evidence: none,
         rule: {kind: proportional, floor: 60, full_from: 85, decimals: 2, of_nothing: not_applicable}}
      - {code: "1.3", name: Khiếu nại, max: 3, source: self, evidence: none,
         rule: {kind: tiers, of_nothing: full, tiers: [{from: 95, points: 3}, {points: 0}]}}
      - {code: "1.4", name: Văn bản ký số, max: 2, source: self, evidence: none,
         rule: {kind: tiers, numerator: Số văn bản ký số, denominator: Tổng số văn bản,
                tiers: [{from: 95, points: 2}, {points: 0}]}}
"""
NOTHING: dict[str, Any] = {"1.2/numerator": 0, "1.2/denominator": 0, "1.3/numerator": 0, "1.3/denominator": 0}
FACTS: dict[str, Any] = {
    "1.1/option": "Dưới 95%",
    **NOTHING,
    "1.4/numerator": 7985,
    "1.4/denominator": 9176,
}


class RatioOffice(Office):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder, SET)

    def filled(self, facts: dict[str, Any], **said: str) -> Path:
        cells = {(key, "value"): value for key, value in facts.items()}
        cells |= {(code, "explanation"): text for code, text in said.items()}
        return self.recalculated(FormKind.SELF_ASSESSMENT, UNIT, cells)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> RatioOffice:
    return RatioOffice(tmp_path_factory.mktemp("nothing"))


@pytest.fixture(scope="module")
def form(office: RatioOffice) -> Path:
    return office.filled(FACTS)


@pytest.fixture(scope="module")
def received(office: RatioOffice, form: Path) -> FileReport:
    return office.receive(form)


def test_the_form_says_and_calculates_what_0_of_0_means(form: Path) -> None:
    sheet = load_workbook(form, data_only=True)[CRITERIA_SHEET]
    assert "; không phát sinh (0/0): không áp dụng" in str(cell_of(sheet, "1.2", "content").value)
    assert "; không phát sinh (0/0): 3 điểm" in str(cell_of(sheet, "1.3", "content").value)
    assert [cell_of(sheet, code, "points").value for code in ("1.1", "1.2", "1.3", "1.4")] == [1, "không áp dụng", 3, 0]


def test_the_summary_of_the_form_takes_out_what_does_not_apply(form: Path) -> None:
    sheet = load_workbook(form, data_only=True)[SUMMARY_SHEET]
    row = next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, SUMMARY.at["content"]).value == "Hồ sơ")
    asked = ("not_applicable", "adjusted", "points", "missing", "check")
    figures = {id: sheet.cell(row, SUMMARY.at[id]).value for id in asked}
    assert figures == {"not_applicable": 10, "adjusted": 7, "points": 4, "missing": 0, "check": 0}


def test_a_choice_that_ends_in_a_percent_sign_is_received(received: FileReport) -> None:
    assert (received.outcome, received.findings) == ("accepted", ())


def test_the_points_are_those_of_the_form_and_lost_ones_show_their_figures(
    office: RatioOffice, received: FileReport
) -> None:
    frozen = evaluate_round(office.province, office.storage, YEAR)
    assert frozen is not None
    explanation = explain_newest(office.storage, YEAR, UNIT)
    points = {leaf.leaf.code: (leaf.points.points, leaf.points.basis) for leaf in explanation.leaves}
    assert points == {
        "1.1": (Decimal(1), Basis.FACTS),
        "1.2": (None, Basis.NOT_APPLICABLE),
        "1.3": (Decimal(3), Basis.FACTS),
        "1.4": (Decimal(0), Basis.FACTS),
    }
    assert explanation.unit.max_points == 7
    reasons = {leaf.leaf.code: leaf.reason for leaf in explanation.leaves if leaf.reason}
    assert reasons == {
        "1.1": "phương án: Dưới 95% (1 điểm); mức “Từ 95%” được 2 điểm",
        "1.4": "số văn bản ký số 7.985/9.176 = 87,0%; cần từ 95% trở lên, còn thiếu 733",
    }


def test_a_form_without_claims_is_told_what_it_can_do_and_received_when_it_does(tmp_path: Path) -> None:
    office = RatioOffice(tmp_path)
    nothing = {**FACTS, "1.4/numerator": 0, "1.4/denominator": 0}
    returned = office.receive(office.filled(nothing))
    (finding,) = returned.findings
    assert finding.remedy == (
        "Nhập mẫu số đúng; nếu trong năm không phát sinh, để trống hai số liệu này và nêu rõ ở cột giải trình"
    )
    followed = {key: value for key, value in nothing.items() if not key.startswith("1.4")}
    done = office.receive(office.filled(followed, **{"1.4": "Trong năm không phát sinh văn bản"}))
    assert done.outcome == "accepted", done.findings
