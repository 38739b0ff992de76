"""The tables of figures, indices and registers, on SQLite and PostgreSQL; a database of before keeps what it holds."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

import models
from models.records.storage import (
    SCHEMA_VERSION,
    Storage,
    database_url,
    make_engine,
    open_storage,
    prepare_storage,
    schema_version,
)
from models.records.tables import METADATA, FigureVersion, IndexVersion, Receipt, Record, RegisterVersion
from models.settings import Settings
from tests.models.records.test_storage import RECEIPT, SCORE, ScoreVersion, add, add_with_receipt

FIGURE = {
    "receipt_id": 1,
    "year": 2025,
    "period": "2025-03",
    "unit": "stc",
    "measure": "ho-so",
    "version": 1,
    "numerator": Decimal("532.3"),
    "denominator": Decimal("1435.2"),
    "qualifier": "=",
    "note": "",
}
INDEX = {
    "receipt_id": 1,
    "year": 2024,
    "series": "papi",
    "unit": "",
    "version": 1,
    "rank": 8,
    "ranked": 63,
    "source": "",
}
ENTRY = {
    "receipt_id": 1,
    "year": 2025,
    "kind": "overdue",
    "unit": "stc",
    "key": '["H1"]',
    "version": 1,
    "body": "{}",
    "withdrawn": False,
}
VERSIONS: list[tuple[type[Record], dict[str, Any]]] = [
    (FigureVersion, FIGURE),
    (IndexVersion, INDEX),
    (RegisterVersion, ENTRY),
]


@pytest.mark.parametrize(("table", "values"), VERSIONS, ids=["figure", "index", "entry"])
def test_a_version_exists_only_once(storage: Storage, table: type[Record], values: dict[str, Any]) -> None:
    add_with_receipt(storage, (table, values), (table, {**values, "version": 2}))
    with pytest.raises(IntegrityError):
        add(storage, (table, values))


BROKEN: dict[str, tuple[type[Record], dict[str, Any]]] = {
    "a figure of nothing": (FigureVersion, {**FIGURE, "numerator": None, "denominator": None}),
    "half a ratio": (FigureVersion, {**FIGURE, "denominator": None}),
    "an unknown qualifier": (FigureVersion, {**FIGURE, "qualifier": "~"}),
    "a figure without receipt": (FigureVersion, {**FIGURE, "receipt_id": 9}),
    "an index of nothing": (IndexVersion, {**INDEX, "rank": None}),
    "a rank beyond those ranked": (IndexVersion, {**INDEX, "rank": 64}),
    "an entry without receipt": (RegisterVersion, {**ENTRY, "receipt_id": 9}),
    "a receipt of an unknown kind": (Receipt, {**RECEIPT, "id": 2, "kind": "figures"}),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_the_database_itself_refuses(storage: Storage, broken: str) -> None:
    with pytest.raises(IntegrityError):
        add_with_receipt(storage, BROKEN[broken])


@pytest.mark.parametrize("kind", ["figures 2025-03", "register overdue", "indices"])
def test_receipts_of_the_month_are_known(storage: Storage, kind: str) -> None:
    add(storage, (Receipt, {**RECEIPT, "kind": kind}))


def test_a_database_of_before_keeps_what_it_holds(tmp_path: Path, settings_of_nothing: Settings) -> None:
    prepare_storage(tmp_path, settings_of_nothing)
    engine = make_engine(database_url(tmp_path, settings_of_nothing))
    config = Config()
    config.set_main_option("script_location", str(Path(models.__file__).parent / "records" / "migrations"))
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("PRAGMA foreign_keys=OFF"))
            connection.commit()
        with connection.begin():
            config.attributes["connection"] = connection
            command.downgrade(config, "0002")
    with engine.begin() as connection:
        connection.execute(insert(Receipt), [RECEIPT])
        connection.execute(insert(ScoreVersion), [SCORE])
    assert schema_version(engine) == "0002"
    engine.dispose()
    prepare_storage(tmp_path, settings_of_nothing)
    storage = open_storage(tmp_path, settings_of_nothing)
    assert schema_version(storage.engine) == SCHEMA_VERSION
    with storage.reading() as session:
        assert session.execute(select(METADATA.tables["score_version"].c.points)).scalars().all() == [Decimal(2)]
    with pytest.raises(IntegrityError):  # foreign keys hold again
        add(storage, (ScoreVersion, {**SCORE, "version": 2, "receipt_id": 9}))
    storage.engine.dispose()
