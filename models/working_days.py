"""Which days the offices of a province work: the Vietnamese calendar, with what the province adds to it.

Weekends, the public holidays with Tết by the lunar calendar, days off in lieu of holidays on a weekend, and the swaps
of a working day for a Saturday come from the library `holidays`. It knows a swap only once its authors have read the
announcement of that year, and never what a province decides for itself: `holidays` and `working_days` of province.yaml
say these, and go before the library.
Source: Bộ luật Lao động 2019, Điều 111 and 112; docs/process.md, 3.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST_YEAR, LAST_YEAR = 2000, 2099  # of index years, and of what the lunar calendar of the library covers
_DAY = timedelta(days=1)
_SATURDAY = 5


def moment_told(moment: datetime) -> str:
    """A moment as people read it in Vietnam: `14:05 ngày 28/11/2026`."""
    return f"{moment.astimezone(VIETNAM):%H:%M ngày %d/%m/%Y}"


class OwnDays(NamedTuple):
    """What a province adds to the national calendar: days off, and days worked though a weekend or a holiday."""

    off: tuple[date, ...] = ()
    worked: tuple[date, ...] = ()


class WorkingCalendar:
    """Working days of one province.

    Args:
        days_off: days off besides the national calendar.
        working_days: days worked though they are a weekend or a holiday.
    """

    def __init__(self, days_off: Collection[date] = (), working_days: Collection[date] = ()) -> None:
        self._days_off = frozenset(days_off)
        self._working_days = frozenset(working_days)

    def is_working_day(self, day: date) -> bool:
        """Whether the offices work on that day.

        Raises:
            ValueError: the year is not between FIRST_YEAR and LAST_YEAR.
        """
        national = _national_days(day.year)
        if day in self._working_days:
            return True
        if day in self._days_off or day in national.off:
            return False
        return day.weekday() < _SATURDAY or day in national.worked

    def next_working_day(self, day: date) -> date:
        """The day itself where it is a working day, else the first one after it.

        This is where a deadline on a day off moves. Source: Bộ luật Dân sự 2015, Điều 148, khoản 5.
        """
        while not self.is_working_day(day):
            day += _DAY
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """The count-th working day after a day, or before it where the count is negative.

        The day itself is not counted, whether worked or not; a count of 0 is the next working day.
        """
        if count == 0:
            return self.next_working_day(day)
        step = _DAY if count > 0 else -_DAY
        for _ in range(abs(count)):
            day += step
            while not self.is_working_day(day):
                day += step
        return day

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days lie after the first day, up to and with the last; negative where last is before first.

        So `working_days_between(day, add_working_days(day, n))` is n for every positive n.
        """
        if last < first:
            return -self.working_days_between(last, first)
        return sum(self.is_working_day(first + _DAY * number) for number in range(1, (last - first).days + 1))


class _NationalDays(NamedTuple):
    """Days off of one year, and its weekend days that are worked in exchange for another day."""

    off: frozenset[date]
    worked: frozenset[date]


@lru_cache(maxsize=64)
def _national_days(year: int) -> _NationalDays:
    from holidays import country_holidays

    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"no working calendar for {year}: years from {FIRST_YEAR} to {LAST_YEAR} are known")
    # A swap is declared with the year of its day off; the Saturday worked for it may lie in the year beside.
    known = country_holidays("VN", years=(year - 1, year, year + 1))
    return _NationalDays(
        frozenset(day for day in known if day.year == year),
        frozenset(day for day in known.weekend_workdays if day.year == year),
    )
