"""Mail through a real server on this machine: what is said, what becomes of each message, whatever the server does."""

import ipaddress
import logging
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from models.findings import Finding, Place, Severity
from models.province.config import ProvinceConfig
from models.province.folder import check_province
from models.settings import MailSecurity, Settings
from models.working_days import VIETNAM
from tasks.mail.notifying import (
    Attachment,
    DeliveryState,
    MailSettings,
    Recipient,
    compose_notices,
    compose_reminder,
    mail_settings,
    receipt_notice,
    return_notice,
    send,
)
from tests.conftest import copy_example
from tests.mailbox import Mailbox, free_port, serving

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

CONFIG = ProvinceConfig(name="tỉnh Mẫu", mark="DỮ LIỆU MẪU")
WHEN = datetime(2026, 1, 9, 2, 5, tzinfo=UTC)
UNIT = Recipient("Sở Tư pháp", "so-tu-phap@mau.example")
OFF = MailSettings(sender="cchc@mau.example", reply_to="so-noi-vu@mau.example")
FINDING = Finding("a.xlsx", 0, "thiếu số, ký hiệu", "Bổ sung", Severity.WARNING, Place("Tự đánh giá", 12, 9))
WORKBOOK = Attachment("ket-qua-Tự đánh giá-0a1b.xlsx", b"PK\x03\x04 workbook")


def reminder(name: str = "Sở Tư pháp", address: str | None = "so-tu-phap@mau.example") -> EmailMessage:
    return compose_reminder(CONFIG, OFF, Recipient(name, address), f"hạn của {name}", ["Gửi phiếu."], name, WHEN)


def receipt(mail: MailSettings, to: Recipient, *said: Any) -> EmailMessage:
    """The mail about one accepted file."""
    return compose_notices(CONFIG, mail, to, [receipt_notice(CONFIG, *said)])


def sent_back(mail: MailSettings, to: Recipient, *said: Any) -> EmailMessage:
    """The mail about one returned file."""
    return compose_notices(CONFIG, mail, to, [return_notice(CONFIG, *said)])


def text_of(message: EmailMessage) -> str:
    body = message.get_body()
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


# --- what is said -----------------------------------------------------------------------------------------------------


def test_a_receipt_says_what_was_taken_when_and_what_to_look_at_again() -> None:
    message = receipt(OFF, UNIT, "phiếu.xlsx", "sha", WHEN, [FINDING], WORKBOOK)
    assert message["Subject"] == "[DỮ LIỆU MẪU] [CCHC] Đã tiếp nhận: phiếu.xlsx"
    assert message["To"] == "Sở Tư pháp <so-tu-phap@mau.example>"
    assert message["From"] == "Sở Nội vụ <cchc@mau.example>"
    assert message["Reply-To"] == "so-noi-vu@mau.example"
    assert text_of(message) == (
        "Kính gửi: Sở Tư pháp\n\nSở Nội vụ đã tiếp nhận tệp “phiếu.xlsx” lúc 09:05 ngày 09/01/2026.\n\n"
        "Kết quả kiểm tra: 1 cảnh báo cần xem lại.\n\n"
        "1. CẢNH BÁO: trang “Tự đánh giá”, ô I12: thiếu số, ký hiệu. Bổ sung.\n\n"
        "Mở tệp gửi kèm: trang đầu liệt kê mọi điều cần sửa, các ô ấy được tô màu và có ghi chú.\n\n"
        "Sở Nội vụ\nThư do phần mềm gửi tự động.\n\nDỮ LIỆU MẪU\n"
    )


