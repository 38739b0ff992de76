"""What must hold between the files of a province folder, beyond the form of each: contents → findings.

Each check is one sentence of the trade. All are run; none stops another.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from models.criteria.cross_checks import FactReference
from models.criteria.facts import FactKind
from models.criteria.rules.base import Rule
from models.criteria.sets import Area, Block, CriteriaSet, Criterion, NotApplicable, Source
from models.findings import Finding, Severity
from models.forms.base import Subject
from models.numbers import HUNDRED, ZERO, decimals_of, said
from models.province.contents import FolderContents, members_of
from models.province.progress_checks import check_progress
from models.province.reference_checks import check_references
from models.province.rounds import DATED_KINDS, EXACT_POINTS, Band, Extension, Gate, GateCondition, Group, Round
from models.province.text_checks import check_texts
from models.province.yaml_files import YamlFile
from models.province.year_checks import check_years
from models.units import Succession, SuccessionKind, circle_in, mail_addresses

_Path = tuple[str | int, ...]
_PRINTABLE = re.compile(r"[ -~\u00a0-\u024f\u1e00-\u1eff\u2010-\u2027]")  # what the font of documents has for sure
_OF_DEVICES = re.compile(r"con|prn|aux|nul|(?:com|lpt)[0-9]", re.IGNORECASE)
_ROMANS = {"I": 1, "V": 5, "X": 10}
_ROMAN = re.compile(r"X{0,3}(?:IX|IV|V?I{0,3})(?<=[IVX])")
_STEPS = {kind.value: kind.description.step for kind in DATED_KINDS}


def check_contents(contents: FolderContents) -> list[Finding]:
    """Every finding between and inside the files of the folder."""
    findings: list[Finding] = []
    findings += _check_config(contents)
    findings += _check_units(contents)
    findings += _check_successions(contents)
    for criteria_set, file in contents.criteria_sets.values():
        in_set = _check_criteria_set(contents, criteria_set, file)
        findings += _critical(in_set) if file.shown_as in contents.partly_read else in_set
    for round, file in contents.rounds.values():
        findings += _check_round(contents, round, file)
    findings += check_references(contents)
    findings += check_years(contents)
    findings += check_progress(contents)
    findings += check_texts(contents)
    return findings


def _critical(findings: Iterator[Finding]) -> list[Finding]:
    """Of a file that is read only in part: what is wrong whatever the rest says."""
    return [finding for finding in findings if finding.severity is Severity.CRITICAL]


def _check_config(contents: FolderContents) -> Iterator[Finding]:
    if contents.config is None or contents.config_file is None:
        return
    for name, declared in (("signers", contents.config.signers), ("appraisers", contents.config.appraisers)):
        ids = [one.id for one in declared]
        for position, id in enumerate(ids):
            if id in ids[:position]:
                path = (name, position, "id")
                yield contents.config_file.finding(path, f"mã “{id}” lặp lại trong {name}", "Đặt mã khác")
    for position, day in enumerate(contents.config.working_days):
        if day in contents.config.holidays:
            what = f"ngày {day:%d/%m/%Y} vừa là ngày nghỉ (holidays) vừa là ngày làm việc (working_days)"
            yield contents.config_file.finding(("working_days", position), what, "Bỏ ngày này ở một trong hai mục")
    for position, code in enumerate(contents.config.site.hide_units):
        if not contents.knows_unit(code):
            remedy = "Sửa mã theo units.csv, nếu không đơn vị vẫn hiện trên trang kết quả"
            what = f"không có đơn vị “{code}” trong units.csv"
            yield contents.config_file.finding(("site", "hide_units", position), what, remedy)


def _check_units(contents: FolderContents) -> Iterator[Finding]:
    for code, unit in contents.units.items():
        line = contents.unit_lines[code]
        if unit.parent and not contents.knows_unit(unit.parent):
            yield Finding("units.csv", line, f"không có đơn vị cấp trên “{unit.parent}”", "Sửa cột parent")
        if code in _above(contents, code):
            yield Finding("units.csv", line, f"đơn vị “{code}” là cấp trên của chính nó", "Sửa cột parent")
        if strange := sorted({letter for letter in unit.name if not _PRINTABLE.fullmatch(letter)}):
            what = f"tên đơn vị có ký tự không in được ({', '.join(f'U+{ord(letter):04X}' for letter in strange)})"
            yield Finding("units.csv", line, what, "Gõ lại tên trên một dòng, chỉ dùng chữ, số và dấu câu thường")
        if _OF_DEVICES.fullmatch(code):
            what = f"mã “{code}” là tên thiết bị của Windows, không đặt tên tệp được"
            yield Finding("units.csv", line, what, "Đặt mã khác")
        if unit.email and len(mail_addresses(unit.email)) < len(re.split(r"[\s,;]+", unit.email.strip(" ,;"))):
            what = f"địa chỉ thư điện tử “{unit.email}” không hợp lệ"
            yield Finding("units.csv", line, what, "Sửa cột email; nhiều địa chỉ cách nhau bằng ;", Severity.WARNING)
        if unit.valid_from and unit.valid_to and unit.valid_from > unit.valid_to:
            yield Finding(
                "units.csv",
                line,
                f"ngày bắt đầu ({unit.valid_from:%d/%m/%Y}) sau ngày kết thúc ({unit.valid_to:%d/%m/%Y})",
                "Sửa lại valid_from và valid_to",
            )


def _above(contents: FolderContents, code: str) -> list[str]:
    """The units above a unit, nearest first; in a circle each once."""
    above: list[str] = []
    unit = contents.units.get(code)
    while unit and unit.parent and unit.parent not in above:
        above.append(unit.parent)
        unit = contents.units.get(unit.parent)
    return above


def _check_successions(contents: FolderContents) -> Iterator[Finding]:
    file = "successions.csv"
    seen: dict[Succession, int] = {}
    for line, step in contents.successions:
        for code in (step.predecessor, step.successor):
            if not contents.knows_unit(code):
                yield Finding(file, line, f"không có đơn vị “{code}” trong units.csv", "Sửa mã hoặc thêm đơn vị")
        if step in seen:
            yield Finding(file, line, f"dòng lặp lại dòng {seen[step]}", "Bỏ bớt một dòng")
        seen.setdefault(step, line)
    weighted: dict[tuple[str, object], list[tuple[int, bool]]] = {}
    for line, step in contents.successions:
        weighted.setdefault((step.successor, step.date), []).append((line, step.weight is not None))
    for lines in weighted.values():
        if len({has for _, has in lines}) == 2:
            line = next(line for line, has in lines if not has)
            what = "thiếu trọng số, trong khi dòng khác của cùng đơn vị mới có trọng số"
            yield Finding(file, line, what, "Ghi weight cho mọi dòng của đơn vị mới này, hoặc bỏ hết")
    yield from _check_own_past(contents)
    yield from _check_circles(contents.successions)


def _check_own_past(contents: FolderContents) -> Iterator[Finding]:
    """A unit that goes on while others merge into it keeps its own past only by a row of its own."""
    kept = {(step.successor, step.date) for _, step in contents.successions if step.predecessor == step.successor}
    told: set[tuple[str, date]] = set()
    for line, step in contents.successions:
        key = step.successor, step.date
        unit = contents.units.get(step.successor)
        if step.kind is not SuccessionKind.MERGED or unit is None or key in kept | told:
            continue
        if unit.exists_on(step.date - timedelta(days=1)):
            told.add(key)
            what = f"đơn vị {unit.name} đã có trước ngày {step.date:%d/%m/%Y}; thiếu dòng kế thừa của chính đơn vị này"
            remedy = f"Thêm dòng {unit.code},{unit.code},{step.date},continued (kèm weight nếu các dòng khác có)"
            yield Finding("successions.csv", line, what, f"{remedy}; hoặc ghi valid_from nếu đơn vị được lập ngày đó")


def _check_circles(successions: Sequence[tuple[int, Succession]]) -> Iterator[Finding]:
    """Within a year nothing may come from itself; over the years a unit may come back, but a person should look."""
    circles = set()
    for year in sorted({step.date.year for _, step in successions}):
        within = [(line, step) for line, step in successions if step.date.year == year]
        for line, circle in _circles_in(within):
            circles.add(frozenset(circle))
            what = f"kế thừa thành vòng tròn: {' → '.join(circle)}"
            yield Finding("successions.csv", line, what, "Sửa lại đơn vị trước và đơn vị sau")
    for line, circle in _circles_in(successions):
        if frozenset(circle) not in circles:
            what = f"qua nhiều năm, đơn vị quay về mã cũ: {' → '.join(circle)}"
            yield Finding("successions.csv", line, what, "Kiểm tra lại các mã và ngày", Severity.WARNING)


def _circles_in(successions: Sequence[tuple[int, Succession]]) -> Iterator[tuple[int, list[str]]]:
    """Every circle that shares no line with one before it, with the first of its lines."""
    left = list(successions)
    while circle := circle_in([step for _, step in left]):
        links = set(pairwise(circle))
        yield next(line for line, step in left if (step.predecessor, step.successor) in links), circle
        left = [(line, step) for line, step in left if (step.predecessor, step.successor) not in links]


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
            f"tổng điểm tối đa của bộ tiêu chí là {said(total)}, không phải 100",
            "Kiểm tra lại điểm tối đa; bỏ qua nếu đúng ý định",
            Severity.WARNING,
        )
    yield from _check_block(contents, file, codes, criteria_set.bonus, "bonus")
    yield from _check_block(contents, file, codes, criteria_set.penalty, "penalty")
    if file.shown_as not in contents.partly_read:
        yield from _check_cross_checks(file, criteria_set)


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
    yield from _check_appraiser(contents, file, criterion.appraised_by, path)
    yield from _check_groups(file, codes, criterion, path)
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
            yield from _check_source(file, component.source, component.rule, component.code, below)
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
        yield from _check_source(file, criterion.source, criterion.rule, criterion.code, path)


def _check_groups(file: YamlFile, codes: dict[str, _Path], criterion: Criterion, path: _Path) -> Iterator[Finding]:
    """A named level stands between its criterion and components of its own, which are not parted by others."""
    before: str | None = None
    for position, group in enumerate(criterion.groups):
        below = (*path, "groups", position, "code")
        yield from _check_code(file, codes, group.code, criterion.code, before, below)
        before = group.code
        own = [place for place, part in enumerate(criterion.components) if group.is_above(part.code)]
        if not own:
            what = f"nhóm {group.code} không có tiêu chí thành phần nào"
            yield file.finding(below, what, f"Đặt mã tiêu chí thành phần bắt đầu bằng “{group.code}.”, hoặc bỏ nhóm")
        elif own[-1] - own[0] >= len(own):
            what = f"các tiêu chí thành phần của nhóm {group.code} không đứng liền nhau"
            yield file.finding(below, what, "Xếp các mục theo thứ tự mã")
        if any(other.is_above(group.code) for other in criterion.groups):
            what = f"nhóm {group.code} nằm trong nhóm khác"
            yield file.finding(below, what, "Chỉ đặt một cấp nhóm trong một tiêu chí")


def _check_code(
    file: YamlFile, codes: dict[str, _Path], code: str, parent: str | None, before: str | None, path: _Path
) -> Iterator[Finding]:
    """A code is new, lies under its parent, and comes after the one before it."""
    if code in codes:
        what = f"mã {code} đã dùng ở dòng {file.line(codes[code])}"
        yield file.finding(path, what, "Đặt cho mỗi mục một mã riêng")
    codes.setdefault(code, path)
    if parent is not None and not code.startswith(f"{parent}."):
        yield file.finding(path, f"mã {code} không thuộc {parent}", f"Đặt mã bắt đầu bằng “{parent}.”")
    elif before is not None and before != code and _comes_before(code, before):
        yield file.finding(path, f"mã {code} đứng sau {before}: sai thứ tự", "Xếp các mục theo thứ tự mã")


def _comes_before(code: str, other: str) -> bool:
    """Whether a code belongs before another, however its letters are read: as letters (a … d, đ, e) or as I … IX, X.

    Where more than one letter stands together they are Roman numerals.
    """
    parts = (*code.split("."), *other.split("."))
    readings = (True,) if any(len(part) > 1 and _ROMAN.fullmatch(part) for part in parts) else (True, False)
    return all(_in_order(code, romans) < _in_order(other, romans) for romans in readings)


def _in_order(code: str, romans: bool) -> list[tuple[int, int, str]]:
    """A code's parts for comparing: numbers as numbers, before letters; a part like `10a` by its number first."""
    order: list[tuple[int, int, str]] = []
    for part in code.split("."):
        if romans and _ROMAN.fullmatch(part):
            order.append((0, _roman(part), ""))
            continue
        digits = re.match(r"[0-9]*", part)
        number = digits[0] if digits else ""
        letters = part[len(number) :].casefold().replace("đ", "d\uffff")
        order.append((0, int(number), letters) if number else (1, 0, letters))
    return order


