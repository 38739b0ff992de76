"""Paragraphs → sentences with their places. A point within a number or an abbreviation ends none."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from unicodedata import normalize

from models.numbers import plainly_typed

_ABBREVIATED = r"(?<!\bTP)(?<!\bTX)(?<!\bTT)(?<!\bTS)(?<!\bP)(?<!\bQ)(?<!\bH)(?<!\bvv)"
_END = re.compile(rf"{_ABBREVIATED}(?<=[.!?…])[”\")]?\s+(?=[\"“(\-–]?\s?(\w))")
_NUMBERING = re.compile(
    r"^\s*(?:(?:Biểu đồ|Bảng|Hình) \d{1,2}\.|[-–+*•]|(?:\d{1,2}|[IVX]{1,5}|[a-zđ])[.)](?:\d{1,2}[.)]?)*)\s+"
)


class Cut(NamedTuple):
    """A sentence: its paragraph and its number there, both from 1, and whether it is the whole paragraph."""

    paragraph: int
    number: int
    text: str
    alone: bool


def split(paragraphs: Sequence[str]) -> Iterator[Cut]:
    """The sentences of paragraphs; numbering before a paragraph is left out."""
    for place, paragraph in enumerate(paragraphs, start=1):
        text = " ".join(plainly_typed(normalize("NFC", paragraph)).split())
        start, number = 0, 0
        if match := _NUMBERING.match(text):
            start = match.end()
        ends = [match.end() for match in _END.finditer(text, start) if not match[1].islower()]
        for end in (*ends, len(text)):
            if sentence := text[start:end].strip():
                number += 1
                yield Cut(place, number, sentence, number == 1 and end == len(text))
            start = end
