"""What all flows share: the province a run works on, its database, how it is called, what is tried again, its log."""

import os
import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from models.province.folder import Province, load_province
from models.province.identity import identity_of
from models.records.storage import Storage, database_file, open_storage
from models.settings import Settings
from models.side_by_side import Job, Result, given_out
from models.units import Unit
from models.wording import capitalised
from models.working_days import VIETNAM

if TYPE_CHECKING:
    from prefect import Task
    from prefect.client.schemas.objects import State, TaskRun
    from prefect.futures import PrefectFuture
    from prefect.task_runners import TaskRunner

# What each flow does, as people read it: in the names of runs, at the desk, in mails.
WORKS = {
    "intake": "Nhận hộp thư đến",
    "reminders": "Nhắc hạn",
    "annual_evaluation": "Tính, trình và công bố Chỉ số năm",
    "monthly_progress": "Báo cáo của kỳ",
    "open_month": "Ghi biểu mẫu tháng",
    "open_round": "Ghi phiếu tự đánh giá",
    "tell_operator": "Báo sự cố",
    "tidy": "Dọn kết quả cũ của lịch chạy",
}
_SAY_WHAT = ("year", "period", "month", "day")  # parameters that tell one run of a flow from another


def run_name(flow: str, usual: Callable[[date], object] = str) -> Callable[[], str]:
    """How runs of a flow are called: `Nhận hộp thư đến · Tỉnh Mẫu · 2026-01-09`.

    Args:
        flow: the flow's name.
        usual: what a run is about that was given no year, period, month or day; of today.
    """

    def name() -> str:
        from prefect.runtime import flow_run

        given = flow_run.parameters
        about = next((given[key] for key in _SAY_WHAT if given.get(key)), None)
        about = about or usual(datetime.now(VIETNAM).date())
        return " · ".join((WORKS[flow], _name_of(given.get("province")), str(about)))

    return name


def _name_of(province: str | None) -> str:
    """The province's name; where its folder does not say it, the folder's, since a name stops no run."""
    folder = Path(province) if province else Settings().province
    identity = identity_of(folder) if folder else None
    return capitalised(identity.name) if identity else folder.name if folder else "?"


def can_be_tried_again(task: "Task[Any, Any]", run: "TaskRun", state: "State[Any]") -> bool:
    """Whether the same once more may go well: mail server, store or database failed. Never what people got wrong."""
    from sqlalchemy.exc import InterfaceError, OperationalError

    failed = state.result(raise_on_failure=False)
    return isinstance(failed, OSError | OperationalError | InterfaceError)


# Of a task that outer things can fail and that finds done what it did before.
TRIED_AGAIN: dict[str, Any] = {
    "retries": 3,
    "retry_delay_seconds": [5, 30, 120],
    "retry_condition_fn": can_be_tried_again,
}


def task_runner() -> "TaskRunner[Any]":
    """Where tasks that are submitted run: threads or processes of this machine, or a Dask cluster (CCHC_TASK_RUNNER).

    A Dask cluster that is already there is named by DASK_SCHEDULER_ADDRESS; else one is made for the run.
    """
    settings = Settings()
    match settings.task_runner:
        case "threads":
            from prefect.task_runners import ThreadPoolTaskRunner

            return ThreadPoolTaskRunner(max_workers=settings.workers)
        case "processes":
            from prefect.task_runners import ProcessPoolTaskRunner

            return ProcessPoolTaskRunner(max_workers=settings.workers)
        case "dask":
            from prefect_dask.task_runners import DaskTaskRunner

            address = os.environ.get("DASK_SCHEDULER_ADDRESS")
            if not address:
                return DaskTaskRunner(cluster_kwargs=_cluster(settings))
            return DaskTaskRunner(address=address, client_kwargs={"timeout": _SCHEDULER_AWAY})


def _cluster(settings: Settings) -> dict[str, Any]:
    return {"n_workers": settings.workers, "threads_per_worker": 1, "dashboard_address": None}


def submitted(
    function: Callable[[Job], Result], jobs: Iterable[Job], said: Callable[[Job], str] = str
) -> Iterator[Result]:
    """A way of doing many jobs (`SideBySide`): each a task run of its own, given to the task runner of the flow.

    Jobs that come one after another are taken as there is room for them, a few more than are worked on. A worker that
    is killed is the runner's to replace; what a cluster has lost altogether, since its scheduler was started anew, is
    submitted once more.

    Raises:
        RuntimeError: called outside of a flow.
    """
    from prefect.context import FlowRunContext

    flow_run = FlowRunContext.get()
    if flow_run is None:
        raise RuntimeError("jobs are submitted inside of a flow only")
    at_once, todo = given_out(jobs, _AHEAD * _places(flow_run.task_runner)), iter(jobs)
    running: deque[tuple[Job, PrefectFuture[Any]]] = deque()
    try:
        while True:
            while len(running) < at_once and (job := next(todo, _NO_MORE)) is not _NO_MORE:
                running.append((job, _submit(function, job, said)))
            if not running:
                return
            yield _result_of(function, *running.popleft(), said)
    finally:
        for _, future in running:  # another one failed: nothing is left at work behind the flow's back
            future.wait()


_AHEAD = 2  # jobs that are given out for each that can be worked on
_NO_MORE: Any = object()
_LOST_AT_MOST = 3
_SCHEDULER_AWAY = 300  # seconds that a scheduler may take to come back


