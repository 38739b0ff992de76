"""Where files come in and replies go out: a folder, or any address that fsspec knows. Which files may be taken now.

In: the settings' addresses. Out: arrivals whose writing is over, each with what tells it from every other arrival.
Nothing is opened here but to be copied.
"""

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import text

from models.findings import refusal
from models.records.storage import Storage
from models.records.store import opened_address
from models.records.submissions import storable
from models.records.unfinished import remove_left, unfinished
from models.settings import Settings, var_folder
from tasks.reading.evidence_places import evidence_place

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

LARGEST_FILE = 100 * 1024 * 1024  # bytes; no form comes near
_PASSED_OVER = (".tmp", ".part", ".partial", ".crdownload", ".filepart")
_FORMS = (".xlsx", ".xlsm", ".xls", ".ods", ".csv")
_UNFINISHED = ".part-"  # how the names of files begin that are not whole yet
_PIECE = 2**20  # bytes of a file that are held at once
_CHANGED = ("mtime", "LastModified", "last_modified", "modified", "created")
_ARRIVED = ("created", "LastModified", "last_modified", "modified", "mtime")
_INTAKE_LOCK = 20_180_728  # any fixed number but the writers': the key of PostgreSQL's advisory lock


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that lies in the inbox.

    Attributes:
        path: its address in the inbox's file system.
        relative: its path below the inbox.
        size: in bytes.
        changed: when it was last written, in seconds since 1970, None where the file system does not say.
        arrived_at: when it came; no later than now.
        sent_by: who laid it there, where that is known.
    """

    path: str
    relative: str
    size: int
    changed: float | None
    arrived_at: datetime
    sent_by: str = ""

    @property
    def name(self) -> str:
        """The sender's file name, as it was sent."""
        return self.relative.rpartition("/")[2]

    @property
    def folder(self) -> str:
        """The sender's subfolder, empty where the file lies in the inbox itself."""
        return self.relative.partition("/")[0] if "/" in self.relative else ""

    @property
    def origin(self) -> str:
        """What tells this arrival from every other: where it lies, when it was written, how large it is."""
        return storable(f"{self.relative}|{self.changed}|{self.size}")


class Listing(NamedTuple):
    """What lies in the inbox.

    Attributes:
        ready: to be taken now, in the order of arrival.
        waiting: to be left for now, each with the reason.
        untakable: paths below the inbox of what looks like a file and is none, each with what it is.
        evidence: what is no form but evidence, by where it lies; in the order of arrival.
    """

    ready: tuple[Arrival, ...]
    waiting: tuple[tuple[Arrival, str], ...]
    untakable: tuple[tuple[str, str], ...] = ()
    evidence: tuple[Arrival, ...] = ()


class _UnreadableError(Exception):
    """An arrival is gone, locked by its writer, not for us, or not the same any more."""


