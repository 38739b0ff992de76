"""Signing in and out: password, second factor, the sessions of browsers; every coming and going is recorded.

Whoever fails often waits, the same person at the same address only: nobody can be kept out by a stranger's failures.
"""

import hashlib
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlmodel import Session, col, select

from models.findings import RefusedError
from models.records.storage import Storage
from models.records.tables import AccountSecret, DeskSession, SignIn
from tasks.accounts.accounts import Account, account_of, read_login
from tasks.accounts.passwords import fault_of, hashed, is_right

PASSWORD, WITH_CODE = "mật khẩu", "mật khẩu và mã xác thực"
LONGEST_SESSION = timedelta(hours=12)
_TOUCHED_EVERY = timedelta(minutes=2)
_FREE_TRIES = 5
_FIRST_HOLD, _LONGEST_HOLD = timedelta(seconds=30), timedelta(minutes=5)
_WATCHED = 10_000
_WRONG = "Tên đăng nhập, mật khẩu hoặc mã xác thực không đúng."


class SignedIn(NamedTuple):
    """What the cookie of a browser holds from now on."""

    token: str


class NotSignedIn(NamedTuple):
    """Why somebody was not signed in; `needs_code` where only the code of the second factor is missing."""

    why: str
    needs_code: bool = False


@dataclass
class Throttle:
    """How often signing in failed of late, by login and address; kept while the desk runs."""

    _failed: OrderedDict[tuple[str, str], tuple[int, datetime]] = field(default_factory=OrderedDict)

    def held_for(self, login: str, address: str, now: datetime) -> timedelta:
        """How long no try is looked at, zero where it is."""
        _, until = self._failed.get((login, address), (0, now))
        return max(until - now, timedelta())

    def note_failure(self, login: str, address: str, now: datetime) -> bool:
        """Count a failure; whether it begins a hold."""
        failures = self._failed.pop((login, address), (0, now))[0] + 1
        beyond = failures - _FREE_TRIES
        hold = min(_FIRST_HOLD * 2 ** min(beyond, 10), _LONGEST_HOLD) if beyond >= 0 else timedelta()
        self._failed[login, address] = (failures, now + hold)
        while len(self._failed) > _WATCHED:
            self._failed.popitem(last=False)
        return beyond >= 0

    def forget(self, login: str, address: str) -> None:
        """Somebody came in."""
        self._failed.pop((login, address), None)


def sign_in(
    storage: Storage, throttle: Throttle, login: str, password: str, code: str, address: str, now: datetime
) -> SignedIn | NotSignedIn:
    """Sign somebody in.

    Args:
        storage: the database.
        throttle: the failures so far.
        login, password: as typed.
        code: of the second factor, empty where none was typed.
        address: where the browser is.
        now: the present moment.
    """
    login = read_login(login)
    if held := throttle.held_for(login, address, now):
        seconds = int(held.total_seconds()) + 1
        return NotSignedIn(f"Đăng nhập sai nhiều lần. Chờ {seconds} giây rồi thử lại.")
    with storage.reading() as session:
        account, secret = account_of(session, login), session.get(AccountSecret, login)
    right = is_right(password, secret.password_hash if secret and account and account.is_open else "")
    if right and secret and secret.totp and not code.strip():
        return NotSignedIn("Nhập mã 6 chữ số của ứng dụng xác thực.", needs_code=True)
    if right and secret and account:
        step = matching_step(secret.totp, code, now) if secret.totp else 0
        if step is not None and (step > secret.totp_used or not secret.totp):
            throttle.forget(login, address)
            return SignedIn(_begin(storage, account, step, address, now))
    if throttle.note_failure(login, address, now) and account:
        with storage.acting_as(account.acting).writing() as session:
            session.add(SignIn(login=login, act="held", address=address, at=now))
    return NotSignedIn(_WRONG, needs_code=bool(code))


def _begin(storage: Storage, account: Account, step: int, address: str, now: datetime) -> str:
    with storage.acting_as(account.acting).writing() as session:
        secret = session.get(AccountSecret, account.login)
        if secret and step:
            secret.totp_used = step
            session.add(secret)
        means = WITH_CODE if step else PASSWORD
        session.add(SignIn(login=account.login, act="in", means=means, address=address, at=now))
        _forget_old(session, now)
        return begin_session(session, account.login, now)


