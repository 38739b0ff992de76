"""A workbook written once for many subjects: what is each one's own is put into the parts, all else is copied.

In: a finished workbook whose own values were marked as such (`Own`). Out: the same workbook with other own values, byte
for byte as if it had been written with them from the start. What depends on a value in any other way (rows there are,
colours, heights) is layout: another layout needs another template.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape
from typing import Any

from openpyxl import Workbook
from openpyxl.compat import safe_string
from openpyxl.utils.datetime import to_excel

from tasks.spreadsheets.clockless import packed, parts_without_clock
from tasks.spreadsheets.workbooks import Own, OwnCell, Page, PlainValue, clean_text, in_footer, runs_as_formula, saved

_EMPTY_CELL = re.compile(rb'<c r="([A-Z]+\d+)"((?: s="\d+")?) t="n"></c>')
_PROPERTIES = "docProps/core.xml"
_OWN_FOOTER, _OWN_TITLE = "own-footer-of-the-subject", "own-title-of-the-subject"


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell that is the subject's own: its address and the attributes that style it, usually and as a quoted text."""

    name: str
    address: bytes
    style: bytes
    quoted: bytes

    def written(self, value: PlainValue) -> bytes:
        if isinstance(value, str):
            text = clean_text(value)
            style = self.quoted if runs_as_formula(value) else self.style
            space = b' xml:space="preserve"' if text != text.strip() else b""
            inside = b"<is><t" + space + b">" + _escaped(text) + b"</t></is>" if text else b""
            return b'<c r="' + self.address + b'"' + style + b' t="inlineStr">' + inside + b"</c>"
        number = to_excel(value) if isinstance(value, date) else value  # type: ignore[no-untyped-call]
        inside = b"" if number is None else b"<v>" + safe_string(number).encode() + b"</v>"
        return b'<c r="' + self.address + b'"' + self.style + b' t="n">' + inside + b"</c>"


@dataclass(frozen=True, slots=True)
class _Words:
    """Words that are the subject's own outside the cells."""

    name: str
    in_footer: bool

    def written(self, value: PlainValue) -> bytes:
        text = str(value)
        return _escaped(in_footer(text)) if self.in_footer else escape(clean_text(text), quote=False).encode()


@dataclass(frozen=True)
class Template:
    """A workbook with gaps.

    Attributes:
        parts: name and pieces of every part; every second piece is a gap, as it is where the subject has no value.
        gaps: by the name of a value, what stands in which piece of which part.
    """

    parts: Sequence[tuple[str, Sequence[bytes]]]
    gaps: Mapping[str, Sequence[tuple[int, int, _Cell | _Words]]]

    def filled(self, values: Mapping[str, PlainValue]) -> bytes:
        """The workbook of the subject with these values; the same values give the same bytes.

        Args:
            values: by name; a gap without one stays empty, and one without a gap is not asked for.
        """
        parts: list[tuple[str, list[bytes]]] = [(name, [*pieces]) for name, pieces in self.parts]
        for name, value in values.items():
            for part, piece, gap in self.gaps.get(name, ()):
                parts[part][1][piece] = gap.written(value)
        return packed((name, b"".join(pieces)) for name, pieces in parts)


def template_of(book: Workbook, pages: Iterable[Page], title: Own) -> Template:
    """The template that a finished workbook gives; its own values are taken out of it.

    Args:
        book: the workbook.
        pages: those of its sheets that may hold own values.
        title: of the workbook.
    """
    own: dict[str, _OwnInPart] = {_PROPERTIES: _OwnInPart(words=(_OWN_TITLE, _Words(title.name, in_footer=False)))}
    book.properties.title = _OWN_TITLE
    for page in pages:
        sheet: Any = page.sheet
        of_sheet = own[f"xl/worksheets/sheet{book.index(sheet) + 1}.xml"] = _OwnInPart(page.own_cells)
        for address, cell in page.own_cells.items():
            sheet[address].value, sheet[address]._style = None, cell.style
        if page.footer:
            sheet.oddFooter.left.text = _OWN_FOOTER
            of_sheet.words = _OWN_FOOTER, _Words(page.footer.name, in_footer=True)
    parts: list[tuple[str, list[bytes]]] = []
    gaps: dict[str, list[tuple[int, int, _Cell | _Words]]] = {}
    for part, content in parts_without_clock(saved(book)):
        pieces: list[bytes] = []
        end = 0
        for start, stop, gap in own[part].places(content) if part in own else ():
            pieces += content[end:start], content[start:stop]
            gaps.setdefault(gap.name, []).append((len(parts), len(pieces) - 1, gap))
            end = stop
        parts.append((part, [*pieces, content[end:]]))
    return Template(parts, gaps)


@dataclass
class _OwnInPart:
    """What is the subject's own in one part: cells, and at most one piece of other words under a mark."""

    cells: Mapping[str, OwnCell] = field(default_factory=dict)
    words: tuple[str, _Words] | None = None

    def places(self, content: bytes) -> Iterator[tuple[int, int, _Cell | _Words]]:
        """From where to where each stands in the part, in its order.

        Raises:
            RuntimeError: something is not there.
        """
        found: list[tuple[int, int, _Cell | _Words]] = []
        for match in _EMPTY_CELL.finditer(content):
            if own := self.cells.get(match[1].decode()):
                quoted = f' s="{own.quoted}"'.encode()
                found.append((match.start(), match.end(), _Cell(own.name, match[1], match[2], quoted)))
        if self.words:
            start = content.find(self.words[0].encode())
            found.append((start, start + len(self.words[0]), self.words[1]))
        if len(found) != len(self.cells) + (self.words is not None) or any(start < 0 for start, _, _ in found):
            raise RuntimeError("own values must stand in the parts that they were written into")
        yield from sorted(found, key=lambda place: place[0])


def _escaped(text: str) -> bytes:
    """Text as it stands in a sheet, all beyond ASCII as references; the properties of a book are UTF-8."""
    return escape(text, quote=False).replace("\r", "&#13;").encode("ascii", "xmlcharrefreplace")
