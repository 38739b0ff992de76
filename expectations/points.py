"""Points and maxima, which several forms state of leaves: within their bounds, and as the criteria set has them."""

from collections.abc import Iterator
from decimal import Decimal
from operator import attrgetter
from typing import Any

from expectations.checking import Check, Expect, Words, expect, place_of
from models.findings import Severity
from models.numbers import MOST_DECIMALS, ZERO, decimals_of, printed, said, vietnamese_number
from models.records.submissions import Statement

NOISE = 1  # millionths: what a spreadsheet's binary numbers may leave
_MILLIONTHS = 10**MOST_DECIMALS
_LARGEST = 10**18  # beyond it, a figure is only known to be off the scale


def millionths(value: Decimal) -> int:
    """Points as an exact whole number of their last possible decimal; what is off any scale is cut."""
    if value.adjusted() > 11:
        return _LARGEST if value > 0 else -_LARGEST
    return int((value * _MILLIONTHS).to_integral_value())


def points_said(points: Decimal) -> str:
    """Points for officers: two decimals at least, as many as they need, six at most."""
    if points.adjusted() > 11:
        return said(points) if points.adjusted() < 30 else f"{points:.2E}".replace(".", ",")
    return vietnamese_number(str(printed(points, max(2, min(decimals_of(points), MOST_DECIMALS)))))


def settled(points: Decimal, maximum: Decimal) -> Decimal:
    """Points; those beyond 0 or the maximum by no more than a spreadsheet's binary numbers leave are the bound."""
    if ZERO <= points <= maximum:
        return points
    bound = max(ZERO, min(points, maximum))
    return points if millionths(points - bound) else bound


def within(points: str, maximum: str) -> tuple[Expect, Expect]:
    """Points from 0 to their maximum, both named by their columns."""
    return (
        expect("ExpectColumnValuesToBeBetween", column=points, min_value=0),
        expect("ExpectColumnPairValuesAToBeGreaterThanB", column_A=maximum, column_B=points, or_equal=True),
    )


def outside_words(statement: Statement, maximum: Decimal, whose: str, column: str) -> Iterator[Words]:
    """What to say of points outside 0 to the maximum."""
    assert statement.points is not None
    said_points, said_maximum = points_said(statement.points), points_said(maximum)
    if statement.points > maximum:
        what = f"{whose} {said_points} vượt điểm tối đa {said_maximum} của tiêu chí {statement.code}"
    else:
        what = f"{whose} {said_points} của tiêu chí {statement.code} là số âm"
    yield Words(place_of(statement, column), what, f"Nhập giá trị từ 0 đến {said_maximum}")


def maximum_changed(of: type, declared: str) -> Check[Any]:
    """The check that the maximum in the form is that of the criteria set, which stands in this column of the row."""

    def words(row: Any) -> Iterator[Words]:
        """The finding of a row whose maximum is another one: at its cell, with the declared maximum."""
        statement: Statement = row.statement
        assert statement.maximum is not None
        said_maximum = points_said(attrgetter(declared)(row))
        what = f"điểm tối đa của tiêu chí {statement.code} đã bị sửa thành {points_said(statement.maximum)}"
        place = place_of(statement, "max")
        yield Words(place, f"{what}; bộ tiêu chí quy định {said_maximum}", f"Ghi lại {said_maximum}")

    same = expect("ExpectColumnPairValuesToBeEqual", column_A="statement.maximum", column_B=declared)
    return Check(
        "maximum_changed",
        of,
        Severity.CRITICAL,
        "điểm tối đa giữ nguyên",
        "Ghi lại điểm tối đa theo bộ tiêu chí",
        (same,),
        words,
    )
