"""Working days of Vietnam: Tết, holidays on weekends, swapped Saturdays, what a province adds; and how they count."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.findings import Severity
from models.province.calendar import calendar_of
from models.province.config import ProvinceConfig
from models.province.folder import check_province
from models.working_days import FIRST_YEAR, LAST_YEAR, WorkingCalendar
from tests.conftest import copy_example

VIETNAM = WorkingCalendar()
DAYS = st.dates(date(FIRST_YEAR + 1, 1, 1), date(LAST_YEAR - 1, 12, 31))
NEAR_DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
SOME_DAYS = st.frozensets(st.dates(date(2026, 1, 1), date(2026, 3, 31)), max_size=10)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),  # New Year
        date(2026, 2, 16),  # the last day of the lunar year
        date(2026, 2, 17),  # the first day of the lunar year
        date(2026, 2, 20),  # its fourth
        date(2026, 4, 27),  # Hùng Kings' day, 26/4, falls on a Sunday
        date(2026, 4, 30),
        date(2026, 5, 1),
        date(2026, 8, 31),  # swapped for Saturday 22/8
        date(2026, 9, 1),
        date(2026, 9, 2),
        date(2027, 5, 3),  # 1/5 falls on a Saturday
        date(2026, 1, 10),  # a Saturday
        date(2026, 1, 11),  # a Sunday
    ],
)
def test_offices_are_closed(day: date) -> None:
    assert not VIETNAM.is_working_day(day)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 2),  # swapped by an announcement that the library does not know: the province says so
        date(2026, 2, 13),  # the last working day before Tết
        date(2026, 2, 23),  # the first after it
        date(2026, 4, 29),
        date(2026, 8, 22),  # a Saturday worked for 31/8
        date(2025, 4, 26),  # a Saturday worked for 2/5
        date(2019, 1, 5),  # a Saturday worked for a day of the year before
    ],
)
def test_offices_work(day: date) -> None:
    assert VIETNAM.is_working_day(day)


def test_a_province_adds_days_off_and_days_worked_instead() -> None:
    config = ProvinceConfig(name="tỉnh Mẫu", holidays=(date(2026, 1, 2),), working_days=(date(2026, 1, 10),))
    calendar = calendar_of(config)
    assert not calendar.is_working_day(date(2026, 1, 2))
    assert calendar.is_working_day(date(2026, 1, 10))
    assert calendar.next_working_day(date(2026, 1, 1)) == date(2026, 1, 5)


def test_a_province_that_declares_no_days_has_the_snapshot_it_always_had() -> None:
    assert "working_days" not in ProvinceConfig(name="tỉnh Mẫu").model_dump(mode="json")
    declared = ProvinceConfig(name="tỉnh Mẫu", working_days=(date(2026, 1, 10),)).model_dump(mode="json")
    assert ProvinceConfig.model_validate(declared).working_days == (date(2026, 1, 10),)


def test_a_day_cannot_be_off_and_worked_at_once(tmp_path: Path) -> None:
    folder = copy_example("tinh-mau", tmp_path)
    with (folder / "province.yaml").open("a", encoding="utf-8") as file:
        file.write("\nholidays: [2026-01-02]\nworking_days: [2026-01-10, 2026-01-02]\n")
    _, findings = check_province(folder)
    errors = [finding for finding in findings if finding.severity is Severity.CRITICAL]
    assert ["02/01/2026" in finding.what for finding in errors] == [True]


def test_two_working_days_after_a_cut_off_step_over_tet() -> None:
    assert VIETNAM.add_working_days(date(2026, 2, 14), 2) == date(2026, 2, 24)
    assert VIETNAM.add_working_days(date(2026, 1, 14), 2) == date(2026, 1, 16)
    assert VIETNAM.add_working_days(date(2026, 2, 23), -1) == date(2026, 2, 13)


def test_a_deadline_on_a_day_off_moves_to_the_next_working_day() -> None:
    assert VIETNAM.next_working_day(date(2026, 1, 10)) == date(2026, 1, 12)
    assert VIETNAM.next_working_day(date(2026, 2, 14)) == date(2026, 2, 23)
    assert VIETNAM.next_working_day(date(2026, 2, 23)) == date(2026, 2, 23)


@pytest.mark.parametrize("year", [FIRST_YEAR - 1, LAST_YEAR + 1])
def test_years_beyond_the_lunar_calendar_are_refused(year: int) -> None:
    with pytest.raises(ValueError, match=str(year)):
        VIETNAM.is_working_day(date(year, 6, 1))


@settings(max_examples=60, deadline=None)
@given(DAYS)
def test_from_every_day_the_next_working_day_is_within_a_fortnight(day: date) -> None:
    following = VIETNAM.next_working_day(day)
    assert day <= following <= day + timedelta(days=14)
    assert VIETNAM.is_working_day(following)
    assert VIETNAM.next_working_day(following) == following


@settings(max_examples=60, deadline=None)
@given(NEAR_DAYS, st.integers(1, 40))
def test_counting_and_adding_agree_in_both_directions(day: date, count: int) -> None:
    later = VIETNAM.add_working_days(day, count)
    assert VIETNAM.is_working_day(later)
    assert VIETNAM.working_days_between(day, later) == count
    assert VIETNAM.working_days_between(later, day) == -count
    start = VIETNAM.next_working_day(day)
    assert VIETNAM.add_working_days(VIETNAM.add_working_days(start, count), -count) == start


@settings(max_examples=60, deadline=None)
@given(SOME_DAYS, SOME_DAYS, st.dates(date(2026, 1, 1), date(2026, 3, 31)))
def test_what_the_province_says_goes_before_the_national_calendar(
    off: frozenset[date], worked: frozenset[date], day: date
) -> None:
    calendar = WorkingCalendar(off - worked, worked)
    expected = day in worked or (day not in off and VIETNAM.is_working_day(day))
    assert calendar.is_working_day(day) is expected
