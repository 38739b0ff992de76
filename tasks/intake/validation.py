"""Readings → findings: what is wrong with each received workbook, checked as one batch.

In: what was read from workbooks, and what is recorded of their rounds. Out: for every workbook its findings with their
cells. Each sort of form is checked once for the whole batch (see expectations/); nothing is written.
Source: docs/developers.md; docs/process.md, 1.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TypeVar

from expectations.appraisal import Appraisal, Decided, StandingLeaf, check_appraisals, decided_by_facts
from expectations.evidence import evidence_span
from expectations.explanation import ExplanationForm, check_explanations
from expectations.fact_tables import FactTable
from expectations.monthly import MonthForm, check_months
from expectations.register import check_registers
from expectations.self_assessment import SelfAssessment, check_self_assessments
from expectations.survey import check_surveys
from models.criteria.sets import CriteriaSet, Leaf, Source
from models.findings import Finding, Place, Severity
from models.forms.base import Subject
from models.forms.descriptions import FormIdentity, FormKind, one_each
from models.progress.measures import Figure
from models.progress.periods import Period, read_period, whole_year
from models.province.calendar import form_due, report_due
from models.province.folder import Province
from models.records.results import Basis
from models.records.storage import Storage
from models.records.submissions import Reading, Statement
from models.working_days import VIETNAM
from tasks.forms.round_records import RoundRecords, UnitRecord, read_round
from tasks.reading.plans import plan_of
from tasks.recording.progress import current_figures
from tasks.recording.progress_importing import skipped_months
from tasks.recording.versions import facts_by_component

Form = TypeVar("Form")
FactsByComponent = Mapping[tuple[str, str], Mapping[str, str]]
_SEVERITIES = list(Severity)


@dataclass(frozen=True)
class ValidationContext:
    """What a batch is compared with, read once.

    Attributes:
        records: what is recorded of each round, by year.
        last_year: the facts of the year before, by the year of the round, then by unit and component.
        today: no date of a form lies after it.
        figures: of the batch's months: figures and notes of these years and the years before, by unit.
    """

    records: Mapping[int, RoundRecords]
    last_year: Mapping[int, FactsByComponent]
    today: date
    figures: Mapping[str, Sequence[Figure]] = field(default_factory=dict)

    @cached_property
    def _last_year_by_unit(self) -> dict[tuple[int, str], dict[str, Mapping[str, str]]]:
        by_unit: dict[tuple[int, str], dict[str, Mapping[str, str]]] = {}
        for year, facts in self.last_year.items():
            for (unit, code), stated in facts.items():
                by_unit.setdefault((year, unit), {})[code] = stated
        return by_unit

    def last_year_of(self, year: int, unit: str, comparable: Collection[str]) -> dict[str, Mapping[str, str]]:
        """A unit's facts of the year before, by code, of the leaves that can be compared."""
        facts = self._last_year_by_unit.get((year, unit), {})
        return {code: stated for code, stated in facts.items() if code in comparable}


def validation_context(
    province: Province,
    storage: Storage,
    years: Iterable[int],
    units: Collection[str] | None = None,
    today: date | None = None,
    months: Iterable[Period] = (),
) -> ValidationContext:
    """Read what a batch is compared with.

    Args:
        province: the checked folder.
        storage: the open database.
        years: the index years of the batch's forms; years without a round are left out.
        units: the units that the batch speaks of (see `units_in`); all where None, which takes its time.
        today: in Vietnam, where None.
        months: the months of the batch's monthly reports.
    """
    known = sorted(set(years) & province.rounds.keys())
    return ValidationContext(
        records={year: read_round(province, storage, year, units) for year in known},
        last_year={year: facts_by_component(storage, year - 1, units) for year in known},
        today=today or datetime.now(VIETNAM).date(),
        figures=_figures_of(storage, months, units),
    )


