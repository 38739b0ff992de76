"""Office files without a clock: the same contents give the same bytes."""

import io
import re
import zipfile

_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def without_clock(file: bytes, moment: str = "1980-01-01T00:00:00Z") -> bytes:
    """The same workbook or text without the moment it was saved, in its zip entries and its properties.

    Args:
        file: as a program saved it.
        moment: what its properties say instead, in UTC.
    """
    fixed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment.encode(), content)
            target.writestr(zipfile.ZipInfo(name, _ZIP_EPOCH), content, zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
