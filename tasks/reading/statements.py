"""The rows of a form → its statements: what it says about each leaf of each unit, each with the cells it stands in.

In: rows found by their keys. Out: statements (models/records); cells that say nothing readable become findings.
Where a percentage and a number cannot be told apart, the finding asks. What a row says follows from the columns of its
table (models/forms/tables.py), whichever form it is.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from models.criteria.formulas import CHECK, COMPARED_LATER, NOT_APPLICABLE, YES
from models.criteria.sets import Leaf, Source
from models.findings import Finding, Place, Severity
from models.forms.descriptions import FormIdentity
from models.forms.explanation import AGREES, EXPLAINS
from models.forms.row_keys import Remark
from models.forms.tables import EVIDENCE, FactsIn, RowsOf, evidence_lines, fact_of_column
from models.numbers import HUNDRED, UnreadableNumberError, spoken_number, vietnamese_number
from models.records.submissions import EvidenceItem, Statement
from tasks.reading.cell_values import ReadFact, SheetCells, clean
from tasks.reading.identifying import Identified
from tasks.reading.places import CellPlaces
from tasks.reading.plans import AskedFact, AskedLeaf, MonthPlan, RoundPlan, alike, names_of
from tasks.reading.rows import FormRow, FormRows
from tasks.reading.sheet_marks import Behind
from tasks.reading.tables import Table

RESTORE = "Xin lại biểu mẫu, chép số liệu sang rồi gửi"
_CLAIMS = {YES: "1", "x": "1", "1": "1", NOT_APPLICABLE: "1", "true": "1", "không": "0", "0": "0", "false": "0"}
_ANSWERS = {AGREES: AGREES, EXPLAINS: EXPLAINS}
_GREY = ("value", "points", *EVIDENCE)  # of a leaf that the unit does not score


@dataclass
class FormInHand:
    """One form while it is read.

    Attributes:
        cells: a reader for each of its sheets, by the sheet's title.
        uncalculated: how many locked points were not calculated.
        short_years: the cells of dates whose year was typed with two digits.
    """

    file: str
    identity: FormIdentity
    found: Identified
    round: RoundPlan
    findings: list[Finding]
    cells: dict[str, SheetCells] = field(default_factory=dict)
    uncalculated: int = 0
    short_years: list[Place] = field(default_factory=list)

    @cached_property
    def open_leaves(self) -> frozenset[str]:
        """The codes of the leaves that the form's unit scores itself."""
        unit, group = self.round.members[self.identity.subject]
        return frozenset(asked.code for asked in self.found.sets[group.criteria_set].self_assessed(unit))

    def asked_of(self, unit: str, code: str) -> AskedLeaf | None:
        """The leaf or block item of a unit's set; None where unit or code have no part in the form."""
        member = self.round.members.get(unit)
        plan = self.found.sets.get(member[1].criteria_set) if member else None
        return plan.asked.get(code) if plan else None

    def cells_of(self, table: Table) -> SheetCells:
        """The reader of a table's sheet."""
        title = table.sheet.title
        if title not in self.cells:
            self.cells[title] = SheetCells(
                self.file, table.sheet, self.findings, table.shape.noun, self.identity.year, self.short_years
            )
        return self.cells[title]

    def add(self, what: str, remedy: str, severity: Severity = Severity.CRITICAL, place: Place | None = None) -> None:
        """Add a finding."""
        self.findings.append(Finding(self.file, 0, what, remedy, severity, place))


def statements_of(form: FormInHand, rows: FormRows) -> Iterator[Statement]:
    """What a form says, in the order of its rows."""
    yield from _of_a_month(form, rows, form.found.month) if form.found.month else _of_a_round(form, rows)


