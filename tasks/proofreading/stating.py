"""What families of statements share: of whom something is said, in which year, and how it becomes a statement."""

from collections.abc import Callable, Iterable, Sequence

from tasks.proofreading.known import Known, KnownGroup, KnownUnit
from tasks.proofreading.statements import Claim, Verdict, Weighed, all_of, decided
from tasks.proofreading.tokens import Line
from tasks.proofreading.vocabulary import PERHAPS_STILL, STILL, Kind
from tasks.proofreading.walking import outside, units_at

UNCLEAR_YEAR = Weighed(Verdict.AMBIGUOUS, why="chưa rõ nói về năm nào: câu trước nói về năm khác")
UNSURE_AREA = Weighed(Verdict.AMBIGUOUS, why="chưa rõ nói về lĩnh vực nêu trước hay nói chung")
UNCLEAR_UNIT = Weighed(Verdict.AMBIGUOUS, why="chưa rõ nói về đơn vị nào")
OfUnit = Callable[[KnownUnit, KnownGroup], Weighed]


def stated(line: Line, first: int, last: int, subject: str, quantity: str, outcome: Weighed) -> Claim:
    """A statement with the words that make it, from one token to another."""
    low, high = sorted((first, last))
    start, end = line.tokens[low].start, line.tokens[high].end
    return Claim(start, end, subject, quantity, line.text[start:end], outcome)


def of_units(line: Line, places: Sequence[int], known: Known, year: int, held: OfUnit) -> Weighed:
    """What is said alike of the units at some places: right where it is right of each.

    Args:
        year: that it is said of, 0 where that is not clear.
        held: the statement held against the figures of one unit.
    """
    line.use(*places)
    return UNCLEAR_YEAR if not year else all_of([_of_unit(line, place, known, held) for place in places])


def _of_unit(line: Line, place: int, known: Known, held: OfUnit) -> Weighed:
    meant = units_at(line, place, known)
    if not meant:
        return UNCLEAR_UNIT
    if places_apart := next((why for one in meant if one.of and (why := outside(line, place, one.of, known))), ""):
        return Weighed(Verdict.AMBIGUOUS, why=places_apart)
    absent = f"không có kết quả năm {known.year} của đơn vị này"
    return decided([held(unit, unit.of) for unit in meant if unit.of], absent)


def and_before(line: Line, at: int, held: OfUnit, so: Callable[[int, KnownGroup], bool], *, of_area: bool) -> OfUnit:
    """A statement of ranks that `tiếp tục`, `giữ vững` say was so the year before too; others as they are.

    Args:
        at: the place of the rank, or of the best.
        held: what is said of this year.
        so: whether it was so with the rank of the year before.
        of_area: whether it is said of an area, of which nothing is known of the year before.
    """
    said = [line.tokens[place].text for place in line.clause(at) if place < at]
    surely = any(text in STILL for text in said)
    if not surely and not any(text in PERHAPS_STILL for text in said):
        return held

    def both(unit: KnownUnit, group: KnownGroup) -> Weighed:
        outcome, previous = held(unit, group), unit.result.previous if unit.result else None
        if outcome.verdict is not Verdict.RIGHT:
            return outcome
        if of_area or previous is None or previous.rank is None:
            return (
                outcome if not surely else outcome._replace(verdict=Verdict.AMBIGUOUS, why="không rõ năm trước thế nào")
            )
        if so(previous.rank, group):
            return outcome
        right = f"{outcome.right}; năm {previous.year} hạng {previous.rank}"
        return Weighed(Verdict.WRONG if surely else Verdict.AMBIGUOUS, right, outcome.source, "năm trước không như vậy")

    return both


def names_of(line: Line, places: Iterable[int], known: Known) -> str:
    """The units at some places, by their names."""
    named = []
    for place in places:
        meant = units_at(line, place, known)
        named.append(meant[0].name if len(meant) == 1 else line.tokens[place].text)
    return ", ".join(named)


def undecidable(why: str) -> Weighed:
    """What nothing that is published can tell."""
    return Weighed(Verdict.UNDECIDABLE, why=why)


def of_year(year: int) -> Weighed:
    """What is said of a year of which there are no figures here."""
    return undecidable(f"không có số liệu năm {year} trong bản đối chiếu")


def of_this_year(year: int, known: Known, held: OfUnit) -> OfUnit:
    """A statement about figures that are held of one year only: of any other year nothing can be told."""
    return held if year == known.year else lambda unit, group: of_year(year)


def verdict_of(holds: bool) -> Verdict:
    """Right or wrong."""
    return Verdict.RIGHT if holds else Verdict.WRONG


def respective(line: Line, at: int, units: Sequence[int]) -> list[int]:
    """The numbers that `lần lượt` gives to so many units, the first at a place; none where their counts differ."""
    if not any(line.tokens[place].kind is Kind.RESPECTIVELY for place in range(units[-1], at)):
        return []
    places = [at]
    for place in range(at + 1, len(line.tokens)):
        token = line.tokens[place]
        if token.kind is Kind.NUMBER and token.stated and not token.done:
            places.append(place)
        elif token.kind not in (Kind.RANK, Kind.FILL) and token.text != ",":
            break
    return places if len(places) == len(units) else []
