"""Where everybody stands at the end of a period: the frozen result from which the report of the period is written.

Every row carries its figures and the words an officer reads; nothing in it depends on the clock or the database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.findings import Finding
from models.labelled import Labelled
from models.numbers import HUNDRED, printed, said
from models.progress.commitments import Commitment
from models.progress.indices import IndexSeries, IndexValue, RankChange
from models.progress.measures import Figure, Measure
from models.progress.periods import Period
from models.progress.plan_tasks import Plan, PlanTask, TaskState
from models.progress.registers import RegisterEntry, RegisterKind
from models.progress.targets import Milestone, Target
from models.units import Unit


@dataclass(frozen=True, slots=True)
class Comparison:
    """A figure against one of another period.

    Attributes:
        base: what it is compared with.
        difference: percentage points of a percentage, else units of the measure; None where it cannot be told.
        relative: the difference in percent of the base, None for percentages and where the base is 0.
        good: whether the change is for the better, None where nobody said so or nothing changes in print.
        remark: why the two are not quite alike (a part of a year against a whole one, an inequality), "" otherwise.
        words: the comparison as officers read it, the remark included.
        alike: what the units with figures in both periods came to in each, "" where all are compared.
    """

    base: Figure
    difference: Decimal | None
    relative: Decimal | None
    good: bool | None
    remark: str
    words: str
    alike: str = ""


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One measure of one unit (`unit` None: of all together) in the period.

    Attributes:
        figure: as stated, added up over months or rolled up over units; None where nothing is known.
        computed: whether it was added up or rolled up rather than stated.
        missing: months of the period that had to be told and were not.
        without: units below that had to tell something and did not, where it was rolled up.
        before: against the period before; of whole years None, as `a_year_before` says the same.
        a_year_before: against the same months of last year, or last year whole where only that is known.
        no_comparison: why there is none with last year where the unit was not there then, "" otherwise.
        further: against the periods that the measure is compared with besides, in the order of its declaration.
    """

    unit: Unit | None
    figure: Figure | None
    shown: str
    computed: bool = False
    missing: tuple[Period, ...] = ()
    without: tuple[str, ...] = ()
    before: Comparison | None = None
    a_year_before: Comparison | None = None
    no_comparison: str = ""
    further: tuple[Comparison, ...] = ()


@dataclass(frozen=True, slots=True)
class MeasureResult:
    """One measure: its units in the order of their codes, and all together."""

    measure: Measure
    rows: tuple[MeasureRow, ...]
    total: MeasureRow

    def of(self, unit: str) -> MeasureRow | None:
        """The row of a unit."""
        return next((row for row in self.rows if row.unit and row.unit.code == unit), None)


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task on the day of the report.

    Attributes:
        days_late: how long it is, or was, overdue.
        explanation: what its owner says of it: progress, why it is late, until when.
    """

    plan: str
    task: PlanTask
    owner: Unit | None
    state: TaskState
    days_late: int = 0
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class TaskCounts:
    """How many tasks stand in which state, of a plan, unit, area or head."""

    name: str
    states: Mapping[TaskState, int]

    @property
    def total(self) -> int:
        """All tasks."""
        return sum(self.states.values())

    @property
    def done(self) -> int:
        """Tasks that are done, in time or late."""
        return sum(count for state, count in self.states.items() if state.done)

    @property
    def shown(self) -> str:
        """`14/19 nhiệm vụ (73,68%)`."""
        if not self.total:
            return "chưa có nhiệm vụ"
        share = said(printed(Decimal(self.done) * HUNDRED / self.total, 2))
        return f"{self.done}/{self.total} nhiệm vụ ({share}%)"


@dataclass(frozen=True, slots=True)
class PlanResult:
    """One plan: counts of the whole and by unit, area and head; every task, and those overdue, the longest first."""

    plan: Plan
    counts: TaskCounts
    by_unit: tuple[TaskCounts, ...]
    by_area: tuple[TaskCounts, ...]
    by_head: tuple[TaskCounts, ...]
    rows: tuple[TaskRow, ...]

    @property
    def heads_tell_more(self) -> bool:
        """Whether counts by head say more than those by unit: where some unit had two heads, or somebody two units."""
        owners = {(row.owner.name if row.owner else row.task.owner, row.task.responsible or "") for row in self.rows}
        return bool(self.by_head) and not len(owners) == len(self.by_unit) == len(self.by_head)

    @property
    def overdue(self) -> Sequence[TaskRow]:
        """Overdue tasks, the longest overdue first."""
        late = [row for row in self.rows if row.state is TaskState.OVERDUE]
        return sorted(late, key=lambda row: (-row.days_late, row.task.number))


class Standing(Labelled):
    """Where a commitment or target stands."""

    FULFILLED = "fulfilled", "đạt"
    ON_TRACK = "on_track", "đúng tiến độ"
    UNDER_WAY = "under_way", "đang thực hiện"
    AT_RISK = "at_risk", "có nguy cơ không đạt"
    MISSED = "missed", "không đạt"
    NO_DATA = "no_data", "chưa có số liệu"
    NO_BASELINE = "no_baseline", "chưa có giá trị gốc"
    AWAITED = "awaited", "chờ kết quả công bố"
    NOT_JUDGED = "not_judged", "chưa được đánh giá"


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the year comes to if it goes on so: the value, as printed, and how it was made."""

    value: Decimal | None
    shown: str
    how: str


