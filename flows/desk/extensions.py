"""The officer's page of extensions: who may send a form of a round later than the others, until when and why."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal, NamedTuple

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from flows.desk.round import kind_of, known_year
from flows.desk.visiting import Visit, allowed, day_sent, sent
from models.findings import RefusedError
from models.forms.base import Subject
from models.forms.descriptions import ROUND_KINDS, FormKind
from models.province.calendar import Due, due_on, round_due
from models.province.rounds import DATED_KINDS
from models.roles import Permission
from tasks.intake.owed import owed_in_round
from tasks.mail.telling_desk import tell_of_answer
from tasks.recording.extensions import extend, granted_in, standing_in, subjects_of, take_back
from tasks.recording.openings import grant_opening, openings, refuse_opening

router = APIRouter()
_HERE = "/ky/{year}/gia-han"
Seeing = Annotated[Visit, Depends(allowed(Permission.SEE_ROUND))]
Running = Annotated[Visit, Depends(sent(Permission.RUN_ROUND))]
_ALL_WHO_OWE = "*"
_WHO = {Subject.UNIT: "Đơn vị", Subject.APPRAISER: "Cơ quan thẩm định", Subject.GROUP: "Nhóm đơn vị"}


class EnteredExtension(NamedTuple):
    """What stands in the form."""

    step: str = ""
    subject: str = ""
    until: str = ""
    reason: str = ""


@router.get(_HERE)
def extensions(visit: Seeing, year: int, buoc: str = "", don_vi: str = "") -> Response:
    """Every extension of a round, and the form for a new one; step and subject may be chosen by the address."""
    return _page(visit, year, EnteredExtension(buoc, don_vi))


def _page(
    visit: Visit, year: int, entered: EnteredExtension, faults: Sequence[str] = (), status: int = 200
) -> Response:
    known_year(visit, year)
    round = visit.province.round_of(year)
    with visit.storage.reading() as session:
        versions = granted_in(session, year)
        session.expunge_all()
        asked = openings(session, year)
    subjects = {kind: subjects_of(visit.province, round, kind) for kind in ROUND_KINDS}
    choices = {_WHO[kind.description.subject]: names for kind, names in subjects.items()}
    return visit.page(
        "extensions",
        f"Gia hạn, kỳ {year}",
        status,
        year=year,
        kinds=ROUND_KINDS,
        days={kind: _day(visit, year, kind) for kind in DATED_KINDS},
        choices=choices,
        standing=standing_in(versions),
        versions=versions,
        declared=round.extensions,
        name_of=lambda step, subject: subjects[FormKind(step)].get(subject, subject),
        label_of=lambda step: FormKind(step).label,
        asked=asked,
        entered=entered,
        faults_found=faults,
        may_run=visit.may(Permission.RUN_ROUND),
    )


def _day(visit: Visit, year: int, kind: FormKind) -> tuple[Due | None, Due | None]:
    """Deadline and lock of a step, for whoever has no extension."""
    round = visit.province.round_of(year)
    lock = round.locks.of(kind)
    return round_due(visit.province.config, round, kind), due_on(visit.province.config, lock) if lock else None


@router.post(_HERE)
def grant(
    visit: Running,
    year: int,
    step: Annotated[str, Form()] = "",
    subject: Annotated[str, Form()] = "",
    until: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Extend a step for one, or for all who still owe its form."""
    known_year(visit, year)
    kind = kind_of(step)
    day = day_sent(until)
    entered = EnteredExtension(step, subject, until, reason)
    if day is None:
        return _page(visit, year, entered, ["Ghi ngày gia hạn dạng 25/01/2027."], 422)
    who = list(_owing(visit, year, kind)) if subject == _ALL_WHO_OWE else [subject] if subject else []
    try:
        made = extend(visit.storage, visit.province, year, kind, who, day, reason, visit.now)
    except RefusedError as refused:
        said = [fault.in_sentences for fault in refused.findings]
        return _page(visit, year, entered, said, 422)
    told = (
        f"Đã gia hạn {kind.label} đến hết ngày {day:%d/%m/%Y} cho {made} nơi."
        if made
        else "Đã gia hạn như vậy từ trước."
    )
    return visit.go(f"/ky/{year}/gia-han", told)


@router.post(f"{_HERE}/bo")
def undo(
    visit: Running, year: int, step: Annotated[str, Form()] = "", subject: Annotated[str, Form()] = ""
) -> Response:
    """Take an extension back."""
    known_year(visit, year)
    take_back(visit.storage, year, kind_of(step), subject, "bỏ gia hạn", visit.now)
    return visit.go(f"/ky/{year}/gia-han", "Đã bỏ gia hạn; hạn của kỳ được áp dụng lại.")


@router.post("/ky/{year}/de-nghi/{id}")
def answer(
    visit: Running,
    year: int,
    id: int,
    verdict: Annotated[Literal["grant", "refuse"], Form()],
    until: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Grant or refuse what a unit asked for; the unit is told."""
    known_year(visit, year)
    day = day_sent(until)
    if verdict == "grant" and day is None:
        return _page(visit, year, EnteredExtension(), ["Đồng ý thì ghi nhận đến hết ngày nào, dạng 25/01/2027."], 422)
    try:
        if day is not None and verdict == "grant":
            done = grant_opening(visit.storage, visit.province, id, day, reason, visit.now)
        else:
            done = refuse_opening(visit.storage, id, reason, visit.now)
    except RefusedError as refused:
        said = [fault.in_sentences for fault in refused.findings]
        return _page(visit, year, EnteredExtension(), said, 422)
    address = f"{visit.address_of_desk}/don-vi/{done.request.subject}"
    tell_of_answer(visit.province, visit.storage, visit.desk.settings, done, address, visit.now)
    told = "Đã đồng ý và gia hạn" if done.is_granted else "Đã trả lời không đồng ý"
    return visit.go(f"/ky/{year}/gia-han", f"{told}; nơi đề nghị được báo trên trang và qua thư.")


def _owing(visit: Visit, year: int, kind: FormKind) -> Iterator[str]:
    """Whoever has not sent a form yet."""
    records = visit.records(year)
    with visit.storage.reading() as session:
        yield from (form.subject for form in owed_in_round(session, records) if form.kind is kind and form.is_owed)
