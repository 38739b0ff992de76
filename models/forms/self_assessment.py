"""The self-assessment (phiếu tự đánh giá): a unit states the facts of every leaf that it scores itself.

Its cells: models/criteria/rules; its sheets: tasks/forms/self_assessment.py; what is right in it:
expectations/self_assessment.py.
"""

from models.criteria.sets import Source
from models.forms.base import FormDescription, Subject
from models.forms.row_keys import Remark
from models.forms.sources import Stage
from models.forms.tables import KEY, Column, ColumnLook, FactsIn, FormTable, RowsOf, evidence_columns

CRITERIA_SHEET = "Tự đánh giá"
SUMMARY_SHEET = "Tổng hợp"

CRITERIA = FormTable(
    (
        KEY,
        Column("code", "Mã", 7.5, ColumnLook.CENTRED, required=True),
        Column("content", "Nội dung tiêu chí, số liệu cần nhập", 52, required=True),
        Column("max", "Điểm tối đa", 8, ColumnLook.NUMBER, required=True),
        Column("value", "Số liệu", 16, ColumnLook.INPUT_FACT),
        Column("points", "Điểm tự chấm", 9, ColumnLook.POINTS, required=True),
        Column("not_applicable", "Đề nghị không áp dụng", 10, ColumnLook.INPUT_CHOICE),
        *evidence_columns("Tài liệu kiểm chứng"),
        Column("explanation", "Giải trình", 27, ColumnLook.INPUT_TEXT),
    ),
    sign="value",
    sheet=CRITERIA_SHEET,
    rows=RowsOf.LEAVES,
    facts=FactsIn.ROWS,
    points="points",
    text="explanation",
)

SUMMARY = FormTable(
    (
        KEY,
        Column("code", "Mã", 6, ColumnLook.CENTRED),
        Column("content", "Lĩnh vực", 46, required=True),
        Column("max", "Điểm tối đa của đơn vị", 12, ColumnLook.NUMBER),
        Column("others", "Do khảo sát, cơ quan khác chấm", 14, ColumnLook.NUMBER),
        Column("claimable", "Điểm tối đa tự chấm", 12, ColumnLook.NUMBER),
        Column("not_applicable", "Đề nghị không áp dụng", 12, ColumnLook.NUMBER),
        Column("adjusted", "Tối đa sau điều chỉnh", 12, ColumnLook.NUMBER),
        Column("points", "Điểm tự chấm", 12, ColumnLook.POINTS),
        Column("index", "Tỷ lệ (%)", 10, ColumnLook.POINTS),
        Column("missing", "Tiêu chí chưa đủ số liệu", 12, ColumnLook.NUMBER),
        Column("check", "Tiêu chí cần xem lại", 12, ColumnLook.NUMBER),
    ),
    sign="adjusted",
    sheet=SUMMARY_SHEET,
    rows=RowsOf.NOTHING,
    remarks=tuple(Remark),
    is_signed=True,
)

FORM = FormDescription(
    id="self_assessment",
    label="Phiếu tự đánh giá",
    step="tự đánh giá",
    file_stem="tu-danh-gia",
    subject=Subject.UNIT,
    tables=(CRITERIA, SUMMARY),
    title="Phiếu tự đánh giá",
    has_deadline=True,
    stage=Stage.SELF,
    states=frozenset({Source.SELF}),
)
