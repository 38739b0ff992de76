"""The bytes of a file that people put into the province folder: a plain file of a reasonable size, nothing else.

A pipe would be waited for without end, a device read until the memory is full, and a link leads out of the folder.
"""

import os
import stat
from pathlib import Path

LARGEST = 16 * 2**20  # bytes; the largest criteria set of the samples has 60 thousand


class UnreadableError(Exception):
    """A file that is not read: what is wrong with it, and what to do, as people read it."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


def read_plain(path: Path) -> bytes:
    """All bytes of a plain file.

    Raises:
        UnreadableError: it is a link, a pipe, a device or a folder, is too large, or cannot be opened.
    """
    remedy = "Thay bằng một tệp thường có nội dung cần dùng"
    try:
        if path.is_symlink():
            raise UnreadableError("là một liên kết, không phải tệp", remedy)
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW), "rb") as file:
            state = os.fstat(file.fileno())
            if not stat.S_ISREG(state.st_mode):
                raise UnreadableError("không phải là tệp thường (ống dẫn, thiết bị hoặc thư mục)", remedy)
            content = file.read(LARGEST + 1)
    except OSError as error:
        if path.is_dir():
            raise UnreadableError("là thư mục, không phải tệp", remedy) from error
        raise UnreadableError("không đọc được tệp", "Kiểm tra quyền đọc tệp") from error
    if len(content) > LARGEST:
        raise UnreadableError(f"tệp lớn hơn {LARGEST // 2**20} MB", "Xóa phần không cần thiết khỏi tệp")
    return content
