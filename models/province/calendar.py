"""The working days of a province, and the last days that follow from them.

Source: Bộ luật Lao động 2019, Điều 111 and 112; Bộ luật Dân sự 2015, Điều 148.
"""

from datetime import date

from models.progress.periods import Period
from models.province.config import ProvinceConfig
from models.working_days import WorkingCalendar


def calendar_of(config: ProvinceConfig) -> WorkingCalendar:
    """The working days of a province."""
    return WorkingCalendar(config.holidays, config.working_days)


def last_day_in_time(config: ProvinceConfig, deadline: date) -> date:
    """The day until which what is due on a deadline is in time: the deadline, or the next working day after a day off.

    Source: Bộ luật Dân sự 2015, Điều 148, khoản 5.
    """
    return calendar_of(config).next_working_day(deadline)


def report_due(config: ProvinceConfig, period: Period) -> date:
    """The last day on which the report of a period is in time."""
    return config.reporting.due(period, calendar_of(config).add_working_days)
