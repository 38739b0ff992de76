"""The bytes of an annex → its tables, or why it is not read; and what else of a file a person has to know."""

from collections.abc import Iterator

from models.findings import Finding, Severity, refusal
from tasks.reading.isolation import ChildFailedError, children
from tasks.reading.printed_tables import PrintedAnnex, UnreadAnnex

_READ = "tasks.reading.annexes:read_annex"


def opened_annex(content: bytes, file: str) -> PrintedAnnex:
    """What an annex prints, cell by cell; its bytes are opened in a child with limits.

    Raises:
        RefusedError: it cannot be read.
    """
    try:
        read: PrintedAnnex | UnreadAnnex = children().submit(_READ, content).result()
    except ChildFailedError as failed:
        what = "tệp quá lớn hoặc hỏng, không đọc được trong giới hạn thời gian và bộ nhớ"
        raise refusal(file, what, "Chỉ giữ các bảng của phụ lục trong tệp rồi nhập lại") from failed
    if isinstance(read, UnreadAnnex):
        raise refusal(file, read.what, read.remedy)
    return read


def told_of_file(annex: PrintedAnnex, file: str) -> Iterator[Finding]:
    """Tracked changes, read both ways; comments; what was not read."""
    for table in annex.tables:
        for number, row in enumerate(table.rows):
            for column, cell in enumerate(row):
                if cell.before is not None:
                    what = (
                        f"ô còn sửa đổi chưa chốt (Track Changes): đọc “{_one_line(cell.text)}”; "
                        f"nếu không nhận sửa đổi là “{_one_line(cell.before)}”"
                    )
                    remedy = "Nhận hoặc bỏ sửa đổi trong Word rồi nhập lại, nếu cách đọc này không đúng"
                    yield Finding(file, 0, what, remedy, Severity.WARNING, table.place(number, column))
    for comment in annex.comments:
        what = f"tệp còn ghi chú bên lề: “{comment}”"
        yield Finding(file, 0, what, "Xem ghi chú này có làm thay đổi bộ tiêu chí không", Severity.WARNING)
    for unread in annex.left_unread:
        yield Finding(
            file, 0, f"không đọc {unread}", "Nếu có tiêu chí ở đó, chép vào bảng rồi nhập lại", Severity.WARNING
        )


def _one_line(text: str) -> str:
    return " / ".join(text.split("\n"))
