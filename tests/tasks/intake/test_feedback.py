"""What a sender gets back: his workbook marked and listed, mended copies free of marks, or one page that says why."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from unicodedata import category, normalize

import pdfplumber
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.worksheet.table import Table
from pypdf import PdfReader

from models.findings import Finding, Place, Severity
from models.forms.descriptions import FormKind
from models.forms.self_assessment import CRITERIA_SHEET, SUMMARY_SHEET
from models.forms.sheets import COVER_SHEET, IDENTITY_SHEET
from models.province.config import ProvinceConfig
from models.province.folder import Province, load_province
from models.records.storage import open_storage
from models.settings import Settings
from models.working_days import VIETNAM
from tasks.forms.writing import write_forms
from tasks.intake.cell_marks import MARKS
from tasks.intake.feedback import refusal_letter, reply_name, reply_to
from tasks.intake.marking import NotMarkableError, marked_workbook
from tasks.intake.results_sheet import MOST_LISTED, RESULTS_SHEET
from tasks.spreadsheets.workbooks import INPUT_FILL
from tests.conftest import EXAMPLES, copy_example
from tests.libreoffice import all_converted

pytestmark = pytest.mark.slow

NAME = "tu-danh-gia-2025-so-tu-phap.xlsx"
WHEN = datetime(2026, 1, 9, 9, 5, tzinfo=VIETNAM)
EVIL = '=cmd|"/c calc"!A1'


def at(
    cell: str, what: str = "số liệu sai", severity: Severity = Severity.CRITICAL, sheet: str = CRITERIA_SHEET
) -> Finding:
    found = Workbook().active[cell]  # type: ignore[index]
    return Finding(NAME, 0, what, "Sửa số liệu", severity, Place(sheet, found.row, found.column))


FINDINGS = [
    at("E9", "ngày “17/102016” không có thật"),
    at("E9", "=HYPERLINK(1) lạ", Severity.WARNING),
    at("I12", "thiếu số, ký hiệu", Severity.WARNING),
    at("D9", "điểm tối đa đã bị đổi"),
    at("L12", "nội dung ngắn", Severity.INFO),
    Finding(NAME, 0, "tệp nhận sau hạn", "Gửi công văn giải thích", Severity.WARNING),
]


@dataclass(frozen=True)
class Sent:
    """A filled form, what came back, and both as a spreadsheet program saves them."""

    province: Province
    filled: bytes
    marked: bytes
    saved: dict[str, Path]


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Sent:
    folder = tmp_path_factory.mktemp("feedback")
    province = load_province(copy_example("tinh-mau", folder))
    storage = open_storage(folder, Settings(user="người thử"))
    (path,) = write_forms(province, storage, 2025, FormKind.SELF_ASSESSMENT, ["so-tu-phap"], folder)
    storage.engine.dispose()
    book = load_workbook(path, rich_text=True)
    sheet = book[CRITERIA_SHEET]
    for key, value in (("1.1.3/numerator", 9), ("1.1.3/denominator", 10)):
        sheet.cell(row_of(sheet, key), 5).value = value
    sheet["H12"].value = EVIL
    sheet["H12"].data_type = "s"
    sheet["L12"].comment = Comment("Hỏi lại phòng Văn bản", "Chuyên viên")
    filled = bytes_of(book)
    marked = marked_workbook(filled, NAME, FINDINGS, WHEN)
    files = [folder / "filled.xlsx", folder / "marked.xlsx"]
    for file, content in zip(files, (filled, marked), strict=True):
        file.write_bytes(content)
    saved = dict(zip(("filled", "marked"), all_converted(files, folder, "xlsx"), strict=True))
    return Sent(province, filled, marked, saved)


def row_of(sheet: Any, key: str) -> int:
    return next(int(row[0].row) for row in sheet.iter_rows(max_col=1) if row[0].value == key)


def bytes_of(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def opened(content: bytes, **given: Any) -> Workbook:
    return load_workbook(io.BytesIO(content), rich_text=True, **given)


def fill_of(cell: Any) -> str:
    return str(cell.fill.start_color.rgb)[-6:] if cell.fill.fill_type == "solid" else ""


def alarms_of(sheet: Any, ours: bool = False) -> list[tuple[str, list[str]]]:
    """Areas and formulas of conditional formats, the first to hold first: the form's own, or those of marks."""
    rules = [(rule.priority, str(area.sqref), rule) for area in sheet.conditional_formatting for rule in area.rules]
    return [
        (cells, list(rule.formula))
        for _, cells, rule in sorted(rules, key=lambda found: found[0])
        if (str(rule.dxf.fill.end_color.rgb)[-6:] in MARKS.values()) is ours
    ]


