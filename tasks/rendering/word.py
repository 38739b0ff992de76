"""A finished paper → the same paper as a Word file: every word and figure of its HTML, in the format of NĐ 30.

Our papers are written in a small vocabulary of elements and classes (word_looks.py, report_templates/style). This is
a second medium of that vocabulary, not a converter of web pages: what is no part of it is refused by name, so nothing
of a paper can get lost on the way. The words stand once, in the templates, and the same tree is read as for the PDF.
Source: Nghị định 30/2020/NĐ-CP, Phụ lục I.
"""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import docx
from docx.image.exceptions import InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.parser import parse_xml
from docx.shared import Length, Mm, Twips

from models.working_days import VIETNAM
from tasks.rendering import word_looks as looks
from tasks.rendering.images import as_dots
from tasks.rendering.pdf import Document, UnknownElementError
from tasks.rendering.word_elements import (
    BREAK,
    Cell,
    Row,
    Run,
    centre_stop,
    clean,
    element,
    keep_with_next,
    layout,
    number_marks,
    page_number,
    paragraph,
    rule,
    spacer,
    tab,
    table,
)
from tasks.rendering.word_kept import keep_lines
from tasks.rendering.word_looks import Look
from tasks.spreadsheets.clockless import without_clock

_SPACES = re.compile(r"[ \t\n\r\f]+")
_LEFT_COLUMN = 37  # percent of the letterhead, as style/documents.css has it
_PART = 40  # percent of the text over it, of a rule that is 1/3–1/2 as long
_KEPT_NOTES = 6  # the last of the notes stay together
_ACROSS = 3  # small charts beside each other
_CHART, _SMALL_CHART, _CODE = 160, 51, 25  # widths in millimetres
_STAYS_WITH_THE_ONE_BEFORE = frozenset(("text ending", "closing"))
_ATTRIBUTES = frozenset(("class", "data-label", "id", "scope", "colspan", "rowspan", "src", "alt"))
_SPANS = frozenset(map(str, range(1, 64)))  # what Word takes of columns
_LONGEST = 255  # characters of a property of a file
_KEPT_PARTS = frozenset(
    (RELATIONSHIP_TYPE.STYLES, RELATIONSHIP_TYPE.SETTINGS, RELATIONSHIP_TYPE.FONT_TABLE, RELATIONSHIP_TYPE.THEME)
)
_THUMBNAIL = RELATIONSHIP_TYPE.THUMBNAIL
_SETTINGS = (
    '<w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    '<w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/><w:characterSpacingControl w:val="doNotCompress"/>'
    '<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word"'
    f' w:val="15"/></w:compat><w:themeFontLang w:val="{looks.LANGUAGE}"/>'
    '<w:decimalSymbol w:val=","/><w:listSeparator w:val=";"/></w:settings>'
)
_MADE_BY = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    b"<Application>cchc</Application></Properties>"
)
_FONTS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    f'<w:font w:name="{looks.FONT}"><w:charset w:val="00"/><w:family w:val="roman"/><w:pitch w:val="variable"/>'
    "</w:font></w:fonts>"
).encode()


def word_file(
    document: Document, created: date, image_folders: Sequence[Path] = (), kept: Iterable[tuple[str, str]] = ()
) -> bytes:
    """One document as a Word file; the same bytes for the same arguments.

    Args:
        document: as for the PDF.
        created: the date the file carries; a time without zone is one of Vietnam.
        image_folders: folders of the province's images, looked in before report_templates/.
        kept: what it keeps unseen of what it was made of, for whoever reads it back (models/forms/packed_files.py).

    Raises:
        UnknownElementError: it holds an element, class or attribute that our papers do not have.
        RenderingError: an image is missing, refused or broken.
    """
    from tinyhtml5 import parse

    tree = parse(document.html, namespace_html_elements=False)
    body = tree.find("body")
    if body is None:
        raise UnknownElementError("phần tử <frameset>")
    _refuse_attributes(body, frozenset(("class", "data-mark", "data-draft")))
    writer = _Writer(document, image_folders, lying=_classes(body) == "wide")
    writer.put(_within(body))
    if lines := list(kept):
        keep_lines(writer.file, lines)
    told = {meta.get("name", ""): meta.get("content", "") for meta in tree.iter("meta")}
    return without_clock(writer.saved(body, told), _moment(created))


