"""Every kind of rule: its facts, points, finding, sentence and faults.

Source: docs/maths.md, section 2.
"""

import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path as FilePath
from typing import Any, Literal, NamedTuple
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

import models
from models.criteria.facts import FactField, FactKind, FactProblem, UnreadableFactError
from models.criteria.formulas import FormulaCells
from models.criteria.rules.any_rule import RULE_KINDS, AnyRule, declare
from models.criteria.rules.base import WHOLE_CONTENT, Awarded, Numbers, Rule
from models.criteria.rules.cells import ChoiceCell, CountCell, FactCell, NumberCell
from models.criteria.rules.kinds import meant_kind
from models.criteria.rules.on_time import OnTimeRule
from models.criteria.rules.ratios import percent_said
from models.numbers import ZERO
from models.working_days import OwnDays, WorkingCalendar

YEAR = 2025
ANY_RULE: TypeAdapter[Rule] = TypeAdapter(AnyRule)
Path = tuple[str | int, ...]


def rule(kind: str, **declared: object) -> Rule:
    return ANY_RULE.validate_python({"kind": kind, **declared})


def outcome_of(a_rule: Rule, maximum: object, **facts: object) -> Awarded:
    return a_rule.points({name: str(value) for name, value in facts.items()}, Decimal(str(maximum)), YEAR)


def points_of(a_rule: Rule, maximum: object, **facts: object) -> Decimal:
    """Points of facts that make sense."""
    points, problem = outcome_of(a_rule, maximum, **facts)
    assert problem is None
    assert points is not None
    return points


def problem_of(a_rule: Rule, maximum: object, **facts: object) -> FactProblem:
    """What is wrong with facts that make no sense."""
    points, problem = outcome_of(a_rule, maximum, **facts)
    assert points is None
    assert problem is not None
    assert problem.remedy
    return problem


def faults_of(a_rule: Rule, maximum: object) -> list[tuple[Path, str]]:
    """Where a rule is wrong as written, and what is wrong."""
    faults = a_rule.faults(Decimal(str(maximum)))
    assert all(fault.remedy for fault in faults)
    return [(fault.path, fault.what) for fault in faults]


def sentence_of(a_rule: Rule, maximum: object) -> str:
    return a_rule.sentence(Decimal(str(maximum)), YEAR)


DIRECT = rule("points", step=Decimal("0.25"))
DONE = rule("binary")
CHOICE = rule(
    "options",
    options=[
        {"id": "full", "label": "Đầy đủ", "points": 1},
        {"id": "part", "label": "Một phần", "points": Decimal("0.5")},
        {"id": "nothing", "label": "Không có", "points": 0},
    ],
)
CA_MAU = rule("tiers", tiers=[{"over": 90, "points": 2}, {"from": 70, "points": 1}, {"points": 0}])
DAYS = rule(
    "tiers",
    of="number",
    value="Số ngày xử lý bình quân",
    unit="ngày",
    tiers=[{"under": 5, "points": 2}, {"to": 10, "points": 1}, {"points": 0}],
)
FLOOR_70 = rule("proportional", floor=70)
BY_31_JANUARY = rule(
    "on_time", deadline="01-31", late=[{"days": 10, "points": Decimal("0.5")}, {"days": 30, "points": Decimal("0.25")}]
)
REPORTS = rule("checklist", items=[{"id": id, "label": f"Báo cáo {id}"} for id in ("q1", "h1", "q3", "y")])
LATE_REPORTS = rule(
    "deduction",
    cases=[
        {"id": "late", "label": "Báo cáo chậm", "points": Decimal("0.25")},
        {"id": "wrong", "label": "Báo cáo sai", "points": Decimal("0.5")},
    ],
)
ABCD = rule(
    "survey",
    answers=[
        {"id": "a", "label": "Rất hài lòng", "weight": 100},
        {"id": "b", "label": "Hài lòng", "weight": 60},
        {"id": "c", "label": "Bình thường", "weight": 20},
        {"id": "d", "label": "Không hài lòng", "weight": 0},
    ],
)
COUNTED_FORMS = ABCD.model_copy(update={"forms": True})
MEAN_1_TO_5 = rule("survey", scale=5, scale_from=1)
INDEX_766 = rule("external", index="Chỉ số 766")


# --- points, exact at each bound --------------------------------------------------------------------------------------


def test_points_given_directly_are_the_points() -> None:
    assert points_of(DIRECT, 2, points="1.75") == Decimal("1.75")


def test_what_is_done_gets_the_maximum_and_what_is_not_gets_nothing() -> None:
    assert points_of(DONE, "1.5", done="1") == Decimal("1.5")
    assert points_of(DONE, "1.5", done="0") == 0


def test_a_choice_gets_its_own_points() -> None:
    assert [points_of(CHOICE, 1, option=id) for id in ("full", "part", "nothing")] == [1, Decimal("0.5"), 0]


@pytest.mark.parametrize(
    ("done", "total", "points"),
    [(100, 100, 2), (91, 100, 2), ("90.000001", 100, 2), (90, 100, 1), (14, 19, 1), (70, 100, 1), ("69.99", 100, 0)],
)
def test_ca_mau_gives_2_points_over_90_percent_and_1_from_70(done: object, total: object, points: int) -> None:
    assert points_of(CA_MAU, 2, numerator=done, denominator=total) == points


@pytest.mark.parametrize(
    ("days", "points"), [("0", 2), ("4.99", 2), ("5", 1), ("10", 1), ("10.000001", 0), ("1000000", 0)]
)
def test_tiers_of_a_number_may_reward_low_values(days: str, points: int) -> None:
    assert points_of(DAYS, 2, value=days) == points


BOUNDS = st.decimals(Decimal("0.000001"), 100, places=6)
WHOLES = st.integers(1, 10**15)


@given(BOUNDS, WHOLES, st.sampled_from([("over", 0), ("from", 1), ("under", 0), ("to", 1)]))
def test_over_and_under_leave_the_bound_out_from_and_to_take_it_in(
    bound: Decimal, hundreds: int, written: tuple[str, int]
) -> None:
    word, points = written
    a_rule = rule("tiers", tiers=[{word: bound, "points": 1}, {"points": 0}])
    assert points_of(a_rule, 1, numerator=bound * hundreds, denominator=hundreds * 100) == points


@given(BOUNDS, WHOLES)
def test_a_millionth_under_the_bound_is_under_it(bound: Decimal, hundreds: int) -> None:
    a_rule = rule("tiers", tiers=[{"from": bound, "points": 1}, {"points": 0}])
    below = bound * hundreds - Decimal("0.000001")
    assert points_of(a_rule, 1, numerator=below, denominator=hundreds * 100) == 0


def test_exactly_70_percent_of_2_points_is_1_point_4_and_just_under_it_is_nothing() -> None:
    assert points_of(FLOOR_70, 2, numerator=70, denominator=100) == Decimal("1.4")
    assert points_of(FLOOR_70, 2, numerator="69.99", denominator=100) == 0
    assert points_of(FLOOR_70, 2, numerator=100, denominator=100) == 2


@given(st.integers(0, 100), st.integers(1, 10**15))
def test_exactly_at_the_floor_the_ratio_counts(floor: int, hundreds: int) -> None:
    a_rule = rule("proportional", floor=floor)
    points = points_of(a_rule, 10, numerator=floor * hundreds, denominator=hundreds * 100)
    assert points == Decimal(floor) / 10


def test_more_than_all_gets_no_more_than_the_maximum() -> None:
    a_rule = rule("proportional", may_exceed=True)
    assert points_of(a_rule, 2, numerator=130, denominator=100) == 2


@pytest.mark.parametrize(
    ("day", "points"),
    [
        ("2024-12-20", "1"),
        ("2025-01-31", "1"),
        ("2025-02-01", "0.5"),
        ("2025-02-10", "0.5"),
        ("2025-02-11", "0.25"),
        ("2025-03-02", "0.25"),
        ("2025-03-03", "0"),
        ("none", "0"),
    ],
)
def test_a_date_after_the_deadline_gets_the_late_points(day: str, points: str) -> None:
    assert points_of(BY_31_JANUARY, 1, date=day) == Decimal(points)


def test_a_late_step_without_days_holds_however_late() -> None:
    a_rule = rule("on_time", deadline="01-31", late=[{"points": Decimal("0.5")}])
    assert points_of(a_rule, 1, date="2025-12-31") == Decimal("0.5")
    assert points_of(a_rule, 1, date="none") == 0


def test_a_deadline_without_a_year_belongs_to_the_index_year() -> None:
    facts = {"date": "2025-02-05"}
    assert BY_31_JANUARY.points(facts, Decimal(1), 2025).points == Decimal("0.5")
    assert BY_31_JANUARY.points(facts, Decimal(1), 2026).points == 1


@pytest.mark.parametrize("year", [2000, 2100])
def test_deadlines_of_a_hundred_years_are_believed(year: int) -> None:
    assert rule("on_time", deadline=date(year, 6, 30)).last_day(YEAR) == date(year, 6, 30)


@pytest.mark.parametrize("written", [date(2025, 1, 31), "2025-01-31", "31/01/2025"])
def test_a_deadline_with_a_year_may_be_written_with_or_without_quotes(written: object) -> None:
    a_rule = rule("on_time", deadline=written)
    assert isinstance(a_rule, OnTimeRule)
    assert a_rule.deadline_in(2030) == date(2025, 1, 31)


WITHIN_5_DAYS = rule(
    "within", days=5, start="Ngày nhận kiến nghị", label="Ngày trả lời", late=[{"days": 3, "points": Decimal("0.5")}]
)


def test_a_deadline_may_be_counted_from_the_day_of_another_fact() -> None:
    given = {
        day: points_of(WITHIN_5_DAYS, 1, start="2025-02-26", date=day)
        for day in ("2025-02-26", "2025-03-03", "2025-03-04", "2025-03-06", "2025-03-07", "none")
    }
    assert list(given.values()) == [1, 1, Decimal("0.5"), Decimal("0.5"), 0, 0]


@pytest.mark.parametrize(
    ("start", "day", "what"),
    [
        ("2025-03-05", "2025-03-04", "“Ngày trả lời” 04/03/2025 trước “Ngày nhận kiến nghị” 05/03/2025"),
        ("none", "2025-03-04", "“Ngày nhận kiến nghị” chưa có nên không tính được hạn"),
        ("2023-12-31", "none", "ngày 31/12/2023 nằm ngoài kỳ từ 01/01/2024 đến 31/12/2026"),
    ],
)
def test_two_days_that_make_no_sense_together_are_refused(start: str, day: str, what: str) -> None:
    assert problem_of(WITHIN_5_DAYS, 1, start=start, date=day).what == what


def test_a_deadline_from_another_day_is_said_with_both_days() -> None:
    assert WITHIN_5_DAYS.sentence(Decimal(1), YEAR) == (
        "Trong 5 ngày kể từ ngày nhận kiến nghị: 1 điểm; chậm không quá 3 ngày: 0,5 điểm; chậm hơn: 0 điểm; "
        "không thực hiện: 0 điểm"
    )
    facts = {"start": "2025-02-26", "date": "2025-03-06"}
    assert WITHIN_5_DAYS.reckoned(facts, Decimal("0.5"), Decimal(1), YEAR) == (
        "ngày nhận kiến nghị 26/02/2025, hạn 03/03/2025 (5 ngày); ngày trả lời 06/03/2025, chậm 3 ngày"
    )


WITHIN_5_WORKING_DAYS = rule(
    "within",
    days=5,
    working=True,
    late=[{"days": 2, "points": Decimal("0.5")}],
    days_off=["2025-03-21"],
    days_worked=["2025-03-22"],
)


@pytest.mark.parametrize(
    ("start", "given"),
    [
        # Tết from Monday 27/01 to Friday 31/01/2025: five working days after Thursday 23/01 end on Thursday 06/02
        ("2025-01-23", {"2025-01-23": 1, "2025-02-06": 1, "2025-02-07": "0.5", "2025-02-10": "0.5", "2025-02-11": 0}),
        # the province has Friday 21/03 off and works on Saturday 22/03: they end on Monday 24/03
        ("2025-03-17", {"2025-03-24": 1, "2025-03-25": "0.5", "2025-03-26": "0.5", "2025-03-27": 0}),
        # they end on Friday 14/11; the weekend after it counts with its Monday, one working day late
        (
            "2025-11-07",
            {"2025-11-14": 1, "2025-11-15": "0.5", "2025-11-17": "0.5", "2025-11-18": "0.5", "2025-11-19": 0},
        ),
    ],
)
def test_working_days_leave_out_weekends_holidays_and_what_the_province_adds(start: str, given: dict[str, Any]) -> None:
    reached = {day: points_of(WITHIN_5_WORKING_DAYS, 1, start=start, date=day) for day in given}
    assert reached == {day: Decimal(points) for day, points in given.items()}


@given(st.dates(date(2025, 1, 1), date(2025, 11, 30)), st.integers(0, 60))
def test_a_working_day_is_late_exactly_when_it_lies_after_the_last_day_in_time(start: date, after: int) -> None:
    done = start + timedelta(days=after)
    facts = {"start": start.isoformat(), "date": done.isoformat()}
    due = WorkingCalendar([date(2025, 3, 21)], [date(2025, 3, 22)]).add_working_days(start, 5)
    assert (points_of(WITHIN_5_WORKING_DAYS, 1, **facts) == 1) is (done <= due)
    assert f"hạn {due:%d/%m/%Y} (5 ngày làm việc)" in WITHIN_5_WORKING_DAYS.reckoned(facts, ZERO, Decimal(1), YEAR)


def test_working_days_are_said() -> None:
    assert WITHIN_5_WORKING_DAYS.sentence(Decimal(1), YEAR) == (
        "Trong 5 ngày làm việc kể từ ngày nhận: 1 điểm; chậm không quá 2 ngày làm việc: 0,5 điểm; chậm hơn: 0 điểm; "
        "không thực hiện: 0 điểm"
    )
    facts = {"start": "2025-11-07", "date": "2025-11-17"}
    assert WITHIN_5_WORKING_DAYS.reckoned(facts, Decimal("0.5"), Decimal(1), YEAR) == (
        "ngày nhận 07/11/2025, hạn 14/11/2025 (5 ngày làm việc); ngày thực hiện 17/11/2025, chậm 1 ngày làm việc"
    )


def test_days_off_say_nothing_of_a_rule_of_calendar_days_and_late_steps_of_working_days_are_few() -> None:
    faults = rule("within", days=5, days_off=["2025-03-21"]).faults(Decimal(1))
    assert [fault.path for fault in faults] == [("days_off",)]
    late = [{"days": days, "points": Decimal(20 - days)} for days in range(1, 10)]
    assert [fault.path for fault in rule("within", days=5, working=True, late=late).faults(Decimal(30))] == [
        ("late", 8)
    ]


def test_two_days_of_one_name_are_a_fault() -> None:
    faults = rule("within", days=5, start="Ngày", label="Ngày").faults(Decimal(1))
    assert [(fault.path, fault.what) for fault in faults] == [(("label",), "hai ngày cùng tên “Ngày”")]


TIERS_OF_TWO = [{"over": 90, "points": 2}, {"from": 70, "points": 1}, {"points": 0}]
BY_PLAN = rule(
    "by_fact",
    label="Kế hoạch riêng",
    cases=[
        {"id": "full", "label": "Có kế hoạch", "rule": {"kind": "tiers", "tiers": TIERS_OF_TWO}},
        {"id": "part", "label": "Kế hoạch lồng ghép", "max": 1, "rule": {"kind": "proportional", "floor": 50}},
        {"id": "nothing", "label": "Không có kế hoạch", "points": 0},
    ],
)


SHARE = rule("min_max", of="ratio", decimals=2)


def in_group(a_rule: Rule, *stated: dict[str, str], maximum: int = 10) -> list[Decimal | None]:
    """Points of the units of a group that state these facts."""
    bounds = a_rule.bounds_among(stated)
    return [a_rule.points({**facts, **bounds}, Decimal(maximum), YEAR).points for facts in stated]


def parts(numerator: int, denominator: int) -> dict[str, str]:
    return {"numerator": str(numerator), "denominator": str(denominator)}


def test_the_best_of_a_group_gets_everything_the_worst_nothing_and_the_rest_by_their_distance() -> None:
    assert in_group(SHARE, parts(6, 10), parts(8, 10), parts(9, 10)) == [0, Decimal("6.67"), 10]
    fewer = rule("min_max", value="Số ngày trung bình", lower=True)
    assert in_group(fewer, {"value": "12"}, {"value": "4"}, {"value": "6"}) == [0, 10, Decimal("7.5")]


def test_the_best_and_the_worst_are_taken_as_they_are_printed() -> None:
    assert SHARE.bounds_among([parts(1, 3), parts(2, 3)]) == {"group_best": "66.67", "group_worst": "33.33"}


def test_units_that_are_all_alike_or_alone_get_everything() -> None:
    assert in_group(SHARE, parts(4, 5), parts(8, 10)) == [10, 10]
    assert in_group(SHARE, parts(1, 10)) == [10]


def test_a_unit_that_states_nothing_or_nonsense_moves_nobody() -> None:
    assert in_group(SHARE, parts(6, 10), parts(9, 10), {}, parts(20, 10), parts(0, 0))[:2] == [0, 10]


def test_until_the_group_is_known_there_are_neither_points_nor_a_fault() -> None:
    assert SHARE.points(parts(8, 10), Decimal(10), YEAR) == (None, None)
    assert problem_of(SHARE, 10, numerator=12, denominator=10).fact == "numerator"


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=8), st.booleans())
def test_a_better_figure_never_gets_fewer_points_in_a_group(values: list[int], lower: bool) -> None:
    given_points = in_group(rule("min_max", lower=lower), *({"value": str(value)} for value in values))
    best_last = sorted(zip(values, given_points, strict=True), key=lambda pair: pair[0], reverse=lower)
    ordered = [points for _, points in best_last if points is not None]
    assert ordered == sorted(ordered)
    assert (len(ordered), ordered[-1]) == (len(values), 10)


def test_a_rule_that_compares_units_says_itself_its_figures_and_the_way_to_the_best() -> None:
    assert SHARE.sentence(Decimal(10), YEAR) == (
        "Tỷ lệ (Số đạt yêu cầu ÷ Tổng số) so với các đơn vị cùng nhóm: cao nhất 10 điểm, thấp nhất 0 điểm, ở giữa tính "
        "theo khoảng cách tới mức thấp nhất ÷ khoảng cách giữa hai mức × 10 điểm, làm tròn 2 chữ số thập phân; điểm có "
        "khi tổng hợp cả nhóm"
    )
    facts = {**parts(8, 10), **SHARE.bounds_among([parts(6, 10), parts(8, 10), parts(9, 10)])}
    assert SHARE.reckoned(facts, Decimal("6.67"), Decimal(10), YEAR) == (
        "số đạt yêu cầu 8/10 = 80%; trong nhóm tốt nhất 90%, kém nhất 60%"
    )
    better = SHARE.better(facts, Decimal("6.67"), Decimal(10))
    assert better is not None
    assert SHARE.points(better.facts, Decimal(10), YEAR).points == 10
    assert SHARE.aim() == "Phấn đấu đưa tỷ lệ số đạt yêu cầu trên tổng số bằng đơn vị tốt nhất nhóm"


def test_another_fact_chooses_the_scale() -> None:
    ratio = {"numerator": 80, "denominator": 100}
    given = {case: points_of(BY_PLAN, 2, case=case, **ratio) for case in ("full", "part", "nothing")}
    assert given == {"full": 1, "part": Decimal("0.8"), "nothing": 0}


def test_only_the_facts_of_the_chosen_case_are_asked_for() -> None:
    def missing(**facts: str) -> list[str]:
        return [field.id for field in BY_PLAN.missing(facts)]

    assert missing() == ["case"]
    assert missing(case="full", numerator="1") == ["denominator"]
    assert missing(case="nothing") == []
    assert points_of(BY_PLAN, 2, case="nothing") == 0


def test_a_rule_by_another_fact_says_every_case_what_was_reckoned_and_the_next_step() -> None:
    assert BY_PLAN.sentence(Decimal(2), YEAR) == (
        "Kế hoạch riêng: “Có kế hoạch”: tỷ lệ (Số đạt yêu cầu ÷ Tổng số) trên 90%: 2 điểm; từ 70% đến 90%: 1 điểm; "
        "dưới 70%: 0 điểm. “Kế hoạch lồng ghép”: tỷ lệ (Số đạt yêu cầu ÷ Tổng số) × 1 điểm; dưới 50%: 0 điểm. "
        "“Không có kế hoạch”: 0 điểm"
    )
    facts = {"case": "part", "numerator": "80", "denominator": "100"}
    assert BY_PLAN.reckoned(facts, Decimal("0.8"), Decimal(2), YEAR) == (
        "kế hoạch riêng: kế hoạch lồng ghép; số đạt yêu cầu 80/100 = 80%; cần 100% để đủ điểm, còn thiếu 20; "
        "“Có kế hoạch” được tới 2 điểm"
    )
    better = BY_PLAN.better({**facts, "case": "full"}, Decimal(1), Decimal(2))
    assert better is not None
    assert better.facts == {"case": "full", "numerator": "91", "denominator": "100"}
    assert BY_PLAN.better({"case": "nothing"}, ZERO, Decimal(2)) is None
    assert BY_PLAN.aim() == ("Có kế hoạch: đưa tỷ lệ số đạt yêu cầu trên tổng số lên mức điểm tối đa (trên 90%)")


