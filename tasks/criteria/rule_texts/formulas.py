"""A share of the maximum as annexes print it: `b/a × 1,5`, `(b × điểm tối đa)/a`, `tỷ lệ ÷ 85% × 2 điểm`."""

import re
from decimal import Decimal
from typing import NamedTuple

from models.numbers import HUNDRED, spoken_or_none

_NUMBER = r"\d+(?:[.,]\d+)?"
_WORDS = r"[^×/÷()]*?[^\W\d_][^×/÷()]*?"
_NESTED = r"(?:[^()×÷/]|\([^()]*\))*?"
_MOST = (
    rf"(?:(?P<points>{_NUMBER})\s*(?:điểm|đ)?"
    r"|(?P<most>(?:số )?điểm (?:tối đa|chuẩn)(?: của tiêu chí(?: thành phần)?)?))"
)
_LETTERS = r"(?P<top>[ab])\s*[/÷:]\s*(?P<bottom>[ab])"
_PARTS = rf"(?P<part>{_NESTED}[^\W\d_]{_NESTED})\s*[/÷]\s*(?P<whole>{_NESTED}[^\W\d_]{_NESTED})"
_RATE = rf"(?:tỷ|tỉ) lệ(?:\s*%)?(?P<of>{_WORDS})?(?:\s*\(%\))?"
_ROUNDED = re.compile(
    r",?\s*(?:kết quả )?(?:được )?làm tròn (?:đến )?(?P<decimals>\d) chữ số(?: thập phân)?(?: sau dấu phẩy)?",
    re.IGNORECASE,
)
_INTRODUCED = re.compile(
    r"^(?P<asked>.*?)[,:]?\s*(?:thì )?(?:điểm(?: số| đánh giá| đạt được)? )?(?:được )?(?:tính |tính "
    r"điểm )?theo công thức(?: tính)?"
    r"(?: sau)?\s*:?\s*(?P<formula>.+)$",
    re.IGNORECASE,
)
_EQUALS = re.compile(
    r"^(?P<asked>\S.*?)[,:]?\s+(?:thì )?(?:số )?điểm(?: số| đánh giá| đạt được)?\s*(?:=|là|bằng|được "
    r"tính bằng)\s*(?P<formula>.*×.*)$",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"^(?P<asked>.*?)[,:]?\s*(?:thì )?(?:điểm(?: số| đánh giá)? )?(?:được )?(?:tính|chấm)(?: điểm)? theo (?:tỷ|tỉ) lệ"
    r"(?: %| phần trăm| tương ứng| đạt được| thực hiện| hoàn thành)*$",
    re.IGNORECASE,
)
_POINTS_ARE = re.compile(
    r"^(?:số )?điểm(?: số| đạt được| đạt| đánh giá| của tiêu chí)?\s*(?:=|là|bằng)\s*", re.IGNORECASE
)
_SHAPES = tuple(
    re.compile(rf"^{shape}$", re.IGNORECASE)
    for shape in (
        rf"[\[(]?\s*[\[(]?\s*{_LETTERS}\s*[\])]?\s*×\s*{_MOST}\s*[\])]?",
        rf"[\[(]?\s*(?P<top>[ab])\s*×\s*{_MOST}\s*[\])]?\s*[/÷:]\s*(?P<bottom>[ab])",
        rf"{_MOST}\s*×\s*\(?\s*(?:{_LETTERS}|{_RATE})\s*\)?",
        rf"\(?\s*{_RATE}\s*×\s*{_MOST}\s*\)?(?:\s*[/÷:]\s*(?P<full>{_NUMBER})\s*%?(?P<unit>[^×/÷\d]*))?",
        rf"[\[(]?\s*(?:{_RATE}|giá trị)\s*[/÷:]\s*(?P<full>{_NUMBER})\s*%?(?P<unit>[^×/÷]*?)\s*[\])]?\s*×\s*{_MOST}",
        rf"(?:(?:tỷ|tỉ) lệ\s*[^×÷/()\[]*)?[\[(]\s*{_PARTS}\s*[\])]\s*×\s*{_MOST}",
        rf"{_PARTS}\s*×\s*{_MOST}",
    )
)


class ShareFormula(NamedTuple):
    """A share of points.

    Attributes:
        asked: when it holds, as printed; "" where it always does.
        points: what the whole share is worth, None for the maximum of the item.
        full: the percentage that brings the whole share.
        numerator, denominator: what is divided by what, where the formula says it in words.
        letters: the letters of numerator and denominator, where it says it in letters.
        decimals: to how many decimals the points are rounded, where that is said.
        vague: only “by the ratio” is said.
        of: what the measured rate is called.
    """

    asked: str
    points: Decimal | None = None
    full: Decimal = HUNDRED
    numerator: str = ""
    denominator: str = ""
    letters: tuple[str, str] | None = None
    decimals: int | None = None
    vague: bool = False
    of: str = ""


def read_formula(text: str) -> ShareFormula | None:
    """The share that a line says; None where it says none. A line with a formula that is not understood is vague."""
    decimals = None
    if rounded := _ROUNDED.search(text):
        decimals = int(rounded["decimals"])
        text = (text[: rounded.start()] + text[rounded.end() :]).strip()
    if vague := _VAGUE.match(text):
        return ShareFormula(vague["asked"].strip(" ,:-–"), vague=True)
    if introduced := _INTRODUCED.match(text) or _EQUALS.match(text):
        formula = _shaped(introduced["formula"])
        asked = introduced["asked"].strip(" ,:-–").removesuffix(" thì").removesuffix(" điểm")
        return formula._replace(asked=asked, decimals=decimals) if formula else ShareFormula(asked, vague=True)
    asked, colon, formula_text = text.partition(": ")
    for asking, candidate in ((asked, formula_text), ("", text)) if colon else (("", text),):
        if "×" in candidate and (formula := _shaped(candidate)):
            return formula._replace(asked=asking.strip(" ,-–"), decimals=decimals)
    return ShareFormula(asked if colon else "", vague=True) if "×" in text and "%" not in text else None


def _shaped(text: str) -> ShareFormula | None:
    text = re.sub(r"\s*\(\s*[ab]\s*(?:là|:|=)\s.*\)$", "", text, flags=re.IGNORECASE)
    text = re.sub(r"×\s*100\s*%\s*(?=×)", "", text)  # a share in percent is the share
    text = _POINTS_ARE.sub("", text.split(". ")[0].split("; ")[0].strip()).rstrip(" .,;")
    text = re.split(r"[,.;(]?\s*trong đó|,\s*(?:với )?[ab]\s*(?:là|:)\s", text, flags=re.IGNORECASE)[0].strip(" ,")
    for shape in _SHAPES:
        if found := shape.match(text):
            said = found.groupdict()
            points = spoken_or_none(said.get("points"))
            full = spoken_or_none(said.get("full"))
            letters = (said["top"].casefold(), said["bottom"].casefold()) if said.get("top") else None
            if letters and letters[0] == letters[1]:
                return None
            return ShareFormula(
                "",
                points,
                HUNDRED if full is None else full,
                (said.get("part") or "").strip(" ()"),
                (said.get("whole") or "").strip(" ()"),
                letters,
                of=(said.get("of") or "").strip(),
            )
    return None
