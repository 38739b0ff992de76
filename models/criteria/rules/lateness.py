"""What the kinds that ask for a day share: part of the points for being late by so many days."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from models.criteria.rules.amounts import Points
from models.criteria.rules.faults import RuleFault, above_maximum
from models.numbers import ZERO, plain, said

Days = Annotated[int, Field(strict=True, gt=0)]


class LateStep(BaseModel):
    """Points for being late by at most so many days; without `days`, however late."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    points: Points
    days: Days | None = None


def late_faults(late: Sequence[LateStep], maximum: Decimal) -> list[RuleFault]:
    """Late steps above the maximum, overlapping or not falling."""
    faults: list[RuleFault] = []
    for position, step in enumerate(late):
        faults += above_maximum(step.points, maximum, ("late", position, "points"))
        before = late[position - 1] if position else None
        if before and (before.days is None or (step.days is not None and step.days <= before.days)):
            faults.append(RuleFault(("late", position), "các mức chậm chồng lấn", "Xếp theo số ngày chậm tăng dần"))
        if before and step.points >= before.points:
            what, remedy = "chậm hơn mà điểm không thấp hơn", "Xếp các mức chậm theo điểm giảm dần"
            faults.append(RuleFault(("late", position, "points"), what, remedy))
    return faults


def late_said(late: Sequence[LateStep], unit: str = "ngày") -> list[str]:
    """What each lateness is worth, and what was never done, in words; `unit`: the days in which it is counted."""
    steps = []
    for position, step in enumerate(late):
        later = "chậm hơn" if position else "chậm"
        until = f"chậm không quá {step.days} {unit}" if step.days else later
        steps.append(f"{until}: {said(step.points)} điểm")
    if not late or late[-1].days:
        steps.append("chậm hơn: 0 điểm" if late else "chậm: 0 điểm")
    return [*steps, "không thực hiện: 0 điểm"]


def late_points(late: Sequence[LateStep], days: int) -> Decimal:
    """The points for so many days of lateness, more than 0."""
    return next((step.points for step in late if step.days is None or days <= step.days), ZERO)


def late_formula(late: Sequence[LateStep], days: str) -> str:
    """The expression of the same; `days` is the expression of the lateness."""
    text = "0"
    for step in reversed(late):
        points = plain(step.points)
        text = points if step.days is None else f"IF({days}<={step.days},{points},{text})"
    return text
