"""Browsers without a screen, for a desk in a process of its own: who is signed in, what its pages send."""

from dataclasses import dataclass
from datetime import UTC, datetime
from time import sleep

import httpx
from sqlmodel import col, select

from benchmarks.measuring import WALL
from flows.desk.visiting import COOKIE
from flows.serving import DESK
from models.province.folder import Province
from models.records.storage import Storage
from models.records.tables import AccountSecret, DeskSession
from tasks.accounts.accounts import Account, add_account
from tasks.accounts.signing_in import begin_session

PATIENCE = 120.0  # seconds, for whatever the desk does
_PAUSE = 0.1


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a browser keeps of a sign-in, at whatever port the desk is.

    Attributes:
        cookies: of the session.
        token: what every form of its pages sends.
    """

    cookies: dict[str, str]
    token: str


def ready_account(storage: Storage, province: Province, account: Account) -> None:
    """Make an account whose first password may be kept."""
    add_account(storage, province, account)
    with storage.writing() as session:
        secret = session.get(AccountSecret, account.login)
        assert secret
        secret.must_change = False
        session.add(secret)


def client_at(port: int, cookies: dict[str, str] | None = None) -> httpx.Client:
    """A browser at a desk of this machine; as many connections as it has threads."""
    address = f"http://127.0.0.1:{port}"
    many = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    return httpx.Client(
        base_url=address, headers={"Origin": address}, cookies=cookies, timeout=PATIENCE, limits=many, trust_env=False
    )


def wait_for(client: httpx.Client) -> None:
    """Go on when the desk answers.

    Raises:
        RuntimeError: it does not.
    """
    until = WALL() + PATIENCE
    while WALL() < until:
        try:
            client.get("/dang-nhap")
            return
        except httpx.TransportError:
            sleep(_PAUSE)
    raise RuntimeError(f"no desk at {client.base_url}")


def signed_in(storage: Storage, login: str) -> SignedIn:
    """What a browser keeps when somebody has signed in."""
    now = datetime.now(UTC)
    with storage.writing() as session:
        cookie = begin_session(session, login, now)
        session.flush()
        newest = select(DeskSession).where(DeskSession.login == login).order_by(col(DeskSession.began_at).desc())
        return SignedIn({COOKIE: cookie}, session.exec(newest.limit(1)).one().form_token)


def desk_at(port: int) -> tuple[str, ...]:
    """What Python is given to serve the desk, as `cchc serve` does."""
    return ("-m", "uvicorn", "--factory", DESK, "--port", str(port), "--log-level", "warning")
