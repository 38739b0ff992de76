"""The tables: what was received, every version of all that was stated, snapshots, approvals, publications, the journal.

Rows are only ever added, and each is a part of the journal (journal.py) the moment it is written: a new table is so
without a word. What a table says in its `info` is where that ends: `changeable`, the columns that the program itself
sets anew, `official`, False where nothing official stands, and `passing`, True where nothing is worth a backup.

A version names what it follows by its number; the current value of a key is its highest version, or nothing where that
one is withdrawn (a later workbook no longer says it). Numbers are exact on every database: NUMERIC where there is one,
scaled whole numbers on SQLite.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Index,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

from models.numbers import EXACT, MOST_DECIMALS

_SCALE = 10**MOST_DECIMALS

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
METADATA = MetaData(naming_convention=NAMING)


class ExactNumber(TypeDecorator[Decimal]):
    """A Decimal of up to 6 decimals, stored and compared without loss on PostgreSQL and SQLite."""

    impl = Numeric(24, MOST_DECIMALS)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """NUMERIC, or on SQLite a whole number of millionths."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(Numeric(24, MOST_DECIMALS))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Refuse what would lose a digit."""
        if value is None:
            return None
        scaled = EXACT.multiply(Decimal(value), _SCALE)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {MOST_DECIMALS} decimals")
        return int(scaled) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """The same Decimal whatever the database."""
        if value is None:
            return None
        number = Decimal(value) / _SCALE if dialect.name == "sqlite" else Decimal(value)
        return number.normalize() + Decimal(0)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC that keeps its zone on SQLite too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


BY_LETTER = String().with_variant(String(collation="C"), "postgresql")
"""A text ordered by the numbers of its letters on both databases, so that words that begin alike stand together."""


class Record(SQLModel):
    """What all tables share."""

    metadata: ClassVar[MetaData] = METADATA


class CountedRecord(Record):
    """What all tables share whose records are counted."""

    id: int | None = Field(default=None, primary_key=True)


class ReceivedRecord(CountedRecord):
    """What all records share that came with a file."""

    receipt_id: int = Field(foreign_key="receipt.id", index=True)


class Receipt(CountedRecord, table=True):
    """A file that was received and accepted; its bytes are kept under its SHA-256.

    `kind` is that of a CSV file or of a form; `subject` is whose form it is, empty for CSV files.
    The kind of figures names their period (`figures 2025-03`), that of a register its name (`register overdue`): two
    months may be told in the same bytes. So does that of a month's form (`monthly 2025-03`): it is a form of its own.
    """

    __tablename__ = "receipt"
    __table_args__ = (
        UniqueConstraint("kind", "year", "sha256"),
        CheckConstraint(
            "kind IN ('scores', 'facts', 'history', 'indices', 'self_assessment', 'appraisal', 'explanation', "
            "'survey', 'register', 'council') OR substr(kind, 1, 8) IN ('figures ', 'monthly ')"
            " OR substr(kind, 1, 9) = 'register '",
            name="known_kind",
        ),
        Index("ix_receipt_year_kind_subject", "year", "kind", "subject"),
    )

    kind: str
    year: int
    sha256: str = Field(min_length=64, max_length=64)
    file_name: str
    size: int
    received_at: datetime = Field(sa_column=Column(Moment(), nullable=False))
    received_by: str
    subject: str = ""


