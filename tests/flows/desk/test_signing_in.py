"""Who may in, and how: passwords, second factors, sessions, what failures lead to."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from sqlmodel import select

from models.records.storage import Storage
from models.records.tables import AccountSecret, DeskSession, SignIn
from models.roles import Role
from tasks.accounts.signing_in import Throttle, change_session
from tests.flows.desk.browsers import HERE, PASSWORD, Browser, account

NewBrowser = Callable[[], Browser]
BrowserOf = Callable[..., Browser]


def test_the_first_password_is_changed_before_anything_else(
    new_browser: NewBrowser, records: Storage, folder: Path
) -> None:
    first = account(records, folder, "quan-tri", Role.ADMINISTRATOR)
    browser = new_browser()
    assert browser.sign_in("quan-tri", first).url.path == "/toi/mat-khau"
    assert browser.open("/tai-khoan").url.path == "/toi/mat-khau"
    browser.send("/toi/mat-khau", old=first, new=PASSWORD, again=PASSWORD)
    assert browser.open("/tai-khoan").status_code == 200


@pytest.mark.parametrize(
    ("new", "again", "said"),
    [
        ("ngan", "ngan", "từ 10 đến 200 ký tự"),
        (PASSWORD, PASSWORD + "x", "không giống nhau"),
        ("quan-tri-2026!", "quan-tri-2026!", "không được chứa tên đăng nhập"),
        ("aaaaaaaaaaaa", "aaaaaaaaaaaa", "quá ít ký tự khác nhau"),
    ],
)
def test_a_password_that_is_too_easy_is_refused(
    new_browser: NewBrowser, records: Storage, folder: Path, new: str, again: str, said: str
) -> None:
    first = account(records, folder, "quan-tri", Role.ADMINISTRATOR)
    browser = new_browser()
    browser.sign_in("quan-tri", first)
    assert said in browser.send("/toi/mat-khau", old=first, new=new, again=again).text


def test_a_wrong_password_and_an_unknown_login_are_answered_alike(
    new_browser: NewBrowser, records: Storage, folder: Path
) -> None:
    account(records, folder, "quan-tri", Role.ADMINISTRATOR)
    browser = new_browser()
    known = browser.sign_in("quan-tri", "khong-phai-mat-khau")
    unknown = browser.sign_in("khong-co-ai", "khong-phai-mat-khau")
    assert known.status_code == unknown.status_code == 401
    assert known.text.replace("quan-tri", "khong-co-ai") == unknown.text


def test_failures_hold_the_same_address_only_and_not_for_long() -> None:
    throttle, now = Throttle(), datetime(2026, 1, 5, 8, tzinfo=UTC)
    for _ in range(50):
        throttle.note_failure("quan-tri", "10.0.0.9", now)
    assert throttle.held_for("quan-tri", "10.0.0.9", now) == timedelta(minutes=5)
    assert not throttle.held_for("quan-tri", "10.0.0.1", now)
    assert not throttle.held_for("quan-tri", "10.0.0.9", now + timedelta(minutes=5))


def test_somebody_who_guesses_is_told_to_wait_and_it_is_recorded(
    new_browser: NewBrowser, records: Storage, folder: Path
) -> None:
    first = account(records, folder, "quan-tri", Role.ADMINISTRATOR)
    browser = new_browser()
    for guess in range(5):
        browser.sign_in("quan-tri", f"khong-phai-{guess}")
    assert "Chờ" in browser.sign_in("quan-tri", first).text
    with records.reading() as session:
        assert [entry.act for entry in session.exec(select(SignIn))] == ["held"]


def test_a_second_factor_is_asked_for_and_its_code_is_taken_once(
    browser_of: BrowserOf, new_browser: NewBrowser
) -> None:
    owner = browser_of(Role.LEADER)
    page = owner.open("/toi/xac-thuc-hai-lop")
    secret = page.text.split('name="secret" value="')[1].split('"')[0]
    assert "Mã không đúng" in owner.send("/toi/xac-thuc-hai-lop", secret=secret, code="000000").text
    totp = pyotp.TOTP(secret)
    owner.send("/toi/xac-thuc-hai-lop", secret=secret, code=totp.now())
    other = new_browser()
    assert "Mã xác thực" in other.sign_in("leader").text
    again = other.sign_in("leader", code=totp.now())  # it was taken when the factor was set
    assert again.status_code == 401
    assert other.sign_in("leader", code=totp.at(int(datetime.now(UTC).timestamp()) + 30)).status_code == 200


def test_a_session_ends_when_nothing_is_done(browser_of: BrowserOf, records: Storage) -> None:
    browser = browser_of(Role.ADMINISTRATOR)
    with records.reading() as session:
        known = session.exec(select(DeskSession)).one()
    change_session(records, known, seen_at=datetime.now(UTC) - timedelta(minutes=31))
    assert browser.open("/tai-khoan").url.path == "/dang-nhap"


def test_a_new_password_ends_the_sessions_of_other_browsers(browser_of: BrowserOf, new_browser: NewBrowser) -> None:
    first, second = browser_of(Role.ADMINISTRATOR), new_browser()
    second.sign_in("administrator")
    assert second.open("/tai-khoan").status_code == 200
    first.open("/toi/mat-khau")
    first.send("/toi/mat-khau", old=PASSWORD, new=PASSWORD + "-2", again=PASSWORD + "-2")
    assert second.open("/tai-khoan").url.path == "/dang-nhap"
    assert first.open("/tai-khoan").status_code == 200


def test_signing_in_gives_a_new_session_whatever_the_browser_held(
    new_browser: NewBrowser, browser_of: BrowserOf
) -> None:
    browser_of(Role.ADMINISTRATOR)
    browser = new_browser()
    browser.client.cookies.set("cchc_desk", "given-by-somebody-else")
    browser.sign_in("administrator")
    cookies = browser.client.cookies
    assert "given-by-somebody-else" not in {cookie.value for cookie in cookies.jar if cookie.domain == "127.0.0.1"}


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(
    browser_of: BrowserOf, new_browser: NewBrowser
) -> None:
    browser_of(Role.ADMINISTRATOR)
    browser = new_browser()
    browser.client.follow_redirects = False
    said = browser.sign_in("administrator").headers["set-cookie"]
    assert "HttpOnly" in said
    assert "SameSite=lax" in said


def test_what_is_kept_of_a_password_and_a_session_is_no_use_to_who_reads_the_database(
    browser_of: BrowserOf, records: Storage
) -> None:
    browser = browser_of(Role.ADMINISTRATOR)
    token = browser.client.cookies["cchc_desk"]
    with records.reading() as session:
        secret = session.exec(select(AccountSecret)).one()
        known = session.exec(select(DeskSession)).one()
    assert secret.password_hash.startswith("$argon2id$")
    assert PASSWORD not in secret.password_hash
    assert token not in (known.token_sha256, known.form_token)


def test_a_form_from_another_page_or_without_its_token_does_nothing(browser_of: BrowserOf) -> None:
    browser = browser_of(Role.ADMINISTRATOR)
    fields = {"login": "moi", "person": "Mới", "role": "officer"}
    foreign = browser.client.post("/tai-khoan", data=fields, headers={"Origin": "http://evil.example"})
    silent = browser.client.post("/tai-khoan", data=fields)
    without_token = browser.client.post("/tai-khoan", data=fields, headers={"Origin": HERE})
    assert [answer.status_code for answer in (foreign, silent, without_token)] == [403, 403, 403]
    assert "moi" not in browser.open("/tai-khoan").text.split("Lập tài khoản mới")[0]


def test_a_foreign_host_is_not_answered(new_browser: NewBrowser) -> None:
    assert new_browser().client.get("/dang-nhap", headers={"Host": "evil.example"}).status_code == 403


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil.example", "/dang-nhap"])
def test_nobody_is_sent_on_to_another_site(browser_of: BrowserOf, new_browser: NewBrowser, path: str) -> None:
    browser_of(Role.ADMINISTRATOR)
    browser = new_browser()
    browser.client.follow_redirects = False
    browser.open("/dang-nhap")
    assert browser.send("/dang-nhap", login="administrator", password=PASSWORD, tiep=path).headers["location"] == "/"


def test_coming_and_going_are_entries_of_the_journal(browser_of: BrowserOf, records: Storage) -> None:
    browser = browser_of(Role.OFFICER)
    browser.open("/toi")
    browser.send("/dang-xuat")
    with records.reading() as session:
        acts = [(entry.login, entry.act, entry.means) for entry in session.exec(select(SignIn))]
    assert acts == [("officer", "in", "mật khẩu"), ("officer", "out_everywhere", ""), ("officer", "out", "")]
