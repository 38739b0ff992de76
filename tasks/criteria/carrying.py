"""What was received under one set → what the same would be under another: facts and points moved to the leaves of it.

By code where a leaf is the same thing in both sets, else as a table says that people declare: `old_code,old_fact,
new_code,new_fact`, a row for every fact, or a row a leaf with both facts left empty. Nothing is guessed by likeness of
names; what looks alike is only proposed.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from models.criteria.facts import appraised_facts
from models.criteria.sets import CriteriaSet, Source
from models.findings import Finding, RefusedError, has_critical
from models.forms.sources import ScoreSource
from models.province.csv_files import read_csv
from tasks.criteria.differences import likeness
from tasks.scoring.points import Given, UnitInput

COLUMNS = ("old_code", "old_fact", "new_code", "new_fact")
_ALIKE = 0.6
_BLOCKS = (ScoreSource.BONUS, ScoreSource.PENALTY)


class Carried(NamedTuple):
    """What a leaf gets.

    Attributes:
        old: the leaf of the old set whose points, as somebody gave them, are those of this leaf.
        facts: by fact of this leaf, of which leaf of the old set it is which fact.
        whole: whether the rule is the same, so that what people gave stands too.
        scale: the new maximum ÷ the old one, by which such points are multiplied.
    """

    old: str
    facts: Mapping[str, tuple[str, str]]
    whole: bool
    scale: Decimal


@dataclass(frozen=True)
class Mapped:
    """What is carried over to each leaf of a new set, and which leaves have nothing."""

    leaves: Mapping[str, Carried]
    missing: tuple[str, ...]


def read_mapping(content: bytes, shown_as: str, old: CriteriaSet, new: CriteriaSet) -> list[tuple[str, str, str, str]]:
    """The declared table.

    Raises:
        RefusedError: with everything that is wrong with it, by line.
    """
    file = read_csv(content, shown_as, ("old_code", "new_code"), ("old_fact", "new_fact"), lenient=True)
    findings = list(file.findings)
    rows = []
    seen: dict[tuple[str, str], int] = {}
    for row in file.rows:
        old_code, old_fact, new_code, new_fact = (row.values.get(name, "") for name in COLUMNS)
        for code, fact, known, which in ((old_code, old_fact, old, "cũ"), (new_code, new_fact, new, "mới")):
            findings += _faults(shown_as, row.line, code, fact, known, which)
        if bool(old_fact) is not bool(new_fact):
            what = "ghi số liệu ở một bên mà bên kia để trống"
            findings.append(Finding(shown_as, row.line, what, "Ghi cả old_fact và new_fact, hoặc để trống cả hai"))
        if (before := seen.setdefault((new_code, new_fact), row.line)) != row.line:
            what = f"số liệu này của bộ mới đã ghi ở dòng {before}"
            findings.append(Finding(shown_as, row.line, what, "Bỏ bớt một dòng"))
        rows.append((old_code, old_fact, new_code, new_fact))
    if has_critical(findings):
        raise RefusedError(findings)
    return rows


def _faults(file: str, line: int, code: str, fact: str, known: CriteriaSet, which: str) -> Iterator[Finding]:
    leaf = known.by_code.get(code)
    if leaf is None:
        what = f"bộ tiêu chí {which} không có mục chấm điểm “{code}”"
        yield Finding(file, line, what, "Ghi mã của mục được chấm điểm")
    elif fact and fact not in {field.id for field in leaf.rule.fields}:
        asked = ", ".join(field.id for field in leaf.rule.fields)
        yield Finding(file, line, f"tiêu chí {code} không có số liệu “{fact}”", f"Dùng một trong: {asked}")


def mapped(
    old: CriteriaSet,
    new: CriteriaSet,
    declared: Sequence[tuple[str, str, str, str]],
    stated: Mapping[str, Set[str]],
    same_rules: Set[tuple[str, str]],
) -> Mapped:
    """What is carried over to every leaf of the new set.

    Args:
        old, new: the sets.
        declared: the rows of the mapping.
        stated: by leaf of the old set, what any unit has of it (`stated_in`).
        same_rules: old and new codes of leaves that are scored by the same rule.
    """
    rows: dict[str, list[tuple[str, str, str]]] = {}
    for old_code, old_fact, new_code, new_fact in declared:
        rows.setdefault(new_code, []).append((old_code, old_fact, new_fact))
    leaves: dict[str, Carried] = {}
    for leaf in new.leaves:
        own = rows.get(leaf.code, [])
        was = old.by_code.get(own[0][0] if own else leaf.code)
        if was is None or (not own and likeness(was.name, leaf.name) < _ALIKE):
            continue
        named = {new_fact: (old_code, old_fact) for old_code, old_fact, new_fact in own if new_fact}
        facts = named or {field.id: (was.code, field.id) for field in leaf.rule.fields}
        have = {fact for fact, (code, old_fact) in facts.items() if old_fact in stated.get(code, ())}
        known = bool(have) and all(field.id in have for field in leaf.rule.fields if field.required)
        whole = not named and (was.code, leaf.code) in same_rules
        if known or (whole and stated.get(was.code)):
            leaves[leaf.code] = Carried(was.code, facts, whole, leaf.max / was.max)
    return Mapped(leaves, tuple(leaf.code for leaf in new.leaves if leaf.code not in leaves))


def stated_in(inputs: Mapping[str, UnitInput]) -> dict[str, set[str]]:
    """By leaf, the facts that any unit has as its appraiser found them or as it states them, and who gave points."""
    stated: dict[str, set[str]] = {}
    for unit in inputs.values():
        for code, facts in unit.facts.items():
            stated.setdefault(code, set()).update({**facts, **appraised_facts(facts)})
        for code, source in unit.given:
            stated.setdefault(code, set()).add(f"given:{source.value}")
    return stated


def carried_input(unit: UnitInput, carried: Mapped, old: CriteriaSet, new: CriteriaSet) -> UnitInput:
    """What one unit has under the new set.

    Where the rule is the same, all stands as it was, points that people gave by the ratio of the maxima. Where it is
    another, points follow from the facts as they were appraised, else as they were stated; that nothing applies, as
    somebody granted it, stands too.
    """
    facts: dict[str, Mapping[str, str]] = {}
    given: dict[tuple[str, ScoreSource], Given] = {}
    by_old: dict[str, list[tuple[ScoreSource, Given]]] = {}
    for (code, source), points in unit.given.items():
        by_old.setdefault(code, []).append((source, points))
    for code, way in carried.leaves.items():
        leaf = new.by_code[code]
        for source, points in by_old.get(way.old, ()):
            if points.points is None:
                given[code, source] = points
            elif way.whole:
                given[code, source] = Given(points.points * way.scale, points.note)
        found = dict(unit.facts.get(way.old, {})) if way.whole else _found(unit, way)
        if way.scale != 1 and leaf.rule.given_directly and found:
            own = leaf.rule.fields[0].id
            source = ScoreSource.SURVEY if leaf.source is Source.SURVEY else ScoreSource.SELF
            given.setdefault((code, source), Given(Decimal(found[own]) * way.scale))
        elif found:
            facts[code] = found
    items = {*new.bonus_items, *new.penalty_items} & {*old.bonus_items, *old.penalty_items}
    for code in sorted(items):
        if code in unit.facts:
            facts[code] = unit.facts[code]
        given |= {(code, source): points for source, points in by_old.get(code, ()) if source in _BLOCKS}
    proven = None
    if unit.proven is not None:
        proven = frozenset(code for code, way in carried.leaves.items() if way.old in unit.proven)
    return UnitInput(unit.unit, facts, given, proven)


def _found(unit: UnitInput, way: Carried) -> dict[str, str]:
    """The facts of a unit for a leaf with another rule."""
    found = {}
    for fact, (code, old_fact) in way.facts.items():
        stated = unit.facts.get(code, {})
        value = appraised_facts(stated).get(old_fact, stated.get(old_fact))
        if value is not None:
            found[fact] = value
    return found


def appraised_otherwise(unit: UnitInput, carried: Mapped) -> list[str]:
    """The leaves of the new set for which somebody gave this unit points that another rule cannot take over."""
    return [
        code
        for code, way in carried.leaves.items()
        if not way.whole
        and any(
            of == way.old and points.points is not None and source is not ScoreSource.SELF
            for (of, source), points in unit.given.items()
        )
    ]


def share(points: Decimal | None, maximum: Decimal) -> Decimal:
    """What points are of a unit's own maximum, in points of its index."""
    return Decimal(0) if points is None or not maximum else points * 100 / maximum
