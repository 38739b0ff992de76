"""Rows in which somebody above the units decides on points: of the appraisal and of the council.

A block a leaf, a row a unit: what the unit states beside the cells to fill. Points within 0 and the maximum, a reason
where something changes; the same checks in every such table.
Source: docs/process.md, 1 (appraisal, council); docs/process.md, 6.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from openpyxl.utils import get_column_letter

from models.criteria.facts import FactField, appraised_facts
from models.criteria.formulas import NOT_APPLICABLE, YES, FormulaCells
from models.criteria.sets import Heading, Leaf
from models.forms.appraisal import APPRAISED, fields_with_columns, found_fields, points_found
from models.forms.row_keys import RowKey
from models.forms.sheets import REASON_MISSING
from models.forms.sources import ScoreSource, Stage
from models.forms.tables import Column, ColumnLook, fact_of_column
from models.numbers import MOST_DECIMALS, printed
from models.records.results import Basis
from models.records.submissions import said_document
from models.wording import capitalised
from tasks.forms.cover_pages import INPUTS_LEGEND
from tasks.forms.fact_cells import fact_check, look_of, said_facts, value_of
from tasks.forms.round_records import UnitRecord
from tasks.scoring.points import Given
from tasks.spreadsheets.workbooks import (
    ALARM_FILL,
    AREA,
    AREA_MAX,
    CRITERION,
    CRITERION_MAX,
    GREY,
    CellCheck,
    CellLook,
    Formula,
    Page,
    Value,
    put_row,
    text_check,
)

LEGEND = (
    *INPUTS_LEGEND,
    (ALARM_FILL, "Ô đỏ", "Phải sửa: thay đổi mà chưa ghi lý do, hoặc vừa ghi điểm vừa chấp thuận"),
)
_RULE_HEAD = CellLook(italic=True, fill="EAF1FB")
_AT_THE_DESK = "Ở phiếu này nhập điểm; số liệu thẩm định của tiêu chí nhập trên bàn làm việc"
_FOUND = tuple(fact for id in APPRAISED.by_id if (fact := fact_of_column(id)))
_WRAPPED = (ColumnLook.TEXT, ColumnLook.INPUT_TEXT)
_REASON_CHECK = text_check(
    "Lý do thay đổi",
    "Bắt buộc khi điểm thẩm định khác điểm tự chấm hoặc chấp thuận không áp dụng. Nêu căn cứ cụ thể.",
)
_GRANT_CHECK = CellCheck(
    "list",
    f'"{YES}"',
    "Chấp thuận không áp dụng",
    f"Chọn “{YES}” nếu chấp thuận trong năm không phát sinh; khi đó để trống điểm thẩm định và ghi lý do.",
    f"Chỉ chọn “{YES}” hoặc để trống.",
)


class DecisionTable:
    """A sheet of such rows.

    Args:
        page: the sheet.
        columns: its columns; those of `APPRAISED.columns` that are to be filled must be among them.
        source: who decides.
        compared: the id of the column that a decision is compared with; where it differs a reason is needed.
        shown_at: the page where the evidence files of a row are shown, by unit and leaf; None where there is none.
    """

    def __init__(
        self,
        page: Page,
        columns: Sequence[Column],
        source: ScoreSource,
        compared: str,
        shown_at: Callable[[str, str], str] | None = None,
    ) -> None:
        self.page = page
        self.columns = columns
        self.source = source
        self.compared = compared
        self.shown_at = shown_at
        self.at = {column.id: number for number, column in enumerate(columns, 1)}
        self.widths = {column.id: column.width for column in columns}
        self._first_rows: dict[str, int] = {}

    def letter(self, id: str) -> str:
        """The letter of a column."""
        return get_column_letter(self.at[id])

    def put_group_head(self, group: Heading) -> None:
        """The name of a level above the leaves that follow."""
        for number in range(self.at["code"], len(self.columns) + 1):
            self.page.put(self.page.row, number, None, AREA)
        self.page.put(self.page.row, self.at["code"], group.code, AREA_MAX)
        self.page.put(self.page.row, self.at["unit"], group.name, AREA)
        self.page.height(self.page.row, [(group.name, self.widths["unit"] * 0.9)], least=22)
        self.page.row += 1

    def put_leaf_head(self, leaf: Leaf, year: int) -> None:
        """The head of a leaf's block: its name and, across the other columns, its rule."""
        page, at, last = self.page, self.at, len(self.columns)
        sentence = leaf.rule.sentence(leaf.max, year)
        if "by_facts" in at and found_fields(leaf) and not self._found(leaf):
            sentence += f". {_AT_THE_DESK}"
        for number in range(at["stated"], last + 1):
            page.put(page.row, number, None, _RULE_HEAD)
        page.put(page.row, at["code"], leaf.code, CRITERION_MAX)
        page.put(page.row, at["unit"], leaf.name, CRITERION)
        page.put(page.row, at["max"], leaf.max, CRITERION_MAX)
        page.put(page.row, at["stated"], sentence, _RULE_HEAD)
        page.sheet.merge_cells(start_row=page.row, end_row=page.row, start_column=at["stated"], end_column=last)
        across = sum(column.width for column in self.columns[at["stated"] - 1 :])
        page.height(page.row, [(leaf.name, self.widths["unit"] * 0.9), (sentence, across)], least=22)
        page.row += 1

    def put_row(self, leaf: Leaf, record: UnitRecord, besides: Iterable[tuple[str, Value]] = ()) -> str:
        """The row of a unit; returns its key.

        Args:
            leaf: what is decided on.
            record: the unit.
            besides: values of further columns.
        """
        row, key = self.page.row, str(RowKey(leaf.code, unit=record.unit.code))
        given = record.given.get((leaf.code, self.source))
        values: dict[str, Value] = {
            "key": key,
            "code": leaf.code,
            "unit": record.unit.name,
            "max": leaf.max,
            "stated": said_facts(leaf.rule.fields, record.facts.get(leaf.code, {})),
            "points": claimed_points(leaf, record),
            "explanation": said_by_unit(leaf, record),
            "appraised": given.points if given else None,
            "not_applicable": YES if given and given.points is None else None,
            "reason": record.note(leaf.code, self.source) or None,
            "check": Formula(f'=IF({self._lacks_reason(row)},"{REASON_MISSING}","")'),
            **dict(besides),
        }
        fields = self._found(leaf)
        looks = dict.fromkeys((*(f"fact:{fact}" for fact in _FOUND), "by_facts"), GREY)
        values |= dict.fromkeys(looks.keys() & self.at.keys())
        found = standing_facts(leaf, record, given) if fields else {}
        if fields:
            values["by_facts"] = Formula(self._by_facts(leaf, record.year, row))
            del looks["by_facts"]
        for field in fields:
            values[f"fact:{field.id}"] = value_of(field, found.get(field.id))
            looks[f"fact:{field.id}"] = look_of(field)
        if found:
            values["appraised"] = None
        cells = put_row(self.page, self.columns, values, looks)
        for field in fields:  # one check for all rows of a leaf, written from its first one
            letter = self.letter(f"fact:{field.id}")
            first = f"{letter}{self._first_rows.setdefault(leaf.code, row)}"
            check = fact_check(leaf, field, record.year, first, {})
            label = capitalised(field.label)
            self.page.check(f"{letter}{row}", replace(check, title=label, prompt=f"{label}. {check.prompt}"))
        if self.shown_at and record.files.get(leaf.code):
            self.page.link(cells["explanation"], self.shown_at(record.unit.code, leaf.code))
        self.page.height(row, [(values[each.id], each.width) for each in self.columns if each.look in _WRAPPED])
        self.page.row += 1
        return key

    def _found(self, leaf: Leaf) -> tuple[FactField, ...]:
        """The facts that may be entered here instead of points."""
        return fields_with_columns(leaf) if "by_facts" in self.at else ()

    def _by_facts(self, leaf: Leaf, year: int, row: int) -> str:
        """The live formula of the points that follow from them."""
        cells = {field.id: f"${self.letter(f'fact:{field.id}')}{row}" for field in self._found(leaf)}
        return leaf.rule.formula(FormulaCells(cells), leaf.max, year)

    def put_checks(self, first: int, last: int) -> None:
        """What may be typed from the first to the last row, and what turns red."""
        appraised, granted, reason = (self.letter(id) for id in ("appraised", "not_applicable", "reason"))
        points = CellCheck(
            "decimal",
            "0",
            "Điểm thẩm định",
            "Nhập điểm từ 0 đến điểm tối đa của tiêu chí; để trống nếu giữ nguyên điểm tự chấm.",
            "Điểm thẩm định phải là số từ 0 đến điểm tối đa của tiêu chí (cột Điểm tối đa).",
            f"${self.letter('max')}{first}",
        )
        page = self.page
        page.check(f"{appraised}{first}:{appraised}{last}", points)
        page.check(f"{granted}{first}:{granted}{last}", _GRANT_CHECK)
        page.check(f"{reason}{first}:{reason}{last}", _REASON_CHECK)
        page.alarm([f"{reason}{first}:{reason}{last}"], self._lacks_reason(first))
        both = f'AND(${appraised}{first}<>"",${granted}{first}="{YES}")'
        page.alarm([f"{appraised}{first}:{granted}{last}"], both)

    def _lacks_reason(self, row: int) -> str:
        """Whether the row changes what it is compared with without saying why."""
        points, appraised, granted, reason = (
            f"${self.letter(id)}{row}" for id in (self.compared, "appraised", "not_applicable", "reason")
        )
        entered = appraised
        if "by_facts" in self.at:
            entered = f"IF(ISNUMBER({appraised}),{appraised},${self.letter('by_facts')}{row})"
        differs = f"IF(ISNUMBER({points}),ROUND({entered}-{points},6)<>0,N({entered})<>0)"
        changed = f"IF(ISNUMBER({entered}),{differs},FALSE)"
        return f'AND({reason}="",OR({granted}="{YES}",{changed}))'


