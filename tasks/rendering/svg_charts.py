"""Indices → charts as inline SVG: bars of areas, a line over years, bars of changes, a distribution.

A chart carries its title and a description in words; its figures stand in a table beside it. Colours and type come from
the page's style sheet by class, so that a strict Content-Security-Policy, a dark screen and a printer all do. Widths
are made for a phone and grow with the page. All text is escaped.
"""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from markupsafe import Markup

from models.numbers import HUNDRED

WIDTH = 360
_NARROW = 240  # of charts that stand beside each other
_LONGEST_LABEL = 56
_ROW = 38
_PLOT_HEIGHT = 150
_BIN = 5


class Bar(NamedTuple):
    """One bar: its name, its value, the value as printed, and what it is measured against (or None)."""

    label: str
    value: Decimal
    shown: str
    reference: Decimal | None = None


class Moment(NamedTuple):
    """One year of a line: its index and the index as printed."""

    year: int
    value: Decimal
    shown: str


def area_bars(id: str, title: str, bars: Sequence[Bar], reference: str = "") -> Markup:
    """Horizontal bars from 0 to 100, each under its name; a mark where the reference lies.

    Args:
        id: unique on the page.
        title: what the chart shows.
        bars: in the order of the set; values in percent.
        reference: what the marks mean, empty without any.
    """
    parts = [_area_bar(place, bar) for place, bar in enumerate(bars)]
    said = "; ".join(f"{bar.label}: {bar.shown}" for bar in bars)
    return _chart(id, title, f"{said}. {reference}".strip(), _ROW * len(bars) + 4, parts)


def _area_bar(place: int, bar: Bar) -> Markup:
    top = place * _ROW
    mark = ""
    if bar.reference is not None:
        x = _across(bar.reference)
        mark = Markup('<line class="reference" x1="{0}" x2="{0}" y1="{1}" y2="{2}"/>').format(x, top + 16, top + 32)
    return Markup(
        '<text class="label" x="0" y="{0}">{1}</text><text class="figure" x="{2}" y="{0}" text-anchor="end">{3}</text>'
        '<rect class="track" x="0" y="{4}" width="{2}" height="10"/>'
        '<rect class="bar" x="0" y="{4}" width="{5}" height="10"/>{6}'
    ).format(top + 13, _short(bar.label), WIDTH, bar.shown, top + 19, _across(bar.value), mark)


