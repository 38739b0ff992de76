"""A paper + a person's approval → its immutable folder, and the results site made anew with it.

The publication comes first and stands whatever becomes of the site.
"""

from dataclasses import dataclass
from pathlib import Path

from models.findings import Finding
from models.records.storage import Storage
from models.settings import SigningSettings
from tasks.publishing.approvals import Numbering
from tasks.publishing.issuing import Published, publish
from tasks.publishing.papers import Paper
from tasks.site.building import renew_site


@dataclass(frozen=True, slots=True)
class Issued:
    """A published paper, and what could not be shown of it or others on the site: warnings."""

    paper: Paper
    published: Published
    findings: list[Finding]

    @property
    def said(self) -> str:
        """The paper as it is called: `Quyết định số 07/QĐ-UBND`."""
        return f"{self.paper.kind.noun} số {self.published.notation}"


def issue(
    paper: Paper,
    storage: Storage,
    numbering: Numbering,
    out: Path,
    via: str,
    signing: SigningSettings | Path | None = None,
) -> Issued:
    """Approve and publish a paper (see `tasks.publishing.issuing.publish`), then renew the province's site.

    Raises:
        RefusedError: it cannot be published; the site is as it was.
    """
    published = publish(paper, storage, numbering, out, via, signing)
    return Issued(paper, published, renew_site(paper.province, storage, paper.side_by_side))
