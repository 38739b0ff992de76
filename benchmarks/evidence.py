"""A word looked for in the evidence files of a whole province: rows as the reception of files writes them."""

import random
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import Session

from benchmarks.measuring import Figures, best_in_turns, cpu
from benchmarks.sizes import Sizes
from models.records.evidence_words import add_words
from models.records.storage import Storage, open_storage
from models.records.tables import EvidenceFile
from models.settings import Settings
from tasks.evidence.searching import beside_files, search
from tasks.recording.evidence_files import held_files

_YEAR, _UNITS, _LEAVES = 2025, 168, 90
_WORDS = 250  # of a page
_STARTS, _VOWELS = "bcdghklmnpqrstvx", ("a", "e", "i", "o", "u", "y", "ia", "oa", "ua", "ie")
_ENDS = ("", "c", "m", "n", "p", "t", "ng", "nh", "u", "i", "o", "y")  # about as many syllables as there are
_WANTED = ("ke hoach", "bao cao cong khai", "0012/kh-ubnd")
_KNOWN = ("ke", "hoach", "bao", "cao", "cong", "khai")


def measure(sizes: Sizes, work: Path) -> Figures:
    """The promise on the search for evidence."""
    (work / "province").mkdir()
    storage = open_storage(work / "province", Settings(user="bench"))
    with storage.writing() as session:
        fill(session, sizes.evidence)
    yield "evidence_search", slowest_search(storage, sizes.turns)
    storage.engine.dispose()


def fill(session: Session, files: int) -> None:
    """So many files of a province, a page of words each, as they stand in the database when they were received."""
    chance, now = random.Random(2025), datetime(2026, 1, 5, tzinfo=UTC)
    syllables = [*_KNOWN, *_made_up(chance)]
    weights = [1 / place for place in range(1, len(syllables) + 1)]
    kept = [
        EvidenceFile(
            year=_YEAR,
            unit=f"xa-{number % _UNITS:03d}",
            sha256=f"{number:064x}",
            file_name=f"1.{number % _LEAVES}_tep-{number}.pdf",
            size=100_000,
            kind="pdf",
            pages=1,
            outcome="accepted",
            received_at=now,
            received_by="bench",
            via="desk",
        )
        for number in range(files)
    ]
    session.add_all(kept)
    session.flush()
    for number, file in enumerate(kept):
        assert file.id
        words = chance.choices(syllables, weights, k=_WORDS)
        add_words(session.connection(), _YEAR, file.id, " ".join([f"{number:04d}/kh-ubnd", *words]))


def _made_up(chance: random.Random) -> list[str]:
    made = [f"{start}{vowel}{end}" for start in _STARTS for vowel in _VOWELS for end in _ENDS]
    chance.shuffle(made)
    return made


def slowest_search(storage: Storage, turns: int) -> float:
    """Milliseconds of CPU of the slowest of some searches over all files, which the desk holds."""
    with storage.reading() as session:
        files = held_files(session, _YEAR)
        beside = beside_files(files, {}, {})
        work = {wanted: lambda wanted=wanted: search(session, files, wanted, beside) for wanted in _WANTED}  # type: ignore[misc]
        assert all(found() for found in work.values())
        return 1000 * max(best_in_turns(work, turns, cpu).values())
