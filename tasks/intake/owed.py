"""Who owes which form until when, and what came of it: the one answer, for rounds and for months.

In: the records of a round, or the months that are asked for; what was received. Out: a line a form and subject, sent or
not. Reminders, status and lateness ask here and nowhere else. What a form asks may be known without it: imported
figures, facts and points count as told. Source: docs/process.md (deadlines, extensions, missing forms).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from models.findings import Finding, Severity
from models.forms.base import Subject
from models.forms.descriptions import ROUND_KINDS, FormIdentity, FormKind
from models.forms.sources import ScoreSource
from models.labelled import Labelled
from models.progress.periods import Period, month_of
from models.province.calendar import Due, report_due, round_due
from models.province.folder import Province
from models.records.storage import Storage
from models.records.submissions import Outcome, findings_from_rows
from models.records.tables import Receipt, Submission
from tasks.forms.appraisal import AppraisedGroup, appraised_groups
from tasks.forms.round_records import RoundRecords, read_round
from tasks.progress.asked_units import asked_units
from tasks.recording.progress import current_figures
from tasks.recording.snapshots import published_years

_LONGEST_OPEN = 3  # months: a report is due at most 30 working days after the cut-off, and open a month longer


class FormVersion(NamedTuple):
    """One accepted version of a form, with what its sender should look at again; the last one counts."""

    number: int
    received_at: datetime
    file_name: str
    late: bool
    warnings: tuple[Finding, ...] = ()


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


class FormState(Labelled):
    """Where one form of one subject stands on a day."""

    OVERDUE = "overdue", "quá hạn"
    RETURNED = "returned", "trả lại, chưa sửa"
    WAITED_FOR = "waited_for", "chưa gửi"
    PARTLY = "partly", "trả lời chưa đủ"
    SENT_LATE = "sent_late", "đã gửi, chậm"
    SENT = "sent", "đã gửi"
    KNOWN = "known", "có số liệu"
    NOT_ASKED = "not_asked", "không phải gửi"


@dataclass(frozen=True)
class Owed:
    """One form of one subject: until when it is owed, and what came of it.

    Attributes:
        subject, name: whose form it is: code and name of a unit, an appraising agency or a group.
        year: the index year, or the reporting year of a month.
        due: until when it is in time, by the subject's own extension; None where there is no deadline.
        is_asked: whether its subject has to send it at all.
        is_told: whether what it asks is recorded, by the form or without it.
        versions: accepted ones, the oldest first.
        open: returned or refused and not mended yet: nothing was accepted after it.
        left: of an explanation, how many cut points were not answered.
        period: of a report of a month, the month.
    """

    kind: FormKind
    subject: str
    name: str
    year: int
    due: Due | None = None
    is_asked: bool = True
    is_told: bool = False
    versions: tuple[FormVersion, ...] = ()
    open: Returned | None = None
    left: int = 0
    period: Period | None = None

    @property
    def label(self) -> str:
        """Which form it is, as officers call it."""
        return f"{self.kind.description.title} {self.period.name}" if self.period else self.kind.label

    @property
    def work(self) -> str:
        """Which form it is, with the year or month it belongs to."""
        return self.label if self.period else f"{self.label} năm {self.year}"

    @property
    def newest(self) -> FormVersion | None:
        """The version that counts."""
        return self.versions[-1] if self.versions else None

    @property
    def is_owed(self) -> bool:
        """Whether it is still waited for."""
        return self.is_asked and not self.is_told

    @property
    def needs_sender(self) -> bool:
        """Whether its sender has something to do: it is waited for, or came back and is not mended."""
        return self.is_owed or self.open is not None

    def state(self, today: date) -> FormState:
        """Where it stands on a day, in Vietnam."""
        if self.open:
            return FormState.RETURNED
        if self.is_owed:
            if self.due and self.due.last_day < today:
                return FormState.OVERDUE
            return FormState.PARTLY if self.newest else FormState.WAITED_FOR
        if self.newest:
            return FormState.SENT_LATE if self.newest.late else FormState.SENT
        return FormState.KNOWN if self.is_told else FormState.NOT_ASKED

    @property
    def is_imported(self) -> bool:
        """Whether what it asks is known without it."""
        return self.is_told and not self.versions

    @property
    def record_key(self) -> tuple[str, str]:
        """Under which kind and subject submissions keep it."""
        period = str(self.period) if self.period else ""
        identity = FormIdentity(self.kind, "", self.year, self.subject, (), period=period)
        return identity.record_kind, identity.subject


# --- what came --------------------------------------------------------------------------------------------------------


@dataclass
class _Sent:
    """What came in of one form."""

    versions: list[FormVersion] = field(default_factory=list)
    open: Returned | None = None


def _sent_forms(session: Session, year: int) -> Mapping[tuple[str, str], _Sent]:
    """What came in of every form of a year, of rounds and months alike, by kind as recorded and by subject."""
    submissions = session.exec(select(Submission).where(Submission.year == year).order_by(col(Submission.id)))
    receipts = session.exec(select(Receipt).where(Receipt.year == year))
    known = {receipt.id: receipt for receipt in receipts}
    sent: dict[tuple[str, str], _Sent] = defaultdict(_Sent)
    for submission in submissions:
        if submission.kind is None or is_stray(submission):
            continue
        form = sent[submission.kind, submission.subject or ""]
        match Outcome(submission.outcome):
            case Outcome.ACCEPTED:
                receipt = known[submission.receipt_id]
                found = findings_from_rows(submission.file_name, submission.findings)
                warnings = tuple(finding for finding in found if finding.severity is Severity.WARNING)
                number = len(form.versions) + 1
                form.versions.append(
                    FormVersion(number, receipt.received_at, receipt.file_name, submission.late, warnings)
                )
                form.open = None
            case Outcome.RETURNED | Outcome.REFUSED:
                form.open = returned(submission)
            case Outcome.UNCHANGED:
                pass
    return sent


def is_stray(submission: Submission) -> bool:
    """Whether it says nothing about a form of its subject: no form at all, or somebody else's from a wrong folder."""
    if submission.kind is None:
        return True
    refused = submission.outcome == Outcome.REFUSED
    return refused and bool(submission.folder) and submission.folder != submission.subject


