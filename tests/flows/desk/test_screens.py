"""The desk in a real Chromium: a small round by clicks, each page without findings of axe, on screen and phone."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from models.records.storage import Storage
from models.roles import Role
from tests.flows.desk.browsers import account
from tests.flows.desk.screens import Screens, send
from tests.tasks.evidence.files import pdf, picture
from tests.tasks.filled_forms import GOOD, filled

pytestmark = pytest.mark.slow

UNIT = "stc"


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
    unit.open(f"/don-vi/{UNIT}")
    send(unit, filled(blank, GOOD), tmp_path_factory)
    expect(unit.page.get_by_text("Đã nhận, bản 1")).to_be_visible()
    unit.look()
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
    officer.page.get_by_role("button", name="Tính chỉ số và xếp hạng").click()
    expect(officer.page.get_by_role("status")).to_contain_text("Đã tính", timeout=60_000)
    officer.look()
    officer.page.get_by_role("link", name="Sở Tài chính").first.click()
    officer.look()
    of_the_round = ("soat", "soat-van-ban", "cau-chu", "gia-han", "lan-tinh", "thay-doi", "xep-hang")
    others = (
        "/thang",
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
    manager.open("/toi/xac-thuc-hai-lop")
    for screens in (unit, officer, manager):
        assert [error for error in screens.errors if "404" not in error and "422" not in error] == []
        screens.context.close()
