"""One yearly round as the province declares it: groups, ranking rule, grades, gates, deadlines, locks.

Source: docs/process.md, 1 (deadlines, locks, extensions) and 2; bands and the tie rule differ by place
and year, so they are data.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from models.codes import Code, CodeList, Name
from models.criteria.formulas import rounded_formula
from models.criteria.references import OptionalReference
from models.criteria.rules.amounts import Bound, Percent
from models.forms.descriptions import ROUND_KINDS, FormKind
from models.numbers import MOST_DECIMALS, ZERO, Rounding, printed, settled


class RankOn(StrEnum):
    """Which index two units are compared on."""

    EXACT = "exact"
    PRINTED = "printed"


class Ties(StrEnum):
    """How equal units share ranks: 1-2-2-4, 1-2-2-3, or never (the tie-break keys decide)."""

    COMPETITION = "competition"
    DENSE = "dense"
    ORDINAL = "ordinal"


def _form_of_a_round(value: object) -> object:
    """The value, where it names a form of a round.

    Raises:
        PydanticCustomError: it names none; said as of any closed list.
    """
    if value in ROUND_KINDS:
        return value
    raise PydanticCustomError("enum", "no form of a round", {"expected": ", ".join(ROUND_KINDS)})


RoundForm = Annotated[FormKind, BeforeValidator(_form_of_a_round)]
"""A step of a round, named as the form that it takes."""


class SurveyMissing(StrEnum):
    """What a survey leaf without any result does: leave the maximum, or count 0 of it."""

    REBASE = "rebase"
    ZERO = "zero"


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Selection(_Declared):
    """Which units belong to a group: by kind, by list, or both; less the excepted ones."""

    kind: CodeList = ()
    codes: CodeList = ()
    except_: Annotated[CodeList, Field(alias="except")] = ()


class Band(_Declared):
    """A grade and from where it holds: `from` ≥, `over` >; the last grade needs neither.

    `under` (<) or `to` (≤) may close the band above; the check then sees gaps and overlaps.
    """

    label: Name
    from_: Annotated[Bound | None, Field(alias="from")] = None
    over: Bound | None = None
    under: Bound | None = None
    to: Bound | None = None

    def reached_by(self, index: Decimal) -> bool:
        """Whether the index is high enough for this grade."""
        if self.from_ is not None:
            return index >= self.from_
        return self.over is None or index > self.over


class GateCondition(_Declared):
    """When a gate closes: a part of the set under so many percent of its maximum, or a fact beyond a bound."""

    area: Code | None = None
    criterion: Code | None = None
    component: Code | None = None
    under: Percent | None = None
    fact: str | None = None
    over: Bound | None = None


class Gate(_Declared):
    """No better grade than this one when the condition holds."""

    not_above: Name
    when: GateCondition


EXACT_POINTS: Literal["exact"] = "exact"
"""Points of a leaf are not rounded before they are summed."""


def _decimals_or_exact(value: object) -> object:
    """The value, where it is a number of decimals or `exact`.

    Raises:
        PydanticCustomError: it is neither; said as of any closed list.
    """
    if value == EXACT_POINTS or (type(value) is int and 0 <= value <= MOST_DECIMALS):
        return value
    raise PydanticCustomError("enum", "no decimals", {"expected": f"{EXACT_POINTS}, 0, 1, 2 … {MOST_DECIMALS}"})


PointsDecimals = Annotated[int | Literal["exact"], BeforeValidator(_decimals_or_exact)]


class RankingRule(_Declared):
    """How points and indices are rounded, printed and compared.

    Attributes:
        decimals: of a printed index.
        points_decimals: of the points of a leaf, rounded half up before they are summed, so that what is printed adds
            up; `exact` keeps every digit, and printed parts may then differ from a printed sum.
        capped: whether bonus points lift no index above 100.

    Source: docs/process.md, 2; docs/maths.md, 3 and 8.
    """

    decimals: Annotated[int, Field(ge=0, le=MOST_DECIMALS)] = 2
    points_decimals: PointsDecimals = 2
    rounding: Rounding = Rounding.HALF_UP
    rank_on: RankOn = RankOn.EXACT
    ties: Ties = Ties.COMPETITION
    capped: bool = True

    def printed(self, value: Decimal) -> Decimal:
        """An index as printed."""
        return printed(value, self.decimals, self.rounding)

    def printed_points(self, points: Decimal) -> Decimal:
        """Points as printed: with their own decimals, where exact ones are kept with those of the index."""
        return self.printed(points) if self.points_decimals == EXACT_POINTS else printed(points, self.points_decimals)

    def counted_points(self, points: Decimal) -> Decimal:
        """Points of a leaf, or of an item of bonus or penalty, as they go into sums."""
        return points if self.points_decimals == EXACT_POINTS else printed(points, self.points_decimals)

    def counted_formula(self, formula: str) -> str:
        """The live formula of a form for points as they go into sums."""
        return formula if self.points_decimals == EXACT_POINTS else rounded_formula(formula, self.points_decimals)

    def total(self, points: Decimal, maximum: Decimal) -> Decimal:
        """Points with bonus and penalty, kept at 0 and, where they are capped, at the unit's maximum."""
        return max(ZERO, min(maximum, points) if self.capped else points)

    def compared(self, index: Decimal) -> Decimal:
        """The index as it is compared with others."""
        return self.printed(index) if self.rank_on is RankOn.PRINTED else settled(index)


