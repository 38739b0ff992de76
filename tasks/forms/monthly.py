"""The report of a month of one unit: figures of its measures, what became of its plan tasks, remarks.

In: what is asked of the unit, and what is recorded. Out: a workbook with last month's figure and the year so far beside
each cell to fill, and live ratios. Source: docs/process.md, 3; docs/process.md, 5.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from openpyxl.utils import get_column_letter

from models.criteria.facts import FactKind
from models.criteria.formulas import CHECK
from models.forms.descriptions import FormIdentity, FormKind
from models.forms.monthly import FIGURES, MONTH_SHEET, TASK_SHEET, TASKS
from models.forms.row_keys import Remark
from models.forms.sheets import COVER_SHEET
from models.forms.tables import Column
from models.progress.measures import Figure, Measure
from models.progress.periods import Period
from models.progress.plan_tasks import PlanTask, TaskState
from models.province.calendar import Due
from models.province.config import ProvinceConfig
from models.wording import capitalised
from tasks.forms.cover_pages import Cover, due_line, put_cover, put_remarks, put_signatures
from tasks.forms.fact_cells import COUNT_CHECK
from tasks.progress.figures import FoundFigure, StatedFigures
from tasks.reading.plans import AskedFact, MonthPlan
from tasks.spreadsheets.workbooks import (
    ALARM_FILL,
    ASK_FILL,
    GREY,
    INPUT_COUNT,
    INPUT_FILL,
    INPUT_NUMBER,
    LOCKED_FILL,
    BoldName,
    CellCheck,
    CellLook,
    Formula,
    Page,
    Value,
    add_page,
    begin_table,
    cells_of_row,
    form_bytes,
    new_book,
    put_row,
    set_print,
    text_check,
)

_AT = FIGURES.at
_FACTS = ("numerator", "denominator", "value")
_PERCENT = CellLook(bold=True, across="center", form="0.00%")
_MEAN = CellLook(bold=True, across="center", form="0.00")
_LATE = CellLook(bold=True, across="center", colour="C00000")
_NOTE_CHECK = text_check("Ghi chú", "Chưa có số liệu thì ghi vì sao; tăng, giảm nhiều thì ghi nguyên nhân.")
_DOCUMENT_CHECK = text_check("Tài liệu kiểm chứng", "Ghi tên văn bản, số và ký hiệu, ngày của sản phẩm.")
_WHY_CHECK = text_check("Giải trình", "Ghi tiến độ, lý do chậm và thời gian sẽ hoàn thành.")
_LEGEND = (
    (INPUT_FILL, "Ô nhập", "Nhập số liệu, ngày, văn bản"),
    ("FFFFFF", "Ô tự tính", "Nội dung và tỷ lệ; được khóa, tự thay đổi khi nhập số liệu"),
    (LOCKED_FILL, "Ô xám", "Không nhập: số đã báo cáo trước đây, hoặc phần mà chỉ tiêu không hỏi"),
    (ALARM_FILL, "Ô đỏ", "Phải sửa: số (1) lớn hơn số (2)"),
    (ASK_FILL, "Ô cam", "Cần bổ sung: chưa có số liệu mà chưa ghi lý do"),
)
_FIRST_DATE = "36526"  # 1 January 2000, as spreadsheets count days


class TaskNow(NamedTuple):
    """A plan task with what was told of it, and where it stood at the end of the month."""

    task: PlanTask
    state: TaskState
    explanation: str = ""


@dataclass(frozen=True)
class MonthKnown:
    """What is recorded of a unit.

    Attributes:
        figures: of this reporting year and the one before; also notes that stand alone.
        tasks: those still to be told of, by `models.forms.descriptions.task_code`.
        remarks: what this month's form said before.
        due: until when the report is in time.
    """

    due: Due
    figures: Sequence[Figure] = ()
    tasks: Mapping[str, TaskNow] = field(default_factory=dict)
    remarks: Mapping[Remark, str] = field(default_factory=dict)


def monthly_form(config: ProvinceConfig, month: MonthPlan, known: MonthKnown) -> bytes:
    """The workbook of one unit's month, with what it told before."""
    unit, period = month.unit, month.period
    title = f"{FormKind.MONTHLY.description.title} {period.name}"
    book = new_book(f"{title} - {unit.name}", config.department)
    put_cover(add_page(book, COVER_SHEET), _cover(config, month, known, title))
    keys = _put_figures(add_page(book, MONTH_SHEET), config, month, known, title)
    if known.tasks:
        keys += _put_tasks(add_page(book, TASK_SHEET), config, month, known.tasks, title)
    identity = FormIdentity(FormKind.MONTHLY, config.form_code, period.year, unit.code, (), period=str(period))
    return form_bytes(book, identity, keys)


