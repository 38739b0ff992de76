"""Sentences of a report: from figures, with the right words for up, down, unchanged, points and percent."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.numbers import plain, vietnamese_number
from models.progress.indices import IndexSeries, IndexValue, rank_change
from models.progress.measures import Figure, GoodDirection, Measure, MeasureKind
from models.progress.periods import read_period
from models.progress.plan_tasks import Plan, PlanTask, TaskState
from models.progress.registers import RegisterEntry, RegisterKind
from models.progress.results import Comparison, IndexRow, MeasureResult, MeasureRow, Standing
from models.province.folder import load_province
from models.units import Unit
from tasks.documents.progress_sentences import (
    base_words,
    changes_sentence,
    due_in,
    index_sentence,
    index_sentences,
    lowest_sentence,
    measure_sentence,
    newly_at_risk,
    next_period,
    plan_highlight,
    plan_sentence,
    remarks_note,
    reporting_sentence,
    shared_remarks,
    tasks_of_period_sentence,
)
from tasks.progress.computing import ProgressInputs, counted_plan, plan_result, progress_at
from tasks.progress.figures import compared
from tests.models.progress_folder import progress_folder

MARCH = read_period("2025-03")
RATIO = Measure(id="ho-so", name="Hồ sơ đúng hạn", kind=MeasureKind.RATIO, unit="hồ sơ", better=GoodDirection.UP)
COUNT = Measure(id="qua-han", name="Hồ sơ quá hạn", kind=MeasureKind.COUNT, unit="hồ sơ", better=GoodDirection.DOWN)


def figure(measure: Measure, period: str, amount: int, of: int = 100, unit: str = "") -> Figure:
    if measure.kind.divides:
        return Figure(measure.id, unit, read_period(period), Decimal(amount), Decimal(of))
    return Figure(measure.id, unit, read_period(period), value=Decimal(amount))


def row(measure: Measure, now: int, before: int | None = None, year_ago: int | None = None) -> MeasureRow:
    newest = figure(measure, "2025-03", now)

    def against(period: str, amount: int | None) -> Comparison | None:
        return None if amount is None else compared(measure, newest, figure(measure, period, amount))

    return MeasureRow(
        None,
        newest,
        newest.shown(measure),
        before=against("2025-02", before),
        a_year_before=against("2024-03", year_ago),
    )


def result(measure: Measure, now: int, before: int | None = None, year_ago: int | None = None) -> MeasureResult:
    return MeasureResult(measure, (), row(measure, now, before, year_ago))


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (result(RATIO, 96), "Hồ sơ đúng hạn: 96/100 hồ sơ (96%)."),
        (
            result(RATIO, 96, 90, 96),
            "Hồ sơ đúng hạn: 96/100 hồ sơ (96%), tăng 6 điểm phần trăm so với tháng trước, "
            "không thay đổi so với cùng kỳ năm 2024.",
        ),
        (
            result(COUNT, 26, 60),
            "Hồ sơ quá hạn: 26 hồ sơ, giảm 34 hồ sơ (56,67%) so với tháng trước.",
        ),
    ],
)
def test_a_measure_is_told_with_its_changes(told: MeasureResult, sentence: str) -> None:
    assert measure_sentence(told, MARCH) == sentence


def test_a_measure_without_a_figure_is_not_told() -> None:
    assert measure_sentence(MeasureResult(RATIO, (), MeasureRow(None, None, "–")), MARCH) == ""


@given(now=st.integers(0, 100), before=st.integers(0, 100))
def test_the_words_of_a_change_follow_its_sign_and_never_mix_points_with_percent(now: int, before: int) -> None:
    sentence = measure_sentence(result(RATIO, now, before), MARCH)
    verb = "tăng" if now > before else "giảm" if now < before else "không thay đổi"
    assert f", {verb}" in sentence
    assert ("điểm phần trăm" in sentence) is (now != before)
    if now != before:
        assert f"{verb} {vietnamese_number(plain(Decimal(abs(now - before))))} điểm" in sentence


def test_a_part_of_a_year_is_compared_with_a_whole_one_only_with_the_remark() -> None:
    now = Figure("qua-han", "", read_period("2023-11M"), value=Decimal(26))
    comparison = compared(COUNT, now, Figure("qua-han", "", read_period("2022"), value=Decimal(60)))
    told = MeasureResult(COUNT, (), MeasureRow(None, now, "26 hồ sơ", a_year_before=comparison))
    assert measure_sentence(told, now.period) == (
        "Hồ sơ quá hạn: 26 hồ sơ, giảm 34 hồ sơ (56,67%) so với năm 2022 "
        "(lưu ý: 11 tháng đầu năm 2023 chưa trọn kỳ như năm 2022)."
    )


def test_a_remark_that_several_measures_share_is_told_once_and_starred() -> None:
    def lacking(measure: Measure, note: str) -> MeasureResult:
        newest = figure(measure, "2025-03", 5)
        comparison = compared(measure, newest, figure(measure, "2025-02", 4), note)
        return MeasureResult(measure, (), MeasureRow(None, newest, newest.shown(measure), before=comparison))

    other = COUNT.model_copy(update={"id": "khac", "name": "Hồ sơ khác"})
    results = [lacking(COUNT, "thiếu 2 đơn vị"), lacking(other, "thiếu 2 đơn vị; thiếu 1 tháng")]
    assert remarks_note(results, MARCH) == (
        "(*) Hai kỳ so sánh không hoàn toàn như nhau: thiếu 2 đơn vị; thiếu 1 tháng (đối với “Hồ sơ khác”)."
    )
    assert shared_remarks(results, MARCH) == set()
    alike = [results[0], lacking(other, "thiếu 2 đơn vị")]
    assert shared_remarks(alike, MARCH) == {"thiếu 2 đơn vị"}
    assert measure_sentence(alike[0], MARCH, shared_remarks(alike, MARCH)) == (
        "Hồ sơ quá hạn: 5 hồ sơ, tăng 1 hồ sơ (25%) so với tháng trước (*)."
    )
    assert remarks_note([result(COUNT, 5, 4)], MARCH) == ""


def test_cumulated_months_are_not_told_against_what_stood_a_month_ago() -> None:
    half = read_period("2025-6M")
    now, base = (Figure("qua-han", "", period, value=Decimal(9)) for period in (half, half.before))
    told = MeasureResult(COUNT, (), MeasureRow(None, now, "9 hồ sơ", before=compared(COUNT, now, base)))
    assert measure_sentence(told, half) == "Hồ sơ quá hạn: 9 hồ sơ."


@pytest.mark.parametrize(
    ("period", "base", "words"),
    [
        ("2025-03", "2025-02", "tháng trước"),
        ("2025-01", "2024-12", "tháng trước"),
        ("2025-03", "2024-03", "cùng kỳ năm 2024"),
        ("2025-Q1", "2024-Q1", "cùng kỳ năm 2024"),
        ("2025", "2024", "năm 2024"),
        ("2025-9M", "2024", "năm 2024"),
    ],
)
def test_the_base_of_a_comparison_is_called_as_officers_call_it(period: str, base: str, words: str) -> None:
    newest = Figure("qua-han", "", read_period(period), value=Decimal(1))
    comparison = compared(COUNT, newest, Figure("qua-han", "", read_period(base), value=Decimal(1)))
    assert base_words(comparison, read_period(period)) == words


def test_changes_are_counted_and_what_got_worse_is_named() -> None:
    results = [result(RATIO, 96, 90), result(COUNT, 5, 4), result(COUNT, 5, 5)]
    assert changes_sentence(results, MARCH) == (
        "So với tháng trước, trong 03 chỉ tiêu so sánh được có 01 chỉ tiêu chuyển biến tốt hơn, "
        "01 chỉ tiêu kém hơn (“Hồ sơ quá hạn”) và 01 chỉ tiêu không thay đổi."
    )
    assert changes_sentence([result(RATIO, 96)], MARCH) == "Chưa có số liệu kỳ trước để so sánh."


def test_the_units_with_the_lowest_share_are_named_where_three_are_compared() -> None:
    shares = {"Sở A": 80, "Sở B": 90, "Sở C": 80}
    rows = []
    for name, share in shares.items():
        unit = Unit(code=name.casefold().replace(" ", "-").replace("ở", "o"), name=name, kind="so")
        rows.append(MeasureRow(unit, figure(RATIO, "2025-03", share), ""))
    total = MeasureRow(None, None, "–")
    assert lowest_sentence(MeasureResult(RATIO, tuple(rows), total)) == (
        "Đơn vị có tỷ lệ thấp nhất: Sở A và Sở C (80%)."
    )
    assert lowest_sentence(MeasureResult(RATIO, tuple(rows[:2]), total)) == ""
    assert lowest_sentence(MeasureResult(COUNT, tuple(rows), total)) == ""


@pytest.mark.parametrize(
    ("expected", "missing", "sentence"),
    [
        (0, [], "Không có đơn vị nào phải báo cáo số liệu trong kỳ."),
        (12, [], "12/12 đơn vị đã báo cáo số liệu của kỳ."),
        (2, ["A", "B"], "Chưa có đơn vị nào trong 02 đơn vị báo cáo số liệu của kỳ."),
        (12, ["A"], "11/12 đơn vị đã báo cáo số liệu của kỳ; 01 đơn vị chưa báo cáo: A."),
        (12, ["A", "B"], "10/12 đơn vị đã báo cáo số liệu của kỳ; 02 đơn vị chưa báo cáo: A và B."),
    ],
)
def test_who_has_reported(expected: int, missing: list[str], sentence: str) -> None:
    assert reporting_sentence(expected, missing) == sentence


def plan_of(done: int, late: int, overdue: int, ahead: int) -> Plan:
    """A plan whose tasks stand so on 14 March 2025."""
    given = [
        *[{"due": "2025-02-01", "done_on": "2025-01-30"}] * done,
        *[{"due": "2025-02-01", "done_on": "2025-02-20"}] * late,
        *[{"due": "2025-03-01"}] * overdue,
        *[{"due": "2025-03-20"}] * ahead,
    ]
    tasks = [
        PlanTask.model_validate({"number": str(number), "title": f"Việc {number}", "owner": "x", **one})
        for number, one in enumerate(given, 1)
    ]
    return Plan.model_validate({"id": "kh", "title": "Kế hoạch", "from": 2025, "to": 2025, "tasks": tasks})


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> ProgressInputs:
    return ProgressInputs(load_province(progress_folder(tmp_path_factory.mktemp("tinh-mau")).path))


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        (plan_of(14, 0, 5, 0), "Kế hoạch: đã hoàn thành 14/19 nhiệm vụ (73,68%), đều đúng hạn; 05 nhiệm vụ quá hạn."),
        (plan_of(0, 0, 0, 2), "Kế hoạch: đã hoàn thành 0/2 nhiệm vụ (0%); 02 nhiệm vụ chưa đến hạn."),
        (
            plan_of(1, 1, 1, 1),
            "Kế hoạch: đã hoàn thành 2/4 nhiệm vụ (50%), trong đó 01 đúng hạn và 01 chậm so với thời hạn; "
            "01 nhiệm vụ chưa đến hạn và 01 nhiệm vụ quá hạn.",
        ),
        (plan_of(2, 0, 0, 0), "Kế hoạch: đã hoàn thành 2/2 nhiệm vụ (100%), đều đúng hạn."),
        (plan_of(0, 0, 0, 0), "Kế hoạch: chưa có nhiệm vụ nào."),
    ],
)
def test_a_plan_is_told_with_the_states_that_occur(inputs: ProgressInputs, plan: Plan, sentence: str) -> None:
    assert plan_sentence(plan_result(inputs, plan, MARCH)) == sentence


def test_a_plan_in_one_clause_and_what_happened_to_it_in_the_period(inputs: ProgressInputs) -> None:
    told = plan_result(inputs, plan_of(1, 1, 2, 1), MARCH)
    assert plan_highlight(told) == "Kế hoạch: đã hoàn thành 2/5 nhiệm vụ (40%), còn 02 nhiệm vụ quá hạn."
    assert tasks_of_period_sentence(told.rows, MARCH) == (
        "Trong kỳ hoàn thành 01 nhiệm vụ, phát sinh 02 nhiệm vụ quá hạn."
    )
    quiet = plan_result(inputs, plan_of(0, 0, 0, 1), MARCH)
    assert tasks_of_period_sentence(quiet.rows, MARCH) == (
        "Trong kỳ không có nhiệm vụ hoàn thành hoặc phát sinh quá hạn."
    )


def test_tasks_of_the_next_period_are_those_not_done_and_due_in_it(inputs: ProgressInputs) -> None:
    told = plan_result(inputs, plan_of(1, 0, 1, 2), MARCH)
    assert next_period(MARCH) == read_period("2025-04")
    assert next_period(read_period("2025-Q1")) == read_period("2025-Q2")
    assert [row.task.number for row in due_in(told.rows, next_period(MARCH))] == ["3", "4"]


def test_the_head_in_office_on_the_due_date_answers_for_a_task_that_names_nobody(inputs: ProgressInputs) -> None:
    def head(key: str, since: str, until: str) -> RegisterEntry:
        values = (("name", key), ("title", "Giám đốc"), ("from", since), ("to", until))
        return RegisterEntry(RegisterKind.HEADS, "stc", key, 2025, values)

    heads = [head("Người trước", "2020-01-01", "2025-03-30"), head("Người sau", "2025-03-31", "")]
    told = progress_at(ProgressInputs(inputs.province, registers=heads), MARCH)
    (plan,) = told.plans
    assert [row.task.responsible for row in plan.rows] == [
        "Giám đốc Sở Nội vụ",
        "Giám đốc Người sau",
        "Giám đốc Sở Nội vụ",
        "Giám đốc Người trước",
        None,
    ]
    assert [counts.name for counts in plan.by_head] == [
        "Giám đốc Người sau",
        "Giám đốc Người trước",
        "Giám đốc Sở Nội vụ",
    ]


def test_a_rank_across_a_change_of_those_ranked_is_told_with_the_reason() -> None:
    series = IndexSeries(id="par", name="PAR INDEX")
    earlier, later = IndexValue("par", "", 2024, rank=20, of=63), IndexValue("par", "", 2025, rank=11, of=34)
    broken = IndexRow(series, None, later, rank_change(earlier, later), (earlier, later))
    assert index_sentence(broken).startswith("PAR INDEX năm 2025: hạng 11/34 (không so sánh được thứ hạng")
    same = IndexValue("par", "", 2025, rank=14, of=63)
    assert index_sentence(IndexRow(series, None, same, rank_change(earlier, same), (earlier, same))) == (
        "PAR INDEX năm 2025: hạng 14/63, tăng 6 bậc so với năm 2024."
    )


def test_an_index_of_many_units_is_one_sentence() -> None:
    par, ddci = IndexSeries(id="par", name="PAR INDEX"), IndexSeries(id="ddci", name="DDCI năm 2025")
    of_province = IndexValue("par", "", 2025, Decimal("88.5"))
    rows = [IndexRow(par, None, of_province, rank_change(None, of_province), (of_province,))]
    for code, points in (("a", 70), ("b", 96), ("c", 81), ("d", 80)):
        value = IndexValue("ddci", code, 2025, Decimal(points))
        unit = Unit(code=code, name=f"Sở {code.upper()}", kind="so")
        rows.append(IndexRow(ddci, unit, value, rank_change(None, value), (value,)))
    assert index_sentences(rows) == [
        "PAR INDEX năm 2025: 88,5.",
        "DDCI năm 2025: 04 đơn vị có kết quả; cao nhất Sở B (96), thấp nhất Sở A (70).",
    ]
    assert len(index_sentences(rows[:4])) == 4


def test_only_what_came_into_danger_since_the_period_began_is_new(inputs: ProgressInputs) -> None:
    late = figure(COUNT, "2025-03", 11, unit="snv")
    told = progress_at(ProgressInputs(inputs.province, [late]), MARCH)
    missed = next(row for row in told.commitments if row.commitment.id == "khong-qua-han")
    assert newly_at_risk([missed], {"khong-qua-han/snv": Standing.ON_TRACK}) == [missed]
    assert newly_at_risk([missed], {"khong-qua-han/snv": Standing.AT_RISK}) == []
    assert newly_at_risk([missed], {}) == []


def test_tasks_counted_again_without_some_of_them_are_counted_by_the_rest(inputs: ProgressInputs) -> None:
    told = plan_result(inputs, plan_of(2, 0, 1, 0), MARCH)
    left = counted_plan(told.plan, [row for row in told.rows if row.state is not TaskState.OVERDUE])
    assert left.counts.shown == "2/2 nhiệm vụ (100%)"
    assert date(2025, 2, 1) in {row.task.due for row in left.rows}
