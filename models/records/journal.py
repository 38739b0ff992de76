"""The journal: everything recorded is a link of one hash chain, written in the transaction that records it.

Nothing has to remember it: when a transaction ends, whatever rows it added to whatever table of the metadata are
sealed (storage.py); a table that is not official says so (tables.py). A row that came in past this program is never
taken for one of ours. Triggers of the database refuse to change, take away or replace a row; who takes the triggers
away is found by the walk over the chain (tasks/recording/journal.py).
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    String,
    Table,
    cast,
    exists,
    func,
    insert,
    inspect,
    literal,
    select,
    text,
    true,
)
from sqlalchemy import union_all as all_of

from models.digests import digest, row_encoder
from models.records.tables import METADATA, JournalEntry

JOURNAL = METADATA.tables[str(JournalEntry.__tablename__)]
BEGINNING = "0" * 64
_ROWS_A_LINK = 5_000
_FUNCTION = "cchc_rows_are_only_added"

Key = tuple[str, str]
"""A table and the key of one of its rows, as text."""


def official_tables() -> list[Table]:
    """Every table whose rows are part of the journal, those first that others point to."""
    return [table for table in METADATA.sorted_tables if table.info.get("official", True)]


def key_of(table: Table) -> Any:
    """The one column that is the key of a table."""
    (column,) = table.primary_key.columns
    return column


def fixed_columns(table: Table) -> list[str]:
    """The columns of a table that nobody may change, its key apart; in the order of their names."""
    own = {key_of(table).name, *table.info.get("changeable", ())}
    return sorted(column.name for column in table.columns if column.name not in own)


def row_hash(values: Sequence[Any]) -> bytes:
    """The SHA-256 of a row's values, the same on every database."""
    return hashlib.sha256(_SPELLING.encode(list(values)).encode()).digest()


_SPELLING = row_encoder(lambda content: hashlib.sha256(content).hexdigest(), sort_keys=True)


def link_hash(link: Any) -> str:
    """The SHA-256 of a link, over all it says; of a row of the journal or of the values of one."""
    return digest(
        {
            "id": link["id"],
            "table": link["table_name"],
            "rows": link["rows"],
            "columns": link["columns"],
            "row_hashes": hashlib.sha256(link["row_hashes"]).hexdigest(),
            "act": link["act"],
            "at": link["recorded_at"].astimezone(UTC).isoformat(),
            "by": link["recorded_by"],
            "before": link["before"],
        }
    )


def spans(keys: Iterable[int]) -> str:
    """Rising numbers in few words: 17, 18, 19, 21 → `17-19,21`."""
    runs = [[key for _, key in run] for _, run in groupby(enumerate(keys), key=lambda placed: placed[1] - placed[0])]
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def keys_in(rows: str) -> Iterator[str]:
    """The keys that a link names, each as text; ValueError where somebody wrote something else there."""
    if len(rows) == 64 and rows.isalnum():
        yield rows
        return
    for part in rows.split(","):
        first, _, last = part.partition("-")
        yield from map(str, range(int(first), int(last or first) + 1))


def unsealed(connection: Connection) -> set[Key]:
    """The rows beyond those that the journal holds of each table."""
    parts = [
        select(literal(table.name), cast(key_of(table), String)).where(_beyond(table)) for table in official_tables()
    ]
    return {(name, key) for name, key in connection.execute(all_of(*parts))}


def _beyond(table: Table) -> ColumnElement[bool]:
    """What tells the rows of a table that came after those in the journal."""
    key, of_table = key_of(table), JOURNAL.c.table_name == table.name
    if isinstance(key.type, Integer):
        last = select(func.coalesce(func.max(JOURNAL.c.last_row), 0)).where(of_table).scalar_subquery()
        beyond: ColumnElement[bool] = key > last
        return beyond
    return ~exists(select(literal(1)).where(of_table, JOURNAL.c.rows == key))


def seal(connection: Connection, foreign: Set[Key], by: str) -> None:
    """Chain every row that this transaction added.

    Args:
        connection: the transaction of the only writer.
        foreign: what was unsealed when the transaction began: rows that came in past this program.
        by: who acts.
    """
    tables = official_tables()
    any_of = {table.name: select(literal(1)).select_from(table).where(_beyond(table)) for table in tables}
    grown = [select(literal(name)).where(exists(rows)) for name, rows in any_of.items()]
    names = set(connection.execute(all_of(*grown)).scalars())
    links = (
        link
        for table in tables
        if table.name in names
        for link in _links_of(connection, table, fixed_columns(table), _beyond(table), foreign)
    )
    _chain(connection, links, "recorded", by)


def seal_beginning(connection: Connection) -> None:
    """Chain every row that was there before the journal, so that none of them changes unseen from now on."""
    there = set(inspect(connection).get_table_names())
    links = (
        link
        for table in official_tables()
        if table.name in there
        for link in _links_of(connection, table, _columns_there(connection, table), true(), frozenset())
    )
    _chain(connection, links, "sealed", "")


def _chain(connection: Connection, links: Iterator[dict[str, Any]], act: str, by: str) -> None:
    place, before = head_of(connection)
    for values in links:
        place += 1
        link = {**values, "id": place, "act": act, "recorded_at": datetime.now(UTC), "recorded_by": by}
        link["before"] = before
        before = link["sha256"] = link_hash(link)
        connection.execute(insert(JOURNAL), [link])


