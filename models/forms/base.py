"""All that can be said of a kind of form before anything is written or read; each kind has a file beside this one.

Writing, reading, recording and the calendar of a round take from here what they need. What one form must do by itself
stands in tasks/forms (how its sheets are laid out) and in expectations/ (what is right in it).
"""

from dataclasses import dataclass
from enum import Enum

from models.criteria.sets import Source
from models.forms.sources import ScoreSource, Stage
from models.forms.tables import FormTable


class Subject(Enum):
    """Whose a form is: each of these has its own."""

    UNIT = "unit"
    APPRAISER = "appraiser"
    GROUP = "group"


@dataclass(frozen=True, eq=False)
class FormDescription:
    """One kind of form.

    Attributes:
        id: its name in the database, on the hidden sheet and in rounds/YEAR.yaml; never changed once forms are out.
        label: the form as officers call it.
        step: the step of the round that it serves, as officers read it; "" of a form that belongs to no round.
        file_stem: how its file names begin.
        subject: whose it is.
        tables: its tables; the first is the one that it cannot be without.
        title: what its cover begins with.
        has_deadline: whether a round may set a last day and a lock for it (models/province/rounds.py).
        is_monthly: whether it tells of a month, by itself, without a round.
        decides: who decides on points in it; None of a form in which units or registers state something.
        stage: under which stage its words and evidence are kept; None where it has none.
        states: the leaves whose facts it states, by who states them.
        states_blocks: whether it states the facts of bonus and penalty items too.
    """

    id: str
    label: str
    step: str
    file_stem: str
    subject: Subject
    tables: tuple[FormTable, ...]
    title: str
    has_deadline: bool = False
    is_monthly: bool = False
    decides: ScoreSource | None = None
    stage: Stage | None = None
    states: frozenset[Source] = frozenset()
    states_blocks: bool = False

    @property
    def table(self) -> FormTable:
        """The table that it cannot be without."""
        return self.tables[0]

    @property
    def has_known_rows(self) -> bool:
        """Whether set, units and measures say which rows it has, whatever was recorded when it was written."""
        return all(table.has_known_rows for table in self.tables)
