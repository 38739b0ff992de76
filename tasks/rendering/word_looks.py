"""How each element of a paper looks in Word: page, styles, widths; the same figures as style/documents.css.

The vocabulary of our papers is closed: an element and its classes name one look, and what is not listed here is no
part of a paper. Column widths are read from style/tables.css, where the PDF has them from.
Source: Nghị định 30/2020/NĐ-CP, Phụ lục I.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from html import escape
from pathlib import Path
from unicodedata import normalize

from docx.shared import Length, Mm, Pt

FONT = "Times New Roman"
LANGUAGE = "vi-VN"
RED = "B00000"
GREY = "E6E6E6"
TABLE_STYLE = "figures"
CENTER, LEFT, BOTH = "center", "left", "both"

# 3.1 Paper A4; margins: top 20–25, bottom 20–25, left 30–35, right 15–20 mm.
PAPER = (Mm(210), Mm(297))
TOP, RIGHT, BOTTOM, LEFT_MARGIN = Mm(20), Mm(16), Mm(20), Mm(30)
IN_TOP_MARGIN = Mm(11)  # from the edge of the paper to the page number
INDENT = Mm(12.7)
ROOM_TO_SIGN = 102  # points: a seal of 36 mm between title and name
OVER_CLOSING = 12  # points
UNDER_RULE = {"reference": 10, "sheet-reference": 4}  # points

_NATURAL_LINE = 1.15  # of Times New Roman, in its size
# Widths of Times New Roman bold, in thousandths of its size; marks over and under a letter add nothing.
_WIDTHS = {
    250: " ,.\u00a0",
    278: "/il",
    333: "-():;fjt",
    389: "Is",
    444: "cerz",
    500: "–“”0123456789Jagovxy",
    556: "Sbdhknpquđ",
    611: "FP",
    667: "BELTZ",
    722: "ACDNRUVXYĐw",
    778: "GHKOQ",
    833: "m",
    944: "M",
    1000: "W",
}
_LETTERS = {letter: width for width, letters in _WIDTHS.items() for letter in letters}
_TABLES_CSS = Path(__file__).resolve().parents[2] / "report_templates" / "style" / "tables.css"
_WIDTH = re.compile(r"^(?:\.(\w+) )?col\.([\w-]+) \{ width: ([\d.]+)(mm|%); \}", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Look:
    """A paragraph style.

    Attributes:
        id: of the style in the file.
        name: what Word calls it.
        size: of its letters, in points.
        align: `both` for justified.
        indent: whether the first line is moved in.
        before, after: the gaps, in points.
        line: from line to line, in sizes of the letters, as CSS says it.
        keep: whether it stays on the page of what follows.
        level: of a heading, 1 to 3; 0 for what is none.
    """

    id: str
    name: str
    size: float = 14
    bold: bool = False
    italic: bool = False
    align: str = LEFT
    indent: bool = False
    before: float = 0
    after: float = 0
    line: float = 1.3
    keep: bool = False
    level: int = 0

    @property
    def xml(self) -> str:
        """The style as WordprocessingML has it."""
        based = f"Heading{self.level}" if self.level else "Normal"
        indent = f'<w:ind w:firstLine="{INDENT.twips}"/>' if self.indent else ""
        spacing = f'w:before="{_twips(self.before)}" w:after="{_twips(self.after)}" w:line="{_lines(self.line)}"'
        return (
            f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{self.id}"><w:name w:val="{escape(self.name)}"/>'
            f'<w:basedOn w:val="{based}"/><w:qFormat/><w:pPr>{"<w:keepNext/>" if self.keep else ""}'
            f'<w:spacing {spacing} w:lineRule="auto"/>{indent}<w:jc w:val="{self.align}"/></w:pPr>'
            f"<w:rPr>{_on('b', self.bold)}{_on('i', self.italic)}{_size(self.size)}</w:rPr></w:style>"
        )


_TEXT = Look("text", "Nội dung", align=BOTH, indent=True, before=6)
_TYPE = Look("type", "Tên loại văn bản", bold=True, align=CENTER, before=18, keep=True, level=1)
_SUBJECT = Look("subject", "Trích yếu", bold=True, align=CENTER, keep=True)
_REFERENCE = Look("reference", "Tham chiếu phụ lục", italic=True, align=CENTER, keep=True)

PARAGRAPHS: dict[tuple[str, str], Look] = {
    ("p", "superior"): Look("superior", "Cơ quan chủ quản", 12, align=CENTER, line=1.15),
    ("p", "issuer"): Look("issuer", "Cơ quan ban hành", 12, bold=True, align=CENTER, line=1.15),
    ("p", "nation"): Look("nation", "Quốc hiệu", 12, bold=True, align=CENTER, line=1.15),
    ("p", "motto"): Look("motto", "Tiêu ngữ", 13, bold=True, align=CENTER, line=1.15),
    ("p", "number"): Look("number", "Số, ký hiệu", 13, align=CENTER, before=6),
    ("p", "dated"): Look("dated", "Địa danh, thời gian", 13, italic=True, align=CENTER, before=6),
    ("h1", "type"): _TYPE,
    ("h1", "type sheet-type"): replace(_TYPE, id="sheet-type", name="Tên loại phiếu", before=6),
    ("p", "subject"): _SUBJECT,
    ("p", "subject sheet-subject"): replace(_SUBJECT, id="sheet-subject", name="Trích yếu phiếu", size=13, line=1.2),
    ("p", "authority"): Look("authority", "Thẩm quyền", bold=True, align=CENTER, before=14, after=8, keep=True),
    ("p", "decides"): Look("decides", "Quyết định", bold=True, align=CENTER, before=12, after=6, keep=True),
    ("p", "addressee"): Look("addressee", "Kính gửi", align=CENTER, before=10, after=4, keep=True),
    ("p", "text"): _TEXT,
    ("p", "text basis"): replace(_TEXT, id="basis", name="Căn cứ", italic=True),
    ("p", "text article"): replace(_TEXT, id="article", name="Điều", level=2),
    ("p", "text titled"): replace(_TEXT, id="titled", name="Khoản có tiêu đề", bold=True, keep=True),
    ("h3", "text titled"): replace(_TEXT, id="titled-heading", name="Mục có tiêu đề", bold=True, keep=True, level=3),
    ("p", "text lead"): replace(_TEXT, id="lead", name="Dẫn bảng", keep=True, after=4),
    ("p", "text enclosed"): replace(_TEXT, id="enclosed", name="Gửi kèm", italic=True),
    ("p", "text ending"): replace(_TEXT, id="ending", name="Kết thúc"),
    ("h2", "part"): Look("part", "Phần", bold=True, indent=True, before=10, keep=True, level=2),
    ("h2", "section"): Look("section", "Mục phụ lục", bold=True, before=10, after=4, keep=True, level=2),
    ("p", "note"): Look("note", "Ghi chú", 13, align=BOTH, indent=True, before=6, line=1.25),
    ("p", "annex-word"): Look("annex-word", "Phụ lục", bold=True, align=CENTER, keep=True),
    ("h1", "annex-title"): Look("annex-title", "Tiêu đề phụ lục", bold=True, align=CENTER, keep=True, level=1),
    ("p", "reference"): _REFERENCE,
    ("p", "reference sheet-reference"): replace(
        _REFERENCE, id="sheet-reference", name="Tham chiếu phiếu", size=13, line=1.2
    ),
    ("p", "sheet-note"): Look("sheet-note", "Lời phiếu", 10, align=BOTH, before=2, after=2, line=1.15),
    ("h2", "sheet-part"): Look(
        "sheet-part", "Mục phiếu", 12, bold=True, before=5, after=2, line=1.2, keep=True, level=2
    ),
    ("p", "chart-title"): Look("chart-title", "Tên biểu đồ", 13, italic=True, align=CENTER, line=1.2),
    ("p", "recipients-title"): Look("recipients-title", "Nơi nhận", 12, bold=True, italic=True),
    ("p", "recipient"): Look("recipient", "Dòng nơi nhận", 11, line=1.2),
    ("p", "power"): Look("power", "Quyền hạn, chức vụ", bold=True, align=CENTER, line=1.2),
    ("div", "signer"): Look("signer", "Họ tên người ký", bold=True, align=CENTER),
}
IN_TABLES = {
    11.0: Look("cell", "Ô bảng", 11, align=CENTER, line=1.2),
    10.0: Look("cell-close", "Ô bảng nhỏ", 10, align=CENTER, line=1.15),
}
CHART = Look("chart", "Biểu đồ", align=CENTER, before=8, line=1.15, keep=True)
CHART_NAME = Look("chart-name", "Tên biểu đồ nhỏ", 9, line=1.2, keep=True)
CODE = Look("code", "Mã QR", 10, align=CENTER, before=3, line=1.2)
RULE = Look("rule", "Đường kẻ", 1, align=CENTER, line=1.15)
PAGE_NUMBER = Look("page-number", "Số trang", 14, line=1.15)
MARK = Look("mark", "Dấu mẫu", 13, bold=True, align=CENTER, line=1.15)
STYLES: tuple[Look, ...] = (
    *PARAGRAPHS.values(), *IN_TABLES.values(), CHART, CHART_NAME, CODE, RULE, PAGE_NUMBER, MARK
)  # fmt: skip

# Classes of tables beside `figures`: the size of their letters; None where the class changes no look.
TABLES: dict[str, float | None] = {
    **dict.fromkeys(("matrix", "repairs", "small", "summary", "bars", "remedies", "leaves", "criteria"), 10.0),
    **dict.fromkeys(("whole", "counts"), None),
}
CLOSE_TABLES = {"matrix": 10, "small": 20}  # the room beside the text of their cells, in twips
ROWS = frozenset(("mean", "unit", "area", "criterion", "sum", "tall"))
BOLD_ROWS = ROWS - {"tall"}
KEPT_ROWS = frozenset(("unit", "area", "criterion"))  # with the one below
SHADED_ROWS = frozenset(("unit", "area"))
CELLS = frozenset(("name", "reason", "words"))


def styles_xml() -> str:
    """All styles of a paper: nothing but what its elements use."""
    headings = "".join(
        f'<w:style w:type="paragraph" w:styleId="Heading{level}"><w:name w:val="heading {level}"/>'
        f'<w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:uiPriority w:val="9"/><w:qFormat/>'
        f'<w:pPr><w:outlineLvl w:val="{level - 1}"/></w:pPr></w:style>'
        for level in (1, 2, 3)
    )
    padding = (("top", 50), ("left", 40), ("bottom", 50), ("right", 40))
    cells = "".join(f'<w:{side} w:w="{width}" w:type="dxa"/>' for side, width in padding)
    none = "".join(f'<w:{side} w:w="0" w:type="dxa"/>' for side, _ in padding)
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    borders = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for side in sides)
    fonts = " ".join(f'w:{kind}="{FONT}"' for kind in ("ascii", "hAnsi", "eastAsia", "cs"))
    return (
        '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f'<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts {fonts}/><w:color w:val="000000"/>{_size(14)}'
        f'<w:lang w:val="{LANGUAGE}" w:eastAsia="{LANGUAGE}" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        '<w:pPrDefault><w:pPr><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/></w:pPr>'
        "</w:pPrDefault></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>'
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:uiPriority w:val="99"/><w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar>'
        f"{none}</w:tblCellMar></w:tblPr></w:style>"
        f"{headings}"
        f'<w:style w:type="table" w:customStyle="1" w:styleId="{TABLE_STYLE}"><w:name w:val="Bảng số liệu"/>'
        f'<w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>{borders}</w:tblBorders>'
        f"<w:tblCellMar>{cells}</w:tblCellMar></w:tblPr></w:style>"
        f"{''.join(look.xml for look in STYLES)}</w:styles>"
    )


def column_widths(names: Sequence[str], classes: Sequence[str], whole: Length) -> list[int]:
    """Widths of columns in twips, together as wide as the text: as the style sheet names them, the others alike.

    Args:
        names: the class of each column, empty where it has none.
        classes: those of the table.
        whole: the width of the text.
    """
    known = _declared_widths()
    declared = [next((known[own, name] for own in (*classes, "") if (own, name) in known), None) for name in names]
    return _filled([None if width is None else _in_twips(*width, whole) for width in declared], int(whole.twips))


def _in_twips(number: float, unit: str, whole: Length) -> int:
    return round(number * whole.twips / 100) if unit == "%" else int(Mm(number).twips)


def _filled(widths: Sequence[int | None], whole: int) -> list[int]:
    """What is left goes to the columns without a width; where there is none of these, all grow or shrink alike."""
    taken = sum(width for width in widths if width is not None)
    free = widths.count(None)
    if free:
        share = max(whole - taken, free * 300) // free
        return [share if width is None else width for width in widths]
    return [(width or 0) * whole // max(taken, 1) for width in widths]


@cache
def _declared_widths() -> dict[tuple[str, str], tuple[float, str]]:
    """Widths by the class of the table, empty for any, and of the column: a number and its unit."""
    found = _WIDTH.findall(_TABLES_CSS.read_text(encoding="utf-8"))
    return {(table, name): (float(number), unit) for table, name, number, unit in found}


def text_width(text: str, size: float) -> int:
    """How wide a line of Times New Roman bold is, in twips: for rules as long as a text, or a part of it."""
    letters = normalize("NFD", text)
    return round(sum(_LETTERS.get(letter, 0) for letter in letters) * size * 20 / 1000)


def _twips(points: float) -> int:
    return int(Pt(points).twips)


def _lines(css: float) -> int:
    """A CSS line height as Word's: in 240ths of the font's own line."""
    return round(css / _NATURAL_LINE * 240)


def _on(tag: str, is_on: bool) -> str:
    return f"<w:{tag}/><w:{tag}Cs/>" if is_on else ""


def _size(points: float) -> str:
    half = round(points * 2)
    return f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>'
