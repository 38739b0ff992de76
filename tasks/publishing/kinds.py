"""The two kinds of paper that are published: the decision on the index of a year, and the report of a period.

What is recorded of either is told apart by its period alone: a decision has none.
"""

from dataclasses import dataclass

from models.records.tables import Approval, Publication, Snapshot


@dataclass(frozen=True, slots=True)
class PaperKind:
    """A kind of paper.

    Attributes:
        noun: what it is called: `Quyết định`.
        entry: what its numbering is called in a manifest.
        paper: the published file that is the document itself, in front of its annexes.
        contents: the published file that it was made from, which the approval names by its hash.
        prefix: what the names of its folders begin with.
    """

    noun: str
    entry: str
    paper: str
    contents: str
    prefix: str


DECISION = PaperKind("Quyết định", "decision", "quyet-dinh.pdf", "snapshot.json", "")
REPORT = PaperKind("Báo cáo", "report", "bao-cao.pdf", "progress.json", "bao-cao-")


def kind_of(period: str) -> PaperKind:
    """The kind of what is recorded with this period: a decision where it is empty."""
    return REPORT if period else DECISION


def told(record: Snapshot | Approval | Publication) -> str:
    """What messages call the paper of a record by: `kỳ 2017`, `báo cáo 2025-03`."""
    return f"báo cáo {record.period}" if record.period else f"kỳ {record.year}"
