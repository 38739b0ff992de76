"""What must hold between the files of a province folder, beyond the form of each: contents → findings.

Each check is one sentence of the trade. All are run; none stops another.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from models.criteria import Area, Block, CriteriaSet, Criterion, NotApplicable, Source
from models.findings import Finding, Severity
from models.numbers import HUNDRED, ZERO, plain, vietnamese_number
from models.province import FolderContents, members_of
from models.rounds import Band, Gate, Group, Round
from models.units import circle_in
from models.yaml_files import YamlFile

_Path = tuple[str | int, ...]


def check_contents(contents: FolderContents) -> list[Finding]:
    """Every finding between and inside the files of the folder."""
    findings: list[Finding] = []
    findings += _check_units(contents)
    findings += _check_successions(contents)
    for criteria_set, file in contents.criteria_sets.values():
        findings += _check_criteria_set(contents, criteria_set, file)
    for round, file in contents.rounds.values():
        findings += _check_round(contents, round, file)
    return findings


def _said(value: Decimal) -> str:
    return vietnamese_number(plain(value))


def _check_units(contents: FolderContents) -> Iterator[Finding]:
    for code, unit in contents.units.items():
        line = contents.unit_lines[code]
        if unit.parent and unit.parent not in contents.units:
            yield Finding("units.csv", line, f"không có đơn vị cấp trên “{unit.parent}”", "Sửa cột parent")
        if unit.valid_from and unit.valid_to and unit.valid_from > unit.valid_to:
            yield Finding("units.csv", line, "valid_from sau valid_to", "Sửa lại hai ngày")


def _check_successions(contents: FolderContents) -> Iterator[Finding]:
    file = "successions.csv"
    for position, (line, step) in enumerate(contents.successions):
        for code in (step.predecessor, step.successor):
            if code not in contents.units:
                yield Finding(file, line, f"không có đơn vị “{code}” trong units.csv", "Sửa mã hoặc thêm đơn vị")
        if any(step == earlier for _, earlier in contents.successions[:position]):
            yield Finding(file, line, "dòng lặp lại", "Bỏ bớt một dòng")
    weighted: dict[tuple[str, object], list[tuple[int, bool]]] = {}
    for line, step in contents.successions:
        weighted.setdefault((step.successor, step.date), []).append((line, step.weight is not None))
    for lines in weighted.values():
        if len({has for _, has in lines}) == 2:
            line = next(line for line, has in lines if not has)
            yield Finding(file, line, "cùng một đơn vị mới, dòng có trọng số dòng không", "Ghi weight cho mọi dòng")
    circle = circle_in([step for _, step in contents.successions])
    if circle:
        line = next(
            line for line, step in contents.successions if (step.predecessor, step.successor) in set(pairwise(circle))
        )
        yield Finding(file, line, f"kế thừa thành vòng tròn: {' → '.join(circle)}", "Sửa lại đơn vị trước và sau")


def _check_criteria_set(contents: FolderContents, criteria_set: CriteriaSet, file: YamlFile) -> Iterator[Finding]:
    codes: dict[str, _Path] = {}
    before: str | None = None
    for position, area in enumerate(criteria_set.areas):
        path: _Path = ("areas", position)
        yield from _check_code(file, codes, area.code, None, before, (*path, "code"))
        before = area.code
        yield from _check_area(contents, file, codes, area, path)
    total = criteria_set.maximum
    if total != HUNDRED:
        yield Finding(
            file.shown_as,
            file.line(("areas",)),
            f"tổng điểm tối đa của bộ tiêu chí là {_said(total)}, không phải 100",
            "Kiểm tra lại điểm tối đa; bỏ qua nếu đúng ý định",
            Severity.WARNING,
        )
    yield from _check_block(file, codes, criteria_set.bonus, "bonus")
    yield from _check_block(file, codes, criteria_set.penalty, "penalty")


def _check_area(
    contents: FolderContents, file: YamlFile, codes: dict[str, _Path], area: Area, path: _Path
) -> Iterator[Finding]:
    yield from _check_exclusion(contents, file, area.not_applicable, (*path, "not_applicable"))
    before: str | None = None
    sum_of_criteria = ZERO
    for position, criterion in enumerate(area.criteria):
        below = (*path, "criteria", position)
        yield from _check_code(file, codes, criterion.code, area.code, before, (*below, "code"))
        before = criterion.code
        yield from _check_criterion(contents, file, codes, criterion, below)
        sum_of_criteria += criterion.max or sum((component.max for component in criterion.components), ZERO)
    yield from _check_sum(file, area.max, sum_of_criteria, f"lĩnh vực {area.code}", (*path, "max"))


def _check_criterion(
    contents: FolderContents, file: YamlFile, codes: dict[str, _Path], criterion: Criterion, path: _Path
) -> Iterator[Finding]:
    yield from _check_exclusion(contents, file, criterion.not_applicable, (*path, "not_applicable"))
    if criterion.components:
        before: str | None = None
        for position, component in enumerate(criterion.components):
            below = (*path, "components", position)
            yield from _check_code(file, codes, component.code, criterion.code, before, (*below, "code"))
            before = component.code
            yield from _check_exclusion(contents, file, component.not_applicable, (*below, "not_applicable"))
            for fault in component.rule.faults(component.max):
                yield file.finding(
                    (*below, "rule", *fault.path), f"tiêu chí {component.code}: {fault.what}", fault.remedy
                )
            yield from _check_source(file, component.source, component.rule.kind, component.code, below)
            yield from _check_appraiser(contents, file, component.appraised_by, below)
        children = sum((component.max for component in criterion.components), ZERO)
        yield from _check_sum(file, criterion.max, children, f"tiêu chí {criterion.code}", (*path, "max"))
        if criterion.rule:
            yield file.finding(
                (*path, "rule"),
                f"tiêu chí {criterion.code} vừa có rule vừa có components",
                "Chấm điểm ở tiêu chí hoặc ở các tiêu chí thành phần, không cả hai",
            )
        return
    for name in ("max", "source", "rule"):
        if getattr(criterion, name) is None:
            yield file.finding(
                (*path, "code"),
                f"tiêu chí {criterion.code} không có tiêu chí thành phần mà thiếu {name}",
                f"Thêm {name} hoặc components",
            )
    if criterion.max and criterion.rule:
        for fault in criterion.rule.faults(criterion.max):
            yield file.finding((*path, "rule", *fault.path), f"tiêu chí {criterion.code}: {fault.what}", fault.remedy)
    if criterion.source and criterion.rule:
        yield from _check_source(file, criterion.source, criterion.rule.kind, criterion.code, path)
    yield from _check_appraiser(contents, file, criterion.appraised_by, path)


def _check_code(
    file: YamlFile, codes: dict[str, _Path], code: str, parent: str | None, before: str | None, path: _Path
) -> Iterator[Finding]:
    """A code is new, lies under its parent, and comes after the one before it."""
    if code in codes:
        what = f"mã {code} đã dùng ở dòng {file.line(codes[code])}"
        yield file.finding(path, what, "Đặt cho mỗi mục một mã riêng")
    codes.setdefault(code, path)
    if parent is not None and not code.startswith(f"{parent}."):
        yield file.finding(path, f"mã {code} không thuộc {parent}", f"Đặt mã bắt đầu bằng {parent}.")
    elif before is not None and before != code and _in_order(code) < _in_order(before):
        yield file.finding(path, f"mã {code} đứng sau {before}: sai thứ tự", "Xếp các mục theo thứ tự mã")


def _in_order(code: str) -> list[tuple[int, int, str]]:
    """A code's parts for comparing: numbers as numbers, before letters."""
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in code.split(".")]


