"""The database and the province folder → everything that the progress of a period is told from."""

from sqlmodel import Session

from models.progress.periods import Period
from models.progress.results import ProgressResult
from models.province.folder import Province
from models.records.storage import Storage
from tasks.progress.computing import ProgressInputs, progress_at
from tasks.progress.pledged_points import pledged_now
from tasks.recording.progress import current_figures, current_indices, current_register
from tasks.scoring.gathering import last_year_of


def progress_now(storage: Storage, province: Province, period: Period) -> ProgressResult:
    """Where everybody stands at the end of a period, from everything current in the database."""
    with storage.reading() as session:
        inputs, pledged = gather_progress(session, province, period), pledged_now(session, province, period)
    return progress_at(inputs, period, pledged)


def gather_progress(session: Session, province: Province, period: Period) -> ProgressInputs:
    """Read what is current for a period, its comparisons and the baselines of targets."""
    return ProgressInputs(
        province,
        current_figures(session, _years_looked_at(province, period)),
        current_indices(session),
        current_register(session),
        _published_ranks(session, province),
    )


def _years_looked_at(province: Province, period: Period) -> set[int]:
    baselines = {target.baseline.year for target in province.progress.targets.values() if target.baseline}
    declared = [base for measure in province.progress.measures.values() for base in measure.compare_with]
    bases = {month.year for base in declared for month in base.months}
    return {period.year, period.year - 1, *baselines, *bases}


def _published_ranks(session: Session, province: Province) -> dict[tuple[str, int], int]:
    """Ranks of the reform index in the years that pledges start from and end with."""
    pledging = [one for one in province.progress.commitments.values() if one.ranks and one.ranks.index is None]
    years = {year for one in pledging if one.ranks for year in (one.ranks.based_on, one.year)}
    return {
        (unit, year): entry.rank
        for year in sorted(years)
        for unit, entry in last_year_of(session, year + 1).entries.items()
        if entry.rank is not None
    }
