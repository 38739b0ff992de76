"""The report of a month (báo cáo số liệu tháng): the figures of a unit's measures, what became of its plan tasks.

Its sheets: tasks/forms/monthly.py; what is right in it: expectations/monthly.py.
"""

from models.forms.base import FormDescription, Subject
from models.forms.row_keys import Remark
from models.forms.tables import KEY, Column, ColumnLook, FactsIn, FormTable, RowsOf

MONTH_SHEET = "Số liệu tháng"
TASK_SHEET = "Nhiệm vụ kế hoạch"
_IN_THE_MONTH = "Số liệu trong tháng: nhập vào ô vàng, theo nội dung ghi ở cột Chỉ tiêu"

FIGURES = FormTable(
    (
        KEY,
        Column("code", "STT", 6, ColumnLook.CENTRED, required=True),
        Column("content", "Chỉ tiêu", 52, required=True),
        Column("measured_in", "Đơn vị tính", 11, ColumnLook.CENTRED),
        Column("last", "Tháng trước", 17, ColumnLook.KNOWN),
        Column("cumulated", "Lũy kế từ đầu năm đến hết tháng trước", 19, ColumnLook.KNOWN),
        Column("fact:numerator", "Số (1)", 12, ColumnLook.INPUT_FACT, _IN_THE_MONTH),
        Column("fact:denominator", "Số (2)", 12, ColumnLook.INPUT_FACT, _IN_THE_MONTH),
        Column("fact:value", "Số liệu", 12, ColumnLook.INPUT_FACT, _IN_THE_MONTH),
        Column("ratio", "(1) chia (2)", 11, ColumnLook.POINTS, _IN_THE_MONTH),
        Column("note", "Ghi chú (bắt buộc khi chưa có số liệu)", 32, ColumnLook.INPUT_TEXT),
    ),
    sign="cumulated",
    sheet=MONTH_SHEET,
    rows=RowsOf.MEASURES,
    noun="chỉ tiêu",
    facts=FactsIn.COLUMNS,
    text="note",
    remarks=tuple(Remark),
    is_signed=True,
)

TASKS = FormTable(
    (
        KEY,
        Column("code", "Số", 8, ColumnLook.CENTRED, required=True),
        Column("content", "Nhiệm vụ", 44, required=True),
        Column("due", "Hạn", 11.5, ColumnLook.DAY),
        Column("product", "Sản phẩm", 22),
        Column("state", "Tình trạng", 15, ColumnLook.CENTRED),
        Column("fact:begun", "Ngày bắt đầu", 12, ColumnLook.INPUT_DATE),
        Column("fact:done_on", "Ngày hoàn thành", 12, ColumnLook.INPUT_DATE),
        Column("document", "Tài liệu kiểm chứng", 28, ColumnLook.INPUT_TEXT),
        Column("explanation", "Giải trình", 32, ColumnLook.INPUT_TEXT),
    ),
    sign="state",
    sheet=TASK_SHEET,
    rows=RowsOf.TASKS,
    noun="nhiệm vụ",
    text="explanation",
    has_known_rows=False,
    is_optional=True,
)

FORM = FormDescription(
    id="monthly",
    label="Báo cáo số liệu tháng",
    step="",
    file_stem="bao-cao-thang",
    subject=Subject.UNIT,
    tables=(FIGURES, TASKS),
    title="Báo cáo số liệu",
    is_monthly=True,
)
