"""Results → HTML → PDF: the decision that publishes the index, and the annexes of every group.

In come the results of a round, the province's words and the numbering of the decision; out go self-contained HTML
documents, and from them PDF/A-2a files that are byte for byte the same on every run. Nothing here reads a clock, the
network or a file outside report_templates/ and the folders it is given; what cannot be read or printed stops the
rendering with its name. WeasyPrint is imported late: it costs seconds.
Source: Nghị định 30/2020/NĐ-CP; contents: docs/process.md, 4.
"""

import hashlib
import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urljoin, urlsplit

from pydantic import ConfigDict

from models.collecting import collector_waiting
from models.working_days import VIETNAM
from report_templates.filters import FILTERS

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).resolve().parents[2] / "report_templates"
FONTS = ("Times New Roman", "Liberation Serif")
BYTES_AS_TEXT = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")  # where a document is written as JSON
_IMAGES = (".jpeg", ".jpg", ".png", ".svg")
_ADDRESS = "https://documents.invalid/"
_MEDIA_TYPES = {
    ".css": "text/css",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}


class RenderingError(Exception):
    """A document that cannot be rendered as it should be: which one, and what is missing."""


class UnknownElementError(Exception):
    """Something in a document that is no part of the vocabulary of our papers, so no Word file has it: what it is."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document before it is a PDF: its file name, its title, its HTML with the style sheet inside.

    Attributes:
        name: where the PDF goes, from the folder of all of them: `quyet-dinh.pdf`, `phieu-ket-qua/phieu-….pdf`.
        images: images made for this document alone (charts, codes), by the address that the HTML calls them by.
        keywords: what the metadata of the PDF say beside title and date.
    """

    __pydantic_config__ = BYTES_AS_TEXT

    name: str
    title: str
    html: str
    images: Mapping[str, bytes] = field(default_factory=dict)
    keywords: tuple[str, ...] = ()


def template_environment(templates: Path | None = None) -> "Environment":
    """Our templates, a province's own before them; everything escaped, nothing undefined, no code reached.

    A template of the province with the name of one of ours takes its place, and may extend it as `standard/<name>`.
    Where there may be one, templates hold plain values instead of models (tasks/rendering/plain_values.py).
    """
    from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    from tasks.rendering.plain_values import answering
    from tasks.rendering.sandbox import Sandbox, Unknown

    ours = FileSystemLoader(TEMPLATES)
    own = [FileSystemLoader(templates)] if templates else []
    environment = (Sandbox if templates else SandboxedEnvironment)(
        loader=ChoiceLoader([*own, ours, PrefixLoader({"standard": ours})]),
        autoescape=True,
        undefined=Unknown if templates else StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update({name: answering(each) for name, each in FILTERS.items()} if templates else FILTERS)
    return environment


def render_pdf(
    document: Document,
    identifier: bytes | str,
    created: date,
    image_folders: Sequence[Path] = (),
    variant: str | None = "pdf/a-2a",
) -> bytes:
    """One document as PDF/A-2a: tagged, in Vietnamese, fonts embedded; the same bytes for the same arguments.

    Args:
        document: the HTML, complete with its style sheet; it may name images by their path inside the folders.
        identifier: what the document was made from (e.g. the hash of the snapshot); the file's own follows from it.
        created: the date the file carries; a time without zone is one of Vietnam.
        image_folders: folders of the province's images, looked in before report_templates/.
        variant: None for a bare page that becomes part of another document.

    Raises:
        RenderingError: an image or a style sheet is missing, refused or broken, or a character is in none of the fonts.
    """
    with collector_waiting(then_collect=True):  # a page's boxes point at each other; many documents would pile them up
        return _rendered(document, identifier, created, image_folders, variant)


def _rendered(
    document: Document, identifier: bytes | str, created: date, image_folders: Sequence[Path], variant: str | None
) -> bytes:
    from weasyprint.urls import FatalURLFetchingError

    from tasks.rendering.pdf_objects import put_into_bytes
    from tasks.rendering.style_sheets import with_style_sheets

    fetcher = _folder_fetcher((*image_folders, TEMPLATES), document.images)
    with _errors_of_weasyprint() as errors:
        try:
            html, style_sheets = with_style_sheets(document.html, _ADDRESS, fetcher)
            layout = html.render(stylesheets=style_sheets, pdf_variant=variant)
            layout.metadata.title = document.title
            if document.keywords:
                layout.metadata.keywords = list(document.keywords)
            layout.metadata.created = layout.metadata.modified = _timestamp(created)
            content: bytes = layout.write_pdf(
                finisher=put_into_bytes,
                pdf_variant=variant,
                pdf_identifier=_pdf_identifier(identifier, document.name).encode(),
            )
        except FatalURLFetchingError as error:
            raise RenderingError(f"{document.name}: {error.__cause__ or error}") from error
    if errors:
        raise RenderingError(f"{document.name}: {'; '.join(errors)}")
    _check_fonts(document.name, layout.fonts.values())
    return content


def _pdf_identifier(identifier: bytes | str, name: str) -> str:
    """The identifier of one file: another for every document, the same on every run."""
    origin = identifier.encode() if isinstance(identifier, str) else identifier
    return hashlib.sha256(origin + b"\0" + name.encode()).hexdigest()[:32]


def _timestamp(created: date) -> str:
    """Date or time as the W3C writes it, with its zone."""
    if not isinstance(created, datetime):
        return created.isoformat()
    zoned = created if created.tzinfo else created.replace(tzinfo=VIETNAM)
    return zoned.isoformat(timespec="seconds").replace("+00:00", "Z")


def pictures_in(folder: Path) -> dict[str, bytes]:
    """The images of a folder by their path in it, none where it is not there; links that lead out are passed over."""
    images = (path for path in sorted(folder.rglob("*")) if path.suffix.casefold() in _IMAGES and path.is_file())
    inside = (path for path in images if path.resolve().is_relative_to(folder.resolve()))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in inside}


