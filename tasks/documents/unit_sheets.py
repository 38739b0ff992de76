"""Results of a round → one result sheet (phiếu kết quả) for every unit that was scored.

Index, rank and grade; areas against the mean of the group; every leaf with what was claimed, given and lost, and why;
last year; what to repair and by when. A sheet is the department's, so it bears its letterhead.
Source: docs/process.md, 4, layout (b); docs/process.md, 5, Sóc Trăng; format NĐ 30/2020/NĐ-CP, Phụ lục I.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from models.criteria.sets import CriteriaSet, Heading, Leaf
from models.province.rounds import RankingRule
from models.records.results import AreaResult, Basis, LeafPoints, UnitResult
from models.records.snapshots import Frozen
from models.wording import continued
from report_templates.filters import unit_in_sentence, without_end
from tasks.documents.annexes import Annex, annexes_of
from tasks.documents.report import department_of, department_paper
from tasks.rendering.letterhead import PaperHead, agency_of
from tasks.rendering.pdf import Document, template_environment
from tasks.scoring.areas import area_columns
from tasks.scoring.repairs import reason_of, repair_deadline, repairs_of

FOLDER = "phieu-ket-qua"
_SEE_REPAIRS = "xem mục 3"
_PLAIN = (Basis.FACTS, Basis.SURVEY, Basis.SELF, Basis.MISSING, Basis.UNPROVEN, Basis.FAULTY)


@dataclass(frozen=True, slots=True)
class LeafRow:
    """One leaf of a unit as its sheet shows it; `points` and `lost` are None where it does not apply.

    `remark` says on what the points stand and why, where that is not simply a fact, a survey or the unit's own score;
    of lost points it says the figures.
    """

    code: str
    name: str
    max_points: Decimal
    self_points: Decimal | None
    points: Decimal | None
    lost: Decimal | None
    remark: str
    group: Heading | None = None


@dataclass(frozen=True, slots=True)
class AreaRows:
    """One area of a unit with its leaves; `mean` is the mean index of the ranked units of the group."""

    area: AreaResult
    mean: Decimal | None
    leaves: tuple[LeafRow, ...]


def sheet_name(unit: str) -> str:
    """Where the sheet of a unit lies in the published folder."""
    return f"{FOLDER}/{FOLDER}-{unit}.pdf"


def unit_sheets(frozen: Frozen, decision: PaperHead, templates: Path | None = None) -> list[Document]:
    """The sheets of all scored units of the groups that want them, in the order of the groups and of their ranks.

    Args:
        frozen: the results with the sets they were computed by.
        decision: the decision that the sheets go with.
        templates: a folder of the province whose templates go before ours.
    """
    environment = template_environment(templates)
    template = environment.get_template("unit_sheet.html")
    config, round = frozen.config, frozen.round
    shared = {
        "config": config,
        "round": round,
        "ranking": frozen.results.ranking,
        "committee": agency_of(config, decision.signer),
        "agency": department_of(config),
        "announced": decision,
        "decision": department_paper(config, decision, ""),
        "deadline": repair_deadline(round, decision.day),
        "orientation": "",
        "year_of_issue": round.year + 1,
    }
    documents = []
    wanted = {group.id for group in round.groups if group.result_sheets}
    for annex in annexes_of(config, round, frozen.results):
        if annex.group.id not in wanted:
            continue
        criteria_set = frozen.criteria_sets[annex.group.criteria_set]
        means = {column.code: column.mean for column in area_columns(annex.group, frozen.results.ranking)}
        for unit in annex.group.units:
            if unit.index is not None:
                context = {**shared, **_context(annex, unit, criteria_set, means, frozen)}
                context["is_appraised"] = unit.code not in frozen.unappraised
                name = sheet_name(unit.code)
                documents.append(Document(name, context["title"], template.render(context)))
    return documents


def _context(
    annex: Annex, unit: UnitResult, criteria_set: CriteriaSet, means: Mapping[str, Decimal | None], frozen: Frozen
) -> dict[str, Any]:
    rule, year = frozen.results.ranking, frozen.year
    subject = f"Kết quả Chỉ số cải cách hành chính năm {year} của {unit_in_sentence(unit.name)}"
    repairs = repairs_of(unit, criteria_set, rule, year)
    areas = area_rows(unit, criteria_set, means, rule, year, {repair.code for repair in repairs})
    return {
        "annex": annex,
        "unit": unit,
        "size": len(annex.group.ranked_units),
        "head": frozen.procedure.heads.get(unit.code) if frozen.procedure else None,
        "areas": areas,
        "claims": any(leaf.self_points is not None for area in areas for leaf in area.leaves),
        "repairs": repairs,
        "subject": subject,
        "title": f"Phiếu kết quả. {subject}",
    }


def area_rows(
    unit: UnitResult,
    criteria_set: CriteriaSet,
    means: Mapping[str, Decimal | None],
    rule: RankingRule,
    year: int,
    explained: Collection[str] = (),
) -> list[AreaRows]:
    """The areas of a unit in the order of the set, each with its leaves.

    Args:
        unit, criteria_set, rule, year: whose leaves, under which set, rounded how, of which year.
        means: the mean index of each area.
        explained: leaves of which the list of repairs says why they lost; their rows point there.
    """
    given = {leaf.code: leaf for leaf in unit.leaves}
    rows: dict[str, list[LeafRow]] = {area.code: [] for area in unit.areas}
    for leaf in criteria_set.leaves:
        if leaf.code in given:
            row = _leaf_row(given[leaf.code], leaf, rule, year)
            rows[leaf.area].append(replace(row, remark=_SEE_REPAIRS) if leaf.code in explained else row)
    return [AreaRows(area, means.get(area.code), tuple(rows[area.code])) for area in unit.areas]


def _leaf_row(leaf: LeafPoints, declared: Leaf, rule: RankingRule, year: int) -> LeafRow:
    lost = None if leaf.points is None else leaf.max - rule.printed_points(leaf.points)
    remark = _remark(leaf, declared, year)
    return LeafRow(leaf.code, declared.name, leaf.max, leaf.self_points, leaf.points, lost, remark, declared.group)


def _remark(leaf: LeafPoints, declared: Leaf, year: int) -> str:
    reason = continued(without_end(reason_of(leaf, declared, year)))
    if leaf.basis in _PLAIN:
        return reason
    label = leaf.basis.label
    return f"{label}: {reason}" if reason and reason != label else label
