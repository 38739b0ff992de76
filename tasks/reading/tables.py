"""Where the columns and rows of a form stand in a sheet, whatever was inserted, moved or renamed since it was written.

Columns are found by the hidden row of ids, else by their heads; rows by the hidden key, else by the code and, for facts
and units, by the words beside it. Nothing is found by position, and nothing that is not certain is found at all.
The tables that there are: models/forms.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.forms.descriptions import TABLES
from models.forms.sheets import IDENTITY_SHEET, KEY_ID, LISTS_SHEET
from models.forms.tables import Column, FormTable, fact_of_column
from tasks.reading.opening import CellValue, OpenedSheet
from tasks.reading.plans import alike

_SEARCHED = 60  # rows from the top in which ids and heads are looked for
_FACT = "fact:"
_IDS = {shape: frozenset(shape.by_id) for shape in TABLES}


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet that is a table of a form.

    Attributes:
        shape: which table of a form it is.
        columns: by id, from 0.
        first: the first row below the ids or heads, from 0.
        twice: ids of columns that stand there twice.
        by_heads: whether the hidden ids are gone and the heads were read instead.
    """

    sheet: OpenedSheet
    shape: FormTable
    columns: Mapping[str, int]
    first: int
    twice: tuple[str, ...] = ()
    by_heads: bool = False

    def missing(self) -> list[Column]:
        """The columns of the shape that are gone, the hidden key left out."""
        return [column for column in self.shape.columns if column.id not in self.columns and column.id != KEY_ID]


def tables_of(sheets: Iterable[OpenedSheet], facts_by_label: Mapping[str, str]) -> list[Table]:
    """The tables of a workbook, in the order of its sheets.

    Args:
        sheets: all sheets.
        facts_by_label: ids of facts by label as compared, to find columns of facts whose ids are gone.
    """
    found = []
    for sheet in sheets:
        if sheet.title not in (LISTS_SHEET, IDENTITY_SHEET) and (table := _table(sheet, facts_by_label)):
            found.append(table)
    return found


def _table(sheet: OpenedSheet, facts_by_label: Mapping[str, str]) -> Table | None:
    for number, row in enumerate(sheet.rows[:_SEARCHED]):
        if "code" in row and (shape := _shape_by_ids(row)):
            return _by_ids(sheet, shape, number, facts_by_label)
    best: Table | None = None
    for number in range(min(len(sheet.rows), _SEARCHED)):
        table = _by_heads(sheet, number, facts_by_label)
        if table and (best is None or len(table.columns) > len(best.columns)):
            best = table
    return best


def _shape_by_ids(row: list[CellValue]) -> FormTable | None:
    """The shape whose ids stand in a row: of those that have their own column there, the one with the most."""
    ids = {cell for cell in row if isinstance(cell, str)}
    fitting = [shape for shape in TABLES if shape.sign in ids]
    return max(fitting, key=lambda shape: len(ids & _IDS[shape]), default=None)


def _by_ids(sheet: OpenedSheet, shape: FormTable, number: int, facts_by_label: Mapping[str, str]) -> Table:
    known = _IDS[shape]
    columns: dict[str, int] = {}
    twice = []
    for position, cell in enumerate(sheet.rows[number]):
        id = str(cell).strip()
        if id in known or fact_of_column(id):
            if id in columns:
                twice.append(id)
            columns.setdefault(id, position)
    if len(columns) < len(known):  # a cell of the row of ids was emptied, or the column is gone
        for below in range(number + 1, min(number + 1 + _SEARCHED, len(sheet.rows))):
            heads = _by_heads(sheet, below, facts_by_label)
            if heads and heads.shape is shape:
                taken = set(columns.values())
                more = {id: at for id, at in heads.columns.items() if id not in columns and at not in taken}
                return Table(sheet, shape, columns | more, number + 1, tuple(twice), bool(more))
    return Table(sheet, shape, columns, number + 1, tuple(twice))


def _by_heads(sheet: OpenedSheet, number: int, facts_by_label: Mapping[str, str]) -> Table | None:
    """The table whose heads stand in a row and the one below, None where too few of them are there to be certain."""
    row = sheet.rows[number]
    if sum(isinstance(cell, str) and cell != "" for cell in row) < 4:
        return None
    below: list[CellValue] = sheet.rows[number + 1] if number + 1 < len(sheet.rows) else []
    found: list[Table] = []
    for shape in TABLES:
        titles = {alike(column.title): column.id for column in shape.columns if column.id != KEY_ID}
        columns: dict[str, int] = {}
        twice = []
        for position, cell in enumerate(row):
            under = below[position] if position < len(below) else ""
            id = titles.get(alike(under)) or titles.get(alike(cell))
            if id is None and shape.adds_fact_columns and (fact := facts_by_label.get(alike(cell))):
                id = f"{_FACT}{fact}"
            if id:
                twice += [id] if id in columns else []
                columns.setdefault(id, position)
        own = sum(column.id in columns for column in shape.columns)
        if shape.sign in columns and "code" in columns and own * 2 > len(shape.columns):
            found.append(Table(sheet, shape, columns, number + 1, tuple(twice), True))
    return max(found, key=lambda table: len(table.columns), default=None)
