"""`min_max`: a figure between the worst and the best of the group. Source: docs/maths.md, 2.13.

What the best and the worst are is known only where the facts of all units are: the evaluation puts them beside the
facts of each (`Rule.bounds_among`). Until then the rule gives no points and finds no fault, and a form says so.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal, final

from typing_extensions import override

from models.criteria.formulas import CHECK_TEXT, COMPARED_LATER, FormulaCells
from models.criteria.rules.base import Awarded, Better, problem, share_of
from models.criteria.rules.faults import RuleFault
from models.criteria.rules.measured import VALUE, Measured, MeasuredRule
from models.criteria.rules.ratios import DENOMINATOR, NUMERATOR, whole_beyond
from models.numbers import EXACT, HUNDRED, ZERO, plain, printed, said
from models.wording import continued

_BEST, _WORST = "group_best", "group_worst"
_PERCENT_DECIMALS = 2  # of a ratio before it is compared, so that a reader with the printed figures comes to the same


@final
class MinMaxRule(MeasuredRule):
    """(figure − worst) ÷ (best − worst) × maximum over the units of a group. Source: docs/maths.md, 2.13.

    Attributes:
        of: whether a number or a ratio in percent is compared.
        lower: whether the lowest figure is the best.
    """

    kind: Literal["min_max"]
    of: Measured = Measured.NUMBER
    lower: bool = False

    @override
    def faults(self, maximum: Decimal) -> list[RuleFault]:
        if self.of is Measured.NUMBER and self.of_nothing is not None:
            what = "of_nothing chỉ dùng cho tỷ lệ, ở đây so sánh một số"
            return [RuleFault(("of_nothing",), what, "Bỏ of_nothing, hoặc ghi of: ratio")]
        return []

    @override
    def sentence(self, maximum: Decimal, year: int) -> str:
        of = f"Tỷ lệ ({self.numerator} ÷ {self.denominator})" if self.of is Measured.RATIO else self.value
        best, worst = ("thấp nhất", "cao nhất") if self.lower else ("cao nhất", "thấp nhất")
        return (
            f"{of} so với các đơn vị cùng nhóm: {best} {said(maximum)} điểm, {worst} 0 điểm, ở giữa tính theo khoảng "
            f"cách tới mức {worst} ÷ khoảng cách giữa hai mức × {said(maximum)} điểm{self.decimals_said()}"
            f"{self.nothing_said(maximum)}; điểm có khi tổng hợp cả nhóm"
        )

    @property
    @override
    def compares_units(self) -> bool:
        return True

    @override
    def bounds_among(self, stated: Sequence[Mapping[str, str]]) -> dict[str, str]:
        figures = [figure for facts in stated if isinstance(figure := self._figure(facts, ZERO), Decimal)]
        if not figures:
            return {}
        low, high = plain(min(figures)), plain(max(figures))
        return {_BEST: low, _WORST: high} if self.lower else {_BEST: high, _WORST: low}

    def _figure(self, facts: Mapping[str, str], maximum: Decimal) -> Decimal | Awarded:
        """What is compared: a number, or a ratio in percent as it is printed; else the outcome of the facts."""
        if self.missing(facts):
            return Awarded(None)
        if self.of is Measured.NUMBER:
            value = Decimal(facts[VALUE])
            wrong = f"“{self.value}” là số âm ({said(value)})"
            return value if value >= 0 else problem(VALUE, wrong, "Nhập số từ 0 trở lên")
        stated = self.ratio(facts, maximum)
        if isinstance(stated, Awarded):
            return stated
        return printed(EXACT.divide(EXACT.multiply(stated[0], HUNDRED), stated[1]), _PERCENT_DECIMALS)

    @override
    def _points(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Awarded:
        figure = self._figure(facts, maximum)
        if isinstance(figure, Awarded):
            return figure
        if _BEST not in facts:
            return Awarded(None)
        best, worst = Decimal(facts[_BEST]), Decimal(facts[_WORST])
        if best == worst:
            return Awarded(maximum)
        share = self.rounded(share_of(maximum, figure - worst, best - worst))
        return Awarded(max(ZERO, min(maximum, share)))

    @override
    def _formula(self, cells: FormulaCells, maximum: Decimal, year: int) -> str:
        later = f'"{COMPARED_LATER}"'
        if self.of is Measured.RATIO:
            return self.ratio_formula(cells, maximum, later)
        cell = cells.facts[VALUE]
        return f"IF(IF(ISNUMBER({cell}),{cell}<0,TRUE),{CHECK_TEXT},{later})"

    @override
    def reckoned(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal, year: int) -> str:
        figure = self._figure(facts, maximum)
        if not isinstance(figure, Decimal):
            return self.ratio_said(facts, ())
        told = f"{continued(self.value)} {said(figure)}{self._unit}"
        if self.of is Measured.RATIO:
            parts = f"{said(Decimal(facts[NUMERATOR]))}/{said(Decimal(facts[DENOMINATOR]))}"
            told = f"{continued(self.numerator)} {parts} = {said(figure)}%"
        if _BEST not in facts:
            return told
        best, worst = said(Decimal(facts[_BEST])), said(Decimal(facts[_WORST]))
        return f"{told}; trong nhóm tốt nhất {best}{self._unit}, kém nhất {worst}{self._unit}"

    @override
    def better(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal) -> Better | None:
        """To the figure of the best; of a ratio only by what is at hand or comes new (`lifted`)."""
        figure = self._figure(facts, maximum)
        if not isinstance(figure, Decimal) or facts.get(_BEST, plain(figure)) == plain(figure):
            return None
        best = Decimal(facts[_BEST])
        if self.of is Measured.NUMBER:
            to = f"{'xuống' if self.lower else 'lên'} {said(best)}{self._unit}"
            return Better(f"đưa {self.value} {to}, bằng đơn vị tốt nhất nhóm", {**facts, VALUE: plain(best)})
        edge = EXACT.multiply(best, Decimal(facts[DENOMINATOR])) / HUNDRED
        wanted = whole_beyond(edge, up=not self.lower)
        return self.lifted(facts, wanted, (best, HUNDRED), rises=not self.lower, strictly=False)

    @override
    def aim(self) -> str:
        what = f"tỷ lệ {self.in_words}" if self.of is Measured.RATIO else continued(self.value)
        return f"Phấn đấu đưa {what} bằng đơn vị tốt nhất nhóm"

    @property
    def _unit(self) -> str:
        """What stands behind a figure in words."""
        if self.of is Measured.RATIO:
            return "%"
        return f" {self.unit}" if self.unit else ""
