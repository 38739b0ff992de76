"""This year against the year before. Source: docs/process.md, 4 and 5 (Sóc Trăng, Tân Uyên, Lạng Sơn)."""

import os
import subprocess
import sys
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.province.rounds import RankingRule, RankOn, Ties
from models.records.results import Basis, GroupResult, LeafPoints, Robustness, ScoredUnit, UnitResult
from models.units import Ancestor, SuccessionKind, Unit
from tasks.scoring.comparison import foremost, lost_points, previous_result, rank_robustness, repair_list
from tests.conftest import ROOT
from tests.tasks.building import CONTINUED, MERGED, RENAMED, SPLIT, Past, compared, published, step, with_areas

NOTHING: dict[str, Past] = {}


def of(group: GroupResult, code: str) -> UnitResult:
    return next(unit for unit in group.units if unit.code == code)


def change(group: GroupResult, code: str) -> tuple[str, int | None] | None:
    """Change of index and rank as an annex would say it."""
    changed = of(group, code).change
    return changed and (f"{changed.index:+}", changed.rank)


def rank_changes(group: GroupResult) -> dict[str, int]:
    return {unit.code: unit.change.rank for unit in group.units if unit.change and unit.change.rank is not None}


# --- one to one -------------------------------------------------------------------------------------------------------


def test_a_unit_is_compared_with_itself() -> None:
    group = compared({"a": "80.5", "b": "90"}, {"a": ("82.00", 1), "b": ("80.10", 2)})
    assert change(group, "a") == ("-1.50", -1)
    assert change(group, "b") == ("+9.90", 1)
    assert of(group, "a").previous.from_units == ("a",)
    assert of(group, "a").previous.note is None
    assert of(group, "a").no_comparison is None


def test_tan_uyen_2017_rose_by_one_place() -> None:
    """Source: docs/process.md, 5: rank 2 of the province, one place more; indices of 2016 not printed, made up here."""
    indices = {"thu-dau-mot": "84.58", "tan-uyen": "82.00", "bau-bang": "80.27"}
    group = compared(indices, {"thu-dau-mot": ("83.00", 1), "bau-bang": ("82.00", 2), "tan-uyen": ("79.00", 3)})
    assert (of(group, "tan-uyen").rank, change(group, "tan-uyen")) == (2, ("+3.00", 1))


def test_binh_gia_rose_from_the_last_to_the_first_of_eleven() -> None:
    """Source: docs/process.md, 5, Lạng Sơn: rank 1 of 11 in 2022, ten places up."""
    now = {"binh-gia": "95", **{f"h{place}": str(90 - place) for place in range(10)}}
    past = {"binh-gia": ("60", 11), **{f"h{place}": (str(90 - place), place + 1) for place in range(10)}}
    assert rank_changes(compared(now, past))["binh-gia"] == 10


def test_the_change_of_the_index_is_that_of_the_printed_figures() -> None:
    group = compared({"a": "80.004999"}, {"a": ("79.99", 1)})
    assert of(group, "a").change.index == Decimal("0.01")


def test_a_renamed_unit_keeps_index_and_rank_of_its_past() -> None:
    group = compared({"moi": "85"}, {"cu": ("80", 1)}, step("cu", "moi", RENAMED))
    assert change(group, "moi") == ("+5.00", 0)
    assert (of(group, "moi").previous.from_units, of(group, "moi").previous.note) == (("cu",), "đổi tên từ Đơn vị cu")


def test_a_continuing_unit_keeps_index_and_rank_of_its_past() -> None:
    group = compared({"moi": "85"}, {"cu": ("80", 3)}, step("cu", "moi", CONTINUED))
    assert change(group, "moi") == ("+5.00", 2)


def test_what_happened_in_another_year_is_no_part_of_the_comparison() -> None:
    group = compared({"a": "85"}, {"a": ("80", 1), "b": ("90", 2)}, step("b", "a", RENAMED, "2024-07-01"))
    assert of(group, "a").previous.from_units == ("a",)


# --- merged and split -------------------------------------------------------------------------------------------------