def _places(runner: "TaskRunner[Any]") -> int:
    """How many jobs are worked on at once."""
    client = getattr(runner, "client", None)  # of a Dask cluster
    return max(1, sum(client.nthreads().values())) if client else Settings().workers


def _submit(function: Callable[[Job], Result], job: Job, said: Callable[[Job], str]) -> "PrefectFuture[Any]":
    from prefect import Task
    from prefect.cache_policies import NO_CACHE

    name = function.__name__.strip("_")
    work = Task(_done, name=name, task_run_name="{called}", cache_policy=NO_CACHE, persist_result=False, **TRIED_AGAIN)
    return work.submit(pickle.dumps((function, job)), said(job))


def _done(work: bytes, called: str) -> Any:
    """What a worker does; the job comes as bytes, since Prefect and Dask make plain tuples of what they look into."""
    function, job = pickle.loads(work)
    return function(job)


def _result_of(
    function: Callable[[Job], Result], job: Job, future: "PrefectFuture[Any]", said: Callable[[Job], str]
) -> Result:
    for _ in range(_LOST_AT_MOST):
        try:
            return cast(Result, future.result())
        except CancelledError:
            future = _submit(function, job, said)
    return cast(Result, future.result())


def province_folder(province: str | None) -> Path:
    """The folder given as a flow's parameter, else CCHC_PROVINCE.

    Raises:
        ValueError: neither names a folder.
    """
    folder = Path(province) if province else Settings().province
    if folder is None or not folder.is_dir():
        raise ValueError(f"no province folder: {folder}; give the parameter or set CCHC_PROVINCE")
    return folder.resolve()


def province_of(folder: str, *, receiving: bool = False) -> Province:
    """The province of a folder; read again only when one of its files has changed, since a run has many tasks.

    Args:
        folder: the province folder.
        receiving: see `load_province`.

    Raises:
        RefusedError: with every error of the folder.
    """
    return _loaded(folder, _state_of(Path(folder)), receiving)


@lru_cache(maxsize=2)
def _loaded(folder: str, state: tuple[tuple[str, int, int], ...], receiving: bool) -> Province:
    return load_province(Path(folder), receiving=receiving)


def _state_of(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Path, time of change and size of every file that declares something."""
    patterns = ("*.*", "criteria/*", "rounds/*", "progress/*")
    files = [path for pattern in patterns for path in sorted(folder.glob(pattern))]
    states = [(path, path.stat()) for path in files if path.is_file()]
    return tuple((str(path), state.st_mtime_ns, state.st_size) for path, state in states)


def storage_of(folder: str) -> Storage:
    """The database of a province folder, opened again only when the folder, the settings or the database's file have
    changed: a run has many tasks, and each would make SQL anew and leave connections for the garbage collector.

    Raises:
        RefusedError: see `open_storage`.
    """
    settings = Settings()
    path, file = Path(folder), database_file(Path(folder), settings)
    return _storage(folder, os.getpid(), settings.model_dump_json(), _state_of(path), file and _identity_of(file))


@lru_cache(maxsize=2)
def _storage(folder: str, process: int, settings: str, state: object, file: object) -> Storage:
    return open_storage(Path(folder), Settings())


def _identity_of(file: Path) -> tuple[int, int] | None:
    """By what a file is known from one that was put in its place; None where there is none."""
    with suppress(FileNotFoundError):
        found = file.stat()
        return found.st_dev, found.st_ino
    return None


def tell(message: str) -> None:
    """Progress into the run's log."""
    print(f"… {message}")


def warn(message: object) -> None:
    """Something that a person should look at into the run's log, shown as a warning there."""
    from prefect import get_run_logger

    get_run_logger().warning(str(message))


def happened(event: str, folder: str, **payload: str) -> None:
    """Tell Prefect of something that an automation may follow, such as `cchc.submission.accepted`.

    Args:
        event: its name.
        folder: the province folder.
        payload: what else is known of it.
    """
    from prefect.events import emit_event

    name = Path(folder).name
    emit_event(event, {"prefect.resource.id": f"cchc.province.{name}", "prefect.resource.name": name}, payload=payload)


def artifact_key(name: str) -> str:
    """An artifact's key: lower-case letters, digits and dashes only."""
    return "cchc-" + "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name.lower())


def list_forms(key: str, title: str, grouped: str, forms: Sequence[tuple[str, Unit, Path]]) -> None:
    """Show the written forms as an artifact of the run: a line a unit, with where the form is to be sent.

    Args:
        key: of the artifact.
        title: what they are.
        grouped: what the first column is called.
        forms: what stands in the first column, the unit, and its form.
    """
    from prefect.artifacts import create_table_artifact

    table = [
        {
            grouped: group,
            "Mã": unit.code,
            "Đơn vị": unit.name,
            "Thư điện tử": unit.email or "",
            "Tệp": path.name,
            "Cỡ tệp (KB)": str(path.stat().st_size // 1024),
        }
        for group, unit, path in forms
    ]
    create_table_artifact(key=artifact_key(key), table=table, description=title)


def list_files(key: str, title: str, paths: Sequence[str]) -> None:
    """Show files with links to them as an artifact of the run."""
    from prefect.artifacts import create_markdown_artifact

    links = "\n".join(f"- [{Path(path).name}]({Path(path).as_uri()}) `{path}`" for path in paths)
    create_markdown_artifact(key=artifact_key(key), markdown=f"# {title}\n\n{links}\n", description=title)
