"""The objects of a PDF → their bytes, made once.

A PDF with an identifier is written by pydyf in two passes over all objects: into the file, and for the hash in its
trailer. Each pass would put them together and compress them anew, and for a hundredth of their size would take three
times as long for it as zlib does by itself.
"""

import zlib
from typing import Any

import pydyf


class _InBytes(pydyf.Object):  # type: ignore[misc]
    """An object that is not going to change any more."""

    data: bytes = b""
    compressible: bool = False

    def __init__(self, made: Any) -> None:
        super().__init__()
        self.number, self.generation, self.free = made.number, made.generation, made.free
        self.compressible = made.compressible
        if made.free != "f":
            self.data = _compressed(made).data if isinstance(made, pydyf.Stream) and made.compress else made.data


def _compressed(made: Any) -> Any:
    """A stream of what another one holds, compressed."""
    content = b"\n".join(pydyf._to_bytes(item) for item in made.stream)
    return pydyf.Stream([zlib.compress(content)], {**made.extra, "Filter": "/FlateDecode"})


def put_into_bytes(_document: Any, pdf: Any) -> None:
    """Have every object of a PDF as bytes before it is written: a finisher of WeasyPrint.

    Args:
        pdf: complete but for its trailer; catalogue and information, which the trailer names, stay what they are.
    """
    pdf.objects = [_InBytes(made) for made in pdf.objects]
