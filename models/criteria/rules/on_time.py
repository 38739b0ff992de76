"""`on_time`: a date against a deadline, part of the points when late. Source: docs/maths.md, 2.6."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Literal, final

from pydantic import field_validator
from typing_extensions import override

from models.criteria.facts import NEVER_DONE, FactField, FactKind, read_date
from models.criteria.formulas import CHECK_TEXT, NO, FormulaCells, day_of
from models.criteria.rules.amounts import Label, falling
from models.criteria.rules.base import Awarded, Better, Numbers, Rule, problem
from models.criteria.rules.cells import DayCell, FactCell
from models.criteria.rules.faults import RuleFault
from models.criteria.rules.lateness import LateStep, late_faults, late_formula, late_points, late_said
from models.numbers import ZERO, plain, said
from models.wording import continued

_DATE = "date"
_MONTH_AND_DAY = re.compile(r"(\d{2})-(\d{2})")
_A_YEAR = timedelta(days=366)
_YEARS = range(2000, 2101)


@final
class OnTimeRule(Rule):
    """The maximum in time, a part of it when late, nothing when never done. Source: docs/maths.md, 2.6."""

    kind: Literal["on_time"]
    deadline: date | str
    late: tuple[LateStep, ...] = ()
    earliest: date | None = None
    latest: date | None = None
    label: Label = "Ngày ban hành"

    @field_validator("deadline", mode="before")
    @classmethod
    def _a_day_of_the_calendar(cls, value: object) -> date | str:
        try:
            if isinstance(value, str) and (match := _MONTH_AND_DAY.fullmatch(value)):
                date(2001, int(match[1]), int(match[2]))
                return value
            day = value if isinstance(value, date) else read_date(str(value))
        except ValueError:
            day = date.min
        if day.year not in _YEARS:
            raise ValueError(
                f"hạn “{value}” phải là ngày có thật, dạng 2025-01-31, hoặc tháng-ngày cho mọi năm, dạng “01-31”"
            )
        return day

    def deadline_in(self, year: int) -> date:
        """The deadline of the index year."""
        if isinstance(self.deadline, date):
            return self.deadline
        month, day = self.deadline.split("-")
        return date(year, int(month), int(day))

    def period(self, year: int) -> tuple[date, date]:
        """First and last day that make sense: as set, else a year to each side of the deadline."""
        deadline = self.deadline_in(year)
        return self.earliest or deadline - _A_YEAR, self.latest or deadline + _A_YEAR

    @cached_property
    @override
    def fields(self) -> tuple[FactField, ...]:
        return (FactField(_DATE, self.label, FactKind.DATE),)

    @override
    def cell(self, field: FactField, maximum: Decimal, year: int) -> FactCell:
        return DayCell(*self.period(year))

    @property
    @override
    def numbers(self) -> Numbers:
        return Numbers.PLAIN

    @override
    def faults(self, maximum: Decimal) -> list[RuleFault]:
        """Late steps above the maximum, overlapping or not falling; bounds that exclude each other or the deadline."""
        faults = late_faults(self.late, maximum)
        if self.earliest and self.latest and self.earliest > self.latest:
            faults.append(RuleFault(("latest",), "latest trước earliest", "Sửa lại hai ngày"))
        elif isinstance(self.deadline, date):
            if self.earliest and self.earliest > self.deadline:
                faults.append(RuleFault(("earliest",), "earliest sau hạn nên không ai kịp hạn", "Sửa lại hai ngày"))
            if self.latest and self.latest < self.deadline:
                faults.append(RuleFault(("latest",), "latest trước hạn", "Sửa lại hai ngày"))
        return faults

    @override
    def sentence(self, maximum: Decimal, year: int) -> str:
        first = f"Đến hết ngày {self.deadline_in(year):%d/%m/%Y}: {said(maximum)} điểm"
        return "; ".join([first, *late_said(self.late)])

    @override
    def _points(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Awarded:
        if facts[_DATE] == NEVER_DONE:
            return Awarded(ZERO)
        done = date.fromisoformat(facts[_DATE])
        earliest, latest = self.period(year)
        if not earliest <= done <= latest:
            what = f"ngày {done:%d/%m/%Y} nằm ngoài kỳ từ {earliest:%d/%m/%Y} đến {latest:%d/%m/%Y}"
            return problem(_DATE, what, "Kiểm tra lại ngày trên văn bản")
        days_late = (done - self.deadline_in(year)).days
        return Awarded(maximum if days_late <= 0 else late_points(self.late, days_late))

    @override
    def _formula(self, cells: FormulaCells, maximum: Decimal, year: int) -> str:
        cell = cells.facts[_DATE]
        earliest, latest = self.period(year)
        deadline = day_of(self.deadline_in(year))
        late = late_formula(self.late, f"INT({cell})-{deadline}")
        in_period = f"IF(OR(INT({cell})<{day_of(earliest)},INT({cell})>{day_of(latest)}),{CHECK_TEXT},"
        dated = f"{in_period}IF(INT({cell})<={deadline},{plain(maximum)},{late}))"
        return f'IF({cell}="{NO}",0,IF(ISNUMBER({cell}),{dated},{CHECK_TEXT}))'

    @override
    def last_day(self, year: int) -> date | None:
        return self.deadline_in(year)

    @override
    def first_step(self, year: int) -> str:
        return f"hoàn thành đến hết ngày {self.deadline_in(year):%d/%m/%Y} và báo cáo ngày thực hiện"

    @override
    def reckoned(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal, year: int) -> str:
        deadline = f"hạn {self.deadline_in(year):%d/%m/%Y}"
        if facts[_DATE] == NEVER_DONE:
            return f"không thực hiện; {deadline}"
        done = date.fromisoformat(facts[_DATE])
        late = (done - self.deadline_in(year)).days
        return f"{continued(self.label)} {done:%d/%m/%Y}; {deadline}" + (f", chậm {late} ngày" if late > 0 else "")

    @override
    def better(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal) -> Better | None:
        """A day that has passed does not come again."""
        return None

    @override
    def levels(self, maximum: Decimal) -> tuple[Decimal, ...]:
        return falling([maximum, ZERO, *(step.points for step in self.late)])

    @override
    def aim(self) -> str:
        return "Thực hiện đúng thời hạn quy định"
