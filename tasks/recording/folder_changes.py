"""Files of the province folder that were changed at the desk → who changed which, when, and from what to what.

The folder itself is the province's and kept in git by it; the row names the bytes by their SHA-256.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from models.records.storage import Storage
from models.records.tables import FolderChange


class ChangedFile(NamedTuple):
    """A file of the folder by its name there, its bytes before (none of a new one) and after."""

    name: str
    before: bytes
    after: bytes


def record_folder_changes(storage: Storage, files: Sequence[ChangedFile], way: str, when: datetime) -> None:
    """Record changed files, all in one transaction; nothing where none changed.

    Args:
        storage: acting as whoever changed them.
        files: as they were and as they are.
        way: how they were changed, such as `workbook`.
        when: the moment, with zone.
    """
    if not files:
        return
    with storage.writing() as session:
        session.add_all(
            FolderChange(
                file=file.name,
                before_sha256=hashlib.sha256(file.before).hexdigest() if file.before else "",
                sha256=hashlib.sha256(file.after).hexdigest(),
                way=way,
                changed_at=when,
                changed_by=storage.user,
            )
            for file in files
        )
