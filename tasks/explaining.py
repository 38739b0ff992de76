"""One unit of a frozen round → every point with its facts, rule, source and versions, and the points it lost.

Only what the snapshot saw is shown: versions that came later are left out. Source: DESIGN.md, section 2 (idea 2).
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from models.criteria import CriteriaSet, Leaf
from models.entries import ScoreSource
from models.facts import FactField
from models.findings import refusal
from models.numbers import plain, vietnamese_number
from models.province import VIETNAM
from models.results import GroupResult, LeafPoints, UnitResult
from models.rounds import RankingRule
from models.snapshots import Frozen, thawed
from models.storage import Storage
from models.tables import FactVersion, Receipt, ScoreVersion, Snapshot
from tasks.comparison import LostPoints, lost_points
from tasks.evaluating import newest_snapshot

WITHDRAWN = "không còn ghi (rút lại)"


@dataclass(frozen=True)
class Step:
    """One version in the life of a point: who said what, when, from which file."""

    source: str
    value: str
    version: int
    received_at: datetime
    file_name: str
    note: str

    def __str__(self) -> str:
        note = f" – {self.note}" if self.note else ""
        return f"{self.source}: {self.value} ({self.origin}){note}"

    @property
    def origin(self) -> str:
        """Which version it is, when it was received and from which file."""
        return f"bản {self.version}, {self.received_at.astimezone(VIETNAM):%d/%m/%Y %H:%M}, {self.file_name}"


@dataclass(frozen=True)
class ExplainedLeaf:
    """One leaf: its points, the rule that gives them, and everything that was said about it."""

    leaf: Leaf
    points: LeafPoints
    rule: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Explanation:
    """Everything about one unit in one snapshot."""

    snapshot: str
    group: GroupResult
    unit: UnitResult
    leaves: tuple[ExplainedLeaf, ...]
    blocks: tuple[Step, ...]
    lost: tuple[LostPoints, ...]
    ranking: RankingRule


def explain_newest(storage: Storage, year: int, unit: str) -> Explanation:
    """Explain one unit in the newest result of a year.

    Raises:
        RefusedError: the round was never evaluated, or the unit is not part of it.
    """
    with storage.reading() as session:
        snapshot = newest_snapshot(session, year)
        return explain_unit(session, snapshot, thawed(snapshot.body), unit)


def explain_unit(session: Session, snapshot: Snapshot, frozen: Frozen, unit: str) -> Explanation:
    """Explain one unit.

    Raises:
        RefusedError: the unit is not part of the round.
    """
    found = frozen.results.find(unit)
    if found is None:
        raise refusal(f"kỳ {frozen.round.year}", f"không có đơn vị “{unit}”", "Dùng mã theo units.csv")
    group, result = found
    criteria_set = frozen.criteria_sets[group.criteria_set]
    steps = _steps(session, snapshot, unit, criteria_set)
    leaves = tuple(
        ExplainedLeaf(
            criteria_set.by_code[points.code],
            points,
            criteria_set.by_code[points.code].rule.sentence(points.max, frozen.round.year),
            tuple(steps.get(points.code, ())),
        )
        for points in result.leaves
    )
    in_blocks = [*criteria_set.bonus_items, *criteria_set.penalty_items]
    blocks = tuple(step for code in in_blocks for step in steps.get(code, ()))
    return Explanation(
        snapshot.sha256, group, result, leaves, blocks, tuple(lost_points(result.leaves)), frozen.round.ranking
    )


def _steps(session: Session, snapshot: Snapshot, unit: str, criteria_set: CriteriaSet) -> dict[str, list[Step]]:
    """Every version the snapshot saw, by component: facts first, then points, in the order received."""
    fields = _fields(criteria_set)
    steps: dict[str, list[Step]] = defaultdict(list)
    facts = session.exec(
        select(FactVersion, Receipt)
        .join(Receipt)
        .where(FactVersion.year == snapshot.year, FactVersion.unit == unit)
        .where(col(FactVersion.id) <= snapshot.through_fact)
        .order_by(col(FactVersion.id))
    )
    for fact, receipt in facts:
        field = fields.get((fact.component, fact.fact))
        label = field.label if field else fact.fact
        value = WITHDRAWN if fact.value is None else field.shown(fact.value) if field else fact.value
        steps[fact.component].append(Step(label, value, fact.version, receipt.received_at, receipt.file_name, ""))
    scores = session.exec(
        select(ScoreVersion, Receipt)
        .join(Receipt)
        .where(ScoreVersion.year == snapshot.year, ScoreVersion.unit == unit)
        .where(col(ScoreVersion.id) <= snapshot.through_score)
        .order_by(col(ScoreVersion.id))
    )
    for score, receipt in scores:
        value = _said_points(score)
        source = ScoreSource(score.source).label
        steps[score.component].append(
            Step(source, value, score.version, receipt.received_at, receipt.file_name, score.note)
        )
    return steps


def _said_points(score: ScoreVersion) -> str:
    if score.withdrawn:
        return WITHDRAWN
    return "không áp dụng" if score.points is None else f"{vietnamese_number(plain(score.points))} điểm"


def _fields(criteria_set: CriteriaSet) -> dict[tuple[str, str], FactField]:
    fields = {(leaf.code, field.id): field for leaf in criteria_set.leaves for field in leaf.rule.fields}
    for items in (criteria_set.bonus_items, criteria_set.penalty_items):
        fields |= {(code, item.field.id): item.field for code, item in items.items()}
    return fields


def explanation_document(explanation: Explanation) -> dict[str, Any]:
    """The explanation for machines; numbers as strings with a decimal point."""
    unit = explanation.unit
    return {
        "snapshot": explanation.snapshot,
        "group": explanation.group.id,
        "unit": unit.code,
        "name": unit.name,
        "rank": unit.rank,
        "index": None if unit.index is None else plain(unit.index),
        "robustness": unit.robustness and {"rank_p5": unit.robustness.rank_p5, "rank_p95": unit.robustness.rank_p95},
        "leaves": [
            {
                "code": leaf.leaf.code,
                "name": leaf.leaf.name,
                "max_points": plain(leaf.points.max),
                "points": None if leaf.points.points is None else plain(leaf.points.points),
                "basis": leaf.points.basis.value,
                "rule": leaf.rule,
                "versions": [
                    {
                        "source": step.source,
                        "value": step.value,
                        "version": step.version,
                        "received_at": step.received_at.isoformat(),
                        "file": step.file_name,
                        "note": step.note,
                    }
                    for step in leaf.steps
                ],
            }
            for leaf in explanation.leaves
        ],
        "lost": [{"code": loss.leaf.code, "lost": plain(loss.lost)} for loss in explanation.lost],
    }
