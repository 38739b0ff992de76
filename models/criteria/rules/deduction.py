"""`deduction`: the maximum less so much a case. Source: docs/maths.md, 2.8."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal, final

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import override

from models.criteria.facts import FactField, FactKind
from models.criteria.formulas import CHECK_TEXT, FormulaCells, not_counts
from models.criteria.rules.amounts import FactId, Label, PositivePoints
from models.criteria.rules.base import Awarded, Better, Numbers, Rule
from models.criteria.rules.cells import CountCell, FactCell
from models.criteria.rules.counts import not_a_count, read_count
from models.criteria.rules.faults import RuleFault, named_twice
from models.numbers import ZERO, plain, said
from models.wording import continued


class Case(BaseModel):
    """A kind of case that costs points."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: FactId
    label: Label
    points: PositivePoints


@final
class DeductionRule(Rule):
    """The maximum less so much a case, never below 0. Source: docs/maths.md, 2.8."""

    kind: Literal["deduction"]
    cases: Annotated[tuple[Case, ...], Field(min_length=1)]

    @cached_property
    @override
    def fields(self) -> tuple[FactField, ...]:
        return tuple(FactField(case.id, case.label, FactKind.COUNT) for case in self.cases)

    @override
    def cell(self, field: FactField, maximum: Decimal, year: int) -> FactCell:
        return CountCell()

    @property
    @override
    def takes_off(self) -> bool:
        return True

    @property
    @override
    def numbers(self) -> Numbers:
        return Numbers.PLAIN

    @override
    def faults(self, maximum: Decimal) -> list[RuleFault]:
        return named_twice([case.id for case in self.cases], "cases")

    @override
    def sentence(self, maximum: Decimal, year: int) -> str:
        cases = "; ".join(f"{case.label}: trừ {said(case.points)} điểm mỗi trường hợp" for case in self.cases)
        return f"{said(maximum)} điểm, trừ đến hết ({cases})"

    @override
    def _points(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Awarded:
        lost = ZERO
        for case in self.cases:
            count = read_count(facts[case.id])
            if count is None:
                return not_a_count(case.id, case.label, facts[case.id])
            lost += case.points * count
        return Awarded(max(ZERO, maximum - lost))

    @override
    def _formula(self, cells: FormulaCells, maximum: Decimal, year: int) -> str:
        counts = [cells.facts[case.id] for case in self.cases]
        lost = "+".join(f"{cell}*{plain(case.points)}" for cell, case in zip(counts, self.cases, strict=True))
        return f"IF({not_counts(counts)},{CHECK_TEXT},MAX(0,ROUND({plain(maximum)}-({lost}),9)))"

    @override
    def reckoned(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal, year: int) -> str:
        counted = [(case, Decimal(facts[case.id])) for case in self.cases if Decimal(facts[case.id])]
        lost = sum((case.points * count for case, count in counted), ZERO)
        cases = "; ".join(
            f"{continued(case.label)} {said(count)} trường hợp × {said(case.points)} điểm" for case, count in counted
        )
        all_of_it = f", hết {said(maximum)} điểm tối đa" if lost > maximum else ""
        return f"{cases}: trừ {said(lost)} điểm{all_of_it}" if counted else "không phát sinh trường hợp bị trừ điểm"

    @override
    def better(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal) -> Better | None:
        """What has happened cannot be undone within the year."""
        return None

    @override
    def aim(self) -> str:
        return f"Không để xảy ra {'; '.join(continued(case.label) for case in self.cases)}"
