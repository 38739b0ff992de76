"""The inbox is received: bytes kept, what is right recorded, what is wrong answered, the inbox cleared. In this order.

Killed between any two steps nothing is lost and nothing recorded twice: a file leaves the inbox last, a recorded one is
known by its origin, a reply that is missing is written again from the kept bytes.

"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar

from sqlmodel import Session

from models.findings import Finding, Severity, was_unopened
from models.province.folder import Province
from models.records.storage import Storage
from models.records.submissions import Outcome, findings_as_rows, storable
from models.records.tables import Submission
from models.records.workplaces import workplace_of
from models.side_by_side import SideBySide, in_threads
from tasks.intake.answering import answer_submissions, is_replied, names_of, unanswered
from tasks.intake.batches import Batch, FoundInBatch, begin_batch, judge_opened, judged_of, recorded_origins
from tasks.intake.holding import WHY_WAITING, note_waiting, waiting_among, with_held
from tasks.intake.inbox import Arrival, FileStore, only_intake
from tasks.intake.judging import JudgedFile, Parts
from tasks.reading.file_names import shown_path
from tasks.recording.workbooks import Acceptance, RecordedForm, record_workbooks

File = TypeVar("File")
FILES_A_BATCH = 100
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
    def is_unopened(self) -> bool:
        """Whether the file was refused without being opened, or while it was; its answer can only be a letter."""
        return was_unopened(self.findings)

    @property
    def is_replied(self) -> bool:
        """Whether a marked workbook or a letter goes back to its sender."""
        return is_replied(self.outcome, findings_as_rows(self.findings))

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
        untakable: what lies in the inbox like a file and is none, with what it is.
        unanswered: replies that could not be written.
        stuck: received files that cannot be taken out of the inbox.
        closed: why forms of the month cannot be received, and stay where they lie.
        busy: whether another run was at work, so that this one did nothing.
    """

    files: list[FileReport] = field(default_factory=list)
    waiting: list[tuple[str, str]] = field(default_factory=list)
    untakable: list[tuple[str, str]] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    busy: bool = False

    def lines(self) -> Iterator[str]:
        """Everything but the files, a line each."""
        if self.busy:
            yield "Một lần nhận khác đang chạy; lần này không làm gì."
        yield from self.closed
        for path, why in self.waiting:
            yield f"{path}: để lại: {why}"
        for path, why in self.untakable:
            yield f"{path}: {why}"
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
        via: `inbox`, `command` or `desk`.
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
        storage.remove_unfinished()
        answer_submissions(province, storage, outbox, unanswered(storage), parts)
        report.closed = list(months_closed(province))
        listing = inbox.listed(datetime.now(UTC), quiet)
        report.waiting = [(shown_path(arrival.relative), why) for arrival, why in listing.waiting]
        report.untakable = [(shown_path(path), why) for path, why in listing.untakable]
        later: list[Arrival] = []
        batches = in_batches(listing.ready)
        received = receive_batches(province, storage, inbox, batches, parts, in_threads)
        for arrivals, (batch, found) in zip(batches, received, strict=True):
            files = record_batch(batch, found, province, storage, via)
            report.files += files
            for file in files:
                told(file)
            opened = [file.submission_id for file in files if not file.is_unopened]
            answer_submissions(province, storage, outbox, opened, parts)
            if len(opened) < len(files):
                later += arrivals
            else:
                report.stuck += clear_inbox(storage, inbox, arrivals)
        unopened = [file.submission_id for file in report.files if file.is_unopened]
        answer_submissions(province, storage, outbox, unopened, parts)  # together, so that a flood gets one answer
        report.stuck += clear_inbox(storage, inbox, later)
        report.waiting += _held(storage, listing.ready)
        report.unanswered = names_of(storage, unanswered(storage))
    return report


def in_batches(files: Sequence[File]) -> list[Sequence[File]]:
    """What lies in the inbox, in the pieces in which it is recorded."""
    return [files[start : start + FILES_A_BATCH] for start in range(0, len(files), FILES_A_BATCH)]


def _held(storage: Storage, arrivals: Sequence[Arrival]) -> list[tuple[str, str]]:
    """The files that wait since an appraiser has their unit open."""
    with storage.reading() as session:
        held = waiting_among(session, [arrival.origin for arrival in arrivals])
    return [(shown_path(arrival.relative), WHY_WAITING) for arrival in arrivals if arrival.origin in held]


def months_closed(province: Province) -> Iterator[str]:
    """What is wrong in progress/, a line each, and that forms of the month wait for it; nothing where nothing is."""
    if province.progress_errors:
        yield "Thư mục progress/ có lỗi: phiếu tháng được để lại trong hộp nhận cho đến khi sửa xong."
        yield from map(str, province.progress_errors)


