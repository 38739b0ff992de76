"""Suites as Great Expectations runs them: which rows fail; none passes on a frame that it does not fit."""

from decimal import Decimal

import pandas as pd
import pytest

from expectations.running import UnmetExpectationError, failures_in
from expectations.self_assessment import SUITE

COLUMNS = {check.column(path) for check in SUITE.checks for one in check.expects for path in one.columns}


def frame(**cells: list[object]) -> pd.DataFrame:
    """Three rows with these cells of claims, all others empty."""
    named = {f"LeafClaim.{path.replace('__', '.')}": values for path, values in cells.items()}
    assert named.keys() <= COLUMNS
    return pd.DataFrame({**{column: [None] * 3 for column in COLUMNS}, **named}, dtype=object)


def test_an_empty_cell_meets_every_check() -> None:
    assert failures_in(frame(), SUITE.made()) == []


def test_a_failed_expectation_says_what_was_expected_and_names_its_rows() -> None:
    (failure,) = failures_in(frame(proofs=[None, 0, 1]), SUITE.made())
    assert failure.expected == "điểm có tài liệu kiểm chứng hoặc giải trình"
    assert failure.rows == (1,)


def test_a_check_of_two_expectations_fails_by_the_one_that_is_not_met() -> None:
    points = [Decimal("2.5"), Decimal(2), None]
    (failure,) = failures_in(frame(points=points, leaf__max=[Decimal(2)] * 3), SUITE.made())
    assert (failure.expected, failure.rows) == ("điểm tự chấm từ 0 đến điểm tối đa", (0,))


def test_a_missing_column_fails_loudly() -> None:
    with pytest.raises(UnmetExpectationError, match="điểm tối đa giữ nguyên"):
        failures_in(frame().drop(columns="LeafClaim.statement.maximum"), SUITE.made())
