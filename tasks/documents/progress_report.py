"""Frozen progress → the report of a period as documents: the report, its annexes, unit sheets.

A report of the department to the committee (“Báo cáo”, “Kính gửi”). Parts are numbered as they come: those on figures,
plan tasks and reporting always stand and say so where there is nothing; those on commitments and targets, on other
indices and on registers are left out where the province follows none, that on difficulties where no unit wrote any.
Source: docs/process.md, 3; format NĐ 30/2020/NĐ-CP, Phụ lục I.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.numbers import ZERO, roman
from models.progress.periods import Period
from models.progress.results import CommitmentRow, Standing, TaskRow
from models.province.config import ProvinceConfig, Signer
from models.records.progress_snapshots import FrozenProgress, ReportedProgress
from report_templates.filters import counted, unit_in_sentence
from tasks.documents import progress_sentences
from tasks.documents.charts import drawn_measures, months_chart
from tasks.documents.other_indices import index_tables
from tasks.documents.progress_sentences import due_in, next_period
from tasks.documents.progress_tables import (
    UnitView,
    area_blocks,
    by_group,
    change_cell,
    groups_told,
    overdue_tasks,
    told_by_group,
    told_registers,
    told_units,
    unit_view,
    units_tables,
)
from tasks.documents.report import REPORT, department_of
from tasks.documents.unit_words import Said, heading_of, others_without_figures, said_together, why_without_figures
from tasks.progress.told_remarks import TOLD
from tasks.rendering.letterhead import PaperHead, agency_of
from tasks.rendering.pdf import Document, template_environment

if TYPE_CHECKING:
    from jinja2 import Environment

UNITS_FOLDER = "don-vi"
FIGURES_ANNEX, TASKS_ANNEX = "bao-cao-phu-luc-so-lieu.pdf", "bao-cao-phu-luc-nhiem-vu.pdf"
INDICES_ANNEX, WORDS_ANNEX = "bao-cao-phu-luc-chi-so.pdf", "bao-cao-phu-luc-y-kien.pdf"
MOST_ROWS = 10  # of a list in the report itself; the rest stands in its annex
_MOST_OF_UNIT = 8  # of a list in a unit's sheet, which is one page
_CROWDED = 12  # lines from which a unit's sheet is set small
_LETTERS = ("a", "b", "c", "d", "đ", "e", "g", "h", "i", "k", "l", "m", "n", "o", "p", "q")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the report: which template it has, its Roman number and its title."""

    id: str
    number: str
    title: str


def report_documents_of(frozen: FrozenProgress, decision: PaperHead, templates: Path | None = None) -> list[Document]:
    """Every document of a period's report, the report first; of a draft all but the sheets of the units.

    Args:
        frozen: what is reported.
        decision: numbering and signer of the report; a draft has no number.
        templates: a folder of the province whose templates go before ours.
    """
    environment = template_environment(templates)
    progress = frozen.progress
    shared = _shared(frozen, decision)
    annexes = _annexes(environment, shared, progress)
    labels = {document.name: label for label, document in annexes}
    labelled = {
        "figures_annex": labels.get(FIGURES_ANNEX),
        "tasks_annex": labels.get(TASKS_ANNEX),
        "indices_annex": labels.get(INDICES_ANNEX),
        "words_annex": labels.get(WORDS_ANNEX),
    }
    report = _report(environment, {**shared, **labelled}, progress)
    sheets = [] if decision.draft else _unit_sheets(environment, shared, progress)
    return [report, *(document for _, document in annexes), *sheets]


def report_signer(config: ProvinceConfig, id: str | None) -> Signer:
    """Who signs a report: the department's head, else somebody among the signers.

    Raises:
        KeyError: there is no such signer.
    """
    if id in (None, config.department_signer.id):
        return config.department_signer
    return config.signer(id)


def _shared(frozen: FrozenProgress, decision: PaperHead) -> dict[str, Any]:
    config, progress = frozen.config, frozen.progress
    period = progress.result.period
    return {
        "config": config,
        "progress": progress,
        "result": progress.result,
        "period": period,
        "next": next_period(period),
        "committee": agency_of(config, config.signer(None)),
        "agency": department_of(config),
        "decision": decision,
        "orientation": "",
        "say": progress_sentences.SENTENCES,
        "change": change_cell,
        "letters": _LETTERS,
        "most_rows": MOST_ROWS,
        "year_of_issue": period.last.year,
    }


