"""Which row of a table says what: by the hidden keys, else by codes and words; and whether the rows are all there.

In: the tables of a form and what its sets ask. Out: the row of every key, and findings for rows that are lost, double,
foreign or strange. The checksum of the hidden sheet tells in one comparison whether there is anything to look for.
Row keys: models/forms/row_keys.py; the checksum: models/forms/descriptions.py.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from models.findings import Finding, Place, Severity
from models.forms.row_keys import Remark, RowKey
from models.forms.sheets import KEY_ID
from models.forms.tables import FactsIn, FormTable, RowsOf
from models.wording import first_of
from tasks.reading.identifying import Identified
from tasks.reading.plans import AskedLeaf, MonthPlan, RoundPlan, SetPlan, alike
from tasks.reading.tables import Table

_SEND_FORM = "Xin lại biểu mẫu, chép số liệu sang rồi gửi"
_NOT_OURS = "Xóa dòng này hoặc dùng đúng biểu mẫu"
_NAMED = 12  # rows named in one finding


class FormRow(NamedTuple):
    """A row of a form: its key, and where it stands, from 0."""

    key: str
    table: Table
    row: int

    @property
    def place(self) -> Place:
        """Where the row begins, as findings name it: the cell of its code."""
        return Place(self.table.sheet.title, self.row + 1, self.table.columns.get("code", 0) + 1)


@dataclass
class FormRows:
    """The rows of a form.

    Attributes:
        rows: by key, in the order of the sheets; of double rows the first.
        intact: whether the hidden sheet vouches for all of them.
        refused: why the file cannot be taken at all, empty where it can.
    """

    rows: dict[str, FormRow] = field(default_factory=dict)
    intact: bool = False
    refused: str = ""


def find_rows(found: Identified, tables: Sequence[Table], round: RoundPlan, file: str) -> FormRows:
    """The rows of a form's tables; what is wrong with them is added to the findings."""
    assert found.identity is not None
    listed = [row for table in tables for row in _keyed(table)]
    form = FormRows()
    if found.stated is not None and found.stated.holds_for(row.key for row in listed):
        form.intact = True
    else:
        listed += _by_words(listed, tables, found, round, file)
        listed.sort(key=lambda row: (tables.index(row.table), row.row))
        form.intact = found.stated is not None and found.stated.holds_for(row.key for row in listed)
    for row in listed:
        form.rows.setdefault(row.key, row)
    if not form.intact:
        wrong = [*_double(listed, file), *_missing(found, form.rows, round, file)]
        wrong += _foreign(form.rows.values(), found, round, file)
        found.findings += wrong
        if found.stated is not None and not wrong:
            form.refused = "trang ẩn nhận dạng đã bị sửa (mã kiểm tra không khớp với loại phiếu, năm, đơn vị)"
            if not found.identity.kind.description.has_known_rows:
                form.refused = "có dòng đã bị xóa khỏi biểu mẫu, hoặc trang ẩn nhận dạng đã bị sửa"
    else:
        found.findings += _foreign(form.rows.values(), found, round, file)
    return form


def _keyed(table: Table) -> Iterator[FormRow]:
    column = table.columns.get(KEY_ID)
    if column is None:
        return
    rows = table.sheet.rows
    for number in range(table.first, len(rows)):
        cell = rows[number][column]
        if cell != "" and (key := str(cell).strip()):
            yield FormRow(key, table, number)


# --- rows without keys ------------------------------------------------------------------------------------------------


def _by_words(
    listed: Sequence[FormRow], tables: Sequence[Table], found: Identified, round: RoundPlan, file: str
) -> list[FormRow]:
    """Rows whose key is gone, by their codes and the words beside them; each only where no row has that key."""
    taken = {row.key for row in listed}
    keyed = {(id(row.table), row.row) for row in listed}
    more: list[FormRow] = []
    for table in tables:
        named = [row for row in _named(table, found, round) if (id(table), row.row) not in keyed]
        new = [row for row in named if row.key not in taken]
        if new:
            lost = f"trang “{table.sheet.title}”: {len(new)} dòng không còn khóa ẩn"
            what = f"{lost}, được nhận theo mã và nội dung (dòng {_numbers(new)})"
            remedy = "Kiểm tra lại các dòng này; lần sau không xóa cột ẩn của biểu mẫu"
            found.findings.append(Finding(file, 0, what, remedy, Severity.WARNING, new[0].place))
        more += new
    return more


