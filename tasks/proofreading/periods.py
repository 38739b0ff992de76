"""Statements of figures of periods: what a measure came to, how it changed, how much of a plan is done."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from models.progress.results import MeasureRow
from models.records.progress_snapshots import FrozenProgress
from tasks.documents.progress_sentences import base_words, change_words, comparisons
from tasks.proofreading.agreeing import Hedge, agrees
from tasks.proofreading.known import Known
from tasks.proofreading.statements import Claim, Verdict, Weighed, decided
from tasks.proofreading.stating import stated, undecidable, verdict_of
from tasks.proofreading.tokens import Line, Token
from tasks.proofreading.vocabulary import Kind
from tasks.proofreading.walking import units_at

Read = Callable[[str], list[Token]]
_DIRECTIONS = (Kind.UP, Kind.DOWN)


class _Row(NamedTuple):
    """A measure of a unit, or of all, in the report of a period."""

    row: MeasureRow
    frozen: FrozenProgress


def of_periods(line: Line, known: Known, read: Read) -> Iterator[Claim]:
    """Every figure that is told of a measure.

    Args:
        read: the tokens of a text, so that what was printed is read as what is said is.
    """
    measures = [at for at, token in enumerate(line.tokens) if token.kind is Kind.MEASURE]
    for which, at in enumerate(measures):
        end = measures[which + 1] if which + 1 < len(measures) else len(line.tokens)
        denied = any(
            one.kind is Kind.BLOCK and one.text in ("không", "chưa", "phấn đấu") for one in line.tokens[at:end]
        )
        if not denied:
            yield from _of_measure(line, at, end, known, read)


def _meant(line: Line, known: Known) -> Sequence[FrozenProgress]:
    """The periods that a sentence may mean: named in it, else by the text above it, else all."""
    small = line.text.lower()
    named = [one for one in known.periods if one.period.name.lower() in small]
    above = [one for one in known.periods if one.period.name == line.period]
    return named or above or known.periods


def _of_measure(line: Line, at: int, end: int, known: Known, read: Read) -> Iterator[Claim]:
    unit = next((place for place in range(at + 1, end) if line.tokens[place].kind is Kind.UNIT), -1)
    moved = -1
    for place in range(at + 1, end):
        token = line.tokens[place]
        if token.kind is Kind.UNIT:
            unit = place
        if token.kind in _DIRECTIONS or token.kind is Kind.SAME:
            moved = place
        if token.kind is not Kind.NUMBER or token.done or token.stated is None:
            continue
        rows = _rows(line, at, unit, known)
        if not rows:
            continue
        base = _base(line, place)
        if any(one.text == "chưa có số liệu" for one in line.tokens[max(at, place - 3) : place]):
            outcomes = [_lacking(token, row, known) for row in rows]
            quantity = "số nơi chưa có số liệu"
        elif moved > at and moved > _last_number(line, at, place):
            outcomes = [_changed(token, line.tokens[moved], base, row, known, read) for row in rows]
            quantity = "thay đổi so với kỳ trước"
            line.finish(moved)
        else:
            outcomes = [_is(token, row, known, read) for row in rows]
            quantity = "số liệu của kỳ"
        line.finish(place)
        line.use(unit)
        subject = line.tokens[at].text + (f", {line.tokens[unit].text}" if unit >= 0 else "")
        yield stated(line, at, place, subject, quantity, decided(outcomes, "không có số liệu của chỉ tiêu này"))
    for place in range(at + 1, end):
        if line.tokens[place].kind in (*_DIRECTIONS, Kind.SAME) and not line.tokens[place].done:
            yield _direction(line, at, place, unit, known, read)


def _direction(line: Line, at: int, place: int, unit: int, known: Known, read: Read) -> Claim:
    """`không thay đổi so với tháng trước`: a change of which no amount is said."""
    outcomes = []
    base, kind = _base(line, place), line.tokens[place].kind
    for row, frozen in _rows(line, at, unit, known):
        for words, against in _changes(row, frozen, base):
            turned = next((one.kind for one in read(words) if one.kind in (*_DIRECTIONS, Kind.SAME)), None)
            source = known.report_of(frozen)
            outcomes.append(Weighed(verdict_of(turned is kind), f"{words} so với {against}", source))
    line.finish(place)
    line.use(unit)
    outcome = decided(outcomes, "không so sánh với kỳ này")
    return stated(line, at, place, line.tokens[at].text, "tăng, giảm so với kỳ trước", outcome)


def _lacking(token: Token, of: _Row, known: Known) -> Weighed:
    """How many units, or months, a figure lacks."""
    assert token.stated
    units = token.stated.unit.startswith("units:")
    count = len(of.row.without) if units else len(of.row.missing)
    shown = f"{count} {'đơn vị' if units else 'tháng'}"
    return Weighed(verdict_of(token.stated.value == count), shown, known.report_of(of.frozen))


def _changes(row: MeasureRow, frozen: FrozenProgress, base: str) -> Iterator[tuple[str, str]]:
    """The changes of a row in words, each with what it is told against; only those with the base where one is named."""
    results = frozen.progress.result.measures
    measure = next(one.measure for one in results if row is one.total or any(row is other for other in one.rows))
    for comparison in comparisons(row, frozen.period):
        against = base_words(comparison, frozen.period)
        if not base or base.startswith(against.lower()):
            yield change_words(measure, comparison), against


def _last_number(line: Line, first: int, at: int) -> int:
    """The number before a place that is no part in brackets of the same figure."""
    places = [place for place in range(first, at) if line.tokens[place].kind is Kind.NUMBER]
    if places and line.tokens[at - 1].text == "(":
        places = places[:-1]
    return places[-1] if places else first


def _rows(line: Line, at: int, unit: int, known: Known) -> list[_Row]:
    found = []
    codes = {one.unit.code for one in units_at(line, unit, known)} if unit >= 0 else set()
    for frozen in _meant(line, known):
        for result in frozen.progress.result.measures:
            if result.measure.id not in line.tokens[at].ids:
                continue
            rows = [result.total] if not codes else [row for code in sorted(codes) if (row := result.of(code))]
            found += [_Row(row, frozen) for row in rows if row.figure]
    return found


def _base(line: Line, at: int) -> str:
    """What follows `so với` behind a number, up to the next mark."""
    behind = line.text[line.tokens[at].end :]
    _, said, rest = behind.partition("so với ")
    return rest.strip().lower() if said else ""


def _fits(token: Token, printed: Sequence[Token]) -> list[Verdict]:
    """A number beside those of a printed figure that are of its sort."""
    assert token.stated
    verdicts = []
    for one in printed:
        if one.kind is not Kind.NUMBER or one.stated is None or one.stated.unit != token.stated.unit:
            continue
        if (one.stated.whole is None) != (token.stated.whole is None):
            continue
        if one.stated.whole != token.stated.whole:
            verdicts.append(Verdict.WRONG)
        elif one.hedge is Hedge.EXACTLY:
            verdicts.append(agrees(token.stated, token.hedge, one.stated.value))
        else:
            verdicts.append(verdict_of(one.hedge is token.hedge and one.stated.value == token.stated.value))
    return verdicts


def _is(token: Token, of: _Row, known: Known, read: Read) -> Weighed:
    row, source = of.row, known.report_of(of.frozen)
    verdicts = _fits(token, read(row.shown))
    if not verdicts:
        return undecidable("số liệu in ra không có loại số này")._replace(right=row.shown, source=source)
    best = Verdict.RIGHT if Verdict.RIGHT in verdicts else verdicts[0]
    return Weighed(best, row.shown, source)


def _changed(token: Token, moved: Token, base: str, of: _Row, known: Known, read: Read) -> Weighed:
    """A change beside the one with the same base; with no base named, beside each."""
    row, frozen, source = of.row, of.frozen, known.report_of(of.frozen)
    outcomes = []
    for words, against in _changes(row, frozen, base):
        printed = read(words)
        turned = next((one.kind for one in printed if one.kind in (*_DIRECTIONS, Kind.SAME)), None)
        verdicts = _fits(token, printed)
        right = Verdict.RIGHT in verdicts and turned is moved.kind
        verdict = Verdict.RIGHT if right else Verdict.WRONG if verdicts or turned is not moved.kind else None
        if verdict:
            outcomes.append(Weighed(verdict, f"{words} so với {against}", source))
    return decided(outcomes, "không so sánh với kỳ này")