@dataclass(frozen=True, slots=True)
class PointsNow:
    """What a unit gets for a leaf, criterion, area or all of its set, in percent of the points that it can have.

    Attributes:
        percent: as known today, or as resulted.
        best: what it can still become this year.
        how: of what it is made, and what is missing, in words.
        settled: whether it is a result, not a forecast.
    """

    percent: Decimal
    best: Decimal
    how: str
    settled: bool = False


@dataclass(frozen=True, slots=True)
class CommitmentRow:
    """One unit's part in one commitment.

    Attributes:
        pledged: what the unit pledged, in words: `từ 85% trở lên`, `tăng 32 bậc`.
        excepted: whether the unit pledged another target than the others.
        reached: what is reached so far, in words.
        why: what the standing rests on, in words.
    """

    commitment: Commitment
    unit: Unit
    pledged: str
    excepted: bool
    target: Decimal | None
    reached: str
    standing: Standing
    forecast: Forecast | None
    why: str


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One target at the end of the period, against the milestone it works towards."""

    target: Target
    milestone: Milestone
    asked: str
    reached: str
    standing: Standing
    why: str


@dataclass(frozen=True, slots=True)
class IndexRow:
    """The newest value of one index of one unit (None: of the province), and the change of rank to the year before."""

    series: IndexSeries
    unit: Unit | None
    newest: IndexValue
    change: RankChange
    years: tuple[IndexValue, ...]


@dataclass(frozen=True, slots=True)
class RegisterResult:
    """What stands in one register for the reporting year: its entries, and what an officer says about them."""

    kind: RegisterKind
    entries: tuple[RegisterEntry, ...]
    words: str


@dataclass(frozen=True, slots=True)
class ProgressResult:
    """Where each unit stands at the end of a period.

    Attributes:
        period: what is reported.
        day: the day for which states are told: the cut-off.
        expected: units that report at least one measure.
        not_reported: of those, the units without any figure for the period.
        findings: what does not fit together (a pledge that the rank does not allow, for one).
    """

    period: Period
    day: date
    measures: tuple[MeasureResult, ...]
    expected: tuple[Unit, ...]
    not_reported: tuple[Unit, ...]
    plans: tuple[PlanResult, ...]
    commitments: tuple[CommitmentRow, ...]
    targets: tuple[TargetRow, ...]
    indices: tuple[IndexRow, ...]
    registers: tuple[RegisterResult, ...]
    findings: tuple[Finding, ...]

    def measure(self, id: str) -> MeasureResult:
        """The result of a measure.

        Raises:
            KeyError: no measure with this id.
        """
        return {result.measure.id: result for result in self.measures}[id]

    @property
    def at_risk(self) -> Sequence[CommitmentRow]:
        """Commitments that will not be kept if nothing changes, or are missed already."""
        return [row for row in self.commitments if row.standing in (Standing.AT_RISK, Standing.MISSED)]
