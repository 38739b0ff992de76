"""Who issues a paper and how it is numbered: letterhead, authority, number, day, signer.

Source: Nghị định 30/2020/NĐ-CP, Phụ lục I.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.province.config import Issuer, ProvinceConfig, Signer
from models.records.procedure import Accepted, Submission

_FOR_THE_HEAD = ("KT.", "TL.", "TUQ.")


@dataclass(frozen=True, slots=True)
class PaperHead:
    """Number, day and signer of a paper; without number and day these stay blank.

    Attributes:
        symbol: what follows the number, e.g. `QĐ-UBND`.
        replaces: the decision it replaces, in words: `Quyết định số 12/QĐ-UBND ngày 05 tháng 01 năm 2026`.
        draft: whether every page says DỰ THẢO.
        submission: the department's submission that it follows; blank in a draft, not named where an earlier version
            approved it.
        accepted: what is grave and was accepted with a reason: notes of the annexes.
    """

    number: int | None
    day: date | None
    symbol: str
    signer: Signer
    replaces: str | None = None
    draft: bool = False
    submission: Submission | None = None
    accepted: tuple[Accepted, ...] = ()


@dataclass(frozen=True, slots=True)
class Agency:
    """The issuer as the letterhead and the sentences need it."""

    superior: tuple[str, ...]
    issuer: tuple[str, ...]
    authority: str
    short: str


def agency_of(config: ProvinceConfig, signer: Signer) -> Agency:
    """The issuer: which lines of the letterhead name a superior, who decides, how sentences call it.

    The power is collective when it is signed for the collective (TM.), else it is that of the head.
    Source: NĐ 30/2020/NĐ-CP, Phụ lục I và III.
    """
    issuer = config.issued_by
    first = next((place for place in range(len(issuer.lines)) if _names(issuer, issuer.lines[place:])), 0)
    collective = any(line.startswith("TM.") for line in signer.power)
    represented = (line.partition(".")[2].strip() for line in signer.power if line.startswith(_FOR_THE_HEAD))
    head = next(represented, signer.title).removeprefix("Q.").strip()
    committee = "Ủy ban nhân dân"
    noun = next((noun for noun in ("thành phố", "tỉnh") if config.name.casefold().startswith(noun)), "tỉnh")
    return Agency(
        issuer.lines[:first],
        issuer.lines[first:],
        issuer.name if collective else f"{head.capitalize()} {issuer.name}",
        f"{committee} {noun}" if issuer.name.startswith(committee) else issuer.name,
    )


def _names(issuer: Issuer, lines: Sequence[str]) -> bool:
    """Whether these lines are the issuer's own name, not that of an agency above it."""
    return issuer.name.casefold().startswith(" ".join(lines).casefold())
