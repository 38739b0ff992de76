"""All groups of promises, each measured in a process of its own.

The workbooks that several of them receive are made before, in another process: the memory of the spreadsheet program
that calculates them is not ours.
"""

import sys
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from benchmarks.commune_workbooks import prepare_workbooks
from benchmarks.promises import PROMISES
from benchmarks.sizes import Sizes

GROUPS = (
    "orchestration",
    "documents",
    "documents_on_dask",
    "intake",
    "desk",
    "forms",
    "scoring",
    "evidence",
    "first_visits",
)  # the longest first


def measure_all(sizes: Sizes, at_once: int = 1) -> dict[str, float]:
    """What is seen of every promise, in the order in which they are promised.

    Args:
        sizes: how much is measured.
        at_once: groups at the same time; more than one is quicker and spoils the figures.

    Raises:
        RuntimeError: a group brought no figure for a promise, or one that nobody promised.
    """
    with TemporaryDirectory(ignore_cleanup_errors=True) as name:
        work = Path(name)
        with _processes(1) as alone:
            alone.submit(prepare_workbooks, work).result()
        with _processes(at_once) as pool:
            running = [pool.submit(measure_group, group, sizes, work) for group in GROUPS]
            seen = {promise: figure for group in running for promise, figure in group.result().items()}
    if astray := seen.keys() ^ PROMISES.keys():
        raise RuntimeError(f"promised or measured, but not both: {', '.join(sorted(astray))}")
    return {promise: seen[promise] for promise in PROMISES}


def measure_group(group: str, sizes: Sizes, work: Path) -> dict[str, float]:
    """The figures of one group, with a line of progress each.

    Args:
        group: the name of its module.
        sizes: how much is measured.
        work: the folder of the prepared workbooks; the group may write into a folder of its name.
    """
    (work / group).mkdir()
    figures = {}
    started = monotonic()
    for promise, seen in import_module(f"benchmarks.{group}").measure(sizes, work / group):
        print(f"{monotonic() - started:4.0f} s  measured: {PROMISES[promise].what}", file=sys.stderr, flush=True)
        figures[promise] = seen
    return figures


def _processes(at_once: int) -> ProcessPoolExecutor:
    """Processes that end after one piece of work each."""
    return ProcessPoolExecutor(at_once, mp_context=get_context("spawn"), max_tasks_per_child=1)
