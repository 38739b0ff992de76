"""`cchc criteria import`: an annex becomes a new set of the folder, which the folder's check then takes."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli.commands import chosen
from flows.cli.main import app
from models.findings import RefusedError
from models.province.folder import check_province
from tests.models.folders import Folder, sample_folder
from tests.tasks.criteria.annexes import as_word, tables_of, typed

RUNNER = CliRunner()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return sample_folder(tmp_path / "tinh")


def run(folder: Folder, *words: str | Path) -> tuple[str, str]:
    """What the command prints, beside it what it says of the file."""
    try:
        result = RUNNER.invoke(app, ["-p", str(folder.path), "criteria", "import", *map(str, words)])
    finally:
        chosen.province = None
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout, result.stderr


def annex(folder: Folder, name: str, file: str = "Phụ lục số 1.docx") -> Path:
    path = folder.path.parent / file
    path.write_bytes(as_word(typed(name)))
    return path


def test_an_annex_becomes_a_set_that_the_check_takes(folder: Folder) -> None:
    printed, told = run(folder, annex(folder, "la-ma-huong-dan"), "--id", "so-2026")
    assert "8 tiêu chí, tổng 25 điểm: nhận ra quy tắc của 8, cần xem 0." in printed
    assert "Đã ghi criteria/so-2026.yaml." in printed
    assert "cơ quan thẩm định “Văn phòng UBND tỉnh” không có trong appraisers" in told
    province, _ = check_province(folder.path)
    assert province is not None
    assert [leaf.code for leaf in province.criteria_sets["so-2026"].leaves][-1] == "3.1"


def test_what_the_check_says_of_the_new_file_is_printed_and_nothing_of_others(folder: Folder) -> None:
    folder.change("criteria/xa.yaml", "max: 100", "max: 90")
    printed, told = run(folder, annex(folder, "la-ma-huong-dan"), "--id", "so-2026")
    assert "cchc check, criteria/so-2026.yaml: 1 điều cần xem." in printed
    assert "criteria/so-2026.yaml:" in told
    assert "criteria/xa.yaml" not in told


def test_the_table_shows_where_sums_differ_and_how_many_rules_are_to_be_looked_at(folder: Folder) -> None:
    path = folder.path.parent / "phu-luc.docx"
    text = (
        "==\nSTT | Tiêu chí | Điểm tối đa | Cách tính\n1 | Chỉ đạo | 3 |\n1.1 | Kế hoạch | 2 | Theo mức độ chủ động\n"
    )
    path.write_bytes(as_word(tables_of(text)))
    printed, told = run(folder, path)
    (row,) = [line for line in printed.splitlines() if "Chỉ đạo" in line]
    assert [cell.strip() for cell in row.split("│")[1:-1]] == ["1", "Chỉ đạo", "1", "2", "3", "lệch", "0", "1"]
    assert "Chọn trong tệp YAML một trong: {kind: points}" in told
    assert "criteria/phu-luc.yaml" in printed


def test_a_set_that_is_there_is_never_written_over(folder: Folder) -> None:
    before = folder.text("criteria/so.yaml")
    for id in ("so", "so-2025"):  # the name of a file, and the id of a set in one
        with pytest.raises(RefusedError) as refused:
            run(folder, annex(folder, "la-ma-huong-dan"), "--id", id)
        assert "đã có, không ghi đè" in refused.value.findings[0].what
    assert folder.text("criteria/so.yaml") == before
    assert not (folder.path / "criteria" / "so-2025.yaml").exists()


def test_an_id_that_leads_out_of_the_folder_is_refused(folder: Folder) -> None:
    with pytest.raises(RefusedError) as refused:
        run(folder, annex(folder, "la-ma-huong-dan"), "--id", "../so-2026")
    assert "không dùng làm mã bộ tiêu chí được" in refused.value.findings[0].what


def test_a_refused_annex_leaves_no_file(folder: Folder) -> None:
    path = folder.path.parent / "hong.docx"
    path.write_bytes(b"PK\x03\x04 ...")
    with pytest.raises(RefusedError):
        run(folder, path)
    assert sorted(file.name for file in (folder.path / "criteria").iterdir()) == ["so.yaml", "xa.yaml"]
