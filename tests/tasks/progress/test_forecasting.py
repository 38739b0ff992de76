"""The index that units would get today, what stands in for facts not yet received, and the nearest points to win."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from models.criteria.rules.any_rule import AnyRule
from models.criteria.rules.base import Rule
from models.findings import RefusedError
from models.forms.sources import ScoreSource
from models.progress.indices import IndexValue
from models.progress.measures import Figure, Qualifier
from models.progress.periods import read_period
from models.progress.registers import RegisterKind
from models.province.folder import Province, load_province
from models.records.entries import FactEntry, ScoreEntry
from models.records.storage import Storage
from tasks.progress.forecasting import (
    RoundForecast,
    UnitForecast,
    external_facts,
    forecast_data,
    forecast_now,
    monthly_facts,
)
from tasks.recording.progress import record_figures, record_register
from tasks.recording.progress_importing import read_register
from tasks.recording.versions import record_facts, record_scores
from tasks.scoring.next_steps import next_step
from tests.models.folders import Folder
from tests.models.progress_folder import progress_folder

YEAR = 2025
TODAY = date(2025, 6, 20)
RULES: TypeAdapter[Rule] = TypeAdapter(AnyRule)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return progress_folder(tmp_path / "tinh")


@pytest.fixture
def province(folder: Folder) -> Province:
    return load_province(folder.path)


def figure(period: str, *parts: int, measure: str = "ho-so", qualifier: str = "=") -> Figure:
    numbers = [Decimal(part) for part in parts]
    if len(numbers) == 1:
        return Figure(measure, "stc", read_period(period), value=numbers[0], qualifier=Qualifier(qualifier))
    return Figure(measure, "stc", read_period(period), numbers[0], numbers[1], qualifier=Qualifier(qualifier))


def of(forecast: RoundForecast, unit: str) -> UnitForecast:
    (found,) = forecast.only(unit).units
    return found


def take(storage: Storage, *figures: Figure) -> None:
    for position, one in enumerate(figures):
        record_figures(storage, one.period, str(position).encode(), f"{position}.csv", [one])


# --- facts of the months ----------------------------------------------------------------------------------------------


def test_the_months_so_far_become_facts_with_the_months_they_came_from(province: Province) -> None:
    suggested = monthly_facts(province, [figure("2025-01", 40, 50), figure("2025-03", 50, 50)], YEAR)
    origin = "Hồ sơ đúng hạn: lũy kế báo cáo tháng 01–03/2025, mới có 2/12 tháng (thiếu tháng 02)"
    assert [(one.entry, one.origin) for one in suggested] == [
        (FactEntry("stc", "1.1.2", "numerator", "90"), origin),
        (FactEntry("stc", "1.1.2", "denominator", "100"), origin),
    ]


def test_a_count_becomes_the_fact_that_its_measure_names(province: Province) -> None:
    (one,) = monthly_facts(province, [figure("2025-01", 3, measure="qua-han")], YEAR)
    assert one.entry == FactEntry("stc", "1.2", "late", "3")


@pytest.mark.parametrize("vague", [figure("2025-01", 3, measure="qua-han", qualifier=">"), figure("2024-01", 1, 2)])
def test_an_inequality_or_another_year_becomes_no_fact(province: Province, vague: Figure) -> None:
    assert monthly_facts(province, [vague], YEAR) == []


def test_an_external_rule_reads_the_series_that_it_names(folder: Folder) -> None:
    rule = "rule: {kind: external, index: PAR INDEX}}"
    folder.change("criteria/xa.yaml", "rule: {kind: proportional, floor: 70}}", rule)
    province = load_province(folder.path)
    values = [IndexValue("par-index", "", 2025, Decimal("88.5")), IndexValue("par-index", "xa-ab", 2025, Decimal(70))]
    facts = {one.entry.unit: (one.entry.value, one.origin) for one in external_facts(province, values, YEAR)}
    assert facts == {"phuong-c": ("88.5", "PAR INDEX năm 2025"), "xa-ab": ("70", "PAR INDEX năm 2025")}
    assert external_facts(province, [IndexValue("par-index", "", 2024, Decimal(1))], YEAR) == []


def test_what_stands_in_from_an_index_is_named_by_its_publication(folder: Folder) -> None:
    folder.change(
        "criteria/xa.yaml", "rule: {kind: proportional, floor: 70}}", "rule: {kind: external, index: par-index}}"
    )
    value = IndexValue(
        "par-index", "", 2025, Decimal("88.5"), published_on=date(2026, 4, 8), source="QĐ 1/QĐ-BNV (mẫu)"
    )
    (of_c, _) = external_facts(load_province(folder.path), [value], YEAR)
    assert of_c.origin == "PAR INDEX năm 2025, công bố ngày 08/04/2026 (QĐ 1/QĐ-BNV (mẫu))"


def test_initiatives_of_the_year_count_as_bonus(province: Province, storage: Storage) -> None:
    text = "unit,title,date,bonus_item\nstc,Sáng kiến một,2025-03-01,T1\nstc,Sáng kiến hai,2025-04-01,T1\n"
    text += "stc,Sáng kiến cũ,2024-04-01,T1\nstc,Chưa được công nhận,2025-04-01,\n"
    entries, _ = read_register(RegisterKind.INITIATIVES, text.encode(), "so.csv", province, TODAY)
    record_register(storage, RegisterKind.INITIATIVES, YEAR, text.encode(), "so.csv", entries)
    take(storage, figure("2025-01", 80, 100))
    stc = of(forecast_now(storage, province, YEAR, TODAY), "stc")
    assert stc.points == 15 + 2 * Decimal("0.5")
    assert stc.suggested[-1].entry == FactEntry("stc", "T1", "count", "2")


# --- the forecast -----------------------------------------------------------------------------------------------------


def test_the_index_of_today_is_computed_from_what_is_known(province: Province, storage: Storage) -> None:
    facts = [FactEntry("stc", "1.1.1", "date", "2025-01-20")]
    record_facts(storage, YEAR, b"facts", "facts.csv", facts)
    take(storage, figure("2025-01", 91, 100), figure("2025-02", 2, measure="qua-han"))
    stc = of(forecast_now(storage, province, YEAR, TODAY), "stc")
    # 10 in time + 30 over 90 % + (20 − 2 × 0.5), of 60: the survey is not held yet.
    assert (stc.points, stc.max_points, stc.rank) == (59, 60, 1)
    assert [leaf.code for leaf in stc.missing] == ["2.1"]
    assert {one.entry.component for one in stc.suggested} == {"1.1.2", "1.2"}


def test_what_was_received_stands_before_the_months(province: Province, storage: Storage) -> None:
    facts = [FactEntry("stc", "1.1.2", "numerator", "75"), FactEntry("stc", "1.1.2", "denominator", "100")]
    record_facts(storage, YEAR, b"facts", "facts.csv", facts)
    take(storage, figure("2025-01", 91, 100))
    stc = of(forecast_now(storage, province, YEAR, TODAY), "stc")
    assert (stc.points, stc.suggested) == (15, ())
    (tiers,) = [gain for gain in stc.gains if gain.leaf.code == "1.1.2"]
    assert (tiers.step, tiers.gain, tiers.to_win) == (
        "thêm 16 “Số đạt yêu cầu” trong số đã có; "
        "nếu không khắc phục được thì cần thêm 151 trường hợp mới đều được tính",
        15,
        15,
    )


def test_a_unit_of_which_nothing_is_known_has_everything_to_win(province: Province, storage: Storage) -> None:
    snv = of(forecast_now(storage, province, YEAR, TODAY), "snv")
    assert (snv.index, snv.rank) == (None, None)
    assert [(gain.leaf.code, gain.to_win) for gain in snv.gains] == [
        ("1.1.2", 30),
        ("2.1", 40),
        ("1.2", 20),
        ("1.1.1", 10),
    ]
    assert snv.gains[-1].step == "đã quá hạn; báo cáo ngày thực hiện nếu đã làm"
    assert snv.gains[-1].gain == 0


def test_nobody_is_told_to_send_a_survey_or_what_others_state(province: Province, storage: Storage) -> None:
    snv = of(forecast_now(storage, province, YEAR, TODAY), "snv")
    awaited = {gain.leaf.code: (gain.leaf.source.value, gain.step, gain.gain) for gain in snv.gains}
    assert awaited["2.1"] == ("survey", "chờ kết quả khảo sát, đơn vị không phải báo cáo", 0)


def test_no_unit_is_placed_by_a_small_part_of_its_leaves(province: Province, storage: Storage) -> None:
    record_scores(storage, YEAR, b"one", "one.csv", [ScoreEntry("stc", "1.1.1", ScoreSource.SELF, Decimal(10))])
    stc = of(forecast_now(storage, province, YEAR, TODAY), "stc")
    assert (stc.points, stc.rank, stc.grade) == (10, None, None)
    more = [ScoreEntry("stc", code, ScoreSource.SELF, Decimal(15)) for code in ("1.1.2", "1.2")]
    record_scores(storage, YEAR, b"more", "more.csv", more)
    stc = of(forecast_now(storage, province, YEAR, TODAY), "stc")
    assert stc.rank == 1
    assert stc.grade is not None


def test_the_leaves_with_most_to_win_come_first_and_decided_ones_are_left_out(
    province: Province, storage: Storage
) -> None:
    scores = [
        ScoreEntry("stc", "1.1.1", ScoreSource.SELF, Decimal(4)),
        ScoreEntry("stc", "1.1.2", ScoreSource.APPRAISAL, Decimal(15)),
    ]
    record_scores(storage, YEAR, b"scores", "scores.csv", scores)
    stc = of(forecast_now(storage, province, YEAR, TODAY), "stc")
    assert [gain.leaf.code for gain in stc.gains] == ["1.1.1", "2.1", "1.2"]
    assert [gain.to_win for gain in stc.gains] == [6, 40, 20]


def test_a_unit_outside_the_round_is_refused(province: Province, storage: Storage) -> None:
    with pytest.raises(RefusedError, match="không có đơn vị “la” trong kỳ đánh giá"):
        forecast_now(storage, province, YEAR, TODAY).only("la")


def test_the_document_for_machines_says_the_same(province: Province, storage: Storage) -> None:
    take(storage, figure("2025-01", 91, 100))
    document = forecast_data(forecast_now(storage, province, YEAR, TODAY).only("stc"))
    (unit,) = document["units"]
    assert (unit["points"], unit["index"]) == ("30.00", "50.00")
    assert unit["suggested"][0]["origin"] == "Hồ sơ đúng hạn: lũy kế báo cáo tháng 01/2025, mới có 1/12 tháng"
    assert [gain["code"] for gain in unit["gains"]] == ["2.1", "1.2", "1.1.1"]


# --- the next step ----------------------------------------------------------------------------------------------------

OPTIONS = {
    "kind": "options",
    "options": [
        {"id": "hai", "label": "Cấp tỉnh", "points": 2},
        {"id": "mot", "label": "Cấp cơ sở", "points": 1},
        {"id": "khong", "label": "Không", "points": 0},
    ],
}
TIERS = {"kind": "tiers", "tiers": [{"over": 90, "points": 2}, {"from": 70, "points": 1}, {"points": 0}]}
FEWER = {"kind": "tiers", "of": "number", "value": "Số việc trễ", "unit": "việc",
         "tiers": [{"to": 0, "points": 2}, {"under": 3, "points": 1}, {"points": 0}]}  # fmt: skip
LIST = {"kind": "checklist", "items": [{"id": "a", "label": "Việc A"}, {"id": "b", "label": "Việc B"}]}
ANSWERS = {
    "kind": "survey",
    "answers": [{"id": "good", "label": "Tốt", "weight": 100}, {"id": "bad", "label": "Kém", "weight": 0}],
}


OF_THOSE = "“Số đạt yêu cầu” trong số đã có; nếu không khắc phục được thì"
NEW = "trường hợp mới đều được tính"
RATIO = {"kind": "proportional"}
FLOOR = {"kind": "proportional", "floor": 70}
JANUARY, JUNE = ({"kind": "on_time", "deadline": day} for day in ("01-31", "06-30"))


@pytest.mark.parametrize(
    ("rule", "facts", "words", "gain"),
    [
        ({"kind": "binary"}, {"done": "0"}, "đạt yêu cầu “Đạt yêu cầu”", "2"),
        (OPTIONS, {"option": "khong"}, "đạt mức “Cấp cơ sở”", "1"),
        (OPTIONS, {"option": "mot"}, "đạt mức “Cấp tỉnh”", "1"),
        (TIERS, {"numerator": "14", "denominator": "19"}, f"thêm 4 {OF_THOSE} cần thêm 32 {NEW}", "1"),
        (TIERS, {"numerator": "69", "denominator": "100"}, f"thêm 1 {OF_THOSE} cần thêm 4 {NEW}", "1"),
        (TIERS, {"numerator": "90", "denominator": "100"}, f"thêm 1 {OF_THOSE} cần thêm 1 {NEW}", "1"),
        ({**TIERS, "missed": "open"}, {"numerator": "14", "denominator": "19"}, "thêm 4 “Số đạt yêu cầu”", "1"),
        (FEWER, {"value": "5"}, "đưa Số việc trễ xuống 2 việc", "1"),
        (FEWER, {"value": "2"}, "đưa Số việc trễ xuống 0 việc", "1"),
        (FLOOR, {"numerator": "60", "denominator": "100"}, f"thêm 10 {OF_THOSE} cần thêm 34 {NEW}", "1.4"),
        (RATIO, {"numerator": "9000", "denominator": "10000"}, f"thêm 500 {OF_THOSE} cần thêm 10.000 {NEW}", "0.1"),
        (RATIO, {"numerator": "9", "denominator": "10"}, f"thêm 1 {OF_THOSE} không bù được bằng trường hợp mới", "0.2"),
        (LIST, {"a": "1", "b": "0"}, "hoàn thành: Việc B", "1"),
        ({**LIST, "all_required": True}, {"a": "0", "b": "0"}, "hoàn thành: Việc A; Việc B", "2"),
        (ANSWERS, {"good": "9", "bad": "1"}, "mỗi phiếu chuyển từ “Kém” sang “Tốt”", "0.2"),
        ({"kind": "survey", "scale": 5}, {"mean": "4.5"}, "nâng điểm trung bình khảo sát lên 4,6", "0.04"),
        ({"kind": "external", "index": "DVC"}, {"value": "70"}, "nâng DVC lên 71", "0.02"),
        (JUNE, {}, "hoàn thành đến hết ngày 30/06/2025 và báo cáo ngày thực hiện", "2"),
        (JANUARY, {"date": "2025-02-10"}, "điểm đã mất không lấy lại được trong năm", "0"),
        ({"kind": "binary"}, {}, "báo cáo số liệu: Đạt yêu cầu", "2"),
    ],
)
def test_the_next_step_of_every_kind_of_rule(
    rule: Mapping[str, Any], facts: dict[str, str], words: str, gain: str
) -> None:
    step = next_step(RULES.validate_python(rule), facts, Decimal(2), YEAR)
    assert (step.words, step.gain) == (words, Decimal(gain))


ON_TIME_DOSSIERS = {
    "kind": "tiers",
    "numerator": "Hồ sơ đúng hạn",
    "missed": "final",
    "tiers": [{"from": 95, "points": 2}, {"points": 0}],
}


def test_late_dossiers_stay_late_and_only_further_ones_help() -> None:
    facts = {"numerator": "4750", "denominator": "5150"}
    step = next_step(RULES.validate_python(ON_TIME_DOSSIERS), facts, Decimal(2), YEAR)
    assert (step.words, step.gain) == ("thêm 2.850 trường hợp mới đều được tính vào “Hồ sơ đúng hạn”", 2)
    unsaid = {**ON_TIME_DOSSIERS, "missed": "open"}
    assert next_step(RULES.validate_python(unsaid), facts, Decimal(2), YEAR).words == "thêm 143 “Hồ sơ đúng hạn”"


def test_a_late_dossier_closes_a_full_ratio_for_good() -> None:
    rule = {**ON_TIME_DOSSIERS, "tiers": [{"from": 100, "points": 2}, {"points": 0}]}
    step = next_step(RULES.validate_python(rule), {"numerator": "99", "denominator": "100"}, Decimal(2), YEAR)
    assert (step.words, step.gain) == ("điểm đã mất không lấy lại được trong năm", 0)


@given(
    st.integers(0, 400),
    st.integers(1, 400),
    st.sampled_from(["over", "from"]),
    st.decimals(1, 99, places=2, allow_nan=False),
)
def test_so_many_further_cases_reach_the_step_and_one_fewer_does_not(
    part: int, whole: int, side: str, bound: Decimal
) -> None:
    rule = RULES.validate_python({**ON_TIME_DOSSIERS, "tiers": [{side: bound, "points": 2}, {"points": 0}]})
    part = min(part, whole)
    facts = {"numerator": str(part), "denominator": str(whole)}
    points = rule.points(facts, Decimal(2), YEAR).points
    if points == 2:
        return
    better = rule.better(facts, Decimal(0), Decimal(2))
    assert better is not None
    further = int(better.facts["denominator"]) - whole
    assert int(better.facts["numerator"]) - part == further > 0
    assert rule.points(better.facts, Decimal(2), YEAR).points == 2
    fewer = {"numerator": str(part + further - 1), "denominator": str(whole + further - 1)}
    assert rule.points(fewer, Decimal(2), YEAR).points == 0


@given(st.integers(0, 200), st.integers(1, 200), st.sampled_from([TIERS, {"kind": "proportional", "floor": 50}]))
def test_a_step_that_is_told_brings_points_unless_all_are_won(
    numerator: int, denominator: int, rule: Mapping[str, Any]
) -> None:
    numerator = min(numerator, denominator)
    checked = RULES.validate_python(rule)
    facts = {"numerator": str(numerator), "denominator": str(denominator)}
    points = checked.points(facts, Decimal(2), YEAR).points
    assert points is not None
    step = next_step(checked, facts, Decimal(2), YEAR)
    assert (step.gain > 0) is (points < 2)
    assert points + step.gain <= 2
