"""Registers (sổ theo dõi): inspections, initiatives, documents, cut procedures, overdue dossiers, heads, task updates.

A register is a list of entries by unit; an entry keeps its key when it is told again, and the newest telling stands.
Source: docs/process.md, 5 (Tân Uyên: inspections, initiatives, apology messages; Lạng Sơn: 73 procedures cut).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from models.labelled import Labelled


class RegisterKind(Labelled):
    """Which register an entry stands in."""

    INSPECTIONS = "inspections", "kiểm tra CCHC"
    INITIATIVES = "initiatives", "sáng kiến"
    DECISIONS = "decisions", "văn bản chỉ đạo, quyết định"
    DOCUMENTS_CHECKED = "documents_checked", "văn bản QPPL đã kiểm tra"
    PROCEDURES_CUT = "procedures_cut", "TTHC được cắt giảm"
    OVERDUE = "overdue", "hồ sơ quá hạn"
    HEADS = "heads", "người đứng đầu"
    TASKS = "tasks", "cập nhật nhiệm vụ kế hoạch"


class Holds(StrEnum):
    """What a column of a register holds."""

    TEXT = "text"
    DATE = "date"
    NUMBER = "number"
    COUNT = "count"
    YES_NO = "yes_no"


class RegisterColumn(NamedTuple):
    """One column besides `unit` and `withdrawn`."""

    name: str
    holds: Holds = Holds.TEXT
    required: bool = False
    in_key: bool = False


_REQUIRED_KEY = (Holds.TEXT, True, True)

REGISTER_COLUMNS: dict[RegisterKind, tuple[RegisterColumn, ...]] = {
    RegisterKind.INSPECTIONS: (
        RegisterColumn("date", Holds.DATE, True, True),
        RegisterColumn("subject", *_REQUIRED_KEY),
        RegisterColumn("inspector"),
        RegisterColumn("findings", Holds.COUNT),
        RegisterColumn("follow_up"),
        RegisterColumn("follow_up_done", Holds.DATE),
    ),
    RegisterKind.INITIATIVES: (
        RegisterColumn("title", *_REQUIRED_KEY),
        RegisterColumn("date", Holds.DATE),
        RegisterColumn("level"),
        RegisterColumn("evidence"),
        RegisterColumn("bonus_item"),
    ),
    RegisterKind.DECISIONS: (
        RegisterColumn("number", *_REQUIRED_KEY),
        RegisterColumn("year", Holds.COUNT, True, True),
        RegisterColumn("date", Holds.DATE),
        RegisterColumn("title", Holds.TEXT, True),
    ),
    RegisterKind.DOCUMENTS_CHECKED: (
        RegisterColumn("number", *_REQUIRED_KEY),
        RegisterColumn("issued_on", Holds.DATE),
        RegisterColumn("title"),
        RegisterColumn("checked_on", Holds.DATE, True),
        RegisterColumn("checked_by"),
        RegisterColumn("result"),
    ),
    RegisterKind.PROCEDURES_CUT: (
        RegisterColumn("procedure", *_REQUIRED_KEY),
        RegisterColumn("legal_days", Holds.NUMBER, True),
        RegisterColumn("days_cut", Holds.NUMBER, True),
        RegisterColumn("date", Holds.DATE),
        RegisterColumn("decision"),
    ),
    RegisterKind.OVERDUE: (
        RegisterColumn("dossier", *_REQUIRED_KEY),
        RegisterColumn("due_on", Holds.DATE, True),
        RegisterColumn("done_on", Holds.DATE),
        RegisterColumn("apology", Holds.YES_NO),
        RegisterColumn("reason"),
    ),
    RegisterKind.HEADS: (
        RegisterColumn("name", *_REQUIRED_KEY),
        RegisterColumn("title"),
        RegisterColumn("from", Holds.DATE, True),
        RegisterColumn("to", Holds.DATE),
    ),
    RegisterKind.TASKS: (
        RegisterColumn("plan", *_REQUIRED_KEY),
        RegisterColumn("number", *_REQUIRED_KEY),
        RegisterColumn("begun", Holds.DATE),
        RegisterColumn("done_on", Holds.DATE),
        RegisterColumn("evidence"),
        RegisterColumn("explanation"),
    ),
}
DATING_COLUMNS = ("date", "checked_on", "due_on", "from", "done_on")


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """One entry: whose, under which key, and its canonical values by column (empty ones left out).

    Attributes:
        year: the year it belongs to: of its date, else of its import.
        withdrawn: told in error; it counts no more.
    """

    kind: RegisterKind
    unit: str
    key: str
    year: int
    values: tuple[tuple[str, str], ...]
    withdrawn: bool = False

    @property
    def dated(self) -> str:
        """The day that dates the entry, as YYYY-MM-DD; "" where it has none."""
        return next((value for column in DATING_COLUMNS if (value := self.value(column))), "")

    def value(self, column: str) -> str:
        """The canonical value of a column, "" where it is empty."""
        return dict(self.values).get(column, "")
