"""`cchc criteria …`, `cchc folder …` and `cchc try` on the terminal: what they print, write, and refuse."""

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from flows.cli.main import app
from models.findings import RefusedError
from tests.models.folders import Folder, sample_folder
from tests.tasks.criteria.test_bad_annexes import OLD_WORD
from tests.tasks.criteria.trials import MAPPING, NEW, Office


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return sample_folder(tmp_path / "tinh")


def run(folder: Folder, *words: object) -> str:
    result = CliRunner().invoke(app, ["--province", str(folder.path), *map(str, words)])
    if isinstance(result.exception, RefusedError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def rename(path: Path, sheet: str, old: str, new: str) -> None:
    book = openpyxl.load_workbook(path)
    cell = next(cell for row in book[sheet].iter_rows() for cell in row if cell.value == old)
    cell.value = new
    book.save(path)


def test_a_set_is_edited_in_a_workbook(folder: Folder, tmp_path: Path) -> None:
    book = tmp_path / "so.xlsx"
    before = folder.text("criteria/so.yaml")
    assert f"cchc criteria import {book}" in run(folder, "criteria", "export", "so-2025", "--out", book)
    assert run(folder, "criteria", "import", book) == "Không có gì thay đổi.\n"
    rename(book, "Bộ tiêu chí", "Kỷ luật báo cáo", "Kỷ luật báo cáo CCHC")
    said = run(folder, "criteria", "import", book)
    assert said == "Đã sửa criteria/so.yaml: 1 dòng mới hoặc sửa, thay cho 1 dòng cũ\n"
    assert folder.text("criteria/so.yaml") == before.replace("Kỷ luật báo cáo", "Kỷ luật báo cáo CCHC")


def test_the_folder_is_edited_in_a_workbook(folder: Folder, tmp_path: Path) -> None:
    book = tmp_path / "tinh.xlsx"
    run(folder, "folder", "export", book)
    assert run(folder, "folder", "import", book) == "Không có gì thay đổi.\n"
    rename(book, "Đơn vị", "Sở Tài chính", "Sở TC")
    assert "Đã sửa units.csv: 1 dòng" in run(folder, "folder", "import", book)
    assert "stc,Sở TC,so" in folder.text("units.csv")


def test_another_workbook_is_refused_by_both(folder: Folder, tmp_path: Path) -> None:
    book = tmp_path / "khac.xlsx"
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    book.write_bytes(out.getvalue())
    with pytest.raises(RefusedError, match="không có bảng nào có cột tiêu chí"):
        run(folder, "criteria", "import", book)
    with pytest.raises(RefusedError, match="không phải là bảng “Thư mục tỉnh”"):
        run(folder, "folder", "import", book)


@pytest.mark.parametrize("name", ["phu-luc.doc", "phu-luc.docx"])
def test_a_word_file_of_old_is_named_for_what_it_is(folder: Folder, tmp_path: Path, name: str) -> None:
    old = tmp_path / name
    old.write_bytes(OLD_WORD)
    with pytest.raises(RefusedError, match=r"Word đời cũ.*lưu lại dạng \.docx"):
        run(folder, "criteria", "import", old)


def test_no_file_is_written_over(folder: Folder, tmp_path: Path) -> None:
    there = tmp_path / "co.xlsx"
    there.write_bytes(b"")
    for words in (("criteria", "export", "so-2025", "--out", str(there)), ("folder", "export", str(there))):
        result = CliRunner().invoke(app, ["--province", str(folder.path), *words])
        assert (result.exit_code, there.read_bytes()) == (2, b"")


def test_a_set_is_copied_and_compared(folder: Folder) -> None:
    copied = json.loads(run(folder, "criteria", "copy", "so-2025", "so-2026", "--json"))
    assert copied["file"] == "criteria/so-2026.yaml"
    assert {"line": 1, "what": "mã bộ tiêu chí", "before": "so-2025", "after": "so-2026"} in copied["moved"]
    assert run(folder, "criteria", "diff", "so-2025", "so-2026") == "Hai bộ tiêu chí không khác nhau.\n"
    folder.change("criteria/so-2026.yaml", "points: 0.5}]}", "points: 1}]}")
    said = run(folder, "criteria", "diff", "so-2025", "so-2026")
    assert said.startswith("Chấm khác đi (1):\n  1.2 “Kỷ luật báo cáo”: trước “")
    (found,) = json.loads(run(folder, "criteria", "diff", "so-2025", "so-2026", "--json"))
    assert (found["sort"], found["old_code"], found["new_code"]) == ("rule", "1.2", "1.2")


@pytest.mark.slow
def test_a_year_is_tried_under_another_set(tmp_path: Path) -> None:
    office = Office(tmp_path / "tinh")
    new, mapping, out = tmp_path / "moi.yaml", tmp_path / "m.csv", tmp_path / "thu.xlsx"
    new.write_text(NEW, encoding="utf-8")
    mapping.write_text(MAPPING, encoding="utf-8")
    words = ("try", "2025", "--criteria", new, "--mapping", mapping)
    said = run(office.folder, *words, "--out", out)
    for part in (
        "87,50",
        "−28,00",
        "2 tiêu chí không có số liệu của năm ấy, không tính vào điểm tối đa: 1.3 Sáng kiến; 2.1 Chuyển đổi số.",
        "1 tiêu chí mọi đơn vị đều đạt điểm tối đa: 1.2 Ban hành kế hoạch năm 2026.",
        "1 đơn vị tăng, 1 đơn vị giảm chỉ số.",
        "không được ghi lại",
    ):
        assert part in said
    rows: list[Any] = list(openpyxl.load_workbook(out)["Tính thử"].iter_rows(values_only=True))
    assert rows[1][:8] == ("Sở B", 76, 2, "Khá", 87.5, 1, "Tốt", 11.5)
    printed = run(office.folder, *words, "--json")
    told = json.loads(printed[printed.index("{") :])
    assert told["units"][1]["now"] == {"index": "60.00", "rank": 2, "grade": "Trung bình"}
    assert told["units"][1]["leaves"][0] == {"code": "1.1", "name": "Hoàn thành kế hoạch", "by": "-19.50"}
