"""The inbox is received every 15 minutes: record what is right, return what is wrong, tell every sender.

A task handles a batch of files; tasks pass paths, numbers and keys of the store. Batches are read and checked, and
replies made, side by side by the task runner of the settings; recorded they are one after another, since versions are
numbered.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect import flow, task
from prefect.artifacts import create_progress_artifact, create_table_artifact, update_progress_artifact
from prefect.cache_policies import NO_CACHE

from flows.guarding import desk_address
from flows.running import (
    TRIED_AGAIN,
    artifact_key,
    happened,
    province_folder,
    province_of,
    run_name,
    storage_of,
    submitted,
    task_runner,
    tell,
    warn,
)
from models.records.submissions import Outcome
from models.settings import Settings
from models.working_days import VIETNAM, moment_told
from tasks.evidence.from_inbox import receive_evidence_inbox
from tasks.intake.answering import answer_submissions, unanswered
from tasks.intake.batches import Batch, FoundInBatch
from tasks.intake.inbox import inbox_of, only_intake, outbox_of
from tasks.intake.judging import standard_parts
from tasks.intake.receiving import (
    FILES_A_BATCH,
    FileReport,
    clear_inbox,
    in_batches,
    months_closed,
    receive_batches,
    record_batch,
)
from tasks.mail.acknowledging import tell_senders
from tasks.mail.telling_desk import tell_of_evidence, tell_of_waiting
from tasks.reading.file_names import shown_path

LONGEST = 2 * 3600  # seconds of a run: more than a whole round takes, so that one that hangs is seen
FILES_A_STEP = 5 * FILES_A_BATCH  # of the progress that is shown: the server is told seldom, as each telling costs


@flow(
    name="intake", flow_run_name=run_name("intake"), timeout_seconds=LONGEST, log_prints=True, task_runner=task_runner()
)
def intake(province: str | None = None, inbox: str | None = None) -> list[str]:
    """Receive everything that lies in the inbox; one run at a time.

    Args:
        province: the province folder; CCHC_PROVINCE when not given.
        inbox: another inbox than that of the settings.

    Returns:
        A line a file: where it lay and what became of it.
    """
    folder = str(province_folder(province))
    with only_intake(storage_of(folder)) as mine:
        if not mine:
            tell("một lần nhận khác đang chạy; lần này không làm gì")
            return []
        storage_of(folder).remove_unfinished()
        answer(folder, unanswered(storage_of(folder)))
        paths = list_inbox(folder, inbox)
        reports = _receive(folder, inbox, paths)
        clear(folder, inbox, paths)
        reports += receive_evidence(folder, inbox)
        tell_all(folder)
    return reports


def _receive(folder: str, inbox: str | None, paths: list[str]) -> list[str]:
    """Batch by batch; a batch is recorded while the next ones are read."""
    progress = _start_progress() if len(paths) > FILES_A_BATCH else None
    reports: list[FileReport] = []
    province, storage, store = (
        province_of(folder, receiving=True),
        storage_of(folder),
        inbox_of(Path(folder), Settings(), inbox),
    )
    batches = (store.arrivals(batch, datetime.now(UTC)) for batch in in_batches(paths))
    for batch, found in receive_batches(province, storage, store, batches, standard_parts(), submitted):
        reports += record(folder, batch, found)
        if progress and len(reports) % FILES_A_STEP == 0:
            update_progress_artifact(progress, 100 * len(reports) / len(paths))
    if progress:
        update_progress_artifact(progress, 100)
    if reports:
        answer(folder, [each.submission_id for each in reports if each.is_replied])
        _show_findings(reports)
    return [str(report) for report in reports]


@task(name="list_inbox", **TRIED_AGAIN)
def list_inbox(folder: str, inbox: str | None) -> list[str]:
    """Paths below the inbox of all files to be taken now, in the order of their arrival."""
    settings = Settings()
    listing = inbox_of(Path(folder), settings, inbox).listed(datetime.now(UTC), settings.inbox_quiet)
    for arrival, why in listing.waiting:
        warn(f"{arrival.relative}: {why}")
    for path, why in listing.untakable:
        warn(f"{shown_path(path)}: {why}")
    for line in months_closed(province_of(folder, receiving=True)):
        warn(line)
    tell(f"hộp nhận có {len(listing.ready)} tệp, để lại {len(listing.waiting)}")
    return [arrival.relative for arrival in listing.ready]


@task(name="record", cache_policy=NO_CACHE, **TRIED_AGAIN)
def record(folder: str, batch: Batch, found: FoundInBatch) -> list[FileReport]:
    """Record a batch that is read and checked."""
    province = province_of(folder, receiving=True)
    reports = record_batch(batch, found, province, storage_of(folder), "inbox")
    accepted = [report for report in reports if report.outcome is Outcome.ACCEPTED]
    tell(f"đã nhận {len(accepted)} trên {len(reports)} tệp")  # each of them stands in the table of the run
    for report in reports:
        is_taken = report.outcome is Outcome.ACCEPTED
        happened(f"cchc.submission.{'accepted' if is_taken else 'returned'}", folder, file=report.path)
        if not is_taken:
            tell(str(report))
    return reports


@task(name="answer", **TRIED_AGAIN)
def answer(folder: str, submissions: list[int]) -> None:
    """Write the replies of some submissions into the outbox, made side by side."""
    province, outbox = province_of(folder, receiving=True), outbox_of(Path(folder), Settings())
    answer_submissions(province, storage_of(folder), outbox, submissions, standard_parts(), submitted)


@task(name="clear", **TRIED_AGAIN)
def clear(folder: str, inbox: str | None, paths: list[str]) -> None:
    """Take what is recorded and answered out of the inbox."""
    store, storage = inbox_of(Path(folder), Settings(), inbox), storage_of(folder)
    for path in clear_inbox(storage, store, store.arrivals(paths, datetime.now(UTC))):
        warn(f"{path}: đã nhận nhưng không xóa được khỏi hộp nhận")


@task(name="receive_evidence", **TRIED_AGAIN)
def receive_evidence(folder: str, inbox: str | None) -> list[str]:
    """Receive what lies in the inbox as evidence and tell its senders; a line a file and what stays."""
    settings = Settings()
    province, storage = province_of(folder, receiving=True), storage_of(folder)
    store, outbox = inbox_of(Path(folder), settings, inbox), outbox_of(Path(folder), settings)
    lying = store.listed(datetime.now(UTC), settings.inbox_quiet).evidence
    report = receive_evidence_inbox(province, storage, settings, store, outbox, lying)
    for answer in report.answers:
        tell_of_evidence(province, storage, settings, answer, desk_address(Path(folder), settings), datetime.now(UTC))
    for path, why in report.left:
        warn(f"{path}: {why}")
    lines = list(report.lines())
    for line in lines:
        tell(line)
    return lines


@task(name="tell_senders", **TRIED_AGAIN)
def tell_all(folder: str) -> None:
    """Tell every sender what became of the files."""
    province, outbox = province_of(folder, receiving=True), outbox_of(Path(folder), Settings())
    attempts = tell_senders(province, storage_of(folder), outbox, Settings(), standard_parts())
    for attempt in attempts:
        if attempt.outcome == "failed":
            warn(f"{attempt.address}: {attempt.detail}")
    tell_of_waiting(province, storage_of(folder), Settings(), desk_address(Path(folder), Settings()), datetime.now(UTC))
    if attempts and Settings().smtp_host:
        tell(f"thư báo: {sum(attempt.outcome == 'sent' for attempt in attempts)} đã gửi trên {len(attempts)}")


def _start_progress() -> UUID:
    started = create_progress_artifact(0.0, key=artifact_key("intake-progress"), description="Tệp đã nhận")
    assert isinstance(started, UUID)
    return started


def _show_findings(reports: list[FileReport]) -> None:
    """What became of each file, with every finding, as a table in the Prefect UI."""
    create_table_artifact(
        key=artifact_key("intake"),
        table=[row for report in reports for row in _rows(report)],
        description=f"{len(reports)} tệp nhận lúc {moment_told(datetime.now(VIETNAM))}",
    )


def _rows(report: FileReport) -> list[dict[str, Any]]:
    said = {"Tệp": report.path, "Kết quả": report.said}
    if not report.findings:
        return [said | {"Mức": "", "Vị trí": "", "Nội dung": "", "Cách sửa": ""}]
    return [
        said
        | {
            "Mức": finding.severity.label,
            "Vị trí": str(finding.place or ""),
            "Nội dung": finding.what,
            "Cách sửa": finding.remedy,
        }
        for finding in report.findings
    ]
