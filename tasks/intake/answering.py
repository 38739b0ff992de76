"""Recorded submissions → the replies in the outbox: a marked workbook or a letter each, one for a flood of the same.

A reply is made from the kept bytes and what was found; made again it has the same name and bytes. Files of one sender
that were refused unopened for the same reasons are answered together.
"""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

from sqlmodel import col, select

from models.findings import Severity, was_unopened
from models.forms.descriptions import FormIdentity
from models.province.calendar import form_due
from models.province.folder import Province
from models.records.storage import Storage
from models.records.submissions import Outcome, findings_from_rows
from models.records.tables import DeliveryAttempt, Submission, WrittenReply
from models.records.workplaces import Workplace, opened_workplace, workplace_of
from models.side_by_side import SideBySide, in_threads
from models.units import Unit
from models.working_days import VIETNAM
from tasks.intake.blank_forms import blank_form
from tasks.intake.inbox import FileStore
from tasks.intake.judging import Parts, note_fault
from tasks.reading.file_names import shown_name
from tasks.recording.deliveries import FAILED
from tasks.recording.extensions import with_granted

_IDS_A_QUERY = 500
REPLIES_A_JOB = 20
_SIDE_BY_SIDE = 2  # replies that are made at once, each by another child


class SentReply(NamedTuple):
    """A reply as it goes out."""

    name: str
    content: bytes


def unanswered(storage: Storage) -> list[int]:
    """Submissions whose reply was not written yet, the oldest first.

    What was accepted with warnings is answered too, until its sender was told by mail of it: what lies in the database
    from before it was answered stays as it is.
    """
    answered = [outcome.value for outcome in Outcome if outcome.is_answered]
    told = select(DeliveryAttempt.submission_id).where(DeliveryAttempt.outcome != FAILED)
    accepted = (col(Submission.outcome) == Outcome.ACCEPTED.value) & col(Submission.id).not_in(told)
    with storage.reading() as session:
        rows = session.exec(
            select(Submission.id, Submission.outcome, Submission.findings)
            .join(WrittenReply, isouter=True)
            .where(col(Submission.outcome).in_(answered) | accepted, col(WrittenReply.id).is_(None))
            .order_by(col(Submission.id))
        )
        return [id for id, outcome, found in rows if id is not None and is_replied(Outcome(outcome), found)]


