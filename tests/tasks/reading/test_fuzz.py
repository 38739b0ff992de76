"""Reading under chance: damaged bytes and changed cells never raise and never change a value without a word."""

import io
import random
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from models.criteria.facts import NEVER_DONE, FactField, FactKind
from models.forms.descriptions import FormKind
from models.forms.self_assessment import CRITERIA_SHEET
from models.forms.sheets import KEY_ID
from models.numbers import vietnamese_number
from models.records.submissions import Reading
from tasks.forms.fact_cells import value_of
from tests.broken_workbooks.archives import SHEET, packed, parts_of
from tests.broken_workbooks.forms import columns_of
from tests.tasks.reading.reading_forms import form, reading_of, sample, serious, statement_of

pytestmark = pytest.mark.slow

STP = form(FormKind.SELF_ASSESSMENT, "so-tu-phap")
BLANK = form(FormKind.SELF_ASSESSMENT, "so-tu-phap", recorded=False)
LEAVES = {
    leaf.code: leaf
    for leaf in sample().criteria_sets["so-2025"].leaves
    if leaf.source == "self" and leaf.applies_to("so-tu-phap", "so")
}


def bounded(examples: int) -> settings:
    """The same examples in every run, so many of them; each reads a whole workbook."""
    return settings(
        max_examples=examples, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )


@cache
def undamaged() -> Reading:
    return reading_of(STP)


def facts_of(reading: Reading) -> dict[str, Mapping[str, str]]:
    return {statement.code: statement.facts for statement in reading.statements}


def nothing_changed_in_silence(reading: Reading) -> bool:
    """Whether every fact is as it was, or the file says that something is wrong with it."""
    return bool(serious(reading)) or facts_of(reading) == facts_of(undamaged())


# --- bytes ------------------------------------------------------------------------------------------------------------


