"""Messages of a day → the outbox, and on their way, each once on that day, whatever runs how often.

The folder of the day is the record: `NAME.eml` waits, `NAME.sent.eml` was sent. A message is written before anything is
sent and renamed after it went, so that a killed run at most repeats one, under the Message-ID it had.
"""

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

from tasks.mail.notifying import Delivery, DeliveryState, MailSettings, deliver


def send_once(folder: Path, messages: Mapping[str, EmailMessage], mail: MailSettings) -> dict[str, Delivery | None]:
    """Write messages into the folder of a day and send those that were not sent on that day yet.

    Args:
        folder: of the day; made where it is missing.
        messages: by the name that tells each from all others of the day.
        mail: how; with mail off all stay in the outbox.

    Returns:
        What became of each, in their order; None of one that was sent before.
    """
    with _alone(folder):
        waiting = {name: message for name, message in messages.items() if not _sent(folder, name).exists()}
        for name, message in waiting.items():
            _write(folder / f"{name}.eml", message)
        became: dict[str, Delivery | None] = dict.fromkeys(messages)
        for name, delivery in zip(waiting, deliver(list(waiting.values()), mail), strict=True):
            if delivery.state is DeliveryState.SENT:
                (folder / f"{name}.eml").replace(_sent(folder, name))
            became[name] = delivery
    return became


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """The folder, made where it is missing, for one run at a time; a killed run lets go of it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sent(folder: Path, name: str) -> Path:
    return folder / f"{name}.sent.eml"


def _write(path: Path, message: EmailMessage) -> None:
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(bytes(message))
    unfinished.replace(path)
