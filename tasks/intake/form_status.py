"""The forms of a round: who has sent what and which version counts, what was returned and why, what waits for whom.

Computed from submissions, receipts, deliveries and the records of the round; nothing keeps it.
Source: domain/2-yearly-process.md, 2.1; DESIGN.md, section 2 (idea 2).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from models.findings import Finding, RefusedError, Severity, refusal
from models.forms.descriptions import FormKind
from models.forms.explanation import EXPLAINS
from models.forms.sources import ScoreSource
from models.progress.periods import Period
from models.province.calendar import last_day_in_time
from models.province.folder import Province
from models.records.storage import Storage
from models.records.submissions import Outcome, findings_from_rows
from models.records.tables import DeliveryAttempt, Receipt, Submission
from models.settings import Settings
from models.working_days import VIETNAM
from tasks.forms.appraisal import leaves_of
from tasks.forms.round_records import RoundRecords, UnitRecord, read_round
from tasks.intake.inbox import inbox_of
from tasks.intake.receiving import recorded_origins
from tasks.recording.deliveries import FAILED, last_attempts

_LISTED = 5
_Form = tuple[FormKind, str]


class FormVersion(NamedTuple):
    """One accepted version of a form; the last one counts."""

    number: int
    received_at: datetime
    file_name: str
    late: bool


@dataclass(frozen=True)
class Returned:
    """A file that was not accepted."""

    file_name: str
    received_at: datetime
    outcome: Outcome
    findings: tuple[Finding, ...]

    @property
    def why(self) -> str:
        """How many errors, and the first of them."""
        errors = [finding for finding in self.findings if finding.severity is Severity.CRITICAL]
        first = f": {errors[0].what}" if errors else ""
        return f"{len(errors)} lỗi{first}" if len(errors) > 1 else (errors[0].what if errors else "")


@dataclass(frozen=True)
class FormStatus:
    """How one form of one subject stands.

    Attributes:
        subject, name: whose form it is: code and name of a unit, an appraising agency or a group.
        versions: accepted ones, the oldest first.
        open: returned or refused and not mended yet: nothing was accepted after it.
        is_due: whether its subject has to send it at all.
        period: of a report of a month, the month.
        imported: whether what it asks is known without it.
    """

    kind: FormKind
    subject: str
    name: str
    versions: tuple[FormVersion, ...] = ()
    open: Returned | None = None
    is_due: bool = True
    period: Period | None = None
    imported: bool = False

    @property
    def label(self) -> str:
        """Which form it is, as officers call it."""
        return f"{self.kind.label.removesuffix(' tháng')} {self.period.name}" if self.period else self.kind.label

    @property
    def newest(self) -> FormVersion | None:
        """The version that counts."""
        return self.versions[-1] if self.versions else None


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
        unknown: the newest files that are no forms, or came from a folder that is not their subject's.
        mail: submissions whose sender could not be told, with the reason.
        stuck: received files that lie in the inbox because they cannot be taken out.
    """

    year: int
    forms: tuple[FormStatus, ...]
    waiting: tuple[Waiting, ...] = ()
    unknown: tuple[Returned, ...] = ()
    mail: tuple[tuple[str, str], ...] = ()
    stuck: tuple[str, ...] = ()

    def of_kind(self, kind: FormKind) -> list[FormStatus]:
        """The forms of one kind."""
        return [form for form in self.forms if form.kind is kind]

    def of_unit(self, unit: str, months: Iterable[FormStatus] = ()) -> list[FormStatus]:
        """The forms of a unit of its own: those of the round, then its reports of months.

        Raises:
            RefusedError: the unit does not take part in the round, and no month asks anything of it.
        """
        found = [form for form in (*self.forms, *months) if form.kind.of_a_unit and form.subject == unit]
        if not found:
            raise refusal(f"kỳ {self.year}", f"không có đơn vị “{unit}”", "Dùng mã theo units.csv")
        return found


@dataclass
class Sent:
    """What came in of one form."""

    versions: list[FormVersion] = field(default_factory=list)
    open: Returned | None = None


