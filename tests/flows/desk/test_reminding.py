"""One click reminds one unit, or all who owe: by the mail of every morning, once a day."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from models.roles import Role
from models.working_days import VIETNAM
from tests.flows.desk.browsers import Browser
from tests.models.folders import Folder
from tests.tasks.forms_sent import sample_province

pytestmark = pytest.mark.slow

AT = "/ky/2025"
TODAY = datetime.now(VIETNAM).date()
LAST_DAY = TODAY + timedelta(days=30)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small province: self-assessments are due in a month, so that the morning reminds nobody."""
    sample_province(tmp_path)
    Folder(tmp_path).change("rounds/2025.yaml", "self_assessment: 2026-01-10", f"self_assessment: {LAST_DAY}")
    for step in ("appraisal: 2026-01-31", "explanation: 2026-02-07"):
        Folder(tmp_path).change("rounds/2025.yaml", f"  {step}\n", "")
    return tmp_path


@pytest.fixture
def officer(browser_of: Callable[..., Browser]) -> Browser:
    return browser_of(Role.OFFICER)


def waiting_mail(folder: Path) -> list[str]:
    """The texts of the mails that lie in the outbox of today."""
    found = sorted((folder / "var" / "outbox" / "reminders" / TODAY.isoformat()).glob("*.eml"))
    messages = [message_from_bytes(path.read_bytes(), policy=default) for path in found]
    return [message.get_body(("plain",)).get_content() for message in messages]  # type: ignore[union-attr]


def test_one_unit_is_reminded_on_whatever_day_and_without_mail_that_is_said(officer: Browser, folder: Path) -> None:
    officer.open(AT)
    assert "không có ai đến lượt nhắc" in officer.send(f"{AT}/nhac").text
    officer.open(AT)
    page = officer.send(f"{AT}/nhac", subject="stc").text
    assert "chưa bật gửi thư" in page
    (row,) = (part for part in page.split("<tr>") if "Phiếu tự đánh giá" in part)
    assert "Sở Tài chính" in row
    (mail,) = waiting_mail(folder)
    words = " ".join(mail.split())
    assert "ngày làm việc, ngày cuối là" in words
    assert "Phiếu tự đánh giá năm 2025 của Sở Tài chính: còn" in words


def test_all_who_owe_are_reminded_at_once(officer: Browser, folder: Path) -> None:
    officer.open(AT)
    page = officer.send(f"{AT}/nhac", subject="*").text
    assert page.count("Phiếu tự đánh giá năm 2025") == 5
    assert len(waiting_mail(folder)) == 5


def test_who_owes_nothing_is_not_reminded(officer: Browser, folder: Path) -> None:
    officer.open(AT)
    assert "Không có phiếu nào cần nhắc" in officer.send(f"{AT}/nhac", subject="khong-co").text
    assert waiting_mail(folder) == []
