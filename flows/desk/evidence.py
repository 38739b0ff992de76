"""Evidence files: a unit's page of criteria and files, search over all of them, and one file looked at page by page.

What a sender's file holds is never given to a browser to be opened: its pages are drawn here and shown as pictures, its
words as text; the file itself can only be saved. An appraiser sees the files of its own criteria.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, NamedTuple
from urllib.parse import quote

from fastapi import APIRouter, Depends, File, Form, UploadFile
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from flows.desk.round import known_year
from flows.desk.visiting import MenuItem, Visit, allowed, sent
from models.criteria.sets import Leaf, Source
from models.findings import RefusedError, refusal
from models.media_types import UNKNOWN
from models.records.evidence import EvidenceKind, OpenedEvidence, UnopenedEvidence
from models.records.submissions import said_document
from models.roles import Bound, Permission
from models.units import Unit
from tasks.evidence.matching import Match
from tasks.evidence.receiving import LAID_IN, SentFile, Taken, provable, receive_evidence, why_closed
from tasks.evidence.searching import Beside, beside_files, documents_by_component, search
from tasks.reading.kept_evidence import opened, page_image
from tasks.recording.evidence_files import HeldFile, assign, by_component, held_file, held_files, refused_files
from tasks.recording.versions import current_evidence

router = APIRouter()
_ALL, _ROUND = "/minh-chung", "/minh-chung/{year}"
_FILE = "/minh-chung/tep/{id}"
_OWN = "/don-vi/{code}/minh-chung"
_UNIT = f"{_OWN}/{{year}}"
SEEING = (Permission.SEE_FORMS, Permission.SEE_APPRAISAL)
MENU = {_ALL: MenuItem("Minh chứng", SEEING)}
Seeing = Annotated[Visit, Depends(allowed(*SEEING))]
OfUnit = Annotated[Visit, Depends(allowed(Permission.SEE_FORMS))]
Sending = Annotated[Visit, Depends(sent(Permission.SEND_FORMS))]
_PAGES_SHOWN, _FILES_SHOWN, _REFUSED_SHOWN = 10, 100, 20
_SANDBOX = {"Content-Security-Policy": "default-src 'none'; sandbox", "Cross-Origin-Resource-Policy": "same-origin"}


class LeafFiles(NamedTuple):
    """One criterion of a unit with what proves it.

    Attributes:
        documents: named in the unit's forms, a line each.
        lacks: whether evidence is wanted of it and there is none at all.
    """

    code: str
    name: str
    documents: Sequence[str]
    files: Sequence[HeldFile]
    lacks: bool


class UnitFiles(NamedTuple):
    """How many files a unit has sent, how many of them in time, how many no criterion has yet."""

    unit: Unit
    files: int
    in_time: int
    unassigned: int


# --- over all units ---------------------------------------------------------------------------------------------------


@router.get(_ALL)
def newest(visit: Seeing) -> Response:
    """To the newest round; a unit goes to its own page."""
    bound = visit.who.role.description.bound
    if not visit.province.rounds:
        return visit.page("message", "Minh chứng", sentence="Chưa có kỳ đánh giá nào.", findings=())
    if bound is Bound.UNIT:
        return visit.go(_own(visit.who.subject))
    return visit.go(f"{_ALL}/{max(visit.province.rounds)}")


@router.get(_ROUND)
def everywhere(visit: Seeing, year: int, tim: str = "", don_vi: str = "") -> Response:
    """Every file of a round that the account may see: how many of whom, and which have the wanted words."""
    known_year(visit, year)
    units = visit.province.units_of_round(year)
    files = list(filter(_seen_by(visit, year), held_in_round(visit, year)))
    names = {code: unit.name for code, (unit, _) in units.items()}
    wanted = [file for file in files if don_vi in ("", file.row.unit)]
    with visit.storage.reading() as session:
        found = search(session, wanted, tim, _beside(visit, year, names) if tim.strip() else {})
    return visit.page(
        "evidence_search",
        f"Minh chứng năm {year}",
        year=year,
        years=sorted(visit.province.rounds, reverse=True),
        units=_of_units([unit for unit, _ in units.values()], files),
        names=names,
        asked=tim,
        unit=don_vi,
        found=found[:_FILES_SHOWN],
        count=len(found),
        total=len(files),
        in_time=sum(not file.row.late for file in files),
        sees_units=visit.may(Permission.SEE_FORMS),
    )


def held_in_round(visit: Visit, year: int) -> list[HeldFile]:
    """All files of a round, read anew when anything was recorded since."""

    def read(visit: Visit) -> list[HeldFile]:
        with visit.desk.storage.reading() as session:
            return held_files(session, year)

    return visit.worked_out(("evidence", year), read)


def _beside(visit: Visit, year: int, names: Mapping[str, str]) -> Beside:
    """What is known of all files of a round besides their own words."""

    def read(visit: Visit) -> Beside:
        with visit.desk.storage.reading() as session:
            documents = documents_by_component(current_evidence(session, year))
        return beside_files(held_in_round(visit, year), names, documents)

    return visit.worked_out(("evidence words", year), read)


def _of_units(units: Sequence[Unit], files: Sequence[HeldFile]) -> list[UnitFiles]:
    by_unit: dict[str, list[HeldFile]] = {unit.code: [] for unit in units}
    for file in files:
        by_unit.setdefault(file.row.unit, []).append(file)
    counted = []
    for unit in units:
        own = by_unit[unit.code]
        in_time = sum(not file.row.late for file in own)
        counted.append(UnitFiles(unit, len(own), in_time, sum(not file.components for file in own)))
    return counted


# --- of one unit ------------------------------------------------------------------------------------------------------


@router.get(_OWN)
def newest_of_unit(visit: OfUnit, code: str) -> Response:
    """To the newest round that has the unit."""
    visit.demand(Permission.SEE_FORMS, code)
    years = [year for year in visit.province.rounds if code in visit.province.units_of_round(year)]
    if not years:
        raise HTTPException(404)
    return visit.go(_own(code, max(years)))


@router.get(_UNIT)
def of_unit(visit: OfUnit, code: str, year: int, tim: str = "") -> Response:
    """The criteria of a unit with the files that prove each, what is not assigned yet, and the form to send more."""
    return _unit_page(visit, code, year, tim=tim)


def _unit_page(
    visit: Visit,
    code: str,
    year: int,
    taken: Sequence[Taken] = (),
    trouble: Sequence[str] = (),
    tim: str = "",
    status: int = 200,
) -> Response:
    unit, codes, leaves = _unit_of(visit, code, year)
    with visit.storage.reading() as session:
        files = held_files(session, year, [code])
        refused = refused_files(session, year, code)[:_REFUSED_SHOWN]
        documents = documents_by_component(current_evidence(session, year, [code]))
        beside = beside_files(files, {code: unit.name}, documents)
        found = search(session, files, tim, beside) if tim.strip() else []
    proving = by_component(files)
    rows = []
    for each, name in codes.items():
        named = [
            said_document(item.document, item.number, item.day, item.page) for item in documents.get((code, each), ())
        ]
        own = proving.get((code, each), [])
        wanted = each in leaves and leaves[each].source is Source.SELF and leaves[each].evidence.is_needed
        rows.append(LeafFiles(each, name, named, own, wanted and not named and not own))
    why = why_closed(visit.province, visit.storage, year, code, visit.now)
    return visit.page(
        "evidence_unit",
        f"Minh chứng năm {year}",
        status,
        year=year,
        unit=unit,
        code=code,
        rows=rows,
        codes=codes,
        files=files,
        unassigned=[file for file in files if not file.components],
        in_time=sum(not file.row.late for file in files),
        refused=refused,
        taken=taken,
        trouble=trouble,
        asked=tim,
        found=found,
        closed=why[0] if why else None,
        may_send=visit.may(Permission.SEND_FORMS, code),
        largest=visit.desk.settings.evidence_file,
        whole=visit.desk.settings.evidence_sent,
        base=_own(code, year),
        Match=Match,
    )


def _unit_of(visit: Visit, code: str, year: int) -> tuple[Unit, dict[str, str], Mapping[str, Leaf]]:
    """A unit of a round, the codes and names of what it may prove, and its leaves.

    Raises:
        HTTPException: the account may not see it (403), or the round does not have it (404).
    """
    visit.demand(Permission.SEE_FORMS, code)
    if year not in visit.province.rounds or code not in visit.province.units_of_round(year):
        raise HTTPException(404)
    unit, group = visit.province.units_of_round(year)[code]
    criteria_set = visit.province.criteria_sets[group.criteria_set]
    return unit, provable(criteria_set, unit), criteria_set.by_code


@router.post(_UNIT)
def send(
    visit: Sending,
    code: str,
    year: int,
    files: Annotated[list[UploadFile], File()],
    component: Annotated[str, Form()] = "",
) -> Response:
    """Take the files that were sent; the page says of each what became of it."""
    visit.demand(Permission.SEND_FORMS, code)
    _unit_of(visit, code, year)
    chosen = [file for file in files if file.filename]
    if not chosen:
        return _unit_page(visit, code, year, trouble=["Chưa chọn tệp nào."], status=422)
    with TemporaryDirectory(dir=visit.storage.var, prefix=LAID_IN) as folder:
        laid = []
        for number, file in enumerate(chosen):
            path = Path(folder) / str(number)
            with path.open("wb") as out:
                shutil.copyfileobj(file.file, out)
            laid.append(SentFile(file.filename or "", path))
        try:
            taken = receive_evidence(
                visit.province,
                visit.storage,
                visit.desk.settings,
                year,
                code,
                laid,
                via="desk",
                now=visit.now,
                component=component,
            )
        except RefusedError as error:
            said = [f"{finding.what}. {finding.remedy}." for finding in error.findings]
            return _unit_page(visit, code, year, trouble=said, status=422)
    return _unit_page(visit, code, year, taken)


@router.post(f"{_UNIT}/gan")
def link(
    visit: Sending,
    code: str,
    year: int,
    file: Annotated[int, Form()],
    component: Annotated[str, Form()],
    act: Annotated[str, Form()] = "gan",
) -> Response:
    """Let a file prove a criterion, or no longer."""
    visit.demand(Permission.SEND_FORMS, code)
    _, codes, _ = _unit_of(visit, code, year)
    held = _file(visit, file)
    if (held.row.unit, held.row.year) != (code, year) or component not in codes:
        raise HTTPException(404)
    if why := why_closed(visit.province, visit.storage, year, code, visit.now):
        raise RefusedError(list(why))
    proves = act != "bo"
    done = assign(visit.storage, file, component, visit.now, proves=proves)
    said = (
        f"Đã gắn {held.name} với tiêu chí {component}." if proves else f"Đã bỏ {held.name} khỏi tiêu chí {component}."
    )
    return visit.go(_own(code, year), said if done else "Không có gì thay đổi.")


# --- one file ---------------------------------------------------------------------------------------------------------


@router.get(_FILE)
def view(visit: Seeing, id: int, trang: int = 1) -> Response:
    """One file: its pages as pictures or its words, what it proves, and where the file itself can be saved."""
    held = _file(visit, id)
    first = min(max(trang, 1), max(held.row.pages, 1))
    last = min(first + _PAGES_SHOWN - 1, held.row.pages)
    words = ""
    if held.kind in (EvidenceKind.DOCX, EvidenceKind.XLSX):
        words = _words(visit, held)
    names = {code: unit.name for code, unit in visit.province.units.items()}
    return visit.page(
        "evidence_file",
        held.name,
        file=held,
        unit=names.get(held.row.unit, held.row.unit),
        pages=range(first, last + 1),
        earlier=max(first - _PAGES_SHOWN, 1) if first > 1 else None,
        later=last + 1 if last < held.row.pages else None,
        words=words,
        Match=Match,
        may_see_unit=visit.may(Permission.SEE_FORMS, held.row.unit),
        more=_may_prove_too(visit, held),
        base=_own(held.row.unit, held.row.year),
    )


def _may_prove_too(visit: Visit, held: HeldFile) -> dict[str, str]:
    """The criteria that the account may let a file prove besides, by code; none where it may not or it is too late."""
    code, year = held.row.unit, held.row.year
    if not visit.may(Permission.SEND_FORMS, code) or year not in visit.province.rounds:
        return {}
    if why_closed(visit.province, visit.storage, year, code, visit.now):
        return {}
    _, codes, _ = _unit_of(visit, code, year)
    return {each: name for each, name in codes.items() if each not in held.components}


def _words(visit: Visit, held: HeldFile) -> str:
    """The words of a document or workbook, read anew: those that are kept for search have lost their accents."""
    found = opened(visit.storage.kept(held.row.sha256))
    return found.words if isinstance(found, OpenedEvidence) else ""


@router.get(f"{_FILE}/trang/{{number}}")
def page(visit: Seeing, id: int, number: int) -> Response:
    """One page as a picture that was drawn here."""
    held = _file(visit, id)
    if not 1 <= number <= held.row.pages:
        raise HTTPException(404)
    drawn = page_image(visit.storage.kept(held.row.sha256), number)
    if isinstance(drawn, UnopenedEvidence):
        raise refusal(held.name, drawn.what, drawn.remedy)
    return Response(drawn, media_type="image/png", headers=_SANDBOX)


@router.get(f"{_FILE}/goc")
def original(visit: Seeing, id: int) -> Response:
    """The bytes as they were sent, to be saved; no browser opens them."""
    held = _file(visit, id)
    answer = visit.file(_saved_as(held), visit.storage.kept(held.row.sha256).read_bytes(), UNKNOWN)
    answer.headers.update(_SANDBOX)
    return answer


def _saved_as(held: HeldFile) -> str:
    """The file's name with the ending of what it is, whatever it was called."""
    endings = tuple(f".{ending}" for ending in held.kind.endings)
    return held.name if held.name.lower().endswith(endings) else held.name + endings[0]


