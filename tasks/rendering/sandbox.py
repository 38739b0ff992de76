"""What a template of a province may touch: plain values, the listed methods of text, mappings and days, Jinja's own.

Such a template is text that anybody may have sent to the province. It is given no models, whose methods read files,
pickles and more, but what plain_values.py makes of them; and of whatever else came its way an attribute is refused
unless it is listed.
"""

from collections.abc import Mapping, Sized
from datetime import date
from functools import cache
from typing import Any

from jinja2 import StrictUndefined, Template
from jinja2.environment import TemplateModule
from jinja2.exceptions import SecurityError
from jinja2.runtime import BlockReference, Context, LoopContext, Macro, TemplateReference, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Cycler, Joiner, Namespace, missing

from tasks.rendering.plain_values import Record, given, name_of

_OF_JINJA = (TemplateModule, BlockReference, LoopContext, Macro, TemplateReference, Cycler, Joiner, Namespace)
_OF_PLAIN_VALUES: tuple[tuple[type, frozenset[str]], ...] = (
    (str, frozenset(("capitalize", "casefold", "endswith", "lower", "removeprefix", "removesuffix", "split"))),
    (str, frozenset(("startswith", "strip", "rstrip", "lstrip", "title", "upper"))),
    (Mapping, frozenset(("get", "items", "keys", "values"))),
    (date, frozenset(("year", "month", "day", "hour", "minute", "date", "isoformat", "strftime", "weekday"))),
    (tuple, frozenset(("grouper", "list"))),  # of Jinja's groupby
)
_LONGEST = 100_000  # characters or items that a product makes
_GREATEST_POWER = 100


class Unknown(StrictUndefined):
    """What a template asks for in vain, told in Vietnamese."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        if self._undefined_obj is missing:
            return f"không có giá trị “{self._undefined_name}”"
        return f"“{name_of(self._undefined_obj)}” không có “{self._undefined_name}”"


class _Filled(Template):
    """A template that is given plain values, whatever it is rendered with."""

    def new_context(
        self, vars: dict[str, Any] | None = None, shared: bool = False, locals: Mapping[str, Any] | None = None
    ) -> Context:
        return super().new_context(vars if shared else given(vars or {}), shared, locals)


class Sandbox(ImmutableSandboxedEnvironment):
    """An environment in which templates hold plain values and make nothing endless of them."""

    intercepted_binops = frozenset(("*", "**", "%"))
    template_class = _Filled

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may see an attribute: a record states nothing but what it may."""
        if attr.startswith("_"):
            return False
        kind: type = type(obj)
        return isinstance(obj, (Record, *_OF_JINJA)) or attr in allowed_attributes(kind)

    def unsafe_undefined(self, obj: Any, attribute: str) -> Undefined:
        """What stands for an attribute that is not listed."""
        hint = f"mẫu không được dùng “{attribute}” của “{name_of(obj)}”"
        return self.undefined(hint, obj=obj, name=attribute, exc=SecurityError)

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


def _is_small(exponent: object) -> bool:
    return isinstance(exponent, int) and abs(exponent) <= _GREATEST_POWER


@cache
def allowed_attributes(kind: type) -> frozenset[str]:
    """What a template may see of plain values of a type beside themselves."""
    return frozenset(name for base, names in _OF_PLAIN_VALUES if issubclass(kind, base) for name in names)
