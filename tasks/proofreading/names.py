"""Names as people write them → what they name: units with and without “Sở”, “UBND”, groups, areas, criteria, measures.

What may name several is all of them; a name within a longer one that nobody knows is no name.
"""

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from models.units import Level, level_of
from tasks.proofreading.known import Known

_TONES = {
    **dict(zip(("oà", "oá", "oả", "oã", "oạ"), ("òa", "óa", "ỏa", "õa", "ọa"), strict=True)),
    **dict(zip(("oè", "oé", "oẻ", "oẽ", "oẹ"), ("òe", "óe", "ỏe", "õe", "ọe"), strict=True)),
    **dict(zip(("uỳ", "uý", "uỷ", "uỹ", "uỵ"), ("ùy", "úy", "ủy", "ũy", "ụy"), strict=True)),
}
_TONED = re.compile(rf"(?:{'|'.join(_TONES)})(?!\w)")
_COMMITTEE = re.compile(r"^(?:ubnd|ủy ban nhân dân) ")
_KIND = re.compile(r"^(sở|xã|phường|thị trấn|đặc khu|huyện|quận|thị xã|thành phố) (?=\D)")
_SHORT = {"phường": r"p\.? ?", "thành phố": r"tp\.? ?", "thị xã": r"tx\.? ?", "huyện": r"h\. ?", "thị trấn": r"tt\.? ?"}
_LEVELS = {Level.DEPARTMENT: "cấp sở", Level.DISTRICT: "cấp huyện", Level.COMMUNE: "cấp xã"}
_SHORTEST_BARE = 3
_OF_OTHERS = frozenset(
    (
        *("bộ", "vụ", "cục", "phòng", "ban", "tâm", "ngành", "trường", "viện", "trạm", "ty", "khoa", "đội", "vực"),
        *("tỉnh", "cấp", "việc", "tác", "về", "học", "hội"),
    )
)
"""Last words before a name that make it that of a ministry, an office, a branch or a field of work."""


class Names(Enum):
    """What a name is of."""

    UNIT = "unit"
    GROUP = "group"
    AREA = "area"
    LEAF = "leaf"
    MEASURE = "measure"


Part = tuple[str, str]
"""An area or a leaf: the group whose set it is of, and its code."""


class Named(NamedTuple):
    """A name found in a sentence.

    Attributes:
        ids: codes of all units, groups or measures that it may name.
        parts: group and code of all areas or leaves that it may name.
        bare: whether it stood without the word that says what it is.
    """

    start: int
    end: int
    kind: Names
    ids: tuple[str, ...]
    parts: tuple[Part, ...]
    bare: bool


def lowered(text: str) -> str:
    """Small letters with the tone marks of `hòa`, `ủy` where they stand today; places stay."""
    small = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)
    return _TONED.sub(lambda found: _TONES[found[0]], small)


