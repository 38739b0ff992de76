"""What must hold of the references to the law in a province folder: days in order, and in force when a round ends.

What is out of force is a warning: a province may know why it still follows a document.
"""

from collections.abc import Iterator
from datetime import date

from models.criteria.references import LegalReference
from models.criteria.sets import CriteriaSet
from models.findings import Finding, Severity
from models.province.contents import FolderContents
from models.province.yaml_files import YamlFile

_Path = tuple[str | int, ...]
_Stated = tuple[str, LegalReference, YamlFile, _Path]


def check_references(contents: FolderContents) -> Iterator[Finding]:
    """Every finding about the references of criteria sets and rounds."""
    for criteria_set, file in contents.criteria_sets.values():
        for stated in _stated_in(criteria_set, file):
            yield from _check_days(*stated)
    for round, file in contents.rounds.values():
        used = {group.criteria_set: None for group in round.groups}
        stated_in_sets = [
            stated for id in used if id in contents.criteria_sets for stated in _stated_in(*contents.criteria_sets[id])
        ]
        if round.reference is not None:
            of_round: _Stated = (f"kỳ đánh giá {round.year}", round.reference, file, ("reference",))
            yield from _check_days(*of_round)
            stated_in_sets.append(of_round)
        for stated in stated_in_sets:
            yield from _check_in_force(*stated, round.last_day)


def _stated_in(criteria_set: CriteriaSet, file: YamlFile) -> Iterator[_Stated]:
    """The references of a set's criteria and components: whose, what, and where it is written."""
    for place, area in enumerate(criteria_set.areas):
        for position, criterion in enumerate(area.criteria):
            path: _Path = ("areas", place, "criteria", position)
            if criterion.reference is not None:
                yield f"tiêu chí {criterion.code}", criterion.reference, file, (*path, "reference")
            for below, component in enumerate(criterion.components):
                if component.reference is not None:
                    where = (*path, "components", below, "reference")
                    yield f"tiêu chí {component.code}", component.reference, file, where


def _check_days(whose: str, reference: LegalReference, file: YamlFile, path: _Path) -> Iterator[Finding]:
    """The last day in force is not before the first."""
    if reference.from_ is not None and reference.to is not None and reference.to < reference.from_:
        what = f"căn cứ của {whose} hết hiệu lực ({reference.to:%d/%m/%Y}) trước khi có ({reference.from_:%d/%m/%Y})"
        yield file.finding((*path, "to"), what, "Sửa lại hai ngày")


def _check_in_force(whose: str, reference: LegalReference, file: YamlFile, path: _Path, day: date) -> Iterator[Finding]:
    """What a round follows is in force on its last day."""
    if why := reference.out_of_force(day):
        what = f"vào ngày cuối của kỳ đánh giá ({day:%d/%m/%Y}), căn cứ “{reference}” của {whose} {why}"
        remedy = "Ghi văn bản đang có hiệu lực, hoặc sửa from, to"
        yield file.finding(path, what, remedy, Severity.WARNING)
