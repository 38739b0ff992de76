"""What issued sets ask for and few have: from the set through a recalculated form to points, explanation and sheet.

Codes of four levels with letters and Roman numerals, a scale that another fact chooses, working days of the province's
calendar, bonus by steps without a cap.
"""

import io
import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from models.forms.descriptions import FormKind
from models.forms.self_assessment import CRITERIA_SHEET, SUMMARY, SUMMARY_SHEET
from models.records.snapshots import results_in
from models.working_days import VIETNAM
from tasks.documents.unit_sheets import unit_sheets
from tasks.forms.round_records import read_round
from tasks.forms.writing import write_forms
from tasks.intake.printout import printout
from tasks.progress.forecasting import forecast_now
from tasks.publishing.evaluating import evaluate_round
from tasks.recording.snapshots import newest_snapshot
from tasks.rendering.letterhead import PaperHead
from tasks.rendering.pdf import render_pdf
from tasks.scoring.explaining import explain_newest
from tests.broken_workbooks.forms import cell_of
from tests.models.folders import Folder
from tests.tasks.offices import Office

pytestmark = pytest.mark.slow

YEAR, UNIT = 2025, "stc"
SET = """\
id: so-2025
title: Bộ tiêu chí thử
areas:
  - code: I
    name: Chỉ đạo, điều hành
    criteria:
      - code: I.1
        name: Kiểm tra, trả lời kiến nghị
        groups: [{code: I.1.1, name: Nhóm việc thường xuyên}]
        components:
          - code: I.1.1.a
            name: Kết quả kiểm tra
            max: 40
            source: self
            evidence: none
            rule:
              kind: by_fact
              label: Kế hoạch kiểm tra
              cases:
                - id: own
                  label: Có kế hoạch riêng
                  rule: {kind: tiers, tiers: [{from: 100, points: 40}, {from: 70, points: 20}, {points: 0}]}
                - {id: shared, label: Lồng ghép, max: 20, rule: {kind: proportional}}
                - {id: no_plan, label: Không có kế hoạch, points: 0}
          - code: I.1.1.đ
            name: Trả lời kiến nghị
            max: 40
            source: self
            evidence: none
            rule:
              kind: within
              days: 5
              working: true
              start: Ngày nhận kiến nghị
              label: Ngày trả lời
              late: [{points: 15, days: 3}]
  - code: II
    name: Kết quả khác
    criteria:
      - {code: II.1, name: Nền nếp, max: 10, source: self, evidence: none, rule: {kind: points, step: 5}}
      - {code: II.2, name: Hồ sơ trực tuyến, max: 10, source: self, evidence: none,
         rule: {kind: min_max, of: ratio, numerator: Hồ sơ trực tuyến, denominator: Tổng số hồ sơ, decimals: 2}}
bonus:
  capped: false
  items:
    - {code: DT.1, name: Sáng kiến, steps: [{from: 5, points: 3}, {from: 2, points: 1.5}]}
"""
FACTS: dict[str, Any] = {
    "I.1.1.a/case": "Lồng ghép",
    "I.1.1.a/numerator": 8,
    "I.1.1.a/denominator": 10,
    "I.1.1.đ/start": date(2025, 3, 17),
    "I.1.1.đ/date": date(2025, 3, 25),
    "II.1/points": 5,
    "II.2/numerator": 8,
    "II.2/denominator": 10,
}

OTHERS = (("snv", 6), ("vpub", 9))


class RealOffice(Office):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder, SET)
        Folder(folder).add("province.yaml", "holidays: [2025-03-21]\nworking_days: [2025-03-22]\n")
        Folder(folder).change("rounds/2025.yaml", 'area: "1", under: 70', "area: I, under: 10")
        Folder(folder).change("rounds/2025.yaml", 'tie_break: ["1"]', "tie_break: [name]")

    def filled(self, facts: dict[str, Any]) -> Path:
        cells = {(key, "value"): value for key, value in facts.items()}
        return self.recalculated(FormKind.SELF_ASSESSMENT, UNIT, cells)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> RealOffice:
    return RealOffice(tmp_path_factory.mktemp("real"))


@pytest.fixture(scope="module")
def form(office: RealOffice) -> Path:
    return office.filled(FACTS)


@pytest.fixture(scope="module")
def evaluated(office: RealOffice, form: Path) -> RealOffice:
    report = office.receive(form)
    assert (report.outcome, report.findings) == ("accepted", ())
    office.tell(f"{UNIT},DT.1,count,7\n")
    office.tell("".join(f"{unit},II.2,numerator,{done}\n{unit},II.2,denominator,10\n" for unit, done in OTHERS))
    assert evaluate_round(office.province, office.storage, YEAR) is not None
    return office


def points_in(form: Path) -> dict[str, object]:
    sheet = load_workbook(form, data_only=True)[CRITERIA_SHEET]
    return {code: cell_of(sheet, code, "points").value for code in ("I.1.1.a", "I.1.1.đ", "II.1", "II.2")}


def test_the_spreadsheet_program_comes_to_the_points_of_every_rule(form: Path) -> None:
    assert points_in(form) == {"I.1.1.a": 16, "I.1.1.đ": 15, "II.1": 5, "II.2": "chờ tổng hợp"}


