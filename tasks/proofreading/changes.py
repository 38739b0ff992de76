"""Statements of changes against the year before: places, percentage points, `từ hạng 9 lên hạng 2`, up, down."""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial

from models.numbers import HUNDRED, vietnamese_number
from models.records.results import UnitResult
from tasks.proofreading.agreeing import Hedge, agrees
from tasks.proofreading.known import Known, KnownGroup, KnownUnit
from tasks.proofreading.statements import Claim, Verdict, Weighed, decided
from tasks.proofreading.stating import names_of, of_units, of_year, stated, undecidable, verdict_of
from tasks.proofreading.tokens import Line, Token
from tasks.proofreading.vocabulary import COMPARED, Kind
from tasks.proofreading.walking import before, behind, told, towards, year_at

_DIRECTIONS = {Kind.UP: 1, Kind.DOWN: -1}
_BETWEEN = (Kind.FILL, Kind.INDEX, Kind.RANK, Kind.POINTS)


def changes(line: Line, known: Known) -> Iterator[Claim]:
    """Every change of a sentence that is told of known units."""
    yield from _from_to(line, known)
    yield from _amounts(line, known)
    yield from _directions(line, known)


def base_year(line: Line, at: int, year: int) -> int:
    """The year that a change is told against: the one behind `so với` in the clause, else the year before."""
    for place in line.clause(at):
        token = line.tokens[place]
        if place and line.tokens[place - 1].text in COMPARED and token.kind in (Kind.YEAR, Kind.PREVIOUS):
            return token.year or year - 1
    return year - 1


# --- from one to the other --------------------------------------------------------------------------------------------


def _from_to(line: Line, known: Known) -> Iterator[Claim]:
    """`từ hạng 9 năm 2024 lên hạng 2`, `từ 80,10% lên 85,20%`."""
    for at in line.open(Kind.NUMBER):
        token = line.tokens[at]
        ranks = at > 0 and line.tokens[at - 1].kind is Kind.FROM
        if (
            token.done
            or token.stated is None
            or not (ranks or (token.hedge is Hedge.AT_LEAST and token.stated.unit == "%"))
        ):
            continue
        target = _target(line, at, ranks)
        found = before(line, at - 1 if ranks else at)
        if target < 0 or found is None or not found.units or not told(line, target) or found.area >= 0:
            continue
        up = not any(
            "xuống" in line.tokens[place].text or line.tokens[place].kind is Kind.DOWN for place in range(at, target)
        )
        held = partial(_moved, token, line.tokens[target], up, ranks, known.year)
        outcome = of_units(line, found.units, known, known.year, held)
        moves = [place for place in range(min(found.units[-1], at), target) if line.tokens[place].kind in _DIRECTIONS]
        line.finish(at, target, *moves)
        quantity = "thay đổi thứ hạng" if ranks else "thay đổi Chỉ số"
        yield stated(line, found.units[0], target, names_of(line, found.units, known), quantity, outcome)


def _target(line: Line, at: int, ranks: bool) -> int:
    """The place of the number that something came to, -1 where there is none."""
    for place in range(at + 1, len(line.tokens)):
        token = line.tokens[place]
        if token.kind is Kind.NUMBER:
            to = any(
                line.tokens[between].kind in (Kind.TO, Kind.UP, Kind.DOWN)
                or line.tokens[between].text in ("lên", "xuống")
                for between in range(at + 1, place)
            )
            fits = token.stated is not None and (ranks or token.stated.unit == "%")
            return place if to and fits else -1
        if token.kind not in (Kind.FILL, Kind.YEAR, Kind.PREVIOUS, Kind.TO, Kind.UP, Kind.DOWN, Kind.MARK, Kind.RANK):
            return -1
    return -1


