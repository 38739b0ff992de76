"""The self-assessment workbook of one unit: cover, criteria with live points, summary by area, signature.

In: the unit's record and its criteria set. Out: a workbook in which only the cells to fill are unlocked. Facts are
asked for, points follow from them; surveyed and registered criteria are shown and locked.
Source: docs/maths.md, 2.9 and 5; docs/process.md, 6; docs/process.md, 1.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import groupby, pairwise
from operator import attrgetter

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from models.criteria.facts import FactField
from models.criteria.formulas import CHECK, COMPARED_LATER, NOT_APPLICABLE, YES, FormulaCells, ListCells
from models.criteria.sets import Area, Criterion, Evidence, Heading, Leaf, Source
from models.forms.descriptions import FormIdentity, FormKind, set_used
from models.forms.row_keys import RowKey
from models.forms.self_assessment import CRITERIA, CRITERIA_SHEET, SUMMARY, SUMMARY_SHEET
from models.forms.sheets import COVER_SHEET, LISTS_SHEET
from models.forms.sources import Stage
from models.forms.tables import evidence_lines
from models.numbers import ZERO
from models.province.calendar import round_due
from models.records.entries import EvidenceEntry
from models.wording import capitalised
from tasks.forms.cover_pages import (
    DUE_LABEL,
    LEGEND,
    SUGGESTED_LEGEND,
    Cover,
    due_line,
    line_height,
    put_cover,
    put_remarks,
    put_signatures,
)
from tasks.forms.fact_cells import ChoiceLists, fact_check, look_of, value_of
from tasks.forms.round_records import FormTemplate, RoundRecords, UnitRecord
from tasks.progress.forecasting import SuggestedFact
from tasks.spreadsheets.templates import template_of
from tasks.spreadsheets.workbooks import (
    AREA,
    AREA_MAX,
    AREA_NUMBER,
    ASK_FILL,
    CENTRED,
    CRITERION,
    CRITERION_MAX,
    CRITERION_NUMBER,
    FACT_LABEL,
    GREY,
    GREY_CENTRED,
    HEAD,
    INPUT_CHOICE,
    INPUT_DATE,
    INPUT_FILL,
    INPUT_TEXT,
    NUMBER,
    PLAIN,
    POINTS,
    SUGGESTED_FILL,
    TEXT,
    TOTAL,
    TOTAL_MAX,
    TOTAL_NUMBER,
    BoldName,
    CellCheck,
    CellLook,
    Formula,
    Own,
    Page,
    PlainValue,
    Value,
    add_identity,
    add_page,
    begin_table,
    identity_values,
    new_book,
    protect,
    put_row,
    put_title,
    set_columns,
    set_print,
    text_check,
)

_TITLE, _UNIT, _UNIT_LINE, _DUE = "title", "unit", "unit line", "due"
_UNIT_AND_SET, _FOOTER, _CLAIM, _EXPLANATION = "unit and set", "footer", "claim", "explanation"
_MOST_TEMPLATES = 32  # kept at a time: each holds a workbook
_AT = CRITERIA.at
_WIDTH = {column.id: column.width for column in CRITERIA.columns}
_LETTER = {id: get_column_letter(number) for id, number in _AT.items()}
_LAST = len(CRITERIA.columns)

DOCUMENT_CHECK = text_check(
    "Tài liệu kiểm chứng",
    "Ghi tên loại và trích yếu văn bản, ví dụ: Kế hoạch CCHC năm. Mỗi dòng ghi một văn bản, bắt đầu từ dòng số liệu "
    "đầu tiên; ghi xong thì dòng cho văn bản tiếp theo chuyển sang màu vàng.",
)
NUMBER_CHECK = text_check("Số, ký hiệu", "Ghi số và ký hiệu văn bản, ví dụ: 12/KH-STP.")
PAGE_CHECK = text_check("Trang, mục", "Ghi trang hoặc mục của văn bản chứng minh số liệu, ví dụ: trang 3, mục II.2.")
EVIDENCE_DATE_CHECK = CellCheck(
    "date",
    "DATE(2000,1,1)",
    "Ngày của văn bản",
    "Nhập ngày ký văn bản, dạng 31/01/2025.",
    "Cần một ngày, dạng 31/01/2025.",
    "DATE(2100,12,31)",
)
_FOR_POINTS = "Không ghi tài liệu kiểm chứng và không gửi tệp minh chứng thì không được tính điểm."
_EXPLANATION_CHECK = text_check(
    "Giải trình",
    "Ghi cách tính hoặc lý do khi không có tài liệu kiểm chứng, và lý do khi đề nghị không áp dụng.",
)
_CLAIM_CHECK = CellCheck(
    "list",
    f'"{YES}"',
    "Đề nghị không áp dụng",
    f"Chọn “{YES}” nếu trong năm không phát sinh việc để chấm, và ghi lý do ở cột Giải trình. Nếu có phát sinh thì "
    "để trống.",
    f"Chỉ chọn “{YES}” hoặc để trống.",
)
EVIDENCE_CHECKS = {
    "document": DOCUMENT_CHECK,
    "number": NUMBER_CHECK,
    "date": EVIDENCE_DATE_CHECK,
    "page": PAGE_CHECK,
}
_SUGGESTED_STEP = (
    "Ô màu tím, chữ nghiêng đã điền sẵn số liệu lũy kế từ các báo cáo tháng của đơn vị: kiểm tra, sửa nếu chưa đúng. "
    "Số liệu đơn vị gửi trong phiếu này là số liệu được tính."
)
_WHO_STATES = {
    Source.SURVEY: "Điểm điều tra xã hội học, đơn vị không tự chấm",
    Source.REGISTER: "Cơ quan theo dõi nhập số liệu, đơn vị không tự chấm",
    Source.EXTERNAL: "Lấy từ chỉ số khác, đơn vị không tự chấm",
}


@dataclass
class _Rows:
    """Where things stand on the criteria sheet.

    Attributes:
        keys: of all data rows.
        areas: first and last row below each area's head.
        scored: how many leaves the unit scores, by area.
        sums: how many heads of criteria add up points, by area.
        points, claims: the cells of leaves' points and of claims that nothing applies.
        evidence, needed: rows of leaves whose documents may be named, and are asked for, by how many facts they have.
    """

    keys: list[str] = field(default_factory=list)
    areas: dict[str, tuple[int, int]] = field(default_factory=dict)
    scored: dict[str, int] = field(default_factory=dict)
    sums: dict[str, int] = field(default_factory=dict)
    points: list[str] = field(default_factory=list)
    evidence: dict[int, list[int]] = field(default_factory=dict)
    needed: dict[int, list[int]] = field(default_factory=dict)
    claims: list[str] = field(default_factory=list)


def self_assessment_form(records: RoundRecords, unit: str) -> bytes:
    """The workbook of one unit; facts, documents and words that are already recorded stand in their cells.

    Where no fact is recorded, what follows from the unit's monthly reports stands in the cell, marked as suggested.
    Units whose forms look alike share a template: the same bytes, in a tenth of the time.
    """
    record = records.units[unit]
    values = _own_values(records, record)
    layout = _layout(record, values)
    if layout not in records.templates:
        if len(records.templates) >= _MOST_TEMPLATES:
            records.templates.pop(next(iter(records.templates)))
        records.templates[layout] = _template(self_assessment_book(records, unit))
    template = records.templates[layout]
    identity = replace(template.identity, subject=unit)
    return template.workbook.filled({**values, **identity_values(identity, template.keys)})


@dataclass(frozen=True)
class FormBook:
    """A form before it is saved: its workbook with all pages, its title, whose it is, and the keys of its rows."""

    book: Workbook
    pages: Sequence[Page]
    title: Own
    identity: FormIdentity
    keys: Sequence[str]


def self_assessment_book(records: RoundRecords, unit: str) -> FormBook:
    """The workbook of one unit, written cell by cell."""
    config, record = records.province.config, records.units[unit]
    values = _own_values(records, record)
    title = Own(_TITLE, values[_TITLE])
    book = new_book(str(title), config.department)
    cover, criteria, summary, lists = (
        add_page(book, sheet, values) for sheet in (COVER_SHEET, CRITERIA_SHEET, SUMMARY_SHEET, LISTS_SHEET)
    )
    put_cover(cover, _cover(cover, records, record))
    rows = _put_criteria(criteria, ChoiceLists(lists), record)
    keys = [*rows.keys, *_put_summary(summary, record, rows)]
    for page, heads in ((criteria, "4:5"), (summary, "4:4")):
        page.finish()
        last = _LAST if page is criteria else _SUMMARY_LAST
        set_print(page, heads, page.own(f"{page.sheet.title} {_FOOTER}"), config.mark, last)
    lists.sheet.sheet_state = "hidden"
    protect(lists)
    sets = (set_used(record.criteria_set),)
    identity = FormIdentity(FormKind.SELF_ASSESSMENT, config.form_code, record.year, unit, sets)
    pages = cover, criteria, summary, lists, add_identity(book, identity, keys)
    return FormBook(book, pages, title, identity, keys)


def _template(form: FormBook) -> FormTemplate:
    return FormTemplate(template_of(form.book, form.pages, form.title), form.identity, form.keys)


def _title(year: int) -> str:
    return f"Phiếu tự đánh giá, chấm điểm Chỉ số cải cách hành chính năm {year}"


def _layout(record: UnitRecord, values: Mapping[str, PlainValue]) -> Hashable:
    """All that a form depends on but for its own values, among the units of one round."""
    suggested = [(code, fact, one.origin) for code, facts in record.suggested.items() for fact, one in facts.items()]
    return (
        FormKind.SELF_ASSESSMENT,
        record.group.criteria_set,
        tuple(_applies(leaf, record) for leaf in record.criteria_set.leaves),
        tuple(suggested),
        record.unit.signs_as,
        tuple(line_height(str(values[line])) for line in (_UNIT_LINE, _DUE)),
    )


def _own_values(records: RoundRecords, record: UnitRecord) -> dict[str, PlainValue]:
    """What of a form is the unit's own, by name; what is not known has no entry."""
    unit = record.unit
    due = round_due(records.province.config, records.round, FormKind.SELF_ASSESSMENT, unit.code)
    values: dict[str, PlainValue] = {
        _TITLE: f"{_title(record.year)} - {unit.name}",
        _UNIT: unit.name,
        _UNIT_LINE: f"{unit.name} (mã {unit.code})",
        _DUE: due_line(due)[1],
        _UNIT_AND_SET: f"{unit.name} · {record.criteria_set.title}",
        **{f"{sheet} {_FOOTER}": f"{unit.name} - {sheet} {record.year}" for sheet in (CRITERIA_SHEET, SUMMARY_SHEET)},
    }
    for leaf in record.criteria_set.leaves:
        suggested, facts = record.suggested.get(leaf.code, {}), record.facts.get(leaf.code, {})
        for fact in leaf.rule.fields:
            known = suggested[fact.id].entry.value if fact.id in suggested else facts.get(fact.id)
            if known is not None:
                values[_fact_name(leaf, fact)] = value_of(fact, known)
        if leaf.may_be_claimed and record.claims_not_applicable(leaf.code):
            values[f"{leaf.code} {_CLAIM}"] = YES
        if said := record.said(leaf.code, Stage.SELF):
            values[f"{leaf.code} {_EXPLANATION}"] = said
        documents = record.documents(leaf.code, Stage.SELF)
        for place in dict.fromkeys(item.place for item in documents):
            for id, value in evidence_values(documents, place).items():
                values[_evidence_name(leaf, place, id)] = value
    for remark, said in record.remarks.get(FormKind.SELF_ASSESSMENT.value, {}).items():
        values[remark.value] = said
    return values


