"""Suites of single rows: which rows fail, and that a suite never passes on a frame that it does not fit."""

import pandas as pd
import pytest

from expectations.checking import suite_of
from expectations.running import UnmetExpectationError, failures_in
from expectations.self_assessment import CHECKS

SUITE = suite_of(CHECKS)


def frame(**columns: list[int]) -> pd.DataFrame:
    zeros = {check.name: [0, 0, 0] for check in CHECKS}
    return pd.DataFrame({**zeros, **columns})


def test_a_frame_of_zeros_meets_every_check() -> None:
    assert failures_in(frame(), SUITE) == []


def test_a_failed_expectation_names_its_check_and_its_rows() -> None:
    (failure,) = failures_in(frame(unproved=[0, 1, 1]), SUITE)
    assert (failure.meta["check"], failure.rows) == ("unproved", (1, 2))
    assert failure.meta["what"] == "điểm có tài liệu kiểm chứng hoặc giải trình"
    assert failure.meta["severity"] == "critical"


def test_a_missing_column_fails_loudly() -> None:
    with pytest.raises(UnmetExpectationError, match="điểm tối đa giữ nguyên"):
        failures_in(frame().drop(columns="maximum_changed"), SUITE)
