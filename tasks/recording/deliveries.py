"""What was told to senders, and how that ended: attempts at delivery as they are recorded."""

from sqlmodel import Session, col, select

from models.records.tables import DeliveryAttempt

FAILED = "failed"


def last_attempts(session: Session) -> dict[int, DeliveryAttempt]:
    """The last attempt to tell of each submission."""
    rows = session.exec(select(DeliveryAttempt).order_by(col(DeliveryAttempt.id)))
    return {attempt.submission_id: attempt for attempt in rows}
