"""Everything current about a round → scored, ranked, compared, checked → a frozen snapshot.

The same versions give the same snapshot, byte for byte. Nothing is frozen that fails the output expectations.
Source: DESIGN.md, section 2.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from models.criteria import CriteriaSet
from models.entries import HistoryEntry, ScoreSource
from models.findings import Finding, RefusedError, Severity, has_critical, refusal
from models.numbers import plain
from models.province import Province
from models.results import RoundResult, Status
from models.rounds import Group
from models.snapshots import Frozen, digest, thawed
from models.storage import Storage
from models.tables import Approval, FactVersion, Publication, ScoreVersion, Snapshot
from models.units import Succession
from tasks.comparison import LastYear, compare_group
from tasks.ranking import rank_group
from tasks.recording import current_facts, current_history, current_scores, newest_version
from tasks.scoring import Given, GroupScoring, UnitInput, score_group

Progress = Callable[[str], None]
MOST_WARNINGS = 200


@dataclass(frozen=True)
class Gathered:
    """What is current in the database for one round.

    Attributes:
        inputs: facts and given points by unit.
        digests: per unit, the digest of those versions.
        through_score, through_fact: the newest version ids that were seen.
    """

    inputs: Mapping[str, UnitInput]
    digests: dict[str, str]
    last_year: LastYear
    through_score: int
    through_fact: int


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
        raise refusal(
            f"kỳ {year}", "chưa nhận được điểm hay số liệu nào", "Nhập bằng cchc import scores hoặc cchc import facts"
        )
    progress("tính điểm, xếp hạng, so sánh")
    frozen, warnings = compute(province, year, gathered)
    progress("kiểm tra kết quả")
    _refuse_unsound(province, frozen)
    progress("đóng băng kết quả")
    new = _freeze(storage, frozen, gathered)
    return Evaluation(frozen.sha256, frozen, new, tuple(warnings))


def gather(session: Session, province: Province, year: int) -> Gathered:
    """Read the current versions of everything that the round is computed from."""
    round = province.round_of(year)
    facts: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    given: dict[str, dict[tuple[str, ScoreSource], Given]] = defaultdict(dict)
    versions: dict[str, list[list[object]]] = defaultdict(list)
    for score in current_scores(session, year):
        entry = score.entry
        given[entry.unit][entry.component, entry.source] = Given(entry.points, entry.note)
        points = None if entry.points is None else plain(entry.points)
        versions[entry.unit].append([entry.component, entry.source.value, score.version, points, entry.note])
    for fact in current_facts(session, year):
        unit, component, name, value = fact.entry
        facts[unit][component][name] = value
        versions[unit].append([component, f"fact:{name}", fact.version, value])
    members = {unit.code: unit for group in round.groups for unit in province.members(round, group)}
    return Gathered(
        inputs={code: UnitInput(unit, facts.get(code, {}), given.get(code, {})) for code, unit in members.items()},
        digests={code: digest(versions[code]) for code in sorted(members) if code in versions},
        last_year=last_year_of(session, year),
        through_score=newest_version(session, ScoreVersion, year),
        through_fact=newest_version(session, FactVersion, year),
    )


def last_year_of(session: Session, year: int) -> LastYear:
    """What was published for the year before: by this system where it was, else as imported."""
    newest = session.exec(newest_published(year - 1)).first()
    entries = {entry.unit: entry for entry in current_history(session, year - 1)}
    if newest is None:
        return LastYear(year - 1, entries, {})
    frozen = thawed(newest.body)
    entries.update(_published_entries(frozen.results))
    sets = {group.id: digest_of_set(frozen, group) for group in frozen.round.groups}
    return LastYear(year - 1, entries, sets)


def newest_published(year: int) -> SelectOfScalar[Snapshot]:
    """Published snapshots of the index of a year: the one that was published last comes first."""
    return (
        select(Snapshot)
        .join(Approval, col(Approval.snapshot_sha256) == Snapshot.sha256)
        .join(Publication, col(Publication.approval_id) == Approval.id)
        .where(Snapshot.year == year, Snapshot.period == "")
        .order_by(col(Publication.id).desc())
    )


def digest_of_set(frozen: Frozen, group: Group) -> str:
    """The hash of the criteria set that a group was measured by."""
    return digest(frozen.criteria_sets[group.criteria_set].model_dump(mode="json", by_alias=True))


def _published_entries(results: RoundResult) -> dict[str, HistoryEntry]:
    return {
        unit.code: HistoryEntry(
            results.year,
            group.id,
            unit.code,
            unit.max_points,
            unit.points,
            results.ranking.printed(unit.index),
            unit.rank,
            unit.grade,
        )
        for group in results.groups
        for unit in group.units
        if unit.index is not None
    }


def compute(province: Province, year: int, gathered: Gathered) -> tuple[Frozen, list[Finding]]:
    """Score, rank and compare every group; pure: no database, no clock.

    Returns:
        The contents of the snapshot, and warnings.
    """
    round = province.round_of(year)
    warnings: list[Finding] = []
    groups = []
    for group in round.groups:
        criteria_set = province.criteria_sets[group.criteria_set]
        inputs = [gathered.inputs[unit.code] for unit in province.members(round, group)]
        scoring = GroupScoring(criteria_set, year, round.survey_missing, round.gates_of(group))
        scored, faulty = score_group(inputs, scoring)
        ranked = rank_group(
            scored, round.ranking, round.grades_of(group), unranked=group.unranked, tie_break=round.tie_break
        )
        groups.append(
            compare_group(
                group,
                ranked,
                round.ranking,
                criteria_set.maximum,
                gathered.last_year,
                province.successions,
                province.units,
                digest(criteria_set.model_dump(mode="json", by_alias=True)),
            )
        )
        warnings += [
            Finding(
                f"{fault.unit} {fault.component}",
                0,
                f"{fault.problem.what}, tính 0 điểm",
                fault.problem.remedy,
                Severity.WARNING,
            )
            for fault in faulty
        ]
        warnings += _unknown_components(inputs, scoring)
        warnings += [
            Finding(unit.code, 0, f"{unit.name} không được chấm điểm", "Chưa có số liệu hay điểm", Severity.WARNING)
            for unit in scored
            if unit.status is Status.NOT_SCORED
        ]
    frozen = Frozen(
        config=province.config,
        round=round.as_evaluated,
        criteria_sets=_sets_of(province, year),
        successions=_successions_of(province, year),
        versions=gathered.digests,
        last_year=_digest_of_last_year(gathered.last_year),
        results=RoundResult(year, round.ranking, tuple(groups)),
    )
    return frozen, abridged(warnings, f"kỳ {year}")


def abridged(warnings: list[Finding], shown_as: str) -> list[Finding]:
    """As many warnings as a person reads, and how many there are besides."""
    left_out = len(warnings) - MOST_WARNINGS
    if left_out <= 0:
        return warnings
    what = f"còn {left_out} cảnh báo nữa không in ra"
    more = Finding(shown_as, 0, what, "Xử lý các cảnh báo trên rồi tính lại", Severity.WARNING)
    return [*warnings[:MOST_WARNINGS], more]


def _unknown_components(inputs: list[UnitInput], scoring: GroupScoring) -> list[Finding]:
    """Received data for codes that the set no longer has (a set may be re-issued inside a year) is not counted."""
    criteria_set = scoring.criteria_set
    known = {*criteria_set.by_code, *criteria_set.bonus_items, *criteria_set.penalty_items}
    return [
        Finding(
            f"{unit.unit.code} {code}",
            0,
            f"bộ tiêu chí {criteria_set.id} không có mã {code}, dữ liệu đã nhận không được tính",
            "Kiểm tra bộ tiêu chí hoặc nhập lại theo mã mới",
            Severity.WARNING,
        )
        for unit in inputs
        for code in sorted({*unit.facts, *(code for code, _ in unit.given)} - known)
    ]


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
        raise refusal(f"báo cáo {period}", "chưa có dự thảo nào", f"Chạy: cchc monthly {period} --out DIR")
    if snapshot is None:
        raise refusal(f"kỳ {year}", "chưa có kết quả nào được tính", f"Chạy: cchc evaluate {year}")
    return snapshot


def is_outdated(session: Session, province: Province, snapshot: Snapshot) -> bool:
    """Whether the round would be computed from something else today: newer scores or facts, another folder or past."""
    year = snapshot.year
    if (newest_version(session, ScoreVersion, year), newest_version(session, FactVersion, year)) != (
        snapshot.through_score,
        snapshot.through_fact,
    ):
        return True
    frozen = thawed(snapshot.body)
    announced = {(group.id, unit.code, unit.name, unit.kind) for group in frozen.results.groups for unit in group.units}
    return (frozen.config, frozen.round, announced, frozen.criteria_sets, frozen.successions, frozen.last_year) != (
        province.config,
        province.round_of(year).as_evaluated,
        _members_of(province, year),
        _sets_of(province, year),
        _successions_of(province, year),
        _digest_of_last_year(last_year_of(session, year)),
    )


def outdated_warnings(storage: Storage, province: Province, year: int) -> list[Finding]:
    """A warning when the newest result of a year no longer follows from what is recorded; none before the first."""
    with storage.reading() as session:
        snapshot = session.exec(newest_of(year)).first()
        if snapshot is None or not is_outdated(session, province, snapshot):
            return []
    what = "dữ liệu hoặc thư mục tỉnh đã thay đổi sau lần tính gần nhất"
    return [Finding(f"kỳ {year}", 0, what, f"Nếu cần, chạy lại: cchc evaluate {year}", Severity.WARNING)]


def _members_of(province: Province, year: int) -> set[tuple[str, str, str, str]]:
    round = province.round_of(year)
    return {
        (group.id, unit.code, unit.name, unit.kind) for group in round.groups for unit in province.members(round, group)
    }


def _sets_of(province: Province, year: int) -> dict[str, CriteriaSet]:
    used = {group.criteria_set for group in province.round_of(year).groups}
    return {id: province.criteria_sets[id] for id in sorted(used)}


def _successions_of(province: Province, year: int) -> tuple[Succession, ...]:
    return tuple(step for step in province.successions if step.date.year == year)


def _digest_of_last_year(last_year: LastYear) -> str:
    return digest(
        [[entry.unit, entry.group, plain(entry.index), entry.rank] for _, entry in sorted(last_year.entries.items())]
    )
