"""Files made to kill what reads them, or to cost it all memory and time: small ones, each standing for a whole kind."""

import struct
from collections.abc import Iterable

from tests.broken_workbooks.archives import OLE, SHEET, packed, parts_of, with_part

_SECTOR = 512
_END, _FREE, _TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


# --- .xlsx ------------------------------------------------------------------------------------------------------------


def with_rows(content: bytes, rows: bytes) -> bytes:
    """The criteria sheet with more rows, as XML, after its own."""
    return with_part(content, SHEET, lambda part: part.replace(b"</sheetData>", rows + b"</sheetData>", 1))


def with_reference(content: bytes, reference: str) -> bytes:
    """One more cell that says it is anywhere."""
    return with_rows(content, f'<row r="300"><c r="{reference}"><v>1</v></c></row>'.encode())


def with_texts_announced(content: bytes, count: int) -> bytes:
    """Shared texts that say there are so many of them; there is one."""
    table = (
        '<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        f'count="1" uniqueCount="{count}"><si><t>a</t></si></sst>'
    )
    return with_part(content, "xl/sharedStrings.xml", lambda part: table.encode())


def with_junk_rows(content: bytes) -> bytes:
    """1.2 MB of one tag after the cells, which repeats an attribute and never ends."""
    junk = b"<row " + b"".join(b'hidden="1" a%d="" ' % number for number in range(60_000))
    return with_part(content, SHEET, lambda part: part.replace(b"</sheetData>", b"</sheetData>" + junk, 1))


def with_endless_errors(content: bytes) -> bytes:
    """1.2 MB of a cell after the end of the sheet that says over and over that it is an error, and never ends."""
    junk = b"<c " + b"".join(b't="e" s="%d" ' % number for number in range(80_000))
    return with_part(content, SHEET, lambda part: part + junk)


def with_everything_merged(content: bytes) -> bytes:
    """One merged range over the whole of each sheet."""
    merges = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    parts = parts_of(content)
    sheets = {name: part for name, part in parts.items() if name.startswith("xl/worksheets/sheet")}
    merged = {name: part.replace(b"</sheetData>", merges, 1) for name, part in sheets.items()}
    return packed({**parts, **merged})


def with_merges(content: bytes, *ranges: str) -> bytes:
    """The criteria sheet with more merged ranges, beside its cells."""
    merges = "".join(f'<mergeCell ref="{area}"/>' for area in ranges)

    def change(part: bytes) -> bytes:
        return part.replace(b"</mergeCells>", merges.encode() + b"</mergeCells>", 1)

    return with_part(content, SHEET, change)


def with_styles(content: bytes, count: int) -> bytes:
    """So many more cell styles, each with a name of its own, as they gather in workbooks that are copied for years."""
    styles = b"".join(b'<cellStyle name="Style %d" xfId="0"/>' % number for number in range(count))
    return with_part(
        content, "xl/styles.xml", lambda part: part.replace(b"</cellStyles>", styles + b"</cellStyles>", 1)
    )


def with_styles_bomb(content: bytes) -> bytes:
    """Styles that pack a thousand to one: read they take gigabytes."""
    fonts = b"<font/>" * 4_000_000
    return with_part(content, "xl/styles.xml", lambda part: part.replace(b"</fonts>", fonts + b"</fonts>", 1))


