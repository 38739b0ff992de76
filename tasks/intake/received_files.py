"""What one unit or appraising agency has sent, the newest first: each file with what became of it.

Files count whichever way they came: the inbox, mail, the desk. Nobody sees a file of somebody else.
"""

from dataclasses import dataclass
from functools import cached_property

from sqlmodel import Session, and_, col, or_, select

from models.findings import Finding
from models.forms.descriptions import FormIdentity
from models.progress.periods import read_period
from models.records.submissions import Outcome, findings_from_rows
from models.records.tables import Submission, WrittenReply
from tasks.reading.file_names import shown_name


@dataclass(frozen=True)
class ReceivedFile:
    """One file that came in.

    Attributes:
        number: which version of its form it became, 0 where it became none.
        has_reply: whether a marked workbook or a letter was written for it.
    """

    submission: Submission
    number: int
    has_reply: bool

    @cached_property
    def name(self) -> str:
        """Its name, fit to be shown."""
        return shown_name(self.submission.file_name)

    @cached_property
    def outcome(self) -> Outcome:
        """What became of it."""
        return Outcome(self.submission.outcome)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What was found in it."""
        return findings_from_rows(self.name, self.submission.findings)

    @cached_property
    def identity(self) -> FormIdentity | None:
        """Which form it is; None where it does not say."""
        row = self.submission
        return (
            FormIdentity.recorded_as(row.kind, row.year, row.subject or "")
            if row.kind is not None and row.year is not None
            else None
        )

    @property
    def said(self) -> str:
        """Which form it is, in words."""
        form = self.identity
        if form is None:
            return "không rõ biểu mẫu"
        when = read_period(form.period).name if form.period else f"năm {form.year}"
        return f"{form.kind.label} {when}"


def files_of(session: Session, subject: str) -> list[ReceivedFile]:
    """Every file of one sender: what lay in its folder, and its own forms that lay in nobody's."""
    # A refused file that lay in somebody else's folder is that sender's.
    in_no_other_folder = or_(col(Submission.folder).in_(("", subject)), col(Submission.outcome) == Outcome.ACCEPTED)
    own = or_(col(Submission.folder) == subject, and_(col(Submission.subject) == subject, in_no_other_folder))
    rows = session.exec(select(Submission, WrittenReply.id).join(WrittenReply, isouter=True).where(own))
    found: list[ReceivedFile] = []
    numbers: dict[tuple[str | None, int | None, str | None], int] = {}
    for submission, reply in sorted(rows, key=lambda row: row[0].id or 0):
        number = 0
        if submission.outcome == Outcome.ACCEPTED:
            key = (submission.kind, submission.year, submission.subject)
            number = numbers[key] = numbers.get(key, 0) + 1
        found.append(ReceivedFile(submission, number, reply is not None))
    session.expunge_all()
    return found[::-1]
