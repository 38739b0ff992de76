"""All or nothing: `Đạt: 1; không đạt: 0`, `Có ban hành quy chế: 0,5; không ban hành: 0`."""

import re

from models.criteria.rules.binary import BinaryRule
from models.numbers import ZERO
from tasks.criteria.rule_texts.clauses import RuleText
from tasks.criteria.rule_texts.meanings import Doubt, Recognised
from tasks.criteria.rule_texts.ranges import read_range

_BARE = frozenset({"đạt", "có", "đạt yêu cầu", "đúng", "đủ", "đạt điểm"})
_DENIES = re.compile(r"\b(?:không|chưa|thiếu|sai|vi phạm|trái)\b", re.IGNORECASE)


def recognise(text: RuleText) -> Recognised | Doubt | None:
    """The rule of a text with two lines, of which the second denies the first."""
    clauses = text.clauses
    if len(clauses) == 1 and clauses[0].points == text.maximum and not _DENIES.search(clauses[0].said):
        if read_range(clauses[0].said) is not None:
            return None
        return Doubt("chỉ nói khi nào được điểm tối đa", (BinaryRule(kind="binary", label=_label(clauses[0].said)),))
    if len(clauses) == 1 and clauses[0].points is None and clauses[0].low in _BARE:
        return Doubt("chỉ nói khi nào được điểm", (BinaryRule(kind="binary", label=_label(clauses[0].said)),))
    if len(clauses) != 2 or any(clause.formula or clause.points is None for clause in clauses):
        return None
    yes, no = clauses
    if yes.points != text.maximum or no.points != ZERO or "%" in text.whole:
        return None
    if _DENIES.match(yes.said) or not _DENIES.search(no.said):
        return None
    return Recognised(BinaryRule(kind="binary", label=_label(yes.said)))


def _label(said: str) -> str:
    return "Đạt yêu cầu" if said.casefold() in _BARE or not said else said[:1].upper() + said[1:]