def test_a_return_says_why_what_to_do_and_until_when() -> None:
    worse = replace(FINDING, severity=Severity.CRITICAL, what="ngày không có thật")
    letter = Attachment("ket-qua-a.pdf", b"%PDF")
    findings = [FINDING] * 11 + [worse]
    said = text_of(sent_back(OFF, UNIT, "a.xlsx", "sha", WHEN, findings, letter, date(2026, 1, 12)))
    assert "Tệp “a.xlsx” (Sở Nội vụ kiểm tra lúc 09:05 ngày 09/01/2026) CHƯA ĐƯỢC TIẾP NHẬN." in said
    assert "Kết quả kiểm tra: 1 lỗi phải sửa, 11 cảnh báo cần xem lại." in said
    assert "1. LỖI: trang “Tự đánh giá”, ô I12: ngày không có thật. Bổ sung." in said
    assert "… và 2 điều khác." in said
    assert "Xem phiếu gửi kèm." in said
    assert "Đề nghị sửa và gửi lại chậm nhất ngày 12/01/2026." in said


def test_a_repeated_message_is_recognisable_and_the_same_to_the_byte() -> None:
    first, second = (receipt(OFF, UNIT, "a.xlsx", "0A1B", WHEN, (), WORKBOOK) for _ in range(2))
    assert first["Message-ID"] == "<receipt.0A1B@mau.example>"
    assert bytes(first) == bytes(second)
    other = sent_back(OFF, UNIT, "a.xlsx", "0A1B", WHEN, [FINDING], WORKBOOK)
    assert other["Message-ID"] == "<return.0A1B@mau.example>"


HEADERS = {"Message-ID", "Date", "Subject", "From", "Reply-To", "To", "Auto-Submitted", "MIME-Version"}


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_no_name_adds_a_header_or_an_addressee(name: str, file: str) -> None:
    evil = f"{name}\r\nBcc: thief@evil.example\r\n\r\n{file}"
    to = Recipient(evil, "so-tu-phap@mau.example")
    sent = bytes(receipt(OFF, to, evil, evil, WHEN, (), Attachment(evil, b"x")))
    message = message_from_bytes(sent, policy=default)
    assert set(message.keys()) <= HEADERS | {"Content-Type", "Content-Transfer-Encoding"}
    assert [address.addr_spec for address in message["To"].addresses] == ["so-tu-phap@mau.example"]
    (attached,) = message.iter_attachments()
    assert "/" not in str(attached.get_filename())
    assert b"\nBcc:" not in sent.partition(b"\r\n\r\n")[0]


@pytest.mark.parametrize("address", [None, "", "khong-co", "a@b@c", "tên@mau.example", "a@-x", "<a@b>"])
def test_what_is_no_address_is_not_written_to(address: str | None) -> None:
    assert reminder(address=address)["To"] is None


def test_several_addresses_of_a_unit_all_get_it() -> None:
    message = reminder(address="van-thu@mau.example; cchc@mau.example")
    assert [address.addr_spec for address in message["To"].addresses] == ["van-thu@mau.example", "cchc@mau.example"]


def test_the_province_check_names_addresses_that_are_none(tmp_path: Path) -> None:
    folder = copy_example("tinh-mau", tmp_path)
    path = folder / "units.csv"
    text = path.read_text(encoding="utf-8").replace("so-tu-phap@mau.example", "so-tu-phap mau.example")
    path.write_text(text, encoding="utf-8")
    province, findings = check_province(folder)
    assert province is not None
    warned = [finding.what for finding in findings if finding.severity is Severity.WARNING]
    assert warned == ["địa chỉ thư điện tử “so-tu-phap mau.example” không hợp lệ"]


# --- sending ----------------------------------------------------------------------------------------------------------


def test_a_batch_goes_over_one_connection_and_attachments_keep_their_vietnamese_names() -> None:
    mailbox = Mailbox()
    with serving(mailbox) as mail:
        told = receipt(mail, UNIT, "phiếu.xlsx", "sha", WHEN, (), WORKBOOK)
        deliveries = send([told, reminder("Sở Y tế"), reminder("Sở Tài chính")], mail)
    assert [delivery.state for delivery in deliveries] == [DeliveryState.SENT] * 3
    assert deliveries[0].message_id == "<receipt.sha@mau.example>"
    assert len(mailbox.sessions) == 1
    recipients, message = mailbox.received[0]
    assert recipients == ["so-tu-phap@mau.example"]
    assert message["Subject"] == "[DỮ LIỆU MẪU] [CCHC] Đã tiếp nhận: phiếu.xlsx"
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == WORKBOOK.name
    assert attached.get_content() == WORKBOOK.content
    assert attached.get_content_type().endswith("spreadsheetml.sheet")


