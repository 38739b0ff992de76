"""A round evaluated at the desk: one at a time in the background, and a page that says where it is.

The page refreshes itself without a script. The result is a snapshot like that of the command line; what is kept here is
only how far the work under way is.
"""

import logging
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime

from models.findings import Finding, RefusedError
from models.province.folder import Province
from models.records.storage import Storage

STEPS = 5
"""How many steps `evaluate_round` tells of."""
_LOG = logging.getLogger("cchc.desk")


@dataclass
class Evaluating:
    """An evaluation that was begun.

    Attributes:
        steps: what was begun so far, the last of it under way.
        said: what came of it, empty while it runs or where it could not be done.
        findings: why it could not be done.
    """

    year: int
    began_at: datetime
    steps: list[str] = field(default_factory=list)
    said: str = ""
    findings: tuple[Finding, ...] = ()
    is_over: bool = False


class Evaluations:
    """The newest evaluation of each round, and the one that is under way."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of_year: dict[int, Evaluating] = {}
        self._thread: threading.Thread | None = None

    def of(self, year: int) -> Evaluating | None:
        """The evaluation of a round that was begun last, since the desk was started."""
        with self._lock:
            return self._of_year.get(year)

    def begin(self, province: Province, storage: Storage, year: int) -> bool:
        """Begin one; False where another is under way, which may be of another round."""
        with self._lock:
            if any(not one.is_over for one in self._of_year.values()):
                return False
            begun = self._of_year[year] = Evaluating(year, datetime.now(UTC))
            self._thread = threading.Thread(
                target=_run, args=(begun, province, storage), name="evaluation", daemon=True
            )
            self._thread.start()
        return True

    def finish(self, seconds: float) -> None:
        """Wait for what is under way, no longer than so many seconds."""
        if self._thread:
            self._thread.join(seconds)


def _run(begun: Evaluating, province: Province, storage: Storage) -> None:
    from tasks.publishing.evaluating import evaluate_round

    try:
        done = evaluate_round(province, storage, begun.year, begun.steps.append)
        new = "kết quả mới" if done.new else "kết quả như lần trước, không có gì thay đổi"
        begun.said = f"Đã tính: {new}."
    except RefusedError as refused:
        begun.findings = tuple(refused.findings)
    except Exception:  # whatever it is, the page must not say for ever that it runs
        _LOG.exception("an evaluation failed")
        what, remedy = "chương trình gặp lỗi khi tính; lỗi đã được ghi vào nhật ký máy chủ", "Báo người quản trị"
        begun.findings = (Finding(f"kỳ {begun.year}", 0, what, remedy),)
    finally:
        begun.is_over = True
