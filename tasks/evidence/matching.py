"""The name of an evidence file → the criteria it proves, by the code in it or by a document that the unit's form names.

`1.2.3_ke-hoach.pdf`, `1.2.3 - Kế hoạch.pdf`, `TC 1.2.3+1.2.4.pdf`, `1.2.3/ke-hoach.pdf` in an archive bear codes;
`KH 12-KH-STC.pdf` bears the number of a document. Accents and capitals do not count. Source: docs/process.md, 6.
"""

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from models.labelled import Labelled
from models.records.entries import EvidenceEntry
from models.wording import unaccented

_BEFORE = re.compile(r"^[\s_\-(\[]*(?:(?:tieu chi thanh phan|tieu chi|tctp|tc|muc)[\s._\-]*(?=\d))?")
_JOINED = re.compile(r"^\s*[+,;&]\s*")
_GOES_ON = re.compile(r"^(\w|[.\-]\d)")
_FEWEST_WORDS = 3  # of a document's name that is looked for; fewer stand in too many names


class Match(Labelled):
    """By what a file was found to prove a criterion."""

    NAME = "name", "theo mã trong tên tệp"
    FORM = "form", "theo tài liệu nêu trong phiếu"
    PERSON = "person", "do người gắn"


class Matched(NamedTuple):
    """What a file proves, and by what that was found; nothing where a person has to say."""

    components: tuple[str, ...]
    match: Match


def matched(path: str, codes: Collection[str], documents: Iterable[EvidenceEntry]) -> Matched | None:
    """The criteria that a file proves, as far as its name says so.

    Args:
        path: its name, with its folders where it came in an archive; the nearest that bears a code counts.
        codes: of the unit's criteria.
        documents: what the unit's forms name as evidence.
    """
    for part in reversed(path.replace("\\", "/").split("/")):
        if found := _codes_in(part, codes):
            return Matched(found, Match.NAME)
    said = _words_of(path.replace("\\", "/").rpartition("/")[2].rpartition(".")[0])
    named = {item.component for item in documents if item.component in codes and _is_named(item, said)}
    return Matched(tuple(sorted(named)), Match.FORM) if named else None


def _codes_in(name: str, codes: Collection[str]) -> tuple[str, ...]:
    """The codes that a name begins with, several of them joined by `+` or a comma; the longest that fits counts."""
    text = unaccented(name)
    left = text[_BEFORE.match(text).end() :]  # type: ignore[union-attr]
    by_spelling = {unaccented(code): code for code in codes}
    found: list[str] = []
    while True:
        fits = (spelled for spelled in by_spelling if left.startswith(spelled) and _ends(left[len(spelled) :]))
        spelled = max(fits, key=len, default=None)
        if spelled is None:
            return tuple(found)
        if by_spelling[spelled] not in found:
            found.append(by_spelling[spelled])
        left = left[len(spelled) :]
        joined = _JOINED.match(left)
        if joined is None:
            return tuple(found)
        left = left[joined.end() :]


def _ends(rest: str) -> bool:
    """Whether a code ends here: `1.2.3` is neither in `1.2.31` nor in `1.2.3.4`. An underscore ends it."""
    return rest.startswith("_") or _GOES_ON.match(rest) is None


def _is_named(item: EvidenceEntry, said: tuple[str, ...]) -> bool:
    """Whether the words of a file's name hold a document's number, or its name where that has enough words."""
    number, document = _words_of(item.number), _words_of(item.document)
    return (len(number) > 1 and _holds(said, number)) or (len(document) >= _FEWEST_WORDS and _holds(said, document))


def _holds(words: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    return any(words[at : at + len(wanted)] == wanted for at in range(len(words) - len(wanted) + 1))


def _words_of(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W_]+", unaccented(text)))
