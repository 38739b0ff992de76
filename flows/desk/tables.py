"""Every table of every page as a file, Excel or CSV: its own cells, read from the page as whoever asks is shown it."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from html import escape
from html.parser import HTMLParser
from urllib.parse import urlencode

from typing_extensions import override

from models.numbers import plain
from tasks.spreadsheets.inert import inert
from tasks.spreadsheets.tables import workbook_of

ASKED = "bang"  # in the address: `2.csv`
KINDS = ("xlsx", "csv")
_END = "</table></div>"
_UNSAID = ("button", "select", "label", "script", "summary")  # what a cell lets one do is not what it says
_FIGURE = re.compile(r"[-−]?\d{1,3}(\.\d{3})*(,\d+)?|[-−]?\d+(,\d+)?")


@dataclass
class ShownTable:
    """A table of a page.

    Attributes:
        caption: its heading.
        rows: text or figures by row, the heads first.
    """

    caption: str = ""
    rows: list[list[str | Decimal]] = field(default_factory=list)

    def as_file(self, kind: str) -> bytes:
        """The table as one of KINDS; nothing in it is run by a spreadsheet program."""
        if kind == "xlsx":
            return workbook_of([(self.caption or "Bảng", iter(self.rows))], "General", None)
        out = io.StringIO(newline="")
        csv.writer(out).writerows(
            [plain(cell) if isinstance(cell, Decimal) else inert(cell) for cell in row] for row in self.rows
        )
        return out.getvalue().encode("utf-8-sig")  # else Excel takes the letters for others


def tables_of(page: str) -> list[ShownTable]:
    """The tables of a page, in its order."""
    reader = _Reader()
    reader.feed(page)
    return reader.tables


def with_links(page: str, address: Sequence[tuple[str, str]]) -> str:
    """The page with links to the files of each table below it.

    Args:
        page: as it is shown.
        address: what its address asks for.
    """
    parts = page.split(_END)
    ends = [f"{_END}\n{_links(number, address)}" for number in range(1, len(parts))]
    return "".join(part + end for part, end in zip(parts, [*ends, ""], strict=True))


def _links(number: int, address: Sequence[tuple[str, str]]) -> str:
    def link(kind: str, name: str) -> str:
        query = escape(urlencode([*address, (ASKED, f"{number}.{kind}")]))
        return f'<a href="?{query}" aria-label="Tải bảng {number} dạng {name}" download>{name}</a>'

    return f'<p class="saved quiet">Tải bảng: {link("xlsx", "Excel")}, {link("csv", "CSV")}</p>'


class _Reader(HTMLParser):
    """Reads captions and cells."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[ShownTable] = []
        self._said: list[str] | None = None  # of the cell or caption that is open
        self._of_figures, self._span = False, 1
        self._unsaid = 0

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "table":
            self.tables.append(ShownTable())
        elif tag == "tr" and self.tables:
            self.tables[-1].rows.append([])
        elif tag in ("td", "th", "caption"):
            self._said, self._of_figures = [], "n" in (given.get("class") or "").split()
            self._span = int(given.get("colspan") or 1)
        elif tag in _UNSAID:
            self._unsaid += 1
        elif tag in ("br", "p", "li", "div") and self._said is not None:
            self._said.append(" ")

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSAID:
            self._unsaid -= 1
        elif tag in ("td", "th", "caption") and self._said is not None:
            text = " ".join("".join(self._said).split())
            self._said = None
            if tag == "caption":
                self.tables[-1].caption = text
            else:
                self.tables[-1].rows[-1] += [_value(text, self._of_figures), *[""] * (self._span - 1)]

    @override
    def handle_data(self, data: str) -> None:
        if self._said is not None and not self._unsaid:
            self._said.append(data)


def _value(text: str, of_figures: bool) -> str | Decimal:
    """A figure as one where its column has figures, whatever else as it is said."""
    if not of_figures or not _FIGURE.fullmatch(text):
        return text
    return Decimal(text.replace(".", "").replace(",", ".").replace("−", "-"))
