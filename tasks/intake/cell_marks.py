"""Marks in the cells of a workbook: a fill by severity and a comment, put on, and taken off again.

What was marked stays marked until the next check, whatever is typed into it. Nothing of a form is found by its colours,
so that marks disturb nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from unicodedata import normalize

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from models.findings import WORST_FIRST, Finding, Place, Severity, worst_first
from models.forms.sheets import IDENTITY_SHEET, LISTS_SHEET, shortened
from tasks.spreadsheets.workbooks import INPUT_FILL, clean_text, joined, lines_of

# No colours of anybody's palette: whatever has one of these was marked by us.
MARKS = {Severity.CRITICAL: "FF6B6B", Severity.WARNING: "FFB92E", Severity.INFO: "8FC1F0"}
COMMENT_HEAD = "KẾT QUẢ KIỂM TRA"
COMMENT_AUTHOR = "CCHC"

_CONSEQUENCES = {
    Severity.CRITICAL: "Ô này làm cho cả tệp chưa được tiếp nhận.",
    Severity.WARNING: "Ô này không chặn việc tiếp nhận, nhưng cần xem lại.",
    Severity.INFO: "Ô này chỉ để biết, không bắt buộc sửa.",
}
_ALWAYS = "1=1"
_SENDERS_OWN = "Ghi chú có từ trước:"
_LONGEST_COMMENT = 2000
_COMMENT_WIDTH, _COMMENT_LETTERS, _COMMENT_LINE = 340, 52, 16
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384
_OWN_SHEETS = (IDENTITY_SHEET, LISTS_SHEET)


def remove_marks(book: Workbook, known: Mapping[tuple[str, str], str]) -> None:
    """Take away fills, alarms and comments of an earlier check; the sender's own comments come back.

    Args:
        book: the workbook, without its old sheet of results.
        known: colours from before the marking by sheet and address; empty for none.
    """
    for sheet in book.worksheets:
        _remove_alarms(sheet)
        cells: list[Any] = list(sheet._cells.values())  # those there are; rows and columns may reach to the last cell
        for cell in cells:
            if cell.has_style and _colour(cell) in MARKS.values():
                _refill(cell, known.get((sheet.title, cell.coordinate)))
            if cell.comment and cell.comment.text.startswith(COMMENT_HEAD):
                own = cell.comment.text.partition(f"{_SENDERS_OWN}\n")[2]
                cell.comment = Comment(own, "") if own else None


def _refill(cell: Any, known: str | None) -> None:
    """The fill from before it was marked: as noted on the sheet of results, else what such a cell has in a form."""
    fill = (INPUT_FILL if not cell.protection.locked else "") if known is None else known
    cell.fill = PatternFill("solid", start_color=fill, end_color=fill) if fill else PatternFill()


def _colour(cell: Any) -> str:
    """The colour of a solid fill, RRGGBB; empty where there is none or one that is not given as such."""
    rgb = cell.fill.start_color.rgb if cell.fill.fill_type == "solid" else None
    return rgb[-6:].upper() if isinstance(rgb, str) else ""


def located_in(book: Workbook, findings: Sequence[Finding]) -> list[Finding]:
    """The findings with places as this workbook has them: titles as it spells them, merged cells by their first."""
    titles = {normalize("NFC", sheet.title).casefold(): sheet.title for sheet in book.worksheets}
    located = []
    for finding in findings:
        title = titles.get(normalize("NFC", finding.place.sheet).casefold()) if finding.place else None
        if finding.place and title and _can_be(finding.place):
            row, column = _holding_cell(book[title], finding.place)
            finding = replace(finding, place=Place(title, row, column))
        located.append(finding)
    return located


def _can_be(place: Place) -> bool:
    return 1 <= place.row <= _MOST_ROWS and 1 <= place.column <= _MOST_COLUMNS


def _holding_cell(sheet: Worksheet, place: Place) -> tuple[int, int]:
    """Row and column of the cell itself, or of the first one of the merged cells that it belongs to."""
    for area in sheet.merged_cells.ranges:
        if area.min_row <= place.row <= area.max_row and area.min_col <= place.column <= area.max_col:
            return area.min_row, area.min_col
    return place.row, place.column


def mark_cells(book: Workbook, findings: Sequence[Finding]) -> dict[Place, str]:
    """Mark the cells of all findings; returns the colour that each had before."""
    found: dict[Place, list[Finding]] = {}
    for finding in worst_first(findings):
        place = finding.place
        if place and place.sheet in book.sheetnames and place.sheet not in _OWN_SHEETS and _can_be(place):
            found.setdefault(place, []).append(finding)
    for sheet in book.worksheets:
        _add_alarms(sheet, {place: found[place][0].severity for place in found if place.sheet == sheet.title})
    return {place: _mark(book[place.sheet].cell(place.row, place.column), found[place]) for place in found}


def _add_alarms(sheet: Worksheet, marked: Mapping[Place, Severity]) -> None:
    """The same colours as conditional formats before all others: the form's own alarms would lie over the fills."""
    if not marked or not sheet.conditional_formatting:
        return
    for area in sheet.conditional_formatting:
        for rule in area.rules:
            rule.priority += len(WORST_FIRST)
    for priority, severity in enumerate(WORST_FIRST, 1):
        if cells := [place.cell for place in marked if marked[place] is severity]:
            fill = PatternFill("solid", start_color=MARKS[severity], end_color=MARKS[severity])
            rule = FormulaRule(formula=[_ALWAYS], fill=fill, stopIfTrue=True)  # type: ignore[no-untyped-call]
            rule.priority = priority
            sheet.conditional_formatting.add(" ".join(joined(cells)), rule)


def _remove_alarms(sheet: Worksheet) -> None:
    rules = [(area.sqref, rule) for area in sheet.conditional_formatting for rule in area.rules]
    kept = [(cells, rule) for cells, rule in rules if not _is_ours(rule)]
    if len(kept) == len(rules):
        return
    sheet.conditional_formatting = ConditionalFormattingList()
    for cells, rule in kept:
        sheet.conditional_formatting.add(str(cells), rule)


def _is_ours(rule: Any) -> bool:
    fill = rule.dxf.fill if rule.dxf else None
    colours = [str(colour.rgb)[-6:] for colour in (fill.start_color, fill.end_color) if colour] if fill else []
    return any(colour in MARKS.values() for colour in colours)


def _mark(cell: Any, findings: Sequence[Finding]) -> str:
    """Fill and comment a cell; returns the colour it had."""
    colour, mark = _colour(cell), MARKS[findings[0].severity]
    cell.fill = PatternFill("solid", start_color=mark, end_color=mark)
    said = [f"{finding.severity.label}: {finding.what}.\nCách sửa: {finding.remedy}." for finding in findings]
    text = "\n\n".join([COMMENT_HEAD, *dict.fromkeys(said), _CONSEQUENCES[findings[0].severity]])
    text = shortened(clean_text(text), _LONGEST_COMMENT)
    if cell.comment:
        text += f"\n\n{_SENDERS_OWN}\n{clean_text(cell.comment.text)}"
    height = (lines_of(text, _COMMENT_LETTERS) + 1) * _COMMENT_LINE
    cell.comment = Comment(text, COMMENT_AUTHOR, height=min(height, 600), width=_COMMENT_WIDTH)
    return colour
