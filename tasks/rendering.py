"""Results → HTML → PDF: the decision that publishes the index, and one annex for every group.

In come the results of a round, the province's words and the numbering of the decision; out go self-contained HTML
documents, and from them PDF/A-2a files that are byte for byte the same on every run. Nothing here reads a clock, the
network or a file outside report_templates/ and the folders it is given; what cannot be read or printed stops the
rendering with its name. WeasyPrint is imported late: it costs seconds.
Source: Nghị định 30/2020/NĐ-CP (domain/3-document-format-nd30.md); contents: domain/4-annexes.md.
"""

import hashlib
import logging
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from models.numbers import roman
from models.province import VIETNAM, Issuer, ProvinceConfig, Signer
from models.results import Basis, GroupResult, RoundResult, Status, UnitResult
from models.rounds import Band, Round
from report_templates.filters import FILTERS, in_sentence, joined

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).resolve().parent.parent / "report_templates"
FONTS = ("Times New Roman", "Liberation Serif")
PORTRAIT_COLUMNS = 8
IN_PROCESS = 4
_FOR_THE_HEAD = ("KT.", "TL.", "TUQ.")
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


@dataclass(frozen=True, slots=True)
class Decision:
    """The numbering of a decision; without number and day these stay blank.

    Attributes:
        symbol: what follows the number, e.g. `QĐ-UBND`.
        replaces: the decision it replaces, in words: `Quyết định số 12/QĐ-UBND ngày 05 tháng 01 năm 2026`.
        draft: whether every page says DỰ THẢO.
    """

    number: int | None
    day: date | None
    symbol: str
    signer: Signer
    replaces: str | None = None
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """One document before it is a PDF: its file name, its title, its HTML with the style sheet inside."""

    name: str
    title: str
    html: str


@dataclass(frozen=True, slots=True)
class Agency:
    """The issuer as the letterhead and the sentences need it."""

    superior: tuple[str, ...]
    issuer: tuple[str, ...]
    authority: str
    short: str


@dataclass(frozen=True, slots=True)
class Columns:
    """Which of the columns that not every group needs stand in a ranking table."""

    maximum: bool
    survey: bool
    bonus: bool
    penalty: bool
    grade: bool
    index_change: bool
    rank_change: bool

    @property
    def count(self) -> int:
        """All columns of the table: six stand always."""
        optional = (
            self.maximum,
            self.survey,
            self.bonus,
            self.penalty,
            self.grade,
            self.index_change,
            self.rank_change,
        )
        return 6 + sum(optional)


@dataclass(frozen=True, slots=True)
class Story:
    """From where units come, or why they are not compared."""

    text: str
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Annex:
    """One group as its annex shows it."""

    label: str
    name: str
    group: GroupResult
    columns: Columns
    grades: tuple[Band, ...]
    appraised_max: Decimal | None
    survey_max: Decimal | None
    total_max: Decimal | None
    previous_year: int
    compared: bool
    risers: tuple[UnitResult, ...]
    fallers: tuple[UnitResult, ...]
    lineage: tuple[Story, ...]
    tie_break: tuple[str, ...]
    notes: tuple[str, ...]


def decision_documents(
    config: ProvinceConfig,
    round: Round,
    results: RoundResult,
    decision: Decision,
    templates: Path | None = None,
) -> list[Document]:
    """The decision and its annexes, one a group, in the order of the groups.

    Args:
        config: the province's names, legal bases, recipients, mark.
        round: the round as declared: grades, tie rule, further legal bases.
        results: what is announced.
        decision: number, day, symbol, signer.
        templates: a folder of the province whose templates go before ours; they can extend `standard/decision.html`.

    Returns:
        The decision first.
    """
    environment = template_environment(templates)
    annexes = [annex_of(config, round, results, place) for place in range(len(results.groups))]
    shared = {
        "config": config,
        "round": round,
        "ranking": results.ranking,
        "decision": decision,
        "agency": agency_of(config, decision.signer),
    }
    return [
        _decision_document(environment, shared, config, round, annexes),
        *(_annex_document(environment, shared, round, place, annex) for place, annex in enumerate(annexes, start=1)),
    ]


