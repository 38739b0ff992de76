"""The officer's pages of a round: who has sent what, evaluation, ranks, every point, the gate."""

from collections.abc import Callable
from pathlib import Path

import pytest

from models.roles import Role
from tests.flows.desk.browsers import Browser
from tests.tasks.districts import YEAR, Districts

pytestmark = pytest.mark.slow

AT = f"/ky/{YEAR}"


@pytest.fixture
def districts(tmp_path: Path) -> Districts:
    return Districts.copied(tmp_path).receive()


@pytest.fixture
def folder(districts: Districts) -> Path:
    """The nine districts, whose scores are in."""
    return districts.folder


@pytest.fixture
def officer(browser_of: Callable[..., Browser]) -> Browser:
    return browser_of(Role.OFFICER)


def test_the_officer_begins_at_the_round(officer: Browser) -> None:
    page = officer.open("/")
    assert page.url.path == AT
    assert "chưa tính" in page.text
    assert "Thành phố Thủ Dầu Một" in page.text


@pytest.mark.parametrize(("role", "first"), [(Role.LEADER, "/trinh-duyet"), (Role.ADMINISTRATOR, "/tai-khoan")])
def test_others_begin_where_their_work_is(browser_of: Callable[..., Browser], role: Role, first: str) -> None:
    assert browser_of(role).open("/").url.path == first


def test_what_is_evaluated_shows_its_ranks_and_says_whether_anything_changed(
    officer: Browser, districts: Districts
) -> None:
    officer.open(AT)
    page = officer.evaluate(YEAR)
    assert page.url.path == f"{AT}/xep-hang"
    assert "Đã tính: kết quả mới" in page.text
    first = page.text.split("<tbody>")[1].split("</tr>")[0]
    assert "Thành phố Thủ Dầu Một" in first
    assert "84,58" in first
    officer.open(AT)
    assert "như lần trước" in officer.evaluate(YEAR).text

    districts.receive_score("di-an", "1.1", "council", "48.5")
    assert "đã có số liệu mới hơn" in officer.open(AT).text, "what was worked out before is not told again"


def test_every_point_of_a_unit_is_explained(officer: Browser) -> None:
    officer.open(AT)
    officer.evaluate(YEAR)
    page = officer.open(f"{AT}/don-vi/thu-dau-mot")
    assert "scores.csv" in page.text
    assert officer.open(f"{AT}/don-vi/khong-co").status_code == 422


def test_the_gate_is_a_list_to_work_off(officer: Browser) -> None:
    assert "Chưa thực hiện được" in officer.open(f"{AT}/soat").text, "nothing was evaluated yet"
    officer.open(AT)
    officer.evaluate(YEAR)
    page = officer.open(f"{AT}/soat")
    assert "chưa có họ tên của CHỦ TỊCH" in page.text
    assert "Lập dự thảo và trình phê duyệt" in page.text


@pytest.mark.slow
def test_without_a_prefect_server_a_submission_says_what_is_missing(officer: Browser) -> None:
    from prefect.settings import PREFECT_API_URL, temporary_settings

    officer.open(AT)
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}):
        page = officer.send(f"{AT}/trinh")
    assert page.status_code == 422
    assert "máy chủ Prefect không trả lời" in page.text


def test_whoever_may_only_see_finds_no_buttons(browser_of: Callable[..., Browser]) -> None:
    auditor = browser_of(Role.AUDITOR)
    page = auditor.open(AT)
    assert "Tính chỉ số" not in page.text
    assert auditor.send(f"{AT}/tinh").status_code == 403


def test_months_that_are_not_followed_are_told_as_such(officer: Browser) -> None:
    assert "chưa khai báo chỉ tiêu theo dõi" in officer.open("/thang").text
    assert officer.open("/thang/1999").status_code == 404


def test_the_matrix_is_filtered_by_group_and_state_in_the_address(officer: Browser) -> None:
    table = "ai-da-gui-gi"
    assert "Thành phố Thủ Dầu Một" in officer.open(f"{AT}?trang_thai=known").text.split(table)[-1]
    page = officer.open(f"{AT}?trang_thai=overdue").text
    assert "không có đơn vị nào như vậy" in page
    assert '<option value="overdue" selected>' in page
    assert "Thành phố Thủ Dầu Một" not in officer.open(f"{AT}?nhom=khong-co").text.split(table)[-1]


def test_nobody_is_reminded_on_a_day_without_a_deadline(officer: Browser) -> None:
    officer.open(AT)
    assert "không có ai đến lượt nhắc" in officer.send(f"{AT}/nhac").text