@pytest.mark.parametrize(
    ("cases", "path", "what"),
    [
        (
            [("a", "Có", {"points": 3}), ("b", "Không", {"points": 0})],
            ("cases", 0, "points"),
            "3 điểm vượt điểm tối đa 2",
        ),
        ([("a", "Có", {"points": 1}), ("b", "Không", {"points": 0})], ("cases",), "không trường hợp nào tới được"),
        ([("a", "Có", {"points": 2}), ("a", "Không", {"points": 0})], ("cases", 1, "id"), "mã “a” lặp lại"),
        ([("a", "Có", {"points": 2}), ("b", "có", {"points": 0})], ("cases", 1, "label"), "trường hợp “có” trùng tên"),
        (
            [("a", "Có", {"rule": {"kind": "points", "step": "0.3"}}), ("b", "Không", {"points": 0})],
            ("cases", 0, "rule", "step"),
            "điểm tối đa 2 không chia hết cho bước 0,3",
        ),
        (
            [
                ("a", "Có", {"rule": {"kind": "proportional", "numerator": "Số việc xong"}}),
                ("b", "Không", {"rule": {"kind": "proportional"}}),
            ],
            ("cases", 1, "rule"),
            "số liệu numerator vừa là “Số việc xong” vừa là “Số đạt yêu cầu”",
        ),
        (
            [("a", "Có", {"rule": {"kind": "survey", "scale": 5}}), ("b", "Không", {"points": 0})],
            ("cases", 0, "rule"),
            "kết quả khảo sát không chọn theo một số liệu khác được",
        ),
        (
            [("a", "Có", {"rule": {"kind": "min_max"}}), ("b", "Không", {"points": 0})],
            ("cases", 0, "rule"),
            "quy tắc so sánh các đơn vị không đặt trong một trường hợp được",
        ),
    ],
)
def test_cases_that_cannot_stand_beside_each_other_are_faults(cases: Any, path: Path, what: str) -> None:
    declared = [{"id": id, "label": label, **worth} for id, label, worth in cases]
    faults = rule("by_fact", cases=declared).faults(Decimal(2))
    assert any(fault.path == path and fault.what.startswith(what) for fault in faults), faults


def test_a_case_has_either_a_rule_or_points() -> None:
    for worth in ({}, {"points": 1, "rule": {"kind": "binary"}}):
        with pytest.raises(ValidationError, match="cần đúng một trong: rule"):
            rule("by_fact", cases=[{"id": "a", "label": "Có", **worth}, {"id": "b", "label": "Không", "points": 0}])


def test_a_rule_inside_a_rule_takes_the_provinces_calendar_too() -> None:
    inside = {"kind": "within", "days": 5, "working": True}
    cases = [{"id": "a", "label": "Có", "rule": inside}, {"id": "b", "label": "Không", "points": 0}]
    days = OwnDays((date(2025, 3, 21),), ())
    read = ANY_RULE.validate_python({"kind": "by_fact", "cases": cases}, context=days)
    assert read.model_dump(mode="json")["cases"][0]["rule"]["days_off"] == ["2025-03-21"]


def test_a_rule_written_as_json_is_read_back_as_the_same_rule() -> None:
    assert ANY_RULE.validate_json(ANY_RULE.dump_json(BY_PLAN)) == BY_PLAN
    a_rule = rule("on_time", deadline=date(2025, 1, 31))
    assert ANY_RULE.validate_json(ANY_RULE.dump_json(a_rule)) == a_rule


def test_items_of_a_checklist_share_the_maximum() -> None:
    assert points_of(REPORTS, 1, q1=1, h1=1, q3=1, y=0) == Decimal("0.75")


def test_items_of_a_checklist_may_each_have_their_points() -> None:
    items = [{"id": id, "label": id} for id in ("one", "two", "three")]
    a_rule = rule("checklist", items=items, each=Decimal("0.5"))
    assert points_of(a_rule, 1, one=1, two=0, three=0) == Decimal("0.5")
    assert points_of(a_rule, 1, one=1, two=1, three=1) == 1


def test_a_checklist_may_ask_for_all_or_nothing() -> None:
    a_rule = rule("checklist", items=[{"id": id, "label": id} for id in ("one", "two")], all_required=True)
    assert points_of(a_rule, 1, one=1, two=0) == 0
    assert points_of(a_rule, 1, one=1, two=1) == 1


@pytest.mark.parametrize(("late", "wrong", "points"), [(0, 0, "2"), (1, 1, "1.25"), (8, 0, "0"), (100, 100, "0")])
def test_every_case_costs_its_points_down_to_nothing(late: int, wrong: int, points: str) -> None:
    assert points_of(LATE_REPORTS, 2, late=late, wrong=wrong) == Decimal(points)


def test_answers_are_averaged_over_the_valid_forms() -> None:
    assert points_of(ABCD, 5, a=10, b=0, c=0, d=0) == 5
    assert points_of(ABCD, 5, a=1, b=1, c=1, d=1) == Decimal("2.25")
    assert points_of(ABCD, 5, a=0, b=0, c=0, d=3) == 0


def test_answers_add_up_to_the_valid_forms_where_their_number_is_asked() -> None:
    assert [field.id for field in COUNTED_FORMS.fields] == ["a", "b", "c", "d", "forms"]
    assert points_of(COUNTED_FORMS, 5, a=1, b=1, c=1, d=1, forms=4) == Decimal("2.25")
    problem = problem_of(COUNTED_FORMS, 5, a=1, b=1, c=1, d=1, forms=5)
    assert problem.fact == "forms"
    assert problem.what == "tổng số phiếu trả lời (4) khác tổng số phiếu hợp lệ (5)"


def test_a_mean_is_measured_from_the_low_end_of_its_scale() -> None:
    assert [points_of(MEAN_1_TO_5, 4, mean=mean) for mean in ("1", "3.5", "5")] == [0, Decimal("2.5"), 4]


def test_another_index_is_scaled_to_the_maximum() -> None:
    assert points_of(INDEX_766, 5, value="80.1") == Decimal("4.005")
    assert points_of(rule("external", index="Chỉ số", scale=18), 1, value="17.6") == Decimal("17.6") / 18


# --- what makes no sense ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a_rule", "facts", "fact", "what"),
    [
        (DIRECT, {"points": "2.5"}, "points", "2,5 điểm nằm ngoài khoảng từ 0 đến 2"),
        (DIRECT, {"points": "-1"}, "points", "-1 điểm nằm ngoài khoảng từ 0 đến 2"),
        (DIRECT, {"points": "1.3"}, "points", "1,3 điểm không theo bước 0,25"),
        (CHOICE, {"option": "all"}, "option", "không có phương án “all”"),
        (
            CA_MAU,
            {"numerator": "1435.5", "denominator": "3"},
            "numerator",
            "tử số “Số đạt yêu cầu” (1.435,5) lớn hơn mẫu số “Tổng số” (3)",
        ),
        (CA_MAU, {"numerator": "-1", "denominator": "3"}, "numerator", "tử số “Số đạt yêu cầu” là số âm (-1)"),
        (CA_MAU, {"numerator": "1", "denominator": "-3"}, "denominator", "mẫu số “Tổng số” là số âm (-3)"),
        (
            FLOOR_70,
            {"numerator": "0", "denominator": "0"},
            "denominator",
            "mẫu số “Tổng số” bằng 0 nên không tính được tỷ lệ",
        ),
        (DAYS, {"value": "-0.5"}, "value", "“Số ngày xử lý bình quân” là số âm (-0,5)"),
        (
            BY_31_JANUARY,
            {"date": "2023-05-01"},
            "date",
            "ngày 01/05/2023 nằm ngoài kỳ từ 31/01/2024 đến 01/02/2026",
        ),
        (
            LATE_REPORTS,
            {"late": "-1", "wrong": "0"},
            "late",
            "Báo cáo chậm: -1 không phải là số đếm (số nguyên từ 0 trở lên)",
        ),
        (
            LATE_REPORTS,
            {"late": "0", "wrong": "1.5"},
            "wrong",
            "Báo cáo sai: 1,5 không phải là số đếm (số nguyên từ 0 trở lên)",
        ),
        (
            ABCD,
            {"a": "1", "b": "2.5", "c": "0", "d": "0"},
            "b",
            "Hài lòng: 2,5 không phải là số đếm (số nguyên từ 0 trở lên)",
        ),
        (ABCD, {"a": "0", "b": "0", "c": "0", "d": "0"}, "a", "không có phiếu hợp lệ nào"),
        (MEAN_1_TO_5, {"mean": "0.9"}, "mean", "điểm trung bình 0,9 nằm ngoài thang 1–5"),
        (MEAN_1_TO_5, {"mean": "5.1"}, "mean", "điểm trung bình 5,1 nằm ngoài thang 1–5"),
        (INDEX_766, {"value": "100.5"}, "value", "Chỉ số 766: 100,5 nằm ngoài thang 0–100"),
        (INDEX_766, {"value": "-1"}, "value", "Chỉ số 766: -1 nằm ngoài thang 0–100"),
    ],
)
def test_facts_that_make_no_sense_give_a_finding(a_rule: Rule, facts: dict[str, str], fact: str, what: str) -> None:
    problem = problem_of(a_rule, 2, **facts)
    assert (problem.fact, problem.what) == (fact, what)


@pytest.mark.parametrize(
    ("a_rule", "label"),
    [
        (DIRECT, "Điểm"),
        (DONE, "Đạt yêu cầu"),
        (CHOICE, "Phương án"),
        (CA_MAU, "Số đạt yêu cầu"),
        (FLOOR_70, "Số đạt yêu cầu"),
        (BY_31_JANUARY, "Ngày ban hành"),
        (REPORTS, "Báo cáo q1"),
        (LATE_REPORTS, "Báo cáo chậm"),
        (ABCD, "Số phiếu trả lời “Rất hài lòng”"),
        (MEAN_1_TO_5, "Điểm trung bình khảo sát"),
        (INDEX_766, "Chỉ số 766"),
    ],
)
def test_a_missing_fact_is_named(a_rule: Rule, label: str) -> None:
    assert problem_of(a_rule, 2).what == f"thiếu số liệu “{label}”"


def test_half_of_the_facts_are_not_enough() -> None:
    assert problem_of(CA_MAU, 2, numerator="3").fact == "denominator"


def test_the_period_of_a_date_may_be_set() -> None:
    a_rule = rule("on_time", deadline="01-31", earliest=date(2024, 12, 1), latest=date(2025, 2, 28))
    assert problem_of(a_rule, 1, date="2024-11-30").what == (
        "ngày 30/11/2024 nằm ngoài kỳ từ 01/12/2024 đến 28/02/2025"
    )
    assert points_of(a_rule, 1, date="2024-12-01") == 1


def test_a_yes_or_no_that_is_neither_is_refused_before_it_reaches_the_rule() -> None:
    with pytest.raises(UnreadableFactError, match="không phải là có hoặc không"):
        DONE.fields[0].read("có lẽ")


