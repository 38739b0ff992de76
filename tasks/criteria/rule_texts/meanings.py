"""What a printed rule was taken for: a rule that is sure, or a doubt with the rules that are nearest."""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from models.criteria.rules.base import Rule
from models.wording import unaccented
from tasks.criteria.rule_texts.clauses import RuleText

_LONGEST_ID = 24


class Recognised(NamedTuple):
    """A rule that the text says; `told` is what a person should know of how it was taken."""

    rule: Rule
    told: tuple[str, ...] = ()


class Doubt(NamedTuple):
    """Why the text may not be taken for a rule, and what it may mean, the nearest first."""

    why: str
    nearest: tuple[Rule, ...] = ()


Recogniser = Callable[[RuleText], Recognised | Doubt | None]
"""Knows one kind of text; None: it is not of that kind."""


def ids_for(labels: Iterable[str]) -> list[str]:
    """An id for each label, made of its first words, no two alike."""
    ids: list[str] = []
    for label in labels:
        plainly = re.sub(r"[^a-z0-9]+", "_", unaccented(label)).strip("_")
        cut = plainly[:_LONGEST_ID]
        whole_words = len(plainly) <= _LONGEST_ID or plainly[_LONGEST_ID] == "_"
        short = cut if whole_words else cut.rpartition("_")[0] or cut
        base = short if short[:1].isalpha() else f"muc_{short}".rstrip("_")
        id, number = base, 1
        while id in ids:
            number += 1
            id = f"{base}_{number}"
        ids.append(id)
    return ids
