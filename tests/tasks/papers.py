"""Papers drafted, approved and published as the command line does, without the results site."""

import io
from datetime import date
from pathlib import Path

import pdfplumber

from models.records.procedure import Submission
from models.records.storage import Storage
from models.settings import SigningSettings
from tasks.publishing.approvals import Numbering
from tasks.publishing.choosing import newest_paper, paper_to_publish
from tasks.publishing.gate import GateKind
from tasks.publishing.issuing import Published, draft, publish

REASON = "dữ liệu thử"
ACCEPTED = {kind.code: REASON for kind in GateKind if kind.grave and kind.may_be_accepted}
APPROVED_BY = "Lãnh đạo (mẫu)"
GATE_OPTIONS = (
    *("--submission-number", "45", "--submission-date", "2018-07-27", "--approved-by", APPROVED_BY),
    *(word for code in ("thieu-ten-nguoi-ky", "ngay-truoc-ket-qua") for word in ("--accept", f"{code}: {REASON}")),
)
"""What a test of the command line gives besides number and date of the example's decision of 2018."""


def numbered(number: int, day: date, signer: str | None = None, replaces: str = "") -> Numbering:
    """A decision that follows a submission of the same day, with everything grave accepted."""
    return Numbering(number, day, signer, replaces, Submission(45, day), ACCEPTED)


def drafted(folder: Path, storage: Storage, year: int, out: Path, signer: str | None = None) -> list[Path]:
    """The decision of a year drafted from its newest results."""
    return draft(newest_paper(folder, storage, year), out, signer).paths


def published(
    folder: Path,
    storage: Storage,
    year: int,
    numbering: Numbering,
    out: Path,
    signing: SigningSettings | Path | None = None,
    period: str = "",
) -> Published:
    """The decision of a year, or the report of a period, published from what was frozen last."""
    paper = paper_to_publish(folder, storage, year, numbering, period)
    return publish(paper, storage, numbering, out, "command", signing)


def pages(pdf: bytes) -> list[str]:
    """The text of each page, its lines joined."""
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        return [" ".join(page.extract_text().split()) for page in document.pages]