class Submission(CountedRecord, table=True):
    """Every file that ever came in, whatever became of it; its bytes are kept under its SHA-256.

    `origin` tells one arrival from another (where it lay, when it was written, how large it was), so that a file that
    is still in the inbox after its receipt is known. `kind`, `year` and `subject` are null where the file does not say.
    """

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("origin", "sha256"),
        CheckConstraint("outcome IN ('accepted', 'returned', 'refused', 'unchanged')", name="known_outcome"),
        CheckConstraint("via IN ('inbox', 'command', 'desk')", name="known_way"),
        CheckConstraint("(outcome = 'accepted') = (receipt_id IS NOT NULL)", name="receipt_when_accepted"),
        Index("ix_submission_year_kind_subject", "year", "kind", "subject"),
    )

    sha256: str = Field(min_length=64, max_length=64, index=True)
    file_name: str
    folder: str = ""
    origin: str
    size: int
    received_at: datetime = Field(sa_column=Column(Moment(), nullable=False))
    received_by: str
    via: str
    kind: str | None = None
    year: int | None = None
    subject: str | None = None
    outcome: str
    late: bool = False
    receipt_id: int | None = Field(default=None, foreign_key="receipt.id", unique=True)
    findings: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON(), nullable=False))


class WrittenReply(CountedRecord, table=True):
    """A reply that was put into the outbox: the marked workbook or the letter that a submission was answered with."""

    __tablename__ = "reply"

    submission_id: int = Field(foreign_key="submission.id", unique=True)
    file_name: str
    sha256: str = Field(min_length=64, max_length=64)
    written_at: datetime = Field(sa_column=Column(Moment(), nullable=False))


class DeliveryAttempt(CountedRecord, table=True):
    """One attempt to tell a sender by mail what became of a submission."""

    __tablename__ = "delivery"
    __table_args__ = (CheckConstraint("outcome IN ('sent', 'failed', 'no_address', 'off')", name="known_outcome"),)

    submission_id: int = Field(foreign_key="submission.id", index=True)
    address: str = ""
    outcome: str
    detail: str = ""
    attempted_at: datetime = Field(sa_column=Column(Moment(), nullable=False))


class ScoreVersion(ReceivedRecord, table=True):
    """Points given by somebody to one component of one unit, the claim or grant that it does not apply, or neither any
    more.
    """

    __tablename__ = "score_version"
    __table_args__ = (
        UniqueConstraint("year", "unit", "component", "source", "version"),
        CheckConstraint(
            "source IN ('self', 'appraisal', 'survey', 'council', 'bonus', 'penalty')", name="known_source"
        ),
        CheckConstraint("points >= 0", name="points_not_negative"),
        CheckConstraint(
            "(withdrawn AND points IS NULL AND NOT not_applicable) OR "
            "(NOT withdrawn AND not_applicable = (points IS NULL))",
            name="points_or_not_applicable_or_withdrawn",
        ),
        CheckConstraint("version >= 1", name="version_from_one"),
    )

    year: int
    unit: str
    component: str
    source: str
    version: int
    points: Decimal | None = Field(default=None, sa_column=Column(ExactNumber()))
    not_applicable: bool = False
    note: str = ""
    withdrawn: bool = False


class FactVersion(ReceivedRecord, table=True):
    """One fact of one component of one unit, as canonical text; none where it was withdrawn."""

    __tablename__ = "fact_version"
    __table_args__ = (
        UniqueConstraint("year", "unit", "component", "fact", "version"),
        CheckConstraint("version >= 1", name="version_from_one"),
        CheckConstraint("withdrawn = (value IS NULL)", name="value_or_withdrawn"),
    )

    year: int
    unit: str
    component: str
    fact: str
    version: int
    value: str | None = None
    withdrawn: bool = False


class EvidenceVersion(ReceivedRecord, table=True):
    """One document named as evidence of one component of one unit, at its place among the documents of that component.

    `stage` says when: with the self-assessment or with the explanation. Source: docs/process.md, 6.
    """

    __tablename__ = "evidence_version"
    __table_args__ = (
        UniqueConstraint("year", "unit", "component", "stage", "place", "version"),
        CheckConstraint("stage IN ('self', 'explanation')", name="known_stage"),
        CheckConstraint("place >= 0", name="place_from_zero"),
        CheckConstraint("version >= 1", name="version_from_one"),
    )

    year: int
    unit: str
    component: str
    stage: str
    place: int
    version: int
    document: str = ""
    number: str = ""
    day: date | None = None
    page: str = ""
    withdrawn: bool = False


