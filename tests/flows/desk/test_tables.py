"""Every table of every page as a file: what it says, figures as figures, and nothing that a program runs."""

import csv
import io
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from flows.desk.tables import tables_of
from models.roles import Role
from tests.flows.desk.browsers import Browser

RUN = '=HYPERLINK("http://mau.example";"mở")'
PAGE = "/ky/2025/gia-han"


def test_cells_say_what_people_read_and_figures_are_figures() -> None:
    page = """<table><caption>Đơn vị &amp; điểm</caption><tr><th>Tên</th><th class="n">Điểm</th><th>Việc</th></tr>
    <tr><th><a href="/x">Sở  Tư pháp</a></th><td class="n strong">1.435,20</td>
    <td><form><button>Nhắc</button></form></td></tr>
    <tr><th colspan="2">Nhóm</th><td>12.5.1</td></tr></table><p>ngoài</p>"""
    (table,) = tables_of(page)
    assert table.caption == "Đơn vị & điểm"
    assert table.rows == [
        ["Tên", "Điểm", "Việc"],
        ["Sở Tư pháp", Decimal("1435.20"), ""],
        ["Nhóm", "", "12.5.1"],
    ]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_table_of_a_page_is_saved_with_its_filter_and_runs_nothing(
    browser_of: Callable[..., Browser], kind: str
) -> None:
    officer = browser_of(Role.OFFICER)
    officer.open(PAGE)
    officer.send(PAGE, step="self_assessment", subject=["stc"], until="31/12/2099", reason=RUN)
    page = officer.open(f"{PAGE}?buoc=self_assessment").text
    (link,) = re.findall(rf'href="(\?[^"]*bang=1\.{kind})"', page)
    assert "buoc=self_assessment" in link
    saved = officer.open(PAGE + link.replace("&amp;", "&"))
    assert saved.headers["content-disposition"].startswith("attachment; filename*=UTF-8''Gia%20h%E1%BA%A1n")
    if kind == "csv":
        rows = list(csv.reader(io.StringIO(saved.content.decode("utf-8-sig"))))
    else:
        sheet = load_workbook(io.BytesIO(saved.content)).active
        assert sheet
        rows = [[str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    (said,) = (cell for row in rows for cell in row if "HYPERLINK" in cell)
    assert said.startswith("'=")


@pytest.mark.parametrize("asked", ["9.csv", "1.exe", "csv", "0.csv", "²5.csv"])
def test_a_table_that_is_not_there_is_told_so(browser_of: Callable[..., Browser], asked: str) -> None:
    assert browser_of(Role.OFFICER).open(f"{PAGE}?bang={asked}").status_code == 404
