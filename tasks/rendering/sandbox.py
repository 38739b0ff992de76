"""What a template may touch: declared fields and properties of data, the listed methods, Jinja's own; nothing else.

A province's template is text that anybody may have sent to the province. The data that it is given are models of ours,
whose methods read files, pickles and more; so an attribute is refused unless it is listed, whatever it is.
"""

from collections.abc import Mapping, Sized
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache, cached_property
from typing import Any

from jinja2.environment import TemplateModule
from jinja2.exceptions import SecurityError
from jinja2.runtime import BlockReference, Context, LoopContext, Macro, TemplateReference
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Cycler, Joiner, Namespace
from pydantic import BaseModel

_OURS = frozenset(("models", "tasks", "expectations"))
_OF_JINJA = (TemplateModule, BlockReference, Context, LoopContext, Macro, TemplateReference, Cycler, Joiner, Namespace)
_OF_PLAIN_VALUES: tuple[tuple[type, frozenset[str]], ...] = (
    (str, frozenset(("capitalize", "casefold", "endswith", "lower", "removeprefix", "removesuffix", "split"))),
    (str, frozenset(("startswith", "strip", "rstrip", "lstrip", "title", "upper"))),
    (Mapping, frozenset(("get", "items", "keys", "values"))),
    (date, frozenset(("year", "month", "day", "hour", "minute", "date", "isoformat", "strftime", "weekday"))),
    (Enum, frozenset(("name", "value"))),
)
# Methods of ours that only answer, by class and name.
_ANSWERING = frozenset(
    (
        "Annex.heading",
        "RankingRule.printed",
    )
)
_LONGEST = 100_000  # characters or items that a product makes
_GREATEST_POWER = 100


class Sandbox(ImmutableSandboxedEnvironment):
    """An environment in which templates reach data by a list and make nothing endless of it."""

    intercepted_binops = frozenset(("*", "**", "%"))

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may see an attribute of an object."""
        if attr.startswith("_"):
            return False
        kind: type = type(obj)
        if isinstance(obj, _OF_JINJA) or attr in allowed_attributes(kind):
            return True
        return _is_ours(kind) and attr in getattr(obj, "__dict__", ())  # its data; methods stand in the class

    def wrap_str_format(self, value: Any) -> None:
        """No exception for `format`: a width in it makes text without end."""
        return

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """A product, power or remainder of numbers, and of texts what is short.

        Raises:
            SecurityError: the result could be of any size.
        """
        if operator == "%" and isinstance(left, str):
            raise SecurityError("“%” dùng với chữ không được phép")
        if operator == "**" and not _is_small(right):
            raise SecurityError("lũy thừa quá lớn")
        if operator == "*":
            for text, times in ((left, right), (right, left)):
                if isinstance(text, Sized) and isinstance(times, int) and len(text) * times > _LONGEST:
                    raise SecurityError("phép nhân cho kết quả quá dài")
        return super().call_binop(context, operator, left, right)


def _is_ours(kind: type) -> bool:
    return kind.__module__.partition(".")[0] in _OURS


def _is_small(exponent: object) -> bool:
    return isinstance(exponent, int) and abs(exponent) <= _GREATEST_POWER


@cache
def allowed_attributes(kind: type) -> frozenset[str]:
    """What a template may see of values of a type."""
    allowed = {name for base, names in _OF_PLAIN_VALUES if issubclass(kind, base) for name in names}
    allowed.update(getattr(kind, "_fields", ()) if issubclass(kind, tuple) else ())
    if issubclass(kind, BaseModel):
        allowed.update(kind.model_fields)
    if is_dataclass(kind):
        allowed.update(field.name for field in fields(kind))
    for base in kind.__mro__:
        if _is_ours(base):
            allowed.update(name for name, value in vars(base).items() if isinstance(value, property | cached_property))
            allowed.update(name for name in vars(base) if f"{base.__name__}.{name}" in _ANSWERING)
    return frozenset(allowed)
