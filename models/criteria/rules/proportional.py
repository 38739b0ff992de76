"""`proportional`: ratio × maximum, nothing below a floor. Source: docs/maths.md, 2.5."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Literal, final

from typing_extensions import override

from models.criteria.facts import FactField
from models.criteria.formulas import CHECK_TEXT, FormulaCells
from models.criteria.rules.amounts import Counts, Label, Percent
from models.criteria.rules.base import Better, Numbers, Outcome, Rule, share_of
from models.criteria.rules.cells import FactCell
from models.criteria.rules.faults import RuleFault
from models.criteria.rules.ratios import (
    DENOMINATOR,
    NUMERATOR,
    PERCENT_DIGITS,
    more,
    no_ratio,
    number_cell,
    ratio,
    ratio_fields,
    whole_beyond,
)
from models.numbers import EXACT, HUNDRED, ZERO, plain, said

_WORTH_TELLING = Decimal("0.1")  # points: one dossier of ten thousand brings nothing that anybody would print


@final
class ProportionalRule(Rule):
    """Ratio × maximum; below the floor nothing, above 100 % no more than the maximum.

    At exactly the floor the ratio counts; just under it the points fall to 0, as the national sets have it.
    Source: docs/maths.md, 2.5.
    """

    kind: Literal["proportional"]
    floor: Percent = ZERO
    numerator: Label = "Số đạt yêu cầu"
    denominator: Label = "Tổng số"
    may_exceed: bool = False
    counts: Counts = None

    @cached_property
    @override
    def fields(self) -> tuple[FactField, ...]:
        return ratio_fields(self.numerator, self.denominator, self.counts)

    @override
    def cell(self, field: FactField, maximum: Decimal, year: int) -> FactCell:
        return number_cell(field)

    @property
    @override
    def numbers(self) -> Numbers:
        return Numbers.PART_OF_WHOLE

    @override
    def faults(self, maximum: Decimal) -> list[RuleFault]:
        return []

    @override
    def sentence(self, maximum: Decimal, year: int) -> str:
        below = f"; dưới {said(self.floor)}%: 0 điểm" if self.floor else ""
        above = f"; tối đa {said(maximum)} điểm" if self.may_exceed else ""
        return f"Tỷ lệ ({self.numerator} ÷ {self.denominator}) × {said(maximum)} điểm{below}{above}"

    @override
    def _points(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Outcome:
        stated = ratio(facts, self.numerator, self.denominator, self.may_exceed)
        if isinstance(stated, Outcome):
            return stated
        numerator, denominator = stated
        if EXACT.multiply(numerator, HUNDRED) < EXACT.multiply(self.floor, denominator):
            return Outcome(ZERO)
        return Outcome(min(maximum, share_of(maximum, numerator, denominator)))

    @override
    def _formula(self, cells: FormulaCells, maximum: Decimal, year: int) -> str:
        numerator, denominator = cells.facts[NUMERATOR], cells.facts[DENOMINATOR]
        share = f"MIN({plain(maximum)},{plain(maximum)}*{numerator}/{denominator})"
        if self.floor:
            share = f"IF(ROUND({numerator}*100/{denominator}-{plain(self.floor)},{PERCENT_DIGITS})<0,0,{share})"
        return f"IF({no_ratio(numerator, denominator, self.may_exceed)},{CHECK_TEXT},{share})"

    @override
    def better(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal) -> Better | None:
        """So many more of the numerator as bring a tenth of a point, lift the ratio to the floor, or make it whole."""
        numerator, denominator = Decimal(facts[NUMERATOR]), Decimal(facts[DENOMINATOR])
        if numerator >= denominator:
            return None
        at_floor = whole_beyond(EXACT.multiply(self.floor, denominator) / HUNDRED)
        worth_it = numerator + whole_beyond(EXACT.multiply(_WORTH_TELLING, denominator) / maximum)
        wanted = min(at_floor if numerator < at_floor else worth_it, denominator)
        return Better(more(self.numerator, wanted - numerator), {**facts, NUMERATOR: plain(wanted)})

    @override
    def aim(self) -> str:
        return f"Nâng tỷ lệ {self.numerator} ÷ {self.denominator}"
