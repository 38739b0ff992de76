"""The results site in a real Chromium: opened from a folder and from a server, with keyboard, phone and no script."""

import hashlib
import io
import re
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pdfplumber
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from tasks.site.building import build_site
from tests.chromium import ARGUMENTS, WCAG
from tests.site.publications import BuiltOnce, sample_site, shared_districts, shared_months, site_of
from tests.test_sample_round import published_sample

pytestmark = pytest.mark.slow

CORRECTED, REPLACED, LATER = "2017/2100-qd-ubnd", "2017/2071-qd-ubnd", "2018/07-qd-ubnd"
SAMPLE = "2025/05-qd-ubnd"
REPORT = "bao-cao/2025-03/30-bc-snv"
KINDS_OF_PAGES = [
    ("sample", "index.html"),
    ("sample", "kiem-tra.html"),
    ("sample", "du-lieu/index.html"),
    ("sample", f"{SAMPLE}/index.html"),
    ("sample", f"{SAMPLE}/tai-ve.html"),
    ("sample", f"{SAMPLE}/xep-hang-xa.html"),
    ("sample", f"{SAMPLE}/so-sanh-xa.html"),
    ("sample", f"{SAMPLE}/linh-vuc-so.html"),
    ("sample", f"{SAMPLE}/linh-vuc-xa-1.html"),
    ("sample", f"{SAMPLE}/cach-tinh.html"),
    ("sample", f"{SAMPLE}/don-vi/so-xay-dung.html"),
    ("sample", f"{SAMPLE}/don-vi/xa-ba-lam.html"),
    ("districts", f"{REPLACED}/don-vi/tan-uyen.html"),
    ("districts", f"{LATER}/so-sanh-huyen.html"),
    ("districts", f"{CORRECTED}/index.html"),
    ("months", "index.html"),
    ("months", "bao-cao/index.html"),
    ("months", f"{REPORT}/index.html"),
    ("months", "bao-cao/don-vi/snv.html"),
]


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory, built_once: BuiltOnce) -> dict[str, Path]:
    """The sites of the districts, of the sample province, and of a province with reports of periods alone."""
    root = tmp_path_factory.mktemp("sites")
    months = shared_months(built_once)
    return {
        "districts": site_of(shared_districts(built_once), root / "districts").folder,
        "sample": sample_site(built_once("sample", published_sample), root / "sample"),
        "months": build_site(months.province, months.storage, root / "months").folder,
    }


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all."""
    chromium = shutil.which("chromium")
    assert chromium, "chromium is not installed"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


class Watched:
    """A page whose requests, refused contents and errors are kept."""

    def __init__(self, context: BrowserContext) -> None:
        self.page = context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield Watched(context)
    context.close()


@pytest.fixture
def page(watched: Watched) -> Page:
    return watched.page


@pytest.fixture(scope="module")
def server(sites: dict[str, Path]) -> Iterator[str]:
    """The districts' site on a web server of this machine."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(sites["districts"]))) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


def opened(page: Page, sites: dict[str, Path], site: str, path: str) -> Page:
    page.goto((sites[site] / path).as_uri())
    return page


def ranking(page: Page, sites: dict[str, Path], site: str = "districts") -> Page:
    path = f"{CORRECTED}/xep-hang-huyen.html" if site == "districts" else f"{SAMPLE}/xep-hang-xa.html"
    return opened(page, sites, site, path)


def rows(page: Page) -> list[str]:
    """Names of the units that can be seen, from top to bottom."""
    return page.locator("#bang tbody tr:visible th").all_inner_texts()


def column(page: Page, heading: str) -> list[str]:
    """What a column of the visible rows says."""
    headings = [text.replace("\n", " ") for text in page.locator("#bang thead th").all_inner_texts()]
    place = next(number for number, text in enumerate(headings, start=1) if text.startswith(heading))
    return page.locator(f"#bang tbody tr:visible > :nth-child({place})").all_inner_texts()


