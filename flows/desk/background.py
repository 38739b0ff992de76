"""Work of the desk that takes the machine for a while: one at a time of a kind, in the background.

Its page says where it is and refreshes itself without a script. What comes of it is kept where that of the command line
is; what is kept here is only how far the work under way is.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from models.findings import Finding, RefusedError

AT_ONCE = 1.5
"""How many seconds an answer waits for the work before it shows how far that is."""
_LOG = logging.getLogger("cchc.desk")


@dataclass
class Begun:
    """Work that was begun.

    Attributes:
        name: of which year or period.
        steps: what was begun so far, the last of it under way.
        done: how many of its pieces are done, of `whole`, which is 0 until it is known.
        said: what came of it, empty while it runs or where it could not be done.
        findings: why it could not be done.
    """

    name: str
    began_at: datetime
    steps: list[str] = field(default_factory=list)
    done: int = 0
    whole: int = 0
    said: str = ""
    findings: tuple[Finding, ...] = ()
    is_over: bool = False


class Background:
    """Work of one kind: the newest of each year or period, and the one that is under way."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._named: dict[str, Begun] = {}
        self._thread: threading.Thread | None = None

    def of(self, name: str) -> Begun | None:
        """What was begun last under a name, since the desk was started."""
        with self._lock:
            return self._named.get(name)

    def begin(self, name: str, work: Callable[[Begun], str]) -> bool:
        """Begin work, which returns what came of it, in words; False where another is under way."""
        with self._lock:
            if any(not one.is_over for one in self._named.values()):
                return False
            begun = self._named[name] = Begun(name, datetime.now(UTC))
            self._thread = threading.Thread(target=_run, args=(begun, work), name=f"desk {name}", daemon=True)
            self._thread.start()
        return True

    def finish(self, seconds: float) -> None:
        """Wait for what is under way, no longer than so many seconds."""
        if self._thread:
            self._thread.join(seconds)


def _run(begun: Begun, work: Callable[[Begun], str]) -> None:
    try:
        begun.said = work(begun)
    except RefusedError as refused:
        begun.findings = tuple(refused.findings)
    except Exception:  # whatever it is, the page must not say for ever that it runs
        _LOG.exception("work of %s failed", begun.name)
        what, remedy = "chương trình gặp lỗi; lỗi đã được ghi vào nhật ký máy chủ", "Báo người quản trị"
        begun.findings = (Finding(f"kỳ {begun.name}", 0, what, remedy),)
    finally:
        begun.is_over = True