def _figures_of(storage: Storage, months: Iterable[Period], units: Collection[str] | None) -> dict[str, list[Figure]]:
    years = {year for month in months for year in (month.year - 1, month.year)}
    figures: dict[str, list[Figure]] = {}
    if years:
        with storage.reading() as session:
            for figure in current_figures(session, years, units, with_notes=True):
                figures.setdefault(figure.unit, []).append(figure)
    return figures


def validate_batch(
    readings: Sequence[Reading], province: Province, context: ValidationContext
) -> list[tuple[Finding, ...]]:
    """Find what is wrong with each of a batch of workbooks.

    Args:
        readings: what was read of them.
        province: the checked folder.
        context: what is recorded.

    Returns:
        One tuple a reading, in the same order: what reading found, then what was found here, by place. A reading
        without identity keeps what reading found.
    """
    batch = _Batch(province, context, readings)
    for position, reading in enumerate(readings):
        if reading.identity is not None:
            batch.add(position, reading.identity)
    return batch.checked()


@dataclass
class _Batch:
    """The forms of a batch by kind, with their positions, and the findings as they come in."""

    province: Province
    context: ValidationContext
    readings: Sequence[Reading]
    forms: dict[FormKind, dict[int, FormIdentity]] = field(default_factory=dict)
    found: dict[int, list[Finding]] = field(default_factory=dict)
    comparable: dict[tuple[int, str], frozenset[str]] = field(default_factory=dict)
    months: set[tuple[str, Period]] = field(default_factory=set)

    def add(self, position: int, identity: FormIdentity) -> None:
        """Take a form into the batch, with what it is compared with."""
        if why := self._why_incomparable(identity):
            self.found[position] = [Finding(self.readings[position].file, 0, *why)]
        else:
            self.forms.setdefault(identity.kind, {})[position] = identity
            if identity.period:
                self.months.add((identity.subject, read_period(identity.period)))

    def _why_incomparable(self, identity: FormIdentity) -> tuple[str, str] | None:
        """Why there is nothing that a form could be compared with, and what to do."""
        form, year = identity.kind.description, identity.year
        records = self.context.records.get(year)
        if form.is_monthly:
            return None
        if records is None:
            return f"tỉnh chưa có kỳ đánh giá năm {year}", "Gửi biểu mẫu của kỳ đang mở"
        if form.subject is Subject.UNIT and identity.subject not in records.units:
            what = f"đơn vị “{identity.subject}” không thuộc kỳ đánh giá năm {year}"
            return what, "Dùng biểu mẫu mà cơ quan chủ trì gửi cho đơn vị"
        if form.subject is Subject.GROUP and all(group.id != identity.subject for group in records.round.groups):
            return f"kỳ đánh giá năm {year} không có nhóm “{identity.subject}”", "Dùng biểu mẫu của kỳ đang mở"
        return None

    def self_assessment(self, reading: Reading, identity: FormIdentity) -> SelfAssessment:
        """A self-assessment beside what is recorded of its unit, this year and the year before."""
        records = self.context.records[identity.year]
        record = records.units[identity.subject]
        due = form_due(self.province, identity)
        last = due.last_day if due else records.round.last_day
        comparable = self._comparable(record.year, record.criteria_set)
        return SelfAssessment(
            file=reading.file,
            unit=record.unit,
            criteria_set=record.criteria_set,
            year=record.year,
            statements=reading.statements,
            span=evidence_span(record.year, last, self.context.today),
            today=self.context.today,
            recorded=record.facts,
            last_year=self.context.last_year_of(record.year, record.unit.code, comparable),
            ranking=record.ranking,
        )

    def month(self, reading: Reading, identity: FormIdentity) -> MonthForm:
        """A report beside the month before and what is asked of the unit."""
        period, unit = read_period(identity.period), self.province.units[identity.subject]
        month, progress = plan_of(self.province).month_of(unit, period), self.province.progress
        figures, before = self.context.figures.get(unit.code, ()), Period(period.start - 1, period.end - 1)
        closed = report_due(self.province.config, whole_year(period.year)).last_day
        return MonthForm(
            file=reading.file,
            period=period,
            measures=month.measures,
            tasks=month.tasks,
            statements=reading.statements,
            today=self.context.today,
            last={figure.measure: figure for figure in figures if figure.period == before},
            skipped=tuple(
                each
                for each in skipped_months(period, figures)
                if unit.exists_on(each.last) and (unit.code, each) not in self.months
            ),
            closed=closed if closed < self.context.today else None,
            checks=progress.checks,
            changes=progress.changes,
        )

    def _comparable(self, year: int, criteria_set: CriteriaSet) -> frozenset[str]:
        """The codes of the leaves that asked the same facts in the year before."""
        key = (year, criteria_set.id)
        if key not in self.comparable:
            before = self.province.rounds.get(year - 1)
            sets = {group.criteria_set for group in before.groups} if before else set()
            asked = {
                (leaf.code, leaf.rule.fields) for id in sorted(sets) for leaf in self.province.criteria_sets[id].leaves
            }
            self.comparable[key] = frozenset(
                leaf.code for leaf in criteria_set.leaves if (leaf.code, leaf.rule.fields) in asked
            )
        return self.comparable[key]

    def explanation(self, reading: Reading, identity: FormIdentity) -> ExplanationForm:
        """An explanation beside what was cut."""
        record, due = self.context.records[identity.year].units[identity.subject], form_due(self.province, identity)
        last = due.last_day if due else self.context.today
        return ExplanationForm(
            file=reading.file,
            criteria_set=record.criteria_set,
            cut=frozenset(leaf.code for leaf in record.cut),
            statements=reading.statements,
            span=evidence_span(record.year, last, self.context.today),
        )

    def checked(self) -> list[tuple[Finding, ...]]:
        """Run every kind of form through its suite; what reading found, then what was found here, by place."""
        for kind, forms in self.forms.items():
            readings = [(self.readings[position], identity) for position, identity in forms.items()]
            self.found.update(zip(forms, SUITES[kind](self, readings), strict=True))
        return [
            (*reading.findings, *_by_place(_not_said_yet(self.found.get(position, []), reading.findings)))
            for position, reading in enumerate(self.readings)
        ]


