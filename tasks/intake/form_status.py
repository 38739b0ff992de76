"""The forms of a round: what is owed and what came of it, what waits for whom, what went wrong on the way.

Computed from what is owed (owed.py), submissions, deliveries and the records of the round; nothing keeps it.
Source: docs/process.md, 1; docs/developers.md.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sqlmodel import col, select

from models.findings import RefusedError, Severity, refusal
from models.forms.base import Subject
from models.forms.descriptions import FormKind
from models.forms.explanation import EXPLAINS
from models.forms.sources import ScoreSource, Stage
from models.province.calendar import due_on
from models.province.folder import Province
from models.records.storage import Storage
from models.records.submissions import Outcome
from models.records.tables import DeliveryAttempt, Submission
from models.settings import Settings
from models.working_days import VIETNAM
from tasks.forms.appraisal import appraised_groups
from tasks.forms.round_records import RoundRecords
from tasks.intake.batches import recorded_origins
from tasks.intake.inbox import inbox_of
from tasks.intake.owed import FormVersion, Owed, Returned, is_stray, owed_in_round, returned
from tasks.reading.kept_files import gave_up
from tasks.recording.deliveries import FAILED, last_attempts

_LISTED = 5
_Form = tuple[FormKind, str]


class Waiting(NamedTuple):
    """Something that waits for somebody."""

    who: str
    what: str


@dataclass(frozen=True)
class FormsStatus:
    """The forms of a round.

    Attributes:
        forms: by kind, in the order of units, agencies and groups.
        waiting: what waits for whom, in the order of the year's steps.
        unknown: the newest files that are no forms, or came from a folder that is not their subject's; and the newest
            over which reading gave up.
        mail: submissions whose sender could not be told, with the reason.
        stuck: received files that lie in the inbox because they cannot be taken out.
    """

    year: int
    forms: tuple[Owed, ...]
    waiting: tuple[Waiting, ...] = ()
    unknown: tuple[Returned, ...] = ()
    mail: tuple[tuple[str, str], ...] = ()
    stuck: tuple[str, ...] = ()

    @property
    def waiting_by_work(self) -> dict[str, list[str]]:
        """Who is waited for, by the work that waits, which many may share."""
        by_work: dict[str, list[str]] = {}
        for who, what in self.waiting:
            by_work.setdefault(what, []).append(who)
        return by_work

    def of_kind(self, kind: FormKind) -> list[Owed]:
        """The forms of one kind."""
        return [form for form in self.forms if form.kind is kind]

    def of_unit(self, unit: str, months: Iterable[Owed] = ()) -> list[Owed]:
        """The forms of a unit of its own: those of the round, then its reports of months.

        Raises:
            RefusedError: the unit does not take part in the round, and no month asks anything of it.
        """
        found = [form for form in (*self.forms, *months) if form.kind.of_a_unit and form.subject == unit]
        if not found:
            raise refusal(f"kỳ {self.year}", f"không có đơn vị “{unit}”", "Dùng mã theo units.csv")
        return found


def forms_status(storage: Storage, records: RoundRecords, today: date, settings: Settings) -> FormsStatus:
    """How all forms of a round stand.

    Args:
        storage: the database.
        records: everything current about the round.
        today: the day that deadlines are compared with, in Vietnam.
        settings: where the inbox is.
    """
    with storage.reading() as session:
        submissions = session.exec(select(Submission).order_by(col(Submission.id))).all()
        forms = tuple(owed_in_round(session, records))
        attempts = last_attempts(session)
    return FormsStatus(
        records.round.year,
        forms,
        tuple(_waiting(records, forms, today)),
        tuple(_strays(submissions)),
        tuple(_untold(submissions, attempts)),
        tuple(_stuck(storage, records.province, settings)),
    )


def _strays(submissions: Iterable[Submission]) -> Iterator[Returned]:
    """The newest strays, and the newest over which reading gave up, which someone should look at."""
    strays = [(returned(each), each.id) for each in submissions if is_stray(each)]
    newest = {id for _, id in strays[-_LISTED:]}
    newest |= {id for _, id in [each for each in strays if gave_up(each[0].findings)][-_LISTED:]}
    yield from (stray for stray, id in strays if id in newest)


# --- what waits for whom ----------------------------------------------------------------------------------------------


def _waiting(records: RoundRecords, forms: tuple[Owed, ...], today: date) -> Iterator[Waiting]:
    newest = {(form.kind, form.subject): form.newest for form in forms}
    for form in forms:
        yield from _of_sender(form, today)
    for form in forms:
        if form.kind.description.subject is Subject.APPRAISER:
            yield from _of_appraiser(records, form, newest)
    for form in forms:
        if form.left:
            yield Waiting(form.name, f"giải trình {form.left} tiêu chí bị giảm điểm")
    for group in records.round.groups:
        contested = [
            (record, leaf.code)
            for record in records.of_group(group)
            for leaf in record.criteria_set.leaves
            if record.answer(leaf.code) == EXPLAINS
            and record.is_contested(leaf.code)
            and record.decided(leaf.code) is not ScoreSource.COUNCIL
        ]
        if contested:
            units = len({record.unit.code for record, _ in contested})
            yield Waiting(
                "Hội đồng", f"{group.name}: quyết định {len(contested)} điểm của {units} đơn vị có giải trình"
            )


def _of_sender(form: Owed, today: date) -> Iterator[Waiting]:
    """What a sender has to mend or to send."""
    if form.open:
        outcome = "sửa và gửi lại" if form.open.outcome is Outcome.RETURNED else "xem thư trả lời về"
        yield Waiting(form.name, f"{outcome} {form.kind.label} “{form.open.file_name}” ({form.open.why})")
        return
    if form.kind.description.stage is Stage.SELF and form.is_owed:
        until = f", {'quá hạn' if today > form.due.last_day else 'hạn'} {form.due}" if form.due else ""
        yield Waiting(form.name, f"gửi {form.kind.label}{until}")


def _of_appraiser(records: RoundRecords, form: Owed, newest: Mapping[_Form, FormVersion | None]) -> Iterator[Waiting]:
    """Self-assessments and explanations that came after the agency's last appraisal."""
    last = form.newest.received_at if form.newest else datetime.min.replace(tzinfo=UTC)
    (appraiser,) = (each for each in records.province.config.appraisers if each.id == form.subject)
    stated = explained = 0
    for _, leaves, units in appraised_groups(records, appraiser):
        for record in units:
            sent = newest.get((FormKind.SELF_ASSESSMENT, record.unit.code))
            stated += sent is not None and sent.received_at > last
            answer = newest.get((FormKind.EXPLANATION, record.unit.code))
            if answer is not None and answer.received_at > last:
                explained += any(record.answer(leaf.code) == EXPLAINS for leaf in leaves)
    if stated:
        yield Waiting(form.name, f"thẩm định {stated} phiếu tự đánh giá")
    if explained:
        yield Waiting(form.name, f"thẩm định lần 2: {explained} đơn vị có giải trình")


