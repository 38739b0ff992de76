"""Numbers: read as spelled, kept exactly, printed as Vietnamese law writes them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.numbers import (
    Rounding,
    UnreadableNumberError,
    canonical_number,
    decimals_of,
    document_number,
    plain,
    printed,
    roman,
    settled,
    spoken_number,
    vietnamese_date,
    vietnamese_number,
)

AMOUNTS = st.decimals(min_value=-(10**9), max_value=10**9, places=4)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,5", "1.5"),
        ("1.5", "1.5"),
        (" 82 ", "82"),
        ("1.435,2", "1435.2"),
        ("1435.2", "1435.2"),
        ("1435,2", "1435.2"),
        ("1,435.2", "1435.2"),
        ("1 435,2", "1435.2"),
        ("1\u00a0435,2", "1435.2"),
        ("1\u202f435,2", "1435.2"),
        ("82 800", "82800"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        ("1435.200", "1435.2"),
        ("0,435", "0.435"),
        ("95,01%", "95.01"),
        ("95.01 %", "95.01"),
        ("-3", "-3"),
        ("\u22123,5", "-3.5"),
        ("007", "7"),
        ("１，５", "1.5"),
        ("９５．０１％", "95.01"),
        ("１\u3000４３５", "1435"),
        ("82\u200b800\ufeff", "82800"),
    ],
)
def test_a_number_is_read_as_people_spell_it(text: str, number: str) -> None:
    assert spoken_number(text) == Decimal(number)


@pytest.mark.parametrize("text", ["1.435", "1,435", "-82.800", "12,345%"])
def test_a_number_that_can_be_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(UnreadableNumberError, match="hai số khác nhau"):
        spoken_number(text)


def test_a_number_with_two_readings_is_refused_with_both() -> None:
    with pytest.raises(
        UnreadableNumberError, match=r"“-82\.800” có thể đọc thành hai số khác nhau, -82800 hoặc -82,800"
    ):
        spoken_number("-82.800")


@pytest.mark.parametrize(
    "text", ["", "%", "hai", "1,2,3", "1.2.3", "1 5", "1e3", "NaN", "+5", "5%%", "1.43.5,2", "--1"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(UnreadableNumberError, match="không phải là số"):
        spoken_number(text)


@pytest.mark.parametrize("text", ["1,5", "1.435,2", "95%", "", "1 435", "1e3"])
def test_a_data_file_spells_numbers_in_one_way_only(text: str) -> None:
    with pytest.raises(UnreadableNumberError, match="dấu chấm thập phân"):
        canonical_number(text)


def test_a_data_file_may_write_1435_point_200() -> None:
    assert canonical_number("1435.200") == Decimal("1435.2")


@given(AMOUNTS)
def test_a_number_printed_for_people_is_read_back_as_the_same_number(amount: Decimal) -> None:
    assert spoken_number(vietnamese_number(str(amount))) == amount


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        ("82.005", 2, "82.01"),
        ("82.004999", 2, "82.00"),
        ("82", 2, "82.00"),
        ("-82.005", 2, "-82.01"),
        ("99.995", 2, "100.00"),
        ("0.5", 0, "1"),
    ],
)
def test_a_figure_is_printed_half_up(value: str, decimals: int, text: str) -> None:
    assert str(printed(Decimal(value), decimals)) == text


@pytest.mark.parametrize(
    ("rounding", "text"), [(Rounding.HALF_UP, "82.01"), (Rounding.HALF_EVEN, "82.00"), (Rounding.DOWN, "82.00")]
)
def test_a_province_may_round_otherwise(rounding: Rounding, text: str) -> None:
    assert str(printed(Decimal("82.005"), 2, rounding)) == text


@pytest.mark.parametrize("rounding", list(Rounding))
@pytest.mark.parametrize("value", ["-0.001", "-0", "0"])
def test_nothing_is_never_printed_as_minus_nothing(value: str, rounding: Rounding) -> None:
    assert str(printed(Decimal(value), 2, rounding)) == "0.00"


def test_very_large_figures_are_printed_too() -> None:
    assert str(printed(Decimal("123456789012345678.005"), 2)) == "123456789012345678.01"


@given(AMOUNTS, st.integers(0, 6))
def test_printing_moves_a_figure_by_at_most_half_of_its_last_place(amount: Decimal, decimals: int) -> None:
    shown = printed(amount, decimals)
    assert abs(shown - amount) <= Decimal(1).scaleb(-decimals) / 2
    assert shown.as_tuple().exponent == -decimals


def test_three_thirds_are_tied_with_one() -> None:
    third = Decimal(1) / Decimal(3)
    assert third + third + third != 1
    assert settled(third + third + third) == settled(Decimal(1))


def test_a_half_stays_a_half_after_the_noise_of_a_division() -> None:
    noisy = Decimal("82.005") - Decimal("1e-20")
    assert str(printed(noisy, 2)) == "82.01"


@pytest.mark.parametrize(
    ("value", "text"),
    [("100.00", "100"), ("96.50", "96.5"), ("-0", "0"), ("-0.00", "0"), ("1E+3", "1000"), ("0.000001", "0.000001")],
)
def test_a_plain_number_has_no_trailing_zeros(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text


@given(AMOUNTS)
def test_a_plain_number_is_read_back_exactly(amount: Decimal) -> None:
    assert canonical_number(plain(amount)) == amount


@pytest.mark.parametrize(("value", "decimals"), [("100", 0), ("96.50", 1), ("0.123456", 6), ("1E+3", 0)])
def test_decimals_are_counted_without_trailing_zeros(value: str, decimals: int) -> None:
    assert decimals_of(Decimal(value)) == decimals


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1435.2", "1.435,2"),
        ("82800", "82.800"),
        ("82.00", "82,00"),
        ("999", "999"),
        ("1234567.89", "1.234.567,89"),
        ("-0.5", "-0,5"),
        ("-1435.2", "-1.435,2"),
        ("0", "0"),
    ],
)
def test_vietnamese_law_writes_a_decimal_comma_and_thousands_dots(text: str, said: str) -> None:
    assert vietnamese_number(text) == said


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 1, 5), "ngày 05 tháng 01 năm 2026"),
        (date(2026, 2, 10), "ngày 10 tháng 02 năm 2026"),
        (date(2019, 6, 29), "ngày 29 tháng 6 năm 2019"),
        (date(2025, 3, 9), "ngày 09 tháng 3 năm 2025"),
        (date(2025, 10, 31), "ngày 31 tháng 10 năm 2025"),
    ],
)
def test_days_below_10_and_months_1_and_2_only_have_a_leading_zero(day: date, said: str) -> None:
    assert vietnamese_date(day) == said


@pytest.mark.parametrize(("number", "said"), [(1, "01"), (9, "09"), (10, "10"), (2729, "2729")])
def test_document_numbers_below_10_have_a_leading_zero(number: int, said: str) -> None:
    assert document_number(number) == said


@pytest.mark.parametrize(
    ("number", "numeral"), [(1, "I"), (3, "III"), (4, "IV"), (9, "IX"), (14, "XIV"), (39, "XXXIX"), (44, "XLIV")]
)
def test_annexes_are_numbered_in_roman_numerals(number: int, numeral: str) -> None:
    assert roman(number) == numeral