class NameBook:
    """All names of what is known, found in a sentence at once."""

    def __init__(self, known: Known) -> None:
        whole = lowered(known.place)
        bare = whole.removeprefix("tỉnh ").removeprefix("thành phố ")
        self.places = [place for place in (whole, bare) if place]
        self._of: dict[str, tuple[Names, dict[str | Part, None], bool]] = {}
        self._patterns: dict[str, str] = {}
        for code, unit in known.units.items():
            for name in (unit.unit.name, *unit.unit.aliases):
                self._add_unit(lowered(name), code)
        for group in known.groups:
            id = group.group.id
            for name in (group.name, group.group.name):
                self._add(lowered(name), Names.GROUP, id)
                self._add(_COMMITTEE.sub("", lowered(name)), Names.GROUP, id)
                self._add(lowered(name).removeprefix("các "), Names.GROUP, id)
                for block in _as_blocks(lowered(name)):
                    self._add(block, Names.GROUP, id)
            levels = {level_of(unit.kind) for unit in group.group.units}
            if len(levels) == 1 and (level := levels.pop()):
                for called in ("", "khối ", "ubnd ", "ủy ban nhân dân "):
                    self._add(f"{called}{_LEVELS[level]}", Names.GROUP, id)
            for area in group.criteria_set.areas:
                self._add(lowered(area.name), Names.AREA, (id, area.code))
            for leaf in group.criteria_set.leaves:
                self._add(lowered(leaf.name), Names.LEAF, (id, leaf.code))
        for frozen in known.periods:
            for result in frozen.progress.result.measures:
                self._add(lowered(result.measure.name), Names.MEASURE, result.measure.id)
        patterns = sorted(self._patterns.items(), key=lambda item: -len(item[0]))
        self._keys = [key for key, _ in patterns]
        longest_first = "|".join(f"({pattern})" for _, pattern in patterns)
        self._all = re.compile(rf"(?<!\w)(?:{longest_first})(?!\w)") if patterns else None
        self._units = {code: unit.result is not None for code, unit in known.units.items()}

    def _add_unit(self, name: str, code: str) -> None:
        name = _COMMITTEE.sub("", name)
        self._add(name, Names.UNIT, code)
        if match := _KIND.match(name):
            rest = name[match.end() :]
            if len(rest) >= _SHORTEST_BARE:
                self._add(rest, Names.UNIT, code, bare=True)
        for word, short in _SHORT.items():
            if name.startswith(f"{word} "):
                self._add(name, Names.UNIT, code, short + _spelled(name.removeprefix(f"{word} ")))

    def _add(self, name: str, kind: Names, id: str | Part, pattern: str = "", *, bare: bool = False) -> None:
        if not name:
            return
        key = f"{name}\0{pattern}"
        known = self._of.get(key)
        if known and known[0] is kind:
            known[1][id] = None
            self._of[key] = (kind, known[1], known[2] and bare)
        elif known is None:
            self._of[key] = (kind, {id: None}, bare)
            self._patterns[key] = pattern or _spelled(name)

    def find(self, text: str) -> Iterator[Named]:
        """The names of a sentence from left to right, the longest where several begin alike."""
        if self._all is None:
            return
        small = lowered(text)
        at = 0
        while match := self._all.search(small, at):
            assert match.lastindex is not None
            kind, ids, bare = self._of[self._keys[match.lastindex - 1]]
            at = match.end()
            if kind is Names.UNIT and not self._stands_alone(text, match.start(), match.end(), bare):
                continue
            codes = tuple(id for id in ids if isinstance(id, str))
            parts = tuple(id for id in ids if isinstance(id, tuple))
            meant = self._meant(codes) if kind is Names.UNIT else codes
            yield Named(match.start(), match.end(), kind, meant, parts, bare)

    def _stands_alone(self, text: str, start: int, end: int, bare: bool) -> bool:
        """Whether it is no part of a longer name; without its noun it is a name only in its own capitals."""
        if text.isupper():
            return True
        after = text[end : end + 2]
        if after[:1] == " " and after[1:].isupper():
            return False
        if not bare:
            return True
        before = text[:start].rstrip()
        last = before.split()[-1] if before[-1:].isalpha() else ""
        in_name = last.lower() in _OF_OTHERS or (" " in before and last[:1].isupper())
        return text[start].isupper() and not in_name

    def _meant(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        """All units that a name may mean; those with results go before those without."""
        return tuple(code for code in codes if self._units.get(code)) or codes


def _as_blocks(name: str) -> Iterator[str]:
    """A group as the press calls it: `các sở, ban, ngành` → `khối sở, ban, ngành`, `khối các sở`, `các sở`."""
    kinds = _COMMITTEE.sub("", name).removeprefix("các ").split(", ")
    for called in (", ".join(kinds[: count + 1]) for count in range(len(kinds))):
        yield f"khối {called}"
        yield f"khối các {called}"
        yield f"các {called}"


def _spelled(name: str) -> str:
    """A name as a pattern: commas may lack, numbers may begin with 0, `và` may be `&`."""
    words = []
    for word in name.split():
        bare = word.rstrip(",")
        part = rf"0*{bare.lstrip('0') or '0'}" if bare.isdigit() else re.escape(bare)
        part = r"(?:và|&)" if bare == "và" else part
        words.append(part + (",?" if word.endswith(",") else ""))
    return r" ".join(words)
