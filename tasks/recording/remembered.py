"""The current versions of a year as they were read last, brought forward by what was recorded since.

Versions are only added, each with a higher id than all before it (models/records/tables.py). So a process that reads
the same years all day, as the desk does, reads every row once. What an older state of the database shows is read anew.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, func, select
from sqlmodel import Session

Made = Callable[[RowMapping], Any]
_MOST_ROWS = 200_000  # of a table and year that is remembered
_MOST_KEPT = 60  # tables and years


@dataclass
class _Kept:
    """What is known of a table and year: what was made of the newest row of each key, and through which id."""

    through: int = 0
    newest: dict[Any, Any] = field(default_factory=dict)
    ordered: list[Any] | None = None


class Remembered:
    """What one process remembers of one database."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, int, Made], _Kept] = {}

    def current(self, session: Session, table: type[Any], key: tuple[str, ...], year: int, made: Made) -> list[Any]:
        """What `made` makes of the row with the highest version of each key of a year, by key.

        Args:
            session: reads one state of the database and writes nothing.
            table: of versions, with `id`, `year`, `version` and perhaps `withdrawn`.
            key: what a version is of.
            year: the index year.
            made: makes something that never changes of a row; the same function each time.
        """
        columns = table.__table__.c
        highest = int(session.execute(select(func.max(columns.id))).scalar() or 0)
        name = (table.__tablename__, year, made)
        with self._lock:
            kept = self._kept.get(name) or _Kept()
            if highest < kept.through:
                kept = _Kept()
            elif len(kept.newest) <= _MOST_ROWS:
                self._keep(name, kept)
            if highest > kept.through:
                _bring_forward(session, columns, key, columns.year == year, kept, made)
                kept.through = highest
            if kept.ordered is None:
                kept.ordered = [kept.newest[one] for one in sorted(kept.newest)]
            return list(kept.ordered)

    def _keep(self, name: tuple[str, int, Made], kept: _Kept) -> None:
        if name not in self._kept and len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[name] = kept


def _bring_forward(
    session: Session, columns: Any, key: tuple[str, ...], wanted: ColumnElement[bool], kept: _Kept, made: Made
) -> None:
    by_key = itemgetter(*key)
    later = select(*columns).where(wanted, columns.id > kept.through).order_by(columns.version)
    for row in session.execute(later).mappings():
        kept.ordered = None
        if row.get("withdrawn"):
            kept.newest.pop(by_key(row), None)
        else:
            kept.newest[by_key(row)] = made(row)
