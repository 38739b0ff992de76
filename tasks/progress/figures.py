"""Figures as stated → figures of longer periods, of units above, and their changes.

A ratio adds up by its parts: Σ numerators ÷ Σ denominators, never the mean of ratios. What was stated as an inequality
stays an inequality in every sum. A part of a year is compared with a whole one only with the remark that says so. A
month lacks only where the unit had to tell it: not before it existed, nor after it ceased.
Source: docs/process.md, 5; docs/maths.md, 17.4.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from models.numbers import HUNDRED, ZERO, printed, said
from models.progress.measures import Figure, GoodDirection, Measure, OverTime, Qualifier
from models.progress.periods import Period, unequal_lengths
from models.progress.results import Comparison
from models.units import Unit

_POINTS = "điểm phần trăm"


def combined(measure: Measure, figures: Sequence[Figure], unit: str, period: Period) -> Figure | None:
    """One figure for many of the same measure; None where they do not add up.

    They do not where a ratio lacks its parts, or where one figure is a lower and another an upper bound.
    """
    qualifier = _of_sum([figure.qualifier for figure in figures])
    if not figures or qualifier is None:
        return None
    if not measure.kind.divides:
        values = [figure.value for figure in figures if figure.value is not None]
        return Figure(measure.id, unit, period, value=sum(values, ZERO), qualifier=qualifier)
    numerators = [figure.numerator for figure in figures if figure.numerator is not None]
    denominators = [figure.denominator for figure in figures if figure.denominator is not None]
    if len(numerators) < len(figures) or len(denominators) < len(figures):
        return None
    return Figure(measure.id, unit, period, sum(numerators, ZERO), sum(denominators, ZERO), qualifier=qualifier)


def _of_sum(qualifiers: Sequence[Qualifier]) -> Qualifier | None:
    """How exactly a sum is known; None where bounds from below and above are mixed."""
    if all(qualifier.bounds_below for qualifier in qualifiers):
        inexact = [qualifier for qualifier in qualifiers if qualifier is not Qualifier.EXACTLY]
        return Qualifier.MORE if Qualifier.MORE in inexact else inexact[0] if inexact else Qualifier.EXACTLY
    if all(qualifier.bounds_above for qualifier in qualifiers):
        return Qualifier.LESS if Qualifier.LESS in qualifiers else Qualifier.AT_MOST
    return None


@dataclass(frozen=True, slots=True)
class FoundFigure:
    """A figure for a period: as stated or added up.

    Attributes:
        told: the months that its parts speak of.
        missing: months of the period that somebody had to tell and did not.
        without: units below that had to tell something and told nothing.
    """

    figure: Figure
    told: tuple[Period, ...]
    computed: bool = False
    missing: tuple[Period, ...] = ()
    without: tuple[str, ...] = ()


class StatedFigures:
    """Every stated figure, found by measure, unit and period."""

    def __init__(self, figures: Iterable[Figure], units: Mapping[str, Unit] | None = None) -> None:
        """Take the figures.

        Args:
            figures: in any order.
            units: by code; they say which months a unit had to tell. One that is not among them had to tell all.
        """
        self._units = units or {}
        self._by_key: dict[tuple[str, str], list[Figure]] = {}
        self._exact: dict[tuple[str, str, Period], Figure] = {}
        for figure in figures:
            self._by_key.setdefault((figure.measure, figure.unit), []).append(figure)
            self._exact.setdefault((figure.measure, figure.unit, figure.period), figure)

    def within(self, measure: str, unit: str, period: Period) -> list[Figure]:
        """Figures of a unit whose period lies within another."""
        return [figure for figure in self._by_key.get((measure, unit), ()) if period.contains(figure.period)]

    def find(
        self, measure: Measure, unit: str, period: Period, told_above: Sequence[Period] = ()
    ) -> FoundFigure | None:
        """The figure of a unit for a period: as stated for it, else from the periods within it; None without any.

        Args:
            measure: what is measured.
            unit: the unit's code.
            period: the period of the figure.
            told_above: periods that others told for this unit; what it told of them itself is left out.
        """
        stated = self._exact.get((measure.id, unit, period))
        if stated is not None and not any(told.contains(period) for told in told_above):
            return FoundFigure(stated, period.months)
        within = [
            figure
            for figure in self.within(measure.id, unit, period)
            if not any(told.contains(figure.period) for told in told_above)
        ]
        if not within:
            return None
        if measure.over_time is OverTime.LAST:
            newest = max(within, key=lambda figure: (figure.period.end, figure.period.start))
            late = [month for month in self.asked(measure, unit, period) if month.end > newest.period.end]
            as_of = replace(newest, period=Period(period.start, newest.period.end))
            return FoundFigure(as_of, newest.period.months, True, tuple(late))
        return self._added_up(measure, unit, period, within, told_above)

    def _added_up(
        self, measure: Measure, unit: str, period: Period, within: Sequence[Figure], told_above: Sequence[Period]
    ) -> FoundFigure | None:
        """The sum of figures that follow each other, the longest first where several begin together."""
        longest = {figure.period.start: figure for figure in sorted(within, key=lambda figure: figure.period.end)}
        parts, at = [], period.start
        while at <= period.end:
            if at in longest:
                parts.append(longest[at])
                at = longest[at].period.end + 1
            else:
                at += 1
        figure = combined(measure, parts, unit, period)
        if figure is None:
            return None
        told = tuple(month for part in parts for month in part.period.months)
        known = {*told, *(month for other in told_above for month in other.months)}
        missing = [month for month in self.asked(measure, unit, period) if month not in known]
        return FoundFigure(figure, told, True, tuple(missing))

    def asked(self, measure: Measure, unit: str, period: Period) -> list[Period]:
        """The months of a period that a unit had to tell; all of them of a unit that is not known."""
        known = self._units.get(unit)
        return [month for month in period.months if known is None or measure.asked_of(known, month)]


def children_by_parent(units: Iterable[Unit]) -> dict[str | None, list[Unit]]:
    """The units directly below each unit, by code; under None those without a unit above among the given ones."""
    given = {unit.code: unit for unit in units}
    below: dict[str | None, list[Unit]] = {}
    for code in sorted(given):
        parent = given[code].parent
        below.setdefault(parent if parent in given else None, []).append(given[code])
    return below


def contributors(
    measure: Measure,
    unit: str | None,
    below: Mapping[str | None, Sequence[Unit]],
    find: Callable[[str], FoundFigure | None],
) -> frozenset[str]:
    """The units whose own figures a rolled-up one is made of; none where the unit states its own figure."""
    if not measure.adds_up:
        return frozenset()
    codes: set[str] = set()
    for child in below.get(unit, ()):
        codes |= {child.code} if find(child.code) else contributors(measure, child.code, below, find)
    return frozenset(codes)


def rolled_up(
    measure: Measure,
    unit: str | None,
    below: Mapping[str | None, Sequence[Unit]],
    period: Period,
    find: Callable[[str], FoundFigure | None],
    only: Container[str] | None = None,
) -> FoundFigure | None:
    """The figure of a unit, else that of all units below it together; None where nothing adds up.

    Args:
        measure: what is measured; one that does not add up over units has no total.
        unit: the unit at the top, None for all of the province.
        below: the units directly below each unit.
        period: the period of the figures.
        find: the figure that a unit stated.
        only: the units whose own figures count; nothing is said of others. None where all count.
    """
    if unit is not None and (only is None or unit in only) and (own := find(unit)):
        return own
    if not measure.adds_up:
        return None
    found: list[FoundFigure] = []
    without: list[str] = []
    for child in below.get(unit, ()):
        of_child = rolled_up(measure, child.code, below, period, find, only)
        if of_child:
            found.append(of_child)
            without += of_child.without
        elif only is None and any(measure.asked_of(child, month) for month in period.months):
            without.append(child.code)
    figure = combined(measure, [of_child.figure for of_child in found], unit or "", period)
    if figure is None:
        return None
    told = sorted({month for of_child in found for month in of_child.told})
    missing = sorted({month for of_child in found for month in of_child.missing})
    return FoundFigure(figure, tuple(told), True, tuple(missing), tuple(without))


def compared(measure: Measure, now: Figure, base: Figure, note: str = "", alike: str = "") -> Comparison:
    """A figure against another of the same measure, by what is printed of both: readers subtract what they see.

    Args:
        measure: what is measured.
        now: the later figure.
        base: what it is compared with.
        note: a remark besides those that follow from the two (months that lack, say).
        alike: what the same units came to in each period, where others are left out.
    """
    lengths = None if measure.over_time is OverTime.LAST else unequal_lengths(now.period, base.period)
    remarks = [remark for remark in (lengths, note) if remark]
    if Qualifier.EXACTLY not in (now.qualifier, base.qualifier) or now.qualifier is not base.qualifier:
        remarks.append(f"số liệu ghi “{now.shown(measure)}” và “{base.shown(measure)}” nên không trừ được chính xác")
        return _told(measure, base, None, None, remarks, alike)
    later, earlier = now.amount(measure.kind), base.amount(measure.kind)
    if later is None or earlier is None:
        return _told(measure, base, None, None, [*remarks, "một trong hai kỳ không phát sinh"], alike)
    shown_before = printed(earlier, measure.decimals)
    difference = printed(later, measure.decimals) - shown_before
    relative = None if measure.kind.in_percent or not shown_before else difference * HUNDRED / shown_before
    return _told(measure, base, difference, relative, remarks, alike)


def same_units(alike: str) -> str:
    """What a comparison over the same units rests on, beginning with a comma; "" where all units are compared."""
    return f", tính trên cùng các đơn vị: {alike}" if alike else ""


def _told(
    measure: Measure,
    base: Figure,
    difference: Decimal | None,
    relative: Decimal | None,
    remarks: Sequence[str],
    alike: str,
) -> Comparison:
    remark = "; ".join(remarks)
    said = change_in_words(measure, difference, relative)
    words = f"{said} so với {base.period.name}" + (f" (lưu ý: {remark})" if remark else "")
    words += same_units(alike)
    good = None
    if difference and printed(difference, measure.decimals) and measure.better is not GoodDirection.NEITHER:
        good = (difference > 0) is (measure.better is GoodDirection.UP)
    return Comparison(base, difference, relative, good, remark, words, alike)


def change_in_words(measure: Measure, difference: Decimal | None, relative: Decimal | None = None) -> str:
    """`tăng 7,3 điểm phần trăm`, `giảm 34 hồ sơ (56,67%)`, `không thay đổi`; percent and points are never mixed."""
    if difference is None:
        return "không tính được mức thay đổi"
    cut = printed(abs(difference), measure.decimals)
    if not cut:
        return "không thay đổi"
    verb = "tăng" if difference > 0 else "giảm"
    number = said(cut)
    if measure.kind.in_percent:
        return f"{verb} {number} {_POINTS}"
    share = "" if relative is None else f" ({said(printed(abs(relative), 2))}%)"
    return f"{verb} {number} {measure.unit}".rstrip() + share


def against_plan(
    measure: Measure, reached: Decimal, planned: Decimal, above: str = "vượt kế hoạch", below: str = "thấp hơn kế hoạch"
) -> str:
    """A percentage or number against its plan, in words: `vượt kế hoạch 7 điểm phần trăm`.

    Both are cut to the printed decimals first, as readers subtract what they see.
    """
    difference = printed(reached, measure.decimals) - printed(planned, measure.decimals)
    if not difference:
        return "đúng bằng kế hoạch"
    number = said(abs(difference))
    unit = _POINTS if measure.kind.in_percent else measure.unit
    return f"{above if difference > 0 else below} {number} {unit}".rstrip()
