"""The rows of an annex → areas, criteria, components, each with the lines that say how it is scored.

What has a code is an item; what has none is a line of the item above, unless it is clearly an item itself: one with
guidance or evidence of its own, or with lines of its own below it. Source: docs/process.md, 4.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import takewhile

from models.findings import Finding, Place, Severity
from models.numbers import ZERO, said, spoken_or_none
from models.wording import unaccented
from tasks.criteria.printed_codes import Style, depths, split_code
from tasks.criteria.rows import OutlineRow
from tasks.criteria.rule_texts.clauses import NUMBER, Clause, ItemLine, RuleText, tidy

DEEPEST = 3  # of an item without a number of its own
_DEEPEST_NUMBERED = 4  # 1.1.1.1 below 1.1.1, which is only named then
_LESS = re.compile(rf"^[-–−]\s*(?P<points>{NUMBER})(?:\s*(?:điểm|đ))?$", re.IGNORECASE)
_BLOCKS = re.compile(r"diem (?:thuong|cong|tru|phat)|khuyen khich")


@dataclass
class Item:
    """An area, criterion or component as printed.

    Attributes:
        depth: 1 to 4; 0 is the whole annex.
        code: full, of the set: a child's begins with its parent's.
        lines: what is printed under it and beside it of how it is scored.
        surveyed: what the column of the survey says.
        columns: texts of its other columns.
    """

    depth: int
    code: str
    name: str
    place: Place
    max: Decimal | None = None
    surveyed: Decimal | None = None
    lines: list[ItemLine] = field(default_factory=list)
    evidence: str = ""
    appraiser: str = ""
    source: str = ""
    note: str = ""
    notes: tuple[str, ...] = ()
    children: list["Item"] = field(default_factory=list)

    @property
    def is_leaf(self) -> bool:
        """Whether it is scored itself."""
        return not self.children

    @property
    def is_block(self) -> bool:
        """Whether it gives bonus or takes penalty points beside the scale."""
        return self.depth == 1 and bool(_BLOCKS.search(unaccented(self.name)))

    def below(self) -> Iterator["Item"]:
        """It and everything below it."""
        yield self
        for child in self.children:
            yield from child.below()

    def sum(self) -> Decimal | None:
        """The maximum of what is scored below it; None where one of them has none."""
        if self.is_leaf:
            return self.max
        parts = [child.sum() for child in self.children]
        return None if any(part is None for part in parts) else sum((part for part in parts if part is not None), ZERO)


class Outline:
    """The items of an annex as its rows are met in their order."""

    def __init__(self, rows: Sequence[OutlineRow], file: str) -> None:
        """Read the rows.

        Args:
            rows: of all tables.
            file: its name in findings.
        """
        self.file = file
        self.findings: list[Finding] = []
        self.areas: list[Item] = []
        self.total: tuple[Decimal, Place] | None = None
        self.surveyed = ZERO
        self._path: list[Item] = []
        self._part = ""
        self._lettered = 0
        self._codes: dict[str, Place] = {}
        self._depths = depths([row.code for row in rows if row.code and row.code.style is not Style.BULLET])
        self._read(list(rows))
        self._settle()

    def _settle(self) -> None:
        """Where points stand in two columns, those of the survey and the others, both together are the maximum."""
        for item in self.items:
            if item.max is None or not item.surveyed or item.max == item.surveyed:
                continue
            if item.is_leaf:
                what = f"mục {item.code} in {said(item.max)} điểm và {said(item.surveyed)} điểm điều tra xã hội học"
                self._tell(item.place, what, "Tách thành hai tiêu chí, hoặc sửa max trong tệp YAML")
            elif item.sum() == item.max + item.surveyed:
                item.max += item.surveyed

    @property
    def items(self) -> list[Item]:
        """All items, in their order."""
        return [item for area in self.areas for item in area.below()]

    def _read(self, rows: list[OutlineRow]) -> None:
        at = 0
        while at < len(rows):
            row = rows[at]
            if row.is_total and not row.code:
                self._take_total(row)
                at += 1
            elif (depth := self._depth_of(rows, at)) is not None:
                self._open(row, depth)
                at += 1
            else:
                tail = self._tail(rows, at)
                self._take_tail(tail)
                at += len(tail)

    def _take_total(self, row: OutlineRow) -> None:
        if row.points and (self.total is None or row.points[0] > self.total[0]):
            self.total, self.surveyed = (row.points[0], row.place), row.surveyed or ZERO

    # --- items with a code --------------------------------------------------------------------------------------------

    def _depth_of(self, rows: Sequence[OutlineRow], at: int) -> int | None:
        """How deep an item lies; None for a line without code, 0 for a part that holds areas."""
        row = rows[at]
        if row.code is None:
            return row.level or None
        match row.code.style:
            case Style.BULLET:
                return None
            case Style.LOWER:
                return self._depth_of_letter()
            case Style.ARABIC:
                depth = self._depths.get(Style.ARABIC, 1) + len(row.code.parts) - 1
            case _:
                depth = self._depths.get(row.code.style, 1)
        self._lettered = 0
        if row.level:
            return row.level
        if depth > _DEEPEST_NUMBERED or (depth == _DEEPEST_NUMBERED and not self._is_heading(rows, at)):
            self._too_deep(row)
            return None
        return depth

    def _depth_of_letter(self) -> int | None:
        """How deep a), b) lie: under the last item with a number, all alike; None where that is too deep."""
        if not self._lettered:
            self._lettered = self._path[-1].depth + 1 if self._path else 1
        return self._lettered if self._lettered <= DEEPEST else None

    def _is_heading(self, rows: Sequence[OutlineRow], at: int) -> bool:
        """Whether the item above the fourth level is only named: those below are scored and add up to its maximum.

        Steps of a rule may be numbered too, where the best is worth the maximum itself, and so may parts of a list,
        which say nothing of how they are scored.
        """
        if len(self._path) == _DEEPEST_NUMBERED:
            return True
        owner = self._path[-1] if self._path else None
        if owner is None or owner.depth != DEEPEST or rows[at].code is None:
            return False
        numbered = [row for row in rows[at:] if row.code is not None and row.code.style is Style.ARABIC]
        above = numbered[0].code and numbered[0].code.parts[:-1]
        below = list(takewhile(lambda row: row.code is not None and row.code.parts[:-1] == above, numbered))
        points = [row.points[0] for row in below if row.points]
        are_scored = all(row.guidance or row.evidence or row.surveyed for row in below)
        return are_scored and len(points) == len(below) and owner.max in (None, sum(points, ZERO))

    def _too_deep(self, row: OutlineRow) -> None:
        code = row.code.text if row.code else ""
        what = f"mục “{code} {row.name}” ở cấp thứ tư, không tự chấm; đọc là một dòng cách chấm của mục trên"
        self._tell(row.place, what, "Xem lại quy tắc của mục trên, hoặc ghi mục này thành tiêu chí thành phần")

    def _open(self, row: OutlineRow, depth: int) -> None:
        if depth == 0:
            self._part = f"{row.name} {row.note}"
            return
        while self._path and self._path[-1].depth >= depth:
            self._path.pop()
        parent = self._path[-1] if self._path else None
        if parent is None and depth > 1:
            parent = self._missing_area(row)
        if parent is not None and depth > parent.depth + 1:
            depth = parent.depth + 1
        item = Item(depth, self._code(row, parent), "", row.place)
        (self.areas if parent is None else parent.children).append(item)
        self._path.append(item)
        _fill(item, row)
        if item.max is None and self.areas[-1].is_block and (less := _LESS.match(row.odd_points)):
            item.max = spoken_or_none(less["points"])
        if self._part and depth == 1:
            item.note = f"{item.note} {self._part}".strip()
        if not item.name:
            self._tell(row.place, f"mục {item.code} không có tên", "Ghi tên mục này rồi nhập lại", Severity.CRITICAL)
            item.name = f"Mục {item.code}"

    def _missing_area(self, row: OutlineRow) -> Item:
        """The area that an annex leaves out above its first criterion."""
        number = row.code.parts[0] if row.code and len(row.code.parts) > 1 else len(self.areas) + 1
        known = next((area for area in self.areas if area.code == str(number)), None)
        if known is None:
            what = f"mục “{row.name}” đứng trước mọi lĩnh vực"
            self._tell(row.place, what, "Ghi tên lĩnh vực số này thay cho tên tạm trong tệp YAML")
            known = Item(1, str(number), f"Lĩnh vực {number}", row.place)
            self.areas.append(known)
        self._path.append(known)
        return known

    def _code(self, row: OutlineRow, parent: Item | None) -> str:
        """The code of an item in the set: as printed where that fits its parent, else by its position."""
        siblings = self.areas if parent is None else parent.children
        position = len(siblings) + 1
        prefix = "" if parent is None else f"{parent.code}."
        code = f"{prefix}{position if row.code is None else row.code.parts[-1]}"
        printed = row.code
        if printed and printed.style is Style.ARABIC and len(printed.parts) > 1:
            whole = ".".join(map(str, printed.parts))
            full = len(printed.parts) == (parent.depth + 1 if parent else 1)
            if full and whole != code:
                what = f"mã in “{printed.text}” không thuộc mục {parent.code if parent else ''} đứng trên"
                self._tell(row.place, what, f"Sửa mã trong phụ lục; tạm ghi {code}")
        if code in self._codes:
            code = self._repeated(row, code, siblings, prefix)
        self._codes[code] = row.place
        return code

    def _repeated(self, row: OutlineRow, code: str, siblings: Sequence[Item], prefix: str) -> str:
        """A code that stands twice: a 1.10 that Excel shortened to 1.1 is told; anything else has to be mended."""
        before = siblings[-1].code if siblings else ""
        tenth = f"{prefix}{len(siblings) + 1}"
        shortened = code == f"{prefix}{str(len(siblings) + 1).rstrip('0')}" and before.endswith(str(len(siblings)))
        if shortened and tenth not in self._codes:
            self._tell(
                row.place, f"mã “{code}” lặp lại sau {before}; đọc là {tenth} vì Excel bỏ số 0 cuối", "Kiểm tra lại"
            )
            return tenth
        printed = row.code.text if row.code else code
        what = f"mã “{printed}” đã có ở {self._codes[code]}"
        remedy = "Sửa mã trong phụ lục rồi nhập lại"
        if not prefix:
            remedy += "; nếu tệp có nhiều bộ tiêu chí thì tách mỗi bộ một tệp"
        self._tell(row.place, what, remedy, Severity.CRITICAL)
        number = len(siblings) + 1
        while f"{prefix}{number}" in self._codes:
            number += 1
        return f"{prefix}{number}"

    # --- lines without a code -----------------------------------------------------------------------------------------

    def _tail(self, rows: Sequence[OutlineRow], at: int) -> list[OutlineRow]:
        """The rows from here on until the next item or total."""
        end = at
        while end < len(rows) and not (rows[end].is_total and not rows[end].code):
            code = rows[end].code
            if end > at and (rows[end].level or (code is not None and code.style is not Style.BULLET)):
                break
            end += 1
        return list(rows[at:end])

    def _take_tail(self, tail: list[OutlineRow]) -> None:
        """Rows without a code: items where they are clearly such, else lines of the item above."""
        owner = self._path[-1] if self._path else None
        if owner is None:
            if any(row.points for row in tail):
                what = f"dòng “{tail[0].name}” đứng trước mọi mục có mã nên không đọc"
                self._tell(tail[0].place, what, "Ghi mã (STT) cho các mục")
            return
        named = [row for row in tail if row.name]
        items = [row for row in named if row.code is None] if owner.depth < DEEPEST and _are_items(owner, named) else []
        for row in tail:
            if row in items:
                self._open(row, owner.depth + 1)
                continue
            target = self._path[-1]
            target.lines += _lines_of(row)
            target.notes = tuple(dict.fromkeys((*target.notes, *row.notes)))
            target.evidence = target.evidence or row.evidence
        if items:
            what = f"{len(items)} mục dưới {owner.code} không in mã, đánh số theo thứ tự: {owner.code}.1, …"
            self._tell(items[0].place, what, "Kiểm tra các mã này", Severity.INFO)

    def _tell(self, place: Place, what: str, remedy: str, severity: Severity = Severity.WARNING) -> None:
        self.findings.append(Finding(self.file, 0, what, remedy, severity, place))


def _are_items(owner: Item, rows: Sequence[OutlineRow]) -> bool:
    """Whether rows without codes are items: all bear points and have guidance, evidence or lines of their own."""
    plain = [row for row in rows if row.code is None]
    if not plain or not all(row.points or row.surveyed is not None for row in plain):
        return False
    if owner.depth == 1:
        return True
    total = sum((row.points[0] for row in plain if row.points), ZERO)
    if owner.max is not None and total != owner.max:
        return False
    bulleted = any(row.code is not None for row in rows)
    return bulleted or all(row.guidance or row.evidence for row in plain)


def _fill(item: Item, row: OutlineRow) -> None:
    """What a row says of its item; a name of several lines may hold the first lines of its rule."""
    first, *more = row.name.split("\n") if row.name else [""]
    rule_lines: list[str] = []
    for text in more:
        bullet, _ = split_code(text)
        if bullet is not None or rule_lines or _is_scored(text):
            rule_lines.append(text)
        else:
            first = f"{first} {text}"
    item.name = first.strip(" .:;")
    points = list(row.points)
    if points:
        item.max = points.pop(0)
    elif row.surveyed:
        item.max = row.surveyed
    item.surveyed = row.surveyed
    texts = [*rule_lines, *row.guidance]
    beside: list[Decimal | None] = [*points] if len(points) == len(texts) else [None] * len(texts)
    item.lines += [ItemLine(text, own) for text, own in zip(texts, beside, strict=True)]
    if points and len(points) != len(texts):
        item.lines.append(ItemLine(f"({'; '.join(map(said, points))})"))
    item.evidence, item.appraiser = row.evidence, row.appraiser
    item.source, item.note, item.notes = row.source, row.note, row.notes
    if row.odd_points:
        item.note = f"{item.note} {row.odd_points}".strip()


def _lines_of(row: OutlineRow) -> list[ItemLine]:
    """A row without a code as lines of a rule."""
    points = row.points[0] if len(row.points) == 1 else None
    name = " ".join(row.name.split("\n")) if points is not None else row.name
    texts = [text for text in (*name.split("\n"), *row.guidance) if text]
    if row.odd_points and texts:
        return [ItemLine(f"{texts[0]}: {row.odd_points}"), *map(ItemLine, texts[1:])]
    if len(row.points) == len(texts):
        return [ItemLine(text, own) for text, own in zip(texts, row.points, strict=True)]
    return [ItemLine(text, points if len(texts) == 1 else None) for text in texts]


def _is_scored(text: str) -> bool:
    """Whether a line says what something is worth."""
    clauses: Sequence[Clause] = RuleText([ItemLine(tidy(text))], ZERO).clauses
    return any(clause.points is not None or clause.formula for clause in clauses)
