"""Points → ranks and grades of a group. Source: docs/process.md, 2."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.numbers import Rounding
from models.province.rounds import STANDARD_GRADES, Band, Group, RankingRule, RankOn, Round, Selection, Ties
from models.records.results import RankedUnit, ScoredUnit
from tasks.scoring.ranking import grade_of, rank_group, vietnamese_order
from tests.tasks.building import RATIO, a_set, area, gate, leaf, scored_by, sent, unit, with_index

TWO_TIED = {"a": "90", "b": "85", "c": "85", "d": "80"}


def ranks(
    units: Sequence[ScoredUnit], ties: Ties = Ties.COMPETITION, tie_break: Sequence[str] = (), **rule: object
) -> dict[str, int | None]:
    """The rank of each unit by code, in the order they are announced."""
    ranked = rank_group(units, RankingRule(ties=ties, **rule), STANDARD_GRADES, tie_break=tie_break)
    return {place.unit.code: place.rank for place in ranked}


def with_indices(indices: dict[str, str]) -> list[ScoredUnit]:
    return [with_index(code, index) for code, index in indices.items()]


def grade(index: str, bands: Sequence[Band] = STANDARD_GRADES, **rule: object) -> str | None:
    return grade_of(with_index("a", index), RankingRule(**rule), bands)[0]


# --- ties -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ties", "expected"),
    [
        (Ties.COMPETITION, [1, 2, 2, 4]),
        (Ties.DENSE, [1, 2, 2, 3]),
        (Ties.ORDINAL, [1, 2, 3, 4]),
    ],
)
def test_equal_units_share_ranks_as_the_round_says(ties: Ties, expected: list[int]) -> None:
    assert list(ranks(with_indices(TWO_TIED), ties).values()) == expected


@pytest.mark.parametrize(("ties", "tied"), [(Ties.COMPETITION, "bc"), (Ties.DENSE, "bc"), (Ties.ORDINAL, "")])
def test_units_that_share_a_rank_are_marked_as_tied(ties: Ties, tied: str) -> None:
    ranked = rank_group(with_indices(TWO_TIED), RankingRule(ties=ties), STANDARD_GRADES)
    assert "".join(place.unit.code for place in ranked if place.tied) == tied


def test_all_units_may_be_equal() -> None:
    alike = with_indices(dict.fromkeys("dbca", "70"))
    assert ranks(alike) == {"a": 1, "b": 1, "c": 1, "d": 1}
    assert ranks(alike, Ties.ORDINAL) == {"a": 1, "b": 2, "c": 3, "d": 4}


def test_an_equal_pair_may_be_the_best() -> None:
    assert list(ranks(with_indices({"a": "85", "b": "85", "c": "80"})).values()) == [1, 1, 3]


def test_a_group_may_have_one_unit_or_none() -> None:
    assert ranks([with_index("a", 50)]) == {"a": 1}
    assert ranks([]) == {}


@pytest.mark.parametrize(("rank_on", "expected"), [(RankOn.EXACT, [1, 2]), (RankOn.PRINTED, [1, 1])])
def test_units_are_compared_on_the_exact_or_on_the_printed_index(rank_on: RankOn, expected: list[int]) -> None:
    close = [with_index("a", "84.584"), with_index("b", "84.581")]
    assert list(ranks(close, rank_on=rank_on).values()) == expected


def test_what_is_printed_follows_the_decimals_and_the_rounding_of_the_round() -> None:
    close = [with_index("a", "84.5851"), with_index("b", "84.5849")]
    assert ranks(close, rank_on=RankOn.PRINTED) == {"a": 1, "b": 2}
    assert ranks(close, rank_on=RankOn.PRINTED, rounding=Rounding.DOWN) == {"a": 1, "b": 1}
    assert ranks(close, rank_on=RankOn.PRINTED, decimals=1) == {"a": 1, "b": 1}


def test_ties_do_not_hang_on_the_noise_of_a_division() -> None:
    thirds = [leaf(f"1.{place}", 1, RATIO) for place in (1, 2, 3)]
    criteria_set = a_set(area("1", *thirds, leaf("1.4", 1)))
    third = {f"1.{place}": {"numerator": "1", "denominator": "3"} for place in (1, 2, 3)}
    exact = RankingRule(points_decimals="exact")
    units = [
        scored_by(criteria_set, sent(unit("thirds"), third), rule=exact),
        scored_by(criteria_set, sent(unit("whole"), self_={"1.4": 1}), rule=exact),
    ]
    assert ranks(units) == {"thirds": 1, "whole": 1}


# --- tie-break --------------------------------------------------------------------------------------------------------


def test_an_area_decides_between_equal_units() -> None:
    equal = [with_index("a", 80, areas={"3": 70, "5": 95}), with_index("b", 80, areas={"3": 75, "5": 60})]
    assert list(ranks(equal, Ties.ORDINAL, ["3"])) == ["b", "a"]
    assert list(ranks(equal, Ties.ORDINAL, ["5", "3"])) == ["a", "b"]


def test_an_area_that_was_removed_decides_like_the_whole_index_and_not_like_0() -> None:
    equal = [with_index("a", 80, areas={"3": None}), with_index("b", 80, areas={"3": 79})]
    equal.append(with_index("c", 80, areas={"3": 81}))
    assert list(ranks(equal, Ties.ORDINAL, ["3"])) == ["c", "a", "b"]


def test_the_survey_decides_between_equal_units() -> None:
    equal = [with_index("a", 80), with_index("b", 80, survey=20), with_index("c", 80, survey="20.5")]
    assert list(ranks(equal, Ties.ORDINAL, ["survey"])) == ["c", "b", "a"]


def test_the_name_decides_between_equal_units() -> None:
    names = {"a": "Phường 10", "b": "Phường 2", "c": "Đặc khu Lý Sơn", "d": "Xã Ân Thi", "e": "Xã An Thi"}
    equal = [with_index(code, 80, name=name) for code, name in names.items()]
    assert list(ranks(equal, Ties.ORDINAL, ["name"])) == ["c", "b", "a", "e", "d"]


def test_a_key_decides_only_where_those_before_it_do_not() -> None:
    equal = [
        with_index("a", 80, areas={"3": 70}, survey=20, name="B"),
        with_index("b", 80, areas={"3": 70}, survey=25, name="C"),
        with_index("c", 80, areas={"3": 71}, survey=10, name="A"),
        with_index("d", 80, areas={"3": 70}, survey=25, name="B"),
    ]
    assert list(ranks(equal, Ties.ORDINAL, ["3", "survey", "name"])) == ["c", "d", "b", "a"]


def test_the_code_decides_when_no_key_does() -> None:
    equal = [with_index(code, 80, name="Xã A", areas={"3": 70}) for code in "cab"]
    assert list(ranks(equal, Ties.ORDINAL, ["3", "survey", "name"])) == ["a", "b", "c"]


def test_keys_decide_nothing_between_units_that_differ_or_share_ranks() -> None:
    units = [with_index("a", 80, survey=1), with_index("b", 79, survey=30), with_index("c", 80, survey=30)]
    assert list(ranks(units, Ties.ORDINAL, ["survey"]).items()) == [("c", 1), ("a", 2), ("b", 3)]
    assert list(ranks(units, Ties.COMPETITION, ["survey"]).items()) == [("a", 1), ("c", 1), ("b", 3)]


@pytest.mark.parametrize(
    "in_order",
    [
        "An|Ăn|Ân|Ba|Da|Đa|Ea|Êa|Ga",
        "Ở|Pa|Quy|Tơ|Tu|Tư|Xa|Yên",
        "La|Là|Lả|Lã|Lá|Lạ|Lan",
        "Lê|Lề|Lể|Lễ|Lế|Lệ|Lên",
        "Hoa|Hòa|Hóa|Hoài|Hoàn|Hoàng",
        "Tân An|Tân Ân|Tân Bình|Tần An|Tấn An",
        "Phường 1|Phường 2|Phường 10|Phường An",
        "Xã A|Xã A 2|Xã Á",
    ],
)
def test_names_stand_in_the_order_of_the_vietnamese_dictionary(in_order: str) -> None:
    names = in_order.split("|")
    backwards = names[::-1]
    assert sorted(backwards, key=vietnamese_order) == names


@pytest.mark.parametrize("same", ["Phường 02|phường 2", "Thủ Đức|THỦ ĐỨC", "Lộc\u0020Hà|Lô\u0323c\u00a0Ha\u0300"])
def test_spellings_of_one_name_are_one_place(same: str) -> None:
    first, second = same.split("|")
    assert vietnamese_order(first) == vietnamese_order(second)


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_two_names_can_be_put_in_order(first: str, second: str) -> None:
    assert sorted([first, second], key=vietnamese_order)


def test_letters_of_other_languages_come_after_ours_in_their_own_order() -> None:
    assert sorted(["Xã β", "Xã α", "Xã Z", "Xã Ø", "Xã 9"], key=vietnamese_order) == [
        "Xã 9",
        "Xã Z",
        "Xã Ø",
        "Xã α",
        "Xã β",
    ]


# --- unranked and not scored ------------------------------------------------------------------------------------------


def mixed_group() -> list[RankedUnit]:
    indices = {"g": "60", "a": "70", "f": None, "b": "95", "c": None, "d": "99", "e": "92"}
    units = [with_index(code, index) for code, index in indices.items()]
    return rank_group(units, RankingRule(), STANDARD_GRADES, unranked=["d", "f", "g"])


def test_unranked_units_keep_index_and_grade_and_take_no_rank_from_others() -> None:
    by_code = {place.unit.code: place for place in mixed_group()}
    assert (by_code["d"].ranked, by_code["d"].rank, by_code["d"].grade) == (False, None, "Xuất sắc")
    assert by_code["d"].unit.index == 99
    assert [by_code[code].rank for code in "bea"] == [1, 2, 3]
    assert not any(place.tied for place in by_code.values())


def test_ranked_units_come_first_then_unranked_then_those_not_scored() -> None:
    assert [place.unit.code for place in mixed_group()] == ["b", "e", "a", "d", "g", "c", "f"]


def test_units_not_scored_have_neither_rank_nor_grade() -> None:
    silent = [place for place in mixed_group() if place.unit.index is None]
    assert [(place.ranked, place.rank, place.grade, place.tied) for place in silent] == [(False, None, None, False)] * 2


def test_a_unit_of_which_nothing_is_left_is_not_ranked() -> None:
    nothing = scored_by(a_set(area("1", leaf("1.1", 10))), sent(appraisal={"1.1": None}))
    (place,) = rank_group([nothing], RankingRule(), STANDARD_GRADES)
    assert (place.ranked, place.rank, place.grade) == (False, None, None)


# --- grades -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("index", "label"),
    [
        ("100", "Xuất sắc"),
        ("90", "Xuất sắc"),
        ("89.99", "Tốt"),
        ("80", "Tốt"),
        ("79.99", "Khá"),
        ("70", "Khá"),
        ("69.99", "Trung bình"),
        ("60", "Trung bình"),
        ("59.99", "Yếu"),
        ("0", "Yếu"),
    ],
)
def test_a_grade_holds_from_exactly_its_bound(index: str, label: str) -> None:
    """Source: docs/process.md, 2, Đà Nẵng (with its five bands)."""
    assert grade(index) == label


def test_a_grade_may_hold_only_over_its_bound() -> None:
    bands = (Band(label="Tốt", over=Decimal(80)), Band(label="Khá", from_=Decimal(65)), Band(label="Kém"))
    assert [grade(index, bands) for index in ("80.01", "80", "65", "64.99")] == ["Tốt", "Khá", "Khá", "Kém"]


@pytest.mark.parametrize(
    ("index", "rule", "label"),
    [
        ("89.996", {}, "Xuất sắc"),
        ("89.994", {}, "Tốt"),
        ("89.996", {"decimals": 3}, "Tốt"),
        ("89.996", {"rounding": Rounding.DOWN}, "Tốt"),
    ],
)
def test_a_grade_goes_by_the_printed_index(index: str, rule: dict[str, object], label: str) -> None:
    assert grade(index, **rule) == label


def test_the_last_grade_takes_what_is_left() -> None:
    bands = (Band(label="A", from_=Decimal(90)), Band(label="B", from_=Decimal(80)))
    assert grade("12", bands) == "B"


def test_a_group_without_bands_has_no_grades() -> None:
    assert grade("95", ()) is None


def test_a_group_may_have_its_own_bands_and_gates() -> None:
    """Bắc Kạn 2018: districts and agencies are graded by other bands. Source: docs/process.md, 2."""
    own = (Band(label="Khá", from_=Decimal(65)), Band(label="Yếu"))
    so = Group(id="so", name="Sở", criteria_set="mau", units=Selection(kind=("so",)))
    huyen = so.model_copy(update={"id": "huyen", "grades": own, "gates": ()})
    round = Round(year=2018, groups=(so, huyen), gates=(gate("Khá", area="1", under=70),))
    assert [grade("81.99", round.grades_of(group)) for group in (so, huyen)] == ["Tốt", "Khá"]
    assert [len(round.gates_of(group)) for group in (so, huyen)] == [1, 0]


# --- gates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("index", "closed", "expected"),
    [
        ("95", (), ("Xuất sắc", False)),
        ("95", ("Khá",), ("Khá", True)),
        ("95", ("Tốt", "Trung bình", "Khá"), ("Trung bình", True)),
        ("75", ("Khá",), ("Khá", False)),
        ("65", ("Khá",), ("Trung bình", False)),
        ("10", ("Xuất sắc",), ("Yếu", False)),
        ("95", ("Hạng khác",), ("Xuất sắc", False)),
    ],
)
def test_a_gate_lowers_a_grade_and_never_raises_it(
    index: str, closed: tuple[str, ...], expected: tuple[str, bool]
) -> None:
    gated = with_index("a", index, closed_gates=closed)
    grade, is_gated = expected
    assert grade_of(gated, RankingRule(), STANDARD_GRADES) == (grade, f"khống chế ở {grade}" if is_gated else None)


def test_a_gate_takes_no_rank_away() -> None:
    units = [with_index("a", 95, closed_gates=("Yếu",)), with_index("b", 90)]
    ranked = rank_group(units, RankingRule(), STANDARD_GRADES)
    assert [(place.unit.code, place.rank, place.grade, place.gated) for place in ranked] == [
        ("a", 1, "Yếu", True),
        ("b", 2, "Xuất sắc", False),
    ]


# --- for all groups ---------------------------------------------------------------------------------------------------

INDICES = st.lists(st.decimals(0, 50, places=3), max_size=12)
TIES = st.sampled_from(Ties)


def units_with(indices: Sequence[Decimal]) -> list[ScoredUnit]:
    return [with_index(f"xa-{place:02}", index, survey=place % 3) for place, index in enumerate(indices)]


@given(INDICES, TIES, st.sampled_from(RankOn), st.randoms())
def test_the_order_of_the_units_changes_nothing(
    indices: list[Decimal], ties: Ties, rank_on: RankOn, chance: object
) -> None:
    rule = RankingRule(ties=ties, rank_on=rank_on)
    units = units_with(indices)
    mixed = list(units)
    chance.shuffle(mixed)
    in_order, shuffled = (
        rank_group(given, rule, STANDARD_GRADES, tie_break=["survey", "name"]) for given in (units, mixed)
    )
    assert shuffled == in_order


@given(INDICES, TIES, st.decimals(0, 50, places=3))
def test_the_same_points_more_for_all_keep_all_ranks(indices: list[Decimal], ties: Ties, more: Decimal) -> None:
    assert ranks(units_with(indices), ties) == ranks(units_with([index + more for index in indices]), ties)


@given(INDICES, st.sampled_from(["0.1", "0.5", "2"]), TIES)
def test_another_scale_keeps_all_ranks(indices: list[Decimal], scale: str, ties: Ties) -> None:
    assert ranks(units_with(indices), ties) == ranks(units_with([index * Decimal(scale) for index in indices]), ties)


@given(INDICES)
def test_competition_ranks_count_the_better_units(indices: list[Decimal]) -> None:
    by_code = ranks(units_with(indices))
    for scored in units_with(indices):
        assert by_code[scored.code] == 1 + sum(index > scored.index for index in indices)


@given(INDICES)
def test_dense_ranks_leave_no_gap(indices: list[Decimal]) -> None:
    assert set(ranks(units_with(indices), Ties.DENSE).values()) == set(range(1, len(set(indices)) + 1))


@given(INDICES)
def test_ordinal_ranks_are_each_given_once(indices: list[Decimal]) -> None:
    assert sorted(ranks(units_with(indices), Ties.ORDINAL).values()) == list(range(1, len(indices) + 1))


@given(INDICES, TIES)
def test_a_better_index_never_has_a_worse_rank_or_grade(indices: list[Decimal], ties: Ties) -> None:
    ranked = rank_group(units_with(indices), RankingRule(ties=ties), STANDARD_GRADES)
    labels = [band.label for band in STANDARD_GRADES]
    for better, worse in pairwise(ranked):
        assert better.unit.index >= worse.unit.index
        assert better.rank <= worse.rank
        assert labels.index(better.grade) <= labels.index(worse.grade)