def index_line(id: str, title: str, moments: Sequence[Moment]) -> Markup:
    """A line over years, oldest first, with each year's index beside its point."""
    low, high = _range([moment.value for moment in moments])
    points = [
        (_place(position, len(moments)), _height(moment.value, low, high)) for position, moment in enumerate(moments)
    ]
    lines = [
        Markup('<line class="line" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(*start, *end)
        for start, end in pairwise(points)
    ]
    marks = [
        Markup(
            '<circle class="point" cx="{0}" cy="{1}" r="4"/>'
            '<text class="figure" x="{0}" y="{2}" text-anchor="middle">{3}</text>'
            '<text class="label" x="{0}" y="{4}" text-anchor="middle">{5}</text>'
        ).format(x, y, round(y - 10, 1), moment.shown, _PLOT_HEIGHT + 36, moment.year)
        for (x, y), moment in zip(points, moments, strict=True)
    ]
    said = "; ".join(f"năm {moment.year}: {moment.shown}" for moment in moments)
    axis = Markup('<line class="axis" x1="0" y1="{0}" x2="{1}" y2="{0}"/>').format(_PLOT_HEIGHT + 20, WIDTH)
    return _chart(id, title, f"{said}.", _PLOT_HEIGHT + 42, [axis, *lines, *marks])


class Point(NamedTuple):
    """One month of a line: its name, its value (None where unknown), and the value as printed."""

    name: str
    value: Decimal | None
    shown: str


def months_line(id: str, title: str, points: Sequence[Point]) -> Markup:
    """A line over months, the earliest first; the first and the newest known value are written beside their points.

    Args:
        id: unique on the page.
        title: what the line shows.
        points: all months in a row, at least one of them known; a gap is left where one is not.
    """
    known = [(place, point.value) for place, point in enumerate(points) if point.value is not None]
    low, high = _range([value for _, value in known])
    at = {place: (_place(place, len(points), _NARROW), _height(value, low, high)) for place, value in known}
    lines = [
        Markup('<line class="line" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(*at[place], *at[place + 1])
        for place in at
        if place + 1 in at
    ]
    marks = [Markup('<circle class="point" cx="{}" cy="{}" r="3"/>').format(x, y) for x, y in at.values()]
    first, last = known[0][0], known[-1][0]
    for place, anchor, x in ((first, "start", 0), (last, "end", _NARROW)):
        if place == last or first != last:
            marks.append(
                Markup(
                    '<text class="figure" x="{0}" y="{1}" text-anchor="{2}">{3}</text>'
                    '<text class="label" x="{0}" y="{4}" text-anchor="{2}">{5}</text>'
                ).format(
                    x, round(at[place][1] - 10, 1), anchor, points[place].shown, _PLOT_HEIGHT + 36, points[place].name
                )
            )
    said = "; ".join(f"{point.name}: {point.shown}" for point in points if point.value is not None)
    axis = Markup('<line class="axis" x1="0" y1="{0}" x2="{1}" y2="{0}"/>').format(_PLOT_HEIGHT + 20, _NARROW)
    return _chart(id, title, f"{said}.", _PLOT_HEIGHT + 42, [axis, *lines, *marks], _NARROW)


def change_bars(id: str, title: str, bars: Sequence[Bar]) -> Markup:
    """Bars to the right for what rose and to the left for what fell, each under its name."""
    largest = max((abs(bar.value) for bar in bars), default=Decimal(0)) or Decimal(1)
    parts = [_change_bar(place, bar, largest) for place, bar in enumerate(bars)]
    axis = Markup('<line class="axis" x1="{0}" x2="{0}" y1="0" y2="{1}"/>').format(WIDTH // 2, _ROW * len(bars))
    said = "; ".join(f"{bar.label}: {bar.shown}" for bar in bars)
    return _chart(id, title, f"{said}.", _ROW * len(bars) + 4, [axis, *parts])


def _change_bar(place: int, bar: Bar, largest: Decimal) -> Markup:
    top, middle = place * _ROW, WIDTH // 2
    length = round(float(abs(bar.value) / largest) * middle, 1)
    start = middle if bar.value >= 0 else round(middle - length, 1)
    return Markup(
        '<text class="label" x="0" y="{0}">{1}</text><text class="figure" x="{2}" y="{0}" text-anchor="end">{3}</text>'
        '<rect class="{4}" x="{5}" y="{6}" width="{7}" height="10"/>'
    ).format(
        top + 13,
        _short(bar.label),
        WIDTH,
        bar.shown,
        "bar" if bar.value >= 0 else "fall",
        start,
        top + 19,
        length,
    )


def index_bins(indices: Sequence[Decimal]) -> list[tuple[int, int, int]]:
    """How many indices lie in each step of 5 percent, from the lowest that has any: (from, to, count)."""
    steps = [min(int(index) // _BIN, int(HUNDRED) // _BIN - 1) for index in indices]
    if not steps:
        return []
    return [(step * _BIN, (step + 1) * _BIN, steps.count(step)) for step in range(min(steps), max(steps) + 1)]


def distribution(id: str, title: str, bins: Sequence[tuple[int, int, int]]) -> Markup:
    """Columns of how many units lie in each step of the index; see `index_bins`."""
    most = max((count for _, _, count in bins), default=1)
    width = WIDTH / max(len(bins), 1)
    parts = []
    for place, (start, end, count) in enumerate(bins):
        height = round(_PLOT_HEIGHT * count / most, 1)
        middle, floor = round(width * (place + 0.5), 1), _PLOT_HEIGHT + 18
        parts.append(
            Markup(
                '<rect class="bar" x="{}" y="{}" width="{}" height="{}"/>'
                '<text class="figure" x="{}" y="{}" text-anchor="middle">{}</text>'
                '<text class="label" x="{}" y="{}" text-anchor="middle">{}–{}</text>'
            ).format(
                round(width * place + width * 0.1, 1),
                round(floor - height, 1),
                round(width * 0.8, 1),
                height,
                middle,
                round(floor - height - 5, 1),
                count,
                middle,
                floor + 15,
                start,
                end,
            )
        )
    said = "; ".join(f"từ {start} đến dưới {end}: {count} đơn vị" for start, end, count in bins)
    axis = Markup('<line class="axis" x1="0" y1="{0}" x2="{1}" y2="{0}"/>').format(_PLOT_HEIGHT + 18, WIDTH)
    return _chart(id, title, f"{said}.", _PLOT_HEIGHT + 38, [*parts, axis])


def _chart(id: str, title: str, description: str, height: int, parts: Sequence[Markup], width: int = WIDTH) -> Markup:
    return Markup(
        '<svg class="chart" viewBox="0 0 {0} {1}" role="img" aria-labelledby="{2}-t {2}-d">'
        '<title id="{2}-t">{3}</title><desc id="{2}-d">{4}</desc>{5}</svg>'
    ).format(width, height, id, title, description, Markup("").join(parts))


def _across(percent: Decimal) -> float:
    return round(float(min(max(percent, Decimal(0)), HUNDRED)) * WIDTH / 100, 1)


def _range(values: Sequence[Decimal]) -> tuple[float, float]:
    low, high = float(min(values)), float(max(values))
    return (low, high) if high - low >= 1 else (low - 1, high + 1)


def _height(value: Decimal, low: float, high: float) -> float:
    return round(28 + (_PLOT_HEIGHT - 28) * (high - float(value)) / (high - low), 1)


def _place(position: int, count: int, width: int = WIDTH) -> float:
    edge = 28
    return round(edge + (width - 2 * edge) * position / max(count - 1, 1), 1)


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST_LABEL else f"{label[: _LONGEST_LABEL - 1].rstrip()}…"
