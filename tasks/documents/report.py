"""Results of a round → what the department sends up with the decision: its report, the list of repairs, its submission.

The report (báo cáo) tells method, results and findings; its annex lists what every unit has to repair; the submission
(tờ trình) asks the committee to decide. All three are the department's documents: its letterhead, its symbols, its
signer; number and day of the report stay blank, because they are given when the department issues it; those of the
submission are given with the decision's.
Source: docs/process.md, 1 (approval); format NĐ 30/2020/NĐ-CP, Phụ lục I.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.criteria.sets import CriteriaSet
from models.province.config import ProvinceConfig
from models.province.rounds import RankingRule
from models.records.results import Status, UnitResult
from models.records.snapshots import Frozen
from report_templates.filters import counted, joined
from tasks.documents.annexes import Annex, annexes_of
from tasks.documents.charts import Chart, areas_chart, distribution_chart, movers_chart
from tasks.documents.own_words import own_words
from tasks.rendering.letterhead import Agency, PaperHead, agency_of
from tasks.rendering.pdf import Document, template_environment
from tasks.scoring.analysis import (
    AreaStanding,
    CriterionStanding,
    GradeCount,
    Mover,
    area_standings,
    criterion_standings,
    grade_counts,
    movers_by_index,
    movers_by_rank,
    strongest,
    weakest,
)
from tasks.scoring.repairs import Repair, repair_deadline, repairs_of

if TYPE_CHECKING:
    from jinja2 import Environment

REPORT = "bao-cao.pdf"
REPORT_ANNEX = "bao-cao-phu-luc.pdf"
SUBMISSION = "to-trinh.pdf"
MOST_NAMED = 10
MOST_BARS = 24  # of a chart; the sentence names all


@dataclass(frozen=True, slots=True)
class Findings:
    """What the report says of one group.

    Attributes:
        annex: the group as its annexes show it.
        criteria_set: the set it was measured by.
        best, worst: ranked units with the highest and with the lowest index.
        spread: between their printed indices; None where none is ranked.
        by_rank: whether `movers` moved in places, else in points of the index.
    """

    annex: Annex
    criteria_set: CriteriaSet
    areas: tuple[AreaStanding, ...]
    strongest: tuple[CriterionStanding, ...]
    weakest: tuple[CriterionStanding, ...]
    weak_count: int
    grades: tuple[GradeCount, ...]
    best: tuple[UnitResult, ...]
    worst: tuple[UnitResult, ...]
    spread: Decimal | None
    movers: tuple[Mover, ...]
    by_rank: bool
    distribution: Chart | None
    areas_chart: Chart | None
    movers_chart: Chart | None

    @property
    def charts(self) -> tuple[Chart, ...]:
        """The charts there are."""
        return tuple(chart for chart in (self.distribution, self.areas_chart, self.movers_chart) if chart)

    @property
    def best_area(self) -> AreaStanding | None:
        """The area with the highest mean, where there are two or more."""
        return max(self.areas, key=lambda area: area.mean) if len(self.areas) > 1 else None

    @property
    def worst_area(self) -> AreaStanding | None:
        """The area with the lowest mean, where there are two or more."""
        return min(self.areas, key=lambda area: area.mean) if len(self.areas) > 1 else None


@dataclass(frozen=True, slots=True)
class UnitRepairs:
    """A unit and what it has to repair."""

    unit: UnitResult
    repairs: tuple[Repair, ...]


def report_documents(frozen: Frozen, decision: PaperHead, templates: Path | None = None) -> list[Document]:
    """The department's report with its annex, and its submission.

    Args:
        frozen: the results with the sets they were computed by.
        decision: the decision that is submitted; of it only signing power and draft mark show here.
        templates: a folder of the province whose templates go before ours.
    """
    environment = template_environment(templates)
    annexes = annexes_of(frozen.config, frozen.round, frozen.results)
    findings = [findings_of(frozen, annex) for annex in annexes]
    shared = _shared(frozen, decision, annexes)
    repairs = _report_annex(environment, shared, frozen)
    answering = _answering(frozen, findings)
    report = _report(environment, {**shared, "has_repairs": bool(repairs), "answering": answering}, findings)
    return [report, *repairs, _submission(environment, shared)]


def findings_of(frozen: Frozen, annex: Annex) -> Findings:
    """What the report says of the group of an annex."""
    group, ranking = annex.group, frozen.results.ranking
    criteria_set = frozen.criteria_sets[group.criteria_set]
    areas = area_standings(group, ranking)
    standings = criterion_standings(group, criteria_set)
    ranked = group.ranked_units
    movers = movers_by_rank(group)
    by_rank = bool(movers)
    movers = movers or movers_by_index(group)
    return Findings(
        annex=annex,
        criteria_set=criteria_set,
        areas=tuple(areas),
        strongest=tuple(strongest(standings)),
        weakest=tuple(weakest(standings)),
        weak_count=sum(standing.is_weak(ranking) for standing in standings),
        grades=tuple(grade_counts(group, annex.grades)),
        best=_equal_to(ranked[:1], ranked, ranking),
        worst=_equal_to(ranked[-1:], ranked, ranking),
        spread=_spread(ranked, ranking),
        movers=tuple(movers),
        by_rank=by_rank,
        distribution=distribution_chart(group, ranking) if ranked else None,
        areas_chart=areas_chart(group, areas, ranking) if len(areas) > 1 else None,
        movers_chart=movers_chart(group, movers, ranking, by_rank=by_rank) if 0 < len(movers) <= MOST_BARS else None,
    )


def _equal_to(
    extreme: Sequence[UnitResult], ranked: Sequence[UnitResult], ranking: RankingRule
) -> tuple[UnitResult, ...]:
    """The units that equal the first or the last one, as the round compares indices."""
    reached = [ranking.compared(unit.index) for unit in extreme if unit.index is not None]
    return tuple(unit for unit in ranked if unit.index is not None and ranking.compared(unit.index) in reached)


def _spread(ranked: Sequence[UnitResult], ranking: RankingRule) -> Decimal | None:
    indices = [ranking.printed(unit.index) for unit in ranked if unit.index is not None]
    return max(indices) - min(indices) if indices else None


def department_of(config: ProvinceConfig) -> Agency:
    """The department as its own documents name it. Source: NĐ 30/2020/NĐ-CP, Phụ lục I và III."""
    above, own = config.department_lines
    return Agency((above,), (own,), f"{config.department} {config.name}", config.department)


def department_paper(config: ProvinceConfig, decision: PaperHead, symbol: str) -> PaperHead:
    """The numbering of a document of the department that goes with a decision: still blank."""
    return replace(decision, number=None, day=None, symbol=symbol, signer=config.department_signer, replaces=None)


def submission_paper(config: ProvinceConfig, decision: PaperHead) -> PaperHead:
    """The numbering of the submission that goes with a decision: as it was given with the decision's, else blank."""
    blank = department_paper(config, decision, config.symbols.submission)
    submission = decision.submission
    return replace(blank, number=submission.number, day=submission.day) if submission else blank


