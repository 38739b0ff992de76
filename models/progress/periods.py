"""Reporting periods: months from the 15th to the 14th, and runs of such months up to years and spans of years.

A period is a run of whole reporting months. The reporting year runs from 15 December of the year before to 14 December.
Source: docs/process.md, 3 (581/BNV-CCHC; QĐ 01/2023/QĐ-UBND of Khánh Hòa; NĐ 09/2019/NĐ-CP).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import CoreSchema, core_schema

FIRST_DAY = 15
LAST_DAY = 14
_MONTHS = 12
_YEAR = r"(?:20\d\d|2100)"
_MONTH = re.compile(rf"({_YEAR})-(0[1-9]|1[0-2])")
_QUARTER = re.compile(rf"({_YEAR})-Q([1-4])")
_FIRST_MONTHS = re.compile(rf"({_YEAR})-([2-9]|10|11)M")
_WHOLE_YEAR = re.compile(_YEAR)
_QUARTERS = ("I", "II", "III", "IV")
PERIOD_FORMS = "2025-03 (tháng), 2025-Q1 (quý), 2025-6M (6 tháng đầu năm), 2025-9M, 2025 (năm), 2016..2019 (từ … đến …)"

AddWorkingDays = Callable[[date, int], date]


class UnreadablePeriodError(ValueError):
    """A text that names no period; says so in Vietnamese."""


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """A run of reporting months.

    Attributes:
        start, end: its first and last month, counted as year × 12 + month − 1.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.start > self.end:
            raise ValueError(f"a period cannot end ({self.end}) before it starts ({self.start})")

    @property
    def length(self) -> int:
        """How many months it has."""
        return self.end - self.start + 1

    @property
    def year(self) -> int:
        """The reporting year in which it ends."""
        return self.end // _MONTHS

    @property
    def first(self) -> date:
        """Its first day."""
        year, month = divmod(self.start - 1, _MONTHS)
        return date(year, month + 1, FIRST_DAY)

    @property
    def last(self) -> date:
        """Its last day, the cut-off."""
        return _last_day(self.end)

    @property
    def is_month(self) -> bool:
        """Whether it is one month."""
        return self.length == 1

    @property
    def is_year(self) -> bool:
        """Whether it is one whole reporting year."""
        return self.from_new_year and self.length == _MONTHS

    @property
    def from_new_year(self) -> bool:
        """Whether it cumulates the months of one year from its first."""
        return self.start == self.year * _MONTHS

    @property
    def whole_years(self) -> bool:
        """Whether it is made of whole years."""
        return self.start % _MONTHS == 0 and self.length % _MONTHS == 0

    @property
    def quarter(self) -> int | None:
        """The number of the quarter that it is, None where it is none."""
        return self.end % _MONTHS // 3 + 1 if self.length == 3 and self.start % 3 == 0 else None

    @property
    def months(self) -> tuple["Period", ...]:
        """Its months, the earliest first."""
        return _months_between(self.start, self.end)

    @property
    def cumulated(self) -> "Period":
        """Everything of its reporting year up to its end."""
        return Period(self.year * _MONTHS, self.end)

    @property
    def before(self) -> "Period":
        """What it is compared with: the month, quarter or year before; of cumulated months, what stood a month ago."""
        if self.from_new_year and 1 < self.length < _MONTHS:
            return Period(self.start, self.end - 1)
        return Period(self.start - self.length, self.end - self.length)

    @property
    def a_year_before(self) -> "Period":
        """The same months of the year before (cùng kỳ năm trước)."""
        return Period(self.start - _MONTHS, self.end - _MONTHS)

    def contains(self, other: "Period") -> bool:
        """Whether all months of the other are among its own."""
        return self.start <= other.start and other.end <= self.end

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> CoreSchema:
        """Written and read as text (`2025-03`) where it stands in JSON."""
        return core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, Period) else read_period(value),
            serialization=core_schema.to_string_ser_schema(),
        )

    def __str__(self) -> str:
        year, month = self.year, self.end % _MONTHS + 1
        if self.is_month:
            return f"{year}-{month:02d}"
        if self.is_year:
            return str(year)
        if self.quarter:
            return f"{year}-Q{self.quarter}"
        if self.from_new_year:
            return f"{year}-{self.length}M"
        if self.whole_years:
            return f"{self.start // _MONTHS}..{year}"
        return f"{Period(self.start, self.start)}..{Period(self.end, self.end)}"

    @property
    def name(self) -> str:
        """The period as officers write it."""
        year, month = self.year, self.end % _MONTHS + 1
        if self.is_month:
            return f"tháng {month} năm {year}"
        if self.is_year:
            return f"năm {year}"
        if self.quarter:
            return f"quý {_QUARTERS[self.quarter - 1]} năm {year}"
        if self.from_new_year:
            return f"{self.length} tháng đầu năm {year}"
        if self.whole_years:
            return f"giai đoạn {self.start // _MONTHS}–{year}"
        return f"từ {Period(self.start, self.start).name} đến {Period(self.end, self.end).name}"


@cache
def _last_day(month: int) -> date:
    year, place = divmod(month, _MONTHS)
    return date(year, place + 1, LAST_DAY)