class EvidenceFile(CountedRecord, table=True):
    """A file that a unit sent as evidence, whatever became of it; accepted bytes are kept under their SHA-256.

    A file that was refused is not kept: only its hash and the reason are. `pages` is 0 where a kind of file has none.
    """

    __tablename__ = "evidence_file"
    __table_args__ = (
        CheckConstraint("outcome IN ('accepted', 'refused')", name="known_outcome"),
        CheckConstraint("via IN ('inbox', 'command', 'desk')", name="known_way"),
        CheckConstraint("kind IN ('', 'pdf', 'png', 'jpeg', 'docx', 'xlsx')", name="known_kind"),
        CheckConstraint("(outcome = 'accepted') = (kind <> '')", name="kind_when_accepted"),
        CheckConstraint("(outcome = 'refused') = (why <> '')", name="reason_when_refused"),
        Index("ix_evidence_file_year_unit", "year", "unit"),
        Index(
            "uq_evidence_file_once",
            "year",
            "unit",
            "sha256",
            unique=True,
            sqlite_where=text("outcome = 'accepted'"),
            postgresql_where=text("outcome = 'accepted'"),
        ),
    )

    year: int
    unit: str
    sha256: str = Field(min_length=64, max_length=64, index=True)
    file_name: str
    size: int
    kind: str = ""
    pages: int = 0
    outcome: str
    why: str = ""
    late: bool = False
    received_at: datetime = Field(sa_column=Column(Moment(), nullable=False))
    received_by: str
    via: str


class EvidenceLink(CountedRecord, table=True):
    """That a file proves a component of the unit that sent it, or no longer does; the highest version counts.

    `matched` says by what: the code in the file's name, a document named in the unit's form, or a person.
    """

    __tablename__ = "evidence_link"
    __table_args__ = (
        UniqueConstraint("file_id", "component", "version"),
        CheckConstraint("matched IN ('name', 'form', 'person')", name="known_match"),
        CheckConstraint("version >= 1", name="version_from_one"),
    )

    file_id: int = Field(foreign_key="evidence_file.id", index=True)
    component: str
    version: int
    matched: str
    withdrawn: bool = False
    recorded_at: datetime = Field(sa_column=Column(Moment(), nullable=False))
    recorded_by: str


class EvidenceText(Record, table=True):
    """The words of an evidence file, without accents and in small letters, by its SHA-256: what a search looks into."""

    __tablename__ = "evidence_text"
    __table_args__ = ({"info": {"official": False}},)

    sha256: str = Field(primary_key=True, min_length=64, max_length=64)
    words: str


class EvidenceWord(Record, table=True):
    """A word that stands in an evidence file that was taken: what a search looks up. Made again from the texts."""

    __tablename__ = "evidence_word"
    __table_args__ = ({"info": {"official": False, "passing": True}, "sqlite_with_rowid": False},)

    year: int = Field(primary_key=True)
    word: str = Field(sa_column=Column(BY_LETTER, primary_key=True))
    file_id: int = Field(foreign_key="evidence_file.id", primary_key=True)


class WordVersion(ReceivedRecord, table=True):
    """What was written beside one component of one unit: explanation, answer to the appraisal, note of a register."""

    __tablename__ = "word_version"
    __table_args__ = (
        UniqueConstraint("year", "unit", "component", "stage", "version"),
        CheckConstraint("stage IN ('self', 'explanation', 'survey', 'register')", name="known_stage"),
        CheckConstraint("version >= 1", name="version_from_one"),
    )

    year: int
    unit: str
    component: str
    stage: str
    version: int
    answer: str = ""
    text: str = ""
    withdrawn: bool = False