def test_a_merged_unit_has_the_weighted_mean_of_those_it_comes_from_and_no_past_rank() -> None:
    steps = (step("a", "ab", MERGED, weight="0.6"), step("b", "ab", MERGED, weight="0.4"))
    group = compared({"ab": "85"}, {"a": ("80", 1), "b": ("90", 2)}, *steps)
    previous = of(group, "ab").previous
    assert (previous.index, previous.rank, previous.from_units) == (84, None, ("a", "b"))
    assert previous.note == "sáp nhập từ Đơn vị a, Đơn vị b"
    assert previous.base == "bình quân có trọng số của 80%; 90% là 84%"
    assert change(group, "ab") == ("+1.00", None)


def test_units_that_merged_without_weights_count_alike() -> None:
    steps = [step(old, "abc", MERGED) for old in "abc"]
    group = compared({"abc": "85"}, {"a": ("80", 1), "b": ("90", 2), "c": ("90", 3)}, *steps)
    assert of(group, "abc").previous.index == Decimal("86.67")


def test_weights_need_not_sum_to_1() -> None:
    steps = (step("a", "ab", MERGED, weight="12000"), step("b", "ab", MERGED, weight="8000"))
    assert of(compared({"ab": "85"}, {"a": ("80", 1), "b": ("90", 2)}, *steps), "ab").previous.index == 84


def test_a_unit_into_which_others_merged_is_compared_with_all_of_them() -> None:
    steps = (step("a", "a", CONTINUED, weight="0.5"), step("b", "a", MERGED, weight="0.5"))
    group = compared({"a": "85"}, {"a": ("80", 1), "b": ("90", 2)}, *steps)
    previous = of(group, "a").previous
    assert (previous.index, previous.rank, previous.note) == (
        85,
        None,
        "sáp nhập từ Đơn vị a, Đơn vị b",
    )


def test_the_parts_of_a_split_unit_have_the_index_of_the_whole_and_no_past_rank() -> None:
    steps = (step("cu", "dong", SPLIT), step("cu", "tay", SPLIT))
    group = compared({"dong": "85", "tay": "70"}, {"cu": ("80", 1)}, *steps)
    assert change(group, "dong") == ("+5.00", None)
    assert change(group, "tay") == ("-10.00", None)
    assert of(group, "tay").previous.note == "chia tách từ Đơn vị cu"


def test_a_unit_is_followed_through_two_steps_of_one_year() -> None:
    steps = (
        step("a", "a-moi", RENAMED, "2025-03-01"),
        step("a-moi", "ab", MERGED, "2025-07-01", weight="0.75"),
        step("b", "ab", MERGED, "2025-07-01", weight="0.25"),
    )
    group = compared({"ab": "85"}, {"a": ("80", 1), "b": ("90", 2)}, *steps)
    assert (of(group, "ab").previous.index, of(group, "ab").previous.from_units) == (Decimal("82.5"), ("a", "b"))


# --- an honest null ---------------------------------------------------------------------------------------------------


def test_a_merged_unit_of_which_a_part_is_unknown_is_not_compared_and_the_part_is_named() -> None:
    steps = (step("a", "abc", MERGED), step("b", "abc", MERGED), step("c", "abc", MERGED))
    group = compared({"abc": "85", "d": "70"}, {"b": ("80", 1), "d": ("70", 2)}, *steps)
    unit = of(group, "abc")
    assert (unit.previous, unit.change) == (None, None)
    assert unit.no_comparison == "không có kết quả năm 2024 của Đơn vị a, Đơn vị c"


def test_a_new_unit_is_not_compared() -> None:
    group = compared({"a": "85", "moi": "90"}, {"a": ("80", 1)})
    assert (of(group, "moi").change, of(group, "moi").no_comparison) == (None, "không có kết quả năm 2024")


def test_without_any_results_of_the_year_before_nothing_is_compared() -> None:
    group = compared({"a": "85", "b": "80"}, NOTHING)
    assert {unit.no_comparison for unit in group.units} == {"chưa có kết quả năm 2024"}
    assert (group.index_counts, group.rank_counts, group.risers, group.fallers) == ((0, 0, 0), (0, 0, 0), (), ())
    assert (group.previous_size, group.population_changed) == (None, False)


def test_a_unit_that_is_not_scored_this_year_is_not_compared() -> None:
    group = compared({"a": None, "b": "80"}, {"a": ("80", 1), "b": ("70", 2)})
    unit = of(group, "a")
    assert (unit.change, unit.no_comparison) == (None, "năm nay không được chấm điểm")
    assert unit.previous.index == 80


