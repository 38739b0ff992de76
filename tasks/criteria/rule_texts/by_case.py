"""Rules of which another fact says the one that holds: `by_fact`, as our guides say it."""

import re
from collections.abc import Callable

from models.criteria.rules.by_fact import ByFactRule
from models.numbers import spoken_or_none
from tasks.criteria.rule_texts.clauses import NUMBER, ItemLine, RuleText
from tasks.criteria.rule_texts.meanings import Doubt, Recognised, ids_for

_CASE = re.compile(r"(?:^|(?<=[:.])\s*)“(?P<label>[^”]+)”: ")
_FIXED = re.compile(rf"^(?P<points>{NUMBER}) điểm$")


def recogniser(of_case: Callable[[RuleText], Recognised | Doubt]) -> Callable[[RuleText], Recognised | Doubt | None]:
    """A recogniser of rules by cases; `of_case` knows the rule of each case."""

    def recognise(text: RuleText) -> Recognised | Doubt | None:
        opening, colon, _ = text.whole.partition(": “")
        found = list(_CASE.finditer(text.whole))
        if not colon or len(found) < 2 or "“" in opening:
            return None
        ends = [*(case.start() for case in found[1:]), len(text.whole)]
        cases: list[dict[str, object]] = []
        for case, id, end in zip(found, ids_for(case["label"] for case in found), ends, strict=True):
            said = text.whole[case.end() : end].strip().removesuffix(".")
            worth = _worth(said, text, of_case)
            if worth is None:
                return Doubt(f"không đọc được trường hợp “{case['label']}”")
            cases.append({"id": id, "label": case["label"], **worth})
        return Recognised(ByFactRule.model_validate({"kind": "by_fact", "label": opening, "cases": cases}))

    return recognise


def _worth(said: str, text: RuleText, of_case: Callable[[RuleText], Recognised | Doubt]) -> dict[str, object] | None:
    """The rule of a case under its own maximum: that of the leaf, or another number of points that it names."""
    if fixed := _FIXED.match(said):
        return {"points": spoken_or_none(fixed["points"])}
    named = (spoken_or_none(number) for number in re.findall(rf"({NUMBER}) điểm", said))
    for most in dict.fromkeys([text.maximum, *filter(None, named)]):
        if most <= text.maximum:
            outcome = of_case(RuleText([ItemLine(said)], most, text.name))
            if isinstance(outcome, Recognised):
                own = {} if most == text.maximum else {"max": most}
                return {"rule": outcome.rule.model_dump(by_alias=True), **own}
    return None
