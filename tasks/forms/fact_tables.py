"""Workbooks whose rows are units: survey results, and the register with bonus and penalty; one of each a group.

In: the records of a group. Out: a sheet for all leaves that ask the same facts (one row a leaf and unit, one column a
fact), with live points. Source: domain/1-criteria-and-scoring.md, 1.4 (items 6-8) and 1.5.
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from openpyxl.utils import get_column_letter

from models.criteria.facts import FactField
from models.criteria.formulas import CHECK, FormulaCells, block_formula, formula_of
from models.criteria.sets import Block, BlockItem, Leaf, Source
from models.forms.descriptions import FormIdentity, FormKind, set_used
from models.forms.row_keys import RowKey
from models.forms.sheets import COVER_SHEET, LISTS_SHEET, sheet_title
from models.forms.sources import ScoreSource, Stage
from models.forms.tables import fact_table_columns
from models.province.rounds import Group
from tasks.forms.cover_pages import Cover, put_cover
from tasks.forms.fact_cells import COUNT_CHECK, OptionLists, check_of, look_of, value_of
from tasks.forms.round_records import RoundRecords, UnitRecord
from tasks.spreadsheets.workbooks import (
    CENTRED,
    INPUT_TEXT,
    NUMBER,
    PLAIN,
    POINTS,
    TEXT,
    Check,
    Formula,
    Page,
    add_identity,
    add_page,
    book_bytes,
    new_book,
    protect,
    put_heads,
    put_title,
    set_columns,
    set_print,
    text_check,
)

_NOTE_CHECK = text_check("Căn cứ, ghi chú", "Ghi văn bản, nguồn số liệu làm căn cứ: tên, số và ký hiệu, ngày.")
_FIRST_FACT = 6


class _Asked(NamedTuple):
    """What one row asks for: a leaf or an item of a block.

    Attributes:
        fields: its facts, one column each.
        check: what may be typed into the cell of a fact.
        formula: from the cells of the facts to the points.
    """

    code: str
    name: str
    max: Decimal | None
    fields: tuple[FactField, ...]
    source: ScoreSource | None
    applies_to: Callable[[str, str], bool]
    check: Callable[[FactField, str], Check]
    formula: Callable[[dict[str, str]], str]


def survey_form(records: RoundRecords, group: Group) -> bytes | None:
    """Where the results of a group's survey are entered; None where its set has no surveyed leaf."""
    steps = (
        "Mỗi dòng là một tiêu chí khảo sát của một đơn vị. Chỉ nhập vào các ô màu vàng.",
        "Số phiếu: nhập số phiếu hợp lệ theo từng phương án trả lời; không có phiếu chọn phương án đó thì nhập 0. "
        "Đơn vị không khảo sát tiêu chí nào thì để trống cả dòng.",
        "Điểm được tính ngay; hiện “Xem lại” thì số liệu chưa hợp lý.",
        "Không đổi tên trang, không xóa dòng, cột. Lưu tệp dạng .xlsx rồi gửi về nơi nhận.",
    )
    return _form(records, group, FormKind.SURVEY, "Kết quả điều tra xã hội học", (Source.SURVEY,), (), steps)


def register_form(records: RoundRecords, group: Group) -> bytes | None:
    """Where bonus, penalty and what other agencies keep are entered; None where a group's set has none of them."""
    criteria_set = records.province.criteria_sets[group.criteria_set]
    blocks = (
        ("Điểm thưởng", criteria_set.bonus, ScoreSource.BONUS),
        ("Điểm phạt", criteria_set.penalty, ScoreSource.PENALTY),
    )
    steps = (
        "Trang Theo dõi: số liệu do cơ quan theo dõi hoặc lấy từ chỉ số khác, mỗi dòng một tiêu chí của một đơn vị.",
        "Trang Điểm thưởng, Điểm phạt: nhập số trường hợp của đơn vị và ghi văn bản làm căn cứ; không có thì để trống.",
        "Chỉ nhập vào các ô màu vàng. Điểm được tính ngay theo quy tắc của bộ tiêu chí; tổng điểm thưởng, điểm phạt "
        "còn bị giới hạn theo mức trần của bộ tiêu chí khi tính kết quả.",
        "Không đổi tên trang, không xóa dòng, cột. Lưu tệp dạng .xlsx rồi gửi về nơi nhận.",
    )
    sources = (Source.REGISTER, Source.EXTERNAL)
    return _form(records, group, FormKind.REGISTER, "Sổ theo dõi, điểm thưởng, điểm phạt", sources, blocks, steps)


