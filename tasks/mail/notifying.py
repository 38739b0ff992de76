"""Who must know what → mail: receipts, returned files, reminders; composed as data, sent in one connection a batch.

A message is composed whole before anything is sent, so that it can lie in the outbox and be sent again: its Message-ID
follows from what it tells, and a mail program recognises a repeated one. Sending never raises for what a server or an
address does; it says of each message what became of it. The password comes from the environment and goes to the server
only, and only over an encrypted connection or to this machine.
"""

import hashlib
import re
import smtplib
import ssl
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import NamedTuple, Protocol
from unicodedata import category, normalize

from pydantic import SecretStr

from models.findings import WORST_FIRST, Finding, Severity, worst_first
from models.labelled import Labelled
from models.media_types import media_type_of
from models.province.config import ProvinceConfig
from models.settings import MailSecurity, Settings
from models.units import mail_addresses
from models.working_days import moment_told

_USUAL_PORTS = {MailSecurity.NONE: 25, MailSecurity.STARTTLS: 587, MailSecurity.TLS: 465}
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_BROKEN_IN_A_ROW = 2
_LISTED = 10
_LONGEST_LINE = 200
_LONGEST_DISPLAY_NAME = 100
_COUNTED = {Severity.CRITICAL: "lỗi phải sửa", Severity.WARNING: "cảnh báo cần xem lại", Severity.INFO: "lưu ý"}


@dataclass(frozen=True, slots=True)
class MailSettings:
    """How mail leaves this machine.

    Attributes:
        host: the mail server, None where mail is off.
        sender: the address that mail comes from.
        timeout: seconds to wait for the server in each step.
    """

    host: str | None = None
    port: int = _USUAL_PORTS[MailSecurity.STARTTLS]
    security: MailSecurity = MailSecurity.STARTTLS
    user: str | None = None
    password: SecretStr | None = None
    sender: str | None = None
    reply_to: str | None = None
    timeout: float = 20


def mail_settings(settings: Settings) -> MailSettings:
    """The mail settings of an installation; an account that is an address sends from it when no other is set."""
    user = settings.smtp_user
    return MailSettings(
        settings.smtp_host or None,
        settings.smtp_port or _USUAL_PORTS[settings.smtp_security],
        settings.smtp_security,
        user,
        settings.smtp_password,
        next(iter(mail_addresses(settings.smtp_from or user or "")), None),
        next(iter(mail_addresses(settings.smtp_reply_to or "")), None),
        settings.smtp_timeout,
    )


class Sending(Protocol):
    """Who a message is from, as it says itself: the province's configuration, or what is known without it."""

    @property
    def department(self) -> str:
        """The department that sends."""

    @property
    def mark(self) -> str | None:
        """What stands on everything of a sample."""


class Recipient(NamedTuple):
    """To whom: the name for the greeting and what units.csv has as address."""

    name: str
    address: str | None


class Attachment(NamedTuple):
    """A file that goes with a message."""

    name: str
    content: bytes


