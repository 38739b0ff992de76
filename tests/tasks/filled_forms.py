"""Forms filled in as people do, cell by cell, found by key and column id."""

import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from models.forms.descriptions import FormKind, form_file_name
from models.forms.sheets import IDS_ROW, KEY_COLUMN, KEY_ID
from models.province.folder import Province
from models.records.storage import Storage
from tasks.forms.writing import write_forms

Cells = Mapping[tuple[str, str], Any]
GOOD: Cells = {
    ("1.1.1/date", "value"): date(2025, 1, 20),
    ("1.1.2/numerator", "value"): 95,
    ("1.1.2/denominator", "value"): 100,
    ("1.1.1", "explanation"): "Ban hành ngày 20/01/2025",
    **{
        (code, column): value
        for code in ("1.1.1", "1.1.2")
        for column, value in (
            ("document", "Kế hoạch CCHC năm 2025"),
            ("number", "12/KH-STC"),
            ("date", date(2025, 1, 20)),
            ("page", "trang 3"),
        )
    },
}


def filled(content: bytes, cells: Cells) -> bytes:
    """A form with values typed into it, by row key and column id."""
    book = load_workbook(io.BytesIO(content))
    left = dict(cells)
    for sheet in book.worksheets:
        if sheet.cell(IDS_ROW, KEY_COLUMN).value == KEY_ID:
            _fill(sheet, left)
    assert not left, f"no such cells: {left}"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(sheet: Worksheet, left: dict[tuple[str, str], Any]) -> None:
    columns = {sheet.cell(IDS_ROW, number).value: number for number in range(1, sheet.max_column + 1)}
    rows = {sheet.cell(row, KEY_COLUMN).value: row for row in range(2, sheet.max_row + 1)}
    for key, column in list(left):
        if key in rows and column in columns:
            sheet.cell(rows[key], columns[column]).value = left.pop((key, column))


def form_of(
    province: Province, storage: Storage, kind: FormKind, subject: str, cells: Cells, into: Path, year: int = 2025
) -> bytes:
    """The form of a subject as it is written now, with values typed into it."""
    write_forms(province, storage, year, kind, (), into)
    return filled((into / form_file_name(kind, year, subject)).read_bytes(), cells)
