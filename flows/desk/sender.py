"""The page of a unit or an appraising agency: what is due until when, its forms, its files; sending, receipts, changes.

One page serves both, since both send workbooks the same way. The officer may send for somebody, in the same place.
"""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Annotated

from fastapi import APIRouter, Depends, File, Form, UploadFile
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from sqlmodel import col, select
from starlette.exceptions import HTTPException

from flows.desk.round import kind_of, known_year
from flows.desk.visiting import MenuItem, Visit, allowed, sent, there
from models.findings import RefusedError, refusal
from models.forms.descriptions import MONTH_KINDS, FormKind
from models.media_types import UNKNOWN
from models.progress.periods import UnreadablePeriodError, read_period
from models.province.calendar import calendar_of
from models.records.submissions import Outcome
from models.records.tables import Publication
from models.roles import Bound, Permission
from models.working_days import VIETNAM
from tasks.documents.unit_sheets import sheet_name
from tasks.intake.answering import answered_with, reply_of
from tasks.intake.holding import HELD_FOR, waiting_of
from tasks.intake.inbox import outbox_of
from tasks.intake.judging import standard_parts
from tasks.intake.owed import Owed, owed_by
from tasks.intake.receipt_letter import receipt_letter
from tasks.intake.received_files import ReceivedFile, files_of
from tasks.intake.version_changes import changes_between
from tasks.intake.waiving import waivable_checks
from tasks.mail.telling_desk import tell_of_request
from tasks.publishing.signed_summaries import is_overtaken, receive_signed, signed_of
from tasks.recording.evidence_files import HandedIn, handed_in
from tasks.recording.openings import ask_to_open, openings

router = APIRouter()
_ALL, _ONE = "/don-vi", "/don-vi/{code}"
SENDING = (Permission.SEND_FORMS, Permission.APPRAISE)
SEEING = (Permission.SEE_FORMS, *SENDING)
MENU = {_ALL: MenuItem("Biểu mẫu", SEEING)}
Seeing = Annotated[Visit, Depends(allowed(*SEEING))]
Sending = Annotated[Visit, Depends(sent(*SENDING))]
_WAITED = 12.0  # seconds, before the page says that it takes longer
_PDF = "application/pdf"


@router.get(_ALL)
def all_senders(visit: Seeing) -> Response:
    """Every unit and agency; who acts for one goes to its page."""
    if visit.who.role.description.bound:
        return visit.go(_at(visit.who.subject))
    return visit.page(
        "senders",
        "Đơn vị và cơ quan thẩm định",
        units=sorted(visit.province.units.values(), key=lambda unit: unit.name),
        agencies=visit.province.config.appraisers,
    )


@router.get(_ONE)
def one(visit: Seeing, code: str) -> Response:
    """What a sender owes until when, where its forms are, what came of what it sent."""
    return _page(visit, code)


def _page(visit: Visit, code: str, trouble: str = "", status: int = 200) -> Response:
    name = name_of(visit, code)
    lying = visit.desk.uploads.lying(code)  # first: what is received meanwhile stands in the list then
    with visit.storage.reading() as session:
        files = files_of(session, code)
        asked = openings(session, subject=code)
        waiting = waiting_of(session, code, visit.now)
        signed = [(each, is_overtaken(session, each)) for each in signed_of(session, code)]
        session.expunge_all()
    owed = owed_by(visit.storage, visit.province, code, visit.today)
    return visit.page(
        "sender",
        name,
        status,
        code=code,
        owed=owed,
        left=sum(form.needs_sender for form in owed),
        files=files,
        openings={
            form.record_key: [each for each in asked if (each.kind, each.request.year) == (form.kind, form.year)]
            for form in owed
        },
        signed=signed,
        waiting=[(each, each.since + HELD_FOR) for each in waiting],
        lying=_not_told_yet(visit, lying, files),
        may_send=may_send(visit, code),
        trouble=trouble,
        days_left={form.record_key: _days_left(visit, form) for form in owed},
        path_of=_form_path,
        sheets=[publication for publication, _ in _sheets(visit, code)],
        evidence=_evidence(visit, code),
    )


