"""A part and its whole: the two facts, what makes them a ratio, what 0 of 0 means, and what brings it to a bound."""

from abc import ABC
from collections.abc import Iterable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field
from typing_extensions import override

from models.criteria.facts import FactField, kind_of_numbers
from models.criteria.formulas import CHECK_TEXT, FORMULA_DIGITS, NOT_APPLICABLE, FormulaCells, not_numbers
from models.criteria.rules.amounts import Counts, Label, OptionalDecimals
from models.criteria.rules.base import Awarded, Better, Rule, problem
from models.criteria.rules.cells import CountCell, FactCell, NumberCell
from models.numbers import EXACT, HUNDRED, MOST_DECIMALS, ZERO, plain, printed, said, vietnamese_number
from models.wording import continued

NUMERATOR = "numerator"
DENOMINATOR = "denominator"
PERCENT_DIGITS = 11  # of a difference to a bound in a formula; see models/criteria/formulas.py
ONE = Decimal(1)
_A_TENTH = Decimal("0.1")
_FINEST = 12  # decimals of a printed percentage, where nothing coarser tells it from a bound


class OfNothing(StrEnum):
    """What 0 of 0 means where no case arose: all points, none, or that the leaf does not apply."""

    FULL = "full"
    ZERO = "zero"
    NOT_APPLICABLE = "not_applicable"


class Missed(StrEnum):
    """Whether what does not count yet can still be made good (`open`) or stays as it is (`final`: late stays late)."""

    OPEN = "open"
    FINAL = "final"


def _unsaid(value: object) -> bool:
    return value is None


def number_cell(field: FactField) -> FactCell:
    """What may be typed for a number that counts or measures."""
    return CountCell() if field.counts else NumberCell()


