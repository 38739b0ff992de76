"""Results → the decision that publishes the index, and the annexes of every group, as HTML documents.

Source: Nghị định 30/2020/NĐ-CP, Phụ lục I.
"""

import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.province.config import ProvinceConfig
from models.province.rounds import Round
from models.province.texts import OwnTexts
from models.records.procedure import Waived
from models.records.results import RoundResult
from report_templates.filters import joined
from tasks.documents.annexes import Annex, Matrix, annexes_of
from tasks.documents.own_words import own_notes, own_words
from tasks.rendering.letterhead import PaperHead, agency_of
from tasks.rendering.pdf import Document, template_environment

if TYPE_CHECKING:
    from jinja2 import Environment

MOST_FIGURES = 6  # beside order and name, on an upright page
DECISION = "quyet-dinh.pdf"
QR_IMAGE = "ma-qr.svg"
_OWN_SUBMISSION = re.compile(r",?\s+tại\s+Tờ trình\b.*", re.IGNORECASE | re.DOTALL)


def decision_documents(
    config: ProvinceConfig,
    round: Round,
    results: RoundResult,
    decision: PaperHead,
    templates: Path | None = None,
    qr: str | None = None,
    *,
    unappraised: Collection[str] = (),
    waived: Sequence[Waived] = (),
    texts: OwnTexts | None = None,
) -> list[Document]:
    """The decision and its annexes: for every group the ranking, then the matrix of its areas.

    Args:
        config: the province's names, legal bases, recipients, mark.
        round: the round as declared: grades, tie rule, further legal bases.
        results: what is announced.
        decision: number, day, symbol, signer.
        templates: a folder of the province whose templates go before ours; they can extend `standard/decision.html`.
        qr: an SVG image that leads to the published results, for the last page of the decision.
        unappraised: the units of which points were not appraised.
        waived: the checks that were not held against a unit.
        texts: what the province words itself.

    Returns:
        The decision first.
    """
    environment = template_environment(templates)
    annexes = annexes_of(config, round, results, unappraised, decision.accepted, waived)
    shared = {
        "config": config,
        "round": round,
        "ranking": results.ranking,
        "decision": decision,
        "agency": agency_of(config, decision.signer),
        "own": own_words(texts, config, round.year, results.ranking, annexes),
    }
    documents = [_decision_document(environment, shared, annexes, qr)]
    for annex in annexes:
        notes = own_notes(texts, config, round.year, results.ranking, annexes, annex)
        documents.append(_annex_document(environment, shared, len(documents), annex, notes))
        if annex.matrix:
            documents.append(_matrix_document(environment, shared, len(documents), annex, annex.matrix))
    return documents


def _decision_document(
    environment: "Environment", shared: dict[str, Any], annexes: Sequence[Annex], qr: str | None
) -> Document:
    config: ProvinceConfig = shared["config"]
    round: Round = shared["round"]
    measured = joined([annex.name for annex in annexes])
    where = f"trên địa bàn {config.name}"
    subject = f"phê duyệt và công bố Chỉ số cải cách hành chính năm {round.year} của {measured} {where}"
    title = f"Quyết định về việc {subject}"
    context = {
        **shared,
        "annexes": annexes,
        "annex_words": _annex_words([label for annex in annexes for label in annex.labels]),
        "bases": (*config.legal_bases, *round.legal_bases),
        "measured": measured,
        "orientation": "",
        "proposed_by": _proposer(config, shared["decision"]),
        "qr": QR_IMAGE if qr else "",
        "recipients": config.recipients or ("Như Điều 3",),
        "subject": subject,
        "submission_symbol": config.symbols.submission,
        "title": title,
        "where": where,
        "year_of_issue": round.year + 1,
    }
    images = {QR_IMAGE: qr.encode()} if qr else {}
    return Document(DECISION, title, environment.get_template("decision.html").render(context), images)


def _proposer(config: ProvinceConfig, decision: PaperHead) -> str:
    """Who proposes; a submission that province.yaml names gives way to the one that is given with the number."""
    proposer = config.proposal or f"Giám đốc {config.department}"
    return _OWN_SUBMISSION.sub("", proposer) if decision.submission or decision.draft else proposer


def _annex_document(
    environment: "Environment", shared: dict[str, Any], place: int, annex: Annex, own_notes: Sequence[str]
) -> Document:
    subject = f"Chỉ số cải cách hành chính năm {shared['round'].year} của {annex.name}"
    title = f"{annex.label}. {subject}"
    orientation = "wide" if len(annex.columns) > MOST_FIGURES else ""
    context = {
        **shared,
        "annex": annex,
        "orientation": orientation,
        "own_notes": own_notes,
        "subject": subject,
        "title": title,
    }
    name = f"phu-luc-{place}-{annex.group.id}.pdf"
    return Document(name, title, environment.get_template("annex.html").render(context))


def _matrix_document(
    environment: "Environment", shared: dict[str, Any], place: int, annex: Annex, matrix: Matrix
) -> Document:
    subject = f"Kết quả theo lĩnh vực của Chỉ số cải cách hành chính năm {shared['round'].year} của {annex.name}"
    title = f"{matrix.label}. {subject}"
    context = {**shared, "annex": annex, "matrix": matrix, "orientation": "wide", "subject": subject, "title": title}
    name = f"phu-luc-{place}-{annex.group.id}-linh-vuc.pdf"
    return Document(name, title, environment.get_template("matrix.html").render(context))


def _annex_words(labels: Sequence[str]) -> str:
    """How the decision calls its annexes together: `Phụ lục` or `các Phụ lục I, II`."""
    if len(labels) == 1:
        return "Phụ lục kèm theo Quyết định này"
    numerals = ", ".join(label.removeprefix("Phụ lục ") for label in labels)
    return f"các Phụ lục {numerals} kèm theo Quyết định này"
