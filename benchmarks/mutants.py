"""What the tests of rules, points, ranking and comparison would not notice: small faults made one at a time.

A mutant is one of our files with one operator, number, condition or choice changed. First every test runs unchanged in
a process of its own, which tells the lines that it runs. Each mutant is tried on the tests that run its lines, the
quickest first, in a process that is forked when all tests are loaded and that puts the changed code into the function.
What runs while modules and tests are loaded is tried on all tests, loaded with the change. One that passes is a
survivor: a test is missing, or explained_mutants.yaml says in a line why none can be. Words of messages are not
changed: they are read, not computed. Exit code 1 where a survivor is not explained or an explanation fits no mutant.

Why not a ready tool: mutmut 3 changes functions only, not the numbers that files begin with, and draws no sample;
cosmic-ray starts the test programs anew for each mutant, which here costs twenty times what the tests do.
"""

import argparse
import ast
import gc
import os
import pickle
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
from tempfile import TemporaryDirectory
from time import monotonic
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any, BinaryIO

import pytest
import yaml

from benchmarks.places import ROOT

EXPLAINED = Path(__file__).parent / "explained_mutants.yaml"
_RULES = "models/criteria/rules"
_OF_SCORING = ("points", "ranking", "comparison", "areas", "repairs")
ALL_TESTS = ("tests/models/criteria", "tests/tasks/scoring", "tests/docs/test_maths.py")
_OURS = frozenset(("models", "tasks", "expectations", "report_templates", "flows", "tests", "conftest"))
_EXAMPLES = 30  # that hypothesis makes for a test
_PASSED = 0
_BROKEN, _WHILE_LOADING = 99, 98  # no code of tests: that nothing could be tried, or has to be while they are loaded
_CPU_SECONDS, _MEMORY = 90, 3 * 2**30  # of one try; a mutant that needs more does not end

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
        line, last: where it is; the name does not hold it, so that it stays the same when lines move.
        before, after: the smallest expression that shows the change.
        node, change: which node of the tree, and which of its changes.
        twin: the place among equal ones of the same function, from 1.
    """

    file: str
    within: str
    line: int
    last: int
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

    @property
    def lines(self) -> set[tuple[str, int]]:
        """The lines of its expression, each with the file."""
        return {(self.file, line) for line in range(self.line, self.last + 1)}


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
            found.append(
                Mutant(
                    file,
                    _within(node, parents),
                    shown.lineno,
                    shown.end_lineno or shown.lineno,
                    before,
                    after,
                    number,
                    change,
                )
            )
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
        case ast.Name(ctx=ast.Load()) if node.id in _NAMES:
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
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _left_out(tree: ast.AST) -> set[ast.AST]:
    """Types, decorators, assertions, strict zips, formats of text, code for type checkers: no test could tell."""
    roots: list[ast.AST] = []
    for node in ast.walk(tree):
        match node:
            case ast.AnnAssign() | ast.arg():
                roots += [node.annotation] if node.annotation else []
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                roots += [*node.decorator_list, *([node.returns] if node.returns else [])]
            case ast.ClassDef():
                roots += node.decorator_list
            case ast.Assert() | ast.keyword(arg="strict") | ast.Subscript(value=ast.Name(id="Annotated" | "Literal")):
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


# --- which tests run which lines --------------------------------------------------------------------------------------


@dataclass(slots=True)
class Seen:
    """What runs without any change.

    Attributes:
        loading: the lines that run while modules and tests are loaded, each a file and its number.
        tests: the lines that each test runs, by its id, the quickest test first.
        modules: what is loaded for it that is not ours.
    """

    loading: set[tuple[str, int]]
    tests: dict[str, set[tuple[str, int]]]
    modules: list[str]

    def running(self, mutant: Mutant) -> list[str]:
        """The tests that run a line of the change."""
        return [test for test, lines in self.tests.items() if lines & mutant.lines]

    def all_for(self, mutant: Mutant) -> list[str]:
        """All tests, first those that run anything of the file."""
        return sorted(self.tests, key=lambda test: not any(file == mutant.file for file, _ in self.tests[test]))


class _Watching:
    """Notes which lines of our files run, from its making until it is closed."""

    def __init__(self) -> None:
        self.files = {str(ROOT / file): file for file in files()}
        self.lines: set[tuple[str, int]] = set()
        sys.settrace(self._called)

    def _called(self, frame: FrameType, event: str, argument: object) -> Callable[..., Any] | None:
        file = self.files.get(frame.f_code.co_filename)
        if file is None:
            return None

        def note(frame: FrameType, event: str, argument: object) -> Callable[..., Any]:
            self.lines.add((file, frame.f_lineno))
            return note

        return note(frame, event, argument)

    def close(self) -> None:
        """No line is noted any more."""
        sys.settrace(None)


def _watched(item: pytest.Item, told: BinaryIO) -> int:
    started, watching = monotonic(), _Watching()
    failed = _failed(item.session, [item])
    watching.close()
    pickle.dump((monotonic() - started, watching.lines, _modules()), told)
    told.flush()
    return failed


def _seen(items: Sequence[pytest.Item], loading: set[tuple[str, int]]) -> Seen | str:
    """Run each test in a process of its own, so that none has done what another would do; or the id of one that fails.

    What they load of others is loaded here too, so that no later process has to.
    """
    by_time = []
    for item in items:
        reading, telling = os.pipe()
        with os.fdopen(reading, "rb") as heard, os.fdopen(telling, "wb") as told:
            process = _forked(partial(_watched, item, told))
            told.close()
            seconds, lines, modules = pickle.load(heard)
        if _code_of(process):
            return item.nodeid
        by_time.append((seconds, item.nodeid, lines))
        _load(modules)
    return Seen(loading, {test: lines for _, test, lines in sorted(by_time, key=lambda each: each[:2])}, _modules())


def _modules() -> list[str]:
    return [name for name in sys.modules if name.partition(".")[0] not in _OURS]


def _load(modules: Sequence[str]) -> None:
    for name in modules:
        if name not in sys.modules:
            with suppress(Exception):
                import_module(name)


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


_Functions = Mapping[tuple[str, str, int], Sequence[FunctionType]]


class _OneByOne:
    """Where tests would run, tries change after change, each in a process forked once the tests are loaded."""

    def __init__(self, mutants: Sequence[Mutant], told: BinaryIO) -> None:
        self.mutants, self.told, self.loading = mutants, told, _Watching()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Tell which tests run which lines, then a code for each change."""
        self.loading.close()
        seen = _seen(session.items, self.loading.lines)
        self._tell(seen)
        if isinstance(seen, str):
            return True
        functions: dict[tuple[str, str, int], list[FunctionType]] = {}
        gc.unfreeze()  # what our tests freeze is not among the objects that are found
        for each in gc.get_objects():
            if isinstance(each, FunctionType):
                functions.setdefault(_place(each.__code__), []).append(each)
        gc.freeze()
        items = {item.nodeid: item for item in session.items}
        for mutant in self.mutants:
            code = _PASSED
            if near := [items[test] for test in seen.running(mutant)]:
                code = _code_of(_forked(partial(_tried, session, mutant, near, functions)))
            loaded = code == _PASSED and not seen.loading.isdisjoint(mutant.lines)
            self._tell(_WHILE_LOADING if loaded else code)
        return True

    def _tell(self, what: object) -> None:
        pickle.dump(what, self.told)
        self.told.flush()


