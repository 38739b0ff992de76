"""Figures so far + pledges and targets → where each commitment and target stands, with a forecast in words.

The forecast is the simplest there is and says how it was made: figures that add up go on at the mean pace of the months
so far; figures that stand (stocks) go on along the straight line from the first to the newest of the year.
Source: docs/process.md, 5 (Vũng Tàu 2023, Bến Tre 2020–2030); feasibility: gain ≤ current rank − 1, fulfilment:
last rank − new rank ≥ pledge.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from models.findings import Finding, Severity
from models.numbers import HUNDRED, printed, said, settled
from models.progress.commitments import Commitment, Comparator, RankPledge, Scope
from models.progress.indices import IndexValue, rank_change
from models.progress.measures import Figure, Measure, OverTime, Qualifier
from models.progress.periods import Period, whole_year
from models.progress.results import CommitmentRow, Forecast, PointsNow, Standing, TargetRow
from models.progress.targets import Direction, Milestone, Target
from models.province.progress_checks import infeasible
from models.province.progress_files import ProgressFolder
from models.units import Unit, unit_named
from tasks.progress.figures import FoundFigure, StatedFigures, against_plan
from tasks.progress.pledged_points import PledgedNow

_MONTHS = 12
_ALL = "100%"


@dataclass(frozen=True)
class KnownFigures:
    """What commitments and targets are measured by at the end of a period.

    Attributes:
        total: the figure of all units together for a measure and a period.
        ranks: published ranks by unit and year.
        pledged: points and places of today, or of the result once the year is over.
    """

    folder: ProgressFolder
    units: Mapping[str, Unit]
    period: Period
    stated: StatedFigures
    total: Callable[[Measure, Period], FoundFigure | None]
    indices: Sequence[IndexValue] = ()
    ranks: Mapping[tuple[str, int], int] = field(default_factory=dict)
    pledged: PledgedNow = field(default_factory=PledgedNow)


def commitment_rows(known: KnownFigures) -> tuple[list[CommitmentRow], list[Finding]]:
    """Every unit's part in every commitment of the reporting year, and pledges that cannot be kept from the start."""
    rows: list[CommitmentRow] = []
    findings: list[Finding] = []
    for commitment in known.folder.commitments.values():
        if commitment.year != known.period.year:
            continue
        if commitment.judged is not None:
            rows += [_judged_row(known, commitment, unit) for unit in units_in_scope(known, commitment)]
            continue
        if commitment.ranks is None:
            rows += [_bound_row(known, commitment, unit) for unit in units_in_scope(known, commitment)]
            continue
        for pledge in commitment.ranks.pledges:
            unit = unit_named(known.units, pledge.unit)
            if unit is None:
                continue
            rank = pledge.from_rank or _rank(known, commitment, unit, commitment.ranks.based_on)
            if said := infeasible(pledge, rank, None):
                what = f"cam kết {commitment.id}: {said}"
                findings.append(Finding("progress/commitments.yaml", 0, what, "Giảm số bậc", Severity.WARNING))
            rows.append(_rank_row(known, commitment, pledge, unit, rank))
    return rows, findings


def units_in_scope(known: KnownFigures, commitment: Commitment) -> Iterator[Unit]:
    """The units that pledge, by code: those that exist at the end of the period, and listed ones."""
    assert commitment.scope is not None
    scope: Scope = commitment.scope
    listed = {unit.code for name in scope.units if (unit := unit_named(known.units, name))}
    excepted = {unit.code for name in scope.except_ if (unit := unit_named(known.units, name))}
    for code, unit in sorted(known.units.items()):
        chosen = scope.all or unit.kind in scope.kind
        if code not in excepted and (code in listed or (chosen and unit.exists_on(known.period.last))):
            yield unit


def _bound_row(known: KnownFigures, commitment: Commitment, unit: Unit) -> CommitmentRow:
    """A pledge of a bound on a measure or criterion."""
    assert commitment.target is not None
    exceptions = [
        one for one in commitment.exceptions if (named := unit_named(known.units, one.unit)) and named.code == unit.code
    ]
    target = exceptions[0].target if exceptions else commitment.target
    measure = known.folder.measures.get(commitment.measure or "")
    restriction = f" ({commitment.restriction})" if commitment.restriction else ""
    pledged = f"{_said_bound(commitment.comparator, _printed(measure, target))}{restriction}"
    if measure is None:
        now = known.pledged.points.get((unit.code, commitment.criterion or ""))
        reached, standing, forecast, why = _of_points(known, commitment.comparator, target, now)
    else:
        reached, standing, forecast, why = _of_measure(known, commitment.comparator, target, measure, unit)
    return CommitmentRow(commitment, unit, pledged, bool(exceptions), target, reached, standing, forecast, why)


