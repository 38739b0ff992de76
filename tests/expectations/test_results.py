"""What must hold of results before they are frozen: each expectation fails for its own tampering, and only then."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from expectations.results import check_results
from models.findings import Severity
from models.province.rounds import RankingRule, RankOn, Ties
from models.records.results import Change, GroupResult, PreviousResult, RoundResult, UnitResult
from tests.tasks.building import YEAR, Past, compared

pytestmark = pytest.mark.slow

NOW = {"a": "90", "b": "85.004", "c": "85.001", "d": "80", "e": "99", "f": None}
PAST: dict[str, Past] = {
    "a": ("88", 2),
    "b": ("89", 1),
    "c": ("70", 4),
    "d": ("80", 3),
    "e": ("98", None),
    "f": ("50", None),
}
OTHER_RULES = {
    Ties.COMPETITION: [1, 2, 2, 4],
    Ties.DENSE: [1, 2, 2, 3],
    Ties.ORDINAL: [1, 2, 3, 4],
}


def a_group(now: dict[str, Any] | None = None, past: dict[str, Past] | None = None, **given: Any) -> GroupResult:
    """Four ranked units, one unranked (e), one not scored (f); the ranks of the year before are those of a to d."""
    return compared(now or NOW, PAST if past is None else past, unranked=["e"], **given)


def said(*groups: GroupResult, rule: RankingRule | None = None, members: Sequence[str] | None = None) -> list[str]:
    """What the findings say, without their remedies."""
    results = RoundResult(YEAR, rule or RankingRule(), groups)
    declared = {group.id: members or [unit.code for unit in group.units] for group in groups}
    return [finding.what for finding in check_results(results, declared)]


def tampered(group: GroupResult, code: str, **values: Any) -> GroupResult:
    units = tuple(replace(unit, **values) if unit.code == code else unit for unit in group.units)
    assert units != group.units
    return replace(group, units=units)


def of(group: GroupResult, code: str) -> UnitResult:
    return next(unit for unit in group.units if unit.code == code)


# --- the untouched ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rank_on", RankOn)
@pytest.mark.parametrize("ties", Ties)
def test_untouched_results_pass_under_every_rule(ties: Ties, rank_on: RankOn) -> None:
    rule = RankingRule(ties=ties, rank_on=rank_on)
    group = a_group(rule=rule)
    if rank_on is RankOn.PRINTED:
        assert [unit.rank for unit in group.ranked_units] == OTHER_RULES[ties]
    assert said(group, rule=rule) == []


def test_results_without_a_year_before_pass() -> None:
    assert said(a_group(past={})) == []


def test_a_group_in_which_nobody_was_scored_passes() -> None:
    assert said(a_group({"a": None, "b": None})) == []


def test_a_group_without_ranked_units_passes() -> None:
    assert said(a_group({"e": "99"})) == []


def test_a_round_without_units_passes() -> None:
    assert said() == []


def test_two_groups_are_ranked_apart() -> None:
    assert said(a_group(), replace(compared({"x": "10", "y": "95"}, {}), id="so")) == []


# --- one tampering each -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("index", "points"), [("100.000000000001", "100"), ("-0.000000000001", "0")])
def test_an_index_outside_0_to_100_is_found_with_its_unit(index: str, points: str) -> None:
    group = a_group({"a": points, "f": None}, {})
    (finding,) = said(tampered(group, "a", index=Decimal(index)))
    assert finding == "chỉ số ngoài khoảng 0–100 (Đơn vị a)"


@pytest.mark.parametrize("index", ["100.01", "-0.01"])
def test_an_area_index_outside_0_to_100_is_found(index: str) -> None:
    group = a_group()
    (area,) = of(group, "b").areas
    (finding,) = said(tampered(group, "b", areas=(replace(area, index=Decimal(index)),)))
    assert finding == "chỉ số của một lĩnh vực ngoài khoảng 0–100 (Đơn vị b)"


def test_an_area_that_was_removed_is_no_fault() -> None:
    group = a_group()
    (area,) = of(group, "b").areas
    removed = replace(area, code="2", max_points=Decimal(0), points=Decimal(0), index=None)
    assert said(tampered(group, "b", areas=(area, removed))) == []


@pytest.mark.parametrize("values", [{"points": Decimal("89.99")}, {"bonus": Decimal(1)}, {"penalty": Decimal("0.5")}])
def test_a_total_that_is_not_the_sum_of_its_parts_is_found(values: dict[str, Decimal]) -> None:
    (finding,) = said(tampered(a_group(), "a", **values))
    assert finding == "tổng điểm không bằng tổng điểm các lĩnh vực cộng điểm thưởng trừ điểm trừ (Đơn vị a)"


def test_a_total_that_was_kept_within_its_maximum_is_the_sum_of_its_parts() -> None:
    assert said(tampered(a_group({"a": "100"}, {}), "a", bonus=Decimal(3))) == []
    assert said(tampered(a_group({"a": "0"}, {}), "a", penalty=Decimal(3))) == []


WRONG_RANK = "thứ hạng không theo quy tắc xếp hạng của kỳ"


@pytest.mark.parametrize(("code", "rank"), [("a", 2), ("d", 5), ("d", None)])
def test_a_wrong_rank_is_found_with_its_unit(code: str, rank: int | None) -> None:
    assert said(tampered(a_group(past={}), code, rank=rank)) == [f"{WRONG_RANK} (Đơn vị {code})"]


@pytest.mark.parametrize("code", ["e", "f"])
def test_a_rank_of_a_unit_that_has_none_is_found(code: str) -> None:
    assert said(tampered(a_group(past={}), code, rank=5)) == [f"{WRONG_RANK} (Đơn vị {code})"]


@pytest.mark.parametrize(
    ("ties", "other"), [(ties, other) for ties in Ties for other in Ties if OTHER_RULES[ties] != OTHER_RULES[other]]
)
def test_ranks_of_another_tie_rule_are_found(ties: Ties, other: Ties) -> None:
    ranked = a_group(past={}, rule=RankingRule(ties=other, rank_on=RankOn.PRINTED))
    (finding,) = said(ranked, rule=RankingRule(ties=ties, rank_on=RankOn.PRINTED))
    assert finding.startswith(WRONG_RANK)


def test_ranks_on_the_other_index_are_found() -> None:
    (finding,) = said(a_group(past={}), rule=RankingRule(rank_on=RankOn.PRINTED))
    assert finding.startswith(WRONG_RANK)


def test_a_unit_that_stands_twice_is_found() -> None:
    group = a_group({"a": "90", "b": "80"}, {})
    twice = replace(group, units=(*group.units, replace(of(group, "b"), ranked=False, rank=None)))
    assert said(twice, members=["a", "b"]) == ["đơn vị xuất hiện hai lần (Đơn vị b, Đơn vị b)"]


def test_a_unit_in_two_groups_is_found() -> None:
    group = a_group({"a": "90"}, {})
    assert said(group, replace(group, id="so")) == ["đơn vị xuất hiện hai lần (Đơn vị a, Đơn vị a)"]


STRAYS = "thiếu hoặc thừa đơn vị so với kỳ đánh giá:"


@pytest.mark.parametrize(("members", "strays"), [("abcdefg", "xa/g"), ("abcde", "xa/f"), ("abcdeg", "xa/f, xa/g")])
def test_a_lost_or_a_foreign_unit_is_found_by_name(members: str, strays: str) -> None:
    assert said(a_group(), members=members) == [f"{STRAYS} {strays}"]


def test_a_group_that_got_lost_is_found() -> None:
    results = RoundResult(YEAR, RankingRule(), (a_group(),))
    (finding,) = check_results(results, {"xa": list(NOW), "so": ["x"]})
    assert finding.what == f"{STRAYS} so/x"


def test_results_without_any_of_the_units_are_found() -> None:
    (finding,) = check_results(RoundResult(YEAR, RankingRule()), {"so": ["x"]})
    assert finding.what == f"{STRAYS} so/x"


def test_changes_of_rank_that_do_not_cancel_out_are_found_with_their_group() -> None:
    change = Change(Decimal(2), 3)
    assert said(tampered(a_group(), "a", change=change)) == [
        "thay đổi thứ hạng của nhóm không đổi thành viên không triệt tiêu nhau (Các xã)"
    ]


def test_changes_of_rank_need_not_cancel_out_in_a_group_of_other_members() -> None:
    group = a_group({"moi": "95", "a": "90", "b": "85", "d": "80"})
    assert group.population_changed
    assert sum(unit.change.rank for unit in group.units if unit.change) == -3
    assert said(group) == []


def test_changes_of_rank_need_not_cancel_out_where_ranks_are_shared() -> None:
    now_shared = a_group({**NOW, "b": "90"})
    then_shared = a_group(past={**PAST, "d": ("89", 1)})
    for group in (now_shared, then_shared):
        assert sum(unit.change.rank for unit in group.ranked_units) != 0
        assert said(group) == []


def test_changes_of_rank_need_not_cancel_out_where_the_ranks_before_had_gaps() -> None:
    """Last year's table may be known in part only, as the press printed it."""
    group = a_group(past={**PAST, "c": ("60", 11)})
    assert not group.population_changed
    assert said(group) == []


def test_several_faults_are_all_told_and_stop_the_round() -> None:
    group = tampered(tampered(a_group(), "a", rank=9), "b", points=Decimal(1))
    findings = check_results(RoundResult(YEAR, RankingRule(), (group,)), {"xa": list(NOW)})
    assert len(findings) == 2
    assert {finding.severity for finding in findings} == {Severity.CRITICAL}
    assert {finding.file for finding in findings} == {f"kết quả năm {YEAR}"}
    assert all("báo người phụ trách phần mềm" in finding.remedy for finding in findings)


def test_of_many_units_five_are_named() -> None:
    group = a_group({f"u{place}": str(90 - place) for place in range(9)}, {})
    worse = replace(group, units=tuple(replace(unit, rank=unit.rank + 1) for unit in group.units))
    assert said(worse) == [f"{WRONG_RANK} ({', '.join(f'Đơn vị u{place}' for place in range(5))}…)"]


def test_a_past_rank_alone_is_no_change() -> None:
    past = PreviousResult(YEAR - 1, Decimal(80), 1, ("a",))
    assert said(tampered(a_group(past={}), "a", previous=past)) == []
