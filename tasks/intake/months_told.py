"""Who has told which month of a reporting year: what came in of each unit's report, who is late, who is missing.

In: what is owed of months (owed.py). Out: one status a month that has ended. What was imported counts as told.
Source: docs/process.md; who has to report: docs/maths.md, section 17.4.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.progress.periods import Period, month_of, whole_year
from models.province.calendar import Due, report_due
from models.province.folder import Province
from models.records.storage import Storage
from tasks.intake.form_status import returned_data
from tasks.intake.owed import Owed, owed_in_months
from tasks.recording.progress_importing import why_too_early


@dataclass(frozen=True)
class MonthStatus:
    """A month that has ended.

    Attributes:
        due: until when a report of it is in time.
        forms: of every unit that has to report it or told something of it, by code.
    """

    period: Period
    due: Due
    forms: tuple[Owed, ...]

    @property
    def expected(self) -> tuple[Owed, ...]:
        """The reports that have to be sent."""
        return tuple(form for form in self.forms if form.is_asked)

    @property
    def told(self) -> tuple[Owed, ...]:
        """The reports that came, or of which something is recorded."""
        return tuple(form for form in self.forms if form.is_told)

    @property
    def missing(self) -> tuple[Owed, ...]:
        """The reports that have to be sent and of which nothing is recorded."""
        return tuple(form for form in self.forms if form.is_owed)

    @property
    def late(self) -> tuple[Owed, ...]:
        """The reports of which the version that counts came after the month was due."""
        return tuple(form for form in self.forms if form.newest and form.newest.late)

    @property
    def returned(self) -> tuple[Owed, ...]:
        """The reports of which a file was returned or refused and not mended since."""
        return tuple(form for form in self.forms if form.open)


def months_status(storage: Storage, province: Province, year: int, today: date) -> list[MonthStatus]:
    """The months of a reporting year that have ended, the earliest first; none where no measure is declared."""
    if not province.progress.measures:
        return []
    ended = [period for period in whole_year(year).months if why_too_early(period, today) is None]
    with storage.reading() as session:
        forms = owed_in_months(session, province, ended)
    return [
        MonthStatus(period, report_due(province.config, period), tuple(of_month))
        for period, of_month in zip(ended, forms, strict=True)
    ]


def is_followed(months: Sequence[MonthStatus], today: date) -> bool:
    """Whether there is anything to see of a year's months: the year runs, or something of it came in."""
    running = any(month.period.year == month_of(today).year for month in months)
    return running or any(month.told or month.returned for month in months)


def months_data(months: Iterable[MonthStatus]) -> dict[str, Any]:
    """The months for machines; units by their codes."""
    return {
        "months": [
            {
                "period": str(month.period),
                "due": month.due.last_day.isoformat(),
                "expected": [form.subject for form in month.expected],
                "sent": [form.subject for form in month.told],
                "late": [form.subject for form in month.late],
                "missing": [form.subject for form in month.missing],
                "returned": [{"unit": form.subject, **(returned_data(form.open) or {})} for form in month.returned],
            }
            for month in months
        ]
    }
