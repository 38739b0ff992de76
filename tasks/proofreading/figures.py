"""Statements of figures: index, points and their parts, of a unit, an area, a unit in an area; means and spreads."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial

from models.numbers import decimals_of, plain, said
from models.records.results import UnitResult
from tasks.proofreading.agreeing import Hedge, agrees, compared
from tasks.proofreading.known import Known, KnownGroup, KnownUnit
from tasks.proofreading.statements import Claim, Verdict, Weighed, decided
from tasks.proofreading.stating import (
    UNCLEAR_YEAR,
    UNSURE_AREA,
    names_of,
    of_this_year,
    of_units,
    of_year,
    respective,
    stated,
    undecidable,
)
from tasks.proofreading.tokens import Line, Token
from tasks.proofreading.vocabulary import Kind
from tasks.proofreading.walking import (
    UNCLEAR_AREA,
    Found,
    area_behind,
    area_of,
    before,
    groups_at,
    told,
    towards,
    turned,
    unknown_around,
    year_at,
)

_PARTS: dict[Kind, tuple[str, Callable[[UnitResult], Decimal | None]]] = {
    Kind.APPRAISED: ("điểm thẩm định", lambda unit: unit.appraised_points),
    Kind.SELF: ("điểm tự chấm", lambda unit: unit.self_points),
    Kind.SURVEY: ("điểm khảo sát", lambda unit: unit.survey_points),
    Kind.BONUS: ("điểm thưởng", lambda unit: unit.bonus),
    Kind.PENALTY: ("điểm trừ", lambda unit: unit.penalty),
    Kind.MAXIMUM: ("điểm tối đa", lambda unit: unit.max_points),
}


def figures(line: Line, known: Known) -> Iterator[Claim]:
    """Every figure of a sentence that is told of something known."""
    for at in line.open(Kind.NUMBER):
        token = line.tokens[at]
        if token.stated is None or token.done or token.stated.unit not in ("%", "points", "pp", ""):
            continue
        if turned(line, at) or _begins_a_move(line, at):
            continue
        found = before(line, at) if told(line, at) else None
        if found and (found.cues or token.stated.unit) and (found.cues or not unknown_around(line, at)):
            yield from _figure(line, at, found, known)


def _begins_a_move(line: Line, at: int) -> bool:
    """Whether a number is where something came from or went to: `từ 80,10% lên 85,20%`."""
    around = line.tokens[max(0, at - 2) : at + 3]
    moved = any(
        token.text in ("lên", "xuống") or (token.kind in (Kind.UP, Kind.DOWN) and towards(token)) for token in around
    )
    return moved and any(token.hedge is Hedge.AT_LEAST and not token.done for token in around)


def _figure(line: Line, at: int, found: Found, known: Known) -> Iterator[Claim]:
    token = line.tokens[at]
    year = year_at(line, at, known.year)
    of_mean = Kind.MEAN in found.cues
    if Kind.SPREAD in found.cues:
        yield _of_groups(line, at, known, year, "chênh lệch", partial(_spread, token))
        line.finish(*(place for place in line.clause(at) if line.tokens[place].kind in (Kind.BEST, Kind.WORST)))
    elif found.units and not of_mean:
        if token.stated and token.stated.unit != "pp":
            yield from _of_units(line, at, found, known, year)
    elif token.stated and token.stated.unit in ("%", "points") and found.area >= 0:
        held = partial(_area_mean, line.tokens[found.area], token)
        line.use(found.area)
        yield _of_groups(line, at, known, year, f"Chỉ số trung bình của {line.tokens[found.area].text}", held)
    elif token.stated and token.stated.unit != "pp" and of_mean:
        area = area_behind(line, at)
        line.use(area)
        held = partial(_area_mean, line.tokens[area], token) if area >= 0 else partial(_mean, token)
        yield _of_groups(line, at, known, year, "Chỉ số trung bình", held)
    elif token.stated and token.stated.unit == "%" and found.extreme >= 0:
        best = line.tokens[found.extreme].kind is Kind.BEST
        yield _of_groups(
            line, at, known, year, "Chỉ số cao nhất" if best else "Chỉ số thấp nhất", partial(_extreme, token, best)
        )
        line.finish(found.extreme)


def _of_groups(
    line: Line, at: int, known: Known, year: int, quantity: str, held: Callable[[KnownGroup], list[Weighed]]
) -> Claim:
    """A figure of a group: of the one that is spoken of, else of whichever it fits."""
    line.finish(at)
    groups = groups_at(line, at, known)
    if year == known.year:
        outcome = decided([one for group in groups for one in held(group)])
    else:
        outcome = of_year(year) if year else UNCLEAR_YEAR
    subject = groups[0].name if len(groups) == 1 else "nhóm đơn vị"
    return stated(line, at, at, subject, quantity, outcome)


def _mean(token: Token, group: KnownGroup) -> list[Weighed]:
    mean = group.group.mean
    return [] if mean is None else [_held(token, group.ranking.printed(mean), "%", group.source)]


def _spread(token: Token, group: KnownGroup) -> list[Weighed]:
    indices = [index for unit in group.group.ranked_units if (index := group.index(unit)) is not None]
    source = group.source
    return [_held(token, max(indices) - min(indices), " điểm phần trăm", source)] if indices else []


def _extreme(token: Token, best: bool, group: KnownGroup) -> list[Weighed]:
    indices = [index for unit in group.group.ranked_units if (index := group.index(unit)) is not None]
    return [_held(token, max(indices) if best else min(indices), "%", group.source)] if indices else []


def _area_mean(area: Token, token: Token, group: KnownGroup) -> list[Weighed]:
    codes = [code for id, code in area.parts if id == group.group.id and code in group.areas]
    return [_held_of_area(token, code, group) for code in codes]


def _held_of_area(token: Token, code: str, group: KnownGroup) -> Weighed:
    """A figure of an area in a group; points may be its maximum (`Cải cách thể chế (7 điểm)`), or what units got."""
    assert token.stated
    outcome = _held(token, group.ranking.printed(group.areas[code].mean), "%", group.area_source)
    most = sum((leaf.max for leaf in group.criteria_set.leaves if leaf.area == code), Decimal(0))
    if token.stated.unit == "points" and outcome.verdict is Verdict.WRONG and token.stated.value <= most:
        return outcome._replace(verdict=Verdict.AMBIGUOUS, why=f"điểm đạt được hay điểm tối đa ({said(most)})")
    return outcome


def _held(token: Token, printed: Decimal, unit: str, source: str) -> Weighed:
    assert token.stated
    return compared(
        token.stated, token.hedge, printed, f"{said(printed) if unit == ' điểm' else _with(printed)}{unit}", source
    )


def _with(printed: Decimal) -> str:
    from models.numbers import vietnamese_number

    return vietnamese_number(format(printed, "f"))


def _of_units(line: Line, at: int, found: Found, known: Known, year: int) -> Iterator[Claim]:
    """A figure of one unit, the same of several, or one each where they are told in turn."""
    following = area_behind(line, at)
    if found.area >= 0 and following >= 0 and line.tokens[found.area].parts != line.tokens[following].parts:
        return
    area = area_of(line, at, found)
    cue = next((one for one in found.cues if one is not Kind.MEAN), None)
    places = respective(line, at, found.units)
    pairs = list(zip(places, ([one] for one in found.units), strict=True)) if places else [(at, found.units)]
    for place, units in pairs:
        token = line.tokens[place]
        if token.stated is None or (token.stated.unit == "" and cue is None):
            continue
        quantity, held = _quantity(line, token, cue, area, year, known)
        outcome = of_units(line, units, known, year, held) if area != UNCLEAR_AREA else UNSURE_AREA
        line.use(area, *units)
        line.finish(place, *((following,) if following >= 0 else ()))
        yield stated(line, units[0], place, names_of(line, units, known), quantity, outcome)


def _quantity(
    line: Line, token: Token, cue: Kind | None, area: int, year: int, known: Known
) -> tuple[str, Callable[[KnownUnit, KnownGroup], Weighed]]:
    """What a figure of a unit is of, and how it is held against the unit's."""
    assert token.stated
    unit = token.stated.unit
    if area >= 0:
        held = partial(_in_area, line.tokens[area], token)
        return f"Chỉ số {line.tokens[area].text}", of_this_year(year, known, held)
    if cue in _PARTS:
        name, value = _PARTS[cue]
        return name, of_this_year(year, known, partial(_part, token, value))
    if unit == "points" or (unit == "" and cue is Kind.POINTS):
        index = cue is Kind.INDEX
        return "tổng điểm", of_this_year(year, known, partial(_points, token, index))
    return "Chỉ số", partial(_index, token, year, known.year)


