"""What an edited workbook wants of the files of a folder → checked as a whole, errors at their cells, then written.

On any error nothing is written. What the check says of a line is said of the cell where that line comes from.
"""

import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from difflib import SequenceMatcher
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from models.findings import Finding, Place, RefusedError, Severity, has_critical
from models.province.changed_files import check_changed
from models.province.csv_editing import WantedRow, edited_csv
from models.province.folder import check_province
from models.province.plain_files import UnreadableError, read_plain
from models.province.yaml_editing import UneditableError, edited
from models.province.yaml_files import values_of
from models.province.yaml_writing import block_text, leaf_lines, same
from models.records.storage import Storage
from tasks.editing.tables import Path as ValuePath
from tasks.editing.tables import ReadRow
from tasks.recording.folder_changes import ChangedFile, record_folder_changes

_LINE = re.compile(r"dòng (\d+)")
_COLUMN = re.compile(r"cột (\w+)")


@dataclass(frozen=True)
class WantedYaml:
    """What a YAML file should say, and the cells that say it, by path.

    Attributes:
        base: the text that the workbook was made of; None of a file that it makes anew.
        is_new: whether the folder lacks the file, so that it changes even where nothing was changed in the workbook.
    """

    name: str
    base: bytes | None
    values: Mapping[str, Any]
    cells: Mapping[ValuePath, Place]
    is_new: bool = False

    @property
    def is_there(self) -> bool:
        """Whether the folder will have it."""
        return True

    @property
    def is_changed(self) -> bool:
        """Whether it says anything else than its base."""
        if self.base is None or self.is_new:
            return True
        return not same(values_of(self.base.decode("utf-8-sig"), self.name)[0], self.values)

    def content(self) -> bytes:
        """The bytes that the file should have."""
        if self.base is None:
            return (block_text(self.values) + "\n").encode()
        mark = b"\xef\xbb\xbf" if self.base.startswith(b"\xef\xbb\xbf") else b""
        return mark + edited(self.base.decode("utf-8-sig"), self.values, self.name).encode()

    def to_check(self) -> tuple[bytes, dict[int, ValuePath]]:
        """The same values with every single one on its own line, and the path of each line."""
        lines = list(leaf_lines(self.values))
        text = "".join(f"{line}\n" for line, _ in lines)
        return text.encode(), {number: path for number, (_, path) in enumerate(lines, 1)}

    def place(self, path: ValuePath) -> Place | None:
        """The cell of the deepest part of a path that has one."""
        while path:
            if path in self.cells:
                return self.cells[path]
            path = path[:-1]
        return None


@dataclass(frozen=True)
class WantedCsv:
    """The rows that a CSV file should have, each with its cells.

    Attributes:
        base: the bytes that the workbook was made of; b"" where there was no such file.
    """

    name: str
    base: bytes
    columns: Sequence[str]
    rows: Sequence[tuple[WantedRow, ReadRow]]

    @property
    def is_there(self) -> bool:
        """Whether the folder will have it."""
        return bool(self.base or self.rows)

    @property
    def is_changed(self) -> bool:
        """Whether its bytes change."""
        return (bool(self.base) or bool(self.rows)) and self.content() != self.base

    def content(self) -> bytes:
        """The bytes that the file should have."""
        return edited_csv(self.base, self.columns, [row for row, _ in self.rows])

    def to_check(self) -> tuple[bytes, dict[int, ReadRow]]:
        """The same rows a line each, and the row of each line."""
        rows = [
            WantedRow(0, {name: " ".join(text.split()) for name, text in row.values.items()}) for row, _ in self.rows
        ]
        content = edited_csv(b"", self.columns, rows)
        return content, {number: read for number, (_, read) in enumerate(self.rows, 2)}


Wanted = WantedYaml | WantedCsv


@dataclass(frozen=True)
class FileChange:
    """A file of the folder that changes, and its bytes then."""

    name: str
    content: bytes
    is_new: bool
    before: bytes = b""

    @property
    def lines_said(self) -> str:
        """How many lines differ, in words."""
        old, new = (content.decode(errors="replace").splitlines() for content in (self.before, self.content))
        if self.is_new:
            return f"{len(new)} dòng"
        steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        gone = sum(end - start for tag, start, end, _, _ in steps if tag != "equal")
        come = sum(end - start for tag, _, _, start, end in steps if tag != "equal")
        return f"{come} dòng mới hoặc sửa, thay cho {gone} dòng cũ"


