"""Every submission is told of by mail once; a server that is down, or no address, loses nothing. A real mail server."""

from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from models.records.storage import open_storage
from models.settings import Settings
from tasks.mail.acknowledging import tell_senders, untold
from tests.mailbox import free_port
from tests.models.folders import Folder
from tests.tasks.departments import Department
from tests.tasks.forms_sent import sample_province
from tests.tasks.intake.json_forms import WRONG, form_file, json_parts, plan_done

pytestmark = pytest.mark.slow

pytest.importorskip("tasks.mail.notifying")


class Mailbox:
    """What arrived."""

    def __init__(self) -> None:
        self.messages: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.messages.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"


@pytest.fixture
def department(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Department]:
    for name, value in (
        ("HOST", "127.0.0.1"),
        ("PORT", free_port()),
        ("SECURITY", "none"),
        ("FROM", "snv@mau.example"),
    ):
        monkeypatch.setenv(f"CCHC_SMTP_{name}", str(value))
    sample_province(tmp_path)
    Folder(tmp_path).change("units.csv", "stc,Sở Tài chính,so,,,,,", "stc,Sở Tài chính,so,,,,,stc@mau.example")
    settings = Settings(user="người thử")
    storage = open_storage(tmp_path, settings)
    yield Department(tmp_path, storage, settings)
    storage.engine.dispose()


def tell(department: Department) -> list[str]:
    """Tell all senders; the outcome of each attempt."""
    attempts = tell_senders(
        department.province, department.storage, department.outbox, department.settings, json_parts()
    )
    return [attempt.outcome for attempt in attempts]


def test_every_sender_gets_one_mail_about_all_its_submissions_returned_ones_with_their_replies(
    department: Department,
) -> None:
    department.drop("dung.xlsx", form_file("stc", plan_done()))
    department.drop("sai.xlsx", form_file("stc", plan_done("8", text=WRONG)))
    department.drop("khac.xlsx", form_file("snv", plan_done(unit="snv")))
    department.receive()
    mailbox = Mailbox()
    server = Controller(mailbox, hostname="127.0.0.1", port=int(department.settings.smtp_port or 0))  # type: ignore[attr-defined]
    server.start()
    try:
        assert sorted(tell(department)) == ["no_address", "sent", "sent"]
        assert tell(department) == []
    finally:
        server.stop()
    (message,) = mailbox.messages
    assert str(message["To"]).endswith("<stc@mau.example>")
    assert "Kết quả tiếp nhận 2 tệp" in message["Subject"]
    text = message.get_body().get_content()
    assert "đã tiếp nhận tệp “dung.xlsx”" in text
    assert "Tệp “sai.xlsx”" in text
    assert "CHƯA ĐƯỢC TIẾP NHẬN" in text
    attached = [part.get_filename() for part in message.iter_attachments()]
    assert attached == department.replies()
    assert {row["outcome"] for row in department.rows("delivery")} == {"sent", "no_address"}


def test_while_the_server_is_down_every_attempt_is_noted_and_the_next_run_tries_again(department: Department) -> None:
    department.drop("dung.xlsx", form_file("stc", plan_done()))
    department.receive()
    assert tell(department) == ["failed"]
    assert tell(department) == ["failed"]
    assert [row["detail"] != "" for row in department.rows("delivery")] == [True, True]
    assert [submission.file_name for submission in untold(department.storage)] == ["dung.xlsx"]
    mailbox = Mailbox()
    server = Controller(mailbox, hostname="127.0.0.1", port=int(department.settings.smtp_port or 0))  # type: ignore[attr-defined]
    server.start()
    try:
        assert tell(department) == ["sent"]
    finally:
        server.stop()
    assert len(mailbox.messages) == 1
    assert untold(department.storage) == []


def test_where_mail_is_off_nothing_is_sent_later_in_a_flood(
    department: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CCHC_SMTP_HOST")
    department.settings = Settings(user="người thử")
    department.drop("dung.xlsx", form_file("stc", plan_done()))
    department.receive()
    assert tell(department) == ["off"]
    assert untold(department.storage) == []
