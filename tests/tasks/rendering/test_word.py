"""Finished Word files, read back and measured against the official document format, and printed by LibreOffice.

Source: NĐ 30/2020/NĐ-CP, Phụ lục I; the schema: ECMA-376.
"""

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import docx
import pdfplumber
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from PIL import Image

from tasks.documents.publication import publication_documents
from tasks.rendering.pdf import TEMPLATES, Document, RenderingError, UnknownElementError, render_pdf
from tasks.rendering.word import word_file
from tasks.rendering.word_looks import CELLS, PARAGRAPHS, ROWS, STYLES, TABLES
from tests.libreoffice import all_converted
from tests.tasks.rendering.test_pdf import (
    ANNEX_ELEMENTS,
    CREATED,
    DRAFT,
    ELEMENTS,
    MM,
    SAMPLE,
    chars_of,
    check_table,
    check_type,
    compared,
    documents_of,
    group,
    middle,
    unit,
    width,
)
from tests.tasks.rendering.words import looks_of, paragraphs_in, schema_faults, words_of_html, words_of_word
from tests.tasks.rounds import frozen_round

pytestmark = pytest.mark.slow

DECISION, RANKING, MATRIX = "quyet-dinh.pdf", "phu-luc-1-xa.pdf", "phu-luc-2-xa-linh-vuc.pdf"
REPORT, REPAIRS, SUBMISSION = "bao-cao.pdf", "bao-cao-phu-luc.pdf", "to-trinh.pdf"
PAPERS = (DECISION, RANKING, MATRIX, REPORT, REPAIRS, SUBMISSION)
LONG = "phu-luc-dai.pdf"
LETTERS = ("evidence_letter", "letter", "receipt", "refusal")
OTHERS = ("desk/", "site/", "unit_sheet", "monthly_unit", "printout", *LETTERS, "signing_mark")


@pytest.fixture(scope="module")
def papers() -> dict[str, Document]:
    frozen = frozen_round(12, silent=["x011"])
    frozen = replace(frozen, config=SAMPLE)
    return {document.name: document for document in publication_documents(frozen, DRAFT)}


@pytest.fixture(scope="module")
def words(papers: dict[str, Document]) -> dict[str, bytes]:
    long = documents_of(group([compared(place) for place in range(60)]), group([unit(0)], id="xa"))[1]
    made = {**papers, LONG: long}
    return {name: word_file(document, CREATED) for name, document in made.items()}


@pytest.fixture(scope="module")
def numbered() -> bytes:
    """The decision that the measures of the PDF are taken of."""
    return word_file(documents_of(group([unit(place) for place in range(16)]), group([unit(0)], id="xa"))[0], CREATED)


