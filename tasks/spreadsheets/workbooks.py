"""Pages of a workbook: how its cells look, what may be typed into them, how a page prints, and its bytes.

What is written here is text, never a formula, unless it says so: a name that begins with = + - @ stays a name. The
same pages give the same bytes. Source of the neutralised signs: docs/developers.md.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from math import ceil
from types import MappingProxyType
from typing import Any, Literal
from unicodedata import normalize

from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Color, Font, PatternFill, Protection, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from models.forms.descriptions import FormIdentity
from models.forms.sheets import IDENTITY_SHEET, IDS_ROW, KEY_COLUMN, TEXT_LENGTH, shortened
from models.forms.tables import Column, ColumnLook
from tasks.spreadsheets.clockless import without_clock

FONT = "Times New Roman"
INPUT_FILL = "FFF9DB"
SUGGESTED_FILL = "E9E1F7"
LOCKED_FILL = "E7E6E6"
AREA_FILL = "C9DAF0"
CRITERION_FILL = "EAF1FB"
HEAD_FILL = "1F4E79"
TOTAL_FILL = "DDEBDA"
ALARM_FILL = "F8B4B4"
ASK_FILL = "FFE0A3"
SUBTLE = "595959"

AS_TEXT = "@"
AS_POINTS = "0.00##"
AS_NUMBER = "General"
AS_COUNT = "#,##0"
AS_DATE = "dd/mm/yyyy"

_LINE = 15.0
_SMALL_LINE = 13.5
_HIGHEST_ROW = 409.0  # of spreadsheet programs
_LETTERS_A_WIDTH = 1.25  # letters of our font in one unit of column width, a little on the safe side
_BOLD_A_WIDTH = 1.12
_SMALL_A_WIDTH = 1.42
_LONGEST_PROMPT = 255
_LONGEST_ERROR = 225
_LONGEST_TITLE = 32
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]|[\ud800-\udfff]")
_RUN_BY_SPREADSHEETS = ("=", "+", "-", "@")
_EDGE = Side(style="thin", color="A6A6A6")
_MARGIN = 0.4  # inches
_PRINTED_WIDTH, _PRINTED_HEIGHT = 842 - 72 * 2 * _MARGIN, 595 - 72 * 2 * (_MARGIN + 0.2)  # points of A4 landscape
_POINTS_A_WIDTH = 5.5  # of one unit of column width, with its share of the edges
_FEW_LINES = 0.25  # of a page


class Formula(str):
    """A text that is meant to be calculated."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class BoldName:
    """A name in bold with a smaller line under it."""

    name: str
    under: str

    def __str__(self) -> str:
        return f"{self.name}\n{self.under}" if self.under else self.name


PlainValue = str | Decimal | int | date | None


@dataclass(frozen=True, slots=True)
class Own:
    """A value that is the subject's own: the same form of another subject has its own one there.

    Attributes:
        name: what it is called among all of a form (see tasks/spreadsheets/templates.py).
        value: what stands there in this form.
    """

    name: str
    value: PlainValue

    def __str__(self) -> str:
        return "" if self.value is None else str(self.value)


Value = PlainValue | Formula | BoldName | Own


@dataclass(frozen=True, slots=True)
class CellLook:
    """How a cell looks, and whether it may be typed into."""

    bold: bool = False
    italic: bool = False
    size: float = 11
    colour: str = "000000"
    fill: str = ""
    across: Literal["left", "center", "right"] = "left"
    down: Literal["top", "center"] = "center"
    form: str = "General"
    unlocked: bool = False
    bordered: bool = True
    indent: int = 0


