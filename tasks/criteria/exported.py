"""What a file keeps of the set that it was made of, and what it says of the set when it comes back.

The text that the set had when it went out lies unseen in the file, so its ids and comments are there wherever the file
comes back. It is a hint: what the file prints is held against it, and all of it is checked as if it were typed.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from models.criteria.sets import CriteriaSet
from models.findings import refusal
from models.forms.packed_files import KEPT_FORMAT, packed_files, unpacked_files
from models.province.folder import Province
from models.province.plain_files import LARGEST, read_plain
from models.province.yaml_files import values_of
from models.working_days import FIRST_YEAR
from tasks.criteria.annex_rows import PrintedNames, names_in
from tasks.criteria.as_workbook import file_of_set
from tasks.editing.changing import CheckedChanges, WantedYaml, checked_changes
from tasks.editing.tables import Placed

SET_ANNEX = "criteria-annex"
_OWN_FILE = re.compile(r"criteria/[^./\\\x00-\x1f][^/\\\x00-\x1f]*\.yaml")


@dataclass(frozen=True)
class KeptSet:
    """A set as it went out.

    Attributes:
        name: of its file.
        content: of its file.
        values: what that says.
        known: the same as a model; None where it could not be read.
        year: the index year in which its deadlines were told.
    """

    name: str
    content: bytes
    values: dict[str, Any]
    known: CriteriaSet | None
    year: int


@dataclass(frozen=True)
class ReadSet:
    """What a file says of a set.

    Attributes:
        id: of the set, as the file has it now.
    """

    id: str
    wanted: WantedYaml
    placed: Placed

    def renamed(self, id: str, title: str) -> "ReadSet":
        """The same as a set of its own beside the one that went out; an empty title stays what it is."""
        values = {**self.wanted.values, "id": id, **({"title": title} if title else {})}
        return replace(self, id=id, wanted=replace(self.wanted, name=f"criteria/{id}.yaml", values=values, is_new=True))


def kept_of_set(province: Province, id: str, year: int) -> Iterator[tuple[str, str]]:
    """What an annex keeps unseen of its set: lines, name and value.

    Raises:
        RefusedError: the province has no such set.
    """
    name = file_of_set(province, id)
    return kept_lines(name, read_plain(province.folder / name), names_in(province), year)


def kept_lines(name: str, content: bytes, names: PrintedNames, year: int) -> Iterator[tuple[str, str]]:
    """The same of the file of a set, and what codes are called where its annex is printed."""
    yield from {"kind": SET_ANNEX, "format": KEPT_FORMAT, "year": str(year)}.items()
    for sort, called in names._asdict().items():
        yield sort, json.dumps(called, ensure_ascii=False)
    yield from packed_files({name: content})


def kept_set(file: str, files: Mapping[str, bytes], year: str) -> KeptSet:
    """The set that a file was made of.

    Args:
        file: its name in findings.
        files: what it keeps.
        year: the index year, as it says it.

    Raises:
        RefusedError: what it keeps was changed or is damaged.
    """
    name, content = next(iter(files.items()), ("", b""))
    values, wrong = values_of(content.decode("utf-8-sig", errors="replace"), name)
    if len(files) != 1 or not _OWN_FILE.fullmatch(name) or wrong or not isinstance(values, dict):
        raise damaged(file)
    year = year.removesuffix(".0")
    told = int(year) if year.isascii() and year.isdecimal() and len(year) == 4 else FIRST_YEAR
    return KeptSet(name, content, values, _modelled(values), told)


def _modelled(values: dict[str, Any]) -> CriteriaSet | None:
    try:
        return CriteriaSet.model_validate(values)
    except ValidationError:
        return None


def kept_in_lines(file: str, lines: Sequence[tuple[str, str]]) -> tuple[KeptSet, PrintedNames]:
    """The set that an annex was made of, and what codes were called in it.

    Raises:
        RefusedError: what it keeps was changed or is damaged.
    """
    said = {name: value for name, value in lines if name not in ("file", "bytes")}
    if said.get("format") != KEPT_FORMAT:
        raise refusal(file, "tệp do bản phần mềm khác xuất ra", "Xuất lại rồi sửa trên tệp mới")
    try:
        files = unpacked_files(list(lines), LARGEST)
        names = PrintedNames(*(_called(said.get(sort, "")) for sort in PrintedNames._fields))
    except ValueError as broken:
        raise damaged(file) from broken
    return kept_set(file, files, said.get("year", "")), names


def _called(text: str) -> dict[str, str]:
    called = json.loads(text)
    if not isinstance(called, dict) or not all(isinstance(name, str) for name in called.values()):
        raise ValueError(text)
    return called


def damaged(file: str) -> Exception:
    """Why a file is refused whose copy of the set is not what it was."""
    return refusal(file, "bản gốc giữ trong tệp đã bị sửa hoặc hỏng", "Xuất lại rồi sửa trên tệp mới")


def changed_set(folder: Path, read: ReadSet) -> CheckedChanges:
    """What a file makes of the folder: its set with only what was changed, or a new one; nothing is written.

    Raises:
        RefusedError: with everything that is wrong, each at its cell.
    """
    wanted = read.wanted
    if not (folder / wanted.name).exists():
        wanted = replace(wanted, is_new=True)
    return checked_changes(folder, read.placed.file, [wanted], read.placed.findings)
