"""What may stand in one cell: every usual spelling is read, everything else becomes a finding at the cell."""

from datetime import date, datetime, time
from typing import Any
from unicodedata import normalize

import pytest
from openpyxl import Workbook

from models.findings import Severity
from models.forms.descriptions import FormKind
from models.forms.self_assessment import CRITERIA_SHEET
from models.forms.sheets import TEXT_LENGTH
from models.records.submissions import Reading
from tasks.spreadsheets.inert import inert
from tests.broken_workbooks import archives
from tests.broken_workbooks.forms import cell_of, columns_of, edited, filled, row_of
from tests.tasks.reading.reading_forms import form, reading_of, said, sample, serious, statement_of

pytestmark = pytest.mark.slow

BLANK = form(FormKind.SELF_ASSESSMENT, "so-tu-phap", recorded=False)
SHEET = CRITERIA_SHEET
LEAVES = sample().criteria_sets["so-2025"].leaves


def leaf_of(kind: str) -> str:
    """A leaf of the unit with a rule of a kind."""
    return next(
        leaf.code
        for leaf in LEAVES
        if leaf.rule.kind == kind and leaf.source == "self" and leaf.applies_to("so-tu-phap", "so")  # type: ignore[attr-defined]
    )


RATIO, DATE, YES_NO, COUNT, OPTION = map(leaf_of, ("proportional", "on_time", "binary", "deduction", "options"))
MONEY = next(leaf.code for leaf in LEAVES if "triệu đồng" in leaf.rule.fields[0].label)


def first_fact(code: str) -> str:
    return next(leaf for leaf in LEAVES if leaf.code == code).rule.fields[0].id


def with_cell(code: str, value: Any, form: str = "") -> bytes:
    """The blank form with a value, and perhaps a number format, in the cell of a leaf's first fact."""

    def change(book: Workbook) -> None:
        cell = cell_of(book[SHEET], f"{code}/{first_fact(code)}", "value")
        cell.value = value
        if isinstance(value, str) and not value.startswith("#"):
            cell.data_type = "s"
        if form:
            cell.number_format = form

    return edited(BLANK, change)


def fact_of(reading: Reading, code: str) -> str | None:
    return statement_of(reading, code).facts.get(first_fact(code))


READ = [
    (RATIO, 12, "", "12"),
    (MONEY, 1.5, "", "1.5"),
    (MONEY, 0.1 + 0.2, "", "0.3"),
    (RATIO, -3, "", "-3"),
    (RATIO, 999_999_999_999_999, "", "999999999999999"),
    (MONEY, "1,5", "", "1.5"),
    (MONEY, "1.435,2", "", "1435.2"),
    (RATIO, "82 800", "", "82800"),
    (RATIO, "82\u00a0800", "", "82800"),
    (RATIO, "  12  ", "", "12"),
    (MONEY, "１２，５", "", "12.5"),
    (COUNT, 3, "", "3"),
    (COUNT, "03", "", "3"),
    (DATE, date(2025, 3, 1), "dd/mm/yyyy", "2025-03-01"),
    (DATE, datetime.fromisoformat("2025-03-01T09:30"), "dd/mm/yyyy hh:mm", "2025-03-01"),
    (DATE, "01/03/2025", "", "2025-03-01"),
    (DATE, "1-3-2025", "", "2025-03-01"),
    (DATE, "ngày 01 tháng 3 năm 2025", "", "2025-03-01"),
    (DATE, normalize("NFD", "ngày 01 tháng 3 năm 2025"), "", "2025-03-01"),
    (DATE, "không", "", "none"),
    (YES_NO, "có", "", "1"),
    (YES_NO, normalize("NFD", " Có "), "", "1"),
    (YES_NO, "x", "", "1"),
    (YES_NO, True, "", "1"),
    (YES_NO, 0, "", "0"),
    (YES_NO, "Không", "", "0"),
]


@pytest.mark.parametrize(("code", "value", "form", "read"), READ)
def test_a_usual_spelling_is_read(code: str, value: Any, form: str, read: str) -> None:
    reading = reading_of(with_cell(code, value, form))
    assert fact_of(reading, code) == read
    assert not serious(reading)


