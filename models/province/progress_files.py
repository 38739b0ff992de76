"""progress/*.yaml of the province folder: measures, plan tasks, commitments, targets, other indices, words of reports.

Every file is optional. What cannot be read is a finding with file and line; the rest is still read and checked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from models.codes import Name
from models.criteria.cross_checks import Changes, CrossCheck
from models.criteria.facts import read_date
from models.findings import Finding, Severity
from models.progress.commitments import Commitment
from models.progress.indices import IndexSeries
from models.progress.measures import Measure
from models.progress.periods import Period
from models.progress.plan_tasks import Plan, PlanTask
from models.progress.targets import Target
from models.province.csv_files import CsvRow, read_csv
from models.province.plain_files import UnreadableError, read_plain
from models.province.yaml_files import YamlFile, load_model

_TASK_COLUMNS = ("number", "title", "owner", "due")
_TASK_EXTRAS = ("responsible", "product", "area", "begun", "done_on", "evidence")
_TASK_DATES = ("due", "begun", "done_on")


class _Listed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MeasuresFile(_Listed):
    """progress/measures.yaml: measures, what must hold between them, and how far they may move in a month."""

    measures: tuple[Measure, ...]
    checks: tuple[CrossCheck, ...] = ()
    changes: Changes = Changes()


class PlansFile(_Listed):
    """progress/plan_tasks.yaml."""

    plans: tuple[Plan, ...]


class CommitmentsFile(_Listed):
    """progress/commitments.yaml."""

    commitments: tuple[Commitment, ...]


class TargetsFile(_Listed):
    """progress/targets.yaml."""

    targets: tuple[Target, ...]


class IndicesFile(_Listed):
    """progress/indices.yaml."""

    indices: tuple[IndexSeries, ...]


class ReportWords(_Listed):
    """What the department writes of one period: why things did not go well, and what is done about it."""

    period: Annotated[Period, BeforeValidator(lambda period: str(period) if isinstance(period, int) else period)]
    causes: tuple[Name, ...] = ()
    remedies: tuple[Name, ...] = ()

    @property
    def id(self) -> str:
        """The period, as files name it."""
        return str(self.period)


class ReportsFile(_Listed):
    """progress/reports.yaml."""

    reports: tuple[ReportWords, ...]


_FILES: Mapping[str, type[_Listed]] = {
    "measures": MeasuresFile,
    "plan_tasks": PlansFile,
    "commitments": CommitmentsFile,
    "targets": TargetsFile,
    "indices": IndicesFile,
    "reports": ReportsFile,
}

_ALSO_DROPPABLE: Mapping[str, Sequence[Sequence[str]]] = {"measures": (("checks", "*"), ("changes",))}


@dataclass(frozen=True)
class ProgressFolder:
    """What a province follows between the yearly rounds; by id, in the order of the files.

    Attributes:
        checks: what must hold between the measures that one unit reports for a month.
        changes: how far a figure may move from the month before.
    """

    measures: Mapping[str, Measure] = field(default_factory=dict)
    plans: Mapping[str, Plan] = field(default_factory=dict)
    commitments: Mapping[str, Commitment] = field(default_factory=dict)
    targets: Mapping[str, Target] = field(default_factory=dict)
    indices: Mapping[str, IndexSeries] = field(default_factory=dict)
    checks: tuple[CrossCheck, ...] = ()
    changes: Changes = field(default_factory=Changes)
    reports: Mapping[str, ReportWords] = field(default_factory=dict)

    def words_on(self, period: Period) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Causes and remedies that the department writes of a period; nothing where it has not."""
        words = self.reports.get(str(period))
        return (words.causes, words.remedies) if words else ((), ())


