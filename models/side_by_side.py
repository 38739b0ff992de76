"""How many independent things are done: one after another here, elsewhere by whoever has processes or a cluster."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sized
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Protocol, TypeVar

from models.settings import Settings

Job = TypeVar("Job")
Result = TypeVar("Result")


class SideBySide(Protocol):
    """A way of doing the same with many jobs that do not need each other.

    Functions stand at the top of a module, and jobs and results are small (paths, identifiers, keys of the store),
    since they may travel to another machine.
    """

    def __call__(
        self, function: Callable[[Job], Result], jobs: Iterable[Job], said: Callable[[Job], str] = str
    ) -> Iterator[Result]:
        """The results in the order of the jobs; the first job that fails raises what it raised.

        Args:
            function: what is done with each.
            jobs: what it is done with; where they come one after another they are taken as there is room for them.
            said: what a job is called where people watch.
        """
        ...


def one_by_one(
    function: Callable[[Job], Result], jobs: Iterable[Job], said: Callable[[Job], str] = str
) -> Iterator[Result]:
    """Here, one after another; see `SideBySide`."""
    yield from map(function, jobs)


def in_threads(
    function: Callable[[Job], Result], jobs: Iterable[Job], said: Callable[[Job], str] = str
) -> Iterator[Result]:
    """Here, in as many threads as the settings say; for jobs that mostly wait for a child. See `SideBySide`."""
    at_once, todo = Settings().workers, iter(jobs)
    with ThreadPoolExecutor(at_once, thread_name_prefix="job") as threads:
        running = deque(threads.submit(function, job) for job in islice(todo, given_out(jobs, at_once)))
        while running:
            result = running.popleft().result()
            running.extend(threads.submit(function, job) for job in islice(todo, 1))
            yield result


def given_out(jobs: Iterable[object], enough: int) -> int:
    """How many jobs wait for a worker at once.

    Where all are there already, all of them: else the others would soon rest while one works on a long one that comes
    first. Where they come one after another, enough for every worker, or thousands would lie in memory.
    """
    return max(1, len(jobs)) if isinstance(jobs, Sized) else enough
