"""The guide and the desk: every page is told of, on the page too; what the guide names in the menu is there."""

import re
from collections.abc import Callable

import pytest
from PIL import Image

from flows.desk.app import PAGES
from flows.desk.guide import GUIDE, help_of, parts_of_guide
from models.roles import Role
from tests.flows.desk.browsers import Browser

TEXT = GUIDE.read_text(encoding="utf-8")
TEMPLATES = GUIDE.parents[1] / "report_templates" / "desk"
# What other pages include, and the page that says what went wrong.
PARTS = {"base", "parts", "message", "account_fields", "appraisal_parts", "evidence_parts", "outcome", "round_menu"}
PICTURES = re.findall(r"!\[(.+)\]\((.+)\)", TEXT)


def test_every_page_has_its_part_in_the_guide_and_no_other() -> None:
    assert set(parts_of_guide()) == {path.stem for path in TEMPLATES.glob("*.html")} - PARTS


@pytest.mark.parametrize("template", sorted(parts_of_guide()))
def test_the_part_is_shown_as_text_without_pictures_or_marks(template: str) -> None:
    shown = help_of(template)
    assert shown.startswith(("<p>", "<ul>"))
    assert not re.search(r"<img|<a |\*\*|&lt;", shown)


def test_a_page_shows_its_part(browser_of: Callable[[Role], Browser]) -> None:
    page = browser_of(Role.OFFICER).open("/ky/2025/gia-han").text
    assert "<summary>Trợ giúp</summary>" in page
    assert "<strong>Bỏ gia hạn</strong> trả lại hạn chung." in page


def test_pages_that_the_table_of_the_year_names_stand_in_the_menu() -> None:
    named = {
        name.strip()
        for row in re.findall(r"^\|[^|]+\|[^|]+\|([^|]+)\|$", TEXT, re.MULTILINE)
        for name in row.split(",")
    }
    menu = {item.name for pages in PAGES for item in getattr(pages, "MENU", {}).values()}
    assert named - {"Ở trang", "---"} <= menu


@pytest.mark.parametrize(("caption", "name"), PICTURES)
def test_a_picture_of_the_guide_is_there_and_can_be_read(caption: str, name: str) -> None:
    with Image.open(GUIDE.parent / name) as picture:
        assert picture.width >= 1000
    assert caption[0].isupper()


def test_no_picture_is_left_over() -> None:
    assert {name for _, name in PICTURES} == {f"hinh/{path.name}" for path in (GUIDE.parent / "hinh").iterdir()}
