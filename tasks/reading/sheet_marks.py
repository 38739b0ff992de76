"""What stands behind the cells of a sheet and the spreadsheet reader does not tell, from one way through its XML.

Error values, formulas that were not calculated or take from other files, percent formats, merged ranges, hidden rows;
and how far the sheet reaches, before anything makes room for its cells.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from tasks.reading.counting import RANGES, Act, Attributes, PartWalk, Room, local, whole_number
from tasks.reading.refusing import FILL_IN_AGAIN, SAVE_AGAIN, UnopenableError

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
MOST_MARKS = 200_000
PERCENT_FORMATS = frozenset({"9", "10"})  # of those that every spreadsheet program knows
MOST_MERGED = 200_000  # cells in merged ranges of a sheet
_ENDINGS_OF_FILES = range(2, 5)  # how many letters such an ending has
_LONGEST_FORMULA = 8192  # letters, as spreadsheet programs have it
_LONGEST_TEXT = 200  # of an error value or formula that is kept
_UNMERGE = "Bỏ gộp các ô này (Unmerge), lưu lại rồi gửi"


class Behind(StrEnum):
    """What is odd about one cell."""

    ERROR = "error"
    UNCALCULATED = "uncalculated"
    LINKED = "linked"
    PERCENT = "percent"


Cell = tuple[int, int]
"""Row and column, from 0."""


@dataclass(frozen=True, slots=True)
class SheetMarks:
    """What is behind the cells of one sheet.

    Attributes:
        cells: what is odd, by cell, with the error value or the beginning of the formula beside it; errors and links
            before formats where both hold.
        merged: ranges of merged cells: first and last cell.
        hidden: hidden rows, from 0.
    """

    cells: dict[Cell, tuple[Behind, str]] = field(default_factory=dict)
    merged: tuple[tuple[Cell, Cell], ...] = ()
    hidden: tuple[int, ...] = ()


class _Columns(dict[str, int]):
    """Columns by their letters, from 1; 0 for what is no column of a sheet."""

    def __missing__(self, letters: str) -> int:
        if not (0 < len(letters) <= 3 and letters.isascii() and letters.isalpha() and letters.isupper()):
            return 0
        column = 0
        for letter in letters:
            column = column * 26 + ord(letter) - ord("A") + 1
        if column > LAST_COLUMN:
            return 0
        self[letters] = column
        return column


_COLUMNS = _Columns()


def cell_of(reference: str) -> Cell | None:
    """Row and column from 1 of a reference such as `F17`; None where no sheet has such a cell."""
    letters = reference.rstrip("0123456789")
    row = whole_number(reference[len(letters) :], LAST_ROW)
    column = _COLUMNS[letters]
    return (row, column) if row and column else None


def range_of(reference: str) -> tuple[Cell, Cell] | None:
    """First and last cell from 1 of a range such as `A1:F17`, or of one cell; None where no sheet has it."""
    first, _, last = reference.partition(":")
    one, other = cell_of(first), cell_of(last or first)
    if one is None or other is None:
        return None
    (top, left), (bottom, right) = one, other
    return (min(top, bottom), min(left, right)), (max(top, bottom), max(left, right))


class SheetWalk(PartWalk):
    """One way through the XML of a sheet.

    Attributes:
        title: of the sheet.
        rows, columns: the last of each that has a cell.
        text: how many bytes its shared texts come to, where it was asked to count them.
    """

    def __init__(self, name: str, title: str, room: Room, percents: Collection[str], texts: Sequence[int] = ()) -> None:
        """Prepare.

        Args:
            name: of the part.
            title: of the sheet.
            room: what the workbook may still have.
            percents: the numbers of the cell styles that show percentages.
            texts: how long each shared text is, where one is so long that it matters in how many cells it stands.
        """
        super().__init__(name, room)
        self.rows = self.columns = self.text = 0
        self.title = title
        self._percents = percents
        self._texts = texts
        self._cells: dict[Cell, tuple[Behind, str]] = {}
        self._merged: list[tuple[Cell, Cell]] = []
        self._taken: set[Cell] = set()
        self._hidden: list[int] = []
        self._shared: dict[str, str] = {}
        self._row, self._row_text, self._row_digits = 0, "0", 1
        self._cell = (0, 0)
        self._attributes: Attributes = {}
        self._watched = False
        self._formula: str | None = None
        self._formula_of = ""
        self._value: str | None = None
        self._heard: list[str] = []

    @property
    def marks(self) -> SheetMarks:
        """What is behind the cells."""
        return SheetMarks(self._cells, tuple(self._merged), tuple(self._hidden))

    # --- rows and cells -----------------------------------------------------------------------------------------------

    def _on_row(self, attributes: Attributes) -> None:
        text = attributes.get("r")
        row = self._row + 1 if text is None else whole_number(text, LAST_ROW)
        if not row or row > LAST_ROW:
            raise self._outside(f"dòng {text or row}")
        self._row, self._row_text = row, str(row)
        self._row_digits = len(self._row_text)
        self._cell = row, 0
        if attributes.get("hidden") in ("1", "true"):
            self._hidden.append(row - 1)

    def _on_cell(self, attributes: Attributes) -> None:
        row, column = self._row, 0
        reference = attributes.get("r")
        if reference is None:
            row, column = self._cell[0], self._cell[1] + 1
        elif reference.endswith(self._row_text):
            column = _COLUMNS[reference[: -self._row_digits]]
        if not 0 < column <= LAST_COLUMN or not row:
            row, column = self._elsewhere(reference)
        self._cell = row, column
        if column > self.columns:
            self.columns = column
        if row > self.rows:
            self.rows = row
        self._attributes = attributes
        if attributes.get("s") in self._percents:
            self._mark(Behind.PERCENT, "")
        if (kind := attributes.get("t")) and (kind == "e" or (kind == "s" and self._texts)):
            self._watch()

    def _elsewhere(self, reference: str | None) -> Cell:
        """A cell whose reference names another row than the one it stands in."""
        cell = cell_of(reference) if reference else None
        if cell is None:
            raise self._outside(f"ô {reference}" if reference else f"dòng {self._row}")
        return cell

    def _watch(self) -> None:
        """Hear the texts in the cell at hand, and where it ends."""
        self._watched, self._formula, self._value = True, None, None
        self.parser.EndElementHandler = self._end_in_cell

    def _on_formula(self, attributes: Attributes) -> None:
        if not self._watched:
            self._watch()
        self._formula_of = attributes.get("si", "")
        self._listen()

    def _on_value(self, attributes: Attributes) -> None:
        if self._attributes.get("t") == "inlineStr":  # the text belongs into <is>; readers take it for nothing
            row, column = self._cell
            what = f"trang “{self.title}”, dòng {row}, cột {column}: chữ ghi không đúng chuẩn của Excel"
            raise UnopenableError(f"{what} (do phần mềm khác xuất ra) nên không đọc được", SAVE_AGAIN)
        if self._watched:
            self._listen()

    def _listen(self) -> None:
        self._heard = []
        self.parser.CharacterDataHandler = self._heard.append

    def _end_in_cell(self, name: str) -> None:
        self.end(name)
        name = local(name)
        if name in ("f", "v"):
            self.parser.CharacterDataHandler = None
            text = "".join(self._heard)
            if name == "v":
                self._value = text
            else:
                self._formula = self._shared_formula(text)
        elif name == "c":
            self._watched = False
            self.parser.EndElementHandler = self.end
            self._end_of_cell()

    def _shared_formula(self, text: str) -> str:
        """The formula of a cell; a shared one is written once and named by a number."""
        if not self._formula_of:
            return text
        return self._shared.setdefault(self._formula_of, text) if text else self._shared.get(self._formula_of, "")

    def _end_of_cell(self) -> None:
        formula, value, kind = self._formula, self._value, self._attributes.get("t")
        if kind == "e" and value is not None:
            self._mark(Behind.ERROR, value)
        elif formula is not None and _takes_from_another_file(formula[:_LONGEST_FORMULA]):
            self._mark(Behind.LINKED, formula)
        elif formula is not None and not value and (value is None or kind != "str"):
            self._mark(Behind.UNCALCULATED, formula)
        if kind == "s" and self._texts and value:
            number = whole_number(value, len(self._texts) - 1)
            self.text += self._texts[number] if number is not None else 0

    def _mark(self, kind: Behind, text: str) -> None:
        self._cells[self._cell[0] - 1, self._cell[1] - 1] = kind, text[:_LONGEST_TEXT]
        refuse_many_marks(len(self._cells))

    # --- what lies over the cells -------------------------------------------------------------------------------------

    def _on_dimension(self, attributes: Attributes) -> None:
        reference = attributes.get("ref")
        if reference and range_of(reference) is None:
            raise self._outside(f"vùng {reference}")

    def _on_columns(self, attributes: Attributes) -> None:
        for name in ("min", "max"):
            if not whole_number(attributes.get(name, ""), LAST_COLUMN):
                raise self._outside(f"cột {attributes.get(name)}")

    def _on_merge(self, attributes: Attributes) -> None:
        reference = attributes.get("ref", "")
        area = range_of(reference)
        if area is None:
            raise self._outside(f"vùng gộp {reference}")
        (top, left), (bottom, right) = area
        count = (bottom - top + 1) * (right - left + 1)
        if len(self._taken) + count > MOST_MERGED:
            what = f"trang “{self.title}” gộp quá nhiều ô thành một ({reference}) nên không được mở"
            raise UnopenableError(what, _UNMERGE)
        cells = {(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)}
        if cells & self._taken:
            what = f"trang “{self.title}” có các vùng ô gộp chồng lên nhau ({reference}) nên không được mở"
            raise UnopenableError(what, _UNMERGE)
        self._taken |= cells
        if count > 1:
            self._merged.append(((top - 1, left - 1), (bottom - 1, right - 1)))

    def _on_ranges(self, attributes: Attributes) -> None:
        self.room.take(RANGES, attributes.get("sqref", "").count(" ") + 1)

    def _outside(self, what: str) -> UnopenableError:
        said = f"trang “{self.title}” có địa chỉ nằm ngoài trang tính ({what[:40]}) nên không được mở"
        return UnopenableError(said, SAVE_AGAIN)

    at_start: ClassVar[Mapping[str, Act]] = {
        "row": _on_row,
        "c": _on_cell,
        "f": _on_formula,
        "v": _on_value,
        "dimension": _on_dimension,
        "col": _on_columns,
        "mergeCell": _on_merge,
        "dataValidation": _on_ranges,
        "conditionalFormatting": _on_ranges,
    }


def refuse_many_marks(count: int) -> None:
    """Refuse a sheet with more odd cells than anybody could mend.

    Raises:
        UnopenableError: there are too many.
    """
    if count > MOST_MARKS:
        what = f"một trang có hơn {MOST_MARKS:,} ô báo lỗi, ô chưa tính hoặc ô dạng phần trăm"
        raise UnopenableError(f"{what.replace(',', '.', 1)} nên không được mở", FILL_IN_AGAIN)


def _takes_from_another_file(formula: str) -> bool:
    """Whether a formula names another file: `[1]Sheet1!A1`, `[book.xlsx]…`, `file:///…`, or a program (`cmd|…`)."""
    program, bar, _ = formula.partition("|")
    if "file:/" in formula or (bar and _is_word(program)):
        return True
    named = (piece.partition("]") for piece in formula.split("[")[1:])
    return any(closed and (name.isdigit() or _is_file_name(name)) for name, closed, _ in named)


def _is_file_name(name: str) -> bool:
    _, dot, ending = name.rpartition(".")
    return bool(dot) and len(ending) in _ENDINGS_OF_FILES and _is_word(ending)


def _is_word(text: str) -> bool:
    return text.replace("_", "a").isalnum()
