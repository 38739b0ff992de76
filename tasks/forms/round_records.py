"""What is recorded about a round, as its forms show it: each unit's facts, what it claims, what was decided and why.

In: the current versions of scores and facts. Out: a record a unit, with points as claimed and as they stand by leaf.
Claimed is what follows from the unit's own facts and self-given points alone; source: docs/process.md, 1.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from sqlmodel import Session

from models.criteria.sets import CriteriaSet, Leaf, Source
from models.forms.descriptions import FormIdentity, FormKind
from models.forms.explanation import AGREES
from models.forms.row_keys import Remark
from models.forms.sources import ScoreSource, Stage
from models.province.folder import Province
from models.province.rounds import Group, RankingRule, Round
from models.records.entries import EvidenceEntry, WordEntry
from models.records.results import Basis, LeafPoints
from models.records.storage import Storage
from models.records.submissions import said_document
from models.units import Unit
from models.wording import capitalised
from tasks.progress.forecasting import SuggestedFact, suggested_facts
from tasks.recording.evidence_files import HeldFile, by_component, held_files
from tasks.recording.extensions import with_granted
from tasks.recording.versions import current_evidence, current_remarks, current_words
from tasks.scoring.gathering import read_inputs
from tasks.scoring.points import Given, GroupScoring, UnitInput, among_each_other, has_submitted, score_unit

if TYPE_CHECKING:
    from tasks.spreadsheets.templates import Template  # brings openpyxl: not into the process that receives files

_DECIDED = (ScoreSource.COUNCIL, ScoreSource.APPRAISAL)


@dataclass(frozen=True)
class UnitRecord:
    """One unit of a round, with everything current about it.

    Attributes:
        words: explanations, answers and notes, by component and stage.
        evidence: documents, by component and stage, in the order of their places.
        remarks: what the unit wrote outside the rows of its forms, by kind of form.
        files: evidence files by the component that they prove, the oldest first.
        suggested: facts that follow from the year's monthly reports, by component and fact, where nothing is recorded.
    """

    unit: Unit
    group: Group
    criteria_set: CriteriaSet
    year: int
    ranking: RankingRule = field(default_factory=RankingRule)
    facts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    given: Mapping[tuple[str, ScoreSource], Given] = field(default_factory=dict)
    words: Mapping[tuple[str, Stage], WordEntry] = field(default_factory=dict)
    evidence: Mapping[tuple[str, Stage], Sequence[EvidenceEntry]] = field(default_factory=dict)
    remarks: Mapping[str, Mapping[Remark, str]] = field(default_factory=dict)
    files: Mapping[str, Sequence[HeldFile]] = field(default_factory=dict)
    suggested: Mapping[str, Mapping[str, SuggestedFact]] = field(default_factory=dict)

    @cached_property
    def claimed(self) -> dict[str, LeafPoints]:
        """Points by leaf from the unit's own facts and self-given points; empty when it sent nothing."""
        own = {key: given for key, given in self.given.items() if key[1] is ScoreSource.SELF}
        return self._scored(own, None)

    @cached_property
    def appraised(self) -> dict[str, LeafPoints]:
        """Points by leaf after appraisal, before the council; empty when nothing was sent."""
        before = {key: given for key, given in self.given.items() if key[1] is not ScoreSource.COUNCIL}
        return self._scored(before, self.proven)

    @cached_property
    def standing(self) -> dict[str, LeafPoints]:
        """Points by leaf after appraisal and council; empty when nothing was sent."""
        return self._scored(self.given, self.proven)

    @cached_property
    def has_submitted(self) -> bool:
        """Whether anything was sent by the unit or appraised, by whatever way."""
        return has_submitted(UnitInput(self.unit, self.facts, self.given), self.criteria_set)

    def _scored(
        self, given: Mapping[tuple[str, ScoreSource], Given], proven: frozenset[str] | None
    ) -> dict[str, LeafPoints]:
        scoring = GroupScoring(self.criteria_set, self.year, rule=self.ranking)
        scored = score_unit(UnitInput(self.unit, self.facts, given, proven), scoring, [])
        return {leaf.code: leaf for leaf in scored.leaves}

    @cached_property
    def proven(self) -> frozenset[str]:
        """The components of which it names a document or has sent a file."""
        return frozenset(self.files) | {component for component, _ in self.evidence}

    def claims_not_applicable(self, code: str) -> bool:
        """Whether the unit says that no case arose."""
        own = self.given.get((code, ScoreSource.SELF))
        return own is not None and own.points is None

    def said(self, code: str, stage: Stage) -> str:
        """What was written beside a component at a stage; the reason of a claim counts as written."""
        word = self.words.get((code, stage))
        if word:
            return word.text
        return self.note(code, ScoreSource.SELF) if stage is Stage.SELF else ""

    def note(self, code: str, source: ScoreSource) -> str:
        """What was written beside points that somebody gave."""
        given = self.given.get((code, source))
        return given.note if given else ""

    def answer(self, code: str) -> str:
        """What the unit answered to its appraised points, empty before it did."""
        word = self.words.get((code, Stage.EXPLANATION))
        return word.answer if word else ""

    def documents(self, code: str, stage: Stage) -> Sequence[EvidenceEntry]:
        """The documents named for a component at a stage."""
        return self.evidence.get((code, stage), ())

    def stated(self, leaf: Leaf) -> list[str]:
        """What the unit stated about a leaf, in the words of its form: a line a fact, or that it claims no case."""
        if self.claims_not_applicable(leaf.code):
            return ["Đề nghị không áp dụng"]
        facts = self.facts.get(leaf.code, {})
        known = [field for field in leaf.rule.fields if field.id in facts]
        return [f"{capitalised(field.label)}: {field.shown(facts[field.id])}" for field in known]

    def documents_said(self, code: str, stage: Stage) -> list[str]:
        """The documents named for a component at a stage, a line each."""
        return [said_document(item.document, item.number, item.day, item.page) for item in self.documents(code, stage)]

    def decided(self, code: str) -> ScoreSource | None:
        """Who decided on the leaf above the unit: the council before the appraisers; None where nobody did."""
        return next((source for source in _DECIDED if (code, source) in self.given), None)

    def may_suggest(self, code: str) -> bool:
        """Whether a component is a leaf that the unit scores itself and has said nothing about."""
        leaf = self.criteria_set.by_code.get(code)
        if leaf is None or leaf.source is not Source.SELF or not leaf.applies_to(self.unit.code, self.unit.kind):
            return False
        return code not in self.facts and all(component != code for component, _ in self.given)

    def was_cut(self, code: str) -> bool:
        """Whether the unit claimed more than stands: fewer points, or not applicable and not granted."""
        return self.decided(code) is not None and self._is_below_claim(self.standing.get(code), code)

    @cached_property
    def cut(self) -> tuple[Leaf, ...]:
        """The leaves of which the unit is asked an explanation."""
        return tuple(leaf for leaf in self.criteria_set.leaves if self.was_cut(leaf.code))

    @property
    def unanswered(self) -> list[Leaf]:
        """The cut leaves to which the unit gave no answer yet."""
        return [leaf for leaf in self.cut if not self.answer(leaf.code)]

    def is_contested(self, code: str) -> bool:
        """Whether the council has to decide on a leaf, or did: the appraisal cut it and the unit did not agree.

        A unit that has not answered has not confirmed. Source: docs/process.md, 1 (the unit confirms its
        appraised points or explains; the council decides).
        """
        if (code, ScoreSource.COUNCIL) in self.given:
            return True
        was_appraised = (code, ScoreSource.APPRAISAL) in self.given
        return was_appraised and self.answer(code) != AGREES and self._is_below_claim(self.appraised.get(code), code)

    def _is_below_claim(self, result: LeafPoints | None, code: str) -> bool:
        claimed = self.claimed.get(code)
        if claimed is None or result is None or result.points is None:
            return False
        if claimed.points is None:
            return claimed.basis is Basis.NOT_APPLICABLE
        return claimed.points > result.points


