"""CSV files of scores, facts and published indices: taken whole, or given back with everything that is wrong."""

import subprocess
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from models.findings import Finding, RefusedError, Severity
from models.forms.sources import ScoreSource
from models.province.folder import Province, load_province
from models.records.entries import FactEntry, HistoryEntry, ScoreEntry
from models.records.storage import Storage, open_storage
from models.records.tables import Receipt
from models.settings import Settings
from tasks.reading.child import Limits
from tasks.reading.isolation import Children
from tasks.recording.importing import converted, members_by_code, read_facts, read_history, read_scores
from tasks.recording.versions import facts_by_component, record_facts
from tests.conftest import copy_example
from tests.models.folders import sample_folder

YEAR = 2025
SCORES = "unit,component,source,points,not_applicable,note\n"
FACTS = "unit,component,fact,value\n"
HISTORY = "year,group,unit,max_points,points,index,rank,grade\n"
NUMBER_REMEDY = "Ghi số với dấu chấm thập phân, ví dụ 48.75"
CONVERT = "Chạy lại lệnh với --convert TỆP-MỚI.csv, xem lại tệp đó rồi nhập nó"
_TONES = "\u0300\u0301\u0303\u0309\u0323"


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Province:
    """The small province of tests/models/folders.py, only read here."""
    return load_province(sample_folder(tmp_path_factory.mktemp("tinh-mau")).path)


