"""The bytes of a text file (.docx, .pdf, .html, .txt) → its paragraphs, of tables only whole sentences.

Runs in a process that may die (isolation.py). What a file is shows by its content, whatever its name says.
"""

import re
from html.parser import HTMLParser
from pathlib import Path

from models.records.evidence import EvidenceKind, UnopenedEvidence
from models.records.read_texts import ReadText
from tasks.reading.archives import Archive
from tasks.reading.counting import PartWalk, Room, local
from tasks.reading.evidence import open_evidence
from tasks.reading.refusing import UnopenableError

MOST_BYTES = 20 * 2**20
MOST_LETTERS = 2_000_000
_ZIP, _PDF = b"PK\x03\x04", b"%PDF-"
_DOCUMENT = "word/document.xml"
_NOTES = ("word/footnotes.xml", "word/endnotes.xml")
_AGAIN = "Mở tệp trên máy xem có nguyên vẹn không, lưu lại rồi thử lại"
_KINDS = "Dùng tệp .docx, .pdf (có chữ), .html hoặc .txt (UTF-8)"
_BLOCKS = frozenset(
    ("p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "td", "th", "table", "section", "article", "br")
)
_UNSEEN = frozenset(("head", "style", "script", "template", "noscript"))
_ENDED = re.compile(r"[.;:!?…/]$")
_OF_THE_PAGE = re.compile(r"^(?:\d+|DỰ THẢO(?: \d+)?|(?:\w )+\w)$")
"""A page's number and marks: digits, the mark of a draft, letters set apart."""
_TABULAR = re.compile(r"(?<![\w/.,])[+-]?\d+(?:[.,/]\d+)* [+-]?\d+(?:[.,/–]\d+)*(?![\w/%])")
"""Two bare numbers beside each other: no sentence has them, the row of a table does."""
_CELL = re.compile(r"\d+(?:[.,/]\d+)*")
_SENTENCE = re.compile(r"\w(?:\S*\s+\S*\w){4}.*[.;!?…]$", re.DOTALL)
"""A cell of five words and an end mark: tables hold text too, where they only set it beside something."""
_BEGUN = re.compile(r"^(?:[-–+•]|\d{1,2}[.)]|[a-zđ]\)|[IVX]{1,5}\.)\s")


def read_text(path: str) -> ReadText | UnopenedEvidence:
    """The paragraphs of a file, or why it is not read."""
    content = Path(path).read_bytes()
    if len(content) > MOST_BYTES:
        return UnopenedEvidence(f"tệp lớn hơn {MOST_BYTES // 2**20} MB", "Chỉ gửi phần văn bản, bỏ ảnh")
    try:
        read = _read(content, path)
    except UnopenableError as refused:
        return UnopenedEvidence(refused.what, _AGAIN)
    if isinstance(read, ReadText) and not any(paragraph.strip() for paragraph in read.paragraphs):
        what = "tệp chỉ có bảng, không có câu văn nào" if read.cells else "tệp không có chữ nào (có thể là bản quét)"
        return UnopenedEvidence(what, _KINDS)
    return read


def _read(content: bytes, path: str) -> ReadText | UnopenedEvidence:
    if content.startswith(_PDF):
        return _of_pdf(path)
    if content.startswith(_ZIP):
        return _of_document(content)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return UnopenedEvidence("nội dung không phải văn bản UTF-8, Word, PDF hay HTML", _KINDS)
    if "\x00" in text or len(text) > MOST_LETTERS:
        return UnopenedEvidence("nội dung không phải văn bản, hoặc dài bất thường", _KINDS)
    return (
        of_html(text)
        if re.search(r"<(?:!doctype|html|body|p|div|h\d)\b", text[:4000], re.IGNORECASE)
        else of_plain(text)
    )


def of_plain(text: str) -> ReadText:
    """Pasted or plain text: a paragraph a line."""
    return ReadText(tuple(line for line in text.splitlines() if line.strip()))


# --- PDF --------------------------------------------------------------------------------------------------------------


def _of_pdf(path: str) -> ReadText | UnopenedEvidence:
    opened = open_evidence(path)
    if isinstance(opened, UnopenedEvidence):
        return opened
    if opened.kind is not EvidenceKind.PDF:
        return UnopenedEvidence("tệp không phải PDF", _KINDS)
    paragraphs = joined_lines(opened.words.splitlines())
    told = tuple(one for one in paragraphs if not _TABULAR.search(one))
    return ReadText(told, sum(len(_CELL.findall(one)) for one in paragraphs if one not in told))


def joined_lines(lines: list[str]) -> list[str]:
    """Lines of a page as paragraphs: one goes on until it ends like a sentence or a point begins."""
    paragraphs: list[str] = []
    for line in (" ".join(line.split()) for line in lines):
        if not line or _OF_THE_PAGE.match(line):
            continue
        goes_on = paragraphs and not _ENDED.search(paragraphs[-1]) and not _BEGUN.match(line)
        heading = bool(paragraphs) and (line.isupper() != paragraphs[-1].isupper())
        if goes_on and not heading:
            paragraphs[-1] = f"{paragraphs[-1]} {line}"
        else:
            paragraphs.append(line)
    return paragraphs


# --- Word -------------------------------------------------------------------------------------------------------------


def _of_document(content: bytes) -> ReadText | UnopenedEvidence:
    archive = Archive(content)
    if _DOCUMENT not in archive:
        return UnopenedEvidence("tệp nén không phải tài liệu Word (.docx)", _KINDS)
    room, parts = Room(), archive.xml_parts()
    walks = [_Document(name, room) for name in (_DOCUMENT, *_NOTES) if name in archive]
    for walk in walks:
        walk.walk(parts[walk.name])
    paragraphs = tuple(paragraph for walk in walks for paragraph in walk.paragraphs)
    return ReadText(paragraphs, sum(walk.cells for walk in walks), any(walk.tracked for walk in walks))


class _Document(PartWalk):
    """Collects the paragraphs of a document; what was deleted or moved away is not there any more.

    A box of text stands within a paragraph and has paragraphs of its own; for older programs it stands there again.
    """

    def __init__(self, name: str, room: Room) -> None:
        super().__init__(name, room)
        self.paragraphs: list[str] = []
        self.cells = 0
        self.tracked = False
        self._said: list[str] = []
        self._outer: list[list[str]] = []
        self._text = self._tables = self._gone = 0
        self.parser.CharacterDataHandler = self._letters

    def start(self, name: str, attributes: object) -> None:
        """An element begins."""
        super().start(name, attributes)  # type: ignore[arg-type]
        match local(name):
            case "t":
                self._text += 1
            case "p":
                self._outer.append(self._said)
                self._said = []
            case "Fallback":
                self._gone += 1
            case "tab" | "br":
                self._said.append(" ")
            case "tbl":
                self._tables += 1
            case "del" | "moveFrom":
                self._gone += 1
                self.tracked = True
            case "ins":
                self.tracked = True

    def end(self, name: str) -> None:
        """An element ends; with a paragraph its text is kept; what is no sentence in a table only counted."""
        super().end(name)
        match local(name):
            case "t":
                self._text -= 1
            case "tbl":
                self._tables -= 1
            case "del" | "moveFrom" | "Fallback":
                self._gone -= 1
            case "p":
                text = "".join(self._said).strip()
                self._said = self._outer.pop()
                if text and self._tables and not _SENTENCE.search(text):
                    self.cells += 1
                elif text:
                    self.paragraphs.append(text)

    def _letters(self, letters: str) -> None:
        if self._text and not self._gone:
            self._said.append(letters)


# --- HTML -------------------------------------------------------------------------------------------------------------


class _Page(HTMLParser):
    """Collects the paragraphs of a page; cells without a sentence are counted."""

    def __init__(self) -> None:
        super().__init__()
        self.paragraphs: list[str] = []
        self.cells = 0
        self._said: list[str] = []
        self._unseen = self._tables = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Go into an element; a block begins a paragraph."""
        self._unseen += tag in _UNSEEN
        if tag in _BLOCKS:
            self.close_paragraph()
        self._tables += tag == "table"

    def handle_endtag(self, tag: str) -> None:
        """Come out of it."""
        if tag in _UNSEEN and self._unseen:
            self._unseen -= 1
        if tag in _BLOCKS:
            self.close_paragraph()
        if tag == "table" and self._tables:
            self._tables -= 1

    def handle_data(self, data: str) -> None:
        """Keep what is seen."""
        if not self._unseen:
            self._said.append(data)

    def close_paragraph(self) -> None:
        """What was collected is a paragraph, or a cell."""
        text = " ".join("".join(self._said).split())
        self._said = []
        if text and self._tables and not _SENTENCE.search(text):
            self.cells += 1
        elif text:
            self.paragraphs.append(text)


def of_html(text: str) -> ReadText:
    """A page: a paragraph a block, without what is not seen."""
    page = _Page()
    page.feed(text)
    page.close_paragraph()
    return ReadText(tuple(page.paragraphs), page.cells)