class _Alone:
    """Tries the one change that our modules were loaded with."""

    def __init__(self, seen: Seen, mutant: Mutant) -> None:
        self.place = {test: place for place, test in enumerate(seen.all_for(mutant))}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """The session counts what failed."""
        _failed(session, sorted(session.items, key=lambda item: self.place.get(item.nodeid, 0)))
        return True


def _tried(session: pytest.Session, mutant: Mutant, items: Sequence[pytest.Item], functions: _Functions) -> int:
    changed = sum(_put_in_place(code, functions) for code in _codes_in(code_of(mutant)))
    return _failed(session, items) if changed else _PASSED


def _failed(session: pytest.Session, items: Sequence[pytest.Item]) -> int:
    """Run tests until one fails; how many failed."""
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    for item, following in zip(items, [*items[1:], None], strict=True):
        if session.testsfailed:
            break
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
    return session.testsfailed


def _codes_in(code: CodeType) -> Iterator[CodeType]:
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield inner
            yield from _codes_in(inner)


def _place(code: CodeType) -> tuple[str, str, int]:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _put_in_place(code: CodeType, functions: _Functions) -> int:
    """How many functions are another now."""
    old = [function for function in functions.get(_place(code), ()) if function.__code__ != code]
    for function in old:
        function.__code__ = code
    return len(old)