@bounded(120)
@given(st.lists(st.tuples(st.integers(0, len(STP) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_flipped_bytes_of_the_file_never_raise_and_never_change_a_value(flips: list[tuple[int, int]]) -> None:
    damaged = bytearray(STP)
    for position, value in flips:
        damaged[position] = value
    assert nothing_changed_in_silence(reading_of(bytes(damaged)))


@bounded(60)
@given(st.integers(0, len(STP)), st.binary(max_size=40))
def test_a_file_cut_off_or_with_something_in_between_never_raises(position: int, between: bytes) -> None:
    reading_of(STP[:position] + between)
    assert nothing_changed_in_silence(reading_of(STP[:position] + between + STP[position:]))


@bounded(60)
@given(
    st.sampled_from(
        [SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet5.xml"]
    ),
    st.integers(0, 10**6),
    st.integers(0, 60),
    st.sampled_from(
        [b"", b"<", b">", b'"', b"\xff", b"<f>", b"</c>", b"<row>", b"A1", b'r="ZZZ9999999"', b"&#x0;", b"&x;"]
    ),
)
def test_xml_changed_inside_the_archive_never_raises(name: str, at: int, cut: int, put: bytes) -> None:
    parts = parts_of(STP)
    at %= len(parts[name])
    parts[name] = parts[name][:at] + put + parts[name][at + cut :]
    reading = reading_of(packed(parts))
    assert reading.file == "phieu.xlsx"
    assert reading.identity or reading.findings


# --- cells ------------------------------------------------------------------------------------------------------------


JUNK: list[Any] = [None, "", "x", "có", "1,5", "1.435", -1, 1e308, True, date(2025, 2, 1), "=1/0", "kh«ng", "a" * 3000]


@bounded(10)
@given(st.integers(0, 2**32))
def test_junk_in_any_cells_and_rows_and_columns_moved_never_raise(seed: int) -> None:
    chance = random.Random(seed)
    book = load_workbook(io.BytesIO(STP))
    sheet = chance.choice(book.worksheets)
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(area.coord)
    for _ in range(chance.randint(0, 12)):
        cell: Any = sheet.cell(chance.randint(1, sheet.max_row), chance.randint(1, sheet.max_column))
        cell.value = chance.choice(JUNK)
    moves = (sheet.insert_rows, sheet.delete_rows, sheet.insert_cols, sheet.delete_cols)
    for move in chance.sample(moves, chance.randint(0, 3)):
        move(chance.randint(1, 12))
    out = io.BytesIO()
    book.save(out)
    reading = reading_of(out.getvalue())
    assert reading.identity or serious(reading)


@bounded(10)
@given(st.integers(0, 2**32))
def test_rows_inserted_and_deleted_never_move_a_value_to_another_leaf(seed: int) -> None:
    chance = random.Random(seed)
    book = load_workbook(io.BytesIO(STP))
    sheet = book[CRITERIA_SHEET]
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(area.coord)
    for _ in range(chance.randint(1, 5)):
        move = chance.choice((sheet.insert_rows, sheet.delete_rows, sheet.insert_cols, sheet.delete_cols))
        move(chance.randint(1, 12 if move in (sheet.insert_cols, sheet.delete_cols) else sheet.max_row))
    out = io.BytesIO()
    book.save(out)
    before = facts_of(undamaged())
    for code, facts in facts_of(reading_of(out.getvalue())).items():
        assert facts.items() <= before[code].items()


# --- there and back ---------------------------------------------------------------------------------------------------


def canonical(field: FactField, chance: random.Random) -> str:
    match field.kind:
        case FactKind.NUMBER:
            return f"{chance.randint(0, 10**9) / 100:.2f}".rstrip("0").rstrip(".")
        case FactKind.COUNT:
            return str(chance.randint(0, 10**6))
        case FactKind.DATE:
            day = date(2024, 1, 1).toordinal() + chance.randint(0, 800)
            return chance.choice((NEVER_DONE, date.fromordinal(day).isoformat()))
        case FactKind.YES_NO:
            return chance.choice("01")
        case FactKind.OPTION:
            return chance.choice(field.choices)[0]


def typed(field: FactField, value: str, chance: random.Random) -> Any:
    """A canonical value as someone may type it: as the form has it, or as text in a usual spelling."""
    if field.kind in (FactKind.NUMBER, FactKind.COUNT) and chance.random() < 0.4:
        text = vietnamese_number(value)
        whole = text.partition(",")[0]
        return text if "," in text or whole.count(".") != 1 else value
    if field.kind is FactKind.DATE and value != NEVER_DONE and chance.random() < 0.5:
        return date.fromisoformat(value).strftime(chance.choice(("%d/%m/%Y", "%d-%m-%Y", "ngày %d tháng %m năm %Y")))
    known = value_of(field, value)
    return float(known) if isinstance(known, Decimal) else known


@bounded(8)
@given(st.integers(0, 2**32))
def test_random_facts_typed_into_the_form_are_read_back_equal(seed: int) -> None:
    chance = random.Random(seed)
    book = load_workbook(io.BytesIO(BLANK))
    sheet = book[CRITERIA_SHEET]
    at = columns_of(sheet)
    rows = {sheet.cell(row, at[KEY_ID]).value: row for row in range(2, sheet.max_row + 1)}
    facts: dict[str, dict[str, str]] = {}
    for code, leaf in LEAVES.items():
        facts[code] = {field.id: canonical(field, chance) for field in leaf.rule.fields}
        if facts[code].get("denominator") == "100":
            facts[code]["denominator"] = "101"  # a hundred makes a fraction ask whether it is a percentage
        for field in leaf.rule.fields:
            cell: Any = sheet.cell(rows[f"{code}/{field.id}"], at["value"])
            cell.value = typed(field, facts[code][field.id], chance)
            if isinstance(cell.value, str):
                cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    reading = reading_of(out.getvalue())
    assert not serious(reading)
    assert facts_of(reading) == facts
    assert statement_of(reading, "1.1.3").maximum == LEAVES["1.1.3"].max
