"""The nearest change that brings more points: what an officer is told to do, and the facts after it."""

from decimal import Decimal
from typing import Any

import pytest

from models.criteria.rules.any_rule import RULE_KINDS
from models.criteria.rules.base import Better, Rule
from models.criteria.rules.ratios import RatioRule
from tests.models.criteria.test_formulas import Case, by_the_rule, canonical, random_cases
from tests.models.criteria.test_rules import (
    ABCD,
    BY_PLAN,
    CA_MAU,
    CHOICE,
    DAYS,
    DONE,
    FULL_FROM_85,
    GROWING,
    INDEX_766,
    MEAN_1_TO_5,
    YEAR,
    outcome_of,
    parts,
    rule,
)

Tiers = list[dict[str, Any]]
ITEMS = [{"id": id, "label": label} for id, label in (("a", "kế hoạch"), ("b", "báo cáo"), ("c", "hội nghị"))]
SOME_ITEMS = rule("checklist", items=ITEMS)
ALL_ITEMS = rule("checklist", items=ITEMS, all_required=True)
FLOOR_70 = rule("proportional", floor=70, missed="open")
FEWEST_DAYS = rule("min_max", value="Số ngày trung bình", unit="ngày", lower=True)
BEST_SHARE = rule("min_max", of="ratio", missed="open")
MENDABLE = rule(
    "tiers",
    missed="open",
    tiers=[{"from": 85, "points": 10}, {"from": 60, "points": 10, "pro_rata": 85}, {"points": 0}],
)


def scale(*tiers: dict[str, Any], **settings: Any) -> Rule:
    return rule("tiers", tiers=[*tiers, {"points": 0}], **settings)


def better(a_rule: Rule, facts: dict[str, str], maximum: object = 2, points: object = None) -> Better | None:
    """The nearest change of facts that make sense, or of other points that were given for them."""
    reached = outcome_of(a_rule, maximum, **facts).points if points is None else Decimal(str(points))
    assert reached is not None
    return a_rule.better(facts, reached, Decimal(str(maximum)))