def _check_sum(file: YamlFile, maximum: Decimal | None, children: Decimal, what: str, path: _Path) -> Iterator[Finding]:
    """Children's maxima do not exceed the parent's. Source: domain/1-criteria-and-scoring.md, 1.1."""
    if maximum is None or children == maximum:
        return
    if children > maximum:
        yield file.finding(
            path,
            f"{what}: tổng điểm tối đa của các mục con là {_said(children)}, vượt {_said(maximum)}",
            "Giảm điểm của mục con hoặc tăng điểm của mục này",
        )
        return
    yield Finding(
        file.shown_as,
        file.line(path),
        f"{what}: tổng điểm tối đa của các mục con là {_said(children)}, thấp hơn {_said(maximum)}",
        "Phần chênh lệch không được chấm; kiểm tra lại",
        Severity.WARNING,
    )


def _check_source(file: YamlFile, source: Source, kind: str, code: str, path: _Path) -> Iterator[Finding]:
    """A survey result is never self-scored. Source: domain/1-criteria-and-scoring.md, 1.5."""
    if kind == "survey" and source is not Source.SURVEY:
        yield file.finding(
            (*path, "source"),
            f"tiêu chí {code} tính từ phiếu khảo sát mà nguồn là {source.value}",
            "Ghi source: survey; điểm khảo sát không do đơn vị tự chấm",
        )


