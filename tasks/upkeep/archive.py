"""What a backup file holds, and how a row of any table is spelled in it, whichever database it comes from or goes to.

A ZIP archive: `database/TABLE.jsonl` (columns, then a row a line), `received/SHA256`, `published/ID/…`,
`province/…`, and last `backup.json`, which lists every other part with its size and hash.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Date, LargeBinary

from models.digests import row_encoder
from models.records.tables import ExactNumber, Moment

CONTENTS = "backup.json"
FORMAT = 1
DATABASE, RECEIVED, PUBLISHED, PROVINCE = "database", "received", "published", "province"
IN_WORDS = "bản sao lưu"


@dataclass(frozen=True, slots=True)
class BackupContents:
    """What a backup says of itself.

    Attributes:
        schema: the version of the tables.
        made_at, made_by: when and by whom.
        head: the newest link of the journal, empty for a database from before the journal.
        published: where each published folder goes, from the province folder, by the id of its publication.
        parts: SHA-256 and size of every other part, by name.
    """

    schema: str
    made_at: str
    made_by: str
    head: str
    published: Mapping[str, str]
    parts: Mapping[str, Sequence[Any]]
    format: int = FORMAT

    def as_json(self) -> bytes:
        """As it stands in the archive."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True).encode()


def contents_in(content: bytes) -> BackupContents:
    """What the last part of an archive says.

    Raises:
        ValueError, TypeError: it is not one of ours, or of a later version of the program.
    """
    contents = BackupContents(**json.loads(content))
    if contents.format > FORMAT:
        raise ValueError("của phiên bản chương trình mới hơn")
    return contents


ROW = row_encoder(lambda content: base64.b64encode(content).decode())
"""How the columns of a table, and each of its rows, are written."""


def read_value(column: Column[Any], value: Any) -> Any:
    """A value as the column takes it."""
    if value is None:
        return None
    match column.type:
        case ExactNumber():
            return Decimal(value)
        case Moment():
            return datetime.fromisoformat(value)
        case Date():
            return date.fromisoformat(value)
        case LargeBinary():
            return base64.b64decode(value)
    return value
