"""What a formula of a form shows, reckoned here in exact decimals: as much of a spreadsheet as our formulas use.

A real spreadsheet program is asked too (test_formulas.py, slow); this answers in a moment. Arguments are worked out
only when they are needed, so that what an unread cell would make of arithmetic is an error of the test.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext
from functools import reduce
from operator import mul
from typing import Any

import numpy as np

_DAY_0 = date(1899, 12, 30)
_TOKEN = re.compile(
    r'(?P<text>"[^"]*")|(?P<number>\d+(?:\.\d+)?)|(?P<call>[A-Z]+)\(|(?P<truth>TRUE|FALSE)'
    r"|(?P<cell>[\w!$:]+)|(?P<array>\{[\d,]+\})|(?P<sign><>|<=|>=|[-+*/()<>=,])"
)
Later = Callable[[], Any]


class Text(str):
    """A text as spreadsheets compare it: however large its letters."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and self.casefold() == other.casefold()

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


def as_in_a_cell(value: object) -> object:
    """A value as a spreadsheet holds it: days are numbers, and an empty cell equals the empty text."""
    if isinstance(value, date):
        return Decimal((value - _DAY_0).days)
    return value if isinstance(value, Decimal) else Text("" if value is None else value)


def shown(formula: str, cells: Mapping[str, object]) -> object:
    """What a formula shows.

    Args:
        formula: beginning with `=`.
        cells: what stands in its cells; under the name of a range the list of what stands in it.
    """
    known = {
        name: _array(map(as_in_a_cell, value)) if isinstance(value, list) else as_in_a_cell(value)
        for name, value in cells.items()
    }
    with localcontext(prec=60):
        return eval(
            _in_python(formula.removeprefix("=")), {**_FUNCTIONS, "D": Decimal, "T": Text, "N": _array, "cells": known}
        )


def _in_python(formula: str) -> str:
    """The same expression in Python, each argument of a function to be worked out later."""
    said: list[str] = []
    open_calls: list[bool] = []
    place = 0
    while place < len(formula):
        token = _TOKEN.match(formula, place)
        assert token, formula[place:]
        place = token.end()
        word = token[0]
        match token.lastgroup:
            case "text":
                word = f"T({word[1:-1]!r})"
            case "number":
                word = f"D({word!r})"
            case "call":
                open_calls.append(True)
                word = f"{token['call']}_(lambda: ("
            case "truth":
                word = word.title()
            case "cell":
                word = f"cells[{word!r}]"
            case "array":
                word = f"N([{word[1:-1]}])"
            case _:
                if word == "(":
                    open_calls.append(False)
                elif word == ")":
                    word = "))" if open_calls.pop() else ")"
                else:
                    word = {",": "), lambda: (", "=": "==", "<>": "!="}.get(word, word)
        said.append(word)
    return "".join(said)


def _array(values: Iterable[object]) -> Any:
    return np.array(list(values), dtype=object)


def _all(of: tuple[Later, ...]) -> list[Any]:
    return [each() for each in of]


def _round(value: Later, digits: Later) -> Decimal:
    return Decimal(value()).quantize(Decimal(1).scaleb(-int(digits())), ROUND_HALF_UP)


def _exact(texts: Later, other: Later) -> Any:
    wanted = str(other())
    return _array(str(text) == wanted for text in np.atleast_1d(texts()))


def _working_days(first: Later, last: Later) -> Decimal:
    start, end = (_DAY_0 + timedelta(days=int(day())) for day in (first, last))
    if end < start:
        return -Decimal(int(np.busday_count(end, start + timedelta(days=1))))
    return Decimal(int(np.busday_count(start, end + timedelta(days=1))))


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "IF_": lambda test, then, other: then() if test() else other(),
    "AND_": lambda *of: all(_all(of)),
    "OR_": lambda *of: any(_all(of)),
    "NOT_": lambda of: not of(),
    "MIN_": lambda *of: min(_all(of)),
    "MAX_": lambda *of: max(_all(of)),
    "ABS_": lambda of: abs(of()),
    "INT_": lambda of: of().to_integral_value(ROUND_FLOOR),
    "ROUND_": _round,
    "ISNUMBER_": lambda of: isinstance(of(), Decimal),
    "EXACT_": _exact,
    "INDEX_": lambda of, place: of()[int(place()) - 1],
    "SUMPRODUCT_": lambda *of: sum(reduce(mul, _all(of))),
    "DATE_": lambda year, month, day: Decimal((date(int(year()), int(month()), int(day())) - _DAY_0).days),
    "NETWORKDAYS_": _working_days,
}
