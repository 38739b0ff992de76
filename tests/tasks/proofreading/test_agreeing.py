"""When a reader with the printed figure comes to the same: the table of docs/maths.md, 19, carried out."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.proofreading.agreeing import Hedge, Stated, agrees
from tasks.proofreading.statements import Verdict

R, W, A = Verdict.RIGHT, Verdict.WRONG, Verdict.AMBIGUOUS
FIGURES = st.decimals(min_value=0, max_value=120, places=2)


def said(text: str) -> Stated:
    return Stated(Decimal(text), len(text.partition(".")[2]))


@pytest.mark.parametrize(
    ("text", "hedge", "printed", "verdict"),
    [
        ("81.96", Hedge.EXACTLY, "81.96", R),
        ("82", Hedge.EXACTLY, "81.96", R),
        ("82.0", Hedge.EXACTLY, "81.96", R),
        ("81.9", Hedge.EXACTLY, "81.96", W),
        ("81.960", Hedge.EXACTLY, "81.96", R),
        ("81.964", Hedge.EXACTLY, "81.96", W),
        ("82", Hedge.ABOUT, "81.10", R),
        ("82", Hedge.ABOUT, "81.00", W),
        ("81", Hedge.OVER, "81.96", R),
        ("82", Hedge.OVER, "81.96", W),
        ("81.96", Hedge.OVER, "81.96", W),
        ("80", Hedge.OVER, "81.96", R),
        ("79", Hedge.OVER, "81.96", A),
        ("82", Hedge.NEARLY, "81.96", R),
        ("81", Hedge.NEARLY, "81.96", W),
        ("90", Hedge.NEARLY, "86.00", R),
        ("90", Hedge.NEARLY, "81.96", A),
        ("90", Hedge.NEARLY, "79.00", W),
        ("82", Hedge.UNDER, "81.96", R),
        ("81", Hedge.UNDER, "81.96", W),
        ("81.96", Hedge.AT_LEAST, "81.96", R),
        ("81.96", Hedge.AT_MOST, "81.96", R),
    ],
)
def test_a_number_said_beside_the_printed_one(text: str, hedge: Hedge, printed: str, verdict: Verdict) -> None:
    assert agrees(said(text), hedge, Decimal(printed)) is verdict


@given(printed=FIGURES, other=FIGURES)
def test_said_with_all_its_decimals_only_the_printed_number_is_right(printed: Decimal, other: Decimal) -> None:
    assert (agrees(Stated(other, 2), Hedge.EXACTLY, printed) is R) == (other == printed)


@given(printed=FIGURES, bound=st.integers(0, 120))
def test_over_and_under_are_never_both_right(printed: Decimal, bound: int) -> None:
    verdicts = [agrees(Stated(Decimal(bound)), hedge, printed) for hedge in (Hedge.OVER, Hedge.UNDER)]
    assert verdicts.count(W) >= 1
