"""Scales of a ratio or a number, and shares of the maximum: `tiers`, `proportional`.

A scale is sure where its ranges hold every value exactly once and its points rise or fall all the way; a share is sure
where it is known what is divided by what.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from pydantic import ValidationError

from models.criteria.rules.base import Rule
from models.criteria.rules.measured import Measured
from models.criteria.rules.proportional import ProportionalRule
from models.criteria.rules.tiers import TiersRule
from models.numbers import HUNDRED, ZERO, said
from tasks.criteria.rule_texts.clauses import Clause, RuleText
from tasks.criteria.rule_texts.divided import Ratio, named_ratio, of_nothing, ratio_before, unclear_letters, unnamed
from tasks.criteria.rule_texts.meanings import Doubt, Recognised
from tasks.criteria.rule_texts.ranges import Range, Untiled, in_order, read_range

_NOTHING = re.compile(r"^(?:trong năm |nếu |trường hợp |đơn vị )*không phát sinh", re.IGNORECASE)
_OR_NOTHING = re.compile(
    r",?\s*\(?\s*\bhoặc (?:trong (?:năm|kỳ) |nếu |đơn vị )*không (?:phát sinh|có)\b[^;()%]*\)?"
    r"|^(?:trong (?:năm|kỳ) |nếu |đơn vị )*không (?:phát sinh|có)\b[^;()%\d]*?\bhoặc\s+",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"\b(?:và|đồng thời|nhưng|song|mà|hoặc|kèm theo) (?:có|không|chưa|được|đã|phải|bảo đảm|đảm bảo)\b.*"
    r"|\b(?:ngoại trừ|trừ (?:các )?trường hợp|không (?:tính|kể|bao gồm|có|phát sinh)|với điều kiện|nếu có)\b.*",
    re.IGNORECASE,
)
_SHORT = re.compile(r"^(?:có|còn|để|vẫn còn)\b.*\b(?:không|chưa)\b", re.IGNORECASE)
_RATE = re.compile(r"^(?:nếu )?(?:tỷ|tỉ) lệ\b", re.IGNORECASE)
_AT_MOST = re.compile(r"^(?:điểm )?tối đa$|^không quá$", re.IGNORECASE)
_LOWER = re.compile(r"^(?:mức )?thấp hơn$", re.IGNORECASE)
_AMOUNTS = ("ngày", "giờ", "tháng", "năm", "đồng", "triệu", "tỷ", "điểm", "ha", "km")
_FILLERS = frozenset(
    re.findall(
        r"\w+",
        "có tổ chức đạt hoàn thành thực hiện được thì tính số lượng tỷ tỉ lệ nếu là của và các với trong khi "
        "mức kế hoạch so năm đúng bảo đảm đơn vị đủ yêu cầu theo quy định kết quả tổng",
    )
)
_LONGEST_UNIT = 4


class _Step(NamedTuple):
    """A range and what it is worth."""

    range: Range
    clause: Clause


def recognise(text: RuleText) -> Recognised | Doubt | None:
    """The scale or share that a text says; a doubt where a step asks for something beside the figure."""
    outcome = _figured(text)
    if isinstance(outcome, Recognised) and (beside := _beside(text)) is not None:
        return Doubt(f"có mức còn hỏi thêm điều ngoài con số (“{beside}”)", (outcome.rule,))
    return outcome


def _beside(text: RuleText) -> str | None:
    """What a step asks for beside the figure; what every step says is part of what is measured."""
    said = [_without_nothing(clause).said for clause in text.clauses if clause.said]
    steps = [each for each in said if (range := read_range(each)) and not (range.nothing or range.rest)]
    found = [beside[0].casefold() for each in steps if (beside := _BESIDE.search(each))]
    return found[0] if found and found.count(found[0]) < len(steps) else None


def _without_nothing(clause: Clause) -> Clause:
    """A step of a ratio without the words that say where it belongs if there was nothing at all."""
    return clause._replace(said=_OR_NOTHING.sub("", clause.said)) if "%" in clause.said else clause


def _figured(text: RuleText) -> Recognised | Doubt | None:
    """The scale or share of the figure that the steps name."""
    names, printed = ratio_before(text.clauses)
    clauses = [*map(_without_nothing, printed)]
    clauses += [
        Clause("không phát sinh", before.points)
        for before, kept in zip(printed, clauses, strict=True)
        if before != kept
    ]
    nothing = [clause for clause in clauses if _NOTHING.match(clause.said)]
    capped = [clause for clause in clauses if _AT_MOST.match(clause.said)]
    steps_said = [clause for clause in clauses if clause not in (*nothing, *capped)]
    formulas = [clause.formula for clause in steps_said if clause.formula]
    ranges = _in_percent([read_range(clause.said) if clause.said else None for clause in steps_said], names, text)
    if not formulas and sum(range is not None and not (range.nothing or range.rest) for range in ranges) < 2:
        return _half_read(text, steps_said, ranges)
    names = named_ratio(names, formulas, text)
    extra: dict[str, object] = {**names.given, **of_nothing(nothing, text.maximum)}
    if capped and any(clause.points == text.maximum for clause in capped):
        extra["may_exceed"] = True
    if any(formula.vague for formula in formulas):
        return Doubt(
            "công thức tính theo tỷ lệ không ghi đủ để hiểu một cách", _shares(steps_said, ranges, text, extra)
        )
    if (unclear := unclear_letters(formulas, text)) is not None:
        return Doubt(unclear, _shares(steps_said, ranges, text, extra))
    if any(clause.points is None and clause.formula is None for clause in steps_said):
        return Doubt("có mức không ghi điểm")
    if (share := _plain_share(steps_said, ranges, text, extra)) is not None:
        return share
    if any(range is None for range in ranges):
        unread = next(clause.said for clause, range in zip(steps_said, ranges, strict=True) if range is None)
        return Doubt(f"không đọc được mức “{unread}”") if any(map(_is_percent, ranges)) or formulas else None
    steps = [_Step(range, clause) for range, clause in zip(ranges, steps_said, strict=True) if range is not None]
    return _scale(steps, text, extra)


def _in_percent(ranges: Sequence[Range | None], names: Ratio, text: RuleText) -> Sequence[Range | None]:
    """The ranges, in percent where the text calls them a rate and leaves the sign out."""
    said = [range for range in ranges if range is not None]
    is_rate = names.denominator or any(_RATE.match(words) for words in (text.name, *(range.before for range in said)))
    edges = [edge for range in said for edge in (range.low, range.high) if edge is not None]
    if not is_rate or any(range.percent or range.unit for range in said) or any(edge > HUNDRED for edge in edges):
        return ranges
    return [range and range._replace(percent=not (range.rest or range.nothing)) for range in ranges]


# --- shares of the maximum --------------------------------------------------------------------------------------------


def _plain_share(
    clauses: Sequence[Clause], ranges: Sequence[Range | None], text: RuleText, extra: dict[str, object]
) -> Recognised | Doubt | None:
    """One share without steps above it: it always holds, from a floor on, or below the rate that brings everything."""
    shares = [at for at, clause in enumerate(clauses) if clause.formula]
    if len(shares) != 1:
        return None
    formula, range = clauses[shares[0]].formula, ranges[shares[0]]
    assert formula is not None
    others = [(clause, ranges[at]) for at, clause in enumerate(clauses) if at != shares[0]]
    full = [each for each in others if each[0].points == text.maximum and each[1] and _is_from(each[1])]
    floors = [
        each
        for each in others
        if each[0].points == ZERO and each[1] and each[1].high is not None and each[1].low is None
    ]
    unread = [each for each in others if each not in (*full, *floors) and not (each[1] and each[1].nothing)]
    lower = bool(_LOWER.match(formula.asked))
    if unread or len(full) > 1 or len(floors) > 1 or (range and not range.rest and not (_is_from(range) and not full)):
        return None
    if full and not lower:
        return None
    if formula.points not in (None, text.maximum):
        return Doubt("công thức nhân với số khác điểm tối đa")
    reaching = full[0][1].low if full and full[0][1] else formula.full
    floor = floors[0][1].high if floors and floors[0][1] else None
    if (floors and floors[0][1] and floors[0][1].high_in) or (full and reaching != formula.full):
        return None
    if range and not range.rest and range.low != (floor or ZERO):
        return Doubt("mức bắt đầu tính theo tỷ lệ khác với mức 0 điểm")
    rule = ProportionalRule.model_validate(
        {"kind": "proportional", "floor": floor or ZERO, "full_from": reaching, "decimals": formula.decimals, **extra}
    )
    return Recognised(rule, unnamed(extra))


def _shares(
    clauses: Sequence[Clause], ranges: Sequence[Range | None], text: RuleText, extra: dict[str, object]
) -> tuple[ProportionalRule, ...]:
    """The shares that a text with an unclear formula most likely means."""
    floors = {range.high for clause, range in zip(clauses, ranges, strict=True) if range and clause.points == ZERO}
    floor = next((edge for edge in floors if edge is not None and edge <= HUNDRED), ZERO)
    return tuple(
        ProportionalRule.model_validate({"kind": "proportional", "floor": each, **extra})
        for each in dict.fromkeys((floor, ZERO))
    )


# --- steps ------------------------------------------------------------------------------------------------------------


def _scale(steps: list[_Step], text: RuleText, extra: dict[str, object]) -> Recognised | Doubt | None:
    """A scale of steps."""
    percent = any(_is_percent(step.range) for step in steps)
    if percent and any(step.range.nothing for step in steps):
        some = [step for step in steps if not step.range.nothing]
        if any(step.clause.points != ZERO for step in steps if step.range.nothing) or not _ends_at_nothing(some):
            return Doubt("có mức không thực hiện đứng ngoài thang tỷ lệ")
        steps = some
    if percent and any(not _is_percent(step.range) and not step.range.rest and step.range.high != 0 for step in steps):
        return Doubt("có mức ghi phần trăm, có mức không")
    if (apart := _about_other_things(steps)) is not None:
        return Doubt(apart) if percent else None
    counts = not percent and _counts(steps)
    ordered = _tiled(steps, counts=counts)
    if isinstance(ordered, Untiled):
        some = [step for step in steps if not step.range.nothing]
        if len(some) < len(steps) and not percent and not isinstance(_tiled(some, counts=counts), Untiled):
            return None  # none at all stands beside a whole scale of some: named choices say that
        return Doubt(ordered.why, _nearest(steps, text, extra, percent=percent, counts=counts))
    return _of_steps(ordered, text, extra, percent=percent)


def _ends_at_nothing(steps: Sequence[_Step]) -> bool:
    """Whether the lowest step of a scale is worth nothing, so that nothing done needs no step of its own."""
    lowest = [step for step in steps if step.range.rest or not step.range.low]
    return any(step.clause.points == ZERO for step in lowest)


def _of_steps(
    ordered: Sequence[_Step], text: RuleText, extra: dict[str, object], *, percent: bool
) -> Recognised | Doubt:
    """The rule of steps that hold every value once, the lowest first."""
    best = [_best(step, text.maximum) for step in ordered]
    shares = [step.clause.formula for step in ordered if step.clause.formula]
    if max(best) != text.maximum:
        return Doubt(f"mức cao nhất {said(max(best))} không bằng điểm tối đa {said(text.maximum)}")
    rises = best[-1] == text.maximum
    if (floor := _floor_of_share(ordered, text.maximum)) is not None and percent:
        decimals = next(step.clause.formula.decimals for step in ordered if step.clause.formula)
        wanted = {"kind": "proportional", "floor": floor, "decimals": decimals, **extra}
        return Recognised(ProportionalRule.model_validate(wanted), unnamed(extra))
    if shares and not rises:
        return Doubt("điểm tính theo tỷ lệ ở thang càng thấp càng tốt")
    tiers = (
        [_rising(step, text.maximum) for step in reversed(ordered)] if rises else [_falling(step) for step in ordered]
    )
    tiers[-1] = {key: value for key, value in tiers[-1].items() if key in ("points", "pro_rata")}
    values: dict[str, object] = {"kind": "tiers", "tiers": tiers}
    if any(share.decimals is not None for share in shares):
        values["decimals"] = next(share.decimals for share in shares if share.decimals is not None)
    if percent:
        values |= extra
    else:
        values |= _measured(ordered, text)
    try:
        rule = TiersRule.model_validate(values)
    except ValidationError:
        return Doubt("các mức không thành một thang điểm")
    return Recognised(rule, unnamed(extra) if percent else ())


def _floor_of_share(ordered: Sequence[_Step], maximum: Decimal) -> Decimal | None:
    """From which rate a share of the maximum counts, where all is reached at 100 % and nothing below that rate."""
    if len(ordered) < 2:
        return None
    *zeros, share, top = ordered
    if top.range.low != HUNDRED or top.clause.points != maximum:
        return None
    formula = share.clause.formula
    if formula is None or formula.full != HUNDRED or formula.points not in (None, maximum) or not share.range.low_in:
        return None
    if len(zeros) > 1 or any(step.clause.points != ZERO for step in zeros):
        return None
    return share.range.low if share.range.low is not None else ZERO


def _rising(step: _Step, maximum: Decimal) -> dict[str, object]:
    tier: dict[str, object] = {"points": _best(step, maximum)}
    if step.range.low is not None:
        tier["from" if step.range.low_in else "over"] = step.range.low
    if step.clause.formula:
        tier["pro_rata"] = step.clause.formula.full
    return tier


def _falling(step: _Step) -> dict[str, object]:
    return {"points": step.clause.points, "to" if step.range.high_in else "under": step.range.high}


def _best(step: _Step, maximum: Decimal) -> Decimal:
    if step.clause.formula is None:
        assert step.clause.points is not None
        return step.clause.points
    return maximum if step.clause.formula.points is None else step.clause.formula.points


def _tiled(steps: Sequence[_Step], *, counts: bool) -> list[_Step] | Untiled:
    """The steps from the lowest up, the rest given the range that is left."""
    rests = [step for step in steps if step.range.rest]
    known = _first_that_holds([step for step in steps if not step.range.rest])
    if len(rests) > 1 or len(known) < (1 if rests else 2):
        return Untiled("không đủ mức để thành thang điểm")
    if not rests:
        order = in_order([step.range for step in known], counts=counts)
        return order if isinstance(order, Untiled) else [known[at] for at in order]
    lowest = min(known, key=_from).range
    highest = max(known, key=_until).range
    left = [
        Range(None, True, lowest.low, not lowest.low_in) if lowest.low else None,
        Range(highest.high, not highest.high_in, None, False) if highest.high is not None else None,
    ]
    outcomes = []
    for range in left:
        if range is not None:
            all_steps = [*known, rests[0]._replace(range=range._replace(percent=lowest.percent))]
            order = in_order([step.range for step in all_steps], counts=counts)
            outcomes.append(order if isinstance(order, Untiled) else [all_steps[at] for at in order])
    sure = [outcome for outcome in outcomes if not isinstance(outcome, Untiled)]
    return sure[0] if sure else next(iter(outcomes), Untiled("không rõ mức còn lại là mức nào"))


def _first_that_holds(steps: Sequence[_Step]) -> list[_Step]:
    """The steps, those that are open to the better side cut where a better one begins: `≥ 90%: 2; ≥ 70%: 1`."""
    cut = list(steps)
    rising = sorted((step for step in steps if step.range.low is not None and _is_open(step.range)), key=_from)
    falling = sorted((step for step in steps if step.range.high is not None and _is_open_below(step.range)), key=_until)
    for worse, better in (*pairwise(rising), *((upper, lower) for lower, upper in pairwise(falling))):
        if worse.clause.points is None or better.clause.points is None or worse.clause.points >= better.clause.points:
            return list(steps)
        if worse in rising:
            range = worse.range._replace(high=better.range.low, high_in=not better.range.low_in)
        else:
            range = worse.range._replace(low=better.range.high, low_in=not better.range.high_in)
        cut[cut.index(worse)] = worse._replace(range=range)
    return cut


def _is_open(range: Range) -> bool:
    """Whether a range goes as far up as there is anything."""
    return range.high is None or (range.percent and range.exact and range.high == HUNDRED)


def _is_open_below(range: Range) -> bool:
    return range.low is None or (range.percent and range.exact and range.low == ZERO)


def _from(step: _Step) -> Decimal:
    return ZERO if step.range.low is None else step.range.low


def _until(step: _Step) -> Decimal:
    return Decimal("Infinity") if step.range.high is None else step.range.high


def _nearest(
    steps: Sequence[_Step], text: RuleText, extra: dict[str, object], *, percent: bool, counts: bool
) -> tuple[Rule, ...]:
    """Scales that differ from the printed one only at edges that are unclear, or say 0 where it says nothing."""
    tries = [[*steps, _Step(Range(rest=True), Clause("", ZERO))]]
    tries += [_joined(steps, upper=upper) for upper in (True, False)]
    found = []
    for attempt in tries:
        ordered = _tiled(attempt, counts=counts)
        outcome = None if isinstance(ordered, Untiled) else _of_steps(ordered, text, extra, percent=percent)
        if isinstance(outcome, Recognised) and not outcome.rule.faults(text.maximum):
            found.append(outcome.rule)
    return tuple(dict.fromkeys(found))


def _joined(steps: Sequence[_Step], *, upper: bool) -> list[_Step]:
    """The steps with every edge that two share, or leave open, given to the range above it, or to the one below."""
    joined = sorted((step for step in steps if not step.range.rest), key=_from)
    for at, (lower, above) in enumerate(pairwise(joined)):
        high, low = lower.range.high, above.range.low
        if high is None or low is None:
            continue
        if (low == high and lower.range.high_in is above.range.low_in) or 0 < low - high <= 1:
            to_above = upper or above.range.exact or high < low
            joined[at] = joined[at]._replace(range=joined[at].range._replace(high=low, high_in=not to_above))
            joined[at + 1] = above._replace(range=above.range._replace(low_in=to_above))
    return [*joined, *(step for step in steps if step.range.rest)]


# --- what a scale is of -----------------------------------------------------------------------------------------------


def _measured(ordered: Sequence[_Step], text: RuleText) -> dict[str, object]:
    """What the number of a scale is called, and in what it is counted."""
    units = [range.unit or (range.after if len(range.after.split()) <= _LONGEST_UNIT else "") for range, _ in ordered]
    unit = next((unit for unit in units if unit), "")
    befores = [step.range.before for step in ordered if step.range.before and not step.range.nothing]
    named = next((before for before in befores if set(before.casefold().split()) - _FILLERS), "")
    first = named if len(named.split()) > 1 else f"Số {unit}" if unit else text.name or "Giá trị"
    return {"of": Measured.NUMBER, "value": first[:1].upper() + first[1:], "unit": unit}


def _counts(steps: Sequence[_Step]) -> bool:
    """Whether a scale counts things, so that only whole numbers come."""
    said = " ".join(f"{step.range.unit} {step.range.before} {step.range.after}" for step in steps).casefold().split()
    edges = [edge for step in steps for edge in (step.range.low, step.range.high) if edge is not None]
    return all(edge == edge.to_integral_value() for edge in edges) and not any(word in _AMOUNTS for word in said)


def _about_other_things(steps: Sequence[_Step]) -> str | None:
    """Why the steps are not of one figure: each names something that the fullest of them does not."""
    words = [
        set(re.findall(r"[^\W\d_]+", f"{range.before} {range.unit} {range.after}".casefold())) - _FILLERS
        for range, _ in steps
        if not range.rest and not range.nothing
    ]
    fullest = max(words, key=len)
    strange = next((each - fullest for each in words if each - fullest and fullest - each), None)
    return f"các mức nói về những việc khác nhau (“{' '.join(sorted(strange))}”)" if strange else None


def _half_read(text: RuleText, clauses: Sequence[Clause], ranges: Sequence[Range | None]) -> Recognised | Doubt | None:
    """A doubt where part of a text is a scale of percentages and the rest is not.

    `100% văn bản đúng quy trình: 1; có văn bản không đúng quy trình: 0` is a whole scale.
    """
    if not any(map(_is_percent, ranges)):
        return None
    extra: dict[str, object] = dict(named_ratio(Ratio(), (), text).given)
    steps = [
        _Step(range, clause)
        for range, clause in zip(ranges, clauses, strict=True)
        if range and not range.nothing and clause.points is not None
    ]
    if len(clauses) == 2 and ranges[0] and ranges[0].low == ranges[0].high == HUNDRED and _SHORT.match(clauses[1].said):
        whole = [*steps[:1], _Step(Range(rest=True), clauses[1])]
        if (clauses[0].points, clauses[1].points) == (text.maximum, ZERO):
            ordered = _tiled(whole, counts=False)
            assert not isinstance(ordered, Untiled), "below 100 % is all that is left"
            return _of_steps(ordered, text, extra, percent=True)
    nearest = _nearest(steps, text, extra, percent=True, counts=False)
    return Doubt("chỉ đọc được một mức của thang điểm", nearest)


def _is_from(range: Range) -> bool:
    return range.low is not None and range.low_in and (range.high in (None, HUNDRED) or range.exact)


def _is_percent(range: Range | None) -> bool:
    return range is not None and range.percent