@pytest.mark.parametrize(
    ("a_rule", "facts", "words", "after"),
    [
        (DONE, {"done": "0"}, "đạt yêu cầu “Đạt yêu cầu”", {"done": "1"}),
        (CHOICE, {"option": "nothing"}, "đạt mức “Một phần”", {"option": "part"}),
        (CHOICE, {"option": "part"}, "đạt mức “Đầy đủ”", {"option": "full"}),
        (SOME_ITEMS, {"a": "1", "b": "0", "c": "0"}, "hoàn thành: báo cáo", {"b": "1"}),
        (ALL_ITEMS, {"a": "1", "b": "0", "c": "0"}, "hoàn thành: báo cáo; hội nghị", {"b": "1", "c": "1"}),
        (INDEX_766, {"value": "80.1"}, "nâng Chỉ số 766 lên 81,1", {"value": "81.1"}),
        (INDEX_766, {"value": "99.5"}, "nâng Chỉ số 766 lên 100", {"value": "100"}),
        (MEAN_1_TO_5, {"mean": "3.5"}, "nâng điểm trung bình khảo sát lên 3,6", {"mean": "3.6"}),
        (MEAN_1_TO_5, {"mean": "4.95"}, "nâng điểm trung bình khảo sát lên 5", {"mean": "5"}),
        (
            ABCD,
            {"a": "1", "b": "2", "c": "1", "d": "0"},
            "mỗi phiếu chuyển từ “Bình thường” sang “Rất hài lòng”",
            {"a": "2", "c": "0"},
        ),
        (
            FEWEST_DAYS,
            {"value": "6", "group_best": "4", "group_worst": "12"},
            "đưa Số ngày trung bình xuống 4 ngày, bằng đơn vị tốt nhất nhóm",
            {"value": "4"},
        ),
        (
            rule("min_max", value="Số sáng kiến"),
            {"value": "6", "group_best": "9", "group_worst": "2"},
            "đưa Số sáng kiến lên 9, bằng đơn vị tốt nhất nhóm",
            {"value": "9"},
        ),
        (
            BEST_SHARE,
            {**parts(8, 10), "group_best": "90", "group_worst": "60"},
            "thêm 1 “Số đạt yêu cầu”",
            {"numerator": "9"},
        ),
        # a number: to the whole number on the other side of the bound
        (DAYS, {"value": "12"}, "đưa Số ngày xử lý bình quân xuống 10 ngày", {"value": "10"}),
        (DAYS, {"value": "7"}, "đưa Số ngày xử lý bình quân xuống 4 ngày", {"value": "4"}),
        (scale({"to": 0, "points": 2}, of="number"), {"value": "3"}, "đưa Giá trị xuống 0", {"value": "0"}),
        (scale({"over": 3, "points": 2}, of="number"), {"value": "3"}, "đưa Giá trị lên 4", {"value": "4"}),
        # a ratio that can still be made good
        (FLOOR_70, parts(5, 10), "thêm 2 “Số đạt yêu cầu”", {"numerator": "7"}),
        (FLOOR_70, parts(70, 100), "thêm 5 “Số đạt yêu cầu”", {"numerator": "75"}),
        (FLOOR_70, parts(99, 100), "thêm 1 “Số đạt yêu cầu”", {"numerator": "100"}),
        (scale({"from": 100, "points": 2}, missed="open"), parts(0, 1), "thêm 1 “Số đạt yêu cầu”", {"numerator": "1"}),
        (scale({"to": 0, "points": 2}, missed="open"), parts(2, 10), "bớt 2 “Số đạt yêu cầu”", {"numerator": "0"}),
        (scale({"under": 5, "points": 2}, missed="open"), parts(9, 100), "bớt 5 “Số đạt yêu cầu”", {"numerator": "4"}),
        (
            scale({"over": 100, "points": 2}, may_exceed=True),
            parts(9, 10),
            "thêm 2 “Số đạt yêu cầu”",
            {"numerator": "11"},
        ),
        # one of which nobody has said whether it can
        (
            CA_MAU,
            parts(9, 10),
            "thêm 1 “Số đạt yêu cầu” trong số đã có; nếu không khắc phục được thì cần thêm 1 trường hợp mới đều được "
            "tính",
            {"numerator": "10"},
        ),
        (
            scale({"from": 100, "points": 2}),
            parts(9, 10),
            "thêm 1 “Số đạt yêu cầu” trong số đã có; nếu không khắc phục được thì không bù được bằng trường hợp mới",
            {"numerator": "10"},
        ),
        (
            scale({"to": 0, "points": 2}),
            parts(2, 10),
            "bớt 2 “Số đạt yêu cầu” trong số đã có; nếu không khắc phục được thì không bù được bằng trường hợp mới",
            {"numerator": "0"},
        ),
        # one that stays as it is: by new cases only
        (
            scale({"to": 1, "points": 2}, missed="final"),
            parts(2, 100),
            "thêm 100 trường hợp mới đều không bị tính vào “Số đạt yêu cầu”",
            {"denominator": "200"},
        ),
        (
            scale({"over": 90, "points": 2}, missed="final"),
            parts(9, 10),
            "thêm 1 trường hợp mới đều được tính vào “Số đạt yêu cầu”",
            {"numerator": "10", "denominator": "11"},
        ),
        # a step on which points grow: a tenth of a point farther, else the step above
        (MENDABLE, parts(1200, 2000), "thêm 17 “Số đạt yêu cầu”", {"numerator": "1217"}),
    ],
)
def test_the_nearest_change_is_said_with_the_facts_after_it(
    a_rule: Rule, facts: dict[str, str], words: str, after: dict[str, str]
) -> None:
    told = better(a_rule, facts)
    assert told is not None
    assert (told.words, told.facts) == (words, {**facts, **after})


UP_TO_90 = scale({"from": 85, "points": 10}, {"from": 60, "points": 8, "pro_rata": 90}, missed="open")
OVER_80 = scale({"over": 80, "points": 10}, {"from": 60, "points": 8, "pro_rata": 80}, missed="open")