class RemarkVersion(ReceivedRecord, table=True):
    """What was written in a form outside the rows of its criteria: difficulties, proposals, who filled it in."""

    __tablename__ = "remark_version"
    __table_args__ = (
        UniqueConstraint("year", "kind", "subject", "remark", "version"),
        CheckConstraint("version >= 1", name="version_from_one"),
    )

    year: int
    kind: str
    subject: str
    remark: str
    version: int
    text: str = ""
    withdrawn: bool = False


class PublishedIndex(ReceivedRecord, table=True):
    """The index of a unit in a year that was published before this system."""

    __tablename__ = "published_index"
    __table_args__ = (
        UniqueConstraint("year", "unit", "version"),
        CheckConstraint("version >= 1", name="version_from_one"),
        CheckConstraint("rank >= 1", name="rank_from_one"),
    )

    year: int
    group: str
    unit: str
    version: int
    max_points: Decimal | None = Field(default=None, sa_column=Column(ExactNumber()))
    points: Decimal | None = Field(default=None, sa_column=Column(ExactNumber()))
    index: Decimal = Field(sa_column=Column(ExactNumber(), nullable=False))
    rank: int | None = None
    grade: str | None = None


class FigureVersion(ReceivedRecord, table=True):
    """One figure of one measure of one unit in one period; `year` is the reporting year in which the period ends.

    Where a form says why there is no figure, the note stands alone.
    """

    __tablename__ = "figure_version"
    __table_args__ = (
        UniqueConstraint("year", "period", "unit", "measure", "version"),
        CheckConstraint("qualifier IN ('=', '>', '>=', '<', '<=')", name="known_qualifier"),
        CheckConstraint(
            "(numerator IS NULL AND denominator IS NULL AND (value IS NOT NULL OR note <> '' OR withdrawn))"
            " OR (numerator IS NOT NULL AND denominator IS NOT NULL)",
            name="value_or_parts",
        ),
        CheckConstraint("version >= 1", name="version_from_one"),
    )

    year: int
    period: str
    unit: str
    measure: str
    version: int
    numerator: Decimal | None = Field(default=None, sa_column=Column(ExactNumber()))
    denominator: Decimal | None = Field(default=None, sa_column=Column(ExactNumber()))
    value: Decimal | None = Field(default=None, sa_column=Column(ExactNumber()))
    qualifier: str = "="
    note: str = ""
    withdrawn: bool = False


class IndexVersion(ReceivedRecord, table=True):
    """What somebody else published of an index: of the province (`unit` is "") or of a unit, in one year."""

    __tablename__ = "index_version"
    __table_args__ = (
        UniqueConstraint("year", "series", "unit", "version"),
        CheckConstraint("value IS NOT NULL OR rank IS NOT NULL OR rank_change IS NOT NULL", name="says_something"),
        CheckConstraint("rank >= 1 AND (ranked IS NULL OR rank <= ranked)", name="rank_among_ranked"),
        CheckConstraint("version >= 1", name="version_from_one"),
    )

    year: int
    series: str
    unit: str
    version: int
    value: Decimal | None = Field(default=None, sa_column=Column(ExactNumber()))
    rank: int | None = None
    ranked: int | None = None
    rank_change: int | None = None
    published_on: date | None = None
    source: str = ""


class RegisterVersion(ReceivedRecord, table=True):
    """One telling of one entry of a register; `body` holds its values by column as JSON."""

    __tablename__ = "register_version"
    __table_args__ = (
        UniqueConstraint("kind", "unit", "key", "version"),
        CheckConstraint("version >= 1", name="version_from_one"),
        Index("ix_register_version_kind_year", "kind", "year"),
    )

    year: int
    kind: str
    unit: str
    key: str
    version: int
    body: str
    withdrawn: bool = False


