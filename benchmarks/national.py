"""The national year: every province of the country from forms to site through Prefect, beside a naive script.

Provinces run several at a time, each in a process of its own: what of a province must happen one after the other
(recording, evaluating, packing) then leaves no core idle, and nothing travels between processes. A tenth and
the whole are told from one run: provinces share nothing but the Prefect server, so that the first of them are a tenth.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from itertools import takewhile
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import NamedTuple

from benchmarks.measuring import machine
from benchmarks.naive_year import Naive, measure_naive
from benchmarks.national_sample import DEPARTMENTS, country, write_country
from benchmarks.national_year import FILLED, FORMS, PUBLISHED, RECEIVED, STAGES, YearPlayed, play_year
from benchmarks.prefect_server import prefect_server
from benchmarks.process_memory import Watched
from benchmarks.promises import Promise, Sense

_MOST_MINUTES, _MOST_GROWTH, _MOST_MEMORY = 30, 1.2, 1024
_MINUTE, _MILLISECONDS, _TENTH = 60, 1000, 10
_OF_NAIVE = {FORMS: "writing", RECEIVED: "reading", PUBLISHED: "documents"}


class Run(NamedTuple):
    """What a whole run took.

    Attributes:
        played: the provinces in the order in which they were done.
        seconds: from the first form to the last page, as a clock tells; filling the forms in is in it.
        memory: the most MiB that one process held, the Prefect server and all workers included.
        gathered: seconds that the country's ranking took.
    """

    played: Sequence[YearPlayed]
    seconds: float
    memory: float
    gathered: float

    @property
    def units(self) -> int:
        """How many units all provinces have."""
        return sum(one.units for one in self.played)


def main() -> None:
    """Play the year, measure the naive script, print the table and the JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.national", description=__doc__)
    parser.add_argument("--provinces", type=int, metavar="N", help="only the first provinces")
    parser.add_argument("--communes", type=int, metavar="N", help="only the first communes of each")
    parser.add_argument("--departments", type=int, metavar="N", default=DEPARTMENTS, help="of each province")
    parser.add_argument("--runner", choices=("threads", "processes", "dask"), default="threads")
    parser.add_argument("--at-once", type=int, metavar="N", default=2, help="provinces at the same time")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to this file too")
    given = parser.parse_args()
    where = machine()
    with TemporaryDirectory(ignore_cleanup_errors=True) as name:
        work = Path(name)
        folders = write_country(work / "country", given.provinces, given.communes, given.departments)
        run = _run(folders, work, given.runner, given.at_once)
        with _processes(1) as alone:
            naive = alone.submit(measure_naive, run.played[0].province, run.played[0].published).result()
    print(table(run, naive))
    stages = {stage: sum(one.seconds[stage] for one in run.played) for stage in STAGES}
    document = json.dumps(
        {"machine": where, "runner": given.runner, "units": run.units, "seconds": run.seconds, "stages": stages},
        indent=1,
    )
    print(document)
    if given.json:
        given.json.write_text(document + "\n", encoding="utf-8")


def _run(folders: Sequence[Path], work: Path, runner: str, at_once: int) -> Run:
    """Play the year of all provinces through one temporary Prefect server, so many at once."""
    played: list[YearPlayed] = []
    with (
        prefect_server(work / "prefect"),
        _workers(runner, at_once),
        Watched("VmHWM:") as watched,
        _processes(at_once) as pool,
    ):
        started = monotonic()
        running = [pool.submit(play_year, folder) for folder in folders]
        try:
            for done in as_completed(running):
                played.append(done.result())
                _tell(played, folders, monotonic() - started)
        except BaseException:
            pool.shutdown(cancel_futures=True)  # else all others would still be played
            raise
        seconds = monotonic() - started
        gathered = pool.submit(_gather, [one.published for one in played], work / "gathered").result()
    return Run(played, seconds, watched.peak, gathered)


def _gather(published: Sequence[Path], out: Path) -> float:
    """Seconds that the country's ranking takes from the published folders.

    Raises:
        RuntimeError: a publication was refused.
    """
    from benchmarks.national_sample import YEAR
    from models.settings import Settings
    from tasks.gathering.country import rank_country
    from tasks.gathering.publications import gather_folders
    from tasks.gathering.writing import write_country as write_ranking

    started = monotonic()
    gathered = gather_folders(YEAR, published, Settings())
    if gathered.refused:
        raise RuntimeError(f"refused: {gathered.refused[:3]}")
    write_ranking(rank_country(gathered), out)
    return monotonic() - started


