"""The paragraphs that a province words itself → filled with figures as printed, for decision, report and submission."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from models.province.config import ProvinceConfig
from models.province.rounds import Band, RankingRule
from models.province.texts import PLACEHOLDERS, Asked, OwnTexts, Section, asked_in, filled
from models.records.results import GroupResult, UnitResult
from models.wording import capitalised
from report_templates.filters import NOTHING, counted, in_sentence, percent, printed, units_joined
from tasks.documents.annexes import Annex
from tasks.scoring.analysis import area_standings, grade_counts


@dataclass(frozen=True, slots=True)
class _Group:
    """A group with what its figures are printed by."""

    name: str
    group: GroupResult
    grades: Sequence[Band]
    ranking: RankingRule

    def extreme(self, place: int) -> list[UnitResult]:
        """The units that share the first or the last rank."""
        ranked = self.group.ranked_units
        return [unit for unit in ranked if unit.rank == ranked[place].rank] if ranked else []

    def names(self, place: int) -> str:
        units = self.extreme(place)
        return units_joined([unit.name for unit in units]) if units else NOTHING

    def index(self, place: int) -> str:
        units = self.extreme(place)
        return percent(units[0].index, self.ranking) if units else NOTHING

    def spread(self) -> str:
        indices = [self.ranking.printed(unit.index) for unit in self.group.ranked_units if unit.index is not None]
        return f"{printed(max(indices) - min(indices), self.ranking)} điểm phần trăm" if indices else NOTHING

    def area(self, best: bool, index: bool) -> str:
        """The area with the best or the lowest mean of the group: its index or its name."""
        areas = area_standings(self.group, self.ranking)
        if not areas:
            return NOTHING
        chosen = (max if best else min)(areas, key=lambda area: area.mean)
        return percent(chosen.mean, self.ranking) if index else chosen.name

    def graded(self) -> str:
        counts = grade_counts(self.group, self.grades)
        return "; ".join(f"{one.label} {counted(one.units)} đơn vị" for one in counts if one.units) or NOTHING


_OF_GROUP: Mapping[str, Callable[[_Group], str]] = {
    "ten_nhom": lambda of: in_sentence(of.name),
    "so_don_vi": lambda of: counted(len(of.group.units)),
    "so_xep_hang": lambda of: counted(len(of.group.ranked_units)),
    "so_khong_cham": lambda of: counted(len(of.group.not_scored_units)),
    "chi_so_trung_binh": lambda of: percent(of.group.mean, of.ranking),
    "don_vi_dan_dau": lambda of: of.names(0),
    "chi_so_cao_nhat": lambda of: of.index(0),
    "don_vi_cuoi": lambda of: of.names(-1),
    "chi_so_thap_nhat": lambda of: of.index(-1),
    "chenh_lech": _Group.spread,
    "linh_vuc_cao_nhat": lambda of: of.area(True, False),
    "chi_so_linh_vuc_cao_nhat": lambda of: of.area(True, True),
    "linh_vuc_thap_nhat": lambda of: of.area(False, False),
    "chi_so_linh_vuc_thap_nhat": lambda of: of.area(False, True),
    "so_tang_chi_so": lambda of: counted(of.group.index_counts.up),
    "so_giam_chi_so": lambda of: counted(of.group.index_counts.down),
    "so_tang_hang": lambda of: counted(of.group.rank_counts.up),
    "so_giam_hang": lambda of: counted(of.group.rank_counts.down),
    "xep_loai": _Group.graded,
}

if unlike := {name for name, known in PLACEHOLDERS.items() if known.of_group} ^ set(_OF_GROUP):
    raise TypeError(f"placeholders and what they are filled with differ: {sorted(unlike)}")


def values_of(config: ProvinceConfig, year: int, ranking: RankingRule, annexes: Sequence[Annex]) -> dict[Asked, str]:
    """What every placeholder is filled with; without a group's id only where there is one group."""
    values = {
        Asked("nam", ""): str(year),
        Asked("nam_truoc", ""): str(year - 1),
        Asked("ten_tinh", ""): config.name,
    }
    for annex in annexes:
        of = _Group(annex.name, annex.group, annex.grades, ranking)
        told = {name: fill(of) for name, fill in _OF_GROUP.items()}
        values |= {Asked(name, annex.group.id): value for name, value in told.items()}
        if len(annexes) == 1:
            values |= {Asked(name, ""): value for name, value in told.items()}
    return values


def own_words(
    texts: OwnTexts | None, config: ProvinceConfig, year: int, ranking: RankingRule, annexes: Sequence[Annex]
) -> dict[str, list[str]]:
    """The paragraphs of each section, filled, each beginning with a capital; none where the province words none."""
    if texts is None:
        return {section.value: [] for section in Section}
    values = values_of(config, year, ranking, annexes)
    return {section.value: [capitalised(filled(one, values)) for one in texts.of(section)] for section in Section}


def own_notes(
    texts: OwnTexts | None, config: ProvinceConfig, year: int, ranking: RankingRule, annexes: Sequence[Annex], of: Annex
) -> list[str]:
    """The notes that the province words itself for one annex: those that name figures of no group, or of its own."""
    if texts is None:
        return []
    told = {paragraph: {asked.group for asked in asked_in(paragraph)} - {""} for paragraph in texts.of(Section.NOTES)}
    values = values_of(config, year, ranking, annexes)
    return [capitalised(filled(note, values)) for note, ids in told.items() if not ids or of.group.id in ids]
