"""The database and the province folder → everything that the progress of a period is told from."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from sqlmodel import Session

from models.numbers import HUNDRED
from models.periods import Period
from models.progress_results import ProgressResult
from models.province import Province
from models.results import Basis, ScoredUnit
from models.storage import Storage
from tasks.evaluating import gather, last_year_of
from tasks.progress import ProgressInputs, progress_at
from tasks.progress_records import current_figures, current_indices, current_register
from tasks.scoring import GroupScoring, score_group


def progress_now(storage: Storage, province: Province, period: Period) -> ProgressResult:
    """Where everybody stands at the end of a period, from everything current in the database."""
    with storage.reading() as session:
        return progress_at(gather_progress(session, province, period), period)


def gather_progress(session: Session, province: Province, period: Period) -> ProgressInputs:
    """Read what is current for a period, its comparisons and the baselines of targets."""
    return ProgressInputs(
        province,
        current_figures(session, _years_looked_at(province, period)),
        current_indices(session),
        current_register(session),
        _published_ranks(session, province),
        _shares(session, province, period.year),
    )


def _years_looked_at(province: Province, period: Period) -> set[int]:
    baselines = {target.baseline.year for target in province.progress.targets.values() if target.baseline}
    return {period.year, period.year - 1, *baselines}


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


def _shares(session: Session, province: Province, year: int) -> Mapping[tuple[str, str], Decimal]:
    """Percent of each criterion's points that every unit would get today; nothing where no pledge asks for it."""
    pledged = {one.criterion for one in province.progress.commitments.values() if one.criterion and one.year == year}
    if not pledged or year not in province.rounds:
        return {}
    gathered, round = gather(session, province, year), province.round_of(year)
    shares: dict[tuple[str, str], Decimal] = {}
    for group in round.groups:
        scoring = GroupScoring(province.criteria_sets[group.criteria_set], year, round.survey_missing)
        units = [gathered.inputs[unit.code] for unit in province.members(round, group)]
        for unit in score_group(units, scoring)[0]:
            shares.update(_shares_of(unit))
    return shares


def _shares_of(unit: ScoredUnit) -> Iterable[tuple[tuple[str, str], Decimal]]:
    for leaf in unit.leaves:
        if leaf.points is not None and leaf.basis is not Basis.MISSING:
            yield (unit.code, leaf.code), leaf.points * HUNDRED / leaf.max
    if unit.index is not None:
        yield (unit.code, "all"), unit.index