def test_a_unit_that_comes_from_another_group_is_compared_by_index_but_not_by_rank() -> None:
    group = compared({"a": "85", "b": "80"}, {"a": ("80", 1, "phuong"), "b": ("81", 1)})
    assert change(group, "a") == ("+5.00", None)
    assert change(group, "b") == ("-1.00", -1)


def test_a_rank_is_compared_only_where_there_is_one_in_both_years() -> None:
    now = {"a": "85", "b": "80", "c": "75", "d": "70"}
    past = {"a": ("85", 1), "b": ("80", None), "c": ("75", 2), "d": ("70", 3)}
    group = compared(now, past, unranked=["c"])
    assert rank_changes(group) == {"a": 0, "d": 0}
    assert change(group, "b") == ("+0.00", None)
    assert change(group, "c") == ("+0.00", None)


# --- when ranks say something to each other ---------------------------------------------------------------------------


@pytest.mark.parametrize(("continuing", "comparable"), [(4, True), (2, True), (1, False), (0, False)])
def test_ranks_are_compared_when_half_of_the_units_continue_one_to_one(continuing: int, comparable: bool) -> None:
    now = dict.fromkeys("abcd", "80")
    past = {code: ("75", place) for place, code in enumerate("abcd"[:continuing], start=1)} | {"z": ("75", 9)}
    assert bool(rank_changes(compared(now, past))) is comparable


def test_units_that_had_no_rank_do_not_make_ranks_comparable() -> None:
    past: dict[str, Past] = {"a": ("75", 1), "b": ("74", None), "c": ("73", None)}
    assert rank_changes(compared({"a": "80", "b": "79", "c": "78"}, past)) == {}


def test_units_that_are_not_ranked_have_no_say_in_whether_ranks_are_compared() -> None:
    now = {"a": "80", "b": "79", "c": "78", "d": None}
    group = compared(now, {"a": ("75", 1)}, unranked=["b", "c"])
    assert rank_changes(group) == {"a": 0}


def test_194_communes_merged_into_64_have_changes_of_index_but_not_of_rank() -> None:
    past = {f"cu-{place}": (f"{95 - place / 10:.2f}", place + 1) for place in range(194)}
    renamed = [step(f"cu-{place}", f"moi-{place}", RENAMED) for place in range(20)]
    merged = [step(f"cu-{place}", f"moi-{20 + place % 44}", MERGED) for place in range(20, 194)]
    now = {f"moi-{place}": f"{90 - place / 10:.2f}" for place in range(64)}
    group = compared(now, past, *renamed, *merged)
    assert all(unit.change and unit.change.rank is None for unit in group.units)
    assert sum(group.index_counts) == 64
    assert (group.rank_counts, group.risers, group.fallers) == ((0, 0, 0), (), ())
    assert of(group, "moi-7").previous.rank == 8
    assert (group.previous_size, group.population_changed) == (194, True)


def previous_note(kind: SuccessionKind, *names: str) -> str | None:
    """What is told of the past of unit `a`, of whose names before and after these are the first and the last."""
    units = {code: Unit(code=code, name=name, kind="xa") for code, name in (("cu", names[0]), ("a", names[-1]))}
    past, _ = previous_result(
        "a", "xa", RankingRule(), published({"cu": ("80", 1)}), [Ancestor("cu", Decimal(1), kind)], units
    )
    assert past is not None
    return past.note


def test_a_unit_that_only_got_another_code_has_nothing_to_tell_of_its_past() -> None:
    assert previous_note(CONTINUED, "Xã Mới") is None
    assert previous_note(CONTINUED, "Xã Cũ", "Xã Mới") == f"{CONTINUED.label} từ xã Cũ"
    assert previous_note(RENAMED, "Xã Mới") == "đổi tên từ xã Mới"


def test_a_merger_or_a_split_changes_the_members() -> None:
    joined = (step("a", "a", CONTINUED), step("khac", "a", MERGED))
    past = {"a": ("80", 1), "b": ("70", 2), "khac": ("60", 1, "khac")}
    assert compared({"a": "85", "b": "75"}, past, *joined).population_changed is True
    assert compared({"dong": "85", "b": "75"}, past, step("a", "dong", SPLIT)).population_changed is True


