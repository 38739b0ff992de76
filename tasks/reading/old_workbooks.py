"""The container and records of an .xls, gone through once before its reader makes room for what they announce.

A container is a small file system of sectors; its stream `Workbook` is a row of records: number, length, content.
Source: [MS-CFB], 2.2–2.6; [MS-XLS], 2.4 (DIMENSIONS, SST, XF and the records of cells).
"""

import struct
from collections.abc import Iterator

from tasks.reading.counting import LIMITS, Room
from tasks.reading.refusing import SAVE_AGAIN, UnopenableError

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
_ONE_CELL = frozenset({0x0006, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E})
_CELLS_OF_A_ROW = frozenset({0x00BD, 0x00BE})


def look_at_records(content: bytes) -> None:
    """Refuse a container whose records announce more than a sheet of its time can hold, or more than any form needs.

    Raises:
        UnopenableError: such a record, or the container is damaged.
    """
    room = Room()
    try:
        stream = next(stream for name, stream in _streams(content) if name in _NAMES)
        for kind, record in _records(stream):
            _look_at(kind, record, room)
    except (struct.error, IndexError, StopIteration) as damaged:
        raise _damaged() from damaged


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


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and content of each record, until the stream is filled up with zeros."""
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == length == 0:
            return
        if length > _LONGEST_RECORD or at + 4 + length > len(stream):
            raise _damaged()
        yield kind, stream[at + 4 : at + 4 + length]
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