UNREAD = [
    (RATIO, "nhiều", "", "“nhiều” không phải là số"),
    (MONEY, "1.435", "", "“1.435” có thể đọc thành hai số khác nhau, 1435 hoặc 1,435"),
    (RATIO, "NaN", "", "“NaN” không phải là số"),
    (RATIO, "inf", "", "“inf” không phải là số"),
    (RATIO, "12 hồ sơ", "", "“12 hồ sơ” không phải là số"),
    (RATIO, "😀", "", "“😀” không phải là số"),
    (RATIO, "Hai mươi " * 3640, "", "không phải là số"),
    (RATIO, "hai m­¬i", "", "TCVN3 (ABC), có thể là “hai mươi”"),
    (RATIO, 1e308, "", "số 1e+308 có hơn 15 chữ số"),
    (RATIO, True, "", "ô chứa TRUE, không phải là số"),
    (RATIO, date(2025, 2, 1), "dd/mm/yyyy", "ô chứa ngày giờ “01/02/2025”; bảng tính có thể đã tự đổi"),
    (RATIO, time(1, 30), "hh:mm", "ô chứa ngày giờ “01:30:00”"),
    (COUNT, date(2025, 2, 1), "d/m", "ô chứa ngày giờ “01/02/2025”"),
    (COUNT, "5%", "", "“5%” là tỷ lệ, không phải số lượng"),
    (COUNT, 0.05, "0%", "“5%” là tỷ lệ, không phải số lượng"),
    (RATIO, "95,01%", "", "“95,01%” là tỷ lệ, không rõ là bao nhiêu trên tổng số"),
    (RATIO, 0.95, "0.00%", "“95%” là tỷ lệ, không rõ là bao nhiêu trên tổng số"),
    (DATE, "17/102016", "", "“17/102016” không phải là một ngày"),
    (DATE, "31/02/2025", "", "“31/02/2025” không phải là một ngày"),
    (
        DATE,
        45717,
        "General",
        "“45717” là số, không phải là một ngày (nếu là số thứ tự ngày của Excel thì là 01/03/2025)",
    ),
    (DATE, 2025, "General", "“2025” là số, không phải là một ngày"),
    (DATE, True, "General", "không phải là một ngày"),
    (YES_NO, "kh«ng", "", "chữ gõ bằng bảng mã TCVN3 (ABC), có thể là “không”"),
    (YES_NO, "coù", "", "chữ gõ bằng bảng mã VNI, có thể là “có”"),
    (YES_NO, "có lẽ", "", "“có lẽ” không phải là có hoặc không"),
    (YES_NO, 2, "", "“2” không phải là có hoặc không"),
    (OPTION, "phương án khác", "", "không có phương án “phương án khác”"),
    (OPTION, date(2025, 2, 1), "dd/mm/yyyy", "ô chứa ngày giờ “01/02/2025”"),
    (RATIO, "#REF!", "", "ô báo lỗi #REF!"),
    (RATIO, "#DIV/0!", "", "ô báo lỗi #DIV/0!"),
    (RATIO, "=1/0", "", "“=1/0” không phải là số"),
]


@pytest.mark.parametrize(("code", "value", "form", "message"), UNREAD)
def test_what_cannot_be_read_is_a_finding_at_its_cell(code: str, value: Any, form: str, message: str) -> None:
    reading = reading_of(with_cell(code, value, form))
    assert fact_of(reading, code) is None
    (finding,) = serious(reading)
    assert message in finding.what
    assert f"tiêu chí {code}" in finding.what
    assert finding.place == statement_of(reading, code).places[f"fact:{first_fact(code)}"]
    assert len(finding.what) < 600
    assert reading.identity
    assert len(reading.statements) > 60


def test_an_option_is_read_by_its_label_and_by_its_id() -> None:
    field = next(leaf for leaf in LEAVES if leaf.code == OPTION).rule.fields[0]
    for id, label in field.choices:
        for text in (label, normalize("NFD", label.upper()), id):
            assert fact_of(reading_of(with_cell(OPTION, text)), OPTION) == id


