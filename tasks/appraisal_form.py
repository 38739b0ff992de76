"""The appraisal workbook of one agency: all its leaves for all units, what they claim beside the cells to fill.

In: the round's records and an appraising agency. Out: a sheet a group; a row a leaf and unit, leaf by leaf, so that an
appraiser compares the units on one criterion. An empty appraisal keeps the claimed points; a change needs its reason.
Source: domain/2-yearly-process.md, 2.1 (appraisal); domain/1-criteria-and-scoring.md, 1.7.
"""

from collections.abc import Sequence

from openpyxl.utils import get_column_letter

from models.criteria import Leaf
from models.entries import ScoreSource
from models.forms import (
    APPRAISAL_COLUMNS,
    COVER_SHEET,
    NOT_APPLICABLE,
    REASON_MISSING,
    FormIdentity,
    FormKind,
    RowKey,
    province_mark,
    set_used,
    sheet_title,
)
from models.formulas import YES
from models.province import Appraiser
from models.results import Basis
from models.rounds import Group
from tasks.cover_pages import Cover, put_cover
from tasks.fact_cells import said_facts
from tasks.round_records import RoundRecords, UnitRecord
from tasks.workbooks import (
    CENTRED,
    CRITERION,
    CRITERION_MAX,
    INPUT_CHOICE,
    INPUT_POINTS,
    INPUT_TEXT,
    NUMBER,
    PLAIN,
    POINTS,
    TEXT,
    Check,
    Formula,
    Look,
    Page,
    Value,
    add_identity,
    add_page,
    book_bytes,
    new_book,
    put_heads,
    put_title,
    set_columns,
    set_print,
    text_check,
)

_AT = {column.id: number for number, column in enumerate(APPRAISAL_COLUMNS, 1)}
_WIDTH = {column.id: column.width for column in APPRAISAL_COLUMNS}
_LAST = len(APPRAISAL_COLUMNS)
_ALARM = Look(bold=True, colour="C00000", across="center", size=10)
_RULE_HEAD = Look(italic=True, fill="EAF1FB")

_REASON_CHECK = text_check(
    "Lý do thay đổi",
    "Bắt buộc khi điểm thẩm định khác điểm tự chấm hoặc chấp thuận không áp dụng. Nêu căn cứ cụ thể.",
)
_GRANT_CHECK = Check(
    "list",
    f'"{YES}"',
    "Chấp thuận không áp dụng",
    f"Chọn “{YES}” nếu chấp thuận trong năm không phát sinh; khi đó để trống điểm thẩm định và ghi lý do.",
    f"Chỉ chọn “{YES}” hoặc để trống.",
)


def leaves_of(records: RoundRecords, appraiser: Appraiser, group: Group) -> list[Leaf]:
    """The leaves of a group's set that an agency appraises; those without an agency are the first agency's.

    Surveyed leaves are nobody's: their results are approved, not appraised.
    """
    config = records.province.config
    leaves = records.province.criteria_sets[group.criteria_set].leaves
    return [leaf for leaf in leaves if config.appraiser_of(leaf) == appraiser.id]


def appraisal_form(records: RoundRecords, appraiser: Appraiser) -> bytes | None:
    """The workbook of one appraising agency; None where it has nothing to appraise."""
    config, year = records.province.config, records.round.year
    parts = [
        (group, leaves, records.of_group(group))
        for group in records.round.groups
        if (leaves := leaves_of(records, appraiser, group)) and records.of_group(group)
    ]
    if not parts:
        return None
    title = f"Phiếu thẩm định Chỉ số cải cách hành chính năm {year}"
    book = new_book(f"{title} - {appraiser.name}", config.department)
    put_cover(add_page(book, COVER_SHEET), _cover(records, appraiser, title, [group for group, _, _ in parts]))
    keys: list[str] = []
    for group, leaves, units in parts:
        page = add_page(book, sheet_title(group.name, book.sheetnames))
        keys += _put_group(page, f"{title} - {group.name}", appraiser, leaves, units)
        page.finish()
        set_print(page, "4:5", f"{appraiser.name} - {group.name} {year}", config.mark, _LAST)
    sets = dict.fromkeys(set_used(records.province.criteria_sets[group.criteria_set]) for group, _, _ in parts)
    identity = FormIdentity(FormKind.APPRAISAL, province_mark(config), year, appraiser.id, tuple(sets))
    add_identity(book, identity, keys)
    return book_bytes(book)


