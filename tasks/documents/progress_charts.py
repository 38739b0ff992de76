"""The months of every measure → one image of small charts beside each other, all over the same months.

Grey lines only; the newest month is marked and told. The same figures give the same bytes.
Source: tasks/documents/charts.py.
"""

from collections.abc import Sequence
from decimal import Decimal
from math import ceil
from textwrap import fill
from typing import TYPE_CHECKING

from models.numbers import plain, printed, vietnamese_number
from models.progress.measures import Measure
from models.records.progress_snapshots import MonthTotal
from tasks.documents.charts import DARK, LIGHT, MIDDLE, Chart, drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MONTHS_CHART = "cac-thang.svg"
_ACROSS = 3
_MOST = 12
_TITLE_WIDTH = 30
_TITLE_LINES = 2


def drawn_measures(
    measures: Sequence[Measure], totals: dict[str, tuple[MonthTotal, ...]]
) -> list[tuple[Measure, tuple[MonthTotal, ...]]]:
    """Measures with two months or more to draw a line through, in the order given; not more than twelve."""
    lines = [(measure, totals.get(measure.id, ())) for measure in measures]
    return [(one, line) for one, line in lines if sum(month.amount is not None for month in line) > 1][:_MOST]


def months_chart(lines: Sequence[tuple[Measure, Sequence[MonthTotal]]]) -> Chart:
    """Small charts of measures over their months.

    Args:
        lines: measures with their months, all over the same months; at least one.

    Raises:
        MissingFontError: no font of official documents is installed.
    """
    rows = ceil(len(lines) / _ACROSS)
    with drawing(1.35 * rows) as (figure, image):
        for place, (measure, months) in enumerate(lines):
            _draw(figure.add_subplot(rows, _ACROSS, place + 1), measure, months)
    said = "; ".join(f"{measure.name}: {_in_words(measure, months)}" for measure, months in lines)
    return Chart(MONTHS_CHART, image.getvalue(), f"Biểu đồ số liệu các tháng. {said}")


def _amount(measure: Measure, month: MonthTotal) -> str:
    return "–" if month.amount is None else measure.printed(month.amount)


def _in_words(measure: Measure, months: Sequence[MonthTotal]) -> str:
    """Every month that has a figure."""
    return ", ".join(f"{_month(month)} {_amount(measure, month)}" for month in months if month.amount is not None)


def _draw(axes: "Axes", measure: Measure, months: Sequence[MonthTotal]) -> None:
    values = [float("nan") if month.amount is None else float(month.amount) for month in months]
    axes.plot(range(len(values)), values, color=MIDDLE, linewidth=1.1, marker="o", markersize=2)
    known = [place for place, month in enumerate(months) if month.amount is not None]
    newest = months[known[-1]]
    axes.plot([known[-1]], [values[known[-1]]], color=DARK, marker="o", markersize=4)
    lines = fill(measure.name, _TITLE_WIDTH).split("\n")
    if len(lines) > _TITLE_LINES:
        lines = [lines[0], f"{lines[1].rstrip()}…"]
    title = "\n".join(lines)
    axes.set_title(title, fontsize=8, loc="left", pad=12)
    axes.text(1, 1.03, _amount(measure, newest), transform=axes.transAxes, ha="right", va="bottom", fontsize=8)
    amounts = [month.amount for month in months if month.amount is not None]
    low, high = min(amounts), max(amounts)
    margin = float(high - low) * 0.15 or max(abs(float(high)) * 0.1, 1)
    axes.set_ylim(float(low) - margin, float(high) + margin)
    axes.set_xlim(-0.5, len(values) - 0.5)
    axes.set_xticks([0, len(values) - 1], labels=[_month(months[0]), _month(months[-1])], fontsize=7)
    ends = sorted({low, high})
    axes.set_yticks([float(end) for end in ends], labels=[_number(measure, end) for end in ends], fontsize=7)
    axes.grid(axis="y", color=LIGHT, linewidth=0.5)
    axes.tick_params(length=2)


def _month(month: MonthTotal) -> str:
    """`3/2025`."""
    return f"{month.month.last.month}/{month.month.year}"


def _number(measure: Measure, value: Decimal) -> str:
    return vietnamese_number(plain(printed(value, measure.decimals)))