class Group(_Declared):
    """Units that are measured by one set and ranked against each other."""

    id: Code
    name: Name
    criteria_set: Code
    units: Selection
    unranked: CodeList = ()
    result_sheets: Annotated[bool, Field(description="whether every unit gets a result sheet when published")] = True
    grades: tuple[Band, ...] | None = None
    gates: tuple[Gate, ...] | None = None


class Deadlines(_Declared):
    """Last days of the steps of a round: until when a form is in time, or until when it is taken at all."""

    self_assessment: date | None = None
    appraisal: date | None = None
    explanation: date | None = None

    def of(self, step: FormKind) -> date | None:
        """The last day of a step, None where it has none."""
        day: date | None = getattr(self, step.value, None)
        return day


DATED_KINDS = tuple(kind for kind in ROUND_KINDS if kind.description.has_deadline)
"""The forms of a round that have deadlines, in the order of the year."""

if unlike := {kind.value for kind in DATED_KINDS} ^ set(Deadlines.model_fields):
    raise TypeError(f"forms with deadlines and the keys of Deadlines differ: {sorted(unlike)}")


class Extension(_Declared):
    """Some units, or appraising agencies, may send a step's form later than the others: past deadline and lock.

    Source: docs/process.md, 1 (extension per unit).
    """

    units: Annotated[CodeList, Field(min_length=1)]
    step: RoundForm
    until: date
    reason: Name


STANDARD_GRADES = (
    Band(label="Xuất sắc", from_=Decimal(90)),
    Band(label="Tốt", from_=Decimal(80)),
    Band(label="Khá", from_=Decimal(70)),
    Band(label="Trung bình", from_=Decimal(60)),
    Band(label="Yếu"),
)


class Round(_Declared):
    """One round of evaluation, of one index year.

    `causes` and `remedies` are what the department writes of the results; its report prints them, and nothing where
    nobody wrote any.
    """

    year: Annotated[int, Field(ge=2000, le=2100)]
    title: str | None = None
    groups: Annotated[tuple[Group, ...], Field(min_length=1)]
    ranking: RankingRule = RankingRule()
    tie_break: CodeList = ()
    grades: tuple[Band, ...] = STANDARD_GRADES
    gates: tuple[Gate, ...] = ()
    survey_missing: SurveyMissing = SurveyMissing.REBASE
    deadlines: Deadlines = Deadlines()
    locks: Deadlines = Deadlines()
    extensions: tuple[Extension, ...] = ()
    legal_bases: tuple[str, ...] = ()
    reference: OptionalReference = None
    repair_days: Annotated[int, Field(ge=1, le=365)] = 30
    causes: tuple[Name, ...] = ()
    remedies: tuple[Name, ...] = ()

    def group(self, id: str) -> Group:
        """The group with this id.

        Raises:
            KeyError: the round has no such group.
        """
        return {group.id: group for group in self.groups}[id]

    def grades_of(self, group: Group) -> tuple[Band, ...]:
        """The group's own grades, else the round's."""
        return group.grades if group.grades is not None else self.grades

    def gates_of(self, group: Group) -> tuple[Gate, ...]:
        """The group's own gates, else the round's."""
        return group.gates if group.gates is not None else self.gates

    @cached_property
    def as_evaluated(self) -> "Round":
        """The round without locks and extensions: they say who may send, not what follows from what was sent."""
        return self.model_copy(update={"locks": Deadlines(), "extensions": ()})

    def extended_until(self, step: FormKind, subject: str) -> date | None:
        """The last day of a unit's (or appraising agency's) extension of a step, None where it has none."""
        granted = [each.until for each in self.extensions if each.step is step and subject in each.units]
        return max(granted, default=None)

    def deadline_of(self, step: FormKind, subject: str) -> date | None:
        """The deadline of a form of this subject; its extension moves it, days off do not yet (see calendar.py)."""
        return _latest(self.deadlines.of(step), self.extended_until(step, subject))

    def lock_of(self, step: FormKind, subject: str) -> date | None:
        """The last day on which a form of this subject is taken at all; its extension moves it."""
        return _latest(self.locks.of(step), self.extended_until(step, subject))

    @cached_property
    def last_day(self) -> date:
        """The day whose units the round evaluates: the last of the index year."""
        return date(self.year, 12, 31)


def _latest(declared: date | None, extended: date | None) -> date | None:
    """The declared day, moved by an extension; an extension alone sets no day where none was declared."""
    return declared if declared is None or extended is None else max(declared, extended)
