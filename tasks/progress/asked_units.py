"""Who reports a month: the units that exist at its end and are asked something, a measure of their kind or a task.

Source: docs/process.md, 3.
"""

from models.progress.periods import Period
from models.province.folder import Province
from models.units import Unit
from tasks.reading.plans import plan_of


def asked_units(province: Province, period: Period) -> list[Unit]:
    """The units that a month's form is written for, by code; none where the province follows nothing.

    Args:
        province: the checked folder.
        period: the month.
    """
    plan = plan_of(province)
    existing = [unit for _, unit in sorted(province.units.items()) if unit.exists_on(period.last)]
    return [unit for unit in existing if plan.month_of(unit, period).row_keys]
