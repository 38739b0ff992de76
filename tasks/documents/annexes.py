"""Results of a group → what its two annexes show: the ranking, and the matrix of units and areas.

Columns (models/published_figures.py) stand only where they say something; notes tell how to read the figures.
Source: docs/process.md, 4.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from models.numbers import roman
from models.province.config import ProvinceConfig
from models.province.rounds import EXACT_POINTS, Band, RankingRule, Round
from models.published_figures import Appraised, ColumnGroup, Medium, PublishedFigure, figures_in, figures_told
from models.records.procedure import Accepted, Waived
from models.records.results import AreaResult, Basis, GroupResult, RoundResult, Status, UnitResult
from report_templates.filters import in_sentence
from tasks.scoring.areas import AreaColumn, area_columns

AREAS_PER_TABLE = 8


@dataclass(frozen=True, slots=True)
class Story:
    """From where units come, or why they are not compared."""

    text: str
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One unit of a matrix, its areas in the order of the columns; None where the set gives the unit no such area."""

    unit: UnitResult
    areas: tuple[AreaResult | None, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """One group as its second annex shows it: points and index of every unit in every area.

    Attributes:
        parts: for each table, from which to which column it goes; a page is not wide enough for many areas.
        rows: ranked units first, best first; then those that have no rank.
    """

    label: str
    columns: tuple[AreaColumn, ...]
    parts: tuple[slice, ...]
    rows: tuple[MatrixRow, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Annex:
    """One group as its annexes show it.

    Attributes:
        columns: the figures of the ranking, after the order and the name.
        uncompared: names of the units that have an index and no comparison.
        maxima: what a figure can reach at most, by its id, where it is the same for all units.
        unappraised: the names of its units of which points were not appraised.
        accepted: what is grave and was accepted with a reason: each is a note.
        waived: checks that were not held against a unit, each with the unit's name: each is a note.
    """

    label: str
    name: str
    group: GroupResult
    columns: tuple[PublishedFigure, ...]
    grades: tuple[Band, ...]
    maxima: Mapping[str, Decimal]
    previous_year: int
    compared: bool
    risers: tuple[UnitResult, ...]
    fallers: tuple[UnitResult, ...]
    lineage: tuple[Story, ...]
    uncompared: tuple[str, ...]
    tie_break: tuple[str, ...]
    notes: tuple[str, ...]
    matrix: Matrix | None = None
    appraised: Appraised = Appraised.ALL
    unappraised: tuple[str, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    waived: tuple[tuple[str, Waived], ...] = ()

    @property
    def shown(self) -> frozenset[str]:
        """The ids of its columns."""
        return frozenset(figure.id for figure in self.columns)

    @property
    def headings(self) -> dict[str, str]:
        """What stands over the column of a figure, by its id."""
        return {
            figure.id: figure.heading_in(Medium.ANNEX, self.appraised).format(year=self.previous_year)
            for figure in (*self.columns, *self.of_unranked)
        }

    @property
    def rebased(self) -> tuple[str, ...]:
        """The names of units whose maximum lacks leaves of a survey without result."""
        units = (unit for unit in self.group.units if any(leaf.basis is Basis.REBASED for leaf in unit.leaves))
        return tuple(unit.name for unit in units)

    @property
    def summands(self) -> tuple[str, ...]:
        """How the total comes about from the columns before it, in words."""
        words = (figure.summand_in(self.appraised) for figure in self.columns)
        return tuple(word for word in words if word)

    @property
    def of_unranked(self) -> list[PublishedFigure]:
        """The figures of the table of units without a rank."""
        return figures_in(Medium.UNRANKED)

    @property
    def before_index(self) -> int:
        """How many columns stand before the index: order and name, then figures."""
        return 2 + [figure.id for figure in self.columns].index("index")

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the annexes that the group has, in their order."""
        return (self.label, self.matrix.label) if self.matrix else (self.label,)


def annexes_of(
    config: ProvinceConfig,
    round: Round,
    results: RoundResult,
    unappraised: Collection[str] = (),
    accepted: Sequence[Accepted] = (),
    waived: Sequence[Waived] = (),
) -> list[Annex]:
    """The annexes of every group; they have Roman numerals over all where there are two or more.

    A group whose units have two areas or more has a matrix after its ranking. What was accepted stands in the notes of
    the group it is about, what is about the papers in those of the first.
    Source: NĐ 30/2020/NĐ-CP, Phụ lục I; docs/process.md, 4, layout (c).
    """
    with_matrix = [len(area_columns(group, results.ranking)) > 1 for group in results.groups]
    numbered = len(results.groups) + sum(with_matrix) > 1
    annexes: list[Annex] = []
    place = 0
    for group, has_matrix in zip(results.groups, with_matrix, strict=True):
        first = f"Phụ lục {roman(place + 1)}" if numbered else "Phụ lục"
        matrix = matrix_of(config, results.ranking, group, f"Phụ lục {roman(place + 2)}") if has_matrix else None
        told = [one for one in accepted if one.group == group.id or (not one.group and not annexes)]
        annex = annex_of(config, round, results.year, group, first, matrix)
        annexes.append(_with_doubts(annex, unappraised, told, waived))
        place += 1 + has_matrix
    return annexes


def _with_doubts(
    annex: Annex, unappraised: Collection[str], accepted: Sequence[Accepted], waived: Sequence[Waived]
) -> Annex:
    """The annex with what its figures are called, and the notes that they need, where not all was appraised."""
    scored = [unit for unit in annex.group.units if unit.status is Status.SCORED]
    own = tuple(unit.name for unit in scored if unit.code in unappraised)
    names = {unit.code: unit.name for unit in annex.group.units}
    excused = tuple((names[one.unit], one) for one in waived if one.unit in names)
    notes = (
        *(("unappraised",) if own else ()),
        *(f"accepted-{place}" for place in range(len(accepted))),
        *(f"waived-{place}" for place in range(len(excused))),
    )
    *first, last = annex.notes if annex.notes[-1:] == ("source",) else (*annex.notes, "")
    return replace(
        annex,
        appraised=Appraised.of(len(scored) - len(own), len(own)),
        unappraised=own,
        accepted=tuple(accepted),
        waived=excused,
        notes=(*first, *notes, *((last,) if last else ())),
    )


def annex_of(
    config: ProvinceConfig, round: Round, year: int, group: GroupResult, label: str, matrix: Matrix | None = None
) -> Annex:
    """What the ranking annex of one group shows. Source: docs/process.md, 4."""
    declared = next((declared for declared in round.groups if declared.id == group.id), None)
    columns = tuple(figures_told(Medium.ANNEX, group.ranked_units, group.units))
    compared = _is_compared(columns)
    years = {unit.previous.year for unit in group.units if unit.previous}
    by_code = {unit.code: unit for unit in group.units}
    return Annex(
        label=label,
        name=in_sentence(group.name),
        group=group,
        columns=columns,
        grades=round.grades_of(declared) if declared else round.grades,
        maxima=_maxima(group, columns),
        previous_year=max(years, default=year - 1),
        compared=compared,
        risers=tuple(by_code[code] for code in group.risers if by_code[code].change),
        fallers=tuple(by_code[code] for code in group.fallers if by_code[code].change),
        lineage=_lineage(group) if compared else (),
        uncompared=tuple(unit.name for unit in group.units if unit.index is not None and not unit.change),
        tie_break=tuple(_tie_break_word(key, group) for key in round.tie_break),
        notes=_notes(config, round, group, columns),
        matrix=matrix,
    )


def matrix_of(config: ProvinceConfig, rule: RankingRule, group: GroupResult, label: str) -> Matrix:
    """What the matrix annex of one group shows. Source: docs/process.md, 4, layout (c)."""
    columns = area_columns(group, rule)
    units = [*group.ranked_units, *group.unranked_units]
    own = [{area.code: area for area in unit.areas} for unit in units]
    rows = tuple(
        MatrixRow(unit, tuple(areas.get(column.code) for column in columns))
        for unit, areas in zip(units, own, strict=True)
    )
    maxima = [
        (area.max_points, column.max_points)
        for row in rows
        for area, column in zip(row.areas, columns, strict=True)
        if area
    ]
    needed = {
        "index": True,
        "maximum": any(own < most for own, most in maxima),
        "rebased": any(leaf.basis is Basis.REBASED for unit in group.units for leaf in unit.leaves),
        "total": any(unit.bonus or unit.penalty for unit in units),
        "exact": rule.points_decimals == EXACT_POINTS,
        "dash": any(area is None or area.index is None for row in rows for area in row.areas),
        "unranked": bool(group.unranked_units),
        "source": bool(config.source_note),
    }
    notes = tuple(kind for kind, is_needed in needed.items() if is_needed)
    return Matrix(label, columns, _parts(len(columns)), rows, notes)


def _parts(columns: int) -> tuple[slice, ...]:
    """As few tables as can hold the columns, all about as wide."""
    tables = -(-columns // AREAS_PER_TABLE)
    edges = [columns * table // tables for table in range(tables + 1)]
    return tuple(slice(start, end) for start, end in pairwise(edges))


def _is_compared(columns: Sequence[PublishedFigure]) -> bool:
    return any(figure.group is ColumnGroup.CHANGE for figure in columns)


def _maxima(group: GroupResult, columns: Sequence[PublishedFigure]) -> dict[str, Decimal]:
    """What appraisal, survey and total come to at most, where the ranking has no column of maxima."""
    appraised, survey = parts_of_maximum(group)
    total = next((unit.max_points for unit in group.ranked_units), group.max_points)
    own = any(figure.id == "max_points" for figure in columns)
    maxima = {"appraised_points": appraised, "survey_points": survey, "points": None if own else total}
    return {id: maximum for id, maximum in maxima.items() if maximum is not None}


def parts_of_maximum(group: GroupResult) -> tuple[Decimal | None, Decimal | None]:
    """How much of the set's maximum is appraised, how much surveyed; None where the units carry no leaves.

    A leaf that was surveyed for any unit is a surveyed one, whatever became of it elsewhere.
    """
    maxima = {leaf.code: leaf.max for unit in group.units for leaf in unit.leaves}
    surveyed = {leaf.code for unit in group.units for leaf in unit.leaves if leaf.basis is Basis.SURVEY}
    if not maxima:
        return None, None
    survey_max = sum((maxima[code] for code in sorted(surveyed)), Decimal(0))
    return group.max_points - survey_max, survey_max


def _lineage(group: GroupResult) -> tuple[Story, ...]:
    """Units that come from others, and those without a comparison, put together where the words are the same."""
    stories: dict[str, list[str]] = {}
    for unit in group.units:
        if unit.status is Status.SCORED and (text := unit.no_comparison or (unit.previous and unit.previous.story)):
            stories.setdefault(text, []).append(unit.name)
    return tuple(Story(text, tuple(names)) for text, names in stories.items())


def _tie_break_word(key: str, group: GroupResult) -> str:
    """A tie-break key in words: an area by its name."""
    known = {"survey": "điểm khảo sát", "name": "tên đơn vị"}
    areas = {area.code: f"lĩnh vực {area.name}" for unit in group.units for area in unit.areas}
    return known.get(key) or areas.get(key) or f"lĩnh vực {key}"


def _notes(
    config: ProvinceConfig, round: Round, group: GroupResult, columns: Sequence[PublishedFigure]
) -> tuple[str, ...]:
    """Which notes the annex needs, by their names in annex_parts.html. Robustness is never one of them."""
    scored = [unit for unit in group.units if unit.status is Status.SCORED]
    shown = group.ranked_units
    compared = _is_compared(columns)
    needed = {
        "index": True,
        "total": not {"bonus", "penalty"}.isdisjoint(figure.id for figure in columns),
        "exact": round.ranking.points_decimals == EXACT_POINTS,
        "maximum": any(unit.max_points != group.max_points for unit in scored),
        "rank": bool(shown),
        "grades": any(unit.grade for unit in scored),
        "gated": any(unit.gated for unit in scored),
        "merged": compared and any(unit.change and unit.previous and unit.previous.merged for unit in scored),
        "population": compared and group.population_changed,
        "set": compared and bool(group.set_changed),
        "dash": any(figure.of(unit) is None for figure in columns for unit in shown),
        "source": bool(config.source_note),
    }
    return tuple(kind for kind, is_needed in needed.items() if is_needed)
