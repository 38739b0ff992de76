"""Words that somebody looks for → the evidence files that have all of them.

Looked into: the file's name, its unit, the criteria it proves, the day it came, the name, number and day of every
document that the unit's forms name for these criteria, and the words of PDF, Word and Excel files, of the last of which
the beginning is enough. Accents and capitals do not count. Pictures and scanned pages have no words.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, String, cast, func
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from models.records.entries import EvidenceEntry
from models.records.submissions import said_document
from models.records.tables import EvidenceWord
from models.wording import inner, unaccented, words_in
from models.working_days import VIETNAM
from tasks.recording.evidence_files import HeldFile

Documents = Mapping[tuple[str, str], Sequence[EvidenceEntry]]
"""The documents that the units' forms name, by unit and criterion."""

Beside = Mapping[int, str]
"""What is known of files besides their own words, without accents, by their numbers."""

_MOST_TERMS = 10
_FEWEST_LETTERS = 3  # of which the beginning of a word is looked for


def documents_by_component(entries: Iterable[EvidenceEntry]) -> Documents:
    """Documents by unit and criterion."""
    found: dict[tuple[str, str], list[EvidenceEntry]] = {}
    for entry in entries:
        found.setdefault((entry.unit, entry.component), []).append(entry)
    return found


def search(session: Session, files: Sequence[HeldFile], wanted: str, beside: Beside) -> list[HeldFile]:
    """The files that have every wanted word somewhere, the newest first; all of them where nothing is wanted.

    Args:
        session: where their words are.
        files: those that the asking person may see, of one round.
        wanted: the words, as typed.
        beside: what is known of these files besides their own words, where anything is wanted.
    """
    found = list(files)[::-1]
    terms = unaccented(wanted).split()[:_MOST_TERMS]
    for place, term in enumerate(terms, start=1):
        if not found:
            break
        inside = _with_term(session, found[0].row.year, term, is_last=place == len(terms))
        found = [file for file in found if file.id in inside or term in beside[file.id]]
    return found


def _with_term(session: Session, year: int, term: str, *, is_last: bool) -> Set[int]:
    """The files in which a term stands as it is typed; where none has it so, in which all of its words stand."""
    inside = _with_word(session, year, term, is_last=is_last)
    parts = words_in(term) - {inner(term)}
    if inside or not parts:
        return inside
    return frozenset.intersection(*(frozenset(_with_word(session, year, part, is_last=False)) for part in parts))


def _with_word(session: Session, year: int, term: str, *, is_last: bool) -> Set[int]:
    """The files in which a word stands; of the last one that is wanted, in which a word begins like it."""
    word = inner(term)
    if not word:
        return frozenset()
    files = select(EvidenceWord.file_id).where(EvidenceWord.year == year)
    if not is_last or len(word) < _FEWEST_LETTERS:
        return _numbers(session, files.where(EvidenceWord.word == word))
    after = word[:-1] + chr(ord(word[-1]) + 1)
    begun = files.where(col(EvidenceWord.word) >= word, col(EvidenceWord.word) < after)
    return _numbers(session, begun.distinct())


def _numbers(session: Session, files: Select[Any]) -> Set[int]:
    """The numbers as one text: a row a file would make so many objects that Python stops to look through all it has."""
    found = files.subquery()
    joined = session.execute(sql_select(func.aggregate_strings(cast(found.c.file_id, String), ","))).scalar()
    return set(map(int, joined.split(","))) if joined else frozenset()


def beside_files(files: Iterable[HeldFile], names: Mapping[str, str], documents: Documents) -> dict[int, str]:
    """What is known of each file besides its own words.

    Args:
        files: of one round.
        names: of units, by code.
        documents: what the units' forms name.
    """
    return {file.id: _beside(file, names, documents) for file in files}


def _beside(file: HeldFile, names: Mapping[str, str], documents: Documents) -> str:
    unit = file.row.unit
    said = [
        said_document(item.document, item.number, item.day, item.page)
        for component in file.components
        for item in documents.get((unit, component), ())
    ]
    came = f"{file.row.received_at.astimezone(VIETNAM):%d/%m/%Y}"
    return "\n".join(map(_plain, (file.name, unit, names.get(unit, ""), *file.components, came, *said)))


@lru_cache(maxsize=100_000)
def _plain(text: str) -> str:
    return unaccented(text)
