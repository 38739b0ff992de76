"""Models → what a template of a stranger may hold: text, numbers, days, tuples, mappings, and records of these.

A record stands for one model, dataclass, named tuple or enum member. It says the declared fields and properties of
that, each converted when it is first asked for, because a document asks for few of the many there are. It has no
methods and cannot be changed; a template can only call the functions that it is given by name and our filters, and
they find the models again behind the records.

The border is a province's own templates (tasks/rendering/sandbox.py): only they are written by strangers. Templates of
ours, which papers without such, the site, letters and the desk are made from, hold the models themselves.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache, cached_property, wraps
from types import FunctionType, MappingProxyType, NoneType
from typing import Any, NoReturn

from jinja2.exceptions import TemplateRuntimeError
from jinja2.runtime import Undefined
from markupsafe import Markup
from pydantic import BaseModel

_OURS = frozenset(("models", "tasks", "expectations"))
_PLAIN = frozenset(
    (str, Markup, int, float, Decimal, bool, NoneType, date, datetime, time, timedelta, slice)  # by their exact type
)


class Record:
    """What one object states, without what it can do."""

    _of: Any

    def __init__(self, of: object) -> None:
        self.__dict__["_of"] = of

    def __getattr__(self, name: str) -> Any:
        """A field or property, kept for the next time.

        Raises:
            AttributeError: the object states nothing of that name, whatever else it has there.
        """
        kind: type = type(self._of)
        if name.startswith("_") or (name not in stated_by(kind) and name not in _kept_by(self._of)):
            raise AttributeError(name)
        value = self.__dict__[name] = plain(getattr(self._of, name))
        return value

    def __setattr__(self, name: str, value: object) -> NoReturn:
        """Nothing changes it."""
        raise AttributeError(name)

    def __delattr__(self, name: str) -> NoReturn:
        """Nothing is taken from it."""
        raise AttributeError(name)

    def __eq__(self, other: object) -> bool:
        """Whether both stand for equals; a member of a StrEnum equals its text."""
        return bool(self._of == original(other))

    def __hash__(self) -> int:
        return hash(self._of)

    def __bool__(self) -> bool:
        return bool(self._of)

    def __str__(self) -> str:
        return str(self._of)

    def __repr__(self) -> str:
        return f"<{name_of(self)}>"


class Row(Record):
    """A record of a named tuple, which is also taken apart in its order."""

    def __iter__(self) -> Iterator[Any]:
        return map(plain, self._of)

    def __len__(self) -> int:
        return len(self._of)

    def __getitem__(self, place: int) -> Any:
        return plain(tuple(self._of)[place])


def plain(value: object) -> Any:
    """A value as a template may hold it; one that is plain already stays what it is.

    Raises:
        TypeError: it is nothing that states something: a function, a path, an object of a library.
    """
    kind = type(value)
    if kind in _PLAIN or isinstance(value, Record | Undefined):
        return value
    if isinstance(value, tuple) and hasattr(kind, "_fields"):
        return Row(value)
    if isinstance(value, Mapping):
        return MappingProxyType({plain(key): plain(item) for key, item in value.items()})
    if isinstance(value, set | frozenset):
        return frozenset(map(plain, value))
    if isinstance(value, Enum | BaseModel) or (_is_ours(kind) and not callable(value)):
        return Record(value)
    if isinstance(value, Iterable) and not isinstance(value, bytes):
        return tuple(map(plain, value))
    raise TypeError(f"mẫu văn bản không nhận giá trị kiểu {kind.__name__}")


def original(value: Any) -> Any:
    """What our functions work with: the objects behind records, in lists and mappings too."""
    if isinstance(value, Record):
        return value._of
    if isinstance(value, list | tuple):
        return type(value)(map(original, value))
    if isinstance(value, Mapping):
        return {original(key): original(item) for key, item in value.items()}
    return value


def answering(function: Callable[..., object]) -> Callable[..., Any]:
    """A function of ours as templates call it: with what stands behind their values, for a plain answer.

    Raises:
        TemplateRuntimeError: by the answer, where it is called with what it is not made for.
    """

    @wraps(function)
    def answer(*arguments: Any, **named: Any) -> Any:
        try:
            said = function(*map(original, arguments), **{name: original(each) for name, each in named.items()})
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            told = f"không dùng được “{function.__name__}” với giá trị đã cho: {type(error).__name__}"
            raise TemplateRuntimeError(told) from error
        return plain(said)

    return answer


def given(context: Mapping[str, Any]) -> dict[str, Any]:
    """All that a template is given by name: values, functions, and groups of functions by their names."""
    return {name: _answering_or_plain(value) for name, value in context.items()}


def _answering_or_plain(value: Any) -> Any:
    if isinstance(value, FunctionType):
        return answering(value)
    if isinstance(value, Mapping) and all(isinstance(each, FunctionType) for each in value.values()):
        return MappingProxyType({name: answering(each) for name, each in value.items()})
    return plain(value)


def name_of(value: object) -> str:
    """What messages call the type of a value, of a record that of its object."""
    return type(original(value) if isinstance(value, Record) else value).__name__


@cache
def stated_by(kind: type) -> frozenset[str]:
    """The declared fields and properties of a type."""
    stated: set[str] = set(getattr(kind, "_fields", ()) if issubclass(kind, tuple) else ())
    if issubclass(kind, BaseModel):
        stated.update(kind.model_fields)
    if issubclass(kind, Enum):
        stated.update(("name", "value"))
    if is_dataclass(kind):
        stated.update(field.name for field in fields(kind))
    for base in filter(_is_ours, kind.__mro__):
        stated.update(name for name, value in vars(base).items() if isinstance(value, property | cached_property))
    return frozenset(stated)


def _kept_by(value: object) -> Mapping[str, Any]:
    """What an object of ours keeps beside its declared fields, as members of an enum do."""
    return vars(value) if _is_ours(type(value)) and hasattr(value, "__dict__") else {}


def _is_ours(kind: type) -> bool:
    return kind.__module__.partition(".")[0] in _OURS