def _judged_row(known: KnownFigures, commitment: Commitment, unit: Unit) -> CommitmentRow:
    """A pledge without a number: what its judge found last; a result only once the year is over."""
    assert commitment.judged is not None
    over = known.period.cumulated.is_year
    by = commitment.judged.by
    of_unit = [
        one
        for one in commitment.judged.findings
        if (named := unit_named(known.units, one.unit)) and named.code == unit.code
    ]
    finding = max(
        (one for one in of_unit if over or one.day <= known.period.last), key=lambda one: one.day, default=None
    )
    if finding is None:
        reached, standing, why = "–", Standing.NOT_JUDGED, f"{by} chưa đánh giá"
    else:
        reached = finding.said
        well, badly = (Standing.FULFILLED, Standing.MISSED) if over else (Standing.ON_TRACK, Standing.AT_RISK)
        standing = well if finding.kept else badly
        why = f"{by} đánh giá ngày {finding.day:%d/%m/%Y}; tài liệu kiểm chứng: {finding.evidence}"
    pledged = f"theo đánh giá của {by}"
    return CommitmentRow(commitment, unit, pledged, False, None, reached, standing, None, why)


def _printed(measure: Measure | None, value: Decimal) -> str:
    return f"{said(value)}%" if measure is None else measure.printed(value)


def _said_bound(comparator: Comparator, value: str) -> str:
    match comparator:
        case Comparator.AT_LEAST:
            return value if value == _ALL else f"từ {value} trở lên"
        case Comparator.MORE:
            return f"trên {value}"
        case Comparator.AT_MOST:
            return f"không quá {value}"
        case Comparator.LESS:
            return f"dưới {value}"
        case Comparator.EQUAL:
            return value


def _of_points(
    known: KnownFigures, comparator: Comparator, target: Decimal, now: PointsNow | None
) -> tuple[str, Standing, Forecast | None, str]:
    """A pledge on points: what the forecast of today says, and once the year is over what resulted."""
    if now is None:
        return "–", Standing.NO_DATA, None, "chưa có điểm hay số liệu của tiêu chí, hoặc tiêu chí không áp dụng"
    shown = _percent(now.percent)
    holds = comparator.holds(settled(now.percent), target)
    if now.settled:
        return shown, Standing.FULFILLED if holds else Standing.MISSED, None, now.how
    forecast = Forecast(now.percent, shown, now.how)
    if known.period.cumulated.is_year:
        return shown, Standing.AWAITED, forecast, f"năm {known.period.year} đã hết, chưa có kết quả; {now.how}"
    if holds:
        return shown, Standing.ON_TRACK, forecast, now.how
    if comparator.upwards and not comparator.holds(settled(now.best), target):
        lost = f"điểm đã mất không lấy lại được trong năm, nhiều nhất còn đạt {_percent(now.best)}"
        return shown, Standing.MISSED, forecast, f"{lost}; {now.how}"
    return shown, Standing.AT_RISK, forecast, now.how


def _percent(share: Decimal) -> str:
    return f"{said(printed(share, 2))}%"


def _of_measure(
    known: KnownFigures, comparator: Comparator, target: Decimal, measure: Measure, unit: Unit
) -> tuple[str, Standing, Forecast | None, str]:
    """A pledge on a measure: what is reached, where the year is heading, and what follows."""
    found = known.stated.find(measure, unit.code, known.period.cumulated)
    if found is None or found.figure.amount(measure.kind) is None:
        return "–", Standing.NO_DATA, None, f"chưa có số liệu “{measure.name}”"
    shown = found.figure.shown(measure)
    held = surely_holds(found.figure, measure, comparator, target)
    if known.period.cumulated.is_year and not found.missing:
        if held is None:
            return shown, Standing.NO_DATA, None, f"số liệu ghi “{shown}” chưa đủ để kết luận"
        return shown, Standing.FULFILLED if held else Standing.MISSED, None, f"kết quả cả năm {known.period.year}"
    if lost := cannot_be_reached(found.figure, measure, comparator, target):
        return shown, Standing.MISSED, None, lost
    forecast = projected(known.stated, measure, unit.code, known.period.cumulated, found)
    if forecast is None or forecast.value is None:
        return shown, Standing.NO_DATA, forecast, "chưa đủ số liệu để dự báo"
    if held is None:
        return shown, Standing.NO_DATA, forecast, f"số liệu ghi “{shown}” chưa đủ để kết luận"
    exact = found.figure.qualifier is Qualifier.EXACTLY
    well = comparator.holds(printed(forecast.value, measure.decimals), target) if exact else held
    return shown, Standing.ON_TRACK if well else Standing.AT_RISK, forecast, forecast.how


