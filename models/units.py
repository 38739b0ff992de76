"""Units (đơn vị) and what became of them: names, kinds, validity, and lineage over renames, merges and splits.

Source: docs/process.md, 4 (lineage table), docs/process.md, 5.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, NamedTuple
from unicodedata import normalize

from pydantic import BaseModel, ConfigDict, Field

from models.codes import Code, Name
from models.labelled import Labelled
from models.numbers import MOST_DECIMALS

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")

_KINDS = {
    "so": "Sở, ban, ngành",
    "huyen": "Huyện",
    "quan": "Quận",
    "thi_xa": "Thị xã",
    "thanh_pho": "Thành phố",
    "xa": "Xã",
    "phuong": "Phường",
    "thi_tran": "Thị trấn",
    "dac_khu": "Đặc khu",
}


class Level(Labelled):
    """Of which level units are, so that those of different provinces can be set side by side."""

    DEPARTMENT = "so", "Các sở, ban, ngành"
    DISTRICT = "huyen", "UBND cấp huyện"
    COMMUNE = "xa", "UBND xã, phường, đặc khu"


_LEVELS = {
    Level.DEPARTMENT: ("so",),
    Level.DISTRICT: ("huyen", "quan", "thi_xa", "thanh_pho"),
    Level.COMMUNE: ("xa", "phuong", "thi_tran", "dac_khu"),
}
_FORMER = "_cu"  # of a kind of units that were merged: `phuong_cu`
_COMMITTEES = frozenset(_KINDS) - {"so"}


def mail_addresses(text: str) -> list[str]:
    """The mail addresses of a text, parted by commas, semicolons or spaces; what is none is passed over."""
    return [part for part in re.split(r"[\s,;]+", text) if _ADDRESS.fullmatch(part)]


class Unit(BaseModel):
    """A unit that is evaluated, or was. `valid_to` is its last day.

    `head` is the position that answers for its index, e.g. `Giám đốc Sở Y tế`; results and reports freeze it beside
    the unit, so that it is no part of a unit that is frozen.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code
    name: Name
    kind: Code
    aliases: tuple[str, ...] = ()
    parent: Code | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    email: str | None = None
    head: Annotated[Name | None, Field(exclude=True)] = None

    @property
    def signs_as(self) -> tuple[str, ...]:
        """Whose signature its own forms bear: a people's committee signs collectively. Source: NĐ 30/2020/NĐ-CP, I."""
        return ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH") if self.kind in _COMMITTEES else ("THỦ TRƯỞNG ĐƠN VỊ",)

    def exists_on(self, day: date) -> bool:
        """Whether the unit exists on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    def exists_in(self, year: int) -> bool:
        """Whether the unit exists on any day of that year."""
        return (self.valid_from is None or self.valid_from.year <= year) and (
            self.valid_to is None or self.valid_to.year >= year
        )


def kind_name(kind: str) -> str:
    """A kind of unit in words: the usual ones as they are called, others as the province writes them."""
    base = kind.removesuffix(_FORMER)
    if base != kind and base in _KINDS:
        return f"{_KINDS[base]} (cũ)"
    return _KINDS.get(kind, kind.replace("_", " "))


def level_of(kind: str) -> Level | None:
    """The level of a kind of units; None of one that a province has named itself."""
    return next((level for level, kinds in _LEVELS.items() if kind in kinds), None)


def unit_named(units: Mapping[str, Unit], name: str) -> Unit | None:
    """The unit that people mean: by code, else by name or alias in any case; None where none or several fit."""
    if name in units:
        return units[name]
    wanted = normalize("NFC", name).strip().casefold()
    fitting = [unit for unit in units.values() if wanted in {known.casefold() for known in (unit.name, *unit.aliases)}]
    return fitting[0] if len(fitting) == 1 else None


class SuccessionKind(Labelled):
    """How one unit follows another."""

    RENAMED = "renamed", "đổi tên"
    MERGED = "merged", "sáp nhập"
    SPLIT = "split", "chia tách"
    CONTINUED = "continued", "kế thừa"


class Succession(BaseModel):
    """A unit follows another from a day on. `weight` is the predecessor's share in a merged unit's past index."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    predecessor: Code
    successor: Code
    date: date
    kind: SuccessionKind
    weight: Annotated[Decimal, Field(gt=0, decimal_places=MOST_DECIMALS)] | None = None


class Ancestor(NamedTuple):
    """A unit of the year before from which a unit comes, and its share in the past index (shares need not sum to 1)."""

    unit: str
    weight: Decimal
    kind: SuccessionKind | None


def ancestors_of(unit: str, year: int, successions: Sequence[Succession]) -> list[Ancestor]:
    """The units of `year` − 1 from which a unit of `year` comes: itself where nothing happened.

    Successions dated within `year` are followed backwards, through chains too; a unit may continue under its own code
    while others merge into it. Shares multiply along a chain; an ancestor reached twice appears once, shares added.
    What happens on one day happens at once: the predecessors are the units as they were the day before.

    Args:
        successions: the whole list of the province; free of circles (the province check sees to that).

    Returns:
        Ancestors in the order of their codes, at least one.
    """
    return _trace(unit, year, successions, date.max)


def _trace(unit: str, year: int, successions: Sequence[Succession], before: date) -> list[Ancestor]:
    steps = _last_steps_to(unit, year, successions, before)
    if not steps:
        return [Ancestor(unit, Decimal(1), None)]
    shares: dict[str, Decimal] = {}
    kinds: dict[str, SuccessionKind | None] = {}
    for step in steps:
        weight = step.weight or Decimal(1)
        further = _trace(step.predecessor, year, successions, step.date)
        total = sum((ancestor.weight for ancestor in further), Decimal(0))
        for ancestor in further:
            shares[ancestor.unit] = shares.get(ancestor.unit, Decimal(0)) + weight * ancestor.weight / total
            kinds[ancestor.unit] = _stronger(_stronger(step.kind, ancestor.kind), kinds.get(ancestor.unit))
    return [Ancestor(code, shares[code], kinds[code]) for code in sorted(shares)]


def _last_steps_to(unit: str, year: int, successions: Sequence[Succession], before: date) -> list[Succession]:
    """What made the unit in a year before a day: the last event only, where the unit itself went on in that event."""
    steps = [step for step in successions if step.successor == unit and step.date.year == year and step.date < before]
    latest = max((step.date for step in steps), default=date.min)
    last = [step for step in steps if step.date == latest]
    return last if any(step.predecessor == unit for step in last) else steps


def _stronger(kind: SuccessionKind, further: SuccessionKind | None) -> SuccessionKind:
    """Of two links to an ancestor, the one that changes the unit more."""
    order = (SuccessionKind.CONTINUED, SuccessionKind.RENAMED, SuccessionKind.MERGED, SuccessionKind.SPLIT)
    return max(kind, further or kind, key=order.index)


def circle_in(successions: Sequence[Succession]) -> list[str]:
    """Codes of a circle of successions, in order, or an empty list. A unit continuing under its own code is none."""
    after: dict[str, list[str]] = {}
    for step in successions:
        if step.predecessor != step.successor or step.kind is not SuccessionKind.CONTINUED:
            after.setdefault(step.predecessor, []).append(step.successor)
    done: set[str] = set()
    for start in sorted(after):
        path = [start]
        ahead = [iter(after[start])]
        while path:
            successor = next(ahead[-1], None)
            if successor is None:
                ahead.pop()
                done.add(path.pop())
            elif successor in path:
                return [*path[path.index(successor) :], successor]
            elif successor not in done:
                path.append(successor)
                ahead.append(iter(after.get(successor, [])))
    return []
