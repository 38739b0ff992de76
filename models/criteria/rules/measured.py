"""What a rule measures where it can measure either: a ratio of two facts, or one number."""

from abc import ABC
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from typing_extensions import override

from models.criteria.facts import FactField, kind_of_number
from models.criteria.rules.amounts import Label
from models.criteria.rules.base import Numbers
from models.criteria.rules.cells import FactCell
from models.criteria.rules.ratios import RatioRule, number_cell

VALUE = "value"


class Measured(StrEnum):
    """A ratio in percent, or a number."""

    RATIO = "ratio"
    NUMBER = "number"


class MeasuredRule(RatioRule, ABC):
    """A rule of a ratio or of a number.

    Attributes:
        of: which of them.
        value: what the number is called.
        unit: of the number.
    """

    of: Measured = Measured.RATIO
    value: Label = "Giá trị"
    unit: str = ""

    @cached_property
    @override
    def fields(self) -> tuple[FactField, ...]:
        if self.of is Measured.RATIO:
            return self.ratio_fields()
        return (FactField(VALUE, self.value, kind_of_number(self.value, self.unit, self.counts)),)

    @override
    def cell(self, field: FactField, maximum: Decimal, year: int) -> FactCell:
        return number_cell(field)

    @property
    @override
    def numbers(self) -> Numbers:
        if self.of is Measured.RATIO:
            return Numbers.PART_OF_WHOLE
        return Numbers.PERCENT if "%" in self.unit else Numbers.PLAIN
