"""While an appraiser has a unit open, its newer self-assessment waits; both see it, and nothing changes unseen."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from httpx import Response
from sqlmodel import select

from models.records.storage import Storage
from models.records.tables import AppraisalHold, Submission, WaitingFile
from models.roles import Role
from tests.flows.desk.browsers import HERE, Browser, give_address
from tests.flows.desk.test_sender import FORM, MENDED, UNIT, WRONG, send
from tests.mailbox import Mailbox
from tests.tasks.filled_forms import GOOD, filled

pytestmark = pytest.mark.slow

LIST = "/tham-dinh/2025/snv"
LEAF = f"{LIST}/stc/1.1.2"
HOME = f"/don-vi/{UNIT}"


@pytest.fixture
def unit(browser_of: Callable[..., Browser]) -> Browser:
    """The unit, whose first version is in."""
    browser = browser_of(Role.UNIT)
    assert "Đã nhận, bản 1" in send(browser, filled(browser.open(FORM).content, GOOD)).text
    return browser


@pytest.fixture
def appraiser(unit: Browser, browser_of: Callable[..., Browser]) -> Browser:
    """The appraiser, who has the unit open."""
    browser = browser_of(Role.APPRAISER)
    browser.open(LEAF)
    return browser


def send_newer(unit: Browser) -> Response:
    return send(unit, filled(unit.open(FORM).content, MENDED))


def outcomes(records: Storage) -> list[str]:
    with records.reading() as session:
        return [row.outcome for row in session.exec(select(Submission).order_by(Submission.id))]  # type: ignore[arg-type]


def numerator(page: str) -> str:
    return re.sub("<[^>]+>", "", page.partition("<dt>Số liệu</dt>")[2].partition("<dt>")[0])


def test_a_newer_version_waits_and_both_see_it_until_the_appraiser_takes_it(
    unit: Browser, appraiser: Browser, records: Storage
) -> None:
    page = send_newer(unit)
    assert page.url.path == HOME
    assert "<strong>đang chờ</strong>" in page.text
    assert outcomes(records) == ["accepted"]
    seen = appraiser.open(LEAF).text
    assert "đã gửi bản tự đánh giá mới" in seen
    assert "95" in numerator(seen), "what the appraiser sees has not changed"
    assert "đã gửi bản tự đánh giá mới" in appraiser.open(LIST).text

    appraiser.send(f"{LIST}/stc/nhan-ban-moi")
    await_newer(unit, records)
    assert "<strong>đang chờ</strong>" not in unit.open(HOME).text
    seen = appraiser.open(LEAF).text
    assert "đã gửi bản tự đánh giá mới" not in seen
    assert "90" in numerator(seen)


def test_unit_and_appraiser_are_told_once_by_mail(
    mailbox: Mailbox, unit: Browser, appraiser: Browser, records: Storage, folder: Path
) -> None:
    give_address(records, folder, "unit.stc", "stc@mau.example")
    give_address(records, folder, "appraiser.snv", "tham-dinh@mau.example")
    send_newer(unit)
    send(unit, b"no workbook", "khac.xlsx")  # the desk looks at what waits once more
    letters = {to[0]: message for to, message in mailbox.received}
    assert len(mailbox.received) == len(letters) == 2
    subject = "[CCHC] Bản tự đánh giá mới đang chờ: Sở Tài chính"
    assert {str(message["Subject"]) for message in letters.values()} == {subject}
    assert "Không cần gửi lại" in letters["stc@mau.example"].get_content()
    told = letters["tham-dinh@mau.example"].get_content()
    assert f"{HERE}{LIST}?don_vi={UNIT}" in told
    assert "đang chờ" in appraiser.open(told.partition(HERE)[2].split()[0]).text


def await_newer(unit: Browser, records: Storage) -> None:
    """Until the desk has received the newer version; each time it is asked to receive something else as well."""
    for _ in range(5):
        if outcomes(records).count("accepted") == 2:
            return
        send(unit, b"no workbook", "khac.xlsx")
    raise AssertionError(outcomes(records))


def test_what_is_not_sound_is_told_at_once(unit: Browser, appraiser: Browser) -> None:
    assert "chưa được nhận" in send(unit, filled(unit.open(FORM).content, WRONG)).text


def test_a_hold_ends_by_itself_and_is_not_renewed_while_something_waits(
    unit: Browser, appraiser: Browser, records: Storage
) -> None:
    send_newer(unit)
    with records.writing() as session:
        hold = session.exec(select(AppraisalHold)).one()
        hold.seen_at = datetime.now(UTC) - timedelta(minutes=31)
        session.add(hold)
    appraiser.open(LEAF)
    await_newer(unit, records)
    with records.reading() as session:
        assert session.exec(select(WaitingFile)).all() == []


def test_being_done_with_the_unit_lets_the_newer_version_in(
    unit: Browser, appraiser: Browser, records: Storage
) -> None:
    send_newer(unit)
    for code, points in (("1.1.1", "10"), ("1.1.2", "30"), ("1.2", "20")):
        page = appraiser.open(f"{LIST}/stc/{code}").text
        shown = re.search(r'name="claim" value="(\d+)"', page)
        assert shown
        said = {"version": "0", "claim": shown[1], "points": points, "reason": "Theo hồ sơ"}
        assert appraiser.send(f"{LIST}/stc/{code}", **said).status_code == 200
    await_newer(unit, records)


def test_points_for_a_claim_that_is_no_more_are_not_recorded(unit: Browser, appraiser: Browser) -> None:
    page = appraiser.open(LEAF).text
    shown = re.search(r'name="claim" value="(\d+)"', page)
    assert shown
    appraiser.send(f"{LIST}/stc/nhan-ban-moi")
    send_newer(unit)
    appraiser.open(LEAF)
    late = appraiser.send(LEAF, version="0", claim=shown[1], points="30")
    assert late.status_code == 409
    assert "đã gửi bản tự đánh giá mới sau khi trang này được mở" in late.text


def test_a_first_version_never_waits(browser_of: Callable[..., Browser]) -> None:
    browser_of(Role.APPRAISER).open(LEAF)
    browser = browser_of(Role.UNIT)
    assert "Đã nhận, bản 1" in send(browser, filled(browser.open(FORM).content, GOOD)).text