def _form(
    records: RoundRecords,
    group: Group,
    kind: FormKind,
    name: str,
    sources: Sequence[Source],
    blocks: Sequence[tuple[str, Block | None, ScoreSource]],
    steps: Sequence[str],
) -> bytes | None:
    config, year = records.province.config, records.round.year
    criteria_set = records.province.criteria_sets[group.criteria_set]
    title = f"{name} năm {year} - {group.name}"
    book = new_book(title, config.department)
    cover = Cover(
        title=f"{name} năm {year}".upper(),
        subject=group.name,
        mark=config.mark,
        lines=(
            ("Nhóm đơn vị", group.name),
            ("Bộ tiêu chí", criteria_set.title),
            ("Kỳ đánh giá", records.round.title or f"Năm {year}"),
            ("Nơi nhận", config.department),
        ),
        steps=steps,
    )
    put_cover(add_page(book, COVER_SHEET), cover)
    lists = add_page(book, LISTS_SHEET)
    leaves = [leaf for leaf in criteria_set.leaves if leaf.source in sources]
    tables = [
        *_leaf_tables(leaves, OptionLists(lists), year, "Khảo sát" if kind is FormKind.SURVEY else "Theo dõi"),
        *((named, _items(block, source)) for named, block, source in blocks if block and block.items),
    ]
    keys: list[str] = []
    for named, asked in tables:
        page = add_page(book, sheet_title(named, book.sheetnames))
        keys += _put_table(page, f"{title} - {named}", asked, records.of_group(group), Stage(kind.value))
        page.finish()
        set_print(page, "4:5", f"{group.name} - {named} {year}", config.mark, len(fact_table_columns(asked[0].fields)))
    if not keys:
        return None
    book.move_sheet(lists.sheet, len(tables))
    lists.sheet.sheet_state = "hidden"
    protect(lists)
    identity = FormIdentity(kind, config.form_code, year, group.id, (set_used(criteria_set),))
    add_identity(book, identity, keys)
    return book_bytes(book)


def _leaf_tables(leaves: Iterable[Leaf], lists: OptionLists, year: int, name: str) -> list[tuple[str, list[_Asked]]]:
    """Leaves that ask the same facts share a table."""
    tables: dict[tuple[FactField, ...], list[_Asked]] = {}
    for leaf in leaves:
        tables.setdefault(leaf.rule.fields, []).append(_leaf_asked(leaf, lists, year))
    several = len(tables) > 1
    return [(f"{name} {number}" if several else name, asked) for number, asked in enumerate(tables.values(), 1)]


def _leaf_asked(leaf: Leaf, lists: OptionLists, year: int) -> _Asked:
    labels, points = lists.ranges(leaf)
    return _Asked(
        code=leaf.code,
        name=leaf.name,
        max=leaf.max,
        fields=leaf.rule.fields,
        source=None,
        applies_to=leaf.applies_to,
        check=lambda field, cell: check_of(field, leaf.rule, leaf.max, year, cell, labels),
        formula=lambda cells: formula_of(leaf.rule, FormulaCells(cells, labels, points), leaf.max, year),
    )


def _items(block: Block, source: ScoreSource) -> list[_Asked]:
    return [_item_asked(item, source) for item in block.items]


def _item_asked(item: BlockItem, source: ScoreSource) -> _Asked:
    return _Asked(
        code=item.code,
        name=item.name,
        max=item.max,
        fields=(FactField(item.field.id, "Số trường hợp", item.field.kind),),
        source=source,
        applies_to=lambda unit, kind: not item.not_applicable.excludes(unit, kind),
        check=lambda field, cell: COUNT_CHECK,
        formula=lambda cells: block_formula(item, cells[item.field.id]),
    )


def _put_table(page: Page, title: str, asked: Sequence[_Asked], units: Sequence[UnitRecord], stage: Stage) -> list[str]:
    """A row for each thing asked and each unit; returns the keys."""
    columns = fact_table_columns(asked[0].fields)
    set_columns(page, columns)
    put_title(page, title, "")
    first = page.row = put_heads(page, columns, 4)
    page.sheet.freeze_panes = f"F{page.row}"
    keys = [
        _put_row(page, each, record, stage)
        for each in asked
        for record in units
        if each.applies_to(record.unit.code, record.unit.kind)
    ]
    last = page.row - 1
    if keys:
        note, points = get_column_letter(len(columns)), get_column_letter(len(columns) - 1)
        page.check(f"{note}{first}:{note}{last}", _NOTE_CHECK)
        page.alarm([f"{points}{first}:{points}{last}"], f'{points}{first}="{CHECK}"')
        page.sheet.auto_filter.ref = f"B5:{note}{last}"
    return keys


def _put_row(page: Page, asked: _Asked, record: UnitRecord, stage: Stage) -> str:
    row = page.row
    key = str(RowKey(asked.code, unit=record.unit.code))
    page.put(row, 1, key, PLAIN)
    page.put(row, 2, asked.code, CENTRED)
    page.put(row, 3, asked.name, TEXT)
    page.put(row, 4, record.unit.name, TEXT)
    page.put(row, 5, asked.max, NUMBER)
    known = record.facts.get(asked.code, {})
    cells: dict[str, str] = {}
    for column, field in enumerate(asked.fields, _FIRST_FACT):
        cells[field.id] = page.put(row, column, value_of(field, known.get(field.id)), look_of(field))
        page.check(cells[field.id], asked.check(field, cells[field.id]))
    after = _FIRST_FACT + len(asked.fields)
    page.put(row, after, Formula(asked.formula(cells)), POINTS)
    given = record.note(asked.code, asked.source) if asked.source else ""
    note = record.said(asked.code, stage) or given
    page.put(row, after + 1, note or None, INPUT_TEXT)
    page.height(row, [(asked.name, 44), (record.unit.name, 30), (note, 34)])
    page.row += 1
    return key
