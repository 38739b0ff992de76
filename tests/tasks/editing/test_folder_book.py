"""The province folder as one workbook and back: byte for byte, or only what was edited; errors at their cells."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from models.findings import RefusedError, Severity
from models.province.config import ProvinceConfig
from models.province.folder import load_province
from tasks.editing.changing import CheckedChanges, write_changes
from tasks.editing.folder_book import changed_folder, folder_as_workbook
from tasks.editing.province_rows import MEANINGS
from tests.conftest import ROOT, copy_example
from tests.models.folders import Folder, sample_folder

PROGRESS = {
    "progress/measures.yaml": (
        "# chỉ tiêu\nmeasures:\n  - {id: dung-han, name: Đúng hạn, kind: ratio, unit: hồ sơ, better: up}   # tháng\n"
        "changes: {percent: 40}\n"
    ),
    "progress/plan_tasks.yaml": (
        "plans:\n  - id: kh-2025\n    title: Kế hoạch\n    from: 2025\n    to: 2025\n    tasks_csv: viec.csv\n"
        "    tasks:\n"
        '      - {number: "1", title: Ban hành, owner: snv, due: 2025-01-15}   # đầu năm\n'
    ),
    "progress/viec.csv": "number,title,owner,due\n2,Tập huấn,snv,2025-03-01\n",
    "progress/targets.yaml": (
        "targets:\n  - {id: t1, name: Đúng hạn, measure: dung-han, direction: at_least,\n"
        "     milestones: [{year: 2025, value: 95}]}\n"
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = sample_folder(tmp_path)
    for name, text in PROGRESS.items():
        folder.write(name, text)
    assert folder.errors() == []
    return folder


def exported(folder: Folder) -> bytes:
    return folder_as_workbook(load_province(folder.path))


def edited(content: bytes, change: Callable[[Any], object]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cell_of(book: Any, sheet: str, key: str, column: str) -> Any:
    """The cell of a column in the row that begins with a text."""
    page = book[sheet]
    ids = [cell.value for cell in page[1]]
    row = next(row for row in page.iter_rows(min_row=5) if row[1].value == key)
    return row[ids.index(column)]


def imported(folder: Folder, change: Callable[[Any], object]) -> CheckedChanges:
    return changed_folder(folder.path, edited(exported(folder), change), "tinh.xlsx")


def texts(folder: Folder) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.path.rglob("*.*")) if "var" not in path.parts}


@pytest.mark.parametrize("name", sorted(path.parent.name for path in (ROOT / "examples").glob("*/province.yaml")))
def test_every_sample_folder_goes_out_and_comes_back_unchanged(tmp_path: Path, name: str) -> None:
    folder = Folder(copy_example(name, tmp_path))
    assert imported(folder, lambda book: None).changes == []


def test_every_file_has_its_sheet(folder: Folder) -> None:
    book = openpyxl.load_workbook(io.BytesIO(exported(folder)))
    assert [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"] == [
        "Thông tin tỉnh",
        "Đơn vị",
        "Kế thừa",
        "Kỳ 2025",
        "Chỉ tiêu",
        "Chỉ tiêu - mục khác",
        "Kế hoạch",
        "Nhiệm vụ",
        "Mục tiêu",
        "Nhiệm vụ viec",
    ]


def test_only_what_was_edited_changes(folder: Folder) -> None:
    before = {name: folder.text(name) for name in ("units.csv", "rounds/2025.yaml", *PROGRESS)}

    def change(book: Any) -> None:
        cell_of(book, "Đơn vị", "snv", "name").value = "Sở Nội vụ mới"
        cell_of(book, "Đơn vị", "phuong-c", "valid_from").value = "01/08/2020"
        cell_of(book, "Kỳ 2025", "deadlines.appraisal", "value").value = "2026-02-05"
        cell_of(book, "Chỉ tiêu", "dung-han", "name").value = "=Hồ sơ đúng hạn"
        cell_of(book, "Chỉ tiêu", "dung-han", "name").data_type = "s"
        cell_of(book, "Nhiệm vụ", "kh-2025", "title").value = "Ban hành kế hoạch"
        cell_of(book, "Nhiệm vụ viec", "2", "title").value = "Tập huấn CCHC"
        cell_of(book, "Mục tiêu", "t1", "milestones").value = "[{year: 2025, value: 96}]"
        cell_of(book, "Kế thừa", "xa-a", "weight").value = 0.5

    checked = imported(folder, change)
    write_changes(folder.path, checked.changes)
    after = (
        before["units.csv"]
        .replace("Sở Nội vụ,", "Sở Nội vụ mới,")
        .replace("Phường Cũ;P. C,,,", "Phường Cũ;P. C,,2020-08-01,")
    )
    assert folder.text("units.csv") == after
    assert folder.text("rounds/2025.yaml") == before["rounds/2025.yaml"].replace("2026-01-31", "2026-02-05")
    assert folder.text("progress/measures.yaml") == before["progress/measures.yaml"].replace(
        "name: Đúng hạn", "name: =Hồ sơ đúng hạn"
    )
    assert folder.text("progress/plan_tasks.yaml") == before["progress/plan_tasks.yaml"].replace(
        "title: Ban hành,", "title: Ban hành kế hoạch,"
    )
    assert folder.text("progress/viec.csv") == before["progress/viec.csv"].replace("Tập huấn", "Tập huấn CCHC")
    assert folder.text("progress/targets.yaml") == before["progress/targets.yaml"].replace("95", "96")
    assert "xa-a,xa-ab,2025-07-01,merged,0.5\n" in folder.text("successions.csv")
    assert folder.errors() == []


def test_units_are_added_and_taken_out(folder: Folder) -> None:
    def change(book: Any) -> None:
        page = book["Đơn vị"]
        row = next(row for row in page.iter_rows(min_row=5) if not row[1].value)
        for cell, value in zip(row[1:4], ("so-y-te", "Sở Y tế", "so"), strict=True):
            cell.value = value
        page.delete_rows(cell_of(book, "Đơn vị", "stc", "code").row)

    (done,) = imported(folder, change).changes
    before = folder.text("units.csv")
    gone = "stc,Sở Tài chính,so,,,,,\n"
    assert done.content.decode() == before.replace(gone, "") + "so-y-te,Sở Y tế,so,,,,,\n"


@pytest.mark.parametrize(
    ("sheet", "key", "column", "typed", "said"),
    [
        ("Đơn vị", "snv", "parent", "khong-co", "không có đơn vị cấp trên “khong-co”"),
        ("Đơn vị", "xa-ab", "valid_from", "32/13/2025", "không phải là một ngày"),
        ("Đơn vị", "snv", "code", "stc", "mã đơn vị “stc” đã có ở ô B5"),
        ("Đơn vị", "snv", "code", "có dấu cách", "cột code"),
        ("Kế thừa", "xa-a", "kind", "gì đó", "không có trong danh sách"),
        ("Kế thừa", "xa-a", "weight", "một nửa", "không phải là số"),
        ("Kỳ 2025", "year", "value", "hai nghìn", "“year” là “hai nghìn”"),
        ("Kỳ 2025", "groups.1", "value", "{id: so", "dấu ngoặc mở mà không đóng"),
        ("Kỳ 2025", "deadlines.explanation", "path", "deadlines.appraisal", "không hợp với một dòng khác"),
        ("Kỳ 2025", "groups.2", "value", "{id: xa, name: X, criteria_set: xa-2025, units: {kind: ly}}", "“ly”"),
        ("Chỉ tiêu", "dung-han", "kind", "ty_le", "không có trong danh sách"),
        ("Nhiệm vụ", "kh-2025", "plan", "kh-1999", "không có kế hoạch “kh-1999”"),
        ("Mục tiêu", "t1", "measure", "khong-co", "khong-co"),
    ],
)
def test_a_bad_cell_is_named_and_nothing_is_written(
    folder: Folder, sheet: str, key: str, column: str, typed: object, said: str
) -> None:
    before = texts(folder)
    places: list[str] = []

    def change(book: Any) -> None:
        cell = cell_of(book, sheet, key, column)
        places.append(cell.coordinate)
        cell.value = typed

    with pytest.raises(RefusedError) as refused:
        imported(folder, change)
    found = [each for each in refused.value.findings if said in each.what and each.severity is Severity.CRITICAL]
    assert found, [str(each) for each in refused.value.findings]
    assert [(each.place.sheet, each.place.cell) for each in found if each.place] == [(sheet, place) for place in places]
    assert texts(folder) == before


def test_an_error_of_a_file_that_was_not_edited_is_told_at_its_cell_too(folder: Folder) -> None:
    with pytest.raises(RefusedError) as refused:
        imported(folder, lambda book: setattr(cell_of(book, "Đơn vị", "phuong-c", "kind"), "value", "xa"))
    (found,) = refused.value.findings
    assert (found.file, found.place and found.place.sheet) == ("tinh.xlsx", "Kỳ 2025")
    assert "không có loại đơn vị “phuong”" in found.what


def test_a_formula_is_no_value(folder: Folder) -> None:
    with pytest.raises(RefusedError, match="công thức chưa được tính"):
        imported(folder, lambda book: setattr(cell_of(book, "Đơn vị", "snv", "name"), "value", "=1+1"))


def test_a_file_that_was_edited_since_stops_only_where_it_is_edited_again(folder: Folder) -> None:
    content = exported(folder)
    folder.add("units.csv", "so-moi,Sở Mới,so,,,,,\n")
    changed = edited(content, lambda book: setattr(cell_of(book, "Mục tiêu", "t1", "name"), "value", "Khác"))
    assert [each.name for each in changed_folder(folder.path, changed, "t.xlsx").changes] == ["progress/targets.yaml"]
    again = edited(content, lambda book: setattr(cell_of(book, "Đơn vị", "snv", "name"), "value", "Khác"))
    with pytest.raises(RefusedError, match=r"tệp units\.csv đã được sửa sau khi xuất"):
        changed_folder(folder.path, again, "t.xlsx")


def test_another_workbook_is_refused(folder: Folder) -> None:
    book = openpyxl.Workbook()
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(RefusedError, match="không phải là bảng “Thư mục tỉnh”"):
        changed_folder(folder.path, out.getvalue(), "khac.xlsx")


@pytest.mark.parametrize(
    "name", ["../units.csv", "/tmp/units.csv", "texts.yaml", "progress/../province.yaml", "var/x.csv"]
)
def test_a_name_of_another_file_in_the_hidden_sheet_is_refused(folder: Folder, name: str) -> None:
    def change(book: Any) -> None:
        cells = [row for row in book["_cchc_tep"].iter_rows() if row[1].value == "units.csv"]
        cells[0][1].value = name

    with pytest.raises(RefusedError, match="bản gốc đã bị sửa hoặc hỏng"):
        imported(folder, change)


def test_a_sheet_or_a_column_that_is_gone_is_told(folder: Folder) -> None:
    with pytest.raises(RefusedError, match="không còn trang “Mục tiêu”"):
        imported(folder, lambda book: book.remove(book["Mục tiêu"]))
    with pytest.raises(RefusedError, match="không còn cột “Tên”"):
        imported(folder, lambda book: book["Đơn vị"].delete_cols(3))


def test_the_province_itself_stands_a_key_a_row_with_what_it_means(folder: Folder) -> None:
    folder.change("province.yaml", "name: tỉnh Mẫu\n", "name: tỉnh Mẫu   # như trong câu\n")
    before = folder.text("province.yaml")
    told = {name: MEANINGS[name] for name in ProvinceConfig.model_fields}

    def change(book: Any) -> None:
        page = book["Thông tin tỉnh"]
        assert [cell.value for cell in page[4]][1:] == ["Khóa", "Giá trị", "Ý nghĩa (chỉ để đọc)"]
        meant = {row[1].value.partition(".")[0]: row[3].value for row in page.iter_rows(min_row=5) if row[1].value}
        assert meant == told
        cell_of(book, "Thông tin tỉnh", "code", "value").value = "tinh-mau"
        cell_of(book, "Thông tin tỉnh", "appraisers.2", "value").value = "{id: stc, name: Sở Tài chính tỉnh}"

    (done,) = changed_folder(folder.path, edited(exported(folder), change), "tinh.xlsx").changes
    write_changes(folder.path, [done])
    after = before.replace("{id: stc, name: Sở Tài chính}", "{id: stc, name: Sở Tài chính tỉnh}")
    assert folder.text("province.yaml") == f"{after.rstrip()}\ncode: tinh-mau\n"
    assert changed_folder(folder.path, exported(folder), "tinh.xlsx") == CheckedChanges()


def test_a_wrong_key_of_the_province_is_told_at_its_cell(folder: Folder) -> None:
    book = edited(
        exported(folder), lambda book: setattr(cell_of(book, "Thông tin tỉnh", "organ_id", "value"), "value", "1" * 20)
    )
    with pytest.raises(RefusedError) as refused:
        changed_folder(folder.path, book, "tinh.xlsx")
    assert any("Thông tin tỉnh" in str(finding) and "organ_id" in str(finding) for finding in refused.value.findings)
