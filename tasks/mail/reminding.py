"""What is owed and until when → who is to be reminded today, of what, in which words.

A week before the last day, on the last working day before, and on the day itself everybody is reminded who has not
sent; afterwards on the first working day and every fifth from there, for four weeks: then a person has to call. Who has
sent is left alone. Whoever an officer has reminded by hand is told of all that is owed, on whatever day.
Source: docs/process.md (overdue, due within 1 day, due within 7 days; working days).
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from models.forms.base import Subject
from models.labelled import Labelled
from models.province.calendar import Due
from models.province.folder import Province
from models.province.rounds import Deadlines
from models.records.storage import Storage
from models.working_days import FIRST_YEAR, WorkingCalendar
from tasks.forms.round_records import read_round
from tasks.intake.owed import Owed, owed_in_round
from tasks.recording.snapshots import published_years

_WEEK = timedelta(days=7)
_FAR = 10 * _WEEK  # nobody is reminded of what is further away than this
_LATE_EVERY, _LATE_FOR = 5, 20  # working days


class Urgency(Labelled):
    """How near a deadline is, the most urgent first."""

    LATE = "late", "quá hạn"
    TODAY = "today", "hết hạn hôm nay"
    TOMORROW = "tomorrow", "còn 1 ngày làm việc"
    WEEK = "week", "còn 7 ngày"
    AHEAD = "ahead", "chưa đến hạn"


@dataclass(frozen=True, slots=True)
class Expected:
    """A form that is still owed, and what is needed to remind of it.

    Attributes:
        address: as units.csv has it.
        remark: sentences that follow the reminder, e.g. where the form lies; "" where there is nothing to add.
    """

    form: Owed
    due: Due
    address: str | None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Reminder:
    """One form that somebody is late with, or has to send soon.

    Attributes:
        late: working days since the last day; 0 before and on it.
        left: working days until the last day, where it is neither late nor near.
    """

    expected: Expected
    stage: Urgency
    late: int = 0
    left: int = 0

    @property
    def work(self) -> str:
        """What is to be sent, e.g. `Phiếu tự đánh giá năm 2025`."""
        return self.expected.form.work

    @property
    def headline(self) -> str:
        """The reminder in a few words."""
        return f"{self.work}: {self.stage.label}"

    def __str__(self) -> str:
        due = self.expected.due
        day = f"{due.last_day:%d/%m/%Y}"
        when = {
            Urgency.LATE: f"đã quá hạn {self.late} ngày làm việc (ngày cuối là {day})",
            Urgency.TODAY: f"hôm nay, {day}, là ngày cuối",
            Urgency.TOMORROW: f"còn 1 ngày làm việc, ngày cuối là {day}",
            Urgency.WEEK: f"còn 7 ngày, ngày cuối là {day}",
            Urgency.AHEAD: f"còn {self.left} ngày làm việc, ngày cuối là {day}",
        }[self.stage]
        moved = ""
        if due.last_day != due.deadline:
            moved = f" Hạn {due.deadline:%d/%m/%Y} là ngày nghỉ nên chuyển sang ngày làm việc kế tiếp."
        remark = f" {self.expected.remark}" if self.expected.remark else ""
        return f"{self.work} của {self.expected.form.name}: {when}.{moved}{remark}"


def due_reminders(expected: Iterable[Expected], today: date, calendar: WorkingCalendar) -> list[Reminder]:
    """Who is to be reminded on this day, in the order expected.

    Args:
        expected: what is still owed.
        today: the day, in Vietnam.
        calendar: the working days of the province.
    """
    reminders = []
    for one in expected:
        last_day = one.due.last_day
        if abs(today - last_day) <= _FAR and (stage := stage_on(today, last_day, calendar)):
            late = calendar.working_days_between(last_day, today) if stage is Urgency.LATE else 0
            reminders.append(Reminder(one, stage, late))
    return reminders


def asked_reminders(
    expected: Iterable[Expected], today: date, calendar: WorkingCalendar, subjects: Collection[str] | None = None
) -> list[Reminder]:
    """Reminders of everything that these still owe, on whatever day an officer asks for them, in the order expected.

    Args:
        expected: what is still owed; what is due only in far weeks is left alone.
        today: the day, in Vietnam.
        calendar: the working days of the province.
        subjects: codes of units and ids of agencies; all where None.
    """
    reminders = []
    for one in expected:
        last_day = one.due.last_day
        is_meant = subjects is None or one.form.subject in subjects
        if is_meant and last_day - today <= _FAR and last_day.year >= FIRST_YEAR:
            stage = Urgency.LATE if today > last_day else stage_on(today, last_day, calendar) or Urgency.AHEAD
            late = calendar.working_days_between(last_day, today) if stage is Urgency.LATE else 0
            left = calendar.working_days_between(today, last_day) if stage is Urgency.AHEAD else 0
            reminders.append(Reminder(one, stage, late, left))
    return reminders


def stage_on(today: date, last_day: date, calendar: WorkingCalendar) -> Urgency | None:
    """What a last day means today; None on a day without a reminder. Of two stages on one day the more urgent."""
    if today > last_day:
        late = calendar.working_days_between(last_day, today)
        is_due = calendar.is_working_day(today) and late <= _LATE_FOR and late % _LATE_EVERY == 1
        return Urgency.LATE if is_due else None
    if today == last_day:
        return Urgency.TODAY
    if today == calendar.add_working_days(last_day, -1):
        return Urgency.TOMORROW
    return Urgency.WEEK if today + _WEEK == last_day else None


# --- what is owed -----------------------------------------------------------------------------------------------------


def expected_in_rounds(province: Province, storage: Storage, today: date) -> Iterator[Expected]:
    """What the rounds that are not published still wait for, by year; none of a step without a deadline."""
    with storage.reading() as session:
        published = published_years(session)
        for year, round in sorted(province.rounds.items()):
            if year in published or round.deadlines == Deadlines():
                continue
            for form in owed_in_round(session, read_round(province, storage, year)):
                if form.due and form.is_owed:
                    yield Expected(form, form.due, _address(province, form, today), _remark(form))


def _address(province: Province, form: Owed, today: date) -> str | None:
    is_agency = form.kind.description.subject is Subject.APPRAISER
    unit = province.office_of(form.subject, today) if is_agency else province.units.get(form.subject)
    return unit.email if unit else None


def _remark(form: Owed) -> str:
    """Of an explanation that came but left something open, how much."""
    return f"Phiếu đã nhận còn {form.left} tiêu chí chưa trả lời." if form.left and form.versions else ""
