"""What is published of a year and of its periods, found by what a sentence speaks of.

Everything is taken as printed: who checks a text has the annexes in hand and nothing else.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from models.criteria.sets import CriteriaSet
from models.numbers import vietnamese_number
from models.province.rounds import Band, RankingRule
from models.records.progress_snapshots import FrozenProgress
from models.records.results import GroupResult, Status, UnitResult
from models.records.snapshots import Frozen
from models.units import Unit
from report_templates.filters import unit_in_sentence
from tasks.documents.annexes import Annex, annexes_of
from tasks.scoring.analysis import AreaStanding, CriterionStanding, area_ranks, area_standings, criterion_standings


@dataclass(frozen=True)
class KnownGroup:
    """One group as its annexes show it."""

    annex: Annex
    criteria_set: CriteriaSet
    ranking: RankingRule
    published: str

    @property
    def group(self) -> GroupResult:
        """Its results."""
        return self.annex.group

    @property
    def name(self) -> str:
        """Its name inside a sentence."""
        return self.annex.name

    @property
    def grades(self) -> Sequence[Band]:
        """Its grades, best first."""
        return self.annex.grades

    @property
    def source(self) -> str:
        """Where its ranking stands."""
        return f"{self.annex.label}{self.published}"

    @property
    def area_source(self) -> str:
        """Where its areas stand."""
        return f"{self.annex.matrix.label if self.annex.matrix else 'Báo cáo kết quả'}{self.published}"

    @property
    def report_source(self) -> str:
        """Where what the report tells of it stands."""
        return f"Báo cáo kết quả xác định Chỉ số{self.published}"

    @cached_property
    def areas(self) -> Mapping[str, AreaStanding]:
        """Its areas by code."""
        return {area.code: area for area in area_standings(self.group, self.ranking)}

    @cached_property
    def criteria(self) -> Sequence[CriterionStanding]:
        """What its units got of each leaf on average."""
        return criterion_standings(self.group, self.criteria_set)

    def units(self, kinds: Sequence[str] = ()) -> list[UnitResult]:
        """Its units, of some kinds only where any are named."""
        return [unit for unit in self.group.units if not kinds or unit.kind in kinds]

    def area_rank(self, code: str, unit: str) -> int | None:
        """The place of a unit in an area."""
        return area_ranks(self.group, code, self.ranking).get(unit)

    def index(self, unit: UnitResult) -> Decimal | None:
        """A unit's index as printed."""
        return None if unit.index is None else self.ranking.printed(unit.index)

    def shown(self, value: Decimal) -> str:
        """A value with the decimals of the round."""
        return vietnamese_number(format(self.ranking.printed(value), "f"))


class KnownUnit(NamedTuple):
    """A unit with its group; both None where the year has no results of it."""

    unit: Unit
    result: UnitResult | None
    of: KnownGroup | None

    @property
    def name(self) -> str:
        """Its name inside a sentence."""
        return unit_in_sentence(self.unit.name)


@dataclass(frozen=True)
class Known:
    """What is published of a year.

    Attributes:
        year: of the index.
        groups: in the order of the round.
        units: every unit that the province knows, by code: those without results too.
        periods: reports of periods of the year.
        drafts: which of these are not published, by their periods' names.
        place: what the province is called, so that its name reads as nothing else.
        published: whether the year is published, so that its figures are not only the current ones.
    """

    year: int
    groups: Sequence[KnownGroup]
    units: Mapping[str, KnownUnit]
    periods: Sequence[FrozenProgress] = ()
    drafts: Collection[str] = ()
    place: str = ""
    published: bool = True

    def report_of(self, frozen: FrozenProgress) -> str:
        """The report of a period as a source is named."""
        draft = " (dự thảo, chưa công bố)" if frozen.named_period in self.drafts else ""
        return f"Báo cáo {frozen.period.name}{draft}"

    def group(self, id: str) -> KnownGroup:
        """The group with an id.

        Raises:
            KeyError: there is none.
        """
        return {known.group.id: known for known in self.groups}[id]

    @cached_property
    def grades(self) -> Sequence[str]:
        """All grades of all groups."""
        return list(dict.fromkeys(band.label for known in self.groups for band in known.grades))


def known_of(
    frozen: Frozen | None,
    units: Mapping[str, Unit],
    year: int,
    *,
    periods: Sequence[FrozenProgress] = (),
    drafts: Collection[str] = (),
    published: bool = True,
) -> Known:
    """What is known of a year.

    Args:
        frozen: its results; None where there are none, so that only periods can be checked.
        units: the units of the province by code, with their aliases.
        periods: reports of its periods.
        drafts: those of them that are not published, as `Period` names them.
        published: whether the results are published, not only computed.
    """
    groups = _groups(frozen, "" if published else " (bản hiện tại, chưa công bố)") if frozen else ()
    results = {unit.code: (unit, known) for known in groups for unit in known.group.units}
    of_results = {
        code: Unit(code=code, name=result.name, kind=result.kind)
        for code, (result, _) in results.items()
        if code not in units
    }
    every = {code: KnownUnit(unit, *results.get(code, (None, None))) for code, unit in {**units, **of_results}.items()}
    place = frozen.config.name if frozen else next((one.config.name for one in periods), "")
    return Known(year, groups, every, tuple(periods), frozenset(drafts), place, published)


def _groups(frozen: Frozen, published: str) -> tuple[KnownGroup, ...]:
    annexes = annexes_of(frozen.config, frozen.round, frozen.results)
    return tuple(
        KnownGroup(annex, frozen.criteria_sets[annex.group.criteria_set], frozen.results.ranking, published)
        for annex in annexes
    )


def scored(unit: UnitResult) -> bool:
    """Whether a unit has points."""
    return unit.status is Status.SCORED
