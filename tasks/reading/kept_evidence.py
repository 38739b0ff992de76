"""A kept evidence file → what it is, asked of a child process; a child that fails over it is a reason to refuse it.

The side of evidence that the rest of the program sees: nothing here opens a file or loads what does.
"""

import logging
from pathlib import Path
from typing import Any

from models.records.evidence import OpenedEvidence, PackedFile, UnopenedEvidence
from models.records.read_texts import ReadText
from tasks.reading.isolation import ChildFailedError, ChildFaultError, Failure, children

_EVIDENCE = "tasks.reading.evidence"
_TEXTS = "tasks.reading.texts"
_GAVE_UP = {
    Failure.DIED: "tệp làm chương trình đọc dừng đột ngột nên không được nhận",
    Failure.TIME: "tệp mất quá nhiều thời gian để đọc nên không được nhận",
    Failure.MEMORY: "tệp cần quá nhiều bộ nhớ để đọc nên không được nhận",
}
_LOG = logging.getLogger("cchc.reading")
_REMEDY = "In lại tệp thành PDF rồi gửi lại"


def opened(path: Path) -> OpenedEvidence | UnopenedEvidence:
    """What a file is, by its content, opened to its end."""
    found: OpenedEvidence | UnopenedEvidence = _asked("open_evidence", str(path))
    return found


def is_archive(path: Path) -> bool:
    """Whether a file is a zip archive of files."""
    return _asked("is_archive", str(path)) is True


def packed_files(path: Path, largest: int, whole: int) -> tuple[PackedFile, ...] | UnopenedEvidence:
    """The files of a zip archive, counted before any is unpacked; sizes in bytes."""
    found: tuple[PackedFile, ...] | UnopenedEvidence = _asked("packed_files", str(path), largest, whole)
    return found


def packed_file(path: Path, place: int) -> bytes | UnopenedEvidence:
    """The bytes of one file of an archive."""
    found: bytes | UnopenedEvidence = _asked("packed_file", str(path), place)
    return found


def page_image(path: Path, number: int) -> bytes | UnopenedEvidence:
    """A page of a PDF (from 1) or a picture, as PNG that was drawn here."""
    found: bytes | UnopenedEvidence = _asked("page_image", str(path), number)
    return found


def read_text(path: Path) -> ReadText | UnopenedEvidence:
    """The paragraphs of a text file (.docx, .pdf, .html, .txt)."""
    found: ReadText | UnopenedEvidence = _asked("read_text", str(path), of=_TEXTS)
    return found


def _asked(function: str, *arguments: Any, of: str = _EVIDENCE) -> Any:
    """What a child answers; why it could not where it failed over the file.

    Raises:
        NoChildrenError: there is no child to be had.
    """
    try:
        return children().submit(f"{of}:{function}", *arguments).result()
    except ChildFailedError as failed:
        return UnopenedEvidence(_GAVE_UP[failed.failure], _REMEDY)
    except ChildFaultError:  # whatever an unheard-of file brings about stays with that file
        _LOG.exception("%s of an evidence file failed", function)
        return UnopenedEvidence("chương trình gặp lỗi khi đọc tệp này nên không nhận được", _REMEDY)
