"""A fixed list of things, each of which counts: `Mỗi nội dung 0,25 điểm`, lines that together make the maximum."""

import re
from collections.abc import Sequence

from models.criteria.rules.checklist import ChecklistRule
from models.numbers import ZERO, spoken_or_none
from tasks.criteria.rule_texts.clauses import NUMBER, RuleText, in_brackets
from tasks.criteria.rule_texts.meanings import Doubt, Recognised, ids_for

_EACH = re.compile(
    rf"^mỗi (?:mục|nội dung|yêu cầu|hình thức|báo cáo|loại|nhiệm vụ|hoạt động|quý|kỳ)\b(?:(?!trừ|cộng|chậm|"
    rf"thiếu|trễ|không)(?:[^\d]|0?1 (?=lần|cuộc|kỳ|báo cáo)))*?(?P<each>{NUMBER})\s*điểm",
    re.IGNORECASE,
)
_ALL = re.compile(r"^đủ (?:tất cả|cả|các)", re.IGNORECASE)
_SHARED = re.compile(r"^số mục đạt ÷ (?P<count>\d+) × ", re.IGNORECASE)
_OWN = re.compile(r"^điểm của các mục đạt,", re.IGNORECASE)
_OWN_ITEM = re.compile(rf"^(?P<label>.+?) (?P<points>{NUMBER}) điểm$", re.IGNORECASE)
_ALTERNATIVE = re.compile(
    r"\b(?:không|chưa|chậm|muộn|trễ|sau|còn lại|(?:dưới|trên|từ) \d|trừ|hoặc|mức)(?!\w)|[%<>≤≥×÷]", re.IGNORECASE
)
_PERIODS = re.compile(
    r"quý (?:I{1,3}V?|IV|[1-4])\b|6 tháng|9 tháng|sáu tháng|chín tháng|(?:báo cáo |cuối |cả |và )năm\b", re.IGNORECASE
)


def recognise(text: RuleText) -> Recognised | Doubt | None:
    """The list that a text gives."""
    if sentence := _own_sentence(text):
        return sentence
    if each := _EACH.match(text.whole):
        return _each(each, text)
    clauses = text.clauses
    points = [clause.points for clause in clauses if clause.points]
    if len(clauses) < 2 or len(points) < len(clauses) or any(clause.formula for clause in clauses):
        return None
    if sum(points, ZERO) != text.maximum:
        return None
    labels = [clause.said for clause in clauses]
    rule = _listed(labels, points=points)
    if rule is None:
        return None
    if any(_ALTERNATIVE.search(label) for label in labels):
        return Doubt("điểm các dòng cộng lại bằng điểm tối đa, nhưng có dòng giống một mức để chọn", (rule,))
    return Recognised(rule)


def _own_sentence(text: RuleText) -> Recognised | None:
    """A list as our guides say it, its items in brackets at the end."""
    opening = text.whole.partition("(")[0]
    inside = text.whole.partition("(")[2].removesuffix(")")
    items = [item.strip() for item in inside.split(", ")] if inside else []
    if _OWN.match(opening) and (found := [_OWN_ITEM.match(item) for item in items]):
        known = [item for item in found if item]
        points = [spoken_or_none(item["points"]) for item in known]
        rule = _listed([item["label"] for item in known], points=points) if len(known) == len(items) else None
        return Recognised(rule) if rule else None
    if (shared := _SHARED.match(opening)) and int(shared["count"]) == len(items):
        rule = _listed(items)
        return Recognised(rule) if rule else None
    if _ALL.match(opening) and "thiếu" in opening.casefold() and len(items) > 1:
        rule = _listed(items, all_required=True)
        return Recognised(rule) if rule and _is_all_or_nothing(opening, text) else None
    return None


def _is_all_or_nothing(opening: str, text: RuleText) -> bool:
    """Whether the words before the items give the maximum for all of them and 0 otherwise."""
    said = [spoken_or_none(number) for number in re.findall(rf"({NUMBER})\s*điểm", opening)]
    return said == [text.maximum, ZERO]


def _each(found: re.Match[str], text: RuleText) -> Recognised | Doubt | None:
    """So much an item; the items are those in brackets, or the periods that the name of the leaf speaks of."""
    each = spoken_or_none(found["each"])
    opening = text.whole.partition("(")[0]
    others = [spoken_or_none(number) for number in re.findall(rf"({NUMBER})\s*điểm", opening[found.end() :])]
    items = in_brackets(text.whole) or [period[0] for period in _PERIODS.finditer(f"{text.whole} {text.name}")]
    if each is None or not each or any(other != text.maximum for other in others):
        return None
    if not items:
        return None
    if each * len(items) != text.maximum:
        why = f"{len(items)} mục, mỗi mục {found['each']} điểm, không bằng điểm tối đa"
        rule = _listed(items, each=each) if each * len(items) > text.maximum else None
        if rule and others:
            return Recognised(rule)
        return Doubt(why, (rule,) if rule else ())
    rule = _listed(items, each=each)
    return Recognised(rule) if rule else None


def _listed(labels: Sequence[str], points: Sequence[object] = (), **values: object) -> ChecklistRule | None:
    if len(labels) < 2 or len({label.casefold() for label in labels}) < len(labels) or not all(labels):
        return None
    items: list[dict[str, object]] = [
        {"id": id, "label": label} for id, label in zip(ids_for(labels), labels, strict=True)
    ]
    for item, own in zip(items, points, strict=False):
        item["points"] = own
    return ChecklistRule.model_validate({"kind": "checklist", "items": items, **values})
