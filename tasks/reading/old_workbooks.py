"""The container and records of an .xls, gone through once before its reader makes room for what they announce.

On the way it is noted what the reader does not tell: error values, formulas whose text is empty (it gives 0 for them),
percent formats, hidden rows.

A container is a small file system of sectors; its stream `Workbook` is a row of records: number, length, content.
Source: [MS-CFB], 2.2–2.6; [MS-XLS], 2.4 (DIMENSIONS, SST, XF and the records of cells).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from tasks.reading.counting import LIMITS, Room
from tasks.reading.refusing import SAVE_AGAIN, UnopenableError
from tasks.reading.sheet_marks import PERCENT_FORMATS, Behind, Cell, refuse_many_marks

LAST_ROW, LAST_COLUMN = 65_536, 256
_NO_SECTOR = 0xFFFFFFFA  # sector numbers from here on say that there is none
_SECTORS_IN_HEADER = 109  # of the table of sectors
_STREAM = 2  # the kind of an entry that is a stream
_ENTRY = 128  # bytes of an entry of the directory
_SHORT_STREAM = 4096  # bytes below which a stream lies in small sectors
_SMALL_SECTOR = 64
_LONGEST_RECORD = 8224
_NAMES = frozenset({"Workbook", "Book"})

_LOCKED = 0x002F  # FILEPASS: all that follows is encrypted
_DIMENSIONS, _STRINGS, _STYLE = 0x0200, 0x00FC, 0x00E0
_BEGIN, _SHEET, _FORMAT, _ROW, _FORMULA, _ERROR_OR_TRUTH = 0x0809, 0x0085, 0x041E, 0x0208, 0x0006, 0x0205
_MANY_NUMBERS, _TEXT = 0x00BD, 0x0207
_NUMBERS = frozenset({0x0006, 0x0203, 0x027E})
_HIDDEN = 0x20  # in the options of a row
_NO_NUMBER, _IS_ERROR, _IS_EMPTY = b"\xff\xff", 2, 3  # what a formula came to, where it is no number
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
_ONE_CELL = frozenset({0x0006, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E})
_CELLS_OF_A_ROW = frozenset({0x00BD, 0x00BE})


@dataclass
class OldSheet:
    """What stands behind the cells of a sheet.

    Attributes:
        cells, hidden: as of any sheet; merges are the reader's to tell.
        empty: cells of formulas whose text is empty.
    """

    cells: dict[Cell, tuple[Behind, str]] = field(default_factory=dict)
    hidden: list[int] = field(default_factory=list)
    empty: list[Cell] = field(default_factory=list)


def look_at_records(content: bytes) -> list[OldSheet]:
    """What stands behind the cells of each sheet, in the order of the workbook.

    A container whose records announce more than a sheet of its time can hold, or more than any form needs, is refused.

    Raises:
        UnopenableError: such a record, or the container is damaged.
    """
    walk = _Walk()
    try:
        stream = next(stream for name, stream in _streams(content) if name in _NAMES)
        for at, kind, record in _records(stream):
            _look_at(kind, record, walk.room)
            walk.note(at, kind, record)
        return walk.sheets
    except (struct.error, IndexError, StopIteration) as damaged:
        raise _damaged() from damaged


class _Walk:
    """One way through the records of a workbook."""

    def __init__(self) -> None:
        self.room = Room()
        self.starts: dict[int, OldSheet] = {}
        self._percent_formats = {int(number) for number in PERCENT_FORMATS}
        self._styles: list[int] = []
        self._sheet: OldSheet | None = None
        self._text_of: Cell | None = None

    @property
    def sheets(self) -> list[OldSheet]:
        """The sheets in the order of the workbook."""
        return list(self.starts.values())

    def note(self, at: int, kind: int, record: bytes) -> None:
        """Keep what a record says of what is behind cells; the first records say where sheets begin."""
        if kind == _SHEET:
            self.starts[struct.unpack_from("<I", record)[0]] = OldSheet()
        elif kind == _BEGIN:
            self._sheet = self.starts.get(at, self._sheet)
        elif kind == _FORMAT and b"%" in record[2:]:
            self._percent_formats.add(struct.unpack_from("<H", record)[0])
        elif kind == _STYLE:
            self._styles.append(struct.unpack_from("<H", record, 2)[0])
        elif self._sheet:
            self._note_in_sheet(self._sheet, kind, record)

    def _note_in_sheet(self, sheet: OldSheet, kind: int, record: bytes) -> None:
        if kind == _ROW and record[12] & _HIDDEN:
            sheet.hidden.append(struct.unpack_from("<H", record)[0])
        elif kind == _ERROR_OR_TRUTH and record[7]:
            self._mark(sheet, record, Behind.ERROR, _ERRORS.get(record[6], "#?"))
        elif kind == _FORMULA and record[12:14] == _NO_NUMBER and record[6] == _IS_ERROR:
            self._mark(sheet, record, Behind.ERROR, _ERRORS.get(record[8], "#?"))
        elif kind == _FORMULA and record[12:14] == _NO_NUMBER:
            self._text_of = struct.unpack_from("<HH", record)
            if record[6] == _IS_EMPTY:
                sheet.empty.append(self._text_of)
        elif kind == _TEXT and self._text_of and record[:2] == b"\0\0":
            sheet.empty.append(self._text_of)
        elif kind in _NUMBERS and self._shows_percent(struct.unpack_from("<H", record, 4)[0]):
            self._mark(sheet, record, Behind.PERCENT, "")
        elif kind == _MANY_NUMBERS:
            row, first = struct.unpack_from("<HH", record)
            for number in range((len(record) - 6) // 6):
                if self._shows_percent(struct.unpack_from("<H", record, 4 + 6 * number)[0]):
                    self._mark(sheet, struct.pack("<HH", row, first + number), Behind.PERCENT, "")

    def _shows_percent(self, style: int) -> bool:
        return style < len(self._styles) and self._styles[style] in self._percent_formats

    def _mark(self, sheet: OldSheet, record: bytes, kind: Behind, text: str) -> None:
        row, column = struct.unpack_from("<HH", record)
        sheet.cells[row, column] = kind, text
        refuse_many_marks(len(sheet.cells))


def _look_at(kind: int, record: bytes, room: Room) -> None:
    if kind == _LOCKED:
        raise UnopenableError("tệp có mật khẩu nên không đọc được", "Bỏ mật khẩu mở tệp rồi gửi lại")
    if kind == _DIMENSIONS:
        _, rows, _, columns = struct.unpack_from("<IIHH" if len(record) >= 12 else "<HHHH", record)
        _refuse_outside(rows, columns)
    elif kind == _STRINGS:
        _, different = struct.unpack_from("<II", record)
        if different > LIMITS["si"].most:
            what = f"tệp khai báo có {different} chuỗi chữ, không đúng với nội dung nên không được mở"
            raise UnopenableError(what, SAVE_AGAIN)
    elif kind == _STYLE:
        room.take("xf")
    elif kind in _ONE_CELL:
        row, column = struct.unpack_from("<HH", record)
        _refuse_outside(row + 1, column + 1)
        room.take("c")
    elif kind in _CELLS_OF_A_ROW:
        row, first = struct.unpack_from("<HH", record)
        (last,) = struct.unpack_from("<H", record, len(record) - 2)
        _refuse_outside(row + 1, last + 1)
        room.take("c", max(last - first, 0) + 1)


def _refuse_outside(rows: int, columns: int) -> None:
    if rows > LAST_ROW or columns > LAST_COLUMN:
        what = f"tệp có địa chỉ nằm ngoài trang tính (dòng {rows}, cột {columns}) nên không được mở"
        raise UnopenableError(what, SAVE_AGAIN)


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Place, number and content of each record, until the stream is filled up with zeros."""
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == length == 0:
            return
        if length > _LONGEST_RECORD or at + 4 + length > len(stream):
            raise _damaged()
        yield at, kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