def as_bytes(content: str | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.encode()


def scores(province: Province, content: str | bytes) -> list[ScoreEntry]:
    """The entries of a scores file without anything to remark."""
    entries, warnings = read_scores(as_bytes(content), "diem.csv", province, YEAR)
    assert warnings == []
    return entries


def score(province: Province, row: str) -> ScoreEntry:
    """The entry of one row under the whole header."""
    (entry,) = scores(province, f"{SCORES}{row}\n")
    return entry


def facts(
    province: Province, rows: str, current: Mapping[tuple[str, str], Mapping[str, str]] | None = None
) -> list[FactEntry]:
    """The entries of rows of facts without anything to remark."""
    entries, warnings = read_facts(as_bytes(FACTS + rows), "so-lieu.csv", province, YEAR, current or {})
    assert warnings == []
    return entries


def history(province: Province, rows: str) -> tuple[list[HistoryEntry], list[Finding]]:
    return read_history(as_bytes(HISTORY + rows), "2024.csv", province)


def refusals(reading: Callable[[], object]) -> list[Finding]:
    """Every critical finding of a reading that is refused, in the order of the lines."""
    with pytest.raises(RefusedError) as refused:
        reading()
    findings = refused.value.findings
    assert [finding.line for finding in findings] == sorted(finding.line for finding in findings)
    assert all(finding.what and finding.remedy for finding in findings)
    return [finding for finding in findings if finding.severity is Severity.CRITICAL]


def refused_scores(province: Province, content: str | bytes) -> list[tuple[int, str, str]]:
    return [(found.line, found.what, found.remedy) for found in refusals(partial(scores, province, content))]


def refused_score(province: Province, row: str) -> tuple[str, str]:
    """Why one row is refused, and what to do."""
    ((line, what, remedy),) = refused_scores(province, f"{SCORES}{row}\n")
    assert line == 2
    return what, remedy


def refused_facts(
    province: Province, rows: str, current: Mapping[tuple[str, str], Mapping[str, str]] | None = None
) -> list[tuple[int, str]]:
    return [(found.line, found.what) for found in refusals(partial(facts, province, rows, current))]


def refused_history(province: Province, rows: str) -> list[tuple[int, str]]:
    return [(found.line, found.what) for found in refusals(partial(history, province, rows))]


def windows_1258(text: str) -> bytes:
    """The text as old Vietnamese Windows keeps it: vowels with their own marks, tones as marks of their own."""
    letters: list[str] = []
    for letter in normalize("NFC", text):
        parts = normalize("NFD", letter)
        tone = "".join(part for part in parts if part in _TONES)
        letters.append(normalize("NFC", "".join(part for part in parts if part not in _TONES)) + tone)
    return "".join(letters).encode("cp1258")


# Files whose form is wrong


def test_a_good_file_gives_its_entries_in_the_order_of_its_rows(province: Province) -> None:
    rows = "stc,1.1.2,appraisal,28.50,,Đã thẩm định\nsnv,2.1,survey,33.25,0,\nstc,1.1.1,self,,1,không phát sinh\n"
    assert scores(province, SCORES + rows) == [
        ScoreEntry("stc", "1.1.2", ScoreSource.APPRAISAL, Decimal("28.5"), False, "Đã thẩm định"),
        ScoreEntry("snv", "2.1", ScoreSource.SURVEY, Decimal("33.25")),
        ScoreEntry("stc", "1.1.1", ScoreSource.SELF, None, True, "không phát sinh"),
    ]


def test_columns_that_may_be_left_out_may_be_left_out(province: Province) -> None:
    content = "unit,component,source,points\nstc,1.1.1,self,10\n"
    assert scores(province, content) == [ScoreEntry("stc", "1.1.1", ScoreSource.SELF, Decimal(10))]


def test_a_missing_column_is_named_with_the_header_that_is_needed(province: Province) -> None:
    assert refused_scores(province, "# bản nháp\nunit,component,points\nstc,1.1.1,1\n") == [
        (2, "thiếu cột “source”", f"Dòng tiêu đề cần: {SCORES.strip()}")
    ]


@pytest.mark.parametrize("content", ["", "\n\n", "# chỉ có ghi chú\n"])
def test_an_empty_file_is_refused(province: Province, content: str) -> None:
    assert refused_scores(province, content) == [(1, "tệp không có dòng nào", f"Cần dòng tiêu đề: {SCORES.strip()}")]


def test_a_file_with_a_header_only_is_refused(province: Province) -> None:
    assert refused_scores(province, SCORES) == [(0, "tệp không có dòng dữ liệu nào", "Kiểm tra lại tệp")]


def test_an_unknown_column_is_only_a_warning(province: Province) -> None:
    content = as_bytes("unit,component,source,points,email\nstc,1.1.1,self,10,a@b.vn\n")
    entries, warnings = read_scores(content, "diem.csv", province, YEAR)
    assert len(entries) == 1
    assert [(found.line, found.what, found.severity) for found in warnings] == [
        (1, "không biết cột “email”", Severity.WARNING)
    ]


def test_a_byte_order_mark_is_refused_with_the_way_to_convert(province: Province) -> None:
    content = b"\xef\xbb\xbf" + as_bytes(SCORES + "stc,1.1.1,self,10,,\n")
    assert refused_scores(province, content) == [(1, "tệp có dấu BOM ở đầu", CONVERT)]


def test_semicolons_are_refused_with_the_way_to_convert(province: Province) -> None:
    content = SCORES.replace(",", ";") + "stc;1.1.1;self;10;;\n"
    assert refused_scores(province, content) == [(1, "các cột ngăn bằng dấu chấm phẩy", CONVERT)]


def test_windows_1258_is_refused_on_the_line_that_shows_it(province: Province) -> None:
    content = windows_1258(SCORES + "stc,1.1.1,self,10,,\nstc,1.1.2,self,30,,Đã thẩm định đầy đủ\n")
    assert refused_scores(province, content) == [(3, "tệp dùng bảng mã Windows-1258, không phải UTF-8", CONVERT)]


def test_a_decimal_comma_in_quotes_is_refused_in_its_cell(province: Province) -> None:
    assert refused_score(province, 'stc,1.1.1,self,"9,5",,') == (
        "cột points: “9,5” không phải là số viết với dấu chấm thập phân, không dấu ngăn hàng nghìn",
        NUMBER_REMEDY,
    )


def test_a_decimal_comma_that_makes_a_cell_more_is_refused_on_its_line(province: Province) -> None:
    assert refused_score(province, "stc,1.1.1,self,9,5,,") == (
        "có 7 cột, trong khi dòng tiêu đề có 6",
        "Kiểm tra dấu phẩy; số thập phân viết với dấu chấm (48.75)",
    )


def test_a_workbook_in_place_of_a_csv_is_refused(province: Province) -> None:
    assert refused_scores(province, b"PK\x03\x04rest of a workbook") == [
        (1, "tệp không phải văn bản CSV", "Mở bằng phần mềm bảng tính rồi lưu dưới dạng CSV UTF-8")
    ]


# Rows that are wrong


def test_everything_wrong_with_a_file_is_said_at_once(province: Province) -> None:
    rows = [
        "stc,1.1.1,self,10,,",
        "sxd,1.1.1,self,1,,",
        "stc,9.9,self,1,,",
        "stc,1.1.1,neighbour,1,,",
        "stc,1.1.2,self,ba mươi,,",
        "",
        "stc,1.1.2,self,30.5,,",
        "stc,1.1.1,self,10,,",
        "stc,2.1,self,1",
    ]
    findings = refused_scores(province, b"\xef\xbb\xbf" + as_bytes(SCORES + "\n".join(rows)))
    assert [(line, what) for line, what, _ in findings] == [
        (1, "tệp có dấu BOM ở đầu"),
        (3, "không có đơn vị “sxd” trong kỳ đánh giá"),
        (4, "không có tiêu chí “9.9” trong bộ so-2025"),
        (5, "không có nguồn điểm “neighbour”"),
        (6, "cột points: “ba mươi” không phải là số viết với dấu chấm thập phân, không dấu ngăn hàng nghìn"),
        (8, "điểm 30,5 vượt điểm tối đa 30 của tiêu chí 1.1.2"),
        (9, "dòng trùng với dòng 2"),
        (10, "có 4 cột, trong khi dòng tiêu đề có 6"),
    ]


@pytest.mark.parametrize(
    ("unit", "remedy"),
    [
        ("Sở Tài chính", "Ghi mã “stc” thay cho tên đơn vị"),
        ("SỞ TÀI CHÍNH", "Ghi mã “stc” thay cho tên đơn vị"),
        (normalize("NFD", "Sở Tài chính"), "Ghi mã “stc” thay cho tên đơn vị"),
        ("P. C", "Ghi mã “phuong-c” thay cho tên đơn vị"),
        ("phuong_c", "Có phải “phuong-c”? Dùng mã theo units.csv"),
        ("stcc", "Có phải “stc”? Dùng mã theo units.csv"),
        ("???", "Dùng mã theo units.csv"),
        ("", "Dùng mã theo units.csv"),
    ],
)
def test_a_unit_that_is_not_named_by_its_code_gets_a_hint(province: Province, unit: str, remedy: str) -> None:
    name = normalize("NFC", unit)
    assert refused_score(province, f"{unit},1.1.1,self,1,,") == (f"không có đơn vị “{name}” trong kỳ đánh giá", remedy)


def test_a_unit_that_ended_before_the_round_has_no_scores(province: Province) -> None:
    assert refused_score(province, "xa-a,1.1,appraisal,90,,")[0] == "không có đơn vị “xa-a” trong kỳ đánh giá"


@pytest.mark.parametrize(
    ("component", "remedy"),
    [
        ("1.1", "Điểm ghi ở tiêu chí thành phần: 1.1.1, 1.1.2"),
        ("1.1.3", "Có phải “1.1.2”? Dùng mã theo bộ tiêu chí"),
        ("khác", "Dùng mã theo bộ tiêu chí"),
    ],
)
def test_an_unknown_component_gets_a_hint(province: Province, component: str, remedy: str) -> None:
    what = f"không có tiêu chí “{component}” trong bộ so-2025"
    assert refused_score(province, f"stc,{component},self,1,,") == (what, remedy)


def test_each_unit_is_measured_by_the_set_of_its_group(province: Province) -> None:
    assert score(province, "phuong-c,1.1,appraisal,100,,").points == 100
    assert refused_score(province, "phuong-c,1.1.1,appraisal,1,,")[0] == "không có tiêu chí “1.1.1” trong bộ xa-2025"
    assert members_by_code(province, YEAR).keys() == {"stc", "snv", "vpub", "xa-ab", "phuong-c"}


def test_an_unknown_source_is_answered_with_the_known_ones(province: Province) -> None:
    assert refused_score(province, "stc,1.1.1,tự chấm,1,,") == (
        "không có nguồn điểm “tự chấm”",
        "Dùng một trong: self, appraisal, survey, council, bonus, penalty",
    )


@pytest.mark.parametrize("points", ["ba", "1.2.3", "1e1", "NaN", "Infinity", "+1", "1 000", "10%", ".5", "5."])
def test_text_in_place_of_points_is_refused(province: Province, points: str) -> None:
    what, remedy = refused_score(province, f"stc,1.1.1,self,{points},,")
    assert what.startswith(f"cột points: “{points}” không phải là số")
    assert remedy == NUMBER_REMEDY


def test_missing_points_are_refused(province: Province) -> None:
    assert refused_score(province, "stc,1.1.1,self,,,") == ("cột points để trống", NUMBER_REMEDY)


@pytest.mark.parametrize("points", ["0", "0.000001", "9.999999", "10", "10.0000000"])
def test_points_up_to_the_maximum_are_taken_exactly(province: Province, points: str) -> None:
    assert score(province, f"stc,1.1.1,self,{points},,").points == Decimal(points)


def test_points_above_the_maximum_are_refused(province: Province) -> None:
    assert refused_score(province, "stc,1.1.1,self,10.000001,,") == (
        "điểm 10,000001 vượt điểm tối đa 10 của tiêu chí 1.1.1",
        "Nhập giá trị từ 0 đến 10",
    )


def test_negative_points_are_refused(province: Province) -> None:
    assert refused_score(province, "stc,1.1.1,self,-0.5,,") == ("điểm -0,5 là số âm", "Nhập giá trị từ 0 đến 10")


def test_points_finer_than_the_database_keeps_are_refused(province: Province) -> None:
    assert refused_score(province, "stc,1.1.1,self,1.2345678,,") == (
        "cột points: 1.2345678 có quá 6 chữ số thập phân",
        "Làm tròn bớt",
    )


def test_the_same_row_twice_is_refused_however_its_number_is_spelled(province: Province) -> None:
    rows = "stc,1.1.1,self,5,,\nsnv,1.1.1,self,5,,\nstc,1.1.1,self,5.00,0,\n"
    assert refused_scores(province, SCORES + rows) == [(4, "dòng trùng với dòng 2", "Bỏ bớt một dòng")]


def test_a_later_row_with_other_points_is_a_correction(province: Province) -> None:
    entries = scores(province, SCORES + "stc,1.1.1,self,5,,\nstc,1.1.1,self,6,,nhập lại\n")
    assert [entry.points for entry in entries] == [5, 6]


# Who may score what


def test_a_survey_leaf_is_never_self_scored(province: Province) -> None:
    assert refused_score(province, "stc,2.1,self,30,,") == (
        "tiêu chí 2.1 không nhận điểm từ nguồn self (tự chấm)",
        "Ghi nguồn survey",
    )


def test_a_survey_gives_no_points_to_another_leaf(province: Province) -> None:
    assert refused_score(province, "stc,1.1.1,survey,5,,") == (
        "tiêu chí 1.1.1 không nhận điểm từ nguồn survey (khảo sát)",
        "Ghi nguồn self, appraisal hoặc council",
    )


def test_a_leaf_that_others_state_is_not_self_scored(province: Province) -> None:
    assert refused_score(province, "stc,1.2,self,20,,") == (
        "tiêu chí 1.2 không do đơn vị tự chấm",
        "Ghi nguồn appraisal hoặc council",
    )


@pytest.mark.parametrize("component", ["1.1.1", "1.2", "2.1"])
def test_the_council_may_decide_on_every_leaf(province: Province, component: str) -> None:
    assert score(province, f"stc,{component},council,5,,").source is ScoreSource.COUNCIL


def test_a_known_bonus_item_takes_points_up_to_its_own_maximum(province: Province) -> None:
    assert score(province, "stc,T1,bonus,1,,").points == 1
    what, remedy = refused_score(province, "stc,T1,bonus,1.5,,")
    assert (what, remedy) == ("điểm 1,5 vượt điểm tối đa 1 của tiêu chí T1", "Nhập giá trị từ 0 đến 1")


def test_an_unknown_bonus_item_is_answered_with_the_known_ones(province: Province) -> None:
    assert refused_score(province, "stc,1.1.1,bonus,1,,") == (
        "không có mục điểm thưởng “1.1.1”",
        "Dùng một trong: T1",
    )


def test_a_penalty_where_the_set_has_none_is_refused(province: Province) -> None:
    assert refused_score(province, "stc,P1,penalty,1,,") == (
        "không có mục điểm trừ “P1”",
        "Bộ tiêu chí không có mục nào; bỏ dòng này",
    )


def test_penalty_items_are_known_by_their_block_and_bounded_by_its_cap(tmp_path: Path) -> None:
    folder = sample_folder(tmp_path)
    folder.add("criteria/so.yaml", "penalty:\n  cap: 3\n  items:\n    - {code: P1, name: Vi phạm, each: 1}\n")
    province = load_province(folder.path)
    assert score(province, "stc,P1,penalty,3,,").source is ScoreSource.PENALTY
    assert refused_score(province, "stc,P1,penalty,3.5,,")[1] == "Nhập giá trị từ 0 đến 3"
    assert refused_score(province, "stc,P1,bonus,1,,")[0] == "không có mục điểm thưởng “P1”"


def test_a_bonus_item_is_no_leaf(province: Province) -> None:
    assert refused_score(province, "stc,T1,appraisal,1,,")[0] == "không có tiêu chí “T1” trong bộ so-2025"


@pytest.mark.parametrize("row", ["vpub,2.1,survey,5,,", "vpub,2.1,survey,,1,", "vpub,2.1,council,5,,"])
def test_a_leaf_that_is_not_in_the_units_set_takes_nothing(province: Province, row: str) -> None:
    assert refused_score(province, row) == ("tiêu chí 2.1 không áp dụng cho Văn phòng UBND tỉnh", "Bỏ dòng này")


def test_not_applicable_with_points_is_refused(province: Province) -> None:
    assert refused_score(province, "stc,1.1.1,appraisal,0,1,") == (
        "vừa có điểm vừa ghi không áp dụng",
        "Để trống cột points khi not_applicable là 1",
    )


def test_not_applicable_is_1_or_0(province: Province) -> None:
    assert refused_score(province, "stc,1.1.1,appraisal,,có,") == (
        "not_applicable là “có”",
        "Ghi 1 nếu được chấp nhận không áp dụng, nếu không thì 0",
    )


def test_bonus_points_cannot_be_not_applicable(province: Province) -> None:
    assert refused_score(province, "stc,T1,bonus,,1,") == (
        "điểm thưởng, điểm trừ không có “không áp dụng”",
        "Bỏ dòng này",
    )


def test_a_year_without_a_round_is_refused(province: Province) -> None:
    with pytest.raises(RefusedError):
        read_scores(as_bytes(SCORES + "stc,1.1.1,self,1,,\n"), "diem.csv", province, 2031)


# Facts


def test_facts_become_canonical(province: Province) -> None:
    rows = "stc,1.1.1,date,31/01/2025\nstc,1.1.2,numerator,095.50\nsnv,1.1.1,date,không\nstc,T1,count,2\n"
    assert facts(province, rows) == [
        FactEntry("stc", "1.1.1", "date", "2025-01-31"),
        FactEntry("stc", "1.1.2", "numerator", "95.5"),
        FactEntry("snv", "1.1.1", "date", "none"),
        FactEntry("stc", "T1", "count", "2"),
    ]


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("sxd,1.1.1,date,2025-01-01", "không có đơn vị “sxd” trong kỳ đánh giá"),
        ("stc,9,date,2025-01-01", "không có tiêu chí “9” trong bộ so-2025"),
        ("stc,1.1.1,ngày,2025-01-01", "tiêu chí 1.1.1 không có số liệu “ngày”"),
        ("stc,1.1.1,date,", "cột value để trống"),
        ("stc,1.1.1,date,31/02/2025", "tiêu chí 1.1.1: Ngày ban hành: “31/02/2025” không phải là một ngày"),
        ("vpub,2.1,mean,4", "tiêu chí 2.1 không áp dụng cho Văn phòng UBND tỉnh"),
        ("stc,2.1,mean,5.5", "tiêu chí 2.1: điểm trung bình 5,5 nằm ngoài thang 0–5"),
        (
            "stc,1.2,late,-1",
            "tiêu chí 1.2: Báo cáo chậm: -1 không phải là số đếm (số nguyên từ 0 trở lên)",
        ),
        (
            "stc,T1,count,0.5",
            "tiêu chí T1: Sáng kiến được công nhận: “0,5” không phải là số nguyên, trong khi ở đây đếm số lượng",
        ),
        (
            'stc,1.1.2,numerator,"9,5"',
            "tiêu chí 1.1.2: Số đạt yêu cầu: “9,5” không phải là số viết với dấu chấm thập phân, "
            "không dấu ngăn hàng nghìn",
        ),
    ],
)
def test_a_fact_that_is_wrong_is_refused(province: Province, row: str, what: str) -> None:
    assert refused_facts(province, f"snv,1.1.1,date,2025-01-01\n{row}\n") == [(3, what)]


