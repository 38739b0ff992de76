"""Documents → PDFs, many side by side: by the threads or processes of this machine, or by a cluster.

Threads make WeasyPrint slower, so wherever a job is carried out it is handed to a child process with limits; a document
that eats all memory costs its own child only. Documents go out, and PDFs come back, through a store that all workers
reach: a job only names what lies there.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple
from uuid import uuid4

from models.side_by_side import SideBySide
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


class Job(NamedTuple):
    """What a worker prints: the address of an order, and the names of its documents."""

    order: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        """As people read it who watch: `in quyet-dinh.pdf, phu-luc-1.pdf`."""
        more = f" và {len(self.names) - _MOST_NAMED} văn bản khác" if len(self.names) > _MOST_NAMED else ""
        return f"in {', '.join(self.names[:_MOST_NAMED])}{more}"

    @property
    def pdfs(self) -> dict[str, str]:
        """Where the PDF of each document is put."""
        return {name: f"{self.order}-{number}.pdf" for number, name in enumerate(self.names)}


def print_all(
    documents: Sequence[Document],
    identifier: str,
    created: datetime,
    pictures: Mapping[str, bytes],
    store: str,
    side_by_side: SideBySide,
) -> dict[str, bytes]:
    """Documents as PDFs, by file name, in the order given.

    Args:
        documents: what is printed.
        identifier: what they were made from, e.g. the hash of a snapshot.
        created: the moment that the files carry.
        pictures: the province's images, by their path in its folder of images.
        store: the address of what all workers reach.
        side_by_side: who carries out the jobs.

    Raises:
        RenderingError: a document cannot be printed, by its name.
    """
    if len({document.name for document in documents}) != len(documents):
        raise ValueError("two documents have the same file name")
    with _working_place(store) as place:
        jobs = []
        for number, together in enumerate(_batches(documents)):
            jobs.append(Job(f"{place}/{number}", tuple(document.name for document in together)))
            _write(jobs[-1].order, written(Order(together, identifier, created, pictures)))
        printed = {name: _read(at) for pdfs in side_by_side(print_laid, jobs) for name, at in pdfs.items()}
    return {document.name: printed[document.name] for document in documents}


def print_laid(job: Job) -> dict[str, str]:
    """Carry out a job: the PDFs of its documents, in the store; returns where.

    Raises:
        RenderingError: a document cannot be printed, by its name.
    """
    try:
        printed: list[bytes] | str = children(_LIMITS).submit(_PRINTED, _read(job.order)).result()
    except ChildFailedError as failed:
        raise RenderingError(f"{', '.join(job.names)}: tiến trình kết xuất PDF {_WHY[failed.failure]}") from failed
    except NoChildrenError as error:
        raise RenderingError("không mở được tiến trình kết xuất PDF") from error
    if isinstance(printed, str):
        raise RenderingError(printed)
    for at, content in zip(job.pdfs.values(), printed, strict=True):
        _write(at, content)
    return job.pdfs


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


@contextmanager
def _working_place(store: str) -> Iterator[str]:
    """The address of a place of its own in the store; what is put there is gone afterwards."""
    from fsspec.core import url_to_fs

    place = f"{store}/{uuid4().hex}"
    files, path = url_to_fs(place)
    try:
        yield place
    finally:
        if files.exists(path):
            files.rm(path, recursive=True)


def _write(address: str, content: bytes) -> None:
    import fsspec

    with fsspec.open(address, "wb") as file:
        file.write(content)


def _read(address: str) -> bytes:
    import fsspec

    with fsspec.open(address, "rb") as file:
        content: bytes = file.read()
    return content
