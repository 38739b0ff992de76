"""A further kind of rule, declared here and nowhere else, goes all the way of a fact.

Set, form, recalculation in a spreadsheet program, reading, points, explanation, list of repairs, forecast: whatever a
kind has to say is said in its own class, and no other file knows of it.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, final

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from pydantic import Field
from typing_extensions import override

from models.criteria.facts import NEVER_DONE, FactField, FactKind
from models.criteria.formulas import CHECK_TEXT, NO, FormulaCells, day_of, not_numbers
from models.criteria.rules.amounts import Label
from models.criteria.rules.any_rule import RULE_KINDS, declare
from models.criteria.rules.base import Awarded, Better, Numbers, Rule, problem, share_of
from models.criteria.rules.cells import ChoiceCell, DayCell, FactCell, NumberCell
from models.criteria.rules.faults import RuleFault, above_maximum
from models.criteria.rules.options import Option
from models.forms.descriptions import FormKind
from models.forms.self_assessment import CRITERIA_SHEET
from models.numbers import HUNDRED, ZERO, plain, said
from models.records.results import Basis
from tasks.intake.receiving import FileReport
from tasks.progress.forecasting import UnitForecast, forecast_now
from tasks.publishing.evaluating import evaluate_round
from tasks.scoring.explaining import ExplainedLeaf, explain_newest
from tasks.scoring.repairs import repairs_of
from tests.broken_workbooks.forms import cell_of
from tests.models.folders import SO, sample_folder
from tests.tasks.offices import Office

pytestmark = pytest.mark.slow

YEAR = 2025
UNIT = "stc"
CODE = "1.1.2"
TODAY = date(2025, 6, 20)


@final
class HandoverRule(Rule):
    """The points of a grade × the share that was handed over, if it was accepted in time."""

    kind: Literal["handover"]
    grades: Annotated[tuple[Option, ...], Field(min_length=2)]
    until: date
    share: Label = "Tỷ lệ bàn giao (%)"

    @cached_property
    @override
    def fields(self) -> tuple[FactField, ...]:
        choices = tuple((grade.id, grade.label) for grade in self.grades)
        return (
            FactField("share", self.share, FactKind.NUMBER),
            FactField("grade", "Mức chất lượng", FactKind.OPTION, choices),
            FactField("accepted", "Ngày nghiệm thu", FactKind.DATE),
        )

    @override
    def cell(self, field: FactField, maximum: Decimal, year: int) -> FactCell:
        match field.id:
            case "share":
                return NumberCell(ZERO, HUNDRED)
            case "grade":
                return ChoiceCell(tuple(grade.points for grade in self.grades))
        return DayCell(date(year, 1, 1), date(year, 12, 31))

    @property
    @override
    def numbers(self) -> Numbers:
        return Numbers.PERCENT

    @override
    def faults(self, maximum: Decimal) -> list[RuleFault]:
        return [
            fault
            for position, grade in enumerate(self.grades)
            for fault in above_maximum(grade.points, maximum, ("grades", position, "points"))
        ]

    @override
    def sentence(self, maximum: Decimal, year: int) -> str:
        grades = ", ".join(f"{grade.label} {said(grade.points)} điểm" for grade in self.grades)
        return f"{self.share} × điểm của mức ({grades}); nghiệm thu sau {self.until:%d/%m/%Y}: 0 điểm"

    @override
    def _points(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Awarded:
        share = Decimal(facts["share"])
        if not 0 <= share <= HUNDRED:
            return problem("share", f"tỷ lệ {said(share)} nằm ngoài khoảng 0–100", "Nhập tỷ lệ từ 0 đến 100")
        if facts["accepted"] == NEVER_DONE or date.fromisoformat(facts["accepted"]) > self.until:
            return Awarded(ZERO)
        points = {grade.id: grade.points for grade in self.grades}[facts["grade"]]
        return Awarded(share_of(points, share, HUNDRED))

    @override
    def _formula(self, cells: FormulaCells, maximum: Decimal, year: int) -> str:
        share, grade, accepted = (cells.facts[field.id] for field in self.fields)
        labels, points = cells.lists["grade"].labels, cells.lists["grade"].points
        worth = f"{share}*SUMPRODUCT(--EXACT({labels},{grade}),{points})/100"
        late = f'IF({accepted}="{NO}",TRUE,{accepted}>{day_of(self.until)})'
        wrong = f"IF({not_numbers([share])},TRUE,OR({share}<0,{share}>100))"
        return f"IF({wrong},{CHECK_TEXT},IF({late},0,{worth}))"

    @override
    def last_day(self, year: int) -> date | None:
        return self.until

    @override
    def reckoned(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal, year: int) -> str:
        return f"đã bàn giao {said(Decimal(facts['share']))}%"

    @override
    def better(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal) -> Better | None:
        if facts["share"] == "100":
            return None
        return Better("bàn giao đủ 100%", {**facts, "share": "100"})

    @override
    def aim(self) -> str:
        return "Bàn giao đủ, đúng hạn, mức tốt"


@pytest.fixture(scope="module", autouse=True)
def declared() -> Iterator[None]:
    declare(HandoverRule)
    yield
    del RULE_KINDS["handover"]


TIERS = re.compile(r"            rule:\n              kind: tiers\n(?: {14}.*\n)+")
HANDOVER = """\
            rule:
              kind: handover
              until: 2025-10-31
              grades: [{id: good, label: Tốt, points: 30}, {id: fair, label: "Khá, đạt", points: 18}]
