"""What a good report of a month is: every measure answered, figures that can be true and fit each other and last month.

Tasks have their days in order. Source: docs/process.md, 3; docs/process.md, 5.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from expectations.checking import CheckedRow, Suite, Words, check, check_forms, expect, place_of
from expectations.cross_checks import CROSS_CHECKS, compared, declared
from models.criteria.cross_checks import Changes, CrossCheck
from models.findings import Finding, Severity
from models.numbers import said
from models.progress.measures import Figure, Measure, figure_faults
from models.progress.periods import Period
from models.progress.plan_tasks import PlanTask
from models.records.submissions import Statement

_PARTS = ("numerator", "denominator", "value")


@dataclass(frozen=True, slots=True)
class MonthForm:
    """One unit's report of a month, with what it is compared with.

    Attributes:
        file: its name.
        measures: those asked of the unit, by id.
        tasks: its plan tasks by `models.forms.descriptions.task_code`.
        statements: in the order of its rows.
        last: the figures of the month before, by measure.
        skipped: earlier months of which the unit told nothing.
        closed: when the report of the whole year was due, where that day has passed.
        checks, changes: what must hold between measures; how far one may move.
    """

    file: str
    period: Period
    measures: Mapping[str, Measure]
    tasks: Mapping[str, PlanTask]
    statements: Sequence[Statement]
    today: date
    last: Mapping[str, Figure] = field(default_factory=dict)
    skipped: tuple[Period, ...] = ()
    closed: date | None = None
    checks: tuple[CrossCheck, ...] = ()
    changes: Changes = field(default_factory=Changes)


class WholeMonth(NamedTuple):
    """A report as a whole; `unasked` are the measures for which it has no row."""

    file: int
    form: MonthForm
    unasked: tuple[Measure, ...]

    @property
    def months_skipped(self) -> int | None:
        """How many earlier months the unit told nothing of."""
        return len(self.form.skipped) or None

    @property
    def measures_unasked(self) -> int | None:
        """For how many measures it has no row."""
        return len(self.unasked) or None


class MonthRow(NamedTuple):
    """One measure of a report.

    Attributes:
        figure: None where nothing, or not all that is needed, is stated.
        missing: what is needed and not stated, where something is.
        faults: why the figure cannot be true.
        last: the figure of the month before.
    """

    file: int
    statement: Statement
    measure: Measure
    figure: Figure | None
    missing: tuple[str, ...]
    faults: tuple[tuple[str, str], ...]
    last: Figure | None
    changes: Changes

    @property
    def answers(self) -> int:
        """How many figures and notes it states."""
        return len(self.statement.facts) + bool(self.statement.text)

    @property
    def parts_missing(self) -> int | None:
        """How many figures are needed and not stated, where something is."""
        return len(self.missing) or None

    @property
    def fault(self) -> str | None:
        """Why the figure cannot be true."""
        return self.faults[0][0] if self.faults else None

    @property
    def running(self) -> str:
        """The fact that a monotone measure cumulates."""
        return "numerator" if self.measure.kind.divides else "value"

    @property
    def total(self) -> Decimal | None:
        """The running total of a monotone measure."""
        return getattr(self.figure, self.running) if self.figure and self.measure.monotone else None

    @property
    def total_before(self) -> Decimal | None:
        """The running total of the month before, where it began with the same year."""
        same_year = self.figure and self.last and self.last.period.year == self.figure.period.year
        return getattr(self.last, self.running) if same_year else None

    @property
    def figures_moved(self) -> int | None:
        """How many figures lie farther from last month's than is usual."""
        return sum(1 for _ in self.moved()) or None

    def moved(self) -> Iterator[tuple[str, Decimal, Decimal]]:
        """The facts that lie farther from last month's than is usual: fact, then, now.

        Of a ratio the whole is compared, as its part moves with it; of a running total nothing.
        """
        divides = self.measure.kind.divides
        if self.figure is None or self.last is None or self.faults or (self.measure.monotone and not divides):
            return
        for id in ("denominator",) if divides else ("value",):
            then, now = getattr(self.last, id), getattr(self.figure, id)
            if then is not None and now is not None and self.changes.noted(self.measure.id, then, now):
                yield id, then, now

    def said(self, what: str) -> str:
        """A sentence about the measure."""
        return f"chỉ tiêu “{self.measure.name}”{what}"

    @property
    def cells(self) -> list[str]:
        """The columns of its facts."""
        return [f"fact:{id}" for id in self.measure.fact_ids]


class MonthTask(NamedTuple):
    """One plan task that a report tells of; days as told, else as declared."""

    file: int
    statement: Statement
    task: PlanTask
    begun: date | None
    done_on: date | None
    today: date

    @property
    def begun_told(self) -> date | None:
        """When it began, as told."""
        return _day(self.statement, "begun")

    @property
    def proofs(self) -> int | None:
        """How many documents stand beside a task that is done."""
        return len(self.statement.evidence) if self.done_on else None

    def said(self, what: str) -> str:
        """A sentence about the task."""
        return f"nhiệm vụ {self.task.number}: {what}"


