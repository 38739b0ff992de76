"""Statements of criteria sets and of leaves over all units: how many there are, maxima, strongest and weakest."""

from collections.abc import Callable, Iterator
from decimal import Decimal

from models.numbers import said
from tasks.proofreading.agreeing import Hedge, compared
from tasks.proofreading.known import Known, KnownGroup
from tasks.proofreading.statements import Claim, Weighed, decided
from tasks.proofreading.stating import stated, verdict_of
from tasks.proofreading.tokens import Line
from tasks.proofreading.vocabulary import Kind
from tasks.proofreading.walking import groups_at

_WEAK = Decimal(50)


def of_sets(line: Line, known: Known) -> Iterator[Claim]:
    """Every statement of a sentence about criteria sets and their leaves."""
    for at in line.open(Kind.NUMBER):
        token = line.tokens[at]
        if token.done or token.stated is None or token.hedge is not Hedge.EXACTLY:
            continue
        groups = groups_at(line, at, known)
        if token.stated.unit in ("areas", "points") and not _of_a_set(line, at):
            continue
        if token.stated.unit == "areas":
            yield _sized(line, at, groups, "số lĩnh vực", lambda group: Decimal(len(group.criteria_set.areas)))
        elif token.stated.unit == "leaves" and _says_weak(line, at):
            yield _sized(line, at, groups, "số tiêu chí có tỷ lệ điểm trung bình dưới 50%", _weak)
        elif token.stated.unit == "leaves" and any(
            one.kind is Kind.AREAS or _counts_areas(one.text) for one in line.tokens
        ):
            yield _sized(
                line, at, groups, "số tiêu chí được chấm điểm", lambda group: Decimal(len(group.criteria_set.leaves))
            )
        elif token.stated.unit == "points" and at and line.tokens[at - 1].kind is Kind.MAXIMUM:
            yield _sized(line, at, groups, "điểm tối đa", lambda group: group.criteria_set.maximum)
        elif token.stated.unit == "points" and at + 1 < len(line.tokens) and "xác định qua" in line.tokens[at + 1].text:
            yield _sized(line, at, groups, "điểm điều tra xã hội học", _surveyed)
        elif token.stated.unit == "%" and (leaf := _leaf_before(line, at)) >= 0:
            yield _share(line, at, leaf, groups)


def _counts_areas(text: str) -> bool:
    return text.endswith("lĩnh vực")


def _of_a_set(line: Line, at: int) -> bool:
    """Whether a sentence speaks of a group, and here of none of its units."""
    named = any(token.kind is Kind.GROUP for token in line.tokens[:at])
    return named and not any(line.tokens[place].kind is Kind.UNIT for place in line.clause(at))


def _says_weak(line: Line, at: int) -> bool:
    """Whether `tỷ lệ điểm trung bình dưới 50%` follows, whose number is then told of."""
    for place in range(at + 1, min(at + 5, len(line.tokens))):
        token = line.tokens[place]
        if token.kind is Kind.NUMBER:
            weak = token.hedge is Hedge.UNDER and token.stated is not None and token.stated.value == _WEAK
            if weak and any(line.tokens[one].kind is Kind.SHARE for one in range(at, place)):
                line.finish(place)
                return True
    return False


def _weak(group: KnownGroup) -> Decimal:
    return Decimal(sum(standing.is_weak(group.ranking) for standing in group.criteria))


def _surveyed(group: KnownGroup) -> Decimal:
    return sum((leaf.max for leaf in group.criteria_set.leaves if leaf.source == "survey"), Decimal(0))


def _sized(
    line: Line, at: int, groups: list[KnownGroup], quantity: str, size: Callable[[KnownGroup], Decimal]
) -> Claim:
    token = line.tokens[at]
    assert token.stated
    outcomes = []
    for group in groups:
        own = size(group)
        outcomes.append(Weighed(verdict_of(own == token.stated.value), said(own), group.report_source))
    line.finish(at)
    return stated(line, at, at, groups[0].name if len(groups) == 1 else "nhóm đơn vị", quantity, decided(outcomes))


def _leaf_before(line: Line, at: int) -> int:
    for place in range(at - 1, max(at - 6, -1), -1):
        if line.tokens[place].kind is Kind.LEAF:
            return place
        if line.tokens[place].kind not in (Kind.MARK, Kind.FILL, Kind.SHARE, Kind.BEST, Kind.WORST):
            break
    return -1


def _share(line: Line, at: int, leaf: int, groups: list[KnownGroup]) -> Claim:
    """What the units got of a leaf on average; with `cao nhất` before it, whether it is the strongest too."""
    token = line.tokens[at]
    assert token.stated
    extreme = next((p for p in range(leaf - 1, -1, -1) if line.tokens[p].kind in (Kind.BEST, Kind.WORST)), -1)
    extreme = extreme if extreme >= 0 and not line.tokens[extreme].done else -1
    outcomes = []
    for group in groups:
        standings = {standing.code: group.ranking.printed(standing.share) for standing in group.criteria}
        for id, code in line.tokens[leaf].parts:
            if id != group.group.id or code not in standings:
                continue
            own = standings[code]
            outcome = compared(token.stated, token.hedge, own, f"{group.shown(own)}%", group.report_source)
            if extreme >= 0:
                best = line.tokens[extreme].kind is Kind.BEST
                wanted = max(standings.values()) if best else min(standings.values())
                if own != wanted:
                    outcome = Weighed(verdict_of(False), f"tiêu chí khác ({group.shown(wanted)}%)", group.report_source)
            outcomes.append(outcome)
    line.finish(at, *((extreme,) if extreme >= 0 else ()))
    return stated(line, leaf, at, "tiêu chí", "tỷ lệ điểm trung bình", decided(outcomes))