def _of_a_round(form: FormInHand, rows: FormRows) -> Iterator[Statement]:
    for key, row in rows.rows.items():
        shape = row.table.shape
        if key.startswith("#") or shape.rows is RowsOf.NOTHING:
            continue
        unit, _, code = key.partition(":") if shape.rows is RowsOf.UNITS else (form.identity.subject, "", key)
        asked = form.asked_of(unit, code)
        if asked is None or (shape.facts is FactsIn.ROWS and asked.leaf is None):
            continue
        _check_words(form, row, code, unit)
        if shape.facts is FactsIn.ROWS and asked.leaf and code not in form.open_leaves:
            _check_grey(form, row, asked.leaf)
        else:
            yield _statement(form, rows, row, unit, asked)


def _check_words(form: FormInHand, row: FormRow, code: str, unit: str = "") -> None:
    """The code and the unit that people see must be those of the hidden key, else something was moved."""
    cells = row.table.sheet.rows[row.row]
    at = row.table.columns.get("code")
    if at is not None and cells[at] != code and str(cells[at]).strip() not in ("", code):
        what = (
            f"ô mã ghi “{str(cells[at])[:40]}” nhưng dòng này của biểu mẫu là {row.table.shape.noun} {code} "
            "(mã bị sửa, ghi hai lần, hoặc khối ô bị dời)"
        )
        form.cells_of(row.table).complain(
            row.row, at, what, f"Ghi lại mã {code}, hoặc xin lại biểu mẫu và chép số liệu sang"
        )
    at = row.table.columns.get("unit")
    if not unit or at is None:
        return
    name = form.round.members[unit][0].name
    if cells[at] not in ("", name) and alike(cells[at]) not in names_of(form.round.members[unit][0]):
        what = f"cột Đơn vị ghi “{str(cells[at])[:60]}” nhưng dòng này của biểu mẫu là của “{name}”"
        form.cells_of(row.table).complain(
            row.row, at, what, "Không sửa, không dời cột Đơn vị; xin lại biểu mẫu nếu cần"
        )


def _statement(form: FormInHand, rows: FormRows, row: FormRow, unit: str, asked: AskedLeaf) -> Statement:
    """What a row says: all that its table has columns for, in this order, which is that of the findings."""
    table, shape, cells = row.table, row.table.shape, form.cells_of(row.table)
    whose = f"{unit}, " if shape.rows is RowsOf.UNITS else ""
    name = f"{whose}{shape.noun} {asked.said}"
    answer = _answer(cells, row, name) if shape.is_input("answer") else ""
    fact_rows = _fact_rows(form, rows, row, asked) if shape.facts is FactsIn.ROWS else {}
    read = _read_facts(form, row, unit, asked, fact_rows)
    lines = evidence_lines(row.row, fact_rows.values()) if shape.is_input("document") else ()
    evidence, filled = _evidence(cells, table, asked.code, lines)
    places = CellPlaces(
        table.sheet.title, table.columns, row.row, fact_rows, (*filled, *(line for line in lines if line not in filled))
    )
    facts = _settled_facts(cells, asked, read, places)
    points = _points(form, cells, row, name)
    maximum = _number(cells, row, "max", name)
    claimed = shape.is_input("not_applicable") and _claim(cells, row, name)
    if points == 0 and not shape.is_input(shape.points) and (claimed or asked.lacks(facts)):
        points = None  # the empty text of a formula, for which .xls files hold a 0
    return Statement(
        unit=unit,
        code=asked.code,
        facts=facts,
        points=points,
        maximum=maximum,
        not_applicable=claimed,
        evidence=evidence,
        text=_text(cells, row, shape.text, name),
        answer=answer,
        places=places,
    )


# --- facts ------------------------------------------------------------------------------------------------------------


def _fact_rows(form: FormInHand, rows: FormRows, head: FormRow, asked: AskedLeaf) -> dict[str, int]:
    """The rows below a leaf's in which its facts are typed."""
    found: dict[str, int] = {}
    for fact in asked.facts:
        row = rows.rows.get(fact.key)
        if row is not None and row.table is head.table:
            found[fact.field.id] = row.row
    return found


