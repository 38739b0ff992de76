"""What must hold in a criteria set: codes and their order, sums, sources, appraisers, exclusions, cross-checks."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from models.criteria.cross_checks import FactReference
from models.criteria.facts import FactKind
from models.criteria.rules.base import Rule
from models.criteria.sets import Area, Block, CriteriaSet, Criterion, NotApplicable, Source
from models.findings import Finding, Severity
from models.numbers import HUNDRED, ZERO, said
from models.province.contents import FolderContents
from models.province.yaml_files import YamlFile

_Path = tuple[str | int, ...]
_ROMANS = {"I": 1, "V": 5, "X": 10}
_ROMAN = re.compile(r"X{0,3}(?:IX|IV|V?I{0,3})(?<=[IVX])")


def check_criteria_set(contents: FolderContents, criteria_set: CriteriaSet, file: YamlFile) -> Iterator[Finding]:
    """Whatever is wrong within a set, and with what it says of units and agencies."""
    codes: dict[str, _Path] = {}
    before: str | None = None
    for position, area in enumerate(criteria_set.areas):
        path: _Path = ("areas", position)
        yield from _check_code(file, codes, area.code, None, before, (*path, "code"))
        before = area.code
        yield from _check_area(contents, file, codes, area, path)
    total = criteria_set.maximum
    if total != HUNDRED:
        yield file.finding(
            ("areas",),
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
    yield file.finding(
        path,
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
    yield from check_kinds(contents, file, exclusion.kinds, (*path, "kinds"))


def check_kinds(contents: FolderContents, file: YamlFile, kinds: Sequence[str], path: _Path) -> Iterator[Finding]:
    """Kinds of units, each of which the province has, or had, a unit of."""
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