def _decision_document(
    environment: "Environment",
    shared: dict[str, Any],
    config: ProvinceConfig,
    round: Round,
    annexes: Sequence[Annex],
) -> Document:
    measured = joined([annex.name for annex in annexes])
    where = f"trên địa bàn {config.name}"
    subject = f"phê duyệt và công bố Chỉ số cải cách hành chính năm {round.year} của {measured} {where}"
    title = f"Quyết định về việc {subject}"
    context = {
        **shared,
        "annexes": annexes,
        "annex_words": _annex_words(annexes),
        "bases": (*config.legal_bases, *round.legal_bases),
        "measured": measured,
        "orientation": "",
        "proposed_by": config.proposal or f"Giám đốc {config.department}",
        "recipients": config.recipients or ("Như Điều 3",),
        "subject": subject,
        "title": title,
        "where": where,
        "year_of_issue": round.year + 1,
    }
    return Document("quyet-dinh.pdf", title, environment.get_template("decision.html").render(context))


def _annex_document(
    environment: "Environment", shared: dict[str, Any], round: Round, place: int, annex: Annex
) -> Document:
    subject = f"Chỉ số cải cách hành chính năm {round.year} của {annex.name}"
    title = f"{annex.label}. {subject}"
    orientation = "wide" if annex.columns.count > PORTRAIT_COLUMNS else ""
    context = {**shared, "annex": annex, "orientation": orientation, "subject": subject, "title": title}
    name = f"phu-luc-{place}-{annex.group.id}.pdf"
    return Document(name, title, environment.get_template("annex.html").render(context))


