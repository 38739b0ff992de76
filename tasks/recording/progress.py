"""Monthly figures, other indices and register entries → new versions in the database, and what is current back out.

Nothing is overwritten.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from sqlalchemy import RowMapping
from sqlmodel import Session, col, select

from models.progress.indices import IndexValue
from models.progress.measures import Figure, Qualifier
from models.progress.periods import Period, read_period
from models.progress.plan_tasks import TaskUpdate
from models.progress.registers import RegisterEntry, RegisterKind
from models.records.storage import Storage
from models.records.tables import FigureVersion, IndexVersion, RegisterVersion
from tasks.recording.versions import Recorded, current_as, record_versions

FIGURE_KEY = ("year", "period", "unit", "measure")
INDEX_KEY = ("year", "series", "unit")
REGISTER_KEY = ("kind", "unit", "key")


def record_figures(
    storage: Storage, period: Period, content: bytes, file_name: str, figures: Sequence[Figure]
) -> Recorded:
    """Record the figures of a period as new versions."""
    rows = [
        {
            "year": period.year,
            "period": str(period),
            "unit": figure.unit,
            "measure": figure.measure,
            "numerator": figure.numerator,
            "denominator": figure.denominator,
            "value": figure.value,
            "qualifier": figure.qualifier.value,
            "note": figure.note,
        }
        for figure in figures
    ]
    kind = f"figures {period}"
    return record_versions(storage, kind, period.year, content, file_name, FigureVersion, FIGURE_KEY, rows)


def record_indices(storage: Storage, content: bytes, file_name: str, values: Sequence[IndexValue]) -> Recorded:
    """Record values of other indices; the receipt bears the newest of their years."""
    rows = [
        {
            "year": value.year,
            "series": value.series,
            "unit": value.unit,
            "value": value.value,
            "rank": value.rank,
            "ranked": value.of,
            "rank_change": value.rank_change,
            "published_on": value.published_on,
            "source": value.source,
        }
        for value in values
    ]
    newest = max(value.year for value in values)
    return record_versions(storage, "indices", newest, content, file_name, IndexVersion, INDEX_KEY, rows)


def record_register(
    storage: Storage, kind: RegisterKind, year: int, content: bytes, file_name: str, entries: Sequence[RegisterEntry]
) -> Recorded:
    """Record entries of a register; `year` is that of the import."""
    rows = [
        {
            "year": entry.year,
            "kind": entry.kind.value,
            "unit": entry.unit,
            "key": entry.key,
            "body": json.dumps(dict(entry.values), ensure_ascii=False),
            "withdrawn": entry.withdrawn,
        }
        for entry in entries
    ]
    return record_versions(
        storage, f"register {kind.value}", year, content, file_name, RegisterVersion, REGISTER_KEY, rows
    )


def current_figures(
    session: Session, years: Iterable[int], units: Collection[str] | None = None, with_notes: bool = False
) -> list[Figure]:
    """The newest version of every figure whose period ends in one of the reporting years, by year and key.

    Args:
        session: an open session.
        years: the reporting years.
        units: only of these units; of all where None.
        with_notes: also what only says why there is no figure.
    """
    return [
        figure
        for year in sorted(set(years))
        for figure in current_as(session, FigureVersion, FIGURE_KEY, year, _figure_in, units=units)
        if with_notes or figure.value is not None or figure.numerator is not None
    ]


def _figure_in(row: RowMapping) -> Figure:
    return Figure(
        row["measure"],
        row["unit"],
        read_period(row["period"]),
        row["numerator"],
        row["denominator"],
        row["value"],
        Qualifier(row["qualifier"]),
        row["note"],
        row["version"],
    )


def current_indices(session: Session) -> list[IndexValue]:
    """The newest version of every value of every index, by series, unit and year."""
    newest: dict[tuple[str, str, int], IndexVersion] = {}
    for row in session.exec(select(IndexVersion).order_by(col(IndexVersion.version))):
        newest[row.series, row.unit, row.year] = row
    return [
        IndexValue(
            row.series,
            row.unit,
            row.year,
            row.value,
            row.rank,
            row.ranked,
            row.rank_change,
            row.published_on,
            row.source,
            row.version,
        )
        for _, row in sorted(newest.items())
    ]


def current_register(session: Session, kinds: Iterable[RegisterKind] = RegisterKind) -> list[RegisterEntry]:
    """The newest telling of every entry that was not withdrawn, by register, unit and key."""
    wanted = [kind.value for kind in kinds]
    newest: dict[tuple[str, str, str], RegisterVersion] = {}
    statement = select(RegisterVersion).where(col(RegisterVersion.kind).in_(wanted))
    for row in session.exec(statement.order_by(col(RegisterVersion.version))):
        newest[row.kind, row.unit, row.key] = row
    return [
        RegisterEntry(RegisterKind(row.kind), row.unit, row.key, row.year, tuple(json.loads(row.body).items()))
        for _, row in sorted(newest.items())
        if not row.withdrawn
    ]


def task_updates(entries: Iterable[RegisterEntry]) -> list[TaskUpdate]:
    """What the register of tasks says about the plans' tasks."""
    return [
        TaskUpdate(
            entry.value("plan"),
            entry.value("number"),
            _day(entry.value("begun")),
            _day(entry.value("done_on")),
            entry.value("evidence"),
            entry.value("explanation"),
        )
        for entry in entries
        if entry.kind is RegisterKind.TASKS
    ]


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
