"""A command of ours that is killed at a boundary of its transactions: python -m benchmarks.driven N COMMAND…

Before and after every COMMIT is a boundary; at the N-th the whole process group gets SIGKILL. With 0 it runs to its
end, and the last line says how many boundaries there were.
"""

import os
import signal
import sys
from itertools import count
from typing import Any

from sqlalchemy.engine.default import DefaultDialect

from flows.cli.main import main

_boundaries = count(1)
_seen = 0
_commit = DefaultDialect.do_commit


def _at_a_boundary(fatal: int) -> None:
    global _seen
    _seen = next(_boundaries)
    if _seen == fatal:
        os.killpg(0, signal.SIGKILL)


def _committing(fatal: int) -> Any:
    def do_commit(dialect: DefaultDialect, connection: Any) -> None:
        _at_a_boundary(fatal)
        _commit(dialect, connection)  # type: ignore[no-untyped-call]
        _at_a_boundary(fatal)

    return do_commit


if __name__ == "__main__":
    DefaultDialect.do_commit = _committing(int(sys.argv.pop(1)))  # type: ignore[method-assign]
    try:
        main()
    finally:
        print(f"boundaries {_seen}")