def listed(book: Workbook) -> list[tuple[Any, ...]]:
    """The findings on the sheet of results: number, severity, sheet, cell, what, remedy."""
    return [row[1:7] for row in book[RESULTS_SHEET].iter_rows(min_row=9, values_only=True) if row[2]]


def cells_of(book: Workbook) -> Iterator[tuple[str, Any]]:
    for sheet in book.worksheets:
        if sheet.title != RESULTS_SHEET:
            for row in sheet.iter_rows():
                yield from ((f"{sheet.title}!{cell.coordinate}", cell) for cell in row)


# --- the marks --------------------------------------------------------------------------------------------------------


def test_bad_cells_have_the_colour_of_their_worst_finding(sent: Sent) -> None:
    sheet = opened(sent.marked)[CRITERIA_SHEET]
    marked = {cell: fill_of(sheet[cell]) for cell in ("E9", "D9", "I12", "L12", "E12")}
    red, amber, blue = (MARKS[severity] for severity in Severity)
    assert marked == {"E9": red, "D9": red, "I12": amber, "L12": blue, "E12": INPUT_FILL}


def test_the_forms_own_alarms_do_not_hide_the_marks(sent: Sent) -> None:
    sheet = opened(sent.marked)[CRITERIA_SHEET]
    assert alarms_of(sheet, ours=True) == [("D9 E9", ["1=1"]), ("I12", ["1=1"]), ("L12", ["1=1"])]
    priorities = [rule.priority for area in sheet.conditional_formatting for rule in area.rules]
    assert sorted(priorities)[:3] == [1, 2, 3]
    assert len(set(priorities)) == len(priorities)
    assert all(rule.stopIfTrue for area in sheet.conditional_formatting for rule in area.rules if rule.priority <= 3)


def test_one_comment_a_cell_says_what_why_and_what_to_do(sent: Sent) -> None:
    comments = {key: cell.comment.text for key, cell in cells_of(opened(sent.marked)) if cell.comment}
    assert sorted(comments) == [f"{CRITERIA_SHEET}!{cell}" for cell in ("D9", "E9", "I12", "L12")]
    assert comments[f"{CRITERIA_SHEET}!E9"] == (
        "KẾT QUẢ KIỂM TRA\n\nLỖI: ngày “17/102016” không có thật.\nCách sửa: Sửa số liệu.\n\n"
        "CẢNH BÁO: =HYPERLINK(1) lạ.\nCách sửa: Sửa số liệu.\n\nÔ này làm cho cả tệp chưa được tiếp nhận."
    )
    assert comments[f"{CRITERIA_SHEET}!L12"].endswith("Ghi chú có từ trước:\nHỏi lại phòng Văn bản")


