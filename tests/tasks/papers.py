"""Papers drafted, approved and published as the command line does, without the results site."""

from pathlib import Path

from models.records.storage import Storage
from models.settings import SigningSettings
from tasks.publishing.approvals import Numbering
from tasks.publishing.choosing import newest_paper, paper_to_publish
from tasks.publishing.issuing import Published, draft, publish


def drafted(folder: Path, storage: Storage, year: int, out: Path, signer: str | None = None) -> list[Path]:
    """The decision of a year drafted from its newest results."""
    return draft(newest_paper(folder, storage, year, 1), out, signer)


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
    paper = paper_to_publish(folder, storage, year, numbering, 1, period)
    return publish(paper, storage, numbering, out, "command", signing)
