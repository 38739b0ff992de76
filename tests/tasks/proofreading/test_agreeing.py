"""When a reader with the printed figure comes to the same: the table of docs/maths.md, 18, carried out."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.proofreading.agreeing import Hedge, Stated, agrees
from tasks.proofreading.statements import Verdict
from tests.docs.documents import rows_of

R, W = Verdict.RIGHT, Verdict.WRONG
FIGURES = st.decimals(min_value=0, max_value=120, places=2)


def said(text: str) -> Stated:
    return Stated(Decimal(text), len(text.partition(".")[2]))


ROWS = [row for row in rows_of("maths.md") if len(row) == 4 and row[3] in {one.value for one in Verdict}]


def test_the_document_has_an_example_of_each_hedge() -> None:
    assert {row[1] for row in ROWS} == {one.value for one in Hedge if one is not Hedge.AT_MOST}


@pytest.mark.parametrize(("text", "hedge", "printed", "verdict"), ROWS)
def test_a_number_said_beside_the_printed_one(text: str, hedge: str, printed: str, verdict: str) -> None:
    figure = Decimal(printed.replace(",", "."))
    assert agrees(said(text.replace(",", ".")), Hedge(hedge), figure) is Verdict(verdict)


@given(printed=FIGURES, other=FIGURES)
def test_said_with_all_its_decimals_only_the_printed_number_is_right(printed: Decimal, other: Decimal) -> None:
    assert (agrees(Stated(other, 2), Hedge.EXACTLY, printed) is R) == (other == printed)


@given(printed=FIGURES, bound=st.integers(0, 120))
def test_over_and_under_are_never_both_right(printed: Decimal, bound: int) -> None:
    verdicts = [agrees(Stated(Decimal(bound)), hedge, printed) for hedge in (Hedge.OVER, Hedge.UNDER)]
    assert verdicts.count(W) >= 1