def _cover(config: ProvinceConfig, month: MonthPlan, known: MonthKnown, title: str) -> Cover:
    period = month.period
    tasks = f", {len(known.tasks)} nhiệm vụ kế hoạch" if known.tasks else ""
    steps = [
        f"Mở trang “{MONTH_SHEET}”. Chỉ nhập vào các ô màu vàng: số phát sinh trong tháng, hoặc số hiện có đến ngày "
        "chốt nếu chỉ tiêu là số hiện có. Chỉ tiêu có hai số: số (1) và số (2) đếm gì thì ghi ngay dưới tên chỉ tiêu. "
        "Không phát sinh thì nhập 0.",
        "Chỉ tiêu chưa có số liệu thì để trống và ghi lý do ở cột Ghi chú. Số tháng trước và lũy kế do hệ thống ghi "
        "sẵn để đối chiếu; sai thì gửi lại báo cáo của tháng đó.",
        "Không đổi tên trang, không xóa dòng, cột. Lưu tệp dạng .xlsx rồi gửi về nơi nhận trước hạn.",
    ]
    if known.tasks:
        steps.insert(2, f"Trang “{TASK_SHEET}”: ghi ngày bắt đầu, ngày hoàn thành, tài liệu kiểm chứng, giải trình.")
    return Cover(
        title=title.upper(),
        subject=month.unit.name,
        mark=config.mark,
        lines=(
            ("Đơn vị", f"{month.unit.name} (mã {month.unit.code})"),
            ("Kỳ báo cáo", f"{capitalised(period.name)}, từ {period.first:%d/%m/%Y} đến hết {period.last:%d/%m/%Y}"),
            ("Nội dung", f"{len(month.measures)} chỉ tiêu{tasks}"),
            ("Nơi nhận", config.department),
            due_line(known.due),
        ),
        steps=steps,
        legend=_LEGEND,
    )


# --- figures ----------------------------------------------------------------------------------------------------------


def _put_figures(page: Page, config: ProvinceConfig, month: MonthPlan, known: MonthKnown, title: str) -> list[str]:
    first = begin_table(page, FIGURES.columns, title, month.unit.name)
    stated = StatedFigures(
        (figure for figure in known.figures if figure.value is not None or figure.numerator is not None),
        {month.unit.code: month.unit},
    )
    told = {figure.measure: figure for figure in known.figures if figure.period == month.period}
    for id in month.measures:
        _put_measure(page, month, id, stated, told.get(id))
    if page.row > first:
        _put_alarms(page, first, page.row - 1)
    page.row += 1
    keys = [*month.measures, *put_remarks(page, FIGURES.remarks, _AT["content"], len(FIGURES.columns), known.remarks)]
    put_signatures(page, _AT["content"], _AT["ratio"], month.unit.signs_as)
    page.finish()
    set_print(page, "4:5", f"{month.unit.name} - {month.period.name}", config.mark, len(FIGURES.columns))
    return keys


def _put_measure(page: Page, month: MonthPlan, id: str, stated: StatedFigures, told: Figure | None) -> None:
    measure, row = month.measures[id], cells_of_row(FIGURES.columns, page.row)
    asked = {fact.field.id: fact for fact in month.asked[id].facts}
    cells = {fact: row[f"fact:{fact}"] for fact in asked}
    values: dict[str, Value] = {
        "key": id,
        "code": month.shown_code(id),
        "content": BoldName(measure.name, measure.parts_said),
        "measured_in": measure.unit or None,
        "last": shown(measure, stated.find(measure, month.unit.code, _before(month.period))),
        "cumulated": _cumulated(measure, month, stated),
        **{f"fact:{fact}": getattr(told, fact, None) if fact in asked else None for fact in _FACTS},
        "ratio": _ratio(measure, cells),
        "note": (told.note if told else "") or None,
    }
    looks = {f"fact:{fact}": _look_of(asked.get(fact)) for fact in _FACTS}
    looks["ratio"] = _PERCENT if measure.kind.in_percent else _MEAN
    put_row(page, FIGURES.columns, values, looks)
    for id, fact in asked.items():
        page.check(cells[id], _check(measure, fact))
    page.check(row["note"], _NOTE_CHECK)
    wrapped = ("code", "content", "last", "cumulated", "note")
    page.height(page.row, [(values[id], FIGURES.by_id[id].width) for id in wrapped], least=30)
    page.row += 1


def _look_of(asked: AskedFact | None) -> CellLook:
    """As the fact is asked, grey where it is not."""
    if asked is None:
        return GREY
    return INPUT_COUNT if asked.field.kind is FactKind.COUNT else INPUT_NUMBER