def _index(token: Token, year: int, known: int, unit: KnownUnit, group: KnownGroup) -> Weighed:
    assert unit.result
    if year == known:
        index = group.index(unit.result)
        return undecidable("đơn vị không có Chỉ số") if index is None else _held(token, index, "%", group.source)
    previous = unit.result.previous
    if previous is None or previous.year != year or previous.merged:
        return of_year(year)
    return _held(token, previous.index, "%", f"kết quả năm {year}")


def _points(token: Token, index_said: bool, unit: KnownUnit, group: KnownGroup) -> Weighed:
    """Points; what equals the index and is called points is one thing under the name of the other."""
    assert unit.result
    assert token.stated
    if unit.result.points is None:
        return undecidable("đơn vị không có điểm")
    printed, index = group.ranking.printed_points(unit.result.points), group.index(unit.result)
    outcome = _held(token, printed, " điểm", group.source)
    maximum = Decimal(plain(unit.result.max_points))
    shown = f"{_with(printed)}/{said(maximum)} điểm"
    if token.stated.whole is not None and token.stated.whole != maximum:
        return Weighed(Verdict.WRONG, shown, group.source, "sai điểm tối đa")
    is_index = index is not None and agrees(token.stated, token.hedge, index) is Verdict.RIGHT
    if outcome.verdict is Verdict.RIGHT or not is_index:
        return outcome._replace(right=shown)
    why = "con số là Chỉ số, tính bằng %, không phải điểm"
    return Weighed(
        Verdict.AMBIGUOUS if index_said else Verdict.WRONG,
        f"{shown}; Chỉ số {_with(index)}%" if index is not None else shown,
        group.source,
        why,
    )


def _part(
    token: Token,
    value: Callable[[UnitResult], Decimal | None],
    unit: KnownUnit,
    group: KnownGroup,
) -> Weighed:
    assert unit.result
    points = value(unit.result)
    if points is None:
        return undecidable("đơn vị không có loại điểm này")
    cut = points if decimals_of(points) <= 2 else group.ranking.printed_points(points)
    return _held(token, cut, " điểm", group.source)


def _in_area(area: Token, token: Token, unit: KnownUnit, group: KnownGroup) -> Weighed:
    assert unit.result
    assert token.stated
    codes = [code for id, code in area.parts if id == group.group.id]
    own = next((one for one in unit.result.areas if one.code in codes), None)
    if own is None or own.index is None:
        return undecidable("đơn vị không có lĩnh vực này")
    if token.stated.unit == "points":
        points = group.ranking.printed_points(own.points)
        if token.stated.whole is not None and token.stated.whole != own.max_points:
            return Weighed(Verdict.WRONG, f"{said(points)}/{said(own.max_points)} điểm", group.area_source)
        return _held(token, points, " điểm", group.area_source)
    return _held(token, group.ranking.printed(own.index), "%", group.area_source)
