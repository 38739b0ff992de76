"""What a criterion, an area or all points come to for a unit: forecast while the year runs, the result once it is over.

During the year a pledge on points is read from what `cchc forecast` computes: received facts and points first, else the
figures of the months. After it, from the published result, or from the frozen one where none is published yet.
Source: docs/process.md, 5 (commitments); docs/maths.md, 17.3 and 17.5.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlmodel import Session

from models.criteria.sets import CriteriaSet
from models.numbers import HUNDRED, ZERO
from models.progress.periods import Period
from models.progress.results import Forecast, PointsNow
from models.province.folder import Province
from models.records.results import Basis, LeafPoints
from models.records.snapshots import results_in
from models.wording import first_of
from models.working_out import WorkedOut
from tasks.progress.forecasting import RoundForecast, UnitForecast, forecast_round, suggested_facts
from tasks.recording.snapshots import newest_of, newest_published
from tasks.scoring.gathering import CurrentFacts, gather

ALL = "all"
_MOST_CODES = 5


@dataclass(frozen=True)
class PledgedNow:
    """What pledges of a year are measured by at the end of a period.

    Attributes:
        points: by unit and by the code of a leaf, criterion or area, or `all`.
        places: by unit, its rank in its group if the round were ranked today.
    """

    points: Mapping[tuple[str, str], PointsNow] = field(default_factory=dict)
    places: Mapping[str, Forecast] = field(default_factory=dict)


def pledged_now(
    session: Session,
    province: Province,
    period: Period,
    known: WorkedOut | None = None,
    gathered: Callable[[int], CurrentFacts] | None = None,
) -> PledgedNow:
    """What the pledges of the reporting year stand on at the end of a period; nothing where none asks for it.

    Args:
        session: an open session.
        province: whose pledges they are.
        period: figures and indices of later months are not known yet.
        known: what was worked out before.
        gathered: what is current for the round of a year, where whoever asks about several periods has read it.
    """
    year = period.year
    pledges = [one for one in province.progress.commitments.values() if one.year == year]
    codes = sorted({one.criterion for one in pledges if one.criterion})
    ranked = any(one.ranks and one.ranks.index is None for one in pledges)
    if not (codes or ranked) or year not in province.rounds:
        return PledgedNow()
    current = gathered(year) if gathered else gather(session, province, year)
    suggested = suggested_facts(session, province, year, through=period, known=known)
    forecast = forecast_round(province, current, suggested, year, period.last, known)
    points = {
        (unit.unit.code, code): now
        for unit in forecast.units
        for code in codes
        if (now := _forecast_points(province, unit, code, period))
    }
    if period.cumulated.is_year:
        points |= _result_points(session, year, codes)
    return PledgedNow(points, dict(_places(forecast, period)) if ranked else {})


def _forecast_points(province: Province, unit: UnitForecast, code: str, period: Period) -> PointsNow | None:
    """What a unit would get today for a part of its set; None where the part does not count, or nothing is known."""
    leaves = _of_part(province.criteria_sets[unit.group.criteria_set], unit.leaves, code)
    known = [leaf for leaf in leaves if leaf.basis is not Basis.MISSING]
    if not known:
        return None
    to_win = {gain.leaf.code: gain.to_win for gain in unit.gains}
    best = _percent(leaves, {leaf.code: to_win.get(leaf.code, ZERO) for leaf in leaves})
    now = unit.index if code == ALL else _percent(leaves, {})
    if now is None or best is None:
        return None
    return PointsNow(now, max(now, best), _how(unit, leaves, known, period))


def _of_part(criteria_set: CriteriaSet, leaves: Sequence[LeafPoints], code: str) -> list[LeafPoints]:
    """The leaves of a part that count in the unit's maximum."""
    declared = criteria_set.by_code
    return [
        leaf
        for leaf in leaves
        if leaf.points is not None and code in (ALL, leaf.code, declared[leaf.code].criterion, declared[leaf.code].area)
    ]


def _percent(leaves: Sequence[LeafPoints], more: Mapping[str, Decimal]) -> Decimal | None:
    """Σ points ÷ Σ maxima × 100, with points that are added."""
    maximum = sum((leaf.max for leaf in leaves), ZERO)
    points = sum(((leaf.points or ZERO) + more.get(leaf.code, ZERO) for leaf in leaves), ZERO)
    return points * HUNDRED / maximum if maximum else None


def _how(unit: UnitForecast, leaves: Sequence[LeafPoints], known: Sequence[LeafPoints], period: Period) -> str:
    """Of what the points of today are made, and what is missing."""
    until = f"tháng {period.last.month}/{period.year}"
    if len(leaves) == 1:
        origins = dict.fromkeys(one.origin for one in unit.suggested if one.entry.component == leaves[0].code)
        if origins:
            return f"tính từ số liệu đến {until} ({'; '.join(origins)})"
        return f"tính từ số liệu, điểm đã nhận ({leaves[0].basis.label})"
    standing_in = {one.entry.component for one in unit.suggested}
    of_months = sum(leaf.code in standing_in for leaf in known)
    said = f"tính từ số liệu đến {until} của {len(known)}/{len(leaves)} mục"
    if of_months:
        said += f" ({of_months} mục theo số liệu các tháng, chỉ số khác)"
    missing = [leaf.code for leaf in leaves if leaf.basis is Basis.MISSING]
    if not missing:
        return said
    return f"{said}; chưa có số liệu, tạm tính 0 điểm: {first_of(missing, _MOST_CODES, 'mục')}"


def _result_points(session: Session, year: int, codes: Sequence[str]) -> dict[tuple[str, str], PointsNow]:
    """What the result of the year says: the newest published one, else the one that was frozen last."""
    published = session.exec(newest_published(year)).first()
    snapshot = published or session.exec(newest_of(year)).first()
    if snapshot is None:
        return {}
    frozen = results_in(snapshot)
    how = f"theo kết quả năm {year} " + ("đã công bố" if published else "đã tính, chưa công bố")
    points = {}
    for group in frozen.results.groups:
        criteria_set = frozen.criteria_sets[group.criteria_set]
        for unit in group.units:
            for code in codes:
                share = unit.index if code == ALL else _percent(_of_part(criteria_set, unit.leaves, code), {})
                if share is not None and unit.index is not None:
                    points[unit.code, code] = PointsNow(share, share, how, settled=True)
    return points


def _places(forecast: RoundForecast, period: Period) -> Iterator[tuple[str, Forecast]]:
    """Ranks inside the groups, each marked as a forecast."""
    for unit in forecast.units:
        if unit.rank is None:
            continue
        ranked = sum(other.rank is not None and other.group.id == unit.group.id for other in forecast.units)
        how = (
            f"dự báo: hạng {unit.rank}/{ranked} trong nhóm “{unit.group.name}” nếu xếp theo số liệu đến "
            f"tháng {period.last.month}/{period.year}, chưa phải kết quả công bố"
        )
        yield unit.unit.code, Forecast(Decimal(unit.rank), f"hạng {unit.rank}/{ranked}", how)
