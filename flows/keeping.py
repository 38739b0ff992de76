"""Processes that live and die with the one that started them: started again when they end, taken along on every death.

Two processes stand in a row: the one that was called only waits; its child, the keeper, starts the parts and watches
them. The keeper dies with the one above, the parts die with the keeper, and whatever they leave behind comes to the one
that is still there (Linux: PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER), which ends it. So no single kill leaves anything
running.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from models.findings import refusal

_DIE_WITH_PARENT, _ADOPT_ORPHANS = 1, 36  # PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER of <linux/prctl.h>
_LIBC = ctypes.CDLL(None, use_errno=True)
_SPAN = 600.0  # seconds in which a part may end so many times
_MOST_ENDS = 5
_ENDED_WITHIN = 10.0  # seconds: what is killed is gone at once, unless the disk holds it


@dataclass
class KeptProcess:
    """One process that is kept running: its name, how it is started, where it writes what it says."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    log: Path
    process: subprocess.Popen[bytes] = field(init=False)
    ends: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.process = self.start()


def run_kept(work: Callable[[], None]) -> None:
    """Do the work in a keeper of its own; the caller's process waits, passes signals on, and ends as the keeper ended.

    Raises:
        RefusedError: the keeper was killed; whatever it had started has been ended.
        SystemExit: in the waiting process, with the keeper's exit code.
    """
    sys.stdout.flush()
    above = os.getpid()
    _LIBC.prctl(_ADOPT_ORPHANS, 1, 0, 0, 0)
    keeper = os.fork()
    if keeper:
        _wait_for(keeper)
    _die_with(above, signal.SIGTERM)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    _LIBC.prctl(_ADOPT_ORPHANS, 1, 0, 0, 0)
    try:
        work()
    finally:
        end_descendants()


def start_dying_with_us(
    command: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path
) -> subprocess.Popen[bytes]:
    """Start a process that is killed when this one ends, however it ends; what it says goes into the log."""
    above = os.getpid()
    with log.open("ab") as file:
        return subprocess.Popen(
            command,
            env=environment,
            cwd=folder,
            stdout=file,
            stderr=file,
            preexec_fn=lambda: _die_with(above, signal.SIGKILL),
        )


def keep_running(
    parts: Iterable[KeptProcess], pause: float = 1.0, meanwhile: Callable[[], None] = lambda: None
) -> None:
    """Watch the parts and start each again that has ended, until interrupted.

    Args:
        parts: what runs.
        pause: seconds between two looks at them.
        meanwhile: what else is looked after each time.

    Raises:
        RefusedError: a part ended too often to be started again.
    """
    kept = list(parts)
    while True:
        time.sleep(pause)
        for part in kept:
            code = part.process.poll()
            if code is not None:
                _start_again(part, code)
        meanwhile()
        _bury_orphans({part.process.pid for part in kept})


def _start_again(part: KeptProcess, code: int) -> None:
    now = time.monotonic()
    part.ends = [*(end for end in part.ends if now - end < _SPAN), now]
    if len(part.ends) > _MOST_ENDS:
        what = f"đã dừng {len(part.ends)} lần trong {_SPAN / 60:.0f} phút (mã {code}), không khởi động lại nữa"
        raise refusal(part.name, what, f"Xem {part.log}")
    print(f"{part.name}: đã dừng (mã {code}), đang khởi động lại. Xem {part.log}", file=sys.stderr, flush=True)
    part.process = part.start()


def stop(parts: Iterable[KeptProcess], patience: float = 20.0) -> None:
    """Ask each part to end, the last started first, and kill what does not."""
    for part in reversed(list(parts)):
        part.process.send_signal(signal.SIGINT)
        try:
            part.process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            part.process.kill()


def end_descendants() -> None:
    """Kill every process below this one, those too whose parents are gone."""
    until = time.monotonic() + _ENDED_WITHIN
    while (below := list(descendants(os.getpid()))) and time.monotonic() < until:
        for process in below:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        time.sleep(0.05)


def descendants(of: int) -> Iterator[int]:
    """The processes below one, from the nearest to the furthest."""
    children: dict[int, list[int]] = {}
    for process, parent in _parents():
        children.setdefault(parent, []).append(process)
    waiting = [of]
    for process in waiting:
        waiting += children.get(process, [])
    yield from waiting[1:]


def _parents() -> Iterator[tuple[int, int]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                state = (entry / "stat").read_text(encoding="utf-8", errors="replace")
                yield int(entry.name), int(state.rpartition(")")[2].split()[1])


def _bury_orphans(parts: set[int]) -> None:
    """Take notice of the ends of processes that came to this one when their parents ended."""
    me = os.getpid()
    for process, parent in _parents():
        if parent == me and process not in parts:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(process, os.WNOHANG)


def _wait_for(keeper: int) -> None:
    def pass_on(number: int, _frame: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(keeper, number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, pass_on)
    code = os.waitstatus_to_exitcode(os.waitpid(keeper, 0)[1])
    end_descendants()
    if code < 0:
        what = f"chương trình trông coi máy chủ và worker bị dừng đột ngột (tín hiệu {-code})"
        raise refusal("cchc serve", what, "Khởi động lại dịch vụ")
    sys.exit(code)


def _die_with(above: int, number: int) -> None:
    """End with the parent. One that is gone already sends nothing more."""
    _LIBC.prctl(_DIE_WITH_PARENT, number, 0, 0, 0)
    if os.getppid() != above:
        os._exit(1)


def _interrupt(_signal: int, _frame: object) -> None:
    """Leave once; the same wish may come from the terminal and from the process above."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt
