"""The department's report, list of repairs and submission, the matrix annex and the result sheets, read back as PDFs.

Source: NĐ 30/2020/NĐ-CP, Phụ lục I và II; contents: docs/process.md, 4.
"""

import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from pypdf import PdfReader

from models.province.rounds import RankingRule, RankOn
from models.records.procedure import Procedure
from models.records.snapshots import Frozen
from tasks.documents.decision import decision_documents
from tasks.documents.publication import publication_documents
from tasks.documents.report import report_documents
from tasks.documents.unit_sheets import sheet_name, unit_sheets
from tasks.rendering.pdf import Document, RenderingError, render_pdf
from tests.tasks.rendering.test_pdf import (
    CREATED,
    DRAFT,
    MM,
    NUMBERED,
    SAMPLE,
    chars_of,
    check_columns,
    check_table,
    check_type,
    line_below,
    middle,
    text_of,
    width,
)
from tests.tasks.rounds import REASON, ROUND, frozen_round

pytestmark = pytest.mark.slow

REPORT, ANNEX, SUBMISSION, MATRIX = "bao-cao.pdf", "bao-cao-phu-luc.pdf", "to-trinh.pdf", "phu-luc-2-xa-linh-vuc.pdf"
SHEET, SILENT = "phieu-ket-qua/phieu-ket-qua-x000.pdf", "x011"


@pytest.fixture(scope="module")
def frozen() -> Frozen:
    return frozen_round(12, silent=[SILENT])


@pytest.fixture(scope="module")
def documents(frozen: Frozen) -> dict[str, Document]:
    return {document.name: document for document in publication_documents(frozen, NUMBERED)}


@pytest.fixture(scope="module")
def rendered(documents: dict[str, Document]) -> dict[str, bytes]:
    return {
        name: render_pdf(documents[name], "snapshot", CREATED) for name in (REPORT, ANNEX, SUBMISSION, MATRIX, SHEET)
    }


@pytest.fixture(scope="module")
def pages(rendered: dict[str, bytes]) -> dict[str, list[Any]]:
    return {name: list(pdfplumber.open(io.BytesIO(content)).pages) for name, content in rendered.items()}


@pytest.fixture(scope="module")
def texts(pages: dict[str, list[Any]]) -> dict[str, str]:
    return {name: " ".join(" ".join(page.extract_text() for page in of).split()) for name, of in pages.items()}


def test_a_draft_has_everything_but_the_sheets_and_a_publication_has_them_all(frozen: Frozen) -> None:
    drafted = [document.name for document in publication_documents(frozen, DRAFT)]
    assert drafted == ["quyet-dinh.pdf", "phu-luc-1-xa.pdf", MATRIX, REPORT, ANNEX, SUBMISSION]
    published = [document.name for document in publication_documents(frozen, NUMBERED)]
    assert published[: len(drafted)] == drafted
    assert sorted(published[len(drafted) :]) == [f"phieu-ket-qua/phieu-ket-qua-x{place:03}.pdf" for place in range(11)]


def text_in(document: Document) -> str:
    with pdfplumber.open(io.BytesIO(render_pdf(document, "snapshot", CREATED))) as opened:
        return " ".join(" ".join(page.extract_text() for page in opened.pages).split())


def test_kept_exact_points_are_told_in_every_document_that_sums_them(texts: dict[str, str]) -> None:
    exact = ROUND.model_copy(update={"ranking": RankingRule(points_decimals="exact")})
    made = {one.name: one for one in publication_documents(frozen_round(3, round=exact), NUMBERED)}
    told = "Điểm được giữ nguyên số lẻ khi cộng, chỉ làm tròn đến 2 chữ số thập phân khi in"
    for name in ("phu-luc-1-xa.pdf", MATRIX, SHEET):
        assert told in text_in(made[name]), name
    assert not [name for name, text in texts.items() if told in text]


def test_a_sheet_of_a_first_year_has_no_columns_of_dashes() -> None:
    made = {one.name: one for one in publication_documents(frozen_round(3, compared=False), NUMBERED)}
    assert "Tăng, giảm" not in text_in(made[SHEET])


def test_best_and_worst_are_all_that_print_the_same_where_the_printed_index_ranks() -> None:
    rough = ROUND.model_copy(update={"ranking": RankingRule(decimals=0, rank_on=RankOn.PRINTED)})
    (report, *_) = report_documents(frozen_round(3, round=rough), NUMBERED)
    ranks = [(unit.rank, unit.name) for unit in frozen_round(3, round=rough).results.groups[0].units]
    best = [name.replace("Xã", "xã") for rank, name in ranks if rank == 1]
    sentence = text_in(report).partition("Chỉ số cao nhất là")[2].partition("%")[0]
    assert all(name in sentence for name in best), (sentence, ranks)


