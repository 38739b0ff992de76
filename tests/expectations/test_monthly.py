"""What a report of the month is told: one thing wrong each."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.monthly import MonthForm, check_months
from models.criteria.cross_checks import Changes, CrossCheck, SumComparison
from models.findings import Finding, Place, Severity
from models.forms.monthly import FORM, MONTH_SHEET, TASK_SHEET
from models.progress.measures import Figure, Measure, MeasureKind, OverTime
from models.progress.periods import month
from models.progress.plan_tasks import PlanTask
from models.records.submissions import EvidenceItem, Statement

pytestmark = pytest.mark.slow

CRITICAL, WARNING, _ = Severity
TODAY = date(2025, 4, 16)
APRIL, MARCH = month(2025, 4), month(2025, 3)
COUNT, AMOUNT, RATIO, *_OTHERS = MeasureKind
MEASURES = {
    measure.id: measure
    for measure in (
        Measure(id="nhan", name="Hồ sơ tiếp nhận", kind=COUNT, unit="hồ sơ"),
        Measure(id="xong", name="Hồ sơ đã giải quyết", kind=COUNT, unit="hồ sơ"),
        Measure(id="cham", name="Hồ sơ quá hạn", kind=COUNT, unit="hồ sơ"),
        Measure(id="dung-han", name="Đúng hạn", kind=RATIO, numerator="Số đúng hạn", denominator="Tổng số"),
        Measure(id="so-hoa", name="Đã số hóa", kind=COUNT, unit="TTHC", over_time=OverTime.LAST, monotone=True),
        Measure(id="tien", name="Kinh phí", kind=AMOUNT, unit="triệu đồng"),
    )
}
MONTH_TABLE, TASK_TABLE = FORM.tables
TASKS = {"kh:1": PlanTask(number="1", title="Rà soát", owner="stc", due=date(2025, 6, 30), begun=date(2025, 3, 1))}
CHECKS = (
    CrossCheck(
        left=("cham/value",),
        op=SumComparison.AT_MOST,
        right=("xong/value",),
        what="quá hạn không thể hơn đã giải quyết",
    ),
    CrossCheck(
        left=("xong/value",),
        op=SumComparison.EQUAL,
        right=("dung-han/denominator",),
        what="hai số đã giải quyết khác nhau",
    ),
)
LAST = {
    "nhan": Figure("nhan", "stc", MARCH, value=Decimal(100)),
    "so-hoa": Figure("so-hoa", "stc", MARCH, value=Decimal(40)),
    "dung-han": Figure("dung-han", "stc", MARCH, Decimal(90), Decimal(95)),
}
GOOD: dict[str, dict[str, str]] = {
    "nhan": {"value": "100"},
    "xong": {"value": "95"},
    "cham": {"value": "5"},
    "dung-han": {"numerator": "90", "denominator": "95"},
    "so-hoa": {"value": "41"},
    "tien": {"value": "12.5"},
    "kh:1": {"done_on": "2025-04-10"},
}


def places(code: str, row: int) -> dict[str, Place]:
    columns, sheet = (TASK_TABLE.columns, TASK_SHEET) if ":" in code else (MONTH_TABLE.columns, MONTH_SHEET)
    found = {column.id: Place(sheet, row, number) for number, column in enumerate(columns, 1)}
    return found | ({"document/0": found["document"]} if ":" in code else {})


def form(rows: Mapping[str, Any] | None = None, **stated: Any) -> MonthForm:
    """A good report with some rows changed: facts, or a note."""
    statements = []
    for number, (code, facts) in enumerate(({**GOOD, **(rows or {})}).items(), 6):
        text, said = (facts, {}) if isinstance(facts, str) else ("", facts)
        proof = (EvidenceItem("01/BC-STC"),) if ":" in code else ()
        statements.append(Statement("stc", code, said, text=text, evidence=proof, places=places(code, number)))
    known = MonthForm("thang.xlsx", APRIL, MEASURES, TASKS, statements, TODAY, LAST, checks=CHECKS)
    return replace(known, **stated)


def findings(rows: Mapping[str, Any] | None = None, **stated: Any) -> list[Finding]:
    return check_months([form(rows, **stated)])[0]


def test_a_good_report_has_no_findings() -> None:
    assert findings() == []


@pytest.mark.parametrize(
    ("changes", "severity", "cell", "said"),
    [
        ({"xong": {}}, CRITICAL, "I7", "chỉ tiêu “Hồ sơ đã giải quyết” chưa có số liệu và chưa ghi lý do"),
        ({"dung-han": {"numerator": "9"}}, CRITICAL, "H9", "chỉ tiêu “Đúng hạn” thiếu “Tổng số”"),
        (
            {"dung-han": {"numerator": "99", "denominator": "95"}},
            CRITICAL,
            "G9",
            "“Số đúng hạn” (99) lớn hơn “Tổng số” (95)",
        ),
        ({"nhan": {"value": "-1"}}, CRITICAL, "I6", "chỉ tiêu “nhan” có số âm"),
        ({"nhan": {"value": "99.5"}}, CRITICAL, "I6", "chỉ tiêu “nhan” đếm số lượng mà có phần lẻ"),
        ({"tien": {"value": "0.1234567"}}, CRITICAL, "I11", "chỉ tiêu “tien” có hơn 6 chữ số thập phân"),
        (
            {"cham": {"value": "96"}},
            CRITICAL,
            "I8",
            "quá hạn không thể hơn đã giải quyết (cham/value = 96, xong/value = 95)",
        ),
        (
            {"so-hoa": {"value": "39"}},
            CRITICAL,
            "I10",
            "chỉ tiêu “Đã số hóa” là số lũy kế nhưng 39 thấp hơn tháng 3 năm 2025 (40)",
        ),
        (
            {"nhan": {"value": "151"}},
            WARNING,
            "I6",
            "chỉ tiêu “Hồ sơ tiếp nhận”, số liệu tăng nhiều: 151, tháng 3 năm 2025 là 100",
        ),
        ({"kh:1": {"done_on": "2025-04-17"}}, CRITICAL, "H12", "nhiệm vụ 1: ngày hoàn thành 17/04/2025 chưa tới"),
        ({"kh:1": {"begun": "2025-05-01"}}, CRITICAL, "G12", "nhiệm vụ 1: ngày bắt đầu 01/05/2025 chưa tới"),
        (
            {"kh:1": {"done_on": "2025-02-10"}},
            CRITICAL,
            "H12",
            "nhiệm vụ 1: ngày hoàn thành 10/02/2025 trước ngày bắt đầu 01/03/2025",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_cell(changes: Any, severity: Severity, cell: str, said: str) -> None:
    (finding,) = findings(changes)
    assert finding.place is not None
    assert (finding.severity, finding.place.cell, finding.what) == (severity, cell, said)
    assert finding.remedy


def test_a_running_total_may_rise_as_it_likes_and_the_part_of_a_ratio_is_not_noted_beside_its_whole() -> None:
    assert findings({"so-hoa": {"value": "400"}}) == []
    last = {**LAST, "dung-han": Figure("dung-han", "stc", MARCH, Decimal(30), Decimal(95))}
    assert findings(last=last) == []
    last["dung-han"] = Figure("dung-han", "stc", MARCH, Decimal(30), Decimal(31))
    (finding,) = findings(last=last)
    assert finding.what == "chỉ tiêu “Đúng hạn”, “Tổng số” tăng nhiều: 95, tháng 3 năm 2025 là 31"


def test_the_numerator_of_a_cumulated_ratio_does_not_fall() -> None:
    paid = MEASURES["dung-han"].model_copy(update={"monotone": True, "over_time": OverTime.LAST})
    last = {**LAST, "dung-han": Figure("dung-han", "stc", MARCH, Decimal(91), Decimal(95))}
    (finding,) = findings(measures=MEASURES | {"dung-han": paid}, last=last)
    assert (finding.severity, finding.place and finding.place.cell) == (CRITICAL, "G9")
    assert finding.what == "chỉ tiêu “Đúng hạn” là số lũy kế nhưng 90 thấp hơn tháng 3 năm 2025 (91)"


def test_a_note_answers_for_a_measure_without_figures() -> None:
    assert findings({"tien": "chưa quyết toán"}) == []


def test_a_task_done_without_a_document_is_a_warning() -> None:
    bare = [replace(one, evidence=()) for one in form().statements]
    (finding,) = findings(statements=bare)
    assert (finding.severity, finding.what) == (
        WARNING,
        "nhiệm vụ 1: đã hoàn thành nhưng chưa ghi tài liệu kiểm chứng",
    )


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"skipped": (MARCH,)}, "đơn vị chưa báo cáo tháng 3 năm 2025"),
        (
            {"closed": date(2025, 12, 20)},
            "báo cáo năm 2025 đã đến hạn ngày 20/12/2025; tháng 4 năm 2025 được gửi sau đó",
        ),
        (
            {"measures": {**MEASURES, "moi": Measure(id="moi", name="Chỉ tiêu mới", kind=COUNT)}},
            "biểu mẫu chưa có chỉ tiêu “Chỉ tiêu mới”",
        ),
    ],
)
def test_what_concerns_the_whole_report_is_a_warning(stated: dict[str, Any], said: str) -> None:
    (finding,) = findings(**stated)
    assert (finding.severity, finding.what, finding.place) == (WARNING, said, None)


def test_what_stood_in_another_reporting_year_may_be_higher() -> None:
    december = Figure("so-hoa", "stc", month(2024, 12), value=Decimal(90))
    assert findings({"so-hoa": {"value": "85"}}, last={"so-hoa": december}) == []


def test_how_far_a_figure_may_move_is_declared() -> None:
    assert findings({"nhan": {"value": "151"}}, changes=Changes(percent=Decimal(60))) == []
    (finding,) = findings({"nhan": {"value": "109"}}, changes=Changes(percent=Decimal(5), least=Decimal(9)))
    assert finding.severity is WARNING


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 200), st.integers(0, 200))
def test_a_part_never_exceeds_its_whole(part: int, whole: int) -> None:
    said = {finding.what for finding in findings({"dung-han": {"numerator": str(part), "denominator": str(whole)}})}
    assert any(what.startswith("“Số đúng hạn”") for what in said) is (part > whole)


def test_each_report_of_a_batch_has_its_own_findings() -> None:
    found = check_months([form(), form({"xong": {}}), form()])
    assert [len(findings) for findings in found] == [0, 1, 0]
