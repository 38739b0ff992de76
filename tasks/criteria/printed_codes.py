"""Codes as annexes print them: 1.1.2, II, A, a) or none, and how deep each one is."""

import re
from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

_ROMANS = {"I": 1, "V": 5, "X": 10, "L": 50}
_ARABIC = re.compile(r"^(?:(?:tiêu chí|tctp|tc|lĩnh vực|mục|phần)\s*)?(\d{1,2}(?:[.,]\d{1,2})*)[.):]?$", re.IGNORECASE)
_ROMAN = re.compile(r"^(?:(?:lĩnh vực|phần|mục)\s+(?:thứ\s+)?)?([IVXL]{1,5})[.):]?$")
_UPPER = re.compile(r"^(?:phần\s+)?([A-HĐ])[.):]?$")
_LOWER = re.compile(r"^([a-zđ])[.)]$")
_BULLET = re.compile(r"^[-–—+•*●▪]+$")
_BEFORE_NAME = re.compile(
    r"^((?:(?:lĩnh vực|tiêu chí|phần|mục)\s+(?:thứ\s+)?)?(?:\d{1,2}(?:\.\d{1,2})+\.?|\d{1,2}[.):]|"
    r"[IVX]{1,5}[.):]|[A-HĐ][.)]|[a-zđ]\)))\s+(?=\S)",
    re.IGNORECASE,
)
_BULLETED = re.compile(r"^([-–—+•*●▪]+)\s*(?=\S)")
_HIGHEST_ROMAN = 30


class Style(Enum):
    """How a code is written."""

    ARABIC = "arabic"
    ROMAN = "roman"
    UPPER = "upper"
    LOWER = "lower"
    BULLET = "bullet"


class PrintedCode(NamedTuple):
    """A code: how it is written, and its numbers."""

    style: Style
    parts: tuple[int, ...]
    text: str


def read_code(text: str) -> PrintedCode | None:
    """The code that a cell holds; None where it holds none."""
    text = text.strip()
    if found := _ARABIC.match(text):
        return PrintedCode(Style.ARABIC, tuple(int(part) for part in re.split(r"[.,]", found[1])), found[1])
    if (found := _ROMAN.match(text)) and 0 < (number := _of_roman(found[1])) <= _HIGHEST_ROMAN:
        return PrintedCode(Style.ROMAN, (number,), found[1])
    if found := _UPPER.match(text):
        return PrintedCode(Style.UPPER, ("ABCDĐEGHF".index(found[1]) + 1,), found[1])
    if found := _LOWER.match(text):
        return PrintedCode(Style.LOWER, ("abcdđeghiklmnopqrstuvxy".find(found[1]) + 1,), found[1])
    return PrintedCode(Style.BULLET, (), text) if _BULLET.match(text) else None


def split_code(name: str) -> tuple[PrintedCode | None, str]:
    """The code that stands before a name, and the name without it."""
    for pattern in (_BEFORE_NAME, _BULLETED):
        if (found := pattern.match(name)) and (code := read_code(found[1])):
            return code, name[found.end() :]
    return None, name


def depths(codes: Sequence[PrintedCode]) -> dict[Style, int]:
    """How deep the shallowest code of each style lies: 1 is an area, 0 a part that holds areas.

    Under Roman areas Arabic codes begin anew (II: 1, 1.1) or go on (II: 2.1, 2.1.1): they begin anew where one of them
    is a single number.
    """
    styles = {code.style for code in codes}
    arabic = [code for code in codes if code.style is Style.ARABIC]
    if Style.ROMAN in styles:
        above = {Style.UPPER: 0, Style.ROMAN: 1}
        return {**above, Style.ARABIC: 2 if any(len(code.parts) == 1 for code in arabic) else 1}
    if Style.UPPER in styles and any(len(code.parts) == 1 for code in arabic):
        deepest = max((len(code.parts) for code in arabic), default=1)
        return {Style.UPPER: 1, Style.ARABIC: 2} if deepest < 3 else {Style.UPPER: 0, Style.ARABIC: 1}
    return {Style.UPPER: 1, Style.ARABIC: 1}


def _of_roman(text: str) -> int:
    values = [_ROMANS[letter] for letter in text]
    return sum(-value if value < after else value for value, after in zip(values, [*values[1:], 0], strict=True))
