"""The country's ranking → pages in the look of the results site: where the figures come from, and a page a level.

The same publications give the same bytes.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from models.units import kind_name
from report_templates.filters import exact, points, printed
from tasks.gathering.country import Country, CountryUnit, LevelRanking
from tasks.rendering.pdf import template_environment
from tasks.site.pages import page_frame
from tasks.site.tables import RankingCell, RankingColumn, RankingRow, state_of

_COLUMNS = (
    RankingColumn("Tỉnh, thành phố", "text", "ascending"),
    RankingColumn("Chỉ số (%)", strong=True),
    RankingColumn("Hạng trong tỉnh", first="ascending"),
    RankingColumn("Tổng điểm"),
    RankingColumn("Điểm tối đa"),
)


def country_pages(country: Country, files: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Every page: its name and its bytes.

    Args:
        country: what is shown.
        files: names of the data files beside the pages.
    """
    yield _page(country, "index.html", "site/country_home.html", files=files)
    for ranking in country.levels:
        kinds = sorted({each.unit.kind for each in ranking.units})
        yield _page(
            country,
            f"{ranking.level}.html",
            "site/country_ranking.html",
            ranking=ranking,
            columns=_COLUMNS,
            rows=_rows(country, ranking),
            kinds=kinds if len(kinds) > 1 else [],
            kind_name=kind_name,
        )


def _page(country: Country, name: str, template: str, **context: Any) -> tuple[str, bytes]:
    shared = {"country": country, "gathered": country.gathered, "here": name, **page_frame()}
    return name, template_environment().get_template(template).render(**shared, **context).encode()


def _rows(country: Country, ranking: LevelRanking) -> list[RankingRow]:
    return [_row(country, each) for each in ranking.units]


def _row(country: Country, each: CountryUnit) -> RankingRow:
    unit, rule = each.unit, each.province.frozen.results.ranking
    there = RankingCell("–") if unit.rank is None else RankingCell(f"{unit.rank}/{each.ranked_there}", str(unit.rank))
    cells = [
        RankingCell(each.province.name, each.province.name),
        _number(printed(each.index, country.rule), each.index),
        there,
        _number(points(unit.points, rule), unit.points),
        _number(exact(unit.max_points), unit.max_points),
    ]
    rank = RankingCell("–") if each.rank is None else RankingCell(str(each.rank), str(each.rank))
    return RankingRow(each.code, unit.name, "", unit.kind, "", state_of(unit), rank, cells, each.province.name)


def _number(text: str, value: Decimal | None) -> RankingCell:
    return RankingCell(text, "" if value is None else format(value, "f"))