def read_resource(
    address: str, folders: Sequence[Path], images: Mapping[str, bytes] | None = None
) -> tuple[bytes, str]:
    """Bytes and media type of what a document asks for: its own images, else files, only ever inside the folders.

    Addresses are relative ones, made absolute with a host that does not exist: so the PDF does not depend on where the
    folders lie.

    Raises:
        PermissionError: the address leads elsewhere, or to a kind of file that documents do not use.
        FileNotFoundError: no folder has such a file.
    """
    path = unquote(urlsplit(address).path).lstrip("/")
    if not address.startswith(_ADDRESS) or "\0" in path:
        raise PermissionError(f"không được phép đọc {address[:200]}")
    if images and path in images:
        return images[path], _MEDIA_TYPES[Path(path).suffix.casefold()]
    for folder in folders:
        root = folder.resolve()
        file = (root / path).resolve()
        if not file.is_relative_to(root):
            raise PermissionError(f"không được phép đọc {path}")
        if file.is_file():
            if file.suffix.casefold() not in _MEDIA_TYPES:
                raise PermissionError(f"không dùng được loại tệp của {path}")
            return file.read_bytes(), _MEDIA_TYPES[file.suffix.casefold()]
    raise FileNotFoundError(f"không có tệp {path}")


def image_of(document: Document, address: str, folders: Sequence[Path]) -> tuple[bytes, str]:
    """Bytes and media type of an image that a document calls by this address, read as for its PDF.

    Raises:
        RenderingError: it is missing or refused.
    """
    try:
        return read_resource(urljoin(_ADDRESS, address), folders, document.images)
    except OSError as error:
        raise RenderingError(f"{document.name}: {error}") from error


def _folder_fetcher(folders: Sequence[Path], images: Mapping[str, bytes]) -> Any:
    """WeasyPrint's way to files: ours only, and every failure stops the rendering."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class FolderFetcher(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            content, media_type = read_resource(url, folders, images)
            return URLFetcherResponse(url, content, {"Content-Type": media_type})

    return FolderFetcher(allowed_protocols={"https"}, allow_redirects=False, fail_on_errors=True)


class _Collector(logging.Handler):
    """Keeps the errors that one thread logs."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.thread = threading.get_ident()
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self.thread:
            self.messages.append(record.getMessage())


@contextmanager
def _errors_of_weasyprint() -> Iterator[list[str]]:
    """What WeasyPrint only logs (a broken image, an image without alternate text) as a list."""
    logger = logging.getLogger("weasyprint")
    collector = _Collector()
    logger.addHandler(collector)
    try:
        yield collector.messages
    finally:
        logger.removeHandler(collector)


def _check_fonts(name: str, fonts: Any) -> None:
    """Every character was set in the font of the decree or the one that stands in for it.

    Source: NĐ 30/2020/NĐ-CP, Phụ lục I; PDF/A allows no character without a glyph.
    """
    for font in fonts:
        if font.missing:
            characters = "".join(map(chr, sorted(font.missing)))
            raise RenderingError(f"{name}: không có phông chữ nào có ký tự “{characters}”")
        if font.family not in FONTS:
            characters = "".join(sorted(set("".join(font.to_unicode.values()))))[:40]
            raise RenderingError(
                f"{name}: các ký tự “{characters}” phải dùng phông {font.family}; cần phông {' hoặc '.join(FONTS)}"
            )
