"""Text that no spreadsheet program runs."""

import re
from typing import Any

_RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")


def inert(value: Any) -> Any:
    """Text that a spreadsheet program would run as a formula, with an apostrophe in front; numbers stay."""
    if not isinstance(value, str) or not value.startswith(_RUN_BY_SPREADSHEETS):
        return value
    return value if re.fullmatch(r"[+-]?\d+(\.\d+)?", value) else f"'{value}"
