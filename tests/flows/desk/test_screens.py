"""The desk in a real Chromium: a small round by clicks, each page without findings of axe, on screen and phone."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from flows.desk.app import desk_app
from models.records.storage import Storage
from models.roles import Role
from models.settings import Settings
from tasks.intake.inbox import only_intake
from tests.flows.desk.browsers import account
from tests.flows.desk.conftest import running, served
from tests.flows.desk.screens import SMALL_ROUND, WHOLE_ROUND, Screens, passed_over, send
from tests.flows.desk.test_access import ROUTES
from tests.mailbox import free_port
from tests.models.folders import Folder
from tests.tasks.criteria.annexes import as_word, typed
from tests.tasks.evidence.files import pdf, picture
from tests.tasks.filled_forms import GOOD, filled

pytestmark = pytest.mark.slow

UNIT = "stc"
# What leads to another page, or is a file.
NO_PAGES = (
    *("/", "/dang-nhap/may-chu", "/dang-nhap/tra-ve", "/dang-nhap/da-ra", "/ky", "/minh-chung"),
    *("/don-vi/{code}/minh-chung", "/don-vi/{code}/phieu/{kind}/{when}", "/don-vi/{code}/ban-in/{year}"),
    *("/don-vi/{code}/ban-ky/{id}/goc", "/don-vi/{code}/ket-qua/{id}", "/don-vi/{code}/tep/{id}/goc"),
    *("/don-vi/{code}/tep/{id}/phan-hoi", "/don-vi/{code}/tep/{id}/bien-nhan", "/minh-chung/tep/{id}/goc"),
    *("/minh-chung/tep/{id}/trang/{number}", "/ky/{year}/ket-qua/{form}", "/du-thao/{snapshot}/{name}"),
    *("/du-thao/{snapshot}/{name}/trang/{number}", "/bo-tieu-chi/{id}/{name}", "/thu-muc-tinh/bang"),
    *("/thu-muc-tinh/bo-tieu-chi/{id}", "/tep/{name}"),
)


def test_every_page_is_looked_at() -> None:
    pages = [path for method, path in (route.split(" ") for route in ROUTES) if method == "GET"]
    assert sorted(pages) == sorted((*SMALL_ROUND, *WHOLE_ROUND, *NO_PAGES))


@contextmanager
def standing_still(screens: Screens) -> Iterator[None]:
    """Pages do not load themselves again meanwhile: their script is empty."""
    script = "**/tep/ban-lam-viec.js"
    screens.page.route(script, lambda asked: asked.fulfill(body="", content_type="text/javascript"))
    yield
    screens.page.unroute(script)


def test_a_small_round_by_clicks(
    chromium: Browser, address: str, folder: Path, records: Storage, tmp_path_factory: pytest.TempPathFactory
) -> None:
    unit, officer, manager = (Screens(chromium, address) for _ in range(3))
    unit.enter("don-vi", account(records, folder, "don-vi", Role.UNIT, UNIT))
    unit.look()
    with unit.page.expect_download() as saved:
        unit.page.get_by_role("link", name="Tải biểu mẫu để điền").first.click()
    blank = Path(saved.value.path()).read_bytes()
    send(unit, filled(blank, {**GOOD, ("1.1.2/numerator", "value"): 120}), tmp_path_factory)
    expect(unit.page.get_by_text("chưa được nhận")).to_be_visible()
    unit.look()
    returned = unit.page.url.rpartition("/")[2]
    unit.open(f"/don-vi/{UNIT}")
    send(unit, filled(blank, GOOD), tmp_path_factory)
    expect(unit.page.get_by_text("Đã nhận, bản 1")).to_be_visible()
    unit.look()
    unit.open(f"/don-vi/{UNIT}/thay-doi/{returned}/{unit.page.url.rpartition('/')[2]}")
    with only_intake(records):  # what lies there waits
        left = folder / "var" / "uploads" / UNIT / "0123456789abcdef" / "phieu.xlsx"
        left.parent.mkdir(parents=True)
        left.write_bytes(blank)
        with standing_still(unit):
            unit.open(f"/don-vi/{UNIT}/cho/{left.parent.name}")
        shutil.rmtree(left.parent)
    unit.open(f"/don-vi/{UNIT}/minh-chung/2025")
    unit.page.get_by_label("Tệp minh chứng").set_input_files(
        [
            {"name": "1.1.1_ke-hoach.pdf", "mimeType": "application/pdf", "buffer": pdf("Kế hoạch", "Trang hai")},
            {"name": "anh.png", "mimeType": "image/png", "buffer": picture()},
            {"name": "trang-web.pdf", "mimeType": "application/pdf", "buffer": b"<html>"},
        ]
    )
    unit.page.get_by_role("button", name="Gửi").click()
    expect(unit.page.get_by_text("Đã nhận 2/3 tệp")).to_be_visible(timeout=60_000)
    unit.look()
    unit.page.get_by_label("Tiêu chí", exact=True).select_option("1.2")
    unit.page.get_by_role("button", name="Gắn", exact=True).click()
    expect(unit.page.get_by_role("status")).to_contain_text("Đã gắn anh.png")
    unit.page.get_by_role("link", name="1.1.1_ke-hoach.pdf").first.click()
    expect(unit.page.get_by_role("img", name="trang 2")).to_have_js_property("complete", True)
    unit.look()

    officer.enter("chuyen-vien", account(records, folder, "chuyen-vien", Role.OFFICER))
    officer.open("/ky/2025")
    with records.writing(), standing_still(officer):  # the evaluation waits for the database
        officer.page.get_by_role("button", name="Tính chỉ số và xếp hạng").click()
        expect(officer.page.get_by_role("progressbar")).to_be_visible()
        officer.look()
    officer.page.get_by_role("link", name="Xem lại ngay").click()
    expect(officer.page.get_by_role("status")).to_contain_text("Đã tính", timeout=60_000)
    officer.look()
    officer.page.get_by_role("link", name="Sở Tài chính").first.click()
    officer.look()
    of_the_round = (
        *("soat", "soat-van-ban", "cau-chu", "gia-han", "lan-tinh", "thay-doi", "xep-hang", "tinh-thu"),
        *("mien-kiem-tra", "so-du-thao"),
    )
    others = (
        "/thang",
        "/thang/2025",
        "/thang/2025-03/so-du-thao",
        "/hoi-dong/2025/so",
        "/tham-dinh",
        "/tham-dinh/2025/snv",
        "/phu-luc",
        "/bo-tieu-chi",
        "/bo-tieu-chi/so-2025?tim=ke",
        "/lan-chay",
        "/don-vi",
        f"/don-vi/{UNIT}",
        "/minh-chung",
    )
    more = ("/minh-chung/2025?tim=ke+hoach", "/tham-dinh/2025/snv/stc/1.1.1")
    for path in (*(f"/ky/2025/{name}" for name in of_the_round), *others, *more, "/trinh-duyet", "/toi", "/khong-co"):
        officer.open(path)

    manager.enter("quan-tri", account(records, folder, "quan-tri", Role.ADMINISTRATOR))
    manager.open("/tai-khoan")
    manager.page.get_by_label("Tên đăng nhập").fill("lanh-dao")
    manager.page.get_by_label("Họ tên, chức vụ").fill("Lãnh đạo (mẫu)")
    manager.page.get_by_label("Vai trò").select_option("leader")
    manager.page.get_by_role("button", name="Lập tài khoản").click()
    expect(manager.page.get_by_text("chỉ hiện một lần")).to_be_visible()
    manager.look()
    manager.open("/tai-khoan/lanh-dao")
    manager.open("/thu-muc-tinh")
    manager.open("/toi/xac-thuc-hai-lop")
    assert passed_over(SMALL_ROUND, unit, officer, manager) == []
    for screens in (unit, officer, manager):
        assert [error for error in screens.errors if "404" not in error and "422" not in error] == []
        screens.context.close()


def test_the_sign_in_page_of_a_province_with_a_server_of_its_own(
    chromium: Browser, folder: Path, records: Storage
) -> None:
    settings = Settings(
        user="bàn làm việc",
        desk_port=free_port(),
        desk_oidc_issuer="https://sso.mau.example",
        desk_oidc_client_id="ban-lam-viec",
    )
    with served(folder, settings) as address:
        anybody = Screens(chromium, address)
        anybody.open("/dang-nhap?tiep=/ky/2025")
        expect(anybody.page.get_by_role("link", name="Đăng nhập bằng tài khoản chung của tỉnh")).to_be_visible()
        assert anybody.errors == []
        anybody.context.close()


def test_an_annex_is_read_and_its_set_downloaded(
    chromium: Browser, address: str, folder: Path, records: Storage, tmp_path: Path
) -> None:
    officer = Screens(chromium, address)
    officer.enter("chuyen-vien", account(records, folder, "chuyen-vien", Role.OFFICER))
    officer.open("/phu-luc")
    annex = tmp_path / "phu-luc.docx"
    annex.write_bytes(as_word(typed("can-xem")))
    officer.page.get_by_label("Phụ lục bộ tiêu chí").set_input_files(annex)
    officer.page.get_by_role("button", name="Đọc").click()
    expect(officer.page.get_by_text("cần xem 6")).to_be_visible(timeout=60_000)
    officer.look()
    with officer.page.expect_download() as saved:
        officer.page.get_by_role("link", name="Tải tệp phu-luc.yaml").click()
    assert saved.value.suggested_filename == "phu-luc.yaml"
    assert "# CẦN XEM" in Path(saved.value.path()).read_text(encoding="utf-8")
    assert officer.errors == []
    officer.context.close()


def test_the_page_where_a_province_is_chosen(
    chromium: Browser,
    folder: Path,
    records: Storage,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    provinces = tmp_path_factory.mktemp("cac-tinh")
    for name in ("tinh-nho", "tinh-khac"):
        shutil.copytree(folder, provinces / name)
    Folder(provinces / "tinh-khac").change("province.yaml", "tỉnh Mẫu", "tỉnh <script>x")
    monkeypatch.setenv("CCHC_PROVINCES", str(provinces))
    monkeypatch.setenv("CCHC_DESK_PORT", str(free_port()))
    with running(desk_app(), Settings()) as address:
        anybody = Screens(chromium, address)
        anybody.open("/tinh")
        expect(anybody.page.get_by_role("link", name="Tỉnh <script>x")).to_be_visible()
        anybody.page.get_by_role("link", name="Tỉnh Mẫu").press("Enter")
        expect(anybody.page.get_by_role("heading", name="Đăng nhập")).to_be_visible()
        expect(anybody.page.get_by_role("link", name="Chọn tỉnh khác")).to_be_visible()
        anybody.look()
        assert anybody.errors == []
        anybody.context.close()
