"""A person's approval of what a run has drafted: asked for, until there is one that can be carried out.

A person may also have everything drafted again from what has come in since: the run of the 15th drafts a month of which
the reports arrive in the days after. The form in the Prefect UI is a convenient face; the approval itself lives in our
own table. A run that waits is suspended: no process waits. When it goes on it runs from its start, and finds its tasks
done: their results are kept by run and inputs, whatever the program has become meanwhile. Where a result is lost, what
is drafted anew may be another; so every question bears the hash of what was drafted, and only its own answer counts.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Generic, NamedTuple, TypeVar

from prefect import task
from prefect.cache_policies import INPUTS, RUN_ID, CachePolicy
from prefect.context import FlowRunContext, TaskRunContext
from prefect.flow_runs import suspend_flow_run
from prefect.input import RunInput
from prefect.transactions import Transaction, transaction
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from flows.guarding import desk_address
from flows.running import happened, list_files, province_folder, province_of, storage_of, submitted, tell, warn
from models.findings import RefusedError
from models.records.storage import Storage
from models.settings import Settings, SigningSettings, var_folder
from models.side_by_side import Job, Result
from models.working_days import VIETNAM
from tasks.mail.notifying import DeliveryState
from tasks.mail.telling_leaders import tell_leaders
from tasks.publishing import issuing
from tasks.publishing.approvals import Numbering, refuse_approval
from tasks.publishing.choosing import known_paper
from tasks.publishing.folders import remove_abandoned, remove_all_abandoned
from tasks.publishing.papers import Paper
from tasks.recording.snapshots import known_snapshot
from tasks.site.issuing import issue

if TYPE_CHECKING:
    from prefect import Flow
    from prefect.client.schemas.objects import FlowRun, State


def _name_of_task(context: TaskRunContext, inputs: dict[str, Any]) -> str:
    return context.task.name


# Not by source, as Prefect has it: an upgrade while a person decides must not draft something else.
KEPT_BY_RUN = RUN_ID + INPUTS + CachePolicy.from_cache_key_fn(_name_of_task)


class Verdict(StrEnum):
    """A person's answer, as people read it in the form: yes, draft again from the newest data, or no."""

    APPROVE = "Phê duyệt"
    REDRAFT = "Lập lại dự thảo từ số liệu mới nhất"
    REFUSE = "Không phê duyệt"

    @classmethod
    def _missing_(cls, value: object) -> "Verdict | None":
        """The answer by its name: a form that an earlier version of the program has put asks for `approve`."""
        return cls.__members__.get(str(value).upper())


Positive = Annotated[int, Field(ge=1)]


def left_empty(title: str) -> Any:
    """A field that may be left empty: the UI shows an input for it and sends nothing where nothing was typed."""
    return Field(default=None, title=title, json_schema_extra=_without_default)


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


# Else the form shows what the enumeration says of itself to programmers.
_WHAT_EACH_NEEDS = "Phê duyệt thì ghi số và ngày văn bản; không phê duyệt thì ghi lý do."


class ApprovalForm(RunInput):
    """What a person enters in the Prefect UI: yes, no, or draft again; for a yes number, date and signer.

    What may be left empty has no type `null` in its schema, else the UI asks for a type before it shows an input.
    """

    verdict: Verdict = Field(title="Ý kiến", description=_WHAT_EACH_NEEDS)
    approved_by: str = Field(title="Người quyết định (họ tên, chức vụ)", min_length=1)
    number: Positive | SkipJsonSchema[None] = left_empty("Số văn bản")
    day: date | SkipJsonSchema[None] = left_empty("Ngày ký")
    signer: str | SkipJsonSchema[None] = left_empty("Mã người ký trong province.yaml (để trống: người đầu tiên)")
    replaces: str = Field(default="", title="Số, ký hiệu văn bản bị thay thế (nếu là đính chính)")
    reason: str = Field(default="", title="Lý do (khi không phê duyệt)")
    snapshot: str = Field(default="", title="Bản số liệu đã xem (mã SHA-256, ghi sẵn theo dự thảo)")

    @property
    def missing(self) -> str:
        """What has to be entered still before it can be carried out, "" for nothing."""
        if self.verdict is Verdict.REFUSE:
            return "" if self.reason else "Không phê duyệt thì cần ghi lý do."
        return (
            ""
            if self.verdict is Verdict.REDRAFT or (self.number and self.day)
            else "Phê duyệt thì cần số và ngày của văn bản."
        )

    @property
    def numbering(self) -> Numbering:
        """Number, day and signer of an approval that misses nothing."""
        assert self.number is not None
        assert self.day is not None
        return Numbering(self.number, self.day, self.signer or None, self.replaces.strip())


