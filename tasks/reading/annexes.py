"""The bytes of a printed annex, .docx or .xlsx → its tables; called in a process that may die (isolation.py)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from models.findings import Place
from models.numbers import plain
from tasks.reading.archives import Archive
from tasks.reading.opening import CellValue, OpenedSheet, open_workbook, refuse_large
from tasks.reading.printed_tables import PrintedAnnex, PrintedCell, PrintedTable, UnreadAnnex, lines_in
from tasks.reading.refusing import UnopenableError
from tasks.reading.sheet_marks import cell_of
from tasks.reading.word_files import read_word, tree_of

_ZIP = b"PK\x03\x04"
_DOCUMENT = "word/document.xml"
_OLE = b"\xd0\xcf\x11\xe0"
SAVE_AGAIN = "Mở bằng Word hoặc Excel, lưu lại dạng .docx hoặc .xlsx (không mật khẩu, không macro) rồi nhập lại"


def read_annex(content: bytes) -> PrintedAnnex | UnreadAnnex:
    """The tables of an annex, or why there are none."""
    try:
        refuse_large(len(content))
        if content.startswith(_ZIP) and _DOCUMENT in Archive(content):
            return read_word(content)
        if content.startswith(_OLE) and "WordDocument".encode("utf-16-le") in content:
            raise UnopenableError("đây là tệp Word đời cũ (.doc)", SAVE_AGAIN)
        return _of_workbook(content)
    except UnopenableError as refused:
        return UnreadAnnex(refused.what.replace("biểu mẫu", "một phụ lục"), SAVE_AGAIN)


def looks_like_word(content: bytes) -> bool:
    """Whether bytes look like those of a Word file, without opening them: an archive that names its document."""
    return content.startswith(_ZIP) and _DOCUMENT.encode() in content


def _of_workbook(content: bytes) -> PrintedAnnex:
    sheets = open_workbook(content)
    hidden = [f"{len(sheet.marks.hidden)} dòng ẩn của trang “{sheet.title}”" for sheet in sheets if sheet.marks.hidden]
    comments = tuple(_comments(content)) if content.startswith(_ZIP) else ()
    return PrintedAnnex(tuple(_table(sheet) for sheet in sheets if sheet.rows), comments, tuple(hidden))


def _table(sheet: OpenedSheet) -> PrintedTable:
    merged = {
        (row, column)
        for (top, left), (bottom, right) in sheet.marks.merged
        for row in range(top, min(bottom + 1, len(sheet.rows)))
        for column in range(left, right + 1)
        if (row, column) != (top, left)
    }
    hidden = frozenset(sheet.marks.hidden)
    rows = tuple(
        tuple(
            PrintedCell(continued=True)
            if (row, column) in merged
            else PrintedCell("" if row in hidden else _text(value))
            for column, value in enumerate(values)
        )
        for row, values in enumerate(sheet.rows)
    )
    return PrintedTable(sheet.title, rows, is_sheet=True)


def _text(value: CellValue) -> str:
    match value:
        case bool():
            return "có" if value else "không"
        case float():
            return plain(Decimal(repr(value)))
        case datetime() | date():
            return f"{value:%d/%m/%Y}"
    return lines_in(str(value))


def _comments(content: bytes) -> Iterator[str]:
    """The remarks beside cells, each with the cell; which sheet they belong to is told where there is only one."""
    parts: Sequence[tuple[str, bytes]] = sorted(Archive(content).xml_parts().items())
    for name, part in parts:
        if name.startswith("xl/comments"):
            for comment in tree_of(name, part).findall(".//{*}comment"):
                text = " ".join("".join(comment.itertext()).split())
                at = cell_of(comment.get("ref", ""))
                yield f"ô {Place('', *at).cell}: {text[:200]}" if at else text[:200]
