"""The criteria set: areas (lĩnh vực) → criteria (tiêu chí) → components (tiêu chí thành phần), with bonus and penalty.

What gets points is a leaf: a component, or a criterion that is scored directly. A set is data, frozen with each
snapshot; nothing in code knows how many areas there are.
Source: docs/maths.md, 1 and 5.
"""

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Annotated, NamedTuple, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from models.codes import Code, Name
from models.criteria.cross_checks import Changes, CrossCheck, FactReference
from models.criteria.facts import FactField, FactKind, FactProblem
from models.criteria.formulas import CHECK_TEXT, not_counts
from models.criteria.references import OptionalReference
from models.criteria.rules.amounts import Points, PositivePoints
from models.criteria.rules.any_rule import AnyRule
from models.criteria.rules.base import Awarded, Rule
from models.criteria.rules.counts import not_a_count, read_count
from models.numbers import ZERO, plain, said


class Source(StrEnum):
    """Who states the facts of a leaf."""

    SELF = "self"
    SURVEY = "survey"
    REGISTER = "register"
    EXTERNAL = "external"

    @property
    def told(self) -> str:
        """Where points come from that the unit does not give itself, in words; "" where it does."""
        return _TOLD_BY.get(self.value, "")


_TOLD_BY = {
    "survey": "điểm lấy từ kết quả điều tra xã hội học",
    "register": "điểm lấy từ sổ theo dõi của cơ quan thẩm định",
    "external": "điểm lấy từ số liệu do nơi khác công bố",
}


class Evidence(StrEnum):
    """Whether a self-scored leaf needs evidence (tài liệu kiểm chứng), and what lacks without it.

    STRICT: a form in which it is missing is returned; REQUIRED: its sender is warned; REQUIRED_FOR_POINTS: the leaf
    counts nothing without a named document or a file, until it is appraised otherwise. Source: docs/process.md, 6.
    """

    REQUIRED_FOR_POINTS = "required_for_points"
    STRICT = "strict"
    REQUIRED = "required"
    OPTIONAL = "optional"
    NONE = "none"

    @property
    def is_needed(self) -> bool:
        """Whether points want a document or an explanation beside them."""
        return self in (Evidence.REQUIRED_FOR_POINTS, Evidence.STRICT, Evidence.REQUIRED)

    @property
    def in_words(self) -> str:
        """What pages and papers call it."""
        return _EVIDENCE[self.value]


_EVIDENCE = {
    "required_for_points": "bắt buộc, thiếu thì không tính điểm",
    "strict": "bắt buộc, thiếu thì trả lại phiếu",
    "required": "cần có",
    "optional": "nếu có",
    "none": "không cần",
}


class NotApplicable(BaseModel):
    """To whom a part of the set does not apply.

    Structural: by kind of unit or by list, known before the round. By event: units may claim that no case arose.
    Source: docs/maths.md, 5.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kinds: tuple[str, ...] = ()
    units: tuple[Code, ...] = ()
    by_event: bool = False

    def excludes(self, unit: str, kind: str) -> bool:
        """Whether the part never applies to this unit."""
        return unit in self.units or kind in self.kinds


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code
    name: Name
    not_applicable: NotApplicable = NotApplicable()


class Component(_Part):
    """A component (tiêu chí thành phần): the lowest level, always scored."""

    max: PositivePoints
    source: Source
    rule: AnyRule
    evidence: Evidence = Evidence.REQUIRED
    appraised_by: Code | None = None
    reference: OptionalReference = None


class Heading(BaseModel):
    """A level between a criterion and its components that is only named, as 1.1.1 above 1.1.1.1 and 1.1.1.2.

    Its components are those whose codes begin with its own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code
    name: Name

    def is_above(self, code: str) -> bool:
        """Whether a component stands below it."""
        return code.startswith(f"{self.code}.")


def _unsaid(value: object) -> bool:
    return value is None or value == ()


class Criterion(_Part):
    """A criterion (tiêu chí): split into components, or scored directly like one.

    `groups` names levels between it and its components; where there are none they are left out of its dump.
    """

    max: PositivePoints | None = None
    source: Source | None = None
    rule: AnyRule | None = None
    evidence: Evidence = Evidence.REQUIRED
    appraised_by: Code | None = None
    reference: OptionalReference = None
    groups: Annotated[tuple[Heading, ...], Field(exclude_if=_unsaid)] = ()
    components: tuple[Component, ...] = ()

    def group_of(self, code: str) -> Heading | None:
        """The named level above a component; None where it stands right below the criterion."""
        return next((group for group in self.groups if group.is_above(code)), None)


