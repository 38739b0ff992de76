"""One person's real browser, which looks at every page it comes to."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, expect

from tests.chromium import WCAG
from tests.flows.desk.browsers import PASSWORD

_MOST_TABS = 300

# Every page, by its route: those that the small round of test_screens.py looks at,
SMALL_ROUND = (
    *("/dang-nhap", "/toi", "/toi/mat-khau", "/toi/xac-thuc-hai-lop", "/tai-khoan", "/tai-khoan/{login}"),
    *("/don-vi", "/don-vi/{code}", "/don-vi/{code}/tep/{id}", "/don-vi/{code}/minh-chung/{year}"),
    *("/don-vi/{code}/cho/{upload}", "/don-vi/{code}/thay-doi/{before}/{after}"),
    *("/minh-chung/{year}", "/minh-chung/tep/{id}", "/phu-luc", "/ky/{year}", "/ky/{year}/dang-tinh"),
    *("/ky/{year}/so-du-thao", "/ky/{year}/xep-hang", "/ky/{year}/don-vi/{code}", "/ky/{year}/soat"),
    *("/ky/{year}/gia-han", "/ky/{year}/mien-kiem-tra", "/ky/{year}/lan-tinh", "/ky/{year}/cau-chu"),
    *("/ky/{year}/soat-van-ban", "/ky/{year}/thay-doi", "/ky/{year}/tinh-thu", "/thang", "/thang/{when}"),
    *("/thang/{period}/so-du-thao", "/tham-dinh", "/tham-dinh/{year}/{agency}"),
    *("/tham-dinh/{year}/{agency}/{unit}/{code}", "/hoi-dong/{year}/{group}", "/trinh-duyet"),
    *("/bo-tieu-chi", "/bo-tieu-chi/{id}", "/thu-muc-tinh", "/lan-chay"),
)
# and those that need a contested leaf, a draft that waits or a publication, which test_whole_round.py has.
WHOLE_ROUND = (
    *("/don-vi/{code}/giai-trinh/{year}", "/hoi-dong/{year}/{group}/{unit}/{code}", "/trinh-duyet/{run}"),
    *("/du-thao/{snapshot}/{name}/trang", "/cong-bo/{id}/{name:path}"),
)
SCREENS = ({"width": 1280, "height": 800}, {"width": 390, "height": 844})


class Screens:
    """One person's browser, which looks at every page it comes to: on a screen and on a phone, light and dark."""

    def __init__(self, chromium: Browser, address: str) -> None:
        self.context: BrowserContext = chromium.new_context(base_url=address, locale="vi-VN")
        self.page: Page = self.context.new_page()
        self.errors: list[str] = []
        self.looked: set[str] = set()
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)

    def look(self) -> None:
        self.looked.add(urlsplit(self.page.url).path)
        for size, scheme in zip(SCREENS, ("light", "dark"), strict=True):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            found = Axe().run(self.page, options=WCAG)
            assert found.violations_count == 0, f"{self.page.url}: {found.generate_report()}"
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= size["width"], f"{self.page.url} is {wide} wide"

    def open(self, path: str) -> None:
        try:
            self.page.goto(path)
        except Error as error:
            if "ERR_ABORTED" not in error.message:
                raise
            self.page.goto(path)  # the page that was open was just loading itself again
        self.look()

    def enter(self, login: str, first: str) -> None:
        """Sign in and choose a password, by keyboard alone."""
        self.open("/")
        self.page.keyboard.type(login)
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(first)
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("heading", name="Đổi mật khẩu")).to_be_visible()
        self.look()
        for name, typed in (("Mật khẩu hiện tại", first), ("Mật khẩu mới", PASSWORD), ("Nhập lại", PASSWORD)):
            self.reach(self.page.get_by_label(name, exact=name == "Mật khẩu mới"))
            self.page.keyboard.type(typed)
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("status")).to_contain_text("Đã đổi mật khẩu")

    def reach(self, what: Locator) -> Locator:
        """Come to an element by the Tab key alone, as whoever has no mouse, and see that it is there."""
        for _ in range(_MOST_TABS):
            if what.evaluate("one => one === document.activeElement"):
                assert what.evaluate("one => getComputedStyle(one).outlineStyle") != "none"
                return what
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{self.page.url}: {what} is not reached by Tab")

    def press(self, what: Locator) -> None:
        """Follow a link, push a button or unfold something, by keyboard."""
        self.reach(what).press("Enter")

    def choose(self, what: Locator) -> None:
        """Choose one of several answers, by keyboard: Tab comes to one of them, an arrow to the next."""
        others = self.page.locator(f'input[name="{what.get_attribute("name")}"]')
        for _ in range(_MOST_TABS):
            if others.evaluate_all("all => all.includes(document.activeElement)"):
                break
            self.page.keyboard.press("Tab")
        self.page.keyboard.press("Space")
        for _ in range(others.count()):
            if what.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{self.page.url}: {what} is not chosen by arrows")


def passed_over(routes: Sequence[str], *people: Screens) -> list[str]:
    """The routes at which none of these people has looked at a page."""
    looked = set[str]().union(*(each.looked for each in people))
    return [route for route in routes if not any(_is_at(route, path) for path in looked)]


def _is_at(route: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"{[^}]+}", "[^/]+", route.replace("{name:path}", ".*")), path) is not None


def send(screens: Screens, content: bytes, folders: pytest.TempPathFactory) -> None:
    path = folders.mktemp("sent") / "phieu.xlsx"
    path.write_bytes(content)
    with screens.page.expect_file_chooser() as asked:
        screens.press(screens.page.get_by_label("Biểu mẫu đã điền"))
    asked.value.set_files(path)
    screens.press(screens.page.get_by_role("button", name="Gửi"))
    screens.page.wait_for_url("**/tep/*", timeout=60_000)
