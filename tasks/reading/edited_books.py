"""A workbook that we wrote to be edited → its tables, cell by cell, and the files it was made of; in a process that may
die. What the cells say is not judged here.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from unicodedata import normalize

from models.findings import Finding
from models.forms.packed_files import KEPT_FORMAT, KEPT_SHEET, unpacked_files
from models.forms.sheets import KEY_ID
from models.numbers import plain
from models.province.plain_files import LARGEST
from tasks.reading.cell_values import SheetCells, exact, shown_value
from tasks.reading.opening import CellValue, OpenedSheet, open_workbook
from tasks.reading.refusing import UnopenableError
from tasks.reading.sheet_marks import Behind

_EXPORT_AGAIN = "Xuất lại rồi sửa trên tệp mới"
_HEAD_ROWS = 4  # ids, title, note, heads
Read = tuple[dict[str, str], dict[str, bytes], list[tuple[str, str, dict[str, int], list[Any]]], list[Finding]]


def read_edited(content: bytes, file: str) -> Read:
    """Read a workbook.

    Args:
        content: its bytes, whatever they are.
        file: its name in findings.

    Returns:
        What it says of itself, the files it was made of, its tables (title, id, number of each column by id, rows as
        number, key and cells by column), and what is wrong. Empty where it is no workbook of ours, or cannot be opened.
    """
    try:
        sheets = open_workbook(content)
    except UnopenableError as unopenable:
        return {}, {}, [], [Finding(file, 0, unopenable.what, unopenable.remedy, unopened=True)]
    kept = next((sheet for sheet in sheets if sheet.title == KEPT_SHEET), None)
    if kept is None:
        return {}, {}, [], []
    lines = [(str(row[0]), str(row[1])) for row in kept.rows if len(row) > 1]
    said = {name: value for name, value in lines if name not in ("file", "bytes")}
    try:
        files = unpacked_files(lines, LARGEST)
    except ValueError:
        return said, {}, [], [Finding(file, 0, "trang ẩn giữ bản gốc đã bị sửa hoặc hỏng", _EXPORT_AGAIN)]
    if _number_text(said.get("format", "")) != KEPT_FORMAT:
        return said, {}, [], [Finding(file, 0, "tệp do bản phần mềm khác xuất ra", _EXPORT_AGAIN)]
    findings: list[Finding] = []
    tables = [table for sheet in sheets if (table := _table(sheet, file, findings))]
    return said, files, tables, findings


def _number_text(text: str) -> str:
    """A number that a spreadsheet program made of a text, as it was written."""
    return text.removesuffix(".0")


def _table(sheet: OpenedSheet, file: str, findings: list[Finding]) -> tuple[str, str, dict[str, int], list[Any]] | None:
    """The table of a sheet, None where it has none: the hidden row of ids begins with ours."""
    ids = [str(cell) for cell in sheet.rows[0]] if sheet.rows else []
    if not ids or not ids[0].startswith(f"{KEY_ID}:"):
        return None
    places = {id: number for number, id in enumerate(ids, 1) if id and number > 1}
    cells = SheetCells(file, sheet, findings)
    rows = []
    for row in range(_HEAD_ROWS, len(sheet.rows)):
        values = {
            id: _value(cells, row, number - 1, id)
            for id, number in places.items()
            if not cells.is_empty(row, number - 1)
        }
        if values:
            rows.append((row + 1, str(sheet.rows[row][0]).strip(), values))
    return sheet.title, ids[0].removeprefix(f"{KEY_ID}:"), places, rows


def _value(cells: SheetCells, row: int, column: int, id: str) -> Any:
    """The value of a cell: text, Decimal, date, bool; None where it is empty or none can be taken."""
    value: CellValue = cells.stated(row, column, f"cột {id}")
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        number = exact(value)
        behind = cells.sheet.marks.cells.get((row, column))
        if number is not None and behind and behind[0] is Behind.PERCENT:
            return f"{plain(number * 100)}%"
        return shown_value(value) if number is None else Decimal(number)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        return shown_value(value)
    text = normalize("NFC", value).replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", "")
    return text or None
