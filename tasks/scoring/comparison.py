"""This year + last year + unit lineage → changes, movers, counts, rank robustness, repair list.

A comparison is made only where there is something honest to compare: a unit is followed through renames, merges and
splits, and where a part of its past is unknown it has no past index, with the reason.
Source: docs/process.md, 4 (comparison with the year before), docs/process.md, 5 (Sóc Trăng 2016).
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import NamedTuple, TypeVar

import numpy as np

from models.numbers import ZERO, printed, said, settled
from models.province.rounds import Group, RankingRule, RankOn
from models.records.entries import HistoryEntry
from models.records.results import (
    Change,
    Counts,
    Exact,
    GroupResult,
    LeafPoints,
    PreviousResult,
    RankedUnit,
    Robustness,
    ScoredUnit,
    Status,
    UnitPoints,
    UnitResult,
)
from models.units import Ancestor, Succession, SuccessionKind, Unit, ancestors_of
from report_templates.filters import unit_in_sentence

Ordered = TypeVar("Ordered")

MOVERS = 3
DRAWS = 1_000
_SEED = 20_200_305
_WEIGHT_SPREAD = 250  # thousandths: weights vary by ±25 %
_BILLIONTHS = 10**9
_CONTINUING = Decimal("0.5")
_ONE_TO_ONE = (None, SuccessionKind.RENAMED, SuccessionKind.CONTINUED)


@dataclass(frozen=True)
class LastYear:
    """What was published for the year before, by unit, and the set each group used then (where known)."""

    year: int
    entries: Mapping[str, HistoryEntry]
    criteria_sets: Mapping[str, str]


class _Move(NamedTuple):
    """By how many places a unit went up, by how much its index, and which it is."""

    places: int
    of_index: Decimal
    unit: str


def compare_group(
    group: Group,
    ranked: Sequence[RankedUnit],
    rule: RankingRule,
    maximum: Decimal,
    last_year: LastYear,
    successions: Sequence[Succession],
    units: Mapping[str, Unit],
    set_hash: str | None = None,
) -> GroupResult:
    """Everything announced of one group.

    Args:
        group: the group as declared.
        ranked: its units as ranked, best first.
        rule: how indices are printed.
        maximum: the set's maximum before anything is taken out.
        last_year: what was published for the year before.
        successions: the lineage of the province's units.
        units: all units of the province by code, for names in reasons.
        set_hash: hash of the set of this year, compared with last year's where that is known.
    """
    year = last_year.year + 1
    lineage = _lineages([place.unit.code for place in ranked], year, successions)
    robust = rank_robustness([place.unit for place in ranked if place.ranked], rule)
    comparable = _ranks_are_comparable([lineage[place.unit.code] for place in ranked if place.ranked], last_year, group)
    results = tuple(
        _unit_result(
            place, rule, group.id, last_year, lineage[place.unit.code], units, robust.get(place.unit.code), comparable
        )
        for place in ranked
    )
    before = {code for code, entry in last_year.entries.items() if entry.group == group.id and entry.rank is not None}
    competing = [place for place in ranked if place.ranked]
    used = last_year.criteria_sets.get(group.id)
    index_changes = [result.change.index for result in results if result.change]
    moves = [
        _Move(result.change.rank, result.change.index, result.code)
        for result in results
        if result.change and result.change.rank is not None
    ]
    indices = [rule.printed(place.unit.index) for place in competing if place.unit.index is not None]
    return GroupResult(
        id=group.id,
        name=group.name,
        criteria_set=group.criteria_set,
        max_points=maximum,
        size=len(ranked),
        mean=settled(sum(indices, ZERO) / len(indices)) if indices else None,
        index_counts=Counts.of(index_changes),
        rank_counts=Counts.of([move.places for move in moves]),
        risers=_foremost_movers(moves),
        fallers=_foremost_movers([_Move(-move.places, -move.of_index, move.unit) for move in moves]),
        previous_size=len(before) or None,
        population_changed=bool(before) and not _same_units([lineage[place.unit.code] for place in competing], before),
        set_changed=None if used is None or set_hash is None else used != set_hash,
        units=results,
    )


def _lineages(units: Sequence[str], year: int, successions: Sequence[Succession]) -> dict[str, list[Ancestor]]:
    """The ancestors of every unit, each traced among its own steps only: a year of mergers has ten thousand."""
    steps_to: dict[str, list[Succession]] = defaultdict(list)
    for step in successions:
        steps_to[step.successor].append(step)
    return {unit: ancestors_of(unit, year, _steps_behind(unit, steps_to)) for unit in units}


def _steps_behind(unit: str, steps_to: Mapping[str, Sequence[Succession]]) -> list[Succession]:
    """Every step by which the unit came to be, or those before it."""
    behind: dict[str, Sequence[Succession]] = {}
    ahead = [unit]
    while ahead:
        successor = ahead.pop()
        if successor not in behind:
            behind[successor] = steps_to.get(successor, ())
            ahead += [step.predecessor for step in behind[successor]]
    return [step for steps in behind.values() for step in steps]


def _unit_result(
    place: RankedUnit,
    rule: RankingRule,
    group: str,
    last_year: LastYear,
    ancestors: Sequence[Ancestor],
    units: Mapping[str, Unit],
    robustness: Robustness | None,
    ranks_comparable: bool,
) -> UnitResult:
    unit = place.unit
    previous, reason = previous_result(unit.code, group, rule, last_year, ancestors, units)
    change = None
    if unit.index is None:
        scored = unit.status is Status.SCORED
        reason = "năm nay không có tiêu chí nào áp dụng" if scored else "năm nay không được chấm điểm"
    elif previous:
        rank = previous.rank - place.rank if ranks_comparable and previous.rank and place.rank else None
        change = Change(rule.printed(unit.index) - previous.index, rank)
    return UnitResult(
        **{field.name: getattr(unit, field.name) for field in fields(UnitPoints)},
        **{field.name: getattr(place, field.name) for field in fields(place) if field.name != "unit"},
        previous=previous,
        no_comparison=None if change else reason,
        change=change,
        robustness=robustness,
    )


def previous_result(
    unit: str,
    group: str,
    rule: RankingRule,
    last_year: LastYear,
    ancestors: Sequence[Ancestor],
    units: Mapping[str, Unit],
) -> tuple[PreviousResult | None, str | None]:
    """The unit's result of last year, or why there is none.

    A merged unit has the weighted mean of its predecessors' indices and no past rank; a renamed or continuing one keeps
    both; a part of a split unit has the whole's index and no past rank. A rank counts only within the same group.

    Returns:
        The past result and None, or None and the reason in Vietnamese.
    """
    if not last_year.entries:
        return None, f"chưa có kết quả năm {last_year.year}"
    unknown = [ancestor.unit for ancestor in ancestors if ancestor.unit not in last_year.entries]
    if unknown:
        if [ancestor.unit for ancestor in ancestors] == [unit]:
            return None, f"không có kết quả năm {last_year.year}"
        names = ", ".join(units[code].name if code in units else code for code in unknown)
        return None, f"không có kết quả năm {last_year.year} của {names}"
    entries = [last_year.entries[ancestor.unit] for ancestor in ancestors]
    weights = [ancestor.weight for ancestor in ancestors]
    mean = sum((weight * entry.index for weight, entry in zip(weights, entries, strict=True)), ZERO) / sum(weights)
    one_to_one = len(ancestors) == 1 and ancestors[0].kind in _ONE_TO_ONE and entries[0].group == group
    index = entries[0].index if len(entries) == 1 else rule.printed(mean)
    return (
        PreviousResult(
            year=last_year.year,
            index=index,
            rank=entries[0].rank if one_to_one else None,
            from_units=tuple(ancestor.unit for ancestor in ancestors),
            note=_lineage_note(unit, ancestors, units),
            base=_base_note(ancestors, entries, index),
        ),
        None,
    )


def _lineage_note(unit: str, ancestors: Sequence[Ancestor], units: Mapping[str, Unit]) -> str | None:
    """From which units one comes; None where only its code, or nothing, changed."""
    names = [units[ancestor.unit].name if ancestor.unit in units else ancestor.unit for ancestor in ancestors]
    kind = SuccessionKind.MERGED
    if len(ancestors) == 1:
        kind = ancestors[0].kind or SuccessionKind.CONTINUED
        same = unit in units and units[unit].name == names[0] and kind is SuccessionKind.CONTINUED
        if ancestors[0].unit == unit or same:
            return None
    return f"{kind.label} từ {', '.join(unit_in_sentence(name) for name in names)}"


def _base_note(ancestors: Sequence[Ancestor], entries: Sequence[HistoryEntry], index: Decimal) -> str | None:
    """How the index that a merged unit is compared with was made of theirs, in the order of their names."""
    if len(ancestors) == 1:
        return None
    weighted = "" if len({ancestor.weight for ancestor in ancestors}) == 1 else " có trọng số"
    return f"bình quân{weighted} của {'; '.join(f'{said(entry.index)}%' for entry in entries)} là {said(index)}%"


def _ranks_are_comparable(lineages: Sequence[Sequence[Ancestor]], last_year: LastYear, group: Group) -> bool:
    """Whether at least half of the ranked units come one to one from units ranked in the same group last year.

    57th of 194 communes and 12th of 64 that they were merged into say nothing to each other.
    """
    continuing = sum(
        len(ancestors) == 1
        and ancestors[0].kind in _ONE_TO_ONE
        and (entry := last_year.entries.get(ancestors[0].unit)) is not None
        and entry.group == group.id
        and entry.rank is not None
        for ancestors in lineages
    )
    return continuing >= _CONTINUING * len(lineages)


def _same_units(lineages: Sequence[Sequence[Ancestor]], before: set[str]) -> bool:
    """Whether this year's ranked units are last year's, one to one."""
    if any(len(ancestors) != 1 or ancestors[0].kind not in _ONE_TO_ONE for ancestors in lineages):
        return False
    return sorted(ancestors[0].unit for ancestors in lineages) == sorted(before)


def _foremost_movers(moves: Sequence[_Move]) -> tuple[str, ...]:
    """Codes of the units that went up by most places."""
    up = [move for move in moves if move.places > 0]
    ordered = sorted(up, key=lambda move: (-move.places, -move.of_index, move.unit))
    return tuple(move.unit for move in foremost(ordered, MOVERS, lambda move: move.places))


def foremost(ordered: Sequence[Ordered], most: int, value: Callable[[Ordered], object]) -> Sequence[Ordered]:
    """The first `most` of what is ordered by a value, and all others that have the value of the last of them."""
    return [one for place, one in enumerate(ordered) if place < most or value(one) == value(ordered[most - 1])]


def rank_robustness(units: Sequence[ScoredUnit], rule: RankingRule, draws: int = DRAWS) -> dict[str, Robustness]:
    """Where each unit's rank lies in 90 of 100 draws of other area weights.

    In each draw every area's weight is multiplied by a factor of 0.75 to 1.25, the same for all units; an area that
    does not apply to a unit stays out of its maximum; bonus and penalty stay as they are. Whole numbers carry the
    sums, so the same units give the same intervals on every machine. Source: common practice of composite indicators.

    Args:
        units: scored units that compete, in any order.
        rule: whether bonus lifts an index above 100, and whether units are equal that print the same.
        draws: how many sets of weights.
    """
    if not units:
        return {}
    codes = sorted({area.code for unit in units for area in unit.areas})
    points = np.array([_by_area(unit, codes, of_points=True) for unit in units], dtype=np.int64)
    maxima = np.array([_by_area(unit, codes, of_points=False) for unit in units], dtype=np.int64)
    extra = np.array([int((unit.bonus - unit.penalty) * _BILLIONTHS) * 1_000 for unit in units], dtype=np.int64)
    factors = np.random.default_rng(_SEED).integers(
        1_000 - _WEIGHT_SPREAD, 1_000 + _WEIGHT_SPREAD, size=(draws, len(codes)), endpoint=True
    )
    ranks = np.empty((draws, len(units)), dtype=np.int64)
    for draw, weights in enumerate(factors):
        shortfalls = -np.clip((points @ weights + extra) / (maxima @ weights), 0, 1 if rule.capped else None)
        if rule.rank_on is RankOn.PRINTED:
            shortfalls = np.round(shortfalls * 100, rule.decimals)
        best_first = np.argsort(shortfalls)
        in_order = shortfalls[best_first]
        ranks[draw, best_first] = np.searchsorted(in_order, in_order) + 1  # equal units share the better rank
    low, high = np.percentile(ranks, [5, 95], axis=0, method="nearest")
    return {unit.code: Robustness(int(first), int(last)) for unit, first, last in zip(units, low, high, strict=True)}


def _by_area(unit: ScoredUnit, codes: Sequence[str], *, of_points: bool) -> list[int]:
    areas = {area.code: area.points if of_points else area.max_points for area in unit.areas}
    return [int(areas.get(code, ZERO) * _BILLIONTHS) for code in codes]


class LostPoints(NamedTuple):
    """A leaf that did not reach its maximum, with its share of it."""

    leaf: LeafPoints
    lost: Exact
    share: Exact

    @property
    def weak(self) -> bool:
        """Whether the leaf got nothing, or less than half: what a unit must repair."""
        return self.lost * 2 > self.leaf.max


def lost_points(leaves: Sequence[LeafPoints], rule: RankingRule) -> list[LostPoints]:
    """Leaves printed below their maximum, the largest loss first; equal losses in the order of the set.

    What is lost is the maximum less the points as printed.
    """
    lost = [
        LostPoints(leaf, leaf.max - points, printed(points / leaf.max, 4))
        for leaf in leaves
        if leaf.points is not None and (points := rule.printed_points(leaf.points)) < leaf.max
    ]
    return sorted(lost, key=lambda loss: -loss.lost)


def repair_list(leaves: Sequence[LeafPoints], rule: RankingRule) -> list[LostPoints]:
    """Leaves with no points or less than half of them, the largest loss first.

    Source: docs/process.md, 5, Sóc Trăng (list items scored low or zero, repair them with a road map).
    """
    return [loss for loss in lost_points(leaves, rule) if loss.weak]
