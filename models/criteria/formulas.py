"""Each rule as a live spreadsheet formula: the same facts in the form's cells give the same points as the rule gives.

A formula shows nothing while a fact is missing, and CHECK where the facts make no sense (the rule would refuse them).
A difference to a bound is rounded before its sign is taken, so that a spreadsheet's binary numbers meet the bounds as
Decimals do: percentages to 11 decimals, which still tells one đồng in ten thousand billion.
Source of the rules: models/criteria/rules.py; a test recalculates random facts in LibreOffice and compares every point.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import singledispatch

from models.criteria.rules import (
    BinaryRule,
    ChecklistRule,
    DeductionRule,
    ExternalRule,
    Measured,
    OnTimeRule,
    OptionsRule,
    PointsRule,
    ProportionalRule,
    Rule,
    SurveyRule,
    Tier,
    TiersRule,
)
from models.criteria.sets import BlockItem
from models.numbers import plain

CHECK = "Xem lại"
YES = "có"
NO = "không"


@dataclass(frozen=True, slots=True)
class FormulaCells:
    """Where the facts of one leaf stand.

    Attributes:
        facts: cell by fact id, e.g. `{"numerator": "E17", "denominator": "E18"}`.
        labels, points: for options, the ranges that hold the labels and, beside them, the points.
    """

    facts: Mapping[str, str]
    labels: str = ""
    points: str = ""


def formula_of(rule: Rule, cells: FormulaCells, maximum: Decimal, year: int) -> str:
    """The formula of a rule, beginning with `=`; English function names and commas, as files have them.

    Args:
        rule: the leaf's rule.
        cells: where its facts stand.
        maximum: the leaf's maximum.
        year: the index year, for deadlines.
    """
    needed = [cells.facts[field.id] for field in rule.fields if field.required]
    return f'=IF({_any_empty(needed)},"",{_points(rule, cells, maximum, year)})'


def block_formula(item: BlockItem, cell: str) -> str:
    """The formula of a bonus or penalty item: cases × points, up to the item's maximum."""
    points = f"{cell}*{_n(item.each)}"
    kept = points if item.max is None else f"MIN({_n(item.max)},{points})"
    return f'=IF({cell}="","",IF({_not_counts([cell])},{_CHECK},{kept}))'


_CHECK = f'"{CHECK}"'
_PERCENT_DIGITS = 11
_NUMBER_DIGITS = 9


def _n(value: Decimal) -> str:
    return plain(value)


def _day(day: date) -> str:
    return f"DATE({day.year},{day.month},{day.day})"


def _any_empty(cells: Sequence[str]) -> str:
    empty = ",".join(f'{cell}=""' for cell in cells)
    return f"OR({empty})" if cells else "FALSE"


def _not_numbers(cells: Sequence[str]) -> str:
    return f"NOT(AND({','.join(f'ISNUMBER({cell})' for cell in cells)}))"


def _not_counts(cells: Sequence[str]) -> str:
    """Whether any of the cells is no number of cases; IF keeps text out of the arithmetic."""
    wrong = ",".join(f"{cell}<0,{cell}<>INT({cell})" for cell in cells)
    return f"IF({_not_numbers(cells)},TRUE,OR({wrong}))"


@singledispatch
def _points(rule: Rule, cells: FormulaCells, maximum: Decimal, year: int) -> str:
    raise TypeError(f"no formula for {type(rule).__name__}")


@_points.register
def _(rule: PointsRule, cells: FormulaCells, maximum: Decimal, year: int) -> str:
    cell = cells.facts["points"]
    wrong = [f"{cell}<0", f"{cell}>{_n(maximum)}"]
    if rule.step:
        step = _n(rule.step)
        wrong.append(f"ABS(ROUND({cell}/{step},0)*{step}-{cell})>0.000000001")
    return f"IF(IF(ISNUMBER({cell}),OR({','.join(wrong)}),TRUE),{_CHECK},{cell})"


@_points.register
def _(rule: BinaryRule, cells: FormulaCells, maximum: Decimal, year: int) -> str:
    cell = cells.facts["done"]
    return f'IF({cell}="{YES}",{_n(maximum)},IF({cell}="{NO}",0,{_CHECK}))'


@_points.register
def _(rule: OptionsRule, cells: FormulaCells, maximum: Decimal, year: int) -> str:
    chosen = f"EXACT({cells.labels},{cells.facts['option']})"
    return f"IF(SUMPRODUCT(--{chosen})=0,{_CHECK},SUMPRODUCT(--{chosen},{cells.points}))"


@_points.register
def _(rule: TiersRule, cells: FormulaCells, maximum: Decimal, year: int) -> str:
    if rule.of is Measured.NUMBER:
        cell = cells.facts["value"]
        return f"IF(IF(ISNUMBER({cell}),{cell}<0,TRUE),{_CHECK},{_steps(rule.tiers, cell, _NUMBER_DIGITS)})"
    numerator, denominator = cells.facts["numerator"], cells.facts["denominator"]
    steps = _steps(rule.tiers, f"{numerator}*100/{denominator}", _PERCENT_DIGITS)
    return f"IF({_no_ratio(numerator, denominator, rule.may_exceed)},{_CHECK},{steps})"


