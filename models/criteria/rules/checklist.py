"""`checklist`: n of so many items. Source: docs/maths.md, 2.7."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal, final

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import override

from models.criteria.facts import FactField, FactKind
from models.criteria.formulas import CHECK_TEXT, NO, YES, FormulaCells
from models.criteria.rules.amounts import FactId, Label, PositivePoints
from models.criteria.rules.base import Better, Numbers, Outcome, Rule, share_of
from models.criteria.rules.cells import FactCell, YesNoCell
from models.criteria.rules.faults import RuleFault, named_twice
from models.numbers import ZERO, plain, said


class ChecklistItem(BaseModel):
    """One item of a checklist."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: FactId
    label: Label


@final
class ChecklistRule(Rule):
    """n of m items: the maximum shared among the items, so much an item, or only when all are there.

    Source: docs/maths.md, 2.7.
    """

    kind: Literal["checklist"]
    items: Annotated[tuple[ChecklistItem, ...], Field(min_length=1)]
    each: PositivePoints | None = None
    all_required: bool = False

    @cached_property
    @override
    def fields(self) -> tuple[FactField, ...]:
        return tuple(FactField(item.id, item.label, FactKind.YES_NO) for item in self.items)

    @override
    def cell(self, field: FactField, maximum: Decimal, year: int) -> FactCell:
        return YesNoCell()

    @property
    @override
    def numbers(self) -> Numbers:
        return Numbers.PLAIN

    @override
    def faults(self, maximum: Decimal) -> list[RuleFault]:
        """Ids named twice, `each` beside `all_required`, and an `each` that cannot come to the maximum."""
        faults = named_twice([item.id for item in self.items], "items")
        if self.each and self.all_required:
            faults.append(RuleFault(("each",), "each và all_required loại trừ nhau", "Bỏ một trong hai"))
        if self.each and self.each * len(self.items) < maximum:
            what = (
                f"đủ {len(self.items)} mục cũng chỉ được {said(self.each * len(self.items))} điểm, "
                f"chưa tới điểm tối đa {said(maximum)}"
            )
            faults.append(RuleFault(("each",), what, "Tăng each hoặc giảm max"))
        return faults

    @override
    def sentence(self, maximum: Decimal, year: int) -> str:
        items = ", ".join(item.label for item in self.items)
        if self.all_required:
            return f"Đủ tất cả: {said(maximum)} điểm, thiếu một mục: 0 điểm ({items})"
        if self.each:
            return f"Mỗi mục {said(self.each)} điểm, tối đa {said(maximum)} điểm ({items})"
        return f"Số mục đạt ÷ {len(self.items)} × {said(maximum)} điểm ({items})"

    @override
    def _points(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Outcome:
        done = sum(facts[item.id] == "1" for item in self.items)
        if self.all_required:
            return Outcome(maximum if done == len(self.items) else ZERO)
        if self.each:
            return Outcome(min(maximum, self.each * done))
        return Outcome(share_of(maximum, Decimal(done), Decimal(len(self.items))))

    @override
    def _formula(self, cells: FormulaCells, maximum: Decimal, year: int) -> str:
        answers = [cells.facts[item.id] for item in self.items]
        done = "+".join(f'IF({cell}="{YES}",1,0)' for cell in answers)
        known = "+".join(f'IF(OR({cell}="{YES}",{cell}="{NO}"),1,0)' for cell in answers)
        count = len(self.items)
        if self.all_required:
            points = f"IF({done}={count},{plain(maximum)},0)"
        elif self.each:
            points = f"MIN({plain(maximum)},({done})*{plain(self.each)})"
        else:
            points = f"({done})*{plain(maximum)}/{count}"
        return f"IF({known}<{count},{CHECK_TEXT},{points})"

    @override
    def better(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal) -> Better | None:
        missing = [item for item in self.items if facts[item.id] != "1"]
        chosen = missing if self.all_required else missing[:1]
        if not chosen:
            return None
        labels = "; ".join(item.label for item in chosen)
        return Better(f"hoàn thành: {labels}", {**facts, **{item.id: "1" for item in chosen}})

    @override
    def aim(self) -> str:
        return f"Thực hiện đủ các nội dung: {', '.join(item.label for item in self.items)}"
