"""Commitments (cam kết): what units pledge for a year: a bound on a measure or criterion, a gain of rank, or what has
no number and somebody judges.

Source: docs/process.md, 5 (Vũng Tàu 2023: 100 % of procedures online but 85 % for one room; +32 ranks; one ward keeps
its rank, which is not the same as pledging nothing; orders of superiors in time and the use of IT without a number).
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.codes import Code, CodeList, Name
from models.criteria.rules.amounts import Bound


class Comparator(StrEnum):
    """How the figure must stand to the target."""

    AT_LEAST = ">="
    MORE = ">"
    AT_MOST = "<="
    LESS = "<"
    EQUAL = "="

    def holds(self, value: Decimal, target: Decimal) -> bool:
        """Whether a value fulfils the target."""
        match self:
            case Comparator.AT_LEAST:
                return value >= target
            case Comparator.MORE:
                return value > target
            case Comparator.AT_MOST:
                return value <= target
            case Comparator.LESS:
                return value < target
            case Comparator.EQUAL:
                return value == target

    @property
    def upwards(self) -> bool:
        """Whether more is nearer to the target."""
        return self in (Comparator.AT_LEAST, Comparator.MORE, Comparator.EQUAL)


class Scope(BaseModel):
    """Who pledges: `all`, units of kinds, listed units (code, name or alias); less the excepted ones."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    all: bool = False
    kind: CodeList = ()
    units: tuple[Name, ...] = ()
    except_: Annotated[tuple[Name, ...], Field(alias="except")] = ()

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not (self.all or self.kind or self.units):
            raise ValueError("phạm vi cam kết chưa nêu ai: ghi all, kind hoặc units")
        return self


class UnitException(BaseModel):
    """One unit that pledges another target."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: Name
    target: Bound
    reason: str | None = None


class RankPledge(BaseModel):
    """One unit's pledge about its rank: so many places better, or keep the rank."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: Name
    gain: Annotated[int | None, Field(ge=1, le=10_000)] = None
    keep: bool = False
    from_rank: Annotated[int | None, Field(ge=1)] = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.gain is None) is not self.keep:
            raise ValueError(f"cam kết hạng của {self.unit}: ghi gain (số bậc tăng) hoặc keep: true (giữ hạng)")
        return self

    @property
    def places(self) -> int:
        """How many places the rank must improve: 0 where it is kept."""
        return self.gain or 0

    @property
    def said(self) -> str:
        """The pledge in words."""
        return "giữ nguyên thứ hạng" if self.keep else f"tăng {self.gain} bậc"


class Ranks(BaseModel):
    """Pledges of rank against a published year. `among` says in which list the ranks are counted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    based_on: Annotated[int, Field(ge=2000, le=2100)]
    among: Annotated[str, Field(pattern="^(group|province)$")] = "group"
    index: Code | None = None
    decision: str | None = None
    pledges: Annotated[tuple[RankPledge, ...], Field(min_length=1)]


class Judgement(BaseModel):
    """What the judge of a pledge without a number found of one unit on a day, and by which evidence."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: Name
    day: date
    kept: bool
    evidence: Name

    @property
    def said(self) -> str:
        """The finding in words."""
        return "thực hiện đúng cam kết" if self.kept else "chưa thực hiện đúng cam kết"


class Judged(BaseModel):
    """A pledge that no figure measures: who judges it, and what was found so far."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: Name
    findings: tuple[Judgement, ...] = ()


class Commitment(BaseModel):
    """One commitment of one year: on a measure, a criterion or all points, on ranks, or judged by somebody."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Code
    title: Name
    year: Annotated[int, Field(ge=2000, le=2100)]
    source: str | None = None
    scope: Scope | None = None
    measure: Code | None = None
    criterion: Code | None = None
    comparator: Comparator = Comparator.AT_LEAST
    target: Bound | None = None
    restriction: str | None = None
    exceptions: tuple[UnitException, ...] = ()
    ranks: Ranks | None = None
    judged: Judged | None = None

    @model_validator(mode="after")
    def _one_subject(self) -> Self:
        subjects = [self.measure, self.criterion, self.ranks, self.judged]
        if sum(subject is not None for subject in subjects) != 1:
            raise ValueError(f"cam kết {self.id}: ghi đúng một trong measure, criterion, ranks, judged")
        if self.judged is not None and (self.target is not None or self.exceptions):
            raise ValueError(f"cam kết {self.id}: cam kết do người đánh giá không có target, exceptions")
        if self.judged is not None and self.scope is None:
            raise ValueError(f"cam kết {self.id}: thiếu scope")
        if self.ranks is None and self.judged is None and (self.target is None or self.scope is None):
            raise ValueError(f"cam kết {self.id}: thiếu scope hoặc target")
        if self.ranks is not None and (self.target is not None or self.exceptions or self.scope):
            raise ValueError(f"cam kết {self.id}: cam kết về hạng ghi từng đơn vị trong ranks.pledges")
        return self

    @property
    def places(self) -> int:
        """The sum of all places pledged."""
        return sum(pledge.places for pledge in self.ranks.pledges) if self.ranks else 0
