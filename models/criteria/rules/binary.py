"""`binary`: all or nothing. Source: docs/maths.md, 2.2."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Literal, final

from typing_extensions import override

from models.criteria.facts import FactField, FactKind
from models.criteria.formulas import CHECK_TEXT, NO, YES, FormulaCells
from models.criteria.rules.amounts import Label
from models.criteria.rules.base import WHOLE_CONTENT, Awarded, Better, Numbers, Rule
from models.criteria.rules.cells import FactCell, YesNoCell
from models.criteria.rules.faults import RuleFault
from models.numbers import ZERO, plain, said
from models.wording import continued

_DONE = "done"


@final
class BinaryRule(Rule):
    """All or nothing."""

    kind: Literal["binary"]
    label: Label = "Đạt yêu cầu"

    @cached_property
    @override
    def fields(self) -> tuple[FactField, ...]:
        return (FactField(_DONE, self.label, FactKind.YES_NO),)

    @override
    def cell(self, field: FactField, maximum: Decimal, year: int) -> FactCell:
        return YesNoCell()

    @property
    @override
    def numbers(self) -> Numbers:
        return Numbers.PLAIN

    @override
    def faults(self, maximum: Decimal) -> list[RuleFault]:
        return []

    @override
    def sentence(self, maximum: Decimal, year: int) -> str:
        return f"Đạt: {said(maximum)} điểm; không đạt: 0 điểm"

    @override
    def _points(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Awarded:
        return Awarded(maximum if facts[_DONE] == "1" else ZERO)

    @override
    def _formula(self, cells: FormulaCells, maximum: Decimal, year: int) -> str:
        cell = cells.facts[_DONE]
        return f'IF({cell}="{YES}",{plain(maximum)},IF({cell}="{NO}",0,{CHECK_TEXT}))'

    @override
    def reckoned(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal, year: int) -> str:
        answer = self.fields[0].shown(facts[_DONE])
        return f"{continued(self.label)}: {answer}; đạt thì được {said(maximum)} điểm"

    @override
    def better(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal) -> Better | None:
        return Better(f"đạt yêu cầu “{self.label}”", {**facts, _DONE: "1"})

    @override
    def levels(self, maximum: Decimal) -> tuple[Decimal, ...]:
        return maximum, ZERO

    @override
    def aim(self) -> str:
        return WHOLE_CONTENT
