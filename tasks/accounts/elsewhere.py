"""Signing in at the province's own OpenID Connect server: the browser goes there and comes back with a code.

In: the server's address and what it knows this program by. Out: where the browser goes, and afterwards the login that
the server vouches for; accounts are those of this program, and nobody becomes one by signing in. The second factor is
the server's. Whoever imports this module waits for Authlib.
Source: OpenID Connect Core 1.0, 3.1 (authorization code flow); RFC 7636 (PKCE); RP-Initiated Logout 1.0.
"""

from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import httpx
from authlib.common.security import generate_token
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from models.findings import refusal
from models.records.storage import Storage
from models.records.tables import SignIn
from models.settings import Settings
from tasks.accounts.accounts import account_of, read_login
from tasks.accounts.signing_in import NotSignedIn, SignedIn, begin_session

MEANS = "máy chủ đăng nhập của tỉnh"
_PATIENCE = 10.0  # seconds
_LEEWAY = 60  # seconds between two clocks
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
# What only one who has the server's secret could make is no signature of the server.
_ALGORITHMS = frozenset(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"))
_UNREACHABLE = "Chưa liên lạc được với máy chủ đăng nhập của tỉnh. Thử lại sau, hoặc đăng nhập bằng mật khẩu."
_UNSOUND = "Máy chủ đăng nhập của tỉnh không xác nhận được lần đăng nhập này. Đăng nhập lại."


class BegunSignIn(NamedTuple):
    """A sign-in that was begun.

    Attributes:
        address: where the browser goes.
        state: what it comes back with.
        nonce, verifier: what only this program knows and the server has to answer to.
    """

    address: str
    state: str
    nonce: str
    verifier: str


class NotVouchedError(Exception):
    """The server cannot be reached or does not vouch for anybody; carries what whoever signs in is told."""


class Provider:
    """The province's server, as the settings name it.

    Raises:
        RefusedError: its address is not encrypted, or what this program is called there is missing.
    """

    def __init__(self, settings: Settings, back_at: str) -> None:
        self._issuer = (settings.desk_oidc_issuer or "").rstrip("/")
        parts = urlsplit(self._issuer)
        if parts.scheme != "https" and parts.hostname not in _THIS_MACHINE:
            what = "địa chỉ máy chủ đăng nhập phải bắt đầu bằng https://"
            raise refusal("CCHC_DESK_OIDC_ISSUER", what, "Sửa biến CCHC_DESK_OIDC_ISSUER")
        if not settings.desk_oidc_client_id:
            what = "chưa có mã ứng dụng của bàn làm việc ở máy chủ đăng nhập"
            raise refusal("CCHC_DESK_OIDC_CLIENT_ID", what, "Đặt biến CCHC_DESK_OIDC_CLIENT_ID")
        self._client_id = settings.desk_oidc_client_id
        self._secret = settings.desk_oidc_client_secret
        self._claim = settings.desk_oidc_claim
        self._back_at = back_at

    def begin(self) -> BegunSignIn:
        """Where the browser goes to sign in.

        Raises:
            NotVouchedError: the server cannot be reached.
        """
        nonce, verifier = generate_token(32), generate_token(64)
        with self._client() as client:
            endpoint = self._metadata(client)["authorization_endpoint"]
            address, state = client.create_authorization_url(endpoint, code_verifier=verifier, nonce=nonce)
        return BegunSignIn(address, state, nonce, verifier)

    def finish(self, begun: BegunSignIn, code: str) -> str:
        """The login that the server vouches for.

        Raises:
            NotVouchedError: it vouches for nobody, or what it says is not for this sign-in.
        """
        try:
            with self._client() as client:
                metadata = self._metadata(client)
                token = client.fetch_token(metadata["token_endpoint"], code=code, code_verifier=begun.verifier)
                keys = client.request("GET", metadata["jwks_uri"], withhold_token=True).raise_for_status().json()
            claims = self._claims(token["id_token"], keys, begun.nonce)
        except httpx.HTTPError as error:
            raise NotVouchedError(_UNREACHABLE) from error
        except (OAuthError, JoseError, KeyError, ValueError) as error:
            raise NotVouchedError(_UNSOUND) from error
        login = claims.get(self._claim)
        if not isinstance(login, str) or not login.strip():
            raise NotVouchedError(f"Máy chủ đăng nhập không cho biết tên đăng nhập (mục “{self._claim}”).")
        return read_login(login)

    def left_at(self, back_at: str) -> str | None:
        """Where the browser signs out of the server as well; None where the server has no such page or is not there."""
        try:
            with self._client() as client:
                endpoint = self._metadata(client).get("end_session_endpoint")
        except NotVouchedError:
            return None
        asked = {"client_id": self._client_id, "post_logout_redirect_uri": back_at}
        return f"{endpoint}?{urlencode(asked)}" if isinstance(endpoint, str) else None

    def _client(self) -> OAuth2Client:
        return OAuth2Client(
            self._client_id,
            self._secret.get_secret_value() if self._secret else None,
            token_endpoint_auth_method="client_secret_basic" if self._secret else "none",
            scope="openid profile email",
            redirect_uri=self._back_at,
            code_challenge_method="S256",
            timeout=_PATIENCE,
        )

    def _metadata(self, client: OAuth2Client) -> dict[str, Any]:
        """What the server says of itself; it must be the server that the settings name."""
        try:
            address = f"{self._issuer}/.well-known/openid-configuration"
            found = client.request("GET", address, withhold_token=True).raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise NotVouchedError(_UNREACHABLE) from error
        if not isinstance(found, dict) or str(found.get("issuer", "")).rstrip("/") != self._issuer:
            raise NotVouchedError(_UNSOUND)
        return found

    def _claims(self, token: str, keys: Any, nonce: str) -> CodeIDToken:
        """What the server says of who signed in, its signature, place, time and addressee checked."""
        decoded = jwt.decode(token, KeySet.import_key_set(keys), registry=JWSRegistry(algorithms=list(_ALGORITHMS)))
        expected = {
            "iss": {"essential": True, "values": [decoded.claims.get("iss")]},
            "aud": {"essential": True, "values": [self._client_id]},
        }
        claims = CodeIDToken(decoded.claims, decoded.header, expected, {"nonce": nonce, "client_id": self._client_id})
        claims.validate(leeway=_LEEWAY)
        if str(claims["iss"]).rstrip("/") != self._issuer:
            raise ValueError("another issuer")
        return claims


def sign_in_as(storage: Storage, login: str, address: str, now: datetime) -> SignedIn | NotSignedIn:
    """Sign in an open account for which the server vouches; nobody else, and no account is made."""
    with storage.reading() as session:
        account = account_of(session, login)
    if account is None or not account.is_open:
        return NotSignedIn(f"Không có tài khoản “{login}” đang mở trên bàn làm việc. Liên hệ người quản trị.")
    with storage.acting_as(account.acting).writing() as session:
        session.add(SignIn(login=account.login, act="in", means=MEANS, address=address, at=now))
        return SignedIn(begin_session(session, account.login, now, is_elsewhere=True))