def _untold(submissions: Iterable[Submission], attempts: Mapping[int, DeliveryAttempt]) -> Iterator[tuple[str, str]]:
    for submission in submissions:
        attempt = attempts.get(submission.id or 0)
        if attempt and attempt.outcome == FAILED:
            yield submission.file_name, f"chưa gửi được thư đến {attempt.address}: {attempt.detail}"
        elif attempt and attempt.outcome == "no_address":
            yield submission.file_name, "nơi gửi chưa có địa chỉ thư"


def _stuck(storage: Storage, province: Province, settings: Settings) -> Iterator[str]:
    """Files in the inbox that were received already."""
    try:
        listing = inbox_of(province.folder, settings).listed(datetime.now(UTC), 0)
    except RefusedError as refused:
        yield str(refused.findings[0].what)
        return
    recorded = recorded_origins(storage, listing.ready)
    yield from (arrival.relative for arrival in listing.ready if arrival.origin in recorded)


# --- for machines -----------------------------------------------------------------------------------------------------


def forms_data(status: FormsStatus) -> dict[str, Any]:
    """The forms for machines."""
    return {
        "forms": [
            {
                "kind": form.kind.value,
                "subject": form.subject,
                "name": form.name,
                "due": form.is_asked,
                "last_day": form.due and form.due.last_day.isoformat(),
                "owed": form.is_owed,
                "versions": [
                    {
                        "number": version.number,
                        "received_at": version.received_at.isoformat(),
                        "file": version.file_name,
                        "late": version.late,
                        "warnings": [str(finding) for finding in version.warnings],
                    }
                    for version in form.versions
                ],
                "open": returned_data(form.open),
            }
            for form in status.forms
        ],
        "waiting": [{"who": who, "what": what} for who, what in status.waiting],
        "unknown": [returned_data(each) for each in status.unknown],
        "mail": [{"file": name, "problem": why} for name, why in status.mail],
        "stuck": list(status.stuck),
    }


def returned_data(returned: Returned | None) -> dict[str, Any] | None:
    """A file that was not accepted, for machines."""
    if returned is None:
        return None
    return {
        "file": returned.file_name,
        "received_at": returned.received_at.isoformat(),
        "outcome": returned.outcome.value,
        "findings": [str(finding) for finding in returned.findings if finding.severity is Severity.CRITICAL],
    }


def deadline_said(status: FormsStatus, province: Province, kind: FormKind) -> str:
    """Deadline and lock of a step for whoever has no extension, as officers read them."""
    round = province.round_of(status.year)
    days = (("hạn", round.deadlines.of(kind)), ("khóa", round.locks.of(kind)))
    return ", ".join(f"{name} {due_on(province.config, day)}" for name, day in days if day)


def moment_said(moment: datetime) -> str:
    """A moment in Vietnam."""
    return f"{moment.astimezone(VIETNAM):%d/%m/%Y %H:%M}"
