"""The appraiser's pages: what it appraises of whom, and one screen a leaf of a unit.

What an agency sends as a workbook and what it enters here are the same versions (tasks/intake/appraising.py).
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, NamedTuple
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response
from sqlmodel import col
from starlette.exceptions import HTTPException

from flows.desk.deciding import Sent, Typed, decide, row_of, told_of
from flows.desk.round import known_year
from flows.desk.visiting import MenuItem, Visit, allowed, sent, there
from models.criteria.facts import FactField
from models.forms.appraisal import found_fields
from models.forms.descriptions import FormKind
from models.forms.sources import ScoreSource, Stage
from models.province.config import Appraiser
from models.records.results import LeafPoints
from models.records.tables import Snapshot, WaitingFile
from models.roles import Bound, Permission
from tasks.forms.decision_rows import standing_facts
from tasks.intake.appraising import AppraisalState, AppraisedLeaf, appraised_leaves, leaves_of, rounds_to_appraise
from tasks.intake.holding import hold, let_go, newest_claim, waiting_of, waiting_of_units
from tasks.recording.snapshots import newest_published
from tasks.recording.versions import last_score

router = APIRouter()
_ALL, _LIST = "/tham-dinh", "/tham-dinh/{year}/{agency}"
_LEAF = f"{_LIST}/{{unit}}/{{code}}"
MENU = {_ALL: MenuItem("Thẩm định", (Permission.SEE_APPRAISAL,))}
Seeing = Annotated[Visit, Depends(allowed(Permission.SEE_APPRAISAL))]
Appraising = Annotated[Visit, Depends(sent(Permission.APPRAISE))]
_ROWS_A_PAGE = 100


class Filters(NamedTuple):
    """What of the list is wanted, as it stands in the address; empty is everything."""

    differs: str = ""
    unproven: str = ""
    open: str = ""
    again: str = ""
    unit: str = ""
    area: str = ""

    def let_through(self, row: AppraisedLeaf) -> bool:
        """Whether a row is wanted."""
        return (
            (not self.differs or row.differs)
            and (not self.unproven or not row.has_evidence)
            and (not self.open or row.is_open)
            and (not self.again or row.state is AppraisalState.AGAIN)
            and self.unit in ("", row.record.unit.code)
            and self.area in ("", row.leaf.area)
        )

    @property
    def query(self) -> str:
        """The part of an address that asks for the same, with its question mark; empty where it asks for nothing."""
        asked = {_NAMES[name]: value for name, value in self._asdict().items() if value}
        return f"?{urlencode(asked)}" if asked else ""


_NAMES = {"differs": "khac", "unproven": "thieu", "open": "mo", "again": "lai", "unit": "don_vi", "area": "linh_vuc"}


def _filters(
    khac: str = "", thieu: str = "", mo: str = "", lai: str = "", don_vi: str = "", linh_vuc: str = ""
) -> Filters:
    return Filters(khac, thieu, mo, lai, don_vi, linh_vuc)


Filtered = Annotated[Filters, Depends(_filters)]


class Progress(NamedTuple):
    """How far one agency is: leaves of units to appraise, those still open, and among them those explained since."""

    agency: Appraiser
    total: int
    open: int
    again: int


@router.get(_ALL)
def newest(visit: Seeing, nam: int = 0) -> Response:
    """To an agency's own list of the newest round that is not published; for the others how far each agency is."""
    years = rounds_to_appraise(visit.storage, visit.province.rounds)
    if not years:
        return visit.page("message", "Thẩm định", sentence="Chưa có kỳ đánh giá nào.", findings=())
    year = nam or years[0]
    if visit.who.role.description.bound is Bound.APPRAISER:
        return visit.go(_at(year, visit.who.subject))
    if year not in years:
        raise HTTPException(404)
    return visit.page(
        "appraisers",
        f"Thẩm định năm {year}",
        year=year,
        years=years,
        progress=[_progress(visit, year, agency) for agency in visit.province.config.appraisers],
        groups=visit.province.round_of(year).groups,
        path_of=lambda agency: _at(year, agency),
        may_see_council=visit.may(Permission.SEE_ROUND),
    )


def _progress(visit: Visit, year: int, agency: Appraiser) -> Progress:
    rows = _rows(visit, year, agency)
    again = sum(row.state is AppraisalState.AGAIN for row in rows)
    return Progress(agency, len(rows), sum(row.is_open for row in rows), again)


