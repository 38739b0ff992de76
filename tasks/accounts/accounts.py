"""Accounts: made, changed, closed, each time as a new version; which one counts.

The rights of a role stand in models/roles.py. An account is never deleted: what it did is recorded under its name.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from unicodedata import normalize

from sqlmodel import Session, col, func, select

from models.findings import Finding, RefusedError, refusal
from models.province.folder import Province
from models.records.storage import Storage
from models.records.tables import AccountSecret, AccountVersion
from models.roles import Bound, Permission, Role
from models.units import mail_addresses
from tasks.accounts.passwords import first_password, hashed

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in at the desk.

    Attributes:
        person: full name, and position where it matters.
        subject: code of the unit or id of the appraising agency that it acts for; empty for the whole province.
    """

    login: str
    person: str
    role: Role
    subject: str = ""
    email: str = ""
    is_open: bool = True

    @property
    def acting(self) -> str:
        """What records name it by."""
        return f"{self.person} ({self.login})"

    def may(self, permission: Permission, subject: str | None = None) -> bool:
        """Whether it may do something, to the named subject where one is given."""
        described = self.role.description
        return permission in described.permissions and (
            subject is None or described.bound is None or subject == self.subject
        )


def read_login(text: str) -> str:
    """A login as it is kept: lower case, without spaces around."""
    return normalize("NFC", text).strip().lower()


def accounts(session: Session) -> list[Account]:
    """Every account as its newest version says, by login."""
    newest = select(AccountVersion.login, func.max(AccountVersion.version)).group_by(AccountVersion.login)
    counting = {(login, version) for login, version in session.exec(newest)}
    rows = session.exec(select(AccountVersion).order_by(col(AccountVersion.login), col(AccountVersion.version)))
    return [_account(row) for row in rows if (row.login, row.version) in counting]


def account_of(session: Session, login: str) -> Account | None:
    """The account with a login, closed ones too."""
    row = _newest(session, login)
    return _account(row) if row else None


def add_account(storage: Storage, province: Province, account: Account) -> str:
    """Make an account; returns its first password, which is to be changed at the first sign-in.

    Raises:
        RefusedError: something of it cannot be, or there is one with this login.
    """
    _refuse_impossible(province, account)
    password = first_password()
    with storage.writing() as session:
        if _newest(session, account.login):
            raise refusal("tài khoản", f"đã có tài khoản “{account.login}”", "Dùng tên đăng nhập khác")
        session.add(_version(account, 1, storage.user))
        session.add(AccountSecret(login=account.login, password_hash=hashed(password)))
    return password


def add_unit_accounts(storage: Storage, province: Province, today: date) -> Iterator[tuple[Account, str]]:
    """Make an account for every unit that exists today and has none, under the unit's code.

    Yields:
        Each new account with its first password, as soon as it is made, by code.

    Raises:
        RefusedError: an account of something else has a unit's code as its login.
    """
    with storage.reading() as session:
        served = {account.subject for account in accounts(session) if account.role is Role.UNIT}
    for code, unit in sorted(province.units.items()):
        if code not in served and unit.exists_on(today):
            address = next(iter(mail_addresses(unit.email or "")), "")
            account = Account(code, unit.name, Role.UNIT, code, address)
            yield account, add_account(storage, province, account)


def change_account(storage: Storage, province: Province, account: Account) -> None:
    """Record another name, role, subject, address or state of an account; the same again changes nothing.

    Raises:
        RefusedError: something of it cannot be, there is no such account, or nobody would be left to manage accounts.
    """
    _refuse_impossible(province, account)
    with storage.writing() as session:
        before = _newest(session, account.login)
        if before is None:
            raise unknown_account(account.login)
        if _account(before) == account:
            return
        others = [other for other in accounts(session) if other.login != account.login]
        if _manages(_account(before)) and not any(map(_manages, (*others, account))):
            what = "là tài khoản quản trị cuối cùng còn mở"
            raise refusal(f"tài khoản {account.login}", what, "Lập một tài khoản quản trị khác trước")
        session.add(_version(account, before.version + 1, storage.user))


def renew_password(storage: Storage, login: str) -> str:
    """Give an account a new first password, and take its second factor away: its owner may have lost both.

    Raises:
        RefusedError: there is no such account.
    """
    password = first_password()
    with storage.writing() as session:
        if _newest(session, login) is None:
            raise unknown_account(login)
        secret = session.get(AccountSecret, login) or AccountSecret(login=login)
        secret.password_hash, secret.must_change, secret.totp, secret.totp_used = hashed(password), True, "", 0
        session.add(secret)
    return password


def unknown_account(login: str) -> RefusedError:
    """There is no such account."""
    return refusal("tài khoản", f"không có tài khoản “{login}”", "Kiểm tra tên đăng nhập trong danh sách tài khoản")


def subjects_of(province: Province, bound: Bound | None) -> dict[str, str]:
    """What accounts of a bound role can act for: names by code or id; empty for roles that are not bound."""
    match bound:
        case Bound.UNIT:
            return {code: unit.name for code, unit in sorted(province.units.items())}
        case Bound.APPRAISER:
            return {agency.id: agency.name for agency in province.config.appraisers}
        case None:
            return {}


def _refuse_impossible(province: Province, account: Account) -> None:
    """Every reason at once why an account cannot be."""
    findings = list(_faults(province, account))
    if findings:
        raise RefusedError(findings)


def _faults(province: Province, account: Account) -> Iterable[Finding]:
    place = f"tài khoản {account.login}"
    if not _LOGIN.fullmatch(account.login):
        what = "tên đăng nhập không hợp lệ"
        yield Finding(place, 0, what, "Dùng 3 đến 40 chữ thường không dấu, chữ số, dấu chấm, gạch nối, gạch dưới")
    if not account.person.strip():
        yield Finding(place, 0, "chưa ghi họ tên", "Ghi họ tên người dùng tài khoản")
    if account.email and mail_addresses(account.email) != [account.email]:
        yield Finding(place, 0, f"“{account.email}” không phải là một địa chỉ thư", "Ghi một địa chỉ, hoặc để trống")
    known = subjects_of(province, account.role.description.bound)
    if known and account.subject not in known:
        what = f"vai trò {account.role.description.name} cần một đơn vị hoặc cơ quan có trong thư mục tỉnh"
        yield Finding(place, 0, f"{what}, không có “{account.subject}”", "Chọn đúng mã đơn vị hoặc cơ quan")
    if not known and account.subject:
        what = f"vai trò {account.role.description.name} không gắn với một đơn vị"
        yield Finding(place, 0, what, "Để trống đơn vị")


def _manages(account: Account) -> bool:
    return account.is_open and account.may(Permission.MANAGE_ACCOUNTS)


def _newest(session: Session, login: str) -> AccountVersion | None:
    of_login = select(AccountVersion).where(AccountVersion.login == login)
    return session.exec(of_login.order_by(col(AccountVersion.version).desc()).limit(1)).first()


def _account(row: AccountVersion) -> Account:
    return Account(row.login, row.person, Role(row.role), row.subject, row.email, row.is_open)


def _version(account: Account, version: int, user: str) -> AccountVersion:
    return AccountVersion(
        login=account.login,
        version=version,
        person=normalize("NFC", account.person.strip()),
        role=account.role.value,
        subject=account.subject,
        email=account.email,
        is_open=account.is_open,
        recorded_at=datetime.now(UTC),
        recorded_by=user,
    )