@pytest.fixture(scope="module")
def printed(words: dict[str, bytes], numbered: bytes, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """The pages that LibreOffice makes of them, in one run."""
    folder = tmp_path_factory.mktemp("word")
    for name, content in {**words, "so.pdf": numbered}.items():
        (folder / name.replace(".pdf", ".docx")).write_bytes(content)
    made = all_converted(sorted(folder.glob("*.docx")), folder, "pdf")
    return {path.name: list(pdfplumber.open(path).pages) for path in made}


# --- what it says -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAPERS)
def test_a_word_file_says_every_word_of_its_paper_in_the_same_order(
    papers: dict[str, Document], words: dict[str, bytes], name: str
) -> None:
    said = words_of_html(papers[name])
    assert len(said) > 50
    assert words_of_word(words[name]) == said


def test_every_element_of_our_papers_is_known_to_word() -> None:
    known = {"figures", "notes", "chart", "multiples", "closing", "letterhead", "left", "right", "lined", "of", "code"}
    known |= {"signature-room", *(name for _, names in PARAGRAPHS for name in names.split())}
    known |= ROWS | CELLS | TABLES.keys()
    for path in sorted(TEMPLATES.rglob("*.html")):
        name = path.relative_to(TEMPLATES).as_posix()
        if not name.startswith(OTHERS):
            used = re.findall(r'<(?!col\b|body\b)\w+[^>]*? class="([^"{]*)', path.read_text(encoding="utf-8"))
            assert {one for classes in used for one in classes.split()} <= known, name


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ("<p>Một đoạn không rõ loại</p>", "<p>"),
        ('<p class="khung">Một đoạn</p>', "<p class='khung'>"),
        ('<p class="text">Một <u>chữ</u></p>', "<u>"),
        ('<p class="text" style="display: none">Ẩn</p>', "style"),
        ("Chữ trôi nổi", "chữ nằm ngoài đoạn văn: “Chữ trôi nổi”"),
        ('<table class="la"><tr><td>1</td></tr></table>', "<table class='la'>"),
        ('<table class="figures"><tbody><tr class="la"><td>1</td></tr></tbody></table>', "<tr class='la'>"),
        ('<ul class="text"><li>Một</li></ul>', "<ul class='text'>"),
        ('<table class="figures"></table>', "bảng có dòng không đủ 0 cột"),
        ('<table class="figures"><tbody><tr><td>1</td></tr><tr><td>1</td><td>2</td></tr></tbody></table>', "1 cột"),
        ('<table class="figures"><tbody><tr><td colspan="9999999">1</td></tr></tbody></table>', "colspan='9999999'"),
        ('<div class="chart"><p class="chart-title">Không có hình</p></div>', "<div class='chart'>"),
        ('<div class="chart multiples"></div>', "<div class='chart multiples'>"),
        ('<div class="closing"><div></div></div>', "<div class='closing'>"),
        ('<div class="letterhead"></div>', "<div class='letterhead'>"),
    ],
)
def test_what_is_no_part_of_our_papers_is_refused_by_name(wrong: str, named: str) -> None:
    with pytest.raises(UnknownElementError) as refused:
        word_file(paper_of(wrong), CREATED)
    assert named in str(refused.value)


def test_a_paper_changed_at_random_is_either_written_by_the_schema_or_refused(
    papers: dict[str, Document], tmp_path: Path
) -> None:
    random = Random("papers")
    refused = 0
    for at in range(60):
        document = papers[PAPERS[at % len(PAPERS)]]
        pieces = re.split(r"(<[^>]+>)", document.html.partition("<body")[2])
        for _ in range(random.randint(1, 3)):
            place = random.randrange(1, len(pieces))
            pieces[place] = random.choice(("", pieces[place] * 2, pieces[random.randrange(1, len(pieces))], "</div>"))
        changed = replace(document, html=f"{document.html.partition('<body')[0]}<body{''.join(pieces)}")
        try:
            content = word_file(changed, CREATED)
        except (UnknownElementError, RenderingError):
            refused += 1
        else:
            assert schema_faults(content, tmp_path) == []
    assert 10 < refused < 60


def paper_of(body: str) -> Document:
    return Document(
        "van-ban.pdf", "Văn bản", f'<!DOCTYPE html><html lang="vi"><title>V</title><body>{body}</body></html>'
    )


def test_text_of_strangers_stays_text(tmp_path: Path) -> None:
    name = """Xã <script>alert("1")</script> & 'Tân' {{ 7*7 }} =HYPERLINK("http://x") \x0b\x01]]>"""
    config = SAMPLE.model_copy(update={"recipients": (name,), "mark": """"/><w:b/>'dấu'"""})
    for document in documents_of(group([unit(0, name=name)], name=f"Các {name}"), config=config):
        content = word_file(document, CREATED)
        tags = {each.tag for each in docx.Document(io.BytesIO(content)).element.body.iter()}
        assert not tags & {qn("w:hyperlink"), qn("w:fldSimple"), qn("w:instrText"), qn("w:object")}
        assert """<script>alert("1")</script> & 'Tân' {{ 7*7 }} =HYPERLINK("http://x")""" in " ".join(
            words_of_word(content)
        )
        assert schema_faults(content, tmp_path) == []


