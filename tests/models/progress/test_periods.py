"""Reporting periods: the 15th to the 14th, their sums, their names, their deadlines."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.progress.periods import (
    Period,
    Reporting,
    UnreadablePeriodError,
    month,
    month_of,
    periods_ending_with,
    read_period,
    unequal_lengths,
    whole_year,
)

DAYS = st.dates(date(2001, 1, 1), date(2099, 12, 31))
YEARS = st.integers(2000, 2099)
MONTHS = st.builds(month, YEARS, st.integers(1, 12))
PERIODS = st.builds(lambda first, length: Period(first.start, first.start + length), MONTHS, st.integers(0, 40)).filter(
    lambda period: period.year <= 2100
)


def weekdays_after(day: date, count: int) -> date:
    """So many working days later, by weekends alone."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def shown(text: str) -> tuple[str, str, str]:
    period = read_period(text)
    return f"{period.first:%d/%m/%Y}", f"{period.last:%d/%m/%Y}", period.name


@pytest.mark.parametrize(
    ("text", "first", "last", "name"),
    [
        ("2025-03", "15/02/2025", "14/03/2025", "tháng 3 năm 2025"),
        ("2025-01", "15/12/2024", "14/01/2025", "tháng 1 năm 2025"),
        ("2025-Q1", "15/12/2024", "14/03/2025", "quý I năm 2025"),
        ("2025-Q3", "15/06/2025", "14/09/2025", "quý III năm 2025"),
        ("2025-6M", "15/12/2024", "14/06/2025", "6 tháng đầu năm 2025"),
        ("2025-9M", "15/12/2024", "14/09/2025", "9 tháng đầu năm 2025"),
        ("2023-11M", "15/12/2022", "14/11/2023", "11 tháng đầu năm 2023"),
        ("2025", "15/12/2024", "14/12/2025", "năm 2025"),
        ("2016..2019", "15/12/2015", "14/12/2019", "giai đoạn 2016–2019"),
        ("2022..2023-11", "15/12/2021", "14/11/2023", "từ tháng 1 năm 2022 đến tháng 11 năm 2023"),
    ],
)
def test_a_period_runs_from_the_15th_to_the_14th(text: str, first: str, last: str, name: str) -> None:
    assert shown(text) == (first, last, name)


@pytest.mark.parametrize(
    "text", ["", "2025-13", "2025-0", "2025-Q5", "2025-12M", "25-03", "2025-3", "2026..2025", "..", "a"]
)
def test_what_is_no_period_is_refused_with_the_forms_that_are(text: str) -> None:
    with pytest.raises(UnreadablePeriodError, match=r"không phải là một kỳ báo cáo; ghi dạng 2025-03"):
        read_period(text)


@given(DAYS)
def test_every_day_belongs_to_exactly_one_month(day: date) -> None:
    found = month_of(day)
    assert found.first <= day <= found.last
    assert not any(near.first <= day <= near.last for near in (found.before, Period(found.end + 1, found.end + 1)))


@given(YEARS)
def test_the_months_of_a_year_follow_each_other_without_gap(year: int) -> None:
    months = whole_year(year).months
    assert (months[0].first, months[-1].last) == (whole_year(year).first, whole_year(year).last)
    assert [later.first for later in months[1:]] == [earlier.last + timedelta(days=1) for earlier in months[:-1]]


@given(PERIODS)
def test_a_period_is_read_as_it_is_written(period: Period) -> None:
    assert read_period(str(period)) == period


@given(PERIODS)
def test_a_period_is_made_of_its_months(period: Period) -> None:
    assert len(period.months) == period.length
    assert all(period.contains(month) for month in period.months)
    assert sum((one.last - one.first).days + 1 for one in period.months) == (period.last - period.first).days + 1


@given(MONTHS)
def test_cumulation_begins_with_the_reporting_year(month: Period) -> None:
    assert month.cumulated.first == whole_year(month.year).first
    assert month.cumulated.last == month.last
    assert month.a_year_before.last.replace(year=month.last.year) == month.last


@pytest.mark.parametrize(
    ("text", "before", "a_year_before"),
    [
        ("2025-01", "2024-12", "2024-01"),
        ("2025-Q3", "2025-Q2", "2024-Q3"),
        ("2025-6M", "2025-5M", "2024-6M"),
        ("2025", "2024", "2024"),
    ],
)
def test_a_period_is_compared_with_the_one_before_and_the_same_of_last_year(
    text: str, before: str, a_year_before: str
) -> None:
    assert (str(read_period(text).before), str(read_period(text).a_year_before)) == (before, a_year_before)


@pytest.mark.parametrize(
    ("now", "base", "said"),
    [
        ("2023-11M", "2022", "11 tháng đầu năm 2023 chưa trọn kỳ như năm 2022"),
        ("2023", "2022-6M", "6 tháng đầu năm 2022 chưa trọn kỳ như năm 2023"),
        ("2016..2018", "2015", "so giai đoạn 2016–2018 (3 năm) với năm 2015 (1 năm)"),
        ("2023-11M", "2022-11M", None),
        ("2023", "2022", None),
        ("2023-5M", "2023-4M", None),
    ],
)
def test_a_part_of_a_year_is_not_compared_with_a_whole_one_without_saying_so(
    now: str, base: str, said: str | None
) -> None:
    assert unequal_lengths(read_period(now), read_period(base)) == said


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("2025-02", "2025-02-18"),  # the 14th is a Friday
        ("2025-Q1", "2025-03-20"),
        ("2025-6M", "2025-06-20"),
        ("2025-9M", "2025-09-16"),
        ("2025", "2025-12-20"),
    ],
)
def test_reports_are_due_as_ministry_and_provinces_have_it(text: str, due: str) -> None:
    assert Reporting().due(read_period(text), weekdays_after).isoformat() == due


@pytest.mark.parametrize(
    ("text", "due"),
    [("2012-05", "2012-05-14"), ("2012-Q1", "2012-03-04"), ("2012-6M", "2012-06-04"), ("2012", "2012-11-24")],
)
def test_a_province_may_have_deadlines_of_its_own(text: str, due: str) -> None:
    of_ba_ria = Reporting.model_validate(
        {
            "monthly": {"day": 14},
            "quarterly": {"day": 4},
            "half_yearly": {"day": 4},
            "yearly": {"day": 24, "month": 11},
        }
    )
    assert of_ba_ria.due(read_period(text), weekdays_after).isoformat() == due


@pytest.mark.parametrize("wrong", [{}, {"day": 20, "working_days": 2}, {"working_days": 2, "month": 3}, {"day": 32}])
def test_a_deadline_is_told_in_one_way(wrong: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        Reporting.model_validate({"monthly": wrong})


@pytest.mark.parametrize(
    ("month", "due"),
    [
        ("2025-02", ["2025-02"]),
        ("2025-03", ["2025-03", "2025-Q1"]),
        ("2025-06", ["2025-06", "2025-6M"]),
        ("2025-09", ["2025-09", "2025-Q3", "2025-9M"]),
        ("2025-12", ["2025-12", "2025"]),
    ],
)
def test_the_reports_that_a_month_ends(month: str, due: list[str]) -> None:
    assert [str(period) for period in periods_ending_with(read_period(month))] == due
