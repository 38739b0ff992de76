"""Extensions from the command line, and who is reminded by hand."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from models.working_days import VIETNAM
from tests.tasks.forms_sent import sample_province

pytestmark = pytest.mark.slow

UNTIL = datetime.now(VIETNAM).date() + timedelta(days=30)


def test_an_extension_is_granted_reminded_of_and_taken_back(
    cchc: Callable[..., CompletedProcess[str]], tmp_path: Path
) -> None:
    sample_province(tmp_path / "tinh")
    extend = ("--province", "tinh", "extend", "2025", "--step", "self_assessment", "--for", "stc")
    granted = cchc(*extend, "--until", f"{UNTIL}", "--reason", "Công văn 45/STC-VP")
    assert granted.stdout == f"Đã gia hạn Phiếu tự đánh giá đến hết ngày {UNTIL:%d/%m/%Y}: stc.\n"
    reminded = cchc("--province", "tinh", "remind", "--for", "stc", "--dry-run").stdout
    assert f"{UNTIL:%m/%Y}" in reminded
    assert "chưa đến hạn" in reminded
    assert "Sở Nội vụ" not in reminded
    assert cchc("--province", "tinh", "remind", "--all", "--dry-run").stdout.count("quá hạn") >= 4

    without_reason = cchc(*extend, "--until", f"{UNTIL}")
    assert (without_reason.returncode, "chưa ghi lý do" in without_reason.stderr) == (1, True)
    assert cchc(*extend).returncode == 2
    assert cchc(*extend, "--undo").stdout == "Đã bỏ gia hạn Phiếu tự đánh giá: stc.\n"
    assert cchc(*extend, "--undo").returncode == 1
    assert "quá hạn" in cchc("--province", "tinh", "remind", "--for", "stc", "--dry-run").stdout
