"""What the live formulas of the forms share: where facts stand, the words they know, when a cell is no number.

Each kind of rule writes its own formula (models/criteria/rules/): the same facts in the form's cells give the same
points as the rule gives. It shows nothing while a fact is missing, CHECK where the facts make no sense, and
NOT_APPLICABLE where the leaf does not apply by its facts, COMPARED_LATER where the units of the group are compared.
A difference to a bound is rounded before its sign is taken, so that a spreadsheet's binary numbers meet the bounds as
Decimals do: percentages to 11 decimals, which still tells one đồng in ten thousand billion. English function names and
commas, as files have them. A test recalculates random facts of every kind in LibreOffice and compares every point.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

CHECK = "Xem lại"
CHECK_TEXT = f'"{CHECK}"'
YES = "có"
NO = "không"
NOT_APPLICABLE = "không áp dụng"
FORMULA_DIGITS = 9  # to which a product is brought before it is cut to decimals
COMPARED_LATER = "chờ tổng hợp"
_DAY_0 = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class ListCells:
    """Two ranges beside each other: the labels of the choices of a fact and the points of each."""

    labels: str
    points: str


@dataclass(frozen=True, slots=True)
class FormulaCells:
    """Where the facts of one leaf stand.

    Attributes:
        facts: cell by fact id, e.g. `{"numerator": "E17", "denominator": "E18"}`.
        lists: the choices of facts that have any, by fact id.
    """

    facts: Mapping[str, str]
    lists: Mapping[str, ListCells] = field(default_factory=dict)


def rounded_formula(formula: str, decimals: int) -> str:
    """A formula of points that rounds them half up to decimals; what is no number stays as it is.

    A spreadsheet's binary product is brought to 9 decimals first, so that 0,345 is met as it is written.
    """
    points = formula.removeprefix("=")
    return f"=IF(ISNUMBER({points}),ROUND(ROUND({points},{FORMULA_DIGITS}),{decimals}),{points})"


def day_of(day: date) -> str:
    """A day as an expression."""
    return f"DATE({day.year},{day.month},{day.day})"


def days_in(days: Iterable[date]) -> str:
    """Days as an array, by their numbers in a spreadsheet: an array takes no functions."""
    return f"{{{','.join(str((day - _DAY_0).days) for day in sorted(days))}}}"


def any_empty(cells: Sequence[str]) -> str:
    """Whether any of the cells is empty."""
    empty = ",".join(f'{cell}=""' for cell in cells)
    return f"OR({empty})" if cells else "FALSE"


def not_numbers(cells: Sequence[str]) -> str:
    """Whether any of the cells holds no number."""
    return f"NOT(AND({','.join(f'ISNUMBER({cell})' for cell in cells)}))"


def not_counts(cells: Sequence[str]) -> str:
    """Whether any of the cells is no number of cases; IF keeps text out of the arithmetic."""
    wrong = ",".join(f"{cell}<0,{cell}<>INT({cell})" for cell in cells)
    return f"IF({not_numbers(cells)},TRUE,OR({wrong}))"
