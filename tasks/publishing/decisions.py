"""The frozen results of a round → the decision that publishes the index of the year, its annexes, sheets, open data.

Source: Nghị định 30/2020/NĐ-CP, Điều 15 and 18.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from models.findings import Act, Action
from models.notation import notation
from models.records.snapshots import Frozen, results_in
from models.records.tables import Snapshot
from tasks.documents.decision import QR_IMAGE
from tasks.documents.metadata import METADATA
from tasks.documents.publication import metadata_beside, publication_documents
from tasks.documents.qr_code import qr_svg, results_address
from tasks.publishing.exporting import FORMATS, results_in_format
from tasks.publishing.gate import points_of
from tasks.publishing.papers import Paper
from tasks.rendering.letterhead import PaperHead
from tasks.rendering.pdf import Document


def decision_of(province: Path, snapshot: Snapshot) -> Paper:
    """The decision on the index of a year.

    Raises:
        RefusedError: the snapshot was changed after it was frozen.
    """
    frozen = results_in(snapshot)
    config, year = frozen.config, str(snapshot.year)

    return Paper(
        province=province,
        snapshot=snapshot,
        config=config,
        title=f"quyết định năm {year}",
        symbol=config.symbols.decision,
        issuer=config.issued_by.name,
        earliest=date(snapshot.year, 1, 1),
        too_early="trước năm của chỉ số",
        drafted_on=date(snapshot.year + 1, 1, 1),
        freezing=Action(Act.EVALUATE, year),
        publishing=Action(Act.PUBLISH, year),
        state=Action(Act.STATUS, year),
        signer=config.signer,
        signers=tuple(signer.id for signer in config.signers),
        documents=partial(_documents, frozen),
        beside=lambda numbering, pdfs: _beside(frozen, numbering, pdfs),
        coded=lambda numbering, document, content: _coded(frozen, numbering, document, content),
        signed_here=True,
        points=lambda numbered: points_of(frozen, numbered, province),
    )


def _documents(frozen: Frozen, numbering: PaperHead, templates: Path | None) -> Sequence[Document]:
    return publication_documents(frozen, numbering, templates, _code_of_results(frozen, numbering))


def _beside(frozen: Frozen, numbering: PaperHead, pdfs: Mapping[str, bytes]) -> dict[str, bytes]:
    """Metadata and open data; none with a draft."""
    if numbering.draft:
        return {}
    data = {f"results.{form}": results_in_format(frozen, frozen.sha256, "published", form) for form in FORMATS}
    return {METADATA: metadata_beside(frozen.config, numbering, pdfs), **data}


def _code_of_results(frozen: Frozen, numbering: PaperHead, content: str = "") -> str | None:
    """The QR code that leads to the results on the web, where the province has an address and the decision a number.

    Behind the `#` of the address, which no server is sent, it bears the hash of all that is published with it.
    """
    if numbering.number is None:
        return None
    address = results_address(frozen.config, frozen.year, notation(numbering.number, numbering.symbol))
    return qr_svg(f"{address}#sha256={content}" if content else address) if address else None


def _coded(frozen: Frozen, numbering: PaperHead, document: Document, content: str) -> Document:
    """The decision with its QR code made anew."""
    code = _code_of_results(frozen, numbering, content)
    return replace(document, images={**document.images, QR_IMAGE: code.encode()}) if code else document