def test_the_same_fact_twice_is_refused(province: Province) -> None:
    rows = "stc,1.1.1,date,2025-01-31\nstc,1.1.1,date,31/01/2025\n"
    assert refused_facts(province, rows) == [(3, "dòng trùng với dòng 2")]


TOO_MANY = "tiêu chí 1.1.2: tử số “Số đạt yêu cầu” (5) lớn hơn mẫu số “Tổng số” (4)"


def test_facts_of_one_file_must_make_sense_together(province: Province) -> None:
    assert refused_facts(province, "stc,1.1.2,numerator,5\nstc,1.1.2,denominator,4\n") == [(3, TOO_MANY)]


def test_a_fact_that_corrects_another_in_the_same_file_counts(province: Province) -> None:
    rows = "stc,1.1.2,numerator,5\nstc,1.1.2,denominator,4\nstc,1.1.2,numerator,3\n"
    assert [entry.value for entry in facts(province, rows)] == ["5", "4", "3"]


def test_a_fact_may_wait_for_the_one_it_belongs_to(province: Province) -> None:
    assert len(facts(province, "stc,1.1.2,numerator,5\n")) == 1


def test_facts_of_two_files_must_make_sense_together(province: Province, storage: Storage) -> None:
    record_facts(storage, YEAR, b"1", "1.csv", facts(province, "stc,1.1.2,denominator,4\nsnv,1.1.2,denominator,9\n"))
    current = facts_by_component(storage, YEAR)
    assert refused_facts(province, "snv,1.1.2,numerator,5\nstc,1.1.2,numerator,5\n", current) == [(3, TOO_MANY)]
    assert len(facts(province, "stc,1.1.2,numerator,5\nstc,1.1.2,denominator,6\n", current)) == 2