def _cover(records: RoundRecords, appraiser: Appraiser, title: str, groups: Sequence[Group]) -> Cover:
    deadline = records.round.deadlines.appraisal
    return Cover(
        title=title.upper(),
        subject=appraiser.name,
        mark=records.province.config.mark,
        lines=(
            ("Cơ quan thẩm định", appraiser.name),
            ("Kỳ đánh giá", records.round.title or f"Năm {records.round.year}"),
            ("Nhóm đơn vị", "; ".join(group.name for group in groups)),
            ("Nơi nhận phiếu", records.province.config.department),
            ("Hạn gửi", f"{deadline:%d/%m/%Y}" if deadline else "theo văn bản của cơ quan chủ trì"),
        ),
        steps=(
            "Mỗi nhóm đơn vị có một trang; mỗi tiêu chí một khối, mỗi đơn vị một dòng. Dùng bộ lọc ở dòng tiêu đề để "
            "xem riêng một đơn vị.",
            "Chỉ nhập vào các ô màu vàng. Để trống Điểm thẩm định là giữ nguyên điểm tự chấm.",
            "Khi điểm thẩm định khác điểm tự chấm, hoặc chấp thuận không áp dụng, phải ghi Lý do thay đổi; ô thiếu lý "
            f"do hiện màu đỏ và cột Kiểm tra ghi “{REASON_MISSING}”.",
            "Chấp thuận không áp dụng: chọn “có” và để trống điểm thẩm định.",
            "Không đổi tên trang, không xóa dòng, cột. Lưu tệp dạng .xlsx rồi gửi về nơi nhận trước hạn.",
        ),
    )


def _put_group(
    page: Page, title: str, appraiser: Appraiser, leaves: Sequence[Leaf], units: Sequence[UnitRecord]
) -> list[str]:
    """All leaves of a group; returns the keys of the rows."""
    set_columns(page, APPRAISAL_COLUMNS)
    put_title(page, title, appraiser.name)
    page.row = put_heads(page, APPRAISAL_COLUMNS, 4)
    page.sheet.freeze_panes = f"D{page.row}"
    first, keys = page.row, []
    for leaf in leaves:
        applicable = [unit for unit in units if leaf.applies_to(unit.unit.code, unit.unit.kind)]
        if applicable:
            _put_leaf_head(page, leaf, units[0].year)
        for unit in applicable:
            keys.append(_put_row(page, leaf, unit))
    last = page.row - 1
    if keys:
        _put_checks(page, first, last)
        page.sheet.auto_filter.ref = f"B5:{_letter('check')}{last}"
    return keys


def _letter(id: str) -> str:
    return get_column_letter(_AT[id])


def _put_leaf_head(page: Page, leaf: Leaf, year: int) -> None:
    """The head of a leaf's block: its name and, across the other columns, its rule."""
    sentence = leaf.rule.sentence(leaf.max, year)
    for number in range(_AT["stated"], _LAST + 1):
        page.put(page.row, number, None, _RULE_HEAD)
    page.put(page.row, _AT["code"], leaf.code, CRITERION_MAX)
    page.put(page.row, _AT["unit"], leaf.name, CRITERION)
    page.put(page.row, _AT["max"], leaf.max, CRITERION_MAX)
    page.put(page.row, _AT["stated"], sentence, _RULE_HEAD)
    page.sheet.merge_cells(start_row=page.row, end_row=page.row, start_column=_AT["stated"], end_column=_LAST)
    across = sum(column.width for column in APPRAISAL_COLUMNS[_AT["stated"] - 1 :])
    page.height(page.row, [(leaf.name, _WIDTH["unit"] * 0.9), (sentence, across)], least=22)
    page.row += 1


