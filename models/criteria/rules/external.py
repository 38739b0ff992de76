"""`external`: another index scaled to the maximum. Source: docs/maths.md, 2.10."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Literal, final

from typing_extensions import override

from models.criteria.facts import FactField, FactKind
from models.criteria.formulas import CHECK_TEXT, FormulaCells
from models.criteria.rules.amounts import Label, PositivePoints
from models.criteria.rules.base import Awarded, Better, Numbers, Rule, problem, share_of
from models.criteria.rules.cells import FactCell, NumberCell
from models.criteria.rules.faults import RuleFault
from models.numbers import HUNDRED, ZERO, plain, said
from models.wording import continued

_VALUE = "value"
_STEP = Decimal(1)


@final
class ExternalRule(Rule):
    """Another index scaled to the maximum, e.g. the service index of QĐ 766/QĐ-TTg of 100 points.

    Source: docs/maths.md, 2.10.
    """

    kind: Literal["external"]
    index: Label
    scale: PositivePoints = HUNDRED

    @cached_property
    @override
    def fields(self) -> tuple[FactField, ...]:
        return (FactField(_VALUE, self.index, FactKind.NUMBER),)

    @override
    def cell(self, field: FactField, maximum: Decimal, year: int) -> FactCell:
        return NumberCell(ZERO, self.scale)

    @property
    @override
    def numbers(self) -> Numbers:
        return Numbers.PERCENT if self.scale == HUNDRED else Numbers.PLAIN

    @property
    @override
    def other_index(self) -> str:
        return self.index

    @override
    def faults(self, maximum: Decimal) -> list[RuleFault]:
        return []

    @override
    def sentence(self, maximum: Decimal, year: int) -> str:
        return f"{self.index} ÷ {said(self.scale)} × {said(maximum)} điểm"

    @override
    def _points(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Awarded:
        value = Decimal(facts[_VALUE])
        if not 0 <= value <= self.scale:
            what = f"{self.index}: {said(value)} nằm ngoài thang 0–{said(self.scale)}"
            return problem(_VALUE, what, "Kiểm tra lại giá trị và thang của chỉ số")
        return Awarded(share_of(maximum, value, self.scale))

    @override
    def _formula(self, cells: FormulaCells, maximum: Decimal, year: int) -> str:
        cell, scale = cells.facts[_VALUE], plain(self.scale)
        points = f"{plain(maximum)}*{cell}/{scale}"
        return f"IF(IF(ISNUMBER({cell}),OR({cell}<0,{cell}>{scale}),TRUE),{CHECK_TEXT},{points})"

    @override
    def reckoned(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal, year: int) -> str:
        return f"{continued(self.index)} {said(Decimal(facts[_VALUE]))}/{said(self.scale)}"

    @override
    def better(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal) -> Better | None:
        value = min(self.scale, Decimal(facts[_VALUE]) + _STEP)
        return Better(f"nâng {self.index} lên {said(value)}", {**facts, _VALUE: plain(value)})

    @override
    def aim(self) -> str:
        return f"Nâng {continued(self.index)}"
