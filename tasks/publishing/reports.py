"""The frozen progress of a period → its report, with annexes, the page of every unit and the workbook of figures.

A report takes its number from the series of its symbol. It is not signed here: the keys of this machine are those of
the committee's signers, and a report goes through the department's own document system.
Source: Nghị định 30/2020/NĐ-CP, Điều 15 and 18.
"""

from functools import partial
from pathlib import Path

from models.findings import Act, Action
from models.records.progress_snapshots import progress_in
from models.records.tables import Snapshot
from tasks.documents.progress_report import report_documents_of, report_signer
from tasks.documents.progress_tables import figures_workbook
from tasks.publishing.papers import Paper

WORKBOOK = "so-lieu.xlsx"


def report_of(province: Path, snapshot: Snapshot) -> Paper:
    """The report of a period.

    Raises:
        RefusedError: the snapshot was changed after it was frozen.
    """
    frozen = progress_in(snapshot)
    config, period = frozen.config, str(frozen.period)
    return Paper(
        province=province,
        snapshot=snapshot,
        config=config,
        title=f"báo cáo {frozen.period.name}",
        symbol=config.symbols.report,
        issuer=config.department,
        earliest=frozen.period.first,
        too_early="trước ngày đầu của kỳ báo cáo",
        drafted_on=frozen.period.last,
        freezing=Action(Act.DRAFT_REPORT, period),
        publishing=Action(Act.PUBLISH_REPORT, period),
        state=Action(Act.PROGRESS, period),
        signer=lambda id: report_signer(config, id),
        signers=(config.department_signer.id, *(signer.id for signer in config.signers)),
        documents=partial(report_documents_of, frozen),
        beside=lambda numbering, pdfs: {WORKBOOK: figures_workbook(frozen)},
        coded=lambda numbering, document, content: document,
        signed_here=False,
    )