# --- thousands --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "asked"),
    [(1.279, "; có phải 1279?"), ("1,279", None), (1.28, "; có phải 1280?"), (12.34567, ""), (0.5, "")],
)
def test_a_count_of_thousands_typed_where_a_dot_is_the_decimal_mark_is_asked_about(value: Any, asked: str) -> None:
    """1.279 of 1.309 documents, as an English spreadsheet program keeps them."""
    reading = ratio_of(value, 1309)
    if asked is None:
        assert statement_of(reading, RATIO).facts["numerator"] == "1279"
        return
    assert statement_of(reading, RATIO).facts == {"denominator": "1309"}
    (finding,) = serious(reading)
    assert finding.what.endswith(f"không phải là số nguyên, trong khi ở đây đếm số lượng{asked}")
    assert finding.place == statement_of(reading, RATIO).places["fact:numerator"]


def test_both_numbers_of_a_ratio_typed_in_thousands_are_asked_about() -> None:
    reading = ratio_of(1.279, 1.309)
    assert statement_of(reading, RATIO).facts == {}
    assert [finding.what.rpartition("; ")[2] for finding in serious(reading)] == ["có phải 1279?", "có phải 1309?"]


def test_a_text_in_a_count_with_one_whole_reading_is_taken_with_a_remark() -> None:
    reading = ratio_of("5.788", "6.000")
    assert statement_of(reading, RATIO).facts == {"numerator": "5788", "denominator": "6000"}
    assert not serious(reading)
    remarks = said(reading, Severity.WARNING)
    assert any("“5.788” đọc là 5788" in remark for remark in remarks)
    assert any("“6.000” đọc là 6000" in remark for remark in remarks)


# --- percentages ------------------------------------------------------------------------------------------------------


def ratio_of(part: Any, whole: Any) -> Reading:
    values = {(f"{RATIO}/numerator", "value"): part, (f"{RATIO}/denominator", "value"): whole}
    return reading_of(filled(BLANK, SHEET, values))


@pytest.mark.parametrize(("part", "whole"), [("95,01%", 100), ("95,01%", "100%"), (95.01, 100), ("95,01", "100 %")])
def test_a_percentage_of_a_hundred_is_certain(part: Any, whole: Any) -> None:
    reading = ratio_of(part, whole)
    assert statement_of(reading, RATIO).facts == {"numerator": "95.01", "denominator": "100"}
    assert not serious(reading)


def test_a_percentage_of_another_whole_is_asked_about() -> None:
    reading = ratio_of("95%", 200)
    assert statement_of(reading, RATIO).facts == {"denominator": "200"}
    assert "“95%” là tỷ lệ, không rõ là bao nhiêu trên tổng số" in serious(reading)[0].what


def test_a_fraction_of_a_hundred_may_be_a_percentage_and_is_asked_about() -> None:
    reading = ratio_of(0.95, 100)
    assert "numerator" not in statement_of(reading, RATIO).facts
    (finding,) = serious(reading)
    assert "“0,95” có thể là 95% hoặc 0,95%" in finding.what
    assert finding.remedy == "Nhập 95 nếu là 95%; nếu đúng là 0,95% thì ghi cả dấu %: 0,95%"
    assert statement_of(ratio_of("0,95%", 100), RATIO).facts["numerator"] == "0.95"


@pytest.mark.parametrize(
    ("value", "format", "read"),
    [
        (95, "", "95"),
        ("95,5%", "", "95.5"),
        (0.95, "0%", "95"),
        (0.0095, "0.00%", "0.95"),
        (0.95, "", None),
        (1, "", None),
    ],
)
def test_an_index_in_percent_typed_as_a_fraction_is_asked_about(value: Any, format: str, read: str | None) -> None:
    external = next(leaf.code for leaf in LEAVES if leaf.source == "external")
    content = form(FormKind.REGISTER, "so", recorded=False)
    sheet = next(each.places["code"].sheet for each in reading_of(content).statements if each.code == external)

    def change(book: Workbook) -> None:
        cell = cell_of(book[sheet], f"so-y-te:{external}", "fact:value")
        cell.value = value
        if format:
            cell.number_format = format

    reading = reading_of(edited(content, change))
    assert statement_of(reading, external, "so-y-te").facts.get("value") == read
    assert [("có thể là" in finding.what) for finding in serious(reading)] == ([] if read else [True])


