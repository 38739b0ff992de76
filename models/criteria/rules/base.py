"""What every kind of rule has to say: facts, cells, points, faults, sentence, formula, figures, next step and repair.

Points follow from facts alone: no rule reads the clock, a file or the database. What a kind has left unsaid is named
by mypy (each kind is final) and refused when the kind is declared (any_rule.py).
Source of the kinds: docs/maths.md, section 2.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, final

from pydantic import BaseModel, ConfigDict

from models.criteria.facts import FactField, FactProblem
from models.criteria.formulas import FormulaCells, any_empty
from models.criteria.rules.cells import FactCell
from models.criteria.rules.faults import RuleFault
from models.numbers import EXACT, plain, said

_ANY_YEAR = 2000  # of points that are given directly: no deadline changes them
WHOLE_CONTENT = "Thực hiện đầy đủ nội dung của tiêu chí, có tài liệu kiểm chứng"


class Awarded(NamedTuple):
    """Points of a component, or why its facts give none.

    Neither where it does not apply by its facts (0 of 0), or where units are compared and the others are not known.
    """

    points: Decimal | None
    problem: FactProblem | None = None


class Better(NamedTuple):
    """The nearest change that brings more points: what to do, in words, and the facts after it."""

    words: str
    facts: dict[str, str]


class Numbers(StrEnum):
    """What a reader may assume of the numbers that a rule asks for.

    PERCENT: said in percent, so that 95 and 0.95 may mean the same. PART_OF_WHOLE: a `numerator` and a `denominator`,
    so that a percentage may stand for the first where the second is 100.
    """

    PLAIN = "plain"
    PERCENT = "percent"
    PART_OF_WHOLE = "part_of_whole"


class Rule(BaseModel, ABC):
    """What every kind of rule can do. A kind fixes `kind` to its name, `kind: Literal["…"]`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str

    @property
    @abstractmethod
    def fields(self) -> tuple[FactField, ...]:
        """The facts this rule asks for, in the order of the form."""

    @abstractmethod
    def cell(self, field: FactField, maximum: Decimal, year: int) -> FactCell:
        """What may be typed for one of its facts."""

    @property
    @abstractmethod
    def numbers(self) -> Numbers:
        """What a reader may assume of its numbers."""

    @abstractmethod
    def faults(self, maximum: Decimal) -> list[RuleFault]:
        """What is wrong with the rule as written, under this maximum."""

    @abstractmethod
    def sentence(self, maximum: Decimal, year: int) -> str:
        """The rule in Vietnamese, for guides and explanations, without a full stop."""

    @abstractmethod
    def _points(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Awarded:
        """Points from facts of which none that is required is missing."""

    @abstractmethod
    def _formula(self, cells: FormulaCells, maximum: Decimal, year: int) -> str:
        """The expression that gives the points, or CHECK where `_points` refuses; no cell that is required is empty."""

    @abstractmethod
    def reckoned(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal, year: int) -> str:
        """The figures that these points follow from, and what all points ask for, in words, without a full stop.

        A reader who reckons with the printed figures comes to the same: `số văn bản ký số 7.985/9.176 = 87,0%; cần từ
        95% trở lên, còn thiếu 733`.
        """

    @abstractmethod
    def better(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal) -> Better | None:
        """The nearest change of facts that give these points; None where no change can bring more."""

    @abstractmethod
    def aim(self) -> str:
        """How all points are reached, for the list of repairs, without a full stop."""

    @property
    def other_index(self) -> str:
        """Id or name of the other index whose value is its fact `value`; "" where the rule follows none."""
        return ""

    @property
    def of_survey(self) -> bool:
        """Whether its facts come from the answers of a survey, so that nobody states them of himself."""
        return False

    @property
    def may_not_apply(self) -> bool:
        """Whether facts may say that the leaf does not apply, so that `points` gives neither points nor a problem."""
        return False

    @property
    def compares_units(self) -> bool:
        """Whether its points hang on the facts of the other units of the group too."""
        return False

    def bounds_among(self, stated: Sequence[Mapping[str, str]]) -> dict[str, str]:
        """What its points need to know of the units of a group, to stand beside the facts of each.

        Args:
            stated: the facts of every unit that has any, those of the unit itself among them.
        """
        return {}

    @property
    def given_directly(self) -> bool:
        """Whether its only fact is its points, so that nobody may give points that it would refuse."""
        return False

    @property
    def grades_a_number(self) -> bool:
        """Whether it is a scale of one number, such as a survey finds for a unit."""
        return False

    @property
    def takes_off(self) -> bool:
        """Whether it begins with the maximum and takes points off, case by case."""
        return False

    def as_tiers(self, maximum: Decimal) -> tuple[dict[str, object], ...]:
        """The same points as steps of a value, as `tiers` says them; none where it is no scale with steps."""
        return ()

    @property
    def may_be_found(self) -> bool:
        """Whether an appraiser may enter the facts that it found in place of points.

        Not where nobody states them of a unit, they are its points, or its points hang on other units too.
        """
        return not (self.compares_units or self.given_directly or self.of_survey)

    def levels(self, maximum: Decimal) -> tuple[Decimal, ...]:
        """The only points that facts can give, the most first; nothing where they may lie anywhere between."""
        return ()

    @final
    def misfit(self, points: Decimal, maximum: Decimal) -> FactProblem | None:
        """Why points from 0 to the maximum are none that the rule can give, and what to do; None where they are."""
        if self.given_directly:
            return self._points({self.fields[0].id: plain(points)}, maximum, _ANY_YEAR).problem
        known = self.levels(maximum)
        if not known or points in known:
            return None
        what = f"{said(points)} điểm không phải là mức điểm nào của tiêu chí ({'; '.join(map(said, known))})"
        return FactProblem("", what, "Kiểm tra lại; nếu đúng ý, nêu căn cứ trong lý do")

    def last_day(self, year: int) -> date | None:
        """The last day on which all points can be earned; None where it is any day of the year."""
        return None

    def first_step(self, year: int) -> str:
        """What to do where nothing is stated yet."""
        return f"báo cáo số liệu: {', '.join(field.label for field in self.fields)}"

    def missing(self, facts: Mapping[str, str]) -> tuple[FactField, ...]:
        """The facts that the points need and that are not stated."""
        return tuple(field for field in self.fields if field.required and field.id not in facts)

    @final
    def points(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Awarded:
        """Points between 0 and `maximum` that follow from the facts, or what is wrong with them.

        Args:
            facts: canonical texts by fact id (see models/criteria/facts.py).
            maximum: the component's maximum, in points.
            year: the index year; deadlines without a year belong to it.
        """
        for field in self.fields:
            if field.required and field.id not in facts:
                return problem(field.id, f"thiếu số liệu “{field.label}”", "Bổ sung số liệu này")
        return self._points(facts, maximum, year)

    @final
    def formula(self, cells: FormulaCells, maximum: Decimal, year: int) -> str:
        """The live formula of a form, beginning with `=`: the same facts in its cells give the same points.

        It shows nothing while a fact is missing, and CHECK where the facts make no sense (models/criteria/formulas.py).

        Args:
            cells: where its facts stand.
            maximum: the component's maximum.
            year: the index year, for deadlines.
        """
        needed = [cells.facts[field.id] for field in self.fields if field.required]
        return f'=IF({any_empty(needed)},"",{self._formula(cells, maximum, year)})'


def problem(fact: str, what: str, remedy: str, unclaimed: str = "") -> Awarded:
    """The outcome of a fact that makes no sense."""
    return Awarded(None, FactProblem(fact, what, remedy, unclaimed))


def share_of(maximum: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    """maximum × part ÷ whole, rounded once."""
    return EXACT.multiply(maximum, part) / whole