def _read_facts(
    form: FormInHand, row: FormRow, unit: str, asked: AskedLeaf, fact_rows: Mapping[str, int]
) -> dict[str, ReadFact]:
    """The facts of a row as they are typed, in rows below it or in columns beside it."""
    match row.table.shape.facts:
        case FactsIn.ROWS:
            return _facts_below(form, row, asked, fact_rows)
        case FactsIn.COLUMNS:
            return _facts_beside(form, row, unit, asked)
        case FactsIn.NOWHERE:
            return {}


def _facts_below(
    form: FormInHand, head: FormRow, asked: AskedLeaf, fact_rows: Mapping[str, int]
) -> dict[str, ReadFact]:
    cells, at = form.cells_of(head.table), head.table.columns.get("value")
    read: dict[str, ReadFact] = {}
    for fact in asked.facts:
        row = fact_rows.get(fact.field.id)
        if row is None:
            continue
        _check_label(form, head.table, row, fact)
        if at is not None and (value := cells.fact(row, at, asked.code, fact)) is not None:
            read[fact.field.id] = value
    _check_locked(cells, head, asked, fact_rows.values())
    return read


def _facts_beside(form: FormInHand, row: FormRow, unit: str, asked: AskedLeaf) -> dict[str, ReadFact]:
    cells, shape, columns = form.cells_of(row.table), row.table.shape, row.table.columns
    said = f"{asked.code} của {unit}" if shape.rows is RowsOf.UNITS else asked.said
    read: dict[str, ReadFact] = {}
    for fact in asked.facts:
        at = columns.get(f"fact:{fact.field.id}")
        if at is not None:
            if (value := cells.fact(row.row, at, said, fact)) is not None:
                read[fact.field.id] = value
        elif shape.adds_fact_columns:
            what = f"trang “{row.table.sheet.title}”: thiếu cột “{fact.field.label}” của tiêu chí {asked.code}"
            lost = Finding(form.file, 0, what, f"Không xóa cột của biểu mẫu. {RESTORE}")
            if lost not in form.findings:
                form.findings.append(lost)
    if not shape.adds_fact_columns:
        _check_other_facts(cells, row, asked)
    return read


def _check_other_facts(cells: SheetCells, row: FormRow, asked: AskedLeaf) -> None:
    """A value in the column of a fact that this row does not ask would be lost without a word."""
    own = {fact.field.id for fact in asked.facts}
    for id, at in row.table.columns.items():
        other = fact_of_column(id)
        if other and other not in own and not cells.is_empty(row.row, at):
            title = row.table.shape.title_of(id)
            what = f"{cells.noun} {asked.said} không có cột “{title}”, giá trị ở đây không được ghi nhận"
            remedy = f"Chuyển giá trị vào ô màu vàng của {cells.noun} và xóa ở đây"
            cells.complain(row.row, at, what, remedy)


def _check_grey(form: FormInHand, row: FormRow, leaf: Leaf) -> None:
    """A leaf that the unit does not score: nothing may stand in its row."""
    cells = row.table.sheet.rows[row.row]
    for id in _GREY:
        at = row.table.columns.get(id)
        if at is not None and cells[at] != "" and str(cells[at]).strip():
            why = "do điều tra xã hội học" if leaf.source is Source.SURVEY else "do cơ quan khác theo dõi"
            if leaf.source is Source.SELF:
                why = "không áp dụng với đơn vị"
            title = row.table.shape.title_of(id)
            what = f"tiêu chí {leaf.code} {why}, đơn vị không tự chấm, nhưng cột “{title}” có giá trị"
            form.cells_of(row.table).complain(row.row, at, what, "Xóa giá trị ở các ô xám của dòng này")
            return