def _report(environment: "Environment", shared: dict[str, Any], progress: ReportedProgress) -> Document:
    result, period = progress.result, progress.result.period
    subject = f"Kết quả công tác cải cách hành chính {period.name}"
    lines = drawn_measures([one.measure for one in result.measures], progress.totals)
    charts = [months_chart(measure, months) for measure, months in lines]
    risky = at_risk(progress)
    context = {
        **shared,
        "parts": _parts(progress),
        "blocks": area_blocks(progress),
        "by_group": lambda one, groups: by_group(one, groups, progress),
        "groups_told": lambda results: groups_told(results, progress),
        "of_groups": lambda results: told_by_group(results, progress),
        "headline": [one for one in result.measures if one.total.figure],
        "noted": progress_sentences.shared_remarks(result.measures, period),
        "charts": charts,
        "broken_lines": any(month.others for _, months in lines for month in months),
        "registers": told_registers(progress),
        "overdue": overdue_tasks(progress),
        "at_risk": risky,
        "grounds": shared_grounds(risky[:MOST_ROWS]),
        "coming": due_in([row for plan in result.plans for row in plan.rows], next_period(period)),
        "difficulties": difficulties(progress),
        "words": _words(progress),
        "in_short": lambda text: Said(text, ()).in_short,
        "why_not": why_without_figures(progress),
        "others_without": others_without_figures(progress),
        "subject": subject,
        "title": f"Báo cáo: {subject}",
    }
    images = {chart.name: chart.svg for chart in charts}
    return Document(REPORT, context["title"], environment.get_template("monthly.html").render(context), images)


def _parts(progress: ReportedProgress) -> list[Part]:
    result = progress.result
    pledges, targets = bool(result.commitments), bool(result.targets)
    aims = "CAM KẾT, MỤC TIÊU" if pledges and targets else "CAM KẾT" if pledges else "MỤC TIÊU"
    wanted = [
        ("highlights", "KẾT QUẢ NỔI BẬT", True),
        ("areas", "KẾT QUẢ THEO LĨNH VỰC", True),
        ("plans", "THỰC HIỆN KẾ HOẠCH CẢI CÁCH HÀNH CHÍNH", True),
        ("aims", f"THỰC HIỆN {aims}", pledges or targets),
        ("indices", "CÁC CHỈ SỐ KHÁC", bool(result.indices)),
        ("words", "KHÓ KHĂN, VƯỚNG MẮC; ĐỀ XUẤT, KIẾN NGHỊ", bool(progress.remarks)),
        ("outlook", "ĐÁNH GIÁ CHUNG, NHIỆM VỤ THỜI GIAN TỚI", True),
    ]
    kept = [(id, title) for id, title, stands in wanted if stands]
    return [Part(id, roman(place), title) for place, (id, title) in enumerate(kept, start=1)]


def _words(progress: ReportedProgress) -> list[tuple[str, list[Said]]]:
    """What units wrote, by heading."""
    return [(heading_of(remark), said_together(progress, remark)) for remark in TOLD]


def at_risk(progress: ReportedProgress) -> Sequence[CommitmentRow]:
    """Missed commitments first, then those at risk; in both the farthest from what was pledged first."""
    return sorted(
        progress.result.at_risk,
        key=lambda row: (row.standing is not Standing.MISSED, -_shortfall(row), row.unit.code, row.commitment.id),
    )


def _shortfall(row: CommitmentRow) -> Decimal:
    """How far the year's forecast lies from what was pledged, as a share of it; 0 where one of them is not a number."""
    if row.target is None or row.forecast is None or row.forecast.value is None:
        return ZERO
    return abs(row.forecast.value - row.target) / (abs(row.target) or 1)


def shared_grounds(rows: Iterable[CommitmentRow]) -> dict[str, int]:
    """How forecasts of two rows or more were made, numbered: said once under their table, not in every row."""
    return _numbered(row.forecast.how for row in rows if row.forecast)


def _numbered(grounds: Iterable[str]) -> dict[str, int]:
    """What stands twice or more, numbered as it comes."""
    counts = Counter(grounds)
    return {why: number for number, why in enumerate((why for why, count in counts.items() if why and count > 1), 1)}


def difficulties(progress: ReportedProgress) -> list[str]:
    """What did not go well, each in one clause that a list can hold: figures, tasks, commitments, reporting."""
    result, period = progress.result, progress.result.period
    said = [
        f"chỉ tiêu “{one.measure.name}” kém hơn so với {progress_sentences.base_words(comparison, period)} "
        f"({progress_sentences.change_words(one.measure, comparison)})"
        for one in result.measures
        if (comparison := progress_sentences.first_comparison(one.total, period)) and comparison.good is False
    ]
    late = overdue_tasks(progress)
    if late:
        owners = list(dict.fromkeys(row.owner.name if row.owner else row.task.owner for row in late))
        named = progress_sentences.names_or_count(owners)
        said.append(f"còn {counted(len(late))} nhiệm vụ kế hoạch quá hạn ({named})")
    if result.at_risk:
        said.append(f"{counted(len(result.at_risk))} cam kết có nguy cơ không đạt hoặc không đạt")
    if result.not_reported:
        said.append(f"{counted(len(result.not_reported))} đơn vị chưa báo cáo số liệu của kỳ")
    return said


