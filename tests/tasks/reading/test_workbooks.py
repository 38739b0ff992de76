"""What is read of real forms: who says what in which cell; rows and columns followed wherever they went."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from models.criteria.formulas import YES
from models.findings import Place, Severity
from models.forms.council import CONTESTED
from models.forms.descriptions import FormIdentity, FormKind, set_used
from models.forms.explanation import AGREES, EXPLAINS, EXPLANATION_SHEET
from models.forms.row_keys import Remark
from models.forms.self_assessment import CRITERIA_SHEET, SUMMARY_SHEET
from models.forms.sheets import COVER_SHEET, IDENTITY_SHEET
from models.forms.sources import ScoreSource
from models.province.folder import load_province
from models.records.submissions import EvidenceItem
from tasks.forms.cover_pages import put_signatures
from tasks.reading.workbooks import read_workbook
from tasks.recording.importing import read_facts, read_scores
from tasks.spreadsheets.workbooks import add_identity, add_page, book_bytes, new_book, put_heads, set_columns
from tests.broken_workbooks.forms import (
    cell_of,
    columns_of,
    edited,
    filled,
    row_of,
    unmerged,
    with_identity,
    without_sheet,
)
from tests.conftest import copy_example
from tests.libreoffice import all_converted
from tests.tasks.reading.reading_forms import YEAR, form, reading_of, said, sample, serious, statement_of

pytestmark = pytest.mark.slow

STP = form(FormKind.SELF_ASSESSMENT, "so-tu-phap")
BLANK = form(FormKind.SELF_ASSESSMENT, "so-tu-phap", recorded=False)
GROUP_SHEET = "Các sở, ban, ngành"


def facts_recorded(unit: str) -> dict[tuple[str, str], str]:
    content = (sample().folder / "facts-2025.csv").read_bytes()
    facts, _ = read_facts(content, "facts-2025.csv", sample(), YEAR, {})
    return {(fact.component, fact.fact): fact.value for fact in facts if fact.unit == unit}


def facts_read(content: bytes, unit: str = "so-tu-phap") -> dict[tuple[str, str], str]:
    return {
        (statement.code, fact): value
        for statement in reading_of(content).statements
        if statement.unit == unit
        for fact, value in statement.facts.items()
    }


def own_facts(unit: str) -> dict[tuple[str, str], str]:
    """The recorded facts of the leaves that a unit states itself."""
    group = sample().group_of(sample().round_of(YEAR), unit)
    assert group
    leaves = sample().criteria_sets[group.criteria_set].by_code
    return {
        (code, fact): value
        for (code, fact), value in facts_recorded(unit).items()
        if code in leaves and leaves[code].source == "self"
    }


# --- every kind of form -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", ["so-tu-phap", "thanh-tra", "xa-long-dien"])
def test_a_self_assessment_is_read_as_it_was_written(unit: str) -> None:
    content = form(FormKind.SELF_ASSESSMENT, unit)
    reading = reading_of(content)
    assert reading.identity
    assert (reading.identity.kind, reading.identity.subject, reading.identity.year) == (
        FormKind.SELF_ASSESSMENT,
        unit,
        YEAR,
    )
    assert not serious(reading)
    assert facts_read(content, unit) == own_facts(unit)
    group = sample().group_of(sample().round_of(YEAR), unit)
    assert group
    for statement in reading.statements:
        assert statement.maximum == sample().criteria_sets[group.criteria_set].by_code[statement.code].max


def test_a_leaf_is_read_with_evidence_claim_explanation_and_the_cells_of_all_of_them() -> None:
    content = filled(
        STP,
        CRITERIA_SHEET,
        {
            ("1.1.3/numerator", "document"): "Báo cáo kết quả thực hiện kế hoạch CCHC",
            ("1.1.3/numerator", "number"): "15/BC-STP",
            ("1.1.3/numerator", "date"): date(2025, 12, 1),
            ("1.1.3/numerator", "page"): "trang 3, mục II.2",
            ("1.1.3", "document"): "Kế hoạch CCHC năm 2025",
            ("1.1.3", "date"): "ngày 05 tháng 01 năm 2025",
            ("1.1.3", "explanation"): "  Đếm theo phụ lục  ",
            ("1.1.3", "points"): 1.5,
        },
    )
    statement = statement_of(reading_of(content), "1.1.3")
    assert statement.evidence == (
        EvidenceItem("Báo cáo kết quả thực hiện kế hoạch CCHC", "15/BC-STP", date(2025, 12, 1), "trang 3, mục II.2"),
        EvidenceItem("Kế hoạch CCHC năm 2025", "", date(2025, 1, 5), ""),
    )
    assert statement.text == "Đếm theo phụ lục"
    assert statement.points == Decimal("1.5")
    head = statement.places["points"].row
    assert statement.places["fact:numerator"] == Place(CRITERIA_SHEET, head + 1, 5)
    assert statement.places["document/0"] == Place(CRITERIA_SHEET, head + 1, 8)
    assert statement.places["document/1"] == Place(CRITERIA_SHEET, head, 8)
    assert statement.places["document/2"] == Place(CRITERIA_SHEET, head + 2, 8)  # the empty row comes last
    assert statement.places["explanation"].cell == f"L{head}"
    assert set(statement.places) >= {"max", "points", "not_applicable", "fact:denominator", "page/2", "code"}
    assert len(statement.places) == len(set(statement.places))
    with pytest.raises(KeyError):
        _ = statement.places["document/3"]


def test_a_blank_form_states_nothing_but_has_the_places_of_its_empty_cells() -> None:
    reading = reading_of(BLANK)
    assert not serious(reading)
    statement = statement_of(reading, "1.1.3")
    assert (statement.facts, statement.points, statement.evidence, statement.text) == ({}, None, (), "")
    assert {"fact:numerator", "document/0", "explanation"} <= set(statement.places)


def test_points_that_were_not_calculated_are_not_taken_and_told_once() -> None:
    reading = reading_of(STP)
    assert all(statement.points is None for statement in reading.statements)
    assert said(reading) == [
        f"{len(reading.statements)} ô điểm là công thức chưa được tính nên không lấy giá trị; "
        "điểm được tính lại từ số liệu"
    ]
    assert [finding.severity for finding in reading.findings] == [Severity.INFO]


def test_a_claim_that_nothing_applies_is_read_from_its_cell() -> None:
    claimable = next(
        leaf.code
        for leaf in sample().criteria_sets["so-2025"].leaves
        if leaf.may_be_claimed and leaf.source == "self" and leaf.applies_to("so-tu-phap", "so")
    )
    for text, claimed in ((YES, True), ("Có ", True), ("không áp dụng", True), ("không", False), (None, False)):
        content = filled(BLANK, CRITERIA_SHEET, {(claimable, "not_applicable"): text})
        reading = reading_of(content)
        assert statement_of(reading, claimable).not_applicable is claimed
        assert not serious(reading)
    reading = reading_of(filled(BLANK, CRITERIA_SHEET, {(claimable, "not_applicable"): "có lẽ"}))
    assert "không áp dụng: “có lẽ” không có trong danh sách" in said(reading, Severity.CRITICAL)[0]


def test_remarks_are_read_from_the_summary() -> None:
    content = filled(
        STP, SUMMARY_SHEET, {(Remark.DIFFICULTIES.value, "max"): "Thiếu máy quét", ("#contact", "max"): 912}
    )
    assert reading_of(content).remarks == {Remark.DIFFICULTIES: "Thiếu máy quét", Remark.CONTACT: "912"}


def test_an_appraisal_is_read_with_points_grants_and_reasons() -> None:
    content, sheet = form(FormKind.APPRAISAL, "snv"), GROUP_SHEET
    keys = [f"{each.unit}:{each.code}" for each in reading_of(content).statements]
    key = next(each for each in keys if each.startswith("so-y-te:"))
    unit, code = key.split(":")
    other = next(each for each in keys if each.startswith("thanh-tra:"))
    content = filled(
        content,
        sheet,
        {(key, "appraised"): "0,25", (key, "reason"): "Thiếu văn bản", (other, "not_applicable"): "x"},
    )
    reading = reading_of(content)
    assert reading.identity
    assert reading.identity.subject == "snv"
    assert not serious(reading)
    statement = statement_of(reading, code, unit)
    assert (statement.points, statement.text, statement.not_applicable) == (Decimal("0.25"), "Thiếu văn bản", False)
    assert statement.places["appraised"].sheet == sheet
    unit, code = other.split(":")
    assert statement_of(reading, code, unit).not_applicable


def test_recorded_appraisals_stand_in_the_form_as_recorded() -> None:
    content = (sample().folder / "scores-2025.csv").read_bytes()
    scores, _ = read_scores(content, "scores-2025.csv", sample(), YEAR)
    given = {(s.unit, s.component): s.points for s in scores if s.source is ScoreSource.APPRAISAL}
    seen = 0
    for statement in reading_of(form(FormKind.APPRAISAL, "snv")).statements:
        if (statement.unit, statement.code) in given:
            assert statement.points == given[statement.unit, statement.code]
            seen += 1
    assert seen


def test_an_explanation_is_read_with_answer_words_and_new_evidence() -> None:
    content = form(FormKind.EXPLANATION, "thanh-tra")
    first, second = (statement.code for statement in reading_of(content).statements[:2])
    content = filled(
        content,
        EXPLANATION_SHEET,
        {
            (first, "answer"): EXPLAINS,
            (first, "explanation"): "Đã có văn bản",
            (first, "document"): "Công văn",
            (first, "number"): "7/TTr",
            (second, "answer"): AGREES.upper(),
            (Remark.PREPARED_BY.value, "max"): "Nguyễn Văn Mẫu (dữ liệu mẫu)",
        },
    )
    reading = reading_of(content)
    assert not serious(reading)
    statement = statement_of(reading, first)
    assert (statement.answer, statement.text) == (EXPLAINS, "Đã có văn bản")
    assert statement.evidence == (EvidenceItem("Công văn", "7/TTr"),)
    assert statement.points is not None
    assert statement_of(reading, second).answer == AGREES
    assert reading.remarks == {Remark.PREPARED_BY: "Nguyễn Văn Mẫu (dữ liệu mẫu)"}


def council_form() -> bytes:
    """A form of the council in its geometry: two rows, the signature below in a column that is an input above."""
    book = new_book("Phiếu Hội đồng năm 2025", "Sở Nội vụ")
    page = add_page(book, "Hội đồng")
    set_columns(page, CONTESTED.columns)
    page.row = put_heads(page, CONTESTED.columns, 4)
    at = {column.id: number for number, column in enumerate(CONTESTED.columns, 1)}
    keys = ["so-y-te:1.1.3", "thanh-tra:1.1.3"]
    for key, values in zip(
        keys, ({"appraised": Decimal("1.25"), "reason": "Theo biên bản"}, {"not_applicable": YES}), strict=True
    ):
        unit = sample().units[key.partition(":")[0]]
        row = {"key": key, "code": "1.1.3", "unit": unit.name, "max": 2, "answer": EXPLAINS, "points": 2, "standing": 1}
        for id, value in {**row, **values}.items():
            page.put(page.row, at[id], value)
        page.row += 1
    put_signatures(page, 3, 11, "TM. HỘI ĐỒNG")
    used = (set_used(sample().criteria_sets["so-2025"]),)
    add_identity(book, FormIdentity(FormKind.COUNCIL, "tinh-mau", YEAR, "so", used), keys)
    return book_bytes(book)


def test_a_decision_of_the_council_is_read_like_an_appraisal() -> None:
    reading = reading_of(council_form())
    assert reading.identity
    assert (reading.identity.kind, reading.identity.subject) == (FormKind.COUNCIL, "so")
    assert not serious(reading)
    decided = [(each.unit, each.points, each.not_applicable, each.text) for each in reading.statements]
    assert decided == [("so-y-te", Decimal("1.25"), False, "Theo biên bản"), ("thanh-tra", None, True, "")]


@pytest.mark.parametrize("kind", [FormKind.EXPLANATION, FormKind.COUNCIL])
def test_a_row_deleted_from_a_form_of_what_was_cut_is_refused(kind: FormKind) -> None:
    content = council_form() if kind is FormKind.COUNCIL else form(kind, "thanh-tra")

    def delete(book: Workbook) -> None:
        sheet = next(sheet for sheet in book.worksheets if sheet.cell(1, 1).value == "key")
        unmerged(sheet)
        sheet.delete_rows(6)

    reading = reading_of(edited(content, delete))
    assert reading.identity is None
    assert "có dòng đã bị xóa khỏi biểu mẫu, hoặc trang ẩn nhận dạng đã bị sửa" in said(reading, Severity.CRITICAL)


def test_a_survey_and_a_register_are_read_unit_by_unit() -> None:
    survey, register = form(FormKind.SURVEY, "xa"), form(FormKind.REGISTER, "so")
    for content, units in ((survey, ("xa-long-dien",)), (register, ("so-tu-phap", "so-y-te", "thanh-tra"))):
        reading = reading_of(content)
        assert not serious(reading)
        assert {statement.unit for statement in reading.statements} == set(units)
        for unit in units:
            recorded = facts_recorded(unit)
            read = facts_read(content, unit)
            assert read
            assert read.items() <= recorded.items()
    bonus = sample().criteria_sets["so-2025"].bonus
    assert bonus
    item = statement_of(reading_of(register), bonus.items[0].code, "so-y-te")
    assert {"fact:count", "note", "points"} <= set(item.places)


# --- followed, not found by position ----------------------------------------------------------------------------------


def rename(book: Workbook) -> None:
    book[CRITERIA_SHEET].title = "Phiếu điểm của Sở"


def insert_row(book: Workbook) -> None:
    sheet = book[CRITERIA_SHEET]
    unmerged(sheet)
    sheet.insert_rows(row_of(sheet, "1.1.3"))
    sheet.insert_rows(1)


def insert_column(book: Workbook) -> None:
    sheet = book[CRITERIA_SHEET]
    unmerged(sheet)
    sheet.insert_cols(5)
    sheet.insert_cols(1)


def move_a_block(book: Workbook) -> None:
    """The rows of one criterion below the last row, keys and all."""
    sheet = book[CRITERIA_SHEET]
    first = row_of(sheet, "1.1.3")
    last = sheet.max_row + 2
    for offset in range(3):
        for column in range(1, 13):
            source = sheet.cell(first + offset, column)
            sheet.cell(last + offset, column).value = source.value
            source.value = None


def delete_ids(book: Workbook) -> None:
    sheet = book[CRITERIA_SHEET]
    unmerged(sheet)
    sheet.delete_rows(1)


def delete_keys(book: Workbook) -> None:
    sheet = book[CRITERIA_SHEET]
    unmerged(sheet)
    sheet.delete_cols(1)


def delete_ids_and_keys(book: Workbook) -> None:
    delete_ids(book)
    delete_keys(book)


def empty_some_keys(book: Workbook) -> None:
    for key in ("1.1.3", "1.1.3/numerator", "2.1.1"):
        cell_of(book[CRITERIA_SHEET], key, "key").value = None


@pytest.mark.parametrize(
    ("change", "warning"),
    [
        (rename, ""),
        (insert_row, ""),
        (insert_column, ""),
        (move_a_block, ""),
        (delete_ids, "trang “Tự đánh giá”: dòng ẩn mang tên cột đã bị xóa, các cột được nhận theo tiêu đề"),
        (delete_keys, "dòng không còn khóa ẩn, được nhận theo mã và nội dung"),
        (delete_ids_and_keys, "dòng không còn khóa ẩn, được nhận theo mã và nội dung"),
        (empty_some_keys, "3 dòng không còn khóa ẩn, được nhận theo mã và nội dung"),
    ],
)
def test_what_was_moved_or_renamed_is_followed(change: Any, warning: str) -> None:
    content = edited(STP, change)
    assert facts_read(content) == own_facts("so-tu-phap")
    reading = reading_of(content)
    assert not serious(reading)
    warnings = said(reading, Severity.WARNING)
    assert any(warning in each for each in warnings) if warning else not warnings


def test_an_appraisal_without_keys_is_read_by_code_and_unit() -> None:
    content = form(FormKind.APPRAISAL, "snv")

    def delete(book: Workbook) -> None:
        unmerged(book[GROUP_SHEET])
        book[GROUP_SHEET].delete_cols(1)

    before, after = reading_of(content), reading_of(edited(content, delete))
    assert not serious(after)
    assert [(each.unit, each.code, each.points) for each in after.statements] == [
        (each.unit, each.code, each.points) for each in before.statements
    ]


@pytest.mark.parametrize("ending", ["xls", "ods", "xlsx"])
def test_other_formats_and_calculated_points_are_read(ending: str, tmp_path: Path) -> None:
    path = tmp_path / "phieu.xlsx"
    path.write_bytes(STP)
    content = all_converted([path], tmp_path, ending)[0].read_bytes()
    reading = reading_of(content, f"phieu.{ending}")
    assert not reading.findings
    assert facts_read(content) == own_facts("so-tu-phap")
    assert sum(statement.points is not None for statement in reading.statements) > 60
    assert statement_of(reading, "1.1.3").maximum == 2


def test_merged_inputs_are_seen_in_old_workbooks_too(tmp_path: Path) -> None:
    path = tmp_path / "phieu.xlsx"
    path.write_bytes(edited(STP, merge_inputs))
    reading = reading_of(all_converted([path], tmp_path, "xls")[0].read_bytes())
    assert any("bị gộp thành một ô" in each for each in said(reading, Severity.CRITICAL))


# --- lost, double, foreign --------------------------------------------------------------------------------------------


def delete_row(book: Workbook) -> None:
    sheet = book[CRITERIA_SHEET]
    unmerged(sheet)
    sheet.delete_rows(row_of(sheet, "1.1.3/denominator"))


def delete_column(book: Workbook) -> None:
    sheet = book[CRITERIA_SHEET]
    unmerged(sheet)
    sheet.delete_cols(columns_of(sheet)["explanation"])


def copy_a_row(book: Workbook) -> None:
    sheet = book[CRITERIA_SHEET]
    row = row_of(sheet, "1.1.3")
    for column in range(1, 13):
        sheet.cell(sheet.max_row + (column == 1), column).value = sheet.cell(row, column).value


def type_a_code_twice(book: Workbook) -> None:
    cell_of(book[CRITERIA_SHEET], "1.1.3", "code").value = "1.1.2"


def move_cells_without_their_keys(book: Workbook) -> None:
    sheet = book[CRITERIA_SHEET]
    row = row_of(sheet, "1.1.3/numerator")
    sheet.move_range(f"C{row}:E{row + 1}", rows=1)


def add_a_foreign_row(book: Workbook) -> None:
    sheet = book[CRITERIA_SHEET]
    row = sheet.max_row + 1
    sheet.cell(row, 1).value = sheet.cell(row, 2).value = "9.9.9"


def write_into_an_inserted_row(book: Workbook) -> None:
    insert_row(book)
    sheet = book[CRITERIA_SHEET]
    row = next(row for row in range(2, 200) if sheet.cell(row, 1).value == "1.1.3") - 1
    sheet.cell(row, 8).value = "Văn bản thứ hai"


def fill_a_surveyed_leaf(book: Workbook) -> None:
    leaf = next(leaf for leaf in sample().criteria_sets["so-2025"].leaves if leaf.source == "survey")
    cell_of(book[CRITERIA_SHEET], leaf.code, "points").value = 2


def write_beside_the_input(book: Workbook) -> None:
    cell_of(book[CRITERIA_SHEET], "1.1.3", "value").value = 12


def merge_inputs(book: Workbook) -> None:
    sheet = book[CRITERIA_SHEET]
    row = row_of(sheet, "1.1.3/numerator")
    sheet.merge_cells(f"E{row}:E{row + 1}")


def copy_a_column(book: Workbook) -> None:
    book[CRITERIA_SHEET].cell(1, 14).value = "value"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda book: book.remove(book[CRITERIA_SHEET]), "biểu mẫu không còn trang “Tự đánh giá”"),
        (lambda book: book.remove(book[SUMMARY_SHEET]), "biểu mẫu không còn trang “Tổng hợp”"),
        (delete_row, "biểu mẫu thiếu 1 dòng: tiêu chí 1.1.3, số liệu “tổng số nhiệm vụ trong kế hoạch CCHC năm”"),
        (delete_column, "trang “Tự đánh giá”: thiếu cột “Giải trình”"),
        (copy_a_row, "tiêu chí 1.1.3 có 2 dòng (dòng "),
        (type_a_code_twice, "ô mã ghi “1.1.2” nhưng dòng này của biểu mẫu là tiêu chí 1.1.3"),
        (move_cells_without_their_keys, "nhưng ô nội dung ghi “Số nhiệm vụ CCHC hoàn thành đúng tiến độ”"),
        (add_a_foreign_row, "tiêu chí 9.9.9 không có trong bộ tiêu chí hiện hành"),
        (write_into_an_inserted_row, "không thuộc tiêu chí nào của biểu mẫu"),
        (fill_a_surveyed_leaf, "đơn vị không tự chấm, nhưng cột “Điểm tự chấm” có giá trị"),
        (write_beside_the_input, "tiêu chí 1.1.3: ô này không phải ô nhập (cột “Số liệu”)"),
        (merge_inputs, "bị gộp thành một ô, không rõ giá trị thuộc ô nào"),
        (copy_a_column, "trang “Tự đánh giá”: cột “Số liệu” có hai lần"),
    ],
)
def test_what_is_lost_double_or_foreign_is_named_and_stops_the_file(change: Any, message: str) -> None:
    reading = reading_of(edited(STP, change))
    assert reading.identity
    assert any(message in each for each in said(reading, Severity.CRITICAL)), said(reading)


def test_an_inserted_row_without_contents_and_a_deleted_cover_only_warn() -> None:
    reading = reading_of(without_sheet(STP, COVER_SHEET))
    assert not serious(reading)
    assert said(reading, Severity.WARNING) == [f"không còn trang “{COVER_SHEET}” hoặc dòng “Đơn vị” trên đó"]


def test_hidden_rows_with_values_are_read_with_a_warning() -> None:
    def hide(book: Workbook) -> None:
        sheet = book[CRITERIA_SHEET]
        sheet.row_dimensions[row_of(sheet, "1.1.3/numerator")].hidden = True

    content = edited(STP, hide)
    reading = reading_of(content)
    assert facts_read(content) == own_facts("so-tu-phap")
    assert not serious(reading)
    assert "trang “Tự đánh giá”: 1 dòng đang bị ẩn có số liệu" in said(reading, Severity.WARNING)[0]


def test_an_appraisal_row_under_another_units_name_is_critical() -> None:
    content = form(FormKind.APPRAISAL, "snv")
    statement = reading_of(content).statements[0]
    key = f"{statement.unit}:{statement.code}"
    reading = reading_of(filled(content, GROUP_SHEET, {(key, "unit"): "Sở Xây dựng"}))
    assert "cột Đơn vị ghi “Sở Xây dựng” nhưng dòng này của biểu mẫu là của" in said(reading, Severity.CRITICAL)[0]


# --- which form, and whose --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("province", "tinh-khac", "biểu mẫu của tỉnh khác (“tinh-khac”), ở đây là “tinh-mau”"),
        ("year", "2019", "biểu mẫu của năm 2019, chưa có kỳ đánh giá của năm này (đang có: 2025)"),
        ("subject", "so-vu-tru", "không có đơn vị mang mã “so-vu-tru”"),
        ("subject", "xa-long-dien", "biểu mẫu theo bộ tiêu chí “so-2025” của nhóm khác, ở đây phải là “xa-2025”"),
        ("kind", "explanation", "trang ẩn nhận dạng đã bị sửa"),
        ("subject", "so-y-te", "trang ẩn nhận dạng đã bị sửa (mã kiểm tra không khớp"),
        ("checksum", "0" * 64, "trang ẩn nhận dạng đã bị sửa (mã kiểm tra không khớp"),
    ],
)
def test_a_form_of_another_or_with_a_changed_identity_is_refused(name: str, value: str, message: str) -> None:
    reading = reading_of(with_identity(STP, name, value))
    assert any(message in each for each in said(reading, Severity.CRITICAL)), said(reading)
    assert reading.identity is None


def test_a_unit_outside_the_round_is_refused() -> None:
    outside = next(code for code in sample().units if sample().group_of(sample().round_of(YEAR), code) is None)
    reading = reading_of(with_identity(STP, "subject", outside))
    assert reading.identity is None
    assert f"(mã {outside}) không thuộc nhóm nào của kỳ đánh giá năm 2025" in said(reading)[0]


def test_a_form_of_an_older_set_is_read_with_a_warning(tmp_path: Path) -> None:
    folder = copy_example("tinh-mau", tmp_path)
    criteria = folder / "criteria" / "so-2025.yaml"
    text = criteria.read_text(encoding="utf-8")
    label = "số nhiệm vụ CCHC hoàn thành đúng tiến độ"
    assert label in text
    criteria.write_text(text.replace(label, "số nhiệm vụ hoàn thành"), encoding="utf-8")
    reading = read_workbook(STP, "phieu.xlsx", load_province(folder))
    assert not serious(reading)
    warnings = said(reading, Severity.WARNING)
    assert warnings[0] == "bộ tiêu chí “so-2025” đã thay đổi sau khi phát hành biểu mẫu này"
    assert "dòng này là số liệu “số nhiệm vụ hoàn thành” nhưng ô nội dung ghi" in warnings[1]
    assert statement_of(reading, "1.1.3").facts == statement_of(reading_of(STP), "1.1.3").facts


@pytest.mark.parametrize("text", ["Sở Y tế (mã so-y-te)", "Sở Y tế", "Sở Tư pháp (mã so-y-te)"])
def test_another_unit_on_the_cover_than_in_the_hidden_sheet_is_critical(text: str) -> None:
    def change(book: Workbook) -> None:
        row = next(row for row in book[COVER_SHEET].iter_rows() if row[1].value == "Đơn vị")
        row[3].value = text

    reading = reading_of(edited(STP, change))
    assert (
        f"ghi “{text}” nhưng biểu mẫu này được phát hành cho “Sở Tư pháp (mã so-tu-phap)”"
        in said(reading, Severity.CRITICAL)[0]
    )
    assert serious(reading)[0].place


@pytest.mark.parametrize(
    ("kind", "subject", "called"),
    [
        (FormKind.SELF_ASSESSMENT, "so-tu-phap", "Phiếu tự đánh giá năm 2025 của “Sở Tư pháp (mã so-tu-phap)”"),
        (FormKind.EXPLANATION, "thanh-tra", "Phiếu giải trình năm 2025 của “Thanh tra tỉnh (mã thanh-tra)”"),
        (FormKind.APPRAISAL, "snv", "Phiếu thẩm định năm 2025 của “Sở Nội vụ”"),
        (FormKind.SURVEY, "xa", "Phiếu nhập kết quả khảo sát năm 2025 của “UBND xã, phường, đặc khu”"),
        (FormKind.REGISTER, "so", "Sổ theo dõi, điểm thưởng, điểm trừ năm 2025 của “Các sở, ban, ngành”"),
    ],
)
def test_without_its_hidden_sheet_a_form_is_known_by_its_shape(kind: FormKind, subject: str, called: str) -> None:
    content = form(kind, subject)
    before, after = reading_of(content), reading_of(without_sheet(content, IDENTITY_SHEET))
    assert after.identity == before.identity
    assert after.statements == before.statements
    assert not serious(after)
    assert said(after, Severity.WARNING) == [f"trang ẩn nhận dạng đã bị xóa; nhận theo nội dung là {called}"]


def test_a_row_that_is_gone_is_missed_without_the_hidden_sheet_too() -> None:
    reading = reading_of(without_sheet(edited(STP, delete_row), IDENTITY_SHEET))
    assert any("biểu mẫu thiếu 1 dòng" in each for each in said(reading, Severity.CRITICAL))


def test_what_cannot_be_known_for_certain_is_refused() -> None:
    def forget(book: Workbook) -> None:
        for sheet in (COVER_SHEET, IDENTITY_SHEET):
            book.remove(book[sheet])
        book[CRITERIA_SHEET].cell(3, 2).value = "Sở ta"

    reading = reading_of(edited(STP, forget))
    assert reading.identity is None
    assert "trang ẩn nhận dạng đã bị xóa, và trang đầu không cho biết chắc biểu mẫu của ai" in said(reading)[0]
