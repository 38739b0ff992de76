"""The progress of a period frozen, as canonical JSON under its SHA-256: what its report is made from, and nothing else.

No clock, no database id, no path stands in it, nor addresses or register entries that are nobody's business. Who
approves the report approves this hash.
"""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter

from models.findings import refusal
from models.forms.row_keys import Remark
from models.progress.periods import Period
from models.progress.registers import RegisterKind
from models.progress.results import ProgressResult, Standing
from models.province.config import ProvinceConfig
from models.records.snapshots import FrozenPaper, sound_body
from models.records.tables import Snapshot
from models.units import Unit

FORMAT = 2  # 1 had no words of units, explanations of tasks, nor reasons why nothing is compared


@dataclass(frozen=True, slots=True)
class ReportedGroup:
    """Units that a report shows together, by code."""

    id: str
    name: str
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MonthTotal:
    """What a measure came to in one month over all units: as a number, and as printed.

    `others` tells that other units than in the month before make it up.
    """

    month: Period
    amount: Decimal | None
    shown: str
    others: bool = False


@dataclass(frozen=True, slots=True)
class UnitRegister:
    """What an officer says of a unit's entries in one register."""

    unit: str
    kind: RegisterKind
    words: str


@dataclass(frozen=True, slots=True)
class UnitRemark:
    """What a unit wrote under one heading of the form of a month."""

    unit: Unit
    month: Period
    remark: Remark
    text: str


@dataclass(frozen=True, slots=True)
class NoFigure:
    """Why a unit could not give the figure of a measure in a month."""

    unit: Unit
    month: Period
    measure: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReportedProgress:
    """A period's result with what else its report shows.

    Attributes:
        due: the last day on which the report is in time.
        groups: the units that existed in the period, by group of the round, else by kind.
        areas: code and name of the areas that measures and tasks belong to.
        totals: by measure, its newest months, the earliest first.
        standings_before: where each unit's part in each commitment stood when the period began, by `commitment/unit`.
        registers: what stands in the registers by unit; the entries themselves are left out of the result.
        heads: who heads each unit at the end of the period, as far as the register of heads or units.csv says.
        remarks: difficulties and proposals of units in the months of the period.
        no_figures: why figures of these months could not be given.
        causes, remedies: what the department writes of the period.
    """

    due: date
    groups: tuple[ReportedGroup, ...]
    areas: tuple[tuple[str, str], ...]
    totals: dict[str, tuple[MonthTotal, ...]]
    standings_before: dict[str, Standing]
    registers: tuple[UnitRegister, ...]
    heads: dict[str, str]
    result: ProgressResult
    remarks: tuple[UnitRemark, ...] = ()
    no_figures: tuple[NoFigure, ...] = ()
    causes: tuple[str, ...] = ()
    remedies: tuple[str, ...] = ()

    @property
    def units_told(self) -> str:
        """How many units stand in it, for who decides whether to wait for the others and have it drafted again."""
        expected, silent = len(self.result.expected), len(self.result.not_reported)
        said = f"Dự thảo có số liệu của {expected - silent}/{expected} đơn vị; hạn gửi báo cáo {self.due:%d/%m/%Y}."
        return f"{said} Khi các đơn vị còn lại đã gửi, chọn lập lại dự thảo." if silent else said


_PROGRESS: TypeAdapter[ReportedProgress] = TypeAdapter(ReportedProgress)


@dataclass(frozen=True)
class FrozenProgress(FrozenPaper):
    """The frozen progress of a period."""

    progress: ReportedProgress

    @property
    def period(self) -> Period:
        """The period that is reported."""
        return self.progress.result.period

    @property
    def year(self) -> int:
        """The reporting year."""
        return self.period.year

    @property
    def named_period(self) -> str:
        """The period as it is named: `2025-03`."""
        return str(self.period)

    def values(self) -> dict[str, Any]:
        """The period and its progress."""
        return {
            "format": FORMAT,
            "period": self.named_period,
            "progress": _PROGRESS.dump_python(self.progress, mode="json", by_alias=True),
        }


def progress_in(snapshot: Snapshot) -> FrozenProgress:
    """The progress of a period that a snapshot of the database holds.

    Raises:
        RefusedError: it was changed after it was frozen, or a later version of the program froze it.
    """
    return thawed_progress(sound_body(snapshot))


def thawed_progress(body: bytes) -> FrozenProgress:
    """The progress that the body of a snapshot holds, of this format or an earlier one.

    Raises:
        RefusedError: a later version of the program froze it.
    """
    values = json.loads(body)
    if values["format"] > FORMAT:
        what = f"bản số liệu theo định dạng {values['format']}, phần mềm này đọc đến định dạng {FORMAT}"
        raise refusal(f"báo cáo {values.get('period', '')}".strip(), what, "Cập nhật phần mềm rồi làm lại")
    config = ProvinceConfig.model_validate(values["province"])
    return FrozenProgress(config, _PROGRESS.validate_python(values["progress"])).read_from(body)
