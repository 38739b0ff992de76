"""What a good register is: counts that make sense, and for every bonus and penalty the document that it rests on.

Source: docs/maths.md, 3 (bonus and penalty have their own evidence); docs/process.md, 6.
"""

from collections.abc import Iterator, Sequence

from expectations.checking import CheckedRow, Suite, Words, check, check_forms, expect, place_of
from expectations.cross_checks import declared
from expectations.fact_tables import TABLE_CHECKS, FactRow, FactTable, rows_of
from models.criteria.sets import Source
from models.findings import Finding, Severity


def check_registers(tables: Sequence[FactTable]) -> list[list[Finding]]:
    """Check the registers of a batch; one list of findings a workbook."""
    return check_forms(SUITE, tables, _rows, lambda table: declared(table.criteria_set.id, table.criteria_set.checks))


def _rows(file: int, table: FactTable) -> Iterator[CheckedRow]:
    items = {**table.criteria_set.bonus_items, **table.criteria_set.penalty_items}
    return rows_of(file, table, (Source.REGISTER, Source.EXTERNAL), items)


@check(
    Severity.CRITICAL,
    "điểm thưởng, điểm trừ có căn cứ",
    "Ghi văn bản làm căn cứ",
    expect("ExpectColumnValueLengthsToBeBetween", column="basis", min_value=1),
)
def basis_missing(row: FactRow) -> Iterator[Words]:
    """Bonus and penalty name the document that they rest on."""
    what = row.said("có điểm thưởng hoặc điểm trừ mà chưa ghi căn cứ")
    yield Words(place_of(row.statement, "note"), what, "Ghi văn bản làm căn cứ: tên, số và ký hiệu, ngày")


SUITE = Suite("register", "Sổ theo dõi, điểm thưởng, điểm trừ", (*TABLE_CHECKS, basis_missing))
