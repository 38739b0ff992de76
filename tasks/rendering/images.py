"""Images of a paper for programs that do not draw SVG as we do: the same drawing as a picture of dots."""

import io
import re
from collections.abc import Sequence
from datetime import date
from html import escape
from pathlib import Path

from tasks.rendering.pdf import TEMPLATES, Document, UnknownElementError, image_of, render_pdf

_DOTS = 220  # to the inch: sharp on paper, and a report with its charts stays small enough for mail
_BOX = re.compile(rb'viewBox="[-\d.]+ [-\d.]+ ([\d.]+) ([\d.]+)"')
_ANY_DAY = date(2000, 1, 1)  # of a page that nobody keeps


def as_dots(document: Document, address: str, width: float, folders: Sequence[Path] = ()) -> bytes:
    """An image that a document calls by this address: PNG or JPEG as it is, SVG drawn as PNG.

    Args:
        document: whose image it is.
        address: as in its HTML.
        width: of the drawing, in millimetres.
        folders: of the province's images, looked in before report_templates/.

    Raises:
        RenderingError: the image is missing, refused, or cannot be drawn.
        UnknownElementError: it is a drawing that does not say how large it is.
    """
    content, kind = image_of(document, address, (*folders, TEMPLATES))
    return _drawn(content, document.name, address, width) if kind == "image/svg+xml" else content


def _drawn(svg: bytes, name: str, address: str, width: float) -> bytes:
    """By the program that draws it in the PDF, so both show the same."""
    import pypdfium2

    box = _BOX.search(svg)
    if box is None:
        raise UnknownElementError(f"hình “{address}” không có viewBox")
    height = width * float(box[2]) / float(box[1])
    style = f"@page {{ size: {width}mm {height:.3f}mm; margin: 0 }} img {{ display: block; width: {width}mm }}"
    body = f'<body style="margin: 0"><img src="hinh.svg" alt="{escape(address)}">'
    html = f'<!DOCTYPE html><html lang="vi"><title>{escape(address)}</title><style>{style}</style>{body}</html>'
    page = render_pdf(Document(name, address, html, {"hinh.svg": svg}), "", _ANY_DAY, variant=None)
    opened = pypdfium2.PdfDocument(page)
    try:
        picture = opened[0].render(scale=_DOTS / 72, grayscale=True).to_pil()
    finally:
        opened.close()
    png = io.BytesIO()
    picture.save(png, "PNG", optimize=True, dpi=(_DOTS, _DOTS))
    return png.getvalue()
