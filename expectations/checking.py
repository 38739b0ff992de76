"""Checks of single rows, for a whole batch of workbooks at once: rows and checks → findings by file.

A row is one thing that a form says, with what it is compared with. A check measures by how much a row misses what is
expected, in whole numbers, 0 when it does not. All figures of a batch make one frame; Great Expectations runs once over
it, and only the rows that fail are put into words.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Protocol, TypeVar

from expectations.running import failures_in, said
from models.findings import Finding, Place, Severity
from models.numbers import MOST_DECIMALS, ZERO, decimals_of, plain, printed, vietnamese_number
from models.records.submissions import Statement

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations.expectations import Expectation

_MILLIONTHS = 10**MOST_DECIMALS
_LARGEST = 10**18  # what a column of whole numbers holds; beyond it, a figure is only known to be off the scale


class Row(Protocol):
    """What is checked; `file` is the position of its workbook in the batch."""

    @property
    def file(self) -> int:
        """The position of its workbook in the batch."""


AnyRow = TypeVar("AnyRow", bound=Row)


class Words(NamedTuple):
    """A finding to be: where (None for the whole file), what is wrong, what to do."""

    place: Place | None
    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Check(Generic[AnyRow]):
    """One thing that is expected of every row of a sort.

    Attributes:
        name: the column of its figures.
        of: the sort of rows that it looks at; all others count as met.
        expected: what is expected, in Vietnamese, as the suite says it.
        remedy: what to do where it is not met, in general.
        figure: by how much a row misses it, a whole number, 0 when it does not.
        words: what to say of a row that misses it, a finding for each cell.
    """

    name: str
    of: type[AnyRow]
    severity: Severity
    expected: str
    remedy: str
    figure: Callable[[AnyRow], int]
    words: Callable[[AnyRow], Iterable[Words]]


Checks = Sequence[Check[Any]]


def check_rows(names: Sequence[str], rows: Sequence[Row], checks: Checks) -> list[list[Finding]]:
    """Check the rows of a batch.

    Args:
        names: the files of the batch.
        rows: of all files, in any order.
        checks: of all sorts of rows; their names differ.

    Returns:
        The findings of every file, in the order of names, in no order within a file.
    """
    found: list[list[Finding]] = [[] for _ in names]
    if not rows:
        return found
    by_name = {check.name: check for check in checks}
    for meta, positions in failures_in(frame_of(rows, checks), suite_of(checks)):
        check = by_name[meta["check"]]
        for position in positions:
            row = rows[position]
            found[row.file] += (
                Finding(names[row.file], 0, what, remedy, check.severity, place)
                for place, what, remedy in check.words(row)
            )
    return found


def suite_of(checks: Checks) -> list["Expectation"]:
    """The checks as expectations, each with its words and its check in `meta`."""
    import great_expectations.expectations as gxe

    return [
        gxe.ExpectColumnValuesToBeInSet(
            column=check.name,
            value_set=[0],
            meta={**said(check.expected, check.remedy, check.severity), "check": check.name},
        )
        for check in checks
    ]


def frame_of(rows: Sequence[Row], checks: Checks) -> "pd.DataFrame":
    """One row per row, one column per check: whole numbers, 0 where a check does not look at such a row."""
    import numpy as np
    import pandas as pd

    sorts = [type(row) for row in rows]
    columns = {}
    for check in checks:
        figure, of = check.figure, check.of
        figures = [figure(row) if sort is of else 0 for sort, row in zip(sorts, rows, strict=True)]
        columns[check.name] = np.fromiter(figures, dtype="int64", count=len(rows))
    return pd.DataFrame(columns)


def millionths(value: Decimal) -> int:
    """Points as an exact whole number of their last possible decimal; what is off any scale is cut."""
    if value.adjusted() > 11:
        return _LARGEST if value > 0 else -_LARGEST
    return int((value * _MILLIONTHS).to_integral_value())


def points_said(points: Decimal) -> str:
    """Points for officers: two decimals at least, as many as they need, six at most."""
    if points.adjusted() > 11:
        return vietnamese_number(plain(points)) if points.adjusted() < 30 else f"{points:.2E}".replace(".", ",")
    return vietnamese_number(str(printed(points, max(2, min(decimals_of(points), MOST_DECIMALS)))))


def place_of(statement: Statement, *columns: str) -> Place | None:
    """The first of these cells that the form has, else the cell of the code; None where the form has none of them."""
    places = statement.places
    return next((places[column] for column in (*columns, "code") if column in places), None)


def outside(points: Decimal | None, maximum: Decimal) -> int:
    """By how many millionths points lie outside 0 to the maximum."""
    if points is None or ZERO <= points <= maximum:
        return 0
    return millionths(points - maximum) if points > maximum else millionths(-points)


def maximum_gap(statement: Statement, maximum: Decimal | None) -> int:
    """By how many millionths the maximum in the form differs from that of the set."""
    if statement.maximum is None or maximum is None or statement.maximum == maximum:
        return 0
    return abs(millionths(statement.maximum - maximum)) or 1


def maximum_words(statement: Statement, maximum: Decimal | None) -> list[Words]:
    """What to say of a maximum that was changed."""
    assert statement.maximum is not None
    assert maximum is not None
    said_maximum = points_said(maximum)
    what = f"điểm tối đa của tiêu chí {statement.code} đã bị sửa thành {points_said(statement.maximum)}"
    return [
        Words(place_of(statement, "max"), f"{what}; bộ tiêu chí quy định {said_maximum}", f"Ghi lại {said_maximum}")
    ]


def outside_words(statement: Statement, maximum: Decimal, whose: str, column: str) -> list[Words]:
    """What to say of points outside 0 to the maximum."""
    assert statement.points is not None
    said_points, said_maximum = points_said(statement.points), points_said(maximum)
    if statement.points > maximum:
        what = f"{whose} {said_points} vượt điểm tối đa {said_maximum} của tiêu chí {statement.code}"
    else:
        what = f"{whose} {said_points} của tiêu chí {statement.code} là số âm"
    return [Words(place_of(statement, column), what, f"Nhập giá trị từ 0 đến {said_maximum}")]
