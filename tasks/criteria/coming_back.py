"""Files that we wrote of a set or of the folder, edited by officers → what they change: Excel and Word alike."""

from pathlib import Path

from models.findings import RefusedError, has_critical, refusal, was_unopened
from tasks.criteria.exported import ReadSet, changed_set
from tasks.criteria.from_annex import set_in_annex
from tasks.criteria.from_workbook import set_in_book
from tasks.criteria.opened_annexes import opened_annex
from tasks.editing.books import read_book
from tasks.editing.changing import CheckedChanges
from tasks.editing.folder_book import changed_by_book
from tasks.reading.annexes import looks_like_word


def set_from_file(content: bytes, file: str) -> ReadSet | None:
    """Read a workbook or an annex that we wrote of a set; None where it is any other file.

    Args:
        content: its bytes, whatever they are; they are opened in a process that may die.
        file: its name in findings.

    Raises:
        RefusedError: it is ours, but cannot be read; every reason at its cell. What cannot be opened is any other file:
            why is told where it is read as such.
    """
    if looks_like_word(content):
        return set_in_annex(opened_annex(content, file), file)
    try:
        book = read_book(content, file)
    except RefusedError as refused:
        if was_unopened(refused.findings):
            return None
        raise
    return set_in_book(book)


def tried_file(content: bytes, file: str) -> bytes:
    """The text of a set that is to be tried: the file's own, or what a file of ours makes of it.

    Raises:
        RefusedError: it is a workbook or an annex that is none of ours, or that has errors.
    """
    if not content.startswith(b"PK"):
        return content
    read = set_from_file(content, file)
    if read is None:
        what = "tệp này không phải là bộ tiêu chí do chương trình xuất ra"
        raise refusal(file, what, "Nhập tệp thành bộ tiêu chí trước, hoặc dùng tệp .yaml, tệp do chương trình xuất ra")
    if has_critical(read.placed.findings):
        raise RefusedError(read.placed.findings)
    return read.wanted.content()


def changed_by_file(folder: Path, content: bytes, file: str) -> CheckedChanges:
    """What an edited file makes of a folder, be it of a criteria set or of the folder itself; nothing is written.

    Raises:
        RefusedError: it is none of ours, or with everything that is wrong, each at its cell.
    """
    if looks_like_word(content):
        read = set_in_annex(opened_annex(content, file), file)
        if read is None:
            what = "tệp Word này không phải là phụ lục do chương trình xuất ra"
            raise refusal(file, what, "Xuất phụ lục ra Word trước, sửa trên tệp ấy rồi nhập lại")
        return changed_set(folder, read)
    book = read_book(content, file)
    read = set_in_book(book)
    return changed_set(folder, read) if read is not None else changed_by_book(folder, book)
