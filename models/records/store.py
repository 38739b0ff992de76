"""Where bytes lie that all who work for a province reach: received files for ever, pieces of work for a while.

Bytes are put under their SHA-256 and checked against it when they are fetched: a folder (var/ of the province), or any
address that fsspec knows. What has a key is small and may travel; what it stands for does not.
"""

import atexit
import hashlib
import os
import re
import shutil
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from models.findings import refusal
from models.records.unfinished import remove_left, unfinished
from models.settings import Settings, var_folder

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

RECEIVED = "received"
"""The place of what came in; it stays."""
WORK = "work"
"""The place of what one piece of work leaves for the next: taken away when that has it."""
_FETCHED_AT_MOST = 500  # files of a store elsewhere that a process holds here


class Opened(NamedTuple):
    """A folder in some file system."""

    files: "AbstractFileSystem"
    root: str

    @property
    def is_local(self) -> bool:
        """Whether it is a folder of this machine."""
        return bool(getattr(self.files, "local_file", False))


def opened_address(address: str, setting: str) -> Opened:
    """The folder at an address.

    Args:
        address: a path, or an address that fsspec knows.
        setting: what names it, for the refusal.

    Raises:
        RefusedError: the address is none that can be opened here.
    """
    from fsspec.core import url_to_fs

    try:
        files, root = url_to_fs(address, use_listings_cache=False)
    except (ValueError, ImportError, OSError) as error:
        raise refusal(
            setting, f"không mở được “{address}” ({error})", "Ghi một thư mục hoặc địa chỉ mà fsspec biết"
        ) from error
    return Opened(files, root.rstrip("/"))


def of_the_province(template: str, province: Path) -> str:
    """A setting of many provinces, with the name of this one's folder for `{province}`."""
    return template.replace("{province}", re.sub(r"\W", "_", province.name))


class LostBytesError(OSError):
    """The store has no such bytes, or other ones than it was given."""


class Store:
    """Bytes by their SHA-256, in places of one folder."""

    def __init__(self, at: Opened) -> None:
        self._at = at
        self._here: _Fetched | None = None if at.is_local else _Fetched()

    @classmethod
    def of(cls, province: Path, settings: Settings) -> "Store":
        """The store of a province: as set, else its var/.

        Raises:
            RefusedError: the address of the settings is none that can be opened here.
        """
        address = of_the_province(settings.store, province) if settings.store else str(var_folder(province))
        return cls(opened_address(address, "CCHC_STORE"))

    def put(self, content: bytes, place: str = WORK) -> str:
        """Lay bytes down; returns their key. Laying them down twice changes nothing."""
        return self.put_pieces((content,), place)

    def put_pieces(self, pieces: Iterable[bytes], place: str = RECEIVED) -> str:
        """The same for what comes piece by piece; where one fails to come, nothing is laid down."""
        beside = Path(self._at.root, place) if self._here is None else self._here.folder
        beside.mkdir(parents=True, exist_ok=True)
        hashed = hashlib.sha256()
        with unfinished(beside) as (written, file):
            for piece in pieces:
                hashed.update(piece)
                file.write(piece)
            key = hashed.hexdigest()
            if not self.has(key, place):
                file.flush()
                if self._here is None:
                    target = Path(self.where(key, place))
                    if place == RECEIVED:
                        os.fsync(file.fileno())  # a receipt never outlives its file, not even through a power cut
                    target.parent.mkdir(exist_ok=True)
                    written.replace(target)
                else:
                    self._at.files.makedirs(self.where(key, place).rpartition("/")[0], exist_ok=True)
                    self._at.files.put_file(str(written), self.where(key, place))
        return key

    def get(self, key: str, place: str = WORK) -> bytes:
        """The bytes of a key.

        Raises:
            LostBytesError: they are not there, or not what was laid down.
        """
        try:
            content: bytes = self._at.files.cat_file(self.where(key, place))
        except FileNotFoundError as error:
            raise LostBytesError(f"{place}/{key} is not in the store") from error
        if hashlib.sha256(content).hexdigest() != key:
            raise LostBytesError(f"{place}/{key} in the store is not what was laid there")
        return content

    def local(self, key: str, place: str = RECEIVED) -> Path:
        """Where the bytes of a key lie on this machine, fetched where the store is elsewhere.

        Raises:
            LostBytesError: the store is elsewhere and has not got them.
        """
        path = self.where(key, place)
        return Path(path) if self._here is None else self._here.path(key, lambda: self.get(key, place))

    def has(self, key: str, place: str = WORK) -> bool:
        """Whether the bytes of a key are there."""
        return bool(self._at.files.exists(self.where(key, place)))

    def listed(self, place: str = RECEIVED) -> Iterator[str]:
        """The key of everything in a place, in order."""
        found = self._at.files.find(f"{self._at.root}/{place}")
        yield from sorted(name for path in found if len(name := path.rpartition("/")[2]) == 64)

    def remove(self, key: str, place: str = WORK) -> None:
        """Take away what is not needed any more; nothing where it is gone."""
        try:
            self._at.files.rm_file(self.where(key, place))
        except FileNotFoundError:
            return

    def clear(self, place: str) -> None:
        """Take away a place with all that lies in it; nothing where it is gone."""
        with suppress(FileNotFoundError):
            self._at.files.rm(f"{self._at.root}/{place}", recursive=True)

    def clear_older(self, place: str, moment: datetime) -> int:
        """Take away what was laid into a place before a moment, and whose user was killed; returns how many it was."""
        old = [path for path in self._at.files.find(f"{self._at.root}/{place}") if self._laid(path) < moment]
        for path in old:
            with suppress(FileNotFoundError):
                self._at.files.rm_file(path)
        return len(old)

    def _laid(self, path: str) -> datetime:
        """When it was laid down; what is gone meanwhile is not old."""
        try:
            laid: datetime = self._at.files.modified(path)
        except FileNotFoundError:
            return datetime.max.replace(tzinfo=UTC)
        return laid if laid.tzinfo else laid.replace(tzinfo=UTC)

    def remove_unfinished(self) -> None:
        """Remove what a process that was killed while it laid something down has left."""
        for place in (RECEIVED, WORK) if self._here is None else ():
            folder = Path(self._at.root, place)
            remove_left((*folder.glob(".*"), *folder.glob("*/.*")))

    def where(self, key: str, place: str) -> str:
        """Where the bytes of a key lie, as the store's file system names it."""
        return f"{self._at.root}/{place}/{key[:2]}/{key}"


class _Fetched:
    """The files of a store elsewhere that this process has here; the oldest go as others come."""

    def __init__(self) -> None:
        self.folder = Path(mkdtemp(prefix="cchc-store-"))
        self._paths: OrderedDict[str, Path] = OrderedDict()
        self._lock = Lock()
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)

    def path(self, key: str, fetch: Callable[[], bytes]) -> Path:
        """Where a file lies, fetched if it is not here."""
        with self._lock:
            if key in self._paths:
                self._paths.move_to_end(key)
                return self._paths[key]
        content = fetch()
        with unfinished(self.folder) as (written, file):
            file.write(content)
            file.flush()
            path = written.replace(self.folder / key)
        with self._lock:
            self._paths[key] = path
            while len(self._paths) > _FETCHED_AT_MOST:
                self._paths.popitem(last=False)[1].unlink(missing_ok=True)
        return path
