"""`points`: points given directly, in steps if a step is set. Source: docs/maths.md, 2.1."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Literal, final

from typing_extensions import override

from models.criteria.facts import FactField, FactKind
from models.criteria.formulas import CHECK_TEXT, FormulaCells
from models.criteria.rules.amounts import Label, PositivePoints
from models.criteria.rules.base import WHOLE_CONTENT, Awarded, Better, Numbers, Rule, problem
from models.criteria.rules.cells import FactCell, NumberCell
from models.criteria.rules.faults import RuleFault
from models.numbers import ZERO, plain, said

_POINTS = "points"


@final
class PointsRule(Rule):
    """Points given directly, in steps if a step is set."""

    kind: Literal["points"]
    step: PositivePoints | None = None
    label: Label = "Điểm"

    @cached_property
    @override
    def fields(self) -> tuple[FactField, ...]:
        return (FactField(_POINTS, self.label, FactKind.NUMBER),)

    @override
    def cell(self, field: FactField, maximum: Decimal, year: int) -> FactCell:
        return NumberCell(ZERO, maximum, self.step)

    @property
    @override
    def numbers(self) -> Numbers:
        return Numbers.PLAIN

    @override
    def faults(self, maximum: Decimal) -> list[RuleFault]:
        if self.step is None or maximum % self.step == 0:
            return []
        what = f"điểm tối đa {said(maximum)} không chia hết cho bước {said(self.step)}"
        return [RuleFault(("step",), what, "Chọn bước là ước của điểm tối đa")]

    @override
    def sentence(self, maximum: Decimal, year: int) -> str:
        steps = f", bước {said(self.step)} điểm" if self.step else ""
        return f"Cho điểm trực tiếp từ 0 đến {said(maximum)} điểm{steps}"

    @override
    def _points(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Awarded:
        points = Decimal(facts[_POINTS])
        if not 0 <= points <= maximum:
            what = f"{said(points)} điểm nằm ngoài khoảng từ 0 đến {said(maximum)}"
            return problem(_POINTS, what, f"Nhập giá trị từ 0 đến {said(maximum)}")
        if self.step and points % self.step:
            what = f"{said(points)} điểm không theo bước {said(self.step)}"
            return problem(_POINTS, what, f"Nhập bội số của {said(self.step)}")
        return Awarded(points)

    @override
    def _formula(self, cells: FormulaCells, maximum: Decimal, year: int) -> str:
        cell = cells.facts[_POINTS]
        wrong = [f"{cell}<0", f"{cell}>{plain(maximum)}"]
        if self.step:
            step = plain(self.step)
            wrong.append(f"ABS(ROUND({cell}/{step},0)*{step}-{cell})>0.000000001")
        return f"IF(IF(ISNUMBER({cell}),OR({','.join(wrong)}),TRUE),{CHECK_TEXT},{cell})"

    @override
    def reckoned(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal, year: int) -> str:
        return f"được chấm {said(points)}/{said(maximum)} điểm"

    @override
    def better(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal) -> Better | None:
        """Whoever gives the points decides: no fact can be changed."""
        return None

    @property
    @override
    def given_directly(self) -> bool:
        return True

    @override
    def aim(self) -> str:
        return WHOLE_CONTENT
