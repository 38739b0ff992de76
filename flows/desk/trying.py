"""The officer's page that tries a round under another criteria set: a chooser, then the table; nothing is recorded."""

from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, UploadFile
from fastapi.responses import Response

from flows.desk.round import known_year
from flows.desk.visiting import Visit, allowed, sent
from models.findings import Finding, RefusedError, refusal
from models.province.plain_files import read_plain
from models.roles import Permission
from tasks.criteria.trying import Trial

router = APIRouter()
_HERE = "/ky/{year}/tinh-thu"
Seeing = Annotated[Visit, Depends(allowed(Permission.SEE_ROUND))]
Asking = Annotated[Visit, Depends(sent(Permission.SEE_ROUND))]


@router.get(_HERE)
def choose(visit: Seeing, year: int) -> Response:
    """The sets that may be tried, and where another one is sent."""
    return _page(visit, year)


@router.post(_HERE)
def try_it(
    visit: Asking,
    year: int,
    criteria_set: Annotated[str, Form()] = "",
    group: Annotated[str, Form()] = "",
    file: Annotated[UploadFile | None, File()] = None,
    mapping: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """The round under the chosen set, or under the one of the file."""
    known_year(visit, year)
    try:
        trial = _tried(visit, year, criteria_set, group, file, mapping)
    except RefusedError as refused:
        return _page(visit, year, criteria_set, group, findings=refused.findings, status=422)
    return _page(visit, year, criteria_set, group, trial)


def _tried(
    visit: Visit, year: int, criteria_set: str, group: str, file: UploadFile | None, mapping: UploadFile | None
) -> Trial:
    from tasks.criteria.as_workbook import file_of_set
    from tasks.criteria.coming_back import tried_file
    from tasks.criteria.trying import try_set

    if file is not None and file.filename and file.size:
        name, content = file.filename, tried_file(file.file.read(), file.filename)
    elif criteria_set:
        name = file_of_set(visit.province, criteria_set)
        content = read_plain(visit.province.folder / name)
    else:
        raise refusal("bộ tiêu chí", "chưa chọn bộ tiêu chí nào", "Chọn một bộ, hoặc gửi tệp của bộ ấy")
    declared = None
    if mapping is not None and mapping.filename and mapping.size:
        declared = (mapping.file.read(), mapping.filename)
    return try_set(visit.province, visit.storage, year, content, name, declared, group or None)


def _page(
    visit: Visit,
    year: int,
    chosen: str = "",
    group: str = "",
    trial: Trial | None = None,
    findings: list[Finding] | None = None,
    status: int = 200,
) -> Response:
    from tasks.criteria.trial_tables import HEADS, rows_of, summary_of

    known_year(visit, year)
    sets = sorted(visit.province.criteria_sets.values(), key=lambda one: one.id)
    return visit.page(
        "trying",
        f"Tính thử, kỳ {year}",
        status,
        year=year,
        sets=sets,
        groups=visit.province.round_of(year).groups,
        chosen=chosen,
        group=group,
        trial=trial,
        heads=HEADS,
        rows=list(rows_of(trial)) if trial else [],
        summary=summary_of(trial) if trial else [],
        findings=[*(findings or []), *(trial.notes if trial else ())],
    )
