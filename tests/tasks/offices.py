"""A small province with a criteria set of its own, and what comes of the workbooks that it receives."""

from pathlib import Path
from typing import Any

from models.forms.descriptions import FormKind
from models.province.folder import Province, load_province
from models.records.storage import Storage, open_storage
from models.settings import Settings
from tasks.intake.inbox import inbox_of, outbox_of
from tasks.intake.judging import standard_parts
from tasks.intake.receiving import FileReport, receive_inbox
from tasks.recording.importing import read_facts
from tasks.recording.versions import record_facts
from tests.libreoffice import converted
from tests.models.folders import sample_folder
from tests.tasks.filled_forms import form_of

YEAR = 2025


class Office:
    """The small folder with this set, deadlines far away, on SQLite."""

    def __init__(self, folder: Path, criteria: str) -> None:
        sample_folder(folder).write("criteria/so.yaml", criteria).open_deadlines()
        self.folder = folder
        self.storage: Storage = open_storage(folder, Settings(user="người thử"))

    @property
    def province(self) -> Province:
        return load_province(self.folder)

    def recalculated(self, kind: FormKind, subject: str, cells: dict[tuple[str, str], Any]) -> Path:
        """The form of a subject as it is written now, with values typed into it, calculated by LibreOffice."""
        typed = self.folder / "typed.xlsx"
        typed.write_bytes(form_of(self.province, self.storage, kind, subject, cells, self.folder / "forms"))
        return converted(typed, self.folder, "xlsx")

    def receive(self, form: Path) -> FileReport:
        """Lay a file into the inbox and receive it."""
        settings = Settings(user="người thử")
        inbox, outbox = inbox_of(self.folder, settings), outbox_of(self.folder, settings)
        inbox.write("phieu.xlsx", form.read_bytes())
        (report,) = receive_inbox(self.province, self.storage, inbox, outbox, standard_parts(), "inbox", 0).files
        return report

    def tell(self, rows: str) -> None:
        """Import rows of facts."""
        content = f"unit,component,fact,value\n{rows}".encode()
        entries, _ = read_facts(content, "so-lieu.csv", self.province, YEAR, {})
        record_facts(self.storage, YEAR, content, "so-lieu.csv", entries)
