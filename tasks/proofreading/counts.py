"""Statements of counts: how many units a group has, how many rose, fell, got a grade, reached a bound."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from models.numbers import said
from models.records.results import Status, UnitResult
from tasks.proofreading.agreeing import Hedge, Stated
from tasks.proofreading.known import Known, KnownGroup, KnownUnit, scored
from tasks.proofreading.names import lowered
from tasks.proofreading.statements import Claim, Verdict, Weighed, decided
from tasks.proofreading.stating import UNCLEAR_YEAR, names_of, of_units, of_year, stated, verdict_of
from tasks.proofreading.tokens import Line, Token
from tasks.proofreading.vocabulary import Kind
from tasks.proofreading.walking import groups_at, year_at

_KINDS = {
    "sở": ("so",),
    "sở, ngành": ("so",),
    "sở, ban, ngành": ("so",),
    "xã": ("xa",),
    "phường": ("phuong",),
    "đặc khu": ("dac_khu",),
    "xã, phường": ("xa", "phuong"),
    "phường, xã": ("xa", "phuong"),
    "xã, phường, đặc khu": ("xa", "phuong", "dac_khu"),
    "huyện": ("huyen",),
    "huyện, thị xã, thành phố": ("huyen", "thi_xa", "thanh_pho"),
    "thị xã": ("thi_xa",),
    "thành phố": ("thanh_pho",),
}
Holds = Callable[[KnownGroup, UnitResult], bool]
_FACTS: dict[Kind, tuple[str, Holds]] = {
    Kind.RANKED: ("số đơn vị được xếp hạng", lambda _, unit: unit.rank is not None),
    Kind.UNRANKED: ("số đơn vị không xếp hạng", lambda _, unit: unit.rank is None and scored(unit)),
    Kind.NOT_SCORED: ("số đơn vị không được chấm điểm", lambda _, unit: unit.status is Status.NOT_SCORED),
    Kind.SILENT: ("số đơn vị không gửi hồ sơ", lambda _, unit: unit.status is Status.NOT_SCORED),
    Kind.NOT_COMPARED: ("số đơn vị không so sánh", lambda _, unit: unit.index is not None and unit.change is None),
}
_SIGNS = {Kind.UP: 1, Kind.DOWN: -1, Kind.SAME: 0}
_BOUNDS: dict[Hedge, Callable[[Decimal, Decimal], bool]] = {
    Hedge.OVER: lambda index, bound: index > bound,
    Hedge.AT_LEAST: lambda index, bound: index >= bound,
    Hedge.UNDER: lambda index, bound: index < bound,
    Hedge.AT_MOST: lambda index, bound: index <= bound,
}


@dataclass(frozen=True, slots=True)
class _Told:
    """What is counted: in words, each way to understand it, and the last token that says so."""

    words: str
    ways: tuple[Holds, ...]
    last: int


def counts(line: Line, known: Known) -> Iterator[Claim]:
    """Every count of units in a sentence."""
    for at in line.open(Kind.NUMBER):
        token = line.tokens[at]
        if token.done or token.stated is None or not token.stated.unit.startswith("units:") or line.blocked(at):
            continue
        if token.stated.decimals or token.hedge not in (Hedge.EXACTLY, Hedge.OVER, Hedge.AT_LEAST, Hedge.UNDER):
            continue
        if _of_years(line, at):
            yield _ranked_then(line, at, known)
        elif told := _what(line, at):
            yield _count(line, at, told, known)
            yield from _members(line, told, known)


def _of_years(line: Line, at: int) -> bool:
    """`Số đơn vị được xếp hạng thay đổi: năm 2024 có 12 đơn vị, năm 2025 có 11 đơn vị`."""
    if at < 2 or line.tokens[at - 1].text != "có" or line.tokens[at - 2].kind is not Kind.YEAR:
        return False
    return any(token.kind is Kind.RANKED for token in line.tokens[:at])


def _ranked_then(line: Line, at: int, known: Known) -> Claim:
    """How many units were ranked in a year that is named."""
    token, year = line.tokens[at], line.tokens[at - 2].year
    assert token.stated
    outcomes = []
    groups = groups_at(line, at, known)
    for group in groups:
        size = len(group.group.ranked_units) if year == known.year else group.group.previous_size
        if size is not None and year in (known.year, known.year - 1):
            outcomes.append(Weighed(verdict_of(size == token.stated.value), f"{size} đơn vị", group.source))
    line.finish(at)
    subject = groups[0].name if len(groups) == 1 else "nhóm đơn vị"
    return stated(line, at - 2, at, subject, "số đơn vị được xếp hạng", decided(outcomes))


def _what(line: Line, at: int) -> _Told | None:
    """What is said of the units that are counted, None where that is not understood."""
    before = _skipped(line, at, -1)
    if before >= 0 and line.tokens[before].kind is Kind.GRADE and not line.tokens[before].done:
        told = _graded(line, before, at)
        line.finish(before)
        return told
    for place in range(at + 1, len(line.tokens)):
        token = line.tokens[place]
        if token.kind in _FACTS:
            words, holds = _FACTS[token.kind]
            return _Told(words, (holds,), place)
        if token.kind is Kind.GRADE:
            return _graded(line, place, place)
        if token.kind in _SIGNS:
            return _moved(line, at, place)
        if token.kind in (Kind.HIGHER, Kind.LOWER):
            return _beside_mean(line, place)
        if token.kind is Kind.NUMBER:
            return _bounded(line, place)
        if token.kind is Kind.BEST or token.kind is Kind.WORST:
            return None
        if token.kind in (Kind.STOP, Kind.MARK):
            return _Told("số đơn vị", (lambda _, unit: True,), at) if _is_size(line, at) else None
        if token.kind not in (Kind.FILL, Kind.INDEX, Kind.GRADED, Kind.TOGETHER, Kind.GROUP, Kind.YEAR, Kind.POINTS):
            return None
    return _Told("số đơn vị", (lambda _, unit: True,), at) if _is_size(line, at) else None


def _skipped(line: Line, at: int, step: int) -> int:
    """The next place that says something, over filling words."""
    place = at + step
    while 0 <= place < len(line.tokens) and (
        line.tokens[place].kind is Kind.FILL or line.tokens[place].text in (":", "(")
    ):
        place += step
    return place if 0 <= place < len(line.tokens) else -1


def _is_size(line: Line, at: int) -> bool:
    """Whether a number of units stands for all of a group: behind its name, or `được đánh giá`."""
    if any(line.tokens[place].kind is Kind.WORD for place in line.clause(at) if place < at):
        return False
    following = line.tokens[at + 1] if at + 1 < len(line.tokens) else None
    if following and following.text == "được đánh giá":
        return True
    place = _skipped(line, at, -1)
    return place < 0 or line.tokens[place].kind is Kind.GROUP or line.tokens[at - 1].text == ":"


def _graded(line: Line, place: int, last: int) -> _Told:
    grade = line.tokens[place].text
    return _Told(
        f"số đơn vị xếp loại {grade}", (lambda _, unit: bool(unit.grade) and lowered(unit.grade or "") == grade,), last
    )


def _moved(line: Line, at: int, place: int) -> _Told:
    """Rose, fell, stayed: of the rank or of the index where that is said, else either."""
    token = line.tokens[place]
    clause = [line.tokens[one] for one in line.clause(at)]
    sign = _SIGNS[token.kind]
    by_rank = any(word in token.text for word in ("hạng", "bậc", "vị trí")) or _names_rank(line, place)
    by_index = not by_rank and (any(one.kind is Kind.INDEX for one in clause))
    by_rank = by_rank or (not by_index and any(one.text == "thứ hạng" for one in clause))
    ways: tuple[Holds, ...] = ()
    if not by_rank:
        ways += (
            lambda group, unit: unit.change is not None and _sign(group.ranking.printed(unit.change.index)) == sign,
        )
    if not by_index:
        ways += (lambda _, unit: bool(unit.change) and _rank_sign(unit) == sign,)
    words = {1: "tăng", -1: "giảm", 0: "không đổi"}[sign]
    return _Told(f"số đơn vị {words} {'hạng' if by_rank else 'Chỉ số' if by_index else ''}".strip(), ways, place)


def _names_rank(line: Line, place: int) -> bool:
    return place + 1 < len(line.tokens) and line.tokens[place + 1].kind is Kind.RANK


def _sign(value: Decimal | int) -> int:
    return (value > 0) - (value < 0)


def _rank_sign(unit: UnitResult) -> int | None:
    return None if unit.change is None or unit.change.rank is None else _sign(unit.change.rank)


def _beside_mean(line: Line, place: int) -> _Told | None:
    following = _skipped(line, place, 1)
    if following < 0 or line.tokens[following].kind is not Kind.MEAN:
        return None
    above = line.tokens[place].kind is Kind.HIGHER

    def holds(group: KnownGroup, unit: UnitResult) -> bool:
        index, mean = group.index(unit), group.group.mean
        if index is None or mean is None or unit.rank is None:
            return False
        printed = group.ranking.printed(mean)
        return index > printed if above else index < printed

    line.tokens[following].kind = Kind.REFERENCE
    line.finish(place)
    return _Told(f"số đơn vị {'trên' if above else 'dưới'} mức trung bình", (holds,), following)


def _bounded(line: Line, place: int) -> _Told | None:
    """`trên 80%`, `từ 80% trở lên`, `từ 80% đến dưới 90%`; of all units with an index, or of the ranked ones."""
    token = line.tokens[place]
    if token.stated is None or token.stated.unit != "%" or token.hedge not in _BOUNDS:
        return None
    bounds = [token]
    last = place
    following = _skipped(line, place, 1)
    if following >= 0 and line.tokens[following].kind is Kind.NUMBER and line.tokens[following].hedge in _BOUNDS:
        bounds.append(line.tokens[following])
        last = following

    def within(group: KnownGroup, unit: UnitResult) -> bool:
        index = group.index(unit)
        return index is not None and all(_BOUNDS[one.hedge](index, _value(one)) for one in bounds)

    line.finish(*range(place, last + 1))
    words = " ".join(one.text for one in bounds)
    return _Told(
        f"số đơn vị có Chỉ số {words}",
        (within, lambda group, unit: unit.rank is not None and within(group, unit)),
        last,
    )


def _value(token: Token) -> Decimal:
    assert token.stated
    return token.stated.value


def _count(line: Line, at: int, told: _Told, known: Known) -> Claim:
    token = line.tokens[at]
    assert token.stated
    noun = token.stated.unit.partition(":")[2]
    groups = groups_at(line, at, known, _KINDS.get(noun, ()))
    year = year_at(line, at, known.year)
    outcomes = [
        _held(token.stated, token.hedge, holds, group, _kinds_in(group, noun))
        for group in groups
        for holds in told.ways
    ]
    if len(groups) > 1:
        everywhere = any(line.tokens[place].text in ("toàn tỉnh", "cả tỉnh", "trong tỉnh") for place in line.clause(at))
        together = [_together(token.stated, holds, groups) for holds in told.ways]
        outcomes = together if everywhere and token.hedge is Hedge.EXACTLY else [*outcomes, *together]
    outcome = decided(outcomes) if year == known.year else of_year(year) if year else UNCLEAR_YEAR
    line.finish(at, *range(at, told.last + 1))
    subject = groups[0].name if len(groups) == 1 else "nhóm đơn vị"
    return stated(line, min(at, told.last), max(at, told.last), subject, told.words, outcome)


def _together(number: Stated, holds: Holds, groups: Sequence[KnownGroup]) -> Weighed:
    """The same of all groups together."""
    units = [(group, unit) for group in groups for unit in group.group.units]
    count = sum(holds(group, unit) for group, unit in units)
    right = count == number.value and number.whole in (None, Decimal(len(units)))
    source = "; ".join(group.source for group in groups)
    return Weighed(verdict_of(right), f"{count}/{len(units)} đơn vị", source)


def _kinds_in(group: KnownGroup, noun: str) -> Sequence[str]:
    """The kinds that a noun limits a group to; none where the group has no such kinds, or no others."""
    kinds = _KINDS.get(noun, ())
    own = {unit.kind for unit in group.group.units}
    return [kind for kind in kinds if kind in own] if own - set(kinds) and own & set(kinds) else ()


def _members(line: Line, told: _Told, known: Known) -> Iterator[Claim]:
    """The units listed behind a count (`01 đơn vị không so sánh: A`): whether what is counted holds of each."""
    begin = told.last + 1
    if begin < len(line.tokens) and line.tokens[begin].text == ",":
        begin += 1
    if begin >= len(line.tokens) or line.tokens[begin].text not in (":", "gồm"):
        return
    units = []
    for place in range(begin + 1, len(line.tokens)):
        if line.tokens[place].kind is Kind.UNIT:
            units.append(place)
        elif line.tokens[place].text not in (",", ";", "và", "ubnd"):
            break
    if units:
        held = partial(_is_member, told.ways)
        outcome = of_units(line, units, known, year_at(line, told.last, known.year), held)
        yield stated(line, told.last, units[-1], names_of(line, units, known), told.words, outcome)


def _is_member(ways: Sequence[Holds], unit: KnownUnit, group: KnownGroup) -> Weighed:
    result = unit.result
    assert result
    outside = Weighed(Verdict.WRONG, f"{unit.name} không thuộc số này", group.source)
    return decided([Weighed(Verdict.RIGHT, "", group.source) if holds(group, result) else outside for holds in ways])


def _held(number: Stated, hedge: Hedge, holds: Holds, group: KnownGroup, kinds: Sequence[str]) -> Weighed:
    units = group.units(kinds)
    count = sum(holds(group, unit) for unit in units)
    wholes = {len(units), sum(unit.rank is not None for unit in units), sum(unit.change is not None for unit in units)}
    shown = f"{said(Decimal(count))}/{len(units)} đơn vị"
    if number.whole is not None and int(number.whole) not in wholes:
        return Weighed(Verdict.WRONG, shown, group.source, "sai tổng số đơn vị")
    if hedge is Hedge.EXACTLY:
        return Weighed(verdict_of(count == number.value), shown, group.source)
    within = _BOUNDS[hedge](Decimal(count), number.value)
    return Weighed(
        Verdict.AMBIGUOUS if within else Verdict.WRONG,
        shown,
        group.source,
        "" if not within else "nêu con số không chính xác",
    )
