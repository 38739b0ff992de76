"""Which column of an annex says what, known by its head, whatever the order and the words."""

import re
from collections.abc import Mapping, Sequence
from enum import Enum

from models.wording import unaccented
from tasks.reading.printed_tables import PrintedCell, PrintedTable

_MOST_HEAD_ROWS = 3
_LONGEST_HEAD = 120


class ColumnRole(Enum):
    """What a column says of an item."""

    CODE = "code"
    AREA = "area"
    CRITERION = "criterion"
    COMPONENT = "component"
    NAME = "name"
    MAX = "max"
    SURVEY_MAX = "survey_max"
    POINTS = "points"
    GUIDANCE = "guidance"
    EVIDENCE = "evidence"
    APPRAISER = "appraiser"
    SOURCE = "source"
    NOTE = "note"
    OTHER = "other"


NAMES = (ColumnRole.AREA, ColumnRole.CRITERION, ColumnRole.COMPONENT, ColumnRole.NAME)
_HEADS = tuple(
    (role, re.compile(pattern))
    for role, pattern in (
        (ColumnRole.EVIDENCE, r"kiem chung|minh chung|tai lieu (?:chung minh|kem theo)"),
        (
            ColumnRole.APPRAISER,
            r"(?:co quan|don vi|phong)(?:, don vi)? (?:chu tri )?(?:tham dinh|theo doi|cham diem|danh "
            r"gia|chu tri|phu trach)",
        ),
        (ColumnRole.CODE, r"^(?:stt|tt|so tt|so thu tu|ma|ma so|ma tieu chi|muc)$"),
        (
            ColumnRole.SURVEY_MAX,
            r"(?:diem|toi da).*(?:xhh|xa hoi hoc|khao sat)|^(?:dtxhh|dt xhh|dieu tra xa hoi hoc|khao sat)$",
        ),
        (ColumnRole.MAX, r"diem (?:toi da|chuan|quy dinh|cao nhat)|toi da"),
        (
            ColumnRole.OTHER,
            r"diem (?:tu|tham dinh|dat|hoi dong|danh gia|dieu chinh|de nghi|thuc)|tu (?:cham|danh gia)"
            r"|ket qua|^chi so|danh gia cua",
        ),
        (ColumnRole.SOURCE, r"^(?:hinh thuc|phuong thuc|nguon)\b"),
        (
            ColumnRole.GUIDANCE,
            r"cach (?:tinh|cham|danh gia|thuc)|huong dan|phuong phap|dien giai|quy dinh cham|thang "
            r"diem chi tiet|can cu cham|yeu cau",
        ),
        (ColumnRole.POINTS, r"thang diem|^(?:so )?diem(?: so)?$|muc diem"),
        (ColumnRole.NOTE, r"ghi chu"),
        (
            ColumnRole.NAME,
            r"linh vuc.*tieu chi|tieu chi.*(?:/|,|va|-).*thanh phan|noi dung|ten tieu chi|tieu chi "
            r"danh gia|^cac tieu chi",
        ),
        (ColumnRole.COMPONENT, r"tieu chi thanh phan|tctp"),
        (ColumnRole.AREA, r"^(?:cac )?linh vuc"),
        (ColumnRole.CRITERION, r"^tieu chi"),
    )
)
_NUMBERED = re.compile(r"^\(?(?:\d{1,2}|[A-H])\)?(?:\s*=.*)?$")
Columns = Mapping[int, ColumnRole]


def head_of(table: PrintedTable, first: int = 0) -> tuple[Columns, int] | None:
    """The roles of the columns by the head that begins in a row, and how many rows the head has; None: no head."""
    if not is_head(table.rows[first]):
        return None
    heads = [[cell.text for cell in table.rows[first]]]
    for row in table.rows[first + 1 : first + _MOST_HEAD_ROWS]:
        if not (_continues(row, table.rows[first]) or _numbers_columns(row)):
            break
        heads.append([cell.text for cell in row])
    roles = {}
    for column in range(len(heads[0])):
        below = next((head[column] for head in reversed(heads) if _told(head[column])), "")
        role = _role(below)
        if role in (None, ColumnRole.OTHER) and below != heads[0][column]:
            role = _role(f"{_heading_over(table.rows[first], column)} {below}") or role
        if role is not None:
            roles[column] = role
    return _settled(roles), len(heads)


def is_head(row: Sequence[PrintedCell]) -> bool:
    """Whether a row names columns: one of points or guidance and one of names, in short cells without points."""
    texts = [cell.text for cell in row if cell.text]
    if any(len(text) > _LONGEST_HEAD for text in texts):
        return False
    roles = {_role(text) for text in texts}
    named = roles & {*NAMES}
    return (
        bool(named)
        and bool(
            roles & {ColumnRole.MAX, ColumnRole.POINTS, ColumnRole.SURVEY_MAX, ColumnRole.OTHER, ColumnRole.GUIDANCE}
        )
        and not any(re.fullmatch(r"\d+(?:[.,]\d+)?", text) for text in texts)
    )


def _continues(row: Sequence[PrintedCell], head: Sequence[PrintedCell]) -> bool:
    """Whether a row is the lower line of a head: parts of columns, under cells that are merged downwards."""
    own = [(cell.text, f"{_heading_over(head, column)} {cell.text}") for column, cell in enumerate(row) if cell.text]
    merged = any(cell.continued for cell in row)
    return bool(own) and merged and all(any(map(_role, texts)) and len(texts[0]) <= _LONGEST_HEAD for texts in own)


def _numbers_columns(row: Sequence[PrintedCell]) -> bool:
    """Whether a row numbers the columns: (1) (2) (3)."""
    own = [cell.text for cell in row if cell.text]
    return len(own) > 2 and all(map(_NUMBERED.fullmatch, own)) and own[0].strip("()") in ("1", "A")


def _told(text: str) -> bool:
    return bool(text) and not _NUMBERED.fullmatch(text)


def _heading_over(row: Sequence[PrintedCell], column: int) -> str:
    """The head that a column shares with others to its left."""
    while column and row[column].continued:
        column -= 1
    return row[column].text


def _role(text: str) -> ColumnRole | None:
    plainly = " ".join(re.sub(r"[^\w\s/,-]", " ", unaccented(text)).split())
    return next((role for role, pattern in _HEADS if pattern.search(plainly)), None)


def _settled(roles: dict[int, ColumnRole]) -> Columns:
    """The roles with what follows from which others there are."""
    names = [column for column, role in roles.items() if role in NAMES]
    if len(names) == 1:
        roles[names[0]] = ColumnRole.NAME
    if ColumnRole.MAX not in roles.values():
        points = next((column for column, role in roles.items() if role is ColumnRole.POINTS), None)
        if points is not None:
            roles[points] = ColumnRole.MAX
    once: set[ColumnRole] = set()
    for column, role in sorted(roles.items()):
        if role in once and role not in (ColumnRole.GUIDANCE, ColumnRole.NOTE, ColumnRole.OTHER):
            roles[column] = ColumnRole.OTHER
        once.add(role)
    return roles