def test_one_refused_message_does_not_stop_the_others() -> None:
    mailbox = Mailbox(refused=("cu@mau.example",))
    messages = [reminder(address="cu@mau.example"), reminder("từ chối"), reminder(address=None), reminder("Sở Y tế")]
    with serving(mailbox) as mail:
        deliveries = send(messages, mail)
    assert [delivery.state.value for delivery in deliveries] == ["failed", "failed", "no_address", "sent"]
    assert deliveries[0].error == "địa chỉ cu@mau.example bị từ chối (550 5.1.1 no such mailbox)"
    assert "554 5.7.1 refused as spam" in deliveries[1].error
    assert "units.csv" in deliveries[2].error
    assert len(mailbox.received) == 1


def test_a_message_that_some_of_its_addresses_refuse_is_sent_and_says_so() -> None:
    mailbox = Mailbox(refused=("cu@mau.example",))
    with serving(mailbox) as mail:
        (delivery,) = send([reminder(address="cu@mau.example;moi@mau.example")], mail)
    assert delivery.state is DeliveryState.SENT
    assert delivery.error == "địa chỉ cu@mau.example bị từ chối (550 5.1.1 no such mailbox)"
    assert mailbox.received[0][0] == ["moi@mau.example"]


def test_without_a_host_mail_is_off_and_nothing_is_lost() -> None:
    (delivery,) = send([reminder()], OFF)
    assert (delivery.state, delivery.address) == (DeliveryState.OFF, "so-tu-phap@mau.example")


