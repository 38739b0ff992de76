"""Numbers, dates, names and grade bands as templates write them. Source: NĐ 30/2020/NĐ-CP, Phụ lục I và II."""

from datetime import date
from decimal import Decimal

import pytest

from models.numbers import Rounding
from models.province.rounds import STANDARD_GRADES, Band, RankingRule
from report_templates import filters

TWO = RankingRule()
THREE = RankingRule(decimals=3, rounding=Rounding.DOWN)


def test_maxima_have_no_trailing_zeros_and_a_decimal_comma() -> None:
    assert [filters.exact(Decimal(text)) for text in ("100", "96.50", "1435.2")] == ["100", "96,5", "1.435,2"]


def test_points_have_the_decimals_of_the_round() -> None:
    assert filters.printed(Decimal("82"), TWO) == "82,00"
    assert filters.printed(Decimal("87.6019"), THREE) == "87,601"
    assert filters.printed(None, TWO) == "–"


def test_units_inside_a_sentence_begin_small_unless_a_number_follows() -> None:
    assert (
        filters.units_joined(["Xã Ba Lâm", "Phường 5", "UBND Xã Lộc Tân"]) == "xã Ba Lâm; Phường 5 và UBND xã Lộc Tân"
    )
    assert filters.units_joined(["Đặc khu Cồn Sa"]) == "đặc khu Cồn Sa"


def test_percent_is_closed_up() -> None:
    assert filters.percent(Decimal("95.01"), TWO) == "95,01%"


@pytest.mark.parametrize(
    ("difference", "shown"),
    [("1.2", "+1,20"), ("-0.5", "-0,50"), ("0", "0,00"), ("0.001", "0,00"), ("-0.001", "0,00"), (None, "–")],
)
def test_differences_of_indices_carry_their_sign(difference: str | None, shown: str) -> None:
    assert filters.signed(None if difference is None else Decimal(difference), TWO) == shown


def test_differences_of_ranks_carry_their_sign() -> None:
    assert [filters.signed_count(value) for value in (7, -6, 0, None)] == ["+7", "-6", "0", "–"]


def test_leading_zeros_of_numbers_and_dates() -> None:
    assert [filters.numbered(number) for number in (5, 15, 3895)] == ["05", "15", "3895"]
    assert filters.dated(date(2026, 1, 5)) == "ngày 05 tháng 01 năm 2026"
    assert filters.dated(date(2019, 6, 29)) == "ngày 29 tháng 6 năm 2019"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Các sở, ban, ngành", "các sở, ban, ngành"),
        ("Sở, ban, ngành", "sở, ban, ngành"),
        ("UBND xã, phường, đặc khu", "Ủy ban nhân dân xã, phường, đặc khu"),
        ("Ủy ban nhân dân các huyện", "Ủy ban nhân dân các huyện"),
        ("Công an tỉnh", "Công an tỉnh"),
    ],
)
def test_group_names_inside_a_sentence(name: str, shown: str) -> None:
    assert filters.in_sentence(name) == shown


def test_groups_in_a_row() -> None:
    assert filters.joined(["a"]) == "a"
    assert filters.joined(["a", "b"]) == "a và b"
    assert filters.joined(["a, b", "c", "d"]) == "a, b; c và d"


def test_bases_begin_once_with_can_cu_and_lose_their_end_mark() -> None:
    assert filters.legal_basis("Luật Tổ chức chính quyền địa phương;") == "Căn cứ Luật Tổ chức chính quyền địa phương"
    assert filters.legal_basis("Căn cứ Nghị quyết số 76/NQ-CP.") == "Căn cứ Nghị quyết số 76/NQ-CP"


def test_the_proposal_begins_once_with_theo_de_nghi() -> None:
    assert filters.proposal("Giám đốc Sở Nội vụ") == "Theo đề nghị của Giám đốc Sở Nội vụ"
    assert filters.proposal("Theo đề nghị của Giám đốc Sở Nội vụ.") == "Theo đề nghị của Giám đốc Sở Nội vụ"


def test_recipients_have_a_hyphen_and_a_semicolon() -> None:
    assert filters.recipient("Như Điều 3") == filters.recipient("- Như Điều 3;") == "- Như Điều 3;"


def test_grade_bands_in_words() -> None:
    assert filters.band_words(STANDARD_GRADES) == [
        "Xuất sắc: từ 90% trở lên",
        "Tốt: từ 80% đến dưới 90%",
        "Khá: từ 70% đến dưới 80%",
        "Trung bình: từ 60% đến dưới 70%",
        "Yếu: dưới 60%",
    ]


def test_open_and_closed_grade_bounds_are_told_apart() -> None:
    grades = (Band(label="A", over=Decimal("92.5")), Band(label="B", from_=Decimal(70)), Band(label="C"))
    assert filters.band_words(grades) == ["A: trên 92,5%", "B: từ 70% đến 92,5%", "C: dưới 70%"]
    assert filters.band_words([Band(label="D", to=Decimal(50))]) == ["D: từ 50% trở xuống"]
    assert filters.band_words([Band(label="E")]) == ["E"]


def test_a_figure_breaks_after_the_stroke_between_its_parts_and_stays_text() -> None:
    assert str(filters.breakable("14/19 (73,68%)")) == "14/<wbr>19 (73,68%)"
    assert str(filters.breakable("<b>/1")) == "&lt;b&gt;/<wbr>1"
