"""A printed annex at the desk: the page says how each leaf was read and gives the YAML; nothing is written."""

import re
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from models.criteria.sets import CriteriaSet
from models.roles import Role
from tests.flows.desk.browsers import Browser
from tests.tasks.criteria.annexes import as_word, typed

pytestmark = pytest.mark.slow


def send(browser: Browser, content: bytes, name: str = "Phụ lục 1.docx") -> tuple[int, str]:
    browser.open("/phu-luc")
    answer = browser.send("/phu-luc", files={"annex": (name, content)})
    return answer.status_code, answer.text


@pytest.mark.parametrize("role", [Role.OFFICER, Role.ADMINISTRATOR])
def test_an_annex_is_read_and_its_yaml_taken_away(browser_of: Callable[..., Browser], role: Role) -> None:
    status, page = send(browser_of(role), as_word(typed("can-xem")))
    assert status == 200
    assert "nhận ra quy tắc của 0, cần xem 6" in page
    assert "đúng 90 thuộc cả hai mức" in page
    assert page.count("<code>rule: {kind: points}</code>") == 6
    taken = re.search(r'download="phu-luc-1.yaml" href="data:text/yaml;charset=utf-8;base64,([^"]+)"', page)
    assert taken
    criteria_set = CriteriaSet.model_validate(yaml.safe_load(b64decode(taken[1])))
    assert [leaf.code for leaf in criteria_set.leaves] == ["1.1", "1.2", "1.3", "1.4", "1.5", "1.6"]


def test_a_refused_annex_says_where_and_why(browser_of: Callable[..., Browser]) -> None:
    browser = browser_of(Role.OFFICER)
    status, page = send(browser, b"%PDF-1.7", "phu-luc.pdf")
    assert (status, "phu-luc.pdf: LỖI: đây là tệp PDF" in page) == (422, True)
    assert send(browser, b"")[0] == 422
    assert "<script>x" not in send(browser, b"%PDF-1.7", "<script>x.pdf")[1]


def test_nothing_is_written_and_units_have_no_such_page(browser_of: Callable[..., Browser], folder: Path) -> None:
    before = sorted(path.name for path in (folder / "criteria").iterdir())
    officer, unit = browser_of(Role.OFFICER), browser_of(Role.UNIT)
    send(officer, as_word(typed("la-ma-huong-dan")))
    assert sorted(path.name for path in (folder / "criteria").iterdir()) == before
    assert 'href="/phu-luc"' in officer.open("/bo-tieu-chi").text
    assert "/phu-luc" not in unit.open("/bo-tieu-chi").text
    assert unit.open("/phu-luc").status_code == 403
