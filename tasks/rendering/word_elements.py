"""What a Word file is made of: paragraphs, rules, tables, page numbers, in the order of elements that its schema asks.

Text becomes text and nothing else: no field, no link, no macro comes from it.
Source: ECMA-376, part 1, 17 (WordprocessingML).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from unicodedata import normalize

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length

from tasks.rendering import word_looks as looks
from tasks.rendering.word_looks import Look

BREAK = "\n"
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_RULE_LINE = 6  # eighths of a point


class Run(NamedTuple):
    """Text in one look, as far as that differs from its paragraph's; a line break is a run of its own."""

    text: str
    bold: bool | None = None
    italic: bool | None = None
    raised: bool = False
    size: float | None = None
    color: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table.

    Attributes:
        blocks: its paragraphs; one at least.
        columns, rows: how many it goes over.
        shaded: whether its ground is grey.
        continues: whether it is the lower part of a cell over rows.
        mark: the name of a bookmark around its text, by which its row is known when the file comes back edited.
    """

    blocks: Sequence[Any]
    columns: int = 1
    rows: int = 1
    shaded: bool = False
    continues: bool = False
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; `head` stands again on every page, `whole` is never split, `kept` stays with the next one."""

    cells: Sequence[Cell]
    head: bool = False
    whole: bool = True
    kept: bool = False


def clean(text: str) -> str:
    """A text in composed Unicode without characters that no XML may hold."""
    return _NO_TEXT.sub("", normalize("NFC", text))


def element(tag: str, *children: Any, **attributes: str | int) -> Any:
    """`<w:tag w:name="value">` with its children."""
    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    made.extend(children)
    return made


def paragraph(look: Look, runs: Iterable[Run | Any] = (), *, align: str = "", keep: bool = False) -> Any:
    """A paragraph in one of the styles; runs may be finished elements."""
    about = element("pPr", element("pStyle", val=look.id))
    if keep:
        about.append(element("keepNext"))
    if align:
        about.append(element("jc", val=align))
    return element("p", about, *(_run(run) if isinstance(run, Run) else run for run in runs))


def keep_with_next(block: Any) -> None:
    """Leave a paragraph on the page of what follows it; a table stays what it is."""
    for each in block.iter(qn("w:pPr")) if block.tag == qn("w:p") else ():
        if each.find(qn("w:keepNext")) is None:
            each.find(qn("w:pStyle")).addnext(element("keepNext"))


