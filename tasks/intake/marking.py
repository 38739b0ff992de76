"""The sender's workbook → the same workbook marked; called in a process that may die.

Each bad cell is filled, red where it stops the file, and says in a comment what is wrong and what to do; a first sheet
lists all findings with links. Corrected and sent again it is a form like any other: the sheet of results says of itself
that it is ours, and marking a marked workbook first takes the old marks away.

What openpyxl does not carry over is lost in the reply, never in the kept original: charts, drawings and controls that
a sender added, threads of comments (their text stays), macros, and the values that formulas had (spreadsheet programs
calculate them when they open the file). Drop-down lists whose entries stand on another sheet, which Excel moves into an
extension, are put back.
"""

import io
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.datavalidation import DataValidation

from models.findings import Finding
from tasks.intake.cell_marks import located_in, mark_cells, remove_marks
from tasks.intake.own_form import NotOurFormError, with_values_of
from tasks.intake.results_sheet import add_results, is_results_sheet, original_fills
from tasks.spreadsheets.workbooks import book_bytes

_LARGEST_UNPACKED = 24 * 1024 * 1024  # the largest form of a province takes 2 MB
_MOST_PARTS = 2000
_X14 = "{http://schemas.microsoft.com/office/spreadsheetml/2009/9/main}"
_XM = "{http://schemas.microsoft.com/office/excel/2006/main}"
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
        lists = _extended_lists(content)
        book = _opened(content)
        _put_back_lists(book, lists)
        _remove_old_results(book)
        if not book.worksheets:
            raise NotMarkableError("no sheets")
        located = located_in(book, findings)
        add_results(book, file, located, when, mark_cells(book, located))
        return book_bytes(book)
    except Exception as error:  # whatever a parser of hostile files may raise: the sender gets a letter instead
        raise NotMarkableError(f"{file}: {error}") from error


def _extended_lists(content: bytes) -> dict[str, list[DataValidation]]:
    """Drop-down lists from Excel's extension, by sheet title, after a look at what opening the file would cost.

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
    return {title: found for title, path in _sheet_parts(texts) if (found := _lists_in(texts.get(path, b"")))}


def _sheet_parts(texts: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Title and part name of every sheet of a package."""
    try:
        book = ElementTree.fromstring(texts["xl/workbook.xml"])
        links = ElementTree.fromstring(texts["xl/_rels/workbook.xml.rels"])
    except (KeyError, ElementTree.ParseError):
        return
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    for sheet in book.iter():
        if sheet.tag.endswith("}sheet"):
            id = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), None)
            target = targets.get(id, "")
            yield sheet.get("name", ""), target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _lists_in(sheet: bytes) -> list[DataValidation]:
    """The lists of a sheet's extension as plain ones: Excel writes them there where entries stand on another sheet."""
    if b"x14:dataValidation" not in sheet:
        return []
    try:
        root = ElementTree.fromstring(sheet)
    except ElementTree.ParseError:
        return []
    found = []
    for extended in root.iter(f"{_X14}dataValidation"):
        formula, cells = extended.find(f"{_X14}formula1/{_XM}f"), extended.find(f"{_XM}sqref")
        if extended.get("type") == "list" and formula is not None and cells is not None:
            validation = DataValidation(type="list", formula1=formula.text, sqref=cells.text or "")
            for name in ("allowBlank", "showInputMessage", "showErrorMessage"):
                setattr(validation, name, extended.get(name) in ("1", "true"))
            for name in ("promptTitle", "prompt", "errorTitle", "error"):
                setattr(validation, name, extended.get(name))
            found.append(validation)
    return found


def _opened(content: bytes) -> Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of extensions that are not carried over; lists are put back
        return load_workbook(io.BytesIO(content), rich_text=True)


def _put_back_lists(book: Workbook, lists: Mapping[str, Sequence[DataValidation]]) -> None:
    for title, validations in lists.items():
        for validation in validations:
            book[title].add_data_validation(validation)


def _remove_old_results(book: Workbook) -> None:
    """Take away what an earlier check put into the workbook: its sheets, and the marks in all others."""
    old = [sheet for sheet in book.worksheets if is_results_sheet(sheet)]
    known = {place: fill for sheet in old for place, fill in original_fills(sheet).items()}
    for sheet in old:
        book.remove(sheet)
    remove_marks(book, known)
