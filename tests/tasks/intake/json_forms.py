"""Forms as small JSON texts, and the parts that read, check and answer them: what lies around the inbox, kept short.

A statement whose text is WRONG is refused by validation, WARNED gives a warning, CRASH makes validation crash; a form
of the kind `crash` makes reading crash, a reply to a file named `unanswerable` cannot be made.
"""

import json
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from models.findings import Finding, Place, Severity
from models.forms.descriptions import FormIdentity, FormKind
from models.province.config import ProvinceConfig
from models.province.folder import Province
from models.records.storage import Storage
from models.records.submissions import Reading, Statement
from tasks.intake.judging import Parts

WRONG, WARNED, CRASH = "sai", "ngờ", "hỏng"


def form_file(
    subject: str = "stc",
    *statements: dict[str, Any],
    kind: str = "self_assessment",
    year: int = 2025,
    filler: str = "",
) -> bytes:
    """The bytes of a form; every statement has a code and may have the fields of a Statement."""
    said = {"kind": kind, "subject": subject, "year": year, "statements": statements, "filler": filler}
    return json.dumps(said, ensure_ascii=False).encode()


def plan_done(tasks: str = "9", unit: str = "stc", **said: Any) -> dict[str, Any]:
    """A statement on 1.1.2: so many of 10 tasks done."""
    return {"unit": unit, "code": "1.1.2", "facts": {"numerator": tasks, "denominator": "10"}, **said}


@dataclass(frozen=True)
class Answer:
    """A reply as the outbox gets it."""

    name: str
    content: bytes


def json_parts() -> Parts:
    """Reading, validation and feedback of JSON forms."""
    return Parts(_start_reading, _validate, _reply)


def _start_reading(kept: Path, file: str, province: Province) -> "Future[Reading]":
    started: Future[Reading] = Future()
    try:
        started.set_result(_read(kept.read_bytes(), file))
    except ZeroDivisionError as bug:
        started.set_exception(bug)
    return started


def _read(content: bytes, file: str) -> Reading:
    try:
        said = json.loads(content)
    except ValueError:
        return Reading(file, None, findings=(Finding(file, 0, "không phải là tệp Excel", "Lưu lại dạng .xlsx"),))
    if said["kind"] == "crash":
        raise ZeroDivisionError("a bug of reading")
    statements = [
        Statement(
            row.get("unit", said["subject"]),
            row["code"],
            facts=row.get("facts", {}),
            points=Decimal(row["points"]) if "points" in row else None,
            text=row.get("text", ""),
            answer=row.get("answer", ""),
            places={"value": Place("Tự đánh giá", 7, 5)},
        )
        for row in said["statements"]
    ]
    identity = FormIdentity(FormKind(said["kind"]), "tỉnh Mẫu", said["year"], said["subject"], ())
    return Reading(file, identity, tuple(statements))


def _validate(readings: Sequence[Reading], province: Province, storage: Storage) -> list[tuple[Finding, ...]]:
    return [tuple(_found(reading)) for reading in readings]


def _found(reading: Reading) -> list[Finding]:
    severities = {WRONG: Severity.CRITICAL, WARNED: Severity.WARNING}
    if any(statement.text == CRASH for statement in reading.statements):
        raise ZeroDivisionError("a bug of validation")
    return [
        Finding(reading.file, 0, "số liệu sai", "Sửa lại", severities[statement.text], statement.places["value"])
        for statement in reading.statements
        if statement.text in severities
    ]


def _reply(
    config: ProvinceConfig,
    kept: Path,
    file: str,
    findings: Sequence[Finding],
    when: datetime,
    submission: str,
    *_: Any,
) -> Answer:
    if file.startswith("unanswerable"):
        raise ZeroDivisionError("a bug of feedback")
    lines = [f"{config.name}, {when:%d/%m/%Y}", *map(str, findings)]
    return Answer(f"ket-qua-{submission[:12]}-{file}.txt", "\n".join(lines).encode())