def test_the_first_sheet_lists_all_findings_the_worst_first_with_links_to_the_cells(sent: Sent) -> None:
    book = opened(sent.marked)
    assert book.sheetnames[0] == RESULTS_SHEET
    assert book.active is book[RESULTS_SHEET]
    assert [row[1:4] for row in listed(book)] == [
        ("LỖI", CRITERIA_SHEET, "D9"),
        ("LỖI", CRITERIA_SHEET, "E9"),
        ("CẢNH BÁO", "cả tệp", None),
        ("CẢNH BÁO", CRITERIA_SHEET, "E9"),
        ("CẢNH BÁO", CRITERIA_SHEET, "I12"),
        ("LƯU Ý", CRITERIA_SHEET, "L12"),
    ]
    assert listed(book)[1][4:] == ("Ngày “17/102016” không có thật.", "Sửa số liệu.")
    linked = [cell for (cell,) in book[RESULTS_SHEET]["E9:E14"] if cell.hyperlink]
    assert [cell.hyperlink.location for cell in linked] == [
        f"'{CRITERIA_SHEET}'!{cell}" for cell in ("D9", "E9", "E9", "I12", "L12")
    ]


@pytest.mark.parametrize(
    ("severities", "said"),
    [
        ([], "Tệp ĐÃ ĐƯỢC TIẾP NHẬN, không phát hiện lỗi."),
        ([Severity.INFO], "Tệp ĐÃ ĐƯỢC TIẾP NHẬN, không phát hiện lỗi."),
        ([Severity.WARNING] * 2, "Tệp ĐÃ ĐƯỢC TIẾP NHẬN; có 2 cảnh báo cần xem lại."),
        (
            [Severity.WARNING, Severity.CRITICAL],
            "Tệp CHƯA ĐƯỢC TIẾP NHẬN: có 1 lỗi phải sửa rồi gửi lại.",
        ),
    ],
)
def test_one_sentence_says_whether_the_file_was_accepted(severities: list[Severity], said: str) -> None:
    findings = [Finding("a.xlsx", 0, "sai", "Sửa", severity) for severity in severities]
    sheet = opened(marked_workbook(bytes_of(Workbook()), "a.xlsx", findings, WHEN))[RESULTS_SHEET]
    assert sheet["B4"].value == said
    assert sheet["B3"].value == "a.xlsx, kiểm tra lúc 09:05 ngày 09/01/2026"


def test_the_sheet_of_results_prints_on_a4_landscape_and_is_protected(sent: Sent) -> None:
    sheet = opened(sent.marked)[RESULTS_SHEET]
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.print_title_rows == "$8:$8"
    assert sheet.protection.sheet
    assert sheet.column_dimensions["H"].hidden


def test_only_the_sheet_of_results_is_chosen_so_that_nothing_is_typed_twice(sent: Sent) -> None:
    chosen = [sheet.title for sheet in opened(sent.marked).worksheets if sheet.sheet_view.tabSelected]
    assert chosen == [RESULTS_SHEET]


def test_a_very_long_list_is_cut_and_says_so() -> None:
    findings = [at("A1", f"điều {number}", sheet="Sheet") for number in range(MOST_LISTED + 3)]
    sheet = opened(marked_workbook(bytes_of(Workbook()), "a.xlsx", findings, WHEN))[RESULTS_SHEET]
    assert sheet.cell(sheet.max_row, 6).value == "… và 3 điều khác."
    assert sheet.max_row == 8 + MOST_LISTED + 1


# --- all the rest is as it was sent -----------------------------------------------------------------------------------


def test_values_formulas_and_rich_text_are_kept(sent: Sent) -> None:
    before, after = opened(sent.filled), opened(sent.marked)
    assert {key: (cell.value, cell.data_type) for key, cell in cells_of(before)} == {
        key: (cell.value, cell.data_type) for key, cell in cells_of(after)
    }
    rich = [cell for _, cell in cells_of(after) if isinstance(cell.value, CellRichText)]
    assert len(rich) > 50
    assert rich[0].value.as_list()


def test_protection_checks_alarms_and_print_set_up_are_kept(sent: Sent) -> None:
    before, after = opened(sent.filled), opened(sent.marked)
    assert after.security.lockStructure
    assert after.sheetnames == [RESULTS_SHEET, *before.sheetnames]
    for sheet in before.worksheets:
        same = after[sheet.title]
        assert same.sheet_state == sheet.sheet_state
        assert (same.protection.sheet, same.freeze_panes) == (sheet.protection.sheet, sheet.freeze_panes)
        assert (same.print_area, same.print_title_rows) == (sheet.print_area, sheet.print_title_rows)
        assert [check.sqref for check in same.data_validations.dataValidation] == [
            check.sqref for check in sheet.data_validations.dataValidation
        ]
        assert alarms_of(same) == alarms_of(sheet)
        assert {key: cell.protection.locked for key, cell in cells_of(after)} == {
            key: cell.protection.locked for key, cell in cells_of(before)
        }


