"""The cell in which a fact is typed: what may stand in it. The forms add how it looks and what it says."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.numbers import ZERO


@dataclass(frozen=True, slots=True)
class NumberCell:
    """A number between two bounds; `high` None: as large as one likes; `step`: said to the reader, not enforced."""

    low: Decimal = ZERO
    high: Decimal | None = None
    step: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CountCell:
    """A whole number from 0."""


@dataclass(frozen=True, slots=True)
class DayCell:
    """A day from `first` to `last`, or that the thing was never done."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class YesNoCell:
    """Yes or no."""


@dataclass(frozen=True, slots=True)
class ChoiceCell:
    """One of the fact's choices; `points` are those of each choice, in the same order, None where they hang on more."""

    points: tuple[Decimal | None, ...]


FactCell = NumberCell | CountCell | DayCell | YesNoCell | ChoiceCell
