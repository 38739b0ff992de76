"""Verified years of provinces → the country's ranking of each level: departments, districts, communes.

Every index is a percentage of the unit's own maximum, so that provinces with other maxima stand on one scale; it is
compared as its province printed it, so that a reader of the published papers comes to the same ranks. Ties are those of
a province's ranking. What cannot be ranked keeps its line, and what is missing is named.
Source: docs/maths.md, 5 (index, rank); docs/process.md, 2 (ties).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from models.numbers import ZERO
from models.province.rounds import RankingRule, RankOn
from models.records.results import GroupResult, ScoredUnit, UnitResult
from models.units import Level, kind_name, level_of
from tasks.gathering.publications import Gathered, ProvincialYear
from tasks.scoring.ranking import rank_group


@dataclass(frozen=True, slots=True)
class CountryUnit:
    """A unit in its level of the country.

    Attributes:
        unit: what its province published of it.
        index: as its province printed it; None where it has none.
        ranked_there: how many units its province ranked in the unit's group.
    """

    province: ProvincialYear
    unit: UnitResult
    index: Decimal | None
    rank: int | None
    tied: bool
    ranked_there: int

    @property
    def code(self) -> str:
        """Its code among all units of the country: those of two provinces may be the same."""
        return _code(self.province, self.unit)


@dataclass(frozen=True, slots=True)
class LevelRanking:
    """One level: ranked units best first, then those without a rank; the mean of the ranked ones' indices."""

    level: Level
    units: tuple[CountryUnit, ...]
    mean: Decimal | None

    @property
    def ranked(self) -> int:
        """How many units have a rank."""
        return sum(unit.rank is not None for unit in self.units)


@dataclass(frozen=True, slots=True)
class Country:
    """What was gathered, and the ranking of every level that any province published."""

    gathered: Gathered
    rule: RankingRule
    levels: tuple[LevelRanking, ...]

    @property
    def mark(self) -> str | None:
        """What marks the papers of a province marks all: the ranking of samples is a sample."""
        marks = (one.frozen.config.mark for one in self.gathered.provinces)
        return next((mark for mark in marks if mark), None)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is missing or differs, a sentence each, in the order of the provinces."""
        return tuple(self._notes())

    def _notes(self) -> Iterator[str]:
        for refused in self.gathered.refused:
            yield f"{refused.name}: bản công bố bị từ chối, không có trong bảng ({refused.why})."
        for name in self.gathered.silent:
            yield f"{name}: chưa công bố kết quả năm {self.gathered.year}."
        for aside in self.gathered.set_aside:
            yield f"{aside.name}: không dùng {aside.ruling.cited}, vì tỉnh có quyết định mới hơn."
        for one in self.gathered.provinces:
            yield from _notes_of(one, [ranking.level for ranking in self.levels], self.rule)


def rank_country(gathered: Gathered) -> Country:
    """Rank all units of a level against each other, whatever group their province has put them into.

    Args:
        gathered: the verified years.
    """
    decimals = [one.frozen.results.ranking.decimals for one in gathered.provinces]
    rule = RankingRule(decimals=max(decimals, default=RankingRule().decimals), rank_on=RankOn.PRINTED)
    members = [
        (one, group, unit) for one in gathered.provinces for group in one.frozen.results.groups for unit in group.units
    ]
    by_level = {level: [each for each in members if level_of(each[2].kind) is level] for level in Level}
    levels = tuple(_ranking(level, of_level, rule) for level, of_level in by_level.items() if of_level)
    return Country(gathered, rule, levels)


def _ranking(
    level: Level, members: Sequence[tuple[ProvincialYear, GroupResult, UnitResult]], rule: RankingRule
) -> LevelRanking:
    by_code = {_code(one, unit): (one, group, unit) for one, group, unit in members}
    scored = [_scored(one, unit) for one, _, unit in members]
    unranked = {code for code, (_, _, unit) in by_code.items() if unit.rank is None}
    units = []
    for ranked in rank_group(scored, rule, (), unranked=unranked):
        one, group, unit = by_code[ranked.unit.code]
        place = (ranked.unit.index, ranked.rank, ranked.tied)
        units.append(CountryUnit(one, unit, *place, one.ranked[group.id]))
    indices = [each.index for each in units if each.rank is not None and each.index is not None]
    mean = sum(indices, ZERO) / len(indices) if indices else None
    return LevelRanking(level, tuple(units), mean)


def _scored(one: ProvincialYear, unit: UnitResult) -> ScoredUnit:
    """A unit as the ranking takes it, its index as printed."""
    rule = one.frozen.results.ranking
    return ScoredUnit(
        code=_code(one, unit),
        name=unit.name,
        kind=unit.kind,
        status=unit.status,
        max_points=unit.max_points,
        points=unit.points,
        index=None if unit.index is None else rule.printed(unit.index),
    )


def _code(one: ProvincialYear, unit: UnitResult) -> str:
    return f"{one.code}/{unit.code}"


def _notes_of(one: ProvincialYear, levels: Sequence[Level], rule: RankingRule) -> Iterator[str]:
    """What is missing of a province, or differs from the others'."""
    units = [unit for group in one.frozen.results.groups for unit in group.units]
    present = {level_of(unit.kind) for unit in units}
    for level in levels:
        if level not in present:
            yield f"{one.name}: không công bố kết quả của {level.label}."
    strange = sorted({unit.kind for unit in units if level_of(unit.kind) is None})
    if strange:
        kinds = ", ".join(f"“{kind_name(kind)}”" for kind in strange)
        yield f"{one.name}: loại đơn vị {kinds} không thuộc nhóm nào của cả nước, không có trong bảng."
    if one.hidden:
        yield f"{one.name}: không công khai kết quả của {one.hidden} đơn vị."
    if (decimals := one.frozen.results.ranking.decimals) < rule.decimals:
        yield f"{one.name}: công bố chỉ số với {decimals} chữ số thập phân, được so sánh đúng như đã công bố."