def test_a_spreadsheet_program_calculates_the_marked_form_as_the_one_that_was_sent(sent: Sent) -> None:
    before, after = (load_workbook(sent.saved[name], data_only=True) for name in ("filled", "marked"))
    for title in (COVER_SHEET, CRITERIA_SHEET, SUMMARY_SHEET, IDENTITY_SHEET):
        assert list(after[title].iter_rows(values_only=True)) == list(before[title].iter_rows(values_only=True)), title
    points = after[CRITERIA_SHEET].cell(row_of(after[CRITERIA_SHEET], "1.1.3"), 6)
    assert points.value == pytest.approx(1.8), "9 of 10 tasks of 2 points"


def test_nothing_that_is_written_is_run_by_spreadsheets(sent: Sent) -> None:
    findings = [at("B2", EVIL, sheet="Sheet"), Finding("a", 0, "+1", "@SUM(1)")]
    for content in (marked_workbook(bytes_of(Workbook()), EVIL, findings, WHEN), sent.marked):
        cells = [cell for row in opened(content)[RESULTS_SHEET].iter_rows() for cell in row if cell.value is not None]
        assert {cell.data_type for cell in cells} == {"s", "n"}
        assert all(cell.quotePrefix for cell in cells if str(cell.value).startswith(("=", "+", "-", "@")))
    own = opened(sent.marked)[CRITERIA_SHEET]["H12"]
    assert (own.value, own.data_type) == (EVIL, "s")


def test_lists_that_excel_keeps_in_its_extension_stay_there() -> None:
    book = Workbook()
    book.create_sheet("Danh mục")["A1"] = "Có kế hoạch"
    extension = (
        '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" '
        'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"><x14:dataValidations count="1" '
        'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:dataValidation type="list" allowBlank="1" '
        'showInputMessage="1" showErrorMessage="1" promptTitle="Chọn một phương án" error="Không có trong danh sách.">'
        "<x14:formula1><xm:f>'Danh mục'!$A$1:$A$3</xm:f></x14:formula1><xm:sqref>E7 E9:E10</xm:sqref>"
        "</x14:dataValidation></x14:dataValidations></ext></extLst></worksheet>"
    )
    content = replaced(bytes_of(book), "xl/worksheets/sheet1.xml", "</worksheet>", extension)
    marked = marked_workbook(content, "a.xlsx", [at("E7", sheet="Sheet")], WHEN)
    with zipfile.ZipFile(io.BytesIO(marked)) as package:
        sheets = [package.read(name).decode() for name in package.namelist() if "worksheets/sheet" in name]
    (kept,) = (sheet for sheet in sheets if "x14:dataValidation " in sheet)
    assert "<xm:f>'Danh mục'!$A$1:$A$3</xm:f>" in kept
    assert "<xm:sqref>E7 E9:E10</xm:sqref>" in kept
    assert fill_of(opened(marked)["Sheet"]["E7"]) == MARKS[Severity.CRITICAL]


def test_areas_of_conditional_formats_stay_as_they_were_sent() -> None:
    book = Workbook()
    red = PatternFill("solid", start_color="FF0000", end_color="FF0000")
    for limit, areas in enumerate(("A1", "D5:E9")):
        rule = FormulaRule(formula=[f"A1>{limit}"], fill=red)  # type: ignore[no-untyped-call]
        book["Sheet"].conditional_formatting.add(areas, rule)
    content = replaced(bytes_of(book), "xl/worksheets/sheet1.xml", 'sqref="D5:E9"', 'sqref="D5:E9 C7 A1:B1"')
    sheet = opened(marked_workbook(content, "a.xlsx", [at("A1", sheet="Sheet")], WHEN))["Sheet"]
    assert alarms_of(sheet) == [("A1", ["A1>0"]), ("A1:B1 C7 D5:E9", ["A1>1"])]
    assert alarms_of(sheet, ours=True) == [("A1", ["1=1"])]


