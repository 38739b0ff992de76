"""The formula in a form and the rule in Python give the same points, for every kind of rule.

Random rules and random facts, with exact bounds, are written into one workbook that LibreOffice recalculates once.
"""

import itertools
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from pydantic import TypeAdapter

from models.criteria.facts import NEVER_DONE, FactField, FactKind
from models.criteria.formulas import CHECK, COMPARED_LATER, NO, NOT_APPLICABLE, YES, FormulaCells, ListCells
from models.criteria.rules.any_rule import RULE_KINDS, AnyRule
from models.criteria.rules.base import Rule
from models.criteria.rules.by_fact import ByFactRule
from models.criteria.rules.on_time import OnTimeRule
from models.criteria.rules.options import OptionsRule
from models.criteria.rules.survey import SurveyRule
from models.criteria.rules.tiers import TiersRule
from models.criteria.rules.within import WithinRule
from models.criteria.sets import BlockItem
from models.numbers import plain
from tests.libreoffice import recalculated
from tests.models.criteria.spreadsheet import shown

YEAR = 2025
RULES_A_KIND = 25
CASES_A_RULE = 30
RULE: TypeAdapter[Rule] = TypeAdapter(AnyRule)
NONSENSE = ("abc", "12 tháng", "-", "n/a", "=1+1", " ", "#REF!", "có không", "31/02/2025", "1,5", "đúng hạn", "'")

PROVINCES_CALENDAR = {"working": True, "days_off": ["2025-03-21", "2025-11-20"], "days_worked": ["2025-03-22"]}

Value = Decimal | date | str | None


class Case(NamedTuple):
    """A rule and what stands in the cells of its facts."""

    rule: Rule
    maximum: Decimal
    cells: tuple[Value, ...]


# --- random rules -----------------------------------------------------------------------------------------------------


def decimals(random: Random, low: int, high: int, places: int | None = None) -> Decimal:
    places = random.choice((0, 0, 1, 2, 2, 6)) if places is None else places
    scale = 10**places
    return Decimal(random.randint(low * scale, high * scale)).scaleb(-places)


def maximum_of(random: Random) -> Decimal:
    return random.choice(
        (
            Decimal("0.5"),
            Decimal("0.25"),
            Decimal(1),
            Decimal(2),
            Decimal("3.5"),
            decimals(random, 1, 30, random.randint(0, 3)),
        )
    )


def falling_points(random: Random, count: int, maximum: Decimal) -> list[str]:
    """So many different points, the largest first."""
    return (
        [plain(maximum * (count - step) / count) for step in range(count)]
        if random.random() < 0.3
        else [plain(maximum * Decimal(share) / 100) for share in sorted(random.sample(range(101), count), reverse=True)]
    )


def cut(points: list[str]) -> list[str]:
    return [plain(Decimal(text).quantize(Decimal("0.000001"))) for text in points]


def tiers_rule(random: Random, maximum: Decimal) -> dict[str, Any]:
    count = random.randint(2, 5)
    ratio = random.random() < 0.6
    rises = random.random() < 0.7
    bounds = sorted({decimals(random, 0, 100) for _ in range(count - 1)}, reverse=rises)
    points = cut(falling_points(random, len(bounds) + 1, maximum))
    sides = ("over", "from") if rises else ("under", "to")
    steps: list[dict[str, Any]] = [
        {random.choice(sides): plain(bound), "points": points[position]} for position, bound in enumerate(bounds)
    ]
    rule: dict[str, Any] = {
        "kind": "tiers",
        "of": "ratio" if ratio else "number",
        "may_exceed": random.random() < 0.2,
        "tiers": [*steps, {"points": points[-1]}],
    }
    if rises and random.random() < 0.4:
        growing, bound = deepcopy(rule), decimals(random, 1, 100)
        random.choice(growing["tiers"])["pro_rata"] = plain(random.choice((bound, max(bounds, default=bound) or bound)))
        growing["decimals"] = random.choice((None, 0, 1, 2))
        rule = rule if RULE.validate_python(growing).faults(maximum) else growing
    return rule | (ratio_settings(random) if ratio else {})


def ratio_settings(random: Random) -> dict[str, Any]:
    return {"of_nothing": random.choice(("full", "zero", "not_applicable"))} if random.random() < 0.4 else {}


