"""The officer's pages of the months: who has told which, figures so far, which reports are due, drafts, submission."""

from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from flows.desk.drafting import begin_draft
from flows.desk.visiting import MenuItem, Visit, allowed, sent
from flows.waiting import start_run
from models.progress.measures import Measure
from models.progress.periods import Period, UnreadablePeriodError, month_of, read_period
from models.province.calendar import report_due
from models.records.progress_snapshots import ReportedProgress
from models.roles import Permission
from models.wording import capitalised
from tasks.documents.charts import drawn_measures, months_drawing
from tasks.documents.progress_tables import headline_rows, overdue_tasks, units_tables
from tasks.intake.months_told import MonthStatus, months_status
from tasks.intake.report_states import ReportState, report_states
from tasks.progress.freezing import freeze_progress, frozen_progress, refuse_unreported
from tasks.publishing.choosing import paper_of
from tasks.publishing.issuing import drafted_files
from tasks.recording.snapshots import all_frozen
from tasks.rendering.svg_charts import Drawing

router = APIRouter()
_HERE = "/thang"
MENU = {_HERE: MenuItem("Tháng", (Permission.SEE_ROUND,))}
Seeing = Annotated[Visit, Depends(allowed(Permission.SEE_ROUND))]
Running = Annotated[Visit, Depends(sent(Permission.RUN_ROUND))]
_MONTHLY = "monthly_progress"


@router.get(_HERE)
def months(visit: Seeing) -> Response:
    """The months of the reporting year under way, the newest first, and the reports of its periods."""
    return _page(visit, month_of(visit.today).year)


@router.get(f"{_HERE}/{{when}}")
def of_year_or_period(visit: Seeing, when: str) -> Response:
    """The same of another reporting year; or one period (`2026-03`, `2026-Q1`): its figures so far."""
    if not when.isdecimal():
        return _period_page(visit, _period(when))
    if not 2000 <= int(when) <= month_of(visit.today).year:
        raise HTTPException(404)
    return _page(visit, int(when))


def _period(text: str) -> Period:
    try:
        return read_period(text)
    except UnreadablePeriodError as error:
        raise HTTPException(404) from error


def _page(visit: Visit, year: int) -> Response:
    told, reports = visit.worked_out(("months", year), lambda visit: _status(visit, year), ahead=True)
    return visit.page(
        "months",
        f"Báo cáo tháng, năm báo cáo {year}",
        year=year,
        months=told[::-1],
        reports=reports[::-1],
        may_run=visit.may(Permission.RUN_ROUND),
    )


def _status(visit: Visit, year: int) -> tuple[list[MonthStatus], list[ReportState]]:
    told = months_status(visit.storage, visit.province, year, visit.today)
    return told, report_states(visit.storage, visit.province, year, visit.today)


def _period_page(visit: Visit, period: Period) -> Response:
    """Figures, tasks and commitments as a report of today would tell them, and the drafts that there are."""
    known = visit.worked_out(("progress", str(period)), lambda visit: _told_so_far(visit, period), ahead=True)
    with visit.storage.reading() as session:
        newest = all_frozen(session, period.year, str(period))[:1]
    return visit.page(
        "month",
        capitalised(period.name),
        period=period,
        due=report_due(visit.province.config, period),
        progress=known.progress,
        result=known.progress.result,
        headlines=headline_rows(known.progress),
        charts=known.charts,
        tables=units_tables(known.progress),
        overdue=overdue_tasks(known.progress),
        drafted=[(one, drafted_files(visit.desk.folder, one.sha256)) for one in newest],
        drafting=visit.desk.drafts.of(str(period)),
        is_over=period.last < visit.today,
        may_run=visit.may(Permission.RUN_ROUND),
    )


class ToldSoFar(NamedTuple):
    """A period as it is told today, and its measures drawn over the months."""

    progress: ReportedProgress
    charts: list[tuple[str, Drawing]]


def _told_so_far(visit: Visit, period: Period) -> ToldSoFar:
    refuse_unreported(visit.province, period, visit.today)
    known = visit.desk.worked_out
    progress = frozen_progress(visit.storage, visit.province, period, known).progress
    measures = [one.measure for one in progress.result.measures]
    charts = known.of(("charts", period), (measures, progress.totals), lambda: _charts(measures, progress))
    return ToldSoFar(progress, charts)


def _charts(measures: list[Measure], progress: ReportedProgress) -> list[tuple[str, Drawing]]:
    drawn = drawn_measures(measures, progress.totals)
    return [(measure.name, months_drawing(measure, line)) for measure, line in drawn]


@router.post(f"{_HERE}/{{period}}/du-thao")
def draft_report(visit: Running, period: str) -> Response:
    """Begin to draft the report of a period from what is told so far; nothing is submitted."""
    known = _period(period)
    refuse_unreported(visit.province, known, visit.today)
    snapshot = freeze_progress(visit.storage, visit.province, known)
    return begin_draft(visit, str(known), paper_of(visit.desk.folder, snapshot), f"{_HERE}/{known}")


@router.post(f"{_HERE}/{{period}}/trinh")
def submit(visit: Running, period: str) -> Response:
    """Start the flow that drafts the report of a period and waits for the leader."""
    start_run(_MONTHLY, visit.desk.folder, {"period": str(_period(period))})
    return visit.go("/trinh-duyet", "Đang lập dự thảo; xong sẽ hiện ở mục Đang chờ phê duyệt.")
