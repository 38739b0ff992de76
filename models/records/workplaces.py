"""A province as a worker sees it, on whatever machine: the frozen copy of its folder, its database, its store.

Whoever gives out work packs the folder into the store, once for all its jobs; a worker unpacks it once and works on
what the folder said then. Addresses and passwords come from each machine's own settings and never travel.
"""

import io
import os
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import NamedTuple

from models.findings import refusal
from models.province.folder import Province, load_province
from models.records.storage import Storage, open_storage
from models.records.store import Store
from models.settings import Settings, var_folder

_LARGEST = 32 * 2**20  # bytes of a file that a folder declares anything in; what is larger is somebody's archive
_MOMENT = (1980, 1, 1, 0, 0, 0)


class Workplace(NamedTuple):
    """What a job says of the province that it is about.

    Attributes:
        folder: the province folder where the work was given out.
        frozen: the key of its frozen copy in the store.
        receiving: see `load_province`.
    """

    folder: str
    frozen: str
    receiving: bool = False


def workplace_of(province: Province, storage: Storage) -> Workplace:
    """Freeze a province for its workers; the same folder gives the same key.

    Args:
        province: the checked folder; this process works on it as it was loaded.
        storage: its database and store.
    """
    frozen = storage.store.put(_packed(province.folder))
    place = Workplace(str(province.folder.resolve()), frozen, bool(province.progress_errors))
    with _opening:
        _given_out[place] = province, storage
        while len(_given_out) > _AT_ONCE:
            del _given_out[next(iter(_given_out))]
    return place


_AT_ONCE = 2
_given_out: dict[Workplace, tuple[Province, Storage]] = {}
_opening = Lock()


def opened_workplace(place: Workplace) -> tuple[Province, Storage]:
    """The province and its database, opened once a process.

    Raises:
        RefusedError: database or store cannot be reached from this machine.
        LostBytesError: the store does not hold the frozen copy.
    """
    with _opening:
        return _given_out.get(place) or _opened(place, os.getpid())[1]


@lru_cache(maxsize=_AT_ONCE)
def _opened(place: Workplace, process: int) -> tuple[TemporaryDirectory[str], tuple[Province, Storage]]:
    """Beside what is opened, the folder of the frozen copy, which goes when nobody works on it any more."""
    settings, home = Settings(), Path(place.folder)
    if not (settings.database_url and settings.store) and not home.is_dir():
        what = f"máy này không có thư mục {home}, cũng không biết cơ sở dữ liệu và kho tệp chung"
        raise refusal("CCHC_DATABASE_URL, CCHC_STORE", what, "Đặt cả hai biến cho tiến trình làm việc rồi chạy lại")
    unpacked = TemporaryDirectory(prefix="cchc-")
    folder = Path(unpacked.name, home.name)
    with zipfile.ZipFile(io.BytesIO(Store.of(home, settings).get(place.frozen))) as copy:
        copy.extractall(folder)
    at_home = not (settings.database_url and settings.store)
    storage = open_storage(home if at_home else folder, settings)
    return unpacked, (load_province(folder, receiving=place.receiving), storage)


def _packed(folder: Path) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _declaring(folder):
            name = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _MOMENT)
            archive.writestr(name, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _declaring(folder: Path) -> Iterator[Path]:
    """The files of a province folder in order, without its state and what is hidden."""
    for here, folders, names in os.walk(folder):
        at = Path(here)
        state = var_folder(folder)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and at / name != state)
        for name in sorted(names):
            path = at / name
            if not name.startswith(".") and path.is_file() and path.stat().st_size <= _LARGEST:
                yield path
