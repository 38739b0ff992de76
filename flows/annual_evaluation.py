"""The yearly round: evaluate → draft → a person approves → publish.

The run waits for days for its approval (suspended: no process waits), and what is published is the snapshot that was
drafted, whatever was received meanwhile. The approval itself lives in our own table.
"""

from datetime import datetime
from pathlib import Path

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from pydantic import Field

from flows.approving import KEPT_BY_RUN, ApprovalForm, Draft, ask_for, decide, refuse_snapshot
from flows.running import artifact_key, list_files, province_folder, province_of, storage_of, tell
from models.findings import RefusedError
from models.settings import Settings, SigningSettings, var_folder
from models.working_days import VIETNAM
from tasks.publishing.evaluating import evaluate_round
from tasks.publishing.exporting import rank_rows
from tasks.publishing.issuing import draft_folder, known_snapshot, publish
from tasks.site.building import renew_site


class DecisionApproval(ApprovalForm):
    """What a person enters in the Prefect UI about a decision."""

    number: int | None = Field(default=None, title="Số quyết định", ge=1)
    replaces: str = Field(default="", title="Số, ký hiệu quyết định bị thay thế (nếu là đính chính)")


@flow(name="annual_evaluation", log_prints=True, persist_result=True)
def annual_evaluation(
    province: str | None = None, year: int | None = None, approval: DecisionApproval | None = None
) -> str:
    """Evaluate a round, draft its decision, wait for a person's approval, publish.

    Args:
        province: the province folder; CCHC_PROVINCE when not given.
        year: the index year; last year when not given.
        approval: given at once by whoever starts the run by hand; else the run waits for it.

    Returns:
        The published folder, or the reason why it was refused.
    """
    folder = str(province_folder(province))
    index_year = year or datetime.now(VIETNAM).year - 1
    return _decide(folder, index_year, approval)


def _decide(folder: str, year: int, given: DecisionApproval | None) -> str:
    def drafts(number: int) -> Draft:
        snapshot = evaluate(folder, year, number)
        return Draft(snapshot, draft(folder, year, snapshot))

    def ask(drafts: Draft, asked: int, trouble: str) -> DecisionApproval:
        title = f"Quyết định công bố Chỉ số CCHC năm {year}"
        where = ("Xem bảng xếp hạng ở thẻ Artifacts của lần chạy này.",)
        return ask_for(DecisionApproval, "approval", asked, title, where, drafts, trouble)

    return decide(
        given,
        drafts,
        ask,
        lambda drafts, answer, asked: publish_approved(folder, year, drafts.snapshot, answer, asked),
        lambda drafts, answer: refuse_snapshot(folder, drafts.snapshot, answer.approved_by, answer.reason),
    )


@task(name="evaluate", persist_result=True, cache_policy=KEPT_BY_RUN)
def evaluate(folder: str, year: int, number: int = 1) -> str:
    """Compute and freeze the round for a draft; its ranks become artifacts. Returns the snapshot's SHA-256.

    A run that goes on finds the result of each draft by its number; another number is computed anew.
    """
    province = province_of(folder)
    evaluation = evaluate_round(province, storage_of(folder), year, tell)
    for warning in evaluation.warnings:
        print(warning)
    for group in evaluation.frozen.results.groups:
        create_table_artifact(
            key=artifact_key(f"ranks-{year}-{group.id}"),
            table=rank_rows(group, evaluation.frozen.results.ranking),
            description=f"{group.name}, năm {year}, bản kết quả {evaluation.sha256[:12]}",
        )
    return evaluation.sha256


@task(name="draft", persist_result=True, cache_policy=KEPT_BY_RUN)
def draft(folder: str, year: int, snapshot: str) -> list[str]:
    """Write the decision before numbering into the province's var/; returns the paths."""
    tell("dự thảo quyết định và phụ lục")
    out = var_folder(Path(folder)) / "drafts" / f"{year}-{snapshot[:12]}"
    frozen = known_snapshot(storage_of(folder), snapshot)
    paths = [str(path) for path in draft_folder(Path(folder), frozen, out, Settings().workers)]
    list_files(f"draft-{year}", f"Dự thảo quyết định năm {year}", paths)
    return paths


@task(name="publish", persist_result=True, cache_policy=KEPT_BY_RUN)
def publish_approved(folder: str, year: int, snapshot: str, approval: DecisionApproval, asked: int) -> tuple[str, str]:
    """Publish the approved snapshot; returns the folder, or why it cannot be done as asked.

    The same answer given again (`asked`) is tried again.
    """
    numbering = approval.numbering
    tell(f"công bố quyết định số {numbering.number}")
    storage = storage_of(folder).acting_as(approval.approved_by)
    out = var_folder(Path(folder)) / "published" / f"{year}-{numbering.day:%Y}-{numbering.number:03d}"
    try:
        published = publish(
            Path(folder),
            storage,
            known_snapshot(storage, snapshot),
            numbering,
            out,
            Settings().workers,
            "prefect",
            SigningSettings(),
        )
    except RefusedError as refused:
        return "", "; ".join(map(str, refused.findings))
    for finding in renew_site(Path(folder), storage):
        print(finding)
    paths = sorted(str(path) for path in published.folder.iterdir())
    list_files(f"published-{year}", f"Quyết định số {published.notation}", paths)
    return str(published.folder), ""
