"""A figure compared with those of the other units of the group: `min_max`."""

import re

from models.criteria.rules.min_max import MinMaxRule
from tasks.criteria.rule_texts.clauses import NUMBER, RuleText
from tasks.criteria.rule_texts.meanings import Doubt, Recognised

_OWN = re.compile(
    rf"^(?:tỷ lệ \((?P<part>[^÷]+?) ÷ (?P<whole>.+?)\)|(?P<value>.+?)) so với các đơn vị cùng nhóm: "
    rf"(?P<best>cao nhất|thấp nhất) {NUMBER} điểm, (?:cao nhất|thấp nhất) 0 điểm",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"so với (?:các )?đơn vị (?:cùng nhóm|cao nhất|thấp nhất|khác)|đơn vị (?:có kết quả )?cao nhất", re.IGNORECASE
)


def recognise(text: RuleText) -> Recognised | Doubt | None:
    """The comparison as our guides say it; other words for it are a doubt."""
    found = _OWN.match(text.whole)
    if found is None:
        if not _ABOUT.search(text.low):
            return None
        higher = MinMaxRule(kind="min_max", value=text.name or "Giá trị")
        return Doubt("so sánh giữa các đơn vị bằng cách chưa rõ", (higher, higher.model_copy(update={"lower": True})))
    values: dict[str, object] = {"kind": "min_max", "lower": found["best"].casefold() == "thấp nhất"}
    if found["part"]:
        values |= {"of": "ratio", "numerator": found["part"], "denominator": found["whole"]}
    else:
        values["value"] = found["value"]
    return Recognised(MinMaxRule.model_validate(values))
