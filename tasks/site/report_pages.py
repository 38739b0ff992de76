"""Published reports of periods → the dashboard pages of the results site: an overview by month, a page a report, a page
a unit.

The figures are those of the reports. Every chart has its table beside it, everything is read without JavaScript, which
only filters. Source: docs/developers.md; tasks/site/pages.py (policy, style).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from models.progress.measures import Measure
from models.progress.results import Comparison, MeasureRow, TaskRow
from models.units import Unit
from tasks.documents import progress_sentences
from tasks.documents.progress_report import MOST_ROWS, UNITS_FOLDER, task_counts
from tasks.documents.progress_tables import (
    change_cell,
    group_figure,
    overdue_tasks,
    told_registers,
    told_units,
    unit_view,
)
from tasks.rendering.svg_charts import Drawing, Point, months_line
from tasks.site.files import SUMS, Offered, sums_of
from tasks.site.papers import REPORTS_FOLDER
from tasks.site.reports import ReportEdition

PageMaker = Callable[..., tuple[str, bytes]]
WHOLE = "Toàn tỉnh"


class FigureChange(NamedTuple):
    """A change in words, and whether it is for the better (`up`), the worse (`down`) or neither."""

    text: str
    tone: str


class FigureLine(NamedTuple):
    """One figure: of whom, of what, of which period, as printed, and how it changed.

    Attributes:
        code: of the unit, "" for all together, for a group and for a unit that ceased in the period.
        name: the unit, the group, or all together.
        value: what it is sorted by.
    """

    code: str
    name: str
    group: str
    measure: Measure
    period: str
    month: str
    shown: str
    value: str
    before: FigureChange
    a_year_before: FigureChange
    note: str


class ReportPages:
    """Every page about reports: an overview, a page a report, a page a unit.

    Args:
        page: makes a page from its path, its template and what it shows.
        reports: all published reports, the newest first, at least one.
        offered: what can be downloaded, by the report's place.
    """

    def __init__(
        self, page: PageMaker, reports: Sequence[ReportEdition], offered: Mapping[str, Sequence[Offered]]
    ) -> None:
        self._page = page
        self._reports = reports
        self._offered = offered
        self._valid = [report for report in reports if report.replaced_by is None]
        self._months = sorted((one for one in self._valid if one.period.is_month), key=lambda one: one.period)

    @cached_property
    def units(self) -> dict[str, Unit]:
        """Units that any report says something of, by code, as the newest one calls them; in order of their names."""
        units: dict[str, Unit] = {}
        for report in self._valid:
            for unit in told_units(report.progress):
                units.setdefault(unit.code, unit)
        return {unit.code: unit for unit in sorted(units.values(), key=lambda unit: (unit.kind, unit.name, unit.code))}

    @cached_property
    def _shared(self) -> dict[str, Any]:
        return {
            "reports": self._reports,
            "units": list(self.units.values()),
            "say": progress_sentences.SENTENCES,
            "most_rows": MOST_ROWS,
        }

    @cached_property
    def _lines(self) -> dict[str, list[FigureLine]]:
        """What all reports say of each unit, by its code."""
        lines: dict[str, list[FigureLine]] = {}
        for report in self._valid:
            for line in _unit_lines(report):
                lines.setdefault(line.code, []).append(line)
        return lines

    def overview(self) -> Iterator[tuple[str, bytes]]:
        """The page of all reports."""
        yield self._page(
            f"{REPORTS_FOLDER}/index.html",
            "site/reports.html",
            **self._shared,
            lines=[line for report in self._valid for line in _overall_lines(report)],
            charts=list(_charts(self._months, None)),
        )

    def report(self, report: ReportEdition) -> Iterator[tuple[str, bytes]]:
        """The page of a report, and the hashes of its files."""
        progress, files = report.progress, self._offered[report.place]
        yield self._page(
            f"{report.place}/index.html",
            "site/report.html",
            **self._shared,
            report=report,
            result=progress.result,
            period=report.period,
            totals=[line for line in _overall_lines(report) if line.name == WHOLE],
            lines=[*_overall_lines(report), *_unit_lines(report)],
            overdue=overdue_tasks(progress),
            registers=told_registers(progress),
            at_risk=progress.result.at_risk,
            files=files,
        )
        yield f"{report.place}/{SUMS}", sums_of(files)

    def unit(self, unit: Unit) -> tuple[str, bytes]:
        """The page of a unit."""
        newest = next(one for one in self._valid if any(told.code == unit.code for told in told_units(one.progress)))
        view = unit_view(newest.progress, unit)
        sheets = [(one, f"{UNITS_FOLDER}/{unit.code}.pdf") for one in self._valid if not one.trimmed]
        return self._page(
            f"{REPORTS_FOLDER}/{UNITS_FOLDER}/{unit.code}.html",
            "site/report_unit.html",
            **self._shared,
            unit=unit,
            newest=newest,
            view=view,
            counts=task_counts(view.tasks),
            late=[row for row in view.tasks if _is_late(row)],
            lines=self._lines.get(unit.code, []),
            charts=list(_charts(self._months, unit.code)),
            sheets=[(one, file) for one, file in sheets if file in one.files],
        )


def _is_late(row: TaskRow) -> bool:
    return row.days_late > 0 and not row.state.done


def _overall_lines(report: ReportEdition) -> Iterator[FigureLine]:
    """All together, then every group that is shown whole, measure by measure."""
    progress = report.progress
    for one in progress.result.measures:
        if one.total.figure:
            yield _line(report, "", WHOLE, "", one.measure, one.total)
        for group in progress.groups:
            figure = None if group.id in report.partial else group_figure(one, group, progress)
            if figure:
                row = MeasureRow(None, figure, figure.shown(one.measure), computed=True)
                yield _line(report, "", group.name, group.name, one.measure, row)


def _unit_lines(report: ReportEdition) -> Iterator[FigureLine]:
    progress = report.progress
    group_of = {code: group.name for group in progress.groups for code in group.units}
    paged = {unit.code for unit in told_units(progress)}
    for one in progress.result.measures:
        for row in one.rows:
            if row.unit and row.figure:
                code = row.unit.code
                of_group = group_of.get(code, "")
                yield _line(report, code if code in paged else "", row.unit.name, of_group, one.measure, row)


def _line(report: ReportEdition, code: str, name: str, group: str, measure: Measure, row: MeasureRow) -> FigureLine:
    assert row.figure is not None
    period = report.period
    amount = row.figure.amount(measure.kind)
    told = [one.remark for one in progress_sentences.comparisons(row, period) if one.remark]
    return FigureLine(
        code,
        name,
        group,
        measure,
        str(period),
        period.name,
        row.shown,
        "" if amount is None else format(amount, "f"),
        _moved(measure, row.before if period.is_month else None),
        _moved(measure, row.a_year_before),
        "; ".join(dict.fromkeys(told)) or progress_sentences.lacking_words(row) or row.no_comparison,
    )


def _moved(measure: Measure, comparison: Comparison | None) -> FigureChange:
    tone = "" if comparison is None or comparison.good is None else "up" if comparison.good else "down"
    return FigureChange(change_cell(measure, comparison).removesuffix("*"), tone)


def _charts(months: Sequence[ReportEdition], unit: str | None) -> Iterator[tuple[Measure, Drawing]]:
    """A line a measure over the published months, of a unit or of all together; none with fewer than two months."""
    if not months:
        return
    for place, measure in enumerate(one.measure for one in months[-1].progress.result.measures):
        points = [_point(report, measure, unit) for report in months]
        if sum(point.value is not None for point in points) > 1:
            yield measure, months_line(f"thang-{place}", measure.name_with_unit, points)


def _point(report: ReportEdition, measure: Measure, unit: str | None) -> Point:
    last = report.period.last
    result = next((one for one in report.progress.result.measures if one.measure.id == measure.id), None)
    row = None if result is None else result.total if unit is None else result.of(unit)
    amount: Decimal | None = row.figure.amount(measure.kind) if row and row.figure else None
    others = bool(row and row.before and row.before.alike)
    return Point(f"{last.month}/{last.year}", amount, "–" if amount is None else measure.printed_alone(amount), others)
