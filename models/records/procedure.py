"""What went before the results of a round: who appraised, who still has to answer or decide, who joined and left.

It is frozen with the results, so that whoever approves them approves this too. Source: docs/process.md, 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple


class Waived(NamedTuple):
    """A check that was not held against a unit.

    Attributes:
        unit: its code.
        form: which form, as officers call it.
        expected: what the check expects, in words.
        asked_by, granted_by: who asked for it, and who granted it.
    """

    unit: str
    form: str
    expected: str
    asked_by: str
    granted_by: str
    reason: str


@dataclass(frozen=True)
class Procedure:
    """How far the steps of a round had come when its results were computed.

    Attributes:
        unappraised: by unit, the leaves that stand on its own claims or facts because nobody appraised the unit, or
            because the agency that has to has sent nothing.
        unconfirmed: by unit, the same leaves of a unit that was appraised otherwise, by imported points.
        silent_appraisers: the names of the agencies that have sent no appraisal.
        explained: the units that answered to their appraised points.
        unexplained: by unit, how many cut points it has not answered.
        undecided: by unit, the contested leaves that wait for the council.
        left: by group, the names of last year's units that have no successor.
        heads: by unit, who answers for its index at the end of the year, as far as it is known.
        waived: the checks that were not held against a unit, by unit.
    """

    unappraised: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unconfirmed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    silent_appraisers: tuple[str, ...] = ()
    explained: tuple[str, ...] = ()
    unexplained: Mapping[str, int] = field(default_factory=dict)
    undecided: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    left: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    heads: Mapping[str, str] = field(default_factory=dict)
    waived: tuple[Waived, ...] = ()


class Submission(NamedTuple):
    """Number and day of the department's submission (tờ trình) that a decision follows."""

    number: int
    day: date


class Accepted(NamedTuple):
    """A grave point that a person accepted with a reason, so that a decision was published all the same.

    Attributes:
        kind: its code.
        group: the group whose units it is about, "" where it is about the papers.
        units: codes of the units it is about.
        what: the point in words, as it stands in a sentence.
    """

    kind: str
    group: str
    units: tuple[str, ...]
    what: str
    reason: str

    def as_row(self) -> dict[str, Any]:
        """As an approval keeps it and a manifest tells it."""
        return {**self._asdict(), "units": list(self.units)}


def accepted_from(rows: list[dict[str, Any]]) -> tuple[Accepted, ...]:
    """What an approval keeps of the points that were accepted."""
    return tuple(Accepted(**{**row, "units": tuple(row["units"])}) for row in rows)