"""
FACTS: dict[tuple[str, str], Any] = {
    ("1.1.2/share", "value"): 40,
    ("1.1.2/grade", "value"): "Khá, đạt",
    ("1.1.2/accepted", "value"): date(2025, 9, 30),
    ("1.1.2", "document"): "Biên bản nghiệm thu",
    ("1.1.2", "number"): "12/BB-STC",
    ("1.1.2", "date"): date(2025, 9, 30),
    ("1.1.2", "page"): "trang 3",
    ("1.1.1/date", "value"): date(2025, 1, 20),
    ("1.1.1", "explanation"): "Ban hành ngày 20/01/2025",
}
POINTS = Decimal("7.2")  # 40 % of 18


class HandedOver(Office):
    """A province whose set uses the new kind, and what comes of the forms that a unit sends."""

    def __init__(self, folder: Path) -> None:
        text, replaced = TIERS.subn(HANDOVER, SO)
        assert replaced == 1
        super().__init__(folder, text)

    def filled(self, **facts: Any) -> Path:
        """The unit's form, filled in, calculated and saved by a spreadsheet program."""
        cells = {**FACTS, **{(f"{CODE}/{id}", "value"): value for id, value in facts.items()}}
        return self.recalculated(FormKind.SELF_ASSESSMENT, UNIT, cells)

    def forecast(self) -> UnitForecast:
        (unit,) = forecast_now(self.storage, self.province, YEAR, TODAY).only(UNIT).units
        return unit


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> HandedOver:
    return HandedOver(tmp_path_factory.mktemp("handover"))


@pytest.fixture(scope="module")
def form(office: HandedOver) -> Path:
    return office.filled()


@pytest.fixture(scope="module")
def received(office: HandedOver, form: Path) -> FileReport:
    return office.receive(form)


@pytest.fixture(scope="module")
def explained(office: HandedOver, received: FileReport) -> ExplainedLeaf:
    assert received.outcome == "accepted", received.findings
    evaluate_round(office.province, office.storage, YEAR)
    leaves = explain_newest(office.storage, YEAR, UNIT).leaves
    return next(leaf for leaf in leaves if leaf.leaf.code == CODE)


def criteria_sheet(form: Path) -> Worksheet:
    sheet: Worksheet = load_workbook(form, data_only=True)[CRITERIA_SHEET]
    return sheet


# --- the way of a fact ------------------------------------------------------------------------------------------------


def test_the_set_is_read_and_its_faults_are_told_at_their_line(office: HandedOver, tmp_path: Path) -> None:
    leaf = office.province.criteria_sets["so-2025"].by_code[CODE]
    assert isinstance(leaf.rule, HandoverRule)
    folder = sample_folder(tmp_path / "wrong").write("criteria/so.yaml", TIERS.sub(HANDOVER, SO))
    folder.change("criteria/so.yaml", "label: Tốt, points: 30", "label: Tốt, points: 31")
    line = folder.line_of("criteria/so.yaml", "id: good")
    assert folder.errors() == [f"criteria/so.yaml:{line}: tiêu chí 1.1.2: 31 điểm vượt điểm tối đa 30"]


def test_an_unknown_kind_is_answered_with_the_new_one_among_those_to_choose(office: HandedOver, tmp_path: Path) -> None:
    folder = sample_folder(tmp_path / "unknown").change("criteria/so.yaml", "kind: deduction", "kind: handed_over")
    (finding,) = folder.findings()
    assert finding.remedy.endswith("by_fact, min_max, handover")


