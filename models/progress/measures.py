"""Measures: what is counted month by month, how it adds up over units and months, and figures of it as stated.

A ratio keeps numerator and denominator, so that a total is Σ numerators ÷ Σ denominators, never a mean of ratios. A
figure stated with an inequality (“hơn 82.800”) is kept and printed so. Percent and percentage points are told apart.
Source: docs/process.md, 5.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from models.codes import Code, CodeList, Name
from models.numbers import EXACT, HUNDRED, MOST_DECIMALS, decimals_of, printed, said
from models.progress.periods import Period
from models.units import Unit


class MeasureKind(StrEnum):
    """What sort of figure it is: a count, an amount, a ratio of counts, a ratio of amounts, or a mean."""

    COUNT = "count"
    AMOUNT = "amount"
    RATIO = "ratio"
    WEIGHTED = "weighted"
    MEAN = "mean"

    @property
    def divides(self) -> bool:
        """Whether it has a numerator and a denominator."""
        return self not in (MeasureKind.COUNT, MeasureKind.AMOUNT)

    @property
    def counts(self) -> bool:
        """Whether whole numbers are stated of it: cases, or how many of how many."""
        return self in (MeasureKind.COUNT, MeasureKind.RATIO)

    @property
    def is_share(self) -> bool:
        """Whether it is no more than 100 %: a part of what is counted."""
        return self is MeasureKind.RATIO

    @property
    def in_percent(self) -> bool:
        """Whether its value is a percentage, so that differences are percentage points."""
        return self in (MeasureKind.RATIO, MeasureKind.WEIGHTED)


class GoodDirection(StrEnum):
    """Which direction is good."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


class OverTime(StrEnum):
    """How months make a longer period: they add up, or the newest stands."""

    SUM = "sum"
    LAST = "last"


class Qualifier(StrEnum):
    """How exactly a figure is stated."""

    EXACTLY = "="
    MORE = ">"
    AT_LEAST = ">="
    LESS = "<"
    AT_MOST = "<="

    @property
    def bounds_below(self) -> bool:
        """Whether the true value is at least the stated one."""
        return self in (Qualifier.EXACTLY, Qualifier.MORE, Qualifier.AT_LEAST)

    @property
    def bounds_above(self) -> bool:
        """Whether the true value is at most the stated one."""
        return self in (Qualifier.EXACTLY, Qualifier.LESS, Qualifier.AT_MOST)

    def said_with(self, value: str, of_counts: bool) -> str:
        """The stated value with its words: `hơn 82.800`, `trên 99%`."""
        match self:
            case Qualifier.MORE:
                return f"{'hơn' if of_counts else 'trên'} {value}"
            case Qualifier.AT_LEAST:
                return f"từ {value} trở lên"
            case Qualifier.LESS:
                return f"dưới {value}"
            case Qualifier.AT_MOST:
                return f"không quá {value}"
            case Qualifier.EXACTLY:
                return value


QUALIFIER_WORDS = {
    "": Qualifier.EXACTLY,
    "=": Qualifier.EXACTLY,
    ">": Qualifier.MORE,
    "hơn": Qualifier.MORE,
    "trên": Qualifier.MORE,
    ">=": Qualifier.AT_LEAST,
    "≥": Qualifier.AT_LEAST,
    "ít nhất": Qualifier.AT_LEAST,
    "<": Qualifier.LESS,
    "dưới": Qualifier.LESS,
    "<=": Qualifier.AT_MOST,
    "≤": Qualifier.AT_MOST,
    "không quá": Qualifier.AT_MOST,
}


