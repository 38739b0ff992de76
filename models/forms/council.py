"""The council's form (phiếu Hội đồng): what is contested in a group, both sides beside it, and room to decide.

Its sheets: tasks/forms/council.py; what is right in it: expectations/appraisal.py.
"""

from models.forms.base import FormDescription, Subject
from models.forms.sources import ScoreSource
from models.forms.tables import KEY, Column, ColumnLook, FormTable, RowsOf

CONTESTED = FormTable(
    (
        KEY,
        Column("code", "Mã", 7.5, ColumnLook.CENTRED, required=True),
        Column("unit", "Đơn vị", 24, required=True),
        Column("max", "Điểm tối đa", 8, ColumnLook.NUMBER, required=True),
        Column("stated", "Số liệu đơn vị kê khai", 32),
        Column("points", "Điểm tự chấm", 9, ColumnLook.POINTS),
        Column("standing", "Điểm thẩm định", 9, ColumnLook.POINTS),
        Column("why", "Lý do của cơ quan thẩm định", 28),
        Column("answer", "Trả lời của đơn vị", 10, ColumnLook.CENTRED),
        Column("explanation", "Giải trình, tài liệu của đơn vị", 32),
        Column("appraised", "Điểm Hội đồng", 10, ColumnLook.INPUT_POINTS),
        Column("not_applicable", "Chấp thuận không áp dụng", 11, ColumnLook.INPUT_CHOICE),
        Column("reason", "Lý do của Hội đồng", 28, ColumnLook.INPUT_TEXT),
        Column("check", "Kiểm tra", 11, ColumnLook.WARNING),
    ),
    sign="standing",
    sheet="(Hội đồng)",
    rows=RowsOf.UNITS,
    points="appraised",
    text="reason",
    is_signed=True,
    has_known_rows=False,
)

FORM = FormDescription(
    id="council",
    label="Phiếu Hội đồng",
    step="Hội đồng",
    file_stem="hoi-dong",
    subject=Subject.GROUP,
    tables=(CONTESTED,),
    title="Phiếu Hội đồng",
    decides=ScoreSource.COUNCIL,
)