def test_what_formulas_had_come_to_stays_beside_them(sent: Sent) -> None:
    with_values = sent.saved["filled"].read_bytes()
    before, after = (
        {key: cell.value for key, cell in cells_of(load_workbook(io.BytesIO(content), data_only=True))}
        for content in (with_values, marked_workbook(with_values, NAME, FINDINGS, WHEN))
    )
    assert before == {key: value for key, value in after.items() if key in before}
    assert any(isinstance(value, int | float) for value in before.values())


def test_a_sheet_with_a_table_keeps_it_and_what_needs_other_parts_does_not_break_the_reply() -> None:
    book = Workbook()
    sheet = book["Sheet"]
    for row in (["Đầu", "Cuối"], [1, 2]):
        sheet.append(row)
    sheet.add_table(Table(displayName="Bang", ref="A1:B2"))
    book.create_sheet("In")["C3"] = 5
    printed = '<pageSetup orientation="landscape" r:id="rId9" xmlns:r="{}"/>'.format(
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    )
    content = replaced(bytes_of(book), "xl/worksheets/sheet2.xml", "</worksheet>", f"{printed}</worksheet>")
    findings = [at("A2", sheet="Sheet"), at("B2", sheet="In"), at("D9", sheet="In")]
    marked = marked_workbook(content, "a.xlsx", findings, WHEN)
    again = opened(marked)
    assert [column.name for column in again["Sheet"].tables["Bang"].tableColumns] == ["Đầu", "Cuối"]
    assert again["In"]["C3"].value == 5
    assert again["In"].page_setup.orientation == "landscape"
    assert [fill_of(again[title][cell]) for title, cell in (("Sheet", "A2"), ("In", "B2"), ("In", "D9"))] == (
        [MARKS[Severity.CRITICAL]] * 3
    )
    with zipfile.ZipFile(io.BytesIO(marked)) as package:
        assert not [name for name in package.namelist() if b"rId9" in package.read(name)]


