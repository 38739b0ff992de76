"""Evidence files that were received and judged → rows, and what of them counts now back out.

Nothing is overwritten: what a file proves is a version a file and criterion; taking it back is one more. The same bytes
of the same unit and round are one file, whatever they are called, and may prove several criteria.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from models.records.evidence import EvidenceKind
from models.records.evidence_words import add_words
from models.records.storage import Storage
from models.records.tables import EvidenceFile, EvidenceLink, EvidenceText, EvidenceVersion
from tasks.reading.file_names import shown_name
from tasks.recording.versions import current_rows
from tasks.recording.workbook_versions import EVIDENCE


@dataclass(frozen=True)
class HeldFile:
    """One evidence file that was taken.

    Attributes:
        row: as it was received.
        components: the criteria that it proves now, each with by what that was found; in the order of their codes.
    """

    row: EvidenceFile
    components: Mapping[str, str]

    @cached_property
    def id(self) -> int:
        """Its number."""
        assert self.row.id is not None
        return self.row.id

    @cached_property
    def name(self) -> str:
        """Its name, fit to be shown."""
        return shown_name(self.row.file_name)

    @property
    def kind(self) -> EvidenceKind:
        """What its content is."""
        return EvidenceKind(self.row.kind)


class HandedIn(NamedTuple):
    """How many files were taken, and how many of them in time."""

    in_time: int
    files: int


def handed_in(session: Session, year: int, unit: str | None = None) -> HandedIn:
    """How many files of a round were taken, of one unit where it is named."""
    late = select(EvidenceFile.late, func.count()).where(EvidenceFile.year == year, EvidenceFile.outcome == "accepted")
    if unit is not None:
        late = late.where(EvidenceFile.unit == unit)
    counts = dict(session.exec(late.group_by(col(EvidenceFile.late))).all())
    return HandedIn(counts.get(False, 0), sum(counts.values()))


def held_files(session: Session, year: int, units: Collection[str] | None = None) -> list[HeldFile]:
    """The files of a round that were taken, the oldest first; of all units where none are named."""
    wanted = [col(EvidenceFile.year) == year]
    if units is not None:
        wanted.append(col(EvidenceFile.unit).in_(sorted(units)))
    return _held(session, *wanted)


def held_file(session: Session, id: int) -> HeldFile | None:
    """The file with a number; None where there is none or it was refused."""
    return next(iter(_held(session, col(EvidenceFile.id) == id)), None)


def _held(session: Session, *wanted: ColumnElement[bool]) -> list[HeldFile]:
    """The files that were taken and of which all this holds, each with what it proves now."""
    wanted = (*wanted, col(EvidenceFile.outcome) == "accepted")
    links = (
        select(EvidenceLink.file_id, EvidenceLink.component, EvidenceLink.matched, EvidenceLink.withdrawn)
        .join(EvidenceFile, col(EvidenceFile.id) == EvidenceLink.file_id)
        .where(*wanted)
        .order_by(col(EvidenceLink.version))
    )
    newest = {(file, component): (match, withdrawn) for file, component, match, withdrawn in session.exec(links)}
    proves: dict[int, dict[str, str]] = defaultdict(dict)
    for (file, component), (match, withdrawn) in sorted(newest.items()):
        if not withdrawn:
            proves[file][component] = match
    rows = list(session.exec(select(EvidenceFile).where(*wanted).order_by(col(EvidenceFile.id))))
    for row in rows:
        session.expunge(row)
    return [HeldFile(row, proves.get(row.id or 0, {})) for row in rows]


def by_component(files: Iterable[HeldFile]) -> dict[tuple[str, str], list[HeldFile]]:
    """Files by unit and criterion; one that proves several stands under each."""
    found: dict[tuple[str, str], list[HeldFile]] = defaultdict(list)
    for file in files:
        for component in file.components:
            found[file.row.unit, component].append(file)
    return dict(found)


def refused_files(session: Session, year: int, unit: str) -> list[EvidenceFile]:
    """The files of a unit that were not taken, the newest first."""
    wanted = select(EvidenceFile).where(
        EvidenceFile.year == year, EvidenceFile.unit == unit, EvidenceFile.outcome == "refused"
    )
    rows = list(session.exec(wanted.order_by(col(EvidenceFile.id).desc())))
    session.expunge_all()
    return rows


def proven_components(session: Session, year: int, units: Collection[str] | None = None) -> dict[str, frozenset[str]]:
    """By unit, the criteria of which it names a document or has sent a file."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in current_rows(session, EvidenceVersion, EVIDENCE.key, year, units=units):
        found[row["unit"]].add(row["component"])
    for file in held_files(session, year, units):
        found[file.row.unit].update(file.components)
    return {unit: frozenset(components) for unit, components in found.items()}


def record_file(session: Session, row: EvidenceFile, words: str) -> EvidenceFile:
    """A file in the transaction of the only writer; words are those that a search looks into.

    Returns:
        The row that stands for these bytes: the one from before where the unit had sent them already, or where the
        very same refusal is recorded, by a run that was killed before it took the file out of the inbox.
    """
    same = select(EvidenceFile).where(
        EvidenceFile.year == row.year,
        EvidenceFile.unit == row.unit,
        EvidenceFile.sha256 == row.sha256,
        EvidenceFile.outcome == row.outcome,
    )
    if row.outcome == "refused":
        same = same.where(EvidenceFile.file_name == row.file_name, EvidenceFile.received_at == row.received_at)
    if before := session.exec(same).first():
        return before
    if row.outcome == "accepted" and session.get(EvidenceText, row.sha256) is None:
        session.add(EvidenceText(sha256=row.sha256, words=words))
    session.add(row)
    session.flush()
    if row.outcome == "accepted":
        assert row.id is not None
        add_words(session.connection(), row.year, row.id, words)
    return row


def record_links(
    session: Session, file: int, components: Iterable[str], matched: str, now: datetime, by: str, *, proves: bool = True
) -> int:
    """Let a file prove criteria from now on, or (`proves` False) no longer; how many of these were new."""
    made = 0
    for component in components:
        versions = select(EvidenceLink).where(EvidenceLink.file_id == file, EvidenceLink.component == component)
        last = session.exec(versions.order_by(col(EvidenceLink.version).desc())).first()
        if (last is not None and not last.withdrawn) == proves:
            continue
        made += 1
        session.add(
            EvidenceLink(
                file_id=file,
                component=component,
                version=last.version + 1 if last else 1,
                matched=matched,
                withdrawn=not proves,
                recorded_at=now,
                recorded_by=by,
            )
        )
        session.flush()
    return made


def assign(storage: Storage, file: int, component: str, now: datetime, *, proves: bool = True) -> bool:
    """A person says that a file proves a criterion, or no longer; whether that was new."""
    with storage.writing() as session:
        return record_links(session, file, [component], "person", now, storage.user, proves=proves) > 0
