"""What a round comes to: points of every leaf, area and total index, rank, grade, comparison, of every unit.

These are the shapes between scoring, ranking, comparison, the snapshot and the documents. Points and indices are
settled Decimals (models/numbers.py); they are cut to printed decimals only where people read them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import PlainSerializer

from models.labelled import Labelled
from models.numbers import ZERO, plain
from models.province.rounds import RankingRule

Exact = Annotated[Decimal, PlainSerializer(plain, return_type=str, when_used="json")]


class Status(StrEnum):
    """Whether a unit sent anything to be scored."""

    SCORED = "scored"
    NOT_SCORED = "not_scored"


class Basis(Labelled):
    """On what the points of a leaf stand, the strongest first."""

    COUNCIL = "council", "Hội đồng quyết định"
    APPRAISAL = "appraisal", "thẩm định"
    SURVEY = "survey", "khảo sát"
    FACTS = "facts", "tính từ số liệu"
    SELF = "self", "tự chấm"
    UNPROVEN = "unproven", "không có tài liệu kiểm chứng"
    FAULTY = "faulty", "số liệu không hợp lệ"
    MISSING = "missing", "chưa có số liệu"
    NOT_APPLICABLE = "not_applicable", "không áp dụng (không phát sinh)"
    STRUCTURAL = "structural", "không áp dụng (theo bộ tiêu chí)"
    REBASED = "rebased", "không khảo sát (quy đổi theo điểm còn lại)"

    @property
    def removed(self) -> bool:
        """Whether the leaf is taken out of the unit's maximum."""
        return self in (Basis.NOT_APPLICABLE, Basis.STRUCTURAL, Basis.REBASED)


class ClosedGate(NamedTuple):
    """A gate that holds: the best grade that it leaves, and what closed it with the figures, as part of a sentence."""

    not_above: str
    reason: str


