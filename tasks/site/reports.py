"""Published reports of periods as the results site may show them: hidden units taken out, corrections linked.

What a province hides is taken out of the progress itself, before any page or file is made, together with every total
that it could be computed from. Source: Nghị định 30/2020/NĐ-CP, Điều 18.3; tasks/site/editions.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from models.progress.periods import Period
from models.progress.results import MeasureResult, MeasureRow, ProgressResult, TargetRow
from models.province.config import SiteField
from models.records.progress_snapshots import FrozenProgress, ReportedProgress, thawed_progress
from tasks.documents.progress_report import FIGURES_ANNEX, TASKS_ANNEX, WORDS_ANNEX
from tasks.documents.progress_tables import NO_FIGURE, figures_workbook, told_units
from tasks.documents.report import REPORT
from tasks.progress.computing import counted_plan
from tasks.publishing.folders import MANIFEST
from tasks.publishing.kinds import REPORT as REPORT_PAPER
from tasks.publishing.reports import WORKBOOK
from tasks.site.editions import Hidden
from tasks.site.files import Offered, as_published, made_anew
from tasks.site.papers import PaperEdition, PublishedPaper, Ruling

_TITLES = {
    REPORT: "Báo cáo",
    FIGURES_ANNEX: "Phụ lục: số liệu của từng đơn vị",
    TASKS_ANNEX: "Phụ lục: nhiệm vụ kế hoạch, cam kết",
    WORDS_ANNEX: "Phụ lục: khó khăn, đề xuất của các đơn vị",
    WORKBOOK: "Số liệu cho Excel, LibreOffice",
    REPORT_PAPER.contents: "Bản số liệu đã được phê duyệt: mọi con số mà báo cáo dựa vào",
    MANIFEST: "Danh mục tệp của bản công bố và mã băm của từng tệp",
}


@dataclass(frozen=True, slots=True)
class ReportEdition(PaperEdition):
    """One published report and its progress as it may be seen.

    Attributes:
        frozen: its snapshot without what is hidden.
        partial: ids of the groups of which a unit is hidden, so that they have no figure of their own.
    """

    frozen: FrozenProgress
    partial: frozenset[str]

    @property
    def period(self) -> Period:
        """What it is of."""
        return self.frozen.period

    @property
    def progress(self) -> ReportedProgress:
        """What is reported, as far as it may be seen."""
        return self.frozen.progress


def report_edition_of(paper: PublishedPaper, place: str, rulings: Sequence[Ruling], hidden: Hidden) -> ReportEdition:
    """A published report without what is hidden; see `editions.edition_of`.

    Raises:
        RefusedError: a later version of the program froze it.
    """
    frozen = thawed_progress(paper.contents)
    shown = visible_progress(frozen.progress, hidden)
    after, before = paper.ruling.among(rulings)
    return ReportEdition(
        ruling=paper.ruling,
        place=place,
        source=paper.folder,
        snapshot=paper.snapshot,
        files=paper.files,
        replaced_by=after,
        replaces=before,
        trimmed=shown != frozen.progress,
        frozen=replace(frozen, progress=shown),
        partial=frozenset(
            group.id for group in frozen.progress.groups if any(code in hidden.units for code in group.units)
        ),
    )


def visible_progress(progress: ReportedProgress, hidden: Hidden) -> ReportedProgress:
    """The progress without hidden units and fields, and without the totals that would give them away."""
    if SiteField.COMPARISON in hidden.fields:
        measures = tuple(_uncompared(one) for one in progress.result.measures)
        progress = replace(progress, result=replace(progress.result, measures=measures))
    if not any(code in hidden.units for group in progress.groups for code in group.units):
        return progress
    silent = [unit for unit in progress.result.expected if unit.code in hidden.units]
    told = {register.kind for register in progress.registers if register.unit in hidden.units}
    closed = {
        one.measure.id
        for one in progress.result.measures
        if any(one.measure.reported_by(unit.kind) for unit in silent) or any(one.of(code) for code in hidden.units)
    }
    result = _visible_result(progress.result, hidden, closed)
    return replace(
        progress,
        groups=tuple(
            replace(group, units=tuple(code for code in group.units if code not in hidden.units))
            for group in progress.groups
        ),
        totals={id: line for id, line in progress.totals.items() if id not in closed},
        standings_before={
            key: standing
            for key, standing in progress.standings_before.items()
            if key.split("/")[-1] not in hidden.units
        },
        registers=tuple(register for register in progress.registers if register.unit not in hidden.units),
        heads={code: head for code, head in progress.heads.items() if code not in hidden.units},
        remarks=tuple(one for one in progress.remarks if one.unit.code not in hidden.units),
        no_figures=tuple(one for one in progress.no_figures if one.unit.code not in hidden.units),
        result=replace(result, registers=tuple(one for one in result.registers if one.kind not in told)),
    )


def _visible_result(result: ProgressResult, hidden: Hidden, closed: set[str]) -> ProgressResult:
    """The result of the units that are shown.

    Args:
        result: the whole.
        hidden: what is not shown.
        closed: measures whose totals would give a hidden unit away.
    """
    units = hidden.units
    plans = [
        counted_plan(plan.plan, [row for row in plan.rows if row.owner is None or row.owner.code not in units])
        for plan in result.plans
    ]
    return replace(
        result,
        measures=tuple(_visible_measure(one, hidden, one.measure.id in closed) for one in result.measures),
        expected=tuple(unit for unit in result.expected if unit.code not in units),
        not_reported=tuple(unit for unit in result.not_reported if unit.code not in units),
        plans=tuple(plans),
        commitments=tuple(row for row in result.commitments if row.unit.code not in units),
        targets=tuple(
            _visible_target(row, hidden)
            for row in result.targets
            if row.target.unit not in units | hidden.names and (row.target.unit or row.target.measure not in closed)
        ),
        indices=tuple(row for row in result.indices if row.unit is None or row.unit.code not in units),
        findings=(),
    )


def _visible_target(row: TargetRow, hidden: Hidden) -> TargetRow:
    if row.target.owner not in hidden.units | hidden.names:
        return row
    return replace(row, target=row.target.model_copy(update={"owner": None}))


def _visible_measure(one: MeasureResult, hidden: Hidden, closed: bool) -> MeasureResult:
    rows = tuple(_visible_row(row, hidden) for row in one.rows if row.unit and row.unit.code not in hidden.units)
    above = {row.unit.parent for row in one.rows if row.unit and row.unit.code in hidden.units}
    rows = tuple(
        MeasureRow(row.unit, None, NO_FIGURE) if row.computed and row.unit and row.unit.code in above else row
        for row in rows
    )
    return replace(one, rows=rows, total=MeasureRow(None, None, NO_FIGURE) if closed else one.total)


def _visible_row(row: MeasureRow, hidden: Hidden) -> MeasureRow:
    return replace(row, without=tuple(code for code in row.without if code not in hidden.units))


def _uncompared(one: MeasureResult) -> MeasureResult:
    rows = tuple(replace(row, before=None, a_year_before=None, no_comparison="") for row in one.rows)
    return replace(one, rows=rows, total=replace(one.total, before=None, a_year_before=None))


def offered_of_report(edition: ReportEdition) -> list[Offered]:
    """Everything of a report that can be downloaded, the report first; of a trimmed one only figures, made anew."""
    names = {unit.code: unit.name for unit in told_units(edition.progress)}

    def title(name: str) -> str:
        return _TITLES.get(name) or names.get(Path(name).stem, name)

    if edition.trimmed:
        return [made_anew(WORKBOOK, title(WORKBOOK), figures_workbook(edition.frozen))]
    order = list(_TITLES)
    files = as_published(edition, title)
    return sorted(files, key=lambda file: (file.nested, order.index(file.name) if file.name in order else 0, file.name))
