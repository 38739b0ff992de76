"""How a figure is taken so that two of them can be compared: in turns, in one process, the shortest time counting."""

import os
import platform
import resource
import sys
from collections.abc import Callable, Iterator, Mapping
from time import perf_counter
from typing import Any

Clock = Callable[[], float]
Figures = Iterator[tuple[str, float]]
"""Names of promises and what was seen, in the promise's unit."""
WALL: Clock = perf_counter
_KIBIBYTE = 1024


def cpu() -> float:
    """CPU seconds of this process and of the workers that it has waited for."""
    used = (resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def best_in_turns(work: Mapping[str, Callable[[], object]], turns: int, clock: Clock) -> dict[str, float]:
    """The shortest time of each piece of work in seconds, taken in turns so that a busy machine slows all alike."""
    best = dict.fromkeys(work, float("inf"))
    for _ in range(turns):
        for name, run in work.items():
            start = clock()
            run()
            best[name] = min(best[name], clock() - start)
    return best


def peak_memory() -> float:
    """The most memory that this process, or the largest of those it has waited for, has held; in MiB."""
    unit = 1 if sys.platform == "darwin" else _KIBIBYTE
    most = max(resource.getrusage(whose).ru_maxrss for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return most * unit / _KIBIBYTE**2


def machine() -> dict[str, Any]:
    """Where the figures come from."""
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "processors": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
    }