# --- of the group -----------------------------------------------------------------------------------------------------


def test_counts_are_of_the_units_that_can_be_compared() -> None:
    now = {"a": "90", "b": "85", "c": "80", "d": "75", "moi": "70", "lang": None}
    past = {"b": ("85", 1), "a": ("80", 2), "c": ("84", 3), "d": ("75.00", 4), "lang": ("60", 5)}
    group = compared(now, past)
    assert group.index_counts == (1, 1, 2)
    assert group.rank_counts == (1, 1, 2)


def test_movers_are_those_whose_rank_changed_most_the_larger_change_of_index_first() -> None:
    past = {code: (str(90 - place), place + 1) for place, code in enumerate("abcdefgh")}
    now = {"h": "95", "a": "90", "e": "89", "b": "88", "d": "86", "c": "85", "g": "84", "f": "83"}
    group = compared(now, past)
    assert rank_changes(group) == {"h": 7, "e": 2, "a": -1, "d": -1, "g": 0, "b": -2, "c": -3, "f": -2}
    assert group.risers == ("h", "e")
    assert group.fallers == ("c", "f", "b")


def test_of_equal_moves_the_larger_change_of_index_comes_first_upwards_and_downwards() -> None:
    past = {code: (str(90 - place), place + 1) for place, code in enumerate("abcdef")}
    now = {"d": "90", "e": "88.5", "f": "88", "a": "87", "b": "86.5", "c": "80"}
    group = compared(now, past)
    assert rank_changes(group) == {"d": 3, "e": 3, "f": 3, "a": -3, "b": -3, "c": -3}
    assert {code: change(group, code) for code in "fab"} == {"f": ("+3.00", 3), "a": ("-3.00", -3), "b": ("-2.50", -3)}
    assert group.risers == ("d", "f", "e")
    assert group.fallers == ("c", "a", "b")


def test_more_places_come_before_a_larger_change_of_index() -> None:
    past = {"a": ("90", 1), "b": ("80", 2), "c": ("71", 3), "d": ("70", 4), "e": ("69", 5)}
    group = compared({"b": "95", "a": "90", "e": "70.5", "c": "70.4", "d": "70.3"}, past)
    assert rank_changes(group) == {"b": 1, "a": -1, "e": 2, "c": -1, "d": -1}
    assert group.risers == ("e", "b")


def test_a_unit_that_kept_its_rank_is_no_mover() -> None:
    group = compared(
        {"a": "90", "c": "80", "b": "70", "d": "60"},
        {c: (str(i), 9 - i) for c, i in zip("abcd", (8, 7, 6, 5), strict=True)},
    )
    assert (group.risers, group.fallers) == (("c",), ("b",))


def test_the_mean_is_of_the_ranked_units() -> None:
    assert compared({"a": "90", "b": "80", "c": "10"}, NOTHING, unranked=["c"]).mean == 85
    assert compared({"a": None}, NOTHING).mean is None


@pytest.mark.parametrize(
    ("now", "past", "changed"),
    [
        ("ab", "ab", False),
        ("ab", "abc", True),
        ("abc", "ab", True),
        ("ac", "ab", True),
    ],
)
def test_a_group_of_other_members_is_marked(now: str, past: str, changed: bool) -> None:
    group = compared(dict.fromkeys(now, "80"), dict.fromkeys(past, ("80", 1)))
    assert group.population_changed is changed


def test_renamed_members_are_the_same_members_and_unranked_ones_are_none() -> None:
    past = {"a": ("80", 1), "cu": ("79", 2), "x": ("70", None)}
    group = compared({"a": "80", "moi": "79", "x": "70"}, past, step("cu", "moi", RENAMED), unranked=["x"])
    assert group.population_changed is False


@pytest.mark.parametrize(
    ("last", "now", "changed"), [("h1", "h1", False), ("h1", "h2", True), (None, "h2", None), ("h1", None, None)]
)
def test_another_criteria_set_is_marked_where_the_last_one_is_known(
    last: str | None, now: str | None, changed: bool | None
) -> None:
    sets = {"xa": last} if last else {}
    assert compared({"a": "80"}, {"a": ("80", 1)}, sets=sets, set_hash=now).set_changed is changed


