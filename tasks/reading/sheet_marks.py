"""What stands behind the cells of a sheet and the spreadsheet reader does not tell, from the bytes of its XML.

Error values, formulas that were not calculated or take from other files, percent formats, merged ranges, hidden rows.
The bytes are searched, not parsed: a form has few of these, and most sheets are done in a fraction of a millisecond.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from html import unescape


class Behind(StrEnum):
    """What is odd about one cell."""

    ERROR = "error"
    UNCALCULATED = "uncalculated"
    LINKED = "linked"
    PERCENT = "percent"


Cell = tuple[int, int]
"""Row and column, from 0."""


@dataclass(frozen=True, slots=True)
class SheetMarks:
    """What is behind the cells of one sheet.

    Attributes:
        cells: what is odd, by cell, with the error value or the formula (as XML has it) beside it; errors and links
            before formats where both hold.
        merged: ranges of merged cells: first and last cell.
        hidden: hidden rows, from 0.
    """

    cells: dict[Cell, tuple[Behind, str]] = field(default_factory=dict)
    merged: tuple[tuple[Cell, Cell], ...] = ()
    hidden: tuple[int, ...] = ()


_LONGEST_TAG = 1000  # of a cell, in bytes; programs write some fifty


_PREFIXED = re.compile(rb"<(\w+:)(?:worksheet|workbook|Relationships|styleSheet)\b")
_FAR_CELL = re.compile(rb"r=\"(?:[A-Z]{2,3}\d|[A-Z]\d{5})")  # beyond Z9999
_OTHER_CELL = re.compile(rb"<c(?! r=\"|[a-zA-Z])")  # a cell that does not begin as programs usually write it
_CELL = re.compile(rb"<c\b[^<>]*?\br\s*=\s*[\"']([A-Z]{1,3})(\d{1,7})")
_REFERENCE = re.compile(rb"(?:^|\s)r\s*=\s*[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_TYPE = re.compile(rb"(?:^|\s)t\s*=\s*[\"'](\w+)[\"']")
_FORMULA = re.compile(rb"<f\b([^<>]*?)(?:/>|>([^<]*)</f>)\s*(<v\b[^<>]*?(?:/>|>([^<]*)</v>))?")
_SHARED = re.compile(rb"\bsi\s*=\s*[\"'](\d+)[\"']")
_OTHER_FILE = re.compile(r"\[\d+\]|file:/|\[[^\]]*\.\w{2,4}\]|^\w+\|")
_ERROR = re.compile(
    rb"<c\b([^<>]*\st\s*=\s*[\"']e[\"'][^<>]*)>(?:\s*<f\b[^<>]*?(?:/>|>[^<]*</f>))?\s*<v\b[^<>]*>([^<]*)"
)
_MERGED = re.compile(rb"<mergeCell\b[^<>]*?\bref\s*=\s*[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']")
_HIDDEN = re.compile(rb"<row\b([^<>]*\bhidden\s*=\s*[\"'](?:1|true)[\"'][^<>]*)>")
_ROW_NUMBER = re.compile(rb"(?:^|\s)r\s*=\s*[\"'](\d{1,7})[\"']")
_FORMATS = re.compile(rb"<numFmt\b([^<>]*)>")
_FORMAT_ID = re.compile(rb"numFmtId\s*=\s*[\"'](\d+)[\"']")
_CELL_FORMAT = re.compile(rb"<xf\b([^<>]*)>")
_PERCENT_FORMATS = {b"9", b"10"}


def without_prefix(part: bytes) -> bytes:
    """The XML with the plain names of elements, where a program wrote them with a prefix (`x:row`)."""
    if match := _PREFIXED.search(part[:4000]):
        prefix = match[1]
        return part.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</")
    return part


def most_cells(part: bytes) -> tuple[int, int]:
    """The last row of a sheet and how many cells reach from A1 to its last cell; (0, 0) where it is surely small."""
    if not _FAR_CELL.search(part) and not _OTHER_CELL.search(part):
        return 0, 0
    rows, columns = 0, 0
    for letters, number in _CELL.findall(part):
        columns, rows = max(columns, _column(letters)), max(rows, int(number))
    return rows, rows * columns


def percent_styles(styles: bytes) -> tuple[int, ...]:
    """The numbers of the cell styles that show a number as a percentage."""
    styles = without_prefix(styles)
    shown = set(_PERCENT_FORMATS)
    for match in _FORMATS.finditer(styles):
        if b"%" in match[1] and (id := _FORMAT_ID.search(match[1])):
            shown.add(id[1])
    formats = styles[max(styles.find(b"<cellXfs"), 0) : max(styles.find(b"</cellXfs>"), 0)]
    ids = [_FORMAT_ID.search(match[1]) for match in _CELL_FORMAT.finditer(formats)]
    return tuple(number for number, id in enumerate(ids) if id and id[1] in shown)


def marks_of(part: bytes, percents: tuple[int, ...]) -> SheetMarks:
    """What is behind the cells of a sheet.

    Args:
        part: the sheet's XML, without prefixes.
        percents: the styles that show percentages.
    """
    cells: dict[Cell, tuple[Behind, str]] = {}
    if percents:
        cells.update(_percent_cells(part, percents))
    cells.update(_formulas(part))
    if b'"e"' in part or b"'e'" in part:
        for match in _ERROR.finditer(part):
            if cell := _cell(match[1]):
                cells[cell] = Behind.ERROR, _text(match[2])
    after = max(part.rfind(b"</sheetData>"), 0)
    merged = tuple(
        ((int(top) - 1, _column(left) - 1), (int(bottom) - 1, _column(right) - 1))
        for left, top, right, bottom in _MERGED.findall(part, after)
    )
    numbers = [_ROW_NUMBER.search(match[1]) for match in _HIDDEN.finditer(part)]
    return SheetMarks(cells, merged, tuple(int(number[1]) - 1 for number in numbers if number))


def _percent_cells(part: bytes, percents: tuple[int, ...]) -> Iterator[tuple[Cell, tuple[Behind, str]]]:
    styles = b"|".join(str(style).encode() for style in percents)
    for match in re.finditer(rb"<c\b([^<>]*\ss\s*=\s*[\"'](?:" + styles + rb")[\"'][^<>]*)>", part):
        if cell := _cell(match[1]):
            yield cell, (Behind.PERCENT, "")


def _formulas(part: bytes) -> Iterator[tuple[Cell, tuple[Behind, str]]]:
    """Formulas without a value and formulas over other files; shared ones are written once and named by a number."""
    shared: dict[bytes, str] = {}
    for match in _FORMULA.finditer(part):
        of_formula, formula, stored, value = match.groups()
        start = part.rfind(b"<c", max(0, match.start() - _LONGEST_TAG), match.start())
        about = part[start + 2 : part.find(b">", start)]
        cell = _cell(about)
        if cell is None:
            continue
        text = formula.decode("utf-8", "replace") if formula else ""
        if of_formula and (number := _SHARED.search(of_formula)):
            text = shared.setdefault(number[1], text) if text else shared.get(number[1], "")
        if _OTHER_FILE.search(text):
            yield cell, (Behind.LINKED, text)
        elif not value and (stored is None or (kind := _TYPE.search(about)) is None or kind[1] != b"str"):
            yield cell, (Behind.UNCALCULATED, text)


def _cell(attributes: bytes) -> Cell | None:
    match = _REFERENCE.search(attributes)
    return (int(match[2]) - 1, _column(match[1]) - 1) if match else None


def _column(letters: bytes) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return column


def _text(escaped: bytes) -> str:
    text = escaped.decode("utf-8", "replace")
    return unescape(text) if "&" in text else text
