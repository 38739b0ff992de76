"""Workbooks as recording takes them: readings of the small sample folder, said in one line each."""

from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from models.forms.descriptions import FormIdentity, FormKind
from models.forms.row_keys import Remark
from models.province.folder import Province, load_province
from models.records.storage import Storage
from models.records.submissions import EvidenceItem, Reading, Statement
from tasks.recording.workbooks import Acceptance, RecordedForm, record_workbooks
from tests.models.folders import SO, sample_folder

YEAR = 2025
PLAN = EvidenceItem("Kế hoạch CCHC", "12/KH-STC", date(2025, 1, 20), "trang 3")
BY_EVENT = SO.replace('code: "1.1.1"\n', 'code: "1.1.1"\n            not_applicable: {by_event: true}\n')


def sample_province(folder: Path) -> Province:
    """The small folder, in which 1.1.1 may be claimed not applicable."""
    return load_province(sample_folder(folder).write("criteria/so.yaml", BY_EVENT).path)


def identity(kind: FormKind, subject: str, year: int = YEAR) -> FormIdentity:
    return FormIdentity(kind, "tỉnh Mẫu", year, subject, ())


def on(code: str, unit: str = "stc", points: str | None = None, **said: Any) -> Statement:
    """A statement about a leaf."""
    return Statement(unit, code, points=None if points is None else Decimal(points), **said)


def form(
    kind: FormKind, subject: str, *statements: Statement, remarks: dict[Remark, str] | None = None, year: int = YEAR
) -> Reading:
    return Reading(f"{kind}-{subject}.xlsx", identity(kind, subject, year), statements, remarks or {})


def self_assessment(*statements: Statement, unit: str = "stc", **said: Any) -> Reading:
    return form(FormKind.SELF_ASSESSMENT, unit, *statements, **said)


def accepted(reading: Reading, name: str) -> Acceptance:
    """The reading as a kept file; the name stands for its bytes."""
    return Acceptance(reading, sha256(name.encode()).hexdigest(), name, len(name), datetime.now(UTC))


def record(storage: Storage, province: Province, **files: Reading) -> list[RecordedForm]:
    """Record a batch of workbooks, in order."""
    with storage.writing() as session:
        batch = [accepted(reading, f"{name}.xlsx") for name, reading in files.items()]
        return record_workbooks(session, province, batch, storage.user)