def _fact_name(leaf: Leaf, fact: FactField) -> str:
    return str(RowKey(leaf.code, fact.id))


def _evidence_name(leaf: Leaf, place: int, column: str) -> str:
    return f"{leaf.code} {column} {place}"


def _cover(page: Page, records: RoundRecords, record: UnitRecord) -> Cover:
    title = _title(record.year)
    return Cover(
        title=title.upper(),
        mark=records.province.config.mark,
        legend=(LEGEND[0], SUGGESTED_LEGEND, *LEGEND[1:]) if record.suggested else LEGEND,
        subject=page.own(_UNIT),
        lines=(
            ("Đơn vị", page.own(_UNIT_LINE)),
            ("Kỳ đánh giá", records.round.title or f"Năm {record.year}"),
            ("Bộ tiêu chí", record.criteria_set.title),
            ("Ban hành theo", record.criteria_set.issued_by or ""),
            ("Nơi nhận phiếu", records.province.config.department),
            (DUE_LABEL, page.own(_DUE)),
        ),
        steps=(
            f"Mở trang “{CRITERIA_SHEET}”. Chỉ nhập vào các ô màu {'vàng, tím' if record.suggested else 'vàng'}; các ô "
            "khác được khóa để không bị sửa nhầm.",
            "Nhập số liệu của từng tiêu chí ở cột Số liệu. Điểm tự chấm được tính ngay theo quy tắc ghi dưới tên tiêu "
            f"chí; nếu hiện “{CHECK}” thì số liệu chưa hợp lý, cần kiểm tra lại.",
            *((_SUGGESTED_STEP,) if record.suggested else ()),
            "Không phát sinh trường hợp nào thì nhập 0, không để trống. Việc chưa thực hiện thì ô ngày ghi “không”.",
            "Ghi tài liệu kiểm chứng ngay cạnh số liệu: tên văn bản, số và ký hiệu, ngày, trang hoặc mục. Mỗi dòng một "
            "văn bản; ghi xong thì dòng cho văn bản tiếp theo chuyển sang màu vàng. Không có tài liệu thì ghi cách "
            "tính ở cột Giải trình.",
            "Tiêu chí có ô “Đề nghị không áp dụng” màu vàng: chọn “có” nếu trong năm không phát sinh, và ghi lý do.",
            f"Xem trang “{SUMMARY_SHEET}”: điểm theo lĩnh vực, số tiêu chí còn thiếu; ghi khó khăn, kiến nghị.",
            "Không đổi tên trang, không xóa dòng, cột. Lưu tệp dạng .xlsx rồi gửi về nơi nhận trước hạn.",
        ),
    )


