"""What children are made to do in tests, found by its name in the child."""

import os
import signal
import socket
from pathlib import Path
from typing import Any


def open_files(count: int) -> int:
    """Open so many files at once; how many there are."""
    return len([os.open(os.devnull, os.O_RDONLY) for _ in range(count)])


def reaches(port: int) -> bool:
    """Whether a server of this machine can be reached."""
    with socket.socket() as connection:
        connection.settimeout(2)
        return connection.connect_ex(("127.0.0.1", port)) == 0


def written(path: str, size: int) -> int:
    """Write a file of so many bytes."""
    with open(path, "wb") as file:  # noqa: PTH123
        return file.write(b" " * size)


def killed_the_first_time(mark: str) -> str:
    """End the process as a machine short of memory does, unless the mark is there, which is left."""
    if not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "read"


class _Command:
    def __reduce__(self) -> Any:
        return os.system, ("true",)


def command() -> _Command:
    """An answer that would run a command where it is read."""
    return _Command()