def check_months(forms: Sequence[MonthForm]) -> list[list[Finding]]:
    """Check the monthly reports of a batch; one list of findings a workbook."""
    return check_forms(SUITE, forms, _rows_of, lambda form: declared("", form.checks))


def _rows_of(file: int, form: MonthForm) -> Iterator[CheckedRow]:
    of_measures = {one.code: one for one in form.statements if one.code in form.measures}
    unasked = (measure for id, measure in form.measures.items() if id not in of_measures)
    yield WholeMonth(file, form, tuple(unasked))
    rows = [_month_row(file, form, statement) for statement in of_measures.values()]
    yield from rows
    senseless = {row.measure.id for row in rows if row.faults or row.missing}
    told = {row.measure.id: row.statement for row in rows if row.statement.facts}
    yield from compared(file, "", form.checks, told, {}, senseless)
    for statement in form.statements:
        if (task := form.tasks.get(statement.code)) and (statement.facts or statement.evidence):
            begun, done_on = (_day(statement, name) for name in ("begun", "done_on"))
            yield MonthTask(file, statement, task, begun or task.begun, done_on, form.today)


def _month_row(file: int, form: MonthForm, statement: Statement) -> MonthRow:
    measure, facts = form.measures[statement.code], statement.facts
    missing = tuple(id for id in measure.fact_ids if id not in facts) if facts else ()
    figure = None
    if facts and not missing:
        numerator, denominator, value = (Decimal(facts[id]) if id in measure.fact_ids else None for id in _PARTS)
        figure = Figure(measure.id, statement.unit, form.period, numerator, denominator, value)
    faults = tuple(figure_faults(measure, figure)) if figure else ()
    return MonthRow(file, statement, measure, figure, missing, faults, form.last.get(measure.id), form.changes)


def _day(statement: Statement, name: str) -> date | None:
    return date.fromisoformat(statement.facts[name]) if name in statement.facts else None


# --- the whole report -------------------------------------------------------------------------------------------------


@check(
    Severity.WARNING,
    "các tháng trước đã có báo cáo",
    "Gửi bổ sung các tháng còn thiếu",
    expect("ExpectColumnValuesToBeNull", column="months_skipped"),
)
def month_skipped(row: WholeMonth) -> Iterator[Words]:
    """The months before were told of."""
    months = ", ".join(month.name for month in row.form.skipped)
    yield Words(None, f"đơn vị chưa báo cáo {months}", "Gửi bổ sung báo cáo của các tháng này")


@check(
    Severity.WARNING,
    "báo cáo tháng gửi trước hạn báo cáo năm",
    "Báo cơ quan chủ trì nếu số liệu cả năm thay đổi",
    expect("ExpectColumnValuesToBeNull", column="form.closed"),
)
def year_closed(row: WholeMonth) -> Iterator[Words]:
    """The report of the whole year is not due yet."""
    assert row.form.closed is not None
    year = row.form.period.year
    what = f"báo cáo năm {year} đã đến hạn ngày {row.form.closed:%d/%m/%Y}; {row.form.period.name} được gửi sau đó"
    yield Words(None, what)


@check(
    Severity.WARNING,
    "biểu mẫu có đủ các chỉ tiêu đang giao cho đơn vị",
    "Xin biểu mẫu mới của tháng",
    expect("ExpectColumnValuesToBeNull", column="measures_unasked"),
)
def measure_unasked(row: WholeMonth) -> Iterator[Words]:
    """The form asks for every measure of the unit."""
    named = ", ".join(f"“{measure.name}”" for measure in row.unasked)
    yield Words(None, f"biểu mẫu chưa có chỉ tiêu {named}", "Xin biểu mẫu mới của tháng này nếu có số liệu")


# --- measures ---------------------------------------------------------------------------------------------------------


@check(
    Severity.CRITICAL,
    "mỗi chỉ tiêu có số liệu, hoặc ghi chú vì sao chưa có",
    "Nhập số liệu, hoặc ghi lý do",
    expect("ExpectColumnValuesToBeBetween", column="answers", min_value=1),
)
def measure_unanswered(row: MonthRow) -> Iterator[Words]:
    """Every measure has figures or a note."""
    what = row.said(" chưa có số liệu và chưa ghi lý do")
    yield Words(place_of(row.statement, *row.cells), what, "Nhập số liệu (không phát sinh thì nhập 0), hoặc ghi chú")


@check(
    Severity.CRITICAL,
    "chỉ tiêu tỷ lệ, bình quân có đủ hai số (1) và (2)",
    "Nhập đủ hai số",
    expect("ExpectColumnValuesToBeNull", column="parts_missing"),
)
def part_missing(row: MonthRow) -> Iterator[Words]:
    """A measure of which something is stated is stated in full."""
    for id in row.missing:
        what = row.said(f" thiếu {row.measure.part_named(id)}")
        yield Words(
            place_of(row.statement, f"fact:{id}"), what, "Nhập đủ hai số (1) và (2); không phát sinh thì nhập 0"
        )


