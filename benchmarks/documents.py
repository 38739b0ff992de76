"""Documents: what ours cost beside a bare WeasyPrint call, what a second worker brings, memory."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from benchmarks.engine import GIBIBYTE
from benchmarks.measuring import CPU, WALL, Measurement, Sense, best_in_turns, peak_memory
from benchmarks.national_round import YEAR, compute, national_round
from models.province.config import ProvinceConfig, Signer
from models.province.rounds import Round
from models.records.results import RoundResult
from models.records.snapshots import Frozen
from tasks.documents.decision import decision_documents
from tasks.documents.unit_sheets import unit_sheets
from tasks.rendering.letterhead import Decision
from tasks.rendering.pdf import Document, render_all, render_pdf

UNITS = 168
DOCUMENTS = 20
SHEETS = 40
WORKERS = 2
ROUNDS = 3
ROUNDS_OF_MANY = 2
CREATED = date(YEAR + 1, 1, 5)


def measure_documents() -> Iterator[Measurement]:
    """The promises on documents."""
    annex = annex_of_a_large_province()
    # First, since what a bare call leaves behind would count as our memory.
    yield from measure_many(
        "annexes", [replace(annex, name=f"phu-luc-{place}.pdf") for place in range(1, DOCUMENTS + 1)]
    )
    yield from measure_many("result sheets", sheets_of_a_province())
    source = typst_source(annex)
    work = {"bare": lambda: bare_call(annex), "ours": lambda: ours(annex), "typst": lambda: typst_call(source)}
    one = best_in_turns(work, ROUNDS, CPU)
    ratio = one["ours"] / one["bare"]
    yield Measurement(f"one annex of {UNITS} units against a bare WeasyPrint call", ratio, "x", Sense.AT_MOST, 1.15)
    yield Measurement(f"one annex of {UNITS} units, CPU", one["ours"], "s", Sense.TOLD, 0)
    yield Measurement("an equal table by typst, CPU (no PDF/A-2a, no style of ours)", one["typst"], "s", Sense.TOLD, 0)


def measure_many(what: str, documents: Sequence[Document]) -> Iterator[Measurement]:
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
        f"{len(documents)} {what} on {WORKERS} workers against one", faster, "x faster", Sense.AT_LEAST, 1.7
    )
    yield Measurement(f"{what}: wall time of one, alone", seconds["alone"] / len(documents), "s", Sense.TOLD, 0)
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


def sheets_of_a_province() -> list[Document]:
    """The result sheets of a province's 40 communes, 90 components each."""
    national = national_round(SHEETS)
    round = Round(year=YEAR, groups=(national.group,), ranking=national.ranking)
    results = RoundResult(YEAR, national.ranking, (compute(national),))
    config = ProvinceConfig(name="tỉnh Mẫu")
    sets = {national.group.criteria_set: national.scoring.criteria_set}
    frozen = Frozen(config, round, sets, (), {}, "", results)
    return unit_sheets(frozen, Decision(5, CREATED, "QĐ-UBND", config.signer(None)))


def typst_source(document: Document) -> bytes:
    """The tables of a document as a Typst source: the same cells in the same columns, heads repeated."""
    import tinyhtml5

    parts = ['#set text(lang: "vi", font: "Liberation Serif", size: 11pt)', "#set page(flipped: true)"]
    for table in tinyhtml5.parse(document.html, namespace_html_elements=False).iter("table"):
        heads, *rows = (
            ["".join(cell.itertext()) for cell in row if cell.tag in ("th", "td")] for row in table.iter("tr")
        )
        said = "".join(_typst_cell(cell) for row in rows if len(row) == len(heads) for cell in row)
        head = "".join(map(_typst_cell, heads))
        parts.append(f"#table(columns: {len(heads)}, table.header({head}), {said})")
    return "\n".join(parts).encode()


def _typst_cell(text: str) -> str:
    """A cell as a string literal, whatever it holds."""
    return json.dumps(" ".join(text.split()), ensure_ascii=False) + ", "


def typst_call(source: bytes) -> bytes:
    """A Typst source compiled in this process."""
    import typst

    content: bytes = typst.compile(source)
    return content


def ours(document: Document) -> bytes:
    """The document as this project renders it."""
    return render_pdf(document, "benchmark", CREATED)


def bare_call(document: Document) -> bytes:
    """The same HTML by WeasyPrint alone."""
    from weasyprint import HTML

    content: bytes = HTML(string=document.html).write_pdf(pdf_variant="pdf/a-2a")
    return content
