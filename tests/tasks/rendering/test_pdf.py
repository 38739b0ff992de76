"""Finished PDFs, read back and measured against the official document format.

Source: NĐ 30/2020/NĐ-CP, Phụ lục I và II; contents: docs/process.md, 4.
"""

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from pypdf import PdfReader

from models.province.config import Issuer, ProvinceConfig, Signer
from models.province.rounds import Group, RankingRule, Round, Selection, Ties
from models.records.results import (
    Basis,
    Change,
    Counts,
    GroupResult,
    LeafPoints,
    PreviousResult,
    Robustness,
    RoundResult,
    Status,
    UnitResult,
)
from tasks.documents.decision import decision_documents
from tasks.rendering.letterhead import PaperHead, agency_of
from tasks.rendering.pdf import Document, RenderingError, read_resource, render_pdf

pytestmark = pytest.mark.slow

MM = 72 / 25.4
ROOT = Path(__file__).resolve().parents[3]
CREATED = datetime(2026, 1, 5, 9, 15, 30, tzinfo=UTC)
CHAIRMAN = Signer(id="ct", power=("TM. ỦY BAN NHÂN DÂN",), title="CHỦ TỊCH", name="Nguyễn Văn Mẫu")
CONFIG = ProvinceConfig(
    name="tỉnh Bình Dương",
    place="Thủ Dầu Một",
    legal_bases=(
        "Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;",
        "Căn cứ Nghị quyết số 76/NQ-CP ngày 15 tháng 7 năm 2021 của Chính phủ",
    ),
    proposal="Giám đốc Sở Nội vụ tại Tờ trình số 582/TTr-SNV ngày 05 tháng 01 năm 2026",
    recipients=("Như Điều 3", "Bộ Nội vụ (để báo cáo)", "Thường trực Hội đồng nhân dân tỉnh"),
)
SAMPLE = CONFIG.model_copy(update={"mark": "DỮ LIỆU MẪU"})
ROUND = Round(
    year=2025,
    groups=(
        Group(id="so", name="Các sở, ban, ngành", criteria_set="so-2025", units=Selection(kind=("so",))),
        Group(id="xa", name="UBND xã, phường, đặc khu", criteria_set="xa-2025", units=Selection(kind=("xa",))),
    ),
    legal_bases=("Kế hoạch số 12/KH-UBND ngày 05 tháng 02 năm 2025",),
)
NUMBERED = PaperHead(5, date(2026, 1, 5), "QĐ-UBND", CHAIRMAN)
DRAFT = PaperHead(None, None, "QĐ-UBND", CHAIRMAN, draft=True)


def unit(place: int, **given: Any) -> UnitResult:
    """The unit that came in at this place, 0 first."""
    index = Decimal(98) - Decimal(place) / 10
    values: dict[str, Any] = {
        "code": f"u{place:03}",
        "name": f"Đơn vị số {place + 1:03}",
        "kind": "so",
        "status": Status.SCORED,
        "ranked": True,
        "rank": place + 1,
        "tied": False,
        "grade": "Xuất sắc" if index >= 90 else "Trung bình",
        "gated": False,
        "max_points": Decimal(100),
        "self_points": None,
        "appraised_points": index - Decimal("25.5"),
        "survey_points": Decimal("25.5"),
        "bonus": Decimal(0),
        "penalty": Decimal(0),
        "points": index,
        "index": index,
        "areas": (),
        "previous": None,
        "no_comparison": None,
        "change": None,
        "robustness": Robustness(777, 888),
        "leaves": (
            LeafPoints("1", Decimal(70), index - Decimal("25.5"), Basis.APPRAISAL),
            LeafPoints("2", Decimal(30), Decimal("25.5"), Basis.SURVEY),
        ),
    }
    return UnitResult(**(values | given))


def compared(place: int, **given: Any) -> UnitResult:
    """The same with a comparison: one place and half a point better than last year."""
    previous = PreviousResult(2024, Decimal("90.00"), place + 2, (f"u{place:03}",))
    return unit(place, **({"previous": previous, "change": Change(Decimal("0.5"), 1)} | given))


def group(units: Sequence[UnitResult], **given: Any) -> GroupResult:
    values: dict[str, Any] = {
        "id": "so",
        "name": "Các sở, ban, ngành",
        "criteria_set": "so-2025",
        "max_points": Decimal(100),
        "size": len(units),
        "mean": Decimal("78.387"),
        "index_counts": Counts(0, 0, 0),
        "rank_counts": Counts(0, 0, 0),
        "risers": (),
        "fallers": (),
        "previous_size": None,
        "population_changed": False,
        "set_changed": None,
        "units": tuple(units),
    }
    return GroupResult(**(values | given))


def results(*groups: GroupResult, ranking: RankingRule | None = None) -> RoundResult:
    return RoundResult(2025, ranking or RankingRule(), groups)


def documents_of(
    *groups: GroupResult, config: ProvinceConfig = CONFIG, decision: PaperHead = NUMBERED, round: Round = ROUND
) -> list[Document]:
    return decision_documents(config, round, results(*groups, ranking=round.ranking), decision)


def pages_of(document: Document) -> list[Any]:
    return list(pdfplumber.open(io.BytesIO(render_pdf(document, "snapshot", CREATED))).pages)


def text_of(document: Document) -> str:
    """All words of the PDF, one space between them."""
    return " ".join(" ".join(page.extract_text() for page in pages_of(document)).split())


def chars_of(page: Any, text: str) -> list[Any]:
    """The characters of the first place where the page says this, blanks left out."""
    pattern = r"\s+".join(re.escape(word) for word in text.split())
    found = page.search(pattern)
    assert found, f"“{text}” not on the page"
    return [char for char in found[0]["chars"] if char["text"].strip()]


def middle(chars: Sequence[Any]) -> float:
    return (min(char["x0"] for char in chars) + max(char["x1"] for char in chars)) / 2


def width(chars: Sequence[Any]) -> float:
    return float(max(char["x1"] for char in chars) - min(char["x0"] for char in chars))


def line_below(page: Any, chars: Sequence[Any]) -> Any:
    """The drawn line next below these characters."""
    bottom = max(char["bottom"] for char in chars)
    drawn = [rect for rect in page.rects if bottom - 3 <= rect["top"] < bottom + 10 and rect["height"] < 1.5]
    return min(drawn, key=lambda rect: abs(middle([rect]) - middle(chars)))


