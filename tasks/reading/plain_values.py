"""What came from another process → values again: of our own models and plain ones, nothing that could do anything."""

import io
import pickle
from enum import Enum
from typing import Any

_KNOWN = (
    "models.",
    "tasks.reading.child",
    "tasks.reading.places",
    "tasks.reading.printed_tables",
    "decimal",
    "datetime",
)


def read_values(content: bytes) -> Any:
    """The values that were pickled.

    Raises:
        pickle.UnpicklingError: there is something else among them.
    """
    return _Values(io.BytesIO(content)).load()


class _Values(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("builtins", "getattr"):  # how Python 3.11.0 to 3.11.3, that of Debian 12, pickles an enum
            return _member
        found = super().find_class(module, name) if module.startswith(_KNOWN) else None
        if not isinstance(found, type):
            raise pickle.UnpicklingError(f"{module}.{name}")
        return found


def _member(of: object, name: str) -> Enum:
    if not (isinstance(of, type) and issubclass(of, Enum) and name in of.__members__):
        raise pickle.UnpicklingError(f"{of}.{name}")
    return of[name]
