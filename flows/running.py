"""What all flows share: the province a run works on, its database, progress in the log, keys of artifacts."""

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.province.folder import Province, load_province
from models.records.storage import Storage, open_storage
from models.settings import Settings
from models.units import Unit

if TYPE_CHECKING:
    from prefect.task_runners import TaskRunner


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
            return DaskTaskRunner(address=address) if address else DaskTaskRunner(cluster_kwargs=_cluster(settings))


def _cluster(settings: Settings) -> dict[str, Any]:
    return {"n_workers": settings.workers, "threads_per_worker": 1, "dashboard_address": None}


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
    """The database of a province folder."""
    return open_storage(Path(folder), Settings())


def tell(message: str) -> None:
    """Progress into the run's log."""
    print(f"… {message}")


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
