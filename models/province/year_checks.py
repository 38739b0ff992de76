"""What must hold of the years that a criteria set says it is for: rounds keep to them, and deadlines follow them."""

from collections.abc import Iterator

from models.criteria.sets import CriteriaSet
from models.findings import Finding, Severity
from models.province.contents import FolderContents
from models.province.yaml_files import YamlFile


def check_years(contents: FolderContents) -> Iterator[Finding]:
    """Every finding about the years of sets; a set that names none holds for every round that names it."""
    for criteria_set, file in contents.criteria_sets.values():
        if len(criteria_set.years) > 1:
            yield from _check_deadlines(criteria_set, file)
    for round, file in contents.rounds.values():
        for position, group in enumerate(round.groups):
            known = contents.criteria_sets.get(group.criteria_set)
            years = known[0].years if known else ()
            if years and round.year not in years:
                stated = ", ".join(map(str, years))
                what = f"bộ tiêu chí “{group.criteria_set}” ghi dùng cho năm {stated}, không có năm {round.year}"
                remedy = f"Chọn bộ tiêu chí của năm {round.year}, hoặc thêm năm vào mục years của bộ tiêu chí"
                yield file.finding(("groups", position, "criteria_set"), what, remedy)


def _check_deadlines(criteria_set: CriteriaSet, file: YamlFile) -> Iterator[Finding]:
    """A deadline with a year stays in it, though the set goes on to the next."""
    first, *_, last = criteria_set.years
    paths = {
        part.code: ("areas", at, "criteria", below, *inner)
        for at, area in enumerate(criteria_set.areas)
        for below, criterion in enumerate(area.criteria)
        for part, inner in (
            (criterion, ()),
            *((component, ("components", deep)) for deep, component in enumerate(criterion.components)),
        )
    }
    for leaf in criteria_set.leaves:
        day = leaf.rule.last_day(first)
        if day is not None and day == leaf.rule.last_day(last):
            what = f"tiêu chí {leaf.code}: hạn {day:%d/%m/%Y} như nhau ở mọi năm của bộ tiêu chí"
            remedy = f"Ghi hạn dạng tháng-ngày “{day:%m-%d}” để hạn theo năm của kỳ đánh giá"
            yield file.finding((*paths[leaf.code], "rule", "deadline"), what, remedy, Severity.WARNING)
