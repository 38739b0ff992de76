"""A criteria set as the annex of its decision and as the units' guide: read back from Word and PDF."""

import io
from datetime import date
from pathlib import Path

import docx
import pdfplumber
import pytest

from models.criteria.sets import CriteriaSet, Source
from models.findings import RefusedError
from models.numbers import said
from models.province.folder import Province, load_province
from tasks.documents.criteria_papers import criteria_annex, declared_set, exported_set, units_guide, year_of
from tasks.rendering.word import word_file
from tests.conftest import EXAMPLES
from tests.tasks.rendering.words import schema_faults, words_of_html, words_of_word

pytestmark = pytest.mark.slow

ID, TODAY = "so-2025", date(2026, 2, 1)


@pytest.fixture(scope="module")
def sample() -> Province:
    return load_province(EXAMPLES / "tinh-mau")


@pytest.fixture(scope="module")
def declared(sample: Province) -> CriteriaSet:
    return declared_set(sample, ID)


@pytest.fixture(scope="module")
def annex(sample: Province) -> bytes:
    return exported_set(sample, ID, None, TODAY, ".docx", as_guide=False)


@pytest.fixture(scope="module")
def guide(sample: Province) -> str:
    return " ".join(words_of_word(exported_set(sample, ID, None, TODAY, ".docx", as_guide=True)))


def test_the_annex_has_every_leaf_with_maximum_rule_evidence_and_appraiser(
    declared: CriteriaSet, annex: bytes, sample: Province
) -> None:
    table = docx.Document(io.BytesIO(annex)).tables[0]
    heads, *rows = ([cell.text for cell in row.cells] for row in table.rows)
    assert heads == [
        "STT", "Lĩnh vực, tiêu chí, tiêu chí thành phần", "Điểm tối đa", "Cách tính, hướng dẫn chấm điểm",
        "Tài liệu kiểm chứng", "Cơ quan thẩm định",
    ]  # fmt: skip
    by_code = {row[0]: row for row in rows}
    agencies = {agency.id: agency.name for agency in sample.config.appraisers}
    for leaf in declared.leaves:
        name, maximum, rule, evidence, agency = by_code[leaf.code][1:]
        assert name == leaf.name + (" (*)" if leaf.may_be_claimed else "")
        assert maximum == said(leaf.max)
        assert rule.split("\n")[0].casefold() == leaf.rule.sentence(leaf.max, 2025).casefold()
        assert ("khảo sát" in evidence or "xã hội học" in evidence) is (leaf.source is Source.SURVEY)
        assert agency == agencies.get(leaf.appraised_by or "", "–")
    for area in declared.areas:
        maximum = sum(leaf.max for leaf in declared.leaves if leaf.area == area.code)
        assert by_code[area.code][1:3] == [area.name, said(maximum)]  # type: ignore[arg-type]
    assert rows[-1][2] == said(declared.maximum)


def test_the_annex_bears_title_reference_and_end_of_an_annex(annex: bytes, tmp_path: Path) -> None:
    words = " ".join(words_of_word(annex))
    title = "BỘ TIÊU CHÍ XÁC ĐỊNH CHỈ SỐ CẢI CÁCH HÀNH CHÍNH NĂM 2025 CỦA CÁC SỞ, BAN, NGÀNH"
    reference = "(Kèm theo Quyết định số /QĐ-UBND ngày tháng năm của Ủy ban nhân dân tỉnh Mẫu)"
    assert words.startswith(f"Phụ lục {title} {reference}")
    assert words.endswith("./.")
    assert "Điểm thưởng (tối đa 2 điểm)" in words
    assert schema_faults(annex, tmp_path) == []


def test_areas_and_criteria_stand_in_bold_over_their_leaves(annex: bytes) -> None:
    rows = docx.Document(io.BytesIO(annex)).tables[0].rows
    for row in list(rows)[1:5]:
        runs = row.cells[1].paragraphs[0].runs
        is_leaf = row.cells[0].text.count(".") == 2
        assert {run.bold for run in runs} == {None if is_leaf else True}


def test_the_guide_tells_every_leaf_with_rule_figures_asked_last_day_and_example(
    declared: CriteriaSet, guide: str
) -> None:
    for leaf in declared.leaves:
        assert f"{leaf.code}. {leaf.name} (tối đa {said(leaf.max)} điểm)" in guide
    told = guide.split("1.1.1. ")[1].split("1.1.2. ")[0]
    assert "Số liệu báo cáo: ngày ban hành kế hoạch." in told
    assert "Tài liệu kiểm chứng: cần có. Cơ quan thẩm định: Sở Nội vụ." in told
    assert "Thời hạn để đạt điểm tối đa: hết ngày 15 tháng 01 năm 2025." in told
    assert "Ví dụ: ngày ban hành kế hoạch: 20/01/2025. Đạt 0,25 điểm: " in told
    surveyed = guide.split("8.1.1. ")[1].split("8.1.2. ")[0]
    assert "Đơn vị không tự chấm: điểm lấy từ kết quả điều tra xã hội học." in surveyed
    assert "Hạn gửi phiếu tự đánh giá: ngày 12 tháng 01 năm 2026." in guide, "the working day after a Saturday"
    assert "Ví dụ dùng số liệu giả định" in guide


@pytest.mark.parametrize("made", [criteria_annex, units_guide])
def test_word_says_the_same_as_the_paper_for_every_set(made: object, sample: Province, tmp_path: Path) -> None:
    for id in sample.criteria_sets:
        document = made(sample, declared_set(sample, id), 2025)  # type: ignore[operator]
        content = word_file(document, TODAY)
        assert words_of_word(content) == words_of_html(document), id
        assert schema_faults(content, tmp_path) == [], id


def test_the_guide_is_printed_as_pdf_and_is_the_same_again() -> None:
    real = load_province(EXAMPLES / "binh-duong-2017")
    (id,) = real.criteria_sets
    printed = exported_set(real, id, None, TODAY, ".pdf", as_guide=True)
    pages = pdfplumber.open(io.BytesIO(printed)).pages
    assert "HƯỚNG DẪN" in pages[0].extract_text()
    assert "DỰ THẢO" not in pages[0].extract_text()
    assert exported_set(real, id, None, TODAY, ".pdf", as_guide=True) == printed


def test_a_set_is_told_for_its_newest_round_and_one_without_a_round_for_this_year(
    sample: Province, declared: CriteriaSet
) -> None:
    assert year_of(sample, declared, TODAY) == 2025
    assert year_of(sample, declared.model_copy(update={"id": "moi"}), TODAY) == 2026


def test_a_set_that_is_not_there_is_told_with_those_that_are(sample: Province) -> None:
    with pytest.raises(RefusedError, match=r"không có bộ tiêu chí “so-2030”\. Dùng một trong: so-2025, xa-2025"):
        exported_set(sample, "so-2030", None, TODAY, ".pdf", as_guide=True)
