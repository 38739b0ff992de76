"""The explanation (phiếu giải trình): a unit agrees to the points that the appraisal cut, or explains.

Its sheets: tasks/forms/explanation.py; what is right in it: expectations/explanation.py.
"""

from models.forms.base import FormDescription, Subject
from models.forms.row_keys import Remark
from models.forms.sources import Stage
from models.forms.tables import KEY, Column, ColumnLook, FormTable, RowsOf, evidence_columns

EXPLANATION_SHEET = "Giải trình"
AGREES = "đồng ý"
EXPLAINS = "giải trình"

CUT = FormTable(
    (
        KEY,
        Column("code", "Mã", 7.5, ColumnLook.CENTRED, required=True),
        Column("content", "Nội dung tiêu chí", 44),
        Column("max", "Điểm tối đa", 8, ColumnLook.NUMBER, required=True),
        Column("points", "Điểm tự chấm", 9, ColumnLook.POINTS),
        Column("appraised", "Điểm thẩm định", 9, ColumnLook.POINTS),
        Column("lost", "Chênh lệch", 9, ColumnLook.POINTS),
        Column("reason", "Lý do của cơ quan thẩm định", 32),
        Column("answer", "Trả lời của đơn vị", 11, ColumnLook.INPUT_CHOICE),
        Column("explanation", "Nội dung giải trình", 34, ColumnLook.INPUT_TEXT),
        *evidence_columns("Tài liệu kiểm chứng bổ sung"),
    ),
    sign="answer",
    sheet=EXPLANATION_SHEET,
    rows=RowsOf.LEAVES,
    points="points",
    text="explanation",
    remarks=(Remark.PREPARED_BY, Remark.CONTACT),
    is_signed=True,
    has_known_rows=False,
)

FORM = FormDescription(
    id="explanation",
    label="Phiếu giải trình",
    step="giải trình",
    file_stem="giai-trinh",
    subject=Subject.UNIT,
    tables=(CUT,),
    title="Phiếu giải trình",
    has_deadline=True,
    stage=Stage.EXPLANATION,
)
