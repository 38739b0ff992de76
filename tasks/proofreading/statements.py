"""What a text states, where, and what became of it when it was held against the published figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Verdict(StrEnum):
    """What a statement turned out to be; the worst first."""

    WRONG = "wrong"
    AMBIGUOUS = "ambiguous"
    UNDECIDABLE = "undecidable"
    UNREAD = "unread"
    RIGHT = "right"

    @property
    def label(self) -> str:
        """The verdict as officers read it."""
        return _LABELS[self.value]


_LABELS = {
    "wrong": "SAI",
    "ambiguous": "CHƯA RÕ",
    "undecidable": "KHÔNG ĐỐI CHIẾU ĐƯỢC",
    "unread": "CHƯA ĐỌC ĐƯỢC",
    "right": "ĐÚNG",
}


class Weighed(NamedTuple):
    """A statement held against one published figure.

    Attributes:
        right: what would be right, in words.
        source: in which annex, report or year it stands.
        why: what has to be added, "" where the figures say it all.
    """

    verdict: Verdict
    right: str = ""
    source: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of a sentence, held against the figures.

    Attributes:
        start, end: where its words stand in the sentence.
        subject: of whom or what.
        quantity: what is said of it: `Chỉ số`, `hạng`.
        words: the words that say it.
    """

    start: int
    end: int
    subject: str
    quantity: str
    words: str
    outcome: Weighed


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its place: which paragraph of the text, from 1, and which sentence of it."""

    paragraph: int
    number: int
    text: str
    statements: tuple[Claim, ...] = ()

    @property
    def verdict(self) -> Verdict | None:
        """The worst of its statements; None where it states nothing that could be checked."""
        found = {one.outcome.verdict for one in self.statements}
        return next((verdict for verdict in Verdict if verdict in found), None)


def decided(outcomes: Sequence[Weighed], unknown: str = "không có số liệu công bố để đối chiếu") -> Weighed:
    """What a statement is that may be meant of several figures: what it is of all of them, else ambiguous.

    Args:
        outcomes: held against each figure that may be meant.
        unknown: why there is none.
    """
    if not outcomes:
        return Weighed(Verdict.UNDECIDABLE, why=unknown)
    verdicts = {one.verdict for one in outcomes}
    if len(outcomes) == 1:
        return outcomes[0]
    right = "; ".join(dict.fromkeys(one.right for one in outcomes if one.right))
    source = "; ".join(dict.fromkeys(one.source for one in outcomes if one.source))
    if len(verdicts) == 1:
        return Weighed(outcomes[0].verdict, right, source, outcomes[0].why)
    return Weighed(
        Verdict.AMBIGUOUS, right, source, "có thể hiểu theo nhiều cách, đúng với cách này, sai với cách khác"
    )


def all_of(outcomes: Sequence[Weighed]) -> Weighed:
    """What a statement is that says the same of several: right only where it is right of each."""
    worst = min(outcomes, key=lambda one: list(Verdict).index(one.verdict))
    same = [one for one in outcomes if one.verdict is worst.verdict]
    right = "; ".join(dict.fromkeys(one.right for one in same if one.right))
    return worst._replace(right=right)
