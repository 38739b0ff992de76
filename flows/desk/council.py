"""The council's pages: what is contested in a group with both sides' words, and one screen a leaf of a unit to decide.

What comes as the council's workbook and what the officer enters here from its minutes are the same versions
(tasks/intake/appraising.py).
"""

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from flows.desk.deciding import Sent, Typed, decide, row_of, told_of
from flows.desk.round import known_year
from flows.desk.visiting import Visit, allowed, sent, there
from models.forms.descriptions import FormKind
from models.forms.sources import ScoreSource, Stage
from models.province.rounds import Group
from models.roles import Permission
from tasks.intake.appraising import ContestedLeaf, contested_leaves
from tasks.recording.versions import last_score

router = APIRouter()
_LIST = "/hoi-dong/{year}/{group}"
_LEAF = f"{_LIST}/{{unit}}/{{code}}"
Seeing = Annotated[Visit, Depends(allowed(Permission.SEE_ROUND))]
Deciding = Annotated[Visit, Depends(sent(Permission.RUN_ROUND))]


@router.get(_LIST)
def listed(visit: Seeing, year: int, group: str) -> Response:
    """What the council has to decide in a group, and what it decided."""
    chosen = _group(visit, year, group)
    rows = _rows(visit, year, chosen)
    return visit.page(
        "council",
        f"Hội đồng năm {year}: {chosen.name}",
        year=year,
        group=chosen,
        groups=visit.province.round_of(year).groups,
        rows=rows,
        open=sum(row.is_open for row in rows),
        path_of=lambda row: _path_of(year, group, row),
    )


@router.get(_LEAF)
def leaf(visit: Seeing, year: int, group: str, unit: str, code: str) -> Response:
    """One contested leaf of a unit: the claim, the cut and why, the explanation, and the form for the decision."""
    return _leaf_page(visit, year, _group(visit, year, group), (unit, code))


@router.post(_LEAF)
def give(
    visit: Deciding, year: int, group: str, unit: str, code: str, typed: Sent, then: Annotated[str, Form()] = ""
) -> Response:
    """Record the council's points; what is wrong with them stands above the form, which keeps what was typed."""
    chosen, key = _group(visit, year, group), (unit, code)
    rows = _rows(visit, year, chosen)
    row = row_of(rows, key)
    following = _next(rows, row)
    done = decide(visit, year, FormKind.COUNCIL, group, key, typed)
    if done.faults:
        return _leaf_page(visit, year, chosen, key, done.faults, typed, done.status)
    said = done.said(f"Đã ghi quyết định của Hội đồng về {code} của {row.record.unit.name}.")
    if not then:
        return visit.go(_path_of(year, group, row), said)
    if following is None:
        return visit.go(_at(year, group), f"{said} Đã hết danh sách.")
    return visit.go(_path_of(year, group, following), said)


def _leaf_page(
    visit: Visit,
    year: int,
    group: Group,
    key: tuple[str, str],
    faults: Sequence[str] = (),
    typed: Typed | None = None,
    status: int = 422,
) -> Response:
    rows = _rows(visit, year, group)
    row = row_of(rows, key)
    record, leaf = row.record, row.leaf
    with visit.storage.reading() as session:
        version, receipt = last_score(session, year, *key, ScoreSource.COUNCIL)
    return visit.page(
        "contested_leaf",
        f"{leaf.code}. {leaf.name}",
        status if faults else 200,
        year=year,
        group=group,
        row=row,
        **told_of(record, leaf, ScoreSource.COUNCIL),
        documents={stage.label: record.documents_said(leaf.code, stage) for stage in (Stage.SELF, Stage.EXPLANATION)},
        why=record.note(leaf.code, ScoreSource.APPRAISAL),
        may_give=visit.may(Permission.RUN_ROUND),
        version=version,
        receipt=receipt,
        faults_said=faults,
        typed=typed,
        base=_at(year, group.id),
        following=_next(rows, row),
        preceding=_next(rows[::-1], row),
        path_of=lambda row: _path_of(year, group.id, row),
    )


def _group(visit: Visit, year: int, id: str) -> Group:
    """The group of a round that there is.

    Raises:
        HTTPException: 404.
    """
    known_year(visit, year)
    return there(next((group for group in visit.province.round_of(year).groups if group.id == id), None))


def _rows(visit: Visit, year: int, group: Group) -> list[ContestedLeaf]:
    return visit.worked_out(("contested", year, group.id), lambda visit: contested_leaves(visit.records(year), group))


def _next(rows: list[ContestedLeaf], row: ContestedLeaf) -> ContestedLeaf | None:
    return next(iter(rows[rows.index(row) + 1 :]), None)


def _at(year: int, group: str) -> str:
    return f"/hoi-dong/{year}/{quote(group)}"


def _path_of(year: int, group: str, row: ContestedLeaf) -> str:
    return f"{_at(year, group)}/{quote(row.record.unit.code)}/{quote(row.leaf.code)}"
