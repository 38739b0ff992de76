"""The report of a month, and of the quarter, 6 months, 9 months or year when due: draft → a person approves → publish.

Each report waits for its own approval (suspended: no process waits), one after the other; what is published is what was
drafted. The approval itself lives in our own table.
"""

from datetime import date, datetime

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from flows.approving import KEPT_BY_RUN, ApprovalForm, Positive, Question, decide, draft, left_empty, take_back
from flows.running import artifact_key, province_folder, province_of, run_name, storage_of, task_runner, tell
from models.progress.periods import month_of, periods_ending_with, read_period
from models.records.progress_snapshots import progress_in
from models.working_days import VIETNAM
from tasks.documents.progress_tables import headline_rows
from tasks.progress.freezing import freeze_progress, refuse_unreported
from tasks.recording.snapshots import known_snapshot


class ReportApproval(ApprovalForm):
    """What a person enters in the Prefect UI about a report."""

    number: Positive | SkipJsonSchema[None] = left_empty("Số báo cáo")
    signer: str | SkipJsonSchema[None] = left_empty("Mã người ký trong province.yaml (để trống: lãnh đạo Sở)")
    replaces: str = Field(default="", title="Số, ký hiệu báo cáo bị thay thế (nếu là đính chính)")


def _last_month(today: date) -> str:
    return str(month_of(today).before)


@flow(
    name="monthly_progress",
    flow_run_name=run_name("monthly_progress", _last_month),
    log_prints=True,
    persist_result=True,
    task_runner=task_runner(),
    on_crashed=[take_back],
)
def monthly_progress(
    province: str | None = None, period: str | None = None, approval: ReportApproval | None = None
) -> list[str]:
    """Draft the reports that are due, wait for a person's approval of each, publish.

    Args:
        province: the province folder; CCHC_PROVINCE when not given.
        period: one period alone (2025-03, 2025-Q1); when not given, all that end with the month that closed last.
        approval: given at once by whoever starts the run by hand for one period; else the run waits for it.

    Returns:
        Of every report the published folder, or the reason why it was refused.
    """
    folder = str(province_folder(province))
    periods = [period] if period else due_periods(datetime.now(VIETNAM).date())
    for one in periods:
        draft(folder, freeze(folder, one, 1))
    return [_decide(folder, one, approval) for one in periods]


def due_periods(today: date) -> list[str]:
    """The periods that are reported after the last cut-off: on the 15th, the month that ended the day before."""
    current = month_of(today)
    return [str(period) for period in periods_ending_with(current.before)]


def _decide(folder: str, period: str, given: ReportApproval | None) -> str:
    question = Question(
        ReportApproval,
        period.lower(),
        f"Báo cáo kết quả công tác CCHC {read_period(period).name}",
        lambda snapshot: (
            progress_in(known_snapshot(storage_of(folder), snapshot)).progress.units_told,
            "Xem số liệu chung ở thẻ Artifacts của lần chạy này.",
        ),
    )
    return decide(folder, question, lambda number: freeze(folder, period, number), given)


@task(name="freeze_progress", persist_result=True, cache_policy=KEPT_BY_RUN)
def freeze(folder: str, period: str, number: int = 1) -> str:
    """Freeze the progress of a period for a draft; its headline figures become an artifact. Returns its SHA-256.

    A run that goes on finds the result of each draft by its number; another number is frozen anew.
    """
    of, loaded = read_period(period), province_of(folder)
    refuse_unreported(loaded, of, datetime.now(VIETNAM).date())
    snapshot = freeze_progress(storage_of(folder), loaded, of)
    progress = progress_in(snapshot).progress
    tell(f"số liệu {of.name}; hạn gửi báo cáo {progress.due:%d/%m/%Y}")
    create_table_artifact(
        key=artifact_key(f"progress-{period}"),
        table=headline_rows(progress),
        description=f"Số liệu chung {of.name}, hạn gửi báo cáo {progress.due:%d/%m/%Y}, bản {snapshot.sha256[:12]}",
    )
    return snapshot.sha256
