"""What an officer words at the desk → the paragraphs of one year in texts.yaml, all else of the file as it was.

In: the paragraphs of each section, and of which bytes they were written. Out: the changed file, checked with the whole
folder.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from models.findings import refusal
from models.province.plain_files import read_plain
from models.province.texts import Section
from models.province.yaml_files import values_of
from tasks.editing.changing import CheckedChanges, WantedYaml, checked_changes

FILE = "texts.yaml"
_SAID = "câu chữ của kỳ"


def state_of_texts(folder: Path) -> str:
    """What tells the file as it is now from what it was or will be; "" where there is none."""
    path = folder / FILE
    return hashlib.sha256(read_plain(path)).hexdigest() if path.exists() else ""


def paragraphs_in(text: str) -> tuple[str, ...]:
    """The paragraphs of a text that was typed: a line each, without empty ones and without spaces around."""
    return tuple(" ".join(line.split()) for line in text.splitlines() if line.strip())


def changed_texts(folder: Path, year: int, sections: Mapping[Section, Sequence[str]], state: str) -> CheckedChanges:
    """What texts.yaml becomes; a section without paragraphs is left to what holds for every year.

    Args:
        folder: the province folder.
        year: whose paragraphs they are.
        sections: all paragraphs of each section.
        state: of the file that the officer has seen.

    Raises:
        RefusedError: the file has changed since, or what would be written has errors; nothing is written then.
    """
    if state != state_of_texts(folder):
        raise refusal(_SAID, "có người đã sửa câu chữ sau khi mở trang này", "Mở lại trang, sửa trên bản mới")
    base = read_plain(folder / FILE) if state else None
    values = values_of(base.decode("utf-8-sig"), FILE)[0] if base is not None else None
    texts: list[dict[str, Any]] = [dict(one) for one in (values or {}).get("texts") or ()]
    wanted = {section.value: list(sections[section]) for section in Section if sections.get(section)}
    at = next((place for place, one in enumerate(texts) if one.get("year") == year), None)
    if at is not None:
        texts[at : at + 1] = [{"year": year, **wanted}] if wanted else []
    elif wanted:
        texts.append({"year": year, **wanted})
    if base is None and not texts:
        return CheckedChanges()
    return checked_changes(folder, _SAID, [WantedYaml(FILE, base, {"texts": texts}, {})], [])
