"""Facts: text as received → canonical text, or why not."""

from datetime import date
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.criteria.facts import FactField, FactKind, UnreadableFactError, read_date
from models.numbers import canonical_number

NUMBER = FactField("numerator", "Hồ sơ đúng hạn", FactKind.NUMBER)
COUNT = FactField("late", "Báo cáo chậm", FactKind.COUNT)
DATE = FactField("date", "Ngày ban hành", FactKind.DATE)
DONE = FactField("done", "Đạt yêu cầu", FactKind.YES_NO)
OPTION = FactField("option", "Phương án", FactKind.OPTION, (("full", "Đầy đủ"), ("part", "Một phần")))


def refusal_of(field: FactField, text: str) -> tuple[str, str]:
    with pytest.raises(UnreadableFactError) as refused:
        field.read(text)
    problem = refused.value.problem
    assert problem.fact == field.id
    return problem.what, problem.remedy


@pytest.mark.parametrize("text", ["1.435,2", "1435.2", "1435,2", "1,435.2", "1 435,2", " 1435.20 "])
def test_every_spelling_of_a_number_has_one_canonical_form(text: str) -> None:
    assert NUMBER.read(text) == "1435.2"


def test_a_percent_sign_is_not_part_of_the_number() -> None:
    assert NUMBER.read("95,01%") == "95.01"


def test_a_number_with_two_readings_is_refused_with_the_way_out() -> None:
    what, _ = refusal_of(NUMBER, "1.435")
    assert what == (
        "Hồ sơ đúng hạn: “1.435” có thể đọc thành hai số khác nhau, 1435 hoặc 1,435; "
        "bỏ dấu ngăn hàng nghìn hoặc viết thêm phần thập phân"
    )


def test_text_in_place_of_a_number_is_refused() -> None:
    assert refusal_of(NUMBER, "nhiều") == ("Hồ sơ đúng hạn: “nhiều” không phải là số", "Nhập một số, không kèm chữ")


def test_a_share_in_place_of_a_count_is_refused() -> None:
    what, remedy = refusal_of(COUNT, "5%")
    assert what == "Báo cáo chậm: “5%” là tỷ lệ, không phải số lượng"
    assert remedy == "Nhập số lượng, không có dấu %"


def test_a_count_with_one_whole_reading_is_that_number() -> None:
    assert COUNT.read("5.788") == "5788"
    assert COUNT.read("5,788") == "5788"


@pytest.mark.parametrize(
    ("text", "asked"), [("1,28", "; có phải 1280?"), ("12,5", "; có phải 12500?"), ("0,5", ""), ("1435,2", "")]
)
def test_a_fraction_of_a_count_is_asked_about(text: str, asked: str) -> None:
    what, remedy = refusal_of(COUNT, text)
    assert what.endswith(f"không phải là số nguyên, trong khi ở đây đếm số lượng{asked}")
    assert "số nguyên" in remedy


def test_a_data_file_is_read_with_its_own_spelling_of_numbers() -> None:
    assert NUMBER.read("1.435", canonical_number) == "1.435"
    with pytest.raises(UnreadableFactError):
        NUMBER.read("1,5", canonical_number)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-05",
        "2026-1-5",
        "05/01/2026",
        "5/1/2026",
        "5-1-2026",
        "05.01.2026",
        "ngày 05/01/2026",
        "ngày 05 tháng 01 năm 2026",
        "Ngày 5 tháng 1 năm 2026",
        "5 tháng 1 năm 2026",
        "05 / 01 / 2026",
        "０５/０１/２０２６",
        "2026-01-05 00:00:00",
        normalize("NFD", "ngày 05 tháng 01 năm 2026"),
    ],
)
def test_a_date_is_read_in_the_usual_spellings(text: str) -> None:
    assert DATE.read(text) == "2026-01-05"
    assert read_date(text) == date(2026, 1, 5)


@pytest.mark.parametrize(
    "text",
    [
        "17/102016",
        "31/02/2025",
        "29/02/2025",
        "5/1/26",
        "5/1-2026",
        "2026",
        "32/01/2026",
        "tháng 1 năm 2026",
        "",
        "0/1/2026",
        "2026-01-05 10:30",
    ],
)
def test_a_broken_date_is_refused_and_never_guessed(text: str) -> None:
    what, remedy = refusal_of(DATE, text)
    assert what == f"Ngày ban hành: “{text}” không phải là một ngày"
    assert remedy == "Nhập ngày dạng 31/01/2025, hoặc “không” nếu chưa thực hiện"


@pytest.mark.parametrize("text", ["không", "Chưa", "chưa có", "none", "Không thực hiện", normalize("NFD", "không có")])
def test_what_was_never_done_has_no_date(text: str) -> None:
    assert DATE.read(text) == "none"


@given(
    st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y"])
)
def test_the_spelling_of_a_date_changes_nothing(day: date, spelling: str) -> None:
    assert DATE.read(day.strftime(spelling)) == day.isoformat()


@pytest.mark.parametrize("text", ["1", "có", "Có", "CO", "x", "X", "đạt", "Rồi", normalize("NFD", "đạt")])
def test_yes_is_read_in_many_words(text: str) -> None:
    assert DONE.read(text) == "1"


@pytest.mark.parametrize("text", ["0", "không", "Khong", "chưa", "không đạt", "Chưa đạt", normalize("NFD", "không")])
def test_no_is_read_in_many_words(text: str) -> None:
    assert DONE.read(text) == "0"


@pytest.mark.parametrize("text", ["", "2", "có lẽ"])
def test_what_is_neither_yes_nor_no_is_refused(text: str) -> None:
    assert refusal_of(DONE, text) == (
        f"Đạt yêu cầu: “{text}” không phải là có hoặc không",
        "Nhập “có” hoặc “không”",
    )


@pytest.mark.parametrize("text", ["full", "FULL", "Đầy đủ", "đầy đủ", normalize("NFD", "Đầy đủ")])
def test_an_option_is_chosen_by_id_or_by_label(text: str) -> None:
    assert OPTION.read(text) == "full"


def test_an_unknown_option_is_refused_with_the_known_ones() -> None:
    assert refusal_of(OPTION, "nhiều") == (
        "Phương án: không có phương án “nhiều”",
        "Chọn một trong: full (Đầy đủ), part (Một phần)",
    )
