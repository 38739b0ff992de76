"""What is known of a year so far → the index each unit would get today, what is missing, and what it can still win.

Received facts and points come first; where a component has none, the figures of the months and the values of other
indices stand in, each with the month or year it came from; the self-assessment form offers the same.
The points are computed by the same scoring and ranking.

"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from models.criteria.sets import Leaf, Source
from models.findings import refusal
from models.numbers import MOST_DECIMALS, ZERO, plain, printed
from models.progress.indices import IndexValue, series_by_word
from models.progress.measures import FedFact, Figure, Measure, OverTime, Qualifier
from models.progress.periods import Period, whole_year
from models.progress.registers import RegisterEntry, RegisterKind
from models.province.folder import Province
from models.province.rounds import Group, RankingRule
from models.records.entries import FactEntry
from models.records.results import Basis, LeafPoints, RankedUnit, ScoredUnit
from models.records.storage import Storage
from models.units import Unit
from models.working_out import WorkedOut
from tasks.progress.figures import FoundFigure, StatedFigures
from tasks.recording.progress import current_figures, current_indices, current_register
from tasks.scoring.gathering import CurrentFacts, gather
from tasks.scoring.next_steps import is_past, next_step
from tasks.scoring.points import GroupScoring, UnitInput, among_each_other, score_unit
from tasks.scoring.ranking import rank_group

_AWAITED = {
    Source.SURVEY: "chờ kết quả khảo sát, đơn vị không phải báo cáo",
    Source.REGISTER: "chờ số liệu từ sổ theo dõi, đơn vị không phải báo cáo",
    Source.EXTERNAL: "chờ chỉ số do cơ quan khác công bố, đơn vị không phải báo cáo",
}
_OPEN = (Basis.FACTS, Basis.SELF, Basis.MISSING, Basis.UNPROVEN, Basis.FAULTY, Basis.SURVEY, Basis.REBASED)


@dataclass(frozen=True, slots=True)
class SuggestedFact:
    """A fact that follows from monthly figures or another index, and where it came from."""

    entry: FactEntry
    origin: str


@dataclass(frozen=True, slots=True)
class Gain:
    """One open leaf: points still to win, and what brings the next of them.

    Attributes:
        to_win: maximum less points, as far as it can still be won.
        step: what to do next, in words.
        gain: points that the next step brings.
    """

    leaf: Leaf
    points: Decimal | None
    to_win: Decimal
    step: str
    gain: Decimal


@dataclass(frozen=True, slots=True)
class UnitForecast:
    """One unit as it would stand today.

    Attributes:
        index: None while nothing at all is known.
        leaves: points of every leaf that applies, in the order of the set.
        missing: leaves that nobody has said anything about yet.
        suggested: facts that stand in from figures and other indices.
        rank, grade: None also while less than half of the unit's maximum is known.
        gains: open leaves, the most points still to win first; those that a step brings nothing to, last.
    """

    unit: Unit
    group: Group
    max_points: Decimal
    points: Decimal | None
    index: Decimal | None
    rank: int | None
    grade: str | None
    leaves: tuple[LeafPoints, ...]
    missing: tuple[Leaf, ...]
    suggested: tuple[SuggestedFact, ...]
    gains: tuple[Gain, ...]


@dataclass(frozen=True, slots=True)
class RoundForecast:
    """The whole round as it would stand today, groups as declared, best unit first."""

    year: int
    day: date
    ranking: RankingRule
    units: tuple[UnitForecast, ...]

    def only(self, unit: str | None) -> "RoundForecast":
        """The forecast of one unit; all where none is named.

        Raises:
            RefusedError: the unit takes no part in the round.
        """
        if unit is None:
            return self
        chosen = tuple(one for one in self.units if one.unit.code == unit)
        if not chosen:
            raise refusal(f"kỳ {self.year}", f"không có đơn vị “{unit}” trong kỳ đánh giá", "Dùng mã theo units.csv")
        return replace(self, units=chosen)


def forecast_now(storage: Storage, province: Province, year: int, today: date) -> RoundForecast:
    """The forecast from everything current in the database.

    Raises:
        RefusedError: the province has no round of that year.
    """
    province.round_of(year)
    with storage.reading() as session:
        gathered = gather(session, province, year)
        suggested = suggested_facts(session, province, year)
    return forecast_round(province, gathered, suggested, year, today)


def suggested_facts(
    session: Session,
    province: Province,
    year: int,
    through: Period | None = None,
    known: WorkedOut | None = None,
) -> list[SuggestedFact]:
    """Every fact of a round that follows from figures, other indices and registers current in the database.

    Args:
        session: an open session.
        province: whose round it is.
        year: the index year.
        through: leave out figures of later months and indices published after its last day.
        known: what was worked out before.

    Raises:
        RefusedError: the province has no round of that year.
    """
    figures, indices = current_figures(session, [year]), current_indices(session)
    if through is not None:
        figures = [figure for figure in figures if figure.period.end <= through.end]
        indices = [one for one in indices if one.published_on is None or one.published_on <= through.last]
    monthly = (known or WorkedOut()).of(
        ("monthly facts", year, through), (province, figures), lambda: monthly_facts(province, figures, year)
    )
    return [
        *monthly,
        *external_facts(province, indices, year),
        *bonus_facts(province, current_register(session, [RegisterKind.INITIATIVES]), year),
    ]


def monthly_facts(province: Province, figures: Sequence[Figure], year: int) -> list[SuggestedFact]:
    """Facts of the yearly self-assessment that follow from the months so far, by the `feeds` of the measures.

    Only figures that are stated exactly can become facts, and only of components that apply to the unit. A ratio of
    nothing becomes none: whether the component applies then is the unit's to claim.
    """
    feeding = [measure for measure in province.progress.measures.values() if measure.feeds]
    stated = StatedFigures(figures, province.units)
    ends = [figure.period.end for figure in figures if whole_year(year).contains(figure.period)]
    if not feeding or not ends:
        return []
    so_far = Period(whole_year(year).start, max(ends))
    sets = province.sets_by_unit(year)
    return [
        suggested
        for measure in feeding
        for fed in measure.feeds
        for code, criteria_set in sets.items()
        if criteria_set.id == fed.criteria_set
        and criteria_set.by_code[fed.component].applies_to(code, province.units[code].kind)
        for suggested in _facts_of(stated, measure, fed, province.units[code], so_far)
    ]


def _facts_of(
    stated: StatedFigures, measure: Measure, fed: FedFact, unit: Unit, so_far: Period
) -> Iterable[SuggestedFact]:
    found = stated.find(measure, unit.code, so_far)
    if found is None or found.figure.qualifier is not Qualifier.EXACTLY:
        return
    figure = found.figure
    origin = f"{measure.name}: {_months_told(stated, found, measure, unit)}"
    if fed.fact is not None:
        amount = figure.amount(measure.kind)
        values = {} if amount is None else {fed.fact: amount}
    elif figure.numerator is None or not figure.denominator:
        return
    else:
        values = {"numerator": figure.numerator, "denominator": figure.denominator}
    for fact, value in values.items():
        text = plain(printed(value, MOST_DECIMALS))
        yield SuggestedFact(FactEntry(unit.code, fed.component, fact, text), origin)


def _months_told(stated: StatedFigures, found: FoundFigure, measure: Measure, unit: Unit) -> str:
    """Which reports a figure comes from, and what of the months that the unit has to tell they lack, in words."""
    told = found.told
    first, last = told[0], told[-1]
    in_year = whole_year(last.year)
    if measure.over_time is OverTime.LAST:
        return f"báo cáo {_months(last, last)}" + ("" if last.end == in_year.end else ", chưa hết năm")
    asked = sorted({*told, *stated.asked(measure, unit.code, in_year)})
    text = f"lũy kế báo cáo {_months(first, last)}"
    if len(told) == len(asked):
        return text
    gaps = [f"{month.last:%m}" for month in asked if month not in told and first < month < last]
    return f"{text}, mới có {len(told)}/{len(asked)} tháng" + (f" (thiếu tháng {', '.join(gaps)})" if gaps else "")


def _months(first: Period, last: Period) -> str:
    """Months of one year as officers write them in short: `tháng 01–12/2025`."""
    return f"tháng {first.last:%m}" + ("" if first == last else f"–{last.last:%m}") + f"/{last.year}"


def external_facts(province: Province, indices: Sequence[IndexValue], year: int) -> list[SuggestedFact]:
    """The fact `value` of every rule that follows another index, named by the id or the name of a declared series.

    A unit's own value comes first, then the province's. The origin names index, year and publication.
    """
    named = series_by_word(province.progress.indices.values())
    values = {(one.series, one.unit): one for one in indices if one.year == year and one.value is not None}
    suggested = []
    for code, criteria_set in province.sets_by_unit(year).items():
        for leaf in criteria_set.leaves:
            series = named.get(leaf.rule.other_index)
            if series is None or not leaf.applies_to(code, province.units[code].kind):
                continue
            one = values.get((series.id, code)) or values.get((series.id, ""))
            if one is not None and one.value is not None:
                entry = FactEntry(code, leaf.code, "value", plain(one.value))
                suggested.append(SuggestedFact(entry, one.named(series)))
    return suggested


def bonus_facts(province: Province, initiatives: Sequence[RegisterEntry], year: int) -> list[SuggestedFact]:
    """How many cases each bonus item has by the register of initiatives (`bonus_item`); those of the year count."""
    cases = Counter(
        (entry.unit, entry.value("bonus_item"))
        for entry in initiatives
        if entry.year == year and entry.value("bonus_item")
    )
    origin = f"sổ sáng kiến năm {year}"
    return [
        SuggestedFact(FactEntry(unit, item, criteria_set.bonus_items[item].field.id, str(count)), origin)
        for unit, criteria_set in province.sets_by_unit(year).items()
        for (owner, item), count in sorted(cases.items())
        if owner == unit and item in criteria_set.bonus_items
    ]


def forecast_round(
    province: Province,
    gathered: CurrentFacts,
    suggested: Sequence[SuggestedFact],
    year: int,
    today: date,
    known: WorkedOut | None = None,
) -> RoundForecast:
    """The round as it would stand today; pure.

    Args:
        province: whose round it is.
        gathered: received facts and points.
        suggested: facts that stand in where nothing was received for a component.
        year: the index year.
        today: deadlines before it can no longer be met.
        known: what was worked out before: units of which the same is known are not scored again.
    """
    round, known = province.round_of(year), known or WorkedOut()
    by_unit: dict[str, list[SuggestedFact]] = {}
    for one in suggested:
        by_unit.setdefault(one.entry.unit, []).append(one)
    units: list[UnitForecast] = []
    for group in round.groups:
        criteria_set = province.criteria_sets[group.criteria_set]
        members = province.members(round, group)
        used = {unit.code: _standing_in(gathered.inputs[unit.code], by_unit.get(unit.code, ())) for unit in members}
        inputs = among_each_other([_with(gathered.inputs[code], used[code]) for code in used], criteria_set)
        scoring = GroupScoring(criteria_set, year, round.survey_missing, round.gates_of(group), round.ranking)
        alone = {one.unit.code: _alone(one, scoring, today, known) for one in inputs}
        scored = [one.scored for one in alone.values()]
        unranked = (*group.unranked, *(unit.code for unit in scored if not _is_enough(unit)))
        ranked = rank_group(scored, round.ranking, round.grades_of(group), unranked=unranked, tie_break=round.tie_break)
        units += [
            _unit_forecast(one, province.units[one.unit.code], group, alone[one.unit.code], used[one.unit.code])
            for one in ranked
        ]
    return RoundForecast(year, today, round.ranking, tuple(units))


def _is_enough(unit: ScoredUnit) -> bool:
    """Whether so much is known of a unit that it may be placed: at least half of its own maximum.

    Source: docs/maths.md, 17.3.
    """
    known = sum((leaf.max for leaf in unit.leaves if leaf.points is not None and leaf.basis is not Basis.MISSING), ZERO)
    return known * 2 >= unit.max_points


def _standing_in(unit: UnitInput, suggested: Sequence[SuggestedFact]) -> tuple[SuggestedFact, ...]:
    """The unit's suggestions for components about which nothing was received."""
    known = {*unit.facts, *(code for code, _ in unit.given)}
    return tuple(one for one in suggested if one.entry.component not in known)


