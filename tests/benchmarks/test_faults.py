"""A small share of `make faults`: steps killed at random moments are finished by the next run."""

import pytest

from benchmarks.faults import STEPS, measure

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("step", "database"), [("intake", "sqlite"), ("publish", "postgresql")])
def test_a_killed_step_loses_and_doubles_nothing(step: str, database: str) -> None:
    assert step in [known.name for known in STEPS]
    (row,) = measure([step], [database], tries=1, seed=7)
    kind, name, tries, _, survived, lost, doubled, stuck, *_ = row
    assert (kind, name, tries, survived) == (database, step, 1, 1)
    assert (lost, doubled, stuck) == (0, 0, 0)
