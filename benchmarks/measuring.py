"""What a measurement is, and how to take it so that two of them can be compared: in turns, in one process."""

import os
import platform
import resource
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from time import perf_counter, process_time
from typing import Any

Clock = Callable[[], float]
CPU: Clock = process_time
WALL: Clock = perf_counter
_KIBIBYTE = 1024


class Sense(StrEnum):
    """On which side of its bound a promise is kept; what is only told is no promise."""

    UNDER = "under"
    TOLD = "told"
    AT_MOST = "at most"
    AT_LEAST = "at least"


@dataclass(frozen=True, slots=True)
class Measurement:
    """One promise and what was measured."""

    what: str
    measured: float
    unit: str
    sense: Sense
    bound: float

    @property
    def kept(self) -> bool:
        """Whether the promise was kept in this run."""
        if self.sense is Sense.TOLD:
            return True
        if self.sense is Sense.UNDER:
            return self.measured < self.bound
        return self.measured <= self.bound if self.sense is Sense.AT_MOST else self.measured >= self.bound

    @property
    def row(self) -> tuple[str, str, str, str]:
        """As a line of the table."""
        if self.sense is Sense.TOLD:
            return self.what, f"{self.measured:.2f} {self.unit}", "no promise", ""
        verdict = "kept" if self.kept else "MISSED"
        return self.what, f"{self.measured:.2f} {self.unit}", f"{self.sense} {self.bound:g} {self.unit}", verdict

    @property
    def document(self) -> dict[str, Any]:
        """As JSON."""
        promise = {"sense": self.sense.value, "bound": self.bound}
        return {
            "what": self.what,
            "measured": round(self.measured, 4),
            "unit": self.unit,
            "promise": promise,
            "kept": self.kept,
        }


def best_in_turns(work: Mapping[str, Callable[[], object]], rounds: int, clock: Clock) -> dict[str, float]:
    """The shortest time of each piece of work, taken in turns so that a busy machine slows all alike."""
    best = dict.fromkeys(work, float("inf"))
    for _ in range(rounds):
        for name, run in work.items():
            start = clock()
            run()
            best[name] = min(best[name], clock() - start)
    return best


def peak_memory(workers: int = 0) -> float:
    """The most memory this process has held, with that of its largest worker as often as there were workers; in MiB."""
    unit = 1 if sys.platform == "darwin" else _KIBIBYTE
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    largest_worker = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss if workers else 0
    return (own + workers * largest_worker) * unit / _KIBIBYTE**2


def machine() -> dict[str, Any]:
    """Where the figures come from."""
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "processors": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
    }
