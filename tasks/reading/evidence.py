"""The bytes of an evidence file → what kind it is by its content, its words, its pages as pictures.

Runs in a process that may die (isolation.py). Nothing that a file asks for is fetched, nothing in it is run: of a PDF
pages are drawn, of a picture the pixels are written anew, of a document and a workbook the words are taken, and a zip
archive is counted before one of its files is unpacked.
"""

import io
import mmap
import re
import zipfile
from pathlib import Path
from xml.parsers import expat

import pypdfium2
from PIL import Image, ImageOps

from models.records.evidence import EvidenceKind, OpenedEvidence, PackedFile, UnopenedEvidence
from tasks.reading.archives import MOST_RATIO, Archive, unpacked
from tasks.reading.opening import open_workbook
from tasks.reading.refusing import UnopenableError

MOST_WORDS = 200_000  # letters that are kept for search
MOST_PACKED = 500  # files of one archive
_MOST_READ = 300  # pages of a PDF that are read for words
_MOST_PIXELS = 50_000_000
_WIDTH, _HIGHEST = (
    1240,
    3600,
)  # pixels of a shown page: A4 at 150 dots per inch, and what a very long one is cut down to
_SMALL = 2**20  # bytes below which the ratio of an archived file says nothing
_PDF, _PNG, _JPEG, _ZIP = b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LEFT_OUT = ("__MACOSX/", "Thumbs.db", "desktop.ini", ".DS_Store")
_ENCRYPTED, _UTF8 = 0x1, 0x800  # flags of a file in an archive
_READ = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_KINDS = "Gửi PDF, ảnh PNG hoặc JPEG, Word (.docx), Excel (.xlsx), hoặc tệp zip chứa các loại này"
_AGAIN = "Mở tệp trên máy xem có nguyên vẹn không, lưu lại (tốt nhất là dạng PDF) rồi gửi lại"
_SMALLER = "Chia nhỏ hoặc giảm độ phân giải rồi gửi lại"

Opened = OpenedEvidence | UnopenedEvidence


def open_evidence(path: str) -> Opened:
    """What a file is, opened to its end."""
    content = Path(path).read_bytes()
    try:
        if content.startswith(_PDF):
            return _open_pdf(content)
        if content.startswith((_PNG, _JPEG)):
            image, kind = _open_image(content)
            image.close()
            return OpenedEvidence(kind, 1, "")
        if content.startswith(_ZIP):
            return _open_office(content)
    except UnopenableError as refused:
        return UnopenedEvidence(refused.what, _AGAIN)
    return _of_no_kind(content)


def is_archive(path: str) -> bool:
    """Whether a file is a zip archive of files, and not a document or workbook that is kept in one."""
    with Path(path).open("rb") as file:
        if file.read(len(_ZIP)) != _ZIP:
            return False
    try:
        with zipfile.ZipFile(path) as archive:
            return not {"[Content_Types].xml", "mimetype"}.intersection(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError):
        return True  # its directory is damaged: listing says so


def _of_no_kind(content: bytes) -> UnopenedEvidence:
    if not content:
        return UnopenedEvidence("tệp rỗng, không có nội dung", "Kiểm tra lại tệp trên máy rồi gửi lại")
    if content.startswith(_OLE):
        return UnopenedEvidence("tệp Office dạng cũ (.doc, .xls) hoặc có mật khẩu", "Lưu lại dạng PDF rồi gửi lại")
    beginning = content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if beginning.startswith(b"<"):
        return UnopenedEvidence("nội dung là trang web, SVG hoặc XML, không phải loại tệp được nhận", _KINDS)
    return UnopenedEvidence("nội dung không thuộc loại tệp được nhận, dù tên ghi là gì", _KINDS)


# --- PDF --------------------------------------------------------------------------------------------------------------


def _open_pdf(content: bytes) -> Opened:
    with _pdf(content) as document:
        pages = len(document)
        if not pages:
            raise UnopenableError("tệp PDF không có trang nào", _AGAIN)
        words: list[str] = []
        room = MOST_WORDS
        for number in range(min(pages, _MOST_READ)):
            page = document[number]
            text = page.get_textpage().get_text_bounded()[:room]
            page.close()
            words.append(text)
            room -= len(text)
            if room <= 0:
                break
        return OpenedEvidence(EvidenceKind.PDF, pages, "\n".join(words))


