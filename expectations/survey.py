"""What good survey results are: counts or means that make sense, only of units and leaves that are surveyed.

That the answers add up to the number of valid forms, and that a mean lies on its scale, the rule of the leaf says.
Source: docs/maths.md, 2.9.
"""

from collections.abc import Iterator, Sequence

from expectations.checking import CheckedRow, Suite, check_forms
from expectations.cross_checks import declared
from expectations.fact_tables import TABLE_CHECKS, FactTable, rows_of
from models.criteria.sets import Source
from models.findings import Finding

SUITE = Suite(
    "survey",
    "Kết quả khảo sát",
    TABLE_CHECKS,
    "Dòng để trống là đơn vị không được khảo sát tiêu chí đó. Số phiếu cộng lại khác tổng số phiếu hợp lệ, "
    "điểm trung bình ngoài thang: số liệu không hợp lý theo quy tắc tính điểm.",
)


def check_surveys(tables: Sequence[FactTable]) -> list[list[Finding]]:
    """Check the survey results of a batch; one list of findings a workbook."""
    return check_forms(SUITE, tables, _rows, lambda table: declared(table.criteria_set.id, table.criteria_set.checks))


def _rows(file: int, table: FactTable) -> Iterator[CheckedRow]:
    return rows_of(file, table, (Source.SURVEY,), {})
