"""The appraisal (phiếu thẩm định): an agency gives the points of its leaves, all units of a leaf below each other.

Its sheets: tasks/forms/appraisal.py; what is right in it: expectations/appraisal.py.
"""

from models.forms.base import FormDescription, Subject
from models.forms.sources import ScoreSource
from models.forms.tables import KEY, Column, ColumnLook, FormTable, RowsOf

APPRAISED = FormTable(
    (
        KEY,
        Column("code", "Mã", 7.5, ColumnLook.CENTRED, required=True),
        Column("unit", "Đơn vị", 28, required=True),
        Column("max", "Điểm tối đa", 8, ColumnLook.NUMBER, required=True),
        Column("stated", "Số liệu đơn vị kê khai", 42),
        Column("points", "Điểm tự chấm", 10, ColumnLook.POINTS),
        Column("explanation", "Tài liệu kiểm chứng, giải trình của đơn vị", 30),
        Column("appraised", "Điểm thẩm định", 10, ColumnLook.INPUT_POINTS),
        Column("not_applicable", "Chấp thuận không áp dụng", 11, ColumnLook.INPUT_CHOICE),
        Column("reason", "Lý do thay đổi", 38, ColumnLook.INPUT_TEXT),
        Column("check", "Kiểm tra", 11, ColumnLook.WARNING),
    ),
    sign="stated",
    sheet="(nhóm đơn vị)",
    rows=RowsOf.UNITS,
    points="appraised",
    text="reason",
)

FORM = FormDescription(
    id="appraisal",
    label="Phiếu thẩm định",
    step="thẩm định",
    file_stem="tham-dinh",
    subject=Subject.APPRAISER,
    tables=(APPRAISED,),
    title="Phiếu thẩm định",
    has_deadline=True,
    decides=ScoreSource.APPRAISAL,
)
