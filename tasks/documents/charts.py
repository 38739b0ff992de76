"""Results of a group, months of measures → charts of a report: how indices are spread, the areas, what moved, months.

Every chart carries its words for people who do not see it. They are drawn by tasks/rendering/svg_charts.py, in greys,
so that a chart says the same on a black-and-white printer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from models.progress.measures import Measure
from models.province.rounds import RankingRule
from models.records.progress_snapshots import MonthTotal
from models.records.results import GroupResult
from report_templates.filters import counted, percent, printed, signed, signed_count
from tasks.rendering.svg_charts import (
    PRINTED_WIDTH,
    Bar,
    Drawing,
    Mean,
    Point,
    area_bars,
    change_bars,
    distribution,
    index_bins,
    months_line,
)
from tasks.scoring.analysis import AreaStanding, Mover

_MOST_MEASURES = 12
_MONTHS_TALL, _MONTHS_LETTERS = 84, 13.5  # three charts stand beside each other, so letters are drawn larger


@dataclass(frozen=True, slots=True)
class Chart:
    """An SVG image, the name that a document calls it by, what it shows in words, and its own title in a set."""

    name: str
    svg: bytes
    alt: str
    title: str = ""


def distribution_chart(group: GroupResult, ranking: RankingRule) -> Chart:
    """How many ranked units lie in each class of five points of the index, and the mean.

    Args:
        group: a group with at least one ranked unit.
        ranking: how indices are printed.
    """
    bins = index_bins([unit.index for unit in group.ranked_units if unit.index is not None])
    mean = None if group.mean is None else Mean(group.mean, f"Trung bình {printed(group.mean, ranking)}")
    said = "; ".join(f"từ {start} đến dưới {end}%: {counted(count)} đơn vị" for start, end, count in bins if count)
    alt = f"Biểu đồ phân bố Chỉ số: {said}; trung bình {percent(group.mean, ranking)}"
    return Chart(f"phan-bo-{group.id}.svg", distribution("phan-bo", alt, bins, mean, PRINTED_WIDTH).image(), alt)


def areas_chart(group: GroupResult, areas: Sequence[AreaStanding], ranking: RankingRule) -> Chart:
    """The mean index of every area, with the span from the lowest to the highest unit.

    Args:
        group: the group whose areas these are.
        areas: areas that have a mean, in the order of the set.
        ranking: how indices are printed.
    """
    bars = [
        Bar(f"{area.code}. {area.name}", area.mean, printed(area.mean, ranking), span=(area.lowest, area.highest))
        for area in areas
    ]
    said = "; ".join(
        f"{area.name} {percent(area.mean, ranking)} (thấp nhất {percent(area.lowest, ranking)}, "
        f"cao nhất {percent(area.highest, ranking)})"
        for area in areas
    )
    alt = f"Biểu đồ Chỉ số trung bình theo lĩnh vực: {said}"
    return Chart(f"linh-vuc-{group.id}.svg", area_bars("linh-vuc", alt, bars, width=PRINTED_WIDTH).image(), alt)


def movers_chart(group: GroupResult, movers: Sequence[Mover], ranking: RankingRule, *, by_rank: bool) -> Chart:
    """The units that rose and fell most, in places or in points of the index.

    Args:
        group: the group whose units these are.
        movers: those that rose, the most first; then those that fell, the least first.
        ranking: how indices are printed.
        by_rank: whether places are shown, else points of the index.
    """
    bars = [
        Bar(mover.unit.name, mover.by, signed_count(int(mover.by)) if by_rank else signed(mover.by, ranking))
        for mover in movers
    ]
    said = "; ".join(f"{bar.label} {bar.shown}" for bar in bars)
    alt = f"Biểu đồ đơn vị có {'Thứ hạng' if by_rank else 'Chỉ số'} tăng, giảm nhiều nhất: {said}"
    return Chart(f"tang-giam-{group.id}.svg", change_bars("tang-giam", alt, bars, PRINTED_WIDTH).image(), alt)


def drawn_measures(
    measures: Sequence[Measure], totals: dict[str, tuple[MonthTotal, ...]]
) -> list[tuple[Measure, tuple[MonthTotal, ...]]]:
    """Measures with two months or more to draw a line through, in the order given; not more than twelve."""
    lines = [(measure, totals.get(measure.id, ())) for measure in measures]
    return [(one, line) for one, line in lines if sum(month.amount is not None for month in line) > 1][:_MOST_MEASURES]


def months_chart(measure: Measure, months: Sequence[MonthTotal]) -> Chart:
    """A small chart of a measure over its months, at least one of them known."""
    points = _month_points(measure, months)
    said = ", ".join(f"{point.name} {point.shown}" for point in points if point.value is not None)
    alt = f"Biểu đồ {measure.name_with_unit}: {said}"
    drawn = months_line("cac-thang", alt, points, _MONTHS_TALL)
    return Chart(f"cac-thang-{measure.id}.svg", drawn.image(_MONTHS_LETTERS), alt, measure.name_with_unit)


def months_drawing(measure: Measure, months: Sequence[MonthTotal]) -> Drawing:
    """The same chart for a page, in the looks of its style sheet."""
    return months_line(f"thang-{measure.id}", measure.name, _month_points(measure, months))


def _month_points(measure: Measure, months: Sequence[MonthTotal]) -> list[Point]:
    return [
        Point(
            f"{month.month.last.month}/{month.month.year}",
            month.amount,
            "–" if month.amount is None else measure.printed_alone(month.amount),
            month.others,
        )
        for month in months
    ]
