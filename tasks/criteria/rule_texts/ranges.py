"""Ranges of a figure as annexes print them: `từ 70% đến dưới 90%`, `trên 90%`, `80% ≤ x < 100%`, `còn lại`."""

import itertools
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from models.numbers import HUNDRED, ZERO, spoken_or_none

_NUMBER = r"(?P<{}>\d+(?:[.,]\d+)?)\s*(?P<{}>%|phần trăm)?"
_ONE = _NUMBER.format("low", "p1")
_OTHER = _NUMBER.format("high", "p2")
_UNIT = r"(?P<unit>(?:(?!\b(?:đến|tới|dưới|trở|và|nhỏ|lớn)\b)[^\d%:;–<>≤≥-])*?)"
_TWO = re.compile(
    rf"(?:\b(?P<from>từ trên|từ|trên|hơn|lớn hơn)\s+|(?P<sign>[>≥]=?)\s*)?{_ONE}\s*{_UNIT}\s*"
    r"(?:\b(?:cho đến|đến|tới|và(?= (?:dưới|nhỏ hơn|thấp hơn|[<≤])))\b|[-–])"
    rf"\s*(?P<to>dưới|nhỏ hơn|thấp hơn|cận|hết|<=?|≤)?\s*{_OTHER}",
    re.IGNORECASE,
)
_BETWEEN = re.compile(rf"{_ONE}\s*(?P<sign1><=?|≤)\s*[^\d<≤]*?\s*(?P<sign2><=?|≤)\s*{_OTHER}", re.IGNORECASE)
_SINGLE = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("from", rf"(?:\b(?:đạt |có )?từ\s+|≥\s*)?{_ONE}\s*{_UNIT}\s*\btrở lên"),
        ("to", rf"(?:\btừ\s+)?{_ONE}\s*{_UNIT}\s*\btrở xuống"),
        (
            "from",
            r"(?:\b(?:ít nhất|tối thiểu|không dưới|không thấp hơn|không ít hơn|lớn hơn hoặc bằng)\s+|(?:≥|>=)\s*)"
            rf"{_ONE}",
        ),
        (
            "to",
            r"(?:\b(?:không quá|tối đa|không vượt quá|không vượt|nhiều nhất|không nhiều hơn|nhỏ hơn hoặc bằng)\s+"
            rf"|(?:≤|<=)\s*){_ONE}",
        ),
        (
            "under",
            r"(?:\b(?:dưới|ít hơn|thấp hơn|nhỏ hơn|chưa đạt|chưa đến|chưa tới|không đạt|không đủ|chưa đủ)\s+|<\s*)"
            rf"{_ONE}",
        ),
        ("over", rf"(?:\b(?:trên|hơn|cao hơn|lớn hơn|nhiều hơn|vượt|quá)\s+|>\s*){_ONE}"),
        ("to", rf"\b(?:đến|tới)\s+{_ONE}"),
        ("from", rf"\btừ\s+{_ONE}"),
        ("exact", rf"(?:\b(?:đúng|bằng)\s+|=\s*)?{_ONE}"),
    )
)
_REST = re.compile(r"^(?:các )?(?:trường hợp |mức |đơn vị )?(?:còn lại|khác)$", re.IGNORECASE)
_LOWER = re.compile(r"^(?:mức )?thấp hơn$", re.IGNORECASE)
_NONE = re.compile(r"^(?:không|chưa) (?!đạt|đủ|đúng|kịp|quá|dưới|vượt|thấp|ít|nhiều)", re.IGNORECASE)
_YEARS = re.compile(r"\b(?:năm|quý|tháng|ngày|cấp|mức độ|điều|khoản)\s+(?:[ivx]+|\d[\d/.]*)(?:/[\w-]+)*", re.IGNORECASE)


class Range(NamedTuple):
    """A range of a figure; None as an end: as far as one likes.

    Attributes:
        low_in, high_in: whether the end itself belongs to it.
        percent: whether it is said in percent.
        unit: what stands behind its numbers.
        before, after: what else the text says.
        rest: whether it is whatever no other range holds.
        nothing: whether it says that there is none of the thing.
    """

    low: Decimal | None = None
    low_in: bool = True
    high: Decimal | None = None
    high_in: bool = False
    percent: bool = False
    unit: str = ""
    before: str = ""
    after: str = ""
    rest: bool = False
    nothing: bool = False

    @property
    def exact(self) -> bool:
        """Whether it holds one value only."""
        return self.low is not None and self.low == self.high


