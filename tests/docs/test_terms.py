"""docs/terms.md: what its tables call the words of the trade in code is called so in the code."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT
from tests.docs.documents import rows_of

TABLES = [row for row in rows_of("terms.md") if row[1] != "In code"]
NAMES = sorted({name for row in TABLES for name in re.findall(r"`([^`]+)`", row[1]) if "…" not in name})
PACKAGES = ("models", "tasks", "flows", "expectations", "report_templates")
NODES = [
    node
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
]


def names_in(node: ast.AST) -> Iterator[str]:
    """What a piece of code calls or says: names of things, and texts such as keys, columns and file names."""
    match node:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield name
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.Constant(value=str(name)):
            yield name


CLASSES = {node.name: node for node in NODES if isinstance(node, ast.ClassDef)}
CALLED = {name for node in NODES for name in names_in(node)}


@pytest.mark.parametrize("name", NAMES)
def test_the_code_has_what_the_table_names(name: str) -> None:
    if name.endswith(".py"):
        assert (ROOT / name).is_file()
    elif re.fullmatch(r"[A-Z]\w+\.\w+", name):
        of, _, member = name.partition(".")
        assert member in {said for part in CLASSES[of].body for node in ast.walk(part) for said in names_in(node)}
    elif re.fullmatch(r"[A-Z]+[a-z]\w*", name):
        assert name in CLASSES
    else:
        assert name in CALLED


def test_every_row_names_something_in_code_or_says_that_it_comes_later() -> None:
    assert len(TABLES) > 90
    assert [row[0] for row in TABLES if "`" not in row[1] and row[1] != "(later)"] == []


def test_no_word_of_the_trade_is_explained_twice() -> None:
    words = [row[0] for row in TABLES]
    assert sorted(words) == sorted(set(words))
