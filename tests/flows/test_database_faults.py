"""A database that fails under a command is told in words, with what to do and exit code 1."""

import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import copy_example

pytestmark = pytest.mark.slow
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def province(tmp_path: Path, cchc: Run) -> Path:
    """The sample province with its scores imported: a database of many pages."""
    folder = copy_example("tinh-mau", tmp_path)
    assert cchc("--province", folder, "import", "scores", "2025", folder / "scores-2025.csv").returncode == 0
    return folder


def damage(database: Path) -> None:
    """Overwrite everything behind the first pages, as a failing disk does."""
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with database.open("r+b") as file:
        size = database.stat().st_size
        file.seek(size // 4)
        file.write(b"\xa5" * (size - size // 4))


def test_a_damaged_database_is_told_in_words(province: Path, cchc: Run) -> None:
    damage(province / "var" / "cchc.sqlite")
    done = cchc("--province", province, "status", "2025")
    assert done.returncode == 1
    assert "cơ sở dữ liệu: LỖI: tệp bị hỏng" in done.stderr
    assert "khôi phục bản sao lưu" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_emptied_database_beside_received_files_is_not_made_anew(province: Path, cchc: Run) -> None:
    database = province / "var" / "cchc.sqlite"
    for left in database.parent.glob("cchc.sqlite*"):
        left.unlink()
    database.touch()
    for command in (("status", "2025"), ("init",), ("evaluate", "2025")):
        done = cchc("--province", province, *command)
        assert done.returncode == 1
        assert "cơ sở dữ liệu: LỖI: trống, trong khi kho tệp đã nhận (var/received) có 1 tệp" in done.stderr
        assert "Khôi phục từ bản sao lưu" in done.stderr
    with sqlite3.connect(database) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []


def test_another_province_is_refused_by_every_command_that_opens_the_database(
    province: Path, cchc: Run, tmp_path: Path
) -> None:
    other = copy_example("binh-duong-2017", tmp_path / "other")
    shutil.rmtree(other / "var", ignore_errors=True)
    address = f"sqlite:///{province / 'var' / 'cchc.sqlite'}"
    for command in (("evaluate", "2017"), ("status", "2017"), ("init",)):
        done = cchc("--province", other, *command, CCHC_DATABASE_URL=address)
        assert done.returncode == 1
        assert "là của tỉnh Mẫu (tinh-mau), không phải của tỉnh Bình Dương (binh-duong)" in done.stderr
        assert "cchc init --renamed" in done.stderr
