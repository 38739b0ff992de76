"""Two criteria sets → what is new, gone, renumbered, heavier, lighter or scored otherwise, each in a sentence.

Leaves belong together by code where their names are alike, else by the likeness of their names alone; a code that means
something else now is one leaf gone and one new.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from models.criteria.rules.any_rule import RULE_KINDS
from models.criteria.rules.base import Rule
from models.criteria.sets import Block, CriteriaSet, Leaf
from models.findings import refusal
from models.numbers import ZERO, said
from models.province.calendar import calendar_of
from models.province.folder import Province
from models.wording import continued, unaccented
from models.working_days import WorkingCalendar
from tasks.criteria.as_tables import EVIDENCE_NAMES, SOURCE_NAMES
from tasks.criteria.as_workbook import year_of_set
from tasks.criteria.copying import moved_values

SORTS = {
    "new": "Mục mới",
    "gone": "Mục bỏ",
    "renumbered": "Đổi mã",
    "renamed": "Đổi tên",
    "heavier": "Nặng hơn",
    "lighter": "Nhẹ hơn",
    "rule": "Chấm khác đi",
    "other": "Khác",
}
"""The sorts of differences in the order in which they are told, with their headings."""

_SAME_CODE = 0.6
_ANY_CODE = 0.75
_YEAR = re.compile(r"\b(?:nam )?20\d\d\b")


@dataclass(frozen=True)
class Difference:
    """One thing that differs.

    Attributes:
        sort: one of SORTS.
        old_code, new_code: of the leaf or item; None on the side that lacks it, and of the whole set.
        before, after: what differs, in words; "" on the side that lacks it.
        said: all of it as a sentence without a full stop.
    """

    sort: str
    old_code: str | None
    new_code: str | None
    before: str
    after: str
    said: str

    def as_data(self) -> dict[str, str | None]:
        """For machines."""
        return {**vars(self)}


def differences_of(province: Province, old: str, new: str) -> list[Difference]:
    """What differs between two sets of a province.

    Raises:
        RefusedError: it has not both of them.
    """
    for id in (old, new):
        if id not in province.criteria_sets:
            known = ", ".join(sorted(province.criteria_sets)) or "chưa có bộ nào"
            raise refusal(id, f"không có bộ tiêu chí “{id}”", f"Dùng một trong: {known}")
    years = year_of_set(province, old), year_of_set(province, new)
    sets = province.criteria_sets[old], province.criteria_sets[new]
    return list(_differences(*sets, *years, calendar_of(province.config)))


def _differences(
    old: CriteriaSet, new: CriteriaSet, old_year: int, new_year: int, calendar: WorkingCalendar
) -> Iterator[Difference]:
    for was, now in paired_leaves(old, new):
        if was is None and now is not None:
            rule = now.rule.sentence(now.max, new_year)
            told = f"{_named(now)}, {said(now.max)} điểm: {continued(rule)}"
            yield Difference("new", None, now.code, "", told, told)
        elif now is None and was is not None:
            told = f"{_named(was)}, {said(was.max)} điểm"
            yield Difference("gone", was.code, None, told, "", told)
        elif was is not None and now is not None:
            yield from _of_leaf(was, now, old_year, new_year, calendar)
    for name, word in (("bonus", "điểm thưởng"), ("penalty", "điểm trừ")):
        yield from _of_block(getattr(old, name), getattr(new, name), word)
    yield from _of_areas(old, new)


def _of_leaf(was: Leaf, now: Leaf, old_year: int, new_year: int, calendar: WorkingCalendar) -> Iterator[Difference]:
    def differ(sort: str, before: str, after: str, told: str) -> Difference:
        return Difference(sort, was.code, now.code, before, after, told)

    if was.code != now.code:
        yield differ("renumbered", was.code, now.code, f"{was.code} → {now.code} “{now.name}”")
    if _plain_name(was.name) != _plain_name(now.name):
        yield differ("renamed", was.name, now.name, f"{now.code}: “{was.name}” → “{now.name}”")
    if was.max != now.max:
        sort = "heavier" if now.max > was.max else "lighter"
        told = f"{_named(now)}: {said(was.max)} → {said(now.max)} điểm"
        yield differ(sort, said(was.max), said(now.max), told)
    if moved_rule(was.rule, old_year, new_year, calendar) != now.rule:
        before, after = was.rule.sentence(was.max, old_year), now.rule.sentence(now.max, new_year)
        if before != after or was.rule.kind != now.rule.kind:
            yield differ("rule", before, after, f"{_named(now)}: trước “{before}”; nay “{after}”")
    for word, one, other in _other_parts(was, now):
        if one != other:
            yield differ("other", one, other, f"{_named(now)}: {word} {one} → {other}")


def _other_parts(was: Leaf, now: Leaf) -> Iterator[tuple[str, str, str]]:
    """What else two leaves say, in words, and both of it."""
    yield "nguồn số liệu", SOURCE_NAMES[was.source], SOURCE_NAMES[now.source]
    yield "tài liệu kiểm chứng", EVIDENCE_NAMES[was.evidence], EVIDENCE_NAMES[now.evidence]
    yield "cơ quan thẩm định", was.appraised_by or "không có", now.appraised_by or "không có"
    yield "không áp dụng cho", _exclusions_said(was), _exclusions_said(now)


def _exclusions_said(leaf: Leaf) -> str:
    parts = [
        *(f"loại {kind}" for each in leaf.exclusions for kind in each.kinds),
        *(unit for each in leaf.exclusions for unit in each.units),
        *(["đơn vị không phát sinh"] if leaf.may_be_claimed else []),
    ]
    return ", ".join(parts) or "đơn vị nào"


def moved_rule(rule: Rule, from_year: int, to_year: int, calendar: WorkingCalendar) -> Rule:
    """A rule as `criteria copy` would write it for another year."""
    values = rule.model_dump(by_alias=True, exclude_unset=True)
    moved, _ = moved_values({"rule": _as_lists(values)}, from_year, to_year, calendar)
    return RULE_KINDS[rule.kind].model_validate(moved["rule"])


def _as_lists(value: object) -> object:
    """A dumped value as a file says it: lists instead of tuples."""
    if isinstance(value, Mapping):
        return {name: _as_lists(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_as_lists(inner) for inner in value]
    return value


def _of_block(old: Block | None, new: Block | None, word: str) -> Iterator[Difference]:
    before = {item.code: item for item in old.items} if old else {}
    after = {item.code: item for item in new.items} if new else {}
    for code, item in after.items():
        if code not in before:
            told = f"{word} {code} “{item.name}”: {item.sentence}"
            yield Difference("new", None, code, "", told, told)
        elif (was := before[code]).sentence != item.sentence or _plain_name(was.name) != _plain_name(item.name):
            told = f"{word} {code} “{item.name}”: trước “{was.sentence}”; nay “{item.sentence}”"
            yield Difference("rule", code, code, was.sentence, item.sentence, told)
    for code, item in before.items():
        if code not in after:
            told = f"{word} {code} “{item.name}”: {item.sentence}"
            yield Difference("gone", code, None, told, "", told)
    before_cap, after_cap = _cap_said(old), _cap_said(new)
    if old and new and before_cap != after_cap:
        told = f"tổng {word}: {before_cap} → {after_cap}"
        yield Difference("other", None, None, before_cap, after_cap, told)


def _cap_said(block: Block | None) -> str:
    return "không chặn" if block is None or block.cap is None else f"tối đa {said(block.cap)} điểm"


def _of_areas(old: CriteriaSet, new: CriteriaSet) -> Iterator[Difference]:
    """How much areas and the whole weigh."""
    names = {area.code: area.name for each in (old, new) for area in each.areas}
    weights = [
        {area.code: sum((leaf.max for leaf in each.leaves if leaf.area == area.code), ZERO) for area in each.areas}
        for each in (old, new)
    ]
    for code in weights[1]:
        if code in weights[0] and weights[0][code] != weights[1][code]:
            before, after = (said(weight[code]) for weight in weights)
            sort = "heavier" if weights[1][code] > weights[0][code] else "lighter"
            yield Difference(
                sort, code, code, before, after, f"lĩnh vực {code} “{names[code]}”: {before} → {after} điểm"
            )
    if old.maximum != new.maximum:
        before, after = said(old.maximum), said(new.maximum)
        yield Difference("other", None, None, before, after, f"tổng điểm tối đa: {before} → {after}")


def paired_leaves(old: CriteriaSet, new: CriteriaSet) -> list[tuple[Leaf | None, Leaf | None]]:
    """The leaves of two sets that are the same thing, in the order of the new set; what is gone comes last."""
    partner: dict[str, Leaf] = {}
    left = dict(old.by_code)
    for leaf in new.leaves:
        was = left.get(leaf.code)
        if was is not None and likeness(was.name, leaf.name) >= _SAME_CODE:
            partner[leaf.code] = left.pop(leaf.code)
    alone = [leaf for leaf in new.leaves if leaf.code not in partner]
    ways = sorted(
        (-alike, leaf.code, was.code)
        for leaf in alone
        for was in left.values()
        if (alike := likeness(was.name, leaf.name)) >= _ANY_CODE
    )
    for _, code, was_code in ways:
        if code not in partner and was_code in left:
            partner[code] = left.pop(was_code)
    pairs: list[tuple[Leaf | None, Leaf | None]] = [(partner.get(leaf.code), leaf) for leaf in new.leaves]
    return [*pairs, *((was, None) for was in left.values())]


def likeness(one: str, other: str) -> float:
    """How alike two names are, from 0 to 1; years and marks apart."""
    names = _plain_name(one), _plain_name(other)
    return 1.0 if names[0] == names[1] else SequenceMatcher(None, *names, autojunk=False).ratio()


def _plain_name(name: str) -> str:
    return " ".join(_YEAR.sub("", unaccented(name)).split())


def _named(leaf: Leaf) -> str:
    return f"{leaf.code} “{leaf.name}”"