TITLE = CellLook(bold=True, size=14, bordered=False)
SUBTITLE = CellLook(size=11, colour=SUBTLE, bordered=False)
HEAD = CellLook(bold=True, size=10, colour="FFFFFF", fill=HEAD_FILL, across="center")
AREA = CellLook(bold=True, fill=AREA_FILL)
AREA_MAX = CellLook(bold=True, fill=AREA_FILL, across="center")
AREA_NUMBER = CellLook(bold=True, fill=AREA_FILL, across="center", form=AS_POINTS)
CRITERION = CellLook(bold=True, fill=CRITERION_FILL)
CRITERION_MAX = CellLook(bold=True, fill=CRITERION_FILL, across="center")
CRITERION_NUMBER = CellLook(bold=True, fill=CRITERION_FILL, across="center", form=AS_POINTS)
TOTAL = CellLook(bold=True, fill=TOTAL_FILL)
TOTAL_MAX = CellLook(bold=True, fill=TOTAL_FILL, across="center")
TOTAL_NUMBER = CellLook(bold=True, fill=TOTAL_FILL, across="center", form=AS_POINTS)
TEXT = CellLook()
FACT_LABEL = CellLook(indent=2)
CENTRED = CellLook(across="center")
NUMBER = CellLook(across="center", form=AS_NUMBER)
POINTS = CellLook(bold=True, across="center", form=AS_POINTS)
GREY = CellLook(colour=SUBTLE, fill=LOCKED_FILL)
GREY_CENTRED = CellLook(colour=SUBTLE, fill=LOCKED_FILL, across="center")
PLAIN = CellLook(bordered=False)
INPUT_TEXT = CellLook(fill=INPUT_FILL, form=AS_TEXT, unlocked=True)
INPUT_CHOICE = CellLook(fill=INPUT_FILL, form=AS_TEXT, unlocked=True, across="center")
INPUT_NUMBER = CellLook(fill=INPUT_FILL, form=AS_NUMBER, unlocked=True, across="center")
INPUT_POINTS = CellLook(fill=INPUT_FILL, form=AS_POINTS, unlocked=True, across="center")
INPUT_COUNT = CellLook(fill=INPUT_FILL, form=AS_COUNT, unlocked=True, across="center")
INPUT_DATE = CellLook(fill=INPUT_FILL, form=AS_DATE, unlocked=True, across="center")
DAY = CellLook(across="center", form=AS_DATE)
WARNING = CellLook(bold=True, colour="C00000", across="center", size=10)

LOOKS = {
    ColumnLook.KEY: PLAIN,
    ColumnLook.TEXT: TEXT,
    ColumnLook.CENTRED: CENTRED,
    ColumnLook.NUMBER: NUMBER,
    ColumnLook.POINTS: POINTS,
    ColumnLook.DAY: DAY,
    ColumnLook.KNOWN: GREY_CENTRED,
    ColumnLook.WARNING: WARNING,
    ColumnLook.INPUT_TEXT: INPUT_TEXT,
    ColumnLook.INPUT_CHOICE: INPUT_CHOICE,
    ColumnLook.INPUT_POINTS: INPUT_POINTS,
    ColumnLook.INPUT_DATE: INPUT_DATE,
    ColumnLook.INPUT_FACT: INPUT_NUMBER,
}
"""How the cells of a column look; those of facts as each fact asks (tasks/forms/fact_cells.py)."""


@dataclass(frozen=True, slots=True)
class CellCheck:
    """What a spreadsheet program lets into a cell, and what it says before and after.

    Attributes:
        kind: of the data validation; `custom` takes any formula.
        first: the lower bound, the list or the formula; relative to the first cell it is put on.
        second: the upper bound, where there is one.
        title, prompt: shown when the cell is entered.
        error: shown when something else is typed.
    """

    kind: Literal["decimal", "whole", "custom", "list", "textLength", "date"]
    first: str
    title: str
    prompt: str
    error: str
    second: str | None = None


def text_check(title: str, prompt: str) -> CellCheck:
    """Any text of a length that fits."""
    error = f"Nội dung dài quá {TEXT_LENGTH} ký tự. Viết ngắn lại hoặc gửi kèm văn bản riêng."
    return CellCheck("textLength", "0", title, prompt, error, str(TEXT_LENGTH))


