"""Tables → a workbook with a sheet each, for reading, sorting and printing."""

import io
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from math import ceil
from textwrap import wrap
from typing import Any

from tasks.spreadsheets.clockless import without_clock
from tasks.spreadsheets.inert import inert
from tasks.spreadsheets.workbooks import FONT

_PAGE = 147  # letters of a column's width that an A4 page holds sideways at the size of 10 points
_LEAST = 11  # letters in which words can still be wrapped
_SIZE = 11
_LINE = 14  # points
_LETTER = 0.82  # of a digit's width, on average
_WASTE = 3  # letters that a line leaves empty before the next word
_LONGEST = 60
_WORD = 12  # letters of a text that is broken into lines
_MARGIN = 0.3  # inches
_STEP = 2  # letters by which columns grow
_LINES, _TINT = "BFBFBF", "DDE6F3"
# For joining and filtering, said elsewhere in the row or known to the reader: folded away, so that nobody prints it, as
# are columns in which nothing stands.
_FOLDED = ("Mã", "Mã chỉ tiêu", "Mã đơn vị", "Nhóm", "Đơn vị tính")
_HEAD = 3  # lines of a head, where there is room
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class Folded(list[Any]):
    """A row of details below the row that sums them up: folded away, so that it is read on a click and not printed."""


