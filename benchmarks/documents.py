"""Documents: what ours cost beside a bare WeasyPrint call, what a second core brings, memory."""

import gc
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path

from benchmarks.measuring import WALL, Figures, best_in_turns, cpu, peak_memory
from benchmarks.national_round import YEAR, compute, national_round
from benchmarks.sample_province import sample_results
from benchmarks.sizes import Sizes
from models.province.config import ProvinceConfig, Signer
from models.province.rounds import Round
from models.records.results import RoundResult
from models.records.snapshots import Frozen
from models.side_by_side import SideBySide, in_threads, one_by_one
from models.working_days import VIETNAM
from tasks.documents.decision import decision_documents
from tasks.documents.unit_sheets import unit_sheets
from tasks.publishing.printing import print_all
from tasks.rendering.letterhead import PaperHead
from tasks.rendering.pdf import Document, render_pdf

CREATED = date(YEAR + 1, 1, 5)
_BY_ITSELF = (700, 10, 10)


def measure(sizes: Sizes, work: Path) -> Figures:
    """The promises on documents."""
    annex, sheets = annex_of_a_province(sizes.annex_units), sheets_of_the_sample(work)[: sizes.sheets]
    ours(sheets[0])  # brings the library up
    _printed(sheets[:2], work, in_threads)  # and the children
    together = best_in_turns(
        {
            "alone": lambda: _printed(sheets, work, one_by_one),
            "together": lambda: _printed(sheets, work, in_threads),
        },
        1,
        WALL,
    )
    yield "many_documents", together["alone"] / together["together"]
    ours(annex)
    # Before the bare calls, since what they leave behind would count as our memory.
    yield "documents_memory", peak_memory()
    yield "annex", _against_bare_call(annex, sizes)["ratio"]
    sheet = _against_bare_call(sheets[0], sizes)
    yield "sheet", sheet["ratio"]
    yield "sheet_time", sheet["ours"]


def _printed(documents: Sequence[Document], work: Path, way: SideBySide) -> dict[str, bytes]:
    created = datetime.combine(CREATED, time(), VIETNAM)
    return print_all(documents, "benchmark", created, {}, work, way)


def round_of_a_province(units: int) -> Frozen:
    """The results of so many communes, compared with last year."""
    national = national_round(units)
    round = Round(year=YEAR, groups=(national.group,), ranking=national.ranking)
    results = RoundResult(YEAR, national.ranking, (compute(national),))
    sets = {national.group.criteria_set: national.scoring.criteria_set}
    return Frozen(ProvinceConfig(name="tỉnh Mẫu"), round, sets, national.successions, {}, "", results)


def annex_of_a_province(units: int) -> Document:
    """The annex of so many communes, compared with last year."""
    frozen = round_of_a_province(units)
    chairman = Signer(id="ct", power=("TM. ỦY BAN NHÂN DÂN",), title="CHỦ TỊCH", name="Nguyễn Văn Mẫu")
    decision = PaperHead(5, CREATED, "QĐ-UBND", chairman)
    return decision_documents(frozen.config, frozen.round, frozen.results, decision)[1]


def sheets_of_the_sample(work: Path) -> list[Document]:
    """The result sheets of the sample province, 93 leaves each."""
    frozen = sample_results(work)
    return unit_sheets(frozen, PaperHead(5, CREATED, "QĐ-UBND", frozen.config.signer(None)))


def _against_bare_call(document: Document, sizes: Sizes) -> Mapping[str, float]:
    """CPU seconds of both ways, and ours as a ratio of the bare call."""
    work = {"bare": lambda: bare_call(document), "ours": lambda: ours(document)}
    seconds = best_in_turns(work, sizes.turns, cpu)
    return {**seconds, "ratio": seconds["ours"] / seconds["bare"]}


def ours(document: Document) -> bytes:
    """The document as this project renders it."""
    return render_pdf(document, "benchmark", CREATED)


def bare_call(document: Document) -> bytes:
    """The same HTML by WeasyPrint alone, in a Python that collects garbage as often as it does by itself."""
    from weasyprint import HTML

    rarely = gc.get_threshold()
    gc.set_threshold(*_BY_ITSELF)
    try:
        content: bytes = HTML(string=document.html).write_pdf(pdf_variant="pdf/a-2a")
    finally:
        gc.set_threshold(*rarely)
    return content
