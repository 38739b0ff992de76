"""A year or a period, or a hash → the paper that is meant, and what is known of its results now."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from sqlmodel import select

from models.findings import refusal
from models.records.snapshots import Frozen, results_in
from models.records.storage import Storage
from models.records.tables import Approval, Publication, Snapshot
from tasks.publishing.approvals import Numbering, snapshot_to_publish
from tasks.publishing.decisions import decision_of
from tasks.publishing.papers import Paper
from tasks.publishing.reports import report_of
from tasks.recording.snapshots import known_snapshot, newest_snapshot


def paper_of(province: Path, snapshot: Snapshot) -> Paper:
    """The paper that a snapshot is of: the decision of a year, or the report of a period.

    Raises:
        RefusedError: the snapshot was changed after it was frozen.
    """
    return (report_of if snapshot.period else decision_of)(province, snapshot)


def known_paper(province: Path, storage: Storage, sha256: str) -> Paper:
    """The paper of the snapshot with this name.

    Raises:
        RefusedError: there is none, or it was changed after it was frozen.
    """
    return paper_of(province, known_snapshot(storage, sha256))


def newest_paper(province: Path, storage: Storage, year: int) -> Paper:
    """The paper of what was frozen last of the index of a year.

    Raises:
        RefusedError: nothing was, or it was changed afterwards.
    """
    with storage.reading() as session:
        snapshot = newest_snapshot(session, year)
    return paper_of(province, snapshot)


def paper_to_publish(province: Path, storage: Storage, year: int, numbering: Numbering, period: str = "") -> Paper:
    """The paper that a person means who publishes: one that was approved so and cut short, else the newest.

    Raises:
        RefusedError: nothing was frozen, or it was changed afterwards.
    """
    with storage.reading() as session:
        snapshot = snapshot_to_publish(session, year, numbering, period)
    return paper_of(province, snapshot)


@dataclass(frozen=True, slots=True)
class NewestResults:
    """What is known of a round now. `status` is `evaluated`, `approved` or `published`."""

    sha256: str
    status: str
    frozen: Frozen


def newest_results(
    storage: Storage, year: int, group: str | None = None, results_of: Callable[[Snapshot], Frozen] = results_in
) -> NewestResults:
    """The newest results of a year, of one group or of all.

    Args:
        storage: where they are.
        year: the index year.
        group: only of this one.
        results_of: reads a snapshot; it may know one that was read before.

    Raises:
        RefusedError: the round was never evaluated, or has no such group.
    """
    with storage.reading() as session:
        snapshot = newest_snapshot(session, year)
        approved = session.exec(
            select(Approval, Publication)
            .join(Publication, isouter=True)
            .where(Approval.snapshot_sha256 == snapshot.sha256, Approval.verdict == "approved")
        ).all()
    published = any(publication for _, publication in approved)
    frozen = results_of(snapshot)
    if group is not None:
        chosen = frozen.results.group(group)
        if chosen is None:
            known = ", ".join(known.id for known in frozen.results.groups)
            raise refusal(f"kỳ {year}", f"không có nhóm “{group}”", f"Dùng một trong: {known}")
        frozen = replace(frozen, results=replace(frozen.results, groups=(chosen,)))
    return NewestResults(snapshot.sha256, "published" if published else "approved" if approved else "evaluated", frozen)
