"""Who has told which month of a reporting year. Source: domain/2-yearly-process.md, 2.4."""

from dataclasses import dataclass
from datetime import date

from models.periods import Period
from models.province import Province
from models.storage import Storage
from models.units import Unit
from models.working_days import report_due
from tasks.progress_importing import why_too_early
from tasks.progress_records import current_figures


@dataclass(frozen=True)
class MonthStatus:
    """A month that has ended: the units that had to report it, and those of them without any figure."""

    period: Period
    due: date
    expected: tuple[Unit, ...]
    missing: tuple[Unit, ...]


def months_status(storage: Storage, province: Province, year: int, today: date) -> list[MonthStatus]:
    """The months of a reporting year that have ended, the earliest first; none where no measure is declared."""
    measures = province.progress.measures.values()
    with storage.reading() as session:
        told = {(figure.unit, figure.period) for figure in current_figures(session, [year], with_notes=True)}
    ended = [Period(index, index) for index in range(year * 12, year * 12 + 12)] if measures else []
    return [
        MonthStatus(
            period,
            report_due(province.config, period),
            expected := tuple(
                unit
                for _, unit in sorted(province.units.items())
                if unit.exists_on(period.last) and any(measure.reported_by(unit.kind) for measure in measures)
            ),
            tuple(unit for unit in expected if (unit.code, period) not in told),
        )
        for period in ended
        if why_too_early(period, today) is None
    ]
