"""Two evaluations of one round → what is not the same: indices and ranks of units, and the points that made it so.

Frozen results are compared, nothing is computed anew; a rank may change for the points of others alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from models.criteria.sets import Leaf
from models.numbers import said
from models.records.results import GroupResult, LeafPoints, UnitResult
from models.records.snapshots import Frozen
from models.wording import capitalised

_NOTHING = "không có"


@dataclass(frozen=True, slots=True)
class LeafChange:
    """A leaf of a unit whose points, maximum or basis are not the same.

    Attributes:
        before, now: its points in both; None where the set of that time did not have it.
        why: the basis, the facts and the reasons that differ, in words.
    """

    code: str
    name: str
    before: LeafPoints | None
    now: LeafPoints | None
    why: str


@dataclass(frozen=True, slots=True)
class UnitChange:
    """A unit that does not stand as it did.

    Attributes:
        before, now: its result in both; None where it took no part.
        leaves: the leaves that differ, in the order of the set; none where only others moved.
        blocks: bonus and penalty points that differ, a sentence each.
    """

    code: str
    name: str
    before: UnitResult | None
    now: UnitResult | None
    leaves: tuple[LeafChange, ...] = ()
    blocks: tuple[str, ...] = ()

    @property
    def moved_by_others(self) -> bool:
        """Whether nothing of its own changed."""
        return bool(self.before and self.now and not self.leaves and not self.blocks)


@dataclass(frozen=True, slots=True)
class GroupChanges:
    """What changed in a group: its units that moved, as they stand now, then those that left; how many stayed."""

    id: str
    name: str
    units: tuple[UnitChange, ...]
    unchanged: int


@dataclass(frozen=True, slots=True)
class RoundChanges:
    """What changed from one evaluation to another.

    Attributes:
        declared: whether the round or a criteria set itself was changed in between.
    """

    groups: tuple[GroupChanges, ...]
    declared: bool

    @property
    def moved(self) -> int:
        """How many units do not stand as they did."""
        return sum(len(group.units) for group in self.groups)


def changes_between(before: Frozen, now: Frozen) -> RoundChanges:
    """What is not the same in two evaluations of a round, in the order of the later one."""
    declared = before.round != now.round or before.criteria_sets != now.criteria_sets
    return RoundChanges(tuple(_group_changes(before, now, group) for group in now.results.groups), declared)


def _group_changes(before: Frozen, now: Frozen, group: GroupResult) -> GroupChanges:
    earlier = before.results.group(group.id)
    then = {unit.code: unit for unit in earlier.units} if earlier else {}
    declared = now.criteria_sets[group.criteria_set]
    known = {**(before.criteria_sets[earlier.criteria_set].by_code if earlier else {}), **declared.by_code}
    changes = [_unit_change(then.get(unit.code), unit, known) for unit in group.units]
    here = {unit.code for unit in group.units}
    gone = [UnitChange(unit.code, unit.name, unit, None) for unit in then.values() if unit.code not in here]
    moved = [change for change in changes if change is not None]
    return GroupChanges(group.id, group.name, (*moved, *gone), len(changes) - len(moved))


def _unit_change(before: UnitResult | None, now: UnitResult, known: Mapping[str, Leaf]) -> UnitChange | None:
    if before is None:
        return UnitChange(now.code, now.name, None, now)
    leaves = tuple(_leaf_changes(before, now, known))
    blocks = tuple(_block_changes(before, now))
    stands_alike = (before.index, before.rank, before.grade) == (now.index, now.rank, now.grade)
    if stands_alike and not leaves and not blocks:
        return None
    return UnitChange(now.code, now.name, before, now, leaves, blocks)


def _leaf_changes(before: UnitResult, now: UnitResult, known: Mapping[str, Leaf]) -> Iterator[LeafChange]:
    then, here = ({leaf.code: leaf for leaf in unit.leaves} for unit in (before, now))
    for code in dict.fromkeys((*here, *then)):
        old, new = then.get(code), here.get(code)
        if old is None or new is None or _counts(old) != _counts(new):
            yield LeafChange(code, known[code].name, old, new, "; ".join(_why(old, new, known[code])))


def _counts(leaf: LeafPoints) -> tuple[Decimal, Decimal | None, str]:
    return leaf.max, leaf.points, leaf.basis.value


def _why(old: LeafPoints | None, new: LeafPoints | None, leaf: Leaf) -> Iterator[str]:
    if old is None or new is None:
        yield "mới có trong bộ tiêu chí" if old is None else "không còn trong bộ tiêu chí"
        return
    if old.max != new.max:
        yield "điểm tối đa thay đổi"
    if old.basis is not new.basis:
        yield f"trước: {old.basis.label}; nay: {new.basis.label}"
    elif old.facts == new.facts:
        yield new.basis.label
    then, here = dict(old.facts), dict(new.facts)
    for field in leaf.rule.fields:
        told, tells = (field.shown(facts[field.id]) if field.id in facts else _NOTHING for facts in (then, here))
        if told != tells:
            yield f"{capitalised(field.label)}: {told} → {tells}"
    if leaf.rule.compares_units and old.facts != new.facts:
        yield "tính lại theo số liệu của các đơn vị cùng nhóm"
    if new.note and new.note != old.note:
        yield new.note


def _block_changes(before: UnitResult, now: UnitResult) -> Iterator[str]:
    for name, old, new in (("Điểm thưởng", before.bonus, now.bonus), ("Điểm trừ", before.penalty, now.penalty)):
        if old != new:
            yield f"{name}: {said(old)} → {said(new)}"