def surely_holds(figure: Figure, measure: Measure, comparator: Comparator, target: Decimal) -> bool | None:
    """Whether a value fulfils the target as it is printed; None where an inequality leaves it open.

    All of something is all of it: 2.996 of 2.997 are no 100 %, however they are printed.
    """
    amount = figure.amount(measure.kind)
    if amount is None:
        return None
    if figure.qualifier is Qualifier.EXACTLY:
        everything = measure.kind.in_percent and comparator.upwards and target == HUNDRED
        return comparator.holds(amount if everything else printed(amount, measure.decimals), target)
    if figure.qualifier.bounds_below and comparator in (Comparator.AT_LEAST, Comparator.MORE) and amount >= target:
        return comparator is Comparator.AT_LEAST or amount > target or figure.qualifier is Qualifier.MORE
    if figure.qualifier.bounds_above and comparator in (Comparator.AT_MOST, Comparator.LESS) and amount <= target:
        return comparator is Comparator.AT_MOST or amount < target or figure.qualifier is Qualifier.LESS
    return None


def cannot_be_reached(figure: Figure, measure: Measure, comparator: Comparator, target: Decimal) -> str | None:
    """Why the year can no longer end well, whatever comes; None where it still can."""
    if measure.over_time is not OverTime.SUM or not figure.qualifier.bounds_below:
        return None
    if not measure.kind.divides:
        if not comparator.upwards and figure.value is not None and not comparator.holds(figure.value, target):
            return "số cộng dồn đã vượt mức cam kết, các tháng sau không giảm được nữa"
        return None
    full = measure.kind.in_percent and comparator.upwards and target == HUNDRED
    if full and figure.numerator is not None and figure.denominator is not None:
        short = figure.denominator - figure.numerator
        if short > 0:
            number = said(short)
            return f"đã có {number} trường hợp không đạt, cả năm không thể đạt 100%"
    return None


def projected(
    stated: StatedFigures, measure: Measure, unit: str, so_far: Period, found: FoundFigure | None = None
) -> Forecast | None:
    """What the whole year comes to if it goes on so; None where nothing is known.

    Args:
        stated: all figures.
        measure: what is measured.
        unit: the unit's code.
        so_far: the cumulated months of the year.
        found: the unit's figure for them, where it was found already.
    """
    found = found or stated.find(measure, unit, so_far)
    amount = found.figure.amount(measure.kind) if found else None
    if found is None or amount is None:
        return None
    if measure.over_time is OverTime.LAST:
        return _along_the_line(stated, measure, unit, so_far, found, amount)
    months = len(found.told)
    of_year = len({*found.told, *stated.asked(measure, unit, whole_year(so_far.year))})
    lacking = f" (thiếu {len(found.missing)} tháng)" if found.missing else ""
    if measure.kind.divides:
        value = amount
        how = f"tỷ lệ cộng dồn {months} tháng{lacking}; coi các tháng còn lại đạt như bình quân từ đầu năm"
    else:
        value = amount * of_year / months
        fewer = " (số tháng đơn vị có trong năm)" if of_year < _MONTHS else ""
        how = (
            f"số cộng dồn {months} tháng{lacking} ÷ {months} × {of_year}{fewer}, "
            "coi các tháng còn lại như bình quân từ đầu năm"
        )
    return Forecast(value, _printed_forecast(measure, value), how)


def _printed_forecast(measure: Measure, value: Decimal) -> str:
    """A forecast as printed: of what is counted, in whole numbers."""
    of_cases = measure.kind.counts and not measure.kind.divides
    return measure.printed(printed(value, 0) if of_cases else value)