# --- what holds for every rule ----------------------------------------------------------------------------------------


class Declared(NamedTuple):
    """A rule without faults and its maximum."""

    rule: Rule
    maximum: Decimal


MAXIMA = st.decimals(Decimal("0.5"), 50, places=2)


def _tiers(maximum: Decimal, bounds: list[Decimal], rising: bool, words: list[str], of: str) -> Rule:
    """Tiers with points that fall from the maximum to 0 in equal steps."""
    step = (maximum / (len(bounds) + 1)).quantize(Decimal("0.000001"))
    tiers: list[dict[str, object]] = [
        {word: bound, "points": maximum - step * position}
        for position, (word, bound) in enumerate(zip(words, sorted(bounds, reverse=rising), strict=False))
    ]
    return rule("tiers", of=of, may_exceed=True, tiers=[*tiers, {"points": 0}])


@st.composite
def tiers_rules(draw: st.DrawFn, rising: bool | None = None, of: str | None = None) -> Declared:
    maximum = draw(MAXIMA)
    up = draw(st.booleans()) if rising is None else rising
    bounds = draw(st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=4, unique=True))
    words = draw(st.lists(st.sampled_from(["over", "from"] if up else ["under", "to"]), min_size=4, max_size=4))
    return Declared(_tiers(maximum, bounds, up, words, of or draw(st.sampled_from(["ratio", "number"]))), maximum)


@st.composite
def on_time_rules(draw: st.DrawFn) -> Declared:
    maximum = draw(MAXIMA)
    days = sorted(draw(st.sets(st.integers(1, 90), max_size=3)))
    step = (maximum / (len(days) + 1)).quantize(Decimal("0.01"))
    late = [{"days": late, "points": maximum - step * position} for position, late in enumerate(days, 1)]
    deadline = draw(st.sampled_from(["01-31", "12-15", date(2025, 6, 30)]))
    return Declared(rule("on_time", deadline=deadline, late=late), maximum)


@st.composite
def other_rules(draw: st.DrawFn) -> Declared:
    made = draw(st.sampled_from([DONE, FLOOR_70, REPORTS, LATE_REPORTS, ABCD, MEAN_1_TO_5, INDEX_766, rule("points")]))
    return Declared(made, draw(MAXIMA))


DECLARED = st.one_of(
    tiers_rules(),
    on_time_rules(),
    other_rules(),
    st.just(Declared(CHOICE, Decimal(1))),
    st.just(Declared(BY_PLAN, Decimal(2))),
)
DAYS_AROUND = st.dates(date(2024, 1, 1), date(2026, 12, 31))
TEXTS: dict[FactKind, st.SearchStrategy[str]] = {
    FactKind.NUMBER: st.decimals(-2, 120, places=2).map(str),
    FactKind.COUNT: st.one_of(st.integers(-1, 300).map(str), st.just("2.5")),
    FactKind.DATE: st.one_of(DAYS_AROUND.map(lambda day: f"{day:%d/%m/%Y}"), st.just("không")),
    FactKind.YES_NO: st.sampled_from(["có", "không"]),
    FactKind.OPTION: st.sampled_from(["full", "part", "nothing"]),
}


def _facts(fields: tuple[FactField, ...]) -> st.SearchStrategy[dict[str, str]]:
    texts = {field.id: TEXTS[field.kind] for field in fields}
    by_id = {field.id: field for field in fields}
    return st.fixed_dictionaries(texts).map(
        lambda written: {
            id: text if by_id[id].counts else by_id[id].read(text.replace(".", ",")) for id, text in written.items()
        }
    )


@given(st.data(), DECLARED)
def test_points_lie_between_0_and_the_maximum_or_there_is_a_finding(data: st.DataObject, declared: Declared) -> None:
    facts = data.draw(_facts(declared.rule.fields))
    points, problem = declared.rule.points(facts, declared.maximum, YEAR)
    assert (points is None) is not (problem is None)
    assert points is None or 0 <= points <= declared.maximum
    assert problem is None or (problem.what and problem.remedy and problem.fact in facts)


@given(DECLARED)
def test_a_rule_without_faults_says_itself_in_one_line(declared: Declared) -> None:
    assert declared.rule.faults(declared.maximum) == []
    said = declared.rule.sentence(declared.maximum, YEAR)
    assert "điểm" in said
    assert not said.endswith(".")
    assert "\n" not in said


@given(st.data(), DECLARED)
def test_the_same_facts_always_give_the_same_points(data: st.DataObject, declared: Declared) -> None:
    facts = data.draw(_facts(declared.rule.fields))
    backwards = dict(reversed(facts.items()))
    first = declared.rule.points(facts, declared.maximum, YEAR)
    assert declared.rule.points(backwards, declared.maximum, YEAR) == first


# --- unchanged by spelling --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spelled", ["1.435,2", "1435.2", "1435,2", "1,435.2", "1 435,2", "1435,200"])
def test_the_spelling_of_a_number_changes_no_points(spelled: str) -> None:
    numerator, denominator = FLOOR_70.fields
    facts = {"numerator": numerator.read(spelled), "denominator": denominator.read("1.794,00")}
    assert facts == {"numerator": "1435.2", "denominator": "1794"}
    assert FLOOR_70.points(facts, Decimal(2), YEAR).points == Decimal("1.6")


@pytest.mark.parametrize("spelled", ["80,1", "80.1", "80,10%", "80.1 %"])
def test_a_percent_sign_changes_no_points(spelled: str) -> None:
    assert points_of(INDEX_766, 5, value=INDEX_766.fields[0].read(spelled)) == Decimal("4.005")


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_the_unicode_form_of_a_text_changes_no_points(form: str) -> None:
    def points(a_rule: Rule, text: str) -> Decimal:
        (field,) = a_rule.fields
        return points_of(a_rule, 1, **{field.id: field.read(normalize(form, text))})  # type: ignore[arg-type]

    assert points(CHOICE, "Một phần") == Decimal("0.5")
    assert points(DONE, "Có") == 1
    assert points(BY_31_JANUARY, "ngày 05 tháng 02 năm 2025") == Decimal("0.5")


def test_an_amount_with_two_readings_never_becomes_points() -> None:
    money = rule("proportional", numerator="số vốn đã giải ngân, triệu đồng", denominator="kế hoạch vốn, triệu đồng")
    with pytest.raises(UnreadableFactError, match="hai số khác nhau"):
        money.fields[0].read("1.435")


@pytest.mark.parametrize(
    ("declared", "counts"),
    [
        ({"kind": "proportional"}, True),
        ({"kind": "proportional", "numerator": "số hồ sơ trễ hạn có hẹn lại ngày trả"}, True),
        ({"kind": "proportional", "numerator": "số vốn đã giải ngân, triệu đồng"}, False),
        ({"kind": "proportional", "denominator": "Diện tích phải đo (ha)"}, False),
        ({"kind": "proportional", "numerator": "tổng số ngày cắt giảm"}, False),
        ({"kind": "proportional", "numerator": "số bài", "counts": False}, False),
        ({"kind": "proportional", "numerator": "tiền lẻ", "counts": True}, True),
        ({"kind": "tiers", "of": "number", "tiers": [{"to": 0, "points": 1}, {"points": 0}]}, False),
        ({"kind": "tiers", "of": "number", "value": "Số bài", "tiers": [{"to": 0, "points": 1}, {"points": 0}]}, True),
        (
            {
                "kind": "tiers",
                "of": "number",
                "value": "Số còn nợ",
                "unit": "triệu đồng",
                "tiers": [{"to": 0, "points": 1}, {"points": 0}],
            },
            False,
        ),
    ],
)
def test_numbers_count_things_unless_their_names_or_the_set_say_that_they_measure(
    declared: dict[str, object], counts: bool
) -> None:
    assert {field.counts for field in ANY_RULE.validate_python(declared).fields} == {counts}


def test_a_rule_that_does_not_say_what_it_counts_is_written_as_before() -> None:
    assert "counts" not in rule("proportional").model_dump(mode="json")
    assert rule("proportional", counts=False).model_dump(mode="json")["counts"] is False


# --- monotone where the rule is ---------------------------------------------------------------------------------------

PARTS = st.lists(st.decimals(0, 100, places=3), min_size=2, max_size=2).map(sorted)
TOTALS = st.lists(st.integers(100, 1000), min_size=2, max_size=2).map(sorted)


@given(PARTS, st.decimals(0, 100, places=2), MAXIMA)
def test_a_larger_part_never_gets_fewer_points(parts: list[Decimal], floor: Decimal, maximum: Decimal) -> None:
    a_rule = rule("proportional", floor=floor)
    less, more = (points_of(a_rule, maximum, numerator=part, denominator=100) for part in parts)
    assert less <= more


@given(TOTALS, MAXIMA)
def test_the_same_part_of_a_larger_total_never_gets_more_points(totals: list[int], maximum: Decimal) -> None:
    of_less, of_more = (points_of(FLOOR_70, maximum, numerator=99, denominator=total) for total in totals)
    assert of_less >= of_more


@given(tiers_rules(rising=True, of="ratio"), PARTS)
def test_a_higher_ratio_is_never_on_a_lower_tier(declared: Declared, parts: list[Decimal]) -> None:
    less, more = (points_of(*declared, numerator=part, denominator=100) for part in parts)
    assert less <= more


@given(tiers_rules(rising=False, of="number"), PARTS)
def test_where_low_is_good_a_higher_number_never_gets_more_points(declared: Declared, values: list[Decimal]) -> None:
    low, high = (points_of(*declared, value=value) for value in values)
    assert low >= high


@given(on_time_rules(), st.integers(-300, 300), st.integers(0, 60))
def test_a_later_date_never_gets_more_points(declared: Declared, start: int, later: int) -> None:
    a_rule, maximum = declared
    assert isinstance(a_rule, OnTimeRule)
    day = a_rule.deadline_in(YEAR) + timedelta(days=start)
    early, late = (points_of(a_rule, maximum, date=day + timedelta(days=days)) for days in (0, later))
    never = points_of(a_rule, maximum, date="none")
    assert maximum >= early >= late >= never == 0


@given(
    st.lists(st.booleans(), min_size=4, max_size=4), st.integers(0, 3), st.sampled_from([{}, {"all_required": True}])
)
def test_one_more_item_never_gets_fewer_points(done: list[bool], added: int, how: dict[str, bool]) -> None:
    ids = ("q1", "h1", "q3", "y")
    a_rule = rule("checklist", items=[{"id": id, "label": id} for id in ids], **how)
    before = {id: int(is_done) for id, is_done in zip(ids, done, strict=True)}
    assert points_of(a_rule, 1, **before) <= points_of(a_rule, 1, **{**before, ids[added]: 1})


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 5), MAXIMA)
def test_more_cases_never_get_more_points(late: int, wrong: int, added: int, maximum: Decimal) -> None:
    fewer = points_of(LATE_REPORTS, maximum, late=late, wrong=wrong)
    assert fewer >= points_of(LATE_REPORTS, maximum, late=late + added, wrong=wrong)