def _moment(created: date) -> str:
    if not isinstance(created, datetime):
        created = datetime.combine(created, time(), VIETNAM)
    zoned = created if created.tzinfo else created.replace(tzinfo=VIETNAM)
    return zoned.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class _Writer:
    """One Word file while the elements of a paper are put into it, in their order."""

    def __init__(self, document: Document, image_folders: Sequence[Path], *, lying: bool) -> None:
        self.document = document
        self.image_folders = image_folders
        self.lying = lying
        self.page = looks.PAPER[::-1] if lying else looks.PAPER
        self.width = Length(self.page[0] - looks.LEFT_MARGIN - looks.RIGHT)
        self.file = _empty_file()
        self.blocks: list[Any] = []

    def put(self, elements: Iterable[Element]) -> None:
        """Elements of the paper itself."""
        known = {
            "letterhead": self._letterhead,
            "closing": self._closing,
            "chart": self._chart,
            "chart multiples": self._charts,
            "notes": self._notes,
        }
        for each in elements:
            classes = _classes(each)
            if classes in _STAYS_WITH_THE_ONE_BEFORE and self.blocks:
                keep_with_next(self.blocks[-1])
            if each.tag == "div" and classes in known:
                _refuse_attributes(each)
                made = known[classes](each)
            elif each.tag == "table":
                made = [_figures(each, self.width)]
            else:
                made = self._paragraphs(each, self.width)
            self._append(made)

    def _append(self, blocks: Iterable[Any]) -> None:
        for block in blocks:
            if _is_table(block) and self.blocks and _is_table(self.blocks[-1]):
                self.blocks.append(spacer())
            self.blocks.append(block)

    def _paragraphs(self, each: Element, room: Length) -> list[Any]:
        """A paragraph of text, and the rule under it where it has one."""
        look = looks.PARAGRAPHS.get((each.tag, _classes(each)))
        if look is None:
            raise _unknown(each)
        runs = list(_runs(each, one_line=self.lying and look.id == "reference"))
        made = [paragraph(look, runs)]
        if each.find("span[@class='lined']") is not None:
            made.append(rule(_longest(runs, look) * _PART // 100, room, after=looks.UNDER_RULE.get(look.id, 0)))
        elif look.id == "motto":
            made.append(rule(_longest(runs, look), room))
        return made

    def _letterhead(self, each: Element) -> list[Any]:
        left = self.width.twips * _LEFT_COLUMN // 100
        widths = [left, self.width.twips - left]
        rows = [[self._column(*pair) for pair in zip(_parts(row, 2), widths, strict=True)] for row in _within(each)]
        if not rows:
            raise _unknown(each)
        return [layout(widths, rows)]

    def _closing(self, each: Element) -> list[Any]:
        half = self.width.twips // 2
        return [
            spacer(looks.OVER_CLOSING),
            layout([half, half], [[self._column(column, half) for column in _parts(each, 2)]]),
        ]

    def _column(self, column: Element, twips: int) -> list[Any]:
        """What stands in one column of letterhead or closing."""
        if column.tag != "div" or _classes(column) not in ("", "left", "right"):
            raise _unknown(column)
        room = Twips(twips)
        blocks = [block for each in _within(column) for block in self._in_column(each, room)]
        return blocks or [spacer()]

    def _in_column(self, each: Element, room: Length) -> list[Any]:
        match each.tag, _classes(each):
            case "div", "issuer":
                lines = [line for lined in _within(each) for line in _within(lined)]
                look = looks.PARAGRAPHS["p", "issuer"]
                runs = [list(_runs(line)) for line in lines]
                longest = max((_longest(line, look) for line in runs), default=0)
                return [*(paragraph(look, line) for line in runs), rule(longest * _PART // 100, room)]
            case "div", "signature-room":
                return [spacer(looks.ROOM_TO_SIGN)]
            case "div", "code":
                image, words = _parts(each, 2)
                return [self._picture(image, _CODE, looks.CODE), paragraph(looks.CODE, _runs(words))]
        return self._paragraphs(each, room)

    def _notes(self, each: Element) -> list[Any]:
        made = [block for one in _within(each) for block in self._paragraphs(one, self.width)]
        for block in made[-_KEPT_NOTES:-1]:
            keep_with_next(block)
        return made

    def _chart(self, each: Element) -> list[Any]:
        image, title = _parts(each, 2)
        return [self._picture(image, _CHART, looks.CHART), *self._paragraphs(title, self.width)]

    def _charts(self, each: Element) -> list[Any]:
        """Small charts, three across, each under its own name; the title of all under them."""
        charts, title = _within(each)[:-1], _within(each)[-1:]
        if not charts:
            raise _unknown(each)
        cells = []
        for chart in charts:
            name, image = _parts(chart, 2)
            cells.append(
                [paragraph(looks.CHART_NAME, _runs(name)), self._picture(image, _SMALL_CHART, looks.CHART_NAME)]
            )
        rows = [cells[at : at + _ACROSS] for at in range(0, len(cells), _ACROSS)]
        empty = [[paragraph(looks.CHART_NAME)]] * (-len(cells) % _ACROSS)
        third = self.width.twips // _ACROSS
        return [layout([third] * _ACROSS, [*rows[:-1], rows[-1] + empty]), *self._paragraphs(title[0], self.width)]

    def _picture(self, image: Element, width: int, look: Look) -> Any:
        """A paragraph that holds an image with its alternate text."""
        if image.tag != "img":
            raise _unknown(image)
        _refuse_attributes(image)
        content = as_dots(self.document, image.get("src", ""), width, self.image_folders)
        try:
            inline = self.file.part.new_pic_inline(io.BytesIO(content), width=Mm(width))
        except (UnrecognizedImageError, UnexpectedEndOfFileError, InvalidImageStreamError) as error:
            raise UnknownElementError(f"hình {image.get('src')}") from error
        inline.docPr.set("descr", clean(image.get("alt", "")))
        return paragraph(look, [element("r", element("drawing", inline))])

    def saved(self, body: Element, told: dict[str, str]) -> bytes:
        """The file, with its page, its marks and its metadata."""
        end = self.file.element.body.sectPr
        for block in (*self.blocks, *([spacer()] if self.blocks and _is_table(self.blocks[-1]) else [])):
            end.addprevious(block)
        number_marks(self.file.element.body)
        self._set_page(body.get("data-draft", ""), body.get("data-mark", ""))
        self._describe(told)
        saved = io.BytesIO()
        self.file.save(saved)
        return saved.getvalue()

    def _set_page(self, draft: str, mark: str) -> None:
        """Paper, margins, the number from page 2 in the top margin, the mark of a draft there and of a sample below."""
        section = self.file.sections[0]
        section.page_width, section.page_height = self.page
        if self.lying:
            section.orientation = 1
        section.top_margin, section.bottom_margin = looks.TOP, looks.BOTTOM
        section.left_margin, section.right_margin = looks.LEFT_MARGIN, looks.RIGHT
        section.header_distance = section.footer_distance = looks.IN_TOP_MARGIN
        section.different_first_page_header_footer = True
        said = Run(draft, bold=True, size=looks.MARK.size, color=looks.RED)
        below = Run(mark, color=looks.RED)
        for head, number in ((section.first_page_header, []), (section.header, [tab(), page_number()])):
            block = paragraph(looks.PAGE_NUMBER, [*([said] if draft else []), *number])
            centre_stop(block, self.width.twips // 2)
            _fill(head, block)
        for foot in (section.first_page_footer, section.footer):
            _fill(foot, paragraph(looks.MARK, [below] if mark else []))

    def _describe(self, told: dict[str, str]) -> None:
        about = self.file.core_properties
        about.title = clean(self.document.title)[:_LONGEST]
        about.author = about.last_modified_by = clean(told.get("author", ""))[:_LONGEST]
        about.subject = clean(told.get("description", ""))[:_LONGEST]
        about.keywords = clean(", ".join(self.document.keywords))[:_LONGEST]
        about.comments = ""
        about.language = looks.LANGUAGE
        about.revision = 1


def _empty_file() -> Any:
    """A file with nothing but our styles and settings: no sample styles, no picture, no lists."""
    file = docx.Document()
    package, own = file.part.package.rels, file.part.rels
    for relations, unwanted in ((package, [_THUMBNAIL]), (own, {each.reltype for each in own.values()} - _KEPT_PARTS)):
        for id in [id for id, relation in relations.items() if relation.reltype in unwanted]:
            relations.pop(id)
    package.part_with_reltype(RELATIONSHIP_TYPE.EXTENDED_PROPERTIES)._blob = _MADE_BY
    own.part_with_reltype(RELATIONSHIP_TYPE.FONT_TABLE)._blob = _FONTS
    for part, xml in ((file.styles.element, looks.styles_xml()), (file.settings.element, _SETTINGS)):
        part[:] = list(parse_xml(xml))
    return file


def _fill(margin: Any, block: Any) -> None:
    """What stands in the margin of a page, alone."""
    margin.is_linked_to_previous = False
    margin._element[:] = [block]


def _figures(each: Element, width: Length) -> Any:
    """A table of figures, its head on every page."""
    _refuse_attributes(each)
    base, *classes = (_classes(each) or "-").split()
    if base != "figures" or not set(classes) <= looks.TABLES.keys():
        raise _unknown(each)
    look = looks.IN_TABLES[next((size for name in classes if (size := looks.TABLES[name])), 11.0)]
    columns: list[str] = []
    rows: list[Row] = []
    for part in _within(each):
        if part.tag == "colgroup":
            columns = [_classes(column) for column in _within(part)]
        elif part.tag in ("thead", "tbody"):
            rows += _rows(part, look)
        else:
            raise _unknown(part)
    across = [sum(cell.columns for cell in row.cells) for row in rows]
    columns = columns or [""] * (across[0] if across else 0)
    if not across or set(across) != {len(columns)}:
        raise UnknownElementError(f"bảng có dòng không đủ {len(columns)} cột")
    beside = next((room for name, room in looks.CLOSE_TABLES.items() if name in classes), None)
    return table(looks.column_widths(columns, classes, width), _kept(rows, whole="whole" in classes), beside=beside)


def _kept(rows: list[Row], *, whole: bool) -> list[Row]:
    """Rows with those that stay with the next: heads, the first and the last but one, what stands over others."""
    bodies = [at for at, row in enumerate(rows) if not row.head]
    ends = {bodies[0], bodies[-2]} if len(bodies) > 1 else set()
    last = len(rows) - 1
    return [
        replace(row, kept=at < last and (whole or row.head or row.kept or at in ends)) for at, row in enumerate(rows)
    ]


def _rows(part: Element, look: Look) -> list[Row]:
    """The rows of one part of a table; a cell over several rows goes on as an empty one in those below it."""
    made: list[Row] = []
    hanging: dict[int, Cell] = {}  # by column: what goes on in the next row
    for each in _within(part):
        if each.tag != "tr" or not set(_classes(each).split()) <= looks.ROWS:
            raise _unknown(each)
        kinds = frozenset(_classes(each).split())
        cells: list[Cell] = []
        own = [_cell(cell, look, kinds, head=part.tag == "thead") for cell in _within(each)]
        place, below = 0, {}
        while own or place in hanging:
            cell = hanging.pop(place, None) or own.pop(0)
            cells.append(cell)
            if cell.rows > 1:
                empty = replace(cell, blocks=[paragraph(look)], rows=cell.rows - 1, continues=True)
                below[place] = empty
            place += cell.columns
        hanging = below
        made.append(Row(cells, part.tag == "thead", whole="tall" not in kinds, kept=bool(kinds & looks.KEPT_ROWS)))
    return made


def _cell(each: Element, look: Look, row: frozenset[str], *, head: bool) -> Cell:
    _refuse_attributes(each)
    kinds = set(_classes(each).split())
    if each.tag not in ("td", "th") or not kinds <= looks.CELLS:
        raise _unknown(each)
    runs: Iterable[Run] = _runs(each, lines_kept="words" in kinds)
    if head or (row & looks.BOLD_ROWS):
        runs = [run if run.bold is not None else run._replace(bold=True) for run in runs]
    left = looks.LEFT if kinds & {"name", "reason"} else ""
    return Cell(
        [paragraph(look, runs, align=left)],
        _span(each, "colspan"),
        _span(each, "rowspan"),
        shaded=bool(row & looks.SHADED_ROWS),
        mark=each.get("id", ""),
    )


def _runs(each: Element, *, one_line: bool = False, lines_kept: bool = False) -> Iterator[Run]:
    """The text of an element with its looks, blanks put together as a browser does.

    Args:
        each: a paragraph, a heading or a cell.
        one_line: whether breaks of lines are left out.
        lines_kept: whether the text keeps its own lines.
    """
    _refuse_attributes(each)
    open_line = True  # a blank here would begin a line
    waiting: Run | None = None  # a blank that only counts when text follows in its line
    for run in _inline(each, Run(""), lines_kept=lines_kept):
        if run.text == BREAK:
            if not one_line:
                yield run
                open_line, waiting = True, None
            continue
        text = _SPACES.sub(" ", run.text)
        if text[:1] == " " and (open_line or waiting):
            text = text[1:]
        if not text:
            continue
        if waiting:
            yield waiting
            waiting = None
        if text[-1] == " ":
            waiting = run._replace(text=" ")
            text = text[:-1]
        if text:
            yield run._replace(text=text)
            open_line = False


def _inline(each: Element, look: Run, *, lines_kept: bool) -> Iterator[Run]:
    yield from _text(each.text, look, lines_kept)
    for child in each:
        _refuse_attributes(child)
        inner = look
        match child.tag, _classes(child):
            case "b", "":
                inner = look._replace(bold=True)
            case "i", "":
                inner = look._replace(italic=True)
            case "sup", "":
                inner = look._replace(raised=True)
            case "br", "":
                yield look._replace(text=BREAK)
            case "span", "of":
                yield look._replace(text=BREAK)
                inner = look._replace(bold=False, italic=True, size=10)
            case ("wbr", "") | ("span", "" | "lined"):
                pass
            case _:
                raise _unknown(child)
        yield from _inline(child, inner, lines_kept=lines_kept)
        yield from _text(child.tail, look, lines_kept)


def _text(text: str | None, look: Run, lines_kept: bool) -> Iterator[Run]:
    lines = (text or "").split("\n") if lines_kept else [text or ""]
    for at, line in enumerate(lines):
        if at:
            yield look._replace(text=BREAK)
        if line:
            yield look._replace(text=line)


def _longest(runs: Sequence[Run], look: Look) -> int:
    """How wide the longest line of a text is, in twips."""
    lines = "".join(run.text for run in runs).split(BREAK)
    return max(looks.text_width(line, look.size) for line in lines)


def _within(each: Element) -> list[Element]:
    """The elements inside one that holds no text of its own.

    Raises:
        UnknownElementError: it holds text.
    """
    loose = [each.text or "", *(child.tail or "" for child in each)]
    if any(text.strip(" \t\n\r\f") for text in loose):
        raise UnknownElementError(f"chữ nằm ngoài đoạn văn: “{''.join(loose).strip()[:40]}”")
    return list(each)


def _parts(each: Element, count: int) -> list[Element]:
    """The elements inside one that has so many.

    Raises:
        UnknownElementError: it holds text, more or less.
    """
    parts = _within(each)
    if len(parts) != count:
        raise _unknown(each)
    return parts


def _span(each: Element, name: str) -> int:
    """Over how many columns or rows a cell goes."""
    said = each.get(name, "1")
    if said not in _SPANS:
        raise UnknownElementError(f"{name}={said[:20]!r}")
    return int(said)


def _classes(each: Element) -> str:
    return " ".join(each.get("class", "").split())


def _is_table(block: Any) -> bool:
    return bool(block.tag.endswith("}tbl"))


def _refuse_attributes(each: Element, known: frozenset[str] = _ATTRIBUTES) -> None:
    if unknown := sorted(set(each.attrib) - known):
        raise UnknownElementError(f"thuộc tính “{unknown[0]}” của <{each.tag}>")


def _unknown(each: Element) -> UnknownElementError:
    classes = _classes(each)
    return UnknownElementError(f"phần tử <{each.tag}{f' class={classes!r}' if classes else ''}>")
