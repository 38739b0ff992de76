"""Forms: writing the self-assessment workbooks of a province, and marking one that comes back to its sender."""

from datetime import UTC, datetime
from pathlib import Path

from benchmarks.commune_workbooks import Workbook, faulty_workbook, national_folder
from benchmarks.measuring import Figures, best_in_turns, cpu
from benchmarks.national_round import YEAR
from benchmarks.sizes import Sizes
from models.forms.descriptions import FormKind
from models.province.folder import Province
from models.records.storage import Storage, open_storage
from models.settings import Settings
from tasks.forms.writing import write_forms
from tasks.intake.judging import standard_parts
from tasks.intake.marking import marked_workbook
from tasks.reading.workbooks import read_workbook

_MILLISECONDS = 1000
_MARKED = 10


def measure(sizes: Sizes, work: Path) -> Figures:
    """The promises on forms."""
    province = national_folder(work / "province", sizes.written)
    storage = open_storage(work, Settings(user="bench"))
    alone = _written(province, storage, [next(iter(province.units))], work / "alone")
    together: list[Path] = []

    def write() -> None:
        together[:] = _written(province, storage, [], work / "together")

    seconds = best_in_turns({"write": write}, sizes.turns, cpu)["write"]
    yield "form", seconds / len(together) * _MILLISECONDS
    first = {path.name: path.read_bytes() for path in together if path.name == alone[0].name}
    yield "form_bytes", float(first != {path.name: path.read_bytes() for path in alone})
    yield "marking", _seconds_to_mark(faulty_workbook(work.parent), province, storage, sizes) * _MILLISECONDS
    storage.engine.dispose()


def _written(province: Province, storage: Storage, units: list[str], out: Path) -> list[Path]:
    return write_forms(province, storage, YEAR, FormKind.SELF_ASSESSMENT, units, out)


def _seconds_to_mark(workbook: Workbook, province: Province, storage: Storage, sizes: Sizes) -> float:
    """CPU seconds for one marked reply: of the work that a child process does, done here so that it can be counted.

    Raises:
        RuntimeError: nothing was found in the workbook.
    """
    now = datetime.now(UTC)
    reading = read_workbook(workbook.content, workbook.name, province)
    (findings,) = standard_parts().validate([reading], province, storage)
    if not findings:
        raise RuntimeError("a workbook with faults must be found faulty")

    def mark() -> None:
        for _ in range(_MARKED):
            marked_workbook(workbook.content, workbook.name, findings, now)

    return best_in_turns({"mark": mark}, sizes.turns, cpu)["mark"] / _MARKED