def _pytest(*plugins: object) -> int:
    """Run all tests in this process, which must have loaded nothing of ours; 0 where all pass."""
    from hypothesis import HealthCheck, Phase, settings

    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
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
    with TemporaryDirectory() as folder:  # the runs of others would clear away each other's
        options = ["-q", "-s", "-m", "not slow", "-p", "no:cacheprovider", "--tb=no", f"--basetemp={folder}/tests"]
        return int(pytest.main([*options, *ALL_TESTS], plugins=plugins))


def _forked(work: Callable[[], int]) -> int:
    """The id of a process that does some work and ends with its code."""
    process = os.fork()
    if process == 0:
        code = _BROKEN
        with suppress(BaseException):
            code = work()
        os._exit(code)
    return process


def _code_of(process: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def survivors_of(mutants: Sequence[Mutant]) -> Iterator[tuple[Mutant, bool]]:
    """Each mutant with whether it survived, as they are tried; nothing of ours may be loaded before.

    Raises:
        RuntimeError: it is not the tests that failed.
    """
    reading, telling = os.pipe()
    process = _forked(lambda: _pytest(_OneByOne(mutants, os.fdopen(telling, "wb"))))
    os.close(telling)
    again = []
    with os.fdopen(reading, "rb") as heard:
        seen: Seen | str = pickle.load(heard)
        if isinstance(seen, str):
            raise RuntimeError(f"{seen} fails alone and without any change")
        _load(seen.modules)
        for mutant in mutants:
            code = pickle.load(heard)
            if code == _WHILE_LOADING:
                again.append(mutant)
            else:
                yield mutant, _survived(mutant, code)
    _code_of(process)
    for mutant in again:
        yield mutant, _survived(mutant, _code_of(_forked(partial(_from_the_beginning, seen, mutant))))


def _from_the_beginning(seen: Seen, mutant: Mutant) -> int:
    sys.meta_path.insert(0, _Finder(_Changed(mutant)))
    return _pytest(_Alone(seen, mutant))


def _survived(mutant: Mutant, code: int) -> bool:
    if code in (_BROKEN, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise RuntimeError(f"{mutant.name}: the tests cannot be run: {code}")
    return code == _PASSED


# --- the list ---------------------------------------------------------------------------------------------------------


def explained() -> dict[str, str]:
    """Why a survivor is none that a test could kill, by its name."""
    told = yaml.safe_load(EXPLAINED.read_text(encoding="utf-8")) or []
    return {each["mutant"]: each["why"] for each in told}


def files() -> list[str]:
    """What is changed: the rules, and what makes points, ranks and comparisons of them."""
    rules = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / _RULES).glob("*.py"))
    return [*rules, *(f"tasks/scoring/{name}.py" for name in _OF_SCORING)]


def main() -> None:
    """Print the survivors and why they may survive; the exit code is 1 where one is not explained."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutants", description=__doc__)
    parser.add_argument("--sample", type=int, help="so many, drawn by the seed; all if not said")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--only", default="", help="those whose name holds this text")
    given = parser.parse_args()
    known = [mutant for file in files() for mutant in mutants_of(file)]
    reasons = explained()
    wrong = sorted(reasons.keys() - {mutant.name for mutant in known})
    wanted = [mutant for mutant in known if given.only in mutant.name]
    if given.sample is not None:
        wanted = random.Random(given.seed).sample(wanted, min(given.sample, len(wanted)))
    started, survived = monotonic(), []
    for tried, (mutant, survives) in enumerate(survivors_of(wanted), start=1):
        if survives:
            survived.append(mutant)
            print(f"SURVIVED line {mutant.line} {mutant.name}: {reasons.get(mutant.name, 'NOT EXPLAINED')}", flush=True)
        if tried % 50 == 0:
            print(f"{monotonic() - started:5.0f} s  {tried} of {len(wanted)} tried", file=sys.stderr, flush=True)
    unexplained = [mutant for mutant in survived if mutant.name not in reasons]
    for name in wrong:
        print(f"explained, but no mutant is called so: {name}")
    print(f"{len(wanted)} mutants of {len(known)} tried in {(monotonic() - started) / 60:.0f} minutes")
    print(f"{len(wanted) - len(survived)} killed, {len(survived)} survived")
    print(f"of these {len(survived) - len(unexplained)} explained, {len(unexplained)} not")
    sys.exit(bool(unexplained or wrong))


if __name__ == "__main__":
    main()
