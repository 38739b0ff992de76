"""Independent jobs in threads: in order, none resting behind a long one, and no more taken than there is room for."""

from collections.abc import Iterator
from threading import Event

import pytest

from models.side_by_side import in_threads


@pytest.fixture(autouse=True)
def two_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCHC_WORKERS", "2")


def test_while_a_long_job_comes_first_all_others_are_done() -> None:
    last_is_done = Event()

    def work(job: int) -> bool:
        if job == 9:
            last_is_done.set()
        return job > 0 or last_is_done.wait(10)

    assert list(in_threads(work, range(10))) == [True] * 10


def test_jobs_that_come_one_after_another_are_taken_as_there_is_room() -> None:
    taken: list[int] = []

    def coming() -> Iterator[int]:
        for job in range(10):
            taken.append(job)
            yield job

    results = in_threads(str, coming())
    assert (next(results), len(taken)) == ("0", 3)
    assert list(results) == [str(job) for job in range(1, 10)]


def test_the_first_job_that_fails_says_why() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        list(in_threads(int, ["1", "zwei", "3"]))