# History


def test_a_published_index_is_read_whole(province: Province) -> None:
    entries, warnings = history(province, "2024,so,stc,98.50,90.25,91.62,1,Tốt\n2024,xa,xa-a,,,78.39,,\n")
    assert warnings == []
    assert entries == [
        HistoryEntry(2024, "so", "stc", Decimal("98.5"), Decimal("90.25"), Decimal("91.62"), 1, "Tốt"),
        HistoryEntry(2024, "xa", "xa-a", None, None, Decimal("78.39"), None, None),
    ]


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("2024,so,sxd,,,91,1,", "không có đơn vị “sxd”"),
        ("2024,so,stc,,,101,1,", "chỉ số 101 ngoài khoảng 0–100"),
        ("2024,so,stc,,,-1,1,", "chỉ số -1 ngoài khoảng 0–100"),
        ("2024,so,stc,,,,1,", "cột index để trống"),
        ("2024,so,stc,,,91,0,", "hạng “0” không hợp lệ"),
        ("2024,so,stc,,,91,1.5,", "hạng “1.5” không hợp lệ"),
        ("2024,so,stc,,,91,²,", "hạng “²” không hợp lệ"),
        ("2024,so,stc,,,91,99999999999,", "hạng “99999999999” không hợp lệ"),
        ("năm nay,so,stc,,,91,1,", "năm “năm nay” không hợp lệ"),
        ("1924,so,stc,,,91,1,", "năm “1924” không hợp lệ"),
        ("202²,so,stc,,,91,1,", "năm “202²” không hợp lệ"),
        ("2024,,stc,,,91,1,", "cột group để trống"),
        ("2024,so,stc,-100,90,91,1,", "cột max_points: -100 không phải là số điểm"),
        ("2024,so,stc,100,123456789012345678,91,1,", "cột points: 123456789012345678 không phải là số điểm"),
    ],
)
def test_a_published_index_that_is_wrong_is_refused(province: Province, row: str, what: str) -> None:
    assert refused_history(province, f"2023,so,stc,,,91,1,\n{row}\n") == [(3, what)]


