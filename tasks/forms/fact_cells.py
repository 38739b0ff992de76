"""One fact in a cell: how it looks, what may be typed, what is already known.

In: a fact, and what its rule lets into the cell. Out: the look of the cell, the check with its Vietnamese messages, a
recorded value.
Facts are read back by models/criteria/facts.py; what a check lets in, `FactField.read` can read.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from models.criteria.facts import NEVER_DONE, FactField, FactKind
from models.criteria.formulas import NO, YES, ListCells, day_of
from models.criteria.rules.cells import ChoiceCell, CountCell, DayCell, NumberCell, YesNoCell
from models.criteria.sets import Leaf
from models.forms.row_keys import RowKey
from models.forms.sheets import LISTS_SHEET
from models.numbers import plain, said
from models.wording import capitalised
from tasks.spreadsheets.workbooks import (
    INPUT_CHOICE,
    INPUT_COUNT,
    INPUT_DATE,
    INPUT_NUMBER,
    INPUT_TEXT,
    PLAIN,
    CellCheck,
    CellLook,
    Page,
    PlainValue,
)

_LOOKS = {
    FactKind.NUMBER: INPUT_NUMBER,
    FactKind.COUNT: INPUT_COUNT,
    FactKind.DATE: INPUT_DATE,
    FactKind.YES_NO: INPUT_CHOICE,
    FactKind.OPTION: INPUT_TEXT,
}


def look_of(field: FactField) -> CellLook:
    """How the input cell of a fact looks."""
    return _LOOKS[field.kind]


def value_of(field: FactField, canonical: str | None) -> PlainValue:
    """A recorded fact as its cell holds it; nothing where nothing is recorded."""
    if canonical is None:
        return None
    match field.kind:
        case FactKind.NUMBER | FactKind.COUNT:
            return Decimal(canonical)
        case FactKind.DATE:
            return NO if canonical == NEVER_DONE else date.fromisoformat(canonical)
        case FactKind.YES_NO:
            return YES if canonical == "1" else NO
        case FactKind.OPTION:
            return field.shown(canonical)


def fact_check(leaf: Leaf, field: FactField, year: int, address: str, choices: Mapping[str, ListCells]) -> CellCheck:
    """What a spreadsheet program lets into the cell of a fact.

    Args:
        leaf: whose rule says what may be typed.
        field: the fact.
        year: the index year.
        address: the cell's.
        choices: where the leaf's choices stand, by fact id.
    """
    match leaf.rule.cell(field, leaf.max, year):
        case NumberCell() as cell:
            return _number_check(cell)
        case CountCell():
            return COUNT_CHECK
        case YesNoCell():
            return YES_NO_CHECK
        case DayCell() as cell:
            return _day_check(cell, year, address)
        case ChoiceCell():
            return CellCheck(
                "list",
                choices[field.id].labels,
                "Chọn một phương án",
                "Bấm mũi tên bên phải ô và chọn một phương án trong danh sách.",
                "Giá trị không có trong danh sách. Bấm mũi tên bên phải ô và chọn một phương án.",
            )


COUNT_CHECK = CellCheck(
    "whole",
    "0",
    "Nhập số lượng",
    "Nhập số nguyên từ 0 trở lên. Không phát sinh thì nhập 0, không để trống.",
    "Cần một số nguyên từ 0 trở lên, không kèm chữ.",
)
YES_NO_CHECK = CellCheck(
    "list",
    f'"{YES},{NO}"',
    "Có hay không",
    f"Chọn “{YES}” hoặc “{NO}” trong danh sách.",
    f"Chỉ chọn “{YES}” hoặc “{NO}”.",
)


def _number_check(cell: NumberCell) -> CellCheck:
    step = "" if cell.step is None else f", theo bước {said(cell.step)}"
    if cell.high is None:
        bounds = f"một số từ {said(cell.low)} trở lên{step}, không kèm chữ hay đơn vị tính"
        return CellCheck("decimal", plain(cell.low), "Nhập số liệu", f"Nhập {bounds}.", f"Cần {bounds}.")
    bounds = f"một số từ {said(cell.low)} đến {said(cell.high)}{step}"
    return CellCheck("decimal", plain(cell.low), "Nhập số", f"Nhập {bounds}.", f"Cần {bounds}.", plain(cell.high))


def _day_check(cell: DayCell, year: int, address: str) -> CellCheck:
    bounds = f"từ {cell.first:%d/%m/%Y} đến {cell.last:%d/%m/%Y}"
    dated = f"AND({address}>={day_of(cell.first)},{address}<{day_of(cell.last)}+1)"
    return CellCheck(
        "custom",
        f'OR({address}="{NO}",IF(ISNUMBER({address}),{dated},FALSE))',
        "Nhập ngày",
        f"Nhập ngày dạng 31/01/{year} ({bounds}). Chưa thực hiện thì ghi “{NO}”.",
        f"Cần một ngày {bounds}, hoặc “{NO}” nếu chưa thực hiện.",
    )


class ChoiceLists:
    """The hidden sheet of choices: for every fact with choices their labels and, beside them, their points."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._written: dict[str, dict[str, ListCells]] = {}

    def of_leaf(self, leaf: Leaf, year: int) -> Mapping[str, ListCells]:
        """Where the choices of a leaf stand, by the id of their fact; written when they are first asked for."""
        if leaf.code not in self._written:
            cells = ((field, leaf.rule.cell(field, leaf.max, year)) for field in leaf.rule.fields)
            self._written[leaf.code] = {
                field.id: self._write(leaf, field, cell) for field, cell in cells if isinstance(cell, ChoiceCell)
            }
        return self._written[leaf.code]

    def _write(self, leaf: Leaf, field: FactField, cell: ChoiceCell) -> ListCells:
        first = self._page.row
        for (id, label), points in zip(field.choices, cell.points, strict=True):
            self._page.put(self._page.row, 1, str(RowKey(leaf.code, id)), PLAIN)
            self._page.put(self._page.row, 2, label, PLAIN)
            self._page.put(self._page.row, 3, points, PLAIN)
            self._page.row += 1
        last = self._page.row - 1
        return ListCells(f"{LISTS_SHEET}!$B${first}:$B${last}", f"{LISTS_SHEET}!$C${first}:$C${last}")


def said_facts(fields: Sequence[FactField], facts: Mapping[str, str]) -> str:
    """Recorded facts as one text, a line a fact."""
    return "\n".join(
        f"{capitalised(field.label)}: {field.shown(facts[field.id])}" for field in fields if field.id in facts
    )
