"""The small province of tests/models/progress_folder.py with three months of figures, taken to published reports."""

import shutil
from datetime import date
from pathlib import Path

from models.progress.periods import read_period
from models.progress.registers import RegisterKind
from models.province.folder import Province, load_province
from models.records.progress_snapshots import FrozenProgress, thawed_progress
from models.records.storage import Storage, open_storage
from models.records.tables import Snapshot
from models.settings import Settings
from tasks.progress.freezing import freeze_progress
from tasks.publishing.approvals import Numbering
from tasks.publishing.issuing import Published
from tasks.recording.progress import record_figures, record_register
from tasks.recording.progress_importing import read_figures, read_register
from tests.models.progress_folder import MEASURES, progress_folder
from tests.tasks.papers import published

TODAY = date(2026, 1, 5)
HEADER = "unit,measure,numerator,denominator,value\n"
FIGURES = {
    "2024-03": "stc,ho-so,80,100,\nsnv,ho-so,20,25,\nvpub,ho-so,8,10,\n",
    "2025-02": "stc,ho-so,90,100,\nsnv,ho-so,45,50,\nvpub,ho-so,9,10,\nsnv,qua-han,,,4\nxa-a,qua-han,,,1\n",
    "2025-03": "stc,ho-so,96,100,\nsnv,ho-so,45,50,\nvpub,ho-so,10,10,\nsnv,qua-han,,,3\nxa-a,qua-han,,,2\n"
    "snv,bien-che,,,95\n",
    "2025-04": "stc,ho-so,90,100,\nsnv,ho-so,50,50,\nvpub,ho-so,9,10,\nsnv,qua-han,,,0\n",
}
HEADS = """\
unit,name,title,from,to
stc,Người thứ nhất (mẫu),Giám đốc,2020-01-01,2025-03-31
stc,Người thứ hai (mẫu),Giám đốc,2025-04-01,
"""
AREAS = (("id: ho-so,", 'id: ho-so, area: "1",'), ("id: qua-han,", 'id: qua-han, area: "2",'))
FIRST = Numbering(12, date(2025, 3, 17))
NEXT = Numbering(20, date(2025, 4, 16))
CORRECTION = Numbering(30, date(2025, 4, 20), replaces="12/BC-SNV")


class Months:
    """The province folder and its database."""

    def __init__(self, folder: Path, settings: Settings | None = None) -> None:
        self.folder = folder
        self.settings = settings or Settings(user="người thử")
        self.storage: Storage = open_storage(folder, self.settings)

    @classmethod
    def told(cls, into: Path, settings: Settings | None = None) -> "Months":
        """With areas of measures, the figures of all months, and who heads a unit."""
        measures = MEASURES
        for before, after in AREAS:
            measures = measures.replace(before, after)
        folder = progress_folder(into / "tinh")
        folder.write("progress/measures.yaml", measures)
        months = cls(folder.path, settings)
        for period, rows in FIGURES.items():
            months.tell(period, rows)
        return months.tell_register(RegisterKind.HEADS, HEADS)

    @property
    def province(self) -> Province:
        """The folder as it is now."""
        return load_province(self.folder)

    def duplicate(self, into: Path) -> "Months":
        """The same folder and SQLite database once more."""
        self.storage.engine.dispose()
        return Months(Path(shutil.copytree(self.folder, into / self.folder.name)))

    def tell(self, period: str, rows: str) -> "Months":
        """Record figures of a period."""
        content, of = (HEADER + rows).encode(), read_period(period)
        figures, _ = read_figures(content, "so-lieu.csv", self.province, of, TODAY, [])
        record_figures(self.storage, of, content, "so-lieu.csv", figures)
        return self

    def tell_register(self, kind: RegisterKind, text: str) -> "Months":
        """Record entries of a register."""
        entries, _ = read_register(kind, text.encode(), "so.csv", self.province, TODAY)
        record_register(self.storage, kind, TODAY.year, text.encode(), "so.csv", entries)
        return self

    def freeze(self, period: str) -> Snapshot:
        """Freeze a period as it is now."""
        return freeze_progress(self.storage, self.province, read_period(period))

    def frozen(self, period: str) -> FrozenProgress:
        """What was frozen of a period as it is now."""
        return thawed_progress(self.freeze(period).body)

    def place(self, name: str) -> Path:
        """A folder of published reports."""
        return self.folder / "var" / "published" / name

    def publish(self, period: str, numbering: Numbering, name: str = "first") -> Published:
        """Publish the newest draft of a period."""
        out = self.place(name)
        year = read_period(period).year
        return published(self.folder, self.storage, year, numbering, out, period=period)