@dataclass(frozen=True)
class FormTemplate:
    """A form that fits all subjects whose forms look alike, whose it was first, and the keys of its rows."""

    workbook: "Template"
    identity: FormIdentity
    keys: Sequence[str]


@dataclass(frozen=True)
class RoundRecords:
    """Everything current about a round.

    Attributes:
        units: records by unit code, in the order of groups and codes.
    """

    province: Province
    round: Round
    units: Mapping[str, UnitRecord]

    @cached_property
    def templates(self) -> dict[Hashable, FormTemplate]:
        """Forms that were written of these records, by what they look like: each writer's own memory."""
        return {}

    def of_group(self, group: Group) -> list[UnitRecord]:
        """The records of a group's units."""
        return [record for record in self.units.values() if record.group.id == group.id]


def read_round(
    province: Province,
    storage: Storage,
    year: int,
    units: Collection[str] | None = None,
    before: RoundRecords | None = None,
) -> RoundRecords:
    """Read what is current about every unit of a round.

    Args:
        province: the checked folder.
        storage: the open database.
        year: the index year.
        units: read only these; of all others nothing seems recorded.
        before: what was read earlier; a unit about which the same is recorded keeps what was worked out of it.

    Raises:
        RefusedError: the province has no such round.
    """
    province = with_granted(storage, province)
    words: dict[str, dict[tuple[str, Stage], WordEntry]] = defaultdict(dict)
    evidence: dict[str, dict[tuple[str, Stage], list[EvidenceEntry]]] = defaultdict(dict)
    with storage.reading() as session:
        inputs = _compared_inputs(session, province, year, units)
        for word in current_words(session, year, units):
            words[word.unit][word.component, word.stage] = word
        for item in current_evidence(session, year, units):
            evidence[item.unit].setdefault((item.component, item.stage), []).append(item)
        remarks = current_remarks(session, year)
        files: dict[str, dict[str, list[HeldFile]]] = defaultdict(dict)
        for (unit, component), held in by_component(held_files(session, year, units)).items():
            files[unit][component] = held
    ranking = province.round_of(year).ranking
    of_units = [kind.value for kind in FormKind if kind.of_a_unit]
    records = {
        code: UnitRecord(
            unit,
            group,
            province.criteria_sets[group.criteria_set],
            year,
            ranking,
            inputs[code].facts,
            inputs[code].given,
            words.get(code, {}),
            evidence.get(code, {}),
            {kind: remarks[kind, code] for kind in of_units if (kind, code) in remarks},
            files.get(code, {}),
        )
        for code, (unit, group) in province.units_of_round(year).items()
    }
    if before is not None:
        records = {code: _same(before.units.get(code), record) for code, record in records.items()}
    return RoundRecords(province, province.round_of(year), records)