def _along_the_line(
    stated: StatedFigures, measure: Measure, unit: str, so_far: Period, found: FoundFigure, amount: Decimal
) -> Forecast:
    """A stock at the end of the year, along the line through the first and the newest figure of the year."""
    figures = sorted(stated.within(measure.id, unit, so_far), key=lambda figure: figure.period.end)
    first, newest = figures[0], figures[-1]
    start = first.amount(measure.kind)
    steps = newest.period.end - first.period.end
    if not steps or start is None:
        return Forecast(amount, measure.printed(amount), "mới có một kỳ số liệu, coi như giữ nguyên đến cuối năm")
    ahead = sum(month.end > newest.period.end for month in stated.asked(measure, unit, whole_year(so_far.year)))
    value = amount + (amount - start) * ahead / steps
    if measure.kind.in_percent:
        value = max(Decimal(0), min(HUNDRED, value))
    how = f"kéo thẳng từ {first.period.name} đến {newest.period.name} tới cuối năm"
    return Forecast(value, _printed_forecast(measure, value), how)


def _rank(known: KnownFigures, commitment: Commitment, unit: Unit, year: int) -> int | None:
    """A unit's published rank of a year: of the index that the commitment names, else of the reform index."""
    assert commitment.ranks is not None
    if commitment.ranks.index is None:
        return known.ranks.get((unit.code, year))
    series = commitment.ranks.index
    for value in known.indices:
        if (value.series, value.unit) == (series, unit.code) and value.rank is not None:
            if value.year == year:
                return value.rank
            if value.year == year + 1 and value.rank_before is not None:
                return value.rank_before
    return None


def _rank_row(
    known: KnownFigures, commitment: Commitment, pledge: RankPledge, unit: Unit, rank: int | None
) -> CommitmentRow:
    """A pledge of rank: fulfilled when last rank − new rank ≥ pledge, once the year's result is published."""
    assert commitment.ranks is not None
    new = _rank(known, commitment, unit, commitment.year)
    start = "chưa rõ hạng xuất phát" if rank is None else f"hạng {rank} năm {commitment.ranks.based_on}"
    if rank is None or new is None:
        standing, why = Standing.AWAITED, f"{start}; chưa công bố kết quả năm {commitment.year}"
        if infeasible(pledge, rank, None):
            standing, why = Standing.MISSED, f"{start}: không thể tăng {pledge.places} bậc"
        forecast = None
        if standing is Standing.AWAITED and new is None and commitment.ranks.index is None:
            forecast = known.pledged.places.get(unit.code)
        why = f"{why}; {forecast.how}" if forecast else why
        return CommitmentRow(commitment, unit, pledge.said, False, None, start, standing, forecast, why)
    gained = rank - new
    kept = gained >= pledge.places
    reached = f"{start}, hạng {new} năm {commitment.year}"
    why = f"{rank} − {new} = {gained} bậc, cam kết {pledge.places} bậc"
    return CommitmentRow(
        commitment,
        unit,
        pledge.said,
        False,
        Decimal(rank - pledge.places),
        reached,
        Standing.FULFILLED if kept else Standing.MISSED,
        None,
        why,
    )


def target_rows(known: KnownFigures) -> list[TargetRow]:
    """Every target at the end of the period, in the order of the file."""
    return [_target_row(known, target) for target in known.folder.targets.values()]


def _target_row(known: KnownFigures, target: Target) -> TargetRow:
    milestone = target.milestone_for(known.period.year)
    baseline = _baseline(known, target)
    asked = target.asked(milestone, baseline)
    words = _asked_words(known, target, milestone, asked)
    value, reached = _value_of(known, target, known.period.cumulated)
    if target.direction is Direction.INTRODUCE:
        standing = Standing.FULFILLED if value is not None else Standing.NO_DATA
        return TargetRow(target, milestone, words, reached, standing, "có kết quả là đã thực hiện")
    if target.direction.needs_baseline and baseline is None:
        why = "chưa có giá trị gốc nên chưa tính được mức phải đạt"
        return TargetRow(target, milestone, words, reached, Standing.NO_BASELINE, why)
    if value is None or asked is None:
        return TargetRow(target, milestone, words, reached, Standing.NO_DATA, "chưa có số liệu")
    met = target.met_by(value, asked)
    if waiting := _not_published_yet(known, target, baseline, met):
        return TargetRow(target, milestone, words, reached, *waiting)
    if lacking := _undecided(known, target, met):
        return TargetRow(target, milestone, words, reached, Standing.UNDER_WAY, lacking)
    if met and (open_ := _may_still_turn(known, target, milestone, asked)):
        standing, why = open_
        why += _compared_with_plan(known, target, value, asked)
        return TargetRow(target, milestone, words, reached, standing, why)
    if met:
        why = f"đã đạt mức của mốc này{_compared_with_plan(known, target, value, asked)}"
        return TargetRow(target, milestone, words, reached, Standing.FULFILLED, why)
    standing, why = _not_met_yet(known, target, milestone, asked)
    why += _compared_with_plan(known, target, value, asked)
    return TargetRow(target, milestone, words, reached, standing, why)


