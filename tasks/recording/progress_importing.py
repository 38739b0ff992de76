"""CSV and XLSX files of monthly figures, other indices and registers → checked entries, or everything that is wrong.

A file is taken whole or not at all. Figures for a period that has not ended, or of a unit that no longer exists at its
end, are refused; skipped months and figures that replace earlier ones are named.
Source: docs/process.md, 3; docs/process.md, 5.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from models.criteria.facts import read_date
from models.findings import Finding, Severity, refusal
from models.numbers import UnreadableNumberError, canonical_number, plain, said
from models.progress.indices import IndexValue
from models.progress.measures import QUALIFIER_WORDS, Figure, Measure, figure_faults
from models.progress.periods import Period
from models.progress.registers import (
    DATING_COLUMNS,
    REGISTER_COLUMNS,
    Holds,
    RegisterColumn,
    RegisterEntry,
    RegisterKind,
)
from models.province.csv_files import CsvRow
from models.province.folder import Province
from models.units import Unit
from tasks.reading.isolation import ChildFailedError, children
from tasks.recording.importing import RowReader, checked_entries, number_in

FIGURE_COLUMNS = ("unit", "measure")
FIGURE_EXTRAS = ("numerator", "denominator", "value", "qualifier", "note")
INDEX_COLUMNS = ("index", "year")
INDEX_EXTRAS = ("unit", "value", "rank", "of", "rank_change", "published_on", "source")
_FIRST_SHEET = "tasks.reading.first_sheet:first_sheet_as_csv"
_YEARS = range(2000, 2101)


def read_figures(
    content: bytes, shown_as: str, province: Province, period: Period, today: date, known: Sequence[Figure] = ()
) -> tuple[list[Figure], list[Finding]]:
    """Read `unit,measure,numerator,denominator,value,qualifier,note` of one period.

    Args:
        content: the file's bytes.
        shown_as: its name in findings.
        province: whose measures and units they are.
        period: the period that the figures are of.
        today: the day of the import; a period that has not ended yet is refused.
        known: figures already recorded for the reporting year and the one before.

    Raises:
        RefusedError: with every finding, when any is critical.
    """
    if early := why_too_early(period, today):
        raise refusal(shown_as, *early)
    if not province.progress.measures:
        raise refusal("progress/measures.yaml", "tỉnh chưa khai báo chỉ tiêu theo dõi nào", "Tạo tệp này")
    reader = RowReader(shown_as, {})

    def entry(reader: RowReader, row: CsvRow) -> Figure | None:
        figure = _figure(reader, row, province, period)
        if figure and (line := reader.line_before(row, (figure.unit, figure.measure))):
            reader.refuse(row, f"{figure.unit} đã có số liệu “{figure.measure}” ở dòng {line}", "Bỏ bớt một dòng")
        return figure

    figures, warnings = checked_entries(reader, content, FIGURE_COLUMNS, FIGURE_EXTRAS, entry)
    return figures, [*warnings, *_remarks(shown_as, period, figures, known)]


def _remarks(shown_as: str, period: Period, figures: Sequence[Figure], known: Sequence[Figure]) -> list[Finding]:
    """Which months were skipped before this one, and what is replaced."""
    remarks = []
    skipped = skipped_months(period, known)
    if period.is_month and skipped:
        what = f"chưa có số liệu {', '.join(month.name for month in skipped)}"
        remarks.append(Finding(shown_as, 0, what, "Nhập bổ sung các kỳ này", Severity.WARNING))
    before = {(figure.unit, figure.measure) for figure in known if figure.period == period}
    replaced = sum((figure.unit, figure.measure) in before for figure in figures)
    if replaced:
        what = f"{period.name} đã có {replaced} số liệu trong tệp này; bản mới thay bản trước, bản trước vẫn được lưu"
        remarks.append(Finding(shown_as, 0, what, "Đối chiếu lại nếu không định sửa", Severity.INFO))
    return remarks


def skipped_months(period: Period, known: Iterable[Figure]) -> list[Period]:
    """The months between the first that has figures and a period for which there are none."""
    told = {figure.period for figure in known if figure.period.is_month}
    first = min(told, default=period)
    months = [Period(index, index) for index in range(first.end, period.start)]
    return [month for month in months if month not in told]


def _existing_unit(reader: RowReader, row: CsvRow, province: Province, period: Period) -> Unit | None:
    """The unit of the row, where it exists at the end of the period."""
    unit = reader.unit(row, province.units)
    absent = why_absent(unit, province, period) if unit else None
    if absent:
        reader.refuse(row, *absent)
    return None if absent else unit


def why_absent(unit: Unit, province: Province, period: Period) -> tuple[str, str] | None:
    """Why a unit has no figures for a period, and what to do: it does not exist at its end; None where it does."""
    if unit.exists_on(period.last):
        return None
    if unit.valid_to is not None and unit.valid_to < period.last:
        followers = [step.successor for step in province.successions if step.predecessor == unit.code]
        remedy = f"Ghi cho đơn vị kế thừa: {', '.join(followers)}" if followers else "Bỏ dòng này"
        return f"{unit.name} thôi tồn tại sau ngày {unit.valid_to:%d/%m/%Y}, trước khi {period.name} kết thúc", remedy
    assert unit.valid_from is not None
    what = f"{unit.name} chỉ có từ ngày {unit.valid_from:%d/%m/%Y}, sau khi {period.name} kết thúc"
    return what, "Kiểm tra lại mã đơn vị hoặc kỳ báo cáo"


def why_too_early(period: Period, today: date) -> tuple[str, str] | None:
    """Why no figures of a period are taken yet, and what to do: it has not ended; None where it has."""
    if period.last < today:
        return None
    what = f"{period.name} đến hết ngày {period.last:%d/%m/%Y} mới kết thúc, chưa nhận số liệu"
    return what, "Kiểm tra lại kỳ báo cáo, hoặc gửi sau ngày này"


def _figure(reader: RowReader, row: CsvRow, province: Province, period: Period) -> Figure | None:
    measures = province.progress.measures
    unit = _existing_unit(reader, row, province, period)
    measure = measures.get(row.values["measure"])
    if measure is None:
        known = ", ".join(list(measures)[:10])
        reader.refuse(row, f"không có chỉ tiêu “{row.values['measure']}”", f"Dùng mã trong measures.yaml: {known}…")
    if unit is None or measure is None:
        return None
    if not measure.reported_by(unit.kind):
        reader.refuse(row, f"chỉ tiêu “{measure.id}” không thuộc {unit.name}", "Bỏ dòng này hoặc sửa kinds")
        return None
    qualifier = QUALIFIER_WORDS.get(row.values.get("qualifier", "").casefold())
    if qualifier is None:
        reader.refuse(row, f"không hiểu dấu so sánh “{row.values['qualifier']}”", "Dùng một trong: =, >, >=, <, <=")
        return None
    before = len(reader.findings)
    parts = _parts(reader, row, measure)
    value = number_in(reader, row, "value") if row.values.get("value") else None
    if len(reader.findings) > before:
        return None
    if parts is None and value is None:
        reader.refuse(row, f"chỉ tiêu “{measure.id}” không có số liệu nào", _asked(measure))
        return None
    numerator, denominator = parts or (None, None)
    figure = Figure(measure.id, unit.code, period, numerator, denominator, value, qualifier, row.values.get("note", ""))
    return figure if _makes_sense(reader, row, measure, figure) else None


def _asked(measure: Measure) -> str:
    if measure.kind.divides:
        return f"Ghi numerator ({measure.numerator}) và denominator ({measure.denominator}), hoặc chỉ value"
    return "Ghi value"


def _parts(reader: RowReader, row: CsvRow, measure: Measure) -> tuple[Decimal, Decimal] | None:
    """Numerator and denominator, both or neither."""
    written = [name for name in ("numerator", "denominator") if row.values.get(name)]
    if not written:
        return None
    if not measure.kind.divides:
        reader.refuse(row, f"chỉ tiêu “{measure.id}” không có tử số, mẫu số", "Ghi value")
        return None
    numerator, denominator = number_in(reader, row, "numerator"), number_in(reader, row, "denominator")
    return None if numerator is None or denominator is None else (numerator, denominator)


def _makes_sense(reader: RowReader, row: CsvRow, measure: Measure, figure: Figure) -> bool:
    """Whether the figure can be true, and its parts and value say the same."""
    faults = list(figure_faults(measure, figure))
    for what, remedy in faults:
        reader.refuse(row, what, remedy)
    return not faults


def read_indices(content: bytes, shown_as: str, province: Province) -> tuple[list[IndexValue], list[Finding]]:
    """Read `index,unit,year,value,rank,of,rank_change,published_on,source`, as CSV or as the first sheet of an XLSX.

    Raises:
        RefusedError: with every finding, when any is critical.
    """
    if content.startswith(b"PK\x03\x04"):
        content = _first_sheet(content, shown_as)
    reader = RowReader(shown_as, {})

    def entry(reader: RowReader, row: CsvRow) -> IndexValue | None:
        value = _index_value(reader, row, province)
        if value and (line := reader.line_before(row, (value.series, value.unit, value.year))):
            reader.refuse(row, f"chỉ số này của năm {value.year} đã có ở dòng {line}", "Bỏ bớt một dòng")
        return value

    return checked_entries(reader, content, INDEX_COLUMNS, INDEX_EXTRAS, entry)


def _first_sheet(content: bytes, shown_as: str) -> bytes:
    """The first sheet of a workbook as CSV, line by row."""
    try:
        table: bytes | None = children().submit(_FIRST_SHEET, content).result()
    except ChildFailedError:
        table = None
    if table is None:
        raise refusal(shown_as, "không mở được tệp Excel", "Mở lại bằng Excel, lưu dạng .xlsx rồi nhập lại")
    return table


def _index_value(reader: RowReader, row: CsvRow, province: Province) -> IndexValue | None:
    before = len(reader.findings)
    values = row.values
    series = province.progress.indices.get(values["index"])
    if series is None:
        known = ", ".join(province.progress.indices) or "chưa khai báo chỉ số nào"
        reader.refuse(row, f"không có chỉ số “{values['index']}” trong indices.yaml", f"Đã khai báo: {known}")
    unit = reader.unit(row, province.units) if values.get("unit") else None
    year = _whole(reader, row, "year", lowest=2000)
    if not values["year"]:
        reader.refuse(row, "cột year để trống", "Ghi năm của chỉ số, ví dụ 2024")
    if year is not None and year not in _YEARS:
        reader.refuse(row, f"năm {year} không hợp lệ", "Ghi năm của chỉ số, ví dụ 2024")
    value = number_in(reader, row, "value") if values.get("value") else None
    if value is not None and series and series.scale and not 0 <= value <= series.scale:
        outside = f"{said(value)} nằm ngoài thang 0–{said(series.scale)}"
        reader.refuse(row, f"{series.name}: {outside}", "Kiểm tra giá trị và scale")
    rank, of = _whole(reader, row, "rank", lowest=1), _whole(reader, row, "of", lowest=1)
    if rank is not None and of is not None and rank > of:
        reader.refuse(row, f"hạng {rank} lớn hơn số đơn vị được xếp hạng ({of})", "Sửa rank hoặc of")
    change = _whole(reader, row, "rank_change", lowest=-10_000)
    if not any(values.get(name) for name in ("value", "rank", "rank_change")):
        reader.refuse(row, "không có giá trị, thứ hạng hay thay đổi hạng", "Ghi value, rank hoặc rank_change")
    published_on = _date(reader, row, "published_on")
    if len(reader.findings) > before or series is None or year is None:
        return None
    source = values.get("source", "")
    return IndexValue(series.id, unit.code if unit else "", year, value, rank, of, change, published_on, source)


def _whole(reader: RowReader, row: CsvRow, column: str, lowest: int) -> int | None:
    """The whole number of a cell; None where it is empty, or wrong with a finding."""
    if not row.values.get(column):
        return None
    number = number_in(reader, row, column)
    if number is None:
        return None
    if number != number.to_integral_value() or number < lowest or abs(number) > 10**6:
        reader.refuse(row, f"cột {column}: {row.values[column]} không hợp lệ", f"Ghi số nguyên từ {lowest} trở lên")
        return None
    return int(number)


def _date(reader: RowReader, row: CsvRow, column: str) -> date | None:
    text = row.values.get(column)
    if not text:
        return None
    try:
        return read_date(text)
    except ValueError:
        reader.refuse(row, f"cột {column}: “{text}” không phải là ngày", "Ghi ngày dạng 2025-07-01")
        return None


def register_columns(kind: RegisterKind) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns that a file of a register needs, and those that it may have."""
    columns = REGISTER_COLUMNS[kind]
    required = ("unit", *(column.name for column in columns if column.required))
    return required, (*(column.name for column in columns if not column.required), "withdrawn")