def _roman(text: str) -> int:
    """The number that Roman numerals write."""
    values = [_ROMANS[letter] for letter in text]
    return sum(-value if value < max(values[place:]) else value for place, value in enumerate(values))


def _check_sum(file: YamlFile, maximum: Decimal | None, children: Decimal, what: str, path: _Path) -> Iterator[Finding]:
    """Children's maxima do not exceed the parent's. Source: docs/maths.md, 1."""
    if maximum is None or children == maximum:
        return
    if children > maximum:
        yield file.finding(
            path,
            f"{what}: tổng điểm tối đa của các mục con là {said(children)}, vượt {said(maximum)}",
            "Giảm điểm của mục con hoặc tăng điểm của mục này",
        )
        return
    yield Finding(
        file.shown_as,
        file.line(path),
        f"{what}: tổng điểm tối đa của các mục con là {said(children)}, thấp hơn {said(maximum)}",
        "Phần chênh lệch không được chấm; kiểm tra lại",
        Severity.WARNING,
    )


def _check_source(file: YamlFile, source: Source, rule: Rule, code: str, path: _Path) -> Iterator[Finding]:
    """A survey result is never self-scored. Source: docs/maths.md, 2.9."""
    if rule.of_survey and source is not Source.SURVEY:
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
    for position, code in enumerate(exclusion.units):
        if not contents.knows_unit(code):
            yield file.finding((*path, "units", position), f"không có đơn vị “{code}”", "Sửa mã theo units.csv")
    yield from _check_kinds(contents, file, exclusion.kinds, (*path, "kinds"))


