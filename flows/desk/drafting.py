"""A draft made at the desk: one at a time, since each takes the machine for a while; how much of it is printed."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from fastapi.responses import Response

from flows.desk.background import AT_ONCE, Begun
from flows.desk.visiting import Visit
from models.findings import refusal
from models.side_by_side import Job, Result
from tasks.publishing.issuing import draft, draft_folder
from tasks.publishing.papers import Paper
from tasks.publishing.printing import PrintJob


def begin_draft(visit: Visit, name: str, paper: Paper, page: str) -> Response:
    """Begin to draft a paper to where its readers look for it, and go to the page that says how far that is.

    Args:
        name: the year or the period of the paper.

    Raises:
        RefusedError: another draft is being made.
    """
    if not visit.desk.drafts.begin(name, lambda begun: _drafted(paper, begun)):
        raise refusal(paper.title, "một dự thảo khác đang được lập", "Chờ một phút rồi làm lại")
    visit.desk.drafts.finish(AT_ONCE)
    return visit.go(page)


def _drafted(paper: Paper, begun: Begun) -> str:
    made = draft(_counted(paper, begun), draft_folder(paper))
    told = " ".join(f"{each.file}: {each.what}." for each in made.findings)
    return f"Đã lập dự thảo: {len(made.paths)} tệp. Chưa trình ai dự thảo này. {told}".rstrip()


def _counted(paper: Paper, begun: Begun) -> Paper:
    """The paper, which says while it is printed how many of its documents are done."""

    def counting(
        function: Callable[[Job], Result], jobs: Iterable[Job], said: Callable[[Job], str] = str
    ) -> Iterator[Result]:
        """Do the jobs as the paper does them, and count."""
        todo = list(jobs)
        sizes = [len(job.names) if isinstance(job, PrintJob) else 0 for job in todo]
        begun.whole = sum(sizes)
        for size, result in zip(sizes, paper.side_by_side(function, todo, said), strict=True):
            begun.done += size
            yield result

    return replace(paper, side_by_side=counting)