def returned(submission: Submission) -> Returned:
    """A submission as what was not accepted."""
    findings = findings_from_rows(submission.file_name, submission.findings)
    return Returned(submission.file_name, submission.received_at, Outcome(submission.outcome), findings)


def _with_sent(form: Owed, sent: _Sent | None) -> Owed:
    """The form with what came of it; a version tells all that is asked, but for answers that it leaves open."""
    if sent is None:
        return form
    is_told = form.is_told or bool(sent.versions and not form.left)
    return replace(form, is_told=is_told, versions=tuple(sent.versions), open=sent.open)


# --- of a round -------------------------------------------------------------------------------------------------------


def owed_in_round(session: Session, records: RoundRecords) -> list[Owed]:
    """Every form that a round may have, asked for or not, by kind, in the order of units, agencies and groups."""
    config, round = records.province.config, records.round
    sent = _sent_forms(session, round.year)
    return [
        _with_sent(replace(form, due=round_due(config, round, form.kind, form.subject)), sent.get(form.record_key))
        for form in _forms_of(records)
    ]


def _forms_of(records: RoundRecords) -> Iterator[Owed]:
    """The forms of a round as the records alone tell of them."""
    year = records.round.year
    for code, record in records.units.items():
        yield Owed(FormKind.SELF_ASSESSMENT, code, record.unit.name, year, is_told=record.has_submitted)
    for agency in records.province.config.appraisers:
        if groups := appraised_groups(records, agency):
            yield Owed(FormKind.APPRAISAL, agency.id, agency.name, year, is_told=_is_appraised(groups))
    for code, record in records.units.items():
        left, asked = len(record.unanswered), bool(record.cut)
        told = asked and not left
        yield Owed(FormKind.EXPLANATION, code, record.unit.name, year, is_asked=asked, is_told=told, left=left)
    for kind in ROUND_KINDS:
        if kind.description.subject is Subject.GROUP:
            for group in records.round.groups:
                yield Owed(kind, group.id, group.name, year, is_asked=False)


def _is_appraised(groups: Sequence[AppraisedGroup]) -> bool:
    """Whether any leaf of an agency was appraised, by its form or without it."""
    return any(
        (leaf.code, ScoreSource.APPRAISAL) in record.given
        for part in groups
        for leaf in part.leaves
        for record in part.units
    )


# --- of months --------------------------------------------------------------------------------------------------------


def owed_in_months(session: Session, province: Province, months: Sequence[Period]) -> list[list[Owed]]:
    """The reports of each month: of the units that have to tell it or told something of it, by code.

    A figure, or a note why there is none, tells a month as its form does, which may hold plan tasks alone.
    """
    years = sorted({month.year for month in months})
    told = {(figure.unit, figure.period) for figure in current_figures(session, years, with_notes=True)}
    sent = {year: _sent_forms(session, year) for year in years}
    return [list(_of_month(province, month, told, sent[month.year])) for month in months]


def asked_months(province: Province, today: date) -> list[Period]:
    """The months asked for now: the month under way, and those before it until the report of the next one is due."""
    now = month_of(today).end
    months = (Period(index, index) for index in range(now - _LONGEST_OPEN, now + 1))
    return [month for month in months if today < _following_due(province, month)]


def _following_due(province: Province, month: Period) -> date:
    return report_due(province.config, Period(month.end + 1, month.end + 1)).last_day


def _of_month(
    province: Province, month: Period, told: Set[tuple[str, Period]], sent: Mapping[tuple[str, str], _Sent]
) -> Iterator[Owed]:
    asked = {unit.code for unit in asked_units(province, month)}
    due = report_due(province.config, month)
    for code, unit in sorted(province.units.items()):
        is_asked, is_told = code in asked, (code, month) in told
        form = Owed(FormKind.MONTHLY, code, unit.name, month.year, due, is_asked, is_told, period=month)
        form = _with_sent(form, sent.get(form.record_key))
        if is_asked or form.is_told or form.open:
            yield form


# --- of one sender ----------------------------------------------------------------------------------------------------


def owed_by(storage: Storage, province: Province, subject: str, today: date) -> list[Owed]:
    """What one unit or appraising agency has to send now, or has sent of what is not over yet.

    Args:
        storage: the database.
        province: the checked folder.
        subject: code of a unit or id of an appraising agency.
        today: the day, in Vietnam.

    Returns:
        Forms of rounds that are not published, the newest round first, then reports of the months asked now.
    """
    with storage.reading() as session:
        published = published_years(session)
        months = owed_in_months(session, province, asked_months(province, today)) if province.progress.measures else []
    found: list[Owed] = []
    for year in sorted(set(province.rounds) - published, reverse=True):
        records = read_round(province, storage, year, [subject] if subject in province.units else None)
        with storage.reading() as session:
            forms = owed_in_round(session, records)
        found += [form for form in forms if form.subject == subject and (form.is_asked or form.versions or form.open)]
    found += [form for month in months for form in month if form.subject == subject]
    return found