# --- the criteria sheet -----------------------------------------------------------------------------------------------


def _put_criteria(page: Page, lists: ChoiceLists, record: UnitRecord) -> _Rows:
    begin_table(page, CRITERIA.columns, _title(record.year), page.own(_UNIT_AND_SET))
    rows = _Rows()
    leaves: dict[str, list[Leaf]] = {}
    for leaf in record.criteria_set.leaves:
        leaves.setdefault(leaf.criterion, []).append(leaf)
    for area in record.criteria_set.areas:
        head, page.row = page.row, page.row + 1
        rows.scored[area.code] = rows.sums[area.code] = 0
        for criterion in area.criteria:
            _put_criterion(page, lists, record, criterion, leaves.get(criterion.code, []), rows)
        rows.areas[area.code] = head + 1, page.row - 1
        applicable = [leaf for leaf in record.criteria_set.leaves if leaf.area == area.code and _applies(leaf, record)]
        _put_area(page, area, head, page.row - 1, sum((leaf.max for leaf in applicable), ZERO))
    _put_alarms(page, rows)
    return rows


def _applies(leaf: Leaf, record: UnitRecord) -> bool:
    return leaf.applies_to(record.unit.code, record.unit.kind)


def _put_area(page: Page, area: Area, row: int, last: int, maximum: Decimal) -> None:
    _band(page, row, AREA)
    page.put(row, _AT["code"], area.code, AREA_MAX)
    page.put(row, _AT["content"], area.name, AREA)
    page.put(row, _AT["max"], maximum, AREA_MAX)
    page.put(row, _AT["points"], _subtotal(row + 1, last), AREA_NUMBER)
    page.height(row, [(area.name, _WIDTH["content"] * 0.9)], least=22)


