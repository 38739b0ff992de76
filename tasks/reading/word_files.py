"""The bytes of a .docx → its tables, each cell with its place, its tracked changes read both ways, and its comments.

Everything is counted before anything is built (counting.py), and nothing outside the package is ever fetched. Runs in
a process that may die (isolation.py). Source: ECMA-376 part 1, 17.4 (tables), 17.13 (revisions).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from models.forms.packed_files import KEPT_NAMESPACE
from tasks.reading.archives import Archive
from tasks.reading.counting import PartWalk, Room
from tasks.reading.printed_tables import PrintedAnnex, PrintedCell, PrintedTable, lines_in
from tasks.reading.refusing import UnopenableError
from tasks.reading.word_numbering import ListNumbering, W, value_of

SAVE_AS_WORD = "Mở bằng Word hoặc LibreOffice, lưu lại dạng .docx rồi nhập lại"
_DOCUMENT = "word/document.xml"
_INSERTED, _DELETED = (f"{W}ins", f"{W}moveTo"), (f"{W}del", f"{W}moveFrom")
_BREAKS = {f"{W}br": "\n", f"{W}cr": "\n", f"{W}tab": " ", f"{W}noBreakHyphen": "-"}
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_SYMBOLS = {0xB3: "≥", 0xA3: "≤", 0xB4: "×", 0xB8: "÷", 0xB7: "•", 0x2D: "-", 0xB1: "±"}  # of the font Symbol
_NO_SYMBOL = "□"
_PASSED_OVER = (f"{W}pPr", f"{W}rPr", f"{W}txbxContent")
_MOST_COLUMNS = 100
_LONGEST_COMMENT = 200
_USUAL_LINKS = ("hyperlink", "attachedTemplate")


class _Read(NamedTuple):
    """A text with changes taken, and with changes refused."""

    after: str
    before: str


class _Document:
    """One way through a document: what its paragraphs and tables say."""

    def __init__(self, numbering: ListNumbering, notes: Mapping[str, str]) -> None:
        self._numbering = numbering
        self._notes = notes
        self.tables: list[PrintedTable] = []
        self.above: list[str] = []

    def read(self, body: Element) -> None:
        """Go through the body."""
        for block in _blocks(body):
            if block.tag == f"{W}tbl":
                self.tables.append(self._table(block, f"bảng {len(self.tables) + 1}"))
                self.above = []
            elif text := self._paragraph(block).after:
                self.above.append(text)

    # --- tables -------------------------------------------------------------------------------------------------------

    def _table(self, table: Element, title: str) -> PrintedTable:
        rows = [self._row(row, title) for row in _within(table, f"{W}tr")]
        width = max(map(len, rows), default=0)
        return PrintedTable(title, tuple((*row, *[PrintedCell()] * (width - len(row))) for row in rows), (*self.above,))

    def _row(self, row: Element, title: str) -> list[PrintedCell]:
        properties = row.find(f"{W}trPr")
        cells = [PrintedCell()] * _span(properties, "gridBefore", 0, title)
        inserted, deleted = (
            properties is not None and properties.find(f"{W}{change}") is not None for change in ("ins", "del")
        )
        for cell in _within(row, f"{W}tc"):
            of_cell = cell.find(f"{W}tcPr")
            merged = None if of_cell is None else of_cell.find(f"{W}vMerge")
            span = _span(of_cell, "gridSpan", 1, title)
            if merged is not None and merged.get(f"{W}val", "continue") == "continue":
                first = PrintedCell(continued=True)
            else:
                first = self._cell(cell, inserted=inserted, deleted=deleted)
            cells += [first, *[PrintedCell(continued=True)] * (span - 1)]
            if len(cells) > _MOST_COLUMNS:
                raise _too_wide(title)
        return cells

    def _cell(self, cell: Element, *, inserted: bool, deleted: bool) -> PrintedCell:
        read = self._texts(cell)
        after, before = "" if deleted else read.after, "" if inserted else read.before
        notes = (self._notes.get(mark.get(f"{W}id", ""), "") for mark in cell.iter(f"{W}footnoteReference"))
        marks = (mark.get(f"{W}name", "") for mark in cell.iter(f"{W}bookmarkStart"))
        kept_notes = tuple(note for note in notes if note)
        return PrintedCell(after, None if after == before else before, notes=kept_notes, marks=tuple(marks))

    def _texts(self, cell: Element) -> _Read:
        """All paragraphs of a cell, one a line; those of a table within it too."""
        lines: list[_Read] = []
        for block in _blocks(cell):
            if block.tag == f"{W}p":
                lines.append(self._paragraph(block))
            else:
                lines += [self._texts(inner) for row in _within(block, f"{W}tr") for inner in _within(row, f"{W}tc")]
        return _Read(*("\n".join(filter(None, one)) for one in zip(*lines, strict=True))) if lines else _Read("", "")

    # --- paragraphs ---------------------------------------------------------------------------------------------------

    def _paragraph(self, paragraph: Element) -> _Read:
        number = self._numbering.printed_before(paragraph.find(f"{W}pPr"))
        after, before = [number], [number]
        for text, tracked in _runs(paragraph, None):
            if tracked != "deleted":
                after.append(text)
            if tracked != "inserted":
                before.append(text)
        return _Read(lines_in("".join(after)), lines_in("".join(before)))


def read_word(content: bytes) -> PrintedAnnex:
    """The tables of a document.

    Raises:
        UnopenableError: it is none, is damaged or locked, could run something, or has more than an annex could.
    """
    archive = Archive(content)
    parts = archive.xml_parts()
    if _DOCUMENT not in parts:
        raise UnopenableError("đây là tệp nén hoặc tài liệu khác, không phải văn bản Word (.docx)", SAVE_AS_WORD)
    room = Room()
    for name, part in parts.items():
        PartWalk(name, room).walk(part)
    trees = {name: tree_of(name, part) for name, part in parts.items() if name.startswith("word/") and part}
    body = trees[_DOCUMENT].find(f"{W}body") if _DOCUMENT in trees else None
    if body is None:
        raise UnopenableError("văn bản không có nội dung", SAVE_AS_WORD)
    document = _Document(ListNumbering(trees.get("word/numbering.xml")), _notes(trees.get("word/footnotes.xml")))
    document.read(body)
    unread, kept = tuple(_unread(trees, body)), _kept(archive)
    return PrintedAnnex(tuple(document.tables), tuple(_comments(trees)), unread, kept, tuple(document.above))


def _kept(archive: Archive) -> tuple[tuple[str, str], ...]:
    """What a file of ours keeps unseen; nothing of any other."""
    room = Room()
    for name, part in archive.custom_parts(KEPT_NAMESPACE).items():
        PartWalk(name, room).walk(part)
        tree = tree_of(name, part)
        if tree.tag == f"{{{KEPT_NAMESPACE}}}kept":
            return tuple((line.get("name", ""), line.text or "") for line in tree)
    return ()


def tree_of(name: str, part: bytes) -> Element:
    """The elements of a part that was counted before.

    Raises:
        UnopenableError: it is no XML.
    """
    try:
        return ElementTree.fromstring(part)
    except ElementTree.ParseError as damaged:
        raise UnopenableError(f"nội dung tệp bị hỏng, không đọc được (phần {name})", SAVE_AS_WORD) from damaged


def _blocks(parent: Element) -> Iterator[Element]:
    """Paragraphs and tables, also where content controls and tracked moves stand around them."""
    for child in parent:
        if child.tag in (f"{W}p", f"{W}tbl"):
            yield child
        elif child.tag in (f"{W}sdt", f"{W}sdtContent", *_INSERTED):
            yield from _blocks(child)


def _within(parent: Element, tag: str) -> Iterator[Element]:
    """The rows of a table or the cells of a row, also where content controls stand around them."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in (f"{W}sdt", f"{W}sdtContent"):
            yield from _within(child, tag)


