"""CSV files that people write: what is wrong with their form, and on which line."""

import io
import zipfile
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.findings import Severity
from models.province.csv_files import CsvFile, read_csv

COLUMNS = ("unit", "points")
EXTRAS = ("note",)
TEXT = "unit,points,note\nstc,48.75,Đã thẩm định\nsnv,50,\n"
_TONES = "\u0300\u0301\u0303\u0309\u0323"


def read(content: str | bytes, *, lenient: bool = False) -> CsvFile:
    raw = content if isinstance(content, bytes) else content.encode()
    return read_csv(raw, "diem.csv", COLUMNS, EXTRAS, lenient=lenient)


def errors(file: CsvFile) -> list[tuple[int, str]]:
    assert all(finding.remedy for finding in file.findings)
    return [(finding.line, finding.what) for finding in file.findings if finding.severity is Severity.CRITICAL]


def warnings(file: CsvFile) -> list[tuple[int, str]]:
    return [(finding.line, finding.what) for finding in file.findings if finding.severity is Severity.WARNING]


def windows_1258(text: str) -> bytes:
    """The text as old Vietnamese Windows keeps it: vowels with their own marks, tones as marks of their own."""
    letters: list[str] = []
    for letter in normalize("NFC", text):
        parts = normalize("NFD", letter)
        tone = "".join(part for part in parts if part in _TONES)
        vowel = normalize("NFC", "".join(part for part in parts if part not in _TONES))
        letters.append(vowel + tone)
    return "".join(letters).encode("cp1258")


def xlsx() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as book:
        book.writestr("xl/workbook.xml", "<workbook/>")
    return archive.getvalue()


def test_a_good_file_is_read_without_findings() -> None:
    file = read(TEXT)
    assert file.findings == []
    assert [(row.line, row.values) for row in file.rows] == [
        (2, {"unit": "stc", "points": "48.75", "note": "Đã thẩm định"}),
        (3, {"unit": "snv", "points": "50", "note": ""}),
    ]


def test_cells_are_trimmed_and_in_one_unicode_form() -> None:
    file = read(normalize("NFD", "unit, points ,note\n stc , 1 , Đã thẩm định \n"))
    assert file.rows[0].values == {"unit": "stc", "points": "1", "note": normalize("NFC", "Đã thẩm định")}


def test_columns_may_be_in_any_order_and_case() -> None:
    assert read("Points,UNIT\n1,stc\n").rows[0].values == {"points": "1", "unit": "stc"}


def test_a_missing_column_is_named_with_the_header_that_is_needed() -> None:
    file = read("unit,note\nstc,x\n")
    assert errors(file) == [(1, "thiếu cột “points”")]
    assert file.findings[0].remedy == "Dòng tiêu đề cần: unit,points,note"
    assert file.rows == []


def test_a_column_that_is_there_twice_is_an_error() -> None:
    file = read("unit,points,Unit\nstc,1,snv\n")
    assert errors(file) == [(1, "cột “unit” có hai lần")]
    assert file.rows == []


def test_an_unknown_column_is_only_a_warning() -> None:
    file = read("unit,points,email\nstc,1,a@b.vn\n")
    assert (errors(file), warnings(file)) == ([], [(1, "không biết cột “email”")])
    assert file.rows[0].values["points"] == "1"


@pytest.mark.parametrize(("cells", "count"), [("stc", 1), ("stc,48,75,x", 4)])
def test_a_line_with_another_number_of_cells_is_an_error_of_that_line(cells: str, count: int) -> None:
    file = read(f"unit,points,note\nsnv,1,\n{cells}\nstc,2,\n")
    assert errors(file) == [(3, f"có {count} cột, trong khi dòng tiêu đề có 3")]
    assert [row.line for row in file.rows] == [2, 4]


def test_a_decimal_comma_never_slips_into_the_next_column() -> None:
    file = read("unit,points,note\nstc,48,75,\n")
    assert errors(file) == [(2, "có 4 cột, trong khi dòng tiêu đề có 3")]
    assert file.findings[0].remedy == "Kiểm tra dấu phẩy; số thập phân viết với dấu chấm (48.75)"


def test_columns_without_a_name_are_an_error_because_cells_could_slip_into_them() -> None:
    file = read("unit,points,note,,\nstc,48,75,,\n")
    assert errors(file) == [(1, "cột thứ 4 không có tên"), (1, "cột thứ 5 không có tên")]
    assert file.rows == []