@pytest.fixture(scope="module")
def decision_pages() -> list[Any]:
    return pages_of(documents_of(group([unit(place) for place in range(16)]), group([unit(0)], id="xa"))[0])


@pytest.fixture(scope="module")
def annex_pages() -> list[Any]:
    return pages_of(documents_of(group([unit(place) for place in range(60)]), group([unit(0)], id="xa"))[1])


# --- page -------------------------------------------------------------------------------------------------------------


def test_pages_are_a4_upright_and_wide_annexes_lie(decision_pages: list[Any], annex_pages: list[Any]) -> None:
    lying = pages_of(documents_of(group([compared(place) for place in range(30)]))[1])
    for page in [*decision_pages, *annex_pages]:
        assert (page.width / MM, page.height / MM) == pytest.approx((210, 297), abs=0.1)
    for page in lying:
        assert (page.width / MM, page.height / MM) == pytest.approx((297, 210), abs=0.1)


def test_text_keeps_to_the_margins(decision_pages: list[Any], annex_pages: list[Any]) -> None:
    lying = pages_of(documents_of(group([compared(place) for place in range(30)]))[1])
    for page in [*decision_pages, *annex_pages, *lying]:
        inside = [char for char in page.chars if char["bottom"] > 20 * MM]
        marks = [*inside, *page.rects]
        left = min(mark["x0"] for mark in marks) / MM
        right = (page.width - max(mark["x1"] for mark in marks)) / MM
        assert 30 - 0.2 <= left <= 35
        assert 15 <= right <= 20
        assert min(mark["top"] for mark in marks) / MM >= 20 - 0.2
        assert (page.height - max(mark["bottom"] for mark in marks)) / MM >= 20 - 0.2


def test_the_page_number_is_hidden_on_page_1_and_centred_in_the_top_margin_from_page_2(annex_pages: list[Any]) -> None:
    lying = pages_of(documents_of(group([compared(place) for place in range(60)]))[1])
    for pages in (annex_pages, lying):
        assert len(pages) > 1
        assert not [char for char in pages[0].chars if char["bottom"] < 20 * MM]
        for number, page in enumerate(pages[1:], start=2):
            above = [char for char in page.chars if char["bottom"] < 20 * MM]
            assert "".join(char["text"] for char in above) == str(number)
            assert middle(above) == pytest.approx((30 * MM + page.width - 16 * MM) / 2, abs=1)
            assert all(13 <= round(char["size"], 1) <= 14 for char in above)
            assert all("Bold" not in char["fontname"] and "Italic" not in char["fontname"] for char in above)


def test_all_type_is_times_new_roman_or_its_metric_twin(decision_pages: list[Any], annex_pages: list[Any]) -> None:
    for page in [*decision_pages, *annex_pages]:
        assert all(re.search(r"\+(Times-New-Roman|Liberation-Serif)", char["fontname"]) for char in page.chars)


def test_text_is_black(decision_pages: list[Any]) -> None:
    assert {char["non_stroking_color"] for page in decision_pages for char in page.chars} <= {(0.0, 0.0, 0.0), (0,)}


# --- elements of 3.2 --------------------------------------------------------------------------------------------------

ELEMENTS = [
    ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, 13, True, False),
    ("Độc lập - Tự do - Hạnh phúc", 13, 14, True, False),
    ("ỦY BAN NHÂN DÂN", 12, 13, True, False),
    ("TỈNH BÌNH DƯƠNG", 12, 13, True, False),
    ("Số: 05/QĐ-UBND", 13, 13, False, False),
    ("Thủ Dầu Một, ngày 05 tháng 01 năm 2026", 13, 14, False, True),
    ("QUYẾT ĐỊNH", 13, 14, True, False),
    ("Về việc phê duyệt và công bố", 13, 14, True, False),
    ("Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;", 13, 14, False, True),
    ("Theo đề nghị của Giám đốc Sở Nội vụ", 13, 14, False, True),
    ("QUYẾT ĐỊNH:", 13, 14, True, False),
    ("Điều 1.", 13, 14, True, False),
    ("Phê duyệt và công bố Chỉ số", 13, 14, False, False),
    ("1. Chỉ số cải cách hành chính của các sở", 13, 14, False, False),
    ("TM. ỦY BAN NHÂN DÂN", 13, 14, True, False),
    ("CHỦ TỊCH", 13, 14, True, False),
    ("Nguyễn Văn Mẫu", 13, 14, True, False),
    ("Nơi nhận:", 12, 12, True, True),
    ("- Như Điều 3;", 11, 11, False, False),
    ("- Lưu: VT, SNV.", 11, 11, False, False),
]
ANNEX_ELEMENTS = [
    ("Phụ lục I", 14, 14, True, False),
    ("CHỈ SỐ CẢI CÁCH HÀNH CHÍNH NĂM 2025 CỦA CÁC SỞ, BAN, NGÀNH", 13, 14, True, False),
    ("(Kèm theo Quyết định số 05/QĐ-UBND ngày 05 tháng 01 năm 2026 của Ủy ban nhân dân", 13, 14, False, True),
    ("Đơn vị số 001", 10, 12, False, False),
    ("Ghi chú", 13, 14, True, False),
    ("1. Chỉ số (%) bằng Tổng điểm", 13, 14, False, False),
]


def check_type(pages: Sequence[Any], text: str, least: float, most: float, bold: bool, italic: bool) -> None:
    pattern = r"\s+".join(re.escape(word) for word in text.split())
    page = next(page for page in pages if page.search(pattern))
    for char in chars_of(page, text):
        assert least - 0.05 <= char["size"] <= most + 0.05
        assert ("Bold" in char["fontname"]) is bold
        assert ("Italic" in char["fontname"]) is italic


@pytest.mark.parametrize(("text", "least", "most", "bold", "italic"), ELEMENTS)
def test_size_weight_and_slope_of_the_decision(
    decision_pages: list[Any], text: str, least: float, most: float, bold: bool, italic: bool
) -> None:
    check_type(decision_pages, text, least, most, bold, italic)


