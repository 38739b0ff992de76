"""What must hold inside progress/*.yaml and towards the rest of the province folder: contents → findings."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from models.findings import Finding, Severity
from models.numbers import HUNDRED, said
from models.progress.commitments import Commitment, RankPledge
from models.progress.measures import FedFact, Measure
from models.progress.plan_tasks import Plan
from models.progress.targets import Target
from models.province.progress_files import MeasuresFile
from models.province.yaml_files import YamlFile
from models.units import unit_named

if TYPE_CHECKING:
    from models.province.contents import FolderContents

_Path = tuple[str | int, ...]
_BY_UNITS = "Ghi mã, tên hoặc tên khác theo units.csv"
_LISTS = {
    "measures": "measures",
    "plan_tasks": "plans",
    "commitments": "commitments",
    "targets": "targets",
    "indices": "indices",
    "reports": "reports",
}


def check_progress(contents: "FolderContents") -> Iterator[Finding]:
    """Every finding of the files of progress/."""
    progress = contents.progress
    for name, listed in _LISTS.items():
        if name in progress.files:
            ids = [item.id for item in progress.listed(name)]
            yield from _check_twice(progress.file(name), listed, ids)
    for position, measure in enumerate(progress.listed("measures")):
        yield from _check_measure(contents, measure, progress.file("measures"), ("measures", position))
    if progress.measures_file:
        yield from _check_between_measures(progress.measures_file, progress.file("measures"))
    for position, plan in enumerate(progress.listed("plan_tasks")):
        yield from _check_plan(contents, plan, progress.file("plan_tasks"), ("plans", position))
    for position, commitment in enumerate(progress.listed("commitments")):
        path: _Path = ("commitments", position)
        yield from _check_commitment(contents, commitment, progress.file("commitments"), path)
    for position, target in enumerate(progress.listed("targets")):
        yield from _check_target(contents, target, progress.file("targets"), ("targets", position))


def _check_twice(file: YamlFile, listed: str, ids: Sequence[str]) -> Iterator[Finding]:
    for position, id in enumerate(ids):
        if id in ids[:position]:
            yield file.finding((listed, position, "id"), f"mã “{id}” khai báo hai lần", "Đặt mã khác")


def _unknown_unit(contents: "FolderContents", name: str) -> bool:
    """Whether no unit is meant by a code, name or alias; nobody knows where units.csv could not be read."""
    return contents.units_read and not contents.unread_units and unit_named(contents.units, name) is None


def _check_measure(contents: "FolderContents", measure: Measure, file: YamlFile, path: _Path) -> Iterator[Finding]:
    for position, kind in enumerate(measure.kinds):
        if not contents.knows_kind(kind):
            what = f"chỉ tiêu “{measure.id}”: không có loại đơn vị “{kind}” trong units.csv"
            yield file.finding((*path, "kinds", position), what, "Sửa kinds theo cột kind của units.csv")
    for position, fed in enumerate(measure.feeds):
        if said := _why_not_fed(contents, measure, fed):
            yield file.finding((*path, "feeds", position), f"chỉ tiêu “{measure.id}”: {said}", "Sửa mục feeds")


def _why_not_fed(contents: "FolderContents", measure: Measure, fed: FedFact) -> str | None:
    """Why a measure cannot give the facts of a component; None where it can, or where the set could not be read."""
    if fed.criteria_set not in contents.criteria_sets:
        unread = fed.criteria_set in contents.unread_sets
        return None if unread else f"không có bộ tiêu chí “{fed.criteria_set}”"
    leaf = contents.criteria_sets[fed.criteria_set][0].by_code.get(fed.component)
    if leaf is None:
        return f"bộ tiêu chí {fed.criteria_set} không có mục chấm điểm “{fed.component}”"
    asked = [field.id for field in leaf.rule.fields]
    if fed.fact is None and not (measure.kind.divides and asked == ["numerator", "denominator"]):
        return f"tiêu chí {fed.component} hỏi {', '.join(asked)}; ghi fact là một trong các số liệu này"
    if fed.fact is not None and fed.fact not in asked:
        return f"tiêu chí {fed.component} không có số liệu “{fed.fact}” (có {', '.join(asked)})"
    return None


def _check_between_measures(measures: MeasuresFile, file: YamlFile) -> Iterator[Finding]:
    """Cross-checks and limits of change speak of measures that there are, and of facts that these state."""
    known = {measure.id: measure for measure in measures.measures}
    for position, check in enumerate(measures.checks):
        for side, references in (("left", check.left_facts), ("right", check.right_facts)):
            for reference in references:
                measure = known.get(reference.code)
                if measure is None:
                    what = f"phép đối chiếu “{check.what}”: không có chỉ tiêu “{reference.code}”"
                    yield file.finding(("checks", position, side), what, "Ghi dạng chỉ-tiêu/số liệu, ví dụ ho-so/value")
                elif reference.fact not in measure.fact_ids:
                    what = f"phép đối chiếu “{check.what}”: chỉ tiêu “{measure.id}” không có số liệu “{reference.fact}”"
                    yield file.finding(("checks", position, side), what, f"Dùng: {', '.join(measure.fact_ids)}")
    for code in measures.changes.leaves:
        if code not in known:
            yield file.finding(("changes", "leaves", code), f"không có chỉ tiêu “{code}”", "Sửa mã trong changes")


def _check_plan(contents: "FolderContents", plan: Plan, file: YamlFile, path: _Path) -> Iterator[Finding]:
    seen: set[str] = set()
    shown_as = f"progress/{plan.tasks_csv}"
    for position, task in enumerate(plan.tasks):
        line = contents.progress.task_lines.get((shown_as, task.number))
        in_csv = line is not None and file.line((*path, "tasks", position)) == file.line((*path, "tasks"))
        name, at = (shown_as, line or 0) if in_csv else (file.shown_as, file.line((*path, "tasks", position)))
        if task.number in seen:
            yield Finding(name, at, f"nhiệm vụ số {task.number} có hai lần trong {plan.id}", "Đặt số khác")
        seen.add(task.number)
        if _unknown_unit(contents, task.owner):
            what = f"nhiệm vụ {task.number}: không có đơn vị “{task.owner}”"
            yield Finding(name, at, what, _BY_UNITS)
        if not plan.from_ <= task.due.year <= plan.to:
            what = f"nhiệm vụ {task.number}: hạn {task.due:%d/%m/%Y} ngoài thời kỳ {plan.from_}–{plan.to} của kế hoạch"
            yield Finding(name, at, what, "Kiểm tra lại hạn", Severity.WARNING)


def _check_commitment(
    contents: "FolderContents", commitment: Commitment, file: YamlFile, path: _Path
) -> Iterator[Finding]:
    if commitment.ranks:
        yield from _check_pledges(contents, commitment, file, (*path, "ranks"))
        return
    if commitment.judged is None:
        yield from _check_subject(contents, commitment, file, path)
    assert commitment.scope is not None
    for position, kind in enumerate(commitment.scope.kind):
        if not contents.knows_kind(kind):
            yield file.finding((*path, "scope", "kind", position), f"không có loại đơn vị “{kind}”", "Sửa kind")
    named: list[tuple[_Path, str]] = [
        (("scope", "units", place), name) for place, name in enumerate(commitment.scope.units)
    ]
    named += [(("scope", "except", place), name) for place, name in enumerate(commitment.scope.except_)]
    named += [(("exceptions", place, "unit"), one.unit) for place, one in enumerate(commitment.exceptions)]
    findings = commitment.judged.findings if commitment.judged else ()
    named += [(("judged", "findings", place, "unit"), one.unit) for place, one in enumerate(findings)]
    for below, name in named:
        if _unknown_unit(contents, name):
            yield file.finding((*path, *below), f"cam kết {commitment.id}: không có đơn vị “{name}”", _BY_UNITS)


def _check_subject(
    contents: "FolderContents", commitment: Commitment, file: YamlFile, path: _Path
) -> Iterator[Finding]:
    """The measure or criterion is known, and a share is no more than 100 %."""
    measures = {measure.id: measure for measure in contents.progress.listed("measures")}
    if commitment.measure is not None:
        measure = measures.get(commitment.measure)
        if measure is None:
            what = f"cam kết {commitment.id}: không có chỉ tiêu “{commitment.measure}” trong measures.yaml"
            yield file.finding((*path, "measure"), what, "Khai báo chỉ tiêu này hoặc sửa mã")
        elif measure.kind.is_share:
            yield from _check_shares(commitment, file, path)
        return
    leaves = [leaf for criteria_set, _ in contents.criteria_sets.values() for leaf in criteria_set.leaves]
    known = {code for leaf in leaves for code in (leaf.code, leaf.criterion, leaf.area)}
    if commitment.criterion not in (*known, "all") and not contents.unread_sets:
        what = f"cam kết {commitment.id}: không có tiêu chí “{commitment.criterion}” trong bộ tiêu chí nào"
        yield file.finding(
            (*path, "criterion"), what, "Ghi mã lĩnh vực, tiêu chí hoặc tiêu chí thành phần, hoặc all cho mọi mục"
        )
    yield from _check_shares(commitment, file, path)


def _check_shares(commitment: Commitment, file: YamlFile, path: _Path) -> Iterator[Finding]:
    targets: list[tuple[_Path, Decimal | None]] = [(("target",), commitment.target)]
    targets += [(("exceptions", place, "target"), one.target) for place, one in enumerate(commitment.exceptions)]
    for below, target in targets:
        if target is not None and not 0 <= target <= HUNDRED:
            what = f"cam kết {commitment.id}: {said(target)}% không nằm trong khoảng 0–100%"
            yield file.finding((*path, *below), what, "Ghi tỷ lệ từ 0 đến 100")


def _check_pledges(
    contents: "FolderContents", commitment: Commitment, file: YamlFile, path: _Path
) -> Iterator[Finding]:
    """Each unit pledges once, and no more places than there are. Source: docs/process.md, 5 (feasibility check)."""
    assert commitment.ranks is not None
    known = {series.id for series in contents.progress.listed("indices")}
    if commitment.ranks.index is not None and commitment.ranks.index not in known:
        what = f"cam kết {commitment.id}: không có chỉ số “{commitment.ranks.index}” trong indices.yaml"
        yield file.finding((*path, "index"), what, "Khai báo chỉ số này hoặc sửa mã")
    seen: dict[str, str] = {}
    for position, pledge in enumerate(commitment.ranks.pledges):
        below: _Path = (*path, "pledges", position)
        unit = unit_named(contents.units, pledge.unit)
        if _unknown_unit(contents, pledge.unit):
            yield file.finding((*below, "unit"), f"cam kết {commitment.id}: không có đơn vị “{pledge.unit}”", _BY_UNITS)
        elif unit and unit.code in seen:
            what = f"“{pledge.unit}” và “{seen[unit.code]}” là cùng một đơn vị, cam kết hai lần"
            yield file.finding((*below, "unit"), what, "Bỏ bớt một dòng")
        if unit:
            seen[unit.code] = pledge.unit
        among = len(commitment.ranks.pledges) if commitment.ranks.among == "group" else None
        if said := infeasible(pledge, pledge.from_rank, among):
            yield file.finding((*below, "gain"), said, "Giảm số bậc, hoặc ghi among: province nếu hạng tính toàn tỉnh")


def infeasible(pledge: RankPledge, rank: int | None, among: int | None) -> str | None:
    """Why a unit cannot gain so many places: it would pass the first place; None where it can.

    Args:
        pledge: what is pledged.
        rank: the rank to start from, where it is known.
        among: how many units are ranked, where it is known.
    """
    if rank is not None and pledge.places > rank - 1:
        return f"{pledge.unit} đang hạng {rank}, không thể tăng {pledge.places} bậc (nhiều nhất {rank - 1})"
    if rank is None and among is not None and pledge.places > among - 1:
        return f"{pledge.unit} không thể tăng {pledge.places} bậc trong {among} đơn vị"
    return None


def _check_target(contents: "FolderContents", target: Target, file: YamlFile, path: _Path) -> Iterator[Finding]:
    for name, listed in (("measure", "measures"), ("index", "indices")):
        subject = getattr(target, name)
        if subject is not None and subject not in {item.id for item in contents.progress.listed(listed)}:
            what = f"mục tiêu {target.id}: không có “{subject}” trong {listed}.yaml"
            yield file.finding((*path, name), what, "Khai báo mã này hoặc sửa lại")
    if target.unit is not None and _unknown_unit(contents, target.unit):
        yield file.finding((*path, "unit"), f"mục tiêu {target.id}: không có đơn vị “{target.unit}”", _BY_UNITS)
    if target.direction.needs_baseline and (target.baseline is None or target.baseline.value is None):
        since = "" if target.baseline is None else f" năm {target.baseline.year}"
        yield file.finding(
            (*path, "baseline"),
            f"mục tiêu {target.id} chưa có giá trị gốc{since} nên chưa tính được mức phải đạt",
            "Ghi baseline: {year, value}, hoặc nhập số liệu của năm gốc",
            Severity.WARNING,
        )