@given(st.permutations(range(1, 9)), st.permutations(range(1, 9)))
def test_rank_changes_of_an_unchanged_group_without_ties_sum_to_0(now: list[int], past: list[int]) -> None:
    """Source: docs/process.md, 4 (derived)."""
    group = compared(
        {f"xa-{place}": str(90 - rank) for place, rank in enumerate(now)},
        {f"xa-{place}": (str(80 - rank), rank) for place, rank in enumerate(past)},
    )
    changes = rank_changes(group)
    assert len(changes) == 8
    assert sum(changes.values()) == 0
    assert group.rank_counts.up == sum(change > 0 for change in changes.values())


# --- Sóc Trăng 2015 ---------------------------------------------------------------------------------------------------

# Printed: ranks of 2015, ranks of 2014, changes. Source: examples/cases, Sóc Trăng 2016.
RANKS_2015 = {"long-phu": 1, "my-xuyen": 2, "tran-de": 3, "nga-nam": 11}
RANKS_2014 = {"my-xuyen": 8, "tran-de": 10, "nga-nam": 11}
CHANGES = {
    "my-xuyen": 6,
    "tran-de": 7,
    "nga-nam": 0,
    "cu-lao-dung": 1,
    "my-tu": 1,
    "tp-soc-trang": 1,
    "chau-thanh": -6,
    "ke-sach": -4,
    "vinh-chau": -2,
}
UNPRINTED = "thanh-tri"


def orders_that_fit() -> Iterator[tuple[dict[str, int], dict[str, int]]]:
    """Every pair of orders of the eleven districts, of 2014 and of 2015, that agrees with all that was printed."""
    open_in_2014 = ["long-phu", UNPRINTED, *(code for code in CHANGES if code not in RANKS_2014)]
    places = sorted(set(range(1, 12)) - set(RANKS_2014.values()))
    for order in permutations(places):
        past = RANKS_2014 | dict(zip(open_in_2014, order, strict=True))
        now = RANKS_2015 | {code: past[code] - change for code, change in CHANGES.items()}
        left = set(range(1, 12)) - set(now.values())
        if len(left) == 1:
            yield past, now | {UNPRINTED: left.pop()}


def test_soc_trang_2015_every_printed_change_of_rank_comes_out() -> None:
    """The article leaves 84 orders open; all give the printed changes, the same movers, and a loss for Thạnh Trị."""
    fitting = list(orders_that_fit())
    assert len(fitting) == 84
    for past, now in fitting:
        group = compared(
            {code: str(95 - rank) for code, rank in now.items()},
            {code: (str(90 - rank), rank) for code, rank in past.items()},
        )
        changes = rank_changes(group)
        assert {code: changes[code] for code in CHANGES} == CHANGES
        assert changes[UNPRINTED] <= -4
        assert 0 <= changes["long-phu"] <= 4
        assert group.risers[:2] == ("tran-de", "my-xuyen")
        assert sum(changes.values()) == 0


def test_soc_trang_2015_14_agencies_rose_and_8_fell_in_index() -> None:
    past = {f"so-{place}": (str(90 - place), place + 1) for place in range(22)}
    now = {f"so-{place}": str(90 - place + (2 if place < 14 else -2)) for place in range(22)}
    assert compared(now, past).index_counts == (14, 8, 0)


# --- robustness -------------------------------------------------------------------------------------------------------

GROUP = [
    with_areas("a", (18, 20), (50, 60), (15, 20)),
    with_areas("b", (10, 20), (55, 60), (17, 20)),
    with_areas("c", (19, 20), (40, 60), (20, 20)),
    with_areas("d", (5, 20), (20, 60), (0, 0)),
    with_areas("e", (12, 20), (50, 60), (16, 20), bonus=2),
]


def ranked_of(units: list[ScoredUnit]) -> dict[str, int]:
    return {unit.code: 1 + sum(other.index > unit.index for other in units) for unit in units}


def test_the_interval_holds_the_rank_itself() -> None:
    robust = rank_robustness(GROUP, RankingRule())
    for code, rank in ranked_of(GROUP).items():
        assert robust[code].rank_p5 <= rank <= robust[code].rank_p95


