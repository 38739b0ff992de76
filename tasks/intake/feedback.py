"""A received file and what was found in it → the reply to its sender: the same workbook marked, or a letter.

The workbook is marked in a process that may die. A file that reading did not open is never opened here either, and one
over which marking fails comes back with a letter too.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from unicodedata import category, normalize

from models.findings import Finding, was_unopened
from models.province.config import ProvinceConfig
from models.units import Unit
from tasks.intake.refusal_letter import refusal_letter
from tasks.reading.isolation import ChildFailedError, children

_MARK = "tasks.intake.marking:marked_kept"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the sender of a file gets back.

    Attributes:
        name: the file name, safe and other for every submission.
        content: the marked workbook, or the letter.
        is_workbook: which of the two.
    """

    name: str
    content: bytes
    is_workbook: bool


def reply_to(
    province: ProvinceConfig,
    kept: Path,
    file: str,
    findings: Sequence[Finding],
    when: datetime,
    submission: str,
    unit: Unit | None = None,
    until: date | None = None,
    contact: str = "",
    others: int = 0,
    blank: bytes | None = None,
) -> Reply:
    """The reply to one received file: its workbook marked, a letter where that cannot be.

    Args:
        province: whose letterhead the letter has.
        kept: where the file as received is kept.
        file: the sender's file name.
        findings: everything found in it.
        when: the moment of checking, with zone.
        submission: what tells this submission from all others, e.g. its SHA-256 or number.
        unit, until, contact: for the letter: whom it goes to, the last day for sending again, whom to ask.
        others: how many more files of the sender the letter answers, refused for the same reasons.
        blank: our form as .xlsx where the file came as .xls or .ods: its values come back in it.
    """
    if marked := None if was_unopened(findings) else _marked(kept, file, findings, when, blank):
        return Reply(reply_name(file, submission, ".xlsx"), marked, True)
    letter = refusal_letter(province, file, findings, when, unit, until, contact, others)
    return Reply(reply_name(file, submission, ".pdf"), letter, False)


def _marked(kept: Path, file: str, findings: Sequence[Finding], when: datetime, blank: bytes | None) -> bytes | None:
    """The marked workbook; None where the file is none that can be marked, or a child failed over it."""
    try:
        marked: bytes | None = children().submit(_MARK, kept, file, findings, when, blank).result()
    except ChildFailedError:
        return None
    return marked


_REPLY = re.compile(r"ket-qua-(.+)-[0-9a-z]{1,12}")
_LONGEST_STEM = 100


def reply_name(file: str, submission: str, suffix: str) -> str:
    """The file name of a reply: `ket-qua-tu-danh-gia-2025-so-tu-phap-0a1b2c3d4e5f.xlsx`.

    It holds no path, no direction marks and nothing that a mail program or file system refuses, whatever the sender's
    file was called; a reply to a reply does not grow.
    """
    stem = normalize("NFC", file).replace("\\", "/").rpartition("/")[2]
    stem = "".join(letter if _is_harmless(letter) else "-" for letter in stem.rpartition(".")[0] or stem)
    while again := _REPLY.fullmatch(stem):
        stem = again[1]
    while len(stem.encode()) > _LONGEST_STEM:
        stem = stem[:-1]
    mark = re.sub(r"[^0-9a-z]", "", submission.casefold())[:12]
    return f"ket-qua-{stem.strip('. -') or 'tep'}-{mark or '0'}{suffix}"


def _is_harmless(letter: str) -> bool:
    return letter.isalnum() or letter in " ._()-" or category(letter) == "Mn"
