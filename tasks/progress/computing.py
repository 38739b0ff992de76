"""Monthly figures, plan tasks, commitments, targets, other indices, registers → where each unit stands.

Pure: the same inputs give the same result; the day is the cut-off of the period. Report, dashboard and the page of each
head are written from the result. Source: docs/process.md, 3; docs/process.md, 5.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from models.findings import Finding
from models.numbers import HUNDRED, ZERO, printed, said, vietnamese_number
from models.progress.indices import IndexValue, rank_change
from models.progress.measures import Figure, Measure, OverTime
from models.progress.periods import Period, whole_year
from models.progress.plan_tasks import Plan, TaskState, TaskUpdate
from models.progress.registers import RegisterEntry, RegisterKind
from models.progress.results import (
    CommitmentRow,
    Comparison,
    IndexRow,
    MeasureResult,
    MeasureRow,
    PlanResult,
    ProgressResult,
    RegisterResult,
    TaskCounts,
    TaskRow,
)
from models.province.folder import Province
from models.units import Unit, unit_named
from models.working_out import WorkedOut
from tasks.progress.figures import (
    FoundFigure,
    StatedFigures,
    change_in_words,
    children_by_parent,
    compared,
    contributors,
    rolled_up,
)
from tasks.progress.pledged_points import PledgedNow
from tasks.progress.standing import KnownFigures, commitment_rows, target_rows
from tasks.recording.progress import task_updates

_MOST_NAMED = 6  # entries of a register that are named beside their number


@dataclass(frozen=True)
class ProgressInputs:
    """Everything that is known, whenever it was received.

    Attributes:
        figures: the newest version of every figure of the years that are looked at.
        ranks: published ranks of the reform index by unit and year.
    """

    province: Province
    figures: Sequence[Figure] = ()
    indices: Sequence[IndexValue] = ()
    registers: Sequence[RegisterEntry] = ()
    ranks: Mapping[tuple[str, int], int] = field(default_factory=dict)

    @cached_property
    def stated(self) -> StatedFigures:
        """The figures as units stated them, found by measure, unit and period."""
        return StatedFigures(self.figures, self.province.units)


@dataclass(frozen=True)
class _Looking:
    """The inputs, looked at from the end of a period."""

    inputs: ProgressInputs
    period: Period

    @cached_property
    def units(self) -> list[Unit]:
        """Units that exist at the end of the period, by code."""
        units = self.inputs.province.units
        return [units[code] for code in sorted(units) if units[code].exists_on(self.period.last)]

    @cached_property
    def successors(self) -> dict[str, list[Unit]]:
        """The units that came after each unit under another code."""
        units = self.inputs.province.units
        after: dict[str, list[Unit]] = {}
        for step in self.inputs.province.successions:
            if step.successor != step.predecessor and step.successor in units:
                after.setdefault(step.predecessor, []).append(units[step.successor])
        return after

    def predecessors(self, unit: str) -> list[str]:
        """The units that a unit came from directly, by code."""
        steps = self.inputs.province.successions
        return sorted({step.predecessor for step in steps if step.successor == unit and step.predecessor != unit})

    @cached_property
    def _trees(self) -> dict[tuple[Period, bool], dict[str | None, list[Unit]]]:
        """The units directly below each unit, by period and whether only its end counts."""
        return {}

    def below(self, measure: Measure, period: Period) -> dict[str | None, list[Unit]]:
        """The units that have a part in a total: of months that add up, also those that ceased within the period."""
        at_end = measure.over_time is OverTime.LAST
        if (period, at_end) not in self._trees:
            days = [period.last] if at_end else [month.last for month in period.months]
            units = self.inputs.province.units.values()
            self._trees[period, at_end] = children_by_parent(
                unit for unit in units if any(unit.exists_on(day) for day in days)
            )
        return self._trees[period, at_end]

    def ceased(self, measure: Measure) -> list[Unit]:
        """Units that ceased within the period and whose months count in its totals, by code."""
        units = [unit for children in self.below(measure, self.period).values() for unit in children]
        return sorted((unit for unit in units if not unit.exists_on(self.period.last)), key=lambda unit: unit.code)

    def _told_by_successors(self, measure: Measure, unit: Unit, period: Period) -> list[Period]:
        """Periods for which units that came after told the months of a unit that ceased: not to be counted again."""
        if unit.exists_on(period.last):
            return []
        told = []
        for after in self.successors.get(unit.code, ()):
            figures = self.inputs.stated.within(measure.id, after.code, period)
            told += [figure.period for figure in figures if not after.exists_on(figure.period.months[0].last)]
            told += self._told_by_successors(measure, after, period)
        return told

    @cached_property
    def _found(self) -> dict[tuple[str, Period], dict[str, FoundFigure | None]]:
        """What units stated, by measure, period and unit: each is asked for itself, for units above and in total."""
        return {}

    def own(self, measure: Measure, period: Period) -> Callable[[str], FoundFigure | None]:
        """What units stated themselves of a measure for a period."""
        found = self._found.setdefault((measure.id, period), {})

        def of_unit(code: str) -> FoundFigure | None:
            if code not in found:
                told_above = self._told_by_successors(measure, self.inputs.province.units[code], period)
                found[code] = self.inputs.stated.find(measure, code, period, told_above)
            return found[code]

        return of_unit

    def find(
        self, measure: Measure, unit: str | None, period: Period, only: frozenset[str] | None = None
    ) -> FoundFigure | None:
        """A unit's figure, stated or rolled up over the units below it; without a unit, that of all together."""
        return rolled_up(measure, unit, self.below(measure, period), period, self.own(measure, period), only)

    def made_of(self, measure: Measure, unit: str | None, period: Period) -> frozenset[str]:
        """The units whose own figures make up a rolled-up one."""
        own = self.own(measure, period)
        if unit is not None and own(unit):
            return frozenset()
        return contributors(measure, unit, self.below(measure, period), own)


