"""A leaf → an example of its calculation: figures that a unit might report, the points they give, and why.

Nobody types the points of an example: they are what the rule itself makes of the figures. Of the figures that can be
thought of, those are taken that give a part of the points, since they show most.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

from models.criteria.facts import FactField
from models.criteria.rules.base import Awarded, Numbers
from models.criteria.rules.cells import ChoiceCell, CountCell, DayCell, FactCell, NumberCell, YesNoCell
from models.criteria.sets import Leaf
from models.numbers import plain

_MOST_TRIED = 400
_COUNTS = ("2", "1", "3", "5", "8", "12", "0")
_WHOLE = "200"
_PARTS = ("174", "186", "150", "196", "120", "60")  # of the whole
_SHARES = tuple(Decimal(share) / 100 for share in (87, 93, 75, 60, 98, 30))
_OPEN_ENDED = tuple(map(Decimal, (87, 45, 12, 5, 2, 150)))
_HUNDREDTH = Decimal("0.01")  # more decimals could be read as thousands
_DAYS_LATE = (5, 1, 12, 20, 40, 0)


class Example(NamedTuple):
    """An example: each fact's name and value as officers write them, the points, and how these follow, in words."""

    figures: tuple[tuple[str, str], ...]
    points: Decimal
    reckoned: str


def example_of(leaf: Leaf, year: int) -> Example | None:
    """An example for a leaf in a year; None where a person gives the points directly, or no figures can be thought of.

    A rule that compares units is shown for a unit between two others.
    """
    if leaf.rule.given_directly:
        return None
    tried = list(islice(_answers(leaf, year, {}), _MOST_TRIED))
    bounds = leaf.rule.bounds_among(tried)
    given = [(facts, _points(leaf, {**bounds, **facts}, year)) for facts in tried]
    counted = [(facts, awarded.points) for facts, awarded in given if awarded.points is not None]
    if not counted:
        return None
    facts, points = next(((facts, points) for facts, points in counted if 0 < points < leaf.max), counted[0])
    figures = tuple((field.label, field.shown(facts[field.id])) for field in leaf.rule.fields if field.id in facts)
    return Example(figures, points, leaf.rule.reckoned({**bounds, **facts}, points, leaf.max, year))


def _points(leaf: Leaf, facts: Mapping[str, str], year: int) -> Awarded:
    return leaf.rule.points(facts, leaf.max, year)


def _answers(leaf: Leaf, year: int, facts: dict[str, str]) -> Iterator[dict[str, str]]:
    """Facts that a unit might state, as many as the points need: which these are may hang on what is stated already."""
    missing = leaf.rule.missing(facts) if facts else leaf.rule.missing(facts) or leaf.rule.fields
    if not missing:
        yield facts
        return
    field = missing[0]
    for value in _values(leaf, field, leaf.rule.cell(field, leaf.max, year), year):
        yield from _answers(leaf, year, {**facts, field.id: value})


def _values(leaf: Leaf, field: FactField, cell: FactCell, year: int) -> Iterator[str]:
    """Canonical values of a fact, the most telling first."""
    match cell:
        case YesNoCell():
            yield from ("1", "0")
        case ChoiceCell():
            yield from (id for id, _ in field.choices)
        case DayCell(first, last):
            due = leaf.rule.last_day(year) or first + (last - first) / 2
            days = (due + timedelta(days=late) for late in _DAYS_LATE)
            yield from (day.isoformat() for day in days if first <= day <= last)
        case CountCell() | NumberCell() if leaf.rule.numbers is Numbers.PART_OF_WHOLE:
            yield from (_WHOLE,) if field.id == "denominator" else _PARTS
        case CountCell():
            yield from _COUNTS
        case NumberCell(low, high):
            spread = [low + (high - low) * share for share in _SHARES] if high is not None else _OPEN_ENDED
            yield from (plain(value.quantize(_HUNDREDTH)) for value in spread)