def replaced(content: bytes, part: str, old: str, new: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            text = source.read(name)
            target.writestr(name, text.replace(old.encode(), new.encode()) if name == part else text)
    return out.getvalue()


def test_the_same_file_and_findings_give_the_same_bytes(sent: Sent) -> None:
    assert marked_workbook(sent.filled, NAME, FINDINGS, WHEN) == sent.marked


# --- sent again -------------------------------------------------------------------------------------------------------


def test_a_mended_copy_is_free_of_old_marks(sent: Sent) -> None:
    for content in (sent.marked, sent.saved["marked"].read_bytes()):
        before, after = opened(sent.filled), opened(marked_workbook(content, NAME, [], WHEN))
        assert after.sheetnames == [RESULTS_SHEET, *before.sheetnames]
        assert listed(after) == []
        fills = {key: fill_of(cell) for key, cell in cells_of(before)}
        assert {key: fill_of(cell) for key, cell in cells_of(after) if key in fills} == fills
        assert alarms_of(after[CRITERIA_SHEET], ours=True) == []
        assert len(alarms_of(after[CRITERIA_SHEET])) == len(alarms_of(before[CRITERIA_SHEET]))
        comments = {key: cell.comment.text for key, cell in cells_of(after) if cell.comment}
        assert comments == {f"{CRITERIA_SHEET}!L12": "Hỏi lại phòng Văn bản"}


def test_new_marks_replace_old_ones(sent: Sent) -> None:
    again = opened(marked_workbook(sent.marked, NAME, [at("E9", "ngày ở năm sau", Severity.WARNING)], WHEN))
    sheet = again[CRITERIA_SHEET]
    assert fill_of(sheet["E9"]) == MARKS[Severity.WARNING]
    assert sheet["E9"].comment.text.count("KẾT QUẢ KIỂM TRA") == 1
    assert "17/102016" not in sheet["E9"].comment.text
    assert [row[3] for row in listed(again)] == ["E9"]
    assert opened(marked_workbook(bytes_of(again), NAME, [], WHEN))[CRITERIA_SHEET]["E9"].fill.start_color.rgb[-6:] == (
        INPUT_FILL
    )


def test_marks_are_found_where_the_sheet_of_results_was_deleted(sent: Sent) -> None:
    book = opened(sent.marked)
    del book[RESULTS_SHEET]
    sheet = opened(marked_workbook(bytes_of(book), NAME, [], WHEN))[CRITERIA_SHEET]
    assert fill_of(sheet["E9"]) == fill_of(sheet["E12"])
    assert fill_of(sheet["I12"]) == INPUT_FILL
    assert sheet["E9"].comment is None


def test_a_senders_own_sheet_of_that_name_stays() -> None:
    book = Workbook()
    book["Sheet"].title = RESULTS_SHEET
    book[RESULTS_SHEET]["B2"] = "của đơn vị"
    marked = opened(marked_workbook(bytes_of(book), "a.xlsx", [], WHEN))
    assert marked.sheetnames == [f"{RESULTS_SHEET} (2)", RESULTS_SHEET]
    assert marked[RESULTS_SHEET]["B2"].value == "của đơn vị"


# --- places that are not as expected ----------------------------------------------------------------------------------


def test_in_merged_cells_the_one_that_holds_the_value_is_marked() -> None:
    book = Workbook()
    book["Sheet"].merge_cells("B2:D4")
    marked = opened(marked_workbook(bytes_of(book), "a.xlsx", [at("C3", sheet="Sheet")], WHEN))
    assert fill_of(marked["Sheet"]["B2"]) == MARKS[Severity.CRITICAL]
    assert listed(marked)[0][3] == "B2"
    assert fill_of(opened(marked_workbook(bytes_of(marked), "a.xlsx", [], WHEN))["Sheet"]["B2"]) == ""


def test_a_cell_in_the_last_corner_costs_no_more_than_any_other() -> None:
    book = Workbook()
    book["Sheet"]["XFD1048576"] = "xa"
    corner = replace(at("A1", sheet="Sheet"), place=Place("Sheet", 1_048_576, 16_384))
    marked = marked_workbook(bytes_of(book), "a.xlsx", [corner], WHEN)
    assert fill_of(opened(marked)["Sheet"]["XFD1048576"]) == MARKS[Severity.CRITICAL]
    assert fill_of(opened(marked_workbook(marked, "a.xlsx", [], WHEN))["Sheet"]["XFD1048576"]) == ""


def test_a_sheet_is_found_in_decomposed_unicode_too(sent: Sent) -> None:
    findings = [at("E9", sheet=normalize("NFD", CRITERIA_SHEET))]
    assert (
        fill_of(opened(marked_workbook(sent.filled, NAME, findings, WHEN))[CRITERIA_SHEET]["E9"]) == MARKS["critical"]
    )


def test_findings_on_hidden_own_sheets_and_in_no_cell_of_the_book_are_only_listed(sent: Sent) -> None:
    nowhere = [Place("Trang đã xóa", 3, 3), Place(CRITERIA_SHEET, 2_000_000, 1), Place(IDENTITY_SHEET, 2, 2)]
    findings = [Finding(NAME, 0, "lạ", "Xem lại", place=place) for place in nowhere]
    book = opened(marked_workbook(sent.filled, NAME, findings, WHEN))
    assert {row[2] for row in listed(book)} == {place.sheet for place in nowhere}
    assert not any(fill_of(cell) in MARKS.values() for _, cell in cells_of(book))


# --- what cannot be marked --------------------------------------------------------------------------------------------


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/worksheets/sheet1.xml", b" " * 200_000_000)
    return out.getvalue()


def with_entities() -> bytes:
    declared = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><worksheet'
    return replaced(bytes_of(Workbook()), "xl/worksheets/sheet1.xml", "<worksheet", declared)


UNOPENABLE = {
    "empty": b"",
    "text": "tên,điểm\n".encode(),
    "truncated": bytes_of(Workbook())[:-800],
    "damaged": bytes_of(Workbook()).replace(b"PK\x01\x02", b"PK\x01\x03"),
    "old format or encrypted": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2048,
    "another zip": replaced(bytes_of(Workbook()), "xl/workbook.xml", "sheets", "sheats"),
    "bomb": bomb(),
    "entities": with_entities(),
}


@pytest.mark.parametrize("content", UNOPENABLE.values(), ids=UNOPENABLE.keys())
def test_a_file_that_cannot_be_opened_cannot_be_marked(content: bytes) -> None:
    with pytest.raises(NotMarkableError):
        marked_workbook(content, "a.xlsx", [], WHEN)


def kept(content: bytes, folder: Path) -> Path:
    path = folder / "kept"
    path.write_bytes(content)
    return path


def test_a_file_that_cannot_be_opened_comes_back_as_a_letter(sent: Sent, tmp_path: Path) -> None:
    findings = [Finding("a.xlsx", 0, "tệp rỗng", "Gửi lại biểu mẫu đã điền")]
    unit = sent.province.units["so-tu-phap"]
    reply = reply_to(sent.province.config, kept(b"", tmp_path), "a.xlsx", findings, WHEN, "abc123", unit)
    assert (reply.name, reply.is_workbook) == ("ket-qua-a-abc123.pdf", False)
    assert "Tệp rỗng. Gửi lại biểu mẫu đã điền." in text_of(reply.content)
    marked = reply_to(sent.province.config, kept(sent.filled, tmp_path), NAME, FINDINGS, WHEN, "abc123", unit)
    assert (marked.name, marked.is_workbook) == ("ket-qua-tu-danh-gia-2025-so-tu-phap-abc123.xlsx", True)
    assert marked.content == sent.marked


# --- names of replies -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("Tự đánh giá 2025.xlsx", "ket-qua-Tự đánh giá 2025-0a1b2c3d4e5f.xlsx"),
        ("../../etc/passwd", "ket-qua-passwd-0a1b2c3d4e5f.xlsx"),
        (r"C:\Users\an\phiếu.xlsx", "ket-qua-phiếu-0a1b2c3d4e5f.xlsx"),
        ("phi\u202exslx.\u202cếu.xlsx", "ket-qua-phi-xslx.-ếu-0a1b2c3d4e5f.xlsx"),
        ("ket-qua-ket-qua-a-000000000000-111111111111.xlsx", "ket-qua-a-0a1b2c3d4e5f.xlsx"),
        ("", "ket-qua-tep-0a1b2c3d4e5f.xlsx"),
        (".xlsx", "ket-qua-xlsx-0a1b2c3d4e5f.xlsx"),
    ],
)
def test_replies_have_safe_names(file: str, name: str) -> None:
    assert reply_name(file, "0A1B2C3D4E5F" + "9" * 52, ".xlsx") == name


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_no_file_name_leads_out_of_the_folder(file: str) -> None:
    name = reply_name(file, "ff" * 32, ".pdf")
    assert Path(name).name == name
    assert name.startswith("ket-qua-")
    assert name.endswith("-ffffffffffff.pdf")
    assert len(name.encode()) < 140
    assert not any(category(letter)[0] == "C" for letter in name)
    assert reply_name(name, "ff" * 32, ".pdf") == name


