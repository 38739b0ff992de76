"""A criteria set as a workbook and back: the same set, byte for byte; edited, only what was edited."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings

from models.criteria.rules.any_rule import RULE_KINDS
from models.criteria.sets import CriteriaSet
from models.findings import RefusedError
from models.province.config import ProvinceConfig
from models.province.folder import load_province
from models.province.yaml_writing import block_text, same
from tasks.criteria.as_tables import SET_BOOK, tables_of, values_of_tables
from tasks.criteria.as_workbook import set_as_workbook
from tasks.criteria.coming_back import changed_by_file, set_from_file
from tasks.criteria.exported import ReadSet, changed_set
from tasks.criteria.from_workbook import set_in_book
from tasks.editing.books import as_book, book_of
from tasks.editing.changing import CheckedChanges, write_changes
from tasks.editing.folder_book import folder_as_workbook
from tasks.editing.tables import Placed
from tasks.reading.edited_books import read_edited
from tests.conftest import copy_example
from tests.libreoffice import all_converted
from tests.models.criteria.sets_of_all_kinds import RULES, criteria_sets
from tests.models.folders import Folder, sample_folder

CONFIG = ProvinceConfig.model_validate({"name": "tỉnh Mẫu", "mark": "DỮ LIỆU MẪU"})


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return sample_folder(tmp_path)


def read(content: bytes) -> ReadSet:
    found = set_in_book(as_book("so.xlsx", read_edited(content, "so.xlsx")))
    assert found is not None
    return found


def edit(content: bytes, change: Callable[[Any], object]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cell_of(book: Any, code: str, column: str, sheet: str = "Bộ tiêu chí") -> Any:
    page = book[sheet]
    ids = [cell.value for cell in page[1]]
    named = ids.index("code") if "code" in ids else ids.index("path")
    row = next(row for row in page.iter_rows(min_row=5) if row[named].value == code)
    return row[ids.index(column)]


def test_the_rules_here_are_of_every_kind() -> None:
    assert {rule["kind"] for rule in RULES} == set(RULE_KINDS)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(criteria_sets())
def test_any_set_goes_out_and_comes_back_the_same(values: dict[str, Any]) -> None:
    known = CriteriaSet.model_validate(values)
    base = (block_text(values) + "\n").encode()
    tables = tables_of(values, known, 2025)
    content = book_of("Bộ tiêu chí", CONFIG, {"kind": SET_BOOK, "year": "2025"}, tables, {"criteria/so.yaml": base})
    found = read(content)
    assert (found.placed.findings, found.wanted.is_changed, found.wanted.content()) == ([], False, base)
    # The cells alone say all of it too: nothing is only in the hidden copy.
    placed = Placed("so.xlsx")
    blank = tuple(type(table)(**{**vars(table), "rows": ()}) for table in tables)
    sheets = as_book("so.xlsx", read_edited(content, "so.xlsx")).sheets
    anew = values_of_tables(sheets, {}, blank, placed)
    assert placed.findings == []
    assert CriteriaSet.model_validate(anew) == known
    assert same(anew["areas"], values["areas"])


@pytest.mark.slow
@pytest.mark.parametrize("id", ["so-2025", "xa-2025"])
def test_the_sample_sets_come_back_byte_for_byte_through_a_spreadsheet_program(tmp_path: Path, id: str) -> None:
    folder = copy_example("tinh-mau", tmp_path)
    file = folder / "criteria" / f"{id}.yaml"
    before = file.read_bytes()
    content = edit(set_as_workbook(load_province(folder), id), lambda book: None)
    found = set_from_file(content, "so.xlsx")
    assert found is not None
    assert changed_set(folder, found).changes == []
    file.unlink()
    (folder / "rounds" / "2025.yaml").unlink()
    for name in ("measures", "commitments"):
        (folder / "progress" / f"{name}.yaml").unlink(missing_ok=True)
    (folder / "progress" / "targets.yaml").unlink(missing_ok=True)
    (change,) = changed_set(folder, found).changes
    assert (change.name, change.content, change.is_new) == (f"criteria/{id}.yaml", before, True)


def test_the_same_set_gives_the_same_workbook(folder: Folder) -> None:
    province = load_province(folder.path)
    assert set_as_workbook(province, "so-2025") == set_as_workbook(province, "so-2025")


def test_only_what_was_edited_changes_and_comments_stay(folder: Folder) -> None:
    folder.change("criteria/so.yaml", "        max: 20\n", "        max: 20      # đã thống nhất với các sở\n")
    folder.change("criteria/so.yaml", "            max: 30\n", "            max:   30   # theo Kế hoạch\n")
    before = folder.text("criteria/so.yaml")
    content = set_as_workbook(load_province(folder.path), "so-2025")

    def change(book: Any) -> None:
        cell_of(book, "1.1.2", "name").value = "Mức độ hoàn thành kế hoạch năm"
        cell = cell_of(book, "1.1.2", "rule.parameters")
        assert cell.value == "tiers: [{over: 90, points: 30}, {from: 70, points: 15}, {points: 0}]"
        cell.value = cell.value.replace("from: 70", "from: 75")
        cell_of(book, "1.2", "source").value = "Đơn vị tự chấm"
        cell_of(book, "bonus.cap", "value", "Thông tin chung").value = 3

    found = read(edit(content, change))
    (change_of_file,) = changed_set(folder.path, found).changes
    write_changes(folder.path, [change_of_file])
    after = before.replace("kế hoạch\n            max:   30", "kế hoạch năm\n            max:   30")
    after = after.replace("{from: 70, points: 15}", "{from: 75, points: 15}").replace(
        "source: register", "source: self"
    )
    assert folder.text("criteria/so.yaml") == after.replace("cap: 2\n", "cap: 3\n")
    assert folder.findings() == []


def test_rows_are_added_moved_and_taken_out(folder: Folder) -> None:
    content = set_as_workbook(load_province(folder.path), "so-2025")

    def change(book: Any) -> None:
        page = book["Bộ tiêu chí"]
        ids = [cell.value for cell in page[1]]
        row = cell_of(book, "1.2", "code").row
        page.insert_rows(row)
        new = {
            "level": "Tiêu chí thành phần",
            "code": "1.1.3",
            "name": "=Nội dung mới",
            "max": 5,
            "source": "Đơn vị tự chấm",
        }
        new |= {
            "rule.kind": "Danh mục nội dung",
            "rule.parameters": "items:\n- {id: a, label: một}\n- {id: b, label: hai}",
        }
        for id, value in new.items():
            cell = page.cell(row, ids.index(id) + 1)
            cell.value = value
            if value == "=Nội dung mới":
                cell.data_type = "s"
        cell_of(book, "1.1.2", "max").value = 25
        old = cell_of(book, "1.1.2", "rule.parameters")
        old.value = old.value.replace("30}", "25}")

    (done,) = changed_set(folder.path, read(edit(content, change))).changes
    write_changes(folder.path, [done])
    province = load_province(folder.path)
    assert [leaf.code for leaf in province.criteria_sets["so-2025"].leaves] == ["1.1.1", "1.1.2", "1.1.3", "1.2", "2.1"]
    assert province.criteria_sets["so-2025"].by_code["1.1.3"].name == "=Nội dung mới"


@pytest.mark.parametrize(
    ("code", "column", "typed", "said"),
    [
        ("1.1.2", "max", "ba mươi", "Điểm tối đa: “ba mươi” không phải là số"),
        ("1.1.2", "source", "ai đó", "Nguồn số liệu: “ai đó” không có trong danh sách"),
        ("1.1.2", "rule.parameters", "tiers: [{over: 90", "dấu ngoặc mở mà không đóng"),
        ("1.1.2", "rule.parameters", "tiers: [{over: 90, points: 99}, {points: 0}]", "tiêu chí 1.1.2"),
        ("1.1.2", "rule.kind", None, "có nội dung quy tắc mà thiếu loại quy tắc"),
        ("1.1.2", "code", "1.1.1", "mã 1.1.1 đã dùng ở ô C7"),
        ("1.1.2", "appraised_by", "khong-co", "khong-co"),
        ("1.1.2", "level", "Lĩnh", "không có trong danh sách"),
        ("1", "max", 55, "lĩnh vực 1"),
        ("1.1.2", "rule.parameters", "tier: 5", "không có mục tên “tier”"),
    ],
)
def test_a_bad_cell_is_named_and_nothing_is_written(
    folder: Folder, code: str, column: str, typed: object, said: str
) -> None:
    before = folder.text("criteria/so.yaml")
    content = set_as_workbook(load_province(folder.path), "so-2025")
    places: list[str] = []

    def change(book: Any) -> None:
        cell = cell_of(book, code, column)
        places.append(cell.coordinate)
        cell.value = typed

    with pytest.raises(RefusedError) as refused:
        changed_set(folder.path, read(edit(content, change)))
    found = [finding for finding in refused.value.findings if said in finding.what]
    assert found, refused.value.findings
    assert [finding.place.cell if finding.place else "" for finding in found] == places
    assert {finding.file for finding in found} == {"so.xlsx"}
    assert folder.text("criteria/so.yaml") == before


def test_a_file_that_was_edited_since_is_not_overwritten(folder: Folder) -> None:
    content = set_as_workbook(load_province(folder.path), "so-2025")
    folder.add("criteria/so.yaml", "# sửa tay\n")
    found = read(edit(content, lambda book: setattr(cell_of(book, "1.2", "name"), "value", "Khác")))
    with pytest.raises(RefusedError, match="đã được sửa sau khi xuất"):
        changed_set(folder.path, found)
    assert changed_set(folder.path, read(content)).changes == []


def test_any_other_file_is_none_of_ours(folder: Folder) -> None:
    book = openpyxl.Workbook()
    out = io.BytesIO()
    book.save(out)
    assert set_from_file(out.getvalue(), "khac.xlsx") is None
    assert set_from_file(b"PDF", "khac.xlsx") is None


def test_a_hidden_copy_that_is_damaged_is_refused(folder: Folder) -> None:
    content = set_as_workbook(load_province(folder.path), "so-2025")
    for name in ("province.yaml", "../so.yaml", "criteria/../province.yaml", "criteria/.x.yaml", "units.csv"):
        moved = edit(content, lambda book, name=name: setattr(book["_cchc_tep"]["B5"], "value", name))
        with pytest.raises(RefusedError, match=r"bản gốc.* đã bị sửa hoặc hỏng"):
            read(moved)
    for typed in ("", "AAAA", "không phải"):
        broken = edit(content, lambda book, typed=typed: setattr(book["_cchc_tep"]["B6"], "value", typed))
        with pytest.raises(RefusedError, match=r"bản gốc.* đã bị sửa hoặc hỏng"):
            read(broken)


@pytest.mark.slow
def test_libreoffice_saves_the_workbooks_and_nothing_has_changed(tmp_path: Path) -> None:
    folder = copy_example("tinh-mau", tmp_path)
    province = load_province(folder)
    paths = [tmp_path / "so.xlsx", tmp_path / "tinh.xlsx"]
    for path, content in zip(paths, (set_as_workbook(province, "so-2025"), folder_as_workbook(province)), strict=True):
        path.write_bytes(content)
    for path in all_converted(paths, tmp_path, "xlsx"):
        assert changed_by_file(folder, path.read_bytes(), path.name) == CheckedChanges()
