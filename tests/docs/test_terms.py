"""docs/terms.md: what its tables call the words of the trade in code is called so in the code."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import pytest

from tests.conftest import ROOT
from tests.docs.documents import rows_of

TABLES = [row for row in rows_of("terms.md") if row[1] != "In code"]
NAMES = sorted({name for row in TABLES for name in re.findall(r"`([^`]+)`", row[1]) if "…" not in name})
PACKAGES = ("models", "tasks", "flows", "expectations", "report_templates")


def names_in(node: ast.AST) -> Iterator[str]:
    """What a piece of code calls or says: names of things, and texts such as keys, columns and file names."""
    for part in ast.walk(node):
        match part:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.Constant(value=str(name)):
                yield name


class Code(NamedTuple):
    """What the code calls and says, and which classes there are with what each of those in the tables says inside."""

    names: set[str]
    classes: dict[str, set[str]]


@cache
def code() -> Code:
    """All of production, read by the first test that asks: it takes longer than all of these tests."""
    with_members = {name.partition(".")[0] for name in NAMES}
    found = Code(set(), {})
    for path in sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found.names.update(names_in(tree))
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                found.classes[node.name] = set(names_in(node)) if node.name in with_members else set()
    return found


@pytest.mark.parametrize("name", NAMES)
def test_the_code_has_what_the_table_names(name: str) -> None:
    if name.endswith(".py"):
        assert (ROOT / name).is_file()
    elif re.fullmatch(r"[A-Z]\w+\.\w+", name):
        of, _, member = name.partition(".")
        assert member in code().classes[of]
    elif re.fullmatch(r"[A-Z]+[a-z]\w*", name):
        assert name in code().classes
    else:
        assert name in code().names


def test_every_row_names_something_in_code_or_says_that_it_comes_later() -> None:
    assert len(TABLES) > 90
    assert [row[0] for row in TABLES if "`" not in row[1] and row[1] != "(later)"] == []


def test_no_word_of_the_trade_is_explained_twice() -> None:
    words = [row[0] for row in TABLES]
    assert sorted(words) == sorted(set(words))
