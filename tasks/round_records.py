"""What is recorded about a round, as its forms show it: each unit's facts, what it claims, what was decided and why.

In: the current versions of scores and facts. Out: a record a unit, with points as claimed and as they stand by leaf.
Claimed is what follows from the unit's own facts and self-given points alone; source: domain/2-yearly-process.md, 2.1.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from models.criteria import CriteriaSet
from models.entries import ScoreSource
from models.province import Province
from models.results import Basis, LeafPoints
from models.rounds import Group, Round
from models.storage import Storage
from models.units import Unit
from tasks.recording import current_facts, current_scores
from tasks.scoring import Given, GroupScoring, UnitInput, score_unit

_DECIDED = (ScoreSource.COUNCIL, ScoreSource.APPRAISAL)


@dataclass(frozen=True)
class UnitRecord:
    """One unit of a round, with everything current about it.

    Attributes:
        notes: what was written beside given points, by component and source.
    """

    unit: Unit
    group: Group
    criteria_set: CriteriaSet
    year: int
    facts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    given: Mapping[tuple[str, ScoreSource], Given] = field(default_factory=dict)
    notes: Mapping[tuple[str, ScoreSource], str] = field(default_factory=dict)

    @cached_property
    def claimed(self) -> dict[str, LeafPoints]:
        """Points by leaf from the unit's own facts and self-given points; empty when it sent nothing."""
        own = {key: given for key, given in self.given.items() if key[1] is ScoreSource.SELF}
        return self._scored(own)

    @cached_property
    def appraised(self) -> dict[str, LeafPoints]:
        """Points by leaf after appraisal, before the council; empty when nothing was sent."""
        return self._scored({key: given for key, given in self.given.items() if key[1] is not ScoreSource.COUNCIL})

    @cached_property
    def standing(self) -> dict[str, LeafPoints]:
        """Points by leaf after appraisal and council; empty when nothing was sent."""
        return self._scored(self.given)

    def _scored(self, given: Mapping[tuple[str, ScoreSource], Given]) -> dict[str, LeafPoints]:
        scoring = GroupScoring(self.criteria_set, self.year)
        scored = score_unit(UnitInput(self.unit, self.facts, given), scoring, [])
        return {leaf.code: leaf for leaf in scored.leaves}

    def claims_not_applicable(self, code: str) -> bool:
        """Whether the unit says that no case arose."""
        own = self.given.get((code, ScoreSource.SELF))
        return own is not None and own.points is None

    def decided(self, code: str) -> ScoreSource | None:
        """Who decided on the leaf above the unit: the council before the appraisers; None where nobody did."""
        return next((source for source in _DECIDED if (code, source) in self.given), None)

    def was_cut(self, code: str) -> bool:
        """Whether the unit claimed more than stands: fewer points, or not applicable and not granted."""
        claimed, standing = self.claimed.get(code), self.standing.get(code)
        if claimed is None or standing is None or standing.points is None or self.decided(code) is None:
            return False
        if claimed.points is None:
            return claimed.basis is Basis.NOT_APPLICABLE
        return claimed.points > standing.points


@dataclass(frozen=True)
class RoundRecords:
    """Everything current about a round.

    Attributes:
        units: records by unit code, in the order of groups and codes.
    """

    province: Province
    round: Round
    units: Mapping[str, UnitRecord]

    def of_group(self, group: Group) -> list[UnitRecord]:
        """The records of a group's units."""
        return [record for record in self.units.values() if record.group.id == group.id]


def read_round(province: Province, storage: Storage, year: int, units: Collection[str] | None = None) -> RoundRecords:
    """Read what is current about every unit of a round.

    Args:
        province: the checked folder.
        storage: the open database.
        year: the index year.
        units: read only these; of all others nothing seems recorded.

    Raises:
        RefusedError: the province has no such round.
    """
    members = units_of_round(province, year)
    facts: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    given: dict[str, dict[tuple[str, ScoreSource], Given]] = defaultdict(dict)
    notes: dict[str, dict[tuple[str, ScoreSource], str]] = defaultdict(dict)
    with storage.reading() as session:
        for score in current_scores(session, year, units=units):
            key = score.entry.component, score.entry.source
            given[score.entry.unit][key] = Given(score.entry.points)
            notes[score.entry.unit][key] = score.entry.note
        for fact in current_facts(session, year, units=units):
            facts[fact.entry.unit][fact.entry.component][fact.entry.fact] = fact.entry.value
    records = {
        code: UnitRecord(
            unit,
            group,
            province.criteria_sets[group.criteria_set],
            year,
            facts.get(code, {}),
            given.get(code, {}),
            notes.get(code, {}),
        )
        for code, (unit, group) in members.items()
    }
    return RoundRecords(province, province.round_of(year), records)


def units_of_round(province: Province, year: int) -> dict[str, tuple[Unit, Group]]:
    """The units of a round with their groups, by code, in the order of groups and codes.

    Raises:
        RefusedError: the province has no such round.
    """
    round = province.round_of(year)
    return {unit.code: (unit, group) for group in round.groups for unit in province.members(round, group)}
