"""The door of the Prefect server and of the desk: which address was asked, from which page, with which sign-in.

Every request passes here before Prefect or the desk sees it; the desk has a sign-in of its own. uvicorn starts
`guarded_app` in a process of its own; the settings come from the environment that `flows/serving.py` makes. Prefect
itself asks for the sign-in too, on its websockets by the first message, since a browser cannot send a header there.
"""

import base64
import hmac
import os
import secrets
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from models.settings import Settings, for_the_owner, named_addresses

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

SIGN_IN = "PREFECT_SERVER_API_AUTH_STRING"
_USER = "cchc"
CHOSEN = "/tinh"  # what stands before the name of a province in an address of a desk of many
# All that is not the empty pages of the UI, which hold nothing and ask for the sign-in themselves.
_SIGNED_IN = ("/api", "/docs", "/redoc", "/openapi.json")
_READING = ("GET", "HEAD")
_EVERYWHERE = ("0.0.0.0", "::")


def sign_in_of(var: Path) -> tuple[str, bool]:
    """The sign-in of a server as `user:password`, and whether it was made just now.

    It lies in the file sign-in of the folder of its state, which only the account that runs the program can read;
    one in the environment goes first.
    """
    if given := os.environ.get(SIGN_IN):
        return given, False
    path = var / "sign-in"
    try:
        with path.open(encoding="ascii") as file:
            path.chmod(0o600)
            if kept := file.read().strip():
                return kept, False
    except FileNotFoundError:
        pass
    made = f"{_USER}:{secrets.token_urlsafe(24)}"
    with open(path, "w", encoding="ascii", opener=for_the_owner) as file:
        file.write(made)
    return made, True


def reached_at(host: str, port: int) -> str:
    """The address at which this machine reaches a server that listens there."""
    name = "127.0.0.1" if host in _EVERYWHERE else host
    return f"http://{f'[{name}]' if ':' in name else name}{'' if port == 80 else f':{port}'}"


def own_addresses(host: str, port: int, public: str) -> tuple[str, ...]:
    """The only addresses that are answered: the public ones that are configured, then those of this machine."""
    here = dict.fromkeys(reached_at(name, port) for name in (host, "127.0.0.1", "localhost"))
    return (*named_addresses(public), *here)


def of_prefect(settings: Settings) -> tuple[str, ...]:
    """The addresses at which Prefect's server answers."""
    return own_addresses(settings.host, settings.port, settings.addresses)


def of_the_desk(settings: Settings) -> tuple[str, ...]:
    """The addresses at which the desk answers."""
    return own_addresses(settings.desk_host, settings.desk_port, settings.desk_addresses)


def desk_address(province: Path, settings: Settings) -> str:
    """Where people reach the desk of a province, as mails and forms name it; a path of the desk goes behind it."""
    first = of_the_desk(settings)[0]
    return f"{first}{CHOSEN}/{quote(province.name)}" if settings.provinces else first


def guarded_app() -> App:
    """The Prefect server behind its guard, for uvicorn.

    Raises:
        ValueError: there is no sign-in in the environment.
    """
    from prefect.server.api.server import create_app

    sign_in = os.environ.get(SIGN_IN)
    if not sign_in:
        raise ValueError(f"{SIGN_IN} is not set: nothing is served without a sign-in")
    return Guard(create_app(final=True), of_prefect(Settings()), sign_in)


class Guard:
    """Answers other hosts and other origins with 403 and whoever does not sign in with 401; lets the rest through.

    Without a sign-in (`None`) what is behind asks for one itself, and what is sent must name where it comes from.
    """

    def __init__(self, app: App, addresses: Collection[str], sign_in: str | None) -> None:
        self._app = app
        self._origins = frozenset(address.encode() for address in addresses)
        self._hosts = frozenset(urlsplit(address).netloc.encode() for address in addresses)
        self._authorization = b"Basic " + base64.b64encode(sign_in.encode()) if sign_in else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection (ASGI)."""
        status = 0 if scope["type"] == "lifespan" else self._refused(scope)
        if not status:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            words = "Chưa đăng nhập." if status == 401 else "Địa chỉ này không được phục vụ ở đây."
            await send({"type": "http.response.body", "body": words.encode()})

    def _refused(self, scope: Scope) -> int:
        """The status with which a connection is refused, 0 where it may pass."""

        def said(name: bytes) -> list[bytes]:
            return [value for key, value in scope["headers"] if key.lower() == name]

        hosts = said(b"host")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts or not self._origins.issuperset(said(b"origin")):
            return 403
        if self._authorization is None:
            return 403 if scope["type"] == "http" and scope["method"] not in _READING and not said(b"origin") else 0
        if scope["type"] == "websocket" or not scope["path"].startswith(_SIGNED_IN):
            return 0
        if scope["method"] == "OPTIONS" and said(b"access-control-request-method"):
            return 0  # a browser asks so without a sign-in; the answer holds nothing
        signed = said(b"authorization")
        return 0 if len(signed) == 1 and hmac.compare_digest(signed[0], self._authorization) else 401
