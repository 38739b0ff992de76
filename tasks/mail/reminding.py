"""The deadlines of open rounds and months and who has sent → who is to be reminded today, of what, in which words.

A deadline on a day off moves to the next working day. A week before, on the last working day before, and on the day
itself everybody is reminded who has not sent; afterwards on the first working day and every fifth from there, for four
weeks: then a person has to call. Who has sent is left alone.
Source: domain/2-yearly-process.md, 2.1 (overdue, due within 1 day, due within 7 days) and 2.4 (working days).
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from sqlmodel import select

from models.criteria.sets import Source
from models.forms.descriptions import FormKind
from models.forms.sources import ScoreSource
from models.progress.periods import Period
from models.province.config import Appraiser
from models.province.folder import Province
from models.records.storage import Storage
from models.records.tables import Publication
from models.working_days import WorkingCalendar
from tasks.forms.appraisal import leaves_of
from tasks.forms.round_records import RoundRecords, UnitRecord, read_round

STEPS = (FormKind.SELF_ASSESSMENT, FormKind.APPRAISAL, FormKind.EXPLANATION)
_WEEK = timedelta(days=7)
_FAR = 10 * _WEEK  # nobody is reminded of what is further away than this
_LATE_EVERY, _LATE_FOR = 5, 20  # working days

Sent = Mapping[FormKind, Set[str]]


class Stage(StrEnum):
    """How near a deadline is, the most urgent first."""

    LATE = "late"
    TODAY = "today"
    TOMORROW = "tomorrow"
    WEEK = "week"

    @property
    def label(self) -> str:
        """The stage as officers read it."""
        return {
            "late": "quá hạn",
            "today": "hết hạn hôm nay",
            "tomorrow": "còn 1 ngày làm việc",
            "week": "còn 7 ngày",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody who has to send the form of a step.

    Attributes:
        subject: code of the unit, or id of the appraising agency.
        address: as units.csv has it.
        remark: sentences that follow the reminder, e.g. where the form lies; "" where there is nothing to add.
    """

    step: FormKind
    subject: str
    name: str
    address: str | None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class OpenRound:
    """What a round, or the report of a month, still waits for.

    Attributes:
        deadlines: last days by step, as declared; steps without one are not reminded of.
        expected: who has to send, in the order of steps and of the round.
        sent: who has sent, by step.
        month: the month whose report is waited for; None of a round.
    """

    year: int
    deadlines: Mapping[FormKind, date]
    expected: Sequence[Expected]
    sent: Sent = field(default_factory=dict)
    month: Period | None = None

    def work(self, step: FormKind) -> str:
        """What is to be sent, with the year or month it belongs to."""
        return f"{step.label} năm {self.year}" if self.month is None else f"Báo cáo số liệu {self.month.name}"


@dataclass(frozen=True, slots=True)
class Reminder:
    """One step that somebody is late with, or has to do soon.

    Attributes:
        work: what is to be sent, e.g. `Phiếu tự đánh giá năm 2025`.
        deadline: as declared.
        last_day: the deadline, or the working day it moves to.
        late: working days since the last day; 0 before and on it.
    """

    work: str
    expected: Expected
    stage: Stage
    deadline: date
    last_day: date
    late: int = 0

    @property
    def headline(self) -> str:
        """The reminder in a few words."""
        return f"{self.work}: {self.stage.label}"

    def __str__(self) -> str:
        day = f"{self.last_day:%d/%m/%Y}"
        when = {
            Stage.LATE: f"đã quá hạn {self.late} ngày làm việc (ngày cuối là {day})",
            Stage.TODAY: f"hôm nay, {day}, là ngày cuối",
            Stage.TOMORROW: f"còn 1 ngày làm việc, ngày cuối là {day}",
            Stage.WEEK: f"còn 7 ngày, ngày cuối là {day}",
        }[self.stage]
        moved = ""
        if self.last_day != self.deadline:
            moved = f" Hạn {self.deadline:%d/%m/%Y} là ngày nghỉ nên chuyển sang ngày làm việc kế tiếp."
        remark = f" {self.expected.remark}" if self.expected.remark else ""
        return f"{self.work} của {self.expected.name}: {when}.{moved}{remark}"


