"""One unit of a frozen round → every point with its facts, rule, source and versions, and the points it lost.

Only what the snapshot saw is shown: versions that came later are left out.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlmodel import Session, col, select

from models.criteria.facts import FactField, claimed_id
from models.criteria.sets import CriteriaSet, Leaf
from models.findings import refusal
from models.forms.sources import ScoreSource, Stage
from models.numbers import plain, said
from models.progress.indices import IndexSeries, series_by_word
from models.province.rounds import RankingRule
from models.records.results import GroupResult, LeafPoints, UnitResult
from models.records.snapshots import Frozen, results_in
from models.records.storage import Storage
from models.records.submissions import said_document
from models.records.tables import EvidenceVersion, FactVersion, Receipt, ScoreVersion, Snapshot, WordVersion
from models.working_days import VIETNAM
from tasks.recording.progress import current_indices
from tasks.recording.snapshots import newest_snapshot
from tasks.scoring.comparison import LostPoints, lost_points
from tasks.scoring.repairs import reason_of

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
    """One leaf: its points, the rule that gives them, why it lost any, and everything that was said about it."""

    leaf: Leaf
    points: LeafPoints
    rule: str
    reason: str
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


def explain_newest(storage: Storage, year: int, unit: str, series: Iterable[IndexSeries] = ()) -> Explanation:
    """Explain one unit in the newest result of a year.

    Args:
        storage: where the result is.
        year: the index year.
        unit: the unit's code.
        series: other indices that the province follows; values of theirs are named by their publication.

    Raises:
        RefusedError: the round was never evaluated, or the unit is not part of it.
    """
    with storage.reading() as session:
        snapshot = newest_snapshot(session, year)
        return explain_unit(session, snapshot, results_in(snapshot), unit, series)


def explain_unit(
    session: Session, snapshot: Snapshot, frozen: Frozen, unit: str, series: Iterable[IndexSeries] = ()
) -> Explanation:
    """Explain one unit; see `explain_newest`.

    Raises:
        RefusedError: the unit is not part of the round.
    """
    found = frozen.results.find(unit)
    if found is None:
        raise refusal(f"kỳ {frozen.round.year}", f"không có đơn vị “{unit}”", "Dùng mã theo units.csv")
    group, result = found
    criteria_set = frozen.criteria_sets[group.criteria_set]
    steps = _steps(session, snapshot, unit, criteria_set, series)
    leaves = tuple(
        ExplainedLeaf(
            criteria_set.by_code[points.code],
            points,
            criteria_set.by_code[points.code].rule.sentence(points.max, frozen.round.year),
            reason_of(points, criteria_set.by_code[points.code], frozen.round.year),
            tuple(steps.get(points.code, ())),
        )
        for points in result.leaves
    )
    in_blocks = [*criteria_set.bonus_items, *criteria_set.penalty_items]
    blocks = tuple(step for code in in_blocks for step in steps.get(code, ()))
    rule = frozen.round.ranking
    lost = tuple(lost_points(result.leaves, rule))
    return Explanation(snapshot.sha256, group, result, leaves, blocks, lost, rule)


def _steps(
    session: Session, snapshot: Snapshot, unit: str, criteria_set: CriteriaSet, series: Iterable[IndexSeries]
) -> dict[str, list[Step]]:
    """Every version the snapshot saw, by component, in the order of the files that they came with; of one file first
    the facts, then documents and words, then points.
    """
    publications = _publications(session, snapshot.year, unit, criteria_set, series_by_word(series))
    found = [
        *_fact_steps(session, snapshot, unit, _fields(criteria_set), publications),
        *_document_steps(session, snapshot, unit),
        *_word_steps(session, snapshot, unit),
        *_score_steps(session, snapshot, unit),
    ]
    steps: dict[str, list[Step]] = defaultdict(list)
    for _, component, step in sorted(found, key=lambda each: each[0]):  # keeps the order within a file
        steps[component].append(step)
    return steps


_Steps = Iterator[tuple[int, str, Step]]
_Version = TypeVar("_Version", FactVersion, ScoreVersion, EvidenceVersion, WordVersion)


def _versions(
    session: Session, table: type[_Version], snapshot: Snapshot, unit: str
) -> Iterator[tuple[_Version, Receipt]]:
    """The versions about a unit with the files they came with, in the order recorded."""
    statement = select(table, Receipt).join(Receipt).where(table.year == snapshot.year, table.unit == unit)
    yield from session.exec(statement.order_by(col(table.id)))


def _step(receipt: Receipt, version: int, source: str, value: str, note: str = "") -> Step:
    return Step(source, value, version, receipt.received_at, receipt.file_name, note)


def _publications(
    session: Session, year: int, unit: str, criteria_set: CriteriaSet, series: Mapping[str, IndexSeries]
) -> dict[tuple[str, str], str]:
    """What published value of another index a fact is, by component and value."""
    read = {leaf.code: series.get(leaf.rule.other_index) for leaf in criteria_set.leaves}
    if not any(read.values()):
        return {}
    values = [one for one in current_indices(session) if one.year == year and one.unit in (unit, "")]
    return {
        (code, plain(one.value)): one.named(of)
        for code, of in read.items()
        for one in values
        if of is not None and one.series == of.id and one.value is not None
    }


def _fact_steps(
    session: Session,
    snapshot: Snapshot,
    unit: str,
    fields: Mapping[tuple[str, str], FactField],
    publications: Mapping[tuple[str, str], str],
) -> _Steps:
    for fact, receipt in _versions(session, FactVersion, snapshot, unit):
        if (fact.id or 0) > snapshot.through_fact:
            continue
        own = claimed_id(fact.fact)
        field = fields.get((fact.component, own or fact.fact))
        value = WITHDRAWN if fact.value is None else field.shown(fact.value) if field else fact.value
        label = (field.label if field else fact.fact) + (" (thẩm định)" if own else "")
        note = publications.get((fact.component, fact.value or ""), "")
        yield fact.receipt_id, fact.component, _step(receipt, fact.version, label, value, note)


def _document_steps(session: Session, snapshot: Snapshot, unit: str) -> _Steps:
    """Documents change no points: of them the snapshot saw what had come when it was computed."""
    for item, receipt in _versions(session, EvidenceVersion, snapshot, unit):
        if receipt.received_at <= snapshot.evaluated_at:
            source = f"tài liệu kiểm chứng ({Stage(item.stage).label})"
            value = WITHDRAWN if item.withdrawn else said_document(item.document, item.number, item.day, item.page)
            yield item.receipt_id, item.component, _step(receipt, item.version, source, value)


def _word_steps(session: Session, snapshot: Snapshot, unit: str) -> _Steps:
    for word, receipt in _versions(session, WordVersion, snapshot, unit):
        if receipt.received_at <= snapshot.evaluated_at:
            stage = Stage(word.stage)
            source = "trả lời của đơn vị" if stage is Stage.EXPLANATION else f"ghi chú ({stage.label})"
            said = ": ".join(part for part in (word.answer, word.text) if part)
            yield word.receipt_id, word.component, _step(receipt, word.version, source, said or WITHDRAWN)


def _score_steps(session: Session, snapshot: Snapshot, unit: str) -> _Steps:
    for score, receipt in _versions(session, ScoreVersion, snapshot, unit):
        if (score.id or 0) <= snapshot.through_score:
            source = ScoreSource(score.source).label
            step = _step(receipt, score.version, source, _said_points(score), score.note)
            yield score.receipt_id, score.component, step


def _said_points(score: ScoreVersion) -> str:
    if score.withdrawn:
        return WITHDRAWN
    return "không áp dụng" if score.points is None else f"{said(score.points)} điểm"


def _fields(criteria_set: CriteriaSet) -> dict[tuple[str, str], FactField]:
    fields = {(leaf.code, field.id): field for leaf in criteria_set.leaves for field in leaf.rule.fields}
    for items in (criteria_set.bonus_items, criteria_set.penalty_items):
        fields |= {(code, item.field.id): item.field for code, item in items.items()}
    return fields


def explanation_data(explanation: Explanation) -> dict[str, Any]:
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
                "reason": leaf.reason,
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
