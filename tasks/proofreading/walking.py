"""From a number or a claim in a sentence to its subject: over filling words, never over unknown ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tasks.proofreading.known import Known, KnownGroup, KnownUnit
from tasks.proofreading.tokens import Line, Token
from tasks.proofreading.vocabulary import COMPARED, Kind

_PASSED = frozenset(set(Kind) - {Kind.WORD, Kind.BLOCK, Kind.MEASURE, Kind.LEAF})
_INTRODUCING = ("là", "thuộc về", "gồm", "có", ":", "vẫn", "(")
_JOINING = (",", "và", ";", "cùng", "với", "ubnd", "ủy ban nhân dân")
_CUES = frozenset(
    (
        *(Kind.INDEX, Kind.POINTS, Kind.APPRAISED, Kind.SELF, Kind.SURVEY, Kind.BONUS, Kind.PENALTY, Kind.MAXIMUM),
        *(Kind.SHARE, Kind.MEAN, Kind.SPREAD),
    )
)


@dataclass(slots=True)
class Found:
    """What a number or a claim is told of.

    Attributes:
        units: places of the tokens that name its units, in the order of the text.
        cues: the words of the trade between them, the nearest first.
        area, group, extreme: the place of the nearest area, group, and highest or lowest on the way, -1 where none.
    """

    units: list[int] = field(default_factory=list)
    cues: list[Kind] = field(default_factory=list)
    area: int = -1
    group: int = -1
    extreme: int = -1


def passes(token: Token) -> bool:
    """Whether a statement may reach over a token."""
    return token.kind in _PASSED and (token.kind is not Kind.NUMBER or token.done) and token.text not in ".!?"


def before(line: Line, at: int) -> Found | None:
    """What stands before a number or claim; None where an unknown word parts it from its subject."""
    found, tokens = Found(), line.tokens
    place = at - 1
    while place >= 0 and passes(tokens[place]):
        kind = tokens[place].kind
        if kind in (Kind.UNIT, Kind.PRONOUN):
            inside = any(token.text == "(" for token in tokens[place:at]) and tokens[at - 1].text != ")"
            found.units = _together(line, place, over_brackets=not inside)
            return found if _headed(line, found.units[0], found) else None
        _collect(found, tokens[place], place)
        place -= 1
    return found if place < 0 or tokens[place].kind is Kind.STOP or _is_told(found) else None


def _is_told(found: Found) -> bool:
    """Whether what was passed says enough of itself: a mean, an area, a spread, a group."""
    return bool(found.cues) or found.area >= 0 or found.group >= 0 or found.extreme >= 0


def _collect(found: Found, token: Token, place: int) -> None:
    if token.kind in _CUES and not token.done:
        found.cues.append(token.kind)
    if token.kind is Kind.AREA and found.area < 0 and not token.done:
        found.area = place
    if token.kind is Kind.GROUP and found.group < 0:
        found.group = place
    if token.kind in (Kind.BEST, Kind.WORST) and found.extreme < 0:
        found.extreme = place


def _together(line: Line, last: int, *, over_brackets: bool) -> list[int]:
    """The units of which the one at a place is the last: `A, B và C`; with `over_brackets` also `A (92%) và B`."""
    units, place = [last], _before_brackets(line, last - 1) if over_brackets else last - 1
    while place > 0 and line.tokens[place].text in _JOINING:
        joined = place
        while joined > 0 and line.tokens[joined].text in _JOINING:
            joined -= 1
        joined = _before_brackets(line, joined) if over_brackets else joined
        if line.tokens[joined].kind is not Kind.UNIT:
            break
        units.insert(0, joined)
        place = joined - 1
    return units


def _before_brackets(line: Line, place: int) -> int:
    """The place before what stands in brackets behind a name: `A (92,15%)`."""
    if place < 0 or line.tokens[place].text != ")":
        return place
    while place > 0 and line.tokens[place].text != "(":
        place -= 1
    return place - 1


def _headed(line: Line, first: int, found: Found) -> bool:
    """Whether nothing unknown stands right before the units; cues and areas there count: `Chỉ số của A`."""
    crossed = False
    for place in range(first - 1, -1, -1):
        token = line.tokens[place]
        if token.kind is Kind.STOP or (token.kind is Kind.UNIT and crossed):
            return True
        if token.kind is Kind.NUMBER or token.kind in (Kind.BEST, Kind.WORST, Kind.UP, Kind.DOWN):
            return True
        if not passes(token):
            return crossed
        crossed = crossed or token.kind is Kind.MARK
        if not (token.kind is Kind.MEAN and crossed):
            _collect(found, token, place)
    return True


def behind(line: Line, at: int) -> list[int]:
    """The units that are introduced behind a claim: `cao nhất là A và B`, `dẫn đầu: A`."""
    introduced = False
    for place in range(at + 1, len(line.tokens)):
        token = line.tokens[place]
        if token.kind is Kind.UNIT:
            return _onwards(line, place) if introduced else []
        if not passes(token) or token.kind in (Kind.STOP, Kind.BEST, Kind.WORST) or token.text == ",":
            return []
        introduced = introduced or token.text in _INTRODUCING
    return []


def _onwards(line: Line, first: int) -> list[int]:
    units, place = [first], _behind_brackets(line, first + 1)
    while place < len(line.tokens) and line.tokens[place].text in (",", "và", "ubnd"):
        place += 1
        if place < len(line.tokens) and line.tokens[place].kind is Kind.UNIT:
            units.append(place)
            place = _behind_brackets(line, place + 1)
    return units


def _behind_brackets(line: Line, place: int) -> int:
    if place >= len(line.tokens) or line.tokens[place].text != "(":
        return place
    while place < len(line.tokens) and line.tokens[place].text != ")":
        place += 1
    return place + 1


UNCLEAR_AREA = -2


def area_of(line: Line, at: int, found: Found | None) -> int:
    """The area that something is said of: on its way, behind it, or where the sentence begins with one for all of it.

    Returns:
        Its place, -1 where no area is spoken of, UNCLEAR_AREA where one before may or may not be meant.
    """
    if found and found.area >= 0:
        return found.area
    following = area_behind(line, at)
    areas = [place for place, token in enumerate(line.tokens) if token.kind is Kind.AREA]
    if following >= 0 or not any(place < at for place in areas):
        return following
    leading = all(token.kind in (Kind.FILL, Kind.AREAS, Kind.MARK, Kind.YEAR) for token in line.tokens[: areas[0]])
    return areas[0] if leading and len(areas) == 1 else UNCLEAR_AREA


def area_behind(line: Line, at: int) -> int:
    """The place of the area that follows a claim: `dẫn đầu về lĩnh vực X`, -1 where none does."""
    for place in range(at + 1, len(line.tokens)):
        token = line.tokens[place]
        if token.kind is Kind.AREA:
            return place
        if token.kind not in (Kind.FILL, Kind.AREAS, Kind.GROUP, Kind.INDEX) and token.text not in '“”"':
            return -1
    return -1


def followed_by_unknown(line: Line, at: int) -> bool:
    """Whether an unknown word qualifies what stands at a place: `85% kế hoạch`, `thứ 3 về hồ sơ`."""
    for token in line.tokens[at + 1 :]:
        if token.kind in (Kind.WORD, Kind.BLOCK, Kind.LEAF, Kind.MEASURE):
            return True
        if token.kind is not Kind.FILL or token.text == "và":
            return False
    return False


def unknown_around(line: Line, at: int) -> bool:
    """Whether any unknown word stands in the clause of a place."""
    return any(line.tokens[place].kind in (Kind.WORD, Kind.LEAF, Kind.MEASURE) for place in line.clause(at))


def told(line: Line, at: int) -> bool:
    """Whether a claim may be read: nothing denies it, nothing unknown qualifies it, or it names the index."""
    if line.blocked(at) or followed_by_unknown(line, at):
        return False
    named = any(line.tokens[place].kind in (Kind.INDEX, Kind.MEAN) for place in line.clause(at))
    return named or not any(
        line.tokens[place].kind in (Kind.WORD, Kind.LEAF, Kind.MEASURE) for place in line.clause(at) if place < at
    )


_TOWARDS = ("lên", "xuống")


def towards(token: Token) -> bool:
    """Whether a word says to where something moved, not by how much: `tăng lên 85%`."""
    return token.text.endswith(_TOWARDS)


def turned(line: Line, at: int) -> bool:
    """Whether a number is one by which something rose, fell or differs, not what it is."""
    for place in range(at - 1, -1, -1):
        token = line.tokens[place]
        if token.kind in (Kind.UP, Kind.DOWN, Kind.HIGHER, Kind.LOWER):
            return not token.done and not towards(token)
        if token.kind not in (Kind.FILL, Kind.INDEX, Kind.RANK, Kind.POINTS, Kind.MEAN, Kind.TOGETHER):
            return False
    return False


def year_at(line: Line, at: int, year: int) -> int:
    """Of which year something is said, 0 where the text before it spoke of another one last."""
    tokens = line.tokens
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    if following and following.text == "của" and at + 2 < len(tokens):
        following = tokens[at + 2]
    if following and following.kind in (Kind.YEAR, Kind.PREVIOUS):
        return following.year or year - 1
    for place in range(at - 1, -1, -1):
        token = tokens[place]
        compared = place and tokens[place - 1].text in COMPARED
        if token.kind in (Kind.YEAR, Kind.PREVIOUS) and not compared:
            return token.year or year - 1
    return year if line.year in (0, year) else 0


def units_at(line: Line, place: int, known: Known) -> list[KnownUnit]:
    """The units that a name may mean; none where `đơn vị này` is not clear."""
    token = line.tokens[place]
    if token.kind is Kind.PRONOUN:
        earlier = [one.ids for one in line.tokens[:place] if one.kind is Kind.UNIT]
        named = list(dict.fromkeys(earlier or line.before))
        return [known.units[code] for code in named[0]] if len(named) == 1 else []
    return [known.units[code] for code in token.ids]


def groups_at(line: Line, at: int, known: Known, kinds: Sequence[str] = ()) -> list[KnownGroup]:
    """The groups that a sentence speaks of: named in it, else having such units, else named above it, else all."""
    for place in _nearest(line, at):
        if line.tokens[place].kind is Kind.GROUP:
            return [known.group(id) for id in line.tokens[place].ids]
    named = {one.of.group.id: one.of for place in line.clause(at) for one in _units_of(line, place, known) if one.of}
    if len(named) == 1:
        return list(named.values())
    having = [group for group in known.groups if any(unit.kind in kinds for unit in group.group.units)]
    if having and len(having) < len(known.groups):
        return having
    scoped = [known.group(id) for id in line.scope]
    return scoped or list(having or known.groups)


def _units_of(line: Line, place: int, known: Known) -> list[KnownUnit]:
    return units_at(line, place, known) if line.tokens[place].kind is Kind.UNIT else []


def outside(line: Line, place: int, group: KnownGroup, known: Known) -> str:
    """Why what is said of a unit is not said within its group: another one is named, or all of them; "" where it is."""
    clause = [line.tokens[one] for one in line.clause(place)]
    if any(token.kind is Kind.GROUP and group.group.id not in token.ids for token in clause):
        return "câu nêu nhóm khác với nhóm của đơn vị"
    everywhere = any(token.text in ("toàn tỉnh", "cả tỉnh", "trong tỉnh") for token in clause)
    return "xếp hạng theo từng nhóm, không chung toàn tỉnh" if everywhere and len(known.groups) > 1 else ""


def _nearest(line: Line, at: int) -> Iterator[int]:
    return iter(sorted(range(len(line.tokens)), key=lambda place: (place > at, abs(place - at))))
