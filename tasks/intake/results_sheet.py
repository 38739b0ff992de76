"""The first sheet of a marked workbook: whether the file was accepted, what was found, where, and how to mend it.

In: findings, and the colours that marked cells had before. Out: a sheet that links to every marked cell, prints on A4
landscape, and keeps the old colours in a hidden column for the day the workbook comes back.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from models.findings import WORST_FIRST, Finding, Place, Severity, has_critical
from models.forms.sheets import IDS_ROW, sheet_title
from models.forms.tables import Column
from models.wording import capitalised
from models.working_days import moment_told
from tasks.spreadsheets.workbooks import (
    ALARM_FILL,
    ASK_FILL,
    HEAD,
    TOTAL_FILL,
    CellLook,
    Page,
    add_page,
    put_title,
    set_columns,
    set_print,
)

RESULTS_SHEET = "Kết quả kiểm tra"
MOST_LISTED = 2000
RESULTS_ID = "checked"
_COLUMNS = (
    Column(RESULTS_ID, "Khóa", 4),
    Column("number", "STT", 6),
    Column("severity", "Mức độ", 13),
    Column("sheet", "Trang", 20),
    Column("cell", "Ô", 9),
    Column("what", "Điều chưa đúng", 58),
    Column("remedy", "Cách sửa", 58),
    Column("fill", "Màu gốc", 10),
)
_LINES_AROUND = 20
_COUNTED = {Severity.CRITICAL: "lỗi phải sửa", Severity.WARNING: "cảnh báo cần xem lại", Severity.INFO: "lưu ý"}
_NO_FILL = "none"
_FILLS = {Severity.CRITICAL: ALARM_FILL, Severity.WARNING: ASK_FILL, Severity.INFO: "DDEBF7"}
_NUMBER = {column.id: number for number, column in enumerate(_COLUMNS, 1)}
_WIDTH = {column.id: column.width for column in _COLUMNS}
_LAST_SHOWN = _NUMBER["remedy"]
_TEXT = CellLook(down="top")
_CENTRED = CellLook(across="center", down="top")
_LINK = CellLook(across="center", down="top", colour="0563C1")
_PLAIN = CellLook(bordered=False)
_HOW = (
    "Bấm vào cột “Ô” để đến ô cần sửa. Ô đỏ phải sửa, ô cam cần xem lại, ô xanh chỉ để biết; đưa chuột vào ô để đọc "
    "ghi chú. Sửa ngay trong tệp này rồi gửi lại, không cần xóa màu, ghi chú hay trang này."
)


def is_results_sheet(sheet: Worksheet) -> bool:
    """Whether a sheet is one of ours, whatever it is called now."""
    return sheet.cell(IDS_ROW, 1).value == RESULTS_ID


def original_fills(sheet: Worksheet) -> dict[tuple[str, str], str]:
    """Colours from before the marking by sheet and address, as noted on a sheet of results; empty for none."""
    fills = {}
    last = min(sheet.max_row, MOST_LISTED + _LINES_AROUND)
    for row in sheet.iter_rows(IDS_ROW + 1, last, 1, len(_COLUMNS), values_only=True):
        title, cell, fill = (row[_NUMBER[id] - 1] for id in ("sheet", "cell", "fill"))
        if title and cell and fill:
            fills[str(title), str(cell)] = "" if fill == _NO_FILL else str(fill)
    return fills


def verdict(findings: Sequence[Finding]) -> str:
    """In one sentence, whether a file with these findings was accepted."""
    counts = Counter(finding.severity for finding in findings)
    if has_critical(list(findings)):
        return f"Tệp CHƯA ĐƯỢC TIẾP NHẬN: có {counts[Severity.CRITICAL]} lỗi phải sửa rồi gửi lại."
    if counts[Severity.WARNING]:
        return f"Tệp ĐÃ ĐƯỢC TIẾP NHẬN; có {counts[Severity.WARNING]} cảnh báo cần xem lại."
    return "Tệp ĐÃ ĐƯỢC TIẾP NHẬN, không phát hiện lỗi."


def add_results(
    book: Workbook, file: str, findings: Sequence[Finding], when: datetime, fills: Mapping[Place, str]
) -> None:
    """Put the sheet of results in front of all others and open the workbook there.

    Args:
        book: the marked workbook.
        file: the sender's file name.
        findings: everything found, with places as the workbook has them.
        when: the moment of checking, with zone.
        fills: the marked cells, with the colour each had before.
    """
    page = add_page(book, sheet_title(RESULTS_SHEET, book.sheetnames))
    set_columns(page, _COLUMNS)
    page.sheet.column_dimensions[get_column_letter(_NUMBER["fill"])].hidden = True
    put_title(page, "Kết quả kiểm tra tệp", f"{file}, kiểm tra lúc {moment_told(when)}")
    _put_verdict(page, findings)
    page.row = 8
    for column in _COLUMNS[1:_LAST_SHOWN]:
        page.put(page.row, _NUMBER[column.id], column.title, HEAD)
    page.sheet.row_dimensions[page.row].height = 24
    page.sheet.freeze_panes = f"A{page.row + 1}"
    order = {title: position for position, title in enumerate(book.sheetnames)}
    ordered = sorted(findings, key=lambda finding: _reading_order(finding, order))
    for number, finding in enumerate(ordered[:MOST_LISTED], 1):
        page.row += 1
        _put_finding(page, number, finding, book, fills)
    if len(ordered) > MOST_LISTED:
        page.row += 1
        page.put(page.row, _NUMBER["what"], f"… và {len(ordered) - MOST_LISTED} điều khác.", _TEXT)
    set_print(page, "8:8", file, None, _LAST_SHOWN)
    _open_at(book, page.sheet)


def _reading_order(finding: Finding, order: Mapping[str, int]) -> tuple[int, int, int, int, str]:
    place = finding.place or Place("", 0, 0)
    worst = WORST_FIRST.index(finding.severity)
    return worst, order.get(place.sheet, -1), place.row, place.column, finding.what


def _put_verdict(page: Page, findings: Sequence[Finding]) -> None:
    counts = Counter(finding.severity for finding in findings)
    worst = next((severity for severity in WORST_FIRST if counts[severity]), Severity.INFO)
    fill = TOTAL_FILL if worst is Severity.INFO else _FILLS[worst]
    said = "; ".join(f"{counts[severity]} {_COUNTED[severity]}" for severity in WORST_FIRST)
    lines = ((verdict(findings), CellLook(bold=True, size=13, fill=fill)), (f"Tổng cộng: {said}.", _PLAIN))
    for row, (text, look) in enumerate((*lines, (_HOW if findings else "", _PLAIN)), 4):
        look = CellLook(look.bold, size=look.size, fill=look.fill, bordered=True) if text else _PLAIN
        for column in range(2, _LAST_SHOWN + 1):
            page.put(row, column, text if column == 2 else None, look)
        page.merge(row, 2, _LAST_SHOWN)
        page.sheet.row_dimensions[row].height = 26 if row == 4 else 20
    page.height(6, [(_HOW, sum(_WIDTH[column.id] for column in _COLUMNS[1:_LAST_SHOWN]))], least=20)


def _put_finding(page: Page, number: int, finding: Finding, book: Workbook, fills: Mapping[Place, str]) -> None:
    place = finding.place
    what, remedy = f"{capitalised(finding.what)}.", f"{capitalised(finding.remedy)}."
    severity = CellLook(bold=True, fill=_FILLS[finding.severity], across="center", down="top")
    page.put(page.row, _NUMBER["number"], number, _CENTRED)
    page.put(page.row, _NUMBER["severity"], finding.severity.label, severity)
    page.put(page.row, _NUMBER["sheet"], place.sheet if place else "cả tệp", _TEXT)
    page.put(page.row, _NUMBER["cell"], place.cell if place else "", _CENTRED)
    page.put(page.row, _NUMBER["what"], what, _TEXT)
    page.put(page.row, _NUMBER["remedy"], remedy, _TEXT)
    page.height(page.row, [(what, _WIDTH["what"]), (remedy, _WIDTH["remedy"])], least=20)
    if place is None:
        return
    if place in fills:
        page.put(page.row, _NUMBER["fill"], fills[place] or _NO_FILL, _PLAIN)
    if place.sheet in book.sheetnames and book[place.sheet].sheet_state == "visible":
        page.put(page.row, _NUMBER["cell"], place.cell, _LINK)
        cell: Any = page.sheet.cell(page.row, _NUMBER["cell"])
        title = place.sheet.replace("'", "''")
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{title}'!{place.cell}", display=place.cell)


def _open_at(book: Workbook, sheet: Worksheet) -> None:
    """Show this sheet first; no other stays chosen with it, or both would be typed into at once."""
    book.move_sheet(sheet, -(len(book.sheetnames) - 1))
    for other in book.worksheets:
        for view in other.views.sheetView:
            view.tabSelected = other is sheet
    book.active = 0
    for window in book.views:
        window.firstSheet = 0
