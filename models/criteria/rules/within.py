"""`within`: a day at most so many days after another day, part of the points when late. Source: docs/maths.md, 2.11.

Working days are those of the calendar that deadlines follow. What the province adds to it is taken into the rule when
its set is read, so that a frozen set tells of itself which days were off.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal, final

from pydantic import Field, ValidationInfo, model_validator
from typing_extensions import override

from models.criteria.facts import NEVER_DONE, FactField, FactKind
from models.criteria.formulas import CHECK_TEXT, NO, FormulaCells, day_of, days_in
from models.criteria.rules.amounts import Label, falling
from models.criteria.rules.base import Awarded, Better, Numbers, Rule, problem
from models.criteria.rules.cells import DayCell, FactCell
from models.criteria.rules.faults import RuleFault
from models.criteria.rules.lateness import Days, LateStep, late_faults, late_formula, late_points, late_said
from models.numbers import ZERO, plain, said
from models.wording import continued
from models.working_days import FIRST_YEAR, LAST_YEAR, OwnDays, WorkingCalendar

_START = "start"
_DATE = "date"
_DAY = timedelta(days=1)
_SATURDAY = 5
_MOST_STEPS = 8  # a spreadsheet takes 8,192 characters a formula, and each step of working days some 600


def _unsaid(value: object) -> bool:
    return not value


@final
class WithinRule(Rule):
    """The maximum within so many days of another fact's day. Source: docs/maths.md, 2.11.

    Attributes:
        days: how many, the day of the other fact not counted.
        working: whether these, and days of lateness, are working days; else those of the calendar.
        days_off, days_worked: what differs from the national calendar; as the province has it where a set is silent.
    """

    kind: Literal["within"]
    days: Days
    late: tuple[LateStep, ...] = ()
    start: Label = "Ngày nhận"
    label: Label = "Ngày thực hiện"
    working: Annotated[bool, Field(exclude_if=_unsaid)] = False
    days_off: Annotated[tuple[date, ...], Field(exclude_if=_unsaid)] = ()
    days_worked: Annotated[tuple[date, ...], Field(exclude_if=_unsaid)] = ()

    @model_validator(mode="before")
    @classmethod
    def _by_the_provinces_calendar(cls, value: object, info: ValidationInfo) -> object:
        if not isinstance(info.context, OwnDays) or not isinstance(value, Mapping) or value.get("working") is not True:
            return value
        return {"days_off": info.context.off, "days_worked": info.context.worked, **value}

    def period(self, year: int) -> tuple[date, date]:
        """First and last day that make sense: from a year before the index year to a year after it."""
        return date(max(year - 1, FIRST_YEAR), 1, 1), date(min(year + 1, LAST_YEAR), 12, 31)

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """The working days that its days are."""
        return WorkingCalendar(self.days_off, self.days_worked)

    @property
    def _unit(self) -> str:
        """What its days are called."""
        return "ngày làm việc" if self.working else "ngày"

    @cached_property
    @override
    def fields(self) -> tuple[FactField, ...]:
        return (FactField(_START, self.start, FactKind.DATE), FactField(_DATE, self.label, FactKind.DATE))

    @override
    def cell(self, field: FactField, maximum: Decimal, year: int) -> FactCell:
        return DayCell(*self.period(year))

    @property
    @override
    def numbers(self) -> Numbers:
        return Numbers.PLAIN

    @override
    def faults(self, maximum: Decimal) -> list[RuleFault]:
        """Late steps above the maximum, overlapping or not falling; two facts of one name."""
        faults = late_faults(self.late, maximum)
        if self.start == self.label:
            what = f"hai ngày cùng tên “{self.label}”"
            faults.append(RuleFault(("label",), what, "Đặt cho mỗi ngày một tên riêng (start, label)"))
        if not self.working and (self.days_off or self.days_worked):
            what = "days_off, days_worked không có tác dụng vì hạn tính theo ngày lịch"
            faults.append(RuleFault(("days_off",), what, "Ghi working: true, hoặc bỏ hai mục này"))
        if self.working and len(self.late) > _MOST_STEPS:
            what = f"quá {_MOST_STEPS} mức chậm theo ngày làm việc, công thức của phiếu quá dài"
            faults.append(RuleFault(("late", _MOST_STEPS), what, "Giảm số mức chậm"))
        return faults

    @override
    def sentence(self, maximum: Decimal, year: int) -> str:
        first = f"Trong {self.days} {self._unit} kể từ {continued(self.start)}: {said(maximum)} điểm"
        return "; ".join([first, *late_said(self.late, self._unit)])

    @override
    def _points(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Awarded:
        if facts[_START] == NEVER_DONE:
            what = f"“{self.start}” chưa có nên không tính được hạn"
            return problem(_START, what, "Ghi ngày này; không phát sinh thì đề nghị không áp dụng", "Ghi ngày này")
        start = date.fromisoformat(facts[_START])
        done = None if facts[_DATE] == NEVER_DONE else date.fromisoformat(facts[_DATE])
        earliest, latest = self.period(year)
        for fact, day in ((_START, start), (_DATE, done)):
            if day is not None and not earliest <= day <= latest:
                what = f"ngày {day:%d/%m/%Y} nằm ngoài kỳ từ {earliest:%d/%m/%Y} đến {latest:%d/%m/%Y}"
                return problem(fact, what, "Kiểm tra lại ngày trên văn bản")
        if done is None:
            return Awarded(ZERO)
        if done < start:
            what = f"“{self.label}” {done:%d/%m/%Y} trước “{self.start}” {start:%d/%m/%Y}"
            return problem(_DATE, what, "Kiểm tra lại hai ngày trên văn bản")
        days_late = self._days_late(start, done)
        return Awarded(maximum if days_late <= 0 else late_points(self.late, days_late))

    def _due(self, start: date) -> date:
        """The last day in time."""
        return self.calendar.add_working_days(start, self.days) if self.working else start + _DAY * self.days

    def _days_late(self, start: date, done: date) -> int:
        """How many days after the last day in time; a day off counts with the working day after it."""
        if not self.working:
            return (done - start).days - self.days
        return self.calendar.working_days_between(start, done - _DAY) - self.days + 1

    @override
    def _formula(self, cells: FormulaCells, maximum: Decimal, year: int) -> str:
        start, done = cells.facts[_START], cells.facts[_DATE]
        earliest, latest = (day_of(day) for day in self.period(year))
        out_of_period = "OR(INT({0})<{1},INT({0})>{2})"
        days_late = self._days_late_formula(start, done, year)
        late = late_formula(self.late, days_late)
        dated = (
            f"IF({out_of_period.format(done, earliest, latest)},{CHECK_TEXT},"
            f"IF(INT({done})<INT({start}),{CHECK_TEXT},IF({days_late}<=0,{plain(maximum)},{late})))"
        )
        answered = f'IF({done}="{NO}",0,IF(ISNUMBER({done}),{dated},{CHECK_TEXT}))'
        started = f"IF({out_of_period.format(start, earliest, latest)},{CHECK_TEXT},{answered})"
        return f"IF(ISNUMBER({start}),{started},{CHECK_TEXT})"

    def _days_late_formula(self, start: str, done: str, year: int) -> str:
        """The expression of the days of lateness, 0 or less in time."""
        if not self.working:
            return f"INT({done})-INT({start})-{self.days}"
        weekdays = f"NETWORKDAYS(INT({start}),INT({done})-1)-NETWORKDAYS(INT({start}),INT({start}))"
        for sign, days in zip("-+", self._beside_the_week(year), strict=True):
            if days:
                weekdays += f"{sign}SUMPRODUCT(({days_in(days)}>INT({start}))*({days_in(days)}<INT({done})))"
        return f"{weekdays}-{self.days - 1}"

    def _beside_the_week(self, year: int) -> tuple[list[date], list[date]]:
        """Days from Monday to Friday that are off, and days of a weekend that are worked, of all before the last."""
        first, last = self.period(year)
        days = [first + _DAY * number for number in range((last - first).days)]
        unlike = [day for day in days if self.calendar.is_working_day(day) is (day.weekday() >= _SATURDAY)]
        off = [day for day in unlike if day.weekday() < _SATURDAY]
        return off, [day for day in unlike if day.weekday() >= _SATURDAY]

    @override
    def first_step(self, year: int) -> str:
        return f"hoàn thành trong {self.days} {self._unit} kể từ {continued(self.start)} và báo cáo hai ngày"

    @override
    def reckoned(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal, year: int) -> str:
        started = date.fromisoformat(facts[_START])
        due = (
            f"{continued(self.start)} {started:%d/%m/%Y}, hạn {self._due(started):%d/%m/%Y} ({self.days} {self._unit})"
        )
        if facts[_DATE] == NEVER_DONE:
            return f"{due}; không thực hiện"
        done = date.fromisoformat(facts[_DATE])
        late = self._days_late(started, done)
        return f"{due}; {continued(self.label)} {done:%d/%m/%Y}" + (f", chậm {late} {self._unit}" if late > 0 else "")

    @override
    def better(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal) -> Better | None:
        """A day that has passed does not come again."""
        return None

    @override
    def levels(self, maximum: Decimal) -> tuple[Decimal, ...]:
        return falling([maximum, ZERO, *(step.points for step in self.late)])

    @override
    def aim(self) -> str:
        return f"Thực hiện trong {self.days} {self._unit} kể từ {continued(self.start)}"
