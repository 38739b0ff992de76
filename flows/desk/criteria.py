"""The criteria sets as pages that everybody at the desk may read and search: every leaf with its rule in words."""

from collections.abc import Iterator
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from flows.desk.visiting import MenuItem, Visit, allowed, there
from models.criteria.sets import CriteriaSet, Leaf
from models.roles import Permission
from models.wording import unaccented
from tasks.documents.criteria_papers import exported_set

router = APIRouter()
_ALL = "/bo-tieu-chi"
_READING = (Permission.SEE_ROUND, Permission.SEE_FORMS, Permission.SEE_APPRAISAL)
MENU = {_ALL: MenuItem("Bộ tiêu chí", _READING)}
Seeing = Annotated[Visit, Depends(allowed(*_READING))]


class Download(NamedTuple):
    """A paper that a set is saved as: its name, what the link says, its form, whether it is the guide."""

    name: str
    told: str
    form: str
    as_guide: bool


DOWNLOADS = (
    Download("huong-dan.pdf", "Hướng dẫn cho các đơn vị (PDF)", ".pdf", True),
    Download("huong-dan.docx", "Hướng dẫn (Word)", ".docx", True),
    Download("phu-luc.docx", "Phụ lục của quyết định ban hành (Word)", ".docx", False),
)


class LeafInWords(NamedTuple):
    """A leaf and its rule in words."""

    leaf: Leaf
    rule: str


@router.get(_ALL)
def listed(visit: Seeing) -> Response:
    """Every set, with the rounds that use it, those of the newest round first."""
    used = {id: _years(visit, id) for id in visit.province.criteria_sets}
    sets = sorted(visit.province.criteria_sets.values(), key=lambda one: (-max(used[one.id], default=0), one.id))
    may_import = any(map(visit.may, (Permission.RUN_ROUND, Permission.MANAGE_ACCOUNTS)))
    return visit.page("criteria_sets", "Bộ tiêu chí", sets=sets, used=used, may_import=may_import)


def _years(visit: Visit, id: str) -> list[int]:
    """The years whose rounds measure by a set."""
    rounds = visit.province.rounds.items()
    return sorted(year for year, round in rounds if any(group.criteria_set == id for group in round.groups))


@router.get(f"{_ALL}/{{id}}")
def one(visit: Seeing, id: str, tim: str = "") -> Response:
    """A set as its newest round reads it; the address may name words to be found."""
    declared = there(visit.province.criteria_sets.get(id))
    years = _years(visit, id)
    year = max(years, default=visit.today.year)
    agencies = {agency.id: agency.name for agency in visit.province.config.appraisers}
    found = [each for each in _leaves(declared, year) if _says(each, tim)]
    areas = [(area, [each for each in found if each.leaf.area == area.code]) for area in declared.areas]
    return visit.page(
        "criteria_set",
        declared.title,
        declared=declared,
        years=years,
        year=year,
        areas=[(area, leaves) for area, leaves in areas if leaves],
        found=len(found),
        wanted=tim,
        agencies=agencies,
        downloads=DOWNLOADS,
    )


@router.get(f"{_ALL}/{{id}}/{{name}}")
def saved(visit: Seeing, id: str, name: str) -> Response:
    """A set as a paper, made anew only when something changed."""
    wanted = next((each for each in DOWNLOADS if each.name == name), None)
    if wanted is None or id not in visit.province.criteria_sets:
        raise HTTPException(404)
    content = visit.worked_out(("criteria paper", id, name), lambda visit: _made(visit, id, wanted))
    return visit.file(f"{id}-{name}", content)


def _made(visit: Visit, id: str, wanted: Download) -> bytes:
    return exported_set(visit.province, id, None, visit.today, wanted.form, as_guide=wanted.as_guide)


def _leaves(declared: CriteriaSet, year: int) -> Iterator[LeafInWords]:
    for leaf in declared.leaves:
        yield LeafInWords(leaf, leaf.rule.sentence(leaf.max, year))


def _says(each: LeafInWords, wanted: str) -> bool:
    """Whether code, name or rule have all the words, marks of Vietnamese apart."""
    text = unaccented(f"{each.leaf.code} {each.leaf.name} {each.rule}")
    return all(word in text for word in unaccented(wanted).split())