class Area(_Part):
    """An area (lĩnh vực)."""

    max: PositivePoints | None = None
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]


class BlockStep(BaseModel):
    """So many points from so many cases on."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    from_: Annotated[int, Field(alias="from", strict=True, gt=0)]
    points: PositivePoints


class BlockItem(_Part):
    """One thing that earns bonus or penalty points: so much a case up to its own maximum, or by steps of their number.

    What an item leaves out is left out of its dump, so that old sets keep their bytes.
    """

    each: Annotated[PositivePoints | None, Field(exclude_if=_unsaid)] = None
    per: Annotated[int, Field(strict=True, gt=0, exclude_if=lambda cases: cases == 1)] = 1
    steps: Annotated[tuple[BlockStep, ...], Field(exclude_if=_unsaid)] = ()
    max: PositivePoints | None = None

    @model_validator(mode="after")
    def _one_way_of_counting(self) -> Self:
        if (self.each is None) is not bool(self.steps):
            raise ValueError(f"mục “{self.code}” ghi một trong hai: each (điểm mỗi trường hợp) hoặc steps (theo bậc)")
        if self.steps and self.per != 1:
            raise ValueError(f"mục “{self.code}”: per đi cùng each, không đi cùng steps")
        for higher, lower in pairwise(self.steps):
            if lower.from_ >= higher.from_ or lower.points >= higher.points:
                raise ValueError(f"mục “{self.code}”: xếp các bậc (steps) theo from và points giảm dần")
        return self

    @cached_property
    def field(self) -> FactField:
        """The only fact asked for: how many cases."""
        return FactField("count", self.name, FactKind.COUNT)

    def points(self, count: str) -> Awarded:
        """Points of a canonical count; a count that is none gives the problem instead."""
        cases = read_count(count)
        if cases is None:
            return not_a_count(self.field.id, self.name, count)
        if self.each is None:
            points = next((step.points for step in self.steps if cases >= step.from_), ZERO)
        else:
            points = cases // self.per * self.each
        return Awarded(points if self.max is None else min(points, self.max))

    @property
    def sentence(self) -> str:
        """What it earns, in Vietnamese, without a full stop."""
        most = "" if self.max is None else f", tối đa {said(self.max)} điểm"
        if self.each is None:
            return "; ".join([*self._steps_said(), f"dưới {self.steps[-1].from_}: 0 điểm"]) + most
        cases = "mỗi trường hợp" if self.per == 1 else f"mỗi {self.per} trường hợp"
        return f"{cases} {said(self.each)} điểm{most}"

    def _steps_said(self) -> Iterator[str]:
        """The numbers of cases on each step, and what they are worth."""
        for higher, step in zip((None, *self.steps), self.steps, strict=False):
            cases = f"từ {step.from_} trở lên"
            if higher is not None:
                last = higher.from_ - 1
                cases = f"{step.from_}" if last == step.from_ else f"từ {step.from_} đến {last}"
            yield f"{cases}: {said(step.points)} điểm"

    def formula(self, cell: str) -> str:
        """The live formula of a form: cases × points, up to the item's maximum; see models/criteria/formulas.py."""
        if self.each is None:
            points = "0"
            for step in reversed(self.steps):
                points = f"IF({cell}>={step.from_},{plain(step.points)},{points})"
        else:
            cases = cell if self.per == 1 else f"INT({cell}/{self.per})"
            points = f"{cases}*{plain(self.each)}"
        kept = points if self.max is None else f"MIN({plain(self.max)},{points})"
        return f'=IF({cell}="","",IF({not_counts([cell])},{CHECK_TEXT},{kept}))'