# --- the letter -------------------------------------------------------------------------------------------------------


CONFIG = load_province(EXAMPLES / "tinh-mau").config


def text_of(pdf: bytes) -> str:
    (page,) = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(page.extract_text().split())


def letter(*findings: Finding, file: str = "phiếu.xls", config: ProvinceConfig = CONFIG, **given: Any) -> bytes:
    return refusal_letter(config, file, findings, WHEN, **given)


def test_the_letter_says_to_whom_why_what_to_do_until_when_and_whom_to_ask(sent: Sent) -> None:
    said = text_of(
        letter(
            Finding("a", 0, "tệp được đặt mật khẩu", "Bỏ mật khẩu rồi gửi lại"),
            unit=sent.province.units["so-tu-phap"],
            until=date(2026, 1, 12),
            contact="so-noi-vu@mau.example",
        )
    )
    for words in (
        "UBND TỈNH MẪU",
        "SỞ NỘI VỤ",
        "/PB-SNV",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Mẫu, ngày 09 tháng 01 năm 2026",
        "PHIẾU BÁO Về việc trả lại tệp biểu mẫu xác định Chỉ số cải cách hành chính",
        "Kính gửi: Sở Tư pháp.",
        "Sở Nội vụ đã nhận tệp “phiếu.xls” (kiểm tra lúc 09:05, ngày 09 tháng 01 năm 2026). Tệp chưa được tiếp nhận vì "
        "lý do sau: Tệp được đặt mật khẩu. Bỏ mật khẩu rồi gửi lại.",
        "Đề nghị Sở Tư pháp sửa theo hướng dẫn nêu trên và gửi lại chậm nhất ngày 12 tháng 01 năm 2026.",
        "liên hệ: so-noi-vu@mau.example./.",
        "Nơi nhận: - Như trên; - Lưu: VT, CCHC.",
        "DỮ LIỆU MẪU",
    ):
        assert words in said