class Page:
    """One sheet being written, row by row.

    Attributes:
        row: the next one to write.
        values: the subject's own, by name.
        own_cells: where they stand, by address.
        footer: the line at the foot of each printed page, where it is the subject's own.
    """

    def __init__(self, sheet: Worksheet, values: Mapping[str, PlainValue] = MappingProxyType({})) -> None:
        self.sheet = sheet
        self.row = 1
        self.values = values
        self.own_cells: dict[str, OwnCell] = {}
        self.footer: Own | None = None
        self._styles: dict[CellLook, Any] = {}
        self._quoted: dict[CellLook, int] = {}
        self._checks: dict[CellCheck, list[str]] = {}

    def put(self, row: int, column: int, value: Value, look: CellLook = TEXT) -> str:
        """Write one cell; returns its address."""
        if isinstance(value, Own):
            address = self.put(row, column, None, look)
            self.own_cells[address] = OwnCell(value.name, self._styles[look], self._quoted_style(look))
            return self.put(row, column, value.value, look)
        cell: Any = self.sheet.cell(row, column)
        if look not in self._styles:
            cell._style = StyleArray()
            _dress(cell, look)
            self._styles[look] = cell._style
        cell._style = self._styles[look]
        if isinstance(value, Formula):
            cell.value = str(value)
        elif isinstance(value, BoldName):
            cell.value = _rich(value)
        elif isinstance(value, str):
            cell.value = clean_text(value)
            cell.data_type = "s"
            if runs_as_formula(value):
                cell._style = _quoted(cell._style)
        elif value is not None:
            cell.value = value
        return f"{get_column_letter(column)}{row}"

    def own(self, name: str) -> Own:
        """The value of this name."""
        return Own(name, self.values.get(name))

    def _quoted_style(self, look: CellLook) -> int:
        """The number of the style of texts that begin like a formula; the book always has both."""
        if look not in self._quoted:
            styles: Any = self.sheet.parent._cell_styles  # type: ignore[union-attr]
            styles.add(self._styles[look])
            self._quoted[look] = styles.add(_quoted(self._styles[look]))
        return self._quoted[look]

    def check(self, cells: str, check: CellCheck) -> None:
        """Let only what the check allows into a cell or range."""
        self._checks.setdefault(check, []).append(cells)

    def link(self, cell: str, address: str) -> None:
        """Let a cell lead to a page; it keeps its look."""
        self.sheet[cell].hyperlink = Hyperlink(ref=cell, target=address, tooltip="Mở tệp minh chứng ở bàn làm việc")

    def merge(self, row: int, first: int, last: int) -> None:
        """Make one cell of the cells of a row that are written already, each with the edges it has."""
        area = f"{get_column_letter(first)}{row}:{get_column_letter(last)}{row}"
        self.sheet.merged_cells.add(CellRange(area))

    def height(self, row: int, texts: Iterable[tuple[Value, float]], least: float = 18) -> None:
        """Make the row high enough for its wrapped texts, given the widths of their columns."""
        self.sheet.row_dimensions[row].height = row_height(texts, least)

    def alarm(self, cells: Sequence[str], formula: str, fill: str = ALARM_FILL) -> None:
        """Colour the cells while a formula holds; relative to the first of them."""
        if cells:
            colour = PatternFill("solid", start_color=fill, end_color=fill)
            rule = FormulaRule(formula=[formula], fill=colour)  # type: ignore[no-untyped-call]
            self.sheet.conditional_formatting.add(" ".join(joined(cells)), rule)

    def finish(self) -> None:
        """Put the collected checks on the sheet."""
        for check, cells in self._checks.items():
            self.sheet.add_data_validation(_validation(check, cells))


@dataclass(frozen=True, slots=True)
class OwnCell:
    """A cell that is the subject's own.

    Attributes:
        name: of its value.
        style: of the cell, whatever its value.
        quoted: the number of the style that it has instead where its text begins like a formula.
    """

    name: str
    style: StyleArray
    quoted: int


def runs_as_formula(text: str) -> bool:
    """Whether a spreadsheet program would take a text for a formula if it were typed."""
    return text.startswith(_RUN_BY_SPREADSHEETS)


def _quoted(style: StyleArray) -> StyleArray:
    quoted = copy(style)
    quoted.quotePrefix = 1
    return quoted


