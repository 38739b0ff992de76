"""What is frozen: snapshots of rounds and periods, the newest first."""

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from models.findings import Act, Action, refusal
from models.records.tables import Approval, Publication, Snapshot


def newest_published(year: int) -> SelectOfScalar[Snapshot]:
    """Published snapshots of the index of a year: the one that was published last comes first."""
    return (
        select(Snapshot)
        .join(Approval, col(Approval.snapshot_sha256) == Snapshot.sha256)
        .join(Publication, col(Publication.approval_id) == Approval.id)
        .where(Snapshot.year == year, Snapshot.period == "")
        .order_by(col(Publication.id).desc())
    )


def published_years(session: Session) -> set[int]:
    """The years whose index is published by decision."""
    return set(session.exec(select(Publication.year).where(Publication.period == "")))


def newest_of(year: int, period: str = "") -> SelectOfScalar[Snapshot]:
    """Snapshots of the index of a year, or of the progress of a period: the one that was frozen last comes first."""
    return (
        select(Snapshot)
        .where(Snapshot.year == year, Snapshot.period == period)
        .order_by(col(Snapshot.evaluated_at).desc(), col(Snapshot.sha256))
    )


def newest_snapshot(session: Session, year: int, period: str = "") -> Snapshot:
    """The snapshot that was evaluated last: of the index of a year, or of the progress of a period.

    Raises:
        RefusedError: the round was never evaluated, the progress never frozen.
    """
    snapshot = session.exec(newest_of(year, period)).first()
    if snapshot is None and period:
        raise refusal(
            f"báo cáo {period}", "chưa có dự thảo nào", "Lập dự thảo", action=Action(Act.DRAFT_REPORT, period)
        )
    if snapshot is None:
        raise refusal(
            f"kỳ {year}", "chưa có kết quả nào được tính", "Tính kết quả", action=Action(Act.EVALUATE, str(year))
        )
    return snapshot