@given(st.lists(st.integers(0, 500), min_size=4, max_size=4), st.sampled_from(["ab", "ac", "bc", "bd", "cd"]), MAXIMA)
def test_a_form_with_a_better_answer_never_gets_fewer_points(counts: list[int], moved: str, maximum: Decimal) -> None:
    better, worse = moved[0], moved[1]
    before = dict(zip("abcd", counts, strict=True))
    before[worse] += 1
    after = {**before, better: before[better] + 1, worse: before[worse] - 1}
    assert points_of(ABCD, maximum, **before) <= points_of(ABCD, maximum, **after)


@given(st.lists(st.decimals(1, 5, places=3), min_size=2, max_size=2).map(sorted), MAXIMA)
def test_a_higher_mean_never_gets_fewer_points(means: list[Decimal], maximum: Decimal) -> None:
    low, high = (points_of(MEAN_1_TO_5, maximum, mean=mean) for mean in means)
    assert low <= high


@given(PARTS, MAXIMA)
def test_a_higher_index_never_gets_fewer_points(values: list[Decimal], maximum: Decimal) -> None:
    low, high = (points_of(INDEX_766, maximum, value=value) for value in values)
    assert low <= high


# --- the rule in words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a_rule", "maximum", "said"),
    [
        (DIRECT, 2, "Cho điểm trực tiếp từ 0 đến 2 điểm, bước 0,25 điểm"),
        (DONE, "1.5", "Đạt: 1,5 điểm; không đạt: 0 điểm"),
        (CHOICE, 1, "Đầy đủ: 1 điểm; Một phần: 0,5 điểm; Không có: 0 điểm"),
        (
            CA_MAU,
            2,
            "Tỷ lệ (Số đạt yêu cầu ÷ Tổng số) trên 90%: 2 điểm; từ 70% đến 90%: 1 điểm; dưới 70%: 0 điểm",
        ),
        (
            DAYS,
            2,
            "Số ngày xử lý bình quân dưới 5 ngày: 2 điểm; từ 5 ngày đến 10 ngày: 1 điểm; trên 10 ngày: 0 điểm",
        ),
        (FLOOR_70, 2, "Tỷ lệ (Số đạt yêu cầu ÷ Tổng số) × 2 điểm; dưới 70%: 0 điểm"),
        (
            BY_31_JANUARY,
            1,
            "Đến hết ngày 31/01/2025: 1 điểm; chậm không quá 10 ngày: 0,5 điểm; "
            "chậm không quá 30 ngày: 0,25 điểm; chậm hơn: 0 điểm; không thực hiện: 0 điểm",
        ),
        (REPORTS, 1, "Số mục đạt ÷ 4 × 1 điểm (Báo cáo q1, Báo cáo h1, Báo cáo q3, Báo cáo y)"),
        (
            LATE_REPORTS,
            2,
            "2 điểm, trừ đến hết (Báo cáo chậm: trừ 0,25 điểm mỗi trường hợp; "
            "Báo cáo sai: trừ 0,5 điểm mỗi trường hợp)",
        ),
        (
            ABCD,
            5,
            "Bình quân số phiếu hợp lệ theo trọng số (Rất hài lòng 100%, Hài lòng 60%, "
            "Bình thường 20%, Không hài lòng 0%) × 5 điểm",
        ),
        (MEAN_1_TO_5, 4, "Điểm trung bình khảo sát trên thang 1–5 quy đổi ra 4 điểm"),
        (INDEX_766, 5, "Chỉ số 766 ÷ 100 × 5 điểm"),
    ],
)
def test_a_rule_says_itself_in_vietnamese(a_rule: Rule, maximum: object, said: str) -> None:
    assert sentence_of(a_rule, maximum) == said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("from", "from"), "từ 90 trở lên: 2 điểm; từ 70 đến dưới 90: 1 điểm; dưới 70: 0 điểm"),
        (("over", "over"), "trên 90: 2 điểm; trên 70 đến 90: 1 điểm; từ 70 trở xuống: 0 điểm"),
        (("to", "to"), "đến 70: 2 điểm; trên 70 đến 90: 1 điểm; trên 90: 0 điểm"),
        (("under", "under"), "dưới 70: 2 điểm; từ 70 đến dưới 90: 1 điểm; từ 90 trở lên: 0 điểm"),
    ],
)
def test_the_words_of_a_tier_say_which_bounds_belong_to_it(words: tuple[str, str], said: str) -> None:
    bounds = (90, 70) if words[0] in ("from", "over") else (70, 90)
    tiers = [{word: bound, "points": 2 - n} for n, (word, bound) in enumerate(zip(words, bounds, strict=True))]
    a_rule = rule("tiers", of="number", value="Số hồ sơ", tiers=[*tiers, {"points": 0}])
    assert sentence_of(a_rule, 2) == f"Số hồ sơ {said}"


def test_a_tier_of_one_value_is_said_as_that_value() -> None:
    a_rule = rule("tiers", tiers=[{"over": 99, "points": 2}, {"from": 99, "points": 1}, {"points": 0}])
    assert a_rule.faults(Decimal(2)) == []
    assert sentence_of(a_rule, 2).endswith("trên 99%: 2 điểm; đúng 99%: 1 điểm; dưới 99%: 0 điểm")


def test_being_late_without_steps_gets_nothing_and_says_so() -> None:
    said = sentence_of(rule("on_time", deadline="12-15"), 1)
    assert said == "Đến hết ngày 15/12/2025: 1 điểm; chậm: 0 điểm; không thực hiện: 0 điểm"


def test_being_late_by_any_number_of_days_is_said_after_the_steps() -> None:
    late = [{"days": 5, "points": Decimal("0.5")}, {"points": Decimal("0.25")}]
    assert sentence_of(rule("on_time", deadline="12-15", late=late), 1) == (
        "Đến hết ngày 15/12/2025: 1 điểm; chậm không quá 5 ngày: 0,5 điểm; chậm hơn: 0,25 điểm; không thực hiện: 0 điểm"
    )


def test_other_checklists_say_how_they_count() -> None:
    items = [{"id": "one", "label": "kế hoạch"}, {"id": "two", "label": "báo cáo"}]
    assert sentence_of(rule("checklist", items=items, all_required=True), 1) == (
        "Đủ tất cả: 1 điểm, thiếu một mục: 0 điểm (kế hoạch, báo cáo)"
    )
    assert sentence_of(rule("checklist", items=items, each=Decimal("0.5")), 1) == (
        "Mỗi mục 0,5 điểm, tối đa 1 điểm (kế hoạch, báo cáo)"
    )


# --- faults as written ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a_rule", "maximum", "faults"),
    [
        (DIRECT, "0.6", [(("step",), "điểm tối đa 0,6 không chia hết cho bước 0,25")]),
        (CHOICE, "0.75", [(("options", 0, "points"), "1 điểm vượt điểm tối đa 0,75")]),
        (CA_MAU, "1.5", [(("tiers", 0, "points"), "2 điểm vượt điểm tối đa 1,5")]),
        (BY_31_JANUARY, "0.4", [(("late", 0, "points"), "0,5 điểm vượt điểm tối đa 0,4")]),
        (
            rule("checklist", items=[{"id": "one", "label": "a"}], each=Decimal("0.5")),
            1,
            [(("each",), "đủ 1 mục cũng chỉ được 0,5 điểm, chưa tới điểm tối đa 1")],
        ),
        (rule("survey"), 1, [((), "cần đúng một trong answers và scale")]),
        (
            rule("survey", scale=5, answers=[{"id": "a", "label": "A", "weight": 100}]),
            1,
            [((), "cần đúng một trong answers và scale")],
        ),
        (rule("survey", scale=5, scale_from=5), 1, [(("scale_from",), "scale_from không nhỏ hơn scale")]),
        (rule("survey", scale=5, forms=True), 1, [(("forms",), "forms chỉ dùng cùng answers")]),
        (
            rule("survey", answers=[{"id": "forms", "label": "A", "weight": 100}], forms=True),
            1,
            [(("forms",), "mã “forms” dành cho tổng số phiếu")],
        ),
    ],
)
def test_a_rule_that_does_not_fit_its_maximum_or_itself_is_a_fault(
    a_rule: Rule, maximum: object, faults: list[tuple[Path, str]]
) -> None:
    assert faults_of(a_rule, maximum) == faults


@pytest.mark.parametrize(
    ("tiers", "faults"),
    [
        (
            [{"from": 90, "points": 2}, {"from": 90, "points": 1}, {"points": 0}],
            [(("tiers", 1), "bậc chồng lấn với bậc trước tại 90")],
        ),
        (
            [{"from": 70, "points": 2}, {"from": 90, "points": 1}, {"points": 0}],
            [(("tiers", 1), "bậc chồng lấn với bậc trước tại 90")],
        ),
        (
            [{"from": 90, "points": 2}, {"over": 90, "points": 1}, {"points": 0}],
            [(("tiers", 1), "bậc chồng lấn với bậc trước tại 90")],
        ),
        (
            [{"to": 10, "points": 2}, {"under": 5, "points": 1}, {"points": 0}],
            [(("tiers", 1), "bậc chồng lấn với bậc trước tại 5")],
        ),
        (
            [{"from": 90, "points": 2}, {"under": 70, "points": 1}, {"points": 0}],
            [(("tiers", 1), "các bậc chồng lấn: lẫn cận dưới (over, from) với cận trên (under, to)")],
        ),
        (
            [{"from": 90, "points": 2}, {"from": 70, "points": 1}],
            [(("tiers", 1), "bậc cuối có cận nên còn giá trị không thuộc bậc nào")],
        ),
        (
            [{"points": 2}, {"from": 70, "points": 1}, {"points": 0}],
            [(("tiers", 0), "mỗi bậc (trừ bậc cuối) phải có đúng một cận")],
        ),
        (
            [{"from": 90, "over": 80, "points": 2}, {"points": 0}],
            [(("tiers", 0), "mỗi bậc (trừ bậc cuối) phải có đúng một cận")],
        ),
        (
            [{"from": 90, "points": 1}, {"from": 70, "points": 2}, {"points": 0}],
            [(("tiers", 1, "points"), "điểm của bậc không thấp hơn bậc trước")],
        ),
    ],
)
def test_tiers_that_overlap_leave_gaps_or_do_not_fall_are_faults(
    tiers: list[dict[str, int]], faults: list[tuple[Path, str]]
) -> None:
    assert faults_of(rule("tiers", tiers=tiers), 2) == faults


