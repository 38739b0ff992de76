"""Workbooks whose rows are the units of a group: of survey results, and of the register with bonus and penalty.

In: the records of a group. Out: a sheet for all leaves that ask the same facts (one row a leaf and unit, one column a
fact), with live points. Source: docs/maths.md, 2.9, 2.10 and 3.
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from openpyxl.utils import get_column_letter

from models.criteria.facts import FactField
from models.criteria.formulas import CHECK, FormulaCells
from models.criteria.sets import Block, BlockItem, Leaf
from models.forms.descriptions import FormIdentity, FormKind, set_used
from models.forms.row_keys import RowKey
from models.forms.sheets import COVER_SHEET, LISTS_SHEET, sheet_title
from models.forms.sources import ScoreSource, Stage
from models.forms.tables import FACT_TABLE, Column, fact_column, fact_table_columns
from models.province.rounds import Group
from tasks.forms.cover_pages import INPUTS_LEGEND, Cover, put_cover
from tasks.forms.fact_cells import COUNT_CHECK, ChoiceLists, fact_check, look_of, value_of
from tasks.forms.round_records import RoundRecords, UnitRecord
from tasks.spreadsheets.workbooks import (
    ALARM_FILL,
    CellCheck,
    Formula,
    Page,
    Value,
    add_page,
    begin_table,
    cells_of_row,
    form_bytes,
    new_book,
    protect,
    put_row,
    set_print,
    text_check,
)

_NOTE_CHECK = text_check("Căn cứ, ghi chú", "Ghi văn bản, nguồn số liệu làm căn cứ: tên, số và ký hiệu, ngày.")


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
    check: Callable[[FactField, str], CellCheck]
    formula: Callable[[dict[str, str]], str]


def fact_tables_form(
    records: RoundRecords,
    group: Group,
    kind: FormKind,
    sheet: str,
    steps: Sequence[str],
    blocks: Sequence[tuple[str, Block | None, ScoreSource]] = (),
) -> bytes | None:
    """The workbook of one group; None where its set asks for nothing of the kind.

    Args:
        records: the round.
        group: whose units the rows are.
        kind: which form; its description says whose facts it states.
        sheet: how its sheets of leaves are called; numbered where there are several.
        steps: how to fill it in, one after the other.
        blocks: name, block and source of what is asked besides leaves.
    """
    form = kind.description
    config, year = records.province.config, records.round.year
    criteria_set = records.province.criteria_sets[group.criteria_set]
    title = f"{form.title} năm {year} - {group.name}"
    book = new_book(title, config.department)
    cover = Cover(
        title=f"{form.title} năm {year}".upper(),
        subject=group.name,
        mark=config.mark,
        legend=(*INPUTS_LEGEND, (ALARM_FILL, "Ô đỏ", "Phải sửa: số liệu chưa hợp lý")),
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
    leaves = [leaf for leaf in criteria_set.leaves if leaf.source in form.states]
    tables = [
        *_leaf_tables(leaves, ChoiceLists(lists), year, sheet),
        *((named, _items(block, source)) for named, block, source in blocks if block and block.items),
    ]
    keys: list[str] = []
    for named, asked in tables:
        page = add_page(book, sheet_title(named, book.sheetnames))
        keys += _put_table(page, f"{title} - {named}", asked, records.of_group(group), form.stage)
        page.finish()
        set_print(page, "4:5", f"{group.name} - {named} {year}", config.mark, len(fact_table_columns(asked[0].fields)))
    if not keys:
        return None
    book.move_sheet(lists.sheet, len(tables))
    lists.sheet.sheet_state = "hidden"
    protect(lists)
    identity = FormIdentity(kind, config.form_code, year, group.id, (set_used(criteria_set),))
    return form_bytes(book, identity, keys)


def _leaf_tables(leaves: Iterable[Leaf], lists: ChoiceLists, year: int, name: str) -> list[tuple[str, list[_Asked]]]:
    """Leaves that ask the same facts share a table."""
    tables: dict[tuple[FactField, ...], list[_Asked]] = {}
    for leaf in leaves:
        tables.setdefault(leaf.rule.fields, []).append(_leaf_asked(leaf, lists, year))
    several = len(tables) > 1
    return [(f"{name} {number}" if several else name, asked) for number, asked in enumerate(tables.values(), 1)]


def _leaf_asked(leaf: Leaf, lists: ChoiceLists, year: int) -> _Asked:
    choices = lists.of_leaf(leaf, year)
    return _Asked(
        code=leaf.code,
        name=leaf.name,
        max=leaf.max,
        fields=leaf.rule.fields,
        source=None,
        applies_to=leaf.applies_to,
        check=lambda field, address: fact_check(leaf, field, year, address, choices),
        formula=lambda cells: leaf.rule.formula(FormulaCells(cells, choices), leaf.max, year),
    )


def _items(block: Block, source: ScoreSource) -> list[_Asked]:
    return [_item_asked(item, source) for item in block.items]


def _item_asked(item: BlockItem, source: ScoreSource) -> _Asked:
    simply = item.each is not None and item.per == 1
    return _Asked(
        code=item.code,
        name=item.name if simply else f"{item.name} ({item.sentence})",
        max=item.max,
        fields=(FactField(item.field.id, "Số trường hợp", item.field.kind),),
        source=source,
        applies_to=lambda unit, kind: not item.not_applicable.excludes(unit, kind),
        check=lambda field, address: COUNT_CHECK,
        formula=lambda cells: item.formula(cells[item.field.id]),
    )


def _put_table(
    page: Page, title: str, asked: Sequence[_Asked], units: Sequence[UnitRecord], stage: Stage | None
) -> list[str]:
    """A row for each thing asked and each unit; returns the keys."""
    columns = fact_table_columns(asked[0].fields)
    first = begin_table(page, columns, title, "", "F")
    keys = [
        _put_row(page, columns, each, record, stage)
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


def _put_row(page: Page, columns: Sequence[Column], asked: _Asked, record: UnitRecord, stage: Stage | None) -> str:
    key, row = str(RowKey(asked.code, unit=record.unit.code)), cells_of_row(columns, page.row)
    fields = {fact_column(field).id: field for field in asked.fields}
    known = record.facts.get(asked.code, {})
    given = record.note(asked.code, asked.source) if asked.source else ""
    note = (record.said(asked.code, stage) if stage else "") or given
    cells = {field.id: row[id] for id, field in fields.items()}
    values: dict[str, Value] = {
        "key": key,
        "code": asked.code,
        "content": asked.name,
        "unit": record.unit.name,
        "max": asked.max,
        **{id: value_of(field, known.get(field.id)) for id, field in fields.items()},
        "points": Formula(record.ranking.counted_formula(asked.formula(cells))),
        "note": note or None,
    }
    put_row(page, columns, values, {id: look_of(field) for id, field in fields.items()})
    for id, field in fields.items():
        page.check(row[id], asked.check(field, row[id]))
    texts = (("content", asked.name), ("unit", record.unit.name), ("note", note))
    page.height(page.row, [(text, FACT_TABLE.by_id[id].width) for id, text in texts])
    page.row += 1
    return key
