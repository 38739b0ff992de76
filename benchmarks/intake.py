"""Intake: reading, validation and recording of commune workbooks beside what openpyxl takes to load the same files.

Reading, validation and recording are measured as the flow runs them: in batches, into a database on disk.
"""

import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import load_workbook

from benchmarks.commune_workbooks import Workbook, commune_workbooks, national_folder
from benchmarks.engine import GIBIBYTE
from benchmarks.measuring import CPU, Measurement, Sense, peak_memory
from benchmarks.national_round import COMMUNES
from models.province.folder import Province
from models.records.storage import open_storage
from models.records.submissions import Outcome
from models.settings import Settings
from tasks.intake.inbox import inbox_of
from tasks.intake.judging import standard_parts
from tasks.intake.receiving import FILES_A_BATCH, receive_batch

LOADED = 60  # workbooks that openpyxl loads: enough to know what one costs
EARLY = 500  # workbooks after which memory is looked at, to see whether it grows with the rest


def measure_intake() -> Iterator[Measurement]:
    """The promises on intake."""
    with TemporaryDirectory() as name:
        yield from _measure(Path(name))


def _measure(work: Path) -> Iterator[Measurement]:
    province = national_folder(work / "province")
    (work / "filled").mkdir()
    workbooks = commune_workbooks(province, work / "filled")
    first = list(islice(workbooks, FILES_A_BATCH))
    _receive(province, work / "warm", first)
    seconds, received, memory_early = _receive(province, work / "database", first), len(first), 0.0
    while batch := list(islice(workbooks, FILES_A_BATCH)):
        seconds += _receive(province, work / "database", batch)
        received += len(batch)
        if received == EARLY:
            memory_early = peak_memory()
    memory = peak_memory()
    each = seconds / COMMUNES
    yield Measurement(
        f"intake of {COMMUNES} commune workbooks, a workbook against openpyxl's loading alone",
        each / (_seconds_to_load(first[:LOADED]) / LOADED),
        "x",
        Sense.UNDER,
        0.5,
    )
    growth = memory / memory_early
    yield Measurement(f"intake: peak memory after {COMMUNES} against after {EARLY}", growth, "x", Sense.AT_MOST, 1.2)
    yield Measurement("intake: peak memory", memory, "MiB", Sense.UNDER, GIBIBYTE)


def _receive(province: Province, work: Path, batch: Sequence[Workbook]) -> float:
    """CPU seconds to receive a batch that lies in an inbox, into the database of a folder; all must be accepted."""
    work.mkdir(exist_ok=True)
    storage, inbox = open_storage(work, Settings(user="bench")), work / "inbox"
    store = inbox_of(work, Settings(user="bench"), str(inbox))
    inbox.mkdir(exist_ok=True)
    for workbook in batch:
        (inbox / workbook.name).write_bytes(workbook.content)
    arrivals = store.arrivals([workbook.name for workbook in batch], datetime.now(UTC))
    started = CPU()
    reports = receive_batch(province, storage, store, arrivals, standard_parts(), "inbox")
    taken = CPU() - started
    storage.engine.dispose()
    if refused := [str(report) for report in reports if report.outcome is not Outcome.ACCEPTED]:
        raise RuntimeError(f"not accepted: {refused[:3]}")
    return taken


def _seconds_to_load(workbooks: Sequence[Workbook]) -> float:
    started = CPU()
    for workbook in workbooks:
        load_workbook(io.BytesIO(workbook.content))
    return CPU() - started
