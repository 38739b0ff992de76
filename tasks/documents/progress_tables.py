"""Frozen progress → the tables of its report: by area and group, by unit, and one unit alone; and all as a workbook.

A group's figure is Σ numerators ÷ Σ denominators of its units, like every total. Figures that are not known are a dash.
Source: docs/process.md, 3; docs/process.md, 5.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from models.numbers import MOST_DECIMALS, printed
from models.progress.measures import Figure, Measure
from models.progress.periods import Period
from models.progress.plan_tasks import TaskState
from models.progress.registers import RegisterKind
from models.progress.results import CommitmentRow, Comparison, MeasureResult, MeasureRow, Standing, TaskRow
from models.records.progress_snapshots import FrozenProgress, ReportedGroup, ReportedProgress
from models.units import Unit
from report_templates.filters import counted
from tasks.documents.other_indices import index_rows
from tasks.documents.progress_sentences import change_words, comparisons, lacking_words
from tasks.documents.unit_words import Said, heading_of, reasons_of
from tasks.progress.figures import combined
from tasks.progress.told_remarks import TOLD
from tasks.spreadsheets.tables import Folded, workbook_of

NO_FIGURE = "–"
COLUMNS_ACROSS = 7  # measures beside each other on a page across
_NEWCOMER = "chưa so sánh"
_NOT_TOLD = (RegisterKind.HEADS, RegisterKind.TASKS)


@dataclass(frozen=True, slots=True)
class AreaBlock:
    """Measures of one area that have a figure; `name` is "" where measures name no area."""

    name: str
    results: tuple[MeasureResult, ...]


@dataclass(frozen=True, slots=True)
class UnitsTable:
    """Units of a group against measures: what stands in the cells, in the order of the measures.

    `goes_on` tells that a table of the same group with other measures stands before it.
    """

    group: ReportedGroup
    goes_on: bool
    measures: tuple[Measure, ...]
    rows: tuple[tuple[Unit, tuple[str, ...]], ...]
    total: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitView:
    """What a report says of one unit.

    Attributes:
        head: who heads it, None where the register of heads names nobody.
        rows: measures that it reports or that come together in it.
        silent: measures that it reports and has no figure for.
        tasks: tasks that it owns.
        registers: what its registers hold, in words.
        words: what it wrote in the forms of the months: heading and text in short.
        reasons: why it has no figure of some measures.
    """

    unit: Unit
    head: str | None
    rows: tuple[tuple[Measure, MeasureRow], ...]
    silent: tuple[Measure, ...]
    tasks: tuple[TaskRow, ...]
    commitments: tuple[CommitmentRow, ...]
    registers: tuple[tuple[str, str], ...]
    words: tuple[tuple[str, str], ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def no_comparison(self) -> str:
        """Why nothing is compared with last year where the unit was not there then, "" otherwise."""
        return next((row.no_comparison for _, row in self.rows if row.no_comparison), "")


def area_blocks(progress: ReportedProgress) -> list[AreaBlock]:
    """Areas with the measures that have a figure, in the order of their codes; measures of no area last."""
    known = [result for result in progress.result.measures if result.total.figure or any(r.figure for r in result.rows)]
    blocks = [
        AreaBlock(name, tuple(result for result in known if result.measure.area == code))
        for code, name in progress.areas
    ]
    left = tuple(result for result in known if result.measure.area is None)
    named = [block for block in blocks if block.results]
    return [*named, *([AreaBlock("Nội dung khác" if named else "", left)] if left else [])]


def group_figure(result: MeasureResult, group: ReportedGroup, progress: ReportedProgress) -> Figure | None:
    """The units of a group together; a unit that stands below another one of the group counts within that one."""
    if not result.measure.adds_up:
        return None
    rows = [row for row in result.rows if row.unit and row.figure and row.unit.code in group.units]
    codes = {row.unit.code for row in rows if row.unit}
    figures = [row.figure for row in rows if row.figure and row.unit and row.unit.parent not in codes]
    return combined(result.measure, figures, "", progress.result.period)


def by_group(result: MeasureResult, groups: Iterable[ReportedGroup], progress: ReportedProgress) -> list[str]:
    """A measure's figure of each of the groups, as printed."""
    figures = [group_figure(result, group, progress) for group in groups]
    return [figure.shown(result.measure) if figure else NO_FIGURE for figure in figures]


