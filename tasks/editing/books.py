"""Tables ↔ a workbook: written with what each column takes, read in a process that may die, known by a hidden mark."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from models.findings import Finding, RefusedError, refusal
from models.forms.sheets import IDS_ROW, KEY_COLUMN, KEY_ID, sheet_title
from models.province.config import ProvinceConfig
from tasks.editing.columns import EditedColumn, Sort
from tasks.editing.tables import EditedTable, ReadSheet, TableRow
from tasks.reading.edited_books import Read
from tasks.reading.isolation import ChildFailedError, children
from tasks.spreadsheets.kept_files import add_kept_files
from tasks.spreadsheets.workbooks import (
    AREA,
    CRITERION,
    GREY,
    HEAD,
    INPUT_CHOICE,
    INPUT_DATE,
    INPUT_NUMBER,
    INPUT_TEXT,
    PLAIN,
    SUBTITLE,
    TITLE,
    CellCheck,
    CellLook,
    Page,
    add_page,
    book_bytes,
    new_book,
)

_READ = "tasks.reading.edited_books:read_edited"
_FIRST_ROW = 5
_LONGEST_CELL = 32_000  # letters; a spreadsheet takes 32,767
_LONGEST_LIST = 255  # letters of a list of choices inside a validation
_LOOKS = {
    Sort.TEXT: INPUT_TEXT,
    Sort.WRITTEN: INPUT_TEXT,
    Sort.NUMBER: INPUT_NUMBER,
    Sort.DAY: INPUT_DATE,
    Sort.YES_NO: INPUT_CHOICE,
    Sort.TOLD: GREY,
}
_LEVELS = (AREA, CRITERION)


@dataclass(frozen=True)
class EditedBook:
    """A workbook as it came back.

    Attributes:
        said: what it says of itself; nothing where it is none of ours.
        files: the files it was made of.
    """

    file: str
    said: Mapping[str, str]
    files: Mapping[str, bytes]
    sheets: Mapping[str, ReadSheet]
    findings: Sequence[Finding]

    def keeps_only(self, names: re.Pattern[str]) -> bool:
        """Whether the names of its files are what they were: a name from elsewhere would be written to."""
        return bool(self.files) and all(names.fullmatch(name) for name in self.files)

    @property
    def kind(self) -> str:
        """What it is; "" where it is none of ours."""
        return self.said.get("kind", "")


def book_of(
    title: str,
    config: ProvinceConfig,
    said: Mapping[str, str],
    tables: Sequence[EditedTable],
    files: Mapping[str, bytes],
) -> bytes:
    """The workbook of some tables; the same tables give the same bytes.

    Args:
        title: of the whole.
        config: whose it is, with its mark.
        said: what it says of itself when it is read back: its `kind`, and what else its reader needs.
        tables: a sheet each.
        files: what it was made of.
    """
    book = new_book(title, config.department)
    for table in tables:
        _write_table(book, table, config.mark)
    add_kept_files(book, {"province": config.form_code, **said}, files)
    return book_bytes(book)


def _write_table(book: Workbook, table: EditedTable, mark: str | None) -> None:
    page = add_page(book, sheet_title(table.title, book.sheetnames))
    ids = (f"{KEY_ID}:{table.id}", *(column.id for column in table.columns))
    for number, id in enumerate(ids, 1):
        page.put(IDS_ROW, number, id, PLAIN)
    page.put(IDS_ROW + 1, KEY_COLUMN + 1, table.title, TITLE)
    page.put(IDS_ROW + 2, KEY_COLUMN + 1, table.note, SUBTITLE)
    sheet: Any = page.sheet
    sheet.row_dimensions[IDS_ROW].hidden = True
    for number, column in enumerate(table.columns, KEY_COLUMN + 1):
        page.put(_FIRST_ROW - 1, number, column.title, HEAD)
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = column.width
        last = _FIRST_ROW + len(table.rows) + table.spare - 1
        _check(page, column, f"{letter}{_FIRST_ROW}:{letter}{max(last, _FIRST_ROW)}")
    sheet.column_dimensions["A"].hidden = True
    page.height(_FIRST_ROW - 1, [(column.title, column.width) for column in table.columns], least=30)
    empty = [TableRow("", {})] * table.spare
    for number, row in enumerate([*table.rows, *empty], _FIRST_ROW):
        _write_row(page, table, row, number)
    page.finish()
    sheet.freeze_panes = sheet.cell(_FIRST_ROW, KEY_COLUMN + 2)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{_FIRST_ROW - 1}:{_FIRST_ROW - 1}"
    if mark:
        sheet.oddHeader.center.text = mark.replace("&", "&&")


def _write_row(page: Page, table: EditedTable, row: TableRow, number: int) -> None:
    page.put(number, KEY_COLUMN, row.key or None, PLAIN)
    texts = []
    for place, column in enumerate(table.columns, KEY_COLUMN + 1):
        shown = column.shown(row.values[column.id]) if column.id in row.values else None
        if isinstance(shown, str) and len(shown) > _LONGEST_CELL:
            what = f"trang “{table.title}”, cột “{column.title}”: một giá trị dài hơn một ô của bảng tính chứa được"
            raise refusal(table.id, what, "Sửa giá trị này thẳng trong tệp của thư mục tỉnh")
        page.put(number, place, shown, _look(column, shown, row.level))
        texts.append((str(shown) if shown is not None else None, column.width))
    if row.values:
        page.height(number, texts)


def _look(column: EditedColumn, shown: object, level: int | None) -> CellLook:
    look = _LOOKS[column.sort]
    if isinstance(shown, str) and look in (INPUT_NUMBER, INPUT_DATE):
        return INPUT_TEXT
    if level is not None and level < len(_LEVELS) and column.sort is Sort.TEXT and not column.choices:
        above = _LEVELS[level]
        return CellLook(bold=True, fill=above.fill, form=look.form, unlocked=True)
    return look


def _check(page: Page, column: EditedColumn, cells: str) -> None:
    """What the cells of a column let in; more is checked when it comes back."""
    labels = [label for _, label in column.choices]
    if column.sort is Sort.YES_NO:
        labels = ["có", "không"]
    listed = f'"{",".join(labels)}"'
    if labels and len(listed) <= _LONGEST_LIST and not any("," in label for label in labels):
        known = ", ".join(labels)
        page.check(cells, CellCheck("list", listed, column.title, f"Chọn: {known}", f"Chọn một trong: {known}"))
    elif column.sort is Sort.NUMBER:
        prompt, error = "Một số", "Nhập một số, không kèm chữ"
        page.check(cells, CellCheck("decimal", "-1000000000000", column.title, prompt, error, "1000000000000"))


def read_book(content: bytes, file: str) -> EditedBook:
    """Read a workbook that may be ours; its bytes are opened in a process that may die.

    Raises:
        RefusedError: it cannot be opened.
    """
    try:
        read: Read = children().submit(_READ, content, file).result()
    except ChildFailedError as failed:
        what = "tệp làm chương trình đọc dừng giữa chừng nên không được nhận"
        raise refusal(file, what, "Mở bằng Excel, lưu lại dạng .xlsx rồi nhập lại") from failed
    return as_book(file, read)


def as_book(file: str, read: Read) -> EditedBook:
    """What a child read of a workbook.

    Raises:
        RefusedError: it could not be opened.
    """
    said, files, tables, findings = read
    if not said and findings:
        raise RefusedError(findings)
    sheets = {id: ReadSheet(title, id, places, rows) for title, id, places, rows in tables}
    return EditedBook(file, said, files, sheets, findings)
