"""Editions → the pages of the results site: HTML that needs no server, no other file and no JavaScript to be read.

Style and script stand inside each page under the hashes that its Content-Security-Policy names: a page opened from a
folder (file://) has no origin that `'self'` could mean. The same editions give the same bytes.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from markupsafe import Markup

from models.numbers import ZERO
from models.province.config import ProvinceConfig
from models.province.rounds import Group
from models.published_figures import Appraised, Medium, figures_in
from models.records.results import GroupResult, UnitResult
from models.units import kind_name
from report_templates.filters import announced, band_words, exact, percent, points, printed, signed, without_end
from tasks.documents.unit_sheets import sheet_name
from tasks.publishing.open_data import DICTIONARY_COLUMNS, dictionary_csv, dictionary_rows, results_schema
from tasks.rendering.pdf import TEMPLATES, template_environment
from tasks.rendering.svg_charts import Bar, Drawing, Moment, area_bars, change_bars, index_line
from tasks.scoring.comparison import foremost, lost_points
from tasks.scoring.repairs import figures_of
from tasks.site.editions import Edition, PastResult, SiteArchive
from tasks.site.files import SUMS, Offered, sums_of
from tasks.site.tables import Links, area_table, areas_table, ranking_table, state_of

if TYPE_CHECKING:
    from jinja2 import Environment

MOST_MOVERS = 10
MOST_YEARS = 6
DICTIONARY, SCHEMA = "du-lieu/tu-dien-du-lieu.csv", "du-lieu/results.schema.json"


class UnitFigure(NamedTuple):
    """One figure of a unit's page: its name, as printed, the change that it tells, and whether it is set off."""

    heading: str
    text: str
    change: Decimal | int | None
    first: bool


