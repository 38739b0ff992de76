"""A new criteria set in the province folder: never over one that is there, and what the folder's check says of it."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from models.codes import Code
from models.criteria.sets import CriteriaSet
from models.findings import Finding, refusal
from models.province.contents import FolderContents
from models.province.folder import check_province, read_folder
from models.wording import unaccented
from models.working_days import FIRST_YEAR
from tasks.criteria.annex_rows import PrintedNames, names_of
from tasks.criteria.as_workbook import year_in
from tasks.criteria.exported import ReadSet
from tasks.criteria.importing import ImportedSet, import_annex
from tasks.criteria.keeping_ids import EarlierSet

_CODE = TypeAdapter(Code)
_LONGEST_ID = 40


def id_of_file(stem: str) -> str:
    """The name of a file, without its ending, as an id of a set."""
    return re.sub(r"[^a-z0-9]+", "-", unaccented(stem)).strip("-")[:_LONGEST_ID].rstrip("-")


def import_into(folder: Path, file: Path, id: str, title: str, like: str = "") -> tuple[Path, ImportedSet]:
    """Read an annex and write it as `criteria/ID.yaml`.

    Args:
        folder: the province folder.
        file: the annex.
        id: of the new set.
        title: of the new set; "": one that says where it is from.
        like: the set whose ids it takes over where its words are the same; "": the one that has most of its leaves.

    Returns:
        The file that was written, and the set.

    Raises:
        RefusedError: the id is none or is taken, the annex cannot be read, or there is no set that it is to be like.
    """
    contents = read_folder(folder)
    path = _free(folder, contents, id)
    title = title or f"Bộ tiêu chí đọc từ {file.name}"
    imported = import_annex(file.read_bytes(), file.name, id, title, _names(contents), _earlier(contents, like))
    path.parent.mkdir(exist_ok=True)
    with path.open("x", encoding="utf-8") as out:
        out.write(imported.text)
    return path, imported


def as_new_set(folder: Path, read: ReadSet, id: str, title: str) -> ReadSet:
    """What a file of ours says of its set, as a set of its own; an empty title stays what it is.

    Raises:
        RefusedError: the id is none or is taken.
    """
    _free(folder, read_folder(folder), id)
    return read.renamed(id, title)


def _names(contents: FolderContents) -> PrintedNames:
    return names_of(contents.config.appraisers if contents.config else (), contents.units.values())


def _earlier(contents: FolderContents, like: str) -> list[EarlierSet]:
    """The sets that a new one may follow: the one that is named, or any."""
    if like and like not in contents.criteria_sets:
        known = ", ".join(sorted(contents.criteria_sets)) or "chưa có bộ nào"
        raise refusal("--like", f"không có bộ tiêu chí “{like}”", f"Dùng một trong: {known}")
    return earlier_sets({id: known for id, (known, _) in contents.criteria_sets.items() if like in ("", id)})


def earlier_sets(sets: Mapping[str, CriteriaSet]) -> list[EarlierSet]:
    """Sets that a new one may follow, each with the last year it is told for."""
    known = [sets[id] for id in sorted(sets)]
    return [EarlierSet(each, max(each.years, default=year_in(each.id) or FIRST_YEAR)) for each in known]


def _free(folder: Path, contents: FolderContents, id: str) -> Path:
    """The file of a set that is not there yet.

    Raises:
        RefusedError: the id is none or is taken.
    """
    try:
        _CODE.validate_python(id)
    except ValidationError as error:
        what = f"“{id}” không dùng làm mã bộ tiêu chí được"
        raise refusal("--id", what, "Dùng chữ, số, dấu chấm, gạch; không dấu cách, không quá 40 ký tự") from error
    path = folder / "criteria" / f"{id}.yaml"
    if os.path.lexists(path) or id in contents.criteria_sets or id in contents.unread_sets:
        what = f"bộ tiêu chí “{id}” đã có, không ghi đè"
        raise refusal(f"criteria/{path.name}", what, "Chọn mã khác bằng --id, ví dụ thêm năm hoặc loại đơn vị vào mã")
    return path


def check_of_set(folder: Path, path: Path) -> list[Finding]:
    """What the check of the folder says of the file of one set."""
    _, findings = check_province(folder)
    return [finding for finding in findings if finding.file == f"criteria/{path.name}"]