def _dress(cell: Any, look: CellLook) -> None:
    cell.font = Font(name=FONT, size=look.size, bold=look.bold, italic=look.italic, color=look.colour)
    cell.alignment = Alignment(look.across, look.down, wrap_text=look.bordered, indent=look.indent)
    cell.number_format = look.form
    cell.protection = Protection(locked=not look.unlocked)
    if look.fill:
        cell.fill = PatternFill("solid", start_color=look.fill, end_color=look.fill)
    if look.bordered:
        cell.border = Border(_EDGE, _EDGE, _EDGE, _EDGE)


def _rich(value: BoldName) -> CellRichText:
    bold = TextBlock(InlineFont(rFont=FONT, sz=11, b=True), clean_text(value.name))
    if not value.under:
        return CellRichText(bold)
    small = InlineFont(rFont=FONT, sz=10, i=True, color=Color("FF" + SUBTLE))
    return CellRichText(bold, TextBlock(small, "\n" + clean_text(value.under)))


def clean_text(text: str) -> str:
    """Text in composed Unicode without characters that no workbook may hold."""
    return _ILLEGAL.sub("", normalize("NFC", text))


def row_height(texts: Iterable[tuple[Value, float]], least: float) -> float:
    """How high a row has to be for its wrapped texts, given the widths of their columns; in points."""
    highest = max((_height_of(text, width) for text, width in texts if text is not None), default=0.0)
    return min(_HIGHEST_ROW, max(least, highest + 5))


def _height_of(value: Value, width: float) -> float:
    """The height of a wrapped text in points, given its column's width in characters of the standard font."""
    if isinstance(value, BoldName):
        under = lines_of(value.under, width * _SMALL_A_WIDTH) * _SMALL_LINE if value.under else 0.0
        return lines_of(value.name, width * _BOLD_A_WIDTH) * _LINE + under
    return lines_of(str(value), width * _LETTERS_A_WIDTH) * _LINE


@lru_cache(maxsize=65536)
def lines_of(text: str, room: float) -> int:
    """How many lines a text takes where so many letters fit into one, wrapped at words."""
    room = max(1.0, room - 1)
    lines = 0
    for paragraph in text.split("\n"):
        used = 0.0
        lines += 1
        for word in paragraph.split(" "):
            need = float(len(word))
            if used and used + 1 + need > room:
                lines += 1
                used = 0.0
            lines += max(0, ceil(need / room) - 1)
            used += need + (1 if used else 0)
    return lines


def _validation(check: CellCheck, cells: Sequence[str]) -> DataValidation:
    bounded = check.kind in ("decimal", "whole", "textLength", "date")
    validation = DataValidation(
        type=check.kind,
        operator="between" if bounded and check.second is not None else "greaterThanOrEqual" if bounded else None,
        formula1=check.first,
        formula2=check.second,
        allow_blank=True,
        showInputMessage=True,
        showErrorMessage=True,
        promptTitle=clean_text(check.title)[:_LONGEST_TITLE],
        prompt=shortened(clean_text(check.prompt), _LONGEST_PROMPT),
        errorTitle="Chưa đúng",
        error=shortened(clean_text(check.error), _LONGEST_ERROR),
    )
    validation.sqref = " ".join(joined(cells))
    return validation


def joined(cells: Sequence[str]) -> list[str]:
    """The same cells as ranges, neighbours of a column in one: spreadsheets take only so many areas in a list."""
    bounds = [CellRange(area).bounds for area in cells]
    areas: list[list[int]] = []
    for left, top, right, bottom in sorted(bounds):
        if areas and areas[-1][0] == left == right == areas[-1][2] and areas[-1][3] + 1 == top:
            areas[-1][3] = bottom
        else:
            areas.append([left, top, right, bottom])
    return [
        f"{get_column_letter(left)}{top}"
        + (f":{get_column_letter(right)}{bottom}" if (left, top) != (right, bottom) else "")
        for left, top, right, bottom in areas
    ]


