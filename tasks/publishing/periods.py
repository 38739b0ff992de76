"""Frozen progress + a person's approval → the published report of a period, by the same way as the decision.

Number, date and signer are given by a person; the folder is immutable, its manifest names the hash of progress.json. A
report takes its number from the series of its symbol. It is not signed here: the keys of this machine are those of the
committee's signers, and a report goes through the department's own document system.
Source: Nghị định 30/2020/NĐ-CP, Điều 15 and 18; domain/2-yearly-process.md, 2.4.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from models.findings import refusal
from models.progress.periods import Period
from models.province.config import ProvinceConfig, Signer
from models.records.progress_snapshots import FrozenProgress, progress_in
from models.records.storage import Storage
from models.records.tables import Approval, Snapshot
from tasks.documents.progress_report import report_documents_of, report_signer
from tasks.documents.progress_tables import figures_workbook
from tasks.publishing.approvals import Numbering, Paper, cited, snapshot_to_publish
from tasks.publishing.folders import MANIFEST, PROGRESS
from tasks.publishing.issuing import Published, printed_documents, publish_paper
from tasks.rendering.letterhead import Decision
from tasks.rendering.pdf import Document

WORKBOOK = "so-lieu.xlsx"


def draft_report(province: Path, snapshot: Snapshot, out: Path, workers: int, signer: str | None = None) -> list[Path]:
    """Write a report before numbering: its PDFs with blanks, each page marked DỰ THẢO, and the workbook of figures.

    Returns:
        The files, the report first.

    Raises:
        RefusedError: province.yaml has no such signer, a published report lies in the folder, or the documents cannot
            be rendered.
    """
    if (out / MANIFEST).exists():
        raise refusal(str(out), "thư mục là bản đã công bố, không ghi đè được", "Chọn thư mục --out khác cho dự thảo")
    frozen = progress_in(snapshot)
    config = frozen.config
    decision = Decision(None, None, config.symbols.report, _signer(config, signer), draft=True)
    pdfs = _pdfs(province, frozen, decision, frozen.period.last, workers)
    out.mkdir(parents=True, exist_ok=True)
    for name, content in {**pdfs, WORKBOOK: figures_workbook(frozen)}.items():
        (out / name).write_bytes(content)
    return [out / name for name in (*pdfs, WORKBOOK)]


def publish_report(
    province: Path, storage: Storage, snapshot: Snapshot, numbering: Numbering, out: Path, workers: int, via: str
) -> Published:
    """Approve a period's frozen progress and publish its report; see `publish_paper`."""
    return publish_paper(report_paper(province, snapshot, workers), storage, numbering, out, via)


def publish_newest_report(
    province: Path, storage: Storage, period: Period, numbering: Numbering, out: Path, workers: int, via: str
) -> Published:
    """Publish the newest draft of a period, or finish the publication that was cut short.

    Raises:
        RefusedError: no draft was ever made; else as `publish_paper`.
    """
    with storage.reading() as session:
        snapshot = snapshot_to_publish(session, period.year, numbering, str(period))
        session.expunge(snapshot)
    return publish_report(province, storage, snapshot, numbering, out, workers, via)


def report_paper(province: Path, snapshot: Snapshot, workers: int) -> Paper:
    """The report of a period as it is approved and published."""
    frozen = progress_in(snapshot)
    config = frozen.config
    return Paper(
        snapshot=snapshot,
        symbol=config.symbols.report,
        earliest=frozen.period.first,
        too_early="trước ngày đầu của kỳ báo cáo",
        command=f"cchc monthly {snapshot.period}",
        state=f"cchc progress {snapshot.period}",
        signer=lambda id: _signer(config, id),
        files=lambda approval, replaced: _files(province, snapshot, frozen, approval, replaced, workers),
    )


def _files(
    province: Path,
    snapshot: Snapshot,
    frozen: FrozenProgress,
    approval: Approval,
    replaced: Approval | None,
    workers: int,
) -> dict[str, bytes]:
    assert approval.day is not None
    decision = Decision(
        approval.number,
        approval.day,
        approval.symbol,
        _signer(frozen.config, approval.signer),
        replaces=cited(replaced, frozen.config.department) if replaced else None,
    )
    return {
        **_pdfs(province, frozen, decision, approval.day, workers),
        WORKBOOK: figures_workbook(frozen),
        PROGRESS: snapshot.body,
    }


def _pdfs(province: Path, frozen: FrozenProgress, decision: Decision, day: date, workers: int) -> dict[str, bytes]:
    def documents(templates: Path | None) -> Sequence[Document]:
        return report_documents_of(frozen, decision, templates)

    return printed_documents(province, documents, frozen.sha256, day, workers)


def _signer(config: ProvinceConfig, id: str | None) -> Signer:
    try:
        return report_signer(config, id)
    except KeyError:
        known = ", ".join((config.department_signer.id, *(signer.id for signer in config.signers)))
        raise refusal("province.yaml", f"không có người ký “{id}”", f"Dùng một trong: {known}") from None
