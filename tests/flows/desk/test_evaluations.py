"""Every evaluation of a round, its draft in the browser, and what changed between two with why."""

import csv
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PIL import Image
from pypdf import PdfReader

from models.roles import Role
from tasks.publishing.choosing import known_paper
from tasks.publishing.draft_changes import ChangedWords, Mark, changed_passages
from tasks.publishing.issuing import draft, draft_folder
from tasks.recording.snapshots import all_frozen
from tests.flows.desk.browsers import Browser
from tests.tasks.districts import YEAR, Districts

AT = f"/ky/{YEAR}"


@pytest.fixture(scope="module")
def printed_once() -> None:
    """Here everything is printed when it is ordered."""


@pytest.fixture
def districts(tmp_path: Path) -> Districts:
    """The nine districts, evaluated, and once more after the council raised a point of one."""
    districts = Districts.copied(tmp_path).receive()
    districts.evaluate()
    districts.receive_score("di-an", "1.1", "council", "65")
    districts.evaluate()
    return districts


@pytest.fixture
def folder(districts: Districts) -> Path:
    return districts.folder


@pytest.fixture
def officer(browser_of: Callable[..., Browser]) -> Browser:
    return browser_of(Role.OFFICER)


def rows_of(page: str) -> list[str]:
    return page.split("<tbody>")[1].split("</tbody>")[0].split("<tr>")[1:]


def test_what_changed_says_ranks_indices_and_why(officer: Browser) -> None:
    page = officer.open(f"{AT}/thay-doi").text
    rows = rows_of(page)
    (own,) = (row for row in rows if "Thị xã Dĩ An" in row)
    assert "1 tiêu chí đổi điểm hoặc căn cứ" in own
    assert "→ 65/65" in own
    assert "trước: thẩm định; nay: Hội đồng quyết định" in own
    others = [row for row in rows if "Thị xã Dĩ An" not in row]
    assert others
    assert all("điểm không đổi; đơn vị khác lên hoặc xuống" in row for row in others)


def test_any_two_are_compared_and_none_of_another_round(officer: Browser) -> None:
    page = officer.open(f"{AT}/thay-doi").text
    newest, oldest = (part.split('"')[0] for part in page.split('<option value="')[1:3])
    again = officer.open(f"{AT}/thay-doi?truoc={newest}&sau={newest}").text
    assert "Không đơn vị nào đổi điểm" in again
    assert "Chưa có hai lần tính" in officer.open(f"{AT}/thay-doi?sau={oldest}").text
    assert officer.open(f"{AT}/thay-doi?sau=0000").status_code == 404


def test_a_draft_is_made_without_submitting_and_opens_in_the_browser(officer: Browser) -> None:
    assert rows_of(officer.open(f"{AT}/lan-tinh").text)[0].count("chưa lập") == 1
    newest, oldest = rows_of(officer.draft(f"{AT}/du-thao").text)
    assert "quyet-dinh.pdf" in newest
    assert "chưa quyết định" in newest
    assert "chưa lập" in oldest
    path = newest.split('href="')[1].split('"')[0]
    shown = officer.open(path)
    assert shown.content.startswith(b"%PDF")
    assert shown.headers["content-disposition"].startswith("inline")
    assert officer.open(f"{path.rpartition('/')[0]}/..%2f..%2fcchc.sqlite").status_code == 404
    pages = officer.open(f"{path}/trang").text
    assert pages.count("<img") == len(PdfReader(BytesIO(shown.content)).pages)
    with Image.open(BytesIO(officer.open(f"{path}/trang/1").content)) as drawn:
        assert drawn.width < drawn.height
    assert officer.open(f"{path}/trang/99").status_code == 404


