"""What the pages worked out of what is recorded: kept while nothing new is recorded, and worked out anew before it is
asked again, so that an officer does not wait for it.
"""

import logging
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

_MOST = 100  # e.g. every point of every unit
_LOOKED = 1.0  # seconds
_ASKED_LATELY = 1800.0  # seconds
_LOG = logging.getLogger("cchc.desk")


@dataclass
class _Known:
    """One question: its newest answer with the state that it was worked out of, and how to answer it again."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    state: Hashable = None
    answer: Any = None
    again: Callable[[], Any] | None = None
    asked: float = 0.0


class Answers:
    """Answers by question, each with the state of everything recorded that it holds for."""

    def __init__(self) -> None:
        self._known: dict[Hashable, _Known] = {}
        self._stopped = threading.Event()

    def get(
        self, what: Hashable, state: Hashable, work: Callable[[], Any], again: Callable[[], Any] | None = None
    ) -> Any:
        """The answer to a question, worked out where the state is another one; two who ask at once wait for one.

        Args:
            what: the question.
            state: of everything that the answer depends on.
            work: works it out now.
            again: asks it later, when something was recorded, of the state at that moment; None where that changes
                nothing.
        """
        if what not in self._known and len(self._known) >= _MOST:
            self._known.clear()
        known = self._known.setdefault(what, _Known())
        with known.lock:
            known.asked, known.again = time.monotonic(), again
            if known.state != state:
                known.answer, known.state = work(), state
            return known.answer

    def last(self, what: Hashable) -> Any:
        """The answer that was given last, whatever was recorded since; None before the first."""
        known = self._known.get(what)
        return known.answer if known else None

    def keep_fresh(self, head: Callable[[], Hashable]) -> None:
        """Until stopped: when something was recorded and no more follows, ask again whatever was asked lately."""
        seen: Hashable = None
        settled: Hashable = None
        while not self._stopped.wait(_LOOKED):
            try:
                now = head()
                if now == seen and now != settled:
                    self._ask_again()
                    settled = now
                seen = now
            except Exception:  # the database may be away for a while; the page itself tells it
                _LOG.warning("what the pages show was not worked out ahead", exc_info=True)

    def _ask_again(self) -> None:
        since = time.monotonic() - _ASKED_LATELY
        for known in [each for each in list(self._known.values()) if each.again and each.asked >= since]:
            asked, again = known.asked, known.again
            assert again is not None
            again()
            known.asked = asked  # by a person

    def stop(self) -> None:
        """End `keep_fresh`."""
        self._stopped.set()
