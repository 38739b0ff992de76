"""Files that are no workbook, are locked or damaged, or would cost or run something: refused, each with its reason."""

import io
from collections.abc import Callable
from unicodedata import normalize

import pytest
from openpyxl import Workbook

from models.findings import Severity
from models.forms.descriptions import FormKind
from models.forms.self_assessment import CRITERIA_SHEET
from models.forms.sheets import COVER_SHEET
from tasks.reading.file_names import shown_name
from tests.broken_workbooks import archives, hostile
from tests.broken_workbooks.forms import edited, filled
from tests.tasks.reading.reading_forms import form, reading_of, said, sample, serious, statement_of

pytestmark = pytest.mark.slow

FORM = form(FormKind.SELF_ASSESSMENT, "so-tu-phap")
SO = sample().criteria_sets["so-2025"]


def another_workbook() -> bytes:
    out = io.BytesIO()
    Workbook().save(out)
    return out.getvalue()


def many_sheets(content: bytes) -> bytes:
    def add(book: Workbook) -> None:
        for number in range(200):
            book.create_sheet(f"Trang {number}")

    return edited(content, add)


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "tệp rỗng, không có nội dung"),
    "text": (lambda: "Kính gửi Sở Nội vụ".encode(), "đây là tệp văn bản được đổi tên, không phải bảng tính"),
    "html": (lambda: b"<html><table><tr><td>1</td></tr></table>", "đây là tệp văn bản được đổi tên"),
    "pdf": (lambda: b"%PDF-1.7 ...", "đây là tệp PDF, không phải bảng tính"),
    "noise": (lambda: bytes(range(256)) * 8, "tệp không phải là bảng tính hoặc đã hỏng phần đầu"),
    "truncated": (lambda: FORM[: len(FORM) // 2], "tệp bị cắt cụt hoặc hỏng, không mở được"),
    "flipped": (lambda: FORM[:9000] + b"\xff\xff\xff" + FORM[9003:], "tệp bị hỏng bên trong"),
    "zip bomb": (lambda: archives.zip_bomb(FORM), "kiểu “bom nén”, hoặc trang quá nhiều dòng"),
    "lying bomb": (lambda: archives.lying_bomb(FORM), "tệp bị hỏng bên trong"),
    "entity bomb": (
        lambda: archives.with_document_type(FORM, archives.BILLION_LAUGHS),
        "tệp có khai báo thực thể XML (phần xl/worksheets/sheet2.xml)",
    ),
    "external entity": (
        lambda: archives.with_document_type(FORM, archives.EXTERNAL_ENTITY),
        "tệp có khai báo thực thể XML (phần xl/worksheets/sheet2.xml)",
    ),
    "wide text": (lambda: archives.in_wide_text(FORM), "tệp ghi bằng bảng mã lạ bên trong"),
    "encrypted": (archives.encrypted, "tệp có mật khẩu (mã hóa) nên không đọc được"),
    "locked archive": (lambda: archives.with_password_flag(FORM), "tệp nén có mật khẩu nên không đọc được"),
    "macros": (lambda: archives.with_macros(FORM), "tệp có chứa macro nên không được mở"),
    "macros in one module": (
        lambda: archives.packed(
            {
                **archives.parts_of(FORM),
                "xl/vbaProject.bin": hostile.old_container(
                    "Module1", hostile.module_of_macros(b'Attribute VB_Name = "Module1"\r\nSub A()\r\nEnd Sub\r\n')
                ),
            }
        ),
        "tệp có chứa macro nên không được mở",
    ),
    "locked old workbook": (hostile.locked_old_workbook, "tệp có mật khẩu nên không đọc được"),
    "texts as values": (
        lambda: archives.with_texts_as_values(FORM),
        "trang “Tự đánh giá”, dòng 1, cột 1: chữ ghi không đúng chuẩn của Excel",
    ),
    "old macros": (archives.old_workbook_with_macros, "tệp có chứa macro nên không được mở"),
    "old damaged": (
        lambda: archives.OLE + "Workbook".encode("utf-16-le") + b"\1" * 900,
        "nội dung tệp bị hỏng, không đọc được",
    ),
    "old document": (lambda: archives.OLE + b"\0" * 900, "đây là tài liệu Office khác, không phải bảng tính"),
    "double part": (lambda: archives.with_double_part(FORM), "tệp có phần bên trong bị lặp"),
    "document": (
        lambda: archives.packed({"word/document.xml": b"<w/>"}),
        "đây là tệp nén hoặc tài liệu khác, không phải bảng tính",
    ),
    "binary workbook": (lambda: archives.packed({"xl/workbook.bin": b"x"}), "tệp dạng .xlsb (nhị phân) không đọc được"),
    "many parts": (
        lambda: archives.packed({f"{number}.txt": b"" for number in range(1100)}),
        "tệp có 1100 phần bên trong",
    ),
    "all rows": (lambda: archives.with_all_rows(FORM), "dữ liệu hoặc định dạng đến dòng 1.048.576"),
    "far cell": (lambda: archives.with_cell(FORM, "XFD1048576"), "dữ liệu hoặc định dạng đến dòng 1.048.576"),
    "one text everywhere": (
        lambda: archives.with_one_text_everywhere(FORM),
        "tệp lặp lại một nội dung dài trong quá nhiều ô nên không được mở",
    ),
    "repeated cells": (
        lambda: archives.open_document('table:number-rows-repeated="900"', 'table:number-columns-repeated="900"'),
        "tệp lặp lại dòng hoặc ô có nội dung quá nhiều lần nên không được mở",
    ),
    "foreign open document": (lambda: archives.open_document("", ""), "bảng tính này không phải là biểu mẫu CCHC"),
    "200 sheets": (lambda: many_sheets(FORM), "tệp có 205 trang, biểu mẫu có nhiều nhất vài trang"),
    "foreign workbook": (another_workbook, "bảng tính này không phải là biểu mẫu CCHC"),
    "large": (lambda: FORM + b"\0" * (33 * 2**20), "tệp quá lớn (33 MB, tối đa 32 MB)"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_taken_is_refused_with_its_reason(name: str) -> None:
    make, reason = REFUSED[name]
    reading = reading_of(make(), "../báo cáo.xlsx")
    assert reading.identity is None
    assert not reading.statements
    assert reason in said(reading, Severity.CRITICAL)[0]
    assert all(finding.remedy and finding.file == "báo cáo.xlsx" for finding in reading.findings)


EMPTY_PROJECT = hostile.old_container(
    "ThisWorkbook",
    hostile.module_of_macros(b'Attribute VB_Name = "ThisWorkbook"\r\nAttribute VB_Base = "0"\r\nOption Explicit\r\n'),
)
ACCEPTED: dict[str, Callable[[], bytes]] = {
    "Power Query": lambda: archives.with_power_query(FORM),
    "a project of macros without code": lambda: archives.packed(
        {**archives.parts_of(FORM), "xl/vbaProject.bin": EMPTY_PROJECT}
    ),
    "a project of macros of no bytes": lambda: archives.packed({**archives.parts_of(FORM), "xl/vbaProject.bin": b""}),
    "a dot before the names of parts": lambda: archives.with_odd_part_names(FORM, "./{}".format),
    "backslashes in the names of parts": lambda: archives.with_odd_part_names(
        FORM, lambda name: name.replace("/", "\\")
    ),
    "a cover in decomposed letters": lambda: edited(FORM, decompose_cover),
}


def decompose_cover(book: Workbook) -> None:
    for row in book[COVER_SHEET].iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                cell.value = normalize("NFD", cell.value)


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_good_form_that_other_programs_have_touched_says_the_same(name: str) -> None:
    reading, usual = reading_of(ACCEPTED[name]()), reading_of(FORM)
    assert reading.statements == usual.statements
    assert reading.findings == usual.findings


def test_years_of_two_digits_are_read_with_one_remark() -> None:
    dates = {leaf.code: f"{leaf.code}/date" for leaf in SO.leaves if leaf.rule.kind == "on_time"}
    assert len(dates) > 1
    content = filled(FORM, CRITERIA_SHEET, dict.fromkeys(((key, "value") for key in dates.values()), "05/01/26"))
    reading = reading_of(content)
    assert {statement_of(reading, code).facts["date"] for code in dates} == {"2026-01-05"}
    assert not serious(reading)
    (remark,) = [told for told in said(reading, Severity.WARNING) if "hai chữ số" in told]
    assert f"{len(dates)} ngày ghi năm bằng hai chữ số" in remark


def test_two_digits_far_from_the_year_of_the_form_are_no_year() -> None:
    leaf = next(leaf for leaf in SO.leaves if leaf.rule.kind == "on_time")
    reading = reading_of(filled(FORM, CRITERIA_SHEET, {(f"{leaf.code}/date", "value"): "26-01-05"}))
    assert "date" not in statement_of(reading, leaf.code).facts
    assert serious(reading)


def test_tags_without_end_after_the_cells_neither_stall_nor_change_anything() -> None:
    endless = archives.with_part(FORM, archives.SHEET, lambda part: part + b"<c <f/>" * 400_000)
    assert reading_of(endless).statements == reading_of(FORM).statements


def test_a_sheet_written_with_prefixes_is_read_like_any_other() -> None:
    def prefixed(part: bytes) -> bytes:
        for element in (b"worksheet", b"sheetData", b"row", b"c", b"v", b"f", b"is", b"t", b"mergeCells", b"mergeCell"):
            for end in (b" ", b">", b"/"):
                part = part.replace(b"<" + element + end, b"<x:" + element + end)
            part = part.replace(b"</" + element + b">", b"</x:" + element + b">")
        return part.replace(b"<x:worksheet xmlns=", b"<x:worksheet xmlns:x=", 1)

    reading = reading_of(archives.with_part(FORM, archives.SHEET, prefixed))
    assert reading == reading_of(FORM)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("phieu.xlsx", "phieu.xlsx"),
        ("../../etc/phieu.xlsx", "phieu.xlsx"),
        ("C:\\Documents\\phiếu tự đánh giá.xlsx", "phiếu tự đánh giá.xlsx"),
        ("phieu\u202excod.xlsx", "phieuxcod.xlsx"),
        ("a\x00b\nc\td<e>|f?.xlsx", "abcdef.xlsx"),
        ("phie\u0302\u0301u.xlsx", "phiếu.xlsx"),
        ("", "tệp không tên"),
        ("../..", "tệp không tên"),
        ("\u200f\u202e", "tệp không tên"),
        ("x" * 300 + ".xlsx", "x" * 114 + "….xlsx"),
    ],
)
def test_a_file_name_is_shown_without_paths_and_marks_of_direction(name: str, shown: str) -> None:
    assert shown_name(name) == shown
