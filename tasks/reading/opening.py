"""Bytes of an unknown file → the cells of a workbook, or in one sentence why it is none that may be opened.

Sizes, archive and XML are looked at before anything is unpacked or parsed, so that no file costs more than a large form
does. What the spreadsheet reader does not tell (errors, formulas, merges, hidden rows) comes from sheet_marks.py.
Source: DESIGN.md, section 9.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from html import unescape
from typing import TypeVar

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, load_workbook

from tasks.reading.sheet_marks import Cell, SheetMarks, marks_of, most_cells, percent_styles, without_prefix

Got = TypeVar("Got")
CellValue = str | int | float | bool | date | datetime | time | timedelta

LARGEST_FILE = 32 * 2**20
MOST_PARTS = 1000
LARGEST_PART = 64 * 2**20
LARGEST_WHOLE = 128 * 2**20
MOST_RATIO = 200  # of unpacked to packed bytes; sheets of forms reach 60
_SMALL_PART = 2**20  # below this the ratio says nothing
MOST_SHEETS = 50
MOST_ROWS = 100_000
MOST_CELLS = 2_000_000
MOST_TEXT = 64 * 2**20  # of all cells together, when texts that are stored once stand in each of their cells
_SMALLEST_CELL = 20  # in bytes of XML
_LONGEST_TAG = 2000

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_OTHER_FILES = (
    (b"%PDF", "tệp PDF"),
    (b"\xff\xd8\xff", "tệp ảnh"),
    (b"\x89PNG", "tệp ảnh"),
    (b"Rar!", "tệp nén RAR"),
    (b"7z\xbc\xaf", "tệp nén 7z"),
)
_XML_PART = re.compile(r"\.(xml|rels|vml)$", re.IGNORECASE)
_OTHER_ENCODING = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"'](?!utf-?8[\"'])", re.IGNORECASE)
_WIDE_TEXT = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")
_SHEET = re.compile(rb"<sheet\b([^<>]*)>")
_RELATIONSHIP = re.compile(rb"<Relationship\b([^<>]*)>")
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_SHARED_TEXT = re.compile(rb"t=[\"']s[\"'][^<>]*><v>(\d+)</v>")
_REPEATED_ROW = re.compile(rb"number-rows-repeated=[\"'](\d+)")
_REPEATED_CELL = re.compile(rb"number-columns-repeated=[\"'](\d+)")
_SAVE_AGAIN = "Mở bằng Excel hoặc LibreOffice, lưu lại dạng .xlsx rồi gửi lại"
_SEND_FORM = "Gửi đúng biểu mẫu đã nhận, dạng .xlsx"
_TOO_BIG = "Gửi đúng biểu mẫu đã nhận, không chèn thêm ảnh, trang hay tệp khác"


@dataclass(frozen=True, slots=True)
class OpenedSheet:
    """One sheet: its cells from A1 on, all rows equally long, and what stands behind them."""

    title: str
    rows: list[list[CellValue]]
    marks: SheetMarks


class UnopenableError(Exception):
    """A file that is not opened. Carries what is wrong and what to do, in Vietnamese, without full stops."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


def open_workbook(content: bytes) -> tuple[OpenedSheet, ...]:
    """The sheets of a workbook, in its order: .xlsx, .xls or .ods.

    Raises:
        UnopenableError: it is no workbook, is locked or damaged, could run something, or is larger than any form.
    """
    if not content:
        raise UnopenableError("tệp rỗng, không có nội dung", "Kiểm tra lại tệp trên máy rồi gửi lại")
    if len(content) > LARGEST_FILE:
        size = len(content) // 2**20
        raise UnopenableError(f"tệp quá lớn ({size} MB, tối đa {LARGEST_FILE // 2**20} MB)", _TOO_BIG)
    if content.startswith(_ZIP):
        return _open_zip(content)
    if content.startswith(_OLE):
        return _open_ole(content)
    for signature, called in _OTHER_FILES:
        if content.startswith(signature):
            raise UnopenableError(f"đây là {called}, không phải bảng tính", _SEND_FORM)
    if b"\x00" in content[:1000] and not content.startswith(_WIDE_TEXT):
        raise UnopenableError("tệp không phải là bảng tính hoặc đã hỏng phần đầu", _SEND_FORM)
    raise UnopenableError("đây là tệp văn bản được đổi tên, không phải bảng tính", _SAVE_AGAIN)


# --- archives ---------------------------------------------------------------------------------------------------------


def _open_zip(content: bytes) -> tuple[OpenedSheet, ...]:
    entries = _entries(content)
    _refuse_macros(entries)
    parts = {name: _unpacked(content, entry) for name, entry in entries.items() if _XML_PART.search(name)}
    for name, part in parts.items():
        _refuse_unsafe_xml(name, part)
    if "xl/workbook.xml" in parts:
        return _open_xlsx(content, parts)
    if "content.xml" in parts and "mimetype" in entries:
        return _open_ods(content, entries, parts)
    if "xl/workbook.bin" in entries:
        raise UnopenableError("tệp dạng .xlsb (nhị phân) không đọc được", _SAVE_AGAIN)
    raise UnopenableError("đây là tệp nén hoặc tài liệu khác, không phải bảng tính", _SEND_FORM)


