"""Which reports of periods a reporting year has had so far: when each is due, whether it is drafted or published."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from models.notation import notation
from models.progress.periods import Period, month, periods_ending_with
from models.province.calendar import Due, report_due
from models.province.folder import Province
from models.records.storage import Storage
from models.records.tables import Approval, Publication
from tasks.recording.snapshots import newest_of


@dataclass(frozen=True, slots=True)
class ReportState:
    """One report; `number` is that of the newest published one, "" before."""

    period: Period
    due: Due
    drafted: bool
    number: str
    late: bool

    @property
    def words(self) -> str:
        """Where it stands, as officers read it."""
        if self.number:
            return f"đã công bố, số {self.number}"
        said = "đã có dự thảo, chờ phê duyệt" if self.drafted else "chưa lập"
        return f"{said}, quá hạn" if self.late else said


def report_states(storage: Storage, province: Province, year: int, today: date) -> list[ReportState]:
    """Every report of a reporting year whose period is over; none where the province follows nothing."""
    if not province.progress.measures and not province.progress.plans:
        return []
    with storage.reading() as session:
        return [
            _state(session, province, period, today)
            for number in range(1, 13)
            for period in periods_ending_with(month(year, number))
            if period.last < today
        ]


def _state(session: Session, province: Province, period: Period, today: date) -> ReportState:
    approved = session.exec(
        select(Approval)
        .join(Publication)
        .where(Approval.year == period.year, Approval.period == str(period))
        .order_by(col(Approval.id).desc())
    ).first()
    drafted = session.exec(newest_of(period.year, str(period))).first() is not None
    number = notation(approved.number, approved.symbol) if approved and approved.number else ""
    due = report_due(province.config, period)
    return ReportState(period, due, drafted, number, not number and due.last_day < today)


def states_data(states: list[ReportState]) -> dict[str, Any]:
    """The reports for machines."""
    return {
        "reports": [
            {
                "period": str(state.period),
                "due": state.due.last_day.isoformat(),
                "drafted": state.drafted,
                "published": state.number or None,
                "late": state.late,
            }
            for state in states
        ]
    }
