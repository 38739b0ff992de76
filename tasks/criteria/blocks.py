"""What an annex prints of bonus and penalty → the blocks of a set: so much a case, each item up to its own maximum."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from models.numbers import ZERO
from models.wording import unaccented
from tasks.criteria.annex_words import item_in
from tasks.criteria.outline import Item
from tasks.criteria.rule_texts.cases import EachCase, each_less, each_more
from tasks.criteria.rule_texts.clauses import tidy

_PENALTY = re.compile(r"diem (?:tru|phat)|\btru diem|bi tru")
_BONUS = re.compile(r"diem (?:thuong|cong)|\bcong diem|khuyen khich|thuong")


class BlockOutcome(NamedTuple):
    """A block as a set writes it, and of which of its items it is not sure what a case is worth, with why.

    Attributes:
        codes: of the items in the set, by their codes in the annex.
    """

    values: dict[str, object]
    doubts: dict[str, str]
    codes: dict[str, str]


def split_blocks(areas: Sequence[Item]) -> tuple[list[Item], list[Item], list[Item]]:
    """The areas on the scale, then what gives bonus, then what takes penalty points."""
    scale: list[Item] = []
    bonus: list[Item] = []
    penalty: list[Item] = []
    for area in areas:
        if not area.is_block:
            scale.append(area)
            continue
        kind = _kind(area.name)
        for part in [area] if kind else area.children or [area]:
            (penalty if (kind or _kind(part.name)) == "penalty" else bonus).append(part)
    return scale, bonus, penalty


def block_of(parts: Sequence[Item], prefix: str) -> BlockOutcome:
    """The block that printed parts make.

    Args:
        parts: areas or criteria that give bonus, or take points.
        prefix: of the codes of its items, which stand beside those of the scale.
    """
    leaves = [leaf for part in parts for leaf in part.below() if leaf.is_leaf]
    items: list[dict[str, object]] = []
    doubts: dict[str, str] = {}
    codes: dict[str, str] = {}
    for number, leaf in enumerate(leaves, 1):
        code = f"{prefix}.{number}"
        codes[leaf.code] = code
        own = next(filter(None, (item_in(line.text) for line in leaf.lines)), None)
        if own is not None:
            items.append({"code": code, "name": leaf.name, **own})
            continue
        case = next(_cases(leaf), None)
        most = leaf.max if leaf.max else None if case is None else case.most
        each = case.points if case else most or Decimal(1)
        if case is None:
            doubts[code] = "không ghi điểm cho mỗi trường hợp; tạm tính một trường hợp được cả điểm tối đa của mục"
        item: dict[str, object] = {"code": code, "name": leaf.name, "each": each}
        if most is not None and most >= each:
            item["max"] = most
        items.append(item)
    caps = [part.max for part in parts]
    cap = sum((each for each in caps if each is not None), ZERO) if all(caps) else ZERO
    return BlockOutcome({"cap": cap, "items": items} if cap else {"capped": False, "items": items}, doubts, codes)


def _kind(name: str) -> str:
    plainly = unaccented(name)
    penalty, bonus = bool(_PENALTY.search(plainly)), bool(_BONUS.search(plainly))
    return "" if penalty is bonus else "penalty" if penalty else "bonus"


def _cases(leaf: Item) -> Iterator[EachCase]:
    for text in (*(line.text for line in leaf.lines), leaf.name, leaf.note):
        if case := each_more(tidy(text)) or each_less(tidy(text)):
            yield case
