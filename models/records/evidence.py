"""What an evidence file turns out to be, before anything of it is recorded.

One shape serves all kinds: the child process that opened the file makes it, receiving records it.
"""

from typing import NamedTuple

from models.labelled import Labelled


class EvidenceKind(Labelled):
    """What the content of a file is, whatever its name says."""

    PDF = "pdf", "PDF"
    PNG = "png", "ảnh PNG"
    JPEG = "jpeg", "ảnh JPEG"
    DOCX = "docx", "Word"
    XLSX = "xlsx", "Excel"

    @property
    def endings(self) -> tuple[str, ...]:
        """How names of such files end, the usual one first."""
        return ("jpg", "jpeg") if self is EvidenceKind.JPEG else (self.value,)


class OpenedEvidence(NamedTuple):
    """A file that was opened to its end.

    Attributes:
        pages: pages of a PDF, 1 for a picture, 0 for what has no pages before it is printed.
        words: what can be read in it, in its lines; nothing of pictures and scanned pages.
    """

    kind: EvidenceKind
    pages: int
    words: str


class UnopenedEvidence(NamedTuple):
    """A file that is not taken: what is wrong and what to do, in Vietnamese, without full stops."""

    what: str
    remedy: str


class PackedFile(NamedTuple):
    """A file in a zip archive: its place in the directory, its path there, and how many bytes it unpacks to."""

    place: int
    path: str
    size: int