class DeliveryState(Labelled):
    """What became of a message."""

    SENT = "sent", "đã gửi thư"
    FAILED = "failed", "chưa gửi được thư"
    NO_ADDRESS = "no_address", "không có địa chỉ thư"
    OFF = "off", "chưa bật gửi thư"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one message.

    Attributes:
        message_id: the message's, the same for every attempt.
        address: where it goes, empty where there is no address.
        error: why not, in Vietnamese; of a message that was sent, which of its addresses were refused.
    """

    message_id: str
    address: str
    state: DeliveryState
    error: str = ""


# --- what is said -----------------------------------------------------------------------------------------------------


class Notice(NamedTuple):
    """What a sender is told of one submission.

    Attributes:
        key: what tells this notice from all others; the Message-ID follows from it.
        when: the moment of checking, with zone.
    """

    subject: str
    text: tuple[str, ...]
    key: str
    when: datetime
    attachment: Attachment | None = None


def receipt_notice(
    config: ProvinceConfig,
    file: str,
    submission: str,
    when: datetime,
    findings: Sequence[Finding] = (),
    attachment: Attachment | None = None,
) -> Notice:
    """A file was accepted, perhaps with something to look at again.

    Args:
        config: the province's names.
        file: the sender's file name.
        submission: what tells this submission from all others.
        when: the moment of checking, with zone.
        findings: what was found, none of it critical.
        attachment: the marked workbook.
    """
    received = f"{config.department} đã tiếp nhận tệp “{one_line(file)}” lúc {moment_told(when)}."
    text = (received, *_found(findings, attachment))
    return Notice(f"Đã tiếp nhận: {file}", text, f"receipt.{submission}", when, attachment)


def return_notice(
    config: ProvinceConfig,
    file: str,
    submission: str,
    when: datetime,
    findings: Sequence[Finding],
    attachment: Attachment | None = None,
    until: date | None = None,
    others: int = 0,
) -> Notice:
    """A file was not accepted and comes back; arguments as of `receipt_notice`.

    Args:
        until: the last day for sending again.
        others: how many more files were refused for the same reasons.
    """
    term = f" chậm nhất ngày {until:%d/%m/%Y}" if until else ""
    more = f" và {others} tệp khác có cùng lỗi" if others else ""
    text = (
        f"Tệp “{one_line(file)}”{more} ({config.department} kiểm tra lúc {moment_told(when)}) CHƯA ĐƯỢC TIẾP NHẬN.",
        *_found(findings, attachment),
        f"Đề nghị sửa và gửi lại{term}. Tệp đã gửi được lưu giữ nguyên vẹn nhưng chưa được dùng để chấm điểm.",
    )
    return Notice(f"Cần sửa và gửi lại: {file}", text, f"return.{submission}", when, attachment)


def compose_notices(
    config: ProvinceConfig, mail: MailSettings, to: Recipient, notices: Sequence[Notice]
) -> EmailMessage:
    """One mail to one sender about one or more submissions; the same notices give the same mail.

    Args:
        config: the province's names and mark.
        mail: from whom.
        to: the sender of the files.
        notices: at least one, in the order of the submissions.
    """
    attachments = [notice.attachment for notice in notices if notice.attachment]
    if len(notices) == 1:
        (one,) = notices
        return _message(config, mail, to, one.subject, one.text, one.key, one.when, attachments)
    subject = f"Kết quả tiếp nhận {len(notices)} tệp"
    text = [f"{number}. " + "\n\n".join(notice.text) for number, notice in enumerate(notices, 1)]
    key = hashlib.sha256("\n".join(notice.key for notice in notices).encode()).hexdigest()[:32]
    newest = max(notice.when for notice in notices)
    return _message(config, mail, to, subject, text, f"notices.{key}", newest, attachments)


def compose_reminder(
    config: ProvinceConfig,
    mail: MailSettings,
    to: Recipient,
    subject: str,
    reminders: Sequence[str],
    key: str,
    when: datetime,
) -> EmailMessage:
    """What a recipient still has to send.

    Args:
        subject: the most urgent of the reminders, in a few words.
        reminders: one sentence or more each.
        key: what tells this reminder from all others, e.g. day and recipient; the Message-ID follows from it.
        when: the moment of writing, with zone.
    """
    text = [
        f"{config.department} nhắc các việc cải cách hành chính sau đây:",
        *(f"- {one_line(reminder, 1000)}" for reminder in reminders),
        "Nếu đã gửi trong ngày, xin bỏ qua thư này.",
    ]
    return _message(config, mail, to, subject, text, f"reminder.{key}", when)


def compose_news(
    config: Sending,
    mail: MailSettings,
    to: Recipient,
    subject: str,
    text: Sequence[str],
    key: str,
    when: datetime,
) -> EmailMessage:
    """Something that happened at the desk and that somebody must know.

    Args:
        subject: of the mail, after the province's mark.
        text: its paragraphs.
        key: what tells this news from all others; the Message-ID follows from it.
        when: the moment of writing, with zone.
    """
    return _message(config, mail, to, subject, list(text), f"news.{key}", when)


def compose_waiting(
    config: ProvinceConfig, mail: MailSettings, to: Recipient, title: str, address: str, key: str, when: datetime
) -> EmailMessage:
    """What waits for a leader's answer, and where it is given.

    Args:
        title: what is to be approved.
        address: of the page where it is answered.
        key: what tells this question from all others; the Message-ID follows from it.
        when: the moment of writing, with zone.
    """
    text = [
        f"{title} đã có dự thảo và đang chờ phê duyệt.",
        f"Xem dự thảo và trả lời tại: {address}",
        "Chưa trả lời thì chưa có gì được công bố.",
    ]
    return _message(config, mail, to, f"Chờ phê duyệt: {title}", text, f"waiting.{key}", when)


def _found(findings: Sequence[Finding], attachment: Attachment | None) -> list[str]:
    """How much was found, the first of it, and where the rest stands."""
    counts = Counter(finding.severity for finding in findings)
    if not counts:
        return ["Không phát hiện lỗi."]
    said = ", ".join(f"{counts[severity]} {_COUNTED[severity]}" for severity in WORST_FIRST if counts[severity])
    lines = [f"Kết quả kiểm tra: {said}."]
    for number, finding in enumerate(worst_first(findings)[:_LISTED], 1):
        where = f"{finding.place}: " if finding.place else ""
        lines.append(
            f"{number}. {finding.severity.label}: {one_line(f'{where}{finding.what}. {finding.remedy}.', 400)}"
        )
    if len(findings) > _LISTED:
        lines.append(f"… và {len(findings) - _LISTED} điều khác.")
    if attachment and attachment.name.endswith(".xlsx"):
        lines.append("Mở tệp gửi kèm: trang đầu liệt kê mọi điều cần sửa, các ô ấy được tô màu và có ghi chú.")
    elif attachment:
        lines.append("Xem phiếu gửi kèm.")
    return lines


def _message(
    config: Sending,
    mail: MailSettings,
    to: Recipient,
    subject: str,
    text: Sequence[str],
    key: str,
    when: datetime,
    attachments: Sequence[Attachment] = (),
) -> EmailMessage:
    """A plain text message; no name can add a header to it."""
    message = EmailMessage(policy=SMTP)
    domain = (mail.sender or "").rpartition("@")[2] or "cchc.invalid"
    message["Message-ID"] = f"<{re.sub(r'[^0-9A-Za-z.-]', '-', key)}@{domain}>"
    message["Date"] = format_datetime(when)
    message["Subject"] = one_line(f"[{config.mark}] [CCHC] {subject}" if config.mark else f"[CCHC] {subject}")
    if mail.sender:
        message["From"] = Address(_display_name(config.department), addr_spec=mail.sender)
    if mail.reply_to:
        message["Reply-To"] = Address(addr_spec=mail.reply_to)
    if addresses := mail_addresses(to.address or ""):
        message["To"] = [Address(_display_name(to.name), addr_spec=address) for address in addresses]
    message["Auto-Submitted"] = "auto-generated"
    paragraphs = [f"Kính gửi: {one_line(to.name)}", *text, f"{config.department}\nThư do phần mềm gửi tự động."]
    message.set_content("\n\n".join([*paragraphs, *([config.mark] if config.mark else [])]) + "\n")
    for attachment in attachments:
        main, sub = media_type_of(attachment.name).split("/")
        name = one_line(attachment.name).replace("/", "-").replace("\\", "-")
        message.add_attachment(attachment.content, maintype=main, subtype=sub, filename=name)
    if attachments:
        message.set_boundary(f"cchc-{hashlib.sha256(str(message['Message-ID']).encode()).hexdigest()[:32]}")
    return message


def _display_name(name: str) -> str:
    """A name beside an address, without the signs that have a meaning there: folding a long header may lose quotes."""
    return one_line(re.sub(r'[()<>@,;:\\".\[\]]', " ", one_line(name)), _LONGEST_DISPLAY_NAME)


def one_line(text: str, longest: int = _LONGEST_LINE) -> str:
    """A text as one line without control, direction or private characters, of a length fit for a header."""
    bare = "".join(" " if category(letter)[0] in "CZ" else letter for letter in normalize("NFC", text))
    line = " ".join(bare.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


# --- sending ----------------------------------------------------------------------------------------------------------


def send(messages: Sequence[EmailMessage], mail: MailSettings) -> list[Delivery]:
    """Send a batch; see `deliver`."""
    return list(deliver(messages, mail))


def deliver(messages: Sequence[EmailMessage], mail: MailSettings) -> Iterator[Delivery]:
    """Send messages over one connection, saying of each what became of it as soon as that is known.

    One failure never stops the others. A connection that breaks is opened again; when the server cannot be reached, or
    breaks or hangs twice in a row, the rest fails with the same reason and nobody waits longer.
    """
    line = _Line(mail)
    given_up = _why_not_at_all(mail)
    broken = 0
    for message in messages:
        if mail.host is None:
            yield _became(message, DeliveryState.OFF)
        elif not message["To"]:
            yield _became(message, DeliveryState.NO_ADDRESS, "chưa có địa chỉ thư hợp lệ trong units.csv")
        elif given_up:
            yield _became(message, DeliveryState.FAILED, given_up)
        else:
            outcome, is_broken = line.carry(message)
            broken = broken + 1 if is_broken else 0
            given_up = outcome.error if line.unreachable or broken >= _BROKEN_IN_A_ROW else ""
            yield outcome
    line.close()


def unreachable(mail: MailSettings) -> str:
    """Why the server cannot be reached or does not let us in, in plain words; empty where it does. Sends nothing."""
    if given_up := _why_not_at_all(mail):
        return given_up
    line = _Line(mail)
    fault = line.fault()
    line.close()
    return fault


def _why_not_at_all(mail: MailSettings) -> str:
    """What is wrong with the settings, so that nothing can be sent; empty when nothing is."""
    if not mail.sender:
        return "chưa đặt địa chỉ gửi (CCHC_SMTP_FROM)"
    if mail.security is MailSecurity.NONE and mail.user and mail.host not in _THIS_MACHINE:
        return "không gửi mật khẩu qua kết nối không mã hóa; đặt CCHC_SMTP_SECURITY là starttls hoặc tls"
    return ""


def _became(message: EmailMessage, state: DeliveryState, error: str = "") -> Delivery:
    return Delivery(str(message["Message-ID"]), ", ".join(_addresses(message)), state, error)


def _addresses(message: EmailMessage) -> list[str]:
    return [address.addr_spec for address in message["To"].addresses] if message["To"] else []


class _Line:
    """A connection to the mail server, opened when it is needed.

    Attributes:
        unreachable: whether it could not be opened at all.
    """

    def __init__(self, mail: MailSettings) -> None:
        self.unreachable = False
        self._mail = mail
        self._server: smtplib.SMTP | None = None
        self._carried = 0

    def carry(self, message: EmailMessage) -> tuple[Delivery, bool]:
        """Send one message; also says whether the connection broke over it."""
        try:
            server = self._server or self._open()
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            self.unreachable = True
            return _became(message, DeliveryState.FAILED, self._said(error)), True
        try:
            refused = server.send_message(message)
        except smtplib.SMTPServerDisconnected as error:
            # A server may take only so many messages a connection; one that hangs is not waited for again.
            again = self._carried > 0 and not _has_timed_out(error)
            self.close()
            return self.carry(message) if again else (_became(message, DeliveryState.FAILED, self._said(error)), True)
        except smtplib.SMTPException as error:
            return _became(message, DeliveryState.FAILED, self._said(error)), False
        except OSError as error:
            self.close()
            return _became(message, DeliveryState.FAILED, self._said(error)), True
        self._carried += 1
        return _became(message, DeliveryState.SENT, _refusals(refused)), False

    def fault(self) -> str:
        """What keeps the connection from being opened, empty where it is open now."""
        try:
            self._open()
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            return self._said(error)
        return ""

    def _open(self) -> smtplib.SMTP:
        mail, host = self._mail, self._mail.host or ""
        if mail.security is MailSecurity.TLS:
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, mail.port, timeout=mail.timeout, context=context)
        else:
            server = smtplib.SMTP(host, mail.port, timeout=mail.timeout)
        try:
            if mail.security is MailSecurity.STARTTLS:
                server.starttls(context=ssl.create_default_context())
            if mail.user and mail.password:
                server.login(mail.user, mail.password.get_secret_value())
        except BaseException:
            server.close()
            raise
        self._server, self._carried = server, 0
        return server

    def close(self) -> None:
        """Take leave of the server, whether it still listens or not."""
        if self._server is not None:
            try:
                self._server.quit()
            except (smtplib.SMTPException, OSError):
                self._server.close()
        self._server, self._carried = None, 0

    def _said(self, error: Exception) -> str:
        """The error in plain words, without the password whatever the server answered."""
        text = _in_words(error, self._mail)
        secret = self._mail.password.get_secret_value() if self._mail.password else ""
        return one_line(text.replace(secret, "…") if secret else text, 300)


def _in_words(error: Exception, mail: MailSettings) -> str:
    where = f"máy chủ thư {mail.host}:{mail.port}"
    if _has_timed_out(error):
        return f"{where} không trả lời trong {mail.timeout:g} giây"
    match error:
        case smtplib.SMTPAuthenticationError():
            return f"{where} từ chối đăng nhập ({_answer(error.smtp_code, error.smtp_error)})"
        case smtplib.SMTPRecipientsRefused():
            return _refusals(error.recipients)
        case smtplib.SMTPResponseException():
            return f"{where} từ chối ({_answer(error.smtp_code, error.smtp_error)})"
        case smtplib.SMTPServerDisconnected():
            return f"{where} ngắt kết nối"
        case smtplib.SMTPNotSupportedError():
            return f"{where} không hỗ trợ mã hóa hoặc đăng nhập ({error})"
        case ssl.SSLError():
            return f"không mã hóa được kết nối đến {where} ({error.reason or error})"
        case OSError():
            return f"không kết nối được {where} ({error.strerror or error})"
    return f"tên {where}, tên tài khoản hoặc mật khẩu có ký tự không dùng được"


def _has_timed_out(error: Exception) -> bool:
    """Whether the server was waited for in vain; smtplib says so of an answer in words only."""
    return isinstance(error, TimeoutError) or (
        isinstance(error, smtplib.SMTPServerDisconnected) and "timed out" in str(error)
    )


def _refusals(refused: dict[str, tuple[int, bytes]]) -> str:
    return "; ".join(f"địa chỉ {address} bị từ chối ({_answer(*answer)})" for address, answer in refused.items())


def _answer(code: int, text: bytes | str) -> str:
    return f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"
