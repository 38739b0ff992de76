"""Documents: what ours cost beside a bare WeasyPrint call, what a second worker brings, memory."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from benchmarks.engine import GIBIBYTE
from benchmarks.measuring import CPU, WALL, Measurement, Sense, best_in_turns, peak_memory
from benchmarks.national_round import YEAR, compute, national_round
from models.province import ProvinceConfig, Signer
from models.results import RoundResult
from models.rounds import Round
from tasks.rendering import Decision, Document, decision_documents, render_all, render_pdf

UNITS = 168
DOCUMENTS = 10
WORKERS = 2
ROUNDS = 3
ROUNDS_OF_MANY = 2
CREATED = date(YEAR + 1, 1, 5)


def measure_documents() -> Iterator[Measurement]:
    """The promises on documents."""
    annex = annex_of_a_large_province()
    one = best_in_turns({"bare": lambda: bare_call(annex), "ours": lambda: ours(annex)}, ROUNDS, CPU)
    ratio = one["ours"] / one["bare"]
    yield Measurement(f"one annex of {UNITS} units against a bare WeasyPrint call", ratio, "x", Sense.AT_MOST, 1.15)
    yield from measure_many([replace(annex, name=f"phu-luc-{place}.pdf") for place in range(1, DOCUMENTS + 1)])


def measure_many(documents: Sequence[Document]) -> Iterator[Measurement]:
    """What a second worker brings: in wall time, so other work on the machine shows."""
    seconds = best_in_turns(
        {
            "alone": lambda: render_all(documents, "benchmark", CREATED),
            "together": lambda: render_all(documents, "benchmark", CREATED, workers=WORKERS),
        },
        ROUNDS_OF_MANY,
        WALL,
    )
    faster = seconds["alone"] / seconds["together"]
    yield Measurement(
        f"{len(documents)} annexes on {WORKERS} workers against one", faster, "x faster", Sense.AT_LEAST, 1.7
    )
    yield Measurement(
        f"peak memory with PDFs, this process and {WORKERS} workers", peak_memory(WORKERS), "MiB", Sense.UNDER, GIBIBYTE
    )


def annex_of_a_large_province() -> Document:
    """The annex of a province's 168 communes, compared with last year."""
    national = national_round(UNITS)
    round = Round(year=YEAR, groups=(national.group,), ranking=national.ranking)
    results = RoundResult(YEAR, national.ranking, (compute(national),))
    chairman = Signer(id="ct", power=("TM. ỦY BAN NHÂN DÂN",), title="CHỦ TỊCH", name="Nguyễn Văn Mẫu")
    decision = Decision(5, CREATED, "QĐ-UBND", chairman)
    return decision_documents(ProvinceConfig(name="tỉnh Mẫu"), round, results, decision)[1]


def ours(document: Document) -> bytes:
    """The document as this project renders it."""
    return render_pdf(document, "benchmark", CREATED)


def bare_call(document: Document) -> bytes:
    """The same HTML by WeasyPrint alone."""
    from weasyprint import HTML

    content: bytes = HTML(string=document.html).write_pdf(pdf_variant="pdf/a-2a")
    return content
