"""A draft made at the desk: one at a time, since each takes the machine for a while; how much of it is printed."""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from models.findings import refusal
from models.side_by_side import Job, Result
from tasks.publishing.issuing import draft, draft_folder
from tasks.publishing.papers import Paper
from tasks.publishing.printing import PrintJob


@dataclass
class Printing:
    """A draft that is being made.

    Attributes:
        province: whose it is.
        name: the year or the period that it tells of.
        documents: how many documents are printed, 0 until that is known.
        printed: how many of them are done.
    """

    province: Path
    name: str
    documents: int = 0
    printed: int = 0


_alone = threading.Lock()
_under_way: Printing | None = None


def printing(province: Path, name: str) -> Printing | None:
    """The draft of a year or a period that is being made now."""
    now = _under_way
    return now if now and (now.province, now.name) == (province, name) else None


def make_draft(paper: Paper) -> str:
    """Draft a paper to where its readers look for it; nothing is submitted. Returns what was done, in words.

    Raises:
        RefusedError: another draft is being made, or this one cannot be.
    """
    global _under_way
    if not _alone.acquire(blocking=False):
        raise refusal(paper.title, "một dự thảo khác đang được lập", "Chờ một phút rồi làm lại")
    try:
        _under_way = Printing(paper.province, paper.name)
        made = draft(_counted(paper, _under_way), draft_folder(paper))
    finally:
        _under_way = None
        _alone.release()
    told = " ".join(f"{each.file}: {each.what}." for each in made.findings)
    return f"Đã lập dự thảo: {len(made.paths)} tệp. Chưa trình. {told}".rstrip()


def _counted(paper: Paper, now: Printing) -> Paper:
    """The paper, which says while it is printed how many of its documents are done."""

    def counting(
        function: Callable[[Job], Result], jobs: Iterable[Job], said: Callable[[Job], str] = str
    ) -> Iterator[Result]:
        todo = list(jobs)
        sizes = [len(job.names) for job in todo if isinstance(job, PrintJob)]
        now.documents = sum(sizes)
        for size, result in zip(sizes, paper.side_by_side(function, todo, said), strict=True):
            now.printed += size
            yield result

    return replace(paper, side_by_side=counting)
