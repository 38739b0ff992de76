"""A rule and the facts so far → what would bring the next points, in words: “thêm 3 Hồ sơ đúng hạn”.

The gain is always computed by the rule itself from the changed facts, so that it can never differ from the scoring.
Source: DESIGN.md, section 4 (`cchc forecast`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from models.criteria.rules import (
    BinaryRule,
    ChecklistRule,
    DeductionRule,
    ExternalRule,
    Measured,
    OnTimeRule,
    OptionsRule,
    ProportionalRule,
    Rule,
    SurveyRule,
    Tier,
    TiersRule,
)
from models.numbers import EXACT, HUNDRED, ZERO, plain, vietnamese_number

_ONE = Decimal(1)
_SURVEY_STEP = Decimal("0.1")
_WORTH_TELLING = Decimal("0.1")  # points: one dossier of ten thousand brings nothing that anybody would print


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do for the next points, and how many points it brings; 0 where nothing more can be won."""

    words: str
    gain: Decimal


_LOST = "điểm đã mất không lấy lại được trong năm"


def next_step(rule: Rule, facts: Mapping[str, str], maximum: Decimal, year: int) -> NextStep:
    """The nearest change of the facts that brings more points.

    Args:
        rule: the rule of the leaf.
        facts: its canonical facts; where one that is asked for is missing, all points are still to be won.
        maximum: the leaf's maximum.
        year: the index year.
    """
    if any(field.required and field.id not in facts for field in rule.fields):
        return NextStep(_first(rule, year), maximum)
    points = rule.points(facts, maximum, year).points
    if points is None:
        return NextStep("sửa số liệu không hợp lệ", maximum)
    changed = _changed(rule, facts, points, maximum)
    if changed is None:
        return NextStep(_LOST, ZERO)
    words, better = changed
    reached = rule.points(better, maximum, year).points
    return NextStep(words, ZERO if reached is None else max(ZERO, reached - points))


def _first(rule: Rule, year: int) -> str:
    """What an untouched leaf asks for."""
    if isinstance(rule, OnTimeRule):
        return f"hoàn thành đến hết ngày {rule.deadline_in(year):%d/%m/%Y} và báo cáo ngày thực hiện"
    return f"báo cáo số liệu: {', '.join(field.label for field in rule.fields)}"


def _changed(
    rule: Rule, facts: Mapping[str, str], points: Decimal, maximum: Decimal
) -> tuple[str, dict[str, str]] | None:
    """The words and the facts after the nearest change; None where no change can bring points."""
    match rule:
        case BinaryRule():
            return f"đạt yêu cầu “{rule.label}”", {**facts, "done": "1"}
        case OptionsRule():
            above = [one for one in rule.options if one.points > points]
            if not above:
                return None
            better = min(above, key=lambda one: one.points)
            return f"đạt mức “{better.label}”", {**facts, "option": better.id}
        case TiersRule():
            return _tier_above(rule, facts, points)
        case ProportionalRule():
            return _nearer_to_all(rule, facts, maximum)
        case ChecklistRule():
            missing = [item for item in rule.items if facts[item.id] != "1"]
            chosen = missing if rule.all_required else missing[:1]
            labels = "; ".join(item.label for item in chosen)
            return (f"hoàn thành: {labels}", {**facts, **{item.id: "1" for item in chosen}}) if chosen else None
        case SurveyRule() if rule.scale is not None:
            mean = min(rule.scale, Decimal(facts["mean"]) + _SURVEY_STEP)
            return f"nâng điểm trung bình khảo sát lên {_said(mean)}", {**facts, "mean": plain(mean)}
        case SurveyRule():
            return _better_answer(rule, facts)
        case ExternalRule():
            value = min(rule.scale, Decimal(facts["value"]) + _ONE)
            return f"nâng {rule.index} lên {_said(value)}", {**facts, "value": plain(value)}
        case DeductionRule() | OnTimeRule():
            return None
        case _:
            return None


def _better_answer(rule: SurveyRule, facts: Mapping[str, str]) -> tuple[str, dict[str, str]] | None:
    """One form that moves from the worst answer given to the best."""
    best = max(rule.answers, key=lambda answer: answer.weight)
    given = [answer for answer in rule.answers if Decimal(facts[answer.id]) > 0 and answer.weight < best.weight]
    if not given:
        return None
    worst = min(given, key=lambda answer: answer.weight)
    better = {
        **facts,
        worst.id: plain(Decimal(facts[worst.id]) - 1),
        best.id: plain(Decimal(facts[best.id]) + 1),
    }
    return f"mỗi phiếu chuyển từ “{worst.label}” sang “{best.label}”", better


def _nearer_to_all(
    rule: ProportionalRule, facts: Mapping[str, str], maximum: Decimal
) -> tuple[str, dict[str, str]] | None:
    """So many more of the numerator as bring a tenth of a point, lift the ratio to the floor, or make it whole."""
    numerator, denominator = Decimal(facts["numerator"]), Decimal(facts["denominator"])
    if numerator >= denominator:
        return None
    at_floor = _whole(EXACT.multiply(rule.floor, denominator) / HUNDRED, strictly=False, up=True)
    more = _whole(EXACT.multiply(_WORTH_TELLING, denominator) / maximum, strictly=False, up=True)
    wanted = at_floor if numerator < at_floor else numerator + more
    wanted = min(wanted, denominator)
    return _more(rule.numerator, wanted - numerator), {**facts, "numerator": plain(wanted)}


def _tier_above(rule: TiersRule, facts: Mapping[str, str], points: Decimal) -> tuple[str, dict[str, str]] | None:
    """What lifts the ratio or number to the nearest better step."""
    above = [tier for tier in rule.tiers if tier.points > points]
    if not above:
        return None
    tier = above[-1]
    if rule.of is Measured.NUMBER:
        value = _at_bound(tier, _ONE)
        unit = f" {rule.unit}" if rule.unit else ""
        return f"đưa {rule.value} {'lên' if tier.rises else 'xuống'} {_said(value)}{unit}", {
            **facts,
            "value": plain(value),
        }
    numerator, denominator = Decimal(facts["numerator"]), Decimal(facts["denominator"])
    wanted = _at_bound(tier, denominator / HUNDRED)
    if wanted < 0 or (wanted > denominator and not rule.may_exceed):
        return None
    better = {**facts, "numerator": plain(wanted)}
    return (_more if tier.rises else _fewer)(rule.numerator, abs(wanted - numerator)), better


def _at_bound(tier: Tier, unit: Decimal) -> Decimal:
    """The nearest whole number on the step; `unit` is what 1 of the bound is worth."""
    assert tier.bound is not None
    strictly = tier.over is not None or tier.under is not None
    return _whole(EXACT.multiply(tier.bound, unit), strictly=strictly, up=tier.rises)


def _whole(edge: Decimal, *, strictly: bool, up: bool) -> Decimal:
    """The whole number at the edge or beyond it."""
    whole = edge.to_integral_value(ROUND_CEILING if up else ROUND_FLOOR)
    if strictly and whole == edge:
        whole += _ONE if up else -_ONE
    return whole


def _said(value: Decimal) -> str:
    return vietnamese_number(plain(value))


def _more(what: str, count: Decimal) -> str:
    return f"thêm {_said(count)} “{what}”"


def _fewer(what: str, count: Decimal) -> str:
    return f"bớt {_said(count)} “{what}”"


def is_past(rule: Rule, year: int, today: date) -> bool:
    """Whether a leaf that was never reported can no longer earn its maximum: its deadline is over."""
    return isinstance(rule, OnTimeRule) and rule.deadline_in(year) < today