class Block(BaseModel):
    """The bonus or the penalty block: its items and the most it can give or take, if that is bounded at all.

    Source: docs/maths.md, 3.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    cap: Annotated[Points | None, Field(exclude_if=_unsaid)] = None
    capped: Annotated[bool, Field(exclude_if=lambda capped: capped)] = True
    items: tuple[BlockItem, ...] = ()

    @model_validator(mode="after")
    def _bounded_or_not(self) -> Self:
        if self.capped is (self.cap is None):
            raise ValueError(
                "khối điểm cần đúng một trong: cap (nhiều nhất của cả khối) hoặc capped: false (không chặn)"
            )
        return self

    def limited(self, points: Decimal) -> Decimal:
        """The points of all items as far as the block counts them."""
        return points if self.cap is None else min(points, self.cap)


class Leaf(NamedTuple):
    """What gets points, with its place in the set."""

    code: str
    name: str
    max: Decimal
    source: Source
    rule: Rule
    area: str
    criterion: str
    evidence: Evidence
    appraised_by: str | None
    exclusions: tuple[NotApplicable, ...]
    group: Heading | None = None

    def applies_to(self, unit: str, kind: str) -> bool:
        """Whether the leaf is part of this unit's set at all (structural not-applicable)."""
        return not any(exclusion.excludes(unit, kind) for exclusion in self.exclusions)

    @property
    def may_be_claimed(self) -> bool:
        """Whether units may claim that no case arose."""
        return any(exclusion.by_event for exclusion in self.exclusions)

    def remedy_of(self, problem: FactProblem) -> str:
        """What to do about facts that make no sense, as this leaf lets it be done."""
        return problem.remedy if self.may_be_claimed or not problem.unclaimed else problem.unclaimed


def _as_years(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


Year = Annotated[int, Field(strict=True, ge=2000, le=2100)]
Years = Annotated[tuple[Year, ...], BeforeValidator(_as_years), Field(exclude_if=_unsaid)]


class CriteriaSet(BaseModel):
    """One criteria set, as issued for one kind of unit and one or more years.

    Attributes:
        years: the index years it was issued for; where none is said, the rounds that name it say it alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Code
    title: Name
    years: Years = ()
    issued_by: str | None = None
    areas: Annotated[tuple[Area, ...], Field(min_length=1)]
    bonus: Block | None = None
    penalty: Block | None = None
    checks: tuple[CrossCheck, ...] = ()
    changes: Changes = Changes()

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """Everything that gets points, in the order of the set. Assumes a set that passed its checks."""
        return tuple(leaf for area in self.areas for criterion in area.criteria for leaf in _leaves_of(area, criterion))

    @cached_property
    def by_code(self) -> dict[str, Leaf]:
        """Leaves by code."""
        return {leaf.code: leaf for leaf in self.leaves}

    @cached_property
    def maximum(self) -> Decimal:
        """The maximum before anything is taken out for a unit."""
        return sum((leaf.max for leaf in self.leaves), ZERO)

    @cached_property
    def bonus_items(self) -> dict[str, BlockItem]:
        """Bonus items by code."""
        return {item.code: item for item in self.bonus.items} if self.bonus else {}

    @cached_property
    def penalty_items(self) -> dict[str, BlockItem]:
        """Penalty items by code."""
        return {item.code: item for item in self.penalty.items} if self.penalty else {}

    @cached_property
    def facts_asked(self) -> dict[FactReference, FactField]:
        """Every fact that the set asks for, of leaves and block items."""
        of_leaves = {FactReference(leaf.code, field.id): field for leaf in self.leaves for field in leaf.rule.fields}
        items = (*self.bonus_items.values(), *self.penalty_items.values())
        return {**of_leaves, **{FactReference(item.code, item.field.id): item.field for item in items}}


def _leaves_of(area: Area, criterion: Criterion) -> list[Leaf]:
    """The leaves of one criterion: its components, or itself."""
    above = (area.not_applicable, criterion.not_applicable)
    if criterion.components:
        return [
            _leaf(component, component.max, component.source, component.rule, area, criterion, above)
            for component in criterion.components
        ]
    if criterion.max is None or criterion.source is None or criterion.rule is None:
        return []
    return [_leaf(criterion, criterion.max, criterion.source, criterion.rule, area, criterion, above[:1])]


def _leaf(
    part: Component | Criterion,
    maximum: Decimal,
    source: Source,
    rule: Rule,
    area: Area,
    criterion: Criterion,
    above: tuple[NotApplicable, ...],
) -> Leaf:
    exclusions = tuple(
        exclusion
        for exclusion in (*above, part.not_applicable)
        if exclusion.kinds or exclusion.units or exclusion.by_event
    )
    return Leaf(
        part.code,
        part.name,
        maximum,
        source,
        rule,
        area.code,
        criterion.code,
        part.evidence,
        part.appraised_by or criterion.appraised_by,
        exclusions,
        criterion.group_of(part.code),
    )