def _band(page: Page, row: int, look: CellLook) -> None:
    for number in range(_AT["code"], _LAST + 1):
        page.put(row, number, None, look)


def _subtotal(first: int, last: int) -> Formula:
    """The sum of points between two rows; sums inside are not counted twice."""
    letter = _LETTER["points"]
    return Formula(f"=SUBTOTAL(9,{letter}{first}:{letter}{last})")


def _put_criterion(
    page: Page, lists: ChoiceLists, record: UnitRecord, criterion: Criterion, leaves: Sequence[Leaf], rows: _Rows
) -> None:
    if not criterion.components:
        for leaf in leaves:
            _put_leaf(page, lists, record, leaf, rows)
        return
    head, page.row = page.row, page.row + 1
    for group, below in groupby(leaves, key=attrgetter("group")):
        of_group = list(below)
        place, page.row = page.row, page.row + (group is not None)
        for leaf in of_group:
            _put_leaf(page, lists, record, leaf, rows)
        if group is not None:
            _put_sum(page, record, group, of_group, place, rows)
    _put_sum(page, record, criterion, leaves, head, rows)


def _put_sum(
    page: Page, record: UnitRecord, part: Criterion | Heading, leaves: Sequence[Leaf], head: int, rows: _Rows
) -> None:
    """The row of a criterion or of a group in it, above its leaves: what they come to together."""
    maximum = sum((leaf.max for leaf in leaves if _applies(leaf, record)), ZERO)
    _band(page, head, CRITERION)
    page.put(head, _AT["code"], part.code, CRITERION_MAX)
    page.put(head, _AT["content"], part.name, CRITERION)
    page.put(head, _AT["max"], maximum, CRITERION_MAX)
    if any(leaf.source is Source.SELF and _applies(leaf, record) for leaf in leaves):
        page.put(head, _AT["points"], _subtotal(head + 1, page.row - 1), CRITERION_NUMBER)
        rows.sums[leaves[0].area] += 1
    page.height(head, [(part.name, _WIDTH["content"] * 0.9)])