def proportional_rule(random: Random, maximum: Decimal) -> dict[str, Any]:
    floor = random.choice((Decimal(0), Decimal(70), Decimal("66.67"), decimals(random, 1, 99)))
    rule: dict[str, Any] = {"kind": "proportional", "floor": plain(floor), "may_exceed": random.random() < 0.3}
    if random.random() < 0.4:
        rule["full_from"] = plain(max(floor, random.choice((Decimal(85), decimals(random, 1, 100)))))
    if random.random() < 0.4:
        rule["decimals"] = random.choice((0, 1, 2, 3))
    return rule | ratio_settings(random)


def on_time_rule(random: Random, maximum: Decimal) -> dict[str, Any]:
    steps = sorted(random.sample(range(1, 90), random.randint(0, 3)))
    points = cut(falling_points(random, len(steps) + 1, maximum))[1:]
    late: list[dict[str, Any]] = [{"days": days, "points": given} for days, given in zip(steps, points, strict=True)]
    if late and random.random() < 0.3:
        del late[-1]["days"]
    rule: dict[str, Any] = {
        "kind": "on_time",
        "deadline": random.choice(("2025-01-15", "02-28", "12-31")),
        "late": late,
    }
    if random.random() < 0.5:
        rule |= {"earliest": "2024-11-01", "latest": "2026-03-31"}
    return rule


def checklist_rule(random: Random, maximum: Decimal) -> dict[str, Any]:
    count = random.randint(1, 7)
    rule: dict[str, Any] = {"kind": "checklist", "items": [{"id": f"i{n}", "label": f"Mục {n}"} for n in range(count)]}
    way = random.randrange(4)
    if way == 3:
        for item in rule["items"]:
            item["points"] = plain((maximum / count).quantize(Decimal("0.000001")) + random.choice((1, 2, 5)))
    if way == 1:
        rule["all_required"] = True
    if way == 2:
        rule["each"] = plain((maximum / count * Decimal("1.1")).quantize(Decimal("0.000001")) + Decimal("0.000001"))
    return rule


def survey_rule(random: Random, maximum: Decimal) -> dict[str, Any]:
    if random.random() < 0.4:
        return {"kind": "survey", "scale": random.choice((5, 10, "4.5")), "scale_from": random.choice((0, 1, -2))}
    weights = [random.choice((100, 90, 60, 20, 0, "33.3")) for _ in range(random.randint(1, 5))]
    answers = [{"id": f"a{n}", "label": f"Trả lời {n}", "weight": weight} for n, weight in enumerate(weights)]
    return {"kind": "survey", "answers": answers, "forms": random.random() < 0.3}


LABELS = (
    "Có kế hoạch",
    "có kế hoạch, từ ba hình thức",
    "=SUM(1)",
    "Không",
    "Ở mức “khá”",
    "*",
    "?",
    "~",
    "1",
    'nháy "kép"',
)

MAKERS: dict[str, Callable[[Random, Decimal], dict[str, Any]]] = {
    "points": lambda random, maximum: (
        {"kind": "points"} | ({"step": plain(maximum / 4)} if random.random() < 0.5 else {})
    ),
    "binary": lambda random, maximum: {"kind": "binary"},
    "options": lambda random, maximum: {
        "kind": "options",
        "options": [
            {"id": f"o{n}", "label": label, "points": points}
            for n, (label, points) in enumerate(
                zip(random.sample(LABELS, 4), cut(falling_points(random, 4, maximum)), strict=True)
            )
        ],
    },
    "tiers": tiers_rule,
    "proportional": proportional_rule,
    "on_time": on_time_rule,
    "within": lambda random, maximum: (
        {"kind": "within", "days": random.randint(1, 30), "late": on_time_rule(random, maximum)["late"]}
        | (PROVINCES_CALENDAR if random.random() < 0.6 else {})
    ),
    "checklist": checklist_rule,
    "deduction": lambda random, maximum: {
        "kind": "deduction",
        "cases": [
            {
                "id": f"c{n}",
                "label": f"Trường hợp {n}",
                "points": plain(decimals(random, 1, 2, random.choice((0, 2, 4))) / 4),
            }
            for n in range(random.randint(1, 4))
        ],
    },
    "survey": survey_rule,
    "external": lambda random, maximum: {
        "kind": "external",
        "index": "Chỉ số",
        "scale": random.choice((100, 10, "1.5")),
    },
    "by_fact": lambda random, maximum: by_fact_rule(random, maximum),
    "min_max": lambda random, maximum: {
        "kind": "min_max",
        "of": (way := random.choice(("ratio", "number"))),
        "may_exceed": random.random() < 0.2,
        "lower": random.random() < 0.5,
        **(ratio_settings(random) if way == "ratio" else {}),
    },
}


