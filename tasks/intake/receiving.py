"""The inbox is received: bytes kept, what is right recorded, what is wrong answered, the inbox cleared. In this order.

Killed between any two steps nothing is lost and nothing recorded twice: a file leaves the inbox last, a recorded one is
known by its origin, a reply that is missing is written again from the kept bytes.
Source: DESIGN.md, sections 2, 6 and 9.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import NamedTuple

from sqlmodel import Session, col, select

from models.findings import Finding, Severity
from models.forms.descriptions import FormIdentity, FormKind
from models.province.calendar import form_due
from models.province.folder import Province
from models.records.storage import Storage
from models.records.submissions import Outcome, Reading, findings_as_rows, findings_from_rows, storable
from models.records.tables import Receipt, Submission, WrittenReply
from models.units import Unit
from models.working_days import VIETNAM
from tasks.intake.inbox import Arrival, FileStore, only_intake
from tasks.intake.judging import Judged, Parts, ReceivedFile, judge_batch, note_fault
from tasks.recording.workbooks import Acceptance, RecordedForm, record_workbooks

FILES_A_BATCH = 100
_CODES_A_QUERY = 500
Progress = Callable[[str], None]


class FileReport(NamedTuple):
    """What became of one file, as whoever ran the intake reads it.

    Attributes:
        path: where it lay in the inbox, fit to be shown.
        number: which version of its form it became, 0 where it became none.
    """

    submission_id: int
    path: str
    outcome: Outcome
    findings: tuple[Finding, ...]
    number: int
    late: bool

    def __str__(self) -> str:
        return f"{self.path}: {self.said}"

    @property
    def said(self) -> str:
        """The outcome in one line."""
        errors, warnings = (
            sum(finding.severity is severity for finding in self.findings)
            for severity in (Severity.CRITICAL, Severity.WARNING)
        )
        warned = f", {warnings} cảnh báo" if warnings else ""
        match self.outcome:
            case Outcome.ACCEPTED:
                return f"đã nhận, bản {self.number}{' (chậm)' if self.late else ''}{warned}"
            case Outcome.RETURNED:
                return f"trả lại để sửa: {errors} lỗi{warned}"
            case Outcome.REFUSED | Outcome.UNCHANGED:
                why = self.findings[0].what if self.findings else ""
                return f"{self.outcome.label}: {why}"


@dataclass
class IntakeReport:
    """What one run of the intake did.

    Attributes:
        files: what became of each new file, in the order received.
        waiting: files that were left for the next run, with the reason.
        unanswered: replies that could not be written.
        stuck: received files that cannot be taken out of the inbox.
        busy: whether another run was at work, so that this one did nothing.
    """

    files: list[FileReport] = field(default_factory=list)
    waiting: list[tuple[str, str]] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    busy: bool = False

    def lines(self) -> Iterator[str]:
        """Everything but the files, a line each."""
        if self.busy:
            yield "Một lần nhận khác đang chạy; lần này không làm gì."
        for path, why in self.waiting:
            yield f"{path}: để lại: {why}"
        for name in self.unanswered:
            yield f"{name}: chưa ghi được phản hồi; sẽ ghi lại ở lần nhận sau"
        for path in self.stuck:
            yield f"{path}: đã nhận nhưng không xóa được khỏi hộp nhận; sẽ không nhận lại"


def receive_inbox(
    province: Province,
    storage: Storage,
    inbox: FileStore,
    outbox: FileStore,
    parts: Parts,
    via: str,
    quiet: float,
    told: Callable[[FileReport], None] = lambda report: None,
) -> IntakeReport:
    """Receive everything that lies in the inbox, batch by batch; one run at a time.

    Args:
        province: the checked folder.
        storage: its database.
        inbox, outbox: where files come in, where replies go.
        parts: how files are read, validated and answered.
        via: `inbox` or `command`.
        quiet: a file younger than so many seconds waits.
        told: called with the report of each file as soon as it is recorded.

    Raises:
        RefusedError: the inbox or the database cannot be used; what lies in the inbox stays.
    """
    report = IntakeReport()
    with only_intake(storage) as mine:
        if not mine:
            report.busy = True
            return report
        answer_submissions(province, storage, outbox, unanswered(storage), parts)
        listing = inbox.listed(datetime.now(UTC), quiet)
        report.waiting = [(shown_path(arrival, parts), why) for arrival, why in listing.waiting]
        for start in range(0, len(listing.ready), FILES_A_BATCH):
            batch = listing.ready[start : start + FILES_A_BATCH]
            files = receive_batch(province, storage, inbox, batch, parts, via)
            report.files += files
            for file in files:
                told(file)
            answer_submissions(province, storage, outbox, [file.submission_id for file in files], parts)
            report.stuck += clear_inbox(storage, inbox, batch, parts)
        report.unanswered = names_of(storage, unanswered(storage))
    return report


def shown_path(arrival: Arrival, parts: Parts) -> str:
    """Where a file lay in the inbox, without what would play tricks on a screen."""
    return "/".join(map(parts.shown_name, arrival.relative.split("/")))


# --- keep and record --------------------------------------------------------------------------------------------------


def receive_batch(
    province: Province, storage: Storage, inbox: FileStore, arrivals: Sequence[Arrival], parts: Parts, via: str
) -> list[FileReport]:
    """Keep, judge and record a batch, in one transaction; what was recorded before is passed over.

    Returns:
        A report for each file that is new here; files that changed or vanished while being read are left.
    """
    before = recorded_origins(storage, arrivals)
    files = list(_kept([arrival for arrival in arrivals if arrival.origin not in before], storage, inbox, parts))
    known = _accepted_before(storage, files)
    judged = judge_batch([file for file in files if file.arrival.path not in known], province, storage, parts)
    by_path = known | {each.file.arrival.path: each for each in judged}
    with storage.writing() as session:
        return _record(session, province, [by_path[file.arrival.path] for file in files], storage.user, via, parts)


def _kept(arrivals: Iterable[Arrival], storage: Storage, inbox: FileStore, parts: Parts) -> Iterator[ReceivedFile]:
    """The bytes of each file, kept before anything else happens to it."""
    for arrival in arrivals:
        content = inbox.content(arrival)
        if content is not None:
            yield ReceivedFile(arrival, parts.shown_name(arrival.name), content, storage.keep(content))


def recorded_origins(storage: Storage, arrivals: Sequence[Arrival]) -> dict[str, int]:
    """Submissions by origin, of arrivals that were recorded by an earlier run that did not come to its end."""
    origins = [arrival.origin for arrival in arrivals]
    found: dict[str, int] = {}
    with storage.reading() as session:
        for start in range(0, len(origins), _CODES_A_QUERY):
            some = origins[start : start + _CODES_A_QUERY]
            rows = session.exec(select(Submission.origin, Submission.id).where(col(Submission.origin).in_(some)))
            found |= {origin: id for origin, id in rows if id is not None}
    return found


def _accepted_before(storage: Storage, files: Sequence[ReceivedFile]) -> dict[str, Judged]:
    """Judgements by path of files that had been accepted before: they change nothing."""
    hashes = sorted({file.sha256 for file in files})
    forms = [kind.value for kind in FormKind]
    receipts: dict[str, Receipt] = {}
    with storage.reading() as session:
        for start in range(0, len(hashes), _CODES_A_QUERY):
            statement = select(Receipt).where(col(Receipt.sha256).in_(hashes[start : start + _CODES_A_QUERY]))
            of_forms = col(Receipt.kind).in_(forms) | col(Receipt.kind).startswith(f"{FormKind.MONTHLY} ")
            receipts |= {found.sha256: found for found in session.exec(statement.where(of_forms))}
        return {
            file.arrival.path: _unchanged(file, receipts[file.sha256], _newest_of_form(session, receipts[file.sha256]))
            for file in files
            if file.sha256 in receipts
        }


def _newest_of_form(session: Session, receipt: Receipt) -> Receipt:
    statement = select(Receipt).where(Receipt.kind == receipt.kind, Receipt.year == receipt.year)
    newest = session.exec(statement.where(Receipt.subject == receipt.subject).order_by(col(Receipt.id).desc())).first()
    assert newest is not None
    return newest


def _unchanged(file: ReceivedFile, receipt: Receipt, newest: Receipt) -> Judged:
    """The same file again; where a later version counts, its sender is told, who may want this one to count again."""
    what = f"tệp này đã nhận lúc {_moment(receipt.received_at)}; không có gì thay đổi"
    remedy = "Không cần gửi lại"
    if newest.id != receipt.id:
        what += f", bản được tính là tệp {newest.file_name} nhận lúc {_moment(newest.received_at)}"
        remedy = "Muốn dùng lại bản này thì mở tệp, lưu lại rồi gửi"
    finding = Finding(file.shown_as, 0, what, remedy, Severity.INFO)
    identity = FormIdentity.recorded_as(receipt.kind, receipt.year, receipt.subject)
    return Judged(file, Reading(file.shown_as, identity), (finding,), Outcome.UNCHANGED)


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(VIETNAM):%H:%M ngày %d/%m/%Y}"


def _record(
    session: Session, province: Province, judged: Sequence[Judged], user: str, via: str, parts: Parts
) -> list[FileReport]:
    """Add the submissions of a batch and the versions of what was accepted."""
    accepted = [each for each in judged if each.outcome is Outcome.ACCEPTED]
    recorded = dict(
        zip(
            (each.file.arrival.path for each in accepted),
            record_workbooks(session, province, [_acceptance(each) for each in accepted], user),
            strict=True,
        )
    )
    told = [_with_recorded(each, recorded.get(each.file.arrival.path)) for each in judged]
    submissions = [_submission(each, recorded.get(each.file.arrival.path), user, via) for each in told]
    session.add_all(submissions)
    session.flush()
    return [
        _report(submission, each, recorded.get(each.file.arrival.path), parts)
        for submission, each in zip(submissions, told, strict=True)
    ]


def _with_recorded(judged: Judged, recorded: RecordedForm | None) -> Judged:
    """The same, with what was found while it was recorded: a batch may hold several months of a unit."""
    return replace(judged, findings=(*judged.findings, *recorded.findings)) if recorded else judged


def _acceptance(judged: Judged) -> Acceptance:
    file = judged.file
    name = storable(file.arrival.name)
    return Acceptance(judged.reading, file.sha256, name, len(file.content), file.arrival.arrived_at)


def _submission(judged: Judged, recorded: RecordedForm | None, user: str, via: str) -> Submission:
    file, identity = judged.file, judged.reading.identity
    twice = recorded is not None and recorded.receipt_id is None
    return Submission(
        sha256=file.sha256,
        file_name=storable(file.arrival.name),
        folder=storable(file.arrival.folder),
        origin=file.arrival.origin,
        size=len(file.content),
        received_at=file.arrival.arrived_at,
        received_by=user,
        via=via,
        kind=storable(identity.record_kind) if identity else None,
        year=identity.year if identity else None,
        subject=storable(identity.subject) if identity else None,
        outcome=(Outcome.UNCHANGED if twice else judged.outcome).value,
        late=judged.late and not twice,
        receipt_id=recorded.receipt_id if recorded else None,
        findings=findings_as_rows(judged.findings),
    )


def _report(submission: Submission, judged: Judged, recorded: RecordedForm | None, parts: Parts) -> FileReport:
    assert submission.id is not None
    findings = judged.findings
    if submission.outcome == Outcome.UNCHANGED and recorded:
        twice = Finding(judged.file.shown_as, 0, "cùng một tệp gửi hai lần", "Không cần gửi lại", Severity.INFO)
        findings = (twice, *findings)
    number = recorded.number if recorded else 0
    path = shown_path(judged.file.arrival, parts)
    return FileReport(submission.id, path, Outcome(submission.outcome), findings, number, submission.late)


# --- answer and clear -------------------------------------------------------------------------------------------------


def unanswered(storage: Storage) -> list[int]:
    """Submissions whose reply was not written yet, the oldest first."""
    answered = [outcome.value for outcome in Outcome if outcome.is_answered]
    with storage.reading() as session:
        ids = session.exec(
            select(Submission.id)
            .join(WrittenReply, isouter=True)
            .where(col(Submission.outcome).in_(answered), col(WrittenReply.id).is_(None))
            .order_by(col(Submission.id))
        )
        return [id for id in ids if id is not None]


def names_of(storage: Storage, submissions: Iterable[int]) -> list[str]:
    """The file names of some submissions."""
    with storage.reading() as session:
        rows = session.exec(
            select(Submission).where(col(Submission.id).in_(list(submissions))).order_by(col(Submission.id))
        )
        return [submission.file_name for submission in rows]


def answer_submissions(
    province: Province, storage: Storage, outbox: FileStore, submissions: Iterable[int], parts: Parts
) -> None:
    """Write the replies of those submissions that get one and have none yet; what fails is tried again next time."""
    wanted = sorted(set(submissions) & set(unanswered(storage)))
    for id in wanted:
        with storage.reading() as session:
            submission = session.get_one(Submission, id)
            session.expunge(submission)
        try:
            name, content = _reply(province, storage, submission, parts)
            outbox.write(name, content)
        except Exception:  # a crash while marking, a full disk: it concerns this reply only
            note_fault(storage, f"answering submission {id}, {submission.sha256}")
            continue
        written = WrittenReply(
            submission_id=id, file_name=name, sha256=sha256(content).hexdigest(), written_at=datetime.now(UTC)
        )
        with storage.writing() as session:
            session.add(written)


def _reply(province: Province, storage: Storage, submission: Submission, parts: Parts) -> tuple[str, bytes]:
    """Name and bytes of a reply; the same whenever it is written."""
    shown = parts.shown_name(submission.file_name)
    reply = parts.reply(
        province.config,
        storage.kept(submission.sha256).read_bytes(),
        shown,
        findings_from_rows(shown, submission.findings),
        submission.received_at.astimezone(VIETNAM),
        f"{submission.id:06d}{submission.sha256}",
        sender_of(province, submission),
        resend_until(province, submission),
        province.config.department,
    )
    return reply.name, reply.content


def reply_of(
    province: Province, storage: Storage, outbox: FileStore, submission: Submission, parts: Parts
) -> tuple[str, bytes]:
    """Name and bytes of a reply that was written; made again where it is no longer in the outbox."""
    with storage.reading() as session:
        written = session.exec(select(WrittenReply).where(WrittenReply.submission_id == submission.id)).one()
    content = outbox.find(written.file_name)
    return (written.file_name, content) if content else _reply(province, storage, submission, parts)


def sender_of(province: Province, submission: Submission) -> Unit | None:
    """The unit from whose folder it came, else whose form it is; None where nobody can tell."""
    return province.units.get(submission.folder) or province.units.get(submission.subject or "")


def resend_until(province: Province, submission: Submission) -> date | None:
    """The last day on which the mended form is in time."""
    identity = identity_of(submission)
    due = form_due(province, identity) if identity else None
    return due.last_day if due else None


def identity_of(submission: Submission) -> FormIdentity | None:
    """Which form a submission was, None where it was none."""
    if submission.kind is None or submission.year is None:
        return None
    return FormIdentity.recorded_as(submission.kind, submission.year, submission.subject or "")


def clear_inbox(storage: Storage, inbox: FileStore, arrivals: Sequence[Arrival], parts: Parts) -> list[str]:
    """Take recorded and answered files out of the inbox; returns those that cannot be taken out."""
    recorded = recorded_origins(storage, arrivals)
    waiting = set(unanswered(storage))
    return [
        shown_path(arrival, parts)
        for arrival in arrivals
        if arrival.origin in recorded and recorded[arrival.origin] not in waiting and not inbox.remove(arrival)
    ]
