"""The words in which annexes print rules: each is read as the one rule it means, or as a doubt with its reason."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from pydantic import TypeAdapter

from models.criteria.rules.any_rule import AnyRule
from models.criteria.rules.measured import Measured
from models.criteria.rules.tiers import TiersRule
from models.numbers import spoken_or_none
from tasks.criteria.rule_texts.clauses import ItemLine, RuleText
from tasks.criteria.rule_texts.meanings import Doubt, Recognised, ids_for
from tasks.criteria.rule_texts.recognising import GIVEN, MOST_NEAREST, read_rule

CORPUS = Path(__file__).parent / "rule_texts.txt"
RULE = TypeAdapter(AnyRule)


@dataclass(frozen=True)
class Printed:
    """A text of the corpus: its maximum and lines, and the rule it means, or why it is not sure."""

    maximum: Decimal
    lines: tuple[str, ...]
    meant: str
    doubted: bool

    @property
    def text(self) -> RuleText:
        survey = self.lines[0] == "ĐTXHH"
        split = [line.partition("¦") for line in self.lines[survey:]]
        lines = [ItemLine(text, spoken_or_none(beside) if beside else None) for text, _, beside in split]
        return RuleText(lines, self.maximum, survey=survey)


def corpus() -> list[Printed]:
    blocks = CORPUS.read_text(encoding="utf-8").split("\n\n")[1:]
    found = []
    for block in blocks:
        maximum, *lines, last = block.strip().split("\n")
        found.append(Printed(Decimal(maximum), tuple(lines), last[2:], doubted=last.startswith("?")))
    return found


SURE = [printed for printed in corpus() if not printed.doubted]
UNSURE = [printed for printed in corpus() if printed.doubted]


def test_the_corpus_is_large_enough_to_mean_something() -> None:
    assert len(SURE) + len(UNSURE) >= 80


@pytest.mark.parametrize("printed", SURE, ids=lambda printed: " ".join(printed.lines)[:60])
def test_a_text_that_can_mean_one_rule_is_that_rule(printed: Printed) -> None:
    meant = RULE.validate_python(yaml.safe_load(printed.meant))
    outcome = read_rule(printed.text)
    assert isinstance(outcome, Recognised), outcome
    assert outcome.rule == meant
    assert meant.faults(printed.maximum) == []


@pytest.mark.parametrize("printed", UNSURE, ids=lambda printed: printed.lines[0][:60])
def test_a_text_that_is_not_sure_says_why_and_gives_up_to_three_readings(printed: Printed) -> None:
    outcome = read_rule(printed.text)
    assert isinstance(outcome, Doubt), outcome
    assert printed.meant in outcome.why
    assert outcome.nearest[-1] == GIVEN
    assert len(outcome.nearest) <= MOST_NEAREST
    assert all(rule.faults(printed.maximum) == [] for rule in outcome.nearest)


def test_the_readings_of_an_edge_that_belongs_twice_differ_at_that_edge() -> None:
    outcome = read_rule(RuleText([ItemLine("Từ 90% trở lên: 2; từ 70% đến 90%: 1; dưới 70%: 0")], Decimal(2)))
    assert isinstance(outcome, Doubt)
    edge = {"numerator": "90", "denominator": "100"}
    assert [rule.points(edge, Decimal(2), 2025).points for rule in outcome.nearest[:2]] == [2, 1]


def test_the_readings_of_several_unclear_edges_leave_the_clear_ones_alone() -> None:
    printed = "Từ 95% trở lên: 2; từ 90% đến dưới 95%: 1,5; từ 80% đến 90%: 1; từ 70% đến 79%: 0,5; dưới 70%: 0"
    outcome = read_rule(RuleText([ItemLine(printed)], Decimal(2)))
    assert isinstance(outcome, Doubt)
    upper, lower = outcome.nearest[:2]
    for value, points in (("95", (2, 2)), ("90", (1.5, 1)), ("80", (1, 1)), ("79.5", (0.5, 0.5)), ("70", (0.5, 0.5))):
        ratio = {"numerator": value, "denominator": "100"}
        assert (upper.points(ratio, Decimal(2), 2025).points, lower.points(ratio, Decimal(2), 2025).points) == points


def test_a_rate_without_the_sign_is_a_rate() -> None:
    steps = [ItemLine("Từ 90 trở lên: 1"), ItemLine("Dưới 90: 0")]
    rate = read_rule(RuleText(steps, Decimal(1), "Tỷ lệ hồ sơ đúng hạn trên tổng số hồ sơ"))
    number = read_rule(RuleText(steps, Decimal(1), "Điểm kiểm tra"))
    assert isinstance(rate, Recognised)
    assert isinstance(number, Recognised)
    assert isinstance(rate.rule, TiersRule)
    assert (rate.rule.of, rate.rule.denominator) == (Measured.RATIO, "tổng số hồ sơ")
    assert isinstance(number.rule, TiersRule)
    assert number.rule.of is Measured.NUMBER


def test_a_survey_without_words_is_a_doubt_of_its_own() -> None:
    outcome = read_rule(RuleText([], Decimal(3), "Mức độ hài lòng", survey=True))
    assert isinstance(outcome, Doubt)
    assert "điều tra xã hội học" in outcome.why


def test_ids_are_unlike_and_begin_with_a_letter() -> None:
    assert ids_for(["6 tháng", "Đúng hạn", "đúng hạn", "–"]) == ["muc_6_thang", "dung_han", "dung_han_2", "muc"]


@pytest.mark.parametrize(
    ("name", "numerator", "denominator"),
    [
        ("Tỷ lệ hồ sơ đúng hạn trên tổng số hồ sơ đã giải quyết", "số hồ sơ đúng hạn", "tổng số hồ sơ đã giải quyết"),
        ("Tỷ lệ phòng, đơn vị được kiểm tra trong năm", "Số đạt yêu cầu", "Tổng số"),  # the year is no whole
    ],
)
def test_a_name_that_says_what_is_divided_by_what_names_both(name: str, numerator: str, denominator: str) -> None:
    outcome = read_rule(RuleText([ItemLine("Từ 90% trở lên: 1; dưới 90%: 0")], Decimal(1), name))
    assert isinstance(outcome, Recognised)
    assert isinstance(outcome.rule, TiersRule)
    assert (outcome.rule.numerator, outcome.rule.denominator) == (numerator, denominator)
    assert bool(outcome.told) is (denominator == "Tổng số")
