"""What a unit has to repair: why, how, by when. Source: docs/process.md, 5, Sóc Trăng."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from models.province.rounds import RankingRule
from models.records.results import Basis, LeafPoints
from tasks.scoring.repairs import reason_of, repair_deadline, repairs_of
from tests.tasks.building import ANSWERS, COUNTED, POINTS, RATIO, YES, Part, a_set, area, leaf
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
        (RATIO, "self", Basis.FAULTY, "Nâng tỷ lệ Số đạt yêu cầu ÷ Tổng số; rà soát, báo cáo lại số liệu"),
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
    (repair,) = repairs_of(unit(0, leaves=given), a_set(area("1", leaf("1.1", 2, rule, source=source))), RankingRule())
    assert remedy in repair.remedy
    assert (repair.max_points, repair.points, repair.lost) == (2, 0, 2)


def test_the_reason_is_the_one_given_else_what_the_basis_tells() -> None:
    assert reason_of(LeafPoints("1", Decimal(1), Decimal(0), Basis.APPRAISAL, None, "Thiếu")) == "Thiếu"
    assert reason_of(LeafPoints("1", Decimal(1), Decimal(0), Basis.MISSING)) == "Không có số liệu, không tự đánh giá"
    assert reason_of(LeafPoints("1", Decimal(1), Decimal(0), Basis.FACTS)) == ""


def test_the_deadline_is_a_day_once_the_decision_has_one() -> None:
    assert repair_deadline(ROUND, None) == "trong thời hạn 15 ngày kể từ ngày Quyết định công bố có hiệu lực"
    assert repair_deadline(ROUND, date(2026, 2, 20)) == "chậm nhất ngày 07 tháng 3 năm 2026"
