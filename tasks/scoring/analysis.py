"""Results of a group → what stands out: its areas, its strongest and weakest criteria, its grades, its movers.

Only ranked units are counted: they compete, and the means of the decision are theirs. Source: docs/process.md, 4.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from models.criteria.sets import CriteriaSet
from models.numbers import HUNDRED, ZERO
from models.province.rounds import Band, RankingRule
from models.records.results import GroupResult, UnitResult
from tasks.scoring.areas import area_columns, mean_of
from tasks.scoring.comparison import MOVERS, foremost

MOST_CRITERIA = 5
_HALF = Decimal(50)


class AreaStanding(NamedTuple):
    """One area over all ranked units that have it: mean, highest and lowest index, and who has them."""

    code: str
    name: str
    max_points: Decimal
    mean: Decimal
    highest: Decimal
    lowest: Decimal
    best: tuple[UnitResult, ...]
    worst: tuple[UnitResult, ...]


class CriterionStanding(NamedTuple):
    """One leaf over all ranked units that it applies to.

    Attributes:
        share: mean of points ÷ maximum, in percent.
        units: how many units it applies to; `full` of them have all points, `none` have no point.
    """

    code: str
    name: str
    max_points: Decimal
    share: Decimal
    units: int
    full: int
    none: int

    def is_weak(self, rule: RankingRule) -> bool:
        """Whether the units got less than half of the maximum on average, as the share is printed."""
        return rule.printed(self.share) < _HALF


class Mover(NamedTuple):
    """A unit and by how much it rose (+) or fell (−): places, or points of the index."""

    unit: UnitResult
    by: Decimal


class GradeCount(NamedTuple):
    """A grade and how many units have it."""

    label: str
    units: int


def area_standings(group: GroupResult, rule: RankingRule) -> list[AreaStanding]:
    """The areas of a group in the order of its set; an area that no ranked unit has is left out.

    Best and worst are all that are equal as the round compares indices.
    """
    standings = []
    for column in area_columns(group, rule):
        own = [
            (rule.compared(area.index), unit)
            for unit in group.ranked_units
            for area in unit.areas
            if area.code == column.code and area.index is not None
        ]
        if column.mean is None:
            continue
        highest, lowest = max(index for index, _ in own), min(index for index, _ in own)
        best = tuple(unit for index, unit in own if index == highest)
        worst = tuple(unit for index, unit in own if index == lowest)
        standings.append(
            AreaStanding(column.code, column.name, column.max_points, column.mean, highest, lowest, best, worst)
        )
    return standings


def criterion_standings(group: GroupResult, criteria_set: CriteriaSet) -> list[CriterionStanding]:
    """Every leaf that applies to a ranked unit, in the order of the set."""
    shares: dict[str, list[Decimal]] = {}
    for unit in group.ranked_units:
        for leaf in unit.leaves:
            if leaf.points is not None:
                shares.setdefault(leaf.code, []).append(leaf.points / leaf.max * HUNDRED)
    return [
        CriterionStanding(
            leaf.code,
            leaf.name,
            leaf.max,
            mean_of(own) or ZERO,
            len(own),
            sum(share == HUNDRED for share in own),
            sum(share == ZERO for share in own),
        )
        for leaf in criteria_set.leaves
        if (own := shares.get(leaf.code))
    ]


def area_ranks(group: GroupResult, code: str, rule: RankingRule) -> dict[str, int]:
    """The place of each ranked unit in one area, by the index as the round compares indices; equal ones share it."""
    indices = {
        unit.code: rule.compared(area.index)
        for unit in group.ranked_units
        for area in unit.areas
        if area.code == code and area.index is not None
    }
    return {unit: 1 + sum(other > index for other in indices.values()) for unit, index in indices.items()}


def criterion_shares(unit: UnitResult, criteria_set: CriteriaSet) -> dict[str, Decimal]:
    """By criterion, what the unit got of the maximum of its leaves that apply, in percent."""
    got: dict[str, Decimal] = {}
    most: dict[str, Decimal] = {}
    for leaf in unit.leaves:
        if leaf.points is not None:
            criterion = criteria_set.by_code[leaf.code].criterion
            got[criterion] = got.get(criterion, ZERO) + leaf.points
            most[criterion] = most.get(criterion, ZERO) + leaf.max
    return {criterion: got[criterion] / most[criterion] * HUNDRED for criterion in got}


def strongest(standings: Sequence[CriterionStanding]) -> list[CriterionStanding]:
    """The leaves with the highest mean share, at most a third of all; equal ones in the order of the set."""
    return sorted(standings, key=lambda standing: -standing.share)[: min(MOST_CRITERIA, len(standings) // 3)]


def weakest(standings: Sequence[CriterionStanding]) -> list[CriterionStanding]:
    """The leaves with the lowest mean share, at most a third of all; equal ones in the order of the set."""
    return sorted(standings, key=lambda standing: standing.share)[: min(MOST_CRITERIA, len(standings) // 3)]


def grade_counts(group: GroupResult, grades: Sequence[Band]) -> list[GradeCount]:
    """How many scored units have each grade, best grade first; none where the round has no grades."""
    given = [unit.grade for unit in group.units if unit.grade]
    return [GradeCount(band.label, given.count(band.label)) for band in grades] if given else []


def movers_by_rank(group: GroupResult) -> list[Mover]:
    """Those that rose most, then those that fell most, in places; none where ranks are not compared."""
    return _movers(
        [Mover(unit, Decimal(unit.change.rank)) for unit in group.ranked_units if unit.change and unit.change.rank]
    )


def movers_by_index(group: GroupResult) -> list[Mover]:
    """Those that rose most, then those that fell most, in points of the index."""
    return _movers([Mover(unit, unit.change.index) for unit in group.ranked_units if unit.change and unit.change.index])


def _movers(moved: Sequence[Mover]) -> list[Mover]:
    """The three largest rises, the most first, and falls, the least first, with all that tie with the third of them;
    equal ones by their codes.
    """
    up = sorted((mover for mover in moved if mover.by > 0), key=lambda mover: (-mover.by, mover.unit.code))
    down = sorted((mover for mover in moved if mover.by < 0), key=lambda mover: (mover.by, mover.unit.code))
    first, last = (foremost(ordered, MOVERS, lambda mover: mover.by) for ordered in (up, down))
    return [*first, *reversed(last)]