@dataclass
class ProgressContents:
    """What was read of progress/: lists beside the files they come from.

    Attributes:
        files: each file's model and where its lines are, by name without ending.
        task_lines: the line of a task that stands in a CSV file, by file and number.
    """

    files: dict[str, tuple[_Listed, YamlFile]] = field(default_factory=dict)
    task_lines: dict[tuple[str, str], int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def listed(self, name: str) -> tuple[Any, ...]:
        """The items of a file, as written; none where there is no such file."""
        return tuple(next(iter(dict(self.files[name][0]).values()))) if name in self.files else ()

    def file(self, name: str) -> YamlFile:
        """The file of a name that was read."""
        return self.files[name][1]

    @property
    def folder(self) -> ProgressFolder:
        """Everything by id."""
        by_id = {name: {item.id: item for item in self.listed(name)} for name in _FILES}
        measures = self.measures_file
        return ProgressFolder(
            by_id["measures"],
            by_id["plan_tasks"],
            by_id["commitments"],
            by_id["targets"],
            by_id["indices"],
            measures.checks if measures else (),
            measures.changes if measures else Changes(),
            by_id["reports"],
        )

    @property
    def measures_file(self) -> MeasuresFile | None:
        """progress/measures.yaml, None where there is none or it could not be read."""
        read = self.files["measures"][0] if "measures" in self.files else None
        return read if isinstance(read, MeasuresFile) else None


def read_progress(folder: Path, paths: Sequence[Path]) -> ProgressContents:
    """Read the given files of progress/.

    Args:
        folder: the province folder.
        paths: its progress/*.yaml.
    """
    contents = ProgressContents()
    for path in paths:
        shown_as = f"progress/{path.name}"
        model = _FILES.get(path.stem)
        if model is None:
            known = ", ".join(f"{name}.yaml" for name in _FILES)
            what = "tệp không được đọc vì tên không phải là một trong các tệp theo dõi"
            contents.findings.append(Finding(shown_as, 0, what, f"Đặt tên: {known}", Severity.WARNING))
            continue
        listed = next(iter(model.model_fields))
        droppable = ((listed, "*"), *_ALSO_DROPPABLE.get(path.stem, ()))
        value, file, findings = load_model(path, shown_as, model, droppable)
        contents.findings += findings
        if isinstance(value, PlansFile):
            value = PlansFile(plans=tuple(_with_tasks(contents, folder, plan, file) for plan in value.plans))
        if value is not None:
            contents.files[path.stem] = (value, file)
    return contents


def _with_tasks(contents: ProgressContents, folder: Path, plan: Plan, file: YamlFile) -> Plan:
    """The plan with the tasks of its CSV file after its own."""
    if plan.tasks_csv is None:
        return plan
    shown_as = f"progress/{plan.tasks_csv}"
    try:
        content = read_plain(folder / "progress" / plan.tasks_csv)
    except UnreadableError:
        what = f"kế hoạch “{plan.id}”: không đọc được tệp nhiệm vụ {shown_as}"
        contents.findings.append(file.finding(("plans",), what, "Thêm tệp này hoặc bỏ tasks_csv"))
        return plan
    table = read_csv(content, shown_as, _TASK_COLUMNS, _TASK_EXTRAS, lenient=True)
    contents.findings += table.findings
    tasks = [_task(contents, shown_as, row) for row in table.rows]
    return plan.model_copy(update={"tasks": (*plan.tasks, *(task for task in tasks if task))})


def _task(contents: ProgressContents, shown_as: str, row: CsvRow) -> PlanTask | None:
    """One row of a list of tasks, None with findings where it is wrong."""
    values: dict[str, Any] = {name: text for name, text in row.values.items() if text and name in PlanTask.model_fields}
    before = len(contents.findings)
    for name in _TASK_DATES:
        try:
            if name in values:
                values[name] = read_date(values[name])
        except ValueError:
            what = f"“{values[name]}” ở cột {name} không phải là ngày"
            contents.findings.append(Finding(shown_as, row.line, what, "Ghi ngày dạng 2025-07-01"))
    if len(contents.findings) > before:
        return None
    try:
        task = PlanTask.model_validate(values)
    except ValidationError as error:
        for details in error.errors(include_url=False):
            column = str(details["loc"][0]) if details["loc"] else ""
            said = str(details.get("ctx", {}).get("error", "")) if not column else f"cột {column}: giá trị không hợp lệ"
            contents.findings.append(Finding(shown_as, row.line, said, "Sửa ô này; mã không có dấu cách"))
        return None
    contents.task_lines[shown_as, task.number] = row.line
    return task
