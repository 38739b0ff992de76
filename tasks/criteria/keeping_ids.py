"""A rule as words say it, after the rule that stood there before → the same with the ids and limits of the old one.

Words do not say everything: ids of facts and choices, the first and last day that a form takes. What reads the same as
before stays what it was; what reads otherwise is taken from the words, and a thing that is still called as it was
keeps its id, so that facts that were recorded under it are still its facts.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from models.criteria.rules.any_rule import RULE_KINDS
from models.criteria.rules.base import Rule
from models.criteria.sets import CriteriaSet, Leaf
from models.wording import unaccented
from tasks.criteria.differences import paired_leaves
from tasks.criteria.rule_texts.clauses import Line, RuleText
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
    told = RuleText([Line(before.sentence(maximum, year))], maximum, survey=before.of_survey)
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


def leaves_before(new: CriteriaSet, old: CriteriaSet) -> dict[str, Leaf]:
    """By code of a leaf, the leaf of an earlier set that is the same thing."""
    pairs = paired_leaves(old, new)
    return {now.code: was for was, now in pairs if was is not None and now is not None}