def test_a_unit_of_history_that_is_not_named_by_its_code_gets_a_hint(province: Province) -> None:
    (finding,) = refusals(partial(history, province, "2024,xa,xã a,,,80,,\n"))
    assert finding.remedy == "Ghi mã “xa-a” thay cho tên đơn vị"


def test_an_index_that_does_not_match_its_points_is_only_a_warning(province: Province) -> None:
    entries, (warning,) = history(province, "2024,so,stc,98,90.25,91.62,1,Tốt\n")
    assert entries[0].index == Decimal("91.62")
    assert (warning.line, warning.severity) == (2, Severity.WARNING)
    assert warning.what == "chỉ số 91.62 không bằng điểm 90.25 ÷ 98 × 100"
    assert warning.remedy == "Đối chiếu với quyết định đã công bố"


def test_the_same_published_index_twice_is_refused(province: Province) -> None:
    rows = "2024,so,stc,,,91.5,1,\n2024,so,stc,,,91.50,1,\n"
    assert refused_history(province, rows) == [(3, "dòng trùng với dòng 2")]


SAME_YEAR = "2024,so,snv,,,95,1,Xuất sắc\n2024,so,stc,,,90,{},{}\n2024,so,vpub,,,{},3,Khá\n"


@pytest.mark.parametrize(
    ("rank", "third", "line", "what"),
    [
        ("20", "80", 3, "hạng 20 lớn hơn số đơn vị của nhóm so năm 2024 trong tệp (3)"),
        ("1", "80", 3, "hai chỉ số khác nhau mà cùng hạng: stc chỉ số 90 hạng 1; đơn vị snv chỉ số 95 hạng 1 (dòng 2)"),
        ("2", "93", 3, "chỉ số thấp hơn mà hạng cao hơn: stc chỉ số 90 hạng 2; đơn vị vpub chỉ số 93 hạng 3 (dòng 4)"),
    ],
)
def test_ranks_of_a_year_that_contradict_their_indices_are_refused(
    province: Province, rank: str, third: str, line: int, what: str
) -> None:
    assert refused_history(province, SAME_YEAR.format(rank, "Tốt", third)) == [(line, what)]


