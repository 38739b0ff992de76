"""The report of a month, and of the quarter, 6 months, 9 months or year when due: draft → a person approves → publish.

Each report waits for its own approval (suspended: no process waits), one after the other; what is published is what was
drafted. The approval itself lives in our own table.
"""

from datetime import date, datetime
from pathlib import Path
from typing import Literal

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.flow_runs import suspend_flow_run
from prefect.input import RunInput
from pydantic import Field

from flows.running import artifact_key, list_files, province_folder, storage_of, tell
from models.findings import RefusedError
from models.periods import month_of, periods_ending_with, read_period
from models.progress_snapshots import thawed_progress
from models.province import VIETNAM, load_province
from models.settings import Settings, var_folder
from tasks.approvals import Numbering, refuse_approval
from tasks.monthly_freezing import freeze_progress, refuse_unreported
from tasks.monthly_publishing import draft_report, publish_report
from tasks.monthly_tables import headline_rows
from tasks.publishing import known_snapshot
from tasks.site import renew_site


class ReportApproval(RunInput):
    """What a person enters in the Prefect UI: yes or no, and for a yes number, date and signer of the report."""

    verdict: Literal["approve", "refuse"] = Field(title="Phê duyệt (approve) hay không (refuse)")
    approved_by: str = Field(title="Người quyết định (họ tên, chức vụ)", min_length=1)
    number: int | None = Field(default=None, title="Số báo cáo", ge=1)
    day: date | None = Field(default=None, title="Ngày ký")
    signer: str | None = Field(default=None, title="Mã người ký trong province.yaml (để trống: lãnh đạo Sở)")
    replaces: str = Field(default="", title="Số, ký hiệu báo cáo bị thay thế (nếu là đính chính)")
    reason: str = Field(default="", title="Lý do (khi không phê duyệt)")


@flow(name="monthly_progress", log_prints=True, persist_result=True)
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
    snapshots = {one: freeze(folder, one) for one in periods}
    drafts = {one: draft(folder, one, snapshot) for one, snapshot in snapshots.items()}
    return [_decide(folder, one, snapshots[one], drafts[one], approval) for one in periods]


def due_periods(today: date) -> list[str]:
    """The periods that are reported after the last cut-off: on the 15th, the month that ended the day before."""
    current = month_of(today)
    return [str(period) for period in periods_ending_with(current.before)]


def _decide(folder: str, period: str, snapshot: str, drafts: list[str], given: ReportApproval | None) -> str:
    """Ask until there is a decision that can be carried out: a refusal, or an approval that can be published."""
    asked, trouble = 0, ""
    while True:
        asked += 1
        approval = given or _wait_for_approval(snapshot, period, drafts, asked, trouble)
        if approval.verdict == "refuse" and approval.reason:
            refuse(folder, snapshot, approval.approved_by, approval.reason)
            return f"không phê duyệt: {approval.reason}"
        trouble = _missing(approval)
        if not trouble:
            published, trouble = publish_approved(folder, period, snapshot, approval)
            if published:
                return published
        get_run_logger().warning(trouble)
        if given:
            raise RuntimeError(trouble)


def _missing(approval: ReportApproval) -> str:
    if approval.verdict == "refuse":
        return "Không phê duyệt thì cần ghi lý do."
    return "" if approval.number and approval.day else "Phê duyệt thì cần số và ngày của báo cáo."


def _wait_for_approval(snapshot: str, period: str, drafts: list[str], asked: int, trouble: str) -> ReportApproval:
    lines = [
        f"**Báo cáo kết quả công tác CCHC {read_period(period).name}**",
        *([f"⚠ Lần trước chưa thực hiện được: {trouble}"] if trouble else []),
        f"Bản số liệu `{snapshot}`. Dự thảo:",
        *(f"- `{path}`" for path in drafts),
        "Xem số liệu chung ở thẻ Artifacts của lần chạy này.",
    ]
    form = ReportApproval.with_initial_data(description="\n\n".join(lines))
    return suspend_flow_run(wait_for_input=form, timeout=None, key=f"{period.lower()}-{asked}")


@task(name="freeze_progress", persist_result=True)
def freeze(folder: str, period: str) -> str:
    """Freeze the progress of a period; its headline figures become an artifact. Returns the snapshot's SHA-256."""
    of, loaded = read_period(period), load_province(Path(folder))
    refuse_unreported(loaded, of, datetime.now(VIETNAM).date())
    snapshot = freeze_progress(storage_of(folder), loaded, of)
    progress = thawed_progress(snapshot.body).progress
    tell(f"số liệu {of.name}; hạn gửi báo cáo {progress.due:%d/%m/%Y}")
    create_table_artifact(
        key=artifact_key(f"progress-{period}"),
        table=headline_rows(progress),
        description=f"Số liệu chung {of.name}, hạn gửi báo cáo {progress.due:%d/%m/%Y}, bản {snapshot.sha256[:12]}",
    )
    return snapshot.sha256


@task(name="draft_report", persist_result=True)
def draft(folder: str, period: str, snapshot: str) -> list[str]:
    """Write the report before numbering into the province's var/; returns the paths."""
    tell(f"dự thảo báo cáo {period}")
    out = var_folder(Path(folder)) / "drafts" / f"{period}-{snapshot[:12]}"
    frozen = known_snapshot(storage_of(folder), snapshot)
    paths = [str(path) for path in draft_report(Path(folder), frozen, out, Settings().workers)]
    list_files(f"draft-{period}", f"Dự thảo báo cáo {read_period(period).name}", paths)
    return paths


@task(name="publish_report", persist_result=True)
def publish_approved(folder: str, period: str, snapshot: str, approval: ReportApproval) -> tuple[str, str]:
    """Publish the approved report; returns the folder, or why it cannot be done as asked."""
    assert approval.number is not None
    assert approval.day is not None
    tell(f"công bố báo cáo số {approval.number}")
    numbering = Numbering(approval.number, approval.day, approval.signer or None, approval.replaces.strip())
    storage = storage_of(folder).acting_as(approval.approved_by)
    out = var_folder(Path(folder)) / "published" / f"bao-cao-{period}-{approval.day:%Y}-{approval.number:03d}"
    kept = known_snapshot(storage, snapshot)
    try:
        published = publish_report(Path(folder), storage, kept, numbering, out, Settings().workers, "prefect")
    except RefusedError as refused:
        return "", "; ".join(map(str, refused.findings))
    for finding in renew_site(Path(folder), storage):
        print(finding)
    paths = sorted(str(path) for path in published.folder.rglob("*") if path.is_file())
    list_files(f"published-{period}", f"Báo cáo số {published.notation}", paths)
    return str(published.folder), ""


@task(name="refuse_report")
def refuse(folder: str, snapshot: str, person: str, reason: str) -> None:
    """Record that a person refused the report."""
    storage = storage_of(folder).acting_as(person)
    refuse_approval(storage, known_snapshot(storage, snapshot), reason, "prefect")