def _not_published_yet(
    known: KnownFigures, target: Target, baseline: Decimal | None, met: bool
) -> tuple[Standing, str] | None:
    """That the newest value of an index is not of the reporting year yet, or is the very one to start from.

    An index of a year comes out in the year after it: what is known in between proves nothing of the year. Ranks among
    another number of units than the baseline's cannot be held against it either.
    """
    newest = _newest(known, target)
    if newest is None:
        return None
    if target.baseline is not None and baseline is not None and target.of == "rank":
        start = next((one for one in _series(known, target) if one.year == target.baseline.year), None)
        if start is not None and (broken := rank_change(start, newest).broken):
            return Standing.NO_BASELINE, broken
    if newest.year >= min(known.period.year, target.milestone_for(known.period.year).year):
        return None
    if target.baseline is not None and newest.year <= target.baseline.year:
        return Standing.AWAITED, f"mới có giá trị gốc năm {newest.year}; chờ công bố năm {known.period.year}"
    so_far = "đã đạt" if met else "chưa đạt"
    return Standing.AWAITED, f"giá trị năm {newest.year} {so_far} mức này; chờ công bố năm {known.period.year}"


def _may_still_turn(
    known: KnownFigures, target: Target, milestone: Milestone, asked: Decimal
) -> tuple[Standing, str] | None:
    """What is met by the months so far and can still be lost in those to come; None where it can not, or all are told.

    A number that adds up stays above what it has reached, but not below it; a ratio of the year can go either way.
    """
    if target.measure is None or known.period.cumulated.is_year or known.period.year > milestone.year:
        return None
    measure = known.folder.measures[target.measure]
    wants_little = target.direction in (Direction.AT_MOST, Direction.REDUCE_BY)
    if measure.over_time is not OverTime.SUM or not (wants_little or measure.kind.divides):
        return None
    unit = unit_named(known.units, target.unit) if target.unit else None
    if unit is None:
        return Standing.UNDER_WAY, f"đến nay đạt mức phải đạt, kết luận khi hết năm {known.period.year}"
    forecast = projected(known.stated, measure, unit.code, known.period.cumulated)
    if forecast is None or forecast.value is None:
        return Standing.UNDER_WAY, f"đến nay đạt mức phải đạt, kết luận khi hết năm {known.period.year}"
    well = target.met_by(printed(forecast.value, measure.decimals), asked)
    said = f"đến nay đạt; dự báo cả năm {forecast.shown} ({forecast.how})"
    return Standing.ON_TRACK if well else Standing.AT_RISK, said


def _undecided(known: KnownFigures, target: Target, met: bool) -> str:
    """Why a total cannot be judged yet: units lack that could turn it, since a number only grows by theirs; else ""."""
    if target.measure is None or target.unit is not None:
        return ""
    measure = known.folder.measures[target.measure]
    found = known.total(measure, known.period.cumulated)
    wants_little = target.direction in (Direction.AT_MOST, Direction.REDUCE_BY)
    if measure.kind.divides or found is None or not found.without or met is not wants_little:
        return ""
    return f"chưa đủ số liệu để kết luận: còn {len(found.without)} đơn vị chưa có số liệu"