def _check_label(form: FormInHand, table: Table, row: int, fact: AskedFact) -> None:
    """The label beside a fact's cell must be that of the hidden key, else a block of cells was moved."""
    at = table.columns.get("content")
    label = table.sheet.rows[row][at] if at is not None else ""
    if label == "" or alike(label) == fact.label:
        return
    severity = Severity.CRITICAL if form.found.current else Severity.WARNING
    what = (
        f"dòng này là số liệu “{fact.field.label}” nhưng ô nội dung ghi “{str(label)[:80]}” "
        "(khối ô bị dời hoặc nội dung bị sửa)"
    )
    assert at is not None
    form.cells_of(table).complain(row, at, what, RESTORE, severity)


def _check_locked(cells: SheetCells, head: FormRow, asked: AskedLeaf, fact_rows: Iterable[int]) -> None:
    """Contents in locked cells beside the inputs would be lost without a word."""
    columns, rows = head.table.columns, head.table.sheet.rows
    locked = [(head.row, "value")]
    locked += [(row, id) for row in fact_rows for id in ("points", "not_applicable", "explanation")]
    for row, id in locked:
        at = columns.get(id)
        if at is not None and rows[row][at] != "" and str(rows[row][at]).strip():
            where = f"tiêu chí {asked.code}: ô này không phải ô nhập (cột “{head.table.shape.title_of(id)}”)"
            what = f"{where} nên giá trị ở đây không được ghi nhận"
            cells.complain(row, at, what, "Chuyển giá trị vào ô màu vàng của tiêu chí và xóa ở đây")


def _evidence(
    cells: SheetCells, table: Table, code: str, lines: Sequence[int]
) -> tuple[tuple[EvidenceItem, ...], list[int]]:
    """The documents named, and the rows in which they stand."""
    at = [table.columns.get(id) for id in EVIDENCE]
    if None in at:
        return (), []
    columns = [column for column in at if column is not None]
    odd = not cells.odd_columns.isdisjoint(columns)
    items, filled = [], []
    for row in lines:
        values = cells.sheet.rows[row]
        written = any(values[column] != "" for column in columns)
        if not written and not (odd and any(not cells.is_empty(row, column) for column in columns)):
            continue
        document, number, day, page = columns
        item = EvidenceItem(
            cells.text(row, document, f"tiêu chí {code}, tên tài liệu"),
            cells.text(row, number, f"tiêu chí {code}, số ký hiệu"),
            cells.day(row, day, f"tiêu chí {code}, ngày của tài liệu"),
            cells.text(row, page, f"tiêu chí {code}, trang, mục"),
        )
        if any(item) or any(not cells.is_empty(row, column) for column in columns):
            items.append(item)
            filled.append(row)
    return tuple(items), filled


# --- a month ----------------------------------------------------------------------------------------------------------


def _of_a_month(form: FormInHand, rows: FormRows, month: MonthPlan) -> Iterator[Statement]:
    """Figures of measures, then what is told of plan tasks."""
    for key, row in rows.rows.items():
        if key not in month.row_keys:
            continue
        if key in month.asked and row.table.shape.rows is RowsOf.MEASURES:
            _check_measure(form, row, key, month)
            yield _statement(form, rows, row, form.identity.subject, month.asked[key])
        elif key in month.tasks and row.table.shape.rows is RowsOf.TASKS:
            _check_words(form, row, month.shown_code(key))
            yield _month_task(form, row, key, month.shown_code(key))


def _check_measure(form: FormInHand, row: FormRow, key: str, month: MonthPlan) -> None:
    """The measure that people see must not be another one than that of the hidden key, else a block was moved.

    Its number is not compared: it is a place in the form, and moves where a measure is added to the folder.
    """
    at = row.table.columns.get("content")
    if at is None:
        return
    seen = str(row.table.sheet.rows[row.row][at]).partition("\n")[0]
    if month.by_name.get(alike(seen), key) != key:
        what = f"ô Chỉ tiêu ghi “{seen[:80]}” nhưng dòng này của biểu mẫu là chỉ tiêu {month.asked[key].said}"
        form.cells_of(row.table).complain(row.row, at, f"{what} (khối ô bị dời hoặc nội dung bị sửa)", RESTORE)


