"""The tables of an annex → its rows in one sequence, whatever the page breaks, each with what its columns say."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from models.findings import Finding, Place, Severity
from models.numbers import spoken_or_none
from models.wording import unaccented
from tasks.criteria.annex_rows import BLOCKS
from tasks.criteria.annex_words import block_in
from tasks.criteria.columns import NAMES, ColumnRole, Columns, head_of, is_head
from tasks.criteria.printed_codes import PrintedCode, Style, read_code, split_code
from tasks.criteria.rule_texts.clauses import NUMBER
from tasks.reading.printed_tables import PrintedAnnex, PrintedCell, PrintedTable

_TOTAL = re.compile(r"^(?:tong (?:cong|diem|so diem)\b.*|cong|tong)\s*(?:\(.*\))?[:.]?$")
_HEADING = re.compile(
    rf"^(?P<code>(?:(?:lĩnh vực|phần|mục)\s+(?:thứ\s+)?)?(?:\d{{1,2}}|[IVX]{{1,5}}|[A-H]))[.:)]?\s+(?P<name>.+?)"
    rf"(?:\s*[(:–-]\s*(?:tối đa\s*:?\s*)?(?P<points>{NUMBER})\s*điểm\)?)?\.?$",
    re.IGNORECASE,
)
_DATE = re.compile(r"\d{2}/\d{2}/\d{4}")
_POINTS = re.compile(rf"^(?P<points>{NUMBER})(?:\s*(?:điểm|đ))?$", re.IGNORECASE)


@dataclass
class OutlineRow:
    """One row of an annex.

    Attributes:
        place: of its name.
        level: 1 to 3 where a column of its own says so, 0 where the code has to say it.
        points: the numbers in its column of points, one a line.
        odd_points: what stands there and is no number.
        surveyed: points in a column that is the survey's.
        other: texts of notes and of the source.
        is_total: whether it only adds up what stands above.
    """

    place: Place
    code: PrintedCode | None
    name: str
    level: int = 0
    points: list[Decimal] = field(default_factory=list)
    odd_points: str = ""
    surveyed: Decimal | None = None
    guidance: list[str] = field(default_factory=list)
    evidence: str = ""
    appraiser: str = ""
    source: str = ""
    note: str = ""
    notes: tuple[str, ...] = ()
    is_total: bool = False


def rows_of(annex: PrintedAnnex, file: str) -> tuple[list[OutlineRow], list[Finding]]:
    """The rows of all tables that are about criteria, and what was passed over or is odd.

    Args:
        annex: as printed.
        file: its name in findings.
    """
    rows: list[OutlineRow] = []
    findings: list[Finding] = []
    columns: Columns | None = None
    width = 0
    for table in annex.tables:
        if not table.rows:
            continue
        at = next((number for number, row in enumerate(table.rows) if is_head(row)), None)
        head = None if at is None else head_of(table, at)
        if head is not None and at is not None:
            columns, first, width = head[0], at + head[1], len(table.rows[at])
            findings += _unused(table, at, columns, file)
        elif columns is not None and (len(table.rows[0]) == width or (table.is_sheet and len(table.rows[0]) < width)):
            first = 0
            table = _widened(table, width)
        else:
            what = f"{table.title} không có dòng tiêu đề cột (tiêu chí, điểm) nên không đọc"
            findings.append(Finding(file, 0, what, "Nếu bảng có tiêu chí, ghi tên các cột ở dòng đầu", Severity.INFO))
            continue
        found, odd = _rows(table, first, columns, file)
        if (block := _block_heading(table)) is not None:
            rows.append(block)
            for row in found:
                row.level = row.level or (2 if row.name and row.code is None else 0)
        elif (heading := _heading(table, at or 0)) and _names_area_of(heading, found):
            rows.append(heading)
        rows += found
        findings += odd
    return rows, findings


def _widened(table: PrintedTable, width: int) -> PrintedTable:
    """A table as wide as the one that it goes on from: a sheet ends at its last cell that holds anything."""
    return table._replace(rows=tuple((*row, *[PrintedCell()] * (width - len(row))) for row in table.rows))


def _heading(table: PrintedTable, head: int) -> OutlineRow | None:
    """The area that a line above the head names: before the table, or in the rows of a sheet before its head."""
    over = (cell.text for row in table.rows[:head] for cell in row if cell.text)
    for text in reversed([*table.above, *over]):
        if (found := _HEADING.match(text)) and (code := read_code(found["code"])):
            points = spoken_or_none(found["points"])
            return OutlineRow(table.place(0, 0), code, found["name"], points=[] if points is None else [points])
    return None


def _block_heading(table: PrintedTable) -> OutlineRow | None:
    """The block of bonus or penalty points that the line above a table names."""
    named = block_in(table.above[-1]) if table.above else None
    if named is None:
        return None
    return OutlineRow(
        table.place(0, 0), None, dict(BLOCKS)[named[0]], level=1, points=[] if named[1] is None else [named[1]]
    )


def _names_area_of(heading: OutlineRow, rows: Sequence[OutlineRow]) -> bool:
    """Whether a line above a table names the area of its rows: it says its points, or their codes go on from its own.

    Other numbered lines stand above tables too, and a table may begin with its area itself.
    """
    code = next((row.code for row in rows if row.code and row.code.style is not Style.BULLET), None)
    if code is None or heading.points:
        return True
    assert heading.code is not None
    return code.style is Style.ARABIC and len(code.parts) > 1 and code.parts[0] == heading.code.parts[0]


def _unused(table: PrintedTable, head: int, columns: Columns, file: str) -> Iterator[Finding]:
    """Columns that have a head nobody knows."""
    for column, cell in enumerate(table.rows[head]):
        if cell.text and column not in columns:
            what = f"cột “{cell.text}” không rõ nghĩa nên không dùng"
            remedy = "Nếu cần, đổi tên cột theo hướng dẫn (ví dụ Điểm tối đa, Cách tính, Tài liệu kiểm chứng)"
            yield Finding(file, 0, what, remedy, Severity.INFO, table.place(head, column))


def _rows(table: PrintedTable, first: int, columns: Columns, file: str) -> tuple[list[OutlineRow], list[Finding]]:
    rows: list[OutlineRow] = []
    findings: list[Finding] = []
    number = first
    while number < len(table.rows):
        if is_head(table.rows[number]) and (again := head_of(table, number)):
            number += again[1]
            continue
        for row in _row(table, number, columns):
            rows.append(row)
            if row.code is None and _DATE.search(_cell(table, number, columns, ColumnRole.CODE)):
                what = f"ô mã ghi “{_cell(table, number, columns, ColumnRole.CODE)}”, có thể Excel đã đổi mã thành ngày"
                findings.append(Finding(file, 0, what, "Định dạng cột mã là chữ (Text) rồi gõ lại mã", place=row.place))
        number += 1
    return rows, findings


def _row(table: PrintedTable, number: int, columns: Columns) -> list[OutlineRow]:
    """What one line of the table says; with columns of their own, an area and its criterion may stand in one line."""
    names = [(column, role) for column, role in sorted(columns.items()) if role in NAMES]
    stated = [(column, role, table.rows[number][column]) for column, role in names if table.rows[number][column].text]
    if not stated:
        return _without_name(table, number, columns)
    cell_code = read_code(_cell(table, number, columns, ColumnRole.CODE))
    coded = stated[0][0] if _numbers_first([cell.text for _, _, cell in stated], cell_code) else stated[-1][0]
    rows = []
    for column, role, cell in stated:
        code, name = split_code(cell.text)
        numbered = column == coded
        row = OutlineRow(table.place(number, column), (cell_code if numbered else None) or code, name, notes=cell.notes)
        if cell_code is not None and code is not None and numbered:
            row.name = name if code.parts == cell_code.parts else cell.text
        row.level = {ColumnRole.AREA: 1, ColumnRole.CRITERION: 2, ColumnRole.COMPONENT: 3}.get(role, 0)
        row.is_total = code is None and is_total(cell.text)
        rows.append(row)
    _fill(rows[-1], table, number, columns)
    return rows


def _numbers_first(names: Sequence[str], code: PrintedCode | None) -> bool:
    """Whether the code of a line is that of its area, since what stands beside that bears longer codes of its own."""
    own, _ = split_code(names[-1])
    return code is not None and len(names) > 1 and own is not None and len(own.parts) > len(code.parts)


def _without_name(table: PrintedTable, number: int, columns: Columns) -> list[OutlineRow]:
    """A line under a merged name: its guidance and points belong to the item above."""
    row = OutlineRow(table.place(number, 0), None, "")
    code_text = _cell(table, number, columns, ColumnRole.CODE)
    if is_total(code_text):
        row.is_total = True
    _fill(row, table, number, columns)
    return [row] if row.points or row.guidance or row.odd_points or row.is_total else []


def _fill(row: OutlineRow, table: PrintedTable, number: int, columns: Columns) -> None:
    cells = table.rows[number]
    for column, role in sorted(columns.items()):
        text = cells[column].text
        if not text:
            continue
        row.notes = tuple(dict.fromkeys((*row.notes, *cells[column].notes)))
        match role:
            case ColumnRole.MAX | ColumnRole.POINTS:
                _take_points(row, text)
            case ColumnRole.SURVEY_MAX:
                row.surveyed = spoken_or_none(text)
            case ColumnRole.GUIDANCE:
                row.guidance += text.split("\n")
            case ColumnRole.EVIDENCE:
                row.evidence = " ".join(text.split("\n"))
            case ColumnRole.APPRAISER:
                row.appraiser = " ".join(text.split("\n"))
            case ColumnRole.SOURCE:
                row.source = " ".join(text.split("\n"))
            case ColumnRole.NOTE:
                row.note = " ".join(filter(None, (row.note, *text.split("\n"))))


def _take_points(row: OutlineRow, text: str) -> None:
    """The numbers of a cell of points, one a line; anything else is kept as it is printed."""
    for line in text.split("\n"):
        found = _POINTS.match(line.strip())
        points = spoken_or_none(found["points"]) if found else None
        if points is not None:
            row.points.append(points)
        else:
            row.odd_points = " ".join(filter(None, (row.odd_points, line.strip())))


def _cell(table: PrintedTable, number: int, columns: Columns, role: ColumnRole) -> str:
    column = next((column for column, each in columns.items() if each is role), None)
    return "" if column is None else table.rows[number][column].text


def is_total(text: str) -> bool:
    """Whether a cell says that its line only adds up what stands above."""
    return bool(_TOTAL.match(unaccented(text)))


def placed(rows: Sequence[OutlineRow]) -> bool:
    """Whether any row has points, so that the annex has maxima at all."""
    return any(row.points or row.surveyed is not None for row in rows)