def _annexes(
    environment: "Environment", shared: dict[str, Any], progress: ReportedProgress
) -> list[tuple[str, Document]]:
    """The annexes that have contents, with their labels: a single one is just “Phụ lục”."""
    tables = units_tables(progress)
    plans = [plan for plan in progress.result.plans if plan.rows]
    name = progress.result.period.name
    wanted: list[tuple[str, str, str, dict[str, Any]]] = []
    if tables:
        subject = f"Số liệu cải cách hành chính {name} của từng đơn vị"
        wanted.append((FIGURES_ANNEX, "monthly_figures.html", subject, {"tables": tables}))
    if plans or progress.result.commitments:
        subject = f"Tiến độ nhiệm vụ kế hoạch, cam kết cải cách hành chính đến hết {name}"
        grounds = _numbered(row.why for row in progress.result.commitments)
        wanted.append((TASKS_ANNEX, "monthly_tasks.html", subject, {"plans": plans, "grounds": grounds}))
    if of_indices := index_tables(progress.result.indices):
        subject = f"Các chỉ số khác của từng đơn vị đến {name}"
        wanted.append((INDICES_ANNEX, "monthly_indices.html", subject, {"index_tables": of_indices}))
    if progress.remarks or progress.no_figures:
        what = "Khó khăn, vướng mắc; đề xuất, kiến nghị" if progress.remarks else "Lý do chưa có số liệu"
        subject = f"{what} của các đơn vị {name}"
        names = {result.measure.id: result.measure.name for result in progress.result.measures}
        contents = {"words": _words(progress), "measure_names": names}
        wanted.append((WORDS_ANNEX, "monthly_words.html", subject, contents))
    annexes = []
    for place, (file, template, subject, contents) in enumerate(wanted, start=1):
        label = f"Phụ lục {roman(place)}" if len(wanted) > 1 else "Phụ lục"
        title = f"{label}. {subject}"
        context = {**shared, **contents, "label": label, "orientation": "wide", "subject": subject, "title": title}
        annexes.append((label, Document(file, title, environment.get_template(template).render(context))))
    return annexes


def _unit_sheets(environment: "Environment", shared: dict[str, Any], progress: ReportedProgress) -> list[Document]:
    """One page for the head of every unit."""
    template = environment.get_template("monthly_unit.html")
    period = progress.result.period
    documents = []
    for unit in told_units(progress):
        view = unit_view(progress, unit)
        subject = f"Công tác cải cách hành chính {period.name} của {unit_in_sentence(unit.name)}"
        context = {
            **shared,
            "view": view,
            "counts": task_counts(view.tasks),
            "late": _late(view.tasks),
            "coming": due_in(view.tasks, next_period(period)),
            "to_do": to_do(view, period),
            "most": _MOST_OF_UNIT,
            "size": "small" if len(view.rows) + len(view.commitments) > _CROWDED else "summary",
            "subject": subject,
            "title": f"Phiếu theo dõi. {subject}",
        }
        documents.append(Document(f"{UNITS_FOLDER}/{unit.code}.pdf", context["title"], template.render(context)))
    return documents


def _late(tasks: Sequence[TaskRow]) -> list[TaskRow]:
    late = [row for row in tasks if row.days_late and not row.state.done]
    return sorted(late, key=lambda row: (-row.days_late, row.plan, row.task.number))


def task_counts(tasks: Sequence[TaskRow]) -> str:
    """`Hoàn thành 2/5 nhiệm vụ (40%); 01 quá hạn.`"""
    counts = progress_sentences.task_counts(tasks)
    late = len(_late(tasks))
    said = f"Hoàn thành {counts.shown}" if counts.total else "Không có nhiệm vụ kế hoạch được giao"
    return f"{said}; {counted(late)} nhiệm vụ quá hạn." if late else f"{said}."


def to_do(view: UnitView, period: Period) -> list[str]:
    """What the unit's head should see to now, the most pressing first: a line a subject."""
    said = []
    if late := _late(view.tasks):
        first = late[0]
        said.append(
            f"Hoàn thành {counted(len(late))} nhiệm vụ quá hạn, trước hết nhiệm vụ {first.task.number} "
            f"“{first.task.title}” (đã quá {first.days_late} ngày)."
        )
    if risky := [row for row in view.commitments if row.standing in (Standing.AT_RISK, Standing.MISSED)]:
        names = ", ".join(f"“{row.commitment.title}”" for row in risky[:_MOST_OF_UNIT])
        said.append(f"Có biện pháp thực hiện {counted(len(risky))} cam kết có nguy cơ không đạt, không đạt: {names}.")
    if view.silent:
        names = ", ".join(f"“{measure.name}”" for measure in view.silent[:_MOST_OF_UNIT])
        rest = len(view.silent) - _MOST_OF_UNIT
        more = f" và {counted(rest)} chỉ tiêu khác" if rest > 0 else ""
        said.append(f"Báo cáo số liệu còn thiếu: {names}{more}.")
    if coming := due_in(view.tasks, next_period(period)):
        first = coming[0]
        said.append(
            f"Hoàn thành {counted(len(coming))} nhiệm vụ đến hạn trong {next_period(period).name}, trước hết nhiệm vụ "
            f"{first.task.number} “{first.task.title}” (hạn {first.task.due:%d/%m/%Y})."
        )
    return said
