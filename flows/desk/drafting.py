"""A draft made at the desk: one at a time, since each takes the machine for a while."""

import threading

from models.findings import refusal
from tasks.publishing.issuing import draft, draft_folder
from tasks.publishing.papers import Paper

_alone = threading.Lock()


def make_draft(paper: Paper) -> str:
    """Draft a paper to where its readers look for it; nothing is submitted. Returns what was done, in words.

    Raises:
        RefusedError: another draft is being made, or this one cannot be.
    """
    if not _alone.acquire(blocking=False):
        raise refusal(paper.title, "một dự thảo khác đang được lập", "Chờ một phút rồi làm lại")
    try:
        made = draft(paper, draft_folder(paper))
    finally:
        _alone.release()
    told = " ".join(f"{each.file}: {each.what}." for each in made.findings)
    return f"Đã lập dự thảo: {len(made.paths)} tệp. Chưa trình. {told}".rstrip()
