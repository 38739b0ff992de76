"""Indices → charts as SVG: bars of areas, lines over years and months, bars of changes, a distribution.

One drawing serves two places. On a page of the site it stands inline, with its title and a description in words;
colours and type come from the page's style sheet by class, so that a strict Content-Security-Policy, a dark screen and
a printer all do. In a document it is an image in greys and outlines, in the font of the document, which WeasyPrint
checks like any other text. Bars begin at zero; all text is escaped; the same figures give the same bytes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from markupsafe import Markup

from models.numbers import HUNDRED

WIDTH = 360  # of a chart on a page: made for a phone, grows with the page
PRINTED_WIDTH = 540  # of a chart in a document, as wide as its text
_NARROW = 240  # of charts that stand beside each other
_LETTERS_ACROSS = 56  # of a label on a chart of WIDTH
_ROW = 38
_PLOT_HEIGHT = 150
_BIN = 5
_LABEL_HEIGHT = 18
_DIGIT = 8  # how wide a letter of a figure is, at most
_APART = 7  # from a point to the figure beside it
_MONTH_LABEL = 52.0  # how wide the name of a month is
_MEAN_LABEL = 60  # half of the widest label of a mean
_GREYS = (
    'text{font-family:"Times New Roman","Liberation Serif";fill:#000}.track{fill:none}'
    ".bar{fill:#c8c8c8;stroke:#404040}.fall{fill:#fff;stroke:#404040}.axis{stroke:#7a7a7a}"
    ".line{stroke:#7a7a7a;stroke-width:2}.point{fill:#404040}.span,.reference{stroke:#404040;stroke-width:1.6}"
    ".reference{stroke-dasharray:5 3}.change{stroke:#7a7a7a;stroke-dasharray:2 3}"
)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart as it is drawn.

    Attributes:
        id: unique on the page.
        title: what the chart shows.
        said: its figures in words.
        width, height: in units of its own.
        parts: its shapes and texts, looks by class.
    """

    id: str
    title: str
    said: str
    width: int
    height: int
    parts: Sequence[Markup]

    def __html__(self) -> Markup:
        """The chart inside a page, in the looks of the page's style sheet."""
        return Markup(
            '<svg class="chart" viewBox="0 0 {0} {1}" role="img" aria-labelledby="{2}-t {2}-d">'
            '<title id="{2}-t">{3}</title><desc id="{2}-d">{4}</desc>{5}</svg>'
        ).format(self.width, self.height, self.id, self.title, self.said, Markup("").join(self.parts))

    def image(self, size: float = 11.5) -> bytes:
        """The chart as a file of its own for a document, in greys; what it shows in words goes beside the file.

        Args:
            size: of its letters, in units of the chart.
        """
        drawn = Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 0 {} {}"><style>{}</style>'
            '<g font-size="{}">{}</g></svg>'
        ).format(self.width + 2, self.height, Markup(_GREYS), size, Markup("").join(self.parts))
        return drawn.encode()


class Bar(NamedTuple):
    """One bar: its name, its value, the value as printed, what it is measured against, the lowest and highest in it."""

    label: str
    value: Decimal
    shown: str
    reference: Decimal | None = None
    span: tuple[Decimal, Decimal] | None = None


class Moment(NamedTuple):
    """One year of a line: its index and the index as printed."""

    year: int
    value: Decimal
    shown: str


def area_bars(id: str, title: str, bars: Sequence[Bar], reference: str = "", width: int = WIDTH) -> Drawing:
    """Horizontal bars from 0 to 100, each under its name; a mark where the reference lies, a line over the span.

    Args:
        id: unique on the page.
        title: what the chart shows.
        bars: in the order of the set; values in percent.
        reference: what the marks mean, empty without any.
        width: WIDTH or PRINTED_WIDTH.
    """
    parts = [_area_bar(place, bar, width) for place, bar in enumerate(bars)]
    said = "; ".join(f"{bar.label}: {bar.shown}" for bar in bars)
    return Drawing(id, title, f"{said}. {reference}".strip(), width, _ROW * len(bars) + 4, parts)


