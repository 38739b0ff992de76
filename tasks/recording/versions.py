"""Checked entries → new versions in the database, and the current value of every key back out.

Nothing is overwritten: an entry becomes the version after the highest of its key. The same file received again changes
nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import RowMapping, func, insert
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from models.forms.row_keys import Remark
from models.forms.sources import ScoreSource, Stage
from models.records.entries import EvidenceEntry, FactEntry, HistoryEntry, ScoreEntry, WordEntry
from models.records.storage import REMEMBERED, Storage
from models.records.tables import FactVersion, PublishedIndex, Receipt, ScoreVersion
from models.working_days import moment_told
from tasks.recording.remembered import Made, Remembered
from tasks.recording.workbook_versions import EVIDENCE, FACTS, REMARKS, SCORES, WORDS

SCORE_KEY = SCORES.key
FACT_KEY = FACTS.key
HISTORY_KEY = ("year", "unit")
_ROWS_A_STATEMENT = 5_000


class Recorded(NamedTuple):
    """What became of a file: how many new versions, or when it had been received before."""

    versions: int
    received_before: datetime | None = None

    def __str__(self) -> str:
        if self.received_before:
            return f"tệp này đã nhận lúc {moment_told(self.received_before)}; không có gì thay đổi"
        return f"đã ghi {self.versions} bản mới"


class OvertakenError(Exception):
    """What was to be followed is not the newest version any more; nothing was recorded."""


class CurrentScore(NamedTuple):
    """The current version of a score."""

    entry: ScoreEntry
    version: int


class CurrentFact(NamedTuple):
    """The current version of a fact."""

    entry: FactEntry
    version: int


def record_scores(
    storage: Storage,
    year: int,
    content: bytes,
    file_name: str,
    entries: Sequence[ScoreEntry],
    *,
    following: int | None = None,
    facts: Sequence[FactEntry] = (),
) -> Recorded:
    """Record the entries of a scores file as new versions, and the facts they follow from; see `record_versions`."""
    rows = [{"year": year, **entry._asdict(), "source": entry.source.value} for entry in entries]
    beside = [(FactVersion, FACT_KEY, [{"year": year, **fact._asdict()} for fact in facts])]
    return record_versions(
        storage, "scores", year, content, file_name, ScoreVersion, SCORE_KEY, rows, following=following, beside=beside
    )


def record_facts(storage: Storage, year: int, content: bytes, file_name: str, entries: Sequence[FactEntry]) -> Recorded:
    """Record the entries of a facts file as new versions."""
    rows = [{"year": year, **entry._asdict()} for entry in entries]
    return record_versions(storage, "facts", year, content, file_name, FactVersion, FACT_KEY, rows)


def record_history(storage: Storage, content: bytes, file_name: str, entries: Sequence[HistoryEntry]) -> Recorded:
    """Record indices published before this system; the receipt bears the newest of their years."""
    newest = max(entry.year for entry in entries)
    rows = [asdict(entry) for entry in entries]
    return record_versions(storage, "history", newest, content, file_name, PublishedIndex, HISTORY_KEY, rows)


def record_versions(
    storage: Storage,
    kind: str,
    year: int,
    content: bytes,
    file_name: str,
    table: type[Any],
    key: tuple[str, ...],
    rows: Sequence[dict[str, Any]],
    *,
    following: int | None = None,
    beside: Sequence[tuple[type[Any], tuple[str, ...], Sequence[dict[str, Any]]]] = (),
) -> Recorded:
    """One file in one transaction; its bytes are kept first, so a receipt never lacks its file.

    Args:
        kind: the kind of receipt; the same bytes of one kind and year are received once.
        table: where the versions go.
        key: the columns that name what a row is a version of.
        rows: the columns of every row but its receipt and version.
        following: the version that every row was written in knowledge of, 0 before the first; None for any.
        beside: table, key and rows of what is recorded with them.

    Raises:
        OvertakenError: another version than `following` stands.
    """
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
        _insert_versions(session, receipt, table, key, rows, following)
        for other, other_key, other_rows in beside:
            _insert_versions(session, receipt, other, other_key, other_rows, None)
        return Recorded(len(rows))


def _insert_versions(
    session: Session,
    receipt: Receipt,
    table: type[Any],
    key: tuple[str, ...],
    rows: Sequence[dict[str, Any]],
    following: int | None,
) -> None:
    """Number the rows of a receipt after the versions that there are, and insert them."""
    if not rows:
        return
    years = {row["year"] for row in rows} if "year" in key else None
    highest = _highest_versions(session, table, key, years)
    for row in rows:
        row_key = tuple(row[name] for name in key)
        if following is not None and highest.get(row_key, 0) != following:
            raise OvertakenError
        highest[row_key] = highest.get(row_key, 0) + 1
        row.update(receipt_id=receipt.id, version=highest[row_key])
    insert_rows(session, table, rows)


def insert_rows(session: Session, table: type[Any], rows: Sequence[dict[str, Any]]) -> None:
    """Insert many rows, so many a statement."""
    for start in range(0, len(rows), _ROWS_A_STATEMENT):
        session.execute(insert(table), rows[start : start + _ROWS_A_STATEMENT])


def _highest_versions(
    session: Session, table: type[Any], key: tuple[str, ...], years: set[int] | None
) -> dict[tuple[Any, ...], int]:
    columns = table.__table__.c
    key_columns = [columns[name] for name in key]
    statement = sql_select(*key_columns, func.max(columns.version)).group_by(*key_columns)
    if years is not None:
        statement = statement.where(columns.year.in_(sorted(years)))
    return {tuple(row[:-1]): row[-1] for row in session.execute(statement)}


def current_scores(session: Session, year: int, units: Collection[str] | None = None) -> list[CurrentScore]:
    """The highest version of every score of a year that is not withdrawn, by unit, component and source.

    Args:
        session: an open session.
        year: the index year.
        units: only of these units; of all where None.
    """
    return current_as(session, ScoreVersion, SCORE_KEY, year, _score_in, units)


def _score_in(row: RowMapping) -> CurrentScore:
    given = row["points"], row["not_applicable"], row["note"]
    return CurrentScore(ScoreEntry(row["unit"], row["component"], ScoreSource(row["source"]), *given), row["version"])


def last_score(
    session: Session, year: int, unit: str, component: str, source: ScoreSource
) -> tuple[int, Receipt | None]:
    """The newest version of a score, withdrawn or not, and what it came with; 0 and None before the first."""
    statement = (
        select(ScoreVersion.version, Receipt)
        .join(Receipt)
        .where(ScoreVersion.year == year, ScoreVersion.unit == unit)
        .where(ScoreVersion.component == component, ScoreVersion.source == source.value)
        .order_by(col(ScoreVersion.version).desc())
    )
    return session.exec(statement).first() or (0, None)


def current_facts(session: Session, year: int, units: Collection[str] | None = None) -> list[CurrentFact]:
    """The highest version of every fact of a year, by unit, component and fact; see `current_scores`."""
    return current_as(session, FactVersion, FACT_KEY, year, _fact_in, units)


def _fact_in(row: RowMapping) -> CurrentFact:
    return CurrentFact(FactEntry(row["unit"], row["component"], row["fact"], row["value"]), row["version"])


def current_words(session: Session, year: int, units: Collection[str] | None = None) -> list[WordEntry]:
    """The current words of a year: explanations, answers, notes; by unit, component and stage."""
    return [
        WordEntry(row["unit"], row["component"], Stage(row["stage"]), row["answer"], row["text"])
        for row in current_rows(session, WORDS.model, WORDS.key, year, units=units)
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
        for row in current_rows(session, EVIDENCE.model, EVIDENCE.key, year, units=units)
    ]


def current_remarks(session: Session, year: int) -> dict[tuple[str, str], dict[Remark, str]]:
    """The current remarks of a year by kind of form and subject."""
    remarks: dict[tuple[str, str], dict[Remark, str]] = defaultdict(dict)
    for row in current_rows(session, REMARKS.model, REMARKS.key, year):
        remarks[row["kind"], row["subject"]][Remark(row["remark"])] = row["text"]
    return remarks


def current_history(session: Session, year: int) -> list[HistoryEntry]:
    """The imported index of every unit in a year, by unit; the highest version of each."""
    return [
        HistoryEntry(**{field.name: row[field.name] for field in fields(HistoryEntry)})
        for row in current_rows(session, PublishedIndex, HISTORY_KEY, year)
    ]


def current_rows(
    session: Session,
    table: type[Any],
    key: tuple[str, ...],
    year: int,
    units: Collection[str] | None = None,
) -> list[RowMapping]:
    """The row with the highest version of each key, by key; nothing of a key whose newest version is withdrawn."""
    return current_as(session, table, key, year, _itself, units)


def current_as(
    session: Session,
    table: type[Any],
    key: tuple[str, ...],
    year: int,
    made: Made,
    units: Collection[str] | None = None,
) -> list[Any]:
    """The same, each row made into something: from what the process remembers where it reads the whole year again."""
    remembered: Remembered | None = session.info.get(REMEMBERED)
    if remembered and units is None:
        return remembered.current(session, table, key, year, made)
    columns = table.__table__.c
    statement = sql_select(*columns).where(columns.year == year).order_by(columns.version)
    if units is not None:
        statement = statement.where(columns.unit.in_(sorted(units)))
    by_key = itemgetter(*key)
    newest = {by_key(row): row for row in session.execute(statement).mappings()}
    return [made(newest[key]) for key in sorted(newest) if not newest[key].get("withdrawn")]


def _itself(row: RowMapping) -> RowMapping:
    return row


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
