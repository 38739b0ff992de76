"""The values of a form that came as .xls or .ods → our own form as .xlsx, so that it can be marked.

Called in a process that may die. Values are copied by their places, where every key of the form stands as it stood when
the form went out. The blank form: blank_forms.py.
"""

import io
from datetime import datetime

from openpyxl import load_workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.worksheet.worksheet import Worksheet

from models.forms.sheets import IDS_ROW, KEY_COLUMN, KEY_ID
from models.numbers import HUNDRED, plain
from tasks.reading.cell_values import exact
from tasks.reading.opening import CellValue, OpenedSheet, open_workbook
from tasks.reading.refusing import UnopenableError
from tasks.reading.sheet_marks import Behind


class NotOurFormError(Exception):
    """A workbook whose rows do not stand where those of the form stand, so that no value can be copied by its place."""


def with_values_of(content: bytes, blank: bytes) -> bytes:
    """The blank form with what stands in the input cells of a sender's workbook.

    Raises:
        NotOurFormError: a sheet or row of the form is not where it was.
    """
    try:
        theirs = {sheet.title: sheet for sheet in open_workbook(content)}
    except UnopenableError as unopenable:
        raise NotOurFormError(unopenable.what) from unopenable
    book = load_workbook(io.BytesIO(blank), rich_text=True)
    for sheet in book.worksheets:
        if sheet.cell(IDS_ROW, KEY_COLUMN).value == KEY_ID:
            if sheet.title not in theirs:
                raise NotOurFormError(sheet.title)
            _copy(theirs[sheet.title], sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _copy(theirs: OpenedSheet, ours: Worksheet) -> None:
    for row in ours.iter_rows():
        for cell in row:
            if isinstance(cell, MergedCell):
                continue
            said = _value_at(theirs, cell)
            if cell.column == KEY_COLUMN or cell.row == IDS_ROW:
                if said != (cell.value or ""):
                    raise NotOurFormError(f"{ours.title}, {cell.coordinate}")
            elif not cell.protection.locked:
                _put(cell, said)


def _put(cell: Cell, said: CellValue) -> None:
    cell.value = None if said == "" else said
    if isinstance(said, str):
        cell.data_type = "s"  # nothing that a sender typed is a formula here
    elif isinstance(said, datetime) and not (said.hour or said.minute or said.second):
        cell.value = said.date()


def _value_at(sheet: OpenedSheet, cell: Cell) -> CellValue:
    """What stands in the cell of the same place; of an error its name, a percentage with its sign."""
    row, column = cell.row - 1, cell.column - 1
    behind = sheet.marks.cells.get((row, column))
    if behind and behind[0] is Behind.ERROR:
        return behind[1]
    value = sheet.rows[row][column] if row < len(sheet.rows) and column < len(sheet.rows[row]) else ""
    if behind and behind[0] is Behind.PERCENT and isinstance(value, float | int):
        number = exact(value)
        return value if number is None else f"{plain(number * HUNDRED)}%".replace(".", ",")
    return value
