"""The process that may die: it opens senders' files for the process that started it, within limits.

Its standard input is one end of a socket. The process itself opens no file: it imports what the
work needs, and for every child asked for it forks, so that a child that died is replaced in a few milliseconds. A child
takes calls (a function and its arguments) one after another from a socket of its own and answers each with what the
function gave, or with why there is nothing. It ends when the other end is closed, never by a signal meant for others.
"""

import ctypes
import gc
import importlib
import os
import pickle
import resource
import signal
import socket
import tempfile
import traceback
from enum import StrEnum
from math import ceil
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from models.collecting import collect_rarely

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000  # of unshare(2)
_LONGEST_MODULE_NAME = 200


class Limits(NamedTuple):
    """What a child may use.

    Attributes:
        memory: bytes of address space.
        cpu: seconds of processor time a call.
        wall: seconds a call may take in all, also when it only waits.
        files: open at once.
        written: bytes of any file that it writes; spreadsheet libraries write temporary ones.
        calls: after so many a child is replaced.
    """

    memory: int = 2**30
    cpu: int = 20
    wall: int = 60
    files: int = 64
    written: int = 256 * 2**20
    calls: int = 100


class SentOnce(NamedTuple):
    """Something large that many calls need: sent to a child once, and named by its number afterwards."""

    number: int
    value: Any = None


class Call(NamedTuple):
    """What a child is to do: call `module:name` with the arguments and, where a number is named, what was given."""

    function: str
    arguments: tuple[Any, ...]
    given: int | None


class AnswerKind(StrEnum):
    """What an answer is: the result, that there was no memory, or a fault of the function with its trace."""

    RESULT = "result"
    NO_MEMORY = "no memory"
    FAULT = "fault"


def main(limits: Limits) -> None:
    """Fork a child for each socket that comes in, until the other end is closed."""
    _cut_off_the_network()
    collect_rarely()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # of the service that stops: the parent tells us
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are nobody's to wait for
    asked = socket.socket(fileno=os.dup(0))
    with tempfile.TemporaryDirectory(prefix="cchc-") as folder:
        tempfile.tempdir = folder
        while True:
            module, handles, _, _ = socket.recv_fds(asked, _LONGEST_MODULE_NAME, 1)
            if not module:
                return
            importlib.import_module(module.decode())
            gc.freeze()  # what is here already is shared by all children
            if os.fork() == 0:
                asked.close()
                _stay_within(limits)
                _serve(Connection(handles[0]), limits)
            os.close(handles[0])


def _cut_off_the_network() -> None:
    """Where the kernel lets us, no child reaches any network; without the right to, it is left as it is."""
    flags = _NEW_NETWORK if os.geteuid() == 0 else _NEW_USER | _NEW_NETWORK
    ctypes.CDLL(None, use_errno=True).unshare(flags)


def _stay_within(limits: Limits) -> None:
    """Take on the limits of a child; whoever exceeds one of them is ended by the kernel."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):  # a native reader tells the terminal why it aborts
        os.dup2(nowhere, standard)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_NOFILE, limits.files),
        (resource.RLIMIT_FSIZE, limits.written),
    ):
        resource.setrlimit(kind, (most, most))


def _serve(connection: Connection, limits: Limits) -> None:
    """Answer calls until the other end is closed."""
    given: dict[int, Any] = {}
    connection.send_bytes(b"here")
    while True:
        try:
            asked = connection.recv()
            if isinstance(asked, SentOnce):
                given = {asked.number: asked.value}
                continue
            kind, answer = _answer(asked, given, limits)
            connection.send_bytes(answer)
        except (EOFError, OSError):
            os._exit(0)
        if kind is not AnswerKind.RESULT:  # who knows what it left behind
            os._exit(0)


def _answer(call: Call, given: dict[int, Any], limits: Limits) -> tuple[AnswerKind, bytes]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (ceil(used.ru_utime + used.ru_stime) + limits.cpu, hard))
    signal.alarm(limits.wall)
    more = () if call.given is None else (given[call.given],)
    try:
        module, _, name = call.function.partition(":")
        said = getattr(importlib.import_module(module), name)(*call.arguments, *more)
        kind = AnswerKind.RESULT
        answer = pickle.dumps((kind, said), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        kind, answer = AnswerKind.NO_MEMORY, pickle.dumps((AnswerKind.NO_MEMORY, None))
    except Exception:
        kind, answer = AnswerKind.FAULT, pickle.dumps((AnswerKind.FAULT, traceback.format_exc()))
    finally:
        signal.alarm(0)
    return kind, answer