def due_reminders(round: OpenRound, today: date, calendar: WorkingCalendar) -> list[Reminder]:
    """Who of a round or month is to be reminded on this day, in the order expected.

    Args:
        round: deadlines, who is expected, who has sent.
        today: the day, in Vietnam.
        calendar: the working days of the province.
    """
    reminders = []
    for expected in round.expected:
        deadline = round.deadlines.get(expected.step)
        if (
            deadline is None
            or abs(today - deadline) > _FAR
            or expected.subject in round.sent.get(expected.step, frozenset())
        ):
            continue
        last_day = calendar.next_working_day(deadline)
        if stage := stage_on(today, last_day, calendar):
            late = max(0, calendar.working_days_between(last_day, today)) if stage is Stage.LATE else 0
            reminders.append(Reminder(round.work(expected.step), expected, stage, deadline, last_day, late))
    return reminders


def stage_on(today: date, last_day: date, calendar: WorkingCalendar) -> Stage | None:
    """What a last day means today; None on a day without a reminder. Of two stages on one day the more urgent."""
    if today > last_day:
        late = calendar.working_days_between(last_day, today)
        is_due = calendar.is_working_day(today) and late <= _LATE_FOR and late % _LATE_EVERY == 1
        return Stage.LATE if is_due else None
    if today == last_day:
        return Stage.TODAY
    if today == calendar.add_working_days(last_day, -1):
        return Stage.TOMORROW
    return Stage.WEEK if today + _WEEK == last_day else None


# --- what is recorded -------------------------------------------------------------------------------------------------


def open_rounds(province: Province, storage: Storage, sent: Mapping[int, Sent] | None = None) -> list[OpenRound]:
    """The rounds that have deadlines and are not published, by year.

    Args:
        sent: who has sent, by year and step; what is recorded of a year says so where it is not given.
    """
    with storage.reading() as session:
        published = set(session.exec(select(Publication.year).where(Publication.period == "")))
    return [
        open_round(read_round(province, storage, year), None if sent is None else sent.get(year))
        for year, round in sorted(province.rounds.items())
        if year not in published and any(getattr(round.deadlines, step.value) for step in STEPS)
    ]


def open_round(records: RoundRecords, sent: Sent | None = None) -> OpenRound:
    """What a round waits for: units for their self-assessment, agencies for appraisals, cut units for explanations."""
    deadlines = {step: getattr(records.round.deadlines, step.value) for step in STEPS}
    return OpenRound(
        records.round.year,
        {step: day for step, day in deadlines.items() if day is not None},
        [*_expected_units(records), *_expected_appraisers(records), *_expected_explanations(records)],
        recorded_senders(records) if sent is None else sent,
    )


def recorded_senders(records: RoundRecords) -> Sent:
    """Who has sent, as far as facts and scores tell it: who stated anything, who appraised any leaf."""
    return {
        FormKind.SELF_ASSESSMENT: {code for code, record in records.units.items() if _has_stated(record)},
        FormKind.APPRAISAL: {
            appraiser.id for appraiser in records.province.config.appraisers if _has_appraised(records, appraiser)
        },
    }


def _has_stated(record: UnitRecord) -> bool:
    own = (leaf.code for leaf in record.criteria_set.leaves if leaf.source is Source.SELF)
    return any(code in record.facts or (code, ScoreSource.SELF) in record.given for code in own)


def _has_appraised(records: RoundRecords, appraiser: Appraiser) -> bool:
    return any(
        (leaf.code, ScoreSource.APPRAISAL) in record.given
        for group in records.round.groups
        for leaf in leaves_of(records, appraiser, group)
        for record in records.of_group(group)
    )


def _expected_units(records: RoundRecords) -> Iterator[Expected]:
    for record in records.units.values():
        yield Expected(FormKind.SELF_ASSESSMENT, record.unit.code, record.unit.name, record.unit.email)


def _expected_appraisers(records: RoundRecords) -> Iterator[Expected]:
    """Agencies with something to appraise; their address is that of the unit of the same name."""
    by_name = {name.casefold(): unit for unit in records.province.units.values() for name in (*unit.aliases, unit.name)}
    for appraiser in records.province.config.appraisers:
        if any(leaves_of(records, appraiser, group) and records.of_group(group) for group in records.round.groups):
            unit = by_name.get(appraiser.name.casefold())
            yield Expected(FormKind.APPRAISAL, appraiser.id, appraiser.name, unit.email if unit else None)


def _expected_explanations(records: RoundRecords) -> Iterator[Expected]:
    for record in records.units.values():
        if any(record.was_cut(code) for code in record.claimed):
            yield Expected(FormKind.EXPLANATION, record.unit.code, record.unit.name, record.unit.email)
