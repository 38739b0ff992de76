"""What a good table of facts is: workbooks whose rows are units, the survey's results and the register alike.

A row may stay empty; a row that says something says all that is asked, and of a unit that is asked.
Source: docs/maths.md, 2.9, 2.10 and 3.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from expectations.checking import CheckedRow, Checks, Words, check, expect, place_of
from expectations.cross_checks import CROSS_CHECKS, Facts, compared
from expectations.points import maximum_changed
from models.criteria.facts import FactField
from models.criteria.rules.base import Awarded
from models.criteria.sets import BlockItem, CriteriaSet, Leaf, Source
from models.findings import Severity
from models.records.submissions import Statement
from models.units import Unit

_NO_FACTS: Facts = {}


@dataclass(frozen=True, slots=True)
class FactTable:
    """One workbook of a group, with what it is compared with.

    Attributes:
        file: its name.
        units: the units of the group, by code.
        statements: in the order of its rows.
        recorded: facts that others stated, by unit and code.
    """

    file: str
    units: Mapping[str, Unit]
    criteria_set: CriteriaSet
    year: int
    statements: Sequence[Statement]
    recorded: Mapping[str, Facts] = field(default_factory=dict)


class WholeTable(NamedTuple):
    """A workbook as a whole; `filled` counts the rows that say something."""

    file: int
    filled: int


class StrayRow(NamedTuple):
    """A row of a unit or leaf that is not asked here, and why."""

    file: int
    statement: Statement
    why: str


class FactRow(NamedTuple):
    """A row that says something.

    Attributes:
        unit: the unit's name.
        item: the leaf or block item.
        missing: the facts that are needed and not stated.
        outcome: what follows from the facts, None while one is missing.
    """

    file: int
    statement: Statement
    unit: str
    item: Leaf | BlockItem
    missing: tuple[FactField, ...]
    outcome: Awarded | None

    @property
    def facts_missing(self) -> int | None:
        """How many facts are missing."""
        return len(self.missing) or None

    @property
    def problem(self) -> str | None:
        """What the rule says against the facts."""
        return self.outcome.problem.what if self.outcome and self.outcome.problem else None

    @property
    def basis(self) -> str | None:
        """What bonus or penalty points rest on."""
        if (
            not isinstance(self.item, BlockItem)
            or self.missing
            or Decimal(self.statement.facts[self.item.field.id]) <= 0
        ):
            return None
        return self.statement.text

    def said(self, what: str) -> str:
        """A sentence about the unit and the item."""
        return f"{self.unit}, {'tiêu chí' if isinstance(self.item, Leaf) else 'mục'} {self.item.code}: {what}"


def rows_of(
    file: int, table: FactTable, sources: Iterable[Source], items: Mapping[str, BlockItem]
) -> Iterator[CheckedRow]:
    """The rows of one workbook that are to be checked.

    Args:
        file: the position of the workbook in its batch.
        table: the workbook.
        sources: of the leaves that it asks for.
        items: the block items that it asks for.
    """
    asked = frozenset(sources)
    told = [statement for statement in table.statements if statement.facts or statement.text]
    yield WholeTable(file, len(told))
    by_unit: dict[str, dict[str, Statement]] = {}
    senseless: dict[str, set[str]] = {}
    for statement in told:
        unit = table.units.get(statement.unit)
        item = items.get(statement.code) or table.criteria_set.by_code.get(statement.code)
        why = _why_stray(unit, item, asked)
        if unit is None or item is None or why:
            yield StrayRow(file, statement, why)
            continue
        row = _fact_row(file, table, statement, unit, item)
        yield row
        by_unit.setdefault(unit.code, {})[statement.code] = statement
        if row.outcome is None or row.outcome.problem:
            senseless.setdefault(unit.code, set()).add(statement.code)
    for code, statements in by_unit.items():
        unit = table.units[code]
        recorded = table.recorded.get(code, _NO_FACTS)
        yield from compared(file, unit.name, table.criteria_set.checks, statements, recorded, senseless.get(code, ()))


def _why_stray(unit: Unit | None, item: Leaf | BlockItem | None, sources: frozenset[Source]) -> str:
    if unit is None:
        return "đơn vị không thuộc nhóm này của kỳ đánh giá"
    if item is None or (isinstance(item, Leaf) and item.source not in sources):
        return "tiêu chí không thuộc biểu này"
    if isinstance(item, Leaf):
        return "" if item.applies_to(unit.code, unit.kind) else "tiêu chí không áp dụng với đơn vị này"
    return "mục này không áp dụng với đơn vị" if item.not_applicable.excludes(unit.code, unit.kind) else ""


def _fact_row(file: int, table: FactTable, statement: Statement, unit: Unit, item: Leaf | BlockItem) -> FactRow:
    facts = statement.facts
    outcome: Awarded | None = None
    if isinstance(item, BlockItem):
        count = facts.get(item.field.id)
        outcome = None if count is None else item.points(count)
        return FactRow(file, statement, unit.name, item, (item.field,) if count is None else (), outcome)
    missing = item.rule.missing(facts)
    if not missing:
        outcome = item.rule.points(facts, item.max, table.year)
    return FactRow(file, statement, unit.name, item, missing, outcome)


@check(
    Severity.CRITICAL,
    "biểu có số liệu",
    "Nhập số liệu rồi gửi lại",
    expect("ExpectColumnValuesToBeBetween", column="filled", min_value=1),
)
def table_empty(row: WholeTable) -> Iterator[Words]:
    """A workbook says something."""
    yield Words(None, "biểu chưa có số liệu nào", "Nhập số liệu vào các ô màu vàng rồi gửi lại")


@check(
    Severity.CRITICAL,
    "chỉ nhập cho đơn vị và tiêu chí thuộc biểu",
    "Xóa phần đã nhập",
    expect("ExpectColumnValuesToBeNull", column="why"),
)
def stray(row: StrayRow) -> Iterator[Words]:
    """Only what is asked here is stated."""
    statement = row.statement
    place = place_of(statement, *(f"fact:{id}" for id in statement.facts), "note", "points")
    yield Words(place, f"{statement.unit}, mục {statement.code}: {row.why}", "Xóa phần đã nhập ở dòng này")


@check(
    Severity.CRITICAL,
    "dòng đã nhập thì đủ số liệu",
    "Nhập đủ hoặc để trống cả dòng",
    expect("ExpectColumnValuesToBeNull", column="facts_missing"),
)
def facts_missing(row: FactRow) -> Iterator[Words]:
    """A row that says something says all that is asked."""
    for fact in row.missing:
        yield Words(
            place_of(row.statement, f"fact:{fact.id}", "points"),
            row.said(f"thiếu số liệu “{fact.label}”"),
            "Nhập số liệu này; không có thì nhập 0, không thực hiện thì để trống cả dòng",
        )


@check(
    Severity.CRITICAL,
    "số liệu hợp lý theo quy tắc tính điểm",
    "Kiểm tra lại số liệu",
    expect("ExpectColumnValuesToBeNull", column="problem"),
)
def facts_senseless(row: FactRow) -> Iterator[Words]:
    """The rule of the leaf or item has nothing against the facts."""
    assert row.outcome is not None
    assert row.outcome.problem is not None
    fact, what, remedy, _ = row.outcome.problem
    yield Words(place_of(row.statement, f"fact:{fact}", "points"), row.said(what), remedy)


TABLE_CHECKS: Checks = (
    table_empty,
    stray,
    facts_missing,
    facts_senseless,
    maximum_changed(FactRow, "item.max"),
    *CROSS_CHECKS,
)
