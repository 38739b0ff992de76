"""`tiers`: points of the first step that holds, of a ratio in percent or of a number. Source: docs/maths.md, 2.4."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Literal, final

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import override

from models.criteria.formulas import CHECK_TEXT, FormulaCells
from models.criteria.rules.amounts import Bound, Points, PositivePoints, falling
from models.criteria.rules.base import Awarded, Better, problem, share_of
from models.criteria.rules.faults import RuleFault, above_maximum
from models.criteria.rules.measured import VALUE, Measured, MeasuredRule
from models.criteria.rules.ratios import DENOMINATOR, NUMERATOR, ONE, PERCENT_DIGITS, short_of, whole_beyond
from models.numbers import EXACT, HUNDRED, ZERO, plain, said
from models.wording import continued

_NUMBER_DIGITS = 9  # of a difference to a bound in a formula; see models/criteria/formulas.py


def _unsaid(value: object) -> bool:
    return value is None


class Tier(BaseModel):
    """A step of a scale. At most one bound: `over` >, `from` ≥, `under` <, `to` ≤; none on the last step.

    With `pro_rata` the points grow on the step: value ÷ pro_rata × points, and never more than its points.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    points: Points
    over: Bound | None = None
    from_: Annotated[Bound | None, Field(alias="from")] = None
    under: Bound | None = None
    to: Bound | None = None
    pro_rata: Annotated[PositivePoints | None, Field(exclude_if=_unsaid)] = None

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

    @property
    def strict(self) -> bool:
        """Whether the bound itself is not on the step."""
        return self.over is not None or self.under is not None

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

    def worth(self, value: Decimal, unit: Decimal) -> Decimal:
        """Points of value ÷ unit on this step, before any rounding."""
        return min(self.points, self.share(value, unit))

    def share(self, value: Decimal, unit: Decimal) -> Decimal:
        """The same where points grow on the step, however far: they are rounded before the step's points cut them."""
        if self.pro_rata is None:
            return self.points
        return share_of(self.points, value, EXACT.multiply(self.pro_rata, unit))

    def nearest(self, unit: Decimal) -> Decimal:
        """The nearest whole number on the step; `unit` is what 1 of the bound is worth."""
        assert self.bound is not None
        return whole_beyond(EXACT.multiply(self.bound, unit), strictly=self.strict, up=self.rises)

    def said(self, unit: str, above: "Tier | None" = None) -> str:
        """The values on this step in words; between its own bound and that of the step above, where one is given."""
        if above is not None and above.bound is not None:
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


