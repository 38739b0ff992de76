"""Office files without a clock: the same contents give the same bytes."""

import io
import re
import zipfile
from collections.abc import Iterable

_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_NO_MOMENT = "1980-01-01T00:00:00Z"


def without_clock(file: bytes, moment: str = _NO_MOMENT) -> bytes:
    """The same workbook or text without the moment it was saved, in its zip entries and its properties.

    Args:
        file: as a program saved it.
        moment: what its properties say instead, in UTC.
    """
    return packed(parts_without_clock(file, moment))


def parts_without_clock(file: bytes, moment: str = _NO_MOMENT) -> list[tuple[str, bytes]]:
    """Names and contents of an office file's parts in their fixed order, without the moment it was saved."""
    parts = []
    with zipfile.ZipFile(io.BytesIO(file)) as source:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment.encode(), content)
            parts.append((name, content))
    return parts


def packed(parts: Iterable[tuple[str, bytes]]) -> bytes:
    """The office file of these parts in this order; the same parts give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts:
            target.writestr(zipfile.ZipInfo(name, _ZIP_EPOCH), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
