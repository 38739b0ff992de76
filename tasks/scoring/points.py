"""Facts and given points + rules → points of every leaf, area and unit.

What stands for a leaf, the strongest first: the council's decision, the appraisal, the survey result, points computed
from facts, points the unit gave itself; where the set wants evidence for points, the last two only with it. What
does not apply is taken out of the unit's own maximum, so units without procedures compete fairly.
Source: docs/maths.md, 2–5.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import NamedTuple

from models.collecting import collector_waiting
from models.criteria.facts import FactProblem
from models.criteria.sets import Block, BlockItem, CriteriaSet, Evidence, Leaf, Source
from models.forms.sources import ScoreSource
from models.numbers import HUNDRED, ZERO, said, settled, vietnamese_number
from models.province.rounds import Gate, GateCondition, RankingRule, SurveyMissing
from models.records.results import AreaResult, Basis, ClosedGate, LeafPoints, ScoredUnit, Status
from models.units import Unit

_BY_PEOPLE = (ScoreSource.SELF, ScoreSource.APPRAISAL, ScoreSource.COUNCIL)
_OVERRULING = ((ScoreSource.COUNCIL, Basis.COUNCIL), (ScoreSource.APPRAISAL, Basis.APPRAISAL))
_OVERRULING_SURVEY = (*_OVERRULING, (ScoreSource.SURVEY, Basis.SURVEY))
_NO_FACTS: Mapping[str, str] = {}
_Facts = tuple[tuple[str, str], ...]
"""Facts of one leaf of one unit by id, in the order of the ids."""


class Given(NamedTuple):
    """Points that somebody gave, or None where the leaf was granted not applicable, and the reason given with them."""

    points: Decimal | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class UnitInput:
    """Everything current about one unit: facts by component, given points by component and source.

    `proven` are the components with a named document or a file; None where points are asked for as the unit claims
    them, with evidence or without.
    """

    unit: Unit
    facts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    given: Mapping[tuple[str, ScoreSource], Given] = field(default_factory=dict)
    proven: Set[str] | None = None


class FaultyFacts(NamedTuple):
    """Facts of one leaf or block item of one unit that give no points; it counts 0 until they are mended.

    Points outside 0 to the maximum count as faulty too: a set may be re-issued with other maxima inside a year.
    """

    unit: str
    component: str
    problem: FactProblem


class _Standing(NamedTuple):
    """What stands for a leaf: points (None where it was granted not applicable), and why facts give none."""

    points: Decimal | None
    basis: Basis
    problem: FactProblem | None = None
    note: str = ""


_MISSING = _Standing(ZERO, Basis.MISSING)
_FAULTY = _Standing(ZERO, Basis.FAULTY)
_UNPROVEN = _Standing(ZERO, Basis.UNPROVEN)
_REBASED = _Standing(None, Basis.REBASED)
_NOTHING_AROSE = _Standing(None, Basis.NOT_APPLICABLE)
_STRUCTURAL = _Standing(None, Basis.STRUCTURAL)


@dataclass(frozen=True)
class GroupScoring:
    """How one group is scored: the set, the year its deadlines belong to, what a missing survey means, how points are
    rounded and whether bonus is cut, and the gates.

    What facts of a leaf come to by this set and year is found once, however many units of the group state the same.
    """

    criteria_set: CriteriaSet
    year: int
    survey_missing: SurveyMissing = SurveyMissing.REBASE
    gates: Sequence[Gate] = ()
    rule: RankingRule = field(default_factory=RankingRule)
    _by_facts: dict[tuple[str, _Facts], _Standing] = field(default_factory=dict, init=False, repr=False, compare=False)

    def by_facts(self, leaf: Leaf, facts: _Facts) -> _Standing:
        """What follows from the facts of a leaf."""
        known = self._by_facts.get((leaf.code, facts))
        if known is None:
            points, problem = leaf.rule.points(dict(facts), leaf.max, self.year)
            basis = Basis.SURVEY if leaf.source is Source.SURVEY else Basis.FACTS
            arose = points is not None or problem is not None
            known = self._by_facts[leaf.code, facts] = _Standing(points, basis, problem) if arose else _NOTHING_AROSE
        return known


def score_group(units: Sequence[UnitInput], scoring: GroupScoring) -> tuple[list[ScoredUnit], list[FaultyFacts]]:
    """Score every unit of a group.

    Returns:
        One ScoredUnit per unit in the order given, and the facts that make no sense.
    """
    faulty: list[FaultyFacts] = []
    units = among_each_other(units, scoring.criteria_set)
    with collector_waiting():  # a large group makes 300,000 small records without circles
        return [score_unit(unit, scoring, faulty) for unit in units], faulty


def among_each_other(units: Sequence[UnitInput], criteria_set: CriteriaSet) -> list[UnitInput]:
    """The units of a group, each with what rules that compare units have to know of all; see `Rule.bounds_among`."""
    known = list(units)
    for leaf in criteria_set.leaves:
        if not leaf.rule.compares_units:
            continue
        stated = [
            unit.facts.get(leaf.code) if leaf.applies_to(unit.unit.code, unit.unit.kind) else None for unit in known
        ]
        bounds = leaf.rule.bounds_among([facts for facts in stated if facts])
        known = [
            replace(unit, facts={**unit.facts, leaf.code: {**facts, **bounds}}) if facts else unit
            for unit, facts in zip(known, stated, strict=True)
        ]
    return known


def score_unit(unit: UnitInput, scoring: GroupScoring, faulty: list[FaultyFacts]) -> ScoredUnit:
    """Score one unit.

    Args:
        unit: its current facts and given points.
        scoring: how its group is scored.
        faulty: facts that make no sense are added here.
    """
    criteria_set = scoring.criteria_set
    applies = any(leaf.applies_to(unit.unit.code, unit.unit.kind) for leaf in criteria_set.leaves)
    if applies and not has_submitted(unit, criteria_set):  # to whom nothing applies owes nothing
        return _not_scored(unit, criteria_set)
    stated = [tuple(sorted(unit.facts.get(leaf.code, _NO_FACTS).items())) for leaf in criteria_set.leaves]
    standings = [
        _standing(leaf, facts, unit, scoring, faulty) for leaf, facts in zip(criteria_set.leaves, stated, strict=True)
    ]
    bonus = _block_points(unit, criteria_set.bonus, ScoreSource.BONUS, scoring.rule, faulty)
    penalty = _block_points(unit, criteria_set.penalty, ScoreSource.PENALTY, scoring.rule, faulty)
    return _unit_result(unit, scoring, stated, standings, bonus, penalty)


def has_submitted(unit: UnitInput, criteria_set: CriteriaSet) -> bool:
    """Whether anything was sent by the unit or appraised; a survey alone is no submission.

    Source: docs/process.md, 1 (missing submission).
    """
    leaves = criteria_set.by_code
    if any(code in leaves and leaves[code].source is Source.SELF for code in unit.facts):
        return True
    return any(
        source in _BY_PEOPLE and code in leaves and leaves[code].source is not Source.SURVEY
        for code, source in unit.given
    )


def _standing(
    leaf: Leaf, facts: _Facts, unit: UnitInput, scoring: GroupScoring, faulty: list[FaultyFacts]
) -> tuple[_Standing, Decimal | None]:
    """What stands for the leaf in the end, and what the unit claims for it (None when nothing)."""
    if leaf.exclusions and not leaf.applies_to(unit.unit.code, unit.unit.kind):
        return _STRUCTURAL, None
    stated = scoring.by_facts(leaf, facts) if facts else _self_scored(leaf, unit)
    claimed = stated.points if leaf.source is Source.SELF and stated is not _MISSING else None
    standing = _decided(leaf, unit) or (_UNPROVEN if _is_unproven(leaf, unit, stated) else stated)
    points = standing.points
    if points is not None and not ZERO <= points <= leaf.max:
        standing = _Standing(None, standing.basis, _outside(points, leaf.max, standing.basis))
    if standing.problem:
        faulty.append(FaultyFacts(unit.unit.code, leaf.code, standing.problem))
        return _FAULTY, claimed
    if standing is _MISSING and leaf.source is Source.SURVEY and scoring.survey_missing is SurveyMissing.REBASE:
        return _REBASED, claimed
    return standing, claimed


def _is_unproven(leaf: Leaf, unit: UnitInput, stated: _Standing) -> bool:
    """Whether what the unit states counts nothing for want of evidence. Source: docs/process.md, 6."""
    return (
        leaf.evidence is Evidence.REQUIRED_FOR_POINTS
        and leaf.source is Source.SELF
        and bool(stated.points)
        and unit.proven is not None
        and leaf.code not in unit.proven
    )


def _self_scored(leaf: Leaf, unit: UnitInput) -> _Standing:
    """What the unit gave itself, where it states no facts; surveys are never self-scored.

    Source: docs/maths.md, 2.9.
    """
    own = None if leaf.source is Source.SURVEY else unit.given.get((leaf.code, ScoreSource.SELF))
    return _MISSING if own is None else _as_given(own, Basis.SELF)


def _decided(leaf: Leaf, unit: UnitInput) -> _Standing | None:
    """What somebody above the unit gave for the leaf, the strongest only."""
    for source, basis in _OVERRULING_SURVEY if leaf.source is Source.SURVEY else _OVERRULING:
        if (given := unit.given.get((leaf.code, source))) is not None:
            return _as_given(given, basis)
    return None


def _as_given(given: Given, basis: Basis) -> _Standing:
    return _Standing(given.points, Basis.NOT_APPLICABLE if given.points is None else basis, note=given.note)


def _outside(points: Decimal, maximum: Decimal, basis: Basis) -> FactProblem:
    given, highest = said(points), said(maximum)
    what = f"{given} điểm ({basis.label}) nằm ngoài khoảng từ 0 đến {highest}"
    return FactProblem("points", what, f"Nhập lại điểm từ 0 đến {highest} theo bộ tiêu chí của kỳ")


def _block_points(
    unit: UnitInput, block: Block | None, source: ScoreSource, rule: RankingRule, faulty: list[FaultyFacts]
) -> Decimal:
    """Bonus or penalty of a unit: given points, else from counts of cases; capped by item and by block.

    Source: docs/maths.md, 3.
    """
    if block is None:
        return ZERO
    total = sum((rule.counted_points(_item_points(unit, item, source, faulty)) for item in block.items), ZERO)
    return block.limited(total)


def _item_points(unit: UnitInput, item: BlockItem, source: ScoreSource, faulty: list[FaultyFacts]) -> Decimal:
    if item.not_applicable.excludes(unit.unit.code, unit.unit.kind):
        return ZERO
    given = unit.given.get((item.code, source))
    if given and given.points is not None:
        return given.points if item.max is None else min(given.points, item.max)
    count = unit.facts.get(item.code, _NO_FACTS).get(item.field.id)
    if count is None:
        return ZERO
    points, problem = item.points(count)
    if problem:
        faulty.append(FaultyFacts(unit.unit.code, item.code, problem))
    return points or ZERO


def _unit_result(
    unit: UnitInput,
    scoring: GroupScoring,
    stated: Sequence[_Facts],
    standings: Sequence[tuple[_Standing, Decimal | None]],
    bonus: Decimal,
    penalty: Decimal,
) -> ScoredUnit:
    criteria_set, rule = scoring.criteria_set, scoring.rule
    maxima: dict[str, Decimal] = {area.code: ZERO for area in criteria_set.areas}
    sums = dict(maxima)
    surveyed: Decimal | None = None
    leaves: list[LeafPoints] = []
    claimed: list[Decimal] = []
    for leaf, facts, (standing, claim) in zip(criteria_set.leaves, stated, standings, strict=True):
        given_points, basis, _, note = standing
        own = counted = None
        if claim is not None:
            counted = rule.counted_points(claim)
            claimed.append(counted)
            own = settled(counted)
        if given_points is None:
            leaves.append(LeafPoints(leaf.code, leaf.max, None, basis, own, note, facts))
            continue
        if given_points is claim:  # what was claimed stands, as mostly
            assert counted is not None
            assert own is not None
            leaf_points, points = counted, own
        else:
            leaf_points = rule.counted_points(given_points)
            points = settled(leaf_points)
        leaves.append(LeafPoints(leaf.code, leaf.max, points, basis, own, note, facts))
        maxima[leaf.area] += leaf.max
        sums[leaf.area] += leaf_points
        if leaf.source is Source.SURVEY and basis is not Basis.MISSING:
            surveyed = leaf_points if surveyed is None else surveyed + leaf_points
    maximum = sum(maxima.values(), ZERO)
    total = sum(sums.values(), ZERO)
    points = rule.total(total + bonus - penalty, maximum)
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
        self_points=settled(sum(claimed, ZERO)) if claimed else None,
        appraised_points=settled(total - (surveyed or ZERO)),
        survey_points=None if surveyed is None else settled(surveyed),
        bonus=bonus,
        penalty=penalty,
        points=settled(points),
        index=_index(points, maximum),
        areas=areas,
        leaves=tuple(leaves),
        closed_gates=tuple(_closed_gates(unit, scoring, leaves)),
    )


def _index(points: Decimal, maximum: Decimal) -> Decimal | None:
    """Points ÷ maximum × 100; None when nothing is left of the maximum.

    Source: docs/maths.md, 1 and 5 (an area wholly removed has no index).
    """
    return settled(points * HUNDRED / maximum) if maximum else None


def _closed_gates(unit: UnitInput, scoring: GroupScoring, leaves: Sequence[LeafPoints]) -> Iterator[ClosedGate]:
    """The gates whose condition holds, by the printed share as grades go by the printed index, each with its figures.

    A part that does not apply closes nothing.
    """
    counting = {leaf.code: leaf for leaf in leaves if leaf.points is not None}
    for gate in scoring.gates:
        when = gate.when
        inside = [
            counting[leaf.code]
            for leaf in scoring.criteria_set.leaves
            if leaf.code in counting
            and (when.area == leaf.area or when.criterion == leaf.criterion or when.component == leaf.code)
        ]
        if not inside:
            continue
        reached = _beyond(when, unit, scoring) if when.fact is not None else _below(when, inside, scoring.rule)
        if reached:
            of = _named_part(when, scoring.criteria_set)
            yield ClosedGate(gate.not_above, f"{of} {reached}: không xếp trên mức {gate.not_above}")


def _below(when: GateCondition, inside: Sequence[LeafPoints], rule: RankingRule) -> str:
    """What a part reached where that is under the bound, else nothing."""
    points = sum((leaf.points for leaf in inside if leaf.points is not None), ZERO)
    index = _index(points, sum((leaf.max for leaf in inside), ZERO))
    if index is None or when.under is None or rule.printed(index) >= when.under:
        return ""
    return f"đạt {vietnamese_number(format(rule.printed(index), 'f'))}% điểm tối đa, dưới {said(when.under)}%"


def _beyond(when: GateCondition, unit: UnitInput, scoring: GroupScoring) -> str:
    """A fact and its value where that is over the bound, else nothing."""
    code, fact = when.component or "", when.fact or ""
    value = unit.facts.get(code, _NO_FACTS).get(fact)
    if value is None or when.over is None or Decimal(value) <= when.over:
        return ""
    labels = {field.id: field.label for field in scoring.criteria_set.by_code[code].rule.fields}
    return f"có {labels.get(fact, fact)}: {said(Decimal(value))}, quá {said(when.over)}"


def _named_part(when: GateCondition, criteria_set: CriteriaSet) -> str:
    """The part that a gate looks at, as a sentence begins with it."""
    if when.area is not None:
        return next(f"lĩnh vực {area.code} “{area.name}”" for area in criteria_set.areas if area.code == when.area)
    names = {part.code: part.name for area in criteria_set.areas for part in area.criteria}
    names |= {leaf.code: leaf.name for leaf in criteria_set.leaves}
    code = when.criterion or when.component or ""
    return f"tiêu chí {code} “{names[code]}”"


def _not_scored(unit: UnitInput, criteria_set: CriteriaSet) -> ScoredUnit:
    """A unit that sent nothing: listed, without points. Source: docs/process.md, 1."""
    applicable = [leaf for leaf in criteria_set.leaves if leaf.applies_to(unit.unit.code, unit.unit.kind)]
    return ScoredUnit(
        code=unit.unit.code,
        name=unit.unit.name,
        kind=unit.unit.kind,
        status=Status.NOT_SCORED,
        max_points=sum((leaf.max for leaf in applicable), ZERO),
        points=None,
        index=None,
    )