@router.get(_LIST)
def listed(visit: Seeing, year: int, agency: str, wanted: Filtered, trang: int = 1) -> Response:
    """What the agency appraises: claimed, given, state; what is open and what is done."""
    appraiser = _appraiser(visit, year, agency)
    rows = _rows(visit, year, appraiser)
    shown = list(filter(wanted.let_through, rows))
    pages = max(1, -(-len(shown) // _ROWS_A_PAGE))
    page = min(max(trang, 1), pages)
    sets = {row.record.criteria_set.id: row.record.criteria_set for row in rows}
    return visit.page(
        "appraisal",
        f"Thẩm định năm {year}: {appraiser.name}",
        year=year,
        agency=appraiser,
        agencies=[each for each in visit.province.config.appraisers if visit.may(Permission.SEE_APPRAISAL, each.id)],
        years=rounds_to_appraise(visit.storage, visit.province.rounds),
        rows=shown[(page - 1) * _ROWS_A_PAGE : page * _ROWS_A_PAGE],
        found=len(shown),
        total=len(rows),
        open=sum(row.is_open for row in rows),
        left=sum(row.is_open for row in rows),
        again=sum(row.state is AppraisalState.AGAIN for row in rows),
        wanted=wanted,
        waiting=_waiting(visit, year, {row.record.unit.code for row in rows}),
        units={row.record.unit.code: row.record.unit.name for row in rows},
        areas={area.code: area.name for each in sets.values() for area in each.areas},
        page=page,
        pages=pages,
        base=_at(year, agency),
        path_of=lambda row: _path_of(year, agency, row, wanted),
        page_path=lambda number: f"{_at(year, agency)}{wanted.query}{'&' if wanted.query else '?'}trang={number}",
    )


def _waiting(visit: Visit, year: int, units: set[str]) -> list[WaitingFile]:
    """The newer self-assessments of these units that wait while they are open."""
    with visit.storage.reading() as session:
        found = waiting_of_units(session, units, year, visit.now)
        session.expunge_all()
    return found


@router.get(_LEAF)
def leaf(visit: Seeing, year: int, agency: str, unit: str, code: str, wanted: Filtered) -> Response:
    """One leaf of a unit, with all that its points depend on, and the form to give them."""
    page = _leaf_page(visit, year, _appraiser(visit, year, agency), (unit, code), wanted)
    if visit.may(Permission.APPRAISE, agency):
        hold(visit.storage, year, unit, agency, visit.now)
    return page


@router.post(f"{_LIST}/{{unit}}/nhan-ban-moi")  # before the leaves, whose path it would be
def take_newer(visit: Appraising, year: int, agency: str, unit: str) -> Response:
    """Let the unit's newer self-assessment in, which waits since this agency has the unit open."""
    _appraiser(visit, year, agency)
    visit.demand(Permission.APPRAISE, agency)
    _let_go(visit, year, unit, agency)
    said = "Bản mới của đơn vị đang được nhận; số liệu trên danh sách là số liệu mới sau vài giây."
    return visit.go(f"{_at(year, agency)}?don_vi={quote(unit)}", said)


@router.post(_LEAF)
def give(
    visit: Appraising,
    year: int,
    agency: str,
    unit: str,
    code: str,
    wanted: Filtered,
    typed: Sent,
    claim: Annotated[int | None, Form()] = None,
    then: Annotated[str, Form()] = "",
) -> Response:
    """Record points; what is wrong with them stands above the form, which keeps what was typed.

    Where the unit's claim is another than the page showed (`claim`), nothing is recorded.
    """
    appraiser, key = _appraiser(visit, year, agency), (unit, code)
    visit.demand(Permission.APPRAISE, agency)
    row = row_of(_rows(visit, year, appraiser), key)
    following = _next(_rows(visit, year, appraiser), row, wanted)
    with visit.storage.reading() as session:
        stands = newest_claim(session, year, unit)
    if claim not in (None, stands):
        told = f"{row.record.unit.name} đã gửi bản tự đánh giá mới sau khi trang này được mở."
        told += " Chưa ghi gì; xem lại rồi ghi."
        return _leaf_page(visit, year, appraiser, key, wanted, [told], typed, 409)
    done = decide(visit, year, FormKind.APPRAISAL, agency, key, typed, row.leaf)
    if done.faults:
        return _leaf_page(visit, year, appraiser, key, wanted, done.faults, typed, done.status)
    said = done.said(f"Đã ghi {row.leaf.code} của {row.record.unit.name}.")
    if not any(each.is_open for each in _rows(visit, year, appraiser) if each.record.unit.code == unit):
        _let_go(visit, year, unit, agency)
    if not then:
        return visit.go(_path_of(year, agency, row, wanted), said)
    if following is None:
        return visit.go(_at(year, agency) + wanted.query, f"{said} Đã hết danh sách.")
    return visit.go(_path_of(year, agency, following, wanted), said)


def _let_go(visit: Visit, year: int, unit: str, agency: str) -> None:
    let_go(visit.storage, year, unit, agency)
    visit.desk.uploads.receive_now()


def _leaf_page(
    visit: Visit,
    year: int,
    appraiser: Appraiser,
    key: tuple[str, str],
    wanted: Filters,
    faults: Sequence[str] = (),
    typed: Typed | None = None,
    status: int = 422,
) -> Response:
    rows = _rows(visit, year, appraiser)
    row = row_of(rows, key)
    record, leaf = row.record, row.leaf
    with visit.storage.reading() as session:
        version, receipt = last_score(session, year, *key, ScoreSource.APPRAISAL)
        claim, waiting = newest_claim(session, year, key[0]), waiting_of(session, key[0], visit.now, year)
        session.expunge_all()
    documents = [line for stage in (Stage.SELF, Stage.EXPLANATION) for line in record.documents_said(leaf.code, stage)]
    return visit.page(
        "appraised_leaf",
        f"{leaf.code}. {leaf.name}",
        status if faults else 200,
        year=year,
        agency=appraiser,
        row=row,
        **told_of(record, leaf, ScoreSource.APPRAISAL),
        documents=documents,
        files=record.files.get(leaf.code, ()),
        council=record.given.get((leaf.code, ScoreSource.COUNCIL)),
        before=_last_years(visit, year).get((record.unit.code, leaf.code, leaf.name)),
        others=[
            each
            for each in rows
            if each.leaf is leaf and each.record.group.id == record.group.id and each.record is not record
        ],
        found=_found(row, typed),
        may_give=visit.may(Permission.APPRAISE, appraiser.id),
        version=version,
        claim=claim,
        waiting=waiting,
        receipt=receipt,
        faults_said=faults,
        typed=typed,
        base=_at(year, appraiser.id),
        wanted=wanted,
        following=_next(rows, row, wanted),
        preceding=_next(rows[::-1], row, wanted),
        path_of=lambda row: _path_of(year, appraiser.id, row, wanted),
    )


def _last_years(visit: Visit, year: int) -> Mapping[tuple[str, str, str], LeafPoints]:
    with visit.storage.reading() as session:
        published = session.scalar(newest_published(year - 1).with_only_columns(col(Snapshot.sha256)))
    if published is None:
        return {}
    return visit.of_frozen(("last year", published), lambda: leaves_of(visit.storage, published))


def _found(row: AppraisedLeaf, typed: Typed | None) -> list[tuple[FactField, str]]:
    """The facts that may be entered in place of points, each with what was typed or what the points follow from."""
    record, leaf = row.record, row.leaf
    known = standing_facts(leaf, record, record.given.get((leaf.code, ScoreSource.APPRAISAL)))
    shown = (
        dict(typed.facts)
        if typed
        else {field.id: field.shown(known[field.id]) for field in leaf.rule.fields if field.id in known}
    )
    return [(field, shown.get(field.id, "")) for field in found_fields(leaf)]


def _appraiser(visit: Visit, year: int, agency: str) -> Appraiser:
    """The agency of a round that there is, where the account may see its leaves.

    Raises:
        HTTPException: it may not (403), or there is none (404).
    """
    visit.demand(Permission.SEE_APPRAISAL, agency)
    known_year(visit, year)
    return there(next((each for each in visit.province.config.appraisers if each.id == agency), None))


def _rows(visit: Visit, year: int, appraiser: Appraiser) -> list[AppraisedLeaf]:
    return visit.worked_out(
        ("appraised", year, appraiser.id),
        lambda visit: appraised_leaves(visit.desk.storage, visit.records(year), appraiser),
        ahead=True,
    )


def _next(rows: list[AppraisedLeaf], row: AppraisedLeaf, wanted: Filters) -> AppraisedLeaf | None:
    """The wanted row after this one, None at the end."""
    return next(filter(wanted.let_through, rows[rows.index(row) + 1 :]), None)


def _at(year: int, agency: str) -> str:
    return f"{_ALL}/{year}/{quote(agency)}"


def _path_of(year: int, agency: str, row: AppraisedLeaf, wanted: Filters) -> str:
    return f"{_at(year, agency)}/{quote(row.record.unit.code)}/{quote(row.leaf.code)}{wanted.query}"
