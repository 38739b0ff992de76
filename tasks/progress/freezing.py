"""Everything current about a period → its progress frozen: what the report, its annexes and the pages are made from.

Freezing the same again changes nothing. Source: docs/process.md, 3; docs/developers.md.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from functools import cache, partial
from itertools import groupby

from models.findings import Act, Action, Finding, Severity, refusal
from models.progress.periods import Period, periods_ending_with
from models.progress.registers import RegisterEntry, RegisterKind
from models.province.calendar import report_due
from models.province.folder import Province
from models.records.progress_snapshots import FrozenProgress, MonthTotal, ReportedGroup, ReportedProgress, UnitRegister
from models.records.storage import Storage
from models.records.tables import Snapshot
from models.units import Unit, kind_name
from models.working_out import WorkedOut
from tasks.progress.computing import ProgressInputs, commitments_at, head_of, progress_at, register_words, totals_over
from tasks.progress.gathering import gather_progress
from tasks.progress.pledged_points import pledged_now
from tasks.progress.told_remarks import reasons_within, remarks_within
from tasks.recording.snapshots import keep_frozen, newest_of
from tasks.scoring.gathering import gather

MONTHS_SHOWN = 13  # a year and the same month of the year before
_OTHERS = "khac"


class PeriodKind(StrEnum):
    """Which report is asked for when a month ends."""

    MONTH = "month"
    QUARTER = "quarter"
    SIX_MONTHS = "6m"
    NINE_MONTHS = "9m"
    YEAR = "year"

    def ending_with(self, last: Period) -> Period:
        """The period of this kind that ends with a month.

        Raises:
            RefusedError: none of this kind ends there.
        """
        length = _LENGTHS[self]
        period = Period(last.end - length + 1, last.end)
        if length == 1 or (period.quarter if length == 3 else period.from_new_year):
            return period
        due = ", ".join(str(one) for one in periods_ending_with(last))
        what = f"không có kỳ “{self.value}” nào kết thúc vào {last.name}"
        raise refusal(f"kỳ {last}", what, f"Các báo cáo đến kỳ: {due}")


_LENGTHS = {
    PeriodKind.MONTH: 1,
    PeriodKind.QUARTER: 3,
    PeriodKind.SIX_MONTHS: 6,
    PeriodKind.NINE_MONTHS: 9,
    PeriodKind.YEAR: 12,
}


def refuse_unreported(province: Province, period: Period, today: date) -> None:
    """A report is of something that the province follows, and of a period that has begun.

    Raises:
        RefusedError: nothing is declared in progress/, or the period lies ahead.
    """
    progress = province.progress
    if not (progress.measures or progress.plans or progress.commitments or progress.targets or progress.indices):
        what = "tỉnh chưa khai báo chỉ tiêu, kế hoạch, cam kết hay mục tiêu nào để báo cáo"
        raise refusal("progress/", what, "Khai báo progress/measures.yaml; xem docs/thu-muc-tinh.md")
    if period.first > today:
        what = f"kỳ báo cáo bắt đầu từ ngày {period.first:%d/%m/%Y}, chưa có gì để báo cáo"
        raise refusal(f"kỳ {period}", what, "Chọn kỳ đã bắt đầu")


def frozen_progress(
    storage: Storage, province: Province, period: Period, known: WorkedOut | None = None
) -> FrozenProgress:
    """The progress of a period from everything current in the database, not yet kept.

    Args:
        storage: the open database.
        province: whose progress it is.
        period: the period.
        known: what was worked out before by whoever asks all day.
    """
    known, earlier = known or WorkedOut(), month_before(period)
    province = replace(province, units={code: _without_address(unit) for code, unit in province.units.items()})
    with storage.reading() as session:
        inputs = gather_progress(session, province, period)
        gathered = cache(partial(gather, session, province))
        pledged, pledged_before = (pledged_now(session, province, each, known, gathered) for each in (period, earlier))
        remarks = remarks_within(session, province, period)
        no_figures = reasons_within(session, province, period)
    now = inputs
    inputs = known.of(("inputs", period), now, lambda: now)  # the same ones, with what they hold ready
    result = progress_at(inputs, period, pledged, known)
    before, _ = commitments_at(inputs, earlier, pledged_before)
    heads = [entry for entry in inputs.registers if entry.kind is RegisterKind.HEADS]
    codes = {unit.code for unit in province.units.values() if unit.exists_on(period.last)}
    progress = ReportedProgress(
        report_due(province.config, period).deadline,
        tuple(_groups(province, period)),
        tuple(_areas(province, period.year)),
        known.of(("totals", period), inputs, lambda: _totals(inputs, period)),
        {f"{row.commitment.id}/{row.unit.code}": row.standing for row in before},
        tuple(
            _registers_of_units(
                [one for reg in result.registers for one in reg.entries if one.unit in codes], period.last
            )
        ),
        {code: head for code in sorted(codes) if (head := head_of(heads, province.units[code], period.last))},
        replace(result, registers=tuple(replace(register, entries=()) for register in result.registers)),
        remarks,
        no_figures,
        *province.progress.words_on(period),
    )
    return FrozenProgress(province.config, progress)


def _without_address(unit: Unit) -> Unit:
    return unit.model_copy(update={"email": None})


def month_before(period: Period) -> Period:
    """The month that ends when a period begins."""
    return Period(period.start - 1, period.start - 1)


def _groups(province: Province, period: Period) -> Iterator[ReportedGroup]:
    """Units that existed in the period by group of the year's round; those of no group, or without a round, by kind."""
    days = [month.last for month in period.months]
    left = {unit.code: unit for unit in province.units.values() if any(unit.exists_on(day) for day in days)}
    round = province.rounds.get(period.year)
    for group in round.groups if round else ():
        chosen = group.units
        members = [
            code
            for code, unit in left.items()
            if (unit.kind in chosen.kind or code in chosen.codes) and code not in chosen.except_
        ]
        for code in members:
            del left[code]
        if members:
            yield ReportedGroup(group.id, group.name, tuple(sorted(members)))
    by_kind = sorted(left.values(), key=lambda unit: (unit.kind, unit.code))
    for kind, units in groupby(by_kind, key=lambda unit: unit.kind):
        yield ReportedGroup(f"{_OTHERS}-{kind}", kind_name(kind), tuple(unit.code for unit in units))


