"""Units, sets and past results as short as a test can say them."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from models.criteria.sets import CriteriaSet
from models.forms.sources import ScoreSource
from models.province.rounds import STANDARD_GRADES, Gate, GateCondition, Group, RankingRule, Selection
from models.records.entries import HistoryEntry
from models.records.results import AreaResult, ClosedGate, GroupResult, LeafPoints, ScoredUnit, Status
from models.units import Succession, SuccessionKind, Unit
from tasks.scoring.comparison import LastYear, compare_group
from tasks.scoring.points import FaultyFacts, Given, GroupScoring, UnitInput, score_group
from tasks.scoring.ranking import rank_group

YEAR = 2025
RENAMED, MERGED, SPLIT, CONTINUED = SuccessionKind
Part = dict[str, Any]
POINTS = {"kind": "points"}
RATIO = {"kind": "proportional"}
YES = {"kind": "binary"}
COUNTED = {"kind": "deduction", "cases": [{"id": "late", "label": "Trễ", "points": 1}]}
ANSWERS = {
    "kind": "survey",
    "answers": [{"id": "good", "label": "Tốt", "weight": 100}, {"id": "bad", "label": "Kém", "weight": 0}],
}


def unit(code: str = "xa-a", kind: str = "xa") -> Unit:
    return Unit(code=code, name=f"Đơn vị {code}", kind=kind)


def leaf(code: str, maximum: str | int, rule: Part = POINTS, **given: Any) -> Part:
    """A component, or a criterion that is scored directly."""
    return {"code": code, "name": f"Mục {code}", "max": Decimal(maximum), "source": "self", "rule": rule, **given}


def criterion(code: str, *components: Part, **given: Any) -> Part:
    return {"code": code, "name": f"Tiêu chí {code}", "components": components, **given}


def area(code: str, *criteria: Part, **given: Any) -> Part:
    return {"code": code, "name": f"Lĩnh vực {code}", "criteria": criteria, **given}


def block(cap: str | int, *items: Part) -> Part:
    return {"cap": Decimal(cap), "items": items}


def item(code: str, each: str | int, maximum: str | int | None = None, **given: Any) -> Part:
    highest = None if maximum is None else Decimal(maximum)
    return {"code": code, "name": f"Mục {code}", "each": Decimal(each), "max": highest, **given}


def a_set(*areas: Part, bonus: Part | None = None, penalty: Part | None = None) -> CriteriaSet:
    return CriteriaSet.model_validate(
        {"id": "mau", "title": "Bộ tiêu chí mẫu", "areas": areas, "bonus": bonus, "penalty": penalty}
    )


def sent(
    of: Unit | None = None, facts: Mapping[str, Mapping[str, str]] | None = None, **by_source: Mapping[str, Any]
) -> UnitInput:
    """What came in for a unit: facts, and points by source (`self_=`, `appraisal=` …); None points are a grant."""
    given = {
        (code, ScoreSource(source.rstrip("_"))): Given(None if points is None else Decimal(points))
        for source, by_code in by_source.items()
        for code, points in by_code.items()
    }
    return UnitInput(of or unit(), facts or {}, given)


def scored_by(criteria_set: CriteriaSet, of: UnitInput, **how: Any) -> ScoredUnit:
    """One unit scored, its faulty facts left aside."""
    return score_group([of], GroupScoring(criteria_set, YEAR, **how))[0][0]


def faults_by(criteria_set: CriteriaSet, of: UnitInput) -> list[FaultyFacts]:
    return score_group([of], GroupScoring(criteria_set, YEAR))[1]


def on_leaf(scored: ScoredUnit, code: str) -> LeafPoints:
    return next(leaf for leaf in scored.leaves if leaf.code == code)


def in_area(scored: ScoredUnit, code: str) -> AreaResult:
    return next(area for area in scored.areas if area.code == code)


def gate(not_above: str, **when: Any) -> Gate:
    return Gate(not_above=not_above, when=GateCondition(**when))


def with_index(
    code: str,
    index: str | int | Decimal | None,
    *,
    name: str | None = None,
    survey: str | int | None = None,
    areas: Mapping[str, str | int | None] | None = None,
    closed_gates: Sequence[str] = (),
) -> ScoredUnit:
    """A scored unit of which only the index matters; without one it was not scored."""
    points = None if index is None else Decimal(index)
    return ScoredUnit(
        code=code,
        name=name or f"Đơn vị {code}",
        kind="xa",
        status=Status.NOT_SCORED if points is None else Status.SCORED,
        max_points=Decimal(100),
        self_points=None,
        appraised_points=points,
        survey_points=None if survey is None else Decimal(survey),
        bonus=Decimal(0),
        penalty=Decimal(0),
        points=points,
        index=points,
        areas=tuple(
            AreaResult(
                area,
                f"Lĩnh vực {area}",
                Decimal(0 if own is None else 100),
                Decimal(own or 0),
                None if own is None else Decimal(own),
            )
            for area, own in (areas or {}).items()
        ),
        leaves=(),
        closed_gates=tuple(ClosedGate(label, f"khống chế ở {label}") for label in closed_gates),
    )


def with_areas(code: str, *areas: tuple[str | int, int], bonus: str | int = 0) -> ScoredUnit:
    """A scored unit with points and maximum of each area."""
    results = tuple(
        AreaResult(
            str(place),
            f"Lĩnh vực {place}",
            Decimal(maximum),
            Decimal(points),
            Decimal(points) * 100 / maximum if maximum else None,
        )
        for place, (points, maximum) in enumerate(areas, start=1)
    )
    points = sum(area.points for area in results) + Decimal(bonus)
    maximum = sum(area.max_points for area in results)
    return ScoredUnit(
        code=code,
        name=f"Đơn vị {code}",
        kind="xa",
        status=Status.SCORED,
        max_points=Decimal(maximum),
        self_points=None,
        appraised_points=points,
        survey_points=None,
        bonus=Decimal(bonus),
        penalty=Decimal(0),
        points=points,
        index=points * 100 / maximum,
        areas=results,
        leaves=(),
    )


def step(
    predecessor: str, successor: str, kind: SuccessionKind, day: str = "2025-07-01", weight: str | None = None
) -> Succession:
    return Succession(
        predecessor=predecessor,
        successor=successor,
        date=date.fromisoformat(day),
        kind=kind,
        weight=None if weight is None else Decimal(weight),
    )


Past = tuple[str, int | None] | tuple[str, int | None, str]


def published(past: Mapping[str, Past], sets: Mapping[str, str] | None = None) -> LastYear:
    """Last year's index and rank by unit, in the group `xa` unless a third value names another."""
    entries = {
        code: HistoryEntry(YEAR - 1, (*group, "xa")[0], code, None, None, Decimal(index), rank, None)
        for code, (index, rank, *group) in past.items()
    }
    return LastYear(YEAR - 1, entries, sets or {})


def compared(
    now: Mapping[str, str | int | Decimal | None],
    past: Mapping[str, Past],
    *steps: Succession,
    unranked: Sequence[str] = (),
    rule: RankingRule | None = None,
    sets: Mapping[str, str] | None = None,
    set_hash: str | None = None,
) -> GroupResult:
    """A group of the units with these indices, ranked, and compared with what was published of the year before."""
    rule = rule or RankingRule()
    units = [with_index(code, index, areas={"1": index}) for code, index in now.items()]
    ranked = rank_group(units, rule, STANDARD_GRADES, unranked=unranked)
    group = Group(id="xa", name="Các xã", criteria_set="mau", units=Selection(kind=("xa",)), unranked=tuple(unranked))
    known = {code: unit(code) for code in (*now, *past, *(step.predecessor for step in steps))}
    return compare_group(group, ranked, rule, Decimal(100), published(past, sets), steps, known, set_hash)