def test_a_group_that_wants_no_sheets_gets_none() -> None:
    group = ROUND.groups[0].model_copy(update={"result_sheets": False})
    assert unit_sheets(frozen_round(3, round=ROUND.model_copy(update={"groups": (group,)})), NUMBERED) == []


# --- format -----------------------------------------------------------------------------------------------------------

ELEMENTS = [
    (REPORT, "UBND TỈNH BÌNH DƯƠNG", 12, 13, False, False),
    (REPORT, "SỞ NỘI VỤ", 12, 13, True, False),
    (REPORT, "Số: /BC-SNV", 13, 13, False, False),
    (REPORT, "Thủ Dầu Một, ngày tháng năm 2026", 13, 14, False, True),
    (REPORT, "BÁO CÁO", 13, 14, True, False),
    (REPORT, "Kết quả xác định Chỉ số", 13, 14, True, False),
    (REPORT, "Kính gửi: Ủy ban nhân dân tỉnh Bình Dương", 13, 14, False, False),
    (REPORT, "I. ĐỐI TƯỢNG, PHƯƠNG PHÁP XÁC ĐỊNH", 13, 14, True, False),
    (REPORT, "1. Đối tượng và bộ tiêu chí", 13, 14, True, False),
    (REPORT, "a) Kết quả chung", 13, 14, False, False),
    (REPORT, "GIÁM ĐỐC", 13, 14, True, False),
    (REPORT, "Nơi nhận:", 12, 12, True, True),
    (REPORT, "- Như trên;", 11, 11, False, False),
    (ANNEX, "Phụ lục", 14, 14, True, False),
    (ANNEX, "DANH MỤC TIÊU CHÍ CẦN KHẮC PHỤC", 13, 14, True, False),
    (ANNEX, "(Kèm theo Báo cáo số /BC-SNV ngày", 13, 14, False, True),
    (SUBMISSION, "TỜ TRÌNH", 13, 14, True, False),
    (SUBMISSION, "Về việc ban hành Quyết định", 13, 14, True, False),
    (SUBMISSION, "Số: /TTr-SNV", 13, 13, False, False),
    (SUBMISSION, "Kính gửi: Ủy ban nhân dân tỉnh Bình Dương", 13, 14, False, False),
    (MATRIX, "Phụ lục II", 14, 14, True, False),
    (MATRIX, "KẾT QUẢ THEO LĨNH VỰC CỦA CHỈ SỐ", 13, 14, True, False),
    (MATRIX, "Xã số 001", 10, 12, False, False),
    (SHEET, "PHIẾU KẾT QUẢ", 13, 14, True, False),
    (SHEET, "Chỉ số cải cách hành chính năm 2025 của xã số 001", 13, 14, True, False),
]


@pytest.mark.parametrize(("name", "text", "least", "most", "bold", "italic"), ELEMENTS)
def test_size_weight_and_slope(
    pages: dict[str, list[Any]], name: str, text: str, least: float, most: float, bold: bool, italic: bool
) -> None:
    check_type(pages[name], text, least, most, bold, italic)


@pytest.mark.parametrize("name", [REPORT, ANNEX, SUBMISSION, MATRIX, SHEET])
def test_paper_margins_and_page_numbers(pages: dict[str, list[Any]], name: str) -> None:
    for number, page in enumerate(pages[name], start=1):
        size = (297, 210) if name in (ANNEX, MATRIX) else (210, 297)
        assert (page.width / MM, page.height / MM) == pytest.approx(size, abs=0.1)
        above = [char for char in page.chars if char["bottom"] < 20 * MM]
        assert "".join(char["text"] for char in above) == ("" if number == 1 else str(number))
        inside = [char for char in page.chars if char["bottom"] > 20 * MM]
        assert min(char["x0"] for char in inside) >= 30 * MM - 0.5
        assert page.width - max(char["x1"] for char in inside) >= 15 * MM
        assert max(char["bottom"] for char in inside) <= page.height - 20 * MM + 0.5