def _named(table: Table, found: Identified, round: RoundPlan) -> Iterator[FormRow]:
    """The rows of a table whose words say what they are."""
    match table.shape.rows:
        case RowsOf.LEAVES:
            yield from _leaves_and_facts(table, found.sets)
        case RowsOf.UNITS:
            yield from _units_of_leaves(table, found.sets, round)
        case RowsOf.MEASURES | RowsOf.TASKS if found.month:
            yield from _measures_and_tasks(table, found.month)
    if table.shape.remarks:
        yield from _remarks(table)


def _leaves_and_facts(table: Table, sets: dict[str, SetPlan]) -> Iterator[FormRow]:
    code_at, content_at = table.columns.get("code"), table.columns.get("content")
    if code_at is None:
        return
    asked = {code: leaf for plan in sets.values() for code, leaf in plan.asked.items() if leaf.leaf}
    heads = {code for plan in sets.values() for code in plan.heads}
    leaf: AskedLeaf | None = None
    for number in range(table.first, len(table.sheet.rows)):
        row = table.sheet.rows[number]
        code = str(row[code_at]).strip()
        if code in asked:
            leaf = asked[code]
            yield FormRow(code, table, number)
        elif code in heads:
            leaf = None
        elif not code and leaf and content_at is not None and table.shape.facts is FactsIn.ROWS:
            fitting = [fact.key for fact in leaf.facts if fact.label == alike(row[content_at])]
            if len(fitting) == 1:
                yield FormRow(fitting[0], table, number)


def _units_of_leaves(table: Table, sets: dict[str, SetPlan], round: RoundPlan) -> Iterator[FormRow]:
    code_at, unit_at = table.columns.get("code"), table.columns.get("unit")
    if code_at is None or unit_at is None:
        return
    asked = {code for plan in sets.values() for code in plan.asked}
    for number in range(table.first, len(table.sheet.rows)):
        row = table.sheet.rows[number]
        code, unit = str(row[code_at]).strip(), round.units_by_name.get(alike(row[unit_at]))
        if unit and code in asked:
            yield FormRow(str(RowKey(code, unit=unit)), table, number)


def _measures_and_tasks(table: Table, month: MonthPlan) -> Iterator[FormRow]:
    code_at, content_at = table.columns.get("code"), table.columns.get("content")
    if code_at is None or content_at is None:
        return
    for number in range(table.first, len(table.sheet.rows)):
        row = table.sheet.rows[number]
        if key := month.by_words.get((alike(row[code_at]), alike(row[content_at]))):
            yield FormRow(key, table, number)


def _remarks(table: Table) -> Iterator[FormRow]:
    column = table.columns.get("content")
    if column is None:
        return
    labels = {alike(remark.label): remark.value for remark in Remark}
    for number in range(table.first, len(table.sheet.rows)):
        if key := labels.get(alike(table.sheet.rows[number][column])):
            yield FormRow(key, table, number)


# --- are they all there? ----------------------------------------------------------------------------------------------


def _double(listed: Sequence[FormRow], file: str) -> list[Finding]:
    places: dict[str, list[FormRow]] = {}
    for row in listed:
        places.setdefault(row.key, []).append(row)
    return [
        Finding(
            file,
            0,
            f"{said_key(key)} có {len(rows)} dòng (dòng {_numbers(rows)}), không rõ dòng nào đúng",
            "Giữ một dòng, xóa các dòng chép thêm",
            place=rows[1].place,
        )
        for key, rows in places.items()
        if len(rows) > 1
    ]


