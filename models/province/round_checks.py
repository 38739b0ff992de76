"""What must hold in a round: its groups, points, ties, grades and gates, and the days until when forms are taken."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from models.criteria.facts import FactKind
from models.criteria.sets import CriteriaSet
from models.findings import Finding, Severity
from models.forms.base import Subject
from models.numbers import HUNDRED, decimals_of, said
from models.province.contents import FolderContents, members_of
from models.province.rounds import DATED_KINDS, EXACT_POINTS, Band, Extension, Gate, GateCondition, Group, Round
from models.province.set_checks import check_kinds
from models.province.yaml_files import YamlFile

_Path = tuple[str | int, ...]
_STEPS = {kind.value: kind.description.step for kind in DATED_KINDS}


def check_round(contents: FolderContents, round: Round, file: YamlFile) -> Iterator[Finding]:
    """Whatever is wrong within a round, and with what it says of units and criteria sets."""
    seen: dict[str, str] = {}
    ids: set[str] = set()
    for position, group in enumerate(round.groups):
        path: _Path = ("groups", position)
        if group.id in ids:
            yield file.finding((*path, "id"), f"nhóm “{group.id}” khai báo hai lần", "Đặt mã nhóm khác")
        ids.add(group.id)
        yield from _check_group(contents, round, group, file, path)
        for unit in members_of(contents.units, round, group):
            if unit.code in seen:
                yield file.finding(
                    (*path, "units"),
                    f"đơn vị “{unit.code}” ({unit.name}) thuộc hai nhóm: {seen[unit.code]} và {group.id}",
                    "Mỗi đơn vị chỉ thuộc một nhóm; dùng except để loại ra",
                )
            seen.setdefault(unit.code, group.id)
    yield from _check_grades(file, round.grades, ("grades",))
    yield from _check_deadlines(round, file)
    yield from _check_locks(round, file)
    yield from _check_extensions(contents, round, file)
    if file.shown_as in contents.partly_read:
        return
    yield from _check_tie_break(contents, round, file)
    yield from _check_gates(contents, round, file)
    yield from _check_points(contents, round, file)
    yield from _remark_self_appraisal(contents, round, file)


def _remark_self_appraisal(contents: FolderContents, round: Round, file: YamlFile) -> Iterator[Finding]:
    """Nobody appraises itself unremarked: the council decides above it. Source: docs/process.md, 1 (appraisal)."""
    for position, group in enumerate(round.groups):
        sets = _sets_of(contents, [group])
        if not sets or contents.config is None:
            continue
        members = members_of(contents.units, round, group)
        own = {unit.name: len(contents.config.appraised_by_itself(unit, sets[0])) for unit in members}
        if named := ", ".join(f"{name} ({leaves} tiêu chí)" for name, leaves in own.items() if leaves):
            what = f"vừa được đánh giá, vừa thẩm định chính mình: {named}"
            remedy = (
                "Giao cơ quan khác (appraised_by) hoặc đưa ra Hội đồng; danh sách soát trước khi ký có ghi điều này"
            )
            yield file.finding(("groups", position, "units"), what, remedy, Severity.INFO)


def _sets_of(contents: FolderContents, groups: Sequence[Group]) -> list[CriteriaSet] | None:
    """The criteria sets of the groups, None where one of them could not be read whole."""
    entries = [contents.criteria_sets.get(group.criteria_set) for group in groups]
    whole = [entry[0] for entry in entries if entry and entry[1].shown_as not in contents.partly_read]
    return whole if len(whole) == len(entries) else None


def _check_tie_break(contents: FolderContents, round: Round, file: YamlFile) -> Iterator[Finding]:
    sets = _sets_of(contents, round.groups)
    if sets is None:
        return
    known = {area.code for criteria_set in sets for area in criteria_set.areas} | {"survey", "name"}
    for position, key in enumerate(round.tie_break):
        if key not in known:
            what = f"không biết khóa phân hạng “{key}”"
            yield file.finding(("tie_break", position), what, "Dùng mã lĩnh vực, survey hoặc name")


def _check_points(contents: FolderContents, round: Round, file: YamlFile) -> Iterator[Finding]:
    """No maximum or cap is finer than points are rounded, and bonus beyond the maximum is about sets that have bonus.

    Source: docs/maths.md, 3 and 8.
    """
    sets = _sets_of(contents, round.groups) or []
    decimals = round.ranking.points_decimals
    if decimals != EXACT_POINTS:
        maxima = {(one.id, leaf.code): leaf.max for one in sets for leaf in one.leaves}
        for one in sets:
            blocks = (("bonus", one.bonus), ("penalty", one.penalty))
            maxima |= {(one.id, of): block.cap for of, block in blocks if block and block.cap is not None}
            items = (*one.bonus_items.values(), *one.penalty_items.values())
            maxima |= {(one.id, item.code): item.max for item in items if item.max is not None}
        fine = {place: most for place, most in maxima.items() if decimals_of(most) > decimals}
        for (id, code), most in list(fine.items())[:1]:
            needed = max(decimals_of(maximum) for maximum in fine.values())
            what = f"điểm làm tròn đến {decimals} chữ số thập phân, nhưng điểm tối đa của {code} ({id}) là {said(most)}"
            remedy = f"Ghi points_decimals: {needed} trong ranking, hoặc sửa điểm tối đa"
            yield file.finding(("ranking", "points_decimals"), what, remedy)
    if not round.ranking.capped and sets and not any(one.bonus_items for one in sets):
        what = "capped: false, nhưng không bộ tiêu chí nào của kỳ có điểm thưởng"
        yield file.finding(("ranking", "capped"), what, "Bỏ capped hoặc thêm điểm thưởng", Severity.WARNING)


def _check_group(
    contents: FolderContents, round: Round, group: Group, file: YamlFile, path: _Path
) -> Iterator[Finding]:
    if group.criteria_set not in contents.criteria_sets and group.criteria_set not in contents.unread_sets:
        known = ", ".join(sorted(id for id in contents.criteria_sets if "/" not in id))
        yield file.finding(
            (*path, "criteria_set"),
            f"không có bộ tiêu chí “{group.criteria_set}”",
            f"Dùng một trong: {known}" if known else "Thêm bộ tiêu chí vào thư mục criteria",
        )
    yield from check_kinds(contents, file, group.units.kind, (*path, "units", "kind"))
    named = (("units", "codes", group.units.codes), ("units", "except", group.units.except_))
    for *where, codes in (*named, ("unranked", group.unranked)):
        for position, code in enumerate(codes):
            if not contents.knows_unit(code):
                there = (*path, *where, position)
                yield file.finding(there, f"không có đơn vị “{code}” trong units.csv", "Sửa mã theo units.csv")
    for position, code in enumerate(group.units.codes):
        unit = contents.units.get(code)
        if unit and not unit.exists_in(round.year):
            yield file.finding(
                (*path, "units", "codes", position),
                f"đơn vị “{code}” ({unit.name}) không tồn tại trong năm {round.year}",
                "Bỏ khỏi nhóm hoặc sửa valid_from, valid_to trong units.csv",
            )
    members = {member.code for member in members_of(contents.units, round, group)}
    if contents.units_read and not members:
        what = f"nhóm “{group.id}” không có đơn vị nào vào ngày cuối năm {round.year}"
        yield file.finding((*path, "units"), what, "Chọn đơn vị theo kind hoặc codes; kiểm tra valid_from, valid_to")
    for position, code in enumerate(group.unranked):
        if code in contents.units and code not in members:
            what = f"đơn vị “{code}” không thuộc nhóm “{group.id}”"
            yield file.finding((*path, "unranked", position), what, "Bỏ khỏi unranked hoặc thêm vào nhóm")
    if group.grades is not None:
        yield from _check_grades(file, group.grades, (*path, "grades"))


def _check_grades(file: YamlFile, bands: Sequence[Band], path: _Path) -> Iterator[Finding]:
    """Bands descend, meet without gap or overlap, and the last one reaches down to 0."""
    if not bands:
        yield file.finding(path, "không có mức xếp loại nào", "Khai báo ít nhất một mức")
        return
    for position, band in enumerate(bands):
        where = (*path, position)
        if band.label in {earlier.label for earlier in bands[:position]}:
            yield file.finding(where, f"mức “{band.label}” ghi hai lần", "Bỏ bớt một")
        if (band.from_ is not None and band.over is not None) or (band.under is not None and band.to is not None):
            yield file.finding(where, f"mức “{band.label}” có hai cận cùng phía", "Chỉ giữ một")
        edge, top = _lower_edge(band), _upper_edge(band)
        if edge is not None and top is not None and edge >= top:
            yield file.finding(
                where,
                f"mức “{band.label}” có cận dưới {said(edge)} không thấp hơn cận trên {said(top)}",
                "Sửa lại hai cận",
            )
    top = _upper_edge(bands[0])
    if top is not None and (top < HUNDRED or (top == HUNDRED and bands[0].under is not None)):
        yield file.finding(
            (*path, 0), f"khoảng trống: chỉ số trên {said(top)} không thuộc mức nào", "Bỏ cận trên của mức đầu"
        )
    for position, (upper, lower) in enumerate(pairwise(bands)):
        yield from _check_neighbours(file, upper, lower, (*path, position), (*path, position + 1))
    lowest = bands[-1]
    edge = _lower_edge(lowest)
    if edge is not None and (edge > 0 or (edge == 0 and lowest.over is not None)):
        under = f"từ {said(edge)} trở xuống" if lowest.over is not None else f"dưới {said(edge)}"
        yield file.finding(
            (*path, len(bands) - 1), f"khoảng trống: chỉ số {under} không thuộc mức nào", "Bỏ cận dưới của mức cuối"
        )


def _lower_edge(band: Band) -> Decimal | None:
    return band.from_ if band.from_ is not None else band.over


def _upper_edge(band: Band) -> Decimal | None:
    return band.under if band.under is not None else band.to


def _check_neighbours(file: YamlFile, upper: Band, lower: Band, above: _Path, below: _Path) -> Iterator[Finding]:
    edge = _lower_edge(upper)
    if edge is None:
        yield file.finding(above, f"mức “{upper.label}” không có cận dưới mà còn mức sau nó", "Thêm from hoặc over")
        return
    next_edge = _lower_edge(lower)
    if next_edge is not None and (
        next_edge > edge or (next_edge == edge and not (upper.over is not None and lower.from_ is not None))
    ):
        yield file.finding(below, f"mức “{lower.label}” chồng lấn mức “{upper.label}”", "Xếp các mức từ cao xuống thấp")
        return
    top = _upper_edge(lower)
    if top is None:
        return
    closed_twice = lower.to is not None and upper.from_ is not None
    open_twice = lower.under is not None and upper.over is not None
    if top < edge or (top == edge and open_twice):
        yield file.finding(
            below,
            f"khoảng trống giữa mức “{lower.label}” ({'dưới' if lower.under is not None else 'đến'} {said(top)}) "
            f"và mức “{upper.label}” ({'trên' if upper.over is not None else 'từ'} {said(edge)})",
            "Cho hai mức gặp nhau tại cùng một giá trị",
        )
    elif top > edge or (top == edge and closed_twice):
        yield file.finding(below, f"mức “{lower.label}” chồng lấn mức “{upper.label}”", "Dùng under thay cho to")


def _check_gates(contents: FolderContents, round: Round, file: YamlFile) -> Iterator[Finding]:
    """Gates name grades and parts that their groups have: the group's own, or those of the round for all others."""
    for position, group in enumerate(round.groups):
        for number, gate in enumerate(group.gates or ()):
            path: _Path = ("groups", position, "gates", number)
            yield from _check_grade_of_gate(round, group, gate, file, path)
            yield from _check_condition(gate.when, _sets_of(contents, [group]), file, (*path, "when"))
    sharing = [group for group in round.groups if group.gates is None]
    for number, gate in enumerate(round.gates):
        path = ("gates", number)
        for group in sharing:
            yield from _check_grade_of_gate(round, group, gate, file, path)
        yield from _check_condition(gate.when, _sets_of(contents, sharing), file, (*path, "when"))