def groups_told(results: Sequence[MeasureResult], progress: ReportedProgress) -> list[ReportedGroup]:
    """The groups of which one of the measures has a figure: units that ceased before they told any make no column."""
    return [group for group in progress.groups if any(group_figure(one, group, progress) for one in results)]


def told_by_group(results: Sequence[MeasureResult], progress: ReportedProgress) -> list[MeasureResult]:
    """The measures of a table by group: those with a figure; none where it says no more than the totals.

    It does where some measure has a figure of two groups.
    """
    counts = [(one, sum(shown != NO_FIGURE for shown in by_group(one, progress.groups, progress))) for one in results]
    return [one for one, count in counts if count] if any(count > 1 for _, count in counts) else []


def units_tables(progress: ReportedProgress) -> list[UnitsTable]:
    """Figures of every unit, a table a group and some measures; groups and measures without figures are left out."""
    tables = []
    for group in progress.groups:
        of_group = [
            result
            for result in progress.result.measures
            if any(row.figure and row.unit and row.unit.code in group.units for row in result.rows)
        ]
        for first in range(0, len(of_group), COLUMNS_ACROSS):
            tables.append(_units_table(progress, group, first > 0, of_group[first : first + COLUMNS_ACROSS]))
    return tables


def _units_table(
    progress: ReportedProgress, group: ReportedGroup, goes_on: bool, results: Sequence[MeasureResult]
) -> UnitsTable:
    units = {row.unit.code: row.unit for result in results for row in result.rows if row.unit}
    figures = [{row.unit.code: row for row in result.rows if row.unit} for result in results]
    rows = [
        (units[code], tuple(of[code].shown if code in of else NO_FIGURE for of in figures))
        for code in group.units
        if code in units
    ]
    totals = [group_figure(result, group, progress) for result in results]
    total = tuple(
        figure.shown(result.measure) if figure else NO_FIGURE for result, figure in zip(results, totals, strict=True)
    )
    return UnitsTable(group, goes_on, tuple(result.measure for result in results), tuple(rows), total)


def unit_view(progress: ReportedProgress, unit: Unit) -> UnitView:
    """Everything about one unit."""
    rows = [(result.measure, row) for result in progress.result.measures if (row := result.of(unit.code))]
    tasks = [row for plan in progress.result.plans for row in plan.rows if row.owner and row.owner.code == unit.code]
    return UnitView(
        unit,
        progress.heads.get(unit.code),
        tuple((measure, row) for measure, row in rows if row.figure),
        tuple(measure for measure, row in rows if not row.figure and measure.reported_by(unit.kind)),
        tuple(tasks),
        tuple(row for row in progress.result.commitments if row.unit.code == unit.code),
        tuple(
            (register.kind.label, register.words)
            for register in progress.registers
            if register.unit == unit.code and register.kind not in _NOT_TOLD
        ),
        tuple(_words_of(progress, unit)),
        tuple(reasons_of(progress, unit.code)),
    )


def _words_of(progress: ReportedProgress, unit: Unit) -> Iterator[tuple[str, str]]:
    """What a unit wrote, heading by heading, with the month where the report is of several."""
    for remark in TOLD:
        for one in progress.remarks:
            if one.unit.code == unit.code and one.remark is remark:
                month = "" if progress.result.period.is_month else f" tháng {one.month.last.month}"
                yield f"{heading_of(remark)}{month}", Said(one.text, ()).in_short


def told_units(progress: ReportedProgress) -> list[Unit]:
    """Units that exist when the period ends and of which there is something to say, in the order of the groups."""
    result = progress.result
    last = result.period.last
    units = {unit.code: unit for unit in result.expected}
    units |= {row.unit.code: row.unit for one in result.measures for row in one.rows if row.unit and row.figure}
    units |= {row.owner.code: row.owner for plan in result.plans for row in plan.rows if row.owner}
    units |= {row.unit.code: row.unit for row in result.commitments}
    return [
        units[code]
        for group in progress.groups
        for code in group.units
        if code in units and units[code].exists_on(last)
    ]