def by_fact_rule(random: Random, maximum: Decimal) -> dict[str, Any]:
    """Two scales of the same ratio, of which one may give less, and points for a third case."""
    less = (maximum / 2).quantize(Decimal("0.000001"))
    scales = [MAKERS[random.choice(("tiers", "proportional"))](random, most) for most in (maximum, less)]
    first, second, third = random.sample(LABELS, 3)
    cases: list[dict[str, Any]] = [
        {"id": "plan", "label": first, "rule": scales[0]},
        {"id": "none", "label": second, "max": plain(less), "rule": scales[1]},
        {"id": "other", "label": third, "points": random.choice(("0", plain(less)))},
    ]
    return {"kind": "by_fact", "label": "Kế hoạch riêng", "cases": cases}


# --- random facts -----------------------------------------------------------------------------------------------------


def values_for(field: FactField, rule: Rule, maximum: Decimal, random: Random) -> Value:
    """One value of a fact: sensible, at a bound, missing or nonsense."""
    if random.random() < 0.06:
        return None
    if random.random() < 0.06:
        return random.choice(NONSENSE)
    match field.kind:
        case FactKind.YES_NO:
            return random.choice((YES, YES, NO, "Có", "KHÔNG"))
        case FactKind.OPTION:
            return random.choice([label for _, label in field.choices])
        case FactKind.DATE:
            if isinstance(rule, WithinRule):
                return a_day_within(rule, random)
            assert isinstance(rule, OnTimeRule)
            return a_day(rule, random)
        case FactKind.COUNT:
            return random.choice(
                (
                    Decimal(0),
                    Decimal(random.randint(0, 6)),
                    Decimal(random.randint(0, 400)),
                    -Decimal(1),
                    Decimal("1.5"),
                )
            )
        case FactKind.NUMBER:
            return a_number(rule, maximum, random)


def a_day(rule: OnTimeRule, random: Random) -> Value:
    deadline = rule.deadline_in(YEAR)
    earliest, latest = rule.period(YEAR)
    steps = [deadline + timedelta(days=step.days) for step in rule.late if step.days]
    day = random.choice([deadline, earliest, latest, *steps, deadline + timedelta(days=random.randint(-400, 400))])
    return NO if random.random() < 0.1 else day + timedelta(days=random.choice((-1, 0, 0, 1)))


def a_day_within(rule: WithinRule, random: Random) -> Value:
    """Days so close that two of them meet each bound of the rule."""
    if random.random() < 0.1:
        return random.choice((NO, date(2023, 12, 31), date(2027, 1, 1)))
    start = date(2025, 1 + rule.days % 12, 20)
    bounds = [rule.days, *(rule.days + step.days for step in rule.late if step.days)]
    days = [(rule.calendar.add_working_days(start, days) - start).days if rule.working else days for days in bounds]
    return start + timedelta(days=random.choice((0, 0, 0, *days)) + random.choice((0, 0, 1, -1, 2)))


def a_number(rule: Rule, maximum: Decimal, random: Random) -> Decimal:
    edges = [Decimal(0), maximum, Decimal(-1), Decimal("0.000001"), maximum + Decimal("0.000001")]
    if isinstance(rule, TiersRule):
        edges = [tier.bound for tier in rule.tiers if tier.bound is not None]
    if isinstance(rule, SurveyRule) and rule.scale is not None:
        edges += [rule.scale, rule.scale_from]
    near = random.choice(edges) + random.choice((Decimal(0), Decimal(0), Decimal("0.000001"), Decimal("-0.000001")))
    step = getattr(rule, "step", None)
    if step and random.random() < 0.6:
        return Decimal(step) * random.randint(0, 4)
    return random.choice((near, decimals(random, 0, 12), decimals(random, 0, 120)))


