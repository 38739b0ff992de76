"""Intake: reading, validation and recording of commune workbooks beside what openpyxl takes to load the same files.

Measured as the flow runs it: in batches, into a database on disk, with the workers that it has.
"""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from openpyxl import load_workbook

from benchmarks.commune_workbooks import Workbook, commune_workbooks, national_folder
from benchmarks.measuring import WALL, Figures, peak_memory
from benchmarks.sizes import Sizes
from models.province.folder import Province
from models.records.storage import open_storage
from models.records.submissions import Outcome
from models.settings import Settings
from models.side_by_side import in_threads
from tasks.intake.inbox import inbox_of
from tasks.intake.judging import standard_parts
from tasks.intake.receiving import FILES_A_BATCH, in_batches, receive_batches, record_batch


def measure(sizes: Sizes, work: Path) -> Figures:
    """The promises on intake."""
    province = national_folder(work / "province", sizes.communes)
    a_quarter = sizes.received // 4
    workbooks = list(islice(commune_workbooks(province, work.parent), sizes.received))
    _receive(province, work / "warm", workbooks[:FILES_A_BATCH])
    seconds = _receive(province, work / "database", workbooks[:a_quarter])
    memory_early = peak_memory()
    seconds += _receive(province, work / "database", workbooks[a_quarter:])
    memory = peak_memory()
    to_load = _seconds_to_load(workbooks[: sizes.loaded]) / sizes.loaded
    yield "intake", seconds / sizes.received / to_load
    yield "intake_memory", memory
    yield "intake_memory_growth", memory / memory_early


def _receive(province: Province, work: Path, workbooks: Sequence[Workbook]) -> float:
    """Seconds to receive what lies in an inbox, batch by batch, into the database of a folder; all must be accepted."""
    work.mkdir(exist_ok=True)
    storage, inbox = open_storage(work, Settings(user="bench")), work / "inbox"
    store = inbox_of(work, Settings(user="bench"), str(inbox))
    inbox.mkdir(exist_ok=True)
    for workbook in workbooks:
        (inbox / workbook.name).write_bytes(workbook.content)
    arrivals = store.arrivals([workbook.name for workbook in workbooks], datetime.now(UTC))
    started, reports = WALL(), []
    for batch, found in receive_batches(province, storage, store, in_batches(arrivals), standard_parts(), in_threads):
        reports += record_batch(batch, found, province, storage, "inbox")
    taken = WALL() - started
    storage.engine.dispose()
    if refused := [str(report) for report in reports if report.outcome is not Outcome.ACCEPTED]:
        raise RuntimeError(f"not accepted: {refused[:3]}")
    return taken


def _seconds_to_load(workbooks: Sequence[Workbook]) -> float:
    started = WALL()
    for workbook in workbooks:
        load_workbook(io.BytesIO(workbook.content))
    return WALL() - started
