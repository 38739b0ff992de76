"""What an accepted workbook states → the rows of every table of versions, before they have numbers. Pure.

A self-assessment states facts, claims, evidence and words; an appraisal or the council gives points; an explanation
answers; surveys and registers state facts: as the description of each says (models/forms).
"""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from models.criteria.facts import appraised_id
from models.criteria.sets import CriteriaSet
from models.forms.appraisal import points_found
from models.forms.base import FormDescription
from models.forms.descriptions import MONTH_KINDS, FormIdentity, FormKind
from models.forms.row_keys import task_of_code
from models.forms.sources import ScoreSource
from models.numbers import MOST_DECIMALS, printed
from models.progress.periods import Period, read_period
from models.progress.registers import RegisterKind
from models.records.submissions import Reading, Statement, storable
from models.records.tables import (
    EvidenceVersion,
    FactVersion,
    FigureVersion,
    RegisterVersion,
    RemarkVersion,
    ScoreVersion,
    WordVersion,
)

Row = dict[str, Any]


class VersionTable(NamedTuple):
    """A table of versions.

    Attributes:
        key: the columns that tell one key from another.
        blank: what a withdrawn version says.
        by_month: whether a report of a month tells what is the same thing in every month (a plan's task), so that the
            telling of a later month stands above that of an earlier one, whichever came first.
    """

    model: type[Any]
    key: tuple[str, ...]
    blank: Row
    by_month: bool = False

    @property
    def name(self) -> str:
        """The table's name."""
        return str(self.model.__tablename__)

    @property
    def columns(self) -> Any:
        """The table's columns by name."""
        return self.model.__table__.c


SCORES = VersionTable(
    ScoreVersion, ("year", "unit", "component", "source"), {"points": None, "not_applicable": False, "note": ""}
)
FACTS = VersionTable(FactVersion, ("year", "unit", "component", "fact"), {"value": None})
EVIDENCE = VersionTable(
    EvidenceVersion,
    ("year", "unit", "component", "stage", "place"),
    {"document": "", "number": "", "day": None, "page": ""},
)
WORDS = VersionTable(WordVersion, ("year", "unit", "component", "stage"), {"answer": "", "text": ""})
REMARKS = VersionTable(RemarkVersion, ("year", "kind", "subject", "remark"), {"text": ""})
VERSION_TABLES = (SCORES, FACTS, EVIDENCE, WORDS, REMARKS)
FIGURES = VersionTable(
    FigureVersion,
    ("year", "period", "unit", "measure"),
    {"numerator": None, "denominator": None, "value": None, "qualifier": "=", "note": ""},
)
TASKS = VersionTable(RegisterVersion, ("kind", "unit", "key"), {"body": "{}"}, by_month=True)
MONTH_TABLES = (FIGURES, TASKS, REMARKS)


def tables_of(kind: FormKind) -> tuple[VersionTable, ...]:
    """The tables into which a form writes."""
    return MONTH_TABLES if kind.description.is_monthly else VERSION_TABLES


def stated_rows(
    reading: Reading, identity: FormIdentity, sets: Mapping[str, CriteriaSet]
) -> Iterator[tuple[VersionTable, Row]]:
    """Everything that a workbook says, row by row; what is empty says nothing.

    Args:
        reading: an accepted workbook.
        identity: the form that it is.
        sets: the criteria set of every unit of the form's round, for which leaves a unit states itself; a report of a
            month needs none.
    """
    yield from _remark_rows(reading, identity)
    form = identity.kind.description
    if form.is_monthly:
        yield from _month_rows(reading, identity)
        return
    for statement in reading.statements:
        criteria_set = sets.get(statement.unit)
        if criteria_set is None:
            continue
        where = {"year": identity.year, "unit": statement.unit, "component": statement.code}
        if form.decides:
            yield from _given(statement, where, form.decides, criteria_set)
        else:
            yield from _stated(statement, where, form, criteria_set)


def _remark_rows(reading: Reading, identity: FormIdentity) -> Iterator[tuple[VersionTable, Row]]:
    for remark, text in reading.remarks.items():
        if text:
            whose = {"year": identity.year, "kind": identity.record_kind, "subject": identity.subject}
            yield REMARKS, {**whose, "remark": remark.value, "text": storable(text)}


