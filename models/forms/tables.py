"""The tables that forms are made of, as data: columns, what a row stands for, where facts are typed, what is read.

A kind of form lists its tables (models/forms/base.py). Writing loops over the columns, reading finds columns
and rows again by what is said here; neither asks which kind of form it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import cached_property

from models.criteria.facts import FactField
from models.forms.row_keys import Remark
from models.forms.sheets import KEY_ID
from models.wording import capitalised

_FACT_PREFIX = "fact:"


class ColumnLook(StrEnum):
    """What the cells of a column hold, and so how they look (tasks/spreadsheets/workbooks.py)."""

    KEY = "key"
    TEXT = "text"
    CENTRED = "centred"
    NUMBER = "number"
    POINTS = "points"
    DAY = "day"
    KNOWN = "known"  # what was told before, in grey
    WARNING = "warning"
    INPUT_TEXT = "input_text"
    INPUT_CHOICE = "input_choice"
    INPUT_POINTS = "input_points"
    INPUT_DATE = "input_date"
    INPUT_FACT = "input_fact"  # as the fact asks: a count, a number, a day, a choice

    @property
    def is_input(self) -> bool:
        """Whether people fill the column in."""
        return self.value.startswith("input_")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet.

    Attributes:
        id: its name in the hidden row of ids; a fact's column has `fact:` and the fact's id.
        title: its head.
        width: in characters of the standard font.
        look: what its cells hold; a row may differ where it has something else to say there.
        group: a common head above this and its neighbours.
        required: whether the form is not taken without it; true of every column that people fill in.
        later: whether forms were written before there was this column, so that none goes back without it.
    """

    id: str
    title: str
    width: float
    look: ColumnLook = ColumnLook.TEXT
    group: str = ""
    required: bool = False
    later: bool = False

    @property
    def is_needed(self) -> bool:
        """Whether a form that lost this column goes back."""
        return (self.required or self.look.is_input) and not self.later


class RowsOf(Enum):
    """What a row of a table stands for, and with it under which key it is found (models/forms/row_keys.py)."""

    LEAVES = "leaves"
    """A leaf of the unit whose form it is; where facts are typed in rows, a row a fact below."""
    UNITS = "units"
    """A leaf or block item of one of many units."""
    MEASURES = "measures"
    """A measure of which a month is told."""
    TASKS = "tasks"
    """A task of a plan."""
    NOTHING = "nothing"
    """Nothing that is read back but remarks: a summary."""


class FactsIn(Enum):
    """Where the facts of a row are typed."""

    NOWHERE = "nowhere"
    ROWS = "rows"
    COLUMNS = "columns"


@dataclass(frozen=True, eq=False)
class FormTable:
    """One table of a form; it equals only itself.

    Attributes:
        columns: from left to right, those that do not depend on a criteria set.
        sign: the id of the column without which a sheet is not this table.
        sheet: what findings call its sheet when it is gone.
        rows: what a row stands for.
        noun: what a row is called in findings.
        facts: where facts are typed.
        points: the id of the column of the points that the sender answers for, calculated or given; "" where none are.
        text: the id of the column of the words that go with a row; "" where there are none.
        remarks: what is asked below the rows.
        is_signed: whether something stands below the rows, so that not all that is written there is a lost row.
        has_known_rows: whether set, units and measures alone say which rows it has; else what was recorded when it was
            written does too.
        is_optional: whether a form may have been written without it.
    """

    columns: tuple[Column, ...]
    sign: str
    sheet: str
    rows: RowsOf
    noun: str = "tiêu chí"
    facts: FactsIn = FactsIn.NOWHERE
    points: str = ""
    text: str = ""
    remarks: tuple[Remark, ...] = ()
    is_signed: bool = False
    has_known_rows: bool = True
    is_optional: bool = False

    @cached_property
    def by_id(self) -> dict[str, Column]:
        """The columns by their ids."""
        return {column.id: column for column in self.columns}

    @cached_property
    def at(self) -> dict[str, int]:
        """The numbers of the columns by their ids, from 1."""
        return {column.id: number for number, column in enumerate(self.columns, 1)}

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The ids of the columns that people fill in, those of facts left out."""
        return tuple(column.id for column in self.columns if column.look.is_input and not fact_of_column(column.id))

    @cached_property
    def adds_fact_columns(self) -> bool:
        """Whether columns of facts come on top of its own, as the criteria set asks for them."""
        return self.facts is FactsIn.COLUMNS and not any(map(fact_of_column, self.by_id))

    def is_input(self, id: str) -> bool:
        """Whether the table has this column and people fill it in."""
        return id in self._input_ids

    @cached_property
    def _input_ids(self) -> frozenset[str]:
        return frozenset(column.id for column in self.columns if column.look.is_input)

    def title_of(self, id: str) -> str:
        """The head of a column."""
        return self.by_id[id].title if id in self.by_id else capitalised(fact_of_column(id) or id)


KEY = Column(KEY_ID, "Khóa", 4, ColumnLook.KEY)
EVIDENCE = ("document", "number", "date", "page")
"""The columns of one document, by id, as `models.records.submissions.EvidenceItem` has its parts."""


def evidence_lines(leaf: int, facts: Iterable[int]) -> tuple[int, ...]:
    """The rows in which the documents of a leaf are named, in their order: beside its figures, then beside its name."""
    return (*facts, leaf)


def evidence_columns(group: str) -> tuple[Column, ...]:
    """The columns of one document under a common head."""
    return (
        Column("document", "Tên văn bản, tài liệu", 22, ColumnLook.INPUT_TEXT, group),
        Column("number", "Số, ký hiệu", 13, ColumnLook.INPUT_TEXT, group),
        Column("date", "Ngày", 11.5, ColumnLook.INPUT_DATE, group),
        Column("page", "Trang, mục", 9, ColumnLook.INPUT_TEXT, group),
    )


def fact_column(field: FactField) -> Column:
    """The column of a fact in a table whose rows are units."""
    return Column(_FACT_PREFIX + field.id, capitalised(field.label), 14, ColumnLook.INPUT_FACT)


def fact_of_column(id: str) -> str | None:
    """The fact whose column this is, None for another column."""
    return id.removeprefix(_FACT_PREFIX) if id.startswith(_FACT_PREFIX) else None


def fact_table_columns(fields: Sequence[FactField]) -> tuple[Column, ...]:
    """The columns of a table of facts: one row a leaf and unit, one column a fact; surveys and registers."""
    return (
        KEY,
        Column("code", "Mã", 8, ColumnLook.CENTRED, required=True),
        Column("content", "Nội dung", 44),
        Column("unit", "Đơn vị", 30, required=True),
        Column("max", "Điểm tối đa", 8, ColumnLook.NUMBER, required=True),
        *map(fact_column, fields),
        Column("points", "Điểm", 10, ColumnLook.POINTS, required=True),
        Column("note", "Căn cứ, ghi chú", 34, ColumnLook.INPUT_TEXT),
    )


FACT_TABLE = FormTable(
    fact_table_columns(()),
    sign="note",
    sheet="(bảng số liệu)",
    rows=RowsOf.UNITS,
    facts=FactsIn.COLUMNS,
    points="points",
    text="note",
)
"""The table of surveys and registers."""
