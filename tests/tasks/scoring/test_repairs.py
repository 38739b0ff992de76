"""What a unit has to repair: why, how, by when. Source: docs/process.md, 5, Sóc Trăng."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.criteria.facts import appraised_id
from models.criteria.rules.ratios import percent_said
from models.province.rounds import RankingRule
from models.records.results import Basis, LeafPoints
from tasks.scoring.repairs import reason_of, remedy_of, repair_deadline, repairs_of
from tests.tasks.building import ANSWERS, COUNTED, POINTS, RATIO, YEAR, YES, Part, a_set, area, leaf
from tests.tasks.rendering.test_pdf import unit
from tests.tasks.rounds import ROUND

TIERS = {"kind": "tiers", "tiers": [{"from": 95, "points": 2}, {"from": 50, "points": 1}, {"points": 0}]}
OPTIONS = {
    "kind": "options",
    "options": [{"id": "a", "label": "Có", "points": 2}, {"id": "b", "label": "Không", "points": 0}],
}
ITEMS = {"kind": "checklist", "items": [{"id": "a", "label": "kế hoạch"}, {"id": "b", "label": "báo cáo"}]}
ON_TIME = {"kind": "on_time", "deadline": "2025-01-15"}
INDEX = {"kind": "external", "index": "Chỉ số 766"}


@pytest.mark.parametrize(
    ("rule", "source", "basis", "remedy"),
    [
        (POINTS, "self", Basis.APPRAISAL, "Thực hiện đầy đủ nội dung của tiêu chí, có tài liệu kiểm chứng"),
        (YES, "self", Basis.MISSING, "có tài liệu kiểm chứng; báo cáo đủ số liệu, tài liệu kiểm chứng"),
        (RATIO, "self", Basis.FAULTY, "Nâng tỷ lệ số đạt yêu cầu trên tổng số; rà soát, báo cáo lại số liệu"),
        (TIERS, "self", Basis.FACTS, "lên mức điểm tối đa (từ 95% trở lên)"),
        (OPTIONS, "self", Basis.FACTS, "Phấn đấu đạt mức: có"),
        (ITEMS, "self", Basis.FACTS, "Thực hiện đủ các nội dung: kế hoạch, báo cáo"),
        (COUNTED, "self", Basis.FACTS, "Không để xảy ra trễ"),
        (ON_TIME, "self", Basis.FACTS, "Thực hiện đúng thời hạn quy định"),
        (INDEX, "external", Basis.FACTS, "Nâng chỉ số 766"),
        (ANSWERS, "survey", Basis.SURVEY, "Phân tích kết quả khảo sát"),
    ],
)
def test_what_to_do_follows_from_how_the_leaf_is_scored(rule: Part, source: str, basis: Basis, remedy: str) -> None:
    given: Any = (LeafPoints("1.1", Decimal(2), Decimal(0), basis),)
    criteria_set = a_set(area("1", leaf("1.1", 2, rule, source=source)))
    (repair,) = repairs_of(unit(0, leaves=given), criteria_set, RankingRule(), YEAR)
    assert remedy in repair.remedy
    assert (repair.max_points, repair.points, repair.lost) == (2, 0, 2)


def lost(rule: Part, points: object, facts: Mapping[str, str], maximum: int = 2, **said: Any) -> str:
    """What is said of the points that a leaf lost."""
    source = "survey" if rule["kind"] == "survey" else "self"
    (declared,) = a_set(area("1", leaf("1", maximum, rule, source=source))).leaves
    basis = said.get("basis", Basis.FACTS)
    given = LeafPoints(
        "1", Decimal(maximum), Decimal(str(points)), basis, None, said.get("note", ""), tuple(facts.items())
    )
    return reason_of(given, declared, YEAR)


SIGNED: Part = {
    "kind": "tiers",
    "numerator": "Số văn bản ký số",
    "denominator": "Tổng số văn bản",
    "tiers": [{"from": 95, "points": 2}, {"from": 80, "points": 1}, {"points": 0}],
}
FLOOR: Part = {"kind": "proportional", "floor": 70, "numerator": "Hồ sơ đúng hạn"}
DAYS: Part = {
    "kind": "tiers",
    "of": "number",
    "value": "Số ngày xử lý",
    "unit": "ngày",
    "tiers": [{"to": 2, "points": 2}, {"points": 0}],
}
LEVELS: Part = {
    "kind": "options",
    "label": "Cấp công nhận",
    "options": [{"id": "a", "label": "Cấp tỉnh", "points": 2}, {"id": "b", "label": "Cấp cơ sở", "points": 1}],
}
LATE: Part = {"kind": "deduction", "cases": [{"id": "late", "label": "Báo cáo chậm", "points": 0.25}]}


@pytest.mark.parametrize(
    ("rule", "points", "facts", "words"),
    [
        (
            SIGNED,
            1,
            {"numerator": "7985", "denominator": "9176"},
            "số văn bản ký số 7.985/9.176 = 87,0%; cần từ 95% trở lên, còn thiếu 733",
        ),
        (
            FLOOR,
            0,
            {"numerator": "69999", "denominator": "100000"},
            "hồ sơ đúng hạn 69.999/100.000 = 69,999%, dưới mức sàn 70% nên không có điểm; "
            "cần 100% để đủ điểm, còn thiếu 30.001",
        ),
        (DAYS, 0, {"value": "4.5"}, "số ngày xử lý 4,5 ngày; cần đến 2 ngày, vượt 2,5"),
        (LEVELS, 1, {"option": "b"}, "cấp công nhận: Cấp cơ sở (1 điểm); mức “Cấp tỉnh” được 2 điểm"),
        (YES, 0, {"done": "0"}, "đạt yêu cầu: không; đạt thì được 2 điểm"),
        (ITEMS, 1, {"a": "1", "b": "0"}, "đạt 1/2 nội dung; chưa đạt: báo cáo"),
        (LATE, 1.25, {"late": "3"}, "báo cáo chậm 3 trường hợp × 0,25 điểm: trừ 0,75 điểm"),
        (ON_TIME, 0, {"date": "2025-02-20"}, "ngày ban hành 20/02/2025; hạn 15/01/2025, chậm 36 ngày"),
        (ON_TIME, 0, {"date": "none"}, "không thực hiện; hạn 15/01/2025"),
        (INDEX, 1.602, {"value": "80.1"}, "chỉ số 766 80,1/100"),
        (ANSWERS, 1, {"good": "15", "bad": "15"}, "30 phiếu (Tốt 15, Kém 15), đạt 50%"),
        (POINTS, 1, {"points": "1"}, "được chấm 1/2 điểm"),
    ],
)
def test_every_lost_point_shows_its_figures(rule: Part, points: object, facts: dict[str, str], words: str) -> None:
    assert lost(rule, points, facts) == words


def test_what_others_gave_stands_beside_what_was_reported() -> None:
    facts = {"numerator": "96", "denominator": "100"}
    said = lost(SIGNED, 1, facts, basis=Basis.APPRAISAL, note="Thiếu tài liệu kiểm chứng.")
    assert said == (
        "Thiếu tài liệu kiểm chứng; số liệu đã báo cáo: số văn bản ký số 96/100 = 96% (tính ra 2 điểm); "
        "cơ quan thẩm định chấm 1/2 điểm"
    )
    assert lost(SIGNED, 1, {}, basis=Basis.SELF) == "đơn vị tự chấm 1/2 điểm"
    assert lost(SIGNED, 0, {}, basis=Basis.MISSING) == "không có số liệu, không tự đánh giá"
    wrong = lost(SIGNED, 0, {"numerator": "3", "denominator": "2"}, basis=Basis.FAULTY)
    assert wrong == ("số liệu không hợp lệ: tử số “Số văn bản ký số” (3) lớn hơn mẫu số “Tổng số văn bản” (2)")


def parts(part: object, whole: object, found: object = None, of: object = None) -> dict[str, str]:
    """A ratio as the unit states it, and as its appraiser found it."""
    stated = {"numerator": str(part), "denominator": str(whole)}
    appraised = {"numerator": str(found), "denominator": str(of or whole)}
    return stated | ({} if found is None else {appraised_id(fact): value for fact, value in appraised.items()})


FEW = "số đạt yêu cầu 1/3 = 33,3%; cần 100% để đủ điểm, còn thiếu 2"
MOST = "số đạt yêu cầu 2/3 = 66,7%; cần 100% để đủ điểm, còn thiếu 1"


@pytest.mark.parametrize(
    ("points", "facts", "words"),
    [
        ("0.334", parts(1, 3), FEW),
        ("0.5", parts(2, 3), f"số liệu đã báo cáo: {MOST} (tính ra 0,67 điểm); cơ quan thẩm định chấm 0,5/1 điểm"),
        ("0.125", parts(2, 3), f"số liệu đã báo cáo: {MOST} (tính ra 0,667 điểm); cơ quan thẩm định chấm 0,125/1 điểm"),
        # with the figures that the appraiser found, where the points follow from them
        (
            "0.334",
            parts(2, 3, found=1),
            f"số liệu thẩm định: {FEW}; đơn vị báo cáo: số đạt yêu cầu 2/3 = 66,7% (0,67 điểm)",
        ),
        ("0.334", parts(4, 3, found=1), f"số liệu thẩm định: {FEW}"),
        (
            "0.5",
            parts(2, 3, found=1),
            f"số liệu đã báo cáo: {MOST} (tính ra 0,67 điểm); cơ quan thẩm định chấm 0,5/1 điểm",
        ),
        (
            "0.5",
            parts(2, 3, found=4),
            f"số liệu đã báo cáo: {MOST} (tính ra 0,67 điểm); cơ quan thẩm định chấm 0,5/1 điểm",
        ),
    ],
)
def test_appraised_points_are_held_against_the_figures_of_both_sides(
    points: str, facts: dict[str, str], words: str
) -> None:
    assert lost(RATIO, points, facts, maximum=1, basis=Basis.APPRAISAL) == words


def test_points_that_do_not_follow_from_the_figures_of_the_appraiser_do_not_cite_them() -> None:
    assert lost(RATIO, "0.334", parts(2, 3, found=1), maximum=1, basis=Basis.COUNCIL) == (
        f"số liệu đã báo cáo: {MOST} (tính ra 0,667 điểm); Hội đồng chấm 0,334/1 điểm"
    )


@pytest.mark.parametrize(
    ("leaf_points", "words"),
    [
        (LeafPoints("1", Decimal(2), Decimal(2), Basis.SELF), ""),
        (LeafPoints("1", Decimal(2), None, Basis.NOT_APPLICABLE, None, "Không có thủ tục"), "Không có thủ tục"),
        (LeafPoints("1", Decimal(2), None, Basis.STRUCTURAL), ""),
        (LeafPoints("1", Decimal(2), Decimal(1), Basis.SELF, Decimal(1), "Mới làm một nửa."), "Mới làm một nửa."),
        (
            LeafPoints("1", Decimal(2), Decimal(0), Basis.UNPROVEN, Decimal("1.5")),
            "không có tài liệu kiểm chứng nên không được tính điểm (tự chấm 1,5 điểm)",
        ),
        (
            LeafPoints("1", Decimal(2), Decimal(0), Basis.UNPROVEN),
            "không có tài liệu kiểm chứng nên không được tính điểm",
        ),
        (LeafPoints("1", Decimal(2), Decimal(0), Basis.FAULTY), "số liệu không hợp lệ"),
    ],
)
def test_a_reason_says_what_was_said_and_what_was_lost(leaf_points: LeafPoints, words: str) -> None:
    (declared,) = a_set(area("1", leaf("1", 2, RATIO))).leaves
    assert reason_of(leaf_points, declared, YEAR) == words


def test_what_counts_nothing_for_want_of_evidence_is_to_be_proven() -> None:
    (declared,) = a_set(area("1", leaf("1", 2, YES))).leaves
    remedy = remedy_of(LeafPoints("1", Decimal(2), Decimal(0), Basis.UNPROVEN), declared)
    assert remedy.endswith("gửi tài liệu kiểm chứng cùng phiếu tự đánh giá")


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.decimals(0, 100, places=6, allow_nan=False))
def test_a_printed_percentage_lies_on_the_side_of_the_bound_where_the_exact_one_lies(
    part: int, whole: int, bound: Decimal
) -> None:
    part = min(part, whole)
    shown = Decimal(percent_said(Decimal(part), Decimal(whole), [bound]).replace(".", "").replace(",", "."))
    assert (shown > bound, shown < bound) == (part * 100 > bound * whole, part * 100 < bound * whole)


def test_the_deadline_is_a_day_once_the_decision_has_one() -> None:
    assert repair_deadline(ROUND, None) == "trong thời hạn 15 ngày kể từ ngày Quyết định công bố có hiệu lực"
    assert repair_deadline(ROUND, date(2026, 2, 20)) == "chậm nhất ngày 07 tháng 3 năm 2026"