class Snapshot(Record, table=True):
    """A round computed and frozen, or the progress of a period. `body` is canonical JSON whose SHA-256 is the key.

    `period` names the reporting period, empty for the index of a year. `through_score` and `through_fact` are the
    newest version ids when a round was computed: what explains it later; of progress they are 0.
    """

    __tablename__ = "snapshot"
    __table_args__ = (
        Index("ix_snapshot_year_created_at", "year", "created_at"),
        # The same results computed once more: that they still hold, and through which versions.
        {"info": {"changeable": ("through_score", "through_fact", "evaluated_at")}},
    )

    sha256: str = Field(primary_key=True, min_length=64, max_length=64)
    year: int
    period: str = ""
    body: bytes = Field(sa_column=Column(LargeBinary(), nullable=False))
    through_score: int
    through_fact: int
    created_at: datetime = Field(sa_column=Column(Moment(), nullable=False))
    created_by: str
    evaluated_at: datetime = Field(sa_column=Column(Moment(), nullable=False))


class Approval(CountedRecord, table=True):
    """A person's word on a snapshot: approved with number, date and signer, or refused with a reason.

    `period` is that of the snapshot: empty for a decision on the index, else that of a progress report. A decision also
    names the submission that it follows, and what was grave and accepted (`procedure.Accepted` as rows).
    """

    __tablename__ = "approval"
    __table_args__ = (
        CheckConstraint("verdict IN ('approved', 'refused')", name="known_verdict"),
        CheckConstraint(
            "(verdict = 'approved' AND number >= 1 AND day IS NOT NULL) OR (verdict = 'refused' AND reason <> '')",
            name="number_or_reason",
        ),
        Index(
            "uq_approval_one_per_round",
            "year",
            "period",
            "replaces",
            unique=True,
            sqlite_where=text("verdict = 'approved'"),
            postgresql_where=text("verdict = 'approved'"),
        ),
        Index(
            "uq_approval_number",
            "symbol",
            "number",
            "number_year",
            unique=True,
            sqlite_where=text("verdict = 'approved'"),
            postgresql_where=text("verdict = 'approved'"),
        ),
    )

    year: int
    period: str = ""
    snapshot_sha256: str = Field(foreign_key="snapshot.sha256", index=True)
    verdict: str
    symbol: str = ""
    number: int | None = None
    number_year: int | None = None
    day: date | None = None
    signer: str | None = None
    replaces: str = ""
    reason: str = ""
    submission_number: int | None = None
    submission_day: date | None = None
    accepted: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSON(), nullable=False, server_default="[]")
    )
    decided_by: str
    decided_at: datetime = Field(sa_column=Column(Moment(), nullable=False))
    via: str


class Publication(CountedRecord, table=True):
    """A published folder: what was approved, where it lies, and the hash of its manifest."""

    __tablename__ = "publication"
    __table_args__ = ({"info": {"changeable": ("folder",)}},)  # it may be moved; its manifest's hash may not change

    approval_id: int = Field(foreign_key="approval.id", unique=True)
    year: int = Field(index=True)
    period: str = ""
    folder: str
    manifest_sha256: str = Field(min_length=64, max_length=64)
    published_at: datetime = Field(sa_column=Column(Moment(), nullable=False))
    published_by: str


class ProvinceName(CountedRecord, table=True):
    """The province that the database belongs to; the newest row counts, each later one is a renaming."""

    __tablename__ = "province"

    name: str
    code: str | None = None
    recorded_at: datetime = Field(sa_column=Column(Moment(), nullable=False))
    recorded_by: str


class ExtensionVersion(CountedRecord, table=True):
    """Until when somebody may send a form of a round past deadline and lock, and why.

    The highest version of a year, step and subject counts, beside what rounds/YEAR.yaml itself extends; one without a
    day takes the extension back. Source: docs/process.md, 1 (extension per unit).
    """

    __tablename__ = "extension_version"
    __table_args__ = (
        UniqueConstraint("year", "step", "subject", "version"),
        CheckConstraint("version >= 1", name="version_from_one"),
    )

    year: int
    step: str
    subject: str
    version: int
    until: date | None = None
    reason: str
    recorded_at: datetime = Field(sa_column=Column(Moment(), nullable=False))
    recorded_by: str


