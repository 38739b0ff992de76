"""Units and what became of them. Source: docs/process.md, 4, lineage; docs/process.md, 5."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.units import Succession, SuccessionKind, Unit, ancestors_of, circle_in

YEAR = 2025
RENAMED, MERGED, SPLIT, CONTINUED = SuccessionKind


def step(
    predecessor: str, successor: str, kind: SuccessionKind, day: str = "2025-07-01", weight: str = ""
) -> Succession:
    return Succession(
        predecessor=predecessor,
        successor=successor,
        date=date.fromisoformat(day),
        kind=kind,
        weight=Decimal(weight) if weight else None,
    )


def ancestors(unit: str, *steps: Succession) -> dict[str, tuple[str, SuccessionKind | None]]:
    return {
        ancestor.unit: (str(ancestor.weight.normalize()), ancestor.kind) for ancestor in ancestors_of(unit, YEAR, steps)
    }


def test_a_unit_to_which_nothing_happened_comes_from_itself() -> None:
    assert ancestors("xa-a") == {"xa-a": ("1", None)}


def test_a_renamed_unit_comes_from_its_old_name() -> None:
    assert ancestors("tp-a", step("tx-a", "tp-a", RENAMED)) == {"tx-a": ("1", RENAMED)}


def test_a_merged_unit_comes_from_all_that_merged_with_their_weights() -> None:
    steps = (step("b", "new", MERGED, weight="0.25"), step("a", "new", MERGED, weight="0.75"))
    assert ancestors("new", *steps) == {"a": ("0.75", MERGED), "b": ("0.25", MERGED)}


def test_units_that_merged_without_weights_count_alike() -> None:
    steps = (step("a", "new", MERGED), step("b", "new", MERGED))
    assert ancestors("new", *steps) == {"a": ("1", MERGED), "b": ("1", MERGED)}


def test_each_part_of_a_split_unit_comes_from_the_whole() -> None:
    steps = (step("old", "east", SPLIT), step("old", "west", SPLIT))
    assert ancestors("east", *steps) == {"old": ("1", SPLIT)}
    assert ancestors("west", *steps) == {"old": ("1", SPLIT)}


def test_a_unit_may_continue_under_its_own_code_while_others_merge_into_it() -> None:
    steps = (step("a", "a", CONTINUED, weight="0.7"), step("b", "a", MERGED, weight="0.3"))
    assert ancestors("a", *steps) == {"a": ("0.7", CONTINUED), "b": ("0.3", MERGED)}


def test_two_steps_in_one_year_lead_back_to_the_year_before() -> None:
    steps = (step("a", "a2", RENAMED, "2025-03-01"), step("a2", "new", MERGED), step("b", "new", MERGED))
    assert ancestors("new", *steps) == {"a": ("1", MERGED), "b": ("1", MERGED)}


def test_shares_multiply_along_a_chain() -> None:
    steps = (
        step("a", "ab", MERGED, "2025-01-01", "0.5"),
        step("b", "ab", MERGED, "2025-01-01", "0.5"),
        step("ab", "abc", MERGED, "2025-07-01", "0.6"),
        step("c", "abc", MERGED, "2025-07-01", "0.4"),
    )
    assert ancestors("abc", *steps) == {"a": ("0.3", MERGED), "b": ("0.3", MERGED), "c": ("0.4", MERGED)}


def test_a_unit_that_grew_twice_in_a_year_keeps_its_share_of_each_growth() -> None:
    steps = (
        step("a", "a", CONTINUED, "2025-03-01", "0.5"),
        step("c", "a", MERGED, "2025-03-01", "0.5"),
        step("a", "a", CONTINUED, "2025-07-01", "0.5"),
        step("b", "a", MERGED, "2025-07-01", "0.5"),
    )
    assert ancestors("a", *steps) == {"a": ("0.25", CONTINUED), "b": ("0.5", MERGED), "c": ("0.25", MERGED)}


def test_a_part_that_was_split_off_and_merged_back_comes_from_the_whole() -> None:
    steps = (
        step("a", "b", SPLIT, "2025-01-15"),
        step("a", "a", CONTINUED, "2025-01-15"),
        step("b", "a", MERGED),
        step("a", "a", CONTINUED),
    )
    assert ancestors("a", *steps) == {"a": ("2", SPLIT)}


def test_an_ancestor_reached_on_two_ways_appears_once_with_both_shares() -> None:
    steps = (
        step("old", "east", SPLIT, "2025-01-15"),
        step("old", "west", SPLIT, "2025-01-15"),
        step("east", "new", MERGED, weight="0.4"),
        step("west", "new", MERGED, weight="0.6"),
    )
    assert ancestors("new", *steps) == {"old": ("1", SPLIT)}


def test_what_happens_on_one_day_happens_at_once() -> None:
    steps = (step("x", "x", CONTINUED), step("y", "x", MERGED), step("x", "z", SPLIT))
    assert ancestors("z", *steps) == {"x": ("1", SPLIT)}


@pytest.mark.parametrize("day", ["2024-12-31", "2026-01-01"])
def test_what_happened_in_another_year_is_passed_over(day: str) -> None:
    assert ancestors("new", step("old", "new", RENAMED, day)) == {"new": ("1", None)}


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("uvwxyz"), st.integers(1, 9)), max_size=12))
def test_the_order_of_the_lines_changes_no_ancestor(lines: list[tuple[str, str, int]]) -> None:
    steps = [step(old, new, MERGED, weight=str(weight)) for old, new, weight in dict.fromkeys(lines)]
    for unit in "uvwxyz":
        assert ancestors_of(unit, YEAR, steps) == ancestors_of(unit, YEAR, steps[::-1])


def test_a_circle_is_found_and_told_in_order() -> None:
    steps = [step("a", "b", RENAMED), step("b", "c", RENAMED), step("c", "a", RENAMED)]
    assert circle_in(steps) == ["a", "b", "c", "a"]


def test_a_unit_renamed_to_itself_is_a_circle() -> None:
    assert circle_in([step("a", "a", RENAMED)]) == ["a", "a"]


def test_a_unit_that_continues_under_its_own_code_is_no_circle() -> None:
    assert circle_in([step("a", "a", CONTINUED), step("b", "a", MERGED)]) == []


def test_two_ways_to_one_unit_are_no_circle() -> None:
    steps = [step("a", "b", SPLIT), step("a", "c", SPLIT), step("b", "d", MERGED), step("c", "d", MERGED)]
    assert circle_in(steps) == []


def test_a_long_line_of_successions_is_walked_to_its_end() -> None:
    line = [step(f"u{n}", f"u{n + 1}", RENAMED) for n in range(3000)]
    assert circle_in(line) == []
    assert len(circle_in([*line, step("u3000", "u0", RENAMED)])) == 3002


@pytest.mark.parametrize(
    ("since", "until", "on_last_day", "in_year"),
    [
        (None, None, True, True),
        (None, "2025-06-30", False, True),
        ("2025-07-01", None, True, True),
        ("2026-01-01", None, False, False),
        (None, "2024-12-31", False, False),
        ("2025-12-31", "2025-12-31", True, True),
    ],
)
def test_a_unit_exists_from_its_first_day_to_its_last(
    since: str | None, until: str | None, on_last_day: bool, in_year: bool
) -> None:
    unit = Unit(
        code="xa-a",
        name="Xã A",
        kind="xa",
        valid_from=date.fromisoformat(since) if since else None,
        valid_to=date.fromisoformat(until) if until else None,
    )
    assert (unit.exists_on(date(YEAR, 12, 31)), unit.exists_in(YEAR)) == (on_last_day, in_year)


def test_every_kind_of_succession_is_said_in_vietnamese() -> None:
    assert [kind.label for kind in SuccessionKind] == ["đổi tên", "sáp nhập", "chia tách", "kế thừa"]
