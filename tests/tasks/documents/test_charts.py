"""Charts: their words, their bytes, their letters."""

import re
from datetime import date
from decimal import Decimal
from io import BytesIO
from xml.etree import ElementTree

import pdfplumber
import pytest

from models.province.rounds import STANDARD_GRADES, RankingRule
from tasks.documents.charts import areas_chart, distribution_chart, movers_chart
from tasks.rendering.pdf import Document, render_pdf
from tasks.rendering.svg_charts import PRINTED_WIDTH
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
        "Lĩnh vực 1 55,00% (thấp nhất 50,00%, cao nhất 60,00%)"
        in areas_chart(GROUP, area_standings(GROUP, RULE), RULE).alt
    )
    alt = movers_chart(GROUP, movers_by_rank(GROUP), RULE, by_rank=True).alt
    assert "Xã số 001 +8" in alt
    assert alt.endswith("Xã số 009 -8")


def test_charts_are_drawn_in_greys_with_names_and_figures_as_text() -> None:
    svg = movers_chart(GROUP, movers_by_rank(GROUP), RULE, by_rank=True).svg.decode()
    colours = re.findall(r"#([0-9a-f]{6}|[0-9a-f]{3})\b", svg)
    assert colours
    assert all(len(set(colour[::2])) == len(set(colour[1::2])) == 1 for colour in colours)
    assert [shown in svg for shown in (">Xã số 001<", ">+8<", ">Xã số 009<", ">-8<")] == [True] * 4


def test_the_span_of_an_area_reaches_from_its_lowest_to_its_highest_unit() -> None:
    shapes = ElementTree.fromstring(areas_chart(GROUP, area_standings(GROUP, RULE), RULE).svg).iter()
    across = next(one.attrib for one in shapes if one.attrib.get("class") == "span")
    assert (float(across["x1"]), float(across["x2"])) == (PRINTED_WIDTH * 0.5, PRINTED_WIDTH * 0.6)


def test_a_chart_is_set_in_the_font_of_the_document() -> None:
    chart = distribution_chart(GROUP, RULE)
    page = Document("a.pdf", "Biểu đồ", f'<html lang="vi"><img src="{chart.name}" alt="x">', {chart.name: chart.svg})
    with pdfplumber.open(BytesIO(render_pdf(page, "x", date(2026, 1, 5)))) as pdf:
        letters = pdf.pages[0].chars
    assert "Trungbình" in "".join(letter["text"] for letter in letters)
    assert all(re.search("Times|Liberation", letter["fontname"]) for letter in letters)


def test_the_strongest_and_weakest_criteria_are_told_by_their_mean_share() -> None:
    standings = {standing.code: standing for standing in criterion_standings(GROUP, SET)}
    assert standings["1.1.2"].share == 20
    assert standings["1.1.2"].is_weak(RankingRule())
    assert not standings["1.1.2"]._replace(share=Decimal("49.996")).is_weak(RankingRule()), "printed as 50,00%"
    assert standings["2.2"][3:] == (100, 8, 8, 0)  # one unit was granted that it does not apply
    assert strongest(list(standings.values()))[0].code == "2.2"
    assert weakest(list(standings.values()))[0].code == "1.1.2"


def test_areas_name_who_is_first_and_last() -> None:
    area = area_standings(GROUP, RULE)[0]
    assert ([unit.code for unit in area.best], [unit.code for unit in area.worst]) == (["x000"], ["x008"])


def test_movers_by_index_and_grades_are_counted() -> None:
    moved = movers_by_index(GROUP)
    assert [mover.by for mover in moved] == sorted((mover.by for mover in moved), reverse=True)
    assert sum(count.units for count in grade_counts(GROUP, STANDARD_GRADES)) == 9