def _entries(content: bytes) -> dict[str, zipfile.ZipInfo]:
    """The archive's parts by name, from its directory alone; nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            listed = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as damaged:
        raise UnopenableError("tệp bị cắt cụt hoặc hỏng, không mở được", _SAVE_AGAIN) from damaged
    if len(listed) > MOST_PARTS:
        raise UnopenableError(f"tệp có {len(listed)} phần bên trong, nhiều bất thường nên không mở", _TOO_BIG)
    whole = sum(entry.file_size for entry in listed)
    too_dense = any(
        entry.file_size > _SMALL_PART and entry.file_size > MOST_RATIO * entry.compress_size for entry in listed
    )
    if whole > LARGEST_WHOLE or too_dense or any(entry.file_size > LARGEST_PART for entry in listed):
        size = max(whole // 2**20, 1)
        raise UnopenableError(
            f"tệp bung ra {size} MB (kiểu “bom nén”, hoặc trang quá nhiều dòng) nên không được mở", _TOO_BIG
        )
    if any(entry.flag_bits & 1 for entry in listed):
        raise UnopenableError("tệp nén có mật khẩu nên không đọc được", "Bỏ mật khẩu rồi gửi lại")
    entries = {entry.filename: entry for entry in listed}
    if len(entries) < len(listed):
        raise UnopenableError("tệp có phần bên trong bị lặp, không rõ phần nào đúng", _SAVE_AGAIN)
    return entries


def _unpacked(content: bytes, entry: zipfile.ZipInfo) -> bytes:
    """One part, never more than its directory declares; one that is longer or has another checksum is refused."""
    names = int.from_bytes(content[entry.header_offset + 26 : entry.header_offset + 28], "little")
    extra = int.from_bytes(content[entry.header_offset + 28 : entry.header_offset + 30], "little")
    start = entry.header_offset + 30 + names + extra
    packed = content[start : start + entry.compress_size]
    part, whole = packed, True
    if entry.compress_type != zipfile.ZIP_STORED:
        unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            part = unpacking.decompress(packed, entry.file_size + 1)
        except zlib.error:
            part = b""
        whole = unpacking.eof
    if not whole or len(part) != entry.file_size or zlib.crc32(part) != entry.CRC:
        raise UnopenableError("tệp bị hỏng bên trong (phần nén không khớp), không mở được", _SAVE_AGAIN)
    return part


def _refuse_macros(names: Iterable[str]) -> None:
    for name in names:
        if name.casefold().endswith("vbaproject.bin") or name.startswith(("xl/macrosheets/", "Basic/")):
            raise UnopenableError(
                "tệp có chứa macro nên không được mở", "Lưu lại dạng .xlsx (không có macro) rồi gửi lại"
            )


def _refuse_unsafe_xml(name: str, part: bytes) -> None:
    if part.startswith(_WIDE_TEXT) or _OTHER_ENCODING.search(part[:200]):
        raise UnopenableError("tệp ghi bằng bảng mã lạ bên trong nên không được mở", _SAVE_AGAIN)
    if b"<!DOCTYPE" in part:  # entities can be declared nowhere else, and no spreadsheet program writes one
        raise UnopenableError(
            f"tệp có khai báo thực thể XML (phần {name}), kiểu tệp phá hoại, nên không được mở", _SAVE_AGAIN
        )


# --- the kinds of workbook --------------------------------------------------------------------------------------------


def _open_xlsx(content: bytes, parts: dict[str, bytes]) -> tuple[OpenedSheet, ...]:
    found = _sheet_parts(parts)
    _refuse_many_sheets(len(found))
    sheets = [(title, without_prefix(parts.get(name, b""))) for title, name in found]
    for title, part in sheets:
        rows, cells = most_cells(part)
        if rows > MOST_ROWS or cells > MOST_CELLS:
            raise UnopenableError(
                f"trang “{title}” có dữ liệu hoặc định dạng đến dòng {rows:,}".replace(",", ".")
                + ", vượt xa biểu mẫu nên không được mở",
                "Xóa các dòng, cột thừa sau biểu mẫu (chọn cả dòng rồi xóa), lưu lại rồi gửi",
            )
    _refuse_much_text(parts.get("xl/sharedStrings.xml", b""), [part for _, part in sheets])
    percents = percent_styles(parts.get("xl/styles.xml", b""))
    book = _calamine(content)
    if book.sheet_names != [title for title, _ in sheets]:
        raise UnopenableError("danh sách trang của tệp không đọc được", _SAVE_AGAIN)
    return tuple(
        OpenedSheet(title, _rows(book, position), marks_of(part, percents))
        for position, (title, part) in enumerate(sheets)
        if book.sheets_metadata[position].typ is SheetTypeEnum.WorkSheet
    )


def _refuse_much_text(shared: bytes, sheets: Sequence[bytes]) -> None:
    """A long text that is stored once and stands in very many cells would fill the memory when it is read."""
    texts = [len(text) for text in without_prefix(shared).split(b"<si")[1:]]
    if not texts or max(texts) * sum(map(len, sheets)) // _SMALLEST_CELL <= MOST_TEXT:
        return
    used = (int(number) for sheet in sheets for number in _SHARED_TEXT.findall(sheet))
    if sum(texts[number] for number in used if number < len(texts)) > MOST_TEXT:
        raise UnopenableError("tệp lặp lại một nội dung dài trong quá nhiều ô nên không được mở", _TOO_BIG)


def _sheet_parts(parts: dict[str, bytes]) -> list[tuple[str, str]]:
    """Title and name of the part of each sheet, in the order of the workbook."""
    targets = {}
    for match in _RELATIONSHIP.finditer(without_prefix(parts.get("xl/_rels/workbook.xml.rels", b""))):
        relation = _attributes(match[1])
        target = relation.get("Target", "")
        targets[relation.get("Id", "")] = target[1:] if target.startswith("/") else f"xl/{target}"
    found = []
    for match in _SHEET.finditer(without_prefix(parts["xl/workbook.xml"])):
        sheet = _attributes(match[1])
        id = next((value for name, value in sheet.items() if name.endswith(":id")), "")
        found.append((sheet.get("name", ""), targets.get(id, "")))
    return found


def _attributes(tag: bytes) -> dict[str, str]:
    return {
        match[1].decode(): unescape((match[2] if match[2] is not None else match[3]).decode("utf-8", "replace"))
        for match in _ATTRIBUTE.finditer(tag[:_LONGEST_TAG])
    }


def _open_ods(content: bytes, entries: dict[str, zipfile.ZipInfo], parts: dict[str, bytes]) -> tuple[OpenedSheet, ...]:
    if b"opendocument.spreadsheet" not in _unpacked(content, entries["mimetype"]):
        raise UnopenableError("đây là tài liệu OpenDocument khác, không phải bảng tính", _SEND_FORM)
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise UnopenableError("tệp có mật khẩu nên không đọc được", "Bỏ mật khẩu rồi gửi lại")
    if _repeated_contents(parts["content.xml"]) > MOST_TEXT:
        raise UnopenableError("tệp lặp lại dòng hoặc ô có nội dung quá nhiều lần nên không được mở", _TOO_BIG)
    return _plain_sheets(_calamine(content))


def _repeated_contents(body: bytes) -> int:
    """How many bytes the filled cells of an .ods come to when all that is repeated is written out."""
    total = 0
    for row in body.split(b"<table:table-row")[1:]:
        rows = _REPEATED_ROW.search(row[: row.find(b">") + 1])
        filled = 0
        for cell in row.split(b"table-cell")[1:]:
            if b"office:value" in cell or b"<text:p" in cell:
                columns = _REPEATED_CELL.search(cell[: cell.find(b">") + 1])
                filled += len(cell) * (int(columns[1]) if columns else 1)
        total += filled * (int(rows[1]) if rows else 1)
    return total


def _open_ole(content: bytes) -> tuple[OpenedSheet, ...]:
    """The container of .xls; also of encrypted .xlsx and of old documents."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise UnopenableError("tệp có mật khẩu (mã hóa) nên không đọc được", "Bỏ mật khẩu mở tệp rồi gửi lại")
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        raise UnopenableError("tệp có chứa macro nên không được mở", "Lưu lại dạng .xlsx (không có macro) rồi gửi lại")
    if "Workbook".encode("utf-16-le") not in content and "Book".encode("utf-16-le") not in content:
        raise UnopenableError("đây là tài liệu Office khác, không phải bảng tính", _SEND_FORM)
    return _plain_sheets(_calamine(content))