# --- the container ----------------------------------------------------------------------------------------------------


def streams_of(content: bytes) -> list[tuple[str, bytes]]:
    """Name and content of each stream of a container.

    Raises:
        UnopenableError: it is damaged.
    """
    try:
        return list(_streams(content))
    except (struct.error, IndexError) as damaged:
        raise _damaged() from damaged


def _streams(content: bytes) -> Iterator[tuple[str, bytes]]:
    sector = 1 << struct.unpack_from("<H", content, 30)[0]
    if sector not in (512, 4096):
        raise _damaged()
    directory_start, _, _, small_start = struct.unpack_from("<IIII", content, 48)
    table = _table_of_sectors(content, sector)

    def chain(start: int, length: int | None = None) -> bytes:
        """The sectors that follow one another from this one."""
        return _chained(content, start, table, sector, sector, length)

    entries = list(_entries(chain(directory_start)))
    (_, _, root_start, root_length), *others = entries
    small = chain(small_start)
    small_table = struct.unpack(f"<{len(small) // 4}I", small)
    small_sectors = chain(root_start, root_length)
    for kind, name, start, length in others:
        if kind == _STREAM and length >= _SHORT_STREAM:
            yield name, chain(start, length)
        elif kind == _STREAM:
            yield name, _chained(small_sectors, start, small_table, _SMALL_SECTOR, 0, length)


def _table_of_sectors(content: bytes, sector: int) -> tuple[int, ...]:
    """Which sector follows each: the table itself is spread over sectors that the header and its chain name."""
    numbers = list(struct.unpack_from(f"<{_SECTORS_IN_HEADER}I", content, 76))
    following, count = struct.unpack_from("<II", content, 68)
    for _ in range(min(count, len(content) // sector)):
        more = struct.unpack_from(f"<{sector // 4}I", content, (following + 1) * sector)
        numbers += more[:-1]
        following = more[-1]
    used = [number for number in numbers if number < _NO_SECTOR]
    if len(used) > len(content) // sector:
        raise _damaged()
    pieces = (content[(number + 1) * sector : (number + 2) * sector] for number in used)
    table = b"".join(pieces)
    return struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])


def _chained(content: bytes, start: int, table: tuple[int, ...], size: int, first: int, length: int | None) -> bytes:
    """The pieces of a chain put together; one that runs in a circle is longer than all there is."""
    pieces: list[bytes] = []
    while start < _NO_SECTOR:
        if len(pieces) > len(table):
            raise _damaged()
        pieces.append(content[first + start * size : first + (start + 1) * size])
        start = table[start]
    return b"".join(pieces)[:length]


def _entries(directory: bytes) -> Iterator[tuple[int, str, int, int]]:
    """Kind, name, first sector and length of each entry, the root first."""
    for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
        letters = struct.unpack_from("<H", directory, at + 64)[0]
        name = directory[at : at + max(min(letters, 64) - 2, 0)].decode("utf-16-le", "replace")
        start, length = struct.unpack_from("<II", directory, at + 116)
        yield directory[at + 66], name, start, length


def _damaged() -> UnopenableError:
    return UnopenableError("nội dung tệp bị hỏng, không đọc được", SAVE_AGAIN)
