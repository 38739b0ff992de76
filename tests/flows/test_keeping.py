"""Parts that are kept running: started again, given up with an error, and taken along on every death."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from flows.keeping import descendants
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

# A part that has a child in a session of its own, as the worker has for each run; both would sleep for long.
PART = "import subprocess, time; subprocess.Popen(['sleep', '300'], start_new_session=True); time.sleep(300)"
KEPT = f"""
import os, sys
from pathlib import Path
from flows.keeping import KeptProcess, keep_running, run_kept, start_dying_with_us
from models.findings import RefusedError

def part(name, code):
    log = Path(sys.argv[1]) / f"{{name}}.log"
    return KeptProcess(name, lambda: start_dying_with_us([sys.executable, "-c", code], os.environ, Path("."), log), log)

def work():
    parts = [part("ngủ", {PART!r})]
    if sys.argv[2:]:
        parts.append(part("hỏng", "raise SystemExit(7)"))
    keep_running(parts, 0.1)

try:
    run_kept(work)
except RefusedError as refused:
    print(refused, file=sys.stderr)
    sys.exit(1)
except KeyboardInterrupt:
    pass
"""


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A program that keeps one part with one child: five processes in all."""
    started = subprocess.Popen([sys.executable, "-c", KEPT, str(tmp_path)], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    until(lambda: len(below(started)) == 3)
    yield started
    for process in [*below(started), started.pid]:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    started.communicate()


def below(started: subprocess.Popen[str]) -> list[int]:
    """Keeper, part and the part's child, from above to below."""
    return list(descendants(started.pid))


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def lives(process: int) -> bool:
    """Whether a process runs; one that has ended and waits to be buried does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("killed", [0, 1, 2], ids=["the one that was called", "the keeper", "the part with its child"])
def test_no_kill_leaves_a_process_behind(kept: subprocess.Popen[str], killed: int) -> None:
    row = [kept.pid, *below(kept)]
    os.kill(row[killed], signal.SIGKILL)
    if killed == 2:  # the part is started again; its old child is ended with all others
        until(lambda: len(below(kept)) == 4)
        row += below(kept)
        kept.send_signal(signal.SIGTERM)
    until(lambda: not any(map(lives, row)))


def test_an_interruption_ends_everything_without_an_error(kept: subprocess.Popen[str]) -> None:
    row = below(kept)
    kept.send_signal(signal.SIGTERM)
    assert kept.wait(20) == 0
    assert not any(map(lives, row))


def test_a_keeper_that_was_killed_is_an_error(kept: subprocess.Popen[str]) -> None:
    os.kill(below(kept)[0], signal.SIGKILL)
    assert kept.wait(20) == 1
    assert kept.stderr
    assert "bị dừng đột ngột (tín hiệu 9)" in kept.stderr.read()


def test_a_part_that_was_killed_is_started_again_and_that_is_said(kept: subprocess.Popen[str]) -> None:
    part = below(kept)[1]
    os.kill(part, signal.SIGKILL)
    until(lambda: len(below(kept)) == 4)
    assert not lives(part)
    kept.send_signal(signal.SIGTERM)
    assert "ngủ: đã dừng (mã -9), đang khởi động lại" in kept.communicate(timeout=20)[1]


def test_a_part_that_ends_again_and_again_ends_the_program_with_an_error(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", KEPT, str(tmp_path), "hỏng"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert re.search(r"hỏng: LỖI: đã dừng 6 lần trong 10 phút \(mã 7\), không khởi động lại nữa", ended.stderr)
    assert not subprocess.run(["pgrep", "-f", str(tmp_path)], capture_output=True, text=True, check=False).stdout