def new_book(title: str, creator: str) -> Workbook:
    """A workbook without sheets whose sheets cannot be deleted or renamed by accident."""
    book = Workbook()
    for sheet in book.worksheets:
        book.remove(sheet)
    book.properties.title = clean_text(title)
    book.properties.creator = clean_text(creator)
    book.properties.language = "vi-VN"
    book.security = WorkbookProtection(lockStructure=True)
    return book


def add_page(book: Workbook, title: str, values: Mapping[str, PlainValue] = MappingProxyType({})) -> Page:
    """A new sheet at the end; the values are the subject's own, by name."""
    sheet: Worksheet = book.create_sheet(title)
    sheet.sheet_view.showGridLines = False
    return Page(sheet, values)


def begin_table(page: Page, columns: Sequence[Column], title: str, under: str | Own, first_moving: str = "D") -> int:
    """Columns, title and heads of a sheet that is one table; returns the row after them, which is the page's then.

    What is above that row and left of the column `first_moving` stays where it is when a reader moves on.
    """
    set_columns(page, columns)
    put_title(page, title, under)
    page.row = put_heads(page, columns, IDS_ROW + 3)
    page.sheet.freeze_panes = f"{first_moving}{page.row}"
    return page.row


def put_title(page: Page, title: str, under: str | Own) -> None:
    """Title and what it is about, under the hidden row of ids."""
    page.put(IDS_ROW + 1, KEY_COLUMN + 1, title.upper(), TITLE)
    page.put(IDS_ROW + 2, KEY_COLUMN + 1, under, SUBTITLE)
    page.sheet.row_dimensions[IDS_ROW + 1].height = 24
    page.sheet.row_dimensions[IDS_ROW + 2].height = 20


def set_columns(page: Page, columns: Sequence[Column]) -> None:
    """Widths, the hidden row of column ids and the hidden column of keys."""
    for number, column in enumerate(columns, 1):
        page.sheet.cell(IDS_ROW, number, column.id).data_type = "s"
        page.sheet.column_dimensions[get_column_letter(number)].width = column.width
    page.sheet.row_dimensions[IDS_ROW].hidden = True
    page.sheet.column_dimensions[get_column_letter(KEY_COLUMN)].hidden = True


def cells_of_row(columns: Sequence[Column], row: int) -> dict[str, str]:
    """The addresses of a row's cells by the id of their column."""
    return {column.id: f"{get_column_letter(number)}{row}" for number, column in enumerate(columns, 1)}


def put_row(
    page: Page,
    columns: Sequence[Column],
    values: Mapping[str, Value],
    looks: Mapping[str, CellLook] = MappingProxyType({}),
) -> dict[str, str]:
    """Write the page's row, each cell as its column looks.

    Args:
        page: the sheet; its row is the one that is written.
        columns: the columns of the sheet, from left to right.
        values: by the id of their column; a cell without one stays as it is.
        looks: of the cells that look different from their column.

    Returns:
        The addresses of all cells of the row, by the id of their column.
    """
    for number, column in enumerate(columns, 1):
        if column.id in values:
            page.put(page.row, number, values[column.id], looks.get(column.id) or LOOKS[column.look])
    return cells_of_row(columns, page.row)


def put_heads(page: Page, columns: Sequence[Column], row: int) -> int:
    """Heads over two rows, neighbours of a group under one head, none over the keys; returns the row after them."""
    start = KEY_COLUMN
    while start < len(columns):
        end = start
        while columns[start].group and end + 1 < len(columns) and columns[end + 1].group == columns[start].group:
            end += 1
        _put_head(page, columns, row, start, end)
        start = end + 1
    widths = [(column.title, column.width * (1 if column.group else 2)) for column in columns[1:]]
    page.height(row, [("", 1)], least=20)
    page.height(row + 1, widths, least=32)
    return row + 2