def _not_said_yet(found: Iterable[Finding], before: Iterable[Finding]) -> list[Finding]:
    """The findings without those at cells of which reading said something at least as severe.

    A cell that says nothing readable is also a fact that is missing; its sender needs to hear of it once.
    """
    worst: dict[Place, int] = {}
    for finding in before:
        if finding.place:
            rank = _SEVERITIES.index(finding.severity)
            worst[finding.place] = min(rank, worst.get(finding.place, rank))
    return [
        finding
        for finding in found
        if finding.place is None or worst.get(finding.place, len(_SEVERITIES)) > _SEVERITIES.index(finding.severity)
    ]


def _by_place(findings: Iterable[Finding]) -> list[Finding]:
    """What concerns the whole file first, then cell by cell; at one cell the most severe first."""
    return sorted(
        findings,
        key=lambda finding: (
            finding.place is not None,
            finding.place or Place("", 0, 0),
            _SEVERITIES.index(finding.severity),
            finding.what,
        ),
    )


# --- appraisal and council --------------------------------------------------------------------------------------------


def _appraisal(batch: _Batch, reading: Reading, identity: FormIdentity) -> Appraisal:
    """An agency's form beside what the units claim."""
    records = batch.context.records[identity.year]

    def decided(statement: Statement) -> Decided:
        """A row beside what the unit claims, or why the agency may not decide on it."""
        record, leaf, why = _leaf_of(records, statement)
        if record is None or leaf is None:
            return Decided(statement, None, why)
        if records.province.config.appraiser_of(leaf) != identity.subject:
            return Decided(statement, None, "tiêu chí không do cơ quan này thẩm định")
        claimed = record.claimed.get(leaf.code)
        missing = claimed is None or claimed.basis is Basis.MISSING
        standing = StandingLeaf(
            unit=record.unit.name,
            leaf=leaf,
            points=None if claimed is None or missing else claimed.points,
            claims_not_applicable=claimed is not None
            and claimed.basis is Basis.NOT_APPLICABLE
            and record.claims_not_applicable(leaf.code),
            silent=claimed is not None and missing and leaf.source is Source.SELF,
        )
        return decided_by_facts(statement, standing, identity.year)

    return Appraisal(reading.file, "điểm thẩm định", [decided(statement) for statement in reading.statements])


