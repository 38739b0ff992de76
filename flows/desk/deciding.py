"""Points entered at the desk, by an appraising agency or for the council: read, recorded, or why not, in words."""

from collections.abc import Iterable
from typing import Annotated, Any, NamedTuple, TypeVar

from fastapi import Depends, Form

from flows.desk.visiting import Visit, there
from models.criteria.facts import FactProblem, UnreadableFactError
from models.criteria.sets import Leaf
from models.findings import RefusedError
from models.forms.appraisal import found_fields
from models.forms.descriptions import FormKind
from models.forms.sources import ScoreSource, Stage
from models.numbers import UnreadableNumberError, spoken_number
from models.wording import capitalised
from models.working_days import moment_told
from tasks.forms.fact_cells import said_facts
from tasks.forms.round_records import UnitRecord
from tasks.intake.appraising import AppraisedLeaf, ContestedLeaf, Entered, decide_leaf
from tasks.recording.versions import OvertakenError, last_score

Row = TypeVar("Row", AppraisedLeaf, ContestedLeaf)


class Typed(NamedTuple):
    """What stands in the form, with the version of the points that its page showed."""

    points: str
    reason: str
    not_applicable: str
    version: int
    facts: tuple[tuple[str, str], ...] = ()


def _typed(
    version: Annotated[int, Form()],
    points: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    not_applicable: Annotated[str, Form()] = "",
    fact_id: Annotated[list[str] | None, Form()] = None,
    fact: Annotated[list[str] | None, Form()] = None,
) -> Typed:
    found = tuple((id, text) for id, text in zip(fact_id or (), fact or (), strict=False) if text.strip())
    return Typed(points, reason, not_applicable, version, found)


Sent = Annotated[Typed, Depends(_typed)]


class EntryOutcome(NamedTuple):
    """What became of an entry: what should be looked at again, or why nothing was recorded, with the status of that."""

    warnings: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    status: int = 422

    def said(self, done: str) -> str:
        """What was done, and what should be looked at again."""
        return done + "".join(f" Lưu ý: {warning}." for warning in self.warnings)


def decide(
    visit: Visit, year: int, form: FormKind, subject: str, key: tuple[str, str], typed: Typed, leaf: Leaf | None = None
) -> EntryOutcome:
    """Record points for a unit and leaf as an entry of a form of `subject`.

    `leaf` where the facts that an appraiser found may stand in place of points.
    """
    unit, code = key
    try:
        facts = _read(leaf, typed.facts)
        given = spoken_number(typed.points) if typed.points.strip() else None
        done = decide_leaf(
            province=visit.province,
            storage=visit.storage,
            year=year,
            form=form,
            subject=subject,
            unit=unit,
            code=code,
            entered=Entered(given, bool(typed.not_applicable), typed.reason, facts),
            following=typed.version,
            now=visit.now,
        )
    except UnreadableFactError as error:
        return EntryOutcome(faults=(f"{error}. {error.problem.remedy}.",))
    except UnreadableNumberError as error:
        return EntryOutcome(faults=(f"Điểm {form.description.step}: {error}.",))
    except RefusedError as error:
        return EntryOutcome(faults=tuple(f"{finding.what}. {finding.remedy}." for finding in error.findings))
    except OvertakenError:
        return EntryOutcome(faults=(_overtaken(visit, year, form, key),), status=409)
    return EntryOutcome(tuple(finding.what for finding in done.warnings))


def told_of(record: UnitRecord, leaf: Leaf, source: ScoreSource) -> dict[str, Any]:
    """What whoever decides on a leaf has to know of it: the rule, what the unit says, why `source` gave what stands."""
    return {
        "rule": leaf.rule.sentence(leaf.max, record.year),
        "stated": said_facts(leaf.rule.fields, record.facts.get(leaf.code, {})).splitlines(),
        "words": record.said(leaf.code, Stage.SELF),
        "answer": record.answer(leaf.code),
        "explained": record.said(leaf.code, Stage.EXPLANATION),
        "reason": record.note(leaf.code, source),
        "may_grant": leaf.may_be_claimed or leaf.rule.may_not_apply or record.claims_not_applicable(leaf.code),
    }


def row_of(rows: Iterable[Row], key: tuple[str, str]) -> Row:
    """The row of a unit and leaf.

    Raises:
        HTTPException: 404, for what another decides on, or nobody, as for what there is not.
    """
    return there(next((row for row in rows if (row.record.unit.code, row.leaf.code) == key), None))


def _read(leaf: Leaf | None, typed: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """The facts that were typed, canonical.

    Raises:
        UnreadableFactError: one is no value of its fact; says which.
    """
    fields = {field.id: field for field in (found_fields(leaf) if leaf else ())}
    facts = {}
    for id, text in typed:
        if id in fields:
            try:
                facts[id] = fields[id].read(text)
            except UnreadableFactError as error:
                what = f"{capitalised(fields[id].label)}: {error}"
                raise UnreadableFactError(FactProblem(id, what, error.problem.remedy)) from error
    return facts


def _overtaken(visit: Visit, year: int, form: FormKind, key: tuple[str, str]) -> str:
    """Who was first, and that nothing was lost."""
    source = form.description.decides
    assert source is not None
    with visit.storage.reading() as session:
        _, receipt = last_score(session, year, *key, source)
    who = f"{receipt.received_by} đã ghi lúc {moment_told(receipt.received_at)}" if receipt else "Đã có bản khác"
    return f"{who}, sau khi trang này được mở. Chưa ghi gì; xem điểm đang có rồi ghi lại nếu vẫn cần."