def _put_leaf(page: Page, lists: ChoiceLists, record: UnitRecord, leaf: Leaf, rows: _Rows) -> None:
    page.put(page.row, _AT["key"], str(RowKey(leaf.code)), PLAIN)
    rows.keys.append(str(RowKey(leaf.code)))
    if not _applies(leaf, record):
        _put_closed_leaf(page, leaf, record.year, capitalised(NOT_APPLICABLE))
    elif leaf.source is not Source.SELF:
        _put_closed_leaf(page, leaf, record.year, _WHO_STATES[leaf.source])
    else:
        rows.scored[leaf.area] += 1
        _put_open_leaf(page, lists, record, leaf, rows)


def _put_closed_leaf(page: Page, leaf: Leaf, year: int, why: str) -> None:
    """A leaf that this unit does not score: grey, locked, one row."""
    row = page.row
    for number in range(_AT["code"], _LAST + 1):
        page.put(row, number, None, GREY)
    named = BoldName(leaf.name, leaf.rule.sentence(leaf.max, year))
    page.put(row, _AT["code"], leaf.code, GREY_CENTRED)
    page.put(row, _AT["content"], named, GREY)
    removed = why == capitalised(NOT_APPLICABLE)
    page.put(row, _AT["max"], None if removed else leaf.max, GREY_CENTRED)
    page.put(row, _AT["not_applicable"], NOT_APPLICABLE if removed else None, GREY_CENTRED)
    page.put(row, _AT["explanation"], "Theo bộ tiêu chí, không áp dụng với đơn vị" if removed else why, GREY)
    page.height(row, [(named, _WIDTH["content"]), (why, _WIDTH["explanation"])])
    page.row += 1