def _area_bar(place: int, bar: Bar, width: int) -> Markup:
    top = place * _ROW
    mark = Markup("")
    if bar.reference is not None:
        mark = _upright("reference", _across(bar.reference, width), top + 16, top + 32)
    if bar.span is not None:
        low, high = (_across(end, width) for end in bar.span)
        across = Markup('<line class="span" x1="{0}" x2="{1}" y1="{2}" y2="{2}"/>').format(low, high, top + 24)
        mark += across + _upright("span", low, top + 20, top + 28) + _upright("span", high, top + 20, top + 28)
    return Markup(
        '<text class="label" x="0" y="{0}">{1}</text><text class="figure" x="{2}" y="{0}" text-anchor="end">{3}</text>'
        '<rect class="track" x="0" y="{4}" width="{2}" height="10"/>'
        '<rect class="bar" x="0" y="{4}" width="{5}" height="10"/>{6}'
    ).format(top + 13, _short(bar.label, width), width, bar.shown, top + 19, _across(bar.value, width), mark)


def _upright(look: str, x: float, top: float, bottom: float) -> Markup:
    return Markup('<line class="{0}" x1="{1}" x2="{1}" y1="{2}" y2="{3}"/>').format(look, x, top, bottom)


def index_line(id: str, title: str, moments: Sequence[Moment]) -> Drawing:
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
    return Drawing(id, title, f"{said}.", WIDTH, _PLOT_HEIGHT + 42, [axis, *lines, *marks])


class Point(NamedTuple):
    """One month of a line: its name, its value (None where unknown), the value as printed, and whether it is of others
    than the month before.
    """

    name: str
    value: Decimal | None
    shown: str
    others: bool = False