def _not_told_yet(visit: Visit, lying: Sequence[str], files: Sequence[ReceivedFile]) -> list[tuple[str, str]]:
    """Names of the files that are here and still to be received, and by what each is waited for.

    Those that wait for an appraiser and those that are recorded, with their reply to be written, stand elsewhere.
    """
    recorded = {file.submission.origin.partition("|")[0] for file in files}
    told = [relative for relative in lying if relative not in recorded and not visit.desk.uploads.is_held(relative)]
    return [(relative.split("/")[2], relative.split("/")[1]) for relative in told]


def _evidence(visit: Visit, code: str) -> tuple[int, HandedIn] | None:
    """The newest round of a unit and how many evidence files it handed in.

    None of who has no round, or whose forms are not to be seen.
    """
    years = [year for year in visit.province.rounds if code in visit.province.units_of_round(year)]
    if not years or not visit.may(Permission.SEE_FORMS, code):
        return None
    with visit.storage.reading() as session:
        return max(years), handed_in(session, max(years), code)


@router.post(f"{_ONE}/mo-khoa")
def ask(
    visit: Sending,
    code: str,
    year: Annotated[int, Form()],
    step: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Ask that a step be opened again or longer; whoever runs the round is told."""
    demand_sending(visit, code)
    known_year(visit, year)
    kind = kind_of(step)
    try:
        asked = ask_to_open(visit.storage, visit.province, year, kind, code, reason, visit.now)
    except RefusedError as refused:
        return _page(visit, code, "; ".join(f"{each.what}. {each.remedy}." for each in refused.findings), 422)
    address = f"{visit.address_of_desk}/ky/{year}/gia-han"
    tell_of_request(visit.province, visit.storage, visit.desk.settings, asked, address, visit.now)
    return visit.go(_at(code), "Đã gửi đề nghị. Trả lời sẽ hiện trên trang này và được gửi qua thư.")


def name_of(visit: Visit, code: str) -> str:
    """The sender's name, where the account may see it.

    Raises:
        HTTPException: it may not (403), or there is no such sender (404).
    """
    if not any(visit.may(permission, code) for permission in SEEING):
        raise HTTPException(403)
    if unit := visit.province.units.get(code):
        return unit.name
    return there(next((agency.name for agency in visit.province.config.appraisers if agency.id == code), None))


def may_send(visit: Visit, code: str) -> bool:
    """Whether the account may send for this sender; an agency's account for its agency, a unit's for its unit."""
    bound = visit.who.role.description.bound
    is_unit = code in visit.province.units
    if bound is not None and is_unit != (bound is Bound.UNIT):
        return False
    return any(visit.may(permission, code) for permission in SENDING)


def _days_left(visit: Visit, form: Owed) -> int | None:
    """Working days from today to the last day, both counted; None where it is over or there is none."""
    if form.due is None or form.due.last_day < visit.today:
        return None
    return calendar_of(visit.province.config).working_days_between(visit.today, form.due.last_day)


# --- forms to fill in -------------------------------------------------------------------------------------------------


def _form_path(code: str, form: Owed) -> str:
    return f"{_at(code)}/phieu/{form.kind.value}/{form.period or form.year}"


@router.get(f"{_ONE}/phieu/{{kind}}/{{when}}")
def form(visit: Seeing, code: str, kind: FormKind, when: str) -> Response:
    """The workbook to fill in, with what is known."""
    name_of(visit, code)
    with TemporaryDirectory() as folder:
        paths = _write(visit, code, kind, when, Path(folder))
        if not paths:
            raise refusal(kind.label, f"không có gì để điền cho {when}", "Xem lại danh sách việc đến hạn")
        return visit.file(paths[0].name, paths[0].read_bytes())


def _write(visit: Visit, code: str, kind: FormKind, when: str, out: Path) -> list[Path]:
    from tasks.forms.month_records import write_months
    from tasks.forms.writing import write_forms

    try:
        if kind in MONTH_KINDS:
            return write_months(visit.province, visit.storage, read_period(when), [code], out, visit.today, kind)
        year = int(when)
    except (UnreadablePeriodError, ValueError) as error:
        raise HTTPException(404) from error
    units = [code] if kind.of_a_unit else []
    written = write_forms(visit.province, visit.storage, year, kind, units, out)
    return [path for path in written if path.stem.endswith(f"-{code}")]


@router.get(f"{_ONE}/ban-in/{{year}}")
def printed(visit: Seeing, code: str, year: int) -> Response:
    """The self-assessment as it was received, to be printed and signed by the unit's head."""
    from tasks.intake.printout import printout

    name_of(visit, code)
    content = printout(visit.province, visit.storage, year, code)
    return visit.file(f"ban-in-tu-danh-gia-{year}-{code}.pdf", content)


@router.post(f"{_ONE}/ban-ky/{{year}}")
def take_signed(visit: Sending, code: str, year: int, signed: Annotated[UploadFile, File()]) -> Response:
    """The printed self-assessment, signed by the head of the unit: kept, its digital signature verified."""
    demand_sending(visit, code)
    content, name = signed.file.read(), signed.filename or ""
    known = visit.storage, visit.desk.settings, visit.desk.folder
    try:
        receive_signed(*known, year, code, name, content, visit.now)
    except RefusedError as refused:
        said = "; ".join(each.in_sentences for each in refused.findings)
        return _page(visit, code, said, 422)
    return visit.go(f"{_at(code)}#ban-da-ky", "Đã nhận bản đã ký.")


@router.get(f"{_ONE}/ban-ky/{{id}}/goc")
def signed_file(visit: Seeing, code: str, id: int) -> Response:
    """The bytes of a signed self-assessment."""
    name_of(visit, code)
    with visit.storage.reading() as session:
        found = there(next((each for each in signed_of(session, code) if each.id == id), None))
        return visit.file(found.file_name, visit.storage.kept(found.sha256).read_bytes(), _PDF)


@router.get(f"{_ONE}/ket-qua/{{id}}")
def result(visit: Seeing, code: str, id: int) -> Response:
    """The unit's published sheet."""
    name_of(visit, code)
    sheet = there(next((path for publication, path in _sheets(visit, code) if publication.id == id), None))
    return visit.file(sheet.name, sheet.read_bytes())


def _sheets(visit: Visit, code: str) -> list[tuple[Publication, Path]]:
    """The unit's sheet in every published decision, the newest first."""
    with visit.storage.reading() as session:
        of_years = select(Publication).where(Publication.period == "").order_by(col(Publication.id).desc())
        publications = list(session.exec(of_years))
        session.expunge_all()
    sheets = [(one, visit.storage.place(one.folder) / sheet_name(code)) for one in publications]
    return [(one, path) for one, path in sheets if path.is_file()]


# --- sending ----------------------------------------------------------------------------------------------------------


@router.post(f"{_ONE}/gui")
async def send(visit: Sending, code: str, workbook: Annotated[UploadFile, File()]) -> Response:
    """Receive a file; what became of it is shown at once where that takes seconds only."""
    await run_in_threadpool(demand_sending, visit, code)
    if not workbook.filename or not workbook.size:
        return await run_in_threadpool(_page, visit, code, "Chưa chọn tệp, hoặc tệp không có nội dung.", 422)
    return await take_in(visit, code, workbook.filename, workbook.file)


async def take_in(visit: Visit, code: str, name: str, content: IO[bytes]) -> Response:
    """Have a form of a sender received; the answer goes to what became of it, or after a while to where that shows."""
    waited_by = await run_in_threadpool(visit.desk.uploads.lay_down, code, name, content, visit.who.acting)
    until = time.monotonic() + _WAITED
    while time.monotonic() < until:
        if report := visit.desk.uploads.report_of(waited_by):
            return visit.go(f"{_at(code)}/tep/{report.submission_id}")
        if visit.desk.uploads.is_held(waited_by):
            return visit.go(_at(code))
        await asyncio.sleep(0.1)
    return visit.go(f"{_at(code)}/cho/{waited_by.split('/')[1]}")


def demand_sending(visit: Visit, code: str) -> str:
    """The sender's name, where the account may send for it.

    Raises:
        HTTPException: it may not (403), or there is no such sender (404).
    """
    name = name_of(visit, code)
    if not may_send(visit, code):
        raise HTTPException(403)
    return name


@router.get(f"{_ONE}/cho/{{upload}}")
def wait(visit: Seeing, code: str, upload: str) -> Response:
    """A file that is still being read; the page looks again by itself."""
    name = name_of(visit, code)
    if report := visit.desk.uploads.report_by(code, upload):
        return visit.go(f"{_at(code)}/tep/{report.submission_id}")
    if not visit.desk.uploads.lies_here(code, upload):  # it was received before the desk was started again
        return visit.go(_at(code))
    return visit.page("waiting", "Đang kiểm tra tệp", code=code, name=name)


# --- what came of it --------------------------------------------------------------------------------------------------


@router.get(f"{_ONE}/tep/{{id}}")
def file(visit: Seeing, code: str, id: int) -> Response:
    """One file: what became of it, every finding, what can be saved."""
    name, received = name_of(visit, code), _file(visit, code, id)
    with visit.storage.reading() as session:
        files = files_of(session, code)
    versions = [each for each in files if each.number and _same_form(each, received)]
    earlier = [each for each in versions if each.number and (each.submission.id or 0) < id]
    return visit.page(
        "received_file",
        received.name,
        code=code,
        name=name,
        file=received,
        earlier=earlier,
        form=_owed(visit, received),
        waivable=_waivable(visit, received),
    )


def _waivable(visit: Visit, received: ReceivedFile) -> dict[str, str]:
    """What sent the file back and may be waived, for whoever may: what is expected, by the name of the check."""
    identity = received.identity
    if identity is None or received.outcome is not Outcome.RETURNED or not visit.may(Permission.RUN_ROUND):
        return {}
    known = waivable_checks(identity.kind)
    return {each.check: known[each.check] for each in received.findings if each.check in known}


@router.get(f"{_ONE}/tep/{{id}}/goc")
def original(visit: Seeing, code: str, id: int) -> Response:
    """The bytes as they were sent."""
    name_of(visit, code)
    received = _file(visit, code, id)
    content = visit.storage.kept(received.submission.sha256).read_bytes()
    return visit.file(received.name, content, UNKNOWN)


@router.get(f"{_ONE}/tep/{{id}}/phan-hoi")
def reply(visit: Seeing, code: str, id: int) -> Response:
    """The marked workbook, or the letter where there can be none."""
    name_of(visit, code)
    received = _file(visit, code, id)
    if not received.has_reply:
        raise HTTPException(404)
    outbox = outbox_of(visit.desk.folder, visit.desk.settings)
    answered = answered_with(visit.storage, received.submission)
    answer = reply_of(visit.province, visit.storage, outbox, answered, standard_parts())
    return visit.file(answer.name, answer.content)


@router.get(f"{_ONE}/tep/{{id}}/bien-nhan")
def receipt(visit: Seeing, code: str, id: int) -> Response:
    """The receipt of an accepted file."""
    name_of(visit, code)
    received = _file(visit, code, id)
    form = _owed(visit, received)
    if not received.number or form is None:
        raise HTTPException(404)
    content = receipt_letter(visit.province.config, received.submission, form, received.number, received.name)
    came = received.submission.received_at.astimezone(VIETNAM)
    return visit.file(f"bien-nhan-{code}-{came:%Y%m%d-%H%M}.pdf", content)


@router.get(f"{_ONE}/thay-doi/{{before}}/{{after}}")
def changes(visit: Seeing, code: str, before: int, after: int) -> Response:
    """What one version says otherwise than another."""
    name = name_of(visit, code)
    one, other = _file(visit, code, before), _file(visit, code, after)
    if not _same_form(one, other):
        raise HTTPException(404)
    changed = changes_between(visit.storage, visit.province, one.submission, other.submission)
    return visit.page(
        "version_changes", "Thay đổi giữa hai bản", code=code, name=name, before=one, after=other, changes=changed
    )


def _at(code: str) -> str:
    return f"{_ALL}/{code}"


def _file(visit: Visit, code: str, id: int) -> ReceivedFile:
    """A file of this sender.

    Raises:
        HTTPException: 404, for somebody else's as for none.
    """
    with visit.storage.reading() as session:
        return there(next((each for each in files_of(session, code) if each.submission.id == id), None))


def _same_form(one: ReceivedFile, other: ReceivedFile) -> bool:
    return one.identity is not None and one.identity == other.identity


def _owed(visit: Visit, received: ReceivedFile) -> Owed | None:
    """The form that a file is, with its name and deadline; None where it says nothing of a form."""
    from models.province.calendar import form_due
    from tasks.recording.extensions import with_granted

    identity = received.identity
    if identity is None:
        return None
    name = _names(visit).get(identity.subject, identity.subject)
    period = read_period(identity.period) if identity.period else None
    due = form_due(with_granted(visit.storage, visit.province), identity)
    return Owed(identity.kind, identity.subject, name, identity.year, due, period=period)


def _names(visit: Visit) -> dict[str, str]:
    agencies = {agency.id: agency.name for agency in visit.province.config.appraisers}
    return agencies | {code: unit.name for code, unit in visit.province.units.items()}