def _span(properties: Element | None, name: str, otherwise: int, title: str) -> int:
    text = "" if properties is None else value_of(properties, name)
    if not (text.isascii() and text.isdecimal()):
        return otherwise
    if len(text) > 3 or int(text) > _MOST_COLUMNS:
        raise _too_wide(title)
    return int(text)


def _too_wide(title: str) -> UnopenableError:
    what = f"{title} rộng hơn {_MOST_COLUMNS} cột, nhiều bất thường nên không được mở"
    return UnopenableError(what, "Chỉ giữ các bảng của phụ lục trong tệp rồi nhập lại")


def _runs(parent: Element, tracked: str | None) -> Iterator[tuple[str, str | None]]:
    """The texts of a paragraph in their order, each with whether it was inserted or deleted while changes were kept."""
    for child in parent:
        if child.tag in _PASSED_OVER or _is_hidden(child):
            continue
        if child.tag in (f"{W}t", f"{W}delText", f"{_MATH}t"):
            yield child.text or "", tracked
        elif child.tag == f"{W}sym":
            yield _symbol(child), tracked
        elif child.tag == f"{_MATH}f":
            top, bottom = (child.find(f"{_MATH}{part}") for part in ("num", "den"))
            yield f"({_plain_text(top)}/{_plain_text(bottom)})", tracked
        elif child.tag in _BREAKS:
            yield _BREAKS[child.tag], tracked
        else:
            of_child = "inserted" if child.tag in _INSERTED else "deleted" if child.tag in _DELETED else tracked
            yield from _runs(child, of_child)