def read_register(
    kind: RegisterKind, content: bytes, shown_as: str, province: Province, today: date
) -> tuple[list[RegisterEntry], list[Finding]]:
    """Read the entries of a register; columns by `models.progress.registers.REGISTER_COLUMNS`.

    Raises:
        RefusedError: with every finding, when any is critical.
    """
    reader = RowReader(shown_as, {})
    required, optional = register_columns(kind)

    def entry(reader: RowReader, row: CsvRow) -> RegisterEntry | None:
        told = _register_entry(reader, row, kind, province, today)
        if told and (line := reader.line_before(row, (told.unit, told.key))):
            reader.refuse(row, f"mục này đã có ở dòng {line}", "Bỏ bớt một dòng")
        return told

    return checked_entries(reader, content, required, optional, entry)


def _register_entry(
    reader: RowReader, row: CsvRow, kind: RegisterKind, province: Province, today: date
) -> RegisterEntry | None:
    before = len(reader.findings)
    unit = reader.unit(row, province.units)
    values: dict[str, str] = {}
    for column in REGISTER_COLUMNS[kind]:
        value = _register_value(reader, row, column, today)
        if value:
            values[column.name] = value
    withdrawn = row.values.get("withdrawn", "")
    if withdrawn not in ("", "0", "1"):
        reader.refuse(row, f"withdrawn là “{withdrawn}”", "Ghi 1 nếu rút lại mục này, nếu không thì 0")
    if len(reader.findings) > before or unit is None:
        return None
    for what, remedy in _entry_faults(kind, values, province):
        reader.refuse(row, what, remedy)
    if len(reader.findings) > before:
        return None
    key = json.dumps([values[column.name] for column in REGISTER_COLUMNS[kind] if column.in_key], ensure_ascii=False)
    dated = next((values[name] for name in DATING_COLUMNS if name in values), today.isoformat())
    year = int(values["year"]) if "year" in values else date.fromisoformat(dated).year
    return RegisterEntry(kind, unit.code, key, year, tuple(values.items()), withdrawn == "1")


