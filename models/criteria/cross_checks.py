"""What must hold between the figures of one unit, as a criteria set declares it: cross-checks, and how far a figure may
move from one year to the next before a person should look.

Source: docs/thu-muc-tinh.md (declared cross-checks at its end).
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Annotated, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from models.findings import Severity
from models.labelled import Labelled
from models.numbers import EXACT, HUNDRED, MOST_DECIMALS, ZERO


class FactReference(NamedTuple):
    """A fact of a leaf or block item; as text `code/fact`, the spelling of `models.forms.descriptions.RowKey`."""

    code: str
    fact: str

    def __str__(self) -> str:
        return f"{self.code}/{self.fact}"


def _as_list(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


def _as_reference(value: object) -> object:
    if _REFERENCE.fullmatch(str(value)) is None:
        raise ValueError(f"“{value}” không có dạng mã/số liệu, ví dụ 3.4.1/numerator")
    return value


_REFERENCE = re.compile(r"\w[\w.\-]*/[a-z][a-z0-9_]*")
Reference = Annotated[str, BeforeValidator(_as_reference)]
References = Annotated[tuple[Reference, ...], BeforeValidator(_as_list), Field(min_length=1)]
Tolerance = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=MOST_DECIMALS)]
ChangePercent = Annotated[Decimal, Field(gt=0, max_digits=18, decimal_places=MOST_DECIMALS)]


class SumComparison(Labelled):
    """How the left sum lies to the right one."""

    AT_MOST = "<=", "không lớn hơn"
    EQUAL = "=", "bằng"
    LESS = "<", "nhỏ hơn"
    AT_LEAST = ">=", "không nhỏ hơn"


class CrossCheck(BaseModel):
    """The facts on the left, added up, against those on the right."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    left: References
    op: SumComparison
    right: References
    what: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
    severity: Severity = Severity.CRITICAL
    tolerance: Tolerance = ZERO

    @cached_property
    def left_facts(self) -> tuple[FactReference, ...]:
        """The facts on the left."""
        return tuple(_reference(text) for text in self.left)

    @cached_property
    def right_facts(self) -> tuple[FactReference, ...]:
        """The facts on the right."""
        return tuple(_reference(text) for text in self.right)

    def holds(self, left: Decimal, right: Decimal) -> bool:
        """Whether two sums lie to each other as declared, give or take the tolerance."""
        match self.op:
            case SumComparison.AT_MOST:
                return left <= right + self.tolerance
            case SumComparison.LESS:
                return left < right + self.tolerance
            case SumComparison.AT_LEAST:
                return left >= right - self.tolerance
            case SumComparison.EQUAL:
                return abs(left - right) <= self.tolerance


def _reference(text: str) -> FactReference:
    code, _, fact = text.partition("/")
    return FactReference(code, fact)


class Changes(BaseModel):
    """How far a figure may move from last year's before it is a warning.

    Attributes:
        percent: of last year's figure.
        least: a change smaller than this is never noted; small counts double easily.
        leaves: other percentages by the code of a leaf.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    percent: ChangePercent = Decimal(50)
    least: Tolerance = Decimal(10)
    leaves: Mapping[str, ChangePercent] = Field(default_factory=dict)

    def noted(self, code: str, before: Decimal, now: Decimal) -> bool:
        """Whether a leaf's figure moved so far that a person should look; from 0 there is no percentage."""
        moved = abs(now - before)
        allowed = EXACT.multiply(abs(before), self.leaves.get(code, self.percent)) / HUNDRED
        return before != 0 and moved >= self.least and moved > allowed