class RatioRule(Rule, ABC):
    """A rule of a part and its whole. What is left out of a rule is left out of its dump: old sets keep their bytes.

    Attributes:
        may_exceed: whether the part may be larger than the whole, as a revenue may exceed its plan.
        of_nothing: what 0 of 0 means; None: it gives no points and is asked about.
        missed: whether what does not count yet can still be made good; None: nobody has said.
        decimals: to how many decimals points that follow by a product are rounded (half up); None: not at all.
        counts: whether part and whole count things; None: their labels say it.
    """

    numerator: Label = "Số đạt yêu cầu"
    denominator: Label = "Tổng số"
    may_exceed: bool = False
    of_nothing: Annotated[OfNothing | None, Field(exclude_if=_unsaid)] = None
    missed: Annotated[Missed | None, Field(exclude_if=_unsaid)] = None
    decimals: OptionalDecimals = None
    counts: Counts = None

    @property
    @override
    def may_not_apply(self) -> bool:
        return self.of_nothing is OfNothing.NOT_APPLICABLE

    @property
    def in_words(self) -> str:
        """The ratio inside a sentence of advice."""
        return f"{continued(self.numerator)} trên {continued(self.denominator)}"

    def ratio_fields(self) -> tuple[FactField, ...]:
        """The two facts of the ratio."""
        kind = kind_of_numbers(self.numerator, self.denominator, stated=self.counts)
        return (
            FactField(NUMERATOR, self.numerator, kind, of_ratio=True),
            FactField(DENOMINATOR, self.denominator, kind, of_ratio=True),
        )

    def ratio(self, facts: Mapping[str, str], maximum: Decimal) -> tuple[Decimal, Decimal] | Awarded:
        """Numerator and denominator that make a ratio from 0 to 1 (or more, where allowed); else their outcome."""
        part, whole = self.numerator, self.denominator
        numerator, denominator = Decimal(facts[NUMERATOR]), Decimal(facts[DENOMINATOR])
        if numerator < 0:
            return problem(NUMERATOR, f"tử số “{part}” là số âm ({said(numerator)})", "Nhập số từ 0 trở lên")
        if denominator < 0:
            return problem(DENOMINATOR, f"mẫu số “{whole}” là số âm ({said(denominator)})", "Nhập số lớn hơn 0")
        if numerator == denominator == 0 and self.of_nothing is not None:
            return self._of_nothing(maximum)
        if denominator == 0:
            return problem(
                DENOMINATOR,
                f"mẫu số “{whole}” bằng 0 nên không tính được tỷ lệ",
                "Nếu trong năm không phát sinh, đề nghị không áp dụng; nếu có, nhập mẫu số đúng",
                "Nhập mẫu số đúng; nếu trong năm không phát sinh, để trống hai số liệu này và nêu rõ ở cột giải trình",
            )
        if numerator > denominator and not self.may_exceed:
            return problem(
                NUMERATOR,
                f"tử số “{part}” ({said(numerator)}) lớn hơn mẫu số “{whole}” ({said(denominator)})",
                "Kiểm tra lại hai số liệu; phần không thể lớn hơn tổng",
            )
        return numerator, denominator

    def _of_nothing(self, maximum: Decimal) -> Awarded:
        match self.of_nothing:
            case OfNothing.FULL:
                return Awarded(maximum)
            case OfNothing.ZERO:
                return Awarded(ZERO)
        return Awarded(None)

    def nothing_said(self, maximum: Decimal) -> str:
        """What 0 of 0 means, as the end of the rule's sentence; nothing where the rule does not say."""
        worth = {
            OfNothing.FULL: f"{said(maximum)} điểm",
            OfNothing.ZERO: "0 điểm",
            OfNothing.NOT_APPLICABLE: NOT_APPLICABLE,
        }
        return f"; không phát sinh (0/0): {worth[self.of_nothing]}" if self.of_nothing else ""

    def ratio_formula(self, cells: FormulaCells, maximum: Decimal, points: str) -> str:
        """The expression of the points, where the two cells make a ratio; else what they make."""
        numerator, denominator = cells.facts[NUMERATOR], cells.facts[DENOMINATOR]
        wrong = [f"{numerator}<0", f"{denominator}<=0"]
        if not self.may_exceed:
            wrong.append(f"{numerator}>{denominator}")
        unread = not_numbers([numerator, denominator])
        checked = f"IF(IF({unread},TRUE,OR({','.join(wrong)})),{CHECK_TEXT},{points})"
        if self.of_nothing is None:
            return checked
        worth = {
            OfNothing.FULL: plain(maximum),
            OfNothing.ZERO: "0",
            OfNothing.NOT_APPLICABLE: f'"{NOT_APPLICABLE}"',
        }
        nothing = f"IF({unread},FALSE,AND({numerator}=0,{denominator}=0))"
        return f"IF({nothing},{worth[self.of_nothing]},{checked})"

    @property
    def worth_telling(self) -> Decimal:
        """Points that a change has to bring: one dossier of ten thousand brings nothing that anybody would print."""
        return ONE if self.decimals == 0 else _A_TENTH

    def rounded(self, points: Decimal) -> Decimal:
        """Points that follow by a product, to the rule's decimals."""
        return points if self.decimals is None else printed(points, self.decimals)

    def rounded_formula(self, points: str) -> str:
        """The expression of points that follow by a product, to the rule's decimals."""
        return points if self.decimals is None else f"ROUND(ROUND({points},{FORMULA_DIGITS}),{self.decimals})"

    def decimals_said(self) -> str:
        """To how many decimals the points are rounded, in words; nothing where they are not."""
        return "" if self.decimals is None else f", làm tròn {self.decimals} chữ số thập phân"

    def ratio_said(self, facts: Mapping[str, str], bounds: Iterable[Decimal]) -> str:
        """The ratio with its parts: `số văn bản ký số 7.985/9.176 = 87,0%`; the percentage tells it from the bounds."""
        numerator, denominator = Decimal(facts[NUMERATOR]), Decimal(facts[DENOMINATOR])
        parts = f"{continued(self.numerator)} {said(numerator)}/{said(denominator)}"
        if denominator == 0:
            return f"{parts}, không phát sinh"
        return f"{parts} = {percent_said(numerator, denominator, bounds)}%"

    def lifted(
        self, facts: Mapping[str, str], wanted: Decimal, bound: tuple[Decimal, Decimal], *, rises: bool, strictly: bool
    ) -> Better | None:
        """What brings the ratio to a bound: so many of those at hand, so many further ones, or both said.

        Args:
            facts: the ratio as it is.
            wanted: the numerator that reaches the bound while the denominator stays.
            bound: the bound as a fraction, e.g. 95 and 100.
            rises: whether the ratio has to rise.
            strictly: whether the bound itself is not enough.
        """
        numerator, denominator = Decimal(facts[NUMERATOR]), Decimal(facts[DENOMINATOR])
        is_within = wanted >= 0 and (wanted <= denominator or self.may_exceed)
        count = abs(wanted - numerator)
        at_hand = f"{'thêm' if rises else 'bớt'} {said(count)} “{self.numerator}”"
        if self.missed is Missed.OPEN or self.may_exceed:
            return Better(at_hand, {**facts, NUMERATOR: plain(wanted)}) if is_within else None
        further = _further(numerator, denominator, bound, rises=rises, strictly=strictly)
        how = "đều được tính" if rises else "đều không bị tính"
        if self.missed is Missed.FINAL:
            if further is None:
                return None
            after = {NUMERATOR: plain(numerator + (further if rises else 0)), DENOMINATOR: plain(denominator + further)}
            words = f"thêm {said(further)} trường hợp mới {how} vào “{self.numerator}”"
            return Better(words, {**facts, **after})
        if not is_within:
            return None
        otherwise = (
            "không bù được bằng trường hợp mới" if further is None else f"cần thêm {said(further)} trường hợp mới {how}"
        )
        words = f"{at_hand} trong số đã có; nếu không khắc phục được thì {otherwise}"
        return Better(words, {**facts, NUMERATOR: plain(wanted)})


