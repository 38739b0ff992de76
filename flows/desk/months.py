"""The officer's page of the months: who has told which, which reports are due, and their submission."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from flows.desk.visiting import MenuItem, Visit, allowed, sent
from flows.waiting import start_run
from models.progress.periods import UnreadablePeriodError, month_of, read_period
from models.roles import Permission
from tasks.intake.months_told import MonthStatus, months_status
from tasks.intake.report_states import ReportState, report_states

router = APIRouter()
_HERE = "/thang"
MENU = {_HERE: MenuItem("Tháng", (Permission.SEE_ROUND,))}
Seeing = Annotated[Visit, Depends(allowed(Permission.SEE_ROUND))]
Running = Annotated[Visit, Depends(sent(Permission.RUN_ROUND))]
_MONTHLY = "monthly_progress/monthly"


@router.get(_HERE)
def months(visit: Seeing) -> Response:
    """The months of the reporting year under way, the newest first, and the reports of its periods."""
    return _page(visit, month_of(visit.today).year)


@router.get(f"{_HERE}/{{year}}")
def of_year(visit: Seeing, year: int) -> Response:
    """The same of another reporting year."""
    if not 2000 <= year <= month_of(visit.today).year:
        raise HTTPException(404)
    return _page(visit, year)


def _page(visit: Visit, year: int) -> Response:
    told, reports = visit.worked_out(("months", year), lambda: _status(visit, year))
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


@router.post(f"{_HERE}/{{period}}/trinh")
def submit(visit: Running, period: str) -> Response:
    """Start the flow that drafts the report of a period and waits for the leader."""
    try:
        known = str(read_period(period))
    except UnreadablePeriodError as error:
        raise HTTPException(404) from error
    start_run(_MONTHLY, {"province": str(visit.desk.folder), "period": known})
    return visit.go("/trinh-duyet", "Đang lập dự thảo; xong sẽ hiện ở mục Đang chờ phê duyệt.")
