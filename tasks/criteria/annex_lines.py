"""The tables of an annex that we wrote → its lines, each with the row that it was when it went out.

A line is known by its bookmark, which stays with it whatever is typed in it; where that is lost, by its code.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from models.findings import Place
from tasks.criteria.annex_rows import MARK, AnnexRow
from tasks.criteria.annex_words import block_in
from tasks.criteria.columns import NAMES, ColumnRole, Columns, head_of, is_head
from tasks.criteria.rows import is_total
from tasks.reading.printed_tables import PrintedAnnex, PrintedCell, PrintedTable


@dataclass(frozen=True)
class AnnexLine:
    """A line as it came back.

    Attributes:
        was: the row that it was; None of a new one.
        cells: by what their column says.
        block: "bonus" or "penalty" in a table of these.
        columns: the number of each column, from 0.
    """

    table: PrintedTable
    number: int
    cells: Mapping[ColumnRole, str]
    columns: Mapping[ColumnRole, int]
    block: str = ""
    was: AnnexRow | None = None

    def place(self, role: ColumnRole = ColumnRole.NAME) -> Place:
        """Where a cell is."""
        return self.table.place(self.number, self.columns.get(role, 0))

    def says(self, role: ColumnRole) -> str:
        """What stands in a column; "" where it is empty or not there."""
        return self.cells.get(role, "")


class BlockHeading(NamedTuple):
    """What stands over the table of a block."""

    text: str
    place: Place


class AnnexLines:
    """The lines of an annex as its tables are met.

    Attributes:
        headings: over the tables of blocks, by block.
    """

    def __init__(self, annex: PrintedAnnex, rows: Sequence[AnnexRow]) -> None:
        """Read the tables.

        Args:
            annex: as it came back.
            rows: as they went out.
        """
        marks = {mark for table in annex.tables for row in table.rows for mark in _marks(row)}
        self.lines: list[AnnexLine] = []
        self.headings: dict[str, BlockHeading] = {}
        self._by_mark = {row.mark: row for row in rows}
        self._by_code = {row.code: row for row in rows if row.mark not in marks}
        self._columns: Columns = {}
        self._block = ""
        for table in annex.tables:
            self._read(table)

    def _read(self, table: PrintedTable) -> None:
        number = 0
        while number < len(table.rows):
            row = table.rows[number]
            is_ours = self._is_ours(row)
            if not is_ours and is_head(row) and (head := head_of(table, number)):
                self._columns, self._block = head[0], self._block_of(table)
                below = table.rows[number + 1 : number + head[1]]
                number += 1 + next((at for at, each in enumerate(below) if self._is_ours(each)), len(below))
                continue
            named = {
                ColumnRole.NAME if role in NAMES else role: column for column, role in sorted(self._columns.items())
            }
            cells = {role: row[column].text for role, column in named.items() if column < len(row)}
            is_sum = not is_ours and any(is_total(cells.get(role, "")) for role in (ColumnRole.CODE, ColumnRole.NAME))
            if any(cells.values()) and not is_sum:
                was = self._row_of(row, cells.get(ColumnRole.CODE, ""))
                self.lines.append(AnnexLine(table, number, cells, named, self._block, was))
            number += 1

    def _is_ours(self, cells: Sequence[PrintedCell]) -> bool:
        """Whether a row bears the mark of one that went out, whatever it looks like."""
        return any(mark in self._by_mark for mark in _marks(cells))

    def _row_of(self, cells: Sequence[PrintedCell], code: str) -> AnnexRow | None:
        """The row that a line was; each is one line only, so that of a copied line one is new."""
        row = next((self._by_mark[mark] for mark in _marks(cells) if mark in self._by_mark), self._by_code.get(code))
        if row is not None:
            self._by_mark.pop(row.mark, None)
            self._by_code.pop(row.code, None)
        return row

    def _block_of(self, table: PrintedTable) -> str:
        """Which block a table holds: by the line over it, or by the marks of its rows."""
        if table.above and (named := block_in(table.above[-1])):
            self.headings[named[0]] = BlockHeading(table.above[-1], table.place(0, 0))
            return named[0]
        known = (self._by_mark[mark] for row in table.rows for mark in _marks(row) if mark in self._by_mark)
        return next((str(row.path[0]) for row in known if row.path[0] != "areas"), "")


def _marks(cells: Sequence[PrintedCell]) -> Iterator[str]:
    return (mark for cell in cells for mark in cell.marks if mark.startswith(MARK))