def read_range(text: str) -> Range | None:
    """The range that a text names; None where it names none, or more numbers than one range has."""
    text = text.strip()
    if _REST.match(text) or _LOWER.match(text):
        return Range(rest=True)
    kept = _YEARS.sub(lambda year: re.sub(r"\d", "¤", year[0]), text)
    for pattern in (_BETWEEN, _TWO):
        if found := pattern.search(kept):
            return _of_two(found, text) if not re.search(r"\d", _around(found, kept)) else None
    for kind, single in _SINGLE:
        if found := single.search(kept):
            return _of_one(kind, found, text) if not re.search(r"\d", _around(found, kept)) else None
    return Range(ZERO, True, ZERO, True, before=text, nothing=True) if _NONE.match(text) else None


def _around(found: re.Match[str], text: str) -> str:
    return text[: found.start()] + text[found.end() :]


def _of_two(found: re.Match[str], text: str) -> Range | None:
    said = found.groupdict()
    low, high = spoken_or_none(said["low"]), spoken_or_none(said["high"])
    if low is None or high is None or low > high:
        return None
    if "sign1" in said:
        low_in, high_in = said["sign1"] != "<", said["sign2"] != "<"
    else:
        low_in = (said["from"] or "").casefold() not in ("từ trên", "trên", "hơn", "lớn hơn") and said["sign"] != ">"
        high_in = (said["to"] or "").casefold() not in ("dưới", "nhỏ hơn", "thấp hơn", "cận", "<")
    percent = bool(said["p1"] or said["p2"])
    unit, after = ("" if percent else (said.get("unit") or "").strip()), text[found.end() :].strip(" ,")
    if unit and after.startswith(unit):  # said behind both numbers
        after = after[len(unit) :].strip(" ,")
    return Range(low, low_in, high, high_in, percent, unit, text[: found.start()].strip(" ,"), after)


def _of_one(kind: str, found: re.Match[str], text: str) -> Range | None:
    number = spoken_or_none(found["low"])
    if number is None:
        return None
    unit = (found.groupdict().get("unit") or "").strip()
    percent = bool(found["p1"])
    before, after = text[: found.start()].strip(" ,"), text[found.end() :].strip(" ,")
    edges = {
        "from": (number, True, None, False),
        "over": (number, False, None, False),
        "under": (None, True, number, False),
        "to": (None, True, number, True),
        "exact": (number, True, number, True),
    }
    return Range(*edges[kind], percent, "" if percent else unit, before, after)


class Untiled(NamedTuple):
    """Why ranges do not make a scale."""

    why: str


def in_order(ranges: Sequence[Range], *, counts: bool) -> list[int] | Untiled:
    """The positions of the ranges from the lowest up, where together they hold every value exactly once.

    Args:
        ranges: without any that is the rest.
        counts: whether only whole numbers come, so that `1–2` and `từ 3` leave no gap.
    """
    order = sorted(range(len(ranges)), key=lambda at: (_low(ranges[at]), not ranges[at].low_in, _high(ranges[at])))
    lowest, highest = ranges[order[0]], ranges[order[-1]]
    if lowest.low not in (None, ZERO) or not lowest.low_in:
        return Untiled(f"chưa nói điểm khi thấp hơn {_said(lowest.low)}")
    if highest.high is not None and not (highest.percent and highest.high == HUNDRED and highest.high_in):
        return Untiled(f"chưa nói điểm khi cao hơn {_said(highest.high)}")
    for lower, upper in itertools.pairwise(order):
        problem = _between(ranges[lower], ranges[upper], counts=counts)
        if problem:
            return problem
    return order


def _between(lower: Range, upper: Range, *, counts: bool) -> Untiled | None:
    high, low = lower.high, upper.low
    if high is None or low is None or high > low:
        return Untiled("hai mức chồng lấn nhau")
    if high == low:
        if lower.high_in and upper.low_in:
            return Untiled(f"đúng {_said(low)} thuộc cả hai mức")
        if not lower.high_in and not upper.low_in:
            return Untiled(f"đúng {_said(low)} không thuộc mức nào")
        return None
    whole = all(edge == edge.to_integral_value() for edge in (high, low))
    if counts and whole and low + (not upper.low_in) - (high - (not lower.high_in)) == 1:
        return None
    return Untiled(f"khoảng giữa {_said(high)} và {_said(low)} không thuộc mức nào")


def _low(of: Range) -> Decimal:
    return Decimal("-Infinity") if of.low is None else of.low


def _high(of: Range) -> Decimal:
    return Decimal("Infinity") if of.high is None else of.high


def _said(value: Decimal | None) -> str:
    return "0" if value is None else str(value).replace(".", ",")
