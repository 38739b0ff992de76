"""Accounts of the desk from the command line."""

import csv
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.tasks.forms_sent import sample_province

pytestmark = pytest.mark.slow

Cchc = Callable[..., CompletedProcess[str]]


def test_accounts_are_made_listed_closed_and_given_new_passwords(cchc: Cchc, tmp_path: Path) -> None:
    sample_province(tmp_path / "tinh")
    users = ("--province", "tinh", "users")
    added = cchc(*users, "add", "quan-tri", "--person", "Quản trị (mẫu)", "--role", "administrator")
    assert "mật khẩu lần đầu" in added.stdout
    again = cchc(*users, "add", "quan-tri", "--person", "Quản trị (mẫu)", "--role", "administrator")
    assert (again.returncode, "đã có tài khoản" in again.stderr) == (1, True)
    last = cchc(*users, "lock", "quan-tri")
    assert (last.returncode, "tài khoản quản trị cuối cùng" in last.stderr) == (1, True)

    assert cchc(*users, "units", "--out", "mat-khau.csv").returncode == 0
    file = tmp_path / "mat-khau.csv"
    rows = list(csv.reader(file.read_text(encoding="utf-8-sig").splitlines()))
    assert [row[0] for row in rows[1:]] == ["phuong-c", "snv", "stc", "vpub", "xa-ab"]
    assert file.stat().st_mode & 0o077 == 0

    assert cchc(*users, "lock", "stc").stdout == "Đã đóng tài khoản stc.\n"
    listed = cchc(*users, "list").stdout
    assert "stc  Sở Tài chính  Đơn vị stc  (đã đóng)" in listed
    assert cchc(*users, "unlock", "stc").returncode == 0
    renewed = cchc(*users, "password", "stc").stdout
    assert rows[3][3] not in renewed
    assert cchc(*users, "password", "khong-co").returncode == 1
