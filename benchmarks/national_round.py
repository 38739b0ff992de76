"""A made-up round as large as the country: its communes, 90 components of all ten rule kinds, last year, lineage.

Everything is seeded: the same round comes out every time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, NamedTuple

from models.criteria.sets import CriteriaSet
from models.forms.sources import ScoreSource
from models.province.rounds import STANDARD_GRADES, Gate, GateCondition, Group, RankingRule, Selection
from models.records.entries import HistoryEntry
from models.records.results import GroupResult
from models.units import Succession, SuccessionKind, Unit
from tasks.scoring.comparison import LastYear, compare_group
from tasks.scoring.points import Given, GroupScoring, UnitInput, score_group
from tasks.scoring.ranking import rank_group

COMPONENTS = 90
AREAS = 8
YEAR = 2025
MERGED_INTO_ONE = 3
Facts = dict[str, str]


class Kind(NamedTuple):
    """A kind of rule as the set declares it, and facts that a unit may state for it."""

    rule: Mapping[str, Any]
    facts: Callable[[Random], Facts]
    source: str = "self"


@dataclass(frozen=True)
class NationalRound:
    """All that scoring, ranking and comparison are given."""

    group: Group
    scoring: GroupScoring
    inputs: tuple[UnitInput, ...]
    ranking: RankingRule
    last_year: LastYear
    successions: tuple[Succession, ...]
    units: Mapping[str, Unit]


def compute(round: NationalRound) -> GroupResult:
    """Score, rank and compare, with nothing known of an earlier turn."""
    scored, _ = score_group(round.inputs, replace(round.scoring))
    ranked = rank_group(scored, round.ranking, STANDARD_GRADES, unranked=round.group.unranked)
    maximum = round.scoring.criteria_set.maximum
    return compare_group(round.group, ranked, round.ranking, maximum, round.last_year, round.successions, round.units)


def national_round(communes: int, seed: int = 2025) -> NationalRound:
    """A round of so many communes, each merged from three of last year."""
    chance = Random(seed)
    criteria_set = national_set()
    by_name = {kind.rule["kind"]: kind for kind in KINDS}
    kinds = {leaf.code: by_name[leaf.rule.model_dump()["kind"]] for leaf in criteria_set.leaves}
    units = [Unit(code=f"xa-{place}", name=f"Xã {place}", kind="xa") for place in range(communes)]
    old = [Unit(code=f"cu-{place}", name=f"Xã cũ {place}", kind="xa") for place in range(communes * MERGED_INTO_ONE)]
    gate = Gate(not_above="Khá", when=GateCondition(area="3", under=Decimal(50)))
    return NationalRound(
        Group(id="xa", name="Các xã", criteria_set=criteria_set.id, units=Selection(kind=("xa",))),
        GroupScoring(criteria_set, YEAR, gates=(gate,)),
        tuple(_stated_by(unit, kinds, chance) for unit in units),
        RankingRule(),
        LastYear(YEAR - 1, {unit.code: _published(unit, place, chance) for place, unit in enumerate(old)}, {}),
        tuple(_merged(unit, units[place // MERGED_INTO_ONE]) for place, unit in enumerate(old)),
        {unit.code: unit for unit in (*old, *units)},
    )


def national_set() -> CriteriaSet:
    """90 components in 8 areas, every rule kind nine times."""
    leaves = [_component(place) for place in range(COMPONENTS)]
    areas = [
        {
            "code": str(area),
            "name": f"Lĩnh vực {area}",
            "criteria": [
                {
                    "code": f"{area}.1",
                    "name": f"Tiêu chí {area}.1",
                    "components": [{**leaf, "code": f"{area}.1.{place}"} for place, leaf in enumerate(own, start=1)],
                }
            ],
        }
        for area, own in ((area, leaves[area - 1 :: AREAS]) for area in range(1, AREAS + 1))
    ]
    return CriteriaSet.model_validate({"id": "xa-2025", "title": "Bộ tiêu chí để đo", "areas": areas})


def _component(place: int) -> dict[str, Any]:
    kind = KINDS[place % len(KINDS)]
    return {"name": f"Thành phần {place}", "max": Decimal("1.5"), "source": kind.source, "rule": kind.rule}


def _stated_by(unit: Unit, kinds: Mapping[str, Kind], chance: Random) -> UnitInput:
    """Facts for all but a few components; every tenth one is appraised, a tenth of these does not apply."""
    facts: dict[str, Facts] = {}
    given: dict[tuple[str, ScoreSource], Given] = {}
    for code, kind in kinds.items():
        if chance.random() < 0.97:
            facts[code] = kind.facts(chance)
        if chance.random() < 0.1:
            points = Decimal(chance.randrange(151)) / 100 if chance.random() < 0.9 else None
            given[code, ScoreSource.APPRAISAL] = Given(points)
    return UnitInput(unit, facts, given)


def _published(unit: Unit, place: int, chance: Random) -> HistoryEntry:
    index = Decimal(chance.randrange(5_000, 9_900)) / 100
    return HistoryEntry(YEAR - 1, "xa", unit.code, Decimal(100), index, index, place + 1, None)


def _merged(old: Unit, new: Unit) -> Succession:
    return Succession(
        predecessor=old.code, successor=new.code, date=date(YEAR, 7, 1), kind=SuccessionKind.MERGED, weight=Decimal(1)
    )


def _ratio(chance: Random) -> Facts:
    whole = chance.randrange(20, 5_000)
    return {"numerator": str(chance.randrange(whole // 2, whole + 1)), "denominator": str(whole)}


def _yes_or_no(*ids: str) -> Callable[[Random], Facts]:
    return lambda chance: {id: str(int(chance.random() < 0.8)) for id in ids}


def _counts(most: int, *ids: str) -> Callable[[Random], Facts]:
    return lambda chance: {id: str(chance.randrange(most)) for id in ids}


def _day(chance: Random) -> Facts:
    return {"date": (date(YEAR, 1, 1) + timedelta(chance.randrange(60))).isoformat()}


KINDS = (
    Kind({"kind": "points"}, lambda chance: {"points": str(Decimal(chance.randrange(151)) / 100)}),
    Kind({"kind": "binary"}, _yes_or_no("done")),
    Kind(
        {
            "kind": "options",
            "options": [
                {"id": "full", "label": "Đủ", "points": Decimal("1.5")},
                {"id": "part", "label": "Một phần", "points": Decimal("0.75")},
                {"id": "none", "label": "Chưa", "points": Decimal(0)},
            ],
        },
        lambda chance: {"option": chance.choice(["full", "full", "part", "none"])},
    ),
    Kind(
        {
            "kind": "tiers",
            "tiers": [{"over": 90, "points": Decimal("1.5")}, {"from": 70, "points": 1}, {"points": 0}],
        },
        _ratio,
    ),
    Kind({"kind": "proportional", "floor": 70}, _ratio),
    Kind({"kind": "on_time", "deadline": "01-31", "late": [{"points": Decimal("0.5"), "days": 15}]}, _day),
    Kind(
        {"kind": "checklist", "items": [{"id": f"q{quarter}", "label": f"Quý {quarter}"} for quarter in range(1, 5)]},
        _yes_or_no("q1", "q2", "q3", "q4"),
    ),
    Kind(
        {
            "kind": "deduction",
            "cases": [
                {"id": "late", "label": "Chậm", "points": Decimal("0.25")},
                {"id": "missing", "label": "Thiếu", "points": Decimal("0.5")},
            ],
        },
        _counts(3, "late", "missing"),
    ),
    Kind(
        {
            "kind": "survey",
            "answers": [
                {"id": "a", "label": "Tốt", "weight": 100},
                {"id": "b", "label": "Khá", "weight": 60},
                {"id": "c", "label": "Đạt", "weight": 20},
                {"id": "d", "label": "Kém", "weight": 0},
            ],
        },
        lambda chance: {**_counts(60, "a", "b", "c", "d")(chance), "a": str(chance.randrange(60, 400))},
        "survey",
    ),
    Kind(
        {"kind": "external", "index": "Bộ chỉ số phục vụ người dân"},
        lambda chance: {"value": str(Decimal(chance.randrange(5_000, 10_001)) / 100)},
        "external",
    ),
)