def ratio_cells(rule: Rule, random: Random) -> tuple[Value, ...]:
    """Numerator and denominator at, just above or just under a bound, or anywhere."""
    bounds = [tier.bound for tier in rule.tiers if tier.bound is not None] if isinstance(rule, TiersRule) else []
    bounds += [getattr(rule, "floor", Decimal(0)), getattr(rule, "full_from", Decimal(100)), Decimal(100)]
    whole = Decimal(random.choice((1, 3, 7, 100, 640, 82_800, 10**8, 10**11, random.randint(1, 5000))))
    if random.random() < 0.08:
        return Decimal(0), Decimal(0)
    way = random.randrange(4)
    if way == 0:
        return Decimal(random.randint(0, 120)), random.choice((whole, Decimal(0), -whole, Decimal(100)))
    part = random.choice(bounds) * whole / 100
    if random.random() < 0.3:  # money in decimals: both sides carry the bound's decimals
        part, whole = part / 100, whole / 100
    return part + (0, 0, 1, -1)[way] * random.choice((Decimal(1), Decimal("0.01"))), whole


def cells_of(rule: Rule, maximum: Decimal, random: Random) -> tuple[Value, ...]:
    cells = tuple(values_for(field, rule, maximum, random) for field in rule.fields)
    ids = [field.id for field in rule.fields]
    if ids[-2:] == ["numerator", "denominator"] and random.random() < 0.85:
        scale = random.choice(rule.rules) if isinstance(rule, ByFactRule) else rule
        return (*cells[:-2], *ratio_cells(scale, random))
    if isinstance(rule, SurveyRule) and rule.forms and random.random() < 0.7:
        answers = [cell for cell in cells[:-1] if isinstance(cell, Decimal)]
        return (*cells[:-1], sum(answers, Decimal(0)))
    return cells


def random_cases(kind: str, rules: int = RULES_A_KIND) -> Iterator[Case]:
    random = Random(f"formulas {kind}")
    for _ in range(rules):
        maximum = maximum_of(random)
        rule = RULE.validate_python(MAKERS[kind](random, maximum))
        assert rule.faults(maximum) == [], (rule, maximum)
        for _ in range(CASES_A_RULE):
            yield Case(rule, maximum, cells_of(rule, maximum, random))


# --- what Python says -------------------------------------------------------------------------------------------------


def canonical(field: FactField, value: Value) -> str | None:
    """What a cell states, None for nonsense: forms take numbers as numbers, choices from their lists."""
    match field.kind:
        case FactKind.NUMBER | FactKind.COUNT:
            return plain(value) if isinstance(value, Decimal) else None
        case FactKind.DATE:
            return value.isoformat() if isinstance(value, date) else NEVER_DONE if value == NO else None
        case FactKind.YES_NO:
            return {YES: "1", NO: "0"}.get(str(value).casefold())
        case FactKind.OPTION:
            return {label: id for id, label in field.choices}.get(str(value))


def by_the_rule(case: Case) -> Decimal | str | None:
    """Points, CHECK for nonsense, None while something is missing."""
    needed = dict(zip(case.rule.fields, case.cells, strict=True))
    if isinstance(case.rule, ByFactRule) and case.cells[0] is not None:
        chosen = next((one for one in case.rule.cases if one.label == case.cells[0]), None)
        asked = {field.id for field in chosen.rule.fields} if chosen and chosen.rule else set()
        needed = {field: value for field, value in needed.items() if field.id in {"case", *asked}}
    if None in needed.values():
        return None
    facts: dict[str, str] = {}
    for field, value in needed.items():
        stated = canonical(field, value)
        if stated is None:
            return CHECK
        facts[field.id] = stated
    points, wrong = case.rule.points(facts, case.maximum, YEAR)
    if points is None:
        nothing = facts.get("denominator") == "0"
        return CHECK if wrong else COMPARED_LATER if case.rule.compares_units and not nothing else NOT_APPLICABLE
    return points


# --- the property -----------------------------------------------------------------------------------------------------


class Calculated(NamedTuple):
    case: Case
    formula: str
    shown: object


@pytest.fixture(scope="module")
def calculated(tmp_path_factory: pytest.TempPathFactory) -> list[Calculated]:
    """Every random case with what LibreOffice shows for its formula."""
    folder = tmp_path_factory.mktemp("formulas")
    cases = [case for kind in RULE_KINDS for case in random_cases(kind)]
    book = Workbook()
    sheet, lists = book.worksheets[0], book.create_sheet("_danh_muc")
    formulas = [write_case(sheet, lists, row, case) for row, case in enumerate(cases, 1)]
    book.save(folder / "cases.xlsx")
    values = recalculated(folder / "cases.xlsx", folder).worksheets[0]
    return [
        Calculated(case, formula, values.cell(row, 1).value)
        for row, (case, formula) in enumerate(zip(cases, formulas, strict=True), 1)
    ]