def progress_at(
    inputs: ProgressInputs, period: Period, pledged: PledgedNow | None = None, known: WorkedOut | None = None
) -> ProgressResult:
    """Where everybody stands at the end of a period.

    Args:
        inputs: everything that is known.
        period: the period.
        pledged: points and places that pledges are measured by at its end.
        known: what was worked out before; of the same inputs only commitments are looked at anew.
    """
    told = (known or WorkedOut()).of(("progress", period), inputs, lambda: _without_commitments(inputs, period))
    commitments, findings = commitments_at(inputs, period, pledged)
    return replace(told, commitments=tuple(commitments), findings=tuple(findings))


def commitments_at(
    inputs: ProgressInputs, period: Period, pledged: PledgedNow | None = None
) -> tuple[list[CommitmentRow], list[Finding]]:
    """Where the commitments of the reporting year stand at the end of a period, and those that cannot be kept."""
    return commitment_rows(_known(_Looking(inputs, period), pledged or PledgedNow()))


def _known(looking: _Looking, pledged: PledgedNow) -> KnownFigures:
    inputs = looking.inputs
    return KnownFigures(
        inputs.province.progress,
        inputs.province.units,
        looking.period,
        inputs.stated,
        lambda measure, of: looking.find(measure, None, of),
        inputs.indices,
        inputs.ranks,
        pledged,
    )


def _without_commitments(inputs: ProgressInputs, period: Period) -> ProgressResult:
    """What does not hang on the points of the round: all but commitments."""
    looking = _Looking(inputs, period)
    province = inputs.province
    measures = province.progress.measures.values()
    expected = [unit for unit in looking.units if any(measure.reported_by(unit.kind) for measure in measures)]
    told = {figure.unit for figure in inputs.figures if period.contains(figure.period)}
    return ProgressResult(
        period,
        period.last,
        tuple(_measure_result(looking, measure) for measure in measures),
        tuple(expected),
        tuple(unit for unit in expected if unit.code not in told),
        tuple(plan_result(inputs, plan, period) for plan in province.progress.plans.values()),
        (),
        tuple(target_rows(_known(looking, PledgedNow()))),
        tuple(_index_rows(inputs, period)),
        tuple(_register_results(inputs.registers, period)),
        (),
    )


def _measure_result(looking: _Looking, measure: Measure) -> MeasureResult:
    """One measure: the units that report it or stand above such units, those that ceased, and all together."""
    rows = [_measure_row(looking, measure, unit) for unit in looking.units]
    shown = [row for row in rows if row.figure or (row.unit and measure.kinds and row.unit.kind in measure.kinds)]
    gone = [_measure_row(looking, measure, unit) for unit in looking.ceased(measure)]
    shown += [row for row in gone if row.figure]
    by_code = sorted(shown, key=lambda row: row.unit.code if row.unit else "")
    return MeasureResult(measure, tuple(by_code), _measure_row(looking, measure, None))