def test_bonus_beyond_the_maximum_makes_no_rank_firmer_where_it_is_cut() -> None:
    full = [with_areas("a", (10, 10), (5, 5)), with_areas("b", (10, 10), (5, 5), bonus=5)]
    assert rank_robustness(full, RankingRule()) == {"a": Robustness(1, 1), "b": Robustness(1, 1)}
    assert rank_robustness(full, RankingRule(capped=False)) == {"a": Robustness(2, 2), "b": Robustness(1, 1)}


@pytest.mark.parametrize(
    ("other", "on", "last"), [("84.576", RankOn.EXACT, 2), ("84.576", RankOn.PRINTED, 1), ("84.574", RankOn.PRINTED, 2)]
)
def test_units_that_print_the_same_are_equal_in_every_draw_where_ranks_go_by_what_is_printed(
    other: str, on: RankOn, last: int
) -> None:
    units = [with_areas("a", ("84.584", 100)), with_areas("b", (other, 100))]
    assert rank_robustness(units, RankingRule(rank_on=on))["b"] == Robustness(last, last)


def test_units_with_other_strengths_change_places_when_areas_weigh_more() -> None:
    close = [with_areas("a", (80, 100), (60, 100)), with_areas("b", (60, 100), (80, 100))]
    assert rank_robustness(close, RankingRule()) == {"a": Robustness(1, 2), "b": Robustness(1, 2)}


def test_a_unit_alone_in_its_group_is_first() -> None:
    assert rank_robustness(GROUP[:1], RankingRule()) == {"a": Robustness(1, 1)}
    assert rank_robustness([], RankingRule()) == {}


def test_equal_units_have_equal_intervals() -> None:
    twins = [with_areas(code, (18, 20), (50, 60)) for code in "ab"] + [with_areas("c", (1, 20), (5, 60))]
    assert rank_robustness(twins, RankingRule()) == {
        "a": Robustness(1, 1),
        "b": Robustness(1, 1),
        "c": Robustness(3, 3),
    }


def test_the_same_shares_of_other_maxima_are_equal() -> None:
    assert set(
        rank_robustness([with_areas("a", (1, 3), (2, 7)), with_areas("b", (2, 6), (4, 14))], RankingRule()).values()
    ) == {Robustness(1, 1)}


def test_the_same_shares_of_points_with_decimals_are_equal() -> None:
    twins = [with_areas("a", ("0.7", 1), ("1.1", 3)), with_areas("b", ("1.4", 2), ("2.2", 6))]
    assert set(rank_robustness(twins, RankingRule()).values()) == {Robustness(1, 1)}


def test_points_are_carried_to_the_billionth_and_no_further() -> None:
    one = with_areas("a", (18, 20))
    assert rank_robustness([one, with_areas("b", ("18.000000001", 20))], RankingRule())["a"] == Robustness(2, 2)
    assert rank_robustness([one, with_areas("b", ("18.0000000009", 20))], RankingRule())["a"] == Robustness(1, 1)


def test_an_interval_leaves_out_five_of_a_hundred_draws_on_either_side() -> None:
    """Computed once more from the draws, in fractions and by sorting."""
    units = [
        with_areas(
            f"xa-{k:02}",
            (10 + 8 * k % 11, 20),
            (40 + 7 * k % 19, 60),
            (8 + 7 * k % 13, 20),
            bonus=("0", "0.25")[k % 2],
        )
        for k in range(12)
    ]
    factors = np.random.default_rng(20_200_305).integers(750, 1_250, size=(1_000, 3), endpoint=True)
    ranks: dict[str, list[int]] = {unit.code: [] for unit in units}
    for draw in factors.tolist():
        drawn = {unit.code: drawn_index(unit, draw) for unit in units}
        in_order = sorted(-index for index in drawn.values())
        for code, index in drawn.items():
            ranks[code].append(1 + bisect_left(in_order, -index))
    seen = {code: sorted(of_unit) for code, of_unit in ranks.items()}
    robust = rank_robustness(units, RankingRule())
    assert robust == {code: Robustness(of_unit[50], of_unit[949]) for code, of_unit in seen.items()}
    for place in (50, 949):  # the share of draws that is left out makes a difference
        assert any(of_unit[place - 10] != of_unit[place] for of_unit in seen.values())
        assert any(of_unit[place + 10] != of_unit[place] for of_unit in seen.values())


