"""Files that are written under another name until they are whole: whoever writes one holds its lock, so that what a
killed process has left is told from what is being written, and is removed.
"""

import fcntl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from models.settings import for_the_owner


@contextmanager
def unfinished(beside: Path, prefix: str = ".") -> Iterator[tuple[Path, BinaryIO]]:
    """A new file in a folder, locked until it is closed; gone at the end unless it was given another name.

    Args:
        beside: the folder.
        prefix: how its name begins.
    """
    path, file = _locked(beside, prefix)
    try:
        with file:
            yield path, file
    finally:
        path.unlink(missing_ok=True)


def _locked(beside: Path, prefix: str) -> tuple[Path, BinaryIO]:
    while True:
        path = beside / f"{prefix}{uuid4().hex}"
        file = open(path, "x+b", opener=for_the_owner)  # noqa: SIM115 - closed by whoever asked for it
        fcntl.flock(file, fcntl.LOCK_EX)
        if path.exists():  # else it was taken for a left one before it was locked
            return path, file
        file.close()


def remove_left(paths: Iterable[Path]) -> None:
    """Remove those of these files that nobody is writing."""
    for path in paths:
        if path.is_file():
            with suppress(FileNotFoundError, BlockingIOError), path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink(missing_ok=True)
