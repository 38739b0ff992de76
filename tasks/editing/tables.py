"""Tables of an edited workbook as data: what is written on a sheet, what was read of it, and which rows became which.

A row is known by its hidden key, so that it may be moved, renamed and stand between new ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.findings import Finding, Place, Severity
from tasks.editing.columns import ABSENT, Cell, EditedColumn, Sort, UnreadableCellError

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class TableRow:
    """A row as it goes out.

    Attributes:
        key: what it is known by when it comes back; "" for what is only told.
        values: by column; what is not named has an empty cell.
        level: how deep it stands in a tree, for its look.
    """

    key: str
    values: Mapping[str, Any]
    level: int | None = None


@dataclass(frozen=True)
class EditedTable:
    """A sheet.

    Attributes:
        id: what it is known by when it comes back.
        title: its name.
        note: what an officer has to know of it.
        spare: how many empty rows below are made ready to be filled in.
    """

    id: str
    title: str
    note: str
    columns: tuple[EditedColumn, ...]
    rows: tuple[TableRow, ...]
    spare: int = 50


@dataclass(frozen=True)
class ReadSheet:
    """A sheet as it came back: what each row holds, by column, with where it stands.

    Attributes:
        rows: number of the row, its key, its cells by column.
        places: the number of each column by its id, from 1.
    """

    title: str
    id: str
    places: Mapping[str, int]
    rows: Sequence[tuple[int, str, Mapping[str, Cell]]]


@dataclass(frozen=True)
class ReadRow:
    """A row with what it says.

    Attributes:
        was: what it said when it went out; nothing of a new one.
        values: what it says now; names that are absent are not in it.
    """

    number: int
    key: str
    was: Mapping[str, Any]
    values: dict[str, Any]
    cells: Mapping[str, Place]

    @property
    def is_new(self) -> bool:
        """Whether it was added."""
        return not self.key

    def place(self, column: str) -> Place:
        """The cell of a column; of the first one where there is none of it."""
        return self.cells.get(column) or next(iter(self.cells.values()))


@dataclass
class Placed:
    """Where the values of a file stand in the workbook, by their path in the file; and what is wrong."""

    file: str
    cells: dict[Path, Place] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def complain(self, place: Place, what: str, remedy: str, severity: Severity = Severity.CRITICAL) -> None:
        """Add a finding at a cell."""
        self.findings.append(Finding(self.file, 0, what, remedy, severity, place))

    def put(self, path: Path, row: ReadRow) -> None:
        """A row that says what stands at a path, a column a name below it."""
        self.cells[path] = row.place("")
        for column, place in row.cells.items():
            self.cells[*path, column] = place


def rows_of(sheet: ReadSheet | None, table: EditedTable, placed: Placed) -> list[ReadRow]:
    """The rows of a sheet as values; cells that were not changed say exactly what they said before.

    Args:
        sheet: as it came back, None where it is gone.
        table: as it went out.
        placed: unreadable cells are added to its findings.
    """
    if sheet is None:
        what = f"không còn trang “{table.title}”"
        remedy = "Xuất lại rồi sửa trên tệp mới, không xóa trang"
        placed.findings.append(Finding(placed.file, 0, what, remedy))
        return []
    columns = [column for column in table.columns if column.id in sheet.places]
    for column in table.columns:
        if column.id not in sheet.places and column.sort is not Sort.TOLD:
            what = f"trang “{sheet.title}” không còn cột “{column.title}”"
            placed.findings.append(Finding(placed.file, 0, what, "Xuất lại rồi sửa trên tệp mới, không xóa cột"))
    known = {row.key: row for row in table.rows}
    taken: set[str] = set()
    read = []
    for number, key, cells in sheet.rows:
        own = known.get(key) if key not in taken else None
        if own is not None:
            taken.add(key)
        edited = [column for column in columns if column.sort is not Sort.TOLD]
        if all(cells.get(column.id) in (None, "") for column in edited):
            continue  # an empty row, or one whose contents were deleted: it is gone
        was = own.values if own else {}
        values = {}
        places = {column.id: Place(sheet.title, number, sheet.places[column.id]) for column in columns}
        for column in columns:
            cell, before = cells.get(column.id), was.get(column.id, ABSENT)
            if column.sort is Sort.TOLD:
                if own and cell is not None and not column.unchanged(cell, before):
                    what = f"cột “{column.title}” chỉ để đọc, nội dung sửa ở đây không được nhận"
                    placed.complain(places[column.id], what, "Sửa ở cột tương ứng", Severity.WARNING)
                continue
            value = _said(column, cell, before, places[column.id], placed)
            if value is not ABSENT:
                values[column.id] = value
        read.append(ReadRow(number, own.key if own else "", was, values, places))
    return read


def _said(column: EditedColumn, cell: Cell, before: Any, place: Place, placed: Placed) -> Any:
    if column.unchanged(cell, before):
        return before
    try:
        return column.read(cell)
    except UnreadableCellError as unreadable:
        placed.complain(place, f"{column.title}: {unreadable.what}", unreadable.remedy)
        return before


def in_order_of(values: Mapping[str, Any], was: Mapping[str, Any]) -> dict[str, Any]:
    """The values in the order in which a file has them, new ones after those before which they stand here."""
    ordered = {name: values[name] for name in was if name in values}
    return ordered | {name: value for name, value in values.items() if name not in ordered}
