"""Annexes in the manner of provinces become sets: structure, maxima, sources, agencies and rules, doubts marked.

A set that changes on purpose is written anew by `python -m tests.tasks.criteria.test_annexes`.
"""

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from unicodedata import normalize

import pytest
import yaml

from models.criteria.sets import CriteriaSet, Source
from models.findings import Severity
from models.province.folder import load_province
from tasks.criteria.annex_rows import PrintedNames, names_in
from tasks.criteria.importing import ImportedSet, import_annex, of_annex
from tasks.criteria.keeping_ids import like_earlier
from tasks.criteria.new_sets import earlier_sets
from tasks.documents.criteria_papers import exported_set
from tasks.reading.annexes import read_annex
from tasks.reading.printed_tables import PrintedAnnex
from tests.conftest import EXAMPLES
from tests.tasks.criteria.annexes import FOLDER, as_excel, as_word, names, printed_set, tables_of, typed

NAMES = PrintedNames(
    {
        "snv": "Sở Nội vụ",
        "stp": "Sở Tư pháp",
        "stc": "Sở Tài chính",
        "skhcn": "Sở Khoa học và Công nghệ",
        "vp": "Văn phòng UBND tỉnh",
    },
    {},
    {},
)


def read(name: str, kind: str) -> ImportedSet:
    content = (as_word if kind == "docx" else as_excel)(typed(name))
    return import_annex(content, f"phu-luc.{kind}", name, "Bộ tiêu chí mẫu", NAMES)


def read_text(text: str) -> ImportedSet:
    return import_annex(as_word(tables_of(text)), "phu-luc.docx", "mau", "Bộ tiêu chí mẫu", NAMES)


def golden(name: str) -> Path:
    return FOLDER / f"{name}.yaml"