def _before(period: Period) -> Period:
    return Period(period.start - 1, period.end - 1)


def _cumulated(measure: Measure, month: MonthPlan, stated: StatedFigures) -> str:
    """The reporting year up to the month before; the first month of a year has none."""
    before = _before(month.period)
    if before.year != month.period.year:
        return "–"
    return shown(measure, stated.find(measure, month.unit.code, before.cumulated))


def shown(measure: Measure, found: FoundFigure | None) -> str:
    """A figure beside the cell to fill, with the months that it lacks."""
    if found is None:
        return "–"
    lacks = ", ".join(str(month.end % 12 + 1) for month in found.missing)
    return found.figure.shown(measure) + (f"\n(thiếu tháng {lacks})" if lacks else "")


def _check(measure: Measure, asked: AskedFact) -> CellCheck:
    words = {"numerator": measure.numerator, "denominator": measure.denominator, "value": measure.name}
    what = words[asked.field.id]
    if asked.field.kind is FactKind.COUNT:
        prompt = f"{what}: nhập số nguyên từ 0 trở lên. Không phát sinh thì nhập 0."
        return replace(COUNT_CHECK, title=capitalised(asked.field.label), prompt=prompt)
    unit = f" ({measure.unit})" if measure.unit else ""
    return CellCheck(
        "decimal",
        "0",
        capitalised(asked.field.label),
        f"{what}{unit}: nhập một số từ 0 trở lên, không kèm chữ.",
        "Cần một số từ 0 trở lên, không kèm chữ hay đơn vị tính.",
    )


def _ratio(measure: Measure, cells: Mapping[str, str]) -> Formula | None:
    """Live: percent of a ratio, the mean of a mean; asks to look again where the part exceeds the whole."""
    if not measure.kind.divides:
        return None
    part, whole = cells["numerator"], cells["denominator"]
    share = f'IF({whole}>0,{part}/{whole},"–")'
    if measure.kind.in_percent:
        share = f'IF({part}>{whole},"{CHECK}",{share})'
    return Formula(f'=IF(AND(ISNUMBER({part}),ISNUMBER({whole})),{share},"")')


def _put_alarms(page: Page, first: int, last: int) -> None:
    """Red: the part exceeds the whole. Amber: no figure and no word why."""
    start, end, note, ratio = (get_column_letter(_AT[id]) for id in ("fact:numerator", "fact:value", "note", "ratio"))
    page.alarm([f"{ratio}{first}:{ratio}{last}"], f'${ratio}{first}="{CHECK}"')
    page.alarm(
        [f"{note}{first}:{note}{last}"], f'AND(COUNT(${start}{first}:${end}{first})=0,${note}{first}="")', ASK_FILL
    )


# --- plan tasks -------------------------------------------------------------------------------------------------------


def _put_tasks(
    page: Page, config: ProvinceConfig, month: MonthPlan, tasks: Mapping[str, TaskNow], title: str
) -> list[str]:
    begin_table(page, TASKS.columns, f"{title} - {TASK_SHEET}", month.unit.name)
    for key, now in tasks.items():
        _put_task(page, month.period, key, now)
    page.finish()
    set_print(page, "4:5", f"{month.unit.name} - {month.period.name}", config.mark, len(TASKS.columns))
    return list(tasks)


def _put_task(page: Page, period: Period, key: str, now: TaskNow) -> None:
    task = now.task
    values: dict[str, Value] = {
        "key": key,
        "code": task.number,
        "content": task.title,
        "due": task.due,
        "product": task.product,
        "state": capitalised(now.state.label),
        "fact:begun": task.begun,
        "fact:done_on": task.done_on,
        "document": task.evidence,
        "explanation": now.explanation or None,
    }
    cells = put_row(page, TASKS.columns, values, {"state": _LATE} if now.state is TaskState.OVERDUE else {})
    for id in ("fact:begun", "fact:done_on"):
        page.check(cells[id], _date_check(TASKS.by_id[id], period))
    page.check(cells["document"], _DOCUMENT_CHECK)
    page.check(cells["explanation"], _WHY_CHECK)
    wrapped = ("content", "product", "document", "explanation")
    page.height(page.row, [(values[id], TASKS.by_id[id].width) for id in wrapped], least=30)
    page.row += 1


def _date_check(column: Column, period: Period) -> CellCheck:
    last = period.last
    said = f"đến hết {last:%d/%m/%Y}"
    return CellCheck(
        "date",
        _FIRST_DATE,
        column.title,
        f"Nhập ngày dạng {last:%d/%m/%Y}, không sau ngày chốt ({said}). Chưa có thì để trống.",
        f"Cần một ngày {said}.",
        f"DATE({last.year},{last.month},{last.day})",
    )
