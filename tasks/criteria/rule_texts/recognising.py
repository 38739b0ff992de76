"""The printed words of a rule → the rule, where they can mean nothing else; else why not, and the nearest three.

Each kind is known by one file; the first that knows a text speaks for it. Whatever it says is then held against the
text once more: a number that is printed and has no place in the rule makes it a doubt, and so does a rule that the
set's own check would refuse.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from models.criteria.rules.base import Rule
from models.criteria.rules.points import PointsRule
from models.numbers import HUNDRED, ZERO, UnreadableNumberError, plain, spoken_number
from tasks.criteria.rule_texts import (
    by_case,
    cases,
    choices,
    comparisons,
    direct,
    in_time,
    lists,
    other_indices,
    scales,
    surveys,
    yes_no,
)
from tasks.criteria.rule_texts.clauses import RuleText
from tasks.criteria.rule_texts.meanings import Doubt, Recognised, Recogniser

MOST_NEAREST = 3
GIVEN = PointsRule(kind="points")
_A_CASE = re.compile(r"(?:^|(?<=; )|(?<=cứ )|(?<=mỗi )|(?<=cho )|(?<=thiếu )|(?<=chậm ))0?1(?= [^\W\d])", re.IGNORECASE)
_A_PERIOD = re.compile(r"\b(?<=mỗi )(?:quý|kỳ)(?: [^\W\d]+){0,2} 0?1(?= (?:lần|cuộc|kỳ|báo cáo))", re.IGNORECASE)
_ENOUGH = re.compile(r"\bđủ (?:cả |số lượng )?\d+(?= [^\W\d])", re.IGNORECASE)
_YEAR = re.compile(r"\bnăm \d{4}\b", re.IGNORECASE)
_NUMBERS = re.compile(r"\d+(?:[.,]\d+)?")


def read_rule(text: RuleText) -> Recognised | Doubt:
    """The rule that a text says, or why it is not sure and what it may mean."""
    if not text.lines and not text.survey:
        return Doubt("không có dòng nào nói cách chấm", (GIVEN,))
    if any(clause.told_twice for clause in text.clauses):
        return _with_nearest(Doubt("điểm ghi trong câu khác điểm ghi ở cột điểm"), text)
    for recognise in RECOGNISERS:
        outcome = recognise(text)
        if isinstance(outcome, Recognised):
            doubt = _held_against(outcome.rule, text)
            return outcome if doubt is None else _with_nearest(doubt, text)
        if outcome is not None:
            return _with_nearest(outcome, text)
    return _with_nearest(Doubt("không có cách chấm quen thuộc nào khớp với cả đoạn"), text)


def _held_against(rule: Rule, text: RuleText) -> Doubt | None:
    """What speaks against a rule that was recognised."""
    faults = rule.faults(text.maximum)
    if faults:
        return Doubt(faults[0].what, (rule,))
    known = {text.maximum, ZERO, HUNDRED, *_numbers_in(rule), *_spoken(text.name)}
    printed = _YEAR.sub(" ", _A_PERIOD.sub(" ", _A_CASE.sub(" ", text.whole)))
    if rule.takes_off:
        printed = _ENOUGH.sub(" ", printed)  # how many there should be, where each that lacks costs something
    strange = [number for number in _spoken(printed) if number not in known]
    if strange:
        return Doubt(f"số {plain(strange[0]).replace('.', ',')} trong câu không có chỗ trong quy tắc đọc được", (rule,))
    return None


def _numbers_in(rule: Rule) -> Iterator[Decimal]:
    """Every number that a rule holds, those in its labels and dates too, and what the words of its kind add."""
    for word in _words(rule.model_dump(mode="json")):
        for number in _spoken(word):
            yield number
            yield number + 1  # late from the day after, before the day after
            yield number - 1


def _words(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if items := value.get("items"):
            yield str(len(items))  # `số mục đạt ÷ 5`
        for inner in value.values():
            yield from _words(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _words(inner)
    elif not isinstance(value, bool) and value is not None:
        yield str(value)


def _spoken(text: str) -> Iterator[Decimal]:
    for number in _NUMBERS.findall(text):
        try:
            yield spoken_number(number)
        except UnreadableNumberError:
            yield Decimal(number.replace(".", "").replace(",", ""))


def _with_nearest(doubt: Doubt, text: RuleText) -> Doubt:
    """The doubt with three readings at most, none of which the set's check would refuse; the last gives points."""
    listed = choices.choices_of(text)
    nearest = [*doubt.nearest, *([listed] if listed else []), GIVEN]
    possible = [rule for rule in nearest if not rule.faults(text.maximum)]
    unlike = list({rule.model_dump_json(): rule for rule in possible}.values())
    kept = unlike[:MOST_NEAREST]
    return doubt._replace(nearest=tuple(kept if GIVEN in kept else [*kept[: MOST_NEAREST - 1], GIVEN]))


RECOGNISERS: tuple[Recogniser, ...] = (
    direct.recognise,
    by_case.recogniser(read_rule),
    comparisons.recognise,
    other_indices.recognise,
    lists.recognise,
    cases.recognise,
    surveys.recognise,
    in_time.recognise,
    scales.recognise,
    yes_no.recognise,
    choices.recognise,
    surveys.doubt,
)
"""Who is asked, in this order: what is said in fewer ways before what is said in many."""
