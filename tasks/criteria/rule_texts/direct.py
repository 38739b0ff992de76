"""Points given by whoever appraises: `points`."""

import re

from models.criteria.rules.points import PointsRule
from models.numbers import spoken_or_none
from tasks.criteria.rule_texts.clauses import NUMBER, RuleText
from tasks.criteria.rule_texts.meanings import Doubt, Recognised

_OWN = re.compile(
    rf"^(?:cho|chấm) điểm trực tiếp(?: từ 0)?(?: đến (?P<most>{NUMBER}) điểm)?(?:, bước (?P<step>{NUMBER}) điểm)?$",
    re.IGNORECASE,
)


def recognise(text: RuleText) -> Recognised | Doubt | None:
    """Points that a text says are given directly."""
    found = _OWN.match(text.whole)
    if found is None or (found["most"] and spoken_or_none(found["most"]) != text.maximum):
        return None
    return Recognised(PointsRule(kind="points", step=spoken_or_none(found["step"])))
