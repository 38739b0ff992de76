"""Something that runs by itself went wrong → a mail to whoever keeps the installation running, once a day each.

It goes to CCHC_OPERATOR, and where that is not set to the administrators of the desk. It is written into
var/outbox/operator/DATE/ also where nothing can be sent. A province folder or database that is itself what broke stops
no message.
"""

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from models.findings import RefusedError
from models.province.folder import load_province
from models.province.identity import identity_of
from models.records.storage import open_storage
from models.roles import Role
from models.settings import Settings, var_folder
from models.units import mail_addresses
from models.working_days import VIETNAM
from tasks.accounts.accounts import accounts
from tasks.mail.notifying import Delivery, Recipient, Sending, compose_news, mail_settings
from tasks.mail.once_a_day import send_once

_OPERATOR = "Người vận hành hệ thống"


@dataclass(frozen=True, slots=True)
class _Installation:
    """Who writes where the province folder cannot be read."""

    department: str
    mark: str | None = None


def tell_operator(
    folder: Path, settings: Settings, subject: str, text: tuple[str, ...], when: datetime
) -> dict[str, Delivery | None]:
    """Tell whoever keeps the installation running; the same subject once a day.

    Args:
        folder: the province folder.
        settings: of this machine.
        subject: of the mail, after the province's mark.
        text: its paragraphs.
        when: the moment of writing, with zone.

    Returns:
        What became of the message to each address; None where it was sent on this day already.
    """
    mail, config = mail_settings(settings), _sending(folder)
    day = when.astimezone(VIETNAM).date().isoformat()
    messages = {}
    for to in _operators(folder, settings):
        key = _key(subject, to)
        messages[key] = compose_news(config, mail, to, subject, text, f"operator.{day}.{key}", when)
    return send_once(var_folder(folder) / "outbox" / "operator" / day, messages, mail)


def _sending(folder: Path) -> Sending:
    with suppress(RefusedError):
        return load_province(folder, receiving=True).config
    identity = identity_of(folder)
    return _Installation(f"Hệ thống CCHC {identity.name if identity else folder.name}")


def _operators(folder: Path, settings: Settings) -> list[Recipient]:
    """Whoever is set; else the administrators with an address; where there is none, a message that nobody is sent."""
    if settings.operator:
        return [Recipient(_OPERATOR, address) for address in mail_addresses(settings.operator)]
    # What broke may be the database: then the message waits in the outbox.
    with suppress(RefusedError, SQLAlchemyError, OSError), open_storage(folder, settings).reading() as session:
        known = [one for one in accounts(session) if one.is_open and one.role is Role.ADMINISTRATOR and one.email]
        if known:
            return [Recipient(one.person, one.email) for one in known]
    return [Recipient(_OPERATOR, None)]


def _key(subject: str, to: Recipient) -> str:
    """What names a message in file names and Message-IDs: readable, and never the same for two."""
    address = to.address or "khong-dia-chi"
    told_apart = hashlib.sha256(f"{subject}\n{address}".encode()).hexdigest()[:8]
    return f"{re.sub(r'[^0-9A-Za-z.-]+', '-', address)[:80]}-{told_apart}"