def write_case(sheet: Any, lists: Any, row: int, case: Case) -> str:
    places: dict[str, str] = {}
    for column, (field, value) in enumerate(zip(case.rule.fields, case.cells, strict=True), 2):
        cell = sheet.cell(row, column, value)
        if isinstance(value, str):
            cell.data_type = "s"
        places[field.id] = f"{get_column_letter(column)}{row}"
    formula = case.rule.formula(option_cells(case.rule, places, lists, row), case.maximum, YEAR)
    sheet.cell(row, 1, formula)
    return formula


def option_cells(rule: Rule, places: dict[str, str], lists: Any, row: int) -> FormulaCells:
    if not isinstance(rule, OptionsRule | ByFactRule):
        return FormulaCells(places)
    first, choices = 10 * row, rule.options if isinstance(rule, OptionsRule) else rule.cases
    for offset, choice in enumerate(choices):
        lists.cell(first + offset, 1, choice.label).data_type = "s"
        lists.cell(first + offset, 2, choice.points)
    last = first + len(choices) - 1
    cells = ListCells(f"_danh_muc!$A${first}:$A${last}", f"_danh_muc!$B${first}:$B${last}")
    return FormulaCells(places, {rule.fields[0].id: cells})


def differs(shown: object, expected: Decimal | str | None) -> bool:
    if isinstance(expected, Decimal):
        return isinstance(shown, bool | str | None) or abs(Decimal(str(shown)) - expected) > Decimal("0.000000001")
    return (shown or None) != expected


def differing(calculated: list[Calculated]) -> list[str]:
    """The cases of which a spreadsheet shows something else than the rule says."""
    return [
        f"{each.case.cells} max {each.case.maximum}: shows {each.shown!r}, rule says {said!r}\n  {each.formula}"
        for each in calculated
        if differs(each.shown, said := by_the_rule(each.case))
    ]


@pytest.mark.parametrize("kind", RULE_KINDS)
def test_the_formula_reckons_in_exact_decimals_what_the_rule_says(kind: str) -> None:
    calculated = []
    for case in random_cases(kind, rules=10):
        choices = getattr(case.rule, "options", getattr(case.rule, "cases", ()))
        places = {field.id: f"C{number}" for number, field in enumerate(case.rule.fields)}
        lists = dict.fromkeys(places, ListCells("L", "P"))
        formula = case.rule.formula(FormulaCells(places, lists), case.maximum, YEAR)
        cells: dict[str, object] = dict(zip(places.values(), case.cells, strict=True))
        cells |= {"L": [choice.label for choice in choices], "P": [choice.points for choice in choices]}
        calculated.append(Calculated(case, formula, shown(formula, cells)))
    assert not (wrong := differing(calculated)), f"{len(wrong)} differ:\n" + "\n".join(wrong[:5])


def test_the_formula_of_working_days_knows_what_the_province_adds() -> None:
    rule = RULE.validate_python({"kind": "within", "days": 4, "late": [{"days": 2, "points": 1}], **PROVINCES_CALENDAR})
    formula = rule.formula(FormulaCells({"start": "A1", "date": "B1"}), Decimal(2), YEAR)
    march = [date(2025, 3, day) for day in range(14, 32)]
    for start, done in itertools.combinations_with_replacement(march, 2):
        facts = {"start": start.isoformat(), "date": done.isoformat()}
        assert shown(formula, {"A1": start, "B1": done}) == rule.points(facts, Decimal(2), YEAR).points, (start, done)


@pytest.mark.slow
@pytest.mark.parametrize("kind", RULE_KINDS)
def test_the_formula_shows_what_the_rule_says(calculated: list[Calculated], kind: str) -> None:
    of_kind = [each for each in calculated if each.case.rule.kind == kind]
    assert len(of_kind) == RULES_A_KIND * CASES_A_RULE
    assert not (wrong := differing(of_kind)), f"{len(wrong)} differ:\n" + "\n".join(wrong[:5])
    expected = [by_the_rule(each.case) for each in of_kind]
    assert {str, type(None)} <= {type(said) for said in expected} <= {Decimal, str, type(None)}
    assert kind == "min_max" or Decimal in map(type, expected), "points, nonsense and missing all occur"


