"""The inbox is received: bytes kept, what is right recorded, what is wrong answered, the inbox cleared. In this order.

Killed between any two steps nothing is lost and nothing recorded twice: a file leaves the inbox last, a recorded one is
known by its origin, a reply that is missing is written again from the kept bytes.

"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import zip_longest
from typing import NamedTuple

from sqlmodel import Session, col, select

from models.findings import Finding, Severity, was_unopened
from models.forms.descriptions import FormIdentity, FormKind
from models.province.folder import Province
from models.records.storage import Storage
from models.records.submissions import Outcome, Reading, findings_as_rows, findings_from_rows, storable
from models.records.tables import Receipt, Submission
from models.working_days import VIETNAM
from tasks.intake.answering import answer_submissions, is_replied, names_of, unanswered
from tasks.intake.holding import WHY_WAITING, note_waiting, waiting_among, with_held
from tasks.intake.inbox import Arrival, FileStore, only_intake
from tasks.intake.judging import Judged, Parts, ReceivedFile, judge_batch
from tasks.reading.kept_files import gave_up
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
        report.waiting = [(shown_path(arrival.relative, parts), why) for arrival, why in listing.waiting]
        report.untakable = [(shown_path(path, parts), why) for path, why in listing.untakable]
        batches = [
            listing.ready[start : start + FILES_A_BATCH] for start in range(0, len(listing.ready), FILES_A_BATCH)
        ]
        later: list[Arrival] = []
        for batch, following in zip_longest(batches, batches[1:], fillvalue=()):
            files = receive_batch(province, storage, inbox, batch, parts, via, following)
            report.files += files
            for file in files:
                told(file)
            opened = [file.submission_id for file in files if not file.is_unopened]
            answer_submissions(province, storage, outbox, opened, parts)
            if len(opened) < len(files):
                later += batch
            else:
                report.stuck += clear_inbox(storage, inbox, batch, parts)
        unopened = [file.submission_id for file in report.files if file.is_unopened]
        answer_submissions(province, storage, outbox, unopened, parts)  # together, so that a flood gets one answer
        report.stuck += clear_inbox(storage, inbox, later, parts)
        report.waiting += _held(storage, listing.ready, parts)
        report.unanswered = names_of(storage, unanswered(storage))
    return report


def _held(storage: Storage, arrivals: Sequence[Arrival], parts: Parts) -> list[tuple[str, str]]:
    """The files that wait since an appraiser has their unit open."""
    with storage.reading() as session:
        held = waiting_among(session, [arrival.origin for arrival in arrivals])
    return [(shown_path(arrival.relative, parts), WHY_WAITING) for arrival in arrivals if arrival.origin in held]


def months_closed(province: Province) -> Iterator[str]:
    """What is wrong in progress/, a line each, and that forms of the month wait for it; nothing where nothing is."""
    if province.progress_errors:
        yield "Thư mục progress/ có lỗi: phiếu tháng được để lại trong hộp nhận cho đến khi sửa xong."
        yield from map(str, province.progress_errors)


def shown_path(relative: str, parts: Parts) -> str:
    """Where something lay in the inbox, without what would play tricks on a screen."""
    return "/".join(map(parts.shown_name, relative.split("/")))


# --- keep and record --------------------------------------------------------------------------------------------------


class _Begun(NamedTuple):
    """A batch whose files are kept and are being read.

    Attributes:
        readings: by SHA-256; bytes that came twice are read once.
    """

    province: Province
    files: list[ReceivedFile]
    readings: "dict[str, Future[Reading]]"


_ahead: dict[tuple[str, ...], _Begun] = {}
"""The batch that was begun before its turn, by where its files lie; one that nobody asks for is forgotten."""


def receive_batch(
    province: Province,
    storage: Storage,
    inbox: FileStore,
    arrivals: Sequence[Arrival],
    parts: Parts,
    via: str,
    following: Sequence[Arrival] = (),
) -> list[FileReport]:
    """Keep, judge and record a batch, in one transaction; what was recorded before is passed over.

    Args:
        province, storage, inbox, parts, via: as for `receive_inbox`.
        arrivals: the batch.
        following: the batch that is received next; it is kept and its reading begins while this one is judged.

    Returns:
        A report for each file that is new here; files that changed or vanished while being read are left.
    """
    begun = _ahead.pop(_lying(inbox, arrivals), None)
    if begun is None or begun.province is not province:
        begun = _begin(province, storage, inbox, arrivals, parts, {})
    _ahead.clear()
    try:
        if following:
            ahead = _begin(province, storage, inbox, following, parts, begun.readings)
            _ahead[_lying(inbox, following)] = ahead
        return _finish(begun, storage, parts, via)
    except BaseException:
        for reading in begun.readings.values():
            reading.cancel()
        raise


def _finish(begun: _Begun, storage: Storage, parts: Parts, via: str) -> list[FileReport]:
    """Judge and record a batch."""
    known = _accepted_before(storage, begun.files)
    new = [file for file in begun.files if file.arrival.path not in known]
    judged = judge_batch(new, [begun.readings[file.sha256] for file in new], begun.province, storage, parts)
    now = datetime.now(UTC)
    judged = with_held(storage, judged, now)
    by_path = known | {each.file.arrival.path: each for each in judged}
    ordered = [by_path[file.arrival.path] for file in begun.files]
    told = [each for each in ordered if not each.reading.waits]
    with storage.writing() as session:
        note_waiting(session, ordered, now)
        return _record(session, begun.province, told, storage.user, via, parts)


def _lying(inbox: FileStore, arrivals: Iterable[Arrival]) -> tuple[str, ...]:
    return (inbox.root, *(arrival.origin for arrival in arrivals))


def _begin(
    province: Province,
    storage: Storage,
    inbox: FileStore,
    arrivals: Sequence[Arrival],
    parts: Parts,
    running: "Mapping[str, Future[Reading]]",
) -> _Begun:
    """Keep the files of a batch and have those read that are new, and were not given up before."""
    before = recorded_origins(storage, arrivals)
    files = list(_kept([arrival for arrival in arrivals if arrival.origin not in before], storage, inbox, parts))
    known = _accepted_before(storage, files)
    readings = _given_up_before(storage, files)
    for file in files:
        if file.arrival.path not in known and file.sha256 not in readings:
            started = running.get(file.sha256) or parts.read(storage.kept(file.sha256), file.shown_as, province)
            readings[file.sha256] = started
    return _Begun(province, files, readings)


def _kept(arrivals: Iterable[Arrival], storage: Storage, inbox: FileStore, parts: Parts) -> Iterator[ReceivedFile]:
    """Each file, its bytes kept before anything else happens to it."""
    for arrival in arrivals:
        if sha256 := inbox.kept(arrival, storage.keep_pieces):
            yield ReceivedFile(arrival, parts.shown_name(arrival.name), sha256)


def _given_up_before(storage: Storage, files: Sequence[ReceivedFile]) -> "dict[str, Future[Reading]]":
    """The readings of bytes over which a child failed when they came the first time: the same again, untried."""
    hashes = sorted({file.sha256 for file in files})
    found: dict[str, Future[Reading]] = {}
    with storage.reading() as session:
        for start in range(0, len(hashes), _CODES_A_QUERY):
            some = col(Submission.sha256).in_(hashes[start : start + _CODES_A_QUERY])
            for submission in session.exec(select(Submission).where(some, Submission.outcome == Outcome.REFUSED)):
                findings = findings_from_rows(submission.file_name, submission.findings)
                if gave_up(findings):
                    found[submission.sha256] = Future()
                    found[submission.sha256].set_result(Reading(submission.file_name, None, findings=findings))
    return found


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
    return Acceptance(
        judged.reading, file.sha256, name, file.arrival.size, file.arrival.arrived_at, file.arrival.sent_by
    )


def _submission(judged: Judged, recorded: RecordedForm | None, user: str, via: str) -> Submission:
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


def _report(submission: Submission, judged: Judged, recorded: RecordedForm | None, parts: Parts) -> FileReport:
    assert submission.id is not None
    findings = judged.findings
    if submission.outcome == Outcome.UNCHANGED and recorded:
        twice = Finding(judged.file.shown_as, 0, "cùng một tệp gửi hai lần", "Không cần gửi lại", Severity.INFO)
        findings = (twice, *findings)
    number = recorded.number if recorded else 0
    path = shown_path(judged.file.arrival.relative, parts)
    return FileReport(submission.id, path, Outcome(submission.outcome), findings, number, submission.late)


# --- clear ------------------------------------------------------------------------------------------------------------


def clear_inbox(storage: Storage, inbox: FileStore, arrivals: Sequence[Arrival], parts: Parts) -> list[str]:
    """Take recorded and answered files out of the inbox; returns those that cannot be taken out."""
    recorded = recorded_origins(storage, arrivals)
    waiting = set(unanswered(storage))
    return [
        shown_path(arrival.relative, parts)
        for arrival in arrivals
        if arrival.origin in recorded and recorded[arrival.origin] not in waiting and not inbox.remove(arrival)
    ]