def _check_grade_of_gate(round: Round, group: Group, gate: Gate, file: YamlFile, path: _Path) -> Iterator[Finding]:
    labels = [band.label for band in round.grades_of(group)]
    if gate.not_above not in labels:
        whose = f"nhóm “{group.id}” " if group.grades is not None else ""
        what = f"{whose}không có mức xếp loại “{gate.not_above}”"
        yield file.finding((*path, "not_above"), what, f"Dùng một trong: {', '.join(labels)}")


def _check_condition(
    when: GateCondition, sets: Sequence[CriteriaSet] | None, file: YamlFile, path: _Path
) -> Iterator[Finding]:
    """A condition names one part and one bound; the part is in at least one of the sets."""
    named = [code for code in (when.area, when.criterion, when.component) if code is not None]
    if len(named) != 1:
        yield file.finding(
            path, "điều kiện cần đúng một trong area, criterion, component", "Giữ lại một, ví dụ area cùng under"
        )
        return
    of_percent = when.under is not None and when.fact is None and when.over is None
    of_fact = when.under is None and when.fact is not None and when.over is not None and when.component is not None
    if not of_percent and not of_fact:
        yield file.finding(
            path, "điều kiện cần under (%), hoặc component cùng fact và over", "Ghi một trong hai cách, không cả hai"
        )
        return
    if not sets:
        return
    if not any(named[0] in _codes_of(criteria_set, when) for criteria_set in sets):
        ids = ", ".join(dict.fromkeys(criteria_set.id for criteria_set in sets))
        yield file.finding(path, f"bộ tiêu chí {ids} không có mã {named[0]}", "Sửa mã trong điều kiện")
    elif of_fact:
        yield from _check_fact_of_gate(when, sets, file, path)


