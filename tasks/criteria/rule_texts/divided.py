"""What is divided by what in a printed ratio, where that is said: in words, by letters, or in the name of the leaf."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from models.criteria.rules.ratios import OfNothing
from models.numbers import ZERO
from tasks.criteria.rule_texts.clauses import Clause, RuleText
from tasks.criteria.rule_texts.formulas import ShareFormula

_RATIO = re.compile(
    r"^(?:tỷ|tỉ) lệ \((?P<part>[^÷]+?) ÷ (?P<whole>.+?)\)(?= (?:từ|trên|dưới|đến|bằng|đúng|×)|$)\s*", re.IGNORECASE
)
_SLASHED_RATIO = re.compile(
    r"^(?:nếu )?(?:tỷ|tỉ) lệ(?: ?\(%\)| %)? (?P<part>[^/÷%]+?)\s*[/÷]\s*(?P<whole>tổng (?:số )?[^/÷%\d]+?)"
    r"(?= (?:đạt|từ|trên|dưới|là|bằng)\b|$)\s*",
    re.IGNORECASE,
)
_NAMED_RATIO = re.compile(
    r"(?:tỷ|tỉ) lệ (?:số )?(?P<part>.+?) (?:trên|so với|trong) tổng số (?P<whole>[^,;:()]+)$", re.IGNORECASE
)


class Ratio(NamedTuple):
    """What is divided by what; "" where the text does not say."""

    numerator: str = ""
    denominator: str = ""

    @property
    def given(self) -> dict[str, str]:
        """The names as a rule writes them."""
        return {"numerator": self.numerator, "denominator": self.denominator} if self.denominator else {}


def ratio_before(clauses: Sequence[Clause]) -> tuple[Ratio, list[Clause]]:
    """The ratio named before the first step, as our own sentences have it, and the clauses without it."""
    if not clauses:
        return Ratio(), []
    first, *others = clauses
    formula = first.formula
    if formula and formula.denominator:
        return Ratio(formula.numerator, formula.denominator), [first, *others]
    if found := _RATIO.match(first.said) or _SLASHED_RATIO.match(first.said):
        return Ratio(found["part"], found["whole"]), [first._replace(said=first.said[found.end() :]), *others]
    return Ratio(), [first, *others]


def named_ratio(names: Ratio, formulas: Sequence[ShareFormula], text: RuleText) -> Ratio:
    """The ratio that was named already, or that formulas, their letters or the name of the leaf say."""
    if names.denominator:
        return names
    for formula in formulas:
        if formula.denominator:
            return Ratio(formula.numerator, formula.denominator)
        if formula.letters and all(letter in text.meanings for letter in formula.letters):
            return Ratio(*(text.meanings[letter] for letter in formula.letters))
    if len(text.meanings) == 2:
        part, whole = text.meanings["b"], text.meanings["a"]
        return Ratio(whole, part) if part.casefold().startswith("tổng") else Ratio(part, whole)
    if found := _NAMED_RATIO.search(text.name):
        return Ratio(f"số {found['part']}", f"tổng số {found['whole']}")
    return Ratio()


def unclear_letters(formulas: Sequence[ShareFormula], text: RuleText) -> str | None:
    """Why the letters of a formula may not be taken for part and whole; None where they may."""
    for formula in formulas:
        if formula.letters is None:
            continue
        top, bottom = (text.meanings.get(letter, "") for letter in formula.letters)
        if not (top and bottom):
            if formula.letters != ("b", "a"):
                return "công thức dùng chữ a, b mà không nói chữ nào là tổng số"
        elif top.casefold().startswith("tổng") and not bottom.casefold().startswith("tổng"):
            return f"công thức chia “{top}” cho “{bottom}”, có thể ghi ngược"
    return None


def of_nothing(clauses: Sequence[Clause], maximum: Decimal) -> dict[str, object]:
    """What a rule says of 0 of 0, as the rule writes it."""
    for clause in clauses:
        if clause.points is not None:
            worth = {maximum: OfNothing.FULL, ZERO: OfNothing.ZERO}.get(clause.points)
            return {"of_nothing": worth} if worth else {}
        if re.search(r"không (?:áp dụng|đánh giá|xét)", clause.low):
            return {"of_nothing": OfNothing.NOT_APPLICABLE}
    return {}


def unnamed(extra: Mapping[str, object]) -> tuple[str, ...]:
    """What a person is told where a ratio has no names."""
    return () if "denominator" in extra else ("chưa có tên tử số, mẫu số; ghi numerator, denominator",)
