"""Where everybody stands at the end of a period: figures, tasks, commitments, targets, indices, registers."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from models.progress.indices import IndexValue, rank_change
from models.progress.measures import Figure, Qualifier
from models.progress.periods import read_period
from models.progress.registers import RegisterEntry, RegisterKind
from models.progress.results import CommitmentRow, ProgressResult, Standing, TargetRow
from models.province.folder import Province, load_province
from models.records.storage import Storage
from tasks.progress.as_json import progress_data
from tasks.progress.computing import ProgressInputs, progress_at
from tasks.progress.gathering import progress_now
from tasks.recording.importing import read_history
from tasks.recording.versions import record_history
from tests.models.folders import Folder
from tests.models.progress_folder import progress_folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return progress_folder(tmp_path / "tinh")


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Province:
    return load_province(progress_folder(tmp_path_factory.mktemp("tinh-mau")).path)


def ratio(period: str, numerator: int, denominator: int, unit: str = "stc", measure: str = "ho-so") -> Figure:
    return Figure(measure, unit, read_period(period), Decimal(numerator), Decimal(denominator))


def count(period: str, value: int, unit: str = "snv", measure: str = "qua-han", qualifier: str = "=") -> Figure:
    return Figure(measure, unit, read_period(period), value=Decimal(value), qualifier=Qualifier(qualifier))


def at(
    province: Province,
    period: str,
    *figures: Figure,
    indices: Sequence[IndexValue] = (),
    registers: Sequence[RegisterEntry] = (),
    ranks: Mapping[tuple[str, int], int] | None = None,
) -> ProgressResult:
    return progress_at(ProgressInputs(province, figures, indices, registers, ranks or {}), read_period(period))


def pledge(result: ProgressResult, commitment: str, unit: str) -> CommitmentRow:
    return next(row for row in result.commitments if (row.commitment.id, row.unit.code) == (commitment, unit))


def target(result: ProgressResult, id: str) -> TargetRow:
    return next(row for row in result.targets if row.target.id == id)


# --- figures ----------------------------------------------------------------------------------------------------------


def test_a_month_is_told_against_the_month_before_and_the_same_of_last_year(province: Province) -> None:
    result = at(province, "2025-03", ratio("2025-03", 96, 100), ratio("2025-02", 90, 100), ratio("2024-03", 48, 50))
    row = result.measure("ho-so").of("stc")
    assert row is not None
    assert row.before is not None
    assert row.a_year_before is not None
    assert row.shown == "96/100 hồ sơ (96%)"
    assert row.before.words == "tăng 6 điểm phần trăm so với tháng 2 năm 2025"
    assert row.a_year_before.words == "không thay đổi so với tháng 3 năm 2024"


def test_the_province_is_the_sum_of_the_parts_of_its_units(province: Province) -> None:
    result = at(province, "2025-03", ratio("2025-03", 1, 10, "stc"), ratio("2025-03", 89, 90, "snv"))
    total = result.measure("ho-so").total
    assert (total.shown, total.without) == ("90/100 hồ sơ (90%)", ("vpub",))


def test_a_total_that_lacks_units_is_compared_with_the_remark(province: Province) -> None:
    result = at(province, "2025-03", count("2025-03", 5, "stc"), count("2025-02", 9, "stc"), count("2025-02", 1, "snv"))
    before = result.measure("qua-han").total.before
    assert before is not None
    assert before.remark == "chỉ so 1 đơn vị có số liệu cả hai kỳ, tháng 2 năm 2025 có thêm 1 đơn vị"
    assert before.alike == "5 hồ sơ so với 9 hồ sơ"


def test_who_has_not_reported_is_named(province: Province) -> None:
    result = at(province, "2025-03", count("2025-03", 5, "stc"), count("2025-02", 9, "snv"))
    assert [unit.code for unit in result.expected] == ["phuong-c", "snv", "stc", "vpub", "xa-a", "xa-b"]
    assert [unit.code for unit in result.not_reported] == ["phuong-c", "snv", "vpub", "xa-a", "xa-b"]


def test_after_a_merger_the_new_unit_is_expected_and_not_the_old_ones(province: Province) -> None:
    assert [unit.code for unit in at(province, "2025-07").not_reported if unit.kind == "xa"] == ["xa-ab"]


def test_the_result_does_not_depend_on_the_order_of_what_was_received(province: Province) -> None:
    figures = [count("2025-03", 5, "stc"), count("2025-02", 9, "snv"), ratio("2025-01", 1, 2)]
    assert at(province, "2025-03", *figures) == at(province, "2025-03", *reversed(figures))


# --- units that come and go -------------------------------------------------------------------------------------------

HALF = [f"2025-{number:02d}" for number in range(1, 7)]
OTHER_HALF = [f"2025-{number:02d}" for number in range(7, 13)]
EVERYWHERE = ("phuong-c", "stc", "snv", "vpub")


def told(unit: str, months: Sequence[str], value: int = 1) -> list[Figure]:
    return [count(period, value, unit) for period in months]


def test_months_before_a_unit_existed_and_after_it_ceased_do_not_lack(province: Province) -> None:
    figures = [*told("xa-ab", OTHER_HALF), *told("xa-a", HALF, 10), *told("xa-b", HALF[:5], 100)]
    result = at(province, "2025", *figures).measure("qua-han")
    rows = {row.unit.code: row for row in result.rows if row.unit}
    assert [
        (code, rows[code].shown, [str(one) for one in rows[code].missing]) for code in ("xa-a", "xa-ab", "xa-b")
    ] == [
        ("xa-a", "60 hồ sơ", []),
        ("xa-ab", "6 hồ sơ", []),
        ("xa-b", "500 hồ sơ", ["2025-06"]),
    ]


def test_the_total_of_a_year_adds_the_months_of_units_that_ceased_in_it(province: Province) -> None:
    everywhere = [figure for unit in EVERYWHERE for figure in told(unit, [*HALF, *OTHER_HALF])]
    figures = [*everywhere, *told("xa-a", HALF, 10), *told("xa-b", HALF, 100), *told("xa-ab", OTHER_HALF, 1000)]
    total = at(province, "2025", *figures).measure("qua-han").total
    assert (total.shown, total.missing, total.without) == ("6.708 hồ sơ", (), ())


def test_a_unit_that_ceased_and_told_nothing_lacks_in_the_total_of_the_year_alone(province: Province) -> None:
    figures = [figure for unit in (*EVERYWHERE, "xa-ab") for figure in told(unit, OTHER_HALF)]
    assert at(province, "2025", *figures).measure("qua-han").total.without == ("xa-a", "xa-b")
    assert at(province, "2025-12", *figures).measure("qua-han").total.without == ()


def test_what_a_new_unit_told_for_its_predecessors_is_not_counted_twice(province: Province) -> None:
    of_nine_months = count("2025-9M", 50, "xa-ab")
    figures = [*told("xa-a", HALF, 10), *told("xa-b", HALF, 100), of_nine_months, count("2025-10", 5, "xa-ab")]
    result = at(province, "2025-10M", *figures).measure("qua-han")
    assert (result.total.shown, result.of("xa-a")) == ("55 hồ sơ", None)
    month_of_then = at(province, "2025-06", *figures).measure("qua-han").total
    assert month_of_then.shown == "110 hồ sơ"


def test_a_stock_of_units_that_ceased_does_not_stand_beside_that_of_their_successors(folder: Folder) -> None:
    folder.change("progress/measures.yaml", "over_time: last, kinds: so}", "over_time: last}")
    figures = [count("2025-06", 9, "xa-a", "bien-che"), count("2025-07", 8, "xa-ab", "bien-che")]
    result = at(load_province(folder.path), "2025", *figures).measure("bien-che")
    assert (result.total.shown, result.of("xa-a")) == ("8 người", None)


def test_a_new_unit_is_not_compared_silently(province: Province) -> None:
    figures = [
        *told("xa-a", ["2025-06"]),
        *told("xa-ab", [*OTHER_HALF, "2026-01", "2026-02"]),
        count("2026", 20, "xa-ab"),
    ]
    new = at(province, "2025-12", *figures).measure("qua-han").of("xa-ab")
    assert new is not None
    assert (new.a_year_before, new.no_comparison) == (
        None,
        "đơn vị chỉ có từ ngày 01/07/2025 (kế thừa Xã A, Xã B), không có số liệu tháng 12 năm 2024 để so sánh",
    )
    later = at(province, "2026", *figures).measure("qua-han").of("xa-ab")
    assert later is not None
    assert later.a_year_before is not None
    assert later.a_year_before.remark == "năm 2025 đơn vị chỉ có 6/12 tháng (từ ngày 01/07/2025)"


def test_a_unit_that_was_always_there_has_nothing_to_explain(province: Province) -> None:
    row = at(province, "2025-03", count("2025-03", 5, "stc")).measure("qua-han").of("stc")
    assert row is not None
    assert (row.a_year_before, row.no_comparison) == (None, "")


def test_the_pledge_of_a_new_unit_is_judged_by_its_own_months(folder: Folder) -> None:
    folder.change("progress/commitments.yaml", "scope: {units: [snv]}", "scope: {units: [xa-ab]}")
    province = load_province(folder.path)
    until_september = pledge(at(province, "2025-09", *told("xa-ab", OTHER_HALF[:3], 2)), "khong-qua-han", "xa-ab")
    assert until_september.forecast is not None
    assert (until_september.forecast.shown, until_september.standing) == ("12 hồ sơ", Standing.AT_RISK)
    assert until_september.forecast.how.startswith("số cộng dồn 3 tháng ÷ 3 × 6 (số tháng đơn vị có trong năm)")
    whole = pledge(at(province, "2025", *told("xa-ab", OTHER_HALF)), "khong-qua-han", "xa-ab")
    assert (whole.standing, whole.why) == (Standing.FULFILLED, "kết quả cả năm 2025")


@pytest.mark.parametrize("at_end", ["2025-05", "2025-Q3", "2025-11M", "2025"])
@pytest.mark.parametrize("gone", [1, 4, 6])
def test_a_total_is_the_sum_of_everything_told_in_its_months(province: Province, at_end: str, gone: int) -> None:
    period = read_period(at_end)
    figures = [*told("xa-a", HALF[:gone], 10), *told("xa-b", HALF, 100), *told("xa-ab", OTHER_HALF), *told("stc", HALF)]
    total = at(province, at_end, *figures).measure("qua-han").total
    within = [figure.value for figure in figures if period.contains(figure.period) and figure.value is not None]
    assert (total.figure.value if total.figure else 0) == sum(within)


# --- plan tasks -------------------------------------------------------------------------------------------------------


def test_tasks_are_counted_by_plan_unit_area_and_head(province: Province) -> None:
    (plan,) = at(province, "2025-04").plans
    assert plan.counts.shown == "2/5 nhiệm vụ (40%)"
    assert [(counts.name, counts.shown) for counts in plan.by_unit] == [
        ("Sở Nội vụ", "1/3 nhiệm vụ (33,33%)"),
        ("Sở Tài chính", "1/2 nhiệm vụ (50%)"),
    ]
    assert [(counts.name, counts.done, counts.total) for counts in plan.by_area] == [("1", 1, 2), ("2", 0, 1)]
    assert [(counts.name, counts.done, counts.total) for counts in plan.by_head] == [("Giám đốc Sở Nội vụ", 1, 2)]
    assert [(row.task.number, row.days_late) for row in plan.overdue] == [("2", 14)]


def test_an_update_from_the_register_finishes_a_task(province: Province) -> None:
    values = (("plan", "kh-2025"), ("number", "2"), ("done_on", "2025-04-02"), ("evidence", "05/BC-STC"))
    update = RegisterEntry(RegisterKind.TASKS, "stc", "2", 2025, values)
    (plan,) = at(province, "2025-04", registers=[update]).plans
    row = plan.rows[1]
    assert (row.state.label, row.days_late, row.task.evidence) == ("hoàn thành chậm", 2, "05/BC-STC")
    assert plan.counts.shown == "3/5 nhiệm vụ (60%)"


def test_fourteen_of_nineteen_tasks_are_73_68_percent(folder: Folder) -> None:
    rows = "".join(f"{n},Việc {n},snv,2025-02-01,{'2025-01-30' if n <= 14 else ''}\n" for n in range(1, 20))
    folder.write("progress/viec-2025.csv", "number,title,owner,due,done_on\n" + rows)
    plans = "plans:\n  - {id: kh, title: Kế hoạch, from: 2025, to: 2025, tasks_csv: viec-2025.csv}\n"
    folder.write("progress/plan_tasks.yaml", plans)
    (plan,) = at(load_province(folder.path), "2025-03").plans
    assert plan.counts.shown == "14/19 nhiệm vụ (73,68%)"
    assert len(plan.overdue) == 5


# --- commitments ------------------------------------------------------------------------------------------------------


def test_units_pledge_the_common_target_or_their_own(province: Province) -> None:
    rows = {row.unit.code: row for row in at(province, "2025-03").commitments if row.commitment.id == "dung-han"}
    assert {code: (row.pledged, row.excepted) for code, row in rows.items()} == {
        "snv": ("từ 95% trở lên", False),
        "stc": ("từ 90% trở lên", True),
    }
    assert {row.standing for row in rows.values()} == {Standing.NO_DATA}


@pytest.mark.parametrize(
    ("figures", "period", "standing"),
    [
        ([ratio("2025-01", 95, 100)], "2025-01", Standing.ON_TRACK),
        ([ratio("2025-01", 80, 100)], "2025-01", Standing.AT_RISK),
        ([ratio("2025-01", 80, 100), ratio("2025-02", 300, 300)], "2025-02", Standing.ON_TRACK),
        ([ratio("2025", 95, 100)], "2025", Standing.FULFILLED),
        ([ratio("2025", 89, 100)], "2025", Standing.MISSED),
        ([ratio("2025-11M", 89, 100)], "2025", Standing.AT_RISK),
        ([], "2025", Standing.NO_DATA),
    ],
)
def test_a_pledged_ratio_stands_where_its_cumulated_figures_lead(
    province: Province, figures: list[Figure], period: str, standing: Standing
) -> None:
    assert pledge(at(province, period, *figures), "dung-han", "stc").standing is standing


def test_a_forecast_says_how_it_was_made(province: Province) -> None:
    row = pledge(at(province, "2025-03", count("2025-01", 2), count("2025-03", 1)), "khong-qua-han", "snv")
    assert row.forecast is not None
    assert row.forecast.shown == "18 hồ sơ"
    assert row.forecast.how == (
        "số cộng dồn 2 tháng (thiếu 1 tháng) ÷ 2 × 12, coi các tháng còn lại như bình quân từ đầu năm"
    )
    assert (row.standing, row.reached) == (Standing.AT_RISK, "3 hồ sơ")


def test_a_count_over_its_bound_is_missed_at_once(province: Province) -> None:
    row = pledge(at(province, "2025-02", count("2025-01", 11)), "khong-qua-han", "snv")
    assert (row.standing, row.forecast) == (Standing.MISSED, None)
    assert "không giảm được nữa" in row.why


def test_one_late_dossier_breaks_a_pledge_of_all(folder: Folder) -> None:
    folder.change("progress/commitments.yaml", "target: 90", "target: 100")
    row = pledge(at(load_province(folder.path), "2025-02", ratio("2025-01", 99, 100)), "dung-han", "stc")
    assert (row.standing, row.why) == (Standing.MISSED, "đã có 1 trường hợp không đạt, cả năm không thể đạt 100%")


@pytest.mark.parametrize(
    ("qualifier", "value", "standing"),
    [(">", 92, Standing.FULFILLED), (">", 88, Standing.NO_DATA), ("<", 88, Standing.NO_DATA)],
)
def test_an_inequality_proves_only_what_it_says(
    province: Province, qualifier: str, value: int, standing: Standing
) -> None:
    figure = count("2025", value, "stc", "ho-so", qualifier)
    assert pledge(at(province, "2025", figure), "dung-han", "stc").standing is standing


@pytest.mark.parametrize(
    ("ranks", "standing", "why"),
    [
        ({}, Standing.AWAITED, "chưa rõ hạng xuất phát; chưa công bố kết quả năm 2025"),
        ({2024: 3}, Standing.AWAITED, "hạng 3 năm 2024; chưa công bố kết quả năm 2025"),
        ({2024: 3, 2025: 2}, Standing.FULFILLED, "3 − 2 = 1 bậc, cam kết 1 bậc"),
        ({2024: 3, 2025: 3}, Standing.MISSED, "3 − 3 = 0 bậc, cam kết 1 bậc"),
        ({2024: 1}, Standing.MISSED, "hạng 1 năm 2024: không thể tăng 1 bậc"),
    ],
)
def test_a_pledge_of_rank_is_judged_by_the_published_results(
    province: Province, ranks: dict[int, int], standing: Standing, why: str
) -> None:
    result = at(province, "2025", ranks={("stc", year): rank for year, rank in ranks.items()})
    row = pledge(result, "hang", "stc")
    assert (row.standing, row.why) == (standing, why)
    assert bool(result.findings) is (ranks == {2024: 1})


def test_to_keep_a_rank_is_a_pledge(province: Province) -> None:
    ranks = {("snv", 2024): 2, ("snv", 2025): 3}
    row = pledge(at(province, "2025", ranks=ranks), "hang", "snv")
    assert (row.pledged, row.standing) == ("giữ nguyên thứ hạng", Standing.MISSED)


def test_commitments_of_other_years_are_left_out(province: Province) -> None:
    assert at(province, "2024").commitments == ()


# --- targets and indices ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rank", "period", "standing"),
    [(19, "2025-06", Standing.FULFILLED), (25, "2025-06", Standing.UNDER_WAY), (25, "2025", Standing.MISSED)],
)
def test_a_rank_among_the_first_twenty(province: Province, rank: int, period: str, standing: Standing) -> None:
    row = target(at(province, period, indices=[IndexValue("par-index", "", 2025, rank=rank, of=34)]), "par")
    assert (row.standing, row.asked, row.reached) == (
        standing,
        "không quá hạng 20 (đến năm 2025)",
        f"hạng {rank}/34 (năm 2025)",
    )


def test_after_a_milestone_the_next_one_counts(province: Province) -> None:
    assert target(at(province, "2026"), "par").asked == "không quá hạng 10 (đến năm 2030)"


@pytest.mark.parametrize(("rank", "standing"), [(8, Standing.FULFILLED), (7, Standing.FULFILLED), (9, Standing.MISSED)])
def test_to_hold_a_rank_is_not_to_fall(province: Province, rank: int, standing: Standing) -> None:
    row = target(at(province, "2025", indices=[IndexValue("papi", "", 2025, rank=rank, of=34)]), "papi")
    assert (row.standing, row.asked) == (standing, "giữ vững so với năm 2024, tức 8 (đến năm 2025)")


@pytest.mark.parametrize(("staff", "standing"), [(90, Standing.FULFILLED), (91, Standing.AT_RISK)])
def test_a_reduction_is_measured_from_its_baseline(province: Province, staff: int, standing: Standing) -> None:
    row = target(at(province, "2025-06", count("2025-06", staff, measure="bien-che")), "tinh-gian")
    assert (row.standing, row.asked) == (standing, "giảm ít nhất 10% so với năm 2024, tức 90 (đến năm 2025)")
    assert row.why.endswith("; cao hơn mức phải đạt 1 người") is (staff == 91)


@pytest.mark.parametrize(
    ("april", "standing", "said"), [(96, Standing.ON_TRACK, "88 người"), (97, Standing.AT_RISK, "92 người")]
)
def test_in_its_year_a_target_stands_where_the_line_of_its_figures_leads(
    province: Province, april: int, standing: Standing, said: str
) -> None:
    figures = [count("2025-01", 99, measure="bien-che"), count("2025-04", april, measure="bien-che")]
    row = target(at(province, "2025-4M", *figures), "tinh-gian")
    assert row.standing is standing
    assert f"dự báo {said} (kéo thẳng từ tháng 1 năm 2025 đến tháng 4 năm 2025 tới cuối năm)" in row.why


def test_a_total_that_units_still_lack_in_meets_no_upper_bound(folder: Folder) -> None:
    folder.change("progress/targets.yaml", "measure: bien-che, unit: snv,", "measure: bien-che,")
    province = load_province(folder.path)
    staff = [count("2025-06", number, unit, "bien-che") for unit, number in (("snv", 40), ("stc", 30), ("vpub", 20))]
    partly = target(at(province, "2025-06", *staff[:2]), "tinh-gian")
    assert (partly.standing, partly.reached) == (Standing.UNDER_WAY, "70 người")
    assert partly.why == "chưa đủ số liệu để kết luận: còn 1 đơn vị chưa có số liệu"
    assert target(at(province, "2025-06", *staff), "tinh-gian").standing is Standing.FULFILLED
    too_many = count("2025-06", 91, "stc", "bien-che")
    assert target(at(province, "2025", staff[0], too_many), "tinh-gian").standing is Standing.MISSED


def test_a_target_of_a_later_year_is_under_way(province: Province) -> None:
    row = target(at(province, "2026", indices=[IndexValue("par-index", "", 2026, rank=15, of=34)]), "par")
    assert (row.standing, row.why) == (Standing.UNDER_WAY, "còn đến hết năm 2030")


def test_a_baseline_may_come_from_the_figures_of_its_year(folder: Folder) -> None:
    folder.change("progress/targets.yaml", "{year: 2024, value: 100}", "{year: 2024}")
    province = load_province(folder.path)
    figures = [count("2025-06", 44, measure="bien-che"), count("2024", 50, measure="bien-che")]
    assert target(at(province, "2025-06", *figures[:1]), "tinh-gian").standing is Standing.NO_BASELINE
    assert target(at(province, "2025-06", *figures), "tinh-gian").standing is Standing.FULFILLED


def test_to_introduce_an_index_is_to_have_a_result(folder: Folder) -> None:
    folder.write(
        "progress/targets.yaml",
        "targets:\n  - {id: ddci, name: DDCI, index: papi, direction: introduce, milestones: [{year: 2025}]}\n",
    )
    province = load_province(folder.path)
    assert target(at(province, "2025"), "ddci").standing is Standing.NO_DATA
    value = IndexValue("papi", "", 2025, Decimal(40))
    assert target(at(province, "2025", indices=[value]), "ddci").standing is Standing.FULFILLED


def test_a_rank_is_not_compared_across_a_change_of_those_ranked(province: Province) -> None:
    values = [IndexValue("par-index", "", 2024, rank=30, of=63), IndexValue("par-index", "", 2025, rank=15, of=34)]
    (row,) = at(province, "2025", indices=values).indices
    assert row.change.places is None
    assert row.change.broken == (
        "không so sánh được thứ hạng: hạng 30/63 năm 2024 và hạng 15/34 năm 2025 tính trên số đơn vị khác nhau"
    )


def test_places_gained_are_told_from_two_ranks_of_one_population() -> None:
    earlier, later = (IndexValue("i", "", 2014, rank=8, of=11), IndexValue("i", "", 2015, rank=2, of=11))
    assert rank_change(earlier, later).places == 6
    assert rank_change(None, later).broken == "chưa có hạng để so sánh"


# --- registers --------------------------------------------------------------------------------------------------------


def entry(kind: RegisterKind, key: str, year: int = 2025, **values: str) -> RegisterEntry:
    return RegisterEntry(kind, "stc", key, year, tuple(values.items()))


def test_registers_are_told_in_a_phrase(province: Province) -> None:
    registers = [
        entry(RegisterKind.OVERDUE, "1", apology="1"),
        entry(RegisterKind.OVERDUE, "2", apology="0"),
        entry(RegisterKind.OVERDUE, "3", year=2024),
        entry(RegisterKind.PROCEDURES_CUT, "1", legal_days="10", days_cut="5"),
        entry(RegisterKind.PROCEDURES_CUT, "2", legal_days="90", days_cut="1"),
        entry(RegisterKind.INSPECTIONS, "1", follow_up="Niêm yết lại"),
        entry(RegisterKind.INITIATIVES, "1", evidence="QĐ mẫu"),
        entry(RegisterKind.HEADS, "1", year=2020, **{"from": "2020-01-01"}),
        entry(RegisterKind.HEADS, "2", year=2020, **{"from": "2020-01-01", "to": "2024-12-31"}),
    ]
    assert [(one.kind.value, one.words) for one in at(province, "2025-03", registers=registers).registers] == [
        ("inspections", "1 cuộc kiểm tra, 1 kiến nghị chưa thực hiện xong"),
        ("initiatives", "1 sáng kiến, 1 có tài liệu kiểm chứng"),
        ("procedures_cut", "2 TTHC được cắt giảm, 6/100 ngày (6%)"),
        ("overdue", "2 hồ sơ quá hạn, 1 hồ sơ đã có văn bản xin lỗi"),
        ("heads", "1 mục"),
    ]


# --- from the database ------------------------------------------------------------------------------------------------


def test_published_ranks_decide_on_pledges(province: Province, storage: Storage) -> None:
    content = b"year,group,unit,index,rank\n2024,so,snv,90,1\n2024,so,vpub,85,2\n2024,so,stc,80,3\n2025,so,stc,90,1\n"
    entries, _ = read_history(content, "h.csv", province)
    record_history(storage, content, "h.csv", entries)
    row = pledge(progress_now(storage, province, read_period("2025")), "hang", "stc")
    assert (row.standing, row.reached) == (Standing.FULFILLED, "hạng 3 năm 2024, hạng 1 năm 2025")


def test_the_document_for_machines_says_the_same(province: Province) -> None:
    document = progress_data(at(province, "2025-03", ratio("2025-03", 14, 19)))
    (row,) = document["measures"][0]["units"][1:2]
    assert (document["period"], document["last"]) == ("2025-03", date(2025, 3, 14).isoformat())
    assert row["unit"] == "stc"
    assert row["figure"]["value"] == "73.684211"
    assert document["plans"][0]["counts"]["done_late"] == 1