@pytest.mark.parametrize(
    ("a_rule", "numerator", "wanted"),
    [
        (UP_TO_90, 60_000, 61_125),  # 0,1 of 8 points: 1,125 %
        (UP_TO_90, 84_500, 85_000),  # less than that to the step above
        (UP_TO_90, 50_000, 60_000),
        (OVER_80, 75_000, 76_000),
        (OVER_80, 79_000, 80_001),
    ],
)
def test_on_a_step_that_grows_a_tenth_of_a_point_is_next_unless_the_step_above_is_nearer(
    a_rule: Rule, numerator: int, wanted: int
) -> None:
    told = better(a_rule, parts(numerator, 100_000), 10)
    assert told is not None
    assert told.facts["numerator"] == str(wanted)


@pytest.mark.parametrize(
    ("a_rule", "facts"),
    [
        (CHOICE, {"option": "full"}),
        (SOME_ITEMS, {"a": "1", "b": "1", "c": "1"}),
        (ABCD, {"a": "9", "b": "0", "c": "0", "d": "0"}),
        (CA_MAU, parts(95, 100)),
        (rule("proportional"), parts(10, 10)),
        (FULL_FROM_85, parts(85, 100)),
        (scale({"from": 60, "points": 2, "pro_rata": 85}), parts(90, 100)),
        (FEWEST_DAYS, {"value": "4", "group_best": "4", "group_worst": "12"}),
        (rule("points"), {"points": "1"}),
        (rule("on_time", deadline="01-31"), {"date": "2025-02-01"}),
        (rule("deduction", cases=[{"id": "late", "label": "Chậm", "points": 1}]), {"late": "1"}),
        # no whole number reaches it
        (scale({"over": 100, "points": 2}), parts(9, 10)),
        (scale({"under": 0, "points": 2}), parts(9, 10)),
        (scale({"under": 0, "points": 2}, of="number"), {"value": "3"}),
        (scale({"from": 100, "points": 2}, missed="final"), parts(9, 10)),
        # nothing arose that could be made good
        (scale({"over": 90, "points": 2}, of_nothing="zero"), parts(0, 0)),
    ],
)
def test_where_no_change_can_bring_more_there_is_none(a_rule: Rule, facts: dict[str, str]) -> None:
    assert better(a_rule, facts) is None


def test_points_that_others_gave_are_what_is_to_be_bettered() -> None:
    assert better(CA_MAU, parts(80, 100), points=2) is None
    told = better(CA_MAU, parts(95, 100), points=1)
    assert told is None, "the facts are on the best step already"
    given = better(BY_PLAN, {"case": "part", **parts(80, 100)}, points="0.5")
    assert given is not None
    assert given.facts["numerator"] == "90"


def test_figures_that_make_no_sense_have_nothing_better() -> None:
    assert BEST_SHARE.better(parts(12, 10), Decimal(0), Decimal(2)) is None


def test_money_that_lies_on_the_floor_is_not_sent_there() -> None:
    told = better(rule("proportional", floor="43.98"), {"numerator": "281.472", "denominator": "640"})
    assert told is not None
    assert told.facts["numerator"] == "313.472"


@pytest.mark.parametrize("decimals", [0, 1])
def test_what_is_told_as_better_outlasts_the_rounding_of_the_points(decimals: int) -> None:
    for a_rule in (rule("proportional", decimals=decimals), GROWING.model_copy(update={"decimals": decimals})):
        told = better(a_rule, parts(700, 1000), 10)
        assert told is not None
        assert outcome_of(a_rule, 10, **told.facts) > outcome_of(a_rule, 10, **parts(700, 1000))


@pytest.mark.parametrize("kind", sorted(RULE_KINDS.keys() - {"by_fact"}))
def test_what_is_told_as_better_brings_more_points(kind: str) -> None:
    for case in random_cases(kind, rules=10):
        points = by_the_rule(case)
        if not isinstance(points, Decimal) or points >= case.maximum or None in case.cells:
            continue
        if isinstance(case.rule, RatioRule) and case.rule.rounded(case.maximum) != case.maximum:
            continue
        facts = facts_of(case)
        told = case.rule.better(facts, points, case.maximum)
        after = told and case.rule.points(told.facts, case.maximum, YEAR).points
        assert told is None or (after is not None and after > points), (case.rule.model_dump(), case.cells, told)


def facts_of(case: Case) -> dict[str, str]:
    stated = {field.id: canonical(field, value) for field, value in zip(case.rule.fields, case.cells, strict=True)}
    return {id: text for id, text in stated.items() if text is not None}
