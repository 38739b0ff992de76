"""What survey results and registers are told: one thing wrong each."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.fact_tables import FactTable
from expectations.register import check_registers
from expectations.survey import check_surveys
from models.findings import Finding, Severity
from models.records.submissions import Statement
from tests.expectations.statements import YEAR, places_from
from tests.tasks.building import ANSWERS, COUNTED, RATIO, a_set, area, block, item, leaf, unit

CRITICAL = Severity.CRITICAL
SAMPLE = a_set(
    area(
        "1",
        leaf("1.1", 4, {"kind": "survey", "scale": 5, "scale_from": 1}, source="survey"),
        leaf("1.2", 6, {**ANSWERS, "forms": True}, source="survey", not_applicable={"units": ["xa-b"]}),
        leaf("1.3", 2, RATIO, source="register"),
        leaf("1.4", 2, COUNTED, source="register"),
        leaf("1.5", 2, RATIO),
    ),
    bonus=block(2, item("T1", "0.5", 1, not_applicable={"units": ["xa-b"]})),
    penalty=block(5, item("P1", 1)),
)
UNITS = {code: unit(code) for code in ("xa-a", "xa-b")}


def row(code: str, facts: Mapping[str, str], whose: str = "xa-a", **stated: Any) -> Statement:
    ids = dict.fromkeys([*facts, "mean", "bad", "count"])
    places = places_from(6, list(ids), rows_below=False)
    return Statement(whose, code, facts, places={**places, "note": places["explanation"]}, **stated)


SURVEYED = (
    row("1.1", {"mean": "4.25"}, maximum=Decimal(4), points=Decimal("3.25")),
    row("1.2", {"good": "30", "bad": "10", "forms": "40"}),
    row("1.1", {"mean": "3"}, "xa-b"),
    row("1.2", {}, "xa-b"),
)
KEPT = (
    row("1.3", {"numerator": "5", "denominator": "10"}),
    row("1.4", {"late": "0"}, "xa-b"),
    row("T1", {"count": "1"}, text="Quyết định 12/QĐ-UBND ngày 01/3/2025"),
    row("P1", {"count": "0"}),
    row("P1", {}, "xa-b"),
)


def table(*statements: Statement) -> FactTable:
    return FactTable("bang.xlsx", UNITS, SAMPLE, YEAR, statements)


def of_survey(*statements: Statement) -> list[Finding]:
    return check_surveys([table(*statements)])[0]


def of_register(*statements: Statement) -> list[Finding]:
    return check_registers([table(*statements)])[0]


def only(findings: list[Finding]) -> tuple[str, str, Severity, str]:
    (finding,) = findings
    return finding.what, finding.remedy, finding.severity, finding.place.cell if finding.place else ""


def test_clean_tables_have_no_findings() -> None:
    assert of_survey(*SURVEYED) == of_register(*KEPT) == []


def test_a_table_without_any_figure_is_said_once_for_the_file() -> None:
    for findings in (of_survey(row("1.1", {}), row("1.2", {})), of_register(row("P1", {})), of_register()):
        what, _, severity, cell = only(findings)
        assert (what, severity, cell) == ("biểu chưa có số liệu nào", CRITICAL, "")


def test_answers_that_do_not_add_up_to_the_valid_forms_are_said_at_their_number() -> None:
    assert only(of_survey(row("1.2", {"good": "30", "bad": "10", "forms": "41"}))) == (
        "Đơn vị xa-a, tiêu chí 1.2: tổng số phiếu trả lời (40) khác tổng số phiếu hợp lệ (41)",
        "Đối chiếu lại số phiếu của từng phương án với tổng số phiếu hợp lệ",
        CRITICAL,
        "H6",
    )


def test_a_mean_outside_its_scale_is_said() -> None:
    what, _, severity, cell = only(of_survey(row("1.1", {"mean": "5.5"})))
    assert what == "Đơn vị xa-a, tiêu chí 1.1: điểm trung bình 5,5 nằm ngoài thang 1–5"
    assert (severity, cell) == (CRITICAL, "F6")


def test_a_row_that_is_filled_in_part_is_said_at_the_empty_cell() -> None:
    what, remedy, severity, _ = only(of_survey(row("1.2", {"good": "30", "forms": "40"})))
    assert what == "Đơn vị xa-a, tiêu chí 1.2: thiếu số liệu “Số phiếu trả lời “Kém””"
    assert remedy == "Nhập số liệu này; không có thì nhập 0, không thực hiện thì để trống cả dòng"
    assert severity is CRITICAL


def test_a_survey_of_a_unit_that_is_not_surveyed_is_said() -> None:
    what, remedy, severity, cell = only(of_survey(row("1.2", {"good": "1", "bad": "0", "forms": "1"}, "xa-b")))
    assert what == "xa-b, mục 1.2: tiêu chí không áp dụng với đơn vị này"
    assert (remedy, severity, cell) == ("Xóa phần đã nhập ở dòng này", CRITICAL, "F6")


@pytest.mark.parametrize(
    ("stray", "why"),
    [
        (row("1.1", {"mean": "4"}, "xa-z"), "đơn vị không thuộc nhóm này của kỳ đánh giá"),
        (row("1.3", {"numerator": "5", "denominator": "10"}), "tiêu chí không thuộc biểu này"),
        (row("P1", {"count": "1"}), "tiêu chí không thuộc biểu này"),
        (row("9.9", {"mean": "4"}), "tiêu chí không thuộc biểu này"),
    ],
)
def test_a_row_that_the_survey_does_not_ask_for_is_said(stray: Statement, why: str) -> None:
    what, _, severity, _ = only(of_survey(*SURVEYED, stray))
    assert (what, severity) == (f"{stray.unit}, mục {stray.code}: {why}", CRITICAL)


@pytest.mark.parametrize(
    ("stray", "why"),
    [
        (row("1.5", {"numerator": "5", "denominator": "10"}), "tiêu chí không thuộc biểu này"),
        (row("T1", {"count": "1"}, "xa-b", text="QĐ"), "mục này không áp dụng với đơn vị"),
    ],
)
def test_a_row_that_the_register_does_not_ask_for_is_said(stray: Statement, why: str) -> None:
    what, _, severity, _ = only(of_register(*KEPT, stray))
    assert (what, severity) == (f"{stray.unit}, mục {stray.code}: {why}", CRITICAL)


@pytest.mark.parametrize("count", ["-1", "1.5"])
def test_a_count_that_counts_nothing_is_said(count: str) -> None:
    what, _, severity, _ = only(of_register(row("P1", {"count": count}, text="Văn bản phê bình")))
    said = count.replace(".", ",")
    assert what == f"Đơn vị xa-a, mục P1: Mục P1: {said} không phải là số đếm (số nguyên từ 0 trở lên)"
    assert severity is CRITICAL


@pytest.mark.parametrize("code", ["T1", "P1"])
def test_bonus_and_penalty_need_their_basis(code: str) -> None:
    assert only(of_register(row(code, {"count": "2"}))) == (
        f"Đơn vị xa-a, mục {code}: có điểm thưởng hoặc điểm trừ mà chưa ghi căn cứ",
        "Ghi văn bản làm căn cứ: tên, số và ký hiệu, ngày",
        CRITICAL,
        "K6",
    )


def test_a_basis_without_its_count_is_a_row_filled_in_part() -> None:
    what, *_ = only(of_register(row("T1", {}, text="Quyết định 12/QĐ-UBND")))
    assert what == "Đơn vị xa-a, mục T1: thiếu số liệu “Mục T1”"


def test_a_changed_maximum_is_said() -> None:
    what, _, severity, _ = only(of_register(row("1.3", {"numerator": "1", "denominator": "2"}, maximum=Decimal(5))))
    assert what == "điểm tối đa của tiêu chí 1.3 đã bị sửa thành 5,00; bộ tiêu chí quy định 2,00"
    assert severity is CRITICAL


@given(st.lists(st.tuples(*[st.integers(0, 500)] * 2).filter(any), min_size=1, max_size=40))
@settings(max_examples=10, deadline=None)
def test_answers_that_add_up_have_no_findings(counts: list[tuple[int, int]]) -> None:
    rows = [row("1.2", {"good": str(good), "bad": str(bad), "forms": str(good + bad)}) for good, bad in counts]
    assert of_survey(*rows) == []