def _codes_of(criteria_set: CriteriaSet, when: GateCondition) -> set[str]:
    """The codes of the level that the condition names."""
    if when.area is not None:
        return {area.code for area in criteria_set.areas}
    if when.criterion is not None:
        return {criterion.code for area in criteria_set.areas for criterion in area.criteria}
    return set(criteria_set.by_code)


def _check_fact_of_gate(
    when: GateCondition, sets: Sequence[CriteriaSet], file: YamlFile, path: _Path
) -> Iterator[Finding]:
    """The fact is a number that the component asks for."""
    leaves = [
        criteria_set.by_code[when.component or ""] for criteria_set in sets if when.component in criteria_set.by_code
    ]
    facts = {fact.id: fact.kind for leaf in leaves for fact in leaf.rule.fields}
    numbers = sorted(id for id, kind in facts.items() if kind not in (FactKind.DATE, FactKind.OPTION))
    if when.fact in numbers:
        return
    what = "không phải là số" if when.fact in facts else "không có"
    remedy = f"Dùng một trong: {', '.join(numbers)}" if numbers else "Dùng under (%) thay cho fact và over"
    yield file.finding(path, f"số liệu “{when.fact}” của tiêu chí {when.component} {what}", remedy)


def _check_deadlines(round: Round, file: YamlFile) -> Iterator[Finding]:
    dated = [(name, day) for name in _STEPS if (day := getattr(round.deadlines, name)) is not None]
    for (earlier, first), (later, second) in pairwise(dated):
        if second < first:
            yield file.finding(
                ("deadlines", later),
                f"hạn {_STEPS[later]} ({second:%d/%m/%Y}) trước hạn {_STEPS[earlier]} ({first:%d/%m/%Y})",
                "Xếp các hạn theo thứ tự: tự đánh giá, thẩm định, giải trình",
            )


