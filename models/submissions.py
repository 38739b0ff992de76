"""What a received workbook says: its statements, each with the cells it stands in, before anything is recorded.

One shape serves all forms: a statement is what one form says about one leaf (or one bonus or penalty item) of one unit.
Reading makes it, validation looks at it, feedback marks its cells, recording turns it into versions.
Source: DESIGN.md, sections 1 and 2.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from models.findings import Finding, Place
from models.forms import FormIdentity, Remark


class EvidenceItem(NamedTuple):
    """One document that proves a statement. Source: domain/1-criteria-and-scoring.md, 1.7."""

    document: str = ""
    number: str = ""
    day: date | None = None
    page: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """What one form says about one leaf or block item of one unit.

    Attributes:
        unit: the unit's code.
        code: the leaf's or item's code.
        facts: canonical texts by fact id (models/facts.py); what is empty or unreadable is not in it.
        points: the number in the form's points column that people answer for: claimed in a self-assessment (as
            calculated or typed over), given in an appraisal or council form; None where empty or unreadable.
        maximum: the number in the maximum column, None where empty or unreadable.
        not_applicable: claimed (self-assessment) or granted (appraisal, council).
        evidence: documents named, in the order of their rows.
        text: the explanation, reason or note beside it.
        answer: of an explanation form, `models.forms.AGREES` or `EXPLAINS`, empty where nothing was chosen.
        places: where things stand, by column id of models/forms.py; a fact by `fact:` and its id; the evidence of row n
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
    """

    file: str
    identity: FormIdentity | None
    statements: tuple[Statement, ...] = ()
    remarks: Mapping[Remark, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