def _put_open_leaf(page: Page, lists: ChoiceLists, record: UnitRecord, leaf: Leaf, rows: _Rows) -> None:
    """A leaf to fill: its own row with points, claim, evidence and explanation, then a row a fact."""
    head = page.row
    named = BoldName(leaf.name, _under_name(record, leaf))
    page.put(head, _AT["code"], leaf.code, CENTRED)
    page.put(head, _AT["content"], named, TEXT)
    page.put(head, _AT["max"], leaf.max, NUMBER)
    page.put(head, _AT["value"], None, TEXT)
    page.height(head, [(named, _WIDTH["content"])])
    choices = lists.of_leaf(leaf, record.year)
    cells: dict[str, str] = {}
    for fact in leaf.rule.fields:
        page.row += 1
        cells[fact.id] = _put_fact(page, record, leaf, fact, choices)
        rows.keys.append(str(RowKey(leaf.code, fact.id)))
    claim = _put_claim(page, leaf, head, rows)
    formula = leaf.rule.formula(FormulaCells(cells, choices), leaf.max, record.year)
    formula = record.ranking.counted_formula(formula)
    shown = f'=IF({claim}="{YES}","",{formula[1:]})' if leaf.may_be_claimed else formula
    rows.points.append(page.put(head, _AT["points"], Formula(shown), POINTS))
    for place, row in enumerate(_evidence_rows(head, page.row - head)):
        _put_evidence(page, row, leaf, place)
    if leaf.evidence is not Evidence.NONE:
        rows.evidence.setdefault(page.row - head, []).append(head)
    if leaf.evidence.is_needed:
        rows.needed.setdefault(page.row - head, []).append(head)
    explanation = page.put(head, _AT["explanation"], page.own(f"{leaf.code} {_EXPLANATION}"), INPUT_TEXT)
    page.check(explanation, _EXPLANATION_CHECK)
    page.row += 1


def _under_name(record: UnitRecord, leaf: Leaf) -> str:
    """The rule of a leaf in words, whether it counts without evidence, and where its suggested facts come from."""
    sentence = leaf.rule.sentence(leaf.max, record.year)
    for_points = [_FOR_POINTS] if leaf.evidence is Evidence.REQUIRED_FOR_POINTS else []
    origins = dict.fromkeys(one.origin for one in record.suggested.get(leaf.code, {}).values())
    return "\n".join([sentence, *for_points, *(f"Điền sẵn từ số liệu “{origin}”." for origin in origins)])


def _put_fact(page: Page, record: UnitRecord, leaf: Leaf, fact: FactField, choices: Mapping[str, ListCells]) -> str:
    row = page.row
    label = capitalised(fact.label)
    page.put(row, _AT["key"], str(RowKey(leaf.code, fact.id)), PLAIN)
    page.put(row, _AT["code"], None, TEXT)
    page.put(row, _AT["content"], label, FACT_LABEL)
    for id in ("max", "points", "not_applicable", "explanation"):
        page.put(row, _AT[id], None, TEXT)
    suggested = record.suggested.get(leaf.code, {}).get(fact.id)
    look = replace(look_of(fact), italic=True, fill=SUGGESTED_FILL) if suggested else look_of(fact)
    cell = page.put(row, _AT["value"], page.own(_fact_name(leaf, fact)), look)
    check = fact_check(leaf, fact, record.year, cell, choices)
    page.check(cell, _saying_origin(check, suggested) if suggested else check)
    longest = max((choice for _, choice in fact.choices), key=len, default="")
    page.height(row, [(label, _WIDTH["content"] - 4), (longest, _WIDTH["value"])])
    return cell