def _month_task(form: FormInHand, row: FormRow, key: str, number: str) -> Statement:
    cells, columns, name = form.cells_of(row.table), row.table.columns, f"nhiệm vụ {number}"
    facts: dict[str, str] = {}
    for id in ("begun", "done_on"):
        at = columns.get(f"fact:{id}")
        if at is not None:
            title = row.table.shape.title_of(f"fact:{id}").lower()
            if day := cells.day(row.row, at, f"{name}, {title}"):
                facts[id] = day.isoformat()
    document = _text(cells, row, "document", name)
    return Statement(
        unit=form.identity.subject,
        code=key,
        facts=facts,
        evidence=(EvidenceItem(document),) if document else (),
        text=_text(cells, row, "explanation", name),
        places=CellPlaces(row.table.sheet.title, columns, row.row, evidence=(row.row,)),
    )


# --- single cells -----------------------------------------------------------------------------------------------------


def _settled_facts(
    cells: SheetCells, asked: AskedLeaf, read: Mapping[str, ReadFact], places: CellPlaces
) -> dict[str, str]:
    """The facts that have one meaning; those that may be a percentage or a part of one are asked about instead."""
    facts = {id: fact.value for id, fact in read.items()}
    for fact in asked.facts:
        if fact.field.id in read and (ask := _percent_question(asked, fact, read) or _fraction_question(fact, read)):
            del facts[fact.field.id]
            what, remedy = ask
            place = places[f"fact:{fact.field.id}"]
            cells.complain(
                place.row - 1, place.column - 1, f"{cells.noun} {asked.said}, {fact.field.label}: {what}", remedy
            )
    return facts


def _percent_question(asked: AskedLeaf, fact: AskedFact, read: Mapping[str, ReadFact]) -> tuple[str, str] | None:
    """What to ask where the rule cannot tell a percentage from a number."""
    value, percent = read[fact.field.id]
    if not fact.field.is_number or not (fact.share or percent or asked.ratio):
        return None
    number = Decimal(value) if fact.share or asked.ratio or percent else Decimal(0)
    said = vietnamese_number(value)
    if fact.share:
        if percent or not 0 < number <= 1:
            return None
        return _either(said, number)
    if not asked.ratio:
        return (f"“{said}%” là tỷ lệ, ở đây hỏi một số", "Nhập số, không có dấu %") if percent else None
    whole = read.get("denominator")
    of_hundred = whole is not None and Decimal(whole.value) == HUNDRED
    if percent and not of_hundred:
        return f"“{said}%” là tỷ lệ, không rõ là bao nhiêu trên tổng số", "Nhập số lượng, hoặc nhập tổng số là 100"
    if fact.field.id == "numerator" and of_hundred and not percent and 0 < number < 1:
        return _either(said, number)
    return None


def _fraction_question(fact: AskedFact, read: Mapping[str, ReadFact]) -> tuple[str, str] | None:
    """What to ask where a count of a ratio is a fraction, unless it is a percentage of a hundred."""
    value, percent = read[fact.field.id]
    whole = read.get("denominator")
    of_hundred = whole is not None and Decimal(whole.value) == HUNDRED
    if not fact.field.of_ratio or percent or of_hundred:
        return None
    problem = fact.field.fraction(Decimal(value))
    return problem and (problem.what.removeprefix(f"{fact.field.label}: "), problem.remedy)


def _either(said: str, number: Decimal) -> tuple[str, str]:
    hundredfold = vietnamese_number(format((number * HUNDRED).normalize(), "f"))
    return (
        f"“{said}” có thể là {hundredfold}% hoặc {said}%",
        f"Nhập {hundredfold} nếu là {hundredfold}%; nếu đúng là {said}% thì ghi cả dấu %: {said}%",
    )