class FedFact(BaseModel):
    """A component whose facts follow from the measure: numerator and denominator, or the value as `fact`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    criteria_set: Code
    component: Code
    fact: str | None = None


def _as_text(periods: object) -> object:
    """Years as YAML reads them are numbers."""
    return [str(one) if isinstance(one, int) else one for one in periods] if isinstance(periods, list) else periods


class Measure(BaseModel):
    """One thing that is measured. `kinds` are the kinds of unit that report it, all where empty.

    `compare_with` are periods that reports compare with besides the month and the year before: the year a scheme began.
    A `monotone` one is cumulated by its reporter (of what divides: its numerator) and never falls within a reporting
    year.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Code
    name: Name
    kind: MeasureKind
    unit: str = ""
    better: GoodDirection = GoodDirection.NEITHER
    over_time: OverTime = OverTime.SUM
    adds_up: bool = True
    kinds: CodeList = ()
    decimals: Annotated[int, Field(ge=0, le=6)] = 2
    numerator: Name = "Số đạt yêu cầu"
    denominator: Name = "Tổng số"
    area: Code | None = None
    source: str | None = None
    feeds: tuple[FedFact, ...] = ()
    monotone: bool = False
    compare_with: Annotated[tuple[Period, ...], BeforeValidator(_as_text)] = ()

    @model_validator(mode="after")
    def _only_what_stands_grows(self) -> Self:
        if self.monotone and self.over_time is not OverTime.LAST:
            raise ValueError("monotone chỉ dùng với chỉ tiêu có over_time: last")
        return self

    @property
    def fact_ids(self) -> tuple[str, ...]:
        """What a figure of it states: the parts of what divides, else the value."""
        return ("numerator", "denominator") if self.kind.divides else ("value",)

    @property
    def parts_said(self) -> str:
        """What is entered for its parts, by the numbers of their columns in the form; empty where it has none."""
        return f"(1) {self.numerator}\n(2) {self.denominator}" if self.kind.divides else ""

    def reported_by(self, kind: str) -> bool:
        """Whether units of this kind report it."""
        return not self.kinds or kind in self.kinds

    def asked_of(self, unit: Unit, month: Period) -> bool:
        """Whether a unit has to tell it for a month: the unit exists on the month's last day, and its kind reports it.

        Source: docs/maths.md, 17.4.
        """
        return unit.exists_on(month.last) and self.reported_by(unit.kind)

    def part_named(self, fact: str) -> str:
        """One of its facts as officers read it: of what divides, the words for its part."""
        parts = {"numerator": f"“{self.numerator}”", "denominator": f"“{self.denominator}”"}
        return parts.get(fact, "giá trị") if self.kind.divides else "số liệu"

    def printed_alone(self, value: Decimal) -> str:
        """A value where its unit stands elsewhere: `95,01%`, `532,3`."""
        return self.printed(value) if self.kind.in_percent else self.printed(value).removesuffix(self.unit).rstrip()

    @property
    def name_with_unit(self) -> str:
        """Its name where its values stand without their unit: `Tin, bài về cải cách hành chính (tin, bài)`."""
        return f"{self.name} ({self.unit})" if self.unit and not self.kind.in_percent else self.name

    def printed(self, value: Decimal) -> str:
        """A value of this measure as printed, with its unit: `95,01%`, `532,3 ngày`; no zeros are added at the end."""
        number = said(printed(value, self.decimals))
        if self.kind.in_percent:
            return f"{number}%"
        return f"{number} {self.unit}".rstrip()


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one measure of one unit in one period, as stated.

    Attributes:
        numerator, denominator: of a ratio or mean, None where only its value was stated.
        value: of a count or amount; of a ratio or mean where its parts are not known, in percent or units.
        note: what was written beside it.
        version: which version of the figure, 0 for one that was computed.
    """

    measure: str
    unit: str
    period: Period
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    value: Decimal | None = None
    qualifier: Qualifier = Qualifier.EXACTLY
    note: str = ""
    version: int = 0

    def amount(self, kind: MeasureKind) -> Decimal | None:
        """The figure as one number: percent of a ratio, units of everything else; None for a ratio of nothing."""
        if self.numerator is None or self.denominator is None:
            return self.value
        if not self.denominator:
            return None
        share = EXACT.divide(self.numerator, self.denominator)
        return EXACT.multiply(share, HUNDRED) if kind.in_percent else share

    def shown(self, measure: Measure) -> str:
        """The figure as officers read it: `14/19 nhiệm vụ (73,68%)`, `hơn 82.800 hồ sơ`, `–` for a ratio of nothing."""
        amount = self.amount(measure.kind)
        text = "–" if amount is None else self.qualifier.said_with(measure.printed(amount), not measure.kind.in_percent)
        if self.numerator is None or self.denominator is None:
            return text
        parts = f"{said(self.numerator)}/{said(self.denominator)}"
        unit = f" {measure.unit}" if measure.unit and measure.kind.in_percent else ""
        return f"{parts}{unit} ({text})"


def figure_faults(measure: Measure, figure: Figure) -> Iterator[tuple[str, str]]:
    """Why a figure cannot be true, or its parts and value do not say the same: what is wrong, and what to do."""
    parts = [part for part in (figure.numerator, figure.denominator) if part is not None]
    value = figure.value
    numbers = [*parts, *([] if value is None else [value])]
    if any(number < 0 for number in numbers):
        yield f"chỉ tiêu “{measure.id}” có số âm", "Nhập số từ 0 trở lên"
    if any(decimals_of(number) > MOST_DECIMALS for number in numbers):
        yield f"chỉ tiêu “{measure.id}” có hơn {MOST_DECIMALS} chữ số thập phân", "Làm tròn số liệu"
    counted = parts if measure.kind is MeasureKind.RATIO else [] if value is None else [value]
    whole = measure.kind is MeasureKind.COUNT or (measure.kind is MeasureKind.RATIO and parts)
    if whole and any(number != number.to_integral_value() for number in counted):
        yield f"chỉ tiêu “{measure.id}” đếm số lượng mà có phần lẻ", "Nhập số nguyên"
    if len(parts) == 2 and measure.kind.in_percent and parts[0] > parts[1]:
        larger = f"({said(parts[0])}) lớn hơn “{measure.denominator}” ({said(parts[1])})"
        yield f"“{measure.numerator}” {larger}", "Phần không thể lớn hơn tổng"
    if not parts and value is not None and measure.kind is MeasureKind.RATIO and value > HUNDRED:
        yield f"tỷ lệ {said(value)}% vượt 100%", "Kiểm tra lại"
    amount = figure.amount(measure.kind) if parts else None
    if amount is not None and value is not None and figure.qualifier is Qualifier.EXACTLY:
        computed = printed(amount, decimals_of(value))
        if computed != value:
            yield f"value {said(value)} không bằng tử số ÷ mẫu số ({said(computed)})", "Sửa một trong hai"
