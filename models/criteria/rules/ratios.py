"""A part and its whole: the two facts, what makes them a ratio, and how many more of the part reach a bound."""

from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from models.criteria.facts import FactField, kind_of_numbers
from models.criteria.formulas import not_numbers
from models.criteria.rules.base import Outcome, problem
from models.criteria.rules.cells import CountCell, FactCell, NumberCell
from models.numbers import said

NUMERATOR = "numerator"
DENOMINATOR = "denominator"
PERCENT_DIGITS = 11  # of a difference to a bound in a formula; see models/criteria/formulas.py
ONE = Decimal(1)


def ratio_fields(numerator: str, denominator: str, counts: bool | None) -> tuple[FactField, ...]:
    """The two facts of a ratio, by their labels; `counts`: whether both count things, None where the set is silent."""
    kind = kind_of_numbers(numerator, denominator, stated=counts)
    return (
        FactField(NUMERATOR, numerator, kind, of_ratio=True),
        FactField(DENOMINATOR, denominator, kind, of_ratio=True),
    )


def number_cell(field: FactField) -> FactCell:
    """What may be typed for a number that counts or measures."""
    return CountCell() if field.counts else NumberCell()


def ratio(facts: Mapping[str, str], part: str, whole: str, may_exceed: bool) -> tuple[Decimal, Decimal] | Outcome:
    """Numerator and denominator that make a ratio from 0 to 1 (or more, where allowed), or what is wrong with them."""
    numerator, denominator = Decimal(facts[NUMERATOR]), Decimal(facts[DENOMINATOR])
    if numerator < 0:
        return problem(NUMERATOR, f"tử số “{part}” là số âm ({said(numerator)})", "Nhập số từ 0 trở lên")
    if denominator < 0:
        return problem(DENOMINATOR, f"mẫu số “{whole}” là số âm ({said(denominator)})", "Nhập số lớn hơn 0")
    if denominator == 0:
        return problem(
            DENOMINATOR,
            f"mẫu số “{whole}” bằng 0 nên không tính được tỷ lệ",
            "Nếu trong năm không phát sinh, đề nghị không áp dụng; nếu có, nhập mẫu số đúng",
        )
    if numerator > denominator and not may_exceed:
        return problem(
            NUMERATOR,
            f"tử số “{part}” ({said(numerator)}) lớn hơn mẫu số “{whole}” ({said(denominator)})",
            "Kiểm tra lại hai số liệu; phần không thể lớn hơn tổng",
        )
    return numerator, denominator


def no_ratio(numerator: str, denominator: str, may_exceed: bool) -> str:
    """The expression that tells whether two cells make no ratio."""
    wrong = [f"{numerator}<0", f"{denominator}<=0"]
    if not may_exceed:
        wrong.append(f"{numerator}>{denominator}")
    return f"IF({not_numbers([numerator, denominator])},TRUE,OR({','.join(wrong)}))"


def whole_beyond(edge: Decimal, *, strictly: bool = False, up: bool = True) -> Decimal:
    """The whole number at the edge, or next to it on the side that is meant; `strictly`: not the edge itself."""
    whole = edge.to_integral_value(ROUND_CEILING if up else ROUND_FLOOR)
    if strictly and whole == edge:
        whole += ONE if up else -ONE
    return whole


def more(what: str, count: Decimal) -> str:
    """So many more of something, in words."""
    return f"thêm {said(count)} “{what}”"


def fewer(what: str, count: Decimal) -> str:
    """So many fewer of something, in words."""
    return f"bớt {said(count)} “{what}”"