@dataclass
class CheckedChanges:
    """The changes that a workbook brings, and what a person should look at."""

    changes: list[FileChange] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def checked_changes(folder: Path, book: str, wanted: Sequence[Wanted], findings: Sequence[Finding]) -> CheckedChanges:
    """What the files of a folder become.

    Args:
        folder: the province folder.
        book: the workbook as findings name it.
        wanted: what it says of each file.
        findings: what is wrong with its cells already.

    Raises:
        RefusedError: with every finding, where any is an error; nothing is written then.
    """
    if has_critical(findings):
        raise RefusedError(list(findings))
    changed = [each for each in wanted if each.is_changed]
    checked = CheckedChanges(findings=list(findings))
    for each in changed:
        checked.findings += _since_then(folder, book, each)
    if has_critical(checked.findings):
        raise RefusedError(checked.findings)
    if not changed:
        return checked
    # What did not change is checked line by line too: a unit that goes is an error of the round that names it.
    by_name = {each.name: each for each in wanted if each in changed or not [*_since_then(folder, book, each)]}
    as_lines = {name: each.to_check() for name, each in by_name.items() if each.is_there}
    province, found = check_changed(folder, {name: content for name, (content, _) in as_lines.items()})
    found = _told_anew(folder, found, {each.name for each in changed})
    said = [_at_its_cell(one, book, by_name[one.file], as_lines[one.file][1]) for one in found if one.file in as_lines]
    others = [one for one in found if one.file not in as_lines]
    checked.findings += [*said, *others]
    if province is None or has_critical(checked.findings):
        raise RefusedError(checked.findings)
    checked.changes = [
        FileChange(each.name, _content(each, book), not (folder / each.name).exists(), each.base or b"")
        for each in changed
    ]
    return checked


def _told_anew(folder: Path, found: Sequence[Finding], changed: Collection[str]) -> list[Finding]:
    """What the changes bring: every error, and what else was not told of a file before."""
    before = {(finding.file, finding.what) for finding in check_province(folder)[1]}
    return [
        finding
        for finding in found
        if finding.severity is Severity.CRITICAL
        or (finding.file in changed and finding.severity is not Severity.INFO)
        or (finding.severity is Severity.WARNING and (finding.file, finding.what) not in before)
    ]


def _content(wanted: Wanted, book: str) -> bytes:
    try:
        return wanted.content()
    except UneditableError as uneditable:
        what = f"tệp {wanted.name} dùng neo (&, *) hoặc nhãn (!) nên không sửa được từng giá trị"
        remedy = "Bỏ neo, nhãn trong tệp ấy rồi xuất lại, hoặc sửa thẳng trong tệp"
        raise RefusedError([Finding(book, 0, what, remedy)]) from uneditable


def _since_then(folder: Path, book: str, wanted: Wanted) -> Iterator[Finding]:
    """A file that was changed after the workbook was made is not overwritten."""
    path = folder / wanted.name
    try:
        now = read_plain(path) if os.path.lexists(path) else None
    except UnreadableError as unreadable:
        yield Finding(wanted.name, 0, unreadable.what, unreadable.remedy)
        return
    if now is not None and now != (wanted.base or b""):
        what = f"tệp {wanted.name} đã được sửa sau khi xuất tệp này"
        yield Finding(book, 0, what, "Xuất lại rồi sửa trên tệp mới, để không mất những gì đã sửa")


def _at_its_cell(finding: Finding, book: str, wanted: Wanted, lines: Mapping[int, Any]) -> Finding:
    """A finding about a line, said of the cell from which the line comes."""

    def cell_of(line: int, what: str = "") -> Place | None:
        if line not in lines:
            return None
        if isinstance(wanted, WantedYaml):
            return wanted.place(lines[line])
        row: ReadRow = lines[line]
        named = _COLUMN.search(what)
        return row.place(named[1] if named else "")

    def said(match: re.Match[str]) -> str:
        other = cell_of(int(match[1]))
        return f"ô {other.cell}" if other else match[0]

    place = cell_of(finding.line, f"{finding.what} {finding.remedy}")
    return replace(
        finding,
        file=book,
        line=0,
        place=place,
        what=_LINE.sub(said, finding.what),
        remedy=_LINE.sub(said, finding.remedy),
    )


def write_and_record(storage: Storage, folder: Path, changes: Sequence[FileChange], way: str, when: datetime) -> None:
    """Write the files and record who changed them, as the desk does; `way` and `when` as the record tells them."""
    write_changes(folder, changes)
    files = [ChangedFile(change.name, change.before, change.content) for change in changes]
    record_folder_changes(storage, files, way, when)


def write_changes(folder: Path, changes: Sequence[FileChange]) -> None:
    """Write the files; each is whole at any moment."""
    for change in changes:
        path = folder / change.name
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as scratch:
            scratch.write(change.content)
        Path(scratch.name).chmod(mode)
        Path(scratch.name).replace(path)