@final
class TiersRule(MeasuredRule):
    """Points of the first step that holds, of a ratio in percent or of a number. Source: docs/maths.md, 2.4."""

    kind: Literal["tiers"]
    tiers: Annotated[tuple[Tier, ...], Field(min_length=2)]

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
            if self._best_on(position) >= self._least_on(position - 1):
                what, remedy = "điểm của bậc không thấp hơn bậc trước", "Xếp các bậc theo điểm giảm dần"
                faults.append(RuleFault(("tiers", position, "points"), what, remedy))
        return [*faults, *self._misplaced()]

    @property
    @override
    def grades_a_number(self) -> bool:
        return self.of is Measured.NUMBER

    @override
    def as_tiers(self, maximum: Decimal) -> tuple[dict[str, object], ...]:
        return tuple(tier.model_dump(by_alias=True) for tier in self.tiers)

    def _misplaced(self) -> list[RuleFault]:
        """Settings that say something which the scale cannot do."""
        faults: list[RuleFault] = []
        for position, tier in enumerate(self.tiers):
            if tier.pro_rata is not None and not self._rises:
                what = "điểm tính theo tỷ lệ (pro_rata) không dùng cho thang càng thấp càng tốt"
                faults.append(RuleFault(("tiers", position, "pro_rata"), what, "Dùng cận from, over, hoặc bỏ pro_rata"))
        if self.of is Measured.NUMBER and self.of_nothing is not None:
            what = "of_nothing chỉ dùng cho tỷ lệ, thang này tính trên một số"
            faults.append(RuleFault(("of_nothing",), what, "Bỏ of_nothing, hoặc ghi of: ratio"))
        if self.decimals is not None and all(tier.pro_rata is None for tier in self.tiers):
            what = "decimals không có tác dụng vì không bậc nào tính theo tỷ lệ"
            faults.append(RuleFault(("decimals",), what, "Bỏ decimals, hoặc ghi pro_rata ở bậc tính theo tỷ lệ"))
        return faults

    @property
    def _rises(self) -> bool:
        """Whether a high value earns more than a low one."""
        return self.tiers[0].rises

    def _least_on(self, position: int) -> Decimal:
        """The least points that a step gives: at its own bound."""
        tier = self.tiers[position]
        return tier.worth(max(ZERO, tier.bound if tier.bound is not None else ZERO), ONE)

    def _best_on(self, position: int) -> Decimal:
        """What a step gives just under the bound of the one above it; points that grow never reach what is there."""
        tier, above = self.tiers[position], self.tiers[position - 1].bound
        if tier.pro_rata is None or above is None:
            return tier.points
        best = tier.worth(max(ZERO, above), ONE)
        return best if tier.pro_rata < above else best - Decimal("0.000001")

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
            f"{tier.said(self._unit, higher)}: {self._worth_said(tier)}"
            for higher, tier in zip(above, self.tiers, strict=False)
        ]
        return f"{what} {'; '.join(steps)}{self.nothing_said(maximum)}"

    def _worth_said(self, tier: Tier) -> str:
        """The points of a step in words."""
        points = f"{said(tier.points)} điểm"
        if tier.pro_rata is None:
            return points
        value = "tỷ lệ" if self.of is Measured.RATIO else "giá trị"
        return f"{value} ÷ {said(tier.pro_rata)}{self._unit} × {points}{self.decimals_said()}"

    @override
    def _points(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Awarded:
        if self.of is Measured.RATIO:
            stated = self.ratio(facts, maximum)
            if isinstance(stated, Awarded):
                return stated
            value, unit = EXACT.multiply(stated[0], HUNDRED), stated[1]
        else:
            value, unit = Decimal(facts[VALUE]), ONE
            if value < 0:
                return problem(VALUE, f"“{self.value}” là số âm ({said(value)})", "Nhập số từ 0 trở lên")
        tier = next(tier for tier in self.tiers if tier.holds(value, unit))
        if tier.pro_rata is None:
            return Awarded(tier.points)
        return Awarded(min(tier.points, self.rounded(tier.share(value, unit))))

    @override
    def _formula(self, cells: FormulaCells, maximum: Decimal, year: int) -> str:
        if self.of is Measured.NUMBER:
            cell = cells.facts[VALUE]
            steps = self._steps(cell, _NUMBER_DIGITS)
            return f"IF(IF(ISNUMBER({cell}),{cell}<0,TRUE),{CHECK_TEXT},{steps})"
        numerator, denominator = cells.facts[NUMERATOR], cells.facts[DENOMINATOR]
        steps = self._steps(f"{numerator}*100/{denominator}", PERCENT_DIGITS)
        return self.ratio_formula(cells, maximum, steps)

    def _steps(self, value: str, digits: int) -> str:
        """The expression of the points of the first step that holds."""
        *bounded, last = self.tiers
        text = self._worth_formula(last, value)
        for tier in reversed(bounded):
            bound, sign = next(
                (bound, sign)
                for bound, sign in ((tier.over, ">"), (tier.from_, ">="), (tier.under, "<"), (tier.to, "<="))
                if bound is not None
            )
            worth = self._worth_formula(tier, value)
            text = f"IF(ROUND({value}-({plain(bound)}),{digits}){sign}0,{worth},{text})"
        return text

    def _worth_formula(self, tier: Tier, value: str) -> str:
        """The expression of the points of one step."""
        points = plain(tier.points)
        if tier.pro_rata is None:
            return points
        return f"MIN({points},{self.rounded_formula(f'{points}*{value}/{plain(tier.pro_rata)}')})"

    @override
    def reckoned(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal, year: int) -> str:
        best = self.tiers[0]
        if self.of is Measured.NUMBER:
            value, wanted = Decimal(facts[VALUE]), best.nearest(ONE)
            stated = f"{continued(self.value)} {said(value)}{self._unit}"
        else:
            denominator = Decimal(facts[DENOMINATOR])
            stated = self.ratio_said(facts, [tier.bound for tier in self.tiers if tier.bound is not None])
            if denominator == 0:
                return stated
            value, wanted = Decimal(facts[NUMERATOR]), best.nearest(denominator / HUNDRED)
            if wanted > denominator and not self.may_exceed:
                return f"{stated}; cần {best.said(self._unit)}"
        reached = best.holds(value if self.of is Measured.NUMBER else value * HUNDRED, self._unit_of(facts))
        return stated if reached else f"{stated}; cần {best.said(self._unit)}, {short_of(wanted, value)}"

    @override
    def better(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal) -> Better | None:
        """What lifts the ratio or number to the nearest better step, or farther up a step on which points grow."""
        if self.of is Measured.RATIO and Decimal(facts[DENOMINATOR]) == 0:
            return None
        value, unit = self._measured(facts), self._unit_of(facts)
        at = next(position for position, tier in enumerate(self.tiers) if tier.holds(value, unit))
        growing = self.tiers[at]
        if growing.pro_rata is not None:
            bound = EXACT.divide(value, unit) + self.worth_telling * growing.pro_rata / growing.points
            full = min(growing.pro_rata, self.tiers[at - 1].bound or bound) if at else growing.pro_rata
            if bound < full:
                return self._to(facts, bound, rises=True, strictly=False)
        above = [tier for tier in self.tiers[:at] if tier.points > points]
        if not above and growing.pro_rata is not None and growing.points > points:
            return self._to(facts, growing.pro_rata, rises=True, strictly=False)
        if not above or above[-1].bound is None:
            return None
        return self._to(facts, above[-1].bound, rises=above[-1].rises, strictly=above[-1].strict)

    def _to(self, facts: Mapping[str, str], bound: Decimal, *, rises: bool, strictly: bool) -> Better | None:
        """What brings the ratio or number to a bound."""
        if self.of is Measured.NUMBER:
            value = whole_beyond(bound, strictly=strictly, up=rises)
            if value < 0:
                return None
            words = f"đưa {self.value} {'lên' if rises else 'xuống'} {said(value)}{self._unit}"
            return Better(words, {**facts, VALUE: plain(value)})
        edge = EXACT.multiply(bound, self._unit_of(facts)) / HUNDRED
        wanted = whole_beyond(edge, strictly=strictly, up=rises)
        return self.lifted(facts, wanted, (bound, HUNDRED), rises=rises, strictly=strictly)

    def _measured(self, facts: Mapping[str, str]) -> Decimal:
        """What is compared with the bounds, in the unit of `_unit_of`."""
        if self.of is Measured.NUMBER:
            return Decimal(facts[VALUE])
        return EXACT.multiply(Decimal(facts[NUMERATOR]), HUNDRED)

    def _unit_of(self, facts: Mapping[str, str]) -> Decimal:
        return ONE if self.of is Measured.NUMBER else Decimal(facts[DENOMINATOR])

    @override
    def levels(self, maximum: Decimal) -> tuple[Decimal, ...]:
        return () if any(tier.pro_rata for tier in self.tiers) else falling(tier.points for tier in self.tiers)

    @override
    def aim(self) -> str:
        best = self.tiers[0].said(self._unit)
        if self.of is Measured.RATIO:
            return f"Đưa tỷ lệ {self.in_words} lên mức điểm tối đa ({best})"
        return f"Phấn đấu đạt mức điểm tối đa: {continued(self.value)} {best}"

    @property
    def _unit(self) -> str:
        """What stands behind a value in words."""
        if self.of is Measured.RATIO:
            return "%"
        return f" {self.unit}" if self.unit else ""
