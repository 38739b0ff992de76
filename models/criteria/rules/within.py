"""`within`: a day at most so many days after another day, part of the points when late. Source: docs/maths.md, 2.11."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Literal, final

from typing_extensions import override

from models.criteria.facts import NEVER_DONE, FactField, FactKind
from models.criteria.formulas import CHECK_TEXT, NO, FormulaCells, day_of
from models.criteria.rules.amounts import Label
from models.criteria.rules.base import Awarded, Better, Numbers, Rule, problem
from models.criteria.rules.cells import DayCell, FactCell
from models.criteria.rules.faults import RuleFault
from models.criteria.rules.lateness import Days, LateStep, late_faults, late_formula, late_points, late_said
from models.numbers import ZERO, plain, said
from models.wording import continued

_START = "start"
_DATE = "date"


@final
class WithinRule(Rule):
    """The maximum within so many calendar days of another fact's day. Source: docs/maths.md, 2.11."""

    kind: Literal["within"]
    days: Days
    late: tuple[LateStep, ...] = ()
    start: Label = "Ngày nhận"
    label: Label = "Ngày thực hiện"

    def period(self, year: int) -> tuple[date, date]:
        """First and last day that make sense: from a year before the index year to a year after it."""
        return date(year - 1, 1, 1), date(year + 1, 12, 31)

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
        return faults

    @override
    def sentence(self, maximum: Decimal, year: int) -> str:
        first = f"Trong {self.days} ngày kể từ {continued(self.start)}: {said(maximum)} điểm"
        return "; ".join([first, *late_said(self.late)])

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
        days_late = (done - self._due(facts)).days
        return Awarded(maximum if days_late <= 0 else late_points(self.late, days_late))

    def _due(self, facts: Mapping[str, str]) -> date:
        """The last day in time."""
        return date.fromisoformat(facts[_START]) + timedelta(days=self.days)

    @override
    def _formula(self, cells: FormulaCells, maximum: Decimal, year: int) -> str:
        start, done = cells.facts[_START], cells.facts[_DATE]
        earliest, latest = (day_of(day) for day in self.period(year))
        out_of_period = "OR(INT({0})<{1},INT({0})>{2})"
        days_late = f"INT({done})-INT({start})-{self.days}"
        late = late_formula(self.late, days_late)
        dated = (
            f"IF({out_of_period.format(done, earliest, latest)},{CHECK_TEXT},"
            f"IF(INT({done})<INT({start}),{CHECK_TEXT},IF({days_late}<=0,{plain(maximum)},{late})))"
        )
        answered = f'IF({done}="{NO}",0,IF(ISNUMBER({done}),{dated},{CHECK_TEXT}))'
        started = f"IF({out_of_period.format(start, earliest, latest)},{CHECK_TEXT},{answered})"
        return f"IF(ISNUMBER({start}),{started},{CHECK_TEXT})"

    @override
    def first_step(self, year: int) -> str:
        return f"hoàn thành trong {self.days} ngày kể từ {continued(self.start)} và báo cáo hai ngày"

    @override
    def reckoned(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal, year: int) -> str:
        started = date.fromisoformat(facts[_START])
        due = f"{continued(self.start)} {started:%d/%m/%Y}, hạn {self._due(facts):%d/%m/%Y} ({self.days} ngày)"
        if facts[_DATE] == NEVER_DONE:
            return f"{due}; không thực hiện"
        done = date.fromisoformat(facts[_DATE])
        late = (done - self._due(facts)).days
        return f"{due}; {continued(self.label)} {done:%d/%m/%Y}" + (f", chậm {late} ngày" if late > 0 else "")

    @override
    def better(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal) -> Better | None:
        """A day that has passed does not come again."""
        return None

    @override
    def aim(self) -> str:
        return f"Thực hiện trong {self.days} ngày kể từ {continued(self.start)}"