def _register_value(reader: RowReader, row: CsvRow, column: RegisterColumn, today: date) -> str:
    """The canonical value of a cell, "" where it is empty or wrong."""
    text = row.values.get(column.name, "")
    if not text:
        if column.required:
            reader.refuse(row, f"cột {column.name} để trống", "Ghi giá trị vào ô này")
        return ""
    match column.holds:
        case Holds.TEXT:
            return text
        case Holds.DATE:
            day = _date(reader, row, column.name)
            if day is not None and day > today and column.name not in ("to", "due_on"):
                reader.refuse(row, f"cột {column.name}: ngày {day:%d/%m/%Y} chưa tới", "Kiểm tra lại ngày")
            return day.isoformat() if day else ""
        case Holds.YES_NO:
            if text not in ("0", "1"):
                reader.refuse(row, f"cột {column.name}: “{text}” không phải là có (1) hoặc không (0)", "Ghi 1 hoặc 0")
            return text
        case Holds.NUMBER | Holds.COUNT:
            return _register_number(reader, row, column, text)


def _register_number(reader: RowReader, row: CsvRow, column: RegisterColumn, text: str) -> str:
    try:
        number = canonical_number(text)
    except UnreadableNumberError as unreadable:
        reader.refuse(row, f"cột {column.name}: {unreadable}", "Ghi số với dấu chấm thập phân, ví dụ 5.5")
        return ""
    if number < 0 or (column.holds is Holds.COUNT and number != number.to_integral_value()):
        reader.refuse(row, f"cột {column.name}: {text} không hợp lệ", "Ghi số từ 0 trở lên; số đếm là số nguyên")
    return plain(number)