def _answer(cells: SheetCells, row: FormRow, name: str) -> str:
    at = row.table.columns.get("answer")
    remedy = f"Chọn “{AGREES}” hoặc “{EXPLAINS}”"
    return "" if at is None else cells.choice(row.row, at, f"{name}, trả lời", _ANSWERS, remedy)


def _points(form: FormInHand, cells: SheetCells, row: FormRow, name: str) -> Decimal | None:
    """The points that the sender answers for: typed, or calculated by the form."""
    shape = row.table.shape
    if shape.is_input(shape.points):
        return _number(cells, row, shape.points, name)
    return _locked_points(form, cells, row, shape.points, name)


def _number(cells: SheetCells, row: FormRow, id: str, name: str) -> Decimal | None:
    at = row.table.columns.get(id)
    if at is None:
        return None
    if row.table.sheet.rows[row.row][at] == "" and not cells.sheet.marks.cells:
        return None
    return cells.number(row.row, at, f"{name}, {row.table.shape.title_of(id).lower()}")


def _locked_points(form: FormInHand, cells: SheetCells, row: FormRow, id: str, name: str) -> Decimal | None:
    """Points that the form calculates: taken where they were calculated or typed over by a number."""
    at = row.table.columns.get(id)
    if at is None:
        return None
    behind = cells.sheet.marks.cells.get((row.row, at))
    if behind and behind[0] is Behind.UNCALCULATED:
        form.uncalculated += 1
        return None
    if behind and behind[0] in (Behind.ERROR, Behind.LINKED):
        wrong = f"báo lỗi {behind[1]}" if behind[0] is Behind.ERROR else "lấy dữ liệu từ tệp khác"
        what = f"{name}: ô điểm {wrong} nên không lấy giá trị; điểm được tính lại từ số liệu"
        cells.complain(row.row, at, what, "Không sửa ô điểm của biểu mẫu", Severity.WARNING)
        return None
    value = row.table.sheet.rows[row.row][at]
    if isinstance(value, str):
        text = clean(value)
        if text in ("", CHECK, COMPARED_LATER) or text.casefold() == NOT_APPLICABLE:
            return None
        try:
            return spoken_number(text)
        except UnreadableNumberError as unreadable:
            what = f"{name}: ô điểm bị sửa, {unreadable}"
            cells.complain(row.row, at, what, "Chép lại công thức từ biểu mẫu hoặc xóa nội dung ô điểm")
            return None
    return cells.number(row.row, at, f"{name}, {row.table.shape.title_of(id).lower()}")


def _claim(cells: SheetCells, row: FormRow, name: str) -> bool:
    at = row.table.columns.get("not_applicable")
    if at is None or (row.table.sheet.rows[row.row][at] == "" and not cells.sheet.marks.cells):
        return False
    asked = f"{name}, không áp dụng"
    return cells.choice(row.row, at, asked, _CLAIMS, f"Chọn “{YES}” hoặc để trống") == "1"


def _text(cells: SheetCells, row: FormRow, id: str, name: str) -> str:
    at = row.table.columns.get(id)
    if at is None or (row.table.sheet.rows[row.row][at] == "" and not cells.sheet.marks.cells):
        return ""
    return cells.text(row.row, at, f"{name}, {row.table.shape.title_of(id).lower()}")


def remarks_of(form: FormInHand, rows: FormRows) -> dict[Remark, str]:
    """What was written beside the labels of the remarks: the first filled cell to the right."""
    remarks = {}
    for remark in Remark:
        row = rows.rows.get(remark.value)
        at = row.table.columns.get("content") if row else None
        if row is None or at is None:
            continue
        cells, values = form.cells_of(row.table), row.table.sheet.rows[row.row]
        filled = (column for column in range(at + 1, len(values)) if not cells.is_empty(row.row, column))
        column = next(filled, None)
        if column is not None and (text := cells.text(row.row, column, remark.label)):
            remarks[remark] = text
    return remarks
