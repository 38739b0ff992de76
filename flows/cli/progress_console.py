"""Progress and forecasts as officers read them in a terminal."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from rich.console import Console

from flows.cli.console import MOST_NAMES, officers_console, print_table
from models.numbers import printed, said, vietnamese_number
from models.progress.indices import said_of_places
from models.progress.periods import Period
from models.progress.results import MeasureResult, MeasureRow, PlanResult, ProgressResult
from models.province.calendar import report_due
from models.province.folder import Province
from models.wording import capitalised, first_of
from report_templates.filters import percent
from tasks.intake.months_told import MonthStatus
from tasks.intake.report_states import ReportState
from tasks.progress.forecasting import RoundForecast, UnitForecast

_NEAREST_GAINS = 3


def print_due(province: Province, period: Period, today: date) -> None:
    """When the report of a period is due, and whether that day is past."""
    due = report_due(province.config, period)
    late = (today - due.last_day).days
    said = f"đã quá hạn {late} ngày" if late > 0 else "hôm nay" if not late else f"còn {-late} ngày"
    officers_console().print(f"Hạn gửi báo cáo {period.name}: {due} ({said}).")


def print_reports(states: Sequence[ReportState]) -> None:
    """The reports of a year so far; nothing where there are none."""
    rows = ((capitalised(state.period.name), str(state.due), state.words) for state in states)
    print_table(officers_console(), "Báo cáo tiến độ", ("Kỳ", "Hạn gửi", "Tình trạng"), rows)


def print_progress(result: ProgressResult) -> None:
    """One table a subject; subjects without anything are left out."""
    console = officers_console()
    period = result.period
    console.print(f"Tiến độ {period.name} (từ {period.first:%d/%m/%Y} đến hết {period.last:%d/%m/%Y})")
    for measure in result.measures:
        _print_measure(console, measure)
    if result.not_reported:
        names = ", ".join(unit.name for unit in result.not_reported)
        console.print(f"Chưa báo cáo: {len(result.not_reported)}/{len(result.expected)} đơn vị: {names}.")
    for plan in result.plans:
        _print_plan(console, plan)
    print_table(
        console,
        "Cam kết",
        ("Cam kết", "Đơn vị", "Mức cam kết", "Đã đạt", "Tình trạng", "Dự báo cả năm", "Căn cứ"),
        (
            (
                row.commitment.title,
                row.unit.name,
                row.pledged,
                row.reached,
                row.standing.label,
                row.forecast.shown if row.forecast else "–",
                row.why,
            )
            for row in result.commitments
        ),
    )
    print_table(
        console,
        "Mục tiêu",
        ("Mục tiêu", "Mức phải đạt", "Đã đạt", "Tình trạng", "Căn cứ"),
        ((row.target.name, row.asked, row.reached, row.standing.label, row.why) for row in result.targets),
    )
    print_table(
        console,
        "Chỉ số khác",
        ("Chỉ số", "Đơn vị", "Năm", "Kết quả", "So với năm trước"),
        (
            (
                row.series.name,
                row.unit.name if row.unit else "cả tỉnh",
                str(row.newest.year),
                row.newest.shown,
                row.change.broken if row.change.places is None else said_of_places(row.change.places),
            )
            for row in result.indices
        ),
    )
    for register in result.registers:
        console.print(f"Sổ {register.kind.label}: {register.words}.")


def _print_measure(console: Console, result: MeasureResult) -> None:
    rows = [row for row in result.rows if row.figure]
    on_top = [row for row in rows if row.unit and row.unit.parent is None]
    if len(on_top) != 1:  # a single unit above all others is the total already
        rows.append(result.total)
    columns = ("Đơn vị", "Số liệu", "So với kỳ trước", "So với cùng kỳ", "Ghi chú")
    print_table(console, result.measure.name, columns, (_measure_cells(row) for row in rows if row.figure))


def _measure_cells(row: MeasureRow) -> tuple[str, ...]:
    notes = [row.figure.note] if row.figure and row.figure.note else []
    if row.missing:
        notes.append(f"thiếu {', '.join(month.name for month in row.missing)}")
    if row.without:
        notes.append(f"thiếu {len(row.without)} đơn vị")
    return (
        row.unit.name if row.unit else "Cộng",
        row.shown,
        row.before.words if row.before else "–",
        row.a_year_before.words if row.a_year_before else "–",
        "; ".join(notes),
    )


def _print_plan(console: Console, plan: PlanResult) -> None:
    console.print(f"Kế hoạch “{plan.plan.title}”: {plan.counts.shown}.")
    for counts in plan.by_unit:
        console.print(f"  {counts.name}: {counts.shown}")
    print_table(
        console,
        "Nhiệm vụ quá hạn",
        ("Số", "Nhiệm vụ", "Đơn vị", "Người chịu trách nhiệm", "Hạn", "Quá hạn"),
        (
            (
                row.task.number,
                row.task.title,
                row.owner.name if row.owner else row.task.owner,
                row.task.responsible or "–",
                f"{row.task.due:%d/%m/%Y}",
                f"{row.days_late} ngày",
            )
            for row in plan.overdue
        ),
    )


def print_months(months: Sequence[MonthStatus]) -> None:
    """One line a month: how many units have told figures, how many late, whose file is to be mended, who is missing."""
    console = officers_console()
    for month in months:
        sent = len(month.expected) - len(month.missing)
        late = f", {len(month.late)} gửi chậm" if month.late else ""
        returned, missing = ([form.name for form in forms] for forms in (month.returned, month.missing))
        to_mend = f"; trả lại, chưa sửa: {first_of(returned, MOST_NAMES, 'đơn vị')}" if returned else ""
        lacks = f"; còn thiếu: {first_of(missing, MOST_NAMES, 'đơn vị')}" if missing else ""
        name = f"{capitalised(month.period.name)} (hạn {month.due.last_day:%d/%m/%Y})"
        console.print(f"{name}: {sent}/{len(month.expected)} đơn vị có số liệu{late}{to_mend}{lacks}.")


def print_forecast(forecast: RoundForecast) -> None:
    """One line a unit with its nearest gains; of one unit alone, every open leaf."""
    console = officers_console()
    console.print(f"Dự báo chỉ số năm {forecast.year} theo số liệu có đến ngày {forecast.day:%d/%m/%Y}")
    if len(forecast.units) == 1:
        _print_unit(console, forecast, forecast.units[0])
        return
    print_table(
        console,
        "",
        ("Hạng", "Đơn vị", "Chỉ số hôm nay", "Chưa có số liệu", "Còn giành được nhiều nhất"),
        (
            (
                str(unit.rank or "–"),
                unit.unit.name,
                percent(unit.index, forecast.ranking),
                f"{len(unit.missing)} mục",
                "\n".join(
                    f"{gain.leaf.code}: {gain.step} → +{_points(gain.gain)}" for gain in unit.gains[:_NEAREST_GAINS]
                ),
            )
            for unit in forecast.units
        ),
    )


def _print_unit(console: Console, forecast: RoundForecast, unit: UnitForecast) -> None:
    index = percent(unit.index, forecast.ranking)
    console.print(f"{unit.unit.name} ({unit.unit.code}): chỉ số {index}, hạng {unit.rank or '–'}")
    if unit.missing:
        console.print(f"Chưa có số liệu: {', '.join(leaf.code for leaf in unit.missing)}")
    for one in unit.suggested:
        entry = one.entry
        console.print(f"Lấy tạm {entry.component} {entry.fact} = {vietnamese_number(entry.value)} ({one.origin})")
    print_table(
        console,
        "Còn giành được, nhiều nhất trước",
        ("Mã", "Tiêu chí", "Còn", "Việc tiếp theo", "Được thêm"),
        (
            (gain.leaf.code, gain.leaf.name, _points(gain.to_win), gain.step, f"+{_points(gain.gain)}")
            for gain in unit.gains
        ),
    )


def _points(value: Decimal) -> str:
    return said(printed(value, 2))
