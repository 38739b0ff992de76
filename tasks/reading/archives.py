"""The bytes of a zip archive → its parts of XML, never more than its directory declares and a large form has.

Nothing is unpacked before the directory was looked at; what could run something, or hides what it is, is refused.
"""

import io
import re
import zipfile
import zlib
from mmap import mmap
from posixpath import normpath

from tasks.reading.macros import may_run
from tasks.reading.refusing import SAVE_AGAIN, TOO_BIG, UnopenableError

MOST_PARTS = 1000
LARGEST_PART = 64 * 2**20
LARGEST_WHOLE = 128 * 2**20
MOST_RATIO = 200  # of unpacked to packed bytes; sheets of forms reach 60
_SMALL_PART = 2**20  # below this the ratio says nothing
_DECLARATION = 200  # bytes within which a part names its encoding
_XML_ENDINGS = (".xml", ".rels", ".vml")
_OF_OTHERS = ("customxml/", "docmetadata/", "customui/")  # what Power Query and others add; no reader of ours opens it
_CUSTOM = re.compile(r"customxml/item\d{1,3}\.xml")
_WIDE_TEXT = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")


class Archive:
    """An archive whose directory was looked at."""

    def __init__(self, content: bytes) -> None:
        """Look at the directory.

        Raises:
            UnopenableError: it is damaged, locked, double, holds macros, or unpacks to more than any form.
        """
        self._content = content
        self._entries = _entries(content)
        self._refuse_macros()

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    @property
    def content(self) -> bytes:
        """The archive with its parts named as every reader finds them; some programs write `./xl/…` or `xl\\…`."""
        if all(entry.filename == name for name, entry in self._entries.items()):
            return self._content
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
            for name in self._entries:
                archive.writestr(name, self.part(name))
        return out.getvalue()

    def part(self, name: str) -> bytes:
        """One part; one that is longer than declared or has another checksum is refused."""
        return unpacked(self._content, self._entries[name])

    def xml_parts(self) -> dict[str, bytes]:
        """All parts of XML that are read, none of which declares entities or another encoding than UTF-8."""
        named = ((name, name.casefold()) for name in self._entries)
        return _safe(
            {
                name: self.part(name)
                for name, folded in named
                if folded.endswith(_XML_ENDINGS) and not folded.startswith(_OF_OTHERS)
            }
        )

    def custom_parts(self, namespace: str) -> dict[str, bytes]:
        """The parts of custom XML that name a namespace, held against the same; those of others are left alone."""
        names = [name for name in self._entries if _CUSTOM.fullmatch(name.casefold())]
        parts = {name: self.part(name) for name in names}
        return _safe({name: part for name, part in parts.items() if namespace.encode() in part})

    def _refuse_macros(self) -> None:
        for name in self._entries:
            project = name.casefold().endswith("vbaproject.bin")
            runs = project and (part := self.part(name)) and may_run(part)
            if runs or name.startswith(("xl/macrosheets/", "Basic/")):
                raise UnopenableError(
                    "tệp có chứa macro nên không được mở", "Lưu lại dạng .xlsx (không có macro) rồi gửi lại"
                )


def _entries(content: bytes) -> dict[str, zipfile.ZipInfo]:
    """The archive's parts by name, from its directory alone; nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            listed = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as damaged:
        raise UnopenableError("tệp bị cắt cụt hoặc hỏng, không mở được", SAVE_AGAIN) from damaged
    if len(listed) > MOST_PARTS:
        raise UnopenableError(f"tệp có {len(listed)} phần bên trong, nhiều bất thường nên không mở", TOO_BIG)
    whole = sum(entry.file_size for entry in listed)
    too_dense = any(
        entry.file_size > _SMALL_PART and entry.file_size > MOST_RATIO * entry.compress_size for entry in listed
    )
    if whole > LARGEST_WHOLE or too_dense or any(entry.file_size > LARGEST_PART for entry in listed):
        size = max(whole // 2**20, 1)
        raise UnopenableError(
            f"tệp bung ra {size} MB (kiểu “bom nén”, hoặc trang quá nhiều dòng) nên không được mở", TOO_BIG
        )
    if any(entry.flag_bits & 1 for entry in listed):
        raise UnopenableError("tệp nén có mật khẩu nên không đọc được", "Bỏ mật khẩu rồi gửi lại")
    names = [_plain_name(entry.filename) for entry in listed]
    if len(set(map(str.casefold, names))) < len(listed):
        raise UnopenableError("tệp có phần bên trong bị lặp, không rõ phần nào đúng", SAVE_AGAIN)
    return dict(zip(names, listed, strict=True))


def _plain_name(name: str) -> str:
    """A part's name without what some programs put before it or between its folders."""
    return normpath(name.replace("\\", "/")).lstrip("/") + "/" * name.endswith("/")


def unpacked(content: bytes | mmap, entry: zipfile.ZipInfo) -> bytes:
    """One part of an archive, never more than its directory declares.

    Raises:
        UnopenableError: it is longer than declared, packed in an unknown way, or has another checksum.
    """
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
        raise UnopenableError("tệp bị hỏng bên trong (phần nén không khớp), không mở được", SAVE_AGAIN)
    return part


def _safe(parts: dict[str, bytes]) -> dict[str, bytes]:
    for name, part in parts.items():
        _refuse_unsafe_xml(name, part)
    return parts


def _refuse_unsafe_xml(name: str, part: bytes) -> None:
    if part.startswith(_WIDE_TEXT) or _names_another_encoding(part[:_DECLARATION]):
        raise UnopenableError("tệp ghi bằng bảng mã lạ bên trong nên không được mở", SAVE_AGAIN)
    if b"<!DOCTYPE" in part:  # entities can be declared nowhere else, and no spreadsheet program writes one
        raise UnopenableError(
            f"tệp có khai báo thực thể XML (phần {name}), kiểu tệp phá hoại, nên không được mở", SAVE_AGAIN
        )


def _names_another_encoding(beginning: bytes) -> bool:
    declaration, closed, _ = beginning.partition(b"?>")
    _, named, encoding = declaration.partition(b"encoding")
    if not (closed and named and declaration.lstrip(b"\xef\xbb\xbf").startswith(b"<?xml")):
        return False
    stated = encoding.strip(b" \t\r\n=")[1:].lower()
    return not stated.startswith((b'utf-8"', b"utf-8'", b'utf8"', b"utf8'"))
