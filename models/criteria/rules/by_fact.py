"""`by_fact`: another fact says which rule holds, as where there is a plan and where there is none.

Every case has a rule of its own, or fixed points; a unit states the facts of the case that it chose and no others.
Source: docs/maths.md, 2.12.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal, Self, final

from pydantic import BaseModel, ConfigDict, Field, model_validator
from typing_extensions import override

from models.criteria.facts import FactField, FactKind
from models.criteria.formulas import CHECK_TEXT, FormulaCells
from models.criteria.rules.amounts import FactId, Label, Points, PositivePoints, falling
from models.criteria.rules.base import Awarded, Better, Numbers, Rule, problem
from models.criteria.rules.cells import ChoiceCell, FactCell
from models.criteria.rules.faults import RuleFault, above_maximum, named_twice
from models.criteria.rules.kinds import AnyRule
from models.numbers import plain, said
from models.wording import continued

_CASE = "case"
_WHATEVER = Decimal("Infinity")  # the maximum of the leaf, beside which any number that is written is less


def _unsaid(value: object) -> bool:
    return value is None


class RuledCase(BaseModel):
    """One answer to the other fact, and what it is worth: by a rule up to `max`, or `points` whatever the rest is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: FactId
    label: Label
    rule: Annotated[AnyRule | None, Field(exclude_if=_unsaid)] = None
    max: Annotated[PositivePoints | None, Field(exclude_if=_unsaid)] = None
    points: Annotated[Points | None, Field(exclude_if=_unsaid)] = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.rule is None) is (self.points is None):
            raise ValueError(f"trường hợp “{self.label}” cần đúng một trong: rule (quy tắc) hoặc points (điểm cố định)")
        return self

    def most(self, maximum: Decimal) -> Decimal:
        """The most points that the case can give in a leaf of this maximum."""
        return self.points if self.points is not None else self.max or maximum

    def award(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Awarded:
        """Points of the case from the facts of its rule."""
        return Awarded(self.points) if self.rule is None else self.rule.points(facts, self.most(maximum), year)


@final
class ByFactRule(Rule):
    """The points of the rule that another fact chooses. Source: docs/maths.md, 2.12."""

    kind: Literal["by_fact"]
    cases: Annotated[tuple[RuledCase, ...], Field(min_length=2)]
    label: Label = "Trường hợp"

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of the cases that have any."""
        return tuple(case.rule for case in self.cases if case.rule is not None)

    @cached_property
    @override
    def fields(self) -> tuple[FactField, ...]:
        """Which case holds, and every fact that one of the rules asks for; required is only what its case needs."""
        choices = tuple((case.id, case.label) for case in self.cases)
        asked: dict[str, FactField] = {}
        for rule in self.rules:
            for field in rule.fields:
                asked.setdefault(field.id, field.as_optional)
        return (FactField(_CASE, self.label, FactKind.OPTION, choices), *asked.values())

    @override
    def cell(self, field: FactField, maximum: Decimal, year: int) -> FactCell:
        if field.id == _CASE:
            return ChoiceCell(tuple(case.points for case in self.cases))
        case, own = next(self._asking(field.id))
        assert case.rule is not None
        return case.rule.cell(own, case.most(maximum), year)

    def _asking(self, fact: str) -> Iterator[tuple[RuledCase, FactField]]:
        """The cases whose rule asks for a fact, each with the fact as it asks for it."""
        for case in self.cases:
            for field in case.rule.fields if case.rule is not None else ():
                if field.id == fact:
                    yield case, field

    @property
    @override
    def numbers(self) -> Numbers:
        assumed = {rule.numbers for rule in self.rules}
        return next(
            (numbers for numbers in (Numbers.PART_OF_WHOLE, Numbers.PERCENT) if numbers in assumed), Numbers.PLAIN
        )

    @override
    def faults(self, maximum: Decimal) -> list[RuleFault]:
        """Cases named twice or worth more than there is, what is wrong with their rules, facts that mean two things."""
        faults = named_twice([case.id for case in self.cases], "cases")
        names = [{case.id.casefold(), case.label.casefold()} for case in self.cases]
        for position, case in enumerate(self.cases):
            path = ("cases", position)
            if any(case.label.casefold() in earlier for earlier in names[:position]):
                what = f"trường hợp “{case.label}” trùng tên với trường hợp trước"
                faults.append(RuleFault((*path, "label"), what, "Đặt cho mỗi trường hợp một tên riêng"))
            faults += above_maximum(case.most(maximum), maximum, (*path, "max" if case.points is None else "points"))
            if case.rule is None:
                continue
            faults += [
                fault._replace(path=(*path, "rule", *fault.path)) for fault in case.rule.faults(case.most(maximum))
            ]
            if case.rule.of_survey:
                what = "kết quả khảo sát không chọn theo một số liệu khác được"
                faults.append(RuleFault((*path, "rule"), what, "Đặt quy tắc survey trực tiếp ở tiêu chí"))
            if case.rule.compares_units:
                what = "quy tắc so sánh các đơn vị không đặt trong một trường hợp được"
                faults.append(RuleFault((*path, "rule"), what, "Đặt quy tắc min_max trực tiếp ở tiêu chí"))
            faults += self._clashing(case.rule, position)
        if max(case.most(maximum) for case in self.cases) < maximum:
            what = f"không trường hợp nào tới được điểm tối đa {said(maximum)}"
            faults.append(RuleFault(("cases",), what, "Sửa điểm của các trường hợp hoặc max"))
        return faults

    def _clashing(self, rule: Rule, position: int) -> Iterator[RuleFault]:
        """Facts of one id that are not the same fact in two cases, or that have the id of the choice."""
        for field in rule.fields:
            first = next(other for _, other in self._asking(field.id))
            if field.id == _CASE or (first.label, first.kind, first.choices) != (
                field.label,
                field.kind,
                field.choices,
            ):
                other = self.label if field.id == _CASE else first.label
                what = f"số liệu {field.id} vừa là “{other}” vừa là “{field.label}”"
                remedy = "Đặt cùng một tên (label, numerator, denominator…) ở mọi trường hợp, hoặc mã (id) khác"
                yield RuleFault(("cases", position, "rule"), what, remedy)

    @override
    def sentence(self, maximum: Decimal, year: int) -> str:
        return f"{self.label}: {'. '.join(self._case_said(case, maximum, year) for case in self.cases)}"

    @staticmethod
    def _case_said(case: RuledCase, maximum: Decimal, year: int) -> str:
        if case.rule is None:
            return f"“{case.label}”: {said(case.most(maximum))} điểm"
        return f"“{case.label}”: {continued(case.rule.sentence(case.most(maximum), year))}"

    def _chosen(self, facts: Mapping[str, str]) -> RuledCase | None:
        return next((case for case in self.cases if case.id == facts.get(_CASE)), None)

    @override
    def missing(self, facts: Mapping[str, str]) -> tuple[FactField, ...]:
        if _CASE not in facts:
            return self.fields[:1]
        chosen = self._chosen(facts)
        return () if chosen is None or chosen.rule is None else chosen.rule.missing(facts)

    @override
    def _points(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Awarded:
        chosen = self._chosen(facts)
        if chosen is None:
            known = ", ".join(case.id for case in self.cases)
            return problem(_CASE, f"không có trường hợp “{facts[_CASE]}”", f"Chọn một trong: {known}")
        return chosen.award(facts, maximum, year)

    @override
    def _formula(self, cells: FormulaCells, maximum: Decimal, year: int) -> str:
        labels, chosen = cells.lists[_CASE].labels, cells.facts[_CASE]
        text = CHECK_TEXT
        for number, case in reversed(list(enumerate(self.cases, 1))):
            most = case.most(maximum)
            worth = plain(most) if case.rule is None else case.rule.formula(cells, most, year).removeprefix("=")
            text = f"IF(EXACT(INDEX({labels},{number}),{chosen}),{worth},{text})"
        return text

    @override
    def reckoned(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal, year: int) -> str:
        chosen = self._chosen(facts)
        assert chosen is not None
        told = f"{continued(self.label)}: {continued(chosen.label)}"
        most = chosen.most(maximum)
        if chosen.rule is not None:
            told += f"; {chosen.rule.reckoned(facts, points, most, year)}"
        best = self._best(maximum)
        return (
            told if most >= best.most(maximum) else f"{told}; “{best.label}” được tới {said(best.most(maximum))} điểm"
        )

    @override
    def better(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal) -> Better | None:
        """What the rule of its case says: which case holds is a matter of fact, not of effort."""
        chosen = self._chosen(facts)
        if chosen is None or chosen.rule is None:
            return None
        return chosen.rule.better(facts, points, chosen.most(maximum))

    @override
    def levels(self, maximum: Decimal) -> tuple[Decimal, ...]:
        of_rules = [case.rule.levels(case.most(maximum)) for case in self.cases if case.rule is not None]
        fixed = [case.points for case in self.cases if case.points is not None]
        return falling([*fixed, *(points for known in of_rules for points in known)]) if all(of_rules) else ()

    @override
    def aim(self) -> str:
        best = self._best(_WHATEVER)
        return f"{best.label}: {continued(best.rule.aim())}" if best.rule is not None else best.label

    def _best(self, maximum: Decimal) -> RuledCase:
        return max(self.cases, key=lambda case: case.most(maximum))

    @property
    @override
    def other_index(self) -> str:
        return next((rule.other_index for rule in self.rules if rule.other_index), "")

    @property
    @override
    def may_not_apply(self) -> bool:
        return any(rule.may_not_apply for rule in self.rules)

    @override
    def last_day(self, year: int) -> date | None:
        days = [rule.last_day(year) for rule in self.rules]
        known = [day for day in days if day is not None]
        return max(known) if known and len(known) == len(days) else None

    @override
    def first_step(self, year: int) -> str:
        return f"báo cáo {continued(self.label)} và số liệu của trường hợp ấy"
