"""Rules of the house that no linter knows: one name for one thing, sources that open, kinds and commands apart."""

import ast
import re
from collections import Counter
from collections.abc import Iterator

from flows.cli.commands import COMMANDS
from tests.conftest import ROOT

PRODUCTION = ("models", "tasks", "flows", "expectations", "report_templates")
CODE = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for room in PRODUCTION
    for path in sorted((ROOT / room).rglob("*.py"))
}
RULES = "models/criteria/rules/"
SAME_WORD_TWICE = {
    "Submission",  # what came in; the paper (tờ trình) that a decision follows
    "Verdict",  # of the approver; of whoever proofreads
    "Moment",  # a column of the database; a year of a line in a chart
    "Record",  # a table of the database; what an object states to a template
    "Row",  # of a Word table; of a named tuple shown to a template
}


def test_no_class_is_called_what_another_is_called() -> None:
    names = re.findall(r"^ *class ([A-Z]\w*)", "\n".join(CODE.values()), re.MULTILINE)
    assert {name for name, times in Counter(names).items() if times > 1} == SAME_WORD_TWICE


def test_every_source_in_the_repository_can_be_opened() -> None:
    assert list(_dead_sources()) == []


def test_only_the_kinds_of_rules_know_one_kind_from_another() -> None:
    asks = re.compile(r"isinstance\([^()]*\b[A-Z]\w*Rule\b|\bcase \w*Rule\(")
    assert [path for path, text in CODE.items() if asks.search(text) and not path.startswith(RULES)] == []


def test_only_its_own_file_knows_one_kind_of_measure_from_another() -> None:
    own = "models/progress/measures.py"
    assert [path for path, text in CODE.items() if re.search(r"\bMeasureKind\.[A-Z]", text)] == [own]


def test_nothing_below_the_flows_names_a_command() -> None:
    commands = {word for command in COMMANDS.values() for word in re.findall(r"cchc (\w+)", command)}
    named = re.compile(rf"\bcchc ({'|'.join(commands)})\b")
    lower = {path: text for path, text in CODE.items() if not path.startswith("flows/")}
    assert len(commands) > 8
    assert [path for path, text in lower.items() if any(named.search(said) for said in _said(text))] == []


def _dead_sources() -> Iterator[str]:
    """Sources that name a document without it, or a section that it does not have."""
    for path, text in CODE.items():
        for source in re.findall(r"Source: ([^\"]+?)(?:\"\"\"|\n\n|\n\s*(?:Args|Returns):)", text):
            if re.search(r"DESIGN|\bdomain\b", source):
                yield f"{path}: {source}"
            for name, section in re.findall(r"(docs/[\w-]+\.md)(?:, (?:section )?(\d+(?:\.\d+)?))?", source):
                document = ROOT / name
                known = document.read_text(encoding="utf-8") if document.is_file() else ""
                if not re.search(rf"^#+ {re.escape(section)}\.? " if section else "^# ", known, re.MULTILINE):
                    yield f"{path}: {name}, {section}"


def _said(text: str) -> Iterator[str]:
    """The texts of a file that are no docstrings."""
    tree = ast.parse(text)
    told = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value
