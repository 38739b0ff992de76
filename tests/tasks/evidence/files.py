"""Evidence files as units send them, made for the test that asks for them."""

import io
import zipfile
from collections.abc import Mapping

from openpyxl import Workbook
from PIL import Image

CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf(*pages: str) -> bytes:
    """A PDF with a line of text on each page."""
    from weasyprint import HTML

    body = "".join(f"<p style='break-after: page'>{page}</p>" for page in pages)
    made = HTML(string=f"<html lang=vi><body>{body}").write_pdf()
    assert isinstance(made, bytes)
    return made


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40)) -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, kind)
    return out.getvalue()


def packed(files: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def document(*paragraphs: str, more: Mapping[str, bytes | str] | None = None) -> bytes:
    """A .docx of some paragraphs; more parts where a test puts something into it."""
    body = "".join(f"<w:p><w:r><w:t>{paragraph}</w:t></w:r></w:p>" for paragraph in paragraphs)
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": CONTENT_TYPES,
        "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>',
    }
    return packed(parts | dict(more or {}))


def workbook(*cells: str) -> bytes:
    """An .xlsx with texts one below the other."""
    book = Workbook()
    for row, cell in enumerate(cells, 1):
        book.worksheets[0].cell(row, 1, cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
