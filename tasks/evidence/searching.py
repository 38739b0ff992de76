"""Words that somebody looks for → the evidence files that have all of them.

Looked into: the file's name, its unit, the criteria it proves, the day it came, the name, number and day of every
document that the unit's forms name for these criteria, and the words of PDF, Word and Excel files. Accents and capitals
do not count. Pictures and scanned pages have no words.
"""

from collections.abc import Iterable, Mapping, Sequence

from sqlmodel import Session, col, select

from models.records.entries import EvidenceEntry
from models.records.submissions import said_document
from models.records.tables import EvidenceText
from models.wording import unaccented
from models.working_days import VIETNAM
from tasks.recording.evidence_files import HeldFile

Documents = Mapping[tuple[str, str], Sequence[EvidenceEntry]]
"""The documents that the units' forms name, by unit and criterion."""

_MOST_TERMS = 10


def documents_by_component(entries: Iterable[EvidenceEntry]) -> Documents:
    """Documents by unit and criterion."""
    found: dict[tuple[str, str], list[EvidenceEntry]] = {}
    for entry in entries:
        found.setdefault((entry.unit, entry.component), []).append(entry)
    return found


def search(
    session: Session, files: Sequence[HeldFile], wanted: str, names: Mapping[str, str], documents: Documents
) -> list[HeldFile]:
    """The files that have every wanted word somewhere, the newest first; all of them where nothing is wanted.

    Args:
        session: where their words are.
        files: those that the asking person may see.
        wanted: the words, as typed.
        names: of units, by code.
        documents: what the units' forms name.
    """
    terms = unaccented(wanted).split()[:_MOST_TERMS]
    found = list(files)[::-1]
    beside = {file.id: _beside(file, names, documents) for file in files} if terms else {}
    for term in terms:
        inside = select(EvidenceText.sha256).where(col(EvidenceText.words).contains(term, autoescape=True))
        hashes = set(session.exec(inside))
        found = [file for file in found if file.row.sha256 in hashes or term in beside[file.id]]
    return found


def _beside(file: HeldFile, names: Mapping[str, str], documents: Documents) -> str:
    """What is known of a file besides its own words."""
    unit = file.row.unit
    said = [
        said_document(item.document, item.number, item.day, item.page)
        for component in file.components
        for item in documents.get((unit, component), ())
    ]
    came = f"{file.row.received_at.astimezone(VIETNAM):%d/%m/%Y}"
    return unaccented("\n".join((file.name, unit, names.get(unit, ""), *file.components, came, *said)))
