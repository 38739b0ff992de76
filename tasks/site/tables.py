"""Editions → the tables of units that are sorted, filtered and searched: by index, by areas, by criteria of an area.

In: an edition without what is hidden. Out: columns and rows, each cell as printed and as it is sorted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import quote

from models.criteria.sets import Area
from models.province.rounds import RankingRule
from models.published_figures import Appraised, ColumnGroup, Medium, PublishedFigure, figures_told
from models.records.results import GroupResult, Status, UnitResult
from report_templates.filters import announced, printed
from tasks.rendering.svg_charts import distribution, index_bins
from tasks.scoring.analysis import area_ranks, criterion_shares
from tasks.site.editions import Edition


class RankingCell(NamedTuple):
    """One cell of a ranking: as printed, what it is sorted by, and whether it tells a rise or a fall."""

    text: str
    value: str = ""
    tone: str = ""


class RankingColumn(NamedTuple):
    """One column of a ranking: how it is sorted (`number` or `text`), and in which direction first."""

    heading: str
    sort: str = "number"
    first: str = "descending"
    strong: bool = False


class RankingRow(NamedTuple):
    """One unit of a ranking: where its page is, what it is filtered by, its figures in the order of the columns.

    `also` is what it is found by beside its name and code.
    """

    code: str
    name: str
    page: str
    kind: str
    grade: str
    note: str
    rank: RankingCell
    cells: list[RankingCell]
    also: str = ""


@dataclass(frozen=True)
class Links:
    """Where things are, seen from a page that lies `depth` folders below the root."""

    depth: int

    def to(self, path: str) -> str:
        """The relative address of a path of the site, its characters quoted."""
        return "../" * self.depth + quote(path)

    def edition(self, edition: Edition, page: str = "index.html") -> str:
        """The address of a page of an edition."""
        return self.to(f"{edition.place}/{page}")

    def within(self, edition: Edition) -> Callable[[str], str]:
        """The addresses of an edition's files."""
        return lambda page: self.edition(edition, page)

    def ranking(self, edition: Edition, group: GroupResult) -> str:
        """The address of a group's ranking."""
        return self.edition(edition, f"xep-hang-{group.id}.html")

    def areas(self, edition: Edition, group: GroupResult, code: str = "") -> str:
        """The address of a group's areas side by side, or of the ranking in one of them."""
        return self.edition(edition, f"linh-vuc-{group.id}{f'-{code}' if code else ''}.html")

    def comparison(self, edition: Edition, group: GroupResult) -> str:
        """The address of a group's comparison of years."""
        return self.edition(edition, f"so-sanh-{group.id}.html")

    def unit(self, edition: Edition, code: str) -> str:
        """The address of a unit's page."""
        return self.edition(edition, f"don-vi/{code}.html")


def ranking_table(edition: Edition, group: GroupResult, links: Links) -> dict[str, Any]:
    """The ranking of a group, its chart, and what it can be filtered by."""
    figures = figures_told(Medium.SITE, group.ranked_units, group.units)
    rule = edition.results.ranking
    bins = index_bins([unit.index for unit in group.units if unit.index is not None])
    return {
        "columns": [_ranking_column(figure, edition.frozen.appraised_in(group)) for figure in figures],
        "rows": [
            _row(edition, unit, links, unit.rank, [_cell(figure, unit, rule) for figure in figures])
            for unit in group.units
        ],
        "kinds": _kinds(group),
        "grades": list(dict.fromkeys(unit.grade for unit in group.units if unit.grade)),
        "bins": bins,
        "chart": distribution("phan-bo", "Số đơn vị theo khoảng chỉ số (%)", bins) if len(bins) > 1 else None,
    }


def _ranking_column(figure: PublishedFigure, appraised: Appraised) -> RankingColumn:
    heading, strong = figure.heading_in(Medium.SITE, appraised), figure.group is ColumnGroup.INDEX
    return (
        RankingColumn(heading, "text", "ascending") if figure.kind == "text" else RankingColumn(heading, strong=strong)
    )