@pytest.mark.parametrize(("text", "least", "most", "bold", "italic"), ANNEX_ELEMENTS)
def test_size_weight_and_slope_of_the_annex(
    annex_pages: list[Any], text: str, least: float, most: float, bold: bool, italic: bool
) -> None:
    check_type(annex_pages, text, least, most, bold, italic)


def test_the_line_under_the_motto_is_as_long_as_the_motto(decision_pages: list[Any]) -> None:
    motto = chars_of(decision_pages[0], "Độc lập - Tự do - Hạnh phúc")
    line = line_below(decision_pages[0], motto)
    assert line["width"] == pytest.approx(width(motto), abs=1)
    assert middle([line]) == pytest.approx(middle(motto), abs=1)


@pytest.mark.parametrize(
    ("longest", "last"),
    [
        ("TỈNH BÌNH DƯƠNG", "TỈNH BÌNH DƯƠNG"),
        ("Về việc phê duyệt và công bố Chỉ số cải cách hành chính năm 2025", "trên địa bàn tỉnh Bình Dương"),
    ],
)
def test_the_line_under_agency_and_subject_is_a_third_to_a_half_of_the_text(
    decision_pages: list[Any], longest: str, last: str
) -> None:
    above = chars_of(decision_pages[0], last)
    line = line_below(decision_pages[0], above)
    assert 1 / 3 <= line["width"] / width(chars_of(decision_pages[0], longest)) <= 1 / 2
    assert middle([line]) == pytest.approx(middle(above), abs=1)


def test_a_short_line_stands_under_the_annex_reference(annex_pages: list[Any]) -> None:
    last = chars_of(annex_pages[0], "của Ủy ban nhân dân tỉnh Bình Dương)")
    assert middle([line_below(annex_pages[0], last)]) == pytest.approx(middle(last), abs=1)


def test_letterhead_columns_are_centred_and_level(decision_pages: list[Any]) -> None:
    page = decision_pages[0]
    nation, motto = chars_of(page, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), chars_of(page, "Độc lập - Tự do - Hạnh phúc")
    dated, number = chars_of(page, "Thủ Dầu Một, ngày 05"), chars_of(page, "Số: 05/QĐ-UBND")
    whole_date = chars_of(page, "Thủ Dầu Một, ngày 05 tháng 01 năm 2026")
    agency = chars_of(page, "TỈNH BÌNH DƯƠNG")
    assert middle(nation) == pytest.approx(middle(motto), abs=1) == pytest.approx(middle(whole_date), abs=1)
    assert middle(number) == pytest.approx(middle(agency), abs=1)
    assert number[0]["bottom"] == pytest.approx(dated[0]["bottom"], abs=0.5)
    assert max(char["x1"] for char in agency) < min(char["x0"] for char in nation)
    assert min(char["x0"] for char in nation) > (30 + 0.37 * 164) * MM


def test_quyet_dinh_subject_and_authority_are_centred_on_the_text(decision_pages: list[Any]) -> None:
    page = decision_pages[0]
    centre = (30 * MM + page.width - 16 * MM) / 2
    for text in ("QUYẾT ĐỊNH", "trên địa bàn tỉnh Bình Dương", "ỦY BAN NHÂN DÂN TỈNH BÌNH DƯƠNG", "QUYẾT ĐỊNH:"):
        assert middle(chars_of(page, text)) == pytest.approx(centre, abs=2), text


@pytest.mark.parametrize("text", ["Điều 1.", "1. Chỉ số cải cách", "Căn cứ Luật"])
def test_first_lines_are_indented_by_1_27_cm(decision_pages: list[Any], text: str) -> None:
    assert chars_of(decision_pages[0], text)[0]["x0"] == pytest.approx((30 + 12.7) * MM, abs=0.5)


def test_body_lines_are_single_to_one_and_a_half_apart_and_paragraphs_6_pt_more(decision_pages: list[Any]) -> None:
    page = next(page for page in decision_pages if page.search(r"a\) Phân tích"))
    first = chars_of(page, "a) Phân tích")[0]["bottom"]
    after = chars_of(page, "b) Rà soát")[0]["bottom"]
    lines = sorted({round(char["bottom"], 1) for char in page.chars if first - 1 < char["bottom"] < after + 1})
    gaps = [below - above for above, below in pairwise(lines)]
    assert len(gaps) >= 3
    assert all(14 * 1.15 <= gap <= 14 * 1.725 for gap in gaps[:-1])
    assert gaps[-1] >= gaps[0] + 6 - 0.2


def test_the_signature_is_in_the_right_half_level_with_the_recipients(decision_pages: list[Any]) -> None:
    page = decision_pages[-1]
    power, title, name = (chars_of(page, text) for text in ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "Nguyễn Văn Mẫu"))
    recipients = chars_of(page, "Nơi nhận:")
    half = (30 * MM + page.width - 16 * MM) / 2
    assert min(char["x0"] for char in [*power, *title, *name]) >= half
    assert middle(power) == pytest.approx(middle(title), abs=1) == pytest.approx(middle(name), abs=1)
    assert recipients[0]["x0"] == pytest.approx(30 * MM, abs=0.5)
    assert recipients[0]["top"] == pytest.approx(power[0]["top"], abs=3)
    assert min(char["top"] for char in name) - max(char["bottom"] for char in title) > 28 * MM


@pytest.mark.parametrize("bases", range(0, 24, 2))
def test_the_signature_is_never_alone_on_a_page(bases: int) -> None:
    config = CONFIG.model_copy(update={"legal_bases": ("Luật Tổ chức chính quyền địa phương",) * bases})
    last = pages_of(documents_of(group([unit(0)]), config=config)[0])[-1].extract_text()
    assert "thi hành Quyết định này./." in last.replace("\n", " ")
    assert "Nơi nhận:" in last
    assert "Nguyễn Văn Mẫu" in last


@pytest.mark.parametrize("place", ["Thành phố Hồ Chí Minh", "Bà Rịa - Vũng Tàu"])
def test_the_longest_places_of_issue_stay_on_the_line_of_the_number(place: str) -> None:
    config = CONFIG.model_copy(update={"place": place})
    page = pages_of(
        documents_of(group([unit(0)]), config=config, decision=replace(NUMBERED, day=date(2026, 12, 29)))[0]
    )[0]
    whole = chars_of(page, f"{place}, ngày 29 tháng 12 năm 2026")
    assert len({round(char["bottom"]) for char in whole}) == 1


