"""What stands out in a group: areas side by side, places in one area, shares of criteria."""

from dataclasses import replace
from decimal import Decimal

from models.criteria.sets import CriteriaSet
from models.province.rounds import RankingRule
from models.records.results import Basis, LeafPoints
from tasks.scoring.analysis import area_ranks, criterion_shares
from tasks.scoring.areas import AreaColumn, area_columns
from tests.tasks.building import compared

RULE = RankingRule()


def test_an_area_has_the_mean_of_the_printed_indices_of_the_ranked_units() -> None:
    group = compared({"xa-a": 90, "xa-b": "80.006", "xa-c": 10}, {}, unranked=["xa-c"])
    assert area_columns(group, RULE) == (
        AreaColumn("1", group.units[0].areas[0].name, Decimal(100), Decimal("85.005")),
    )


def test_an_area_is_worth_what_a_unit_can_get_in_it_at_most() -> None:
    group = compared({"xa-a": 90, "xa-b": 80}, {})
    first, second = group.units
    smaller = replace(second, areas=(replace(second.areas[0], max_points=Decimal(60)),))
    assert area_columns(replace(group, units=(first, smaller)), RULE)[0].max_points == 100


def test_an_area_that_applies_to_no_ranked_unit_has_no_mean() -> None:
    group = compared({"xa-a": 90}, {})
    (only,) = group.units
    (area,) = only.areas
    without = replace(group, units=(replace(only, areas=(replace(area, index=None),)),))
    assert area_columns(without, RULE)[0].mean is None


def test_places_in_an_area_are_shared_by_equal_indices_and_not_given_to_unranked_units() -> None:
    group = compared({"xa-a": 90, "xa-b": 80, "xa-c": 90, "xa-d": 95}, {}, unranked=["xa-d"])
    assert area_ranks(group, "1", RULE) == {"xa-a": 1, "xa-c": 1, "xa-b": 3}
    assert area_ranks(group, "2", RULE) == {}


def test_a_criterion_is_the_share_of_its_leaves_that_apply() -> None:
    leaf = {"source": "self", "rule": {"kind": "points"}}
    parts = [{"code": f"1.1.{n}", "name": f"Mục {n}", "max": n, **leaf} for n in (1, 2, 3)]
    criteria = [
        {"code": "1.1", "name": "Kế hoạch", "components": parts},
        {"code": "1.2", "name": "Tuyên truyền", "max": 4, **leaf},
    ]
    area = {"code": "1", "name": "Chỉ đạo", "criteria": criteria}
    declared = CriteriaSet.model_validate({"id": "mau", "title": "Bộ mẫu", "areas": [area]})
    (unit,) = compared({"xa-a": 90}, {}).units
    leaves = (
        LeafPoints("1.1.1", Decimal(1), Decimal(1), Basis.APPRAISAL),
        LeafPoints("1.1.2", Decimal(2), None, Basis.NOT_APPLICABLE),
        LeafPoints("1.1.3", Decimal(3), Decimal(2), Basis.APPRAISAL),
        LeafPoints("1.2", Decimal(4), None, Basis.NOT_APPLICABLE),
    )
    assert criterion_shares(replace(unit, leaves=leaves), declared) == {"1.1": Decimal(75)}
