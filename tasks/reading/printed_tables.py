"""What a printed annex says, by Word or by Excel: its tables, cell by cell, and the paragraphs before them."""

from typing import NamedTuple
from unicodedata import normalize

from models.findings import Place, TablePlace
from models.numbers import plainly_typed


class PrintedCell(NamedTuple):
    """One cell of the grid of a table.

    Attributes:
        text: its paragraphs, one a line, with tracked insertions taken and tracked deletions left out.
        before: the same with tracked changes refused, None where nothing was tracked.
        continued: whether it is part of a merged cell that began above it or to its left; its text is empty then.
        notes: footnotes that it refers to.
        marks: the names of bookmarks that begin in it.
    """

    text: str = ""
    before: str | None = None
    continued: bool = False
    notes: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


class PrintedTable(NamedTuple):
    """One table, or one sheet.

    Attributes:
        title: `bảng 2`, or the name of the sheet.
        rows: all equally long.
        above: the paragraphs between the table before and this one.
        is_sheet: whether it is a sheet, whose cells have addresses.
    """

    title: str
    rows: tuple[tuple[PrintedCell, ...], ...]
    above: tuple[str, ...] = ()
    is_sheet: bool = False

    def place(self, row: int, column: int) -> Place:
        """Where a cell is, for people; row and column from 0."""
        return (Place if self.is_sheet else TablePlace)(self.title, row + 1, column + 1)


class PrintedAnnex(NamedTuple):
    """A whole annex.

    Attributes:
        tables: in the order of the file.
        comments: the remarks of readers in its margin, each beginning with its place where that is known.
        left_unread: what stands in the file and was not read, in words.
        kept: lines that a file of ours keeps unseen, name and value (models/forms/packed_files.py).
        below: the paragraphs after the last table.
    """

    tables: tuple[PrintedTable, ...]
    comments: tuple[str, ...] = ()
    left_unread: tuple[str, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    below: tuple[str, ...] = ()


class UnreadAnnex(NamedTuple):
    """Why an annex was not read, and what to do, in Vietnamese."""

    what: str
    remedy: str


def lines_in(text: str) -> str:
    """A text with single spaces, composed letters (some keyboards type them in parts) and without empty lines."""
    lines = (" ".join(plainly_typed(line).split()) for line in normalize("NFC", text).split("\n"))
    return "\n".join(filter(None, lines))