@lru_cache(maxsize=10_000)
def _months_between(start: int, end: int) -> tuple[Period, ...]:
    return tuple(Period(month, month) for month in range(start, end + 1))


def month(year: int, number: int) -> Period:
    """One reporting month, number from 1 to 12."""
    return Period(year * _MONTHS + number - 1, year * _MONTHS + number - 1)


def whole_year(year: int) -> Period:
    """One reporting year."""
    return Period(year * _MONTHS, year * _MONTHS + _MONTHS - 1)


def month_of(day: date) -> Period:
    """The reporting month that a day belongs to: from the 15th on, the next month's."""
    index = day.year * _MONTHS + day.month - 1 + (day.day >= FIRST_DAY)
    return Period(index, index)


def read_period(text: str) -> Period:
    """Read `2025-03`, `2025-Q1`, `2025-6M`, `2025-9M`, `2025`, or a span `2022..2023-11`.

    Raises:
        UnreadablePeriodError: for anything else.
    """
    text = text.strip()
    earlier, dots, later = text.partition("..")
    if dots:
        start, end = _simple(earlier), _simple(later)
        if start and end and start.start <= end.end:
            return Period(start.start, end.end)
    elif period := _simple(text):
        return period
    raise UnreadablePeriodError(f"“{text}” không phải là một kỳ báo cáo; ghi dạng {PERIOD_FORMS}")


def _simple(text: str) -> Period | None:
    if _WHOLE_YEAR.fullmatch(text):
        return whole_year(int(text))
    if match := _MONTH.fullmatch(text):
        return month(int(match[1]), int(match[2]))
    if match := _QUARTER.fullmatch(text):
        start = int(match[1]) * _MONTHS + 3 * (int(match[2]) - 1)
        return Period(start, start + 2)
    if match := _FIRST_MONTHS.fullmatch(text):
        start = int(match[1]) * _MONTHS
        return Period(start, start + int(match[2]) - 1)
    return None


def unequal_lengths(now: Period, base: Period) -> str | None:
    """Why two periods cannot be compared without a remark, in Vietnamese.

    None where they are as long as each other, or begin together: then the later is told as it grew since the earlier.
    """
    if now.length == base.length or now.start == base.start:
        return None
    part = next((period for period in (now, base) if not period.whole_years), None)
    if part is None:
        return f"so {now.name} ({now.length // _MONTHS} năm) với {base.name} ({base.length // _MONTHS} năm)"
    return f"{part.name} chưa trọn kỳ như {(base if part is now else now).name}"


class ReportDeadline(BaseModel):
    """When a report is due: so many working days after the cut-off, or a day of the period's last month.

    `month` names another month of the reporting year (a year's report before 25 November, say).
    Source: docs/process.md, 3.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    working_days: Annotated[int | None, Field(ge=1, le=30)] = None
    day: Annotated[int | None, Field(ge=1, le=31)] = None
    month: Annotated[int | None, Field(ge=1, le=12)] = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.working_days is None) is (self.day is None):
            raise ValueError("hạn báo cáo cần đúng một trong working_days và day")
        if self.month is not None and self.day is None:
            raise ValueError("month chỉ dùng cùng day")
        if self.day is not None:
            date(2000, self.month or 1, self.day if self.month else min(self.day, 28))
        return self

    def due(self, period: Period, add_working_days: AddWorkingDays) -> date:
        """The last day on which the report of the period is in time."""
        if self.working_days is not None:
            return add_working_days(period.last, self.working_days)
        assert self.day is not None
        month = self.month or period.last.month
        return _day_in(period.year, month, self.day)


def _day_in(year: int, month: int, day: int) -> date:
    """The day of a month, or its last day where it has not so many."""
    following = date(year + month // _MONTHS, month % _MONTHS + 1, 1)
    last = date.fromordinal(following.toordinal() - 1)
    return min(last, date.fromordinal(date(year, month, 1).toordinal() + day - 1))


class Reporting(BaseModel):
    """`reporting:` in province.yaml: when the reports of each kind of period are due."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    monthly: ReportDeadline = ReportDeadline(working_days=2)
    quarterly: ReportDeadline = ReportDeadline(day=20)
    half_yearly: ReportDeadline = ReportDeadline(day=20)
    nine_months: ReportDeadline = ReportDeadline(working_days=2)
    yearly: ReportDeadline = ReportDeadline(day=20)

    def due(self, period: Period, add_working_days: AddWorkingDays) -> date:
        """When the report of a period is due; any other run of months is due like a month."""
        return self._deadline_of(period).due(period, add_working_days)

    def _deadline_of(self, period: Period) -> ReportDeadline:
        if period.is_year:
            return self.yearly
        if period.from_new_year and period.length in (6, 9):
            return self.half_yearly if period.length == 6 else self.nine_months
        return self.quarterly if period.quarter else self.monthly


def periods_ending_with(month: Period) -> Iterator[Period]:
    """The periods that are reported when a month ends: itself, then the quarter, 6, 9 months or year where due.

    Of the quarters only the first and the third have a report of their own. Source: docs/process.md, 3.
    """
    yield month
    number = month.end % _MONTHS + 1
    if number in (3, 9):
        yield Period(month.end - 2, month.end)
    if number in (6, 9, 12):
        yield month.cumulated
