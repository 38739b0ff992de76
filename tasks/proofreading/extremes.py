"""Statements of best and worst: units by index or in an area, areas, who moved most, `nhóm 3 đơn vị dẫn đầu`."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial

from models.records.results import UnitResult
from report_templates.filters import joined, unit_in_sentence
from tasks.proofreading.agreeing import agrees
from tasks.proofreading.changes import moved_words
from tasks.proofreading.known import Known, KnownGroup, KnownUnit
from tasks.proofreading.names import Part
from tasks.proofreading.statements import Claim, Verdict, Weighed, decided
from tasks.proofreading.stating import (
    UNCLEAR_YEAR,
    UNSURE_AREA,
    OfUnit,
    and_before,
    names_of,
    of_this_year,
    of_units,
    stated,
    undecidable,
    verdict_of,
)
from tasks.proofreading.tokens import Line
from tasks.proofreading.vocabulary import Kind
from tasks.proofreading.walking import UNCLEAR_AREA, area_of, before, behind, groups_at, told, units_at, year_at

_MOST_SHOWN = 4


def extremes(line: Line, known: Known) -> Iterator[Claim]:
    """Every best and worst of a sentence that is told of known units or areas."""
    yield from _movers(line, known)
    yield from _tops(line, known)
    yield from _first_so_many(line, known)
    for at, token in enumerate(line.tokens):
        if token.done or token.kind not in (Kind.BEST, Kind.WORST) or not told(line, at):
            continue
        if at and line.tokens[at - 1].kind in (Kind.UP, Kind.DOWN):
            continue
        yield from _extreme(line, at, known)


def _extreme(line: Line, at: int, known: Known) -> Iterator[Claim]:
    best = line.tokens[at].kind is Kind.BEST
    year = year_at(line, at, known.year)
    found = before(line, at)
    after = behind(line, at)
    units = after or (found.units if found else [])
    area = area_of(line, at, found)
    word = "cao nhất" if best else "thấp nhất"
    if units:
        codes = line.tokens[area].parts if area >= 0 else ()
        named = [one.unit.code for place in units for one in units_at(line, place, known)]
        together = any(token.kind is Kind.TOGETHER for token in line.tokens)
        this_year: OfUnit = partial(_held, best, codes, named, together)
        this_year = and_before(line, at, this_year, partial(_was_extreme, best), of_area=bool(codes))
        held = of_this_year(year, known, this_year)
        outcome = of_units(line, units, known, year, held) if area != UNCLEAR_AREA else UNSURE_AREA
        line.use(area, *units)
        line.finish(at)
        quantity = f"{word} {line.tokens[area].text}" if area >= 0 else word
        yield stated(line, min(at, units[0]), max(at, units[-1]), names_of(line, units, known), quantity, outcome)
        return
    place = area if area >= 0 else _area_introduced(line, at)
    if place < 0 or year != known.year:
        return
    groups = groups_at(line, at, known)
    outcome = decided([one for group in groups for one in _of_area(line.tokens[place].parts, best, group)])
    line.finish(at)
    line.use(place)
    subject = line.tokens[place].text
    yield stated(line, min(at, place), max(at, place), subject, f"lĩnh vực {word}", outcome)


def _area_introduced(line: Line, at: int) -> int:
    """The area behind `cao nhất là`, over the words that introduce it."""
    for place in range(at + 1, len(line.tokens)):
        token = line.tokens[place]
        if token.kind is Kind.AREA:
            return place
        if token.kind not in (Kind.FILL, Kind.AREAS, Kind.MARK, Kind.MEAN, Kind.INDEX):
            break
    return -1


def _names(units: Sequence[UnitResult]) -> str:
    shown = joined([unit_in_sentence(unit.name) for unit in units[:_MOST_SHOWN]])
    return shown if len(units) <= _MOST_SHOWN else f"{shown}…"


def _held(
    best: bool,
    areas: tuple[Part, ...],
    named: Sequence[str],
    together: bool,
    unit: KnownUnit,
    group: KnownGroup,
) -> Weighed:
    """The one named is among the extreme; where others are too and are not named, it is not clear that they are."""
    assert unit.result
    if areas:
        codes = [code for id, code in areas if id == group.group.id]
        standing = next((group.areas[code] for code in codes if code in group.areas), None)
        if standing is None:
            return undecidable("nhóm không có lĩnh vực này")
        those: Sequence[UnitResult] = standing.best if best else standing.worst
        source = group.area_source
    else:
        those, source = extreme_units(group, best), group.source
    right = _names(those)
    if unit.unit.code not in {one.code for one in those}:
        return Weighed(Verdict.WRONG, right, source)
    if together or len(those) == 1 or {one.code for one in those} <= set(named):
        return Weighed(Verdict.RIGHT, right, source)
    return Weighed(Verdict.AMBIGUOUS, right, source, "có đơn vị khác bằng, không được nêu")


def _was_extreme(best: bool, rank: int, group: KnownGroup) -> bool:
    return rank == (1 if best else group.group.previous_size)


def extreme_units(group: KnownGroup, best: bool) -> list[UnitResult]:
    """The units with the first or the last rank of a group; with the highest or lowest index where these differ."""
    ranked = group.group.ranked_units
    ranks = [unit.rank for unit in ranked if unit.rank is not None]
    if not ranks:
        return []
    wanted = min(ranks) if best else max(ranks)
    return [unit for unit in ranked if unit.rank == wanted]


def _of_area(parts: tuple[Part, ...], best: bool, group: KnownGroup) -> list[Weighed]:
    own = [group.areas[code] for id, code in parts if id == group.group.id and code in group.areas]
    if not own:
        return []
    means = {code: group.ranking.printed(area.mean) for code, area in group.areas.items()}
    wanted = max(means.values()) if best else min(means.values())
    right = "; ".join(
        f"“{area.name}” ({group.shown(wanted)}%)" for area in group.areas.values() if means[area.code] == wanted
    )
    return [Weighed(verdict_of(means[area.code] == wanted), right, group.area_source) for area in own]


# --- who moved most ---------------------------------------------------------------------------------------------------


def _movers(line: Line, known: Known) -> Iterator[Claim]:
    """`Tăng hạng nhiều nhất: A (7 bậc); B (5 bậc)`: whether these moved most, and each by how much."""
    for at, token in enumerate(line.tokens):
        if token.done or token.kind not in (Kind.MOST, Kind.LEAST) or line.blocked(at):
            continue
        sign = 1 if token.kind is Kind.MOST else -1
        listed = _listed(line, at)
        found = None if listed else before(line, at)
        units = listed or (found.units if found else [])
        if not units:
            continue
        ways = _ways(line, at)
        of_index = ways[0]
        outcomes = [
            _moves_most(line, units, sign, way, group) for group in _groups_of(line, units, known) for way in ways
        ]
        line.finish(at)
        line.use(*units)
        outcome = decided(outcomes) if year_at(line, at, known.year) == known.year else UNCLEAR_YEAR
        words = f"{'tăng' if sign > 0 else 'giảm'} {'Chỉ số' if of_index else 'hạng'} nhiều nhất"
        yield stated(line, min(at, units[0]), max(at, units[-1]), names_of(line, units, known), words, outcome)
        for place in units if listed or len(units) == 1 else ():
            number = _amount_behind(line, place if listed else at)
            if (
                number >= 0
                and (amount := line.tokens[number].stated)
                and amount.unit == ("pp" if of_index else "places")
            ):
                held = partial(_moved_by, number, line, sign, of_index)
                line.finish(number)
                one = of_units(line, [place], known, known.year, held)
                yield stated(line, place, number, names_of(line, [place], known), words, one)


def _amount_behind(line: Line, at: int) -> int:
    """The place of the number that follows a unit or a claim by which it moved, -1 where none does."""
    for place in range(at + 1, len(line.tokens)):
        token = line.tokens[place]
        if token.kind is Kind.NUMBER and not token.done:
            return place
        if token.kind not in (Kind.FILL, Kind.GROUP) and token.text not in ("(", ":"):
            break
    return -1


def _ways(line: Line, at: int) -> Sequence[bool]:
    """Whether who moved most is told of the index: by its words, or by the unit of a number; else it may be either."""
    text = line.tokens[at].text
    if "chỉ số" in text or "hạng" in text or "bậc" in text:
        return ("chỉ số" in text,)
    clause = [line.tokens[place] for place in line.clause(at)]
    units = {token.stated.unit for token in clause if token.kind is Kind.NUMBER and token.stated}
    if "pp" in units or "places" in units:
        return tuple(of_index for of_index, unit in ((True, "pp"), (False, "places")) if unit in units)
    return (True,) if any(token.kind is Kind.INDEX for token in clause) else (True, False)


def _listed(line: Line, at: int) -> list[int]:
    """The units behind the claim, with brackets between them passed over."""
    while at + 1 < len(line.tokens) and line.tokens[at + 1].kind is Kind.GROUP:
        at += 1
    if at + 1 >= len(line.tokens) or line.tokens[at + 1].text not in (":", "là", "gồm", "thuộc về"):
        return []
    units = []
    for place in range(at + 2, len(line.tokens)):
        token = line.tokens[place]
        if token.kind is Kind.UNIT:
            units.append(place)
        elif token.kind in (Kind.WORD, Kind.MOST, Kind.LEAST) or (token.kind is Kind.BLOCK):
            break
    return units


def _groups_of(line: Line, units: Sequence[int], known: Known) -> list[KnownGroup]:
    found = {one.of.group.id: one.of for place in units for one in units_at(line, place, known) if one.of is not None}
    return list(found.values())


def _move(unit: UnitResult, of_index: bool, group: KnownGroup) -> Decimal | None:
    """By how many places, or percentage points as printed, a unit moved; None where it is not compared."""
    if unit.change is None or (not of_index and unit.change.rank is None):
        return None
    return group.ranking.printed(unit.change.index) if of_index else Decimal(unit.change.rank or 0)


def _moves_most(line: Line, units: Sequence[int], sign: int, of_index: bool, group: KnownGroup) -> Weighed:
    moves = {unit.code: by * sign for unit in group.group.units if (by := _move(unit, of_index, group))}
    named = {code for place in units for code in line.tokens[place].ids}
    own = [moves[code] for code in named if code in moves]
    ordered = sorted(moves.values(), reverse=True)
    right = _names([unit for unit in group.group.units if moves.get(unit.code) == (ordered[0] if ordered else None)])
    if len(own) < len(units) or not ordered or min(own) <= 0:
        return Weighed(Verdict.WRONG, right, group.source)
    larger = [code for code, by in moves.items() if by > min(own) and code not in named]
    tied = [code for code, by in moves.items() if by == min(own) and code not in named]
    if larger:
        return Weighed(Verdict.WRONG, right, group.source)
    return Weighed(
        Verdict.AMBIGUOUS if tied else Verdict.RIGHT, right, group.source, "có đơn vị khác bằng" if tied else ""
    )


def _moved_by(number: int, line: Line, sign: int, of_index: bool, unit: KnownUnit, group: KnownGroup) -> Weighed:
    assert unit.result
    token, by = line.tokens[number], _move(unit.result, of_index, group)
    assert token.stated
    if by is None:
        return undecidable("không so sánh với năm trước")
    shown = moved_words(by, "điểm phần trăm", group) if of_index else moved_words(int(by), "bậc", group)
    holds = by * sign > 0 and agrees(token.stated, token.hedge, abs(by)) is Verdict.RIGHT
    return Weighed(verdict_of(holds), shown, group.source)


# --- the first so many ------------------------------------------------------------------------------------------------


def _tops(line: Line, known: Known) -> Iterator[Claim]:
    """`A nằm trong nhóm 3 đơn vị dẫn đầu`, `top 5`: its rank is within the first or last so many."""
    for at, token in enumerate(line.tokens):
        if token.done or token.kind is not Kind.TOP or not told(line, at):
            continue
        found = before(line, at)
        if found is None or not found.units:
            continue
        places = range(at, min(at + 4, len(line.tokens)))
        number = next((place for place in places if line.tokens[place].kind is Kind.NUMBER), -1)
        extreme = next((p for p in places if line.tokens[p].kind in (Kind.BEST, Kind.WORST)), -1)
        last = "cuối" in token.text or (extreme >= 0 and line.tokens[extreme].kind is Kind.WORST)
        amount = line.tokens[number].stated if number >= 0 else None
        most = int(amount.value) if amount else None
        held: OfUnit = partial(_within, most, last)
        held = and_before(line, at, held, partial(_was_within, most, last), of_area=False)
        outcome = of_units(line, found.units, known, year_at(line, at, known.year), held)
        line.finish(at, *(place for place in (number, extreme) if place >= 0))
        yield stated(
            line, found.units[0], max(at, number, extreme), names_of(line, found.units, known), "nhóm", outcome
        )


def _first_so_many(line: Line, known: Known) -> Iterator[Claim]:
    """`Ba đơn vị dẫn đầu là A, B và C`, `A nằm trong 3 đơn vị có Chỉ số cao nhất`."""
    for at in line.open(Kind.NUMBER):
        number = line.tokens[at].stated
        if line.tokens[at].done or number is None or not number.unit.startswith("units:") or number.whole is not None:
            continue
        extreme = next(
            (
                place
                for place in range(at + 1, min(at + 5, len(line.tokens)))
                if line.tokens[place].kind in (Kind.BEST, Kind.WORST)
            ),
            -1,
        )
        between = line.tokens[at + 1 : extreme] if extreme > 0 else []
        if extreme < 0 or any(one.kind not in (Kind.FILL, Kind.INDEX) for one in between) or not told(line, extreme):
            continue
        listed, found = behind(line, extreme), before(line, at)
        units = listed or (found.units if found else [])
        if not units:
            continue
        last, most = line.tokens[extreme].kind is Kind.WORST, int(number.value)
        outcome = of_units(line, units, known, year_at(line, at, known.year), partial(_within, most, last))
        if listed and len(listed) != most and outcome.verdict is Verdict.RIGHT:
            outcome = outcome._replace(verdict=Verdict.AMBIGUOUS, why=f"nêu {len(listed)} tên, không phải {most}")
        if listed and outcome.verdict is Verdict.RIGHT and not _in_turn(line, listed, known, last):
            outcome = outcome._replace(verdict=Verdict.WRONG, why="không theo thứ tự xếp hạng")
        line.finish(at, extreme)
        subject = names_of(line, units, known)
        yield stated(line, min(at, units[0]), max(extreme, units[-1]), subject, "nhóm đứng đầu, đứng cuối", outcome)


def _in_turn(line: Line, units: Sequence[int], known: Known, last: bool) -> bool:
    """Whether units that are told in turn (`lần lượt`) stand in the order of their ranks."""
    if not any(token.kind is Kind.RESPECTIVELY for token in line.tokens):
        return True
    meant = [unit.result for place in units for unit in units_at(line, place, known)]
    ranks = [unit.rank for unit in meant if unit and unit.rank is not None]
    return ranks == sorted(ranks) or (last and ranks == sorted(ranks, reverse=True))


def _was_within(most: int | None, last: bool, rank: int, group: KnownGroup) -> bool:
    size = group.group.previous_size or 0
    return most is not None and (rank > size - most if last else rank <= most)


def _within(most: int | None, last: bool, unit: KnownUnit, group: KnownGroup) -> Weighed:
    assert unit.result
    rank, ranked = unit.result.rank, len(group.group.ranked_units)
    if most is None:
        return undecidable("không nêu nhóm gồm bao nhiêu đơn vị")
    if rank is None:
        return undecidable("đơn vị không có thứ hạng")
    within = rank > ranked - most if last else rank <= most
    return Weighed(verdict_of(within), f"hạng {rank}/{ranked}", group.source)
