"""One backup file → a province as it was, in an empty place, on either database; every hash checked on the way.

The folder is made beside its place and moved there whole at the end; what cannot be read leaves nothing behind.
"""

import hashlib
import json
import os
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, Integer, Table, func, insert, inspect, select, text, update
from sqlalchemy import column as bare_column
from sqlalchemy import table as bare_table

from models.findings import Finding, refusal
from models.records.evidence_words import fill_words
from models.records.journal import head_of, key_of
from models.records.storage import SCHEMA_VERSION, database_url, make_engine, migrate, open_storage, schema_version
from models.records.store import Store
from models.records.tables import METADATA
from models.settings import Settings, var_folder
from tasks.publishing.folders import verify_folder
from tasks.recording.journal import walk_journal
from tasks.upkeep.archive import (
    CONTENTS,
    DATABASE,
    IN_WORDS,
    PROVINCE,
    PUBLISHED,
    RECEIVED,
    BackupContents,
    contents_in,
    read_value,
)

_PIECE = 1 << 20
_AT_A_TIME = 1_000
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, TypeError, KeyError, NotImplementedError)
_OTHER = "Dùng bản sao lưu khác; nơi khôi phục chưa có gì thay đổi"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored: where, what the backup said of itself, how many rows, and what was wrong before it already."""

    folder: Path
    contents: BackupContents
    rows: int
    findings: tuple[Finding, ...]


def restore(file: Path, province: Path, settings: Settings) -> Restored:
    """Bring a backup back.

    Args:
        file: the backup.
        province: where to; not there, or an empty folder.
        settings: whose database: SQLite in the folder, or the PostgreSQL that is set, which must be empty.

    Raises:
        RefusedError: something is there already, the backup is damaged, or of a later version of the program.
    """
    if province.exists() and (not province.is_dir() or any(province.iterdir())):
        raise refusal(str(province), "không trống", "Khôi phục vào thư mục trống hoặc chưa có")
    staging = province.with_name(f".{province.name}.{uuid4().hex}")
    try:
        with zipfile.ZipFile(file) as archive:
            restoring = _Restoring(archive, staging, province, settings)
            with restoring.laid_or_not_at_all():
                restoring.files()
                rows = restoring.database()
                staging.rename(province)
    except _DAMAGED as error:
        raise refusal(str(file), f"không phải {IN_WORDS} hoặc đã hỏng ({error})", _OTHER) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    storage = open_storage(province, settings)
    findings = [*walk_journal(storage).findings, *_published_findings(province, restoring.contents)]
    storage.engine.dispose()
    return Restored(province, restoring.contents, rows, tuple(findings))


def _published_findings(province: Path, contents: BackupContents) -> Iterator[Finding]:
    for target in contents.published.values():
        for found in verify_folder(province / target):
            yield Finding(f"{target}/{found.file}", found.line, found.what, found.remedy, found.severity)


class _Restoring:
    """One backup on its way back."""

    def __init__(self, archive: zipfile.ZipFile, staging: Path, province: Path, settings: Settings) -> None:
        self.archive, self.staging, self.province, self.settings = archive, staging, province, settings
        self._store, self._laid = Store.of(province, settings), list[str]()
        self.contents = contents_in(archive.read(CONTENTS))
        names = archive.namelist()
        if sorted(names) != sorted([*self.contents.parts, CONTENTS]):
            raise ValueError("các phần không đúng với danh mục")
        if self.contents.schema > SCHEMA_VERSION:
            raise refusal(IN_WORDS, f"của phiên bản mới hơn ({self.contents.schema})", "Cập nhật chương trình")

    @contextmanager
    def laid_or_not_at_all(self) -> Iterator[None]:
        """Where it fails, what it has laid into a store elsewhere is taken away again; what lay there stays."""
        try:
            yield
        except BaseException:
            for key in self._laid:
                self._store.remove(key, RECEIVED)
            raise

    def files(self) -> None:
        """Province folder and published folders, into the folder beside the place; received files, into the store."""
        for name in self.contents.parts:
            if (target := self._target(name)) is None:
                continue
            if self.settings.store and name.startswith(f"{RECEIVED}/"):
                if not self._store.has(target.name, RECEIVED):
                    self._laid.append(target.name)
                self._store.put_pieces(self._checked(name))
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as out:
                for piece in self._checked(name):
                    out.write(piece)
                out.flush()
                os.fsync(out.fileno())
            if name.startswith(f"{PUBLISHED}/"):
                target.chmod(0o444)
        var_folder(self.staging).mkdir(parents=True, exist_ok=True)

    def _target(self, name: str) -> Path | None:
        """Where a part goes; None for rows of the database."""
        kind, _, rest = _inside(name).partition("/")
        match kind:
            case "database":
                return None
            case "received":
                if self.contents.parts[name][0] != rest:
                    raise ValueError(f"{name}: tên không phải mã băm")
                return var_folder(self.staging) / RECEIVED / rest[:2] / rest
            case "published":
                id, _, inner = rest.partition("/")
                return self.staging / _inside(self.contents.published[id]) / inner
            case "province":
                return self.staging / rest
        raise ValueError(f"{name}: không phải {PROVINCE}, {RECEIVED}, {PUBLISHED}")

    def _checked(self, name: str) -> Iterator[bytes]:
        """A part piece by piece; refused at its end where it is not what was backed up."""
        hashed, size = hashlib.sha256(), 0
        with self.archive.open(name) as part:
            while piece := part.read(_PIECE):
                hashed.update(piece)
                size += len(piece)
                yield piece
        if [hashed.hexdigest(), size] != list(self.contents.parts[name]):
            raise ValueError(f"{name}: sai mã băm")

    def database(self) -> int:
        """Every row, in one transaction, then brought to this version of the program; returns how many."""
        place = self.province if self.settings.database_url else self.staging
        engine = make_engine(database_url(place, self.settings), self.settings.patience)
        try:
            _refuse_filled(engine, self.contents.schema)
            migrate(engine, self.contents.schema if self.contents.schema != SCHEMA_VERSION else "head")
            with engine.begin() as connection:
                there = [table for table in METADATA.sorted_tables if f"{DATABASE}/{table.name}.jsonl" in self.parts]
                rows = sum(self._rows(connection, table) for table in there)
                for table in there:
                    _count_on(connection, table)
                if self.contents.head and head_of(connection)[1] != self.contents.head:
                    raise ValueError("mắt xích cuối của nhật ký không khớp")
            if self.contents.schema != SCHEMA_VERSION:
                migrate(engine)
            else:
                with engine.begin() as connection:
                    fill_words(connection)  # they are in no backup
            with engine.begin() as connection:
                self._move_publications(connection)
        finally:
            engine.dispose()
        return rows

    @property
    def parts(self) -> set[str]:
        """The names of all parts."""
        return set(self.contents.parts)

    def _rows(self, connection: Connection, table: Table) -> int:
        lines = self._lines(f"{DATABASE}/{table.name}.jsonl")
        columns = [table.c[name] for name in next(lines)]
        plain = bare_table(table.name, *(bare_column(c.name, c.type) for c in columns))  # without later columns
        count, batch = 0, list[dict[str, Any]]()
        for values in lines:
            batch.append({c.name: read_value(c, value) for c, value in zip(columns, values, strict=True)})
            count += 1
            if len(batch) == _AT_A_TIME:
                connection.execute(insert(plain), batch)
                batch = []
        if batch:
            connection.execute(insert(plain), batch)
        return count

    def _lines(self, name: str) -> Iterator[list[Any]]:
        left = b""
        for piece in self._checked(name):
            *whole, left = (left + piece).split(b"\n")
            yield from map(json.loads, whole)

    def _move_publications(self, connection: Connection) -> None:
        """Where the folders lie now, where the database names them by the whole way."""
        table = METADATA.tables["publication"]
        for id, folder in connection.execute(select(table.c.id, table.c.folder)).all():
            if Path(folder).is_absolute() and str(id) in self.contents.published:
                place = str(self.province.resolve() / self.contents.published[str(id)])
                connection.execute(update(table).where(table.c.id == id).values(folder=place))


def _inside(name: str) -> str:
    """A name in an archive, which must not lead out of it."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise ValueError(name)
    return name


def _refuse_filled(engine: Engine, schema: str) -> None:
    """A database takes a backup only where it holds nothing."""
    there = set(inspect(engine).get_table_names())
    version = schema_version(engine)
    with engine.connect() as connection:
        filled = any(
            connection.execute(select(func.count()).select_from(table)).scalar()
            for table in METADATA.sorted_tables
            if table.name in there
        )
    if filled or (there and version not in (None, schema)) or (there and version is None):
        raise refusal("cơ sở dữ liệu", "không trống", "Khôi phục vào một cơ sở dữ liệu mới, trống")


def _count_on(connection: Connection, table: Table) -> None:
    """New rows get the keys after those that came back; SQLite sees to it itself."""
    key = key_of(table)
    if connection.dialect.name == "sqlite" or not isinstance(key.type, Integer):
        return
    highest = connection.execute(select(func.max(key))).scalar()
    if highest:
        sequence = text("SELECT setval(pg_get_serial_sequence(:table, :key), :highest)")
        connection.execute(sequence, {"table": f'"{table.name}"', "key": key.name, "highest": highest})
