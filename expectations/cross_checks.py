"""The cross-checks that a criteria set or a list of measures declares, on the figures that one form states of one unit.

What the form does not ask for is taken from what others recorded; a check of which a figure is missing says nothing.
Source: docs/thu-muc-tinh.md (declared cross-checks).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from expectations.checking import Check, Declared, Words, expect, place_of
from models.criteria.cross_checks import CrossCheck, FactReference
from models.findings import Place, Severity
from models.numbers import ZERO, said
from models.records.submissions import Statement

Facts = Mapping[str, Mapping[str, str]]


class Held(NamedTuple):
    """Whether a cross-check holds, under how severe it is."""

    critical: bool | None = None
    warning: bool | None = None
    info: bool | None = None


class Compared(NamedTuple):
    """A cross-check whose figures are all known.

    Attributes:
        unit: the unit's name where the form has several, else empty.
        place: the first of its cells in the form.
        held: as severe as declared; a warning at most where a figure is not the sender's own.
    """

    file: int
    check: CrossCheck
    unit: str
    left: Decimal
    right: Decimal
    place: Place | None
    held: Held


def compared(
    file: int,
    unit: str,
    checks: Iterable[CrossCheck],
    statements: Mapping[str, Statement],
    recorded: Facts,
    senseless: Collection[str],
) -> Iterator[Compared]:
    """The cross-checks that can be made on what a form says of one unit.

    Args:
        file: the position of the form in its batch.
        unit: the unit's name where the form has several, else empty.
        checks: as the criteria set, or the list of measures, declares them.
        statements: what the form says, by code.
        recorded: facts that others stated, by code.
        senseless: codes whose own facts make no sense; they have their finding already.
    """
    for check in checks:
        references = (*check.left_facts, *check.right_facts)
        own = [reference for reference in references if reference.code in statements]
        if not own or any(reference.code in senseless for reference in own):
            continue
        left = _sum(check.left_facts, statements, recorded)
        right = _sum(check.right_facts, statements, recorded)
        if left is None or right is None:
            continue
        foreign = len(own) < len(references) and check.severity is Severity.CRITICAL
        severity = Severity.WARNING if foreign else check.severity
        code, fact = own[0]
        place = place_of(statements[code], f"fact:{fact}", "not_applicable")
        held = Held(**{severity.value: check.holds(left, right)})
        yield Compared(file, check, unit, left, right, place, held)


def _sum(references: Sequence[FactReference], statements: Mapping[str, Statement], recorded: Facts) -> Decimal | None:
    """The sum of facts, None where one is unknown; of what did not arise there are none."""
    total = ZERO
    for code, fact in references:
        statement = statements.get(code)
        if statement is None:
            text = recorded.get(code, {}).get(fact)
        else:
            text = "0" if statement.not_applicable else statement.facts.get(fact)
        if text is None:
            return None
        total += Decimal(text)
    return total


def _words(row: Compared) -> Iterator[Words]:
    left, right = (said(value) for value in (row.left, row.right))
    named = [" + ".join(references) for references in (row.check.left, row.check.right)]
    figures = f"{named[0]} = {left}, {named[1]} = {right}"
    unit = f"{row.unit}: " if row.unit else ""
    needed = f"{left} phải {row.check.op.label} {right}"
    yield Words(row.place, f"{unit}{row.check.what} ({figures})", f"Kiểm tra lại các số liệu này; {needed}")


def _name(severity: Severity) -> str:
    return f"cross_check_{severity.value}"


CROSS_CHECKS = tuple(
    Check(
        _name(severity),
        Compared,
        severity,
        f"số liệu khớp nhau theo các phép đối chiếu mức {severity.label} của bộ tiêu chí",
        "Kiểm tra lại các số liệu được nêu",
        (expect("ExpectColumnValuesToBeInSet", column=f"held.{severity.value}", value_set=[True]),),
        _words,
    )
    for severity in Severity
)


def declared(id: str, checks: Iterable[CrossCheck]) -> Declared:
    """What a suite is made for: the notes of its cross-checks say what the criteria set declares."""
    notes: dict[str, list[str]] = {}
    for one in checks:
        notes.setdefault(_name(one.severity), []).append(one.what)
    return Declared(id, notes)