def _areas(province: Province, year: int) -> Iterator[tuple[str, str]]:
    """The areas that measures and tasks name, called as the criteria sets of the year call them."""
    round = province.rounds.get(year)
    sets = [province.criteria_sets[group.criteria_set] for group in round.groups] if round else []
    names = {area.code: area.name for one in reversed(sets) for area in one.areas}
    progress = province.progress
    used = {measure.area for measure in progress.measures.values()}
    used |= {task.area for plan in progress.plans.values() for task in plan.tasks}
    for code in sorted(code for code in used if code):
        yield code, names.get(code, f"Lĩnh vực {code}")


def _totals(inputs: ProgressInputs, period: Period) -> dict[str, tuple[MonthTotal, ...]]:
    """The last months of every measure."""
    months = [Period(at, at) for at in range(period.end - MONTHS_SHOWN + 1, period.end + 1)]
    found = totals_over(inputs, months)
    totals: dict[str, tuple[MonthTotal, ...]] = {}
    for measure in inputs.province.progress.measures.values():
        line: list[MonthTotal] = []
        before: frozenset[str] = frozenset()
        for one in months:
            total, units = found[measure.id, one]
            amount = total.figure.amount(measure.kind) if total else None
            others = bool(before and units and units != before)
            line.append(MonthTotal(one, amount, total.figure.shown(measure) if total else "–", others))
            before = units
        totals[measure.id] = tuple(line)
    return totals


def _registers_of_units(entries: Sequence[RegisterEntry], day: date) -> Iterable[UnitRegister]:
    ordered = sorted(entries, key=lambda entry: (entry.unit, entry.kind.value))
    for (unit, kind), of_unit in groupby(ordered, key=lambda entry: (entry.unit, entry.kind)):
        yield UnitRegister(unit, kind, register_words(kind, list(of_unit), day))


def freeze_progress(storage: Storage, province: Province, period: Period) -> Snapshot:
    """Freeze the progress of a period and keep it; freezing the same again only notes when.

    Returns:
        The snapshot, free of its session.
    """
    return keep_frozen(storage, frozen_progress(storage, province, period))[0]


def newer_figures(storage: Storage, province: Province, period: Period) -> list[Finding]:
    """A warning where the newest draft of a period no longer says what is current; none before the first."""
    with storage.reading() as session:
        snapshot = session.exec(newest_of(period.year, str(period))).first()
    if snapshot is None or snapshot.sha256 == frozen_progress(storage, province, period).sha256:
        return []
    what = "số liệu hoặc thư mục tỉnh đã thay đổi sau dự thảo gần nhất"
    again = Action(Act.DRAFT_REPORT, str(period))
    return [Finding(f"báo cáo {period}", 0, what, "Nếu cần, lập lại dự thảo", Severity.WARNING, action=again)]
