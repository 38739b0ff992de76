"""What a report compares, and by what a target is judged: the same units, the same span, what is printed."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from models.progress.indices import IndexValue
from models.progress.registers import RegisterEntry, RegisterKind
from models.progress.results import Standing
from models.province.folder import Province, load_province
from tasks.documents.progress_sentences import measure_sentence, remarks_note, shared_remarks
from tests.models.progress_folder import progress_folder
from tests.tasks.progress.test_computing import at, count, ratio, target


@pytest.fixture
def province(tmp_path: Path) -> Province:
    return load_province(progress_folder(tmp_path / "tinh-mau").path)


def with_target(tmp_path: Path, declared: str) -> Province:
    folder = progress_folder(tmp_path / "muc-tieu")
    folder.change("progress/targets.yaml", "targets:\n", f"targets:\n{declared}")
    return load_province(folder.path)


def test_a_total_with_new_units_is_compared_over_those_that_told_both_months(province: Province) -> None:
    june = [ratio("2025-06", 90, 100, "stc"), ratio("2025-06", 80, 100, "snv")]
    july = [ratio("2025-07", 95, 100, "stc"), ratio("2025-07", 85, 100, "snv"), ratio("2025-07", 0, 100, "vpub")]
    before = at(province, "2025-07", *june, *july).measure("ho-so").total.before
    assert before is not None
    assert (before.difference, before.good) == (Decimal(5), True)
    assert before.words == (
        "tăng 5 điểm phần trăm so với tháng 6 năm 2025"
        " (lưu ý: chỉ so 2 đơn vị có số liệu cả hai kỳ, tháng 7 năm 2025 có thêm 1 đơn vị)"
        ", tính trên cùng các đơn vị: 180/200 hồ sơ (90%) so với 170/200 hồ sơ (85%)"
    )


def test_new_units_are_noted_once_for_all_measures(province: Province) -> None:
    june = [ratio("2025-06", 90, 100), count("2025-06", 4, "stc")]
    july = [ratio("2025-07", 95, 100), count("2025-07", 3, "stc")]
    july += [ratio("2025-07", 0, 100, "snv"), count("2025-07", 9)]
    result = at(province, "2025-07", *june, *july)
    noted = shared_remarks(result.measures, result.period)
    said = measure_sentence(result.measure("ho-so"), result.period, noted)
    assert "tăng 5 điểm phần trăm so với tháng trước (*), tính trên cùng các đơn vị: 95/100 hồ sơ (95%)" in said
    assert remarks_note(result.measures, result.period) == (
        "(*) Hai kỳ so sánh không hoàn toàn như nhau: "
        "chỉ so 1 đơn vị có số liệu cả hai kỳ, tháng 7 năm 2025 có thêm 1 đơn vị."
    )


def test_a_total_without_any_unit_in_both_months_has_no_difference(province: Province) -> None:
    before = at(province, "2025-07", ratio("2025-06", 9, 10, "stc"), ratio("2025-07", 1, 10, "snv")).measure("ho-so")
    assert before.total.before is not None
    assert before.total.before.difference is None
    assert "không có đơn vị nào có số liệu cả hai kỳ" in before.total.before.words


def test_nothing_is_remarked_where_the_same_unit_lacks_in_both_months(province: Province) -> None:
    figures = [ratio(month, 9, 10, unit) for month in ("2025-06", "2025-07") for unit in ("stc", "snv")]
    total = at(province, "2025-07", *figures).measure("ho-so").total
    assert total.without == ("vpub",)
    assert total.before is not None
    assert total.before.remark == ""


@pytest.mark.parametrize(
    ("period", "bases"),
    [("2025-03", ["2024"]), ("2025-02", ["2024"]), ("2024", []), ("2025", [])],  # 2024 is the year before 2025 anyway
)
def test_a_measure_is_compared_with_the_earlier_periods_that_it_declares(
    tmp_path: Path, period: str, bases: list[str]
) -> None:
    folder = progress_folder(tmp_path / "tinh-mau")
    folder.change("progress/measures.yaml", "id: ho-so,", "id: ho-so, compare_with: [2024, 2025-02..2025-03],")
    figures = [ratio("2024", 80, 100), ratio("2025-02", 85, 100), ratio("2025-03", 90, 100)]
    row = at(load_province(folder.path), period, *figures).measure("ho-so").of("stc")
    assert row is not None
    assert [str(one.base.period) for one in row.further] == bases
    assert all(one.words.startswith("tăng ") for one in row.further)


def test_a_difference_is_that_of_the_printed_percentages(tmp_path: Path) -> None:
    folder = progress_folder(tmp_path / "tinh-mau")
    folder.change("progress/measures.yaml", "id: ho-so,", "id: ho-so, decimals: 0,")
    rounded = load_province(folder.path)
    figures = ratio("2025-02", 305, 1000), ratio("2025-03", 374, 1000)
    row = at(rounded, "2025-03", *figures).measure("ho-so").of("stc")
    assert row is not None
    assert row.before is not None
    assert "(37%)" in row.shown
    assert row.before.base.shown(rounded.progress.measures["ho-so"]).endswith("(31%)")
    assert row.before.words == "tăng 6 điểm phần trăm so với tháng 2 năm 2025"


def entry(day: str, kind: RegisterKind = RegisterKind.INITIATIVES, **values: str) -> RegisterEntry:
    dated = {"date": day, "title": day, **values}
    return RegisterEntry(kind, "snv", day, date.fromisoformat(day).year, tuple(dated.items()))


def test_a_report_tells_nothing_that_happened_after_its_period(province: Province) -> None:
    entries = [entry("2025-03-14"), entry("2025-03-15"), entry("2025-11-02")]
    (register,) = at(province, "2025-03", registers=entries).registers
    assert [one.key for one in register.entries] == ["2025-03-14"]


def test_what_happened_after_the_cut_off_of_december_is_told_in_the_next_year(province: Province) -> None:
    entries = [entry("2024-12-20")]
    assert at(province, "2024", registers=entries).registers == ()
    (register,) = at(province, "2025-01", registers=entries).registers
    assert [one.key for one in register.entries] == ["2024-12-20"]


def test_a_recommendation_that_was_carried_out_later_is_still_open_in_the_report(province: Province) -> None:
    inspected = entry("2025-02-10", RegisterKind.INSPECTIONS, follow_up="Niêm yết lại", follow_up_done="2025-04-01")
    said = [at(province, month, registers=[inspected]).registers[0].words for month in ("2025-03", "2025-04")]
    assert said == [
        "1 cuộc kiểm tra, 1 kiến nghị chưa thực hiện xong",
        "1 cuộc kiểm tra, 0 kiến nghị chưa thực hiện xong",
    ]


LIMIT = """\
  - {id: gioi-han, name: Hồ sơ quá hạn trong năm, measure: qua-han, unit: snv, direction: at_most,
     milestones: [{year: 2025, value: 40}]}
