"""Damage to the file itself: its archive, its parts, its XML, or that it is no workbook at all."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable

SHEET = "xl/worksheets/sheet2.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BILLION_LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
EXTERNAL_ENTITY = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def parts_of(content: bytes) -> dict[str, bytes]:
    """The parts of a workbook by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def packed(parts: dict[str, bytes]) -> bytes:
    """Parts as an archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


def with_part(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one part changed; a part that is not there begins empty."""
    parts = parts_of(content)
    return packed({**parts, name: change(parts.get(name, b""))})


def with_document_type(content: bytes, declaration: bytes) -> bytes:
    """A document type before the first element of a sheet, and its entity in a cell."""
    return with_part(content, SHEET, lambda part: part.replace(b"<worksheet", declaration + b"<worksheet", 1))


def with_cell(content: bytes, cell: str) -> bytes:
    """One more cell with a number, wherever it is."""
    row = "".join(sign for sign in cell if sign.isdigit())
    added = f'<row r="{row}"><c r="{cell}"><v>1</v></c></row></sheetData>'.encode()
    return with_part(content, SHEET, lambda part: part.replace(b"</sheetData>", added, 1))


def with_all_rows(content: bytes) -> bytes:
    """A sheet in which every row that a spreadsheet program has is used."""
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (row, row) for row in range(300, 1_048_577))
    return with_part(content, SHEET, lambda part: part.replace(b"</sheetData>", rows + b"</sheetData>", 1))


def zip_bomb(content: bytes, size: int = 40 * 2**20) -> bytes:
    """A part of one letter, over and over: small when packed."""
    return packed({**parts_of(content), "xl/media/image1.xml": b" " * size})


def lying_bomb(content: bytes) -> bytes:
    """A part that says it is small and unpacks to something large, with the checksum of the small beginning."""
    large = b" " * (8 * 2**20)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts_of(content).items():
            archive.writestr(name, part)
        archive.writestr("xl/extra.xml", large)
    honest = struct.pack("<II", zlib.crc32(large), zlib_size(large))
    lie = struct.pack("<II", zlib.crc32(large[:100]), zlib_size(large))
    sizes = struct.pack("<I", len(large)), struct.pack("<I", 100)
    return out.getvalue().replace(honest + sizes[0], lie + sizes[1])


def zlib_size(data: bytes) -> int:
    """How large data is when packed as archives do."""
    packing = zlib.compressobj(zlib.Z_DEFAULT_COMPRESSION, zlib.DEFLATED, -15)
    return len(packing.compress(data) + packing.flush())


def with_double_part(content: bytes) -> bytes:
    """A workbook in which the criteria sheet is there twice, differently."""
    parts = parts_of(content)
    name = SHEET.replace("sheet2", "sheetX")
    return packed({**parts, name: parts[SHEET].replace(b"<v>2</v>", b"<v>3</v>")}).replace(
        name.encode(), SHEET.encode()
    )


def encrypted() -> bytes:
    """What Excel writes when a workbook gets a password: a container with two streams."""
    return (
        OLE + b"\0" * 504 + "EncryptionInfo".encode("utf-16-le") + "EncryptedPackage".encode("utf-16-le") + b"\7" * 600
    )


def old_workbook_with_macros() -> bytes:
    """The container of an .xls file with a VBA project."""
    return OLE + b"\0" * 504 + "Workbook".encode("utf-16-le") + "_VBA_PROJECT".encode("utf-16-le") + b"\0" * 600


def with_macros(content: bytes) -> bytes:
    """What an .xlsm file has more."""
    return packed({**parts_of(content), "xl/vbaProject.bin": OLE + b"\0" * 600})


def with_password_flag(content: bytes) -> bytes:
    """An archive whose first part says that it is locked."""
    start = content.index(b"PK\x01\x02")
    return content[: start + 8] + b"\x01" + content[start + 9 :]


def with_power_query(content: bytes) -> bytes:
    """What Excel adds where data was fetched by Power Query: a part of XML in UTF-16 that belongs to no sheet."""
    query = '<?xml version="1.0" encoding="utf-16"?><DataMashup xmlns="http://schemas.microsoft.com/DataMashup">AAA='
    return packed({**parts_of(content), "customXml/item1.xml": f"{query}</DataMashup>".encode("utf-16")})


def with_odd_part_names(content: bytes, change: Callable[[str], str]) -> bytes:
    """The archive with its parts named as some programs name them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts_of(content).items():
            archive.writestr(change(name), part)
    return out.getvalue()


def with_texts_as_values(content: bytes) -> bytes:
    """The texts of a sheet written as values beside the mark of inline texts, as some exports do."""
    texts = re.compile(rb't="inlineStr"><is><t>([^<]*)</t></is>')
    return with_part(content, SHEET, lambda part: texts.sub(rb't="inlineStr"><v>\1</v>', part))


def in_wide_text(content: bytes) -> bytes:
    """The criteria sheet in UTF-16, in which a search for plain bytes finds nothing."""
    return with_part(content, SHEET, lambda part: part.decode().encode("utf-16"))


def with_one_text_everywhere(content: bytes) -> bytes:
    """A text of a million letters, stored once, that stands in ten thousand cells."""
    text = b'<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
    text += b"a" * 10**6 + b"</t></si></sst>"
    cells = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (row, row) for row in range(300, 9_900))
    content = with_part(content, SHEET, lambda part: part.replace(b"</sheetData>", cells + b"</sheetData>", 1))
    return with_part(content, "xl/sharedStrings.xml", lambda part: text)


def open_document(row: str, cell: str) -> bytes:
    """An .ods with one filled cell, with attributes for its row and for itself."""
    body = (
        '<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="A"><table:table-row {row}><table:table-cell office:value-type="string" {cell}>'
        f"<text:p>{'a' * 2000}</text:p></table:table-cell></table:table-row></table:table>"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return packed({"mimetype": kind, "content.xml": body.encode(), "META-INF/manifest.xml": b"<manifest/>"})
