"""What is installed: every package that code imports is declared, and the two locks agree and name no registry."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT

PRODUCTION = ("models", "tasks", "flows", "expectations", "report_templates")
DEVELOPMENT = ("tests", "benchmarks", "tools")
LOCKS = ("requirements.lock", "requirements-dev.lock")
_PIN = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


def test_production_code_imports_only_what_is_declared_to_run() -> None:
    assert list(_undeclared(PRODUCTION, _declared("run"))) == []


def test_tests_and_benchmarks_import_only_what_is_declared_to_develop() -> None:
    assert list(_undeclared(DEVELOPMENT, _declared("run") | _declared("develop"))) == []


def test_an_import_that_nobody_declared_is_named_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "new.py").write_text("def later():\n    import yaml.nodes\n", encoding="utf-8")
    assert list(_undeclared([tmp_path], set())) == [f"{tmp_path / 'new.py'}: pyyaml"]


def test_whoever_develops_runs_the_same_versions() -> None:
    run, develop = (_pins(lock) for lock in LOCKS)
    assert run.items() < develop.items()


def test_the_lock_to_run_holds_what_is_declared_to_run_and_no_test_tool() -> None:
    pins = _pins("requirements.lock").keys()
    assert _declared("run") <= pins
    assert not pins & {"pytest", "mypy", "ruff", "hypothesis", "playwright"}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_a_hash_for_every_package_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    packages = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert packages
    assert [package for package in packages if "--hash=sha256:" not in package] == []
    assert not re.search(r"://|--(extra-)?index-url|--find-links", text)


def test_the_hooks_before_a_commit_are_the_commands_of_make_lint() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    lint = makefile.split("\nlint:")[1].split("\n\n")[0].splitlines()[1:]
    assert [hook["entry"] for hook in hooks] == [line.strip() for line in lint]


def _undeclared(folders: Iterable[str | Path], declared: set[str]) -> Iterator[str]:
    """Every distribution that a file of these folders imports, anywhere in it, without its being declared."""
    distributions, ours = packages_distributions(), {*PRODUCTION, *DEVELOPMENT}
    for path in sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py")):
        names = {name.split(".")[0] for name in _imported(path)} - ours - sys.stdlib_module_names
        for name in sorted(names):
            known = {_normalised(distribution) for distribution in distributions.get(name, [name])}
            if not known & declared:
                yield f"{path}: {', '.join(sorted(known))}"


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def _declared(purpose: str) -> set[str]:
    """The normalised names of what pyproject.toml asks for."""
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = project["project"]["dependencies"] if purpose == "run" else project["dependency-groups"]["dev"]
    return {_normalised(re.split(r"[\[<>=~!; ]", line)[0]) for line in asked if isinstance(line, str)}


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _pins(lock: str) -> dict[str, str]:
    return dict(_PIN.findall((ROOT / lock).read_text(encoding="utf-8")))
