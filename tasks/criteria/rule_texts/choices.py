"""One of several named choices, each with its points: what is left where nothing says how they are told apart."""

import re

from models.criteria.rules.options import OptionsRule
from models.numbers import ZERO, said
from tasks.criteria.rule_texts.clauses import RuleText
from tasks.criteria.rule_texts.meanings import Doubt, Recognised, ids_for

_OF_OTHER_KINDS = re.compile(r"\btrừ\b|\bmỗi\b|\bcộng\b|tỷ lệ|tỉ lệ|công thức|%|[<>≤≥×÷]", re.IGNORECASE)


def recognise(text: RuleText) -> Recognised | Doubt | None:
    """The choices, where each line bears points, one bears the maximum, and they cannot be meant together."""
    rule = choices_of(text)
    if rule is None or _OF_OTHER_KINDS.search(text.whole):
        return None
    points = [option.points for option in rule.options]
    if max(points) != text.maximum:
        return Doubt(f"mức cao nhất {said(max(points))} không bằng điểm tối đa {said(text.maximum)}", (rule,))
    if points.count(text.maximum) > 1:
        return Doubt("hai mức cùng được điểm tối đa", (rule,))
    if len(points) > 2 and points[0] == sum(points[1:]) and ZERO not in points:
        return Doubt("không rõ chọn một mức hay cộng điểm các mục", (rule,))
    return Recognised(rule)


def choices_of(text: RuleText) -> OptionsRule | None:
    """The lines as choices; None where a line bears no points, more than the maximum, or two lines are alike."""
    clauses = text.clauses
    if len(clauses) < 2:
        return None
    labels = [clause.said for clause in clauses]
    if len({label.casefold() for label in labels}) < len(labels) or not all(labels):
        return None
    options = [
        {"id": id, "label": clause.said, "points": clause.points}
        for id, clause in zip(ids_for(labels), clauses, strict=True)
        if clause.points is not None and clause.points <= text.maximum and clause.formula is None
    ]
    return None if len(options) < len(clauses) else OptionsRule.model_validate({"kind": "options", "options": options})
