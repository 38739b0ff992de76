"""`tiers`: points of the first step that holds, of a ratio in percent or of a number. Source: docs/maths.md, 2.4."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Literal, final

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import override

from models.criteria.facts import FactField, FactKind
from models.criteria.formulas import CHECK_TEXT, FormulaCells
from models.criteria.rules.amounts import Bound, Label, Points
from models.criteria.rules.base import Better, Numbers, Outcome, Rule, problem
from models.criteria.rules.cells import FactCell, NumberCell
from models.criteria.rules.faults import RuleFault, above_maximum
from models.criteria.rules.ratios import (
    DENOMINATOR,
    NUMERATOR,
    ONE,
    PERCENT_DIGITS,
    fewer,
    more,
    no_ratio,
    ratio,
    ratio_fields,
    whole_beyond,
)
from models.numbers import EXACT, HUNDRED, ZERO, plain, said
from models.wording import continued

_VALUE = "value"
_NUMBER_DIGITS = 9  # of a difference to a bound in a formula; see models/criteria/formulas.py


class Tier(BaseModel):
    """A step of a scale. At most one bound: `over` >, `from` ≥, `under` <, `to` ≤; none on the last step."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    points: Points
    over: Bound | None = None
    from_: Annotated[Bound | None, Field(alias="from")] = None
    under: Bound | None = None
    to: Bound | None = None

    @cached_property
    def bound(self) -> Decimal | None:
        """The value of the only bound, None on the last step."""
        return next((value for value in (self.over, self.from_, self.under, self.to) if value is not None), None)

    @cached_property
    def bounds(self) -> int:
        """How many bounds are written."""
        return sum(value is not None for value in (self.over, self.from_, self.under, self.to))

    @cached_property
    def rises(self) -> bool:
        """Whether the step asks for a high value (`over`, `from`) rather than a low one."""
        return self.over is not None or self.from_ is not None

    def holds(self, value: Decimal, unit: Decimal) -> bool:
        """Whether value ÷ unit lies on this step; cross-multiplied, so exact at the bound. `unit` > 0."""
        if self.over is not None:
            return value > EXACT.multiply(self.over, unit)
        if self.from_ is not None:
            return value >= EXACT.multiply(self.from_, unit)
        if self.under is not None:
            return value < EXACT.multiply(self.under, unit)
        if self.to is not None:
            return value <= EXACT.multiply(self.to, unit)
        return True

    def nearest(self, unit: Decimal) -> Decimal:
        """The nearest whole number on the step; `unit` is what 1 of the bound is worth."""
        assert self.bound is not None
        strictly = self.over is not None or self.under is not None
        return whole_beyond(EXACT.multiply(self.bound, unit), strictly=strictly, up=self.rises)

    def said(self, unit: str, above: "Tier | None" = None) -> str:
        """The values on this step in words; between its own bound and that of the step above, where one is given."""
        if above is not None and above.bound is not None and self.bounds <= 1:
            return self._said_under(above, f"{said(above.bound)}{unit}", unit)
        words = ((self.over, "trên"), (self.from_, "từ"), (self.under, "dưới"), (self.to, "đến"))
        for value, word in words:
            if value is not None:
                if word == "đến" and value == 0:
                    return f"bằng 0{unit}"
                tail = " trở lên" if word == "từ" else ""
                return f"{word} {said(value)}{unit}{tail}"
        return "còn lại"

    def _said_under(self, above: "Tier", edge: str, unit: str) -> str:
        """The values on this step in words; `edge` is the bound of the step above."""
        if self.bound is None:
            if above.over is not None:
                return f"từ {edge} trở xuống"
            if above.from_ is not None:
                return f"dưới {edge}"
            return f"từ {edge} trở lên" if above.under is not None else f"trên {edge}"
        if self.bound == above.bound:
            return f"đúng {edge}"
        own = f"{said(self.bound)}{unit}"
        if self.rises:
            low, high = "trên" if self.over is not None else "từ", "đến" if above.over is not None else "đến dưới"
            return f"{low} {own} {high} {edge}"
        low, high = "từ" if above.under is not None else "trên", "đến dưới" if self.under is not None else "đến"
        return f"{low} {edge} {high} {own}"


class Measured(StrEnum):
    """What tiers are of: a ratio in percent, or a number."""

    RATIO = "ratio"
    NUMBER = "number"


