"""Published rounds as the results site may show them: what is hidden taken out, corrections linked, history told.

An edition is one published decision. What a province hides is taken out of the results themselves, before any page or
file is made, so that nothing of it can reach the site; figures from which it could be computed go too.
Source: Nghị định 30/2020/NĐ-CP, Điều 18.3 (a decision replaces another); docs/process.md, 4 (lineage).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import TypeVar

from models.province.config import Site
from models.published_figures import Medium, SiteField, attributes_shown, figures_in
from models.records.results import Counts, GroupResult, PreviousResult, RoundResult, UnitResult
from models.records.snapshots import Frozen, thawed
from tasks.publishing.exporting import AREAS, REPAIRS
from tasks.site.papers import PaperEdition, PublishedPaper, Ruling

_NOT_SAID = "không có kết quả năm trước để so sánh"
Record = TypeVar("Record", GroupResult, UnitResult)
_NO_COUNTS = Counts(0, 0, 0)
# What of a group and of a unit the site may show, unless a province hides it. What is not declared is not shown.
_OF_GROUP = (
    *("id", "name", "criteria_set", "max_points", "size", "mean", "index_counts", "rank_counts"),
    *("risers", "fallers", "previous_size", "population_changed", "set_changed", "units"),
)
_OF_UNIT: Mapping[str, SiteField | None] = {
    "kind": None,
    "gated": SiteField.GRADE,
    "areas": SiteField.AREAS,
    "no_comparison": SiteField.COMPARISON,
    "leaves": SiteField.LOST_POINTS,
}
_LEFT_OUT: Mapping[SiteField, tuple[str, ...]] = {
    SiteField.AREAS: (AREAS,),
    SiteField.LOST_POINTS: (REPAIRS,),
    SiteField.COMPARISON: ("up", "down", "unchanged"),
}


@dataclass(frozen=True, slots=True)
class Edition(PaperEdition):
    """One published decision and its results as they may be seen.

    Attributes:
        frozen: its snapshot without what is hidden.
        ranked: how many units of each group have a rank, hidden ones too.
        hidden_units: how many units of each group are hidden.
    """

    frozen: Frozen
    ranked: Mapping[str, int]
    hidden_units: Mapping[str, int]

    @property
    def results(self) -> RoundResult:
        """What is announced, as far as it may be seen."""
        return self.frozen.results


@dataclass(frozen=True, slots=True)
class Hidden:
    """What a province does not show: codes and names of units, and fields."""

    units: frozenset[str]
    names: frozenset[str]
    fields: frozenset[SiteField]

    @classmethod
    def of(cls, site: Site, names: Mapping[str, str]) -> "Hidden":
        """What province.yaml hides; `names` are the units' names by code."""
        units = frozenset(site.hide_units)
        return cls(units, frozenset(names[code] for code in units if code in names), frozenset(site.hide_fields))

    @property
    def columns(self) -> frozenset[str]:
        """Names that the open data leave out, as `exporting.results_in_format` takes them."""
        in_json = {figure.parent or figure.id: figure.hidden_by for figure in figures_in(Medium.JSON)}
        in_tables = {one.id: one.hidden_by for form in (Medium.CSV, Medium.WORKBOOK) for one in figures_in(form)}
        names = {name for name, field in {**in_json, **in_tables}.items() if field in self.fields}
        return frozenset(names.union(*(_LEFT_OUT.get(field, ()) for field in self.fields)))


def edition_of(paper: PublishedPaper, place: str, rulings: Sequence[Ruling], hidden: Hidden) -> Edition:
    """A published decision without what is hidden.

    Args:
        paper: the publication, whole.
        place: its folder on the site.
        rulings: all that is published.
        hidden: what the province does not show.
    """
    frozen = thawed(paper.contents)
    shown = visible(frozen, hidden)
    after, before = paper.ruling.among(rulings)
    return Edition(
        ruling=paper.ruling,
        place=place,
        source=paper.folder,
        snapshot=paper.snapshot,
        files=paper.files,
        replaced_by=after,
        replaces=before,
        trimmed=shown.results != frozen.results,
        frozen=shown,
        ranked={group.id: len(group.ranked_units) for group in frozen.results.groups},
        hidden_units={
            group.id: sum(unit.code in hidden.units for unit in group.units) for group in frozen.results.groups
        },
    )


def visible(frozen: Frozen, hidden: Hidden) -> Frozen:
    """A snapshot without hidden units and fields, and without what would give them away.

    Where a unit is hidden its group has no mean (it could be computed from it), and counts and movers are those of the
    others. The group's size stays: ranks are told within it.
    """
    groups = tuple(_visible_group(group, hidden) for group in frozen.results.groups)
    return replace(frozen, results=replace(frozen.results, groups=groups))


def _only(record: Record, shown: Collection[str]) -> Record:
    """A record with these fields; every other has its default.

    Raises:
        TypeError: a field that is not shown has no default.
    """
    kept = {field.name: getattr(record, field.name) for field in fields(record) if field.name in shown}
    return type(record)(**kept)