def rule(length: int, room: Length, after: int = 0) -> Any:
    """A solid line as long as this (twips), in the middle of the room; `after` is the gap under it, in points."""
    side = max((room.twips - length) // 2, 0)
    line = element("pBdr", element("top", val="single", sz=_RULE_LINE, space=0, color="000000"))
    spacing = element("spacing", before=50, after=after * 20, line=20, lineRule="exact")
    about = element("pPr", element("pStyle", val=looks.RULE.id), element("keepNext"), line, spacing)
    about.append(element("ind", left=side, right=side, firstLine=0))
    return element("p", about)


def spacer(points: int = 1) -> Any:
    """An empty line of this height: between two tables, which would become one, and after one that ends the text."""
    spacing = element("spacing", before=0, after=0, line=points * 20, lineRule="exact")
    return element("p", element("pPr", element("pStyle", val=looks.RULE.id), element("keepNext"), spacing))


def page_number() -> Any:
    """The field that shows the number of the page."""
    return element("fldSimple", element("r", element("t")), instr=" PAGE ")


def tab() -> Any:
    """To the next stop of the line."""
    return element("r", element("tab"))


def centre_stop(block: Any, place: int) -> None:
    """A tab stop in a paragraph, at which text is centred; in twips."""
    block.pPr.append(element("tabs", element("tab", val="center", pos=place)))


def layout(widths: Sequence[int], rows: Sequence[Sequence[Sequence[Any]]]) -> Any:
    """A table without lines, which puts paragraphs side by side."""
    made = [Row([Cell(blocks) for blocks in cells]) for cells in rows]
    return table(widths, made, style="TableNormal", middle=False)


def table(
    widths: Sequence[int],
    rows: Sequence[Row],
    *,
    style: str = looks.TABLE_STYLE,
    middle: bool = True,
    beside: int | None = None,
) -> Any:
    """A table with columns of these widths (twips), which Word leaves as they are.

    Args:
        widths: one for each column.
        rows: from above.
        style: of the table.
        middle: whether cells stand in the middle of their row.
        beside: the room left and right of the text in a cell, where it is not the style's.
    """
    about = element(
        "tblPr",
        element("tblStyle", val=style),
        element("tblW", w=sum(widths), type="dxa"),
        element("tblLayout", type="fixed"),
        *([] if beside is None else [_margins(beside)]),
        element("tblLook", val="0420" if rows and rows[0].head else "0400"),
    )
    grid = element("tblGrid", *(element("gridCol", w=width) for width in widths))
    return element("tbl", about, grid, *(_row(row, widths, middle) for row in rows))


def _margins(beside: int) -> Any:
    return element("tblCellMar", *(element(side, w=beside, type="dxa") for side in ("left", "right")))


def _row(row: Row, widths: Sequence[int], middle: bool) -> Any:
    about = element("trPr")
    if row.whole:
        about.append(element("cantSplit"))
    if row.head:
        about.append(element("tblHeader"))
    made = element("tr", *([about] if len(about) else []))
    place = 0
    for cell in row.cells:
        made.append(_cell(cell, sum(widths[place : place + cell.columns]), middle))
        place += cell.columns
    if row.kept:
        for block in made.iter(qn("w:p")):
            keep_with_next(block)
    return made


def _put_mark(blocks: Sequence[Any], name: str) -> None:
    """A bookmark from the beginning of the first paragraph to the end of the last.

    Source: ECMA-376, part 1, 17.13.6; names that begin with `_` are not listed to people.
    """
    blocks[0].insert(1, element("bookmarkStart", id=0, name=name))  # behind what is said of the paragraph
    blocks[-1].append(element("bookmarkEnd", id=0))


def number_marks(body: Any) -> None:
    """Give every bookmark of a document a number of its own."""
    for kind in ("bookmarkStart", "bookmarkEnd"):
        for number, mark in enumerate(body.iter(qn(f"w:{kind}"))):
            mark.set(qn("w:id"), str(number))


def _cell(cell: Cell, width: int, middle: bool) -> Any:
    about = element("tcPr", element("tcW", w=width, type="dxa"))
    if cell.columns > 1:
        about.append(element("gridSpan", val=cell.columns))
    if cell.continues:
        about.append(element("vMerge"))
    elif cell.rows > 1:
        about.append(element("vMerge", val="restart"))
    if cell.shaded:
        about.append(element("shd", val="clear", color="auto", fill=looks.GREY))
    if middle:
        about.append(element("vAlign", val="center"))
    if cell.mark:
        _put_mark(cell.blocks, cell.mark)
    return element("tc", about, *cell.blocks)


def _run(run: Run) -> Any:
    about = element("rPr", *_run_looks(run))
    body = element("br") if run.text == BREAK else element("t")
    if run.text != BREAK:
        body.text = clean(run.text)
        body.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return element("r", *([about] if len(about) else []), body)


def _run_looks(run: Run) -> Iterator[Any]:
    for tag, is_on in (("b", run.bold), ("i", run.italic)):
        if is_on is not None:
            yield element(tag, val=int(is_on))
            yield element(f"{tag}Cs", val=int(is_on))
    if run.color:
        yield element("color", val=run.color)
    if run.size is not None:
        yield element("sz", val=round(run.size * 2))
        yield element("szCs", val=round(run.size * 2))
    if run.raised:
        yield element("vertAlign", val="superscript")