def told_registers(progress: ReportedProgress) -> list[tuple[str, str]]:
    """What the registers hold, by name; heads and updates of tasks show elsewhere."""
    return [
        (register.kind.label, register.words)
        for register in progress.result.registers
        if register.kind not in _NOT_TOLD
    ]


def overdue_tasks(progress: ReportedProgress) -> list[TaskRow]:
    """Overdue tasks of all plans, the longest overdue first."""
    rows = [row for plan in progress.result.plans for row in plan.rows if row.state is TaskState.OVERDUE]
    return sorted(rows, key=lambda row: (-row.days_late, row.plan, row.task.number))


def headline_rows(progress: ReportedProgress) -> list[dict[str, str]]:
    """The totals as a table of text, one mapping a measure."""
    period = progress.result.period
    than = {"So với tháng trước": lambda row: row.before} if period.is_month else {}
    columns: dict[str, Callable[[MeasureRow], Comparison | None]] = {
        **than,
        "So với cùng kỳ": lambda row: row.a_year_before,
    }
    return [
        {
            "Chỉ tiêu": one.measure.name,
            "Kết quả": one.total.shown,
            **{name: change_cell(one.measure, of(one.total)) for name, of in columns.items()},
        }
        for one in progress.result.measures
        if one.total.figure
    ]


def figures_workbook(frozen: FrozenProgress) -> bytes:
    """Every figure of a report: totals, units, months, tasks, commitments, targets, other indices."""
    progress = frozen.progress
    sheets: list[tuple[str, Iterator[list[Any]]]] = [
        ("Số liệu", _figure_rows(progress)),
        ("Đơn vị chưa so sánh", _newcomer_rows(progress)),
        ("Các tháng", _month_rows(progress)),
        ("Nhiệm vụ", _task_rows(progress)),
        ("Cam kết", _commitment_rows(progress)),
        ("Mục tiêu", _target_rows(progress)),
        ("Chỉ số khác", index_rows(progress.result.indices)),
        ("Ý kiến của đơn vị", _word_rows(progress)),
        ("Chưa có số liệu", _reason_rows(progress)),
    ]
    return workbook_of(sheets, "General", frozen.config.mark)


def _figure_rows(progress: ReportedProgress) -> Iterator[list[Any]]:
    period = progress.result.period
    group_of = {code: group.name for group in progress.groups for code in group.units}
    yield [
        "Mã chỉ tiêu",
        "Chỉ tiêu",
        "Đơn vị tính",
        "Nhóm",
        "Mã đơn vị",
        "Đơn vị",
        "Tử số",
        "Mẫu số",
        "Giá trị",
        "Cách ghi",
        "Tăng, giảm so với tháng trước",
        "Tăng, giảm so với cùng kỳ",
        "Lưu ý",
    ]
    for result in progress.result.measures:
        measure = result.measure
        for row in (result.total, *result.rows):
            if row.figure is None:
                continue
            code = row.unit.code if row.unit else ""
            where = [group_of.get(code, ""), code, row.unit.name if row.unit else "Toàn tỉnh"]
            unit = "%" if measure.kind.in_percent else measure.unit
            remarks = [comparison.remark for comparison in comparisons(row, period) if comparison.remark]
            remarks += [note for note in (lacking_words(row), _NEWCOMER if row.no_comparison else "") if note]
            figure = row.figure
            cells = [
                *(measure.id, measure.name, unit, *where, figure.numerator, figure.denominator),
                _cut(figure.amount(measure.kind)),
                row.shown,
                _difference(row.before if period.is_month else None),
                _difference(row.a_year_before),
                "; ".join([*remarks, figure.note] if figure.note else remarks),
            ]
            yield Folded(cells) if row.unit else cells


def _newcomer_rows(progress: ReportedProgress) -> Iterator[list[Any]]:
    """Why units are not compared with last year, once a unit: it is the same for all its figures."""
    yield ["Mã đơn vị", "Đơn vị", "Lý do"]
    told = {
        row.unit.code: (row.unit.name, row.no_comparison)
        for result in progress.result.measures
        for row in result.rows
        if row.unit and row.no_comparison
    }
    for code, (name, reason) in sorted(told.items()):
        yield [code, name, reason]


