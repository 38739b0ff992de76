"""The progress of a period → sentences as an officer writes them: from figures, none where nothing is to be said.

Percent and percentage points are told apart by the measure; counts of things in a sentence have two digits (06 đơn vị),
figures are as they were stated. A comparison whose two sides are not quite alike keeps its remark.
Source: docs/process.md, 3 (contents); NĐ 30/2020/NĐ-CP, Phụ lục II; docs/process.md, 5.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date

from models.progress.measures import GoodDirection, Measure
from models.progress.periods import Period
from models.progress.plan_tasks import TaskState
from models.progress.results import (
    CommitmentRow,
    Comparison,
    MeasureResult,
    MeasureRow,
    PlanResult,
    Standing,
    TargetRow,
    TaskCounts,
    TaskRow,
)
from models.units import Unit
from report_templates.filters import counted, joined, unit_in_sentence, units_joined
from tasks.documents.other_indices import index_sentence, index_sentences
from tasks.progress.figures import change_in_words, same_units

MOST_NAMES = 6
_COMMA = ", "
_FEWEST_COMPARED = 3
_FEW_NAMES = 3
_SERIES = 2  # bases from which the figures themselves are told, not only how they changed
_STANDINGS = (
    Standing.FULFILLED,
    Standing.ON_TRACK,
    Standing.UNDER_WAY,
    Standing.AT_RISK,
    Standing.MISSED,
    Standing.NO_DATA,
    Standing.NO_BASELINE,
    Standing.AWAITED,
    Standing.NOT_JUDGED,
)


def _units_sentence(result: MeasureResult, period: Period, noted: Collection[str]) -> str:
    """`Diện tích Bộ phận một cửa: Thị xã A 302 m², tăng 12 m² so với năm 2016; Thị xã B 95 m².`"""
    told = [(row.unit, row) for row in result.rows if row.figure and row.unit]
    if not 1 <= len(told) <= _FEW_NAMES:
        return ""
    said = [f"{unit.name} {row.shown}{compared_sentence(result.measure, row, period, noted)}" for unit, row in told]
    return f"{result.measure.name}: {'; '.join(said)}."


def next_period(period: Period) -> Period:
    """What a report looks ahead to: the next month, or after a longer period the next quarter."""
    return Period(period.end + 1, period.end + (1 if period.is_month else 3))


def base_words(comparison: Comparison, period: Period) -> str:
    """What a figure is compared with: `tháng trước`, `cùng kỳ năm 2024`, else the period by its name."""
    base = comparison.base.period
    if period.is_month and base == period.before:
        return "tháng trước"
    if base == period.a_year_before:
        return f"năm {base.year}" if period.is_year else f"cùng kỳ năm {base.year}"
    return base.name


def change_words(measure: Measure, comparison: Comparison) -> str:
    """`tăng 6 điểm phần trăm`, `giảm 34 hồ sơ (56,67%)`, `không thay đổi`."""
    return change_in_words(measure, comparison.difference, comparison.relative)


def comparisons(row: MeasureRow, period: Period) -> Iterable[Comparison]:
    """What is told of a row: of a month against the month before, of every period against a year ago and whatever its
    measure is compared with besides.

    Cumulated months are not told against what stood a month ago: they only grow.
    """
    if period.is_month and row.before:
        yield row.before
    if row.a_year_before:
        yield row.a_year_before
    yield from row.further


def first_comparison(row: MeasureRow, period: Period) -> Comparison | None:
    """What a row is told against first: the month before, else a year ago."""
    return next(iter(comparisons(row, period)), None)


def compared_sentence(measure: Measure, row: MeasureRow, period: Period, noted: Collection[str] = ()) -> str:
    """The changes of a row, beginning with a comma; "" where nothing is compared.

    A remark stands in brackets, or is a star where it is one of those noted elsewhere.
    """
    said = ""
    for comparison in comparisons(row, period):
        said += f", {change_words(measure, comparison)} so với {base_words(comparison, period)}"
        if comparison.remark:
            said += " (*)" if comparison.remark in noted else f" (lưu ý: {comparison.remark})"
        said += same_units(comparison.alike)
    return said


def remarks_note(results: Sequence[MeasureResult], period: Period) -> str:
    """Why compared periods are not quite alike, each reason once, with the measures where it is not that of all."""
    of_reason: dict[str, list[str]] = {}
    starred: list[str] = []
    for one in results:
        remarks = [comparison.remark for comparison in comparisons(one.total, period) if comparison.remark]
        starred += [one.measure.name] if remarks else []
        for reason in dict.fromkeys(reason for remark in remarks for reason in remark.split("; ")):
            of_reason.setdefault(reason, []).append(one.measure.name)
    said = [
        reason if names == starred else f"{reason} (đối với {_few_quoted(names)})"
        for reason, names in of_reason.items()
    ]
    return f"(*) Hai kỳ so sánh không hoàn toàn như nhau: {'; '.join(said)}." if said else ""


def shared_remarks(results: Sequence[MeasureResult], period: Period) -> set[str]:
    """Remarks that comparisons of two measures or more have: told once, not in every sentence."""
    counts = Counter(
        remark
        for one in results
        for remark in {comparison.remark for comparison in comparisons(one.total, period) if comparison.remark}
    )
    return {remark for remark, count in counts.items() if count > 1}


def measure_sentence(result: MeasureResult, period: Period, noted: Collection[str] = ()) -> str:
    """`Hồ sơ đúng hạn: 96/100 hồ sơ (96%), tăng 6 điểm phần trăm so với tháng trước.`; "" without a figure.

    What does not add up is told by the units that have it, where they are few.

    Args:
        result: the measure.
        period: what is reported.
        noted: remarks that are told elsewhere, and are a star here.
    """
    row = result.total
    if row.figure is None:
        return _units_sentence(result, period, noted)
    remarked = any(comparison.remark for comparison in comparisons(row, period))
    lacking = f" ({lacking_words(row)})" if lacking_words(row) and not remarked else ""
    lowest = lowest_sentence(result)
    shown = series_words(result.measure, row, period) or row.shown
    return f"{result.measure.name}: {shown}{lacking}{compared_sentence(result.measure, row, period, noted)}." + (
        f" {lowest}" if lowest else ""
    )


def series_words(measure: Measure, row: MeasureRow, period: Period) -> str:
    """`năm 2021 là 934 hồ sơ, năm 2022 là 60 hồ sơ, 11 tháng đầu năm 2023 là 26 hồ sơ`: where the measure names periods
    to be compared with, one sentence tells the figures of all; "" elsewhere, and where a base is of other units.
    """
    told = list(comparisons(row, period))
    if not row.further or len(told) < _SERIES or any(one.alike for one in told):
        return ""
    bases = {one.base.period: one.base for one in told}
    ordered = [bases[base] for base in sorted(bases, key=lambda base: (base.end, base.start))]
    said = [f"{base.period.name} là {base.shown(measure)}" for base in ordered]
    return ", ".join([*said, f"{period.name} là {row.shown}"])


def lacking_words(row: MeasureRow) -> str:
    """What a computed figure lacks: `chưa có số liệu của 02 đơn vị, 01 tháng`; "" where it is whole."""
    lacking = [f"{counted(len(row.without))} đơn vị"] if row.without else []
    lacking += [f"{counted(len(row.missing))} tháng"] if row.missing else []
    return f"chưa có số liệu của {', '.join(lacking)}" if lacking else ""


def lowest_sentence(result: MeasureResult) -> str:
    """Which units have the worst percentage, where at least three are compared and they differ; else ""."""
    measure = result.measure
    if not measure.kind.in_percent or measure.better is GoodDirection.NEITHER:
        return ""
    amounts = {
        row.unit.name: row.figure.amount(measure.kind)
        for row in result.rows
        if row.unit and row.figure and not row.without and _stands_alone(result, row.unit)
    }
    known = {name: amount for name, amount in amounts.items() if amount is not None}
    if len(known) < _FEWEST_COMPARED or len(set(known.values())) == 1:
        return ""
    worst = min(known.values()) if measure.better is GoodDirection.UP else max(known.values())
    names = [name for name, amount in known.items() if amount == worst]
    word = "thấp" if measure.better is GoodDirection.UP else "cao"
    return f"Đơn vị có tỷ lệ {word} nhất: {names_or_count(names)} ({measure.printed(worst)})."


def _stands_alone(result: MeasureResult, unit: Unit) -> bool:
    """Whether a unit can be named among others: none of them stands below it, and it did not cease on the way."""
    if any(row.unit is not None and row.unit.parent == unit.code for row in result.rows):
        return False
    return result.total.figure is None or unit.exists_on(result.total.figure.period.last)


def names_or_count(names: Sequence[str]) -> str:
    """Names in a row, or how many they are where they are too many to be named in a sentence."""
    return units_joined(names) if len(names) <= MOST_NAMES else f"{counted(len(names))} đơn vị"


def changes_sentence(results: Sequence[MeasureResult], period: Period) -> str:
    """How many measures got better and worse against the month before (else a year ago), and which got worse."""
    told = [
        (result.measure, comparison)
        for result in results
        if (comparison := first_comparison(result.total, period)) and comparison.difference is not None
    ]
    if not told:
        return "Chưa có số liệu kỳ trước để so sánh."
    better = [measure.name for measure, comparison in told if comparison.good]
    worse = [measure.name for measure, comparison in told if comparison.good is False]
    same = [measure.name for measure, comparison in told if change_words(measure, comparison) == "không thay đổi"]
    other = len(told) - len(better) - len(worse) - len(same)
    counts = [
        f"{counted(count)} chỉ tiêu {what}"
        for count, what in (
            (len(better), "chuyển biến tốt hơn"),
            (len(worse), f"kém hơn ({_quoted(worse)})" if worse else ""),
            (len(same), "không thay đổi"),
            (other, "tăng, giảm không xét tốt, xấu"),
        )
        if count
    ]
    than = base_words(told[0][1], period)
    return f"So với {than}, trong {counted(len(told))} chỉ tiêu so sánh được có {joined(counts, _COMMA)}."


def _few_quoted(names: Sequence[str]) -> str:
    """Measures by name, or how many they are where a note would grow too long."""
    return _quoted(names) if len(names) <= _FEW_NAMES else f"{counted(len(names))} chỉ tiêu"


def _quoted(names: Sequence[str]) -> str:
    return joined([f"“{name}”" for name in names], _COMMA)


def reporting_sentence(expected: int, missing: Sequence[str]) -> str:
    """Who has reported: all, nobody, or how many of how many and who has not."""
    if not expected:
        return "Không có đơn vị nào phải báo cáo số liệu trong kỳ."
    if not missing:
        return f"{counted(expected)}/{counted(expected)} đơn vị đã báo cáo số liệu của kỳ."
    if len(missing) == expected:
        return f"Chưa có đơn vị nào trong {counted(expected)} đơn vị báo cáo số liệu của kỳ."
    done = expected - len(missing)
    return (
        f"{counted(done)}/{counted(expected)} đơn vị đã báo cáo số liệu của kỳ; "
        f"{counted(len(missing))} đơn vị chưa báo cáo: {units_joined(missing)}."
    )


def plan_sentence(plan: PlanResult) -> str:
    """`đã hoàn thành 14/19 nhiệm vụ (73,68%), trong đó 12 đúng hạn, 02 chậm; 03 đang thực hiện; …`."""
    counts = plan.counts
    if not counts.total:
        return f"{plan.plan.title}: chưa có nhiệm vụ nào."
    said = f"{plan.plan.title}: đã hoàn thành {counts.shown}"
    in_time, late = counts.states[TaskState.DONE_IN_TIME], counts.states[TaskState.DONE_LATE]
    if counts.done:
        parts = [f"{counted(in_time)} đúng hạn"] if in_time else []
        parts += [f"{counted(late)} chậm so với thời hạn"] if late else []
        said += f", trong đó {joined(parts, _COMMA)}" if late else ", đều đúng hạn"
    rest = [
        f"{counted(counts.states[state])} nhiệm vụ {state.label}"
        for state in (TaskState.IN_PROGRESS, TaskState.NOT_DUE, TaskState.OVERDUE)
        if counts.states[state]
    ]
    return f"{said}; {joined(rest, _COMMA)}." if rest else f"{said}."


def plan_highlight(plan: PlanResult) -> str:
    """A plan in one clause, what is overdue with it."""
    overdue = plan.counts.states[TaskState.OVERDUE]
    late = f", còn {counted(overdue)} nhiệm vụ quá hạn" if overdue else ""
    return f"{plan.plan.title}: đã hoàn thành {plan.counts.shown}{late}."


def tasks_of_period_sentence(rows: Sequence[TaskRow], period: Period) -> str:
    """What happened to tasks within the period: done, and newly overdue."""
    done = [row for row in rows if row.task.done_on and period.first <= row.task.done_on <= period.last]
    overdue = [row for row in rows if row.state is TaskState.OVERDUE and row.task.due >= _day_before(period.first)]
    if not done and not overdue:
        return "Trong kỳ không có nhiệm vụ hoàn thành hoặc phát sinh quá hạn."
    parts = [f"hoàn thành {counted(len(done))} nhiệm vụ"] if done else []
    parts += [f"phát sinh {counted(len(overdue))} nhiệm vụ quá hạn"] if overdue else []
    return f"Trong kỳ {', '.join(parts)}."


def _day_before(day: date) -> date:
    """A task due on the last day of the period before becomes overdue in this one."""
    return date.fromordinal(day.toordinal() - 1)


def commitments_sentence(rows: Sequence[CommitmentRow]) -> str:
    """How many commitments of units stand where: `Trong 17 cam kết của 12 đơn vị: 10 đúng tiến độ, …`."""
    units = len({row.unit.code for row in rows})
    return (
        f"Trong {counted(len(rows))} cam kết của {counted(units)} đơn vị, {_standings(row.standing for row in rows)}."
    )


def targets_sentence(rows: Sequence[TargetRow]) -> str:
    """How many targets stand where."""
    return f"Trong {counted(len(rows))} mục tiêu theo dõi, {_standings(row.standing for row in rows)}."


def _standings(standings: Iterable[Standing]) -> str:
    counts = Counter(standings)
    return joined([f"{counted(counts[one])} {one.label}" for one in _STANDINGS if counts[one]], _COMMA)


def newly_at_risk(rows: Sequence[CommitmentRow], before: dict[str, Standing]) -> list[CommitmentRow]:
    """Commitments that are at risk or missed now and were neither when the period began."""
    bad = (Standing.AT_RISK, Standing.MISSED)
    return [
        row
        for row in rows
        if row.standing in bad and before.get(f"{row.commitment.id}/{row.unit.code}") not in (None, *bad)
    ]


def risk_sentence(rows: Sequence[CommitmentRow], before: dict[str, Standing]) -> str:
    """Which commitments came into danger since the period began; "" where none did."""
    new = newly_at_risk(rows, before)
    if not new:
        return ""
    names = [f"{row.commitment.title} ({unit_in_sentence(row.unit.name)})" for row in new]
    return f"So với đầu kỳ có thêm {counted(len(new))} cam kết có nguy cơ không đạt hoặc không đạt: {'; '.join(names)}."


def task_counts(rows: Iterable[TaskRow]) -> TaskCounts:
    """How many of some tasks stand in which state."""
    counts = Counter(row.state for row in rows)
    return TaskCounts("", {state: counts.get(state, 0) for state in TaskState})


def due_in(rows: Iterable[TaskRow], period: Period) -> list[TaskRow]:
    """Tasks that are due in a period and not done yet, the earliest first."""
    due = [row for row in rows if not row.state.done and period.first <= row.task.due <= period.last]
    return sorted(due, key=lambda row: (row.task.due, row.plan, row.task.number))


# What templates may ask for, by name.
SENTENCES: Mapping[str, Callable[..., object]] = {
    function.__name__: function
    for function in (
        changes_sentence,
        commitments_sentence,
        index_sentence,
        index_sentences,
        measure_sentence,
        plan_highlight,
        plan_sentence,
        remarks_note,
        reporting_sentence,
        risk_sentence,
        targets_sentence,
        tasks_of_period_sentence,
    )
}