def _check_kinds(contents: FolderContents, file: YamlFile, kinds: Sequence[str], path: _Path) -> Iterator[Finding]:
    for position, kind in enumerate(kinds):
        if not contents.knows_kind(kind):
            remedy = f"Dùng một trong: {', '.join(sorted({unit.kind for unit in contents.units.values()}))}"
            yield file.finding((*path, position), f"không có loại đơn vị “{kind}” trong units.csv", remedy)


def _check_block(
    contents: FolderContents, file: YamlFile, codes: dict[str, _Path], block: Block | None, name: str
) -> Iterator[Finding]:
    if block is None:
        return
    for position, item in enumerate(block.items):
        path: _Path = (name, "items", position, "code")
        if item.code in codes:
            yield file.finding(path, f"mã {item.code} đã dùng ở dòng {file.line(codes[item.code])}", "Đặt mã khác")
        codes.setdefault(item.code, path)
        yield from _check_exclusion(contents, file, item.not_applicable, (*path[:-1], "not_applicable"))


def _check_cross_checks(file: YamlFile, criteria_set: CriteriaSet) -> Iterator[Finding]:
    """Cross-checks name numbers that the set asks for, each once; other thresholds name leaves."""
    for position, check in enumerate(criteria_set.checks):
        named: list[FactReference] = []
        for side, references in (("left", check.left_facts), ("right", check.right_facts)):
            for number, reference in enumerate(references):
                path: _Path = ("checks", position, side, number)
                yield from _check_reference(file, criteria_set, reference, path)
                if reference in named:
                    yield file.finding(path, f"số liệu {reference} ghi hai lần trong một phép đối chiếu", "Bỏ bớt một")
                named.append(reference)
    for code in criteria_set.changes.leaves:
        if code not in criteria_set.by_code:
            what = f"bộ tiêu chí không có mã {code}"
            yield file.finding(("changes", "leaves", code), what, "Ghi mã của một mục được chấm điểm")


