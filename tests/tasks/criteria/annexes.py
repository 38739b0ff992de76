"""Annexes in the manner of provinces, typed as text, as the .docx and .xlsx that they would be.

In a text: `#` says in what manner, `>` is a paragraph, `==` begins a table; cells stand between bars, `⏎` is a line
break in a cell, `^` a cell merged with the one above, `<` one merged with the one to its left.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from docx import Document
from docx.table import Table
from openpyxl import Workbook

from models.criteria.sets import CriteriaSet, Source
from models.numbers import said

FOLDER = Path(__file__).parent / "annexes"
ABOVE, LEFT = "^", "<"


@dataclass
class TypedTable:
    """One table and the paragraphs above it."""

    above: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.txt"))


def typed(name: str) -> list[TypedTable]:
    return tables_of((FOLDER / f"{name}.txt").read_text(encoding="utf-8"))


def tables_of(text: str) -> list[TypedTable]:
    """The tables of a typed annex; all rows of one as long as its longest."""
    tables, waiting = [], []
    for line in text.splitlines():
        if line.startswith(">"):
            waiting.append(line[1:].strip())
        elif line.startswith("=="):
            tables.append(TypedTable(waiting))
            waiting = []
        elif line.strip() and not line.startswith("#"):
            tables[-1].rows.append([cell.strip().replace("⏎", "\n") for cell in line.split("|")])
    for table in tables:
        width = max(map(len, table.rows))
        table.rows = [[*row, *[""] * (width - len(row))] for row in table.rows]
    return tables


def as_word(tables: Sequence[TypedTable]) -> bytes:
    document = Document()
    for typed_table in tables:
        for text in typed_table.above:
            document.add_paragraph(text)
        table = document.add_table(len(typed_table.rows), len(typed_table.rows[0]))
        grid = [list(row.cells) for row in table.rows]
        for number, row in enumerate(typed_table.rows):
            for column, text in enumerate(row):
                if text not in (ABOVE, LEFT):
                    _type(grid[number][column], text)
        _merge(table, typed_table.rows)
    return saved(document)


def _type(cell: object, text: str) -> None:
    first, *more = text.split("\n")
    cell.paragraphs[0].add_run(first)  # type: ignore[attr-defined]
    for line in more:
        cell.add_paragraph(line)  # type: ignore[attr-defined]


def _merge(table: Table, rows: Sequence[Sequence[str]]) -> None:
    for top, left, bottom, right in merged(rows):
        table.cell(top, left).merge(table.cell(bottom, right))


def merged(rows: Sequence[Sequence[str]]) -> list[tuple[int, int, int, int]]:
    """The ranges that are merged: down first, to the right where nothing is below."""
    found = []
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            if text in (ABOVE, LEFT):
                continue
            bottom, right = number, column
            while bottom + 1 < len(rows) and rows[bottom + 1][column] == ABOVE:
                bottom += 1
            while right + 1 < len(row) and row[right + 1] == LEFT:
                right += 1
            if (bottom, right) != (number, column):
                found.append((number, column, bottom, right))
    return found


def saved(document: object) -> bytes:
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def as_excel(tables: Sequence[TypedTable], *, numbers: bool = True) -> bytes:
    """One sheet a table, as Excel would hold it: what is a number is one."""
    book = Workbook()
    book.remove(book.active)
    for position, table in enumerate(tables, 1):
        sheet = book.create_sheet(f"Bảng {position}")
        for number, text in enumerate(table.above, 1):
            sheet.cell(number, 1, text)
        below = len(table.above) + 1
        for number, row in enumerate(table.rows, below):
            for column, text in enumerate(row, 1):
                if text and text not in (ABOVE, LEFT):
                    sheet.cell(number, column, _value(text) if numbers and column > 1 else text)
        for top, left, bottom, right in merged(table.rows):
            sheet.merge_cells(
                start_row=top + below, start_column=left + 1, end_row=bottom + below, end_column=right + 1
            )
    return saved(book)


def _value(text: str) -> object:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return text


SOURCES = {
    Source.SELF: "Tự chấm",
    Source.SURVEY: "ĐTXHH",
    Source.REGISTER: "Cơ quan theo dõi",
    Source.EXTERNAL: "Chỉ số khác",
}


def printed_set(criteria_set: CriteriaSet, agencies: Mapping[str, str]) -> list[TypedTable]:
    """A set as the annex of its decision would print it, every rule in the words of our guides."""
    named = "Lĩnh vực/Tiêu chí/Tiêu chí thành phần"
    rows = [["STT", named, "Điểm tối đa", "Cách tính điểm", "Hình thức", "Cơ quan thẩm định"]]
    for area in criteria_set.areas:
        rows.append(_printed(area.code, area.name, area.max))
        for criterion in area.criteria:
            for part in (criterion, *criterion.components):
                leaf = criteria_set.by_code.get(part.code)
                told = [] if leaf is None else [leaf.rule.sentence(leaf.max, 2025), SOURCES[leaf.source]]
                agency = agencies.get(part.appraised_by or "", "")
                rows.append([*_printed(part.code, part.name, part.max)[:3], *(told or ["", ""]), agency])
    return [TypedTable([criteria_set.title], rows)]


def _printed(code: str, name: str, maximum: Decimal | None) -> list[str]:
    return [code, name, "" if maximum is None else said(maximum), "", "", ""]
