"""How a check is declared, and how a batch of forms is checked: forms → rows → one frame → the findings of every form.

A row is one thing that a form says, with what it is compared with. A check is one declaration: the sort of row that it
is about, how severe it is, what is expected and what to do in words for officers, the expectations of Great
Expectations on columns of such rows, and the words for a row that fails. A column is named by the path to it from the
row: `statement.points`, `leaf.max`. Where no single row shows it (sums over rows, last year's figures), a property of
the row measures it.

Rows of all sorts of a batch stand in one frame, so that one suite runs once; cells of columns that a row does not have
are empty, and an empty cell is not compared.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeVar, get_type_hints

from expectations.running import failures_in
from models.findings import Finding, Place, Severity
from models.records.submissions import Statement

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from great_expectations import ExpectationSuite

_COLUMNS = ("column", "column_A", "column_B")


class CheckedRow(Protocol):
    """What is checked; `file` is the position of its form in the batch."""

    @property
    def file(self) -> int:
        """The position of its form in the batch."""


class Form(Protocol):
    """One form of a batch."""

    @property
    def file(self) -> str:
        """Its name."""


AnyRow = TypeVar("AnyRow")
AnyForm = TypeVar("AnyForm", bound=Form)


class Words(NamedTuple):
    """A finding to be: where (None for the whole file), what is wrong, what to do if not what the check says."""

    place: Place | None
    what: str
    remedy: str = ""


class Expect(NamedTuple):
    """An expectation of Great Expectations: the name of its class, and what that takes, with columns by their paths."""

    type: str
    arguments: Mapping[str, Any]

    @property
    def columns(self) -> list[str]:
        """Its columns."""
        return [self.arguments[name] for name in _COLUMNS if name in self.arguments]


def expect(type: str, **arguments: Any) -> Expect:
    """An expectation by the name of its class; of a pair of columns, only rows that have both are compared."""
    return Expect(
        type, {"ignore_row_if": "either_value_is_missing"} | arguments if "column_A" in arguments else arguments
    )


@dataclass(frozen=True, slots=True)
class Check(Generic[AnyRow]):
    """One thing that is expected of every row of a sort.

    Attributes:
        of: the sort of rows that it looks at.
        expected: what is expected, in Vietnamese, as the catalogue of checks says it.
        remedy: what to do where it is not met, in general.
        expects: what Great Expectations runs; a row fails that fails one of them.
        words: what to say of a row that fails, a finding for each cell.
    """

    name: str
    of: type[AnyRow]
    severity: Severity
    expected: str
    remedy: str
    expects: tuple[Expect, ...]
    words: Callable[[AnyRow], Iterable[Words]]

    def column(self, path: str) -> str:
        """How a column of its rows is called in the frame."""
        return f"{self.of.__name__}.{path}"


Checks = tuple[Check[Any], ...]


def check(
    severity: Severity, expected: str, remedy: str, *expects: Expect
) -> Callable[[Callable[[AnyRow], Iterable[Words]]], Check[AnyRow]]:
    """Declare a check over the function of its words, whose name is its name and whose row is its sort of row."""

    def declared(words: Callable[[AnyRow], Iterable[Words]]) -> Check[AnyRow]:
        return Check(words.__name__, get_type_hints(words)["row"], severity, expected, remedy, expects, words)

    return declared


class Declared(NamedTuple):
    """What a suite is made for: a criteria set by its id, and what it adds to the notes of checks, by their names."""

    id: str = ""
    notes: Mapping[str, Sequence[str]] = {}


_EVERYWHERE = Declared()


@dataclass(frozen=True, slots=True)
class Suite:
    """All checks of one kind of form.

    Attributes:
        name: as Great Expectations shows it, before the id of the criteria set.
        title: as officers call the form.
        note: what they should know of the checks as a whole, in Markdown; empty where there is nothing.
        checks: their names differ.
    """

    name: str
    title: str
    checks: Checks
    note: str = ""

    def made(self, declared: Declared = _EVERYWHERE, columns: Collection[str] | None = None) -> "ExpectationSuite":
        """The suite as Great Expectations runs it, newly made.

        Args:
            declared: what it is made for.
            columns: leave out what needs others than these; None leaves out nothing.
        """
        import great_expectations as gx
        import great_expectations.expectations as gxe

        expectations = [
            getattr(gxe, one.type)(
                **{name: check.column(value) if name in _COLUMNS else value for name, value in one.arguments.items()},
                severity=check.severity.value,
                description=check.expected,
                notes="; ".join((check.remedy, *declared.notes.get(check.name, ()))),
            )
            for check in self.checks
            for one in check.expects
            if columns is None or all(check.column(path) in columns for path in one.columns)
        ]
        name = f"{self.name}.{declared.id}" if declared.id else self.name
        return gx.ExpectationSuite(name=name, expectations=expectations)

    def frame(self, rows: Sequence[object]) -> "pd.DataFrame":
        """One row per row; a column per column of a check, empty where a row is not of its sort, if any has a cell."""
        import pandas as pd

        places = defaultdict[type, list[int]](list)
        for place, row in enumerate(rows):
            places[type(row)].append(place)
        paths = {
            check.column(path): (check.of, path)
            for check in self.checks
            for one in check.expects
            for path in one.columns
        }
        columns = (
            (name, places[of], [*map(attrgetter(path), (rows[place] for place in places[of]))])
            for name, (of, path) in paths.items()
        )
        return pd.DataFrame(
            {
                name: _cells(len(rows), at, values)
                for name, at, values in columns
                if any(value is not None for value in values)
            }
        )

    def failures(self, rows: Sequence[object], declared: Declared = _EVERYWHERE) -> list[tuple[Check[Any], list[Any]]]:
        """The checks that rows fail, in the order of the suite, each with its rows, in theirs."""
        if not rows:
            return []
        frame = self.frame(rows)
        failed = defaultdict[str, set[int]](set)
        for expected, places in failures_in(frame, self.made(declared, frame.columns)):
            failed[expected].update(places)
        return [
            (check, [rows[place] for place in sorted(failed[check.expected])])
            for check in self.checks
            if check.expected in failed
        ]


def _cells(length: int, places: Sequence[int], values: Sequence[object]) -> "np.ndarray[Any, Any]":
    """A column with these values at these places: whole numbers as numbers, all else as it is."""
    import numpy as np

    numbers = {*map(type, values)} <= {int, type(None)}
    cells = np.full(length, np.nan if numbers else None, dtype=float if numbers else object)
    cells[places] = np.array(values, dtype=cells.dtype)
    return cells


def check_forms(
    suite: Suite,
    forms: Sequence[AnyForm],
    rows_of: Callable[[int, AnyForm], Iterable[CheckedRow]],
    declared_by: Callable[[AnyForm], Declared] = lambda _: _EVERYWHERE,
) -> list[list[Finding]]:
    """Check the forms of a batch, those of one criteria set at once.

    Args:
        suite: of their kind.
        forms: of the batch.
        rows_of: the rows of a form, which is at this position in the batch.
        declared_by: the criteria set of a form.

    Returns:
        The findings of every form, in the order of forms, in no order within a form.
    """
    found: list[list[Finding]] = [[] for _ in forms]
    rows, sets = defaultdict[str, list[CheckedRow]](list), dict[str, Declared]()
    for file, form in enumerate(forms):
        declared = declared_by(form)
        sets[declared.id] = declared
        rows[declared.id] += rows_of(file, form)
    for id, declared in sets.items():
        for check, failed in suite.failures(rows[id], declared):
            for row in failed:
                found[row.file] += (
                    Finding(
                        forms[row.file].file, 0, what, remedy or check.remedy, check.severity, place, check=check.name
                    )
                    for place, what, remedy in check.words(row)
                )
    return found


def place_of(statement: Statement, *columns: str) -> Place | None:
    """The first of these cells that the form has, else the cell of the code; None where the form has none of them."""
    places = statement.places
    return next((places[column] for column in (*columns, "code") if column in places), None)
