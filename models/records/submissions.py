"""What a received workbook says: its statements, each with the cells it stands in, before anything is recorded.

One shape serves all forms: a statement is what one form says about one leaf (or one bonus or penalty item) of one unit.
Reading makes it, validation looks at it, feedback marks its cells, recording turns it into versions.

"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from models.findings import Finding, Place, Severity
from models.forms.descriptions import FormIdentity
from models.forms.row_keys import Remark
from models.labelled import Labelled


class Outcome(Labelled):
    """What became of a received file."""

    ACCEPTED = "accepted", "đã nhận"
    RETURNED = "returned", "trả lại để sửa"
    REFUSED = "refused", "không nhận"
    UNCHANGED = "unchanged", "đã có, không thay đổi"

    @property
    def is_answered(self) -> bool:
        """Whether a marked workbook or a letter goes back."""
        return self in (Outcome.RETURNED, Outcome.REFUSED)


class EvidenceItem(NamedTuple):
    """One document that proves a statement. Source: docs/process.md, 6."""

    document: str = ""
    number: str = ""
    day: date | None = None
    page: str = ""


def said_document(document: str, number: str, day: date | None, page: str) -> str:
    """A document as one line: name, number, date, page."""
    parts = (document, f"số {number}" if number else "", f"ngày {day:%d/%m/%Y}" if day else "", page)
    return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Statement:
    """What one form says about one leaf or block item of one unit.

    Attributes:
        unit: the unit's code.
        code: the leaf's or item's code.
        facts: canonical texts by fact id (models/criteria/facts.py); what is empty or unreadable is not in it.
        points: the number in the form's points column that people answer for: claimed in a self-assessment (as
            calculated or typed over), given in an appraisal or council form; None where empty or unreadable.
        maximum: the number in the maximum column, None where empty or unreadable.
        not_applicable: claimed (self-assessment) or granted (appraisal, council).
        evidence: documents named, in the order of their rows.
        text: the explanation, reason or note beside it.
        answer: of an explanation form, `AGREES` or `EXPLAINS`, empty where nothing was chosen.
        places: where things stand, by column id of models/forms; a fact by `fact:` and its id; the evidence of row n
            by `document/n`, `number/n`, `date/n`, `page/n`, n from 0.
    """

    unit: str
    code: str
    facts: Mapping[str, str] = field(default_factory=dict)
    points: Decimal | None = None
    maximum: Decimal | None = None
    not_applicable: bool = False
    evidence: tuple[EvidenceItem, ...] = ()
    text: str = ""
    answer: str = ""
    places: Mapping[str, Place] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """One received file, read.

    Attributes:
        file: the sender's file name, fit to be shown.
        identity: which form it is and whose; None where the file cannot be taken at all, and `findings` says why.
        statements: in the order of the form's rows.
        remarks: what was written outside the rows of criteria.
        findings: what reading found: cells that say nothing readable, rows that are lost or double, a form of another
            year. A critical one means that nothing of the file is recorded.
        waits: whether it cannot be judged before the province folder is mended, so that it stays where it lies.
    """

    file: str
    identity: FormIdentity | None
    statements: tuple[Statement, ...] = ()
    remarks: Mapping[Remark, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    waits: bool = False


_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """The text without what no database takes: NUL and halves of characters."""
    return _UNSTORABLE.sub("\ufffd", text)


def findings_as_rows(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings as a database keeps them."""
    return [
        {
            "severity": finding.severity.value,
            "what": storable(finding.what),
            "remedy": storable(finding.remedy),
            "line": finding.line,
            "place": [storable(finding.place.sheet), *finding.place[1:]] if finding.place else None,
            **({"unopened": True} if finding.unopened else {}),
            **({"check": finding.check} if finding.check and finding.severity is Severity.CRITICAL else {}),
        }
        for finding in findings
    ]


def findings_from_rows(file: str, rows: Sequence[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """Kept findings about a file, as they were."""
    return tuple(
        Finding(
            file,
            row["line"],
            row["what"],
            row["remedy"],
            Severity(row["severity"]),
            Place(*row["place"]) if row["place"] else None,
            unopened=row.get("unopened", False),
            check=row.get("check", ""),
        )
        for row in rows
    )


def units_in(readings: Iterable[Reading]) -> set[str]:
    """The codes of all units that the readings speak of."""
    return {statement.unit for reading in readings for statement in reading.statements}
