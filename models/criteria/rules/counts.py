"""Numbers that count cases: whole, from 0; what stands there instead is said."""

from decimal import Decimal

from models.criteria.rules.base import Awarded, problem
from models.numbers import vietnamese_number


def read_count(text: str) -> Decimal | None:
    """A canonical number that counts cases (whole, not negative), or None."""
    count = Decimal(text)
    return count if count >= 0 and count == count.to_integral_value() else None


def not_a_count(fact: str, label: str, text: str) -> Awarded:
    """The problem of a canonical number that counts nothing."""
    what = f"{label}: {vietnamese_number(text)} không phải là số đếm (số nguyên từ 0 trở lên)"
    return problem(fact, what, "Nhập số nguyên từ 0 trở lên")
