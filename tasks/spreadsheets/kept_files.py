"""A hidden sheet with the files that a workbook was made of, so that what was changed in it is known later."""

from collections.abc import Mapping

from openpyxl import Workbook

from models.forms.packed_files import KEPT_FORMAT, KEPT_SHEET, packed_files
from tasks.spreadsheets.workbooks import PLAIN, add_page, protect


def add_kept_files(book: Workbook, said: Mapping[str, str], files: Mapping[str, bytes]) -> None:
    """Add the sheet.

    Args:
        said: what the workbook says of itself, for whoever reads it back: its `kind`, whose it is.
        files: contents by name.
    """
    page = add_page(book, KEPT_SHEET)
    rows = [("format", KEPT_FORMAT), *said.items()]
    for row, (name, value) in enumerate([*rows, *packed_files(files)], 1):
        page.put(row, 1, name, PLAIN)
        page.put(row, 2, value, PLAIN)
    page.sheet.sheet_state = "veryHidden"
    protect(page)
