"""What an appraisal or a council's form is told: one thing wrong each."""

from decimal import Decimal
from typing import Any

import pytest

from expectations.appraisal import Appraisal, Decided, StandingLeaf, check_appraisals
from models.findings import Finding, Place, Severity
from models.records.submissions import Statement
from tests.tasks.building import POINTS, a_set, area, leaf

pytestmark = pytest.mark.slow

CRITICAL, WARNING, INFO = Severity
SAMPLE = a_set(area("1", leaf("1.1", 2, POINTS), leaf("1.2", 3, POINTS, not_applicable={"by_event": True})))
PLACES = {
    id: Place("Các xã", 9, column)
    for column, id in enumerate(("code", "max", "points", "appraised", "not_applicable", "reason"), 1)
}
REASON = "Tài liệu chỉ xác nhận được một phần"


def standing(code: str = "1.1", points: str | None = "1.5", claims: bool = False, silent: bool = False) -> StandingLeaf:
    claimed = None if points is None or claims else Decimal(points)
    return StandingLeaf("Xã A", SAMPLE.by_code[code], claimed, claims, silent)


def row(before: StandingLeaf, points: str | None = None, **stated: Any) -> Decided:
    given = None if points is None else Decimal(points)
    code = before.leaf.code
    return Decided(Statement("xa-a", code, points=given, maximum=before.leaf.max, places=PLACES, **stated), before)


CHANGED = row(standing(), "1", text=REASON)
UNANSWERED = row(standing("1.2", claims=True))


def found(*rows: Decided, whose: str = "điểm thẩm định") -> list[Finding]:
    return check_appraisals([Appraisal("tham-dinh.xlsx", whose, rows)])[0]


def only(*rows: Decided, **how: str) -> tuple[str, str, Severity, str]:
    (finding,) = found(*rows, **how)
    return finding.what, finding.remedy, finding.severity, finding.place.cell if finding.place else ""


@pytest.mark.parametrize(
    "fine",
    [
        row(standing()),
        row(standing(), "1.5"),
        row(standing(), "1.5000000000001"),
        row(standing(), "0", text=REASON),
        row(standing(points=None, silent=True), "0"),
        row(standing(points=None, silent=True), "1", text=REASON),
        row(standing("1.2", claims=True), not_applicable=True, text="Đúng là không phát sinh"),
        row(standing("1.2", claims=True), "0", text="Có phát sinh"),
    ],
    ids=["kept", "confirmed", "binary noise", "cut", "silent, 0", "silent, given", "granted", "refused"],
)
def test_a_clean_row_has_no_findings(fine: Decided) -> None:
    assert found(CHANGED, fine) == []


@pytest.mark.parametrize(
    ("points", "what"),
    [
        ("2.5", "Xã A: điểm thẩm định 2,50 vượt điểm tối đa 2,00 của tiêu chí 1.1"),
        ("-0.5", "Xã A: điểm thẩm định -0,50 của tiêu chí 1.1 là số âm"),
    ],
)
def test_points_outside_0_to_the_maximum_are_said(points: str, what: str) -> None:
    assert only(row(standing(), points, text=REASON)) == (what, "Nhập giá trị từ 0 đến 2,00", CRITICAL, "D9")


def by_rule(rule: dict[str, Any], given: str, stands: str = "2") -> Decided:
    """What is given for a leaf of 2 points with this rule."""
    leaf_of_rule = a_set(area("1", leaf("1.1", 2, rule))).by_code["1.1"]
    return row(StandingLeaf("Xã A", leaf_of_rule, Decimal(stands), False, False), given, text=REASON)


TIERS = {"kind": "tiers", "tiers": [{"over": 90, "points": 2}, {"from": 70, "points": 1}, {"points": 0}]}
GROWING = {
    "kind": "tiers",
    "tiers": [{"from": 85, "points": 2}, {"from": 60, "points": 2, "pro_rata": 85}, {"points": 0}],
}


def test_points_between_the_steps_of_a_rule_are_refused() -> None:
    what = "Xã A, tiêu chí 1.1: 1,3 điểm không theo bước 0,25"
    assert only(by_rule({"kind": "points", "step": "0.25"}, "1.3")) == (what, "Nhập bội số của 0,25", CRITICAL, "D9")
    assert found(by_rule({"kind": "points", "step": "0.25"}, "1.25")) == []