def _check_appraiser(contents: FolderContents, file: YamlFile, appraiser: str | None, path: _Path) -> Iterator[Finding]:
    if appraiser and contents.config and appraiser not in {known.id for known in contents.config.appraisers}:
        yield file.finding(
            (*path, "appraised_by"),
            f"không có cơ quan thẩm định “{appraiser}”",
            "Khai báo ở mục appraisers trong province.yaml hoặc sửa lại",
        )


def _check_exclusion(
    contents: FolderContents, file: YamlFile, exclusion: NotApplicable, path: _Path
) -> Iterator[Finding]:
    for code in exclusion.units:
        if code not in contents.units:
            yield file.finding((*path, "units"), f"không có đơn vị “{code}”", "Sửa mã theo units.csv")
    kinds = {unit.kind for unit in contents.units.values()}
    for kind in exclusion.kinds:
        if kind not in kinds:
            yield file.finding((*path, "kinds"), f"không có loại đơn vị “{kind}”", "Sửa theo cột kind của units.csv")


def _check_block(file: YamlFile, codes: dict[str, _Path], block: Block | None, name: str) -> Iterator[Finding]:
    if block is None:
        return
    for position, item in enumerate(block.items):
        path: _Path = (name, "items", position, "code")
        if item.code in codes:
            yield file.finding(path, f"mã {item.code} đã dùng ở dòng {file.line(codes[item.code])}", "Đặt mã khác")
        codes.setdefault(item.code, path)


def _check_round(contents: FolderContents, round: Round, file: YamlFile) -> Iterator[Finding]:
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
    known_areas = {
        area.code
        for group in round.groups
        if group.criteria_set in contents.criteria_sets
        for area in contents.criteria_sets[group.criteria_set][0].areas
    }
    for position, key in enumerate(round.tie_break):
        if known_areas and key not in known_areas | {"survey", "name"}:
            yield file.finding(
                ("tie_break", position),
                f"không biết khóa phân hạng “{key}”",
                "Dùng mã lĩnh vực, survey hoặc name",
            )


def _check_group(
    contents: FolderContents, round: Round, group: Group, file: YamlFile, path: _Path
) -> Iterator[Finding]:
    entry = contents.criteria_sets.get(group.criteria_set)
    if entry is None and group.criteria_set not in contents.unread_sets:
        known = ", ".join(sorted(contents.criteria_sets)) or "chưa có"
        yield file.finding(
            (*path, "criteria_set"), f"không có bộ tiêu chí “{group.criteria_set}”", f"Dùng một trong: {known}"
        )
    kinds = {unit.kind for unit in contents.units.values()}
    for kind in group.units.kind:
        if kind not in kinds:
            yield file.finding((*path, "units"), f"không có loại đơn vị “{kind}”", "Sửa theo cột kind của units.csv")
    for code in (*group.units.codes, *group.units.except_, *group.unranked):
        if code not in contents.units:
            yield file.finding((*path, "units"), f"không có đơn vị “{code}”", "Sửa mã theo units.csv")
    for code in group.units.codes:
        unit = contents.units.get(code)
        if unit and not unit.exists_in(round.year):
            yield file.finding(
                (*path, "units"),
                f"đơn vị “{code}” ({unit.name}) không tồn tại trong năm {round.year}",
                "Bỏ khỏi nhóm hoặc sửa valid_from, valid_to trong units.csv",
            )
    members = members_of(contents.units, round, group)
    if contents.units and not members:
        yield file.finding((*path, "units"), f"nhóm “{group.id}” không có đơn vị nào", "Sửa cách chọn đơn vị")
    for code in group.unranked:
        if code in contents.units and code not in {member.code for member in members}:
            yield file.finding((*path, "unranked"), f"đơn vị “{code}” không thuộc nhóm", "Bỏ khỏi unranked")
    if group.grades is not None:
        yield from _check_grades(file, group.grades, (*path, "grades"))
    where: _Path = (*path, "gates") if group.gates is not None else ("gates",)
    for position, gate in enumerate(round.gates_of(group)):
        yield from _check_gate(round, group, gate, entry[0] if entry else None, file, (*where, position))


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
    for position, (upper, lower) in enumerate(pairwise(bands)):
        yield from _check_neighbours(file, upper, lower, (*path, position), (*path, position + 1))
    lowest = bands[-1]
    edge = lowest.from_ if lowest.from_ is not None else lowest.over
    if edge is not None and (edge > 0 or lowest.over is not None):
        yield file.finding(
            (*path, len(bands) - 1),
            f"khoảng trống: chỉ số dưới {_said(edge)} không thuộc mức nào",
            "Bỏ cận dưới của mức cuối",
        )