def _entry_faults(kind: RegisterKind, values: dict[str, str], province: Province) -> Iterable[tuple[str, str]]:
    """What is wrong between the values of an entry, or towards the province folder."""
    if kind is RegisterKind.PROCEDURES_CUT and Decimal(values["days_cut"]) > Decimal(values["legal_days"]):
        yield "số ngày cắt giảm lớn hơn số ngày theo quy định", "Sửa days_cut hoặc legal_days"
    for first, second in (("from", "to"), ("begun", "done_on"), ("date", "follow_up_done")):
        if first in values and second in values and values[first] > values[second]:
            yield f"ngày ở cột {second} trước ngày ở cột {first}", "Sửa một trong hai ngày"
    if kind is RegisterKind.TASKS:
        plan = province.progress.plans.get(values["plan"])
        if plan is None:
            yield f"không có kế hoạch “{values['plan']}” trong plan_tasks.yaml", "Sửa cột plan"
        elif values["number"] not in {task.number for task in plan.tasks}:
            yield f"kế hoạch {plan.id} không có nhiệm vụ số {values['number']}", "Sửa cột number"
    if item := values.get("bonus_item"):
        known = {code for criteria_set in province.criteria_sets.values() for code in criteria_set.bonus_items}
        if item not in known:
            yield (
                f"không có mục điểm thưởng “{item}” trong bộ tiêu chí nào",
                f"Dùng một trong: {', '.join(sorted(known))}",
            )
