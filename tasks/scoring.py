"""Facts and given points + rules → points of every leaf, area and unit.

What stands for a leaf, the strongest first: the council's decision, the appraisal, the survey result, points computed
from facts, points the unit gave itself. What does not apply is taken out of the unit's own maximum, so units without
procedures compete fairly. Source: domain/1-criteria-and-scoring.md, 1.4–1.6.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from models.criteria import Block, BlockItem, CriteriaSet, Leaf, Source
from models.entries import ScoreSource
from models.facts import FactProblem
from models.numbers import HUNDRED, ZERO, settled
from models.results import AreaResult, Basis, LeafPoints, ScoredUnit, Status
from models.rounds import Gate, SurveyMissing
from models.units import Unit

_BY_PEOPLE = (ScoreSource.SELF, ScoreSource.APPRAISAL, ScoreSource.COUNCIL)
_NO_FACTS: Mapping[str, str] = {}


class Given(NamedTuple):
    """Points that somebody gave, or None where the leaf was granted not applicable."""

    points: Decimal | None


@dataclass(frozen=True, slots=True)
class UnitInput:
    """Everything current about one unit: facts by component, given points by component and source."""

    unit: Unit
    facts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    given: Mapping[tuple[str, ScoreSource], Given] = field(default_factory=dict)


class FaultyFacts(NamedTuple):
    """Facts of one leaf of one unit that give no points; the leaf counts 0 until they are mended."""

    unit: str
    component: str
    problem: FactProblem


@dataclass(frozen=True)
class GroupScoring:
    """How one group is scored: the set, the year its deadlines belong to, and what a missing survey means."""

    criteria_set: CriteriaSet
    year: int
    survey_missing: SurveyMissing = SurveyMissing.REBASE
    gates: Sequence[Gate] = ()


def score_group(units: Sequence[UnitInput], scoring: GroupScoring) -> tuple[list[ScoredUnit], list[FaultyFacts]]:
    """Score every unit of a group.

    Returns:
        One ScoredUnit per unit in the order given, and the facts that make no sense.
    """
    faulty: list[FaultyFacts] = []
    return [score_unit(unit, scoring, faulty) for unit in units], faulty


def score_unit(unit: UnitInput, scoring: GroupScoring, faulty: list[FaultyFacts]) -> ScoredUnit:
    """Score one unit.

    Args:
        unit: its current facts and given points.
        scoring: how its group is scored.
        faulty: facts that make no sense are added here.
    """
    criteria_set = scoring.criteria_set
    if not _has_submitted(unit, criteria_set):
        return _not_scored(unit, criteria_set)
    leaves: list[LeafPoints] = []
    claimed: Decimal | None = None
    for leaf in criteria_set.leaves:
        points, self_points = _leaf_points(leaf, unit, scoring, faulty)
        leaves.append(points)
        if self_points is not None:
            claimed = self_points if claimed is None else claimed + self_points
    bonus = _block_points(unit, criteria_set.bonus, ScoreSource.BONUS)
    penalty = _block_points(unit, criteria_set.penalty, ScoreSource.PENALTY)
    return _unit_result(unit, scoring, leaves, claimed, bonus, penalty)


def _has_submitted(unit: UnitInput, criteria_set: CriteriaSet) -> bool:
    """Whether anything was sent by the unit or appraised; a survey alone is no submission.

    Source: domain/2-yearly-process.md, 2.1 (missing submission).
    """
    sources = {leaf.code: leaf.source for leaf in criteria_set.leaves}
    for code, source in unit.given:
        if source in _BY_PEOPLE and sources.get(code, Source.SURVEY) is not Source.SURVEY:
            return True
    return any(sources.get(code) is Source.SELF for code in unit.facts)


def _leaf_points(
    leaf: Leaf, unit: UnitInput, scoring: GroupScoring, faulty: list[FaultyFacts]
) -> tuple[LeafPoints, Decimal | None]:
    """The leaf's points with what they stand on, and what the unit claims for it (None when nothing)."""
    code, given = leaf.code, unit.given
    if leaf.exclusions and not leaf.applies_to(unit.unit.code, unit.unit.kind):
        return LeafPoints(code, leaf.max, None, Basis.STRUCTURAL), None
    computed: Decimal | None = None
    claimed: Decimal | None = None
    basis = Basis.MISSING
    if facts := unit.facts.get(code, _NO_FACTS):
        computed, problem = leaf.rule.points(facts, leaf.max, scoring.year)
        basis = Basis.FACTS
        if problem:
            computed, basis = ZERO, Basis.FAULTY
            faulty.append(FaultyFacts(unit.unit.code, code, problem))
    elif own := given.get((code, ScoreSource.SELF)):
        computed, basis = own.points, Basis.NOT_APPLICABLE if own.points is None else Basis.SELF
    if leaf.source is Source.SELF and basis is not Basis.FAULTY:
        claimed = computed
    if leaf.source is Source.SURVEY:
        basis = Basis.SURVEY if basis is Basis.FACTS else basis
        if surveyed := given.get((code, ScoreSource.SURVEY)):
            computed, basis = surveyed.points, Basis.SURVEY
            if surveyed.points is None:
                basis = Basis.NOT_APPLICABLE
    for source, stronger in ((ScoreSource.COUNCIL, Basis.COUNCIL), (ScoreSource.APPRAISAL, Basis.APPRAISAL)):
        if decided := given.get((code, source)):
            basis = Basis.NOT_APPLICABLE if decided.points is None else stronger
            return LeafPoints(code, leaf.max, decided.points, basis), claimed
    if basis is Basis.MISSING:
        if leaf.source is Source.SURVEY and scoring.survey_missing is SurveyMissing.REBASE:
            return LeafPoints(code, leaf.max, None, Basis.REBASED), claimed
        computed = ZERO
    return LeafPoints(code, leaf.max, computed, basis), claimed


