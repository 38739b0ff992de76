"""What a good report of a month is: every measure answered, figures that can be true and fit each other and last month.

Tasks have their days in order. Source: docs/process.md, 3; docs/process.md, 5.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from expectations.checking import Check, Checks, Row, Words, check_rows, place_of
from expectations.cross_checks import CROSS_CHECKS, compared
from models.criteria.cross_checks import Changes, CrossCheck
from models.findings import Finding, Severity
from models.numbers import plain, vietnamese_number
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


class MonthTask(NamedTuple):
    """One plan task that a report tells of; days as told, else as declared."""

    file: int
    statement: Statement
    task: PlanTask
    begun: date | None
    done_on: date | None
    today: date


def check_months(forms: Sequence[MonthForm]) -> list[list[Finding]]:
    """Check the monthly reports of a batch; one list of findings a workbook."""
    rows: list[Row] = []
    for file, form in enumerate(forms):
        rows += _rows_of(file, form)
    return check_rows([form.file for form in forms], rows, CHECKS)


def _rows_of(file: int, form: MonthForm) -> Iterator[Row]:
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


def _skipped_words(row: WholeMonth) -> Iterator[Words]:
    months = ", ".join(month.name for month in row.form.skipped)
    yield Words(None, f"đơn vị chưa báo cáo {months}", "Gửi bổ sung báo cáo của các tháng này")


def _closed_words(row: WholeMonth) -> Iterator[Words]:
    assert row.form.closed is not None
    year = row.form.period.year
    what = f"báo cáo năm {year} đã đến hạn ngày {row.form.closed:%d/%m/%Y}; {row.form.period.name} được gửi sau đó"
    yield Words(None, what, "Báo cơ quan chủ trì nếu số liệu cả năm thay đổi")


def _unasked_words(row: WholeMonth) -> Iterator[Words]:
    named = ", ".join(f"“{measure.name}”" for measure in row.unasked)
    yield Words(None, f"biểu mẫu chưa có chỉ tiêu {named}", "Xin biểu mẫu mới của tháng này nếu có số liệu")


# --- measures ---------------------------------------------------------------------------------------------------------


def _cells(row: MonthRow) -> list[str]:
    return [f"fact:{id}" for id in row.measure.fact_ids]


def _unanswered_words(row: MonthRow) -> Iterator[Words]:
    what = f"chỉ tiêu “{row.measure.name}” chưa có số liệu và chưa ghi lý do"
    yield Words(place_of(row.statement, *_cells(row)), what, "Nhập số liệu (không phát sinh thì nhập 0), hoặc ghi chú")


def _missing_words(row: MonthRow) -> Iterator[Words]:
    for id in row.missing:
        what = f"chỉ tiêu “{row.measure.name}” thiếu {row.measure.part_named(id)}"
        yield Words(place_of(row.statement, f"fact:{id}"), what, "Nhập đủ tử số và mẫu số; không phát sinh thì nhập 0")


def _fault_words(row: MonthRow) -> Iterator[Words]:
    for what, remedy in row.faults:
        yield Words(place_of(row.statement, *_cells(row)), what, remedy)


def _running(measure: Measure) -> str:
    """The fact that a monotone measure cumulates."""
    return "numerator" if measure.kind.divides else "value"


def _fell(row: MonthRow) -> int:
    if not row.measure.monotone or row.figure is None or row.last is None:
        return 0
    now, before = (getattr(figure, _running(row.measure)) for figure in (row.figure, row.last))
    return int(
        now is not None and before is not None and now < before and row.last.period.year == row.figure.period.year
    )


def _fell_words(row: MonthRow) -> Iterator[Words]:
    assert row.last is not None
    now, before = (
        vietnamese_number(plain(getattr(figure, _running(row.measure)))) for figure in (row.figure, row.last)
    )
    what = f"chỉ tiêu “{row.measure.name}” là số lũy kế nhưng {now} thấp hơn {row.last.period.name} ({before})"
    place = place_of(row.statement, f"fact:{_running(row.measure)}")
    yield Words(place, what, f"Sửa số này, hoặc gửi lại báo cáo {row.last.period.name}")


def _compared(measure: Measure) -> tuple[str, ...]:
    """The facts that are compared with last month's: the whole, as its part moves with it; no running total."""
    if measure.kind.divides:
        return ("denominator",)
    return () if measure.monotone else ("value",)


def _moved(row: MonthRow) -> Iterable[tuple[str, Decimal, Decimal]]:
    """The facts that moved farther from last month's than is usual: fact, then, now."""
    if row.figure is None or row.last is None or row.faults:
        return
    for id in _compared(row.measure):
        then, now = getattr(row.last, id), getattr(row.figure, id)
        if then is not None and now is not None and row.changes.noted(row.measure.id, then, now):
            yield id, then, now


def _moved_words(row: MonthRow) -> Iterator[Words]:
    assert row.last is not None
    for id, then, now in _moved(row):
        figures = f"{vietnamese_number(plain(now))}, {row.last.period.name} là {vietnamese_number(plain(then))}"
        moved = "tăng" if now > then else "giảm"
        what = f"chỉ tiêu “{row.measure.name}”, {row.measure.part_named(id)} {moved} nhiều: {figures}"
        yield Words(place_of(row.statement, f"fact:{id}"), what, "Kiểm tra lại; đúng thì ghi nguyên nhân vào ghi chú")