def workbook_of(sheets: Iterable[tuple[str, Iterator[list[Any]]]], decimals: str, mark: str | None) -> bytes:
    """A workbook of tables, the same bytes for the same contents.

    Args:
        sheets: title and rows of each sheet, the heads first; numbers are Decimal. A `Folded` row belongs to the one
            before it that is not.
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
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import Outline, PageSetupProperties

    sheet = book.create_sheet(re.sub(r"[\\/*?:\[\]]", "-", title)[:31])
    plain, bold = Font(name=FONT, size=_SIZE), Font(name=FONT, size=_SIZE, bold=True)
    head = Alignment(horizontal="center", vertical="center", wrap_text=True)
    wrapped = Alignment(horizontal="left", wrap_text=True, vertical="top", indent=1)
    top = Alignment(vertical="top")
    line, tint = Border(bottom=Side(style="thin", color=_LINES)), PatternFill("solid", start_color=_TINT)
    lengths: list[dict[int, int]] = []
    details: set[int] = set()
    widths: dict[int, int] = {}
    words: set[int] = set()
    for number, row in enumerate(rows, 1):
        lengths.append({})
        if isinstance(row, Folded):
            details.add(number)
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column, inert(_printable(value)))
            cell.font, cell.alignment, cell.border = (bold, head, line) if number == 1 else (plain, top, line)
            if number == 1:
                cell.fill = tint
            if isinstance(value, Decimal):
                cell.number_format = decimals
            length = len(str(value or ""))
            if number == 1:
                widths[column] = max(len(word) for word in str(value or " ").split(" ")) + 2
            elif isinstance(value, str):
                cell.alignment = wrapped
                if length > _WORD:
                    words.add(column)
            if number > 1:
                widths[column] = max(widths[column], min(_LONGEST, length + 2))
            lengths[-1][column] = length
    told = {column for row in lengths[1:] for column, length in row.items() if length}
    folded = {column for column in widths if sheet.cell(1, column).value in _FOLDED}
    folded |= set(widths) - told if told else set()
    words -= folded
    printed = [of for number, of in enumerate(lengths, 1) if number > 1 and number not in details]
    shown = _on_one_page({column: width for column, width in widths.items() if column not in folded}, printed, words)
    heads = {column: str(sheet.cell(1, column).value or "") for column in shown}
    _widen_for_heads(shown, heads)
    for column, width in widths.items():
        dimension = sheet.column_dimensions[get_column_letter(column)]
        dimension.width = shown.get(column, width)
        if column in folded:
            dimension.outlineLevel, dimension.hidden = 1, True
    for number, of in enumerate(lengths, 1):
        lines = max((_lines(of[column], shown[column]) for column in words & of.keys()), default=1)
        if number == 1:
            lines = max(_head_lines(heads[column], width) for column, width in shown.items())
        sheet.row_dimensions[number].height = _LINE * lines
    for number in sorted(details):
        sheet.row_dimensions[number].outlineLevel, sheet.row_dimensions[number].hidden = 1, True
    sheet.sheet_properties.outlinePr = Outline(summaryBelow=False)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = sheet.page_margins.bottom = _MARGIN
    sheet.page_margins.top = 2 * _MARGIN
    sheet.page_margins.header = _MARGIN - 0.1
    sheet.print_title_rows = "1:1"


def _on_one_page(
    widths: Mapping[int, int], rows: Sequence[Mapping[int, int]], words: Collection[int]
) -> dict[int, float]:
    """Widths of columns that a sideways page holds at a legible size, so that the rows need few lines.

    Columns of figures have what they need. Columns of words begin at the least; again and again the one grows, by as
    much as it takes, that spares most lines for its letters, until the page is full or nothing is spared any more.

    Args:
        widths: what each column needs for its longest text on one line.
        rows: the letters in each column of each row.
        words: the columns whose texts may be broken into lines.
    """
    shown = {column: min(width, _LEAST) if column in words else width for column, width in widths.items()}
    ordered = sorted(words)
    kinds = Counter(tuple(row.get(column, 0) for column in ordered) for row in rows)
    while (left := int(_PAGE - sum(shown.values()))) >= _STEP:
        ways = [way for column in ordered for way in _ways_to_grow(column, ordered, kinds, shown, left)]
        spared, _, column, more = max(ways, default=(0, 0, 0, 0))
        if not spared:
            break
        shown[column] += more
    return {column: float(width) for column, width in shown.items()}


def _ways_to_grow(
    column: int, ordered: Sequence[int], kinds: Mapping[tuple[int, ...], int], shown: Mapping[int, int], left: int
) -> Iterator[tuple[Decimal, int, int, int]]:
    """By how many letters a column may grow: lines spared for a letter, what orders equal ways, the column, letters."""
    place = ordered.index(column)
    counts: Counter[tuple[int, int]] = Counter()
    for cells, count in kinds.items():
        others = max((_lines(cells[at], shown[one]) for at, one in enumerate(ordered) if at != place), default=1)
        counts[others, cells[place]] += count
    now = _height(counts, shown[column])
    for more in range(_STEP, left + 1, _STEP):
        then = _height(counts, shown[column] + more)
        if then < now:
            yield Decimal(now - then) / more, -more, column, more


def _height(counts: Mapping[tuple[int, int], int], width: int) -> int:
    """How high the rows are with a column at a width; its own lines count a little where others are as high."""
    lines = ((others, _lines(letters, width), count) for (others, letters), count in counts.items())
    return sum((100 * max(others, own) + own) * count for others, own, count in lines)


def _widen_for_heads(shown: dict[int, float], heads: Mapping[int, str]) -> None:
    """Give the room that is left on the page to the columns whose heads stand on the most lines."""
    left = _PAGE - sum(shown.values())
    while left >= _STEP:
        tallest = max(shown, key=lambda column: (_head_lines(heads[column], shown[column]), -column))
        if _head_lines(heads[tallest], shown[tallest]) <= _HEAD:
            return
        shown[tallest] += _STEP
        left -= _STEP


def _head_lines(head: str, width: float) -> int:
    """How many lines a head takes, whose words are not broken."""
    return max(1, len(wrap(head, max(1, int(width) - 1), break_long_words=False)))


def _lines(letters: int, width: float) -> int:
    """How many lines a text takes in a column."""
    return max(1, ceil(letters / ((width - 1) / _LETTER - _WASTE)))


def _printable(value: Any) -> Any:
    """Text without the control characters that no workbook may hold."""
    return _CONTROL.sub("", value) if isinstance(value, str) else value