def _block_points(unit: UnitInput, block: Block | None, source: ScoreSource) -> Decimal:
    """Bonus or penalty of a unit: given points, else from counts of cases; capped by item and by block.

    Source: domain/1-criteria-and-scoring.md, 1.4 item 8.
    """
    if block is None:
        return ZERO
    total = sum((_item_points(unit, item, source) for item in block.items), ZERO)
    return min(total, block.cap)


def _item_points(unit: UnitInput, item: BlockItem, source: ScoreSource) -> Decimal:
    given = unit.given.get((item.code, source))
    if given and given.points is not None:
        return given.points
    count = unit.facts.get(item.code, _NO_FACTS).get(item.field.id)
    return (item.points(count).points or ZERO) if count else ZERO


def _unit_result(
    unit: UnitInput,
    scoring: GroupScoring,
    leaves: Sequence[LeafPoints],
    claimed: Decimal | None,
    bonus: Decimal,
    penalty: Decimal,
) -> ScoredUnit:
    criteria_set = scoring.criteria_set
    maxima: dict[str, Decimal] = {area.code: ZERO for area in criteria_set.areas}
    sums = dict(maxima)
    surveyed: Decimal | None = None
    for leaf, scored in zip(criteria_set.leaves, leaves, strict=True):
        if scored.points is None:
            continue
        maxima[leaf.area] += leaf.max
        sums[leaf.area] += scored.points
        if leaf.source is Source.SURVEY and scored.basis is not Basis.MISSING:
            surveyed = scored.points if surveyed is None else surveyed + scored.points
    maximum = sum(maxima.values(), ZERO)
    total = sum(sums.values(), ZERO)
    points = max(ZERO, min(maximum, total + bonus - penalty))
    areas = tuple(
        AreaResult(
            area.code,
            area.name,
            maxima[area.code],
            settled(sums[area.code]),
            _index(sums[area.code], maxima[area.code]),
        )
        for area in criteria_set.areas
    )
    return ScoredUnit(
        code=unit.unit.code,
        name=unit.unit.name,
        kind=unit.unit.kind,
        status=Status.SCORED,
        max_points=maximum,
        self_points=None if claimed is None else settled(claimed),
        appraised_points=settled(total - (surveyed or ZERO)),
        survey_points=None if surveyed is None else settled(surveyed),
        bonus=bonus,
        penalty=penalty,
        points=settled(points),
        index=_index(points, maximum),
        areas=areas,
        leaves=tuple(leaf if leaf.points is None else leaf._replace(points=settled(leaf.points)) for leaf in leaves),
        closed_gates=tuple(gate.not_above for gate in scoring.gates if _closed(gate, unit, criteria_set, leaves)),
    )


def _index(points: Decimal, maximum: Decimal) -> Decimal | None:
    """Points ÷ maximum × 100; None when nothing is left of the maximum.

    Source: domain/1-criteria-and-scoring.md, 1.1 and 1.6 (an area wholly removed has no index).
    """
    return settled(points * HUNDRED / maximum) if maximum else None


def _closed(gate: Gate, unit: UnitInput, criteria_set: CriteriaSet, leaves: Sequence[LeafPoints]) -> bool:
    """Whether the gate's condition holds. A part that does not apply closes nothing."""
    when = gate.when
    if when.fact is not None and when.over is not None and when.component is not None:
        value = unit.facts.get(when.component, _NO_FACTS).get(when.fact)
        return value is not None and Decimal(value) > when.over
    if when.under is None:
        return False
    points = maximum = ZERO
    for leaf, scored in zip(criteria_set.leaves, leaves, strict=True):
        inside = when.area == leaf.area or when.criterion == leaf.criterion or when.component == leaf.code
        if inside and scored.points is not None:
            points += scored.points
            maximum += leaf.max
    return maximum > 0 and points * HUNDRED < when.under * maximum


def _not_scored(unit: UnitInput, criteria_set: CriteriaSet) -> ScoredUnit:
    """A unit that sent nothing: listed, without points. Source: domain/2-yearly-process.md, 2.1."""
    applicable = [leaf for leaf in criteria_set.leaves if leaf.applies_to(unit.unit.code, unit.unit.kind)]
    return ScoredUnit(
        code=unit.unit.code,
        name=unit.unit.name,
        kind=unit.unit.kind,
        status=Status.NOT_SCORED,
        max_points=sum((leaf.max for leaf in applicable), ZERO),
        self_points=None,
        appraised_points=None,
        survey_points=None,
        bonus=ZERO,
        penalty=ZERO,
        points=None,
        index=None,
        areas=(),
        leaves=(),
    )
