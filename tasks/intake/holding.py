"""While an appraising agency has a unit open, a newer self-assessment of the unit waits, and both are told.

In: that an appraiser looks at a unit; sound files of an intake. Out: which of them wait where they lie. A hold ends
when the agency takes the newer version, has decided on all of the unit, or has not looked for half an hour; once a file
waits it is not renewed, so that nothing waits longer than that. Files that are not sound are answered at once.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from models.criteria.sets import Source
from models.forms.descriptions import FormIdentity, FormKind
from models.records.storage import Storage
from models.records.submissions import Outcome, storable
from models.records.tables import AppraisalHold, Receipt, WaitingFile
from tasks.intake.judging import JudgedFile

HELD_FOR = timedelta(minutes=30)
_TOUCHED_EVERY = timedelta(minutes=1)
_FORGOTTEN = timedelta(hours=2)  # whatever still lies there was taken by then, and what does not was taken away
WHY_WAITING = "cơ quan thẩm định đang mở hồ sơ của đơn vị; bản mới được nhận khi cơ quan nhận hoặc xong"


def hold(storage: Storage, year: int, unit: str, agency: str, now: datetime) -> None:
    """Note that an agency looks at a unit now, unless a newer version of the unit waits already."""
    with storage.reading() as session:
        found = session.get(AppraisalHold, (year, unit, agency))
        if waiting_of(session, unit, now, year) or (found and now - found.seen_at < _TOUCHED_EVERY):
            return
    with storage.writing() as session:
        session.exec(delete(AppraisalHold).where(col(AppraisalHold.seen_at) < now - HELD_FOR))
        session.merge(AppraisalHold(year=year, unit=unit, agency=agency, held_by=storage.user, seen_at=now))


def let_go(storage: Storage, year: int, unit: str, agency: str) -> None:
    """The agency takes what is newer, or is done with the unit."""
    with storage.writing() as session:
        if found := session.get(AppraisalHold, (year, unit, agency)):
            session.delete(found)


def holds_on(session: Session, year: int, unit: str, now: datetime) -> list[AppraisalHold]:
    """Who has a unit open now, by agency."""
    of_unit = select(AppraisalHold).where(AppraisalHold.year == year, AppraisalHold.unit == unit)
    return list(
        session.exec(of_unit.where(col(AppraisalHold.seen_at) >= now - HELD_FOR).order_by(AppraisalHold.agency))
    )


def waiting_of(session: Session, unit: str, now: datetime, year: int | None = None) -> list[WaitingFile]:
    """What of a unit waits, the oldest first."""
    of_unit = select(WaitingFile).where(WaitingFile.unit == unit, col(WaitingFile.since) >= now - _FORGOTTEN)
    if year is not None:
        of_unit = of_unit.where(WaitingFile.year == year)
    return list(session.exec(of_unit.order_by(col(WaitingFile.came_at), WaitingFile.origin)))


def waiting_of_units(session: Session, units: Collection[str], year: int, now: datetime) -> list[WaitingFile]:
    """What of some units waits in a round, by unit, the oldest first."""
    recent = select(WaitingFile).where(WaitingFile.year == year, col(WaitingFile.since) >= now - _FORGOTTEN)
    ordered = recent.order_by(WaitingFile.unit, col(WaitingFile.came_at), WaitingFile.origin)
    return [file for file in session.exec(ordered) if file.unit in units]


def newest_claim(session: Session, year: int, unit: str) -> int:
    """The id of the receipt of a unit's newest self-assessment, 0 before the first."""
    of_unit = select(Receipt.id).where(Receipt.kind == FormKind.SELF_ASSESSMENT.value, Receipt.year == year)
    return session.exec(of_unit.where(Receipt.subject == unit).order_by(col(Receipt.id).desc())).first() or 0


def with_held(storage: Storage, judged: Sequence[JudgedFile], now: datetime) -> list[JudgedFile]:
    """The batch, in which what has to wait says so; nothing is written.

    A unit's first self-assessment never waits: there is nothing that it would change before the appraiser's eyes.
    """
    if not any(map(_may_wait, judged)):
        return list(judged)
    with storage.reading() as session:
        return [
            replace(each, reading=replace(each.reading, waits=True)) if _waits(session, each, now) else each
            for each in judged
        ]


def _may_wait(judged: JudgedFile) -> bool:
    """What an appraiser looks at: the units' own claims."""
    identity = judged.reading.identity
    if judged.outcome is not Outcome.ACCEPTED or identity is None:
        return False
    return Source.SELF in identity.kind.description.states


def _waits(session: Session, judged: JudgedFile, now: datetime) -> bool:
    if not _may_wait(judged):
        return False
    identity = _identity(judged)
    is_held = bool(holds_on(session, identity.year, identity.subject, now))
    return is_held and newest_claim(session, identity.year, identity.subject) > 0


def _identity(judged: JudgedFile) -> FormIdentity:
    assert judged.reading.identity is not None
    return judged.reading.identity


def note_waiting(session: Session, judged: Iterable[JudgedFile], now: datetime) -> None:
    """Keep the list of what waits, after a batch: what waits is on it, what does not is not."""
    known = {row.origin: row for row in session.exec(select(WaitingFile))}
    for each in judged:
        arrival = each.file.arrival
        listed = known.get(arrival.origin)
        if listed and not each.reading.waits:
            session.delete(listed)
        elif listed is None and each.reading.waits and _may_wait(each):
            identity = _identity(each)
            session.add(
                WaitingFile(
                    origin=arrival.origin,
                    year=identity.year,
                    unit=identity.subject,
                    file_name=storable(each.file.shown_as),
                    came_at=arrival.arrived_at,
                    since=now,
                )
            )


def waiting_among(session: Session, origins: Collection[str]) -> set[str]:
    """The origins of those files that wait."""
    return {row.origin for row in session.exec(select(WaitingFile))}.intersection(origins)
