"""Numbers that Word prints before a paragraph and that stand nowhere in its text: 1.1.2, II, a).

Source: ECMA-376 part 1, 17.9.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple
from xml.etree.ElementTree import Element

from models.numbers import roman

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DEEPEST = 9
_LARGEST = 10_000
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class _Level(NamedTuple):
    """How one level of a list is numbered."""

    start: int
    form: str
    text: str


class ListNumbering:
    """The lists of a document, counting on as its paragraphs are met in their order."""

    def __init__(self, part: Element | None) -> None:
        """Learn the lists from the part that describes them; None where the document has none."""
        abstract: dict[str, dict[int, _Level]] = {}
        self._levels: dict[str, dict[int, _Level]] = {}
        self._list_of: dict[str, str] = {}
        self._counts: dict[str, list[int | None]] = {}
        for described in [] if part is None else part.iter(f"{W}abstractNum"):
            levels = {_whole(level.get(f"{W}ilvl")): _level(level) for level in described.iter(f"{W}lvl")}
            abstract[described.get(f"{W}abstractNumId", "")] = levels
        for used in [] if part is None else part.iter(f"{W}num"):
            number, described_as = used.get(f"{W}numId", ""), value_of(used, "abstractNumId")
            self._levels[number] = abstract.get(described_as, {})
            self._list_of[number] = described_as

    def printed_before(self, properties: Element | None) -> str:
        """The number before the next paragraph, with a space behind it; "" where it has none or a bullet."""
        numbered = None if properties is None else properties.find(f"{W}numPr")
        if numbered is None:
            return ""
        number, depth = value_of(numbered, "numId"), min(_whole(value_of(numbered, "ilvl")), _DEEPEST - 1)
        levels = self._levels.get(number, {})
        if depth not in levels:
            return ""
        counts = self._counts.setdefault(self._list_of[number], [None] * _DEEPEST)
        counts[depth] = levels[depth].start if (before := counts[depth]) is None else before + 1
        counts[depth + 1 :] = [None] * (_DEEPEST - depth - 1)
        if levels[depth].form in ("bullet", "none"):
            return "- " if levels[depth].form == "bullet" else ""
        return f"{re.sub(r'%([1-9])', lambda found: _shown(int(found[1]) - 1, counts, levels), levels[depth].text)} "


def value_of(parent: Element, name: str) -> str:
    """The value of a property of an element; "" where it has none."""
    found = parent.find(f"{W}{name}")
    return "" if found is None else found.get(f"{W}val", "")


def _level(level: Element) -> _Level:
    return _Level(_whole(value_of(level, "start"), 1), value_of(level, "numFmt"), value_of(level, "lvlText"))


def _whole(text: str | None, otherwise: int = 0) -> int:
    return min(int(text), _LARGEST) if text and text.isascii() and text.isdecimal() else otherwise


def _shown(depth: int, counts: list[int | None], levels: Mapping[int, _Level]) -> str:
    """The number of one level as its list writes it."""
    level = levels.get(depth, _Level(1, "decimal", ""))
    number = level.start if (count := counts[depth]) is None else count
    match level.form:
        case "upperRoman" | "lowerRoman":
            text = roman(number)
            return text if level.form == "upperRoman" else text.lower()
        case "upperLetter" | "lowerLetter":
            letter = _LETTERS[(number - 1) % len(_LETTERS)]
            return letter.upper() if level.form == "upperLetter" else letter
    return str(number)