def _tell(played: Sequence[YearPlayed], folders: Sequence[Path], seconds: float) -> None:
    """One line of progress a province, with what is left to be expected."""
    names = {one.folder: one.name for one in country()}
    last, units = played[-1], sum(one.units for one in played)
    took = ", ".join(f"{stage} {last.seconds[stage]:.0f} s" for stage in STAGES)
    left = seconds / len(played) * (len(folders) - len(played)) / _MINUTE
    line = f"{seconds:5.0f} s  {len(played)} of {len(folders)} provinces, {units} units; {names[last.province.name]}: "
    print(f"{line}{took}; about {left:.0f} minutes left", file=sys.stderr, flush=True)


@contextmanager
def _workers(runner: str, at_once: int) -> Iterator[None]:
    """What the flows submit their tasks to: each province its share of the cores; of Dask two workers for all."""
    share = max(1, (os.cpu_count() or 1) // at_once)
    os.environ |= {"CCHC_TASK_RUNNER": runner, "CCHC_WORKERS": str(share), "CCHC_USER": "bench"}
    os.environ["PREFECT_LOGGING_TO_API_ENABLED"] = "false"
    if runner != "dask":
        yield
        return
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, processes=True) as cluster:
        os.environ["DASK_SCHEDULER_ADDRESS"] = cluster.scheduler_address
        yield


def _processes(at_once: int) -> ProcessPoolExecutor:
    """Processes that end after one piece of work each, as those of Prefect's worker end after one run."""
    return ProcessPoolExecutor(at_once, mp_context=get_context("spawn"), max_tasks_per_child=1)


def table(run: Run, naive: Naive) -> str:
    """The stages in columns, then the promises and whether they are held."""
    rows = [("stage", "seconds", "per unit", "naive", "growth", "peak memory")]
    for stage in STAGES:
        seconds = sum(one.seconds[stage] for one in run.played)
        of_naive = naive.per_unit(_OF_NAIVE[stage], run.played) if stage in _OF_NAIVE else None
        rows.append(
            (
                stage,
                f"{seconds:.0f}",
                f"{seconds / run.units * _MILLISECONDS:.0f} ms",
                "" if of_naive is None else f"{of_naive * _MILLISECONDS:.0f} ms",
                "" if (growth := _growth(run.played, stage)) is None else f"{growth:.2f} x",
                f"{max(one.memory[stage] for one in run.played):.0f} MiB",
            )
        )
    rows.append(("ranking of the country", f"{run.gathered:.0f}", "", "", "", ""))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    note = f"Stages are sums over {len(run.played)} provinces, some of them at once; by the clock: {run.seconds:.0f} s"
    return "\n".join([*lines, note, *_promises(run, naive), ""])


def _growth(played: Sequence[YearPlayed], stage: str) -> float | None:
    """Time per unit over all provinces, to that over the first tenth of the units; None where none is in a tenth."""
    units = sum(one.units for one in played)
    done = 0

    def in_first_tenth(one: YearPlayed) -> bool:
        nonlocal done
        done += one.units
        return done * _TENTH <= units

    first = list(takewhile(in_first_tenth, played))
    if not first:
        return None
    of_first = sum(one.seconds[stage] for one in first) / sum(one.units for one in first)
    return sum(one.seconds[stage] for one in played) / units / of_first


def _promises(run: Run, naive: Naive) -> Iterator[str]:
    """What is promised of the national year, as lines; the time of filling in, the units' part, is taken out."""
    whole = sum(len(one.communes) + DEPARTMENTS for one in country())
    ours = sum(one.seconds[stage] for one in run.played for stage in STAGES if stage != FILLED)
    share = ours / (ours + sum(one.seconds[FILLED] for one in run.played))
    minutes = run.seconds * share / run.units * whole / _MINUTE
    of_all = "" if run.units == whole else f", told from {run.units} units"
    growths = [growth for stage in STAGES if (growth := _growth(run.played, stage)) is not None]
    seen: list[tuple[Promise, float]] = [
        (Promise(f"{whole:,} units from files to files{of_all}", Sense.AT_MOST, _MOST_MINUTES, "min"), minutes),
        (
            Promise("the same, to openpyxl and bare WeasyPrint alone", Sense.UNDER, 1, "x"),
            run.seconds * share / naive.seconds(run.played),
        ),
        (Promise("peak memory of a process", Sense.UNDER, _MOST_MEMORY, "MiB"), run.memory),
    ]
    if growths:
        seen.append(
            (Promise("a unit at the end, to one in the first tenth", Sense.AT_MOST, _MOST_GROWTH, "x"), max(growths))
        )
    for promise, figure in seen:
        yield "  ".join(promise.row(figure))


if __name__ == "__main__":
    main()
