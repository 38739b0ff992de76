"""What changed between two evaluations of a round, and why."""

from dataclasses import replace
from decimal import Decimal

from models.records.results import Basis, LeafPoints, UnitResult
from models.records.snapshots import Frozen
from tasks.scoring.changes import UnitChange, changes_between
from tests.tasks.rounds import frozen_round


def with_unit(frozen: Frozen, unit: UnitResult) -> Frozen:
    """The round with another result of one unit; the ranks of the others as they were."""
    (group,) = frozen.results.groups
    units = tuple(unit if each.code == unit.code else each for each in group.units)
    return replace(frozen, results=replace(frozen.results, groups=(replace(group, units=units),)))


def first(frozen: Frozen) -> UnitResult:
    return frozen.results.groups[0].units[0]


def with_leaf(unit: UnitResult, code: str, **new: object) -> UnitResult:
    leaves = tuple(leaf._replace(**new) if leaf.code == code else leaf for leaf in unit.leaves)
    return replace(unit, leaves=leaves)


def only_change(before: Frozen, now: Frozen) -> UnitChange:
    (group,) = changes_between(before, now).groups
    (change,) = group.units
    assert group.unchanged == len(now.results.groups[0].units) - 1
    return change


def test_the_same_is_no_change() -> None:
    found = changes_between(frozen_round(4), frozen_round(4))
    assert (found.moved, found.declared, found.groups[0].unchanged) == (0, False, 4)


def test_a_leaf_says_its_points_and_on_what_they_stand() -> None:
    before = frozen_round(3)
    unit = with_leaf(first(before), "1.1.1", points=Decimal(3), basis=Basis.COUNCIL, note="Nghị quyết 4")
    change = only_change(before, with_unit(before, unit))
    (leaf,) = change.leaves
    assert (leaf.code, leaf.before and leaf.before.points, leaf.now and leaf.now.points) == ("1.1.1", 10, 3)
    assert leaf.why == "trước: thẩm định; nay: Hội đồng quyết định; Nghị quyết 4"


def test_facts_that_differ_are_told_by_their_names() -> None:
    before = frozen_round(3)
    facts = (("numerator", "9"), ("denominator", "10"))
    told = with_unit(before, with_leaf(first(before), "1.1.2", facts=facts, basis=Basis.FACTS, points=Decimal(9)))
    now = with_unit(told, with_leaf(first(told), "1.1.2", facts=(("numerator", "10"), facts[1]), points=Decimal(10)))
    (leaf,) = only_change(told, now).leaves
    assert leaf.why.endswith(": 9 → 10")


def test_a_unit_that_only_others_moved_is_said_to_be_so() -> None:
    before = frozen_round(3)
    change = only_change(before, with_unit(before, replace(first(before), rank=2)))
    assert change.moved_by_others


def test_bonus_and_penalty_are_told() -> None:
    before = frozen_round(3)
    change = only_change(before, with_unit(before, replace(first(before), penalty=Decimal("0.5"))))
    assert change.blocks == ("Điểm trừ: 0 → 0,5",)
    assert not change.moved_by_others


def test_units_and_leaves_that_come_and_go_are_told() -> None:
    smaller, larger = frozen_round(3), frozen_round(4)
    (came,) = changes_between(smaller, larger).groups
    assert [unit.code for unit in came.units if unit.before is None] == ["x003"]
    (went,) = changes_between(larger, smaller).groups
    assert [unit.code for unit in went.units if unit.now is None] == ["x003"]
    unit = first(smaller)
    without = replace(unit, leaves=unit.leaves[1:])
    (leaf,) = only_change(with_unit(smaller, without), smaller).leaves
    assert (leaf.before, isinstance(leaf.now, LeafPoints), leaf.why) == (None, True, "mới có trong bộ tiêu chí")


def test_another_rule_of_the_round_is_told() -> None:
    before = frozen_round(3)
    now = replace(before, round=before.round.model_copy(update={"repair_days": 20}))
    assert changes_between(before, now).declared
