"""The officer's page that puts two drafts of a decision or of a period's report beside each other, word by word."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from flows.desk.evaluations import pair_of
from flows.desk.round import known_year
from flows.desk.visiting import Visit, allowed
from models.progress.periods import UnreadablePeriodError, read_period
from models.records.tables import Snapshot
from models.roles import Permission
from tasks.publishing.draft_changes import text_changes
from tasks.publishing.issuing import drafted_paths
from tasks.recording.snapshots import all_frozen

router = APIRouter()
Seeing = Annotated[Visit, Depends(allowed(Permission.SEE_ROUND))]


@router.get("/ky/{year}/so-du-thao")
def of_year(visit: Seeing, year: int, truoc: str = "", sau: str = "") -> Response:
    """Two drafts of a year's decision; the newest and the one before it, where the address names none."""
    known_year(visit, year)
    with visit.storage.reading() as session:
        snapshots = all_frozen(session, year)
    return _page(visit, snapshots, f"So sánh hai dự thảo, kỳ {year}", f"/ky/{year}", truoc, sau, year=year)


@router.get("/thang/{period}/so-du-thao")
def of_period(visit: Seeing, period: str, truoc: str = "", sau: str = "") -> Response:
    """Two drafts of the report of a period."""
    try:
        known = read_period(period)
    except UnreadablePeriodError as error:
        raise HTTPException(404) from error
    with visit.storage.reading() as session:
        snapshots = all_frozen(session, known.year, str(known))
    return _page(visit, snapshots, f"So sánh hai dự thảo, {known.name}", f"/thang/{known}", truoc, sau, year=None)


def _page(
    visit: Visit, snapshots: Sequence[Snapshot], title: str, base: str, before: str, after: str, year: int | None
) -> Response:
    drafted = [one for one in snapshots if drafted_paths(visit.desk.folder, one.sha256)]
    pair = pair_of(drafted, before, after)
    changed = []
    if pair:
        first, second = (drafted_paths(visit.desk.folder, one.sha256) for one in pair)
        changed = visit.of_frozen(("draft texts", *(one.sha256 for one in pair)), lambda: text_changes(first, second))
    return visit.page("draft_comparing", title, year=year, base=base, drafted=drafted, pair=pair, changed=changed)