def test_there_are_annexes_in_eight_manners() -> None:
    assert len(names()) >= 8


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
@pytest.mark.parametrize("name", names())
def test_an_annex_becomes_its_set_from_word_and_from_excel(name: str, kind: str) -> None:
    written = read(name, kind).text.replace(f"phu-luc.{kind}", "phu-luc.docx")
    assert written == golden(name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", names())
def test_the_written_set_is_read_by_a_plain_reader_of_yaml(name: str) -> None:
    imported = read(name, "docx")
    assert CriteriaSet.model_validate(yaml.safe_load(imported.text)) == imported.criteria_set
    assert not any(finding.severity is Severity.CRITICAL for finding in imported.findings)


@pytest.mark.parametrize("name", names())
def test_every_doubt_is_points_with_its_place_and_readings_and_every_rule_keeps_its_words(name: str) -> None:
    imported = read(name, "docx")
    told = [str(finding) for finding in imported.findings]
    for leaf in imported.leaves:
        assert all(f"# In: {line[:40]}" in imported.text for line in leaf.printed)
        if leaf.doubt:
            assert leaf.kind == "points"
            assert any(
                "bảng 1, dòng" in line and f"tiêu chí {leaf.code} " in line and leaf.doubt in line for line in told
            )
            assert all(f"#   rule: {reading}" in imported.text for reading in leaf.nearest)
            assert leaf.nearest[-1] == "{kind: points}"


def test_the_printed_maxima_of_areas_stand_beside_what_their_leaves_add_up_to() -> None:
    areas = read("la-ma-huong-dan", "docx").areas
    assert [(area.leaves, area.sum, area.printed) for area in areas] == [
        (4, Decimal(6), Decimal(6)),
        (3, Decimal(9), Decimal(9)),
        (1, Decimal(10), Decimal(10)),
    ]


def test_codes_that_begin_anew_in_every_roman_area_are_codes_of_their_area() -> None:
    assert [leaf.code for leaf in read("la-ma-huong-dan", "docx").leaves] == [
        *("1.1", "1.2.1", "1.2.2", "1.3"),
        *("2.1", "2.2", "2.3"),
        "3.1",
    ]


def test_what_a_survey_measures_is_a_survey_wherever_the_annex_says_so() -> None:
    by_name = {leaf.name: leaf.source for leaf in read("thuong-phat", "docx").criteria_set.leaves}
    assert by_name["Mức độ hài lòng"] is Source.SURVEY  # the part above says it
    split = {leaf.code: leaf.source for leaf in read("ba-cot-ten", "docx").criteria_set.leaves}
    assert [code for code, source in split.items() if source is Source.SURVEY] == ["1.2.2"]  # its column says it
    noted = {leaf.code: leaf.source for leaf in read("ba-cot-dong-quy-tac", "docx").criteria_set.leaves}
    assert [code for code, source in noted.items() if source is Source.SURVEY] == ["1.4"]  # the note says it


def test_evidence_of_a_survey_makes_no_survey() -> None:
    text = """==
STT | Tiêu chí | Điểm tối đa | Cách tính | Tài liệu kiểm chứng | Ghi chú
1 | Chỉ đạo | 2 | | |
1.1 | Lấy ý kiến | 2 | Đạt: 2; không đạt: 0 | Báo cáo kết quả khảo sát | Gồm cả nội dung khảo sát nội bộ
"""
    assert [leaf.source for leaf in read_text(text).criteria_set.leaves] == [Source.SELF]


def test_the_column_of_evidence_may_name_the_survey_itself() -> None:
    text = """==
STT | Tiêu chí | Điểm tối đa | Cách tính | Tài liệu kiểm chứng
1 | Chỉ đạo | 2 | |
1.1 | Đánh giá của người dân | 2 | | Kết quả ĐTXHH
"""
    assert [leaf.source for leaf in read_text(text).criteria_set.leaves] == [Source.SURVEY]


def test_letters_typed_in_parts_are_read_as_those_typed_whole() -> None:
    tables = typed("ba-cot-dong-quy-tac")
    whole = import_annex(as_word(tables), "phu-luc.docx", "moi", "Thử", NAMES).text
    for table in tables:
        table.rows = [[normalize("NFD", cell) for cell in row] for row in table.rows]
    assert import_annex(as_word(tables), "phu-luc.docx", "moi", "Thử", NAMES).text == whole


def test_what_a_block_takes_may_be_printed_below_zero() -> None:
    text = """==
STT | Tiêu chí | Điểm tối đa | Cách tính
1 | Chỉ đạo | 1 |
1.1 | Kế hoạch | 1 | Đạt: 1; không đạt: 0
2 | Điểm trừ | -4 |
2.1 | Chậm báo cáo | -2 | Mỗi lần chậm trừ 0,5 điểm
2.2 | Để xảy ra khiếu kiện đông người | -2 | Mỗi vụ việc trừ 1 điểm, tối đa 2 điểm
"""
    penalty = read_text(text).criteria_set.penalty
    assert penalty is not None
    assert penalty.cap == 4
    assert [(item.each, item.max) for item in penalty.items] == [(Decimal("0.5"), 2), (1, 2)]


def test_areas_numbered_beside_their_first_criterion_and_points_in_two_columns() -> None:
    text = """==
STT | Lĩnh vực | Tiêu chí | Tiêu chí thành phần | Thang điểm chi tiết | Điểm chuẩn | <
^ | ^ | ^ | ^ | ^ | Thẩm định | ĐTXHH
1 | Chỉ đạo | 1.1. Kế hoạch | 1.1.1. Ban hành | Có: 1; không: 0 | 1 |
^ | ^ | ^ | 1.1.2. Sáng kiến | Có: 0,5; không: 0 | 0,5 |
^ | ^ | 1.2. Tác động | | Điểm trung bình theo thang điểm 1-5, quy đổi ra 3 điểm | | 3
2 | Thể chế | 2.1. Tiến độ | | Mỗi văn bản chậm trừ 0,5đ | 2 |
 | TỔNG ĐIỂM | | | | 3,5 | 3
"""
    read = read_text(text)
    assert [finding.what for finding in read.findings] == []
    assert [(leaf.code, leaf.max, leaf.source, leaf.rule.kind) for leaf in read.criteria_set.leaves] == [
        ("1.1.1", 1, Source.SELF, "binary"),
        ("1.1.2", Decimal("0.5"), Source.SELF, "binary"),
        ("1.2", 3, Source.SURVEY, "survey"),
        ("2.1", 2, Source.SELF, "deduction"),
    ]


def test_a_leaf_with_other_points_in_the_column_of_the_survey_is_told() -> None:
    text = """==
STT | Tiêu chí | Điểm tối đa | ĐTXHH | Cách tính
1 | Chỉ đạo | 7 | 3 |
1.1 | Kế hoạch | 7 | 3 | Thang điểm khảo sát từ 1 đến 5
"""
    assert "7 điểm và 3 điểm điều tra" in " ".join(finding.what for finding in read_text(text).findings)


def test_bonus_and_penalty_are_blocks_beside_the_scale() -> None:
    criteria_set = read("thuong-phat", "docx").criteria_set
    assert criteria_set.bonus is not None
    assert criteria_set.penalty is not None
    assert [(item.code, item.each, item.max) for item in criteria_set.bonus.items] == [("DT.1", 1, 2)]
    assert [(item.code, item.each, item.max) for item in criteria_set.penalty.items] == [("DP.1", Decimal("0.5"), 3)]
    assert criteria_set.maximum == 20


def test_one_block_area_for_both_is_taken_apart() -> None:
    criteria_set = read_text(
        """==
STT | Nội dung | Điểm tối đa | Cách tính
1 | Chỉ đạo | 2 |
1.1 | Kế hoạch | 2 | Đạt: 2; không đạt: 0
2 | Điểm thưởng, điểm trừ | |
2.1 | Điểm thưởng: sáng kiến | 1 | Mỗi sáng kiến được cộng 0,5 điểm
2.2 | Điểm trừ: báo cáo sai | 2 | Mỗi báo cáo sai trừ 1 điểm
"""
    ).criteria_set
    assert criteria_set.bonus is not None
    assert criteria_set.penalty is not None
    assert [item.name for item in criteria_set.bonus.items] == ["Điểm thưởng: sáng kiến"]
    assert [item.each for item in criteria_set.penalty.items] == [Decimal(1)]
    assert [leaf.code for leaf in criteria_set.leaves] == ["1.1"]


@pytest.mark.parametrize("id", ["so-2025", "xa-2025"])
def test_the_sample_set_printed_as_an_annex_comes_back_with_every_rule(id: str) -> None:
    province = load_province(EXAMPLES / "tinh-mau")
    criteria_set = province.criteria_sets[id]
    names = names_in(province)
    printed = as_word(printed_set(criteria_set, names.agencies))
    imported = import_annex(printed, "phu-luc.docx", "moi", criteria_set.title, names)
    assert [leaf.doubt for leaf in imported.leaves if leaf.doubt] == []
    read_back = imported.criteria_set
    assert len(read_back.leaves) == len(criteria_set.leaves) > 90
    for leaf, known in zip(read_back.leaves, criteria_set.leaves, strict=True):
        assert (leaf.code, leaf.name, leaf.max, leaf.source) == (known.code, known.name, known.max, known.source)
        assert leaf.rule.sentence(leaf.max, 2025) == known.rule.sentence(known.max, 2025)
        assert leaf.appraised_by == known.appraised_by
    assert Counter(leaf.rule.kind for leaf in read_back.leaves) == Counter(
        known.rule.kind for known in criteria_set.leaves
    )
    assert [(area.sum, area.printed) for area in imported.areas] == [
        (area.max, area.max) for area in criteria_set.areas
    ]


FOUR_LEVELS = """==
STT | Tiêu chí | Điểm tối đa | Cách tính | Cơ quan thẩm định
1 | Chỉ đạo | 3 | |
1.1 | Kế hoạch | 3 | |
1.1.1 | Nội dung kế hoạch | 2 | |
1.1.1.1 | Phân công | 1,5 | Đạt: 1,5; không đạt: 0 | Sở Nội vụ
1.1.1.2 | Kinh phí | 0,5 | Đạt: 0,5; không đạt: 0 | Sở Nội vụ
1.1.2 | Báo cáo | 1 | Đạt: 1; không đạt: 0 | Sở Nội vụ
"""


def test_a_fourth_level_that_is_scored_stands_under_a_named_third() -> None:
    read = read_text(FOUR_LEVELS)
    (criterion,) = read.criteria_set.areas[0].criteria
    assert [(group.code, group.name) for group in criterion.groups] == [("1.1.1", "Nội dung kế hoạch")]
    assert [(leaf.code, leaf.max, leaf.rule.kind) for leaf in read.criteria_set.leaves] == [
        ("1.1.1.1", Decimal("1.5"), "binary"),
        ("1.1.1.2", Decimal("0.5"), "binary"),
        ("1.1.2", Decimal(1), "binary"),
    ]
    assert criterion.appraised_by == "snv", "said once where all below it are appraised by one"
    assert read.findings == ()


def test_steps_of_a_rule_that_are_numbered_are_no_fourth_level() -> None:
    text = """==
STT | Tiêu chí | Điểm tối đa | Cách tính
1 | Chỉ đạo | 1 |
1.1 | Kế hoạch | 1 |
1.1.1 | Tỷ lệ hoàn thành | 1 |
1.1.1.1 | Trên 90% | 1 |
1.1.1.2 | Từ 70% đến 90% | 0,5 |
1.1.1.3 | Dưới 70% | 0 |
"""
    assert [(leaf.code, leaf.rule.kind) for leaf in read_text(text).criteria_set.leaves] == [("1.1.1", "tiers")]


@pytest.mark.slow
@pytest.mark.parametrize("id", ["so-2025", "xa-2025"])
def test_our_annex_says_in_words_all_but_ids_and_those_come_from_the_set_before(id: str) -> None:
    province = load_province(EXAMPLES / "tinh-mau")
    known = province.criteria_sets[id]
    annex = read_annex(exported_set(province, id, 2025, date(2026, 2, 1), ".docx", as_guide=False))
    assert isinstance(annex, PrintedAnnex)
    alone = of_annex(annex, "phu-luc.docx", id, known.title, names_in(province))
    assert (alone.recognised, alone.findings) == (len(known.leaves), ())
    assert (alone.criteria_set.bonus, alone.criteria_set.penalty) == (known.bonus, known.penalty)
    for leaf, was in zip(alone.criteria_set.leaves, known.leaves, strict=True):
        assert leaf._replace(rule=was.rule) == was
    followed = of_annex(
        annex, "phu-luc.docx", id, known.title, names_in(province), earlier_sets(province.criteria_sets)
    )
    assert followed.criteria_set.areas == known.areas
    assert f"như ở bộ {id} giữ tên số liệu" in str(followed.findings[0])


def test_an_annex_of_other_things_takes_no_ids() -> None:
    read = read_text(FOUR_LEVELS).criteria_set
    assert like_earlier(read, earlier_sets(load_province(EXAMPLES / "tinh-mau").criteria_sets)) is None
    assert like_earlier(read, []) is None


if __name__ == "__main__":
    for each in names():
        golden(each).write_text(read(each, "docx").text, encoding="utf-8")
