"""Tables → a workbook with a sheet each, for reading, sorting and printing."""

import io
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from tasks.spreadsheets.clockless import without_clock
from tasks.spreadsheets.inert import inert

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def workbook_of(sheets: Iterable[tuple[str, Iterator[list[Any]]]], decimals: str, mark: str | None) -> bytes:
    """A workbook of tables, the same bytes for the same contents.

    Args:
        sheets: title and rows of each sheet, the heads first; numbers are Decimal.
        decimals: how numbers are shown: `0.00`.
        mark: what stands in the header of every printed page.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for title, rows in sheets:
        _fill_sheet(book, title, rows, decimals)
    if mark:
        for sheet in book.worksheets:
            sheet.HeaderFooter.oddHeader.center.text = mark  # type: ignore[union-attr]
    unfixed = io.BytesIO()
    book.save(unfixed)
    return without_clock(unfixed.getvalue())


def _fill_sheet(book: Any, title: str, rows: Iterator[list[Any]], decimals: str) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(re.sub(r"[\\/*?:\[\]]", "-", title)[:31])
    widths: dict[int, int] = {}
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column, inert(_printable(value)))
            if number == 1:
                cell.font = Font(bold=True)
                cell.alignment = Alignment(wrap_text=True, vertical="center")
            elif isinstance(value, Decimal):
                cell.number_format = decimals
            widths[column] = max(widths.get(column, 0), min(60, len(str(value or ""))))
    for column, width in widths.items():
        sheet.column_dimensions[get_column_letter(column)].width = max(10, width + 2)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.print_title_rows = "1:1"


def _printable(value: Any) -> Any:
    """Text without the control characters that no workbook may hold."""
    return _CONTROL.sub("", value) if isinstance(value, str) else value
