"""What became of the submissions → one mail to each sender, each attempt recorded; no failure loses anything.

A submission is told of until its mail was sent, or it is known that there is nowhere to send it; a server that is down
is tried again by the next runs, so many times.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlmodel import col, func, select

from models.findings import Finding
from models.forms.base import Subject
from models.province.folder import Province
from models.records.storage import Storage
from models.records.submissions import Outcome, findings_from_rows, storable
from models.records.tables import DeliveryAttempt, Submission
from models.settings import Settings
from models.units import Unit
from models.working_days import VIETNAM
from tasks.intake.answering import answered_with, identity_of, is_replied, reply_of, resend_until, sender_of, unanswered
from tasks.intake.inbox import FileStore
from tasks.intake.judging import Parts
from tasks.reading.file_names import shown_name
from tasks.recording.deliveries import FAILED

MOST_ATTEMPTS = 20


def tell_senders(
    province: Province, storage: Storage, outbox: FileStore, settings: Settings, parts: Parts
) -> list[DeliveryAttempt]:
    """Send what is still to be told, one mail a sender, over one connection, and record every attempt.

    Returns:
        The attempts of this run, one a submission, sender by sender.
    """
    from tasks.mail.notifying import compose_notices, mail_settings, send

    mail = mail_settings(settings)
    waiting = set(unanswered(storage))
    submissions = [each for each in untold(storage) if each.id not in waiting]
    by_sender: dict[Any, list[Submission]] = defaultdict(list)
    for submission in submissions:
        by_sender[_recipient(province, submission)].append(submission)
    messages = [
        compose_notices(province.config, mail, to, list(_notices(province, storage, outbox, theirs, parts)))
        for to, theirs in by_sender.items()
    ]
    now = datetime.now(UTC)
    attempts = [
        DeliveryAttempt(
            submission_id=submission.id or 0,
            address=storable(delivery.address),
            outcome=delivery.state.value,
            detail=storable(delivery.error),
            attempted_at=now,
        )
        for theirs, delivery in zip(by_sender.values(), send(messages, mail), strict=True)
        for submission in theirs
    ]
    with storage.writing() as session:
        session.add_all(attempts)
        session.flush()
        for attempt in attempts:
            session.refresh(attempt)
            session.expunge(attempt)
    return attempts


def untold(storage: Storage) -> list[Submission]:
    """Submissions whose sender was not told yet, the oldest first."""
    with storage.reading() as session:
        told = select(DeliveryAttempt.submission_id).where(DeliveryAttempt.outcome != FAILED)
        tried = (
            select(DeliveryAttempt.submission_id)
            .group_by(col(DeliveryAttempt.submission_id))
            .having(func.count() >= MOST_ATTEMPTS)
        )
        submissions = session.exec(
            select(Submission)
            .where(col(Submission.id).not_in(told), col(Submission.id).not_in(tried))
            .order_by(col(Submission.id))
        ).all()
        session.expunge_all()
        return list(submissions)


def _recipient(province: Province, submission: Submission) -> Any:
    """Name and address of whoever sent a file."""
    from tasks.mail.notifying import Recipient

    unit = office_of(province, submission)
    return Recipient(unit.name if unit else "người gửi tệp", unit.email if unit else None)


def _notices(
    province: Province, storage: Storage, outbox: FileStore, submissions: Sequence[Submission], parts: Parts
) -> Iterator[Any]:
    """What is told of each submission; of those that were answered together, once."""
    told: set[int | None] = set()
    for submission in submissions:
        if submission.id not in told:
            together = answered_with(storage, submission) or [submission]
            told |= {each.id for each in together}
            yield _notice(province, storage, outbox, together, parts)


def _notice(
    province: Province, storage: Storage, outbox: FileStore, submissions: Sequence[Submission], parts: Parts
) -> Any:
    """What is told of a submission, or of several that were answered together, with the reply if there is one."""
    from tasks.mail.notifying import Attachment, receipt_notice, return_notice

    submission, others = submissions[0], len(submissions) - 1
    shown = shown_name(submission.file_name)
    findings: Sequence[Finding] = findings_from_rows(shown, submission.findings)
    key = f"{submission.id}-{submission.sha256[:16]}"
    when = submission.received_at
    outcome = Outcome(submission.outcome)
    if not is_replied(outcome, submission.findings):
        return receipt_notice(province.config, shown, key, when, findings)
    name, content = reply_of(province, storage, outbox, submissions, parts)
    if outcome is Outcome.ACCEPTED:
        return receipt_notice(province.config, shown, key, when, findings, Attachment(name, content))
    until = resend_until(province, submission)
    return return_notice(province.config, shown, key, when, findings, Attachment(name, content), until, others)


def office_of(province: Province, submission: Submission) -> Unit | None:
    """To whom a submission is answered: the unit whose form or folder it is, else the appraising agency as a unit."""
    unit, identity = sender_of(province, submission), identity_of(submission)
    if unit or identity is None or identity.kind.description.subject is not Subject.APPRAISER:
        return unit
    return province.office_of(identity.subject, submission.received_at.astimezone(VIETNAM).date())