def _measure_row(looking: _Looking, measure: Measure, unit: Unit | None) -> MeasureRow:
    period = looking.period
    found = looking.find(measure, unit.code if unit else None, period)
    if found is None:
        return MeasureRow(unit, None, "–")
    last_year = _against(looking, measure, unit, found, period.a_year_before)
    if last_year is None and period.from_new_year:
        last_year = _against(looking, measure, unit, found, whole_year(period.year - 1))
    return MeasureRow(
        unit,
        found.figure,
        found.figure.shown(measure),
        found.computed,
        found.missing,
        found.without,
        None if period.before == period.a_year_before else _against(looking, measure, unit, found, period.before),
        last_year,
        "" if last_year or unit is None else _was_not_there(looking, unit, period.a_year_before),
        tuple(_further(looking, measure, unit, found)),
    )


def _further(looking: _Looking, measure: Measure, unit: Unit | None, now: FoundFigure) -> Iterable[Comparison]:
    """Comparisons with what the measure declares: earlier periods that are not told against anyway."""
    period = looking.period
    for base in measure.compare_with:
        if base.end < period.start and base not in (period.before, period.a_year_before):
            comparison = _against(looking, measure, unit, now, base)
            if comparison:
                yield comparison


def _against(
    looking: _Looking, measure: Measure, unit: Unit | None, now: FoundFigure, period: Period
) -> Comparison | None:
    code = unit.code if unit else None
    base = looking.find(measure, code, period)
    if base is None:
        return None
    notes: list[str] = []
    figures = ""
    of_now, of_base = looking.made_of(measure, code, looking.period), looking.made_of(measure, code, period)
    if of_now and of_base and of_now != of_base:
        alike = of_now & of_base
        same_now = looking.find(measure, code, looking.period, alike)
        same_base = looking.find(measure, code, period, alike)
        if same_now is None or same_base is None:
            return _not_alike(measure, base.figure)
        notes.append(_only_alike((looking.period, of_now), (period, of_base)))
        figures = f"{same_now.figure.shown(measure)} so với {same_base.figure.shown(measure)}"
        now, base = same_now, same_base
    if now.missing or base.missing:
        notes += [_lacks(found) for found in (now, base) if found.missing or found.without]
    if unit is not None and measure.over_time is OverTime.SUM and now.figure.period.start != period.start:
        notes += [note for found in (now, base) if (note := _was_partly_there(unit, found.figure.period))]
    return compared(measure, now.figure, base.figure, "; ".join(notes), figures)


def _only_alike(now: tuple[Period, frozenset[str]], base: tuple[Period, frozenset[str]]) -> str:
    """That only units with figures in both periods are compared, and how many each period has besides."""
    count = vietnamese_number(str(len(now[1] & base[1])))
    more = [
        f"{period.name} có thêm {vietnamese_number(str(len(here - there)))} đơn vị"
        for (period, here), (_, there) in ((now, base), (base, now))
        if here - there
    ]
    return f"chỉ so {count} đơn vị có số liệu cả hai kỳ, {', '.join(more)}"


def _not_alike(measure: Measure, base: Figure) -> Comparison:
    """Two totals of which no unit told both."""
    remark = "không có đơn vị nào có số liệu cả hai kỳ"
    words = f"{change_in_words(measure, None)} so với {base.period.name} (lưu ý: {remark})"
    return Comparison(base, None, None, None, remark, words)


def _was_partly_there(unit: Unit, period: Period) -> str:
    """That a unit existed in a part of a period only, so that another period is not quite alike; "" otherwise."""
    there = sum(unit.exists_on(month.last) for month in period.months)
    if there == period.length:
        return ""
    return f"{period.name} đơn vị chỉ có {there}/{period.length} tháng ({_existence(unit)})"


def _existence(unit: Unit) -> str:
    """`từ ngày 01/07/2025`, `đến hết ngày 30/06/2025`, or both."""
    since = f"từ ngày {unit.valid_from:%d/%m/%Y}" if unit.valid_from else ""
    until = f"đến hết ngày {unit.valid_to:%d/%m/%Y}" if unit.valid_to else ""
    return f"{since} {until}".strip()


