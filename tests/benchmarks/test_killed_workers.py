"""The same bytes wherever work is done: threads, processes, a Dask cluster of which somebody is killed; all stores."""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache

import pytest

from benchmarks.killed_workers import STAGES, STRIKES, Stage, Working, outcome, struck, working
from benchmarks.places import sample_workbooks

pytestmark = pytest.mark.slow

BY_NAME = {stage.name: stage for stage in STAGES}


@pytest.fixture(scope="module")
def sent() -> dict[str, bytes]:
    return sample_workbooks(1)


@pytest.fixture(scope="module")
def on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Working]:
    with working(tmp_path_factory.mktemp("cluster")) as up:
        yield up


@pytest.fixture(scope="module")
def meant(on: Working, sent: dict[str, bytes]) -> Callable[[Stage], Counter[str]]:
    """What a stage leaves on threads, with the store in the province's folder."""
    return cache(lambda stage: outcome(stage, on.here.new(), sent))


@pytest.mark.parametrize(
    ("stage", "strike"),
    [
        ("reading", "a worker killed"),
        ("forms", "the scheduler started anew"),
        ("documents", "a worker killed"),
        ("pages", "a worker killed"),
    ],
)
def test_of_a_cluster_of_which_somebody_is_killed_the_bytes_are_the_same(
    on: Working, sent: dict[str, bytes], meant: Callable[[Stage], Counter[str]], stage: str, strike: str
) -> None:
    left, was_killed = struck(BY_NAME[stage], STRIKES[strike], on, sent)
    assert was_killed
    assert left == meant(BY_NAME[stage])


@pytest.mark.parametrize(
    "settings", [{"CCHC_STORE": "memory://kho/{province}"}, {"CCHC_TASK_RUNNER": "processes"}], ids=str
)
def test_on_one_machine_too_whatever_the_runner_and_the_store(
    on: Working, sent: dict[str, bytes], meant: Callable[[Stage], Counter[str]], settings: dict[str, str]
) -> None:
    place = on.here.new()
    place.settings.update(settings)
    assert outcome(BY_NAME["reading"], place, sent) == meant(BY_NAME["reading"])