def _pdf(content: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnopenableError("tệp PDF có mật khẩu nên không đọc được", _AGAIN) from error
        raise UnopenableError("tệp PDF bị hỏng hoặc không phải PDF, không mở được", _AGAIN) from error


def _drawn(content: bytes, number: int) -> bytes:
    with _pdf(content) as document:
        page = document[number - 1]
        width, height = page.get_size()
        scale = min(_WIDTH / max(width, 1), _HIGHEST / max(height, 1))
        bitmap = page.render(scale=scale, may_draw_forms=False)
        return _as_png(bitmap.to_pil())


def _as_png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


# --- pictures ---------------------------------------------------------------------------------------------------------


def _open_image(content: bytes) -> tuple[Image.Image, EvidenceKind]:
    """A picture with all its pixels read, so that a damaged one is known now."""
    kind = EvidenceKind.PNG if content.startswith(_PNG) else EvidenceKind.JPEG
    try:
        image = Image.open(io.BytesIO(content), formats=(kind.value.upper(),))
        if image.width * image.height > _MOST_PIXELS:
            raise Image.DecompressionBombError
        image.load()
    except Image.DecompressionBombError as error:
        raise UnopenableError("ảnh có số điểm lớn bất thường nên không được mở", _SMALLER) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise UnopenableError("tệp ảnh bị hỏng hoặc không phải ảnh, không mở được", _AGAIN) from error
    return image, kind


def _rewritten(content: bytes) -> bytes:
    """The pixels of a picture alone, upright and no larger than a screen shows; what else was in the file is gone."""
    image, _ = _open_image(content)
    upright = ImageOps.exif_transpose(image).convert("RGB")
    upright.thumbnail((_WIDTH, _HIGHEST))
    return _as_png(Image.frombytes("RGB", upright.size, upright.tobytes()))


def page_image(path: str, number: int) -> bytes | UnopenedEvidence:
    """A page of a PDF, or a picture, as PNG.

    Args:
        path: the kept file.
        number: of the page, from 1.
    """
    content = Path(path).read_bytes()
    try:
        return _drawn(content, number) if content.startswith(_PDF) else _rewritten(content)
    except (UnopenableError, pypdfium2.PdfiumError, IndexError):
        return UnopenedEvidence("không vẽ được trang này", "Tải tệp gốc về xem")


# --- documents and workbooks ------------------------------------------------------------------------------------------


def _open_office(content: bytes) -> Opened:
    archive = Archive(content)
    if "word/document.xml" in archive:
        parts = archive.xml_parts()
        words = "\n".join(_words_of(parts[name]) for name in sorted(parts) if _READ.fullmatch(name))
        return OpenedEvidence(EvidenceKind.DOCX, 0, words[:MOST_WORDS])
    if "xl/workbook.xml" in archive:
        return OpenedEvidence(EvidenceKind.XLSX, 0, _words_of_workbook(content))
    return UnopenedEvidence("tệp nén trong tệp nén, hoặc tài liệu thuộc loại không được nhận", _KINDS)


def _words_of(part: bytes) -> str:
    """The text of a part of a document, a paragraph a line. Relations are not looked at."""
    said: list[str] = []
    inside = False

    def start(name: str, _: object) -> None:
        nonlocal inside
        inside = name == f"{_WORD} t"
        if name in (f"{_WORD} tab", f"{_WORD} br"):
            said.append(" ")

    def end(name: str) -> None:
        nonlocal inside
        inside = False
        if name == f"{_WORD} p":
            said.append("\n")

    def text(letters: str) -> None:
        if inside:
            said.append(letters)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    try:
        parser.Parse(part, True)
    except expat.ExpatError as damaged:
        raise UnopenableError("tài liệu Word bị hỏng, không đọc được", _AGAIN) from damaged
    return "".join(said)


def _words_of_workbook(content: bytes) -> str:
    lines: list[str] = []
    room = MOST_WORDS
    for sheet in open_workbook(content):
        for row in (sheet.title,), *sheet.rows:
            line = "\t".join(str(value) for value in row if value != "")
            if line and room > 0:
                lines.append(line[:room])
                room -= len(line) + 1
    return "\n".join(lines)


# --- archives ---------------------------------------------------------------------------------------------------------


def packed_files(path: str, largest: int, whole: int) -> tuple[PackedFile, ...] | UnopenedEvidence:
    """The files of an archive by its directory alone; nothing is unpacked.

    Args:
        path: the archive.
        largest: bytes that one of its files may have.
        whole: bytes that all of them may have.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            listed = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError):
        return UnopenedEvidence("tệp zip bị cắt cụt hoặc hỏng, không mở được", "Nén lại rồi gửi lại")
    files = [
        PackedFile(place, _path_of(entry), entry.file_size)
        for place, entry in enumerate(listed)
        if not entry.is_dir() and not any(part in entry.filename for part in _LEFT_OUT)
    ]
    if not files:
        return UnopenedEvidence("tệp zip không có tệp nào bên trong", "Nén lại rồi gửi lại")
    if len(files) > MOST_PACKED:
        return UnopenedEvidence(f"tệp zip có {len(files)} tệp bên trong, tối đa {MOST_PACKED}", "Chia thành nhiều tệp")
    if any(entry.flag_bits & _ENCRYPTED for entry in listed):
        return UnopenedEvidence("tệp zip có mật khẩu nên không đọc được", "Bỏ mật khẩu rồi gửi lại")
    dense = any(entry.file_size > max(_SMALL, MOST_RATIO * entry.compress_size) for entry in listed)
    size = sum(file.size for file in files)
    if dense or size > whole or any(file.size > largest for file in files):
        what = f"tệp zip bung ra {max(size // 2**20, 1)} MB (kiểu “bom nén”, hoặc có tệp quá lớn) nên không được mở"
        return UnopenedEvidence(what, _SMALLER)
    return tuple(files)


def _path_of(entry: zipfile.ZipInfo) -> str:
    """The path as it was meant: old programs write UTF-8 without saying so."""
    path = entry.filename.replace("\\", "/")
    if entry.flag_bits & _UTF8:
        return path
    try:
        return path.encode("cp437").decode("utf-8")
    except UnicodeError:
        return path


def packed_file(path: str, place: int) -> bytes | UnopenedEvidence:
    """One file of an archive, which is never more than its directory declares."""
    with zipfile.ZipFile(path) as archive:
        entry = archive.infolist()[place]
    try:
        with Path(path).open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return unpacked(content, entry)
    except UnopenableError:
        return UnopenedEvidence("tệp trong tệp zip bị hỏng, không lấy ra được", "Nén lại rồi gửi lại")