# --- record -----------------------------------------------------------------------------------------------------------


def receive_batches(
    province: Province,
    storage: Storage,
    inbox: FileStore,
    batches: Iterable[Sequence[Arrival]],
    parts: Parts,
    side_by_side: SideBySide,
) -> Iterator[tuple[Batch, FoundInBatch]]:
    """Keep the files of each batch and have them read and judged, several batches at a time.

    Args:
        province, storage, inbox, parts: as for `receive_inbox`.
        batches: files of the inbox, in the order in which they are recorded.
        side_by_side: where they are read and judged.

    Returns:
        The batches in their order; each has to be recorded before the next one is asked for.
    """
    place, under_way = workplace_of(province, storage), set[str]()
    begun: deque[Batch] = deque()

    def kept() -> Iterator[Batch]:
        for arrivals in batches:
            begun.append(begin_batch(place, storage, inbox, arrivals, parts, under_way))
            yield begun[-1]

    for found in side_by_side(judge_opened, kept()):
        yield begun.popleft(), found


def record_batch(batch: Batch, found: FoundInBatch, province: Province, storage: Storage, via: str) -> list[FileReport]:
    """Record a batch, in one transaction.

    Args:
        batch, found: what `receive_batches` gave.
        province, storage, via: as for `receive_inbox`.

    Returns:
        A report for each file that is new here; files that changed or vanished while being read are left.
    """
    now = datetime.now(UTC)
    judged = with_held(storage, judged_of(batch, found, province, storage), now)
    told = [each for each in judged if not each.reading.waits]
    with storage.writing() as session:
        note_waiting(session, judged, now)
        reports = _record(session, province, told, storage.user, via)
    if found.key:
        storage.store.remove(found.key)
    return reports


def _record(
    session: Session, province: Province, judged: Sequence[JudgedFile], user: str, via: str
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
        _report(submission, each, recorded.get(each.file.arrival.path))
        for submission, each in zip(submissions, told, strict=True)
    ]


def _with_recorded(judged: JudgedFile, recorded: RecordedForm | None) -> JudgedFile:
    """The same, with what was found while it was recorded: a batch may hold several months of a unit."""
    return replace(judged, findings=(*judged.findings, *recorded.findings)) if recorded else judged


def _acceptance(judged: JudgedFile) -> Acceptance:
    file = judged.file
    name = storable(file.arrival.name)
    return Acceptance(
        judged.reading, file.sha256, name, file.arrival.size, file.arrival.arrived_at, file.arrival.sent_by
    )


def _submission(judged: JudgedFile, recorded: RecordedForm | None, user: str, via: str) -> Submission:
    file, identity = judged.file, judged.reading.identity
    twice = recorded is not None and recorded.receipt_id is None
    return Submission(
        sha256=file.sha256,
        file_name=storable(file.arrival.name),
        folder=storable(file.arrival.folder),
        origin=file.arrival.origin,
        size=file.arrival.size,
        received_at=file.arrival.arrived_at,
        received_by=file.arrival.sent_by or user,
        via=via,
        kind=storable(identity.record_kind) if identity else None,
        year=identity.year if identity else None,
        subject=storable(identity.subject) if identity else None,
        outcome=(Outcome.UNCHANGED if twice else judged.outcome).value,
        late=judged.late and not twice,
        receipt_id=recorded.receipt_id if recorded else None,
        findings=findings_as_rows(judged.findings),
    )


def _report(submission: Submission, judged: JudgedFile, recorded: RecordedForm | None) -> FileReport:
    assert submission.id is not None
    findings = judged.findings
    if submission.outcome == Outcome.UNCHANGED and recorded:
        twice = Finding(judged.file.shown_as, 0, "cùng một tệp gửi hai lần", "Không cần gửi lại", Severity.INFO)
        findings = (twice, *findings)
    number = recorded.number if recorded else 0
    path = shown_path(judged.file.arrival.relative)
    return FileReport(submission.id, path, Outcome(submission.outcome), findings, number, submission.late)


# --- clear ------------------------------------------------------------------------------------------------------------


def clear_inbox(storage: Storage, inbox: FileStore, arrivals: Sequence[Arrival]) -> list[str]:
    """Take recorded and answered files out of the inbox; returns those that cannot be taken out."""
    recorded = recorded_origins(storage, arrivals)
    waiting = set(unanswered(storage))
    return [
        shown_path(arrival.relative)
        for arrival in arrivals
        if arrival.origin in recorded and recorded[arrival.origin] not in waiting and not inbox.remove(arrival)
    ]