def _check_reference(
    file: YamlFile, criteria_set: CriteriaSet, reference: FactReference, path: _Path
) -> Iterator[Finding]:
    facts = {fact: field.kind for (code, fact), field in criteria_set.facts_asked.items() if code == reference.code}
    if not facts:
        what = f"bộ tiêu chí không có mã {reference.code} trong số các mục được chấm điểm"
        yield file.finding(path, what, "Sửa thành mã/số liệu, ví dụ 3.4.1/numerator")
    elif facts.get(reference.fact) not in (FactKind.NUMBER, FactKind.COUNT):
        numbers = [id for id, kind in facts.items() if kind in (FactKind.NUMBER, FactKind.COUNT)]
        what = "không phải là số" if reference.fact in facts else "không có"
        remedy = f"Dùng một trong: {', '.join(numbers)}" if numbers else "Chọn tiêu chí có số liệu là số"
        yield file.finding(path, f"số liệu “{reference.fact}” của tiêu chí {reference.code} {what}", remedy)


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
            line = file.line(("groups", position, "units"))
            yield Finding(file.shown_as, line, what, remedy, Severity.INFO)


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
        yield Finding(
            file.shown_as, file.line(("ranking", "capped")), what, "Bỏ capped hoặc thêm điểm thưởng", Severity.WARNING
        )


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
    yield from _check_kinds(contents, file, group.units.kind, (*path, "units", "kind"))
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