def test_the_form_says_the_rule_and_lets_in_what_the_rule_takes(form: Path) -> None:
    sheet = criteria_sheet(form)
    assert "nghiệm thu sau 31/10/2025: 0 điểm" in str(cell_of(sheet, CODE, "content").value)
    allowed = {}
    for validation in sheet.data_validations.dataValidation:
        for id in ("share", "grade", "accepted"):
            if cell_of(sheet, f"{CODE}/{id}", "value").coordinate in validation.sqref:
                allowed[id] = (validation.type, validation.error)
    assert allowed == {
        "share": ("decimal", "Cần một số từ 0 đến 100."),
        "grade": ("list", "Giá trị không có trong danh sách. Bấm mũi tên bên phải ô và chọn một phương án."),
        "accepted": ("custom", "Cần một ngày từ 01/01/2025 đến 31/12/2025, hoặc “không” nếu chưa thực hiện."),
    }


def test_the_spreadsheet_program_comes_to_the_same_points(form: Path) -> None:
    shown = cell_of(criteria_sheet(form), CODE, "points").value
    assert round(Decimal(str(shown)), 9) == POINTS


@pytest.mark.parametrize(
    ("facts", "points"),
    [({"accepted": date(2025, 11, 1)}, 0), ({"accepted": NO}, 0), ({"share": 100, "grade": "Tốt"}, 30)],
)
def test_the_spreadsheet_program_follows_every_branch(facts: dict[str, Any], points: int, tmp_path: Path) -> None:
    assert cell_of(criteria_sheet(HandedOver(tmp_path).filled(**facts)), CODE, "points").value == points


def test_the_filled_form_is_read_judged_and_recorded(received: FileReport) -> None:
    assert (received.outcome, received.findings) == ("accepted", ())


def test_what_makes_no_sense_by_the_rule_is_returned(tmp_path: Path) -> None:
    office = HandedOver(tmp_path)
    report = office.receive(office.filled(share=120))
    assert "tiêu chí 1.1.2: tỷ lệ 120 nằm ngoài khoảng 0–100" in [finding.what for finding in report.findings]


def test_a_share_that_may_be_a_percentage_is_asked_about(tmp_path: Path) -> None:
    office = HandedOver(tmp_path)
    report = office.receive(office.filled(share=0.4))
    assert any("“0,4” có thể là 40% hoặc 0,4%" in finding.what for finding in report.findings)


def test_the_points_are_explained_with_their_facts_and_their_rule(explained: ExplainedLeaf) -> None:
    assert (explained.points.points, explained.points.basis) == (POINTS, Basis.FACTS)
    assert explained.rule == (
        "Tỷ lệ bàn giao (%) × điểm của mức (Tốt 30 điểm, Khá, đạt 18 điểm); nghiệm thu sau 31/10/2025: 0 điểm"
    )
    assert [(step.source, step.value) for step in explained.steps][:3] == [
        ("Tỷ lệ bàn giao (%)", "40"),
        ("Mức chất lượng", "Khá, đạt"),
        ("Ngày nghiệm thu", "30/09/2025"),
    ]


def test_the_list_of_repairs_says_its_aim(office: HandedOver, explained: ExplainedLeaf) -> None:
    unit = explain_newest(office.storage, YEAR, UNIT).unit
    rule = office.province.round_of(YEAR).ranking
    repairs = repairs_of(unit, office.province.criteria_sets["so-2025"], rule, YEAR)
    repair = next(each for each in repairs if each.code == CODE)
    assert (repair.lost, repair.remedy) == (30 - POINTS, "Bàn giao đủ, đúng hạn, mức tốt")
    assert repair.reason == "Đã bàn giao 40%"


def test_the_forecast_says_what_brings_the_next_points(office: HandedOver, explained: ExplainedLeaf) -> None:
    gain = next(gain for gain in office.forecast().gains if gain.leaf.code == CODE)
    assert (gain.step, plain(gain.gain), gain.to_win) == ("bàn giao đủ 100%", "10.8", 30 - POINTS)


def test_the_forecast_asks_for_what_was_never_told_until_its_last_day(tmp_path: Path) -> None:
    office = HandedOver(tmp_path)
    gain = next(gain for gain in office.forecast().gains if gain.leaf.code == CODE)
    assert gain.step == "báo cáo số liệu: Tỷ lệ bàn giao (%), Mức chất lượng, Ngày nghiệm thu"
    late = forecast_now(office.storage, office.province, YEAR, date(2025, 11, 1)).only(UNIT).units[0]
    gain = next(gain for gain in late.gains if gain.leaf.code == CODE)
    assert (gain.step, gain.gain) == ("đã quá hạn; báo cáo ngày thực hiện nếu đã làm", 0)
