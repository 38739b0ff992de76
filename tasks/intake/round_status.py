"""Where a round stands: what was received of whom, what was computed, approved and published, what is late.

The state is computed from the versions; nothing keeps it.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from models.criteria.sets import Source
from models.forms.sources import ScoreSource
from models.notation import notation
from models.province.calendar import Due, round_due
from models.province.rounds import DATED_KINDS
from models.records.storage import Storage
from models.records.tables import Approval, Publication, Receipt
from tasks.forms.round_records import RoundRecords, UnitRecord
from tasks.recording.snapshots import newest_of
from tasks.scoring.gathering import is_outdated


@dataclass(frozen=True)
class UnitStatus:
    """How far one unit is: leaves that have something, by who stated it, of the leaves that apply to it."""

    code: str
    name: str
    group: str
    has_submitted: bool
    expected: int
    answered: int
    stated: int
    appraised: int
    surveyed: int
    surveys: int
    not_applicable: int

    @property
    def state(self) -> str:
        """The unit's state as officers read it."""
        if not self.has_submitted:
            return "chưa gửi"
        return "đủ" if self.answered == self.expected else "còn thiếu"


@dataclass(frozen=True)
class RoundStatus:
    """How far a round is.

    Attributes:
        outdated: whether something was received after the newest snapshot.
        late: steps whose deadline is over for whoever has no extension.
    """

    year: int
    units: tuple[UnitStatus, ...]
    files: int
    last_received: datetime | None
    snapshot: str | None
    evaluated_at: datetime | None
    outdated: bool
    late: tuple[tuple[str, Due], ...]
    decisions: tuple[tuple[str, date, str, str], ...]
    refusals: tuple[tuple[str, str], ...]


def round_status(storage: Storage, records: RoundRecords, today: date) -> RoundStatus:
    """Compute a round's state.

    Args:
        storage: the database.
        records: everything current about the round.
        today: the day that deadlines are compared with, in Vietnam.
    """
    province, round = records.province, records.round
    year = round.year
    units = tuple(_unit_status(record) for record in records.units.values())
    dues = [(kind.description.step, round_due(province.config, round, kind)) for kind in DATED_KINDS]
    with storage.reading() as session:
        receipts = session.exec(select(Receipt).where(Receipt.year == year, Receipt.kind != "history")).all()
        snapshot = session.exec(newest_of(year)).first()
        return RoundStatus(
            year=year,
            units=units,
            files=len(receipts),
            last_received=max((receipt.received_at for receipt in receipts), default=None),
            snapshot=snapshot.sha256 if snapshot else None,
            evaluated_at=snapshot.evaluated_at if snapshot else None,
            outdated=snapshot is not None and is_outdated(session, province, snapshot),
            late=tuple((step, due) for step, due in dues if due and due.last_day < today),
            decisions=_decisions(session, year, province.folder),
            refusals=_refusals(session, year),
        )


def _unit_status(unit: UnitRecord) -> UnitStatus:
    counts: Counter[str] = Counter()
    code, kind = unit.unit.code, unit.unit.kind
    for leaf in unit.criteria_set.leaves:
        if not leaf.applies_to(code, kind):
            continue
        has_facts = leaf.code in unit.facts
        by = {source for source in ScoreSource if (leaf.code, source) in unit.given}
        if leaf.source is Source.SURVEY:
            counts["surveys"] += 1
            counts["surveyed"] += bool(by) or has_facts
            continue
        counts["expected"] += 1
        counts["answered"] += bool(by) or has_facts
        counts["stated"] += ScoreSource.SELF in by or has_facts
        counts["appraised"] += ScoreSource.APPRAISAL in by or ScoreSource.COUNCIL in by
        counts["not_applicable"] += any(unit.given[leaf.code, source].points is None for source in by)
    return UnitStatus(
        code,
        unit.unit.name,
        unit.group.id,
        unit.has_submitted,
        counts["expected"],
        counts["answered"],
        counts["stated"],
        counts["appraised"],
        counts["surveyed"],
        counts["surveys"],
        counts["not_applicable"],
    )


def _decisions(session: Session, year: int, province: Path) -> tuple[tuple[str, date, str, str], ...]:
    """Notation, day, replaced decision and folder of every approval, the oldest first."""
    rows = session.exec(
        select(Approval, Publication)
        .join(Publication, isouter=True)
        .where(Approval.year == year, Approval.period == "", Approval.verdict == "approved")
        .order_by(col(Approval.id))
    )
    return tuple(
        (notation(approval.number, approval.symbol), approval.day, approval.replaces, _folder(publication, province))
        for approval, publication in rows
        if approval.number is not None and approval.day is not None
    )


def _folder(publication: Publication | None, province: Path) -> str:
    return str(province / publication.folder) if publication else ""


def _refusals(session: Session, year: int) -> tuple[tuple[str, str], ...]:
    """Snapshot and reason of every refusal, the oldest first."""
    rows = session.exec(
        select(Approval)
        .where(Approval.year == year, Approval.period == "", Approval.verdict == "refused")
        .order_by(col(Approval.id))
    )
    return tuple((approval.snapshot_sha256, approval.reason) for approval in rows)


def status_data(status: RoundStatus) -> dict[str, Any]:
    """The state for machines."""
    return {
        "year": status.year,
        "files": status.files,
        "last_received": status.last_received and status.last_received.isoformat(),
        "snapshot": status.snapshot,
        "outdated": status.outdated,
        "late": [{"step": step, "deadline": due.deadline.isoformat()} for step, due in status.late],
        "decisions": [
            {"notation": name, "date": day.isoformat(), "replaces": replaces or None, "folder": folder or None}
            for name, day, replaces, folder in status.decisions
        ],
        "units": [
            {
                "code": unit.code,
                "group": unit.group,
                "expected": unit.expected,
                "stated": unit.stated,
                "appraised": unit.appraised,
                "surveyed": unit.surveyed,
                "surveys": unit.surveys,
                "not_applicable": unit.not_applicable,
                "state": unit.state,
            }
            for unit in status.units
        ],
    }