class FileStore:
    """A folder in some file system."""

    takes_evidence = True
    """Whether files are evidence that lie where evidence does."""

    def __init__(self, files: "AbstractFileSystem", root: str, shown_as: str) -> None:
        self.files = files
        self.root = root.rstrip("/")
        self.shown_as = shown_as

    @property
    def is_local(self) -> bool:
        """Whether it is a folder of this machine."""
        return bool(getattr(self.files, "local_file", False))

    def listed(self, now: datetime, quiet: float) -> Listing:
        """What lies here.

        Args:
            now: the present moment.
            quiet: a file that was written less than so many seconds ago may not be whole yet.

        Raises:
            RefusedError: the inbox cannot be read.
        """
        try:
            self.files.invalidate_cache()
            self.files.ls(self.root, detail=False)  # `find` takes a folder that is not there for an empty one
            found = self.files.find(self.root, detail=True, withdirs=True)
        except Exception as error:  # each file system has its own errors
            raise refusal(
                self.shown_as, f"không đọc được hộp nhận ({error})", "Kiểm tra CCHC_INBOX, đường mạng và quyền đọc"
            ) from error
        arrivals = [
            self._arrival(path, info, now) for path, info in sorted(found.items()) if self._is_meant(path, info)
        ]
        evidence = {each for each in arrivals if self.takes_evidence and evidence_place(each.relative)}
        waiting = [
            (arrival, why) for arrival in arrivals if (why := _why_to_wait(arrival, now, quiet, arrival in evidence))
        ]
        left = {arrival for arrival, _ in waiting}
        odd = ((self._relative(path), self._why_untakable(path, info)) for path, info in sorted(found.items()))
        ready = sorted(
            (each for each in arrivals if each not in left), key=lambda each: (each.arrived_at, each.relative)
        )
        return Listing(
            tuple(each for each in ready if each not in evidence),
            tuple(waiting),
            tuple((path, why) for path, why in odd if why),
            tuple(each for each in ready if each in evidence),
        )

    def arrivals(self, relatives: Iterable[str], now: datetime) -> list[Arrival]:
        """These files as they lie here now; those that are gone are left out."""
        found = []
        for relative in relatives:
            path = f"{self.root}/{relative}"
            try:
                found.append(self._arrival(path, self.files.info(path), now))
            except FileNotFoundError:
                continue
        return found

    def _is_meant(self, path: str, info: dict[str, Any]) -> bool:
        """Whether somebody sent it: no lock or temporary file, nothing hidden, no link out of the inbox."""
        if info["type"] != "file" or info.get("islink") or is_passed_over(self._relative(path)):
            return False
        return not self.is_local or Path(os.path.realpath(path)).is_relative_to(os.path.realpath(self.root))

    def _why_untakable(self, path: str, info: dict[str, Any]) -> str:
        """What looks like a sent file and is none; empty for files, for folders of senders and for what is hidden."""
        relative = self._relative(path)
        if not relative or is_passed_over(relative):
            return ""
        if info.get("islink"):
            return "là liên kết đến nơi khác nên không nhận; chép chính tệp đó vào hộp nhận"
        if info["type"] == "directory":
            named_like_a_file = relative.casefold().endswith(_FORMS)
            return "là thư mục mang tên tệp, không phải tệp; đổi tên hoặc xóa thư mục này" if named_like_a_file else ""
        return (
            ""
            if info["type"] == "file"
            else "không phải tệp thường (ống dẫn, thiết bị) nên không nhận; xóa khỏi hộp nhận"
        )

    def _relative(self, path: str) -> str:
        return path[len(self.root) :].strip("/")

    def _arrival(self, path: str, info: dict[str, Any], now: datetime) -> Arrival:
        relative = self._relative(path)
        arrived = _seconds(info, _ARRIVED)
        came = now if arrived is None else min(now, datetime.fromtimestamp(arrived, UTC))
        return Arrival(path, relative, int(info["size"] or 0), _seconds(info, _CHANGED), came)

    def kept(self, arrival: Arrival, keep: Callable[[Iterable[bytes]], str]) -> str | None:
        """Keep the bytes of an arrival, piece by piece.

        Args:
            arrival: the file.
            keep: keeps pieces whole or not at all, and says under what.

        Returns:
            Under what they are kept; None where the file is not there any more, cannot be read, or changed meanwhile:
            it is looked at again in the next run.
        """
        try:
            return keep(self._pieces(arrival))
        except _UnreadableError:
            return None

    def _pieces(self, arrival: Arrival) -> Iterator[bytes]:
        read = 0
        try:
            with self.files.open(arrival.path, "rb") as file:
                while read <= arrival.size and (piece := file.read(_PIECE)):
                    read += len(piece)
                    yield piece
            self.files.invalidate_cache()
            info = self.files.info(arrival.path)
        except Exception as error:  # each file system has its own errors
            raise _UnreadableError from error
        same = _seconds(info, _CHANGED) == arrival.changed
        if not (same and read == arrival.size == int(info["size"] or 0)):
            raise _UnreadableError

    def remove(self, arrival: Arrival) -> bool:
        """Take a received file out; False where that is not allowed, so that it stays."""
        try:
            self.files.rm_file(arrival.path)
        except FileNotFoundError:
            return True
        except Exception:  # a read-only inbox: the file is known by its origin from now on
            return False
        return True

    def find(self, name: str) -> bytes | None:
        """The bytes of a file that was put here, None where it is gone or cannot be read."""
        try:
            content: bytes = self.files.cat_file(f"{self.root}/{name}")
        except Exception:  # each file system has its own errors
            return None
        return content

    def write(self, name: str, content: bytes) -> None:
        """Put a file here, whole or not at all; what a killed process has left of one goes.

        Raises:
            OSError: it cannot be written.
        """
        self.files.makedirs(self.root, exist_ok=True)
        target = f"{self.root}/{name}"
        if not self.is_local:
            self.files.pipe_file(target, content)
            return
        root = Path(self.root)
        remove_left(root.glob(f"{_UNFINISHED}*"))
        with unfinished(root, _UNFINISHED) as (written, file):
            file.write(content)
            file.flush()
            written.replace(target)


