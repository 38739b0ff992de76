"""Points → rank and grade of every unit of a group.

The index is points ÷ the unit's own adjusted maximum × 100, so units without procedures compete fairly.
Source: docs/maths.md, 5; ties, grades and gates: docs/process.md, 2.
"""

import re
from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from functools import partial
from itertools import groupby
from typing import Any
from unicodedata import normalize

from models.numbers import ZERO
from models.province.rounds import Band, RankingRule, Ties
from models.records.results import RankedUnit, ScoredUnit

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
_MARKS = "\u0306\u0302\u031b"
_WORDS = re.compile(r"\d+|[^\W\d_]+")


def rank_group(
    units: Sequence[ScoredUnit],
    rule: RankingRule,
    grades: Sequence[Band],
    *,
    unranked: Collection[str] = (),
    tie_break: Sequence[str] = (),
) -> list[RankedUnit]:
    """Order one group by index, best first.

    Args:
        units: the units of one group, in any order.
        rule: what is compared (exact or printed index) and how equal units share ranks.
        grades: bands, best first; the last one takes everything that is left.
        unranked: codes of units that keep index and grade but get no rank.
        tie_break: for ordinal ranks, what decides between equal units: area codes, `survey`, `name`; then the code.

    Returns:
        One RankedUnit per unit: ranked ones best first, then unranked ones, then units that were not scored;
        equal units in the order of the tie-break (ordinal) or of their codes.
    """
    competing = [unit for unit in units if unit.index is not None and unit.code not in unranked]
    others = [unit for unit in units if unit.index is not None and unit.code in unranked]
    silent = [unit for unit in units if unit.index is None]
    breaks = [_tie_key(key) for key in tie_break] if rule.ties is Ties.ORDINAL else []
    compared = partial(_compared, rule=rule)
    ordered = sorted(competing, key=lambda unit: (-compared(unit), *(key(unit) for key in breaks), unit.code))
    ranked: list[RankedUnit] = []
    for step, (_, equals) in enumerate(groupby(ordered, key=compared)):
        ranked += _share_rank(list(equals), len(ranked), step, rule, grades)
    ranked += [_placed(unit, None, False, rule, grades) for unit in sorted(others, key=_by_index(rule))]
    ranked += [_placed(unit, None, False, rule, grades) for unit in sorted(silent, key=lambda unit: unit.code)]
    return ranked


def _share_rank(
    equals: Sequence[ScoredUnit], before: int, steps: int, rule: RankingRule, grades: Sequence[Band]
) -> list[RankedUnit]:
    """Ranks of units with the same index: shared, or counted on where ranks are ordinal."""
    first = {Ties.COMPETITION: before + 1, Ties.DENSE: steps + 1, Ties.ORDINAL: before + 1}[rule.ties]
    own = rule.ties is Ties.ORDINAL
    return [
        _placed(unit, first + place if own else first, len(equals) > 1 and not own, rule, grades)
        for place, unit in enumerate(equals)
    ]


def _placed(unit: ScoredUnit, rank: int | None, tied: bool, rule: RankingRule, grades: Sequence[Band]) -> RankedUnit:
    grade, gated_by = grade_of(unit, rule, grades)
    return RankedUnit(unit, rank is not None, rank, tied, grade, gated_by is not None, gated_by)


def grade_of(unit: ScoredUnit, rule: RankingRule, grades: Sequence[Band]) -> tuple[str | None, str | None]:
    """The unit's grade, and by which gates it was lowered, None where it was not; none without an index or bands.

    Grades go by the printed index: what an officer reads beside the grade is what the grade follows from.
    """
    if unit.index is None or not grades:
        return None, None
    index = rule.printed(unit.index)
    labels = [band.label for band in grades]
    reached = next(place for place, band in enumerate(grades) if band.reached_by(index) or place == len(grades) - 1)
    closed = [gate for gate in unit.closed_gates if gate.not_above in labels]
    lowest = max([reached, *(labels.index(gate.not_above) for gate in closed)])
    if lowest == reached:
        return labels[reached], None
    return labels[lowest], "; ".join(gate.reason for gate in closed if gate.not_above == labels[lowest])


def _compared(unit: ScoredUnit, rule: RankingRule) -> Decimal:
    assert unit.index is not None
    return rule.compared(unit.index)


def _by_index(rule: RankingRule) -> Callable[[ScoredUnit], Any]:
    return lambda unit: (-_compared(unit, rule), unit.code)


def _tie_key(name: str) -> Callable[[ScoredUnit], Any]:
    """What decides between equal units: higher survey points, higher index of an area, or the name.

    For an area that does not apply to a unit its whole index stands, which is that of the units it ties with: it has
    neither 0 nor 100 there.
    """
    if name == "survey":
        return lambda unit: -(unit.survey_points or ZERO)
    if name == "name":
        return lambda unit: vietnamese_order(unit.name)
    return lambda unit: -(_area_index(unit, name) or ZERO)


def _area_index(unit: ScoredUnit, code: str) -> Decimal | None:
    own = next((area.index for area in unit.areas if area.code == code), None)
    return unit.index if own is None else own


def vietnamese_order(name: str) -> list[tuple[int, list[int], list[int]]]:
    """A sort key after the Vietnamese dictionary, word by word: numbers by value before words, words by their letters
    (a ă â b c d đ …), and where these are the same by their tones.
    """
    words = _WORDS.findall(normalize("NFC", name).casefold())
    return [(0, [int(word)], []) if word.isdecimal() else _word_order(word) for word in words]


def _word_order(word: str) -> tuple[int, list[int], list[int]]:
    letters, tones = [], []
    for letter in word:
        parts = normalize("NFD", letter)
        base = normalize("NFC", parts[0] + "".join(mark for mark in parts[1:] if mark in _MARKS))
        place = _LETTERS.find(base)
        letters.append(place if place >= 0 else len(_LETTERS) + ord(parts[0]))
        tones.append(next((place for place, mark in enumerate(_TONES) if mark and mark in parts), 0))
    return 1, letters, tones