def _council(batch: _Batch, reading: Reading, identity: FormIdentity) -> Appraisal:
    """The council's form beside what stands after appraisal."""
    records = batch.context.records[identity.year]
    group = records.round.group(identity.subject)

    def decided(statement: Statement) -> Decided:
        """A row beside what stands after appraisal, or why the council may not decide on it."""
        record, leaf, why = _leaf_of(records, statement)
        if record is None or leaf is None:
            return Decided(statement, None, why)
        if record.group.id != group.id:
            return Decided(statement, None, f"đơn vị không thuộc nhóm {group.name}")
        appraised = record.appraised.get(leaf.code)
        missing = appraised is None or appraised.basis in (Basis.MISSING, Basis.REBASED)
        removed = appraised is not None and appraised.basis is Basis.NOT_APPLICABLE
        claimed = removed and record.claims_not_applicable(leaf.code)
        standing = StandingLeaf(
            unit=record.unit.name,
            leaf=leaf,
            points=None if appraised is None or missing else appraised.points,
            claims_not_applicable=claimed and record.decided(leaf.code) is None,
            silent=False,
        )
        return Decided(statement, standing)

    return Appraisal(reading.file, "điểm của Hội đồng", [decided(statement) for statement in reading.statements])


def _leaf_of(records: RoundRecords, statement: Statement) -> tuple[UnitRecord | None, Leaf | None, str]:
    """The unit and leaf that a row decides on, or why there is none."""
    record = records.units.get(statement.unit)
    if record is None:
        return None, None, "đơn vị không thuộc kỳ đánh giá"
    leaf = record.criteria_set.by_code.get(statement.code)
    if leaf is None:
        return record, None, "bộ tiêu chí của đơn vị không có tiêu chí này"
    if not leaf.applies_to(record.unit.code, record.unit.kind):
        return record, None, "tiêu chí không áp dụng với đơn vị theo bộ tiêu chí"
    return record, leaf, ""


def _fact_table(batch: _Batch, reading: Reading, identity: FormIdentity) -> FactTable:
    """The facts of a group's units beside those that are recorded."""
    records = batch.context.records[identity.year]
    group = records.round.group(identity.subject)
    members = {record.unit.code: record for record in records.of_group(group)}
    return FactTable(
        file=reading.file,
        units={code: record.unit for code, record in members.items()},
        criteria_set=records.province.criteria_sets[group.criteria_set],
        year=records.round.year,
        statements=reading.statements,
        recorded={code: record.facts for code, record in members.items()},
    )


# --- the suite of each kind of form -----------------------------------------------------------------------------------

Suite = Callable[[_Batch, Sequence[tuple[Reading, FormIdentity]]], list[list[Finding]]]
"""Checks the forms of one kind at once; one list of findings a form."""


def _suite(
    compared: Callable[[_Batch, Reading, FormIdentity], Form], check: Callable[[Sequence[Form]], list[list[Finding]]]
) -> Suite:
    """Each form put beside what it is compared with, then all of them through the expectations."""
    return lambda batch, forms: check([compared(batch, reading, identity) for reading, identity in forms])


SUITES: Mapping[FormKind, Suite] = one_each(
    {
        FormKind.SELF_ASSESSMENT: _suite(_Batch.self_assessment, check_self_assessments),
        FormKind.APPRAISAL: _suite(_appraisal, check_appraisals),
        FormKind.EXPLANATION: _suite(_Batch.explanation, check_explanations),
        FormKind.SURVEY: _suite(_fact_table, check_surveys),
        FormKind.REGISTER: _suite(_fact_table, check_registers),
        FormKind.COUNCIL: _suite(_council, check_appraisals),
        FormKind.MONTHLY: _suite(_Batch.month, check_months),
    }
)