class OpeningRequest(CountedRecord, table=True):
    """A unit or agency asks that a step be opened to it again, or longer, and why."""

    __tablename__ = "opening_request"

    year: int = Field(index=True)
    step: str
    subject: str
    reason: str
    asked_at: datetime = Field(sa_column=Column(Moment(), nullable=False))
    asked_by: str


class OpeningAnswer(CountedRecord, table=True):
    """The one answer to such a request: granted until a day, which is an extension too, or refused with a reason."""

    __tablename__ = "opening_answer"
    __table_args__ = (CheckConstraint("until IS NOT NULL OR reason <> ''", name="day_or_reason"),)

    request_id: int = Field(foreign_key="opening_request.id", unique=True)
    until: date | None = None
    reason: str = ""
    answered_at: datetime = Field(sa_column=Column(Moment(), nullable=False))
    answered_by: str


class AppraisalHold(Record, table=True):
    """An appraising agency has a unit open: a newer self-assessment of the unit waits meanwhile."""

    __tablename__ = "appraisal_hold"
    __table_args__ = ({"info": {"official": False, "passing": True}},)

    year: int = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    agency: str = Field(primary_key=True)
    held_by: str
    seen_at: datetime = Field(sa_column=Column(Moment(), nullable=False))


class WaitingFile(Record, table=True):
    """A sound self-assessment that lies where it came in because an agency has its unit open.

    Attributes:
        since: when it was found to have to wait.
        told: whether mails about it went out.
    """

    __tablename__ = "waiting_file"
    __table_args__ = ({"info": {"official": False, "passing": True}},)

    origin: str = Field(primary_key=True)
    year: int
    unit: str = Field(index=True)
    file_name: str
    came_at: datetime = Field(sa_column=Column(Moment(), nullable=False))
    since: datetime = Field(sa_column=Column(Moment(), nullable=False))
    told: bool = False


class WaiverVersion(CountedRecord, table=True):
    """A check of a form that is not held against one subject in a round: who asked, who granted, why.

    The highest version of a key counts; one that is withdrawn takes the waiver back.
    """

    __tablename__ = "waiver_version"
    __table_args__ = (
        UniqueConstraint("year", "form", "subject", "check_name", "version"),
        CheckConstraint("version >= 1", name="version_from_one"),
    )

    year: int
    form: str
    subject: str
    check_name: str
    version: int
    asked_by: str = ""
    reason: str = ""
    withdrawn: bool = False
    recorded_at: datetime = Field(sa_column=Column(Moment(), nullable=False))
    recorded_by: str


class FolderChange(CountedRecord, table=True):
    """A file of the province folder that was changed at the desk.

    Attributes:
        file: its name in the folder.
        before_sha256: of its bytes before; empty of a new file.
        way: how it was changed: by an edited workbook, or typed.
    """

    __tablename__ = "folder_change"

    file: str
    before_sha256: str = Field(default="", max_length=64)
    sha256: str = Field(min_length=64, max_length=64)
    way: str
    changed_at: datetime = Field(sa_column=Column(Moment(), nullable=False))
    changed_by: str


class SignedSummary(CountedRecord, table=True):
    """The printed self-assessment, signed by the head of the unit and sent back; its bytes are kept by SHA-256.

    Attributes:
        receipt_id: of the version of the self-assessment that counted when it came.
        signatures: of a digitally signed one, each signature as it was verified; empty for a scan of paper.
    """

    __tablename__ = "signed_summary"

    year: int
    unit: str = Field(index=True)
    receipt_id: int = Field(foreign_key="receipt.id")
    sha256: str = Field(min_length=64, max_length=64)
    file_name: str
    size: int
    signatures: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON(), nullable=False))
    received_at: datetime = Field(sa_column=Column(Moment(), nullable=False))
    received_by: str