@pytest.mark.parametrize("name", [REPORT, SUBMISSION])
def test_title_subject_and_addressee_are_centred_with_a_line_under_the_subject(
    pages: dict[str, list[Any]], name: str
) -> None:
    page = pages[name][0]
    centre = (30 * MM + page.width - 16 * MM) / 2
    last = "trên địa bàn tỉnh Bình Dương" if name == REPORT else "của Ủy ban nhân dân xã, phường"
    for text in ({REPORT: "BÁO CÁO", SUBMISSION: "TỜ TRÌNH"}[name], "Kính gửi: Ủy ban nhân dân tỉnh Bình Dương"):
        assert middle(chars_of(page, text)) == pytest.approx(centre, abs=2)
    subject = chars_of(page, last)
    assert middle([line_below(page, subject)]) == pytest.approx(middle(subject), abs=1)


def test_a_department_has_its_committee_above_and_a_line_of_a_third_to_a_half_below(
    pages: dict[str, list[Any]],
) -> None:
    page = pages[REPORT][0]
    own = chars_of(page, "SỞ NỘI VỤ")
    assert chars_of(page, "UBND TỈNH BÌNH DƯƠNG")[0]["bottom"] < own[0]["bottom"]
    assert 1 / 3 <= line_below(page, own)["width"] / width(own) <= 1 / 2


@pytest.mark.parametrize("text", ["I. ĐỐI TƯỢNG", "1. Đối tượng và bộ tiêu chí", "Sở Nội vụ báo cáo"])
def test_headings_and_text_of_a_report_are_indented_by_1_27_cm(pages: dict[str, list[Any]], text: str) -> None:
    assert chars_of(pages[REPORT][0], text)[0]["x0"] == pytest.approx((30 + 12.7) * MM, abs=0.5)


@pytest.mark.parametrize("name", [REPORT, ANNEX, SUBMISSION, MATRIX, SHEET])
def test_every_text_ends_once_with_the_end_mark(texts: dict[str, str], name: str) -> None:
    assert texts[name].count("./.") == 1


# --- words ------------------------------------------------------------------------------------------------------------


def test_the_report_says_method_results_findings_and_proposals(texts: dict[str, str]) -> None:
    for words in (
        "Ủy ban nhân dân xã, phường: 12 đơn vị, đánh giá theo “Bộ tiêu chí mẫu”, gồm 03 lĩnh vực, 06 tiêu chí",
        "điểm tối đa 80 điểm, trong đó 30 điểm xác định qua điều tra xã hội học",
        "12 đơn vị, gồm 11 đơn vị được xếp hạng, 01 đơn vị không được chấm điểm",
        "Đơn vị có Chỉ số cao nhất là xã số 001 (89,38%); đơn vị có Chỉ số thấp nhất là xã số 011",
        "b) Kết quả theo lĩnh vực: lĩnh vực có Chỉ số trung bình cao nhất là",
        "Tiêu chí có kết quả thấp nhất:",
        "Đơn vị không được chấm điểm do không gửi hồ sơ tự đánh giá, chấm điểm: xã số 012.",
        "Giảm hạng nhiều nhất:",
        "trong thời hạn 15 ngày kể từ ngày Quyết định công bố có hiệu lực (chi tiết tại Phụ lục kèm theo Báo cáo này)",
        "hoàn thành việc khắc phục trong kỳ đánh giá năm 2026",
    ):
        assert words in texts[REPORT], words


def test_what_nobody_did_is_not_said(texts: dict[str, str]) -> None:
    for name in (REPORT, SUBMISSION):
        assert "0 đơn vị tăng" not in texts[name].replace("10 đơn vị", "")
        assert " 00 " not in texts[name]


def test_a_round_without_last_year_says_nothing_of_it() -> None:
    report = report_documents(frozen_round(3, compared=False), NUMBERED)[0]
    assert "2024" not in report.html
    assert [name for name in report.images if name.startswith("tang-giam")] == []


def test_the_list_of_repairs_names_what_to_do_why_and_who_has_nothing_to_repair(
    texts: dict[str, str], pages: dict[str, list[Any]]
) -> None:
    _, unit, first, *_ = pages[ANNEX][0].extract_tables()[0]
    assert unit[0] == "1. Xã số 001: 01 tiêu chí"
    assert [cell.replace("\n", " ") for cell in first] == [
        "1.1.2",
        "Mục 1.1.2",
        "10",
        "2,00",
        "8,00",
        REASON,
        "Nâng tỷ lệ số đạt yêu cầu trên tổng số",
    ]
    assert "Mọi đơn vị được chấm điểm đều có tiêu chí thuộc danh mục này./." in texts[ANNEX]


