"""Who has told which month of a reporting year: what came in of each unit's report, who is late, who is missing.

In: what is recorded of figures and of received files. Out: one status a month that has ended. What was imported counts
as told. Source: domain/2-yearly-process.md, 2.4; who has to report: docs/maths.md, section 17.4.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.forms.descriptions import FormIdentity, FormKind
from models.progress.periods import Period, month_of, whole_year
from models.province.calendar import report_due
from models.province.folder import Province
from models.records.storage import Storage
from models.units import Unit
from tasks.intake.form_status import FormStatus, Sent, returned_document, sent_forms
from tasks.progress.asked_units import asked_units
from tasks.recording.progress import current_figures
from tasks.recording.progress_importing import why_too_early


@dataclass(frozen=True)
class MonthStatus:
    """A month that has ended.

    Attributes:
        due: the last day on which a report of it is in time.
        expected: the units that have to report it.
        told: the units of which something is recorded.
        forms: of every unit that has to report it or sent something of it.
    """

    period: Period
    due: date
    expected: tuple[Unit, ...]
    told: tuple[Unit, ...]
    forms: tuple[FormStatus, ...]

    @property
    def missing(self) -> tuple[Unit, ...]:
        """The units that have to report it and of which nothing is recorded."""
        told = {unit.code for unit in self.told}
        return tuple(unit for unit in self.expected if unit.code not in told)

    @property
    def late(self) -> tuple[FormStatus, ...]:
        """The reports of which the version that counts came after the month was due."""
        return tuple(form for form in self.forms if form.newest and form.newest.late)

    @property
    def returned(self) -> tuple[FormStatus, ...]:
        """The reports of which a file was returned or refused and not mended since."""
        return tuple(form for form in self.forms if form.open)


def months_status(storage: Storage, province: Province, year: int, today: date) -> list[MonthStatus]:
    """The months of a reporting year that have ended, the earliest first; none where no measure is declared."""
    if not province.progress.measures:
        return []
    with storage.reading() as session:
        told = {(figure.unit, figure.period) for figure in current_figures(session, [year], with_notes=True)}
        sent = sent_forms(session, year)
    ended = [period for period in whole_year(year).months if why_too_early(period, today) is None]
    return [_month(province, period, {unit for unit, of in told if of == period}, sent) for period in ended]


def _month(
    province: Province, period: Period, told: Collection[str], sent: Mapping[tuple[str, str], Sent]
) -> MonthStatus:
    units = [unit for _, unit in sorted(province.units.items())]
    expected = tuple(asked_units(province, period))
    owing = {unit.code for unit in expected}
    kind = FormIdentity(FormKind.MONTHLY, "", period.year, "", (), period=str(period)).record_kind
    forms = []
    for unit in units:
        found = sent.get((kind, unit.code), Sent())
        if found.versions or found.open or unit.code in owing:
            versions, imported = tuple(found.versions), unit.code in told and not found.versions
            owes = unit.code in owing
            form = FormStatus(FormKind.MONTHLY, unit.code, unit.name, versions, found.open, owes, period, imported)
            forms.append(form)
    reported = tuple(unit for unit in units if unit.code in told)
    return MonthStatus(period, report_due(province.config, period), expected, reported, tuple(forms))


def is_followed(months: Sequence[MonthStatus], today: date) -> bool:
    """Whether there is anything to see of a year's months: the year runs, or something of it came in."""
    running = any(month.period.year == month_of(today).year for month in months)
    return running or any(month.told or month.returned for month in months)


def months_document(months: Iterable[MonthStatus]) -> dict[str, Any]:
    """The months for machines; units by their codes."""
    return {
        "months": [
            {
                "period": str(month.period),
                "due": month.due.isoformat(),
                "expected": [unit.code for unit in month.expected],
                "sent": [unit.code for unit in month.told],
                "late": [form.subject for form in month.late],
                "missing": [unit.code for unit in month.missing],
                "returned": [{"unit": form.subject, **(returned_document(form.open) or {})} for form in month.returned],
            }
            for month in months
        ]
    }