def months_line(id: str, title: str, points: Sequence[Point], tall: int = _PLOT_HEIGHT) -> Drawing:
    """A line over months, the earliest first; the first and the newest known value are written at their points.

    Args:
        id: unique on the page.
        title: what the line shows.
        points: all months in a row, at least one of them known; a gap is left where one is not.
        tall: how high the line may rise.
    """
    known = [(place, point.value) for place, point in enumerate(points) if point.value is not None]
    low, high = _range([value for _, value in known])
    left, right = _beside(points, [place for place, _ in known])
    step = (_NARROW - left - right) / max(len(points) - 1, 1)
    at = {place: (round(left + step * place, 1), _height(value, low, high, tall)) for place, value in known}
    lines = [
        Markup('<line class="line" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(*at[place], *at[place + 1])
        for place in at
        if place + 1 in at
    ]
    changed = [place for place in at if points[place].others and place - 1 in at]
    breaks = [_upright("change", round((at[place - 1][0] + at[place][0]) / 2, 1), 10, tall + 20) for place in changed]
    marks = [Markup('<circle class="point" cx="{}" cy="{}" r="3"/>').format(x, y) for x, y in at.values()]
    said = "; ".join(f"{point.name}: {point.shown}" for point in points if point.value is not None)
    said += "".join(f"; từ {points[place].name} có đơn vị khác kỳ trước" for place in changed)
    axis = Markup('<line class="axis" x1="0" y1="{0}" x2="{1}" y2="{0}"/>').format(tall + 20, _NARROW)
    return Drawing(
        id, title, f"{said}.", _NARROW, tall + 42, [axis, *breaks, *lines, *marks, *_end_labels(points, at, tall)]
    )


def _beside(points: Sequence[Point], known: Sequence[int]) -> tuple[float, float]:
    """The room left of the first known month and right of the newest for their values, so that no line crosses them."""
    left = len(points[known[0]].shown) * _DIGIT + _APART if len(known) > 1 else 0.0
    right = len(points[known[-1]].shown) * _DIGIT + _APART
    return max(_MONTH_LABEL, left), max(_MONTH_LABEL, right)


def _end_labels(points: Sequence[Point], at: Mapping[int, tuple[float, float]], tall: int) -> Iterator[Markup]:
    """The values of the first and the newest known month, before and after their points, and their names below."""
    for place in dict.fromkeys((min(at), max(at))):
        x, y = at[place]
        anchor, away = ("start", _APART) if place == max(at) else ("end", -_APART)
        yield Markup(
            '<text class="figure" x="{0}" y="{1}" text-anchor="{2}">{3}</text>'
            '<text class="label" x="{4}" y="{5}" text-anchor="{2}">{6}</text>'
        ).format(round(x + away, 1), round(y + 4, 1), anchor, points[place].shown, x, tall + 36, points[place].name)


def change_bars(id: str, title: str, bars: Sequence[Bar], width: int = WIDTH) -> Drawing:
    """Bars to the right for what rose and to the left for what fell, each under its name; `width` as in `area_bars`."""
    largest = max((abs(bar.value) for bar in bars), default=Decimal(0)) or Decimal(1)
    parts = [_change_bar(place, bar, largest, width) for place, bar in enumerate(bars)]
    axis = _upright("axis", width // 2, 0, _ROW * len(bars))
    said = "; ".join(f"{bar.label}: {bar.shown}" for bar in bars)
    return Drawing(id, title, f"{said}.", width, _ROW * len(bars) + 4, [axis, *parts])


def _change_bar(place: int, bar: Bar, largest: Decimal, width: int) -> Markup:
    top, middle = place * _ROW, width // 2
    length = round(float(abs(bar.value) / largest) * middle, 1)
    start = middle if bar.value >= 0 else round(middle - length, 1)
    return Markup(
        '<text class="label" x="0" y="{0}">{1}</text><text class="figure" x="{2}" y="{0}" text-anchor="end">{3}</text>'
        '<rect class="{4}" x="{5}" y="{6}" width="{7}" height="10"/>'
    ).format(
        top + 13,
        _short(bar.label, width),
        width,
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


class Mean(NamedTuple):
    """The mean of a distribution, and how it is named there: `Trung bình 78,39`."""

    value: Decimal
    shown: str


def distribution(
    id: str, title: str, bins: Sequence[tuple[int, int, int]], mean: Mean | None = None, width: int = WIDTH
) -> Drawing:
    """Columns of how many units lie in each step of the index, and where their mean lies.

    Args:
        id: unique on the page.
        title: what the chart shows.
        bins: see `index_bins`.
        mean: marked where it is given; it lies in one of the steps.
        width: WIDTH or PRINTED_WIDTH.
    """
    most = max((count for _, _, count in bins), default=1)
    across = width / max(len(bins), 1)
    floor = _PLOT_HEIGHT + _LABEL_HEIGHT + (_LABEL_HEIGHT if mean else 0)
    parts = [_column(place, one, most, across, floor) for place, one in enumerate(bins)]
    if mean:
        parts += _mean_mark(mean, bins, most, width, floor)
    said = "; ".join(f"từ {start} đến dưới {end}: {count} đơn vị" for start, end, count in bins)
    axis = Markup('<line class="axis" x1="0" y1="{0}" x2="{1}" y2="{0}"/>').format(floor, width)
    return Drawing(id, title, f"{said}.", width, floor + 20, [*parts, axis])


def _column(place: int, bin: tuple[int, int, int], most: int, across: float, floor: int) -> Markup:
    start, end, count = bin
    height, middle = round(_PLOT_HEIGHT * count / most, 1), round(across * (place + 0.5), 1)
    return Markup(
        '<rect class="bar" x="{}" y="{}" width="{}" height="{}"/>'
        '<text class="figure" x="{}" y="{}" text-anchor="middle">{}</text>'
        '<text class="label" x="{}" y="{}" text-anchor="middle">{}–{}</text>'
    ).format(
        round(across * place + across * 0.1, 1),
        round(floor - height, 1),
        round(across * 0.8, 1),
        height,
        middle,
        round(floor - height - 5, 1),
        count,
        middle,
        floor + 15,
        start,
        end,
    )


def _mean_mark(mean: Mean, bins: Sequence[tuple[int, int, int]], most: int, width: int, floor: int) -> list[Markup]:
    """A line down to the axis under its name; it leaves out the number on the column that it meets."""
    first, end = bins[0][0], bins[-1][1]
    x = round(float(mean.value - first) * width / (end - first), 1)
    count = bins[min(int(mean.value - first) // _BIN, len(bins) - 1)][2]
    top = round(floor - _PLOT_HEIGHT * count / most, 1)
    name = Markup('<text class="figure" x="{}" y="13" text-anchor="middle">{}</text>').format(
        min(max(x, _MEAN_LABEL), width - _MEAN_LABEL), mean.shown
    )
    return [name, _upright("reference", x, _LABEL_HEIGHT, top - _LABEL_HEIGHT), _upright("reference", x, top, floor)]


def _across(percent: Decimal, width: int) -> float:
    return round(float(min(max(percent, Decimal(0)), HUNDRED)) * width / 100, 1)


def _range(values: Sequence[Decimal]) -> tuple[float, float]:
    low, high = float(min(values)), float(max(values))
    return (low, high) if high - low >= 1 else (low - 1, high + 1)


def _height(value: Decimal, low: float, high: float, tall: int = _PLOT_HEIGHT) -> float:
    return round(28 + (tall - 28) * (high - float(value)) / (high - low), 1)


def _place(position: int, count: int, width: int = WIDTH) -> float:
    edge = 28
    return round(edge + (width - 2 * edge) * position / max(count - 1, 1), 1)


def _short(label: str, width: int) -> str:
    longest = _LETTERS_ACROSS * width // WIDTH
    return label if len(label) <= longest else f"{label[: longest - 1].rstrip()}…"
