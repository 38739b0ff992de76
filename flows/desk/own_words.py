"""The paragraphs that the province words itself (texts.yaml): filled with the newest results, and worded anew."""

from collections.abc import Sequence
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from sqlmodel import Session

from flows.desk.round import known_year
from flows.desk.visiting import Visit, allowed, sent
from models.findings import Finding, RefusedError
from models.province.texts import PLACEHOLDERS, Asked, Placeholder, Section
from models.records.snapshots import Frozen, results_in
from models.roles import Permission
from tasks.documents.annexes import annexes_of
from tasks.documents.own_words import own_words, values_of
from tasks.recording.snapshots import newest_of

router = APIRouter()
Seeing = Annotated[Visit, Depends(allowed(Permission.SEE_ROUND))]
SentByOfficer = Annotated[Visit, Depends(sent(Permission.RUN_ROUND))]


class TypedSection(NamedTuple):
    """A section with what is typed of it for one year."""

    section: Section
    text: str


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
    own = next((one for one in visit.province.texts.texts if one.year == year), None)
    typed = [TypedSection(section, "\n".join(own.of(section) if own else ())) for section in Section]
    return _page(visit, year, typed)


@router.post("/ky/{year}/cau-chu")
async def written(visit: SentByOfficer, year: int, request: Request) -> Response:
    """The paragraphs of a year worded anew: written into texts.yaml, or what is wrong with them."""
    from tasks.editing.changing import write_and_record
    from tasks.editing.own_texts import changed_texts, paragraphs_in

    known_year(visit, year)
    form = await request.form()
    typed = [TypedSection(section, str(form.get(section.value, ""))) for section in Section]
    sections = {one.section: paragraphs_in(one.text) for one in typed}
    folder = visit.desk.folder
    try:
        checked = await run_in_threadpool(changed_texts, folder, year, sections, str(form.get("state", "")))
    except RefusedError as refused:
        return await run_in_threadpool(_page, visit, year, typed, refused.findings, 422)
    await run_in_threadpool(write_and_record, visit.storage, folder, checked.changes, "typed", visit.now)
    here = f"/ky/{year}/cau-chu"
    return visit.go(
        here, "Đã ghi câu chữ; tính lại thì văn bản theo câu chữ mới." if checked.changes else "Không có gì thay đổi."
    )


def _page(
    visit: Visit, year: int, typed: Sequence[TypedSection], findings: Sequence[Finding] = (), status: int = 200
) -> Response:
    from tasks.editing.own_texts import state_of_texts

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
    return visit.page(
        "own_words",
        f"Câu chữ của tỉnh, kỳ {year}",
        status,
        year=year,
        sections=sections,
        values=listed,
        typed=typed,
        findings=findings,
        state=state_of_texts(visit.desk.folder),
    )


def _newest(session: Session, year: int) -> Frozen | None:
    snapshot = session.exec(newest_of(year)).first()
    return results_in(snapshot) if snapshot else None


def _or_blank(filled: dict[str, list[str]], section: Section, written: tuple[str, ...]) -> list[str]:
    return filled.get(section.value) or [""] * len(written)