def drawn_index(unit: ScoredUnit, factors: list[int]) -> Fraction:
    """The index of a unit where its areas weigh so many thousandths."""
    weighed = list(zip(unit.areas, factors, strict=True))
    points = sum(Fraction(area.points) * factor for area, factor in weighed) + Fraction(unit.bonus) * 1_000
    return points / sum(Fraction(area.max_points) * factor for area, factor in weighed)


def test_a_unit_better_by_a_hair_in_every_area_is_always_above() -> None:
    better = with_areas("a", ("18.00000002", 20), ("50.00000002", 60))
    assert rank_robustness([with_areas("b", (18, 20), (50, 60)), better], RankingRule()) == {
        "a": Robustness(1, 1),
        "b": Robustness(2, 2),
    }


def test_bonus_and_penalty_count_in_every_draw() -> None:
    alike = [with_areas(code, (15, 20), (50, 60), bonus=bonus) for code, bonus in (("a", 0), ("b", 1), ("c", -1))]
    assert rank_robustness(alike, RankingRule()) == {
        "b": Robustness(1, 1),
        "a": Robustness(2, 2),
        "c": Robustness(3, 3),
    }


def test_bonus_and_penalty_weigh_as_much_as_points_of_an_area_at_their_usual_weight() -> None:
    """Just as much, and a millionth less, as makes up for 8 points in all but the 50 heaviest or lightest draws."""
    weights = np.sort(np.random.default_rng(20_200_305).integers(750, 1_250, size=1_000, endpoint=True))
    bonus, penalty = (Decimal(8 * int(weights[place])) / 1_000 for place in (949, 50))
    for missing, last in ((Decimal(0), 1), (Decimal("0.000001"), 2)):
        raised = [with_areas("a", (20, 20)), with_areas("b", (12, 20), bonus=str(bonus - missing))]
        assert rank_robustness(raised, RankingRule())["b"] == Robustness(1, last)
        lowered = [with_areas("a", (12, 20)), replace(with_areas("b", (20, 20)), penalty=penalty + missing)]
        assert rank_robustness(lowered, RankingRule())["b"] == Robustness(1, last)


@pytest.mark.slow
def test_the_same_units_give_the_same_intervals_again_and_in_another_process() -> None:
    program = "from tests.tasks.scoring.test_comparison import GROUP, RankingRule, rank_robustness as r"
    other = subprocess.run(
        [sys.executable, "-c", f"{program}; print(sorted(r(GROUP, RankingRule()).items()))"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert rank_robustness(GROUP, RankingRule()) == rank_robustness(GROUP, RankingRule())
    assert other.stdout.strip() == str(sorted(rank_robustness(GROUP, RankingRule()).items()))


AREA_POINTS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 60), st.integers(0, 20)), min_size=1, max_size=6)


def scored_units(points: list[tuple[int, int, int]]) -> list[ScoredUnit]:
    return [
        with_areas(f"xa-{place}", (first, 20), (second, 60), (third, 20))
        for place, (first, second, third) in enumerate(points)
    ]


@given(AREA_POINTS, st.randoms())
def test_intervals_do_not_hang_on_the_order_of_the_units(points: list[tuple[int, int, int]], chance: object) -> None:
    units = scored_units(points)
    mixed = list(units)
    chance.shuffle(mixed)
    assert rank_robustness(mixed, RankingRule(), draws=50) == rank_robustness(units, RankingRule(), draws=50)


@given(AREA_POINTS)
def test_a_unit_better_in_every_area_is_above_in_every_draw(points: list[tuple[int, int, int]]) -> None:
    units = scored_units(points)
    robust = rank_robustness(units, RankingRule(), draws=50)
    for better in units:
        assert robust[better.code].rank_p5 <= robust[better.code].rank_p95
        for worse in units:
            if all(more.points > less.points for more, less in zip(better.areas, worse.areas, strict=True)):
                assert robust[better.code].rank_p95 < robust[worse.code].rank_p95
                assert robust[better.code].rank_p5 < robust[worse.code].rank_p5


