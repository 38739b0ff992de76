"""Words beside the rules of an annex → what a set says of it: source, evidence, to whom it does not apply, the law.

The other way of annex_rows.py; annexes from elsewhere say some of it in the same words.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from models.criteria.sets import Evidence, Source
from models.numbers import spoken_or_none
from models.wording import unaccented
from tasks.criteria.annex_rows import BLOCKS, EXCLUDED, REFERENCE, PrintedNames
from tasks.criteria.rule_texts.clauses import NUMBER

_ARTICLE = re.compile(
    r"^((?:(?:điểm|khoản|điều|mục|chương|phần|phụ lục|tiểu mục)\s+[\w.]+,?\s*)+)(?:của\s+)?(?=\S)", re.IGNORECASE
)
_CAP = re.compile(rf"^(?P<name>.+?)\s*\((?:tối đa|không quá)\s*(?P<points>{NUMBER})\s*điểm\)$", re.IGNORECASE)
_EACH = re.compile(
    rf"^mỗi(?: (?P<per>\d+))? trường hợp (?P<each>{NUMBER}) điểm(?:, tối đa (?P<max>{NUMBER}) điểm)?$", re.IGNORECASE
)
_STEP = re.compile(
    rf"^(?:từ )?(?P<from>\d+)(?: đến \d+| trở lên)?: (?P<points>{NUMBER}) điểm(?:, tối đa (?P<max>{NUMBER}) điểm)?$",
    re.IGNORECASE,
)
_BELOW_STEPS = re.compile(rf"^dưới \d+: 0 điểm(?:, tối đa (?P<max>{NUMBER}) điểm)?$", re.IGNORECASE)


class Guidance(NamedTuple):
    """The lines of a cell of guidance: those of the rule, to whom it does not apply, the law it follows."""

    rule: tuple[str, ...]
    excluded: str
    reference: str


def guidance_of(lines: Iterable[str]) -> Guidance:
    """The lines told apart by the words they begin with."""
    rule: list[str] = []
    beside = {EXCLUDED: "", REFERENCE: ""}
    for line in lines:
        opening = next((word for word in beside if line.casefold().startswith(word.casefold())), "")
        if opening and not beside[opening]:
            beside[opening] = line[len(opening) :].strip(" .")
        elif line:
            rule.append(line)
    return Guidance(tuple(rule), *beside.values())


def source_in(words: str) -> tuple[Source, Evidence | None] | None:
    """Where points come from, and the evidence that a unit's own need, as the annex says it; None: in other words."""
    plainly = words.casefold().strip(" .")
    for evidence in Evidence:
        if plainly == evidence.in_words:
            return Source.SELF, evidence
    return next(((source, None) for source in Source if source.told and plainly == source.told), None)


def excluded_in(words: str, names: PrintedNames) -> tuple[dict[str, list[str]], tuple[str, ...]]:
    """The kinds and units that are named, by code, and the names that nobody has."""
    kinds, units = ({unaccented(name): code for code, name in known.items()} for known in (names.kinds, names.units))
    found: dict[str, list[str]] = {}
    unknown = []
    for name in filter(None, (each.strip() for each in words.split(";"))):
        plainly = unaccented(name)
        if plainly in kinds:
            found.setdefault("kinds", []).append(kinds[plainly])
        elif plainly in units:
            found.setdefault("units", []).append(units[plainly])
        else:
            unknown.append(name)
    return found, tuple(unknown)


def reference_in(words: str) -> dict[str, str]:
    """A document and the article of it that stands before its name."""
    if found := _ARTICLE.match(words):
        return {"document": words[found.end() :].strip(), "article": found[1].strip(" ,")}
    return {"document": words}


def agencies_in(words: str, agencies: Mapping[str, str]) -> tuple[str, ...]:
    """The ids of the agencies whose name, id or initials a text has."""
    plainly = unaccented(words)
    return tuple(dict.fromkeys(_agencies(plainly, agencies)))


def _agencies(plainly: str, agencies: Mapping[str, str]) -> Iterator[str]:
    words = plainly.replace(",", " ").replace(";", " ").split()
    for id, name in agencies.items():
        initials = "".join(word[:1] for word in unaccented(name).split())
        if unaccented(name) in plainly or id in words or (len(initials) > 1 and initials in words):
            yield id


def block_in(heading: str) -> tuple[str, Decimal | None] | None:
    """Which block a line over a table names, and the most that it counts; None where it names none."""
    found = _CAP.match(heading.strip(" .:"))
    name = unaccented(found["name"] if found else heading.strip(" .:"))
    block = next((block for block, called in BLOCKS if name == unaccented(called)), None)
    return None if block is None else (block, spoken_or_none(found["points"]) if found else None)


def item_in(words: str) -> dict[str, Any] | None:
    """What an item of a block gives or takes, in the words of our own annex; None where they are others."""
    text = words.strip(" .")
    if found := _EACH.match(text):
        item: dict[str, Any] = {"each": spoken_or_none(found["each"])}
        if found["per"]:
            item["per"] = int(found["per"])
        return item | ({"max": spoken_or_none(found["max"])} if found["max"] else {})
    *steps, last = text.split("; ")
    read = [_STEP.match(step) for step in steps]
    below = _BELOW_STEPS.match(last)
    if not steps or below is None or not all(read):
        return None
    listed = [{"from": int(step["from"]), "points": spoken_or_none(step["points"])} for step in read if step]
    return {"steps": listed} | ({"max": spoken_or_none(below["max"])} if below["max"] else {})
