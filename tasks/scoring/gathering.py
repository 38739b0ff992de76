"""Everything current about a round → scored, ranked, compared: the contents of a snapshot.

The same versions give the same contents, byte for byte.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlmodel import Session

from models.criteria.sets import CriteriaSet, Evidence
from models.digests import digest
from models.findings import Act, Action, Finding, Severity
from models.forms.sources import ScoreSource
from models.numbers import plain
from models.province.folder import Province
from models.province.rounds import Group
from models.province.texts import OwnTexts
from models.records.entries import HistoryEntry
from models.records.results import RoundResult, Status
from models.records.snapshots import Frozen, results_in
from models.records.storage import Storage
from models.records.tables import FactVersion, ScoreVersion, Snapshot
from models.units import Succession
from tasks.recording.evidence_files import proven_components
from tasks.recording.snapshots import newest_of, newest_published
from tasks.recording.versions import current_facts, current_history, current_scores, newest_version
from tasks.scoring.comparison import LastYear, compare_group
from tasks.scoring.points import FaultyFacts, Given, GroupScoring, UnitInput, score_group
from tasks.scoring.ranking import rank_group

MOST_WARNINGS = 200


@dataclass(frozen=True)
class CurrentFacts:
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


def read_inputs(
    session: Session, province: Province, year: int, units: Collection[str] | None = None
) -> tuple[dict[str, UnitInput], Mapping[str, list[object]]]:
    """What is current about every unit of a round, in the order of groups and codes.

    Args:
        units: read only these; of all others nothing seems recorded.

    Returns:
        Facts and given points by unit, and by unit the versions that they stand in, as their digest is taken.

    Raises:
        RefusedError: the province has no such round.
    """
    members = province.units_of_round(year)
    facts: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    given: dict[str, dict[tuple[str, ScoreSource], Given]] = defaultdict(dict)
    versions: dict[str, list[object]] = defaultdict(list)
    for score in current_scores(session, year, units=units):
        entry = score.entry
        given[entry.unit][entry.component, entry.source] = Given(entry.points, entry.note)
        points = None if entry.points is None else plain(entry.points)
        versions[entry.unit].append([entry.component, entry.source.value, score.version, points, entry.note])
    for fact in current_facts(session, year, units=units):
        unit, component, name, value = fact.entry
        facts[unit][component][name] = value
        versions[unit].append([component, f"fact:{name}", fact.version, value])
    asking = {id: _proven_for_points(criteria_set) for id, criteria_set in _sets_of(province, year).items()}
    proven = proven_components(session, year, units) if any(asking.values()) else {}
    for code, (_, group) in members.items():
        shown = sorted(asking[group.criteria_set].intersection(proven.get(code, ())))
        if shown:
            versions[code] += [[component, "evidence"] for component in shown]
    inputs = {
        code: UnitInput(unit, facts.get(code, {}), given.get(code, {}), proven.get(code, frozenset()))
        for code, (unit, _) in members.items()
    }
    return inputs, versions


def _proven_for_points(criteria_set: CriteriaSet) -> frozenset[str]:
    """The leaves whose points hang on whether there is evidence."""
    return frozenset(leaf.code for leaf in criteria_set.leaves if leaf.evidence is Evidence.REQUIRED_FOR_POINTS)


def gather(session: Session, province: Province, year: int) -> CurrentFacts:
    """Read the current versions of everything that the round is computed from."""
    inputs, versions = read_inputs(session, province, year)
    return CurrentFacts(
        inputs=inputs,
        digests={code: digest(versions[code]) for code in sorted(inputs) if code in versions},
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
    frozen = results_in(newest)
    entries.update(_published_entries(frozen.results))
    sets = {group.id: digest_of_set(frozen, group) for group in frozen.round.groups}
    return LastYear(year - 1, entries, sets)


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


def compute(province: Province, year: int, gathered: CurrentFacts) -> tuple[Frozen, list[Finding]]:
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
        scoring = GroupScoring(criteria_set, year, round.survey_missing, round.gates_of(group), round.ranking)
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
                _remedy_of(fault, criteria_set),
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
        texts=_texts_of(province, year),
    )
    return frozen, abridged(warnings, f"kỳ {year}")


def _remedy_of(fault: FaultyFacts, criteria_set: CriteriaSet) -> str:
    """What to do about faulty facts, as their leaf lets it be done; block items have one way."""
    leaf = criteria_set.by_code.get(fault.component)
    return leaf.remedy_of(fault.problem) if leaf else fault.problem.remedy


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


def is_outdated(session: Session, province: Province, snapshot: Snapshot) -> bool:
    """Whether the round would be computed from something else today: newer scores or facts, another folder or past."""
    year = snapshot.year
    if (newest_version(session, ScoreVersion, year), newest_version(session, FactVersion, year)) != (
        snapshot.through_score,
        snapshot.through_fact,
    ):
        return True
    frozen = results_in(snapshot)
    hangs_on_evidence = any(map(_proven_for_points, frozen.criteria_sets.values()))
    if hangs_on_evidence and gather(session, province, year).digests != frozen.versions:
        return True
    announced = {(group.id, unit.code, unit.name, unit.kind) for group in frozen.results.groups for unit in group.units}
    folder = (frozen.config, frozen.round, announced, frozen.criteria_sets, frozen.successions, frozen.texts)
    return (*folder, frozen.last_year) != (
        province.config,
        province.round_of(year).as_evaluated,
        _members_of(province, year),
        _sets_of(province, year),
        _successions_of(province, year),
        _texts_of(province, year),
        _digest_of_last_year(last_year_of(session, year)),
    )


def outdated_warnings(storage: Storage, province: Province, year: int) -> list[Finding]:
    """A warning when the newest result of a year no longer follows from what is recorded; none before the first."""
    with storage.reading() as session:
        snapshot = session.exec(newest_of(year)).first()
        if snapshot is None or not is_outdated(session, province, snapshot):
            return []
    what = "dữ liệu hoặc thư mục tỉnh đã thay đổi sau lần tính gần nhất"
    again = Action(Act.EVALUATE, str(year))
    return [Finding(f"kỳ {year}", 0, what, "Nếu cần, tính lại kết quả", Severity.WARNING, action=again)]


def _members_of(province: Province, year: int) -> set[tuple[str, str, str, str]]:
    return {(group.id, unit.code, unit.name, unit.kind) for unit, group in province.units_of_round(year).values()}


def _sets_of(province: Province, year: int) -> dict[str, CriteriaSet]:
    used = {group.criteria_set for group in province.round_of(year).groups}
    return {id: province.criteria_sets[id] for id in sorted(used)}


def _successions_of(province: Province, year: int) -> tuple[Succession, ...]:
    return tuple(step for step in province.successions if step.date.year == year)


def _texts_of(province: Province, year: int) -> OwnTexts | None:
    texts = province.texts.of_year(year)
    return None if texts.is_empty else texts


def _digest_of_last_year(last_year: LastYear) -> str:
    return digest(
        [[entry.unit, entry.group, plain(entry.index), entry.rank] for _, entry in sorted(last_year.entries.items())]
    )
