"""Results of a group → charts as vector images: how the indices are spread, the areas, what moved most.

Grey shades and hatching only, so that a chart says the same on a black-and-white printer; every chart carries its words
for people who do not see it. The same results give the same bytes. matplotlib is imported late: it costs half a second.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from functools import cache
from textwrap import fill
from typing import TYPE_CHECKING, Any

from models.province.rounds import RankingRule
from models.records.results import GroupResult
from report_templates.filters import counted, percent, printed, signed, signed_count
from tasks.rendering.pdf import FONTS
from tasks.scoring.analysis import AreaStanding, Mover

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WIDTH = 6.3  # inches: 160 mm, the width of the text
_CHART_FAMILY = "CCHC charts"
_LETTERS = "ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ–"
_CLASS = Decimal(5)  # points of index that one column of the distribution spans
DARK, MIDDLE, LIGHT = "#404040", "#7a7a7a", "#c8c8c8"
_SETTINGS: dict[Any, Any] = {
    "svg.hashsalt": "cchc",
    "svg.fonttype": "path",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "hatch.linewidth": 0.6,
}


class MissingFontError(Exception):
    """None of the fonts of official documents is installed, so no chart can be drawn."""


@dataclass(frozen=True, slots=True)
class Chart:
    """An SVG image, the name that a document calls it by, and what it shows in words."""

    name: str
    svg: bytes
    alt: str


def distribution_chart(group: GroupResult, ranking: RankingRule) -> Chart:
    """How many ranked units lie in each class of five points of the index, and the mean.

    Args:
        group: a group with at least one ranked unit.
        ranking: how indices are printed.
    """
    classes = index_classes([unit.index for unit in group.ranked_units if unit.index is not None])
    with _axes(2.3) as (axes, image):
        starts = [float(start) for start, _ in classes]
        bars = axes.bar(starts, [count for _, count in classes], width=4.6, align="edge", color=LIGHT, edgecolor=DARK)
        axes.bar_label(bars, labels=[str(count) if count else "" for _, count in classes])
        if group.mean is not None:
            axes.axvline(float(group.mean), color=DARK, linestyle="--", linewidth=1.2)
            label = f"Trung bình {printed(group.mean, ranking)}"
            axes.text(float(group.mean), 1.0, label, transform=axes.get_xaxis_transform(), va="bottom", ha="center")
            axes.set_ylim(0, max(count for _, count in classes) * 1.2)
        axes.set_xlim(starts[0] - 0.5, starts[-1] + 5.5)
        axes.set_xticks([*starts, starts[-1] + 5])
        axes.set_xlabel("Chỉ số (%)")
        axes.set_ylabel("Số đơn vị")
        axes.set_yticks([])
    said = "; ".join(
        f"từ {start} đến dưới {start + _CLASS}%: {counted(count)} đơn vị" for start, count in classes if count
    )
    alt = f"Biểu đồ phân bố Chỉ số: {said}; trung bình {percent(group.mean, ranking)}"
    return Chart(f"phan-bo-{group.id}.svg", image.getvalue(), alt)


def index_classes(indices: Sequence[Decimal]) -> list[tuple[int, int]]:
    """Where each class of five points begins, without a gap, and how many indices lie in it; 100 is in the last."""
    begins = [
        min(int((index / _CLASS).to_integral_value(ROUND_FLOOR)) * int(_CLASS), 100 - int(_CLASS)) for index in indices
    ]
    return [(start, begins.count(start)) for start in range(min(begins), max(begins) + 1, int(_CLASS))]


def areas_chart(group: GroupResult, areas: Sequence[AreaStanding], ranking: RankingRule) -> Chart:
    """The mean index of every area, with the span from the lowest to the highest unit.

    Args:
        group: the group whose areas these are.
        areas: areas that have a mean, in the order of the set.
        ranking: how indices are printed.
    """
    places = range(len(areas), 0, -1)
    with _axes(0.7 + 0.36 * len(areas)) as (axes, image):
        axes.barh(places, [float(area.mean) for area in areas], height=0.62, color=LIGHT, edgecolor=DARK)
        for place, area in zip(places, areas, strict=True):
            axes.plot([float(area.lowest), float(area.highest)], [place, place], color=DARK, linewidth=1.4, marker="|")
            axes.text(102, place, printed(area.mean, ranking), va="center")
        axes.set_yticks(list(places), labels=[fill(f"{area.code}. {area.name}", 34) for area in areas])
        axes.set_xlim(0, 100)
        axes.set_ylim(0.4, len(areas) + 0.6)
        axes.set_xlabel("Chỉ số trung bình (%); vạch ngang: từ đơn vị thấp nhất đến đơn vị cao nhất")
    said = "; ".join(
        f"{area.name} {percent(area.mean, ranking)} (thấp nhất {percent(area.lowest, ranking)}, "
        f"cao nhất {percent(area.highest, ranking)})"
        for area in areas
    )
    return Chart(f"linh-vuc-{group.id}.svg", image.getvalue(), f"Biểu đồ Chỉ số trung bình theo lĩnh vực: {said}")


def movers_chart(group: GroupResult, movers: Sequence[Mover], ranking: RankingRule, *, by_rank: bool) -> Chart:
    """The units that rose and fell most, in places or in points of the index.

    Args:
        group: the group whose units these are.
        movers: those that rose, the most first; then those that fell, the least first.
        ranking: how indices are printed.
        by_rank: whether places are shown, else points of the index.
    """
    labels = [signed_count(int(mover.by)) if by_rank else signed(mover.by, ranking) for mover in movers]
    places = range(len(movers), 0, -1)
    values = [float(mover.by) for mover in movers]
    reach = max(abs(value) for value in values) * 1.25
    with _axes(0.7 + 0.26 * len(movers)) as (axes, image):
        bars = axes.barh(places, values, height=0.62, color=LIGHT, edgecolor=DARK)
        for bar, value in zip(bars, values, strict=True):
            if value < 0:
                bar.set(facecolor="white", hatch="////")
        axes.bar_label(bars, labels=labels, padding=3)
        axes.axvline(0, color=MIDDLE, linewidth=0.8)
        axes.set_yticks(list(places), labels=[fill(mover.unit.name, 34) for mover in movers])
        axes.set_xlim(-reach, reach)
        axes.set_xticks([])
        axes.set_xlabel("Số bậc tăng, giảm" if by_rank else "Điểm phần trăm tăng, giảm của Chỉ số")
    what = "Thứ hạng" if by_rank else "Chỉ số"
    said = "; ".join(f"{mover.unit.name} {label}" for mover, label in zip(movers, labels, strict=True))
    return Chart(
        f"tang-giam-{group.id}.svg", image.getvalue(), f"Biểu đồ đơn vị có {what} tăng, giảm nhiều nhất: {said}"
    )


@contextmanager
def _axes(height: float) -> Iterator[tuple["Axes", io.BytesIO]]:
    """Axes to draw on, as wide as the text and so many inches high; the image is filled in at the end."""
    with drawing(height) as (figure, image):
        yield figure.add_subplot(), image


@contextmanager
def drawing(height: float) -> Iterator[tuple["Figure", io.BytesIO]]:
    """A figure to draw on, as wide as the text and so many inches high; the image is filled in at the end.

    Raises:
        MissingFontError: no font of official documents is installed.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    image = io.BytesIO()
    with rc_context({**_SETTINGS, "font.family": _chart_family()}):
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        yield figure, image
        nothing: dict[str, Any] = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(image, format="svg", metadata=nothing)


@cache
def _chart_family() -> str:
    """A name for the upright font of the decree, else for the one that stands in for it, as installed here.

    matplotlib would take any file of that family, also an old one without Vietnamese letters, or any other family; so
    the file is chosen here and made known under a name of its own.

    Raises:
        MissingFontError: no installed file has the letters.
    """
    from matplotlib.font_manager import FontEntry, fontManager
    from matplotlib.ft2font import FT2Font

    upright = [font for font in fontManager.ttflist if (font.style, str(font.weight)) == ("normal", "400")]
    for family in FONTS:
        for path in sorted(font.fname for font in upright if font.name == family):
            if set(map(ord, _LETTERS)) <= FT2Font(path).get_charmap().keys():
                fontManager.ttflist.append(FontEntry(fname=path, name=_CHART_FAMILY, weight=400))
                return _CHART_FAMILY
    raise MissingFontError(f"cần phông {' hoặc '.join(FONTS)} có chữ Việt để vẽ biểu đồ")