def _was_not_there(looking: _Looking, unit: Unit, period: Period) -> str:
    """Why nothing of a period can be compared: the unit came later; from which units it came, where that is known."""
    if unit.valid_from is None or any(unit.exists_on(month.last) for month in period.months):
        return ""
    units = looking.inputs.province.units
    came_from = [units[code].name for code in looking.predecessors(unit.code) if code in units]
    origin = f" (kế thừa {', '.join(came_from)})" if came_from else ""
    return f"đơn vị chỉ có từ ngày {unit.valid_from:%d/%m/%Y}{origin}, không có số liệu {period.name} để so sánh"


def _lacks(found: FoundFigure) -> str:
    """What a computed figure does not contain."""
    said = []
    if found.missing:
        said.append(f"{len(found.missing)} tháng")
    if found.without:
        said.append(f"{len(found.without)} đơn vị")
    return f"{found.figure.period.name} thiếu số liệu {' và '.join(said)}"


def totals_over(
    inputs: ProgressInputs, months: Sequence[Period]
) -> dict[tuple[str, Period], tuple[FoundFigure | None, frozenset[str]]]:
    """What every measure came to in each of some months, over all units there are at its end, and which these were."""
    found: dict[tuple[str, Period], tuple[FoundFigure | None, frozenset[str]]] = {}
    for one in months:
        looking = _Looking(inputs, one)
        for measure in inputs.province.progress.measures.values():
            found[measure.id, one] = looking.find(measure, None, one), looking.made_of(measure, None, one)
    return found


def plan_result(inputs: ProgressInputs, plan: Plan, period: Period) -> PlanResult:
    """One plan on the last day of a period."""
    updates = {(update.plan, update.number): update for update in task_updates(inputs.registers)}
    heads = [entry for entry in inputs.registers if entry.kind is RegisterKind.HEADS]
    rows = [_task_row(inputs.province.units, plan, number, updates, heads, period) for number in range(len(plan.tasks))]
    return counted_plan(plan, rows)


def counted_plan(plan: Plan, rows: Sequence[TaskRow]) -> PlanResult:
    """A plan with these of its tasks, counted in all, by unit, area and head."""
    return PlanResult(
        plan,
        _counts(plan.title, rows),
        _grouped(rows, lambda row: row.owner.name if row.owner else row.task.owner),
        _grouped(rows, lambda row: row.task.area or ""),
        _grouped(rows, lambda row: row.task.responsible or ""),
        tuple(rows),
    )


def _task_row(
    units: Mapping[str, Unit],
    plan: Plan,
    position: int,
    updates: Mapping[tuple[str, str], TaskUpdate],
    heads: Sequence[RegisterEntry],
    period: Period,
) -> TaskRow:
    task = plan.tasks[position]
    update = updates.get((plan.id, task.number))
    if update is not None:
        task = update.applied_to(task)
    owner = unit_named(units, task.owner)
    if task.responsible is None and owner is not None:
        task = task.model_copy(update={"responsible": head_of(heads, owner, task.due)})
    state = task.state_on(period.last)
    until = task.done_on if state is TaskState.DONE_LATE and task.done_on else period.last
    late = (until - task.due).days if state in (TaskState.OVERDUE, TaskState.DONE_LATE) else 0
    return TaskRow(plan.id, task, owner, state, late, update.explanation if update else "")


def _counts(name: str, rows: Iterable[TaskRow]) -> TaskCounts:
    counted = Counter(row.state for row in rows)
    return TaskCounts(name, {state: counted.get(state, 0) for state in TaskState})


def _grouped(rows: Sequence[TaskRow], name_of: Callable[[TaskRow], str]) -> tuple[TaskCounts, ...]:
    """Counts by a name, in the order of the names; tasks without it are left out."""
    names = sorted({name_of(row) for row in rows} - {""})
    return tuple(_counts(name, [row for row in rows if name_of(row) == name]) for name in names)


def _index_rows(inputs: ProgressInputs, period: Period) -> Iterable[IndexRow]:
    """The newest value of every index up to the reporting year, by series and unit."""
    for series in inputs.province.progress.indices.values():
        of_series = [value for value in inputs.indices if value.series == series.id and value.year <= period.year]
        for code in sorted({value.unit for value in of_series}):
            years = tuple(sorted((value for value in of_series if value.unit == code), key=lambda value: value.year))
            newest = years[-1]
            earlier = next((value for value in years if value.year == newest.year - 1), None)
            yield IndexRow(series, inputs.province.units.get(code), newest, rank_change(earlier, newest), years)


