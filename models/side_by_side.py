"""How many independent things are done: one after another here, elsewhere by whoever has processes or a cluster."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Protocol, TypeVar

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
            jobs: what it is done with; taken one after another, as there is room for them.
            said: what a job is called where people watch.
        """
        ...


def one_by_one(
    function: Callable[[Job], Result], jobs: Iterable[Job], said: Callable[[Job], str] = str
) -> Iterator[Result]:
    """Here, one after another; see `SideBySide`."""
    yield from map(function, jobs)


def one_ahead(
    function: Callable[[Job], Result], jobs: Iterable[Job], said: Callable[[Job], str] = str
) -> Iterator[Result]:
    """Here, and the next one begins while whoever asked works on the result of the one before; see `SideBySide`."""
    todo = iter(jobs)
    with ThreadPoolExecutor(2, thread_name_prefix="ahead") as threads:
        running = deque(threads.submit(function, job) for job in islice(todo, 2))
        while running:
            result = running.popleft().result()
            running.extend(threads.submit(function, job) for job in islice(todo, 1))
            yield result
