"""The desk of a small province, with an account a role, each in a browser of its own."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from functools import cache
from pathlib import Path

import playwright.sync_api
import pytest
import uvicorn
from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from flows.desk.app import make_app
from flows.guarding import App, Guard, of_the_desk
from models.records.storage import Storage, open_storage
from models.roles import Role
from models.settings import Settings
from tasks.accounts import passwords
from tests.chromium import ARGUMENTS
from tests.flows.desk.browsers import HERE, PASSWORD, Browser, account
from tests.mailbox import Mailbox, free_port, serving
from tests.models.folders import Folder
from tests.tasks.forms_sent import sample_province

SUBJECTS = {Role.UNIT: "stc", Role.APPRAISER: "snv"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small province, whose deadlines are far away."""
    sample_province(tmp_path)
    Folder(tmp_path).open_deadlines()
    return tmp_path


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are kept as always, with less work: a browser that signs in keeps four of them."""
    monkeypatch.setattr(passwords, "_hasher", cache(lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)))


@pytest.fixture
def records(folder: Path) -> Iterator[Storage]:
    """Its database."""
    storage = open_storage(folder, Settings(user="người thử"))
    yield storage
    storage.engine.dispose()


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """The mail server of the desk, for whoever asks for it before a browser."""
    box = Mailbox()
    with serving(box) as mail:
        for name, value in (("HOST", mail.host), ("PORT", mail.port), ("SECURITY", "none"), ("FROM", mail.sender)):
            monkeypatch.setenv(f"CCHC_SMTP_{name}", str(value))
        yield box


@pytest.fixture
def new_browser(folder: Path, records: Storage) -> Iterator[Callable[[], Browser]]:
    """A new browser, which nobody has signed in, on each call."""
    settings = Settings(user="bàn làm việc")
    app = make_app(folder, settings)
    guarded = Guard(app, of_the_desk(settings), None)
    with TestClient(app):

        def browser() -> Browser:
            return Browser(TestClient(guarded, base_url=HERE, raise_server_exceptions=False))

        yield browser


@pytest.fixture
def browser_of(new_browser: Callable[[], Browser], folder: Path, records: Storage) -> Callable[[Role], Browser]:
    """A browser that somebody of a role has signed in, whose first password is changed."""

    def signed_in(role: Role, subject: str | None = None) -> Browser:
        whose = SUBJECTS.get(role, "") if subject is None else subject
        login = f"{role.value}.{whose}" if whose else role.value
        first = account(records, folder, login, role, whose)
        browser = new_browser()
        browser.sign_in(login, first)
        browser.send("/toi/mat-khau", old=first, new=PASSWORD, again=PASSWORD)
        return browser

    return signed_in


@contextmanager
def served(folder: Path, settings: Settings) -> Iterator[str]:
    """The address of the desk while uvicorn serves it in a thread."""
    with running(Guard(make_app(folder, settings), of_the_desk(settings), None), settings) as here:
        yield here


@contextmanager
def running(app: App, settings: Settings) -> Iterator[str]:
    """The address of a guarded desk while uvicorn serves it in a thread."""
    server = uvicorn.Server(uvicorn.Config(app, port=settings.desk_port, log_level="warning"))
    # With this context: it says where Prefect is.
    thread = threading.Thread(target=copy_context().run, args=(server.run,))
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield of_the_desk(settings)[0]
    server.should_exit = True
    thread.join()


@pytest.fixture
def address(folder: Path, records: Storage) -> Iterator[str]:
    """Where the desk of the small province is served by uvicorn."""
    with served(folder, Settings(user="bàn làm việc", desk_port=free_port())) as here:
        yield here


@pytest.fixture(scope="module")
def chromium() -> Iterator[playwright.sync_api.Browser]:
    """A real Chromium."""
    with playwright.sync_api.sync_playwright() as started:
        browser = started.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield browser
        browser.close()
