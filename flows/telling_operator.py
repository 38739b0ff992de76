"""A run failed, is late or did not come, a report is missing → whoever keeps the installation running is told.

Started by the automations that prefect.yaml declares, from Prefect's own events; a run of its own, so that what failed
need not be able to tell it.
"""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from prefect import flow

from flows.running import WORKS, province_folder, run_name, tell
from flows.waiting import ToldRun, told_run
from models.progress.periods import read_period
from models.settings import Settings
from models.working_days import VIETNAM, moment_told
from tasks.mail import telling_operator
from tasks.mail.notifying import DeliveryState

_LOOK = "Xem trang “Lần chạy” của bàn làm việc, hoặc chạy: cchc doctor"


class Trouble(StrEnum):
    """What went wrong with what runs by itself."""

    FAILED = "failed"
    LATE = "late"
    SILENT = "silent"
    MISSING = "missing"


@flow(name="tell_operator", flow_run_name=run_name("tell_operator"), log_prints=True)
def tell_operator(
    province: str | None = None,
    trouble: Trouble = Trouble.FAILED,
    run: UUID | None = None,
    work: str | None = None,
    period: str | None = None,
) -> list[str]:
    """Tell of one run, or of work that did not come, by mail; the same once a day.

    Args:
        province: the province folder; CCHC_PROVINCE when not given.
        trouble: what went wrong.
        run: the run that failed or is late.
        work: the flow that did not end well for long; only where no run can be named.
        period: the month whose report is missing.

    Returns:
        What became of each message.

    Raises:
        RuntimeError: a message could not be sent; it waits in the outbox.
    """
    told = told_run(run) if run else None
    if told and told.work == WORKS["tell_operator"]:
        return []  # of a message that could not be sent none more is made
    if told:
        subject, text = _of_run(told, trouble)
    else:
        subject, text = _of_absence(period) if period else _of_silence(WORKS.get(work or "", str(work)))
    folder = Path(province_folder(province))
    became = telling_operator.tell_operator(folder, Settings(), subject, text, datetime.now(VIETNAM))
    said = [f"{name}: {delivery.state.label if delivery else 'đã báo trong ngày'}" for name, delivery in became.items()]
    for line in said:
        tell(line)
    if any(delivery and delivery.state is DeliveryState.FAILED for delivery in became.values()):
        raise RuntimeError("chưa gửi được thư báo sự cố; thư nằm trong var/outbox/operator")
    return said


def _of_run(run: ToldRun, trouble: Trouble) -> tuple[str, tuple[str, ...]]:
    began = moment_told(run.began)
    if trouble is Trouble.LATE:  # what did not begin is called by Prefect still, not by us
        what = "đã đến giờ mà chưa chạy: có thể worker đã dừng hoặc đang bận việc khác"
        return f"{run.work}: chưa chạy đúng giờ", (f"Việc “{run.work}”, hẹn lúc {began}, {what}.", _LOOK)
    return f"{run.work}: {run.state.lower()}", (
        f"Việc “{run.name}”, bắt đầu lúc {began}: {run.state.lower()}.",
        run.why,
        _LOOK,
    )


def _of_silence(work: str) -> tuple[str, tuple[str, ...]]:
    return f"{work}: lâu không chạy xong", (f"Đã lâu việc “{work}” không có lần nào chạy xong.", _LOOK)


def _of_absence(period: str) -> tuple[str, tuple[str, ...]]:
    name = read_period(period).name
    return f"Báo cáo {name}: chưa công bố", (
        f"Đến nay chưa có báo cáo kết quả công tác CCHC {name} nào được công bố.",
        "Dự thảo đang chờ phê duyệt nằm ở trang “Trình duyệt” của bàn làm việc; việc lập báo cáo có xong không thì xem "
        "trang “Lần chạy”.",
    )
