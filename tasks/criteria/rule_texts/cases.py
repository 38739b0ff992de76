"""So much less or more for each case: `mỗi báo cáo chậm trừ 0,25 điểm`, `mỗi sáng kiến cộng 0,5 điểm, tối đa 1 điểm`.

In a leaf cases that add are a scale of their number, up to the maximum; the blocks of bonus and penalty take them as
they are.
"""

import re
from decimal import Decimal
from typing import NamedTuple

from models.criteria.rules.deduction import DeductionRule
from models.criteria.rules.measured import Measured
from models.criteria.rules.tiers import TiersRule
from models.numbers import ZERO, spoken_or_none
from tasks.criteria.rule_texts.clauses import NUMBER, Clause, RuleText
from tasks.criteria.rule_texts.meanings import Doubt, Recognised, ids_for

_A_CASE = r"(?:mỗi|cứ(?: mỗi)?|cứ (?:0?1|một)|(?:0?1|một)|với mỗi|cho mỗi)"
_LESS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^{_A_CASE} (?:trường hợp )?(?P<what>\D+?),?(?: thì)?(?: bị)? trừ (?:đi )?(?P<points>{NUMBER})"
        rf"(?:\s*(?:điểm|đ))?(?P<most>,? (?:nhưng )?(?:trừ )?(?:tối đa|không quá).*)?$",
        rf"^(?P<what>\D+?)[,:]? (?:bị )?trừ (?P<points>{NUMBER})\s*(?:điểm|đ) (?:cho )?(?:mỗi|một|0?1|/)"
        rf" ?(?:trường hợp|lần|báo cáo|văn bản|hồ sơ)$",
        rf"^(?:bị )?trừ (?P<points>{NUMBER})\s*(?:điểm|đ)(?:/| cho (?:mỗi|một|0?1) | đối với (?:mỗi|một|0?1) "
        rf"| (?:mỗi|với mỗi) )(?:trường hợp )?(?P<what>\D+?)$",
        rf"^(?P<what>\D+?): trừ (?P<points>{NUMBER})\s*(?:điểm|đ) mỗi trường hợp$",
        rf"^{_A_CASE} (?P<what>\D+?):? ?[-–−](?P<points>{NUMBER})(?:\s*(?:điểm|đ))?$",
    )
)
_LACKING = re.compile(
    rf"^(?P<how>thiếu|chậm|trễ|gửi chậm|nộp chậm|không gửi|không nộp) (?:mỗi|0?1|một) (?P<what>\D+?)"
    rf",?(?: thì)?(?: bị)? trừ "
    rf"(?P<points>{NUMBER})\s*(?:điểm|đ)$",
    re.IGNORECASE,
)
_MORE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^{_A_CASE} (?:trường hợp )?(?P<what>\D+?),?(?: thì)? (?:được )?(?:cộng|tính|được) (?:thêm "
        rf")?(?P<points>{NUMBER})\s*(?:điểm|đ)(?P<most>.*)$",
        rf"^(?:được )?cộng (?P<points>{NUMBER})\s*(?:điểm|đ)(?:/| cho (?:mỗi|một|0?1) )(?P<what>\D+?)"
        rf"(?P<most>,? tối đa.*|,? không quá.*)?$",
        rf"^{_A_CASE} (?P<what>\D+?):? (?P<points>{NUMBER})\s*(?:điểm|đ)(?P<most>,.*)?$",
    )
)
_MOST = re.compile(rf"(?:tối đa|không quá|nhưng không quá)(?: là| trừ)? (?P<most>{NUMBER})\s*(?:điểm|đ)", re.IGNORECASE)
_TO_NOTHING = re.compile(
    r"^(?:trừ )?(?:đến|cho đến khi) hết (?:số )?điểm|^không (?:trừ )?âm|^(?:trừ )?tối đa (?:bằng "
    r")?(?:số )?điểm (?:của )?tiêu chí",
    re.IGNORECASE,
)
_TO_THE_END = re.compile(
    r",? (?:nhưng )?(?:trừ )?(?:cho )?đến (?:khi )?hết (?:số )?điểm(?: của tiêu chí)?$", re.IGNORECASE
)
_OWN = re.compile(r"^(?P<whole>[\d.,]+) điểm, trừ đến hết \((?P<cases>.+)\)$", re.IGNORECASE)
_MOST_STEPS = 12


class EachCase(NamedTuple):
    """So much for each case, at most so much."""

    what: str
    points: Decimal
    most: Decimal | None = None