def test_equal_indices_may_share_a_rank_or_not(province: Province) -> None:
    for rank in ("2", "3"):
        entries, warnings = history(province, SAME_YEAR.format(rank, "Tốt", "90"))
        assert (len(entries), warnings) == (3, [])


def test_a_lower_index_with_the_better_grade_and_a_jump_are_asked(province: Province) -> None:
    rows = SAME_YEAR.format("2", "Khá", "80").replace("80,3,Khá", "80,3,Xuất sắc") + "2025,so,stc,,,55.5,1,Tốt\n"
    _, warnings = history(province, rows)
    assert [(warning.line, warning.what) for warning in warnings] == [
        (4, "xếp loại “Xuất sắc” với chỉ số 80, trong khi đơn vị có chỉ số cao hơn xếp loại “Khá”"),
        (5, "chỉ số giảm 34,5 so với năm 2024 (dòng 3)"),
    ]


# Converted copies

EXCEL = 'unit;component;source;points;not_applicable;note\nstc;1.1.2;appraisal;28,75;;"Đã thẩm định; đủ, đúng"\n'
CLEAN = 'unit,component,source,points,not_applicable,note\nstc,1.1.2,appraisal,28.75,,"Đã thẩm định; đủ, đúng"\n'


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + EXCEL.encode(),
        EXCEL.replace("\n", "\r\n").encode(),
        windows_1258(EXCEL),
        windows_1258(CLEAN),
        normalize("NFD", CLEAN).encode(),
    ],
)
def test_a_converted_copy_can_be_imported(province: Province, content: bytes) -> None:
    copy = converted(content, "diem.csv")
    assert copy == CLEAN
    entry = ScoreEntry("stc", "1.1.2", ScoreSource.APPRAISAL, Decimal("28.75"), False, "Đã thẩm định; đủ, đúng")
    assert scores(province, copy) == [entry]


