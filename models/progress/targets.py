"""Targets (mục tiêu): where a measure or an index shall stand in which year, against which baseline.

Source: docs/process.md, 5 (Bến Tre 2020–2025 with a view to 2030).
"""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.codes import Code, Name
from models.criteria.rules.amounts import Bound

Year = Annotated[int, Field(ge=2000, le=2100)]


class Direction(StrEnum):
    """What the target asks."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    HOLD = "hold"
    RAISE = "raise"
    REDUCE_BY = "reduce_by"
    INTRODUCE = "introduce"

    @property
    def needs_baseline(self) -> bool:
        """Whether the target says nothing without a value to start from."""
        return self in (Direction.HOLD, Direction.RAISE, Direction.REDUCE_BY)

    @property
    def needs_value(self) -> bool:
        """Whether each milestone states a value."""
        return self in (Direction.AT_LEAST, Direction.AT_MOST, Direction.REDUCE_BY)

    def said(self, value: str) -> str:
        """The target in words."""
        match self:
            case Direction.AT_LEAST:
                return f"từ {value} trở lên"
            case Direction.AT_MOST:
                return f"không quá {value}"
            case Direction.HOLD:
                return "giữ vững"
            case Direction.RAISE:
                return f"tăng {value}".rstrip()
            case Direction.REDUCE_BY:
                return f"giảm ít nhất {value}"
            case Direction.INTRODUCE:
                return "đưa vào thực hiện"


class Baseline(BaseModel):
    """Where the target starts from; the value may still be unknown, or come from the figures of that year."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    year: Year
    value: Bound | None = None


class Milestone(BaseModel):
    """What is asked until the end of a year."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    year: Year
    value: Bound | None = None


class Target(BaseModel):
    """One target: of a measure, or of the value or rank of an index; for one unit or, without one, for the province."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Code
    name: Name
    measure: Code | None = None
    index: Code | None = None
    of: Annotated[str, Field(pattern="^(value|rank)$")] = "value"
    unit: Name | None = None
    direction: Direction
    baseline: Baseline | None = None
    milestones: Annotated[tuple[Milestone, ...], Field(min_length=1)]
    owner: Name | None = None
    source: str | None = None

    @model_validator(mode="after")
    def _one_subject(self) -> Self:
        if (self.measure is None) is (self.index is None):
            raise ValueError(f"mục tiêu {self.id}: ghi đúng một trong measure và index")
        if self.of == "rank" and self.index is None:
            raise ValueError(f"mục tiêu {self.id}: of: rank chỉ dùng cùng index")
        years = [milestone.year for milestone in self.milestones]
        if years != sorted(set(years)):
            raise ValueError(f"mục tiêu {self.id}: các mốc phải theo thứ tự năm, mỗi năm một mốc")
        if self.direction.needs_value and any(milestone.value is None for milestone in self.milestones):
            raise ValueError(f"mục tiêu {self.id}: mỗi mốc cần value")
        return self

    def milestone_for(self, year: int) -> Milestone:
        """The milestone that a year works towards: the next one, or the last when all are past."""
        return next((milestone for milestone in self.milestones if milestone.year >= year), self.milestones[-1])

    def asked(self, milestone: Milestone, baseline: Decimal | None) -> Decimal | None:
        """The bound that follows from a milestone and the baseline's value; None where it is not known."""
        if not self.direction.needs_baseline:
            return milestone.value
        if baseline is None:
            return None
        if self.direction is Direction.REDUCE_BY:
            assert milestone.value is not None
            return baseline * (100 - milestone.value) / 100
        if self.direction is Direction.RAISE and milestone.value is not None:
            return baseline + (-milestone.value if self.of == "rank" else milestone.value)
        return baseline

    def met_by(self, value: Decimal, asked: Decimal) -> bool:
        """Whether a value is what is asked; of ranks, a smaller number is better."""
        match self.direction:
            case Direction.AT_LEAST:
                return value >= asked
            case Direction.AT_MOST | Direction.REDUCE_BY:
                return value <= asked
            case Direction.HOLD:
                return value <= asked if self.of == "rank" else value >= asked
            case Direction.RAISE if self._stepped:
                return value <= asked if self.of == "rank" else value >= asked
            case Direction.RAISE:
                return value < asked if self.of == "rank" else value > asked
            case Direction.INTRODUCE:
                return True

    @property
    def _stepped(self) -> bool:
        """Whether the target says by how much to rise."""
        return any(milestone.value is not None for milestone in self.milestones)
