"""Lost points of a unit → what it has to repair, why it lost them, what it must do.

Only leaves with no points or less than half of them are listed; how all points are reached, each kind of rule says
itself.
Source: docs/process.md, 5, Sóc Trăng (list items scored low or zero, repair them with a road map); docs/process.md, 2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from models.criteria.facts import appraised_facts
from models.criteria.rules.base import Awarded
from models.criteria.sets import CriteriaSet, Leaf, Source
from models.numbers import decimals_of, printed, said, vietnamese_date
from models.province.rounds import RankingRule, Round
from models.records.results import Basis, LeafPoints, UnitResult
from models.wording import capitalised
from report_templates.filters import counted, without_end
from tasks.scoring.comparison import repair_list

_MISSING = "không có số liệu, không tự đánh giá"
_UNPROVEN = "không có tài liệu kiểm chứng nên không được tính điểm"
_FAULTY = "số liệu không hợp lệ"
_WHO_GAVE = {
    Basis.SELF: "đơn vị tự chấm",
    Basis.APPRAISAL: "cơ quan thẩm định chấm",
    Basis.COUNCIL: "Hội đồng chấm",
    Basis.SURVEY: "kết quả khảo sát",
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


def repairs_of(unit: UnitResult, criteria_set: CriteriaSet, rule: RankingRule, year: int) -> list[Repair]:
    """The leaves that a unit has to repair, the largest loss first.

    Args:
        unit: its result, with leaves of this set.
        criteria_set: names and rules of the leaves.
        rule: how points are printed.
        year: the index year.
    """
    repairs = []
    for leaf, lost, _ in repair_list(unit.leaves, rule):
        declared = criteria_set.by_code[leaf.code]
        reason = capitalised(without_end(reason_of(leaf, declared, year)))
        remedy = remedy_of(leaf, declared)
        repairs.append(Repair(leaf.code, declared.name, leaf.max, leaf.max - lost, lost, reason, remedy))
    return repairs


def reason_of(leaf: LeafPoints, declared: Leaf, year: int) -> str:
    """Why a leaf stands as it does: the reason that came with its points, and of lost points the figures.

    Args:
        leaf: its points, with the facts that they were computed from.
        declared: the leaf in its criteria set.
        year: the index year.

    Returns:
        The words, without a full stop; "" for a leaf that lost nothing or does not apply and of which nothing was said.
    """
    if leaf.note and not leaf.facts:
        return leaf.note
    return "; ".join(part for part in (without_end(leaf.note), figures_of(leaf, declared, year)) if part)


def figures_of(leaf: LeafPoints, declared: Leaf, year: int) -> str:
    """The figures of lost points, as a reader can reckon them again; "" where none are lost.

    Source: docs/maths.md, 14.
    """
    if leaf.points is None or leaf.points >= leaf.max:
        return ""
    if leaf.basis is Basis.MISSING:
        return _MISSING
    if leaf.basis is Basis.UNPROVEN:
        claimed = "" if leaf.self_points is None else f" (tự chấm {said(leaf.self_points)} điểm)"
        return f"{_UNPROVEN}{claimed}"
    facts = dict(leaf.facts)
    if told := _figures_found(leaf, declared, facts, year):
        return told
    by_rule = declared.rule.points(facts, leaf.max, year) if facts else Awarded(None)
    if leaf.basis is Basis.FAULTY:
        return f"{_FAULTY}: {by_rule.problem.what}" if by_rule.problem else _FAULTY
    if by_rule.points is None:
        return f"{_WHO_GAVE.get(leaf.basis, 'được chấm')} {said(leaf.points)}/{said(leaf.max)} điểm"
    figures = declared.rule.reckoned(facts, by_rule.points, leaf.max, year)
    if leaf.basis is Basis.FACTS or printed(by_rule.points, 2) == printed(leaf.points, 2):
        return figures
    by_figures = printed(by_rule.points, max(2, decimals_of(leaf.points)))
    reported = f"số liệu đã báo cáo: {figures} (tính ra {said(by_figures)} điểm)"
    return f"{reported}; {_WHO_GAVE.get(leaf.basis, 'được chấm')} {said(leaf.points)}/{said(leaf.max)} điểm"


def _figures_found(leaf: LeafPoints, declared: Leaf, facts: Mapping[str, str], year: int) -> str:
    """The figures that the appraiser found, beside those that the unit reported; "" where the points are not theirs."""
    found = appraised_facts(facts)
    if leaf.points is None or leaf.basis is not Basis.APPRAISAL or declared.rule.missing(found):
        return ""
    appraised, claimed = (declared.rule.points(each, leaf.max, year).points for each in (found, facts))
    if appraised is None or printed(appraised, 2) != printed(leaf.points, 2):
        return ""
    told = f"số liệu thẩm định: {declared.rule.reckoned(found, appraised, leaf.max, year)}"
    if claimed is None:
        return told
    reported = declared.rule.reckoned(facts, claimed, leaf.max, year).partition("; ")[0]
    return f"{told}; đơn vị báo cáo: {reported} ({said(printed(claimed, 2))} điểm)"


def remedy_of(leaf: LeafPoints, declared: Leaf) -> str:
    """What a unit does about a leaf in the coming year."""
    if declared.source is Source.SURVEY:
        return "Phân tích kết quả khảo sát, xác định nguyên nhân, đề ra giải pháp nâng mức độ hài lòng"
    aim = declared.rule.aim()
    if leaf.basis is Basis.MISSING:
        return f"{aim}; báo cáo đủ số liệu, tài liệu kiểm chứng"
    if leaf.basis is Basis.UNPROVEN:
        return f"{aim}; gửi tài liệu kiểm chứng cùng phiếu tự đánh giá"
    return f"{aim}; rà soát, báo cáo lại số liệu" if leaf.basis is Basis.FAULTY else aim


def repair_deadline(round: Round, decided_on: date | None) -> str:
    """By when a unit issues its plan of repair: a day once the decision has one, else so many days after it."""
    if decided_on is None:
        return f"trong thời hạn {counted(round.repair_days)} ngày kể từ ngày Quyết định công bố có hiệu lực"
    return f"chậm nhất {vietnamese_date(decided_on + timedelta(days=round.repair_days))}"
