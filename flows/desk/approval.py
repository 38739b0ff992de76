"""The leader's page: the draft as it will be printed, ranks, what to know before signing; approve, redraft or refuse.

The answer wakes the waiting Prefect run, which stays the one way of publishing, and carries the hash of what was seen.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response
from sqlmodel import col, select
from starlette.exceptions import HTTPException

from flows.desk.visiting import MenuItem, Visit, allowed, day_sent, sent, there
from flows.waiting import WaitingRun, answer_run, waiting_runs
from models.findings import Finding, RefusedError
from models.media_types import UNKNOWN
from models.notation import notation
from models.records.evidence import UnopenedEvidence
from models.records.progress_snapshots import progress_in
from models.records.snapshots import results_in
from models.records.tables import Approval, Publication
from models.roles import Permission
from models.wording import capitalised
from models.working_days import moment_told
from tasks.publishing.approvals import points_before
from tasks.publishing.choosing import known_paper
from tasks.publishing.folders import read_manifest
from tasks.publishing.gate import GatePoint, accepted_of
from tasks.publishing.issuing import draft_folder, drafted_files
from tasks.publishing.papers import Paper
from tasks.reading.kept_evidence import opened, page_image

if TYPE_CHECKING:
    from flows.approving import ApprovalForm

router = APIRouter()
HERE = "/trinh-duyet"
MENU = {HERE: MenuItem("Trình duyệt", (Permission.APPROVE, Permission.SEE_ROUND))}
Seeing = Annotated[Visit, Depends(allowed(Permission.APPROVE, Permission.SEE_ROUND))]
Approving = Annotated[Visit, Depends(sent(Permission.APPROVE))]
_LISTED = 20
_WAITS_NO_MORE = "Dự thảo này không còn chờ trả lời."
VERDICTS = {"approve": "Phê duyệt", "redraft": "Lập lại dự thảo từ số liệu mới nhất", "refuse": "Không phê duyệt"}


@router.get(HERE)
def listed(visit: Seeing) -> Response:
    """What waits for an approval, what is at work, what was decided."""
    trouble: Sequence[Finding] = ()
    try:
        waiting, busy = waiting_runs(visit.desk.folder)
    except RefusedError as refused:
        waiting, busy, trouble = [], [], refused.findings
    papers = [(run, _paper(visit, run.snapshot)) for run in waiting]
    return visit.page(
        "approvals",
        "Trình duyệt",
        waiting=papers,
        left=len(papers),
        busy=busy,
        trouble=trouble,
        decided=list(_decided(visit)),
    )


def _decided(visit: Visit) -> Iterator[tuple[Approval, str, Publication | None]]:
    """The newest decisions: the approval, what its paper is called, and its publication."""
    with visit.storage.reading() as session:
        newest = select(Approval, Publication).join(Publication, isouter=True).order_by(col(Approval.id).desc())
        rows = session.exec(newest.limit(_LISTED)).all()
        session.expunge_all()
    for approval, publication in rows:
        number = notation(approval.number, approval.symbol) if approval.number else ""
        yield approval, number, publication


@router.get(f"{HERE}/{{run}}")
def one(visit: Seeing, run: UUID) -> Response:
    """A draft that waits for an approval; one that waits no more leads back to the list."""
    waiting = _waiting(visit, run)
    return _page(visit, waiting) if waiting else visit.go(HERE, _WAITS_NO_MORE, went_well=False)


def _page(
    visit: Visit, run: WaitingRun, entered: "ApprovalForm | None" = None, faults: Sequence[str] = (), status: int = 200
) -> Response:
    paper = _paper(visit, run.snapshot)
    points: Sequence[GatePoint] = paper.gate()
    if entered and entered.verdict.name == "APPROVE" and not entered.missing:
        points = points_before(paper, entered.numbering, visit.who.acting)
    main = paper.kind.paper
    files = drafted_files(visit.desk.folder, run.snapshot)
    return visit.page(
        "approval",
        capitalised(paper.title),
        status,
        run=run,
        paper=paper,
        files=sorted(files, key=lambda file: (file.name != main, not file.name.startswith(main.removesuffix(".pdf")))),
        points=points,
        units_told=progress_in(paper.snapshot).progress.units_told if paper.snapshot.period else "",
        tables=[(caption, rows) for caption, rows in _tables(paper) if rows],
        entered=entered,
        accepted=_accepted_in(entered),
        faults=faults,
        may_approve=visit.may(Permission.APPROVE),
        verdicts=VERDICTS,
        signers=[paper.signed_by(id) for id in paper.signers],
    )


def _tables(paper: Paper) -> Iterator[tuple[str, Sequence[dict[str, Any]]]]:
    """What the paper says, as tables with a caption each: ranks of a year, headline figures of a period."""
    if paper.snapshot.period:
        from tasks.documents.progress_tables import headline_rows

        yield "Số liệu chung", headline_rows(progress_in(paper.snapshot).progress)
        return
    from tasks.publishing.exporting import rank_rows

    frozen = results_in(paper.snapshot)
    for group in frozen.results.groups:
        yield group.name, rank_rows(frozen, group)


@router.post(f"{HERE}/{{run}}")
def decide(
    visit: Approving,
    run: UUID,
    verdict: Annotated[Literal["approve", "redraft", "refuse"], Form()],
    snapshot: Annotated[str, Form()] = "",
    number: Annotated[str, Form()] = "",
    day: Annotated[str, Form()] = "",
    signer: Annotated[str, Form()] = "",
    replaces: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    submission_number: Annotated[str, Form()] = "",
    submission_day: Annotated[str, Form()] = "",
    accept_code: Annotated[list[str] | None, Form()] = None,
    accept_reason: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Answer: what cannot be carried out is told here, before the run is woken."""
    waiting = _waiting(visit, run)
    if waiting is None:
        return visit.go(HERE, f"{_WAITS_NO_MORE} {_who_was_first(visit, snapshot)}", went_well=False)
    given = zip(accept_code or (), accept_reason or (), strict=False)
    said: dict[str, Any] = {
        "verdict": verdict,
        "approved_by": visit.who.acting,
        "number": _whole(number),
        "day": day_sent(day),
        "signer": signer or None,
        "replaces": replaces.strip(),
        "reason": reason.strip(),
        "snapshot": snapshot,
    }
    paper = _paper(visit, waiting.snapshot)
    if not paper.snapshot.period:
        said["submission_number"], said["submission_day"] = _whole(submission_number), day_sent(submission_day)
        said["accepted"] = "\n".join(f"{code}: {why.strip()}" for code, why in given if why.strip())
    entered = _form_of(paper)(**said)
    if faults := list(_faults(visit, paper, waiting, entered)):
        return _page(visit, waiting, entered, faults, 422)
    if why := answer_run(run, entered.model_dump(mode="json", exclude_none=True)):
        return visit.go(HERE, f"Chưa thực hiện được: {_who_was_first(visit, waiting.snapshot) or why}", went_well=False)
    done = {"approve": "Đã phê duyệt", "redraft": "Đã yêu cầu lập lại dự thảo", "refuse": "Đã ghi không phê duyệt"}
    return visit.go(HERE, f"{done[verdict]} {paper.title}; chương trình đang thực hiện.")