def _with(unit: UnitInput, suggested: Sequence[SuggestedFact]) -> UnitInput:
    facts: dict[str, Mapping[str, str]] = dict(unit.facts)
    for one in suggested:
        facts[one.entry.component] = {**facts.get(one.entry.component, {}), one.entry.fact: one.entry.value}
    proven = None if unit.proven is None else {*unit.proven, *(one.entry.component for one in suggested)}
    return replace(unit, facts=facts, proven=proven)


@dataclass(frozen=True, slots=True)
class _Alone:
    """What a unit comes to by itself, whatever the others do; for its attributes see `UnitForecast`."""

    scored: ScoredUnit
    leaves: tuple[LeafPoints, ...]
    missing: tuple[Leaf, ...]
    gains: tuple[Gain, ...]


def _alone(unit: UnitInput, scoring: GroupScoring, today: date, known: WorkedOut) -> _Alone:
    what = ("forecast", scoring.year, today, unit.unit.code)
    return known.of(what, (unit, scoring), lambda: _worked_out_alone(unit, scoring, today))


def _worked_out_alone(unit: UnitInput, scoring: GroupScoring, today: date) -> _Alone:
    scored = score_unit(unit, scoring, [])
    applying = [leaf for leaf in scoring.criteria_set.leaves if leaf.applies_to(unit.unit.code, unit.unit.kind)]
    untouched = {leaf.code: LeafPoints(leaf.code, leaf.max, ZERO, Basis.MISSING) for leaf in applying}
    points = untouched | {leaf.code: leaf for leaf in scored.leaves}
    gains = [_gain(leaf, points[leaf.code], unit.facts.get(leaf.code, {}), scoring.year, today) for leaf in applying]
    return _Alone(
        scored,
        tuple(points[leaf.code] for leaf in applying),
        tuple(leaf for leaf in applying if points[leaf.code].basis in (Basis.MISSING, Basis.REBASED)),
        tuple(sorted((gain for gain in gains if gain), key=lambda gain: (not gain.gain, -gain.to_win, gain.leaf.code))),
    )