def _further(
    numerator: Decimal, denominator: Decimal, bound: tuple[Decimal, Decimal], *, rises: bool, strictly: bool
) -> Decimal | None:
    """How many further cases, all of them good, bring the ratio to the bound; None where no number of them does.

    (numerator + k) ÷ (denominator + k) reaches the bound from below, numerator ÷ (denominator + k) from above.
    Source: docs/maths.md, 17.3.
    """
    part, whole = bound
    if rises and part < whole:
        edge = EXACT.divide(part * denominator - whole * numerator, whole - part)
    elif not rises and part > 0:
        edge = EXACT.divide(whole * numerator - part * denominator, part)
    else:
        return None
    return whole_beyond(edge, strictly=strictly)


def percent_said(part: Decimal, whole: Decimal, bounds: Iterable[Decimal] = ()) -> str:
    """part ÷ whole in percent as it is printed: with one decimal, or as many as tell it from every bound.

    A reader who compares the printed figure with a bound comes to the same as the rule. `whole` > 0.
    """
    exact = EXACT.divide(part * HUNDRED, whole)
    if exact == exact.to_integral_value():
        return said(exact)
    edges = list(bounds)
    coarser = (printed(exact, decimals) for decimals in range(1, _FINEST))
    told_apart = (shown for shown in coarser if all(exact.compare(edge) == shown.compare(edge) for edge in edges))
    return vietnamese_number(format(next(told_apart, printed(exact, _FINEST)), "f"))


def whole_beyond(edge: Decimal, *, strictly: bool = False, up: bool = True) -> Decimal:
    """The whole number at the edge, or next to it on the side that is meant; `strictly`: not the edge itself."""
    whole = edge.to_integral_value(ROUND_CEILING if up else ROUND_FLOOR)
    if strictly and whole == edge:
        whole += ONE if up else -ONE
    return whole


def short_of(wanted: Decimal, value: Decimal) -> str:
    """How far a value is from the one that is wanted, in words."""
    away = printed(abs(wanted - value), MOST_DECIMALS)
    return f"{'còn thiếu' if wanted > value else 'vượt'} {said(away)}"
