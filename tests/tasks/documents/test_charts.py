"""Charts: their words, their bytes, their letters."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.province.rounds import STANDARD_GRADES
from tasks.documents import charts
from tasks.documents.charts import MissingFontError, areas_chart, distribution_chart, index_classes, movers_chart
from tasks.scoring.analysis import (
    area_standings,
    criterion_standings,
    grade_counts,
    movers_by_index,
    movers_by_rank,
    strongest,
    weakest,
)
from tests.tasks.rounds import SET, frozen_round

pytestmark = pytest.mark.slow

FROZEN = frozen_round(9)
GROUP, RULE = FROZEN.results.groups[0], FROZEN.results.ranking


def test_charts_say_in_words_what_they_show() -> None:
    assert distribution_chart(GROUP, RULE).alt.startswith("Biểu đồ phân bố Chỉ số: từ 70 đến dưới 75%: 02 đơn vị; từ")
    assert (
        "Lĩnh vực 1 55,00% (thấp nhất 50,00%, cao nhất 60,00%)" in areas_chart(GROUP, area_standings(GROUP), RULE).alt
    )
    alt = movers_chart(GROUP, movers_by_rank(GROUP), RULE, by_rank=True).alt
    assert "Xã số 001 +8" in alt
    assert alt.endswith("Xã số 009 -8")


def test_the_same_results_give_the_same_bytes_without_a_date() -> None:
    first, again = (distribution_chart(GROUP, RULE).svg for _ in range(2))
    assert first == again
    assert b"<dc:date>" not in first


def test_charts_use_greys_only() -> None:
    colours = set(re.findall(rb"#[0-9a-f]{6}", movers_chart(GROUP, movers_by_rank(GROUP), RULE, by_rank=True).svg))
    assert all(colour[1:3] == colour[3:5] == colour[5:7] for colour in colours)


def test_without_a_font_that_has_the_letters_no_chart_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    charts._chart_family.cache_clear()
    monkeypatch.setattr(charts, "FONTS", ("Phông không có",))
    with pytest.raises(MissingFontError, match="Phông không có"):
        distribution_chart(GROUP, RULE)
    charts._chart_family.cache_clear()


@given(st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=20))
def test_every_index_lies_in_one_class_of_five(indices: list[Decimal]) -> None:
    classes = index_classes(indices)
    assert sum(count for _, count in classes) == len(indices)
    assert all(start % 5 == 0 and 0 <= start <= 95 for start, _ in classes)
    assert classes[0][1] > 0
    assert classes[-1][1] > 0


def test_the_strongest_and_weakest_criteria_are_told_by_their_mean_share() -> None:
    standings = {standing.code: standing for standing in criterion_standings(GROUP, SET)}
    assert standings["1.1.2"].share == 20
    assert standings["1.1.2"].weak
    assert standings["2.2"][3:] == (100, 8, 8, 0)  # one unit was granted that it does not apply
    assert strongest(list(standings.values()))[0].code == "2.2"
    assert weakest(list(standings.values()))[0].code == "1.1.2"


def test_areas_name_who_is_first_and_last() -> None:
    area = area_standings(GROUP)[0]
    assert ([unit.code for unit in area.best], [unit.code for unit in area.worst]) == (["x000"], ["x008"])


def test_movers_by_index_and_grades_are_counted() -> None:
    moved = movers_by_index(GROUP)
    assert [mover.by for mover in moved] == sorted((mover.by for mover in moved), reverse=True)
    assert sum(count.units for count in grade_counts(GROUP, STANDARD_GRADES)) == 9