def _moved(start: Token, end: Token, up: bool, ranks: bool, year: int, unit: KnownUnit, group: KnownGroup) -> Weighed:
    assert unit.result
    assert start.stated
    assert end.stated
    previous = unit.result.previous
    if previous is None or previous.year != year - 1:
        return _uncompared(unit.result)
    if ranks:
        if previous.rank is None or unit.result.rank is None:
            return undecidable("không so sánh thứ hạng")
        holds = previous.rank == start.stated.value and unit.result.rank == end.stated.value
        holds = holds and (unit.result.rank < previous.rank) == up
        return Weighed(verdict_of(holds), f"từ hạng {previous.rank} đến hạng {unit.result.rank}", group.source)
    index = group.index(unit.result)
    if index is None:
        return undecidable("đơn vị không có Chỉ số")
    verdicts = (agrees(start.stated, Hedge.EXACTLY, previous.index), agrees(end.stated, end.hedge, index))
    holds = verdicts == (Verdict.RIGHT, Verdict.RIGHT) and (index > previous.index) == up
    shown = f"từ {group.shown(previous.index)}% đến {group.shown(index)}%"
    return Weighed(verdict_of(holds), shown, f"{group.source}, kết quả năm {previous.year}")


def _uncompared(result: UnitResult) -> Weighed:
    return undecidable(result.no_comparison or "không có kết quả năm trước để so sánh")


# --- by how much ------------------------------------------------------------------------------------------------------


def _amounts(line: Line, known: Known) -> Iterator[Claim]:
    """`tăng 7 bậc`, `giảm 2,35 điểm phần trăm`."""
    for at in line.open(Kind.NUMBER):
        token = line.tokens[at]
        if token.done or token.stated is None or token.stated.unit not in ("places", "pp", "%", "points"):
            continue
        moved = _direction_before(line, at)
        if moved < 0 or not told(line, at) or (towards(line.tokens[moved]) and token.stated.unit in ("%", "points")):
            continue
        found = before(line, moved)
        if found is None or not found.units or Kind.MEAN in found.cues or found.area >= 0:
            continue
        line.finish(at, moved)
        base = base_year(line, at, known.year)
        sign = _DIRECTIONS[line.tokens[moved].kind]
        held = partial(_changed, token, sign, base, known.year)
        outcome = of_units(line, found.units, known, year_at(line, at, known.year), held)
        quantity = "thay đổi thứ hạng" if token.stated.unit == "places" else "thay đổi Chỉ số"
        yield stated(line, found.units[0], at, names_of(line, found.units, known), quantity, outcome)


def _direction_before(line: Line, at: int) -> int:
    for place in range(at - 1, -1, -1):
        token = line.tokens[place]
        if token.kind in _DIRECTIONS:
            return place
        if token.kind not in _BETWEEN:
            break
    return -1


def _changed(token: Token, sign: int, base: int, year: int, unit: KnownUnit, group: KnownGroup) -> Weighed:
    assert unit.result
    assert token.stated
    change = unit.result.change
    if base != year - 1:
        return of_year(base)
    if change is None:
        return _uncompared(unit.result)
    source = f"{group.source}, so với năm {base}"
    if token.stated.unit == "places":
        if change.rank is None:
            return undecidable("không so sánh thứ hạng")
        shown = moved_words(change.rank, "bậc", group)
        if change.rank * sign <= 0:
            return Weighed(Verdict.WRONG, shown, source)
        return Weighed(agrees(token.stated, token.hedge, abs(Decimal(change.rank))), shown, source)
    points = group.ranking.printed(change.index)
    shown = moved_words(points, "điểm phần trăm", group)
    if points * sign <= 0:
        return Weighed(Verdict.WRONG, shown, source)
    verdict = agrees(token.stated, token.hedge, abs(points))
    if token.stated.unit == "pp":
        return Weighed(verdict, shown, source)
    if token.stated.unit == "points":
        why = "“điểm” có thể là điểm chấm hoặc điểm phần trăm"
        return Weighed(Verdict.AMBIGUOUS if verdict is Verdict.RIGHT else Verdict.UNDECIDABLE, shown, source, why)
    return _in_percent(token, points, unit.result, verdict, shown, source)