class AccountVersion(CountedRecord, table=True):
    """An account of the desk: who it is, as what, for whom, and whether it is open. The highest version counts."""

    __tablename__ = "account_version"
    __table_args__ = (
        UniqueConstraint("login", "version"),
        CheckConstraint("version >= 1", name="version_from_one"),
        CheckConstraint(
            "role IN ('unit', 'appraiser', 'officer', 'leader', 'administrator', 'auditor')", name="known_role"
        ),
        CheckConstraint("(role IN ('unit', 'appraiser')) = (subject <> '')", name="subject_of_a_bound_role"),
    )

    login: str
    version: int
    person: str
    role: str
    subject: str = ""
    email: str = ""
    is_open: bool = True
    recorded_at: datetime = Field(sa_column=Column(Moment(), nullable=False))
    recorded_by: str


class AccountSecret(Record, table=True):
    """What an account signs in with; nothing of it is official.

    Attributes:
        password_hash: by argon2; empty where the account signs in elsewhere.
        must_change: whether the password is to be changed before anything else.
        totp: the secret of the second factor, empty where there is none; `totp_used` is its last step that was taken.
    """

    __tablename__ = "account_secret"
    __table_args__ = ({"info": {"official": False}},)

    login: str = Field(primary_key=True)
    password_hash: str = ""
    must_change: bool = True
    totp: str = ""
    totp_used: int = 0


class SignIn(CountedRecord, table=True):
    """Somebody came in or went out, or an account was held after too many failures."""

    __tablename__ = "sign_in"
    __table_args__ = (CheckConstraint("act IN ('in', 'out', 'out_everywhere', 'held')", name="known_act"),)

    login: str = Field(index=True)
    act: str
    means: str = ""
    address: str = ""
    at: datetime = Field(sa_column=Column(Moment(), nullable=False))


class DeskSession(Record, table=True):
    """A browser that is signed in, by the SHA-256 of what its cookie holds.

    Attributes:
        form_token: what each form of its pages must send back.
        is_elsewhere: whether the province's own server vouched for whoever it is; password and code are that server's.
        said: what the next page tells: kind and sentence, empty for nothing.
    """

    __tablename__ = "desk_session"
    __table_args__ = ({"info": {"official": False, "passing": True}},)

    token_sha256: str = Field(primary_key=True, min_length=64, max_length=64)
    login: str = Field(index=True)
    form_token: str
    is_elsewhere: bool = False
    began_at: datetime = Field(sa_column=Column(Moment(), nullable=False))
    seen_at: datetime = Field(sa_column=Column(Moment(), nullable=False))
    said: list[str] = Field(default_factory=list, sa_column=Column(JSON(), nullable=False))


class JournalEntry(Record, table=True):
    """One link of the journal: the rows that one act wrote into one table, chained to the link before it.

    Attributes:
        id: its place: 1, 2, 3 without a gap.
        rows: the keys of the rows: `17-216,218`, or the name of a snapshot.
        last_row: the highest of them, 0 where keys are no numbers.
        columns: what of a row its hash is over, so that columns of later versions of the program change nothing.
        row_hashes: the SHA-256 of each row, 32 bytes each, in the order of the keys.
        act: `recorded` with the rows themselves, or `sealed`: found when the journal began.
        before: the SHA-256 of the link before, zeros for the first.
        sha256: over everything above.
    """

    __tablename__ = "journal"
    __table_args__ = (
        CheckConstraint("act IN ('recorded', 'sealed')", name="known_act"),
        Index("ix_journal_table_name_last_row", "table_name", "last_row"),
        {"info": {"official": False}},
    )

    id: int = Field(primary_key=True)
    table_name: str
    rows: str
    last_row: int
    columns: str
    row_hashes: bytes = Field(sa_column=Column(LargeBinary(), nullable=False))
    act: str
    recorded_at: datetime = Field(sa_column=Column(Moment(), nullable=False))
    recorded_by: str
    before: str = Field(min_length=64, max_length=64, unique=True)
    sha256: str = Field(min_length=64, max_length=64, unique=True)