def _missing(found: Identified, rows: dict[str, FormRow], round: RoundPlan, file: str) -> list[Finding]:
    lost = [key for key in _expected(found, rows, round) if key not in rows]
    if not lost:
        return []
    labels = {key: label for plan in found.sets.values() for key, label in plan.labels.items()}
    named = first_of([said_key(key, labels) for key in lost], _NAMED, "dòng")
    what = f"biểu mẫu thiếu {len(lost)} dòng: {named}"
    return [Finding(file, 0, what, f"Không xóa dòng của biểu mẫu. {_SEND_FORM}")]


def _expected(found: Identified, rows: dict[str, FormRow], round: RoundPlan) -> list[str]:
    """The keys that the form must have had, as far as it can be known, in the order of the set."""
    identity = found.identity
    assert identity is not None
    expected: list[str] = []
    for shape in identity.kind.description.tables:
        if shape.has_known_rows:  # else only the database knows which stood there when it was written
            expected += _rows_of(shape, found, rows, round)
        expected += [remark.value for remark in shape.remarks]
    return expected


def _rows_of(shape: FormTable, found: Identified, rows: dict[str, FormRow], round: RoundPlan) -> Sequence[str]:
    assert found.identity is not None
    match shape.rows:
        case RowsOf.LEAVES:
            unit, group = round.members[found.identity.subject]
            return found.sets[group.criteria_set].keys_for(unit)
        case RowsOf.UNITS:
            return _rows_of_units(found.sets, rows, round)
        case RowsOf.MEASURES:
            return tuple(found.month.measures) if found.month else ()
        case RowsOf.TASKS | RowsOf.NOTHING:
            return ()


def _rows_of_units(sets: dict[str, SetPlan], rows: dict[str, FormRow], round: RoundPlan) -> list[str]:
    """The rows of every unit that the form names, of every leaf that it names."""
    read = [key for text in rows if (key := RowKey.read(text)) and key.unit in round.members]
    units, codes = dict.fromkeys(key.unit for key in read), {key.code for key in read}
    return [
        str(RowKey(code, unit=unit))
        for plan in sets.values()
        for code, asked in plan.asked.items()
        if code in codes
        for unit in units
        if round.members[unit][1].criteria_set == plan.criteria_set.id
        and asked.applies_to(unit, round.members[unit][0].kind)
    ]


def _foreign(rows: Iterable[FormRow], found: Identified, round: RoundPlan, file: str) -> list[Finding]:
    """Rows that none of the sets or units of the round has."""
    identity = found.identity
    assert identity is not None
    findings = []
    many = not identity.kind.of_a_unit
    known = frozenset(remark.value for remark in Remark)
    for plan in found.sets.values():
        known |= frozenset(plan.asked) if many else plan.row_keys
    if found.month:
        known |= found.month.row_keys
    for row in rows:
        code = row.key.partition(":")[2] if many else row.key
        unit = row.key.partition(":")[0] if many else ""
        if code in known and (not many or unit in round.members):
            continue
        listed = "chỉ tiêu, nhiệm vụ của đơn vị" if found.month else "bộ tiêu chí"
        why = f"không có trong {listed} hiện hành" if code not in known else "là của đơn vị ngoài kỳ đánh giá"
        findings.append(Finding(file, 0, f"dòng {row.row + 1}: {said_key(row.key)} {why}", _NOT_OURS, place=row.place))
    return findings


def said_key(key: str, labels: Mapping[str, str] = MappingProxyType({})) -> str:
    """A row's key in words; a fact by its label, where that is known by its key."""
    if key in set(Remark):
        return f"dòng “{Remark(key).label}”"
    read = RowKey.read(key)
    if read is None:
        return f"khóa lạ “{key[:60]}”"
    fact = f", số liệu “{labels.get(key, read.fact)}”" if read.fact else ""
    unit = f" của {read.unit}" if read.unit else ""
    return f"tiêu chí {read.code}{fact}{unit}"


def _numbers(rows: Sequence[FormRow]) -> str:
    return first_of([str(row.row + 1) for row in rows], _NAMED, "dòng")