def _unit_forecast(
    ranked: RankedUnit, unit: Unit, group: Group, alone: _Alone, suggested: tuple[SuggestedFact, ...]
) -> UnitForecast:
    scored = alone.scored
    return UnitForecast(
        unit,
        group,
        scored.max_points,
        scored.points,
        scored.index,
        ranked.rank,
        ranked.grade if _is_enough(scored) else None,
        alone.leaves,
        alone.missing,
        suggested,
        alone.gains,
    )


def _gain(leaf: Leaf, points: LeafPoints, facts: Mapping[str, str], year: int, today: date) -> Gain | None:
    """What a leaf can still win; None where it is decided, full, or lost for this year."""
    if points.basis not in _OPEN or (points.points is not None and points.points >= leaf.max):
        return None
    if leaf.source is not Source.SELF and not facts:
        return Gain(leaf, points.points, leaf.max, _AWAITED[leaf.source], ZERO)
    if not facts and points.basis is Basis.MISSING and is_past(leaf.rule, year, today):
        return Gain(leaf, points.points, leaf.max, "đã quá hạn; báo cáo ngày thực hiện nếu đã làm", ZERO)
    if points.basis is Basis.UNPROVEN:
        claimed = points.self_points or ZERO
        return Gain(leaf, points.points, leaf.max, "gửi tài liệu kiểm chứng để được tính điểm tự chấm", claimed)
    if points.basis is Basis.SELF:
        left = leaf.max - (points.points or ZERO)
        return Gain(leaf, points.points, left, "bổ sung số liệu chứng minh phần điểm chưa tự chấm", left)
    step = next_step(leaf.rule, facts, leaf.max, year)
    if not step.gain:
        return None
    return Gain(leaf, points.points, leaf.max - (points.points or ZERO), step.words, step.gain)


def forecast_data(forecast: RoundForecast) -> dict[str, Any]:
    """The forecast for machines; numbers as strings with a decimal point, cut to the printed decimals of the round."""

    def cut(value: Decimal | None) -> str | None:
        return None if value is None else format(forecast.ranking.printed(value), "f")

    return {
        "year": forecast.year,
        "day": forecast.day.isoformat(),
        "units": [
            {
                "code": unit.unit.code,
                "name": unit.unit.name,
                "group": unit.group.id,
                "max_points": plain(unit.max_points),
                "points": cut(unit.points),
                "index": cut(unit.index),
                "rank": unit.rank,
                "grade": unit.grade,
                "missing": [leaf.code for leaf in unit.missing],
                "suggested": [{**one.entry._asdict(), "origin": one.origin} for one in unit.suggested],
                "gains": [
                    {
                        "code": gain.leaf.code,
                        "name": gain.leaf.name,
                        "to_win": plain(printed(gain.to_win, MOST_DECIMALS)),
                        "step": gain.step,
                        "gain": plain(printed(gain.gain, MOST_DECIMALS)),
                    }
                    for gain in unit.gains
                ],
            }
            for unit in forecast.units
        ],
    }
