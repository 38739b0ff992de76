"""Checked entries → new versions in the database, and the current value of every key back out.

Nothing is overwritten: an entry becomes the version after the highest of its key. The same file received again changes
nothing. A workbook is a complete statement of its subject: what its form said before and says no more is withdrawn by a
version that says so. Source: DESIGN.md, section 2 (idea 2) and section 6.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import RowMapping, func, insert
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from models.entries import EvidenceEntry, FactEntry, HistoryEntry, ScoreEntry, ScoreSource, Stage, WordEntry
from models.forms import FormKind, Remark
from models.province import VIETNAM, Province
from models.storage import Storage
from models.submissions import Reading
from models.tables import FactVersion, PublishedIndex, Receipt, ScoreVersion
from tasks.workbook_versions import (
    EVIDENCE,
    FACTS,
    REMARKS,
    SCORES,
    VERSION_TABLES,
    WORDS,
    Row,
    VersionTable,
    form_key,
    stated_rows,
    units_of,
)

SCORE_KEY = SCORES.key
FACT_KEY = FACTS.key
HISTORY_KEY = ("year", "unit")
_ROWS_A_STATEMENT = 5_000
_UNITS_A_QUERY = 1_000
_Key = tuple[Any, ...]
_Form = tuple[str, int, str]


class Recorded(NamedTuple):
    """What became of a file: how many new versions, or when it had been received before."""

    versions: int
    received_before: datetime | None = None

    def __str__(self) -> str:
        if self.received_before:
            when = self.received_before.astimezone(VIETNAM)
            return f"tệp này đã nhận lúc {when:%H:%M ngày %d/%m/%Y}; không có gì thay đổi"
        return f"đã ghi {self.versions} bản mới"


class CurrentScore(NamedTuple):
    """The current version of a score."""

    entry: ScoreEntry
    version: int


class CurrentFact(NamedTuple):
    """The current version of a fact."""

    entry: FactEntry
    version: int


def record_scores(
    storage: Storage, year: int, content: bytes, file_name: str, entries: Sequence[ScoreEntry]
) -> Recorded:
    """Record the entries of a scores file as new versions."""
    rows = [{"year": year, **entry._asdict(), "source": entry.source.value} for entry in entries]
    return _record(storage, "scores", year, content, file_name, ScoreVersion, SCORE_KEY, rows)


def record_facts(storage: Storage, year: int, content: bytes, file_name: str, entries: Sequence[FactEntry]) -> Recorded:
    """Record the entries of a facts file as new versions."""
    rows = [{"year": year, **entry._asdict()} for entry in entries]
    return _record(storage, "facts", year, content, file_name, FactVersion, FACT_KEY, rows)


def record_history(storage: Storage, content: bytes, file_name: str, entries: Sequence[HistoryEntry]) -> Recorded:
    """Record indices published before this system; the receipt bears the newest of their years."""
    newest = max(entry.year for entry in entries)
    rows = [asdict(entry) for entry in entries]
    return _record(storage, "history", newest, content, file_name, PublishedIndex, HISTORY_KEY, rows)


def _record(
    storage: Storage,
    kind: str,
    year: int,
    content: bytes,
    file_name: str,
    table: type[ScoreVersion | FactVersion | PublishedIndex],
    key: tuple[str, ...],
    rows: Sequence[dict[str, Any]],
) -> Recorded:
    """One file in one transaction; its bytes are kept first, so a receipt never lacks its file."""
    sha256 = storage.keep(content)
    with storage.writing() as session:
        before = session.exec(
            select(Receipt).where(Receipt.kind == kind, Receipt.year == year, Receipt.sha256 == sha256)
        ).first()
        if before:
            return Recorded(0, before.received_at)
        receipt = Receipt(
            kind=kind,
            year=year,
            sha256=sha256,
            file_name=file_name,
            size=len(content),
            received_at=datetime.now(UTC),
            received_by=storage.user,
        )
        session.add(receipt)
        session.flush()
        highest = _highest_versions(session, table, key, {row["year"] for row in rows})
        for row in rows:
            row_key = tuple(row[name] for name in key)
            highest[row_key] = highest.get(row_key, 0) + 1
            row.update(receipt_id=receipt.id, version=highest[row_key])
        _insert(session, table, rows)
        return Recorded(len(rows))


def _highest_versions(
    session: Session, table: type[Any], key: tuple[str, ...], years: set[int]
) -> dict[tuple[Any, ...], int]:
    columns = table.__table__.c
    key_columns = [columns[name] for name in key]
    statement = (
        sql_select(*key_columns, func.max(columns.version))
        .where(columns.year.in_(sorted(years)))
        .group_by(*key_columns)
    )
    return {tuple(row[:-1]): row[-1] for row in session.execute(statement)}


# --- workbooks --------------------------------------------------------------------------------------------------------


class Acceptance(NamedTuple):
    """An accepted workbook, whose bytes are kept, ready to be recorded."""

    reading: Reading
    sha256: str
    file_name: str
    size: int
    received_at: datetime


class RecordedForm(NamedTuple):
    """What became of an accepted workbook.

    Attributes:
        receipt_id: of the new version, None where this very file had been accepted before.
        number: which version of its form it is, or was.
        received_before: when the same file was accepted before.
        newest: the number of the form's newest version, which is the one that counts.
    """

    receipt_id: int | None
    number: int
    received_before: datetime | None
    newest: int


def record_workbooks(
    session: Session, province: Province, accepted: Sequence[Acceptance], user: str
) -> list[RecordedForm]:
    """Record a batch of accepted workbooks, in the order given, within the caller's transaction.

    Args:
        session: a writing session; no other writer overlaps it.
        province: the checked folder.
        accepted: workbooks without critical findings; their bytes are kept.
        user: who receives them.

    Returns:
        One record a workbook, in the same order.
    """
    recorded, new = _record_receipts(session, accepted, user)
    if new:
        states = {table.name: _load_state(session, table, [item for item, _ in new]) for table in VERSION_TABLES}
        for item, receipt_id in new:
            assert item.reading.identity is not None
            form = form_key(item.reading.identity)
            for table, row in stated_rows(item.reading, item.reading.identity, province):
                states[table.name].state(row, form, receipt_id)
            for state in states.values():
                state.withdraw_unsaid(form, receipt_id)
        for table in VERSION_TABLES:
            _insert(session, table.model, states[table.name].rows)
    return recorded


def _record_receipts(
    session: Session, accepted: Sequence[Acceptance], user: str
) -> tuple[list[RecordedForm], list[tuple[Acceptance, int]]]:
    """A receipt for each file that was not accepted before, in this batch or an earlier one."""
    known, numbers = _known_receipts(session, accepted)
    receipts: list[tuple[Acceptance, Receipt]] = []
    found: list[tuple[_Form, int, Receipt | None, datetime | None]] = []
    for item in accepted:
        assert item.reading.identity is not None
        form = form_key(item.reading.identity)
        before = known.get((*form[:2], item.sha256))
        if before:
            found.append((form, before[0], None, before[1]))
            continue
        numbers[form] += 1
        known[(*form[:2], item.sha256)] = numbers[form], item.received_at
        receipt = Receipt(
            kind=form[0],
            year=form[1],
            subject=form[2],
            sha256=item.sha256,
            file_name=item.file_name,
            size=item.size,
            received_at=item.received_at,
            received_by=user,
        )
        receipts.append((item, receipt))
        found.append((form, numbers[form], receipt, None))
    session.add_all([receipt for _, receipt in receipts])
    session.flush()
    recorded = [
        RecordedForm(receipt.id if receipt else None, number, before, numbers[form])
        for form, number, receipt, before in found
    ]
    return recorded, [(item, receipt.id) for item, receipt in receipts if receipt.id is not None]


def _known_receipts(
    session: Session, accepted: Sequence[Acceptance]
) -> tuple[dict[tuple[str, int, str], tuple[int, datetime]], dict[_Form, int]]:
    """Number and time of every version of these forms by kind, year and SHA-256; and how many each form has."""
    forms = {form_key(item.reading.identity) for item in accepted if item.reading.identity}
    known: dict[tuple[str, int, str], tuple[int, datetime]] = {}
    numbers: dict[_Form, int] = defaultdict(int)
    statement = (
        select(Receipt)
        .where(
            col(Receipt.year).in_({year for _, year, _ in forms}), col(Receipt.kind).in_({kind for kind, *_ in forms})
        )
        .where(col(Receipt.subject).in_({subject for *_, subject in forms}))
        .order_by(col(Receipt.id))
    )
    for receipt in session.exec(statement):
        form = receipt.kind, receipt.year, receipt.subject
        numbers[form] += 1
        known[receipt.kind, receipt.year, receipt.sha256] = numbers[form], receipt.received_at
    return known, numbers


class _Latest(NamedTuple):
    """The newest version of a key: its number, whether it withdrew, and the form that it came with."""

    version: int
    withdrawn: bool
    form: _Form


@dataclass
class _State:
    """What is current in one table about the units of a batch, moved on by each workbook.

    Attributes:
        latest: newest versions by key.
        said: the keys that stand as a form said them, by form.
        rows: new versions.
        restated: keys that the workbook at hand says.
    """

    table: VersionTable
    latest: dict[_Key, _Latest] = field(default_factory=dict)
    said: dict[_Form, set[_Key]] = field(default_factory=lambda: defaultdict(set))
    rows: list[Row] = field(default_factory=list)
    restated: set[_Key] = field(default_factory=set)

    def load(self, key: _Key, latest: _Latest) -> None:
        """Take in an existing version; they come in their order."""
        before = self.latest.get(key)
        if before:
            self.said[before.form].discard(key)
        if not latest.withdrawn:
            self.said[latest.form].add(key)
        self.latest[key] = latest

    def state(self, row: Row, form: _Form, receipt_id: int, withdrawn: bool = False) -> None:
        """Add the next version of a key."""
        key = tuple(row[name] for name in self.table.key)
        before = self.latest.get(key)
        version = before.version + 1 if before else 1
        self.rows.append({**row, "receipt_id": receipt_id, "version": version, "withdrawn": withdrawn})
        self.load(key, _Latest(version, withdrawn, form))
        self.restated.add(key)

    def withdraw_unsaid(self, form: _Form, receipt_id: int) -> None:
        """Withdraw what this form said before and says no more."""
        for key in sorted(self.said[form] - self.restated):
            row = {**dict(zip(self.table.key, key, strict=True)), **self.table.blank}
            self.state(row, form, receipt_id, withdrawn=True)
        self.restated.clear()


def _load_state(session: Session, table: VersionTable, items: Sequence[Acceptance]) -> _State:
    """Read the versions about the units, or for remarks the subjects, of a batch; not those of the whole year."""
    state = _State(table)
    columns, receipts = table.columns, Receipt.metadata.tables["receipt"].c
    forms = {form_key(item.reading.identity) for item in items if item.reading.identity}
    if table is REMARKS:
        whose, column = {subject for *_, subject in forms}, columns.subject
    else:
        whose, column = _units_concerned(session, table, items, forms), columns.unit
    codes = sorted(whose)
    for start in range(0, len(codes), _UNITS_A_QUERY):
        statement = (
            sql_select(
                *(columns[name] for name in table.key),
                columns.version,
                columns.withdrawn,
                receipts.kind.label("form_kind"),
                receipts.year.label("form_year"),
                receipts.subject.label("form_subject"),
            )
            .join_from(table.model, Receipt)
            .where(columns.year.in_({year for _, year, _ in forms}))
            .where(column.in_(codes[start : start + _UNITS_A_QUERY]))
            .order_by(columns.version)
        )
        for *key, version, withdrawn, kind, year, subject in session.execute(statement):
            state.load(tuple(key), _Latest(version, withdrawn, (kind, year, subject)))
    return state


def _units_concerned(
    session: Session, table: VersionTable, items: Sequence[Acceptance], forms: Iterable[_Form]
) -> set[str]:
    """The units that the workbooks speak about, and those that earlier versions of forms of many units spoke about."""
    units = units_of([item.reading for item in items])
    columns = table.columns
    for kind, year, subject in forms:
        if FormKind(kind).of_a_unit:
            units.add(subject)
            continue
        earlier = select(Receipt.id).where(Receipt.kind == kind, Receipt.year == year, Receipt.subject == subject)
        units |= set(
            session.execute(sql_select(columns.unit).where(columns.receipt_id.in_(earlier)).distinct()).scalars()
        )
    return units


def _insert(session: Session, table: type[Any], rows: Sequence[Row]) -> None:
    for start in range(0, len(rows), _ROWS_A_STATEMENT):
        session.execute(insert(table), rows[start : start + _ROWS_A_STATEMENT])


# --- what is current --------------------------------------------------------------------------------------------------


def current_scores(
    session: Session, year: int, through: int | None = None, units: Collection[str] | None = None
) -> list[CurrentScore]:
    """The highest version of every score of a year that is not withdrawn, by unit, component and source.

    Args:
        session: an open session.
        year: the index year.
        through: only versions with ids up to this one, as a snapshot saw them.
        units: only of these units; of all where None.
    """
    return [
        CurrentScore(
            ScoreEntry(
                row["unit"],
                row["component"],
                ScoreSource(row["source"]),
                row["points"],
                row["not_applicable"],
                row["note"],
            ),
            row["version"],
        )
        for row in _current(session, ScoreVersion, SCORE_KEY, year, through, units)
    ]


def current_facts(
    session: Session, year: int, through: int | None = None, units: Collection[str] | None = None
) -> list[CurrentFact]:
    """The highest version of every fact of a year, by unit, component and fact; see `current_scores`."""
    return [
        CurrentFact(FactEntry(row["unit"], row["component"], row["fact"], row["value"]), row["version"])
        for row in _current(session, FactVersion, FACT_KEY, year, through, units)
    ]


def current_words(session: Session, year: int, units: Collection[str] | None = None) -> list[WordEntry]:
    """The current words of a year: explanations, answers, notes; by unit, component and stage."""
    return [
        WordEntry(row["unit"], row["component"], Stage(row["stage"]), row["answer"], row["text"])
        for row in _current(session, WORDS.model, WORDS.key, year, units=units)
    ]


def current_evidence(session: Session, year: int, units: Collection[str] | None = None) -> list[EvidenceEntry]:
    """The current documents of a year, by unit, component, stage and place."""
    return [
        EvidenceEntry(
            row["unit"],
            row["component"],
            Stage(row["stage"]),
            row["place"],
            row["document"],
            row["number"],
            row["day"],
            row["page"],
        )
        for row in _current(session, EVIDENCE.model, EVIDENCE.key, year, units=units)
    ]


def current_remarks(session: Session, year: int) -> dict[tuple[str, str], dict[Remark, str]]:
    """The current remarks of a year by kind of form and subject."""
    remarks: dict[tuple[str, str], dict[Remark, str]] = defaultdict(dict)
    for row in _current(session, REMARKS.model, REMARKS.key, year):
        remarks[row["kind"], row["subject"]][Remark(row["remark"])] = row["text"]
    return remarks


def current_history(session: Session, year: int) -> list[HistoryEntry]:
    """The imported index of every unit in a year, by unit; the highest version of each."""
    return [
        HistoryEntry(**{field.name: row[field.name] for field in fields(HistoryEntry)})
        for row in _current(session, PublishedIndex, HISTORY_KEY, year)
    ]


def _current(
    session: Session,
    table: type[Any],
    key: tuple[str, ...],
    year: int,
    through: int | None = None,
    units: Collection[str] | None = None,
) -> list[RowMapping]:
    """The row with the highest version of each key, by key; nothing of a key whose newest version is withdrawn."""
    columns = table.__table__.c
    statement = sql_select(*columns).where(columns.year == year).order_by(columns.version)
    if through is not None:
        statement = statement.where(columns.id <= through)
    if units is not None:
        statement = statement.where(columns.unit.in_(sorted(units)))
    by_key = itemgetter(*key)
    newest = {by_key(row): row for row in session.execute(statement).mappings()}
    return [newest[key] for key in sorted(newest) if not newest[key].get("withdrawn")]


def newest_version(session: Session, table: type[Any], year: int) -> int:
    """The highest id of a year's versions in a table, 0 when there is none."""
    columns = table.__table__.c
    return int(session.execute(sql_select(func.max(columns.id)).where(columns.year == year)).scalar() or 0)


def facts_by_component(
    storage: Storage, year: int, units: Collection[str] | None = None
) -> dict[tuple[str, str], dict[str, str]]:
    """The current facts of a year by unit and component; of all units where none are named."""
    facts: dict[tuple[str, str], dict[str, str]] = {}
    with storage.reading() as session:
        for entry, _ in current_facts(session, year, units=units):
            facts.setdefault((entry.unit, entry.component), {})[entry.fact] = entry.value
    return facts
