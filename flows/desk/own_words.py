"""The paragraphs that the province words itself (texts.yaml), filled with the newest results; read only.

Files of the province folder are not written at the desk; the page says where each paragraph is changed.
"""

from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from sqlmodel import Session

from flows.desk.round import known_year
from flows.desk.visiting import Visit, allowed
from models.province.texts import PLACEHOLDERS, Asked, Placeholder, Section
from models.records.snapshots import Frozen, results_in
from models.roles import Permission
from tasks.documents.annexes import annexes_of
from tasks.documents.own_words import own_words, values_of
from tasks.recording.snapshots import newest_of

router = APIRouter()
Seeing = Annotated[Visit, Depends(allowed(Permission.SEE_ROUND))]


class Paragraph(NamedTuple):
    """A paragraph as it is written and as it will be printed; `filled` is "" before the first results."""

    written: str
    filled: str


class Value(NamedTuple):
    """A placeholder as it is written, what it means, and its value today, "" before the first results."""

    written: str
    known: Placeholder
    value: str


@router.get("/ky/{year}/cau-chu")
def shown(visit: Seeing, year: int) -> Response:
    """Every section with its paragraphs, and every placeholder with its value."""
    known_year(visit, year)
    with visit.storage.reading() as session:
        frozen = _newest(session, year)
    texts = visit.province.texts.of_year(year)
    values: dict[Asked, str] = {}
    filled: dict[str, list[str]] = {}
    if frozen:
        annexes = annexes_of(frozen.config, frozen.round, frozen.results)
        values = values_of(frozen.config, year, frozen.results.ranking, annexes)
        filled = own_words(texts, frozen.config, year, frozen.results.ranking, annexes)
    sections = [
        (
            section,
            [
                Paragraph(*both)
                for both in zip(texts.of(section), _or_blank(filled, section, texts.of(section)), strict=True)
            ],
        )
        for section in Section
    ]
    groups = [group.id for group in visit.province.round_of(year).groups]
    listed = [
        Value(f"{{{name}{'.' if group else ''}{group}}}", known, values.get(Asked(name, group), ""))
        for name, known in PLACEHOLDERS.items()
        for group in (groups if known.of_group else ("",))
    ]
    return visit.page("own_words", f"Câu chữ của tỉnh, kỳ {year}", year=year, sections=sections, values=listed)


def _newest(session: Session, year: int) -> Frozen | None:
    snapshot = session.exec(newest_of(year)).first()
    return results_in(snapshot) if snapshot else None


def _or_blank(filled: dict[str, list[str]], section: Section, written: tuple[str, ...]) -> list[str]:
    return filled.get(section.value) or [""] * len(written)
