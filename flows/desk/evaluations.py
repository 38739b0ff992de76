"""The officer's pages of what was computed: every evaluation of a round, its draft, and what changed between two."""

from collections.abc import Sequence
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from sqlmodel import select
from starlette.exceptions import HTTPException

from flows.desk.drafting import begin_draft
from flows.desk.round import known_year
from flows.desk.visiting import Visit, allowed, sent
from models.records.snapshots import results_in
from models.records.tables import Approval, Snapshot
from models.roles import Permission
from tasks.publishing.choosing import newest_paper
from tasks.publishing.exporting import FORMATS, results_in_format
from tasks.publishing.issuing import DraftedFile, drafted_files
from tasks.recording.snapshots import all_frozen, known_snapshot
from tasks.scoring.changes import RoundChanges, changes_between

router = APIRouter()
_AT = "/ky/{year}"
Seeing = Annotated[Visit, Depends(allowed(Permission.SEE_ROUND))]
Running = Annotated[Visit, Depends(sent(Permission.RUN_ROUND))]


class Evaluated(NamedTuple):
    """An evaluation: its snapshot, what was drafted from it, and the newest answer to that."""

    snapshot: Snapshot
    files: list[DraftedFile]
    answer: Approval | None


@router.get(f"{_AT}/lan-tinh")
def evaluations(visit: Seeing, year: int) -> Response:
    """Every evaluation of a round, the newest first, with its draft."""
    known_year(visit, year)
    with visit.storage.reading() as session:
        snapshots = all_frozen(session, year)
        answers = {answer.snapshot_sha256: answer for answer in session.exec(select(Approval).order_by(Approval.id))}  # type: ignore[arg-type]
        session.expunge_all()
    rows = [Evaluated(one, drafted_files(visit.desk.folder, one.sha256), answers.get(one.sha256)) for one in snapshots]
    return visit.page(
        "evaluations",
        f"Các lần tính và dự thảo, kỳ {year}",
        year=year,
        rows=rows,
        drafting=visit.desk.drafts.of(str(year)),
        may_run=visit.may(Permission.RUN_ROUND),
    )


@router.get(f"{_AT}/thay-doi")
def changes(visit: Seeing, year: int, truoc: str = "", sau: str = "") -> Response:
    """What changed between two evaluations; the newest and the one before it, where the address names none."""
    known_year(visit, year)
    with visit.storage.reading() as session:
        snapshots = all_frozen(session, year)
    pair = pair_of(snapshots, truoc, sau)
    if pair is None:
        return visit.page(
            "changes", f"Thay đổi giữa hai lần tính, kỳ {year}", year=year, snapshots=snapshots, pair=None
        )
    found, rule = visit.of_frozen(
        ("changes", year, *(one.sha256 for one in pair)), lambda: _changes(visit, *(one.sha256 for one in pair))
    )
    return visit.page(
        "changes",
        f"Thay đổi giữa hai lần tính, kỳ {year}",
        year=year,
        snapshots=snapshots,
        pair=pair,
        changes=found,
        rule=rule,
    )


def pair_of(newest_first: Sequence[Snapshot], before: str, after: str) -> tuple[Snapshot, Snapshot] | None:
    """The two that an address names by their hashes; the newest and the one before, where it names none.

    Raises:
        HTTPException: 404, for a name of neither.
    """
    places = {one.sha256: place for place, one in enumerate(newest_first)}
    if {before, after} - places.keys() - {""}:
        raise HTTPException(404)
    later = places[after] if after else 0
    earlier = places[before] if before else later + 1
    return (newest_first[earlier], newest_first[later]) if earlier < len(newest_first) else None


def _changes(visit: Visit, before: str, now: str) -> tuple[RoundChanges, object]:
    first, second = (results_in(known_snapshot(visit.storage, sha256)) for sha256 in (before, now))
    return changes_between(first, second), second.results.ranking


@router.post(f"{_AT}/du-thao")
def draft_newest(visit: Running, year: int) -> Response:
    """Begin to draft the decision of the newest evaluation, one at a time; nothing is submitted."""
    known_year(visit, year)
    paper = newest_paper(visit.desk.folder, visit.storage, year)
    return begin_draft(visit, str(year), paper, f"/ky/{year}/lan-tinh")


@router.get(f"{_AT}/ket-qua/{{form}}")
def results(visit: Seeing, year: int, form: str) -> Response:
    """The newest results as a file: CSV, XLSX or JSON."""
    known_year(visit, year)
    if form not in FORMATS:
        raise HTTPException(404)
    newest = visit.results(year)
    content = results_in_format(newest.frozen, newest.sha256, newest.status, form)
    return visit.file(f"ket-qua-{year}-{newest.sha256[:12]}.{form}", content)