def _plain_sheets(book: CalamineWorkbook) -> tuple[OpenedSheet, ...]:
    """The sheets of a kind of file of which values are known, and of .xls the merges."""
    _refuse_many_sheets(len(book.sheet_names))
    return tuple(
        OpenedSheet(title, _rows(book, position), SheetMarks(merged=_merged(book, position)))
        for position, title in enumerate(book.sheet_names)
    )


def _merged(book: CalamineWorkbook, position: int) -> tuple[tuple[Cell, Cell], ...]:
    """The merged ranges of a sheet; none where the reader knows none of this kind of file."""
    merged = _read(lambda: book.get_sheet_by_index(position).merged_cell_ranges)
    return tuple(merged or ())


def _refuse_many_sheets(count: int) -> None:
    if count > MOST_SHEETS:
        raise UnopenableError(f"tệp có {count} trang, biểu mẫu có nhiều nhất vài trang", _TOO_BIG)


def _calamine(content: bytes) -> CalamineWorkbook:
    return _read(lambda: load_workbook(io.BytesIO(content)))


def _rows(book: CalamineWorkbook, position: int) -> list[list[CellValue]]:
    sheet = _read(lambda: book.get_sheet_by_index(position))
    if sheet.total_height * sheet.total_width > MOST_CELLS:
        raise UnopenableError(f"trang “{sheet.name}” có quá nhiều ô nên không được mở", _TOO_BIG)
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
        raise UnopenableError("nội dung tệp bị hỏng, không đọc được", _SAVE_AGAIN) from failed
