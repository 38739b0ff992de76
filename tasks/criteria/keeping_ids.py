"""A rule as words say it, after the rule that stood there before → the same with the ids and limits of the old one.

Words do not say everything: ids of facts and choices, the first and last day that a form takes. What reads the same as
before stays what it was; what reads otherwise is taken from the words, and a thing that is still called as it was
keeps its id, so that facts that were recorded under it are still its facts.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from pydantic import ValidationError

from models.criteria.rules.any_rule import RULE_KINDS
from models.criteria.rules.base import Rule
from models.criteria.sets import CriteriaSet, Criterion
from models.wording import unaccented
from tasks.criteria.differences import paired_leaves
from tasks.criteria.rule_texts.clauses import ItemLine, RuleText
from tasks.criteria.rule_texts.meanings import Recognised
from tasks.criteria.rule_texts.recognising import read_rule

_ABSENT = object()


def rule_after(new: Rule, before: Rule, maximum: Decimal, year: int) -> Rule:
    """A rule with what the rule before it has that no words say.

    Args:
        new: as the words say it.
        before: the rule that stood there.
        maximum: under which the old one was told.
        year: for which it was told.
    """
    told = RuleText([ItemLine(before.sentence(maximum, year))], maximum, survey=before.of_survey)
    read = read_rule(told)
    words = read.rule if isinstance(read, Recognised) and read.rule.kind == before.kind else before
    if new.kind != before.kind:
        return new
    merged = _merged(_dumped(before), _dumped(words), _dumped(new))
    try:
        return RULE_KINDS[new.kind].model_validate(merged)
    except ValidationError:
        return new


def _dumped(rule: Rule) -> dict[str, Any]:
    return rule.model_dump(mode="python", by_alias=True, exclude_defaults=True) | {"kind": rule.kind}


def _merged(before: Any, words: Any, new: Any) -> Any:
    """The old value where its words did not change, else the new one, part by part."""
    if new == words:
        return before
    if isinstance(before, Mapping) and isinstance(words, Mapping) and isinstance(new, Mapping):
        names = list(dict.fromkeys((*before, *new)))
        merged = {
            name: _merged(before.get(name, _ABSENT), words.get(name, _ABSENT), new.get(name, _ABSENT)) for name in names
        }
        return {name: value for name, value in merged.items() if value is not _ABSENT}
    if _labelled(before) and _labelled(words) and _labelled(new) and len(before) == len(words):
        return [_merged(*_pair(before, words, new, place)) for place in range(len(new))]
    return new


def _labelled(value: object) -> bool:
    return isinstance(value, Sequence) and all(isinstance(each, Mapping) and "id" in each for each in value)


def _pair(before: Sequence[Any], words: Sequence[Any], new: Sequence[Any], place: int) -> tuple[Any, Any, Any]:
    """An item with the one that is called the same; with the one in its place where only its name was changed."""
    calls = [_called(each) for each in words]
    if (called := _called(new[place])) in calls:
        at = calls.index(called)
    elif len(new) == len(words) and calls[place] not in map(_called, new):
        at = place
    else:
        return new[place], new[place], new[place]
    return before[at], words[at], {**new[place], "id": words[at]["id"]}


def _called(item: Mapping[str, Any]) -> str:
    return unaccented(str(item.get("label", "")))


class EarlierSet(NamedTuple):
    """A set that a province has, and the year for which its deadlines are told."""

    known: CriteriaSet
    year: int


class KeptIds(NamedTuple):
    """A set with the ids of an earlier one, and how many of its leaves have another rule by that."""

    made: CriteriaSet
    earlier: EarlierSet
    leaves: int


def like_earlier(new: CriteriaSet, earlier: Sequence[EarlierSet]) -> KeptIds | None:
    """A set with the ids of the earlier one that has most of its leaves; None where none has half of them.

    Args:
        new: as its words say it.
        earlier: those that it may follow.
    """
    named = {(leaf.code, unaccented(leaf.name)) for leaf in new.leaves}
    shared = [len(named & {(leaf.code, unaccented(leaf.name)) for leaf in each.known.leaves}) for each in earlier]
    if not shared or max(shared) * 2 < len(named):
        return None
    before = earlier[shared.index(max(shared))]
    rules = {}
    for was, leaf in paired_leaves(before.known, new):
        if was is not None and leaf is not None:
            rule = rule_after(leaf.rule, was.rule, was.max, before.year)
            if rule != leaf.rule and not rule.faults(leaf.max):
                rules[leaf.code] = rule
    return KeptIds(_with_rules(new, rules), before, len(rules)) if rules else None


def _with_rules(declared: CriteriaSet, rules: Mapping[str, Rule]) -> CriteriaSet:
    """A set in which some leaves have other rules."""
    areas = [
        area.model_copy(update={"criteria": tuple(_ruled(criterion, rules) for criterion in area.criteria)})
        for area in declared.areas
    ]
    made = declared.model_copy(update={"areas": tuple(areas)})
    return CriteriaSet.model_validate(made.model_dump(by_alias=True))  # without what the old one had worked out


def _ruled(criterion: Criterion, rules: Mapping[str, Rule]) -> Criterion:
    components = tuple(
        each.model_copy(update={"rule": rules.get(each.code, each.rule)}) for each in criterion.components
    )
    rule = rules.get(criterion.code, criterion.rule)
    return criterion.model_copy(update={"components": components, "rule": rule})
