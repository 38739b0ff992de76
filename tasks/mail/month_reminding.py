"""The months whose reports are asked now → who has to send them until when, who has sent, and where the form lies.

A unit has sent once a figure of the month, or a note why there is none, is recorded, whether by workbook or CSV, or
once a form of the month was accepted (one with plan tasks alone tells no figure). A month is asked for until the report
of the next one is due: from then on the unit is reminded of that one, and the answer to its form names the months left
out. Source: domain/2-yearly-process.md, 2.4.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from sqlmodel import Session, col, select

from models.forms.descriptions import FormKind, form_file_name
from models.progress.periods import Period, month_of
from models.province.calendar import calendar_of, report_due
from models.province.folder import Province
from models.records.storage import Storage
from models.records.tables import Receipt
from models.units import Unit
from tasks.mail.reminding import Expected, OpenRound
from tasks.progress.asked_units import asked_units
from tasks.recording.progress import current_figures

_LONGEST_OPEN = 3  # months: a report is due at most 30 working days after the cut-off, and open a month longer
_DAY = timedelta(days=1)


def open_months(province: Province, storage: Storage, today: date) -> list[OpenRound]:
    """The months that are asked for on a day, the earliest first; none that nobody has to report.

    Args:
        province: the checked folder.
        storage: what is recorded; its var/ folder shows whether the forms are written.
        today: the day, in Vietnam.
    """
    expected = {period: units for period in _asked(province, today) if (units := asked_units(province, period))}
    if not expected:
        return []
    with storage.reading() as session:
        told = set(_told(session, list(expected)))
    return [
        OpenRound(
            period.year,
            {FormKind.MONTHLY: report_due(province.config, period)},
            [_expected(province, storage.var, period, unit, today) for unit in units],
            {FormKind.MONTHLY: {unit.code for unit in units if (unit.code, str(period)) in told}},
            period,
        )
        for period, units in expected.items()
    ]


def _asked(province: Province, today: date) -> Iterator[Period]:
    """The month under way, and those before it until the next one's report is due."""
    calendar, now = calendar_of(province.config), month_of(today).end
    for index in range(now - _LONGEST_OPEN, now + 1):
        following = report_due(province.config, Period(index + 1, index + 1))
        if today < calendar.next_working_day(following):
            yield Period(index, index)


def _told(session: Session, periods: Sequence[Period]) -> Iterator[tuple[str, str]]:
    """Units and the months of which something of theirs is recorded."""
    years = sorted({period.year for period in periods})
    for figure in current_figures(session, years, with_notes=True):
        yield figure.unit, str(figure.period)
    kinds = {f"{FormKind.MONTHLY.value} {period}": str(period) for period in periods}
    accepted = select(Receipt.kind, Receipt.subject).where(col(Receipt.year).in_(years))
    for kind, subject in session.exec(accepted.where(col(Receipt.kind).in_(kinds))):
        yield subject, kinds[kind]


def _expected(province: Province, var: Path, period: Period, unit: Unit, today: date) -> Expected:
    """A unit with what else its mail says: from when the report is taken, where the form lies."""
    name = form_file_name(FormKind.MONTHLY, str(period), unit.code)
    department, folder = province.config.department, var / "forms" / str(period)
    said = f"Biểu mẫu: tệp {name}"
    if (folder / name).is_file():
        said += f", {department} đã ghi vào thư mục {folder.relative_to(var.parent)}"
    said += f"; chưa nhận được thì trả lời thư này để {department} gửi."
    if today <= period.last < report_due(province.config, period):
        said = f"Báo cáo được nhận từ ngày {period.last + _DAY:%d/%m/%Y}, khi tháng báo cáo đã kết thúc. {said}"
    return Expected(FormKind.MONTHLY, unit.code, unit.name, unit.email, said)
