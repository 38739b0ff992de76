"""`proportional`: ratio × maximum, nothing below a floor. Source: docs/maths.md, 2.5."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal, final

from pydantic import Field
from typing_extensions import override

from models.criteria.facts import FactField
from models.criteria.formulas import FormulaCells
from models.criteria.rules.amounts import Percent
from models.criteria.rules.base import Awarded, Better, Numbers, share_of
from models.criteria.rules.cells import FactCell
from models.criteria.rules.faults import RuleFault
from models.criteria.rules.ratios import (
    DENOMINATOR,
    NUMERATOR,
    PERCENT_DIGITS,
    RatioRule,
    number_cell,
    short_of,
    whole_beyond,
)
from models.numbers import EXACT, HUNDRED, ZERO, plain, said


def _whole(percent: Decimal) -> bool:
    return percent == HUNDRED


@final
class ProportionalRule(RatioRule):
    """Ratio × maximum; below the floor nothing, above 100 % no more than the maximum.

    At exactly the floor the ratio counts; just under it the points fall to 0, as the national sets have it. With
    `full_from` all points are reached there already, and below it the ratio is measured on it: rate ÷ 85 × maximum.
    Source: docs/maths.md, 2.5.
    """

    kind: Literal["proportional"]
    floor: Percent = ZERO
    full_from: Annotated[Percent, Field(gt=0, exclude_if=_whole)] = HUNDRED

    @cached_property
    @override
    def fields(self) -> tuple[FactField, ...]:
        return self.ratio_fields()

    @override
    def as_tiers(self, maximum: Decimal) -> tuple[dict[str, object], ...]:
        if not self.floor:
            return ()
        return {"from": self.floor, "points": maximum, "pro_rata": self.full_from}, {"points": ZERO}

    @override
    def cell(self, field: FactField, maximum: Decimal, year: int) -> FactCell:
        return number_cell(field)

    @property
    @override
    def numbers(self) -> Numbers:
        return Numbers.PART_OF_WHOLE

    @override
    def faults(self, maximum: Decimal) -> list[RuleFault]:
        if self.floor <= self.full_from:
            return []
        what = f"mức sàn {said(self.floor)}% cao hơn mức được đủ điểm {said(self.full_from)}%"
        return [RuleFault(("floor",), what, "Ghi floor không lớn hơn full_from")]

    @override
    def sentence(self, maximum: Decimal, year: int) -> str:
        ratio = f"Tỷ lệ ({self.numerator} ÷ {self.denominator})"
        below = f"; dưới {said(self.floor)}%: 0 điểm" if self.floor else ""
        nothing = self.nothing_said(maximum)
        if self.full_from != HUNDRED:
            full = f"{ratio} từ {said(self.full_from)}% trở lên: {said(maximum)} điểm"
            lower = f"thấp hơn: tỷ lệ ÷ {said(self.full_from)}% × {said(maximum)} điểm{self.decimals_said()}"
            return f"{full}; {lower}{below}{nothing}"
        above = f"; tối đa {said(maximum)} điểm" if self.may_exceed else ""
        return f"{ratio} × {said(maximum)} điểm{self.decimals_said()}{below}{above}{nothing}"

    @override
    def _points(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Awarded:
        stated = self.ratio(facts, maximum)
        if isinstance(stated, Awarded):
            return stated
        numerator, denominator = stated
        if self._under_floor(numerator, denominator):
            return Awarded(ZERO)
        share = share_of(maximum, EXACT.multiply(numerator, HUNDRED), EXACT.multiply(self.full_from, denominator))
        return Awarded(min(maximum, self.rounded(share)))

    @override
    def _formula(self, cells: FormulaCells, maximum: Decimal, year: int) -> str:
        numerator, denominator, most = cells.facts[NUMERATOR], cells.facts[DENOMINATOR], plain(maximum)
        ratio = f"{most}*{numerator}/{denominator}"
        if self.full_from != HUNDRED:
            ratio = f"{most}*{numerator}*100/({denominator}*{plain(self.full_from)})"
        share = f"MIN({most},{self.rounded_formula(ratio)})"
        if self.floor:
            share = f"IF(ROUND({numerator}*100/{denominator}-{plain(self.floor)},{PERCENT_DIGITS})<0,0,{share})"
        return self.ratio_formula(cells, maximum, share)

    @override
    def reckoned(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal, year: int) -> str:
        numerator, denominator = Decimal(facts[NUMERATOR]), Decimal(facts[DENOMINATOR])
        ratio = self.ratio_said(facts, (self.floor, self.full_from))
        if denominator == 0 or numerator * HUNDRED >= self.full_from * denominator:
            return ratio
        below = self._under_floor(numerator, denominator)
        floor = f", dưới mức sàn {said(self.floor)}% nên không có điểm" if below else ""
        wanted = self._wanted(self.full_from, denominator)
        return f"{ratio}{floor}; cần {said(self.full_from)}% để đủ điểm, {short_of(wanted, numerator)}"

    @override
    def better(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal) -> Better | None:
        """What lifts the ratio to the floor, brings a little that is worth it, or makes all points of it."""
        numerator, denominator = Decimal(facts[NUMERATOR]), Decimal(facts[DENOMINATOR])
        full = self._wanted(self.full_from, denominator)
        if numerator >= full:
            return None
        at_floor = self._wanted(self.floor, denominator)
        a_tenth = EXACT.multiply(self.worth_telling, EXACT.multiply(self.full_from, denominator)) / (maximum * HUNDRED)
        wanted = min(at_floor if self._under_floor(numerator, denominator) else numerator + whole_beyond(a_tenth), full)
        bound = (wanted, denominator)
        if wanted == full:
            bound = (self.full_from, HUNDRED)
        elif wanted == at_floor:
            bound = (self.floor, HUNDRED)
        return self.lifted(facts, wanted, bound, rises=True, strictly=False)

    @override
    def aim(self) -> str:
        to = "" if self.full_from == HUNDRED else f" lên {said(self.full_from)}%"
        return f"Nâng tỷ lệ {self.in_words}{to}"

    def _under_floor(self, numerator: Decimal, denominator: Decimal) -> bool:
        """Cross-multiplied, so exact at the floor."""
        return EXACT.multiply(numerator, HUNDRED) < EXACT.multiply(self.floor, denominator)

    @staticmethod
    def _wanted(percent: Decimal, denominator: Decimal) -> Decimal:
        """The least whole numerator that reaches a percentage; a whole of decimals is reached by itself."""
        edge = EXACT.multiply(percent, denominator) / HUNDRED
        return min(whole_beyond(edge), denominator) if edge <= denominator else whole_beyond(edge)
