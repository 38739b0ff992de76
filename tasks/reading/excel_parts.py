"""The parts of an .xlsx, each gone through once: which sheets there are, and what stands behind the cells of each.

Relations, shared texts and styles say where the sheets are, how long their texts are and which numbers are shown as
percentages; all other parts are only counted.
"""

from collections.abc import Mapping, Sequence
from posixpath import dirname, normpath
from typing import ClassVar

from tasks.reading.counting import LIMITS, MOST_TEXT, Act, Attributes, PartWalk, Room, refuse_far, whole_number
from tasks.reading.refusing import FILL_IN_AGAIN, SAVE_AGAIN, TOO_BIG, UnopenableError
from tasks.reading.sheet_marks import PERCENT_FORMATS, SheetMarks, SheetWalk

MOST_SHEETS = 50
_SMALLEST_CELL = 20  # in bytes of XML
_MAY_LEAD_OUT = frozenset({"hyperlink", "externalLinkPath", "externalLinkLongPath", "xlPathMissing"})

# As readers find them, whatever letters the archive writes them in.
_WORKBOOK, _STRINGS, _STYLES = "xl/workbook.xml", "xl/sharedstrings.xml", "xl/styles.xml"
_RELATIONS_ENDING, _NOT_ALWAYS_XML = ".rels", ".vml"


def marks_of_sheets(parts: Mapping[str, bytes]) -> list[tuple[str, SheetMarks]]:
    """Title of each sheet and what stands behind its cells, in the order of the workbook.

    Args:
        parts: all parts of XML, by name.

    Raises:
        UnopenableError: something reaches out of its sheet or out of the file, or there is too much of something.
    """
    left = {name.casefold(): part for name, part in parts.items()}
    room = Room()
    workbook, strings, styles = WorkbookWalk(_WORKBOOK, room), StringsWalk(_STRINGS, room), StylesWalk(_STYLES, room)
    for walk in (workbook, strings, styles):
        walk.walk(left.pop(walk.name, b""))
    links = RelationsWalk("xl/_rels/workbook.xml.rels", room)
    links.walk(left.pop(links.name, b""))
    refuse_many_sheets(len(workbook.sheets))
    sheets = [(title, links.targets.get(link, "").casefold()) for title, link in workbook.sheets]
    found = [(title, name, left.pop(name, b"")) for title, name in sheets]
    if len({name for _, name in sheets if name}) < sum(bool(name) for _, name in sheets):
        raise UnopenableError("các trang của tệp dùng chung một phần bên trong nên không được mở", SAVE_AGAIN)
    texts = strings.lengths if strings.may_repeat_much([part for _, _, part in found]) else ()
    walks = [SheetWalk(name, title, room, styles.percents, texts) for title, name, _ in found]
    for sheet, (_, _, part) in zip(walks, found, strict=True):
        sheet.walk(part)
        refuse_far(sheet.title, sheet.rows, sheet.columns)
    if sum(sheet.text for sheet in walks) > MOST_TEXT:
        raise UnopenableError("tệp lặp lại một nội dung dài trong quá nhiều ô nên không được mở", TOO_BIG)
    for name, part in left.items():
        if not name.endswith(_NOT_ALWAYS_XML):
            (RelationsWalk if name.endswith(_RELATIONS_ENDING) else PartWalk)(name, room).walk(part)
    return [(sheet.title, sheet.marks) for sheet in walks]


def refuse_many_sheets(count: int) -> None:
    """Refuse a workbook of more sheets than any form of ours.

    Raises:
        UnopenableError: there are too many.
    """
    if count > MOST_SHEETS:
        raise UnopenableError(f"tệp có {count} trang, biểu mẫu có nhiều nhất vài trang", TOO_BIG)


class WorkbookWalk(PartWalk):
    """One way through the part that lists the sheets.

    Attributes:
        sheets: title and id of the relation of each.
    """

    def __init__(self, name: str, room: Room) -> None:
        super().__init__(name, room)
        self.sheets: list[tuple[str, str]] = []

    def _on_sheet(self, attributes: Attributes) -> None:
        link = next((value for name, value in attributes.items() if name.endswith(":id")), "")
        self.sheets.append((attributes.get("name", ""), link))

    at_start: ClassVar[Mapping[str, Act]] = {"sheet": _on_sheet}