@check(
    Severity.CRITICAL,
    "số đếm là số nguyên từ 0 trở lên, số (1) không lớn hơn số (2) của tỷ lệ",
    "Kiểm tra lại số liệu",
    expect("ExpectColumnValuesToBeNull", column="fault"),
)
def figure_faulty(row: MonthRow) -> Iterator[Words]:
    """Figures can be true."""
    for what, remedy in row.faults:
        yield Words(place_of(row.statement, *row.cells), what, remedy)


@check(
    Severity.CRITICAL,
    "số lũy kế không thấp hơn tháng trước",
    "Sửa số này, hoặc gửi lại báo cáo tháng trước",
    expect("ExpectColumnPairValuesAToBeGreaterThanB", column_A="total", column_B="total_before", or_equal=True),
)
def below_last_month(row: MonthRow) -> Iterator[Words]:
    """A running total does not fall."""
    assert row.last is not None
    now, before = (said(total) for total in (row.total, row.total_before) if total is not None)
    what = row.said(f" là số lũy kế nhưng {now} thấp hơn {row.last.period.name} ({before})")
    place = place_of(row.statement, f"fact:{row.running}")
    yield Words(place, what, f"Sửa số này, hoặc gửi lại báo cáo {row.last.period.name}")


@check(
    Severity.WARNING,
    "số liệu không tăng, giảm quá mức khai báo so với tháng trước",
    "Kiểm tra lại; đúng thì ghi nguyên nhân",
    expect("ExpectColumnValuesToBeNull", column="figures_moved"),
)
def changed_since_last_month(row: MonthRow) -> Iterator[Words]:
    """No figure lies farther from last month's than is declared as usual."""
    assert row.last is not None
    for id, then, now in row.moved():
        figures = f"{said(now)}, {row.last.period.name} là {said(then)}"
        moved = "tăng" if now > then else "giảm"
        what = row.said(f", {row.measure.part_named(id)} {moved} nhiều: {figures}")
        yield Words(place_of(row.statement, f"fact:{id}"), what, "Kiểm tra lại; đúng thì ghi nguyên nhân vào ghi chú")


# --- plan tasks -------------------------------------------------------------------------------------------------------


@check(
    Severity.CRITICAL,
    "ngày bắt đầu, hoàn thành nhiệm vụ không ở tương lai",
    "Sửa ngày; chưa thực hiện thì để trống",
    expect("ExpectColumnPairValuesAToBeGreaterThanB", column_A="today", column_B="begun_told", or_equal=True),
    expect("ExpectColumnPairValuesAToBeGreaterThanB", column_A="today", column_B="done_on", or_equal=True),
)
def task_day_ahead(row: MonthTask) -> Iterator[Words]:
    """No day of a task lies after today."""
    for name, day, label in (("begun", row.begun_told, "bắt đầu"), ("done_on", row.done_on, "hoàn thành")):
        if day is not None and day > row.today:
            what = row.said(f"ngày {label} {day:%d/%m/%Y} chưa tới")
            yield Words(place_of(row.statement, f"fact:{name}"), what)


@check(
    Severity.CRITICAL,
    "nhiệm vụ hoàn thành không trước ngày bắt đầu",
    "Sửa một trong hai ngày",
    expect("ExpectColumnPairValuesAToBeGreaterThanB", column_A="done_on", column_B="begun", or_equal=True),
)
def task_out_of_order(row: MonthTask) -> Iterator[Words]:
    """A task is not done before it began."""
    what = row.said(f"ngày hoàn thành {row.done_on:%d/%m/%Y} trước ngày bắt đầu {row.begun:%d/%m/%Y}")
    yield Words(place_of(row.statement, "fact:done_on"), what)


@check(
    Severity.WARNING,
    "nhiệm vụ hoàn thành có tài liệu kiểm chứng",
    "Ghi tên, số và ký hiệu, ngày của văn bản",
    expect("ExpectColumnValuesToBeBetween", column="proofs", min_value=1),
)
def task_unproven(row: MonthTask) -> Iterator[Words]:
    """A task that is done has its document."""
    what = row.said("đã hoàn thành nhưng chưa ghi tài liệu kiểm chứng")
    yield Words(place_of(row.statement, "document/0"), what)


SUITE = Suite(
    "monthly",
    "Báo cáo số liệu tháng",
    (
        month_skipped,
        year_closed,
        measure_unasked,
        measure_unanswered,
        part_missing,
        figure_faulty,
        below_last_month,
        changed_since_last_month,
        *CROSS_CHECKS,
        task_day_ahead,
        task_out_of_order,
        task_unproven,
    ),
    "Số liệu được đối chiếu với nhau, với tháng trước theo `checks`, `changes` và `monotone` của "
    "`progress/measures.yaml` ([thu-muc-tinh.md](thu-muc-tinh.md), mục 9.1). Tháng chưa kết thúc và đơn vị không còn "
    "tồn tại vào ngày cuối tháng bị từ chối trước khi kiểm tra. Khi ghi nhận còn một CẢNH BÁO: nhiệm vụ mà báo cáo của "
    "tháng sau ghi khác thì giữ nội dung của tháng sau ([dong-lenh.md](dong-lenh.md), mục 6.2).",
)