def _not_met_yet(known: KnownFigures, target: Target, milestone: Milestone, asked: Decimal) -> tuple[Standing, str]:
    """Where a target stands that is not met: missed once its year is over; in that year as the forecast says.

    What adds up and went over its limit never comes back below it.
    """
    year = known.period.year
    if year > milestone.year or (year == milestone.year and known.period.cumulated.is_year):
        return Standing.MISSED, f"mốc năm {milestone.year} đã qua"
    measure = known.folder.measures.get(target.measure or "")
    wants_little = target.direction in (Direction.AT_MOST, Direction.REDUCE_BY)
    adds_up = measure is not None and measure.over_time is OverTime.SUM and not measure.kind.divides
    if year == milestone.year and wants_little and adds_up:
        return Standing.MISSED, "số cộng dồn đã vượt mức của cả năm, các tháng sau không giảm được nữa"
    left = f"còn đến hết năm {milestone.year}"
    unit = unit_named(known.units, target.unit) if target.unit else None
    if year < milestone.year or target.measure is None or unit is None:
        return Standing.UNDER_WAY, left
    forecast = projected(known.stated, known.folder.measures[target.measure], unit.code, known.period.cumulated)
    if forecast is None or forecast.value is None:
        return Standing.UNDER_WAY, left
    well = target.met_by(printed(forecast.value, known.folder.measures[target.measure].decimals), asked)
    return Standing.ON_TRACK if well else Standing.AT_RISK, f"{left}; dự báo {forecast.shown} ({forecast.how})"


def _compared_with_plan(known: KnownFigures, target: Target, value: Decimal, asked: Decimal) -> str:
    """`; vượt kế hoạch 7 điểm phần trăm`, for measures; "" for indices. Only what shall be high goes over its plan."""
    if target.measure is None:
        return ""
    measure = known.folder.measures[target.measure]
    if target.direction is Direction.AT_LEAST:
        return f"; {against_plan(measure, value, asked)}"
    return f"; {against_plan(measure, value, asked, 'cao hơn mức phải đạt', 'thấp hơn mức phải đạt')}"


def _baseline(known: KnownFigures, target: Target) -> Decimal | None:
    """The value to start from: as declared, else the figure or index of that year."""
    if target.baseline is None:
        return None
    if target.baseline.value is not None:
        return target.baseline.value
    return _value_of(known, target, whole_year(target.baseline.year))[0]


def _series(known: KnownFigures, target: Target) -> list[IndexValue]:
    """What was published of a target's index, in no order; nothing of a measure."""
    unit = unit_named(known.units, target.unit) if target.unit else None
    code = unit.code if unit else ""
    return [one for one in known.indices if (one.series, one.unit) == (target.index, code)]


def _newest(known: KnownFigures, target: Target, year: int | None = None) -> IndexValue | None:
    """The newest value of a target's index up to a year, the reporting year where none is named."""
    until = [one for one in _series(known, target) if one.year <= (year or known.period.year)]
    return max(until, key=lambda one: one.year, default=None)


def _value_of(known: KnownFigures, target: Target, period: Period) -> tuple[Decimal | None, str]:
    """The value of a target's subject in a period, as it is printed: a number, and in words."""
    unit = unit_named(known.units, target.unit) if target.unit else None
    if target.measure is not None:
        measure = known.folder.measures[target.measure]
        found = known.stated.find(measure, unit.code, period) if unit else known.total(measure, period)
        if found is None:
            return None, "–"
        amount = found.figure.amount(measure.kind)
        return None if amount is None else printed(amount, measure.decimals), found.figure.shown(measure)
    newest = _newest(known, target, period.year)
    if newest is None:
        return None, "–"
    value = newest.value if target.of == "value" else None if newest.rank is None else Decimal(newest.rank)
    return value, f"{newest.shown} (năm {newest.year})"


def _asked_words(known: KnownFigures, target: Target, milestone: Milestone, asked: Decimal | None) -> str:
    """What is asked until when: `không quá hạng 20 (đến năm 2025)`, `giảm ít nhất 10% so với năm 2021 (đến năm …)`."""
    value = ""
    if milestone.value is not None:
        number = said(milestone.value)
        measure = known.folder.measures.get(target.measure or "")
        if target.of == "rank":
            value = f"{number} bậc" if target.direction is Direction.RAISE else f"hạng {number}"
        elif target.direction is Direction.REDUCE_BY:
            value = f"{number}%"
        else:
            value = number if measure is None else measure.printed(milestone.value)
    since = f" so với năm {target.baseline.year}" if target.baseline else ""
    exact = ""
    if target.direction.needs_baseline and asked is not None:
        exact = f", tức {said(printed(asked, 2))}"
    asked_for = value if value == _ALL and target.direction is Direction.AT_LEAST else target.direction.said(value)
    return f"{asked_for}{since}{exact} (đến năm {milestone.year})"
