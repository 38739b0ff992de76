"""Evidence at the desk: sending many at once, assigning, search, looking at one file, who sees what."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from httpx import Response
from PIL import Image

from models.province.folder import load_province
from models.records.storage import Storage
from models.roles import Role
from tasks.recording.evidence_files import HeldFile, held_files
from tests.flows.desk.browsers import Browser
from tests.models.folders import Folder
from tests.tasks.evidence.files import document, packed, pdf, picture
from tests.tasks.forms_sent import PLAN, YEAR, on, record, self_assessment

pytestmark = pytest.mark.slow

OWN = f"/don-vi/stc/minh-chung/{YEAR}"
Files = Sequence[tuple[str, bytes]]


def send(browser: Browser, files: Files, path: str = OWN, **fields: str) -> Response:
    browser.open(path)
    sent = [("files", (name, content, "application/octet-stream")) for name, content in files]
    return browser.send(path, sent, **fields)


def held(records: Storage) -> list[HeldFile]:
    with records.reading() as session:
        return held_files(session, YEAR)


@pytest.fixture
def unit(browser_of: Callable[..., Browser]) -> Browser:
    return browser_of(Role.UNIT)


def test_many_files_at_once_are_answered_one_by_one(unit: Browser, records: Storage, folder: Path) -> None:
    record(records, load_province(folder), stc=self_assessment(on("1.1.2", evidence=(PLAN,))))
    page = send(
        unit,
        [
            ("1.1.1_ke-hoach.pdf", pdf("Kế hoạch số một")),
            ("12-KH-STC.pdf", pdf("b")),
            ("anh chụp.png", picture()),
            ("<script>alert(1)</script>.pdf", b"<html>"),
        ],
    )
    assert page.status_code == 200
    said = page.text.partition('role="status"')[2].partition("</div>")[0]
    assert "Đã nhận 3/4 tệp" in said
    assert "đã nhận, tiêu chí 1.1.1" in said
    assert "đã nhận, tiêu chí 1.1.2" in said
    assert "chưa rõ tiêu chí" in said
    assert "không nhận</strong>, nội dung là trang web" in said
    assert "<script>alert" not in page.text
    assert "Tệp không được nhận" in page.text
    assert "<dt>Nộp đúng hạn</dt><dd>3/3" in page.text
    assert [file.row.via for file in held(records)] == ["desk"] * 3
    assert held(records)[0].row.received_by == "Đơn vị (mẫu) (unit.stc)"


def test_a_file_is_assigned_by_choosing_and_taken_back(unit: Browser, records: Storage) -> None:
    send(unit, [("anh.png", picture())])
    page = unit.send(f"{OWN}/gan", file="1", component="1.2")
    assert "Đã gắn anh.png với tiêu chí 1.2." in page.text
    assert dict(held(records)[0].components) == {"1.2": "person"}
    page = unit.send(f"{OWN}/gan", file="1", component="1.2", act="bo")
    assert "Đã bỏ anh.png khỏi tiêu chí 1.2." in page.text
    assert not held(records)[0].components
    assert '<option value="1.1.2">' in unit.open("/minh-chung/tep/1").text
    for code in ("1.1.1", "1.1.2"):
        unit.open("/minh-chung/tep/1")
        unit.send(f"{OWN}/gan", file="1", component=code)
    assert list(held(records)[0].components) == ["1.1.1", "1.1.2"]
    assert '<option value="1.1.2">' not in unit.open("/minh-chung/tep/1").text
    unit.open(OWN)
    assert unit.send(f"{OWN}/gan", file="1", component="2.1").status_code == 404
    unit.open(OWN)
    assert unit.send(f"{OWN}/gan", file="99", component="1.2").status_code == 404


def test_an_archive_for_one_criterion(unit: Browser, records: Storage) -> None:
    send(unit, [("tat-ca.zip", packed({"a.pdf": pdf("a"), "b.docx": document("b")}))], component="1.2")
    assert [(file.name, list(file.components)) for file in held(records)] == [("a.pdf", ["1.2"]), ("b.docx", ["1.2"])]


def test_a_file_is_shown_as_pictures_drawn_here_and_saved_only_as_an_attachment(unit: Browser) -> None:
    send(unit, [("1.1.1_bao-cao", pdf("Trang một", "Trang hai"))])
    page = unit.open("/minh-chung/tep/1")
    assert page.text.count('<img src="/minh-chung/tep/1/trang/') == 2
    picture = unit.open("/minh-chung/tep/1/trang/2")
    assert picture.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(picture.content)).width == 1240
    assert "sandbox" in picture.headers["content-security-policy"]
    original = unit.open("/minh-chung/tep/1/goc")
    assert original.content.startswith(b"%PDF-")
    assert original.headers["content-type"] == "application/octet-stream"
    assert original.headers["content-disposition"] == "attachment; filename*=UTF-8''1.1.1_bao-cao.pdf"
    assert original.headers["x-content-type-options"] == "nosniff"
    assert original.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert unit.open("/minh-chung/tep/1/trang/3").status_code == 404


def test_a_document_is_shown_as_its_words(unit: Browser) -> None:
    send(unit, [("b.docx", document("Quyết định số 5", "&lt;script&gt;alert(1)&lt;/script&gt;"))])
    page = unit.open("/minh-chung/tep/1").text
    assert "Quyết định số 5" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<img" not in page


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("công khai", ["b.docx"]),
        ("cong khai", ["b.docx"]),
        ("KH-STC", ["1.1.2_a.pdf"]),
        ("20/01/2025", ["1.1.2_a.pdf"]),
        ("1.1.2", ["1.1.2_a.pdf"]),
        ("tài chính", ["b.docx", "1.1.2_a.pdf"]),
        ("công khai 1.1.2", []),
        ("100%_", []),
    ],
)
def test_search_looks_into_names_numbers_days_and_words(
    unit: Browser, browser_of: Callable[..., Browser], records: Storage, folder: Path, wanted: str, found: list[str]
) -> None:
    record(records, load_province(folder), stc=self_assessment(on("1.1.2", evidence=(PLAN,))))
    send(unit, [("1.1.2_a.pdf", pdf("Kế hoạch")), ("b.docx", document("Niêm yết CÔNG KHAI thủ tục"))])
    for browser, path in ((browser_of(Role.OFFICER), f"/minh-chung/{YEAR}"), (unit, OWN)):
        page = browser.client.get(path, params={"tim": wanted}).text
        table = page.partition("có đủ các từ cần tìm</caption>")[2].partition("</table>")[0]
        assert [name for name in ("b.docx", "1.1.2_a.pdf") if name in table] == found
        assert found or "Không có tệp nào như vậy" in page


def test_nobody_sees_or_changes_the_files_of_another_unit(
    unit: Browser, browser_of: Callable[..., Browser], records: Storage
) -> None:
    send(unit, [("1.1.1_a.pdf", pdf("a"))])
    other = browser_of(Role.UNIT, "snv")
    other.open("/don-vi/snv/minh-chung")
    for path in ("/minh-chung/tep/1", "/minh-chung/tep/1/trang/1", "/minh-chung/tep/1/goc", "/minh-chung/tep/7"):
        assert other.open(path).status_code == 404
    assert other.open(OWN).status_code == 403
    other.open(f"/don-vi/snv/minh-chung/{YEAR}")
    assert other.send(OWN, [("files", ("x.pdf", pdf("x"), ""))]).status_code == 403
    other.open(f"/don-vi/snv/minh-chung/{YEAR}")
    assert other.send(f"/don-vi/snv/minh-chung/{YEAR}/gan", file="1", component="1.2").status_code == 404
    other.open(f"/don-vi/snv/minh-chung/{YEAR}")
    assert other.send(f"{OWN}/gan", file="1", component="1.2").status_code == 403
    assert len(held(records)) == 1
    assert "1.1.1_a.pdf" not in other.client.get(f"/minh-chung/{YEAR}?tim=a").text


def test_an_appraiser_sees_the_files_of_its_criteria_only(
    unit: Browser, browser_of: Callable[..., Browser], folder: Path
) -> None:
    Folder(folder).change("criteria/so.yaml", "appraised_by: snv", "appraised_by: stc")
    send(unit, [("1.1.1_a.pdf", pdf("a")), ("khong-ro.pdf", pdf("b"))])
    for agency, status in (("snv", 404), ("stc", 200)):
        appraiser = browser_of(Role.APPRAISER, agency)
        assert appraiser.open("/minh-chung/tep/1").status_code == status
        assert appraiser.open("/minh-chung/tep/2").status_code == 404
        assert ("1.1.1_a.pdf" in appraiser.open("/minh-chung").text) == (status == 200)
        assert appraiser.open(OWN).status_code == 403


@pytest.mark.parametrize("role", [Role.OFFICER, Role.LEADER, Role.AUDITOR])
def test_who_sees_all_units_finds_counts_and_files(
    unit: Browser, browser_of: Callable[..., Browser], role: Role
) -> None:
    send(unit, [("a.pdf", pdf("a"))])
    browser = browser_of(role)
    page = browser.open("/minh-chung")
    assert page.url.path == f"/minh-chung/{YEAR}"
    assert "<dt>Nộp đúng hạn</dt><dd>1/1" in page.text
    assert browser.open("/minh-chung/tep/1/goc").status_code == 200
    shown = browser.open(OWN).text
    assert ('type="file"' in shown) == (role is Role.OFFICER)


def test_administrators_see_no_evidence(unit: Browser, browser_of: Callable[..., Browser]) -> None:
    send(unit, [("a.pdf", pdf("a"))])
    browser = browser_of(Role.ADMINISTRATOR)
    for path in ("/minh-chung", "/minh-chung/tep/1", OWN):
        assert browser.open(path).status_code == 403


def test_what_is_too_large_is_said_and_nothing_is_recorded(unit: Browser, records: Storage) -> None:
    page = send(unit, [("a.png", picture() + bytes(31 * 2**20))])
    assert "lớn hơn giới hạn 30 MB" in page.text
    unit.open(OWN)
    page = unit.send(OWN, [("files", (f"{number}.png", picture() + bytes(29 * 2**20), "")) for number in range(7)])
    assert page.status_code == 413
    assert "Tệp quá lớn" in page.text
    assert held(records) == []


def test_nothing_chosen_and_no_token_are_said(unit: Browser) -> None:
    unit.open(OWN)
    assert unit.send(OWN, [("files", ("", b"", ""))]).status_code == 422
    unit.page = None
    assert unit.send(OWN, [("files", ("a.pdf", pdf("a"), ""))]).status_code == 403