def with_odd_cells(content: bytes, count: int) -> bytes:
    """A sheet of so many cells with errors."""
    width = 100
    rows = (
        b'<row r="%d">' % row
        + b"".join(b'<c r="%s" t="e"><v>#N/A</v></c>' % _cell(row, column) for column in range(width))
        + b"</row>"
        for row in range(300, 300 + count // width)
    )
    return with_rows(content, b"".join(rows))


def _cell(row: int, column: int) -> bytes:
    first, second = divmod(column, 26)
    letters = bytes([64 + first] if first else []) + bytes([65 + second])
    return letters + str(row).encode()


def nested(content: bytes, depth: int) -> bytes:
    """Elements in one another, so deep."""
    return with_rows(content, b"<a>" * depth + b"</a>" * depth)


def with_attributes(content: bytes, count: int) -> bytes:
    """A row of so many attributes."""
    return with_rows(content, b"<row " + b" ".join(b'a%d=""' % number for number in range(count)) + b"/>")


def with_many(content: bytes, part: str, element: str, inside: str, count: int) -> bytes:
    """So many more of an element inside another, with a number each so that they do not pack away to nothing."""
    added = "".join(f'<{element} n="{number}"/>' for number in range(count)).encode()
    end = f"</{inside}>".encode()
    return with_part(content, part, lambda old: old.replace(end, added + end, 1))


def with_relation(content: bytes, target: str, mode: str = "", kind: str = "image") -> bytes:
    """One more relation of the workbook."""
    types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    mode = f' TargetMode="{mode}"' if mode else ""
    relation = f'<Relationship Id="odd" Type="{types}/{kind}" Target="{target}"{mode}/></Relationships>'

    def change(part: bytes) -> bytes:
        return part.replace(b"</Relationships>", relation.encode(), 1)

    return with_part(content, "xl/_rels/workbook.xml.rels", change)


def with_one_part_for_two_sheets(content: bytes) -> bytes:
    """Two sheets that are the same part."""

    def change(part: bytes) -> bytes:
        return part.replace(b"worksheets/sheet3.xml", b"worksheets/sheet2.xml", 1)

    return with_part(content, "xl/_rels/workbook.xml.rels", change)


def with_a_part_in_other_letters(content: bytes) -> bytes:
    """A second workbook part, in other letters: which one is read depends on the reader."""
    parts = parts_of(content)
    return packed({**parts, "XL/Workbook.xml": parts["xl/workbook.xml"]})


# --- .xls -------------------------------------------------------------------------------------------------------------


def old_workbook(*cells: tuple[int, int], rows: int = 1, columns: int = 1, texts: int = 0) -> bytes:
    """An .xls of one sheet with a number in each of the cells.

    Args:
        cells: rows and columns, from 0.
        rows, columns: how far its record of dimensions says that it reaches.
        texts: how many shared texts it announces.
    """
    book = _record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0))
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0, 0, 0, 0))
    sheet += _record(0x0200, struct.pack("<IIHHH", 0, rows, 0, columns, 0))
    sheet += b"".join(_record(0x0203, struct.pack("<HHHd", row, column, 0, 1.0)) for row, column in cells)
    sheet += _record(0x000A, b"")
    strings = _record(0x00FC, struct.pack("<II", texts, texts)) if texts else b""
    at = len(book) + 13 + len(strings) + 4
    named = _record(0x0085, struct.pack("<IBBBB", at, 0, 0, 1, 0) + b"A")
    return _container(book + named + strings + _record(0x000A, b"") + sheet)


def locked_old_workbook() -> bytes:
    """An .xls that is encrypted: the record that says so, then noise."""
    book = _record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 0)) + _record(0x002F, bytes(54))
    return _container(book + _record(0x0200, b"\xff" * 14) + _record(0x000A, b""))


def old_container(name: str, stream: bytes) -> bytes:
    """A container with one stream."""
    return _container(stream, name)


def module_of_macros(text: bytes) -> bytes:
    """The stream of a module: something compiled, then its text packed, every letter by itself."""
    pieces = b"".join(b"\0" + text[at : at + 8] for at in range(0, len(text), 8))
    return b"compiled" + b"\x01" + struct.pack("<H", 0xB000 | (len(pieces) - 1)) + pieces


def _record(number: int, content: bytes) -> bytes:
    return struct.pack("<HH", number, len(content)) + content


def _container(stream: bytes, name: str = "Workbook") -> bytes:
    """A container with one stream: a sector of the table, one of the directory, then the stream."""
    stream = stream.ljust(4096, b"\0")
    count = -(-len(stream) // _SECTOR)
    table = [_TABLE, _END, *range(3, 2 + count), _END]
    directory = _entry("Root Entry", 5, 1, _END, 0) + _entry(name, 2, _FREE, 2, len(stream))
    header = OLE + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, _END, 0, _END, 0)
    return b"".join(
        (
            (header + _numbers([0])).ljust(_SECTOR, b"\xff"),
            _numbers(table).ljust(_SECTOR, b"\xff"),
            directory.ljust(_SECTOR, b"\0"),
            stream.ljust(count * _SECTOR, b"\0"),
        )
    )


def _numbers(values: Iterable[int]) -> bytes:
    return b"".join(struct.pack("<I", value) for value in values)


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    letters = name.encode("utf-16-le")
    head = letters.ljust(64, b"\0") + struct.pack("<HBB", len(letters) + 2, kind, 1)
    return head + struct.pack("<III", _FREE, _FREE, child) + b"\0" * 36 + struct.pack("<IQ", start, size)