def test_a_named_level_above_the_fourth_is_a_row_with_its_sum_in_the_form_and_a_head_on_paper(
    evaluated: RealOffice, form: Path, tmp_path: Path
) -> None:
    sheet = load_workbook(form, data_only=True)[CRITERIA_SHEET]
    by_code = {row[1].value: [cell.value for cell in row] for row in sheet.iter_rows(min_row=6)}
    codes = list(by_code)
    assert codes[codes.index("I.1") : codes.index("I.1.1.a") + 1] == ["I.1", "I.1.1", "I.1.1.a"]
    group = by_code["I.1.1"]
    assert "Nhóm việc thường xuyên" in group
    assert {80, 31} <= set(group)  # the most that its leaves are worth, and 16 + 15
    assert set(by_code["I.1"]) >= {80, 31}  # the criterion counts each leaf once
    (appraisal,) = write_forms(evaluated.province, evaluated.storage, YEAR, FormKind.APPRAISAL, ["snv"], tmp_path)
    rows = load_workbook(appraisal).worksheets[1].iter_rows(min_row=6, values_only=True)
    named = [cell for row in rows for cell in row if cell in ("I.1.1", "I.1.1.a")]
    assert named[:2] == ["I.1.1", "I.1.1.a"]
    with evaluated.storage.reading() as session:
        frozen = results_in(newest_snapshot(session, YEAR))
    decision = PaperHead(7, date(2026, 2, 20), "QĐ-UBND", frozen.config.signer(None))
    sheet = next(paper for paper in unit_sheets(frozen, decision) if UNIT in paper.name)
    papers = (
        printout(evaluated.province, evaluated.storage, YEAR, UNIT),
        render_pdf(sheet, "0" * 64, datetime(2026, 2, 20, tzinfo=VIETNAM)),
    )
    for content in papers:
        said = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())
        assert said.index("Nhóm việc thường xuyên") < said.rindex("I.1.1.a")


def test_a_case_with_fixed_points_needs_no_further_figures(tmp_path: Path) -> None:
    office = RealOffice(tmp_path)
    others = {key: value for key, value in FACTS.items() if not key.startswith("I.1.1.a")}
    form = office.filled({**others, "I.1.1.a/case": "Không có kế hoạch"})
    assert points_in(form)["I.1.1.a"] == 0
    assert office.receive(form).outcome == "accepted"


def test_what_the_chosen_case_asks_for_is_missed(tmp_path: Path) -> None:
    office = RealOffice(tmp_path)
    form = office.filled({key: value for key, value in FACTS.items() if key != "I.1.1.a/denominator"})
    assert points_in(form)["I.1.1.a"] is None
    assert [finding.what for finding in office.receive(form).findings] == ["tiêu chí I.1.1.a thiếu số liệu “Tổng số”"]


def test_the_points_are_those_of_the_form_and_lost_ones_show_their_figures(evaluated: RealOffice) -> None:
    explanation = explain_newest(evaluated.storage, YEAR, UNIT)
    points = {leaf.leaf.code: leaf.points.points for leaf in explanation.leaves}
    assert points == {"I.1.1.a": 16, "I.1.1.đ": 15, "II.1": 5, "II.2": Decimal("6.67")}
    assert explanation.unit.bonus == 3
    assert explanation.unit.points == Decimal("45.67")
    assert {leaf.leaf.code: leaf.reason for leaf in explanation.leaves if leaf.reason} == {
        "I.1.1.a": (
            "kế hoạch kiểm tra: lồng ghép; số đạt yêu cầu 8/10 = 80%; cần 100% để đủ điểm, còn thiếu 2; "
            "“Có kế hoạch riêng” được tới 40 điểm"
        ),
        "I.1.1.đ": (
            "ngày nhận kiến nghị 17/03/2025, hạn 24/03/2025 (5 ngày làm việc); ngày trả lời 25/03/2025, "
            "chậm 1 ngày làm việc"
        ),
        "II.1": "được chấm 5/10 điểm",
        "II.2": "hồ sơ trực tuyến 8/10 = 80%; trong nhóm tốt nhất 90%, kém nhất 60%",
    }


def test_an_appraiser_sees_the_points_that_the_group_gives(evaluated: RealOffice) -> None:
    for units in (None, [UNIT]):
        record = read_round(evaluated.province, evaluated.storage, YEAR, units).units[UNIT]
        assert record.claimed["II.2"].points == Decimal("6.67")


def test_the_summary_of_the_form_does_not_miss_what_waits_for_the_others(form: Path) -> None:
    sheet = load_workbook(form, data_only=True)[SUMMARY_SHEET]
    rows = range(1, sheet.max_row + 1)
    row = next(row for row in rows if sheet.cell(row, SUMMARY.at["content"]).value == "Kết quả khác")
    assert {id: sheet.cell(row, SUMMARY.at[id]).value for id in ("points", "missing", "check")} == {
        "points": 5,
        "missing": 0,
        "check": 0,
    }


def test_the_forecast_says_the_way_to_the_best_of_the_group(evaluated: RealOffice) -> None:
    (unit,) = forecast_now(evaluated.storage, evaluated.province, YEAR, date(2025, 12, 1)).only(UNIT).units
    gain = next(gain for gain in unit.gains if gain.leaf.code == "II.2")
    assert gain.step.startswith("thêm 1 “Hồ sơ trực tuyến”")
    assert gain.gain == Decimal("3.33")


def test_sheet_of_the_unit_names_codes_of_four_levels_their_rules_and_the_bonus(evaluated: RealOffice) -> None:
    with evaluated.storage.reading() as session:
        frozen = results_in(newest_snapshot(session, YEAR))
    decision = PaperHead(7, date(2026, 2, 20), "QĐ-UBND", frozen.config.signer(None))
    sheet = next(paper for paper in unit_sheets(frozen, decision) if UNIT in paper.name)
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", sheet.html))
    assert "I.1.1.a" in text
    assert "I.1.1.đ" in text
    assert "hạn 24/03/2025 (5 ngày làm việc)" in text
    frozen_rule = frozen.criteria_sets["so-2025"].by_code["I.1.1.đ"].rule
    assert frozen_rule.model_dump(mode="json")["days_off"] == ["2025-03-21"]