def is_replied(outcome: Outcome, findings: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a workbook or a letter goes back: where it was not accepted, or was with something to look at again."""
    if outcome is Outcome.ACCEPTED:
        return any(finding.severity is Severity.WARNING for finding in findings_from_rows("", findings))
    return outcome.is_answered


def names_of(storage: Storage, submissions: Iterable[int]) -> list[str]:
    """The file names of some submissions."""
    return [submission.file_name for submission in _submissions(storage, submissions)]


def _submissions(storage: Storage, ids: Iterable[int]) -> list[Submission]:
    wanted = sorted(ids)
    found: list[Submission] = []
    with storage.reading() as session:
        for start in range(0, len(wanted), _IDS_A_QUERY):
            some = col(Submission.id).in_(wanted[start : start + _IDS_A_QUERY])
            found += session.exec(select(Submission).where(some).order_by(col(Submission.id)))
        session.expunge_all()
    return found


def answer_submissions(
    province: Province,
    storage: Storage,
    outbox: FileStore,
    submissions: Iterable[int],
    parts: Parts,
    side_by_side: SideBySide = in_threads,
) -> None:
    """Write the replies of those submissions that get one and have none yet; what fails is tried again next time.

    Args:
        province: the checked folder.
        storage: its database and store.
        outbox: where replies are put.
        submissions: by their ids.
        parts: how a reply is made.
        side_by_side: where replies are made.
    """
    wanted = set(submissions) & set(unanswered(storage))
    if not wanted:
        return
    together = _answered_together(_submissions(storage, wanted))
    place = workplace_of(province, storage)
    jobs = [
        ToAnswer(place, parts, tuple(tuple(each.id or 0 for each in these) for these in together[start:until]))
        for start, until in ((at, at + REPLIES_A_JOB) for at in range(0, len(together), REPLIES_A_JOB))
    ]
    made = chain.from_iterable(side_by_side(make_answers, jobs))
    written = set()
    for these, answer in zip(together, made, strict=True):
        if answer:
            _write(storage, outbox, these, answer)
            written.add(answer.key)
    for key in sorted(written):  # at last: two letters may say the same
        storage.store.remove(key)


class ToAnswer(NamedTuple):
    """Some replies to be made: of each the ids of the submissions that it answers together."""

    place: Workplace
    parts: Parts
    submissions: tuple[tuple[int, ...], ...]

    def __str__(self) -> str:
        return f"{len(self.submissions)} phản hồi từ tệp số {self.submissions[0][0]}"


class Made(NamedTuple):
    """A reply that was made: its name, and the key of its bytes in the store."""

    name: str
    key: str


def make_answers(job: ToAnswer) -> list[Made | None]:
    """Make some replies, on whatever machine, and lay their bytes into the store; None where one cannot be made."""
    province, storage = opened_workplace(job.place)
    known = {each.id: each for each in _submissions(storage, chain.from_iterable(job.submissions))}
    together = [[known[id] for id in these] for these in job.submissions]
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as threads:
        answers = threads.map(partial(_answer_or_note, province, storage, job.parts), together)
        return [Made(answer.name, storage.store.put(answer.content)) if answer else None for answer in answers]


def _answered_together(submissions: Iterable[Submission]) -> list[list[Submission]]:
    """The submissions by reply: files that were not opened, of one sender and for the same reasons, get one letter.

    Where nobody knows who sent them, they are taken for one sender's only if their bytes are the same too.
    """
    groups: dict[object, list[Submission]] = {}
    for submission in submissions:
        findings = findings_from_rows("", submission.findings)
        alike = (submission.folder or submission.sha256, findings) if was_unopened(findings) else submission.id
        groups.setdefault(alike, []).append(submission)
    return list(groups.values())


def _answer_or_note(
    province: Province, storage: Storage, parts: Parts, submissions: Sequence[Submission]
) -> SentReply | None:
    try:
        return _answer(province, storage, submissions, parts)
    except Exception:  # a crash while marking concerns this reply only
        _note(storage, submissions)
        return None


def _write(storage: Storage, outbox: FileStore, submissions: Sequence[Submission], made: Made) -> None:
    try:
        content = storage.store.get(made.key)
        outbox.write(made.name, content)
    except Exception:  # a full disk: the next run writes it
        _note(storage, submissions)
        return
    now = datetime.now(UTC)
    with storage.writing() as session:
        session.add_all(
            WrittenReply(submission_id=submission.id or 0, file_name=made.name, sha256=made.key, written_at=now)
            for submission in submissions
        )


def _note(storage: Storage, submissions: Sequence[Submission]) -> None:
    first = submissions[0]
    note_fault(storage, f"answering submission {first.id}, {first.sha256}")


def _answer(province: Province, storage: Storage, submissions: Sequence[Submission], parts: Parts) -> SentReply:
    """The reply to a submission, or to several together; the same whenever it is made."""
    province = with_granted(storage, province)
    first, others = submissions[0], len(submissions) - 1
    kept, came = storage.kept(first.sha256), first.received_at.astimezone(VIETNAM)
    shown = shown_name(first.file_name)
    reply = parts.reply(
        province.config,
        kept,
        shown,
        findings_from_rows(shown, first.findings),
        came,
        f"{first.id:06d}{first.sha256}",
        sender_of(province, first),
        resend_until(province, first),
        province.config.department,
        others,
        blank_form(province, storage, kept, identity_of(first), came.date()),
    )
    return SentReply(reply.name, reply.content)


def answered_with(storage: Storage, submission: Submission) -> list[Submission]:
    """The submissions that were answered by the same reply as this one, itself among them, the oldest first."""
    with storage.reading() as session:
        name = select(WrittenReply.file_name).where(WrittenReply.submission_id == submission.id).scalar_subquery()
        rows = session.exec(
            select(Submission)
            .join(WrittenReply)
            .where(col(WrittenReply.file_name) == name)
            .order_by(col(Submission.id))
        )
        found = list(rows)
        session.expunge_all()
        return found


def reply_of(
    province: Province, storage: Storage, outbox: FileStore, submissions: Sequence[Submission], parts: Parts
) -> SentReply:
    """The reply that these submissions were answered with; made again where it is no longer in the outbox."""
    with storage.reading() as session:
        written = session.exec(select(WrittenReply).where(WrittenReply.submission_id == submissions[0].id)).one()
    content = outbox.find(written.file_name)
    return SentReply(written.file_name, content) if content else _answer(province, storage, submissions, parts)


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
