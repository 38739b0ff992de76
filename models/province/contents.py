"""What was read of a province folder, before it is checked."""

from dataclasses import dataclass, field

from models.criteria.sets import CriteriaSet
from models.findings import Finding
from models.province.config import ProvinceConfig
from models.province.progress_files import ProgressContents
from models.province.rounds import Group, Round
from models.province.texts import TextsFile
from models.province.yaml_files import YamlFile
from models.units import Succession, Unit


def members_of(units: dict[str, Unit], round: Round, group: Group) -> list[Unit]:
    """The units of a group in a round, in the order of their codes."""
    chosen = {
        unit.code: unit
        for unit in units.values()
        if unit.code in group.units.codes or (unit.kind in group.units.kind and unit.exists_on(round.last_day))
    }
    return [chosen[code] for code in sorted(chosen) if code not in group.units.except_]


@dataclass
class FolderContents:
    """What was read of a province folder before it is checked: values beside the files they come from.

    Attributes:
        units_read: whether units.csv could be read, so that a unit that is not in it is unknown.
        unread_units: codes of units whose own line is wrong.
        unread_sets: ids, or names of the files, of criteria sets that could not be read at all.
        partly_read: files of which wrong parts were left out.
    """

    config: ProvinceConfig | None = None
    config_file: YamlFile | None = None
    units: dict[str, Unit] = field(default_factory=dict)
    unit_lines: dict[str, int] = field(default_factory=dict)
    successions: list[tuple[int, Succession]] = field(default_factory=list)
    criteria_sets: dict[str, tuple[CriteriaSet, YamlFile]] = field(default_factory=dict)
    rounds: dict[int, tuple[Round, YamlFile]] = field(default_factory=dict)
    units_read: bool = False
    unread_units: set[str] = field(default_factory=set)
    unread_sets: list[str] = field(default_factory=list)
    partly_read: set[str] = field(default_factory=set)
    progress: ProgressContents = field(default_factory=ProgressContents)
    texts: TextsFile | None = None
    texts_file: YamlFile | None = None
    findings: list[Finding] = field(default_factory=list)

    def knows_unit(self, code: str) -> bool:
        """Whether the unit is in units.csv, or may be, where that file or its line could not be read."""
        return not self.units_read or code in self.units or code in self.unread_units

    def knows_kind(self, kind: str) -> bool:
        """Whether there are units of this kind, or may be."""
        return not self.units_read or bool(self.unread_units) or kind in {unit.kind for unit in self.units.values()}