def _form_of(paper: Paper) -> "type[ApprovalForm]":
    from flows.annual_evaluation import DecisionApproval
    from flows.monthly_progress import ReportApproval

    return ReportApproval if paper.snapshot.period else DecisionApproval


def _faults(visit: Visit, paper: Paper, waiting: WaitingRun, entered: "ApprovalForm") -> Iterator[str]:
    """Why an answer cannot be carried out, a sentence each."""
    if entered.snapshot != waiting.snapshot:
        yield "Dự thảo đã được lập lại từ khi trang này được mở; xem bản mới rồi trả lời."
        return
    if entered.missing:
        yield entered.missing
        return
    if entered.verdict.name != "APPROVE":
        return
    try:
        points = points_before(paper, entered.numbering, visit.who.acting)
        accepted_of(points, entered.numbering.reasons, "phiếu phê duyệt")
    except RefusedError as refused:
        yield from (f"{finding.what}. {finding.remedy}." for finding in refused.findings)


def _who_was_first(visit: Visit, snapshot: str) -> str:
    """Who decided on the same draft before, and when; empty where nobody has yet."""
    with visit.storage.reading() as session:
        of_draft = select(Approval).where(Approval.snapshot_sha256 == snapshot)
        found = session.exec(of_draft.order_by(col(Approval.id).desc())).first()
    if found is None:
        return ""
    return f"{found.decided_by} đã quyết định lúc {moment_told(found.decided_at)}."