def test_who_opens_the_page_while_a_draft_is_made_sees_how_many_documents_are_printed(
    officer: Browser, browser_of: Callable[..., Browser]
) -> None:
    other, told = browser_of(Role.AUDITOR), set[tuple[int, int]]()
    officer.open(f"{AT}/lan-tinh")
    with ThreadPoolExecutor(1) as pool:
        made = pool.submit(officer.draft, f"{AT}/du-thao")
        while not made.done():
            page = other.open(f"{AT}/lan-tinh").text
            told |= {(int(n), int(of)) for n, of in re.findall(r"đã in (\d+) trên (\d+) văn bản", page)}
    page = made.result().text
    documents = rows_of(page)[0].count(".pdf</a>")
    assert {of for _, of in told} == {documents}
    assert {0, documents} <= {n for n, _ in told}
    assert "Đã lập dự thảo:" in page


def test_a_draft_that_cannot_be_made_says_why_where_it_would_stand(
    officer: Browser, districts: Districts, monkeypatch: pytest.MonkeyPatch
) -> None:
    templates = districts.folder / "templates"
    templates.mkdir(exist_ok=True)
    own = templates / "decision.html"
    own.write_text("{{ khong_co }}", encoding="utf-8")
    try:
        page = officer.draft(f"{AT}/du-thao").text
    finally:
        own.unlink()
    assert "Chưa lập được dự thảo" in page
    assert "decision.html" in page


def test_the_ranks_are_downloaded_as_tables(officer: Browser) -> None:
    page = officer.open(f"{AT}/xep-hang").text
    assert f'href="{AT}/ket-qua/xlsx"' in page
    rows = list(csv.DictReader(officer.open(f"{AT}/ket-qua/csv").text.splitlines()))
    assert len(rows) == 9
    sheet = load_workbook(BytesIO(officer.open(f"{AT}/ket-qua/xlsx").content)).worksheets[0]
    assert sheet.max_row >= 10
    assert officer.open(f"{AT}/ket-qua/json").json()["year"] == YEAR
    assert officer.open(f"{AT}/ket-qua/exe").status_code == 404


def test_lost_points_and_what_would_bring_them_are_said_of_a_unit(officer: Browser) -> None:
    page = officer.open(f"{AT}/don-vi/thu-dau-mot").text
    lost = rows_of(page.split("Điểm bị mất và cách lấy lại")[1])
    assert lost
    assert all("/" in row for row in lost)


def test_an_auditor_looks_and_drafts_nothing(browser_of: Callable[..., Browser]) -> None:
    auditor = browser_of(Role.AUDITOR)
    assert "Lập dự thảo" not in auditor.open(f"{AT}/lan-tinh").text
    assert auditor.send(f"{AT}/du-thao").status_code == 403


def test_two_drafts_are_compared_word_by_word(districts: Districts, officer: Browser) -> None:
    assert "Chưa có hai dự thảo" in officer.open(f"{AT}/so-du-thao").text
    with districts.storage.reading() as session:
        names = [each.sha256 for each in all_frozen(session, YEAR)]
    for sha256 in names:
        paper = known_paper(districts.folder, districts.storage, sha256)
        draft(paper, draft_folder(paper))
    page = officer.open(f"{AT}/so-du-thao").text
    annex = page.split("<h2>phu-luc")[1].split("<h2>")[0]
    assert "Thị xã Dĩ An" in annex
    assert "<del>" in annex
    assert "<ins>" in annex
    same = officer.open(f"{AT}/so-du-thao?truoc={names[0]}&sau={names[0]}").text
    assert "<li><del>" not in same
    assert "Không thay đổi" in same
    assert officer.open(f"{AT}/so-du-thao?sau={'0' * 64}").status_code == 404
    assert officer.open("/thang/2018-13/so-du-thao").status_code == 404
    assert "Chưa có hai dự thảo" in officer.open("/thang/2018-03/so-du-thao").text


def test_lines_that_break_elsewhere_are_no_change() -> None:
    before, after = ["một hai ba", "bốn năm sáu", "bảy"], ["một hai", "ba bốn năm sáu", "tám"]
    (passage,) = changed_passages(before, after)
    assert [each for each in passage if each.mark is not Mark.KEPT] == [
        ChangedWords(Mark.GONE, "bảy"),
        ChangedWords(Mark.NEW, "tám"),
    ]
    assert list(changed_passages(["một hai", "ba"], ["một", "hai ba"])) == []
