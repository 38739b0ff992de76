"""Everything current about a round → scored, ranked, compared, checked → a frozen snapshot.

The same versions give the same snapshot, byte for byte. Nothing is frozen that fails the output expectations.
Source: DESIGN.md, section 2.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from models.findings import Act, Action, Finding, RefusedError, has_critical, refusal
from models.province.folder import Province
from models.records.snapshots import Frozen
from models.records.storage import Storage
from models.records.tables import Snapshot
from tasks.scoring.gathering import Gathered, compute, gather

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Evaluation:
    """A frozen round.

    Attributes:
        sha256: the snapshot's name.
        new: whether this snapshot had not been frozen before.
        warnings: what a person should look at, though it stops nothing.
    """

    sha256: str
    frozen: Frozen
    new: bool
    warnings: tuple[Finding, ...]


def evaluate_round(
    province: Province, storage: Storage, year: int, progress: Progress = lambda message: None
) -> Evaluation:
    """Compute a round from what is current and freeze it.

    Raises:
        RefusedError: no such round, nothing was received for it, or the results fail an expectation.
    """
    province.round_of(year)
    progress("đọc số liệu")
    with storage.reading() as session:
        gathered = gather(session, province, year)
    if not any(unit.facts or unit.given for unit in gathered.inputs.values()):
        remedy = "Nhận phiếu của các đơn vị, hoặc nhập điểm, số liệu"
        raise refusal(f"kỳ {year}", "chưa nhận được điểm hay số liệu nào", remedy, action=Action(Act.IMPORT))
    progress("tính điểm, xếp hạng, so sánh")
    frozen, warnings = compute(province, year, gathered)
    progress("kiểm tra kết quả")
    _refuse_unsound(province, frozen)
    progress("đóng băng kết quả")
    new = _freeze(storage, frozen, gathered)
    return Evaluation(frozen.sha256, frozen, new, tuple(warnings))


def _refuse_unsound(province: Province, frozen: Frozen) -> None:
    from expectations.results import check_results

    members = {group.id: [unit.code for unit in province.members(frozen.round, group)] for group in frozen.round.groups}
    findings = check_results(frozen.results, members)
    if has_critical(findings):
        raise RefusedError(findings)


def _freeze(storage: Storage, frozen: Frozen, gathered: Gathered) -> bool:
    """Keep the snapshot; freezing the same one again only notes when, and through which versions it still holds."""
    now = datetime.now(UTC)
    with storage.writing() as session:
        known = session.get(Snapshot, frozen.sha256)
        if known:
            known.evaluated_at = now
            known.through_score = max(known.through_score, gathered.through_score)
            known.through_fact = max(known.through_fact, gathered.through_fact)
            return False
        session.add(
            Snapshot(
                sha256=frozen.sha256,
                year=frozen.round.year,
                body=frozen.body,
                through_score=gathered.through_score,
                through_fact=gathered.through_fact,
                created_at=now,
                created_by=storage.user,
                evaluated_at=now,
            )
        )
        return True
