"""The folder and its sets as workbooks at the desk, and a round tried under another set."""

import hashlib
import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import docx
import openpyxl
import pytest
from sqlmodel import col, select

from models.province.folder import load_province
from models.records.storage import Storage
from models.records.tables import FolderChange
from models.roles import Role
from tasks.criteria.as_workbook import set_as_workbook
from tasks.documents.criteria_papers import exported_set
from tests.flows.desk.browsers import Browser
from tests.models.folders import Folder

pytestmark = pytest.mark.slow

_SCRIPT = re.compile(r"<script>\w+")


def edited(content: bytes, sheet: str, old: str, new: object) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    cell = next(cell for row in book[sheet].iter_rows() for cell in row if cell.value == old)
    cell.value = new
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_an_administrator_edits_units_and_a_set_in_workbooks(
    folder: Path, records: Storage, browser_of: Callable[..., Browser]
) -> None:
    browser = browser_of(Role.ADMINISTRATOR)
    assert 'href="/thu-muc-tinh/bo-tieu-chi/so-2025"' in browser.open("/thu-muc-tinh").text
    units = browser.open("/thu-muc-tinh/bang").content
    of_set = browser.open("/thu-muc-tinh/bo-tieu-chi/so-2025").content
    assert browser.open("/thu-muc-tinh/bo-tieu-chi/khong-co").status_code == 404
    for content, said in (
        (units, "Không có gì thay đổi."),
        (
            edited(units, "Đơn vị", "Sở Tài chính", "Sở TC"),
            "Đã ghi. units.csv: 1 dòng mới hoặc sửa, thay",
        ),
        (edited(of_set, "Bộ tiêu chí", "Kỷ luật báo cáo", "Báo cáo"), "Đã ghi. criteria/so.yaml: 1 dòng"),
    ):
        browser.open("/thu-muc-tinh")
        assert said in browser.send("/thu-muc-tinh", files={"workbook": ("t.xlsx", content)}).text
    assert "stc,Sở TC,so" in Folder(folder).text("units.csv")
    assert "name: Báo cáo\n" in Folder(folder).text("criteria/so.yaml")
    with records.reading() as session:
        changed = session.exec(select(FolderChange).order_by(col(FolderChange.id))).all()
    now = [hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in ("units.csv", "criteria/so.yaml")]
    assert [(one.file, one.way, one.sha256) for one in changed] == [
        ("units.csv", "workbook", now[0]),
        ("criteria/so.yaml", "workbook", now[1]),
    ]
    assert all(one.before_sha256 and one.changed_by.endswith("(administrator)") for one in changed)


def test_a_bad_cell_is_shown_and_nothing_is_written(folder: Path, browser_of: Callable[..., Browser]) -> None:
    browser = browser_of(Role.ADMINISTRATOR)
    before = Folder(folder).text("units.csv")
    content = edited(browser.open("/thu-muc-tinh/bang").content, "Đơn vị", "stc", "có dấu cách")
    browser.open("/thu-muc-tinh")
    page = browser.send("/thu-muc-tinh", files={"workbook": ("t.xlsx", content)})
    assert page.status_code == 422
    assert "trang “Đơn vị”, ô B5" in page.text
    assert Folder(folder).text("units.csv") == before
    content = edited(content, "Đơn vị", "có dấu cách", "<script>x")
    browser.open("/thu-muc-tinh")
    assert "<script>x" not in browser.send("/thu-muc-tinh", files={"workbook": ("<script>x.xlsx", content)}).text
    for name, other in (("t.xlsx", b"khong phai"), ("t.xlsx", b"")):
        browser.open("/thu-muc-tinh")
        assert browser.send("/thu-muc-tinh", files={"workbook": (name, other)}).status_code == 422


def test_an_officer_tries_a_round_under_another_set(
    folder: Path, records: Storage, browser_of: Callable[..., Browser]
) -> None:
    browser = browser_of(Role.OFFICER)
    assert "Tính thử" in browser.open("/ky/2025/tinh-thu").text
    page = browser.send("/ky/2025/tinh-thu")
    assert (page.status_code, "chưa chọn bộ tiêu chí nào" in page.text) == (422, True)
    page = browser.send("/ky/2025/tinh-thu", criteria_set="so-2025")
    assert "chưa nhận được điểm hay số liệu nào" in page.text
    browser.open("/ky/2025/tinh-thu")
    page = browser.send("/ky/2025/tinh-thu", files={"file": ("sai.yaml", b"id: [")})
    assert "sai cú pháp YAML" in page.text
    _receive(folder, records)
    for tried in (
        {"criteria_set": "so-2025"},
        {"files": {"file": ("so.docx", set_in_word(folder))}},
        {"files": {"file": ("so.xlsx", set_as_workbook(load_province(folder), "so-2025"))}},
    ):
        browser.open("/ky/2025/tinh-thu")
        page = browser.send("/ky/2025/tinh-thu", **tried).text
        assert "Kết quả tính thử theo so-2025, không được ghi lại" in page
        assert "Sở Tài chính" in page


