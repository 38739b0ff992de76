"""A rule and the facts so far → what would bring the next points, in words: “thêm 3 Hồ sơ đúng hạn”.

What the nearest change is, each kind of rule says itself. The gain is always computed by the rule from the changed
facts, so that it can never differ from the scoring.
Source: docs/maths.md, 17.3.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.criteria.rules.base import Rule
from models.numbers import ZERO

_NOTHING_AROSE = "không phát sinh nên không tính điểm"
_LOST = "điểm đã mất không lấy lại được trong năm"


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do for the next points, and how many points it brings; 0 where nothing more can be won."""

    words: str
    gain: Decimal


def next_step(rule: Rule, facts: Mapping[str, str], maximum: Decimal, year: int) -> NextStep:
    """The nearest change of the facts that brings more points.

    Args:
        rule: the rule of the leaf.
        facts: its canonical facts; where one that is asked for is missing, all points are still to be won.
        maximum: the leaf's maximum.
        year: the index year.
    """
    if rule.missing(facts):
        return NextStep(rule.first_step(year), maximum)
    points, wrong = rule.points(facts, maximum, year)
    if wrong is not None:
        return NextStep("sửa số liệu không hợp lệ", maximum)
    if points is None:
        return NextStep(_NOTHING_AROSE, ZERO)
    better = rule.better(facts, points, maximum)
    if better is None:
        return NextStep(_LOST, ZERO)
    reached = rule.points(better.facts, maximum, year).points
    return NextStep(better.words, ZERO if reached is None else max(ZERO, reached - points))


def is_past(rule: Rule, year: int, today: date) -> bool:
    """Whether a leaf that was never reported can no longer earn its maximum: its deadline is over."""
    last_day = rule.last_day(year)
    return last_day is not None and last_day < today
