"""The criteria set: its leaves, whom they apply to, bonus and penalty.

Source: docs/maths.md, 2–5.
"""

from decimal import Decimal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.criteria.sets import Block, BlockItem, CriteriaSet, Evidence, Leaf

SET = """\
id: so-2025
title: Bộ tiêu chí của các sở
areas:
  - code: "1"
    name: Chỉ đạo, điều hành
    criteria:
      - code: "1.1"
        name: Kế hoạch
        appraised_by: snv
        components:
          - {code: "1.1.1", name: Ban hành, max: 1, source: self, rule: {kind: binary}}
          - {code: "1.1.2", name: Bố trí kinh phí, max: 2, source: self, rule: {kind: binary},
             appraised_by: stc, evidence: optional, not_applicable: {units: [vpub]}}
      - {code: "1.2", name: Xử lý đơn thư, max: 3, source: register, rule: {kind: points},
         not_applicable: {by_event: true}}
  - code: "2"
    name: Thủ tục hành chính
    not_applicable: {kinds: [ban], units: [ttra]}
    criteria:
      - code: "2.1"
        name: Một cửa
        not_applicable: {units: [vpub], by_event: true}
        components:
          - {code: "2.1.1", name: Đúng hạn, max: 20, source: external, rule: {kind: proportional}}
      - {code: "2.2", name: Hài lòng, max: 10, source: survey, rule: {kind: survey, scale: 5}}
bonus:
  cap: 2
  items:
    - {code: T1, name: Sáng kiến, each: 0.5, max: 1}
    - {code: T2, name: Giải thưởng, each: 1}
penalty:
  cap: 3
  items:
    - {code: P1, name: Bị phê bình, each: 1}
"""


@pytest.fixture(scope="module")
def criteria_set() -> CriteriaSet:
    return CriteriaSet.model_validate(yaml.safe_load(SET))


def leaf(criteria_set: CriteriaSet, code: str) -> Leaf:
    return criteria_set.by_code[code]


def test_leaves_are_components_and_criteria_scored_directly_in_the_order_of_the_set(criteria_set: CriteriaSet) -> None:
    assert [one.code for one in criteria_set.leaves] == ["1.1.1", "1.1.2", "1.2", "2.1.1", "2.2"]


def test_a_leaf_knows_its_place(criteria_set: CriteriaSet) -> None:
    assert [(one.area, one.criterion) for one in criteria_set.leaves] == [
        ("1", "1.1"),
        ("1", "1.1"),
        ("1", "1.2"),
        ("2", "2.1"),
        ("2", "2.2"),
    ]


def test_the_maximum_is_the_sum_of_the_leaves(criteria_set: CriteriaSet) -> None:
    assert criteria_set.maximum == 36


def test_a_component_is_appraised_by_its_own_agency_or_by_that_of_its_criterion(criteria_set: CriteriaSet) -> None:
    assert leaf(criteria_set, "1.1.1").appraised_by == "snv"
    assert leaf(criteria_set, "1.1.2").appraised_by == "stc"
    assert leaf(criteria_set, "1.2").appraised_by is None


def test_evidence_is_required_unless_the_set_says_otherwise(criteria_set: CriteriaSet) -> None:
    assert leaf(criteria_set, "1.1.1").evidence is Evidence.REQUIRED
    assert leaf(criteria_set, "1.1.2").evidence is Evidence.OPTIONAL


def applicable(criteria_set: CriteriaSet, unit: str, kind: str) -> list[str]:
    return [one.code for one in criteria_set.leaves if one.applies_to(unit, kind)]


def test_a_unit_with_everything_is_measured_on_the_whole_set(criteria_set: CriteriaSet) -> None:
    assert applicable(criteria_set, "stc", "so") == ["1.1.1", "1.1.2", "1.2", "2.1.1", "2.2"]


def test_an_area_does_not_apply_to_a_kind_of_units(criteria_set: CriteriaSet) -> None:
    assert applicable(criteria_set, "ban-qlkcn", "ban") == ["1.1.1", "1.1.2", "1.2"]


def test_an_area_does_not_apply_to_a_listed_unit(criteria_set: CriteriaSet) -> None:
    assert applicable(criteria_set, "ttra", "so") == ["1.1.1", "1.1.2", "1.2"]


def test_a_component_and_a_criterion_do_not_apply_to_a_listed_unit(criteria_set: CriteriaSet) -> None:
    assert applicable(criteria_set, "vpub", "so") == ["1.1.1", "1.2", "2.2"]


