"""Columns of an edited sheet: how a value of a province folder stands in a cell, and what a cell says.

Every value comes back as it went out. What has no form of its own in a cell (a rule, a selection of units) stands there
as the text that the folder has for it. Source: docs/thu-muc-tinh.md.
"""

import types
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from models.codes import Code
from models.criteria.facts import read_date
from models.numbers import UnreadableNumberError, plain, spoken_number
from models.province.yaml_files import values_of
from models.province.yaml_writing import flow_text, same

Cell = str | Decimal | date | bool | None
"""What a cell holds as it was read; None where nothing stands in it."""


class _Absent(Enum):
    ABSENT = "absent"


ABSENT = _Absent.ABSENT
"""Says of a name that the file does not have it."""

_DIGITS = 15  # that a spreadsheet keeps
_YES_NO = {"có": True, "không": False, "true": True, "false": False}


class Sort(StrEnum):
    """What the values of a column are."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    YES_NO = "yes_no"
    WRITTEN = "written"  # as the folder writes it
    TOLD = "told"  # for reading only


class UnreadableCellError(ValueError):
    """A cell that says nothing of its column. Carries what is wrong and what to do, in Vietnamese."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


@dataclass(frozen=True)
class EditedColumn:
    """One column.

    Attributes:
        id: its name in the file.
        title: its head.
        width: in characters of the standard font.
        choices: what may be written, and how officers read it; empty where it is not a closed list.
        strict: whether nothing but the choices is taken.
    """

    id: str
    title: str
    width: float = 16
    sort: Sort = Sort.TEXT
    choices: tuple[tuple[str, str], ...] = ()
    strict: bool = True

    def shown(self, value: Any) -> Cell:
        """A value as it stands in the cell."""
        if value is ABSENT:
            return None
        if isinstance(value, str) and self.choices:
            return dict(self.choices).get(value, value)
        match self.sort:
            case Sort.TEXT | Sort.TOLD:
                return value if isinstance(value, str) else flow_text(value)
            case Sort.NUMBER if _is_number(value):
                number = Decimal(value)
                return number if len(number.as_tuple().digits) <= _DIGITS else plain(number)
            case Sort.DAY if isinstance(value, date):
                return value
            case Sort.YES_NO if isinstance(value, bool):
                return "có" if value else "không"
            case Sort.WRITTEN if isinstance(value, Mapping) and value:
                return "\n".join(f"{flow_text(key)}: {flow_text(inner)}" for key, inner in value.items())
        return value if isinstance(value, str) and self.sort is not Sort.WRITTEN else flow_text(value)

    def read(self, cell: Cell) -> Any:
        """What a cell says, ABSENT where nothing stands in it.

        Raises:
            UnreadableCellError: it says nothing of this column.
        """
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            return ABSENT
        if self.choices and isinstance(cell, str):
            return self._chosen(cell.strip())
        match self.sort:
            case Sort.TEXT | Sort.TOLD:
                return self._text(cell)
            case Sort.NUMBER:
                return self._number(cell)
            case Sort.DAY:
                return self._day(cell)
            case Sort.YES_NO:
                return self._yes_no(cell)
            case Sort.WRITTEN:
                return self._written(cell)

    def unchanged(self, cell: Cell, value: Any) -> bool:
        """Whether a cell says what it was given for a value; one that is unreadable may still be as it was written."""
        shown = self.shown(value)
        if isinstance(cell, str) and isinstance(shown, str) and _spaced(cell) == _spaced(shown):
            return True
        try:
            said, meant = self.read(cell), self.read(shown)
        except UnreadableCellError:
            return False
        return said is meant if ABSENT in (said, meant) else same(said, meant)

    def _chosen(self, text: str) -> str:
        for value, label in self.choices:
            if text.casefold() in (value.casefold(), label.casefold()):
                return value
        if not self.strict:
            return text
        known = ", ".join(label for _, label in self.choices)
        raise UnreadableCellError(f"“{_short(text)}” không có trong danh sách", f"Chọn một trong: {known}")

    def _text(self, cell: Cell) -> str:
        if isinstance(cell, str):
            return cell.strip()
        if isinstance(cell, bool):
            return "true" if cell else "false"
        if isinstance(cell, Decimal):
            return plain(cell)
        what = f"ô chứa ngày {cell:%d/%m/%Y}; bảng tính có thể đã tự đổi chữ thành ngày"
        raise UnreadableCellError(what, "Định dạng ô là Văn bản (Text) rồi gõ lại")

    def _number(self, cell: Cell) -> int | Decimal:
        if isinstance(cell, Decimal):
            return _whole(cell)
        if isinstance(cell, str):
            try:
                return _whole(spoken_number(cell))
            except UnreadableNumberError as unreadable:
                raise UnreadableCellError(str(unreadable), "Nhập một số, không kèm chữ") from unreadable
        raise UnreadableCellError("ô không chứa số", "Định dạng ô là Số (Number) rồi nhập lại")

    def _day(self, cell: Cell) -> date:
        if isinstance(cell, date):
            return cell
        try:
            return read_date(str(cell))
        except ValueError as unreadable:
            what = f"“{_short(str(cell))}” không phải là một ngày"
            raise UnreadableCellError(what, "Nhập ngày dạng 31/01/2025") from unreadable

    def _yes_no(self, cell: Cell) -> bool:
        answer = cell if isinstance(cell, bool) else _YES_NO.get(str(cell).strip().casefold())
        if answer is None:
            what = f"“{_short(str(cell))}” không phải là có hoặc không"
            raise UnreadableCellError(what, "Nhập “có” hoặc “không”")
        return answer

    def _written(self, cell: Cell) -> Any:
        if isinstance(cell, Decimal):
            return _whole(cell)
        if not isinstance(cell, str):
            return cell
        value, wrong = values_of(cell.strip(), self.title)
        if wrong:
            remedy = f"{wrong[0].remedy}; hoặc chép lại từ một ô cùng cột"
            raise UnreadableCellError(f"không đọc được nội dung ({wrong[0].what})", remedy)
        return value