def _same(before: UnitRecord | None, now: UnitRecord) -> UnitRecord:
    return before if before is not None and before == now else now


def _compared_inputs(
    session: Session, province: Province, year: int, units: Collection[str] | None
) -> dict[str, UnitInput]:
    """What is current about the units, with what rules that compare units have to know of the others."""
    inputs, _ = read_inputs(session, province, year, units)
    groups = [(group, province.criteria_sets[group.criteria_set]) for group in province.round_of(year).groups]
    if not any(leaf.rule.compares_units for _, criteria_set in groups for leaf in criteria_set.leaves):
        return inputs
    everything = inputs if units is None else read_inputs(session, province, year)[0]
    for group, criteria_set in groups:
        members = [everything[unit.code] for unit in province.members(province.round_of(year), group)]
        for unit in among_each_other(members, criteria_set):
            if units is None or unit.unit.code in units:
                inputs[unit.unit.code] = unit
    return inputs


def with_suggestions(storage: Storage, records: RoundRecords) -> RoundRecords:
    """The records with what the year's monthly reports suggest to the self-assessment of each unit.

    Only leaves that the unit scores itself and about which nothing is recorded get suggestions: what is recorded wins.
    """
    with storage.reading() as session:
        suggested = suggested_facts(session, records.province, records.round.year)
    by_unit: dict[str, dict[str, dict[str, SuggestedFact]]] = defaultdict(lambda: defaultdict(dict))
    for one in suggested:
        record = records.units.get(one.entry.unit)
        if record is not None and record.may_suggest(one.entry.component):
            by_unit[one.entry.unit][one.entry.component][one.entry.fact] = one
    units = {code: replace(record, suggested=by_unit.get(code, {})) for code, record in records.units.items()}
    return replace(records, units=units)
