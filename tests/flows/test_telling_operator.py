"""What the operator reads of a run that did not begin: which work it is and when it was to begin."""

from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from flows.intake import intake
from flows.telling_operator import Trouble, tell_operator
from models.working_days import VIETNAM
from tests.conftest import copy_example
from tests.flows.suspended import scheduled

pytestmark = pytest.mark.slow


def test_a_run_that_is_late_is_called_by_its_work_and_its_hour(prefect_server: None, tmp_path: Path) -> None:
    folder = copy_example("binh-duong-2017", tmp_path)
    run = scheduled(intake, {"province": str(folder)})
    assert tell_operator(str(folder), Trouble.LATE, run.id)
    (path,) = (folder / "var" / "outbox" / "operator").rglob("*.eml")
    message = message_from_bytes(path.read_bytes(), policy=default)
    assert str(message["Subject"]).endswith("[CCHC] Nhận hộp thư đến: chưa chạy đúng giờ")
    assert run.expected_start_time
    hour = f"{run.expected_start_time.astimezone(VIETNAM):%H:%M ngày %d/%m/%Y}"
    assert f"Việc “Nhận hộp thư đến”, hẹn lúc {hour}, đã đến giờ mà chưa chạy" in message.get_content()