def standing_facts(leaf: Leaf, record: UnitRecord, given: Given | None) -> dict[str, str]:
    """The facts that the recorded points follow from, so that these need not be typed again; none where they do not."""
    found = appraised_facts(record.facts.get(leaf.code, {}))
    outcome = points_found(leaf, found, record.year)
    if given is None or outcome is None or outcome.points is None:
        return {}
    return found if printed(outcome.points, MOST_DECIMALS) == given.points else {}


def claimed_points(leaf: Leaf, record: UnitRecord) -> Value:
    """Points as the unit claims them, what it claims instead, or nothing where it stated nothing."""
    claimed = record.claimed.get(leaf.code)
    by_facts = claimed is not None and claimed.basis is Basis.NOT_APPLICABLE
    if by_facts or record.claims_not_applicable(leaf.code):
        return NOT_APPLICABLE
    if claimed is None or claimed.basis is Basis.MISSING:
        return None
    return claimed.points


def said_by_unit(leaf: Leaf, record: UnitRecord) -> str:
    """Documents and words of the unit: with its self-assessment, then with its explanation where it gave one; files."""
    lines = [*_documents(record, leaf.code, Stage.SELF), record.said(leaf.code, Stage.SELF)]
    if record.answer(leaf.code):
        lines.append(f"Vòng giải trình: {record.answer(leaf.code)}. {record.said(leaf.code, Stage.EXPLANATION)}")
        lines += [f"Tài liệu bổ sung: {said}" for said in _documents(record, leaf.code, Stage.EXPLANATION)]
    lines += [f"Tệp: {file.name}{' (sau hạn)' if file.row.late else ''}" for file in record.files.get(leaf.code, ())]
    if (stands := record.standing.get(leaf.code)) and stands.basis is Basis.UNPROVEN:
        lines.append("Không có tài liệu kiểm chứng: không được tính điểm nếu không ghi điểm thẩm định.")
    return "\n".join(line.strip() for line in lines if line.strip())


def _documents(record: UnitRecord, code: str, stage: Stage) -> list[str]:
    items = record.documents(code, stage)
    return [said_document(item.document, item.number, item.day, item.page) for item in items]
