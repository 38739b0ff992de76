"""A workbook that as_workbook.py wrote and an officer edited → the set's file with only what was changed, or findings.

The text that the set had when it went out lies in a hidden sheet of the workbook, so its comments are there wherever
the workbook comes back.
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from models.criteria.sets import CriteriaSet
from models.findings import RefusedError, has_critical, refusal
from models.province.yaml_files import values_of
from models.working_days import FIRST_YEAR
from tasks.criteria.as_tables import SET_BOOK, tables_of, values_of_tables
from tasks.editing.books import EditedBook, read_book
from tasks.editing.changing import Checked, WantedYaml, checked_changes
from tasks.editing.folder_book import changed_by_book
from tasks.editing.tables import Placed

_OWN_FILE = re.compile(r"criteria/[^./\\\x00-\x1f][^/\\\x00-\x1f]*\.yaml")


@dataclass(frozen=True)
class ReadSet:
    """What a workbook says of a set.

    Attributes:
        id: of the set, as the workbook has it now.
    """

    id: str
    wanted: WantedYaml
    placed: Placed


def is_exported_set(book: EditedBook) -> bool:
    """Whether a workbook is one that we wrote of a criteria set."""
    return book.kind == SET_BOOK


def set_from_workbook(content: bytes, file: str) -> ReadSet | None:
    """Read a workbook that we wrote of a set; None where it is any other file.

    Args:
        content: its bytes, whatever they are; they are opened in a process that may die.
        file: its name in findings.

    Raises:
        RefusedError: it is ours, but cannot be read; every reason at its cell. Also where it cannot be opened at all.
    """
    return set_in_book(read_book(content, file))


def set_in_book(book: EditedBook) -> ReadSet | None:
    """The same of a workbook that is open already."""
    if not is_exported_set(book):
        return None
    if not book.files:
        raise RefusedError(list(book.findings))
    name, kept = next(iter(book.files.items()))
    if not book.keeps_only(_OWN_FILE):
        raise refusal(book.file, "trang ẩn giữ bản gốc đã bị sửa hoặc hỏng", "Xuất lại rồi sửa trên tệp mới")
    base, wrong = values_of(kept.decode("utf-8-sig", errors="replace"), name)
    if wrong or not isinstance(base, dict):
        raise refusal(book.file, "trang ẩn giữ bản gốc đã bị sửa hoặc hỏng", "Xuất lại rồi sửa trên tệp mới")
    placed = Placed(book.file, findings=list(book.findings))
    values = values_of_tables(book.sheets, base, tables_of(base, _modelled(base), _year(book)), placed)
    return ReadSet(str(values.get("id", base.get("id", ""))), WantedYaml(name, kept, values, placed.cells), placed)


def _modelled(values: dict[str, Any]) -> CriteriaSet | None:
    """The set as a model, for the sentences that stood beside its rules."""
    try:
        return CriteriaSet.model_validate(values)
    except ValidationError:
        return None


def _year(book: EditedBook) -> int:
    """The index year in which the sentences beside the rules were told."""
    year = book.said.get("year", "").removesuffix(".0")
    return int(year) if year.isdecimal() and len(year) == 4 else FIRST_YEAR


def changed_set(folder: Path, read: ReadSet) -> Checked:
    """What a workbook makes of the folder: its file with only what was changed, or a new file; nothing is written.

    Raises:
        RefusedError: with everything that is wrong, each at its cell.
    """
    wanted = read.wanted
    if not (folder / wanted.name).exists():
        wanted = replace(wanted, is_new=True)
    return checked_changes(folder, read.placed.file, [wanted], read.placed.findings)


def tried_file(content: bytes, file: str) -> bytes:
    """The text of a set that is to be tried: the file's own, or what a workbook of ours makes of it.

    Raises:
        RefusedError: it is a workbook that is none of ours, or that has errors.
    """
    if not content.startswith(b"PK"):
        return content
    read = set_from_workbook(content, file)
    if read is None:
        what = "tệp này không phải là bộ tiêu chí do chương trình xuất ra"
        raise refusal(file, what, "Dùng tệp .yaml, hoặc tệp Excel do chương trình xuất ra")
    if has_critical(read.placed.findings):
        raise RefusedError(read.placed.findings)
    return read.wanted.content()


def changed_by_workbook(folder: Path, content: bytes, file: str) -> Checked:
    """What an edited workbook makes of a folder, be it of a criteria set or of the folder itself; nothing is written.

    Raises:
        RefusedError: it is none of ours, or with everything that is wrong, each at its cell.
    """
    book = read_book(content, file)
    read = set_in_book(book)
    return changed_set(folder, read) if read is not None else changed_by_book(folder, book)