def test_a_server_that_is_down_fails_every_message_with_the_reason() -> None:
    mail = replace(OFF, host="127.0.0.1", port=free_port(), security=MailSecurity.NONE)
    deliveries = send([reminder(), reminder("Sở Y tế")], mail)
    assert [delivery.state for delivery in deliveries] == [DeliveryState.FAILED] * 2
    assert all(f"không kết nối được máy chủ thư 127.0.0.1:{mail.port}" in delivery.error for delivery in deliveries)


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that speaks as it likes, one thread a connection; gives its port."""
    server = socket.create_server(("127.0.0.1", 0))
    opened: list[socket.socket] = []

    def accept() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            opened.append(connection)
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield int(server.getsockname()[1])
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        for connection in opened:
            connection.close()
        thread.join(timeout=5)


def test_a_server_that_hangs_is_waited_for_once() -> None:
    with answering(lambda connection: None) as port:
        mail = replace(OFF, host="127.0.0.1", port=port, security=MailSecurity.NONE, timeout=0.3)
        deliveries = send([reminder(), reminder("Sở Y tế"), reminder("Sở Tài chính")], mail)
    assert [delivery.state for delivery in deliveries] == [DeliveryState.FAILED] * 3
    assert all("không trả lời trong 0.3 giây" in delivery.error for delivery in deliveries)


def one_message_a_connection(connection: socket.socket) -> None:
    """Take one message and hang up."""
    with connection, connection.makefile("rb") as lines:
        connection.sendall(b"220 ready\r\n")
        in_data = False
        for line in lines:
            if in_data and line != b".\r\n":
                continue
            connection.sendall(b"354 go on\r\n" if line.upper() == b"DATA\r\n" else b"250 OK\r\n")
            if in_data:
                return
            in_data = line.upper() == b"DATA\r\n"


def test_a_server_that_takes_one_message_a_connection_gets_them_all() -> None:
    with answering(one_message_a_connection) as port:
        mail = replace(OFF, host="127.0.0.1", port=port, security=MailSecurity.NONE, timeout=5)
        deliveries = send([reminder(name) for name in "abc"], mail)
    assert [delivery.state for delivery in deliveries] == [DeliveryState.SENT] * 3


# --- encryption and accounts ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of this machine with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + built.public_bytes(serialization.Encoding.PEM))
    return path


def server_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def checking(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    assert isinstance(data, LoginPassword)
    return AuthResult(success=(data.login, data.password) == (b"cchc", b"mat-khau-that"), handled=False)


ACCOUNT: dict[str, Any] = {"authenticator": checking, "auth_required": True}


@pytest.mark.parametrize("security", [MailSecurity.STARTTLS, MailSecurity.TLS])
def test_mail_goes_encrypted_with_an_account(
    security: MailSecurity, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = server_context(certificate)
    given = {"tls_context": context, "require_starttls": True} if security is MailSecurity.STARTTLS else {}
    if security is MailSecurity.TLS:
        given = {"ssl_context": context, "auth_require_tls": False}
    mailbox = Mailbox()
    with serving(mailbox, **ACCOUNT, **given) as mail:
        account = replace(mail, security=security, user="cchc", password=SecretStr("mat-khau-that"))
        assert [delivery.error for delivery in send([reminder()], account)] == [""]
    assert len(mailbox.received) == 1


def test_a_certificate_that_nobody_vouches_for_stops_the_mail_before_the_password(certificate: Path) -> None:
    mailbox = Mailbox()
    with serving(mailbox, tls_context=server_context(certificate), **ACCOUNT) as mail:
        account = replace(mail, security=MailSecurity.STARTTLS, user="cchc", password=SecretStr("mat-khau-that"))
        (delivery,) = send([reminder()], account)
    assert "không mã hóa được kết nối" in delivery.error
    assert mailbox.received == []


def test_a_server_without_starttls_gets_no_mail() -> None:
    with serving(Mailbox()) as mail:
        (delivery,) = send([reminder()], replace(mail, security=MailSecurity.STARTTLS))
    assert delivery.state is DeliveryState.FAILED
    assert "không hỗ trợ mã hóa" in delivery.error


def test_a_wrong_password_is_said_but_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(Mailbox(), **ACCOUNT, auth_require_tls=False) as mail:
        account = replace(mail, user="cchc", password=SecretStr("sai-mat-khau"))
        deliveries = send([reminder(), reminder("Sở Y tế")], account)
    assert all("từ chối đăng nhập (535" in delivery.error for delivery in deliveries)
    shown = [
        repr(account),
        str(deliveries),
        *(record.getMessage() for record in caplog.records if record.name != "mail.log"),
    ]
    assert not any("sai-mat-khau" in text for text in shown)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"sender": None}, "CCHC_SMTP_FROM"),
        ({"host": "mail.example", "user": "cchc"}, "CCHC_SMTP_SECURITY"),
        ({"user": "cchc", "password": SecretStr("mật khẩu")}, "ký tự không dùng được"),
    ],
)
def test_settings_that_cannot_work_fail_every_message_with_what_to_set(wrong: dict[str, Any], said: str) -> None:
    with ExitStack() as stack:
        mail = stack.enter_context(serving(Mailbox(), **ACCOUNT, auth_require_tls=False))
        (delivery,) = send([reminder()], replace(mail, **wrong))
    assert delivery.state is DeliveryState.FAILED
    assert said in delivery.error


def test_settings_come_from_the_environment_and_hide_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"HOST": "mail.example", "USER": "cchc@mau.example", "PASSWORD": "bi-mat"}.items():
        monkeypatch.setenv(f"CCHC_SMTP_{name}", value)
    mail = mail_settings(Settings())
    assert (mail.host, mail.port, mail.security) == ("mail.example", 587, MailSecurity.STARTTLS)
    assert mail.sender == "cchc@mau.example"
    assert "bi-mat" not in repr(Settings()) + repr(mail)
    assert mail_settings(Settings(smtp_security=MailSecurity.TLS)).port == 465
    assert mail_settings(Settings(smtp_host="")).host is None
    assert WHEN.astimezone(VIETNAM).hour == 9
