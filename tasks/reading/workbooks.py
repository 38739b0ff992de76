"""Bytes of an unknown workbook → which form it is, whose, and what it says, with the cell of everything; or why not.

In: a received file and the province. Out: a Reading (models/records). Whatever is in the file is either read
exactly or named in a finding; nothing is guessed, nothing is judged (that is intake).
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from models.findings import Finding, Place, Severity, as_told
from models.forms.base import FormDescription
from models.forms.descriptions import FormKind
from models.province.folder import Province
from models.records.submissions import Reading
from tasks.reading.file_names import shown_name
from tasks.reading.identifying import Identified, identify
from tasks.reading.opening import open_workbook, refuse_large
from tasks.reading.plans import NO_ROUND, ReadingPlan, plan_of
from tasks.reading.refusing import UnopenableError
from tasks.reading.rows import find_rows
from tasks.reading.statements import RESTORE, FormInHand, remarks_of, statements_of
from tasks.reading.strays import look_at_strays
from tasks.reading.tables import Table, tables_of

_MAIN_TABLES = frozenset(kind.description.table for kind in FormKind)


def read_kept(kept: Path, file: str, province: Province) -> Reading:
    """Read one kept file; called in a process that may die.

    Args:
        kept: where its bytes lie.
        file: the sender's name of the file.
        province: the checked folder.
    """
    try:
        refuse_large(kept.stat().st_size)
    except UnopenableError as unopenable:
        return _unopened(unopenable, shown_name(file))
    reading = read_workbook(kept.read_bytes(), file, province)
    return replace(reading, findings=as_told(reading.findings))


def read_workbook(content: bytes, file: str, province: Province) -> Reading:
    """Read one received file.

    Args:
        content: its bytes, whatever they are.
        file: the sender's name of the file.
        province: the checked folder.

    Returns:
        What the form says; without identity, and with the reason, where the file cannot be taken at all.
    """
    shown = shown_name(file)
    try:
        sheets = open_workbook(content)
    except UnopenableError as unopenable:
        return _unopened(unopenable, shown)
    plan = plan_of(province)
    found = identify(sheets, plan, shown)
    if found.identity is None:
        return Reading(shown, None, findings=tuple(found.findings), waits=found.waits)
    labels = {label: id for each in found.sets.values() for label, id in each.facts_by_label.items()}
    return _read_form(found, tables_of(sheets, labels), plan, shown)


def _unopened(unopenable: UnopenableError, shown: str) -> Reading:
    return Reading(shown, None, findings=(Finding(shown, 0, unopenable.what, unopenable.remedy, unopened=True),))


# --- a form -----------------------------------------------------------------------------------------------------------


def _read_form(found: Identified, tables: Sequence[Table], plan: ReadingPlan, file: str) -> Reading:
    identity = found.identity
    assert identity is not None
    round = plan.round_of(identity.year) or NO_ROUND
    form = FormInHand(file, identity, found, round, found.findings)
    described = identity.kind.description
    used = [table for table in tables if table.shape in described.tables]
    of_others = any(table.shape in _MAIN_TABLES for table in tables)
    if of_others and all(table.shape is not described.table for table in used):
        form.add(
            f"trang ẩn nhận dạng đã bị sửa: ghi là {identity.kind.label} nhưng các trang là của phiếu khác", RESTORE
        )
        return Reading(file, None, findings=tuple(found.findings))
    _look_at_sheets(form, used, described)
    rows = find_rows(found, used, round, file)
    if rows.refused:
        form.add(rows.refused, RESTORE)
        return Reading(file, None, findings=tuple(found.findings))
    look_at_strays(form, used, rows)
    statements = tuple(statements_of(form, rows))
    remarks = remarks_of(form, rows)
    if form.uncalculated:
        count = form.uncalculated
        what = f"{count} ô điểm là công thức chưa được tính nên không lấy giá trị; điểm được tính lại từ số liệu"
        form.add(what, "Không cần làm gì; lần sau mở bằng Excel và lưu trước khi gửi", Severity.INFO)
    if form.short_years:
        what = f"{len(form.short_years)} ngày ghi năm bằng hai chữ số, đọc là năm 20xx (ví dụ ô này)"
        remedy = "Kiểm tra lại; lần sau ghi đủ bốn chữ số của năm"
        form.add(what, remedy, Severity.WARNING, form.short_years[0])
    return Reading(file, identity, statements, remarks, tuple(found.findings))


def _look_at_sheets(form: FormInHand, tables: Sequence[Table], described: FormDescription) -> None:
    """Sheets and columns that are gone or double."""
    shapes = {table.shape for table in tables}
    for shape in described.tables:
        if shape not in shapes and not shape.is_optional:
            or_heads = " hoặc trang đó mất hết tên cột" if shape is described.table else ""
            form.add(f"biểu mẫu không còn trang “{shape.sheet}”{or_heads}", RESTORE)
    for table in tables:
        title = table.sheet.title
        for column in table.missing():
            if column.is_needed:
                form.add(f"trang “{title}”: thiếu cột “{column.title}”", f"Không xóa cột của biểu mẫu. {RESTORE}")
        for id in table.twice:
            what = f"trang “{title}”: cột “{table.shape.title_of(id)}” có hai lần, không rõ cột nào đúng"
            form.add(what, "Xóa cột chép thêm rồi gửi lại", place=Place(title, 1, table.columns[id] + 1))
        if table.by_heads:
            what = f"trang “{title}”: dòng ẩn mang tên cột đã bị xóa, các cột được nhận theo tiêu đề"
            form.add(what, "Kiểm tra lại; lần sau không xóa dòng ẩn của biểu mẫu", Severity.WARNING)
