"""A province → one file with all of it: database, received files, published folders, province folder.

The database is read in one transaction, so that intake may run meanwhile; received files are kept before their rows
are written, so that none is missing. Keys and passwords of the signing machine are left out, and so are other backups
and what still lies in the inbox: nothing of that is recorded yet.
"""

import glob
import hashlib
import os
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Table, inspect, select
from sqlmodel import Session

from models.findings import Finding, Severity, refusal
from models.records.journal import JOURNAL, head_of, key_of
from models.records.storage import Storage, schema_version
from models.records.tables import METADATA
from models.records.unfinished import remove_left, unfinished
from models.settings import var_folder
from tasks.upkeep.archive import CONTENTS, DATABASE, PROVINCE, PUBLISHED, RECEIVED, ROW, BackupContents

_PIECE = 1 << 20
_AT_A_TIME = 2_000
_KEY_FILES = {".p12", ".pfx", ".key", ".jks", ".env"}
_PRIVATE = b"PRIVATE KEY"
_UNFINISHED = re.compile(r"\..+\.[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A finished backup.

    Attributes:
        file: where it is.
        size: in bytes.
        rows, received, published: how many rows, received files and published folders it holds.
        head: the newest link of the journal.
        findings: what was left out, and why.
    """

    file: Path
    size: int
    rows: int
    received: int
    published: int
    head: str
    findings: tuple[Finding, ...]


def back_up(province: Path, storage: Storage, file: Path) -> BackedUp:
    """Write everything of a province into a new file, which is there whole or not at all.

    Raises:
        RefusedError: the file is there already.
    """
    if file.exists():
        raise refusal(str(file), "đã có tệp này", "Chọn tên khác; bản sao lưu không ghi đè bản trước")
    file.parent.mkdir(parents=True, exist_ok=True)
    remove_left(file.parent.glob(f".{glob.escape(file.name)}.{'[0-9a-f]' * 32}"))
    with unfinished(file.parent, f".{file.name}.") as (written, opened):
        with zipfile.ZipFile(opened, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            done = _Backup(province, storage, archive).all()
        opened.flush()
        os.fsync(opened.fileno())
        written.rename(file)
    return BackedUp(file, file.stat().st_size, done.rows, done.received, len(done.targets), done.head, tuple(done.left))


class _Backup:
    """One backup in the making."""

    def __init__(self, province: Path, storage: Storage, archive: zipfile.ZipFile) -> None:
        self.province, self.storage, self.archive = province, storage, archive
        self.parts: dict[str, tuple[str, int]] = {}
        self.targets: dict[str, str] = {}
        self.left: list[Finding] = []
        self.rows = self.received = 0
        self.head = ""

    def all(self) -> "_Backup":
        """Every part, the contents last."""
        with self.storage.reading() as session:
            there = set(inspect(session.connection()).get_table_names())
            for table in METADATA.sorted_tables:
                if table.name in there and not table.info.get("passing"):
                    self._add(f"{DATABASE}/{table.name}.jsonl", self._rows_of(session, table))
            if JOURNAL.name in there:
                self.head = head_of(session.connection())[1]
            publication = METADATA.tables["publication"].c
            folders = session.execute(select(publication.id, publication.folder).order_by(publication.id)).all()
        self._received()
        published = [(str(id), (self.province / folder).resolve()) for id, folder in folders]
        for id, folder in published:
            self._published(id, folder)
        self._province([folder for _, folder in published])
        contents = BackupContents(
            schema=schema_version(self.storage.engine) or "",
            made_at=datetime.now(UTC).isoformat(),
            made_by=self.storage.user,
            head=self.head,
            published=self.targets,
            parts=self.parts,
        )
        self.archive.writestr(CONTENTS, contents.as_json())
        return self

    def _add(self, name: str, pieces: Iterable[bytes]) -> None:
        hashed, size = hashlib.sha256(), 0
        with self.archive.open(name, "w", force_zip64=True) as part:
            for piece in pieces:
                hashed.update(piece)
                size += len(piece)
                part.write(piece)
        self.parts[name] = (hashed.hexdigest(), size)

    def _rows_of(self, session: Session, table: Table) -> Iterator[bytes]:
        columns = [column.name for column in table.columns]
        yield _line(columns)
        read = session.connection().execution_options(yield_per=_AT_A_TIME)
        for row in read.execute(select(*table.columns).order_by(key_of(table))):
            self.rows += 1
            yield _line(list(row))

    def _received(self) -> None:
        for key in self.storage.store.listed():
            self._add(f"{RECEIVED}/{key}", _pieces(self.storage.kept(key)))
            self.received += 1

    def _published(self, id: str, folder: Path) -> None:
        if not folder.is_dir():
            self._leave(str(folder), "không còn thư mục công bố này, bản sao lưu không có nó", "Tìm lại từ bản lưu")
            return
        inside = folder.is_relative_to(self.province)
        self.targets[id] = folder.relative_to(self.province).as_posix() if inside else f"var/{PUBLISHED}/{id}"
        for name, path in self._files(folder, []):
            self._add(f"{PUBLISHED}/{id}/{name}", _pieces(path))

    def _province(self, published: list[Path]) -> None:
        for name, path in self._files(self.province, [var_folder(self.province), *published]):
            if _UNFINISHED.fullmatch(path.name):  # of this backup too, where it is written into the province folder
                continue
            if path.suffix.lower() in _KEY_FILES or path.name == ".env" or _holds_key(path):
                self._leave(name, "là khóa hoặc mật khẩu, không đưa vào bản sao lưu", "Giữ riêng ở nơi an toàn")
            elif _is_backup(path):
                self._leave(name, "là bản sao lưu, không đưa vào bản sao lưu khác", "Để bản sao lưu ngoài thư mục tỉnh")
            else:
                self._add(f"{PROVINCE}/{name}", _pieces(path))

    def _files(self, folder: Path, without: list[Path]) -> Iterator[tuple[str, Path]]:
        """Every plain file of a folder with its name from there; links and devices are told, not followed."""
        for here, folders, names in os.walk(folder):
            at = Path(here)
            folders[:] = sorted(name for name in folders if at / name not in without and name != ".git")
            for name in sorted([*names, *(name for name in folders if (at / name).is_symlink())]):
                path = at / name
                if path.is_symlink() or not path.is_file():
                    self._leave(str(path), "không phải tệp thường (liên kết, thiết bị)", "Thay bằng chính tệp ấy")
                else:
                    yield path.relative_to(folder).as_posix(), path

    def _leave(self, file: str, what: str, remedy: str) -> None:
        self.left.append(Finding(file, 0, what, remedy, Severity.WARNING))


def _line(values: Sequence[object]) -> bytes:
    return ROW.encode(values).encode() + b"\n"


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _is_backup(path: Path) -> bool:
    """Whether a file is a finished backup."""
    try:
        with zipfile.ZipFile(path) as archive:
            return CONTENTS in archive.namelist()
    except zipfile.BadZipFile:
        return False


def _holds_key(path: Path) -> bool:
    """Whether a text file holds a private key, whatever it is called."""
    with path.open("rb") as file:
        return _PRIVATE in file.read(_PIECE)
