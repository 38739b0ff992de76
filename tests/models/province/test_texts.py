"""texts.yaml: sections, placeholders, groups; every error with its line and the nearest name."""

from pathlib import Path

import pytest

from models.province.folder import load_province
from models.province.texts import PLACEHOLDERS, Asked, asked_in, filled
from tests.models.folders import Folder, sample_folder

TEXTS = """\
texts:
  - danh_gia: ["Năm {nam}, {don_vi_dan_dau.so} dẫn đầu."]
    ton_tai: [Còn tồn tại]
  - year: 2025
    ton_tai: ["{so_khong_cham.so} đơn vị không gửi hồ sơ."]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return sample_folder(tmp_path).write("texts.yaml", TEXTS)


def test_a_year_has_its_own_paragraphs_before_those_of_every_year(folder: Folder) -> None:
    assert folder.findings() == []
    texts = load_province(folder.path).texts
    assert texts.of_year(2025).ton_tai == ("{so_khong_cham.so} đơn vị không gửi hồ sơ.",)
    assert texts.of_year(2025).danh_gia == ("Năm {nam}, {don_vi_dan_dau.so} dẫn đầu.",)
    assert texts.of_year(2026).ton_tai == ("Còn tồn tại",)


def test_a_folder_without_texts_words_nothing(folder: Folder) -> None:
    folder.remove("texts.yaml")
    assert folder.findings() == []
    assert load_province(folder.path).texts.of_year(2025).is_empty


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{nam}", "{nm}", "không có số liệu tên {nm}"),
        ("{don_vi_dan_dau.so}", "{don_vi_dan_dua.so}", "Có phải “don_vi_dan_dau”?"),
        ("{don_vi_dan_dau.so}", "{don_vi_dan_dau.sos}", "không có nhóm “sos”"),
        ("{nam}", "{nam.so}", "{nam.so} không theo nhóm"),
        ("{nam}", "{nam", "không thành cặp"),
        ("ton_tai: [Còn tồn tại]", "ton_ta: [Còn tồn tại]", "không có mục tên “ton_ta”. Có phải “ton_tai”?"),
        ("  - year: 2025\n", "  - year: 2031\n", "chưa có kỳ đánh giá năm 2031"),
        ("  - year: 2025\n    ton_tai", "  - ton_tai", "câu chữ của mọi năm ghi hai lần"),
    ],
)
def test_what_is_wrong_is_said_at_its_line(folder: Folder, old: str, new: str, said: str) -> None:
    folder.change("texts.yaml", old, new)
    found = [finding for finding in folder.findings() if finding.file == "texts.yaml"]
    assert any(said in str(finding) for finding in found), [str(one) for one in folder.findings()]
    assert all(finding.line for finding in found)


def test_placeholders_are_filled_and_what_has_no_value_stays() -> None:
    text = "{ so_don_vi.xa } đơn vị năm {nam}; {la}"
    assert list(asked_in(text)) == [Asked("so_don_vi", "xa"), Asked("nam", ""), Asked("la", "")]
    values = {Asked("so_don_vi", "xa"): "05", Asked("nam", ""): "2025"}
    assert filled(text, values) == "05 đơn vị năm 2025; {la}"


def test_every_placeholder_is_an_id_without_diacritics() -> None:
    assert all(name.isascii() and name.replace("_", "").isalnum() for name in PLACEHOLDERS)
