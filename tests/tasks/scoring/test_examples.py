"""Examples of calculations: for every kind of rule, with the points that the rule itself gives."""

from decimal import Decimal
from random import Random
from typing import Any

import pytest

from models.criteria.rules.any_rule import RULE_KINDS
from models.criteria.sets import Evidence, Leaf, Source
from tasks.scoring.examples import Example, example_of
from tests.models.criteria.test_formulas import MAKERS, RULE, YEAR

RULES = 12
OF_PERSONS = {kind for kind in RULE_KINDS if RULE_KINDS[kind].__name__ == "PointsRule"}


def leaf_of(rule: Any, maximum: Decimal) -> Leaf:
    return Leaf("1.1", "Một tiêu chí", maximum, Source.SELF, rule, "1", "1.1", Evidence.REQUIRED, None, ())


def example(written: dict[str, Any], maximum: str = "2") -> Example:
    made = example_of(leaf_of(RULE.validate_python(written), Decimal(maximum)), YEAR)
    assert made is not None
    return made


@pytest.mark.parametrize("kind", sorted(RULE_KINDS.keys() - OF_PERSONS))
def test_every_kind_of_rule_has_an_example_whose_points_are_its_own(kind: str) -> None:
    random = Random(f"examples {kind}")
    partial = 0
    for _ in range(RULES):
        maximum = Decimal(random.choice(("0.5", "1", "2.5", "10")))
        rule = RULE.validate_python(MAKERS[kind](random, maximum))
        made = example_of(leaf_of(rule, maximum), YEAR)
        assert made is not None, rule
        assert 0 <= made.points <= maximum
        assert made.figures
        assert made.reckoned
        labels = {field.label: field for field in rule.fields}
        facts = {labels[label].id: labels[label].read(shown) for label, shown in made.figures}
        if not rule.compares_units:
            assert rule.points(facts, maximum, YEAR).points == made.points, (rule, made)
        partial += 0 < made.points < maximum
    assert partial or kind == "binary", "an example of a part of the points shows most"


def test_points_that_a_person_gives_have_no_example() -> None:
    assert [example_of(leaf_of(RULE.validate_python({"kind": kind}), Decimal(1)), YEAR) for kind in OF_PERSONS] == [
        None
    ]


def test_an_example_reads_as_a_calculation() -> None:
    made = example({"kind": "proportional", "numerator": "số hồ sơ đúng hạn", "denominator": "tổng số hồ sơ"})
    assert made.figures == (("số hồ sơ đúng hạn", "174"), ("tổng số hồ sơ", "200"))
    assert made.points == Decimal("1.74")
    assert "174/200 = 87%" in made.reckoned


def test_a_deadline_is_shown_by_a_day_too_late() -> None:
    made = example(
        {"kind": "on_time", "deadline": "01-15", "label": "Ngày ban hành", "late": [{"points": 1, "days": 15}]}
    )
    assert made.figures == (("Ngày ban hành", "20/01/2025"),)
    assert made.points == 1