def test_without_a_known_sender_nobody_is_addressed() -> None:
    said = text_of(letter(Finding("a", 0, "tệp rỗng", "Gửi lại"), Finding("a", 0, "lạ", "Sửa")))
    assert "Kính gửi" not in said
    assert "Đề nghị cơ quan, đơn vị gửi tệp sửa" in said
    assert "vì các lý do sau: 1. Tệp rỗng. Gửi lại. 2. Lạ. Sửa." in said


def test_a_file_accepted_with_remarks_is_not_sent_back() -> None:
    said = text_of(letter(Finding("a", 0, "thiếu số, ký hiệu", "Bổ sung", Severity.WARNING)))
    assert "Tệp đã được tiếp nhận; đề nghị xem lại nội dung sau: Thiếu số, ký hiệu. Bổ sung." in said
    assert "gửi lại" not in said


@pytest.mark.parametrize("text", ["W", "số liệu không hợp lý ", "\u202e😀", "<b>&amp;</b>"])
def test_the_letter_stays_on_one_page_and_counts_what_has_no_room(text: str) -> None:
    long = [Finding("a", 0, text * 200, text * 200, place=Place("Trang", 3, 4)) for _ in range(50)]
    unit = next(iter(load_province(EXAMPLES / "tinh-mau").units.values()))
    given: dict[str, Any] = {"unit": unit, "until": date(2026, 1, 12), "contact": text * 200}
    said = text_of(letter(*long, file=text * 200, **given))
    assert "điều khác." in said
    short = [Finding("a", 0, f"điều {number} sai", "Sửa") for number in range(60)]
    said = text_of(letter(*short, **given))
    shown = sum(f"Điều {number} sai." in said for number in range(60))
    assert shown >= 9
    assert f"… và {60 - shown} điều khác." in said


def test_the_letter_is_set_in_the_font_of_the_decree_and_is_the_same_every_time() -> None:
    content = letter(Finding("a", 0, "tệp rỗng", "Gửi lại"))
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        fonts = {character["fontname"].rpartition("+")[2].partition("-Bold")[0] for character in pdf.pages[0].chars}
        assert (round(pdf.pages[0].width), round(pdf.pages[0].height)) == (595, 842)
    assert all(font.startswith(("LiberationSerif", "Liberation-Serif", "Times")) for font in fonts), fonts
    assert letter(Finding("a", 0, "tệp rỗng", "Gửi lại")) == content
