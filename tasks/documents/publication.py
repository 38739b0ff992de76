"""A snapshot + a decision's numbering → every document of the publication, and the metadata beside them.

Before numbering: the decision with its annexes, the department's report and submission. With number and day: these, and
a result sheet for every unit. Source: docs/process.md, 1; NĐ 30/2020/NĐ-CP, Phụ lục I.
"""

import io
from collections.abc import Mapping
from pathlib import Path

from models.province.config import ProvinceConfig
from models.records.snapshots import Frozen
from tasks.documents.decision import DECISION, decision_documents
from tasks.documents.metadata import decision_metadata
from tasks.documents.report import report_documents
from tasks.documents.unit_sheets import unit_sheets
from tasks.rendering.letterhead import PaperHead
from tasks.rendering.pdf import Document

_ANNEXES = "phu-luc-"


def publication_documents(
    frozen: Frozen, decision: PaperHead, templates: Path | None = None, qr: str | None = None
) -> list[Document]:
    """Every document of a publication, the decision first; of a draft all but the sheets of the units.

    Args:
        frozen: what is announced.
        decision: numbering and signer; a draft has no number.
        templates: a folder of the province whose templates go before ours.
        qr: an SVG image that leads to the published results, for the last page of the decision.
    """
    return [
        *decision_documents(
            frozen.config,
            frozen.round,
            frozen.results,
            decision,
            templates,
            qr,
            unappraised=frozen.unappraised,
            waived=frozen.waived,
            texts=frozen.texts,
        ),
        *report_documents(frozen, decision, templates),
        *([] if decision.draft else unit_sheets(frozen, decision, templates)),
    ]


def metadata_beside(config: ProvinceConfig, decision: PaperHead, pdfs: Mapping[str, bytes]) -> bytes:
    """The metadata of the decision among these PDFs; its annexes are pages of it."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    readers = {
        name: PdfFileReader(io.BytesIO(content))
        for name, content in pdfs.items()
        if name == DECISION or name.startswith(_ANNEXES)
    }
    pages = sum(int(reader.root["/Pages"]["/Count"]) for reader in readers.values())
    subject = str(readers[DECISION].trailer["/Info"]["/Title"])
    return decision_metadata(config, decision, subject, pages)
