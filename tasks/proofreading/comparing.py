"""Statements that compare: with the mean, another unit, the year before (`cao hơn Sở B 2,1 điểm phần trăm`)."""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial

from models.numbers import vietnamese_number
from tasks.proofreading.agreeing import agrees
from tasks.proofreading.known import Known, KnownGroup, KnownUnit
from tasks.proofreading.statements import Claim, Verdict, Weighed
from tasks.proofreading.stating import names_of, of_units, of_year, stated, undecidable, verdict_of
from tasks.proofreading.tokens import Line, Token
from tasks.proofreading.vocabulary import Kind
from tasks.proofreading.walking import before, told, units_at, year_at

_RANKS = ("xếp trên", "đứng trên", "xếp dưới", "đứng dưới", "đứng sau", "xếp sau")


def comparisons(line: Line, known: Known) -> Iterator[Claim]:
    """Every comparison of known units in a sentence."""
    for place, token in enumerate(line.tokens):
        if token.kind not in (Kind.HIGHER, Kind.LOWER) or token.done or not told(line, place):
            continue
        found = before(line, place)
        if found is None or len(found.units) != 1:
            continue
        number, other = _rest(line, place)
        if other >= 0 and not (number >= 0 and line.tokens[number].stated is None):
            yield _compared(line, place, found.units, number, other, known)


def _rest(line: Line, at: int) -> tuple[int, int]:
    """The places of the difference and of what is compared with, -1 where a part is not there."""
    number = other = -1
    for place in range(at + 1, len(line.tokens)):
        token = line.tokens[place]
        if token.kind is Kind.NUMBER and token.stated and token.stated.unit in ("pp", "%", "points") and number < 0:
            number = place
            if other >= 0:
                break
        elif token.kind in (Kind.MEAN, Kind.UNIT, Kind.YEAR, Kind.PREVIOUS) and other < 0:
            other = place
        elif token.kind not in (Kind.FILL, Kind.GROUP, Kind.INDEX, Kind.TOGETHER):
            break
    return number, other


def _compared(line: Line, at: int, units: list[int], number: int, other: int, known: Known) -> Claim:
    token, against = line.tokens[at], line.tokens[other]
    sign = 1 if token.kind is Kind.HIGHER else -1
    amount = line.tokens[number] if number >= 0 else None
    last = max(other, number)
    if against.kind is Kind.UNIT:
        others = units_at(line, other, known)
        held = partial(_with_unit, others, token.text in _RANKS, sign, amount)
    elif against.kind is Kind.MEAN:
        held = partial(_with_mean, sign, amount)
    else:
        held = partial(_with_year, against.year or known.year - 1, known.year, sign, amount)
    outcome = of_units(line, units, known, _year(line, units[0], known), held)
    line.finish(at, *((number,) if number >= 0 else ()))
    against.kind = Kind.REFERENCE  # no subject of what follows
    return stated(line, units[0], last, names_of(line, units, known), f"so với {against.text}", outcome)


def _year(line: Line, at: int, known: Known) -> int:
    year = year_at(line, at, known.year)
    return known.year if year == known.year else 0


def _difference(sign: int, amount: Token | None, difference: Decimal, shown: str, source: str) -> Weighed:
    """A difference held against the printed one: its direction, and how much where that is said."""
    right = f"{vietnamese_number(format(abs(difference), 'f'))} điểm phần trăm"
    right = f"{'cao hơn' if difference > 0 else 'thấp hơn'} {right} ({shown})" if difference else f"bằng nhau ({shown})"
    if difference * sign <= 0:
        return Weighed(Verdict.WRONG, right, source)
    if amount is None or amount.stated is None:
        return Weighed(Verdict.RIGHT, right, source)
    verdict = agrees(amount.stated, amount.hedge, abs(difference))
    if verdict is Verdict.RIGHT and amount.stated.unit != "pp":
        return Weighed(
            Verdict.WRONG if amount.stated.unit == "%" else Verdict.AMBIGUOUS,
            right,
            source,
            "hiệu của hai tỷ lệ là điểm phần trăm",
        )
    return Weighed(verdict, right, source)


def _with_mean(sign: int, amount: Token | None, unit: KnownUnit, group: KnownGroup) -> Weighed:
    assert unit.result
    index, mean = group.index(unit.result), group.group.mean
    if index is None or mean is None:
        return undecidable("đơn vị không có Chỉ số")
    mean = group.ranking.printed(mean)
    return _difference(sign, amount, index - mean, f"{group.shown(index)}% và {group.shown(mean)}%", group.source)


def _with_unit(
    others: list[KnownUnit], by_rank: bool, sign: int, amount: Token | None, unit: KnownUnit, group: KnownGroup
) -> Weighed:
    assert unit.result
    known = [one for one in others if one.result]
    if len(known) != 1 or known[0].result is None:
        return undecidable("không rõ so với đơn vị nào")
    other = known[0].result
    if by_rank:
        if unit.result.rank is None or other.rank is None or known[0].of is not group:
            return undecidable("hai đơn vị không cùng bảng xếp hạng")
        shown = f"hạng {unit.result.rank} và hạng {other.rank}"
        return Weighed(verdict_of((other.rank - unit.result.rank) * sign > 0), shown, group.source)
    assert known[0].of
    index, against = group.index(unit.result), known[0].of.index(other)
    if index is None or against is None:
        return undecidable("đơn vị không có Chỉ số")
    shown = f"{group.shown(index)}% và {group.shown(against)}%"
    return _difference(sign, amount, index - against, shown, group.source)


def _with_year(year: int, known: int, sign: int, amount: Token | None, unit: KnownUnit, group: KnownGroup) -> Weighed:
    assert unit.result
    previous, index = unit.result.previous, group.index(unit.result)
    if previous is None or previous.year != year or index is None or year == known:
        return of_year(year)
    shown = f"{group.shown(index)}% và {group.shown(previous.index)}%"
    return _difference(sign, amount, index - previous.index, shown, f"{group.source}, kết quả năm {year}")
