"""The yearly round: evaluate → draft → a person approves → publish.

The run waits for days for its approval (suspended: no process waits), and what is published is the snapshot that was
drafted, whatever was received meanwhile. The approval itself lives in our own table.
"""

from datetime import datetime

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from pydantic import Field

from flows.approving import KEPT_BY_RUN, ApprovalForm, Question, decide
from flows.running import artifact_key, province_folder, province_of, storage_of, tell
from models.working_days import VIETNAM
from tasks.publishing.evaluating import evaluate_round
from tasks.publishing.exporting import rank_rows


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
    question = Question(
        DecisionApproval,
        "approval",
        f"Quyết định công bố Chỉ số CCHC năm {index_year}",
        lambda snapshot: ("Xem bảng xếp hạng ở thẻ Artifacts của lần chạy này.",),
    )
    return decide(folder, question, lambda number: evaluate(folder, index_year, number), approval)


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
