"""A text held against the results at the desk: pasted or uploaded, each sentence with its verdict in words."""

import html
import io
from collections.abc import Callable
from pathlib import Path

import docx
import pytest

from models.province.folder import load_province
from models.province.texts import Section
from models.roles import Role
from tests.flows.desk.browsers import Browser
from tests.tasks.districts import YEAR, Districts

pytestmark = pytest.mark.slow

PAGE = f"/ky/{YEAR}/soat-van-ban"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The nine districts, evaluated and not published."""
    districts = Districts.copied(tmp_path).receive()
    districts.evaluate()
    return districts.folder


@pytest.fixture
def officer(browser_of: Callable[..., Browser]) -> Browser:
    return browser_of(Role.OFFICER)


def test_a_pasted_text_is_held_against_the_current_results(officer: Browser) -> None:
    assert "Dán văn bản cần soát" in officer.open(PAGE).text
    page = html.unescape(officer.send(PAGE, text="Thị xã Tân Uyên xếp thứ 9.\nTX. Tân Uyên <b>đạt 82% đó.").text)
    assert "SAI" in page
    assert "công bố là <strong>hạng" in page
    assert "chưa công bố; đối chiếu với bản tính gần nhất" in page
    assert "CHƯA ĐỌC ĐƯỢC" in page


def test_what_was_typed_is_escaped_and_an_empty_text_is_asked_for(officer: Browser) -> None:
    assert "<script>x" not in officer.send(PAGE, text="<script>x 50% </script>").text
    assert "Chưa có văn bản nào" in officer.send(PAGE, text=" ").text


def test_an_uploaded_document_is_read_in_a_process_of_its_own(officer: Browser) -> None:
    document, out = docx.Document(), io.BytesIO()
    document.add_paragraph("Thị xã Tân Uyên xếp thứ 9.")
    document.save(out)
    page = officer.send(PAGE, files={"files": ("bai.docx", out.getvalue())}).text
    assert "công bố là <strong>hạng" in page
    broken = officer.send(PAGE, files={"files": ("bai.docx", b"PK\x03\x04")})
    assert broken.status_code == 422
    assert "hỏng" in broken.text


def test_the_own_words_of_the_province_are_shown_as_they_will_be_printed(folder: Path, officer: Browser) -> None:
    page = officer.open(f"/ky/{YEAR}/cau-chu").text
    assert page.count("Chưa có đoạn nào.") == len(Section)
    text = 'texts:\n  - danh_gia: ["{don_vi_dan_dau} <b>dẫn đầu</b> với {chi_so_cao_nhat}."]\n'
    (folder / "texts.yaml").write_text(text, encoding="utf-8")
    page = officer.open(f"/ky/{YEAR}/cau-chu").text
    assert "Thành phố Thủ Dầu Một &lt;b&gt;dẫn đầu&lt;/b&gt; với 84,58%." in page
    assert "{don_vi_dan_dau} &lt;b&gt;" in page


def test_an_officer_words_a_year_and_the_rest_of_the_file_stays(folder: Path, officer: Browser) -> None:
    page = f"/ky/{YEAR}/cau-chu"
    path = folder / "texts.yaml"
    path.write_text('# của cả tỉnh\ntexts:\n  - danh_gia: ["Kết quả chung."]\n', encoding="utf-8")
    shown = officer.open(page).text
    state = shown.split('name="state" value="')[1].split('"')[0]
    assert "<script>x" not in officer.send(page, state=state, dieu_2="<script>x {<script>x}").text
    wrong = officer.send(page, state=state, dieu_2="Sở {so_don_v} báo cáo.")
    assert wrong.status_code == 422
    assert "không có số liệu tên {so_don_v}" in wrong.text
    assert ">Sở {so_don_v} báo cáo.</textarea>" in wrong.text
    assert "năm" not in path.read_text(encoding="utf-8")
    saved = officer.send(
        page, state=state, dieu_2="  Các đơn vị khắc phục ngay.\n\nSở Nội vụ theo dõi {so_don_vi} đơn vị."
    )
    assert "Đã ghi câu chữ" in saved.text
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# của cả tỉnh\n")
    known = load_province(folder).texts
    assert known.of_year(YEAR).dieu_2 == ("Các đơn vị khắc phục ngay.", "Sở Nội vụ theo dõi {so_don_vi} đơn vị.")
    assert known.of_year(YEAR).danh_gia == ("Kết quả chung.",)
    late = officer.send(page, state=state, dieu_2="Khác.")
    assert late.status_code == 422
    assert "có người đã sửa câu chữ" in late.text