def test_a_cell_over_rows_and_columns_keeps_its_place() -> None:
    table = (
        '<table class="figures"><colgroup><col class="order"><col><col></colgroup><thead><tr>'
        '<th scope="col" rowspan="2">A</th><th scope="col" colspan="2">B</th></tr><tr><th scope="col">C</th>'
        '<th scope="col">D</th></tr></thead><tbody><tr><td>1</td><td>2</td><td class="reason words">x\ny</td></tr>'
        "</tbody></table>"
    )
    (made,) = docx.Document(io.BytesIO(word_file(paper_of(table), CREATED))).tables
    assert [[cell.text for cell in row.cells] for row in made.rows] == [
        ["A", "B", "B"],
        ["A", "C", "D"],
        ["1", "2", "x\ny"],
    ]


# --- the file ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*PAPERS, LONG])
def test_the_schema_of_word_finds_no_fault(words: dict[str, bytes], tmp_path: Path, name: str) -> None:
    assert schema_faults(words[name], tmp_path) == []


def test_the_schema_would_find_elements_out_of_order(words: dict[str, bytes], tmp_path: Path) -> None:
    source = zipfile.ZipFile(io.BytesIO(words[DECISION]))
    broken = io.BytesIO()
    with zipfile.ZipFile(broken, "w") as target:
        for part in source.namelist():
            content = source.read(part)
            if part == "word/document.xml":
                turned = re.sub(
                    rb"(<w:tcW [^>]*/>)(<w:shd|</w:tcPr>)", rb'<w:vAlign w:val="top"/>\1\2', content, count=1
                )
                assert turned != content
                content = turned
            target.writestr(part, content)
    assert schema_faults(broken.getvalue(), tmp_path)


def test_the_same_arguments_give_the_same_bytes(papers: dict[str, Document], words: dict[str, bytes]) -> None:
    for name in (DECISION, REPORT):
        assert word_file(papers[name], CREATED) == words[name]
    assert word_file(papers[DECISION], date(2026, 1, 6)) != words[DECISION]


def test_title_author_language_and_fixed_times_are_in_the_properties(
    papers: dict[str, Document], words: dict[str, bytes]
) -> None:
    for name in (DECISION, REPORT):
        file = docx.Document(io.BytesIO(words[name]))
        about = file.core_properties
        assert about.title == papers[name].title[:255]
        assert about.author == ("Sở Nội vụ tỉnh Bình Dương" if name == REPORT else "Ủy ban nhân dân tỉnh Bình Dương")
        assert about.language == "vi-VN"
        assert about.created == about.modified == CREATED
        assert 'w:lang w:val="vi-VN"' in file.styles.element.xml
        entries = zipfile.ZipFile(io.BytesIO(words[name])).infolist()
        assert {entry.date_time[0] for entry in entries} == {1980}


def test_headings_have_levels(words: dict[str, bytes]) -> None:
    levels = {"Heading1": [], "Heading2": [], "Heading3": []}  # type: dict[str, list[str]]
    for each in paragraphs_in(words[REPORT]):
        base = each.style.base_style  # type: ignore[union-attr]
        if base is not None and base.style_id in levels:
            levels[base.style_id].append(each.text)
    assert levels["Heading1"] == ["BÁO CÁO"]
    assert [text.partition(".")[0] for text in levels["Heading2"]] == ["I", "II", "III", "IV"]
    assert levels["Heading3"] == ["1. Ủy ban nhân dân xã, phường"]
    outline = [each.element.xml for each in docx.Document(io.BytesIO(words[REPORT])).styles if each.style_id in levels]
    assert [f'w:outlineLvl w:val="{level}"' in xml for level, xml in enumerate(outline)] == [True, True, True]


def test_charts_are_pictures_with_alternate_text(papers: dict[str, Document], words: dict[str, bytes]) -> None:
    file = docx.Document(io.BytesIO(words[REPORT]))
    told = [each.get("descr") for each in file.element.body.iter(qn("wp:docPr"))]
    assert told == re.findall(r'<img [^>]*alt="([^"]*)"', papers[REPORT].html)
    assert len(told) == 3
    for shape in file.inline_shapes:
        assert shape.width.mm == pytest.approx(160, abs=0.1)
    for part in file.part.package.iter_parts():
        if part.partname.endswith(".png"):
            drawn = Image.open(io.BytesIO(part.blob)).convert("L")
            assert drawn.width > 1000
            assert drawn.getextrema() == (0, 255), "letters and ground"


