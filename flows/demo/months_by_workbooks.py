"""The sample year played by its units, month by month, from workbooks alone: forms out, filled in, received, returned,
mended, sent again.

In: the example's folder progress-YEAR of CSV files. Whoever plays says how forms are written and how the inbox is
received (Prefect flows in the demonstration, plain functions in a test).
"""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from flows.demo.agencies import OpenForm, SampleInbox, mended, read_all
from models.forms.descriptions import FormKind, form_file_name
from models.forms.row_keys import Remark, task_code
from models.progress.measures import Figure
from models.progress.periods import Period, read_period
from models.progress.plan_tasks import PlanTask
from models.progress.registers import RegisterEntry, RegisterKind
from models.province.folder import Province
from tasks.recording.progress_importing import read_figures, read_register

_PARTS = ("numerator", "denominator", "value")
_WholeOfUnit = tuple[Period, str]


@dataclass(frozen=True)
class MonthsData:
    """What the sample units know of a reporting year.

    Attributes:
        figures: as each unit first states them, by month and unit.
        corrections: what a unit states again later, by month and unit.
        tasks: what became of the plan tasks by the end of the year, by plan and number.
        remarks: difficulties and proposals, by month and unit.
    """

    province: Province
    figures: Mapping[_WholeOfUnit, Sequence[Figure]]
    corrections: Mapping[_WholeOfUnit, Sequence[Figure]]
    tasks: Mapping[tuple[str, str], RegisterEntry]
    remarks: Mapping[_WholeOfUnit, Mapping[Remark, str]]

    @classmethod
    def read(cls, province: Province, folder: Path, today: date) -> "MonthsData":
        """Read the example's CSV files.

        Args:
            province: the sample province.
            folder: its progress-YEAR.
            today: when they are read; no month that ends later.
        """
        figures: dict[_WholeOfUnit, list[Figure]] = {}
        corrections: dict[_WholeOfUnit, list[Figure]] = {}
        for path in sorted(folder.glob("figures-*.csv"), key=lambda path: path.stem):
            period = read_period(path.stem.removeprefix("figures-")[:7])
            told = read_figures(path.read_bytes(), path.name, province, period, today)[0]
            for unit, of_unit in groupby(told, key=lambda figure: figure.unit):
                (corrections if (period, unit) in figures else figures).setdefault((period, unit), []).extend(of_unit)
        tasks = folder / "register-tasks.csv"
        entries, _ = read_register(RegisterKind.TASKS, tasks.read_bytes(), tasks.name, province, today)
        by_task = {(entry.value("plan"), entry.value("number")): entry for entry in entries}
        return cls(province, figures, corrections, by_task, _read_remarks(folder / "remarks.csv"))

    def tasks_of(self, unit: str) -> list[tuple[PlanTask, RegisterEntry]]:
        """The plan tasks of a unit of which something is known."""
        return [
            (task, entry)
            for plan in self.province.progress.plans.values()
            for task in plan.tasks
            if (entry := self.tasks.get((plan.id, task.number))) and entry.unit == unit
        ]