def number(text: str) -> float:
    return float(text.replace(".", "").replace(",", "."))


def heading(page: Page, name: str) -> Locator:
    return page.locator("#bang thead th", has_text=name)


def test_a_search_without_accents_finds_thu_dau_mot_and_says_how_many(page: Page, sites: dict[str, Path]) -> None:
    ranking(page, sites)
    page.get_by_label("Tìm đơn vị").fill("thu dau mot")
    assert rows(page) == ["Thành phố Thủ Dầu Một"]
    assert page.get_by_role("status").inner_text() == "Hiển thị 1/9 đơn vị."
    page.get_by_label("Tìm đơn vị").fill("THỊ XÃ Dĩ")
    assert rows(page) == ["Thị xã Dĩ An"]
    page.get_by_label("Tìm đơn vị").fill("không có")
    assert rows(page) == []
    assert "Không có đơn vị nào phù hợp" in page.get_by_role("status").inner_text()
    page.get_by_role("button", name="Bỏ lọc").click()
    expect(page.get_by_role("status")).to_have_text("Hiển thị 9/9 đơn vị.")


def test_every_column_sorts_both_ways_and_says_so(page: Page, sites: dict[str, Path]) -> None:
    ranking(page, sites)
    points = heading(page, "Khảo sát")
    points.get_by_role("button").click()
    assert points.get_attribute("aria-sort") == "descending"
    down = [number(text) for text in column(page, "Khảo sát")]
    assert down == sorted(down, reverse=True)
    assert len(set(down)) == 9
    points.get_by_role("button").click()
    assert points.get_attribute("aria-sort") == "ascending"
    assert [number(text) for text in column(page, "Khảo sát")] == down[::-1]
    assert page.locator("#bang th[aria-sort]").count() == 1
    heading(page, "Đơn vị").get_by_role("button").click()
    assert rows(page)[:2] == ["Huyện Bàu Bàng", "Huyện Bắc Tân Uyên"]


def test_units_without_a_figure_stay_last_however_one_sorts(page: Page, sites: dict[str, Path]) -> None:
    ranking(page, sites, "sample")
    for _ in range(2):
        heading(page, "Chỉ số (%)").get_by_role("button").click()
        assert rows(page)[-1].startswith("Xã Ba Lâm")


def test_grade_and_kind_filter_together(page: Page, sites: dict[str, Path]) -> None:
    ranking(page, sites, "sample")
    page.get_by_label("Xếp loại").select_option("Tốt")
    page.get_by_label("Loại đơn vị").select_option(label="Phường")
    assert rows(page)
    assert all(name.startswith("Phường") for name in rows(page))
    assert set(column(page, "Xếp loại")) == {"Tốt"}


def test_two_to_four_units_are_put_side_by_side_and_the_address_says_which(
    page: Page, sites: dict[str, Path], browser: Browser
) -> None:
    opened(page, sites, "districts", f"{CORRECTED}/linh-vuc-huyen.html")
    together = page.get_by_label("Chỉ hiện đơn vị đã chọn")
    expect(together).to_be_disabled()
    for name in ("Thị xã Dĩ An", "Thị xã Tân Uyên"):
        page.get_by_label(f"Chọn {name} để đặt cạnh nhau").check()
    together.check()
    heading(page, "2. Điều tra").get_by_role("button").click()
    assert sorted(rows(page)) == ["Thị xã Dĩ An", "Thị xã Tân Uyên"]
    expect(page.get_by_role("status")).to_have_text("Hiển thị 2/9 đơn vị. Đã chọn 2.")
    with browser.new_context() as elsewhere:
        other = elsewhere.new_page()
        other.goto(page.url)
        assert rows(other) == rows(page)
        assert heading(other, "2. Điều tra").get_attribute("aria-sort") == "descending"
    together.uncheck()
    for name in ("Thị xã Bến Cát", "Huyện Bàu Bàng"):
        page.get_by_label(f"Chọn {name} để đặt cạnh nhau").check()
    expect(page.get_by_label("Chọn Thị xã Thuận An để đặt cạnh nhau")).to_be_disabled()
    page.get_by_role("button", name="Bỏ lọc").click()
    expect(page.get_by_role("status")).to_have_text("Hiển thị 9/9 đơn vị.")
    assert page.url.endswith("#sap=4-giam")


