"""The province folder as one workbook “Thư mục tỉnh”, and back: province.yaml, units, successions, rounds, progress.

A sheet a file, a row a line of it; what has no form of a table stands in one cell, as the file has it. Only what was
edited changes; of a CSV file all other lines keep their bytes, of a YAML file all other lines and every comment.
Source: docs/thu-muc-tinh.md.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from models.criteria.facts import read_date
from models.findings import RefusedError, refusal
from models.numbers import UnreadableNumberError, canonical_number, plain
from models.progress.commitments import Commitment
from models.progress.indices import IndexSeries
from models.progress.measures import Measure
from models.progress.plan_tasks import Plan, PlanTask
from models.progress.targets import Target
from models.province.csv_editing import WantedRow
from models.province.csv_files import CsvFile, read_csv
from models.province.folder import Province
from models.province.plain_files import read_plain
from models.province.progress_files import ReportWords
from models.province.yaml_files import values_of
from models.province.yaml_writing import same
from models.units import Succession, Unit
from tasks.editing.books import EditedBook, book_of, read_book
from tasks.editing.changing import CheckedChanges, Wanted, WantedCsv, WantedYaml, checked_changes
from tasks.editing.columns import EditedColumn, Sort, column_of, file_names
from tasks.editing.path_rows import PATH_COLUMNS, PATH_NOTE, path_rows, values_of_rows
from tasks.editing.province_rows import PROVINCE_FILE, province_table
from tasks.editing.tables import EditedTable, Placed, ReadRow, ReadSheet, TableRow, in_order_of, rows_of

FOLDER_BOOK = "province-folder"
_OWN_FILES = re.compile(
    r"province\.yaml|(?:units|successions)\.csv|rounds/[^./\\\x00-\x1f][^/\\\x00-\x1f]*\.yaml|progress/\w[\w\-.]*\.(?:yaml|csv)"
)
_NESTED = "tasks"  # of a plan: a table of their own
_REST, _INNER = "#rest", "#tasks"


@dataclass(frozen=True)
class _CsvKind:
    title: str
    model: type[BaseModel]
    names: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class _ListKind:
    """A file that is a list of things; `rest`: what else it may say, as the title of a sheet."""

    title: str
    listed: str
    model: type[BaseModel]
    rest: str = ""


_CSV_FILES = {
    "units.csv": _CsvKind(
        "Đơn vị",
        Unit,
        ("code", "name", "kind", "aliases", "parent", "valid_from", "valid_to", "email", "head"),
        "Mỗi dòng một đơn vị, kể cả đơn vị cũ; nhiều tên khác cách nhau bằng dấu chấm phẩy.",
    ),
    "successions.csv": _CsvKind(
        "Kế thừa",
        Succession,
        ("predecessor", "successor", "date", "kind", "weight"),
        "Mỗi dòng một đơn vị cũ và đơn vị kế thừa nó.",
    ),
}
_LISTS = {
    "progress/measures.yaml": _ListKind("Chỉ tiêu", "measures", Measure, "Chỉ tiêu - mục khác"),
    "progress/plan_tasks.yaml": _ListKind("Kế hoạch", "plans", Plan),
    "progress/commitments.yaml": _ListKind("Cam kết", "commitments", Commitment),
    "progress/targets.yaml": _ListKind("Mục tiêu", "targets", Target),
    "progress/indices.yaml": _ListKind("Chỉ số khác", "indices", IndexSeries),
    "progress/reports.yaml": _ListKind("Lời báo cáo", "reports", ReportWords),
}
_TITLES = {
    "code": ("Mã", 18),
    "id": ("Mã", 20),
    "number": ("Số", 10),
    "name": ("Tên", 40),
    "title": ("Tên", 46),
    "kind": ("Loại", 16),
    "kinds": ("Loại đơn vị", 22),
    "aliases": ("Tên khác", 26),
    "parent": ("Đơn vị cấp trên", 16),
    "valid_from": ("Có từ ngày", 13),
    "valid_to": ("Đến hết ngày", 13),
    "email": ("Thư điện tử", 28),
    "head": ("Người đứng đầu", 28),
    "predecessor": ("Đơn vị trước", 18),
    "successor": ("Đơn vị sau", 18),
    "date": ("Ngày", 13),
    "weight": ("Tỷ trọng", 11),
    "unit": ("Đơn vị (tính)", 16),
    "numerator": ("Tử số", 34),
    "denominator": ("Mẫu số", 34),
    "source": ("Nguồn", 34),
    "owner": ("Chủ trì", 26),
    "responsible": ("Người chịu trách nhiệm", 28),
    "product": ("Sản phẩm", 18),
    "area": ("Lĩnh vực", 10),
    "due": ("Hạn", 13),
    "begun": ("Bắt đầu", 13),
    "done_on": ("Hoàn thành", 13),
    "from": ("Từ năm", 10),
    "to": ("Đến năm", 10),
    "year": ("Năm", 9),
    "scope": ("Phạm vi", 34),
    "measure": ("Chỉ tiêu", 20),
    "target": ("Mức", 10),
    "exceptions": ("Ngoại lệ", 40),
    "feeds": ("Điền vào tiêu chí", 40),
    "milestones": ("Các mốc", 30),
    "baseline": ("Điểm xuất phát", 22),
    "causes": ("Nguyên nhân", 60),
    "remedies": ("Giải pháp", 60),
    "period": ("Kỳ", 12),
    "publisher": ("Nơi công bố", 28),
}


def folder_as_workbook(province: Province) -> bytes:
    """The workbook of a folder.

    Raises:
        RefusedError: a file cannot be read as a table.
    """
    files = {name: read_plain(province.folder / name) for name in _files_of(province.folder)}
    tables = [table for name in _named(files) for table in _tables_of(name, files.get(name, b""))]
    said = {"kind": FOLDER_BOOK}
    return book_of(f"Thư mục tỉnh: {province.config.name}", province.config, said, tables, files)


def _files_of(folder: Path) -> Iterator[str]:
    """The files of which there are sheets."""
    if (folder / PROVINCE_FILE).exists():
        yield PROVINCE_FILE
    for name in _CSV_FILES:
        if (folder / name).exists():
            yield name
    yield from (f"rounds/{path.name}" for path in sorted((folder / "rounds").glob("*.yaml")))
    yield from (name for name in _LISTS if (folder / name).exists())
    yield from (name for name in _task_files(folder) if (folder / name).exists())


def _task_files(folder: Path) -> list[str]:
    """Lists of tasks that plans keep in CSV files of their own."""
    path = folder / "progress" / "plan_tasks.yaml"
    values, _ = values_of(path.read_text(encoding="utf-8-sig"), path.name) if path.is_file() else ({}, [])
    plans = values.get("plans", []) if isinstance(values, dict) else []
    return sorted(
        {f"progress/{plan['tasks_csv']}" for plan in plans if isinstance(plan, dict) and plan.get("tasks_csv")}
    )


def _named(files: Mapping[str, bytes]) -> list[str]:
    """All files that get sheets; units and successions do though there are none yet."""
    first = [name for name in (PROVINCE_FILE,) if name in files]
    return [*first, *_CSV_FILES, *(name for name in files if name not in (*first, *_CSV_FILES))]


def _csv_kind(name: str) -> _CsvKind:
    if name in _CSV_FILES:
        return _CSV_FILES[name]
    title = f"Nhiệm vụ {Path(name).stem}"
    return _CsvKind(title, PlanTask, tuple(file_names(PlanTask)), f"Các nhiệm vụ trong tệp {name}.")


# --- out --------------------------------------------------------------------------------------------------------------


def _tables_of(name: str, content: bytes) -> Iterator[EditedTable]:
    """The sheets of a file."""
    if name.endswith(".csv"):
        yield _csv_table(name, content)
        return
    values = _values(name, content)
    if name == PROVINCE_FILE:
        yield province_table(values)
        return
    if name not in _LISTS:
        yield EditedTable(name, f"Kỳ {Path(name).stem}", PATH_NOTE, PATH_COLUMNS, tuple(path_rows(values)), 20)
        return
    kind = _LISTS[name]
    items = values.get(kind.listed, [])
    rows = (TableRow(str(place), _without_tasks(item)) for place, item in enumerate(items))
    columns = tuple(_column(kind.model, id) for id in file_names(kind.model) if id != _NESTED)
    yield EditedTable(name, kind.title, f"Tệp {name}; mỗi dòng một mục.", columns, tuple(rows))
    if _NESTED in file_names(kind.model):
        yield _tasks_table(name, items)
    if kind.rest:
        rest = {key: value for key, value in values.items() if key != kind.listed}
        yield EditedTable(f"{name}{_REST}", kind.rest, PATH_NOTE, PATH_COLUMNS, tuple(path_rows(rest)), 10)


def _without_tasks(item: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key != _NESTED}


def _tasks_table(name: str, plans: Sequence[Mapping[str, Any]]) -> EditedTable:
    rows = (
        TableRow(f"{place}/{number}", {"plan": plan.get("id", ""), **task})
        for place, plan in enumerate(plans)
        for number, task in enumerate(plan.get(_NESTED, []))
    )
    columns = (EditedColumn("plan", "Kế hoạch (mã)", 16), *(_column(PlanTask, id) for id in file_names(PlanTask)))
    note = "Mỗi dòng một nhiệm vụ của kế hoạch có mã ở cột đầu."
    return EditedTable(f"{name}{_INNER}", "Nhiệm vụ", note, columns, tuple(rows))


def _csv_table(name: str, content: bytes) -> EditedTable:
    kind = _csv_kind(name)
    columns = tuple(_csv_column(kind, id) for id in kind.names)
    rows = []
    for row in _csv_file(name, content).rows:
        typed = {column.id: _typed(column, text) for column in columns if (text := row.values.get(column.id, ""))}
        rows.append(TableRow(str(row.line), typed))
    return EditedTable(name, kind.title, kind.note, columns, tuple(rows), 100)


def _csv_file(name: str, content: bytes) -> CsvFile:
    return read_csv(content, name, (), _csv_kind(name).names, lenient=True)


def _csv_column(kind: _CsvKind, id: str) -> EditedColumn:
    column = _column(kind.model, id)
    return EditedColumn(id, column.title, column.width) if column.sort is Sort.WRITTEN else column


def _typed(column: EditedColumn, text: str) -> Any:
    """A text of a CSV file as its cell should have it; the text itself where it is none."""
    try:
        if column.sort is Sort.DAY:
            return read_date(text)
        if column.sort is Sort.NUMBER:
            return canonical_number(text)
    except (ValueError, UnreadableNumberError):
        pass
    return text


def _column(model: type[BaseModel], id: str) -> EditedColumn:
    title, width = _TITLES.get(id, (id, 18))
    return column_of(model, id, title, width)


def _values(name: str, content: bytes) -> dict[str, Any]:
    values, wrong = values_of(content.decode("utf-8-sig"), name)
    if wrong:
        raise RefusedError(wrong)
    return values if isinstance(values, dict) else {}


# --- back -------------------------------------------------------------------------------------------------------------


def changed_folder(folder: Path, content: bytes, file: str) -> CheckedChanges:
    """What an edited workbook makes of a folder; nothing is written.

    Args:
        folder: the province folder.
        content: the workbook's bytes, whatever they are; they are opened in a process that may die.
        file: its name in findings.

    Raises:
        RefusedError: it is none of ours, or with everything that is wrong, each at its cell.
    """
    return changed_by_book(folder, read_book(content, file))


def changed_by_book(folder: Path, book: EditedBook) -> CheckedChanges:
    """The same of a workbook that is open already."""
    file = book.file
    if book.kind != FOLDER_BOOK:
        what = "tệp này không phải là bảng “Thư mục tỉnh” do chương trình xuất ra"
        raise refusal(file, what, "Xuất thư mục tỉnh ra Excel trước, sửa trên tệp ấy rồi nhập lại")
    if not book.keeps_only(_OWN_FILES):
        raise refusal(file, "trang ẩn giữ bản gốc đã bị sửa hoặc hỏng", "Xuất lại rồi sửa trên tệp mới")
    placed = Placed(file, findings=list(book.findings))
    wanted = [_wanted(name, book.files.get(name, b""), book.sheets, placed) for name in _named(book.files)]
    return checked_changes(folder, file, wanted, placed.findings)


def _wanted(name: str, base: bytes, sheets: Mapping[str, ReadSheet], placed: Placed) -> Wanted:
    """What the sheets say of a file."""
    own = Placed(placed.file)
    tables = list(_tables_of(name, base))
    rows = [rows_of(sheets.get(table.id), table, own) for table in tables]
    wanted: Wanted
    if name.endswith(".csv"):
        wanted = _wanted_csv(name, base, tables[0], rows[0])
    else:
        values = _values(name, base)
        if name in _LISTS:
            by_table = {table.id: read for table, read in zip(tables, rows, strict=True)}
            said = _listed(name, values, by_table, own)
        else:
            said = values_of_rows(rows[0], values, own)
        wanted = WantedYaml(name, base, said, own.cells)
    placed.findings += own.findings
    return wanted


def _wanted_csv(name: str, base: bytes, table: EditedTable, rows: Sequence[ReadRow]) -> WantedCsv:
    before = {str(row.line): row.values for row in _csv_file(name, base).rows}
    wanted = []
    for row in rows:
        was = before.get(row.key, {})
        texts = dict(was)
        for column in table.columns:
            value, known = row.values.get(column.id, ""), row.was.get(column.id, "")
            if not same(value, known):
                texts[column.id] = _csv_text(value)
        wanted.append((WantedRow(int(row.key or 0), texts), row))
    return WantedCsv(name, base, _csv_kind(name).names, wanted)


def _csv_text(value: Any) -> str:
    match value:
        case date():
            return value.isoformat()
        case int() | Decimal():
            return plain(Decimal(value))
    return " ".join(str(value).split())


def _listed(
    name: str, base: Mapping[str, Any], rows: Mapping[str, Sequence[ReadRow]], placed: Placed
) -> dict[str, Any]:
    """What a file of a list should say."""
    kind = _LISTS[name]
    before = base.get(kind.listed, [])
    items: list[dict[str, Any]] = []
    for row in rows[name]:
        path = (kind.listed, len(items))
        placed.put(path, row)
        was = before[int(row.key)] if row.key else {}
        item = dict(row.values)
        if was.get(_NESTED) == []:
            item[_NESTED] = []
        items.append(in_order_of(item, was))
    if f"{name}{_INNER}" in rows:
        _put_tasks(items, rows[f"{name}{_INNER}"], kind.listed, placed)
    rest = values_of_rows(rows[f"{name}{_REST}"], base, placed) if kind.rest else {}
    others = {} if kind.rest else {key: value for key, value in base.items() if key != kind.listed}
    return in_order_of({kind.listed: items, **others, **rest}, base)


def _put_tasks(items: Sequence[dict[str, Any]], rows: Sequence[ReadRow], listed: str, placed: Placed) -> None:
    """The tasks at their plans."""
    places = {str(item.get("id")): place for place, item in enumerate(items)}
    for row in rows:
        plan = str(row.values.get("plan", ""))
        if plan not in places:
            known = ", ".join(places) or "chưa có kế hoạch nào"
            placed.complain(row.place("plan"), f"không có kế hoạch “{plan}”", f"Dùng một trong: {known}")
            continue
        tasks = items[places[plan]].setdefault(_NESTED, [])
        placed.put((listed, places[plan], _NESTED, len(tasks)), row)
        tasks.append(in_order_of({key: value for key, value in row.values.items() if key != "plan"}, row.was))