@pytest.mark.parametrize(
    ("upper", "lower", "opens"),
    [
        ("over", "from", True),
        ("under", "to", True),
        ("over", "over", False),
        ("from", "from", False),
        ("from", "over", False),
        ("under", "under", False),
        ("to", "to", False),
        ("to", "under", False),
    ],
)
def test_two_steps_at_one_bound_stand_only_where_the_second_holds_just_the_bound(
    upper: str, lower: str, opens: bool
) -> None:
    a_rule = rule("tiers", of="number", tiers=[{upper: 9, "points": 2}, {lower: 9, "points": 1}, {"points": 0}])
    overlap = (("tiers", 1), "bậc chồng lấn với bậc trước tại 9")
    assert faults_of(a_rule, 2) == ([] if opens else [overlap])


@pytest.mark.parametrize(
    ("late", "faults"),
    [
        ([(10, "0.5"), (10, "0.25")], [(("late", 1), "các mức chậm chồng lấn")]),
        ([(10, "0.5"), (5, "0.25")], [(("late", 1), "các mức chậm chồng lấn")]),
        ([(None, "0.5"), (5, "0.25")], [(("late", 1), "các mức chậm chồng lấn")]),
        ([(5, "0.25"), (10, "0.5")], [(("late", 1, "points"), "chậm hơn mà điểm không thấp hơn")]),
    ],
)
def test_late_steps_out_of_order_are_faults(late: list[tuple[int | None, str]], faults: list[tuple[Path, str]]) -> None:
    steps = [{"days": days, "points": points} for days, points in late]
    assert faults_of(rule("on_time", deadline="01-31", late=steps), 1) == faults


@pytest.mark.parametrize(
    ("period", "faults"),
    [
        ({"earliest": "2025-03-01", "latest": "2025-02-01"}, [(("latest",), "latest trước earliest")]),
        ({"earliest": "2025-07-01"}, [(("earliest",), "earliest sau hạn nên không ai kịp hạn")]),
        ({"latest": "2025-06-01"}, [(("latest",), "latest trước hạn")]),
    ],
)
def test_a_period_that_leaves_the_deadline_out_is_a_fault(
    period: dict[str, str], faults: list[tuple[Path, str]]
) -> None:
    assert faults_of(rule("on_time", deadline="2025-06-30", **period), 1) == faults


@pytest.mark.parametrize(
    ("kind", "list_name", "item"),
    [
        ("options", "options", {"label": "Nhãn {n}", "points": 1}),
        ("checklist", "items", {"label": "Nhãn {n}"}),
        ("deduction", "cases", {"label": "Nhãn {n}", "points": 1}),
        ("survey", "answers", {"label": "Nhãn {n}", "weight": 50}),
    ],
)
def test_an_id_used_twice_is_a_fault(kind: str, list_name: str, item: dict[str, object]) -> None:
    items = [{**item, "id": "same", "label": str(item["label"]).format(n=n)} for n in (1, 2)]
    assert faults_of(rule(kind, **{list_name: items}), 1) == [((list_name, 1, "id"), "mã “same” lặp lại")]


def test_two_options_with_one_name_are_a_fault_because_the_name_may_be_entered() -> None:
    options = [{"id": "a", "label": "Đầy đủ", "points": 1}, {"id": "b", "label": "đầy đủ", "points": 0}]
    assert faults_of(rule("options", options=options), 1) == [
        (("options", 1, "label"), "phương án “đầy đủ” trùng tên với phương án trước")
    ]


def test_each_and_all_required_exclude_each_other() -> None:
    a_rule = rule("checklist", items=[{"id": "one", "label": "a"}], each=1, all_required=True)
    assert faults_of(a_rule, 1) == [(("each",), "each và all_required loại trừ nhau")]


@pytest.mark.parametrize(
    "deadline", ["02-29", "13-01", "31-01-25", "1-31", "hôm nay", 20250131, "0999-01-31", "1999-12-31", "2101-01-01"]
)
def test_a_deadline_that_is_no_day_is_refused(deadline: object) -> None:
    with pytest.raises(ValidationError, match="phải là ngày có thật"):
        rule("on_time", deadline=deadline)


@pytest.mark.parametrize(
    "declared",
    [
        {"kind": "points", "step": Decimal("0.1234567")},
        {"kind": "points", "step": 0},
        {"kind": "proportional", "floor": 101},
        {"kind": "deduction", "cases": []},
        {"kind": "deduction", "cases": [{"id": "late", "label": " ", "points": 1}]},
        {"kind": "options", "options": [{"id": "Một", "label": "Một", "points": 1}]},
        {"kind": "on_time", "deadline": "01-31", "late": [{"days": Decimal("2.5"), "points": 1}]},
        {"kind": "binary", "lable": "Đạt"},
        {"kind": "weighted"},
    ],
)
def test_a_rule_that_is_not_as_declared_is_refused(declared: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ANY_RULE.validate_python(declared)


def test_there_are_thirteen_kinds_of_rules() -> None:
    known = {a_rule.kind for a_rule in (DIRECT, DONE, CHOICE, CA_MAU, FLOOR_70, BY_31_JANUARY, REPORTS)}
    known |= {a_rule.kind for a_rule in (LATE_REPORTS, ABCD, INDEX_766, WITHIN_5_DAYS, BY_PLAN, SHARE)}
    assert known == set(RULE_KINDS)
    assert len(RULE_KINDS) == 13


# --- declaring a kind -------------------------------------------------------------------------------------------------


def test_a_kind_that_leaves_something_unsaid_is_refused_by_name() -> None:
    class Silent(Rule):
        kind: Literal["silent"]

    said = "_formula, _points, aim, better, cell, faults, fields, numbers, reckoned, sentence"
    with pytest.raises(TypeError, match=f"Silent does not say: {said}"):
        declare(Silent)  # type: ignore[type-abstract]
    assert "silent" not in RULE_KINDS


def test_no_two_kinds_have_one_name() -> None:
    class Again(type(DONE)):  # type: ignore[misc]
        label: str = "Đạt"

    with pytest.raises(TypeError, match="two kinds of rule are called binary"):
        declare(Again)
    assert RULE_KINDS["binary"] is type(DONE)


def test_a_kind_has_a_name_of_its_own() -> None:
    class Nameless(type(DONE)):  # type: ignore[misc]
        kind: str

    with pytest.raises(TypeError, match="Nameless has no name"):
        declare(Nameless)


@pytest.mark.parametrize(
    ("a_rule", "may_be"),
    [(DONE, True), (FLOOR_70, True), (INDEX_766, True), (DIRECT, False), (MEAN_1_TO_5, False), (SHARE, False)],
)
def test_an_appraiser_finds_facts_where_each_unit_states_its_own(a_rule: Rule, may_be: bool) -> None:
    assert a_rule.may_be_found is may_be


def test_no_file_outside_their_folder_knows_a_kind_of_rule() -> None:
    root = FilePath(models.__file__).parents[1]
    names = re.compile("|".join(rf"\b{kind.__name__}\b" for kind in RULE_KINDS.values()))
    files = [path for room in ("models", "expectations", "tasks", "flows") for path in (root / room).rglob("*.py")]
    knowing = {path.parent.relative_to(root) for path in files if names.search(path.read_text(encoding="utf-8"))}
    # The second writes rules down that it reads in the words of annexes; nothing is asked of a rule there.
    assert knowing == {FilePath("models/criteria/rules"), FilePath("tasks/criteria/rule_texts")}


# --- settings of ratios ----------------------------------------------------------------------------------------------

FULL_FROM_85 = rule("proportional", floor=60, full_from=85, decimals=2)
GROWING = rule(
    "tiers",
    decimals=2,
    tiers=[{"from": 85, "points": 10}, {"from": 60, "points": 10, "pro_rata": 85}, {"points": 0}],
)


GROWING_ALONE = rule("tiers", decimals=2, tiers=[{"from": 60, "points": 10, "pro_rata": 85}, {"points": 0}])


@given(st.integers(0, 500), st.integers(1, 500))
def test_full_points_from_85_percent_are_the_same_as_a_ratio_and_as_a_step_that_grows(part: int, whole: int) -> None:
    facts = {"numerator": min(part, whole), "denominator": whole}
    points = points_of(FULL_FROM_85, 10, **facts)
    assert points == points_of(GROWING, 10, **facts)
    rate = Decimal(facts["numerator"] * 100) / whole
    expected = 10 if rate >= 85 else 0 if rate < 60 else rate / 85 * 10
    assert abs(points - Decimal(expected)) <= Decimal("0.005")


def test_a_step_that_grows_says_so_and_never_passes_the_one_above() -> None:
    assert sentence_of(GROWING, 10) == (
        "Tỷ lệ (Số đạt yêu cầu ÷ Tổng số) từ 85% trở lên: 10 điểm; "
        "từ 60% đến dưới 85%: tỷ lệ ÷ 85% × 10 điểm, làm tròn 2 chữ số thập phân; dưới 60%: 0 điểm"
    )
    steep = rule("tiers", tiers=[{"from": 85, "points": 10}, {"from": 60, "points": 10, "pro_rata": 70}, {"points": 0}])
    assert faults_of(steep, 10) == [(("tiers", 1, "points"), "điểm của bậc không thấp hơn bậc trước")]


def test_full_points_from_a_share_are_said_in_the_sentence() -> None:
    assert sentence_of(FULL_FROM_85, 10) == (
        "Tỷ lệ (Số đạt yêu cầu ÷ Tổng số) từ 85% trở lên: 10 điểm; "
        "thấp hơn: tỷ lệ ÷ 85% × 10 điểm, làm tròn 2 chữ số thập phân; dưới 60%: 0 điểm"
    )
    upside_down = rule("proportional", floor=90, full_from=85)
    assert faults_of(upside_down, 10) == [(("floor",), "mức sàn 90% cao hơn mức được đủ điểm 85%")]


def test_what_an_old_rule_left_out_stays_out_of_its_dump() -> None:
    assert set(rule("proportional").model_dump(mode="json")) == {
        "kind", "floor", "numerator", "denominator", "may_exceed"
    }  # fmt: skip
    assert set(CA_MAU.model_dump(mode="json", by_alias=True)["tiers"][0]) == {"points", "over", "from", "under", "to"}


def test_items_with_their_own_points_have_them_all_or_none() -> None:
    items = [{"id": "a", "label": "A", "points": 5}, {"id": "b", "label": "B"}]
    assert faults_of(rule("checklist", items=items), 5) == [
        (("items", 1), "mục “B” chưa có điểm trong khi mục khác có")
    ]


def test_a_whole_with_decimals_is_reached_by_itself() -> None:
    facts = {"numerator": "10", "denominator": "10.5"}
    said = rule("proportional").reckoned(facts, Decimal(1), Decimal(2), 2025)
    assert said.endswith("cần 100% để đủ điểm, còn thiếu 0,5")


@pytest.mark.parametrize(
    ("declared", "numbers"),
    [
        ({}, Numbers.PART_OF_WHOLE),
        ({"of": "number", "unit": "%"}, Numbers.PERCENT),
        ({"of": "number", "unit": " ngày"}, Numbers.PLAIN),
    ],
)
def test_the_numbers_of_a_scale_are_a_part_of_a_whole_percent_or_plain(
    declared: dict[str, object], numbers: Numbers
) -> None:
    a_rule = rule("tiers", tiers=[{"from": 90, "points": 2}, {"points": 0}], **declared)
    assert a_rule.numbers is numbers


def test_a_rule_cannot_be_changed_once_it_is_read() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        rule("proportional").kind = "tiers"
    parts_of = {BY_PLAN: "cases", LATE_REPORTS: "cases", CHOICE: "options", CA_MAU: "tiers", REPORTS: "items"}
    for a_rule, parts in (parts_of | {ABCD: "answers", BY_31_JANUARY: "late"}).items():
        part = getattr(a_rule, parts)[0]
        with pytest.raises(ValidationError, match="frozen"):
            part.points = Decimal(1)


def test_new_cases_count_where_more_is_better_and_do_not_where_less_is() -> None:
    rising = rule("proportional", missed="final").better(
        {"numerator": "8", "denominator": "10"}, Decimal(1), Decimal(2)
    )
    assert rising is not None
    assert rising.words == "thêm 10 trường hợp mới đều được tính vào “Số đạt yêu cầu”"
    assert rising.facts == {"numerator": "18", "denominator": "20"}
    falls = rule("tiers", missed="final", tiers=[{"under": 5, "points": 2}, {"points": 0}])
    falling = falls.better({"numerator": "1", "denominator": "10"}, Decimal(1), Decimal(2))
    assert falling is not None
    assert falling.words == "thêm 11 trường hợp mới đều không bị tính vào “Số đạt yêu cầu”"
    assert falling.facts == {"numerator": "1", "denominator": "21"}


def test_the_last_little_of_a_step_that_grows_is_a_rise_too() -> None:
    almost = GROWING_ALONE.better({"numerator": "849", "denominator": "1000"}, Decimal("9.99"), Decimal(10))
    assert almost is not None
    assert almost.words.startswith("thêm 1 “Số đạt yêu cầu”")
    farther = GROWING_ALONE.better({"numerator": "600", "denominator": "1000"}, Decimal("7.06"), Decimal(10))
    assert farther is not None
    assert farther.facts["numerator"] == "609"


def test_a_bound_that_a_whole_number_meets_is_met_by_it() -> None:
    floored = rule("proportional", floor=70).better({"numerator": "5", "denominator": "10"}, Decimal(0), Decimal(2))
    assert floored is not None
    assert floored.facts["numerator"] == "7"
    facts = {"numerator": "5", "denominator": "10", "group_best": "90", "group_worst": "10"}
    as_the_best = rule("min_max", of="ratio", missed="final").better(facts, Decimal(1), Decimal(2))
    assert as_the_best is not None
    assert (as_the_best.facts["numerator"], as_the_best.facts["denominator"]) == ("45", "50")


def test_a_survey_is_better_by_one_form_from_the_worst_answer_given_to_the_best() -> None:
    answers = [{"id": id, "label": id, "weight": weight} for id, weight in (("a", 100), ("b", 50), ("c", 0))]
    asked = rule("survey", answers=answers)
    step = asked.better({"a": "8", "b": "2", "c": "0"}, Decimal("1.8"), Decimal(2))
    assert step is not None
    assert (step.words, step.facts) == ("mỗi phiếu chuyển từ “b” sang “a”", {"a": "9", "b": "1", "c": "0"})
    assert asked.better({"a": "10", "b": "0", "c": "0"}, Decimal(2), Decimal(2)) is None


def test_the_formula_of_answers_holds_their_sum_against_the_forms_counted() -> None:
    answers = [{"id": id, "label": id, "weight": weight} for id, weight in (("a", 100), ("b", 50), ("c", 0))]
    counted = rule("survey", answers=answers, forms=True)
    cells = FormulaCells({"a": "A1", "b": "B1", "c": "C1", counted.fields[-1].id: "D1"})
    assert "A1+B1+C1<>D1" in counted.formula(cells, Decimal(2), YEAR)


# --- points that somebody gives, held against the rule ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("a_rule", "maximum", "levels"),
    [
        (CHOICE, 1, [1, Decimal("0.5"), 0]),
        (DONE, 2, [2, 0]),
        (CA_MAU, 2, [2, 1, 0]),
        (BY_31_JANUARY, 1, [1, Decimal("0.5"), Decimal("0.25"), 0]),
        (WITHIN_5_DAYS, 1, [1, Decimal("0.5"), 0]),
        (rule("checklist", items=[{"id": "a", "label": "A"}], all_required=True), 2, [2, 0]),
        (REPORTS, 2, []),
        (FLOOR_70, 2, []),
        (rule("tiers", tiers=[{"from": 60, "points": 2, "pro_rata": 85}, {"points": 0}]), 2, []),
        (BY_PLAN, 2, []),
        (
            rule(
                "by_fact",
                cases=[
                    {"id": "a", "label": "A", "points": Decimal("0.75")},
                    {"id": "b", "label": "B", "rule": {"kind": "tiers", "tiers": TIERS_OF_TWO}},
                    {"id": "c", "label": "C", "max": 3, "rule": {"kind": "binary"}},
                ],
            ),
            3,
            [3, 2, 1, Decimal("0.75"), 0],
        ),
    ],
)
def test_the_only_points_that_a_rule_can_give_are_known_the_most_first(
    a_rule: Rule, maximum: int, levels: list[Decimal]
) -> None:
    assert list(a_rule.levels(Decimal(maximum))) == levels