class LeafPoints(NamedTuple):
    """Points of one leaf of one unit; `points` is None where the leaf is taken out of the unit's maximum.

    `self_points` is what the unit claims for it, None where nothing; `note` is the reason given with what stands;
    `facts` are the canonical facts that the result was computed from, by id, so that a lost point shows its figures.
    """

    code: str
    max: Exact
    points: Exact | None
    basis: Basis
    self_points: Exact | None = None
    note: str = ""
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AreaResult:
    """One area of one unit; an area wholly removed has no index.

    Source: docs/maths.md, 5.
    """

    code: str
    name: str
    max_points: Exact
    points: Exact
    index: Exact | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPoints:
    """One unit's points. A unit that was not scored has no points and no index.

    Attributes:
        self_points: what the unit claims for its self-scored leaves, None where nothing is claimed.
        appraised_points: final points of everything that is not surveyed.
        survey_points: points of the surveyed leaves, None where none was surveyed.
        points: areas + bonus − penalty, kept between 0 and the maximum.
    """

    code: str
    name: str
    kind: str
    status: Status
    max_points: Exact
    self_points: Exact | None = None
    appraised_points: Exact | None = None
    survey_points: Exact | None = None
    bonus: Exact = ZERO
    penalty: Exact = ZERO
    points: Exact | None
    index: Exact | None
    areas: tuple[AreaResult, ...] = ()
    leaves: tuple[LeafPoints, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredUnit(UnitPoints):
    """A unit before ranking.

    Attributes:
        closed_gates: the gates that hold for it.
    """

    closed_gates: tuple[ClosedGate, ...] = ()


@dataclass(frozen=True, slots=True)
class RankedUnit:
    """A scored unit with its place in the group; unranked and not-scored units have no rank."""

    unit: ScoredUnit
    ranked: bool
    rank: int | None
    tied: bool
    grade: str | None
    gated: bool = False
    gated_by: str | None = None


@dataclass(frozen=True, slots=True)
class PreviousResult:
    """What last year said of a unit, or of the units that it comes from. `index` is as printed then; `base` says how it
    was made where it is a mean of several.
    """

    year: int
    index: Exact
    rank: int | None
    from_units: tuple[str, ...]
    note: str | None = None
    base: str | None = None

    @property
    def story(self) -> str | None:
        """From which units it comes, and how its index was made of theirs."""
        return "; ".join(part for part in (self.note, self.base) if part) or None

    @property
    def merged(self) -> bool:
        """Whether several units had it, so that its index is their mean."""
        return len(self.from_units) > 1


@dataclass(frozen=True, slots=True)
class Change:
    """Difference to last year: of the printed index, in points; of the rank, positive when the unit rose."""

    index: Exact
    rank: int | None


@dataclass(frozen=True, slots=True)
class Robustness:
    """Where the rank lies in 90 of 100 draws of other area weights."""

    rank_p5: int
    rank_p95: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitResult(UnitPoints):
    """Everything announced or explained of one unit.

    What the results site does not show of a unit has its default there: a field that it may hide needs one.

    Attributes:
        gated_by: by which gates the grade was lowered, with the figures; None where it was not, or was frozen before
            this was kept.
    """

    ranked: bool
    rank: int | None
    tied: bool
    grade: str | None = None
    gated: bool = False
    gated_by: str | None = None
    previous: PreviousResult | None = None
    no_comparison: str | None = None
    change: Change | None = None
    robustness: Robustness | None = None

    @property
    def nothing_applies(self) -> bool:
        """Whether no criterion of its set applies to it: it is neither ranked nor silent."""
        return self.status is Status.SCORED and self.index is None

    @property
    def note(self) -> str | None:
        """Why the unit is not compared, or from which units it comes."""
        return self.no_comparison or (self.previous.note if self.previous else None)


class Counts(NamedTuple):
    """How many units rose, fell, stayed."""

    up: int
    down: int
    unchanged: int

    @classmethod
    def of(cls, changes: Sequence[Decimal | int]) -> "Counts":
        """Counted from what each unit's figure changed by; above 0 is a rise."""
        up, down = sum(change > 0 for change in changes), sum(change < 0 for change in changes)
        return cls(up, down, len(changes) - up - down)


@dataclass(frozen=True, slots=True)
class GroupResult:
    """One group, best unit first; unranked after the ranked, not-scored last.

    Attributes:
        max_points: the set's maximum before anything is taken out for a unit.
        mean: mean of the printed indices of the ranked units, None without any.
        index_counts, rank_counts: up, down, unchanged against last year, of the units that can be compared.
        risers, fallers: codes of the units whose rank changed most, the largest change first.
        previous_size: how many units were ranked in the group last year, None when unknown.
        population_changed: whether the group's members are not the same units as last year's.
        set_changed: whether another criteria set was used last year, None when unknown.
    """

    id: str
    name: str
    criteria_set: str
    max_points: Exact
    size: int
    mean: Exact | None
    index_counts: Counts
    rank_counts: Counts
    risers: tuple[str, ...]
    fallers: tuple[str, ...]
    previous_size: int | None
    population_changed: bool
    set_changed: bool | None
    units: tuple[UnitResult, ...]

    @property
    def ranked_units(self) -> Sequence[UnitResult]:
        """Units with a rank, best first."""
        return [unit for unit in self.units if unit.rank is not None]

    @property
    def unranked_units(self) -> Sequence[UnitResult]:
        """Scored units that are announced without a rank."""
        return [unit for unit in self.units if unit.rank is None and unit.status is Status.SCORED]

    @property
    def not_scored_units(self) -> Sequence[UnitResult]:
        """Units that sent nothing."""
        return [unit for unit in self.units if unit.status is Status.NOT_SCORED]


@dataclass(frozen=True, slots=True)
class RoundResult:
    """The results of a whole round, groups in the order of its declaration."""

    year: int
    ranking: RankingRule
    groups: tuple[GroupResult, ...] = field(default=())

    def group(self, id: str) -> GroupResult | None:
        """The group with this id."""
        return next((group for group in self.groups if group.id == id), None)

    def find(self, unit: str) -> tuple[GroupResult, UnitResult] | None:
        """A unit's result and its group."""
        for group in self.groups:
            for result in group.units:
                if result.code == unit:
                    return group, result
        return None
