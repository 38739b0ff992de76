"""A mail server for tests: a real one on this machine, which keeps what comes in."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from models.settings import MailSecurity
from tasks.mail.notifying import MailSettings


@dataclass
class Mailbox:
    """A mail server's handler: keeps what comes in; refuses some addresses, some letters."""

    received: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    sessions: set[int] = field(default_factory=set)
    refused: tuple[str, ...] = ()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.refused:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        if "từ chối" in str(message["Subject"]):
            return "554 5.7.1 refused as spam"
        self.received.append((list(envelope.rcpt_tos), message))
        self.sessions.add(id(session))
        return "250 OK"


@contextmanager
def serving(mailbox: Mailbox, **given: Any) -> Iterator[MailSettings]:
    """A real server on this machine with this mailbox, and the settings that reach it."""
    port = free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, **given)
    controller.start()
    try:
        yield MailSettings(
            host="127.0.0.1",
            port=port,
            security=MailSecurity.NONE,
            sender="cchc@mau.example",
            reply_to="so-noi-vu@mau.example",
            timeout=10,
        )
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
