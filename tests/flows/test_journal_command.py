"""`cchc verify --journal`: what an officer reads of a whole journal, and of a broken one."""

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from sqlalchemy import text

from tests.past_the_guards import past_the_guards
from tests.tasks.districts import Districts

pytestmark = pytest.mark.slow

Cchc = Callable[..., CompletedProcess[str]]


def test_the_journal_is_walked_and_names_the_first_changed_row(tmp_path: Path, cchc: Cchc) -> None:
    districts = Districts.copied(tmp_path).receive()
    districts.evaluate()
    whole = cchc("-p", districts.folder, "verify", "--journal")
    assert whole.returncode == 0, whole.stderr
    assert whole.stdout.startswith("Nhật ký nguyên vẹn: 4 mắt xích, ")
    with past_the_guards(districts.storage) as connection:
        connection.execute(text("UPDATE score_version SET points = points + 1000000 WHERE unit = 'di-an' AND id > 5"))
    broken = cchc("-p", districts.folder, "verify", "--journal")
    assert (broken.returncode, broken.stdout) == (1, "")
    first = broken.stderr.splitlines()[0]
    assert first.startswith("nhật ký, mắt xích 3: LỖI: chỗ sai đầu tiên: điểm số ")
    assert "(2017, di-an, " in first
    assert "người ghi: người thử" in first
    assert first.endswith("Khôi phục từ bản sao lưu trước đó và báo người phụ trách an toàn thông tin.")


def test_neither_or_both_is_wrong_usage(tmp_path: Path, cchc: Cchc) -> None:
    districts = Districts.copied(tmp_path)
    assert cchc("-p", districts.folder, "verify").returncode == 2
    assert cchc("-p", districts.folder, "verify", districts.folder, "--journal").returncode == 2