def _steps(tiers: Sequence[Tier], value: str, digits: int) -> str:
    """The points of the first step that holds."""
    *bounded, last = tiers
    text = _n(last.points)
    for tier in reversed(bounded):
        bound, sign = next(
            (bound, sign)
            for bound, sign in ((tier.over, ">"), (tier.from_, ">="), (tier.under, "<"), (tier.to, "<="))
            if bound is not None
        )
        text = f"IF(ROUND({value}-({_n(bound)}),{digits}){sign}0,{_n(tier.points)},{text})"
    return text


def _no_ratio(numerator: str, denominator: str, may_exceed: bool) -> str:
    wrong = [f"{numerator}<0", f"{denominator}<=0"]
    if not may_exceed:
        wrong.append(f"{numerator}>{denominator}")
    return f"IF({_not_numbers([numerator, denominator])},TRUE,OR({','.join(wrong)}))"


@_points.register
def _(rule: ProportionalRule, cells: FormulaCells, maximum: Decimal, year: int) -> str:
    numerator, denominator = cells.facts["numerator"], cells.facts["denominator"]
    share = f"MIN({_n(maximum)},{_n(maximum)}*{numerator}/{denominator})"
    if rule.floor:
        share = f"IF(ROUND({numerator}*100/{denominator}-{_n(rule.floor)},{_PERCENT_DIGITS})<0,0,{share})"
    return f"IF({_no_ratio(numerator, denominator, rule.may_exceed)},{_CHECK},{share})"


@_points.register
def _(rule: OnTimeRule, cells: FormulaCells, maximum: Decimal, year: int) -> str:
    cell = cells.facts["date"]
    earliest, latest = rule.period(year)
    deadline = _day(rule.deadline_in(year))
    late = "0"
    for step in reversed(rule.late):
        points = _n(step.points)
        late = points if step.days is None else f"IF(INT({cell})-{deadline}<={step.days},{points},{late})"
    in_period = f"IF(OR(INT({cell})<{_day(earliest)},INT({cell})>{_day(latest)}),{_CHECK},"
    dated = f"{in_period}IF(INT({cell})<={deadline},{_n(maximum)},{late}))"
    return f'IF({cell}="{NO}",0,IF(ISNUMBER({cell}),{dated},{_CHECK}))'


@_points.register
def _(rule: ChecklistRule, cells: FormulaCells, maximum: Decimal, year: int) -> str:
    answers = [cells.facts[item.id] for item in rule.items]
    done = "+".join(f'IF({cell}="{YES}",1,0)' for cell in answers)
    known = "+".join(f'IF(OR({cell}="{YES}",{cell}="{NO}"),1,0)' for cell in answers)
    count = len(rule.items)
    if rule.all_required:
        points = f"IF({done}={count},{_n(maximum)},0)"
    elif rule.each:
        points = f"MIN({_n(maximum)},({done})*{_n(rule.each)})"
    else:
        points = f"({done})*{_n(maximum)}/{count}"
    return f"IF({known}<{count},{_CHECK},{points})"


@_points.register
def _(rule: DeductionRule, cells: FormulaCells, maximum: Decimal, year: int) -> str:
    counts = [cells.facts[case.id] for case in rule.cases]
    lost = "+".join(f"{cell}*{_n(case.points)}" for cell, case in zip(counts, rule.cases, strict=True))
    return f"IF({_not_counts(counts)},{_CHECK},MAX(0,ROUND({_n(maximum)}-({lost}),9)))"


@_points.register
def _(rule: SurveyRule, cells: FormulaCells, maximum: Decimal, year: int) -> str:
    if rule.scale is not None:
        cell, low, high = cells.facts["mean"], _n(rule.scale_from), _n(rule.scale)
        points = f"{_n(maximum)}*({cell}-({low}))/({high}-({low}))"
        return f"IF(IF(ISNUMBER({cell}),OR({cell}<{low},{cell}>{high}),TRUE),{_CHECK},{points})"
    counts = [cells.facts[answer.id] for answer in rule.answers]
    stated = [cells.facts[field.id] for field in rule.fields]
    forms = "+".join(counts)
    worth = "+".join(f"{cell}*{_n(answer.weight)}" for cell, answer in zip(counts, rule.answers, strict=True))
    wrong = f"OR({forms}=0,{forms}<>{stated[-1]})" if rule.forms else f"{forms}=0"
    points = f"IF({wrong},{_CHECK},{_n(maximum)}*({worth})/(({forms})*100))"
    return f"IF({_not_counts(stated)},{_CHECK},{points})"


@_points.register
def _(rule: ExternalRule, cells: FormulaCells, maximum: Decimal, year: int) -> str:
    cell, scale = cells.facts["value"], _n(rule.scale)
    points = f"{_n(maximum)}*{cell}/{scale}"
    return f"IF(IF(ISNUMBER({cell}),OR({cell}<0,{cell}>{scale}),TRUE),{_CHECK},{points})"