class RelationsWalk(PartWalk):
    """One way through a part of relations.

    Attributes:
        targets: names of parts by the ids of the relations that lead to them.
    """

    def __init__(self, name: str, room: Room) -> None:
        super().__init__(name, room)
        self.targets: dict[str, str] = {}
        self._folder = dirname(dirname(name))

    def _on_relation(self, attributes: Attributes) -> None:
        target = attributes.get("Target", "")
        if attributes.get("TargetMode") == "External":
            if attributes.get("Type", "").rpartition("/")[2] not in _MAY_LEAD_OUT:
                raise self._leads_out(target)
            return
        path = normpath(f"{'' if target.startswith('/') else self._folder}/{target}".lstrip("/"))
        if path.startswith("..") or ":" in path:
            raise self._leads_out(target)
        self.targets[attributes.get("Id", "")] = path

    def _leads_out(self, target: str) -> UnopenableError:
        what = f"tệp lấy nội dung từ ngoài tệp (“{target[:60]}”, phần {self.name}) nên không được mở"
        return UnopenableError(what, FILL_IN_AGAIN)

    at_start: ClassVar[Mapping[str, Act]] = {"Relationship": _on_relation}


class StringsWalk(PartWalk):
    """One way through the shared texts."""

    def __init__(self, name: str, room: Room) -> None:
        super().__init__(name, room)
        self._starts: list[int] = []
        self._length = 0

    def walk(self, part: bytes) -> None:
        """Go through the part once."""
        self._length = len(part)
        super().walk(part)

    @property
    def lengths(self) -> list[int]:
        """How many bytes each text takes in the part."""
        ends = [*self._starts[1:], self._length]
        return [end - start for start, end in zip(self._starts, ends, strict=True)] if self._starts else []

    def may_repeat_much(self, sheets: Sequence[bytes]) -> bool:
        """Whether the longest text would fill the memory if every cell that the sheets have room for held it."""
        return max(self.lengths, default=0) * (sum(map(len, sheets)) // _SMALLEST_CELL) > MOST_TEXT

    def _on_table(self, attributes: Attributes) -> None:
        announced = attributes.get("uniqueCount")
        if announced and whole_number(announced, LIMITS["si"].most) is None:  # for so many a reader makes room
            what = f"tệp khai báo có {announced[:20]} chuỗi chữ, không đúng với nội dung nên không được mở"
            raise UnopenableError(what, SAVE_AGAIN)

    def _on_text(self, attributes: Attributes) -> None:
        self._starts.append(self.parser.CurrentByteIndex)

    at_start: ClassVar[Mapping[str, Act]] = {"sst": _on_table, "si": _on_text}


class StylesWalk(PartWalk):
    """One way through the styles.

    Attributes:
        percents: the numbers of the cell styles that show a number as a percentage.
    """

    def __init__(self, name: str, room: Room) -> None:
        super().__init__(name, room)
        self.percents: set[str] = set()
        self._formats = set(PERCENT_FORMATS)
        self._number: int | None = None

    def _on_format(self, attributes: Attributes) -> None:
        if "%" in attributes.get("formatCode", ""):
            self._formats.add(attributes.get("numFmtId", ""))

    def _on_styles_of_cells(self, attributes: Attributes) -> None:
        self._number = 0

    def _on_other_styles(self, attributes: Attributes) -> None:
        self._number = None

    def _on_style(self, attributes: Attributes) -> None:
        if self._number is not None:
            if attributes.get("numFmtId") in self._formats:
                self.percents.add(str(self._number))
            self._number += 1

    at_start: ClassVar[Mapping[str, Act]] = {
        "numFmt": _on_format,
        "cellXfs": _on_styles_of_cells,
        "cellStyleXfs": _on_other_styles,
        "cellStyles": _on_other_styles,
        "xf": _on_style,
    }
