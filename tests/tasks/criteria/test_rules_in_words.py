"""What a set says of a rule in its own words, printed in an annex and read again, is the same rule."""

from decimal import Decimal

from hypothesis import given

from models.criteria.rules.any_rule import RULE_KINDS
from models.criteria.rules.base import Rule
from tasks.criteria.rule_texts.clauses import ItemLine, RuleText
from tasks.criteria.rule_texts.meanings import Recognised
from tasks.criteria.rule_texts.recognising import read_rule
from tests.tasks.criteria import rules

YEAR = 2025


def read_again(rule: Rule, maximum: Decimal, *, by_lines: bool = False) -> object:
    sentence = rule.sentence(maximum, YEAR)
    lines = sentence.split("; ") if by_lines and "(" not in sentence else [sentence]
    return read_rule(RuleText(map(ItemLine, lines), maximum, survey=rule.of_survey))


@given(rules.ruled())
def test_a_rule_in_our_own_words_is_read_as_itself(ruled: tuple[Rule, Decimal]) -> None:
    rule, maximum = ruled
    assert rule.faults(maximum) == []
    outcome = read_again(rule, maximum)
    assert isinstance(outcome, Recognised), (rule.sentence(maximum, YEAR), outcome)
    assert outcome.rule == rule, rule.sentence(maximum, YEAR)


@given(rules.ruled())
def test_it_is_the_same_with_each_part_on_a_line_of_its_own(ruled: tuple[Rule, Decimal]) -> None:
    rule, maximum = ruled
    outcome = read_again(rule, maximum, by_lines=True)
    assert isinstance(outcome, Recognised), rule.sentence(maximum, YEAR)
    assert outcome.rule == rule


def test_every_kind_of_rule_there_is_is_tried() -> None:
    assert set(rules.KINDS) == set(RULE_KINDS)
