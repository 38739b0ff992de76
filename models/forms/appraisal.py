"""The appraisal (phiếu thẩm định): an agency gives the points of its leaves, all units of a leaf below each other.

Where points follow from facts, the appraiser may enter those that it found instead (37 of 46): the rule gives the
points. The workbook has columns for ratios, numbers and days; facts of other rules are entered at the desk.
Its sheets: tasks/forms/appraisal.py; what is right in it: expectations/appraisal.py.
"""

from collections.abc import Mapping

from models.criteria.facts import FactField
from models.criteria.rules.base import Awarded, problem
from models.criteria.sets import Leaf
from models.forms.base import FormDescription, Subject
from models.forms.sources import ScoreSource
from models.forms.tables import KEY, Column, ColumnLook, FactsIn, FormTable, RowsOf

_FOUND = "Số liệu thẩm định"


def _found(fact: str, title: str, width: float) -> Column:
    return Column(f"fact:{fact}", title, width, ColumnLook.INPUT_FACT, _FOUND, later=True)


APPRAISED = FormTable(
    (
        KEY,
        Column("code", "Mã", 7.5, ColumnLook.CENTRED, required=True),
        Column("unit", "Đơn vị", 28, required=True),
        Column("max", "Điểm tối đa", 8, ColumnLook.NUMBER, required=True),
        Column("stated", "Số liệu đơn vị kê khai", 42),
        Column("points", "Điểm tự chấm", 10, ColumnLook.POINTS),
        Column("explanation", "Tài liệu kiểm chứng, giải trình của đơn vị", 30),
        _found("numerator", "Tử số", 9),
        _found("denominator", "Mẫu số", 9),
        _found("value", "Giá trị", 9),
        _found("date", "Ngày", 11),
        Column("by_facts", "Điểm theo số liệu thẩm định", 10, ColumnLook.POINTS),
        Column("appraised", "Điểm thẩm định", 10, ColumnLook.INPUT_POINTS),
        Column("not_applicable", "Chấp thuận không áp dụng", 11, ColumnLook.INPUT_CHOICE),
        Column("reason", "Lý do thay đổi", 38, ColumnLook.INPUT_TEXT),
        Column("check", "Kiểm tra", 11, ColumnLook.WARNING),
    ),
    sign="stated",
    sheet="(nhóm đơn vị)",
    rows=RowsOf.UNITS,
    facts=FactsIn.COLUMNS,
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


def found_fields(leaf: Leaf) -> tuple[FactField, ...]:
    """The facts that an appraiser may enter of a leaf, so that its rule gives the points; none where it cannot."""
    return leaf.rule.fields if leaf.rule.may_be_found else ()


def fields_with_columns(leaf: Leaf) -> tuple[FactField, ...]:
    """The same where the workbook has columns for all of them; the others are entered at the desk."""
    fields = found_fields(leaf)
    return fields if all(f"fact:{field.id}" in APPRAISED.by_id for field in fields) else ()


def points_found(leaf: Leaf, facts: Mapping[str, str], year: int) -> Awarded | None:
    """What follows from the facts that an appraiser found, all of the rule; None where it entered none."""
    if not facts:
        return None
    known = {field.id for field in found_fields(leaf)}
    if strange := [fact for fact in facts if fact not in known]:
        what = "tiêu chí này không chấm theo số liệu thẩm định" + (" ở cột ấy" if known else "")
        at_desk = ", hoặc nhập số liệu của tiêu chí trên bàn làm việc" if known else ""
        return problem(strange[0], what, f"Xóa số liệu, nhập điểm thẩm định{at_desk}")
    if missing := leaf.rule.missing(facts):
        what = f"thiếu số liệu thẩm định “{missing[0].label}”"
        return problem(missing[0].id, what, "Nhập đủ số liệu thẩm định, hoặc xóa hết và nhập điểm")
    return leaf.rule.points(facts, leaf.max, year)
