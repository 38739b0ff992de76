"""What was worked out last, kept while what it was worked out of is the same."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

Answer = TypeVar("Answer")


class WorkedOut:
    """Answers to questions, each with what it follows from: the last one only.

    Whoever asks the same questions all day, as the desk does, keeps one; what changed is seen by comparing, so that
    nothing can be out of date. Two who ask at once may both work, and find the same.
    """

    def __init__(self) -> None:
        self._last: dict[Hashable, tuple[object, Any]] = {}

    def of(self, what: Hashable, given: object, work: Callable[[], Answer]) -> Answer:
        """The answer to a question: the last one where the same is given, else worked out now.

        Args:
            what: the question.
            given: everything that the answer follows from, comparable, and never changed afterwards.
            work: a pure function of `given`.
        """
        last = self._last.get(what)
        if last is None or last[0] != given:
            self._last[what] = last = given, work()
        answer: Answer = last[1]
        return answer