class SitePages:
    """Everything that the pages share, and each of them."""

    def __init__(
        self,
        config: ProvinceConfig,
        archive: SiteArchive,
        offered: Mapping[str, Sequence[Offered]],
        with_reports: bool = False,
    ) -> None:
        self.config = config
        self.with_reports = with_reports
        self.archive = archive
        self.offered = offered

    @cached_property
    def _environment(self) -> "Environment":
        return template_environment()

    def general(self, without: frozenset[str]) -> Iterator[tuple[str, bytes]]:
        """The pages and small files that are of no paper, each as its path and its bytes.

        Args:
            without: names that the open data may leave out.
        """
        years = sorted({edition.ruling.year for edition in self.archive.editions}, reverse=True)
        by_year = [(year, self.archive.of_year(year)) for year in years]
        yield self.page("index.html", "site/home.html", years=by_year)
        yield self.page("kiem-tra.html", "site/verify.html")
        yield self.page(
            "du-lieu/index.html",
            "site/data.html",
            headings=DICTIONARY_COLUMNS,
            names=list(dictionary_rows()),
            dictionary=DICTIONARY,
            schema=SCHEMA,
        )
        yield DICTIONARY, dictionary_csv()
        yield SCHEMA, results_schema(without)

    def edition(self, edition: Edition) -> Iterator[tuple[str, bytes]]:
        """What there is of an edition beside the pages of its units."""
        context = self._context(edition)
        yield self.page(f"{edition.place}/index.html", "site/edition.html", **context)
        yield self.page(f"{edition.place}/tai-ve.html", "site/downloads.html", **context)
        yield self.page(f"{edition.place}/cach-tinh.html", "site/method.html", **context)
        yield f"{edition.place}/{SUMS}", sums_of(context["files"])
        for group in edition.results.groups:
            group_context = {**context, **_of_group(edition, group)}
            yield self.page(
                f"{edition.place}/xep-hang-{group.id}.html",
                "site/ranking.html",
                **group_context,
                **ranking_table(edition, group, Links(2)),
            )
            if is_compared(group):
                yield self.page(
                    f"{edition.place}/so-sanh-{group.id}.html",
                    "site/comparison.html",
                    **group_context,
                    **self._comparison(edition, group),
                )
            yield from self._area_pages(edition, group, group_context)

    def units(self, edition: Edition, codes: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """The pages of units of an edition."""
        means = {group.id: _area_means(edition, group) for group in edition.results.groups}
        for code in codes:
            found = self.archive.find(edition, code)
            assert found is not None
            group, unit = found
            yield self._unit_page(edition, group, unit, means[group.id])

    def _context(self, edition: Edition) -> dict[str, Any]:
        return {"edition": edition, "ranking": edition.results.ranking, "files": self.offered[edition.place]}

    def _area_pages(self, edition: Edition, group: GroupResult, context: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
        """A group's areas side by side, then the ranking in each; none where areas are hidden."""
        if not has_areas(group):
            return
        links = Links(2)
        start, side_by_side = f"{edition.place}/linh-vuc-{group.id}", areas_table(edition, group, links)
        yield self.page(f"{start}.html", "site/areas.html", **context, **side_by_side, area=None)
        for area in edition.frozen.criteria_sets[group.criteria_set].areas:
            table = area_table(edition, group, area, links)
            yield self.page(f"{start}-{area.code}.html", "site/areas.html", **context, **table, area=area)

    def page(self, path: str, template: str, **context: Any) -> tuple[str, bytes]:
        """One page: its path and its bytes."""
        text = self._environment.get_template(template).render(
            config=self.config,
            archive=self.archive,
            here=path,
            with_reports=self.with_reports,
            links=Links(path.count("/")),
            is_compared=is_compared,
            has_areas=has_areas,
            bands=lambda edition, group: band_words(edition.frozen.round.grades_of(_declared(edition, group))),
            kind_name=kind_name,
            **page_frame(),
            **context,
        )
        return path, text.encode()

    def _unit_page(
        self, edition: Edition, group: GroupResult, unit: UnitResult, means: dict[str, Decimal]
    ) -> tuple[str, bytes]:
        context = {**self._context(edition), **_of_group(edition, group)}
        rule = edition.results.ranking
        criteria = edition.frozen.criteria_sets[group.criteria_set].by_code
        history = self.archive.history(edition, unit.code)
        losses = lost_points(unit.leaves, rule)
        bars = [
            Bar(f"{area.code}. {area.name}", area.index, f"{printed(area.index, rule)}%", means.get(area.code))
            for area in unit.areas
            if area.index is not None
        ]
        told = "Vạch đứng: trung bình của nhóm." if means else ""
        return self.page(
            f"{edition.place}/don-vi/{unit.code}.html",
            "site/unit.html",
            **context,
            unit=unit,
            figures=list(_unit_figures(edition, group, unit)),
            means=means,
            areas_chart=area_bars("linh-vuc", "Chỉ số từng lĩnh vực (%)", bars, told) if bars else None,
            history=history,
            history_chart=_history_chart(edition, history),
            later=self.archive.later(edition, unit.code),
            losses=[(loss, criteria[loss.leaf.code]) for loss in losses],
            lost=sum((loss.lost for loss in losses), ZERO),
            sentence=lambda leaf: leaf.rule.sentence(leaf.max, edition.ruling.year),
            figures_of=lambda points, leaf: without_end(figures_of(points, leaf, edition.ruling.year)),
            sheets=[file for file in context["files"] if file.name == sheet_name(unit.code)],
        )

    def _comparison(self, edition: Edition, group: GroupResult) -> dict[str, Any]:
        """Every unit's index and rank over the years, and who moved most."""
        lines = [(unit, self._by_year(edition, unit)) for unit in group.units]
        years = sorted({year for _, past in lines for year in past}, reverse=True)[:MOST_YEARS]
        by_code = {unit.code: unit for unit in group.units}
        rule = edition.results.ranking
        ordered = sorted(
            ((unit.change.index, unit) for unit in group.units if unit.change and unit.change.index),
            key=lambda move: (-abs(move[0]), move[1].code),
        )
        moved = foremost(ordered, MOST_MOVERS, lambda move: abs(move[0]))
        bars = [
            Bar(unit.name, change, signed(change, rule)) for change, unit in sorted(moved, key=lambda move: -move[0])
        ]
        title = "Thay đổi chỉ số lớn nhất so với năm trước (điểm phần trăm)"
        return {
            "years": years,
            "lines": lines,
            "means": self._means(edition, group, years),
            "risers": [by_code[code] for code in group.risers],
            "fallers": [by_code[code] for code in group.fallers],
            "chart": change_bars("thay-doi", title, bars) if bars else None,
            "previous_year": next(unit.previous.year for unit in group.units if unit.previous),
        }

    def _means(self, edition: Edition, group: GroupResult, years: Sequence[int]) -> dict[int, Decimal]:
        """The group's mean of each year that is published here."""
        means = {edition.ruling.year: group.mean}
        for year in years:
            valid = self.archive.valid(year)
            then = valid.results.group(group.id) if valid else None
            means.setdefault(year, then.mean if then else None)
        return {year: mean for year, mean in means.items() if mean is not None}

    def _by_year(self, edition: Edition, unit: UnitResult) -> dict[int, PastResult]:
        """A unit's history with one line a year: this edition's own, else that of the newest decision."""
        lines: dict[int, PastResult] = {}
        for line in self.archive.history(edition, unit.code):
            if line.year != edition.ruling.year or line.edition is edition:
                lines.setdefault(line.year, line)
        return lines


@cache
def page_frame() -> Mapping[str, str]:
    """What every page carries: style and script, and the policy that names their hashes."""
    style = (TEMPLATES / "site" / "site.css").read_text(encoding="utf-8")
    script = (TEMPLATES / "site" / "site.js").read_text(encoding="utf-8")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    return {"style": Markup(style), "script": Markup(script), "policy": policy}


def _hash(text: str) -> str:
    """A source of the policy: the hash of what stands between the tags."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def has_areas(group: GroupResult) -> bool:
    """Whether the site shows areas of the group."""
    return any(unit.areas for unit in group.units)


def _of_group(edition: Edition, group: GroupResult) -> dict[str, Any]:
    return {"group": group, "ranked": edition.ranked[group.id]}


def _declared(edition: Edition, group: GroupResult) -> Group:
    return next(each for each in edition.frozen.round.groups if each.id == group.id)


def is_compared(group: GroupResult) -> bool:
    """Whether any unit of the group has a result of the year before."""
    return any(unit.previous for unit in group.units)


def _unit_figures(edition: Edition, group: GroupResult, unit: UnitResult) -> Iterator[UnitFigure]:
    """The figures of a unit's page: index and rank set off, then those that the unit has."""
    rule = edition.results.ranking
    unranked = state_of(unit) or "không xếp hạng"
    told = {
        "index": percent(unit.index, rule),
        "rank": unranked if unit.rank is None else f"hạng {unit.rank}/{edition.ranked[group.id]}",
        "points": f"{points(unit.points, rule)}/{exact(unit.max_points)}",
    }
    appraised = Appraised.NONE if unit.code in edition.frozen.unappraised else Appraised.ALL
    for figure in figures_in(Medium.UNIT_PAGE):
        if figure.told_of(unit):
            heading = figure.heading_in(Medium.UNIT_PAGE, appraised)
            heading = heading.format(year=unit.previous.year if unit.previous else "")
            text = told.get(figure.id) or announced(unit, figure, rule, on_paper=False)
            yield UnitFigure(heading, text, figure.of(unit) if figure.signed else None, figure.id in ("index", "rank"))


def _area_means(edition: Edition, group: GroupResult) -> dict[str, Decimal]:
    """The mean index of each area over the ranked units; none where a unit is hidden, which would give it away."""
    if edition.hidden_units[group.id]:
        return {}
    indices: dict[str, list[Decimal]] = {}
    for unit in group.ranked_units:
        for area in unit.areas:
            if area.index is not None:
                indices.setdefault(area.code, []).append(edition.results.ranking.printed(area.index))
    return {code: sum(values, ZERO) / len(values) for code, values in indices.items()}


def _history_chart(edition: Edition, history: Sequence[PastResult]) -> Drawing | None:
    """The line of the valid figures, one a year; none with a single year."""
    by_year: dict[int, PastResult] = {}
    for line in history:
        if line.index is not None and (line.year != edition.ruling.year or line.edition is edition):
            by_year.setdefault(line.year, line)
    if len(by_year) < 2:
        return None
    rule = edition.results.ranking
    moments = [
        Moment(year, line.index, printed(line.index, rule))
        for year, line in sorted(by_year.items())
        if line.index is not None
    ]
    return index_line("qua-cac-nam", "Chỉ số qua các năm (%)", moments[-MOST_YEARS:])
