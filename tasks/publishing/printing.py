"""Documents → PDFs, many side by side: by the threads or processes of this machine, or by a cluster.

Threads make WeasyPrint slower, so wherever a job is carried out it is handed to a child process with limits; a document
that eats all memory costs its own child only. Documents go out, and PDFs come back, through the store that all workers
reach: a job only names what lies there.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from models.records.store import WORK, Store
from models.settings import Settings
from models.side_by_side import SideBySide, in_threads
from models.wording import first_of
from tasks.reading.child import Limits
from tasks.reading.isolation import ChildFailedError, Failure, NoChildrenError, children
from tasks.rendering.orders import Order, written
from tasks.rendering.pdf import Document, RenderingError

_PRINTED = "tasks.rendering.press:printed"
_LIMITS = Limits(memory=2 * 2**30, cpu=1200, wall=2400)  # an annex of many hundred units takes minutes
_SMALLEST = 50_000  # characters of HTML that are worth a job of their own: less than a second of printing
_MOST_JOBS = 48
_MOST_NAMED = 3
_WHY = {
    Failure.DIED: "bị dừng đột ngột (thiếu bộ nhớ?)",
    Failure.TIME: "mất quá nhiều thời gian",
    Failure.MEMORY: "cần quá nhiều bộ nhớ",
}


class PrintJob(NamedTuple):
    """What a worker prints: for which province, where in its store, the key of an order there, and its documents."""

    province: str
    place: str
    order: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        """As people read it who watch: `in quyet-dinh.pdf, phu-luc-1.pdf`."""
        return f"in {first_of(self.names, _MOST_NAMED, 'văn bản')}"


def print_all(
    documents: Sequence[Document],
    identifier: str,
    created: datetime,
    pictures: Mapping[str, bytes],
    province: Path,
    side_by_side: SideBySide = in_threads,
) -> dict[str, bytes]:
    """Documents as PDFs, by file name, in the order given.

    Args:
        documents: what is printed.
        identifier: what they were made from, e.g. the hash of a snapshot.
        created: the moment that the files carry.
        pictures: the province's images, by their path in its folder of images.
        province: the province folder, whose store all workers reach.
        side_by_side: who carries out the jobs.

    Raises:
        RenderingError: a document cannot be printed, by its name.
    """
    if len({document.name for document in documents}) != len(documents):
        raise ValueError("two documents have the same file name")
    store, place, jobs = Store.of(province, Settings()), f"{WORK}/{uuid4().hex}", []
    try:
        for together in _batches(documents):
            order = store.put(written(Order(together, identifier, created, pictures)), place)
            names = tuple(document.name for document in together)
            jobs.append(PrintJob(str(province.resolve()), place, order, names))
        printed = {name: store.get(key, place) for pdfs in side_by_side(print_laid, jobs) for name, key in pdfs.items()}
    finally:
        store.clear(place)
    return {document.name: printed[document.name] for document in documents}


def print_laid(job: PrintJob) -> dict[str, str]:
    """Carry out a job; returns the key of each PDF in the place of the job, by its name.

    Raises:
        RenderingError: a document cannot be printed, by its name.
        LostBytesError: the order is gone: whoever gave it out wants it no more.
    """
    store = Store.of(Path(job.province), Settings())
    try:
        printed: list[bytes] | str = children(_LIMITS).submit(_PRINTED, store.get(job.order, job.place)).result()
    except ChildFailedError as failed:
        raise RenderingError(f"{', '.join(job.names)}: tiến trình kết xuất PDF {_WHY[failed.failure]}") from failed
    except NoChildrenError as error:
        raise RenderingError("không mở được tiến trình kết xuất PDF") from error
    if isinstance(printed, str):
        raise RenderingError(printed)
    return {name: store.put(pdf, job.place) for name, pdf in zip(job.names, printed, strict=True)}


def _batches(documents: Sequence[Document]) -> Iterator[list[Document]]:
    """What is printed together: the largest first and alone, then small ones, so that all workers end at the same time.

    What carries out a job costs up to a quarter of a second: they are few.
    """
    enough = max(_SMALLEST, sum(len(document.html) for document in documents) // _MOST_JOBS)
    together: list[Document] = []
    for document in sorted(documents, key=lambda document: -len(document.html)):
        together.append(document)
        if sum(len(each.html) for each in together) >= enough:
            yield together
            together = []
    if together:
        yield together
