"""How much memory each process of a tree holds, looked at a few times a second: what short-lived ones hold, too."""

import os
from pathlib import Path
from threading import Event, Thread
from types import TracebackType

_EVERY = 0.25
_KIBIBYTE = 1024
_PEAK = "VmHWM:"


class Watched:
    """While it is open, the most MiB that one process of the tree below this one has held, itself included.

    Attributes:
        peak: of what was seen so far; a process's own peak while it was seen, where the system tells it.
    """

    def __init__(self, field: str = "VmRSS:") -> None:
        self.peak = 0.0
        self._field = field
        self._closed = Event()
        self._looking = Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Watched":
        self._looking.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._closed.set()
        self._looking.join()

    def _look(self) -> None:
        while True:
            self.peak = max([self.peak, *(_held(process, self._field) for process in _tree(os.getpid()))])
            if self._closed.wait(_EVERY):
                return


def _tree(process: int) -> list[int]:
    """A process and all below it."""
    found = [process]
    for one in found:
        try:
            children = [path.read_text() for path in Path(f"/proc/{one}/task").glob("*/children")]
        except OSError:  # it has ended meanwhile
            continue
        found += [int(child) for line in children for child in line.split()]
    return found


def _held(process: int, field: str) -> float:
    """MiB of a process; 0 of one that has ended."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0.0
    lines = (line.split() for line in status.splitlines() if line.startswith(field))
    return next((int(kibibytes) / _KIBIBYTE for _, kibibytes, _ in lines), 0.0)
