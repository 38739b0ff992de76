"""What the tests of rules, points, ranking and comparison would not notice: small faults made one at a time.

A mutant is one of our files with one operator, number, condition or choice changed. Each is tried in a process that is
forked before any module of ours is loaded, first on the tests nearest to its file, then, if these pass, on all that are
listed. One that passes all is a survivor: a test is missing, or explained_mutants.yaml says in a line why none can be.
Words of messages are not changed: they are read, not computed. Exit code 1 where a survivor is not explained or an
explanation fits no mutant.

Why not a ready tool: mutmut 3 changes functions only, not the numbers that files begin with, and draws no sample;
cosmic-ray starts the test programs anew for each mutant, which here costs more than the tests themselves.
"""

import argparse
import ast
import os
import random
import resource
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import partial
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from time import monotonic
from types import CodeType, ModuleType
from typing import Any

import yaml

from benchmarks.places import ROOT

EXPLAINED = Path(__file__).parent / "explained_mutants.yaml"
_RULES, _SCORING = "models/criteria/rules", "tasks/scoring"
_OF_RULES = (
    "tests/models/criteria/test_rules.py",
    "tests/models/criteria/test_formulas.py",
    "tests/docs/test_maths.py",
)
_OF_POINTS = ("tests/tasks/scoring/test_points.py",)
# The tests of each file; the nearest of a file that is not named here are those of the rules.
NEAREST: Mapping[str, Sequence[str]] = {
    f"{_SCORING}/points.py": _OF_POINTS,
    f"{_SCORING}/ranking.py": ("tests/tasks/scoring/test_ranking.py",),
    f"{_SCORING}/comparison.py": ("tests/tasks/scoring/test_comparison.py", "tests/tasks/scoring/test_repairs.py"),
    f"{_SCORING}/areas.py": ("tests/tasks/scoring/test_analysis.py",),
    f"{_SCORING}/repairs.py": ("tests/tasks/scoring/test_repairs.py",),
}
ALL_TESTS = ("tests/models/criteria", "tests/tasks/scoring", "tests/docs/test_maths.py")
_OURS = frozenset(("models", "tasks", "expectations", "report_templates", "flows", "tests", "conftest"))
_EXAMPLES = 30  # that hypothesis makes for a test
_BROKEN = 99  # how a process ends that could not try anything
_CPU_SECONDS, _MEMORY = 240, 3 * 2**30  # of one try; a mutant that needs more does not end

