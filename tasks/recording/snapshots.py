"""What is frozen: snapshots of rounds and periods, kept once, and the newest first."""

from datetime import UTC, datetime

from sqlalchemy.orm import defer
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from models.findings import Act, Action, refusal
from models.records.snapshots import FrozenPaper, sound_body
from models.records.storage import Storage
from models.records.tables import Approval, Publication, Snapshot


def keep_frozen(
    storage: Storage, frozen: FrozenPaper, through_score: int = 0, through_fact: int = 0
) -> tuple[Snapshot, bool]:
    """Keep what was frozen; the same once more only notes when, and through which versions it still holds.

    Args:
        storage: where it is kept.
        frozen: the results of a round or the progress of a period.
        through_score: the newest version of a score that a round was computed from; 0 of a period.
        through_fact: the newest version of a fact.

    Returns:
        The snapshot, free of its session, and whether it had not been frozen before.

    Raises:
        RefusedError: it is known, and was changed after it was frozen.
    """
    now = datetime.now(UTC)
    with storage.writing() as session:
        known = session.get(Snapshot, frozen.sha256)
        if known:
            sound_body(known)
        snapshot = known or Snapshot(
            sha256=frozen.sha256,
            year=frozen.year,
            period=frozen.named_period,
            body=frozen.body,
            through_score=through_score,
            through_fact=through_fact,
            created_at=now,
            created_by=storage.user,
            evaluated_at=now,
        )
        snapshot.evaluated_at = now
        snapshot.through_score = max(snapshot.through_score, through_score)
        snapshot.through_fact = max(snapshot.through_fact, through_fact)
        session.add(snapshot)
        session.flush()
        session.refresh(snapshot)
        session.expunge(snapshot)
    return snapshot, known is None


def newest_published(year: int) -> SelectOfScalar[Snapshot]:
    """Published snapshots of the index of a year: the one that was published last comes first."""
    return (
        select(Snapshot)
        .join(Approval, col(Approval.snapshot_sha256) == Snapshot.sha256)
        .join(Publication, col(Publication.approval_id) == Approval.id)
        .where(Snapshot.year == year, Snapshot.period == "")
        .order_by(col(Publication.id).desc())
    )


def periods_to_tell(session: Session, year: int) -> list[tuple[Snapshot, bool]]:
    """Of every period of a reporting year the report published last, else the draft frozen last, and which it is."""
    published = set(session.exec(select(Approval.snapshot_sha256).join(Publication)))
    frozen = session.exec(
        select(Snapshot)
        .where(Snapshot.year == year, Snapshot.period != "")
        .order_by(col(Snapshot.evaluated_at), col(Snapshot.sha256))
    )
    told: dict[str, tuple[Snapshot, bool]] = {}
    for snapshot in frozen:
        is_published = snapshot.sha256 in published
        if is_published or not told.get(snapshot.period, (None, False))[1]:
            told[snapshot.period] = (snapshot, is_published)
    return [told[period] for period in sorted(told)]


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


def all_frozen(session: Session, year: int, period: str = "") -> list[Snapshot]:
    """The snapshots of a year or a period without what they hold, free of their session, the newest first."""
    found = list(session.exec(newest_of(year, period).options(defer(Snapshot.body, raiseload=True))))  # type: ignore[arg-type]
    session.expunge_all()
    return found


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


def known_snapshot(storage: Storage, sha256: str) -> Snapshot:
    """The snapshot with this name.

    Raises:
        RefusedError: there is none.
    """
    with storage.reading() as session:
        snapshot = session.get(Snapshot, sha256)
    if snapshot is None:
        raise refusal(f"bản số liệu {sha256}", "không có trong cơ sở dữ liệu", "Tính lại hoặc lập lại dự thảo")
    return snapshot
