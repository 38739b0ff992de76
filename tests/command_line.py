"""The command line in a process of its own, without the seconds that a new Python spends on imports.

A process that has imported what commands import waits for the first that asks, and forks for every command.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from multiprocessing import get_context
from pathlib import Path

_FORKING = get_context("forkserver")
_FORKING.set_forkserver_preload(
    ["flows.cli.main", "flows.cli.console", "tasks.publishing.evaluating", "great_expectations"]
)


def run_command(
    arguments: Iterable[str], folder: Path, environment: Mapping[str, str], before: Callable[[], object] | None = None
) -> subprocess.CompletedProcess[str]:
    """What a command answers that is called in a folder with these environment variables and no others.

    Args:
        arguments: what stands behind `cchc`.
        folder: the working folder.
        environment: all of its variables.
        before: done in its process before it begins.
    """
    with tempfile.TemporaryDirectory() as place:
        out, err = Path(place) / "out", Path(place) / "err"
        words = ["cchc", *arguments]
        process = _FORKING.Process(target=_as_command, args=(words, folder, dict(environment), out, err, before))
        process.start()
        process.join()
        assert process.exitcode is not None
        said = (file.read_text(encoding="utf-8") for file in (out, err))
        return subprocess.CompletedProcess(words, process.exitcode, *said)


def _as_command(
    words: list[str],
    folder: Path,
    environment: dict[str, str],
    out: Path,
    err: Path,
    before: Callable[[], object] | None,
) -> None:
    """Be what a shell would start."""
    from flows.cli.main import main

    for number, target in ((0, os.devnull), (1, out), (2, err)):
        opened = os.open(target, os.O_RDWR | os.O_CREAT | os.O_APPEND)
        os.dup2(opened, number)
        os.close(opened)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = words
    if before:
        before()
    main()