def submission_document(frozen: Frozen, decision: PaperHead, templates: Path | None = None) -> Document:
    """The department's submission alone; arguments as of `report_documents`."""
    annexes = annexes_of(frozen.config, frozen.round, frozen.results)
    return _submission(template_environment(templates), _shared(frozen, decision, annexes))


def _shared(frozen: Frozen, decision: PaperHead, annexes: list[Annex]) -> dict[str, Any]:
    config, round = frozen.config, frozen.round
    report = department_paper(config, decision, config.symbols.report)
    return {
        "config": config,
        "round": round,
        "ranking": frozen.results.ranking,
        "committee": agency_of(config, decision.signer),
        "agency": department_of(config),
        "annexes": annexes,
        "bases": (*config.legal_bases, *round.legal_bases),
        "own": own_words(frozen.texts, config, round.year, frozen.results.ranking, annexes),
        "deadline": repair_deadline(round, None),
        "decision": report,
        "measured": joined([annex.name for annex in annexes]),
        "orientation": "",
        "replaces": decision.replaces,
        "submission": submission_paper(config, decision),
        "explained": bool(frozen.procedure and frozen.procedure.explained),
        **_appraisal(frozen),
        "where": f"trên địa bàn {config.name}",
        "year_of_issue": round.year + 1,
    }


