"""A unit's page: its form saved, filled in and sent; receipt, findings, changes; nobody else's files."""

import io
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from httpx import Response
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlmodel import select

from models.records.storage import Storage
from models.records.tables import Receipt, Submission
from models.roles import Role
from tests.flows.desk.browsers import HERE, Browser
from tests.tasks.filled_forms import GOOD, filled

pytestmark = pytest.mark.slow

UNIT, OTHER = "stc", "snv"
FORM = f"/don-vi/{UNIT}/phieu/self_assessment/2025"
MENDED = {**GOOD, ("1.1.2/numerator", "value"): 90}
WRONG = {**GOOD, ("1.1.2/numerator", "value"): 120}


@pytest.fixture
def unit(browser_of: Callable[..., Browser]) -> Browser:
    """The browser of the unit."""
    return browser_of(Role.UNIT, UNIT)


def send(browser: Browser, content: bytes, name: str = "phieu.xlsx", to: str = UNIT) -> Response:
    browser.open(f"/don-vi/{to}")
    page = browser.send(f"/don-vi/{to}/gui", files={"workbook": (name, content)})
    for _ in range(60):  # a busy machine takes longer than the page waits by itself
        if "/cho/" not in page.url.path:
            break
        time.sleep(1)
        page = browser.open(page.url.path)
    return page


def test_a_form_is_saved_filled_in_sent_and_receipted(unit: Browser, records: Storage) -> None:
    form = unit.open(FORM)
    assert form.headers["content-disposition"].endswith("tu-danh-gia-2025-stc.xlsx")
    page = send(unit, filled(form.content, GOOD))
    assert "Đã nhận, bản 1" in page.text
    assert "Phiếu tự đánh giá năm 2025" in page.text

    with records.reading() as session:
        submission = session.exec(select(Submission)).one()
        receipt = session.exec(select(Receipt)).one()
    assert (submission.via, submission.subject) == ("desk", UNIT)
    assert submission.received_by == receipt.received_by == "Đơn vị (mẫu) (unit.stc)"

    letter = PdfReader(io.BytesIO(unit.open(f"{page.url.path}/bien-nhan").content))
    said = " ".join(letter.pages[0].extract_text().split())
    assert len(letter.pages) == 1
    assert "bản thứ 1" in said
    assert submission.sha256 in said.replace(" ", "")
    assert "trong hạn gửi" in said

    to_sign = PdfReader(io.BytesIO(unit.open(f"/don-vi/{UNIT}/ban-in/2025").content))
    assert "THỦ TRƯỞNG ĐƠN VỊ" in " ".join(page.extract_text() for page in to_sign.pages)

    sent = unit.open(f"{page.url.path}/goc").content
    assert "không có gì thay đổi" in send(unit, sent).text


def test_what_is_wrong_is_told_at_the_cell_with_the_marked_workbook(unit: Browser) -> None:
    page = send(unit, filled(unit.open(FORM).content, WRONG))
    assert "chưa được nhận" in page.text
    assert "ô " in page.text
    marked = load_workbook(io.BytesIO(unit.open(f"{page.url.path}/phan-hoi").content))
    assert any("Kết quả" in name for name in marked.sheetnames)
    assert "Cần sửa và gửi lại" in unit.open(f"/don-vi/{UNIT}").text


def test_two_versions_are_compared_cell_by_cell(unit: Browser) -> None:
    blank = unit.open(FORM).content
    first = send(unit, filled(blank, GOOD)).url.path.rsplit("/", 1)[1]
    second = send(unit, filled(blank, MENDED))
    assert "So với bản 1" in second.text
    page = unit.open(f"/don-vi/{UNIT}/thay-doi/{first}/{second.url.path.rsplit('/', 1)[1]}")
    row = page.text.split("<tbody>")[1].split("</tr>")[0]
    assert "1.1.2" in row
    assert "<td>95</td><td>90</td>" in row
    same = unit.open(f"/don-vi/{UNIT}/thay-doi/{first}/{first}")
    assert "không ô nào thay đổi" in same.text