def _put_row(page: Page, leaf: Leaf, record: UnitRecord) -> str:
    row = page.row
    key = str(RowKey(leaf.code, unit=record.unit.code))
    stated = said_facts(leaf.rule.fields, record.facts.get(leaf.code, {}))
    note = record.notes.get((leaf.code, ScoreSource.SELF), "")
    given = record.given.get((leaf.code, ScoreSource.APPRAISAL))
    reason = record.notes.get((leaf.code, ScoreSource.APPRAISAL), "") or None
    page.put(row, _AT["key"], key, PLAIN)
    page.put(row, _AT["code"], leaf.code, CENTRED)
    page.put(row, _AT["unit"], record.unit.name, TEXT)
    page.put(row, _AT["max"], leaf.max, NUMBER)
    page.put(row, _AT["stated"], stated, TEXT)
    page.put(row, _AT["points"], _claimed(leaf, record), POINTS)
    page.put(row, _AT["explanation"], note, TEXT)
    page.put(row, _AT["appraised"], given.points if given else None, INPUT_POINTS)
    page.put(row, _AT["not_applicable"], YES if given and given.points is None else None, INPUT_CHOICE)
    page.put(row, _AT["reason"], reason, INPUT_TEXT)
    page.put(row, _AT["check"], Formula(f'=IF({_lacks_reason(row)},"{REASON_MISSING}","")'), _ALARM)
    texts: list[tuple[Value, float]] = [(record.unit.name, _WIDTH["unit"]), (stated, _WIDTH["stated"])]
    page.height(row, [*texts, (note, _WIDTH["explanation"]), (reason, _WIDTH["reason"])])
    page.row += 1
    return key


def _claimed(leaf: Leaf, record: UnitRecord) -> Value:
    """Points as the unit claims them, what it claims instead, or nothing where it stated nothing."""
    claimed = record.claimed.get(leaf.code)
    if record.claims_not_applicable(leaf.code):
        return NOT_APPLICABLE
    if claimed is None or claimed.basis is Basis.MISSING:
        return None
    return claimed.points


def _lacks_reason(row: int) -> str:
    """Whether the row changes what the unit claims without saying why."""
    points, appraised, granted, reason = (
        f"${_letter(id)}{row}" for id in ("points", "appraised", "not_applicable", "reason")
    )
    differs = f"IF(ISNUMBER({points}),ROUND({appraised}-{points},6)<>0,N({appraised})<>0)"
    changed = f"IF(ISNUMBER({appraised}),{differs},FALSE)"
    return f'AND({reason}="",OR({granted}="{YES}",{changed}))'


def _put_checks(page: Page, first: int, last: int) -> None:
    appraised, granted, reason = (_letter(id) for id in ("appraised", "not_applicable", "reason"))
    maximum = f"$D{first}"
    points = Check(
        "decimal",
        "0",
        "Điểm thẩm định",
        "Nhập điểm từ 0 đến điểm tối đa của tiêu chí; để trống nếu giữ nguyên điểm tự chấm.",
        "Điểm thẩm định phải là số từ 0 đến điểm tối đa của tiêu chí (cột Điểm tối đa).",
        maximum,
    )
    page.check(f"{appraised}{first}:{appraised}{last}", points)
    page.check(f"{granted}{first}:{granted}{last}", _GRANT_CHECK)
    page.check(f"{reason}{first}:{reason}{last}", _REASON_CHECK)
    page.alarm([f"{reason}{first}:{reason}{last}"], _lacks_reason(first))
    both = f'AND(${appraised}{first}<>"",${granted}{first}="{YES}")'
    page.alarm([f"{appraised}{first}:{granted}{last}"], both)