def _register_results(entries: Sequence[RegisterEntry], period: Period) -> Iterable[RegisterResult]:
    """What happened in the reporting year up to the period's end, by register; heads stand until they leave."""
    for kind in RegisterKind:
        of_kind = tuple(entry for entry in entries if entry.kind is kind and _belongs(entry, period))
        if of_kind:
            yield RegisterResult(kind, of_kind, register_words(kind, of_kind, period.last))


def _belongs(entry: RegisterEntry, period: Period) -> bool:
    """Whether an entry happened in the reporting year and no later than the period; one without a date by its year.

    The reporting year begins on 15 December: what happens after that day is told in the reports of the next year.
    """
    if entry.kind is RegisterKind.HEADS:
        return _in_office(entry, period.last)
    if not entry.dated:
        return entry.year == period.year
    return period.cumulated.first.isoformat() <= entry.dated <= period.last.isoformat()


def head_of(heads: Iterable[RegisterEntry], unit: Unit, day: date) -> str | None:
    """Who answers for a unit on a day: as the register of heads says, else the position that units.csv names."""
    return head_on(heads, unit.code, day) or unit.head


def head_on(heads: Iterable[RegisterEntry], unit: str, day: date) -> str | None:
    """Who headed a unit on a day, with the title; None where the register of heads names nobody.

    Of several the one who came last.
    """
    standing = [entry for entry in heads if entry.unit == unit and _in_office(entry, day)]
    if not standing:
        return None
    newest = max(standing, key=lambda entry: (entry.value("from"), entry.key))
    return f"{newest.value('title')} {newest.value('name')}".strip()


def _in_office(entry: RegisterEntry, day: date) -> bool:
    return entry.value("from") <= day.isoformat() and (not entry.value("to") or entry.value("to") >= day.isoformat())


def register_words(kind: RegisterKind, entries: Sequence[RegisterEntry], day: date) -> str:
    """What an officer says about a register in one phrase, as it stood at the end of a day."""
    count = vietnamese_number(str(len(entries)))
    match kind:
        case RegisterKind.INSPECTIONS:
            settled = [entry.value("follow_up_done") or "9" for entry in entries if entry.value("follow_up")]
            open_ = sum(done > day.isoformat() for done in settled)
            return f"{count} cuộc kiểm tra, {open_} kiến nghị chưa thực hiện xong"
        case RegisterKind.PROCEDURES_CUT:
            return f"{count} TTHC được cắt giảm, {cut_in_words(entries)}"
        case RegisterKind.OVERDUE:
            sorry = sum(entry.value("apology") == "1" for entry in entries)
            return f"{count} hồ sơ quá hạn, {sorry} hồ sơ đã có văn bản xin lỗi"
        case RegisterKind.INITIATIVES:
            proven = sum(bool(entry.value("evidence")) for entry in entries)
            said = f"{count} sáng kiến, {proven} có tài liệu kiểm chứng"
            return said + _few_named(entries, "title")
        case RegisterKind.DECISIONS:
            return f"{count} văn bản" + _few_named(entries, "number", "title")
        case _:
            return f"{count} mục"


def _few_named(entries: Sequence[RegisterEntry], *columns: str) -> str:
    """The entries by what their columns say, `: A; B`, each once in the order of the register; "" where too many."""
    named = [", ".join(value for column in columns if (value := entry.value(column))) for entry in entries]
    once = list(dict.fromkeys(name for name in named if name))
    return f": {'; '.join(once)}" if 0 < len(once) <= _MOST_NAMED else ""


def cut_in_words(entries: Sequence[RegisterEntry]) -> str:
    """`532,3/1.435,2 ngày (37,09%)`: Σ days cut ÷ Σ legal days, not the mean of the ratios of procedures."""
    days_cut = sum((Decimal(entry.value("days_cut")) for entry in entries), ZERO)
    legal_days = sum((Decimal(entry.value("legal_days")) for entry in entries), ZERO)
    days = f"{said(days_cut)}/{said(legal_days)} ngày"
    if not legal_days:
        return days
    return f"{days} ({said(printed(days_cut * HUNDRED / legal_days, 2))}%)"
