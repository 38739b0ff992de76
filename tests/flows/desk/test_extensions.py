"""The officer's page of extensions: granted with a reason, seen by the unit, taken back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from models.roles import Role
from models.working_days import VIETNAM
from tests.flows.desk.browsers import Browser
from tests.models.folders import Folder
from tests.tasks.forms_sent import sample_province

pytestmark = pytest.mark.slow

HERE = "/ky/2025/gia-han"
UNTIL = datetime.now(VIETNAM).date() + timedelta(days=30)
DAY = f"{UNTIL:%d/%m/%Y}"
FIELDS = {"step": "self_assessment", "subject": "stc", "until": UNTIL.isoformat(), "reason": "Công văn 45/STC-VP"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small province: self-assessments were due on 10/01/2026 and are locked."""
    sample_province(tmp_path)
    Folder(tmp_path).add("rounds/2025.yaml", "locks: {self_assessment: 2026-01-15}\n")
    return tmp_path


@pytest.fixture
def officer(browser_of: Callable[..., Browser]) -> Browser:
    return browser_of(Role.OFFICER)


def test_the_unit_sees_its_own_extension_and_the_officer_takes_it_back(
    officer: Browser, browser_of: Callable[..., Browser]
) -> None:
    unit = browser_of(Role.UNIT)
    assert "đã quá hạn" in unit.open("/don-vi/stc").text
    officer.open(HERE)
    page = officer.send(HERE, **FIELDS)
    assert f"đến hết ngày {DAY} cho 1 nơi" in page.text
    (row,) = [part for part in page.text.split("<tr>") if "Bỏ gia hạn</button>" in part]
    assert all(said in row for said in ("Sở Tài chính", "Công văn 45/STC-VP", "Chuyên viên Sở Nội vụ"))
    assert f"{UNTIL:%m/%Y}" in unit.open("/don-vi/stc").text
    assert "đã quá hạn" not in unit.open("/don-vi/stc").text

    page = officer.send(f"{HERE}/bo", step="self_assessment", subject="stc")
    assert "Chưa gia hạn cho ai" in page.text
    assert page.text.count("Công văn 45/STC-VP") == 1, "what was granted stays to be seen"
    assert "đã quá hạn" in unit.open("/don-vi/stc").text


def test_all_who_have_not_sent_are_extended_at_once(officer: Browser) -> None:
    officer.open(HERE)
    assert "cho 5 nơi" in officer.send(HERE, **FIELDS | {"subject": "*"}).text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"until": "ngày mai"}, "Ghi ngày gia hạn dạng"),
        ({"until": "2026-01-12"}, "đã qua"),
        ({"subject": ""}, "Chưa nêu gia hạn cho ai"),
        ({"subject": "snv", "step": "council"}, "không gửi"),
        ({"reason": ""}, "Chưa ghi lý do"),
    ],
)
def test_what_cannot_be_granted_is_said_and_what_was_entered_stays(
    officer: Browser, changed: dict[str, str], said: str
) -> None:
    officer.open(HERE)
    page = officer.send(HERE, **FIELDS | changed)
    assert page.status_code == 422
    assert said in page.text
    assert (changed | FIELDS | changed)["reason"] in page.text


def test_a_reason_is_text_and_nothing_else(officer: Browser) -> None:
    officer.open(HERE)
    page = officer.send(HERE, **FIELDS | {"reason": "<script>alert(1)</script>"}).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_an_unknown_step_or_round_is_told(officer: Browser) -> None:
    assert officer.open("/ky/1999/gia-han").status_code == 404
    officer.open(HERE)
    assert officer.send(HERE, **FIELDS | {"step": "monthly"}).status_code == 422
