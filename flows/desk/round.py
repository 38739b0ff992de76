"""The officer's pages of a round: what waits for whom, who has sent what, evaluation, ranks, gate, submission.

Nothing is worked out here: status, evaluation and gate are those of the command line, and a submission starts the
flow that waits for the leader.
"""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from flows.desk.background import AT_ONCE, Begun
from flows.desk.visiting import MenuItem, Visit, allowed, sent
from flows.waiting import start_run
from models.forms.descriptions import ROUND_KINDS, FormKind
from models.province.folder import Province
from models.published_figures import Medium, figures_told
from models.records.storage import Storage
from models.roles import Permission
from models.units import Unit
from tasks.intake.form_status import FormsStatus, forms_status
from tasks.intake.owed import FormState, Owed
from tasks.intake.round_status import RoundStatus, UnitStatus, round_status
from tasks.publishing.choosing import newest_paper
from tasks.publishing.gate import GatePoint
from tasks.publishing.papers import Paper
from tasks.recording.evidence_files import handed_in
from tasks.recording.openings import Opening, openings
from tasks.recording.snapshots import known_snapshot
from tasks.scoring.explaining import Explanation, explain_unit
from tasks.scoring.repairs import remedy_of

router = APIRouter()
_ALL, _ONE = "/ky", "/ky/{year}"
MENU = {_ALL: MenuItem("Kỳ đánh giá", (Permission.SEE_ROUND,))}
Seeing = Annotated[Visit, Depends(allowed(Permission.SEE_ROUND))]
Running = Annotated[Visit, Depends(sent(Permission.RUN_ROUND))]
_EVERYBODY = "*"
_STEPS = 5  # that `evaluate_round` tells of
_YEARLY = "annual_evaluation"


@router.get(_ALL)
def listed(visit: Seeing) -> Response:
    """Every round, the newest first; where there is one only, at once that one."""
    years = sorted(visit.province.rounds, reverse=True)
    if len(years) == 1:
        return visit.go(_at(years[0]))
    return visit.page("rounds", "Kỳ đánh giá", years=years)


class UnitRow(NamedTuple):
    """A unit of the round: its forms by kind, and how far it is."""

    unit: Unit
    forms: dict[FormKind, Owed]
    status: UnitStatus


@router.get(_ONE)
def one(visit: Seeing, year: int, nhom: str = "", trang_thai: str = "") -> Response:
    """What waits for whom today, and who has sent what; the address may name a group and a state of forms."""
    known_year(visit, year)
    forms, state = visit.worked_out(("round", year), lambda visit: _status(visit, year), ahead=True)
    with visit.storage.reading() as session:
        evidence = handed_in(session, year)
    units, round = visit.province.units_of_round(year), visit.province.round_of(year)
    by_unit: dict[str, dict[FormKind, Owed]] = {}
    for form in forms.forms:
        if form.kind.of_a_unit:
            by_unit.setdefault(form.subject, {})[form.kind] = form
    rows = [UnitRow(units[status.code][0], by_unit.get(status.code, {}), status) for status in state.units]
    wanted = [
        row for row in rows if not trang_thai or trang_thai in {form.state(visit.today) for form in row.forms.values()}
    ]
    asked = [each for each in _openings(visit, year) if each.answer is None]
    return visit.page(
        "round",
        f"Kỳ đánh giá năm {year}",
        year=year,
        state=state,
        forms=forms,
        kinds=[kind for kind in ROUND_KINDS if kind.of_a_unit],
        others=[form for form in forms.forms if not form.kind.of_a_unit and (form.is_asked or form.newest)],
        groups=[
            (group, [row for row in wanted if row.status.group == group.id])
            for group in round.groups
            if nhom in ("", group.id)
        ],
        all_groups=round.groups,
        states=FormState,
        group=nhom,
        state_of_forms=trang_thai,
        is_closed=bool(state.decisions),
        may_run=visit.may(Permission.RUN_ROUND),
        evidence=evidence,
        asked=asked,
        left=0 if state.decisions else len(forms.waiting) + len(asked),
    )


def _openings(visit: Visit, year: int) -> list[Opening]:
    with visit.storage.reading() as session:
        return openings(session, year)


def _status(visit: Visit, year: int) -> tuple[FormsStatus, RoundStatus]:
    records = visit.records(year)
    return (
        forms_status(visit.desk.storage, records, visit.today, visit.desk.settings),
        round_status(visit.desk.storage, records, visit.today),
    )


@router.post(f"{_ONE}/tinh")
def evaluate(visit: Running, year: int) -> Response:
    """Begin to compute the round from what is current; where that is done at once, go to the ranks."""
    known_year(visit, year)
    begun = visit.desk.evaluations.begin(str(year), partial(_evaluated, visit.province, visit.storage, year))
    if not begun and ((other := visit.desk.evaluations.of(str(year))) is None or other.is_over):
        return visit.go(_at(year), "Đang tính một kỳ khác; chờ xong rồi bấm lại.", went_well=False)
    visit.desk.evaluations.finish(AT_ONCE)
    return visit.go(f"{_at(year)}/dang-tinh")


def _evaluated(province: Province, storage: Storage, year: int, begun: Begun) -> str:
    from tasks.publishing.evaluating import evaluate_round

    done = evaluate_round(province, storage, year, begun.steps.append)
    new = "kết quả mới" if done.new else "kết quả như lần trước, không có gì thay đổi"
    return f"Đã tính: {new}."


