"""The first sheet of a workbook as CSV, for tables that officers import; called in a process that may die."""

import csv
import io
from datetime import datetime
from decimal import Decimal

from models.numbers import plain
from tasks.reading.opening import open_workbook
from tasks.reading.refusing import UnopenableError


def first_sheet_as_csv(content: bytes) -> bytes | None:
    """The first sheet, line by row; None where the workbook is not opened."""
    try:
        sheets = open_workbook(content)
    except UnopenableError:
        return None
    rows = sheets[0].rows if sheets else []
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([_cell_text(cell) for cell in row] for row in rows)
    return out.getvalue().encode()


def _cell_text(cell: object) -> str:
    match cell:
        case datetime():
            return cell.date().isoformat()
        case float():
            return plain(Decimal(repr(cell)))
        case _:
            return " ".join(str(cell).split())
