"""The page of runs: what ran, how it ended, and why not, in words."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from flows.annual_evaluation import annual_evaluation
from flows.reminders import reminders
from models.findings import RefusedError
from models.roles import Role
from tests.flows.desk.browsers import Browser

pytestmark = pytest.mark.slow


def test_runs_are_told_with_the_reason_of_what_failed(
    prefect_server: None, folder: Path, browser_of: Callable[..., Browser]
) -> None:
    reminders(str(folder), date(2026, 1, 6))
    with pytest.raises(RefusedError):
        annual_evaluation(str(folder), 2025)
    page = browser_of(Role.ADMINISTRATOR).open("/lan-chay").text
    failed, done = page.split("<tbody>")[1].split("<tr>")[1:]
    assert "Nhắc hạn" in done
    assert "Xong" in done
    assert "Tính, trình và công bố Chỉ số năm" in failed
    assert "chưa nhận được điểm hay số liệu nào" in failed
    assert "RefusedError" not in failed
    assert "1 trong 2 lần chạy gần nhất không xong" in page


def test_a_server_that_is_not_there_is_said(browser_of: Callable[..., Browser]) -> None:
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}):
        assert "máy chủ Prefect không trả lời" in browser_of(Role.OFFICER).open("/lan-chay").text