def test_what_may_not_have_happened_may_be_claimed(criteria_set: CriteriaSet) -> None:
    claimable = [one.code for one in criteria_set.leaves if one.may_be_claimed]
    assert claimable == ["1.2", "2.1.1"]


def test_a_claim_alone_takes_nothing_out_of_the_set(criteria_set: CriteriaSet) -> None:
    assert leaf(criteria_set, "1.2").applies_to("stc", "so")


def points(item: BlockItem, count: str) -> Decimal:
    given_points, problem = item.points(count)
    assert problem is None
    assert given_points is not None
    return given_points


def test_bonus_points_grow_by_the_case_up_to_the_items_maximum(criteria_set: CriteriaSet) -> None:
    item = criteria_set.bonus_items["T1"]
    assert [points(item, count) for count in ("0", "1", "2", "3")] == [0, Decimal("0.5"), 1, 1]


def test_an_item_without_a_maximum_grows_with_every_case(criteria_set: CriteriaSet) -> None:
    assert points(criteria_set.penalty_items["P1"], "7") == 7


STEPS = ({"from": 5, "points": "3"}, {"from": 2, "points": "1.5"})


def test_an_item_by_steps_gives_the_points_of_the_step_that_the_cases_reach_and_says_so() -> None:
    item = BlockItem.model_validate({"code": "T1", "name": "Sáng kiến", "steps": STEPS})
    assert [points(item, str(count)) for count in range(7)] == [
        0,
        0,
        Decimal("1.5"),
        Decimal("1.5"),
        Decimal("1.5"),
        3,
        3,
    ]
    assert item.sentence == "từ 5 trở lên: 3 điểm; từ 2 đến 4: 1,5 điểm; dưới 2: 0 điểm"


def test_a_block_without_a_cap_counts_everything_and_comes_back_as_it_was_written() -> None:
    item = {"code": "T1", "name": "Sáng kiến", "each": "2"}
    block = Block.model_validate({"capped": False, "items": [item]})
    assert (block.limited(Decimal(44)), Block.model_validate({"cap": 2, "items": [item]}).limited(Decimal(44))) == (
        44,
        2,
    )
    assert Block.model_validate_json(block.model_dump_json(by_alias=True)) == block


@given(st.integers(0, 50), st.integers(0, 50))
def test_more_cases_never_give_fewer_bonus_points(cases: int, added: int) -> None:
    item = BlockItem(code="T1", name="Sáng kiến", each=Decimal("0.3"), max=Decimal("2.5"))
    assert 0 <= points(item, str(cases)) <= points(item, str(cases + added)) <= Decimal("2.5")


@pytest.mark.parametrize(("count", "said"), [("-1", "-1"), ("1.5", "1,5")])
def test_what_is_no_count_gives_a_finding(criteria_set: CriteriaSet, count: str, said: str) -> None:
    given_points, problem = criteria_set.bonus_items["T1"].points(count)
    assert given_points is None
    assert problem is not None
    assert problem.what == f"Sáng kiến: {said} không phải là số đếm (số nguyên từ 0 trở lên)"


def test_a_set_without_blocks_has_no_items() -> None:
    declared = yaml.safe_load(SET)
    del declared["bonus"], declared["penalty"]
    without = CriteriaSet.model_validate(declared)
    assert (without.bonus_items, without.penalty_items) == ({}, {})


def test_the_fact_of_an_item_asks_how_many_cases(criteria_set: CriteriaSet) -> None:
    field = criteria_set.bonus_items["T1"].field
    assert (field.id, field.label, field.read("2")) == ("count", "Sáng kiến", "2")


@pytest.mark.parametrize(("written", "code"), [(Decimal("1.10"), "1.10"), (1, "1"), ("1.1a", "1.1a"), ("T1", "T1")])
def test_a_code_is_taken_as_it_is_written(written: object, code: str) -> None:
    assert BlockItem(code=written, name="Mục", each=Decimal(1)).code == code  # type: ignore[arg-type]


@pytest.mark.parametrize("code", ["", "1 1", "..", "-1", "1/2", "x" * 41, True, None])
def test_a_code_that_could_not_name_a_file_is_refused(code: object) -> None:
    with pytest.raises(ValidationError):
        BlockItem(code=code, name="Mục", each=Decimal(1))  # type: ignore[arg-type]


def test_a_set_written_as_json_is_read_back_as_the_same_set(criteria_set: CriteriaSet) -> None:
    assert CriteriaSet.model_validate_json(criteria_set.model_dump_json()) == criteria_set