@pytest.mark.slow
def test_bonus_and_penalty_items_count_cases_up_to_their_maximum(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    items = [
        BlockItem(code="T1", name="Sáng kiến", each=Decimal("0.5"), max=Decimal(1)),
        BlockItem(code="T2", name="Phê bình", each=Decimal("0.1")),
        BlockItem(code="T3", name="Hồ sơ trực tuyến", each=Decimal("0.5"), per=2, max=Decimal(1)),
        BlockItem.model_validate(
            {"code": "T4", "name": "Sáng kiến", "steps": [{"from": 5, "points": 3}, {"from": 2, "points": "1.5"}]}
        ),
    ]
    values: tuple[Value, ...] = (None, *map(Decimal, ("0", "1", "2", "3", "4", "5", "40", "-1", "1.5")), "hai")
    cases = list(itertools.product(items, values))
    for row, (item, value) in enumerate(cases, 1):
        sheet.cell(row, 2, value)
        sheet.cell(row, 1, item.formula(f"B{row}"))
    book.save(tmp_path / "items.xlsx")
    shown = recalculated(tmp_path / "items.xlsx", tmp_path).worksheets[0]
    for row, (item, value) in enumerate(cases, 1):
        expected: Decimal | str | None = None if value is None else CHECK
        if isinstance(value, Decimal) and item.points(plain(value)).points is not None:
            expected = item.points(plain(value)).points
        assert not differs(shown.cell(row, 1).value, expected), (item.code, value, shown.cell(row, 1).value)


@pytest.mark.parametrize(
    ("kind", "lowest", "highest"), [("tiers", 1, 99), ("proportional", 1, 99), ("tiers", 5_000, 9_000)]
)
def test_percentages_meet_their_bounds_in_plain_binary_arithmetic(kind: str, lowest: int, highest: int) -> None:
    """LibreOffice evens out the last bits of a difference, other programs do not: here Python's floats do the sum."""
    random = Random(7)
    for _ in range(1000):
        bound = decimals(random, lowest, highest, 2)
        whole = Decimal(random.choice((640, 82_800, 10**8, 10**12, random.randint(1, 5000)))) / random.choice(
            (1, 10, 100)
        )
        steps: dict[str, Any] = {"tiers": [{"from": plain(bound), "points": 1}, {"points": 0}]}
        rule = RULE.validate_python({"kind": kind} | (steps if kind == "tiers" else {"floor": plain(bound)}))
        formula = rule.formula(FormulaCells({"numerator": "N", "denominator": "D"}), Decimal(1), YEAR)
        match = re.search(r"ROUND\((N\*100/D-\(?[\d.]+\)?),(\d+)\)", formula)
        assert match, formula
        difference, digits = match[1], int(match[2])
        at_bound = {"N": float(bound * whole / 100), "D": float(whole)}
        assert round(eval(difference, {}, at_bound), digits) == 0, (bound, whole)
        just_under = {"N": float(bound * whole / 100 - 1), "D": float(whole)}
        assert round(eval(difference, {}, just_under), digits) < 0, (bound, whole)


def test_no_formula_is_longer_than_a_spreadsheet_takes() -> None:
    """Excel: 8192 characters, 64 levels. Source: Excel specifications and limits."""
    random = Random(1)
    for kind in RULE_KINDS:
        rule = RULE.validate_python(MAKERS[kind](random, Decimal(2)))
        places = {field.id: f"$XX$1000{position}" for position, field in enumerate(rule.fields)}
        lists = dict.fromkeys(places, ListCells("_danh_muc!$A$1000:$A$1004", "_danh_muc!$B$1000:$B$1004"))
        formula = rule.formula(FormulaCells(places, lists), Decimal(2), YEAR)
        assert len(formula) < 8192
        assert formula.count("(") == formula.count(")")


def test_the_longest_formula_of_working_days_is_taken_too() -> None:
    late = [{"days": days, "points": Decimal(20 - days)} for days in range(1, 9)]
    calendar = {"working": True, "days_off": [date(2025, 3, day) for day in (3, 4, 5, 6, 7)]}
    rule = RULE.validate_python({"kind": "within", "days": 5, "late": late, **calendar})
    assert rule.faults(Decimal(30)) == []
    assert len(rule.formula(FormulaCells({"start": "$XX$10000", "date": "$XX$10001"}), Decimal(30), YEAR)) < 8192
