"""Facts: what an agency states about a component, before any points. Text as received → canonical text, or why not.

Canonical forms are what the database keeps and what the rules compute from: numbers with a decimal point, ISO dates,
`1`/`0` for yes and no, the id of an option, `none` for a date of something that was never done.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple
from unicodedata import normalize

from models.numbers import UnreadableNumberError, plain, plainly_typed, spoken_number, vietnamese_number

NEVER_DONE = "none"

_YES = frozenset({"1", "có", "co", "x", "đạt", "dat", "yes", "true", "rồi"})
_NO = frozenset({"0", "không", "khong", "không đạt", "khong dat", "chưa", "chưa đạt", "chưa có", "no", "false"})
_NEVER = frozenset({NEVER_DONE, "không", "khong", "chưa", "không có", "chưa có", "chưa thực hiện", "không thực hiện"})
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00)?)?")
_DAY_FIRST = re.compile(r"(?:ngày\s+)?(\d{1,2})\s*([/.\-])\s*(\d{1,2})\s*\2\s*(\d{4})", re.IGNORECASE)
_IN_WORDS = re.compile(r"(?:ngày\s+)?(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})", re.IGNORECASE)


class FactKind(StrEnum):
    """What sort of value a fact is."""

    NUMBER = "number"
    COUNT = "count"
    DATE = "date"
    YES_NO = "yes_no"
    OPTION = "option"


class FactProblem(NamedTuple):
    """Why facts make no sense: which fact, what is wrong, what to do; the last ones in Vietnamese.

    `unclaimed`: what to do instead where units may not claim that no case arose; "" where that is the same.
    """

    fact: str
    what: str
    remedy: str
    unclaimed: str = ""


class UnreadableFactError(ValueError):
    """A text that is not a value of its fact. Carries a FactProblem."""

    def __init__(self, problem: FactProblem) -> None:
        super().__init__(problem.what)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class FactField:
    """One fact that a rule asks for.

    Attributes:
        id: its name in files and in the database.
        label: its name for officers, in Vietnamese.
        choices: for options, the ids that may be chosen and their labels.
        required: whether the points cannot be computed without it.
    """

    id: str
    label: str
    kind: FactKind
    choices: tuple[tuple[str, str], ...] = ()
    required: bool = True

    def read(self, text: str, number: Callable[[str], Decimal] = spoken_number) -> str:
        """The canonical form of a received text.

        Args:
            text: the value as received; Unicode in any form.
            number: how numbers are spelled where the text comes from.

        Raises:
            UnreadableFactError: the text is no value of this fact.
        """
        text = plainly_typed(normalize("NFC", text))
        match self.kind:
            case FactKind.NUMBER | FactKind.COUNT:
                return self._read_number(text, number)
            case FactKind.DATE:
                return self._read_date(text)
            case FactKind.YES_NO:
                return self._read_yes_no(text)
            case FactKind.OPTION:
                return self._read_option(text)

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers, so that a % behind one says something."""
        return self.kind in (FactKind.NUMBER, FactKind.COUNT)

    def shown(self, value: str) -> str:
        """A canonical value as officers read it."""
        match self.kind:
            case FactKind.NUMBER | FactKind.COUNT:
                return vietnamese_number(value)
            case FactKind.DATE:
                return "không thực hiện" if value == NEVER_DONE else f"{date.fromisoformat(value):%d/%m/%Y}"
            case FactKind.YES_NO:
                return "có" if value == "1" else "không"
            case FactKind.OPTION:
                return dict(self.choices).get(value, value)

    def _refuse(self, what: str, remedy: str) -> UnreadableFactError:
        return UnreadableFactError(FactProblem(self.id, f"{self.label}: {what}", remedy))

    def _read_number(self, text: str, number: Callable[[str], Decimal]) -> str:
        if self.kind is FactKind.COUNT and text.endswith("%"):
            raise self._refuse(f"“{text}” là tỷ lệ, không phải số lượng", "Nhập số lượng, không có dấu %")
        try:
            return plain(number(text))
        except UnreadableNumberError as unreadable:
            raise self._refuse(str(unreadable), "Nhập một số, không kèm chữ") from unreadable

    def _read_date(self, text: str) -> str:
        if text.casefold() in _NEVER:
            return NEVER_DONE
        try:
            return read_date(text).isoformat()
        except ValueError as unreadable:
            raise self._refuse(
                f"“{text}” không phải là một ngày", "Nhập ngày dạng 31/01/2025, hoặc “không” nếu chưa thực hiện"
            ) from unreadable

    def _read_yes_no(self, text: str) -> str:
        answer = text.casefold()
        if answer in _YES:
            return "1"
        if answer in _NO:
            return "0"
        raise self._refuse(f"“{text}” không phải là có hoặc không", "Nhập “có” hoặc “không”")

    def _read_option(self, text: str) -> str:
        wanted = text.casefold()
        for option, label in self.choices:
            if wanted in (option.casefold(), plainly_typed(label).casefold()):
                return option
        known = ", ".join(f"{option} ({label})" for option, label in self.choices)
        raise self._refuse(f"không có phương án “{text}”", f"Chọn một trong: {known}")


def read_date(text: str) -> date:
    """Read a date in the usual Vietnamese spellings or in ISO form; broken ones are never guessed.

    Raises:
        ValueError: no date, or one that is not in the calendar.
    """
    text = plainly_typed(normalize("NFC", text))
    if match := _ISO_DATE.fullmatch(text):
        year, month, day = match.groups()
    elif match := _DAY_FIRST.fullmatch(text):
        day, _, month, year = match.groups()
    elif match := _IN_WORDS.fullmatch(text):
        day, month, year = match.groups()
    else:
        raise ValueError(text)
    return date(int(year), int(month), int(day))