# --- measures in the file ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "least", "most", "bold", "italic"), ELEMENTS)
def test_size_weight_and_slope_in_the_file(
    numbered: bytes, text: str, least: float, most: float, bold: bool, italic: bool
) -> None:
    for look in looks_of(numbered, text):
        assert least <= look.size <= most
        assert (look.bold, look.italic) == (bold, italic)


def test_pages_margins_and_marks_in_the_file(words: dict[str, bytes]) -> None:
    for name, content in words.items():
        (section,) = docx.Document(io.BytesIO(content)).sections
        lies = name in (RANKING, MATRIX, REPAIRS, LONG)
        paper = (section.page_width.mm, section.page_height.mm)  # type: ignore[union-attr]
        assert paper == pytest.approx((297, 210) if lies else (210, 297), abs=0.1), name
        assert 20 <= round(section.top_margin.mm, 1) <= 25  # type: ignore[union-attr]
        assert 20 <= round(section.bottom_margin.mm, 1) <= 25  # type: ignore[union-attr]
        assert 30 <= round(section.left_margin.mm, 1) <= 35  # type: ignore[union-attr]
        assert 15 <= round(section.right_margin.mm, 1) <= 20  # type: ignore[union-attr]
        assert section.different_first_page_header_footer
        number = "PAGE"
        assert number in section.header._element.xml
        assert number not in section.first_page_header._element.xml
        if name in PAPERS:
            for head in (section.header, section.first_page_header):
                assert "DỰ THẢO" in head.paragraphs[0].text
            for foot in (section.footer, section.first_page_footer):
                assert foot.paragraphs[0].text == "DỮ LIỆU MẪU"


def test_text_is_justified_indented_and_spaced(numbered: bytes) -> None:
    texts = [
        each for each in paragraphs_in(numbered) if each.text.startswith(("Căn cứ", "1. Chỉ số", "a) ", "Điều 1."))
    ]
    assert len(texts) >= 4
    for each in texts:
        form = each.style.paragraph_format  # type: ignore[union-attr]
        assert form.alignment is WD_ALIGN_PARAGRAPH.JUSTIFY
        assert form.first_line_indent.cm == pytest.approx(1.27, abs=0.01)
        assert form.space_before.pt >= 6
        assert 1 <= form.line_spacing <= 1.5


def test_heads_of_tables_repeat_and_no_row_is_split(words: dict[str, bytes]) -> None:
    for name in (RANKING, MATRIX, REPAIRS, LONG):
        for table in docx.Document(io.BytesIO(words[name])).tables:
            rows = [row._tr for row in table.rows]
            heads = [row.find(f".//{qn('w:tblHeader')}") is not None for row in rows]
            assert heads[0]
            assert heads == sorted(heads, reverse=True)
            assert all(row.find(f".//{qn('w:cantSplit')}") is not None for row in rows)


# --- printed by LibreOffice -------------------------------------------------------------------------------------------


def test_libreoffice_prints_as_many_pages_as_we_do(papers: dict[str, Document], printed: dict[str, list[Any]]) -> None:
    for name in PAPERS:
        ours = len(pdfplumber.open(io.BytesIO(render_pdf(papers[name], "s", CREATED))).pages)
        assert abs(len(printed[name]) - ours) <= 1, name
    assert len(printed[DECISION]) == 2


@pytest.mark.parametrize(("text", "least", "most", "bold", "italic"), ELEMENTS)
def test_size_weight_and_slope_in_print(
    printed: dict[str, list[Any]], text: str, least: float, most: float, bold: bool, italic: bool
) -> None:
    check_type(printed["so.pdf"], text, least, most, bold, italic)


@pytest.mark.parametrize(("text", "least", "most", "bold", "italic"), ANNEX_ELEMENTS)
def test_size_weight_and_slope_of_an_annex_in_print(
    printed: dict[str, list[Any]], text: str, least: float, most: float, bold: bool, italic: bool
) -> None:
    check_type(printed[LONG], text, least, most, bold, italic)


