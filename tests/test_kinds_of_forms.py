"""Every kind of form has its pieces: description, writer, suite, tables to be recorded in; nobody asks its name."""

import ast
import inspect
from importlib import import_module
from pathlib import Path

import pytest

from models.forms.descriptions import MONTH_KINDS, ROUND_KINDS, FormKind, one_each
from models.forms.tables import FactsIn, fact_of_column
from models.province.rounds import DATED_KINDS
from tasks.forms.month_records import MONTH_WRITERS
from tasks.forms.writing import WRITERS
from tasks.intake.validation import SUITES
from tasks.recording.workbook_versions import tables_of

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("kind", FormKind)
def test_a_kind_is_described_in_its_file_and_written_in_its_file(kind: FormKind) -> None:
    described = import_module(f"models.forms.{kind.value}").FORM
    assert described is kind.description
    assert kind.value == described.id
    writer = {**MONTH_WRITERS, **WRITERS}[kind]
    assert inspect.getmodule(writer) is import_module(f"tasks.forms.{kind.value}")


@pytest.mark.parametrize("kind", FormKind)
def test_a_kind_has_a_suite_and_tables_to_be_recorded_in(kind: FormKind) -> None:
    assert callable(SUITES[kind])
    assert tables_of(kind)
    form = kind.description
    assert form.is_monthly or bool(form.decides) != bool(form.stage), "it decides on points, or it states something"


@pytest.mark.parametrize("kind", FormKind)
def test_the_tables_of_a_kind_hold_the_columns_that_are_read_from_them(kind: FormKind) -> None:
    for table in kind.description.tables:
        assert {table.sign, "code"} <= set(table.by_id)
        assert {table.points, table.text} - {""} <= set(table.by_id)
        asks = table.facts is FactsIn.COLUMNS and not table.adds_fact_columns
        assert not asks or any(fact_of_column(id) for id in table.by_id)
        assert not table.text or table.is_input(table.text)
    assert kind.description.table.inputs or kind.description.table.facts is not FactsIn.NOWHERE


def test_a_form_belongs_to_rounds_or_to_months_and_the_dated_ones_to_rounds() -> None:
    assert [*ROUND_KINDS, *MONTH_KINDS] == list(FormKind)
    assert set(DATED_KINDS) <= set(ROUND_KINDS)


def test_a_room_without_an_entry_for_a_kind_cannot_be_imported() -> None:
    suites = {kind: SUITES[kind] for kind in FormKind if kind is not FormKind.SURVEY}
    with pytest.raises(TypeError, match="survey"):
        one_each(suites)


def test_what_is_done_never_hangs_on_the_name_of_a_kind() -> None:
    files = [file for room in ("models", "tasks", "flows", "expectations") for file in (ROOT / room).rglob("*.py")]
    texts = {file: text for file in files if "FormKind" in (text := file.read_text(encoding="utf-8"))}
    assert len(texts) > 20
    asked = {
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file, text in texts.items()
        for node in ast.walk(ast.parse(text))
        if _asks_for_a_kind(node)
    }
    assert asked == set()


def _asks_for_a_kind(node: ast.AST) -> bool:
    parts = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
    parts += [node.value] if isinstance(node, ast.MatchValue) else []
    return any(isinstance(each, ast.Attribute) and _is_form_kind(each.value) for each in parts)


def _is_form_kind(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "FormKind"
