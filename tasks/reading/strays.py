"""What stands in a form where nothing should: inserted rows with contents, merged inputs, inputs in hidden rows.

In: the tables and rows of a form. Out: findings at the cells, so that nothing that was written is lost without a word.
"""

from collections.abc import Sequence

from models.findings import Severity
from models.forms.tables import fact_of_column
from tasks.reading.rows import FormRows
from tasks.reading.statements import FormInHand
from tasks.reading.tables import Table


def look_at_strays(form: FormInHand, tables: Sequence[Table], rows: FormRows) -> None:
    """Inputs outside the rows of the form, merged inputs, inputs in hidden rows."""
    by_sheet: dict[str, set[int]] = {table.sheet.title: set() for table in tables}
    for row in rows.rows.values():
        if not row.key.startswith("#"):
            by_sheet[row.table.sheet.title].add(row.row)
    for table in tables:
        keyed = by_sheet[table.sheet.title]
        inputs = [table.columns[id] for id in table.shape.inputs if id in table.columns]
        inputs += [column for id, column in table.columns.items() if fact_of_column(id)]
        if not keyed or not inputs:
            continue
        _look_between(form, table, keyed, inputs)
        _look_at_merges(form, table, keyed, inputs)
        _look_at_hidden(form, table, keyed, inputs)


def _look_between(form: FormInHand, table: Table, keyed: set[int], inputs: Sequence[int]) -> None:
    """Inserted rows with contents: nobody can say to which leaf they belong."""
    cells = form.cells_of(table)
    last = max(keyed) + 1 if table.shape.is_signed else len(table.sheet.rows)
    for number in range(min(keyed), last):
        row = table.sheet.rows[number]
        if number not in keyed and any(row[column] != "" for column in inputs):
            column = next(column for column in inputs if row[column] != "")
            if str(row[column]).strip():
                what = f"dòng {number + 1} không thuộc tiêu chí nào của biểu mẫu nên nội dung ở đây không được ghi nhận"
                cells.complain(number, column, what, "Chuyển nội dung vào dòng của tiêu chí rồi xóa dòng này")


def _look_at_merges(form: FormInHand, table: Table, keyed: set[int], inputs: Sequence[int]) -> None:
    cells = form.cells_of(table)
    for (top, left), (bottom, right) in table.sheet.marks.merged:
        hit_rows = any(row in keyed for row in range(top, min(bottom, len(table.sheet.rows)) + 1))
        if hit_rows and any(left <= column <= right for column in inputs):
            area = f"{cells.place(top, left).cell}:{cells.place(bottom, right).cell}"
            what = f"các ô nhập {area} bị gộp thành một ô, không rõ giá trị thuộc ô nào"
            cells.complain(top, left, what, "Bỏ gộp ô (Unmerge) rồi nhập lại từng ô")


def _look_at_hidden(form: FormInHand, table: Table, keyed: set[int], inputs: Sequence[int]) -> None:
    filled = [
        row
        for row in table.sheet.marks.hidden
        if row in keyed and any(table.sheet.rows[row][column] != "" for column in inputs)
    ]
    if filled:
        named = ", ".join(str(row + 1) for row in filled[:12]) + (" …" if len(filled) > 12 else "")
        hidden = f"trang “{table.sheet.title}”: {len(filled)} dòng đang bị ẩn có số liệu (dòng {named})"
        what = f"{hidden}; số liệu vẫn được đọc"
        place = form.cells_of(table).place(filled[0], inputs[0])
        form.add(what, "Bỏ ẩn dòng (hoặc bỏ lọc) và kiểm tra lại các dòng này", Severity.WARNING, place)