# --- words of the decision --------------------------------------------------------------------------------------------


def test_the_words_of_the_decision(decision_pages: list[Any]) -> None:
    text = " ".join(" ".join(page.extract_text() for page in decision_pages).split())
    for words in (
        "Về việc phê duyệt và công bố Chỉ số cải cách hành chính năm 2025",
        "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025; Căn cứ Nghị quyết số 76/NQ-CP",
        "Căn cứ Kế hoạch số 12/KH-UBND ngày 05 tháng 02 năm 2025;",
        "Theo đề nghị của Giám đốc Sở Nội vụ tại Tờ trình số 582/TTr-SNV ngày 05 tháng 01 năm 2026. QUYẾT ĐỊNH:",
        "16 đơn vị được xếp hạng; Chỉ số trung bình đạt 78,39% (chi tiết tại Phụ lục I kèm theo Quyết định này)",
        "(chi tiết tại Phụ lục II kèm theo Quyết định này)",
        "trong thời hạn 30 ngày",
        "Điều 3. Quyết định này có hiệu lực thi hành kể từ ngày ký.",
        "chịu trách nhiệm thi hành Quyết định này./.",
    ):
        assert words in text


def test_blanks_and_draft_before_numbering() -> None:
    document = documents_of(group([unit(0)]), decision=replace(DRAFT, draft=False))[0]
    text = text_of(document)
    assert "Số: /QĐ-UBND Thủ Dầu Một, ngày tháng năm 2026" in text
    assert "DỰ THẢO" not in text


def test_a_replaced_decision_is_named() -> None:
    replaces = "Quyết định số 12/QĐ-UBND ngày 05 tháng 01 năm 2026."
    text = text_of(documents_of(group([unit(0)]), decision=replace(NUMBERED, number=20, replaces=replaces))[0])
    assert "kể từ ngày ký và thay thế Quyết định số 12/QĐ-UBND ngày 05 tháng 01 năm 2026. Chánh" in text
    assert "Số: 20/QĐ-UBND" in text


def test_without_a_signers_name_room_for_the_signature_stays() -> None:
    signer = Signer(id="pct", power=("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH"), title="PHÓ CHỦ TỊCH")
    text = text_of(documents_of(group([unit(0)]), decision=replace(NUMBERED, signer=signer))[0])
    assert "KT. CHỦ TỊCH" in text
    assert "PHÓ CHỦ TỊCH" in text
    assert "None" not in text


def test_a_province_that_declares_only_its_name_gets_a_decision() -> None:
    config = ProvinceConfig(name="Thành phố Hồ Chí Minh")
    text = text_of(
        decision_documents(config, Round(year=2025, groups=ROUND.groups), results(group([unit(0)])), DRAFT)[0]
    )
    assert "ỦY BAN NHÂN DÂN THÀNH PHỐ HỒ CHÍ MINH" in text
    assert "Theo đề nghị của Giám đốc Sở Nội vụ tại Tờ trình số /TTr-SNV ngày tháng năm 2026." in text
    assert "Chánh Văn phòng Ủy ban nhân dân thành phố" in text


@pytest.mark.parametrize(
    ("power", "title", "authority"),
    [
        (("TM. ỦY BAN NHÂN DÂN",), "CHỦ TỊCH", "Ủy ban nhân dân tỉnh Bình Dương"),
        (("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH"), "PHÓ CHỦ TỊCH", "Ủy ban nhân dân tỉnh Bình Dương"),
        ((), "CHỦ TỊCH", "Chủ tịch Ủy ban nhân dân tỉnh Bình Dương"),
        (("KT. CHỦ TỊCH",), "PHÓ CHỦ TỊCH", "Chủ tịch Ủy ban nhân dân tỉnh Bình Dương"),
    ],
)
def test_who_decides_follows_from_the_signing_power(power: tuple[str, ...], title: str, authority: str) -> None:
    assert agency_of(CONFIG, Signer(id="x", power=power, title=title)).authority == authority


def test_a_committee_has_no_superior_line_and_a_department_has_one() -> None:
    department = Issuer(lines=("UBND TỈNH BÌNH DƯƠNG", "SỞ NỘI VỤ"), name="Sở Nội vụ tỉnh Bình Dương")
    assert agency_of(CONFIG, CHAIRMAN).superior == ()
    agency = agency_of(CONFIG.model_copy(update={"issuer": department}), CHAIRMAN)
    assert (agency.superior, agency.issuer) == (("UBND TỈNH BÌNH DƯƠNG",), ("SỞ NỘI VỤ",))


# --- annexes ----------------------------------------------------------------------------------------------------------


def test_two_annexes_have_roman_numerals_and_one_has_none() -> None:
    single = documents_of(group([unit(0)]))
    double = documents_of(group([unit(0)]), group([unit(0)], id="xa", name="UBND xã, phường, đặc khu"))
    assert [document.name for document in double] == ["quyet-dinh.pdf", "phu-luc-1-so.pdf", "phu-luc-2-xa.pdf"]
    assert text_of(single[1]).startswith("Phụ lục CHỈ SỐ CẢI CÁCH HÀNH CHÍNH NĂM 2025 CỦA CÁC SỞ, BAN, NGÀNH (Kèm")
    assert text_of(double[1]).startswith("Phụ lục I CHỈ SỐ")
    assert text_of(double[2]).startswith("Phụ lục II CHỈ SỐ CẢI CÁCH HÀNH CHÍNH NĂM 2025 CỦA ỦY BAN NHÂN DÂN XÃ")
    assert "(chi tiết tại Phụ lục kèm theo Quyết định này)" in text_of(single[0])


