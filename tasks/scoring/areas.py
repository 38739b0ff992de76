"""The areas of a group side by side: the most that can be got in each, and the mean index of its ranked units."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from models.numbers import ZERO, settled
from models.province.rounds import RankingRule
from models.records.results import AreaResult, GroupResult


@dataclass(frozen=True, slots=True)
class AreaColumn:
    """One area of a matrix: the most that a unit can get in it, and the mean index of the ranked units."""

    code: str
    name: str
    max_points: Decimal
    mean: Decimal | None


def area_columns(group: GroupResult, rule: RankingRule) -> tuple[AreaColumn, ...]:
    """The areas of a group's set in its order, with the mean of the printed indices of the ranked units there."""
    by_code: dict[str, list[AreaResult]] = {}
    for unit in group.units:
        for area in unit.areas:
            by_code.setdefault(area.code, []).append(area)
    ranked = {unit.code for unit in group.ranked_units}
    indices: dict[str, list[Decimal]] = {code: [] for code in by_code}
    for unit in group.units:
        for area in unit.areas:
            if unit.code in ranked and area.index is not None:
                indices[area.code].append(rule.printed(area.index))
    return tuple(
        AreaColumn(code, areas[0].name, max(area.max_points for area in areas), mean_of(indices[code]))
        for code, areas in by_code.items()
    )


def mean_of(values: Sequence[Decimal]) -> Decimal | None:
    """The mean, settled; None of nothing."""
    return settled(sum(values, ZERO) / len(values)) if values else None