def _month_rows(reading: Reading, identity: FormIdentity) -> Iterator[tuple[VersionTable, Row]]:
    """Figures of the month, a note where there is none; of plan tasks what was filled in, under the register's key."""
    for statement in reading.statements:
        task, note = task_of_code(statement.code), storable(statement.text)
        if task is None and (statement.facts or note):
            parts = {name: _number(statement.facts.get(name)) for name in ("numerator", "denominator", "value")}
            where = {"year": identity.year, "period": identity.period, "unit": statement.unit}
            yield FIGURES, {**where, "measure": statement.code, **parts, "qualifier": "=", "note": note}
        elif task and (statement.facts or statement.evidence or note):
            plan, number = task
            told = {"plan": plan, "number": number, **statement.facts}
            if statement.evidence:
                told["evidence"] = storable(statement.evidence[0].document)
            if note:
                told["explanation"] = note
            key, kind = json.dumps([plan, number], ensure_ascii=False), RegisterKind.TASKS.value
            body = json.dumps(told, ensure_ascii=False)
            yield TASKS, {"year": identity.year, "kind": kind, "unit": statement.unit, "key": key, "body": body}


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def tells_nothing_else(row: Row, standing: Row) -> bool:
    """Whether everything that a telling of a task says is said by the one that stands: forms carry what was told."""
    told, known = (json.loads(each["body"]) for each in (row, standing))
    return all(known.get(name) == value for name, value in told.items())


def _given(
    statement: Statement, where: Row, source: ScoreSource, criteria_set: CriteriaSet
) -> Iterator[tuple[VersionTable, Row]]:
    """Points given, or the grant that nothing applies; an empty row keeps what stands.

    Facts that the appraiser found are kept beside those of the unit, and the points that follow from them as given.
    """
    points, leaf = statement.points, criteria_set.by_code.get(statement.code)
    if leaf is not None and (found := points_found(leaf, statement.facts, where["year"])) and found.points is not None:
        points = printed(found.points, MOST_DECIMALS)
        for fact, value in statement.facts.items():
            yield FACTS, {**where, "fact": appraised_id(fact), "value": value}
    if points is None and not statement.not_applicable:
        return
    points = None if statement.not_applicable else points
    grant = {"points": points, "not_applicable": statement.not_applicable, "note": storable(statement.text)}
    yield SCORES, {**where, "source": source.value, **grant}


def _stated(
    statement: Statement, where: Row, form: FormDescription, criteria_set: CriteriaSet
) -> Iterator[tuple[VersionTable, Row]]:
    if _may_state(statement.code, form, criteria_set):
        if statement.not_applicable:
            claim = {"points": None, "not_applicable": True, "note": storable(statement.text)}
            yield SCORES, {**where, "source": ScoreSource.SELF.value, **claim}
        else:  # in the form, too, a claim leaves the points empty whatever facts stand beside it
            for fact, value in statement.facts.items():
                yield FACTS, {**where, "fact": fact, "value": value}
    if form.stage is None:
        return
    for place, item in enumerate(statement.evidence):
        document, number, day, page = item
        if any(item):
            said = {"document": storable(document), "number": storable(number), "day": day, "page": storable(page)}
            yield EVIDENCE, {**where, "stage": form.stage.value, "place": place, **said}
    if statement.text or statement.answer:
        words = {"answer": statement.answer, "text": storable(statement.text)}
        yield WORDS, {**where, "stage": form.stage.value, **words}


def _may_state(code: str, form: FormDescription, criteria_set: CriteriaSet) -> bool:
    """Whether a form states the facts of a leaf or block item; surveys are never self-scored.

    Source: docs/maths.md, section 4.
    """
    leaf = criteria_set.by_code.get(code)
    if leaf is None:
        return form.states_blocks and (code in criteria_set.bonus_items or code in criteria_set.penalty_items)
    return leaf.source in form.states


def month_of_form(record_kind: str) -> Period | None:
    """The month whose report is kept under a kind of receipt; None for everything that is no report of a month."""
    kind, _, period = record_kind.partition(" ")
    return read_period(period) if kind in MONTH_KINDS else None


def form_key(identity: FormIdentity) -> tuple[str, int, str]:
    """What two versions of the same form share: kind, year, whose."""
    return identity.record_kind, identity.year, identity.subject