def test_an_annex_names_number_and_day_of_its_decision_as_soon_as_it_has_them(annex_pages: list[Any]) -> None:
    draft = text_of(documents_of(group([unit(0)]), decision=DRAFT)[1])
    assert "(Kèm theo Quyết định số /QĐ-UBND ngày tháng năm của Ủy ban nhân dân tỉnh Bình Dương)" in draft
    text = " ".join(annex_pages[0].extract_text().split())
    assert "(Kèm theo Quyết định số 05/QĐ-UBND ngày 05 tháng 01 năm 2026 của Ủy ban nhân dân tỉnh Bình Dương)" in text
    lying = text_of(documents_of(group([compared(place) for place in range(3)]))[1])
    assert "năm 2026 của Ủy ban nhân dân tỉnh Bình Dương)" in lying


def test_decision_and_annexes_end_with_the_end_mark(decision_pages: list[Any], annex_pages: list[Any]) -> None:
    assert annex_pages[-1].extract_text().rstrip().endswith("./.")
    assert "./." in decision_pages[-1].extract_text()
    assert sum(page.extract_text().count("./.") for page in annex_pages) == 1


def test_numbers_are_vietnamese(annex_pages: list[Any]) -> None:
    rows = annex_pages[0].extract_tables()[0]
    assert rows[0] == [
        "STT",
        "Đơn vị",
        "Điểm\nthẩm định\n(tối đa 70)",
        "Điểm khảo\nsát\n(tối đa 30)",
        "Tổng\nđiểm\n(tối đa 100)",
        "Chỉ số\n(%)",
        "Xếp\nhạng",
        "Xếp loại",
    ]
    assert rows[1] == ["1", "Đơn vị số 001", "72,50", "25,50", "98,00", "98,00", "1", "Xuất sắc"]
    assert ["Trung bình", *[None] * 4, "78,39", "", None] in annex_pages[1].extract_tables()[0]


def test_columns_appear_only_where_they_say_something() -> None:
    units = [
        compared(0, bonus=Decimal("1.5"), penalty=Decimal("0.5"), max_points=Decimal("96.5")),
        compared(1, change=Change(Decimal("-1.25"), None)),
        compared(2, change=None, previous=None, no_comparison="thành lập mới ngày 01 tháng 7 năm 2025"),
    ]
    rows = pages_of(documents_of(group(units))[1])[0].extract_tables()[0]
    heads = [head.replace("\n", " ") for head in rows[0]]
    assert heads == [
        "STT",
        "Đơn vị",
        "Điểm tối đa",
        "Điểm thẩm định (tối đa 70)",
        "Điểm khảo sát (tối đa 30)",
        "Điểm thưởng",
        "Điểm trừ",
        "Tổng điểm",
        "Chỉ số (%)",
        "Xếp hạng",
        "Xếp loại",
        "Tăng, giảm Chỉ số so với năm 2024",
        "Tăng, giảm hạng so với năm 2024",
    ]
    assert rows[1][2] == "96,5"
    assert [row[-2:] for row in rows[1:4]] == [["+0,50", "+1"], ["-1,25", "–"], ["–", "–"]]


def test_a_round_without_grades_has_no_column_for_them() -> None:
    page = pages_of(documents_of(group([unit(place, grade=None) for place in range(3)]))[1])[0]
    assert page.extract_tables()[0][0][-1] == "Xếp\nhạng"
    assert "Xếp loại" not in page.extract_text()


def test_unranked_and_not_scored_units_stand_apart_with_their_reasons() -> None:
    missing = {"points": None, "index": None, "appraised_points": None, "survey_points": None, "grade": None}
    units = [
        unit(0),
        unit(1, name="Văn phòng Ủy ban nhân dân tỉnh", rank=None, ranked=False),
        unit(2, name="Thanh tra tỉnh", rank=None, status=Status.NOT_SCORED, **missing),
    ]
    documents = documents_of(group(units, mean=Decimal("98")))
    main, unranked, not_scored = pages_of(documents[1])[0].extract_tables()
    assert [row[1] for row in main[1:-1]] == ["Đơn vị số 001"]
    assert unranked[1][1].replace("\n", " ") == "Văn phòng Ủy ban nhân dân tỉnh"
    assert "không xếp hạng" in unranked[1][-1].replace("\n", " ")
    assert [cell.replace("\n", " ") for cell in not_scored[1]] == [
        "1",
        "Thanh tra tỉnh",
        "Không gửi hồ sơ tự đánh giá, chấm điểm.",
    ]
    words = "03 đơn vị, gồm 01 đơn vị được xếp hạng, 01 đơn vị không xếp hạng, 01 đơn vị không được chấm điểm"
    assert words in text_of(documents[0])


def test_a_group_without_any_ranked_unit_says_so() -> None:
    text = text_of(documents_of(group([unit(0, rank=None, ranked=False)], mean=None))[1])
    assert "Không có đơn vị được xếp hạng." in text
    assert "Trung bình đạt" not in text


def test_comparison_counts_movers_and_lineage() -> None:
    note = "sáp nhập từ xã Tân An và xã Tân Bình"
    units = [
        compared(0, previous=PreviousResult(2024, Decimal("90"), 8, ("u000",)), change=Change(Decimal("3"), 7)),
        compared(1, previous=PreviousResult(2024, Decimal("90"), None, ("a", "b"), note)),
        compared(2, change=Change(Decimal("-1"), -6), previous=PreviousResult(2024, Decimal("96"), 1, ("u002",))),
        unit(3, no_comparison="thành lập mới"),
        unit(4, no_comparison="thành lập mới"),
    ]
    given = {
        "index_counts": Counts(2, 1, 0),
        "rank_counts": Counts(2, 1, 0),
        "risers": ("u000",),
        "fallers": ("u002",),
        "previous_size": 194,
        "population_changed": True,
        "set_changed": True,
    }
    text = text_of(documents_of(group(units, **given))[1])
    for words in (
        "So sánh với năm 2024 Chỉ số: 02 đơn vị tăng, 01 đơn vị giảm; 02 đơn vị không so sánh: "
        "Đơn vị số 004 và Đơn vị số 005.",
        "Xếp hạng: 02 đơn vị tăng hạng, 01 đơn vị giảm hạng.",
        "Tăng hạng nhiều nhất: Đơn vị số 001 (7 bậc, từ hạng 8 lên hạng 1).",
        "Giảm hạng nhiều nhất: Đơn vị số 003 (6 bậc).",
        f"1 Đơn vị số 002 S{note[1:]}",
        "2 Đơn vị số 004; Đơn vị số 005 Thành lập mới",
        "thay đổi so với năm 2024: năm 2024 có 194 đơn vị, năm 2025 có 5 đơn vị; thay đổi thứ hạng chỉ để tham khảo",
        "Bộ tiêu chí thay đổi so với năm 2024",
    ):
        assert words in text


