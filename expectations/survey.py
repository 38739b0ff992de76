"""What good survey results are: counts or means that make sense, only of units and leaves that are surveyed.

That the answers add up to the number of valid forms, and that a mean lies on its scale, the rule of the leaf says.
Source: docs/maths.md, 2.9.
"""

from collections.abc import Sequence

from expectations.checking import Row, check_rows
from expectations.fact_tables import TABLE_CHECKS, FactTable, rows_of
from models.criteria.sets import Source
from models.findings import Finding

CHECKS = TABLE_CHECKS


def check_surveys(tables: Sequence[FactTable]) -> list[list[Finding]]:
    """Check the survey results of a batch; one list of findings a workbook."""
    rows: list[Row] = []
    for file, table in enumerate(tables):
        rows += rows_of(file, table, (Source.SURVEY,), {})
    return check_rows([table.file for table in tables], rows, CHECKS)
