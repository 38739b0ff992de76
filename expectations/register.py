"""What a good register is: counts that make sense, and for every bonus and penalty the document that it rests on.

Source: docs/maths.md, 3 (bonus and penalty have their own evidence); docs/process.md, 6.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from expectations.checking import Check, Checks, Row, Words, check_rows, place_of
from expectations.fact_tables import TABLE_CHECKS, FactRow, FactTable, rows_of
from models.criteria.sets import BlockItem, Source
from models.findings import Finding, Severity


def check_registers(tables: Sequence[FactTable]) -> list[list[Finding]]:
    """Check the registers of a batch; one list of findings a workbook."""
    rows: list[Row] = []
    for file, table in enumerate(tables):
        items = {**table.criteria_set.bonus_items, **table.criteria_set.penalty_items}
        rows += rows_of(file, table, (Source.REGISTER, Source.EXTERNAL), items)
    return check_rows([table.file for table in tables], rows, CHECKS)


def _without_basis(row: FactRow) -> int:
    if not isinstance(row.item, BlockItem) or row.statement.text or row.missing:
        return 0
    return int(Decimal(row.statement.facts[row.item.field.id]) > 0)


def _without_basis_words(row: FactRow) -> Iterator[Words]:
    what = f"{row.unit}, mục {row.item.code}: có điểm thưởng hoặc điểm phạt mà chưa ghi căn cứ"
    yield Words(place_of(row.statement, "note"), what, "Ghi văn bản làm căn cứ: tên, số và ký hiệu, ngày")


CHECKS: Checks = (
    *TABLE_CHECKS,
    Check(
        "basis_missing",
        FactRow,
        Severity.CRITICAL,
        "điểm thưởng, điểm phạt có căn cứ",
        "Ghi văn bản làm căn cứ",
        _without_basis,
        _without_basis_words,
    ),
)
