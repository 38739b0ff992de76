"""An earlier year under another criteria set: index, rank and grade of every unit beside those that were announced.

The facts are those of that year, carried over to the new set (carrying.py). A leaf for which nothing is known leaves
the maximum of all, and is named. Nothing is recorded: the database is only read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple

from sqlmodel import Session

from models.criteria.rules.base import Rule
from models.criteria.sets import Area, CriteriaSet
from models.findings import Finding, RefusedError, Severity, has_critical, refusal
from models.numbers import ZERO, settled
from models.province.calendar import calendar_of
from models.province.changed_files import check_changed
from models.province.folder import Province
from models.province.rounds import Gate, Group, RankingRule, Round
from models.province.yaml_files import values_of
from models.province.yaml_writing import block_text
from models.records.results import LeafPoints, RankedUnit, UnitResult
from models.records.snapshots import results_in
from models.records.storage import Storage
from models.working_days import WorkingCalendar
from tasks.criteria.as_workbook import year_in
from tasks.criteria.carrying import (
    Carried,
    Mapped,
    appraised_otherwise,
    carried_input,
    mapped,
    read_mapping,
    share,
    stated_in,
)
from tasks.criteria.copying import moved_values
from tasks.criteria.differences import likeness, moved_rule, paired_leaves
from tasks.recording.snapshots import newest_of, newest_published
from tasks.recording.versions import current_history
from tasks.scoring.gathering import read_inputs
from tasks.scoring.points import FaultyFacts, GroupScoring, UnitInput, score_group
from tasks.scoring.ranking import rank_group

_TRIED = "criteria/_try.yaml"
MOST_LEAVES = 3
_NOTHING = Carried("", {}, False, ZERO)


@dataclass(frozen=True)
class Announced:
    """What a unit had: index as printed, rank, grade."""

    index: Decimal | None
    rank: int | None
    grade: str | None


class MovedLeaf(NamedTuple):
    """A leaf by which a unit gains or loses, in points of its index."""

    code: str
    name: str
    by: Decimal


@dataclass(frozen=True)
class TriedUnit:
    """One unit: before, and under the set that is tried.

    Attributes:
        change: of the printed index; None where one of them is not known.
        rank_change: positive where it rises.
        leaves: by which leaves it gains or loses most, the most first.
    """

    code: str
    name: str
    before: Announced
    now: Announced
    change: Decimal | None
    rank_change: int | None
    leaves: tuple[MovedLeaf, ...]


@dataclass(frozen=True)
class Trial:
    """A year under another set.

    Attributes:
        beside: what stands beside the trial: published, evaluated, imported, or nothing.
        maximum: of the tried set without the leaves of which nothing is known.
        left_out: those leaves, by code and name.
        full_for_all: leaves that give everybody full points.
        of_leaves: how many leaves were tried.
        proposals: rows that a mapping might have: leaves that look like another one.
        notes: what a person should know of what was carried over.
    """

    year: int
    criteria_set: str
    title: str
    group: str
    group_name: str
    beside: str
    ranking: RankingRule
    maximum: Decimal
    left_out: tuple[tuple[str, str], ...]
    full_for_all: tuple[tuple[str, str], ...]
    of_leaves: int
    units: tuple[TriedUnit, ...]
    proposals: tuple[tuple[str, str], ...]
    notes: tuple[Finding, ...]

    @property
    def gaining(self) -> list[TriedUnit]:
        """Units whose index rises, the most first."""
        return sorted((unit for unit in self.units if _change(unit) > 0), key=lambda unit: (-_change(unit), unit.code))

    @property
    def losing(self) -> list[TriedUnit]:
        """Units whose index falls, the most first."""
        return sorted((unit for unit in self.units if _change(unit) < 0), key=lambda unit: (_change(unit), unit.code))


def _change(unit: TriedUnit) -> Decimal:
    return unit.change or ZERO


def try_set(
    province: Province,
    storage: Storage,
    year: int,
    content: bytes,
    shown_as: str,
    mapping: tuple[bytes, str] | None = None,
    group: str | None = None,
) -> Trial:
    """Compute a group of a year under another set.

    Args:
        year: a round of the province, of which facts or points were received.
        content: the file of the set; it need not be in the folder.
        shown_as: its name in findings.
        mapping: the declared table and its name.
        group: which group; None for the one whose set is most like the new one.

    Raises:
        RefusedError: no such round or group, a faulty set or mapping, or nothing that can be carried over.
    """
    round = province.round_of(year)
    of_file = _set_of_file(province, content, shown_as, year)
    chosen = _group_of(province, round, of_file.moved, group, shown_as)
    old = province.criteria_sets[chosen.criteria_set]
    recorded = _recorded(province, storage, round, chosen)
    declared = read_mapping(*mapping, old, of_file.moved) if mapping else []
    carried, tried = _carried_over(
        old, of_file, declared, recorded.inputs, year, calendar_of(province.config), shown_as
    )
    gates, rule = _gates(round.gates_of(chosen), tried), round.ranking
    scored, faulty = score_group(
        [carried_input(unit, carried, old, tried) for unit in recorded.inputs.values()],
        GroupScoring(tried, year, round.survey_missing, gates, rule),
    )
    ranked = rank_group(scored, rule, round.grades_of(chosen), unranked=chosen.unranked, tie_break=round.tie_break)
    names = {leaf.code: leaf.name for leaf in of_file.as_written.leaves}
    units = tuple(
        _tried_unit(place, rule, recorded.announced, recorded.leaves, carried.leaves, names, old) for place in ranked
    )
    left_out = len(round.gates_of(chosen)) - len(gates)
    notes = [*_of_faults(faulty), *_notes(recorded.inputs.values(), carried, of_file.year, year, left_out, shown_as)]
    return Trial(
        year=year,
        criteria_set=of_file.moved.id,
        title=of_file.moved.title,
        group=chosen.id,
        group_name=chosen.name,
        beside=recorded.beside,
        ranking=rule,
        maximum=tried.maximum,
        left_out=tuple((code, names[code]) for code in carried.missing),
        full_for_all=_full_for_all(ranked, tried, names),
        of_leaves=len(tried.leaves),
        units=units,
        proposals=_proposals(old, of_file.moved, carried.missing),
        notes=tuple(notes),
    )


class _SetOfFile(NamedTuple):
    """The set of a file: its days and years in the year that is tried, as written, and its own year."""

    moved: CriteriaSet
    as_written: CriteriaSet
    year: int


class _Recorded(NamedTuple):
    """What is recorded of a group: its units' facts and points, and beside what the trial stands; see `_announced`."""

    inputs: Mapping[str, UnitInput]
    beside: str
    announced: Mapping[str, Announced]
    leaves: Mapping[str, tuple[Decimal, Sequence[LeafPoints]]]


