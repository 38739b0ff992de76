"""The working days of a province, and until when a form or a report is in time.

Source: Bộ luật Lao động 2019, Điều 111 and 112; Bộ luật Dân sự 2015, Điều 148.
"""

from datetime import date
from typing import NamedTuple

from models.forms.descriptions import FormIdentity, FormKind
from models.progress.periods import Period, read_period
from models.province.config import ProvinceConfig
from models.province.folder import Province
from models.province.rounds import Round
from models.working_days import FIRST_YEAR, LAST_YEAR, WorkingCalendar


def calendar_of(config: ProvinceConfig) -> WorkingCalendar:
    """The working days of a province."""
    return WorkingCalendar(config.holidays, config.working_days)


class Due(NamedTuple):
    """Until when something is in time.

    Attributes:
        deadline: as declared, or as an extension moved it.
        last_day: the deadline, or the next working day after a day off.
    """

    deadline: date
    last_day: date

    def __str__(self) -> str:
        moved = f" ({self.deadline:%d/%m/%Y} là ngày nghỉ)" if self.last_day != self.deadline else ""
        return f"{self.last_day:%d/%m/%Y}{moved}"


def due_on(config: ProvinceConfig, deadline: date) -> Due:
    """Until when what is due on a deadline is in time; beyond the known years no day is a day off.

    Source: Bộ luật Dân sự 2015, Điều 148, khoản 5.
    """
    is_known = FIRST_YEAR <= deadline.year < LAST_YEAR
    return Due(deadline, calendar_of(config).next_working_day(deadline) if is_known else deadline)


def round_due(config: ProvinceConfig, round: Round, kind: FormKind, subject: str = "") -> Due | None:
    """Until when a form of a round is in time, None where it has no deadline.

    Args:
        subject: whose form it is, whose extension counts; without one, the day of all who have none.
    """
    deadline = round.deadline_of(kind, subject)
    return due_on(config, deadline) if deadline else None


def report_due(config: ProvinceConfig, period: Period) -> Due:
    """Until when the report of a period is in time."""
    return due_on(config, config.reporting.due(period, calendar_of(config).add_working_days))


def form_due(province: Province, identity: FormIdentity) -> Due | None:
    """Until when a form is in time, of a round or of a month; None where there is no round or no deadline."""
    if identity.period:
        return report_due(province.config, read_period(identity.period))
    round = province.rounds.get(identity.year)
    return round_due(province.config, round, identity.kind, identity.subject) if round else None