def forms_status(storage: Storage, province: Province, year: int, today: date, settings: Settings) -> FormsStatus:
    """How all forms of a round stand.

    Args:
        storage: the database.
        province: the checked folder.
        year: the index year.
        today: the day that deadlines are compared with, in Vietnam.
        settings: where the inbox is.

    Raises:
        RefusedError: no such round.
    """
    records = read_round(province, storage, year)
    with storage.reading() as session:
        submissions = session.exec(select(Submission).order_by(col(Submission.id))).all()
        sent = sent_forms(session, year)
        attempts = last_attempts(session)
    forms = tuple(_forms(records, sent))
    return FormsStatus(
        year,
        forms,
        tuple(_waiting(records, forms, today)),
        tuple(_returned(each) for each in submissions if is_stray(each))[-_LISTED:],
        tuple(_untold(submissions, attempts)),
        tuple(_stuck(storage, province, settings)),
    )


def sent_forms(session: Session, year: int) -> Mapping[tuple[str, str], Sent]:
    """What came in of every form of a year, of rounds and months alike, by kind as recorded and by subject."""
    submissions = session.exec(select(Submission).where(Submission.year == year).order_by(col(Submission.id))).all()
    receipts = session.exec(select(Receipt).where(Receipt.year == year))
    known = {receipt.id: receipt for receipt in receipts}
    sent: dict[tuple[str, str], Sent] = defaultdict(Sent)
    for submission in submissions:
        if submission.kind is None or is_stray(submission):
            continue
        form = sent[submission.kind, submission.subject or ""]
        match Outcome(submission.outcome):
            case Outcome.ACCEPTED:
                receipt = known[submission.receipt_id]
                version = FormVersion(len(form.versions) + 1, receipt.received_at, receipt.file_name, submission.late)
                form.versions.append(version)
                form.open = None
            case Outcome.RETURNED | Outcome.REFUSED:
                form.open = _returned(submission)
            case Outcome.UNCHANGED:
                pass
    return sent


def is_stray(submission: Submission) -> bool:
    """Whether it says nothing about a form of the round: no form at all, or somebody else's from a wrong folder."""
    if submission.kind is None:
        return True
    refused = submission.outcome == Outcome.REFUSED
    return refused and bool(submission.folder) and submission.folder != submission.subject


def _returned(submission: Submission) -> Returned:
    findings = findings_from_rows(submission.file_name, submission.findings)
    return Returned(submission.file_name, submission.received_at, Outcome(submission.outcome), findings)


def _forms(records: RoundRecords, sent: Mapping[tuple[str, str], Sent]) -> Iterator[FormStatus]:
    """Every form that the round may have, sent or not."""
    for kind, subject, name, due in _subjects(records):
        found = sent.get((kind.value, subject), Sent())
        yield FormStatus(kind, subject, name, tuple(found.versions), found.open, due)


def _subjects(records: RoundRecords) -> Iterator[tuple[FormKind, str, str, bool]]:
    for code, record in records.units.items():
        yield FormKind.SELF_ASSESSMENT, code, record.unit.name, True
    for appraiser in records.province.config.appraisers:
        if any(leaves_of(records, appraiser, group) for group in records.round.groups):
            yield FormKind.APPRAISAL, appraiser.id, appraiser.name, True
    for code, record in records.units.items():
        yield FormKind.EXPLANATION, code, record.unit.name, bool(cut_leaves(record))
    for kind in (FormKind.SURVEY, FormKind.REGISTER, FormKind.COUNCIL):
        for group in records.round.groups:
            yield kind, group.id, group.name, False


def cut_leaves(record: UnitRecord) -> list[str]:
    """The leaves that were cut; of a unit that nobody appraised nothing is computed."""
    if not any(record.decided(leaf.code) for leaf in record.criteria_set.leaves):
        return []
    return [leaf.code for leaf in record.criteria_set.leaves if record.was_cut(leaf.code)]


# --- what waits for whom ----------------------------------------------------------------------------------------------


