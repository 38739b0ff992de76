"""The pages of Great Expectations: a page a suite, in the words of our checks, with what a criteria set declares."""

from html import unescape
from pathlib import Path

import pytest

from expectations.catalogue import SUITES
from expectations.data_docs import OF_A_SET, write_data_docs
from models.province.folder import load_province
from tests.conftest import EXAMPLES

pytestmark = pytest.mark.slow

PROVINCE = load_province(EXAMPLES / "tinh-mau")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    first = write_data_docs(PROVINCE.criteria_sets.values(), tmp_path_factory.mktemp("docs"))
    assert first.name == "index.html"
    return first.parent


def page(site: Path, name: str) -> str:
    return unescape((site / "expectations" / f"{name}.html").read_text(encoding="utf-8"))


def test_every_suite_has_a_page_that_names_each_of_its_checks(site: Path) -> None:
    for suite in SUITES:
        names = [f"{suite.name}/{id}" for id in PROVINCE.criteria_sets] if suite in OF_A_SET else [suite.name]
        for name in names:
            html = page(site, name)
            assert [check.expected for check in suite.checks if check.expected not in html] == [], name


def test_the_first_page_leads_to_every_suite_of_every_criteria_set(site: Path) -> None:
    html = (site / "index.html").read_text(encoding="utf-8")
    assert all(f"self_assessment/{id}.html" in html for id in PROVINCE.criteria_sets)