def test_a_filter_in_the_address_holds_when_the_page_is_opened(page: Page, sites: dict[str, Path]) -> None:
    page.goto(f"{(sites['districts'] / CORRECTED / 'xep-hang-huyen.html').as_uri()}#tim=thu+dau+mot")
    assert rows(page) == ["Thành phố Thủ Dầu Một"]
    assert page.get_by_label("Tìm đơn vị").input_value() == "thu dau mot"


def test_figures_of_the_months_filter_by_measure_scope_and_month(page: Page, sites: dict[str, Path]) -> None:
    opened(page, sites, "months", "bao-cao/index.html")
    page.locator("select[data-filter=measure]").select_option(label="Hồ sơ quá hạn")
    page.get_by_label("Phạm vi").select_option("Các sở")
    assert column(page, "Kỳ") == ["Tháng 4 năm 2025", "Quý I năm 2025", "Tháng 3 năm 2025"]
    page.locator("select[data-filter=month]").select_option(label="Tháng 3 năm 2025")
    assert column(page, "Kết quả") == ["3 hồ sơ"]
    assert page.get_by_role("status").inner_text().startswith("Hiển thị 1/")
    page.get_by_role("button", name="Bỏ lọc").click()
    page.get_by_label("Tìm đơn vị, chỉ tiêu").fill("bien che")
    assert {row.partition("\n")[0] for row in rows(page)} == {"Biên chế"}


def test_the_page_of_a_unit_is_found_from_its_figure_and_has_its_months(page: Page, sites: dict[str, Path]) -> None:
    opened(page, sites, "months", f"{REPORT}/index.html")
    page.get_by_role("link", name="Sở Tài chính", exact=True).first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "Tiến độ cải cách hành chính của Sở Tài chính"
    assert page.locator(".multiples svg").count() == 1
    assert "96/100 hồ sơ (96%)" in column(page, "Kết quả")


def test_a_unit_is_opened_from_the_first_page_on(watched: Watched, server: str) -> None:
    page = watched.page
    page.goto(server)
    page.get_by_role("link", name="UBND các huyện, thị xã, thành phố", exact=True).last.click()
    page.get_by_role("link", name="Thị xã Tân Uyên", exact=True).click()
    assert page.get_by_role("heading", level=1).inner_text() == "Thị xã Tân Uyên"
    assert "hạng 2/9" in page.locator(".figures").inner_text()
    assert "82,00%" in page.locator(".figures").inner_text()
    assert {urlsplit(url).netloc for url in watched.requests} == {urlsplit(server).netloc}
    assert watched.complaints == []


def test_a_downloaded_file_has_the_hash_that_is_shown(page: Page, sites: dict[str, Path], server: str) -> None:
    page.goto(f"{server}/{CORRECTED}/tai-ve.html")
    items = page.locator(".files li").all()
    assert len(items) == 19  # the report has no number and is not offered
    for item in items[:6]:  # Chromium stops a page that starts more downloads than a person would
        with page.expect_download() as downloading:
            item.get_by_role("link").click()
        content = Path(downloading.value.path()).read_bytes()
        assert f"SHA-256: {hashlib.sha256(content).hexdigest()}" == item.locator(".hash").inner_text()


def test_the_table_is_worked_by_keyboard_alone(page: Page, sites: dict[str, Path]) -> None:
    ranking(page, sites)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "noi-dung"
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "INPUT":
            break
    page.keyboard.type("thi xa")
    page.keyboard.press("Enter")
    assert len(rows(page)) == 4
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Đơn vị":
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Space")
    assert heading(page, "Đơn vị").get_attribute("aria-sort") == "ascending"
    assert rows(page)[0] == "Thị xã Bến Cát"