def _waiting(records: RoundRecords, forms: tuple[FormStatus, ...], today: date) -> Iterator[Waiting]:
    newest = {(form.kind, form.subject): form.newest for form in forms}
    for form in forms:
        yield from _of_sender(records, form, today)
    for form in forms:
        if form.kind is FormKind.APPRAISAL:
            yield from _of_appraiser(records, form, newest)
    for record in records.units.values():
        left = [code for code in cut_leaves(record) if not record.answer(code)]
        if left:
            yield Waiting(record.unit.name, f"giải trình {len(left)} tiêu chí bị giảm điểm")
    for group in records.round.groups:
        contested = [
            (record, leaf.code)
            for record in records.of_group(group)
            if any(record.decided(leaf.code) for leaf in record.criteria_set.leaves)
            for leaf in record.criteria_set.leaves
            if record.answer(leaf.code) == EXPLAINS
            and record.is_contested(leaf.code)
            and not _settled(record, leaf.code)
        ]
        if contested:
            units = len({record.unit.code for record, _ in contested})
            yield Waiting(
                "Hội đồng", f"{group.name}: quyết định {len(contested)} điểm của {units} đơn vị có giải trình"
            )


def _settled(record: UnitRecord, code: str) -> bool:
    """Whether the council decided."""
    return (code, ScoreSource.COUNCIL) in record.given


def _of_sender(records: RoundRecords, form: FormStatus, today: date) -> Iterator[Waiting]:
    """What a sender has to mend or to send."""
    if form.open:
        outcome = "sửa và gửi lại" if form.open.outcome is Outcome.RETURNED else "xem thư trả lời về"
        yield Waiting(form.name, f"{outcome} {form.kind.label} “{form.open.file_name}” ({form.open.why})")
        return
    if form.kind is FormKind.SELF_ASSESSMENT and form.newest is None and not _stated(records, form.subject):
        deadline = records.round.deadline_of(form.kind, form.subject)
        late = deadline is not None and today > last_day_in_time(records.province.config, deadline)
        until = f", {'quá hạn' if late else 'hạn'} {deadline:%d/%m/%Y}" if deadline else ""
        yield Waiting(form.name, f"gửi {form.kind.label}{until}")


def _stated(records: RoundRecords, unit: str) -> bool:
    """Whether anything of a unit is recorded, by whatever way."""
    record = records.units[unit]
    return bool(record.facts or record.given)


def _of_appraiser(
    records: RoundRecords, form: FormStatus, newest: Mapping[_Form, FormVersion | None]
) -> Iterator[Waiting]:
    """Self-assessments and explanations that came after the agency's last appraisal."""
    last = form.newest.received_at if form.newest else datetime.min.replace(tzinfo=UTC)
    (appraiser,) = (each for each in records.province.config.appraisers if each.id == form.subject)
    own = {group.id: {leaf.code for leaf in leaves_of(records, appraiser, group)} for group in records.round.groups}
    stated = explained = 0
    for code, record in records.units.items():
        sent = newest.get((FormKind.SELF_ASSESSMENT, code))
        stated += bool(own[record.group.id]) and sent is not None and sent.received_at > last
        answer = newest.get((FormKind.EXPLANATION, code))
        if answer is not None and answer.received_at > last:
            explained += any(record.answer(leaf) == EXPLAINS for leaf in own[record.group.id])
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


def forms_document(status: FormsStatus) -> dict[str, Any]:
    """The forms for machines."""
    return {
        "forms": [
            {
                "kind": form.kind.value,
                "subject": form.subject,
                "name": form.name,
                "due": form.is_due,
                "versions": [
                    {
                        "number": version.number,
                        "received_at": version.received_at.isoformat(),
                        "file": version.file_name,
                        "late": version.late,
                    }
                    for version in form.versions
                ],
                "open": returned_document(form.open),
            }
            for form in status.forms
        ],
        "waiting": [{"who": who, "what": what} for who, what in status.waiting],
        "unknown": [returned_document(each) for each in status.unknown],
        "mail": [{"file": name, "problem": why} for name, why in status.mail],
        "stuck": list(status.stuck),
    }


def returned_document(returned: Returned | None) -> dict[str, Any] | None:
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
    """Deadline and lock of a step, as officers read them."""
    round = province.round_of(status.year)
    days = (("hạn", round.deadlines.of(kind)), ("khóa", round.locks.of(kind)))
    return ", ".join(f"{name} {day:%d/%m/%Y}" for name, day in days if day)


def moment_said(moment: datetime) -> str:
    """A moment in Vietnam."""
    return f"{moment.astimezone(VIETNAM):%d/%m/%Y %H:%M}"