def test_a_converted_copy_of_a_good_file_is_the_file() -> None:
    assert converted(CLEAN.encode(), "diem.csv") == CLEAN


def test_a_number_with_two_readings_is_not_converted() -> None:
    content = EXCEL.replace("28,75", "1.435")
    (finding,) = refusals(lambda: converted(content.encode(), "diem.csv"))
    assert (finding.line, finding.remedy) == (2, "Sửa ô này rồi chuyển đổi lại")
    assert finding.what.startswith("cột points: “1.435” có thể đọc thành hai số khác nhau")


def test_only_columns_of_numbers_are_converted() -> None:
    content = "unit;component;fact;value\nstc;1,5;1.435;31.01.2025\nstc;1.1;x;1.435,5\n"
    assert converted(content.encode(), "so-lieu.csv").splitlines()[1:] == [
        'stc,"1,5",1.435,31.01.2025',
        "stc,1.1,x,1435.5",
    ]


def test_what_is_no_table_is_not_converted() -> None:
    (finding,) = refusals(lambda: converted(b"PK\x03\x04", "diem.csv"))
    assert finding.what == "tệp không phải văn bản CSV"


# Nothing of a refused file is recorded


def receipts(folder: Path) -> int:
    """How many files the province's database has a receipt of."""
    storage = open_storage(folder, Settings(user="người thử"))
    with storage.reading() as session:
        count: int = session.execute(select(func.count()).select_from(Receipt)).scalar_one()
    storage.engine.dispose()
    return count


