"""What came from another process → values again: of our own models and plain ones, nothing that could do anything."""

import io
import pickle
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
        found = super().find_class(module, name) if module.startswith(_KNOWN) else None
        if not isinstance(found, type):
            raise pickle.UnpicklingError(f"{module}.{name}")
        return found