def template_environment(templates: Path | None = None) -> "Environment":
    """Our templates, a province's own before them; everything escaped, nothing undefined, no code reached.

    A template of the province with the name of one of ours takes its place, and may extend it as `standard/<name>`.
    """
    from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    ours = FileSystemLoader(TEMPLATES)
    own = [FileSystemLoader(templates)] if templates else []
    environment = SandboxedEnvironment(
        loader=ChoiceLoader([*own, ours, PrefixLoader({"standard": ours})]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(FILTERS)
    return environment


def agency_of(config: ProvinceConfig, signer: Signer) -> Agency:
    """The issuer: which lines of the letterhead name a superior, who decides, how sentences call it.

    The power is collective when it is signed for the collective (TM.), else it is that of the head.
    Source: domain/3-document-format-nd30.md, 3.3.
    """
    issuer = config.issued_by
    first = next((place for place in range(len(issuer.lines)) if _names(issuer, issuer.lines[place:])), 0)
    collective = any(line.startswith("TM.") for line in signer.power)
    represented = (line.partition(".")[2].strip() for line in signer.power if line.startswith(_FOR_THE_HEAD))
    head = next(represented, signer.title).removeprefix("Q.").strip()
    committee = "Ủy ban nhân dân"
    noun = next((noun for noun in ("thành phố", "tỉnh") if config.name.casefold().startswith(noun)), "tỉnh")
    return Agency(
        issuer.lines[:first],
        issuer.lines[first:],
        issuer.name if collective else f"{head.capitalize()} {issuer.name}",
        f"{committee} {noun}" if issuer.name.startswith(committee) else issuer.name,
    )


def _names(issuer: Issuer, lines: Sequence[str]) -> bool:
    """Whether these lines are the issuer's own name, not that of an agency above it."""
    return issuer.name.casefold().startswith(" ".join(lines).casefold())


def _annex_words(annexes: Sequence[Annex]) -> str:
    """How the decision calls its annexes together: `Phụ lục` or `các Phụ lục I, II`."""
    if len(annexes) == 1:
        return "Phụ lục kèm theo Quyết định này"
    numerals = ", ".join(annex.label.removeprefix("Phụ lục ") for annex in annexes)
    return f"các Phụ lục {numerals} kèm theo Quyết định này"


def annex_of(config: ProvinceConfig, round: Round, results: RoundResult, place: int) -> Annex:
    """What the annex of one group shows; annexes have Roman numerals where there are two or more.

    Source: domain/3-document-format-nd30.md, 3.4.1; domain/4-annexes.md.
    """
    group = results.groups[place]
    declared = next((declared for declared in round.groups if declared.id == group.id), None)
    columns = columns_of(group)
    appraised_max, survey_max = parts_of_maximum(group)
    compared = columns.index_change or columns.rank_change
    years = {unit.previous.year for unit in group.units if unit.previous}
    by_code = {unit.code: unit for unit in group.units}
    return Annex(
        label=f"Phụ lục {roman(place + 1)}" if len(results.groups) > 1 else "Phụ lục",
        name=in_sentence(group.name),
        group=group,
        columns=columns,
        grades=round.grades_of(declared) if declared else round.grades,
        appraised_max=appraised_max,
        survey_max=survey_max,
        total_max=None if columns.maximum else next((unit.max_points for unit in group.ranked_units), group.max_points),
        previous_year=max(years, default=results.year - 1),
        compared=compared,
        risers=tuple(by_code[code] for code in group.risers if by_code[code].change),
        fallers=tuple(by_code[code] for code in group.fallers if by_code[code].change),
        lineage=_lineage(group) if compared else (),
        tie_break=tuple(_tie_break_word(key, group) for key in round.tie_break),
        notes=_notes(config, group, columns),
    )


def columns_of(group: GroupResult) -> Columns:
    """The columns that tell something: a maximum only where it differs, a change only where any unit has one.

    Source: domain/4-annexes.md.
    """
    units = group.ranked_units
    changes = [unit.change for unit in units if unit.change]
    return Columns(
        maximum=len({unit.max_points for unit in units}) > 1,
        survey=any(unit.survey_points is not None for unit in units),
        bonus=any(unit.bonus for unit in units),
        penalty=any(unit.penalty for unit in units),
        grade=any(unit.grade for unit in units),
        index_change=bool(changes),
        rank_change=any(change.rank is not None for change in changes),
    )


def parts_of_maximum(group: GroupResult) -> tuple[Decimal | None, Decimal | None]:
    """How much of the set's maximum is appraised, how much surveyed; None where the units carry no leaves.

    A leaf that was surveyed for any unit is a surveyed one, whatever became of it elsewhere.
    """
    maxima = {leaf.code: leaf.max for unit in group.units for leaf in unit.leaves}
    surveyed = {leaf.code for unit in group.units for leaf in unit.leaves if leaf.basis is Basis.SURVEY}
    if not maxima:
        return None, None
    survey_max = sum((maxima[code] for code in sorted(surveyed)), Decimal(0))
    return group.max_points - survey_max, survey_max


def _lineage(group: GroupResult) -> tuple[Story, ...]:
    """Units that come from others, and those without a comparison, put together where the words are the same."""
    stories: dict[str, list[str]] = {}
    for unit in group.units:
        if unit.status is Status.SCORED and (text := _story(unit)):
            stories.setdefault(text, []).append(unit.name)
    return tuple(Story(text, tuple(names)) for text, names in stories.items())


def _story(unit: UnitResult) -> str | None:
    if unit.no_comparison:
        return unit.no_comparison
    if unit.previous is None or unit.previous.note:
        return unit.previous.note if unit.previous else None
    if unit.previous.from_units in ((), (unit.code,)):
        return None
    return f"so sánh với kết quả năm {unit.previous.year} của {', '.join(unit.previous.from_units)}"


def _tie_break_word(key: str, group: GroupResult) -> str:
    """A tie-break key in words: an area by its name."""
    known = {"survey": "điểm khảo sát", "name": "tên đơn vị"}
    areas = {area.code: f"lĩnh vực {area.name}" for unit in group.units for area in unit.areas}
    return known.get(key) or areas.get(key) or f"lĩnh vực {key}"


def _notes(config: ProvinceConfig, group: GroupResult, columns: Columns) -> tuple[str, ...]:
    """Which notes the annex needs, by their names in annex_parts.html. Robustness is never one of them."""
    scored = [unit for unit in group.units if unit.status is Status.SCORED]
    shown = group.ranked_units
    compared = columns.index_change or columns.rank_change
    needed = {
        "index": True,
        "total": columns.bonus or columns.penalty,
        "maximum": any(unit.max_points != group.max_points for unit in scored),
        "rank": bool(shown),
        "grades": any(unit.grade for unit in scored),
        "gated": any(unit.gated for unit in scored),
        "population": compared and group.population_changed,
        "set": compared and bool(group.set_changed),
        "dash": _has_dashes(columns, shown),
        "source": bool(config.source_note),
    }
    return tuple(kind for kind, is_needed in needed.items() if is_needed)


def _has_dashes(columns: Columns, units: Sequence[UnitResult]) -> bool:
    """Whether any cell of the ranking table has nothing to show."""
    cells: list[object] = []
    if columns.survey:
        cells += [unit.survey_points for unit in units]
    if columns.grade:
        cells += [unit.grade for unit in units]
    if columns.index_change:
        cells += [unit.change for unit in units]
    if columns.rank_change:
        cells += [unit.change and unit.change.rank for unit in units]
    return any(cell is None for cell in cells)


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
    from weasyprint import HTML
    from weasyprint.urls import FatalURLFetchingError

    fetcher = _folder_fetcher((*image_folders, TEMPLATES))
    with _errors_of_weasyprint() as errors:
        try:
            html = HTML(string=document.html, base_url=_ADDRESS, url_fetcher=fetcher)
            layout = html.render(pdf_variant=variant)
            layout.metadata.title = document.title
            layout.metadata.created = layout.metadata.modified = _timestamp(created)
            content: bytes = layout.write_pdf(
                pdf_variant=variant, pdf_identifier=_pdf_identifier(identifier, document.name).encode()
            )
        except FatalURLFetchingError as error:
            raise RenderingError(f"{document.name}: {error.__cause__ or error}") from error
    if errors:
        raise RenderingError(f"{document.name}: {'; '.join(errors)}")
    _check_fonts(document.name, layout.fonts.values())
    return content


def render_all(
    documents: Sequence[Document],
    identifier: bytes | str,
    created: date,
    workers: int = 1,
    image_folders: Sequence[Path] = (),
) -> dict[str, bytes]:
    """Documents as PDFs, by file name, in the order given.

    Many documents go to processes (threads make WeasyPrint slower), the largest first; a few are rendered here, since
    a fresh process spends seconds on importing.

    Raises:
        RenderingError: the first document that cannot be rendered, by its name.
    """
    jobs = {document.name: (document, identifier, created, tuple(image_folders)) for document in documents}
    if len(jobs) != len(documents):
        raise ValueError("two documents have the same file name")
    if workers <= 1 or len(documents) <= IN_PROCESS:
        return {name: render_pdf(*job) for name, job in jobs.items()}
    largest_first = sorted(jobs.values(), key=lambda job: -len(job[0].html))
    with ProcessPoolExecutor(min(workers, len(jobs)), mp_context=get_context("spawn")) as pool:
        rendered = {job[0].name: pool.submit(render_pdf, *job) for job in largest_first}
        try:
            return {name: rendered[name].result() for name in jobs}
        except BrokenProcessPool as error:
            raise RenderingError("tiến trình kết xuất PDF bị dừng đột ngột (thiếu bộ nhớ?)") from error
        finally:
            pool.shutdown(cancel_futures=True)


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


def read_resource(address: str, folders: Sequence[Path]) -> tuple[bytes, str]:
    """Bytes and media type of what a document asks for; only files inside the folders are ever read.

    Addresses are relative ones, made absolute with a host that does not exist: so the PDF does not depend on where the
    folders lie.

    Raises:
        PermissionError: the address leads elsewhere, or to a kind of file that documents do not use.
        FileNotFoundError: no folder has such a file.
    """
    path = unquote(urlsplit(address).path).lstrip("/")
    if not address.startswith(_ADDRESS) or "\0" in path:
        raise PermissionError(f"không được phép đọc {address[:200]}")
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


def _folder_fetcher(folders: Sequence[Path]) -> Any:
    """WeasyPrint's way to files: ours only, and every failure stops the rendering."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class FolderFetcher(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            content, media_type = read_resource(url, folders)
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

    Source: domain/3-document-format-nd30.md, 3.1; PDF/A allows no character without a glyph.
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
