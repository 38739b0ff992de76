"""A sentence → its tokens: names, numbers with hedge and unit, years, and the words that say what is told of them.

A word that is not in the vocabulary is a barrier: no statement is read across one, so that a figure of something else
in the same sentence is never taken for ours.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from models.numbers import AmbiguousNumberError, UnreadableNumberError, spoken_number
from tasks.proofreading.agreeing import Hedge, Stated
from tasks.proofreading.names import NameBook, Named, Names, Part, lowered
from tasks.proofreading.vocabulary import (
    AREA_CODE,
    CLAIMS,
    DIGITS,
    MANY,
    NAMES,
    NO_UNIT,
    NUMBER,
    PHRASE,
    REFERENCE,
    ROMAN,
    SPOKEN,
    TAGS,
    UNIT_OF,
    UNIT_WORDS,
    WORD_HEDGES,
    YEAR,
    Kind,
)


@dataclass(slots=True)
class Token:
    """One token; `done` once a statement was read from it, `used` once one was read of what it names."""

    kind: Kind
    start: int
    end: int
    text: str
    ids: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    stated: Stated | None = None
    hedge: Hedge = Hedge.EXACTLY
    year: int = 0
    bare: bool = False
    done: bool = False
    used: bool = False


@dataclass(slots=True)
class Line:
    """A sentence as tokens, with what the text before it says of whom and when.

    Attributes:
        scope: ids of the groups that a heading before it speaks of.
        before: codes of the units that the sentence before it names, for `đơn vị này`.
        year: the year that the text before it spoke of last, 0 where none.
        period: of which period the text is, as its heading names it.
        is_heading: whether it is a whole paragraph without an end mark.
    """

    text: str
    tokens: list[Token]
    scope: tuple[str, ...] = ()
    before: tuple[tuple[str, ...], ...] = ()
    year: int = 0
    period: str = ""
    is_heading: bool = False

    def finish(self, *places: int) -> None:
        """A statement was read from these tokens."""
        for place in places:
            self.tokens[place].done = True

    def open(self, kind: Kind) -> list[int]:
        """The tokens of a kind from which nothing was read yet."""
        return [at for at, token in enumerate(self.tokens) if token.kind is kind and not token.done]

    def clause(self, at: int) -> range:
        """The tokens from the mark before one that ends a clause to the one after it."""
        first, last = at, at
        while first > 0 and self.tokens[first - 1].kind is not Kind.STOP:
            first -= 1
        while last + 1 < len(self.tokens) and self.tokens[last].kind is not Kind.STOP:
            last += 1
        return range(first, last + 1)

    def blocked(self, at: int) -> bool:
        """Whether a word in its clause denies, wishes, or speaks of another index."""
        return any(
            self.tokens[place].kind is Kind.BLOCK or self.tokens[place].text.startswith(("tháng", "quý"))
            for place in self.clause(at)
        )

    def use(self, *places: int) -> None:
        """A statement was read of what these tokens name; places under 0 are none."""
        for place in places:
            if place >= 0:
                self.tokens[place].used = True

    def left_out(self) -> list[int]:
        """Units and areas of which no statement was read: they may qualify what was."""
        named = (Kind.UNIT, Kind.PRONOUN, Kind.AREA)
        return [at for at, token in enumerate(self.tokens) if token.kind in named and not token.used]

    def left(self) -> list[int]:
        """Numbers and claims from which nothing was read."""
        numbers = self.open(Kind.NUMBER)
        subjects = (Kind.UNIT, Kind.AREA, Kind.PRONOUN, *(() if self.is_heading else (Kind.GROUP,)))
        named = any(token.kind in subjects or token.text in MANY for token in self.tokens)
        claims = [
            at
            for at, token in enumerate(self.tokens)
            if token.kind in CLAIMS and not token.done and (named or token.kind is Kind.GRADE)
        ]
        return sorted((*numbers, *claims))


def tokens_of(text: str, book: NameBook, grades: Sequence[str], areas: Mapping[int, tuple[Part, ...]]) -> list[Token]:
    """The tokens of a sentence.

    Args:
        text: NFC, plainly typed.
        book: the names that are known.
        grades: the grades of the round.
        areas: areas by their number, for `lĩnh vực III`.
    """
    small = lowered(text)
    named = {one.start: one for one in book.find(text)}
    grade = re.compile("|".join(re.escape(lowered(one)) for one in sorted(grades, key=len, reverse=True)) or r"(?!)")
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        token = _token(text, small, at, book, named, grade, areas, tokens)
        tokens.append(token)
        at = token.end
    return _hedged(tokens)


def _token(
    text: str,
    small: str,
    at: int,
    book: NameBook,
    named: Mapping[int, Named],
    grade: re.Pattern[str],
    areas: Mapping[int, tuple[Part, ...]],
    before: Sequence[Token],
) -> Token:
    if (found := named.get(at)) and found.kind is not Names.AREA:
        return Token(NAMES[found.kind], at, found.end, small[at : found.end], found.ids, found.parts, bare=found.bare)
    if (reference := REFERENCE.match(small, at)) and _whole(small, at, reference.end()):
        return Token(Kind.REFERENCE, at, reference.end(), reference[0])
    if (code := AREA_CODE.match(small, at)) and (parts := areas.get(ROMAN.get(code[1], 0) or _number(code[1]))):
        return Token(Kind.AREA, at, code.end(), code[0], parts=parts)
    if found:
        return Token(Kind.AREA, at, found.end, small[at : found.end], parts=found.parts)
    if (year := YEAR.match(small, at)) and _whole(small, at, year.end()):
        return Token(Kind.YEAR, at, year.end(), year[0], year=int(year[1]))
    graded = bool(before) and before[-1].kind in (Kind.GRADED, Kind.GRADE)
    if (match := grade.match(small, at)) and _whole(small, at, match.end()) and (graded or text[at].isupper()):
        return Token(Kind.GRADE, at, match.end(), match[0])
    if number := _numbered(small, at, before):
        return number
    for place in book.places:
        if small.startswith(place, at) and _whole(small, at, at + len(place)):
            return Token(Kind.FILL, at, at + len(place), place)
    if phrase := PHRASE.match(small, at):
        words = phrase[0]
        kind = TAGS.get(words, Kind.FILL)
        return Token(kind, at, phrase.end(), words, hedge=WORD_HEDGES.get(words, Hedge.EXACTLY))
    if word := re.compile(r"\w+").match(small, at):
        return Token(Kind.WORD, at, word.end(), word[0])
    return Token(Kind.STOP if small[at] in ";.!?" else Kind.MARK, at, at + 1, small[at])


def _whole(small: str, start: int, end: int) -> bool:
    """Whether a match begins and ends with whole words."""
    return not (start and small[start - 1].isalnum()) and not (end < len(small) and small[end].isalnum())


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _numbered(small: str, at: int, before: Sequence[Token]) -> Token | None:
    """A number with its unit, in digits or in words; `không có sở nào` counts 0 of them."""
    if none := NO_UNIT.match(small, at):
        return Token(Kind.NUMBER, at, none.end(), none[0], stated=Stated(Decimal(0), unit=f"units:{none[1]}"))
    ordinal = bool(before) and before[-1].kind in (Kind.RANK, Kind.FROM, Kind.TO)
    if match := NUMBER.match(small, at):
        if at and small[at - 1].isalpha():
            return None
        part, whole = match[0].split("/")[0].strip().lstrip("+"), match[1]
        unit, end = _unit_behind(small, match.end())
        value = _value(part, unit)
        if value is None:
            return Token(Kind.NUMBER, at, match.end(), match[0])
        decimals = (
            len(part.replace(".", ",").partition(",")[2]) if value != value.to_integral_value() or "," in part else 0
        )
        stated = Stated(value, decimals, spoken_number(whole) if whole else None, unit)
        return Token(Kind.NUMBER, at, end, small[at:end], stated=stated)
    if (spoken := SPOKEN.match(small, at)) and _whole(small, at, spoken.end()):
        unit, end = _unit_behind(small, spoken.end())
        if not (unit or ordinal) or (unit == "points" and spoken[0] in ("nhất", "nhì")):
            return None
        words = spoken[0].split()
        number = DIGITS[words[0]] if len(words) == 1 else 20 if words[1] == "mươi" else 10 + _tail(words[1])
        whole = re.compile(r"\s?/\s?(\d+)").match(small, spoken.end())
        end = whole.end() if whole else end if not ordinal else spoken.end()
        stated = Stated(Decimal(number), 0, spoken_number(whole[1]) if whole else None, unit)
        return Token(Kind.NUMBER, at, end, small[at:end], stated=stated)
    return None


def _value(part: str, unit: str) -> Decimal | None:
    """The number; of what may be two, the one that the law writes so: comma before decimals, point between thousands.

    Source: NĐ 30/2020/NĐ-CP, Phụ lục II.
    """
    try:
        return spoken_number(part)
    except AmbiguousNumberError as either:
        if "," in part:
            return Decimal(part.replace(",", "."))
        return None if unit in ("%", "pp") else either.whole
    except UnreadableNumberError:
        return None


def _tail(word: str) -> int:
    return 5 if word == "lăm" else DIGITS[word]


def _unit_behind(small: str, end: int) -> tuple[str, int]:
    """What is counted, by the word behind a number: its name; of units also the word itself."""
    match = UNIT_OF.match(small, end)
    if match is None:
        return "", end
    place = int(str(match.lastgroup)[1:])
    name = UNIT_WORDS[place][0]
    return (f"units:{match[0].strip()}" if name == "units" else name), match.end()


def _hedged(tokens: list[Token]) -> list[Token]:
    """Hedges go into the number behind them; elsewhere they are words without meaning for what is stated."""
    kept: list[Token] = []
    for at, token in enumerate(tokens):
        if token.kind is Kind.FILL and token.hedge is not Hedge.EXACTLY:
            following = tokens[at + 1] if at + 1 < len(tokens) else None
            if following and following.kind is Kind.NUMBER:
                following.hedge, following.start = token.hedge, token.start
                following.text = f"{token.text} {following.text}"
                continue
            token.kind = Kind.BLOCK if token.text.startswith(("không", "chưa")) else Kind.WORD
        kept.append(token)
    return kept
