"""What stands around the criteria of every form: the cover that says how to fill it in, remarks, the signature.

In: words. Out: cells on a page. Source: docs/process.md, 1 (signed by the head; difficulties, requests).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.forms.row_keys import Remark
from models.province.calendar import Due
from tasks.spreadsheets.workbooks import (
    ALARM_FILL,
    ASK_FILL,
    INPUT_FILL,
    INPUT_TEXT,
    LOCKED_FILL,
    PLAIN,
    SUGGESTED_FILL,
    TITLE,
    CellLook,
    Own,
    Page,
    Value,
    row_height,
    set_print,
    text_check,
)

_NUMBER_WIDTH, _LABEL_WIDTH, _TEXT_WIDTH = 5.0, 24.0, 100.0
_LOWEST = 20.0  # points of a line
DUE_LABEL = "Hạn gửi"
_HEADING = CellLook(bold=True, size=12, colour="1F4E79", bordered=False)
_LABEL = CellLook(bold=True, fill="EAF1FB")
_WORDS = CellLook()
_STEP = CellLook(bold=True, across="center", colour="1F4E79")
_BOLD = CellLook(bold=True)
_SIGNER = CellLook(bold=True, across="center", bordered=False)
_SIGNED = CellLook(italic=True, across="center", bordered=False)

LEGEND = (
    (INPUT_FILL, "Ô nhập", "Nhập số liệu, chọn trong danh sách, ghi văn bản"),
    ("FFFFFF", "Ô trắng", "Nội dung và điểm: được khóa, tự thay đổi khi nhập số liệu; dòng cho văn bản tiếp theo"),
    (LOCKED_FILL, "Ô xám", "Không nhập: khảo sát, cơ quan khác theo dõi, hoặc không áp dụng với đơn vị"),
    (ALARM_FILL, "Ô đỏ", "Phải sửa: số liệu chưa hợp lý, hoặc thiếu lý do"),
    (ASK_FILL, "Ô cam", "Cần bổ sung: thiếu tài liệu kiểm chứng, còn tiêu chí chưa đủ số liệu"),
)
INPUTS_LEGEND = (
    (INPUT_FILL, "Ô nhập", "Nhập số liệu, chọn trong danh sách, ghi văn bản"),
    ("FFFFFF", "Ô trắng", "Nội dung, số liệu và điểm đã có; được khóa"),
)
SUGGESTED_LEGEND = (
    SUGGESTED_FILL,
    "Ô tím, chữ nghiêng",
    "Ô nhập đã điền sẵn từ báo cáo tháng; nguồn ghi dưới tên tiêu chí. Kiểm tra, sửa nếu chưa đúng",
)


@dataclass(frozen=True)
class Cover:
    """The words of a cover.

    Attributes:
        subject: whose form it is.
        lines: what the form is about, label and text; lines without text are left out.
        steps: how to fill it in, one after the other.
        legend: fill, name and meaning of each colour.
    """

    title: str
    subject: str | Own
    lines: Sequence[tuple[str, str | Own]]
    steps: Sequence[str]
    mark: str | None = None
    legend: Sequence[tuple[str, str, str]] = LEGEND


def due_line(due: Due | None) -> tuple[str, str]:
    """The line of a cover that says until when the form is to be sent."""
    return DUE_LABEL, str(due) if due else "theo văn bản của cơ quan chủ trì"


def put_cover(page: Page, cover: Cover) -> None:
    """Write the cover: title, what it is about, steps, legend of colours."""
    for letter, width in zip("ABCD", (2.0, _NUMBER_WIDTH, _LABEL_WIDTH, _TEXT_WIDTH), strict=True):
        page.sheet.column_dimensions[letter].width = width
    page.put(2, 2, cover.title, TITLE)
    page.put(3, 2, cover.subject, CellLook(bold=True, size=13, bordered=False, colour="1F4E79"))
    page.sheet.row_dimensions[2].height = 24
    page.sheet.row_dimensions[3].height = 22
    page.row = 5
    for label, text in cover.lines:
        if str(text):
            _put_line(page, label, text)
    _put_heading(page, "Cách điền")
    for number, step in enumerate(cover.steps, 1):
        page.put(page.row, 2, number, _STEP)
        page.put(page.row, 3, step, _WORDS)
        page.put(page.row, 4, None, _WORDS)
        _across(page, 3, 4)
        page.height(page.row, [(step, _LABEL_WIDTH + _TEXT_WIDTH)], least=20)
        page.row += 1
    _put_heading(page, "Màu của ô")
    for fill, name, meaning in cover.legend:
        page.put(page.row, 2, None, CellLook(fill=fill))
        page.put(page.row, 3, name, CellLook(bold=True, fill=fill))
        page.put(page.row, 4, meaning, _WORDS)
        page.height(page.row, [(meaning, _TEXT_WIDTH)], least=20)
        page.row += 1
    set_print(page, "", cover.subject, cover.mark, 4)


def line_height(text: str) -> float:
    """How high the line of a cover with this text is."""
    return row_height([(text, _TEXT_WIDTH)], _LOWEST)


def _put_line(page: Page, label: str, text: str | Own) -> None:
    page.put(page.row, 2, label, _LABEL)
    page.put(page.row, 3, None, _LABEL)
    _across(page, 2, 3)
    page.put(page.row, 4, text, _WORDS)
    page.height(page.row, [(text, _TEXT_WIDTH)], _LOWEST)
    page.row += 1


def _put_heading(page: Page, text: str) -> None:
    page.row += 1
    page.put(page.row, 2, text, _HEADING)
    page.sheet.row_dimensions[page.row].height = 22
    page.row += 1


def _across(page: Page, first: int, last: int) -> None:
    page.sheet.merge_cells(start_row=page.row, end_row=page.row, start_column=first, end_column=last)


def put_remarks(
    page: Page, remarks: Sequence[Remark], label_column: int, last_column: int, known: Mapping[Remark, Value]
) -> list[str]:
    """A wide cell for each remark, with its key and what is recorded already; returns the keys."""
    for remark in remarks:
        tall = remark in (Remark.DIFFICULTIES, Remark.PROPOSALS)
        page.put(page.row, 1, remark.value, PLAIN)
        page.put(page.row, label_column, remark.label, _BOLD)
        for number in range(label_column + 1, last_column + 1):
            page.put(page.row, number, known.get(remark) if number == label_column + 1 else None, INPUT_TEXT)
        _across(page, label_column + 1, last_column)
        cell = page.sheet.cell(page.row, label_column + 1).coordinate
        page.check(cell, text_check(remark.label, f"Ghi: {remark.label}."))
        page.sheet.row_dimensions[page.row].height = 60 if tall else 22
        page.row += 1
    return [remark.value for remark in remarks]


def put_signatures(page: Page, left_column: int, right_column: int, signer: Sequence[str]) -> None:
    """Who prepared the form and who signs it, in one line or two, with room for hand and seal."""
    page.row += 1
    first, *rest = signer
    lines = [("", "…………, ngày …… tháng …… năm ………", _SIGNED), ("NGƯỜI LẬP PHIẾU", first, _SIGNER)]
    lines += [("", line, _SIGNER) for line in rest]
    for left, right, look in (*lines, ("(Ký, ghi rõ họ tên)", "(Ký, ghi rõ họ tên, đóng dấu)", _SIGNED)):
        if left:
            page.put(page.row, left_column, left, look)
        page.put(page.row, right_column, right, look)
        page.row += 1
    page.row += 4
    page.put(page.row, right_column, None, PLAIN)