def _appraisal(frozen: Frozen) -> dict[str, Any]:
    """Of which units the points were not appraised, in words; "" where they were, and whether that is all of them."""
    scored = [unit for group in frozen.results.groups for unit in group.units if unit.status is Status.SCORED]
    own = [unit.name for unit in scored if unit.code in frozen.unappraised]
    named = ", ".join(own) if len(own) <= MOST_NAMED else f"{counted(len(own))} đơn vị nêu tại ghi chú của phụ lục"
    return {"unappraised": named, "nobody_appraised": bool(own) and len(own) == len(scored)}


def _answering(frozen: Frozen, findings: list[Findings]) -> list[tuple[UnitResult, str]]:
    """Who answers for the units that did worst, whose grade was lowered or that sent nothing, as far as it is known."""
    heads = frozen.procedure.heads if frozen.procedure else {}
    units = [
        unit
        for found in findings
        for unit in found.annex.group.units
        if unit.gated or unit in found.worst or unit in found.annex.group.not_scored_units
    ]
    return [(unit, heads[unit.code]) for unit in units if unit.code in heads]


def _report(environment: "Environment", shared: dict[str, Any], findings: list[Findings]) -> Document:
    subject = f"Kết quả xác định Chỉ số cải cách hành chính năm {shared['round'].year} của {shared['measured']}"
    title = f"Báo cáo: {subject} {shared['where']}"
    context = {**shared, "findings": findings, "subject": subject, "title": title}
    images = {chart.name: chart.svg for found in findings for chart in found.charts}
    return Document(REPORT, title, environment.get_template("report.html").render(context), images)


def _report_annex(environment: "Environment", shared: dict[str, Any], frozen: Frozen) -> list[Document]:
    """The list of repairs; none where no unit has anything to repair."""
    groups = [(annex.name, _repairs_in(frozen, annex)) for annex in shared["annexes"]]
    if not any(units for _, units in groups):
        return []
    subject = f"Danh mục tiêu chí cần khắc phục sau khi công bố Chỉ số cải cách hành chính năm {frozen.round.year}"
    title = f"Phụ lục. {subject}"
    faultless = [
        unit.name
        for annex, (_, units) in zip(shared["annexes"], groups, strict=True)
        for unit in annex.group.units
        if unit.status is Status.SCORED and unit.code not in {listed.unit.code for listed in units}
    ]
    context = {
        **shared,
        "groups": groups,
        "faultless": faultless,
        "orientation": "wide",
        "subject": subject,
        "title": title,
    }
    return [Document(REPORT_ANNEX, title, environment.get_template("report_annex.html").render(context))]


def _repairs_in(frozen: Frozen, annex: Annex) -> list[UnitRepairs]:
    criteria_set = frozen.criteria_sets[annex.group.criteria_set]
    rule, year = frozen.results.ranking, frozen.round.year
    listed = [UnitRepairs(unit, tuple(repairs_of(unit, criteria_set, rule, year))) for unit in annex.group.units]
    return [unit for unit in listed if unit.repairs]


def _submission(environment: "Environment", shared: dict[str, Any]) -> Document:
    subject = (
        f"Về việc ban hành Quyết định phê duyệt và công bố Chỉ số cải cách hành chính năm {shared['round'].year} "
        f"của {shared['measured']}"
    )
    title = f"Tờ trình {subject[:1].lower()}{subject[1:]} {shared['where']}"
    labels = [label for annex in shared["annexes"] for label in annex.labels]
    context = {
        **shared,
        "decision": shared["submission"],
        "enclosed": "Phụ lục" if len(labels) == 1 else f"{counted(len(labels))} Phụ lục",
        "subject": subject,
        "surveyed": any(annex.maxima.get("survey_points") for annex in shared["annexes"]),
        "title": title,
    }
    return Document(SUBMISSION, title, environment.get_template("submission.html").render(context))
