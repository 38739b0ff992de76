"""A department with an inbox: a small province folder, its database, and what comes of what is dropped in."""

from pathlib import Path
from typing import Any

from sqlalchemy import select

from models.province.folder import Province, load_province
from models.records.storage import Storage
from models.records.submissions import Outcome
from models.records.tables import METADATA
from models.settings import Settings
from tasks.intake.inbox import FileStore, inbox_of, outbox_of
from tasks.intake.receiving import IntakeReport, receive_inbox
from tests.tasks.intake.json_forms import json_parts


class Department:
    """A province whose inbox is received, and what came of it."""

    def __init__(self, folder: Path, storage: Storage, settings: Settings) -> None:
        self.folder = folder
        self.storage = storage
        self.settings = settings

    @property
    def province(self) -> Province:
        return load_province(self.folder)

    @property
    def inbox(self) -> FileStore:
        return inbox_of(self.folder, self.settings)

    @property
    def outbox(self) -> FileStore:
        return outbox_of(self.folder, self.settings)

    def drop(self, path: str, content: bytes) -> None:
        """Put a file into the inbox."""
        inbox = self.inbox
        target = f"{inbox.root}/{path}"
        inbox.files.makedirs(target.rpartition("/")[0], exist_ok=True)
        inbox.files.pipe_file(target, content)

    def receive(self, quiet: float = 0, **settings: Any) -> IntakeReport:
        inbox = self.inbox
        return receive_inbox(self.province, self.storage, inbox, self.outbox, json_parts(), "inbox", quiet, **settings)

    def outcomes(self, quiet: float = 0) -> dict[str, Outcome]:
        """Receive, and what became of each file by its path."""
        return {file.path: file.outcome for file in self.receive(quiet).files}

    def left(self) -> list[str]:
        """What lies in the inbox."""
        return sorted(path[len(self.inbox.root) + 1 :] for path in self.inbox.files.find(self.inbox.root))

    def replies(self) -> list[str]:
        outbox = self.outbox
        return sorted(Path(path).name for path in outbox.files.find(outbox.root))

    def rows(self, table: str) -> list[dict[str, Any]]:
        columns = METADATA.tables[table].c
        with self.storage.reading() as session:
            return [dict(row) for row in session.execute(select(*columns).order_by(columns.id)).mappings()]
