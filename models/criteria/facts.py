"""Facts: what an agency states about a component, before any points. Text as received → canonical text, or why not.

Canonical forms are what the database keeps and what the rules compute from: numbers with a decimal point, ISO dates,
`1`/`0` for yes and no, the id of an option, `none` for a date of something that was never done.
A number either counts things, so that it is whole, or measures an amount. Source: docs/thu-muc-tinh.md (`counts`).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple
from unicodedata import normalize

from models.numbers import (
    AmbiguousNumberError,
    UnreadableNumberError,
    plain,
    plainly_typed,
    said,
    spoken_number,
    vietnamese_number,
)

NEVER_DONE = "none"

_APPRAISED = "appraised:"

_YES = frozenset({"1", "có", "co", "x", "đạt", "dat", "yes", "true", "rồi"})
_NO = frozenset({"0", "không", "khong", "không đạt", "khong dat", "chưa", "chưa đạt", "chưa có", "no", "false"})
_NEVER = frozenset({NEVER_DONE, "không", "khong", "chưa", "không có", "chưa có", "chưa thực hiện", "không thực hiện"})
_AMOUNT = re.compile(
    r"(?:(?:tổng|mức) )?(?:số )?(?:ngày|giờ|tháng|tiền|kinh phí|vốn|thu|chi|nợ|ngân sách|dự toán|doanh thu|diện tích"
    r"|giá trị|thời gian|thời lượng|khối lượng|tỷ lệ|điểm)\b"
    r"|.*(?:, |\()(?:(?:triệu|tỷ|nghìn) )?(?:đồng|triệu|tỷ|ha|km|m2|m²|m3|m³|kg|tấn|giờ|ngày|tháng|%)\)?$",
    re.IGNORECASE,
)
_THINGS = re.compile(r"(?:tổng )?số ", re.IGNORECASE)
_ONE_GROUP = 1000
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00)?)?")
_DAY_FIRST = re.compile(r"(?:ngày\s+)?(\d{1,2})\s*([/.\-])\s*(\d{1,2})\s*\2\s*(\d{4})", re.IGNORECASE)
_SHORT_YEAR = re.compile(r"((?:ngày\s+)?\d{1,2}\s*([/.\-])\s*\d{1,2}\s*\2\s*)(\d{2})", re.IGNORECASE)
_YEARS_BEFORE = 10
_IN_WORDS = re.compile(r"(?:ngày\s+)?(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})", re.IGNORECASE)


class FactKind(StrEnum):
    """What sort of value a fact is: a number measures an amount, a count is how many things there are."""

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
        of_ratio: whether it is the part or the whole of a ratio: where the whole is 100, the part may be a percentage,
            so that only beside its whole a fraction of a count is judged.
    """

    id: str
    label: str
    kind: FactKind
    choices: tuple[tuple[str, str], ...] = ()
    required: bool = True
    of_ratio: bool = False

    @property
    def as_optional(self) -> "FactField":
        """The same fact where points can be computed without it."""
        return replace(self, required=False)

    @property
    def counts(self) -> bool:
        """Whether it says how many things there are, so that it is whole."""
        return self.kind is FactKind.COUNT

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

    @property
    def answers(self) -> tuple[str, ...]:
        """Its values in words where there are only so many; nothing where there are more."""
        if self.kind is FactKind.YES_NO:
            return self.shown("1"), self.shown("0")
        return tuple(label for _, label in self.choices)

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
        if self.counts and not self.of_ratio and text.endswith("%"):
            raise self._refuse(f"“{text}” là tỷ lệ, không phải số lượng", "Nhập số lượng, không có dấu %")
        try:
            value = number(text)
        except UnreadableNumberError as unreadable:
            if not (self.counts and isinstance(unreadable, AmbiguousNumberError)):
                raise self._refuse(str(unreadable), "Nhập một số, không kèm chữ") from unreadable
            value = unreadable.whole
        if not self.of_ratio and (why := self.fraction(value)):
            raise UnreadableFactError(why)
        return plain(value)

    def fraction(self, value: Decimal) -> FactProblem | None:
        """What to ask where a count is no whole number: a dot between thousands may have been read as a decimal one."""
        if not self.counts or value == value.to_integral_value():
            return None
        what = f"{self.label}: “{said(value)}” không phải là số nguyên, trong khi ở đây đếm số lượng"
        meant = value * _ONE_GROUP
        if not 1 <= abs(value) < _ONE_GROUP or meant != meant.to_integral_value():
            return FactProblem(self.id, what, "Nhập số nguyên, không có phần lẻ")
        return FactProblem(
            self.id,
            f"{what}; có phải {plain(meant)}?",
            f"Nếu đúng thì nhập {plain(meant)}, không gõ dấu ngăn hàng nghìn; nếu không thì nhập số nguyên đúng",
        )

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


def appraised_id(fact: str) -> str:
    """Under which id the value of a fact is kept that its appraiser found, beside the one that the unit states."""
    return f"{_APPRAISED}{fact}"


def claimed_id(fact: str) -> str | None:
    """The fact whose appraised value is kept under this id; None for one that a unit states."""
    return fact.removeprefix(_APPRAISED) if fact.startswith(_APPRAISED) else None


def appraised_facts(facts: Mapping[str, str]) -> dict[str, str]:
    """Of all that is kept of a leaf, the facts as its appraiser found them, by the ids that its rule gives them."""
    return {own: value for fact, value in facts.items() if (own := claimed_id(fact)) is not None}


def kind_of_numbers(*labels: str, stated: bool | None) -> FactKind:
    """Whether numbers with these labels count things together, or measure amounts such as money, areas and times.

    Args:
        labels: their names for officers; where one of them names an amount, all do.
        stated: what the criteria set says of it, None where it says nothing.
    """
    counts = not any(map(_AMOUNT.match, labels)) if stated is None else stated
    return FactKind.COUNT if counts else FactKind.NUMBER


def kind_of_number(label: str, unit: str, stated: bool | None) -> FactKind:
    """The same of a number that stands alone: without a word of the set it counts where its name says “số …”."""
    if stated is None and not _THINGS.match(label):
        return FactKind.NUMBER
    return kind_of_numbers(f"{label}, {unit}" if unit else label, stated=stated)


def with_century(text: str, year: int) -> str | None:
    """A date whose year has two digits with all four, None for what is none, or lies nowhere near the year."""
    written = _SHORT_YEAR.fullmatch(plainly_typed(normalize("NFC", text)))
    full = 2000 + int(written[3]) if written else 0
    return f"{written[1]}{full}" if written and year - _YEARS_BEFORE <= full <= year + 1 else None


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