def _in_percent(
    token: Token, points: Decimal, result: UnitResult, verdict: Verdict, shown: str, source: str
) -> Weighed:
    """A change of an index in percent is one of the index before; what equals the points is wrongly called percent."""
    assert token.stated
    assert result.previous
    before_ = result.previous.index
    relative = abs(points) / before_ * HUNDRED if before_ else None
    if relative is not None and agrees(token.stated, token.hedge, round(relative, 2)) is Verdict.RIGHT:
        other = Verdict.AMBIGUOUS if verdict is Verdict.RIGHT else Verdict.RIGHT
        return Weighed(
            other, f"{shown} (tức {vietnamese_number(str(round(relative, 2)))}% của Chỉ số năm trước)", source
        )
    return Weighed(Verdict.WRONG, shown, source, "hiệu của hai tỷ lệ là điểm phần trăm, không phải %")


def moved_words(by: Decimal | int, unit: str, group: KnownGroup) -> str:
    """`tăng 7 bậc`, `giảm 2,35 điểm phần trăm`, `không thay đổi`."""
    if not by:
        return "không thay đổi"
    amount = vietnamese_number(str(abs(by))) if isinstance(by, int) else group.shown(abs(by))
    return f"{'tăng' if by > 0 else 'giảm'} {amount} {unit}"


# --- only the direction -----------------------------------------------------------------------------------------------


def _directions(line: Line, known: Known) -> Iterator[Claim]:
    """`Sở A tăng hạng so với năm 2024`, `giữ nguyên thứ hạng`; `tăng` alone may be meant of either."""
    for at, token in enumerate(line.tokens):
        if token.done or token.kind not in (*_DIRECTIONS, Kind.SAME) or not told(line, at):
            continue
        if any(one.kind is Kind.NUMBER and not one.done for one in line.tokens[at + 1 : at + 3]):
            continue
        found = before(line, at)
        units = found.units if found else []
        units = units or (behind(line, at) if _says_whom(line, at) else [])
        if not units or (found and (Kind.MEAN in found.cues or found.area >= 0)):
            continue
        line.finish(at)
        sign = _DIRECTIONS.get(token.kind, 0)
        of_rank = any(word in token.text for word in ("hạng", "vị trí", "bậc")) or _next_is(line, at, Kind.RANK)
        of_index = _next_is(line, at, Kind.INDEX) or bool(found and Kind.INDEX in found.cues and not of_rank)
        held = partial(_turned, sign, of_rank, of_index, base_year(line, at, known.year), known.year)
        outcome = of_units(line, units, known, year_at(line, at, known.year), held)
        quantity = "thay đổi thứ hạng" if of_rank else "thay đổi Chỉ số" if of_index else "tăng, giảm"
        yield stated(line, units[0], at, names_of(line, units, known), quantity, outcome)


def _says_whom(line: Line, at: int) -> bool:
    return at + 1 < len(line.tokens) and line.tokens[at + 1].text in ("là", ":", "gồm")


def _next_is(line: Line, at: int, kind: Kind) -> bool:
    following = line.tokens[at + 1 : at + 3]
    return bool(following) and (following[0].kind is kind or (following[0].text == "về" and following[-1].kind is kind))


def _turned(
    sign: int, of_rank: bool, of_index: bool, base: int, year: int, unit: KnownUnit, group: KnownGroup
) -> Weighed:
    assert unit.result
    change = unit.result.change
    if base != year - 1:
        return of_year(base)
    if change is None:
        return _uncompared(unit.result)
    source = f"{group.source}, so với năm {base}"
    points = group.ranking.printed(change.index)
    outcomes = []
    if not of_rank:
        shown = moved_words(points, "điểm phần trăm", group)
        outcomes.append(Weighed(verdict_of(_sign(points) == sign), shown, source))
    if not of_index and change.rank is not None:
        shown = moved_words(change.rank, "bậc", group)
        outcomes.append(Weighed(verdict_of(_sign(change.rank) == sign), shown, source))
    return decided(outcomes, "không so sánh thứ hạng")


def _sign(value: Decimal | int) -> int:
    return (value > 0) - (value < 0)
