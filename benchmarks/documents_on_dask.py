"""Documents on a Dask cluster: what a second worker brings."""

import os
from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path

from benchmarks.clusters import cluster
from benchmarks.documents import CREATED, sheets_of_the_sample
from benchmarks.measuring import WALL, Figures
from benchmarks.prefect_server import prefect_server, quiet
from benchmarks.sizes import Sizes
from models.working_days import VIETNAM
from tasks.publishing.printing import print_all
from tasks.rendering.pdf import Document


def measure(sizes: Sizes, work: Path) -> Figures:
    """The promise on a cluster."""
    sheets = sheets_of_the_sample(work)[: sizes.sheets]
    with prefect_server(work / "prefect"), quiet():
        alone, together = (_seconds(sheets, work, workers) for workers in (1, 2))
    yield "many_documents_dask", alone / together


def _seconds(sheets: Sequence[Document], work: Path, workers: int) -> float:
    """Seconds that so many workers take to print the sheets, each having printed something before."""
    with cluster(work / f"cluster-{workers}", {"CCHC_USER": "bench"}, workers) as started:
        os.environ |= {"CCHC_TASK_RUNNER": "dask", "DASK_SCHEDULER_ADDRESS": started.address}
        _print(sheets[: 2 * workers], work)
        begun = WALL()
        _print(sheets, work)
        return WALL() - begun


def _print(sheets: Sequence[Document], work: Path) -> None:
    from prefect import flow

    from flows.running import submitted, task_runner

    @flow(name="sheets", task_runner=task_runner())
    def printing() -> None:
        print_all(sheets, "benchmark", datetime.combine(CREATED, time(), VIETNAM), {}, work, submitted)

    printing()
