"""Lost points of a unit → what it has to repair, why it lost them, what it must do.

Only leaves with no points or less than half of them are listed; how all points are reached, each kind of rule says
itself.
Source: docs/process.md, 5, Sóc Trăng (list items scored low or zero, repair them with a road map); docs/process.md, 2.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from models.criteria.rules.base import Rule
from models.criteria.sets import CriteriaSet, Source
from models.numbers import vietnamese_date
from models.province.rounds import RankingRule, Round
from models.records.results import Basis, LeafPoints, UnitResult
from report_templates.filters import counted
from tasks.scoring.comparison import repair_list

_REASONS = {
    Basis.MISSING: "Không có số liệu, không tự đánh giá",
    Basis.FAULTY: "Số liệu không hợp lệ",
}


@dataclass(frozen=True, slots=True)
class Repair:
    """One leaf that a unit has to repair."""

    code: str
    name: str
    max_points: Decimal
    points: Decimal
    lost: Decimal
    reason: str
    remedy: str


def repairs_of(unit: UnitResult, criteria_set: CriteriaSet, rule: RankingRule) -> list[Repair]:
    """The leaves that a unit has to repair, the largest loss first.

    Args:
        unit: its result, with leaves of this set.
        criteria_set: names and rules of the leaves.
        rule: how points are printed.
    """
    repairs = []
    for leaf, lost, _ in repair_list(unit.leaves, rule):
        declared = criteria_set.by_code[leaf.code]
        remedy = _remedy(leaf, declared.source, declared.rule)
        points = leaf.max - lost
        repairs.append(Repair(leaf.code, declared.name, leaf.max, points, lost, reason_of(leaf), remedy))
    return repairs


def reason_of(leaf: LeafPoints) -> str:
    """Why a leaf stands as it does: the reason that came with its points, else what its basis tells; or nothing."""
    return leaf.note or _REASONS.get(leaf.basis, "")


def _remedy(leaf: LeafPoints, source: Source, rule: Rule) -> str:
    """What a unit does about a leaf in the coming year."""
    if source is Source.SURVEY:
        return "Phân tích kết quả khảo sát, xác định nguyên nhân, đề ra giải pháp nâng mức độ hài lòng"
    aim = rule.aim()
    if leaf.basis is Basis.MISSING:
        return f"{aim}; báo cáo đủ số liệu, tài liệu kiểm chứng"
    return f"{aim}; rà soát, báo cáo lại số liệu" if leaf.basis is Basis.FAULTY else aim


def repair_deadline(round: Round, decided_on: date | None) -> str:
    """By when a unit issues its plan of repair: a day once the decision has one, else so many days after it."""
    if decided_on is None:
        return f"trong thời hạn {counted(round.repair_days)} ngày kể từ ngày Quyết định công bố có hiệu lực"
    return f"chậm nhất {vietnamese_date(decided_on + timedelta(days=round.repair_days))}"
