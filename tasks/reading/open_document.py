"""The content of an .ods, gone through once: how far its sheets reach and how much it comes to when written out.

Rows and cells that repeat are written once with a number, so that a few bytes may stand for a whole sheet of texts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

from tasks.reading.counting import (
    MOST_ROWS,
    MOST_TEXT,
    Act,
    Attributes,
    PartWalk,
    Room,
    local,
    refuse_far,
    whole_number,
)
from tasks.reading.refusing import SAVE_AGAIN, TOO_BIG, UnopenableError
from tasks.reading.sheet_marks import Behind, Cell, SheetMarks, refuse_many_marks

_MOST_REPEATED = 2**21  # more than the rows of any spreadsheet program
_LONGEST_TEXT = 200  # of an error value or formula that is kept
_CELLS = ("table-cell", "covered-table-cell")


def look_at_contents(parts: Mapping[str, bytes]) -> list[SheetMarks]:
    """Go through the parts of an .ods once: what stands behind the cells of each sheet, in the order of the workbook.

    Raises:
        UnopenableError: a sheet reaches too far, or what repeats comes to too much, or there is too much of something.
    """
    room = Room()
    for name, part in parts.items():
        if name != "content.xml":
            PartWalk(name, room).walk(part)
    content = ContentWalk("content.xml", room)
    content.walk(parts[content.name])
    if content.text > MOST_TEXT:
        raise UnopenableError("tệp lặp lại dòng hoặc ô có nội dung quá nhiều lần nên không được mở", TOO_BIG)
    for reach in content.reaches:
        refuse_far(*reach)
    return [
        SheetMarks(
            {cell: what for cell, what in behind.cells.items() if what[0] is not Behind.UNCALCULATED}
            if content.is_calculated
            else behind.cells,
            tuple(behind.merged),
            tuple(behind.hidden),
        )
        for behind in content.behind
    ]


@dataclass
class _Marks:
    """What stands behind the cells of a sheet, while it is gone through."""

    cells: dict[Cell, tuple[Behind, str]] = field(default_factory=dict)
    merged: list[tuple[Cell, Cell]] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)


class Reach(NamedTuple):
    """The last row and column of a sheet that hold anything."""

    title: str
    rows: int
    columns: int


class ContentWalk(PartWalk):
    """One way through the content.

    Attributes:
        text: how many bytes the filled cells come to when all that is repeated is written out.
        behind: what stands behind the cells of each sheet.
        is_calculated: whether any formula has a value; then one without has an empty text.
    """

    def __init__(self, name: str, room: Room) -> None:
        super().__init__(name, room)
        self.text = 0
        self._title = ""
        self._row = self._rows_alike = self._last_row = 0
        self._column = self._last_column = 0
        self._alike, self._begin, self._filled = 1, 0, False
        self._row_text = 0
        self._reaches: list[Reach] = []
        self.behind: list[_Marks] = []
        self.is_calculated = False
        self._attributes: Attributes = {}
        self._is_hidden = False
        self._heard: list[str] = []

    @property
    def reaches(self) -> list[Reach]:
        """How far each sheet reaches."""
        return [*self._reaches, Reach(self._title, self._last_row, self._last_column)]

    def end(self, name: str) -> None:
        """An element ends: what a cell and a row come to is known."""
        super().end(name)
        name = local(name)
        if name in _CELLS:
            self._end_of_cell()
        elif name == "table-row":
            self.text += self._row_text * self._rows_alike
            if self._is_hidden and self._row_text and self.behind:
                self.behind[-1].hidden += range(self._row, min(self._row + self._rows_alike, MOST_ROWS))
            self._row += self._rows_alike

    def _end_of_cell(self) -> None:
        self._column += self._alike
        if self._filled:
            self._row_text += (self.parser.CurrentByteIndex - self._begin) * self._alike
            self._last_row = self._row + self._rows_alike
            self._last_column = max(self._last_column, self._column)
        if self.behind:
            self._note_behind()
        self.parser.CharacterDataHandler = None

    def _note_behind(self) -> None:
        """Keep an error, a formula without a value, a percentage, a merge: what the reader of values does not tell."""
        kinds = {local(name): value for name, value in self._attributes.items()}
        self.is_calculated = self.is_calculated or ("formula" in kinds and "value-type" in kinds)
        first, marks = self._column - self._alike, self.behind[-1]
        if "error" in [value for name, value in self._attributes.items() if local(name) == "value-type"]:
            found = Behind.ERROR, "".join(self._heard)[:_LONGEST_TEXT]
        elif "formula" in kinds and "value-type" not in kinds:
            found = Behind.UNCALCULATED, kinds["formula"].removeprefix("of:").removeprefix("=")[:_LONGEST_TEXT]
        elif kinds.get("value-type") == "percentage":
            found = Behind.PERCENT, ""
        else:
            found = None
        if found:
            refuse_many_marks(len(marks.cells) + self._alike * self._rows_alike)
            rows = range(self._row, self._row + self._rows_alike)
            marks.cells |= {(row, column): found for row in rows for column in range(first, self._column)}
        right, down = (
            whole_number(kinds.get(f"number-{side}-spanned", "1"), MOST_ROWS) or 1 for side in ("columns", "rows")
        )
        if right * down > 1:
            marks.merged.append(((self._row, first), (self._row + down - 1, first + right - 1)))

    def _on_table(self, attributes: Attributes) -> None:
        self._reaches.append(Reach(self._title, self._last_row, self._last_column))
        self._title = _stated(attributes, "name")
        self.behind.append(_Marks())
        self._row = self._last_row = self._last_column = 0

    def _on_row(self, attributes: Attributes) -> None:
        self._rows_alike = self._number(attributes, "number-rows-repeated")
        self._column = self._row_text = 0
        self._is_hidden = _stated(attributes, "visibility") in ("collapse", "filter")

    def _on_cell(self, attributes: Attributes) -> None:
        self._alike = self._number(attributes, "number-columns-repeated")
        self._begin = self.parser.CurrentByteIndex
        self._filled = any(local(name).endswith("value") for name in attributes)
        self._attributes = attributes
        if "error" in attributes.values():
            self._heard = []
            self.parser.CharacterDataHandler = self._heard.append

    def _on_paragraph(self, attributes: Attributes) -> None:
        self._filled = True

    def _number(self, attributes: Attributes, name: str) -> int:
        text = _stated(attributes, name)
        number = whole_number(text or "1", _MOST_REPEATED)
        if number is None:
            what = f"trang “{self._title}” lặp lại dòng hoặc ô {text[:20]} lần, vượt ngoài trang tính nên không được mở"
            raise UnopenableError(what, SAVE_AGAIN)
        return number

    at_start: ClassVar[Mapping[str, Act]] = {
        "table": _on_table,
        "table-row": _on_row,
        "table-cell": _on_cell,
        "covered-table-cell": _on_cell,
        "p": _on_paragraph,
    }


def _stated(attributes: Attributes, name: str) -> str:
    return next((value for full, value in attributes.items() if local(full) == name), "")