@pytest.mark.parametrize(
    ("a_rule", "points", "what"),
    [
        (DIRECT, "1.3", "1,3 điểm không theo bước 0,25"),
        (DIRECT, "1.25", None),
        (CHOICE, "0.75", "0,75 điểm không phải là mức điểm nào của tiêu chí (1; 0,5; 0)"),
        (CHOICE, "0.5", None),
        (FLOOR_70, "0.123", None),
    ],
)
def test_given_points_that_the_rule_cannot_give_are_asked_about(a_rule: Rule, points: str, what: str | None) -> None:
    problem = a_rule.misfit(Decimal(points), Decimal(2))
    assert (problem and problem.what) == what


@pytest.mark.parametrize("points", ["0", "0.5", "2"])
def test_points_given_directly_reach_from_nothing_to_the_maximum(points: str) -> None:
    assert points_of(rule("points"), 2, points=points) == Decimal(points)


# --- what a rule says of itself ---------------------------------------------------------------------------------------

NO_CASE = rule("proportional", of_nothing="not_applicable")


def by_fact(*inside: Rule | int, **settings: Any) -> Rule:
    """A rule by another fact: cases with these rules, or these points."""
    worth = [{"points": one} if isinstance(one, int) else {"rule": one.model_dump(by_alias=True)} for one in inside]
    cases = [{"id": f"c{number}", "label": f"Trường hợp {number}", **one} for number, one in enumerate(worth, 1)]
    return rule("by_fact", cases=cases, **settings)


@pytest.mark.parametrize(
    ("said", "of"),
    [
        ("given_directly", [DIRECT]),
        ("may_not_apply", [NO_CASE, by_fact(NO_CASE, FLOOR_70)]),
        ("compares_units", [SHARE]),
        ("of_survey", [ABCD, MEAN_1_TO_5]),
    ],
)
def test_only_these_rules_say_so_of_themselves(said: str, of: list[Rule]) -> None:
    every = [DIRECT, DONE, CHOICE, CA_MAU, FLOOR_70, BY_31_JANUARY, REPORTS, LATE_REPORTS, ABCD, MEAN_1_TO_5]
    every += [INDEX_766, WITHIN_5_DAYS, BY_PLAN, SHARE, NO_CASE, by_fact(NO_CASE, FLOOR_70)]
    assert [one for one in every if getattr(one, said)] == of


@pytest.mark.parametrize(
    ("a_rule", "numbers"),
    [
        (INDEX_766, Numbers.PERCENT),
        (rule("external", index="Chỉ số", scale=10), Numbers.PLAIN),
        (rule("survey", scale=100), Numbers.PERCENT),
        (MEAN_1_TO_5, Numbers.PLAIN),
        (by_fact(INDEX_766, FLOOR_70), Numbers.PART_OF_WHOLE),
        (by_fact(DONE, INDEX_766), Numbers.PERCENT),
        (by_fact(DONE, 0), Numbers.PLAIN),
    ],
)
def test_what_may_be_assumed_of_numbers_follows_from_their_scale(a_rule: Rule, numbers: Numbers) -> None:
    assert a_rule.numbers is numbers


@pytest.mark.parametrize(
    ("a_rule", "cells"),
    [
        (FLOOR_70, [CountCell(), CountCell()]),
        (rule("proportional", counts=False), [NumberCell(), NumberCell()]),
        (ABCD, [CountCell()] * 4),
        (MEAN_1_TO_5, [NumberCell(Decimal(1), Decimal(5))]),
        (INDEX_766, [NumberCell(ZERO, Decimal(100))]),
        (DIRECT, [NumberCell(ZERO, Decimal(2), Decimal("0.25"))]),
        (by_fact(FLOOR_70, 1), [ChoiceCell((None, Decimal(1))), CountCell(), CountCell()]),
        (by_fact(1, rule("survey", scale=10)), [ChoiceCell((Decimal(1), None)), NumberCell(ZERO, Decimal(10))]),
    ],
)
def test_what_may_be_typed_for_the_facts_of_a_rule(a_rule: Rule, cells: list[FactCell]) -> None:
    assert [a_rule.cell(field, Decimal(2), YEAR) for field in a_rule.fields] == cells


def test_both_numbers_of_a_ratio_are_known_as_such() -> None:
    assert [field.of_ratio for field in FLOOR_70.fields] == [True, True]
    assert [field.of_ratio for field in DAYS.fields] == [False]


@pytest.mark.parametrize(
    ("a_rule", "day"),
    [
        (BY_31_JANUARY, date(2025, 1, 31)),
        (by_fact(BY_31_JANUARY, rule("on_time", deadline="02-28")), date(2025, 2, 28)),
        (by_fact(BY_31_JANUARY, 0), date(2025, 1, 31)),
        (by_fact(BY_31_JANUARY, FLOOR_70), None),
        (by_fact(0, 1), None),
        (FLOOR_70, None),
    ],
)
def test_the_last_day_for_all_points_is_the_latest_of_the_cases_if_each_has_one(a_rule: Rule, day: date | None) -> None:
    assert a_rule.last_day(YEAR) == day


def test_a_case_that_follows_another_index_names_it() -> None:
    assert by_fact(FLOOR_70, INDEX_766).other_index == "Chỉ số 766"
    assert by_fact(FLOOR_70, 0).other_index == ""


