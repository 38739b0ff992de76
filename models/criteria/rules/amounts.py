"""Amounts and names as people write them in YAML: how large, how fine, spelled how."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated

from pydantic import Field, StringConstraints

from models.numbers import MOST_DECIMALS

Points = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=MOST_DECIMALS)]
PositivePoints = Annotated[Decimal, Field(gt=0, max_digits=18, decimal_places=MOST_DECIMALS)]
Bound = Annotated[Decimal, Field(max_digits=18, decimal_places=MOST_DECIMALS)]
Percent = Annotated[Decimal, Field(ge=0, le=100, decimal_places=MOST_DECIMALS)]
FactId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
OptionalDecimals = Annotated[
    int | None, Field(strict=True, ge=0, le=MOST_DECIMALS, exclude_if=lambda decimals: decimals is None)
]
Counts = Annotated[bool | None, Field(exclude_if=lambda counts: counts is None)]
"""Whether numbers count things or measure amounts; unsaid in sets from before, whose digests stay as they are."""
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def falling(points: Iterable[Decimal]) -> tuple[Decimal, ...]:
    """Different points, the most first."""
    return tuple(sorted(set(points), reverse=True))