def test_another_units_form_is_refused_with_one_clear_sentence(
    unit: Browser, browser_of: Callable[..., Browser]
) -> None:
    other = browser_of(Role.UNIT, OTHER)
    page = send(other, filled(unit.open(FORM).content, GOOD), to=OTHER)
    assert "nằm trong thư mục của" in page.text
    assert "Chưa có tệp nào" in unit.open(f"/don-vi/{UNIT}").text


def test_nobody_reaches_another_units_pages_forms_and_files(unit: Browser, browser_of: Callable[..., Browser]) -> None:
    number = send(unit, filled(unit.open(FORM).content, GOOD)).url.path.rsplit("/", 1)[1]
    other = browser_of(Role.UNIT, OTHER)
    for path in ("", "/phieu/self_assessment/2025", f"/tep/{number}", f"/tep/{number}/goc", f"/tep/{number}/bien-nhan"):
        assert other.open(f"/don-vi/{UNIT}{path}").status_code == 403, path
        if number in path:
            assert other.open(f"/don-vi/{OTHER}{path}").status_code == 404, path
    assert send(other, b"x", to=UNIT).status_code == 403


def test_an_auditor_sees_and_cannot_send(unit: Browser, browser_of: Callable[..., Browser]) -> None:
    auditor = browser_of(Role.AUDITOR)
    assert "Gửi tệp" not in auditor.open(f"/don-vi/{UNIT}").text
    assert send(auditor, b"x").status_code == 403


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("trong.xlsx", b"", "không có nội dung"),
        ("anh.xlsx", b"\x89PNG\r\n\x1a\n" + b"0" * 64, "chưa được nhận"),
        ("../../etc/passwd", b"root", "chưa được nhận"),
        ("x.part", b"1", "chưa được nhận"),
        (".xlsx", b"1", "chưa được nhận"),
        ('<script>alert("1")</script>.xlsx', b"1", "chưa được nhận"),
        ("=cmd|'/c calc'!A1.xlsx", b"1", "chưa được nhận"),
    ],
)
def test_whatever_is_sent_gets_an_answer_in_words(
    unit: Browser, folder: Path, name: str, content: bytes, said: str
) -> None:
    page = send(unit, content, name)
    assert said in page.text
    assert "<script>alert" not in page.text
    assert "<script>alert" not in unit.open(f"/don-vi/{UNIT}").text
    assert [path for path in (folder / "var" / "uploads").rglob("*") if path.is_file()] == []


def test_a_file_that_is_too_large_is_refused_in_words_and_nothing_is_kept(unit: Browser, folder: Path) -> None:
    unit.open(f"/don-vi/{UNIT}")
    page = send(unit, b"0" * (41 * 1024 * 1024))
    assert page.status_code == 413
    assert "Tệp lớn hơn 40 MB" in page.text
    assert list((folder / "var" / "uploads").rglob("*")) == []


def test_a_file_laid_down_before_the_desk_stopped_is_received_when_it_starts(
    unit: Browser, folder: Path, records: Storage
) -> None:
    left = folder / "var" / "uploads" / UNIT / "0123456789abcdef" / "phieu.xlsx"
    left.parent.mkdir(parents=True)
    left.write_bytes(filled(unit.open(FORM).content, GOOD))
    send(unit, b"something else")  # wakes the thread as a start does
    with records.reading() as session:
        outcomes = sorted(submission.outcome for submission in session.exec(select(Submission)))
    assert outcomes == ["accepted", "refused"]


def test_the_officer_sends_for_a_unit_and_is_named(browser_of: Callable[..., Browser], records: Storage) -> None:
    officer = browser_of(Role.OFFICER)
    page = send(officer, filled(officer.open(FORM).content, GOOD))
    assert "Đã nhận, bản 1" in page.text
    with records.reading() as session:
        assert session.exec(select(Submission.received_by)).one() == "Chuyên viên Sở Nội vụ (mẫu) (officer)"


def test_a_foreign_page_cannot_send_a_file(unit: Browser) -> None:
    answer = unit.client.post(
        f"/don-vi/{UNIT}/gui", files={"workbook": ("a.xlsx", b"1")}, headers={"Origin": "http://evil.example"}
    )
    assert answer.status_code == 403
    without_token = unit.client.post(
        f"/don-vi/{UNIT}/gui", files={"workbook": ("a.xlsx", b"1")}, headers={"Origin": HERE}
    )
    assert without_token.status_code == 403
