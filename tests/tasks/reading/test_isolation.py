"""Child processes that may die: whatever a call does to its child, the parent and all other calls go on."""

import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from models.findings import Severity
from tasks.reading.child import Limits
from tasks.reading.isolation import ChildFailedError, ChildFaultError, Children, Failure
from tasks.reading.plain_values import read_values

WORK = "tests.tasks.reading.childs_work"


@pytest.fixture(scope="module")
def children() -> Iterator[Children]:
    small = Children(2, Limits(memory=2**29, cpu=1, wall=3, files=32, written=2**20, calls=5))
    yield small
    small.close()


def failure_of(children: Children, function: str, *arguments: object) -> Failure:
    with pytest.raises(ChildFailedError) as failed:
        children.submit(function, *arguments).result()
    return failed.value.failure


def is_there(process: int) -> bool:
    """Whether a process lives; one that has ended and is still listed does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def ends(process: int) -> bool:
    until = time.monotonic() + 10
    while is_there(process) and time.monotonic() < until:
        time.sleep(0.05)
    return not is_there(process)


def test_a_call_gives_what_the_function_gives(children: Children) -> None:
    assert children.submit("math:gcd", 12, 18).result() == 6
    assert children.submit("os:getpid").result() != os.getpid()


def test_a_child_that_aborts_or_is_killed_is_a_failure_of_its_call(children: Children) -> None:
    assert failure_of(children, "os:abort") is Failure.DIED
    assert failure_of(children, "os:_exit", 0) is Failure.DIED
    assert failure_of(children, "signal:raise_signal", signal.SIGKILL) is Failure.DIED


def test_a_child_that_is_killed_from_outside_costs_its_call_nothing(children: Children, tmp_path: Path) -> None:
    mark = str(tmp_path / "mark")
    assert children.submit("tests.tasks.reading.childs_work:killed_the_first_time", mark).result() == "read"


def test_a_call_that_wants_more_memory_than_a_child_has_fails(children: Children) -> None:
    assert failure_of(children, "builtins:bytes", 2**30) is Failure.MEMORY


@pytest.mark.slow
def test_a_call_that_computes_too_long_is_ended_even_inside_native_code(children: Children) -> None:
    started = time.process_time()
    assert failure_of(children, "builtins:sum", range(10**12)) is Failure.TIME
    assert time.process_time() - started < 1, "the parent only waits"


@pytest.mark.slow
def test_a_call_that_only_waits_is_ended_too(children: Children) -> None:
    assert failure_of(children, "time:sleep", 3600) is Failure.TIME


def test_files_are_limited_in_number_and_size(children: Children, tmp_path: Path) -> None:
    assert children.submit(f"{WORK}:open_files", 8).result() == 8
    with pytest.raises(ChildFaultError, match="Too many open files"):
        children.submit(f"{WORK}:open_files", 64).result()
    with pytest.raises(ChildFaultError, match="File too large"):
        children.submit(f"{WORK}:written", str(tmp_path / "a"), 2**22).result()


def test_a_fault_of_ours_comes_back_with_its_trace(children: Children) -> None:
    with pytest.raises(ChildFaultError, match=r"invalid literal for int\(\) with base 10: 'x'"):
        children.submit("builtins:int", "x").result()


def test_calls_beside_one_that_dies_all_come_to_their_end(children: Children) -> None:
    started = [children.submit("os:_exit" if number % 4 == 0 else "math:factorial", number) for number in range(1, 41)]
    answers = [future.exception() or future.result() for future in started]
    for number, answer in enumerate(answers, 1):
        assert isinstance(answer, ChildFailedError) if number % 4 == 0 else answer > 0


def test_a_child_is_replaced_after_so_many_calls() -> None:
    children = Children(1, Limits(calls=3))
    processes = [children.submit("os:getpid").result() for _ in range(7)]
    assert len(set(processes)) == 3
    assert all(ends(process) for process in set(processes[:6]))
    children.close()
    assert ends(processes[-1])


def test_what_calls_share_is_sent_once_and_is_the_same_for_all() -> None:
    children = Children(1, Limits(calls=3))
    table, other = {"a": 1}, {"a": 2}
    asked = (table, other, table, table, other)
    answers = [children.submit("operator:eq", {"a": 1}, given=given).result() for given in asked]
    assert answers == [True, False, True, True, False]
    children.close()


def test_an_answer_that_would_run_something_is_no_answer(children: Children) -> None:
    assert failure_of(children, f"{WORK}:command") is Failure.DIED


class _Pickled:
    """Something that is pickled as a call of getattr."""

    def __init__(self, of: object, name: str) -> None:
        self.named = of, name

    def __reduce__(self) -> tuple[object, tuple[object, str]]:
        return getattr, self.named


def test_an_enum_comes_back_as_the_python_of_debian_12_pickles_it_and_nothing_else_that_way() -> None:
    assert read_values(pickle.dumps(_Pickled(Severity, "WARNING"))) is Severity.WARNING
    for of, name in ((Severity, "mro"), (Decimal, "__subclasses__"), ("text", "format")):
        with pytest.raises(pickle.UnpicklingError):
            read_values(pickle.dumps(_Pickled(of, name)))


def test_children_know_no_secret_of_the_parent(children: Children, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCHC_SMTP_PASSWORD", "mật khẩu")
    fresh = Children(1)
    assert fresh.submit("os:getenv", "CCHC_SMTP_PASSWORD").result() is None
    fresh.close()


def test_children_reach_no_network(children: Children) -> None:
    if subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this kernel does not let processes leave the network")
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert children.submit(f"{WORK}:reaches", server.getsockname()[1]).result() is False


def test_signals_for_the_service_do_not_end_a_child_at_work(children: Children) -> None:
    process = children.submit("os:getpid").result()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        os.kill(process, number)
    time.sleep(0.1)
    assert is_there(process)


def test_children_end_with_their_parent_even_if_it_is_killed(tmp_path: Path) -> None:
    parent = (
        "import sys, time; from tasks.reading.isolation import Children; children = Children(1);"
        "print(*(children.submit(f'os:get{which}').result() for which in ('pid', 'ppid')), flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        theirs = [int(number) for number in process.stdout.readline().split()]
        assert all(map(is_there, theirs))
        process.kill()
    assert all(map(ends, theirs))
