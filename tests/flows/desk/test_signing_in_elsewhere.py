"""Signing in at the province's own OpenID Connect server: a real one on this machine."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient
from oidc_provider_mock import User, run_server_in_thread
from sqlmodel import select

from flows.desk.app import make_app
from flows.guarding import Guard, of_the_desk
from models.records.storage import Storage
from models.records.tables import AccountVersion, SignIn
from models.roles import Role
from models.settings import Settings
from tests.flows.desk.browsers import HERE, Browser, account

pytestmark = pytest.mark.slow

START = "/dang-nhap/may-chu"
PEOPLE = (
    User(sub="1", claims={"preferred_username": "Chuyen-Vien"}),
    User(sub="2", claims={"preferred_username": "nguoi-la"}),
    User(sub="3", claims={"email": "ai-do@mau.example"}),
)


@pytest.fixture
def server() -> Iterator[str]:
    """The address of the province's server."""
    with run_server_in_thread(require_nonce=True, user_claims=PEOPLE) as running:
        yield f"http://localhost:{running.server_port}"


@pytest.fixture
def new_browser(folder: Path, records: Storage, server: str) -> Iterator[Callable[[], Browser]]:
    """A new browser at a desk that knows the server, on each call."""
    settings = Settings(
        user="bàn làm việc",
        desk_oidc_issuer=server,
        desk_oidc_client_id="ban-lam-viec",
        desk_oidc_client_secret="bi-mat-cua-ban",
    )
    app = make_app(folder, settings)
    guarded = Guard(app, of_the_desk(settings), None)
    with TestClient(app):
        yield lambda: Browser(TestClient(guarded, base_url=HERE, raise_server_exceptions=False))


@pytest.fixture
def officer_known(folder: Path, records: Storage) -> None:
    account(records, folder, "chuyen-vien", Role.OFFICER)


def begin(browser: Browser, path: str = START) -> str:
    """Where the desk sends the browser."""
    browser.client.follow_redirects = False
    answer = browser.open(path)
    assert answer.status_code == 303
    browser.client.follow_redirects = True
    return answer.headers["location"]


def vouched(address: str, sub: str | None) -> str:
    """What the server sends the browser back to, where somebody signs in there; None refuses."""
    data = {"sub": sub} if sub else {"action": "deny"}
    answer = httpx.post(address, data=data)
    assert answer.status_code in (302, 303), answer.text
    parts = urlsplit(answer.headers["location"])
    assert f"{parts.scheme}://{parts.netloc}" == HERE
    return f"{parts.path}?{parts.query}"


@pytest.mark.usefixtures("officer_known")
def test_an_account_signs_in_without_password_and_code(new_browser: Callable[[], Browser], records: Storage) -> None:
    browser = new_browser()
    assert "Đăng nhập bằng tài khoản chung của tỉnh" in browser.open("/dang-nhap?tiep=/ky/2025").text
    address = begin(browser, f"{START}?tiep=/ky/2025")
    asked = parse_qs(urlsplit(address).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [f"{HERE}/dang-nhap/tra-ve"]
    assert all(asked[name][0] for name in ("state", "nonce", "code_challenge"))
    page = browser.open(vouched(address, "1"))
    assert page.url.path == "/ky/2025", "no password to change first"
    assert "Chuyên viên Sở Nội vụ (mẫu)" in page.text
    with records.reading() as session:
        came = session.exec(select(SignIn)).one()
    assert (came.login, came.act, came.means) == ("chuyen-vien", "in", "máy chủ đăng nhập của tỉnh")
    left = browser.send("/dang-xuat")
    out = re.search(r'href="(http://localhost[^"]+)"', left.text)
    assert out
    assert "end_session" in out[1] or "logout" in out[1]
    assert browser.open("/ky/2025").url.path == "/dang-nhap"


@pytest.mark.parametrize(
    ("sub", "said"),
    [
        ("2", "Không có tài khoản “nguoi-la” đang mở"),
        ("3", "không cho biết tên đăng nhập"),
        (None, "Chưa đăng nhập ở máy chủ đăng nhập của tỉnh"),
    ],
)
@pytest.mark.usefixtures("officer_known")
def test_nobody_becomes_an_account_by_signing_in(
    new_browser: Callable[[], Browser], records: Storage, sub: str | None, said: str
) -> None:
    browser = new_browser()
    page = browser.open(vouched(begin(browser), sub))
    assert page.status_code == 401
    assert said in page.text
    assert browser.open("/ky").url.path == "/dang-nhap"
    with records.reading() as session:
        assert len(session.exec(select(AccountVersion)).all()) == 1


@pytest.mark.usefixtures("officer_known")
def test_what_another_browser_began_or_what_was_used_signs_nobody_in(new_browser: Callable[[], Browser]) -> None:
    one, other = new_browser(), new_browser()
    back = vouched(begin(one), "1")
    stolen = other.open(back)
    assert stolen.status_code == 401
    assert "không bắt đầu từ trình duyệt này" in stolen.text
    assert one.open(back).url.path.startswith("/ky")
    one.client.cookies.delete("cchc_desk")
    assert one.open(back).status_code == 401
    forged = begin(other)
    back = vouched(forged, "1").replace("code=", "code=x")
    assert "không xác nhận được lần đăng nhập này" in other.open(back).text


def test_a_server_that_is_not_there_is_told_and_password_sign_in_stays(folder: Path, records: Storage) -> None:
    first = account(records, folder, "chuyen-vien", Role.OFFICER)
    for issuer, said in (("http://127.0.0.1:9", "Chưa liên lạc được"), ("http://mau.example", "https://")):
        settings = Settings(user="bàn làm việc", desk_oidc_issuer=issuer, desk_oidc_client_id="x")
        app = make_app(folder, settings)
        with TestClient(app):
            browser = Browser(TestClient(Guard(app, of_the_desk(settings), None), base_url=HERE))
            assert said in browser.open(START).text
            assert browser.sign_in("chuyen-vien", first).url.path == "/toi/mat-khau"


def test_without_settings_there_is_no_such_page(folder: Path, records: Storage) -> None:
    settings = Settings(user="bàn làm việc")
    app = make_app(folder, settings)
    with TestClient(app):
        browser = Browser(TestClient(Guard(app, of_the_desk(settings), None), base_url=HERE))
        assert browser.open(START).status_code == 404
        assert "tài khoản chung" not in browser.open("/dang-nhap").text
