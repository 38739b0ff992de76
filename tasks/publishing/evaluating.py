"""Everything current about a round → scored, ranked, compared, checked → a frozen snapshot.

The same versions give the same snapshot, byte for byte. Nothing is frozen that fails the output expectations.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from models.findings import Act, Action, Finding, RefusedError, has_critical, refusal
from models.province.folder import Province
from models.records.snapshots import Frozen
from models.records.storage import Storage
from tasks.publishing.procedure import procedure_of
from tasks.recording.snapshots import keep_frozen
from tasks.scoring.gathering import compute, gather

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
    progress("soát thẩm định, giải trình, Hội đồng")
    frozen = replace(frozen, procedure=procedure_of(province, storage, frozen.results, gathered.last_year))
    progress("đóng băng kết quả")
    _, new = keep_frozen(storage, frozen, gathered.through_score, gathered.through_fact)
    return Evaluation(frozen.sha256, frozen, new, tuple(warnings))


def _refuse_unsound(province: Province, frozen: Frozen) -> None:
    from expectations.results import check_results

    members = {group.id: [unit.code for unit in province.members(frozen.round, group)] for group in frozen.round.groups}
    findings = check_results(frozen.results, members)
    if has_critical(findings):
        raise RefusedError(findings)
