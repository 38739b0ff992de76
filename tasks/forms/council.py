"""The workbook of the council for one group: what is contested, what was said on both sides, and room for its decision.

In: the round's records and a group. Out: a row a leaf and unit of all that the appraisal cut and the unit did not agree
to, and of what the council decided before. What nobody contests stands as appraised and needs no row.
Source: docs/process.md, 1 (the council decides after appraisal, explanation and second appraisal).
"""

from decimal import Decimal

from models.criteria.sets import Leaf
from models.forms.council import CONTESTED
from models.forms.descriptions import FormIdentity, FormKind, set_used
from models.forms.sheets import COVER_SHEET, REASON_MISSING, sheet_title
from models.forms.sources import ScoreSource
from models.province.rounds import Group
from tasks.forms.cover_pages import Cover, put_cover, put_signatures
from tasks.forms.decision_rows import LEGEND, DecisionTable
from tasks.forms.round_records import RoundRecords, UnitRecord
from tasks.spreadsheets.workbooks import Page, Value, add_page, begin_table, form_bytes, new_book, set_print

_LAST = len(CONTESTED.columns)


def council_form(records: RoundRecords, group_id: str) -> bytes | None:
    """The workbook of one group; None where nothing is contested and the council decided nothing before."""
    group = records.round.group(group_id)
    contested = contested_rows(records, group)
    if not contested:
        return None
    config, year = records.province.config, records.round.year
    criteria_set = records.province.criteria_sets[group.criteria_set]
    title = f"Phiếu Hội đồng thẩm định Chỉ số cải cách hành chính năm {year}"
    book = new_book(f"{title} - {group.name}", config.department)
    count = sum(len(units) for _, units in contested)
    put_cover(add_page(book, COVER_SHEET), _cover(records, group, title, count))
    page = add_page(book, sheet_title(group.name, book.sheetnames))
    keys = _put_rows(page, title, group, contested, year)
    page.finish()
    set_print(page, "4:5", f"Hội đồng - {group.name} {year}", config.mark, _LAST)
    used = (set_used(criteria_set),)
    return form_bytes(book, FormIdentity(FormKind.COUNCIL, config.form_code, year, group.id, used), keys)


def contested_rows(records: RoundRecords, group: Group) -> list[tuple[Leaf, list[UnitRecord]]]:
    """The contested leaves of a group, in the order of the set, each with the units that contest it."""
    units = records.of_group(group)
    leaves = records.province.criteria_sets[group.criteria_set].leaves
    rows = ((leaf, [unit for unit in units if unit.is_contested(leaf.code)]) for leaf in leaves)
    return [(leaf, contesting) for leaf, contesting in rows if contesting]


def _cover(records: RoundRecords, group: Group, title: str, count: int) -> Cover:
    return Cover(
        title=title.upper(),
        subject=group.name,
        mark=records.province.config.mark,
        legend=LEGEND,
        lines=(
            ("Nhóm đơn vị", group.name),
            ("Kỳ đánh giá", records.round.title or f"Năm {records.round.year}"),
            ("Nội dung", f"{count} điểm thẩm định thấp hơn điểm tự chấm mà đơn vị chưa thống nhất"),
            ("Nơi nhận phiếu", records.province.config.department),
        ),
        steps=(
            "Mỗi tiêu chí một khối, mỗi đơn vị một dòng: số liệu, điểm tự chấm, điểm và lý do thẩm định, trả lời "
            "và giải trình của đơn vị.",
            "Chỉ nhập vào các ô màu vàng. Để trống Điểm Hội đồng là giữ nguyên điểm thẩm định.",
            "Khi điểm Hội đồng khác điểm thẩm định, hoặc chấp thuận không áp dụng, phải ghi Lý do của Hội đồng; ô "
            f"thiếu lý do hiện màu đỏ và cột Kiểm tra ghi “{REASON_MISSING}”.",
            "Chấp thuận không áp dụng: chọn “có” và để trống điểm Hội đồng.",
            "Không đổi tên trang, không xóa dòng, cột. Lưu tệp dạng .xlsx rồi gửi về nơi nhận.",
        ),
    )


def _put_rows(
    page: Page, title: str, group: Group, contested: list[tuple[Leaf, list[UnitRecord]]], year: int
) -> list[str]:
    first = begin_table(page, CONTESTED.columns, title, group.name)
    table = DecisionTable(page, CONTESTED.columns, ScoreSource.COUNCIL, "standing")
    keys = []
    for leaf, units in contested:
        table.put_leaf_head(leaf, year)
        keys += [table.put_row(leaf, unit, _besides(leaf, unit)) for unit in units]
    table.put_checks(first, page.row - 1)
    page.sheet.auto_filter.ref = f"B5:{table.letter('check')}{page.row - 1}"
    page.row += 1
    put_signatures(page, 3, 11, ("TM. HỘI ĐỒNG",))
    return keys


def _besides(leaf: Leaf, record: UnitRecord) -> list[tuple[str, Value]]:
    """The appraised points with their reason, and the unit's answer."""
    appraised = record.appraised[leaf.code].points
    return [
        ("standing", Decimal(0) if appraised is None else appraised),
        ("why", record.note(leaf.code, ScoreSource.APPRAISAL)),
        ("answer", record.answer(leaf.code)),
    ]