def test_the_submission_asks_for_the_decision_and_names_what_is_enclosed(texts: dict[str, str]) -> None:
    assert "Sở Nội vụ kính trình Ủy ban nhân dân tỉnh xem xét, quyết định./. Nơi nhận:" in texts[SUBMISSION]
    assert "(Gửi kèm: dự thảo Quyết định và 02 Phụ lục; Báo cáo kết quả" in texts[SUBMISSION]
    assert "năm 2025.) Sở Nội vụ kính trình" in texts[SUBMISSION]


def test_papers_of_the_department_are_filed_by_its_registry_and_the_drafting_room(texts: dict[str, str]) -> None:
    assert "- Lưu: VT, CCHC." in texts[REPORT]
    assert "- Lưu: VT, CCHC." in texts[SUBMISSION]


def test_the_report_prints_causes_and_remedies_where_somebody_wrote_them(
    frozen: Frozen, documents: dict[str, Document]
) -> None:
    written = frozen.round.model_copy(update={"causes": ("chậm số hóa hồ sơ",), "remedies": ("bố trí máy quét",)})
    report = next(one for one in publication_documents(replace(frozen, round=written), NUMBERED) if one.name == REPORT)
    said = text_of(report)
    assert "3. Nguyên nhân - Chậm số hóa hồ sơ. 4. Giải pháp - Bố trí máy quét. IV. KIẾN NGHỊ" in said
    assert "Nguyên nhân" not in text_of(documents[REPORT])


def test_report_and_sheets_name_who_answers_for_a_unit(frozen: Frozen, documents: dict[str, Document]) -> None:
    worst = frozen.results.groups[0].ranked_units[-1]
    heads = {worst.code: f"Chủ tịch UBND {worst.name}", "x000": "Chủ tịch UBND xã Thử"}
    answered = replace(frozen, procedure=Procedure(heads=heads))
    asked = (REPORT, sheet_name("x000"))
    made = {one.name: text_of(one) for one in publication_documents(answered, NUMBERED) if one.name in asked}
    assert (
        "3. Người đứng đầu đơn vị chịu trách nhiệm về Chỉ số của đơn vị mình; trước hết là đơn vị có Chỉ số thấp nhất, "
        f"xếp loại bị khống chế hoặc không gửi hồ sơ: Chủ tịch UBND {worst.name} ("
    ) in made[REPORT]
    assert "4. Sở Nội vụ theo dõi" in made[REPORT]
    assert "xã Thử" not in made[REPORT]
    assert "Người chịu trách nhiệm về Chỉ số của đơn vị: Chủ tịch UBND xã Thử." in made[sheet_name("x000")]
    assert "chịu trách nhiệm" not in text_of(documents[REPORT])


def test_a_list_of_repairs_wastes_no_pages_on_a_table_a_unit(pages: dict[str, list[Any]]) -> None:
    heads = [page.extract_text().count("Việc cần làm") for page in pages[ANNEX]]
    assert set(heads) == {1}


def test_no_page_of_a_sheet_has_a_few_lines(pages: dict[str, list[Any]]) -> None:
    lines = [len(page.extract_text().splitlines()) for page in pages[SHEET]]
    assert min(lines) > 12, lines


def test_a_sheet_shows_index_rank_areas_leaves_last_year_and_repairs(texts: dict[str, str]) -> None:
    for words in (
        "(Theo Quyết định số 05/QĐ-UBND ngày 05 tháng 01 năm 2026 của Ủy ban nhân dân tỉnh Bình Dương)",
        "71,50 80 89,38 1/11 Tốt",
        "(hạng 12)",
        "1. Lĩnh vực 1 20 12,00 60,00",
        "1.1.2 Mục 1.1.2 (xem mục 3) 10 9,00 2,00 8,00",
        "3.1 Mục 3.1 30 – 30,00 0,00",
        "01 tiêu chí không có điểm hoặc đạt dưới 50% điểm tối đa",
        "chậm nhất ngày 20 tháng 01 năm 2026",
    ):
        assert words in texts[SHEET], words


def test_a_sheet_shows_dashes_where_an_area_does_not_apply(documents: dict[str, Document]) -> None:
    text = text_of(documents["phieu-ket-qua/phieu-ket-qua-x001.pdf"])
    assert "2. Lĩnh vực 2 – – – " in text
    assert "2.1 Mục 2.1 (không áp dụng (không phát sinh): không phát sinh) 20 9,00 – –" in text