def _saying_origin(check: CellCheck, suggested: SuggestedFact) -> CellCheck:
    """The check of a cell with a suggested value: entering the cell tells where the value comes from."""
    return replace(check, title="Số liệu điền sẵn", prompt=f"{suggested.origin}. Sửa nếu chưa đúng. {check.prompt}")


def _put_claim(page: Page, leaf: Leaf, row: int, rows: _Rows) -> str:
    if not leaf.may_be_claimed:
        return page.put(row, _AT["not_applicable"], None, TEXT)
    claim = page.put(row, _AT["not_applicable"], page.own(f"{leaf.code} {_CLAIM}"), INPUT_CHOICE)
    page.check(claim, _CLAIM_CHECK)
    rows.claims.append(claim)
    return claim


def evidence_values(documents: Sequence[EvidenceEntry], place: int) -> dict[str, PlainValue]:
    """The document recorded at a place, by column; nothing where none is."""
    item = next((item for item in documents if item.place == place), None)
    if item is None:
        return dict.fromkeys(EVIDENCE_CHECKS)
    return {
        "document": item.document or None,
        "number": item.number or None,
        "date": item.day,
        "page": item.page or None,
    }


def _put_evidence(page: Page, row: int, leaf: Leaf, place: int) -> None:
    """One line of evidence; a further one looks white until the line before it is filled."""
    for id, check in EVIDENCE_CHECKS.items():
        if leaf.evidence is Evidence.NONE:
            page.put(row, _AT[id], None, GREY)
            continue
        look = INPUT_DATE if id == "date" else INPUT_TEXT
        look = look if place == 0 else replace(look, fill="")
        page.check(page.put(row, _AT[id], page.own(_evidence_name(leaf, place, id)), look), check)


def _put_alarms(page: Page, rows: _Rows) -> None:
    """Red: facts that make no sense, a claim without reason. Amber: points without evidence or explanation."""
    points, explanation = _LETTER["points"], _LETTER["explanation"]
    if rows.points:
        page.alarm(rows.points, f'{rows.points[0]}="{CHECK}"')
    if rows.claims:
        first = rows.claims[0][1:]
        reasons = [f"{explanation}{claim[1:]}" for claim in rows.claims]
        page.alarm(reasons, f'AND(${_LETTER["not_applicable"]}{first}="{YES}",${explanation}{first}="")')
    document, last = _LETTER["document"], _LETTER["page"]
    for facts, heads in rows.needed.items():
        top = heads[0]
        unproved = f'COUNTA(${document}{top}:${document}{top + facts})=0,${explanation}{top}=""'
        cells = [f"{document}{_evidence_rows(head, facts)[0]}" for head in heads]
        page.alarm(cells, f"AND(ISNUMBER(${points}{top}),{unproved})", ASK_FILL)
    for facts, heads in rows.evidence.items():
        lines = [_evidence_rows(head, facts) for head in heads]
        for before, number in pairwise(range(facts + 1)):
            cells = [f"{document}{line[number]}:{last}{line[number]}" for line in lines]
            page.alarm(cells, f'${document}{lines[0][before]}<>""', INPUT_FILL)


def _evidence_rows(head: int, facts: int) -> tuple[int, ...]:
    """The rows of a leaf's documents, given its own row and how many rows of facts follow."""
    return evidence_lines(head, range(head + 1, head + facts + 1))


# --- the summary ------------------------------------------------------------------------------------------------------

_HEAD_ROW = 4
_SUMMARY_LAST = len(SUMMARY.columns)
_SUM = {id: get_column_letter(number) for id, number in SUMMARY.at.items()}