def recognise(text: RuleText) -> Recognised | Doubt | None:
    """The rule of a text in which cases cost or bring points."""
    if own := _OWN.match(text.whole):
        inner = [Clause(piece) for piece in own["cases"].split("; ")]
        cases = [found for clause in inner if (found := each_less(clause.said))]
        if len(cases) == len(inner) and spoken_or_none(own["whole"]) == text.maximum:
            return Recognised(_deduction(cases))
        return None
    clauses = text.clauses
    less = {clause: found for clause in clauses if (found := _less(clause))}
    if less:
        return _costing(text, less)
    if capped := [clause for clause in clauses if "trừ" in clause.low and _MOST.search(_whole_text(clause))]:
        return Doubt(f"số điểm trừ có mức tối đa riêng (“{capped[0].said}”)")
    more = [found for clause in clauses if (found := each_more(_whole_text(clause)))]
    return _bringing(text, more[0]) if len(more) == len(clauses) == 1 else None


def each_less(text: str) -> EachCase | None:
    """What one case costs, as a line says it."""
    if (lacking := _LACKING.match(text.strip())) and (points := spoken_or_none(lacking["points"])):
        return EachCase(f"{lacking['what'].strip()} {lacking['how'].casefold()}", points)
    return _case(text, _LESS)


def each_more(text: str) -> EachCase | None:
    """What one case brings, as a line says it."""
    return _case(text, _MORE)


def _case(text: str, patterns: tuple[re.Pattern[str], ...]) -> EachCase | None:
    for pattern in patterns:
        if found := pattern.match(_TO_THE_END.sub("", text.strip())):
            points = spoken_or_none(found["points"])
            if not points or (patterns is _MORE and "trừ" in found["what"].casefold()):
                return None
            rest = found.groupdict().get("most") or ""
            most = _MOST.search(rest)
            if rest.strip(" ,.") and not most:
                return None
            return EachCase(found["what"].strip(" ,:-–"), points, spoken_or_none(most["most"]) if most else None)
    return None


def _whole_text(clause: Clause) -> str:
    """A clause as it was printed, where it lost its points to the reading of points."""
    return clause.said if clause.points is None else f"{clause.said} {str(clause.points).replace('.', ',')} điểm"


def _less(clause: Clause) -> EachCase | None:
    return None if clause.formula else each_less(clause.said) or each_less(_whole_text(clause))


def _costing(text: RuleText, less: dict[Clause, EachCase]) -> Recognised | Doubt:
    """The maximum less so much a case; other lines may only say that without cases all is reached."""
    rule = _deduction(list(less.values()))
    for clause in text.clauses:
        if clause in less or _TO_NOTHING.match(clause.said) or clause.points == text.maximum:
            continue
        return Doubt(f"ngoài các trường hợp trừ điểm còn dòng “{clause.said}”", (rule,))
    most = [spoken_or_none(found["most"]) for found in _MOST.finditer(text.whole)]
    if any(each != text.maximum for each in most):
        return Doubt("số điểm trừ có mức tối đa riêng", (rule,))
    if len({case.what.casefold() for case in less.values()}) < len(less):
        return Doubt("hai dòng trừ điểm cùng một việc", (rule,))
    return Recognised(rule)


def _deduction(cases: list[EachCase]) -> DeductionRule:
    listed = [
        {"id": id, "label": case.what, "points": case.points}
        for id, case in zip(ids_for(case.what for case in cases), cases, strict=True)
    ]
    return DeductionRule.model_validate({"kind": "deduction", "cases": listed})


def _bringing(text: RuleText, case: EachCase) -> Recognised | Doubt | None:
    """So much a case up to the maximum: a scale of the number of cases."""
    if case.most not in (None, text.maximum) or case.points > text.maximum:
        return Doubt("mức cộng tối đa khác điểm tối đa của tiêu chí")
    if text.maximum % case.points or text.maximum / case.points > _MOST_STEPS:
        return Doubt("điểm tối đa không chia chẵn cho điểm mỗi trường hợp")
    steps = int(text.maximum / case.points)
    tiers: list[dict[str, object]] = [{"from": count, "points": case.points * count} for count in range(steps, 0, -1)]
    values = {
        "kind": "tiers",
        "of": Measured.NUMBER,
        "value": f"Số {case.what}",
        "tiers": [*tiers, {"points": ZERO}],
        "counts": True,
    }
    return Recognised(TiersRule.model_validate(values))
