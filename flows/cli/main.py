"""Run the command line, and say in words what stops it."""

import errno
import sys
from typing import TYPE_CHECKING

# In the order in which the commands stand in the help.
from flows.cli import folder, criteria, forms, intake, imports, months, rounds, papers, proofreading  # isort: skip
from flows.cli import status, evidence, users, upkeep, serving, provinces  # isort: skip
from flows.cli.commands import app, print_findings

if TYPE_CHECKING:
    from models.findings import Finding

__all__ = ["app", "main"]
_OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS)
GROUPS = (
    *(folder, criteria, forms, intake, imports, months, rounds, papers, proofreading),
    *(status, evidence, users, upkeep, serving, provinces),
)


def main() -> None:
    """Run the command line; what people got wrong is printed in full and ends with code 1."""
    from models.findings import RefusedError

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    try:
        app()
    except RefusedError as refused:
        print_findings(refused.findings)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(0)
    except OSError as error:
        if error.filename is None and error.errno not in _OF_THE_DISK:
            raise
        print_findings([_unusable(error)])
        sys.exit(1)
    except Exception as error:
        if (finding := _of_the_database(error)) is None:
            raise
        print_findings([finding])
        sys.exit(1)


def _of_the_database(error: Exception) -> "Finding | None":
    """A database that failed while a command worked with it, None for another error. What was under way is undone."""
    from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

    from models.records.storage import database_fault

    if not isinstance(error, DBAPIError) or isinstance(error, IntegrityError | ProgrammingError):
        return None
    remedy = "Kiểm tra cơ sở dữ liệu có đang chạy và còn nguyên vẹn rồi chạy lại; việc đang làm dở chưa được ghi"
    return database_fault(error, "dừng giữa chừng", remedy)


def _unusable(error: OSError) -> "Finding":
    """A file or folder that cannot be read or written here."""
    from models.findings import Finding

    what = f"không đọc hoặc không ghi được ({error.strerror})"
    return Finding(str(error.filename or "ổ đĩa"), 0, what, "Kiểm tra đường dẫn, quyền truy cập và chỗ trống trên đĩa")