def test_ranks_that_are_not_compared_at_all_are_not_called_for_reference() -> None:
    units = [compared(place, change=Change(Decimal("0.5"), None)) for place in range(3)]
    text = text_of(documents_of(group(units, previous_size=3, population_changed=True))[1])
    assert "Danh sách đơn vị được xếp hạng thay đổi so với năm 2024; không so sánh thứ hạng." in text
    assert "Tăng, giảm hạng" not in text
    assert "Dấu “–”" not in text


def test_without_comparison_the_annex_is_silent_about_last_year() -> None:
    text = text_of(documents_of(group([unit(0, no_comparison="không có kết quả năm 2024")]))[1])
    assert "2024" not in text


@pytest.mark.parametrize(
    ("ties", "words"),
    [
        (Ties.COMPETITION, "xếp sau tất cả các đơn vị cùng hạng (1, 2, 2, 4)"),
        (Ties.DENSE, "nhận hạng liền sau (1, 2, 2, 3)"),
        (Ties.ORDINAL, "được phân hạng lần lượt theo lĩnh vực 3, điểm khảo sát, tên đơn vị"),
    ],
)
def test_the_notes_tell_the_tie_rule(ties: Ties, words: str) -> None:
    round = ROUND.model_copy(update={"ranking": RankingRule(ties=ties), "tie_break": ("3", "survey", "name")})
    text = text_of(documents_of(group([unit(0, gated=True)]), round=round)[1])
    assert words in text
    assert "làm tròn đến 2 chữ số thập phân" in text
    assert "Tốt: từ 80% đến dưới 90%" in text
    assert "Xuất sắc*" in text
    assert "(*) Xếp loại bị khống chế" in text


def test_robustness_is_never_in_a_document() -> None:
    for document in documents_of(group([unit(place) for place in range(3)])):
        assert "777" not in document.html
        assert "888" not in document.html


# --- tables over pages ------------------------------------------------------------------------------------------------


def check_table(pages: Sequence[Any], size: int) -> None:
    seen = []
    for page in pages:
        for table in page.extract_tables()[:1]:
            assert table[0][0] == "STT"
            assert table[1][0].isdigit(), "a page begins with a unit, never with the mean"
            assert all(row[0].isdigit() or row[0] == "Trung bình" for row in table[1:]), "a row was split"
            seen += [int(row[0]) for row in table[1:] if row[0].isdigit()]
    assert seen == list(range(1, size + 1))


def check_columns(page: Any) -> None:
    for table in page.find_tables():
        cells = [cell for cell in table.cells if cell]
        for char in page.crop(table.bbox).chars:
            assert any(
                left - 0.1 <= char["x0"]
                and char["x1"] <= right + 0.1
                and top <= char["top"] + 3
                and char["bottom"] - 3 <= bottom
                for left, top, right, bottom in cells
            ), f"“{char['text']}” leaves its cell"


@pytest.mark.parametrize(
    ("size", "make"),
    [(20, unit), (20, compared), (64, unit), (64, compared), (168, unit), (168, compared)],
)
def test_heads_repeat_and_no_row_is_split_or_lost(size: int, make: Any) -> None:
    units = [
        make(place, name=f"Đơn vị số {place} " + "có tên dài hơn một dòng " * (place % 4)) for place in range(size)
    ]
    pages = pages_of(documents_of(group(units))[1])
    check_table(pages, size)
    check_columns(pages[0])
    check_columns(pages[-1])


@pytest.mark.parametrize("size", range(33, 43))
def test_the_mean_never_stands_alone_on_a_page(size: int) -> None:
    check_table(pages_of(documents_of(group([unit(place) for place in range(size)]))[1]), size)


def test_a_name_longer_than_a_page_is_split_and_keeps_the_heads() -> None:
    units = [unit(0), unit(1, name="Xã rất dài " * 300), unit(2)]
    pages = pages_of(documents_of(group(units))[1])
    tables = [page.extract_tables()[0] for page in pages if page.extract_tables()]
    assert all(table[0][0] == "STT" for table in tables)
    assert sum(page.extract_text().count("Xã") for page in pages) == 300


# --- marks ------------------------------------------------------------------------------------------------------------


def test_the_mark_of_a_sample_province_is_on_every_page_outside_the_text() -> None:
    units = [unit(place) for place in range(60)]
    for document in documents_of(group(units), config=SAMPLE, decision=DRAFT):
        for page in pages_of(document):
            mark, draft = chars_of(page, "DỮ LIỆU MẪU"), chars_of(page, "DỰ THẢO")
            assert min(char["top"] for char in mark) > page.height - 20 * MM
            assert max(char["bottom"] for char in draft) < 20 * MM
            assert mark[0]["non_stroking_color"] != (0.0, 0.0, 0.0)


def test_without_mark_and_draft_the_margins_are_empty(decision_pages: list[Any]) -> None:
    for page in decision_pages:
        assert not [char for char in page.chars if char["top"] > page.height - 20 * MM]
        assert "DỰ THẢO" not in page.extract_text()


# --- hostile and long names -------------------------------------------------------------------------------------------


def test_hostile_names_are_printed_as_they_are() -> None:
    name = """Xã <script>alert("1")</script> & 'Tân' {{ 7*7 }} </style>"""
    config = CONFIG.model_copy(
        update={"mark": """"</style><b>'mark'""", "legal_bases": (name,), "recipients": (name,), "filing": name}
    )
    hostile = group([unit(0, name=name, grade="<i>A</i>")], name=f"Các {name}")
    for document in documents_of(hostile, config=config):
        assert "<script" not in document.html
        assert document.html.count("</style>") == 1
        words = text_of(document).replace(" ", "")
        tables = [table for page in pages_of(document) for table in page.extract_tables()]
        printed = tables[0][1][1] if tables else words
        assert name.replace(" ", "") in re.sub(r"\s", "", printed)
        assert """"</style><b>'mark'""" in words


