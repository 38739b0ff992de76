"""What fails by itself is told to the operator: once a day, also where folder or mail server are what broke."""

from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from models.province.folder import load_province
from models.records.storage import open_storage
from models.roles import Role
from models.settings import MailSecurity, Settings
from models.working_days import VIETNAM
from tasks.accounts.accounts import Account, add_account
from tasks.mail.telling_operator import tell_operator
from tests.conftest import copy_example
from tests.mailbox import Mailbox, free_port, serving

pytestmark = pytest.mark.slow

WHEN = datetime(2026, 1, 9, 8, 0, tzinfo=VIETNAM)
SAID = ("Việc “Nhận hộp thư đến · Tỉnh Mẫu · 2026-01-09”: thất bại.",)


def told(
    folder: Path, settings: Settings, subject: str = "Nhận hộp thư đến: thất bại", when: datetime = WHEN
) -> list[str]:
    became = tell_operator(folder, settings, subject, SAID, when)
    return [delivery.state.value if delivery else "before" for delivery in became.values()]


def test_the_same_is_told_once_a_day_and_another_thing_at_once(tmp_path: Path) -> None:
    folder, mailbox = copy_example("tinh-mau", tmp_path), Mailbox()
    with serving(mailbox) as mail:
        settings = Settings(
            smtp_host=mail.host,
            smtp_port=mail.port,
            smtp_security=MailSecurity.NONE,
            smtp_from=mail.sender,
            operator="van-hanh@mau.example, truc@mau.example",
        )
        assert told(folder, settings) == ["sent", "sent"]
        assert told(folder, settings, when=WHEN + timedelta(hours=6)) == ["before", "before"]
        assert told(folder, settings, "Nhắc hạn: thất bại") == ["sent", "sent"]
        assert told(folder, settings, when=WHEN + timedelta(days=1)) == ["sent", "sent"]
    assert [to for to, _ in mailbox.received[:2]] == [["van-hanh@mau.example"], ["truc@mau.example"]]
    assert mailbox.received[0][1]["Subject"] == "[DỮ LIỆU MẪU] [CCHC] Nhận hộp thư đến: thất bại"


def test_administrators_are_told_where_nobody_is_set(tmp_path: Path) -> None:
    folder = copy_example("tinh-mau", tmp_path)
    storage = open_storage(folder, Settings(user="người thử"))
    for login, email, role in (
        ("quan-tri", "quan-tri@mau.example", Role.ADMINISTRATOR),
        ("can-bo", "can-bo@mau.example", Role.OFFICER),
    ):
        add_account(storage, load_province(folder), Account(login, f"Người thử {login}", role, email=email))
    assert told(folder, Settings()) == ["off"]
    (message,) = waiting(folder)
    assert message["To"] == "Người thử quan-tri <quan-tri@mau.example>"


def test_a_broken_folder_and_a_dead_mail_server_leave_the_message_in_the_outbox(tmp_path: Path) -> None:
    folder = copy_example("tinh-mau", tmp_path)
    (folder / "units.csv").write_text("hỏng", encoding="utf-8")
    settings = Settings(
        smtp_host="127.0.0.1",
        smtp_port=free_port(),
        smtp_security=MailSecurity.NONE,
        smtp_from="cchc@mau.example",
        operator="van-hanh@mau.example",
    )
    assert told(folder, settings) == ["failed"]
    assert told(folder, settings.model_copy(update={"operator": None})) == ["no_address"], "no administrator either"
    assert all("Hệ thống CCHC tỉnh Mẫu" in message.get_content() for message in waiting(folder))


def waiting(folder: Path) -> list[EmailMessage]:
    """What lies in the outbox and was not sent."""
    lying = sorted((folder / "var" / "outbox" / "operator" / "2026-01-09").glob("*.eml"))
    return [message_from_bytes(path.read_bytes(), policy=default) for path in lying]
