"""Another index taken over and scaled to the maximum: PAPI, SIPAS, the service index of QĐ 766/QĐ-TTg, DTI."""

import re
from decimal import Decimal

from models.criteria.rules.external import ExternalRule
from models.numbers import HUNDRED, spoken_or_none
from tasks.criteria.rule_texts.clauses import NUMBER, RuleText
from tasks.criteria.rule_texts.meanings import Doubt, Recognised

_OWN = re.compile(rf"^(?P<index>[^;×]+?) ÷ (?P<scale>{NUMBER}) × (?P<most>{NUMBER}) điểm$", re.IGNORECASE)
_NAMED = r"(?:PAPI|SIPAS|PCI|PAR ?INDEX|DTI|DDCI|PGI|ICT|ITA|(?:bộ )?chỉ số|điểm (?:chỉ số|đánh giá))"
_PRINTED = re.compile(
    rf"^(?:điểm(?: số)? (?:=|là|bằng) )?[\[(]*(?P<index>[^;×÷/()\[]*?{_NAMED}[^;×÷()\[]*?)"
    rf"\s*[/÷:]\s*(?P<scale>{NUMBER})\)?\s*×\s*"
    rf"(?:{NUMBER}(?: điểm)?|điểm (?:tối đa|chuẩn)[^;×÷]*)[\])]*$",
    re.IGNORECASE,
)
_TURNED = re.compile(
    rf"^(?:điểm(?: số)? (?:=|là|bằng) )?[\[(]*(?P<index>[^;×÷()\[]*?{_NAMED}[^;×÷()\[]*?)"
    rf"\s*×\s*(?:{NUMBER}(?: điểm)?|điểm (?:tối đa|chuẩn)[^;×÷/()]*?)\)?\s*[/÷:]\s*(?P<scale>{NUMBER})\s*%?[\])]*$",
    re.IGNORECASE,
)
_TAKEN = re.compile(rf"(?:lấy|căn cứ|theo|quy đổi|dựa trên|sử dụng)\b.*?(?P<index>{_NAMED}[^;,.]*)", re.IGNORECASE)
_BY_CONVENTION = re.compile(r"766|\bDTI\b|SIPAS|PAR ?INDEX|hài lòng", re.IGNORECASE)


def recognise(text: RuleText) -> Recognised | Doubt | None:
    """The index that a text takes over, with its scale."""
    if text.survey:
        return None
    for pattern in (_OWN, _PRINTED, _TURNED):
        found = pattern.match(text.whole)
        if (found and re.search(_NAMED, found["index"], re.IGNORECASE)) or (found and pattern is _OWN):
            index, scale = found["index"].strip(" ,:-–"), spoken_or_none(found["scale"])
            return Recognised(_external(index, scale)) if scale else None
    taken = _TAKEN.search(text.whole)
    if taken is None or any(clause.points not in (None, text.maximum) for clause in text.clauses):
        return None
    index = taken["index"].strip()
    scales = (HUNDRED,) if _BY_CONVENTION.search(text.whole) else (HUNDRED, Decimal(80), Decimal(10))
    return Doubt(
        "lấy theo chỉ số khác nhưng không ghi thang điểm của chỉ số ấy",
        tuple(_external(index, scale) for scale in scales),
    )


def _external(index: str, scale: Decimal) -> ExternalRule:
    return ExternalRule(kind="external", index=index[:1].upper() + index[1:], scale=scale)