# --- formulas ---------------------------------------------------------------------------------------------------------


def with_formula(xml: str, column: str = "value", key: str = f"{RATIO}/numerator") -> bytes:
    """The blank form with the XML of a formula and its stored value in a cell."""

    def change(book: Workbook) -> None:
        book[SHEET].cell(row_of(book[SHEET], key), columns_of(book[SHEET])[column]).value = 987_654

    content = edited(BLANK, change)
    return archives.with_part(
        content,
        archives.SHEET,
        lambda part: part.replace(b"<v>987654</v>", xml.encode(), 1).replace(b' t="n"><f', b"><f"),
    )


@pytest.mark.parametrize(
    ("xml", "message"),
    [
        ("<f>120+5</f><v></v>", "công thức chưa được tính (=120+5)"),
        ("<f>120+5</f><v/>", "công thức chưa được tính (=120+5)"),
        ("<f>120+5</f>", "công thức chưa được tính (=120+5)"),
        ("<f>[1]Sheet1!A1</f><v>12</v>", "công thức lấy dữ liệu từ tệp khác (=[1]Sheet1!A1)"),
        ("<f>'C:\\[so lieu.xlsx]A'!B1</f><v>12</v>", "công thức lấy dữ liệu từ tệp khác"),
        ("<f>cmd|'/c calc'!A1</f><v>12</v>", "công thức lấy dữ liệu từ tệp khác"),
    ],
)
def test_a_value_is_never_taken_from_a_formula_that_was_not_calculated_or_looks_elsewhere(
    xml: str, message: str
) -> None:
    reading = reading_of(with_formula(xml))
    assert statement_of(reading, RATIO).facts == {}
    (finding,) = serious(reading)
    assert message in finding.what
    assert finding.place == statement_of(reading, RATIO).places["fact:numerator"]


def test_a_calculated_formula_is_read_and_an_empty_text_is_no_value() -> None:
    reading = reading_of(with_formula("<f>120+5</f><v>125</v>"))
    assert statement_of(reading, RATIO).facts == {"numerator": "125"}
    assert not serious(reading)


def test_a_calculated_error_is_a_finding_with_its_sign() -> None:
    content = with_formula("<f>1/0</f><v>#DIV/0!</v>")
    place = statement_of(reading_of(content), RATIO).places["fact:numerator"].cell
    content = archives.with_part(
        content, archives.SHEET, lambda part: part.replace(f'r="{place}"'.encode(), f'r="{place}" t="e"'.encode(), 1)
    )
    (finding,) = serious(reading_of(content))
    assert "ô báo lỗi #DIV/0!" in finding.what


def test_an_error_in_the_locked_points_only_warns() -> None:
    def change(book: Workbook) -> None:
        cell = cell_of(book[SHEET], RATIO, "points")
        cell.value, cell.data_type = "#REF!", "e"

    reading = reading_of(edited(BLANK, change))
    assert not serious(reading)
    assert statement_of(reading, RATIO).points is None
    assert "ô điểm báo lỗi #REF! nên không lấy giá trị" in said(reading, Severity.WARNING)[0]


@pytest.mark.parametrize(("value", "points"), [("1,5", "1.5"), (1.25, "1.25"), ("Xem lại", None), ("", None)])
def test_points_that_were_typed_over_are_read(value: Any, points: str | None) -> None:
    reading = reading_of(filled(BLANK, SHEET, {(RATIO, "points"): value}))
    read = statement_of(reading, RATIO).points
    assert (None if read is None else str(read)) == points
    assert not serious(reading)


