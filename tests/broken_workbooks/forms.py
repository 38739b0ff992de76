"""Damage to a form as people do it: rows, columns, sheets, cells, the hidden sheet."""

import io
from collections.abc import Callable
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from models.forms.sheets import IDENTITY_SHEET, KEY_ID


def edited(content: bytes, change: Callable[[Workbook], None]) -> bytes:
    """The workbook after a change."""
    book = load_workbook(io.BytesIO(content))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def columns_of(sheet: Worksheet) -> dict[str, int]:
    """The columns of a sheet by id."""
    return {str(cell.value): int(cell.column or 0) for cell in sheet[1] if cell.value is not None}


def row_of(sheet: Worksheet, key: str) -> int:
    """The row of a key."""
    column = columns_of(sheet)[KEY_ID]
    return next(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, column).value == key)


def cell_of(sheet: Worksheet, key: str, column: str) -> Any:
    """The cell of a key's row and a column's id."""
    return sheet.cell(row_of(sheet, key), columns_of(sheet)[column])


def filled(content: bytes, sheet: str, values: dict[tuple[str, str], Any]) -> bytes:
    """The form with values typed into cells, by key and column id."""

    def fill(book: Workbook) -> None:
        for (key, column), value in values.items():
            cell = cell_of(book[sheet], key, column)
            cell.value = value
            if isinstance(value, str) and not value.startswith("="):
                cell.data_type = "s"

    return edited(content, fill)


def with_identity(content: bytes, name: str, value: str) -> bytes:
    """The form with one line of its hidden sheet changed, as someone would who shows hidden sheets."""

    def change(book: Workbook) -> None:
        for row in book[IDENTITY_SHEET].iter_rows():
            if row[0].value == name:
                row[1].value = value

    return edited(content, change)


def without_sheet(content: bytes, sheet: str) -> bytes:
    """The form without one sheet."""
    return edited(content, lambda book: book.remove(book[sheet]))


def unmerged(sheet: Worksheet) -> None:
    """Take all merges away, so that rows and columns can be inserted as spreadsheet programs do it."""
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(area.coord)