def _difference(comparison: Comparison | None) -> Decimal | None:
    return _cut(comparison.difference) if comparison else None


def _cut(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else printed(amount, MOST_DECIMALS).normalize() + 0


def _month_rows(progress: ReportedProgress) -> Iterator[list[Any]]:
    months = next(iter(progress.totals.values()), ())
    yield ["Mã chỉ tiêu", "Chỉ tiêu", *(_month(month.month) for month in months)]
    for result in progress.result.measures:
        line = progress.totals.get(result.measure.id, ())
        yield [result.measure.id, result.measure.name, *(_cut(month.amount) for month in line)]


def _task_rows(progress: ReportedProgress) -> Iterator[list[Any]]:
    yield [
        "Kế hoạch",
        "Số",
        "Nhiệm vụ",
        "Đơn vị chủ trì",
        "Người chịu trách nhiệm",
        "Thời hạn",
        "Hoàn thành",
        "Tình trạng",
        "Số ngày quá hạn",
        "Sản phẩm",
        "Tài liệu kiểm chứng",
        "Giải trình của đơn vị",
    ]
    for plan in progress.result.plans:
        for row in plan.rows:
            task = row.task
            yield [
                *(plan.plan.title, task.number, task.title, row.owner.name if row.owner else task.owner),
                *(task.responsible, task.due, task.done_on, row.state.label, row.days_late or None),
                *(task.product, task.evidence, row.explanation),
            ]


def _commitment_rows(progress: ReportedProgress) -> Iterator[list[Any]]:
    yield ["Cam kết", "Đơn vị", "Mức cam kết", "Đã đạt", "Tình trạng", "Dự báo cả năm", "Cách dự báo", "Căn cứ"]
    by_commitment: dict[str, list[CommitmentRow]] = {}
    for row in progress.result.commitments:
        by_commitment.setdefault(row.commitment.title, []).append(row)
    for title, rows in by_commitment.items():
        counts = Counter(row.standing for row in rows)
        told = "; ".join(f"{counts[one]} {one.label}" for one in Standing if counts[one])
        if len(rows) > 1:
            yield [title, f"{counted(len(rows))} đơn vị", None, None, told, None, None, None]
        for row in rows:
            forecast = (row.forecast.shown, row.forecast.how) if row.forecast else (None, None)
            cells = [title, row.unit.name, row.pledged, row.reached, row.standing.label, *forecast, row.why]
            yield Folded(cells) if len(rows) > 1 else cells


def _target_rows(progress: ReportedProgress) -> Iterator[list[Any]]:
    yield ["Mục tiêu", "Đơn vị chịu trách nhiệm", "Mức phải đạt", "Đã đạt", "Tình trạng", "Căn cứ", "Văn bản giao"]
    for row in progress.result.targets:
        target = row.target
        yield [target.name, target.owner, row.asked, row.reached, row.standing.label, row.why, target.source]


def _word_rows(progress: ReportedProgress) -> Iterator[list[Any]]:
    yield ["Mã đơn vị", "Đơn vị", "Tháng", "Nội dung", "Ý kiến"]
    for one in progress.remarks:
        yield [one.unit.code, one.unit.name, _month(one.month), heading_of(one.remark), one.text]


def _reason_rows(progress: ReportedProgress) -> Iterator[list[Any]]:
    names = {result.measure.id: result.measure.name for result in progress.result.measures}
    yield ["Mã đơn vị", "Đơn vị", "Tháng", "Mã chỉ tiêu", "Chỉ tiêu", "Lý do"]
    for one in progress.no_figures:
        yield [one.unit.code, one.unit.name, _month(one.month), one.measure, names.get(one.measure), one.reason]


def _month(month: Period) -> str:
    return f"{month.last.month}/{month.year}"


def change_cell(measure: Measure, comparison: Comparison | None) -> str:
    """A change as a table shows it, with a star where it has a remark; a dash where nothing is compared."""
    if comparison is None:
        return NO_FIGURE
    return f"{change_words(measure, comparison)}{'*' if comparison.remark else ''}"