def _cell(figure: PublishedFigure, unit: UnitResult, rule: RankingRule) -> RankingCell:
    value = figure.of(unit)
    text = announced(unit, figure, rule, on_paper=False)
    if value is None:
        return RankingCell(text)
    if figure.signed:
        return RankingCell(text, str(value), "up" if value > 0 else "down" if value < 0 else "")
    return RankingCell(text, format(value, "f") if isinstance(value, Decimal) else str(value))


def areas_table(edition: Edition, group: GroupResult, links: Links) -> dict[str, Any]:
    """The indices of all areas side by side, in the order of the ranks; units can be chosen to be compared."""
    rule = edition.results.ranking
    areas = edition.frozen.criteria_sets[group.criteria_set].areas
    rows = []
    for unit in group.units:
        indices = {area.code: area.index for area in unit.areas}
        cells = [_index_cell(unit.index, rule), *(_index_cell(indices.get(area.code), rule) for area in areas)]
        rows.append(_row(edition, unit, links, unit.rank, cells))
    heads = [f"{area.code}. {area.name}" for area in areas]
    columns = [RankingColumn("Chỉ số chung (%)", strong=True), *map(RankingColumn, heads)]
    return {"columns": columns, "rows": rows, "kinds": _kinds(group), "grades": []}


def area_table(edition: Edition, group: GroupResult, area: Area, links: Links) -> dict[str, Any]:
    """The ranking of a group in one area, and how much of the maximum each unit got in each criterion of it.

    Where the site hides a unit of the group nobody gets a place: it would tell where the hidden one stands.
    """
    rule = edition.results.ranking
    criteria_set = edition.frozen.criteria_sets[group.criteria_set]
    ranks = {} if edition.hidden_units[group.id] else area_ranks(group, area.code, rule)
    criteria = area.criteria if any(unit.leaves for unit in group.units) else ()
    rows = []
    for unit in group.units:
        index = next((each.index for each in unit.areas if each.code == area.code), None)
        shares = criterion_shares(unit, criteria_set)
        cells = [_index_cell(index, rule), *(_index_cell(shares.get(each.code), rule) for each in criteria)]
        rows.append((index, _row(edition, unit, links, ranks.get(unit.code), cells)))
    rows.sort(key=lambda pair: (pair[0] is None, -rule.compared(pair[0]) if pair[0] is not None else 0))
    heads = [f"{each.code}. {each.name}" for each in criteria]
    columns = [RankingColumn("Chỉ số lĩnh vực (%)", strong=True), *map(RankingColumn, heads)]
    return {"columns": columns, "rows": [row for _, row in rows], "kinds": _kinds(group), "grades": []}


def _row(edition: Edition, unit: UnitResult, links: Links, rank: int | None, cells: list[RankingCell]) -> RankingRow:
    place = RankingCell("–") if rank is None else RankingCell(str(rank), str(rank))
    page = links.unit(edition, unit.code)
    return RankingRow(unit.code, unit.name, page, unit.kind, unit.grade or "", state_of(unit), place, cells)


def _index_cell(index: Decimal | None, rule: RankingRule) -> RankingCell:
    return RankingCell(printed(index, rule), "" if index is None else format(index, "f"))


def _kinds(group: GroupResult) -> list[str]:
    """What the group can be filtered by: the kinds of its units, where there are several."""
    kinds = sorted({unit.kind for unit in group.units})
    return kinds if len(kinds) > 1 else []


def state_of(unit: UnitResult) -> str:
    """Why a unit has no rank; empty where it has one."""
    if unit.status is Status.NOT_SCORED:
        return "không được chấm điểm"
    if unit.nothing_applies:
        return "không có tiêu chí áp dụng"
    return "" if unit.rank is not None else "không xếp hạng"