def test_points_and_maxima_in_words_are_findings() -> None:
    reading = reading_of(filled(BLANK, SHEET, {(RATIO, "points"): "một điểm", (RATIO, "max"): "hai"}))
    messages = said(reading, Severity.CRITICAL)
    assert any("ô điểm bị sửa, “một điểm” không phải là số" in message for message in messages)
    assert any("điểm tối đa: “hai” không phải là số" in message for message in messages)


# --- texts ------------------------------------------------------------------------------------------------------------


def text_read(value: Any) -> tuple[str, Reading]:
    reading = reading_of(filled(BLANK, SHEET, {(RATIO, "explanation"): value}))
    return statement_of(reading, RATIO).text, reading


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (normalize("NFD", "Đã hoàn thành"), "Đã hoàn thành"),
        ("  Đã xong \n", "Đã xong"),
        ("Tốt 😀", "Tốt 😀"),
        ("a\u202eb\u200bc", "abc"),
        ("dòng 1\r\ndòng 2", "dòng 1\ndòng 2"),
        (12, "12"),
        (1.5, "1,5"),
    ],
)
def test_a_text_is_read_composed_and_clean(value: Any, read: str) -> None:
    text, reading = text_read(value)
    assert text == read
    assert not serious(reading)


@pytest.mark.parametrize("value", ["=cmd|'/c calc'!A1", "+84 912", "@SUM(1)", "-1+1"])
def test_what_a_spreadsheet_would_run_stays_text_and_is_made_inert_on_its_way_out(value: str) -> None:
    content = edited(BLANK, lambda book: set_text(book, value))
    reading = reading_of(content)
    assert statement_of(reading, RATIO).text == value
    assert not serious(reading)
    assert inert(value).startswith("'")


def set_text(book: Workbook, value: str) -> None:
    cell = cell_of(book[SHEET], RATIO, "explanation")
    cell.value = value
    cell.data_type = "s"


def test_a_cell_as_long_as_spreadsheets_allow_is_a_finding_and_cut() -> None:
    text, reading = text_read("a" * 32_767)
    assert text == "a" * TEXT_LENGTH
    (finding,) = serious(reading)
    assert f"nội dung dài 32767 ký tự, tối đa {TEXT_LENGTH}" in finding.what


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("§· hoµn thµnh kÕ ho¹ch", "chữ gõ bằng bảng mã TCVN3 (ABC), đọc được là “Đã hoàn thành kế hoạch”"),
        ("Ñaõ hoaøn thaønh keá hoaïch", "chữ gõ bằng bảng mã VNI, đọc được là “Đã hoàn thành kế hoạch”"),
    ],
)
def test_legacy_text_is_kept_and_named(value: str, named: str) -> None:
    text, reading = text_read(value)
    assert text == value
    assert not serious(reading)
    assert named in said(reading, Severity.WARNING)[0]


def test_dates_of_evidence_are_read_or_found_broken_and_texts_turned_into_dates_are_told() -> None:
    content = filled(
        BLANK,
        SHEET,
        {
            (f"{RATIO}/numerator", "document"): "Kế hoạch",
            (f"{RATIO}/numerator", "date"): "17/102016",
            (f"{RATIO}/denominator", "document"): "Báo cáo",
            (f"{RATIO}/denominator", "date"): 45_717,
            (RATIO, "number"): date(2025, 2, 1),
        },
    )

    def plain(book: Workbook) -> None:
        cell_of(book[SHEET], f"{RATIO}/denominator", "date").number_format = "General"

    reading = reading_of(edited(content, plain))
    evidence = statement_of(reading, RATIO).evidence
    assert [item.document for item in evidence] == ["Kế hoạch", "Báo cáo", ""]
    assert [item.day for item in evidence] == [None, None, None]
    assert evidence[2].number == "01/02/2025"
    assert [("17/102016" in each.what, "45717" in each.what) for each in serious(reading)] == [
        (True, False),
        (False, True),
    ]
    assert any("có thể do bảng tính tự đổi từ chữ" in each for each in said(reading, Severity.WARNING))
