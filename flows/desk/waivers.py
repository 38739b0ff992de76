"""The officer's page of waived checks: which check of a form is not held against which unit, who asked and why."""

from collections.abc import Sequence
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from flows.desk.round import kind_of, known_year
from flows.desk.visiting import Visit, allowed, sent
from models.findings import RefusedError
from models.forms.descriptions import FormKind
from models.roles import Permission
from tasks.intake.waiving import WAIVABLE_FORMS, standing_waivers, take_waiver_back, waivable_checks, waive, waivers_in
from tasks.recording.extensions import subjects_of

router = APIRouter()
_HERE = "/ky/{year}/mien-kiem-tra"
Seeing = Annotated[Visit, Depends(allowed(Permission.SEE_ROUND))]
Running = Annotated[Visit, Depends(sent(Permission.RUN_ROUND))]


class EnteredWaiver(NamedTuple):
    """What stands in the form; `what` is form and check: `self_assessment/facts_senseless`."""

    what: str = ""
    subject: str = ""
    asked_by: str = ""
    reason: str = ""


@router.get(_HERE)
def waivers(visit: Seeing, year: int, buoc: str = "", don_vi: str = "", kiem_tra: str = "") -> Response:
    """Every waived check of a round, and the form for a new one, which the address may have begun to fill in."""
    return _page(visit, year, EnteredWaiver(f"{buoc}/{kiem_tra}", don_vi))


def _page(visit: Visit, year: int, entered: EnteredWaiver, faults: Sequence[str] = (), status: int = 200) -> Response:
    known_year(visit, year)
    with visit.storage.reading() as session:
        versions = waivers_in(session, year)
    checks = {kind: waivable_checks(kind) for kind in WAIVABLE_FORMS}
    units = subjects_of(visit.province, visit.province.round_of(year), FormKind.SELF_ASSESSMENT)
    return visit.page(
        "waivers",
        f"Miễn kiểm tra, kỳ {year}",
        status,
        year=year,
        checks=checks,
        units=units,
        standing=standing_waivers(versions),
        versions=versions,
        said_of=lambda row: checks[FormKind(row.form)].get(row.check_name, row.check_name),
        label_of=lambda row: FormKind(row.form).label,
        entered=entered,
        faults_found=faults,
        may_run=visit.may(Permission.RUN_ROUND),
    )


@router.post(_HERE)
def grant(
    visit: Running,
    year: int,
    what: Annotated[str, Form()] = "",
    subject: Annotated[str, Form()] = "",
    asked_by: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Waive a check for a unit."""
    known_year(visit, year)
    step, _, check = what.partition("/")
    kind = kind_of(step)
    try:
        new = waive(visit.storage, visit.province, year, kind, subject, check, asked_by, reason, visit.now)
    except RefusedError as refused:
        said = [each.in_sentences for each in refused.findings]
        return _page(visit, year, EnteredWaiver(what, subject, asked_by, reason), said, 422)
    told = "Đã miễn; báo đơn vị gửi lại phiếu." if new else "Đã miễn như vậy từ trước."
    return visit.go(_HERE.format(year=year), told)


@router.post(f"{_HERE}/bo")
def undo(
    visit: Running, year: int, what: Annotated[str, Form()] = "", subject: Annotated[str, Form()] = ""
) -> Response:
    """Hold a check against a unit again."""
    known_year(visit, year)
    step, _, check = what.partition("/")
    take_waiver_back(visit.storage, year, kind_of(step), subject, check, "bỏ miễn", visit.now)
    return visit.go(_HERE.format(year=year), "Đã áp dụng lại kiểm tra cho phiếu gửi từ nay.")