def is_passed_over(relative: str) -> bool:
    """Whether a path is nobody's sent file: hidden, a lock, or not yet written to its end."""
    return any(map(_is_hidden, relative.split("/"))) or relative.casefold().endswith(_PASSED_OVER)


def _is_hidden(name: str) -> bool:
    """A spreadsheet program's lock file or a hidden one; `..\\x.xlsx` is neither, but a name that plays tricks."""
    return name.startswith("~$") or (name.startswith(".") and not name.startswith(".."))


def _seconds(info: dict[str, Any], names: tuple[str, ...]) -> float | None:
    for name in names:
        value = info.get(name)
        if isinstance(value, datetime):
            return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
        if isinstance(value, int | float):
            return float(value)
    return None


def _why_to_wait(arrival: Arrival, now: datetime, quiet: float, is_evidence: bool) -> str:
    if arrival.size > LARGEST_FILE and not is_evidence:  # of that the settings say how large it may be
        most = LARGEST_FILE // 1024 // 1024
        return f"tệp lớn hơn {most} MB, không phải biểu mẫu; xóa khỏi hộp nhận hoặc liên hệ nơi gửi"
    if arrival.changed is not None and abs(now.timestamp() - arrival.changed) < quiet:
        left = ceil(quiet - (now.timestamp() - arrival.changed))
        return f"vừa được ghi, có thể chưa xong; chờ {left} giây nữa rồi nhận lại"
    return ""


def inbox_of(province: Path, settings: Settings, address: str | None = None) -> FileStore:
    """The inbox: the given address, else as set, else var/inbox, which is made.

    Raises:
        RefusedError: the address is none that can be opened here.
    """
    return _store(address or settings.inbox, var_folder(province) / "inbox", "CCHC_INBOX")


def outbox_of(province: Path, settings: Settings) -> FileStore:
    """Where replies are put: as set, else var/outbox, which is made.

    Raises:
        RefusedError: the address is none that can be opened here.
    """
    return _store(settings.outbox, var_folder(province) / "outbox", "CCHC_OUTBOX")


def _store(address: str | None, default: Path, setting: str) -> FileStore:
    if address is None:
        default.mkdir(parents=True, exist_ok=True)
    return FileStore(*opened_address(address or str(default), setting), address or str(default))


@contextmanager
def only_intake(storage: Storage) -> Iterator[bool]:
    """Be the only intake of this province while inside; False where another one is at work.

    The lock dies with its process: a lock on a file in var/, on PostgreSQL an advisory lock of a session, which other
    machines see too.
    """
    if storage.engine.dialect.name == "postgresql":
        with storage.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            mine = bool(connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _INTAKE_LOCK}).scalar())
            try:
                yield mine
            finally:
                if mine:
                    connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _INTAKE_LOCK})
        return
    with (storage.var / "intake.lock").open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
