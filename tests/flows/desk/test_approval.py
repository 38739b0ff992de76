"""The leader's page against a real Prefect server: what is seen, what is answered, what becomes of it."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from prefect.client.schemas.objects import FlowRun
from sqlmodel import select

from flows.annual_evaluation import annual_evaluation
from models.records.storage import Storage
from models.records.tables import Approval
from models.roles import Role
from tests.flows.desk.browsers import Browser
from tests.flows.suspended import continued, scheduled
from tests.tasks.districts import YEAR, Districts

pytestmark = pytest.mark.slow

ANSWER = {"verdict": "approve", "number": "7", "day": "2018-08-20", "submission_number": "45"}
DATED = {**ANSWER, "submission_day": "2018-08-13"}
CODES = ["thieu-ten-nguoi-ky", "ngay-truoc-ket-qua"]
ACCEPTED = {**DATED, "accept_code": CODES, "accept_reason": ["bản thử", "bản thử"]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The nine districts, whose scores are in."""
    districts = Districts.copied(tmp_path).receive()
    districts.storage.engine.dispose()
    return districts.folder


@pytest.fixture
def run(folder: Path, prefect_server: None) -> FlowRun:
    """A run that waits for the approval of its draft."""
    waiting = continued(annual_evaluation, scheduled(annual_evaluation, {"province": str(folder), "year": YEAR}))
    assert waiting.state_name == "Suspended"
    return waiting


@pytest.fixture
def leader(browser_of: Callable[..., Browser]) -> Browser:
    return browser_of(Role.LEADER)


def answer(browser: Browser, run: FlowRun, **said: Any) -> Response:
    page = browser.open(f"/trinh-duyet/{run.id}")
    seen = re.search(r'name="snapshot" value="([0-9a-f]{64})"', page.text)
    assert seen
    return browser.send(f"/trinh-duyet/{run.id}", **{"snapshot": seen[1], **said})


def test_what_is_approved_at_the_desk_is_published_in_the_leaders_name(
    run: FlowRun, leader: Browser, records: Storage
) -> None:
    assert f"/trinh-duyet/{run.id}" in leader.open("/trinh-duyet").text
    page = leader.open(f"/trinh-duyet/{run.id}")
    assert "Thành phố Thủ Dầu Một" in page.text
    drafted = re.search(r'src="(/du-thao/[^"]+/quyet-dinh.pdf)"', page.text)
    assert drafted
    shown = leader.open(drafted[1])
    assert (shown.headers["content-type"], shown.content[:5]) == ("application/pdf", b"%PDF-")

    assert "chương trình đang thực hiện" in answer(leader, run, **ACCEPTED).text
    assert continued(annual_evaluation, run).state_name == "Completed"
    with records.reading() as session:
        approval = session.exec(select(Approval)).one()
    assert (approval.decided_by, approval.number) == ("Lãnh đạo (mẫu) (leader)", 7)
    published = leader.open("/trinh-duyet")
    assert "Đã công bố" in published.text
    assert "quyet-dinh.pdf" in leader.open("/cong-bo/1/").text
    assert leader.open("/cong-bo/1/quyet-dinh.pdf").content[:5] == b"%PDF-"
    assert leader.open("/cong-bo/1/../../../cchc.sqlite").status_code == 404
    assert leader.open("/don-vi/di-an/ket-qua/1").content[:5] == b"%PDF-"
    assert leader.open("/don-vi/di-an/ket-qua/2").status_code == 404


REFUSED = (
    ({"verdict": "approve"}, "cần số và ngày của văn bản"),
    (ANSWER, "số và ngày của tờ trình"),
    (DATED, "hoặc chấp nhận kèm lý do"),
    ({"verdict": "refuse"}, "cần ghi lý do"),
    ({**ACCEPTED, "snapshot": "0" * 64}, "đã được lập lại"),
    ({**ACCEPTED, "signer": "khong-co"}, "không có người ký"),
)


def test_what_cannot_be_carried_out_is_told_before_the_run_is_woken(run: FlowRun, leader: Browser) -> None:
    for said, told in REFUSED:
        page = answer(leader, run, **said)
        assert page.status_code == 422
        assert told in page.text
    assert f"/trinh-duyet/{run.id}" in leader.open("/trinh-duyet").text


def test_of_two_at_once_one_wins_and_the_other_is_told(
    run: FlowRun, leader: Browser, new_browser: Callable[[], Browser], records: Storage
) -> None:
    second = new_browser()
    second.sign_in("leader")
    second.open(f"/trinh-duyet/{run.id}")
    answer(leader, run, verdict="refuse", reason="Chờ rà soát thêm")
    assert "không còn chờ" in second.send(f"/trinh-duyet/{run.id}", verdict="refuse", reason="Muộn", snapshot="").text
    assert continued(annual_evaluation, run).state_name == "Completed"
    assert "Chờ rà soát thêm" in second.open("/trinh-duyet").text
    with records.reading() as session:
        decided = session.exec(select(Approval)).one()
    second.open("/toi")
    late = second.send(f"/trinh-duyet/{run.id}", verdict="refuse", reason="Muộn", snapshot=decided.snapshot_sha256)
    assert "Lãnh đạo (mẫu) (leader) đã quyết định lúc" in late.text


def test_who_may_only_see_is_given_no_button(run: FlowRun, browser_of: Callable[..., Browser]) -> None:
    officer = browser_of(Role.OFFICER)
    assert "Gửi trả lời" not in officer.open(f"/trinh-duyet/{run.id}").text
    assert officer.send(f"/trinh-duyet/{run.id}", **ACCEPTED).status_code == 403
