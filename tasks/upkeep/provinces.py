"""The provinces of one installation that serves many: a folder each, added whole or not at all, and how each one is.

In: a province folder, or the folder of all. Out: the folder copied in with its database made; or a line a province.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from models.findings import RefusedError, Severity, refusal
from models.province.folder import load_province
from models.records.storage import open_storage, prepare_storage
from models.settings import Settings, var_folder
from models.wording import capitalised

_LEFT_OUT = shutil.ignore_patterns("var", ".git")


class KnownProvince(NamedTuple):
    """A province of an installation.

    Attributes:
        folder: its folder.
        said: how it is, in words.
        is_right: whether folder and database can be worked with.
    """

    folder: Path
    said: str
    is_right: bool


def add_province(source: Path, into: Path, settings: Settings) -> Path:
    """Copy a checked province folder among the others and make its database; returns its place.

    What lies in its var/ stays behind: a province that has worked before is brought by a backup.

    Raises:
        RefusedError: the folder has errors, there is one of its name already, or its database cannot be made.
        OSError: it cannot be copied.
    """
    load_province(source)
    name = source.resolve().name
    place, unfinished = into / name, into / f".{name}.adding"
    if name.startswith(".") or place.exists():
        raise refusal(str(place), "đã có, hoặc tên bắt đầu bằng dấu chấm", "Đổi tên thư mục tỉnh rồi thêm lại")
    shutil.rmtree(unfinished, ignore_errors=True)  # of one that was killed
    shutil.copytree(source, unfinished, ignore=_LEFT_OUT)
    unfinished.rename(place)
    try:
        prepare_storage(place, settings)
    except RefusedError:
        shutil.rmtree(place)
        raise
    return place


def known_provinces(folders: Sequence[Path], settings: Settings) -> list[KnownProvince]:
    """How each province is, in the order given; what is wrong with one says nothing of the others."""
    return [_known(folder, settings) for folder in folders]


def _known(folder: Path, settings: Settings) -> KnownProvince:
    try:
        province = load_province(folder)
        if not settings.database_url and not var_folder(folder).is_dir():
            return KnownProvince(
                folder, f"{capitalised(province.config.name)}: chưa có cơ sở dữ liệu (lần chạy đầu sẽ tạo)", True
            )
        open_storage(folder, settings)
    except RefusedError as refused:
        errors = [finding for finding in refused.findings if finding.severity is Severity.CRITICAL]
        return KnownProvince(folder, f"{len(errors)} lỗi, trước hết: {errors[0]}", False)
    return KnownProvince(folder, f"{capitalised(province.config.name)}: {len(province.units)} đơn vị", True)
