"""What the desk keeps of its answers: what pages say is what is recorded now, whoever asked before."""

import threading
from collections.abc import Callable, Iterator
from itertools import count
from time import monotonic, sleep

import pytest

from flows.desk.answers import Answers


@pytest.fixture
def answers() -> Iterator[Answers]:
    known = Answers()
    yield known
    known.stop()


def counting() -> tuple[list[int], Callable[[], int]]:
    """What was worked out so far, and a work that tells how often it was done."""
    done: list[int] = []
    numbers = count(1)

    def work() -> int:
        done.append(next(numbers))
        return done[-1]

    return done, work


def test_the_same_state_gets_the_same_answer_and_another_a_new_one(answers: Answers) -> None:
    done, work = counting()
    got = [answers.get("round", state, work, work) for state in ("a", "a", "b", "a")]
    assert (got, done) == ([1, 1, 2, 3], [1, 2, 3])


def test_an_answer_that_is_none_is_an_answer(answers: Answers) -> None:
    done, work = counting()

    def nothing() -> None:
        work()

    assert [answers.get("last year", "a", nothing, nothing) for _ in range(3)] == [None] * 3
    assert done == [1]


def test_what_failed_is_asked_again(answers: Answers) -> None:
    def failing() -> int:
        raise RuntimeError("the database is away")

    with pytest.raises(RuntimeError):
        answers.get("round", "a", failing, failing)
    assert answers.last("round") is None
    assert answers.get("round", "a", lambda: 7, lambda: 7) == 7


def test_two_who_ask_at_once_wait_for_one_answer(answers: Answers) -> None:
    done, work = counting()
    may_go = threading.Event()

    def slow() -> int:
        may_go.wait(10)
        return work()

    got: list[int] = []
    asking = [threading.Thread(target=lambda: got.append(answers.get("round", "a", slow, slow))) for _ in range(4)]
    for each in asking:
        each.start()
    may_go.set()
    for each in asking:
        each.join(10)
    assert (got, done) == ([1] * 4, [1])


def test_what_was_asked_is_worked_out_again_before_anybody_asks(answers: Answers) -> None:
    recorded = {"head": "a"}
    done, work = counting()

    def ask() -> int:
        answer: int = answers.get("round", recorded["head"], work, ask)
        return answer

    assert ask() == 1
    keeping = threading.Thread(target=answers.keep_fresh, args=(lambda: recorded["head"],), daemon=True)
    keeping.start()
    recorded["head"] = "b"
    until = monotonic() + 20
    while len(done) < 2 and monotonic() < until:
        sleep(0.05)
    assert (answers.last("round"), ask(), done) == (2, 2, [1, 2])
    answers.stop()
    keeping.join(10)
    assert not keeping.is_alive()
