"""The keys that sign: out of a PKCS#12 file or a PKCS#11 token, opened for as long as it takes to sign.

Passphrases and PINs come from the environment or from a file; they are in no message, no file and no table. A wrong PIN
is tried once, because a token locks itself after a few. Whoever imports this module waits for pyHanko.
Source: NĐ 30/2020/NĐ-CP, Điều 5 và Phụ lục I.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from asn1crypto import x509
from pydantic import SecretStr
from pyhanko.sign import SimpleSigner
from pyhanko.sign.signers import Signer as Key

from models.findings import RefusedError, refusal
from models.province.config import Signer
from models.settings import KeySettings
from models.wording import unaccented
from models.working_days import VIETNAM

_PINS = {
    "PinIncorrect": "mã PIN không đúng",
    "PinLocked": "thiết bị đã bị khóa vì sai mã PIN nhiều lần",
    "PinExpired": "mã PIN đã hết hạn",
    "PinLenRange": "mã PIN có độ dài không đúng",
    "PinInvalid": "mã PIN có ký tự không hợp lệ",
    "UserPinNotInitialized": "thiết bị chưa đặt mã PIN",
}


@contextmanager
def open_key(settings: KeySettings, whose: str, chain: Sequence[x509.Certificate] = ()) -> Iterator[Key]:
    """A key, ready to sign; the session of a token is closed afterwards.

    Args:
        settings: where the key is.
        whose: whose key it is, for messages: `khóa của người ký`.
        chain: further certificates that may lead from the key's own to a root.

    Raises:
        RefusedError: there is no key, it cannot be opened, or the passphrase or PIN is wrong.
    """
    if settings.file and settings.module:
        raise refusal(whose, "khai báo cả tệp PKCS#12 và thiết bị PKCS#11", "Chỉ giữ một trong hai")
    if settings.file:
        yield _from_file(settings, settings.file, whose, chain)
    elif settings.module:
        with _from_token(settings, settings.module, whose, chain) as key:
            yield key
    else:
        remedy = "Khai báo cả khóa của người ký (CCHC_SIGN_PERSON_…) và của cơ quan (CCHC_SIGN_AGENCY_…)"
        raise refusal(whose, "chưa khai báo", remedy)


def _from_file(settings: KeySettings, file: Path, whose: str, chain: Sequence[x509.Certificate]) -> Key:
    passphrase = _secret(settings.passphrase, settings.passphrase_file, whose)
    try:
        content = file.read_bytes()
        key: Key = SimpleSigner.load_pkcs12_data(content, chain, passphrase.encode() if passphrase else None)
    except OSError as error:
        raise refusal(whose, f"không đọc được tệp {file} ({error.strerror})", "Kiểm tra đường dẫn") from None
    except (ValueError, AttributeError):  # the cause may quote the passphrase
        what = f"không mở được tệp {file}: mật khẩu không đúng hoặc không phải tệp PKCS#12 có khóa và chứng thư"
        raise refusal(whose, what, "Kiểm tra tệp và mật khẩu") from None
    return key


@contextmanager
def _from_token(settings: KeySettings, module: Path, whose: str, chain: Sequence[x509.Certificate]) -> Iterator[Key]:
    from pkcs11 import PKCS11Error
    from pyhanko.config.pkcs11 import TokenCriteria
    from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

    if not settings.certificate:
        raise refusal(whose, "chưa nêu nhãn chứng thư trên thiết bị", "Đặt biến …_CERTIFICATE")
    if not module.is_file():
        raise refusal(whose, f"không có thư viện PKCS#11 {module}", "Kiểm tra biến …_MODULE")
    pin = _secret(settings.pin, settings.pin_file, whose)
    criteria = TokenCriteria(label=settings.token) if settings.token else None
    try:
        session = open_pkcs11_session(str(module), settings.slot, criteria, pin)
    except PKCS11Error as error:
        raise _refused_by_token(whose, error) from None
    try:
        key = PKCS11Signer(session, settings.certificate, ca_chain=set(chain), other_certs_to_pull=None)
        if key.signing_cert is None:
            what = f"thiết bị không có chứng thư “{settings.certificate}”"
            raise refusal(whose, what, "Kiểm tra nhãn chứng thư và thiết bị")
        yield key
    except PKCS11Error as error:
        raise _refused_by_token(whose, error) from None
    finally:
        session.close()


def _refused_by_token(whose: str, error: Exception) -> RefusedError:
    name = type(error).__name__
    said = _PINS.get(name) or f"thiết bị PKCS#11 không dùng được ({name}{f': {error}' if str(error) else ''})"
    return refusal(whose, said, "Kiểm tra thiết bị, nhãn thiết bị và mã PIN; không thử lại PIN nhiều lần")


def _secret(given: SecretStr | None, file: Path | None, whose: str) -> str | None:
    """A passphrase or PIN: as given, else the first line of its file."""
    if given is not None:
        return given.get_secret_value()
    if file is None:
        return None
    try:
        return file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    except OSError as error:
        raise refusal(whose, f"không đọc được tệp {file} ({error.strerror})", "Kiểm tra đường dẫn") from None
    except UnicodeDecodeError:
        raise refusal(whose, f"tệp {file} không phải văn bản UTF-8", "Ghi lại mật khẩu hoặc PIN vào tệp") from None


def check_key(key: Key, settings: KeySettings, whose: str, at: datetime, signer: Signer | None = None) -> None:
    """A key may sign: its certificate is in force, and it is that of the person who signs.

    Args:
        signer: who signs, for the key of a person; None for the agency's.

    Raises:
        RefusedError: the certificate is not in force at that time, or the key is somebody else's.
    """
    certificate = key.signing_cert
    assert certificate is not None
    if not certificate.not_valid_before <= at <= certificate.not_valid_after:
        first, last = (day.astimezone(VIETNAM) for day in (certificate.not_valid_before, certificate.not_valid_after))
        what = f"chứng thư chỉ có hiệu lực từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}"
        raise refusal(whose, what, "Gia hạn chứng thư, hoặc kiểm tra đồng hồ của máy")
    if signer is None:
        return
    if settings.signer and settings.signer != signer.id:
        what = f"là khóa của “{settings.signer}”, không phải của người ký “{signer.id}”"
        raise refusal(whose, what, "Chọn đúng khóa, hoặc đúng --signer")
    name = names_in(certificate)[0]
    if signer.name and _plain(signer.name) not in _plain(name):
        what = f"chứng thư mang tên “{name}”, không phải “{signer.name}”"
        raise refusal(whose, what, "Chọn đúng khóa, hoặc sửa tên người ký trong province.yaml")


def names_in(certificate: x509.Certificate) -> tuple[str, str, str]:
    """Name, organisation and issuer of a certificate, empty where it has none."""
    subject: dict[str, Any] = certificate.subject.native
    issuer: dict[str, Any] = certificate.issuer.native
    name = subject.get("common_name") or certificate.subject.human_friendly
    return _text(name), _text(subject.get("organization_name")), _text(issuer.get("common_name"))


def _text(value: Any) -> str:
    """A name of a certificate on one line; it is somebody else's text."""
    joined = ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
    printable = "".join(character if character.isprintable() else " " for character in joined)
    return unicodedata.normalize("NFC", " ".join(printable.split()))


def _plain(name: str) -> str:
    """A name without accents and case, as some certificates have it."""
    return " ".join(unaccented(name).split())
