"""Figures over months and units, and their changes: sums of parts, inequalities kept, points never called percent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.progress.measures import Figure, Measure, MeasureKind, Qualifier
from models.progress.periods import read_period
from models.units import Unit
from tasks.progress.figures import (
    FoundFigure,
    StatedFigures,
    against_plan,
    change_in_words,
    children_by_parent,
    combined,
    compared,
    rolled_up,
)

YEAR = read_period("2025")
COUNTS = st.integers(0, 10_000)
PARTS = st.tuples(COUNTS, COUNTS).map(lambda pair: (min(pair), max(pair)))


def measure(kind: str = "ratio", **given: object) -> Measure:
    return Measure.model_validate({"id": "m", "name": "Chỉ tiêu", "kind": kind, "unit": "hồ sơ", **given})


def ratio(numerator: int | str, denominator: int | str, period: str = "2025-01", unit: str = "a") -> Figure:
    return Figure("m", unit, read_period(period), Decimal(numerator), Decimal(denominator))


def count(value: int | str, period: str = "2025-01", unit: str = "a", qualifier: str = "=") -> Figure:
    return Figure("m", unit, read_period(period), value=Decimal(value), qualifier=Qualifier(qualifier))


def shown(of: Measure, *figures: Figure, period: str = "2025") -> str | None:
    found = StatedFigures(figures).find(of, "a", read_period(period))
    return found.figure.shown(of) if found else None


@given(st.lists(PARTS, min_size=1, max_size=12))
def test_a_total_ratio_is_the_sum_of_numerators_over_the_sum_of_denominators(parts: list[tuple[int, int]]) -> None:
    figures = [ratio(numerator, denominator) for numerator, denominator in parts]
    total = combined(measure(), figures, "", YEAR)
    assert total is not None
    assert total.numerator == sum(numerator for numerator, _ in parts)
    assert total.denominator == sum(denominator for _, denominator in parts)
    amount = total.amount(MeasureKind.RATIO)
    assert amount is None if not total.denominator else 0 <= (amount or 0) <= 100


@given(st.lists(COUNTS, min_size=1, max_size=12), st.integers(0, 12))
def test_cumulation_adds_up_however_the_months_are_told(values: list[int], split: int) -> None:
    split = min(split, len(values))
    months = [count(value, f"2025-{number:02d}") for number, value in enumerate(values, 1)]
    first = [count(sum(values[:split]), f"2025-{split}M")] if split > 1 and split != 12 else months[:split]
    found = StatedFigures([*first, *months[split:]]).find(measure("count"), "a", YEAR)
    assert found is not None
    assert found.figure.value == sum(values)
    assert len(found.missing) == 12 - len(values)


def test_the_sum_of_days_cut_is_not_the_mean_of_the_ratios() -> None:
    weighted = measure("weighted", unit="ngày")
    procedures = [ratio("5", "10"), ratio("1", "90")]
    total = combined(weighted, procedures, "", YEAR)
    assert total is not None
    assert total.shown(weighted) == "6/100 ngày (6%)"


@pytest.mark.parametrize(
    ("figure", "of", "said"),
    [
        (ratio(14, 19), measure(unit="nhiệm vụ"), "14/19 nhiệm vụ (73,68%)"),
        (ratio(0, 0), measure(), "0/0 hồ sơ (–)"),
        (count("95.01"), measure(), "95,01%"),
        (count(82_800, qualifier=">"), measure("count"), "hơn 82.800 hồ sơ"),
        (count(99, qualifier=">"), measure(), "trên 99%"),
        (count(70, qualifier=">="), measure(), "từ 70% trở lên"),
        (count(5, qualifier="<"), measure("count"), "dưới 5 hồ sơ"),
        (count(5, qualifier="<="), measure("count"), "không quá 5 hồ sơ"),
        (count("267"), measure("amount", unit="m²"), "267 m²"),
        (ratio("12.5", "5"), measure("mean", unit="ngày"), "12,5/5 (2,5 ngày)"),
    ],
)
def test_a_figure_is_printed_as_it_was_stated(figure: Figure, of: Measure, said: str) -> None:
    assert figure.shown(of) == said


@pytest.mark.parametrize(
    ("qualifiers", "sum_is"),
    [("==", "="), (">=", ">"), ("=≥", ">="), (">≥", ">"), ("<=", "<"), ("=≤", "<="), ("><", None), ("≥≤", None)],
)
def test_an_inequality_stays_one_in_every_sum(qualifiers: str, sum_is: str | None) -> None:
    written = {"≥": ">=", "≤": "<="}
    figures = [count(1, qualifier=written.get(sign, sign)) for sign in qualifiers]
    total = combined(measure("count"), figures, "", YEAR)
    assert (total.qualifier.value if total else None) == sum_is


def test_a_ratio_whose_parts_are_not_known_does_not_add_up() -> None:
    assert combined(measure(), [ratio(1, 2), count("95.01")], "", YEAR) is None


def test_months_add_up_and_those_that_lack_are_named() -> None:
    found = StatedFigures([count(3, "2025-01"), count(4, "2025-03")]).find(
        measure("count"), "a", read_period("2025-Q1")
    )
    assert found is not None
    assert (found.figure.value, found.computed, [str(month) for month in found.missing]) == (7, True, ["2025-02"])


def test_a_stated_figure_stands_before_the_sum_of_its_months() -> None:
    assert shown(measure("count"), count(3), count(4, "2025-02"), count(8, "2025-2M"), period="2025-2M") == "8 hồ sơ"


def test_of_a_stock_the_newest_figure_stands() -> None:
    stock = measure("count", over_time="last", unit="người")
    assert shown(stock, count(90, "2025-01"), count(80, "2025-04"), count(85, "2025-02")) == "80 người"


def units(**parents: str | None) -> list[Unit]:
    return [Unit(code=code, name=code, kind="xa", parent=parent) for code, parent in parents.items()]


def total_of(figures: list[Figure], tree: list[Unit], of: Measure, unit: str | None = None) -> FoundFigure | None:
    stated = StatedFigures(figures)
    return rolled_up(of, unit, children_by_parent(tree), YEAR, lambda code: stated.find(of, code, YEAR))


def test_units_roll_up_the_tree_and_those_that_lack_are_named() -> None:
    tree = units(top=None, a="top", b="top", c="b")
    total = total_of([count(1, "2025", "a"), count(2, "2025", "c")], tree, measure("count"))
    assert total is not None
    assert (total.figure.value, total.without) == (3, ())
    without = total_of([count(1, "2025", "a")], tree, measure("count"))
    assert without is not None
    assert (without.figure.value, without.without) == (1, ("b",))


def test_what_the_unit_above_states_itself_is_not_counted_twice() -> None:
    tree = units(top=None, a="top")
    total = total_of([count(10, "2025", "top"), count(7, "2025", "a")], tree, measure("count"))
    assert total is not None
    assert total.figure.value == 10


def test_a_measure_that_does_not_add_up_has_no_total() -> None:
    assert total_of([count(1, "2025", "a")], units(top=None, a="top"), measure("count", adds_up=False)) is None


def test_units_whose_unit_above_is_gone_stand_at_the_top() -> None:
    total = total_of([count(4, "2025", "a")], units(a="gone"), measure("count"))
    assert total is not None
    assert total.figure.value == 4


@pytest.mark.parametrize(
    ("kind", "now", "base", "words", "good"),
    [
        ("ratio", "85.8", "78.5", "tăng 7,3 điểm phần trăm so với năm 2024", True),
        ("ratio", "80", "80.004", "không thay đổi so với năm 2024", None),
        ("count", "26", "60", "giảm 34 hồ sơ (56,67%) so với năm 2024", False),
        ("count", "5", "0", "tăng 5 hồ sơ so với năm 2024", True),
        ("count", "5", "5", "không thay đổi so với năm 2024", None),
    ],
)
def test_a_change_is_told_in_points_or_in_percent_never_mixed(
    kind: str, now: str, base: str, words: str, good: bool | None
) -> None:
    comparison = compared(measure(kind, better="up"), count(now, "2025"), count(base, "2024"))
    assert (comparison.words, comparison.good) == (words, good)
    assert (comparison.relative is None) is (kind == "ratio" or base == "0")


def test_less_of_what_is_bad_is_good() -> None:
    assert compared(measure("count", better="down"), count(26, "2025"), count(60, "2024")).good is True
    assert compared(measure("count"), count(26, "2025"), count(60, "2024")).good is None


def test_a_part_of_a_year_against_a_whole_one_carries_the_remark() -> None:
    comparison = compared(measure("count"), count(26, "2023-11M"), count(60, "2022"))
    assert comparison.difference == -34
    assert comparison.remark == "11 tháng đầu năm 2023 chưa trọn kỳ như năm 2022"
    assert comparison.words.endswith(f"(lưu ý: {comparison.remark})")


def test_a_stock_is_compared_as_it_stands_however_long_the_periods() -> None:
    staff = measure("count", unit="người", over_time="last")
    assert compared(staff, count(90, "2025-6M"), count(100, "2024")).words == "giảm 10 người (10%) so với năm 2024"


def test_cumulated_figures_are_told_as_they_grew_since_last_month() -> None:
    comparison = compared(measure("count"), count(8, "2025-5M"), count(6, "2025-4M"))
    assert comparison.words == "tăng 2 hồ sơ (33,33%) so với 4 tháng đầu năm 2025"


def test_an_inequality_gives_no_exact_difference() -> None:
    comparison = compared(measure("count"), count(82_800, "2025", qualifier=">"), count(80_000, "2024"))
    assert (comparison.difference, comparison.good) == (None, None)
    assert "hơn 82.800 hồ sơ" in comparison.remark


def test_readers_subtract_what_they_see() -> None:
    cut = measure("weighted", unit="ngày", decimals=0)
    assert against_plan(cut, Decimal("37.0889"), Decimal(30)) == "vượt kế hoạch 7 điểm phần trăm"
    assert against_plan(cut, Decimal("29.6"), Decimal(30)) == "đúng bằng kế hoạch"
    assert against_plan(measure("count"), Decimal(3), Decimal(5)) == "thấp hơn kế hoạch 2 hồ sơ"
    assert change_in_words(cut, None) == "không tính được mức thay đổi"
