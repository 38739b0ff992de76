"""Answers of a survey: a mean over its scale, shares of answers with weights, or a rate of the satisfied."""

import re
from decimal import Decimal

from models.criteria.rules.measured import Measured
from models.criteria.rules.survey import SurveyRule
from models.criteria.rules.tiers import TiersRule
from models.numbers import HUNDRED, ZERO, spoken_or_none
from models.wording import capitalised
from tasks.criteria.rule_texts import scales
from tasks.criteria.rule_texts.clauses import NUMBER, RuleText, in_brackets
from tasks.criteria.rule_texts.meanings import Doubt, Recognised, ids_for
from tasks.criteria.rule_texts.ranges import read_range

_ABOUT = re.compile(r"khảo sát|điều tra xã hội học|đtxhh|xhh\b|phiếu (?:hỏi|khảo sát|điều tra|hợp lệ)", re.IGNORECASE)
_SCALE = re.compile(rf"thang (?:điểm )?(?:từ )?(?P<from>{NUMBER})\s*(?:–|-|đến)\s*(?P<to>{NUMBER})", re.IGNORECASE)
_ONE_ENDED = re.compile(rf"thang (?:điểm )?(?P<to>{NUMBER})\b", re.IGNORECASE)
_SATISFIED = re.compile(
    r"(?:tỷ lệ|mức độ|chỉ số) hài lòng[^;×]*(?:×|nhân với|quy đổi)|quy đổi theo (?:tỷ lệ|mức độ) hài lòng",
    re.IGNORECASE,
)
_WEIGHTED = re.compile(rf"^(?P<label>.+?) (?P<weight>{NUMBER})\s*%$")


def recognise(text: RuleText) -> Recognised | Doubt | None:
    """How a survey is turned into points; a doubt where what a survey measures is said without its scale."""
    if not text.survey and not _ABOUT.search(text.low):
        return None
    if "trọng số" in text.low:
        found = [_WEIGHTED.match(item) for item in in_brackets(text.whole)]
        known = [answer for answer in found if answer]
        if known and len(known) == len(found):
            return Recognised(
                _weighted([(answer["label"], spoken_or_none(answer["weight"]) or ZERO) for answer in known])
            )
    if scale := _SCALE.search(text.whole):
        return _scaled(spoken_or_none(scale["from"]), spoken_or_none(scale["to"]))
    if steps := _steps(text):
        return steps
    if _SATISFIED.search(text.low):
        return _scaled(ZERO, HUNDRED)
    if one := _ONE_ENDED.search(text.whole):
        highest = spoken_or_none(one["to"])
        nearest = tuple(
            SurveyRule(kind="survey", scale=highest, scale_from=low) for low in (Decimal(1), ZERO) if highest
        )
        return Doubt("thang điểm khảo sát không ghi điểm thấp nhất", nearest)
    return doubt(text) if text.survey else None


def doubt(text: RuleText) -> Doubt | None:
    """That the annex only says that there is a survey; of others, asked last: what is chosen from may be one too."""
    if not text.survey and not _ABOUT.search(text.low):
        return None
    return Doubt(
        "đo bằng điều tra xã hội học nhưng không nói cách quy đổi ra điểm",
        (
            SurveyRule(kind="survey", scale=HUNDRED),
            SurveyRule(kind="survey", scale=Decimal(5), scale_from=Decimal(1)),
        ),
    )


def _steps(text: RuleText) -> Recognised | None:
    """A scale of what a survey finds: one number a unit, its mean or a percentage, not cases that a unit counts.

    Where a text only speaks of some survey, it is a scale like any other.
    """
    outcome = scales.recognise(text)
    if not isinstance(outcome, Recognised):
        return None
    tiers = outcome.rule.as_tiers(text.maximum)
    if not tiers:
        return None
    if outcome.rule.grades_a_number or not text.survey:
        return outcome
    ranges = filter(None, (read_range(clause.said) for clause in text.clauses))
    called = next((range.before for range in ranges if range.before), "") or text.name or "Mức độ hài lòng"
    values = {"kind": "tiers", "of": Measured.NUMBER, "value": capitalised(called), "unit": "%", "tiers": tiers}
    return Recognised(TiersRule.model_validate({**values, "counts": False}))


def _scaled(low: Decimal | None, high: Decimal | None) -> Recognised | None:
    if low is None or high is None or low >= high:
        return None
    return Recognised(SurveyRule(kind="survey", scale=high, scale_from=low))


def _weighted(answers: list[tuple[str, Decimal]]) -> SurveyRule:
    listed = [
        {"id": id, "label": label, "weight": weight}
        for id, (label, weight) in zip(ids_for(label for label, _ in answers), answers, strict=True)
    ]
    return SurveyRule.model_validate({"kind": "survey", "answers": listed})
