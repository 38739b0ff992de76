"""Statements of ranks: `xếp thứ 3/16`, `đứng thứ hai`, `hạng 2 lĩnh vực X`; ties share a rank."""

from collections.abc import Iterator
from functools import partial

from tasks.proofreading.agreeing import Hedge
from tasks.proofreading.known import Known, KnownGroup, KnownUnit
from tasks.proofreading.names import Part
from tasks.proofreading.statements import Claim, Verdict, Weighed
from tasks.proofreading.stating import (
    UNSURE_AREA,
    OfUnit,
    and_before,
    names_of,
    of_units,
    of_year,
    respective,
    stated,
    undecidable,
    verdict_of,
)
from tasks.proofreading.tokens import Line
from tasks.proofreading.vocabulary import Kind
from tasks.proofreading.walking import UNCLEAR_AREA, area_of, before, behind, told, year_at


def ranks(line: Line, known: Known) -> Iterator[Claim]:
    """Every rank of a sentence that is told of known units."""
    for at in line.open(Kind.NUMBER):
        token = line.tokens[at]
        if token.done or not _is_rank(line, at) or not told(line, _whole_at(line, at)[1]):
            continue
        found = before(line, at)
        units = found.units if found else []
        area = area_of(line, at, found)
        units = units or behind(line, at)
        if not units:
            continue
        places = respective(line, at, units) if units[-1] < at else []
        for place, own in zip(places, ([one] for one in units), strict=True) if places else [(at, units)]:
            yield _rank(line, place, own, area, known)


def _is_rank(line: Line, at: int) -> bool:
    """Whether a number is a rank: behind a word for one, said exactly."""
    token = line.tokens[at]
    said = token.stated
    if said is None or said.decimals or token.hedge is not Hedge.EXACTLY or at == 0:
        return False
    place = at - 1
    while place > 0 and (line.tokens[place].text in (",", "và", "là", "ở") or line.tokens[place].kind is Kind.NUMBER):
        place -= 1
    counted = said.unit.startswith("units:") and said.whole is None
    return (
        line.tokens[place].kind in (Kind.RANK, Kind.TO)
        and said.unit in ("", said.unit if not counted else "")
        and (place == at - 1 or line.tokens[at - 1].kind is not Kind.NUMBER)
    )


def _whole_at(line: Line, at: int) -> tuple[int | None, int]:
    """Of how many a rank is told (`3/16`, `thứ 3 trong số 16 đơn vị`), and the last token that says so."""
    token = line.tokens[at]
    assert token.stated
    if token.stated.whole is not None:
        return int(token.stated.whole), at
    for place in range(at + 1, min(at + 4, len(line.tokens))):
        other = line.tokens[place]
        if other.kind is Kind.NUMBER and other.stated and other.stated.unit.startswith("units:"):
            among = {line.tokens[between].text for between in range(at + 1, place)}
            return (int(other.stated.value), place) if among & {"trong", "trong số", "trên tổng"} else (None, at)
        if other.kind is not Kind.FILL:
            break
    return None, at


def _rank(line: Line, at: int, units: list[int], area: int, known: Known) -> Claim:
    token = line.tokens[at]
    assert token.stated
    whole, last = _whole_at(line, at)
    year = year_at(line, at, known.year)
    codes = line.tokens[area].parts if area >= 0 else ()
    rank = int(token.stated.value)
    held: OfUnit = partial(_held, rank, whole, codes, year, known.year)
    held = and_before(line, at, held, lambda before, _: before == rank, of_area=bool(codes))
    outcome = of_units(line, units, known, year, held) if area != UNCLEAR_AREA else UNSURE_AREA
    line.use(area, *units)
    line.finish(*range(at, last + 1))
    quantity = f"hạng {line.tokens[area].text}" if area >= 0 else "hạng"
    return stated(line, min(units[0], at), max(units[-1], last), names_of(line, units, known), quantity, outcome)


def _held(
    stated_rank: int,
    whole: int | None,
    areas: tuple[Part, ...],
    year: int,
    known: int,
    unit: KnownUnit,
    group: KnownGroup,
) -> Weighed:
    assert unit.result
    result, ranked = unit.result, len(group.group.ranked_units)
    if areas:
        codes = [code for id, code in areas if id == group.group.id]
        rank = next((found for code in codes if (found := group.area_rank(code, result.code)) is not None), None)
        source, tied = group.area_source, False
    elif year == known:
        rank, source, tied = result.rank, group.source, result.tied
    elif result.previous and result.previous.year == year:
        rank, source, tied, whole = result.previous.rank, f"kết quả năm {year}", False, None
    else:
        return of_year(year)
    if year != known and areas:
        return of_year(year)
    if rank is None:
        if year == known and not areas:
            return Weighed(Verdict.WRONG, "không xếp hạng", source)
        return undecidable("đơn vị không có thứ hạng")
    shown = f"hạng {rank}/{ranked}" if year == known else f"hạng {rank}"
    shown += " (đồng hạng)" if tied else ""
    if whole is not None and rank == stated_rank and whole != ranked:
        if whole == group.group.size:
            return Weighed(Verdict.AMBIGUOUS, shown, source, "nhóm có đơn vị không xếp hạng")
        return Weighed(Verdict.WRONG, shown, source, "sai số đơn vị được xếp hạng")
    return Weighed(verdict_of(rank == stated_rank), shown, source)