def _accepted_in(entered: "ApprovalForm | None") -> dict[str, str]:
    lines = str(getattr(entered, "accepted", "")).splitlines()
    return {code: reason.strip() for code, _, reason in (line.partition(":") for line in lines)}


def _whole(text: str) -> int | None:
    return int(text) if text.strip().isdecimal() and int(text) else None


def _waiting(visit: Visit, id: UUID) -> WaitingRun | None:
    waiting, _ = waiting_runs(visit.desk.folder)
    return next((run for run in waiting if run.id == id), None)


def _paper(visit: Visit, snapshot: str) -> Paper:
    return known_paper(visit.desk.folder, visit.storage, snapshot)


# --- files ------------------------------------------------------------------------------------------------------------


@router.get("/du-thao/{snapshot}/{name}")
def drafted(visit: Seeing, snapshot: str, name: str) -> Response:
    """A file of a draft, shown in the page."""
    return _shown(visit, draft_folder(_paper(visit, snapshot)), name)


@router.get("/du-thao/{snapshot}/{name}/trang")
def drawn(visit: Seeing, snapshot: str, name: str) -> Response:
    """The pages of a draft as pictures, for browsers that show no PDF in a page, as those of phones."""
    path = _file_in(draft_folder(_paper(visit, snapshot)), name)
    found = opened(path)
    if isinstance(found, UnopenedEvidence) or not found.pages:
        raise HTTPException(404)
    return visit.page("draft_pages", name, snapshot=snapshot, name=name, pages=range(1, found.pages + 1))


@router.get("/du-thao/{snapshot}/{name}/trang/{number}")
def drawn_page(visit: Seeing, snapshot: str, name: str, number: int) -> Response:
    """One page of a draft as a picture."""
    drawn = page_image(_file_in(draft_folder(_paper(visit, snapshot)), name), number)
    if isinstance(drawn, UnopenedEvidence):
        raise HTTPException(404)
    return Response(drawn, media_type="image/png")


@router.get("/cong-bo/{id}/{name:path}")
def published(visit: Seeing, id: int, name: str) -> Response:
    """A file of a publication."""
    with visit.storage.reading() as session:
        publication = there(session.get(Publication, id))
    folder = visit.storage.place(publication.folder)
    if not name:
        files = sorted(read_manifest(folder)["files"])
        papers = sorted((name for name in files if "/" not in name), key=lambda name: not name.endswith(".pdf"))
        sheets = [name for name in files if "/" in name]
        return visit.page("publication", "Bản công bố", publication=publication, papers=papers, sheets=sheets)
    return _shown(visit, folder, name)


def _file_in(folder: Path, name: str) -> Path:
    """A file by its name in a listing of the folder, never by a path that was asked for.

    Raises:
        HTTPException: 404.
    """
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    if name not in files or files[name].is_symlink():
        raise HTTPException(404)
    return files[name]


def _shown(visit: Visit, folder: Path, name: str) -> Response:
    path = _file_in(folder, name)
    is_pdf = name.endswith(".pdf")
    return visit.file(path.name, path.read_bytes(), "" if is_pdf else UNKNOWN, shown=is_pdf)
