"""One spelling of a value as JSON, and its hash; one of the values of a row, whatever database they come from."""

import hashlib
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any


def canonical_json(value: Any) -> bytes:
    """JSON with one spelling: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON of a value."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def row_encoder(told: Callable[[bytes], str], *, sort_keys: bool = False) -> json.JSONEncoder:
    """Writes the values of rows as JSON without spaces: exact numbers, days and moments as text.

    Args:
        told: how bytes are written.
        sort_keys: whether the names inside a value are put in order.
    """

    def spelled(value: Any) -> str:
        match value:
            case Decimal():
                return format(value, "f")
            case date():  # a moment is one, too
                return value.isoformat()
            case bytes():
                return told(value)
        raise TypeError(f"no spelling of {type(value)}")

    return json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=sort_keys, default=spelled)
