"""What a template of a stranger holds in place of models: records that state and cannot do anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from jinja2.exceptions import SecurityError, UndefinedError
from pydantic import BaseModel

from models.records.results import Basis, Counts
from models.records.tables import Snapshot
from models.units import Unit
from tasks.rendering.pdf import template_environment
from tasks.rendering.plain_values import Record, answering, given, original, plain
from tests.tasks.building import unit

A_UNIT = unit("xa-a")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A declaration as documents have them."""

    unit: Unit
    days: tuple[date, ...] = ()
    points: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Worked out."""
        return f"Phiếu của {self.unit.name}"

    def written(self) -> str:
        """What no template may ask for."""
        raise AssertionError


Sheet.__module__ = "tasks.documents.sheet"


def test_a_record_states_fields_and_properties_and_nothing_else() -> None:
    sheet = plain(Sheet(A_UNIT, (date(2025, 3, 1),), {"1.1": Decimal("2.5")}))
    assert (sheet.title, sheet.unit.code, sheet.days) == (f"Phiếu của {A_UNIT.name}", "xa-a", (date(2025, 3, 1),))
    assert dict(sheet.points) == {"1.1": Decimal("2.5")}
    for name in ("written", "model_dump", "__dataclass_fields__", "nothing"):
        with pytest.raises(AttributeError):
            getattr(sheet, name)
    with pytest.raises(AttributeError):
        sheet.unit.model_copy  # noqa: B018
    with pytest.raises(TypeError):
        sheet.points["1.1"] = 3
    with pytest.raises(AttributeError):
        sheet.title = "x"
    with pytest.raises(AttributeError):
        del sheet.title


def test_records_are_equal_as_what_they_stand_for() -> None:
    assert plain(A_UNIT) == plain(unit("xa-a")) != plain(unit("xa-b"))
    basis = plain(Basis.SELF)
    assert isinstance(basis, Record)
    assert (basis.name, basis.label) == ("SELF", Basis.SELF.label)
    assert basis == Basis.SELF.value
    assert basis in {Basis.SELF}
    assert f"{basis}" == str(Basis.SELF)
    assert repr(basis) == "<Basis>"


def test_a_named_tuple_is_taken_apart_and_named() -> None:
    counts = plain(Counts(1, 2, 3))
    assert [*counts] == [1, 2, 3]
    assert (len(counts), counts[0], counts[1:], counts.up) == (3, 1, (2, 3), Counts(1, 2, 3).up)


def test_a_list_becomes_a_tuple_and_a_generator_is_read() -> None:
    assert plain([1, [2]]) == (1, (2,))
    assert plain(each for each in (1, 2)) == (1, 2)
    assert plain({1, 2}) == frozenset((1, 2))


@pytest.mark.parametrize(
    "value",
    [Path("/etc"), b"bytes", len, object(), Unit, A_UNIT.model_dump],
    ids=["path", "bytes", "function", "object", "class", "method"],
)
def test_what_states_nothing_is_given_to_no_template(value: object) -> None:
    with pytest.raises(TypeError, match="mẫu văn bản không nhận"):
        plain(value)


def test_a_model_of_another_library_and_a_row_of_the_database_have_no_methods_either() -> None:
    class Other(BaseModel):
        name: str = "a"

    class Kind(StrEnum):
        A = "a"

    class Pair(NamedTuple):
        left: int

    snapshot = Snapshot.model_construct(year=2025)
    for value, name in ((Other(), "parse_raw"), (Kind.A, "upper"), (Pair(1), "_replace"), (snapshot, "metadata")):
        with pytest.raises(AttributeError):
            getattr(plain(value), name)


def test_a_function_of_ours_is_called_with_what_stands_behind_records() -> None:
    seen: list[Any] = []

    def note(*arguments: object, **named: object) -> object:
        seen.append((arguments, named))
        return [A_UNIT]

    (answer,) = answering(note)([plain(A_UNIT)], by={plain(Basis.SELF): plain(A_UNIT)})
    assert isinstance(answer, Record)
    assert seen == [(([A_UNIT],), {"by": {Basis.SELF: A_UNIT}})]
    assert original(answer) is A_UNIT


def test_a_template_calls_what_it_is_given_by_name_and_nothing_behind_a_record(tmp_path: Path) -> None:
    environment = template_environment(tmp_path)

    def told(text: str, **context: object) -> str:
        return environment.from_string(text).render(context)

    def name_of_unit(one: Unit) -> str:
        return one.name.upper()

    context = given({"say": {"name": name_of_unit}, "one": A_UNIT})
    assert told("{{ say.name(one) }}", say={"name": name_of_unit}, one=A_UNIT) == A_UNIT.name.upper()
    assert told("{{ say.name(one) }}", **context) == A_UNIT.name.upper()
    for text, error in (("{{ one.model_dump() }}", UndefinedError), ("{{ one._of }}", SecurityError)):
        with pytest.raises(error, match="“Unit”"):
            told(text, one=A_UNIT)