def _visible_group(group: GroupResult, hidden: Hidden) -> GroupResult:
    # A snapshot may know a unit by an older name.
    names = hidden.names | {unit.name for unit in group.units if unit.code in hidden.units}
    units = tuple(
        _visible_unit(unit, replace(hidden, names=names)) for unit in group.units if unit.code not in hidden.units
    )
    shown = replace(_only(group, _OF_GROUP), units=units)
    if len(units) < len(group.units):
        rises = [unit.change.index for unit in units if unit.change]
        ranks = [unit.change.rank for unit in units if unit.change and unit.change.rank is not None]
        shown = replace(shown, mean=None, index_counts=Counts.of(rises), rank_counts=Counts.of(ranks))
        shown = replace(
            shown,
            risers=tuple(code for code in group.risers if code not in hidden.units),
            fallers=tuple(code for code in group.fallers if code not in hidden.units),
        )
    if SiteField.COMPARISON in hidden.fields:
        shown = replace(shown, index_counts=_NO_COUNTS, rank_counts=_NO_COUNTS, risers=(), fallers=())
    return shown


def _visible_unit(unit: UnitResult, hidden: Hidden) -> UnitResult:
    declared = {**attributes_shown(), **_OF_UNIT}
    shown = _only(unit, {name for name, field in declared.items() if field not in hidden.fields})
    previous = shown.previous
    if previous and hidden.units:
        shown = _with_visible_past(shown, previous, hidden)
    if shown.no_comparison and _names_any(shown.no_comparison, hidden.names):
        shown = replace(shown, no_comparison=_NOT_SAID)
    return shown


def _with_visible_past(unit: UnitResult, previous: PreviousResult, hidden: Hidden) -> UnitResult:
    """The unit compared with what it comes from, unless all of that is hidden."""
    past = tuple(code for code in previous.from_units if code not in hidden.units)
    if not past:
        return replace(unit, previous=None, change=None, no_comparison=_NOT_SAID)
    note = None if previous.note and _names_any(previous.note, hidden.names) else previous.note
    return replace(unit, previous=replace(previous, from_units=past, note=note))


def _names_any(text: str, names: Collection[str]) -> bool:
    return any(name in text for name in names)


@dataclass(frozen=True, slots=True)
class PastResult:
    """One line of a unit's history.

    Attributes:
        decision: the edition it stands in, None for what was published before the site.
        page: the unit's code in that edition, None without one.
        size: how many units had a rank, None where unknown.
        note: from which units it comes, where it is another.
    """

    year: int
    edition: Edition | None
    page: str | None
    name: str
    index: Decimal | None
    rank: int | None
    size: int | None
    grade: str | None
    note: str | None


class SiteArchive:
    """All editions of the site, and the ways between them."""

    def __init__(self, editions: Sequence[Edition]) -> None:
        self.editions = list(editions)
        self._units = [
            {unit.code: (group, unit) for group in edition.results.groups for unit in group.units}
            for edition in self.editions
        ]

    def of_year(self, year: int) -> list[Edition]:
        """The editions of an index year, the newest decision first."""
        return [edition for edition in self.editions if edition.ruling.year == year]

    def valid(self, year: int) -> Edition | None:
        """The edition in force of an index year."""
        return next((edition for edition in self.of_year(year) if edition.replaced_by is None), None)

    def shown(self, ruling: Ruling | None) -> Edition | None:
        """The edition of a decision, None where it cannot be shown."""
        return next((edition for edition in self.editions if edition.ruling == ruling), None)

    def find(self, edition: Edition, code: str) -> tuple[GroupResult, UnitResult] | None:
        """A unit and its group in an edition."""
        return self._units[self.editions.index(edition)].get(code)

    def history(self, edition: Edition, code: str) -> list[PastResult]:
        """A unit's results, newest first: every decision of the edition's year, then back as far as one unit leads on.

        A merged unit's past is told as the one figure it is compared with; from there no single unit leads on.
        """
        lines: list[PastResult] = []
        year, note = edition.ruling.year, None
        while True:
            lines += self._lines(year, code, note)
            found = self._telling(edition, year, code)
            previous = found[1].previous if found else None
            if found is None or previous is None:
                return lines
            group, note = found[0], previous.note
            single = previous.from_units[0] if len(previous.from_units) == 1 else None
            if single is None or self._telling(edition, previous.year, single) is None:
                size = group.previous_size if previous.rank else None
                past = PastResult(
                    previous.year, None, None, found[1].name, previous.index, previous.rank, size, None, note
                )
                return [*lines, past]
            year, code = previous.year, single

    def _telling(self, edition: Edition, year: int, code: str) -> tuple[GroupResult, UnitResult] | None:
        """The unit as the edition itself has it; in other years as the newest decision does."""
        if year == edition.ruling.year:
            return self.find(edition, code)
        return next((found for other in self.of_year(year) if (found := self.find(other, code))), None)

    def _lines(self, year: int, code: str, note: str | None) -> Iterator[PastResult]:
        for edition in self.of_year(year):
            found = self.find(edition, code)
            if found:
                group, unit = found
                size = edition.ranked[group.id]
                yield PastResult(year, edition, code, unit.name, unit.index, unit.rank, size, unit.grade, note)

    def later(self, edition: Edition, code: str) -> list[tuple[Edition, UnitResult]]:
        """What became of the unit in the next year that is published here."""
        years = [other.ruling.year for other in self.editions if other.ruling.year > edition.ruling.year]
        following = self.valid(min(years)) if years else None
        if following is None:
            return []
        units = [unit for group in following.results.groups for unit in group.units]
        return [(following, unit) for unit in units if unit.previous and code in unit.previous.from_units]
