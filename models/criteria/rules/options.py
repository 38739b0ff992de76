"""`options`: points of the named choice that holds. Source: docs/maths.md, 2.3."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal, final

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import override

from models.criteria.facts import FactField, FactKind
from models.criteria.formulas import CHECK_TEXT, FormulaCells
from models.criteria.rules.amounts import FactId, Label, Points, falling
from models.criteria.rules.base import Awarded, Better, Numbers, Rule, problem
from models.criteria.rules.cells import ChoiceCell, FactCell
from models.criteria.rules.faults import RuleFault, above_maximum, named_twice
from models.numbers import said
from models.wording import continued

_OPTION = "option"


class Option(BaseModel):
    """One named choice and its points."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: FactId
    label: Label
    points: Points


@final
class OptionsRule(Rule):
    """Points of the choice that holds."""

    kind: Literal["options"]
    options: Annotated[tuple[Option, ...], Field(min_length=2)]
    label: Label = "Phương án"

    @cached_property
    @override
    def fields(self) -> tuple[FactField, ...]:
        choices = tuple((option.id, option.label) for option in self.options)
        return (FactField(_OPTION, self.label, FactKind.OPTION, choices),)

    @override
    def cell(self, field: FactField, maximum: Decimal, year: int) -> FactCell:
        return ChoiceCell(tuple(option.points for option in self.options))

    @property
    @override
    def numbers(self) -> Numbers:
        return Numbers.PLAIN

    @override
    def faults(self, maximum: Decimal) -> list[RuleFault]:
        """Ids or labels named twice (a label also against an id), and points above the maximum."""
        faults = named_twice([option.id for option in self.options], "options")
        names = [{option.id.casefold(), option.label.casefold()} for option in self.options]
        for position, option in enumerate(self.options):
            if any(option.label.casefold() in earlier for earlier in names[:position]):
                what = f"phương án “{option.label}” trùng tên với phương án trước"
                faults.append(RuleFault(("options", position, "label"), what, "Đặt cho mỗi phương án một tên riêng"))
        for position, option in enumerate(self.options):
            faults += above_maximum(option.points, maximum, ("options", position, "points"))
        return faults

    @override
    def sentence(self, maximum: Decimal, year: int) -> str:
        return "; ".join(f"{option.label}: {said(option.points)} điểm" for option in self.options)

    @override
    def _points(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Awarded:
        chosen = facts[_OPTION]
        for option in self.options:
            if option.id == chosen:
                return Awarded(option.points)
        known = ", ".join(option.id for option in self.options)
        return problem(_OPTION, f"không có phương án “{chosen}”", f"Chọn một trong: {known}")

    @override
    def _formula(self, cells: FormulaCells, maximum: Decimal, year: int) -> str:
        choices = cells.lists[_OPTION]
        chosen = f"EXACT({choices.labels},{cells.facts[_OPTION]})"
        return f"IF(SUMPRODUCT(--{chosen})=0,{CHECK_TEXT},SUMPRODUCT(--{chosen},{choices.points}))"

    @override
    def reckoned(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal, year: int) -> str:
        chosen = f"{continued(self.label)}: {self.fields[0].shown(facts[_OPTION])} ({said(points)} điểm)"
        best = max(self.options, key=lambda option: option.points)
        return chosen if best.points <= points else f"{chosen}; mức “{best.label}” được {said(best.points)} điểm"

    @override
    def better(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal) -> Better | None:
        above = [option for option in self.options if option.points > points]
        if not above:
            return None
        nearest = min(above, key=lambda option: option.points)
        return Better(f"đạt mức “{nearest.label}”", {**facts, _OPTION: nearest.id})

    @override
    def levels(self, maximum: Decimal) -> tuple[Decimal, ...]:
        return falling(option.points for option in self.options)

    @override
    def aim(self) -> str:
        best = max(self.options, key=lambda option: option.points)
        return f"Phấn đấu đạt mức: {continued(best.label)}"