def _recorded(province: Province, storage: Storage, round: Round, group: Group) -> _Recorded:
    """What is recorded of a group in a round.

    Raises:
        RefusedError: nothing was received of any of its units.
    """
    with storage.reading() as session:
        everything, _ = read_inputs(session, province, round.year)
        beside, announced, leaves = _announced(session, round.year, group)
    inputs = {unit.code: everything[unit.code] for unit in province.members(round, group)}
    if not any(unit.facts or unit.given for unit in inputs.values()):
        what = "chưa nhận được điểm hay số liệu nào"
        raise refusal(f"kỳ {round.year}", what, "Nhận phiếu, hoặc nhập điểm, số liệu trước")
    return _Recorded(inputs, beside, announced, leaves)


def _carried_over(
    old: CriteriaSet,
    of_file: _SetOfFile,
    declared: Sequence[tuple[str, str, str, str]],
    inputs: Mapping[str, UnitInput],
    year: int,
    calendar: WorkingCalendar,
    shown_as: str,
) -> tuple[Mapped, CriteriaSet]:
    """What of the year can be carried over to the set of the file, and the part of the set that it serves.

    Raises:
        RefusedError: nothing can.
    """
    same = _same_rules(old, of_file, {row[2]: row[0] for row in declared}, year, calendar)
    carried = mapped(old, of_file.moved, declared, stated_in(inputs), set(same))
    kept = {now: old.by_code[was].rule for was, now in same if carried.leaves.get(now, _NOTHING).old == was}
    tried = _tried_part(of_file.moved, set(carried.missing), kept)
    if tried is None:
        remedy = "Khai báo bảng chuyển số liệu (old_code,old_fact,new_code,new_fact)"
        raise refusal(shown_as, f"không có số liệu nào của năm {year} dùng được cho bộ này", remedy)
    return carried, tried


