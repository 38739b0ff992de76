"""The unit's page of explanation: what the appraisal cut, who and why, and an answer to each.

What is answered here goes in as the explanation workbook that says the same (tasks/intake/explaining.py): checks,
receipt and versions are those of a file that was sent.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from flows.desk.round import known_year
from flows.desk.sender import SEEING, SENDING, demand_sending, may_send, name_of, take_in
from flows.desk.visiting import Visit, allowed, day_sent, sent
from models.criteria.sets import Leaf
from models.findings import Finding, Severity
from models.forms.descriptions import FormKind, form_file_name
from models.forms.explanation import AGREES, EXPLAINS
from models.forms.sources import Stage
from models.province.calendar import round_due
from models.records.results import LeafPoints
from models.records.submissions import EvidenceItem
from tasks.forms.explanation import who_cut
from tasks.forms.round_records import RoundRecords, UnitRecord, read_round
from tasks.intake.explaining import EnteredAnswer, answers_of, explanation_with, faults_of
from tasks.intake.received_files import files_of

router = APIRouter()
_HERE = "/don-vi/{code}/giai-trinh/{year}"
Seeing = Annotated[Visit, Depends(allowed(*SEEING))]
Sending = Annotated[Visit, Depends(sent(*SENDING))]


class CutLeaf(NamedTuple):
    """A leaf that was cut, as the unit sees it; `reason` is who cut it and why."""

    leaf: Leaf
    rule: str
    claimed: LeafPoints
    standing: LeafPoints
    reason: str
    documents: list[str]
    days: str
    answered: EnteredAnswer


class _Typed(NamedTuple):
    """What was sent: answers by code, days as they were typed, the version that the page showed."""

    answers: dict[str, EnteredAnswer]
    days: dict[str, str]
    version: int


@router.get(_HERE)
def explanation(visit: Seeing, code: str, year: int) -> Response:
    """Every cut with its reason, and the form to answer."""
    return _page(visit, code, year)


@router.post(_HERE)
async def explain(visit: Sending, code: str, year: int) -> Response:
    """Send the answers in; what is wrong with them stands above the form, which keeps what was typed."""
    fields = await visit.request.form()
    typed = {name: value for name, value in fields.items() if isinstance(value, str)}
    outcome = await run_in_threadpool(_filled, visit, code, year, typed)
    if isinstance(outcome, Response):
        return outcome
    return await take_in(visit, code, form_file_name(FormKind.EXPLANATION, year, code), io.BytesIO(outcome))


def _filled(visit: Visit, code: str, year: int, fields: Mapping[str, str]) -> Response | bytes:
    """The workbook with the answers, or the page that says why there is none."""
    demand_sending(visit, code)
    records = _records(visit, code, year)
    record = records.units[code]
    typed = _read(record, fields)
    if typed.version != (newest := _versions(visit, code, year)):
        told = (
            "Sau khi trang này được mở, đơn vị đã gửi bản giải trình khác (trên trang này hoặc bằng tệp). Chưa ghi gì."
        )
        return _page(visit, code, year, typed._replace(version=newest), [told], status=409)
    if unread := [f"Tiêu chí {at}: ngày của tài liệu ghi dạng 25/01/2026." for at in typed.days if typed.days[at]]:
        return _page(visit, code, year, typed, unread, status=422)
    found = faults_of(visit.province, visit.storage, record, typed.answers, visit.now)
    if grave := [_told(finding) for finding in found if finding.severity is Severity.CRITICAL]:
        return _page(visit, code, year, typed, grave, status=422)
    return explanation_with(records, code, typed.answers, newest)


def _told(finding: Finding) -> str:
    return finding.in_sentences


def _read(record: UnitRecord, fields: Mapping[str, str]) -> _Typed:
    """What was typed; `days` keeps those that are no days."""
    answers, days = {}, {}
    for leaf in record.cut:
        said = {name: " ".join(fields.get(f"{name}-{leaf.code}", "").split()) for name in _FIELDS}
        day: date | None = day_sent(said["date"]) if said["date"] else None
        if said["date"] and day is None:
            days[leaf.code] = said["date"]
        document = EvidenceItem(said["document"], said["number"], day, said["page"])
        answer = said["answer"] if said["answer"] in (AGREES, EXPLAINS) else ""
        answers[leaf.code] = EnteredAnswer(answer, said["explanation"], document)
    version = fields.get("version", "")
    return _Typed(answers, days, int(version) if version.isdecimal() else -1)


_FIELDS = ("answer", "explanation", "document", "number", "date", "page")


def _page(
    visit: Visit, code: str, year: int, typed: _Typed | None = None, faults: Sequence[str] = (), status: int = 200
) -> Response:
    name = name_of(visit, code)
    records = _records(visit, code, year)
    record = records.units[code]
    answers = typed.answers if typed else answers_of(record)
    rows = [
        CutLeaf(
            leaf,
            leaf.rule.sentence(leaf.max, year),
            record.claimed[leaf.code],
            record.standing[leaf.code],
            who_cut(records, record, leaf),
            record.documents_said(leaf.code, Stage.SELF),
            (typed.days if typed else {}).get(leaf.code, ""),
            answers.get(leaf.code, EnteredAnswer()),
        )
        for leaf in record.cut
    ]
    return visit.page(
        "explaining",
        f"Giải trình kết quả thẩm định năm {year}",
        status,
        code=code,
        name=name,
        year=year,
        rows=rows,
        due=round_due(records.province.config, records.round, FormKind.EXPLANATION, code),
        left=len(record.unanswered),
        version=typed.version if typed else _versions(visit, code, year),
        may_send=may_send(visit, code),
        faults_said=faults,
        AGREES=AGREES,
        EXPLAINS=EXPLAINS,
    )


def _records(visit: Visit, code: str, year: int) -> RoundRecords:
    """The records of the unit in a round that it takes part in.

    Raises:
        HTTPException: 404.
    """
    known_year(visit, year)
    records = read_round(visit.province, visit.storage, year, [code])
    if code not in records.units:
        raise HTTPException(404)
    return records


def _versions(visit: Visit, code: str, year: int) -> int:
    """How many versions of the explanation there are."""
    with visit.storage.reading() as session:
        forms = [each.identity for each in files_of(session, code) if each.number]
    return sum(form is not None and (form.kind, form.year) == (FormKind.EXPLANATION, year) for form in forms)
