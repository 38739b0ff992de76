"""What people call a thing by: codes and names, as pydantic types."""

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, StringConstraints


def _as_written(value: object) -> object:
    """A code that YAML took for a number (`1.10` without quotes) as its author wrote it."""
    return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


Code = Annotated[str, BeforeValidator(_as_written), StringConstraints(pattern=r"^\w[\w.\-]*$", max_length=40)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str | int | Decimal) else value


CodeList = Annotated[tuple[Code, ...], BeforeValidator(_as_list)]
