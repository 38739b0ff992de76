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
from models.criteria.rules.base import Awarded, Better, Numbers, Rule, share_of
from models.criteria.rules.cells import FactCell, YesNoCell
from models.criteria.rules.faults import RuleFault, named_twice
from models.numbers import ZERO, plain, said
from models.wording import continued


def _unsaid(value: object) -> bool:
    return value is None


class ChecklistItem(BaseModel):
    """One item of a checklist; with `points` it bears its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: FactId
    label: Label
    points: Annotated[PositivePoints | None, Field(exclude_if=_unsaid)] = None

    @property
    def said(self) -> str:
        """The item with the points that it bears of its own."""
        return self.label if self.points is None else f"{self.label} {said(self.points)} điểm"


@final
class ChecklistRule(Rule):
    """n of m items: the maximum shared among the items, so much an item, each its own, or only when all are there.

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
        faults += self._faults_of_own(maximum)
        if self.each and self.each * len(self.items) < maximum:
            what = (
                f"đủ {len(self.items)} mục cũng chỉ được {said(self.each * len(self.items))} điểm, "
                f"chưa tới điểm tối đa {said(maximum)}"
            )
            faults.append(RuleFault(("each",), what, "Tăng each hoặc giảm max"))
        return faults

    def _faults_of_own(self, maximum: Decimal) -> list[RuleFault]:
        """What is wrong where items bear their own points."""
        own = [item.points for item in self.items if item.points is not None]
        if not own:
            return []
        if self.each or self.all_required:
            what = "điểm riêng của từng mục (points) không đi cùng each, all_required"
            return [RuleFault(("items",), what, "Bỏ each, all_required, hoặc bỏ points của các mục")]
        if len(own) < len(self.items):
            position = next(at for at, item in enumerate(self.items) if item.points is None)
            what = f"mục “{self.items[position].label}” chưa có điểm trong khi mục khác có"
            return [RuleFault(("items", position), what, "Ghi points cho mọi mục, hoặc bỏ hết")]
        if sum(own) < maximum:
            what = f"đủ các mục cũng chỉ được {said(sum(own, ZERO))} điểm, chưa tới điểm tối đa {said(maximum)}"
            return [RuleFault(("items",), what, "Sửa điểm của các mục hoặc max")]
        return []

    @property
    def _bear_own(self) -> bool:
        return self.items[0].points is not None

    @override
    def sentence(self, maximum: Decimal, year: int) -> str:
        items = ", ".join(item.said for item in self.items)
        if self._bear_own:
            return f"Điểm của các mục đạt, tối đa {said(maximum)} điểm ({items})"
        if self.all_required:
            return f"Đủ tất cả: {said(maximum)} điểm, thiếu một mục: 0 điểm ({items})"
        if self.each:
            return f"Mỗi mục {said(self.each)} điểm, tối đa {said(maximum)} điểm ({items})"
        return f"Số mục đạt ÷ {len(self.items)} × {said(maximum)} điểm ({items})"

    @override
    def _points(self, facts: Mapping[str, str], maximum: Decimal, year: int) -> Awarded:
        done = sum(facts[item.id] == "1" for item in self.items)
        if self._bear_own:
            own = (item.points or ZERO for item in self.items if facts[item.id] == "1")
            return Awarded(min(maximum, sum(own, ZERO)))
        if self.all_required:
            return Awarded(maximum if done == len(self.items) else ZERO)
        if self.each:
            return Awarded(min(maximum, self.each * done))
        return Awarded(share_of(maximum, Decimal(done), Decimal(len(self.items))))

    @override
    def _formula(self, cells: FormulaCells, maximum: Decimal, year: int) -> str:
        answers = [cells.facts[item.id] for item in self.items]
        done = "+".join(f'IF({cell}="{YES}",1,0)' for cell in answers)
        known = "+".join(f'IF(OR({cell}="{YES}",{cell}="{NO}"),1,0)' for cell in answers)
        count = len(self.items)
        if self._bear_own:
            own = (
                f'IF({cell}="{YES}",{plain(item.points or ZERO)},0)'
                for cell, item in zip(answers, self.items, strict=True)
            )
            points = f"MIN({plain(maximum)},{'+'.join(own)})"
        elif self.all_required:
            points = f"IF({done}={count},{plain(maximum)},0)"
        elif self.each:
            points = f"MIN({plain(maximum)},({done})*{plain(self.each)})"
        else:
            points = f"({done})*{plain(maximum)}/{count}"
        return f"IF({known}<{count},{CHECK_TEXT},{points})"

    @override
    def reckoned(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal, year: int) -> str:
        missing = [continued(item.said) for item in self.items if facts[item.id] != "1"]
        done = f"đạt {len(self.items) - len(missing)}/{len(self.items)} nội dung"
        return f"{done}; chưa đạt: {'; '.join(missing)}" if missing else done

    @override
    def better(self, facts: Mapping[str, str], points: Decimal, maximum: Decimal) -> Better | None:
        missing = [item for item in self.items if facts[item.id] != "1"]
        chosen = missing if self.all_required else missing[:1]
        if not chosen:
            return None
        labels = "; ".join(item.label for item in chosen)
        return Better(f"hoàn thành: {labels}", {**facts, **{item.id: "1" for item in chosen}})

    @override
    def levels(self, maximum: Decimal) -> tuple[Decimal, ...]:
        return (maximum, ZERO) if self.all_required else ()

    @override
    def aim(self) -> str:
        return f"Thực hiện đủ các nội dung: {', '.join(item.label for item in self.items)}"