# --- the matrix of areas ----------------------------------------------------------------------------------------------


def test_the_matrix_has_points_and_index_of_every_area_and_the_total(pages: dict[str, list[Any]]) -> None:
    table = pages[MATRIX][0].extract_tables()[0]
    heads = [(cell or "").replace("\n", " ") for cell in table[0]]
    assert heads == [
        "STT",
        "Đơn vị",
        "1. Lĩnh vực 1 (20 điểm)",
        "",
        "2. Lĩnh vực 2 (20,5 điểm)",
        "",
        "3. Lĩnh vực 3 (39,5 điểm)",
        "",
        "Toàn bộ các lĩnh vực",
        "",
    ]
    rows = {row[1]: row for row in table[2:]}
    assert rows["Xã số 001"][2:] == ["12,00", "60,00", "20,50", "100,00", "39,00", "98,73", "71,50", "89,38"]
    assert rows["Xã số 002"][4:6] == ["–", "–"]


@pytest.mark.parametrize("size", [20, 168])
def test_the_matrix_breaks_well(size: int) -> None:
    frozen = frozen_round(size, compared=False)
    matrix = decision_documents(frozen.config, frozen.round, frozen.results, NUMBERED)[2]
    broken = list(pdfplumber.open(io.BytesIO(render_pdf(matrix, "snapshot", CREATED))).pages)
    seen: list[int] = []
    for page in broken:
        for table in page.extract_tables()[:1]:
            assert (table[0][0], table[1][2].replace("\n", " ")) == ("STT", "Điểm")
            assert table[2][0].isdigit()
            seen += [int(row[0]) for row in table[2:] if row[0].isdigit()]
    assert seen == list(range(1, size + 1))
    check_columns(broken[0])


def test_more_areas_than_a_page_is_wide_go_into_several_tables() -> None:
    frozen = frozen_round(4, compared=False)
    group = frozen.results.groups[0]
    units = tuple(
        replace(unit, areas=tuple(replace(unit.areas[0], code=str(code)) for code in range(1, 12)))
        for unit in group.units
    )
    results = replace(frozen.results, groups=(replace(group, units=units),))
    matrix = decision_documents(frozen.config, frozen.round, results, NUMBERED)[2]
    tables = [
        table
        for page in pdfplumber.open(io.BytesIO(render_pdf(matrix, "snapshot", CREATED))).pages
        for table in page.extract_tables()
    ]
    assert [len(table[0]) for table in tables] == [2 + 5 * 2, 2 + 6 * 2 + 2]
    assert all(table[2][1] == "Xã số 001" for table in tables)


def test_the_ranking_table_of_the_group_breaks_well_beside_it() -> None:
    frozen = frozen_round(168)
    annex = decision_documents(frozen.config, frozen.round, frozen.results, NUMBERED)[1]
    check_table(list(pdfplumber.open(io.BytesIO(render_pdf(annex, "snapshot", CREATED))).pages), 168)


# --- the files --------------------------------------------------------------------------------------------------------


def structure(reader: PdfReader) -> list[Any]:
    """Every element of the structure tree, in reading order."""
    found: list[Any] = []

    def walk(node: Any) -> None:
        node = node.get_object()
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif isinstance(node, dict):
            if "/S" in node:
                found.append(node)
            if "/K" in node:
                walk(node["/K"])

    walk(reader.trailer["/Root"]["/StructTreeRoot"]["/K"])  # type: ignore[index]
    return found


@pytest.mark.parametrize("name", [REPORT, ANNEX, SUBMISSION, MATRIX, SHEET])
def test_the_files_claim_pdf_a_2a_and_keep_it_as_far_as_can_be_read(rendered: dict[str, bytes], name: str) -> None:
    reader = PdfReader(io.BytesIO(rendered[name]))
    root: Any = reader.trailer["/Root"]
    xmp = reader.xmp_metadata.stream.get_data().decode()  # type: ignore[union-attr]
    assert ('pdfaid:part="2"' in xmp, 'pdfaid:conformance="A"' in xmp) == (True, True)
    assert (root["/Lang"], root["/OutputIntents"][0]["/S"]) == ("vi", "/GTS_PDFA1")
    assert "/Encrypt" not in reader.trailer
    assert reader.outline
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            font = font.get_object()
            assert "/ToUnicode" in font
            assert "/FontFile2" in font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()