# --- plan tasks -------------------------------------------------------------------------------------------------------


def _ahead(row: MonthTask) -> list[str]:
    days = (("begun", _day(row.statement, "begun")), ("done_on", row.done_on))
    return [name for name, day in days if day is not None and day > row.today]


def _ahead_words(row: MonthTask) -> Iterator[Words]:
    for name in _ahead(row):
        day, label = (row.done_on, "hoàn thành") if name == "done_on" else (row.begun, "bắt đầu")
        what = f"nhiệm vụ {row.task.number}: ngày {label} {day:%d/%m/%Y} chưa tới"
        yield Words(place_of(row.statement, f"fact:{name}"), what, "Sửa ngày; chưa thực hiện thì để trống")


def _out_of_order(row: MonthTask) -> int:
    return (row.begun - row.done_on).days if row.begun and row.done_on and row.begun > row.done_on else 0


def _out_of_order_words(row: MonthTask) -> Iterator[Words]:
    what = f"nhiệm vụ {row.task.number}: ngày hoàn thành {row.done_on:%d/%m/%Y} trước ngày bắt đầu {row.begun:%d/%m/%Y}"
    yield Words(place_of(row.statement, "fact:done_on"), what, "Sửa một trong hai ngày")


def _unproven_words(row: MonthTask) -> Iterator[Words]:
    what = f"nhiệm vụ {row.task.number}: đã hoàn thành nhưng chưa ghi tài liệu kiểm chứng"
    yield Words(place_of(row.statement, "document/0"), what, "Ghi tên, số và ký hiệu, ngày của văn bản")


CHECKS: Checks = (
    Check(
        "month_skipped",
        WholeMonth,
        Severity.WARNING,
        "các tháng trước đã có báo cáo",
        "Gửi bổ sung các tháng còn thiếu",
        lambda row: len(row.form.skipped),
        _skipped_words,
    ),
    Check(
        "year_closed",
        WholeMonth,
        Severity.WARNING,
        "báo cáo tháng gửi trước hạn báo cáo năm",
        "Báo cơ quan chủ trì nếu số liệu cả năm thay đổi",
        lambda row: int(row.form.closed is not None),
        _closed_words,
    ),
    Check(
        "measure_unasked",
        WholeMonth,
        Severity.WARNING,
        "biểu mẫu có đủ các chỉ tiêu đang giao cho đơn vị",
        "Xin biểu mẫu mới của tháng",
        lambda row: len(row.unasked),
        _unasked_words,
    ),
    Check(
        "measure_unanswered",
        MonthRow,
        Severity.CRITICAL,
        "mỗi chỉ tiêu có số liệu, hoặc ghi chú vì sao chưa có",
        "Nhập số liệu, hoặc ghi lý do",
        lambda row: int(not row.statement.facts and not row.statement.text),
        _unanswered_words,
    ),
    Check(
        "part_missing",
        MonthRow,
        Severity.CRITICAL,
        "chỉ tiêu tỷ lệ, bình quân có đủ tử số và mẫu số",
        "Nhập đủ tử số và mẫu số",
        lambda row: len(row.missing),
        _missing_words,
    ),
    Check(
        "figure_faulty",
        MonthRow,
        Severity.CRITICAL,
        "số đếm là số nguyên từ 0 trở lên, tử số không lớn hơn mẫu số",
        "Kiểm tra lại số liệu",
        lambda row: len(row.faults),
        _fault_words,
    ),
    Check(
        "below_last_month",
        MonthRow,
        Severity.CRITICAL,
        "số lũy kế không thấp hơn tháng trước",
        "Sửa số này, hoặc gửi lại báo cáo tháng trước",
        _fell,
        _fell_words,
    ),
    Check(
        "changed_since_last_month",
        MonthRow,
        Severity.WARNING,
        "số liệu không tăng, giảm quá mức khai báo so với tháng trước",
        "Kiểm tra lại; đúng thì ghi nguyên nhân",
        lambda row: sum(1 for _ in _moved(row)),
        _moved_words,
    ),
    *CROSS_CHECKS,
    Check(
        "task_day_ahead",
        MonthTask,
        Severity.CRITICAL,
        "ngày bắt đầu, hoàn thành nhiệm vụ không ở tương lai",
        "Sửa ngày; chưa thực hiện thì để trống",
        lambda row: len(_ahead(row)),
        _ahead_words,
    ),
    Check(
        "task_out_of_order",
        MonthTask,
        Severity.CRITICAL,
        "nhiệm vụ hoàn thành không trước ngày bắt đầu",
        "Sửa một trong hai ngày",
        _out_of_order,
        _out_of_order_words,
    ),
    Check(
        "task_unproven",
        MonthTask,
        Severity.WARNING,
        "nhiệm vụ hoàn thành có tài liệu kiểm chứng",
        "Ghi tên, số và ký hiệu, ngày của văn bản",
        lambda row: int(row.done_on is not None and not row.statement.evidence),
        _unproven_words,
    ),
)
