"""Whether a project of macros holds any code: spreadsheet programs keep an empty one when its editor was opened once.

A module's text lies packed behind what the program compiled of it. An empty module holds lines of attributes only.
Source: [MS-OVBA], 2.4.1 (how text is packed) and 2.3.4.3 (streams of modules).
"""

import re
import struct
from collections.abc import Iterator

from tasks.reading.old_workbooks import streams_of
from tasks.reading.refusing import UnopenableError

_TEXT = re.compile(rb"\x01..\x00Attribut", re.DOTALL)
_SAYS_NOTHING = (b"attribute ", b"option explicit", b"'")
_LONGEST_CHUNK = 4096


def may_run(container: bytes) -> bool:
    """Whether any module of the project in a container has a line that could run; one that cannot be read may."""
    try:
        texts = [text for _, stream in streams_of(container) for text in _texts_in(stream)]
    except UnopenableError:
        return True
    return not texts or any(map(_holds_code, texts))


def _texts_in(stream: bytes) -> Iterator[bytes]:
    for found in _TEXT.finditer(stream):
        yield _unpacked(stream, found.start() + 1)


def _holds_code(text: bytes) -> bool:
    lines = (line.strip().lower() for line in text.splitlines())
    return any(line and not line.startswith(_SAYS_NOTHING) for line in lines)


def _unpacked(stream: bytes, at: int) -> bytes:
    """The text that is packed from here on; what is broken counts as code, since nobody can say that it is none."""
    text = bytearray()
    try:
        while at + 2 <= len(stream):
            (header,) = struct.unpack_from("<H", stream, at)
            if header >> 12 & 7 != 3:  # the signature of a chunk: the text is over
                break
            end = at + (header & 0xFFF) + 3
            text += _chunk(stream[at + 2 : end]) if header >> 15 else stream[at + 2 : at + 2 + _LONGEST_CHUNK]
            at = end
    except (IndexError, ValueError, struct.error):
        return b"?"
    return bytes(text)


def _chunk(packed: bytes) -> bytes:
    """One chunk: letters, and copies of what stands before them."""
    text = bytearray()
    at = 0
    while at < len(packed):
        flags = packed[at]
        at += 1
        for bit in range(8):
            if at >= len(packed):
                break
            if not flags >> bit & 1:
                text.append(packed[at])
                at += 1
                continue
            token = packed[at] | packed[at + 1] << 8
            at += 2
            bits = max((len(text) - 1).bit_length(), 4)
            start = len(text) - (token >> (16 - bits)) - 1
            if start < 0 or len(text) > _LONGEST_CHUNK:
                raise ValueError("copies what is not there")
            for position in range(start, start + (token & (0xFFFF >> bits)) + 3):
                text.append(text[position])
    return bytes(text)