def _same_rules(
    old: CriteriaSet, of_file: _SetOfFile, declared: Mapping[str, str], year: int, calendar: WorkingCalendar
) -> list[tuple[str, str]]:
    """Old and new codes of leaves that are scored by the same rule, or by what a copy makes of it for the new year."""
    written, years = of_file.as_written.by_code, (year, of_file.year)
    return [
        (was.code, leaf.code)
        for leaf in of_file.moved.leaves
        if (was := old.by_code.get(declared.get(leaf.code, leaf.code))) is not None
        and (was.rule == leaf.rule or moved_rule(was.rule, *years, calendar) == written[leaf.code].rule)
    ]


def _set_of_file(province: Province, content: bytes, shown_as: str, year: int) -> _SetOfFile:
    """The set of a file, checked as one of the folder."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refusal(shown_as, "tệp không phải UTF-8", "Lưu lại tệp với bảng mã UTF-8") from None
    values, wrong = values_of(text, shown_as)
    if wrong:
        raise RefusedError(wrong)
    if not isinstance(values, dict):
        raise refusal(shown_as, "tệp không có nội dung dạng “mục: giá trị”", "Chỉ đúng tệp bộ tiêu chí")
    own_year = _own_year(values, year)
    # Under an id of its own, so that it may be tried while the folder has it too.
    probe = {**values, "id": "_try", "years": []}
    known, findings = check_changed(province.folder, {_TRIED: _with_id(text, values)})
    in_file = [replace(one, file=shown_as) for one in findings if one.file == _TRIED]
    if has_critical(in_file):
        raise RefusedError(in_file)
    if known is None:
        raise RefusedError(list(findings))
    moved, _ = moved_values(probe, own_year, year, calendar_of(province.config))
    moved["id"] = "_try"
    again, _ = check_changed(province.folder, {_TRIED: (block_text(moved) + "\n").encode()})
    tried = (again or known).criteria_sets["_try"]
    named = {"id": str(values.get("id", "")), "title": str(values.get("title", ""))}
    return _SetOfFile(tried.model_copy(update=named), known.criteria_sets["_try"], own_year)


def _with_id(text: str, values: Mapping[str, Any]) -> bytes:
    """The text under another id, line by line as it was."""
    lines = text.splitlines(keepends=True)
    at = next((place for place, line in enumerate(lines) if line.startswith("id:")), None)
    if at is None or "id" not in values:
        return text.encode()
    lines[at] = "id: _try\n"
    return "".join(lines).encode()


def _own_year(values: Mapping[str, Any], year: int) -> int:
    years = values.get("years")
    if isinstance(years, list) and years and all(isinstance(one, int) for one in years):
        return year if year in years else int(max(years))
    if isinstance(years, int):
        return years
    return year_in(str(values.get("id", ""))) or year


def _group_of(province: Province, round: Round, new: CriteriaSet, wanted: str | None, shown_as: str) -> Group:
    """The group whose units are tried."""
    known = ", ".join(group.id for group in round.groups)
    if wanted is not None:
        found = next((group for group in round.groups if group.id == wanted), None)
        if found is None:
            raise refusal(f"kỳ {round.year}", f"không có nhóm “{wanted}”", f"Dùng một trong: {known}")
        return found
    alike = sorted(
        ((_alike(province.criteria_sets[group.criteria_set], new), -place) for place, group in enumerate(round.groups)),
        reverse=True,
    )
    if len(alike) > 1 and alike[0][0] == alike[1][0]:
        raise refusal(shown_as, "không rõ bộ này dùng cho nhóm đơn vị nào", f"Ghi rõ nhóm (group): {known}")
    return round.groups[-alike[0][1]]


def _alike(old: CriteriaSet, new: CriteriaSet) -> int:
    """How many leaves have the same code and a like name."""
    return sum(
        leaf.code in old.by_code and likeness(old.by_code[leaf.code].name, leaf.name) > 0.9 for leaf in new.leaves
    )


def _announced(
    session: Session, year: int, group: Group
) -> tuple[str, dict[str, Announced], Mapping[str, tuple[Decimal, Sequence[LeafPoints]]]]:
    """What was published of a year, else evaluated, else imported: of every unit, and its leaves with its maximum."""
    published = session.exec(newest_published(year)).first()
    snapshot = published or session.exec(newest_of(year)).first()
    if snapshot is not None:
        results = results_in(snapshot).results
        found = results.group(group.id)
        units: Sequence[UnitResult] = found.units if found else ()
        printed = results.ranking.printed
        announced = {
            unit.code: Announced(None if unit.index is None else printed(unit.index), unit.rank, unit.grade)
            for unit in units
        }
        leaves = {unit.code: (unit.max_points, unit.leaves) for unit in units}
        return ("đã công bố" if published else "đã tính, chưa công bố"), announced, leaves
    entries = [entry for entry in current_history(session, year) if entry.group == group.id]
    imported = {entry.unit: Announced(entry.index, entry.rank, entry.grade) for entry in entries}
    return ("đã nhập" if imported else "chưa có kết quả"), imported, {}


def _tried_part(criteria_set: CriteriaSet, missing: set[str], rules: Mapping[str, Rule]) -> CriteriaSet | None:
    """The set without some leaves, with these rules for others; None where nothing is left of it."""
    areas: list[Area] = []
    for area in criteria_set.areas:
        criteria = []
        for criterion in area.criteria:
            components = tuple(
                each.model_copy(update={"rule": rules.get(each.code, each.rule)})
                for each in criterion.components
                if each.code not in missing
            )
            if components or (not criterion.components and criterion.code not in missing):
                rule = rules.get(criterion.code, criterion.rule)
                criteria.append(criterion.model_copy(update={"components": components, "rule": rule}))
        if criteria:
            areas.append(area.model_copy(update={"criteria": tuple(criteria)}))
    # Made anew: a copy would keep what the set has reckoned of its leaves already.
    values = {name: getattr(criteria_set, name) for name in CriteriaSet.model_fields} | {"areas": tuple(areas)}
    return CriteriaSet.model_construct(**values) if areas else None


def _gates(gates: Sequence[Gate], tried: CriteriaSet) -> list[Gate]:
    """The gates of which the tried set has the part, and the fact."""
    areas = {area.code for area in tried.areas}
    criteria = {leaf.criterion for leaf in tried.leaves}

    def there(gate: Gate) -> bool:
        when = gate.when
        if when.component is not None:
            leaf = tried.by_code.get(when.component)
            return leaf is not None and (when.fact is None or when.fact in {field.id for field in leaf.rule.fields})
        return when.area in areas or when.criterion in criteria

    return [gate for gate in gates if there(gate)]


def _tried_unit(
    place: RankedUnit,
    rule: RankingRule,
    announced: Mapping[str, Announced],
    leaves_before: Mapping[str, tuple[Decimal, Sequence[LeafPoints]]],
    carried: Mapping[str, Carried],
    names: Mapping[str, str],
    old: CriteriaSet,
) -> TriedUnit:
    unit = place.unit
    before = announced.get(unit.code, Announced(None, None, None))
    now = Announced(None if unit.index is None else rule.printed(unit.index), place.rank, place.grade)
    change = None if now.index is None or before.index is None else now.index - before.index
    rank_change = before.rank - now.rank if before.rank and now.rank else None
    moved: dict[str, MovedLeaf] = {}
    if unit.code in leaves_before and unit.index is not None:
        maximum, leaves = leaves_before[unit.code]
        was = {leaf.code: share(leaf.points, maximum) for leaf in leaves}
        for leaf in unit.leaves:
            by = share(leaf.points, unit.max_points) - was.pop(carried[leaf.code].old, ZERO)
            moved[f"n{leaf.code}"] = MovedLeaf(leaf.code, names[leaf.code], settled(by))
        for code, by in was.items():
            name = old.by_code[code].name if code in old.by_code else code
            moved[f"o{code}"] = MovedLeaf(code, f"{name} (bộ cũ)", settled(-by))
    direction = 1 if (change or ZERO) >= 0 else -1
    shown = [each for each in moved.values() if rule.printed(each.by) * direction > 0]
    most = sorted(shown, key=lambda each: (-abs(each.by), each.code))[:MOST_LEAVES] if change else []
    return TriedUnit(unit.code, unit.name, before, now, change, rank_change, tuple(most))


def _full_for_all(
    ranked: Sequence[RankedUnit], tried: CriteriaSet, names: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """Code and name of every leaf that gives full points to all units to which it applies, to one at least."""
    lost: dict[str, bool] = {}
    for leaf in (leaf for place in ranked for leaf in place.unit.leaves if leaf.points is not None):
        lost[leaf.code] = lost.get(leaf.code, False) or leaf.points != leaf.max
    return tuple((leaf.code, names[leaf.code]) for leaf in tried.leaves if lost.get(leaf.code) is False)


def _proposals(old: CriteriaSet, new: CriteriaSet, missing: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Old and new codes of leaves that look like the same thing under another code."""
    return tuple(
        (was.code, now.code)
        for was, now in paired_leaves(old, new)
        if was is not None and now is not None and now.code in missing and was.code != now.code
    )