def test_figures_of_the_report_have_words_and_stand_in_reading_order(rendered: dict[str, bytes]) -> None:
    elements = structure(PdfReader(io.BytesIO(rendered[REPORT])))
    figures = [str(element["/Alt"]) for element in elements if element["/S"] == "/Figure"]
    assert [words.split(":")[0] for words in figures] == [
        "Biểu đồ phân bố Chỉ số",
        "Biểu đồ Chỉ số trung bình theo lĩnh vực",
        "Biểu đồ đơn vị có Thứ hạng tăng, giảm nhiều nhất",
    ]
    kinds = [str(element["/S"]) for element in elements]
    assert kinds.index("/H1") < kinds.index("/H2") < kinds.index("/Figure") < kinds.index("/Table")


@pytest.mark.parametrize("name", [ANNEX, MATRIX, SHEET])
def test_tables_are_tagged_with_heads(rendered: dict[str, bytes], name: str) -> None:
    kinds = {str(element["/S"]) for element in structure(PdfReader(io.BytesIO(rendered[name])))}
    assert {"/Table", "/THead", "/TBody", "/TR", "/TH", "/TD", "/H1"} <= kinds


def test_the_same_round_gives_the_same_bytes(rendered: dict[str, bytes]) -> None:
    again = {document.name: document for document in publication_documents(frozen_round(12, silent=[SILENT]), NUMBERED)}
    for name in (REPORT, SHEET):
        assert render_pdf(again[name], "snapshot", CREATED) == rendered[name]


def test_marks_stand_on_every_page_of_every_document() -> None:
    frozen = replace(frozen_round(3), config=SAMPLE)
    for document in publication_documents(frozen, DRAFT):
        for page in pdfplumber.open(io.BytesIO(render_pdf(document, "snapshot", CREATED))).pages:
            assert "DỰ THẢO" in page.extract_text()
            assert "DỮ LIỆU MẪU" in page.extract_text()


def test_a_code_that_leads_to_the_results_stands_on_the_last_page_of_the_decision(frozen: Frozen) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><rect width="1" height="1"/></svg>'
    decision = decision_documents(frozen.config, frozen.round, frozen.results, NUMBERED, qr=svg)[0]
    reader = PdfReader(io.BytesIO(render_pdf(decision, "snapshot", CREATED)))
    assert "Quét mã để xem kết quả" in " ".join(reader.pages[-1].extract_text().split())
    assert [str(element["/Alt"]) for element in structure(reader) if element["/S"] == "/Figure"] == [
        "Mã QR dẫn đến trang công bố kết quả Chỉ số cải cách hành chính"
    ]


# --- the province's own words -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "block", "name"),
    [
        ("matrix.html", "notes", MATRIX),
        ("report.html", "proposals", REPORT),
        ("report_annex.html", "explanation", ANNEX),
        ("submission.html", "process", SUBMISSION),
        ("unit_sheet.html", "areas", SHEET),
    ],
)
def test_a_province_overrides_one_block_of_every_document(
    frozen: Frozen, tmp_path: Path, template: str, block: str, name: str
) -> None:
    said = '<p>Lời riêng <i>{{ "<b>" }}</i></p>'
    own = f'{{% extends "standard/{template}" %}}{{% block {block} %}}{said}{{% endblock %}}'
    (tmp_path / template).write_text(own, encoding="utf-8")
    documents = {document.name: document for document in publication_documents(frozen, NUMBERED, tmp_path)}
    assert "<p>Lời riêng <i>&lt;b&gt;</i></p>" in documents[name].html
    assert sum("Lời riêng" in document.html for document in documents.values()) == (11 if name == SHEET else 1)


@pytest.mark.parametrize(
    ("template", "name"), [("report.html", REPORT), ("submission.html", SUBMISSION), ("unit_sheet.html", SHEET)]
)
def test_a_missing_image_of_a_province_stops_the_rendering_with_its_name(
    frozen: Frozen, tmp_path: Path, template: str, name: str
) -> None:
    own = f'{{% extends "standard/{template}" %}}{{% block title %}}{{% endblock %}}'
    block = "addressee" if template != "unit_sheet.html" else "summary"
    own += f'{{% block {block} %}}<img src="khong-co.png" alt="x">{{% endblock %}}'
    (tmp_path / template).write_text(own, encoding="utf-8")
    documents = {document.name: document for document in publication_documents(frozen, NUMBERED, tmp_path)}
    with pytest.raises(RenderingError, match=rf"{name}: không có tệp khong-co\.png"):
        render_pdf(documents[name], "snapshot", date(2026, 1, 5))
