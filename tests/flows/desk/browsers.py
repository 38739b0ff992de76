"""A browser without a screen: keeps cookies, says where its forms come from, sends the token of the page it is on."""

import re
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from httpx import Response

from models.province.folder import load_province
from models.records.storage import Storage
from models.roles import Role
from tasks.accounts.accounts import Account, account_of, add_account, change_account

HERE = "http://127.0.0.1:4280"
PASSWORD = "mot-mat-khau-moi-9"


@dataclass
class Browser:
    """One person's browser."""

    client: TestClient
    page: Response | None = None

    def open(self, path: str) -> Response:
        """Go to a page; redirections are followed."""
        self.page = self.client.get(path)
        return self.page

    def send(self, path: str, files: Any = None, **fields: Any) -> Response:
        """Send a form of the page that is open."""
        found = re.search(r'name="form_token" value="([^"]+)"', self.page.text if self.page else "")
        token = {"form_token": found[1]} if found else {}
        self.page = self.client.post(path, data=token | fields, files=files, headers={"Origin": HERE})
        return self.page

    def evaluate(self, year: int) -> Response:
        """Press the button that computes a round, and stay on the page that says where that is until it is done."""
        return self._stayed(self.send(f"/ky/{year}/tinh"), "Đang tính, bắt đầu", 0.5)

    def draft(self, path: str) -> Response:
        """Press the button that makes a draft, and stay on the page that says where that is until it is done."""
        return self._stayed(self.send(path), "việc lập vẫn tiếp tục", 0.05)

    def _stayed(self, page: Response, said: str, every: float) -> Response:
        until = time.monotonic() + 60
        while said in page.text and time.monotonic() < until:
            time.sleep(every)
            page = self.open(page.url.path)
        return page

    def sign_in(self, login: str, password: str = PASSWORD, code: str = "") -> Response:
        """Sign in on the form."""
        self.open("/dang-nhap")
        return self.send("/dang-nhap", login=login, password=password, code=code)


def account(storage: Storage, folder: Path, login: str, role: Role, subject: str = "") -> str:
    """Make an account of the sample; returns its first password."""
    person = f"{role.description.name} (mẫu)"
    return add_account(storage, load_province(folder), Account(login, person, role, subject))


def give_address(storage: Storage, folder: Path, login: str, email: str) -> None:
    """Let mail reach whoever has an account."""
    with storage.reading() as session:
        known = account_of(session, login)
    assert known
    change_account(storage, load_province(folder), replace(known, email=email))
