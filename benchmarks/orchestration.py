"""Orchestration: intake and evaluation of a round by the Prefect flows beside the same functions in a loop.

Both receive the same workbooks into an empty database on disk; the temporary Prefect server is up before time is taken.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

from benchmarks.commune_workbooks import Workbook, commune_workbooks, national_folder
from benchmarks.measuring import WALL, Figures, best_in_turns, peak_memory
from benchmarks.national_round import YEAR
from benchmarks.prefect_server import prefect_server, quiet
from benchmarks.sizes import Sizes
from models.province.folder import load_province
from models.records.storage import open_storage
from models.settings import Settings
from tasks.intake.inbox import inbox_of, outbox_of
from tasks.intake.judging import standard_parts
from tasks.intake.receiving import receive_inbox
from tasks.mail.acknowledging import tell_senders
from tasks.publishing.choosing import newest_paper
from tasks.publishing.evaluating import evaluate_round

WARM = 2  # workbooks that bring everything up before time is taken, where it says something


def measure(sizes: Sizes, work: Path) -> Figures:
    """The promises on orchestration."""
    with prefect_server(work / "prefect"), quiet():
        best = _seconds(sizes, work)
    yield "orchestration", best["flows"] / best["loop"]
    yield "orchestration_memory", peak_memory()


def _seconds(sizes: Sizes, work: Path) -> dict[str, float]:
    province = national_folder(work / "province", sizes.orchestrated).folder
    workbooks = list(commune_workbooks(load_province(province), work.parent))
    for run in (by_flows, in_a_loop) if sizes.long_turns > 1 else ():
        run(_with_inbox(work / f"warm-{run.__name__}", province, workbooks[:WARM]))
    # Folders are filled before the clock runs.
    folders = {
        name: iter([_with_inbox(work / f"{name}-{turn}", province, workbooks) for turn in range(sizes.long_turns)])
        for name in ("loop", "flows")
    }
    runs = {
        "loop": lambda: in_a_loop(next(folders["loop"])),
        "flows": lambda: by_flows(next(folders["flows"])),
    }
    return best_in_turns(runs, sizes.long_turns, WALL)


def _with_inbox(folder: Path, province: Path, workbooks: Sequence[Workbook]) -> Path:
    """A copy of the province in whose inbox the workbooks lie."""
    shutil.copytree(province, folder)
    inbox = folder / "var" / "inbox"
    inbox.mkdir(parents=True)
    for workbook in workbooks:
        (inbox / workbook.name).write_bytes(workbook.content)
    return folder


def in_a_loop(folder: Path) -> None:
    """The plain functions as the command line calls them: receive the inbox, tell senders, evaluate the round, gate."""
    province, settings, parts = load_province(folder), Settings(user="bench"), standard_parts()
    storage, outbox = open_storage(folder, settings), outbox_of(folder, settings)
    report = receive_inbox(province, storage, inbox_of(folder, settings), outbox, parts, "inbox", 0)
    _refuse_lost(len(report.files), folder)
    tell_senders(province, storage, outbox, settings, parts)
    evaluate_round(province, storage, YEAR)
    newest_paper(folder, storage, YEAR).gate()
    storage.engine.dispose()


def by_flows(folder: Path) -> None:
    """The flows as they are scheduled: intake, then the task that evaluates."""
    from prefect import flow

    from flows.annual_evaluation import evaluate
    from flows.intake import intake

    @flow(name="national-round")
    def national_round(folder: str) -> None:
        _refuse_lost(len(intake(folder)), Path(folder))
        evaluate(folder, YEAR)

    national_round(str(folder))


def _refuse_lost(received: int, folder: Path) -> None:
    left = [path.name for path in (folder / "var" / "inbox").iterdir()]
    if not received or left:
        raise RuntimeError(f"{received} received, {len(left)} left in the inbox")
