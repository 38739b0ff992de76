"""A workbook of as_workbook.py that an officer edited → the set's file with only what was changed, or findings."""

from models.findings import RefusedError
from tasks.criteria.as_tables import SET_BOOK, tables_of, values_of_tables
from tasks.criteria.exported import ReadSet, kept_set
from tasks.editing.books import EditedBook
from tasks.editing.changing import WantedYaml
from tasks.editing.tables import Placed


def set_in_book(book: EditedBook) -> ReadSet | None:
    """What a workbook that we wrote says of its set; None where it is any other one.

    Raises:
        RefusedError: it is ours, but cannot be read.
    """
    if book.kind != SET_BOOK:
        return None
    if not book.files:
        raise RefusedError(list(book.findings))
    kept = kept_set(book.file, book.files, book.said.get("year", ""))
    placed = Placed(book.file, findings=list(book.findings))
    tables = tables_of(kept.values, kept.known, kept.year)
    values = values_of_tables(book.sheets, kept.values, tables, placed)
    id = str(values.get("id", kept.values.get("id", "")))
    return ReadSet(id, WantedYaml(kept.name, kept.content, values, placed.cells), placed)
