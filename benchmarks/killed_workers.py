"""Stages of a round on a Dask cluster whose worker or scheduler is killed in the middle: same bytes as on threads.

The cluster has PostgreSQL and a store that speaks S3, each worker a home of its own; on threads the same goes into a
folder and SQLite. Exit code 1 where an outcome differs; what exactly goes to stderr.
"""

import argparse
import hashlib
import os
import re
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import import_module
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TYPE_CHECKING, Any

from benchmarks.clusters import Cluster, cluster, kill_scheduler, kill_worker, s3_server
from benchmarks.documents import CREATED, annex_of_a_province, round_of_a_province
from benchmarks.faults import row, table
from benchmarks.kills import Tally
from benchmarks.places import EXAMPLES, Databases, Ended, Place, postgresql_server, sample_workbooks

if TYPE_CHECKING:
    from tasks.site.batches import SiteContents

STRIKES: Mapping[str, Callable[[Cluster, int], None] | None] = {
    "nobody killed": None,
    "a worker killed": kill_worker,
    "the scheduler started anew": kill_scheduler,
}
_CAME = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)
_YEAR = 2025
_OF_ONE_PLACE = re.compile(
    r"^file var/(?:received/|cchc\.sqlite|intake\.lock)"
)  # where database and store are elsewhere
_ANNEXES = range(40, 44)  # units of each
_PAGES = 160  # of units
_numbers = count(1)


def _receive(place: Place, workbooks: Mapping[str, bytes]) -> None:
    from flows.intake import intake
    from flows.running import task_runner

    intake.with_options(task_runner=task_runner())(str(place.folder), _inbox_with(workbooks))


def _write_forms(place: Place, workbooks: Mapping[str, bytes]) -> None:
    from flows.open_round import open_round
    from flows.running import task_runner

    open_round.with_options(task_runner=task_runner())(str(place.folder), _YEAR)


def _print(place: Place, workbooks: Mapping[str, bytes]) -> None:
    """Annexes, into the outbox, where all that a stage leaves is looked for."""
    from prefect import flow

    from flows.running import task_runner

    flow(name="printing", task_runner=task_runner())(_printing)(str(place.folder))


def _printing(folder: str) -> None:
    from flows.running import submitted
    from tasks.publishing.printing import print_all

    annexes = [replace(annex_of_a_province(units), name=f"phu-luc-{units}.pdf") for units in _ANNEXES]
    outbox = Path(folder, "var", "outbox")
    outbox.mkdir(parents=True, exist_ok=True)
    for name, content in print_all(annexes, "annexes", _CAME, {}, Path(folder), submitted).items():
        (outbox / name).write_bytes(content)


def _make_pages(place: Place, workbooks: Mapping[str, bytes]) -> None:
    """The pages of a decision, into the outbox too."""
    from prefect import flow

    from flows.running import task_runner

    flow(name="pages", task_runner=task_runner())(_making_pages)(str(place.folder))


def _making_pages(folder: str) -> None:
    from flows.running import submitted
    from tasks.site.batches import made_side_by_side

    outbox = Path(folder, "var", "outbox")
    outbox.mkdir(parents=True, exist_ok=True)
    for name, content in made_side_by_side(_site(), Path(folder), submitted):
        (outbox / name.replace("/", "-")).write_bytes(content)


def _site() -> "SiteContents":
    from tasks.site.batches import SiteContents
    from tasks.site.editions import Edition
    from tasks.site.papers import Ruling

    frozen = round_of_a_province(_PAGES)
    ruling = Ruling(_YEAR, "05/QĐ-UBND", CREATED)
    (group,) = frozen.results.groups
    ranked = {group.id: len(group.ranked_units)}
    edition = Edition(ruling, ruling.folder, Path(), "", {}, None, None, False, frozen, ranked, {group.id: 0})
    return SiteContents(frozen.config, [edition], [], {edition.place: []}, frozenset())


@dataclass(frozen=True, slots=True)
class Stage:
    """What is done, and the job of it, counted from 1, in whose middle somebody is killed."""

    name: str
    done: Callable[[Place, Mapping[str, bytes]], None]
    struck: int


STAGES = (
    Stage("reading", _receive, 1),
    Stage("replies", _receive, 2),
    Stage("forms", _write_forms, 1),
    Stage("documents", _print, 1),
    Stage("pages", _make_pages, 2),
)


def _inbox_with(workbooks: Mapping[str, bytes]) -> str:
    """An inbox in memory in which everything came at one moment, since replies tell when a file came."""
    from fsspec.implementations.memory import MemoryFileSystem

    root, files = f"/inbox-{next(_numbers)}", MemoryFileSystem()
    files.makedirs(root)
    for name, content in workbooks.items():
        files.pipe_file(f"{root}/{name}", content)
        file = files.store[f"{root}/{name}"]
        file.created = file.modified = _CAME
    return f"memory:/{root}"


