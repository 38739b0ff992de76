"""A printed annex → a criteria set in YAML: what is sure as rules, what is not as points with its likeliest readings.

Nothing is guessed silently: the printed words stand over every rule, and what a person has to decide is a finding with
its place. Source: docs/process.md, 4.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from pydantic import ValidationError

from models.criteria.rules.base import Rule
from models.criteria.sets import CriteriaSet, Source
from models.findings import Finding, RefusedError, Severity, has_critical
from models.numbers import said
from models.wording import unaccented
from tasks.criteria.annex_rows import CLAIMABLE, NOBODY, PrintedNames
from tasks.criteria.annex_words import Guidance, agencies_in, excluded_in, guidance_of, reference_in, source_in
from tasks.criteria.as_yaml import rule_as_yaml, set_as_yaml
from tasks.criteria.blocks import BlockOutcome, block_of, split_blocks
from tasks.criteria.keeping_ids import EarlierSet, like_earlier
from tasks.criteria.opened_annexes import opened_annex, told_of_file
from tasks.criteria.outline import Item, Outline
from tasks.criteria.rows import OutlineRow, placed, rows_of
from tasks.criteria.rule_texts.clauses import RuleText
from tasks.criteria.rule_texts.meanings import Doubt, Recognised
from tasks.criteria.rule_texts.recognising import GIVEN, read_rule
from tasks.reading.printed_tables import PrintedAnnex

_SURVEYED = ("dtxhh", "dt xhh", "xhh", "dieu tra xa hoi hoc", "khao sat")
_SURVEY_ALONE = re.compile(r"(?:ket qua |so lieu |theo |qua )?(?:dt ?xhh|dieu tra(?: xa hoi hoc| xhh))\.?")
_REGISTERED = ("he thong", "phan mem", "theo doi")
_LONGEST_COMMENT = 112


@dataclass(frozen=True)
class ReadLeaf:
    """How one leaf of the annex was read.

    Attributes:
        doubt: why it is to be looked at; "" where its rule is sure.
        nearest: what it may mean, each as it may be put after `rule:`.
    """

    code: str
    name: str
    max: Decimal
    area: str
    kind: str
    printed: tuple[str, ...]
    doubt: str = ""
    nearest: tuple[str, ...] = ()


@dataclass(frozen=True)
class AreaSum:
    """What an area is printed to be worth and what its leaves add up to."""

    code: str
    name: str
    leaves: int
    sum: Decimal
    printed: Decimal | None


@dataclass(frozen=True)
class ImportedSet:
    """A set read from an annex.

    Attributes:
        text: its YAML.
        findings: what a person has to look at, none of them critical.
    """

    criteria_set: CriteriaSet
    text: str
    leaves: tuple[ReadLeaf, ...]
    areas: tuple[AreaSum, ...]
    findings: tuple[Finding, ...]

    @property
    def recognised(self) -> int:
        """How many leaves have a sure rule."""
        return sum(not leaf.doubt for leaf in self.leaves)


@dataclass
class _Reading:
    """What is gathered while the leaves are read."""

    file: str
    names: PrintedNames
    claimable: bool
    findings: list[Finding]
    leaves: list[ReadLeaf] = field(default_factory=list)
    comments: dict[str, list[str]] = field(default_factory=dict)


def import_annex(
    content: bytes, file: str, id: str, title: str, names: PrintedNames, earlier: Sequence[EarlierSet] = ()
) -> ImportedSet:
    """The set that an annex prints.

    Args:
        content: the bytes of a .docx or .xlsx, opened in a child with limits.
        file: its name in findings.
        id: of the new set.
        title: of the new set.
        names: what the province calls its agencies and units.
        earlier: sets of the province; the one that has most of these leaves lends them its ids (keeping_ids.py).

    Raises:
        RefusedError: it cannot be read, or what is wrong in it leaves no set; with every reason.
    """
    return of_annex(opened_annex(content, file), file, id, title, names, earlier)


def of_annex(
    annex: PrintedAnnex, file: str, id: str, title: str, names: PrintedNames, earlier: Sequence[EarlierSet] = ()
) -> ImportedSet:
    """The same, of an annex that was opened."""
    rows, findings = rows_of(annex, file)
    findings += told_of_file(annex, file)
    _refuse_empty(rows, findings, file)
    outline = Outline(rows, file)
    claimable = any(CLAIMABLE in line and "không phát sinh" in line for line in annex.below)
    reading = _Reading(file, names, claimable, [*findings, *outline.findings])
    scale, bonus, penalty = split_blocks(outline.areas)
    values: dict[str, object] = {"id": id, "title": title, "areas": [_area(area, reading) for area in scale]}
    for name, parts, prefix in (("bonus", bonus, "DT"), ("penalty", penalty, "DP")):
        if parts:
            values[name] = _block(block_of(parts, prefix), parts, reading)
    areas = tuple(_area_sum(area) for area in scale)
    reading.findings += [*_sums(scale, outline, file), *_lines_above_leaves(scale, file)]
    if has_critical(reading.findings):
        raise RefusedError(_in_order(reading.findings))
    try:
        criteria_set = CriteriaSet.model_validate(values)
    except ValidationError as error:
        raise RefusedError([*_in_order(reading.findings), *_unfit(error, file)]) from error
    criteria_set = _with_ids(criteria_set, earlier, reading)
    text = set_as_yaml(criteria_set, reading.comments, _heading(file, reading.leaves))
    return ImportedSet(criteria_set, text, tuple(reading.leaves), areas, tuple(_in_order(reading.findings)))


def _with_ids(criteria_set: CriteriaSet, earlier: Sequence[EarlierSet], reading: _Reading) -> CriteriaSet:
    """The set with the ids of an earlier one, which is told."""
    kept = like_earlier(criteria_set, earlier)
    if kept is None:
        return criteria_set
    what = f"{kept.leaves} tiêu chí như ở bộ {kept.earlier.known.id} giữ tên số liệu của bộ ấy, để số liệu cũ dùng được"
    remedy = "Dùng --like để chọn bộ khác, nếu không phải bộ này"
    reading.findings.append(Finding(reading.file, 0, what, remedy, Severity.INFO))
    return kept.made


# --- the file ---------------------------------------------------------------------------------------------------------


def _refuse_empty(rows: Sequence[OutlineRow], findings: list[Finding], file: str) -> None:
    if not rows:
        what = "không có bảng nào có cột tiêu chí và cột điểm tối đa"
        remedy = "Ghi tên các cột ở dòng đầu của bảng, ví dụ STT, Nội dung tiêu chí, Điểm tối đa, Cách tính điểm"
        raise RefusedError([Finding(file, 0, what, remedy), *findings])
    if not placed(rows):
        what = "bảng không có điểm tối đa nào"
        remedy = "Thêm cột “Điểm tối đa” và ghi điểm cho từng tiêu chí rồi nhập lại"
        raise RefusedError([Finding(file, 0, what, remedy, place=rows[0].place), *findings])


def _unfit(error: ValidationError, file: str) -> Iterator[Finding]:
    for details in error.errors(include_url=False):
        where = "/".join(map(str, details["loc"]))
        yield Finding(file, 0, f"{where}: {details['msg']}", "Sửa chỗ này trong phụ lục rồi nhập lại")


def _in_order(findings: Sequence[Finding]) -> list[Finding]:
    """By table and row, what is of no cell first."""
    return sorted(findings, key=lambda finding: (finding.place is not None, finding.place or ("", 0, 0)))


def _heading(file: str, leaves: Sequence[ReadLeaf]) -> list[str]:
    unsure = sum(bool(leaf.doubt) for leaf in leaves)
    lines = [
        f"Đọc từ {file}. Dòng “In:” là câu chữ của phụ lục; so với quy tắc bên dưới rồi xóa khi đã đúng.",
    ]
    if unsure:
        lines.append(f"{unsure} chỗ ghi CẦN XEM: chọn một trong các dòng rule gợi ý, hoặc ghi quy tắc khác.")
    return lines


# --- areas, criteria, leaves ------------------------------------------------------------------------------------------


def _area(area: Item, reading: _Reading) -> dict[str, object]:
    if area.is_leaf:
        what = f"lĩnh vực {area.code} không có tiêu chí nào bên dưới; đọc là một tiêu chí cùng tên"
        reading.findings.append(
            Finding(reading.file, 0, what, "Kiểm tra mã của các dòng bên dưới", Severity.WARNING, area.place)
        )
        criterion = _leaf(area, area, _is_surveyed([area]), reading, code=f"{area.code}.1")
        return {"code": area.code, "name": area.name, "max": area.max, "criteria": [criterion]}
    values: dict[str, object] = {"code": area.code, "name": area.name}
    if area.max is not None:
        values["max"] = area.max
    _put_beside(values, area, _taken_beside(area), reading)
    criteria = [_criterion(criterion, area, reading) for criterion in area.children]
    values["criteria"] = criteria
    _claim_once(values, criteria)
    return values


def _criterion(criterion: Item, area: Item, reading: _Reading) -> dict[str, object]:
    if criterion.is_leaf:
        return _leaf(criterion, area, _is_surveyed([area, criterion]), reading)
    values: dict[str, object] = {"code": criterion.code, "name": criterion.name}
    if criterion.max is not None:
        values["max"] = criterion.max
    _put_beside(values, criterion, _taken_beside(criterion), reading)
    if appraiser := _appraiser(criterion, reading):
        values["appraised_by"] = appraiser
    headings = [child for child in criterion.children if not child.is_leaf]
    if headings:
        values["groups"] = [{"code": heading.code, "name": heading.name} for heading in headings]
    components = [
        _leaf(part, area, _is_surveyed([area, criterion, *([child] if child is not part else []), part]), reading)
        for child in criterion.children
        for part in ([child] if child.is_leaf else child.children)
    ]
    agencies = {component.get("appraised_by") for component in components}
    if "appraised_by" not in values and len(agencies) == 1 and (agency := agencies.pop()):
        values["appraised_by"] = agency
        components = [{name: value for name, value in each.items() if name != "appraised_by"} for each in components]
    values["components"] = components
    _claim_once(values, components)
    return values


def _leaf(leaf: Item, area: Item, surveyed: bool, reading: _Reading, code: str = "") -> dict[str, object]:
    """One scored item with its rule; the printed words stand over it."""
    code = code or leaf.code
    beside = _taken_beside(leaf)
    printed = tuple(
        line.text if line.points is None else f"{line.text} | {said(line.points)}" for line in leaf.lines if line.text
    )
    if not leaf.max:
        what = f"tiêu chí {code} không có điểm tối đa" if leaf.max is None else f"điểm tối đa của tiêu chí {code} là 0"
        reading.findings.append(Finding(reading.file, 0, what, "Ghi điểm tối đa vào ô này", place=leaf.place))
        return {"code": code, "name": leaf.name}
    outcome = read_rule(RuleText(leaf.lines, leaf.max, leaf.name, survey=surveyed))
    rule = _decided(outcome, code, leaf, area, printed, reading)
    if surveyed and not (rule.of_survey or rule.given_directly or rule.grades_a_number):
        what = f"tiêu chí {code} ghi điều tra xã hội học nhưng cách chấm không phải của khảo sát"
        reading.findings.append(
            Finding(reading.file, 0, what, "Kiểm tra nguồn (source) của tiêu chí", Severity.WARNING, leaf.place)
        )
    told = source_in(leaf.evidence)
    source = told[0] if told and told[0] is not Source.SELF else _source(leaf, rule, surveyed=surveyed)
    values: dict[str, object] = {"code": code, "name": leaf.name, "max": leaf.max, "source": source, "rule": rule}
    if source is not Source.SELF:
        values["evidence"] = "none"
    elif told and told[1] is not None:
        values["evidence"] = told[1]
    _put_beside(values, leaf, beside, reading)
    if appraiser := _appraiser(leaf, reading):
        values["appraised_by"] = appraiser
    return values


def _taken_beside(item: Item) -> Guidance:
    """What stands beside the rule of an item, taken out of its lines."""
    beside = guidance_of(line.text for line in item.lines)
    item.lines = [line for line in item.lines if line.text in beside.rule]
    return beside


def _put_beside(values: dict[str, object], item: Item, beside: Guidance, reading: _Reading) -> None:
    """To whom an item does not apply and the law it follows, where the annex says it as ours do."""
    excluded, unknown = excluded_in(beside.excluded, reading.names)
    not_applicable: dict[str, object] = {**excluded}
    if reading.claimable and item.name.endswith(CLAIMABLE):
        values["name"] = item.name.removesuffix(CLAIMABLE).strip()
        not_applicable["by_event"] = True
    if not_applicable:
        values["not_applicable"] = not_applicable
    if beside.reference:
        values["reference"] = reference_in(beside.reference)
    for name in unknown:
        what = f"mục {item.code}: không có đơn vị, loại đơn vị nào tên là “{name}”"
        remedy = "Ghi not_applicable trong tệp YAML"
        reading.findings.append(Finding(reading.file, 0, what, remedy, Severity.WARNING, item.place))


def _claim_once(part: dict[str, object], below: Sequence[dict[str, object]]) -> None:
    """What a part lets units claim holds below it, where the annex prints it again, and is said once."""
    excluded = part.get("not_applicable")
    if not (isinstance(excluded, dict) and excluded.get("by_event")):
        return
    for child in below:
        own = child.get("not_applicable")
        kept = {name: value for name, value in own.items() if name != "by_event"} if isinstance(own, dict) else {}
        child.pop("not_applicable", None)
        if kept:
            child["not_applicable"] = kept


def _decided(
    outcome: Recognised | Doubt, code: str, leaf: Item, area: Item, printed: tuple[str, ...], reading: _Reading
) -> Rule:
    """The rule of a leaf: what was recognised, or points with a finding that says what it may be."""
    rule = outcome.rule if isinstance(outcome, Recognised) else GIVEN
    nearest = tuple(map(rule_as_yaml, outcome.nearest)) if isinstance(outcome, Doubt) else ()
    doubt = outcome.why if isinstance(outcome, Doubt) else ""
    comments = [f"In: {text}" for text in printed]
    comments += [f"Chú thích: {note}" for note in leaf.notes]
    comments += [f"Tài liệu kiểm chứng: {leaf.evidence}"] if leaf.evidence else []
    if isinstance(outcome, Doubt):
        comments.append(f"CẦN XEM: {doubt}. Có thể là một trong các dòng sau:")
        comments += [f"  rule: {reading_of}" for reading_of in nearest]
        what = f"tiêu chí {code} “{leaf.name}”: {doubt}. Đọc được: {_shortly(printed) or 'không có gì'}"
        remedy = f"Chọn trong tệp YAML một trong: {'; hoặc '.join(nearest)}"
        reading.findings.append(Finding(reading.file, 0, what, remedy, Severity.WARNING, leaf.place))
    else:
        for told in outcome.told:
            comments.append(f"Lưu ý: {told}")
            what = f"tiêu chí {code}: {told}"
            reading.findings.append(
                Finding(reading.file, 0, what, "Kiểm tra quy tắc trong tệp YAML", Severity.INFO, leaf.place)
            )
    reading.comments[code] = [line for comment in comments for line in _wrapped(comment)]
    assert leaf.max is not None
    reading.leaves.append(ReadLeaf(code, leaf.name, leaf.max, area.code, rule.kind, printed, doubt, nearest))
    return rule


def _shortly(printed: Sequence[str]) -> str:
    text = " / ".join(printed)
    return text if len(text) <= 300 else f"{text[:300]}…"


def _wrapped(comment: str) -> Iterator[str]:
    """A comment in lines that fit; what may be copied as it stands stays whole."""
    if comment.startswith("  rule:"):
        yield comment
        return
    line = ""
    for word in comment.split():
        if line and len(line) + len(word) > _LONGEST_COMMENT:
            yield line
            line = f"  {word}"
        else:
            line = f"{line} {word}" if line else word
    yield line


def _is_surveyed(path: Sequence[Item]) -> bool:
    """Whether an annex says of an item, or of what it belongs to, that a survey measures it."""
    last = path[-1]
    if last.surveyed or _says(last.source, _SURVEYED) or _says(last.appraiser, _SURVEYED):
        return True
    if last.source:
        return False
    if _SURVEY_ALONE.fullmatch(unaccented(last.evidence)):
        return True
    return any(_says(item.source, _SURVEYED) or _noted_survey(item) or _named_by_survey(item.name) for item in path)


def _noted_survey(item: Item) -> bool:
    """Whether a note says that it is the survey; one that only speaks of some survey does not."""
    return _says(item.note, _SURVEYED[:-1]) or unaccented(item.note).startswith(_SURVEYED[-1])


def _named_by_survey(name: str) -> bool:
    """Whether a name says in brackets, or as a whole, that it is the survey."""
    plainly = unaccented(name)
    return plainly.startswith(("dieu tra xa hoi hoc", "dtxhh", "khao sat")) or any(
        f"({word}" in plainly or f"- {word}" in plainly or f"qua {word}" in plainly for word in _SURVEYED
    )


def _says(text: str, words: Sequence[str]) -> bool:
    plainly = unaccented(text)
    return any(word in plainly for word in words)


def _source(leaf: Item, rule: Rule, *, surveyed: bool) -> Source:
    if surveyed or rule.of_survey:
        return Source.SURVEY
    if rule.other_index:
        return Source.EXTERNAL
    return Source.REGISTER if _says(leaf.source, _REGISTERED) else Source.SELF


def _appraiser(item: Item, reading: _Reading) -> str | None:
    """The id of the agency that an item names; an agency that the province does not declare is told."""
    if item.appraiser in ("", NOBODY, "-") or _says(item.appraiser, _SURVEYED):
        return None
    ids = agencies_in(item.appraiser, reading.names.agencies)
    if len(ids) == 1:
        return ids[0]
    why = "không có trong appraisers của province.yaml" if not ids else "gồm nhiều cơ quan"
    what = f"mục {item.code}: cơ quan thẩm định “{item.appraiser}” {why}"
    remedy = "Khai báo cơ quan này, hoặc ghi appraised_by trong tệp YAML"
    finding = Finding(reading.file, 0, what, remedy, Severity.WARNING, item.place)
    reading.findings.append(finding)
    return None


# --- bonus and penalty, sums ------------------------------------------------------------------------------------------


def _block(block: BlockOutcome, parts: Sequence[Item], reading: _Reading) -> dict[str, object]:
    by_code = {item.code: item for part in parts for item in part.below()}
    for printed_code, code in block.codes.items():
        item = by_code[printed_code]
        reading.comments[code] = [line for text in item.lines for line in _wrapped(f"In: {text.text}")]
        if doubt := block.doubts.get(code):
            reading.comments[code].append(f"CẦN XEM: {doubt}")
            what = f"mục thưởng, trừ “{item.name}”: {doubt}"
            remedy = f"Sửa each, max của mục {code} trong tệp YAML"
            reading.findings.append(Finding(reading.file, 0, what, remedy, Severity.WARNING, item.place))
    return block.values


def _area_sum(area: Item) -> AreaSum:
    leaves = [item for item in area.below() if item.is_leaf]
    total = sum((leaf.max for leaf in leaves if leaf.max is not None), Decimal(0))
    return AreaSum(area.code, area.name, len(leaves), total, area.max)


def _lines_above_leaves(areas: Sequence[Item], file: str) -> Iterator[Finding]:
    """How an item is scored that is not scored itself, because something stands below it."""
    for item in (each for area in areas for each in area.below() if not each.is_leaf and each.lines):
        said_there = _shortly([line.text for line in item.lines])
        what = f"mục {item.code} có các mục con nên không tự được chấm; không dùng dòng “{said_there}”"
        remedy = "Xem các dòng này có thuộc một mục con không, hoặc có mục con nào thiếu mã"
        yield Finding(file, 0, what, remedy, Severity.WARNING, item.place)


def _sums(areas: Sequence[Item], outline: Outline, file: str) -> Iterator[Finding]:
    """Printed maxima that what stands below them does not add up to."""
    for item in (each for area in areas for each in area.below() if not each.is_leaf):
        total = item.sum()
        if item.max is not None and total is not None and total != item.max:
            what = (
                f"{'lĩnh vực' if item.depth == 1 else 'tiêu chí'} {item.code} in điểm tối đa {said(item.max)}, "
                f"các mục bên dưới cộng lại {said(total)}"
            )
            remedy = "Sửa điểm trong phụ lục, hoặc max trong tệp YAML, cho khớp"
            yield Finding(file, 0, what, remedy, Severity.WARNING, item.place)
    parts = [area.sum() for area in areas]
    if outline.total and None not in parts:
        total = sum((part for part in parts if part is not None), Decimal(0))
        if total not in (outline.total[0], outline.total[0] + outline.surveyed):
            what = f"dòng tổng in {said(outline.total[0])} điểm, các lĩnh vực cộng lại {said(total)}"
            yield Finding(file, 0, what, "Kiểm tra điểm của các lĩnh vực", Severity.WARNING, outline.total[1])