_COMPARED: Mapping[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE,),
    ast.LtE: (ast.Lt,),
    ast.Gt: (ast.GtE,),
    ast.GtE: (ast.Gt,),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_COMPUTED: Mapping[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
}
_NAMES = {
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "ROUND_HALF_UP": "ROUND_DOWN",
    "ROUND_DOWN": "ROUND_UP",
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one file.

    Attributes:
        file: from the root of the repository.
        within: the function or class it is in, "" on the top of the file.
        line: where it is; the name does not hold it, so that it stays the same when lines move.
        before, after: the smallest expression that shows the change.
        node, change: which node of the tree, and which of its changes.
        twin: the place among equal ones of the same function, from 1.
    """

    file: str
    within: str
    line: int
    before: str
    after: str
    node: int
    change: int
    twin: int = 1

    @property
    def name(self) -> str:
        """What explained_mutants.yaml calls it."""
        again = f" (#{self.twin})" if self.twin > 1 else ""
        return f"{self.file} {self.within}: {self.before} → {self.after}{again}"


def mutants_of(file: str) -> list[Mutant]:
    """Every mutant of a file, in the order of its text."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    left_out = _left_out(tree)
    found: list[Mutant] = []
    for number, node in enumerate(ast.walk(tree)):
        changes = list(_changes(node))
        if node in left_out or not changes:
            continue
        shown = _shown(node, parents)
        before = _said(shown)
        for change, make in enumerate(changes):
            undo = make()
            after = _said(_shown(node, parents))
            found.append(Mutant(file, _within(node, parents), shown.lineno, before, after, number, change))
            undo()
    seen: Counter[str] = Counter()
    numbered = []
    for mutant in sorted(found, key=lambda each: (each.line, each.node, each.change)):
        seen[mutant.name] += 1
        numbered.append(replace(mutant, twin=seen[mutant.name]))
    return numbered


def code_of(mutant: Mutant) -> CodeType:
    """The file with the change in it, compiled."""
    path = ROOT / mutant.file
    tree = ast.parse(path.read_text(encoding="utf-8"))
    node = next(node for number, node in enumerate(ast.walk(tree)) if number == mutant.node)
    list(_changes(node))[mutant.change]()
    return compile(ast.fix_missing_locations(tree), str(path), "exec")


# --- what is changed --------------------------------------------------------------------------------------------------


def _changes(node: ast.AST) -> Iterator[Callable[[], Callable[[], None]]]:
    """What can be changed at a node: each makes the change and gives back what takes it away."""
    match node:
        case ast.Compare():
            for place, operator in enumerate(node.ops):
                for other in _COMPARED[type(operator)]:
                    yield _setting_item(node.ops, place, other())
        case ast.BinOp() | ast.AugAssign() if type(node.op) in _COMPUTED:
            yield _setting(node, "op", _COMPUTED[type(node.op)]())
        case ast.BoolOp():
            yield _setting(node, "op", ast.Or() if isinstance(node.op, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.USub()):
            yield _setting(node, "op", ast.UAdd())
        case ast.IfExp():
            yield _setting(node, "test", _negated(node.test))
        case ast.If() | ast.While() if not isinstance(node.test, ast.Compare):
            yield _setting(node, "test", _negated(node.test))
        case ast.comprehension():
            for place, test in enumerate(node.ifs):
                if not isinstance(test, ast.Compare):
                    yield _setting_item(node.ifs, place, _negated(test))
        case ast.Constant(value=bool() as said):
            yield _setting(node, "value", not said)
        case ast.Constant(value=int() as said):
            yield _setting(node, "value", said + 1)
        case ast.Constant(value=str() as text) if (number := _number_in(text)) is not None:
            yield _setting(node, "value", str(number + 1))
        case ast.Name() if node.id in _NAMES:
            yield _setting(node, "id", _NAMES[node.id])


def _setting(node: ast.AST, field: str, value: object) -> Callable[[], Callable[[], None]]:
    def change() -> Callable[[], None]:
        was = getattr(node, field)
        setattr(node, field, value)
        return lambda: setattr(node, field, was)

    return change


def _setting_item(items: list[Any], place: int, value: ast.AST) -> Callable[[], Callable[[], None]]:
    def change() -> Callable[[], None]:
        was = items[place]
        items[place] = value
        return lambda: items.__setitem__(place, was)

    return change


def _negated(test: ast.expr) -> ast.expr:
    return (
        test.operand if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) else ast.UnaryOp(ast.Not(), test)
    )


def _number_in(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _left_out(tree: ast.AST) -> set[ast.AST]:
    """Types, decorators, assertions, formats of text and what only a type checker runs: no test could tell."""
    roots: list[ast.AST] = []
    for node in ast.walk(tree):
        match node:
            case ast.AnnAssign() | ast.arg():
                roots += [node.annotation] if node.annotation else []
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                roots += [*node.decorator_list, *([node.returns] if node.returns else [])]
            case ast.ClassDef():
                roots += node.decorator_list
            case ast.Assert() | ast.Subscript(value=ast.Name(id="Annotated" | "Literal")):
                roots.append(node)
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                roots.append(node)
            case ast.FormattedValue() if node.format_spec:
                roots.append(node.format_spec)
    return {inner for root in roots for inner in ast.walk(root)}


def _shown(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> ast.expr | ast.stmt:
    """What shows a change: of a number or a name the expression around it."""
    shown: ast.AST = parents[node] if isinstance(node, ast.Constant | ast.Name) else node
    while not isinstance(shown, ast.expr | ast.stmt):
        shown = parents[shown]
    return shown.test if isinstance(shown, ast.If | ast.While) and shown is node else shown


def _said(node: ast.AST) -> str:
    said = ast.unparse(node).partition("\n")[0]
    return " ".join(said.split())


def _within(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> str:
    names = []
    inner = node
    while inner in parents:
        inner = parents[inner]
        if isinstance(inner, ast.FunctionDef | ast.ClassDef):
            names.append(inner.name)
    return ".".join(reversed(names))


# --- one try ----------------------------------------------------------------------------------------------------------


class _Changed(SourceFileLoader):
    """Loads one module of ours with its change."""

    def __init__(self, mutant: Mutant) -> None:
        super().__init__(mutant.file.removesuffix(".py").replace("/", "."), str(ROOT / mutant.file))
        self.code = code_of(mutant)

    def get_code(self, fullname: str) -> CodeType:
        """What is run instead of the file."""
        return self.code


class _Finder(MetaPathFinder):
    """Finds the changed module before anybody finds the file."""

    def __init__(self, loader: _Changed) -> None:
        self.loader = loader

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Only of that module."""
        if fullname != self.loader.name:
            return None
        return spec_from_file_location(fullname, self.loader.path, loader=self.loader)


def _run(mutant: Mutant | None, tests: Sequence[str]) -> int:
    """Run tests in this process, which must have loaded nothing of ours; 0 where all pass."""
    import pytest
    from hypothesis import HealthCheck, Phase, settings

    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    settings.register_profile(
        "mutants",
        derandomize=True,
        database=None,
        deadline=None,
        max_examples=_EXAMPLES,
        phases=(Phase.explicit, Phase.generate),  # that it fails is enough, with what values is not asked
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("mutants")
    if mutant:
        sys.meta_path.insert(0, _Finder(_Changed(mutant)))
    return int(pytest.main(["-x", "-q", "-m", "not slow", "-p", "no:cacheprovider", "--tb=no", *tests]))


def _forked(work: Callable[[], int]) -> int:
    """The id of a process that does some work and ends with its code."""
    pid = os.fork()
    if pid == 0:
        code = _BROKEN
        with suppress(BaseException):
            code = work()
        os._exit(code)
    return pid


def ready() -> None:
    """See that all tests pass unchanged, and load what they need of others, so that no fork has to.

    Raises:
        RuntimeError: they do not pass.
    """
    reading, told = os.pipe()

    def run() -> int:
        code = _run(None, ALL_TESTS)
        os.write(told, "\n".join(name for name in sys.modules if name.partition(".")[0] not in _OURS).encode())
        return code

    pid = _forked(run)
    os.close(told)
    with os.fdopen(reading) as file:
        names = file.read().split("\n")
    if code := os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]):
        raise RuntimeError(f"the tests fail without any change: {code}")
    for name in names:
        with suppress(Exception):
            import_module(name)


def survivors_of(mutants: Sequence[Mutant], at_once: int = 1) -> Iterator[tuple[Mutant, bool]]:
    """Each mutant with whether it survived, as they are tried.

    Args:
        mutants: what to try; nothing of ours may be loaded before.
        at_once: processes at the same time.

    Raises:
        RuntimeError: it is not the tests that failed.
    """
    import pytest

    waiting = [(mutant, tests) for mutant in reversed(mutants) for tests in (_nearest(mutant.file),)]
    running: dict[int, tuple[Mutant, Sequence[str]]] = {}
    while waiting or running:
        while waiting and len(running) < at_once:
            mutant, tests = waiting.pop()
            running[_forked(partial(_run, mutant, tests))] = mutant, tests
        pid, status = os.wait()
        mutant, tests = running.pop(pid)
        code = os.waitstatus_to_exitcode(status)
        if code in (_BROKEN, pytest.ExitCode.NO_TESTS_COLLECTED):
            raise RuntimeError(f"{mutant.name}: the tests cannot be run: {code}")
        if code != 0:
            yield mutant, False
        elif tests is ALL_TESTS:
            yield mutant, True
        else:
            waiting.append((mutant, ALL_TESTS))


def _nearest(file: str) -> Sequence[str]:
    return NEAREST.get(file, _OF_RULES)


# --- the list ---------------------------------------------------------------------------------------------------------


def explained() -> dict[str, str]:
    """Why a survivor is none that a test could kill, by its name."""
    told = yaml.safe_load(EXPLAINED.read_text(encoding="utf-8")) or []
    return {each["mutant"]: each["why"] for each in told}


def files() -> list[str]:
    """What is changed: the rules, and what makes points, ranks and comparisons of them."""
    rules = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / _RULES).glob("*.py"))
    return [*rules, *NEAREST]


def main() -> None:
    """Print the survivors and why they may survive; the exit code is 1 where one is not explained."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutants", description=__doc__)
    parser.add_argument("--sample", type=int, help="so many, drawn by the seed; all if not said")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--at-once", type=int, default=1, help="processes at the same time")
    parser.add_argument("--only", default="", help="those whose name holds this text")
    given = parser.parse_args()
    known = [mutant for file in files() for mutant in mutants_of(file)]
    reasons = explained()
    wrong = sorted(reasons.keys() - {mutant.name for mutant in known})
    wanted = [mutant for mutant in known if given.only in mutant.name]
    if given.sample is not None:
        wanted = random.Random(given.seed).sample(wanted, min(given.sample, len(wanted)))
    ready()
    started, survived = monotonic(), []
    for tried, (mutant, survives) in enumerate(survivors_of(wanted, given.at_once), start=1):
        if survives:
            survived.append(mutant)
            print(f"SURVIVED line {mutant.line} {mutant.name}: {reasons.get(mutant.name, 'NOT EXPLAINED')}", flush=True)
        if tried % 10 == 0:
            print(f"{monotonic() - started:5.0f} s  {tried} of {len(wanted)} tried", file=sys.stderr, flush=True)
    unexplained = [mutant for mutant in survived if mutant.name not in reasons]
    for name in wrong:
        print(f"explained, but no mutant is called so: {name}")
    print(f"{len(wanted)} mutants of {len(known)}: {len(wanted) - len(survived)} killed, {len(survived)} survived")
    print(f"of these {len(survived) - len(unexplained)} explained")
    sys.exit(bool(unexplained or wrong))


if __name__ == "__main__":
    main()