class Provinces:
    """Copies of the sample province, each with a database of its own, of the same name."""

    def __init__(self, work: Path, databases: Databases, settings: Mapping[str, str]) -> None:
        self._work, self._databases, self._settings = work, databases, settings
        work.mkdir()

    def new(self) -> Place:
        """A province whose round is open."""
        from flows.demo.yearly_round import open_deadlines

        name = f"tinh_{next(_numbers)}"
        folder = Path(shutil.copytree(EXAMPLES / "tinh-mau", self._work / name))
        open_deadlines(folder / "rounds" / f"{_YEAR}.yaml")
        return Place(folder, self._databases.new(name=name), self._settings)


@contextmanager
def _environment(settings: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(settings)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def outcome(stage: Stage, place: Place, workbooks: Mapping[str, bytes]) -> Counter[str]:
    """What a stage leaves: rows, files, and the replies byte for byte."""
    for flow in ("flows.intake", "flows.open_round"):
        import_module(flow)  # whose own task runner is that of the settings under which it is first imported
    with _environment({"CCHC_USER": "faults", "CCHC_INBOX_QUIET": "0", **place.settings}):
        stage.done(place, workbooks)
    replies = sorted((place.folder / "var" / "outbox").glob("*"))
    told = (f"reply {path.name} {hashlib.sha256(path.read_bytes()).hexdigest()[:16]}" for path in replies)
    left = {name: times for name, times in place.state().items() if not _OF_ONE_PLACE.search(name)}
    return Counter(left) + Counter(told)


@dataclass(frozen=True, slots=True)
class Working:
    """A cluster, and the provinces that are worked on here and there."""

    cluster: Cluster
    here: Provinces
    there: Provinces


@contextmanager
def working(work: Path) -> Iterator[Working]:
    """A cluster that is up, with PostgreSQL, a store and Prefect's server.

    Args:
        work: an empty folder.
    """
    from prefect.testing.utilities import prefect_test_harness

    with postgresql_server(work) as server, s3_server("cchc") as s3:
        databases = Databases(server)
        assert databases.server
        shared = {
            "CCHC_DATABASE_URL": databases.server.replace("/postgres?", "/{province}?"),
            "CCHC_STORE": "s3://cchc/{province}",
            "CCHC_USER": "faults",
            **s3,
        }
        with cluster(work / "cluster", shared) as started, prefect_test_harness(server_startup_timeout=180):
            there = {**shared, "CCHC_TASK_RUNNER": "dask", "DASK_SCHEDULER_ADDRESS": started.address}
            yield Working(
                started, Provinces(work / "here", Databases(), {}), Provinces(work / "there", databases, there)
            )


def struck(stage: Stage, strike: Callable[[Cluster, int], None] | None, on: Working, sent: Mapping[str, bytes]) -> Any:
    """What a stage leaves on the cluster, and whether somebody was killed in it."""
    place = on.there.new()
    if strike is None:
        return outcome(stage, place, sent), False
    with on.cluster.struck(stage.struck, strike) as killed:
        left = outcome(stage, place, sent)
    on.cluster.wait()
    return left, bool(killed)


def measure(stages: Sequence[Stage], strikes: Sequence[str], forms: int = 5) -> Iterator[tuple[str, Tally]]:
    """What was seen of every stage and strike, by its name.

    Args:
        stages: of `STAGES`.
        strikes: of `STRIKES`, by their names.
        forms: how many good forms lie in the inbox.
    """
    sent = sample_workbooks(forms)
    with TemporaryDirectory(ignore_cleanup_errors=True) as name, working(Path(name)) as on:
        for stage in stages:
            meant = outcome(stage, on.here.new(), sent)
            for strike in strikes:
                tally, began = Tally(), monotonic()
                left, was_killed = struck(stage, STRIKES[strike], on, sent)
                missed = STRIKES[strike] is not None and not was_killed
                ended = tally.took(Ended(-1 if missed else 0, "", monotonic() - began, 0))
                tally.compare(f"{stage.name}, {strike}", meant, left, ended)
                tally.stuck += missed
                yield f"{stage.name}, {strike}", tally


def main() -> None:
    """Print the table; the exit code is 1 where an outcome differs."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.killed_workers", description=__doc__)
    parser.add_argument("--stages", default=",".join(stage.name for stage in STAGES))
    parser.add_argument("--strikes", default=",".join(STRIKES))
    parser.add_argument("--forms", type=int, default=5, help="good forms in the inbox")
    given = parser.parse_args()
    stages = [stage for stage in STAGES if stage.name in given.stages.split(",")]
    seen: dict[str, Tally] = {}
    for name, tally in measure(stages, given.strikes.split(","), given.forms):
        seen[name] = tally
        print(" ".join(row(name, tally)), *tally.wrong, sep="\n  ", file=sys.stderr, flush=True)
    print(table(seen))
    sys.exit(any(tally.survived < tally.tries for tally in seen.values()))


if __name__ == "__main__":
    main()
