"""The yearly round: evaluate → draft → a person approves → publish.

The run waits for days for its approval (suspended: no process waits), and what is published is the snapshot that was
drafted, whatever was received meanwhile. The approval itself lives in our own table.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from prefect import flow, task
from prefect.artifacts import create_table_artifact
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from flows.approving import KEPT_BY_RUN, ApprovalForm, Positive, Question, Verdict, decide, left_empty, take_back
from flows.running import artifact_key, province_folder, province_of, run_name, storage_of, task_runner, tell, warn
from models.findings import RefusedError
from models.records.procedure import Submission
from models.working_days import VIETNAM
from tasks.publishing.approvals import Numbering
from tasks.publishing.choosing import known_paper
from tasks.publishing.evaluating import evaluate_round
from tasks.publishing.exporting import rank_rows
from tasks.publishing.gate import reasons_from


class DecisionApproval(ApprovalForm):
    """What a person enters in the Prefect UI about a decision."""

    number: Positive | SkipJsonSchema[None] = left_empty("Số quyết định")
    submission_number: Positive | SkipJsonSchema[None] = left_empty("Số tờ trình của Sở")
    submission_day: date | SkipJsonSchema[None] = left_empty("Ngày tờ trình")
    replaces: str = Field(default="", title="Số, ký hiệu quyết định bị thay thế (nếu là đính chính)")
    accepted: str = Field(
        default="",
        title="Chấp nhận điều nghiêm trọng: mỗi dòng MÃ: LÝ DO (lý do in trong ghi chú của phụ lục)",
        json_schema_extra={"format": "textarea"},
    )

    @property
    def missing(self) -> str:
        """What has to be entered still: also the submission, and a reason behind every accepted code."""
        if self.verdict is not Verdict.APPROVE or super().missing:
            return super().missing
        if not (self.submission_number and self.submission_day):
            return "Phê duyệt thì cần số và ngày của tờ trình mà quyết định căn cứ."
        try:
            reasons_from(self._accepted_lines, "Phiếu phê duyệt")
        except RefusedError as refused:
            return "; ".join(map(str, refused.findings))
        return ""

    @property
    def numbering(self) -> Numbering:
        """Number, day, signer, submission and accepted points of an approval that misses nothing."""
        assert self.submission_number is not None
        assert self.submission_day is not None
        return replace(
            super().numbering,
            submission=Submission(self.submission_number, self.submission_day),
            reasons=reasons_from(self._accepted_lines, "Phiếu phê duyệt"),
        )

    @property
    def _accepted_lines(self) -> list[str]:
        return [line for line in self.accepted.splitlines() if line.strip()]


def _last_year(today: date) -> int:
    return today.year - 1


@flow(
    name="annual_evaluation",
    flow_run_name=run_name("annual_evaluation", _last_year),
    log_prints=True,
    persist_result=True,
    task_runner=task_runner(),
    on_crashed=[take_back],
)
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
    index_year = year or _last_year(datetime.now(VIETNAM).date())
    question = Question(
        DecisionApproval,
        "approval",
        f"Quyết định công bố Chỉ số CCHC năm {index_year}",
        lambda snapshot: ("Xem bảng xếp hạng ở thẻ Artifacts của lần chạy này.", *_gate_lines(folder, snapshot)),
    )
    return decide(folder, question, lambda number: evaluate(folder, index_year, number), approval)


def _gate_lines(folder: str, snapshot: str) -> Iterator[str]:
    """What the gate found of a draft, for who decides on it; where it cannot be asked, why: the run waits on."""
    try:
        points = known_paper(Path(folder), storage_of(folder), snapshot).gate()
    except RefusedError as refused:
        yield from map(str, refused.findings)
        return
    if points:
        yield "Soát trước khi trình ký:"
        yield "\n".join(f"- {point}" for point in points)
    if any(point.kind.grave for point in points):
        yield "Điều NGHIÊM TRỌNG phải được xử lý, hoặc chấp nhận bằng mã trong ngoặc vuông kèm lý do."


@task(name="evaluate", persist_result=True, cache_policy=KEPT_BY_RUN)
def evaluate(folder: str, year: int, number: int = 1) -> str:
    """Compute and freeze the round for a draft; its ranks become artifacts. Returns the snapshot's SHA-256.

    A run that goes on finds the result of each draft by its number; another number is computed anew.
    """
    province = province_of(folder)
    evaluation = evaluate_round(province, storage_of(folder), year, tell)
    for warning in evaluation.warnings:
        warn(warning)
    for line in _gate_lines(folder, evaluation.sha256):
        warn(line)
    for group in evaluation.frozen.results.groups:
        create_table_artifact(
            key=artifact_key(f"ranks-{year}-{group.id}"),
            table=rank_rows(evaluation.frozen, group),
            description=f"{group.name}, năm {year}, bản kết quả {evaluation.sha256[:12]}",
        )
    return evaluation.sha256
