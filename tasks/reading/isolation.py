"""Functions that open senders' files are called in child processes with limits; this is their parent's side.

A child that dies, takes too long or wants too much memory costs its own file and nothing else: the call fails with
ChildFailedError, a new child takes the next one. Children share neither a pipe nor a lock, as the workers of the usual
pools do, in which one that dies at the wrong moment stops all the others.
"""

import atexit
import os
import pickle
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from enum import Enum
from itertools import count as count_from
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from models.settings import Settings
from tasks.reading import child as childs_side
from tasks.reading.child import AnswerKind, Call, Limits, SentOnce
from tasks.reading.plain_values import read_values

_FORKING = f"from {childs_side.__name__} import Limits, main; main({{}})"
_FONTS = ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "FONTCONFIG_FILE", "FONTCONFIG_PATH")
# No address, password or key.
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", *_FONTS)
_GRACE = 10  # seconds after which a child whose time is over is no longer waited for
_TRIES = 3
_LARGEST_ANSWER = 64 * 2**20


class Failure(Enum):
    """Why a child gave no answer."""

    DIED = "died"
    TIME = "time"
    MEMORY = "memory"


class ChildFailedError(Exception):
    """The child reached a limit, or two died over a call; there is no result, and there would be none another time."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.value)
        self.failure = failure


class ChildFaultError(Exception):
    """The function raised in the child: a fault of ours. Carries its trace."""


class NoChildrenError(Exception):
    """No child can be started on this machine: nobody's file is at fault, and the work has to wait."""


class _Shared(NamedTuple):
    """What many calls share: its number, itself, and how it is sent."""

    number: int
    value: object
    sent: bytes


class _Child:
    """One child as its parent sees it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.calls = 0
        self.given: int | None = None

    @property
    def is_there(self) -> bool:
        """Whether it still waits for a call: nothing can be read from it unless it has gone."""
        return not self.connection.poll(0)


class Children:
    """So many children side by side, each started when it is first needed."""

    def __init__(self, count: int, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="child")
        self._idle: deque[_Child] = deque()
        self._shared: deque[_Shared] = deque(maxlen=2)
        self._numbers = count_from(1)
        self._lock = threading.Lock()
        self._once_more = threading.Lock()
        self._forking: tuple[subprocess.Popen[bytes], socket.socket] | None = None

    def submit(self, function: str, *arguments: Any, given: object = None) -> "Future[Any]":
        """Call a function of a module in a child.

        Args:
            function: `module:name`, so that only the child loads what opens files.
            arguments: sent with the call.
            given: a last argument that many calls share; sent to each child once.

        Returns:
            What will be its result. Asking for it raises ChildFailedError where the child died or reached a limit,
            ChildFaultError where the function raised, and NoChildrenError where there is no child to be had.
        """
        shared = None if given is None else self._shared_of(given)
        return self._threads.submit(self._tried, Call(function, arguments, shared and shared.number), shared)

    def close(self) -> None:
        """End all children."""
        self._threads.shutdown(cancel_futures=True)
        for child in self._idle:
            child.connection.close()
        self._idle.clear()
        if self._forking:
            process, asked = self._forking
            asked.close()
            process.wait()
            self._forking = None

    # --- a call -------------------------------------------------------------------------------------------------------

    def _tried(self, call: Call, shared: _Shared | None) -> Any:
        """The result; where the child died of nothing that it reached itself, one other is asked, one call at a time.

        A machine short of memory ends whichever process it likes: that is no fault of the file at hand.
        """
        try:
            return self._call(call, shared)
        except ChildFailedError as failed:
            if failed.failure is not Failure.DIED:
                raise
        with self._once_more:
            return self._call(call, shared)

    def _call(self, call: Call, shared: _Shared | None) -> Any:
        child = self._child_with(call, shared)
        started = time.monotonic()
        try:
            if not child.connection.poll(self.limits.wall + _GRACE):
                raise ChildFailedError(Failure.TIME)
            kind, said = read_values(child.connection.recv_bytes(_LARGEST_ANSWER))
        except (EOFError, OSError, pickle.UnpicklingError) as gone:
            child.connection.close()
            took_long = time.monotonic() - started >= self.limits.cpu
            raise ChildFailedError(Failure.TIME if took_long else Failure.DIED) from gone
        except BaseException:
            child.connection.close()
            raise
        child.calls += 1
        if kind is not AnswerKind.RESULT or child.calls >= self.limits.calls:
            child.connection.close()
        else:
            self._idle.append(child)
        if kind is AnswerKind.NO_MEMORY:
            raise ChildFailedError(Failure.MEMORY)
        if kind is AnswerKind.FAULT:
            raise ChildFaultError(said)
        return said

    def _child_with(self, call: Call, shared: _Shared | None) -> _Child:
        """A child that has the call; one that was gone before it had it is no failure of the call."""
        for _ in range(_TRIES):
            child = self._waiting_child() or self._new_child(call.function.partition(":")[0])
            try:
                if shared and child.given != shared.number:
                    child.connection.send_bytes(shared.sent)
                    child.given = shared.number
                child.connection.send(call)
            except OSError:
                child.connection.close()
            else:
                return child
        raise NoChildrenError("children end before they are asked anything")

    def _waiting_child(self) -> _Child | None:
        while True:
            try:
                child = self._idle.pop()
            except IndexError:
                return None
            if child.is_there:
                return child
            child.connection.close()

    def _shared_of(self, value: object) -> _Shared:
        with self._lock:
            known = next((shared for shared in self._shared if shared.value is value), None)
            if known is None:
                number = next(self._numbers)
                known = _Shared(number, value, pickle.dumps(SentOnce(number, value), pickle.HIGHEST_PROTOCOL))
                self._shared.append(known)
            return known

    # --- a new child --------------------------------------------------------------------------------------------------

    def _new_child(self, module: str) -> _Child:
        """A child that says it is there; the module is imported before, once for all children that follow."""
        ours, theirs = socket.socketpair()
        child = _Child(Connection(ours.detach()))
        try:
            with theirs, self._lock:
                if self._forking is None or self._forking[0].poll() is not None:
                    self._forking = self._start()
                socket.send_fds(self._forking[1], [module.encode()], [theirs.fileno()])
            child.connection.recv_bytes()
        except (EOFError, OSError) as gone:
            child.connection.close()
            raise NoChildrenError("no child process can be started") from gone
        return child

    def _start(self) -> tuple[subprocess.Popen[bytes], socket.socket]:
        """The process that forks children: it has the program's modules, a bare environment, and no file of ours."""
        ours, theirs = socket.socketpair()
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        environment |= {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OPENBLAS_NUM_THREADS": "1"}
        command = [sys.executable, "-P", "-c", _FORKING.format(self.limits)]
        with theirs:
            process = subprocess.Popen(command, stdin=theirs.fileno(), env=environment, start_new_session=True)
        return process, ours


_ours: dict[tuple[int, Limits, int | None], Children] = {}
_making = threading.Lock()


def children(limits: Limits | None = None, count: int | None = None) -> Children:
    """The children of this process that have these limits; they end with it.

    Args:
        limits: what each may use; enough for a sender's file when not given.
        count: how many at once, as many as the settings say when not given.
    """
    key = (os.getpid(), limits or Limits(), count)
    with _making:
        if key not in _ours:
            _ours[key] = Children(count or Settings().workers, limits)
            atexit.register(_ours[key].close)
        return _ours[key]
