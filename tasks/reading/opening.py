"""Bytes of an unknown file → the cells of a workbook, or in one sentence why it is none that may be opened.

Sizes, archive and XML are looked at and counted before anything makes room for cells, so that no file costs more than a
large form does. Runs in a process that may die (isolation.py): no list of checks is ever complete.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, load_workbook

from tasks.reading.archives import Archive
from tasks.reading.counting import MOST_CELLS
from tasks.reading.excel_parts import marks_of_sheets, refuse_many_sheets
from tasks.reading.macros import may_run
from tasks.reading.old_workbooks import look_at_records
from tasks.reading.open_document import look_at_contents
from tasks.reading.refusing import SAVE_AGAIN, SEND_FORM, TOO_BIG, UnopenableError
from tasks.reading.sheet_marks import Cell, SheetMarks

Got = TypeVar("Got")
CellValue = str | int | float | bool | date | datetime | time | timedelta

LARGEST_FILE = 32 * 2**20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_OTHER_FILES = (
    (b"%PDF", "tệp PDF"),
    (b"\xff\xd8\xff", "tệp ảnh"),
    (b"\x89PNG", "tệp ảnh"),
    (b"Rar!", "tệp nén RAR"),
    (b"7z\xbc\xaf", "tệp nén 7z"),
)
_WIDE_TEXT = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")


@dataclass(frozen=True, slots=True)
class OpenedSheet:
    """One sheet: its cells from A1 on, all rows equally long, and what stands behind them."""

    title: str
    rows: list[list[CellValue]]
    marks: SheetMarks


def open_workbook(content: bytes) -> tuple[OpenedSheet, ...]:
    """The sheets of a workbook, in its order: .xlsx, .xls or .ods.

    Raises:
        UnopenableError: it is no workbook, is locked or damaged, could run something, or is larger than any form.
    """
    if not content:
        raise UnopenableError("tệp rỗng, không có nội dung", "Kiểm tra lại tệp trên máy rồi gửi lại")
    refuse_large(len(content))
    if content.startswith(_ZIP):
        return _open_zip(content)
    if content.startswith(_OLE):
        return _open_ole(content)
    for signature, called in _OTHER_FILES:
        if content.startswith(signature):
            raise UnopenableError(f"đây là {called}, không phải bảng tính", SEND_FORM)
    if b"\x00" in content[:1000] and not content.startswith(_WIDE_TEXT):
        raise UnopenableError("tệp không phải là bảng tính hoặc đã hỏng phần đầu", SEND_FORM)
    raise UnopenableError("đây là tệp văn bản được đổi tên, không phải bảng tính", SAVE_AGAIN)


def refuse_large(size: int) -> None:
    """Refuse a file of so many bytes, before they are read, where no form is as large.

    Raises:
        UnopenableError: it is too large.
    """
    if size > LARGEST_FILE:
        raise UnopenableError(f"tệp quá lớn ({size // 2**20} MB, tối đa {LARGEST_FILE // 2**20} MB)", TOO_BIG)


# --- the kinds of workbook --------------------------------------------------------------------------------------------


def _open_zip(content: bytes) -> tuple[OpenedSheet, ...]:
    archive = Archive(content)
    parts = archive.xml_parts()
    if "xl/workbook.xml" in parts:
        return _open_xlsx(archive.content, parts)
    if "content.xml" in parts and "mimetype" in archive:
        return _open_ods(archive.content, archive, parts)
    if "xl/workbook.bin" in archive:
        raise UnopenableError("tệp dạng .xlsb (nhị phân) không đọc được", SAVE_AGAIN)
    raise UnopenableError("đây là tệp nén hoặc tài liệu khác, không phải bảng tính", SEND_FORM)


def _open_xlsx(content: bytes, parts: dict[str, bytes]) -> tuple[OpenedSheet, ...]:
    sheets = marks_of_sheets(parts)
    book = _calamine(content)
    if book.sheet_names != [title for title, _ in sheets]:
        raise UnopenableError("danh sách trang của tệp không đọc được", SAVE_AGAIN)
    return tuple(
        OpenedSheet(title, _rows(book, position), marks)
        for position, (title, marks) in enumerate(sheets)
        if book.sheets_metadata[position].typ is SheetTypeEnum.WorkSheet
    )


def _open_ods(content: bytes, archive: Archive, parts: dict[str, bytes]) -> tuple[OpenedSheet, ...]:
    if b"opendocument.spreadsheet" not in archive.part("mimetype"):
        raise UnopenableError("đây là tài liệu OpenDocument khác, không phải bảng tính", SEND_FORM)
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise UnopenableError("tệp có mật khẩu nên không đọc được", "Bỏ mật khẩu rồi gửi lại")
    marks = look_at_contents(parts)
    return _plain_sheets(_calamine(content), marks)


def _open_ole(content: bytes) -> tuple[OpenedSheet, ...]:
    """The container of .xls; also of encrypted .xlsx and of old documents."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise UnopenableError("tệp có mật khẩu (mã hóa) nên không đọc được", "Bỏ mật khẩu mở tệp rồi gửi lại")
    if "_VBA_PROJECT".encode("utf-16-le") in content and may_run(content):
        raise UnopenableError("tệp có chứa macro nên không được mở", "Lưu lại dạng .xlsx (không có macro) rồi gửi lại")
    if "Workbook".encode("utf-16-le") not in content and "Book".encode("utf-16-le") not in content:
        raise UnopenableError("đây là tài liệu Office khác, không phải bảng tính", SEND_FORM)
    behind = look_at_records(content)
    book = _calamine(content)
    marks = [
        SheetMarks(sheet.cells, _merged(book, position), tuple(sheet.hidden))
        for position, sheet in enumerate(behind)
        if len(behind) == len(book.sheet_names)
    ]
    sheets = _plain_sheets(book, marks)
    for sheet, known in zip(sheets, behind if marks else (), strict=False):
        for row, column in known.empty:
            if row < len(sheet.rows) and column < len(sheet.rows[row]):
                sheet.rows[row][column] = ""
    return sheets


def _plain_sheets(book: CalamineWorkbook, marks: Sequence[SheetMarks]) -> tuple[OpenedSheet, ...]:
    """The sheets with what stands behind their cells, where it is certain which marks are whose."""
    refuse_many_sheets(len(book.sheet_names))
    if len(marks) != len(book.sheet_names):  # sheets of charts, tables that are cached from elsewhere
        marks = [SheetMarks(merged=_merged(book, position)) for position in range(len(book.sheet_names))]
    return tuple(
        OpenedSheet(title, _rows(book, position), marks[position]) for position, title in enumerate(book.sheet_names)
    )


def _merged(book: CalamineWorkbook, position: int) -> tuple[tuple[Cell, Cell], ...]:
    """The merged ranges of a sheet; none where the reader knows none of this kind of file."""
    merged = _read(lambda: book.get_sheet_by_index(position).merged_cell_ranges)
    return tuple(merged or ())


# --- the reader -------------------------------------------------------------------------------------------------------


def _calamine(content: bytes) -> CalamineWorkbook:
    return _read(lambda: load_workbook(io.BytesIO(content)))


def _rows(book: CalamineWorkbook, position: int) -> list[list[CellValue]]:
    sheet = _read(lambda: book.get_sheet_by_index(position))
    if sheet.total_height * sheet.total_width > MOST_CELLS:
        raise UnopenableError(f"trang “{sheet.name}” có quá nhiều ô nên không được mở", TOO_BIG)
    return _read(lambda: sheet.to_python(skip_empty_area=False))


def _read(read: Callable[[], Got]) -> Got:
    """What the reader gives; its complaints as a refusal.

    A damaged file may also make its Rust part panic, which arrives as an exception outside `Exception`.
    """
    try:
        return read()
    except PasswordError as locked:
        raise UnopenableError("tệp có mật khẩu nên không đọc được", "Bỏ mật khẩu mở tệp rồi gửi lại") from locked
    except (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError):
        raise
    except BaseException as failed:
        raise UnopenableError("nội dung tệp bị hỏng, không đọc được", SAVE_AGAIN) from failed