def test_long_names_wrap_inside_the_page() -> None:
    endless = "Trungtâmphụcvụhànhchínhcông" * 6
    config = CONFIG.model_copy(
        update={
            "name": "tỉnh " + "Tên Tỉnh Rất Dài " * 6,
            "legal_bases": (endless,),
            "recipients": (endless, "Một nơi nhận " * 12),
        }
    )
    signer = Signer(id="x", power=("TM. ỦY BAN NHÂN DÂN",), title="CHỦ TỊCH", name="Nguyễn " * 12)
    units = [unit(0, name=endless), unit(1, name="Phòng Văn hóa và " * 18, grade="Hoàn thành xuất sắc nhiệm vụ")]
    for document in documents_of(group(units), config=config, decision=replace(NUMBERED, signer=signer)):
        for page in pages_of(document):
            assert all(char["x0"] >= 30 * MM - 1 and char["x1"] <= page.width - 15 * MM for char in page.chars)
            check_columns(page)


# --- the file ---------------------------------------------------------------------------------------------------------


def test_the_file_claims_pdf_a_2a_and_is_tagged_in_vietnamese_with_bookmarks() -> None:
    documents = documents_of(group([unit(0), unit(1, rank=None, ranked=False)]), group([unit(0)], id="xa"))
    for document in documents:
        reader = PdfReader(io.BytesIO(render_pdf(document, "snapshot", CREATED)))
        root: Any = reader.trailer["/Root"]
        xmp = reader.xmp_metadata.stream.get_data().decode()  # type: ignore[union-attr]
        assert 'pdfaid:part="2"' in xmp
        assert 'pdfaid:conformance="A"' in xmp
        assert "<xmp:CreateDate>2026-01-05T09:15:30Z</xmp:CreateDate>" in xmp
        assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712
        assert root["/Lang"] == "vi"
        assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
        assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
        assert reader.metadata is not None
        assert reader.metadata.title == document.title
        assert reader.metadata["/CreationDate"] == reader.metadata["/ModDate"] == "D:20260105091530Z"
        bookmarks = [entry["/Title"] for entry in _flat(reader.outline)]
        assert bookmarks[0] == document.title
        assert ("Điều 1" if document.name == "quyet-dinh.pdf" else "Ghi chú") in bookmarks


def _flat(outline: Sequence[Any]) -> Iterator[Any]:
    for entry in outline:
        yield from _flat(entry) if isinstance(entry, list) else [entry]


def test_tables_are_tagged_with_heads_for_columns_and_rows() -> None:
    content = render_pdf(documents_of(group([unit(0)]))[1], "snapshot", CREATED)
    reader = PdfReader(io.BytesIO(content))
    kinds = [
        str(reader.get_object(number + 1).get("/S"))
        for number in range(len(reader.xref_objStm))
        if _is_element(reader, number + 1)
    ]
    assert {"/Table", "/THead", "/TBody", "/TR", "/TH", "/TD", "/H1", "/H2", "/P"} <= set(kinds)


def _is_element(reader: PdfReader, number: int) -> bool:
    thing = reader.get_object(number)
    return isinstance(thing, dict) and thing.get("/Type") == "/StructElem"


def test_all_fonts_are_embedded_with_unicode_maps() -> None:
    reader = PdfReader(io.BytesIO(render_pdf(documents_of(group([unit(0)]))[0], "snapshot", CREATED)))
    fonts = [font for page in reader.pages for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]
    assert fonts
    for font in fonts:
        font = font.get_object()
        assert "/ToUnicode" in font
        assert "/FontFile2" in font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()


def test_the_same_arguments_give_the_same_bytes_and_another_origin_another_identifier() -> None:
    document = documents_of(group([compared(place) for place in range(30)]), config=SAMPLE)[1]
    first = render_pdf(document, "snapshot", CREATED)
    assert render_pdf(document, "snapshot", CREATED) == first
    assert render_pdf(document, b"other", CREATED) != first
    assert render_pdf(document, "snapshot", date(2026, 1, 6)) != first


_HEAD = """<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>Mẫu</title>
<style>@page { @top-center { content: counter(page); font: 9pt "Liberation Serif" } }</style>
<style>html { font: 12pt "Liberation Serif" } li { font-size: 10pt }
#mot { color: #111 } p { color: #222 } p::after { content: "." }</style></head>"""


@pytest.mark.parametrize(
    "body",
    [
        '<p id="mot">một<br>hai</p><p style="color: #333">ba <q>bốn</q></p><table><tr><th>năm<td>sáu</table>',
        "<ol><li>một<li>hai<ol><li>ba</ol></ol>",
        '<p>một<span style="float: footnote">hai</span></p>',
        '<div style="display: list-item; list-style: decimal inside">một</div>',
        '<details open><summary style="list-style: decimal inside">một</summary>hai</details>',
    ],
)
def test_what_weasyprint_need_not_do_changes_no_byte(body: str) -> None:
    html = f"{_HEAD}<body>{body}</body></html>"
    as_weasyprint_does = html.replace("<body>", "<!-- <link rel=none> footnote --><body>")
    document = Document("a.pdf", "Mẫu", html)
    for _ in range(2):  # style sheets come parsed from the first
        content = render_pdf(document, "snapshot", CREATED)
        assert content == render_pdf(replace(document, html=as_weasyprint_does), "snapshot", CREATED)


@pytest.mark.parametrize(
    "style", ['@import "/etc/passwd";', '@\\69mport url("/etc/passwd");', '@im\\70 ort "file:///etc/passwd";']
)
def test_no_style_sheet_is_read_from_elsewhere_however_it_is_spelled(style: str) -> None:
    html = f"<html><head><title>Mẫu</title><style>{style} html {{ color: #111 }}</style></head><body>một</body></html>"
    for _ in range(2):
        with pytest.raises(RenderingError):
            render_pdf(Document("a.pdf", "Mẫu", html), "snapshot", CREATED)