def test_only_units_that_compete_have_an_interval() -> None:
    group = compared({"a": "90", "b": "80", "c": "70", "d": None}, NOTHING, unranked=["c"])
    assert {unit.code: unit.robustness is not None for unit in group.units} == {
        "a": True,
        "b": True,
        "c": False,
        "d": False,
    }


# --- how ranks are printed and shared ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (RankingRule(), {"a": 0, "b": 0, "c": 0}),
        (RankingRule(rank_on=RankOn.PRINTED), {"a": 0, "b": 1, "c": 0}),
        (RankingRule(rank_on=RankOn.PRINTED, ties=Ties.DENSE), {"a": 0, "b": 1, "c": 1}),
    ],
)
def test_changes_are_of_the_ranks_as_the_round_gives_them(rule: RankingRule, expected: Mapping[str, int]) -> None:
    past = {"a": ("90", 1), "b": ("80", 2), "c": ("70", 3)}
    assert rank_changes(compared({"a": "84.584", "b": "84.581", "c": "70"}, past, rule=rule)) == expected


def test_all_that_rose_as_much_as_the_third_are_named_and_none_by_its_code() -> None:
    past = {code: (str(90 - place), place + 1) for place, code in enumerate("abcdefghij")}
    rotated = [*"fghij", *"abcde"]  # five rise by five places, five fall by five
    group = compared({code: str(90 - place) for place, code in enumerate(rotated)}, past)
    assert (sorted(group.risers), sorted(group.fallers)) == (list("fghij"), list("abcde"))


@pytest.mark.parametrize(("values", "first_two"), [("32211", "322"), ("33211", "33"), ("3", "3"), ("", "")])
def test_the_foremost_are_so_many_and_whoever_is_level_with_the_last_of_them(values: str, first_two: str) -> None:
    assert "".join(foremost(values, 2, int)) == first_two


# --- what was lost ----------------------------------------------------------------------------------------------------


def lost_leaf(code: str, points: str | None, maximum: str = "2", basis: Basis = Basis.APPRAISAL) -> LeafPoints:
    return LeafPoints(code, Decimal(maximum), None if points is None else Decimal(points), basis)


LEAVES = (
    lost_leaf("full", "2"),
    lost_leaf("half", "1"),
    lost_leaf("just-below-half", "0.99"),
    lost_leaf("removed", None, basis=Basis.NOT_APPLICABLE),
    lost_leaf("not-surveyed", None, basis=Basis.REBASED),
    lost_leaf("zero", "0"),
    lost_leaf("missing", "0", "1", Basis.MISSING),
    lost_leaf("large", "1", "5"),
    lost_leaf("most", "4.5", "5"),
)


def test_lost_points_come_largest_first_equal_losses_in_the_order_of_the_set() -> None:
    assert [loss.leaf.code for loss in lost_points(LEAVES, RankingRule())] == [
        "large",
        "zero",
        "just-below-half",
        "half",
        "missing",
        "most",
    ]
    assert [str(loss.lost) for loss in lost_points(LEAVES, RankingRule())] == [
        "4.00",
        "2.00",
        "1.01",
        "1.00",
        "1.00",
        "0.50",
    ]


def test_the_share_that_is_left_is_told_to_a_hundredth_of_a_percent() -> None:
    (loss,) = lost_points([lost_leaf("third", "1", "3")], RankingRule())
    assert loss.share == Decimal("0.3333")


def test_what_got_nothing_or_less_than_half_must_be_repaired() -> None:
    """Source: docs/process.md, 5, Sóc Trăng (list items scored low or zero)."""
    listed = [loss.leaf.code for loss in repair_list(LEAVES, RankingRule())]
    assert listed == ["large", "zero", "just-below-half", "missing"]


def test_what_is_lost_is_the_maximum_less_the_printed_points() -> None:
    """0,5 / 0,38 / 0,13 does not add up; and what is printed as half is half."""
    exact = RankingRule(points_decimals="exact")
    (loss,) = lost_points([lost_leaf("eighths", "0.375", "0.5")], exact)
    assert (exact.printed_points(loss.leaf.points or Decimal(0)), loss.lost) == (Decimal("0.38"), Decimal("0.12"))
    assert repair_list([lost_leaf("printed-as-half", "0.996")], exact) == []
