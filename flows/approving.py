"""A person's approval of what a run has drafted: asked for, until there is one that can be carried out.

A person may also have everything drafted again from what has come in since: the run of the 15th drafts a month of which
the reports arrive in the days after. The form in the Prefect UI is a convenient face; the approval itself lives in our
own table. A run that waits is suspended: no process waits. When it goes on it runs from its start, and finds its tasks
done: their results are kept by run and inputs, whatever the program has become meanwhile. Where a result is lost, what
is drafted anew may be another; so every question bears the hash of what was drafted, and only its own answer counts.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple, TypeVar

from prefect import get_run_logger, task
from prefect.cache_policies import INPUTS, RUN_ID, CachePolicy
from prefect.context import FlowRunContext, TaskRunContext
from prefect.flow_runs import suspend_flow_run
from prefect.input import RunInput
from pydantic import Field

from flows.running import storage_of
from tasks.publishing.approvals import Numbering, refuse_approval
from tasks.publishing.issuing import known_snapshot


def _name_of_task(context: TaskRunContext, inputs: dict[str, Any]) -> str:
    return context.task.name


# Not by source, as Prefect has it: an upgrade while a person decides must not draft something else.
KEPT_BY_RUN = RUN_ID + INPUTS + CachePolicy.from_cache_key_fn(_name_of_task)


class ApprovalForm(RunInput):
    """What a person enters in the Prefect UI: yes, no, or draft again; for a yes number, date and signer."""

    verdict: Literal["approve", "redraft", "refuse"] = Field(
        title="Phê duyệt (approve), lập lại dự thảo từ số liệu mới nhất (redraft), hay không phê duyệt (refuse)"
    )
    approved_by: str = Field(title="Người quyết định (họ tên, chức vụ)", min_length=1)
    number: int | None = Field(default=None, title="Số văn bản", ge=1)
    day: date | None = Field(default=None, title="Ngày ký")
    signer: str | None = Field(default=None, title="Mã người ký trong province.yaml (để trống: người đầu tiên)")
    replaces: str = Field(default="", title="Số, ký hiệu văn bản bị thay thế (nếu là đính chính)")
    reason: str = Field(default="", title="Lý do (khi không phê duyệt)")
    snapshot: str = Field(default="", title="Bản số liệu đã xem (mã SHA-256, ghi sẵn theo dự thảo)")

    @property
    def missing(self) -> str:
        """What has to be entered still before it can be carried out, "" for nothing."""
        if self.verdict == "refuse":
            return "" if self.reason else "Không phê duyệt thì cần ghi lý do."
        return (
            ""
            if self.verdict == "redraft" or (self.number and self.day)
            else "Phê duyệt thì cần số và ngày của văn bản."
        )

    @property
    def numbering(self) -> Numbering:
        """Number, day and signer of an approval that misses nothing."""
        assert self.number is not None
        assert self.day is not None
        return Numbering(self.number, self.day, self.signer or None, self.replaces.strip())


Form = TypeVar("Form", bound=ApprovalForm)

_DRAFTED_ANEW = (
    "Dự thảo hỏi lần trước không còn, bản này được lập lại từ số liệu hiện có và có nội dung khác; "
    "trả lời trước đây không áp dụng cho bản này."
)


class Draft(NamedTuple):
    """What was drafted: the SHA-256 of what it was made from, and its files."""

    snapshot: str
    paths: list[str]


def decide(
    given: Form | None,
    draft: Callable[[int], Draft],
    ask: Callable[[Draft, int, str], Form],
    publish: Callable[[Draft, Form, int], tuple[str, str]],
    refuse: Callable[[Draft, Form], None],
) -> str:
    """Ask until there is a decision that can be carried out: a refusal, or an approval that can be published.

    Args:
        given: the approval of whoever starts the run by hand; else a person is asked.
        draft: freezes and drafts; given the number of the draft, from 1.
        ask: waits for a person; given how often it was asked, and why the last answer could not be carried out.
        publish: returns the published folder, or "" and why it cannot be done as asked; given how often it was asked.
        refuse: records the refusal.

    Returns:
        The published folder, or the reason why it was refused.

    Raises:
        RuntimeError: the given approval cannot be carried out.
    """
    asked, drafted, trouble = 0, 1, ""
    while True:
        asked += 1
        drafts = draft(drafted)
        approval = given or ask(drafts, asked, trouble)
        trouble = approval.missing or _other_draft(drafts, approval)
        if approval.verdict == "redraft" and not given:
            drafted += 1
            continue
        if not trouble and approval.verdict == "refuse":
            refuse(drafts, approval)
            return f"không phê duyệt: {approval.reason}"
        if not trouble:
            published, trouble = publish(drafts, approval, asked)
            if published:
                return published
        get_run_logger().warning(trouble)
        if given:
            raise RuntimeError(trouble)


def _other_draft(drafts: Draft, answer: ApprovalForm) -> str:
    """Why an answer does not count: it is about another draft than the one that was asked about; "" where it does."""
    if answer.snapshot in ("", drafts.snapshot):
        return ""
    return f"Trả lời nêu bản số liệu {answer.snapshot}, bản đang chờ phê duyệt là {drafts.snapshot}."


def ask_for(
    form: type[Form], about: str, asked: int, title: str, lines: Sequence[str], drafts: Draft, trouble: str
) -> Form:
    """Suspend the run until a person has filled in the form.

    Args:
        form: what is to be filled in.
        about: tells what is asked about in one run apart.
        asked: how often it was asked about, this time included.
        title: what is to be approved.
        lines: what the person should know and where to look.
        drafts: what was drafted; its hash is part of the question.
        trouble: why the last answer could not be carried out, "" at first.
    """
    key = f"{about}-{drafts.snapshot}-{asked}"
    said = [
        f"**{title}**",
        *([f"⚠ Lần trước chưa thực hiện được: {trouble}"] if trouble else []),
        *([f"⚠ {_DRAFTED_ANEW}"] if _asked_about_another(about, asked, key) else []),
        f"Bản số liệu `{drafts.snapshot}`.",
        *lines,
        "Dự thảo:",
        *(f"- `{path}`" for path in drafts.paths),
    ]
    empty = form.with_initial_data(description="\n\n".join(said), snapshot=drafts.snapshot)
    return suspend_flow_run(wait_for_input=empty, timeout=None, key=key)


def _asked_about_another(about: str, asked: int, key: str) -> bool:
    """Whether this run has put the same question about another draft, of which the results were lost."""
    context = FlowRunContext.get()
    run = context.flow_run if context else None
    keys = (run.empirical_policy.pause_keys or set()) if run else set()
    same_question = re.compile(rf"{re.escape(about)}-[0-9a-f]{{64}}-{asked}")
    return key not in keys and any(same_question.fullmatch(one) for one in keys)


@task(name="refuse", persist_result=True, cache_policy=KEPT_BY_RUN)
def refuse_snapshot(folder: str, snapshot: str, person: str, reason: str) -> None:
    """Record that a person refused what was drafted."""
    storage = storage_of(folder).acting_as(person)
    refuse_approval(storage, known_snapshot(storage, snapshot), reason, "prefect")
