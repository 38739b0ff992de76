"""The journal of the database, held against the heads that stand in published manifests.

A journal that somebody wrote anew as a whole agrees with itself; a folder that was published before does not.
"""

from dataclasses import replace

from sqlmodel import col, select

from models.findings import Finding
from models.records.storage import Storage
from models.records.tables import Publication
from tasks.publishing.folders import journal_head, manifest_in
from tasks.recording.journal import NAMED, WalkedJournal, walk_journal


def check_journal(storage: Storage) -> WalkedJournal:
    """Walk the journal, and look for the head of every published manifest that is at hand in it."""
    walked = walk_journal(storage)
    with storage.reading() as session:
        folders = list(session.exec(select(Publication.folder).order_by(col(Publication.id))))
    known, province = {"", *walked.known}, storage.var.parent
    unknown = [folder for folder in folders if journal_head(manifest_in(province / folder)) not in known]
    findings = [
        Finding(
            NAMED,
            0,
            f"mắt xích ghi trong bản công bố {folder} không còn trong nhật ký: nhật ký đã bị viết lại hoặc cắt bớt",
            "Khôi phục từ bản sao lưu trước đó và báo người phụ trách an toàn thông tin",
        )
        for folder in unknown
    ]
    return replace(walked, findings=(*walked.findings, *findings))
