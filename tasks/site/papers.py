"""Published papers as the site names, places and links them, whether decisions or reports, each checked first.

Source: Nghị định 30/2020/NĐ-CP, Điều 18.3 (a paper replaces another).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from sqlmodel import col, select

from models.notation import notation
from models.numbers import vietnamese_date
from models.progress.periods import Period, read_period
from models.records.storage import Storage
from models.records.tables import Approval, Publication
from tasks.documents.qr_code import edition_folder, slug
from tasks.publishing.folders import MANIFEST, read_manifest, verify_folder
from tasks.publishing.kinds import PaperKind, kind_of

REPORTS_FOLDER = "bao-cao"


class Ruling(NamedTuple):
    """A published paper as the site names it, whether or not its folder can be shown.

    Attributes:
        year: the index year, or the reporting year.
        replaces: the number of the paper it replaces, as printed; empty for the first one.
        period: what a report is of, None for a decision.
    """

    year: int
    notation: str
    day: date
    replaces: str = ""
    period: Period | None = None

    @property
    def kind(self) -> PaperKind:
        """A decision or a report."""
        return kind_of(str(self.period or ""))

    @property
    def cited(self) -> str:
        """The paper as text refers to it: `Quyết định số 05/QĐ-UBND ngày 20 tháng 02 năm 2026`."""
        return f"{self.kind.noun} số {self.notation} {vietnamese_date(self.day)}"

    @property
    def folder(self) -> str:
        """Its folder on the site: `2025/05-qd-ubnd`, `bao-cao/2025-03/12-bc-snv`."""
        if self.period is None:
            return edition_folder(self.year, self.notation)
        return f"{REPORTS_FOLDER}/{self.period}/{slug(self.notation)}"

    @property
    def order(self) -> tuple[bool, int, int, date, str]:
        """By what the papers of a site are sorted: reports before decisions, later years, periods and days after."""
        last, length = (self.period.end, self.period.length) if self.period else (self.year, 0)
        return self.period is None, last, length, self.day, self.notation

    def among(self, others: Sequence["Ruling"]) -> tuple["Ruling | None", "Ruling | None"]:
        """The papers of the same year or period after and before this one: which replaces it, and which it replaces."""
        same = [other for other in others if (other.year, other.period) == (self.year, self.period)]
        after = next((other for other in same if other.replaces == self.notation), None)
        return after, next((other for other in same if self.replaces == other.notation), None)


@dataclass(frozen=True, slots=True)
class PaperEdition:
    """One published paper as it may be seen.

    Attributes:
        ruling: what it is called.
        place: its folder on the site.
        source: the published folder, which was verified.
        snapshot: the hash of what it was made from.
        files: names of the published files with SHA-256 and size, as its manifest has them.
        replaced_by, replaces: the papers after and before it, None where there is none.
        trimmed: whether anything was hidden, so that the published files themselves cannot be offered.
    """

    ruling: Ruling
    place: str
    source: Path
    snapshot: str
    files: Mapping[str, tuple[str, int]]
    replaced_by: Ruling | None
    replaces: Ruling | None
    trimmed: bool


@dataclass(frozen=True, slots=True)
class PublishedPaper:
    """A publication as the database knows it."""

    ruling: Ruling
    snapshot: str
    folder: Path
    manifest_sha256: str

    @property
    def contents(self) -> bytes:
        """What it was made from."""
        return (self.folder / self.ruling.kind.contents).read_bytes()

    @property
    def files(self) -> dict[str, tuple[str, int]]:
        """Names of its files with SHA-256 and size, as its manifest has them."""
        listed = read_manifest(self.folder)["files"]
        return {name: (entry["sha256"], entry["size"]) for name, entry in sorted(listed.items())}

    @property
    def damage(self) -> str | None:
        """Why it cannot be shown: its folder is gone, or is not what was published."""
        if not self.folder.is_dir():
            return "không còn thư mục công bố"
        try:
            wrong = verify_folder(self.folder)
            manifest = (self.folder / MANIFEST).read_bytes() if not wrong else b""
        except OSError as error:
            return f"không đọc được thư mục công bố ({error.strerror})"
        if not wrong and hashlib.sha256(manifest).hexdigest() == self.manifest_sha256:
            return None
        first = f" ({wrong[0].file}: {wrong[0].what})" if wrong else ""
        return f"thư mục công bố đã bị thay đổi{first}"


def published_papers(storage: Storage) -> list[PublishedPaper]:
    """Every publication of a province, the oldest first."""
    with storage.reading() as session:
        rows = session.exec(select(Publication, Approval).join(Approval).order_by(col(Publication.id))).all()
    return [
        PublishedPaper(
            Ruling(
                approval.year,
                notation(approval.number, approval.symbol),
                approval.day,
                approval.replaces,
                read_period(approval.period) if approval.period else None,
            ),
            approval.snapshot_sha256,
            storage.place(publication.folder),
            publication.manifest_sha256,
        )
        for publication, approval in rows
        if approval.number is not None and approval.day is not None
    ]


def in_order(rulings: Sequence[Ruling]) -> list[tuple[Ruling, str]]:
    """Each paper with its folder: decisions, then reports; the newest year or period first, in it the newest paper.

    A number that two years of signing share, and one year or period with them, gets the folder's second name.
    """
    taken: set[str] = set()
    places: dict[Ruling, str] = {}
    for ruling in sorted(rulings, key=lambda ruling: ruling.order):
        place = ruling.folder
        places[ruling] = place if place not in taken else f"{place}-{ruling.day.year}"
        taken.add(places[ruling])
    return list(reversed(places.items()))