def test_printed_text_keeps_to_the_margins_and_pages_are_numbered_from_2(printed: dict[str, list[Any]]) -> None:
    for name in ("so.pdf", LONG):
        for number, page in enumerate(printed[name], start=1):
            inside = [char for char in page.chars if char["bottom"] > 20 * MM and char["text"].strip()]
            assert 30 - 0.3 <= min(char["x0"] for char in inside) / MM <= 35
            assert (page.width - max(char["x1"] for char in inside)) / MM >= 15
            assert (page.height - max(char["bottom"] for char in inside)) / MM >= 19.5
            above = [char for char in page.chars if char["bottom"] <= 20 * MM and char["text"].strip()]
            assert "".join(char["text"] for char in above) == (str(number) if number > 1 else "")
            if above:
                assert middle(above) == pytest.approx((30 * MM + page.width - 16 * MM) / 2, abs=2)
                assert all(13 <= round(char["size"], 1) <= 14 for char in above)


def test_the_printed_letterhead_has_two_columns_with_lines_of_the_right_length(printed: dict[str, list[Any]]) -> None:
    page = printed["so.pdf"][0]
    nation, motto = chars_of(page, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), chars_of(page, "Độc lập - Tự do - Hạnh phúc")
    agency, number = chars_of(page, "TỈNH BÌNH DƯƠNG"), chars_of(page, "Số: 05/QĐ-UBND")
    dated = chars_of(page, "Thủ Dầu Một, ngày 05 tháng 01 năm 2026")
    assert middle(nation) == pytest.approx(middle(motto), abs=1) == pytest.approx(middle(dated), abs=1)
    assert middle(number) == pytest.approx(middle(agency), abs=1)
    assert number[0]["bottom"] == pytest.approx(dated[0]["bottom"], abs=0.5)
    assert max(char["x1"] for char in agency) < min(char["x0"] for char in nation)
    assert rule_below(page, motto)["width"] == pytest.approx(width(motto), abs=2)
    assert 1 / 3 <= rule_below(page, agency)["width"] / width(agency) <= 1 / 2
    subject = chars_of(page, "trên địa bàn tỉnh Bình Dương")
    longest = chars_of(page, "Về việc phê duyệt và công bố Chỉ số cải cách hành chính năm 2025")
    assert 1 / 3 <= rule_below(page, subject)["width"] / width(longest) <= 1 / 2


def rule_below(page: Any, chars: Sequence[Any]) -> Any:
    """The drawn line next below these characters and in the middle under them."""
    bottom = max(char["bottom"] for char in chars)
    drawn = [one for one in (*page.rects, *page.lines, *page.curves) if bottom - 3 <= one["top"] < bottom + 10]
    found = min(drawn, key=lambda one: abs(middle([one]) - middle(chars)))
    assert middle([found]) == pytest.approx(middle(chars), abs=1)
    return found


def test_the_printed_signature_is_in_the_right_half_level_with_the_recipients(printed: dict[str, list[Any]]) -> None:
    page = next(page for page in printed["so.pdf"] if page.search("Nơi nhận:"))
    title, power = chars_of(page, "Nơi nhận:"), chars_of(page, "TM. ỦY BAN NHÂN DÂN")
    name = chars_of(page, "Nguyễn Văn Mẫu")
    assert min(char["x0"] for char in power) > page.width / 2
    assert title[0]["x0"] == pytest.approx(30 * MM, abs=1)
    assert title[0]["bottom"] == pytest.approx(power[0]["bottom"], abs=4)
    assert middle(name) == pytest.approx(middle(power), abs=1)
    room = min(char["top"] for char in name) - max(char["bottom"] for char in chars_of(page, "CHỦ TỊCH"))
    assert room >= 30 * MM


def test_printed_heads_repeat_and_no_row_is_lost(printed: dict[str, list[Any]]) -> None:
    assert len(printed[LONG]) > 2
    check_table([page for page in printed[LONG] if page.extract_tables()], 60)


def test_styles_have_names_of_their_own() -> None:
    assert len({look.name for look in STYLES}) == len({look.id for look in STYLES}) == len(STYLES)
