"""The officer's page of the months: who has told which, and which reports are due."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from models.roles import Role
from tests.flows.desk.browsers import Browser
from tests.tasks.months import Months
from tests.tasks.rendering.words import words_of_word

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A province whose units told March 2025."""
    months = Months.told(tmp_path)
    months.storage.engine.dispose()
    return months.folder


def test_who_has_told_a_month_and_what_is_due_is_shown(browser_of: Callable[..., Browser]) -> None:
    page = browser_of(Role.OFFICER).open("/thang/2025").text
    reports, months = page.split("Ai đã báo cáo tháng nào")
    assert "Tháng 3 năm 2025" in reports
    assert "Lập dự thảo và trình" in reports
    row = next(part for part in months.split("<tr>") if "Tháng 3 năm 2025" in part)
    assert "không" in row


def test_an_auditor_sees_the_months_and_cannot_submit(browser_of: Callable[..., Browser]) -> None:
    auditor = browser_of(Role.AUDITOR)
    assert "Lập dự thảo và trình" not in auditor.open("/thang/2025").text
    assert auditor.send("/thang/2025-03/trinh").status_code == 403


def test_a_month_shows_its_figures_charts_and_who_is_silent(browser_of: Callable[..., Browser]) -> None:
    page = browser_of(Role.OFFICER).open("/thang/2025-03").text
    headline = page.split("Số liệu chung")[1].split("</table>")[0]
    (row,) = (part for part in headline.split("<tr>") if "Hồ sơ đúng hạn</th>" in part)
    assert "94,38%" in row
    assert '<svg class="chart"' in page
    assert "Chưa có số liệu:" in page


def test_a_report_is_drafted_without_submitting_and_opens_in_the_browser(browser_of: Callable[..., Browser]) -> None:
    officer = browser_of(Role.OFFICER)
    officer.open("/thang/2025-03")
    page = officer.draft("/thang/2025-03/du-thao").text
    assert "Chưa trình" in page
    path = page.split('href="/du-thao/')[1].split('"')[0]
    assert officer.open(f"/du-thao/{path}").content.startswith(b"%PDF")
    word = re.search(r'href="(/du-thao/[^"]+/du-thao-bao-cao.docx)" aria-label="Tải bản Word của bao-cao.pdf"', page)
    assert word
    saved = officer.open(word[1])
    assert saved.headers["content-disposition"].startswith("attachment")
    assert "CỘNG" in words_of_word(saved.content)


@pytest.mark.parametrize("period", ["2025-13", "thang-ba", "3000"])
def test_a_period_that_is_none_is_told(browser_of: Callable[..., Browser], period: str) -> None:
    assert browser_of(Role.OFFICER).open(f"/thang/{period}").status_code == 404
