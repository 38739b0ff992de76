"""What a naive script takes for the same year: openpyxl saves and loads every form, WeasyPrint is called once a paper.

It is measured on some units of one province and counted for all. What the script would compute, check, record, draft or
pack is left out: it does less than the program, one thing after another in one process.
"""

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import TypeVar

from openpyxl import load_workbook

from benchmarks.documents import bare_call
from benchmarks.measuring import WALL
from benchmarks.national_sample import YEAR
from benchmarks.national_year import YearPlayed
from models.records.snapshots import thawed
from models.settings import var_folder
from tasks.documents.publication import publication_documents
from tasks.documents.unit_sheets import unit_sheets
from tasks.rendering.letterhead import PaperHead

_MEASURED = 15
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Naive:
    """Seconds of the naive script: for a unit's form and sheet, and for the other papers of one province."""

    writing: float
    reading: float
    sheet: float
    papers: float

    def per_unit(self, what: str, played: Sequence[YearPlayed]) -> float:
        """Seconds a unit: `writing` and `reading` its form; `documents` its sheet and its share of the papers."""
        if what != "documents":
            return float(getattr(self, what))
        return self.sheet + self.papers * len(played) / sum(one.units for one in played)

    def seconds(self, played: Sequence[YearPlayed]) -> float:
        """For all units of these provinces."""
        each = sum(self.per_unit(what, played) for what in ("writing", "reading", "documents"))
        return each * sum(one.units for one in played)


def measure_naive(province: Path, published: Path) -> Naive:
    """What it takes for the forms and papers of a province whose year was played."""
    forms = [path.read_bytes() for path in sorted((var_folder(province) / "forms" / str(YEAR)).glob("*.xlsx"))]
    forms = forms[-_MEASURED:]
    books = [load_workbook(io.BytesIO(form)) for form in forms]
    frozen = thawed((published / "snapshot.json").read_bytes())
    head = PaperHead(5, frozen.round.last_day, "QĐ-UBND", frozen.config.signer(None))
    sheets = unit_sheets(frozen, head)
    names = {sheet.name for sheet in sheets}
    papers = [paper for paper in publication_documents(frozen, head) if paper.name not in names]
    bare_call(sheets[0])  # brings the library up
    return Naive(
        writing=_mean_seconds(lambda book: book.save(io.BytesIO()), books),
        reading=_mean_seconds(lambda form: load_workbook(io.BytesIO(form)), forms),
        sheet=_mean_seconds(bare_call, sheets[-_MEASURED:]),
        papers=_mean_seconds(bare_call, papers) * len(papers),
    )


def _mean_seconds(work: Callable[[Thing], object], things: Iterable[Thing]) -> float:
    seconds = []
    for thing in things:
        started = WALL()
        work(thing)
        seconds.append(WALL() - started)
    return fmean(seconds)