def test_without_javascript_the_table_is_whole_and_no_dead_control_is_shown(
    browser: Browser, sites: dict[str, Path]
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = ranking(context.new_page(), sites)
    assert len(rows(page)) == 9
    assert page.locator("form:visible, button:visible, input:visible").count() == 0
    page.get_by_role("link", name="Thị xã Tân Uyên", exact=True).click()
    assert page.get_by_role("heading", level=1).inner_text() == "Thị xã Tân Uyên"
    context.close()


@pytest.mark.parametrize(("site", "path"), KINDS_OF_PAGES)
def test_from_a_folder_nothing_is_requested_or_refused_and_the_style_holds(
    watched: Watched, sites: dict[str, Path], site: str, path: str
) -> None:
    page = opened(watched.page, sites, site, path)
    assert watched.requests == [(sites[site] / path).as_uri()]
    assert watched.complaints == []
    assert page.evaluate("getComputedStyle(document.querySelector('.masthead')).backgroundColor") == "rgb(11, 74, 127)"
    violations = Axe().run(page, options=WCAG)
    assert violations.response["violations"] == []


def test_the_policy_refuses_a_script_that_is_not_ours(watched: Watched, sites: dict[str, Path], tmp_path: Path) -> None:
    text = (sites["districts"] / f"{CORRECTED}/xep-hang-huyen.html").read_text(encoding="utf-8")
    foreign = tmp_path / "foreign.html"
    attack = '<script>document.title = "taken"</script><img src="https://example.invalid/a.png"><style>body{color:red}</style>'
    foreign.write_text(text.replace("</main>", f"{attack}</main>"), encoding="utf-8")
    watched.page.goto(foreign.as_uri())
    assert watched.page.title() != "taken"
    assert len([complaint for complaint in watched.complaints if "Content Security Policy" in complaint]) == 3


def test_contrast_holds_on_a_dark_screen_too(browser: Browser, sites: dict[str, Path]) -> None:
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    for path in (f"{REPLACED}/don-vi/tan-uyen.html", f"{CORRECTED}/xep-hang-huyen.html", "kiem-tra.html"):
        opened(page, sites, "districts", path)
        found = Axe().run(page, options={"runOnly": ["color-contrast"], "resultTypes": ["violations"]})
        assert found.response["violations"] == [], path
    context.close()


def test_on_a_phone_no_page_scrolls_sideways_and_wide_tables_scroll_in_their_own_region(
    browser: Browser, sites: dict[str, Path]
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    page = context.new_page()
    for site, path in KINDS_OF_PAGES:
        opened(page, sites, site, path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    ranking(page, sites, "sample")
    region = page.locator(".scroll").first
    assert region.evaluate("element => element.scrollWidth > element.clientWidth")
    assert region.get_attribute("tabindex") == "0"
    assert page.get_by_role("region", name=re.compile("Bảng xếp hạng")).count() == 1
    context.close()


def test_in_print_tools_and_menus_are_gone_and_the_table_is_whole(page: Page, sites: dict[str, Path]) -> None:
    ranking(page, sites)
    page.emulate_media(media="print")
    assert page.locator(".menu:visible, .tools:visible, .trail:visible").count() == 0
    assert page.locator(".scroll").first.evaluate("element => getComputedStyle(element).overflowX") == "visible"
    assert len(rows(page)) == 9


def test_on_paper_the_head_of_a_long_table_stands_on_every_sheet(page: Page, sites: dict[str, Path]) -> None:
    ranking(page, sites, "sample")
    with pdfplumber.open(io.BytesIO(page.pdf(format="A4"))) as printed:
        sheets = [sheet.extract_text() for sheet in printed.pages]
    with_units = [text for text in sheets if "Phường" in text or "Xã" in text]
    assert len(with_units) == 2
    assert all("Đơn vị" in text and "Xếp loại" in text for text in with_units)
