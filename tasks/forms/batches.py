"""The forms of many units → written in batches wherever there is room; finished they come back by the store."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from models.forms.descriptions import FormKind
from models.progress.periods import read_period
from models.province.folder import Province
from models.records.storage import Storage
from models.records.workplaces import Workplace, opened_workplace, workplace_of
from models.side_by_side import SideBySide
from tasks.forms.month_records import write_months
from tasks.forms.writing import write_forms

UNITS_A_BATCH = 20


class FormsToWrite(NamedTuple):
    """The forms of some units.

    Attributes:
        place: whose they are.
        about: the index year, whose self-assessment forms they are, or a month such as 2025-03.
        units: their codes.
        day: on which they are written.
    """

    place: Workplace
    about: int | str
    units: tuple[str, ...]
    day: date

    def __str__(self) -> str:
        return f"{self.about}: {len(self.units)} đơn vị, từ {self.units[0]} đến {self.units[-1]}"


class Written(NamedTuple):
    """A form that was written: the name of its file, and the key of its bytes in the store."""

    name: str
    key: str


def write_side_by_side(
    province: Province,
    storage: Storage,
    about: int | str,
    units: Sequence[str],
    out: Path,
    day: date,
    side_by_side: SideBySide,
) -> Iterator[list[Path]]:
    """Write forms into a folder, batch by batch.

    Args:
        province: the checked folder.
        storage: its database and store.
        about, day: see `FormsToWrite`.
        units: codes of the units to write for, at least one.
        out: the folder, made where it is missing; files of the same name are replaced.
        side_by_side: where they are written.

    Returns:
        The files of each batch, in the order of the units.

    Raises:
        RefusedError: see `write_forms` and `write_months`.
    """
    place = workplace_of(province, storage)
    batches = (tuple(units[start : start + UNITS_A_BATCH]) for start in range(0, len(units), UNITS_A_BATCH))
    out.mkdir(parents=True, exist_ok=True)
    for written in side_by_side(write_batch, (FormsToWrite(place, about, batch, day) for batch in batches)):
        yield list(_fetched(storage, written, out))


def write_batch(job: FormsToWrite) -> list[Written]:
    """Write the forms of some units, on whatever machine, and lay them into the store."""
    province, storage = opened_workplace(job.place)
    with TemporaryDirectory(prefix="cchc-") as name:
        out = Path(name)
        if isinstance(job.about, int):
            paths = write_forms(province, storage, job.about, FormKind.SELF_ASSESSMENT, job.units, out)
        else:
            paths = write_months(province, storage, read_period(job.about), job.units, out, job.day)
        return [Written(path.name, storage.store.put(path.read_bytes())) for path in paths]


def _fetched(storage: Storage, written: Iterable[Written], out: Path) -> Iterator[Path]:
    for form in written:
        path = out / form.name
        path.write_bytes(storage.store.get(form.key))
        storage.store.remove(form.key)
        yield path