def begin_session(session: Session, login: str, now: datetime, *, is_elsewhere: bool = False) -> str:
    """A new session of an account, which perhaps signed in elsewhere; returns what the browser's cookie holds."""
    token = secrets.token_urlsafe(32)
    form_token = secrets.token_urlsafe(24)
    session.add(
        DeskSession(
            token_sha256=_name(token),
            login=login,
            form_token=form_token,
            is_elsewhere=is_elsewhere,
            began_at=now,
            seen_at=now,
        )
    )
    return token


def _forget_old(session: Session, now: datetime) -> None:
    for old in session.exec(select(DeskSession).where(col(DeskSession.began_at) < now - LONGEST_SESSION)):
        session.delete(old)


def session_of(
    storage: Storage, token: str, now: datetime, idle: timedelta
) -> tuple[DeskSession, Account, AccountSecret] | None:
    """The session that a cookie names, whose it is, and what it signs in with; None where it is over or unknown."""
    with storage.reading() as session:
        found = session.get(DeskSession, _name(token))
        if found is None:
            return None
        account, secret = account_of(session, found.login), session.get(AccountSecret, found.login)
    over = now - found.seen_at > idle or now - found.began_at > LONGEST_SESSION
    if over or account is None or not account.is_open or secret is None:
        return None
    if now - found.seen_at > min(_TOUCHED_EVERY, idle / 2):
        change_session(storage, found, seen_at=now)
    return found, account, secret


def change_session(storage: Storage, known: DeskSession, **values: object) -> None:
    """Set something of a session anew; where the database is held by somebody else, it is left."""
    try:
        with storage.writing() as session:
            if row := session.get(DeskSession, known.token_sha256):
                row.sqlmodel_update(values)
                session.add(row)
    except RefusedError:
        return


def sign_out(storage: Storage, known: DeskSession, account: Account, address: str, now: datetime) -> None:
    """End one session."""
    with storage.acting_as(account.acting).writing() as session:
        if row := session.get(DeskSession, known.token_sha256):
            session.delete(row)
        session.add(SignIn(login=account.login, act="out", address=address, at=now))


def end_sessions(session: Session, login: str, address: str, now: datetime, but: str = "") -> None:
    """End every session of an account but the one of this name: after a new password, or because its owner asks."""
    for row in session.exec(select(DeskSession).where(DeskSession.login == login, DeskSession.token_sha256 != but)):
        session.delete(row)
    session.add(SignIn(login=login, act="out_everywhere", address=address, at=now))


def choose_password(
    storage: Storage, account: Account, known: DeskSession, old: str, new: str, again: str, address: str, now: datetime
) -> str:
    """Change one's own password, and end all other sessions; returns why not, empty where it is done."""
    with storage.reading() as session:
        secret = session.get(AccountSecret, account.login)
    if secret is None or not is_right(old, secret.password_hash):
        return "Mật khẩu hiện tại không đúng."
    if new != again:
        return "Hai lần nhập mật khẩu mới không giống nhau."
    if new == old:
        return "Mật khẩu mới phải khác mật khẩu hiện tại."
    if fault := fault_of(new, account.login):
        return fault
    with storage.acting_as(account.acting).writing() as session:
        row = session.get(AccountSecret, account.login)
        assert row is not None
        row.password_hash, row.must_change = hashed(new), False
        session.add(row)
        end_sessions(session, account.login, address, now, known.token_sha256)
    return ""


# --- the second factor ------------------------------------------------------------------------------------------------


def new_second_factor() -> str:
    """A secret for an authenticator application."""
    import pyotp

    return pyotp.random_base32()


def second_factor_address(secret: str, login: str, issuer: str) -> str:
    """What an authenticator application reads from a QR code."""
    import pyotp

    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The step of 30 seconds whose code this is, the one now or a neighbour; None for no code of this secret."""
    import pyotp

    totp = pyotp.TOTP(secret)
    typed = code.replace(" ", "")
    step = int(now.timestamp()) // totp.interval
    for near in (step, step - 1, step + 1):
        if secrets.compare_digest(totp.generate_otp(near).encode(), typed.encode()):
            return near
    return None


def use_second_factor(storage: Storage, account: Account, secret: str, code: str, now: datetime) -> bool:
    """Let an account sign in with a second factor from now on; False where the code is not of this secret."""
    step = matching_step(secret, code, now)
    if step is None:
        return False
    with storage.acting_as(account.acting).writing() as session:
        row = session.get(AccountSecret, account.login)
        assert row is not None
        row.totp, row.totp_used = secret, step
        session.add(row)
    return True


def _name(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