DECIDED_AT = "/trinh-duyet"  # the page of the desk where a waiting draft is answered
Form = TypeVar("Form", bound=ApprovalForm)

_DRAFTED_ANEW = (
    "Dự thảo hỏi lần trước không còn, bản này được lập lại từ số liệu hiện có và có nội dung khác; "
    "trả lời trước đây không áp dụng cho bản này."
)


class Draft(NamedTuple):
    """What was drafted: the SHA-256 of what it was made from, and its files."""

    snapshot: str
    paths: list[str]


class Question(NamedTuple, Generic[Form]):
    """What a person is asked.

    Attributes:
        form: what is to be filled in.
        about: tells what is asked about in one run apart.
        title: what is to be approved.
        lines: what the person should know and where to look, of a snapshot.
    """

    form: type[Form]
    about: str
    title: str
    lines: Callable[[str], Sequence[str]]


def decide(folder: str, question: Question[Form], freeze: Callable[[int], str], given: Form | None) -> str:
    """Draft a paper and ask until there is a decision that can be carried out: a refusal, or a publication.

    Args:
        folder: the province folder.
        question: how a person is asked.
        freeze: freezes what the paper says; given the number of the draft, from 1. Returns the snapshot's SHA-256.
        given: the approval of whoever starts the run by hand; else a person is asked.

    Returns:
        The published folder, or the reason why it was refused.

    Raises:
        RuntimeError: the given approval cannot be carried out.
    """
    asked, drafted, trouble = 0, 1, ""
    while True:
        asked += 1
        snapshot = freeze(drafted)
        drafts = Draft(snapshot, draft(folder, snapshot))
        if not given:
            tell_whoever_approves(folder, question.title, snapshot, asked)
        answer = given or _ask(folder, question, asked, drafts, trouble)
        trouble = answer.missing or _other_draft(drafts, answer)
        if answer.verdict is Verdict.REDRAFT and not given:
            drafted += 1
            continue
        if not trouble and answer.verdict is Verdict.REFUSE:
            refuse(folder, snapshot, answer.approved_by, answer.reason)
            return f"không phê duyệt: {answer.reason}"
        if not trouble:
            published, trouble = publish(folder, snapshot, answer.numbering, answer.approved_by, asked)
            if published:
                return published
        warn(trouble)
        if given:
            raise RuntimeError(trouble)


def _other_draft(drafts: Draft, answer: ApprovalForm) -> str:
    """Why an answer does not count: it is about another draft than the one that was asked about; "" where it does."""
    if answer.snapshot in ("", drafts.snapshot):
        return ""
    return f"Trả lời nêu bản số liệu {answer.snapshot}, bản đang chờ phê duyệt là {drafts.snapshot}."


def _ask(folder: str, question: Question[Form], asked: int, drafts: Draft, trouble: str) -> Form:
    """Suspend the run until a person has filled in the form.

    Args:
        folder: the province folder.
        question: what is asked.
        asked: how often it was asked, this time included.
        drafts: what was drafted; its hash is part of the question.
        trouble: why the last answer could not be carried out, "" at first.
    """
    key = f"{question.about}-{drafts.snapshot}-{asked}"
    desk = desk_address(Path(folder), Settings())
    said = [
        f"**{question.title}**",
        *([f"⚠ Lần trước chưa thực hiện được: {trouble}"] if trouble else []),
        *([f"⚠ {_DRAFTED_ANEW}"] if _asked_about_another(question.about, asked, key) else []),
        f"Bản số liệu `{drafts.snapshot}`.",
        *question.lines(drafts.snapshot),
        f"Xem dự thảo và trả lời tại bàn làm việc: {desk}{DECIDED_AT}",
        "Dự thảo:",
        *(f"- [{Path(path).name}]({desk}/du-thao/{drafts.snapshot}/{Path(path).name})" for path in drafts.paths),
    ]
    empty = form_about(question.form, "\n\n".join(said), drafts.snapshot)
    return suspend_flow_run(wait_for_input=empty, timeout=None, key=key)


def form_about(form: type[Form], said: str, snapshot: str) -> type[Form]:
    """The form of one question: what is said above it, and the hash of the draft filled in under the field's own title.

    Prefect makes a field that is filled in anew, without its title.
    """
    empty = form.with_initial_data(description=said, snapshot=snapshot)
    empty.model_fields["snapshot"].title = form.model_fields["snapshot"].title
    empty.model_rebuild(force=True)
    return empty


