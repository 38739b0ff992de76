"""The month's forms of all units, written from what is asked of them and what is recorded.

Source: docs/process.md, 3.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlmodel import Session

from models.findings import Finding, RefusedError, refusal
from models.forms.descriptions import MONTH_KINDS, FormKind, form_file_name, one_each, recorded_kind
from models.forms.row_keys import Remark, task_code
from models.progress.measures import Figure
from models.progress.periods import Period
from models.progress.plan_tasks import PlanTask, TaskUpdate
from models.progress.registers import RegisterKind
from models.province.calendar import report_due
from models.province.config import ProvinceConfig
from models.province.folder import Province
from models.records.storage import Storage
from tasks.forms.monthly import MonthKnown, TaskNow, monthly_form
from tasks.progress.asked_units import asked_units
from tasks.reading.plans import MonthPlan, plan_of
from tasks.recording.progress import current_figures, current_register, task_updates
from tasks.recording.progress_importing import why_absent
from tasks.recording.versions import current_remarks

MONTH_WRITERS = one_each({FormKind.MONTHLY: monthly_form}, MONTH_KINDS)


def write_months(
    province: Province,
    storage: Storage,
    period: Period,
    units: Sequence[str],
    out: Path,
    today: date,
    kind: FormKind = FormKind.MONTHLY,
) -> list[Path]:
    """Write the form of a month into a folder, one file a unit.

    Args:
        province: the checked folder.
        storage: what is recorded; last month's figures and what this month told before stand in the forms.
        period: the month.
        units: codes of the units to write for; all that report something when empty.
        out: the folder, made where it is missing; files of the same name are replaced.
        today: the states of plan tasks are those at the end of the month, or of this day where it has not ended.
        kind: which form of a month.

    Returns:
        The files, by unit.

    Raises:
        RefusedError: no month, nothing is asked, or units that do not report it.
    """
    if not period.is_month:
        raise refusal(str(period), f"{period.name} không phải là một tháng", "Ghi tháng dạng 2025-03")
    plans = _plans(province, period, units)
    with storage.reading() as session:
        known = _Recorded.read(session, province, period, [plan.unit.code for plan in plans])
    out.mkdir(parents=True, exist_ok=True)
    paths = []
    for plan in plans:
        path = out / form_file_name(kind, str(period), plan.unit.code)
        path.write_bytes(MONTH_WRITERS[kind](province.config, plan, known.of(plan, kind, min(today, period.last))))
        paths.append(path)
    return paths


def _plans(province: Province, period: Period, units: Sequence[str]) -> list[MonthPlan]:
    """What is asked of each of the units; without names, of every unit that exists and is asked something."""
    if not units:
        asked = asked_units(province, period)
        if not asked:
            what = f"không có chỉ tiêu hay nhiệm vụ nào phải báo cáo trong {period.name}"
            raise refusal("progress/measures.yaml", what, "Khai báo chỉ tiêu và kinds của chỉ tiêu")
        return [plan_of(province).month_of(unit, period) for unit in asked]
    findings = [fault for code in dict.fromkeys(units) if (fault := _not_reporting(province, period, code))]
    if findings:
        raise RefusedError(findings)
    return [plan_of(province).month_of(province.units[code], period) for code in dict.fromkeys(units)]


def _not_reporting(province: Province, period: Period, code: str) -> Finding | None:
    unit = province.units.get(code)
    if unit is None:
        near = ", ".join(sorted(province.units)[:5])
        return Finding("units.csv", 0, f"không có đơn vị mang mã “{code}”", f"Dùng mã trong units.csv, ví dụ: {near}")
    if absent := why_absent(unit, province, period):
        return Finding("units.csv", 0, *absent)
    if not plan_of(province).month_of(unit, period).row_keys:
        what = f"không có chỉ tiêu hay nhiệm vụ nào giao cho {unit.name} trong {period.name}"
        return Finding("progress/measures.yaml", 0, what, "Sửa kinds của chỉ tiêu, hoặc bỏ đơn vị khỏi lệnh")
    return None


@dataclass(frozen=True)
class _Recorded:
    """What is recorded of the units that forms are written for."""

    config: ProvinceConfig
    figures: dict[str, list[Figure]]
    updates: dict[str, TaskUpdate]
    remarks: dict[tuple[str, str], dict[Remark, str]]

    @classmethod
    def read(cls, session: Session, province: Province, period: Period, units: Sequence[str]) -> "_Recorded":
        """What is recorded now of these units: figures of this year and the last, told tasks, remarks."""
        figures: dict[str, list[Figure]] = {}
        for figure in current_figures(session, (period.year - 1, period.year), units, with_notes=True):
            figures.setdefault(figure.unit, []).append(figure)
        return cls(
            province.config,
            figures,
            {
                task_code(update.plan, update.number): update
                for update in task_updates(current_register(session, [RegisterKind.TASKS]))
            },
            current_remarks(session, period.year),
        )

    def of(self, plan: MonthPlan, kind: FormKind, day: date) -> MonthKnown:
        """What one unit's form is written from; tasks stand as on a day."""
        tasks = {key: self._now(key, task, day) for key, task in plan.tasks.items()}
        began = plan.period.cumulated.first
        return MonthKnown(
            report_due(self.config, plan.period),
            self.figures.get(plan.unit.code, ()),
            {key: now for key, now in tasks.items() if now.task.done_on is None or now.task.done_on >= began},
            self.remarks.get((recorded_kind(kind, str(plan.period)), plan.unit.code), {}),
        )

    def _now(self, key: str, task: PlanTask, day: date) -> TaskNow:
        if key not in self.updates:
            return TaskNow(task, task.state_on(day))
        update = self.updates[key]
        task = update.applied_to(task)
        return TaskNow(task, task.state_on(day), update.explanation)
