"""Tables → a workbook with a sheet each, for reading, sorting and printing."""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from math import ceil
from typing import Any

from tasks.spreadsheets.clockless import without_clock
from tasks.spreadsheets.inert import inert
from tasks.spreadsheets.workbooks import FONT

_PAGE = 147  # letters of a column's width that an A4 page holds sideways at the size of 10 points
_LEAST = 11  # letters in which words can still be wrapped
_SIZE = 11
_LINE = 14  # points
_LETTER = 0.9  # of a digit's width, on average
_LONGEST = 60
_WORD = 12  # letters of a text that is broken into lines
_MARGIN = 0.3  # inches
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def workbook_of(sheets: Iterable[tuple[str, Iterator[list[Any]]]], decimals: str, mark: str | None) -> bytes:
    """A workbook of tables, the same bytes for the same contents.

    Args:
        sheets: title and rows of each sheet, the heads first; numbers are Decimal.
        decimals: how numbers are shown: `0.00`.
        mark: what stands in the header of every printed page.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils.indexed_list import IndexedList

    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    book._fonts = IndexedList([Font(name=FONT, size=_SIZE)])  # type: ignore[attr-defined]  # widths count its digits
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
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet = book.create_sheet(re.sub(r"[\\/*?:\[\]]", "-", title)[:31])
    plain, bold = Font(name=FONT, size=_SIZE), Font(name=FONT, size=_SIZE, bold=True)
    wrapped = Alignment(wrap_text=True, vertical="top")
    top = Alignment(vertical="top")
    lengths: list[dict[int, int]] = []
    widths: dict[int, int] = {}
    words: set[int] = set()
    for number, row in enumerate(rows, 1):
        lengths.append({})
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column, inert(_printable(value)))
            cell.font, cell.alignment = (bold, wrapped) if number == 1 else (plain, top)
            if isinstance(value, Decimal):
                cell.number_format = decimals
            length = len(str(value or ""))
            if number == 1:
                widths[column] = max(len(word) for word in str(value or " ").split(" ")) + 2
            elif isinstance(value, str) and length > _WORD:
                words.add(column)
                cell.alignment = wrapped
            if number > 1:
                widths[column] = max(widths[column], min(_LONGEST, length + 2))
            lengths[-1][column] = length
    amounts = {column: sum(of.get(column, 0) for of in lengths[1:]) for column in words}
    shown = _on_one_page(widths, amounts)
    for column, width in shown.items():
        sheet.column_dimensions[get_column_letter(column)].width = width
    for number, of in enumerate(lengths, 1):
        broken = of if number == 1 else words & of.keys()
        lines = max((ceil(of[column] * _LETTER / (shown[column] - 1)) for column in broken), default=1)
        sheet.row_dimensions[number].height = _LINE * max(1, lines)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = sheet.page_margins.bottom = _MARGIN
    sheet.page_margins.top = 2 * _MARGIN
    sheet.print_title_rows = "1:1"


def _on_one_page(widths: dict[int, int], amounts: Mapping[int, int]) -> dict[int, float]:
    """Widths of columns that a sideways page holds at a legible size: columns of words share what figures leave, by how
    much stands in them, none wider than it needs.
    """
    left: float = _PAGE - sum(width for column, width in widths.items() if column not in amounts)
    total = sum(amounts.values())
    shown: dict[int, float] = dict(widths.items())
    for column in sorted(amounts, key=lambda column: (amounts[column], column)):
        share = left * amounts[column] / total
        shown[column] = min(widths[column], max(_LEAST, share))
        left, total = left - shown[column], total - amounts[column]
    return shown


def _printable(value: Any) -> Any:
    """Text without the control characters that no workbook may hold."""
    return _CONTROL.sub("", value) if isinstance(value, str) else value