def _asked_about_another(about: str, asked: int, key: str) -> bool:
    """Whether this run has put the same question about another draft, of which the results were lost."""
    context = FlowRunContext.get()
    run = context.flow_run if context else None
    keys = (run.empirical_policy.pause_keys or set()) if run else set()
    same_question = re.compile(rf"{re.escape(about)}-[0-9a-f]{{64}}-{asked}")
    return key not in keys and any(same_question.fullmatch(one) for one in keys)


@task(name="draft", persist_result=True, cache_policy=KEPT_BY_RUN)
def draft(folder: str, snapshot: str) -> list[str]:
    """Write a paper before numbering into the province's var/; returns the paths."""
    paper = _paper(folder, storage_of(folder), snapshot)
    tell(f"dự thảo {paper.title}")
    written = issuing.draft(paper, issuing.draft_folder(paper))
    for finding in written.findings:
        tell(str(finding))
    paths = [str(path) for path in written.paths]
    list_files(f"draft-{paper.name}", f"Dự thảo {paper.title}", paths)
    return paths


@task(name="tell_leaders", persist_result=True, cache_policy=KEPT_BY_RUN)
def tell_whoever_approves(folder: str, title: str, snapshot: str, asked: int) -> None:
    """Tell by mail that a draft waits, once a question; what cannot be sent is a warning only."""
    config, settings = province_of(folder, receiving=True).config, Settings()
    key, address = f"{snapshot[:16]}-{asked}", f"{desk_address(Path(folder), settings)}{DECIDED_AT}"
    for delivery in tell_leaders(config, storage_of(folder), settings, title, address, key, datetime.now(VIETNAM)):
        if delivery.state is DeliveryState.FAILED:
            warn(f"chưa báo được cho lãnh đạo: {delivery.error}")


@task(name="publish", persist_result=True, cache_policy=KEPT_BY_RUN)
def publish(folder: str, snapshot: str, numbering: Numbering, approved_by: str, asked: int) -> tuple[str, str]:
    """Publish the approved paper and renew the site; returns the folder, or why it cannot be done as asked.

    The same answer given again (`asked`) is tried again.
    """
    storage = storage_of(folder).acting_as(approved_by)
    try:
        paper = _paper(folder, storage, snapshot)
        tell(f"công bố {paper.title}, số {numbering.number}")
        name = f"{paper.kind.prefix}{paper.name}-{numbering.day:%Y}-{numbering.number:03d}"
        out = _published(folder) / name
        with transaction() as publication:
            publication.stage(str(out), on_rollback_hooks=[partial(_leave_nothing_half, out)])
            issued = issue(paper, storage, numbering, out, "prefect", SigningSettings())
    except RefusedError as refused:
        return "", "; ".join(map(str, refused.findings))
    for finding in issued.findings:
        warn(finding)
    place = issued.published.folder
    paths = sorted(str(path) for path in place.rglob("*") if path.is_file())
    list_files(f"published-{paper.name}", issued.said, paths)
    happened("cchc.paper.published", folder, paper=issued.said, folder_published=str(place))
    return str(place), ""


def _leave_nothing_half(out: Path, _publication: Transaction) -> None:
    """Of a publication that failed: what is published stands, what an earlier try left beside it is gone."""
    remove_abandoned(out)


def _paper(folder: str, storage: Storage, snapshot: str) -> Paper:
    """A paper whose documents are printed by the task runner of the run, which tells how far it is."""
    return replace(known_paper(Path(folder), storage, snapshot), side_by_side=_told)


def _told(function: Callable[[Job], Result], jobs: Iterable[Job], said: Callable[[Job], str] = str) -> Iterator[Result]:
    """Jobs as `submitted`, with a line in the run's log for each that is done."""
    todo = list(jobs)
    for number, (job, result) in enumerate(zip(todo, submitted(function, todo, said), strict=True), 1):
        tell(f"xong {number}/{len(todo)}: {said(job)}")
        yield result


def take_back(flow: "Flow[..., Any]", flow_run: "FlowRun", state: "State[Any]") -> None:
    """What a run that was killed while it published left unfinished is gone at once; called by whoever started it."""
    remove_all_abandoned(_published(str(province_folder(flow_run.parameters.get("province")))))


def _published(folder: str) -> Path:
    """Where the publications of a province's runs lie."""
    return var_folder(Path(folder)) / "published"


@task(name="refuse", persist_result=True, cache_policy=KEPT_BY_RUN)
def refuse(folder: str, snapshot: str, person: str, reason: str) -> None:
    """Record that a person refused what was drafted."""
    storage = storage_of(folder).acting_as(person)
    refuse_approval(storage, known_snapshot(storage, snapshot), reason, "prefect")