def _links_of(
    connection: Connection, table: Table, columns: Sequence[str], wanted: ColumnElement[bool], foreign: Set[Key]
) -> Iterator[dict[str, Any]]:
    """What stands in the links of the wanted rows of a table, so many rows a link."""
    key = key_of(table)
    numbered = isinstance(key.type, Integer)
    read = select(key, *(table.c[name] for name in columns)).where(wanted).order_by(key)
    for part in connection.execute(read).partitions(_ROWS_A_LINK if numbered else 1):
        rows = [row for row in part if (table.name, str(row[0])) not in foreign] if foreign else part
        if not rows:
            continue
        keys = [row[0] for row in rows]
        yield {
            "table_name": table.name,
            "rows": spans(keys) if numbered else str(keys[0]),
            "last_row": keys[-1] if numbered else 0,
            "columns": " ".join(columns),
            "row_hashes": b"".join(row_hash(row[1:]) for row in rows),
        }


def _columns_there(connection: Connection, table: Table) -> list[str]:
    """The fixed columns of a table that this database has: a migration may stand before those that add the others."""
    there = {column["name"] for column in inspect(connection).get_columns(table.name)}
    return [name for name in fixed_columns(table) if name in there]


def head_of(connection: Connection) -> tuple[int, str]:
    """The place and the hash of the newest link."""
    newest = connection.execute(select(JOURNAL.c.id, JOURNAL.c.sha256).order_by(JOURNAL.c.id.desc()).limit(1)).first()
    return (newest[0], newest[1]) if newest else (0, BEGINNING)


def link_of(connection: Connection, table_name: str, row: int) -> str | None:
    """The hash of the link that a row was recorded in."""
    links = select(JOURNAL.c.rows, JOURNAL.c.sha256).where(JOURNAL.c.table_name == table_name)
    found = connection.execute(links.where(JOURNAL.c.last_row >= row).order_by(JOURNAL.c.id))
    return next((sha256 for rows, sha256 in found if str(row) in keys_in(rows)), None)


def guard(connection: Connection) -> None:
    """Let the database itself refuse to change, to take away and to replace a row that is only ever added."""
    if connection.dialect.name != "sqlite":
        connection.execute(text(_REFUSING))
    for statement in guards(connection).values():
        connection.execute(text(statement))


def unguard(connection: Connection) -> None:
    """Take the guards away while the tables are rebuilt."""
    sqlite = connection.dialect.name == "sqlite"
    for table, name in _guards_there(connection):
        connection.execute(text(f'DROP TRIGGER "{name}"' if sqlite else f'DROP TRIGGER "{name}" ON "{table}"'))


def missing_guards(connection: Connection) -> list[str]:
    """The guards that somebody took away or switched off."""
    there = {name for _, name in _guards_there(connection)}
    return sorted(name for name in guards(connection) if name not in there)


def _guards_there(connection: Connection) -> list[tuple[str, str]]:
    on_sqlite = "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'only_added_%'"
    on_postgresql = (
        "SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
        " WHERE tgname LIKE 'only_added_%' AND tgenabled <> 'D' AND pg_table_is_visible(tgrelid)"
    )
    sqlite = connection.dialect.name == "sqlite"
    return [(row[0], row[1]) for row in connection.execute(text(on_sqlite if sqlite else on_postgresql))]


def guards(connection: Connection) -> dict[str, str]:
    """The triggers that a database of this kind has, by name."""
    made: dict[str, str] = {}
    for table in (*official_tables(), JOURNAL):
        fixed = ", ".join(f'"{name}"' for name in (key_of(table).name, *fixed_columns(table)))
        update = f"UPDATE OF {fixed}" if table.info.get("changeable") else "UPDATE"
        events = {"update": f'BEFORE {update} ON "{table.name}"', "delete": f'BEFORE DELETE ON "{table.name}"'}
        for event, when in events.items():
            made[f"only_added_{event}_{table.name}"] = f"{when} {_refusal(connection, 'FOR EACH ROW')}"
        if connection.dialect.name == "sqlite":
            key = key_of(table).name
            taken = f'WHEN EXISTS (SELECT 1 FROM "{table.name}" WHERE "{key}" = NEW."{key}")'
            made[f"only_added_replace_{table.name}"] = (
                f'BEFORE INSERT ON "{table.name}" {taken} {_refusal(connection, "")}'
            )
        else:
            made[f"only_added_truncate_{table.name}"] = (
                f'BEFORE TRUNCATE ON "{table.name}" {_refusal(connection, "FOR EACH STATEMENT")}'
            )
    return {name: f'CREATE TRIGGER "{name}" {body}' for name, body in made.items()}


_REFUSING = (
    f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " RAISE EXCEPTION USING ERRCODE = 'restrict_violation', MESSAGE = TG_TABLE_NAME || ' is only ever added to';"
    " END $$"
)


def _refusal(connection: Connection, each: str) -> str:
    if connection.dialect.name == "sqlite":
        return "BEGIN SELECT RAISE(ABORT, 'rows are only ever added'); END"
    return f"{each} EXECUTE FUNCTION {_FUNCTION}()"