def _check_neighbours(file: YamlFile, upper: Band, lower: Band, above: _Path, below: _Path) -> Iterator[Finding]:
    edge = upper.from_ if upper.from_ is not None else upper.over
    if edge is None:
        yield file.finding(above, f"mức “{upper.label}” không có cận dưới mà còn mức sau nó", "Thêm from hoặc over")
        return
    next_edge = lower.from_ if lower.from_ is not None else lower.over
    if next_edge is not None and (
        next_edge > edge or (next_edge == edge and not (upper.over is not None and lower.from_ is not None))
    ):
        yield file.finding(below, f"mức “{lower.label}” chồng lấn mức “{upper.label}”", "Xếp các mức từ cao xuống thấp")
        return
    top = lower.under if lower.under is not None else lower.to
    if top is None:
        return
    closed_twice = lower.to is not None and upper.from_ is not None
    open_twice = lower.under is not None and upper.over is not None
    if top < edge or (top == edge and open_twice):
        yield file.finding(
            below,
            f"khoảng trống giữa mức “{lower.label}” (đến {_said(top)}) và mức “{upper.label}” (từ {_said(edge)})",
            "Cho hai mức gặp nhau tại cùng một giá trị",
        )
    elif top > edge or (top == edge and closed_twice):
        yield file.finding(below, f"mức “{lower.label}” chồng lấn mức “{upper.label}”", "Dùng under thay cho to")


def _check_gate(
    round: Round, group: Group, gate: Gate, criteria_set: CriteriaSet | None, file: YamlFile, path: _Path
) -> Iterator[Finding]:
    labels = [band.label for band in round.grades_of(group)]
    if gate.not_above not in labels:
        yield file.finding(path, f"không có mức xếp loại “{gate.not_above}”", f"Dùng một trong: {', '.join(labels)}")
    when = gate.when
    named = [code for code in (when.area, when.criterion, when.component) if code is not None]
    if len(named) != 1:
        yield file.finding((*path, "when"), "điều kiện cần đúng một trong area, criterion, component", "Sửa lại")
        return
    if (when.fact is None) is (when.under is None) or (when.fact is None) is not (when.over is None):
        yield file.finding(
            (*path, "when"), "điều kiện cần under (%), hoặc component cùng fact và over", "Sửa lại điều kiện"
        )
    if criteria_set is None:
        return
    known = (
        {area.code for area in criteria_set.areas}
        if when.area
        else {criterion.code for area in criteria_set.areas for criterion in area.criteria}
        if when.criterion
        else set(criteria_set.by_code)
    )
    if named[0] not in known and group.gates is not None:
        yield file.finding((*path, "when"), f"bộ tiêu chí không có mã {named[0]}", "Sửa mã trong điều kiện")
        return
    if when.component and when.fact and when.component in criteria_set.by_code:
        facts = {fact.id for fact in criteria_set.by_code[when.component].rule.fields}
        if when.fact not in facts:
            yield file.finding(
                (*path, "when"),
                f"tiêu chí {when.component} không có số liệu “{when.fact}”",
                f"Dùng một trong: {', '.join(sorted(facts))}",
            )


def _check_deadlines(round: Round, file: YamlFile) -> Iterator[Finding]:
    dated = [
        (name, day)
        for name in ("self_assessment", "appraisal", "explanation")
        if (day := getattr(round.deadlines, name)) is not None
    ]
    for (earlier, first), (later, second) in pairwise(dated):
        if second < first:
            yield file.finding(
                ("deadlines", later),
                f"hạn {later} ({second:%d/%m/%Y}) trước hạn {earlier} ({first:%d/%m/%Y})",
                "Xếp các hạn theo thứ tự: self_assessment, appraisal, explanation",
            )
