"""Whoever may approve is told by mail that a draft waits, and where it is answered."""

from datetime import datetime
from pathlib import Path

import pytest

from models.records.storage import Storage
from models.roles import Role
from models.settings import MailSecurity, Settings
from models.working_days import VIETNAM
from tasks.accounts.accounts import Account, add_account
from tasks.mail.telling_leaders import tell_leaders
from tests.mailbox import Mailbox, serving
from tests.tasks.forms_sent import sample_province

pytestmark = pytest.mark.slow

WHEN = datetime(2026, 2, 15, 8, tzinfo=VIETNAM)


def told(storage: Storage, folder: Path, **settings: object) -> list[str]:
    province = sample_province(folder)
    for login, role, email in (
        ("lanh-dao", Role.LEADER, "ld@mau.example"),
        ("khong-thu", Role.LEADER, ""),
        ("chuyen-vien", Role.OFFICER, "cv@mau.example"),
    ):
        add_account(storage, province, Account(login, f"{role.description.name} (mẫu)", role, email=email))
    title, page = "Quyết định công bố Chỉ số CCHC năm 2025", "https://cchc.mau.example/trinh-duyet"
    deliveries = tell_leaders(province.config, storage, Settings(**settings), title, page, "0123-1", WHEN)
    return [delivery.state.value for delivery in deliveries]


def test_a_leader_with_an_address_is_told_where_the_draft_waits(storage: Storage, tmp_path: Path) -> None:
    mailbox = Mailbox()
    with serving(mailbox) as mail:
        settings = {"smtp_host": mail.host, "smtp_port": mail.port, "smtp_security": MailSecurity.NONE}
        assert told(storage, tmp_path / "province", **settings, smtp_from=mail.sender) == ["sent"]
    ((recipients, letter),) = mailbox.received
    assert recipients == ["ld@mau.example"]
    assert letter["Subject"] == "[CCHC] Chờ phê duyệt: Quyết định công bố Chỉ số CCHC năm 2025"
    assert "https://cchc.mau.example/trinh-duyet" in letter.get_content()


def test_without_a_mail_server_nobody_is_told(storage: Storage, tmp_path: Path) -> None:
    assert told(storage, tmp_path / "province") == []