def _is_hidden(run: Element) -> bool:
    """Whether a run is formatted as hidden, so that no print shows it."""
    vanish = run.find(f"{W}rPr/{W}vanish") if run.tag == f"{W}r" else None
    return vanish is not None and vanish.get(f"{W}val", "1") not in ("0", "false")


def _symbol(sign: Element) -> str:
    """A sign of a font of signs; what is not known leaves a mark, so that no rule is read without it."""
    code = sign.get(f"{W}char", "")
    known = sign.get(f"{W}font", "") == "Symbol" and re.fullmatch(r"(?:F0)?([0-9A-Fa-f]{2})", code)
    return _SYMBOLS.get(int(known[1], 16), _NO_SYMBOL) if known else _NO_SYMBOL


def _notes(part: Element | None) -> dict[str, str]:
    """Footnotes by id; those that only draw the line above them have a type and no text."""
    found = [] if part is None else part.iter(f"{W}footnote")
    return {note.get(f"{W}id", ""): lines_in(_plain_text(note)) for note in found if not note.get(f"{W}type")}


def _plain_text(parent: Element | None) -> str:
    return "" if parent is None else "".join(text for text, tracked in _runs(parent, None) if tracked != "deleted")


def _comments(trees: Mapping[str, Element]) -> Iterator[str]:
    part = trees.get("word/comments.xml")
    for comment in [] if part is None else part.iter(f"{W}comment"):
        if text := " ".join(lines_in(_plain_text(comment)).split("\n")):
            yield text[:_LONGEST_COMMENT]


def _unread(trees: Mapping[str, Element], body: Element) -> Iterator[str]:
    """What the reader passes over, so that nobody takes it for read."""
    if next(body.iter(f"{W}altChunk"), None) is not None:
        yield "một phần văn bản nhúng từ tệp khác (altChunk)"
    boxes = sum(bool(_plain_text(box).strip()) for box in body.iter(f"{W}txbxContent"))
    if boxes:
        yield f"{boxes} khung chữ (text box)"
    hidden = sum(map(_is_hidden, body.iter(f"{W}r")))
    if hidden:
        yield f"{hidden} đoạn chữ ẩn"
    objects = sum(1 for _ in body.iter(f"{W}object"))
    if objects:
        yield f"{objects} đối tượng nhúng (công thức, hình vẽ)"
    outside = sorted(_kinds_outside(tree for name, tree in trees.items() if name.endswith(".rels")))
    if outside:
        yield f"nội dung ở ngoài tệp ({', '.join(outside)}), không được tải về"


def _kinds_outside(relations: Iterator[Element] | Sequence[Element]) -> set[str]:
    """What kinds of things outside the package it points to, beside links in its text and the template it came from."""
    kinds = {
        relation.get("Type", "").rpartition("/")[2]
        for tree in relations
        for relation in tree
        if relation.get("TargetMode") == "External"
    }
    return kinds - set(_USUAL_LINKS)