def column_of(model: type[BaseModel], id: str, title: str, width: float = 16) -> EditedColumn:
    """The column of a field of a model: its sort and its choices follow from what the field takes.

    Args:
        id: the field's name in files.
    """
    field = next(field for name, field in model.model_fields.items() if id in (name, field.alias))
    kinds = {_sort_of(kind) for kind in _kinds_of(field.annotation)}
    choices = tuple(
        (str(member.value), str(getattr(member, "label", member.value)))
        for kind in _kinds_of(field.annotation)
        if isinstance(kind, type) and issubclass(kind, StrEnum)
        for member in kind
    )
    sort = kinds.pop() if len(kinds) == 1 else Sort.WRITTEN
    return EditedColumn(id, title, width, sort, choices if sort is Sort.TEXT else ())


def file_names(model: type[BaseModel]) -> list[str]:
    """The names that a model has in files, in its order."""
    return [field.alias or name for name, field in model.model_fields.items()]


def _kinds_of(annotation: Any) -> list[Any]:
    """The types that an annotation speaks of, without None and without what is only said about them."""
    if annotation == Code:
        return [str]
    origin = get_origin(annotation)
    if origin is Annotated:
        return _kinds_of(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return [kind for part in get_args(annotation) if part is not type(None) for kind in _kinds_of(part)]
    if origin is Literal:
        return [type(value) for value in get_args(annotation)]
    return [annotation]


def _sort_of(kind: Any) -> Sort:
    if not isinstance(kind, type) or get_origin(kind) is not None:
        return Sort.WRITTEN
    for known, sort in (
        (bool, Sort.YES_NO),
        (str, Sort.TEXT),
        (int, Sort.NUMBER),
        (Decimal, Sort.NUMBER),
        (date, Sort.DAY),
    ):
        if issubclass(kind, known):
            return sort
    return Sort.WRITTEN


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _whole(number: Decimal) -> int | Decimal:
    return int(number) if number == number.to_integral_value() else number


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _short(text: str) -> str:
    text = _spaced(text)
    return text if len(text) <= 60 else text[:59] + "…"
