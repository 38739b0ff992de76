"""A printed rule taken apart: what each of its lines asks for, and what it is worth.

`Hoàn thành từ 80% trở lên: 1,5 điểm` asks for the text before the colon and is worth 1.5; a line may be worth a share
of the maximum instead (formulas.py). What the letters of a formula stand for is kept apart.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from itertools import zip_longest
from typing import NamedTuple

from models.numbers import ZERO, plainly_typed, spoken_or_none
from tasks.criteria.rule_texts.formulas import ShareFormula, read_formula

NUMBER = r"\d+(?:[.,]\d+)?"
_AT_LEAST = re.compile(r"=>(?=\s*\d[\d.,]*\s*%)")  # elsewhere it is an arrow
_TIMES = re.compile(r"(?<=[\w)%\]])\s+[xX*]\s+(?=[\w(\[])|(?<=[)\]%])\s*[xX]\s*(?=\d)")
_BULLET = re.compile(r"^(?:[-–—+•*●▪]+|[a-zđ]\))\s*")
_DEFINED = re.compile(r"(?:^|[\s(;,.:])([ab])\s*(?:là|:|=)\s*(?=[^\W\d]{2,})", re.IGNORECASE)
_DEFINES = re.compile(r"^trong đó:?$|^\(?(?:(?:trong đó|với)\b[:,]?\s*)?[ab]\s*(?:là|:|=)\s*[^\W\d]{2,}", re.IGNORECASE)
_POINTS = rf"(?P<points>{NUMBER})\s*(?:điểm|đ)?"
_POINTED = (
    re.compile(rf"^(?P<said>.*\S)\s*[:=]\s*(?:được |đạt |cho |chấm |là )?{_POINTS}$", re.IGNORECASE | re.DOTALL),
    re.compile(rf"^(?P<said>(?:các )?(?:trường hợp |mức )?còn lại)\s+{_POINTS}$", re.IGNORECASE),
    re.compile(rf"^(?P<said>.*\S)\s*\(\s*(?P<points>{NUMBER})\s*(?:điểm|đ)\s*\)$", re.IGNORECASE | re.DOTALL),
    re.compile(
        rf"^(?P<said>.*\S?),?\s+(?:thì )?(?:điểm(?: đánh giá| đạt được| số)?)\s*(?:là|bằng|=|:)\s*{_POINTS}$",
        re.IGNORECASE | re.DOTALL,
    ),
    re.compile(
        rf"^(?P<said>.*?\S),?\s*(?:[-–]\s*)?(?:thì )?(?:được |đạt |cho |chấm |tính |được tính |được chấm )?"
        rf"(?P<points>{NUMBER})\s*(?:điểm|đ)$",
        re.IGNORECASE | re.DOTALL,
    ),
)
_POINTED_FIRST = re.compile(
    rf"^(?:được |đạt |cho |chấm )?(?P<points>{NUMBER})\s*điểm\s*(?::|,?\s*(?:nếu|khi|đối với|trong "
    rf"trường hợp))\s+(?P<said>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
_NO_POINTS = re.compile(
    r"^(?P<said>.*\S)\s*[:,]?\s+(?:thì )?không (?:được )?(?:(?:tính|có|cho|chấm) )?điểm$", re.IGNORECASE | re.DOTALL
)
_JUDGED = re.compile(
    rf"[:=]\s*(?:được |đạt |cho |chấm |tính )?(?:từ |trên )?{NUMBER}\s*(?:điểm|đ)?\s*(?:[-–]|đến|tới)"
    rf"\s*(?:dưới |cận )?{NUMBER}\s*(?:điểm|đ)?$"
    rf"|điểm (?:trong khoảng )?từ {NUMBER} (?:[-–]|đến) {NUMBER}\s*(?:điểm|đ)?$",
    re.IGNORECASE,
)
_ENDS = re.compile(r"(?<=[\w)%])\.\s+")
_AFTER_POINTS = re.compile(
    rf"((?::\s*|\s){NUMBER}(?:\s*điểm)?),\s+(?=[^\d,;:][^,;:]*:\s*{NUMBER})"
    rf"|({NUMBER}\s*điểm),\s+(?=(?:nếu |đạt |và )*(?:từ|dưới|trên|không|chậm|còn lại|các trường hợp)\b[^;]*điểm)",
    re.IGNORECASE,
)


class ItemLine(NamedTuple):
    """A line printed under an item: its text, and what stands in the column of points beside it."""

    text: str
    points: Decimal | None = None


class Clause(NamedTuple):
    """What one line asks for and what it is worth: points, a share of them, or nothing that was said.

    Attributes:
        told_twice: the points stand in the text and in the column, and differ.
    """

    said: str
    points: Decimal | None = None
    formula: ShareFormula | None = None
    told_twice: bool = False

    @property
    def low(self) -> str:
        """What it asks for in small letters."""
        return self.said.casefold()


class RuleText:
    """A printed rule with what is known of its item."""

    def __init__(self, lines: Iterable[ItemLine], maximum: Decimal, name: str = "", *, survey: bool = False) -> None:
        """Take the lines apart.

        Args:
            lines: as printed, in their order.
            maximum: of the item.
            name: of the item.
            survey: whether the annex says that a survey measures it.
        """
        self.lines = tuple(ItemLine(tidy(line.text), line.points) for line in lines if line.text.strip())
        self.maximum = maximum
        self.name = name
        self.survey = survey

    @cached_property
    def whole(self) -> str:
        """All lines in one, as one sentence of ours would be."""
        return "; ".join(line.text for line in self.lines)

    @cached_property
    def low(self) -> str:
        """The same in small letters."""
        return self.whole.casefold()

    @cached_property
    def meanings(self) -> Mapping[str, str]:
        """What the letters a and b stand for, where the text says so."""
        return dict(_meanings(self.whole))

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """What it asks for and what that is worth, without the lines that only say what letters stand for."""
        return tuple(
            _clause(piece, line.points if alone else None)
            for line in self.lines
            for pieces in [[piece for piece in _pieces(line.text) if not _DEFINES.match(piece)]]
            for alone in [len(pieces) == 1]
            for piece in pieces
        )


def tidy(text: str) -> str:
    """A printed text with single spaces, one kind of sign for times and divided, and no bullet."""
    text = _AT_LEAST.sub("≥", plainly_typed(text).replace("=<", "≤"))
    text = text.replace("≥", " ≥ ").replace("≤", " ≤ ")
    text = re.sub(r"\s+", " ", text).strip()
    text = _TIMES.sub(" × ", text).replace("*", " × ")
    return _BULLET.sub("", text).strip().removeprefix("= ").removesuffix(".").removesuffix(";").strip()


def in_brackets(text: str) -> list[str]:
    """The things that the last brackets of a text list."""
    listed = re.search(r"\(([^()]*(?:\([^()]*\)[^()]*)*)\)[^()]*$", text)
    return [] if listed is None else [item.strip() for item in re.split(r"[,;]", listed[1]) if item.strip()]


def _meanings(text: str) -> Iterator[tuple[str, str]]:
    found = list(_DEFINED.finditer(text))
    for mark, after in zip_longest(found, found[1:]):
        until = text[mark.end() : after.start() if after else len(text)]
        meaning = re.split(r"[;.]|\)$", until)[0].strip(" ,:;().").removesuffix(" và")
        yield mark[1].casefold(), meaning.strip(" ,")


def _pieces(text: str) -> Iterator[str]:
    """The sentences of a line: at full stops, and at semicolons and commas outside brackets."""
    for sentence in _sentences(_AFTER_POINTS.sub(lambda found: f"{found[1] or found[2]}; ", text)):
        depth, piece = 0, ""
        for letter in sentence:
            depth += (letter in "([") - (letter in ")]")
            if letter == ";" and depth <= 0:
                yield from filter(None, [_BULLET.sub("", piece.strip())])
                piece = ""
            else:
                piece += letter
        yield from filter(None, [_BULLET.sub("", piece.strip()).removesuffix(".")])


def _sentences(text: str) -> Iterator[str]:
    """A text cut at full stops before a capital."""
    begun = 0
    for end in _ENDS.finditer(text):
        if text[end.end() : end.end() + 1].isupper():
            yield text[begun : end.start()]
            begun = end.end()
    yield text[begun:]


def _clause(text: str, beside: Decimal | None) -> Clause:
    """One piece; points beside it in the column of points count as if they were said.

    From so many points to so many is for somebody to judge, and no number of points.
    """
    if _JUDGED.search(text):
        return Clause(text)
    if formula := read_formula(text):
        return Clause(formula.asked, None, formula)
    if nothing := _NO_POINTS.match(text):
        return Clause(nothing["said"].strip(" ,:-–"), ZERO, told_twice=bool(beside))
    for pattern in (_POINTED_FIRST, *_POINTED):
        if found := pattern.match(text):
            stated = spoken_or_none(found["points"])
            if stated is None or "trừ" in found["said"].casefold()[-6:]:
                break
            said = found["said"].strip(" ,:-–").removesuffix(" thì")
            return Clause(said, stated, told_twice=beside is not None and beside != stated)
    return Clause(text, beside)
