"""Which criteria a file proves, by its name."""

from datetime import date

import pytest

from models.forms.sources import Stage
from models.records.entries import EvidenceEntry
from tasks.evidence.matching import Match, Matched, matched

CODES = ("1.1", "1.2.3", "1.2.31", "1.2.4", "2", "T1")


def named(component: str, document: str, number: str) -> EvidenceEntry:
    return EvidenceEntry("stc", component, Stage.SELF, 0, document, number, date(2025, 1, 20), "")


@pytest.mark.parametrize(
    ("name", "components"),
    [
        ("1.2.3_ke-hoach.pdf", "1.2.3"),
        ("1.2.3 - Kế hoạch.pdf", "1.2.3"),
        ("1.2.3.pdf", "1.2.3"),
        ("1.2.31_x.pdf", "1.2.31"),
        ("TC 1.2.3 bao cao.pdf", "1.2.3"),
        ("Tiêu chí 1.2.4 - báo cáo.docx", "1.2.4"),
        ("(1.2.4) x.png", "1.2.4"),
        ("1.2.3+1.2.4_x.pdf", "1.2.3 1.2.4"),
        ("1.2.4, 1.2.3 x.pdf", "1.2.4 1.2.3"),
        ("1.2.3/anh-chup.png", "1.2.3"),
        ("1.2.3\\sub\\anh.png", "1.2.3"),
        ("1.2.3/1.2.4_x.png", "1.2.4"),
        ("t1-thuong.pdf", "T1"),
    ],
)
def test_codes_at_the_beginning_of_a_name_count(name: str, components: str) -> None:
    assert matched(name, CODES, ()) == Matched(tuple(components.split()), Match.NAME)


@pytest.mark.parametrize(
    "name",
    ["1.2.3.4_x.pdf", "1.2.5_x.pdf", "ke-hoach-1.2.3.pdf", "11.pdf", "20250120.pdf", "2025-bao-cao.pdf", ".pdf", ""],
)
def test_a_name_that_is_not_sure_is_left_to_a_person(name: str) -> None:
    assert matched(name, CODES, ()) is None


def test_a_document_that_the_form_names_is_found_by_its_number_or_its_name() -> None:
    documents = [
        named("1.2.3", "Kế hoạch CCHC năm 2025", "12/KH-STC"),
        named("1.2.4", "Kế hoạch", "12/KH-STC"),
        named("1.1", "Báo cáo", "7"),
        named("9.9", "Không còn trong bộ tiêu chí", "99/QĐ-UBND"),
    ]
    assert matched("KH 12-KH-STC (ban ky so).pdf", CODES, documents) == Matched(("1.2.3", "1.2.4"), Match.FORM)
    assert matched("ke_hoach_cchc_nam_2025.pdf", CODES, documents) == Matched(("1.2.3",), Match.FORM)
    for other in ("112-KH-STC.pdf", "7.pdf", "bao-cao.pdf", "99-QĐ-UBND.pdf"):
        assert matched(other, CODES, documents) is None
