"""A unit asks that a step be opened; the officer grants or refuses; both are told, on the page and by mail."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from httpx import Response
from typer.testing import CliRunner

from flows.cli.main import app
from models.records.storage import Storage
from models.roles import Role
from models.working_days import VIETNAM
from tests.flows.desk.browsers import Browser, give_address
from tests.mailbox import Mailbox
from tests.models.folders import Folder
from tests.tasks.forms_sent import sample_province

pytestmark = pytest.mark.slow

HERE = "/ky/2025/gia-han"
UNTIL = datetime.now(VIETNAM).date() + timedelta(days=20)
WHY = "Sáp nhập phòng chuyên môn <b>gấp</b>"
ASK = {"year": "2025", "step": "self_assessment", "reason": WHY}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small province: self-assessments were due on 10/01/2026 and are locked."""
    sample_province(tmp_path)
    Folder(tmp_path).add("rounds/2025.yaml", "locks: {self_assessment: 2026-01-15}\n")
    Folder(tmp_path).change("units.csv", "stc,Sở Tài chính,so,,,,,\n", "stc,Sở Tài chính,so,,,,,stc@mau.example\n")
    return tmp_path


@pytest.fixture
def unit(mailbox: Mailbox, browser_of: Callable[..., Browser]) -> Browser:
    return browser_of(Role.UNIT)


@pytest.fixture
def officer(mailbox: Mailbox, browser_of: Callable[..., Browser], records: Storage, folder: Path) -> Browser:
    """The officer, whose account has an address."""
    browser = browser_of(Role.OFFICER)
    give_address(records, folder, "officer", "chuyen-vien@mau.example")
    return browser


def ask(unit: Browser, **changed: str) -> Response:
    unit.open("/don-vi/stc")
    return unit.send("/don-vi/stc/mo-khoa", **ASK | changed)


def asked_number(officer: Browser) -> str:
    found = re.search(r"/ky/2025/de-nghi/(\d+)", officer.open(HERE).text)
    assert found
    return found[1]


def told(mailbox: Mailbox) -> list[tuple[list[str], str]]:
    return [(to, str(message["Subject"])) for to, message in mailbox.received]


def test_what_is_asked_for_is_granted_as_an_extension_and_both_are_told(
    unit: Browser, officer: Browser, mailbox: Mailbox
) -> None:
    assert "Đề nghị mở khóa, gia hạn" in unit.open("/don-vi/stc").text
    page = ask(unit).text
    assert "đang chờ trả lời" in page
    assert "Đề nghị mở khóa, gia hạn</summary>" not in page, "one at a time"
    assert "1</strong> đề nghị mở khóa" in officer.open("/ky/2025").text
    listed = officer.open(HERE).text
    assert "Sáp nhập phòng chuyên môn &lt;b&gt;gấp" in listed
    at = f"/ky/2025/de-nghi/{asked_number(officer)}"
    done = officer.send(at, verdict="grant", until=UNTIL.isoformat(), reason="Đồng ý một lần")
    assert "Đã đồng ý và gia hạn" in done.text
    assert "Theo đề nghị ngày" in done.text
    page = unit.open("/don-vi/stc").text
    assert f"<strong>đồng ý</strong>, nhận đến hết ngày {UNTIL:%d/%m/%Y}; Đồng ý một lần" in page
    assert "đã quá hạn" not in page
    assert told(mailbox) == [
        (["chuyen-vien@mau.example"], "[CCHC] Đề nghị mở khóa: Sở Tài chính"),
        (["stc@mau.example"], "[CCHC] Đồng ý đề nghị mở khóa"),
    ]
    assert "/ky/2025/gia-han" in mailbox.received[0][1].get_content()
    again = officer.send(at, verdict="refuse", reason="Muộn")
    assert again.status_code == 422
    assert "đã được trả lời" in again.text


def test_what_is_refused_says_why_and_may_be_asked_again(unit: Browser, officer: Browser, mailbox: Mailbox) -> None:
    ask(unit)
    at = f"/ky/2025/de-nghi/{asked_number(officer)}"
    assert "Chưa ghi lý do không đồng ý" in officer.send(at, verdict="refuse").text
    assert "nhận đến hết ngày nào" in officer.send(at, verdict="grant").text
    assert "đã qua" in officer.send(at, verdict="grant", until="2026-01-12").text
    officer.send(at, verdict="refuse", reason="Đã gia hạn một lần")
    page = unit.open("/don-vi/stc").text
    assert "<strong>không đồng ý</strong>: Đã gia hạn một lần" in page
    assert "đã quá hạn" in page
    assert told(mailbox)[-1] == (["stc@mau.example"], "[CCHC] Chưa đồng ý đề nghị mở khóa")
    assert "đang chờ trả lời" in ask(unit).text


def test_what_cannot_be_asked_is_said(unit: Browser, officer: Browser, mailbox: Mailbox) -> None:
    assert "chưa ghi lý do" in ask(unit, reason=" ").text
    assert "dài quá" in ask(unit, reason="x" * 401).text
    assert "không gửi" in ask(unit, step="council").text
    assert ask(unit, step="monthly").status_code == 422
    assert ask(unit, year="1999").status_code == 404
    assert told(mailbox) == []
    ask(unit)
    assert "đang chờ trả lời" in ask(unit).text
    assert len(told(mailbox)) == 1
    unit.open("/don-vi/stc")
    assert unit.send("/don-vi/snv/mo-khoa", **ASK).status_code == 403
    assert unit.send("/ky/2025/de-nghi/1", verdict="grant", until=UNTIL.isoformat()).status_code == 403


def test_the_same_by_command(unit: Browser, mailbox: Mailbox, folder: Path) -> None:
    command = ["--province", str(folder), "openings", "2025"]
    assert "Chưa có đề nghị nào" in CliRunner().invoke(app, command).output
    ask(unit)
    assert "1. stc, Phiếu tự đánh giá" in CliRunner().invoke(app, command).output
    done = CliRunner().invoke(app, [*command, "--answer", "1", "--until", UNTIL.isoformat()])
    assert done.exit_code == 0, done.output
    assert "đồng ý</strong>, nhận đến hết ngày" in unit.open("/don-vi/stc").text
    assert told(mailbox)[-1] == (["stc@mau.example"], "[CCHC] Đồng ý đề nghị mở khóa")