@router.get(f"{_ONE}/dang-tinh")
def evaluating(visit: Seeing, year: int) -> Response:
    """Where the evaluation is; the page looks again by itself, and goes on to the ranks when it is done."""
    known_year(visit, year)
    begun = visit.desk.evaluations.of(str(year))
    if begun is None:
        return visit.go(_at(year))
    if begun.said:
        return visit.go(f"{_at(year)}/xep-hang", begun.said)
    return visit.page(
        "evaluating", f"Đang tính kỳ {year}", 422 if begun.findings else 200, year=year, begun=begun, steps=_STEPS
    )


@router.get(f"{_ONE}/xep-hang")
def ranks(visit: Seeing, year: int) -> Response:
    """The newest ranks."""
    known_year(visit, year)
    newest = visit.results(year)
    tables = [
        (group, figures_told(Medium.TERMINAL, group.units, group.units)) for group in newest.frozen.results.groups
    ]
    return visit.page("ranks", f"Xếp hạng năm {year}", year=year, newest=newest, tables=tables, Medium=Medium)


@router.get(f"{_ONE}/don-vi/{{code}}")
def explained(visit: Seeing, year: int, code: str) -> Response:
    """Every point of a unit: by which rule, from which facts, who said them, why it was lost."""
    known_year(visit, year)
    explanation = visit.worked_out(("explained", year, code), lambda visit: _explanation(visit, year, code))
    newest = visit.results(year)
    declared = newest.frozen.criteria_sets[explanation.group.criteria_set]
    reasons = {each.leaf.code: each.reason for each in explanation.leaves}
    lost = [(each, declared.by_code[each.leaf.code], reasons[each.leaf.code]) for each in explanation.lost]
    return visit.page(
        "explanation", explanation.unit.name, year=year, explanation=explanation, lost=lost, remedy_of=remedy_of
    )


def _explanation(visit: Visit, year: int, code: str) -> Explanation:
    newest = visit.results(year)
    series = visit.province.progress.indices.values()
    snapshot = known_snapshot(visit.storage, newest.sha256)
    with visit.storage.reading() as session:
        return explain_unit(session, snapshot, newest.frozen, code, series)


@router.get(f"{_ONE}/soat")
def gate(visit: Seeing, year: int) -> Response:
    """What is to be settled before the decision is submitted."""
    known_year(visit, year)
    found = visit.worked_out(("gate", year), lambda visit: _gate(visit, year))
    points = sorted(found, key=lambda point: not point.kind.grave)
    return visit.page(
        "gate", f"Soát trước khi trình, năm {year}", year=year, points=points, may_run=visit.may(Permission.RUN_ROUND)
    )


def _gate(visit: Visit, year: int) -> Sequence[GatePoint]:
    """What the gate finds of the newest results: the same while results, folder, own templates and day are."""
    paper = _paper(visit, year)
    own = tuple((str(path), path.stat().st_mtime_ns) for path in sorted(visit.desk.folder.glob("templates/*")))
    return visit.of_frozen(("gate", paper.snapshot.sha256, id(visit.province), visit.today, own), lambda: paper.gate())


def _paper(visit: Visit, year: int) -> Paper:
    return newest_paper(visit.desk.folder, visit.storage, year)


@router.post(f"{_ONE}/trinh")
def submit(visit: Running, year: int) -> Response:
    """Start the flow that drafts the decision and waits for the leader."""
    known_year(visit, year)
    start_run(_YEARLY, visit.desk.folder, {"year": year})
    return visit.go("/trinh-duyet", "Đang lập dự thảo; xong sẽ hiện ở mục Đang chờ phê duyệt.")


@router.post(f"{_ONE}/nhac")
def remind(visit: Running, year: int, subject: Annotated[str, Form()] = "") -> Response:
    """Remind whoever is due or late today, one unit or agency of all that it owes, or (`*`) all who owe anything.

    Who was reminded today is left alone.
    """
    from tasks.mail import reminder_mail
    from tasks.mail.notifying import mail_settings

    known_year(visit, year)
    known = visit.province, visit.storage, visit.today
    if subject:
        notices = reminder_mail.asked_notices(*known, None if subject == _EVERYBODY else [subject])
    else:
        notices = reminder_mail.due_notices(*known)
    mail = mail_settings(visit.desk.settings)
    done = reminder_mail.remind(visit.province.config, notices, visit.storage.var, mail, visit.today, visit.now)
    rows = reminder_mail.reminded_rows(done)
    return visit.page(
        "reminded", "Nhắc hạn hôm nay", year=year, rows=rows, is_asked=bool(subject), sends_mail=mail.host is not None
    )


def known_year(visit: Visit, year: int) -> None:
    """Go on with a round that there is.

    Raises:
        HTTPException: 404.
    """
    if year not in visit.province.rounds:
        raise HTTPException(404)


def kind_of(step: str) -> FormKind:
    """The form of a step of a round, as a form of a page names it.

    Raises:
        HTTPException: 422.
    """
    found = {kind.value: kind for kind in ROUND_KINDS}.get(step)
    if found is None:
        raise HTTPException(422)
    return found


def _at(year: int) -> str:
    return f"{_ALL}/{year}"