def test_points_that_no_facts_can_give_are_a_warning() -> None:
    what = "Xã A, tiêu chí 1.1: 1,3 điểm không phải là mức điểm nào của tiêu chí (2; 1; 0)"
    assert only(by_rule(TIERS, "1.3"))[0::2] == (what, WARNING)
    assert [found(by_rule(TIERS, given)) for given in ("0", "1")] == [[], []]
    assert found(by_rule(GROWING, "1.3")) == []
    assert found(by_rule(TIERS, "1.3", stands="1.3")) == [], "points that stand are confirmed"


def test_points_of_the_council_are_called_so() -> None:
    what, *_ = only(row(standing(), "2.5", text=REASON), whose="điểm của Hội đồng")
    assert what == "Xã A: điểm của Hội đồng 2,50 vượt điểm tối đa 2,00 của tiêu chí 1.1"


@pytest.mark.parametrize(
    ("unreasoned", "change"),
    [
        (row(standing(), "1"), "điểm thẩm định 1,00 khác với hồ sơ (điểm đang có 1,50),"),
        (row(standing(points=None, silent=True), "1"), "điểm thẩm định 1,00 khác với hồ sơ (chưa có điểm),"),
        (row(standing("1.2"), not_applicable=True), "chấp thuận không áp dụng"),
        (row(standing("1.2", claims=True), not_applicable=True), "chấp thuận không áp dụng"),
        (row(standing("1.2", claims=True), "0"), "cho điểm, không chấp thuận đề nghị không áp dụng,"),
    ],
    ids=["changed", "given to the silent", "granted unasked", "granted", "refused"],
)
def test_a_change_without_reason_is_said_at_the_reason(unreasoned: Decided, change: str) -> None:
    code = unreasoned.statement.code
    assert only(unreasoned) == (
        f"Xã A, tiêu chí {code}: {change} mà chưa ghi lý do",
        "Ghi lý do ở cột Lý do thay đổi",
        CRITICAL,
        "F9",
    )


def test_points_and_a_grant_contradict_each_other() -> None:
    assert only(row(standing("1.2"), "1", not_applicable=True, text=REASON)) == (
        "Xã A, tiêu chí 1.2: vừa cho điểm vừa chấp thuận không áp dụng",
        "Xóa điểm, hoặc bỏ chấp thuận không áp dụng",
        CRITICAL,
        "D9",
    )


def test_a_claim_that_is_not_answered_is_a_warning() -> None:
    what, _, severity, cell = only(CHANGED, UNANSWERED)
    assert what == "Xã A, tiêu chí 1.2: đơn vị đề nghị không áp dụng mà chưa được trả lời"
    assert (severity, cell) == (WARNING, "E9")


def test_a_grant_that_the_set_does_not_foresee_is_a_warning() -> None:
    what, _, severity, _ = only(row(standing(), not_applicable=True, text=REASON))
    assert what.endswith("trong khi bộ tiêu chí không cho phép đề nghị ở tiêu chí này")
    assert severity is WARNING


def test_empty_points_where_the_unit_stated_nothing_are_a_warning() -> None:
    what, _, severity, cell = only(CHANGED, row(standing(points=None, silent=True)))
    assert what == "Xã A, tiêu chí 1.1: đơn vị không kê khai, để trống thì được 0 điểm"
    assert (severity, cell) == (WARNING, "D9")


def test_a_leaf_that_is_not_the_agencys_is_said_where_something_is_decided() -> None:
    why = "tiêu chí không do cơ quan này thẩm định"
    foreign = Decided(Statement("xa-a", "1.1", points=Decimal(1), places=PLACES), None, why)
    assert only(CHANGED, foreign) == (
        f"xa-a, tiêu chí 1.1: {why}",
        "Xóa phần đã nhập ở dòng này",
        CRITICAL,
        "D9",
    )
    assert found(CHANGED, Decided(Statement("xa-a", "1.1", places=PLACES), None, why)) == []


def test_a_changed_maximum_is_said() -> None:
    changed = Decided(Statement("xa-a", "1.1", points=Decimal("1.5"), maximum=Decimal(4), places=PLACES), standing())
    what, _, severity, cell = only(changed)
    assert what == "điểm tối đa của tiêu chí 1.1 đã bị sửa thành 4,00; bộ tiêu chí quy định 2,00"
    assert (severity, cell) == (CRITICAL, "B9")


def test_a_form_that_decides_nothing_is_noted() -> None:
    what, _, severity, cell = only(row(standing()), row(standing("1.2")))
    assert what == "phiếu không thay đổi điểm nào, mọi điểm đang có được giữ nguyên"
    assert (severity, cell) == (INFO, "")