def test_a_file_with_one_bad_row_imports_nothing(
    tmp_path: Path, cchc: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    folder = copy_example("binh-duong-2017", tmp_path)
    bad = tmp_path / "diem.csv"
    bad.write_text((folder / "scores.csv").read_text(encoding="utf-8") + "bau-bang,1.1,appraisal,65.5,,\n", "utf-8")
    refused = cchc("--province", folder, "import", "scores", "2017", bad)
    assert refused.returncode == 1
    assert "điểm 65,5 vượt điểm tối đa 65 của tiêu chí 1.1" in " ".join((refused.stdout + refused.stderr).split())
    assert receipts(folder) == 0
    assert cchc("--province", folder, "import", "scores", "2017", folder / "scores.csv").returncode == 0
    assert receipts(folder) == 1


# Whatever is in a file


def reads_or_refuses(province: Province, content: bytes) -> None:
    """Every reader takes the bytes or refuses them with findings; nothing else may happen."""
    readers: list[Callable[[], object]] = [
        lambda: read_scores(content, "a.csv", province, YEAR),
        lambda: read_facts(content, "a.csv", province, YEAR, {("stc", "1.1.2"): {"denominator": "4"}}),
        lambda: read_history(content, "a.csv", province),
        lambda: converted(content, "a.csv"),
    ]
    for reader in readers:
        findings: list[Finding] | None = None
        try:
            reader()
        except RefusedError as refused:
            findings = refused.findings
        assert findings != []


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(province: Province, content: bytes) -> None:
    reads_or_refuses(province, content)


WORDS = ["stc", "xa-ab", "Sở Tài chính", "1.1.1", "1.1.2", "1.2", "2.1", "T1", "date", "numerator", "denominator"]
WORDS += ["late", "mean", "count", *ScoreSource, "2024", "so", "1", "0", "-1", "1,5", "1.435", "", "²", "9" * 5000]
WORDS += ["0." + "3" * 40, "99999999999999999999", "2025-01-31", "không", "0001-01-01", "31/12/9999", '"', "\ufeff"]
cell = st.one_of(st.sampled_from(WORDS), st.text(max_size=8), st.decimals(allow_nan=False).map(str))
header = st.sampled_from([SCORES, FACTS, HISTORY, SCORES.replace(",", ";"), "points,UNIT,,unit\n"])
table = st.tuples(header, st.lists(st.lists(cell, min_size=3, max_size=8).map(",".join), max_size=6).map("\n".join))


@given(table.map("".join))
def test_any_mangled_table_is_read_or_refused(province: Province, content: str) -> None:
    reads_or_refuses(province, content.encode(errors="ignore"))


fact_row = st.tuples(
    st.sampled_from(["stc", "vpub"]),
    st.sampled_from(["1.1.1,date", "1.1.2,numerator", "1.1.2,denominator", "1.2,late", "2.1,mean", "T1,count"]),
    cell,
).map(",".join)


@given(st.lists(fact_row, max_size=6).map("\n".join))
def test_any_value_of_a_known_fact_is_read_or_refused(province: Province, rows: str) -> None:
    reads_or_refuses(province, (FACTS + rows).encode(errors="ignore"))


published_row = st.tuples(
    st.sampled_from(["2024", "2100"]), st.just("so"), st.just("stc"), cell, cell, cell, cell, st.just("Tốt")
).map(",".join)


@given(st.lists(published_row, max_size=3).map("\n".join))
def test_any_value_of_a_published_index_is_read_or_refused(province: Province, rows: str) -> None:
    reads_or_refuses(province, (HISTORY + rows).encode(errors="ignore"))


def test_a_file_over_which_its_reader_dies_is_a_finding_and_costs_nothing_else(
    province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = Children(1, Limits(memory=400 * 2**20))
    with monkeypatch.context() as patched:
        patched.setattr("tasks.recording.importing.children", lambda: small)
        with pytest.raises(RefusedError, match="không đọc được trong giới hạn"):
            read_scores(SCORES.encode() + b"a,b,c,1,,\n" * 3_000_000, "diem.csv", province, YEAR)
        with pytest.raises(RefusedError, match="không có dòng"):
            read_scores(SCORES.encode(), "diem.csv", province, YEAR)
    small.close()