@pytest.mark.parametrize(
    "unlike", ["<!-- <style>p { display: none }</style> -->", "<style>p { color: #333 }</style>", "<STYLE>p {}</STYLE>"]
)
def test_style_sheets_that_stand_elsewhere_count_where_and_if_they_did(unlike: str) -> None:
    html = f"{_HEAD}<body><p>một</p>{unlike}</body></html>"
    as_weasyprint_does = html.replace("</head>", "<!-- <link rel=none> footnote --></head>")
    told = [render_pdf(Document("a.pdf", "Mẫu", each), "snapshot", CREATED) for each in (html, as_weasyprint_does)]
    assert told[0] == told[1]
    assert "một" in PdfReader(io.BytesIO(told[0])).pages[0].extract_text()


def test_the_next_document_has_its_own_style_sheets() -> None:
    texts = []
    for word in ("một", "hai", "một"):
        html = f"{_HEAD}<body><p>mẫu</p></body></html>".replace('"."', f'" {word}"')
        content = render_pdf(Document("a.pdf", "Mẫu", html), "snapshot", CREATED)
        texts.append(PdfReader(io.BytesIO(content)).pages[0].extract_text().split())
    assert texts == [["mẫu", word, "1"] for word in ("một", "hai", "một")]


_ELSEWHERE = """
import hashlib
from tests.tasks.rendering.test_pdf import CREATED, SAMPLE, compared, documents_of, group
from tasks.rendering.pdf import render_pdf
documents = documents_of(group([compared(place) for place in range(30)]), config=SAMPLE)
for document in documents:
    print(document.name, hashlib.sha256(render_pdf(document, "snapshot", CREATED)).hexdigest())
"""


def test_the_bytes_do_not_depend_on_process_folder_or_hash_seed(tmp_path: Path) -> None:
    outputs = set()
    for seed in ("1", "4242"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "TZ": f"Etc/GMT{seed[0]}"}
        run = subprocess.run(
            [sys.executable, "-c", _ELSEWHERE],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        outputs.add(run.stdout)
    assert len(outputs) == 1
    assert len(outputs.pop().splitlines()) == 2


# --- files from outside -----------------------------------------------------------------------------------------------

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc000000301"
    "0100c9fe92ef0000000049454e44ae426082"
)


def _with_image(address: str, alt: str = "Biểu tượng") -> Document:
    body = (
        f'<body style="font-family: Times New Roman, Liberation Serif">Trang <img src="{address}" alt="{alt}"></body>'
    )
    return Document("trang.pdf", "Trang", f'<!DOCTYPE html><html lang="vi"><title>Trang</title>{body}</html>')


def test_images_come_from_the_provinces_folders_wherever_they_lie(tmp_path: Path) -> None:
    contents = []
    for place in ("một", "hai"):
        folder = tmp_path / place
        folder.mkdir()
        (folder / "huy-hieu.png").write_bytes(PIXEL)
        contents.append(render_pdf(_with_image("huy-hieu.png"), "snapshot", CREATED, [folder]))
    assert contents[0] == contents[1]
    assert PdfReader(io.BytesIO(contents[0])).pages[0].images


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("khong-co.png", "không có tệp khong-co.png"),
        ("file:///etc/passwd", "không được phép đọc file:///etc/passwd"),
        ("https://example.org/a.png", "không được phép đọc https://example.org/a.png"),
        ("data:image/png;base64,AAAA", "không được phép đọc data:"),
        ("%2e%2e/ngoai.png", "không được phép đọc"),
        ("lien-ket.png", "không được phép đọc"),
        ("hong.png", "Failed to load image"),
        ("filters.py", "không dùng được loại tệp của filters.py"),
    ],
)
def test_a_missing_refused_or_broken_image_stops_the_rendering_with_its_name(
    tmp_path: Path, address: str, reason: str
) -> None:
    folder = tmp_path / "anh"
    folder.mkdir()
    (tmp_path / "ngoai.png").write_bytes(PIXEL)
    (folder / "lien-ket.png").symlink_to(tmp_path / "ngoai.png")
    (folder / "hong.png").write_bytes(b"not an image")
    with pytest.raises(RenderingError, match=r"trang\.pdf: .*" + re.escape(reason)):
        render_pdf(_with_image(address), "snapshot", CREATED, [folder])


def test_an_image_without_alternate_text_stops_the_rendering(tmp_path: Path) -> None:
    (tmp_path / "huy-hieu.png").write_bytes(PIXEL)
    with pytest.raises(RenderingError, match="alt"):
        render_pdf(_with_image("huy-hieu.png", alt=""), "snapshot", CREATED, [tmp_path])


def test_only_files_inside_the_folders_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(PIXEL)
    assert read_resource("https://documents.invalid/a.png?x=1", [tmp_path]) == (PIXEL, "image/png")
    for address in ("https://documents.invalid.org/a.png", "https://documents.invalid/%00", "//etc/passwd"):
        with pytest.raises(PermissionError):
            read_resource(address, [tmp_path])


def test_a_character_that_no_official_font_has_stops_the_rendering() -> None:
    with pytest.raises(RenderingError, match=r"quyet-dinh\.pdf: .*漢"):
        render_pdf(documents_of(group([unit(0)]), config=CONFIG.model_copy(update={"place": "漢"}))[0], "s", CREATED)


# --- the province's own words -----------------------------------------------------------------------------------------


def test_a_province_overrides_one_block_and_keeps_the_rest(tmp_path: Path) -> None:
    (tmp_path / "decision.html").write_text(
        '{% extends "standard/decision.html" %}'
        '{% block article_2 %}<p class="text">Điều riêng của {{ config.name }}</p>{% endblock %}',
        encoding="utf-8",
    )
    documents = decision_documents(CONFIG, ROUND, results(group([unit(0)])), NUMBERED, tmp_path)
    text = text_of(documents[0])
    assert "Điều riêng của tỉnh Bình Dương" in text
    assert "Giao trách nhiệm" not in text
    assert "Quyết định này có hiệu lực" in text


def test_templates_reach_no_code_and_nothing_undefined(tmp_path: Path) -> None:
    from jinja2 import UndefinedError
    from jinja2.exceptions import SecurityError

    for words, error in (("{{ config.__class__.__mro__ }}", SecurityError), ("{{ khong_co }}", UndefinedError)):
        (tmp_path / "decision.html").write_text(words, encoding="utf-8")
        with pytest.raises(error):
            decision_documents(CONFIG, ROUND, results(group([unit(0)])), NUMBERED, tmp_path)