def test_the_aim_is_the_case_that_reaches_the_maximum_wherever_it_stands() -> None:
    assert by_fact(0, 2).aim() == "Trường hợp 2"
    assert by_fact(1, DONE).aim() == f"Trường hợp 2: {WHOLE_CONTENT.lower()}"
    less = {"id": "a", "label": "Lồng ghép", "max": 1, "rule": {"kind": "binary"}}
    for full in ({"rule": {"kind": "points"}}, {"points": 2}):
        a_rule = rule("by_fact", cases=[less, {"id": "b", "label": "Có", **full}])
        assert a_rule.aim().startswith("Có")


@pytest.mark.parametrize(
    ("written", "meant"), [("ty_le", "proportional"), ("Tỷ lệ", "proportional"), ("tiesr", "tiers"), ("xyz", "")]
)
def test_whoever_calls_a_kind_otherwise_is_asked_whether_it_was_meant(written: str, meant: str) -> None:
    asked = meant_kind(written)
    assert f"“{meant}”" in asked if meant else asked == ""


# --- the figures that points follow from ------------------------------------------------------------------------------

OVER_100_DAYS = rule("on_time", deadline="2025-01-31")
OF_NOTHING = {"of_nothing": "zero"}


def scale_of(*tiers: dict[str, Any], **settings: Any) -> Rule:
    return rule("tiers", tiers=[*tiers, {"points": 0}], **settings)


@pytest.mark.parametrize(
    ("a_rule", "facts", "words"),
    [
        (CHOICE, {"option": "full"}, "phương án: Đầy đủ (1 điểm)"),
        (LATE_REPORTS, {"late": "8", "wrong": "0"}, "báo cáo chậm 8 trường hợp × 0,25 điểm: trừ 2 điểm"),
        (
            LATE_REPORTS,
            {"late": "0", "wrong": "5"},
            "báo cáo sai 5 trường hợp × 0,5 điểm: trừ 2,5 điểm, hết 2 điểm tối đa",
        ),
        (OVER_100_DAYS, {"date": "2025-01-31"}, "ngày ban hành 31/01/2025; hạn 31/01/2025"),
        (OVER_100_DAYS, {"date": "2025-02-01"}, "ngày ban hành 01/02/2025; hạn 31/01/2025, chậm 1 ngày"),
        (
            WITHIN_5_DAYS,
            {"start": "2025-02-26", "date": "2025-03-03"},
            "ngày nhận kiến nghị 26/02/2025, hạn 03/03/2025 (5 ngày); ngày trả lời 03/03/2025",
        ),
        (FULL_FROM_85, {"numerator": "17", "denominator": "20"}, "số đạt yêu cầu 17/20 = 85%"),
        (FULL_FROM_85, {"numerator": "19", "denominator": "20"}, "số đạt yêu cầu 19/20 = 95%"),
        (
            FULL_FROM_85,
            {"numerator": "12", "denominator": "20"},
            "số đạt yêu cầu 12/20 = 60%; cần 85% để đủ điểm, còn thiếu 5",
        ),
        (
            FULL_FROM_85,
            {"numerator": "0", "denominator": "1"},
            "số đạt yêu cầu 0/1 = 0%, dưới mức sàn 60% nên không có điểm; cần 85% để đủ điểm, còn thiếu 1",
        ),
        (rule("proportional", **OF_NOTHING), parts(0, 0), "số đạt yêu cầu 0/0, không phát sinh"),
        (scale_of({"from": 100, "points": 2}, **OF_NOTHING), parts(0, 0), "số đạt yêu cầu 0/0, không phát sinh"),
        (
            scale_of({"from": 100, "points": 2}),
            parts(0, 1),
            "số đạt yêu cầu 0/1 = 0%; cần từ 100% trở lên, còn thiếu 1",
        ),
        (scale_of({"over": 100, "points": 2}), parts(9, 10), "số đạt yêu cầu 9/10 = 90%; cần trên 100%"),
        (DAYS, {"value": "7"}, "số ngày xử lý bình quân 7 ngày; cần dưới 5 ngày, vượt 3"),
        (
            by_fact(2, 1, label="Kế hoạch"),
            {"case": "c1"},
            "kế hoạch: trường hợp 1",
        ),
        (
            by_fact(2, 1, label="Kế hoạch"),
            {"case": "c2"},
            "kế hoạch: trường hợp 2; “Trường hợp 1” được tới 2 điểm",
        ),
        (
            rule("min_max", value="Số ngày", unit="ngày", lower=True),
            {"value": "6", "group_best": "4", "group_worst": "12"},
            "số ngày 6 ngày; trong nhóm tốt nhất 4 ngày, kém nhất 12 ngày",
        ),
        (rule("min_max", value="Số sáng kiến"), {"value": "6"}, "số sáng kiến 6"),
    ],
)
def test_the_figures_behind_points_are_said(a_rule: Rule, facts: dict[str, str], words: str) -> None:
    reached = a_rule.points(facts, Decimal(2), YEAR).points or ZERO
    assert a_rule.reckoned(facts, reached, Decimal(2), YEAR) == words


@pytest.mark.parametrize(
    ("part", "whole", "bound", "shown"),
    [
        (1, 3, 95, "33,3"),
        (19_999, 20_000, 100, "99,995"),
        (69_999_999_999_999, 10**14, 70, "69,999999999999"),
        (699_999_999_999_999, 10**15, 70, "70,000000000000"),
    ],
)
def test_a_percentage_is_printed_as_finely_as_tells_it_from_a_bound_to_twelve_decimals(
    part: int, whole: int, bound: int, shown: str
) -> None:
    assert percent_said(Decimal(part), Decimal(whole), [Decimal(bound)]) == shown


# --- faults and words at the edge -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a_rule", "maximum"),
    [
        (rule("on_time", deadline="2025-06-30", earliest="2025-06-30", latest="2025-06-30"), 1),
        (rule("proportional", floor=85, full_from=85), 1),
        (GROWING_ALONE, 10),
        (rule("min_max", of="ratio", of_nothing="zero"), 1),
        (rule("tiers", of_nothing="zero", tiers=[{"from": 90, "points": 1}, {"points": 0}]), 1),
        (rule("checklist", items=[{"id": "a", "label": "A", "points": 2}, {"id": "b", "label": "B", "points": 1}]), 3),
        (rule("checklist", items=[{"id": id, "label": id} for id in "ab"], each=Decimal("0.5")), 1),
        (rule("checklist", items=[{"id": "a", "label": "A", "points": 2}]), 2),
    ],
)
def test_what_just_fits_is_no_fault(a_rule: Rule, maximum: int) -> None:
    assert faults_of(a_rule, maximum) == []


@pytest.mark.parametrize(
    ("a_rule", "maximum", "faults"),
    [
        (
            rule("checklist", items=[{"id": id, "label": id} for id in "ab"], each=Decimal("0.5")),
            2,
            [(("each",), "đủ 2 mục cũng chỉ được 1 điểm, chưa tới điểm tối đa 2")],
        ),
        (
            rule("checklist", items=[{"id": "a", "label": "A", "points": 2}], each=2),
            2,
            [(("items",), "điểm riêng của từng mục (points) không đi cùng each, all_required")],
        ),
        (
            rule("checklist", items=[{"id": "a", "label": "A", "points": 2}]),
            3,
            [(("items",), "đủ các mục cũng chỉ được 2 điểm, chưa tới điểm tối đa 3")],
        ),
        (
            rule("on_time", deadline="01-31", late=[{"days": days, "points": Decimal("0.5")} for days in (5, 10)]),
            1,
            [(("late", 1, "points"), "chậm hơn mà điểm không thấp hơn")],
        ),
        (
            rule("min_max", of="number", of_nothing="zero"),
            1,
            [(("of_nothing",), "of_nothing chỉ dùng cho tỷ lệ, ở đây so sánh một số")],
        ),
        (
            rule("tiers", of="number", of_nothing="zero", tiers=[{"from": 9, "points": 1}, {"points": 0}]),
            1,
            [(("of_nothing",), "of_nothing chỉ dùng cho tỷ lệ, thang này tính trên một số")],
        ),
        (
            rule("tiers", decimals=2, tiers=[{"from": 90, "points": 1}, {"points": 0}]),
            1,
            [(("decimals",), "decimals không có tác dụng vì không bậc nào tính theo tỷ lệ")],
        ),
        (
            rule("tiers", tiers=[{"to": 5, "points": 1, "pro_rata": 5}, {"points": 0}]),
            1,
            [(("tiers", 0, "pro_rata"), "điểm tính theo tỷ lệ (pro_rata) không dùng cho thang càng thấp càng tốt")],
        ),
        (
            rule(
                "tiers",
                tiers=[
                    {"from": 85, "points": Decimal("9.5")},
                    {"from": 60, "points": 10, "pro_rata": 85},
                    {"points": 0},
                ],
            ),
            10,
            [(("tiers", 1, "points"), "điểm của bậc không thấp hơn bậc trước")],
        ),
        (
            rule(
                "survey",
                answers=[{"id": id, "label": id, "weight": 100} for id in ("good", "forms")],
                forms=True,
            ),
            1,
            [(("forms",), "mã “forms” dành cho tổng số phiếu")],
        ),
    ],
)
def test_settings_that_do_nothing_or_do_not_fit_each_other_are_faults(
    a_rule: Rule, maximum: int, faults: list[tuple[Path, str]]
) -> None:
    assert faults_of(a_rule, maximum) == faults


@pytest.mark.parametrize(
    ("tiers", "said"),
    [
        ([{"to": 0, "points": 2}, {"to": 1, "points": 1}], "bằng 0 việc: 2 điểm; trên 0 việc đến 1 việc: 1 điểm"),
        ([{"to": 1, "points": 2}], "đến 1 việc: 2 điểm"),
        ([{"under": 1, "points": 2}], "dưới 1 việc: 2 điểm"),
    ],
)
def test_nothing_at_all_is_said_as_such(tiers: list[dict[str, Any]], said: str) -> None:
    a_rule = scale_of(*tiers, of="number", value="Số việc trễ hạn", unit="việc")
    assert sentence_of(a_rule, 2).startswith(f"Số việc trễ hạn {said}")


def test_the_first_and_the_last_day_of_a_period_belong_to_it() -> None:
    fixed = rule("on_time", deadline="01-31", earliest="2024-12-01", latest="2025-02-28", late=[{"points": 1}])
    assert [points_of(fixed, 2, date=day) for day in ("2024-12-01", "2025-02-28")] == [2, 1]
    assert points_of(WITHIN_5_DAYS, 2, start="2024-01-01", date="2024-01-02") == 2
    assert points_of(WITHIN_5_DAYS, 2, start="2026-12-30", date="2026-12-31") == 2


def test_items_say_their_own_points_where_they_have_any() -> None:
    own = rule("checklist", items=[{"id": "a", "label": "Sổ", "points": 2}])
    assert (points_of(own, 2, a=1), points_of(own, 2, a=0)) == (2, 0)
    assert own.model_dump(mode="json")["items"] == [{"id": "a", "label": "Sổ", "points": "2"}]
    assert "points" not in REPORTS.model_dump(mode="json")["items"][0]
