"""Statements of grades: `Sở A được xếp loại Tốt`."""

from collections.abc import Iterator
from functools import partial

from tasks.proofreading.known import Known, KnownGroup, KnownUnit
from tasks.proofreading.names import lowered
from tasks.proofreading.statements import Claim, Weighed
from tasks.proofreading.stating import names_of, of_this_year, of_units, stated, undecidable, verdict_of
from tasks.proofreading.tokens import Line
from tasks.proofreading.vocabulary import Kind
from tasks.proofreading.walking import before, behind, told, year_at


def grades(line: Line, known: Known) -> Iterator[Claim]:
    """Every grade of a sentence that is told of known units."""
    for at in line.open(Kind.GRADE):
        if not told(line, at):
            continue
        found = before(line, at)
        units = (found.units if found else []) or behind(line, at)
        if not units:
            continue
        year = year_at(line, at, known.year)
        held = of_this_year(year, known, partial(_held, line.tokens[at].text))
        outcome = of_units(line, units, known, year, held)
        line.finish(at)
        yield stated(line, units[0], at, names_of(line, units, known), "xếp loại", outcome)


def _held(grade: str, unit: KnownUnit, group: KnownGroup) -> Weighed:
    assert unit.result
    own = unit.result.grade
    if own is None:
        return undecidable("đơn vị không được xếp loại")
    return Weighed(verdict_of(lowered(own) == grade), f"xếp loại {own}", group.source)
