"""Files packed into rows of letters, to lie unseen in a workbook or a Word file that was made of them; and out again.

The bytes go in packed and in lines of letters, so that no program changes a line end or a sign of them.
"""

import base64
import zlib
from collections.abc import Iterator, Mapping

KEPT_SHEET = "_cchc_tep"
KEPT_NAMESPACE = "urn:cchc:kept-files"
KEPT_FORMAT = "1"
_LONGEST = 32_000  # letters of a cell; a spreadsheet takes 32,767


def packed_files(files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """The rows, name and value, of files by name."""
    for name, content in files.items():
        letters = base64.b64encode(zlib.compress(content, 9)).decode()
        yield "file", name
        for start in range(0, len(letters), _LONGEST):
            yield "bytes", letters[start : start + _LONGEST]


def unpacked_files(rows: list[tuple[str, str]], most: int) -> dict[str, bytes]:
    """The files again.

    Args:
        rows: name and value of each row.
        most: bytes that a file may have.

    Raises:
        ValueError: what is kept is damaged, or larger.
    """
    letters: dict[str, list[str]] = {}
    last = ""
    for name, value in rows:
        if name == "file":
            last = value
            letters[last] = []
        elif name == "bytes" and last:
            letters[last].append(value)
    files = {}
    for name, parts in letters.items():
        unpacking = zlib.decompressobj()
        try:
            content = unpacking.decompress(base64.b64decode("".join(parts), validate=True), most)
        except zlib.error as damaged:
            raise ValueError(name) from damaged
        if not unpacking.eof:
            raise ValueError(name)
        files[name] = content
    return files