@final
class TiersRule(Rule):
    """Points of the first step that holds, of a ratio in percent or of a number."""

    kind: Literal["tiers"]
    tiers: Annotated[tuple[Tier, ...], Field(min_length=2)]
    of: Measured = Measured.RATIO
    numerator: Label = "Số đạt yêu cầu"
    denominator: Label = "Tổng số"
    value: Label = "Giá trị"
    unit: str = ""
    may_exceed: bool = False

    @cached_property
    @override
    def fields(self) -> tuple[FactField, ...]:
        if self.of is Measured.RATIO:
            return ratio_fields(self.numerator, self.denominator)
        return (FactField(_VALUE, self.value, FactKind.NUMBER),)

    @override
    def cell(self, field: FactField, maximum: Decimal, year: int) -> FactCell:
        return NumberCell()

    @property
    @override
    def numbers(self) -> Numbers:
        if self.of is Measured.RATIO:
            return Numbers.PART_OF_WHOLE
        return Numbers.PERCENT if "%" in self.unit else Numbers.PLAIN

    @override
    def faults(self, maximum: Decimal) -> list[RuleFault]:
        """Points above the maximum or not falling, tiers without exactly one bound, gaps at the end, overlaps."""
        faults: list[RuleFault] = []
        last = len(self.tiers) - 1
        for position, tier in enumerate(self.tiers):
            faults += above_maximum(tier.points, maximum, ("tiers", position, "points"))
            if position == last and tier.bounds:
                what = "bậc cuối có cận nên còn giá trị không thuộc bậc nào"
                faults.append(RuleFault(("tiers", position), what, "Thêm bậc cuối chỉ có points"))
            if position < last and tier.bounds != 1:
                what = "mỗi bậc (trừ bậc cuối) phải có đúng một cận"
                remedy = "Ghi một trong: over (>), from (≥), under (<), to (≤)"
                faults.append(RuleFault(("tiers", position), what, remedy))
        bounded = [(position, tier) for position, tier in enumerate(self.tiers) if tier.bounds == 1]
        for (_, upper), (position, lower) in pairwise(bounded):
            faults += self._overlap(upper, lower, position)
        for position in range(1, len(self.tiers)):
            if self.tiers[position].points >= self.tiers[position - 1].points:
                what, remedy = "điểm của bậc không thấp hơn bậc trước", "Xếp các bậc theo điểm giảm dần"
                faults.append(RuleFault(("tiers", position, "points"), what, remedy))
        return faults

    @staticmethod
    def _overlap(upper: Tier, lower: Tier, position: int) -> list[RuleFault]:
        """Whether the later of two neighbouring steps is already covered, wholly or in part out of order."""
        assert upper.bound is not None
        assert lower.bound is not None
        if upper.rises is not lower.rises:
            what = "các bậc chồng lấn: lẫn cận dưới (over, from) với cận trên (under, to)"
            return [RuleFault(("tiers", position), what, "Dùng một loại cận cho cả thang")]
        wider = lower.bound < upper.bound if upper.rises else lower.bound > upper.bound
        opens = lower.bound == upper.bound and (
            (upper.over is not None and lower.from_ is not None) or (upper.under is not None and lower.to is not None)
        )
        if wider or opens:
            return []
        what = f"bậc chồng lấn với bậc trước tại {said(lower.bound)}"
        remedy = "Xếp cận giảm dần với over/from, tăng dần với under/to, không trùng nhau"
        return [RuleFault(("tiers", position), what, remedy)]

    @override
    def sentence(self, maximum: Decimal, year: int) -> str:
        what = f"Tỷ lệ ({self.numerator} ÷ {self.denominator})" if self.of is Measured.RATIO else self.value
        above = (None, *self.tiers)
        steps = [
            f"{tier.said(self._unit, higher)}: {said(tier.points)} điểm"
            for higher, tier in zip(above, self.tiers, strict=False)
        ]
        return f"{what} {'; '.join(steps)}"

    @override
    def _points(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Outcome:
        if self.of is Measured.RATIO:
            stated = ratio(facts, self.numerator, self.denominator, self.may_exceed)
            if isinstance(stated, Outcome):
                return stated
            value, unit = EXACT.multiply(stated[0], HUNDRED), stated[1]
        else:
            value, unit = Decimal(facts[_VALUE]), ONE
            if value < 0:
                return problem(_VALUE, f"“{self.value}” là số âm ({said(value)})", "Nhập số từ 0 trở lên")
        return Outcome(next((tier.points for tier in self.tiers if tier.holds(value, unit)), ZERO))

    @override
    def _formula(self, cells: FormulaCells, maximum: Decimal, year: int) -> str:
        if self.of is Measured.NUMBER:
            cell = cells.facts[_VALUE]
            steps = _steps(self.tiers, cell, _NUMBER_DIGITS)
            return f"IF(IF(ISNUMBER({cell}),{cell}<0,TRUE),{CHECK_TEXT},{steps})"
        numerator, denominator = cells.facts[NUMERATOR], cells.facts[DENOMINATOR]
        steps = _steps(self.tiers, f"{numerator}*100/{denominator}", PERCENT_DIGITS)
        return f"IF({no_ratio(numerator, denominator, self.may_exceed)},{CHECK_TEXT},{steps})"

    @override
    def better(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal) -> Better | None:
        """What lifts the ratio or number to the nearest better step."""
        above = [tier for tier in self.tiers if tier.points > points]
        if not above:
            return None
        tier = above[-1]
        if self.of is Measured.NUMBER:
            value = tier.nearest(ONE)
            words = f"đưa {self.value} {'lên' if tier.rises else 'xuống'} {said(value)}{self._unit}"
            return Better(words, {**facts, _VALUE: plain(value)})
        numerator, denominator = Decimal(facts[NUMERATOR]), Decimal(facts[DENOMINATOR])
        wanted = tier.nearest(denominator / HUNDRED)
        if wanted < 0 or (wanted > denominator and not self.may_exceed):
            return None
        words = (more if tier.rises else fewer)(self.numerator, abs(wanted - numerator))
        return Better(words, {**facts, NUMERATOR: plain(wanted)})

    @override
    def aim(self) -> str:
        best = self.tiers[0].said(self._unit)
        if self.of is Measured.RATIO:
            return f"Đưa tỷ lệ {self.numerator} ÷ {self.denominator} lên mức điểm tối đa ({best})"
        return f"Phấn đấu đạt mức điểm tối đa: {continued(self.value)} {best}"

    @property
    def _unit(self) -> str:
        """What stands behind a value in words."""
        if self.of is Measured.RATIO:
            return "%"
        return f" {self.unit}" if self.unit else ""


def _steps(tiers: Sequence[Tier], value: str, digits: int) -> str:
    """The points of the first step that holds."""
    *bounded, last = tiers
    text = plain(last.points)
    for tier in reversed(bounded):
        bound, sign = next(
            (bound, sign)
            for bound, sign in ((tier.over, ">"), (tier.from_, ">="), (tier.under, "<"), (tier.to, "<="))
            if bound is not None
        )
        text = f"IF(ROUND({value}-({plain(bound)}),{digits}){sign}0,{plain(tier.points)},{text})"
    return text
