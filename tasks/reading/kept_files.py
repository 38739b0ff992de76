"""A kept file → what it says, read by a child process; a child that fails over it is a finding about the file.

The side of reading that the rest of the program sees: nothing here opens the file or loads what does.
"""

from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from models.findings import Finding
from models.province.folder import Province
from models.records.submissions import Reading
from tasks.reading.isolation import ChildFailedError, Failure, children

_READ = "tasks.reading.workbooks:read_kept"
_GAVE_UP = {
    Failure.DIED: "tệp làm chương trình đọc dừng đột ngột nên không đọc được",
    Failure.TIME: "tệp mất quá nhiều thời gian để đọc nên không được đọc tiếp",
    Failure.MEMORY: "tệp cần quá nhiều bộ nhớ để đọc nên không được đọc tiếp",
}
_REMEDY = "Dán riêng giá trị vào biểu mẫu đã nhận, lưu lại dạng .xlsx rồi gửi lại; nếu vẫn vướng thì xin biểu mẫu mới"


def start_reading(kept: Path, file: str, province: Province) -> "Future[Reading]":
    """Have a kept file read; its result is asked for with `finished_reading`.

    Args:
        kept: where its bytes lie.
        file: its name, fit to be shown.
        province: the checked folder.
    """
    return children().submit(_READ, kept, file, given=province)


def finished_reading(started: "Future[Reading]", file: str) -> Reading:
    """What the file says; without identity and with the reason where the child failed over it.

    Raises:
        ChildFaultError: reading has a fault.
    """
    try:
        return started.result()
    except ChildFailedError as failed:
        return Reading(file, None, findings=(Finding(file, 0, _GAVE_UP[failed.failure], _REMEDY, unopened=True),))


def renamed(reading: Reading, file: str) -> Reading:
    """The reading of the same bytes that came under another name."""
    if reading.file == file:
        return reading
    return replace(reading, file=file, findings=tuple(replace(found, file=file) for found in reading.findings))


def gave_up(findings: Iterable[Finding]) -> bool:
    """Whether a child failed over the file, so that it is not tried again."""
    return any(finding.unopened and finding.what in _GAVE_UP.values() for finding in findings)
