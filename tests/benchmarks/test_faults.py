"""A small share of `make faults`: a step killed at a commit is finished by the next run; what the table counts."""

from collections import Counter

import pytest

from benchmarks.faults import measure, row
from benchmarks.kills import Tally
from benchmarks.places import Ended

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("steps", "database"), [(["intake"], "postgresql"), (["import", "publish signed"], "sqlite")])
def test_killed_steps_lose_and_double_nothing(steps: list[str], database: str) -> None:
    seen = dict(measure(steps, [database], tries=0, seed=7, boundaries=1, forms=1))
    assert list(seen) == [
        f"{step} {when}, {database}" for step in steps for when in ("killed", "killed at its transactions")
    ]
    for name, tally in seen.items():
        tries = int("transactions" in name)
        assert (tally.tries, tally.survived) == (tries, tries), (name, tally.wrong)


def test_of_a_desk_killed_while_units_upload_each_page_says_what_is_here_and_the_rest_is_sent_again() -> None:
    ((name, killed),) = measure(["desk"], ["sqlite"], tries=1, seed=5, uploads=4)
    assert name.startswith("desk killed while 4 files are sent (")
    assert (killed.tries, killed.survived) == (1, 1), killed.wrong


def test_what_is_missing_is_lost_what_is_there_twice_is_doubled_and_a_traceback_is_stuck() -> None:
    tally, ended = Tally(), Ended(0, "", 1.0, 100)
    tally.compare("same", Counter("ab"), Counter("ab"), ended)
    tally.compare("lost", Counter("ab"), Counter("a"), ended)
    tally.compare("twice", Counter("ab"), Counter("abb"), ended)
    tally.compare("traceback", Counter("ab"), Counter("ab"), Ended(1, "Traceback (most recent call last)", 1.0, 100))
    tally.compare("killed", Counter("ab"), Counter("ab"), Ended(-1, "", 1.0, 100))
    assert row("case", tally)[:6] == ("case", "5", "1", "1", "1", "2")