def _put_summary(page: Page, record: UnitRecord, rows: _Rows) -> list[str]:
    """Points, adjusted maximum and index by area, live; remarks; signature. Returns the keys of its inputs."""
    set_columns(page, SUMMARY.columns)
    title = f"Tổng hợp điểm tự chấm Chỉ số cải cách hành chính năm {record.year}"
    put_title(page, title, page.own(_UNIT))
    for number, column in enumerate(SUMMARY.columns[1:], 2):
        page.put(_HEAD_ROW, number, column.title, HEAD)
    page.height(_HEAD_ROW, [(column.title, column.width) for column in SUMMARY.columns[1:]], least=52)
    page.sheet.freeze_panes = f"D{_HEAD_ROW + 1}"
    page.row = _HEAD_ROW + 1
    for area in record.criteria_set.areas:
        _put_area_sum(page, record, area, rows)
    _put_total(page)
    known = {remark: page.own(remark.value) for remark in SUMMARY.remarks}
    keys = put_remarks(page, SUMMARY.remarks, 3, _SUMMARY_LAST, known)
    put_signatures(page, 3, 9, record.unit.signs_as)
    return keys


def _put_area_sum(page: Page, record: UnitRecord, area: Area, rows: _Rows) -> None:
    row = page.row
    first, last = rows.areas[area.code]
    leaves = [leaf for leaf in record.criteria_set.leaves if leaf.area == area.code and _applies(leaf, record)]
    own = sum((leaf.max for leaf in leaves if leaf.source is Source.SELF), ZERO)
    maximum = sum((leaf.max for leaf in leaves), ZERO)
    points, claims, maxima = (_on_criteria(id, first, last) for id in ("points", "not_applicable", "max"))
    claimed, checked = f'COUNTIF({claims},"{YES}")', f'COUNTIF({points},"{CHECK}")'
    removed = f'SUMIF({claims},"{YES}",{maxima})'
    if any(leaf.rule.may_not_apply for leaf in leaves):
        claimed += f'-COUNTIF({points},"{NOT_APPLICABLE}")'
        removed += f'+SUMIF({points},"{NOT_APPLICABLE}",{maxima})'
    answered = f"COUNT({points})-{rows.sums[area.code]}"
    if any(leaf.rule.compares_units for leaf in leaves):
        answered += f'+COUNTIF({points},"{COMPARED_LATER}")'
    values: dict[str, Value] = {
        "code": area.code,
        "content": area.name,
        "max": maximum,
        "others": maximum - own,
        "claimable": own,
        "not_applicable": Formula(f"={removed}"),
        "adjusted": Formula(f"={_SUM['claimable']}{row}-{_SUM['not_applicable']}{row}"),
        "points": Formula(f"=SUBTOTAL(9,{points})"),
        "index": _index(row),
        "missing": Formula(f"={rows.scored[area.code]}-{claimed}-{checked}-({answered})"),
        "check": Formula(f"={checked}"),
    }
    put_row(page, SUMMARY.columns, values)
    page.height(row, [(area.name, SUMMARY.by_id["content"].width)], least=22)
    page.row += 1


def _on_criteria(id: str, first: int, last: int) -> str:
    return f"'{CRITERIA_SHEET}'!${_LETTER[id]}${first}:${_LETTER[id]}${last}"


def _index(row: int) -> Formula:
    """Points ÷ adjusted maximum × 100; an area wholly removed has none."""
    adjusted, points = f"{_SUM['adjusted']}{row}", f"{_SUM['points']}{row}"
    return Formula(f'=IF(ROUND({adjusted},6)=0,"–",{points}/{adjusted}*100)')


def _put_total(page: Page) -> None:
    row, first, last = page.row, _HEAD_ROW + 1, page.row - 1
    for number, (id, letter) in enumerate(_SUM.items(), 1):
        if id == "key":
            continue
        if id in ("code", "content"):
            page.put(row, number, "Tổng cộng" if id == "content" else None, TOTAL)
            continue
        total = _index(row) if id == "index" else Formula(f"=SUM({letter}{first}:{letter}{last})")
        page.put(row, number, total, TOTAL_NUMBER if id in ("points", "index") else TOTAL_MAX)
    page.height(row, [("", 1)], least=24)
    for letter in (_SUM["missing"], _SUM["check"]):
        page.alarm([f"{letter}{first}:{letter}{row}"], f"{letter}{first}>0", ASK_FILL)
    page.row += 2
