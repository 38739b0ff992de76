"""Plan tasks (nhiệm vụ kế hoạch): what a plan asks of whom until when, and where each task stands on a day.

Source: docs/process.md, 5 (Tân Uyên: 14 of 19 tasks of 2016–2020 done).
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.codes import Code, Name
from models.labelled import Labelled


class TaskState(Labelled):
    """Where a task stands on a day."""

    NOT_DUE = "not_due", "chưa đến hạn"
    IN_PROGRESS = "in_progress", "đang thực hiện"
    DONE_IN_TIME = "done_in_time", "hoàn thành đúng hạn"
    DONE_LATE = "done_late", "hoàn thành chậm"
    OVERDUE = "overdue", "quá hạn"

    @property
    def done(self) -> bool:
        """Whether the task is done."""
        return self in (TaskState.DONE_IN_TIME, TaskState.DONE_LATE)


class PlanTask(BaseModel):
    """One task. `owner` is a unit's code, name or alias; `responsible` the head who answers for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: Code
    title: Name
    owner: Name
    due: date
    responsible: str | None = None
    product: str | None = None
    area: Code | None = None
    begun: date | None = None
    done_on: date | None = None
    evidence: str | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.begun and self.done_on and self.begun > self.done_on:
            raise ValueError(f"nhiệm vụ {self.number}: ngày hoàn thành trước ngày bắt đầu")
        return self

    def state_on(self, day: date) -> TaskState:
        """Where the task stands at the end of a day; what happened later is not known yet."""
        if self.done_on and self.done_on <= day:
            return TaskState.DONE_IN_TIME if self.done_on <= self.due else TaskState.DONE_LATE
        if self.due < day:
            return TaskState.OVERDUE
        return TaskState.IN_PROGRESS if self.begun and self.begun <= day else TaskState.NOT_DUE


class Plan(BaseModel):
    """A plan of one or more years and its tasks; long lists stand in a CSV file beside (`tasks_csv`)."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    id: Code
    title: Name
    from_: Annotated[int, Field(alias="from", ge=2000, le=2100)]
    to: Annotated[int, Field(ge=2000, le=2100)]
    source: str | None = None
    tasks: tuple[PlanTask, ...] = ()
    tasks_csv: Annotated[str | None, Field(pattern=r"^[\w\-.]+\.csv$")] = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_ > self.to:
            raise ValueError("năm kết thúc của kế hoạch trước năm bắt đầu")
        return self


@dataclass(frozen=True, slots=True)
class TaskUpdate:
    """What was recorded about a task since the plan was written (register `tasks`).

    `explanation` is what its owner says of it: progress, why it is late, until when.
    """

    plan: str
    number: str
    begun: date | None
    done_on: date | None
    evidence: str
    explanation: str = ""

    def applied_to(self, task: PlanTask) -> PlanTask:
        """The task as it stands with this update; what the update leaves open stays as declared."""
        known = {"begun": self.begun, "done_on": self.done_on, "evidence": self.evidence}
        return task.model_copy(update={name: value for name, value in known.items() if value})