def _file(visit: Visit, id: int) -> HeldFile:
    """A file that the account may see.

    Raises:
        HTTPException: 404, for what it may not see as for what there is not.
    """
    with visit.storage.reading() as session:
        held = held_file(session, id)
    if held is None or not _seen_by(visit, held.row.year)(held):
        raise HTTPException(404)
    return held


def _seen_by(visit: Visit, year: int) -> Callable[[HeldFile], bool]:
    """What of a round the account may see: a unit its own, an appraiser what proves its criteria, others all."""
    bound = visit.who.role.description.bound
    if bound is not Bound.APPRAISER:
        return lambda held: visit.may(Permission.SEE_FORMS, held.row.unit)
    if year not in visit.province.rounds:
        return lambda held: False
    config, sets, own = visit.province.config, visit.province.criteria_sets, visit.who.subject
    of_set = {
        group.id: {leaf.code for leaf in sets[group.criteria_set].leaves if config.appraiser_of(leaf) == own}
        for group in visit.province.round_of(year).groups
    }
    codes = {unit: of_set[group.id] for unit, (_, group) in visit.province.units_of_round(year).items()}
    return lambda held: not codes.get(held.row.unit, set()).isdisjoint(held.components)


def _own(code: str, year: int | None = None) -> str:
    return f"/don-vi/{quote(code)}/minh-chung{f'/{year}' if year else ''}"