def _read_remarks(path: Path) -> dict[_WholeOfUnit, dict[Remark, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return {
        (read_period(row["period"]), row["unit"]): {
            Remark.DIFFICULTIES: row["difficulties"],
            Remark.PROPOSALS: row["proposals"],
        }
        for row in rows
    }


def fill_month(content: bytes, unit: str, month: Period, data: MonthsData, figures: Iterable[Figure]) -> bytes:
    """The report of a month as its unit fills it in: figures, what its tasks have come to by its end, remarks."""
    form = OpenForm(content)
    for figure in figures:
        for part in _PARTS:
            number = getattr(figure, part)
            if number is not None:
                form.put(figure.measure, f"fact:{part}", int(number))
        form.put(figure.measure, "note", figure.note or None)
    for task, entry in data.tasks_of(unit):
        key = task_code(entry.value("plan"), task.number)
        if form.has(key):
            _fill_task(form, key, task, entry, month.last)
    for remark, text in data.remarks.get((month, unit), {}).items():
        if text:
            form.put_remark(remark, text)
    return form.saved()


def _fill_task(form: OpenForm, key: str, task: PlanTask, entry: RegisterEntry, cut_off: date) -> None:
    """What has happened by the cut-off; why, when it is late."""
    days = {name: date.fromisoformat(entry.value(name)) for name in ("begun", "done_on") if entry.value(name)}
    for name, day in days.items():
        if day <= cut_off:
            form.put(key, f"fact:{name}", day)
    done = days.get("done_on", date.max)
    if done <= cut_off:
        form.put(key, "document", entry.value("evidence"))
    if task.due < min(done, cut_off) and entry.value("explanation"):
        form.put(key, "explanation", entry.value("explanation"))


def _more_than_the_whole(form: OpenForm) -> None:
    form.put("dung-han", "fact:numerator", form.value("dung-han", "fact:denominator") + 50)


def _words_for_a_number(form: OpenForm) -> None:
    form.put("truc-tuyen", "fact:numerator", "khoảng hai trăm")


def _nothing_at_all(form: OpenForm) -> None:
    for part in ("numerator", "denominator"):
        form.put("ky-so", f"fact:{part}", None)


class MonthMistake(NamedTuple):
    """Something that an officer gets wrong in a report that is otherwise right.

    Attributes:
        told: what it is, for people who watch.
        make: types it into the report.
    """

    told: str
    make: Callable[[OpenForm], None]


MONTH_MISTAKES: Mapping[tuple[str, str], MonthMistake] = {
    ("2025-03", "so-xay-dung"): MonthMistake("hồ sơ đúng hạn nhiều hơn hồ sơ đã giải quyết", _more_than_the_whole),
    ("2025-07", "xa-long-dien"): MonthMistake("ghi chữ ở ô số liệu", _words_for_a_number),
    ("2025-07", "xa-phu-lam"): MonthMistake("bỏ trống một chỉ tiêu, không ghi lý do", _nothing_at_all),
}


@dataclass
class SampleMonths:
    """The months on their way.

    Attributes:
        data: what the sample units know.
        inbox: where workbooks go in and replies come out.
        write: writes the forms of a month for all units that report it; returns their paths.
        tell: says what happens.
    """

    data: MonthsData
    inbox: SampleInbox
    write: Callable[[Period], Iterable[Path]]
    tell: Callable[[str], None]

    def play(self, month: Period) -> None:
        """One month: the forms come in; those with mistakes come back, are mended and sent again; then corrections."""
        forms = read_all(self.write(month))
        right = {
            unit: fill_month(forms[_name(month, unit)], unit, month, self.data, figures)
            for (of, unit), figures in self.data.figures.items()
            if of == month
        }
        hasty = {unit: mistake for (of, unit), mistake in MONTH_MISTAKES.items() if of == str(month)}
        sent = {_name(month, unit): content for unit, content in right.items()}
        sent |= {_name(month, unit): _with_mistake(right[unit], mistake) for unit, mistake in hasty.items()}
        wrong = f", {len(hasty)} báo cáo có lỗi cố ý" if hasty else ""
        self.tell(f"{len(forms)} biểu mẫu; {len(sent)} đơn vị gửi báo cáo{wrong}")
        self.inbox.send(str(month), sent)
        if hasty:
            self._send_again(month, right, hasty)
        self._correct(month)

    def _send_again(self, month: Period, right: Mapping[str, bytes], hasty: Mapping[str, MonthMistake]) -> None:
        again = {}
        for unit, mistake in hasty.items():
            self.tell(f"{self.data.province.units[unit].name}: {mistake.told}, bị trả lại; sửa tệp trả lại rồi gửi")
            reply = self.inbox.reply_to(_name(month, unit))
            assert reply is not None
            again[_name(month, unit)] = mended(reply.read_bytes(), right[unit])
        self.inbox.send(f"{month}-gui-lai", again)

    def _correct(self, month: Period) -> None:
        """Who finds a mistake afterwards asks for the form again, in which stands what was told, and corrects it."""
        corrected = {unit: figures for (of, unit), figures in self.data.corrections.items() if of == month}
        if not corrected:
            return
        forms = read_all(self.write(month))
        for unit in corrected:
            self.tell(f"{self.data.province.units[unit].name}: điều chỉnh số liệu, gửi bản thứ hai")
        again = {
            _name(month, unit): fill_month(forms[_name(month, unit)], unit, month, self.data, figures)
            for unit, figures in corrected.items()
        }
        self.inbox.send(f"{month}-dieu-chinh", again)


def _name(month: Period, unit: str) -> str:
    return form_file_name(FormKind.MONTHLY, str(month), unit)


def _with_mistake(filled: bytes, mistake: MonthMistake) -> bytes:
    form = OpenForm(filled)
    mistake.make(form)
    return form.saved()
