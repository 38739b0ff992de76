"""What units wrote in the forms of a period's months: difficulties, proposals, reasons without a figure."""

from sqlmodel import Session

from models.forms.descriptions import FormKind, recorded_kind
from models.forms.row_keys import Remark
from models.progress.periods import Period
from models.province.folder import Province
from models.records.progress_snapshots import NoFigure, UnitRemark
from tasks.recording.progress import current_figures
from tasks.recording.versions import current_remarks

TOLD = (Remark.DIFFICULTIES, Remark.PROPOSALS)


def remarks_within(session: Session, province: Province, period: Period) -> tuple[UnitRemark, ...]:
    """What units wrote in the forms of a period's months, the earliest month first, then by unit."""
    recorded = {year: current_remarks(session, year) for year in sorted({month.year for month in period.months})}
    return tuple(
        UnitRemark(unit, month, remark, text)
        for month in period.months
        for code, unit in sorted(province.units.items())
        for remark, text in sorted(
            recorded[month.year].get((recorded_kind(FormKind.MONTHLY, str(month)), code), {}).items()
        )
        if remark in TOLD and text.strip()
    )


def reasons_within(session: Session, province: Province, period: Period) -> tuple[NoFigure, ...]:
    """Why figures of a period's months could not be given, by month, unit and measure."""
    years = {month.year for month in period.months}
    return tuple(
        NoFigure(province.units[note.unit], note.period, note.measure, note.note)
        for note in sorted(
            current_figures(session, years, with_notes=True), key=lambda one: (one.period, one.unit, one.measure)
        )
        if note.value is None and note.numerator is None and note.note.strip()
        if period.contains(note.period) and note.unit in province.units
        if note.measure in province.progress.measures
    )
