"""The criteria sets at the desk: readable and searchable by everybody who works with them."""

from collections.abc import Callable

import pytest

from models.roles import Role
from tests.flows.desk.browsers import Browser
from tests.tasks.rendering.words import words_of_word

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("role", [Role.UNIT, Role.APPRAISER, Role.OFFICER])
def test_everybody_reads_each_leaf_with_its_rule_in_words(browser_of: Callable[..., Browser], role: Role) -> None:
    browser = browser_of(role)
    assert 'href="/bo-tieu-chi/so-2025"' in browser.open("/bo-tieu-chi").text
    page = browser.open("/bo-tieu-chi/so-2025").text
    (row,) = (part for part in page.split("<tr ") if 'id="1.1.2"' in part)
    assert "đơn vị tự đánh giá" in row
    assert "rên 90" in row
    assert browser.open("/bo-tieu-chi/khong-co").status_code == 404


def test_words_are_found_without_their_marks_and_nothing_found_is_said(browser_of: Callable[..., Browser]) -> None:
    browser = browser_of(Role.UNIT)
    whole = browser.open("/bo-tieu-chi/so-2025").text.count('<tr id="')
    page = browser.open("/bo-tieu-chi/so-2025?tim=KE+hoach").text
    assert 0 < page.count('<tr id="') < whole
    assert "ế hoạch" in page
    assert "Không có tiêu chí nào chứa" in browser.open("/bo-tieu-chi/so-2025?tim=zzz").text
    assert "&lt;b&gt;" in browser.open("/bo-tieu-chi/so-2025?tim=%3Cb%3E").text


def test_a_set_is_saved_as_guide_and_as_annex_of_its_decision(browser_of: Callable[..., Browser]) -> None:
    browser = browser_of(Role.UNIT)
    page = browser.open("/bo-tieu-chi/so-2025").text
    for name in ("huong-dan.pdf", "huong-dan.docx", "phu-luc.docx"):
        assert f'href="/bo-tieu-chi/so-2025/{name}"' in page
    annex = browser.open("/bo-tieu-chi/so-2025/phu-luc.docx")
    assert annex.headers["content-disposition"].endswith("so-2025-phu-luc.docx")
    assert {"1.1.2", "QĐ-UBND"} <= set(" ".join(words_of_word(annex.content)).replace("/", " ").split())
    assert "HƯỚNG" in words_of_word(browser.open("/bo-tieu-chi/so-2025/huong-dan.docx").content)
    assert browser.open("/bo-tieu-chi/so-2025/huong-dan.pdf").content.startswith(b"%PDF")
    assert browser.open("/bo-tieu-chi/so-2025/so-2025.yaml").status_code == 404
    assert browser.open("/bo-tieu-chi/khong-co/phu-luc.docx").status_code == 404