def _of_faults(faulty: Iterable[FaultyFacts]) -> Iterator[Finding]:
    """What a person should know of facts that make no sense under the set."""
    for fault in faulty:
        where, what = f"{fault.unit} {fault.component}", f"{fault.problem.what}, tính 0 điểm"
        yield Finding(where, 0, what, fault.problem.remedy, Severity.WARNING)


def _notes(
    inputs: Iterable[UnitInput], carried: Mapped, new_year: int, year: int, gates_left_out: int, shown_as: str
) -> list[Finding]:
    """What a person should know of what was carried over, and what was not."""
    notes = []
    if new_year != year:
        what = f"hạn và năm trong bộ tiêu chí ({new_year}) được lùi về năm {year} khi tính thử"
        notes.append(Finding(shown_as, 0, what, "Không cần làm gì", Severity.INFO))
    counts: dict[str, int] = {}
    for unit in inputs:
        for code in appraised_otherwise(unit, carried):
            counts[code] = counts.get(code, 0) + 1
    for code, count in counts.items():
        of = f"điểm đã thẩm định của {count} đơn vị không dùng được, tính lại từ số liệu"
        what = f"tiêu chí {code} đổi cách chấm: {of}"
        notes.append(Finding(shown_as, 0, what, "Lưu ý khi so sánh", Severity.INFO))
    if scaled := [code for code, way in carried.leaves.items() if way.whole and way.scale != 1]:
        what = f"điểm tối đa thay đổi, cách chấm như cũ: điểm đã cho tính theo tỷ lệ điểm tối đa ({', '.join(scaled)})"
        notes.append(Finding(shown_as, 0, what, "Lưu ý khi so sánh", Severity.INFO))
    if gates_left_out:
        what = f"{gates_left_out} điều kiện khống chế xếp loại của kỳ không có phần tương ứng trong bộ này"
        notes.append(Finding(shown_as, 0, what, "Lưu ý khi so sánh xếp loại", Severity.INFO))
    return notes