def _put_head(page: Page, columns: Sequence[Column], row: int, start: int, end: int) -> None:
    grouped = bool(columns[start].group)
    for number in range(start, end + 1):
        title = columns[number].title
        page.put(row, number + 1, (columns[start].group if number == start else None) if grouped else title, HEAD)
        page.put(row + 1, number + 1, title if grouped else None, HEAD)
    first, last = start + 1, end + 1
    if grouped and last > first:
        page.sheet.merge_cells(start_row=row, end_row=row, start_column=first, end_column=last)
    if not grouped:
        page.sheet.merge_cells(start_row=row, end_row=row + 1, start_column=first, end_column=first)


def set_print(page: Page, heads: str, footer: str | Own, mark: str | None, last_column: int) -> None:
    """A4 landscape, one page wide, heads on every page, page numbers; nothing but inputs may be changed.

    Where the last page would hold a few lines only, all is printed a little smaller on the pages before it.
    """
    sheet: Any = page.sheet
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = _pages_wanted(sheet, last_column)
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = _MARGIN
    sheet.page_margins.top = sheet.page_margins.bottom = _MARGIN + 0.2
    sheet.page_margins.header = sheet.page_margins.footer = _MARGIN - 0.1
    sheet.print_options.horizontalCentered = True
    if heads:
        sheet.print_title_rows = heads
    sheet.print_area = f"B1:{get_column_letter(last_column)}{max(sheet.max_row, 2)}"
    sheet.oddFooter.left.text = in_footer(str(footer))
    page.footer = footer if isinstance(footer, Own) else None
    sheet.oddFooter.right.text = "Trang &P/&N"
    if mark:
        sheet.oddHeader.center.text = in_footer(mark)
    protect(page)


def _pages_wanted(sheet: Any, last_column: int) -> int:
    """How many pages to fit the sheet to; 0 for as many as it takes."""
    letters = [get_column_letter(number) for number in range(KEY_COLUMN + 1, last_column + 1)]
    width = sum(sheet.column_dimensions[letter].width * _POINTS_A_WIDTH for letter in letters)
    height = sum(sheet.row_dimensions[row].height or _LINE for row in range(IDS_ROW + 1, sheet.max_row + 1))
    pages = height * min(1.0, _PRINTED_WIDTH / width) / _PRINTED_HEIGHT
    return int(pages) if pages > 1 and pages % 1 < _FEW_LINES else 0


def in_footer(text: str) -> str:
    """Text of a header or footer, where & begins a command; a digit after one would be a font size."""
    return shortened(clean_text(text).replace("\n", " "), 100).replace("&", "&&")


def protect(page: Page) -> None:
    """Lock all that is not an input; widths, heights and filters stay free. No password: it guards against slips."""
    protection = page.sheet.protection
    protection.sheet = True
    protection.formatColumns = False
    protection.formatRows = False
    protection.autoFilter = False


def add_identity(book: Workbook, identity: FormIdentity, keys: Iterable[str]) -> Page:
    """The hidden sheet that says which form this is, and whose."""
    values = identity_values(identity, keys)
    page = add_page(book, IDENTITY_SHEET, values)
    for row, name in enumerate(values, 1):
        page.put(row, 1, name, PLAIN)
        page.put(row, 2, page.own(name), PLAIN)
    page.sheet.sheet_state = "veryHidden"
    protect(page)
    return page


def identity_values(identity: FormIdentity, keys: Iterable[str]) -> Mapping[str, PlainValue]:
    """What the hidden sheet says, by the names that stand beside it; all of it is the subject's own."""
    return dict(identity.rows(keys))


def book_bytes(book: Workbook) -> bytes:
    """The finished workbook; the same pages give the same bytes."""
    return without_clock(saved(book))


def form_bytes(book: Workbook, identity: FormIdentity, keys: Iterable[str]) -> bytes:
    """The finished workbook of a form, which knows itself again when it comes back."""
    add_identity(book, identity, keys)
    return book_bytes(book)


def saved(book: Workbook) -> bytes:
    """The workbook as openpyxl writes it, not compressed and with a moment in it: for `without_clock` and its like."""
    out = io.BytesIO()
    ExcelWriter(book, zipfile.ZipFile(out, "w")).save()
    return out.getvalue()
