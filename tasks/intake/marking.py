"""The sender's workbook → the same workbook marked; called in a process that may die.

Each bad cell is filled, red where it stops the file, and says in a comment what is wrong and what to do; a first sheet
lists all findings with links. Corrected and sent again it is a form like any other: the sheet of results says of itself
that it is ours, and marking a marked workbook first takes the old marks away.

Only what is marked goes through openpyxl; all else of a sheet comes back as it was sent (sender_sheets.py). Lost in the
reply, never in the kept original, are drawings and controls that a sender added, threads of comments (their text
stays), macros, and conditional formats that only newer programs know.
"""

import io
import warnings
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook, load_workbook

from models.findings import Finding
from tasks.intake.cell_marks import MARKS, located_in, mark_cells, remove_marks
from tasks.intake.own_form import NotOurFormError, with_values_of
from tasks.intake.results_sheet import RESULTS_ID, add_results, is_results_sheet, original_fills
from tasks.intake.sender_sheets import SenderSheets
from tasks.spreadsheets.workbooks import saved

_LARGEST_UNPACKED = 24 * 1024 * 1024  # the largest form of a province takes 2 MB
_MOST_PARTS = 2000
_DECLARATIONS = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))


class NotMarkableError(Exception):
    """A file that cannot come back as a marked workbook; its sender gets a letter."""


def marked_kept(
    kept: Path, file: str, findings: Sequence[Finding], when: datetime, blank: bytes | None = None
) -> bytes | None:
    """A kept file marked; None where it cannot come back as a workbook. Arguments as of `marked_workbook`.

    Args:
        blank: our form as .xlsx, into which the values of one that came as .xls or .ods are copied.
    """
    try:
        content = kept.read_bytes()
        return marked_workbook(with_values_of(content, blank) if blank else content, file, findings, when)
    except (NotMarkableError, NotOurFormError):
        return None


def marked_workbook(content: bytes, file: str, findings: Sequence[Finding], when: datetime) -> bytes:
    """The sender's workbook with every bad cell filled and commented, and a first sheet that lists all findings.

    Args:
        content: an .xlsx file as received; old marks in it are replaced.
        file: the sender's file name, shown on the first sheet.
        findings: everything found in it; those without a place are only listed.
        when: the moment of checking, with zone; the only clock.

    Raises:
        NotMarkableError: openpyxl cannot open or write it, or opening it would cost too much.
    """
    try:
        sheets = SenderSheets(_parts(content), MARKS.values(), RESULTS_ID)
        book = _opened(sheets.for_openpyxl({finding.place.cell for finding in findings if finding.place}))
        sheets.tell_merged(book)
        _remove_old_results(book)
        if not book.worksheets:
            raise NotMarkableError("no sheets")
        located = located_in(book, findings)
        add_results(book, file, located, when, mark_cells(book, located))
        return sheets.with_marks(saved(book))
    except Exception as error:  # whatever a parser of hostile files may raise: the sender gets a letter instead
        raise NotMarkableError(f"{file}: {error}") from error


def _parts(content: bytes) -> dict[str, bytes]:
    """The parts of a workbook, after a look at what opening it would cost.

    Raises:
        NotMarkableError: no zip archive, one that is too large unpacked, or XML that declares entities.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            fits = len(parts) <= _MOST_PARTS and sum(part.file_size for part in parts) <= _LARGEST_UNPACKED
            texts = {part.filename: package.read(part) for part in parts} if fits else {}
    except Exception as error:  # damaged archives raise whatever the library of their compression raises
        raise NotMarkableError(str(error)) from error
    if not fits:
        raise NotMarkableError("too large when unpacked")
    if any(mark in text for text in texts.values() for mark in _DECLARATIONS):
        raise NotMarkableError("XML with a document type")
    return texts


def _opened(content: bytes) -> Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of extensions that are not carried over
        return load_workbook(io.BytesIO(content), rich_text=True)


def _remove_old_results(book: Workbook) -> None:
    """Take away what an earlier check put into the workbook: its sheets, and the marks in all others."""
    old = [sheet for sheet in book.worksheets if is_results_sheet(sheet)]
    known = {place: fill for sheet in old for place, fill in original_fills(sheet).items()}
    for sheet in old:
        book.remove(sheet)
    remove_marks(book, known)