def test_what_a_tried_set_or_its_file_is_called_is_text(
    folder: Path, records: Storage, browser_of: Callable[..., Browser]
) -> None:
    browser = browser_of(Role.OFFICER)
    _receive(folder, records)
    Folder(folder).change("units.csv", "Sở Tài chính", "Sở <script>u")
    text = Folder(folder).text("criteria/so.yaml").replace("Kỷ luật báo cáo", '"<script>c"')
    for name, content, status, shown in (
        ("<script>f.yaml", text.encode(), 200, "Sở &lt;script&gt;u"),
        ("<script>f.yaml", text.replace("so-2025", '"<script>id"').encode(), 200, "theo &lt;script&gt;id"),
        ("<script>f.yaml", b"id: [", 422, "&lt;script&gt;f.yaml"),
        ("<script>f.docx", foreign_document(), 422, "&lt;script&gt;f.docx"),
        ("<script>f.docx", b"PK\x03\x04", 422, "&lt;script&gt;f.docx"),
    ):
        browser.open("/ky/2025/tinh-thu")
        page = browser.send("/ky/2025/tinh-thu", files={"file": (name, content)})
        assert (page.status_code, shown in page.text, _SCRIPT.findall(page.text)) == (status, True, []), name
    for chosen in ("<script>s", '"><script>s'):
        page = browser.send("/ky/2025/tinh-thu", criteria_set=chosen, group=chosen)
        assert (page.status_code, _SCRIPT.findall(page.text)) == (422, [])


def test_a_set_comes_back_in_word_and_a_foreign_document_is_told(
    folder: Path, browser_of: Callable[..., Browser]
) -> None:
    browser = browser_of(Role.ADMINISTRATOR)
    unchanged = set_in_word(folder)
    document, out = docx.Document(io.BytesIO(unchanged)), io.BytesIO()
    cell = next(cell for table in document.tables for cell in table._cells if cell.text == "Kỷ luật báo cáo")
    cell.paragraphs[0].runs[0].text = "Báo cáo <script>x"
    document.save(out)
    for name, content, status, said in (
        ("so.docx", unchanged, 200, "Không có gì thay đổi."),
        ("<script>x.docx", foreign_document(), 422, "không phải là phụ lục do chương trình xuất ra"),
        ("so.docx", out.getvalue(), 200, "Đã ghi. criteria/so.yaml: 1 dòng"),
    ):
        browser.open("/thu-muc-tinh")
        page = browser.send("/thu-muc-tinh", files={"workbook": (name, content)})
        assert (page.status_code, said in page.text, _SCRIPT.findall(page.text)) == (status, True, []), name
    assert "name: Báo cáo <script>x\n" in Folder(folder).text("criteria/so.yaml")


def foreign_document() -> bytes:
    out = io.BytesIO()
    docx.Document().save(out)
    return out.getvalue()


def set_in_word(folder: Path) -> bytes:
    return exported_set(load_province(folder), "so-2025", 2025, date(2026, 2, 1), ".docx", as_guide=False)


def _receive(folder: Path, records: Storage) -> None:
    from tasks.recording.importing import read_facts
    from tasks.recording.versions import record_facts

    content = b"unit,component,fact,value\nstc,1.1.2,numerator,9\nstc,1.1.2,denominator,10\n"
    facts, _ = read_facts(content, "f.csv", load_province(folder), 2025, {})
    record_facts(records, 2025, content, "f.csv", facts)


def test_what_a_folder_says_is_text_in_its_workbook_and_on_pages(
    folder: Path, browser_of: Callable[..., Browser]
) -> None:
    browser, officer = browser_of(Role.ADMINISTRATOR), browser_of(Role.OFFICER)
    Folder(folder).change("units.csv", "Sở Tài chính", "=HYPERLINK(1)<script>x")
    book = openpyxl.load_workbook(io.BytesIO(browser.open("/thu-muc-tinh/bang").content))
    (cell,) = (one for row in book["Đơn vị"].iter_rows() for one in row if "HYPERLINK" in str(one.value))
    assert cell.data_type == "s"
    page = officer.open("/ky/2025").text
    assert "=HYPERLINK(1)&lt;script&gt;x" in page
    assert "<script>x" not in page
