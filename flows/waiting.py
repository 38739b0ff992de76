"""The runs as the desk tells them: which wait for a person, how one is answered or started, how all of them went.

In: the Prefect server of this installation. Out: the runs of this province, in words. An answer is checked
against the run's form by the server and wakes it; whoever comes second is told that it waits no more.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from flows.deploying import deployment_of
from flows.running import WORKS
from models.findings import RefusedError, refusal

if TYPE_CHECKING:
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.objects import FlowRun

_SNAPSHOT = re.compile(r"-([0-9a-f]{64})-\d+$")
_TROUBLE = "⚠"
_FLOWS = ("annual_evaluation", "monthly_progress")
_MOST = 50


class WaitingRun(NamedTuple):
    """A run that waits for an approval.

    Attributes:
        snapshot: the SHA-256 of what was drafted.
        since: when it began to wait.
        trouble: why the last answer could not be carried out, sentences; empty where there was none.
    """

    id: UUID
    name: str
    snapshot: str
    since: datetime
    trouble: tuple[str, ...]


class BusyRun(NamedTuple):
    """A run that drafts or publishes now, or is about to."""

    name: str
    since: datetime


class ToldRun(NamedTuple):
    """A run as officers read it.

    Attributes:
        work: what it does.
        took: how long, as said; a dash where it did not begin.
        state: how it stands or ended.
        why: why it did not end well; empty where it did.
        failed: whether somebody should look at it.
    """

    name: str
    work: str
    began: datetime
    took: str
    state: str
    why: str
    failed: bool


_STATES = {
    "COMPLETED": "Xong",
    "FAILED": "Thất bại",
    "CRASHED": "Dừng giữa chừng",
    "RUNNING": "Đang chạy",
    "PENDING": "Chờ chạy",
    "SCHEDULED": "Chờ chạy",
    "PAUSED": "Chờ phê duyệt",
    "CANCELLING": "Đang hủy",
    "CANCELLED": "Đã hủy",
}
_FAILED = ("FAILED", "CRASHED")
_CRASHED = "Tiến trình bị dừng (máy tắt, hết bộ nhớ hoặc có người dừng). Lần chạy sau làm tiếp, không mất gì đã ghi."
_EXCEPTION = re.compile(r"^Flow run encountered an exception: (?:\w+: )?")


def recent_runs(province: Path) -> list[ToldRun]:
    """The newest runs of a province that began, the newest first.

    Raises:
        RefusedError: the Prefect server does not answer.
    """
    from prefect.client.schemas.filters import FlowFilter, FlowFilterName, FlowRunFilter, FlowRunFilterStartTime
    from prefect.client.schemas.sorting import FlowRunSort

    with _client() as client:
        began = FlowRunFilter(start_time=FlowRunFilterStartTime(is_null_=False))
        told = [
            _told(run, work)
            for flow, work in WORKS.items()
            for run in client.read_flow_runs(
                flow_filter=FlowFilter(name=FlowFilterName(any_=[flow])),
                flow_run_filter=began,
                sort=FlowRunSort.START_TIME_DESC,
                limit=_MOST,
            )
            if _is_of(run, province)
        ]
    return sorted(told, key=lambda run: run.began, reverse=True)[:_MOST]


def told_run(id: UUID) -> ToldRun:
    """One run, whosever it is.

    Raises:
        RefusedError: the Prefect server does not answer.
    """
    with _client() as client:
        run = client.read_flow_run(id)
        flow = client.request("GET", "/flows/{id}", path_params={"id": run.flow_id}).json()["name"]
    return _told(run, WORKS.get(flow, flow))


def _told(run: "FlowRun", work: str) -> ToldRun:
    kind = run.state_type.value if run.state_type else ""
    failed = kind in _FAILED
    message = _EXCEPTION.sub("", str(run.state.message or "")) if run.state and failed else ""
    message = _CRASHED if kind == "CRASHED" else message
    took = round(run.total_run_time.total_seconds())
    said = f"{took // 60} phút {took % 60} giây" if took >= 60 else f"{took} giây"
    return ToldRun(run.name, work, run.start_time or _since(run), said, _STATES.get(kind, kind), message, failed)


def waiting_runs(province: Path) -> tuple[list[WaitingRun], list[BusyRun]]:
    """The runs of a province that wait for an approval, and those at work, the oldest first.

    Raises:
        RefusedError: the Prefect server does not answer.
    """
    from prefect.client.schemas.filters import (
        FlowFilter,
        FlowFilterName,
        FlowRunFilter,
        FlowRunFilterState,
        FlowRunFilterStateType,
    )
    from prefect.client.schemas.objects import StateType

    now = datetime.now(UTC)
    types = [StateType.PAUSED, StateType.RUNNING, StateType.PENDING, StateType.SCHEDULED]
    with _client() as client:
        runs = client.read_flow_runs(
            flow_filter=FlowFilter(name=FlowFilterName(any_=list(_FLOWS))),
            flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=types))),
            limit=_MOST,
        )
        own = sorted((run for run in runs if _is_of(run, province)), key=_since)
        waiting = [told for run in own if (told := _waiting(client, run))]
    busy = [
        BusyRun(run.name, _since(run))
        for run in own
        if not _snapshot_of(run) and _since(run) <= now  # scheduled ones of later years are none
    ]
    return waiting, busy


def answer_run(id: UUID, answer: Mapping[str, Any]) -> str:
    """Wake a waiting run with the answer to its form; returns why not, empty where it is done.

    Raises:
        RefusedError: the Prefect server does not answer.
    """
    from prefect.client.schemas.responses import SetStateStatus

    with _client() as client:
        result = client.resume_flow_run(id, run_input=dict(answer))
    if result.status is SetStateStatus.ACCEPT:
        return ""
    return str(getattr(result.details, "reason", "") or "lần chạy không còn chờ")


def start_run(flow: str, province: Path, parameters: Mapping[str, Any]) -> None:
    """Have a flow of a province run now, by a worker.

    Raises:
        RefusedError: the Prefect server does not answer, or does not know the deployment.
    """
    from prefect.exceptions import ObjectNotFound

    deployment = deployment_of(flow, province)
    with _client() as client:
        try:
            known = client.read_deployment_by_name(deployment)
        except ObjectNotFound as error:
            what = f"máy chủ Prefect chưa có lịch chạy {deployment}"
            raise refusal("Prefect", what, "Báo người quản trị: khởi động lại cchc serve") from error
        client.create_flow_run_from_deployment(known.id, parameters={"province": str(province), **parameters})


def _waiting(client: "SyncPrefectClient", run: "FlowRun") -> WaitingRun | None:
    snapshot = _snapshot_of(run)
    if not snapshot or run.state is None or not run.state.state_details.run_input_keyset:
        return None
    said = client.request(
        "GET",
        "/flow_runs/{id}/input/{key}",
        path_params={"id": run.id, "key": run.state.state_details.run_input_keyset["description"]},
    )
    described = str(said.json())
    trouble = tuple(line.removeprefix(_TROUBLE).strip() for line in described.splitlines() if line.startswith(_TROUBLE))
    return WaitingRun(run.id, run.name, snapshot, _since(run), trouble)


def _snapshot_of(run: "FlowRun") -> str:
    """What a suspended run asks about; empty for another run."""
    if run.state is None or not run.state.is_paused():
        return ""
    found = _SNAPSHOT.search(str(run.state.state_details.pause_key or ""))
    return found[1] if found else ""


def _is_of(run: "FlowRun", province: Path) -> bool:
    named = run.parameters.get("province")
    return named is None or Path(named).resolve() == province.resolve()


def _since(run: "FlowRun") -> datetime:
    moment = run.state.timestamp if run.state else run.created
    scheduled = run.next_scheduled_start_time
    assert moment is not None
    return scheduled if scheduled and run.state and run.state.is_scheduled() else moment


@contextmanager
def _client() -> "Iterator[SyncPrefectClient]":
    """A client of the server; what cannot be reached is said in words."""
    import httpx
    from prefect.client.orchestration import get_client
    from prefect.settings import get_current_settings

    if not get_current_settings().api.url:  # Prefect would start a server of its own for this one question
        raise _unreachable()
    try:
        with get_client(sync_client=True) as client:
            yield client
    except (httpx.HTTPError, RuntimeError) as error:
        raise _unreachable() from error


def _unreachable() -> RefusedError:
    what = "máy chủ Prefect không trả lời nên không biết việc nào đang chờ phê duyệt"
    return refusal("Prefect", what, "Báo người quản trị: kiểm tra cchc serve có đang chạy")