def test_a_byte_order_mark_is_named() -> None:
    file = read(b"\xef\xbb\xbf" + TEXT.encode())
    assert errors(file) == [(1, "tệp có dấu BOM ở đầu")]
    assert file.findings[0].remedy == "Chạy lại lệnh với --convert TỆP-MỚI.csv, xem lại tệp đó rồi nhập nó"
    assert file.columns == ["unit", "points", "note"]


def test_semicolons_are_named_on_the_line_of_the_header() -> None:
    file = read("# Điểm thẩm định, quý I; bản nháp\nunit;points\nstc;48,75\n")
    assert errors(file) == [(2, "các cột ngăn bằng dấu chấm phẩy")]
    assert file.rows[0].values == {"unit": "stc", "points": "48,75"}


def test_windows_1258_is_named_at_the_first_line_that_shows_it() -> None:
    file = read(
        windows_1258("unit,points,note\nsnv,1,\nstc,2,Đã thẩm định đầy đủ, không có ý kiến\n".replace(", ", " "))
    )
    assert errors(file) == [(3, "tệp dùng bảng mã Windows-1258, không phải UTF-8")]
    assert file.rows[1].values["note"] == "Đã thẩm định đầy đủ không có ý kiến"


@given(st.text("aăâeêioôơuưyđ ắằẳẵặấầẩẫậếềểễệốồổỗộớờởỡợứừửữựýỳỷỹỵĐÀÁẢÃẠ", min_size=1, max_size=30))
def test_every_vietnamese_letter_survives_windows_1258(text: str) -> None:
    file = read(b"unit,points,note\nstc,1," + windows_1258(text) + b".\n", lenient=True)
    assert file.rows[0].values["note"] == f"{text}.".strip()


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.replace(",", ";").encode(),
        windows_1258(TEXT),
        windows_1258(TEXT.replace(",", ";").replace("\n", "\r\n")),
    ],
)
def test_a_lenient_reading_takes_what_excel_makes_without_findings(content: bytes) -> None:
    file = read(content, lenient=True)
    assert file.findings == []
    assert [row.values for row in file.rows] == [row.values for row in read(TEXT).rows]


def test_a_strict_reading_names_everything_that_excel_made() -> None:
    content = b"\xef\xbb\xbf" + TEXT.replace(",", ";").encode()
    assert errors(read(content)) == [(1, "tệp có dấu BOM ở đầu"), (1, "các cột ngăn bằng dấu chấm phẩy")]


@pytest.mark.parametrize("content", [xlsx(), TEXT.encode("utf-16"), b"unit,points\n\x8a\x8d\x9e\n", b"%PDF-1.7\n\0"])
def test_what_is_no_text_is_no_csv(content: bytes) -> None:
    file = read(content)
    assert errors(file) == [(1, "tệp không phải văn bản CSV")]
    assert file.rows == []


def test_lines_inside_quotes_count_as_lines() -> None:
    file = read('unit,points,note\nstc,1,"hai\ndòng"\nsnv,2,\n')
    assert [(row.line, row.values["note"]) for row in file.rows] == [(2, "hai\ndòng"), (4, "")]


def test_blank_lines_and_remarks_before_the_header_are_passed_over_and_counted() -> None:
    file = read('# nguồn: "quyết định 1, 2; 3\n#,"mở\n\nunit,points\n\nstc,1\n,\nsnv,2\n')
    assert file.findings == []
    assert [row.line for row in file.rows] == [6, 8]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_end_of_line_is_understood(end: str) -> None:
    file = read(TEXT.replace("\n", end))
    assert file.findings == []
    assert [row.line for row in file.rows] == [2, 3]


def test_a_quote_that_is_never_closed_is_an_error_of_the_line_where_it_opens() -> None:
    file = read('unit,points,note\nstc,1,\nsnv,2,"ghi chú\nsxd,3,\n')
    assert errors(file) == [(3, "từ dòng này không đọc được")]
    assert [row.line for row in file.rows] == [2]


@pytest.mark.parametrize("content", ["", "\n\n", "# chỉ có ghi chú\n", "\ufeff"])
def test_an_empty_file_says_which_header_it_needs(content: str) -> None:
    file = read(content, lenient=True)
    assert errors(file) == [(1, "tệp không có dòng nào")]
    assert file.findings[0].remedy == "Cần dòng tiêu đề: unit,points,note"


def test_a_file_with_a_header_only_has_no_rows_and_nothing_wrong() -> None:
    file = read("unit,points\n")
    assert (file.rows, file.findings) == ([], [])


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_give_rows_or_findings(content: bytes, lenient: bool) -> None:
    file = read(content, lenient=lenient)
    assert file.rows or file.findings or file.columns
    assert all(set(row.values) == set(file.columns) for row in file.rows)