def _check_locks(round: Round, file: YamlFile) -> Iterator[Finding]:
    """No step is locked before its deadline is over."""
    for name, step in _STEPS.items():
        lock, deadline = getattr(round.locks, name), getattr(round.deadlines, name)
        if lock and deadline and lock < deadline:
            what = f"ngày khóa {step} ({lock:%d/%m/%Y}) trước hạn gửi ({deadline:%d/%m/%Y})"
            yield file.finding(("locks", name), what, "Khóa từ hạn gửi trở đi, hoặc bỏ ngày khóa")


def _check_extensions(contents: FolderContents, round: Round, file: YamlFile) -> Iterator[Finding]:
    """Extensions name who takes part, and give days that were not there before."""
    for position, extension in enumerate(round.extensions):
        path: _Path = ("extensions", position)
        known, remedy = _who_may_send(contents, round, extension)
        for place, code in enumerate(extension.units):
            if known is not None and code not in known:
                what = f"gia hạn {extension.step.description.step} cho “{code}”, không có trong kỳ đánh giá"
                yield file.finding((*path, "units", place), what, remedy)
        dated = [days.of(extension.step) for days in (round.deadlines, round.locks)]
        latest = max((day for day in dated if day is not None), default=extension.until)
        if extension.until < latest:
            what = f"gia hạn đến {extension.until:%d/%m/%Y}, sớm hơn hạn gửi hoặc ngày khóa ({latest:%d/%m/%Y})"
            yield file.finding((*path, "until"), what, "Ghi ngày sau ngày khóa, hoặc bỏ mục này")


def _who_may_send(contents: FolderContents, round: Round, extension: Extension) -> tuple[set[str] | None, str]:
    """Whose forms a step takes, None where that could not be read; and what to do about another code."""
    match extension.step.description.subject:
        case Subject.APPRAISER:
            appraisers = {appraiser.id for appraiser in contents.config.appraisers} if contents.config else None
            return appraisers, "Dùng id của cơ quan thẩm định trong province.yaml"
        case Subject.GROUP:
            return {group.id for group in round.groups}, "Dùng id của nhóm trong kỳ đánh giá"
        case Subject.UNIT:
            members = {unit.code for group in round.groups for unit in members_of(contents.units, round, group)}
            known = members | contents.unread_units if contents.units_read else None
            return known, "Dùng mã đơn vị trong kỳ đánh giá"
