"""Lost points of a unit → what it has to repair, why it lost them, what it must do.

Only leaves with no points or less than half of them are listed; what to do follows from how the leaf is scored.
Source: domain/5-cases.md, Sóc Trăng (list items scored low or zero, repair them with a road map); domain/2, 2.3.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from models.criteria.rules import (
    ChecklistRule,
    DeductionRule,
    ExternalRule,
    Measured,
    OnTimeRule,
    OptionsRule,
    ProportionalRule,
    Rule,
    TiersRule,
)
from models.criteria.sets import CriteriaSet, Source
from models.numbers import vietnamese_date
from models.province.rounds import Round
from models.records.results import Basis, LeafPoints, UnitResult
from report_templates.filters import continued, counted
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


def repairs_of(unit: UnitResult, criteria_set: CriteriaSet) -> list[Repair]:
    """The leaves that a unit has to repair, the largest loss first.

    Args:
        unit: its result, with leaves of this set.
        criteria_set: names and rules of the leaves.
    """
    repairs = []
    for leaf, lost, _ in repair_list(unit.leaves):
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
    said = _aim(rule)
    if leaf.basis is Basis.MISSING:
        return f"{said}; báo cáo đủ số liệu, tài liệu kiểm chứng"
    return f"{said}; rà soát, báo cáo lại số liệu" if leaf.basis is Basis.FAULTY else said


def _aim(rule: Rule) -> str:
    """How all points of a rule are reached."""
    match rule:
        case OnTimeRule():
            return "Thực hiện đúng thời hạn quy định"
        case ProportionalRule():
            return f"Nâng tỷ lệ {rule.numerator} ÷ {rule.denominator}"
        case TiersRule(of=Measured.RATIO):
            best = rule.tiers[0].said("%", None)
            return f"Đưa tỷ lệ {rule.numerator} ÷ {rule.denominator} lên mức điểm tối đa ({best})"
        case TiersRule():
            best = rule.tiers[0].said(f" {rule.unit}" if rule.unit else "", None)
            return f"Phấn đấu đạt mức điểm tối đa: {continued(rule.value)} {best}"
        case ChecklistRule():
            return f"Thực hiện đủ các nội dung: {', '.join(item.label for item in rule.items)}"
        case DeductionRule():
            return f"Không để xảy ra {'; '.join(continued(case.label) for case in rule.cases)}"
        case OptionsRule():
            return f"Phấn đấu đạt mức: {continued(max(rule.options, key=lambda option: option.points).label)}"
        case ExternalRule():
            return f"Nâng {continued(rule.index)}"
    return "Thực hiện đầy đủ nội dung của tiêu chí, có tài liệu kiểm chứng"


def repair_deadline(round: Round, decided_on: date | None) -> str:
    """By when a unit issues its plan of repair: a day once the decision has one, else so many days after it."""
    if decided_on is None:
        return f"trong thời hạn {counted(round.repair_days)} ngày kể từ ngày Quyết định công bố có hiệu lực"
    return f"chậm nhất {vietnamese_date(decided_on + timedelta(days=round.repair_days))}"