"""


@pytest.mark.parametrize(
    ("months", "period", "standing"),
    [
        ({"2025-01": 5}, "2025-01", Standing.AT_RISK),  # 5 a month are 60 a year
        ({"2025-01": 2, "2025-02": 2}, "2025-02", Standing.ON_TRACK),
        ({"2025-01": 40, "2025-02": 5}, "2025-02", Standing.MISSED),  # 45 never become 40 again
    ],
)
def test_a_limit_of_the_year_is_judged_by_all_months_so_far(
    tmp_path: Path, months: dict[str, int], period: str, standing: Standing
) -> None:
    limited = with_target(tmp_path, LIMIT)
    row = target(at(limited, period, *(count(month, value) for month, value in months.items())), "gioi-han")
    assert row.standing is standing
    assert row.reached == f"{sum(months.values())} hồ sơ"


def test_a_limit_is_kept_only_when_the_year_is_over(tmp_path: Path) -> None:
    limited = with_target(tmp_path, LIMIT)
    year = [count(f"2025-{month:02}", 3) for month in range(1, 13)]
    assert target(at(limited, "2025-11M", *year[:11]), "gioi-han").standing is Standing.ON_TRACK
    assert target(at(limited, "2025", *year), "gioi-han").standing is Standing.FULFILLED


def test_a_target_is_not_judged_by_the_index_of_the_year_before(province: Province) -> None:
    row = target(at(province, "2025-06", indices=[IndexValue("par-index", "", 2024, rank=15, of=34)]), "par")
    assert row.standing is Standing.AWAITED
    assert row.why == "giá trị năm 2024 đã đạt mức này; chờ công bố năm 2025"


def test_a_baseline_is_no_proof_of_itself(province: Province) -> None:
    row = target(at(province, "2025-06", indices=[IndexValue("papi", "", 2024, rank=8, of=34)]), "papi")
    assert (row.standing, row.why) == (Standing.AWAITED, "mới có giá trị gốc năm 2024; chờ công bố năm 2025")


def test_a_rank_among_fewer_units_is_not_held_against_one_among_more(province: Province) -> None:
    ranks = [IndexValue("papi", "", 2024, rank=8, of=63), IndexValue("papi", "", 2025, rank=5, of=34)]
    row = target(at(province, "2025", indices=ranks), "papi")
    assert row.standing is Standing.NO_BASELINE
    assert "hạng 8/63 năm 2024 và hạng 5/34 năm 2025 tính trên số đơn vị khác nhau" in row.why


def test_what_prints_as_the_target_meets_it(tmp_path: Path) -> None:
    folder = progress_folder(tmp_path / "tinh-mau")
    folder.change("progress/measures.yaml", "id: ho-so,", "id: ho-so, decimals: 0,")
    folder.change(
        "progress/targets.yaml",
        "targets:\n",
        "targets:\n  - {id: dung, name: Đúng hạn, measure: ho-so, unit: stc, direction: at_least,"
        " milestones: [{year: 2025, value: 30}]}\n",
    )
    row = target(at(load_province(folder.path), "2025", ratio("2025", 295, 1000)), "dung")
    assert row.standing is Standing.FULFILLED
    assert "đúng bằng kế hoạch" in row.why
