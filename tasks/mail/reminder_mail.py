"""Reminders of a day → one mail a recipient, written into var/outbox/reminders/DATE/ and sent once."""

import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from itertools import chain
from pathlib import Path

from models.findings import refusal
from models.province.calendar import calendar_of
from models.province.config import ProvinceConfig
from models.province.folder import Province
from models.records.storage import Storage
from models.units import mail_addresses
from models.working_days import FIRST_YEAR, LAST_YEAR
from tasks.mail.month_reminding import expected_in_months
from tasks.mail.notifying import Delivery, DeliveryState, MailSettings, Recipient, compose_reminder
from tasks.mail.once_a_day import send_once
from tasks.mail.reminding import Expected, Reminder, Urgency, asked_reminders, due_reminders, expected_in_rounds

_ALREADY = "đã nhắc trong ngày"
_PLANNED = "sẽ nhắc"


@dataclass(frozen=True, slots=True)
class ReminderMail:
    """Everything that one recipient is reminded of on one day, the most urgent first."""

    to: Recipient
    reminders: tuple[Reminder, ...]
    key: str


@dataclass(frozen=True, slots=True)
class Reminded:
    """What became of one notice.

    Attributes:
        outcome: in Vietnamese, e.g. `đã gửi thư`.
        failed: whether it should have been sent and was not.
        error: why not.
    """

    notice: ReminderMail
    outcome: str
    failed: bool = False
    error: str = ""


def notices_of(reminders: Sequence[Reminder]) -> list[ReminderMail]:
    """One notice a recipient, the most urgent first: who has the same address is one recipient."""
    by_key: dict[str, list[Reminder]] = {}
    for reminder in reminders:
        by_key.setdefault(_key(reminder), []).append(reminder)
    urgency = list(Urgency)
    notices = []
    for key, together in by_key.items():
        ordered = sorted(together, key=lambda reminder: urgency.index(reminder.stage))
        to = Recipient(together[0].expected.form.name, together[0].expected.address)
        notices.append(ReminderMail(to, tuple(ordered), key))
    return sorted(notices, key=lambda notice: urgency.index(notice.reminders[0].stage))


def _key(reminder: Reminder) -> str:
    """What names a recipient in file names and Message-IDs: readable, and never the same for two."""
    form = reminder.expected.form
    whose = "don-vi" if form.kind.of_a_unit else form.kind.file_stem
    who = ";".join(mail_addresses(reminder.expected.address or "")) or f"{whose}-{form.subject}"
    readable = re.sub(r"[^0-9A-Za-z.-]+", "-", who)[:80]
    return f"{readable}-{hashlib.sha256(who.encode()).hexdigest()[:8]}"


def due_notices(province: Province, storage: Storage, day: date) -> list[ReminderMail]:
    """The notices of a day, over all open rounds and months.

    Raises:
        RefusedError: a day beyond the working calendar.
    """
    return notices_of(due_reminders(_expected(province, storage, day), day, calendar_of(province.config)))


def asked_notices(
    province: Province, storage: Storage, day: date, subjects: Collection[str] | None = None
) -> list[ReminderMail]:
    """The notices that an officer asks for: of all that these owe, or everybody where None, whatever the day.

    Raises:
        RefusedError: a day beyond the working calendar.
    """
    expected, calendar = _expected(province, storage, day), calendar_of(province.config)
    return notices_of(asked_reminders(expected, day, calendar, subjects))


def _expected(province: Province, storage: Storage, day: date) -> Iterable[Expected]:
    if not FIRST_YEAR < day.year < LAST_YEAR:
        remedy = f"Chọn ngày từ năm {FIRST_YEAR + 1} đến năm {LAST_YEAR - 1}"
        raise refusal(f"ngày {day:%d/%m/%Y}", "không có lịch ngày làm việc của năm này", remedy)
    return chain(expected_in_rounds(province, storage, day), expected_in_months(province, storage, day))


def planned(notices: Sequence[ReminderMail]) -> list[Reminded]:
    """The notices as they would be sent."""
    return [Reminded(notice, _PLANNED) for notice in notices]


def remind(
    config: ProvinceConfig, notices: Sequence[ReminderMail], var: Path, mail: MailSettings, day: date, when: datetime
) -> list[Reminded]:
    """Write the notices of a day into the outbox and send those that were not sent on that day yet.

    Args:
        config: the province's names and mark.
        notices: one a recipient.
        var: the province's var/ folder.
        mail: from whom and how; with mail off all stay in the outbox.
        day: the day of the reminders.
        when: the moment of writing, with zone.

    Returns:
        What became of each notice, in their order.
    """
    messages = {notice.key: _message(config, notice, mail, day, when) for notice in notices}
    became = send_once(var / "outbox" / "reminders" / day.isoformat(), messages, mail)
    return [_reminded(notice, became[notice.key]) for notice in notices]


def _reminded(notice: ReminderMail, delivery: Delivery | None) -> Reminded:
    if delivery is None:
        return Reminded(notice, _ALREADY)
    return Reminded(notice, delivery.state.label, delivery.state is DeliveryState.FAILED, delivery.error)


def _message(
    config: ProvinceConfig, notice: ReminderMail, mail: MailSettings, day: date, when: datetime
) -> EmailMessage:
    return compose_reminder(
        config,
        mail,
        notice.to,
        notice.reminders[0].headline,
        [str(reminder) for reminder in notice.reminders],
        f"{day.isoformat()}.{notice.key}",
        when,
    )


def reminded_rows(reminded: Sequence[Reminded]) -> list[dict[str, str]]:
    """A line a reminder, as a table for officers."""
    return [
        {
            "Nơi nhận": reminder.expected.form.name,
            "Thư điện tử": one.notice.to.address or "",
            "Việc": reminder.work,
            "Ngày cuối": f"{reminder.expected.due.last_day:%d/%m/%Y}",
            "Tình trạng": reminder.stage.label,
            "Nhắc": f"{one.outcome}: {one.error}" if one.error else one.outcome,
        }
        for one in reminded
        for reminder in one.notice.reminders
    ]
