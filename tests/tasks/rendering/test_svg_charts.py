"""Charts: drawn to scale, told in words, and safe whatever a unit is called."""

from decimal import Decimal
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from tasks.rendering.svg_charts import (
    WIDTH,
    Bar,
    Drawing,
    Mean,
    Moment,
    Point,
    area_bars,
    change_bars,
    distribution,
    index_bins,
    index_line,
    months_line,
)

PERCENT = st.decimals(0, 100, places=2)


def drawn(chart: Drawing, kind: str) -> list[dict[str, str]]:
    """The shapes of a class, in their order."""
    return [shape.attrib for shape in ElementTree.fromstring(chart.__html__()) if shape.attrib.get("class") == kind]


def test_a_bar_is_as_long_as_its_index_and_the_mark_stands_at_the_mean() -> None:
    chart = area_bars("c", "Lĩnh vực", [Bar("1. Thể chế", Decimal(75), "75,00%", Decimal(50))], "Vạch: trung bình.")
    html = chart.__html__()
    assert float(drawn(chart, "bar")[0]["width"]) == WIDTH * 0.75
    assert float(drawn(chart, "reference")[0]["x1"]) == WIDTH / 2
    assert '<desc id="c-d">1. Thể chế: 75,00%. Vạch: trung bình.</desc>' in html
    assert 'role="img" aria-labelledby="c-t c-d"' in html


def test_what_rises_goes_right_and_what_falls_goes_left_by_the_same_scale() -> None:
    chart = change_bars("c", "Thay đổi", [Bar("A", Decimal(4), "+4,00"), Bar("B", Decimal(-2), "-2,00")])
    rise, fall = drawn(chart, "bar")[0], drawn(chart, "fall")[0]
    assert (float(rise["x"]), float(rise["width"])) == (WIDTH / 2, WIDTH / 2)
    assert (float(fall["x"]), float(fall["width"])) == (WIDTH / 4, WIDTH / 4)


def test_a_line_goes_up_where_the_index_does() -> None:
    chart = index_line("c", "Các năm", [Moment(2024, Decimal(70), "70,00"), Moment(2025, Decimal(80), "80,00")])
    first, second = drawn(chart, "point")
    assert float(first["cx"]) < float(second["cx"])
    assert float(first["cy"]) > float(second["cy"])
    assert chart.said == "năm 2024: 70,00; năm 2025: 80,00."


def test_a_hundred_belongs_to_the_last_step_and_an_empty_step_is_shown() -> None:
    assert index_bins([Decimal("89.99"), Decimal(100)]) == [(85, 90, 1), (90, 95, 0), (95, 100, 1)]
    assert index_bins([]) == []


@given(st.lists(PERCENT, min_size=1, max_size=30))
def test_every_unit_is_in_exactly_one_step_and_the_highest_column_fills_the_chart(indices: list[Decimal]) -> None:
    bins = index_bins(indices)
    assert sum(count for _, _, count in bins) == len(indices)
    heights = [float(column["height"]) for column in drawn(distribution("c", "Phân bố", bins), "bar")]
    assert max(heights) == 150


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1), PERCENT)
def test_any_name_is_text_and_the_chart_stays_well_formed(name: str, value: Decimal) -> None:
    chart = area_bars("c", name, [Bar(f"<script>{name}", value, "x")])
    tags = {shape.tag for shape in ElementTree.fromstring(chart.__html__())}
    assert tags == {"title", "desc", "text", "rect"}


def test_a_line_over_months_leaves_a_gap_and_names_its_ends() -> None:
    known = [Decimal(90), Decimal(92), None, Decimal(95)]
    points = [Point(f"{n}/2025", value, "–" if value is None else f"{value}%") for n, value in enumerate(known, 1)]
    chart = months_line("thang", "Hồ sơ <đúng hạn>", points).__html__()
    assert chart.count('class="line"') == 1
    assert chart.count('class="point"') == 3
    assert [shown in chart for shown in (">90%<", ">92%<", ">95%<")] == [True, False, True]
    assert "1/2025: 90%; 2/2025: 92%; 4/2025: 95%." in chart
    assert "Hồ sơ &lt;đúng hạn&gt;" in chart


@given(st.lists(PERCENT, min_size=2, max_size=12))
def test_the_first_and_newest_value_stand_beside_their_points_and_off_the_line(values: list[Decimal]) -> None:
    points = [Point(f"{at}/2025", value, f"{value}%") for at, value in enumerate(values, 1)]
    chart = months_line("thang", "Hồ sơ", points)
    marks, (first, newest) = drawn(chart, "point"), drawn(chart, "figure")
    assert (first["text-anchor"], newest["text-anchor"]) == ("end", "start")
    for label, mark in ((first, marks[0]), (newest, marks[-1])):
        assert 0 < abs(float(label["x"]) - float(mark["cx"])) < 10
        assert abs(float(label["y"]) - float(mark["cy"])) < 5
    assert float(first["x"]) - 6 * len(points[0].shown) > 0
    assert float(newest["x"]) + 6 * len(points[-1].shown) < chart.width


def test_a_line_is_marked_where_other_units_make_it_up() -> None:
    points = [
        Point("1/2025", Decimal(5), "5"),
        Point("2/2025", Decimal(9), "9", True),
        Point("3/2025", Decimal(8), "8"),
    ]
    chart = months_line("thang", "Hồ sơ", points)
    (mark,) = drawn(chart, "change")
    before, after, _ = drawn(chart, "point")
    assert float(before["cx"]) < float(mark["x1"]) < float(after["cx"])
    assert "từ 2/2025 có đơn vị khác kỳ trước" in chart.__html__()


@given(st.lists(PERCENT, min_size=1, max_size=30), st.integers(0, 29))
def test_the_mean_is_marked_where_it_lies_and_its_line_crosses_no_number(indices: list[Decimal], place: int) -> None:
    bins, mean = index_bins(indices), indices[place % len(indices)]
    chart = distribution("c", "Phân bố", bins, Mean(mean, "Trung bình"))
    lines, (name, *counts) = (
        drawn(chart, "reference"),
        sorted(drawn(chart, "figure"), key=lambda text: float(text["y"])),
    )
    at = float(lines[0]["x1"])
    assert abs(at / WIDTH * (bins[-1][1] - bins[0][0]) + bins[0][0] - float(mean)) < 0.1
    assert 0 < float(name["x"]) < WIDTH
    column = WIDTH / len(bins)
    for count in counts:
        if abs(float(count["x"]) - at) < min(column / 2 - 0.2, 12):
            assert all(not float(line["y1"]) < float(count["y"]) - 4 < float(line["y2"]) for line in lines)


def test_an_image_of_a_chart_stands_alone_and_holds_the_same_shapes() -> None:
    chart = change_bars("c", "Thay đổi", [Bar("A & B", Decimal(4), "+4,00"), Bar("C", Decimal(-2), "-2,00")])
    image = ElementTree.fromstring(chart.image())
    assert image.tag == "{http://www.w3.org/2000/svg}svg"
    shapes = [shape.attrib["class"] for shape in image.iter() if "class" in shape.attrib]
    assert shapes == [shape.attrib.get("class") for shape in ElementTree.fromstring(chart.__html__())][2:]
