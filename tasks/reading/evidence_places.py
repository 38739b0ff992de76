"""Where a file lies in the inbox → whose evidence it is, for which year; nothing of what is a form or something else.

Evidence lies in `minh-chung/MÃ_ĐƠN_VỊ/…` or, where a unit has a folder of its own, in `MÃ_ĐƠN_VỊ/minh-chung/…`, as deep
as its sender likes; or it is one archive: `MÃ_ĐƠN_VỊ-minh-chung.zip`, `minh-chung/MÃ_ĐƠN_VỊ.zip`. `minh-chung-2025`
names the round. Accents, capitals, blanks and underscores of `minh-chung` do not count.
"""

import re
from typing import NamedTuple

from models.wording import unaccented

_FOLDER = re.compile(r"minh-chung(?:-(\d{4}))?")
_ARCHIVE = re.compile(r"(?:(.+)-)?minh-chung(?:-(\d{4}))?\.zip")


class EvidencePlace(NamedTuple):
    """Whose evidence a file is.

    Attributes:
        unit: as the place spells its code; "" where it names nobody.
        year: None where the place names none.
        name: the file's name with the folders below, which may bear the codes of criteria.
        owner: the unit whose own folder it lies in, as spelled; "" where it lies in nobody's.
    """

    unit: str
    year: int | None
    name: str
    owner: str = ""


def evidence_place(relative: str) -> EvidencePlace | None:
    """Whose evidence a path below the inbox is; None where it is none."""
    parts = relative.split("/")
    if folder := _FOLDER.fullmatch(_plain(parts[0])):
        if len(parts) == 1:
            return None
        year = _year(folder[1])
        if len(parts) > 2:
            return EvidencePlace(parts[1], year, "/".join(parts[2:]))
        stem, dot, ending = parts[1].rpartition(".")
        is_archive = bool(dot) and ending.casefold() == "zip"
        named = _ARCHIVE.fullmatch(_plain(parts[1]))
        unit = parts[1][: len(named[1])] if named and named[1] else stem
        return EvidencePlace(unit if is_archive else "", year, parts[1])
    owner = parts[0] if len(parts) > 1 else ""
    if len(parts) > 2 and (folder := _FOLDER.fullmatch(_plain(parts[1]))):
        return EvidencePlace(owner, _year(folder[1]), "/".join(parts[2:]), owner)
    if len(parts) < 3 and (archive := _ARCHIVE.fullmatch(_plain(parts[-1]))):
        unit = parts[-1][: len(archive[1])] if archive[1] else owner
        return EvidencePlace(unit, _year(archive[2]), parts[-1], owner)
    return None


def _plain(name: str) -> str:
    return re.sub(r"[\s_]+", "-", unaccented(name))


def _year(told: str | None) -> int | None:
    return int(told) if told else None
